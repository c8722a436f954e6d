/* Seeded chance for worlds that are made up. */
#ifndef BENCH_DETECTION_DICE_H
#define BENCH_DETECTION_DICE_H

#include <stdint.h>

struct dice {
	uint64_t state;
};

double dice_even(struct dice *);
double dice_normal(struct dice *);
double dice_gamma(struct dice *, double shape);
int64_t dice_poisson(struct dice *, double mean);
/* A count whose rate varies by a gamma law of SHAPE. */
int64_t dice_counts(struct dice *, double mean, double shape);
/* A count whose rate varies by a log-normal law: heavier tails. */
int64_t dice_heavy(struct dice *, double mean, double sd);
unsigned dice_below(struct dice *, unsigned most);

#endif
