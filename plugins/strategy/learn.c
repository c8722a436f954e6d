/* Normal beliefs, updated one outcome at a time. The prior says that what is
 * expected is right within a third of the stake. */
#include "strategy/learn.h"

#include <math.h>

static const double PRIOR = 0.1, CONTEXT_PRIOR = 0.04, NOISE = 0.04;

void
learn_begin(struct learn *l)
{
	for (unsigned a = 0; a < LEARN_ACTIONS; a++) {
		l->actions[a] = (struct learn_belief){ 0, PRIOR, 0 };
		for (unsigned c = 0; c < LEARN_CONTEXTS; c++)
			l->contexts[a][c] = (struct learn_belief){ 0,
				CONTEXT_PRIOR, 0 };
	}
}

struct learn_belief
learn_of(const struct learn *l, unsigned action, unsigned context)
{
	const struct learn_belief *a = &l->actions[action],
	    *c = &l->contexts[action][context];

	return (struct learn_belief){ a->mean + c->mean,
		a->variance + c->variance, c->count };
}

static void
belief_note(struct learn_belief *b, double value, double variance)
{
	double gain = b->variance / (b->variance + variance);

	b->mean += gain * (value - b->mean);
	b->variance *= 1 - gain;
	b->count++;
}

void
learn_note(struct learn *l, unsigned action, unsigned context,
    double surprise, double variance)
{
	struct learn_belief *a = &l->actions[action],
	    *c = &l->contexts[action][context];
	double before = a->mean;

	variance += NOISE;
	belief_note(a, surprise - c->mean, variance + c->variance);
	belief_note(c, surprise - before, variance + a->variance);
}

unsigned
learn_context(unsigned severity, double loss_percent)
{
	unsigned band = loss_percent > 40 ? 2 : loss_percent >= 20 ? 1 : 0;

	return (severity > 2 ? 2 : severity) * 3 + band;
}

double
learn_draw(unsigned long long bits)
{
	double u = ((double)(bits >> 32) + 0.5) * 0x1p-32;
	double v = ((double)(bits & 0xffffffffu) + 0.5) * 0x1p-32;

	return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}
