/* What other rules would have done: a range of history folded in two sandboxes
 * side by side, in one pass over the store, and the difference by hook.
 *
 * The state before the range. A sandbox begins empty. Of the entries before
 * `warm` only those are folded that tell of the shop (calls, sources): so
 * products and promotions are what they were, while windows, shoppers'
 * histories and what plugins have learnt begin at `warm`. Unless said
 * otherwise that is the range's start less the allowed lateness: right for
 * windows, too little for what looks weeks back. WARM_ALL folds everything
 * from the log's beginning.
 *
 * Rules that stand in the log are passed over on both sides: each side has one
 * set of rules from beginning to end. Nothing acts on the outside; what hooks
 * in act do to products and promotions stays in their sandbox, and calls that
 * hooks once caused are not in the log, so each side sees its own.
 *
 * Times are those at which entries reached us, which only go forward.
 *
 * Thread: any; the reader is for this run alone. */
#ifndef REPLAY_BACKTEST_H
#define REPLAY_BACKTEST_H

#include "replay/range.h"
#include "replay/sandbox.h"

enum backtest_warm { WARM_LATENESS, WARM_SPAN, WARM_ALL };

/* One set of rules. */
struct backtest_rules {
	const struct generation_file *files;
	size_t                        count;
};

struct backtest {
	const struct roster          *roster;
	const struct engine_settings *engine;
	const struct lift_verb       *daemon_verbs;	/* NULL: none */
	const struct option_sources  *sources;	/* NULL: no references */
	struct backtest_rules         before, after;
	uint64_t                      from_seq, to_seq;	/* 0: no bound */
	int64_t                       from_time, to_time;	/* likewise */
	enum backtest_warm            warm;
	int64_t                       warm_span;	/* before the range */
	unsigned                      examples;	/* of each kind, a hook */
	const atomic_bool            *cancel;	/* may be NULL */
	/* Called now and then; may be NULL. */
	void (*progress)(void *context, uint64_t seq);
	void *context;
};

/* Runs it and appends a report, one JSON object: `entries`, `from`, `to`,
 * `warm_entries`, `is_exact` and `hooks`, each with its name, `before`,
 * `after`, `both`, `only_before`, `only_after`, and examples of the latter two
 * with time, product, cause, id and reasons. Findings of both sets of rules
 * are added to FINDINGS. */
bool backtest_run(const struct backtest *, struct store_reader *,
    struct findings *, struct text *json, struct lift_error *);

#endif
