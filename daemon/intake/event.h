/* An event in the contract's own form, from JSON to entries.
 *
 * One event is one entry, but for a purchase with `items`, which is one a
 * line: the first has the event's id, the others that id with `#2` and so on,
 * and all have it as their order. A refusal names the field, its value and
 * what would be right. */
#ifndef INTAKE_EVENT_H
#define INTAKE_EVENT_H

#include <liftd/plugin.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/text.h"

enum { EVENT_LINES_MOST = 500, EVENT_SIZE_MOST = 256 * 1024 };

/* What decoding needs to know beside the bytes. */
struct event_context {
	int64_t  received;
	int64_t  ahead;		/* how far ahead a time may be; 0: any */
	uint32_t currency;	/* where an event names none */
	uint64_t position;	/* in its batch: goes into made ids */
	struct lift_text id;	/* of one that brings none; empty: it is made */
};

/* A decoded event: as many entries as it has lines, without seq and source.
 * Texts borrow from the JSON or lie in the arena. */
struct event {
	struct lift_entry *entries;
	unsigned           count;
	struct lift_text   shopper;	/* its id, not yet a token */
	bool               made_id;	/* it brought none */
};

/* Decodes one event. Fails with LIFT_E_INPUT and a sentence. */
bool event_read(struct lift_text json, struct arena *,
    const struct event_context *, struct event *ret_event,
    struct lift_error *);

/* What the value of a field of an event is in JSON; JSON_NONE where an event
 * has no such field. */
enum json_kind event_field_kind(struct lift_text name);

/* The field that is nearest to NAME; NULL when none is near. */
const char *event_field_nearest(struct lift_text name);

/* Writes the JSON schema of an event: each field and what it may hold. What a
 * schema cannot say is left out: that a price needs a product, and so on. */
void event_schema(struct text *);

#endif
