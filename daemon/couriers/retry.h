/* When a call is made again: what its answer says about that, and how long to
 * wait. No clock and no network here. */
#ifndef COURIERS_RETRY_H
#define COURIERS_RETRY_H

#include <liftd/plugin.h>

enum { RETRY_WAIT_MOST_S = 60 };

/* True when a status promises that the same call may work later: 408, 429 and
 * those of servers in trouble. */
bool retry_status(long status);

/* How long to wait before try number TRIES + 1 (TRIES is at least 1): twice as
 * long each time, from half a second to a minute, of which CHANCE (0 to 1)
 * takes up to a half; and at least as long as the server ASKED. */
int64_t retry_wait(unsigned tries, int64_t asked, double chance);

/* A span as Google's RetryInfo has it, such as `37s` or `1.5s`; 0 when it is
 * none. */
int64_t retry_span(struct lift_text);

/* Tokens that fill up evenly, RATE a minute; RATE 0 has no end of them. */
struct retry_bucket {
	int64_t rate;
	double  left;
	int64_t filled;		/* when, on the monotonic clock */
};

/* Takes a token at NOW: 0, or how long it takes until there is one. */
int64_t retry_take(struct retry_bucket *, int64_t now);

#endif
