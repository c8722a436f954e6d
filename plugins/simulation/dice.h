/* Chance that can be had again: numbers that follow from a seed and the name
 * of what they are for, so that what one shopper draws never depends on what
 * another one did before. */
#ifndef SIMULATION_DICE_H
#define SIMULATION_DICE_H

#include <stdint.h>

/* One stream of numbers: sixty-four bits, walked by a fixed step and mixed
 * (splitmix64). */
struct dice {
	uint64_t state;
};

/* Two numbers mixed into one; each bit of either moves half of the result. */
static inline uint64_t
dice_mix(uint64_t a, uint64_t b)
{
	uint64_t x = a + (b + 1) * UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* The stream of this seed that has this name. */
static inline struct dice
dice_stream(uint64_t seed, uint64_t name)
{
	return (struct dice){ dice_mix(dice_mix(seed, name), name) };
}

/* Sixty-four bits. */
static inline uint64_t
dice_next(struct dice *d)
{
	uint64_t x = d->state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* The upper bits as a number in [0, 1). */
static inline double
dice_fraction(uint64_t bits)
{
	return (double)(bits >> 11) * 0x1p-53;
}

/* A number in [0, 1). */
static inline double
dice_uniform(struct dice *d)
{
	return dice_fraction(dice_next(d));
}

/* A whole number in [0, BELOW); BELOW is at least 1. */
static inline uint32_t
dice_below(struct dice *d, uint32_t below)
{
	return (uint32_t)(((dice_next(d) >> 32) * below) >> 32);
}

/* True with this probability. */
static inline int
dice_happens(struct dice *d, double probability)
{
	return dice_uniform(d) < probability;
}

/* Four bytes of BITS added up: near to a normal number of mean 0 and standard
 * deviation 1, never beyond 3.5; for tastes, where speed counts more than the
 * tails. */
static inline double
dice_bell(uint64_t bits)
{
	uint32_t sum = (uint32_t)((bits & 0xffff) + (bits >> 16 & 0xffff) +
	    (bits >> 32 & 0xffff) + (bits >> 48));

	return ((double)sum - 131070.0) / 37837.0;
}

/* A waiting time with this mean. */
double dice_exponential(struct dice *, double mean);

/* A normal number of mean 0 and standard deviation 1. */
double dice_normal(struct dice *);

/* A gamma number with this shape, above 0, and mean SHAPE. */
double dice_gamma(struct dice *, double shape);

/* A count with this mean that varies as counts of independent things do. */
uint32_t dice_poisson(struct dice *, double mean);

/* A count with this mean and the variance MEAN + MEAN * MEAN / SHAPE. */
uint32_t dice_negative_binomial(struct dice *, double mean, double shape);

/* A count from 0 with this mean, each further one as likely as the last. */
uint32_t dice_geometric(struct dice *, double mean);

#endif
