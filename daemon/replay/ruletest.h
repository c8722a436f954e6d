/* The `tests:` of rule files: a few entries written in YAML, folded in a
 * sandbox on a clock of their own, and what must have come of them. The
 * dialect is that of rules/README.md. */
#ifndef REPLAY_RULETEST_H
#define REPLAY_RULETEST_H

#include "engine/engine.h"
#include "plugin/roster.h"

/* Which tests to run, on what, and where the outcome goes. */
struct ruletest {
	const struct generation      *generation;
	const struct roster          *roster;
	const struct engine_settings *engine;
	const struct lift_verb       *daemon_verbs;	/* NULL: none */
	const struct option_sources  *sources;	/* NULL: no references */
	uint32_t                      currency;	/* of amounts without */
	const char                   *only;	/* tests of that name; NULL:
						 * all */
	struct text                  *prose;	/* for people; may be NULL */
	/* One JSON object a test; may be NULL. */
	void (*row)(void *context, struct lift_text json);
	void *context;
};

struct ruletest_counts {
	unsigned passed, failed;
};

/* Runs the tests of a generation, each in a sandbox of its own with all of the
 * generation's rules. */
struct ruletest_counts ruletest_run(const struct ruletest *);

/* Reads the tests of a generation and runs none: true when there is no mistake
 * in them; else these are among the findings. CURRENCY is of amounts without
 * one. */
bool ruletest_check(const struct generation *, const struct vocabulary *,
    uint32_t currency, struct findings *);

#endif
