/* The prototype's rule, for those who want to see it: a product is told as soon
 * as a single window brings less than a fixed part of what was expected, or
 * when a promotion's candidates together lose a fixed part of theirs. It knows
 * nothing of chance: at usual rates most of what it tells is wrong, which the
 * bench of the shop day shows. */
#include "detection.h"

static bool
is_watched(const struct pair *p)
{
	return p->part == PART_CANDIDATE && !p->is_given_up &&
	    p->end == INT64_MAX && p->outlook.rate > 0;
}

static double
window_units(const struct detection *d, const struct pair *p)
{
	const struct cell *c = window_look(d->judged, p->product);

	return c != NULL ? c->units : 0;
}

static double
window_expected(const struct detection *d, const struct pair *p)
{
	return pair_expected(&p->outlook, d->judged->exposure);
}

/* True if the candidates of C, each by what it lost, lost so much of all that
 * was expected of them. */
static bool
has_moved(const struct detection *d, const struct campaign *c)
{
	double lost = 0, expected = 0;

	for (uint32_t k = c->promoted; k < c->pair_count; k++) {
		const struct pair *p = &d->pairs[c->pairs[k]];
		if (!is_watched(p))
			continue;
		lost += window_expected(d, p) - window_units(d, p);
		expected += window_expected(d, p);
	}
	return lost > d->settings->ratio.moved * expected;
}

static void
campaign_decide(struct detection *d, const struct campaign *c)
{
	int64_t time = (d->next + 1) * d->settings->window;
	bool moved = has_moved(d, c);

	for (uint32_t k = c->promoted; k < c->pair_count; k++) {
		struct pair *p = &d->pairs[c->pairs[k]];
		if (!is_watched(p))
			continue;
		double units = window_units(d, p);
		double expected = window_expected(d, p);
		/* It goes on to be told what the evidence says. */
		p->doubt = shares_doubt(&d->shares, &p->weighed);
		if (units < d->settings->ratio.kept * expected ||
		    (moved && units < expected))
			pair_fire(d, p, time);
	}
}

bool
ratio_decide(struct detection *d, unsigned *slice)
{
	for (; d->at < d->campaign_count && *slice > 0; d->at++, --*slice)
		if (d->campaigns[d->at].state == CAMPAIGN_LIVE)
			campaign_decide(d, &d->campaigns[d->at]);
	return d->at >= d->campaign_count;
}
