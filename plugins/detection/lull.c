/* Lulls: runs of windows in which nobody bought anything, of no product at all,
 * though the shop was expected to sell. Then the line to the shop is dead, its
 * till is, or liftd was away, or the shop is closed: that tells nothing of a
 * product, so such windows count as no time at all. Only predictions want to
 * know at which hours of the week that is so (demand_open). */
#include "detection.h"

/* So many units of the whole shop are missed in a run that is no chance. */
#define LULL_MISSED	10.0

static double
missed_in(const struct detection *d, const struct window *w)
{
	return d->level_sum * w->season;
}

/* The run may be told by what is yet to come of it, as far as that is known. */
static bool
is_long(const struct detection *d, const struct window *w, double missed)
{
	for (; w != NULL && w->number <= d->next && w->units == 0 &&
	    missed <= LULL_MISSED; w = w->next)
		missed += missed_in(d, w);
	return missed > LULL_MISSED;
}

bool
lull_step(const struct detection *d, struct lull *l, const struct window *w)
{
	if (w->units > 0) {
		*l = (struct lull){ 0 };
		return false;
	}
	if (!l->is_told && !l->is_short) {
		l->is_told = is_long(d, w, l->missed);
		l->is_short = !l->is_told;
	}
	l->missed += missed_in(d, w);
	return l->is_told;
}
