/* Reading from PostgreSQL. A query runs in slices by key: each is one
 * statement, and its answer is taken row by row into a chunk of bounded size
 * before the first row is handed out. So no transaction is open between calls,
 * and a query over the whole log needs no more memory than one over a day.
 * That it still sees one moment comes from what the log is: rows are added at
 * the end, and the end is noted when the query begins.
 *
 * A row that differs from its sum and a seq that is missing are damage, as with
 * SQLite; what hides them is PostgreSQL's to know. */
#include "log/postgres.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/memory.h"
#include "log/chunk.h"
#include "log/path.h"

/* Above all names of jobs, cursors and kept values, which are words. */
#define TEXT_END	"\xf4\x8f\xbf\xbf"
/* Rows of a first slice; the next ones fit what rows are like. */
#define SLICE_FIRST	256
/* Of a reader, which may be on the loop. */
#define READER_PATIENCE	(10 * LIFT_SECOND)

struct postgres_reader {
	struct postgres     link;
	struct arena       *arena;	/* the query's texts */
	const struct path  *path;
	const struct table *table;
	struct store_query  query;
	struct lift_text    fixed;
	struct text         sql;
	struct mark         mark;
	int64_t             lowest, highest;	/* of the first key */
	int64_t             expected;	/* the next seq; entries only */
	int64_t             slice;	/* rows to ask for */
	uint32_t            given;	/* rows handed out */
	bool                is_over;
	struct lift_error   damage;
	struct chunk        chunk;
};

/* ---- a reader's life --------------------------------------------------- */

static bool
reader_greet(void *self, struct lift_error *err)
{
	struct postgres_reader *reader = self;

	return postgres_schema_check(&reader->link, err);
}

void *
postgres_reader_new(const struct store_settings *settings,
    struct lift_error *err)
{
	struct postgres_reader *reader = memory_take(sizeof(*reader));

	reader->arena = arena_new();
	reader->is_over = true;
	if (postgres_enter(&reader->link, settings, err)) {
		reader->link.greet = reader_greet;
		reader->link.self = reader;
		reader->link.patience = READER_PATIENCE;
		reader->link.hurries = true;
		if (postgres_ready(&reader->link, err))
			return reader;
	}
	postgres_reader_free(reader);
	return NULL;
}

void
postgres_reader_wait(void *self)
{
	struct postgres_reader *reader = self;

	reader->link.hurries = false;
}

void
postgres_reader_free(void *self)
{
	struct postgres_reader *reader = self;

	if (reader == NULL)
		return;
	chunk_done(&reader->chunk);
	text_done(&reader->mark.text);
	text_done(&reader->sql);
	arena_free(reader->arena);
	postgres_leave(&reader->link);
	memory_give(reader);
}

static bool
reader_range(struct postgres_reader *reader, enum table_name name,
    int64_t *ret_first, int64_t *ret_last, struct lift_error *err)
{
	const struct table *table = &tables[name];
	const char *column = table->columns[0].name;
	char sql[200], word[64], *end;

	snprintf(sql, sizeof(sql), "SELECT coalesce((SELECT min(%s) FROM %s), "
	    "0) || ' ' || coalesce(greatest((SELECT max(%s) FROM %s)%s), 0)",
	    column, table->name, column, table->name, name == TABLE_ENTRIES ?
	    ", (SELECT max(last) FROM gaps)" : "");
	if (!postgres_word(&reader->link, sql, word, sizeof(word), err))
		return false;
	*ret_first = strtoll(word, &end, 10);
	*ret_last = strtoll(end, NULL, 10);
	return true;
}

/* The first statement of a call: a connection that was lost since the last one
 * is made anew. */
static bool
reader_range_anew(struct postgres_reader *reader, enum table_name name,
    int64_t *ret_first, int64_t *ret_last, struct lift_error *err)
{
	for (int i = 0; i < 2; i++) {
		if (!postgres_ready(&reader->link, err))
			return false;
		if (reader_range(reader, name, ret_first, ret_last, err))
			return true;
		if (!postgres_is_lost(&reader->link))
			return false;
	}
	return false;
}

bool
postgres_reader_range(void *self, enum table_name name, uint64_t *ret_first,
    uint64_t *ret_last, struct lift_error *err)
{
	int64_t first, last;

	if (!reader_range_anew(self, name, &first, &last, err))
		return false;
	*ret_first = (uint64_t)first;
	*ret_last = (uint64_t)last;
	return true;
}

/* ---- beginning a query ------------------------------------------------- */

static bool
reader_is_down(const struct postgres_reader *reader)
{
	return reader->query.newest_first;
}

static int64_t
larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The bounds of the first key. */
static bool
reader_bounds(struct postgres_reader *reader, struct lift_error *err)
{
	enum table_name table = reader->path->table;
	int64_t first = 0, last = 0;

	if (path_has_range(table) &&
	    !reader_range_anew(reader, table, &first, &last, err))
		return false;
	path_bounds(table, &reader->query, first, last, &reader->lowest,
	    &reader->highest);
	return true;
}

bool
postgres_reader_find(void *self, enum table_name table,
    const struct store_query *query, struct lift_error *err)
{
	struct postgres_reader *reader = self;
	bool down = query->newest_first;

	*err = (struct lift_error){ .code = LIFT_E_NONE };
	arena_clear(reader->arena);
	reader->query = path_query(reader->arena, query);
	reader->given = 0;
	reader->slice = SLICE_FIRST;
	reader->is_over = true;
	reader->damage.code = LIFT_E_NONE;
	reader->table = &tables[table];
	reader->path = &paths[path_choose(table, &reader->query,
	    &reader->fixed)];
	chunk_clear(&reader->chunk, reader->table);
	if (!postgres_ready(&reader->link, err) ||
	    !reader_bounds(reader, err))
		return false;
	text_clear(&reader->sql);
	path_sql(reader->path, down, '$', &reader->sql);
	reader->expected = down ? reader->highest : reader->lowest;
	path_mark_at(down, reader->expected, &reader->mark);
	reader->is_over = reader->lowest > reader->highest;
	return true;
}

/* ---- damage ------------------------------------------------------------ */

static bool
reader_damaged(struct postgres_reader *reader, int64_t first, int64_t last,
    const char *why, struct lift_error *err)
{
	const char *name = reader->table->name, *key = "";
	char range[64] = "";

	if (path_is_numbered(reader->path)) {
		key = path_key(reader->path, 0)->name;
		snprintf(range, sizeof(range), first == last ? " %" PRId64 :
		    " %" PRId64 " to %" PRId64, first, last);
	}
	lift_fail(err, LIFT_E_STORE, "%s is damaged: %s %s%s cannot be read "
	    "(%s); stop liftd and restore a dump or a base backup",
	    reader->link.place, name, key, range, why);
	reader->damage = *err;
	return false;
}

/* Whether seqs FIRST to LAST are missing for a reason: pruned by now, or lost
 * in a salvage. */
static bool
reader_excuses(struct postgres_reader *reader, int64_t first, int64_t last,
    bool *ret_excused, struct lift_error *err)
{
	char sql[220], word[8] = "";

	snprintf(sql, sizeof(sql), "SELECT %" PRId64 " < (SELECT min(seq) "
	    "FROM entries) OR EXISTS (SELECT 1 FROM gaps WHERE first <= %"
	    PRId64 " AND last >= %" PRId64 ")", last, first, last);
	if (!postgres_word(&reader->link, sql, word, sizeof(word), err))
		return false;
	*ret_excused = word[0] == 't';
	return true;
}

/* Seqs FIRST to LAST are missing before the chunk's row AT. That is said when
 * the rows before have been handed out. */
static bool
reader_missing(struct postgres_reader *reader, size_t at, int64_t first,
    int64_t last, struct lift_error *err)
{
	struct chunk *chunk = &reader->chunk;
	bool is_excused;

	if (first > last)
		return true;
	if (!reader_excuses(reader, first, last, &is_excused, err))
		return false;
	if (is_excused)
		return true;
	chunk->count = at;
	if (at == 0)
		return reader_damaged(reader, first, last, "nothing is there",
		    err);
	path_mark_behind(reader->path, reader_is_down(reader),
	    chunk_row(chunk, reader->table, at - 1), &reader->mark);
	reader->is_over = false;
	return true;
}

/* Whether the seqs in the chunk follow those before. */
static bool
reader_is_whole(struct postgres_reader *reader, struct lift_error *err)
{
	bool down = reader_is_down(reader);
	size_t i, count = reader->chunk.count;

	for (i = 0; i < reader->chunk.count; i++) {
		const struct store_entry *entry = chunk_row(&reader->chunk,
		    reader->table, i);
		int64_t seq = (int64_t)entry->seq;

		if (!reader_missing(reader, i, down ? seq + 1 :
		    reader->expected, down ? reader->expected : seq - 1, err))
			return false;
		if (reader->chunk.count == count)
			reader->expected = down ? seq - 1 : seq + 1;
	}
	return !reader->is_over || reader_missing(reader, i,
	    down ? reader->lowest : reader->expected,
	    down ? reader->expected : reader->highest, err);
}

/* ---- a slice ------------------------------------------------------------ */

/* The parameters of the path's statement. */
struct slice_values {
	char        wholes[5][8];
	const char *values[5];
	int         sizes[5], forms[5];
	Oid         types[5];
};

static void
slice_whole(struct slice_values *v, int i, int64_t whole)
{
	postgres_whole_put(v->wholes[i], whole);
	v->values[i] = v->wholes[i];
	v->sizes[i] = 8;
	v->types[i] = POSTGRES_WHOLE;
}

static void
slice_text(struct slice_values *v, int i, struct lift_text text)
{
	v->values[i] = text.data ? text.data : "";
	v->sizes[i] = (int)text.size;
	v->types[i] = POSTGRES_TEXT;
}

static bool
slice_send(struct postgres_reader *reader, int64_t rows,
    struct lift_error *err)
{
	const struct path *path = reader->path;
	const struct mark *mark = &reader->mark;
	struct slice_values v = { .forms = { 1, 1, 1, 1, 1 } };

	slice_whole(&v, 1, 0);	/* where there is no second key */
	for (int i = 0; i < 2 && path->keys[i] >= 0; i++)
		if (!column_is_text(path_key(path, i)))
			slice_whole(&v, i, mark->whole[i]);
		else
			slice_text(&v, i, mark->is_end ? lift_text(TEXT_END) :
			    text_view(&mark->text));
	if (path_is_numbered(path))
		slice_whole(&v, 2, reader_is_down(reader) ? reader->lowest :
		    reader->highest);
	else
		slice_text(&v, 2, lift_text(reader_is_down(reader) ? "" :
		    TEXT_END));
	slice_whole(&v, 3, rows);
	slice_text(&v, 4, reader->fixed);
	return (PQsendQueryParams(reader->link.conn, reader->sql.data, 5,
	    v.types, v.values, v.sizes, v.forms, 1) != 0 &&
	    PQsetSingleRowMode(reader->link.conn) != 0) ||
	    postgres_fault(&reader->link, NULL, err);
}

/* The result's one row goes into the chunk. */
static enum chunk_answer
slice_take(struct postgres_reader *reader, const PGresult *result)
{
	const struct table *table = reader->table;
	struct cell cells[TABLE_COLUMNS];
	int i;

	for (i = 0; i < (int)table->count; i++)
		if (column_is_text(&table->columns[i]))
			cells[i].text = (struct lift_text){
				PQgetvalue(result, 0, i),
				(size_t)PQgetlength(result, 0, i) };
		else
			cells[i].whole = postgres_whole_get(
			    PQgetvalue(result, 0, i));
	return chunk_take(&reader->chunk, table, cells,
	    postgres_whole_get(PQgetvalue(result, 0, i)));
}

/* Takes the answer, to its end; *RET_ANSWER is that of the first row that was
 * not taken. */
static bool
slice_read(struct postgres_reader *reader, enum chunk_answer *ret_answer,
    struct lift_error *err)
{
	struct lift_error first = { .code = LIFT_E_NONE };
	PGresult *result;

	*ret_answer = CHUNK_TAKEN;
	while ((result = postgres_take(&reader->link, err)) != NULL) {
		ExecStatusType status = PQresultStatus(result);

		if (status == PGRES_SINGLE_TUPLE) {
			if (*ret_answer == CHUNK_TAKEN)
				*ret_answer = slice_take(reader, result);
		} else if (status != PGRES_TUPLES_OK &&
		    first.code == LIFT_E_NONE) {
			postgres_fault(&reader->link, result, &first);
		}
		PQclear(result);
	}
	if (first.code != LIFT_E_NONE)
		*err = first;
	return err->code == LIFT_E_NONE;
}

/* How many rows the next slice asks for: what is not taken is sent in vain. */
static void
slice_fit(struct postgres_reader *reader)
{
	const struct chunk *chunk = &reader->chunk;
	size_t each = chunk->count > 0 ? chunk->bytes_used / chunk->count : 0;
	int64_t fits = (int64_t)(CHUNK_BYTES / (each + 1));

	reader->slice = larger(1, smaller(CHUNK_ROWS, smaller(fits,
	    reader->slice * 4)));
}

/* The row behind those that were taken differs from its sum. */
static bool
reader_wrong(struct postgres_reader *reader, struct lift_error *err)
{
	/* chunk_take has put it at the chunk's end, without counting it. */
	const void *row = chunk_row(&reader->chunk, reader->table, 0);
	int64_t key = 0;

	if (path_is_numbered(reader->path))
		key = column_whole(path_key(reader->path, 0), row);
	return reader_damaged(reader, key, key, "it differs from its sum",
	    err);
}

/* Reads the next chunk: false only with a sentence. */
static bool
reader_fill(struct postgres_reader *reader, struct lift_error *err)
{
	struct chunk *chunk = &reader->chunk;
	const struct store_query *q = &reader->query;
	int64_t rows = q->limit > 0 ? smaller(q->limit - reader->given,
	    reader->slice) : reader->slice;
	enum chunk_answer answer;

	chunk_clear(chunk, reader->table);
	if (!postgres_listens(&reader->link, err))
		return false;
	if (postgres_is_lost(&reader->link))
		return postgres_fault(&reader->link, NULL, err);
	if (!slice_send(reader, rows, err) ||
	    !slice_read(reader, &answer, err))
		return false;
	/* What was read before the damage is handed out first. */
	if (chunk->count == 0 && answer == CHUNK_WRONG)
		return reader_wrong(reader, err);
	if (chunk->count > 0)
		path_mark_behind(reader->path, reader_is_down(reader),
		    chunk_row(chunk, reader->table, chunk->count - 1),
		    &reader->mark);
	slice_fit(reader);
	reader->is_over = answer == CHUNK_TAKEN &&
	    (int64_t)chunk->count < rows;
	return reader->path->table != TABLE_ENTRIES ||
	    reader_is_whole(reader, err);
}

/* ---- handing out --------------------------------------------------------- */

static bool
reader_text_fits(struct lift_text wanted, struct lift_text found)
{
	return wanted.size == 0 || lift_text_equal(wanted, found);
}

/* What the statement did not narrow is narrowed here. */
static bool
reader_wants(const struct postgres_reader *reader, const void *row)
{
	const struct store_query *q = &reader->query;
	const union table_row *any = row;
	int64_t time;

	switch (reader->path->table) {
	case TABLE_ENTRIES:
		time = any->entry.time;
		break;
	case TABLE_EFFECTS:
		time = any->effect.time;
		break;
	case TABLE_LETTERS:
		time = any->letter.received;
		break;
	default:
		return true;
	}
	if (time < q->from_time || time > q->to_time)
		return false;
	if (reader->path->table == TABLE_ENTRIES)
		return reader_text_fits(q->id, any->entry.id) &&
		    reader_text_fits(q->key, any->entry.key);
	return reader->path->table == TABLE_LETTERS ||
	    (reader_text_fits(q->topic, any->effect.topic) &&
	    reader_text_fits(q->id, any->effect.id) &&
	    reader_text_fits(q->key, any->effect.key));
}

bool
postgres_reader_next(void *self, void *ret_row, struct lift_error *err)
{
	struct postgres_reader *reader = self;
	struct chunk *chunk = &reader->chunk;

	err->code = LIFT_E_NONE;	/* not all of it: once a row */
	err->again = false;
	if (reader->damage.code != LIFT_E_NONE) {
		*err = reader->damage;
		return false;
	}
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

/* ---- what an operator asks ----------------------------------------------- */

bool
postgres_reader_describe(void *self, struct text *text,
    struct lift_error *err)
{
	struct postgres_reader *reader = self;
	struct postgres *link = &reader->link;
	struct text sql = { 0 };
	int64_t bytes = 0;
	bool is_there;

	text_string(&sql, "SELECT sum(pg_total_relation_size(oid)) FROM "
	    "pg_class WHERE relnamespace=current_schema()::regnamespace AND "
	    "relkind='r' AND relname IN ('migrations'");
	for (int t = 0; t < TABLES; t++)
		text_form(&sql, ",'%s'", tables[t].name);
	text_byte(&sql, ')');
	is_there = postgres_ready(link, err) &&
	    postgres_number(link, sql.data, &bytes, err);
	text_done(&sql);
	json_member_string(text, "driver", "postgres");
	json_member_string(text, "host", link->host);
	json_member_string(text, "database", link->database);
	json_member_bool(text, "connected", is_there);
	if (is_there)
		json_member_whole(text, "bytes", bytes);
	json_member_whole(text, "schema", postgres_schema_known());
	json_member_string(text, "durability",
	    link->durability == STORE_POWER ? "power" : "process");
	return true;
}

/* Each row has been compared with its sum before. */
bool
postgres_reader_check(void *self, struct lift_error *err)
{
	static const struct {
		const char *sql, *what;
	} checks[] = {
		{ "SELECT count(*) FROM effects WHERE seq > (SELECT "
		  "greatest((SELECT max(seq) FROM entries), (SELECT max(last) "
		  "FROM gaps)))", "effects of entries that are not there" },
		{ "SELECT count(*) FROM cursors WHERE name NOT LIKE '"
		  STORE_CURSOR_LINES "%' AND seq > (SELECT "
		  "greatest((SELECT max(seq) FROM entries), (SELECT max(last) "
		  "FROM gaps)))", "cursors behind the end of the log" },
		{ "SELECT abs(count(*) - (SELECT coalesce(max(seq) - min(seq) "
		  "+ 1, 0) FROM entries) + (SELECT coalesce(sum(last - first "
		  "+ 1), 0) FROM gaps WHERE first > (SELECT min(seq) FROM "
		  "entries) AND last < (SELECT max(seq) FROM entries))) FROM "
		  "entries", "entries too many or too few" },
	};
	struct postgres_reader *reader = self;
	int64_t count;

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		if (!postgres_number(&reader->link, checks[i].sql, &count,
		    err))
			return false;
		if (count != 0)
			return lift_fail(err, LIFT_E_STORE, "%s is damaged: "
			    "it has %" PRId64 " %s; restore a dump or a base "
			    "backup", reader->link.place, count,
			    checks[i].what);
	}
	return true;
}
