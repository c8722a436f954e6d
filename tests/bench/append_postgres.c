/* How fast the store takes entries with PostgreSQL: rows a second through
 * store_commit, in batches of 500, against a bare loop of BEGIN, COPY, COMMIT
 * with the same rows, binary form and table, on a server of this run's own.
 * The bare rows are encoded before the clock starts.
 *
 *	append_postgres [ROWS]
 */
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "log/postgres.h"

#define BODY	200
#define BATCH	500
#define ROUNDS	5		/* in turns; the best of each counts */

struct rows {
	struct store_entry entries[BATCH];
	char               ids[BATCH][40], keys[BATCH][24];
	char               bodies[BATCH][BODY];
};

static void
bench_die(const char *what)
{
	fprintf(stderr, "append_postgres: %s\n", what);
	exit(1);
}

static int
bench_cluster(const char *what, const char *dir, const char *more)
{
	const char *top = getenv("srcdir");
	char command[400];
	int status;

	snprintf(command, sizeof(command), "'%s/tests/postgres/cluster' %s "
	    "'%s' %s", top ? top : ".", what, dir, more);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static void
bench_rows(struct rows *rows, uint64_t seq)
{
	for (size_t i = 0; i < BATCH; i++, seq++) {
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
bench_sql(PGconn *conn, const char *sql)
{
	PGresult *result = PQexec(conn, sql);

	if (PQresultStatus(result) == PGRES_FATAL_ERROR)
		bench_die(PQerrorMessage(conn));
	PQclear(result);
}

/* A fresh table, as the store makes it. */
static void
bench_fresh(const struct store_settings *settings)
{
	PGconn *conn = PQconnectdb(settings->dsn);
	struct lift_error err;

	bench_sql(conn, "SET client_min_messages=error; DROP SCHEMA public "
	    "CASCADE; CREATE SCHEMA public");
	PQfinish(conn);
	struct store *store = store_open(settings, &err);
	if (store == NULL)
		bench_die(err.text);
	store_close(store);
	conn = PQconnectdb(settings->dsn);
	bench_sql(conn, "CHECKPOINT");
	PQfinish(conn);
}

static double
bench_store(const struct store_settings *settings, uint64_t total)
{
	struct rows *rows = memory_raw(sizeof(*rows));
	int64_t spent = 0, began;
	struct lift_error err;

	bench_fresh(settings);
	struct store *store = store_open(settings, &err);
	if (store == NULL)
		bench_die(err.text);
	for (uint64_t seq = 1; seq <= total; seq += BATCH) {
		struct store_batch b = { .entries = rows->entries,
			.entry_count = BATCH };

		bench_rows(rows, seq);
		began = clock_monotonic();
		if (!store_commit(store, &b, &err))
			bench_die(err.text);
		spent += clock_monotonic() - began;
	}
	store_close(store);
	memory_give(rows);
	return (double)total * 1e6 / (double)spent;
}

static void
bench_bare_batch(PGconn *conn, const struct text *rows)
{
	bench_sql(conn, "BEGIN");
	bench_sql(conn, "COPY entries FROM STDIN (FORMAT binary)");
	if (PQputCopyData(conn, rows->data, (int)rows->size) != 1 ||
	    PQputCopyEnd(conn, NULL) != 1)
		bench_die(PQerrorMessage(conn));
	for (PGresult *r; (r = PQgetResult(conn)) != NULL; PQclear(r))
		if (PQresultStatus(r) != PGRES_COMMAND_OK)
			bench_die(PQerrorMessage(conn));
	bench_sql(conn, "COMMIT");
}

/* The floor. */
static double
bench_bare(const struct store_settings *settings, uint64_t total)
{
	struct rows *rows = memory_raw(sizeof(*rows));
	struct text copy = { 0 };
	int64_t spent = 0, began;

	bench_fresh(settings);
	PGconn *conn = PQconnectdb(settings->dsn);
	bench_sql(conn, settings->durability == STORE_POWER ?
	    "SET synchronous_commit=on" : "SET synchronous_commit=off");
	for (uint64_t seq = 1; seq <= total; seq += BATCH) {
		bench_rows(rows, seq);
		text_clear(&copy);
		postgres_rows_head(&copy);
		for (size_t i = 0; i < BATCH; i++)
			postgres_row_add(&copy, &tables[TABLE_ENTRIES],
			    &rows->entries[i]);
		postgres_rows_tail(&copy);
		began = clock_monotonic();
		bench_bare_batch(conn, &copy);
		spent += clock_monotonic() - began;
	}
	PQfinish(conn);
	text_done(&copy);
	memory_give(rows);
	return (double)total * 1e6 / (double)spent;
}

static void
bench_pair(const struct store_settings *settings, uint64_t total)
{
	double bare = 0, ours = 0, rate;

	total -= total % BATCH;
	for (int i = 0; i < ROUNDS; i++) {
		if ((rate = bench_bare(settings, total)) > bare)
			bare = rate;
		if ((rate = bench_store(settings, total)) > ours)
			ours = rate;
	}
	printf("append  postgres %-7s batch %d  store %8.0f rows/s  bare COPY "
	    "%8.0f  ratio %.2f\n", settings->durability == STORE_POWER ?
	    "power" : "process", BATCH, ours, bare, ours / bare);
}

int
main(int argc, char **argv)
{
	uint64_t rows = argc > 1 ? strtoull(argv[1], NULL, 10) : 200000;
	char state[] = "/tmp/liftd-bench-XXXXXX";
	char cluster[64], dsn[200], command[100];
	int status;

	if (mkdtemp(state) == NULL)
		bench_die("no directory");
	snprintf(cluster, sizeof(cluster), "%s-cluster", state);
	snprintf(dsn, sizeof(dsn), "host=%s user=liftd dbname=liftd", cluster);
	status = bench_cluster("start", cluster, "");
	if (status == 0) {
		struct store_settings settings = { "postgres", state,
			STORE_PROCESS, dsn };

		bench_pair(&settings, rows);
		settings.durability = STORE_POWER;
		bench_pair(&settings, rows / 4);
		bench_cluster("remove", cluster, "");
	}
	snprintf(command, sizeof(command), "rm -rf '%s'", state);
	return system(command) == 0 && (status == 0 || status == 77) ? 0 : 1;
}
