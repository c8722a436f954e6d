/* Readers and writers of single values. A reader is strict, and says nothing
 * of why: what was expected stands in the table. */
#include "rules/scalar.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/instant.h"
#include "base/json.h"
#include "base/money.h"
#include "rules/node.h"

enum { NUMBER_MOST = 64 };		/* characters of a number */

static struct lift_text
trim(struct lift_text t)
{
	while (t.size > 0 && t.data[0] == ' ') {
		t.data++;
		t.size--;
	}
	while (t.size > 0 && t.data[t.size - 1] == ' ')
		t.size--;
	return t;
}

/* ---- readers --------------------------------------------------------- */

static bool
read_bool(const struct lift_option *o, uint32_t currency, struct lift_text t,
    union scalar *ret_value)
{
	(void)o;
	(void)currency;
	if (node_word_of(t) != NODE_WORD_BOOL)
		return false;
	ret_value->yes = t.data[0] == 't' || t.data[0] == 'T';
	return true;
}

static int
digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' ? c - 'a' + 10 : c - 'A' + 10;
}

static bool
read_count(const struct lift_option *o, uint32_t currency, struct lift_text t,
    union scalar *ret_value)
{
	int64_t v = 0;
	int base = 10, sign = 1;
	size_t at = 0;

	(void)o;
	(void)currency;
	if (node_word_of(t) != NODE_WORD_WHOLE)
		return false;
	if (t.data[0] == '-' || t.data[0] == '+') {
		sign = t.data[0] == '-' ? -1 : 1;
		at = 1;
	} else if (t.size > 2 && (t.data[1] == 'x' || t.data[1] == 'o')) {
		base = t.data[1] == 'x' ? 16 : 8;
		at = 2;
	}
	for (; at < t.size; at++)
		if (__builtin_mul_overflow(v, base, &v) ||
		    __builtin_add_overflow(v, sign * digit_of(t.data[at]), &v))
			return false;
	ret_value->whole = v;
	return true;
}

/* Decimal numbers only, and no infinities: those would slip through bounds. */
static bool
number_read(struct lift_text t, double *ret_number)
{
	char copy[NUMBER_MOST];
	enum node_word word = node_word_of(t);

	if (t.size >= sizeof(copy) ||
	    (word != NODE_WORD_WHOLE && word != NODE_WORD_NUMBER))
		return false;
	memcpy(copy, t.data, t.size);
	copy[t.size] = '\0';
	if (strspn(copy, "0123456789.eE+-") != t.size)
		return false;
	double v = strtod(copy, NULL);
	if (!isfinite(v))
		return false;
	*ret_number = v;
	return true;
}

static bool
read_number(const struct lift_option *o, uint32_t currency, struct lift_text t,
    union scalar *ret_value)
{
	(void)o;
	(void)currency;
	return number_read(t, &ret_value->number);
}

static bool
read_ratio(const struct lift_option *o, uint32_t currency, struct lift_text t,
    union scalar *ret_value)
{
	(void)o;
	(void)currency;
	if (t.size == 0 || t.data[t.size - 1] != '%')
		return number_read(t, &ret_value->number);
	t.size--;
	if (!number_read(trim(t), &ret_value->number))
		return false;
	ret_value->number /= 100;
	return true;
}

static bool
read_span(const struct lift_option *o, uint32_t currency, struct lift_text t,
    union scalar *ret_value)
{
	(void)o;
	(void)currency;
	return span_read(t, &ret_value->whole);
}

static const struct unit {
	const char *name;
	int64_t     bytes;
} units[] = {
	{ "TB", INT64_C(1000000000000) }, { "GB", 1000000000 },
	{ "MB", 1000000 }, { "kB", 1000 }, { "KB", 1000 },
	{ "TiB", INT64_C(1) << 40 }, { "GiB", 1 << 30 }, { "MiB", 1 << 20 },
	{ "KiB", 1 << 10 }, { "B", 1 }, { "", 1 },
};
enum { UNITS = sizeof(units) / sizeof(units[0]) };

static const struct unit *
unit_find(struct lift_text name)
{
	for (int i = 0; i < UNITS; i++)
		if (lift_text_equal(name, lift_text(units[i].name)))
			return &units[i];
	return NULL;
}

/* `20 GB`, `1.5 MiB`. */
static bool
read_size(const struct lift_option *o, uint32_t currency, struct lift_text t,
    union scalar *ret_value)
{
	int64_t digits = 0, below = 1, v;
	size_t at = 0;
	bool dot = false, any = false;

	(void)o;
	(void)currency;
	for (; at < t.size; at++) {
		char c = t.data[at];
		if (c == '.' && any && !dot) {
			dot = true;
			continue;
		}
		if (c < '0' || c > '9')
			break;
		any = true;
		if (below > 1000000 ||
		    __builtin_mul_overflow(digits, 10, &digits) ||
		    __builtin_add_overflow(digits, c - '0', &digits))
			return false;
		below *= dot ? 10 : 1;
	}
	const struct unit *u = unit_find(trim((struct lift_text){ t.data + at,
	    t.size - at }));
	if (!any || u == NULL || __builtin_mul_overflow(digits, u->bytes, &v) ||
	    v % below != 0)
		return false;
	ret_value->whole = v / below;
	return true;
}

/* `12.50 EUR`, or `12.50` in the currency of the rules. */
static bool
read_money(const struct lift_option *o, uint32_t currency, struct lift_text t,
    union scalar *ret_value)
{
	struct lift_money m = { 0, currency };

	(void)o;
	if (t.size > 3) {
		uint32_t own = currency_pack((struct lift_text){
		    t.data + t.size - 3, 3 });
		if (own != 0) {
			m.currency = own;
			t.size -= 3;
		}
	}
	if (!money_read(trim(t), m.currency, &m.minor))
		return false;
	ret_value->money = m;
	return true;
}

static bool
read_choice(const struct lift_option *o, uint32_t currency, struct lift_text t,
    union scalar *ret_value)
{
	(void)currency;
	for (int i = 0; o->choices[i] != NULL; i++)
		if (lift_text_equal(t, lift_text(o->choices[i]))) {
			ret_value->choice = i;
			return true;
		}
	return false;
}

/* A member of type `const char *` ends at its first zero. */
static bool
read_text(const struct lift_option *o, uint32_t currency, struct lift_text t,
    union scalar *ret_value)
{
	(void)o;
	(void)currency;
	(void)ret_value;
	return t.size == 0 || memchr(t.data, '\0', t.size) == NULL;
}

/* ---- order ----------------------------------------------------------- */

static int
order_whole(const union scalar *a, const union scalar *b)
{
	return a->whole < b->whole ? -1 : a->whole > b->whole;
}

static int
order_number(const union scalar *a, const union scalar *b)
{
	return a->number < b->number ? -1 : a->number > b->number;
}

static int
order_money(const union scalar *a, const union scalar *b)
{
	return a->money.minor < b->money.minor ? -1 :
	    a->money.minor > b->money.minor;
}

/* ---- writers --------------------------------------------------------- */

static void
write_bool(struct text *t, const struct lift_option *o, const union scalar *v)
{
	(void)o;
	text_string(t, v->yes ? "true" : "false");
}

static void
write_count(struct text *t, const struct lift_option *o, const union scalar *v)
{
	(void)o;
	text_whole(t, v->whole);
}

/* The shortest form that reads back as the same number. */
static void
write_number(struct text *t, const struct lift_option *o, const union scalar *v)
{
	char digits[40];

	(void)o;
	for (int precision = 6; precision <= 17; precision++) {
		snprintf(digits, sizeof(digits), "%.*g", precision, v->number);
		if (!(strtod(digits, NULL) < v->number) &&
		    !(strtod(digits, NULL) > v->number))
			break;
	}
	text_string(t, digits);
}

static void
write_span(struct text *t, const struct lift_option *o, const union scalar *v)
{
	(void)o;
	span_write(t, v->whole);
}

static void
write_size(struct text *t, const struct lift_option *o, const union scalar *v)
{
	const struct unit *u = units;

	(void)o;
	while (v->whole % u->bytes != 0 || (v->whole == 0 && u->bytes > 1))
		u++;
	text_whole(t, v->whole / u->bytes);
	text_form(t, " %s", u->bytes == 1 ? "B" : u->name);
}

static void
write_money(struct text *t, const struct lift_option *o, const union scalar *v)
{
	char name[4];

	(void)o;
	money_write(t, v->money.minor, v->money.currency);
	if (v->money.currency == 0)
		return;
	currency_name(v->money.currency, name);
	text_form(t, " %s", name);
}

static void
write_choice(struct text *t, const struct lift_option *o, const union scalar *v)
{
	scalar_write_text(t, lift_text(o->choices[v->choice]));
}

static void
write_text(struct text *t, const struct lift_option *o, const union scalar *v)
{
	(void)o;
	scalar_write_text(t, lift_text(v->text));
}

static bool
is_plain(struct lift_text s)
{
	static const char *const not_here[] = { "yes", "no", "on", "off" };

	if (s.size == 0 || node_word_of(s) != NODE_WORD_TEXT)
		return false;
	for (size_t i = 0; i < s.size; i++) {
		char c = s.data[i];
		bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '_' || c == '/' ||
		    (i > 0 && (c == '-' || c == '.'));
		if (!word)
			return false;
	}
	for (int i = 0; i < 4; i++)
		if (s.size == strlen(not_here[i]) &&
		    strncasecmp(s.data, not_here[i], s.size) == 0)
			return false;
	return true;
}

void
scalar_write_text(struct text *t, struct lift_text s)
{
	if (is_plain(s))
		text_add(t, s.data, s.size);
	else
		json_string(t, s);
}

/* ---- the table ------------------------------------------------------- */

static const struct scalar_kind kinds[] = {
	[LIFT_OPTION_BOOL] = { "boolean", "true or false",
	    "\"type\":\"boolean\"", sizeof(bool), true, read_bool, NULL,
	    write_bool },
	[LIFT_OPTION_COUNT] = { "whole number", "a whole number like 50",
	    "\"type\":\"integer\"", sizeof(int64_t), true, read_count,
	    order_whole, write_count },
	[LIFT_OPTION_RATIO] = { "ratio", "a ratio like 0.8 or 80%",
	    "\"type\":[\"number\",\"string\"],"
	    "\"pattern\":\"^[-+]?[0-9.]+ *%$\"", sizeof(double), false,
	    read_ratio, order_number, write_number },
	[LIFT_OPTION_NUMBER] = { "number", "a number like 1.5",
	    "\"type\":\"number\"", sizeof(double), true, read_number,
	    order_number, write_number },
	[LIFT_OPTION_SPAN] = { "span", "a span like 90s, 5m or 30d",
	    "\"type\":\"string\",\"pattern\":"
	    "\"^([0-9]+(us|ms|s|m|h|d|w))+$\"", sizeof(int64_t), false,
	    read_span, order_whole, write_span },
	[LIFT_OPTION_SIZE] = { "size", "a size like 20 GB",
	    "\"type\":[\"string\",\"integer\"],\"pattern\":"
	    "\"^[0-9]+(\\\\.[0-9]+)? *([kKMGT]i?)?B?$\"", sizeof(int64_t),
	    false, read_size, order_whole, write_size },
	[LIFT_OPTION_MONEY] = { "amount", "an amount like 12.50 EUR",
	    "\"type\":[\"number\",\"string\"],\"pattern\":"
	    "\"^-?[0-9.]+ *([A-Z]{3})?$\"", sizeof(struct lift_money), false,
	    read_money, order_money, write_money },
	[LIFT_OPTION_TEXT] = { "text", "a text",
	    "\"type\":[\"string\",\"number\",\"boolean\"]",
	    sizeof(const char *), false, read_text, NULL, write_text },
	[LIFT_OPTION_CHOICE] = { "choice", "one of its words", NULL,
	    sizeof(int), false, read_choice, NULL, write_choice },
};

const struct scalar_kind *
scalar_kind(enum lift_option_kind kind)
{
	if (kind >= sizeof(kinds) / sizeof(kinds[0]) ||
	    kinds[kind].read == NULL)
		return NULL;
	return &kinds[kind];
}
