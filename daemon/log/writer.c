/* One mutex, one condition, one slot. The thread lets the store tidy up when
 * it has had nothing to do for a moment. */
#include "log/writer.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"

enum { REST_MS = 200, RETRY_FIRST_MS = 20, RETRY_MOST_MS = 1000 };

struct writer {
	pthread_t         thread;
	pthread_mutex_t   lock;
	pthread_cond_t    filled, emptied;
	struct store     *store;
	struct batch     *batch, *done;
	struct lift_error error;
	bool              failing, stop, give_up;
	_Atomic int64_t   took;
	void            (*wake)(void *);
	void             *context;
};

static void
wait_ms(struct writer *w, pthread_cond_t *cond, int ms)
{
	struct timespec ts;
	int64_t until = clock_monotonic() + (int64_t)ms * 1000;

	ts.tv_sec = until / 1000000;
	ts.tv_nsec = until % 1000000 * 1000;
	pthread_cond_timedwait(cond, &w->lock, &ts);
}

static void
writer_say(struct writer *w, bool failing, const struct lift_error *err)
{
	bool changed = w->failing != failing;

	w->failing = failing;
	if (failing)
		w->error = *err;
	if (changed)
		w->wake(w->context);
}

/* Commits until it works, or until it is told to give up. Called with the
 * lock, which is let go while the store works. */
static bool
writer_commit(struct writer *w, struct batch *b)
{
	int pause = RETRY_FIRST_MS;

	for (;;) {
		struct lift_error err = { 0 };
		pthread_mutex_unlock(&w->lock);
		int64_t began = clock_monotonic();
		bool ok = batch_commit(b, w->store, &err);
		w->took = clock_monotonic() - began;
		pthread_mutex_lock(&w->lock);
		writer_say(w, !ok, &err);
		if (ok || w->give_up)
			return ok;
		wait_ms(w, &w->filled, pause);
		pause = pause * 2 > RETRY_MOST_MS ? RETRY_MOST_MS : pause * 2;
	}
}

static void
writer_idle(struct writer *w)
{
	struct timespec ts;
	int64_t until = clock_monotonic() + (int64_t)REST_MS * 1000;

	ts.tv_sec = until / 1000000;
	ts.tv_nsec = until % 1000000 * 1000;
	if (pthread_cond_timedwait(&w->filled, &w->lock, &ts) != ETIMEDOUT ||
	    w->batch != NULL || w->stop)
		return;
	pthread_mutex_unlock(&w->lock);
	store_rest(w->store);
	pthread_mutex_lock(&w->lock);
	while (w->batch == NULL && !w->stop)
		pthread_cond_wait(&w->filled, &w->lock);
}

static void *
writer_main(void *context)
{
	struct writer *w = context;

	pthread_mutex_lock(&w->lock);
	while (w->batch != NULL || !w->stop) {
		if (w->batch == NULL) {
			writer_idle(w);
			continue;
		}
		if (!writer_commit(w, w->batch))
			break;
		w->done = w->batch;
		w->batch = NULL;
		pthread_cond_signal(&w->emptied);
		w->wake(w->context);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

struct writer *
writer_new(struct store *store, void (*wake)(void *), void *context)
{
	struct writer *w = memory_take(sizeof(*w));
	pthread_condattr_t attr;

	w->store = store;
	w->wake = wake;
	w->context = context;
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->filled, &attr);
	pthread_cond_init(&w->emptied, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&w->thread, NULL, writer_main, w) != 0) {
		memory_give(w);
		return NULL;
	}
	return w;
}

bool
writer_free(struct writer *w, int64_t patience)
{
	if (w == NULL)
		return true;
	bool ok = writer_wait(w, patience);
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	w->give_up = true;
	pthread_cond_broadcast(&w->filled);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	batch_free(w->batch);
	batch_free(w->done);
	pthread_cond_destroy(&w->filled);
	pthread_cond_destroy(&w->emptied);
	pthread_mutex_destroy(&w->lock);
	memory_give(w);
	return ok;
}

void
writer_submit(struct writer *w, struct batch *b)
{
	pthread_mutex_lock(&w->lock);
	w->batch = b;
	pthread_cond_signal(&w->filled);
	pthread_mutex_unlock(&w->lock);
}

struct batch *
writer_poll(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	struct batch *b = w->done;
	w->done = NULL;
	pthread_mutex_unlock(&w->lock);
	return b;
}

bool
writer_wait(struct writer *w, int64_t patience)
{
	int64_t until = clock_monotonic() + patience;

	pthread_mutex_lock(&w->lock);
	while (w->batch != NULL && clock_monotonic() < until)
		wait_ms(w, &w->emptied, 20);
	bool ok = w->batch == NULL;
	pthread_mutex_unlock(&w->lock);
	return ok;
}

bool
writer_is_failing(struct writer *w, struct lift_error *ret_error)
{
	pthread_mutex_lock(&w->lock);
	bool failing = w->failing;
	if (failing)
		*ret_error = w->error;
	pthread_mutex_unlock(&w->lock);
	return failing;
}

int64_t
writer_last_commit(const struct writer *w)
{
	return w->took;
}
