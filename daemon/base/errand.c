/* One detached thread each: they are few, and end by themselves. */
#include "base/errand.h"

#include <event2/event.h>
#include <pthread.h>

#include "base/memory.h"

struct errand {
	struct event_base *base;
	void             (*work)(void *);
	void             (*done)(void *);
	void              *context;
};

static void
errand_done(evutil_socket_t fd, short what, void *context)
{
	struct errand *e = context;

	(void)fd;
	(void)what;
	e->done(e->context);
	memory_give(e);
}

static void *
errand_main(void *context)
{
	static const struct timeval now = { 0, 0 };
	struct errand *e = context;

	e->work(e->context);
	event_base_once(e->base, -1, EV_TIMEOUT, errand_done, e, &now);
	return NULL;
}

bool
errand_run(struct event_base *base, void (*work)(void *),
    void (*done)(void *), void *context)
{
	struct errand *e = memory_take(sizeof(*e));
	pthread_attr_t attr;
	pthread_t thread;

	*e = (struct errand){ base, work, done, context };
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	bool ok = pthread_create(&thread, &attr, errand_main, e) == 0;
	pthread_attr_destroy(&attr);
	if (!ok)
		memory_give(e);
	return ok;
}
