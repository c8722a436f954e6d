/* Sixty-four bytes at a time where there is SSE2, a bit for each: the bits of
 * the quotes, each xor-ed with all before it, are the bits of what is inside of
 * strings; what is left of the brackets after that is looked at one by one, and
 * there are few. A block with a backslash is gone through byte by byte. */
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
enum { BLOCK = 64 };

/* The bits of those bytes of a block that are C once BITS are set in them. */
static inline uint64_t
block_equal(const char *at, char bits, char c)
{
	uint64_t mask = 0;

	for (int i = 0; i < BLOCK; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)
		    (const void *)(at + i));
		v = _mm_cmpeq_epi8(_mm_or_si128(v, _mm_set1_epi8(bits)),
		    _mm_set1_epi8(c));
		mask |= (uint64_t)(unsigned)_mm_movemask_epi8(v) << i;
	}
	return mask;
}

/* The bits of what is inside of strings, of which the first may have begun
 * before the block. */
static inline uint64_t
block_inside(const char *at, bool in_string)
{
	uint64_t inside = block_equal(at, 0, '"');

	for (int i = 1; i < BLOCK; i *= 2)
		inside ^= inside << i;
	return in_string ? ~inside : inside;
}

static enum bracket_state
block_pass(struct bracket *b, const char **at)
{
	const char *from = *at;

	if (b->is_escaped || block_equal(from, 0, '\\') != 0)
		return bytes_pass(b, at, from + BLOCK);
	uint64_t inside = block_inside(from, b->in_string);
	/* One bit tells [ from { and ] from }. */
	uint64_t brackets = (block_equal(from, 0x20, '{') |
	    block_equal(from, 0x20, '}')) & ~inside;

	b->in_string = inside >> (BLOCK - 1);
	*at = from + BLOCK;
	for (; brackets != 0; brackets &= brackets - 1) {
		const char *place = from + __builtin_ctzll(brackets);
		enum bracket_state state = bracket_step(b, *place);
		if (state == BRACKET_OPEN)
			continue;
		*at = place + (state == BRACKET_CLOSED);
		return state;
	}
	return BRACKET_OPEN;
}
#endif

enum bracket_state
bracket_pass(struct bracket *b, const char **at, const char *end)
{
#ifdef __SSE2__
	while (end - *at >= BLOCK) {
		enum bracket_state state = block_pass(b, at);
		if (state != BRACKET_OPEN)
			return state;
	}
#endif
	return bytes_pass(b, at, end);
}
