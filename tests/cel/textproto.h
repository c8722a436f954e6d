/* Just enough of the text form of protocol buffers to read CEL's conformance
 * tests: a tree of named fields. */
#ifndef CEL_TEXTPROTO_H
#define CEL_TEXTPROTO_H

#include "base/arena.h"

struct field {
	struct lift_text    name;
	struct lift_text    value;	/* of a scalar, strings unescaped */
	bool                is_message;
	const struct field *first;	/* of a message */
	const struct field *next;
};

/* The first field of the text, or NULL with a sentence. */
const struct field *textproto_read(struct arena *, struct lift_text,
    struct lift_error *);

/* The first field of this name under the message; NULL. */
const struct field *field_get(const struct field *message, const char *name);

/* The next field of the same name; NULL. */
const struct field *field_again(const struct field *);

/* The scalar under a message as text; empty if there is none. */
struct lift_text field_text(const struct field *message, const char *name);

#endif
