/* One record of the log, between the form that the fold reads (struct
 * lift_entry) and the bytes that the store keeps.
 *
 * seq, id, kind, time, received and key are columns of their own. The body of
 * an interaction holds the rest in a compact form; the body of any other kind
 * is a JSON object. */
#ifndef ENGINE_ENTRY_H
#define ENGINE_ENTRY_H

#include <liftd/plugin.h>

#include "base/text.h"

/* The name of a kind, as users see it; NULL for a number that is none. */
const char *entry_kind_name(unsigned kind);

/* The name of an interaction known by number; NULL for others. */
const char *interaction_name(unsigned type);

/* The number of an interaction by its name; LIFT_OTHER for a shop's own. */
enum lift_interaction interaction_of(struct lift_text name);

/* Appends the body of ENTRY. What the engine interns is left out: the body
 * holds the names. */
void entry_encode(struct text *, const struct lift_entry *);

/* Fills ENTRY from a body; texts borrow from it. The columns' members must be
 * set already. Fails for bytes that no liftd wrote; ENTRY is then worthless. */
bool entry_decode(struct lift_entry *, struct lift_text body,
    struct lift_error *);

/* Appends the key of an entry: the shopper's token, or nothing. */
void entry_key(struct text *, const struct lift_entry *);

/* Appends an interaction in the contract's own form, as members of a JSON
 * object without its braces. SHOPPER is the id behind the token, or empty. */
void entry_describe(struct text *, const struct lift_entry *,
    struct lift_text shopper);

#endif
