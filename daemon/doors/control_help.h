/* What the control socket says about its verbs, from their tables. */
#ifndef DOORS_CONTROL_HELP_H
#define DOORS_CONTROL_HELP_H

#include "doors/line.h"

/* Appends help for people: on all verbs, on those of a noun, or on one. */
void control_help(struct text *, const struct vocabulary *,
    const struct line_word *, size_t count);

/* Appends the tables, a JSON object a line: of all verbs, of a noun's, or of
 * the one that the words begin with. */
void control_verbs(struct text *, const struct vocabulary *,
    const struct line_word *, size_t count);

/* Fails: says that the words name no verb, and which one they nearly name. */
bool control_unknown(const struct house *, const struct line_word *,
    size_t count, struct lift_error *);

#endif
