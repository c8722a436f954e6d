/* One post is one body with a message or a list of them. They are read one
 * after the other, with a pause where the gate is full, and the answer waits
 * for the commit. */
#include "doors/http_segment.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "house/house_parts.h"
#include "house/message.h"
#include "intake/segment.h"

enum { ERRORS_SHOWN = 1000 };

/* Of a message little is checked that a schema could say: what a library may
 * send and we do not know stays a property. */
const char http_segment_takes[] =
    "{\"required\":true,\"content\":{\"application/json\":{\"schema\":{"
    "\"type\":\"object\"},\"example\":{\"userId\":\"u-12\",\"event\":"
    "\"Product Viewed\",\"previousId\":\"a-1\",\"messageId\":\"m-1\","
    "\"properties\":{\"product_id\":\"SKU-7\",\"price\":19.99,"
    "\"currency\":\"EUR\"}}}}}";

const char http_segment_takes_batch[] =
    "{\"required\":true,\"content\":{\"application/json\":{\"schema\":{"
    "\"type\":\"object\",\"required\":[\"batch\"],\"properties\":{\"batch\":{"
    "\"type\":\"array\",\"maxItems\":2500,\"items\":{\"type\":\"object\"}}}},"
    "\"example\":{\"batch\":[{\"type\":\"track\",\"userId\":\"u-12\","
    "\"event\":\"Product Viewed\",\"messageId\":\"m-1\",\"properties\":{"
    "\"product_id\":\"SKU-7\"}}],\"sentAt\":\"2026-11-20T15:16:17.123Z\"}}}}";

const char http_segment_answers[] = "{\"type\":\"object\",\"required\":["
    "\"success\"],\"properties\":{\"success\":{\"type\":\"boolean\"},"
    "\"stored\":{\"type\":\"integer\"},\"known\":{\"type\":\"integer\"},"
    "\"refused\":{\"type\":\"integer\"},\"errors\":{\"type\":\"array\","
    "\"items\":{\"type\":\"object\"}},\"notes\":{\"type\":\"array\","
    "\"items\":{\"type\":\"object\"}}}}";

/* What the last word of a path means, in full or as browsers shorten it. */
static const struct { const char *word, *type; } types[] = {
	{ "track", "track" }, { "t", "track" }, { "identify", "identify" },
	{ "i", "identify" }, { "page", "page" }, { "p", "page" },
	{ "screen", "screen" }, { "s", "screen" }, { "group", "group" },
	{ "g", "group" }, { "alias", "alias" }, { "a", "alias" },
};

/* A body under way. It outlives its exchange while a commit or room in the
 * gate is waited for. */
struct post {
	struct house          *house;
	struct exchange       *exchange;	/* NULL: the caller hung up */
	struct arena          *arena, *scratch;	/* of the body, a message */
	struct segment_context context;
	struct json_reader     list;		/* the batch */
	uint32_t               source;
	uint64_t               index;		/* of the next message */
	uint64_t               kept, known, refused;
	struct text            errors, notes;	/* JSON, without brackets */
	struct lift_error      error;		/* why no more is taken */
	struct lift_error      newest;		/* of a refusal */
	bool                   waits;
};

static void
post_free(struct post *p)
{
	arena_free(p->arena);
	arena_free(p->scratch);
	text_done(&p->errors);
	text_done(&p->notes);
	memory_give(p);
}

/* ---- the answer ---------------------------------------------------------- */

static void
note_write(const struct post *p, struct text *t, uint64_t index,
    const char *sentence)
{
	json_comma(t);
	text_byte(t, '{');
	json_member_whole(t, "index", (int64_t)index);
	json_name(t, "pointer");
	if (p->context.type.size > 0)
		json_string(t, LIFT_TEXT_OF("#"));
	else
		text_form(t, "\"#/batch/%llu\"", (unsigned long long)index);
	json_member_string(t, "message", sentence);
	text_byte(t, '}');
}

static void
counts_write(const struct post *p, struct text *t)
{
	json_member_whole(t, "stored", (int64_t)p->kept);
	json_member_whole(t, "known", (int64_t)p->known);
	json_member_whole(t, "refused", (int64_t)p->refused);
	if (p->errors.size > 0) {
		json_name(t, "errors");
		text_form(t, "[%s]", p->errors.data);
	}
	if (p->notes.size > 0) {
		json_name(t, "notes");
		text_form(t, "[%s]", p->notes.data);
	}
}

/* What Segment answers, and more where there is more to say. */
static void
post_reply(struct post *p)
{
	struct exchange *x = p->exchange;
	bool bad = p->refused > 0 && p->kept + p->known == 0;
	struct text t = { 0 };

	text_byte(&t, '{');
	if (bad) {
		json_member_string(&t, "type", "about:blank");
		json_member_string(&t, "title", "Bad Request");
		json_member_whole(&t, "status", 400);
		json_member_string(&t, "detail", p->newest.text);
	} else {
		json_member_bool(&t, "success", true);
	}
	if (p->refused > 0 || p->notes.size > 0)
		counts_write(p, &t);
	text_string(&t, "}\n");
	x->state = NULL;
	reply_text(x, bad ? 400 : 200, bad ? "application/problem+json" :
	    "application/json", text_view(&t));
	text_done(&t);
	post_free(p);
}

static void
post_fail(struct post *p, int status)
{
	struct exchange *x = p->exchange;
	struct lift_error err = p->error;

	x->state = NULL;
	post_free(p);
	reply_problem(x, status, &err);
}

static void
on_settled(void *context)
{
	struct post *p = context;

	p->waits = false;
	if (p->exchange == NULL)
		post_free(p);
	else
		post_reply(p);
}

/* ---- messages ------------------------------------------------------------ */

/* False when no more can be taken now; the error says why. */
static bool
message_take(struct post *p, struct lift_text json)
{
	struct lift_error err = { 0 }, note = { 0 };

	p->context.position = p->index;
	switch (message_put(p->house, p->source, json, &p->context, p->scratch,
	    &note, &err)) {
	case GATE_STORED:
		p->kept++;
		if (note.code != LIFT_E_NONE)
			note_write(p, &p->notes, p->index, note.text);
		break;
	case GATE_KNOWN:
		p->known++;
		break;
	case GATE_REFUSED:
		if (err.again) {
			p->error = err;
			return false;
		}
		p->newest = err;
		if (p->refused++ < ERRORS_SHOWN)
			note_write(p, &p->errors, p->index, err.text);
		break;
	}
	p->index++;
	return true;
}

/* What is more than a batch may hold is refused with one sentence. */
static void
excess_refuse(struct post *p)
{
	uint64_t first = p->index;

	do {
		json_skip(&p->list, NULL);
		p->index++;
		p->refused++;
	} while (json_item(&p->list));
	lift_fail(&p->newest, LIFT_E_INPUT, "the batch has %llu messages, must "
	    "have at most %d; those from here on are not stored",
	    (unsigned long long)p->index, SEGMENT_MESSAGES_MOST);
	note_write(p, &p->errors, first, p->newest.text);
}

static void
post_settle(struct post *p)
{
	if (p->error.code != LIFT_E_NONE) {
		post_fail(p, reply_status(&p->error));
		return;
	}
	p->waits = true;
	gate_settled(p->house->gate, on_settled, p);
}

static void post_go_on(void *post);

/* True when it waits for room, and then goes on. */
static bool
post_pauses(struct post *p)
{
	if (!gate_is_full(p->house->gate))
		return false;
	p->waits = true;
	gate_when_open(p->house->gate, post_go_on, p);
	return true;
}

static void
post_go_on(void *context)
{
	struct post *p = context;
	struct lift_text json;

	p->waits = false;
	if (p->exchange == NULL) {
		post_free(p);
		return;
	}
	if (post_pauses(p))
		return;
	while (json_item(&p->list)) {
		if (p->index >= SEGMENT_MESSAGES_MOST) {
			excess_refuse(p);
			break;
		}
		if (!json_skip(&p->list, &json) || !message_take(p, json))
			break;
		/* One more is known to come before the next look. */
		if (gate_is_full(p->house->gate))
			break;
	}
	if (p->error.code == LIFT_E_NONE && gate_is_full(p->house->gate) &&
	    p->list.problem == NULL && p->list.depth > 0 && post_pauses(p))
		return;
	post_settle(p);
}

/* ---- the pages ----------------------------------------------------------- */

static struct lift_text
type_of(const struct exchange *x)
{
	const char *word = strrchr(x->route->path, '/') + 1;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].word, word) == 0)
			return lift_text(types[i].type);
	return LIFT_TEXT_OF("");
}

/* The key in the body, when there was none in the head. */
static int
key_check(struct exchange *x, struct lift_text key, struct lift_error *err)
{
	if (x->token >= 0 || http_tokens_none(x->http->tokens))
		return 0;
	if (key.size == 0) {
		lift_fail(err, LIFT_E_DENIED, "a write key is needed, as the "
		    "user name of \"Authorization: Basic\" or as writeKey in "
		    "the body");
		return 401;
	}
	int status = caller_secret(x, key, err);
	return status != 0 ? status : caller_role(x, err);
}

/* 0, or a status with the error. */
static int
body_check(struct post *p, struct segment_body *body)
{
	struct exchange *x = p->exchange;
	struct lift_text json = text_view(&x->body);
	bool single = p->context.type.size > 0;
	struct lift_error *err = &p->error;

	if (json.size > SEGMENT_BATCH_MOST) {
		lift_fail(err, LIFT_E_INPUT, "the body has %zu bytes, must "
		    "have at most %d", json.size, SEGMENT_BATCH_MOST);
		return 400;
	}
	if (!segment_body_read(json, p->arena, body, err))
		return 400;
	int status = key_check(x, body->key, err);
	if (status == 0 && !single && body->batch.size == 0) {
		lift_fail(err, LIFT_E_INPUT, "batch is missing, must be a list "
		    "of messages");
		return 400;
	}
	return status;
}

void
http_segment_ready(struct exchange *x)
{
	struct post *p = memory_take(sizeof(*p));
	struct segment_body body;

	p->house = x->http->house;
	p->exchange = x;
	p->arena = arena_new();
	p->scratch = arena_new();
	p->context.type = type_of(x);
	x->state = p;
	int status = body_check(p, &body);
	if (status == 0 && !gate_source(p->house->gate,
	    lift_text(caller_source(x)), SOURCE_LIVE, &p->source, &p->error))
		status = reply_status(&p->error);
	if (status != 0) {
		post_fail(p, status);
		return;
	}
	p->context.received = clock_now();
	if (p->context.type.size > 0) {
		message_take(p, text_view(&x->body));
		post_settle(p);
		return;
	}
	p->context.sent_at = body.sent_at;
	p->context.shared = body.shared;
	p->list = json_reader_of(body.batch, p->arena);
	json_enter(&p->list, JSON_ARRAY);
	post_go_on(p);
}

void
http_segment_gone(struct exchange *x)
{
	struct post *p = x->state;

	x->state = NULL;
	p->exchange = NULL;
	if (!p->waits)
		post_free(p);
}
