/* The daemon's tables, as far as liftctl must know them: which argument is a
 * flag, a file or a folder. */
#include "ctl/ctl_verb.h"

#include "base/json.h"

static bool
argument_member(struct json_reader *r, struct lift_text key,
    struct ctl_argument *a)
{
	struct lift_text s;

	if (lift_text_equal(key, LIFT_TEXT_OF("name")))
		return json_take_string(r, &a->name);
	if (lift_text_equal(key, LIFT_TEXT_OF("optional")))
		return json_take_bool(r, &a->optional);
	if (!lift_text_equal(key, LIFT_TEXT_OF("type")))
		return json_skip(r, NULL);
	if (!json_take_string(r, &s))
		return false;
	a->is_flag = lift_text_equal(s, LIFT_TEXT_OF("true or false"));
	a->is_lines = lift_text_equal(s, LIFT_TEXT_OF("lines"));
	a->is_files = lift_text_equal(s, LIFT_TEXT_OF("files"));
	return true;
}

static bool
arguments_read(struct json_reader *r, struct ctl_verb *v)
{
	struct lift_text key;

	if (!json_enter(r, JSON_ARRAY))
		return false;
	while (json_item(r)) {
		struct ctl_argument a = { .optional = false };
		if (!json_enter(r, JSON_OBJECT))
			return false;
		while (json_key(r, &key))
			if (!argument_member(r, key, &a))
				return false;
		if (v->count < CTL_ARGUMENTS)
			v->arguments[v->count++] = a;
	}
	return r->problem == NULL;
}

static bool
verb_member(struct json_reader *r, struct lift_text key, struct ctl_verb *v)
{
	if (lift_text_equal(key, LIFT_TEXT_OF("name")))
		return json_take_string(r, &v->name);
	if (lift_text_equal(key, LIFT_TEXT_OF("role")))
		return json_take_string(r, &v->role);
	if (lift_text_equal(key, LIFT_TEXT_OF("meaning")))
		return json_take_string(r, &v->meaning);
	if (lift_text_equal(key, LIFT_TEXT_OF("acts")))
		return json_take_bool(r, &v->acts);
	if (lift_text_equal(key, LIFT_TEXT_OF("one")))
		return json_take_bool(r, &v->one);
	if (lift_text_equal(key, LIFT_TEXT_OF("arguments")))
		return arguments_read(r, v);
	return json_skip(r, NULL);
}

bool
ctl_verb_read(struct arena *arena, struct lift_text line,
    struct ctl_verb *ret_verb)
{
	struct json_reader r = json_reader_of(line, arena);
	struct ctl_verb v = { .count = 0 };
	struct lift_text key;

	if (!json_enter(&r, JSON_OBJECT))
		return false;
	while (json_key(&r, &key))
		if (!verb_member(&r, key, &v))
			return false;
	if (!json_done(&r) || v.name.size == 0)
		return false;
	*ret_verb = v;
	return true;
}

size_t
ctl_verb_words(const struct ctl_verb *v, const char *const *words,
    size_t count)
{
	const char *dot = memchr(v->name.data, '.', v->name.size);

	if (count > 0 && lift_text_equal(v->name, lift_text(words[0])))
		return 1;
	if (count < 2 || dot == NULL)
		return 0;
	size_t n = (size_t)(dot - v->name.data);
	return lift_text_equal(lift_text(words[0]),
	    (struct lift_text){ v->name.data, n }) &&
	    lift_text_equal(lift_text(words[1]),
	    (struct lift_text){ dot + 1, v->name.size - n - 1 }) ? 2 : 0;
}

/* `a-b` means `a_b`. */
static bool
is_name(struct lift_text option, struct lift_text name)
{
	if (option.size != name.size)
		return false;
	for (size_t i = 0; i < name.size; i++)
		if (option.data[i] != name.data[i] &&
		    !(option.data[i] == '-' && name.data[i] == '_'))
			return false;
	return true;
}

int
ctl_verb_argument(const struct ctl_verb *v, struct lift_text name)
{
	for (size_t i = 0; i < v->count; i++)
		if (is_name(name, v->arguments[i].name))
			return (int)i;
	return -1;
}
