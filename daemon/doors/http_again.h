/* Requests that act and come again: a caller who does not know whether its
 * request was carried out sends it once more with the same Idempotency-Key, and
 * gets the first one's answer. Answers are kept in memory for a day, as many
 * as there is room for. What outlives a restart is that the log knows the key:
 * nothing is done twice, but the answer is then only that it was done. */
#ifndef DOORS_HTTP_AGAIN_H
#define DOORS_HTTP_AGAIN_H

#include <liftd/plugin.h>

#include "base/hash.h"

struct http_again;

enum { AGAIN_ROOM = 4096, AGAIN_BODY = 64 * 1024 };

enum again_state {
	AGAIN_NEW,		/* go on, and say how it ended */
	AGAIN_RUNS,		/* the first one is under way */
	AGAIN_OTHER,		/* the first one asked for something else */
	AGAIN_DONE		/* here is its answer */
};

struct again_answer {
	int              status;
	const char      *type;		/* lives for ever */
	struct lift_text body;		/* borrowed until the next call */
};

/* A memory without any; freed with http_again_free. */
struct http_again *http_again_new(void);

/* Frees it; takes NULL. */
void http_again_free(struct http_again *);

/* Looks up KEY, whose request has the digest REQUEST, at the time NOW. The
 * oldest makes room when there is none. */
enum again_state http_again_begin(struct http_again *, struct hash128 key,
    uint64_t request, int64_t now, struct again_answer *ret_answer);

/* Keeps the answer of KEY. One that asks to try later, and one too large, is
 * not kept: then the key is as new. */
void http_again_end(struct http_again *, struct hash128 key,
    const struct again_answer *);

#endif
