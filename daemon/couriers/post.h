/* One call to a server outside: a request over HTTP and what came of it. It
 * waits for the answer, so it belongs on a thread of its own. Redirects are not
 * followed, certificates are verified, and an answer has a limit. */
#ifndef COURIERS_POST_H
#define COURIERS_POST_H

#include <liftd/plugin.h>
#include <stdatomic.h>

#include "base/text.h"

/* When all calls are to be given up, on the monotonic clock; 0: not yet. */
typedef _Atomic int64_t post_end;

struct post_request {
	const char        *url;
	const char *const *headers;	/* lines; ended by NULL */
	struct lift_text   body;
	bool               reads;	/* GET, and no body */
	bool               direct;	/* never through a proxy */
	bool               cuts;	/* an answer that is too long is cut,
					 * not refused */
	int64_t            timeout;	/* of the whole */
	size_t             most;	/* bytes of an answer */
	const char        *authority;	/* a file in PEM; empty: the system's */
	const post_end    *end;
};

enum post_result {
	POST_ANSWERED,		/* with a status, whichever */
	POST_UNREACHED,		/* no connection, or no answer in time */
	POST_UNSAFE,		/* the certificate does not hold */
	POST_LONG,		/* the answer is longer than the limit */
	POST_ENDED,		/* given up, because the daemon stops */
	POST_WRONG		/* the request cannot be made at all */
};

struct post_answer {
	enum post_result  result;
	long              status;
	int64_t           retry_after;	/* as the server asked; 0: it did not */
	struct text       body;
	struct lift_error error;	/* unless it was answered */
};

/* A connection that may be used again; for one thread at a time. */
struct post_line;

/* A line that is not connected yet, freed with post_line_free. */
struct post_line *post_line_new(void);

/* Frees it; takes NULL. */
void post_line_free(struct post_line *);

/* Calls, waits, and fills the answer, whose body is to be given back with
 * text_done. What it says in errors names the host and nothing secret. */
void post_send(struct post_line *, const struct post_request *,
    struct post_answer *ret_answer);

/* True when URL is https, or http to this very machine. */
bool post_is_safe(const char *url);

/* True when URL is one that can be called: http or https, with a host. */
bool post_is_url(const char *url);

#endif
