/* The PostgreSQL driver: the writer's half.
 *
 * A batch. Rows are put into PostgreSQL's binary form in memory, and `end` does
 * the whole exchange: rows that replace others go as prepared statements in a
 * pipeline, all others by COPY, and COMMIT travels in the same message as the
 * last COPY. A batch of entries alone costs one round trip and a half.
 *
 * A COMMIT whose answer was cut off. The batch is tried again, and before that
 * the log is asked how far it goes: all of the batch is there, or nothing.
 * What makes the question safe is the advisory lock. It belongs to the session,
 * so a new session gets it only when the old one has ended, its COMMIT with it.
 * Rows that replace others may come twice; letters are known by their number.
 *
 * Two daemons on one log are kept apart by the same lock, one for each schema
 * of a database.
 *
 * Durability. `power` waits until the server has flushed. `process` does not
 * (synchronous_commit=off): the death of liftd loses nothing, a crash of the
 * server may lose what was committed less than a second before. When that
 * happens while liftd runs, it is seen, and said. */
#include "log/postgres.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"

/* Statements between two looks at the answers. */
#define PIPELINE_MOST	512
/* The lock's first half, "LIFT"; the second half is the schema's name. */
#define LOCK_SQL							\
	"pg_try_advisory_lock(1279870548, hashtext(current_schema()))"
#define LOCK_HOLDER							\
	"SELECT pid FROM pg_locks WHERE locktype='advisory' AND classid="\
	"1279870548 AND objid=hashtext(current_schema())::oid AND granted"
/* How long to wait for the session of a daemon that was just killed. */
#define LOCK_WAIT_MS	2000
/* Of housekeeping, which reads or writes whole tables. */
#define PATIENCE_LONG	(600 * LIFT_SECOND)

struct postgres_writer {
	struct postgres link;
	struct text     rows[TABLES];
	unsigned        counts[TABLES];
	int64_t         first[TABLES], last[TABLES];	/* of numbers put */
	int64_t         known[TABLES];	/* the newest that is committed */
	bool            is_open, doubts;
};

/* ---- opening --------------------------------------------------------- */

static bool
writer_locked_out(struct postgres_writer *writer, struct lift_error *err)
{
	struct postgres *link = &writer->link;
	int64_t holder = 0;

	if (!postgres_number(link, LOCK_HOLDER, &holder, err))
		return false;
	lift_fail(err, LIFT_E_STORE, "another liftd writes to %s already "
	    "(server process %" PRId64 "); stop it, or give this one a "
	    "database of its own", link->place, holder);
	/* It may be our own session of before, which ends soon. */
	err->again = writer->is_open;
	return false;
}

static bool
writer_lock(struct postgres_writer *writer, struct lift_error *err)
{
	static const struct timespec pause = { 0, 20000000 };
	int64_t until = clock_monotonic() + LOCK_WAIT_MS * LIFT_MILLI;
	char answer[8] = "";

	for (;;) {
		if (!postgres_word(&writer->link, "SELECT " LOCK_SQL, answer,
		    sizeof(answer), err))
			return false;
		if (answer[0] == 't')
			return true;
		if (clock_monotonic() > until)
			return writer_locked_out(writer, err);
		nanosleep(&pause, NULL);
	}
}

static void
writer_put_sql(const struct table *table, struct text *sql)
{
	unsigned keys = table->keys;

	text_form(sql, "PREPARE put_%s AS INSERT INTO %s VALUES (",
	    table->name, table->name);
	for (unsigned i = 0; i <= table->count; i++)
		text_form(sql, "%s$%u", i > 0 ? "," : "", i + 1);
	text_form(sql, ") ON CONFLICT (%s%s%s) DO UPDATE SET sum=excluded.sum",
	    table->columns[0].name, keys > 1 ? "," : "",
	    keys > 1 ? table->columns[1].name : "");
	for (unsigned i = keys; i < table->count; i++)
		text_form(sql, ",%s=excluded.%s", table->columns[i].name,
		    table->columns[i].name);
	text_byte(sql, ';');
}

static bool
writer_prepare(struct postgres_writer *writer, struct lift_error *err)
{
	struct text sql = { 0 };
	bool good;

	/* An operator may have set more than `on` asks for. */
	text_string(&sql, writer->link.durability == STORE_PROCESS ?
	    "SET synchronous_commit=off;" : "SELECT set_config("
	    "'synchronous_commit', 'on', false) WHERE current_setting("
	    "'synchronous_commit') = 'off';");
	for (int t = 0; t < TABLES; t++)
		if (tables[t].replaces)
			writer_put_sql(&tables[t], &sql);
	good = postgres_run(&writer->link, sql.data, err);
	text_done(&sql);
	return good;
}

static bool
writer_greet(void *self, struct lift_error *err)
{
	struct postgres_writer *writer = self;

	writer->doubts = true;
	return writer_lock(writer, err) &&
	    postgres_schema_raise(&writer->link, err) &&
	    writer_prepare(writer, err);
}

static void
postgres_close(void *self)
{
	struct postgres_writer *writer = self;

	if (writer == NULL)
		return;
	for (int t = 0; t < TABLES; t++)
		text_done(&writer->rows[t]);
	postgres_leave(&writer->link);
	memory_give(writer);
}

static void *
postgres_open(const struct store_settings *settings, struct lift_error *err)
{
	struct postgres_writer *writer = memory_take(sizeof(*writer));

	if (postgres_enter(&writer->link, settings, err)) {
		writer->link.greet = writer_greet;
		writer->link.self = writer;
		writer->is_open = postgres_ready(&writer->link, err);
	}
	if (writer->is_open)
		return writer;
	postgres_close(writer);
	return NULL;
}

/* ---- what a batch holds ---------------------------------------------- */

static void
writer_clear(struct postgres_writer *writer)
{
	for (int t = 0; t < TABLES; t++) {
		text_clear(&writer->rows[t]);
		writer->counts[t] = 0;
	}
}

static bool
postgres_begin(void *self, struct lift_error *err)
{
	struct postgres_writer *writer = self;

	writer_clear(writer);
	return postgres_ready(&writer->link, err);
}

static bool
postgres_put(void *self, enum table_name name, const void *row,
    struct lift_error *err)
{
	struct postgres_writer *writer = self;
	const struct table *table = &tables[name];
	struct text *rows = &writer->rows[name];

	(void)err;
	if (rows->size == 0 && !table->replaces)
		postgres_rows_head(rows);
	postgres_row_add(rows, table, row);
	if (!column_is_text(&table->columns[0])) {
		writer->last[name] = column_whole(&table->columns[0], row);
		if (writer->counts[name] == 0)
			writer->first[name] = writer->last[name];
	}
	writer->counts[name]++;
	return true;
}

/* ---- rows that replace others ---------------------------------------- */

/* Takes the answers up to the sync that was sent last. */
static bool
pipeline_drain(struct postgres *link, struct lift_error *err)
{
	struct lift_error first = { .code = LIFT_E_NONE };
	bool is_synced = false, is_broken = false;
	PGresult *result;

	while (!is_synced && !is_broken) {
		result = postgres_take(link, err);
		if (result == NULL) {
			is_broken = err->code != LIFT_E_NONE ||
			    postgres_is_lost(link);
			continue;
		}
		is_synced = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
		if (PQresultStatus(result) == PGRES_FATAL_ERROR &&
		    first.code == LIFT_E_NONE)
			postgres_fault(link, result, &first);
		PQclear(result);
	}
	if (first.code != LIFT_E_NONE)
		*err = first;
	else if (is_broken && err->code == LIFT_E_NONE)
		postgres_fault(link, NULL, err);
	return err->code == LIFT_E_NONE;
}

/* Sends the row that begins at AT; returns where the next one begins. */
static const char *
pipeline_send(struct postgres *link, const struct table *table,
    const char *at, bool *ret_sent)
{
	const char *values[TABLE_COLUMNS + 1];
	int sizes[TABLE_COLUMNS + 1], forms[TABLE_COLUMNS + 1];
	int count = (int)table->count + 1;
	char name[32];

	at += 2;
	for (int i = 0; i < count; i++) {
		uint32_t size;

		memcpy(&size, at, 4);
		sizes[i] = (int)__builtin_bswap32(size);
		values[i] = at + 4;
		forms[i] = 1;
		at += 4 + sizes[i];
	}
	snprintf(name, sizeof(name), "put_%s", table->name);
	*ret_sent = PQsendQueryPrepared(link->conn, name, count, values, sizes,
	    forms, 0) != 0;
	return at;
}

static bool
pipeline_table(struct postgres_writer *writer, enum table_name name,
    struct lift_error *err)
{
	struct postgres *link = &writer->link;
	const char *at = writer->rows[name].data;
	bool is_sent = true;

	for (unsigned i = 0; i < writer->counts[name]; i++) {
		at = pipeline_send(link, &tables[name], at, &is_sent);
		if (!is_sent)
			return postgres_fault(link, NULL, err);
		if (i % PIPELINE_MOST == PIPELINE_MOST - 1 &&
		    (PQpipelineSync(link->conn) == 0 ||
		    !pipeline_drain(link, err)))
			return false;
	}
	return true;
}

static bool
pipeline_send_word(struct postgres *link, const char *sql,
    struct lift_error *err)
{
	return PQsendQueryParams(link->conn, sql, 0, NULL, NULL, NULL, NULL,
	    0) != 0 || postgres_fault(link, NULL, err);
}

static bool
pipeline_all(struct postgres_writer *writer, bool commits,
    struct lift_error *err)
{
	struct postgres *link = &writer->link;

	if (!pipeline_send_word(link, "BEGIN", err))
		return false;
	for (enum table_name t = 0; t < TABLES; t++)
		if (tables[t].replaces && !pipeline_table(writer, t, err))
			return false;
	if (commits && !pipeline_send_word(link, "COMMIT", err))
		return false;
	if (PQpipelineSync(link->conn) == 0)
		return postgres_fault(link, NULL, err);
	return pipeline_drain(link, err);
}

static bool
writer_pipeline(struct postgres_writer *writer, bool commits,
    struct lift_error *err)
{
	struct postgres *link = &writer->link;
	bool good;

	if (PQenterPipelineMode(link->conn) == 0)
		return postgres_fault(link, NULL, err);
	good = pipeline_all(writer, commits, err);
	/* Where answers are still under way the connection is of no use. */
	if (link->conn != NULL && PQexitPipelineMode(link->conn) == 0)
		postgres_drop(link);
	return good;
}

/* ---- rows that are only added ---------------------------------------- */

static void
copy_sql(struct postgres_writer *writer, bool begins, struct text *sql)
{
	if (begins)
		text_string(sql, "BEGIN;");
	for (int t = 0; t < TABLES; t++)
		if (writer->counts[t] > 0 && !tables[t].replaces)
			text_form(sql, "COPY %s FROM STDIN (FORMAT binary);",
			    tables[t].name);
	text_string(sql, "COMMIT");
}

static bool
copy_rows(struct postgres_writer *writer, enum table_name name,
    struct lift_error *err)
{
	PGconn *conn = writer->link.conn;
	struct text *rows = &writer->rows[name];

	/* libpq wants a length that is an int; pieces keep its buffer small. */
	for (size_t at = 0; at < rows->size;) {
		size_t size = rows->size - at < 65536 ? rows->size - at : 65536;

		if (PQputCopyData(conn, rows->data + at, (int)size) != 1)
			return postgres_fault(&writer->link, NULL, err);
		at += size;
	}
	return (PQputCopyData(conn, "\377\377", 2) == 1 &&
	    PQputCopyEnd(conn, NULL) == 1) ||
	    postgres_fault(&writer->link, NULL, err);
}

/* The table that waits for its rows now: the first with rows after BEHIND. */
static enum table_name
copy_next(const struct postgres_writer *writer, int behind)
{
	int t = behind + 1;

	while (t < TABLES - 1 && (writer->counts[t] == 0 ||
	    tables[t].replaces))
		t++;
	return (enum table_name)t;
}

/* Takes one answer and does what it asks for; false when none follows. FIRST is
 * the first failure: what comes after it says no more. */
static bool
copy_answer(struct postgres_writer *writer, int *table,
    struct lift_error *first, struct lift_error *err)
{
	PGresult *result = postgres_take(&writer->link, err);
	ExecStatusType status = PQresultStatus(result);
	bool goes_on = result != NULL;

	if (status == PGRES_COPY_IN && first->code == LIFT_E_NONE) {
		*table = (int)copy_next(writer, *table);
		goes_on = copy_rows(writer, (enum table_name)*table, first);
	} else if (goes_on && status != PGRES_COMMAND_OK &&
	    first->code == LIFT_E_NONE) {
		postgres_fault(&writer->link, result, first);
	}
	PQclear(result);
	return goes_on && writer->link.conn != NULL &&
	    (status != PGRES_COPY_IN || first->code == LIFT_E_NONE);
}

static bool
writer_copy(struct postgres_writer *writer, bool begins,
    struct lift_error *err)
{
	struct postgres *link = &writer->link;
	struct lift_error first = { .code = LIFT_E_NONE };
	struct text sql = { 0 };
	int table = -1;

	err->code = LIFT_E_NONE;
	copy_sql(writer, begins, &sql);
	if (PQsendQuery(link->conn, sql.data) == 0)
		postgres_fault(link, NULL, &first);
	else
		while (copy_answer(writer, &table, &first, err))
			;
	text_done(&sql);
	if (first.code != LIFT_E_NONE)
		*err = first;
	return err->code == LIFT_E_NONE;
}

/* ---- one transaction ------------------------------------------------- */

static bool
writer_exchange(struct postgres_writer *writer, struct lift_error *err)
{
	bool copies = false, replaces = false;

	for (int t = 0; t < TABLES; t++)
		if (writer->counts[t] > 0)
			*(tables[t].replaces ? &replaces : &copies) = true;
	err->code = LIFT_E_NONE;
	if (!copies && !replaces)
		return true;
	writer->doubts = true;
	if ((replaces && !writer_pipeline(writer, !copies, err)) ||
	    (copies && !writer_copy(writer, !replaces, err))) {
		/* Refused in words, and not cut off: it did not happen. */
		writer->doubts = postgres_is_lost(&writer->link);
		return false;
	}
	writer->doubts = false;
	return true;
}

/* Whether the rows of a table that are numbered are there already. */
static bool
landed_table(struct postgres_writer *writer, enum table_name name,
    int64_t newest, bool *ret_landed, struct lift_error *err)
{
	if (newest < writer->known[name] && name == TABLE_ENTRIES)
		return lift_fail(err, LIFT_E_STORE, "%s has lost entries %"
		    PRId64 " to %" PRId64 ", which it had acknowledged: the "
		    "server crashed, and with `durability: process` that can "
		    "be; start liftd again, it goes on from what is there",
		    writer->link.place, newest + 1, writer->known[name]);
	if (writer->counts[name] == 0)
		return true;
	if (newest >= writer->first[name] && newest != writer->last[name])
		return lift_fail(err, LIFT_E_STORE, "%s has %s up to %" PRId64
		    ", which this liftd did not write; is a second one at "
		    "work? stop both, and start one", writer->link.place,
		    tables[name].name, newest);
	if (newest == writer->last[name])
		*ret_landed = true;
	return true;
}

static bool
writer_landed(struct postgres_writer *writer, bool *ret_landed,
    struct lift_error *err)
{
	int64_t entry = 0, letter = 0;

	*ret_landed = false;
	if (!writer->doubts)
		return true;
	return postgres_number(&writer->link, "SELECT greatest((SELECT "
	    "max(seq) FROM entries), (SELECT max(last) FROM gaps))", &entry,
	    err) && postgres_number(&writer->link, "SELECT max(number) FROM "
	    "letters", &letter, err) &&
	    landed_table(writer, TABLE_ENTRIES, entry, ret_landed, err) &&
	    landed_table(writer, TABLE_LETTERS, letter, ret_landed, err);
}

static bool
writer_commit(struct postgres_writer *writer, struct lift_error *err)
{
	bool landed;

	if (!postgres_ready(&writer->link, err) ||
	    !writer_landed(writer, &landed, err) ||
	    (!landed && !writer_exchange(writer, err)))
		return false;
	writer->doubts = false;
	for (int t = 0; t < TABLES; t++)
		if (writer->counts[t] > 0)
			writer->known[t] = writer->last[t];
	return true;
}

static bool
postgres_end(void *self, struct lift_error *err)
{
	struct postgres_writer *writer = self;

	if (writer_commit(writer, err))
		return true;
	/* A server that was restarted while nobody wrote is no trouble. */
	return postgres_is_lost(&writer->link) && err->again &&
	    writer_commit(writer, err);
}

static void
postgres_undo(void *self)
{
	struct postgres_writer *writer = self;
	struct postgres *link = &writer->link;
	struct lift_error ignored;

	writer_clear(writer);
	if (postgres_is_lost(link) ||
	    PQtransactionStatus(link->conn) == PQTRANS_IDLE)
		return;
	if (PQtransactionStatus(link->conn) == PQTRANS_ACTIVE ||
	    !postgres_run(link, "ROLLBACK", &ignored))
		postgres_drop(link);
}

static void
postgres_rest(void *self)
{
	(void)self;	/* the server has its own housekeeping */
}

/* ---- deleting -------------------------------------------------------- */

#define PRUNE_BOUND							\
	"SELECT coalesce(max(seq), 0) FROM (SELECT seq, received, "	\
	"max(received) OVER (ORDER BY seq) AS newest FROM (SELECT seq, "	\
	"received FROM entries WHERE seq <= %" PRId64 " AND seq < (SELECT "\
	"max(seq) FROM entries) ORDER BY seq LIMIT %u) AS oldest) AS run "	\
	"WHERE newest < %" PRId64

/* Runs a DELETE; *RET_FULL becomes true when it met the limit. */
static bool
prune_run(struct postgres *link, const char *sql, uint32_t limit,
    bool *ret_full, struct lift_error *err)
{
	PGresult *result;

	if (link->conn == NULL || PQsendQuery(link->conn, sql) == 0)
		return postgres_fault(link, NULL, err);
	result = postgres_take(link, err);
	if (result != NULL && PQresultStatus(result) != PGRES_COMMAND_OK)
		postgres_fault(link, result, err);
	else if (result != NULL &&
	    strtoul(PQcmdTuples(result), NULL, 10) >= limit)
		*ret_full = true;
	PQclear(result);
	if (err->code != LIFT_E_NONE)
		return false;
	return postgres_finish(link, NULL, err);
}

static bool
prune_log(struct postgres *link, const struct store_slice *slice,
    bool *ret_more, struct lift_error *err)
{
	bool effects_left = false;
	int64_t bound;
	char sql[400];

	snprintf(sql, sizeof(sql), PRUNE_BOUND, (int64_t)slice->keep,
	    (unsigned)slice->limit, slice->before);
	if (!postgres_number(link, sql, &bound, err))
		return false;
	/* Effects go first, and their entries once none is left. */
	snprintf(sql, sizeof(sql), "DELETE FROM effects WHERE (seq, ordinal) "
	    "IN (SELECT seq, ordinal FROM effects WHERE seq <= %" PRId64
	    " ORDER BY seq, ordinal LIMIT %u)", bound, slice->limit);
	if (!prune_run(link, sql, slice->limit, &effects_left, err))
		return false;
	*ret_more = *ret_more || effects_left;
	snprintf(sql, sizeof(sql), "DELETE FROM entries WHERE seq <= %" PRId64,
	    bound);
	return effects_left || prune_run(link, sql, slice->limit, ret_more,
	    err);
}

static bool
prune_slice(struct postgres *link, const struct store_slice *slice,
    bool *ret_more, struct lift_error *err)
{
	char letters[300], runs[300];

	snprintf(letters, sizeof(letters), "DELETE FROM letters WHERE number "
	    "IN (SELECT number FROM letters WHERE received < %" PRId64 " AND "
	    "number < (SELECT max(number) FROM letters) ORDER BY number LIMIT "
	    "%u)", slice->before, slice->limit);
	snprintf(runs, sizeof(runs), "DELETE FROM runs WHERE (job, planned) "
	    "IN (SELECT job, planned FROM runs r WHERE planned < %" PRId64
	    " AND ended <> 0 AND planned < (SELECT max(planned) FROM runs n "
	    "WHERE n.job = r.job) LIMIT %u)", slice->before, slice->limit);
	return postgres_run(link, "BEGIN", err) &&
	    prune_log(link, slice, ret_more, err) &&
	    prune_run(link, letters, slice->limit, ret_more, err) &&
	    prune_run(link, runs, slice->limit, ret_more, err) &&
	    postgres_run(link, "COMMIT", err);
}

static bool
postgres_prune(void *self, const struct store_slice *slice, bool *ret_more,
    struct lift_error *err)
{
	struct postgres_writer *writer = self;
	struct store_slice most = *slice;
	bool more = false;

	if (most.keep > INT64_MAX)
		most.keep = INT64_MAX;
	if (postgres_ready(&writer->link, err) &&
	    prune_slice(&writer->link, &most, &more, err)) {
		*ret_more = more;
		return true;
	}
	postgres_undo(self);
	return false;
}

/* A row that was deleted stays in its page until somebody needs the room: only
 * a table that is written anew holds the id no more. */
static bool
postgres_forget(void *self, uint32_t token, struct lift_error *err)
{
	struct postgres_writer *writer = self;
	struct postgres *link = &writer->link;
	int64_t patience = link->patience;
	char sql[120];
	bool good;

	snprintf(sql, sizeof(sql), "DELETE FROM shoppers WHERE token=%u; "
	    "DELETE FROM traits WHERE token=%u", (unsigned)token,
	    (unsigned)token);
	if (!postgres_ready(link, err) || !postgres_run(link, sql, err))
		return false;
	link->patience = PATIENCE_LONG;
	good = postgres_run(link, "VACUUM (FULL) shoppers", err) &&
	    postgres_run(link, "VACUUM (FULL) traits", err);
	link->patience = patience;
	return good;
}

/* ---- salvage --------------------------------------------------------- */

static bool
postgres_salvage(const char *state, const char *into, struct text *report,
    struct lift_error *err)
{
	(void)state;
	(void)into;
	(void)report;
	return lift_fail(err, LIFT_E_USAGE, "the store is in PostgreSQL, which "
	    "has tools of its own: restore a dump or a base backup, or look "
	    "with pg_amcheck and pg_dump at what can still be read");
}

const struct store_driver store_postgres = {
	.name = "postgres",
	.worth = { [STORE_PROCESS] = 4096, [STORE_POWER] = 4096 },
	.open = postgres_open,
	.close = postgres_close,
	.begin = postgres_begin,
	.put = postgres_put,
	.end = postgres_end,
	.undo = postgres_undo,
	.prune = postgres_prune,
	.forget = postgres_forget,
	.rest = postgres_rest,
	.reader_new = postgres_reader_new,
	.reader_free = postgres_reader_free,
	.reader_wait = postgres_reader_wait,
	.find = postgres_reader_find,
	.next = postgres_reader_next,
	.range = postgres_reader_range,
	.describe = postgres_reader_describe,
	.check = postgres_reader_check,
	.salvage = postgres_salvage,
};
