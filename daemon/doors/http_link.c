/* One connection: heads and bodies in, answers out, one request after the
 * other. Reading stops by itself when nobody takes what has come (a high
 * watermark), and starts again when somebody does. */
#include "doors/http_parts.h"

#include <event2/bufferevent_ssl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"

enum {
	INPUT_MOST = 128 * 1024,
	TURN_BYTES = 256 * 1024,	/* of a body, in one turn */
	TURN_STEPS = 16,
	LINGER_S = 2,
	STOP_S = 2,			/* for a request to be whole */
	SLOWEST = 16 * 1024		/* bytes a second, of a long body */
};

static void
link_state(struct link *l, enum link_state state)
{
	l->state = state;
	l->since = clock_monotonic();
}

/* ---- reading ------------------------------------------------------------ */

static void
link_refuse(struct link *l, int status, const struct lift_error *err)
{
	struct exchange *x = exchange_new(l, LIFT_TEXT_OF(""));

	l->keep = false;
	l->exchange = x;
	link_state(l, LINK_BUSY);
	reply_problem(x, status, err);
}

/* An empty line or two before a head are of some older client. */
static void
skip_line_ends(struct evbuffer *input)
{
	char two[2];

	while (evbuffer_copyout(input, two, 2) == 2 &&
	    memcmp(two, "\r\n", 2) == 0)
		evbuffer_drain(input, 2);
}

static void
head_too_long(struct link *l)
{
	struct lift_error err;

	lift_fail(&err, LIFT_E_USAGE, "the request's head has more than %d "
	    "bytes", HTTP_HEAD_MOST);
	link_refuse(l, 431, &err);
}

static bool
read_head(struct link *l)
{
	struct evbuffer *input = bufferevent_get_input(l->bev);
	struct lift_error err = { 0 };

	if (l->looked == 0)
		skip_line_ends(input);
	size_t size = evbuffer_get_length(input);
	if (size == 0)
		return false;
	if (l->began == 0)
		l->began = clock_monotonic();
	size_t most = size < HTTP_HEAD_MOST ? size : HTTP_HEAD_MOST;
	struct lift_text bytes = {
		(const char *)evbuffer_pullup(input, (ev_ssize_t)most), most };
	bytes.size = http_head_end(bytes, l->looked);
	l->looked = most;
	if (bytes.size == 0) {
		if (size >= HTTP_HEAD_MOST)
			head_too_long(l);
		return false;
	}
	struct exchange *x = exchange_new(l, bytes);
	evbuffer_drain(input, bytes.size);
	l->looked = 0;
	l->exchange = x;
	l->keep = false;
	link_state(l, LINK_BUSY);
	int status = http_head_read(x->bytes, &x->head, &err);
	if (status != 0) {
		exchange_break(x, status, &err);
		return true;
	}
	l->keep = x->head.keep && l->http->stopped == 0;
	if (exchange_begin(x) && l->exchange == x)
		link_state(l, LINK_BODY);
	return true;
}

static bool
read_body(struct link *l)
{
	struct exchange *x = l->exchange;
	struct lift_error err = { 0 };
	int status = 400;

	if (x->paused)
		return false;
	switch (http_body_feed(x->incoming, bufferevent_get_input(l->bev),
	    TURN_BYTES, &status, &err)) {
	case HTTP_BODY_MORE:
		return false;
	case HTTP_BODY_OVER:
		l->began = 0;
		link_state(l, LINK_BUSY);
		exchange_ready(x);
		return true;
	case HTTP_BODY_BAD:
		link_state(l, LINK_BUSY);
		exchange_break(x, status, &err);
		return true;
	}
	return false;
}

/* A peer that will send nothing more: what it waits for still goes out. */
static bool
link_over(struct link *l)
{
	if (l->state == LINK_LINGER)
		return l->eof;
	if (!l->eof || l->state == LINK_BUSY || l->state == LINK_TAKEN)
		return false;
	return l->state == LINK_HEAD ? evbuffer_get_length(
	    bufferevent_get_output(l->bev)) == 0 : !l->exchange->paused;
}

static bool
link_step(struct link *l)
{
	switch (l->state) {
	case LINK_HEAD:
		return !l->closing && read_head(l);
	case LINK_BODY:
		return read_body(l);
	case LINK_BUSY:
		return l->exchange != NULL && exchange_work(l->exchange);
	case LINK_LINGER:
		evbuffer_drain(bufferevent_get_input(l->bev),
		    evbuffer_get_length(bufferevent_get_input(l->bev)));
		return false;
	case LINK_TAKEN:
		break;
	}
	return false;
}

/* All that can be done now, within bounds: others want their turn. */
static void
link_go(struct link *l)
{
	struct evbuffer *input = bufferevent_get_input(l->bev);
	struct evbuffer *output = bufferevent_get_output(l->bev);
	int steps = 0;

	if (l->state == LINK_TAKEN) {
		l->taken_read(l);
		return;
	}
	while (steps < TURN_STEPS && link_step(l))
		steps++;
	if (l->state == LINK_TAKEN)
		return;
	if (l->closing && l->state != LINK_BUSY && l->state != LINK_LINGER &&
	    evbuffer_get_length(output) == 0) {
		shutdown(bufferevent_getfd(l->bev), SHUT_WR);
		link_state(l, LINK_LINGER);
	}
	if (link_over(l)) {
		link_free(l);
		return;
	}
	if (steps == TURN_STEPS || (l->state == LINK_BODY &&
	    !l->exchange->paused && evbuffer_get_length(input) > 0 &&
	    steps > 0))
		link_later(l);
}

/* ---- what libevent tells ------------------------------------------------- */

static void
on_turn(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	link_go(context);
}

static void
on_read(struct bufferevent *bev, void *context)
{
	struct link *l = context;

	(void)bev;
	if (l->state == LINK_TAKEN)
		l->taken_read(l);
	else
		link_go(l);
}

static void
on_room(struct bufferevent *bev, void *context)
{
	struct link *l = context;

	(void)bev;
	/* All was taken, whatever is put there before it is looked at. */
	l->moved = clock_monotonic();
	if (l->state == LINK_TAKEN)
		l->taken_room(l);
	else
		link_go(l);
}

static void
on_event(struct bufferevent *bev, short what, void *context)
{
	struct link *l = context;

	(void)bev;
	if (what & BEV_EVENT_CONNECTED)
		return;
	if ((what & BEV_EVENT_EOF) && l->state != LINK_TAKEN) {
		l->eof = true;
		link_later(l);
		return;
	}
	link_free(l);
}

/* ---- time --------------------------------------------------------------- */

static int64_t
link_allowed(const struct link *l)
{
	int64_t more = 0;

	if (l->state == LINK_BODY)
		more = (int64_t)(http_body_come(l->exchange->incoming) /
		    SLOWEST) * LIFT_SECOND;
	return l->http->limits.deadline + more;
}

/* When the daemon stops, what is under way has a moment to be whole. */
static bool
link_is_late(const struct link *l, int64_t now)
{
	return l->began != 0 && (now - l->began > link_allowed(l) ||
	    (l->http->stopped != 0 &&
	    now - l->http->stopped > STOP_S * LIFT_SECOND));
}

static void
link_late(struct link *l)
{
	int status = l->http->stopped != 0 ? 503 : 408;
	struct lift_error err;

	if (status == 503)
		lift_fail(&err, LIFT_E_BUSY, "liftd stops, and the request is "
		    "not whole; send it again when liftd is back");
	else
		lift_fail(&err, LIFT_E_LATE, "the request did not arrive "
		    "within %lld seconds", (long long)(link_allowed(l) /
		    LIFT_SECOND));
	if (l->state == LINK_HEAD) {
		link_refuse(l, status, &err);
	} else {
		link_state(l, LINK_BUSY);
		exchange_break(l->exchange, status, &err);
	}
}

/* True when the peer takes nothing of what waits for it. */
static bool
link_is_stuck(struct link *l, int64_t now)
{
	size_t output = evbuffer_get_length(bufferevent_get_output(l->bev));

	if (output == 0 || output < l->output || l->moved == 0)
		l->moved = now;
	l->output = output;
	return now - l->moved > l->http->limits.deadline;
}

void
link_watch(struct link *l, int64_t now)
{
	bool is_reading = l->state == LINK_HEAD || (l->state == LINK_BODY &&
	    !l->exchange->paused);

	if (link_is_stuck(l, now) || (l->state == LINK_LINGER &&
	    now - l->since > LINGER_S * LIFT_SECOND))
		link_free(l);
	else if (is_reading && link_is_late(l, now))
		link_late(l);
	else if (l->state == LINK_HEAD && l->began == 0 &&
	    (now - l->since > l->http->limits.idle ||
	    l->http->stopped != 0) &&
	    l->output == 0)
		link_free(l);
}

/* What came of a head counts, unless nobody will read it. */
bool
link_is_busy(const struct link *l)
{
	return l->state != LINK_TAKEN && (l->exchange != NULL ||
	    evbuffer_get_length(bufferevent_get_output(l->bev)) > 0 ||
	    (l->state == LINK_HEAD && !l->closing &&
	    evbuffer_get_length(bufferevent_get_input(l->bev)) > 0));
}

/* ---- the link ----------------------------------------------------------- */

static struct bufferevent *
bufferevent_of(struct http *h, int fd)
{
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (h->tls == NULL)
		return bufferevent_socket_new(h->base, fd,
		    BEV_OPT_CLOSE_ON_FREE);
	SSL *ssl = SSL_new(h->tls);
	struct bufferevent *bev = bufferevent_openssl_socket_new(h->base, fd,
	    ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
	if (bev != NULL)
		bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
	return bev;
}

struct link *
link_new(struct http *h, int fd, const char *address, bool loopback)
{
	struct bufferevent *bev = bufferevent_of(h, fd);

	if (bev == NULL) {
		close(fd);
		return NULL;
	}
	struct link *l = memory_take(sizeof(*l));
	l->http = h;
	l->bev = bev;
	l->loopback = loopback;
	snprintf(l->address, sizeof(l->address), "%s", address);
	l->turn = event_new(h->base, -1, 0, on_turn, l);
	link_state(l, LINK_HEAD);
	/* Until its handshake is done, a peer with TLS has begun to ask. */
	l->began = h->tls != NULL ? l->since : 0;
	TAILQ_INSERT_TAIL(&h->links, l, link);
	h->count++;
	metric_set(h->connections, (int64_t)h->count);
	bufferevent_setcb(bev, on_read, on_room, on_event, l);
	bufferevent_setwatermark(bev, EV_READ, 0, INPUT_MOST);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	return l;
}

void
link_free(struct link *l)
{
	struct http *h = l->http;

	if (l->state == LINK_TAKEN && l->taken_gone != NULL)
		l->taken_gone(l);
	if (l->exchange != NULL)
		exchange_gone(l->exchange);
	TAILQ_REMOVE(&h->links, l, link);
	h->count--;
	metric_set(h->connections, (int64_t)h->count);
	event_free(l->turn);
	bufferevent_free(l->bev);
	memory_give(l);
}

void
link_later(struct link *l)
{
	event_active(l->turn, EV_TIMEOUT, 0);
}

void
link_answered(struct link *l)
{
	l->exchange = NULL;
	l->began = 0;
	link_state(l, LINK_HEAD);
	if (!l->keep || l->eof)
		l->closing = true;
	link_later(l);
}

void
link_close(struct link *l)
{
	l->keep = false;
	l->closing = true;
	link_later(l);
}

void
link_take(struct link *l, void *taker, void (*read)(struct link *),
    void (*room)(struct link *), void (*gone)(struct link *))
{
	l->taken = taker;
	l->taken_read = read;
	l->taken_room = room;
	l->taken_gone = gone;
	link_state(l, LINK_TAKEN);
}
