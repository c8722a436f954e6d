/* The gate: the way of an entry from a door to the log. It is admitted (or
 * known already), gets its seq, is folded, goes into the batch with its
 * effects, and is acknowledged when the batch is committed; never before.
 *
 * Group commit: a batch closes when the loop has nothing else to do, and at
 * the latest after 2 ms or with as many rows, entries and effects, as are worth
 * a transaction (1,024 where it is not flushed). At most one batch is being
 * committed and one filled; when both are full, doors stop reading. When the
 * store fails, the same batch is tried again, new work is refused with the
 * store's sentence, and all goes on when it works again. */
#ifndef HOUSE_GATE_H
#define HOUSE_GATE_H

#include "base/metric.h"
#include "engine/engine.h"
#include "house/feed.h"
#include "intake/event.h"
#include "intake/identity.h"
#include "log/writer.h"

struct event_base;
struct gate;

struct gate_parts {
	struct event_base *base;
	struct engine     *engine;
	struct store      *store;
	struct identity   *identity;
	struct feed       *feed;
	struct metrics    *metrics;
	int64_t            ahead;	/* of a live event's time */
	uint32_t           currency;
};

/* What became of one event or entry. */
enum gate_result {
	GATE_STORED,
	GATE_KNOWN,		/* its id was seen before */
	GATE_REFUSED		/* see the error */
};

/* How an acting call ended: told after its commit. ERROR is NULL when it was
 * done; ROWS is JSON, an object a line. Both live for the call. */
typedef void gate_answer(void *context, const struct lift_error *error,
    struct lift_text rows);

/* A gate that goes on after the engine's seq. Keeps the parts. Freed with
 * gate_free. */
struct gate *gate_new(const struct gate_parts *, struct lift_error *);

/* Commits what there is, waiting at most PATIENCE microseconds for each batch.
 * False when something could not be committed. */
bool gate_finish(struct gate *, int64_t patience);

/* gate_finish, and frees the gate; takes NULL. */
bool gate_free(struct gate *, int64_t patience);

/* The callbacks that the engine must have for this gate: set them before the
 * gate exists, with the gate as context. */
void gate_effect(void *gate, const struct effect *);
void gate_called(void *gate, const struct engine_result *);

/* Admits one event in the contract's form from source SOURCE. An event of
 * several lines is refused as a whole or stored as a whole. What is refused
 * for its content also goes to the dead letters. RET_ID (may be NULL) gets the
 * id, good until the next call. */
enum gate_result gate_event(struct gate *, uint32_t source, struct lift_text,
    struct lift_text *ret_id, struct lift_error *);

/* As gate_event; an event that brings no id gets ID. */
enum gate_result gate_event_named(struct gate *, uint32_t source,
    struct lift_text, struct lift_text id, struct lift_error *);

/* How far ahead live events may be, and the currency of prices without one,
 * from now on. */
void gate_change(struct gate *, int64_t ahead, uint32_t currency);

/* Likewise, for an event that came in another form and was put into the
 * contract's: ORIGINAL is what goes to the dead letters. */
enum gate_result gate_event_of(struct gate *, uint32_t source,
    struct lift_text json, struct lift_text original, struct lift_error *);

/* Puts input that was refused into the dead letters, with the reason. */
void gate_refuse(struct gate *, uint32_t source, struct lift_text input,
    const struct lift_error *reason);

/* Puts something else into the dead letters: SOURCE says in words whose it
 * was. */
void gate_letter(struct gate *, struct lift_text source,
    struct lift_text input, const char *reason);

/* True while nothing can be stored, with the sentence. */
bool gate_refuses(struct gate *, struct lift_error *);

/* The token of a shopper's id, given to it now if it had none. */
uint32_t gate_token(struct gate *, struct lift_text id);

/* Puts a whole entry into the log, but for its seq, unless its id was seen
 * before. Ask gate_refuses first. */
enum gate_result gate_put(struct gate *, struct lift_entry *);

/* Puts an event that a plugin made up into the log, unless its id was seen
 * before. Ask gate_refuses first. */
enum gate_result gate_made(struct gate *, uint32_t source,
    const struct lift_event *);

/* What travels with it: what a shop says of a shopper, VALUE is JSON. */
void gate_trait(struct gate *, uint32_t token, struct lift_text name,
    struct lift_text value);

/* True when the newest event brought no id, so that one was made. */
bool gate_made_id(const struct gate *);

/* Puts an entry of another kind into the log; BODY is JSON. False while the
 * store fails. */
bool gate_entry(struct gate *, enum lift_entry_kind, uint32_t source,
    struct lift_text body, struct lift_error *);

/* As gate_entry, unless an entry with this ID was seen before. */
enum gate_result gate_entry_named(struct gate *, enum lift_entry_kind,
    struct lift_text body, struct lift_text id, struct lift_error *);

/* Puts a tick at TIME into the log: of the wall's clock, or of the source that
 * has one of its own. */
bool gate_tick(struct gate *, uint32_t source, int64_t time,
    struct lift_error *);

/* Calls a verb that acts: an entry with the caller in it. ANSWER is called
 * once, after the commit. BODY is the entry's JSON; KEY, if it is not empty,
 * becomes its id. Fails, and ANSWER is not called, while the store fails, and
 * with LIFT_E_BUSY for a key that came before. */
bool gate_call(struct gate *, struct lift_text body, struct lift_text key,
    gate_answer *, void *context, struct lift_error *);

/* TOLD is called when everything that was folded so far is committed; at once,
 * from inside, when it is already. */
void gate_settled(struct gate *, batch_told *, void *context);

/* The number of the source of this name, opened in the log if it was not. Only
 * one backfill or simulation may be open. */
bool gate_source(struct gate *, struct lift_text name, enum source_class,
    uint32_t *ret_source, struct lift_error *);

/* Ends a source. */
bool gate_source_end(struct gate *, uint32_t source, struct lift_error *);

/* True when doors must stop reading; CONTINUE is called once when they may go
 * on. */
bool gate_is_full(const struct gate *);
void gate_when_open(struct gate *, batch_told *, void *context);

/* True while the store refuses, with its sentence. */
bool gate_is_failing(struct gate *, struct lift_error *ret_error);

/* From now on, or no longer, all new work is refused, to be tried again: what
 * is under way is still committed. For the last moments before the log goes on
 * in another store. */
void gate_seal(struct gate *, bool sealed);

/* True when nothing is under way: no batch is filled or being committed. */
bool gate_is_still(const struct gate *);

/* What travels with the batch that is being filled: the row of a job's run,
 * which is copied, and chores for the store's thread. */
void gate_run(struct gate *, const struct store_run *);
void gate_do(struct gate *, batch_chore *, void *context);

/* The cursor NAME stands at SEQ as soon as what was folded so far is
 * committed: in the same transaction. */
void gate_cursor(struct gate *, struct lift_text name, uint64_t seq);

/* Seqs: of the newest entry that has one, and of the newest committed. */
uint64_t gate_seq(const struct gate *);
uint64_t gate_committed(const struct gate *);

#endif
