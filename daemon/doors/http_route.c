/* Routes, from the one list there is: the `route` column of the verbs' tables,
 * and the pages of this door. `{name}` in a path is the argument of that name;
 * the others are in the query or in a body of JSON. */
#include "doors/http_parts.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "house/house_parts.h"

/* ---- the list ----------------------------------------------------------- */

static bool
segment_next(struct lift_text *rest, struct lift_text *ret_segment)
{
	if (rest->size == 0 || *rest->data != '/')
		return false;
	const char *from = rest->data + 1;
	size_t n = rest->size - 1;
	const char *slash = n > 0 ? memchr(from, '/', n) : NULL;
	if (slash != NULL)
		n = (size_t)(slash - from);
	*ret_segment = (struct lift_text){ from, n };
	*rest = (struct lift_text){ from + n, rest->size - n - 1 };
	return true;
}

/* The segments of a path; a slash at its end means nothing. */
static unsigned
segments_of(struct lift_text path, struct lift_text *ret_segments)
{
	unsigned n = 0;

	if (path.size > 1 && path.data[path.size - 1] == '/')
		path.size--;
	while (n < ROUTE_SEGMENTS && segment_next(&path, &ret_segments[n]))
		n++;
	return path.size > 0 && n == ROUTE_SEGMENTS ? ROUTE_SEGMENTS + 1 : n;
}

static void
route_add(struct http *h, size_t *room, const char *route,
    const struct vocabulary_verb *verb, const struct http_page *page)
{
	const char *space = strchr(route, ' ');

	h->routes = memory_grow(h->routes, h->route_count, room,
	    sizeof(*h->routes));
	struct http_route *r = &h->routes[h->route_count++];
	*r = (struct http_route){ .path = space + 1, .verb = verb,
		.page = page };
	snprintf(r->method, sizeof(r->method), "%.*s", (int)(space - route),
	    route);
	r->count = segments_of(lift_text(r->path), r->segments);
}

void
routes_free(struct http *h)
{
	memory_give(h->routes);
	h->routes = NULL;
	h->route_count = 0;
}

void
routes_refresh(struct http *h)
{
	const struct vocabulary *v = desk_vocabulary(h->house);
	size_t room = 0;

	if (v == h->vocabulary)
		return;
	routes_free(h);
	h->vocabulary = v;
	for (const struct http_page *p = http_pages; p->route != NULL; p++)
		route_add(h, &room, p->route, NULL, p);
	for (size_t i = 0; i < v->verb_count; i++)
		if (v->verbs[i].verb->route != NULL)
			route_add(h, &room, v->verbs[i].verb->route,
			    &v->verbs[i], NULL);
}

/* ---- finding ------------------------------------------------------------ */

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
route_decode(struct text *t, struct lift_text from, bool plus)
{
	for (size_t i = 0; i < from.size; i++) {
		char c = from.data[i];
		if (c == '%') {
			int a = i + 2 < from.size ? hex(from.data[i + 1]) : -1;
			int b = a >= 0 ? hex(from.data[i + 2]) : -1;
			if (b < 0 || (a == 0 && b == 0))
				return false;
			c = (char)(a << 4 | b);
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		text_byte(t, c);
	}
	return json_is_utf8(text_view(t));
}

static bool
is_variable(struct lift_text segment)
{
	return segment.size > 2 && segment.data[0] == '{';
}

static bool
route_fits(const struct http_route *r, const struct lift_text *segments,
    unsigned count)
{
	if (r->count != count)
		return false;
	for (unsigned i = 0; i < count; i++)
		if (is_variable(r->segments[i]) ? segments[i].size == 0 :
		    !lift_text_equal(r->segments[i], segments[i]))
			return false;
	return true;
}

/* How early the first variable comes: a name goes before a variable. */
static unsigned
route_rank(const struct http_route *r)
{
	unsigned n = 0;

	while (n < r->count && !is_variable(r->segments[n]))
		n++;
	return n;
}

static bool
path_decode(struct exchange *x, const struct lift_text *segments,
    unsigned count)
{
	struct text t = { 0 };
	bool ok = true;

	for (unsigned i = 0; ok && i < count; i++) {
		text_clear(&t);
		ok = route_decode(&t, segments[i], false);
		x->path[i] = arena_text(x->request.arena, text_view(&t));
	}
	text_done(&t);
	return ok;
}

static int
route_missing(struct exchange *x, const char *allowed, struct lift_error *err)
{
	struct lift_text path = x->head.path;
	int shown = (int)(path.size > 100 ? 100 : path.size);

	if (*allowed == '\0') {
		lift_fail(err, LIFT_E_MISSING, "there is nothing at %.*s; "
		    "GET /openapi.json lists what there is", shown, path.data);
		return 404;
	}
	reply_field(x, "Allow", "%s", allowed);
	lift_fail(err, LIFT_E_USAGE, "%.*s takes %s, not %.*s", shown,
	    path.data, allowed, (int)x->head.method.size,
	    x->head.method.data);
	return 405;
}

/* A page whose path ends that of the request: some programs let one write a
 * prefix with the host, and send it. */
static void
route_find_prefixed(struct exchange *x, const struct lift_text *segments,
    unsigned count)
{
	struct http *h = x->http;

	for (size_t i = 0; i < h->route_count && x->route == NULL; i++) {
		struct http_route *r = &h->routes[i];
		if (r->page != NULL && r->page->prefixed && r->count < count &&
		    lift_text_equal(x->head.method, lift_text(r->method)) &&
		    route_fits(r, segments + count - r->count, r->count))
			x->route = r;
	}
}

int
route_find(struct exchange *x, struct lift_error *err)
{
	struct http *h = x->http;
	struct lift_text segments[ROUTE_SEGMENTS + 1];
	struct lift_text method = x->is_head ? LIFT_TEXT_OF("GET") :
	    x->head.method;
	unsigned count = segments_of(x->head.path, segments);
	char allowed[64] = "";

	for (size_t i = 0; i < h->route_count; i++) {
		struct http_route *r = &h->routes[i];
		if (!route_fits(r, segments, count))
			continue;
		if (!lift_text_equal(method, lift_text(r->method))) {
			if (strstr(allowed, r->method) == NULL)
				snprintf(allowed + strlen(allowed),
				    sizeof(allowed) - strlen(allowed), "%s%s",
				    *allowed ? ", " : "", r->method);
			continue;
		}
		if (x->route == NULL || route_rank(r) > route_rank(x->route))
			x->route = r;
	}
	if (x->route == NULL && count <= ROUTE_SEGMENTS && *allowed == '\0')
		route_find_prefixed(x, segments, count);
	if (x->route == NULL)
		return route_missing(x, allowed, err);
	if (path_decode(x, segments, count))
		return 0;
	lift_fail(err, LIFT_E_USAGE, "the address holds a percent sign that "
	    "two hexadecimal digits do not follow, a zero byte, or what is no "
	    "UTF-8");
	return 400;
}

/* ---- arguments ---------------------------------------------------------- */

static bool
pointer_set(struct exchange *x, const char *name)
{
	x->pointer = lift_text(arena_form(x->request.arena, "#/%s", name));
	return false;
}

static bool
path_arguments(struct exchange *x, struct lift_error *err)
{
	struct request *r = &x->request;
	const struct lift_field *table = r->verb->verb->arguments;

	for (unsigned i = 0; i < x->route->count; i++) {
		struct lift_text s = x->route->segments[i];
		if (!is_variable(s))
			continue;
		int at = field_find(table,
		    (struct lift_text){ s.data + 1, s.size - 2 });
		if (at >= 0 && !argument_read(r->arena, &table[at],
		    x->path[i], &r->values[at], err))
			return false;
	}
	return true;
}

/* The names that the door itself reads, in queries. */
static bool
query_own(struct exchange *x, struct lift_text name, struct lift_text value,
    struct lift_text *ret_name)
{
	*ret_name = name;
	if (lift_text_equal(name, LIFT_TEXT_OF("cursor")))
		*ret_name = LIFT_TEXT_OF("after");
	if (!lift_text_equal(name, LIFT_TEXT_OF("fields")))
		return false;
	x->request.fields = value;
	return true;
}

static bool
query_argument(struct exchange *x, struct lift_text name,
    struct lift_text value, struct lift_error *err)
{
	struct request *r = &x->request;
	const struct lift_field *table = r->verb->verb->arguments;

	if (query_own(x, name, value, &name))
		return true;
	int at = field_find(table, name);
	if (at < 0) {
		const char *near = field_nearest(table, name);
		pointer_set(x, arena_text(r->arena, name).data);
		return lift_fail(err, LIFT_E_USAGE, "\"%.*s\" is no argument "
		    "of %s%s%s%s", (int)(name.size > 60 ? 60 : name.size),
		    name.data, r->verb->verb->name,
		    near ? ", perhaps you mean \"" : "", near ? near : "",
		    near ? "\"" : "");
	}
	return argument_read(r->arena, &table[at], value, &r->values[at],
	    err) || pointer_set(x, table[at].name);
}

static bool
query_arguments(struct exchange *x, struct lift_error *err)
{
	struct arena *arena = x->request.arena;
	struct lift_text rest = x->head.query;
	struct text name = { 0 }, value = { 0 };
	bool ok = true;

	while (ok && rest.size > 0) {
		const char *and = memchr(rest.data, '&', rest.size);
		size_t n = and ? (size_t)(and - rest.data) : rest.size;
		const char *is = memchr(rest.data, '=', n);
		size_t k = is ? (size_t)(is - rest.data) : n;
		text_clear(&name);
		text_clear(&value);
		ok = route_decode(&name, (struct lift_text){ rest.data, k },
		    true) && route_decode(&value, is ? (struct lift_text){
		    is + 1, n - k - 1 } : LIFT_TEXT_OF(""), true);
		if (!ok)
			lift_fail(err, LIFT_E_USAGE, "the query of the address "
			    "is not percent-encoded UTF-8");
		else if (n > 0)
			ok = query_argument(x, arena_text(arena,
			    text_view(&name)), arena_text(arena,
			    text_view(&value)), err);
		n += and != NULL;
		rest = (struct lift_text){ rest.data + n, rest.size - n };
	}
	text_done(&name);
	text_done(&value);
	return ok;
}

/* A bare number is an amount in the shop's currency. */
static bool
amount_take(struct exchange *x, struct json_reader *json,
    const struct lift_field *field, struct lift_value *ret_value,
    struct lift_error *err)
{
	struct arena *arena = x->request.arena;
	struct lift_text digits;

	if (!json_take_number(json, &digits))
		return false;
	return argument_read(arena, field, lift_text(arena_form(arena,
	    "%.*s %s", (int)digits.size, digits.data,
	    x->http->house->settings.currency)), ret_value, err);
}

static bool
body_argument(struct exchange *x, struct json_reader *json,
    struct lift_text key, struct lift_error *err)
{
	struct request *r = &x->request;
	const struct lift_field *table = r->verb->verb->arguments;
	int at = field_find(table, key);

	if (at < 0) {
		const char *near = field_nearest(table, key);
		pointer_set(x, arena_text(r->arena, key).data);
		return lift_fail(err, LIFT_E_INPUT, "\"%.*s\" is no field of "
		    "this request%s%s%s", (int)(key.size > 60 ? 60 : key.size),
		    key.data, near ? ", perhaps you mean \"" : "",
		    near ? near : "", near ? "\"" : "");
	}
	if (json_peek(json) == JSON_NULL && table[at].optional)
		return json_take_null(json);
	if (table[at].type == LIFT_MONEY && json_peek(json) == JSON_NUMBER)
		return amount_take(x, json, &table[at], &r->values[at], err) ||
		    (json->problem == NULL && pointer_set(x, table[at].name));
	return argument_take(json, &table[at], &r->values[at], err) ||
	    (json->problem == NULL && pointer_set(x, table[at].name));
}

/* 0, or the status. */
static int
body_arguments(struct exchange *x, struct lift_error *err)
{
	struct json_reader json = json_reader_of(text_view(&x->body),
	    x->request.arena);
	struct lift_text key;
	bool ok = true;

	if (x->body.size == 0)
		return 0;
	if (json_peek(&json) != JSON_OBJECT && json_peek(&json) != JSON_NONE) {
		lift_fail(err, LIFT_E_INPUT, "the body must be a JSON object");
		return 422;
	}
	err->code = LIFT_E_NONE;
	if (json_enter(&json, JSON_OBJECT))
		while (ok && json_key(&json, &key))
			ok = body_argument(x, &json, key, err);
	if (ok && json_done(&json))
		return 0;
	if (!ok && json.problem == NULL)
		return 422;
	x->pointer = LIFT_TEXT_OF("");
	lift_fail(err, LIFT_E_USAGE, "the body is no JSON: %s, at byte %zu",
	    json.problem ? json.problem : "something follows its end",
	    json_offset(&json) + 1);
	return 400;
}

/* Those that are missing are of a body, if there can be one. */
static bool
arguments_whole(struct exchange *x, struct lift_error *err)
{
	struct request *r = &x->request;
	const struct lift_field *f = r->verb->verb->arguments;

	for (unsigned i = 0; f != NULL && f[i].name != NULL; i++)
		if (!f[i].optional && r->values[i].type == LIFT_NULL) {
			pointer_set(x, f[i].name);
			return lift_fail(err, LIFT_E_INPUT, "\"%s\" is missing:"
			    " %s", f[i].name, f[i].meaning);
		}
	return true;
}

int
route_arguments(struct exchange *x, struct lift_error *err)
{
	int status;

	if (!query_arguments(x, err))
		return 400;
	status = body_arguments(x, err);
	if (status != 0)
		return status;
	/* Last: nothing speaks against the address. */
	if (!path_arguments(x, err))
		return 404;
	return arguments_whole(x, err) ? 0 : 422;
}

/* ---- counting ----------------------------------------------------------- */

static void
route_note(struct exchange *x)
{
	struct http_route *r = x->route;
	char labels[256];

	if (r->duration == NULL) {
		snprintf(labels, sizeof(labels), "method=\"%s\",route=\"%s\"",
		    r->method, r->path);
		r->duration = metric_of(x->http->metrics, METRIC_HISTOGRAM,
		    "http_request_duration_seconds", labels,
		    "from a request's head to its answer");
	}
	metric_note(r->duration, clock_monotonic() - x->began);
}

void
route_count(struct exchange *x, int status)
{
	struct http_route *r = x->route;
	char labels[256];
	unsigned i = 0;

	if (r == NULL) {
		metric_add(x->http->refusals, 1);
		return;
	}
	route_note(x);
	while (i < ROUTE_CODES && r->codes[i].code != 0 &&
	    r->codes[i].code != status)
		i++;
	if (i == ROUTE_CODES)
		i--;
	if (r->codes[i].code == 0) {
		snprintf(labels, sizeof(labels),
		    "code=\"%d\",method=\"%s\",route=\"%s\"", status,
		    r->method, r->path);
		r->codes[i].code = status;
		r->codes[i].count = metric_of(x->http->metrics,
		    METRIC_COUNTER, "http_requests_total", labels,
		    "answers by route and status");
	}
	metric_add(r->codes[i].count, 1);
}
