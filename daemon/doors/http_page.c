/* The pages that are no verb: what a balancer, a scraper and a developer ask
 * first. */
#include "doors/http_parts.h"

#include "base/json.h"
#include "doors/http_events.h"
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

	metrics_write(x->http->metrics, &t);
	reply_text(x, 200, "text/plain; version=0.0.4; charset=utf-8",
	    text_view(&t));
	text_done(&t);
}

const struct http_page http_pages[] = {
	{ .route = "POST /api/v1/events", .role = LIFT_INGEST,
	  .meaning = "stores events: one object, an array, or one a line",
	  .begin = http_events_begin, .take = http_events_take,
	  .ready = http_events_ready, .gone = http_events_gone },
	{ .route = "GET /health", .role = LIFT_OBSERVER, .open = true,
	  .meaning = "answers as long as the daemon lives, and says what is "
	  "wrong with it", .ready = health },
	{ .route = "GET /ready", .role = LIFT_OBSERVER, .open = true,
	  .meaning = "200 while events can be stored, else 503",
	  .ready = ready },
	{ .route = "GET /metrics", .role = LIFT_OBSERVER,
	  .meaning = "all numbers, in Prometheus' text form",
	  .ready = metrics },
	{ NULL, 0, false, false, false, NULL, NULL, NULL, NULL, NULL }
};
