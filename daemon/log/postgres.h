/* What the files of the PostgreSQL driver share: a connection that comes back
 * by itself, libpq's answers as sentences, rows in PostgreSQL's binary form. */
#ifndef LOG_POSTGRES_H
#define LOG_POSTGRES_H

#include <libpq-fe.h>

#include "base/text.h"
#include "log/store_driver.h"

/* Types by PostgreSQL's own numbers, which never change. */
enum { POSTGRES_BYTES = 17, POSTGRES_WHOLE = 20, POSTGRES_TEXT = 25 };

/* A connection. */
struct postgres {
	PGconn               *conn;	/* NULL: not connected */
	char                 *dsn;	/* secret: in no sentence */
	enum store_durability durability;
	int64_t               patience;	/* for an answer, microseconds */
	bool                  hurries;	/* less, when the store does */
	struct store_pulse   *pulse;	/* of all connections; or NULL */
	int64_t               next_try, pause;	/* of connecting */
	struct lift_error     refusal;	/* of the newest try */
	char                  place[160];	/* database and host, in words */
	char                  host[80], database[64], user[64];
	/* What a new connection must do before it is used. */
	bool                (*greet)(void *self, struct lift_error *);
	void                 *self;
};

/* Takes over the settings and looks at the DSN; connects nowhere. What it gives
 * is closed with postgres_leave, also after a failure. */
bool postgres_enter(struct postgres *, const struct store_settings *,
    struct lift_error *);

/* Closes the connection for good; takes one that never was. */
void postgres_leave(struct postgres *);

/* The connection is there and greeted. After a failure it is not tried again
 * before a pause that grows has passed.
 * Fails: with the newest try's sentence. */
bool postgres_ready(struct postgres *, struct lift_error *);

/* Whether it is worth to ask: false at once, for one that is in a hurry, as
 * long as the server is known to answer nobody. */
bool postgres_listens(const struct postgres *, struct lift_error *);

/* How long an answer may take, in microseconds. */
int64_t postgres_patience(const struct postgres *);

/* Ends the connection; the next postgres_ready makes another. */
void postgres_drop(struct postgres *);

/* Whether the connection is lost, so that another may do better. */
bool postgres_is_lost(const struct postgres *);

/* The next result, owned by the caller; NULL without a code in the error at the
 * end of a statement's results, NULL with one when there is none to be had. */
PGresult *postgres_take(struct postgres *, struct lift_error *);

/* Takes results up to the end; false when one of them is a failure, with its
 * sentence. RET_WORD (may be NULL) is the last command's tag. */
bool postgres_finish(struct postgres *, char ret_word[16],
    struct lift_error *);

/* Runs statements that answer nothing that matters. */
bool postgres_run(struct postgres *, const char *sql, struct lift_error *);

/* The one text that a statement answers, at most SIZE - 1 bytes; empty for NULL
 * or no row. */
bool postgres_word(struct postgres *, const char *sql, char *ret, size_t size,
    struct lift_error *);

/* The one number that a statement answers; 0 for NULL or no row. */
bool postgres_number(struct postgres *, const char *sql, int64_t *ret,
    struct lift_error *);

/* Puts a failed result, or the connection's failure when it is NULL, into a
 * sentence: what the trouble is, where, what would be right. Returns false. */
bool postgres_fault(struct postgres *, const PGresult *, struct lift_error *);

/* Likewise of a connection that could not be made. Returns false. */
bool postgres_unreachable(struct postgres *, struct lift_error *);

/* Says that no answer came in time, to other connections as well. Returns
 * false. */
bool postgres_silent(struct postgres *, struct lift_error *);

/* Whether the schema is ours and exactly the one we know; each other case has
 * its sentence. Writes nothing. */
bool postgres_schema_check(struct postgres *, struct lift_error *);

/* Makes the schema the one we know: creates it, or migrates step by step, each
 * in a transaction. */
bool postgres_schema_raise(struct postgres *, struct lift_error *);

/* The number of the newest schema that this build knows. */
int postgres_schema_known(void);

/* Appends a row as COPY's binary form has it, with its sum. A text that is no
 * UTF-8, or holds a zero, is kept with U+FFFD in its place: PostgreSQL takes no
 * other, and one bad byte must not stop the log. */
void postgres_row_add(struct text *, const struct table *, const void *row);

/* Appends what stands before and behind the rows of a COPY. */
void postgres_rows_head(struct text *);
void postgres_rows_tail(struct text *);

/* A whole number in the byte order of the wire, and back. */
void postgres_whole_put(char at[8], int64_t);
int64_t postgres_whole_get(const char *at);

/* The reader's half of the driver, as store_driver.h has it: a reader that is
 * freed with postgres_reader_free. */
void *postgres_reader_new(const struct store_settings *,
    struct lift_error *);

/* Frees the reader; takes NULL. */
void postgres_reader_free(void *reader);

/* It is not on the loop: it waits as long as it takes. */
void postgres_reader_wait(void *reader);

/* Begins a query. */
bool postgres_reader_find(void *reader, enum table_name,
    const struct store_query *, struct lift_error *);

/* The next row; false at the end or with a sentence. */
bool postgres_reader_next(void *reader, void *ret_row, struct lift_error *);

/* The lowest and highest value of the first column. */
bool postgres_reader_range(void *reader, enum table_name, uint64_t *ret_first,
    uint64_t *ret_last, struct lift_error *);

/* Appends what the database is, as JSON fields; also when it is away. */
bool postgres_reader_describe(void *reader, struct text *,
    struct lift_error *);

/* Whether the tables fit together. */
bool postgres_reader_check(void *reader, struct lift_error *);

#endif
