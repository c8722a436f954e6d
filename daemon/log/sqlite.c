/* The embedded driver: one file, STATE/liftd.db, with a write-ahead log.
 *
 * Durability. `power` is synchronous=FULL: each commit is flushed to the disk.
 * `process` is synchronous=OFF, and that is enough: what a killed process has
 * written is in the kernel's page cache and stays there. A kill between two
 * writes of a commit leaves frames without a commit mark or with a wrong
 * checksum, and the next open drops them. A kill in the middle of a checkpoint
 * leaves the log whole: its frames are copied again. The log starts over only
 * after all of it has been written to the file, and other processes see those
 * two writes in that order, flushed or not. Only a loss of power sees the disk
 * without the cache; that is what `power` is for.
 *
 * Checkpoints. SQLite's own run inside a commit. Ours run when the writer
 * rests, and inside a commit only to keep the log bounded. They are of the
 * passive kind and wait for nobody; as readers hold no transaction between
 * calls, one finds nobody in its way as a rule, and the log starts over. */
#include "log/sqlite.h"

#include "base/memory.h"
#include "base/text.h"

/* In pages of 8 KiB. A commit pays for a checkpoint at CHECKPOINT_MUST, 16 MB:
 * some 10 ms in the page cache. */
#define CHECKPOINT_REST	256
#define CHECKPOINT_MUST	2048

/* The writer's cache is for the index of effects by id, which is written all
 * over; entries go to the last page. A log that a long read has let grow is
 * cut back to 64 MB. */
#define SQLITE_WRITER							\
	"PRAGMA wal_autocheckpoint=0;"					\
	"PRAGMA journal_size_limit=67108864;"				\
	"PRAGMA cache_size=-32768;"					\
	"PRAGMA secure_delete=FAST;"

struct sqlite_writer {
	struct sqlite link;
	sqlite3_stmt *begin, *commit, *puts[TABLES];
	int           wal_pages;	/* as of the last commit */
};

/* ---- opening --------------------------------------------------------- */

static int
sqlite_wal_grown(void *self, sqlite3 *db, const char *name, int pages)
{
	struct sqlite_writer *writer = self;

	(void)db;
	(void)name;
	writer->wal_pages = pages;
	return SQLITE_OK;
}

static void
sqlite_put_sql(const struct table *table, struct text *sql)
{
	text_form(sql, "INSERT %sINTO %s (", table->replaces ? "OR REPLACE " :
	    "", table->name);
	for (unsigned i = 0; i < table->count; i++)
		text_form(sql, "%s,", table->columns[i].name);
	text_string(sql, "sum) VALUES (");
	for (unsigned i = 0; i < table->count; i++)
		text_string(sql, "?,");
	text_string(sql, "?)");
}

static bool
sqlite_writer_prepare(struct sqlite_writer *writer, struct lift_error *err)
{
	struct text sql = { 0 };
	bool good = true;

	writer->begin = sqlite_prepare(&writer->link, "BEGIN IMMEDIATE", err);
	writer->commit = sqlite_prepare(&writer->link, "COMMIT", err);
	good = writer->begin != NULL && writer->commit != NULL;
	for (int t = 0; good && t < TABLES; t++) {
		text_clear(&sql);
		sqlite_put_sql(&tables[t], &sql);
		writer->puts[t] = sqlite_prepare(&writer->link, sql.data, err);
		good = writer->puts[t] != NULL;
	}
	text_done(&sql);
	return good;
}

/* SQLite does not fail when it cannot: it answers with the mode that is. */
static bool
sqlite_writer_wal(const struct sqlite *link, struct lift_error *err)
{
	sqlite3_stmt *mode = sqlite_prepare(link, "PRAGMA journal_mode=WAL",
	    err);
	int rc;
	bool is_wal;

	if (mode == NULL)
		return false;
	rc = sqlite3_step(mode);
	is_wal = rc == SQLITE_ROW && strcmp("wal",
	    (const char *)sqlite3_column_text(mode, 0)) == 0;
	if (rc != SQLITE_ROW)
		sqlite_fault(link, err);
	else if (!is_wal)
		lift_fail(err, LIFT_E_STORE, "'%s' cannot have a write-ahead "
		    "log; the state directory must be on a local disk",
		    link->file);
	sqlite3_finalize(mode);
	return is_wal;
}

static bool
sqlite_writer_enter(struct sqlite_writer *writer,
    const struct store_settings *settings, struct lift_error *err)
{
	const struct sqlite *link = &writer->link;

	/* Look before the first write: a foreign file is left as it is. */
	if (!sqlite_enter(&writer->link, settings,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err) ||
	    !sqlite_schema_look(link, err))
		return false;
	/* SQLite has opened it for reading only then, and would go on so even
	 * when the file can be written again. */
	if (sqlite3_db_readonly(link->db, "main") == 1)
		return sqlite_unwritable(link, err);
	if (!sqlite_writer_wal(link, err) ||
	    !sqlite_run(link, SQLITE_WRITER, err) ||
	    !sqlite_run(link, settings->durability == STORE_POWER ?
	    "PRAGMA synchronous=FULL" : "PRAGMA synchronous=OFF", err) ||
	    !sqlite_schema_raise(link, err) ||
	    !sqlite_writer_prepare(writer, err))
		return false;
	sqlite3_wal_hook(link->db, sqlite_wal_grown, writer);
	return true;
}

static void
sqlite_close(void *self)
{
	struct sqlite_writer *writer = self;

	if (writer == NULL)
		return;
	sqlite3_finalize(writer->begin);
	sqlite3_finalize(writer->commit);
	for (int t = 0; t < TABLES; t++)
		sqlite3_finalize(writer->puts[t]);
	sqlite_leave(&writer->link);
	memory_give(writer);
}

static void *
sqlite_open(const struct store_settings *settings, struct lift_error *err)
{
	struct sqlite_writer *writer = memory_take(sizeof(*writer));

	if (sqlite_writer_enter(writer, settings, err))
		return writer;
	sqlite_close(writer);
	return NULL;
}

/* ---- one transaction ------------------------------------------------- */

static bool
sqlite_step(struct sqlite_writer *writer, sqlite3_stmt *statement,
    struct lift_error *err)
{
	int rc = sqlite3_step(statement);

	if (rc != SQLITE_DONE)
		sqlite_fault(&writer->link, err);
	sqlite3_reset(statement);
	return rc == SQLITE_DONE;
}

static bool
sqlite_begin(void *self, struct lift_error *err)
{
	struct sqlite_writer *writer = self;

	return sqlite_step(writer, writer->begin, err);
}

static bool
sqlite_put(void *self, enum table_name name, const void *row,
    struct lift_error *err)
{
	struct sqlite_writer *writer = self;
	const struct table *table = &tables[name];
	sqlite3_stmt *put = writer->puts[name];
	int place = 1;

	for (unsigned i = 0; i < table->count; i++, place++) {
		const struct column *c = &table->columns[i];
		struct lift_text text;

		if (!column_is_text(c)) {
			sqlite3_bind_int64(put, place, column_whole(c, row));
			continue;
		}
		text = column_text(c, row);
		if (c->kind == COLUMN_WORDS)
			sqlite_bind(put, place, text);
		else
			sqlite3_bind_blob64(put, place,
			    text.data ? text.data : "", text.size,
			    SQLITE_STATIC);
	}
	sqlite3_bind_int64(put, place, table_sum(table, row));
	return sqlite_step(writer, put, err);
}

static void
sqlite_checkpoint(struct sqlite_writer *writer, int least)
{
	int frames, done;

	if (writer->wal_pages < least)
		return;
	/* What fails here fails in a commit soon, and is said there. */
	if (sqlite3_wal_checkpoint_v2(writer->link.db, NULL,
	    SQLITE_CHECKPOINT_PASSIVE, &frames, &done) == SQLITE_OK &&
	    frames == done)
		writer->wal_pages = 0;
}

static bool
sqlite_end(void *self, struct lift_error *err)
{
	struct sqlite_writer *writer = self;

	if (!sqlite_step(writer, writer->commit, err))
		return false;
	sqlite_checkpoint(writer, CHECKPOINT_MUST);
	return true;
}

static void
sqlite_undo(void *self)
{
	struct sqlite_writer *writer = self;

	/* After some failures SQLite has rolled back by itself. */
	if (!sqlite3_get_autocommit(writer->link.db))
		sqlite3_exec(writer->link.db, "ROLLBACK", NULL, NULL, NULL);
}

static void
sqlite_rest(void *self)
{
	sqlite_checkpoint(self, CHECKPOINT_REST);
}

/* ---- deleting -------------------------------------------------------- */

/* The highest seq of those oldest entries that may go; 0 for none. */
static bool
sqlite_prune_bound(struct sqlite_writer *writer,
    const struct store_slice *slice, int64_t *ret_bound, bool *ret_full,
    struct lift_error *err)
{
	sqlite3_stmt *oldest = sqlite_prepare(&writer->link, "SELECT seq, "
	    "received FROM entries WHERE seq <= ?1 AND seq < (SELECT max(seq) "
	    "FROM entries) ORDER BY seq LIMIT ?2", err);
	int64_t bound = 0;
	uint32_t count = 0;
	int rc;

	if (oldest == NULL)
		return false;
	sqlite3_bind_int64(oldest, 1, (int64_t)slice->keep);
	sqlite3_bind_int64(oldest, 2, slice->limit);
	while ((rc = sqlite3_step(oldest)) == SQLITE_ROW &&
	    sqlite3_column_int64(oldest, 1) < slice->before) {
		bound = sqlite3_column_int64(oldest, 0);
		count++;
	}
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		sqlite_fault(&writer->link, err);
	sqlite3_finalize(oldest);
	*ret_bound = bound;
	*ret_full = count == slice->limit;
	return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

/* Runs a DELETE with ?1 the bound and ?2 the limit; *RET_FULL becomes true when
 * it met the limit. */
static bool
sqlite_prune_run(struct sqlite_writer *writer, const char *sql,
    int64_t bound, int64_t limit, bool *ret_full)
{
	struct lift_error ignored;
	sqlite3_stmt *delete = sqlite_prepare(&writer->link, sql, &ignored);
	bool good;

	if (delete == NULL)
		return false;
	sqlite3_bind_int64(delete, 1, bound);
	sqlite3_bind_int64(delete, 2, limit);
	good = sqlite3_step(delete) == SQLITE_DONE;
	if (good && sqlite3_changes(writer->link.db) >= limit)
		*ret_full = true;
	sqlite3_finalize(delete);
	return good;
}

static bool
sqlite_prune_slice(struct sqlite_writer *writer,
    const struct store_slice *slice, bool *ret_more, struct lift_error *err)
{
	bool more = false, effects_left = false;
	int64_t bound;

	if (!sqlite_prune_bound(writer, slice, &bound, &more, err))
		return false;
	/* Effects go first, and their entries once none is left. */
	if (!sqlite_prune_run(writer, "DELETE FROM effects WHERE (seq, "
	    "ordinal) IN (SELECT seq, ordinal FROM effects WHERE seq <= ?1 "
	    "ORDER BY seq, ordinal LIMIT ?2)", bound, slice->limit,
	    &effects_left) || (!effects_left && !sqlite_prune_run(writer,
	    "DELETE FROM entries WHERE seq <= ?1 AND ?2", bound, slice->limit,
	    &more)) || !sqlite_prune_run(writer, "DELETE FROM letters WHERE "
	    "number IN (SELECT number FROM letters WHERE received < ?1 AND "
	    "number < (SELECT max(number) FROM letters) ORDER BY number "
	    "LIMIT ?2)", slice->before, slice->limit, &more) ||
	    !sqlite_prune_run(writer, "DELETE FROM runs WHERE (job, planned) "
	    "IN (SELECT job, planned FROM runs r WHERE planned < ?1 AND ended "
	    "<> 0 AND planned < (SELECT max(planned) FROM runs n WHERE n.job "
	    "= r.job) LIMIT ?2)", slice->before, slice->limit, &more))
		return sqlite_fault(&writer->link, err);
	*ret_more = more || effects_left;
	return true;
}

static bool
sqlite_prune(void *self, const struct store_slice *slice, bool *ret_more,
    struct lift_error *err)
{
	bool more = false;

	if (sqlite_begin(self, err) &&
	    sqlite_prune_slice(self, slice, &more, err) &&
	    sqlite_end(self, err)) {
		*ret_more = more;
		return true;
	}
	sqlite_undo(self);
	return false;
}

/* Secure deletion overwrites the row in the file; the pages that the log still
 * holds go when it is cut to nothing. */
static bool
sqlite_forget(void *self, uint32_t token, struct lift_error *err)
{
	struct sqlite_writer *writer = self;
	char sql[200];

	snprintf(sql, sizeof(sql), "PRAGMA secure_delete=ON; BEGIN IMMEDIATE; "
	    "DELETE FROM shoppers WHERE token=%u; "
	    "DELETE FROM traits WHERE token=%u; COMMIT;", (unsigned)token,
	    (unsigned)token);
	if (!sqlite_run(&writer->link, sql, err)) {
		sqlite_undo(writer);
		return false;
	}
	if (sqlite3_wal_checkpoint_v2(writer->link.db, NULL,
	    SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) != SQLITE_OK)
		return sqlite_fault(&writer->link, err);
	writer->wal_pages = 0;
	return sqlite_run(&writer->link, "PRAGMA secure_delete=FAST", err);
}

const struct store_driver store_sqlite = {
	.name = "sqlite",
	.worth = { [STORE_PROCESS] = 1024, [STORE_POWER] = 4096 },
	.open = sqlite_open,
	.close = sqlite_close,
	.begin = sqlite_begin,
	.put = sqlite_put,
	.end = sqlite_end,
	.undo = sqlite_undo,
	.prune = sqlite_prune,
	.forget = sqlite_forget,
	.rest = sqlite_rest,
	.reader_new = sqlite_reader_new,
	.reader_free = sqlite_reader_free,
	.find = sqlite_reader_find,
	.next = sqlite_reader_next,
	.range = sqlite_reader_range,
	.describe = sqlite_reader_describe,
	.check = sqlite_reader_check,
	.salvage = sqlite_salvage,
};
