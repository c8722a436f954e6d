/* What operands are to each other and to the world: equality and order across
 * kinds as CEL has them, walking lists and maps of three forms, and the way
 * from and to the values of plugins. */
#include "base/money.h"
#include "base/utf8.h"
#include "rules/expression_tree.h"

#include <stdlib.h>

/* ---- from and to lift_value -------------------------------------------- */

static int64_t
floor_seconds(int64_t micros, uint32_t *ret_nanos)
{
	int64_t seconds = micros / LIFT_SECOND, rest = micros % LIFT_SECOND;

	if (rest < 0) {
		rest += LIFT_SECOND;
		seconds--;
	}
	*ret_nanos = (uint32_t)rest * 1000;
	return seconds;
}

struct operand
operand_of_rare(const struct lift_value *v)
{
	struct operand o = { .kind = KIND_NULL };

	switch ((enum lift_type)v->type) {
	case LIFT_BOOL:
		return OPERAND_BOOL(v->yes);
	case LIFT_MONEY:
		return OPERAND_DOUBLE(money_major(v->whole, v->size));
	case LIFT_TIME:
	case LIFT_SPAN:
		o.kind = v->type == LIFT_TIME ? KIND_TIME : KIND_SPAN;
		o.whole = floor_seconds(v->whole, &o.size);
		return o;
	case LIFT_PRODUCT:
	case LIFT_PROMOTION:
	case LIFT_SHOPPER:
		/* Nothing compares as null, and has the fields of an object
		 * of which nothing is known. */
		o.form = v->type;
		if (v->id == 0)
			return o;
		return (struct operand){ .kind = KIND_OBJECT, .form = v->type,
			.id = v->id };
	case LIFT_LIST:
		return (struct operand){ .kind = KIND_LIST, .form = FORM_LENT,
			.size = v->size, .lent = v->items };
	case LIFT_MAP:
		return (struct operand){ .kind = KIND_MAP, .form = FORM_LENT,
			.size = v->size, .lent_pairs = v->pairs };
	case LIFT_JSON:
		return raw_read((struct lift_text){
			v->text != NULL ? v->text : "", v->size }, NULL);
	case LIFT_INT:
	case LIFT_NUMBER:
	case LIFT_TEXT:
		return operand_of(v);
	default:
		return o;
	}
}

static int64_t
micros_of(const struct operand *o)
{
	return o->whole * LIFT_SECOND + o->size / 1000;
}

static struct lift_value
value_of_list(const struct operand *o, struct arena *arena)
{
	uint32_t n = operand_count(o);
	struct lift_value *items = arena_array(arena, struct lift_value, n);
	struct walk w = walk_begin(*o);

	for (uint32_t i = 0; i < n && walk_next(&w, arena); i++)
		items[i] = operand_value(&w.value, arena);
	return (struct lift_value){ .type = LIFT_LIST, .size = n,
		.items = items };
}

static struct lift_value
value_of_map(const struct operand *o, struct arena *arena)
{
	uint32_t n = operand_count(o);
	struct lift_pair *pairs = arena_array(arena, struct lift_pair, n);
	struct walk w = walk_begin(*o);

	for (uint32_t i = 0; i < n && walk_next(&w, arena); i++) {
		pairs[i].key = operand_value(&w.key, arena);
		pairs[i].value = operand_value(&w.value, arena);
	}
	return (struct lift_value){ .type = LIFT_MAP, .size = n,
		.pairs = pairs };
}

static const char *const kind_names[KINDS] = {
	[KIND_ERROR] = "error", [KIND_NULL] = "null_type",
	[KIND_BOOL] = "bool", [KIND_INT] = "int", [KIND_UINT] = "uint",
	[KIND_DOUBLE] = "double", [KIND_STRING] = "string",
	[KIND_BYTES] = "bytes", [KIND_LIST] = "list", [KIND_MAP] = "map",
	[KIND_TIME] = "google.protobuf.Timestamp",
	[KIND_SPAN] = "google.protobuf.Duration", [KIND_TYPE] = "type",
	[KIND_OBJECT] = "object", [KIND_DYN] = "dyn",
};

const char *
kind_name(unsigned kind, unsigned object)
{
	if (kind != KIND_OBJECT)
		return kind_names[kind];
	return object == LIFT_PRODUCT ? "product" :
	    object == LIFT_PROMOTION ? "promotion" : "shopper";
}

struct lift_value
operand_value(const struct operand *o, struct arena *arena)
{
	struct lift_value v = LIFT_VALUE_NULL;

	switch ((enum kind)o->kind) {
	case KIND_BOOL:
		return LIFT_VALUE_BOOL(o->yes);
	case KIND_INT:
		return LIFT_VALUE_INT(o->whole);
	case KIND_UINT:
		return o->natural <= INT64_MAX ? LIFT_VALUE_INT(o->whole) :
		    LIFT_VALUE_NUMBER((double)o->natural);
	case KIND_DOUBLE:
		return LIFT_VALUE_NUMBER(o->number);
	case KIND_STRING:
	case KIND_BYTES:
		return lift_value_text(operand_view(o));
	case KIND_TYPE:
		return lift_value_text(lift_text(kind_name(o->form,
		    o->object)));
	case KIND_TIME:
		return LIFT_VALUE_TIME(micros_of(o));
	case KIND_SPAN:
		return LIFT_VALUE_SPAN(micros_of(o));
	case KIND_OBJECT:
		return (struct lift_value){ .type = o->form, .id = o->id };
	case KIND_LIST:
		return value_of_list(o, arena);
	case KIND_MAP:
		return value_of_map(o, arena);
	default:
		return v;
	}
}

/* ---- walking ----------------------------------------------------------- */

struct walk
walk_begin(struct operand over)
{
	return (struct walk){ .over = over, .at = over.text };
}

bool
walk_next(struct walk *w, struct arena *arena)
{
	const struct operand *o = &w->over;

	if (o->form == FORM_JSON)
		return raw_next(w, arena);
	if (w->next == o->size)
		return false;
	uint32_t i = w->next++;
	bool is_own = o->form == FORM_OWN;
	if (o->kind == KIND_LIST) {
		w->key = OPERAND_INT(i);
		w->value = is_own ? o->items[i] : operand_of(&o->lent[i]);
		return true;
	}
	w->key = is_own ? o->pairs[i].key : operand_of(&o->lent_pairs[i].key);
	w->value = is_own ? o->pairs[i].value :
	    operand_of(&o->lent_pairs[i].value);
	return true;
}

uint32_t
operand_count(const struct operand *o)
{
	uint32_t n = 0;

	if (o->form != FORM_JSON)
		return o->size;
	for (struct walk w = walk_begin(*o); walk_next(&w, NULL); n++)
		;
	return n;
}

/* ---- equality and order ------------------------------------------------ */

static bool
is_number(const struct operand *o)
{
	return o->kind == KIND_INT || o->kind == KIND_UINT ||
	    o->kind == KIND_DOUBLE;
}

static enum order
order_of(bool is_less, bool is_more)
{
	return is_less ? ORDER_LESS : is_more ? ORDER_MORE : ORDER_SAME;
}

/* A double against a whole number: past the range the double decides; inside,
 * the whole number is taken as a double, as CEL does. */
static enum order
order_double(double d, const struct operand *whole)
{
	double low = whole->kind == KIND_INT ? -0x1p63 : 0;
	double high = whole->kind == KIND_INT ? 0x1p63 : 0x1p64;
	double w = whole->kind == KIND_INT ? (double)whole->whole :
	    (double)whole->natural;

	if (isnan(d))
		return ORDER_NONE;
	if (d < low)
		return ORDER_LESS;
	if (d > high)
		return ORDER_MORE;
	return order_of(d < w, d > w);
}

static enum order
order_turned(enum order o)
{
	return o == ORDER_NONE ? o : (enum order)-(int)o;
}

static enum order
order_numbers(const struct operand *a, const struct operand *b)
{
	if (a->kind == KIND_DOUBLE && b->kind == KIND_DOUBLE)
		return isnan(a->number) || isnan(b->number) ? ORDER_NONE :
		    order_of(a->number < b->number, a->number > b->number);
	if (a->kind == KIND_DOUBLE)
		return order_double(a->number, b);
	if (b->kind == KIND_DOUBLE)
		return order_turned(order_double(b->number, a));
	if (a->kind == KIND_INT && b->kind == KIND_INT)
		return order_of(a->whole < b->whole, a->whole > b->whole);
	if (a->kind == KIND_INT && a->whole < 0)
		return ORDER_LESS;
	if (b->kind == KIND_INT && b->whole < 0)
		return ORDER_MORE;
	return order_of(a->natural < b->natural, a->natural > b->natural);
}

static enum order
order_bytes(const struct operand *a, const struct operand *b)
{
	size_t n = a->size < b->size ? a->size : b->size;
	int c = n == 0 ? 0 : memcmp(a->text, b->text, n);

	return order_of(c < 0 || (c == 0 && a->size < b->size),
	    c > 0 || (c == 0 && a->size > b->size));
}

bool
operand_order(const struct operand *a, const struct operand *b,
    enum order *ret)
{
	if (is_number(a) && is_number(b)) {
		*ret = order_numbers(a, b);
		return true;
	}
	if (a->kind != b->kind)
		return false;
	switch ((enum kind)a->kind) {
	case KIND_BOOL:
		*ret = order_of(a->yes < b->yes, a->yes > b->yes);
		return true;
	case KIND_STRING:
	case KIND_BYTES:
		*ret = order_bytes(a, b);
		return true;
	case KIND_TIME:
	case KIND_SPAN:
		*ret = a->whole != b->whole ?
		    order_of(a->whole < b->whole, a->whole > b->whole) :
		    order_of(a->size < b->size, a->size > b->size);
		return true;
	default:
		return false;
	}
}

static bool
equal_lists(const struct operand *a, const struct operand *b,
    struct env *env)
{
	struct walk v = walk_begin(*a), w = walk_begin(*b);
	struct arena *arena = env->frame->scratch;

	if (operand_count(a) != operand_count(b))
		return false;
	while (walk_next(&v, arena) && walk_next(&w, arena))
		if (!operand_equal(&v.value, &w.value, env))
			return false;
	return true;
}

static bool
equal_maps(const struct operand *a, const struct operand *b, struct env *env)
{
	struct walk w = walk_begin(*a);
	struct operand other;

	if (operand_count(a) != operand_count(b))
		return false;
	while (walk_next(&w, env->frame->scratch))
		if (!operand_find(b, &w.key, env, &other) ||
		    !operand_equal(&w.value, &other, env))
			return false;
	return true;
}

bool
operand_equal(const struct operand *a, const struct operand *b,
    struct env *env)
{
	enum order order;

	if (a->kind == KIND_STRING && b->kind == KIND_STRING)
		return lift_text_equal(operand_view(a), operand_view(b));
	if (operand_order(a, b, &order))
		return order == ORDER_SAME;
	if (a->kind != b->kind || !env_spend(env, 1))
		return false;
	switch ((enum kind)a->kind) {
	case KIND_NULL:
		return true;
	case KIND_LIST:
		return equal_lists(a, b, env);
	case KIND_MAP:
		return equal_maps(a, b, env);
	case KIND_TYPE:
		return a->form == b->form && a->object == b->object;
	case KIND_OBJECT:
		return a->form == b->form && a->id == b->id;
	default:
		return false;
	}
}

bool
operand_find(const struct operand *map, const struct operand *key,
    struct env *env, struct operand *ret_value)
{
	struct walk w = walk_begin(*map);

	while (walk_next(&w, env->frame->scratch))
		if (!env_spend(env, map->form == FORM_JSON ? 4 : 1))
			return false;
		else if (operand_equal(&w.key, key, env)) {
			*ret_value = w.value;
			return true;
		}
	return false;
}

/* ---- writing ----------------------------------------------------------- */

void
operand_number(struct text *out, double d)
{
	char form[40];

	if (isnan(d) || isinf(d)) {
		text_string(out, isnan(d) ? "NaN" : d > 0 ? "+Inf" : "-Inf");
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(form, sizeof(form), "%.*g", digits, d);
		if (strtod(form, NULL) == d)
			break;
	}
	/* Not `1e+06` where it can be said plainly. */
	if (strchr(form, 'e') != NULL && fabs(d) >= 1 && fabs(d) < 1e21)
		snprintf(form, sizeof(form), "%.0f", d);
	text_string(out, form);
}

static void
json_string(struct lift_text t, struct text *out)
{
	text_byte(out, '"');
	for (size_t i = 0; i < t.size; i++) {
		unsigned char c = (unsigned char)t.data[i];
		if (c == '"' || c == '\\')
			text_form(out, "\\%c", c);
		else if (c < 0x20)
			text_form(out, "\\u%04x", c);
		else
			text_byte(out, (char)c);
	}
	text_byte(out, '"');
}

void
operand_quote(struct lift_text t, struct text *out)
{
	const char *at = t.data, *end = t.data + t.size;

	if (utf8_valid(t)) {
		json_string(t, out);
		return;
	}
	struct text valid = { 0 };
	while (at < end) {
		char *room = text_room(&valid, 4);
		valid.size += utf8_put(room, utf8_next(&at, end));
	}
	json_string(text_view(&valid), out);
	text_done(&valid);
}

static void
json_items(const struct operand *o, struct env *env, struct text *out)
{
	struct walk w = walk_begin(*o);
	bool is_map = o->kind == KIND_MAP, is_first = true;

	text_byte(out, is_map ? '{' : '[');
	while (walk_next(&w, env->frame->scratch) && env_spend(env, 1)) {
		if (!is_first)
			text_string(out, ", ");
		is_first = false;
		if (is_map && w.key.kind == KIND_STRING)
			operand_quote(operand_view(&w.key), out);
		else if (is_map) {
			text_byte(out, '"');
			operand_json(&w.key, env, out);
			text_byte(out, '"');
		}
		if (is_map)
			text_string(out, ": ");
		operand_json(&w.value, env, out);
	}
	text_byte(out, is_map ? '}' : ']');
}

void
operand_json(const struct operand *o, struct env *env, struct text *out)
{
	switch ((enum kind)o->kind) {
	case KIND_BOOL:
		text_string(out, o->yes ? "true" : "false");
		break;
	case KIND_INT:
		text_whole(out, o->whole);
		break;
	case KIND_UINT:
		text_form(out, "%llu", (unsigned long long)o->natural);
		break;
	case KIND_DOUBLE:
		if (isfinite(o->number))
			operand_number(out, o->number);
		else
			text_string(out, isnan(o->number) ? "\"NaN\"" :
			    o->number > 0 ? "\"Infinity\"" : "\"-Infinity\"");
		break;
	case KIND_STRING:
	case KIND_BYTES:
		operand_quote(operand_view(o), out);
		break;
	case KIND_LIST:
	case KIND_MAP:
		json_items(o, env, out);
		break;
	case KIND_TIME:
	case KIND_SPAN:
		text_byte(out, '"');
		moment_write(o, out);
		text_byte(out, '"');
		break;
	case KIND_TYPE:
		text_form(out, "\"%s\"", kind_name(o->form, o->object));
		break;
	case KIND_OBJECT:
		text_form(out, "\"%s %u\"", kind_name(KIND_OBJECT, o->form),
		    o->id);
		break;
	default:
		text_string(out, "null");
	}
}
