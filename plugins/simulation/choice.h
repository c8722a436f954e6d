/* How one shopper decides within a family: a multinomial logit over what is
 * on the shelf, nested under whether to buy at all. Nothing is labelled: a
 * better offer takes from its neighbours because the shares add up. */
#ifndef SIMULATION_CHOICE_H
#define SIMULATION_CHOICE_H

#include "market.h"
#include "shopper.h"

/* Who decides, when, and what is at home. */
struct chooser {
	uint64_t      seed;
	uint32_t      shopper;
	struct traits traits;
	uint8_t       store;
	int64_t       time;
	uint32_t      last;	/* item bought last, from 1; 0: none */
	float         stock;	/* at home, in units of one purchase */
	float         hoard;	/* how much is stocked up; 1 is usual */
	float         breadth;	/* how much more is needed; 1 is usual */
	bool          eager;	/* something else has woken the need */
};

/* The chances of each item of a family, and what each would cost. */
struct choice {
	unsigned     count;
	const uint32_t *items;
	double       liking[FAMILY_MOST];	/* without the price */
	double       buys[FAMILY_MOST];		/* probability */
	double       pieces[FAMILY_MOST];	/* expected, if bought */
	struct quote quotes[FAMILY_MOST];
	double       any;			/* that anything is bought */
	bool         is_promoted;		/* a promotion is live here */
};

/* Weighs what does not depend on prices: what is liked and can be had. */
void choice_begin(struct choice *, const struct market *, uint32_t family,
    const struct chooser *);

/* The chances at the prices in force, were promotion WITHOUT not there
 * (0: with all). */
void choice_weigh(struct choice *, struct market *, uint32_t family,
    const struct chooser *, uint32_t without);

/* The place in the family that FRACTION, evenly spread, falls on; the count
 * of the family when nothing is bought. */
unsigned choice_pick(const struct choice *, double fraction);

/* The place of an item given that one is bought. */
unsigned choice_glance(const struct choice *, double fraction);

#endif
