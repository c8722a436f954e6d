/* The thread that commits. The loop hands it one batch at a time; a commit
 * that fails is tried again, the same one, until it works: nothing is shown
 * and nothing is lost meanwhile. */
#ifndef LOG_WRITER_H
#define LOG_WRITER_H

#include "log/batch.h"

struct writer;

/* Starts the thread. WAKE is called on that thread whenever the loop should
 * call writer_poll: a batch is done, or the store began to fail or recovered.
 */
struct writer *writer_new(struct store *, void (*wake)(void *context),
    void *context);

/* Waits for the batch that is under way, for at most PATIENCE microseconds
 * when the store fails, and ends the thread; takes NULL. False when a batch
 * could not be committed. */
bool writer_free(struct writer *, int64_t patience);

/* Hands over a batch; takes it. Only when the one before has come back from
 * writer_poll. Thread: loop. */
void writer_submit(struct writer *, struct batch *);

/* The batch that was committed last, given back once; NULL when there is none.
 * Thread: loop. */
struct batch *writer_poll(struct writer *);

/* Waits until the batch under way is committed or, at most PATIENCE
 * microseconds. Thread: loop, when it stops. */
bool writer_wait(struct writer *, int64_t patience);

/* True while the store refuses; the sentence says why. Thread: loop. */
bool writer_is_failing(struct writer *, struct lift_error *ret_error);

/* How long the last commit took, in microseconds. Thread: loop. */
int64_t writer_last_commit(const struct writer *);

#endif
