/* The kinds of options that one text can hold: how each is read, ordered and
 * written. One table; the binder, the manual, the schema and the checks all go
 * by it. */
#ifndef RULES_SCALAR_H
#define RULES_SCALAR_H

#include <liftd/plugin.h>

#include "base/text.h"

union scalar {
	bool              yes;
	int64_t           whole;
	double            number;
	struct lift_money money;
	int               choice;
	const char       *text;		/* set by who has the memory for it */
};

struct scalar_kind {
	const char *name;		/* `span` */
	const char *expects;		/* `a span like 5m` */
	const char *schema;		/* its members in a JSON Schema */
	size_t      size;		/* of the struct member */
	bool        is_bare;		/* stands without quotes in YAML */

	/* False when the text is none of this kind. CURRENCY is that of an
	 * amount without one; 0 if there is none. */
	bool (*read)(const struct lift_option *, uint32_t currency,
	    struct lift_text, union scalar *ret_value);
	/* Negative, 0 or positive; NULL: the kind has no bounds. */
	int (*order)(const union scalar *, const union scalar *);
	void (*write)(struct text *, const struct lift_option *,
	    const union scalar *);
};

/* The row of a kind; NULL for groups, lists and trees. */
const struct scalar_kind *scalar_kind(enum lift_option_kind);

/* Appends a text as YAML would have it: quoted only where it must be. */
void scalar_write_text(struct text *, struct lift_text);

#endif
