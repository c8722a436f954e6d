/* What a row of an option table says: bounds, fallback, whether it must be
 * given. For the files of this room that go by such tables. */
#ifndef RULES_OPTION_TABLE_H
#define RULES_OPTION_TABLE_H

#include "rules/option.h"
#include "rules/scalar.h"

/* True when the option has no fallback, or is a group that holds one such. */
bool option_is_required(const struct lift_option *);

/* True when a value lies within the bounds of its row. */
bool option_in_bounds(const struct lift_option *, uint32_t currency,
    const union scalar *);

/* True when a list may have COUNT items. */
bool option_count_fits(const struct lift_option *, uint32_t count);

/* Appends the bounds as the end of a sentence: `lie between 0 and 1`. */
void option_bounds(struct text *, const struct lift_option *);

/* Puts the fallback into a member; of a group nothing, of an option without
 * fallback zeros. */
void option_fall_back(const struct option_binder *, const struct lift_option *,
    void *member);

#endif
