/* What will be sold: a number, and the bounds between which it will lie. */
#ifndef DETECTION_FORECAST_H
#define DETECTION_FORECAST_H

#include "pair.h"

struct forecast {
	double mean, low, high;		/* low and high are whole */
};

/* The units that will be sold in EXPOSURE at FACTOR times the usual rate, where
 * the logarithm of the factor is off by SD; the count lies between the bounds
 * with the chance LEVEL at least. */
struct forecast forecast_of(const struct outlook *, double exposure,
    double factor, double sd, double level);

#endif
