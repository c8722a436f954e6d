/* JSON text as lists and maps that nobody has unpacked: each look-up scans.
 * The text comes from strangers, so the scan never recurses, never leaves the
 * text, and takes what is malformed for the end of the object. */
#include "base/utf8.h"
#include "rules/expression_tree.h"

#include <stdlib.h>

static const char *
skip_space(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' ||
	    *at == '\r'))
		at++;
	return at;
}

/* The place behind the string that begins at AT; NULL if it has no end. */
static const char *
skip_string(const char *at, const char *end)
{
	for (at++; at < end; at++) {
		if (*at == '"')
			return at + 1;
		if (*at == '\\')
			at++;
	}
	return NULL;
}

/* The place behind an object or array; NULL if it has no end. */
static const char *
skip_nested(const char *at, const char *end)
{
	size_t depth = 0;

	while (at != NULL && at < end) {
		if (*at == '"') {
			at = skip_string(at, end);
			continue;
		}
		if (*at == '{' || *at == '[')
			depth++;
		else if ((*at == '}' || *at == ']') && --depth == 0)
			return at + 1;
		at++;
	}
	return NULL;
}

/* The place behind the value that begins at AT; NULL if there is none. */
static const char *
skip_value(const char *at, const char *end)
{
	if (at >= end)
		return NULL;
	if (*at == '"')
		return skip_string(at, end);
	if (*at == '{' || *at == '[')
		return skip_nested(at, end);
	const char *first = at;
	while (at < end && strchr(",]} \t\r\n:\"", *at) == NULL)
		at++;
	return at > first ? at : NULL;
}

static bool
read_hex(const char **at, const char *end, uint32_t *ret)
{
	uint32_t v = 0;

	if (end - *at < 4)
		return false;
	for (int i = 0; i < 4; i++, (*at)++) {
		int c = **at, low = c | 0x20;
		int digit = c >= '0' && c <= '9' ? c - '0' :
		    low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
		if (digit < 0)
			return false;
		v = v << 4 | (uint32_t)digit;
	}
	*ret = v;
	return true;
}

/* A \u escape after its u, with the second half of a pair. */
static uint32_t
read_escape(const char **at, const char *end)
{
	uint32_t high, low;

	if (!read_hex(at, end, &high))
		return UTF8_BAD;
	if (high < 0xd800 || high >= 0xe000)
		return high;
	const char *next = *at + 2;
	if (high < 0xdc00 && end - *at >= 6 && (*at)[0] == '\\' &&
	    (*at)[1] == 'u' && read_hex(&next, end, &low) &&
	    low >= 0xdc00 && low < 0xe000) {
		*at = next;
		return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
	}
	return UTF8_BAD;
}

static struct operand
decode(const char *at, const char *end, struct arena *arena)
{
	static const char plain[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
	char *data = arena_take(arena, (size_t)(end - at) + 4), *out = data;

	while (at < end) {
		if (*at != '\\' || at + 1 == end) {
			*out++ = *at++;
			continue;
		}
		char letter = at[1];
		at += 2;
		const char *known = letter ? strchr(plain, letter) : NULL;
		if (known != NULL)
			*out++ = means[known - plain];
		else if (letter == 'u')
			out += utf8_put(out, read_escape(&at, end));
		else
			*out++ = letter;
	}
	return operand_text(KIND_STRING,
	    (struct lift_text){ data, (size_t)(out - data) });
}

static struct operand
read_string(const char *at, const char *end, struct arena *arena)
{
	size_t size = (size_t)(end - at);

	if (arena != NULL && size > 0 && memchr(at, '\\', size) != NULL)
		return decode(at, end, arena);
	return operand_text(KIND_STRING, (struct lift_text){ at, size });
}

static struct operand
read_number(const char *at, const char *end)
{
	char copy[64];
	size_t size = (size_t)(end - at);
	char *stop;

	if (size >= sizeof(copy) || (*at != '-' && (*at < '0' || *at > '9')))
		return (struct operand){ .kind = KIND_NULL };
	memcpy(copy, at, size);
	copy[size] = '\0';
	double d = strtod(copy, &stop);
	if (*stop != '\0')
		return (struct operand){ .kind = KIND_NULL };
	return OPERAND_DOUBLE(d);
}

/* The value that lies between the two places. */
static struct operand
read_between(const char *at, const char *end, struct arena *arena)
{
	struct operand o = { .kind = KIND_NULL };

	switch (*at) {
	case '{':
	case '[':
		o.kind = *at == '{' ? KIND_MAP : KIND_LIST;
		o.form = FORM_JSON;
		o.size = (uint32_t)(end - at);
		o.text = at;
		return o;
	case '"':
		return read_string(at + 1, end - 1, arena);
	case 't':
	case 'f':
		return OPERAND_BOOL(*at == 't');
	case 'n':
		return o;
	default:
		return read_number(at, end);
	}
}

struct operand
raw_read(struct lift_text t, struct arena *arena)
{
	static const char empty[] = "{}";
	const char *end = t.data + t.size;
	const char *at = skip_space(t.data, end), *stop;

	if (at == end)
		return (struct operand){ .kind = KIND_MAP, .form = FORM_JSON,
			.size = 2, .text = empty };
	stop = skip_value(at, end);
	if (stop == NULL)
		return (struct operand){ .kind = KIND_NULL };
	return read_between(at, stop, arena);
}

/* Reads a key and its colon; the place of the value, or NULL. */
static const char *
read_key(struct walk *w, const char *at, const char *end,
    struct arena *arena)
{
	if (*at != '"')
		return NULL;
	const char *stop = skip_string(at, end);
	if (stop == NULL)
		return NULL;
	w->key = read_string(at + 1, stop - 1, arena);
	at = skip_space(stop, end);
	return at < end && *at == ':' ? skip_space(at + 1, end) : NULL;
}

bool
raw_next(struct walk *w, struct arena *arena)
{
	const char *end = w->over.text + w->over.size;
	const char *at = skip_space(w->at, end), *stop;

	/* The opening bracket, or the comma after the item before. */
	if (at >= end || *at == '}' || *at == ']')
		return false;
	at = skip_space(at + 1, end);
	if (at >= end || *at == '}' || *at == ']')
		return false;
	if (w->over.kind == KIND_LIST)
		w->key = OPERAND_INT(w->next);
	else if ((at = read_key(w, at, end, arena)) == NULL)
		return false;
	stop = skip_value(at, end);
	if (stop == NULL)
		return false;
	w->value = read_between(at, stop, arena);
	w->at = stop;
	w->next++;
	return true;
}
