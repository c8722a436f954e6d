/* A call: from a line to a request at the desk, and what the request wants of
 * its door. A call outlives its client if its verb cannot be stopped; what it
 * says then goes nowhere. */
#include "doors/control_parts.h"

#include <event2/buffer.h>
#include <event2/util.h>

#include "base/memory.h"
#include "doors/control_help.h"
#include "house/desk.h"

enum {
	CALL_FULL = 256 * 1024,
	CALL_OVERRUN = 64 * 1024 * 1024,
	CALL_LINES = 16		/* of an upload, in one step */
};

static struct call *
call_of(const struct request *r)
{
	/* The request is the call's first member. */
	return (struct call *)(uintptr_t)r;
}

static struct evbuffer *
call_output(const struct call *call)
{
	return bufferevent_get_output(call->client->bev);
}

static void
call_free(struct call *call)
{
	request_done(&call->request);
	arena_free(call->request.arena);
	memory_give(call);
}

/* ---- what a request wants of its door -------------------------------- */

static void
call_open(struct call *call)
{
	if (!call->begun)
		evbuffer_add_printf(call_output(call), "OK\n");
	call->begun = true;
}

/* One that writes on and on without asking for room is cut off, so that its
 * client costs no more than this. */
static void
door_send(struct request *r, struct lift_text bytes)
{
	struct call *call = call_of(r);

	if (call->client == NULL || call->client->dead)
		return;
	call_open(call);
	client_chunk(call->client, bytes);
	if (evbuffer_get_length(call_output(call)) > CALL_OVERRUN) {
		call->client->dead = true;
		client_later(call->client);
	}
}

static bool
door_is_full(const struct request *r)
{
	const struct call *call = call_of(r);

	return call->client != NULL &&
	    evbuffer_get_length(call_output(call)) > CALL_FULL;
}

/* The last line of a reply that had begun before it failed. */
static void
call_trailer(struct call *call, const struct lift_error *err)
{
	char sentence[sizeof(err->text)];

	snprintf(sentence, sizeof(sentence), "%s", err->text);
	for (char *c = sentence; *c != '\0'; c++)
		if (*c == '\n' || *c == '\r')
			*c = ' ';
	evbuffer_add_printf(call_output(call), "0 %d %s\n",
	    control_code(err->code), sentence);
}

static void
call_fail(struct call *call, const struct lift_error *err)
{
	if (call->begun)
		call_trailer(call, err);
	else
		client_refuse(call->client, err);
}

static void
door_end(struct request *r, enum reply_verdict verdict,
    const struct lift_error *err)
{
	struct call *call = call_of(r);
	struct client *client = call->client;

	if (client != NULL) {
		if (verdict == REPLY_ERROR) {
			call_fail(call, err);
		} else {
			call_open(call);
			evbuffer_add_printf(call_output(call), "%s\n",
			    verdict == REPLY_NO ? "0 1" : "0");
		}
		client->call = NULL;
		client_later(client);
	}
	call_free(call);
}

static void
door_upload(struct request *r, bool paused)
{
	struct call *call = call_of(r);

	call->wants_lines = true;
	call->paused = paused;
	if (call->client != NULL && !paused)
		client_later(call->client);
}

static const struct request_door door = {
	.send = door_send,
	.is_full = door_is_full,
	.end = door_end,
	.upload = door_upload,
};

/* ---- under way ------------------------------------------------------- */

void
call_gone(struct call *call)
{
	struct request *r = &call->request;

	call->client->call = NULL;
	call->client = NULL;
	if (r->gone != NULL)
		r->gone(r);
	else if (r->more == NULL && r->line == NULL && r->lines_end == NULL)
		return;		/* it will end by itself */
	call_free(call);
}

void
call_break(struct call *call, const struct lift_error *err)
{
	call_fail(call, err);
	call_gone(call);
}

bool
call_is_starved(const struct call *call)
{
	return call->client->uploading && call->wants_lines && !call->paused &&
	    evbuffer_get_length(bufferevent_get_input(call->client->bev)) == 0;
}

static void
line_refuse(struct call *call)
{
	struct request *r = &call->request;
	unsigned long number = call->client->upload.number;
	struct lift_error err;

	lift_fail(&err, LIFT_E_INPUT, "line %lu of the upload is longer than "
	    "%d bytes", number, UPLOAD_LINE);
	err.line = (uint32_t)number;
	if (r->line_refused != NULL)
		r->line_refused(r, &err);
	else
		call_break(call, &err);
}

static void
lines_over(struct call *call)
{
	struct request *r = &call->request;

	call->client->uploading = false;
	upload_done(&call->client->upload);
	if (r->lines_end != NULL)
		r->lines_end(r);
}

static void
lines_bad(struct call *call)
{
	struct client *client = call->client;
	struct lift_error err;

	lift_fail(&err, LIFT_E_USAGE, "what follows line %lu of the upload is "
	    "no chunk: a chunk is its number of bytes on a line, then the "
	    "bytes", client->upload.number);
	client->closing = true;
	client->uploading = false;
	call_break(call, &err);
}

/* Gives the verb the next lines. True when there may be more. */
static bool
lines_give(struct call *call)
{
	struct client *client = call->client;
	struct request *r = &call->request;

	for (int i = 0; i < CALL_LINES; i++) {
		switch (client_upload(client)) {
		case UPLOAD_MORE:
			return false;
		case UPLOAD_HAS_LINE:
			if (r->line != NULL)
				r->line(r, text_view(&client->upload.line));
			break;
		case UPLOAD_TOO_LONG:
			line_refuse(call);
			break;
		case UPLOAD_OVER:
			lines_over(call);
			return true;
		case UPLOAD_BAD:
			lines_bad(call);
			return true;
		}
		if (client->call != call || client->dead || call->paused)
			break;
	}
	return true;
}

bool
call_work(struct call *call)
{
	struct client *client = call->client;
	struct request *r = &call->request;

	if (client->uploading && call->wants_lines && !call->paused &&
	    !door_is_full(r) && lines_give(call))
		return true;
	if (r->more == NULL || door_is_full(r))
		return false;
	r->more(r);
	return true;
}

/* ---- beginning ------------------------------------------------------- */

static struct call *
call_new(struct client *client)
{
	struct call *call = memory_take(sizeof(*call));
	unsigned char random[8];

	call->client = client;
	call->request.house = client->control->house;
	call->request.door = &door;
	call->request.caller = client->caller;
	call->request.arena = arena_new();
	evutil_secure_rng_get_bytes(random, sizeof(random));
	for (size_t i = 0; i < sizeof(random); i++)
		sprintf(call->request.caller.id + 2 * i, "%02x", random[i]);
	return call;
}

/* Takes over what the line says of the reply and of the caller. */
static bool
call_words(struct call *call, const struct line *line, struct lift_error *err)
{
	struct request *r = &call->request;

	r->form = line->form;
	r->headless = line->headless;
	r->fields = line->fields;
	if (line->id.size >= sizeof(r->caller.id))
		return lift_fail(err, LIFT_E_USAGE, "@id has %zu bytes, must "
		    "have less than %zu", line->id.size, sizeof(r->caller.id));
	if (line->id.size > 0)
		snprintf(r->caller.id, sizeof(r->caller.id), "%.*s",
		    (int)line->id.size, line->id.data);
	return line->as.size == 0 || control_role_lower(line->as,
	    r->caller.role, &r->caller.role, err);
}

/* Finds the verb by two words or by one, and moves past them. */
static const struct vocabulary_verb *
verb_take(struct call *call, struct line *line)
{
	const struct vocabulary_verb *verb = NULL;
	struct lift_text name = line->words[0].text;
	size_t used = 2;

	if (line->count > 1 && line->words[1].text.size > 0 &&
	    memchr(name.data, '.', name.size) == NULL)
		verb = desk_find(call->request.house, lift_text(arena_form(
		    call->request.arena, "%.*s.%.*s", (int)name.size,
		    name.data, (int)line->words[1].text.size,
		    line->words[1].text.data)));
	if (verb == NULL) {
		verb = desk_find(call->request.house, name);
		used = 1;
	}
	if (verb != NULL) {
		line->words += used;
		line->count -= used;
	}
	return verb;
}

/* Decides whether an upload follows, and tells the verb by the value. */
static bool
upload_expect(struct call *call, const struct line *line,
    struct lift_error *err)
{
	const struct lift_field *f = call->request.verb->verb->arguments;

	for (unsigned i = 0; f != NULL && f[i].name != NULL; i++) {
		if (f[i].type != LIFT_UPLOAD && f[i].type != LIFT_FILES)
			continue;
		if (f[i].optional && !line->upload)
			return true;
		call->client->uploading = true;
		call->request.values[i].type = (uint8_t)f[i].type;
		return true;
	}
	return !line->upload || lift_fail(err, LIFT_E_USAGE, "%s takes no "
	    "upload", call->request.verb->verb->name);
}

static bool
call_prepare(struct call *call, struct line *line, struct lift_error *err)
{
	struct request *r = &call->request;

	r->verb = verb_take(call, line);
	if (r->verb == NULL)
		return control_unknown(r->house, line->words, line->count,
		    err);
	/* Even a call that is refused has its chunks behind it. */
	if (!upload_expect(call, line, err))
		return false;
	struct lift_value values[ARGUMENTS_MOST];
	memcpy(values, r->values, sizeof(values));
	if (!line_arguments(r->arena, line->words, line->count,
	    r->verb->verb->arguments, r->values, err))
		return false;
	for (unsigned i = 0; i < ARGUMENTS_MOST; i++)
		if (values[i].type != LIFT_NULL)
			r->values[i] = values[i];
	return call_words(call, line, err);
}

/* The words that are no verbs. True when it was one of them. */
static bool
call_built_in(struct client *c, const struct line *line)
{
	const struct vocabulary *v = desk_vocabulary(c->control->house);
	struct lift_text word = line->words[0].text;
	struct text answer = { 0 };

	if (lift_text_equal(word, LIFT_TEXT_OF("quit"))) {
		c->closing = true;
		return true;
	}
	if (lift_text_equal(word, LIFT_TEXT_OF("help")))
		control_help(&answer, v, line->words + 1, line->count - 1);
	else if (lift_text_equal(word, LIFT_TEXT_OF("verbs")))
		control_verbs(&answer, v, line->words + 1, line->count - 1);
	else
		return false;
	client_answer(c, text_view(&answer));
	text_done(&answer);
	return true;
}

/* A line with words; true when the call is on its way. */
static bool
call_begin(struct call *call, struct lift_text text)
{
	struct client *c = call->client;
	struct line line;
	struct lift_error err;
	bool ok = line_read(call->request.arena, text, &line, &err);

	if (line.upload)
		c->uploading = true;
	if (ok && line.count == 0)
		ok = lift_fail(&err, LIFT_E_USAGE,
		    "the request names no verb; \"help\" lists them");
	if (ok && call_built_in(c, &line))
		return false;
	if (!ok || !call_prepare(call, &line, &err)) {
		client_refuse(c, &err);
		return false;
	}
	c->call = call;
	desk_begin(&call->request);
	return true;
}

void
client_begin(struct client *c, struct lift_text line)
{
	struct call *call;

	while (line.size > 0 && (*line.data == ' ' || *line.data == '\t')) {
		line.data++;
		line.size--;
	}
	if (line.size == 0)
		return;
	call = call_new(c);
	if (!call_begin(call, line))
		call_free(call);
}
