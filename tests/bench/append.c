/* How fast the store takes and gives entries: rows a second through
 * store_commit against a bare loop of a prepared insert, with the same schema,
 * settings and rows, in the same run; then reading all of it in order.
 *
 *	append [DIR [ROWS]]
 */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "log/store.h"

#define BODY	200
#define MOST	4096
#define ROUNDS	5		/* in turns; the best of each counts */

struct rows {
	struct store_entry entries[MOST];
	char               ids[MOST][40], keys[MOST][24];
	char               bodies[MOST][BODY];
};

struct timing {
	double  rate;		/* rows a second */
	int64_t slowest;	/* commit, in microseconds */
};

static void
bench_die(const char *what)
{
	fprintf(stderr, "append: %s\n", what);
	exit(1);
}

static void
bench_rows(struct rows *rows, uint64_t seq, size_t count)
{
	for (size_t i = 0; i < count; i++, seq++) {
		int id = snprintf(rows->ids[i], sizeof(rows->ids[i]),
		    "evt-%016" PRIx64, seq * UINT64_C(0x9e3779b97f4a7c15));
		int key = snprintf(rows->keys[i], sizeof(rows->keys[i]),
		    "product-%" PRIu64, seq % 5000);

		memset(rows->bodies[i], 'a' + (int)(seq % 26), BODY);
		rows->entries[i] = (struct store_entry){ .seq = seq, .kind = 1,
			.time = (int64_t)(1700000000000000 + seq * 50),
			.received = (int64_t)(1700000000000000 + seq * 50),
			.id = { rows->ids[i], (size_t)id },
			.key = { rows->keys[i], (size_t)key },
			.body = { rows->bodies[i], BODY } };
	}
}

static void
bench_note(struct timing *timing, int64_t began)
{
	int64_t took = clock_monotonic() - began;

	if (took > timing->slowest)
		timing->slowest = took;
}

static struct timing
bench_store(const char *dir, enum store_durability durability, size_t batch,
    uint64_t total)
{
	struct store_settings settings = { "sqlite", dir, durability };
	struct rows *rows = memory_raw(sizeof(*rows));
	struct timing timing = { 0, 0 };
	struct lift_error err;
	struct store *store = store_open(&settings, &err);
	int64_t spent = 0, began;

	if (store == NULL)
		bench_die(err.text);
	for (uint64_t seq = 1; seq <= total; seq += batch) {
		struct store_batch b = { .entries = rows->entries,
			.entry_count = batch };

		bench_rows(rows, seq, batch);
		began = clock_monotonic();
		if (!store_commit(store, &b, &err))
			bench_die(err.text);
		spent += clock_monotonic() - began;
		bench_note(&timing, began);
	}
	store_close(store);
	memory_give(rows);
	timing.rate = (double)total * 1e6 / (double)spent;
	return timing;
}

static void
bench_bare_row(sqlite3_stmt *put, const struct store_entry *e)
{
	sqlite3_bind_int64(put, 1, (int64_t)e->seq);
	sqlite3_bind_int64(put, 2, e->kind);
	sqlite3_bind_int64(put, 3, e->time);
	sqlite3_bind_int64(put, 4, e->received);
	sqlite3_bind_text(put, 5, e->id.data, (int)e->id.size, SQLITE_STATIC);
	sqlite3_bind_text(put, 6, e->key.data, (int)e->key.size,
	    SQLITE_STATIC);
	sqlite3_bind_blob(put, 7, e->body.data, (int)e->body.size,
	    SQLITE_STATIC);
	sqlite3_bind_int64(put, 8, INT64_C(0x123456789abcdef));
	if (sqlite3_step(put) != SQLITE_DONE)
		bench_die("bare insert");
	sqlite3_reset(put);
}

/* The floor: the same file, made by the store, filled by nothing but SQLite.
 * AUTO is SQLite's own checkpoint, at the size at which ours must. */
static struct timing
bench_bare(const char *file, enum store_durability durability, size_t batch,
    uint64_t total)
{
	struct rows *rows = memory_raw(sizeof(*rows));
	struct timing timing = { 0, 0 };
	int64_t spent = 0, began;
	sqlite3_stmt *put;
	sqlite3 *db;

	if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		bench_die("bare open");
	sqlite3_exec(db, "PRAGMA wal_autocheckpoint=2048;"
	    "PRAGMA cache_size=-32768", NULL, NULL, NULL);
	sqlite3_exec(db, durability == STORE_POWER ? "PRAGMA synchronous=FULL"
	    : "PRAGMA synchronous=OFF", NULL, NULL, NULL);
	sqlite3_prepare_v2(db, "INSERT INTO entries VALUES (?,?,?,?,?,?,?,?)",
	    -1, &put, NULL);
	for (uint64_t seq = 1; seq <= total; seq += batch) {
		bench_rows(rows, seq, batch);
		began = clock_monotonic();
		sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
		for (size_t i = 0; i < batch; i++)
			bench_bare_row(put, &rows->entries[i]);
		sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
		spent += clock_monotonic() - began;
		bench_note(&timing, began);
	}
	sqlite3_finalize(put);
	sqlite3_close(db);
	memory_give(rows);
	timing.rate = (double)total * 1e6 / (double)spent;
	return timing;
}

static void
bench_clear(const char *dir)
{
	char command[300];

	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	if (system(command) != 0)
		bench_die("cannot clear the directory");
}

static void
bench_best(struct timing *best, struct timing one)
{
	if (one.rate > best->rate)
		*best = one;
}

static void
bench_pair(const char *dir, enum store_durability durability, size_t batch,
    uint64_t total)
{
	struct timing bare = { 0, 0 }, ours = { 0, 0 };
	char file[300];

	total -= total % batch;
	snprintf(file, sizeof(file), "%s/liftd.db", dir);
	for (int i = 0; i < ROUNDS; i++) {
		bench_clear(dir);
		bench_store(dir, durability, batch, 0);
		bench_best(&bare, bench_bare(file, durability, batch, total));
		bench_clear(dir);
		bench_best(&ours, bench_store(dir, durability, batch, total));
	}
	printf("append  %-7s batch %4zu  store %8.0f rows/s (slowest commit "
	    "%5.1f ms)  bare %8.0f (%5.1f ms)  ratio %.2f\n",
	    durability == STORE_POWER ? "power" : "process", batch, ours.rate,
	    (double)ours.slowest / 1000, bare.rate,
	    (double)bare.slowest / 1000, ours.rate / bare.rate);
}

/* Batches with an effect an entry: what the two indexes of effects cost. */
static void
bench_effects(const char *dir, uint64_t total)
{
	struct store_settings settings = { "sqlite", dir, STORE_PROCESS };
	struct rows *rows = memory_raw(sizeof(*rows));
	struct store_effect *effects = memory_raw(MOST * sizeof(*effects));
	struct lift_error err;
	struct store *store;
	int64_t spent = 0, began;

	bench_clear(dir);
	store = store_open(&settings, &err);
	if (store == NULL)
		bench_die(err.text);
	total -= total % MOST;
	for (uint64_t seq = 1; seq <= total; seq += MOST) {
		struct store_batch b = { .entries = rows->entries,
			.entry_count = MOST, .effects = effects,
			.effect_count = MOST };

		bench_rows(rows, seq, MOST);
		for (size_t i = 0; i < MOST; i++)
			effects[i] = (struct store_effect){ .seq = seq + i,
				.id = rows->entries[i].id,
				.topic = lift_text("windowed_stats"),
				.key = rows->entries[i].key,
				.body = rows->entries[i].body };
		began = clock_monotonic();
		if (!store_commit(store, &b, &err))
			bench_die(err.text);
		spent += clock_monotonic() - began;
	}
	store_close(store);
	printf("effects process batch %4d  store %8.0f entries/s, each with "
	    "an effect (%" PRIu64 " in all)\n", MOST,
	    (double)total * 1e6 / (double)spent, total);
	memory_give(effects);
	memory_give(rows);
}

static void
bench_read(const char *dir)
{
	struct store_settings settings = { "sqlite", dir, STORE_PROCESS };
	struct store_query all = { .limit = 0 };
	struct store_entry entry;
	struct lift_error err;
	struct store_reader *reader = store_reader_open(&settings, &err);
	int64_t began = clock_monotonic();
	uint64_t count = 0, bytes = 0;

	if (reader == NULL || !store_entries(reader, &all, &err))
		bench_die(err.text);
	while (store_next_entry(reader, &entry, &err)) {
		count++;
		bytes += entry.body.size;
	}
	if (err.code != LIFT_E_NONE)
		bench_die(err.text);
	double seconds = (double)(clock_monotonic() - began) / 1e6;
	printf("read    %" PRIu64 " rows, %.0f rows/s, %.0f MB of bodies/s\n",
	    count, (double)count / seconds, (double)bytes / 1e6 / seconds);
	store_reader_free(reader);
}

int
main(int argc, char **argv)
{
	const char *dir = argc > 1 ? argv[1] : "/tmp/liftd-bench-append";
	uint64_t rows = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;

	bench_pair(dir, STORE_PROCESS, 4096, rows);
	bench_pair(dir, STORE_PROCESS, 500, rows);
	bench_read(dir);
	bench_effects(dir, rows);
	bench_pair(dir, STORE_POWER, 4096, rows / 4);
	bench_pair(dir, STORE_POWER, 500, rows / 4);
	bench_clear(dir);
	return 0;
}
