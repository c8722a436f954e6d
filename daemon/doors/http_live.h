/* The live feed over HTTP: who listens, when bytes go out, and the end. What is
 * said on the wire is http_websocket.c and http_stream.c.
 *
 * A few listeners get each row at once. Many get what has come together, some
 * times a second each: the calls that send are what costs. Who reads slowly
 * keeps a bounded number of bytes here and loses nothing: its stream stays
 * where it is and goes on in the store. */
#ifndef DOORS_HTTP_LIVE_H
#define DOORS_HTTP_LIVE_H

#include "doors/http_parts.h"
#include "doors/stream.h"

struct live;
struct listener;

/* How listeners of one kind are spoken to. */
struct listener_kind {
	stream_form *form;
	int64_t      quiet;	/* after this time `beat` is called */
	/* Bytes have come. False ends it. */
	bool (*read)(struct listener *);
	/* Nothing was to be said for a while. False ends it. */
	bool (*beat)(struct listener *);
	/* Says good-bye with a close code and a sentence. */
	void (*leave)(struct listener *, unsigned code, const char *why);
	/* It is gone; may be NULL. */
	void (*gone)(struct listener *);
};

/* A connection that listens; what a kind adds stands behind it. */
struct listener {
	TAILQ_ENTRY(listener)       all, behind, watched;
	struct live                *live;
	struct link                *link;
	struct stream              *stream;
	const struct listener_kind *kind;
	int64_t                     due;	/* of its next beat */
	int                         token;	/* its place; -1: none */
	int64_t                     left;	/* when it was told to go; 0 */
	bool                        is_behind;	/* there is more for it */
	bool                        full;	/* its peer has to read first */
	bool                        over;	/* closed when all is sent */
};

/* Checks the topics and the place to begin of a request, and makes a listener
 * of SIZE bytes with a stream; NULL, with the request answered, when there is
 * something wrong with them. SINCE goes before `?since=` if it is not empty. */
struct listener *listener_new(struct exchange *, const struct listener_kind *,
    size_t size, struct lift_text since);

/* The answer's head is in the output: the exchange ends, and the connection
 * belongs to the listener. */
void listener_begin(struct listener *, struct exchange *);

/* There is something new to be said: it is sent soon. */
void listener_wake(struct listener *);

/* Nothing more is sent but what is in the output; then the connection is
 * closed, at the latest after some seconds. */
void listener_leave(struct listener *);

/* The door's tokens are others, those before were WAS: who listens with one
 * that is gone, or may not any more, is told so. Takes NULL. */
void live_tokens(struct live *, const struct http_tokens *was);

/* Everybody is told that the daemon stops. Takes NULL. */
void live_stop(struct live *);

/* True when what was said at the end has been taken, or nobody will. Takes
 * NULL. */
bool live_idle(const struct live *);

/* Frees it, after its listeners; takes NULL. */
void live_free(struct live *);

/* The pages. */
void http_websocket(struct exchange *);
void http_stream(struct exchange *);

#endif
