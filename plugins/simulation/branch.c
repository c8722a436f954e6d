/* Shares fall with the number of the store, as sizes of stores do; a mood
 * keeps for some hours. */
#include "branch.h"

#include <math.h>

#include "dice.h"

static const int64_t minute_us = INT64_C(60000000);

static const double share_falls = 0.7, mood_keeps = 0.99, mood_spread = 0.15;

/* Where the walk begins, and as far as it looks back after a gap. */
enum { LOOK_BACK = 500 };

void
branches_begin(struct branches *b, uint64_t seed, unsigned count, int64_t from)
{
	double sum = 0;

	*b = (struct branches){ .seed = seed, .count = count,
		.minute = from / minute_us - LOOK_BACK };
	for (unsigned i = 0; i < count; i++)
		sum += b->share[i] = pow(i + 1, -share_falls);
	for (unsigned i = 0; i < count; i++)
		b->share[i] /= sum;
}

static void
branches_walk(struct branches *b)
{
	double step = mood_spread * sqrt(1 - mood_keeps * mood_keeps);

	for (unsigned i = 0; i < b->count; i++)
		b->mood[i] = mood_keeps * b->mood[i] + step * dice_bell(
		    dice_mix(b->seed ^ (0xb4a2c400 + i),
		    (uint64_t)b->minute));
}

double
branches_traffic(struct branches *b, int64_t time)
{
	int64_t minute = time / minute_us;

	if (b->count == 0)
		return 1;
	if (b->minute >= minute)
		return b->sum;
	for (; b->minute < minute; b->minute++)
		branches_walk(b);
	b->sum = 0;
	for (unsigned i = 0; i < b->count; i++)
		b->sum += b->now[i] = b->share[i] * exp(b->mood[i]);
	return b->sum;
}

unsigned
branches_draw(const struct branches *b, double fraction)
{
	double left = fraction * b->sum;
	unsigned i = 0;

	while (i + 1 < b->count && left >= b->now[i])
		left -= b->now[i++];
	return i;
}
