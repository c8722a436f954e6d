/* What the files of the SQLite driver share: a connection with the settings
 * that we want, and SQLite's answers as sentences. */
#ifndef LOG_SQLITE_H
#define LOG_SQLITE_H

#include <sqlite3.h>

#include "log/store_driver.h"

/* Found in bytes 68 to 71 of the file: "LIFT". */
#define SQLITE_LIFTD		0x4c494654

/* A connection. */
struct sqlite {
	sqlite3              *db;
	char                 *state, *file;
	enum store_durability durability;
};

/* Opens a connection to STATE/liftd.db; FLAGS are SQLite's. What it gives is
 * closed with sqlite_leave, also after a failure. */
bool sqlite_enter(struct sqlite *, const struct store_settings *, int flags,
    struct lift_error *);

/* Closes the connection; takes one that never opened. */
void sqlite_leave(struct sqlite *);

/* Puts the connection's newest failure into a sentence: what the trouble is,
 * with which file, what would be right. Returns false. */
bool sqlite_fault(const struct sqlite *, struct lift_error *);

/* Whether the newest failure is damage, so that salvage is the remedy. */
bool sqlite_is_damage(const struct sqlite *);

/* Puts damage into a sentence that names the command that saves the rest.
 * Returns false. */
bool sqlite_damaged(const struct sqlite *, const char *what,
    struct lift_error *);

/* Says that the file cannot be written, and what would help. Returns false. */
bool sqlite_unwritable(const struct sqlite *, struct lift_error *);

/* Has a file that is shorter than its header says read as far as it goes.
 * Before the first statement. */
bool sqlite_accept_cut(const struct sqlite *, struct lift_error *);

/* Runs statements that answer nothing. */
bool sqlite_run(const struct sqlite *, const char *sql, struct lift_error *);

/* A prepared statement, or NULL. */
sqlite3_stmt *sqlite_prepare(const struct sqlite *, const char *sql,
    struct lift_error *);

/* The one number that a statement answers; 0 for NULL or no row. */
bool sqlite_number(const struct sqlite *, const char *sql, int64_t *ret,
    struct lift_error *);

/* Binds a text at PLACE, which must live until the statement is reset. */
void sqlite_bind(sqlite3_stmt *, int place, struct lift_text);

/* Whether the file is ours, or empty, and its schema not newer than what we
 * know: each case has its sentence. Writes nothing. */
bool sqlite_schema_look(const struct sqlite *, struct lift_error *);

/* Whether, beyond that, the schema is exactly the one we know. */
bool sqlite_schema_check(const struct sqlite *, struct lift_error *);

/* Makes the schema the one we know: creates it, or migrates step by step, each
 * in a transaction. */
bool sqlite_schema_raise(const struct sqlite *, struct lift_error *);

/* The number of the newest schema that this build knows. */
int sqlite_schema_known(void);

/* What a reader could not read: a table's rows by first column, inclusive.
 * LAST is INT64_MAX where nothing after it can be read. */
struct sqlite_hidden {
	enum table_name table;
	int64_t         first, last;
};

/* After `next` has failed with damage: what is hidden, and the query goes on
 * behind it. False when it did not fail that way. */
bool sqlite_reader_skip(void *reader, struct sqlite_hidden *ret_hidden);

/* Has missing seqs not taken for damage: for salvage. */
void sqlite_reader_forgive(void *reader);

/* The connection of a reader. */
const struct sqlite *sqlite_reader_link(const void *reader);

/* The reader's half of the driver, as store_driver.h has it: a reader that is
 * freed with sqlite_reader_free. */
void *sqlite_reader_new(const struct store_settings *, struct lift_error *);

/* Likewise of a file that may be cut: for salvage. */
void *sqlite_reader_of_cut(const struct store_settings *,
    struct lift_error *);

/* Frees the reader; takes NULL. */
void sqlite_reader_free(void *reader);

/* Begins a query. */
bool sqlite_reader_find(void *reader, enum table_name,
    const struct store_query *, struct lift_error *);

/* The next row; false at the end or with a sentence. */
bool sqlite_reader_next(void *reader, void *ret_row, struct lift_error *);

/* The lowest and highest value of the first column. */
bool sqlite_reader_range(void *reader, enum table_name, uint64_t *ret_first,
    uint64_t *ret_last, struct lift_error *);

/* Appends what the file is, as JSON fields. */
bool sqlite_reader_describe(void *reader, struct text *, struct lift_error *);

/* Whether the tree and the indexes are whole. */
bool sqlite_reader_check(void *reader, struct lift_error *);

/* Saves what can be saved; see store_driver.h. */
bool sqlite_salvage(const char *state, const char *into, struct text *report,
    struct lift_error *);

#endif
