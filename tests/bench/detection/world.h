/* The shop day: 1,500 products, a week of history, and 100 promotions of six
 * hours with ten candidates each; and worlds that differ from it. */
#ifndef BENCH_DETECTION_WORLD_H
#define BENCH_DETECTION_WORLD_H

#include "rig.h"

enum { PRODUCTS = 1500, PROMOTIONS = 100, CANDIDATES = 10,
	PAIRS = PROMOTIONS * CANDIDATES, HOURS = 6 };

struct world {
	const char *name;
	bool   placebo;		/* nothing is planted */
	double heavy;		/* log-sd of a log-normal rate; 0: gamma, 8 */
	double drift;		/* log-sd of each product's level by day */
	bool   slump;		/* the shop loses half its shoppers for hours */
	bool   outage;		/* hours of which nothing is known */
	bool   empty;		/* candidates out of stock for two hours */
	bool   feed;		/* the price feed doubles prices for hours */
	bool   overlap;		/* two promotions on one shelf */
	bool   silent;		/* nobody says which promotions are on */
};

/* What became of a pair, and what is true of it. */
struct fate {
	uint32_t promotion, product;
	double   keeps;		/* 1: untouched; above: a halo */
	double   rate;		/* units a minute, on average */
	int64_t  start, end;	/* minutes */
	int64_t  fired_at;	/* minutes after the start; -1: not */
	double   bound, bound_wide;	/* minutes; Poisson's, and that of the
					 * true law */
	double   expected, wide;	/* truth: mean and variance */
	double   predicted, actual, low, high;
	double   oracle[4];	/* log likelihoods of each depth against none,
				 * with all that is true known */
	bool     stands;	/* at the end */
	double   doubt;		/* the plugin's own, at the end */
	double   evidence, anomaly;	/* its weight, the forest's score */
	double   worst;		/* the greatest loss of one minute, relative*/
};

/* The depths of victims. */
extern const double world_depths[4];

/* Makes the world of SEED, runs the plugin in it, and tells each pair's
 * fate. Returns how many others fired: pairs of a promotion with a product that
 * another one eats, or nobody. */
uint64_t world_run(const struct world *, uint64_t seed, const void *settings,
    struct fate ret[PAIRS]);

#endif
