/* The live feed over a WebSocket (RFC 6455). wslay reads what the client sends
 * and answers pings and closing; it exists only while a message is under way,
 * since it is large and most clients say nothing. Rows are framed here: frames
 * of a server have no mask, so that they are the same for everybody. */
#include "doors/http_live.h"

#include <openssl/evp.h>
#include <string.h>
#include <strings.h>
#include <wslay/wslay.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"

enum {
	QUIET = 25 * LIFT_SECOND,
	PINGS_MOST = 2,			/* without any answer */
	MESSAGE_MOST = 64 * 1024,
	MESSAGES_MOST = 100,		/* a second, pings among them */
	REASON_MOST = 123,
	PONG = 0xA
};

struct websocket {
	struct listener           listener;	/* first */
	wslay_event_context_ptr   wslay;	/* NULL between messages */
	uint64_t                  given;	/* bytes that wslay has read */
	uint64_t                  framed;	/* of frames that it began */
	bool                      open;		/* fragments are to follow */
	bool                      closes;	/* a good-bye is queued */
	bool                      deaf;		/* what comes is nonsense */
	bool                      failed;
	unsigned                  pings;	/* that nobody answered */
	unsigned                  messages;	/* of this second */
	int64_t                   second;
};

/* ---- out --------------------------------------------------------------- */

static void
frame_form(struct text *t, const struct stream_row *row)
{
	size_t n = row->json.size;
	unsigned char head[10] = { 0x81 };
	size_t size = 2;

	if (n < 126) {
		head[1] = (unsigned char)n;
	} else if (n <= 0xffff) {
		head[1] = 126;
		head[2] = (unsigned char)(n >> 8);
		head[3] = (unsigned char)n;
		size = 4;
	} else {
		head[1] = 127;
		for (unsigned i = 0; i < 8; i++)
			head[2 + i] = (unsigned char)((uint64_t)n >>
			    (56 - 8 * i));
		size = 10;
	}
	text_add(t, head, size);
	text_add(t, row->json.data, n);
}

static struct evbuffer *
output_of(const struct websocket *w)
{
	return bufferevent_get_output(w->listener.link->bev);
}

static void
say(struct websocket *w, const struct text *json)
{
	struct text t = { 0 };

	frame_form(&t, &(struct stream_row){ .json = text_view(json) });
	evbuffer_add(output_of(w), t.data, t.size);
	text_done(&t);
}

static void
say_error(struct websocket *w, const char *sentence)
{
	struct text t = { 0 };

	text_byte(&t, '{');
	json_member_string(&t, "type", "error");
	json_member_string(&t, "detail", sentence);
	text_byte(&t, '}');
	say(w, &t);
	text_done(&t);
}

/* ---- what a client says ------------------------------------------------ */

static bool
topics_take(struct websocket *w, struct json_reader *r, bool on,
    struct lift_error *err)
{
	struct lift_text name;

	if (!json_enter(r, JSON_ARRAY))
		return lift_fail(err, LIFT_E_INPUT, "%s is no list of topics, "
		    "such as [\"alert\"]", on ? "subscribe" : "unsubscribe");
	while (json_item(r)) {
		if (!json_take_string(r, &name))
			return lift_fail(err, LIFT_E_INPUT, "a topic is no "
			    "text, must be one such as \"alert\"");
		if (!stream_topic(w->listener.stream, name, on, err))
			return false;
	}
	return true;
}

static bool
message_take(struct websocket *w, struct json_reader *r,
    struct lift_error *err)
{
	struct lift_text key;

	if (!json_enter(r, JSON_OBJECT))
		return lift_fail(err, LIFT_E_INPUT, "a message must be an "
		    "object such as {\"subscribe\": [\"alert\"]}");
	while (json_key(r, &key)) {
		bool on = lift_text_equal(key, LIFT_TEXT_OF("subscribe"));
		if (!on && !lift_text_equal(key, LIFT_TEXT_OF("unsubscribe")))
			return lift_fail(err, LIFT_E_INPUT, "\"%.*s\" is "
			    "nothing that can be said here, must be subscribe "
			    "or unsubscribe", (int)(key.size > 40 ? 40 :
			    key.size), key.data);
		if (!topics_take(w, r, on, err))
			return false;
	}
	if (!json_done(r))
		return lift_fail(err, LIFT_E_INPUT, "the message is no JSON: "
		    "%s", r->problem != NULL ? r->problem : "it goes on "
		    "behind its end");
	return true;
}

static void
message_read(struct websocket *w, struct lift_text bytes)
{
	struct arena *arena = arena_new();
	struct json_reader r = json_reader_of(bytes, arena);
	struct lift_error err;

	if (message_take(w, &r, &err)) {
		stream_greet(w->listener.stream);
		listener_wake(&w->listener);
	} else {
		say_error(w, err.text);
	}
	arena_free(arena);
}

/* ---- wslay ------------------------------------------------------------- */

static void
wslay_close(struct websocket *w, unsigned code, const char *why)
{
	size_t n = strlen(why);

	w->closes = true;
	if (n > REASON_MOST)
		n = REASON_MOST;
	wslay_event_queue_close(w->wslay, (uint16_t)code,
	    (const uint8_t *)why, n);
}

static ssize_t
on_input(wslay_event_context_ptr ctx, uint8_t *to, size_t room, int flags,
    void *context)
{
	struct websocket *w = context;
	int n = evbuffer_remove(bufferevent_get_input(
	    w->listener.link->bev), to, room);

	(void)flags;
	if (n > 0) {
		w->given += (uint64_t)n;
		return n;
	}
	wslay_event_set_error(ctx, WSLAY_ERR_WOULDBLOCK);
	return -1;
}

static ssize_t
on_output(wslay_event_context_ptr ctx, const uint8_t *from, size_t size,
    int flags, void *context)
{
	struct websocket *w = context;

	(void)ctx;
	(void)flags;
	evbuffer_add(output_of(w), from, size);
	return (ssize_t)size;
}

/* Counted, so that it is known when wslay holds nothing. */
static void
on_frame(wslay_event_context_ptr ctx,
    const struct wslay_event_on_frame_recv_start_arg *a, void *context)
{
	struct websocket *w = context;
	uint64_t n = a->payload_length;

	(void)ctx;
	w->framed += 6 + n + (n > 0xffff ? 8 : n > 125 ? 2 : 0);
	if (!wslay_is_ctrl_frame(a->opcode))
		w->open = !a->fin;
}

static bool
is_flood(struct websocket *w)
{
	int64_t second = clock_monotonic() / LIFT_SECOND;

	if (second != w->second) {
		w->second = second;
		w->messages = 0;
	}
	return ++w->messages > MESSAGES_MOST;
}

static void
on_message(wslay_event_context_ptr ctx,
    const struct wslay_event_on_msg_recv_arg *a, void *context)
{
	struct websocket *w = context;

	(void)ctx;
	w->pings = 0;
	if (w->listener.left != 0 || w->closes)
		return;
	if (a->opcode == WSLAY_CONNECTION_CLOSE)
		listener_leave(&w->listener);
	else if (is_flood(w))
		wslay_close(w, 1008, "too many messages, may be 100 a second");
	else if (a->opcode == WSLAY_BINARY_FRAME)
		wslay_close(w, 1003, "messages must be text");
	else if (a->opcode == WSLAY_TEXT_FRAME)
		message_read(w, (struct lift_text){ (const char *)a->msg,
		    a->msg_length });
}

static bool
wslay_begin(struct websocket *w)
{
	static const struct wslay_event_callbacks callbacks = {
		on_input, on_output, NULL, on_frame, NULL, NULL, on_message };

	if (w->wslay != NULL)
		return true;
	if (wslay_event_context_server_init(&w->wslay, &callbacks, w) != 0)
		return false;
	wslay_event_config_set_max_recv_msg_length(w->wslay, MESSAGE_MOST);
	return true;
}

/* After this call wslay may be gone. */
static bool
wslay_go(struct websocket *w)
{
	struct listener *l = &w->listener;

	if (wslay_event_want_write(w->wslay) &&
	    wslay_event_send(w->wslay) != 0)
		return false;
	if (wslay_event_get_close_sent(w->wslay)) {
		listener_leave(l);
		l->over = l->over || wslay_event_get_close_received(w->wslay);
	} else if (w->given == w->framed && !w->open) {
		wslay_event_context_free(w->wslay);
		w->wslay = NULL;
		w->given = w->framed = 0;
	}
	return true;
}

/* What came is no frame: nothing that follows can be understood. wslay would
 * close without a code. A good-bye that was there before goes first, and is
 * the only one. */
static bool
socket_break(struct websocket *w)
{
	static const unsigned char close[4] = { 0x88, 2, 1002 >> 8,
		1002 & 0xff };

	w->deaf = true;
	if (w->closes)
		return wslay_go(w);
	if (w->listener.left == 0)
		evbuffer_add(output_of(w), close, sizeof(close));
	listener_leave(&w->listener);
	return true;
}

/* ---- the listener ------------------------------------------------------ */

static bool
socket_read(struct listener *l)
{
	struct websocket *w = (struct websocket *)l;
	struct evbuffer *input = bufferevent_get_input(l->link->bev);

	if (evbuffer_get_length(input) == 0)
		return true;
	/* What comes after a mistake is not read any more, only taken. */
	if (w->deaf) {
		evbuffer_drain(input, evbuffer_get_length(input));
		return true;
	}
	if (!wslay_begin(w))
		return false;
	if (!wslay_event_want_read(w->wslay))
		evbuffer_drain(input, evbuffer_get_length(input));
	else if (wslay_event_recv(w->wslay) != 0)
		return socket_break(w);
	return wslay_go(w);
}

static void
socket_leave(struct listener *l, unsigned code, const char *why)
{
	struct websocket *w = (struct websocket *)l;

	if (l->left != 0 || !wslay_begin(w))
		return;
	wslay_close(w, code, why);
	w->failed = !wslay_go(w);
	listener_leave(l);
}

static bool
socket_beat(struct listener *l)
{
	static const unsigned char ping[2] = { 0x89, 0 };
	struct websocket *w = (struct websocket *)l;

	if (w->failed || w->pings >= PINGS_MOST)
		return false;
	/* Who still has to read would find the ping behind all that. */
	if (evbuffer_get_length(output_of(w)) > 0)
		return true;
	w->pings++;
	evbuffer_add(output_of(w), ping, sizeof(ping));
	return true;
}

static void
socket_gone(struct listener *l)
{
	struct websocket *w = (struct websocket *)l;

	if (w->wslay != NULL)
		wslay_event_context_free(w->wslay);
}

static const struct listener_kind kind = {
	.form = frame_form,
	.quiet = QUIET,
	.read = socket_read,
	.beat = socket_beat,
	.leave = socket_leave,
	.gone = socket_gone,
};

/* ---- the handshake ----------------------------------------------------- */

static bool
is_key(struct lift_text key)
{
	/* Base64 of sixteen bytes. */
	return key.size == 24 && key.data[22] == '=' && key.data[23] == '=';
}

static void
accept_key(struct lift_text key, char ret[29])
{
	static const char salt[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	unsigned char digest[EVP_MAX_MD_SIZE];
	char both[24 + sizeof(salt)];

	memcpy(both, key.data, 24);
	memcpy(both + 24, salt, sizeof(salt));
	EVP_Digest(both, 24 + sizeof(salt) - 1, digest, NULL, EVP_sha1(),
	    NULL);
	EVP_EncodeBlock((unsigned char *)ret, digest, 20);
}

/* 0, or the status that refuses. */
static int
handshake_check(struct exchange *x, struct lift_error *err)
{
	struct lift_text version = http_head_field(&x->head,
	    "sec-websocket-version");
	struct lift_text upgrade = http_head_field(&x->head, "upgrade");

	if (!x->head.upgrades || upgrade.data == NULL ||
	    !http_list_has(upgrade, "websocket")) {
		lift_fail(err, LIFT_E_USAGE, "here a WebSocket is spoken: "
		    "\"Connection: Upgrade\" and \"Upgrade: websocket\" are "
		    "needed; GET /events has the same over plain HTTP");
		return 426;
	}
	if (!lift_text_equal(version, LIFT_TEXT_OF("13"))) {
		lift_fail(err, LIFT_E_USAGE, "Sec-WebSocket-Version must be "
		    "13");
		return 426;
	}
	if (x->is_head || x->head.minor == 0 || !is_key(http_head_field(
	    &x->head, "sec-websocket-key"))) {
		lift_fail(err, LIFT_E_USAGE, "a handshake is a GET of HTTP/1.1 "
		    "with sixteen bytes in base64 as Sec-WebSocket-Key");
		return 400;
	}
	if (!caller_page(x)) {
		lift_fail(err, LIFT_E_DENIED, "pages of this origin may not "
		    "listen; `http: { origins: [...] }` in liftd.yaml names "
		    "those that may");
		return 403;
	}
	return 0;
}

void
http_websocket(struct exchange *x)
{
	struct lift_error err;
	char accepted[29];
	int status = handshake_check(x, &err);

	if (status == 426) {
		reply_field(x, "Upgrade", "websocket");
		reply_field(x, "Sec-WebSocket-Version", "13");
	}
	if (status != 0) {
		reply_problem(x, status, &err);
		return;
	}
	struct listener *l = listener_new(x, &kind, sizeof(struct websocket),
	    LIFT_TEXT_OF(""));
	if (l == NULL)
		return;
	accept_key(http_head_field(&x->head, "sec-websocket-key"), accepted);
	/* `Connection` is this answer's own. */
	x->link->keep = true;
	reply_field(x, "Upgrade", "websocket");
	reply_field(x, "Connection", "Upgrade");
	reply_field(x, "Sec-WebSocket-Accept", "%s", accepted);
	reply_head(x, 101, NULL);
	listener_begin(l, x);
}
