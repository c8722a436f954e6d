/* An alert, read from the fields and documents that detection tells. */
#include "strategy/strategy_parts.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

static const char *const part_names[] = { "lift", "cannibalized", "halo",
	"pull_forward", "net" };

void *
strategy_sure(void *at)
{
	if (at == NULL)
		abort();
	return at;
}

char *
strategy_text(struct lift_text t)
{
	char *s = strategy_sure(malloc(t.size + 1));

	if (t.size > 0)
		memcpy(s, t.data, t.size);
	s[t.size] = '\0';
	return s;
}

static struct lift_text
words(const struct lift_heard *h, const char *name)
{
	struct lift_value v = lift_heard_value(h, name);

	if ((v.type != LIFT_TEXT && v.type != LIFT_JSON) || v.size == 0)
		return (struct lift_text){ "", 0 };
	return (struct lift_text){ v.text, v.size };
}

static double
number(const struct lift_heard *h, const char *name)
{
	struct lift_value v = lift_heard_value(h, name);

	return v.type == LIFT_NUMBER ? v.number : v.type == LIFT_INT ?
	    (double)v.whole : 0;
}

static unsigned
severity_of(struct lift_text t)
{
	return lift_text_equal(t, LIFT_TEXT_OF("high")) ? 2 :
	    lift_text_equal(t, LIFT_TEXT_OF("medium"));
}

/* ---- documents ----------------------------------------------------------- */

static bool
figure_read(const json_t *from, struct weigh_figure *ret)
{
	const json_t *value = json_object_get(from, "value"),
	    *low = json_object_get(from, "low"),
	    *high = json_object_get(from, "high");

	if (!json_is_number(value))
		return false;
	*ret = (struct weigh_figure){ json_number_value(value),
		json_is_number(low) ? json_number_value(low) :
		json_number_value(value), json_is_number(high) ?
		json_number_value(high) : json_number_value(value) };
	return true;
}

static void
net_read(struct facts *f, struct lift_text text)
{
	json_t *net = json_loadb(text.data, text.size, 0, NULL);
	const json_t *units = json_object_get(net, "units"),
	    *margin = json_object_get(net, "margin");

	f->has_net = margin != NULL;
	for (unsigned i = 0; i < 5; i++) {
		figure_read(json_object_get(units, part_names[i]),
		    &f->units[i]);
		if (!figure_read(json_object_get(margin, part_names[i]),
		    &f->margin[i]))
			f->has_net = false;
	}
	json_decref(net);
}

static double
number_or(const json_t *o, const char *name, double otherwise)
{
	const json_t *v = json_object_get(o, name);

	return json_is_number(v) ? json_number_value(v) : otherwise;
}

/* What the catalogue says of the victim that lost most. */
static void
worst_read(struct facts *f, const json_t *one, const char *name)
{
	const char *category = json_string_value(json_object_get(one,
	    "category"));

	free(f->worst);
	f->worst = strategy_text(lift_text(name));
	free(f->category);
	f->category = category != NULL ? strategy_text(lift_text(category)) :
	    NULL;
	f->worst_price = number_or(one, "price", 0);
	f->worst_gap = 100 * number_or(one, "price_gap", 0);
	f->worst_stock = number_or(one, "stock", NAN);
}

static void
catalogue_read(struct facts *f, struct lift_text text)
{
	json_t *o = json_loadb(text.data, text.size, 0, NULL);

	f->stock = number_or(o, "stock", NAN);
	json_decref(o);
}

/* The victim that lost most, by the name that a shop's people know it by. */
static void
victims_read(struct facts *f, struct lift_text text)
{
	json_t *list = json_loadb(text.data, text.size, 0, NULL), *one;
	double most = -1, low = 0;
	size_t i;

	json_array_foreach(list, i, one) {
		struct weigh_figure lost = { 0 };
		const char *name = json_string_value(json_object_get(one,
		    "product_name"));
		if (name == NULL)
			name = json_string_value(json_object_get(one,
			    "product_id"));
		figure_read(json_object_get(one, "lost_units"), &lost);
		low += lost.low;
		f->victims++;
		if (name == NULL || lost.value <= most)
			continue;
		most = lost.value;
		worst_read(f, one, name);
	}
	if (f->predicted > 0)
		f->loss_low = 100 * low / f->predicted;
	json_decref(list);
}

bool
facts_read(const struct strategies *s, const struct lift_heard *h,
    struct facts *f)
{
	const struct lift_host *host = s->host;
	struct lift_text id = words(h, "alert_id"),
	    currency = words(h, "currency");
	int64_t started = lift_heard_value(h, "started").whole;

	if (id.size == 0 || id.size > 250)
		return false;
	*f = (struct facts){ .alert = strategy_text(id),
		.product = strategy_text(words(h, "product_name")),
		.promotion_id = lift_heard_value(h, "promo_id").id,
		.product_id = lift_heard_value(h, "product_id").id,
		.worst = strategy_text(LIFT_TEXT_OF("others")),
		.severity = severity_of(words(h, "severity")),
		.full = number(h, "original_price"),
		.price = number(h, "promo_price"),
		.discount = number(h, "discount_percentage"),
		.actual = number(h, "actual_sales"),
		.predicted = number(h, "predicted_sales"),
		.loss_percent = number(h, "loss_percentage"),
		.loss_amount = number(h, "loss_amount"),
		.confidence = number(h, "confidence"), .worst_stock = NAN,
		.hours = (double)(h->time - started) / LIFT_HOUR };
	f->promotion = strategy_text(host->promotion_name(host,
	    f->promotion_id));
	for (unsigned i = 0; i < 3 && i < currency.size; i++)
		f->currency[i] = currency.data[i];
	net_read(f, words(h, "net"));
	victims_read(f, words(h, "victims"));
	catalogue_read(f, words(h, "catalogue"));
	return true;
}

void
facts_done(struct facts *f)
{
	free(f->alert);
	free(f->product);
	free(f->promotion);
	free(f->worst);
	free(f->category);
	*f = (struct facts){ 0 };
}

/* ---- what others need of it ---------------------------------------------- */

static struct weigh_figure
hourly(const struct facts *f, const struct weigh_figure *m)
{
	return (struct weigh_figure){ m->value / f->hours, m->low / f->hours,
		m->high / f->hours };
}

struct weigh_case
facts_weigh(const struct strategies *s, const struct facts *f)
{
	const struct lift_product *p = s->host->product(s->host,
	    f->product_id);
	double unit = p != NULL ? pow(10, s->host->digits(s->host,
	    p->cost.currency)) : 1;
	struct weigh_case c = { .full = f->full, .price = f->price,
		.cost = p != NULL && p->cost.currency != 0 ?
		    (double)p->cost.minor / unit : 0,
		.loss_percent = f->loss_percent, .severity = f->severity,
		.largest_step = s->settings->largest_step,
		.is_known = f->has_net && f->hours > 0 && f->price > 0 };

	if (!c.is_known)
		return c;
	c.lift_units = f->units[PART_LIFT].value / f->hours;
	c.lift = hourly(f, &f->margin[PART_LIFT]);
	c.cannibalized = hourly(f, &f->margin[PART_CANNIBALIZED]);
	c.halo = hourly(f, &f->margin[PART_HALO]);
	c.pull = hourly(f, &f->margin[PART_PULL]);
	return c;
}

struct prose_case
facts_prose(const struct facts *f, const struct weigh_case *w)
{
	return (struct prose_case){ .product = f->product,
		.promotion = f->promotion, .worst = f->worst,
		.category = f->category, .worst_price = f->worst_price,
		.worst_gap = f->worst_gap, .stock = f->stock,
		.worst_stock = f->worst_stock, .currency = f->currency, .victims = f->victims,
		.hours = f->hours, .discount = f->discount,
		.actual = f->actual, .predicted = f->predicted,
		.loss_percent = f->loss_percent, .loss_low = f->loss_low,
		.lift = f->units[PART_LIFT],
		.cannibalized = f->units[PART_CANNIBALIZED],
		.halo = f->units[PART_HALO], .pull = f->units[PART_PULL],
		.net = f->margin[PART_NET], .weigh = w };
}
