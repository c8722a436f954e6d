/* A PostgreSQL server for one test program, and a database for each test. */
#ifndef UNIT_LOG_CLUSTER_H
#define UNIT_LOG_CLUSTER_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where the server is; empty when there is none. */
static char cluster_dir[64];

/* Has tests/postgres/cluster do WHAT; its exit status. */
static inline int
cluster_do(const char *what, const char *more)
{
	const char *top = getenv("srcdir");
	char command[400];
	int status;

	snprintf(command, sizeof(command), "'%s/tests/postgres/cluster' %s "
	    "'%s' %s", top ? top : ".", what, cluster_dir, more);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* Starts the server; false, having said why, where there is none to be had. */
static inline bool
cluster_begin(void)
{
	strcpy(cluster_dir, "/tmp/liftd-cluster-XXXXXX");
	if (mkdtemp(cluster_dir) == NULL)
		abort();
	switch (cluster_do("start", "fsync=off")) {
	case 0:
		return true;
	case 77:
		break;
	default:
		abort();
	}
	rmdir(cluster_dir);
	cluster_dir[0] = '\0';
	return false;
}

static inline void
cluster_end(void)
{
	if (cluster_dir[0] != '\0')
		cluster_do("remove", "");
}

/* Runs SQL in DATABASE as the superuser; the first value, or nothing. */
static inline void
cluster_sql(const char *database, const char *sql, char ret[200])
{
	char dsn[200];
	PGresult *result;
	PGconn *conn;

	snprintf(dsn, sizeof(dsn), "host=%s user=liftd dbname=%s", cluster_dir,
	    database);
	conn = PQconnectdb(dsn);
	result = PQexec(conn, sql);
	if (PQresultStatus(result) != PGRES_COMMAND_OK &&
	    PQresultStatus(result) != PGRES_TUPLES_OK) {
		fprintf(stderr, "%s: %s\n", sql, PQerrorMessage(conn));
		abort();
	}
	if (ret != NULL)
		snprintf(ret, 200, "%s", PQntuples(result) > 0 ?
		    PQgetvalue(result, 0, 0) : "");
	PQclear(result);
	PQfinish(conn);
}

/* The database of the test whose state directory is DIR. */
static inline const char *
cluster_database(const char *dir, char name[40])
{
	snprintf(name, 40, "t_%s", strrchr(dir, '-') + 1);
	return name;
}

static inline void
cluster_make(const char *dir, char dsn[200])
{
	char name[40], sql[100];

	cluster_database(dir, name);
	snprintf(sql, sizeof(sql), "CREATE DATABASE \"%s\"", name);
	cluster_sql("postgres", sql, NULL);
	snprintf(dsn, 200, "host=%s user=liftd dbname=%s", cluster_dir, name);
}

static inline void
cluster_unmake(const char *dir)
{
	char name[40], sql[100];

	cluster_database(dir, name);
	snprintf(sql, sizeof(sql), "DROP DATABASE IF EXISTS \"%s\" WITH "
	    "(FORCE)", name);
	cluster_sql("postgres", sql, NULL);
}

#endif
