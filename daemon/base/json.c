/* A strict reader that goes over the bytes once and builds no tree. Written by
 * hand, since the libraries at hand build one (jansson) or leave strictness,
 * escapes and numbers to the caller (jsmn); it stands on the way of each event,
 * and these are the reasons why it is fast:
 *
 * A string is looked at sixteen bytes at a time (eight where there is no SSE2)
 * for what it cannot hold as it stands: a quote ends it, a backslash begins an
 * escape, a control character is an error, and a byte from 0x80 on begins a
 * letter beyond ASCII. All four are one question, since as signed numbers
 * control characters and high bytes are what is below a blank. So UTF-8 is
 * checked only where there is any, and a string without an escape is borrowed.
 * Escapes are checked in the same pass; unescaping afterwards cannot fail, and
 * is not done for what is only passed over.
 *
 * A key is read together with its colon and the blanks around, which leaves
 * the reader on the first byte of the value; what kind of value begins with
 * which byte is a table. */
#include "base/json.h"

#include <math.h>
#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/money.h"
#include "base/utf8.h"

static const uint8_t kinds[256] = {
	['{'] = JSON_OBJECT, ['['] = JSON_ARRAY, ['"'] = JSON_STRING,
	['t'] = JSON_TRUE, ['f'] = JSON_FALSE, ['n'] = JSON_NULL,
	['-'] = JSON_NUMBER, ['0'] = JSON_NUMBER, ['1'] = JSON_NUMBER,
	['2'] = JSON_NUMBER, ['3'] = JSON_NUMBER, ['4'] = JSON_NUMBER,
	['5'] = JSON_NUMBER, ['6'] = JSON_NUMBER, ['7'] = JSON_NUMBER,
	['8'] = JSON_NUMBER, ['9'] = JSON_NUMBER,
};

struct json_reader
json_reader_of(struct lift_text t, struct arena *arena)
{
	const char *at = t.data != NULL ? t.data : "";	/* an empty text */

	return (struct json_reader){ .at = at, .end = at + t.size,
		.start = at, .arena = arena };
}

static bool
reader_fail(struct json_reader *r, const char *problem)
{
	if (r->problem == NULL)
		r->problem = problem;
	return false;
}

/* Likewise, with the place. */
static bool
reader_fail_at(struct json_reader *r, const char *at, const char *problem)
{
	if (r->problem == NULL)
		r->at = at;
	return reader_fail(r, problem);
}

static inline void
reader_space(struct json_reader *r)
{
	const char *at = r->at;

	/* Most often there is none. */
	while (at < r->end && (unsigned char)*at <= ' ' && (*at == ' ' ||
	    *at == '\n' || *at == '\t' || *at == '\r'))
		at++;
	r->at = at;
}

enum json_kind
json_peek(struct json_reader *r)
{
	reader_space(r);
	if (r->problem != NULL || r->at == r->end)
		return JSON_NONE;
	return (enum json_kind)kinds[(unsigned char)*r->at];
}

/* ---- strings ------------------------------------------------------------- */

/* The first byte from AT on that a string cannot hold as it stands, or END. */
static inline const char *
plain_end(const char *at, const char *end)
{
#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), blank = _mm_set1_epi8(' '),
	    backslash = _mm_set1_epi8('\\');

	for (; end - at >= 16; at += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)at);
		__m128i odd = _mm_or_si128(_mm_cmplt_epi8(v, blank),
		    _mm_or_si128(_mm_cmpeq_epi8(v, quote),
		    _mm_cmpeq_epi8(v, backslash)));
		unsigned mask = (unsigned)_mm_movemask_epi8(odd);
		if (mask != 0)
			return at + __builtin_ctz(mask);
	}
#else
	const uint64_t each = UINT64_C(0x0101010101010101), high = each * 0x80;

	/* A byte's highest bit is set where it, or a byte before it, is one
	 * that we look for; the loop below finds the first. */
	for (; end - at >= 8; at += 8) {
		uint64_t v;
		memcpy(&v, at, 8);
		uint64_t quote = v ^ each * '"', backslash = v ^ each * '\\';
		if (((v | (v - each * ' ') | (quote - each) |
		    (backslash - each)) & high) != 0)
			break;
	}
#endif
	while (at < end && (signed char)*at >= ' ' && *at != '"' &&
	    *at != '\\')
		at++;
	return at;
}

static bool
hex4(const char *at, const char *end, uint32_t *ret)
{
	uint32_t v = 0;

	if (end - at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		char c = at[i];
		uint32_t d = c >= '0' && c <= '9' ? (uint32_t)(c - '0') :
		    c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10) :
		    c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10) : 16;
		if (d == 16)
			return false;
		v = v * 16 + d;
	}
	*ret = v;
	return true;
}

/* Passes the escape whose backslash is at AT; NULL when it is none. */
static const char *
escape_end(const char *at, const char *end)
{
	uint32_t code;

	if (end - at < 2 || at[1] == '\0' ||
	    strchr("\"\\/bfnrtu", at[1]) == NULL)
		return NULL;
	if (at[1] != 'u')
		return at + 2;
	return hex4(at + 2, end, &code) ? at + 6 : NULL;
}

/* Passes letters beyond ASCII; NULL where they are no UTF-8. */
static const char *
letters_end(const char *at, const char *end)
{
	while (at < end && (unsigned char)*at >= 0x80) {
		const char *first = at;
		if (utf8_next(&at, end) == UTF8_BAD && at - first == 1)
			return NULL;
	}
	return at;
}

/* Goes from AT, which a string cannot hold as it stands, to the closing quote,
 * and says whether an escape was met. NULL, with a problem, when there is
 * something that is none. */
static const char *
string_end(struct json_reader *r, const char *at, bool *ret_escaped)
{
	const char *next;

	for (; at < r->end && *at != '"'; at = plain_end(next, r->end)) {
		if (*at == '\\') {
			*ret_escaped = true;
			next = escape_end(at, r->end);
		} else if ((unsigned char)*at < ' ') {
			reader_fail_at(r, at, "a control character in a "
			    "string wants an escape");
			return NULL;
		} else {
			next = letters_end(at, r->end);
		}
		if (next != NULL)
			continue;
		reader_fail_at(r, at, *at == '\\' ?
		    "a string holds an unknown escape" :
		    "a string is not UTF-8");
		return NULL;
	}
	if (at < r->end)
		return at;
	reader_fail(r, "a string does not end");
	return NULL;
}

/* One \uXXXX or pair of them; a lone half of a pair becomes U+FFFD. */
static char *
unescape_unicode(const char **at, const char *end, char *out)
{
	uint32_t c = 0, low = 0;

	hex4(*at, end, &c);
	*at += 4;
	if (c >= 0xd800 && c < 0xdc00) {
		if (end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u' &&
		    hex4(*at + 2, end, &low) && low >= 0xdc00 &&
		    low < 0xe000) {
			*at += 6;
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		} else {
			c = UTF8_BAD;
		}
	} else if (c >= 0xdc00 && c < 0xe000) {
		c = UTF8_BAD;
	}
	return out + utf8_put(out, c);
}

/* Copies what string_end has checked, and returns the end of the copy. */
static char *
unescape(const char *at, const char *end, char *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";

	while (at < end) {
		if (*at != '\\') {
			*out++ = *at++;
			continue;
		}
		at += 2;
		if (at[-1] == 'u')
			out = unescape_unicode(&at, end, out);
		else
			*out++ = to[strchr(from, at[-1]) - from];
	}
	return out;
}

/* Reads on in a string that holds more than plain letters. */
static bool
string_read_odd(struct json_reader *r, const char *from, const char *at,
    struct lift_text *ret_text)
{
	bool escaped = false;
	const char *to = string_end(r, at, &escaped);

	if (to == NULL)
		return false;
	r->at = to + 1;
	if (ret_text == NULL)
		return true;
	*ret_text = (struct lift_text){ from, (size_t)(to - from) };
	if (escaped) {
		/* No escape is shorter than what it stands for. */
		char *room = arena_take(r->arena, ret_text->size + 1);
		ret_text->data = room;
		ret_text->size = (size_t)(unescape(from, to, room) - room);
	}
	return true;
}

/* Reads the string whose quote is next; RET_TEXT may be NULL. */
static inline bool
string_read(struct json_reader *r, struct lift_text *ret_text)
{
	const char *from = ++r->at, *to = plain_end(from, r->end);

	if (to == r->end || *to != '"')
		return string_read_odd(r, from, to, ret_text);
	r->at = to + 1;
	if (ret_text != NULL)
		*ret_text = (struct lift_text){ from, (size_t)(to - from) };
	return true;
}

bool
json_take_string(struct json_reader *r, struct lift_text *ret_text)
{
	if (json_peek(r) != JSON_STRING)
		return reader_fail(r, "a string is expected");
	return string_read(r, ret_text);
}

/* ---- objects and arrays -------------------------------------------------- */

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
static inline bool
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
		reader_space(r);
	}
	r->first = false;
	return true;
}

/* The next key with its colon; RET_KEY may be NULL. */
static bool
key_read(struct json_reader *r, struct lift_text *ret_key)
{
	if (!reader_next(r, '}'))
		return false;
	if (r->at == r->end || *r->at != '"')
		return reader_fail(r, "a key in quotes is expected");
	if (!string_read(r, ret_key))
		return false;
	reader_space(r);
	if (r->at == r->end || *r->at != ':')
		return reader_fail(r, "a colon is expected after the key");
	r->at++;
	return true;
}

bool
json_key(struct json_reader *r, struct lift_text *ret_key)
{
	return key_read(r, ret_key);
}

bool
json_item(struct json_reader *r)
{
	return reader_next(r, ']');
}

/* ---- numbers and words --------------------------------------------------- */

static inline const char *
digits_end(const char *at, const char *end)
{
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at;
}

/* Passes at least one digit; NULL, with a problem, when there is none. */
static inline const char *
number_digits(struct json_reader *r, const char *at)
{
	const char *end = digits_end(at, r->end);

	if (end > at)
		return end;
	reader_fail_at(r, at, "a number lacks a digit");
	return NULL;
}

/* Passes the fraction and the exponent, where there are any. */
static const char *
number_tail(struct json_reader *r, const char *at)
{
	if (at < r->end && *at == '.') {
		at = number_digits(r, at + 1);
		if (at == NULL)
			return NULL;
	}
	if (at < r->end && (*at == 'e' || *at == 'E')) {
		at++;
		if (at < r->end && (*at == '+' || *at == '-'))
			at++;
		return number_digits(r, at);
	}
	return at;
}

bool
json_take_number(struct json_reader *r, struct lift_text *ret_digits)
{
	if (json_peek(r) != JSON_NUMBER)
		return reader_fail(r, "a number is expected");
	const char *from = r->at, *first = from + (*from == '-');
	const char *at = number_digits(r, first);
	if (at == NULL)
		return false;
	if (*first == '0' && at - first > 1)
		return reader_fail_at(r, first + 1, "a number begins with 0");
	at = number_tail(r, at);
	if (at == NULL)
		return false;
	r->at = at;
	*ret_digits = (struct lift_text){ from, (size_t)(at - from) };
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

/* ---- passing over -------------------------------------------------------- */

static bool skip_value(struct json_reader *);

/* Recursion is bounded by JSON_DEPTH. */
static bool
skip_inside(struct json_reader *r, enum json_kind kind)
{
	if (!json_enter(r, kind))
		return false;
	while (kind == JSON_OBJECT ? key_read(r, NULL) : json_item(r))
		if (!skip_value(r))
			return false;
	return r->problem == NULL;
}

static bool
skip_value(struct json_reader *r)
{
	enum json_kind kind = json_peek(r);
	struct lift_text digits;
	bool yes;

	switch (kind) {
	case JSON_OBJECT: case JSON_ARRAY:
		return skip_inside(r, kind);
	case JSON_STRING:
		return string_read(r, NULL);
	case JSON_NUMBER:
		return json_take_number(r, &digits);
	case JSON_TRUE: case JSON_FALSE:
		return json_take_bool(r, &yes);
	case JSON_NULL:
		return json_take_null(r);
	default:
		return reader_fail(r, r->at == r->end ?
		    "it ends in the middle" : "a value is expected");
	}
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
	return utf8_valid(t);
}
