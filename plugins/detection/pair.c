/* The arithmetic of one pair.
 *
 * Counts vary more than Poisson's law: SPREAD times as much. Dividing counts
 * and exposures by it gives a likelihood whose ratio is still a
 * supermartingale for drops under the negative binomial law of that spread
 * (-log(1 + (s-1)(1 - q^(1/s)))/(s-1) <= -(1-q)/s for 0 <= q <= 1, s >= 1), and
 * that needs sums only. The level is integrated over its posterior, so that a
 * product of which little is known does not fire early. */
#include "pair.h"

#include "law.h"

#include <math.h>
#include <stddef.h>

const double pair_drops[PAIR_RATIOS] = { 0.93, 0.87, 0.8, 0.7, 0.6, 0.45, 0.3,
	0.1 };
const double pair_lifts[PAIR_RATIOS] = { 1.08, 1.15, 1.25, 1.4, 1.6, 2, 3, 5 };

void
pair_weigh(const struct outlook *o, double units, double exposure,
    const double *ratios, const double *weights, struct weighed *ret)
{
	double count = units / o->spread, time = exposure / o->spread;
	double top = -INFINITY, sum = 0;

	for (int i = 0; i < PAIR_RATIOS; i++) {
		ret->each[i] = count * log(ratios[i]) + (o->shape + count) *
		    log((o->rate + time) / (o->rate + ratios[i] * time));
		top = ret->each[i] > top ? ret->each[i] : top;
	}
	for (int i = 0; i < PAIR_RATIOS; i++)
		sum += exp(ret->each[i] - top) *
		    (weights != NULL ? weights[i] : 1.0 / PAIR_RATIOS);
	ret->mixed = top + log(sum);
}

double
pair_expected(const struct outlook *o, double exposure)
{
	return o->shape / o->rate * exposure;
}

double
pair_chance(const struct outlook *o, double units, double exposure)
{
	return law_counts_middle(o->shape, pair_expected(o, exposure) /
	    o->spread, units / o->spread);
}

/* Both rates have gamma posteriors; the logarithm of their ratio is close to
 * normal, and moments of its law are those of two log-gammas. */
struct span_of
pair_lost(const struct outlook *o, double units, double exposure, double level)
{
	struct span_of ret;
	double count = units / o->spread + 0.5;
	double expected = pair_expected(o, exposure);
	double kept = expected > 0 ? units / expected : 1;
	double middle = expected > 0 ? log((units + 0.5 * o->spread) /
	    (expected + 0.5 * o->spread)) : 0;
	double sd = sqrt(1 / count + 1 / o->shape);
	double z = law_normal_point((1 + level) / 2);

	ret.value = 1 - kept;
	ret.low = 1 - exp(middle + z * sd);
	ret.high = 1 - exp(middle - z * sd);
	/* What is estimated lies between its bounds, also where the half count
	 * that keeps the logarithm finite has moved them. */
	ret.low = ret.low < ret.value ? ret.low : ret.value;
	ret.high = ret.high > ret.value ? ret.high : ret.value;
	return ret;
}

double
pair_bound(double rate, double ratio, double spread, double alpha)
{
	double information = ratio > 0 ? ratio * log(ratio) + 1 - ratio : 1;

	return log(1 / alpha) * spread / (rate * information);
}

double
pair_restart(double sum, double step)
{
	return (sum + 1) * exp(step < 600 ? step : 600);
}
