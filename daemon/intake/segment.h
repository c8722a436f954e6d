/* A message of Segment's tracking API (track, identify, page, screen, group,
 * alias), as its libraries and RudderStack's send it: from JSON to an event in
 * the contract's form, or to what it says of who a shopper is.
 *
 * The time of a message is its `timestamp`, moved by what the sender's clock
 * was off when it sent: received - (sentAt - timestamp). Its id is the
 * messageId; without one the message's own bytes give it. */
#ifndef INTAKE_SEGMENT_H
#define INTAKE_SEGMENT_H

#include <liftd/plugin.h>

#include "base/arena.h"
#include "rules/generation.h"

enum { SEGMENT_SIZE_MOST = 32 * 1024, SEGMENT_BATCH_MOST = 500 * 1024,
	SEGMENT_MESSAGES_MOST = 2500 };

enum segment_kind { SEGMENT_EVENT, SEGMENT_IDENTIFY, SEGMENT_ALIAS };

/* What reading needs to know beside the message. */
struct segment_context {
	const struct generation *rules;		/* its `events:` */
	struct lift_text         type;		/* of the route; empty: the
						 * message says it */
	struct lift_text         sent_at;	/* of the batch; or empty */
	struct lift_text         shared;	/* the batch's `context`: JSON,
						 * or empty */
	int64_t                  received;
	uint64_t                 position;	/* goes into made ids */
	uint32_t                 currency;
};

/* Texts borrow from the message or lie in the arena. */
struct segment {
	enum segment_kind kind;
	struct lift_text  id;
	int64_t           time;
	struct lift_text  event;	/* of SEGMENT_EVENT: JSON */
	struct lift_text  user;		/* who it is about */
	struct lift_text  other;	/* who is the same; or empty */
	bool              is_known;	/* `user` is a userId */
	struct lift_text  traits;	/* JSON object; or empty */
};

/* A batch, or one message. */
struct segment_body {
	struct lift_text key;		/* `writeKey`; or empty */
	struct lift_text sent_at, shared;
	struct lift_text batch;		/* JSON list; empty: there is none */
};

/* Reads one message. Fails with LIFT_E_INPUT and a sentence. */
bool segment_read(struct lift_text json, struct arena *,
    const struct segment_context *, struct segment *ret_segment,
    struct lift_error *);

/* Reads what a body says beside its messages. Fails when it is no JSON
 * object, or its batch is no list. */
bool segment_body_read(struct lift_text json, struct arena *,
    struct segment_body *ret_body, struct lift_error *);

#endif
