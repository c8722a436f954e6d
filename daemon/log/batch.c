/* Growing arrays of what the store takes, and two lists of callbacks. */
#include "log/batch.h"

#include "base/memory.h"

struct told {
	batch_told *tell;
	void       *context;
};

struct chore {
	batch_chore *run;
	void        *context;
};

/* An array that grows; SIZE is that of one item. */
struct shelf {
	char  *items;
	size_t count, room, size;
};

enum shelf_name { ENTRIES, EFFECTS, LETTERS, SHOPPERS, TRAITS, RUNS, CURSORS,
	TOLDS, CHORES, SHELVES };

struct batch {
	struct arena *arena;
	struct shelf  shelves[SHELVES];
	size_t        chores_done;
	bool          is_committed;
};

struct batch *
batch_new(void)
{
	static const size_t sizes[SHELVES] = {
		[ENTRIES] = sizeof(struct store_entry),
		[EFFECTS] = sizeof(struct store_effect),
		[LETTERS] = sizeof(struct store_letter),
		[SHOPPERS] = sizeof(struct store_shopper),
		[TRAITS] = sizeof(struct store_trait),
		[RUNS] = sizeof(struct store_run),
		[CURSORS] = sizeof(struct store_cursor),
		[TOLDS] = sizeof(struct told),
		[CHORES] = sizeof(struct chore),
	};
	struct batch *b = memory_take(sizeof(*b));

	b->arena = arena_new();
	for (int i = 0; i < SHELVES; i++)
		b->shelves[i].size = sizes[i];
	return b;
}

void
batch_free(struct batch *b)
{
	if (b == NULL)
		return;
	for (int i = 0; i < SHELVES; i++)
		memory_give(b->shelves[i].items);
	arena_free(b->arena);
	memory_give(b);
}

void
batch_clear(struct batch *b)
{
	for (int i = 0; i < SHELVES; i++)
		b->shelves[i].count = 0;
	b->chores_done = 0;
	b->is_committed = false;
	arena_clear(b->arena);
}

bool
batch_is_empty(const struct batch *b)
{
	for (int i = 0; i < SHELVES; i++)
		if (b->shelves[i].count > 0)
			return false;
	return true;
}

size_t
batch_entries(const struct batch *b)
{
	return b->shelves[ENTRIES].count;
}

size_t
batch_rows(const struct batch *b)
{
	size_t rows = 0;

	for (int i = ENTRIES; i <= CURSORS; i++)
		rows += b->shelves[i].count;
	return rows;
}

struct arena *
batch_arena(struct batch *b)
{
	return b->arena;
}

static void
shelf_add(struct batch *b, enum shelf_name name, const void *item)
{
	struct shelf *s = &b->shelves[name];

	s->items = memory_grow(s->items, s->count, &s->room, s->size);
	memcpy(s->items + s->count++ * s->size, item, s->size);
}

void
batch_entry(struct batch *b, const struct store_entry *e)
{
	shelf_add(b, ENTRIES, e);
}

void
batch_effect(struct batch *b, const struct store_effect *e)
{
	shelf_add(b, EFFECTS, e);
}

void
batch_letter(struct batch *b, const struct store_letter *l)
{
	shelf_add(b, LETTERS, l);
}

void
batch_shopper(struct batch *b, const struct store_shopper *s)
{
	shelf_add(b, SHOPPERS, s);
}

void
batch_trait(struct batch *b, const struct store_trait *t)
{
	shelf_add(b, TRAITS, t);
}

void
batch_run(struct batch *b, const struct store_run *r)
{
	shelf_add(b, RUNS, r);
}

void
batch_cursor(struct batch *b, const struct store_cursor *c)
{
	struct store_cursor *there = (struct store_cursor *)
	    b->shelves[CURSORS].items, kept = *c;

	for (size_t i = 0; i < b->shelves[CURSORS].count; i++)
		if (lift_text_equal(there[i].name, c->name)) {
			there[i].seq = c->seq;
			return;
		}
	kept.name = arena_text(b->arena, c->name);
	shelf_add(b, CURSORS, &kept);
}

void
batch_tell(struct batch *b, batch_told *tell, void *context)
{
	shelf_add(b, TOLDS, &(struct told){ tell, context });
}

void
batch_do(struct batch *b, batch_chore *run, void *context)
{
	shelf_add(b, CHORES, &(struct chore){ run, context });
}

static bool
batch_store(struct batch *b, struct store *store, struct lift_error *err)
{
	const struct shelf *s = b->shelves;
	struct store_batch all = {
		(const void *)s[ENTRIES].items, s[ENTRIES].count,
		(const void *)s[EFFECTS].items, s[EFFECTS].count,
		(const void *)s[LETTERS].items, s[LETTERS].count,
		(const void *)s[CURSORS].items, s[CURSORS].count,
		(const void *)s[SHOPPERS].items, s[SHOPPERS].count,
		(const void *)s[TRAITS].items, s[TRAITS].count,
		(const void *)s[RUNS].items, s[RUNS].count,
	};

	return batch_rows(b) == 0 || store_commit(store, &all, err);
}

bool
batch_commit(struct batch *b, struct store *store, struct lift_error *err)
{
	const struct chore *chores = (const void *)b->shelves[CHORES].items;

	if (!b->is_committed && !batch_store(b, store, err))
		return false;
	b->is_committed = true;
	for (; b->chores_done < b->shelves[CHORES].count; b->chores_done++) {
		const struct chore *c = &chores[b->chores_done];
		if (!c->run(store, c->context, err))
			return false;
	}
	return true;
}

void
batch_announce(struct batch *b)
{
	/* Whoever is told may not add to this batch: it is on its way out. */
	for (size_t i = 0; i < b->shelves[TOLDS].count; i++) {
		const struct told *t = (const void *)(b->shelves[TOLDS].items +
		    i * sizeof(*t));
		t->tell(t->context);
	}
}
