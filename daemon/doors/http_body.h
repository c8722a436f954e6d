/* The body of a request, as its bytes come: out of its chunks, out of gzip,
 * and on to whoever takes it, a piece at a time. Nothing here grows with the
 * body. */
#ifndef DOORS_HTTP_BODY_H
#define DOORS_HTTP_BODY_H

#include <liftd/plugin.h>

struct evbuffer;
struct http_body;

/* Takes a piece of the body; false with a sentence when it wants no more. */
typedef bool http_body_taker(void *context, struct lift_text piece,
    struct lift_error *);

enum http_body_step {
	HTTP_BODY_MORE,		/* bytes are missing */
	HTTP_BODY_OVER,		/* all of it was given to the taker */
	HTTP_BODY_BAD		/* see the error */
};

struct http_body_parts {
	bool             chunked, gzip;
	uint64_t         length;	/* when it is not chunked */
	uint64_t         most;		/* bytes that the taker may get */
	http_body_taker *take;
	void            *context;
};

/* A body that is about to come. Freed with http_body_free. */
struct http_body *http_body_new(const struct http_body_parts *);

/* Frees it; takes NULL. */
void http_body_free(struct http_body *);

/* Gives what has come to the taker, at most BUDGET bytes of INPUT in one call,
 * and drains it. After HTTP_BODY_MORE with bytes left in INPUT: call it again.
 * *RET_STATUS is the status for a body that is bad. */
enum http_body_step http_body_feed(struct http_body *, struct evbuffer *input,
    size_t budget, int *ret_status, struct lift_error *);

/* How many bytes of it have come, as they were sent. */
uint64_t http_body_come(const struct http_body *);

#endif
