/* The effect of something on a series: what came against what a level that
 * moves slowly, and series that it does not touch, would have been. */
#ifndef DETECTION_IMPACT_H
#define DETECTION_IMPACT_H

#include <stdbool.h>

enum { IMPACT_CONTROLS = 8 };

/* The mean effect a step after it began, with what is not known of it, and the
 * bounds between which it lies with a chance of 95 %. */
struct impact {
	double effect, sd, low, high;
};

/* Measures the effect on Y of COUNT steps, of which BEFORE come before it; X
 * has CONTROLS numbers for each step. False when there is too little to go by:
 * less than CONTROLS + 3 steps before, none after, or a series that never
 * moves. */
bool impact_measure(const double *y, const double *x, unsigned controls,
    unsigned count, unsigned before, struct impact *ret);

#endif
