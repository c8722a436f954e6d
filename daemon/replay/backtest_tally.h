/* Which firings both sides have, and which only one: firings are matched by
 * the id of their effect. Those of one entry usually match at once; what waits
 * for the other side is kept by hash, up to a limit. */
#ifndef REPLAY_BACKTEST_TALLY_H
#define REPLAY_BACKTEST_TALLY_H

#include <liftd/plugin.h>

#include "base/text.h"

enum backtest_side { SIDE_BEFORE, SIDE_AFTER, SIDES };

/* One firing; borrowed. */
struct firing {
	struct lift_text id, hook, product, cause, reasons;
	int64_t          time;
};

struct backtest_tally;

/* An empty tally that keeps up to EXAMPLES of each kind. Freed with
 * backtest_tally_free. */
struct backtest_tally *backtest_tally_new(unsigned examples);

/* Frees it; takes NULL. */
void backtest_tally_free(struct backtest_tally *);

/* Names a hook, so that it is listed even if it never fires. */
void backtest_tally_hook(struct backtest_tally *, struct lift_text name);

/* Notes a firing of a side. */
void backtest_tally_note(struct backtest_tally *, enum backtest_side,
    const struct firing *);

/* Appends members of a JSON object, without braces: is_exact and hooks. */
void backtest_tally_write(struct backtest_tally *, struct text *json);

#endif
