/* Sixteen bytes at a time where there is SSE2: the bits of all quotes, each
 * xor-ed with all before it, are the bits of what is inside of strings; what
 * is left of the brackets after that is looked at one by one, and there are
 * few. A block with a backslash is gone through byte by byte. */
#include "base/bracket.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { BRACKET_LEVELS = 64 };

/* One bracket outside of strings. */
static enum bracket_state
bracket_step(struct bracket *b, char c)
{
	bool opens = c == '{' || c == '[';
	uint64_t is_object = c == '{' || c == '}';

	if (!opens)
		b->depth--;
	if (b->depth < BRACKET_LEVELS) {
		uint64_t bit = UINT64_C(1) << b->depth;
		if (opens)
			b->objects = (b->objects & ~bit) |
			    is_object << b->depth;
		else if (((b->objects & bit) != 0) != is_object)
			return BRACKET_WRONG;
	}
	b->depth += opens;
	return b->depth == 0 ? BRACKET_CLOSED : BRACKET_OPEN;
}

static enum bracket_state
byte_step(struct bracket *b, char c)
{
	if (b->is_escaped) {
		b->is_escaped = false;
	} else if (c == '"') {
		b->in_string = !b->in_string;
	} else if (b->in_string) {
		b->is_escaped = c == '\\';
	} else if (c == '{' || c == '[' || c == '}' || c == ']') {
		return bracket_step(b, c);
	}
	return BRACKET_OPEN;
}

/* Goes from *AT to END byte by byte. */
static enum bracket_state
bytes_pass(struct bracket *b, const char **at, const char *end)
{
	for (; *at < end; (*at)++) {
		enum bracket_state state = byte_step(b, **at);
		if (state == BRACKET_CLOSED)
			(*at)++;
		if (state != BRACKET_OPEN)
			return state;
	}
	return BRACKET_OPEN;
}

#ifdef __SSE2__
static inline unsigned
bytes_equal(__m128i v, char c)
{
	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v,
	    _mm_set1_epi8(c)));
}

/* The bits of the brackets outside of strings. False, with nothing changed,
 * when an escape makes it harder than that. */
static inline bool
block_read(struct bracket *b, const char *at, unsigned *ret_brackets)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)at);
	unsigned inside = bytes_equal(v, '"');

	if (b->is_escaped || bytes_equal(v, '\\') != 0)
		return false;
	inside ^= inside << 1;
	inside ^= inside << 2;
	inside ^= inside << 4;
	inside ^= inside << 8;
	if (b->in_string)
		inside = ~inside;
	b->in_string = (inside & 0x8000) != 0;
	/* The bit that tells [ from { and ] from } set in all of them. */
	v = _mm_or_si128(v, _mm_set1_epi8(0x20));
	*ret_brackets = (bytes_equal(v, '{') | bytes_equal(v, '}')) & ~inside;
	return true;
}

static enum bracket_state
block_pass(struct bracket *b, const char **at)
{
	unsigned brackets;

	if (!block_read(b, *at, &brackets))
		return bytes_pass(b, at, *at + 16);
	for (; brackets != 0; brackets &= brackets - 1) {
		const char *place = *at + __builtin_ctz(brackets);
		enum bracket_state state = bracket_step(b, *place);
		if (state == BRACKET_OPEN)
			continue;
		*at = place + (state == BRACKET_CLOSED);
		return state;
	}
	*at += 16;
	return BRACKET_OPEN;
}
#endif

enum bracket_state
bracket_pass(struct bracket *b, const char **at, const char *end)
{
#ifdef __SSE2__
	while (end - *at >= 16) {
		enum bracket_state state = block_pass(b, at);
		if (state != BRACKET_OPEN)
			return state;
	}
#endif
	return bytes_pass(b, at, end);
}
