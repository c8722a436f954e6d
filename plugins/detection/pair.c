/* The arithmetic of one pair.
 *
 * Counts vary more than Poisson's law: SPREAD times as much. Dividing counts
 * and exposures by it gives a likelihood that needs sums only, and for which
 * the level can be integrated over its gamma posterior in closed form, so that
 * a product of which little is known does not fire early. What the negative
 * binomial law of that spread says of drops beyond it is added at the level's
 * mean: with a level that is known the ratio is that law's own, and a
 * martingale. */
#include "pair.h"

#include "law.h"

#include <math.h>
#include <stddef.h>

const double pair_ratios[PAIR_RATIOS] = { 0.93, 0.87, 0.8, 0.7, 0.6, 0.45, 0.3,
	0.1, 1.1, 1.3, 1.7, 3 };

/* What the law of counts that vary by a gamma law says beyond the scaled one,
 * where COUNT and EXPECTED are scaled. */
static double
wide_more(double spread, double ratio, double count, double expected)
{
	double more = spread - 1;

	if (more < 1e-3)
		return 0;
	double shrink = spread / (1 + ratio * more);
	double exact = spread * (count * log(ratio * shrink) +
	    expected / more * log(shrink));
	return exact - count * log(ratio) - expected * (1 - ratio);
}

static double
log_mean(const double *logs, int count)
{
	double top = logs[0], sum = 0;

	for (int i = 1; i < count; i++)
		top = logs[i] > top ? logs[i] : top;
	for (int i = 0; i < count; i++)
		sum += exp(logs[i] - top);
	return top + log(sum / count);
}

void
pair_weigh(const struct outlook *o, double units, double exposure,
    struct weighed *ret)
{
	double count = units / o->spread, time = exposure / o->spread;
	double expected = time * o->shape / o->rate;
	/* Only as far as the level is known: at its mean alone the tails of
	 * what it might be are not seen. */
	double known = o->shape / (o->shape + expected);

	for (int i = 0; i < PAIR_RATIOS; i++)
		ret->each[i] = count * log(pair_ratios[i]) +
		    (o->shape + count) * log((o->rate + time) /
		    (o->rate + pair_ratios[i] * time)) +
		    (i < PAIR_DROPS ? known * wide_more(o->spread,
		    pair_ratios[i], count, expected) : 0);
	ret->drop = log_mean(ret->each, PAIR_DROPS);
	ret->lift = log_mean(ret->each + PAIR_DROPS, PAIR_LIFTS);
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
