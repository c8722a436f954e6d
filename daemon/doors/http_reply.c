/* Answers: the head, the body whole or in chunks, errors as RFC 9457 has them.
 * Whatever ends an answer frees its exchange. */
#include "doors/http_parts.h"

#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"

static const struct status { int code; const char *phrase; } statuses[] = {
	{ 101, "Switching Protocols" },
	{ 200, "OK" }, { 201, "Created" }, { 202, "Accepted" },
	{ 204, "No Content" }, { 304, "Not Modified" },
	{ 400, "Bad Request" }, { 401, "Unauthorized" },
	{ 403, "Forbidden" }, { 404, "Not Found" },
	{ 405, "Method Not Allowed" }, { 408, "Request Timeout" },
	{ 409, "Conflict" }, { 413, "Content Too Large" },
	{ 414, "URI Too Long" }, { 415, "Unsupported Media Type" },
	{ 417, "Expectation Failed" }, { 422, "Unprocessable Content" },
	{ 426, "Upgrade Required" }, { 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" }, { 501, "Not Implemented" },
	{ 503, "Service Unavailable" }, { 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" }
};

static const char *
phrase_of(int code)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (statuses[i].code == code)
			return statuses[i].phrase;
	return "Unknown";
}

int
reply_status(const struct lift_error *err)
{
	static const int codes[] = {
		[LIFT_E_NONE] = 500, [LIFT_E_USAGE] = 400,
		[LIFT_E_INPUT] = 422, [LIFT_E_MISSING] = 404,
		[LIFT_E_DENIED] = 403, [LIFT_E_BUSY] = 503,
		[LIFT_E_LATE] = 504, [LIFT_E_STORE] = 503,
		[LIFT_E_SYSTEM] = 503, [LIFT_E_BUG] = 500,
	};
	/* What will not do as things stand is no failure of ours. */
	if (err->code == LIFT_E_BUSY && !err->again)
		return 409;
	return (size_t)err->code < sizeof(codes) / sizeof(codes[0]) ?
	    codes[err->code] : 500;
}

/* ---- the head ----------------------------------------------------------- */

static const char *
date_of(struct http *h)
{
	int64_t second = clock_now() / LIFT_SECOND;
	time_t now = (time_t)second;
	struct tm tm;

	if (h->dated != second && gmtime_r(&now, &tm) != NULL) {
		h->dated = second;
		strftime(h->date, sizeof(h->date), "%a, %d %b %Y %H:%M:%S GMT",
		    &tm);
	}
	return h->date;
}

void
reply_field(struct exchange *x, const char *name, const char *form, ...)
{
	char value[512];
	va_list list;

	va_start(list, form);
	vsnprintf(value, sizeof(value), form, list);
	va_end(list);
	/* Nothing that a stranger sent ends a line here. */
	for (char *c = value; *c != '\0'; c++)
		if (*c == '\r' || *c == '\n')
			*c = ' ';
	text_form(&x->fields, "%s: %s\r\n", name, value);
}

static void
head_origin(struct exchange *x)
{
	struct lift_text origin = http_head_field(&x->head, "origin");

	if (origin.data == NULL)
		return;
	text_string(&x->fields, "Vary: Origin\r\n");
	if (!caller_origin(x->http, origin))
		return;
	reply_field(x, "Access-Control-Allow-Origin", "%.*s",
	    (int)origin.size, origin.data);
	text_string(&x->fields, "Access-Control-Expose-Headers: ETag, "
	    "Location, RateLimit, RateLimit-Policy, Retry-After, "
	    "X-Request-ID\r\n");
}

static void
head_quota(struct exchange *x)
{
	const struct http_quota *q = &x->quota;

	if (q->rate == 0)
		return;
	reply_field(x, "RateLimit-Policy", "\"token\";q=%lld;w=1",
	    (long long)q->rate);
	reply_field(x, "RateLimit", "\"token\";r=%lld;t=1",
	    (long long)q->left);
}

static void
head_write(struct exchange *x, int status, const char *type, int64_t length)
{
	struct link *l = x->link;
	struct evbuffer *out = bufferevent_get_output(l->bev);

	if (x->http->stopped != 0)
		l->keep = false;
	head_origin(x);
	head_quota(x);
	evbuffer_add_printf(out, "HTTP/1.1 %d %s\r\nDate: %s\r\n"
	    "X-Request-ID: %s\r\nCache-Control: no-store\r\n"
	    "X-Content-Type-Options: nosniff\r\n", status, phrase_of(status),
	    date_of(x->http), x->request.caller.id);
	if (type != NULL)
		evbuffer_add_printf(out, "Content-Type: %s\r\n", type);
	if (length >= 0 && status != 204 && status != 304)
		evbuffer_add_printf(out, "Content-Length: %lld\r\n",
		    (long long)length);
	if (!l->keep)
		evbuffer_add_printf(out, "Connection: close\r\n");
	else if (x->head.minor == 0)
		evbuffer_add_printf(out, "Connection: keep-alive\r\n");
	evbuffer_add(out, x->fields.data, x->fields.size);
	evbuffer_add(out, "\r\n", 2);
	route_count(x, status);
}

void
reply_head(struct exchange *x, int status, const char *type)
{
	x->begun = true;
	head_write(x, status, type, -1);
}

/* ---- in pieces ---------------------------------------------------------- */

void
reply_begin(struct exchange *x, int status, const char *type)
{
	x->begun = true;
	x->chunked = x->head.minor == 1;
	if (x->chunked)
		text_string(&x->fields, "Transfer-Encoding: chunked\r\n");
	else
		x->link->keep = false;
	head_write(x, status, type, -1);
}

void
reply_piece(struct exchange *x, struct lift_text bytes)
{
	struct evbuffer *out = bufferevent_get_output(x->link->bev);

	if (bytes.size == 0 || x->is_head)
		return;
	if (x->chunked)
		evbuffer_add_printf(out, "%zx\r\n", bytes.size);
	evbuffer_add(out, bytes.data, bytes.size);
	if (x->chunked)
		evbuffer_add(out, "\r\n", 2);
}

static void
exchange_over(struct exchange *x)
{
	struct link *l = x->link;

	exchange_free(x);
	link_answered(l);
}

void
reply_end(struct exchange *x, bool is_whole)
{
	struct evbuffer *out = bufferevent_get_output(x->link->bev);

	if (is_whole && x->chunked && !x->is_head)
		evbuffer_add(out, "0\r\n\r\n", 5);
	if (!is_whole)
		x->link->keep = false;
	exchange_over(x);
}

/* ---- whole -------------------------------------------------------------- */

void
reply_text(struct exchange *x, int status, const char *type,
    struct lift_text body)
{
	struct again_answer answer = { status, type, body };

	if (x->has_key)
		http_again_end(x->http->again, x->key, &answer);
	x->has_key = false;
	head_write(x, status, type, (int64_t)body.size);
	if (!x->is_head && body.size > 0)
		evbuffer_add(bufferevent_get_output(x->link->bev), body.data,
		    body.size);
	exchange_over(x);
}

static bool
is_get(const struct exchange *x)
{
	return x->is_head ||
	    lift_text_equal(x->head.method, LIFT_TEXT_OF("GET"));
}

/* True when the peer names this tag among those that it has. */
static bool
has_tag(const struct exchange *x, const char *tag)
{
	struct lift_text list = http_head_field(&x->head, "if-none-match");
	char weak[40];

	if (list.data == NULL)
		return false;
	snprintf(weak, sizeof(weak), "W/%s", tag);
	return http_list_has(list, tag) || http_list_has(list, weak) ||
	    http_list_has(list, "*");
}

void
reply_answer(struct exchange *x, int status, const char *type)
{
	size_t size = evbuffer_get_length(x->answer);
	const void *data = evbuffer_pullup(x->answer, -1);
	struct lift_text body = { data != NULL ? data : "", size };
	char tag[24];

	if (status == 200 && is_get(x)) {
		snprintf(tag, sizeof(tag), "\"%016llx\"",
		    (unsigned long long)hash_bytes(body.data, size));
		reply_field(x, "ETag", "%s", tag);
		if (has_tag(x, tag)) {
			reply_text(x, 304, NULL, LIFT_TEXT_OF(""));
			return;
		}
	}
	reply_text(x, status, type, body);
}

/* ---- problems ----------------------------------------------------------- */

void
reply_problem(struct exchange *x, int status, const struct lift_error *err)
{
	struct text t = { 0 };

	if ((status == 503 || status == 429) &&
	    (x->fields.data == NULL ||
	    strstr(x->fields.data, "Retry-After:") == NULL))
		reply_field(x, "Retry-After", "%lld",
		    (long long)(x->quota.wait > 0 ? x->quota.wait : 1));
	if (status == 401)
		reply_field(x, "WWW-Authenticate", "Bearer realm=\"liftd\"");
	text_byte(&t, '{');
	json_member_string(&t, "type", "about:blank");
	json_member_string(&t, "title", phrase_of(status));
	json_member_whole(&t, "status", status);
	json_member_string(&t, "detail", err->text);
	if (x->request.caller.id[0] != '\0') {
		json_name(&t, "instance");
		text_form(&t, "\"urn:request:%s\"", x->request.caller.id);
	}
	if (x->pointer.size > 0) {
		json_name(&t, "errors");
		text_string(&t, "[{");
		json_member_text(&t, "pointer", x->pointer);
		json_member_string(&t, "message", err->text);
		text_string(&t, "}]");
	}
	text_string(&t, "}\n");
	reply_text(x, status, "application/problem+json", text_view(&t));
	text_done(&t);
}
