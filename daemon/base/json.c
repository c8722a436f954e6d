/* The writer, and a strict reader that goes over the bytes once.
 * Written by hand, since the libraries at hand build a tree (jansson) or leave
 * strictness, escapes and numbers to the caller (jsmn); both cost more on the
 * way of each event than this reader does. */
#include "base/json.h"

#include <math.h>
#include <stdlib.h>

#include "base/instant.h"
#include "base/money.h"

/* ---- writing --------------------------------------------------------- */

void
json_comma(struct text *t)
{
	char last = t->size > 0 ? t->data[t->size - 1] : '{';

	if (last != '{' && last != '[' && last != ':' && last != ',' &&
	    last != '\n')
		text_byte(t, ',');
}

void
json_name(struct text *t, const char *name)
{
	json_comma(t);
	json_string(t, lift_text(name));
	text_byte(t, ':');
}

/* The length of the UTF-8 sequence at AT, 0 when there is none. */
static unsigned
utf8_length(const unsigned char *at, const unsigned char *end)
{
	static const struct { unsigned char low, high, least, most, more; }
	forms[] = {
		{ 0xc2, 0xdf, 0x80, 0xbf, 1 }, { 0xe0, 0xe0, 0xa0, 0xbf, 2 },
		{ 0xe1, 0xec, 0x80, 0xbf, 2 }, { 0xed, 0xed, 0x80, 0x9f, 2 },
		{ 0xee, 0xef, 0x80, 0xbf, 2 }, { 0xf0, 0xf0, 0x90, 0xbf, 3 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 3 }, { 0xf4, 0xf4, 0x80, 0x8f, 3 },
	};

	if (*at < 0x80)
		return 1;
	for (unsigned i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (*at < forms[i].low || *at > forms[i].high)
			continue;
		if (end - at <= forms[i].more || at[1] < forms[i].least ||
		    at[1] > forms[i].most)
			return 0;
		for (unsigned k = 2; k <= forms[i].more; k++)
			if ((at[k] & 0xc0) != 0x80)
				return 0;
		return forms[i].more + 1u;
	}
	return 0;
}

static void
string_escape(struct text *t, unsigned char c)
{
	static const char plain[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (const char *p = plain; *p != '\0'; p += 2)
		if ((unsigned char)*p == c) {
			text_byte(t, '\\');
			text_byte(t, p[1]);
			return;
		}
	text_form(t, "\\u%04x", c);
}

void
json_string(struct text *t, struct lift_text s)
{
	/* An empty text may be none at all, which nothing can be added to. */
	const unsigned char *at = (const unsigned char *)(s.data ? s.data :
	    "");
	const unsigned char *end = at + s.size, *from = at;

	text_byte(t, '"');
	while (at < end) {
		unsigned n = utf8_length(at, end);
		bool plain = n > 1 ||
		    (n == 1 && *at >= 0x20 && *at != '"' && *at != '\\' &&
		    *at != 0x7f);
		if (plain) {
			at += n;
			continue;
		}
		text_add(t, from, (size_t)(at - from));
		if (n == 0)
			text_string(t, "\xef\xbf\xbd");
		else
			string_escape(t, *at);
		from = ++at;
	}
	text_add(t, from, (size_t)(at - from));
	text_byte(t, '"');
}

void
json_number(struct text *t, double v)
{
	char form[40];

	if (!isfinite(v)) {
		text_string(t, "null");
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(form, sizeof(form), "%.*g", digits, v);
		if (strtod(form, NULL) == v)
			break;
	}
	text_string(t, form);
}

void
json_member_text(struct text *t, const char *name, struct lift_text v)
{
	json_name(t, name);
	json_string(t, v);
}

void
json_member_string(struct text *t, const char *name, const char *v)
{
	json_member_text(t, name, lift_text(v));
}

void
json_member_whole(struct text *t, const char *name, int64_t v)
{
	json_name(t, name);
	text_whole(t, v);
}

void
json_member_number(struct text *t, const char *name, double v)
{
	json_name(t, name);
	json_number(t, v);
}

void
json_member_bool(struct text *t, const char *name, bool v)
{
	json_name(t, name);
	text_string(t, v ? "true" : "false");
}

void
json_member_time(struct text *t, const char *name, int64_t micros)
{
	json_name(t, name);
	text_byte(t, '"');
	instant_write(t, micros);
	text_byte(t, '"');
}

/* ---- reading --------------------------------------------------------- */

struct json_reader
json_reader_of(struct lift_text t, struct arena *arena)
{
	return (struct json_reader){ .at = t.data, .end = t.data + t.size,
		.start = t.data, .arena = arena };
}

static bool
reader_fail(struct json_reader *r, const char *problem)
{
	if (r->problem == NULL)
		r->problem = problem;
	return false;
}

static void
reader_space(struct json_reader *r)
{
	while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' ||
	    *r->at == '\t' || *r->at == '\r'))
		r->at++;
}

enum json_kind
json_peek(struct json_reader *r)
{
	reader_space(r);
	if (r->problem != NULL || r->at == r->end)
		return JSON_NONE;
	switch (*r->at) {
	case '{': return JSON_OBJECT;
	case '[': return JSON_ARRAY;
	case '"': return JSON_STRING;
	case 't': return JSON_TRUE;
	case 'f': return JSON_FALSE;
	case 'n': return JSON_NULL;
	default:
		if (*r->at == '-' || (*r->at >= '0' && *r->at <= '9'))
			return JSON_NUMBER;
		return JSON_NONE;
	}
}

bool
json_enter(struct json_reader *r, enum json_kind kind)
{
	if (json_peek(r) != kind)
		return reader_fail(r, kind == JSON_OBJECT ?
		    "an object is expected" : "an array is expected");
	if (r->depth == JSON_DEPTH)
		return reader_fail(r, "it is nested deeper than 64 levels");
	r->depth++;
	r->at++;
	r->first = true;
	return true;
}

/* Steps to the next member; false when CLOSE was met instead. */
static bool
reader_next(struct json_reader *r, char close)
{
	reader_space(r);
	if (r->problem != NULL)
		return false;
	if (r->at == r->end)
		return reader_fail(r, "it ends in the middle");
	if (*r->at == close) {
		r->at++;
		r->depth--;
		r->first = false;
		return false;
	}
	if (!r->first) {
		if (*r->at != ',')
			return reader_fail(r, "a comma is expected");
		r->at++;
	}
	r->first = false;
	return true;
}

bool
json_key(struct json_reader *r, struct lift_text *ret_key)
{
	if (!reader_next(r, '}'))
		return false;
	if (json_peek(r) != JSON_STRING)
		return reader_fail(r, "a key in quotes is expected");
	if (!json_take_string(r, ret_key))
		return false;
	reader_space(r);
	if (r->at == r->end || *r->at != ':')
		return reader_fail(r, "a colon is expected after the key");
	r->at++;
	return true;
}

bool
json_item(struct json_reader *r)
{
	return reader_next(r, ']');
}

/* Goes to the closing quote; says whether an escape was met. */
static bool
string_span(struct json_reader *r, bool *ret_escaped)
{
	const unsigned char *at = (const unsigned char *)r->at;
	const unsigned char *end = (const unsigned char *)r->end;
	bool escaped = false;

	while (at < end && *at != '"') {
		if (*at >= 0x20 && *at < 0x80 && *at != '\\') {
			at++;
			continue;
		}
		if (*at < 0x20)
			return reader_fail(r,
			    "a control character in a string wants an escape");
		if (*at == '\\') {
			escaped = true;
			at++;
			if (at == end)
				break;
			at++;
			continue;
		}
		unsigned n = utf8_length(at, end);
		if (n == 0)
			return reader_fail(r, "a string is not UTF-8");
		at += n;
	}
	if (at >= end)
		return reader_fail(r, "a string does not end");
	r->at = (const char *)at;
	*ret_escaped = escaped;
	return true;
}

static bool
hex4(const char *at, const char *end, unsigned *ret)
{
	unsigned v = 0;

	if (end - at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		char c = at[i];
		unsigned d = c >= '0' && c <= '9' ? (unsigned)(c - '0') :
		    c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10) :
		    c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10) : 16;
		if (d == 16)
			return false;
		v = v * 16 + d;
	}
	*ret = v;
	return true;
}

static char *
utf8_put(char *out, unsigned c)
{
	if (c < 0x80) {
		*out++ = (char)c;
	} else if (c < 0x800) {
		*out++ = (char)(0xc0 | c >> 6);
		*out++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*out++ = (char)(0xe0 | c >> 12);
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*out++ = (char)(0x80 | (c & 0x3f));
	} else {
		*out++ = (char)(0xf0 | c >> 18);
		*out++ = (char)(0x80 | (c >> 12 & 0x3f));
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
		*out++ = (char)(0x80 | (c & 0x3f));
	}
	return out;
}

/* One \uXXXX or pair of them; a lone half of a pair becomes U+FFFD. */
static bool
unescape_unicode(const char **at, const char *end, char **out)
{
	unsigned c, low;

	if (!hex4(*at, end, &c))
		return false;
	*at += 4;
	if (c >= 0xd800 && c < 0xdc00) {
		if (end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u' &&
		    hex4(*at + 2, end, &low) && low >= 0xdc00 &&
		    low < 0xe000) {
			*at += 6;
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		} else {
			c = 0xfffd;
		}
	} else if (c >= 0xdc00 && c < 0xe000) {
		c = 0xfffd;
	}
	*out = utf8_put(*out, c);
	return true;
}

static bool
unescape(const char *at, const char *end, char **out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";

	while (at < end) {
		if (*at != '\\') {
			*(*out)++ = *at++;
			continue;
		}
		at++;
		if (*at == 'u') {
			at++;
			if (!unescape_unicode(&at, end, out))
				return false;
			continue;
		}
		const char *p = strchr(from, *at);
		if (*at == '\0' || p == NULL)
			return false;
		*(*out)++ = to[p - from];
		at++;
	}
	return true;
}

bool
json_take_string(struct json_reader *r, struct lift_text *ret_text)
{
	bool escaped;

	if (json_peek(r) != JSON_STRING)
		return reader_fail(r, "a string is expected");
	const char *from = ++r->at;
	if (!string_span(r, &escaped))
		return false;
	const char *to = r->at++;
	if (!escaped) {
		*ret_text = (struct lift_text){ from, (size_t)(to - from) };
		return true;
	}
	/* No escape is shorter than what it stands for. */
	char *room = arena_take(r->arena, (size_t)(to - from) + 1);
	char *out = room;
	if (!unescape(from, to, &out))
		return reader_fail(r, "a string holds an unknown escape");
	*ret_text = (struct lift_text){ room, (size_t)(out - room) };
	return true;
}

static bool
is_digit(const struct json_reader *r)
{
	return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

static bool
number_digits(struct json_reader *r)
{
	if (!is_digit(r))
		return reader_fail(r, "a number lacks a digit");
	while (is_digit(r))
		r->at++;
	return true;
}

bool
json_take_number(struct json_reader *r, struct lift_text *ret_digits)
{
	if (json_peek(r) != JSON_NUMBER)
		return reader_fail(r, "a number is expected");
	const char *from = r->at;
	if (*r->at == '-')
		r->at++;
	if (r->at < r->end && *r->at == '0') {
		r->at++;
		if (is_digit(r))
			return reader_fail(r, "a number begins with 0");
	} else if (!number_digits(r)) {
		return false;
	}
	if (r->at < r->end && *r->at == '.') {
		r->at++;
		if (!number_digits(r))
			return false;
	}
	if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
		r->at++;
		if (r->at < r->end && (*r->at == '+' || *r->at == '-'))
			r->at++;
		if (!number_digits(r))
			return false;
	}
	*ret_digits = (struct lift_text){ from, (size_t)(r->at - from) };
	return true;
}

static bool
reader_word(struct json_reader *r, const char *word)
{
	size_t n = strlen(word);

	reader_space(r);
	if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0)
		return reader_fail(r, "a value is expected");
	r->at += n;
	return true;
}

bool
json_take_bool(struct json_reader *r, bool *ret_value)
{
	enum json_kind k = json_peek(r);

	if (k != JSON_TRUE && k != JSON_FALSE)
		return reader_fail(r, "true or false is expected");
	if (!reader_word(r, k == JSON_TRUE ? "true" : "false"))
		return false;
	*ret_value = k == JSON_TRUE;
	return true;
}

bool
json_take_null(struct json_reader *r)
{
	return reader_word(r, "null");
}

static bool
skip_scalar(struct json_reader *r)
{
	struct lift_text t;
	bool yes;

	switch (json_peek(r)) {
	case JSON_STRING:
		return json_take_string(r, &t);
	case JSON_NUMBER:
		return json_take_number(r, &t);
	case JSON_TRUE: case JSON_FALSE:
		return json_take_bool(r, &yes);
	case JSON_NULL:
		return json_take_null(r);
	default:
		return reader_fail(r, r->at == r->end ?
		    "it ends in the middle" : "a value is expected");
	}
}

/* Recursion is bounded by JSON_DEPTH. */
static bool
skip_value(struct json_reader *r)
{
	struct lift_text key;
	enum json_kind kind = json_peek(r);

	if (kind != JSON_OBJECT && kind != JSON_ARRAY)
		return skip_scalar(r);
	if (!json_enter(r, kind))
		return false;
	while (kind == JSON_OBJECT ? json_key(r, &key) : json_item(r))
		if (!skip_value(r))
			return false;
	return r->problem == NULL;
}

bool
json_skip(struct json_reader *r, struct lift_text *ret_raw)
{
	reader_space(r);
	const char *from = r->at;
	if (!skip_value(r))
		return false;
	if (ret_raw != NULL)
		*ret_raw = (struct lift_text){ from, (size_t)(r->at - from) };
	return true;
}

bool
json_done(struct json_reader *r)
{
	reader_space(r);
	if (r->problem == NULL && r->at != r->end)
		reader_fail(r, "something follows the value");
	return r->problem == NULL;
}

size_t
json_offset(const struct json_reader *r)
{
	return (size_t)(r->at - r->start);
}

bool
json_whole(struct lift_text digits, int64_t *ret_value)
{
	const char *at = digits.data, *end = at + digits.size;
	bool minus = at < end && *at == '-';
	int64_t v = 0;

	/* Downward: the least number has no positive counterpart. */
	for (at += minus; at < end && *at >= '0' && *at <= '9'; at++)
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_sub_overflow(v, *at - '0', &v))
			return false;
	/* A fraction or exponent: exact decimals, as for amounts of a currency
	 * that has no minor unit. */
	if (at < end)
		return money_read(digits, currency_pack(LIFT_TEXT_OF("JPY")),
		    ret_value);
	if (!minus && v == INT64_MIN)
		return false;
	*ret_value = minus ? v : -v;
	return true;
}

bool
json_double(struct lift_text digits, double *ret_value)
{
	char room[64], *copy = room;
	struct text long_form = { 0 };

	if (digits.size < sizeof(room)) {
		memcpy(room, digits.data, digits.size);
		room[digits.size] = '\0';
	} else {
		text_add(&long_form, digits.data, digits.size);
		copy = long_form.data;
	}
	double v = strtod(copy, NULL);
	text_done(&long_form);
	if (!isfinite(v))
		return false;
	*ret_value = v;
	return true;
}

bool
json_is_utf8(struct lift_text t)
{
	const unsigned char *at = (const unsigned char *)t.data;
	const unsigned char *end = at + t.size;

	while (at < end) {
		unsigned n = utf8_length(at, end);
		if (n == 0)
			return false;
		at += n;
	}
	return true;
}
