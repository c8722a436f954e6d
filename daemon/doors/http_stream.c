/* The live feed as server-sent events. `id` is where a client goes on, which
 * its browser sends by itself as Last-Event-ID; the quiet time is filled with
 * it, so that a topic on which little happens needs no long look back. */
#include "doors/http_live.h"

#include "house/tape.h"

enum { QUIET = 15 * LIFT_SECOND };

static void
event_id(struct text *t, uint64_t seq, uint32_t place)
{
	text_form(t, "id: %llu", (unsigned long long)seq);
	if (place < TAPE_LAST)
		text_form(t, ".%u", place);
	text_byte(t, '\n');
}

/* A line end in JSON is white space, and would end the line here. */
static void
event_form(struct text *t, const struct stream_row *row)
{
	event_id(t, row->seq, row->place);
	text_form(t, "event: %s\ndata: ", row->type);
	size_t at = t->size;
	text_add(t, row->json.data, row->json.size);
	for (; at < t->size; at++)
		if (t->data[at] == '\n' || t->data[at] == '\r')
			t->data[at] = ' ';
	text_add(t, "\n\n", 2);
}

static bool
event_read(struct listener *l)
{
	struct evbuffer *input = bufferevent_get_input(l->link->bev);

	/* There is nothing that a client could have to say. */
	evbuffer_drain(input, evbuffer_get_length(input));
	return true;
}

static bool
event_beat(struct listener *l)
{
	struct evbuffer *output = bufferevent_get_output(l->link->bev);
	struct text t = { 0 };

	/* Who still has to read knows that the connection lives. */
	if (evbuffer_get_length(output) > 0)
		return true;
	text_string(&t, ":\n");
	if (!stream_heals(l->stream)) {
		text_string(&t, "id: ");
		stream_place(l->stream, &t);
		text_byte(&t, '\n');
	}
	text_byte(&t, '\n');
	evbuffer_add(output, t.data, t.size);
	text_done(&t);
	return true;
}

static void
event_leave(struct listener *l, unsigned code, const char *why)
{
	(void)code;
	if (l->left != 0)
		return;
	l->over = true;
	evbuffer_add_printf(bufferevent_get_output(l->link->bev), ": %s\n\n",
	    why);
	listener_leave(l);
}

static const struct listener_kind kind = {
	.form = event_form,
	.quiet = QUIET,
	.read = event_read,
	.beat = event_beat,
	.leave = event_leave,
};

void
http_stream(struct exchange *x)
{
	struct lift_text since = http_head_field(&x->head, "last-event-id");

	if (x->is_head) {
		reply_text(x, 200, "text/event-stream", LIFT_TEXT_OF(""));
		return;
	}
	struct listener *l = listener_new(x, &kind, sizeof(*l), since);
	if (l == NULL)
		return;
	/* Without a length the body ends with the connection. */
	x->link->keep = false;
	reply_field(x, "X-Accel-Buffering", "no");
	reply_head(x, 200, "text/event-stream");
	listener_begin(l, x);
}
