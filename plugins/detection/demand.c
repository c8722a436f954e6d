/* Demand: what is learned from windows that are firm, and what is expected of
 * those that are not. */
#include "detection.h"

#include <math.h>
#include <stdlib.h>

/* Units of controls that weigh as much as "as many shoppers as usual". */
#define TRAFFIC_LEAN	400.0
/* Fewer expected units than these say nothing of a season. */
#define SEASON_LEAST	10.0

static int64_t
block_windows(const struct detection *d)
{
	int64_t n = d->settings->block / d->settings->window;

	return n > 1 ? n : 1;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* The part of the week (1970 began on a Thursday) that a block begins in. */
static unsigned
week_part(const struct detection *d, int64_t block)
{
	int64_t time = block * block_windows(d) * d->settings->window;
	int64_t quarter = floor_div(time, 15 * LIFT_MINUTE) % WEEK_PARTS;

	return (unsigned)(quarter < 0 ? quarter + WEEK_PARTS : quarter);
}

double
demand_season(const struct detection *d, int64_t number)
{
	unsigned part = week_part(d, floor_div(number, block_windows(d)));

	return season_factor(&d->week[part], &d->day[part % DAY_PARTS],
	    d->lately);
}

double
demand_open(const struct detection *d, int64_t number)
{
	unsigned part = week_part(d, floor_div(number, block_windows(d)));

	return demand_season(d, number) * season_factor(&d->open_week[part],
	    &d->open_day[part % DAY_PARTS], 1);
}

/* True when the part of the day was seen on other days: what is off then is
 * not for want of a season. */
static bool
is_settled(const struct detection *d, int64_t block)
{
	unsigned part = week_part(d, block);

	return d->day[part % DAY_PARTS].times > 1.5f;
}

/* ---- blocks ------------------------------------------------------------ */

static bool
is_frozen(const struct item *i, int64_t from, int64_t until)
{
	return i->frozen_from < until && from < i->frozen_until;
}

static void
stretch_learn(struct detection *d, struct item *i, double units,
    double expected)
{
	i->stretch_units += (float)units;
	i->stretch_expected += (float)expected;
	if (d->block.number % STRETCH != STRETCH - 1)
		return;
	/* What is still learning its level would tell of that. */
	if (i->level.units > 200)
		scatter_stretch(&d->scatter, i->stretch_units,
		    i->stretch_expected, level_spread(&i->level, &d->scatter,
		    expected / (double)d->block.awake));
	i->stretch_units = i->stretch_expected = 0;
}

/* The exposure that the level of a product learns with, which sold UNITS at
 * RATE. Not the sum of the windows': traffic lags and leans, so the levels of
 * those that learn would drift against the levels of those that are frozen.
 * This one leaves their sum as it is: what is common to all is traffic. The
 * product's own units are left out, or a best seller would be its own
 * excuse. */
static double
learned_exposure(const struct detection *d, uint32_t units, double rate,
    bool counts)
{
	const struct block *b = &d->block;
	double season = demand_season(d, b->number * block_windows(d));
	double exposure = b->awake * season;
	double expected = b->controls * season - (counts ? rate * exposure :
	    0);
	double sold = (double)b->control_units - (counts ? units : 0);

	if (b->controls * season < SEASON_LEAST || expected < 0 || sold < 0)
		return exposure;
	return exposure * (sold + TRAFFIC_LEAN) / (expected + TRAFFIC_LEAN);
}

static void
item_learn(struct detection *d, uint32_t product, const struct prior *p,
    double keep)
{
	struct item *i = &d->items[product];
	int64_t n = block_windows(d), from = d->block.number * n;
	uint32_t units = product < d->block.room ? d->block.units[product] : 0;
	double exposure = learned_exposure(d, units, level_mean(&i->level,
	    p), i->level.exposure > 0);
	bool settled = is_settled(d, d->block.number);

	if (is_frozen(i, from, from + n)) {
		i->stretch_units = i->stretch_expected = 0;
	} else if (units > 0 || i->level.units > 0) {
		double rate = level_mean(&i->level, p);
		if (settled)
			stretch_learn(d, i, units, rate * exposure);
		crowd_meet(d, product, units, rate * exposure);
		price_block(d, i, units, exposure);
		level_learn(&i->level, settled ? &d->scatter : NULL, p,
		    units, exposure, keep, d->block.awake);
	} else {
		i->level.exposure = (float)(keep * i->level.exposure +
		    exposure);
	}
}

static void
item_fold(struct detection *d, uint32_t product, double keep)
{
	struct item *i = &d->items[product];
	struct prior p = item_prior(d, i);

	if (d->block.awake > 0)
		item_learn(d, product, &p, keep);
	double mean = level_mean(&i->level, &p);
	d->level_sum_new += mean;
	d->level_count_new++;
	if (i->shelf != NONE) {
		d->shelves[i->shelf].sum_new += mean;
		d->shelves[i->shelf].count_new++;
	}
}

static void
part_learn(struct bucket *week, struct bucket *day, double ratio,
    double weight, double memory)
{
	season_learn(week, ratio, weight, exp(-7 * (double)LIFT_DAY / memory));
	season_learn(day, ratio, weight, exp(-(double)LIFT_DAY / memory));
}

static void
block_season(struct detection *d)
{
	const struct block *b = &d->block;
	unsigned part = week_part(d, b->number);
	double memory = (double)d->settings->memory;

	part_learn(&d->open_week[part], &d->open_day[part % DAY_PARTS],
	    (double)b->awake / b->windows, 1, memory);
	if (b->controls < SEASON_LEAST)
		return;
	double ratio = (double)b->control_units / b->controls;
	/* A handful of units says little of a season. */
	double weight = b->controls * d->lately;
	weight /= weight + TRAFFIC_LEAN;
	d->lately += 0.5 * weight * (ratio - d->lately);
	part_learn(&d->week[part], &d->day[part % DAY_PARTS], ratio, weight,
	    memory);
}

static void
block_begin(struct detection *d, int64_t number)
{
	uint32_t *units = d->block.units;

	if (d->block.room < d->item_count) {
		units = sure(realloc(units, d->item_count * sizeof(*units)));
		d->block.room = d->item_count;
	}
	if (units != NULL)
		memset(units, 0, d->block.room * sizeof(*units));
	uint32_t room = d->block.room;
	clean(&d->block, sizeof(d->block));
	d->block.number = number;
	d->block.units = units;
	d->block.room = room;
}

static void
block_done(struct detection *d)
{
	d->level_sum = d->level_sum_new;
	d->level_count = d->level_count_new;
	d->level_sum_new = 0;
	d->level_count_new = 0;
	for (uint32_t k = 0; k < d->shelf_count; k++) {
		struct shelf *s = &d->shelves[k];
		s->level_sum = s->sum_new;
		s->level_count = s->count_new;
		s->sum_new = 0;
		s->count_new = 0;
	}
	scatter_fade(&d->scatter, exp(-(double)(block_windows(d) *
	    d->settings->window) / (7 * (double)LIFT_DAY)));
	d->block_full = false;
	d->block_at = 0;
	block_begin(d, d->block.number + 1);
}

/* Folds the block into all products, PAGE of them a unit of work. */
static bool
block_fold(struct detection *d, unsigned *slice)
{
	double keep = exp(-(double)(block_windows(d) * d->settings->window) /
	    (double)d->settings->memory);

	while (d->block_at < d->item_count && *slice > 0) {
		uint32_t until = d->block_at + PAGE;
		until = until < d->item_count ? until : d->item_count;
		for (; d->block_at < until; d->block_at++)
			if (d->block_at > 0)
				item_fold(d, d->block_at, keep);
		--*slice;
	}
	if (d->block_at < d->item_count)
		return false;
	block_done(d);
	return true;
}

/* ---- firm windows ------------------------------------------------------ */

static double
traffic_keep(const struct detection *d)
{
	return exp(-(double)d->settings->window /
	    (double)d->settings->traffic);
}

/* The traffic of W; as usual while there are no levels to compare it to. */
static double
window_traffic(const struct detection *d, const struct window *w,
    struct traffic *t)
{
	if (w->controls <= 0)
		return 1;
	return traffic_learn(t, (double)(w->units - w->pressed_units),
	    w->controls * w->season, traffic_keep(d), TRAFFIC_LEAN);
}

/* The exposure of W, with which the lull and the traffic go on. */
static double
window_exposure(const struct detection *d, const struct window *w,
    struct lull *l, struct traffic *t)
{
	return lull_step(d, l, w) ? 0 : w->season * window_traffic(d, w, t);
}

static void
block_units(struct detection *d, const struct window *w)
{
	for (uint32_t k = 0; k < w->count; k++) {
		if (w->ids[k] >= d->block.room) {
			uint32_t room = d->item_count;
			d->block.units = sure(realloc(d->block.units,
			    room * sizeof(*d->block.units)));
			memset(d->block.units + d->block.room, 0,
			    (room - d->block.room) * sizeof(*d->block.units));
			d->block.room = room;
		}
		d->block.units[w->ids[k]] += w->cells[k].units;
	}
}

static void
window_firm(struct detection *d)
{
	struct window *w = d->windows;
	int64_t n = block_windows(d);

	if (d->block.windows == 0)
		d->block.number = floor_div(w->number, n);
	/* It may be longer than it was when this was last asked. */
	d->lull.is_short = 0;
	w->exposure = window_exposure(d, w, &d->lull, &d->traffic);
	d->firm_sum += w->exposure;
	d->block.exposure += w->exposure;
	d->block.windows++;
	if (!d->lull.is_told) {
		d->block.awake++;
		d->block.controls += w->controls;
		d->block.control_units += w->units - w->pressed_units;
		block_units(d, w);
	}
	d->firm = w->number + 1;
	d->block_full = floor_div(d->firm, n) != d->block.number;
	window_drop_first(d);
	if (!d->block_full)
		return;
	block_season(d);
}

bool
demand_firm(struct detection *d, unsigned *slice)
{
	for (;;) {
		if (d->block_full && !block_fold(d, slice))
			return false;
		if (*slice == 0)
			return false;
		if (d->windows == NULL || !d->windows->is_judged ||
		    d->windows->number + d->lateness > d->next)
			return true;
		window_firm(d);
		--*slice;
	}
}

/* ---- windows that are not firm ----------------------------------------- */

void
demand_expose(struct detection *d)
{
	struct traffic t = d->traffic;
	struct lull l = d->lull;
	double sum = d->firm_sum;

	l.is_short = 0;
	for (struct window *w = d->windows; w != NULL &&
	    w->number <= d->next; w = w->next) {
		w->exposure = window_exposure(d, w, &l, &t);
		sum += w->exposure;
		w->sum = sum;
	}
}

double
demand_before(const struct detection *d, int64_t number)
{
	double sum = d->firm_sum;

	for (const struct window *w = d->windows; w != NULL &&
	    w->number < number && w->number <= d->next; w = w->next)
		sum = w->sum;
	return sum;
}

void
demand_base(const struct detection *d, struct pair *p)
{
	const struct item *i = &d->items[p->product];

	p->level = i->level;
	p->base = d->firm - d->block.windows;
	p->base_sum = d->firm_sum - d->block.exposure;
	p->base_units = 0;
	if (is_frozen(i, p->base, p->start)) {
		p->base = p->start;
		return;
	}
	if (p->product < d->block.room)
		p->base_units = d->block.units[p->product];
	for (const struct window *w = d->windows; w != NULL &&
	    w->number < p->start; w = w->next) {
		const struct cell *c = window_look(w, p->product);
		p->base_units += c != NULL ? c->units : 0;
	}
}

struct outlook
demand_outlook(const struct detection *d, const struct pair *p)
{
	struct prior prior = item_prior(d, &d->items[p->product]);
	struct level l = p->level;

	l.units += (float)p->base_units;
	if (p->base < p->start)
		l.exposure += (float)(p->began - p->base_sum);
	/* What it sells when it is left alone again tells as much as what it
	 * sold before. */
	if (p->is_alone_again) {
		l.units += (float)p->dip_units;
		l.exposure += (float)p->dip_exposure;
	}
	double windows = (double)(p->through - p->start + 1);
	return level_outlook(&l, &d->scatter, &prior, p->exposure > 0 ?
	    p->exposure / windows : 1);
}
