/* Saving what a damaged file still has, into a new one. Rows are read in their
 * order, around what cannot be read: a damaged leaf page hides some thirty
 * entries, and the reader says which. Lost ranges of the log are noted in the
 * table `gaps`, so that the new store is whole, and honest about its holes.
 *
 * The order of tables matters: entries come last, when it is known how far the
 * log had gone, from the effects and cursors. The next seq must be above all
 * that were ever given. */
#include "log/sqlite.h"

#include <inttypes.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"

/* Rows a transaction. */
#define SALVAGE_BATCH	4096

struct salvage {
	void         *from, *into;
	struct text  *report;
	uint64_t      rows;		/* of the present table */
	unsigned      pending;		/* rows in the transaction */
	int64_t       last;		/* the newest seq put */
	int64_t       known;		/* the newest seq heard of */
};

static bool
salvage_turn(struct salvage *s, struct lift_error *err)
{
	s->pending = 0;
	return store_sqlite.end(s->into, err) &&
	    store_sqlite.begin(s->into, err);
}

static bool
salvage_row(struct salvage *s, enum table_name table, const void *row,
    struct lift_error *err)
{
	if (!store_sqlite.put(s->into, table, row, err))
		return false;
	return ++s->pending < SALVAGE_BATCH || salvage_turn(s, err);
}

static bool
salvage_gap(struct salvage *s, int64_t first, int64_t last,
    struct lift_error *err)
{
	struct table_gap gap = { (uint64_t)first, (uint64_t)last };

	text_form(s->report, "lost: entries %" PRId64 " to %" PRId64 "\n",
	    first, last);
	return salvage_row(s, TABLE_GAPS, &gap, err);
}

static void
salvage_hear(struct salvage *s, uint64_t seq)
{
	if ((int64_t)seq > s->known)
		s->known = (int64_t)seq;
}

static bool
salvage_entry(struct salvage *s, const struct store_entry *entry,
    struct lift_error *err)
{
	int64_t seq = (int64_t)entry->seq;

	salvage_hear(s, entry->seq);
	if (s->last != 0 && seq > s->last + 1 &&
	    !salvage_gap(s, s->last + 1, seq - 1, err))
		return false;
	s->last = seq;
	return salvage_row(s, TABLE_ENTRIES, entry, err);
}

static bool
counts_lines(struct lift_text name)
{
	size_t n = strlen(STORE_CURSOR_LINES);

	return name.size > n && memcmp(name.data, STORE_CURSOR_LINES, n) == 0;
}

static bool
salvage_take(struct salvage *s, enum table_name table,
    const union table_row *row, struct lift_error *err)
{
	s->rows++;
	if (table == TABLE_ENTRIES)
		return salvage_entry(s, &row->entry, err);
	if (table == TABLE_EFFECTS)
		salvage_hear(s, row->effect.seq);
	if (table == TABLE_CURSORS && !counts_lines(row->cursor.name))
		salvage_hear(s, row->cursor.seq);
	if (table != TABLE_GAPS)
		return salvage_row(s, table, row, err);
	/* Gaps are found anew; one at the end is known by its last seq. */
	salvage_hear(s, row->gap.last);
	return true;
}

/* What could not be read of a table. Entries lost between others are said as
 * gaps. */
static void
salvage_lost(struct salvage *s, const struct sqlite_hidden *hidden)
{
	const char *name = tables[hidden->table].name;

	if (hidden->table == TABLE_ENTRIES && s->last != 0)
		return;
	if (hidden->last == INT64_MAX)
		text_form(s->report, "lost: %s from %" PRId64 " on\n", name,
		    hidden->first);
	else
		text_form(s->report, "lost: %s %" PRId64 " to %" PRId64 "\n",
		    name, hidden->first, hidden->last);
}

static bool
salvage_table(struct salvage *s, enum table_name table,
    struct lift_error *err)
{
	struct store_query all = { .limit = 0 };
	struct sqlite_hidden hidden;
	union table_row row;
	struct lift_error why;

	s->rows = 0;
	sqlite_reader_find(s->from, table, &all, &why);
	for (;;) {
		while (why.code == LIFT_E_NONE &&
		    sqlite_reader_next(s->from, &row, &why))
			if (!salvage_take(s, table, &row, err))
				return false;
		if (why.code == LIFT_E_NONE)
			break;
		if (!sqlite_reader_skip(s->from, &hidden)) {
			*err = why;	/* the disk, not the file */
			return false;
		}
		salvage_lost(s, &hidden);
		why.code = LIFT_E_NONE;
	}
	text_form(s->report, "saved: %" PRIu64 " %s\n", s->rows,
	    tables[table].name);
	return true;
}

static bool
salvage_all(struct salvage *s, struct lift_error *err)
{
	static const enum table_name order[] = {
		TABLE_KEPT, TABLE_SHOPPERS, TABLE_TRAITS, TABLE_RUNS,
		TABLE_LETTERS, TABLE_CURSORS, TABLE_GAPS, TABLE_EFFECTS, TABLE_ENTRIES
	};

	sqlite_reader_forgive(s->from);
	if (!store_sqlite.begin(s->into, err))
		return false;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (!salvage_table(s, order[i], err))
			return false;
	if (s->last < s->known &&
	    !salvage_gap(s, s->last + 1, s->known, err))
		return false;
	return store_sqlite.end(s->into, err);
}

static bool
salvage_into(struct salvage *s, const struct store_settings *into,
    struct lift_error *err)
{
	char path[4096];
	bool good;

	snprintf(path, sizeof(path), "%s/liftd.db", into->state);
	if (access(path, F_OK) == 0)
		return lift_fail(err, LIFT_E_USAGE, "'%s' is there already; "
		    "name a directory without a store", path);
	s->into = store_sqlite.open(into, err);
	if (s->into == NULL)
		return false;
	good = salvage_all(s, err);
	if (!good)
		store_sqlite.undo(s->into);
	store_sqlite.close(s->into);
	return good;
}

/* Whether the file can be entered at all. Without its first page and its
 * schema SQLite finds nothing, and it would be no help to name salvage again. */
static bool
salvage_can_enter(const struct store_settings *source,
    struct lift_error *err)
{
	struct sqlite link;
	bool good;

	good = sqlite_enter(&link, source, SQLITE_OPEN_READONLY, err) &&
	    sqlite_accept_cut(&link, err) &&
	    sqlite_schema_check(&link, err);
	if (!good && sqlite_is_damage(&link))
		lift_fail(err, LIFT_E_STORE, "nothing of '%s' can be saved, "
		    "its first page or its schema is damaged; restore a copy "
		    "of the state directory", link.file);
	sqlite_leave(&link);
	return good;
}

bool
sqlite_salvage(const char *state, const char *into, struct text *report,
    struct lift_error *err)
{
	struct store_settings source = { "sqlite", state, STORE_POWER };
	struct store_settings target = { "sqlite", into, STORE_POWER };
	struct salvage s = { .report = report };
	bool good;

	if (!salvage_can_enter(&source, err))
		return false;
	s.from = sqlite_reader_of_cut(&source, err);
	if (s.from == NULL)
		return false;
	good = salvage_into(&s, &target, err);
	sqlite_reader_free(s.from);
	return good;
}
