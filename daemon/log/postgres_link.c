/* A connection that comes back. Nothing here waits for ever: libpq is used
 * without blocking, and each answer has a time by which it must be there.
 * After a failed try to connect the next waits, longer each time. */
#include "log/postgres.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"

enum { CONNECT_S = 10, PAUSE_FIRST_MS = 50, PAUSE_MOST_MS = 5000,
	ANSWER_S = 30, HURRY_S = 1, OLDEST = 120000 };

/* ---- the DSN ---------------------------------------------------------- */

static bool
dsn_unreadable(struct lift_error *err)
{
	/* libpq's own words would repeat a part of it. */
	return lift_fail(err, LIFT_E_INPUT, "`store.dsn` cannot be read, must "
	    "be as in postgresql://user:password@host/database or "
	    "host=... dbname=... user=...");
}

static void
dsn_word(char *ret, size_t size, const char *word, const char *without)
{
	if (word == NULL || word[0] == '\0')
		word = without;
	snprintf(ret, size, "%s", strchr(word, '@') != NULL ? "?" : word);
}

static const char *
dsn_value(const PQconninfoOption *options, const char *name)
{
	for (; options->keyword != NULL; options++)
		if (strcmp(options->keyword, name) == 0)
			return options->val;
	return NULL;
}

static void
link_name(struct postgres *link, const char *host, const char *database,
    const char *user)
{
	dsn_word(link->host, sizeof(link->host), host, "the local socket");
	dsn_word(link->user, sizeof(link->user), user, "liftd's own");
	dsn_word(link->database, sizeof(link->database), database,
	    link->user);
	snprintf(link->place, sizeof(link->place), "database '%s' at '%s'",
	    link->database, link->host);
}

bool
postgres_enter(struct postgres *link, const struct store_settings *settings,
    struct lift_error *err)
{
	const char *dsn = settings->dsn ? settings->dsn : "";
	PQconninfoOption *options;

	*link = (struct postgres){ .durability = settings->durability,
		.pulse = settings->pulse, .patience = ANSWER_S * LIFT_SECOND };
	link->dsn = memory_string(dsn);
	/* A word alone would be taken for a database's name, and said. */
	if (strchr(dsn, '=') == NULL && strstr(dsn, "://") == NULL)
		return dsn_unreadable(err);
	options = PQconninfoParse(dsn, NULL);
	if (options == NULL)
		return dsn_unreadable(err);
	link_name(link, dsn_value(options, "host"),
	    dsn_value(options, "dbname"), dsn_value(options, "user"));
	PQconninfoFree(options);
	return true;
}

void
postgres_leave(struct postgres *link)
{
	postgres_drop(link);
	memory_give(link->dsn);
	link->dsn = NULL;
}

void
postgres_drop(struct postgres *link)
{
	PQfinish(link->conn);
	link->conn = NULL;
}

bool
postgres_is_lost(const struct postgres *link)
{
	return link->conn == NULL || PQstatus(link->conn) != CONNECTION_OK;
}

/* ---- a server that answers nobody ---------------------------------------- */

static bool
link_hurries(const struct postgres *link)
{
	return link->hurries && link->pulse != NULL &&
	    atomic_load(&link->pulse->hurries);
}

int64_t
postgres_patience(const struct postgres *link)
{
	return link_hurries(link) ? HURRY_S * LIFT_SECOND : link->patience;
}

bool
postgres_listens(const struct postgres *link, struct lift_error *err)
{
	if (!link_hurries(link) ||
	    clock_monotonic() >= atomic_load(&link->pulse->silent_until))
		return true;
	lift_fail(err, LIFT_E_STORE, "%s does not answer; nothing is read "
	    "from it until it does", link->place);
	err->again = true;
	return false;
}

static void
link_answered(const struct postgres *link)
{
	if (link->pulse != NULL)
		atomic_store(&link->pulse->silent_until, 0);
}

/* ---- waiting ----------------------------------------------------------- */

/* Waits until the socket is ready for EVENTS; false when UNTIL has passed. */
static bool
link_poll(const struct postgres *link, short events, int64_t until)
{
	struct pollfd fd = { PQsocket(link->conn), events, 0 };
	int64_t left;
	int n;

	do {
		left = until - clock_monotonic();
		n = left > 0 ? poll(&fd, 1, (int)(left / 1000 + 1)) : 0;
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

/* Until a result is there. */
static bool
link_wait(struct postgres *link, struct lift_error *err)
{
	int64_t until = clock_monotonic() + postgres_patience(link);
	int unsent;

	for (;;) {
		unsent = PQflush(link->conn);
		if (unsent < 0 && PQconsumeInput(link->conn) == 0)
			return postgres_fault(link, NULL, err);
		if (!PQisBusy(link->conn)) {
			link_answered(link);
			return true;
		}
		if (!link_poll(link, (short)(POLLIN | (unsent > 0 ? POLLOUT :
		    0)), until))
			return postgres_silent(link, err);
		if (PQconsumeInput(link->conn) == 0)
			return postgres_fault(link, NULL, err);
	}
}

PGresult *
postgres_take(struct postgres *link, struct lift_error *err)
{
	err->code = LIFT_E_NONE;
	if (link->conn == NULL) {
		postgres_fault(link, NULL, err);
		return NULL;
	}
	if (!PQisBusy(link->conn) || link_wait(link, err))
		return PQgetResult(link->conn);
	return NULL;
}

static bool
result_is_good(const PGresult *result)
{
	switch (PQresultStatus(result)) {
	case PGRES_COMMAND_OK:
	case PGRES_TUPLES_OK:
	case PGRES_SINGLE_TUPLE:
	case PGRES_EMPTY_QUERY:
	case PGRES_PIPELINE_SYNC:
		return true;
	default:
		return false;
	}
}

bool
postgres_finish(struct postgres *link, char ret_word[16],
    struct lift_error *err)
{
	struct lift_error first = { .code = LIFT_E_NONE };
	PGresult *result;

	while ((result = postgres_take(link, err)) != NULL) {
		bool is_good = result_is_good(result);

		if (!is_good && first.code == LIFT_E_NONE)
			postgres_fault(link, result, &first);
		if (is_good && ret_word != NULL)
			snprintf(ret_word, 16, "%s", PQcmdStatus(result));
		PQclear(result);
		/* A COPY that nobody wants any more would never end. */
		if (!is_good && link->conn != NULL &&
		    PQtransactionStatus(link->conn) == PQTRANS_UNKNOWN)
			break;
	}
	if (first.code != LIFT_E_NONE)
		*err = first;
	return err->code == LIFT_E_NONE;
}

/* ---- statements --------------------------------------------------------- */

bool
postgres_run(struct postgres *link, const char *sql, struct lift_error *err)
{
	if (link->conn == NULL || PQsendQuery(link->conn, sql) == 0)
		return postgres_fault(link, NULL, err);
	return postgres_finish(link, NULL, err);
}

bool
postgres_word(struct postgres *link, const char *sql, char *ret, size_t size,
    struct lift_error *err)
{
	PGresult *result;
	bool good;

	if (link->conn == NULL || PQsendQuery(link->conn, sql) == 0)
		return postgres_fault(link, NULL, err);
	result = postgres_take(link, err);
	if (result == NULL)
		return err->code == LIFT_E_NONE &&
		    postgres_fault(link, NULL, err);
	good = PQresultStatus(result) == PGRES_TUPLES_OK;
	if (!good)
		postgres_fault(link, result, err);
	else if (PQntuples(result) > 0)
		snprintf(ret, size, "%s", PQgetvalue(result, 0, 0));
	else
		ret[0] = '\0';
	PQclear(result);
	if (!good) {
		struct lift_error ignored;
		postgres_finish(link, NULL, &ignored);
		return false;
	}
	return postgres_finish(link, NULL, err);
}

bool
postgres_number(struct postgres *link, const char *sql, int64_t *ret,
    struct lift_error *err)
{
	char word[32];

	if (!postgres_word(link, sql, word, sizeof(word), err))
		return false;
	*ret = strtoll(word, NULL, 10);
	return true;
}

/* ---- connecting ---------------------------------------------------------- */

static PGconn *
link_dial(const struct postgres *link)
{
	/* What stands before the DSN it may change; what stands behind it, not.
	 * The keepalives find a server that is gone without a word. */
	const char *const names[] = { "fallback_application_name",
		"keepalives_idle", "keepalives_interval", "keepalives_count",
		"tcp_user_timeout", "dbname", "client_encoding", NULL };
	const char *const values[] = { "liftd", "30", "10", "3", "30000",
		link->dsn, "UTF8", NULL };

	return PQconnectStartParams(names, values, 1);
}

static bool
link_shake(struct postgres *link, struct lift_error *err)
{
	int64_t most = CONNECT_S * LIFT_SECOND;
	int64_t patience = postgres_patience(link);
	int64_t until = clock_monotonic() + (patience < most ? patience :
	    most);
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;

	/* So that the reason of a refusal is a code, not words in the server's
	 * language. */
	PQsetErrorVerbosity(link->conn, PQERRORS_SQLSTATE);
	while (PQstatus(link->conn) != CONNECTION_BAD &&
	    state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
		if (!link_poll(link, state == PGRES_POLLING_READING ? POLLIN :
		    POLLOUT, until)) {
			postgres_silent(link, err);
			lift_fail(err, LIFT_E_STORE, "%s does not answer; "
			    "start the server, or correct `store.dsn`",
			    link->place);
			err->again = true;
			return false;
		}
		state = PQconnectPoll(link->conn);
	}
	if (PQstatus(link->conn) != CONNECTION_OK)
		return postgres_unreachable(link, err);
	PQsetErrorVerbosity(link->conn, PQERRORS_DEFAULT);
	return PQsetnonblocking(link->conn, 1) == 0 ||
	    postgres_fault(link, NULL, err);
}

static bool
link_suits(struct postgres *link, struct lift_error *err)
{
	int version = PQserverVersion(link->conn);
	const char *encoding = PQparameterStatus(link->conn,
	    "server_encoding");

	if (version < OLDEST)
		return lift_fail(err, LIFT_E_STORE, "%s is PostgreSQL %d.%d, "
		    "must be %d or newer; upgrade the server", link->place,
		    version / 10000, version % 10000, OLDEST / 10000);
	if (encoding == NULL || strcmp(encoding, "UTF8") != 0)
		return lift_fail(err, LIFT_E_STORE, "%s has the encoding %s, "
		    "must be UTF8; make one with `createdb -E UTF8 -T "
		    "template0`", link->place, encoding ? encoding : "?");
	return true;
}

/* A server that hears nothing of us for a minute lets the lock go; statements
 * may take as long as they need, the time is kept here. */
#define LINK_SETTINGS							\
	"SET tcp_keepalives_idle=30; SET tcp_keepalives_interval=10;"	\
	"SET tcp_keepalives_count=3; SET statement_timeout=0;"		\
	"SET idle_in_transaction_session_timeout=0;"			\
	"SET client_min_messages=error;"				\
	"SET default_transaction_isolation='read committed'"

static void
link_notice(void *self, const PGresult *result)
{
	(void)self;
	(void)result;	/* standard error is the journal's */
}

static bool
link_connect(struct postgres *link, struct lift_error *err)
{
	postgres_drop(link);
	link->conn = link_dial(link);
	if (link->conn == NULL)
		return lift_fail(err, LIFT_E_SYSTEM, "no memory for a "
		    "connection to %s", link->place);
	PQsetNoticeReceiver(link->conn, link_notice, NULL);
	link_name(link, PQhost(link->conn), PQdb(link->conn),
	    PQuser(link->conn));
	return link_shake(link, err) && link_suits(link, err) &&
	    postgres_run(link, LINK_SETTINGS, err) &&
	    (link->greet == NULL || link->greet(link->self, err));
}

bool
postgres_ready(struct postgres *link, struct lift_error *err)
{
	int64_t most = PAUSE_MOST_MS * LIFT_MILLI;

	if (!postgres_listens(link, err))
		return false;
	if (!postgres_is_lost(link))
		return true;
	if (clock_monotonic() < link->next_try) {
		*err = link->refusal;
		return false;
	}
	if (link_connect(link, err)) {
		link->pause = link->next_try = 0;
		return true;
	}
	postgres_drop(link);
	link->refusal = *err;
	link->pause = link->pause == 0 ? PAUSE_FIRST_MS * LIFT_MILLI :
	    link->pause * 2 > most ? most : link->pause * 2;
	link->next_try = clock_monotonic() + link->pause;
	return false;
}
