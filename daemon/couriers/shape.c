/* Schema and value are read side by side; neither becomes a tree. */
#include "couriers/shape.h"

#include <strings.h>

#include "base/json.h"

struct shape {
	struct arena      *arena;
	struct lift_error *err;
	unsigned           depth;
};

enum { SHAPE_DEPTH = 32 };

/* The raw value of a member; empty when it is not there. */
static struct lift_text
member(struct shape *s, struct lift_text object, const char *name)
{
	struct json_reader r = json_reader_of(object, s->arena);
	struct lift_text key, raw, found = { "", 0 };

	if (json_peek(&r) != JSON_OBJECT || !json_enter(&r, JSON_OBJECT))
		return found;
	while (json_key(&r, &key) && json_skip(&r, &raw))
		if (lift_text_equal(key, lift_text(name)))
			found = raw;
	return found;
}

/* A member that is a text, without its quotes. */
static struct lift_text
member_text(struct shape *s, struct lift_text object, const char *name)
{
	struct json_reader r = json_reader_of(member(s, object, name),
	    s->arena);
	struct lift_text t = { "", 0 };

	if (json_peek(&r) == JSON_STRING)
		json_take_string(&r, &t);
	return t;
}

/* Bounds come as numbers or, being int64, as texts. */
static bool
member_whole(struct shape *s, struct lift_text object, const char *name,
    int64_t *ret)
{
	struct lift_text raw = member(s, object, name);

	if (raw.size > 2 && raw.data[0] == '"')
		raw = (struct lift_text){ raw.data + 1, raw.size - 2 };
	return raw.size > 0 && json_whole(raw, ret);
}

static const char *
kind_name(struct shape *s, struct lift_text value)
{
	static const char *const names[] = { "", "NULL", "BOOLEAN", "BOOLEAN",
		"NUMBER", "STRING", "OBJECT", "ARRAY" };
	struct json_reader r = json_reader_of(value, s->arena);

	return names[json_peek(&r)];
}

static bool
is_kind(struct shape *s, struct lift_text value, struct lift_text type,
    const char *path)
{
	const char *kind = kind_name(s, value);
	char *wanted = arena_copy(s->arena, type.data, type.size);
	int64_t whole;

	if (type.size == 0 || strcasecmp(kind, wanted) == 0)
		return true;
	if (strcasecmp(wanted, "INTEGER") == 0 && kind[0] == 'N' &&
	    json_whole(value, &whole))
		return true;
	return lift_fail(s->err, LIFT_E_INPUT, "%s is of type %s, must be %s",
	    path, kind, wanted);
}

static bool
is_listed(struct shape *s, struct lift_text value, struct lift_text list,
    const char *path)
{
	struct json_reader r = json_reader_of(list, s->arena),
	    v = json_reader_of(value, s->arena);
	struct lift_text one, mine;

	if (list.size == 0 || json_peek(&v) != JSON_STRING)
		return true;
	json_take_string(&v, &mine);
	if (json_enter(&r, JSON_ARRAY))
		while (json_item(&r) && json_take_string(&r, &one))
			if (lift_text_equal(one, mine))
				return true;
	return lift_fail(s->err, LIFT_E_INPUT, "%s is \"%.*s\", must be one of "
	    "%.*s", path, (int)(mine.size < 60 ? mine.size : 60), mine.data,
	    (int)(list.size < 160 ? list.size : 160), list.data);
}

static bool fits(struct shape *, struct lift_text value,
    struct lift_text schema, const char *path);

static bool
object_fits(struct shape *s, struct lift_text value, struct lift_text schema,
    const char *path)
{
	struct lift_text properties = member(s, schema, "properties"),
	    required = member(s, schema, "required"), key, raw;
	struct json_reader r = json_reader_of(required, s->arena),
	    v = json_reader_of(value, s->arena);

	if (required.size > 0 && json_enter(&r, JSON_ARRAY))
		while (json_item(&r) && json_take_string(&r, &key))
			if (member(s, value, arena_copy(s->arena, key.data,
			    key.size)).size == 0)
				return lift_fail(s->err, LIFT_E_INPUT,
				    "%s lacks \"%.*s\"", path, (int)key.size,
				    key.data);
	if (!json_enter(&v, JSON_OBJECT))
		return true;
	while (json_key(&v, &key) && json_skip(&v, &raw)) {
		char *name = arena_copy(s->arena, key.data, key.size);
		struct lift_text its = member(s, properties, name);
		if (its.size > 0 && !fits(s, raw, its,
		    arena_form(s->arena, "%s.%s", path, name)))
			return false;
	}
	return true;
}

static bool
array_fits(struct shape *s, struct lift_text value, struct lift_text schema,
    const char *path)
{
	struct lift_text items = member(s, schema, "items"), raw;
	struct json_reader v = json_reader_of(value, s->arena);
	int64_t count = 0, bound;

	if (!json_enter(&v, JSON_ARRAY))
		return true;
	for (; json_item(&v) && json_skip(&v, &raw); count++)
		if (items.size > 0 && !fits(s, raw, items,
		    arena_form(s->arena, "%s[%lld]", path, (long long)count)))
			return false;
	if (member_whole(s, schema, "minItems", &bound) && count < bound)
		return lift_fail(s->err, LIFT_E_INPUT, "%s has %lld items, "
		    "must have at least %lld", path, (long long)count,
		    (long long)bound);
	if (member_whole(s, schema, "maxItems", &bound) && count > bound)
		return lift_fail(s->err, LIFT_E_INPUT, "%s has %lld items, "
		    "must have at most %lld", path, (long long)count,
		    (long long)bound);
	return true;
}

static bool
fits(struct shape *s, struct lift_text value, struct lift_text schema,
    const char *path)
{
	const char *kind = kind_name(s, value);
	bool ok;

	if (strcmp(kind, "NULL") == 0 && lift_text_equal(
	    member(s, schema, "nullable"), LIFT_TEXT_OF("true")))
		return true;
	if (s->depth >= SHAPE_DEPTH)
		return lift_fail(s->err, LIFT_E_INPUT, "%s is nested more than "
		    "%d levels deep", path, SHAPE_DEPTH);
	s->depth++;
	ok = is_kind(s, value, member_text(s, schema, "type"), path) &&
	    is_listed(s, value, member(s, schema, "enum"), path) &&
	    (kind[0] != 'O' || object_fits(s, value, schema, path)) &&
	    (kind[0] != 'A' || array_fits(s, value, schema, path));
	s->depth--;
	return ok;
}

bool
shape_fits(struct arena *arena, struct lift_text value,
    struct lift_text schema, struct lift_error *err)
{
	struct shape s = { arena, err, 0 };
	struct json_reader r = json_reader_of(value, arena);
	struct lift_text raw;

	if (!json_skip(&r, &raw) || !json_done(&r))
		return lift_fail(err, LIFT_E_INPUT, "the answer is not JSON: "
		    "%s", r.problem != NULL ? r.problem :
		    "something follows the value");
	return schema.size == 0 || fits(&s, raw, schema, "the answer");
}
