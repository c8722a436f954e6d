/* One pair: does this promotion eat that product? What was expected is a gamma
 * law of the product's level, learned before the promotion; what came since is
 * two sums, units and exposure (the minutes gone, each weighed by season and
 * traffic). All that follows is closed form in these: nothing has to be kept of
 * single windows, and an entry that comes late changes a sum. */
#ifndef DETECTION_PAIR_H
#define DETECTION_PAIR_H

enum { PAIR_DROPS = 8, PAIR_LIFTS = 4, PAIR_RATIOS = PAIR_DROPS + PAIR_LIFTS };

/* What was known of a product's level when the promotion began: units per
 * exposure lie by a gamma law of SHAPE and RATE; the sum of counts varies
 * SPREAD times as much as Poisson's would. */
struct outlook {
	double shape, rate, spread;
};

/* Logarithms of the likelihood of what came, each ratio of the grid against
 * "sells as before". `drop` is that of the mean over what an eaten product may
 * keep, `lift` over what a halo may bring. Under "sells as before" exp(drop)
 * has the mean 1, at any moment that is chosen by looking at it, so that it
 * exceeds 1/alpha at some moment with the chance alpha at most. */
struct weighed {
	double each[PAIR_RATIOS];
	double drop, lift;
};

/* What a product may keep of its sales when it is eaten, in falling order;
 * then what it may gain by a halo. */
extern const double pair_ratios[PAIR_RATIOS];

/* Weighs UNITS in EXPOSURE for each ratio. */
void pair_weigh(const struct outlook *, double units, double exposure,
    struct weighed *ret);

/* The units that were expected of EXPOSURE. */
double pair_expected(const struct outlook *, double exposure);

/* The chance of so few UNITS as came, or fewer, for a product that sells as
 * before; with the half of what is exactly so many. */
double pair_chance(const struct outlook *, double units, double exposure);

/* The share lost, and the bounds between which it lies with the chance LEVEL:
 * negative where more came than expected. */
struct span_of {
	double value, low, high;
};
struct span_of pair_lost(const struct outlook *, double units, double exposure,
    double level);

/* The least time to tell a product that keeps RATIO of RATE units a window from
 * one that sells as before, with false alarms at ALPHA: no test is faster on
 * average. SPREAD is 1 for Poisson's law. In windows. */
double pair_bound(double rate, double ratio, double spread, double alpha);

/* For a product without a promotion feed: the sum over all moments at which a
 * drop may have begun, one STEP (the logarithm of a window's likelihood ratio)
 * later. An alarm at SUM >= c comes once in c windows at most when nothing is
 * wrong. */
double pair_restart(double sum, double step);

#endif
