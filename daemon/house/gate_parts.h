/* What the files of the gate share. */
#ifndef HOUSE_GATE_PARTS_H
#define HOUSE_GATE_PARTS_H

#include "house/gate.h"

struct call;
struct waiter;

struct gate {
	struct gate_parts parts;
	struct writer    *writer;
	struct batch     *filling, *spare;	/* the other is with the writer */
	struct event     *idle, *late, *wake;
	uint64_t          seq, committed, submitted;
	uint64_t          position;	/* of events, for made ids */
	struct arena     *scratch;	/* of one event */
	struct text       id;		/* of the newest event */
	struct text       body;
	struct call      *folding;	/* the call that is being folded */
	struct waiter    *openers;	/* told when there is room again */
	bool              busy, failing, scheduled, made_id, sealed;
	struct metric    *stored, *known, *refused, *commits, *commit_time,
	                 *batch_size, *failures;
};

#endif
