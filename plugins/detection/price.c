/* Prices: what is learned from them of how demand follows. Two occasions tell:
 * a promotion that is over, by what its products sold at its price; and a price
 * of the catalogue that changed, by what the day after sold of what the level
 * before would have. Both count only once they are firm. */
#include "detection.h"

#include <math.h>

/* Blocks that are watched after a price has changed: a day of the usual ones,
 * and units that are enough of them. */
enum { WATCH_BLOCKS = 96 };
#define WATCH_UNITS	400.0f
/* Less than that was expected, or so little was the price changed: it tells
 * nothing. */
#define TELLING_UNITS	5.0
#define TELLING_CHANGE	0.01
/* What else happens between two prices: a promotion is shown as well. */
#define OTHERWISE	0.01

static struct shelf *
shelf_or_none(struct detection *d, const struct item *i)
{
	return i->shelf != NONE ? &d->shelves[i->shelf] : NULL;
}

/* SOLD units at PRICE, where EXPECTED would have been at USUAL; the level is
 * known as well as from SHAPE units. */
static void
price_learn(struct detection *d, struct item *i, double change, double sold,
    double expected, double shape)
{
	struct shelf *s = shelf_or_none(d, i);
	double spread = level_spread(&i->level, &d->scatter, 1);

	if (expected < TELLING_UNITS || fabs(change) < TELLING_CHANGE)
		return;
	elasticity_learn(&i->slope, s != NULL ? &s->slope : NULL, &d->slope,
	    (double[]){ change, log((sold + 0.5) / (expected + 0.5)) },
	    spread / (sold + 0.5) + 1 / shape + OTHERWISE);
	d->prices_learned++;
}

void
price_campaign(struct detection *d, const struct campaign *c)
{
	for (uint32_t k = 0; k < c->promoted && c->currency != 0; k++) {
		const struct pair *p = &d->pairs[c->pairs[k]];
		struct item *i = &d->items[p->product];
		if (p->outlook.rate <= 0 || p->price <= 0 || c->price <= 0 ||
		    i->currency != c->currency)
			continue;
		price_learn(d, i, log((double)c->price / p->price),
		    (double)p->units, pair_expected(&p->outlook, p->exposure),
		    p->outlook.shape);
	}
}

/* ---- the catalogue's prices -------------------------------------------- */

static int64_t
block_of(const struct detection *d, int64_t window)
{
	int64_t n = d->settings->block / d->settings->window;

	return window / (n > 1 ? n : 1);
}

void
price_changed(struct detection *d, struct item *i, float price)
{
	struct prior prior = item_prior(d, i);
	struct outlook o = level_outlook(&i->level, &d->scatter, &prior, 1);
	struct watch *w = &i->watch;

	/* Another change before much was seen: back to where it came from. */
	if (w->usual <= 0) {
		w->usual = i->price;
		w->mean = (float)level_mean(&i->level, &prior);
		w->shape = (float)o.shape;
	}
	if (i->level.units <= 0 || price == w->usual) {
		clean(w, sizeof(*w));
		return;
	}
	w->units = w->expected = 0;
	w->from = block_of(d, d->next) + 1;
}

void
price_block(struct detection *d, struct item *i, double units,
    double exposure)
{
	struct watch *w = &i->watch;

	if (w->usual <= 0 || d->block.number < w->from)
		return;
	w->units += (float)units;
	w->expected += w->mean * (float)exposure;
	if (d->block.number - w->from < WATCH_BLOCKS - 1 &&
	    w->expected < WATCH_UNITS)
		return;
	price_learn(d, i, log(i->price / w->usual), w->units, w->expected,
	    w->shape);
	clean(w, sizeof(*w));
}

struct elasticity
price_elasticity(const struct detection *d, const struct item *i)
{
	return elasticity_of(&i->slope, i->shelf != NONE ?
	    &d->shelves[i->shelf].slope : NULL, &d->slope);
}
