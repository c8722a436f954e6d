/* What was learned of actions: how far what they came to lay from what was
 * expected of them, in shares of what was at stake. Beliefs are normal; that of
 * a context leans on that of its action, so that little data do little. */
#ifndef STRATEGY_LEARN_H
#define STRATEGY_LEARN_H

enum { LEARN_ACTIONS = 4, LEARN_CONTEXTS = 9 };

struct learn_belief {
	double   mean, variance;
	unsigned count;
};

struct learn {
	struct learn_belief actions[LEARN_ACTIONS];
	struct learn_belief contexts[LEARN_ACTIONS][LEARN_CONTEXTS];
};

/* Nothing is known yet. */
void learn_begin(struct learn *);

/* What is believed of an action in a context. */
struct learn_belief learn_of(const struct learn *, unsigned action,
    unsigned context);

/* Takes in one outcome: so much better (or worse) than expected, with its
 * variance. */
void learn_note(struct learn *, unsigned action, unsigned context,
    double surprise, double variance);

/* The context of a severity (0 to 2) and a loss in percent. */
unsigned learn_context(unsigned severity, double loss_percent);

/* A draw of the normal law from 64 bits. */
double learn_draw(unsigned long long bits);

#endif
