/* A message of Segment's tracking API on its way into the log: an event, or what
 * it says of who a shopper is. Two ids become one shopper when the one was
 * nobody known by name: what an anonymous visitor did is then the known
 * shopper's. What the shop says beside it (traits) goes where it can be erased.
 */
#ifndef HOUSE_MESSAGE_H
#define HOUSE_MESSAGE_H

#include "house/gate.h"
#include "intake/segment.h"

struct house;

/* Puts the message into the log; what is refused for its content also goes to
 * the dead letters. Of CONTEXT the house adds rules and currency. An alias is
 * refused when its two ids are known as two shoppers, or as one the other way
 * round; an identify with the anonymous id of somebody else is kept without
 * it, and RET_NOTE says so: else that is untouched. SCRATCH is cleared. */
enum gate_result message_put(struct house *, uint32_t source,
    struct lift_text json, const struct segment_context *,
    struct arena *scratch, struct lift_error *ret_note,
    struct lift_error *);

#endif
