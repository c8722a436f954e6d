/* What a promotion amounts to: what it sold more, what it took from its
 * neighbours, what it gave them, what it only brought forward; each with
 * bounds. */
#ifndef DETECTION_BALANCE_H
#define DETECTION_BALANCE_H

#include "pair.h"

/* A sum of independent estimates, in units and in money. */
struct estimate {
	double value, variance;
};

struct bounded {
	double value, low, high;
};

struct balance {
	struct estimate lift, cannibalized, halo, pull_forward;
	struct estimate lift_margin, cannibalized_margin, halo_margin,
	    pull_margin;
};

/* The units more (or less, negative) than expected, with their variance: that
 * of the counts and that of the expectation. */
struct estimate estimate_of(const struct outlook *, double units,
    double exposure);

/* E, times FACTOR. */
struct estimate estimate_scale(struct estimate, double factor);

/* Adds E to SUM. */
void estimate_add(struct estimate *sum, struct estimate e);

/* The sum with bounds between which it lies with the chance LEVEL. */
struct bounded estimate_bounds(struct estimate, double level);

/* Lift less what was taken, plus what was given, less what was brought
 * forward. */
struct estimate balance_net(const struct balance *);
struct estimate balance_net_margin(const struct balance *);

/* The part of a loss that one of several promotions answers for, when each of
 * them presses with a weight (its discount times what it sells): OWN of ALL. No
 * loss is counted twice: the parts sum to 1. */
double balance_part(double own, double all);

#endif
