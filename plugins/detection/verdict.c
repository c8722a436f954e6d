/* How many false alarms come of many tests. Two ways: by the posterior chance
 * of each pair, whose prior is learned from all pairs (the expected share of
 * false alarms is the mean doubt of what stands), and by e-values, which need
 * no prior and promise more than they must. */
#include "verdict.h"

#include <math.h>
#include <stdlib.h>

enum { FIT_STEPS = 10 };

/* Ten pairs' worth of doubt before anything was seen. */
#define START_NONE	9.5
#define START_SOME	0.5
#define START_LIFT	0.5
/* Doubt below which a pair is nearly certain. */
#define CERTAIN		0.02

struct shares
shares_start(void)
{
	struct shares s = { .none = START_NONE };

	for (int i = 0; i < PAIR_RATIOS; i++)
		s.some[i] = i < PAIR_DROPS ? START_SOME / PAIR_DROPS :
		    START_LIFT / PAIR_LIFTS;
	return s;
}

/* The chances of each ratio given a pair's evidence; returns the chance that it
 * is not eaten. */
static double
chances(const struct shares *s, const struct weighed *w,
    double ret[PAIR_RATIOS])
{
	double top = 0, sum, eaten = 0;

	for (int i = 0; i < PAIR_RATIOS; i++)
		top = w->each[i] > top ? w->each[i] : top;
	sum = s->none * exp(-top);
	for (int i = 0; i < PAIR_RATIOS; i++) {
		ret[i] = s->some[i] * exp(w->each[i] - top);
		sum += ret[i];
	}
	for (int i = 0; i < PAIR_RATIOS; i++) {
		ret[i] /= sum;
		eaten += i < PAIR_DROPS ? ret[i] : 0;
	}
	return eaten < 1 ? 1 - eaten : 0;
}

/* One step: S explains each pair's likelihoods (none, then the ratios), and
 * the chances are summed onto NEXT. */
static void
fit_step(const struct shares *s, const double *likely,
    const struct sample *of, struct shares *next)
{
	for (uint32_t k = 0; k < of->count; k++, likely += PAIR_RATIOS + 1) {
		double part[PAIR_RATIOS], sum = s->none * likely[0];
		for (int i = 0; i < PAIR_RATIOS; i++) {
			part[i] = s->some[i] * likely[i + 1];
			sum += part[i];
		}
		double share = of->each / sum;
		next->none += s->none * likely[0] * share;
		for (int i = 0; i < PAIR_RATIOS; i++)
			next->some[i] += part[i] * share;
	}
}

struct shares
shares_fit(const struct shares *past, const struct sample *of)
{
	struct shares s = *past;
	double *likely = malloc((size_t)(of->count + 1) * (PAIR_RATIOS + 1) *
	    sizeof(*likely));

	if (likely == NULL)
		abort();
	for (uint32_t k = 0; k < of->count; k++) {
		double *at = likely + (size_t)k * (PAIR_RATIOS + 1), top = 0;
		const double *each = of->pairs[k]->each;
		for (int i = 0; i < PAIR_RATIOS; i++)
			top = each[i] > top ? each[i] : top;
		at[0] = exp(-top);
		for (int i = 0; i < PAIR_RATIOS; i++)
			at[i + 1] = exp(each[i] - top);
	}
	for (int step = 0; step < FIT_STEPS; step++) {
		struct shares next = *past;
		fit_step(&s, likely, of, &next);
		s = next;
	}
	free(likely);
	return s;
}

double
shares_doubt(const struct shares *s, const struct weighed *w)
{
	double each[PAIR_RATIOS];

	return chances(s, w, each);
}

static double
eaten_sum(const struct shares *s)
{
	double sum = 0;

	for (int i = 0; i < PAIR_DROPS; i++)
		sum += s->some[i];
	return sum;
}

/* The shares as they are without a pair whose chances are EACH; never less
 * than what is taken for granted. */
static struct shares
shares_apart(const struct shares *s, const double each[PAIR_RATIOS])
{
	struct shares apart = *s, least = shares_start();
	double none = s->none - 1;

	for (int i = 0; i < PAIR_RATIOS; i++) {
		none += each[i];
		apart.some[i] = fmax(s->some[i] - each[i], least.some[i]);
	}
	apart.none = fmax(none, least.none);
	return apart;
}

/* How much a pair says of how common it is to be eaten, without what it says
 * of itself; one that has hardly any evidence says nothing. */
static double
certain_part(const struct shares *s, const struct weighed *w)
{
	double each[PAIR_RATIOS], doubt;

	if (w->drop < 1)
		return 0;
	chances(s, w, each);
	struct shares apart = shares_apart(s, each);
	doubt = shares_doubt(&apart, w);
	return doubt < CERTAIN ? 1 - doubt : 0;
}

double
shares_certain(const struct shares *past, const struct shares *now,
    const struct sample *of)
{
	double certain = eaten_sum(past);

	for (uint32_t k = 0; k < of->count; k++)
		certain += certain_part(now, of->pairs[k]) * of->each;
	return certain;
}

double
shares_alarm(const struct shares *s, double certain, const struct weighed *w)
{
	struct shares least = shares_start(), apart;
	double each[PAIR_RATIOS], credit, doubt;

	chances(s, w, each);
	apart = shares_apart(s, each);
	credit = fmax(certain - certain_part(s, w), eaten_sum(&least)) /
	    eaten_sum(&apart);
	credit = credit < 1 ? credit : 1;
	doubt = shares_doubt(&apart, w);
	return doubt / (doubt + credit * (1 - doubt));
}

void
shares_add(struct shares *past, const struct shares *now,
    const struct weighed *w, double keep)
{
	struct shares start = shares_start();
	double each[PAIR_RATIOS], none = 1;

	chances(now, w, each);
	for (int i = 0; i < PAIR_RATIOS; i++)
		none -= each[i];
	past->none = start.none + keep * (past->none - start.none) +
	    (none > 0 ? none : 0);
	for (int i = 0; i < PAIR_RATIOS; i++)
		past->some[i] = start.some[i] +
		    keep * (past->some[i] - start.some[i]) + each[i];
}

double
verdict_bar(const double *log_evidence, uint32_t count, double alpha)
{
	uint32_t stand = count, before;

	if (count == 0)
		return INFINITY;
	do {
		double bar = log(count / (alpha * stand));
		before = stand;
		stand = 0;
		for (uint32_t i = 0; i < count; i++)
			stand += log_evidence[i] >= bar;
	} while (stand < before && stand > 0);
	return stand == 0 ? INFINITY : log(count / (alpha * stand));
}

/* Shares of 1 for each test that sum to it: 6/pi^2 over squares falls too fast
 * for long streams, so each test gets 1/(n log^2(n + 1)), scaled. */
double
verdict_stream_bar(uint64_t test, uint64_t alarms, double alpha)
{
	double n = (double)test, l = log(n + 1);
	/* The sum over n >= 1 of 1/(n log^2(n + 1)) is below 3.39. */
	double share = 1 / (3.39 * n * l * l);

	return -log(alpha * share * (double)(alarms + 1));
}

void
ledger_add(struct ledger *l, double doubt, double keep)
{
	int part = (int)(doubt * LEDGER_PARTS);

	part = part < LEDGER_PARTS ? part : LEDGER_PARTS - 1;
	for (int i = 0; i < LEDGER_PARTS; i++) {
		l->count[i] *= keep;
		l->sum[i] *= keep;
	}
	l->count[part] += 1;
	l->sum[part] += doubt;
}

double
ledger_bar(const struct ledger *l, double alpha)
{
	double count = 0, sum = 0, bar = alpha;

	for (int i = 0; i < LEDGER_PARTS; i++) {
		count += l->count[i];
		sum += l->sum[i];
		double edge = (double)(i + 1) / LEDGER_PARTS;
		/* One more of this size must not break the promise. */
		if ((sum + edge) / (count + 1) <= alpha && edge > bar)
			bar = edge;
	}
	/* What is more likely not so than so never stands. */
	return bar < 0.7 ? bar : 0.7;
}
