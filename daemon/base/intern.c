/* Open addressing over 64-bit slots: the upper half of a slot is the upper
 * half of the hash, the lower half the number; so nearly each probe that
 * misses is decided without touching a name. */
#include "base/intern.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/memory.h"

struct intern {
	struct arena     *names;
	struct lift_text *of;		/* by number */
	uint64_t         *slots;
	size_t            room;		/* of `of` */
	uint32_t          count, mask;
};

struct intern *
intern_new(void)
{
	struct intern *t = memory_take(sizeof(*t));

	t->names = arena_new();
	t->mask = 63;
	t->slots = memory_take(64 * sizeof(*t->slots));
	t->room = 32;
	t->of = memory_take(t->room * sizeof(*t->of));
	return t;
}

void
intern_free(struct intern *t)
{
	if (t == NULL)
		return;
	arena_free(t->names);
	memory_give(t->of);
	memory_give(t->slots);
	memory_give(t);
}

static uint32_t
intern_probe(const struct intern *t, struct lift_text name, uint64_t hash)
{
	uint32_t at = (uint32_t)hash & t->mask;

	for (; t->slots[at] != 0; at = (at + 1) & t->mask)
		if (t->slots[at] >> 32 == hash >> 32 &&
		    t->of[(uint32_t)t->slots[at]].data != NULL &&
		    lift_text_equal(t->of[(uint32_t)t->slots[at]], name))
			break;
	return at;
}

static void
intern_grow(struct intern *t)
{
	uint32_t mask = t->mask * 2 + 1;
	uint64_t *slots = memory_take(((size_t)mask + 1) * sizeof(*slots));

	for (uint32_t n = 1; n <= t->count; n++) {
		if (t->of[n].data == NULL)
			continue;
		uint64_t hash = hash_text(t->of[n]);
		uint32_t at = (uint32_t)hash & mask;
		while (slots[at] != 0)
			at = (at + 1) & mask;
		slots[at] = (hash & ~UINT64_C(0xffffffff)) | n;
	}
	memory_give(t->slots);
	t->slots = slots;
	t->mask = mask;
}

uint32_t
intern_put(struct intern *t, struct lift_text name)
{
	uint64_t hash = hash_text(name);
	uint32_t at = intern_probe(t, name, hash);

	if (t->slots[at] != 0)
		return (uint32_t)t->slots[at];
	uint32_t n = ++t->count;
	t->of = memory_grow(t->of, n, &t->room, sizeof(*t->of));
	t->of[n] = arena_text(t->names, name);
	t->slots[at] = (hash & ~UINT64_C(0xffffffff)) | n;
	if (t->count > t->mask / 2)
		intern_grow(t);
	return n;
}

void
intern_prefetch(const struct intern *t, struct lift_text name)
{
	__builtin_prefetch(&t->slots[(uint32_t)hash_text(name) & t->mask]);
}

uint32_t
intern_find(const struct intern *t, struct lift_text name)
{
	return (uint32_t)t->slots[intern_probe(t, name, hash_text(name))];
}

struct lift_text
intern_name(const struct intern *t, uint32_t n)
{
	if (n == 0 || n > t->count || t->of[n].data == NULL)
		return (struct lift_text){ "", 0 };
	return t->of[n];
}

void
intern_forget(struct intern *t, uint32_t n)
{
	if (n == 0 || n > t->count || t->of[n].data == NULL)
		return;
	/* The slot stays, matches nothing, and goes when the table grows. */
	memset((char *)(uintptr_t)t->of[n].data, 0, t->of[n].size);
	t->of[n] = (struct lift_text){ NULL, 0 };
}

void
intern_skip(struct intern *t)
{
	uint32_t n = ++t->count;

	t->of = memory_grow(t->of, n, &t->room, sizeof(*t->of));
	t->of[n] = (struct lift_text){ NULL, 0 };
}

uint32_t
intern_count(const struct intern *t)
{
	return t->count;
}

size_t
intern_held(const struct intern *t)
{
	return arena_held(t->names) + t->room * sizeof(*t->of) +
	    ((size_t)t->mask + 1) * sizeof(*t->slots);
}
