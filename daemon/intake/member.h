/* The members of a JSON object, laid out so that they can be asked for by name:
 * for forms in which what one member means depends on others. */
#ifndef INTAKE_MEMBER_H
#define INTAKE_MEMBER_H

#include <liftd/plugin.h>

#include "base/json.h"

struct member {
	struct member   *next;
	struct lift_text key, raw;	/* raw: the bytes of the value */
	enum json_kind   kind;
	bool             used;		/* whoever reads it may set this */
};

/* Reads an object, or nothing from what is none; borrows from it and lies in
 * the arena. False when it is no JSON, with a sentence. */
bool members_read(struct lift_text json, struct arena *,
    struct member **ret_first, struct lift_error *);

/* The member of that name; NULL when there is none, or it is null. */
struct member *member_find(struct member *first, struct lift_text name);

/* The value at the end of a way of names with dots between them, each in the
 * object before; a name may hold dots itself at the first step. What it ends
 * in is returned; RET_TOP gets the member that it begins with. NULL when it
 * leads nowhere. */
struct member *member_at(struct member *first, struct lift_text way,
    struct arena *, struct member **ret_top);

/* What a text or a number says; empty for any other value. */
struct lift_text member_text(const struct member *, struct arena *);

#endif
