/* What PostgreSQL answers, as sentences. It goes by SQLSTATE, which does not
 * change with the server's language. Nothing of the DSN is said but host,
 * database and user: a host that holds an `@` is a password that was not
 * escaped, and is not said either. */
#include "log/postgres.h"

#include <ctype.h>

#include "base/clock.h"

/* So long nobody on the loop asks a server that does not answer. */
enum { SILENCE_S = 5 };

static bool
fault_again(struct lift_error *err)
{
	err->again = true;
	return false;
}

static bool
state_is(const char *state, const char *wanted)
{
	return strncmp(state, wanted, strlen(wanted)) == 0;
}

static bool
fault_refused(const struct postgres *link, const char *state,
    struct lift_error *err)
{
	const char *place = link->place, *user = link->user;

	if (state_is(state, "28"))
		return lift_fail(err, LIFT_E_STORE, "%s does not let user "
		    "'%s' in: the password in `store.dsn` is wrong, or "
		    "pg_hba.conf has no line for this user", place, user);
	if (state_is(state, "3D000"))
		return lift_fail(err, LIFT_E_STORE, "there is no %s; make it: "
		    "`createdb -O %s %s`", place, user, link->database);
	if (state_is(state, "42501"))
		return lift_fail(err, LIFT_E_STORE, "user '%s' lacks "
		    "privileges in %s; let its owner run `ALTER DATABASE %s "
		    "OWNER TO %s`", user, place, link->database, user);
	return true;
}

/* What passes by itself, or when somebody does something at the server. */
static bool
fault_passing(const struct postgres *link, const char *state,
    struct lift_error *err)
{
	const char *place = link->place, *what = NULL;

	if (state_is(state, "53300"))
		what = "has no connection left; raise max_connections or end "
		    "other clients";
	else if (state_is(state, "53100"))
		what = "has a full disk; free some space there";
	else if (state_is(state, "53"))
		what = "is short of memory or other resources";
	else if (state_is(state, "58"))
		what = "has a failing disk; look at the server's log";
	else if (state_is(state, "25006"))
		what = "is read-only, as a standby is; name the primary in "
		    "`store.dsn`, or let the server write again";
	else if (state_is(state, "57P03"))
		what = "is starting up or shutting down";
	else if (state_is(state, "57P0"))
		what = "was stopped or has ended the connection";
	else if (state_is(state, "57014") || state_is(state, "55P03"))
		what = "gave up the statement: somebody cancelled it or holds "
		    "a lock";
	else if (state_is(state, "40") || state_is(state, "08"))
		what = "has broken the transaction off";
	if (what == NULL)
		return true;
	lift_fail(err, LIFT_E_STORE, "%s %s; liftd goes on by itself", place,
	    what);
	return fault_again(err);
}

static bool
fault_state(const struct postgres *link, const char *state,
    const char *message, struct lift_error *err)
{
	int size = (int)strcspn(message, "\n");

	if (!fault_refused(link, state, err) ||
	    !fault_passing(link, state, err))
		return false;
	if (state_is(state, "23") || state_is(state, "22"))
		return lift_fail(err, LIFT_E_BUG, "%s does not take a row: "
		    "%.*s", link->place, size, message);
	if (state_is(state, "42P01") || state_is(state, "3F000"))
		return lift_fail(err, LIFT_E_STORE, "%s lacks a table of "
		    "liftd; start liftd once on it, it makes them",
		    link->place);
	return lift_fail(err, LIFT_E_STORE, "%s: %.*s (SQLSTATE %s)",
	    link->place, size, message, state);
}

static bool
fault_lost(const struct postgres *link, struct lift_error *err)
{
	lift_fail(err, LIFT_E_STORE, "the connection to %s was lost; liftd "
	    "goes on by itself when the server answers again", link->place);
	return fault_again(err);
}

bool
postgres_fault(struct postgres *link, const PGresult *result,
    struct lift_error *err)
{
	const char *state = result == NULL ? NULL :
	    PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = result == NULL ? NULL :
	    PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	if (state == NULL || message == NULL)
		return fault_lost(link, err);
	fault_state(link, state, message, err);
	/* A read-only server may have been replaced: ask for it anew. */
	if (state_is(state, "25006") || state_is(state, "57P0"))
		postgres_drop(link);
	return false;
}

bool
postgres_silent(struct postgres *link, struct lift_error *err)
{
	if (link->pulse != NULL)
		atomic_store(&link->pulse->silent_until, clock_monotonic() +
		    SILENCE_S * LIFT_SECOND);
	lift_fail(err, LIFT_E_STORE, "%s has not answered for %lld s; liftd "
	    "goes on by itself when it does", link->place,
	    (long long)(postgres_patience(link) / LIFT_SECOND));
	postgres_drop(link);
	return fault_again(err);
}

/* The SQLSTATE at the end of MESSAGE, or NULL: the connection was set to say
 * nothing else. */
static const char *
message_state(const char *message, char state[6])
{
	size_t size = strlen(message);

	while (size > 0 && isspace((unsigned char)message[size - 1]))
		size--;
	if (size < 8 || message[size - 6] != ' ')
		return NULL;
	for (size_t i = size - 5; i < size; i++)
		if (!isdigit((unsigned char)message[i]) &&
		    !isupper((unsigned char)message[i]))
			return NULL;
	memcpy(state, message + size - 5, 5);
	state[5] = '\0';
	return state;
}

/* The reason at the end of the first line, behind what repeats the address. */
static int
message_reason(const char *message, const char **ret_at)
{
	int size = (int)strcspn(message, "\n");
	const char *at = message;

	for (const char *p = message; p + 1 < message + size; p++)
		if (p[0] == ':' && p[1] == ' ')
			at = p + 2;
	*ret_at = at;
	return size - (int)(at - message);
}

bool
postgres_unreachable(struct postgres *link, struct lift_error *err)
{
	const char *message = PQerrorMessage(link->conn), *reason;
	char state[6];
	int size;

	if (message_state(message, state) != NULL)
		return fault_state(link, state, "the server refuses", err);
	size = message_reason(message, &reason);
	lift_fail(err, LIFT_E_STORE, "%s cannot be reached: %.*s; start the "
	    "server, or correct `store.dsn`", link->place, size, reason);
	return fault_again(err);
}
