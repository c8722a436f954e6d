/* The functions of the language, one row an overload: what it takes, what it
 * gives, and how it is done. The checker and the evaluator both go by it. */
#include "base/utf8.h"
#include "rules/expression_tree.h"
#include "rules/pattern.h"

#include <stdlib.h>

#define RUN(name)							\
	static struct operand						\
	name(const struct term *t, struct env *env, const struct operand *a)

static struct lift_text
written(struct env *env, struct text *out)
{
	struct lift_text copy = arena_text(env->frame->scratch,
	    text_view(out));

	text_done(out);
	return copy;
}

/* ---- texts ------------------------------------------------------------- */

RUN(size_string)
{
	if (!env_spend(env, a->size / 16))
		return operand_fail(t, TOO_DEAR);
	return OPERAND_INT((int64_t)utf8_count(operand_view(a)));
}

RUN(size_bytes)
{
	(void)t, (void)env;
	return OPERAND_INT(a->size);
}

RUN(size_items)
{
	if (a->form == FORM_JSON && !env_spend(env, a->size / 16))
		return operand_fail(t, TOO_DEAR);
	return OPERAND_INT(operand_count(a));
}

RUN(contains)
{
	if (!env_spend(env, a[0].size / 16))
		return operand_fail(t, TOO_DEAR);
	return OPERAND_BOOL(a[1].size == 0 || (a[0].size > 0 &&
	    memmem(a[0].text, a[0].size, a[1].text, a[1].size) != NULL));
}

RUN(starts_with)
{
	(void)t, (void)env;
	return OPERAND_BOOL(a[1].size == 0 || (a[0].size >= a[1].size &&
	    memcmp(a[0].text, a[1].text, a[1].size) == 0));
}

RUN(ends_with)
{
	(void)t, (void)env;
	return OPERAND_BOOL(a[1].size == 0 || (a[0].size >= a[1].size &&
	    memcmp(a[0].text + a[0].size - a[1].size, a[1].text,
	    a[1].size) == 0));
}

RUN(matches)
{
	const struct pattern *p = t->extra;
	struct pattern_problem problem;

	if (p == NULL && !env_spend(env, 1000 + 100 * (uint64_t)a[1].size))
		return operand_fail(t, TOO_DEAR);
	if (p == NULL)
		p = pattern_compile(env->frame->scratch, operand_view(&a[1]),
		    &problem);
	if (p == NULL)
		return operand_fail(t, "the pattern is not valid");
	if (!env_spend(env, (uint64_t)a[0].size * pattern_states(p) / 64))
		return operand_fail(t, TOO_DEAR);
	return OPERAND_BOOL(pattern_matches(p, operand_view(&a[0])));
}

/* ---- conversions ------------------------------------------------------- */

RUN(same)
{
	(void)t, (void)env;
	return *a;
}

RUN(type_of_operand)
{
	(void)t, (void)env;
	return (struct operand){ .kind = KIND_TYPE, .form = a->kind,
		.object = a->kind == KIND_OBJECT ? a->form : 0 };
}

RUN(int_of_uint)
{
	(void)env;
	if (a->natural > INT64_MAX)
		return operand_fail(t, "range error: the uint does not fit "
		    "into an int");
	return OPERAND_INT((int64_t)a->natural);
}

RUN(int_of_double)
{
	(void)env;
	/* CEL leaves out both ends of the range. */
	if (!(a->number > -0x1p63 && a->number < 0x1p63))
		return operand_fail(t, "range error: the double does not fit "
		    "into an int");
	return OPERAND_INT((int64_t)a->number);
}

RUN(int_of_time)
{
	(void)t, (void)env;
	return OPERAND_INT(a->whole);
}

static bool
read_natural(struct lift_text text, uint64_t *ret)
{
	uint64_t v = 0;

	if (text.size == 0)
		return false;
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] < '0' || text.data[i] > '9' ||
		    __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(text.data[i] - '0'),
		    &v))
			return false;
	*ret = v;
	return true;
}

RUN(int_of_string)
{
	struct lift_text text = operand_view(a);
	bool is_minus = text.size > 0 && *text.data == '-';
	bool has_sign = is_minus || (text.size > 0 && *text.data == '+');
	uint64_t v;

	(void)env;
	text.data += has_sign;
	text.size -= has_sign;
	if (!read_natural(text, &v) || v > (uint64_t)INT64_MAX + is_minus)
		return operand_fail(t, "the string is not an int");
	return OPERAND_INT(is_minus ? (int64_t)(0 - v) : (int64_t)v);
}

static struct operand
natural(uint64_t v)
{
	return (struct operand){ .kind = KIND_UINT, .natural = v };
}

RUN(uint_of_int)
{
	(void)env;
	if (a->whole < 0)
		return operand_fail(t, "range error: a uint is not negative");
	return natural((uint64_t)a->whole);
}

RUN(uint_of_double)
{
	(void)env;
	if (!(a->number >= 0 && a->number < 0x1p64))
		return operand_fail(t, "range error: the double does not fit "
		    "into a uint");
	return natural((uint64_t)a->number);
}

RUN(uint_of_string)
{
	uint64_t v;

	(void)env;
	if (!read_natural(operand_view(a), &v))
		return operand_fail(t, "the string is not a uint");
	return natural(v);
}

RUN(double_of_int)
{
	(void)t, (void)env;
	return OPERAND_DOUBLE((double)a->whole);
}

RUN(double_of_uint)
{
	(void)t, (void)env;
	return OPERAND_DOUBLE((double)a->natural);
}

static bool
is_double_word(const char *s)
{
	s += *s == '-' || *s == '+';
	return strcasecmp(s, "nan") == 0 || strcasecmp(s, "inf") == 0 ||
	    strcasecmp(s, "infinity") == 0;
}

RUN(double_of_string)
{
	char copy[64], *stop;

	(void)env;
	if (a->size == 0 || a->size >= sizeof(copy))
		return operand_fail(t, "the string is not a double");
	memcpy(copy, a->text, a->size);
	copy[a->size] = '\0';
	double d = strtod(copy, &stop);
	if ((strspn(copy, "0123456789.eE+-") != a->size &&
	    !is_double_word(copy)) || *stop != '\0' || stop == copy)
		return operand_fail(t, "the string is not a double");
	return OPERAND_DOUBLE(d);
}

RUN(string_of)
{
	struct text out = { 0 };

	(void)t;
	if (a->kind == KIND_DOUBLE)
		operand_number(&out, a->number);
	else if (a->kind == KIND_TIME || a->kind == KIND_SPAN)
		moment_write(a, &out);
	else
		operand_json(a, env, &out);
	return operand_text(KIND_STRING, written(env, &out));
}

RUN(string_of_bytes)
{
	(void)env;
	if (!utf8_valid(operand_view(a)))
		return operand_fail(t, "invalid UTF-8 in bytes");
	return operand_text(KIND_STRING, operand_view(a));
}

RUN(bytes_of_string)
{
	(void)t, (void)env;
	return operand_text(KIND_BYTES, operand_view(a));
}

RUN(bool_of_string)
{
	static const char *const yes[] = { "1", "t", "T", "true", "TRUE",
		"True" };
	static const char *const no[] = { "0", "f", "F", "false", "FALSE",
		"False" };

	(void)env;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (lift_text_equal(operand_view(a), lift_text(yes[i])))
			return OPERAND_BOOL(true);
		if (lift_text_equal(operand_view(a), lift_text(no[i])))
			return OPERAND_BOOL(false);
	}
	return operand_fail(t, "type conversion error: the string is not a "
	    "bool");
}

RUN(time_of_string)
{
	struct operand o;
	const char *wrong = moment_read(operand_view(a), &o);

	(void)env;
	return wrong != NULL ? operand_fail(t, wrong) : o;
}

RUN(time_of_int)
{
	(void)env;
	return moment_at(t, a->whole, 0);
}

RUN(span_of_string)
{
	struct operand o;
	const char *wrong = span_operand_read(operand_view(a), &o);

	(void)env;
	return wrong != NULL ? operand_fail(t, wrong) : o;
}

/* ---- the table --------------------------------------------------------- */

#define S KIND_STRING
#define T KIND_TIME
#define PLAIN(n, takes, gives, run) \
	{ n, false, 1, { takes }, gives, run, 1 }
#define MEMBER(n, run) \
	{ n, true, 2, { S, S }, KIND_BOOL, run, 2 }
#define TIME_PART(n)							\
	{ n, true, 1, { T }, KIND_INT, moment_part, 1 },		\
	{ n, true, 2, { T, S }, KIND_INT, moment_part, 4 }
#define SPAN_PART(n)							\
	{ n, true, 1, { KIND_SPAN }, KIND_INT, span_part, 1 }

static const struct overload overloads[] = {
	PLAIN("size", S, KIND_INT, size_string),
	PLAIN("size", KIND_BYTES, KIND_INT, size_bytes),
	PLAIN("size", KIND_LIST, KIND_INT, size_items),
	PLAIN("size", KIND_MAP, KIND_INT, size_items),
	{ "size", true, 1, { S }, KIND_INT, size_string, 1 },
	{ "size", true, 1, { KIND_BYTES }, KIND_INT, size_bytes, 1 },
	{ "size", true, 1, { KIND_LIST }, KIND_INT, size_items, 1 },
	{ "size", true, 1, { KIND_MAP }, KIND_INT, size_items, 1 },
	MEMBER("contains", contains),
	MEMBER("startsWith", starts_with),
	MEMBER("endsWith", ends_with),
	{ "matches", true, 2, { S, S }, KIND_BOOL, matches, 20 },
	{ "matches", false, 2, { S, S }, KIND_BOOL, matches, 20 },
	PLAIN("int", KIND_INT, KIND_INT, same),
	PLAIN("int", KIND_UINT, KIND_INT, int_of_uint),
	PLAIN("int", KIND_DOUBLE, KIND_INT, int_of_double),
	PLAIN("int", S, KIND_INT, int_of_string),
	PLAIN("int", T, KIND_INT, int_of_time),
	PLAIN("uint", KIND_UINT, KIND_UINT, same),
	PLAIN("uint", KIND_INT, KIND_UINT, uint_of_int),
	PLAIN("uint", KIND_DOUBLE, KIND_UINT, uint_of_double),
	PLAIN("uint", S, KIND_UINT, uint_of_string),
	PLAIN("double", KIND_DOUBLE, KIND_DOUBLE, same),
	PLAIN("double", KIND_INT, KIND_DOUBLE, double_of_int),
	PLAIN("double", KIND_UINT, KIND_DOUBLE, double_of_uint),
	PLAIN("double", S, KIND_DOUBLE, double_of_string),
	PLAIN("string", S, S, same),
	PLAIN("string", KIND_INT, S, string_of),
	PLAIN("string", KIND_UINT, S, string_of),
	PLAIN("string", KIND_DOUBLE, S, string_of),
	PLAIN("string", KIND_BOOL, S, string_of),
	PLAIN("string", T, S, string_of),
	PLAIN("string", KIND_SPAN, S, string_of),
	PLAIN("string", KIND_BYTES, S, string_of_bytes),
	PLAIN("bytes", KIND_BYTES, KIND_BYTES, same),
	PLAIN("bytes", S, KIND_BYTES, bytes_of_string),
	PLAIN("bool", KIND_BOOL, KIND_BOOL, same),
	PLAIN("bool", S, KIND_BOOL, bool_of_string),
	PLAIN("timestamp", T, T, same),
	PLAIN("timestamp", S, T, time_of_string),
	PLAIN("timestamp", KIND_INT, T, time_of_int),
	PLAIN("duration", KIND_SPAN, KIND_SPAN, same),
	PLAIN("duration", S, KIND_SPAN, span_of_string),
	PLAIN("dyn", KIND_DYN, KIND_DYN, same),
	PLAIN("type", KIND_DYN, KIND_TYPE, type_of_operand),
	TIME_PART("getFullYear"), TIME_PART("getMonth"),
	TIME_PART("getDate"), TIME_PART("getDayOfMonth"),
	TIME_PART("getDayOfWeek"), TIME_PART("getDayOfYear"),
	TIME_PART("getHours"), SPAN_PART("getHours"),
	TIME_PART("getMinutes"), SPAN_PART("getMinutes"),
	TIME_PART("getSeconds"), SPAN_PART("getSeconds"),
	TIME_PART("getMilliseconds"), SPAN_PART("getMilliseconds"),
	{ .name = NULL },
};

const struct overload *
functions_table(void)
{
	return overloads;
}

const struct overload *
functions_find(struct lift_text name)
{
	for (const struct overload *o = overloads; o->name != NULL; o++)
		if (lift_text_equal(name, lift_text(o->name)))
			return o;
	return NULL;
}

static bool
takes(const struct overload *o, const uint8_t *kinds)
{
	for (unsigned i = 0; i < o->count; i++)
		if (o->takes[i] != kinds[i] && o->takes[i] != KIND_DYN &&
		    kinds[i] != KIND_DYN)
			return false;
	return true;
}

const struct overload *
functions_match(const struct overload *first, const struct term *t,
    const uint8_t *kinds)
{
	for (const struct overload *o = first; o->name != NULL; o++) {
		if (strcmp(o->name, first->name) != 0)
			break;
		if (o->is_member == t->is_member && o->count == t->count &&
		    takes(o, kinds))
			return o;
	}
	return NULL;
}
