/* Code points out of bytes. A byte that starts none counts as one U+FFFD, so
 * that walking never stops and never leaves the text. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <liftd/plugin.h>

enum { UTF8_BAD = 0xfffd };

/* Moves *AT over one code point and returns it; UTF8_BAD and one byte where
 * the bytes are none. AT must lie before END. */
static inline uint32_t
utf8_next(const char **at, const char *end)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)*at;
	uint32_t c = *p;

	(*at)++;
	if (c < 0x80)
		return c;
	int size = c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 :
	    c < 0xf5 ? 4 : 0;
	if (size == 0 || (const char *)p + size > end)
		return UTF8_BAD;
	c &= 0x7fu >> size;
	for (int i = 1; i < size; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return UTF8_BAD;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[size] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return UTF8_BAD;
	*at = (const char *)p + size;
	return c;
}

/* Writes a code point, at most four bytes, and returns how many. */
static inline size_t
utf8_put(char *at, uint32_t c)
{
	if (c < 0x80) {
		at[0] = (char)c;
		return 1;
	}
	size_t size = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = size - 1; i > 0; i--, c >>= 6)
		at[i] = (char)(0x80 | (c & 0x3f));
	at[0] = (char)((0xf00u >> size & 0xff) | c);
	return size;
}

/* How many code points the text has. */
static inline size_t
utf8_count(struct lift_text t)
{
	const char *at = t.data, *end = t.data + t.size;
	size_t n = 0;

	for (; at < end; n++)
		utf8_next(&at, end);
	return n;
}

/* Whether the whole text is UTF-8. */
static inline bool
utf8_valid(struct lift_text t)
{
	const char *at = t.data, *end = t.data + t.size;

	while (at < end) {
		const char *first = at;
		if (utf8_next(&at, end) == UTF8_BAD && at - first != 3)
			return false;
	}
	return true;
}

#endif
