/* One request: from its head to the desk or a page, and what the desk's
 * request wants of its door. An exchange outlives its connection if its verb
 * cannot be stopped; what it says then goes nowhere. */
#include "doors/http_parts.h"

#include <event2/util.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "house/desk.h"
#include "house/house_parts.h"

enum {
	ANSWER_WHOLE = 64 * 1024,	/* sent with its length up to here */
	ANSWER_FULL = 256 * 1024,
	DISCARD_MOST = 64 * 1024,	/* of a body that nobody wants */
	PAGE_ROWS = 100
};

static struct exchange *
exchange_of(const struct request *r)
{
	/* The request is the exchange's first member. */
	return (struct exchange *)(uintptr_t)r;
}

/* ---- what a request wants of its door --------------------------------- */

static const char *
type_of(enum reply_form form)
{
	static const char *const types[] = {
		[REPLY_TEXT] = "text/plain; charset=utf-8",
		[REPLY_JSON] = "application/json",
		[REPLY_JSONL] = "application/x-ndjson",
		[REPLY_CSV] = "text/csv; charset=utf-8; header=present",
	};
	return types[form];
}

static void
answer_spill(struct exchange *x)
{
	struct evbuffer_iovec v;

	if (!x->begun)
		reply_begin(x, 200, type_of(x->request.form));
	while (evbuffer_peek(x->answer, -1, NULL, &v, 1) > 0 &&
	    v.iov_len > 0) {
		reply_piece(x, (struct lift_text){ v.iov_base, v.iov_len });
		evbuffer_drain(x->answer, v.iov_len);
	}
}

static void
door_send(struct request *r, struct lift_text bytes)
{
	struct exchange *x = exchange_of(r);

	if (x->link == NULL)
		return;
	if (x->frame == FRAME_ITEMS && !x->has_items)
		evbuffer_add_printf(x->answer, "{\"items\":");
	x->has_items = true;
	evbuffer_add(x->answer, bytes.data, bytes.size);
	if (x->begun || evbuffer_get_length(x->answer) > ANSWER_WHOLE)
		answer_spill(x);
}

static bool
door_is_full(const struct request *r)
{
	const struct exchange *x = exchange_of(r);

	return x->link != NULL && evbuffer_get_length(
	    bufferevent_get_output(x->link->bev)) > ANSWER_FULL;
}

/* Where the next page begins: behind the last row's id, if this one is full. */
static void
items_end(struct exchange *x)
{
	const struct request *r = &x->request;
	struct lift_value limit = request_argument(r, "limit");
	struct json_reader json = json_reader_of(text_view(&r->last),
	    r->arena);
	struct lift_text key, id;
	struct text next = { 0 };

	if (r->pages && limit.type == LIFT_INT &&
	    (int64_t)r->rows >= limit.whole &&
	    json_enter(&json, JSON_OBJECT) && json_key(&json, &key) &&
	    json_take_string(&json, &id))
		json_string(&next, id);
	else
		text_string(&next, "null");
	text_form(&next, "}\n");
	evbuffer_add_printf(x->answer, ",\"next\":%s", next.data);
	text_done(&next);
}

static void
door_end(struct request *r, enum reply_verdict verdict,
    const struct lift_error *err)
{
	struct exchange *x = exchange_of(r);

	if (x->link == NULL) {
		exchange_free(x);
	} else if (verdict == REPLY_ERROR && !x->begun) {
		reply_problem(x, reply_status(err), err);
	} else if (verdict == REPLY_ERROR) {
		reply_end(x, false);
	} else {
		if (x->frame == FRAME_ITEMS)
			items_end(x);
		if (r->verb->verb->one && r->rows == 0 && !x->begun) {
			reply_text(x, 204, NULL, LIFT_TEXT_OF(""));
			return;
		}
		if (!x->begun) {
			reply_answer(x, 200, type_of(r->form));
			return;
		}
		answer_spill(x);
		reply_end(x, true);
	}
}

/* No verb with an upload has a route. */
static void
door_upload(struct request *r, bool paused)
{
	(void)r;
	(void)paused;
}

static const struct request_door door = {
	.send = door_send,
	.is_full = door_is_full,
	.end = door_end,
	.upload = door_upload,
};

/* ---- verbs ------------------------------------------------------------ */

/* The form that the caller likes best, of those that there are. */
static enum reply_form
form_wanted(const struct exchange *x)
{
	struct lift_text accept = http_head_field(&x->head, "accept");
	static const struct { const char *type; enum reply_form form; }
	    types[] = { { "application/json", REPLY_JSON },
		{ "text/csv", REPLY_CSV },
		{ "application/x-ndjson", REPLY_JSONL },
		{ "text/plain", REPLY_TEXT } };

	if (accept.data == NULL)
		return REPLY_JSON;
	for (unsigned i = 0; i < 4; i++)
		if (http_list_has(accept, types[i].type))
			return types[i].form;
	return REPLY_JSON;
}

static bool
begins(const char *path, const char *with)
{
	return strncmp(path, with, strlen(with)) == 0;
}

/* Lists end after so many, and say where the next page begins. */
static void
pages_set(struct exchange *x)
{
	struct request *r = &x->request;
	const struct lift_field *table = r->verb->verb->arguments;
	int limit = field_find(table, LIFT_TEXT_OF("limit"));
	int after = field_find(table, LIFT_TEXT_OF("after"));

	if (r->verb->verb->one || r->form != REPLY_JSON ||
	    !begins(x->route->path, "/api/v1/"))
		return;
	x->frame = FRAME_ITEMS;
	r->pages = limit >= 0 && after >= 0;
	if (r->pages && r->values[limit].type == LIFT_NULL)
		r->values[limit] = LIFT_VALUE_INT(PAGE_ROWS);
}

/* The key without the quotes that it should have, and that few send. */
static struct lift_text
key_of(const struct exchange *x)
{
	struct lift_text k = http_head_field(&x->head, "idempotency-key");

	if (k.size >= 2 && k.data[0] == '"' && k.data[k.size - 1] == '"')
		k = (struct lift_text){ k.data + 1, k.size - 2 };
	return k;
}

/* A key means this caller, this address and these words. */
static struct hash128
key_digest(const struct exchange *x, struct lift_text key,
    uint64_t *ret_request)
{
	const struct caller *c = &x->request.caller;
	struct text t = { 0 };

	text_form(&t, "%s\n%s %.*s\n%.*s", c->actor, x->route->method,
	    (int)x->head.path.size, x->head.path.data, (int)key.size,
	    key.data);
	struct hash128 digest = hash_wide(t.data, t.size);
	text_add(&t, x->head.query.data, x->head.query.size);
	text_byte(&t, '\n');
	text_add(&t, x->body.data, x->body.size);
	*ret_request = hash_bytes(t.data, t.size);
	text_done(&t);
	return digest;
}

static bool
again_refuse(struct exchange *x, int status, const char *sentence)
{
	struct lift_error err;

	lift_fail(&err, LIFT_E_BUSY, "%s", sentence);
	reply_problem(x, status, &err);
	return true;
}

/* True when the request came before, and has its answer. */
static bool
again_reply(struct exchange *x)
{
	struct lift_text key = key_of(x);
	struct again_answer answer;
	uint64_t request;

	if (key.size == 0 || !x->route->verb->verb->acts)
		return false;
	struct hash128 digest = key_digest(x, key, &request);
	switch (http_again_begin(x->http->again, digest, request,
	    clock_monotonic(), &answer)) {
	case AGAIN_RUNS:
		return again_refuse(x, 409, "a request with this "
		    "Idempotency-Key is under way");
	case AGAIN_OTHER:
		return again_refuse(x, 422, "this Idempotency-Key came with "
		    "another request; each request needs a key of its own");
	case AGAIN_DONE:
		reply_field(x, "Idempotency-Replayed", "true");
		reply_text(x, answer.status, answer.type, answer.body);
		return true;
	case AGAIN_NEW:
		break;
	}
	x->has_key = true;
	x->key = digest;
	snprintf(x->request.caller.key, sizeof(x->request.caller.key),
	    "k-%016llx%016llx", (unsigned long long)digest.high,
	    (unsigned long long)digest.low);
	return false;
}

static void
verb_begin(struct exchange *x)
{
	struct request *r = &x->request;
	struct lift_error err;

	r->verb = x->route->verb;
	r->door = &door;
	r->form = form_wanted(x);
	int status = route_arguments(x, &err);
	if (status != 0) {
		reply_problem(x, status, &err);
		return;
	}
	if (again_reply(x))
		return;
	pages_set(x);
	x->answer = evbuffer_new();
	x->verb_begun = true;
	desk_begin(r);
}

bool
exchange_work(struct exchange *x)
{
	struct request *r = &x->request;

	if (!x->verb_begun || r->more == NULL || door_is_full(r))
		return false;
	r->more(r);
	return true;
}

/* ---- beginning -------------------------------------------------------- */

static bool
is_plain(struct lift_text t)
{
	for (size_t i = 0; i < t.size; i++) {
		char c = t.data[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z') || strchr("-_.:+/=", c) != NULL))
			return false;
	}
	return t.size > 0;
}

/* The caller's own id of the request if it is a decent one. */
static void
exchange_name(struct exchange *x)
{
	struct lift_text id = http_head_field(&x->head, "x-request-id");
	char *to = x->request.caller.id;
	struct http *h = x->http;

	if (id.data != NULL && id.size < sizeof(x->request.caller.id) &&
	    is_plain(id)) {
		memcpy(to, id.data, id.size);
		return;
	}
	/* Unlike any other, and no secret. */
	if (h->salt == 0)
		evutil_secure_rng_get_bytes(&h->salt, sizeof(h->salt));
	snprintf(to, sizeof(x->request.caller.id), "%016llx",
	    (unsigned long long)hash_mix(h->salt, ++h->named));
}

struct exchange *
exchange_new(struct link *l, struct lift_text bytes)
{
	struct exchange *x = memory_take(sizeof(*x));

	x->http = l->http;
	x->link = l;
	x->began = clock_monotonic();
	x->token = -1;
	x->request.house = l->http->house;
	x->request.arena = arena_new();
	x->request.caller.door = "http";
	x->bytes = arena_text(x->request.arena, bytes);
	return x;
}

static bool
collect(void *context, struct lift_text piece, struct lift_error *err)
{
	struct exchange *x = context;

	(void)err;
	if (x->refused == 0)
		text_add(&x->body, piece.data, piece.size);
	return true;
}

static bool
is_gzip(const struct exchange *x, struct lift_error *err, int *ret_status)
{
	struct lift_text t = http_head_field(&x->head, "content-encoding");

	if (t.data == NULL || http_list_has(t, "identity"))
		return false;
	if (http_list_has(t, "gzip") || http_list_has(t, "x-gzip"))
		return true;
	lift_fail(err, LIFT_E_INPUT, "Content-Encoding is \"%.*s\", must be "
	    "gzip or left out", (int)(t.size > 40 ? 40 : t.size), t.data);
	*ret_status = 415;
	return false;
}

static bool
has_body(const struct exchange *x)
{
	return x->head.chunked || x->head.length > 0;
}

/* Reads what is left of a refused request, or closes behind the answer. */
static bool
exchange_refuse(struct exchange *x, int status, const struct lift_error *err)
{
	x->refused = status;
	x->error = *err;
	if (!has_body(x)) {
		reply_problem(x, status, err);
		return false;
	}
	if (x->head.chunked || x->head.expects ||
	    x->head.length > DISCARD_MOST) {
		x->link->keep = false;
		reply_problem(x, status, err);
		return false;
	}
	struct http_body_parts parts = { .length = x->head.length,
		.most = DISCARD_MOST, .take = collect, .context = x };
	x->incoming = http_body_new(&parts);
	return true;
}

static void
page_begin(struct exchange *x)
{
	if (x->route->page != NULL && x->route->page->begin != NULL)
		x->route->page->begin(x);
}

static bool
body_expect(struct exchange *x)
{
	const struct http_page *page = x->route->page;
	bool streams = page != NULL && page->take != NULL;
	struct lift_error err;
	int status = 0;
	struct http_body_parts parts = { .chunked = x->head.chunked,
		.gzip = is_gzip(x, &err, &status), .length = x->head.length,
		.most = streams ? UINT64_MAX :
		    (uint64_t)x->http->limits.body,
		.take = streams ? page->take : collect, .context = x };

	if (status == 0 && !streams && x->head.length > parts.most) {
		status = 413;
		lift_fail(&err, LIFT_E_INPUT, "the body has %llu bytes, must "
		    "have at most %llu", (unsigned long long)x->head.length,
		    (unsigned long long)parts.most);
	}
	if (status != 0)
		return exchange_refuse(x, status, &err);
	/* Not before: a body that is refused never comes to the page. */
	page_begin(x);
	x->incoming = http_body_new(&parts);
	if (x->head.expects)
		evbuffer_add_printf(bufferevent_get_output(x->link->bev),
		    "HTTP/1.1 100 Continue\r\n\r\n");
	return true;
}

static bool
is_method(const struct exchange *x, const char *method)
{
	return lift_text_equal(x->head.method, lift_text(method));
}

/* What a browser asks before it lets a page ask. */
static bool
preflight(struct exchange *x)
{
	struct lift_text origin = http_head_field(&x->head, "origin");

	if (!is_method(x, "OPTIONS") || origin.data == NULL ||
	    http_head_field(&x->head, "access-control-request-method").data ==
	    NULL)
		return false;
	reply_field(x, "Access-Control-Allow-Methods",
	    "GET, HEAD, POST, PUT, PATCH, DELETE");
	reply_field(x, "Access-Control-Allow-Headers", "authorization, "
	    "content-type, content-encoding, idempotency-key, if-none-match, "
	    "last-event-id, user-id, x-request-id, x-retry-count");
	reply_field(x, "Access-Control-Max-Age", "7200");
	reply_text(x, 204, NULL, LIFT_TEXT_OF(""));
	return true;
}

bool
exchange_begin(struct exchange *x)
{
	struct lift_error err = { 0 };

	exchange_name(x);
	x->is_head = is_method(x, "HEAD");
	if (preflight(x))
		return false;
	routes_refresh(x->http);
	int status = route_find(x, &err);
	if (status == 0)
		status = caller_check(x, &err);
	if (status != 0)
		return exchange_refuse(x, status, &err);
	if (has_body(x))
		return body_expect(x);
	page_begin(x);
	exchange_ready(x);
	return false;
}

void
exchange_ready(struct exchange *x)
{
	http_body_free(x->incoming);
	x->incoming = NULL;
	if (x->refused != 0)
		reply_problem(x, x->refused, &x->error);
	else if (x->route->page != NULL)
		x->route->page->ready(x);
	else
		verb_begin(x);
}

void
exchange_break(struct exchange *x, int status, const struct lift_error *err)
{
	struct lift_error kept = *err;

	if (x->route != NULL && x->route->page != NULL &&
	    x->route->page->gone != NULL && x->state != NULL)
		x->route->page->gone(x);
	x->link->keep = false;
	reply_problem(x, status, &kept);
}

/* ---- the end ---------------------------------------------------------- */

void
exchange_gone(struct exchange *x)
{
	struct request *r = &x->request;

	x->link->exchange = NULL;
	x->link = NULL;
	if (!x->verb_begun) {
		if (x->state != NULL && x->route->page->gone != NULL)
			x->route->page->gone(x);
		exchange_free(x);
		return;
	}
	if (r->gone != NULL)
		r->gone(r);
	else if (r->more == NULL)
		return;		/* it will end by itself */
	exchange_free(x);
}

void
exchange_free(struct exchange *x)
{
	static const struct again_answer none = { .status = 503 };

	/* Nobody heard the answer: whoever asks again learns from the log. */
	if (x->has_key)
		http_again_end(x->http->again, x->key, &none);
	http_body_free(x->incoming);
	if (x->answer != NULL)
		evbuffer_free(x->answer);
	text_done(&x->body);
	text_done(&x->fields);
	request_done(&x->request);
	arena_free(x->request.arena);
	memory_give(x);
}

/* ---- what was asked ---------------------------------------------------- */

bool
exchange_query(struct exchange *x, const char *name,
    struct lift_text *ret_value)
{
	struct lift_text rest = x->head.query;
	struct text word = { 0 };
	bool found = false;

	while (rest.size > 0 && !found) {
		const char *and = memchr(rest.data, '&', rest.size);
		size_t n = and ? (size_t)(and - rest.data) : rest.size;
		const char *is = memchr(rest.data, '=', n);
		size_t k = is ? (size_t)(is - rest.data) : n;
		found = k == strlen(name) && memcmp(rest.data, name, k) == 0 &&
		    is != NULL && route_decode(&word, (struct lift_text){
		    is + 1, n - k - 1 }, true);
		n += and != NULL;
		rest = (struct lift_text){ rest.data + n, rest.size - n };
	}
	if (found)
		*ret_value = arena_text(x->request.arena, text_view(&word));
	text_done(&word);
	return found;
}
