/* What an action changed: counts before and after it, against what was
 * expected of the same windows. Nothing here knows plugins or entries. */
#ifndef FEEDBACK_MEASURE_H
#define FEEDBACK_MEASURE_H

#include <stdbool.h>

/* A figure with its credible interval. */
struct measure_figure {
	double value, low, high;
};

/* What happened in a stretch of windows. EXPECTED is what the baseline says of
 * the same windows without any promotion, the shop's traffic included. */
struct measure_arm {
	double   units, expected, revenue;
	double   squares;	/* sum of (units - expected)^2 / expected */
	unsigned windows;
};

/* A change of rate that happens without any action, as the alerts show that
 * were left alone: of its logarithm, with its variance. */
struct measure_drift {
	double value, variance;
};

/* One product before and after. */
struct measure_product {
	struct measure_arm before, after;
	double             margin;	/* of one piece, after the action */
	double             margin_before;
	double             price, price_before;
};

/* Between this many deviations on both sides lie 95 % of the normal law. */
#define MEASURE_Z	1.959963984540054

/* How much wider than Poisson the counts are: at least 1. */
double measure_spread(const struct measure_arm *, const struct measure_arm *);

/* Units after the action less those that there would have been without it:
 * the rate before it, carried on with the drift. RET_VARIANCE may be NULL. */
struct measure_figure measure_units(const struct measure_product *,
    const struct measure_drift *, double *ret_variance);

/* The same as a logarithm of the ratio of rates, with its variance. */
struct measure_drift measure_ratio(const struct measure_arm *before,
    const struct measure_arm *after);

/* How much the data speak against "nothing has changed": an e-value, of the
 * share of units that fall behind the action. */
double measure_evidence(double before, double after, double share);

/* A figure from a value and a variance. */
struct measure_figure measure_normal(double value, double variance);

/* From 0 to 100: 50 is no change, 100 is all that was at stake won back, 0 as
 * much again lost. */
struct measure_figure measure_score(const struct measure_figure *margin,
    double stake);

/* The margin as a share of what was at stake, as far as it goes: what is to be
 * learned from, where a score has come to its end. */
struct measure_figure measure_effect(const struct measure_figure *margin,
    double stake);

/* The older recipe, which looks at the number of sales of the promotion alone:
 * kept for comparison, RET_THIN when there was next to nothing to count. */
double measure_classic(bool stopped, double before, double after,
    double price_change, bool *ret_thin);

/* Drifts pooled by their precision; what has no variance yet is left as it
 * is. */
void measure_pool(struct measure_drift *pool, double *precision,
    const struct measure_drift *one);

#endif
