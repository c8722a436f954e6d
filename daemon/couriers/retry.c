/* Waiting, as arithmetic. */
#include "couriers/retry.h"

#include <stdlib.h>

enum { WAIT_FIRST_US = 500000, WAIT_DOUBLES = 7 };

bool
retry_status(long status)
{
	return status == 408 || status == 429 || (status >= 500 &&
	    status != 501 && status != 505);
}

int64_t
retry_wait(unsigned tries, int64_t asked, double chance)
{
	unsigned doubles = tries - 1 < WAIT_DOUBLES ? tries - 1 : WAIT_DOUBLES;
	int64_t wait = (int64_t)WAIT_FIRST_US << doubles;

	if (wait > RETRY_WAIT_MOST_S * LIFT_SECOND)
		wait = RETRY_WAIT_MOST_S * LIFT_SECOND;
	wait -= (int64_t)((double)wait / 2 * chance);
	return wait > asked ? wait : asked;
}

int64_t
retry_span(struct lift_text t)
{
	char room[32], *end;

	if (t.size < 2 || t.size >= sizeof(room) || t.data[t.size - 1] != 's' ||
	    t.data[0] < '0' || t.data[0] > '9')
		return 0;
	memcpy(room, t.data, t.size);
	room[t.size - 1] = '\0';
	double seconds = strtod(room, &end);
	if (*end != '\0' || !(seconds >= 0 && seconds < 1e6))
		return 0;
	return (int64_t)(seconds * LIFT_SECOND);
}

int64_t
retry_take(struct retry_bucket *b, int64_t now)
{
	double each = b->rate > 0 ? 60.0 * LIFT_SECOND / (double)b->rate : 0;
	/* A quarter of a minute's worth may come at once. */
	double most = b->rate > 4 ? (double)b->rate / 4 : 1;

	if (b->rate <= 0)
		return 0;
	if (b->filled == 0)
		b->left = most;
	else
		b->left += (double)(now - b->filled) / each;
	if (b->left > most)
		b->left = most;
	b->filled = now;
	if (b->left >= 1) {
		b->left -= 1;
		return 0;
	}
	return (int64_t)((1 - b->left) * each) + 1;
}
