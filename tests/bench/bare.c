/* The floors of the benches that drive the daemon: SQLite and nothing else, on
 * the rows that the daemon has written.
 *
 *	bare read DB		all rows of the log, in order, every column
 *	bare insert DB NEW	the same rows, prepared, into a new database of
 *				the same schema and settings, 4,096 a
 *				transaction; rows are in memory before
 *
 * Prints rows, seconds and rate as one JSON object. */
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
seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
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
bare_say(uint64_t rows, double took)
{
	printf("{\"rows\":%llu,\"seconds\":%.4f,\"rate\":%.0f}\n",
	    (unsigned long long)rows, took, (double)rows / took);
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
	double began = seconds();

	while (sqlite3_step(s) == SQLITE_ROW) {
		rows++;
		for (int i = 0; i < COLUMNS; i++)
			sum += i >= 4 && i <= 6 ?
			    (uint64_t)(uintptr_t)sqlite3_column_blob(s, i) +
			    (uint64_t)sqlite3_column_bytes(s, i) :
			    (uint64_t)sqlite3_column_int64(s, i);
	}
	bare_say(rows, seconds() - began);
	return sum == 1;	/* so that it is not left out */
}

static sqlite3_value **
bare_take(const char *path, uint64_t *ret_rows)
{
	sqlite3 *db = bare_open(path, SQLITE_OPEN_READONLY);
	sqlite3_stmt *s = bare_prepare(db, "SELECT * FROM entries ORDER BY "
	    "seq");
	sqlite3_value **values = NULL;
	uint64_t rows = 0, room = 0;

	for (; sqlite3_step(s) == SQLITE_ROW; rows++) {
		if (rows == room) {
			room = room ? room * 2 : 4096;
			values = realloc(values, room * COLUMNS *
			    sizeof(*values));
		}
		for (int i = 0; i < COLUMNS; i++)
			values[rows * COLUMNS + (uint64_t)i] =
			    sqlite3_value_dup(sqlite3_column_value(s, i));
	}
	*ret_rows = rows;
	return values;
}

static void
bare_create(sqlite3 *from, sqlite3 *db)
{
	sqlite3_stmt *s = bare_prepare(from, "SELECT sql FROM sqlite_schema "
	    "WHERE name='entries'");

	sqlite3_exec(db, "PRAGMA page_size=8192; PRAGMA journal_mode=WAL;"
	    "PRAGMA synchronous=OFF; PRAGMA cache_size=-32768;"
	    "PRAGMA wal_autocheckpoint=2048", NULL, NULL, NULL);
	if (sqlite3_step(s) != SQLITE_ROW || sqlite3_exec(db,
	    (const char *)sqlite3_column_text(s, 0), NULL, NULL, NULL) !=
	    SQLITE_OK)
		bare_die(db);
}

static int
bare_insert(const char *path, const char *target)
{
	uint64_t rows;
	sqlite3_value **values = bare_take(path, &rows);
	sqlite3 *db = bare_open(target, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_CREATE);

	bare_create(bare_open(path, SQLITE_OPEN_READONLY), db);
	sqlite3_stmt *s = bare_prepare(db, "INSERT INTO entries VALUES "
	    "(?,?,?,?,?,?,?,?)");
	double began = seconds();
	for (uint64_t n = 0; n < rows; n++) {
		if (n % BATCH == 0)
			sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
		for (int i = 0; i < COLUMNS; i++)
			sqlite3_bind_value(s, i + 1,
			    values[n * COLUMNS + (uint64_t)i]);
		if (sqlite3_step(s) != SQLITE_DONE)
			bare_die(db);
		sqlite3_reset(s);
		if (n % BATCH == BATCH - 1 || n == rows - 1)
			sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	}
	bare_say(rows, seconds() - began);
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
