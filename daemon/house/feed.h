/* The live feed: who watches which topic. A watcher gets what has been
 * committed, in order, through a queue of its own with a bound; what does not
 * fit is dropped and counted, so that nobody can slow the fold. */
#ifndef HOUSE_FEED_H
#define HOUSE_FEED_H

#include "engine/engine.h"

struct feed;
struct tape;
struct watcher;

/* Called on the loop when there is something to take. */
typedef void feed_wake(void *context);

/* A feed with no watcher, freed with feed_free. */
struct feed *feed_new(struct engine *);

/* Frees it and all watchers; takes NULL. */
void feed_free(struct feed *);

/* Watches a topic of the vocabulary, narrowed by WHERE (a condition on the
 * topic's fields; may be empty). Fails with the problem of the condition, or
 * for an unknown topic with the nearest name. WAKE is called when the queue
 * stops being empty. Freed with watcher_free. */
struct watcher *watcher_new(struct feed *, struct lift_text topic,
    struct lift_text where, size_t bytes, struct lift_error *);

/* Sets who is woken. */
void watcher_wake(struct watcher *, feed_wake *, void *context);

/* Ends a watch; takes NULL. */
void watcher_free(struct watcher *);

/* The oldest row that waits, a JSON object; false when there is none. It is
 * good until the next call. */
bool watcher_take(struct watcher *, struct lift_text *ret_row);

/* How many rows were dropped since this was asked last. */
uint64_t watcher_dropped(struct watcher *);

/* True when somebody watches this topic, so that a row is worth making. */
bool feed_wants(const struct feed *, unsigned topic);

/* The number of a topic. Fails for an unknown one, with the nearest name. */
bool feed_find(const struct feed *, struct lift_text name,
    unsigned *ret_topic, struct lift_error *);

/* ---- for those who read the tape ----------------------------------------- */

/* The rows that somebody wants, committed or not. */
struct tape *feed_tape(const struct feed *);

/* One more wants the rows of this topic on the tape, or one less. */
void feed_want(struct feed *, unsigned topic);
void feed_leave(struct feed *, unsigned topic);

/* The seq from which on the rows of a topic that is wanted are on the tape, as
 * far as they have not made room. */
uint64_t feed_since(const struct feed *, unsigned topic);

/* The newest seq that may be shown. */
uint64_t feed_committed(const struct feed *);

/* WAKE is called with CONTEXT after each commit, until feed_unlisten. There is
 * room for a few. */
void feed_listen(struct feed *, feed_wake *, void *context);

/* What was to be called with CONTEXT is not called any more. */
void feed_unlisten(struct feed *, void *context);

/* The seq of the newest effect of a topic that was folded since the start,
 * committed or not; 0 when there was none. */
uint64_t feed_newest(const struct feed *, unsigned topic);

/* ---- for the gate -------------------------------------------------------- */

/* Notes an effect or an interaction that was folded; it is shown when
 * feed_commit passes its seq. */
void feed_effect(struct feed *, const struct effect *);
void feed_entry(struct feed *, const struct lift_entry *,
    struct lift_text shopper);

/* Shows all that was noted up to this seq. */
void feed_commit(struct feed *, uint64_t seq);

#endif
