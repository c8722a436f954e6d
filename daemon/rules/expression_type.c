/* What is known of a value before it is there: kinds, of lists and maps also
 * what is in them, and whether there may be null instead. */
#include "rules/expression_tree.h"

#define PLAIN(k)	[k] = { .kind = k }

static const struct type dyn = { .kind = KIND_DYN };

static const struct type plain[KINDS] = {
	PLAIN(KIND_ERROR), PLAIN(KIND_NULL), PLAIN(KIND_BOOL),
	PLAIN(KIND_INT), PLAIN(KIND_UINT), PLAIN(KIND_DOUBLE),
	PLAIN(KIND_STRING), PLAIN(KIND_BYTES), PLAIN(KIND_TYPE),
	PLAIN(KIND_DYN),
	/* To CEL these two are messages, which may be compared with null. */
	[KIND_TIME] = { .kind = KIND_TIME, .is_nullable = true },
	[KIND_SPAN] = { .kind = KIND_SPAN, .is_nullable = true },
	[KIND_LIST] = { .kind = KIND_LIST, .item = &dyn },
	[KIND_MAP] = { .kind = KIND_MAP, .key = &dyn, .item = &dyn },
};

static const struct type nullable[KINDS] = {
	[KIND_NULL] = { .kind = KIND_NULL, .is_nullable = true },
	[KIND_BOOL] = { .kind = KIND_BOOL, .is_nullable = true },
	[KIND_INT] = { .kind = KIND_INT, .is_nullable = true },
	[KIND_DOUBLE] = { .kind = KIND_DOUBLE, .is_nullable = true },
	[KIND_STRING] = { .kind = KIND_STRING, .is_nullable = true },
	[KIND_TIME] = { .kind = KIND_TIME, .is_nullable = true },
	[KIND_SPAN] = { .kind = KIND_SPAN, .is_nullable = true },
	[KIND_LIST] = { .kind = KIND_LIST, .item = &dyn, .is_nullable = true },
	[KIND_MAP] = { .kind = KIND_MAP, .key = &dyn, .item = &dyn,
		.is_nullable = true },
	[KIND_DYN] = { .kind = KIND_DYN, .is_nullable = true },
};

static const struct type objects[] = {
	[LIFT_PRODUCT] = { .kind = KIND_OBJECT, .object = LIFT_PRODUCT,
		.is_nullable = true },
	[LIFT_PROMOTION] = { .kind = KIND_OBJECT, .object = LIFT_PROMOTION,
		.is_nullable = true },
	[LIFT_SHOPPER] = { .kind = KIND_OBJECT, .object = LIFT_SHOPPER,
		.is_nullable = true },
};

static const uint8_t field_kinds[] = {
	[LIFT_NULL] = KIND_NULL, [LIFT_BOOL] = KIND_BOOL,
	[LIFT_INT] = KIND_INT, [LIFT_NUMBER] = KIND_DOUBLE,
	[LIFT_TEXT] = KIND_STRING, [LIFT_TIME] = KIND_TIME,
	[LIFT_SPAN] = KIND_SPAN, [LIFT_MONEY] = KIND_DOUBLE,
	[LIFT_LIST] = KIND_LIST, [LIFT_MAP] = KIND_MAP,
	[LIFT_JSON] = KIND_DYN, [LIFT_UPLOAD] = KIND_DYN,
	[LIFT_FILES] = KIND_DYN,
};

const struct type *
type_of(enum kind kind)
{
	return &plain[kind];
}

const struct type *
type_of_field(const struct lift_field *f)
{
	if (f->type == LIFT_PRODUCT || f->type == LIFT_PROMOTION ||
	    f->type == LIFT_SHOPPER)
		return &objects[f->type];
	return f->optional ? &nullable[field_kinds[f->type]] :
	    &plain[field_kinds[f->type]];
}

bool
type_may_equal(const struct type *a, const struct type *b)
{
	if (a->kind == KIND_DYN || b->kind == KIND_DYN)
		return true;
	if (a->kind == KIND_NULL || b->kind == KIND_NULL)
		return a->kind == b->kind || a->is_nullable || b->is_nullable;
	if (a->kind != b->kind || a->object != b->object)
		return false;
	if (a->kind == KIND_MAP && !type_may_equal(a->key, b->key))
		return false;
	return (a->kind != KIND_LIST && a->kind != KIND_MAP) ||
	    type_may_equal(a->item, b->item);
}

static bool
is_number(const struct type *t)
{
	return t->kind == KIND_INT || t->kind == KIND_UINT ||
	    t->kind == KIND_DOUBLE;
}

bool
type_may_order(const struct type *a, const struct type *b)
{
	if (a->kind == KIND_DYN || b->kind == KIND_DYN)
		return true;
	if (is_number(a) && is_number(b))
		return true;
	return a->kind == b->kind && (a->kind == KIND_BOOL ||
	    a->kind == KIND_STRING || a->kind == KIND_BYTES ||
	    a->kind == KIND_TIME || a->kind == KIND_SPAN);
}

const struct type *
type_join(const struct type *a, const struct type *b)
{
	if (a == b)
		return a;
	if (!type_may_equal(a, b))
		return NULL;
	if (a->kind == KIND_DYN || b->kind == KIND_DYN)
		return type_of(KIND_DYN);
	if (a->kind == KIND_NULL)
		return b;
	if (b->kind == KIND_NULL || a->is_nullable)
		return a;
	if (b->is_nullable)
		return b;
	/* Of two lists or maps the one that says less. */
	return a->item != NULL && a->item->kind == KIND_DYN ? a : b;
}

const struct type *
type_list(struct arena *arena, const struct type *item)
{
	struct type *t = arena_take(arena, sizeof(*t));

	*t = (struct type){ .kind = KIND_LIST, .item = item };
	return t;
}

const struct type *
type_map(struct arena *arena, const struct type *key,
    const struct type *item)
{
	struct type *t = arena_take(arena, sizeof(*t));

	*t = (struct type){ .kind = KIND_MAP, .key = key, .item = item };
	return t;
}

/* Words for people who write rules, one and many. */
static const struct kind_words {
	const char *one, *many;
} kind_words[KINDS] = {
	[KIND_ERROR] = { "an error", "errors" },
	[KIND_NULL] = { "null", "nulls" },
	[KIND_BOOL] = { "true or false", "truths" },
	[KIND_INT] = { "a whole number", "whole numbers" },
	[KIND_UINT] = { "an unsigned number", "unsigned numbers" },
	[KIND_DOUBLE] = { "a number", "numbers" },
	[KIND_STRING] = { "a text", "texts" },
	[KIND_BYTES] = { "bytes", "bytes" },
	[KIND_LIST] = { "a list", "lists" },
	[KIND_MAP] = { "a map", "maps" },
	[KIND_TIME] = { "a time", "times" },
	[KIND_SPAN] = { "a span", "spans" },
	[KIND_TYPE] = { "a type", "types" },
	[KIND_OBJECT] = { NULL, NULL },
	[KIND_DYN] = { "anything", "anything" },
};

void
type_write(const struct type *t, char *at, size_t room)
{
	const struct type *item = t->item;

	if (t->kind == KIND_OBJECT)
		snprintf(at, room, "a %s", kind_name(t->kind, t->object));
	else if (t->kind != KIND_LIST || item == NULL ||
	    item->kind == KIND_DYN)
		snprintf(at, room, "%s", kind_words[t->kind].one);
	else if (item->kind == KIND_OBJECT)
		snprintf(at, room, "a list of %ss",
		    kind_name(item->kind, item->object));
	else
		snprintf(at, room, "a list of %s", kind_words[item->kind].many);
}
