/* The store over its drivers: who may open it, what a batch is, in which order
 * seqs come, what is looked over at the start. What SQL there is belongs to
 * the drivers. */
#include "log/store.h"

#include <unistd.h>

#include "base/memory.h"
#include "log/lock.h"
#include "log/store_driver.h"

/* How many of the newest rows are read at the start: what a crash can have
 * hurt is there. */
#define STORE_LOOK	10000

struct store {
	const struct store_driver *driver;
	void                      *self;
	struct store_settings      settings;
	struct store_pulse         pulse;
	int                        lock;
	uint64_t                   last_seq, last_letter;
};

struct store_reader {
	const struct store_driver *driver;
	void                      *self;
};

static const struct store_driver *const store_drivers[] = {
	&store_sqlite, &store_postgres,
};

const struct store_driver *
store_driver_find(const char *name, struct lift_error *err)
{
	size_t count = sizeof(store_drivers) / sizeof(store_drivers[0]);

	for (size_t i = 0; i < count; i++)
		if (strcmp(store_drivers[i]->name, name) == 0)
			return store_drivers[i];
	lift_fail(err, LIFT_E_USAGE, "the store's driver is '%s', must be %s "
	    "or %s", name, store_drivers[0]->name, store_drivers[1]->name);
	return NULL;
}

/* ---- opening --------------------------------------------------------- */

static bool
store_drain(struct store_reader *reader, enum table_name table,
    const struct store_query *query, struct lift_error *err)
{
	union table_row row;

	if (!reader->driver->find(reader->self, table, query, err))
		return false;
	while (reader->driver->next(reader->self, &row, err))
		;
	return err->code == LIFT_E_NONE;
}

static bool
store_look(struct store *store, struct store_reader *reader,
    struct lift_error *err)
{
	static const enum table_name whole[] = {
		TABLE_CURSORS, TABLE_KEPT, TABLE_GAPS
	};
	static const enum table_name newest[] = {
		TABLE_ENTRIES, TABLE_EFFECTS, TABLE_LETTERS, TABLE_RUNS
	};
	struct store_query all = { .limit = 0 };
	struct store_query some = { .limit = STORE_LOOK, .newest_first = true };
	uint64_t first;

	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		if (!store_drain(reader, whole[i], &all, err))
			return false;
	for (size_t i = 0; i < sizeof(newest) / sizeof(newest[0]); i++)
		if (!store_drain(reader, newest[i], &some, err))
			return false;
	return reader->driver->range(reader->self, TABLE_ENTRIES, &first,
	    &store->last_seq, err) && reader->driver->range(reader->self,
	    TABLE_LETTERS, &first, &store->last_letter, err);
}

static bool
store_start(struct store *store, struct lift_error *err)
{
	struct store_reader *reader;
	bool good;

	store->lock = lock_take(store->settings.state, err);
	if (store->lock < 0)
		return false;
	store->self = store->driver->open(&store->settings, err);
	if (store->self == NULL)
		return false;
	reader = store_reader_new(store, err);
	if (reader == NULL)
		return false;
	good = store_look(store, reader, err);
	store_reader_free(reader);
	return good;
}

struct store *
store_open(const struct store_settings *settings, struct lift_error *err)
{
	const struct store_driver *driver =
	    store_driver_find(settings->driver, err);
	struct store *store;

	if (driver == NULL)
		return NULL;
	store = memory_take(sizeof(*store));
	store->driver = driver;
	store->settings = *settings;
	store->settings.driver = driver->name;
	store->settings.state = memory_string(settings->state);
	store->settings.dsn = memory_string(settings->dsn ? settings->dsn :
	    "");
	store->settings.pulse = &store->pulse;
	store->lock = -1;
	if (store_start(store, err))
		return store;
	store_close(store);
	return NULL;
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	store->driver->close(store->self);
	lock_drop(store->lock);
	memory_give((char *)(uintptr_t)store->settings.state);
	memory_give((char *)(uintptr_t)store->settings.dsn);
	memory_give(store);
}

/* ---- the writer ------------------------------------------------------ */

static bool
store_follows(const struct store *store, const struct store_batch *batch,
    struct lift_error *err)
{
	uint64_t expected = store->last_seq + 1;

	if (batch->entry_count > 0 && store->last_seq == 0)
		expected = batch->entries[0].seq;
	for (size_t i = 0; i < batch->entry_count; i++)
		if (batch->entries[i].seq != expected + i ||
		    expected + i == 0 || expected + i > INT64_MAX)
			return lift_fail(err, LIFT_E_BUG, "entry %llu does not "
			    "follow the log, must be %llu",
			    (unsigned long long)batch->entries[i].seq,
			    (unsigned long long)(expected + i));
	return true;
}

static bool
store_put(struct store *store, enum table_name table, const void *rows,
    size_t count, struct lift_error *err)
{
	const char *at = rows;

	for (size_t i = 0; i < count; i++, at += tables[table].size)
		if (!store->driver->put(store->self, table, at, err))
			return false;
	return true;
}

static bool
store_put_letters(struct store *store, const struct store_batch *batch,
    struct lift_error *err)
{
	for (size_t i = 0; i < batch->letter_count; i++) {
		struct store_letter letter = batch->letters[i];

		letter.number = store->last_letter + 1 + i;
		if (!store_put(store, TABLE_LETTERS, &letter, 1, err))
			return false;
	}
	return true;
}

static bool
store_put_batch(struct store *store, const struct store_batch *batch,
    struct lift_error *err)
{
	return store_put(store, TABLE_ENTRIES, batch->entries,
	    batch->entry_count, err) &&
	    store_put(store, TABLE_EFFECTS, batch->effects,
	    batch->effect_count, err) &&
	    store_put_letters(store, batch, err) &&
	    store_put(store, TABLE_CURSORS, batch->cursors,
	    batch->cursor_count, err) &&
	    store_put(store, TABLE_SHOPPERS, batch->shoppers,
	    batch->shopper_count, err) &&
	    store_put(store, TABLE_TRAITS, batch->traits,
	    batch->trait_count, err) &&
	    store_put(store, TABLE_RUNS, batch->runs, batch->run_count, err);
}

bool
store_commit(struct store *store, const struct store_batch *batch,
    struct lift_error *err)
{
	const struct store_driver *driver = store->driver;

	if (!store_follows(store, batch, err))
		return false;
	if (!driver->begin(store->self, err) ||
	    !store_put_batch(store, batch, err) ||
	    !driver->end(store->self, err)) {
		driver->undo(store->self);
		return false;
	}
	if (batch->entry_count > 0)
		store->last_seq = batch->entries[batch->entry_count - 1].seq;
	store->last_letter += batch->letter_count;
	return true;
}

unsigned
store_worth(const struct store *store)
{
	return store->driver->worth[store->settings.durability];
}

void
store_rest(struct store *store)
{
	store->driver->rest(store->self);
}

bool
store_prune(struct store *store, int64_t before, uint64_t keep,
    uint32_t limit, bool *ret_more, struct lift_error *err)
{
	struct store_slice slice = { before, keep, limit ? limit : 1 };

	return store->driver->prune(store->self, &slice, ret_more, err);
}

bool
store_keep(struct store *store, struct lift_text name, struct lift_text value,
    struct lift_error *err)
{
	const struct store_driver *driver = store->driver;
	struct table_kept kept = { name, value };

	if (driver->begin(store->self, err) &&
	    driver->put(store->self, TABLE_KEPT, &kept, err) &&
	    driver->end(store->self, err))
		return true;
	driver->undo(store->self);
	return false;
}

bool
store_forget(struct store *store, uint32_t token, struct lift_error *err)
{
	return store->driver->forget(store->self, token, err);
}

/* ---- readers --------------------------------------------------------- */

struct store_reader *
store_reader_open(const struct store_settings *settings,
    struct lift_error *err)
{
	const struct store_driver *driver =
	    store_driver_find(settings->driver, err);
	struct store_reader *reader;
	void *self;

	if (driver == NULL)
		return NULL;
	self = driver->reader_new(settings, err);
	if (self == NULL)
		return NULL;
	reader = memory_take(sizeof(*reader));
	reader->driver = driver;
	reader->self = self;
	return reader;
}

struct store_reader *
store_reader_new(const struct store *store, struct lift_error *err)
{
	return store_reader_open(&store->settings, err);
}

void
store_hurry(struct store *store)
{
	atomic_store(&store->pulse.hurries, true);
}

void
store_reader_wait(struct store_reader *reader)
{
	if (reader->driver->reader_wait != NULL)
		reader->driver->reader_wait(reader->self);
}

void
store_reader_free(struct store_reader *reader)
{
	if (reader == NULL)
		return;
	reader->driver->reader_free(reader->self);
	memory_give(reader);
}

/* A pair of functions for each table that can be asked for. */
#define STORE_NEXT(noun, table)						\
bool									\
store_next_##noun(struct store_reader *reader,				\
    struct store_##noun *ret, struct lift_error *err)			\
{									\
	return reader->driver->next(reader->self, ret, err);		\
}
#define STORE_FIND(noun, nouns, table)					\
bool									\
store_##nouns(struct store_reader *reader,				\
    const struct store_query *query, struct lift_error *err)		\
{									\
	return reader->driver->find(reader->self, table, query, err);	\
}									\
									\
STORE_NEXT(noun, table)
#define STORE_FIND_ALL(noun, nouns, table)				\
bool									\
store_##nouns(struct store_reader *reader, struct lift_error *err)	\
{									\
	struct store_query all = { .limit = 0 };			\
									\
	return reader->driver->find(reader->self, table, &all, err);	\
}									\
									\
STORE_NEXT(noun, table)

STORE_FIND(entry, entries, TABLE_ENTRIES)

STORE_FIND(effect, effects, TABLE_EFFECTS)

bool
store_letters(struct store_reader *reader, const struct store_query *query,
    struct lift_error *err)
{
	struct store_query newest = *query;

	newest.newest_first = true;
	return reader->driver->find(reader->self, TABLE_LETTERS, &newest, err);
}

STORE_NEXT(letter, TABLE_LETTERS)

STORE_FIND(run, runs, TABLE_RUNS)

STORE_FIND_ALL(shopper, shoppers, TABLE_SHOPPERS)

STORE_FIND(trait, traits, TABLE_TRAITS)

STORE_FIND_ALL(cursor, cursors, TABLE_CURSORS)

bool
store_cursor_seq(struct store_reader *reader, struct lift_text name,
    uint64_t *ret_seq, struct lift_error *err)
{
	struct store_query query = { .key = name };
	struct store_cursor cursor = { .seq = 0 };

	if (!reader->driver->find(reader->self, TABLE_CURSORS, &query, err))
		return false;
	if (!reader->driver->next(reader->self, &cursor, err) &&
	    err->code != LIFT_E_NONE)
		return false;
	*ret_seq = cursor.seq;
	return true;
}

bool
store_range(struct store_reader *reader, uint64_t *ret_first,
    uint64_t *ret_last, struct lift_error *err)
{
	return reader->driver->range(reader->self, TABLE_ENTRIES, ret_first,
	    ret_last, err);
}

bool
store_value(struct store_reader *reader, struct arena *arena,
    struct lift_text name, struct lift_text *ret_value,
    struct lift_error *err)
{
	struct store_query query = { .key = name };
	struct table_kept kept = { .value = LIFT_TEXT_OF("") };

	if (!reader->driver->find(reader->self, TABLE_KEPT, &query, err))
		return false;
	if (!reader->driver->next(reader->self, &kept, err) &&
	    err->code != LIFT_E_NONE)
		return false;
	*ret_value = arena_text(arena, kept.value);
	return true;
}

bool
store_describe(struct store_reader *reader, struct text *text,
    struct lift_error *err)
{
	return reader->driver->describe(reader->self, text, err);
}

bool
store_check(struct store_reader *reader, struct lift_error *err)
{
	struct store_query all = { .limit = 0 };

	for (enum table_name t = 0; t < TABLES; t++)
		if (!store_drain(reader, t, &all, err))
			return false;
	return reader->driver->check(reader->self, err);
}

/* ---- salvage --------------------------------------------------------- */

static bool
store_salvage_locked(const struct store_driver *driver, const char *state,
    const char *into, struct text *report, struct lift_error *err)
{
	int lock = lock_take(into, err);
	bool good;

	if (lock < 0)
		return false;
	good = driver->salvage(state, into, report, err);
	lock_drop(lock);
	return good;
}

bool
store_salvage(const struct store_settings *settings, const char *into,
    struct text *report, struct lift_error *err)
{
	const struct store_driver *driver =
	    store_driver_find(settings->driver, err);
	const char *state = settings->state;
	bool good;
	int lock;

	if (driver == NULL)
		return false;
	if (access(state, R_OK | X_OK) != 0)
		return lift_fail(err, LIFT_E_STORE, "the state directory '%s' "
		    "cannot be read; name the one that holds the damaged store",
		    state);
	lock = lock_take(state, err);
	if (lock < 0)
		return false;
	good = store_salvage_locked(driver, state, into, report, err);
	lock_drop(lock);
	return good;
}
