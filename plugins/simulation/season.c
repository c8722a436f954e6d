/* When shoppers come: a curve over the hours and days of the week, a mood of
 * the whole shop that walks away and comes back, and for each family fits of
 * demand that last a quarter of an hour. So counts vary more than chance
 * alone would have it, as they do in shops. */
#include "visit.h"

#include <math.h>

static const double hours[24] = {
	0.37, 0.25, 0.19, 0.17, 0.19, 0.30, 0.52, 0.78, 0.98, 1.12, 1.22, 1.28,
	1.33, 1.28, 1.24, 1.24, 1.30, 1.42, 1.58, 1.72, 1.76, 1.54, 1.14, 0.78
};

/* From Monday on; 1970 began on a Thursday. */
static const double days[7] = { 0.95, 0.93, 0.95, 0.98, 1.05, 1.12, 1.02 };

static const int64_t minute_us = INT64_C(60000000);

enum { FIT_MINUTES = 15 };

/* How much stronger than usual a family may be in demand at most. */
static const double fit_most = 2.0, peak_most = 1.3;

static const double mood_keeps = 0.98, mood_spread = 0.10;

void
season_begin(struct season *s, uint64_t seed, double amplitude, int64_t from)
{
	struct dice d = dice_stream(seed, 0x5ea50);
	double sum = 0;

	*s = (struct season){ .seed = seed, .amplitude = amplitude,
		.minute = from / minute_us };
	for (int i = 0; i < 256; i++) {
		double x = dice_gamma(&d, 30) / 30;
		s->noise[i] = (float)(x < fit_most ? x : fit_most);
		sum += (double)s->noise[i];
	}
	for (int i = 0; i < 256; i++)
		s->noise[i] *= (float)(256 / sum);
}

static double
week_curve(int64_t minute, double amplitude)
{
	int64_t of_day = minute % 1440;
	unsigned hour = (unsigned)(of_day / 60);
	double part = (double)(of_day % 60) / 60;
	double h = hours[hour] * (1 - part) + hours[(hour + 1) % 24] * part;
	double d = days[(minute / 1440 + 3) % 7];

	return 1 + amplitude * (h * d - 1);
}

double
season_traffic(struct season *s, int64_t time)
{
	int64_t minute = time / minute_us;

	for (; s->minute < minute; s->minute++) {
		uint64_t bits = dice_mix(s->seed ^ 0x300d,
		    (uint64_t)s->minute);
		s->mood = mood_keeps * s->mood + mood_spread *
		    sqrt(1 - mood_keeps * mood_keeps) * dice_bell(bits);
	}
	return week_curve(minute, s->amplitude) * exp(s->mood);
}

bool
season_counts(const struct season *s, uint16_t category, uint32_t family,
    int64_t time, struct dice *d)
{
	int64_t block = time / (FIT_MINUTES * minute_us);
	double hour = (double)(time / minute_us % 1440) / 60;
	double away = hour - 8 - 2 * (category % 6);
	double peak = 1 + 0.3 * s->amplitude *
	    cos(away * 2 * 3.14159265358979 / 24);
	double fit = (double)s->noise[dice_mix(s->seed + family,
	    (uint64_t)block) & 255];

	return dice_uniform(d) * fit_most * peak_most < peak * fit;
}
