/* Fuzzes what a stranger sends to /ws: a handshake if the input begins with a
 * head, then frames, once whole and once byte by byte. What comes back must be
 * frames that a client can read, JSON in them and one close at the end; and, for
 * one that makes no mistake, the same either way. The stream behind the socket, and the links below it, are
 * stand-ins. */
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/memory.h"
#include "doors/http_live.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char handshake[] = "GET /ws HTTP/1.1\r\nHost: localhost\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n";

/* One client; `x` is first, so that it is found from there. */
struct client {
	struct exchange      x;
	struct link          link;
	struct listener     *listener;
	struct event_base   *base;
	int                  status;
	/* What was said and understood. */
	uint64_t             topics, texts, pongs;
	unsigned             code;
};

/* ---- stand-ins ----------------------------------------------------------- */

int64_t
clock_now(void)
{
	return 0;
}

int64_t
clock_monotonic(void)
{
	return LIFT_SECOND;
}

bool
caller_page(const struct exchange *x)
{
	return http_head_field(&x->head, "origin").data == NULL;
}

void
reply_field(struct exchange *x, const char *name, const char *form, ...)
{
	(void)x;
	(void)name;
	(void)form;
}

void
reply_head(struct exchange *x, int status, const char *type)
{
	(void)type;
	((struct client *)x)->status = status;
}

void
reply_problem(struct exchange *x, int status, const struct lift_error *err)
{
	if (err->text[0] == '\0')
		abort();
	((struct client *)x)->status = status;
}

struct listener *
listener_new(struct exchange *x, const struct listener_kind *kind,
    size_t size, struct lift_text since)
{
	struct client *c = (struct client *)x;

	(void)since;
	c->listener = memory_take(size);
	c->listener->kind = kind;
	c->listener->link = &c->link;
	c->listener->stream = (struct stream *)c;
	return c->listener;
}

void
listener_begin(struct listener *l, struct exchange *x)
{
	(void)l;
	(void)x;
}

void
listener_wake(struct listener *l)
{
	(void)l;
}

void
listener_leave(struct listener *l)
{
	l->left = clock_monotonic();
}

void
stream_greet(struct stream *s)
{
	(void)s;
}

bool
stream_topic(struct stream *s, struct lift_text name, bool on,
    struct lift_error *err)
{
	struct client *c = (struct client *)s;

	if (!lift_text_equal(name, LIFT_TEXT_OF("view")))
		return lift_fail(err, LIFT_E_USAGE, "there is no topic "
		    "\"%.*s\"", (int)(name.size > 40 ? 40 : name.size),
		    name.data);
	c->topics = c->topics * 31 + 1 + on;
	return true;
}

/* ---- what comes back ----------------------------------------------------- */

static void
text_check(struct lift_text json)
{
	struct arena *arena = arena_new();
	struct json_reader r = json_reader_of(json, arena);

	if (!json_skip(&r, NULL) || !json_done(&r))
		abort();
	arena_free(arena);
}

static void
frame_take(struct client *c, unsigned opcode, struct lift_text payload)
{
	/* Behind a good-bye there is nothing. */
	if (c->code != 0 || (opcode > 7 && payload.size > 125))
		abort();
	if (opcode == 1) {
		text_check(payload);
		c->texts = hash_bytes(payload.data, payload.size) +
		    c->texts * 31;
	} else if (opcode == 0xA) {
		c->pongs = hash_bytes(payload.data, payload.size) +
		    c->pongs * 31;
	} else if (opcode == 8) {
		c->code = payload.size < 2 ? 1005 :
		    (unsigned)(uint8_t)payload.data[0] << 8 |
		    (uint8_t)payload.data[1];
	} else {
		abort();
	}
}

static void
output_read(struct client *c)
{
	struct evbuffer *output = bufferevent_get_output(c->link.bev);
	size_t size = evbuffer_get_length(output), n, skip;
	const unsigned char *at = evbuffer_pullup(output, -1);

	for (; size > 0; at += skip + n, size -= skip + n) {
		/* Whole, without a mask. */
		if (size < 2 || (at[0] & 0xf0) != 0x80 || at[1] > 126)
			abort();
		n = at[1];
		skip = 2;
		if (n == 126) {
			if (size < 4)
				abort();
			n = (size_t)at[2] << 8 | at[3];
			skip = 4;
		}
		if (size < skip + n)
			abort();
		frame_take(c, at[0] & 15, (struct lift_text){
		    (const char *)at + skip, n });
	}
}

/* ---- a client ------------------------------------------------------------ */

static void
frames_feed(struct client *c, struct lift_text in, size_t step)
{
	struct evbuffer *input = bufferevent_get_input(c->link.bev);
	struct listener *l = c->listener;

	for (size_t at = 0; at < in.size && !l->over; at += step) {
		size_t n = in.size - at < step ? in.size - at : step;
		evbuffer_add(input, in.data + at, n);
		if (!l->kind->read(l))
			break;
		/* All was read, unless it does not matter any more. */
		if (l->left == 0 && evbuffer_get_length(input) > 0)
			abort();
	}
	l->kind->leave(l, 1001, "liftd stops");
	output_read(c);
}

static struct client
client_run(struct lift_text head, struct lift_text frames, size_t step)
{
	struct client c = { .status = 0 };
	struct lift_error err = { 0 };

	if (http_head_read(head, &c.x.head, &err) != 0)
		return c;
	c.base = event_base_new();
	c.link.bev = bufferevent_socket_new(c.base, -1, 0);
	/* The door's side of both buffers is ours as well. */
	evbuffer_unfreeze(bufferevent_get_input(c.link.bev), 0);
	c.x.link = &c.link;
	http_websocket(&c.x);
	if ((c.status == 101) != (c.listener != NULL))
		abort();
	if (c.listener != NULL) {
		frames_feed(&c, frames, step);
		c.listener->kind->gone(c.listener);
		memory_give(c.listener);
	}
	bufferevent_free(c.link.bev);
	event_base_free(c.base);
	return c;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lift_text frames = { (const char *)data, size };
	struct lift_text head = LIFT_TEXT_OF(handshake);
	size_t end = size > 4 && memcmp(data, "GET ", 4) == 0 ?
	    http_head_end(frames, 0) : 0;

	if (end > 0) {
		head = (struct lift_text){ frames.data, end };
		frames = (struct lift_text){ frames.data + end, size - end };
	}
	struct client whole = client_run(head, frames, frames.size + 1);
	struct client bytes = client_run(head, frames, 1);
	bool fine = whole.code == 1001 && bytes.code == 1001;
	/* wslay may find in a piece of a text, or only at its end, that it is
	 * no UTF-8; of several mistakes it may name another one first; and a
	 * good-bye goes before pongs that came with its cause. */
	if (whole.status != bytes.status || (!fine && whole.code != 1007 &&
	    bytes.code != 1007 && (whole.code == 1001 || bytes.code == 1001)))
		abort();
	if (fine && (whole.topics != bytes.topics ||
	    whole.texts != bytes.texts || whole.pongs != bytes.pongs))
		abort();
	return 0;
}
