/* Distribution functions: gamma, beta, normal and negative binomial. Series
 * and continued fractions, each where it converges fast; no tables, no
 * state. */
#include "law.h"

#include <math.h>

#define LOG_ROOT_TWO_PI	0.91893853320467274178
#define ROOT_TWO_PI	2.50662827463100050242

enum { TERMS_MOST = 500 };

double
law_log_gamma(double x)
{
	double shift = 1, inverse;

	while (x < 9) {
		shift *= x;
		x += 1;
	}
	inverse = 1 / (x * x);
	double tail = (((-1.0 / 1680 * inverse + 1.0 / 1260) * inverse -
	    1.0 / 360) * inverse + 1.0 / 12) / x;
	return (x - 0.5) * log(x) - x + LOG_ROOT_TWO_PI + tail - log(shift);
}

double
law_normal(double z)
{
	return 0.5 * erfc(-z / sqrt(2));
}

/* A rational start, made exact by two steps of Newton's method. */
double
law_normal_point(double p)
{
	double tail = p < 0.5 ? p : 1 - p;
	double t = sqrt(-2 * log(tail));
	double z = t - (2.30753 + 0.27061 * t) /
	    (1 + (0.99229 + 0.04481 * t) * t);

	for (int i = 0; i < 3; i++) {
		double density = exp(-z * z / 2) / ROOT_TWO_PI;
		double step = (0.5 * erfc(z / sqrt(2)) - tail) / density;
		z += step / (1 - z * step / 2);
	}
	return p < 0.5 ? -z : z;
}

static double
gamma_series(double shape, double x)
{
	double term = 1 / shape, sum = term;

	for (int i = 1; i < TERMS_MOST * 20; i++) {
		term *= x / (shape + i);
		sum += term;
		if (term < sum * 1e-15)
			break;
	}
	return sum * exp(shape * log(x) - x - law_log_gamma(shape));
}

static double
gamma_fraction(double shape, double x)
{
	double b = x + 1 - shape, c = 1e300, d = 1 / b, h = d;

	for (int i = 1; i < TERMS_MOST * 20; i++) {
		double a = -i * (i - shape);
		b += 2;
		d = 1 / (a * d + b);
		c = b + a / c;
		h *= d * c;
		if (fabs(d * c - 1) < 1e-15)
			break;
	}
	return 1 - h * exp(shape * log(x) - x - law_log_gamma(shape));
}

double
law_gamma(double shape, double x)
{
	if (x <= 0)
		return 0;
	return x < shape + 1 ? gamma_series(shape, x) :
	    gamma_fraction(shape, x);
}

/* Wilson and Hilferty's cube root, and two steps of Newton's method. */
double
law_gamma_point(double shape, double p)
{
	double z = law_normal_point(p), ninth = 1 / (9 * shape);
	double root = 1 - ninth + z * sqrt(ninth);
	double x = root > 0.05 ? shape * root * root * root :
	    exp((log(p) + law_log_gamma(shape + 1)) / shape);

	for (int i = 0; i < 3 && x > 0; i++) {
		double density = exp((shape - 1) * log(x) - x -
		    law_log_gamma(shape));
		if (density < 1e-280)
			break;
		double next = x - (law_gamma(shape, x) - p) / density;
		x = next > x / 4 ? next : x / 4;
	}
	return x;
}

static double
beta_fraction(double a, double b, double x)
{
	double c = 1, d = 1 - (a + b) * x / (a + 1);

	d = 1 / (fabs(d) < 1e-300 ? 1e-300 : d);
	double h = d;
	for (int m = 1; m < TERMS_MOST; m++) {
		double up = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		d = 1 / (1 + up * d);
		c = 1 + up / c;
		h *= d * c;
		up = -(a + m) * (a + b + m) * x /
		    ((a + 2 * m) * (a + 2 * m + 1));
		d = 1 / (1 + up * d);
		c = 1 + up / c;
		h *= d * c;
		if (fabs(d * c - 1) < 1e-14)
			break;
	}
	return h;
}

double
law_beta(double a, double b, double x)
{
	if (x <= 0)
		return 0;
	if (x >= 1)
		return 1;
	double front = exp(law_log_gamma(a + b) - law_log_gamma(a) -
	    law_log_gamma(b) + a * log(x) + b * log1p(-x));
	if (x < (a + 1) / (a + b + 2))
		return front * beta_fraction(a, b, x) / a;
	return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double
law_counts(double shape, double mean, double count)
{
	if (count < 0)
		return 0;
	if (mean <= 0)
		return 1;
	/* Very tight laws are Poisson's long before the fraction gets slow. */
	if (shape > 1e7)
		return 1 - law_gamma(count + 1, mean);
	return law_beta(shape, count + 1, shape / (shape + mean));
}

double
law_counts_middle(double shape, double mean, double count)
{
	return (law_counts(shape, mean, count) +
	    law_counts(shape, mean, count - 1)) / 2;
}
