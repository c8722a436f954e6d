/* From a tree to a struct, by a table of options: the table is what a plugin
 * has in its descriptor, and the only place where an option is named.
 *
 * All mistakes are reported, each where it stands. The struct is filled even
 * then, with fallbacks for what could not be read, so that checks that look at
 * the whole can go on.
 *
 * An option without fallback must be given. A group must be given when an
 * option in it must, unless the group itself has a fallback (of any text).
 * The fallback of a list is `[]`; bounds of lists and texts are of their
 * count. */
#ifndef RULES_OPTION_H
#define RULES_OPTION_H

#include <liftd/plugin.h>

#include "base/arena.h"
#include "rules/finding.h"
#include "rules/node.h"
#include "rules/reference.h"

/* What binding needs besides the table. */
struct option_binder {
	struct arena                *arena;	/* for what it points to */
	struct findings             *findings;
	const struct option_sources *sources;	/* NULL: no references */
	uint32_t                     currency;	/* of amounts without; or 0 */
};

/* Fills a struct from a map, with the fallback of each option that is not
 * there. MAP may be NULL: then all are fallbacks, and nothing that must be
 * given is missed. True when there was no mistake.
 *
 * Keeps: texts and trees of MAP, which must live as long as the struct. */
bool option_bind(const struct option_binder *, const struct node *map,
    const struct lift_option *, void *ret_struct);

/* True when the table is sound: names are unique, in small letters, each with
 * a meaning of its own and without full stop; fallbacks and bounds can be read
 * and agree. */
bool option_check(const struct lift_option *, struct lift_error *);

enum option_format { OPTION_MAN, OPTION_MARKDOWN };

/* Appends one paragraph (man) or one row (Markdown) for each option, with its
 * kind, fallback, bounds and meaning; those of groups and lists too. */
void option_describe(struct text *, const struct lift_option *,
    enum option_format);

/* Appends a JSON Schema (draft 7) object that takes what the table takes. */
void option_schema(struct text *, const struct lift_option *);

/* Appends the values of a struct as YAML, with a mask for each secret; all
 * lines begin with INDENT spaces. */
void option_show(struct text *, const struct lift_option *, const void *,
    unsigned indent);

#endif
