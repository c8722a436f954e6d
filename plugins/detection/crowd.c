/* The crowd: what products look like over hours in which no promotion touches
 * them, and how odd a pair looks among them. A second opinion by an isolation
 * forest over accumulated features; it decides nothing. The crowd is met where
 * firm blocks are learned, so that it does not depend on the order of arrival;
 * each product is compared to its shelf as a candidate is to the others of its
 * promotion. How many promotions run says when, not who, and how far a price
 * lies from that of what is promoted says who might be eaten, not that it is:
 * both only made the calm ones look odd (an area under the curve of 0.976
 * with prices, 0.980 without), and are no features. */
#include "detection.h"

#include <math.h>

#include "forest.h"

enum { COLUMNS = 7, TREES = 100, SAMPLE = 256, SEED = 42 };
/* Blocks between two looks at the same product, which do not divide a stretch:
 * so stretches of all ages are met. */
enum { TURNS = 7 };
/* Rows before there is a score, and between two looks at the bar. */
enum { ROWS_LEAST = 128, ROWS_BAR = 1024 };
/* Neighbours on the shelf that are looked at. */
enum { NEIGHBOURS = 16 };
/* Less than that was expected: nothing can be told of it. */
#define EXPECTED_LEAST	2.0
/* Units from which a level is known well enough to be met. */
#define UNITS_LEAST	20.0f
/* Expected units of which not one was sold: the shelf was empty. */
#define EMPTY		10.0

/* What there is to see of a product over some time. */
struct sight {
	struct outlook outlook;
	double units, expected;
	double others, others_expected;	/* of those it is compared to */
	double windows;
	bool   is_empty;
};

static double
above(double x)
{
	return x > 0 ? x : 0;
}

/* The part of the category's sales that it has lost, relative. */
static double
share_change(const struct sight *s)
{
	double all = s->units + s->others;
	double expected = s->expected + s->others_expected;

	if (all <= 0 || s->expected <= 0)
		return 0;
	return above(1 - s->units / all / (s->expected / expected));
}

/* Losses only: who sells more than was expected is not odd in the sense that
 * is asked for. */
static void
row_write(const struct detection *d, const struct sight *s,
    float row[COLUMNS])
{
	const struct outlook *o = &s->outlook;
	double less = above(s->expected - s->units);
	/* The crowd is met until the end of a stretch, a pair may last for
	 * weeks. */
	double longest = STRETCH * (double)d->settings->block /
	    (double)d->settings->window;
	struct weighed w;

	pair_weigh(o, s->units, s->expected * o->rate / o->shape, &w);
	double variance = o->spread * s->expected + s->expected *
	    s->expected / o->shape;
	const double columns[COLUMNS] = {
		less / sqrt(variance), above(w.drop), log1p(less),
		less / s->expected, share_change(s),
		log1p(s->windows < longest ? s->windows : longest),
		s->is_empty,
	};

	for (int k = 0; k < COLUMNS; k++)
		row[k] = (float)columns[k];
}

/* ---- the crowd --------------------------------------------------------- */

static void
shelf_see(const struct detection *d, const struct item *i, struct sight *s)
{
	uint32_t at = i->next;

	if (i->shelf == NONE)
		return;
	for (int k = 0; k < NEIGHBOURS; k++) {
		at = at == NONE ? d->shelves[i->shelf].first : at;
		const struct item *other = &d->items[at];
		if (other == i)
			return;
		s->others += other->seen_units;
		s->others_expected += other->seen_expected;
		at = other->next;
	}
}

static void
crowd_note(struct detection *d, const float *row)
{
	if (d->crowd == NULL)
		d->crowd = sure(forest_new(COLUMNS, TREES, SAMPLE, SEED));
	forest_note(d->crowd, row);
	d->crowd_rows++;
	if (d->crowd_rows == ROWS_LEAST || d->crowd_rows % ROWS_BAR == 0)
		d->crowd_bar = forest_bar(d->crowd, CROWD_SHARE);
}

static void
crowd_look(struct detection *d, const struct item *i)
{
	struct prior prior = item_prior(d, i);
	struct sight s = { .units = i->seen_units,
		.expected = i->seen_expected };
	float row[COLUMNS];

	s.outlook = level_outlook(&i->level, &d->scatter, &prior, 1);
	if (s.outlook.rate <= 0)
		return;
	s.windows = s.expected * s.outlook.rate / s.outlook.shape;
	s.is_empty = s.units <= 0 && s.expected > EMPTY;
	shelf_see(d, i, &s);
	row_write(d, &s, row);
	crowd_note(d, row);
}

void
crowd_meet(struct detection *d, uint32_t product, double units,
    double expected)
{
	struct item *i = &d->items[product];

	/* One crowd is enough for all stores. */
	if (d->whole != NULL)
		return;
	/* What is still learning its level would tell of that. */
	if (i->level.units < UNITS_LEAST || d->block.number % STRETCH == 0)
		i->seen_units = i->seen_expected = 0;
	i->seen_units += (float)units;
	i->seen_expected += (float)expected;
	if ((d->block.number + product) % TURNS == 0 &&
	    i->seen_expected >= EXPECTED_LEAST &&
	    i->level.units >= UNITS_LEAST)
		crowd_look(d, i);
}

/* ---- a pair among them ------------------------------------------------- */

static void
campaign_see(const struct detection *d, const struct pair *p, struct sight *s)
{
	const struct campaign *c = &d->campaigns[p->campaign];

	for (uint32_t k = c->promoted; k < c->complements; k++) {
		const struct pair *q = &d->pairs[c->pairs[k]];
		if (q == p || q->is_given_up || q->outlook.rate <= 0)
			continue;
		s->others += (double)q->units;
		s->others_expected += pair_expected(&q->outlook, q->exposure);
	}
}

double
crowd_score(const struct detection *d, const struct pair *p)
{
	struct sight s = { .outlook = p->outlook, .units = (double)p->units,
		.windows = p->exposure, .is_empty = p->out > 0 };
	float row[COLUMNS];

	const struct detection *whole = d->whole != NULL ? d->whole : d;
	if (whole->crowd_rows < ROWS_LEAST || p->outlook.rate <= 0)
		return NAN;
	s.expected = pair_expected(&p->outlook, p->exposure);
	if (s.expected < EXPECTED_LEAST)
		return NAN;
	campaign_see(d, p, &s);
	row_write(d, &s, row);
	return forest_score(whole->crowd, row);
}

double
crowd_bar(const struct detection *d)
{
	return d->whole != NULL ? d->whole->crowd_bar : d->crowd_bar;
}
