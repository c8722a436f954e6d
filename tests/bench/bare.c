/* The floors of the benches that drive the daemon: SQLite and nothing else, on
 * the rows that the daemon has written.
 *
 *	bare read DB		all rows of the log, in order, every column
 *	bare insert DB NEW	the same rows, prepared, into a new database of
 *				the same schema and settings, 4,096 entries a
 *				transaction, with all their effects and the
 *				shoppers; rows are in memory before
 *
 * Prints rows (those of the log), seconds, processor seconds and the rate as
 * one JSON object. */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 4096, COLUMNS = 8 };

static void
bare_die(sqlite3 *db)
{
	fprintf(stderr, "bare: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static double
seconds(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static sqlite3 *
bare_open(const char *path, int flags)
{
	sqlite3 *db;

	if (sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL) !=
	    SQLITE_OK)
		bare_die(db);
	return db;
}

static void
bare_say(uint64_t rows, double began, double began_busy)
{
	double took = seconds(CLOCK_MONOTONIC) - began;

	printf("{\"rows\":%llu,\"seconds\":%.4f,\"busy\":%.4f,"
	    "\"rate\":%.0f}\n", (unsigned long long)rows, took,
	    seconds(CLOCK_PROCESS_CPUTIME_ID) - began_busy,
	    (double)rows / took);
}

static sqlite3_stmt *
bare_prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		bare_die(db);
	return s;
}

static int
bare_read(const char *path)
{
	sqlite3 *db = bare_open(path, SQLITE_OPEN_READONLY);
	sqlite3_stmt *s = bare_prepare(db, "SELECT * FROM entries ORDER BY "
	    "seq");
	uint64_t rows = 0, sum = 0;
	double began = seconds(CLOCK_MONOTONIC);
	double busy = seconds(CLOCK_PROCESS_CPUTIME_ID);

	while (sqlite3_step(s) == SQLITE_ROW) {
		rows++;
		for (int i = 0; i < COLUMNS; i++)
			sum += i >= 4 && i <= 6 ?
			    (uint64_t)(uintptr_t)sqlite3_column_blob(s, i) +
			    (uint64_t)sqlite3_column_bytes(s, i) :
			    (uint64_t)sqlite3_column_int64(s, i);
	}
	bare_say(rows, began, busy);
	return sum == 1;	/* so that it is not left out */
}

/* The rows of a table, and the statement that takes them. */
struct rows {
	const char     *table, *order, *insert;
	sqlite3_value **values;
	uint64_t        count, at;
	int             columns;
	sqlite3_stmt   *put;
};

static void
bare_take(sqlite3 *db, struct rows *r)
{
	char sql[100];
	uint64_t room = 0;

	snprintf(sql, sizeof(sql), "SELECT * FROM %s ORDER BY %s", r->table,
	    r->order);
	sqlite3_stmt *s = bare_prepare(db, sql);
	r->columns = sqlite3_column_count(s);
	for (; sqlite3_step(s) == SQLITE_ROW; r->count++) {
		if (r->count == room) {
			room = room ? room * 2 : 4096;
			r->values = realloc(r->values, room *
			    (uint64_t)r->columns * sizeof(*r->values));
		}
		for (int i = 0; i < r->columns; i++)
			r->values[r->count * (uint64_t)r->columns +
			    (uint64_t)i] = sqlite3_value_dup(
			    sqlite3_column_value(s, i));
	}
	sqlite3_finalize(s);
}

static void
bare_create(sqlite3 *from, sqlite3 *db)
{
	sqlite3_stmt *s = bare_prepare(from, "SELECT sql FROM sqlite_schema "
	    "WHERE tbl_name IN ('entries', 'effects', 'shoppers') AND "
	    "sql IS NOT NULL ORDER BY rowid");

	sqlite3_exec(db, "PRAGMA page_size=8192; PRAGMA journal_mode=WAL;"
	    "PRAGMA synchronous=OFF; PRAGMA cache_size=-32768;"
	    "PRAGMA wal_autocheckpoint=2048", NULL, NULL, NULL);
	while (sqlite3_step(s) == SQLITE_ROW)
		if (sqlite3_exec(db, (const char *)sqlite3_column_text(s, 0),
		    NULL, NULL, NULL) != SQLITE_OK)
			bare_die(db);
	sqlite3_finalize(s);
}

static void
bare_put(sqlite3 *db, struct rows *r)
{
	for (int i = 0; i < r->columns; i++)
		sqlite3_bind_value(r->put, i + 1, r->values[r->at *
		    (uint64_t)r->columns + (uint64_t)i]);
	if (sqlite3_step(r->put) != SQLITE_DONE)
		bare_die(db);
	sqlite3_reset(r->put);
	r->at++;
}

/* One transaction: a batch of the log, the effects of its entries, and a like
 * share of the shoppers. */
static void
bare_batch(sqlite3 *db, struct rows *log, struct rows *effects,
    struct rows *shoppers)
{
	uint64_t end = log->at + BATCH < log->count ? log->at + BATCH :
	    log->count;

	sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	while (log->at < end)
		bare_put(db, log);
	int64_t last = sqlite3_value_int64(log->values[(end - 1) * COLUMNS]);
	while (effects->at < effects->count && sqlite3_value_int64(
	    effects->values[effects->at * (uint64_t)effects->columns]) <= last)
		bare_put(db, effects);
	while (shoppers->at < shoppers->count * end / log->count)
		bare_put(db, shoppers);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
}

static int
bare_insert(const char *path, const char *target)
{
	struct rows all[] = {
		{ "entries", "seq", "INSERT INTO entries VALUES "
		    "(?,?,?,?,?,?,?,?)", NULL, 0, 0, 0, NULL },
		{ "effects", "seq, ordinal", "INSERT INTO effects VALUES "
		    "(?,?,?,?,?,?,?,?,?)", NULL, 0, 0, 0, NULL },
		{ "shoppers", "token", "INSERT INTO shoppers VALUES "
		    "(?,?,?)", NULL, 0, 0, 0, NULL },
	};

	/* As the daemon does: without, a row costs a quarter more. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3 *from = bare_open(path, SQLITE_OPEN_READONLY);
	sqlite3 *db = bare_open(target, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_CREATE);
	bare_create(from, db);
	for (int i = 0; i < 3; i++) {
		bare_take(from, &all[i]);
		all[i].put = bare_prepare(db, all[i].insert);
	}
	double began = seconds(CLOCK_MONOTONIC);
	double busy = seconds(CLOCK_PROCESS_CPUTIME_ID);
	while (all[0].at < all[0].count)
		bare_batch(db, &all[0], &all[1], &all[2]);
	bare_say(all[0].count, began, busy);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "read") == 0)
		return bare_read(argv[2]);
	if (argc == 4 && strcmp(argv[1], "insert") == 0)
		return bare_insert(argv[2], argv[3]);
	fputs("usage: bare read DB | bare insert DB NEW\n", stderr);
	return 2;
}
