/* One connection: lines in, one request at a time, replies out. It is driven
 * by steps, each on the loop's turn and never from inside a verb, so that a
 * client with a million requests does not hold up the others.
 *
 * Nothing of it grows: reading stops at two lines' worth of input, requests
 * are not begun while answers wait to be taken, and a client that takes
 * nothing for five minutes is closed. */
#include "doors/control_parts.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <event2/buffer.h>

#include "base/logger.h"
#include "base/memory.h"

enum {
	CLIENT_INPUT = 2 * LINE_LONGEST,
	CLIENT_OUTPUT_LOW = 64 * 1024,
	CLIENT_PATIENCE_S = 300,
	CLIENT_STEPS = 16,
	CLIENT_GULP = 64 * 1024
};

static bool
client_is_full(const struct client *c)
{
	return evbuffer_get_length(bufferevent_get_output(c->bev)) >
	    CLIENT_OUTPUT_LOW;
}

static size_t
client_waiting(const struct client *c)
{
	return evbuffer_get_length(bufferevent_get_input(c->bev));
}

/* ---- requests -------------------------------------------------------- */

/* A line that is too long is passed over up to its end, then refused. */
static bool
line_overlong(struct client *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);

	if (!c->skipping && evbuffer_get_length(in) <= LINE_LONGEST)
		return false;
	c->skipping = true;
	evbuffer_drain(in, evbuffer_get_length(in));
	return false;
}

static void
line_begin(struct client *c, struct lift_text line)
{
	struct lift_error err;

	if (line.size > 0 && line.data[line.size - 1] == '\r')
		line.size--;
	if (!c->skipping && line.size <= LINE_LONGEST) {
		client_begin(c, line);
		return;
	}
	c->skipping = false;
	lift_fail(&err, LIFT_E_USAGE, "the request is longer than %d bytes",
	    LINE_LONGEST);
	client_refuse(c, &err);
}

/* Begins the next request, if its line is there. The last one before the
 * client stops sending needs no line end. */
static bool
line_take(struct client *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);
	size_t size = 0;
	char *line = evbuffer_readln(in, &size, EVBUFFER_EOL_LF);

	if (line == NULL && !(c->eof && client_waiting(c) > 0))
		return line_overlong(c);
	if (line == NULL) {
		size = client_waiting(c);
		line = malloc(size);
		if (line == NULL)
			return false;
		evbuffer_remove(in, line, size);
	}
	line_begin(c, (struct lift_text){ line, size });
	free(line);
	return true;
}

/* Passes over an upload that nobody takes. */
static bool
upload_swallow(struct client *c)
{
	for (int i = 0; i < CLIENT_STEPS; i++)
		switch (client_upload(c)) {
		case UPLOAD_MORE:
			return false;
		case UPLOAD_BAD:
			c->closing = true;
			evbuffer_drain(bufferevent_get_input(c->bev),
			    client_waiting(c));
			/* fall through */
		case UPLOAD_OVER:
			c->uploading = false;
			upload_done(&c->upload);
			return true;
		case UPLOAD_HAS_LINE: case UPLOAD_TOO_LONG:
			break;
		}
	return true;
}

enum upload_step
client_upload(struct client *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);
	struct evbuffer_iovec part;
	enum upload_step step;
	size_t used;

	do {
		part = (struct evbuffer_iovec){ NULL, 0 };
		evbuffer_peek(in, -1, NULL, &part, 1);
		step = upload_next(&c->upload, (struct lift_text){
		    part.iov_base, part.iov_len }, &used);
		evbuffer_drain(in, used);
	} while (step == UPLOAD_MORE && evbuffer_get_length(in) > 0);
	return step;
}

/* ---- steps ----------------------------------------------------------- */

/* Does one thing; true when there may be another. */
static bool
client_step(struct client *c)
{
	if (c->call != NULL)
		return call_work(c->call);
	if (c->control->stopping)
		c->closing = true;
	if (c->closing)
		return false;
	if (c->uploading)
		return upload_swallow(c);
	return !client_is_full(c) && line_take(c);
}

/* What it means that nothing more will come. */
static void
client_at_end(struct client *c)
{
	struct lift_error err;

	if (c->call == NULL) {
		if (c->uploading || client_waiting(c) == 0)
			c->closing = true;
	} else if (call_is_starved(c->call)) {
		lift_fail(&err, LIFT_E_USAGE, "the upload ended before its "
		    "chunk of 0; nothing is known of the rest");
		call_break(c->call, &err);
		c->closing = true;
	}
}

/* Reads on only when what was read has been used. Not by a bufferevent's high
 * watermark: with one, libevent 2.1.12 spins without a system call while the
 * client takes nothing. */
static void
client_listen(struct client *c)
{
	if (c->eof || client_waiting(c) > CLIENT_INPUT)
		bufferevent_disable(c->bev, EV_READ);
	else
		bufferevent_enable(c->bev, EV_READ);
}

static void
client_work(struct client *c)
{
	bool more = true;

	for (int i = 0; i < CLIENT_STEPS && more && !c->dead; i++)
		more = client_step(c);
	if (c->eof && !more)
		client_at_end(c);
	client_listen(c);
	if (c->dead || (c->closing && client_idle(c)))
		client_free(c);
	else if (more)
		client_later(c);
}

static void
client_turn(evutil_socket_t fd, short what, void *client)
{
	(void)fd;
	(void)what;
	client_work(client);
}

/* Of an upload, takes what else is there: libevent 2.1 reads 4 KiB a turn, and
 * a turn costs as much as decoding half of these. Its end or an error is left
 * for libevent to find. */
static void
upload_gulp(struct client *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);
	struct evbuffer_iovec room;
	ssize_t n;

	/* Frozen, for nobody else is to write into a socket's input. */
	evbuffer_unfreeze(in, 0);
	if (evbuffer_reserve_space(in, CLIENT_GULP, &room, 1) == 1) {
		n = recv(bufferevent_getfd(c->bev), room.iov_base,
		    CLIENT_GULP, MSG_DONTWAIT);
		room.iov_len = n > 0 ? (size_t)n : 0;
		evbuffer_commit_space(in, &room, 1);
	}
	evbuffer_freeze(in, 0);
}

static void
client_ready(struct bufferevent *bev, void *context)
{
	struct client *c = context;

	(void)bev;
	if (c->uploading && client_waiting(c) < CLIENT_INPUT)
		upload_gulp(c);
	client_work(c);
}

static void
client_event(struct bufferevent *bev, short what, void *context)
{
	struct client *c = context;

	(void)bev;
	if (what & BEV_EVENT_TIMEOUT)
		logger_line(LIFT_NOTICE, "control", "a client took no answer "
		    "for %d s and is closed actor=\"%s\"", CLIENT_PATIENCE_S,
		    c->caller.actor);
	if (what & BEV_EVENT_EOF)
		c->eof = true;
	if (!(what & BEV_EVENT_EOF) || client_has_left(c))
		client_free(c);
	else
		client_work(c);
}

void
client_later(struct client *c)
{
	/* A timer, so that sockets are looked at in between. */
	static const struct timeval now = { 0, 0 };

	event_add(c->turn, &now);
}

/* ---- replies --------------------------------------------------------- */

void
client_chunk(struct client *c, struct lift_text bytes)
{
	struct evbuffer *out = bufferevent_get_output(c->bev);

	if (bytes.size == 0)
		return;
	evbuffer_add_printf(out, "%zu\n", bytes.size);
	evbuffer_add(out, bytes.data, bytes.size);
}

void
client_answer(struct client *c, struct lift_text bytes)
{
	struct evbuffer *out = bufferevent_get_output(c->bev);

	evbuffer_add_printf(out, "OK\n");
	client_chunk(c, bytes);
	evbuffer_add_printf(out, "0\n");
}

void
client_refuse(struct client *c, const struct lift_error *err)
{
	struct evbuffer *out = bufferevent_get_output(c->bev);
	struct text sentence = { 0 };

	if (err->file[0] != '\0')
		text_form(&sentence, "%s:%u:%u: ", err->file,
		    (unsigned)err->line, (unsigned)err->column);
	text_form(&sentence, "%s\n", err->text);
	evbuffer_add_printf(out, "ERR %d\n", control_code(err->code));
	client_chunk(c, text_view(&sentence));
	evbuffer_add_printf(out, "0\n");
	text_done(&sentence);
}

/* ---- beginning and end ----------------------------------------------- */

struct client *
client_new(struct control *control, int fd, const struct caller *caller)
{
	struct timeval patience = { CLIENT_PATIENCE_S, 0 };
	struct client *c = memory_take(sizeof(*c));

	c->control = control;
	c->caller = *caller;
	evutil_make_socket_nonblocking(fd);
	c->bev = bufferevent_socket_new(control->base, fd,
	    BEV_OPT_CLOSE_ON_FREE);
	c->turn = event_new(control->base, -1, 0, client_turn, c);
	bufferevent_setcb(c->bev, client_ready, client_ready, client_event, c);
	bufferevent_setwatermark(c->bev, EV_WRITE, CLIENT_OUTPUT_LOW, 0);
	bufferevent_set_timeouts(c->bev, NULL, &patience);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
	TAILQ_INSERT_TAIL(&control->clients, c, link);
	control->count++;
	evbuffer_add_printf(bufferevent_get_output(c->bev), "liftd %d %s\n",
	    CONTROL_PROTOCOL, control->version);
	return c;
}

void
client_free(struct client *c)
{
	if (c->call != NULL)
		call_gone(c->call);
	TAILQ_REMOVE(&c->control->clients, c, link);
	c->control->count--;
	upload_done(&c->upload);
	event_free(c->turn);
	bufferevent_free(c->bev);
	memory_give(c);
}

bool
client_idle(const struct client *c)
{
	return c->call == NULL &&
	    evbuffer_get_length(bufferevent_get_output(c->bev)) == 0;
}

bool
client_has_left(const struct client *c)
{
	struct pollfd p = { .fd = bufferevent_getfd(c->bev) };

	/* One that is being read will be heard when it leaves. */
	if (c->call == NULL && !c->eof)
		return false;
	return poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR)) != 0;
}
