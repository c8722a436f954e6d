/* Bytes to tokens. A string's escapes are undone here, into the arena; a
 * number's sign belongs to the parser. */
#include "base/utf8.h"
#include "rules/expression_tree.h"

#include <stdlib.h>

static const char escapes[][2] = {
	{ 'a', '\a' }, { 'b', '\b' }, { 'f', '\f' }, { 'n', '\n' },
	{ 'r', '\r' }, { 't', '\t' }, { 'v', '\v' }, { '\\', '\\' },
	{ '?', '?' }, { '"', '"' }, { '\'', '\'' }, { '`', '`' },
};

static const int pairs[] = { SIGN2('=', '='), SIGN2('!', '='),
	SIGN2('<', '='), SIGN2('>', '='), SIGN2('&', '&'), SIGN2('|', '|') };

/* A text that is being lexed, and where. */
struct cursor {
	struct build *build;
	const char   *data;
	size_t        at, size;
};

static int
peek(const struct cursor *c, size_t ahead)
{
	return c->at + ahead < c->size ?
	    (unsigned char)c->data[c->at + ahead] : -1;
}

static bool
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int
hex_digit(int c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct token
token_at(const struct cursor *c, enum token_kind kind, size_t first)
{
	return (struct token){ .kind = kind, .at = (uint32_t)first,
		.end = (uint32_t)c->at };
}

static struct token
token_bad(struct cursor *c, size_t first, const char *sentence)
{
	size_t end = c->at > first ? c->at : first + 1;

	build_fail(c->build, first, end < c->size ? end : c->size, "%s",
	    sentence);
	return token_at(c, TOKEN_BAD, first);
}

static void
skip_space(struct cursor *c)
{
	for (; c->at < c->size; c->at++) {
		char ch = c->data[c->at];
		if (ch == '/' && peek(c, 1) == '/')
			while (c->at + 1 < c->size &&
			    c->data[c->at + 1] != '\n')
				c->at++;
		else if (ch != ' ' && ch != '\t' && ch != '\n' &&
		    ch != '\r' && ch != '\f')
			return;
	}
}

static struct token
lex_hex(struct cursor *c, size_t first)
{
	uint64_t v = 0;
	int digit;

	c->at += 2;
	if (hex_digit(peek(c, 0)) < 0)
		return token_bad(c, first, "a hexadecimal number needs digits");
	while ((digit = hex_digit(peek(c, 0))) >= 0) {
		if (v >> 60 != 0)
			return token_bad(c, first, "the number is too large");
		v = v << 4 | (uint64_t)digit;
		c->at++;
	}
	bool is_uint = (peek(c, 0) | 0x20) == 'u';
	c->at += is_uint;
	struct token t = token_at(c, is_uint ? TOKEN_UINT : TOKEN_INT, first);
	t.natural = v;
	return t;
}

/* Moves over the fraction and exponent of a number; whether there was one. */
static bool
skip_fraction(struct cursor *c)
{
	bool is_double = false;

	if (peek(c, 0) == '.' && is_digit(peek(c, 1))) {
		is_double = true;
		for (c->at++; is_digit(peek(c, 0)); c->at++)
			;
	}
	size_t sign = peek(c, 1) == '+' || peek(c, 1) == '-';
	if ((peek(c, 0) | 0x20) == 'e' && is_digit(peek(c, 1 + sign))) {
		is_double = true;
		for (c->at += 1 + sign; is_digit(peek(c, 0)); c->at++)
			;
	}
	return is_double;
}

static struct token
lex_whole(struct cursor *c, size_t first)
{
	uint64_t v = 0;

	for (size_t i = first; i < c->at; i++)
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(c->data[i] - '0'),
		    &v))
			return token_bad(c, first, "the number is too large");
	bool is_uint = (peek(c, 0) | 0x20) == 'u';
	c->at += is_uint;
	struct token t = token_at(c, is_uint ? TOKEN_UINT : TOKEN_INT, first);
	t.natural = v;
	return t;
}

static struct token
lex_number(struct cursor *c, size_t first)
{
	if (peek(c, 0) == '0' && (peek(c, 1) | 0x20) == 'x')
		return lex_hex(c, first);
	while (is_digit(peek(c, 0)))
		c->at++;
	if (!skip_fraction(c))
		return lex_whole(c, first);
	struct token t = token_at(c, TOKEN_DOUBLE, first);
	char *copy = arena_copy(c->build->arena, c->data + first,
	    c->at - first);
	t.number = strtod(copy, NULL);
	return t;
}

/* Reads COUNT digits of an escape in the base; false when there are fewer. */
static bool
read_digits(struct cursor *c, int count, int base, uint32_t *ret)
{
	uint32_t v = 0;

	for (int i = 0; i < count; i++, c->at++) {
		int digit = hex_digit(peek(c, 0));
		if (digit < 0 || digit >= base)
			return false;
		v = v * (uint32_t)base + (uint32_t)digit;
	}
	*ret = v;
	return true;
}

/* How long a numeric escape is after its letter, and whether it is one. */
static bool
read_code(struct cursor *c, bool is_bytes, uint32_t *ret)
{
	int letter = peek(c, 0);
	bool is_wide = letter == 'u' || letter == 'U';

	if (letter >= '0' && letter <= '3')
		return read_digits(c, 3, 8, ret);
	if (is_wide && is_bytes)
		return false;
	if (letter != 'x' && letter != 'X' && !is_wide)
		return false;
	c->at++;
	return read_digits(c, letter == 'U' ? 8 : letter == 'u' ? 4 : 2, 16,
	    ret);
}

/* Undoes one escape, after its backslash. The bytes it makes are never more
 * than those that it is written with. */
static bool
lex_escape(struct cursor *c, bool is_bytes, char **out)
{
	uint32_t code;

	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++)
		if (peek(c, 0) == escapes[i][0]) {
			*(*out)++ = escapes[i][1];
			c->at++;
			return true;
		}
	if (!read_code(c, is_bytes, &code))
		return false;
	if (is_bytes) {
		*(*out)++ = (char)code;
		return true;
	}
	if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return false;
	*out += utf8_put(*out, code);
	return true;
}

/* The quote marks that the cursor stands before: 3, or 1. */
static size_t
count_quotes(const struct cursor *c)
{
	int q = peek(c, 0);

	return peek(c, 1) == q && peek(c, 2) == q ? 3 : 1;
}

static bool
at_quotes(const struct cursor *c, int quote, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (peek(c, i) != quote)
			return false;
	return true;
}

/* How many bytes there are before the quotes that close a string, or before
 * the end of the source. */
static size_t
string_room(const struct cursor *c, size_t quotes, bool is_raw)
{
	struct cursor ahead = *c;
	int quote = peek(c, 0);

	ahead.at += quotes;
	while (!at_quotes(&ahead, quote, quotes) && peek(&ahead, 0) >= 0)
		ahead.at += peek(&ahead, 0) == '\\' && !is_raw ? 2 : 1;
	return ahead.at - c->at;
}

static struct token
lex_string(struct cursor *c, size_t first, bool is_raw, bool is_bytes)
{
	int quote = peek(c, 0);
	size_t quotes = count_quotes(c);
	char *data = arena_take(c->build->arena,
	    string_room(c, quotes, is_raw));
	char *out = data;

	c->at += quotes;
	while (!at_quotes(c, quote, quotes)) {
		int ch = peek(c, 0);
		if (ch < 0 || (quotes == 1 && (ch == '\n' || ch == '\r')))
			return token_bad(c, first,
			    "the string has no closing quote");
		c->at++;
		if (ch != '\\' || is_raw) {
			*out++ = (char)ch;
			continue;
		}
		if (!lex_escape(c, is_bytes, &out))
			return token_bad(c, first,
			    "the string has an escape that means nothing");
	}
	c->at += quotes;
	struct token t = token_at(c, is_bytes ? TOKEN_BYTES : TOKEN_STRING,
	    first);
	t.text = (struct lift_text){ data, (size_t)(out - data) };
	return t;
}

/* How many letters of r and b stand before a quote; 0 when none do. */
static size_t
count_prefix(const struct cursor *c, bool *is_raw, bool *is_bytes)
{
	size_t n = 0;

	for (; n < 2; n++) {
		int ch = peek(c, n) | 0x20;
		if (ch == 'r' && !*is_raw)
			*is_raw = true;
		else if (ch == 'b' && !*is_bytes)
			*is_bytes = true;
		else
			break;
	}
	return peek(c, n) == '"' || peek(c, n) == '\'' ? n : 0;
}

static struct token
lex_name(struct cursor *c, size_t first)
{
	while (is_letter(peek(c, 0)) || is_digit(peek(c, 0)))
		c->at++;
	struct token t = token_at(c, TOKEN_NAME, first);
	t.text = (struct lift_text){ c->data + first, c->at - first };
	return t;
}

/* A name in backticks, which may have dots, dashes, slashes and spaces. */
static struct token
lex_quoted(struct cursor *c, size_t first)
{
	for (c->at++; peek(c, 0) != '`'; c->at++) {
		int ch = peek(c, 0);
		if (!is_letter(ch) && !is_digit(ch) && ch != '.' &&
		    ch != '-' && ch != '/' && ch != ' ')
			return token_bad(c, first, "the name in backticks "
			    "may have letters, digits, . - / and spaces");
	}
	c->at++;
	if (c->at - first == 2)
		return token_bad(c, first, "the name in backticks is empty");
	struct token t = token_at(c, TOKEN_QUOTED, first);
	t.text = (struct lift_text){ c->data + first + 1, c->at - first - 2 };
	return t;
}

static struct token
lex_sign(struct cursor *c, size_t first)
{
	int sign = peek(c, 0), both = SIGN2(sign, peek(c, 1));

	if (strchr("()[]{}.,:?!<>+-*/%", sign) == NULL && sign != '&' &&
	    sign != '|' && sign != '=')
		return token_bad(c, first, "a character that means nothing");
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (pairs[i] == both)
			sign = both;
	c->at += sign > 0xff ? 2 : 1;
	if (sign == '=' || sign == '&' || sign == '|') {
		token_bad(c, first, sign == '=' ?
		    "`=` means nothing alone" : sign == '&' ?
		    "`&` means nothing alone" : "`|` means nothing alone");
		build_hint(c->build, "write %c%c", sign, sign);
		return token_at(c, TOKEN_BAD, first);
	}
	struct token t = token_at(c, TOKEN_SIGN, first);
	t.sign = sign;
	return t;
}

struct token
lexer_next(struct build *build, size_t at)
{
	struct cursor c = { build, build->source.data, at,
		build->source.size };
	bool is_raw = false, is_bytes = false;

	skip_space(&c);
	size_t first = c.at;
	int ch = peek(&c, 0);
	if (ch < 0)
		return token_at(&c, TOKEN_END, first);
	if (is_digit(ch) || (ch == '.' && is_digit(peek(&c, 1))))
		return lex_number(&c, first);
	if (ch == '"' || ch == '\'')
		return lex_string(&c, first, false, false);
	size_t prefix = count_prefix(&c, &is_raw, &is_bytes);
	if (prefix > 0) {
		c.at += prefix;
		return lex_string(&c, first, is_raw, is_bytes);
	}
	if (is_letter(ch))
		return lex_name(&c, first);
	if (ch == '`')
		return lex_quoted(&c, first);
	return lex_sign(&c, first);
}
