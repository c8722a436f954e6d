/* A list in the order of the bytes: objects of events have few members, and
 * each is looked for once or twice. */
#include "intake/member.h"

bool
members_read(struct lift_text json, struct arena *arena,
    struct member **ret_first, struct lift_error *err)
{
	struct json_reader r = json_reader_of(json, arena);
	struct member **end = ret_first;
	struct lift_text key;

	*end = NULL;
	if (json_peek(&r) == JSON_OBJECT && json_enter(&r, JSON_OBJECT)) {
		while (json_key(&r, &key)) {
			struct member *m = arena_take(arena, sizeof(*m));
			m->key = key;
			m->kind = json_peek(&r);
			if (!json_skip(&r, &m->raw))
				break;
			*end = m;
			end = &m->next;
		}
	} else {
		json_skip(&r, NULL);
	}
	if (json_done(&r))
		return true;
	return lift_fail(err, LIFT_E_INPUT, "this is no JSON: %s, at byte %zu",
	    r.problem, json_offset(&r) + 1);
}

struct member *
member_find(struct member *first, struct lift_text name)
{
	for (struct member *m = first; m != NULL; m = m->next)
		if (lift_text_equal(m->key, name))
			return m->kind == JSON_NULL ? NULL : m;
	return NULL;
}

struct member *
member_at(struct member *first, struct lift_text way, struct arena *arena,
    struct member **ret_top)
{
	struct member *m = member_find(first, way);
	const char *dot = m != NULL ? NULL :
	    memchr(way.data, '.', way.size);
	struct lift_error err;

	*ret_top = m;
	if (dot == NULL)
		return m;
	size_t size = (size_t)(dot - way.data);
	struct member *top = member_find(first,
	    (struct lift_text){ way.data, size });
	struct member *inner, *below;
	if (top == NULL || top->kind != JSON_OBJECT ||
	    !members_read(top->raw, arena, &inner, &err))
		return NULL;
	*ret_top = top;
	return member_at(inner, (struct lift_text){ dot + 1,
	    way.size - size - 1 }, arena, &below);
}

struct lift_text
member_text(const struct member *m, struct arena *arena)
{
	struct lift_text t = { "", 0 };

	if (m == NULL)
		return t;
	struct json_reader r = json_reader_of(m->raw, arena);
	if (m->kind == JSON_STRING)
		json_take_string(&r, &t);
	else if (m->kind == JSON_NUMBER)
		json_take_number(&r, &t);
	return t;
}
