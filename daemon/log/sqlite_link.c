/* A connection to SQLite, and what SQLite answers as sentences. Each sentence
 * names the file and what would be right, for whoever reads the journal at
 * night has not read SQLite's manual. */
#include "log/sqlite.h"

#include <errno.h>

#include "base/memory.h"
#include "base/text.h"

/* What every connection wants. A page of 8 KiB holds some thirty entries and
 * keeps an effect of 2 KB out of overflow pages. No mmap: with it an error of
 * the disk is a SIGBUS that ends the daemon instead of a sentence, and reading
 * in order gains little from it. cell_size_check finds damaged pages early. */
#define SQLITE_SETTINGS							\
	"PRAGMA page_size=8192;"					\
	"PRAGMA mmap_size=0;"						\
	"PRAGMA cell_size_check=ON;"					\
	"PRAGMA trusted_schema=OFF;"					\
	"PRAGMA temp_store=MEMORY;"

/* How long to wait for somebody with a shell on the file. */
#define SQLITE_PATIENCE_MS	2000

static char *
sqlite_path(const char *state)
{
	struct text path = { 0 };

	text_form(&path, "%s/liftd.db", state);
	return path.data;
}

bool
sqlite_enter(struct sqlite *link, const struct store_settings *settings,
    int flags, struct lift_error *err)
{
	int rc;

	/* Counting its memory takes SQLite a mutex some ten times a row, and
	 * nobody asks. Once the library is in use, this has no effect. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	*link = (struct sqlite){ .durability = settings->durability };
	link->state = memory_string(settings->state);
	link->file = sqlite_path(settings->state);
	/* One thread uses a connection at a time: no mutex. */
	rc = sqlite3_open_v2(link->file, &link->db,
	    flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);
	if (rc != SQLITE_OK)
		return sqlite_fault(link, err);
	sqlite3_extended_result_codes(link->db, 1);
	sqlite3_busy_timeout(link->db, SQLITE_PATIENCE_MS);
	return sqlite_run(link, SQLITE_SETTINGS, err);
}

void
sqlite_leave(struct sqlite *link)
{
	sqlite3_close(link->db);
	memory_give(link->state);
	memory_give(link->file);
	*link = (struct sqlite){ .db = NULL };
}

bool
sqlite_is_damage(const struct sqlite *link)
{
	int rc = sqlite3_errcode(link->db) & 0xff;

	return rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB;
}

bool
sqlite_damaged(const struct sqlite *link, const char *what,
    struct lift_error *err)
{
	return lift_fail(err, LIFT_E_STORE, "'%s' is damaged: %s; stop liftd "
	    "and save the rest with `liftd salvage --state %s --into "
	    "%s.saved`", link->file, what, link->state, link->state);
}

bool
sqlite_unwritable(const struct sqlite *link, struct lift_error *err)
{
	return lift_fail(err, LIFT_E_STORE, "'%s' cannot be written; mount "
	    "its disk for writing and let liftd's user own the file",
	    link->file);
}

static bool
sqlite_again(struct lift_error *err)
{
	err->again = true;
	return false;
}

static const char *
sqlite_system_reason(const struct sqlite *link)
{
	int number = sqlite3_system_errno(link->db);

	return number != 0 ? strerror(number) : sqlite3_errmsg(link->db);
}

bool
sqlite_fault(const struct sqlite *link, struct lift_error *err)
{
	const char *file = link->file;

	if (sqlite_is_damage(link))
		return sqlite_damaged(link, sqlite3_errmsg(link->db), err);
	switch (sqlite3_errcode(link->db) & 0xff) {
	case SQLITE_FULL:
		lift_fail(err, LIFT_E_STORE, "the disk that holds '%s' is "
		    "full; free some space, liftd goes on by itself", file);
		return sqlite_again(err);
	case SQLITE_IOERR:
		lift_fail(err, LIFT_E_STORE, "the disk that holds '%s' fails: "
		    "%s; look at the kernel's log, liftd goes on by itself "
		    "when the disk does", file, sqlite_system_reason(link));
		return sqlite_again(err);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		sqlite_unwritable(link, err);
		return sqlite_again(err);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		lift_fail(err, LIFT_E_STORE, "another program holds '%s' "
		    "locked; end it (`fuser %s` names it), liftd goes on by "
		    "itself", file, file);
		return sqlite_again(err);
	case SQLITE_CANTOPEN:
		lift_fail(err, LIFT_E_STORE, "'%s' cannot be opened: %s; the "
		    "state directory must be there and belong to liftd's user",
		    file, sqlite_system_reason(link));
		return sqlite_again(err);
	case SQLITE_CONSTRAINT:
	case SQLITE_TOOBIG:
	case SQLITE_MISUSE:
		return lift_fail(err, LIFT_E_BUG, "'%s' does not take a row: "
		    "%s", file, sqlite3_errmsg(link->db));
	default:
		return lift_fail(err, LIFT_E_STORE, "'%s': %s", file,
		    sqlite3_errmsg(link->db));
	}
}

bool
sqlite_run(const struct sqlite *link, const char *sql, struct lift_error *err)
{
	if (sqlite3_exec(link->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	return sqlite_fault(link, err);
}

bool
sqlite_accept_cut(const struct sqlite *link, struct lift_error *err)
{
	/* SQLite's own recovery relies on it: otherwise no page of such a file
	 * is read, not even the good ones. */
	return sqlite_run(link, "PRAGMA writable_schema=ON", err);
}

sqlite3_stmt *
sqlite_prepare(const struct sqlite *link, const char *sql,
    struct lift_error *err)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v3(link->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
	    &statement, NULL) != SQLITE_OK)
		sqlite_fault(link, err);
	return statement;
}

bool
sqlite_number(const struct sqlite *link, const char *sql, int64_t *ret,
    struct lift_error *err)
{
	sqlite3_stmt *statement = sqlite_prepare(link, sql, err);
	int64_t number = 0;
	int rc;

	if (statement == NULL)
		return false;
	rc = sqlite3_step(statement);
	if (rc == SQLITE_ROW)
		number = sqlite3_column_int64(statement, 0);
	else if (rc != SQLITE_DONE)
		sqlite_fault(link, err);
	sqlite3_finalize(statement);
	if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		*ret = number;
	return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

void
sqlite_bind(sqlite3_stmt *statement, int place, struct lift_text text)
{
	/* A NULL pointer would bind NULL. */
	sqlite3_bind_text64(statement, place, text.data ? text.data : "",
	    text.size, SQLITE_STATIC, SQLITE_UTF8);
}
