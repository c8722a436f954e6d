/* Many pairs are looked at, each window anew: which of them stand? */
#ifndef DETECTION_VERDICT_H
#define DETECTION_VERDICT_H

#include "pair.h"

#include <stdint.h>

/* How many pairs kept or gained how much, and how many sold as before: sums of
 * chances. */
struct shares {
	double none, some[PAIR_RATIOS];
};

/* What is taken for granted before anything was seen: one pair in twenty
 * is eaten. */
struct shares shares_start(void);

/* Pairs that are looked at: COUNT of them, of which each stands for EACH. */
struct sample {
	const struct weighed **pairs;
	uint32_t               count;
	double                 each;
};

/* Finds the shares that explain the pairs best, beside what PAST ones have
 * shown; in a fixed number of steps. */
struct shares shares_fit(const struct shares *past, const struct sample *);

/* The chance that a pair is not eaten, by its evidence and the shares. */
double shares_doubt(const struct shares *, const struct weighed *);

/* How many of the eaten pairs are not mere chance: PAST ones, and those that
 * are nearly certain. Where nobody is eaten, luck would make some look so, and
 * those would lend credit to each other. */
double shares_certain(const struct shares *past, const struct shares *now,
    const struct sample *);

/* The chance that a pair is not eaten, for one that is told at once: it is no
 * witness of its own, and of the others only the CERTAIN ones are. */
double shares_alarm(const struct shares *, double certain,
    const struct weighed *);

/* Adds what a pair that has ended was to PAST, which keeps KEEP of itself. */
void shares_add(struct shares *past, const struct shares *now,
    const struct weighed *, double keep);

/* Benjamini and Hochberg's step for e-values, under any dependence: the least
 * logarithm of evidence that stands among COUNT; INFINITY if none does. */
double verdict_bar(const double *log_evidence, uint32_t count, double alpha);

/* The same for an endless stream, where each test has its threshold from the
 * start: the logarithm of evidence that test number TEST (from 1) needs after
 * ALARMS alarms. */
double verdict_stream_bar(uint64_t test, uint64_t alarms, double alpha);

/* Doubts of pairs that have ended, counted by size; fading. */
enum { LEDGER_PARTS = 50 };
struct ledger {
	double count[LEDGER_PARTS], sum[LEDGER_PARTS];
};

/* Adds a doubt to the ledger, which keeps KEEP of itself. */
void ledger_add(struct ledger *, double doubt, double keep);

/* The greatest doubt that may stand, so that the mean doubt of all that stand
 * is at most ALPHA. */
double ledger_bar(const struct ledger *, double alpha);

#endif
