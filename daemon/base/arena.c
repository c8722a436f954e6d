/* Blocks in a chain, each twice the size of the one before up to a bound, so
 * that a small arena costs a few kilobytes and a large one few mallocs. */
#include "base/arena.h"

#include "base/memory.h"

enum { ARENA_FIRST = 4096, ARENA_LARGEST = 1 << 20, ARENA_ALIGN = 16 };

struct block {
	struct block *next;
	size_t        room, used;
	_Alignas(ARENA_ALIGN) char bytes[];
};

struct arena {
	struct block *head;
	size_t        held;
};

struct arena *
arena_new(void)
{
	return memory_take(sizeof(struct arena));
}

void
arena_free(struct arena *a)
{
	struct block *b, *next;

	if (a == NULL)
		return;
	for (b = a->head; b != NULL; b = next) {
		next = b->next;
		memory_give(b);
	}
	memory_give(a);
}

void
arena_clear(struct arena *a)
{
	struct block *b, *next, *keep = a->head;

	if (keep == NULL)
		return;
	for (b = keep->next; b != NULL; b = next) {
		next = b->next;
		a->held -= b->room;
		memory_give(b);
	}
	keep->next = NULL;
	keep->used = 0;
}

static struct block *
arena_grow(struct arena *a, size_t size)
{
	size_t room = a->head == NULL ? ARENA_FIRST : a->head->room * 2;

	if (room > ARENA_LARGEST)
		room = ARENA_LARGEST;
	if (room < size)
		room = size;
	struct block *b = memory_raw(sizeof(*b) + room);
	b->room = room;
	b->used = 0;
	b->next = a->head;
	a->head = b;
	a->held += room;
	return b;
}

static void *
arena_raw(struct arena *a, size_t size)
{
	struct block *b = a->head;

	size = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	if (b == NULL || b->room - b->used < size)
		b = arena_grow(a, size);
	void *at = b->bytes + b->used;
	b->used += size;
	return at;
}

void *
arena_take(struct arena *a, size_t size)
{
	return memset(arena_raw(a, size), 0, size);
}

char *
arena_copy(struct arena *a, const void *data, size_t size)
{
	char *at = arena_raw(a, size + 1);

	if (size > 0)
		memcpy(at, data, size);
	at[size] = '\0';
	return at;
}

char *
arena_string(struct arena *a, const char *s)
{
	return arena_copy(a, s, strlen(s));
}

struct lift_text
arena_text(struct arena *a, struct lift_text t)
{
	return (struct lift_text){ arena_copy(a, t.data, t.size), t.size };
}

char *
arena_form(struct arena *a, const char *form, ...)
{
	va_list ap, again;

	va_start(ap, form);
	va_copy(again, ap);
	char none[1];
	int n = vsnprintf(none, sizeof(none), form, ap);
	va_end(ap);
	char *at = arena_raw(a, (size_t)n + 1);
	vsnprintf(at, (size_t)n + 1, form, again);
	va_end(again);
	return at;
}

size_t
arena_held(const struct arena *a)
{
	return a->held;
}
