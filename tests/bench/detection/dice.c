/* Chance, by splitmix. */
#include "dice.h"

#include <math.h>

static uint64_t
draw(struct dice *d)
{
	uint64_t z = d->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

double
dice_even(struct dice *d)
{
	return ((double)(draw(d) >> 11) + 0.5) / 9007199254740992.0;
}

double
dice_normal(struct dice *d)
{
	return sqrt(-2 * log(dice_even(d))) *
	    cos(6.283185307179586 * dice_even(d));
}

/* Marsaglia and Tsang. */
double
dice_gamma(struct dice *d, double shape)
{
	double third = shape - 1.0 / 3, c = 1 / sqrt(9 * third);

	if (shape < 1)
		return dice_gamma(d, shape + 1) * pow(dice_even(d), 1 / shape);
	for (;;) {
		double x = dice_normal(d), v = 1 + c * x;
		if (v <= 0)
			continue;
		v = v * v * v;
		if (log(dice_even(d)) < x * x / 2 + third - third * v +
		    third * log(v))
			return third * v;
	}
}

/* Great means are cut by gammas: the n-th arrival comes at a gamma time. */
int64_t
dice_poisson(struct dice *d, double mean)
{
	int64_t count = 0;

	while (mean > 30) {
		int64_t n = (int64_t)(mean * 7 / 8);
		double at = dice_gamma(d, (double)n);
		if (at > mean) {
			for (int64_t k = 0; k < n - 1; k++)
				count += dice_even(d) < mean / at;
			return count;
		}
		count += n;
		mean -= at;
	}
	double most = exp(-mean), product = dice_even(d);
	while (product > most) {
		count++;
		product *= dice_even(d);
	}
	return count;
}

int64_t
dice_counts(struct dice *d, double mean, double shape)
{
	return dice_poisson(d, mean * dice_gamma(d, shape) / shape);
}

int64_t
dice_heavy(struct dice *d, double mean, double sd)
{
	return dice_poisson(d, mean * exp(sd * dice_normal(d) - sd * sd / 2));
}

unsigned
dice_below(struct dice *d, unsigned most)
{
	return (unsigned)(draw(d) % most);
}
