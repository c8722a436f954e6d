/* The pages that are no verb: what a balancer, a scraper and a developer ask
 * first. */
#include "doors/http_parts.h"

#include "base/json.h"
#include "doors/http_events.h"
#include "doors/http_live.h"
#include "doors/http_segment.h"
#include "doors/openapi.h"
#include "house/desk.h"
#include "house/house_parts.h"

static const char json_type[] = "application/json";

/* ---- health -------------------------------------------------------------- */

static void
lines_write(struct text *t, const struct text *lines)
{
	text_byte(t, '[');
	for (char *at = lines->data; at != NULL && *at != '\0';) {
		char *end = strchr(at, '\n');
		json_comma(t);
		json_string(t, (struct lift_text){ at, (size_t)(end - at) });
		at = end + 1;
	}
	text_byte(t, ']');
}

/* What is wrong is named to those who may read; a stranger sees a word. */
static void
health_reply(struct exchange *x, bool ok, const char *word)
{
	struct text t = { 0 }, complaints = { 0 };

	text_byte(&t, '{');
	json_member_string(&t, "status", word);
	if (role_allows(x->request.caller.role, LIFT_OBSERVER) &&
	    (x->token >= 0 || http_tokens_none(x->http->tokens))) {
		house_complaints(x->http->house, &complaints);
		json_name(&t, "reasons");
		lines_write(&t, &complaints);
	}
	text_string(&t, "}\n");
	reply_text(x, ok ? 200 : 503, json_type, text_view(&t));
	text_done(&t);
	text_done(&complaints);
}

/* Lives: the loop turns, or nobody would answer. What is degraded is named,
 * and is no reason to be restarted. */
static void
health(struct exchange *x)
{
	struct text complaints = { 0 };

	house_complaints(x->http->house, &complaints);
	health_reply(x, true, complaints.size > 0 ? "degraded" : "ok");
	text_done(&complaints);
}

static void
ready(struct exchange *x)
{
	struct house *h = x->http->house;
	struct lift_error err;
	bool ok = !h->stopping && !gate_is_failing(h->gate, &err);

	health_reply(x, ok, ok ? "ready" : h->stopping ? "stopping" :
	    "not storing");
}

/* ---- metrics ------------------------------------------------------------- */

static void
metrics(struct exchange *x)
{
	struct text t = { 0 };

	house_metrics(x->http->house, &t);
	reply_text(x, 200, "text/plain; version=0.0.4; charset=utf-8",
	    text_view(&t));
	text_done(&t);
}

/* ---- the document ------------------------------------------------------- */

static void
document(struct exchange *x)
{
	struct text t = { 0 };

	openapi_write(&t, desk_vocabulary(x->http->house), LIFTD_BUILD);
	x->answer = evbuffer_new();
	evbuffer_add(x->answer, t.data, t.size);
	text_done(&t);
	reply_answer(x, 200, json_type);
}

/* ---- the list ------------------------------------------------------------ */

static const char health_answers[] = "{\"type\":\"object\",\"required\":["
    "\"status\"],\"properties\":{\"status\":{\"type\":\"string\"},"
    "\"reasons\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}";

static const char events_takes[] =
    "{\"required\":true,\"content\":{\"application/json\":{\"schema\":{"
    "\"anyOf\":[{\"$ref\":\"#/components/schemas/event\"},{\"type\":"
    "\"array\",\"description\":\"those that are refused are told one by one,"
    " the others are stored\",\"items\":{\"$ref\":"
    "\"#/components/schemas/event\"}}]},\"example\":{\"id\":\"e-1\",\"type\""
    ":\"purchase\",\"shopper\":\"u-12\",\"product\":\"SKU-7\",\"quantity\":2,"
    "\"price\":19.99,\"currency\":\"EUR\"}},\"application/x-ndjson\":{"
    "\"schema\":{\"type\":\"string\"}},\"text/csv\":{}}}";

static const char events_answers[] = "{\"type\":\"object\",\"required\":["
    "\"stored\",\"known\",\"refused\"],\"properties\":{\"stored\":{\"type\":"
    "\"integer\"},\"known\":{\"type\":\"integer\"},\"refused\":{\"type\":"
    "\"integer\"},\"ids\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
    "\"properties\":{\"index\":{\"type\":\"integer\"},\"id\":{\"type\":"
    "\"string\"}}}},\"errors\":{\"type\":\"array\",\"items\":{\"type\":"
    "\"object\"}}}}";

static const struct lift_field live_arguments[] = {
	{ "topics", LIFT_TEXT, true, "names with commas; left out: all that "
	    "are kept" },
	{ "where", LIFT_TEXT, true, "a condition on the fields of the one "
	    "topic" },
	{ "since", LIFT_TEXT, true, "first what came after this, as the feed "
	    "itself has said it" },
	{ "token", LIFT_TEXT, true, "for browsers, which can set no field" },
	LIFT_END
};

const struct http_page http_pages[] = {
	{ .route = "POST /api/v1/events", .role = LIFT_INGEST,
	  .meaning = "stores events: one object, an array, one a line, or rows "
	  "of a table with a header", .arguments = http_events_arguments,
	  .takes = events_takes, .answers = events_answers,
	  .begin = http_events_begin, .take = http_events_take,
	  .ready = http_events_ready, .gone = http_events_gone },
	{ .route = "GET /health", .role = LIFT_OBSERVER, .open = true,
	  .meaning = "answers as long as the daemon lives, and says what is "
	  "wrong with it", .answers = health_answers, .ready = health },
	{ .route = "GET /ready", .role = LIFT_OBSERVER, .open = true,
	  .meaning = "200 while events can be stored, else 503",
	  .answers = health_answers, .ready = ready },
	{ .route = "GET /metrics", .role = LIFT_OBSERVER,
	  .meaning = "all numbers, in Prometheus' text form",
	  .type = "text/plain", .ready = metrics },
	{ .route = "GET /ws", .role = LIFT_OBSERVER, .streams = true,
	  .meaning = "the live feed over a WebSocket: says what happens on "
	  "`topics`, a list with commas, first what happened after `since`",
	  .arguments = live_arguments,
	  .ready = http_websocket },
	{ .route = "GET /events", .role = LIFT_OBSERVER, .streams = true,
	  .meaning = "the live feed as server-sent events, with `topics` and "
	  "`since` or Last-Event-ID",
	  .arguments = live_arguments, .type = "text/event-stream",
	  .ready = http_stream },
	{ .route = "GET /openapi.json", .role = LIFT_OBSERVER, .open = true,
	  .meaning = "this document",
	  .answers = "{\"type\":\"object\"}", .ready = document },
	HTTP_SEGMENT_PAGES,
	{ .route = NULL }
};
