/* Work that would hold up the loop, done on a thread of its own: it gets data
 * that nobody else touches, and its end is told on the loop. */
#ifndef BASE_ERRAND_H
#define BASE_ERRAND_H

#include <stdbool.h>

struct event_base;

/* Runs WORK(CONTEXT) on a thread, then DONE(CONTEXT) on the loop. The base
 * must have been made after evthread_use_pthreads. False when there is no
 * thread to be had; then neither is called. */
bool errand_run(struct event_base *, void (*work)(void *context),
    void (*done)(void *context), void *context);

#endif
