/* The forecast is a negative binomial law that has the mean and the variance of
 * what is known: counts that vary more than Poisson's, a level that is known so
 * well and no better, a price factor likewise. */
#include "forecast.h"

#include "law.h"

#include <math.h>

/* The least count with the share P at or below it. */
static double
count_point(double shape, double mean, double p)
{
	double low = -1, high = 16;

	while (law_counts(shape, mean, high) < p && high < 1e12)
		high *= 2;
	while (high - low > 1) {
		double middle = floor((low + high) / 2);
		if (law_counts(shape, mean, middle) < p)
			low = middle;
		else
			high = middle;
	}
	return high;
}

struct forecast
forecast_of(const struct outlook *o, double exposure, double factor, double sd,
    double level)
{
	struct forecast f = { .mean = pair_expected(o, exposure) * factor };
	double of_level = 1 / o->shape, of_price = expm1(sd * sd);

	if (!(f.mean > 0))
		return (struct forecast){ 0, 0, 0 };
	double relative = of_level + of_price + of_level * of_price +
	    (o->spread - 1) / f.mean;
	/* Poisson's law is that of a shape without end. */
	double shape = relative > 1e-9 ? 1 / relative : 1e9;
	f.low = count_point(shape, f.mean, (1 - level) / 2);
	f.high = count_point(shape, f.mean, (1 + level) / 2);
	return f;
}
