/* Promotions that nobody announced: a product that is suddenly sold below its
 * usual price, or, where purchases carry no price, one that suddenly sells far
 * more than it should. It is put as a promotion like any other, with the moment
 * at which it began, so that all that is known of promotions goes for it; and
 * it is stopped when it is seen to be over. */
#include "detection.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Units by which the usual price is known, and units that say a price has
 * changed. */
#define USUAL_UNITS	50.0f
#define LATELY_UNITS	10.0f
#define SEEN_UNITS	6.0f
/* Sales that a rise is compared to: so many times as many as usual. */
#define RISE		2.0
/* A product is taken as risen by chance once in so many windows: e^18. */
#define RISE_BAR	18.0
#define FALL_BAR	6.0
/* A level that is known from fewer units tells of no rise. */
#define RISE_LEAST	30.0f
/* Windows after which a rise is how it is now. */
#define RISE_LONG	(14 * LIFT_DAY)
#define PREFIX		"unannounced-"
/* So many numbers beyond those known are looked at for a new promotion. */
enum { PROBE = 64 };

/* ---- what is announced ------------------------------------------------- */

static bool
is_listed(const struct lift_promotion *p, uint32_t product)
{
	for (uint32_t k = 0; k < p->product_count; k++)
		if (p->products[k] == product)
			return true;
	return false;
}

/* Whether it was put here. */
static bool
is_ours(const struct detection *d, uint32_t promotion)
{
	struct lift_text name = d->host->promotion_name(d->host, promotion);

	return name.size > sizeof(PREFIX) - 1 &&
	    memcmp(name.data, PREFIX, sizeof(PREFIX) - 1) == 0;
}

/* True if somebody announced a promotion on PRODUCT in the window that is
 * judged, or one that ended so lately that sales are not usual yet. */
static bool
is_announced(const struct detection *d, uint32_t product)
{
	int64_t from = d->next * d->settings->window;

	for (uint32_t id = 1; id <= d->promotion_count; id++) {
		const struct lift_promotion *p = d->host->promotion(d->host,
		    id);
		if (p != NULL && is_listed(p, product) && !is_ours(d, id) &&
		    p->start < from + d->settings->window &&
		    (p->end == INT64_MAX || p->end + d->settings->dip > from))
			return true;
	}
	return false;
}

static const struct lift_promotion *
sale_promotion(const struct detection *d, const struct sale *s)
{
	return s->promotion != 0 ? d->host->promotion(d->host, s->promotion) :
	    NULL;
}

/* ---- putting and stopping ---------------------------------------------- */

/* The number of the promotion with this NAME, which was put a moment ago. */
static uint32_t
number_of(const struct detection *d, struct lift_text name)
{
	for (uint32_t id = d->promotion_count + PROBE; id > 0; id--)
		if (lift_text_equal(d->host->promotion_name(d->host, id),
		    name))
			return id;
	return 0;
}

/* What an operator finds in the list of promotions. */
static struct lift_text
title_of(const struct sale *s, float price)
{
	return price > 0 && s->usual > 0 ?
	    LIFT_TEXT_OF("seen by its price, not announced") :
	    LIFT_TEXT_OF("seen by its sales, not announced");
}

static void
sale_put(struct detection *d, uint32_t product, struct sale *s, float price)
{
	struct lift_text name = d->host->product_name(d->host, product);
	struct lift_value on = { .type = LIFT_TEXT, .text = name.data,
		.size = (uint32_t)name.size }, values[8] = { { 0 } };
	int64_t start = s->from * d->settings->window;
	struct lift_error err;
	char id[320];
	int n = snprintf(id, sizeof(id), PREFIX "%.*s-%lld",
	    (int)name.size, name.data, (long long)(start / LIFT_MINUTE));

	values[0] = lift_value_text((struct lift_text){ id, (size_t)n });
	values[1] = lift_value_text(title_of(s, price));
	values[2] = (struct lift_value){ .type = LIFT_LIST, .size = 1,
		.items = &on };
	if (price > 0)
		values[3] = LIFT_VALUE_MONEY((int64_t)lroundf(price),
		    d->items[product].currency);
	values[4] = LIFT_VALUE_TIME(start);
	if (!d->host->call(d->host, "promotions.put", values, 8, &err)) {
		d->host->count(d->host, "unannounced_refused_total", 1);
		return;
	}
	s->promotion = number_of(d, (struct lift_text){ id, (size_t)n });
	d->host->count(d->host, "unannounced_total", 1);
}

static void
sale_stop(struct detection *d, struct sale *s)
{
	const struct lift_promotion *p = sale_promotion(d, s);
	struct lift_value id;
	struct lift_error err;

	if (p != NULL && p->end == INT64_MAX) {
		id = lift_value_text(d->host->promotion_name(d->host,
		    s->promotion));
		if (!d->host->call(d->host, "promotions.stop", &id, 1, &err))
			d->host->count(d->host, "unannounced_refused_total",
			    1);
	}
	s->promotion = 0;
	s->is_on = false;
	s->units = s->paid = s->rise = 0;
}

static void
sale_begin(struct detection *d, uint32_t product, float price)
{
	struct sale *s = &d->items[product].sale;

	s->is_on = true;
	s->rise = 0;
	/* The announced one is taken as what it is. */
	if (d->whole == NULL && d->settings->unannounced &&
	    !is_announced(d, product))
		sale_put(d, product, s, price);
	s->units = s->paid = 0;
}

/* ---- by price ---------------------------------------------------------- */

/* A run of windows in which it was sold on the other side of the threshold than
 * before: cheap while nothing is on, dear while something is. */
static void
price_look(struct detection *d, uint32_t product, const struct cell *c)
{
	struct sale *s = &d->items[product].sale;
	float units = (float)c->units;
	float price = (float)c->revenue / units;
	if (s->lately <= 0)
		s->lately = price;
	s->lately += (price - s->lately) * (units / (LATELY_UNITS + units));
	bool cheap = s->usual > 0 && price <
	    s->usual * (1 - (float)d->settings->cheaper);

	if (!cheap && s->usual <= 0)
		s->usual = price;
	else if (!cheap)
		s->usual += (price - s->usual) *
		    (units / (USUAL_UNITS + units));
	if (cheap == s->is_on) {
		s->units = s->paid = 0;
		return;
	}
	if (s->units <= 0)
		s->from = d->next;
	s->units += units;
	s->paid += (float)c->revenue;
	if (s->units < SEEN_UNITS)
		return;
	if (cheap)
		sale_begin(d, product, s->paid / s->units);
	else
		sale_stop(d, s);
}

/* ---- by sales ---------------------------------------------------------- */

/* Page's sum: the evidence of RATIO against as usual, from the moment at which
 * it is greatest. Windows in which nothing was sold are made up for at the next
 * sale: they only take away. */
static double
page_sum(double sum, double units, double expected, double ratio,
    double spread, double skipped)
{
	double per = (ratio - 1) / spread;

	sum -= per * skipped;
	sum = sum > 0 ? sum : 0;
	sum += units * log(ratio) / spread - per * expected;
	return sum > 0 ? sum : 0;
}

static void
sales_look(struct detection *d, uint32_t product, const struct cell *c,
    const struct window *w)
{
	struct item *i = &d->items[product];
	struct sale *s = &i->sale;
	struct prior p = item_prior(d, i);
	double rate = level_mean(&i->level, &p);
	double spread = level_spread(&i->level, &d->scatter, rate);
	double skipped = w->sum - w->exposure - s->seen, sum = s->rise;
	double ratio = s->is_on ? 1 / RISE : RISE;

	s->seen = w->sum;
	if (i->level.units < RISE_LEAST)
		return;
	/* While it sells twice as much, what is usual is twice as much. */
	rate *= s->is_on ? RISE : 1;
	skipped = skipped > 0 ? skipped * rate : 0;
	s->rise = (float)page_sum(sum, c->units, rate * w->exposure, ratio,
	    spread, skipped);
	if (sum <= 0 && s->rise > 0)
		s->from = s->is_on ? s->from : d->next;
	if (!s->is_on && s->rise > RISE_BAR)
		sale_begin(d, product, 0);
	else if (s->is_on && (s->rise > FALL_BAR || (d->next - s->from) *
	    d->settings->window > RISE_LONG))
		sale_stop(d, s);
}

void
unannounced_look(struct detection *d, uint32_t product, const struct cell *c)
{
	struct sale *s = &d->items[product].sale;

	if (c->units == 0)
		return;
	/* Somebody announced it after all. */
	if (s->promotion != 0 && is_announced(d, product)) {
		sale_stop(d, s);
		s->is_on = true;
	}
	if (c->revenue > 0)
		price_look(d, product, c);
	else if (s->usual <= 0)
		sales_look(d, product, c, d->judged);
}
