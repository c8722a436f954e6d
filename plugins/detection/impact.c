/* A local level with regression on controls, all in standard units: y = level +
 * x b + noise, where the level walks. The weights b lean on zero as much as a
 * hundredth of an observation would make them; the noise leans on a fit that
 * explains four fifths, the walk on a hundredth of the series' own scatter a
 * step. Both are integrated over a grid, each point a Kalman filter. */
#include "impact.h"

#include <math.h>
#include <string.h>

enum { MOST = 1 + IMPACT_CONTROLS, NOISES = 16, WALKS = 7 };

#define LEAN		0.01
#define NOISE_WEIGHT	50.0
#define NOISE_SQUARE	0.2
#define WALK_WEIGHT	32.0
#define WALK		0.01

/* The scale of each series before the effect. */
struct scale {
	double mean[MOST], sd[MOST];
};

struct filter {
	unsigned size;
	double   mean[MOST], cov[MOST][MOST];
	double   log_likelihood;
};

/* What all points of the grid have in common. */
struct task {
	const double *y, *x;
	unsigned      controls, count, before;
	struct scale  scale;
	double        prior[MOST][MOST];	/* of b, in units of noise */
};

static double
value(const struct task *t, unsigned series, unsigned at)
{
	double v = series == 0 ? t->y[at] :
	    t->x[at * t->controls + series - 1];

	return (v - t->scale.mean[series]) / t->scale.sd[series];
}

static bool
scale_take(struct task *t)
{
	memset(&t->scale, 0, sizeof(t->scale));
	for (unsigned k = 0; k <= t->controls; k++) {
		double sum = 0, square = 0;
		t->scale.sd[k] = 1;
		for (unsigned i = 0; i < t->before; i++)
			sum += value(t, k, i);
		t->scale.mean[k] = sum / t->before;
		for (unsigned i = 0; i < t->before; i++)
			square += value(t, k, i) * value(t, k, i);
		t->scale.sd[k] = sqrt(square / (t->before - 1));
		if (!(t->scale.sd[k] > 0))
			return false;
	}
	return true;
}

/* Turns the N rows and columns of A into its inverse (Gauss and Jordan); A is
 * positive, so no pivot is looked for. */
static void
invert(double a[MOST][MOST], unsigned n)
{
	for (unsigned p = 0; p < n; p++) {
		double pivot = a[p][p];
		a[p][p] = 1;
		for (unsigned j = 0; j < n; j++)
			a[p][j] /= pivot;
		for (unsigned i = 0; i < n; i++) {
			double f = a[i][p];
			if (i == p)
				continue;
			a[i][p] = 0;
			for (unsigned j = 0; j < n; j++)
				a[i][j] -= f * a[p][j];
		}
	}
}

/* Half of what the controls say together, half of what each says alone. */
static void
prior_take(struct task *t)
{
	for (unsigned i = 0; i < t->controls; i++)
		for (unsigned j = 0; j < t->controls; j++) {
			double sum = 0;
			for (unsigned k = 0; k < t->before; k++)
				sum += value(t, i + 1, k) *
				    value(t, j + 1, k);
			t->prior[i][j] = LEAN * sum / t->before *
			    (i == j ? 1 : 0.5);
		}
	invert(t->prior, t->controls);
}

static void
filter_begin(struct filter *f, const struct task *t, double noise)
{
	memset(f, 0, sizeof(*f));
	f->size = 1 + t->controls;
	f->cov[0][0] = 1;
	for (unsigned i = 0; i < t->controls; i++)
		for (unsigned j = 0; j < t->controls; j++)
			f->cov[i + 1][j + 1] = t->prior[i][j] * noise * noise;
}

static void
filter_step(struct filter *f, const double *h, double y, double noise,
    double walk)
{
	double gain[MOST], square = noise * noise, error = y;
	unsigned n = f->size;

	for (unsigned i = 0; i < n; i++) {
		gain[i] = 0;
		for (unsigned j = 0; j < n; j++)
			gain[i] += f->cov[i][j] * h[j];
		square += h[i] * gain[i];
		error -= h[i] * f->mean[i];
	}
	f->log_likelihood -= 0.5 * (log(square) + error * error / square);
	for (unsigned i = 0; i < n; i++) {
		f->mean[i] += gain[i] * error / square;
		for (unsigned j = 0; j < n; j++)
			f->cov[i][j] -= gain[i] * gain[j] / square;
	}
	f->cov[0][0] += walk * walk;
}

static void
row_of(const struct task *t, unsigned at, double ret[MOST])
{
	ret[0] = 1;
	for (unsigned k = 1; k <= t->controls; k++)
		ret[k] = value(t, k, at);
}

/* The mean forecast over the steps after, and its variance. */
static void
forecast(const struct task *t, const struct filter *f, double noise,
    double walk, double *ret_mean, double *ret_variance)
{
	double h[MOST] = { 0 }, row[MOST], after = t->count - t->before;

	for (unsigned at = t->before; at < t->count; at++) {
		row_of(t, at, row);
		for (unsigned k = 0; k < f->size; k++)
			h[k] += row[k] / after;
	}
	*ret_mean = 0;
	*ret_variance = noise * noise / after;
	for (unsigned i = 0; i < f->size; i++) {
		*ret_mean += h[i] * f->mean[i];
		for (unsigned j = 0; j < f->size; j++)
			*ret_variance += h[i] * h[j] * f->cov[i][j];
	}
	/* The walk goes on: its steps reach all later ones. */
	for (unsigned k = 1; k < t->count - t->before; k++) {
		double reach = (after - k) / after;
		*ret_variance += walk * walk * reach * reach;
	}
}

/* The weight of a point of the grid before anything was seen. */
static double
log_prior(double noise, double walk)
{
	return -NOISE_WEIGHT * (log(noise) + NOISE_SQUARE / (2 * noise *
	    noise)) - WALK_WEIGHT * (log(walk) + WALK * WALK / (2 * walk *
	    walk));
}

struct sums {
	double top, weight, mean, square;
};

static void
sums_add(struct sums *s, double log_weight, double mean, double variance)
{
	double w;

	if (s->weight == 0 || log_weight > s->top) {
		double shrink = s->weight == 0 ? 0 : exp(s->top - log_weight);
		s->weight *= shrink;
		s->mean *= shrink;
		s->square *= shrink;
		s->top = log_weight;
	}
	w = exp(log_weight - s->top);
	s->weight += w;
	s->mean += w * mean;
	s->square += w * (variance + mean * mean);
}

static void
point(const struct task *t, double noise, double walk, struct sums *sums)
{
	struct filter f;
	double row[MOST], mean, variance;

	filter_begin(&f, t, noise);
	for (unsigned at = 0; at < t->before; at++) {
		row_of(t, at, row);
		filter_step(&f, row, value(t, 0, at), noise, walk);
	}
	forecast(t, &f, noise, walk, &mean, &variance);
	sums_add(sums, f.log_likelihood + log_prior(noise, walk), mean,
	    variance);
}

bool
impact_measure(const double *y, const double *x, unsigned controls,
    unsigned count, unsigned before, struct impact *ret)
{
	struct task t = { y, x, controls, count, before,
		.scale = { .mean = { 0 } } };
	struct sums sums = { 0 };
	double actual = 0;

	if (controls > IMPACT_CONTROLS || before < controls + 3 ||
	    count <= before || !scale_take(&t))
		return false;
	prior_take(&t);
	for (int i = 0; i < NOISES; i++)
		for (int k = 0; k < WALKS; k++)
			point(&t, 0.03 * pow(1.28, i), 0.005 * pow(1.3, k),
			    &sums);
	for (unsigned at = before; at < count; at++)
		actual += value(&t, 0, at) / (count - before);
	double mean = sums.mean / sums.weight;
	double variance = sums.square / sums.weight - mean * mean;
	ret->effect = (actual - mean) * t.scale.sd[0];
	ret->sd = sqrt(variance) * t.scale.sd[0];
	ret->low = ret->effect - 1.959964 * ret->sd;
	ret->high = ret->effect + 1.959964 * ret->sd;
	return true;
}
