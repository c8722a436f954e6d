/* An introduction: a message that says who a shopper is. Two ids become one
 * shopper when the one was nobody known by name: what an anonymous visitor did
 * is then the known shopper's. What the shop says beside it (traits) goes where
 * it can be erased. */
#ifndef HOUSE_INTRODUCTION_H
#define HOUSE_INTRODUCTION_H

#include "house/gate.h"
#include "intake/segment.h"

struct house;

/* Puts the message into the log. Fails, for an alias, when its two ids are
 * known as two shoppers, or as one the other way round. An identify with the
 * anonymous id of somebody else is kept without it, and RET_NOTE says so; else
 * it stays untouched. */
enum gate_result introduce(struct house *, uint32_t source,
    const struct segment *, struct lift_error *ret_note, struct lift_error *);

#endif
