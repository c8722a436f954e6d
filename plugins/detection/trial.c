/* Trials: each pair is weighed when a window was judged, and all together
 * decide which of them stand. */
#include "detection.h"

#include <math.h>
#include <stdlib.h>

/* Expected units of a silence that is not believed yet, and of one that is
 * taken as an empty shelf. */
#define SILENCE_DOUBTED	5.0
#define SILENCE_EMPTY	10.0
/* Fewer windows are no run. */
#define SILENCE_RUN	3
/* Prices that differ by less are the same. */
#define PRICE_SAME	0.02
/* Pairs of which less was expected tell nothing of the others. */
#define TELLING		2.0
/* Doubt above which what stood does not any more. */
#define DOUBT_AGAIN	0.2
#define BAR_SLACK	0.1
/* Pairs at most from which the shares are learned. */
#define SAMPLE_MOST	2500
/* What the past keeps when another pair ends: two thousand pairs count. */
#define PAST_KEEP	(1 - 1.0 / 2000)

/* ---- one pair ---------------------------------------------------------- */

static double
rate_of(const struct outlook *o)
{
	return o->rate > 0 ? o->shape / o->rate : 0;
}

/* What would have been sold in so much exposure at the rate at which the
 * product sells now, be it eaten or not. */
static double
missed_in(const struct pair *p, double run)
{
	double expected = pair_expected(&p->outlook, p->exposure);
	double kept = ((double)p->units + 1) / (expected + 1);

	return run * rate_of(&p->outlook) / p->outlook.spread *
	    (kept < 1 ? kept : 1);
}

/* A run of windows without a sale: while it lasts it is not believed, and when
 * it was so long that the product would have sold also to the few who are
 * left, the shelf was empty, which is nobody's fault. */
static void
silence_note(struct detection *d, struct pair *p, uint32_t units)
{
	if (units == 0) {
		if (p->silent_from == INT64_MAX) {
			p->silent_from = d->next;
			p->silent_sum = demand_before(d, d->next);
		}
		return;
	}
	if (p->silent_from == INT64_MAX)
		return;
	double run = demand_before(d, d->next) - p->silent_sum;
	if (d->next - p->silent_from >= SILENCE_RUN &&
	    missed_in(p, run) > SILENCE_EMPTY)
		p->out += run;
	p->silent_from = INT64_MAX;
}

static void
pair_count_window(struct detection *d, struct pair *p)
{
	const struct cell *c = window_look(d->judged, p->product);
	uint32_t units = c != NULL ? c->units : 0;

	if (p->through >= d->next)
		return;
	p->through = d->next;
	if (d->next >= p->end) {
		p->dip_units += units;
		return;
	}
	p->units += units;
	silence_note(d, p, units);
}

/* The exposure that counts, up to the sum TO. */
static double
pair_exposure(const struct pair *p, double to)
{
	double exposure = to - p->began - p->out, run;

	if (p->silent_from == INT64_MAX ||
	    p->through - p->silent_from + 1 < SILENCE_RUN)
		return exposure;
	run = to - p->silent_sum;
	if (missed_in(p, run) > SILENCE_DOUBTED)
		exposure -= run;
	return exposure;
}

/* What its own price does to the demand for a product, against when the
 * promotion began. What was paid says more than a feed of prices, which may be
 * wrong. */
static double
own_factor(const struct detection *d, const struct pair *p)
{
	const struct item *i = &d->items[p->product];
	double ratio = 1;

	if (p->paid > 0 && i->sale.lately > 0)
		ratio = (double)i->sale.lately / p->paid;
	else if (p->price > 0 && i->price > 0)
		ratio = (double)i->price / p->price;
	return fabs(ratio - 1) < PRICE_SAME ? 1 :
	    pow(ratio, price_elasticity(d, i).mean);
}

/* A product whose own price changed may sell less for that reason; it is eaten
 * only if that does not explain it. */
static void
pair_reprice(struct detection *d, struct pair *p, double to)
{
	p->factor = own_factor(d, p);
	p->adjusted += (p->factor - 1) * (to - p->repriced);
	p->repriced = to;
}

/* What another promotion had left of the product before this one began. */
static struct outlook
under_outlook(const struct pair *p)
{
	struct outlook o = { .spread = p->outlook.spread };

	o.shape = (p->under_units + 1) / o.spread;
	o.rate = (p->under + 1 / rate_of(&p->outlook)) / o.spread;
	return o;
}

/* Another explanation: the pair is blamed only for what none explains. */
static void
weigh_also(struct pair *p, const struct outlook *o, double units,
    double exposure)
{
	struct weighed w;

	pair_weigh(o, units, exposure > 0 ? exposure : 0, &w);
	if (w.drop < p->weighed.drop)
		p->weighed = w;
}

static void
pair_weigh_sums(struct pair *p)
{
	/* Nothing was ever known of it: nothing can be missed. */
	if (p->outlook.rate <= 0) {
		memset(&p->weighed, 0, sizeof(p->weighed));
		return;
	}
	pair_weigh(&p->outlook, (double)p->units, p->exposure, &p->weighed);
	if (p->adjusted != 0)
		weigh_also(p, &p->outlook, (double)p->units, p->exposure +
		    p->adjusted);
	if (p->is_joined)
		weigh_also(p, &p->outlook, (double)p->alone_units, p->alone);
	if (p->under > 0) {
		struct outlook under = under_outlook(p);
		weigh_also(p, &under, (double)p->units, p->exposure);
	}
}

/* Only a candidate, and only one that nobody else presses on: a promoted
 * product sells less after its promotion than it does usually. */
static bool
is_alone(const struct detection *d, const struct pair *p)
{
	if (p->part != PART_CANDIDATE || p->is_joined)
		return false;
	for (uint32_t k = d->items[p->product].pair; k != NONE;
	    k = d->pairs[k].next)
		if (d->pairs[k].end == INT64_MAX)
			return false;
	return true;
}

void
trial_weigh(struct detection *d, struct pair *p)
{
	double now = d->judged->sum, to = now;

	/* Sums that are not firm are taken anew each time. */
	if (!p->has_begun) {
		p->began = demand_before(d, p->start);
		p->has_begun = p->start <= d->firm;
		p->outlook = demand_outlook(d, p);
	}
	pair_count_window(d, p);
	if (p->end != INT64_MAX) {
		if (p->end >= d->firm)
			p->ended = demand_before(d, p->end);
		to = p->ended;
		p->dip_exposure = now - p->ended;
		p->is_alone_again = is_alone(d, p);
		p->outlook = demand_outlook(d, p);
	}
	if (p->is_given_up)
		return;
	if (p->end == INT64_MAX)
		pair_reprice(d, p, to);
	p->exposure = pair_exposure(p, to);
	pair_weigh_sums(p);
}

/* ---- all pairs --------------------------------------------------------- */

static bool
is_on_trial(const struct pair *p)
{
	return p->is_used && p->part == PART_CANDIDATE && !p->is_given_up;
}

static bool
is_telling(const struct pair *p)
{
	return is_on_trial(p) &&
	    pair_expected(&p->outlook, p->exposure) > TELLING;
}

static uint32_t
telling_count(const struct detection *d)
{
	uint32_t count = 0;

	for (uint32_t k = 0; k < d->pair_count; k++)
		count += is_telling(&d->pairs[k]);
	return count;
}

/* A few thousand pairs say how common it is as well as all of them do. */
static void
shares_look(struct detection *d)
{
	uint32_t stride = telling_count(d) / SAMPLE_MOST + 1, at = 0;
	struct sample of = { .each = stride };

	of.pairs = sure(malloc((d->pair_count / stride + 2) *
	    sizeof(*of.pairs)));
	for (uint32_t k = 0; k < d->pair_count; k++)
		if (is_telling(&d->pairs[k]) && at++ % stride == 0)
			of.pairs[of.count++] = &d->pairs[k].weighed;
	d->shares = shares_fit(&d->memory, &of);
	d->certain = shares_certain(&d->memory, &d->shares, &of);
	free(of.pairs);
}

static void
bar_look(struct detection *d)
{
	double *logs = sure(malloc((d->pair_count + 1) * sizeof(*logs)));
	uint32_t count = 0;

	for (uint32_t k = 0; k < d->pair_count; k++) {
		const struct pair *p = &d->pairs[k];
		if (is_on_trial(p) && p->end == INT64_MAX)
			logs[count++] = p->weighed.drop;
	}
	d->bar = verdict_bar(logs, count, d->settings->alarm);
	free(logs);
}

/* The bar of e-BH comes with it where it is wanted. */
void
trial_share(struct detection *d)
{
	shares_look(d);
	if (d->settings->control == CONTROL_E_BH)
		bar_look(d);
}

double
trial_guarantee(const struct detection *d, const struct pair *p)
{
	return d->settings->control == CONTROL_E_BH ? d->bar : p->step;
}

double
trial_doubt(const struct detection *d, const struct pair *p)
{
	return shares_alarm(&d->shares, d->certain, &p->weighed);
}

static bool
pair_stands(const struct detection *d, const struct pair *p)
{
	switch ((enum control)d->settings->control) {
	case CONTROL_POSTERIOR:
		/* Where little is known of how common it is, a guarantee that
		 * needs no such thing may be there first: that for an endless
		 * stream, since nobody knows how many are still to come. */
		return p->weighed.drop >= trial_guarantee(d, p) ||
		    (p->doubt <= d->settings->alarm &&
		    trial_doubt(d, p) <= d->settings->alarm);
	case CONTROL_E_BH:
	case CONTROL_E_LOND:
		return p->weighed.drop >= trial_guarantee(d, p);
	}
	return false;
}

void
pair_fire(struct detection *d, struct pair *p, int64_t time)
{
	p->is_true = true;
	if (p->has_fired)
		return;
	p->has_fired = true;
	p->fired_at = time;
	d->alarms++;
}

/* The greatest doubt that may stand among all whose promotion is over: those
 * long past, and those that can still be judged anew. */
static double
ledger_look(const struct detection *d)
{
	struct ledger all = d->ledger;

	for (uint32_t k = 0; k < d->pair_count; k++)
		if (is_on_trial(&d->pairs[k]) && d->pairs[k].end != INT64_MAX)
			ledger_add(&all, d->pairs[k].doubt, 1);
	return ledger_bar(&all, d->settings->verdict);
}

/* At the end there is nothing to wait for: what counts is the mean doubt of all
 * that stand at the end of theirs. Who was told and does not stand any more is
 * acquitted. That can change while others end and tell more of how common it
 * is to be eaten. */
static void
pairs_judge(struct detection *d)
{
	int64_t time = (d->next + 1) * d->settings->window;
	double bar = ledger_look(d);

	for (uint32_t k = 0; k < d->pair_count; k++) {
		struct pair *p = &d->pairs[k];
		if (!is_on_trial(p) || p->end == INT64_MAX)
			continue;
		if (p->doubt <= bar)
			pair_fire(d, p, time);
		/* What stood once is not dropped for a trifle. */
		else if (p->doubt > bar + BAR_SLACK || p->end == d->next)
			p->is_true = false;
	}
}

static void
pair_decide(struct detection *d, struct pair *p, int64_t time)
{
	p->doubt = shares_doubt(&d->shares, &p->weighed);
	if (p->end != INT64_MAX)
		return;
	if (pair_stands(d, p))
		pair_fire(d, p, time);
	else if (p->has_fired)
		p->is_true = p->doubt <= DOUBT_AGAIN;
}

bool
trial_decide(struct detection *d, unsigned *slice)
{
	int64_t time = (d->next + 1) * d->settings->window;

	while (d->at < d->pair_count && *slice > 0) {
		for (int k = 0; k < 16 && d->at < d->pair_count; k++, d->at++)
			if (is_on_trial(&d->pairs[d->at]))
				pair_decide(d, &d->pairs[d->at], time);
		--*slice;
	}
	if (d->at < d->pair_count)
		return false;
	pairs_judge(d);
	return true;
}

void
trial_close(struct detection *d, const struct campaign *c)
{
	for (uint32_t k = c->promoted; k < c->complements; k++) {
		const struct pair *p = &d->pairs[c->pairs[k]];
		if (!is_on_trial(p))
			continue;
		shares_add(&d->memory, &d->shares, &p->weighed, PAST_KEEP);
		ledger_add(&d->ledger, p->doubt, PAST_KEEP);
	}
}
