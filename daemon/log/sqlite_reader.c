/* Reading. A query runs in chunks: each is one statement and one read
 * transaction, which ends before its first row is handed out. So however slow
 * the one who asks is, no commit waits and the write-ahead log does not grow.
 * That a query still sees one moment comes from what the log is: rows are
 * added at the end, and the end is noted when the query begins.
 *
 * Nothing is guessed: a row that differs from its sum, a page that SQLite
 * cannot read and a seq that is missing are damage, and the query stops with
 * the range that is hidden. */
#include "log/sqlite.h"

#include <inttypes.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/text.h"
#include "log/chunk.h"
#include "log/path.h"

struct sqlite_reader {
	struct sqlite        link;
	sqlite3_stmt        *scans[PATHS][2];
	struct arena        *arena;	/* the query's texts */

	const struct path   *path;
	const struct table  *table;
	sqlite3_stmt        *scan;
	struct store_query   query;
	struct lift_text     fixed;
	struct mark          mark;
	int64_t              lowest, highest;	/* of the first key */
	int64_t              expected;	/* the next seq; entries only */
	uint32_t             given;	/* rows handed out */
	bool                 is_over, is_damaged, forgives;
	struct sqlite_hidden hidden;
	char                 why[80];
	struct chunk         chunk;
};

/* ---- a reader's life ------------------------------------------------- */

static void *
reader_open(const struct store_settings *settings, bool cut,
    struct lift_error *err)
{
	struct sqlite_reader *reader = memory_take(sizeof(*reader));

	reader->arena = arena_new();
	reader->is_over = true;
	if (sqlite_enter(&reader->link, settings, SQLITE_OPEN_READONLY, err) &&
	    (!cut || sqlite_accept_cut(&reader->link, err)) &&
	    sqlite_schema_check(&reader->link, err))
		return reader;
	sqlite_reader_free(reader);
	return NULL;
}

void *
sqlite_reader_new(const struct store_settings *settings,
    struct lift_error *err)
{
	return reader_open(settings, false, err);
}

void *
sqlite_reader_of_cut(const struct store_settings *settings,
    struct lift_error *err)
{
	return reader_open(settings, true, err);
}

void
sqlite_reader_free(void *self)
{
	struct sqlite_reader *reader = self;

	if (reader == NULL)
		return;
	for (int i = 0; i < PATHS; i++) {
		sqlite3_finalize(reader->scans[i][0]);
		sqlite3_finalize(reader->scans[i][1]);
	}
	chunk_done(&reader->chunk);
	text_done(&reader->mark.text);
	arena_free(reader->arena);
	sqlite_leave(&reader->link);
	memory_give(reader);
}

bool
sqlite_reader_range(void *self, enum table_name name, uint64_t *ret_first,
    uint64_t *ret_last, struct lift_error *err)
{
	struct sqlite_reader *reader = self;
	const struct table *table = &tables[name];
	int64_t first, last, gap = 0;
	char sql[96];

	snprintf(sql, sizeof(sql), "SELECT min(%s) FROM %s",
	    table->columns[0].name, table->name);
	if (!sqlite_number(&reader->link, sql, &first, err))
		return false;
	snprintf(sql, sizeof(sql), "SELECT max(%s) FROM %s",
	    table->columns[0].name, table->name);
	if (!sqlite_number(&reader->link, sql, &last, err))
		return false;
	if (name == TABLE_ENTRIES && !sqlite_number(&reader->link,
	    "SELECT max(last) FROM gaps", &gap, err))
		return false;
	*ret_first = (uint64_t)first;
	*ret_last = (uint64_t)(last > gap ? last : gap);
	return true;
}

/* ---- beginning a query ----------------------------------------------- */

static bool
reader_is_down(const struct sqlite_reader *reader)
{
	return reader->query.newest_first;
}

static bool
reader_scan(struct sqlite_reader *reader, enum path_name name,
    struct lift_error *err)
{
	bool down = reader_is_down(reader);
	sqlite3_stmt **scan = &reader->scans[name][down];
	struct text sql = { 0 };

	reader->path = &paths[name];
	reader->table = &tables[reader->path->table];
	if (*scan == NULL) {
		path_sql(reader->path, down, '?', &sql);
		*scan = sqlite_prepare(&reader->link, sql.data, err);
		text_done(&sql);
	}
	reader->scan = *scan;
	return *scan != NULL;
}

/* The bounds of the first key. */
static bool
reader_bounds(struct sqlite_reader *reader, struct lift_error *err)
{
	enum table_name table = reader->path->table;
	uint64_t first = 0, last = 0;

	if (path_has_range(table) &&
	    !sqlite_reader_range(reader, table, &first, &last, err)) {
		/* A salvage finds the ends by reading on. */
		if (!reader->forgives || !sqlite_is_damage(&reader->link))
			return false;
		*err = (struct lift_error){ .code = LIFT_E_NONE };
		first = 1;
		last = INT64_MAX;
	}
	path_bounds(table, &reader->query, (int64_t)first, (int64_t)last,
	    &reader->lowest, &reader->highest);
	return true;
}

static bool
reader_begin(struct sqlite_reader *reader, enum table_name table,
    struct lift_error *err)
{
	enum path_name name;

	name = path_choose(table, &reader->query, &reader->fixed);
	if (!reader_scan(reader, name, err) || !reader_bounds(reader, err)) {
		reader->is_damaged = sqlite_is_damage(&reader->link);
		reader->hidden = (struct sqlite_hidden){ table, 0, INT64_MAX };
		return false;
	}
	reader->expected = reader_is_down(reader) ? reader->highest :
	    reader->lowest;
	path_mark_at(reader_is_down(reader), reader->expected,
	    &reader->mark);
	reader->is_over = reader->lowest > reader->highest;
	return true;
}

bool
sqlite_reader_find(void *self, enum table_name table,
    const struct store_query *query, struct lift_error *err)
{
	struct sqlite_reader *reader = self;

	arena_clear(reader->arena);
	reader->query = path_query(reader->arena, query);
	reader->given = 0;
	reader->is_over = true;
	reader->is_damaged = false;
	chunk_clear(&reader->chunk, &tables[table]);
	*err = (struct lift_error){ .code = LIFT_E_NONE };
	return reader_begin(reader, table, err);
}

/* ---- damage ---------------------------------------------------------- */

static void
reader_bind_mark(struct sqlite_reader *reader, int64_t bound)
{
	const struct path *path = reader->path;
	const struct mark *mark = &reader->mark;

	for (int i = 0; i < 2 && path->keys[i] >= 0; i++) {
		if (!column_is_text(path_key(path, i)))
			sqlite3_bind_int64(reader->scan, i + 1,
			    mark->whole[i]);
		else if (mark->is_end)
			/* In SQLite each blob is above all texts. */
			sqlite3_bind_zeroblob(reader->scan, i + 1, 0);
		else
			sqlite_bind(reader->scan, i + 1,
			    text_view(&mark->text));
	}
	if (path_is_numbered(path))
		sqlite3_bind_int64(reader->scan, 3, bound);
	else
		sqlite3_bind_zeroblob(reader->scan, 3, 0);
}

static void
reader_bind(struct sqlite_reader *reader, int64_t rows)
{
	bool down = reader_is_down(reader);

	reader_bind_mark(reader, down ? reader->lowest : reader->highest);
	sqlite3_bind_int64(reader->scan, 4, rows);
	if (reader->path->fixed >= 0)
		sqlite_bind(reader->scan, 5, reader->fixed);
}

/* Whether a row at or behind AT can be read; *RET_KEY is its first key, or
 * beyond the bound when there is none. */
static bool
reader_probe(struct sqlite_reader *reader, int64_t at, int64_t *ret_key)
{
	bool down = reader_is_down(reader);
	int rc;

	path_mark_at(down, at, &reader->mark);
	reader_bind(reader, 1);
	rc = sqlite3_step(reader->scan);
	*ret_key = down ? INT64_MIN : INT64_MAX;
	if (rc == SQLITE_ROW)
		*ret_key = sqlite3_column_int64(reader->scan,
		    reader->path->keys[0]);
	sqlite3_reset(reader->scan);
	return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

/* The first key behind what cannot be read at START: gallops over it, then
 * halves. */
static int64_t
reader_far_side(struct sqlite_reader *reader, int64_t start)
{
	bool down = reader_is_down(reader);
	uint64_t room = down ?
	    (uint64_t)start - (uint64_t)reader->lowest :
	    (uint64_t)reader->highest - (uint64_t)start;
	uint64_t bad = 0, good = 1;
	int64_t key = down ? INT64_MIN : INT64_MAX;

	while (good <= room && !reader_probe(reader, down ?
	    start - (int64_t)good : start + (int64_t)good, &key)) {
		bad = good;
		good *= 2;
	}
	if (good > room)
		return down ? INT64_MIN : INT64_MAX;
	while (good - bad > 1) {
		uint64_t half = bad + (good - bad) / 2;
		int64_t found;

		if (reader_probe(reader, down ? start - (int64_t)half :
		    start + (int64_t)half, &found)) {
			good = half;
			key = found;
		} else {
			bad = half;
		}
	}
	return key;
}

/* What is hidden, in words. */
static void
reader_hidden_write(const struct sqlite_reader *reader, struct text *what)
{
	const struct sqlite_hidden *hidden = &reader->hidden;

	text_string(what, reader->table->name);
	if (!path_is_numbered(reader->path))
		return;
	text_form(what, " %s ",
	    reader->table->columns[reader->path->keys[0]].name);
	if (hidden->last == INT64_MAX)
		text_form(what, "%" PRId64 " and all after it",
		    hidden->first);
	else if (hidden->first == INT64_MIN)
		text_form(what, "%" PRId64 " and all before it",
		    hidden->last);
	else if (hidden->first == hidden->last)
		text_form(what, "%" PRId64, hidden->first);
	else
		text_form(what, "%" PRId64 " to %" PRId64, hidden->first,
		    hidden->last);
}

static bool
reader_say(struct sqlite_reader *reader, struct lift_error *err)
{
	struct text what = { 0 };

	reader_hidden_write(reader, &what);
	text_form(&what, " cannot be read (%s)", reader->why);
	reader->is_damaged = true;
	sqlite_damaged(&reader->link, what.data, err);
	text_done(&what);
	return false;
}

static void
reader_reason(struct sqlite_reader *reader, const char *why)
{
	snprintf(reader->why, sizeof(reader->why), "%s", why);
}

/* SQLite could not go on behind the mark: finds how far, and says so. */
static bool
reader_fault(struct sqlite_reader *reader, struct lift_error *err)
{
	bool down = reader_is_down(reader);
	int64_t start = reader->mark.whole[0], far = INT64_MAX;

	if (!sqlite_is_damage(&reader->link)) {
		sqlite_fault(&reader->link, err);
		sqlite3_reset(reader->scan);
		return false;
	}
	reader_reason(reader, sqlite3_errmsg(reader->link.db));
	sqlite3_reset(reader->scan);
	if (path_is_numbered(reader->path)) {
		far = reader_far_side(reader, start);
		path_mark_at(down, far, &reader->mark);
	}
	reader->hidden = (struct sqlite_hidden){ reader->path->table, start,
	    far == INT64_MAX ? far : far - 1 };
	if (down)
		reader->hidden = (struct sqlite_hidden){ reader->path->table,
		    far == INT64_MIN ? far : far + 1, start };
	return reader_say(reader, err);
}

/* The row that the statement stands on differs from its sum. */
static bool
reader_wrong(struct sqlite_reader *reader, struct lift_error *err)
{
	const struct path *path = reader->path;
	void *row = chunk_row(&reader->chunk, reader->table, 0);
	int64_t key = 0;

	/* chunk_take has put it at the chunk's end, without counting it. */
	path_mark_behind(path, reader_is_down(reader), row, &reader->mark);
	if (path_is_numbered(path))
		key = sqlite3_column_int64(reader->scan, path->keys[0]);
	sqlite3_reset(reader->scan);
	reader->hidden = (struct sqlite_hidden){ path->table, key, key };
	reader_reason(reader, "it differs from its sum");
	return reader_say(reader, err);
}

/* Whether seqs FIRST to LAST are missing for a reason: pruned by now, or lost
 * in a salvage. */
static bool
reader_excuses(struct sqlite_reader *reader, int64_t first, int64_t last)
{
	struct lift_error ignored;
	int64_t excused = 0;
	char sql[200];

	if (reader->forgives)
		return true;
	snprintf(sql, sizeof(sql), "SELECT %" PRId64 " < (SELECT min(seq) "
	    "FROM entries) OR EXISTS (SELECT 1 FROM gaps WHERE first <= %"
	    PRId64 " AND last >= %" PRId64 ")", last, first, last);
	return sqlite_number(&reader->link, sql, &excused, &ignored) &&
	    excused != 0;
}

/* The chunk ends before its row AT, where seqs FIRST to LAST are missing. That
 * is said when the rows before have been handed out. */
static bool
reader_cut(struct sqlite_reader *reader, size_t at, int64_t first,
    int64_t last, struct lift_error *err)
{
	struct chunk *chunk = &reader->chunk;

	chunk->count = at;
	if (at > 0) {
		path_mark_behind(reader->path, reader_is_down(reader),
		    chunk_row(chunk, reader->table, at - 1), &reader->mark);
		reader->is_over = false;
		return true;
	}
	reader->hidden = (struct sqlite_hidden){ TABLE_ENTRIES, first, last };
	path_mark_at(reader_is_down(reader),
	    reader_is_down(reader) ? first - 1 : last + 1, &reader->mark);
	reader_reason(reader, "nothing is there");
	return reader_say(reader, err);
}

/* Whether the seqs in the chunk follow those before. */
static bool
reader_is_whole(struct sqlite_reader *reader, struct lift_error *err)
{
	bool down = reader_is_down(reader);
	const struct store_entry *entry;
	int64_t first, last, seq;
	size_t i;

	for (i = 0; i < reader->chunk.count; i++) {
		entry = chunk_row(&reader->chunk, reader->table, i);
		seq = (int64_t)entry->seq;
		first = down ? seq + 1 : reader->expected;
		last = down ? reader->expected : seq - 1;
		if (first <= last && !reader_excuses(reader, first, last))
			return reader_cut(reader, i, first, last, err);
		reader->expected = down ? seq - 1 : seq + 1;
	}
	first = down ? reader->lowest : reader->expected;
	last = down ? reader->expected : reader->highest;
	if (reader->is_over && first <= last &&
	    !reader_excuses(reader, first, last))
		return reader_cut(reader, i, first, last, err);
	return true;
}

/* ---- handing out ----------------------------------------------------- */

static bool
reader_in_time(const struct sqlite_reader *reader, int64_t time)
{
	return time >= reader->query.from_time &&
	    time <= reader->query.to_time;
}

static bool
reader_text_fits(struct lift_text wanted, struct lift_text found)
{
	return wanted.size == 0 || lift_text_equal(wanted, found);
}

/* What the statement did not narrow is narrowed here, so that a search for a
 * rare key is no long transaction. */
static bool
reader_wants(const struct sqlite_reader *reader, const void *row)
{
	const struct store_query *q = &reader->query;
	const struct store_entry *entry = row;
	const struct store_effect *effect = row;
	const struct store_letter *letter = row;

	switch (reader->path->table) {
	case TABLE_ENTRIES:
		return reader_in_time(reader, entry->time) &&
		    reader_text_fits(q->id, entry->id) &&
		    reader_text_fits(q->key, entry->key);
	case TABLE_EFFECTS:
		return reader_in_time(reader, effect->time) &&
		    reader_text_fits(q->topic, effect->topic) &&
		    reader_text_fits(q->id, effect->id) &&
		    reader_text_fits(q->key, effect->key);
	case TABLE_LETTERS:
		return reader_in_time(reader, letter->received);
	default:
		return true;
	}
}

/* The row that the statement stands on goes into the chunk. */
static enum chunk_answer
reader_take(struct sqlite_reader *reader)
{
	const struct table *table = reader->table;
	struct cell cells[TABLE_COLUMNS];

	for (int i = 0; i < (int)table->count; i++)
		if (!column_is_text(&table->columns[i]))
			cells[i].whole = sqlite3_column_int64(reader->scan, i);
		else
			/* Of a text too, this is the pointer to its bytes: no
			 * conversion. */
			cells[i].text = (struct lift_text){
				sqlite3_column_blob(reader->scan, i), (size_t)
				sqlite3_column_bytes(reader->scan, i) };
	return chunk_take(&reader->chunk, table, cells,
	    sqlite3_column_int64(reader->scan, (int)table->count));
}

/* Reads the next chunk: false only with a sentence. */
static bool
reader_fill(struct sqlite_reader *reader, struct lift_error *err)
{
	struct chunk *chunk = &reader->chunk;
	const struct store_query *q = &reader->query;
	int64_t rows = q->limit > 0 && q->limit - reader->given < CHUNK_ROWS ?
	    q->limit - reader->given : CHUNK_ROWS;
	enum chunk_answer answer = CHUNK_TAKEN;
	int rc = SQLITE_ROW;

	chunk_clear(chunk, reader->table);
	reader_bind(reader, rows);
	while (answer == CHUNK_TAKEN &&
	    (rc = sqlite3_step(reader->scan)) == SQLITE_ROW)
		answer = reader_take(reader);
	/* What was read before the damage is handed out first. */
	if (chunk->count == 0 && answer == CHUNK_WRONG)
		return reader_wrong(reader, err);
	if (chunk->count == 0 && rc != SQLITE_ROW && rc != SQLITE_DONE)
		return reader_fault(reader, err);
	sqlite3_reset(reader->scan);
	if (chunk->count > 0)
		path_mark_behind(reader->path, reader_is_down(reader),
		    chunk_row(chunk, reader->table, chunk->count - 1),
		    &reader->mark);
	reader->is_over = rc == SQLITE_DONE && (int64_t)chunk->count < rows;
	return reader->path->table != TABLE_ENTRIES ||
	    reader_is_whole(reader, err);
}

bool
sqlite_reader_next(void *self, void *ret_row, struct lift_error *err)
{
	struct sqlite_reader *reader = self;
	struct chunk *chunk = &reader->chunk;

	err->code = LIFT_E_NONE;	/* not all of it: once a row */
	err->again = false;
	if (reader->is_damaged)
		return reader_say(reader, err);
	while (reader->query.limit == 0 ||
	    reader->given < reader->query.limit) {
		if (chunk->at == chunk->count) {
			if (reader->is_over || !reader_fill(reader, err))
				return false;
			continue;
		}
		const void *row = chunk_row(chunk, reader->table, chunk->at++);
		if (!reader_wants(reader, row))
			continue;
		memcpy(ret_row, row, reader->table->size);
		reader->given++;
		return true;
	}
	return false;
}

bool
sqlite_reader_skip(void *self, struct sqlite_hidden *ret_hidden)
{
	struct sqlite_reader *reader = self;

	if (!reader->is_damaged)
		return false;
	*ret_hidden = reader->hidden;
	reader->is_damaged = false;
	if (!path_is_numbered(reader->path) ||
	    ret_hidden->last == INT64_MAX || ret_hidden->first == INT64_MIN) {
		reader->is_over = true;
		return true;
	}
	reader->expected = reader_is_down(reader) ? ret_hidden->first - 1 :
	    ret_hidden->last + 1;
	chunk_clear(&reader->chunk, reader->table);
	return true;
}

void
sqlite_reader_forgive(void *self)
{
	struct sqlite_reader *reader = self;

	reader->forgives = true;
}

const struct sqlite *
sqlite_reader_link(const void *self)
{
	const struct sqlite_reader *reader = self;

	return &reader->link;
}
