/* The HTTP door: where shops send events, and where everything that the verb
 * tables offer with a route can be asked. One listener, any number of
 * connections, on the daemon's loop.
 *
 * Without tokens it listens on the loopback address only, and whoever can
 * connect there may operate; a browser that shows somebody else's page may
 * not, which is found by the fields Host and Origin. */
#ifndef DOORS_HTTP_H
#define DOORS_HTTP_H

#include <liftd/plugin.h>

#include "base/text.h"
#include "doors/http_token.h"

struct event_base;
struct house;
struct http;

struct http_settings {
	const char       *listen;	/* `127.0.0.1:8420`, `[::1]:0` */
	const char       *certificate;	/* files in PEM; empty: no TLS */
	const char       *key;
	struct lift_texts origins;	/* of web pages that may call */
	int64_t           connections;
	int64_t           body;		/* bytes; events may be more */
	int64_t           deadline;	/* for a request to arrive */
	int64_t           idle;		/* between two requests */
	const struct http_token_row *tokens;
	size_t            token_count;
};

/* A door that listens. Keeps the house and the base, not the settings; freed
 * with http_free. Fails with a sentence when the address is no address, is
 * taken, or is open to others while there are no tokens. */
struct http *http_new(struct house *, struct event_base *,
    const struct http_settings *, struct lift_error *);

/* Tokens, origins, limits and certificate from now on; the address stays.
 * Fails with a sentence; then nothing has changed. */
bool http_change(struct http *, const struct http_settings *,
    struct lift_error *);

/* The address it listens on, with the port that was got: `127.0.0.1:8420`. */
const char *http_address(const struct http *);

/* Takes no connection any more; answers say `Connection: close`. */
void http_stop(struct http *);

/* True when no request is under way and all answers have been taken. */
bool http_idle(const struct http *);

/* Closes everything; whoever has a request under way is told by `gone`. Takes
 * NULL. */
void http_free(struct http *);

#endif
