/* The arithmetic of feedback. Counts are taken as Poisson with a spread that is
 * measured from the windows themselves; what would have happened without the
 * action is the rate before it, relative to the baseline, so that season and
 * traffic cancel out. */
#include "feedback/measure.h"

#include <math.h>
#include <stddef.h>

#include "law.h"

/* A prior of half a unit on each side keeps empty arms finite. */
static const double HALF = 0.5;

double
measure_spread(const struct measure_arm *before,
    const struct measure_arm *after)
{
	double windows = (double)before->windows + (double)after->windows;
	/* An arm's own level is taken out: one window of each is spent. */
	double level[] = { before->expected > 0 ? before->units /
		before->expected : 1, after->expected > 0 ? after->units /
		after->expected : 1 };
	double squares = before->squares - before->expected *
	    (level[0] - 1) * (level[0] - 1) + after->squares -
	    after->expected * (level[1] - 1) * (level[1] - 1);
	double mean = (before->units + after->units) /
	    fmax(before->expected + after->expected, 1e-9);

	if (windows < 4 || mean <= 0)
		return 1;
	return fmax(1, squares / (windows - 2) / mean);
}

struct measure_figure
measure_normal(double value, double variance)
{
	double half = MEASURE_Z * sqrt(fmax(variance, 0));

	return (struct measure_figure){ value, value - half, value + half };
}

struct measure_drift
measure_ratio(const struct measure_arm *before,
    const struct measure_arm *after)
{
	double y0 = before->units + HALF, y1 = after->units + HALF;

	return (struct measure_drift){
		log(y1 / fmax(after->expected, 1e-9)) -
		    log(y0 / fmax(before->expected, 1e-9)),
		measure_spread(before, after) * (1 / y0 + 1 / y1) };
}

struct measure_figure
measure_units(const struct measure_product *p,
    const struct measure_drift *drift, double *ret_variance)
{
	double spread = measure_spread(&p->before, &p->after);
	double ratio = p->before.expected > 0 ?
	    p->after.expected / p->before.expected : 0;
	double carried = exp(drift->value) * ratio;
	double without = p->before.units * carried;
	double variance = spread * (p->after.units + HALF +
	    carried * carried * (p->before.units + HALF)) +
	    without * without * drift->variance;

	if (ret_variance != NULL)
		*ret_variance = variance;
	return measure_normal(p->after.units - without, variance);
}

static double
log_beta(double a, double b)
{
	return law_log_gamma(a) + law_log_gamma(b) - law_log_gamma(a + b);
}

/* A Beta prior of the weight of ten units around the share that "no change"
 * means, against that share itself: right at whatever moment one looks. */
double
measure_evidence(double before, double after, double share)
{
	double a = 10 * share, b = 10 * (1 - share);

	if (share <= 0 || share >= 1)
		return 1;
	return exp(fmin(700, log_beta(a + after, b + before) - log_beta(a, b) -
	    after * log(share) - before * log1p(-share)));
}

static double
clamp(double v, double low, double high)
{
	return v < low ? low : v > high ? high : v;
}

struct measure_figure
measure_score(const struct measure_figure *margin, double stake)
{
	double unit = 50 / fmax(stake, 1e-9);

	return (struct measure_figure){
		clamp(50 + unit * margin->value, 0, 100),
		clamp(50 + unit * margin->low, 0, 100),
		clamp(50 + unit * margin->high, 0, 100) };
}

struct measure_figure
measure_effect(const struct measure_figure *margin, double stake)
{
	double unit = 1 / fmax(stake, 1e-9);

	return (struct measure_figure){ unit * margin->value,
		unit * margin->low, unit * margin->high };
}

double
measure_classic(bool stopped, double before, double after,
    double price_change, bool *ret_thin)
{
	double score;

	*ret_thin = after < 2;
	if (stopped) {
		score = before > 0 ?
		    clamp((before - after) / before * 100, 0, 100) : 75;
		return *ret_thin ? clamp(score * 0.7, 20, 70) :
		    fmin(score, 90);
	}
	if (*ret_thin)
		return clamp(50 + 20 * price_change, 20, 80);
	return clamp(50 + 30 * price_change + 40 * (before > 0 ?
	    (after - before) / before : 0), 10, 90);
}

void
measure_pool(struct measure_drift *pool, double *precision,
    const struct measure_drift *one)
{
	double weight = 1 / fmax(one->variance, 1e-9);

	pool->value = (pool->value * *precision + one->value * weight) /
	    (*precision + weight);
	*precision += weight;
	pool->variance = 1 / *precision;
}
