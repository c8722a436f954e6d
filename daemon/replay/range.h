/* A range of the log, read from the store and folded again: for recovery, for
 * backtests, and for the check that a replay of everything gives the same
 * digest.
 *
 * What stands in the log was admitted once, when it got its seq. So a replay
 * shows each id to the engine, that it may be known when it comes again, but
 * never asks whether the entry counts: a live daemon has seen ids that came
 * twice, has forgotten older ones for it, and a replay has not. */
#ifndef REPLAY_RANGE_H
#define REPLAY_RANGE_H

#include <stdatomic.h>

#include "engine/engine.h"
#include "log/store.h"

enum { REPLAY_PROGRESS = 10000 };	/* entries between two reports */

struct replay_range {
	uint64_t           from, to;	/* seqs, both inclusive; 0: no bound */
	uint64_t           muted_to;	/* effects up to this seq stay inside */
	const atomic_bool *cancel;	/* may be NULL */
	/* Called now and then, and at the end; may be NULL. */
	void (*progress)(void *context, uint64_t seq);
	void *context;
};

/* Hands each entry of the range, decoded, to EACH, which may change it and
 * returns false to stop. Texts are borrowed for the call. */
bool replay_each(struct store_reader *, const struct replay_range *,
    bool (*each)(void *context, struct lift_entry *), void *context,
    struct lift_error *);

/* Folds each entry of the range. Fails when the store or an entry cannot be
 * read, and with LIFT_E_LATE when it was cancelled; the engine then stands at
 * the entry before. Leaves the engine unmuted. */
bool replay_range(struct engine *, struct store_reader *,
    const struct replay_range *, struct lift_error *);

#endif
