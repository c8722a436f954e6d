/* The laws that shoppers follow: waiting times, counts, tastes. Each is drawn
 * from one stream with as few numbers as the law needs. */
#include "dice.h"

#include <math.h>

double
dice_exponential(struct dice *d, double mean)
{
	return -mean * log1p(-dice_uniform(d));
}

/* The polar method, without keeping the second number: a stream has no other
 * memory than its state. */
double
dice_normal(struct dice *d)
{
	double u, v, s;

	do {
		u = 2 * dice_uniform(d) - 1;
		v = 2 * dice_uniform(d) - 1;
		s = u * u + v * v;
	} while (s >= 1 || s == 0);
	return u * sqrt(-2 * log(s) / s);
}

/* Marsaglia and Tsang; a shape below 1 is drawn one higher and shrunk. */
double
dice_gamma(struct dice *d, double shape)
{
	double a = shape < 1 ? shape + 1 : shape;
	double third = a - 1.0 / 3, c = 1 / sqrt(9 * third), x, v, u;

	for (;;) {
		do {
			x = dice_normal(d);
			v = 1 + c * x;
		} while (v <= 0);
		v = v * v * v;
		u = 1 - dice_uniform(d);
		if (log(u) < x * x / 2 + third - third * v + third * log(v))
			break;
	}
	return shape < 1 ?
	    third * v * pow(1 - dice_uniform(d), 1 / shape) : third * v;
}

/* Products of uniforms for small means; a large one is halved by the median of
 * so many waiting times (Ahrens and Dieter), so that the work stays small. */
uint32_t
dice_poisson(struct dice *d, double mean)
{
	uint32_t count = 0;

	while (mean > 16) {
		uint32_t half = (uint32_t)(mean * 7 / 8);
		double time = dice_gamma(d, half);
		if (time > mean) {
			double share = mean / time;
			for (uint32_t i = 1; i < half; i++)
				count += dice_uniform(d) < share;
			return count;
		}
		count += half;
		mean -= time;
	}
	double floor = exp(-mean), product = dice_uniform(d);
	while (product > floor) {
		count++;
		product *= dice_uniform(d);
	}
	return count;
}

uint32_t
dice_negative_binomial(struct dice *d, double mean, double shape)
{
	return dice_poisson(d, dice_gamma(d, shape) * mean / shape);
}

uint32_t
dice_geometric(struct dice *d, double mean)
{
	double more = mean / (1 + mean);
	uint32_t count = 0;

	while (count < 1000 && dice_uniform(d) < more)
		count++;
	return count;
}
