/* The only place that knows the time. Nothing in the engine includes it; tests
 * link a clock of their own that moves on command. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Microseconds since 1970, UTC, as the machine believes. */
int64_t clock_now(void);

/* Microseconds of a clock that only goes forward. */
int64_t clock_monotonic(void);

#endif
