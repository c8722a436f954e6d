/* One daemon a state directory: a lock on STATE/liftd.lock that the kernel
 * drops with the process, however it ends. */
#ifndef LOG_LOCK_H
#define LOG_LOCK_H

#include <liftd/plugin.h>

/* Makes the state directory if its parent is there, and locks it: the
 * descriptor to give to lock_drop, or -1 with a sentence that names the process
 * that has the lock. The lock is a process's: a child does not have it, and
 * the same process is not refused. */
int lock_take(const char *state, struct lift_error *);

/* Drops the lock; takes -1. */
void lock_drop(int lock);

#endif
