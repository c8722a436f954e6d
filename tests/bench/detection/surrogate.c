/* The literature's surrogate experiment: three products, a year of days; C on a
 * promotion that takes A's sales, and C on one that does not. */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "dice.h"
#include "rig.h"

enum { TRAINING = 281, A = 1, B = 2, C = 3 };

static const int64_t begins = INT64_C(1767225600) * LIFT_SECOND;

/* Of sales and price: means, deviations, correlation. */
struct habit {
	double sales, sales_sd, price, price_sd, together;
};

static const struct habit usual[] = { { 0 }, { 100, 20, 7, 1, 0.6 },
	{ 10, 4, 3, 0.5, 0.2 }, { 30, 8, 12, 1.5, 0.4 } };
static const struct habit cheap = { 80, 10, 9, 1.2, 0.8 };

struct stretch {
	int  from, to;
	bool eats;
};

static const struct stretch stretches[] = { { 13, 19, true },
	{ 46, 51, false }, { 63, 70, true }, { 103, 109, true },
	{ 117, 124, false }, { 199, 206, true }, { 267, 274, true } };

enum { STRETCHES = sizeof(stretches) / sizeof(*stretches) };

static void
draw(struct dice *d, const struct habit *h, double *ret_sales,
    double *ret_price)
{
	double x = dice_normal(d), y = dice_normal(d);

	*ret_sales = h->sales + h->sales_sd * x;
	*ret_price = h->price + h->price_sd * (h->together * x +
	    sqrt(1 - h->together * h->together) * y);
	*ret_sales = *ret_sales > 0 ? *ret_sales : 0;
	*ret_price = *ret_price > 0.1 ? *ret_price : 0.1;
}

static const struct stretch *
stretch_of(int day)
{
	for (int k = 0; k < STRETCHES; k++)
		if (day >= stretches[k].from && day < stretches[k].to)
			return &stretches[k];
	return NULL;
}

/* What the three sell on DAY. Where C eats, A gets what is left of the money
 * that the shelf would have had. */
static void
day_draw(struct dice *d, int day, double ret_sales[4])
{
	const struct stretch *s = stretch_of(day);
	double price[4], money = 0;

	for (int i = A; i <= C; i++) {
		draw(d, &usual[i], &ret_sales[i], &price[i]);
		money += ret_sales[i] * price[i];
	}
	if (s == NULL)
		return;
	if (!s->eats) {
		ret_sales[C] *= 1.35;
		return;
	}
	draw(d, &cheap, &ret_sales[C], &price[C]);
	money -= ret_sales[B] * price[B] + ret_sales[C] * price[C];
	ret_sales[A] = money > 0 ? money / price[A] : 0;
}

struct outcome {
	int    found, missed, false_ones, other;
	double days[4000];
	int    count;
};

static void
world_make(struct rig *r)
{
	static const uint32_t on = C;

	for (uint32_t i = A; i <= C; i++)
		r->products[i] = (struct lift_product){ .id = i,
			.is_known = true, .category = LIFT_TEXT_OF("shelf"),
			.price = { (int64_t)(usual[i].price * 100), 'E' |
			'U' << 8 | 'R' << 16 } };
	for (uint32_t k = 0; k < STRETCHES; k++)
		r->promotions[k + 1] = (struct lift_promotion){ .id = k + 1,
			.is_known = true, .product_count = 1, .products = &on,
			.price = { 900, 'E' | 'U' << 8 | 'R' << 16 },
			.start = begins + stretches[k].from * LIFT_DAY,
			.end = begins + stretches[k].to * LIFT_DAY };
}

/* Reads what is told of a promotion a week after its end (the published rule
 * waits so long for the rebound). */
static void
outcome_read(struct rig *r, int stretch, struct outcome *o)
{
	const struct stretch *s = &stretches[stretch];
	bool told = false;

	rig_list(r);
	for (uint32_t k = 0; k < r->pair_count; k++) {
		const struct rig_pair *p = &r->pairs[k];
		if (p->promotion != (uint32_t)stretch + 1 || !p->still_true)
			continue;
		o->other += p->product == B;
		if (p->product != A)
			continue;
		told = true;
		if (s->eats)
			o->days[o->count++] = (double)(p->fired_at - begins) /
			    (double)LIFT_DAY - s->from;
	}
	o->found += told && s->eats;
	o->missed += !told && s->eats;
	o->false_ones += told && !s->eats;
}

static void
year_run(struct dice *d, const void *settings, struct outcome *o)
{
	struct rig *r = rig_open(settings, 3, STRETCHES);
	double sales[4];

	world_make(r);
	for (int day = 0; day < TRAINING; day++) {
		day_draw(d, day, sales);
		for (uint32_t i = A; i <= C; i++)
			if (sales[i] >= 0.5)
				rig_buy(r, i, (int64_t)(sales[i] + 0.5),
				    begins + day * LIFT_DAY + LIFT_HOUR);
		rig_reach(r, begins + (day + 1) * LIFT_DAY, LIFT_HOUR);
		for (int k = 0; k < STRETCHES; k++)
			if (stretches[k].to + 6 == day)
				outcome_read(r, k, o);
	}
	rig_close(r);
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int
bench_surrogate(int seeds, int first, const char *changes, const char *data)
{
	static struct outcome o;
	char options[1024];
	struct dice d = { (uint64_t)first };

	(void)data;
	snprintf(options, sizeof(options), "window=1d,block=1d,traffic=1d,"
	    "dip=7d,memory=365d,%s", changes);
	const void *settings = rig_settings(options);
	for (int k = 0; k < seeds; k++)
		year_run(&d, settings, &o);
	qsort(o.days, (size_t)o.count, sizeof(*o.days), by_size);
	double precision = (double)o.found / (o.found + o.false_ones);
	double recall = (double)o.found / (o.found + o.missed);
	printf("surrogate of the literature, %d draws: %d found, %d missed, %d "
	    "false (and %d of the product that nobody eats)\n  precision %.3f"
	    " recall %.3f F1 %.3f (goal 0.98), days to detect: median %.0f "
	    "(goal 2), p90 %.0f\n  peer's rule, re-implemented: precision "
	    "0.999 recall 0.957 F1 0.977, 14 days\n", seeds, o.found,
	    o.missed, o.false_ones, o.other, precision, recall,
	    2 * precision * recall / (precision + recall),
	    o.count > 0 ? o.days[o.count / 2] : 0,
	    o.count > 0 ? o.days[o.count * 9 / 10] : 0);
	return 0;
}
