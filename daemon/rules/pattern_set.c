/* Sets of code points: what a class of a pattern may match. */
#include "rules/pattern_tree.h"

#include <stdlib.h>

enum { CODE_LAST = 0x10ffff, KELVIN = 0x212a, LONG_S = 0x17f };

void
ranges_add(struct arena *arena, struct ranges *r, uint32_t low, uint32_t high)
{
	if (r->count == r->room) {
		r->room = r->room == 0 ? 2 : r->room * 2;
		struct range *grown = arena_array(arena, struct range,
		    r->room);
		if (r->count > 0)
			memcpy(grown, r->items, sizeof(*grown) * r->count);
		r->items = grown;
	}
	r->items[r->count++] = (struct range){ low, high };
}

static int
range_compare(const void *a, const void *b)
{
	uint32_t x = ((const struct range *)a)->low;
	uint32_t y = ((const struct range *)b)->low;

	return (x > y) - (x < y);
}

void
ranges_negate(struct arena *arena, struct ranges *r)
{
	struct ranges out = { 0 };
	uint32_t next = 0;

	if (r->count > 1)
		qsort(r->items, r->count, sizeof(*r->items), range_compare);
	for (uint32_t i = 0; i < r->count; i++) {
		if (r->items[i].low > next)
			ranges_add(arena, &out, next, r->items[i].low - 1);
		if (r->items[i].high + 1 > next)
			next = r->items[i].high + 1;
	}
	if (next <= CODE_LAST)
		ranges_add(arena, &out, next, CODE_LAST);
	*r = out;
}

static void
fold_letters(struct arena *arena, struct ranges *r, struct range of,
    uint32_t first)
{
	uint32_t low = of.low > first ? of.low : first;
	uint32_t high = of.high < first + 25 ? of.high : first + 25;

	if (low <= high)
		ranges_add(arena, r, low ^ 0x20, high ^ 0x20);
}

static bool
ranges_have(const struct ranges *r, uint32_t c)
{
	for (uint32_t i = 0; i < r->count; i++)
		if (c >= r->items[i].low && c <= r->items[i].high)
			return true;
	return false;
}

void
ranges_fold(struct arena *arena, struct ranges *r)
{
	uint32_t count;

	if (ranges_have(r, KELVIN))
		ranges_add(arena, r, 'k', 'k');
	if (ranges_have(r, LONG_S))
		ranges_add(arena, r, 's', 's');
	count = r->count;
	for (uint32_t i = 0; i < count; i++) {
		struct range of = r->items[i];
		fold_letters(arena, r, of, 'A');
		fold_letters(arena, r, of, 'a');
	}
	if (ranges_have(r, 'k'))
		ranges_add(arena, r, KELVIN, KELVIN);
	if (ranges_have(r, 's'))
		ranges_add(arena, r, LONG_S, LONG_S);
}

/* Named sets: pairs of characters from and to. */
static const struct named {
	const char *name;
	const char *pairs;
} named[] = {
	{ "d", "09" }, { "s", "\t\n\f\r  " }, { "w", "09AZaz__" },
	{ "alnum", "09AZaz" }, { "alpha", "AZaz" }, { "ascii", "\x01\x7f" },
	{ "blank", "\t\t  " }, { "cntrl", "\x01\x1f\x7f\x7f" },
	{ "digit", "09" }, { "graph", "!~" }, { "lower", "az" },
	{ "print", " ~" }, { "punct", "!/:@[`{~" }, { "space", "\t\r  " },
	{ "upper", "AZ" }, { "word", "09AZaz__" }, { "xdigit", "09AFaf" },
};

/* Adds the named set, negated or not. */
static bool
add_named(struct arena *arena, struct ranges *r, struct lift_text name,
    unsigned how)
{
	struct ranges set = { 0 };
	const struct named *n = NULL;

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (lift_text_equal(name, lift_text(named[i].name)))
			n = &named[i];
	if (n == NULL)
		return false;
	for (const char *p = n->pairs; *p != '\0'; p += 2)
		ranges_add(arena, &set, (unsigned char)p[0],
		    (unsigned char)p[1]);
	if (strcmp(n->name, "ascii") == 0 || strcmp(n->name, "cntrl") == 0)
		ranges_add(arena, &set, 0, 0);
	if (how & 2)
		ranges_fold(arena, &set);
	if (how & 1)
		ranges_negate(arena, &set);
	for (uint32_t i = 0; i < set.count; i++)
		ranges_add(arena, r, set.items[i].low, set.items[i].high);
	return true;
}

bool
ranges_add_escape(struct arena *arena, struct ranges *r, uint32_t letter,
    bool is_folded)
{
	char lower = (char)(letter | 0x20);
	bool is_negated = letter < 'a';

	if (letter > 'z' || strchr("dsw", lower) == NULL)
		return false;
	return add_named(arena, r, (struct lift_text){ &lower, 1 },
	    (unsigned)is_negated | (unsigned)is_folded << 1);
}

bool
ranges_add_posix(struct arena *arena, struct ranges *r,
    struct lift_text name, bool is_folded)
{
	bool is_negated = name.size > 0 && name.data[0] == '^';

	name.data += is_negated;
	name.size -= is_negated;
	return name.size > 1 && add_named(arena, r, name,
	    (unsigned)is_negated | (unsigned)is_folded << 1);
}
