/* What the files of the HTTP door share: the door, a connection (link), and
 * one request with its answer (exchange).
 *
 * The life of one: the link reads a head and makes an exchange. Its route is
 * found and its caller is checked before the body is asked for. The body goes
 * a piece at a time to the page's `take`, or is collected. Then the page's
 * `ready` answers, or the desk begins the verb. The answer ends the exchange,
 * and the link goes on with the next head. */
#ifndef DOORS_HTTP_PARTS_H
#define DOORS_HTTP_PARTS_H

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <openssl/ssl.h>
#include <sys/queue.h>

#include "base/metric.h"
#include "doors/http.h"
#include "doors/http_again.h"
#include "doors/http_body.h"
#include "doors/http_head.h"
#include "house/request.h"

struct exchange;
struct http_route;
struct live;

/* A route that is no verb's. */
struct http_page {
	const char    *route;		/* `GET /health` */
	enum lift_role role;
	bool           open;		/* needs no token */
	bool           streams;		/* the token may be in the query */
	bool           key_in_body;	/* or in the body: the page looks */
	bool           prefixed;	/* its path may have one before it */
	const char    *meaning;
	const struct lift_field *arguments;	/* of its query */
	/* JSON Schemas of what it takes and answers with; NULL: see `type`. */
	const char    *takes, *answers;
	const char    *type;		/* of the answer; NULL: JSON */
	/* The head is read and the caller may: may be NULL. */
	void (*begin)(struct exchange *);
	/* Takes the body; NULL: it is collected in `body`. */
	http_body_taker *take;
	/* The body is whole: answers, now or later. */
	void (*ready)(struct exchange *);
	/* The caller hung up before the answer: may be NULL. */
	void (*gone)(struct exchange *);
};

enum { ROUTE_SEGMENTS = 8, ROUTE_CODES = 12 };

struct http_route {
	char                          method[8];
	const char                   *path;	/* as the table has it */
	struct lift_text              segments[ROUTE_SEGMENTS];
	unsigned                      count;
	const struct vocabulary_verb *verb;	/* or a page */
	const struct http_page       *page;
	struct metric                *duration;
	struct { int code; struct metric *count; } codes[ROUTE_CODES];
};

enum link_state {
	LINK_HEAD,		/* waits for a head */
	LINK_BODY,		/* waits for the rest of a body */
	LINK_BUSY,		/* waits for the answer */
	LINK_TAKEN,		/* is no HTTP any more */
	LINK_LINGER		/* said all, hears out the peer */
};

/* One connection. */
struct link {
	TAILQ_ENTRY(link)   link;
	struct http        *http;
	struct bufferevent *bev;
	struct event       *turn;	/* goes on, on the loop's next turn */
	enum link_state     state;
	char                address[48];
	size_t              looked;	/* bytes of the head */
	int64_t             began;	/* the request's first byte; 0: none */
	int64_t             since;	/* of this state */
	int64_t             moved;	/* when output was taken last */
	size_t              output;	/* that waited then */
	struct exchange    *exchange;
	void               *taken;	/* of whoever took it */
	void              (*taken_read)(struct link *);
	void              (*taken_room)(struct link *);
	void              (*taken_gone)(struct link *);
	bool                eof, closing, keep, loopback;
};

enum exchange_frame { FRAME_PLAIN, FRAME_ITEMS };

/* One request and its answer. */
struct exchange {
	struct request           request;	/* first, so that it is found */
	struct http             *http;
	struct link             *link;		/* NULL: it hung up */
	struct lift_text         bytes;		/* of the head */
	struct http_head         head;
	struct http_route       *route;		/* NULL: none was found */
	struct http_body        *incoming;
	struct text              body;
	struct evbuffer         *answer;
	enum exchange_frame      frame;
	struct lift_text         path[ROUTE_SEGMENTS];	/* decoded */
	struct lift_text         pointer;	/* to what an error is about */
	struct http_quota        quota;
	struct lift_error        error;		/* waits for the body */
	int                      refused;	/* its status */
	int64_t                  began;
	const char              *type;		/* of the answer */
	struct text              fields;	/* more of the answer's head */
	bool                     begun, chunked, is_head, paused;
	bool                     has_items, verb_begun, has_key;
	struct hash128           key;		/* if it has one */
	int                      token;		/* its place; -1: none */
	void                    *state;		/* of the page */
};

TAILQ_HEAD(links, link);

struct http {
	struct house          *house;
	struct event_base     *base;
	struct evconnlistener *listener;
	struct event          *sweep;
	struct links           links;
	size_t                 count;
	struct http_settings   limits;		/* its numbers alone */
	char                  *origins;		/* a word each, zero ended */
	struct http_tokens    *tokens;
	struct http_strikes   *strikes;
	struct http_again     *again;
	struct live           *live;	/* NULL until somebody listens */
	SSL_CTX               *tls;
	struct http_route     *routes;
	size_t                 route_count;
	const struct vocabulary *vocabulary;	/* that the routes are of */
	char                   address[80];
	char                   date[32];	/* for answers, of a second */
	int64_t                dated;
	uint64_t               salt, named;	/* of requests' ids */
	int64_t                stopped;		/* when it was told to; 0 */
	bool                   loopback;
	struct metrics        *metrics;
	struct metric         *connections, *refusals, *wrong;
};

/* ---- links (http_link.c) ------------------------------------------------ */

/* A link on the connected socket FD, which it owns. */
struct link *link_new(struct http *, int fd, const char *address,
    bool loopback);

/* Closes the connection; whoever works for it is told. */
void link_free(struct link *);

/* Goes on with it on the loop's next turn. */
void link_later(struct link *);

/* The answer is written: the next head, or the end. */
void link_answered(struct link *);

/* Closes when the output is taken, hearing the peer out for a moment. */
void link_close(struct link *);

/* Looks whether its time is up. */
void link_watch(struct link *, int64_t now);

/* Whether a request or an answer is under way. */
bool link_is_busy(const struct link *);

/* Stops speaking HTTP on it: bytes, room and the end go to these. */
void link_take(struct link *, void *taker, void (*read)(struct link *),
    void (*room)(struct link *), void (*gone)(struct link *));

/* ---- exchanges (http_exchange.c) ----------------------------------------- */

/* An exchange for the head in BYTES, which are copied. */
struct exchange *exchange_new(struct link *, struct lift_text bytes);

/* Finds route and caller, and says whether a body is to be read: then
 * `incoming` is set. It may have been answered and freed: false. */
bool exchange_begin(struct exchange *);

/* The body is whole. */
void exchange_ready(struct exchange *);

/* The body cannot be read. */
void exchange_break(struct exchange *, int status, const struct lift_error *);

/* The connection is gone. */
void exchange_gone(struct exchange *);

/* There is room for more of the answer. True when something was done. */
bool exchange_work(struct exchange *);

/* Frees it. */
void exchange_free(struct exchange *);

/* The value of a query argument, decoded; false when it is not there. */
bool exchange_query(struct exchange *, const char *name,
    struct lift_text *ret_value);

/* ---- answers (http_reply.c); each but the first three ends the exchange -- */

/* Adds a field to the answer's head. */
void reply_field(struct exchange *, const char *name, const char *form, ...)
    LIFT_PRINTF(3, 4);

/* Begins an answer whose length is not known. */
void reply_begin(struct exchange *, int status, const char *type);

/* Sends a piece of it. */
void reply_piece(struct exchange *, struct lift_text);

/* Ends it; without IS_WHOLE the peer can tell that it breaks off. */
void reply_end(struct exchange *, bool is_whole);

/* Sends a whole answer. */
void reply_text(struct exchange *, int status, const char *type,
    struct lift_text);

/* Sends what is in `answer` as a whole answer; a GET may find that the peer
 * has it already. */
void reply_answer(struct exchange *, int status, const char *type);

/* Sends an error as problem+json. */
void reply_problem(struct exchange *, int status, const struct lift_error *);

/* The status for an error. */
int reply_status(const struct lift_error *);

/* ---- routes (http_route.c) ---------------------------------------------- */

/* Makes the routes anew if the verbs have changed. */
void routes_refresh(struct http *);

/* Frees them. */
void routes_free(struct http *);

/* Finds the exchange's route and fills its path; 0, or a status with the
 * error. */
int route_find(struct exchange *, struct lift_error *);

/* Fills the request's values from path, query and body; 0, or a status. */
int route_arguments(struct exchange *, struct lift_error *);

/* Writes the head of an answer whose body the caller sends itself; the exchange
 * goes on. */
void reply_head(struct exchange *, int status, const char *type);

/* Notes how an exchange ended. */
void route_count(struct exchange *, int status);

/* Appends TEXT without its percent signs; false when they do not hold or hide
 * a zero byte. PLUS is a space in a query. */
bool route_decode(struct text *, struct lift_text, bool plus);

/* ---- who asks (http_caller.c) -------------------------------------------- */

/* Fills the caller, checks that it may use the route; 0, or a status. */
int caller_check(struct exchange *, struct lift_error *);

/* Takes this secret as the caller's; 0, or a status. */
int caller_secret(struct exchange *, struct lift_text secret,
    struct lift_error *);

/* Whether the caller's role is enough for the page; 0, or a status. */
int caller_role(struct exchange *, struct lift_error *);

/* Whether the page that asks, if it is one, is of this host or may call. */
bool caller_page(const struct exchange *);

/* The name of the source that the caller's events are of. */
const char *caller_source(const struct exchange *);

/* Whether pages of this origin may call. */
bool caller_origin(const struct http *, struct lift_text origin);

/* ---- pages -------------------------------------------------------------- */

extern const struct http_page http_pages[];

#endif
