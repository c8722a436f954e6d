/* One reader a type, twice: from a word and from JSON. Money is written
 * `19.99 EUR`, in JSON as a string of that form. */
#include "rules/argument.h"

#include "base/instant.h"
#include "base/money.h"

static const char *const type_names[] = {
	[LIFT_NULL] = "nothing", [LIFT_BOOL] = "true or false",
	[LIFT_INT] = "whole number", [LIFT_NUMBER] = "number",
	[LIFT_TEXT] = "text", [LIFT_TIME] = "time", [LIFT_SPAN] = "span",
	[LIFT_MONEY] = "money", [LIFT_PRODUCT] = "product",
	[LIFT_PROMOTION] = "promotion", [LIFT_SHOPPER] = "shopper",
	[LIFT_LIST] = "list", [LIFT_MAP] = "map", [LIFT_JSON] = "json",
	[LIFT_UPLOAD] = "lines", [LIFT_FILES] = "files",
};

static const char *const type_examples[] = {
	[LIFT_BOOL] = "true or false", [LIFT_INT] = "a whole number",
	[LIFT_NUMBER] = "a number",
	[LIFT_TIME] = "a time like 2026-11-20T15:16:17Z",
	[LIFT_SPAN] = "a span like 90s, 5m or 30d",
	[LIFT_MONEY] = "an amount like 19.99 EUR, not below 0",
	[LIFT_LIST] = "a list like a,b,c",
	[LIFT_JSON] = "a JSON document", [LIFT_MAP] = "a JSON object",
	[LIFT_SHOPPER] = "a shopper's token",
};

const char *
argument_type_name(enum lift_type type)
{
	return type_names[type];
}

int
field_find(const struct lift_field *table, struct lift_text name)
{
	for (int i = 0; table != NULL && table[i].name != NULL; i++)
		if (lift_text_equal(name, lift_text(table[i].name)))
			return i;
	return -1;
}

const char *
field_nearest(const struct lift_field *table, struct lift_text name)
{
	unsigned least = 3;
	const char *nearest = NULL;

	for (; table != NULL && table->name != NULL; table++) {
		unsigned d = text_distance(name, lift_text(table->name), 2);
		if (d < least) {
			least = d;
			nearest = table->name;
		}
	}
	return nearest;
}

static bool
type_fail(const struct lift_field *f, struct lift_text word,
    struct lift_error *err)
{
	return lift_fail(err, LIFT_E_USAGE, "%s is \"%.*s\", must be %s",
	    f->name, word.size > 60 ? 60 : (int)word.size, word.data,
	    type_examples[f->type] ? type_examples[f->type] : "a text");
}

static bool
money_value(struct lift_text word, struct lift_value *ret)
{
	const char *blank = memchr(word.data, ' ', word.size);
	int64_t minor;

	if (blank == NULL)
		return false;
	size_t n = (size_t)(blank - word.data);
	uint32_t currency = currency_pack((struct lift_text){ blank + 1,
	    word.size - n - 1 });
	if (currency == 0 || !money_read((struct lift_text){ word.data, n },
	    currency, &minor))
		return false;
	if (minor < 0)
		return false;
	*ret = LIFT_VALUE_MONEY(minor, currency);
	return true;
}

static struct lift_value
list_of_words(struct arena *arena, struct lift_text word)
{
	uint32_t count = word.size > 0;
	const char *at = word.data, *end = at + word.size;

	for (size_t i = 0; i < word.size; i++)
		count += word.data[i] == ',';
	struct lift_value *items = arena_array(arena, struct lift_value,
	    count);
	for (uint32_t i = 0; i < count; i++) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		const char *stop = comma ? comma : end;
		items[i] = lift_value_text((struct lift_text){ at,
		    (size_t)(stop - at) });
		at = stop + 1;
	}
	return (struct lift_value){ .type = LIFT_LIST, .size = count,
		.items = items };
}

static bool
bool_word(struct lift_text word, struct lift_value *ret)
{
	bool yes = lift_text_equal(word, LIFT_TEXT_OF("true"));

	*ret = LIFT_VALUE_BOOL(yes);
	return yes || lift_text_equal(word, LIFT_TEXT_OF("false"));
}

static bool
is_number(struct lift_text word)
{
	struct json_reader r = json_reader_of(word, NULL);
	struct lift_text digits;

	return json_take_number(&r, &digits) && json_done(&r);
}

static bool
json_word(struct arena *arena, struct lift_text word, enum lift_type type,
    struct lift_value *ret)
{
	struct json_reader r = json_reader_of(word, arena);

	if (type == LIFT_MAP && json_peek(&r) != JSON_OBJECT)
		return false;
	*ret = lift_value_text(word);
	ret->type = LIFT_JSON;
	return json_skip(&r, NULL) && json_done(&r);
}

static bool
word_value(struct arena *arena, enum lift_type type, struct lift_text word,
    struct lift_value *v)
{
	*v = (struct lift_value){ .type = (uint8_t)type };
	switch (type) {
	case LIFT_BOOL:
		return bool_word(word, v);
	case LIFT_INT:
		return is_number(word) && json_whole(word, &v->whole);
	case LIFT_NUMBER:
		return is_number(word) && json_double(word, &v->number);
	case LIFT_TIME:
		return instant_read(word, &v->whole);
	case LIFT_SPAN:
		return span_read(word, &v->whole);
	case LIFT_MONEY:
		return money_value(word, v);
	case LIFT_LIST:
		*v = list_of_words(arena, word);
		return true;
	case LIFT_MAP: case LIFT_JSON:
		return json_word(arena, word, type, v);
	default:
		*v = lift_value_text(word);
		return true;
	}
}

bool
argument_read(struct arena *arena, const struct lift_field *f,
    struct lift_text word, struct lift_value *ret_value,
    struct lift_error *err)
{
	struct lift_value v;

	if (!word_value(arena, f->type, word, &v))
		return type_fail(f, word, err);
	*ret_value = v;
	return true;
}

static bool
take_scalar(struct json_reader *r, struct lift_value *v)
{
	struct lift_text t;

	switch (json_peek(r)) {
	case JSON_STRING:
		if (!json_take_string(r, &t))
			return false;
		*v = lift_value_text(t);
		return true;
	case JSON_NUMBER:
		if (!json_take_number(r, &t))
			return false;
		*v = LIFT_VALUE_INT(0);
		if (json_whole(t, &v->whole))
			return true;
		v->type = LIFT_NUMBER;
		return json_double(t, &v->number);
	case JSON_TRUE: case JSON_FALSE:
		*v = LIFT_VALUE_BOOL(false);
		return json_take_bool(r, &v->yes);
	default:
		return false;
	}
}

/* Lists are read twice, once to count. */
static bool
take_list(struct json_reader *r, struct lift_value *v)
{
	struct json_reader ahead = *r;
	uint32_t count = 0, i = 0;

	if (!json_enter(&ahead, JSON_ARRAY))
		return false;
	while (json_item(&ahead)) {
		if (!json_skip(&ahead, NULL))
			return false;
		count++;
	}
	struct lift_value *items = arena_array(r->arena, struct lift_value,
	    count + 1);
	json_enter(r, JSON_ARRAY);
	while (json_item(r))
		if (!take_scalar(r, &items[i++]))
			return false;
	*v = (struct lift_value){ .type = LIFT_LIST, .size = count,
		.items = items };
	return true;
}

static bool
take_value(struct json_reader *r, enum lift_type type, struct lift_value *v)
{
	struct lift_text raw;

	if (type == LIFT_JSON || type == LIFT_MAP)
		return json_skip(r, &raw) &&
		    word_value(r->arena, type, raw, v);
	if (type == LIFT_LIST && json_peek(r) == JSON_ARRAY)
		return take_list(r, v);
	if (json_peek(r) == JSON_STRING)
		return json_take_string(r, &raw) &&
		    (type == LIFT_TEXT || raw.size > 0) &&
		    type != LIFT_INT && type != LIFT_NUMBER &&
		    type != LIFT_BOOL && word_value(r->arena, type, raw, v);
	if (!take_scalar(r, v))
		return false;
	if (type == LIFT_NUMBER && v->type == LIFT_INT)
		*v = LIFT_VALUE_NUMBER((double)v->whole);
	return v->type == type;
}

bool
argument_take(struct json_reader *r, const struct lift_field *f,
    struct lift_value *ret_value, struct lift_error *err)
{
	struct lift_text raw;
	struct json_reader ahead = *r;
	struct lift_value v;

	if (!json_skip(&ahead, &raw)) {
		r->problem = ahead.problem;
		return lift_fail(err, LIFT_E_INPUT, "%s is no JSON: %s",
		    f->name, ahead.problem);
	}
	if (json_peek(r) == JSON_NULL) {
		*ret_value = LIFT_VALUE_NULL;
		return json_take_null(r);
	}
	if (!take_value(r, f->type, &v)) {
		type_fail(f, raw, err);
		err->code = LIFT_E_INPUT;
		return false;
	}
	*ret_value = v;
	return true;
}

bool
arguments_complete(const struct lift_field *table,
    const struct lift_value *values, struct lift_error *err)
{
	for (unsigned i = 0; table != NULL && table[i].name != NULL; i++)
		if (!table[i].optional && values[i].type == LIFT_NULL &&
		    table[i].type != LIFT_UPLOAD &&
		    table[i].type != LIFT_FILES)
			return lift_fail(err, LIFT_E_USAGE,
			    "%s is missing: %s", table[i].name,
			    table[i].meaning);
	return true;
}

bool
arguments_take(struct json_reader *r, const struct lift_field *table,
    struct lift_value *values, struct lift_error *err)
{
	struct lift_text key;

	for (unsigned i = 0; table != NULL && table[i].name != NULL; i++)
		values[i] = LIFT_VALUE_NULL;
	if (!json_enter(r, JSON_OBJECT))
		return lift_fail(err, LIFT_E_INPUT,
		    "the arguments are no JSON object");
	while (json_key(r, &key)) {
		int at = field_find(table, key);
		if (at < 0) {
			const char *near = field_nearest(table, key);
			return lift_fail(err, LIFT_E_USAGE,
			    "there is no argument \"%.*s\"%s%s",
			    (int)key.size, key.data,
			    near ? ", perhaps you mean " : "",
			    near ? near : "");
		}
		if (!argument_take(r, &table[at], &values[at], err))
			return false;
	}
	if (r->problem != NULL)
		return lift_fail(err, LIFT_E_INPUT,
		    "the arguments are no JSON: %s", r->problem);
	return arguments_complete(table, values, err);
}

static void
list_write(struct text *t, const struct lift_value *v)
{
	text_byte(t, '[');
	for (uint32_t i = 0; i < v->size; i++) {
		json_comma(t);
		value_write(t, &v->items[i]);
	}
	text_byte(t, ']');
}

static void
map_write(struct text *t, const struct lift_value *v)
{
	text_byte(t, '{');
	for (uint32_t i = 0; i < v->size; i++) {
		json_comma(t);
		value_write(t, &v->pairs[i].key);
		text_byte(t, ':');
		value_write(t, &v->pairs[i].value);
	}
	text_byte(t, '}');
}

static void
quoted(struct text *t, void (*write)(struct text *, int64_t), int64_t v)
{
	text_byte(t, '"');
	write(t, v);
	text_byte(t, '"');
}

void
value_write(struct text *t, const struct lift_value *v)
{
	switch ((enum lift_type)v->type) {
	case LIFT_BOOL:
		text_string(t, v->yes ? "true" : "false");
		break;
	case LIFT_INT:
		text_whole(t, v->whole);
		break;
	case LIFT_NUMBER:
		json_number(t, v->number);
		break;
	case LIFT_TEXT:
		json_string(t, (struct lift_text){ v->text, v->size });
		break;
	case LIFT_TIME:
		quoted(t, instant_write, v->whole);
		break;
	case LIFT_SPAN:
		quoted(t, span_write, v->whole);
		break;
	case LIFT_MONEY:
		money_write(t, v->whole, v->size);
		break;
	case LIFT_LIST:
		list_write(t, v);
		break;
	case LIFT_MAP:
		map_write(t, v);
		break;
	case LIFT_JSON:
		text_add(t, v->text, v->size);
		break;
	case LIFT_PRODUCT: case LIFT_PROMOTION: case LIFT_SHOPPER:
		text_whole(t, v->id);
		break;
	case LIFT_NULL: case LIFT_UPLOAD: case LIFT_FILES:
		text_string(t, "null");
		break;
	}
}

static void
argument_write(struct text *t, const struct lift_value *v)
{
	char code[4];

	if (v->type != LIFT_MONEY) {
		value_write(t, v);
		return;
	}
	text_byte(t, '"');
	money_write(t, v->whole, v->size);
	currency_name(v->size, code);
	text_form(t, " %s\"", code);
}

void
arguments_write(struct text *t, const struct lift_field *table,
    const struct lift_value *values)
{
	text_byte(t, '{');
	for (unsigned i = 0; table != NULL && table[i].name != NULL; i++) {
		if (values[i].type == LIFT_NULL)
			continue;
		json_name(t, table[i].name);
		argument_write(t, &values[i]);
	}
	text_byte(t, '}');
}
