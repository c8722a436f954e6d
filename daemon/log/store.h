/* The store: one log of entries, and beside it what the fold made of them.
 *
 * One transaction holds a batch: its entries, the effects that they had, the
 * cursors, the shoppers named for the first time, refused input, and the runs
 * of jobs. Either all of it is there or none. One thread (the writer) commits;
 * any number of readers, each with a connection of its own, see whole batches.
 *
 * A driver implements `struct store_driver`: `sqlite`, the embedded default, and
 * `postgres`.
 */
#ifndef LOG_STORE_H
#define LOG_STORE_H

#include <liftd/plugin.h>

#include "base/arena.h"
#include "base/text.h"

enum store_durability {
	STORE_PROCESS,		/* survives kill -9 */
	STORE_POWER		/* survives loss of power */
};

struct store_pulse;

struct store_settings {
	const char            *driver;		/* "sqlite", "postgres" */
	const char            *state;		/* the state directory */
	enum store_durability  durability;
	const char            *dsn;		/* of postgres; secret */
	struct store_pulse    *pulse;		/* the store's own; or NULL */
};

/* One entry as it is kept: BODY is engine/entry.h's encoding. */
struct store_entry {
	uint64_t         seq;
	uint8_t          kind;
	int64_t          time, received;
	struct lift_text id, key, body;
};

/* One durable effect; BODY is a JSON object of the topic's fields, REASONS a
 * JSON object of why, or empty. */
struct store_effect {
	uint64_t         seq;		/* of the entry that it came from */
	uint32_t         ordinal;	/* its place among that entry's */
	int64_t          time;
	struct lift_text id, topic, key, body, reasons;
};

/* Input that was refused: what came, from which source, and why. The store
 * gives the number. */
struct store_letter {
	uint64_t         number;
	int64_t          received;
	struct lift_text source, reason, body;
};

/* How far a courier, a consumer or the effects are in the log; or, where the
 * name begins with STORE_CURSOR_LINES, how many lines of a file are in it. */
#define STORE_CURSOR_LINES	"import "
struct store_cursor {
	struct lift_text name;
	uint64_t         seq;
};

/* A shopper's token and the id it stands for. */
struct store_shopper {
	uint32_t         token;
	struct lift_text id;
};

/* What a shop says of a shopper: VALUE is JSON. The row (token, name) is
 * replaced when it is there; store_forget erases it. */
struct store_trait {
	uint32_t         token;
	struct lift_text name, value;
};

/* One run of a job: the row (job, planned) is replaced when it is there. */
struct store_run {
	struct lift_text job, state, detail;
	int64_t          planned, started, ended;	/* 0: not yet */
	uint32_t         attempt;
};

/* What one transaction holds. Everything is borrowed. */
struct store_batch {
	const struct store_entry   *entries;
	size_t                      entry_count;
	const struct store_effect  *effects;
	size_t                      effect_count;
	const struct store_letter  *letters;
	size_t                      letter_count;
	const struct store_cursor  *cursors;
	size_t                      cursor_count;
	const struct store_shopper *shoppers;
	size_t                      shopper_count;
	const struct store_trait   *traits;
	size_t                      trait_count;
	const struct store_run     *runs;
	size_t                      run_count;
};

/* What a reader asks for. Bounds are inclusive; 0 means no bound. Of letters
 * and shoppers from_seq bounds the number. */
struct store_query {
	uint64_t         from_seq, to_seq;
	int64_t          from_time, to_time;
	struct lift_text topic, id, key, job;	/* empty: any */
	uint32_t         limit;			/* 0: all */
	bool             newest_first;
};

struct store;
struct store_reader;

/* Opens the store, creates or migrates it, and looks over its newest rows.
 * Keeps: a copy of the settings.
 * Fails: LIFT_E_STORE: the directory, a schema from a newer liftd, a damaged
 * file (with the range and the command that saves what can be saved), a second
 * daemon on it. */
struct store *store_open(const struct store_settings *, struct lift_error *);

/* Closes the store; takes NULL. */
void store_close(struct store *);

/* Commits one batch: all of it or nothing. Seqs of entries have no holes: the
 * first one follows the last that is there, or begins an empty log.
 * Fails: with `again` set when the same call may work later (disk full, busy,
 * read only); with LIFT_E_BUG for a hole.
 * Thread: the writer only. */
bool store_commit(struct store *, const struct store_batch *,
    struct lift_error *);

/* So many rows are worth a transaction: beside them, beginning and ending it
 * cost little. More make whoever waits for it wait longer. */
unsigned store_worth(const struct store *);

/* The writer has nothing to do for a moment: the store tidies up (SQLite moves
 * its write-ahead log into the file). Without such calls commit does it when
 * it must. Thread: the writer only. */
void store_rest(struct store *);

/* Makes room: deletes the oldest entries and their effects as long as they were
 * received before BEFORE, but none with a seq above KEEP and never the newest;
 * also letters and ended runs from before, but never a job's newest run. One
 * call deletes at most LIMIT rows of each; *ret_more says whether there may be
 * more to delete. Thread: the writer only. */
bool store_prune(struct store *, int64_t before, uint64_t keep, uint32_t limit,
    bool *ret_more, struct lift_error *);

/* Writes a named value that is not history: the last good rules, the
 * installation's seed. Thread: the writer only. */
bool store_keep(struct store *, struct lift_text name, struct lift_text value,
    struct lift_error *);

/* Erases the id behind a shopper's token and its traits, also from what the
 * file and its write-ahead log have left over. Thread: the writer only. */
bool store_forget(struct store *, uint32_t token, struct lift_error *);

/* A reader with a connection of its own, for one thread at a time. It sees
 * what was committed when its current query began, and whole batches. Between
 * two calls it holds nothing: a slow reader is in nobody's way. */
struct store_reader *store_reader_new(const struct store *,
    struct lift_error *);

/* From now on readers of the store are on a loop that others wait for: one that
 * gets no answer gives up after a second, and then all are refused at once,
 * until the store answers somebody again or it is time for one more try. */
void store_hurry(struct store *);

/* The reader is not, or no more, on the loop: it waits as long as the writer. */
void store_reader_wait(struct store_reader *);

/* A reader without a store: for `check`, and beside a running daemon. Fails
 * when there is no store; creates and migrates nothing. */
struct store_reader *store_reader_open(const struct store_settings *,
    struct lift_error *);

/* Frees a reader; takes NULL. */
void store_reader_free(struct store_reader *);

/* Begins a query over entries by seq; `id`, `key` and times narrow it. One
 * query at a time: beginning another ends the one before. */
bool store_entries(struct store_reader *, const struct store_query *,
    struct lift_error *);

/* The next entry, borrowed until the next call. False at the end with
 * err->code none, or with err->code set when the store cannot be read: damage
 * is said with the range of seqs that it hides. Each row is compared with its
 * sum, and a missing seq is damage, unless a salvage has noted the gap. */
bool store_next_entry(struct store_reader *, struct store_entry *ret_entry,
    struct lift_error *);

/* Likewise for effects, by (seq, ordinal); `topic`, `id`, `key` and times
 * narrow it, the first two through an index. */
bool store_effects(struct store_reader *, const struct store_query *,
    struct lift_error *);

/* The next effect, as with store_next_entry. */
bool store_next_effect(struct store_reader *, struct store_effect *ret_effect,
    struct lift_error *);

/* Likewise for refused input, newest first. */
bool store_letters(struct store_reader *, const struct store_query *,
    struct lift_error *);

/* The next letter, as with store_next_entry. */
bool store_next_letter(struct store_reader *, struct store_letter *ret_letter,
    struct lift_error *);

/* Likewise for the runs of jobs, by planned time; `job` and times narrow it. */
bool store_runs(struct store_reader *, const struct store_query *,
    struct lift_error *);

/* The next run, as with store_next_entry. */
bool store_next_run(struct store_reader *, struct store_run *ret_run,
    struct lift_error *);

/* Likewise for all shoppers, by token. */
bool store_shoppers(struct store_reader *, struct lift_error *);

/* The next shopper, as with store_next_entry. */
bool store_next_shopper(struct store_reader *, struct store_shopper *ret,
    struct lift_error *);

/* Likewise for what is known of shoppers, by (token, name); from_seq and to_seq
 * bound the token. */
bool store_traits(struct store_reader *, const struct store_query *,
    struct lift_error *);

/* The next trait, as with store_next_entry. */
bool store_next_trait(struct store_reader *, struct store_trait *ret,
    struct lift_error *);

/* Likewise for all cursors, by name. */
bool store_cursors(struct store_reader *, struct lift_error *);

/* The next cursor, as with store_next_entry. */
bool store_next_cursor(struct store_reader *, struct store_cursor *ret,
    struct lift_error *);

/* Where the cursor NAME stands; 0 when there is none. Ends the query. */
bool store_cursor_seq(struct store_reader *, struct lift_text name,
    uint64_t *ret_seq, struct lift_error *);

/* The lowest and highest seq that are there; 0 and 0 for an empty log. The
 * highest includes what a salvage has lost: the next entry comes after it. */
bool store_range(struct store_reader *, uint64_t *ret_first,
    uint64_t *ret_last, struct lift_error *);

/* A named value, in the arena; *ret_value is empty when there is none. Ends
 * the query. */
bool store_value(struct store_reader *, struct arena *, struct lift_text name,
    struct lift_text *ret_value, struct lift_error *);

/* Appends what an operator wants to know as JSON fields without braces: driver,
 * bytes, schema, durability; of SQLite the file and wal_bytes, of PostgreSQL
 * host, database and whether it is connected. */
bool store_describe(struct store_reader *, struct text *, struct lift_error *);

/* Reads every page and row: false with the first damage, what it hides, and
 * the command that saves the rest. May run beside the daemon; for its last
 * part (some seconds a GB) the write-ahead log cannot be emptied. */
bool store_check(struct store_reader *, struct lift_error *);

/* Writes what can still be read of a damaged store into a new one in directory
 * INTO. Appends what was saved and lost, as sentences of a line each. No daemon
 * may run on either. */
bool store_salvage(const struct store_settings *, const char *into,
    struct text *report, struct lift_error *);

#endif
