/* The one place where roles and arguments are checked, and where an acting
 * call becomes an entry that names its caller. */
#include "house/desk.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "house/house_parts.h"
#include "verbs/verbs.h"

enum { PAGE_ROWS = 500 };

static const char *const roles[] = { [LIFT_OBSERVER] = "observer",
	[LIFT_INGEST] = "ingest", [LIFT_OPERATOR] = "operator",
	[LIFT_ADMIN] = "admin" };

const char *
role_name(enum lift_role role)
{
	return roles[role];
}

bool
role_allows(enum lift_role has, enum lift_role needs)
{
	return has == LIFT_INGEST ? needs == LIFT_INGEST : has >= needs;
}

/* ---- the tables ---------------------------------------------------------- */

const struct lift_verb *
desk_verbs(void)
{
	return verbs_table();
}

/* `a b` is `a.b`: a verb has at most one dot. */
static bool
same_name(struct lift_text name, const char *verb)
{
	if (strlen(verb) != name.size)
		return false;
	for (size_t i = 0; i < name.size; i++) {
		char c = name.data[i] == ' ' ? '.' : name.data[i];
		if (c != verb[i])
			return false;
	}
	return true;
}

const struct vocabulary_verb *
desk_find(const struct house *h, struct lift_text name)
{
	const struct vocabulary *v = engine_vocabulary(h->engine);

	for (size_t i = 0; i < v->verb_count; i++)
		if (same_name(name, v->verbs[i].verb->name))
			return &v->verbs[i];
	return NULL;
}

const struct vocabulary *
desk_vocabulary(const struct house *h)
{
	return engine_vocabulary(h->engine);
}

const char *
desk_nearest(const struct house *h, struct lift_text name)
{
	const struct vocabulary *v = engine_vocabulary(h->engine);
	const char *nearest = NULL;
	unsigned least = 4;

	for (size_t i = 0; i < v->verb_count; i++) {
		unsigned d = text_distance(name,
		    lift_text(v->verbs[i].verb->name), 3);
		if (d < least) {
			least = d;
			nearest = v->verbs[i].verb->name;
		}
	}
	return nearest;
}

/* ---- requests that wait -------------------------------------------------- */

/* Stands between a request and what it waits for: the caller may hang up
 * first. */
struct pending {
	struct request *request;	/* NULL: gone */
};

static void
pending_gone(struct request *r)
{
	struct pending *p = r->state;

	p->request = NULL;
	r->state = NULL;
}

static struct pending *
pending_of(struct request *r)
{
	struct pending *p = memory_take(sizeof(*p));

	p->request = r;
	r->state = p;
	r->gone = pending_gone;
	return p;
}

static struct request *
pending_done(struct pending *p)
{
	struct request *r = p->request;

	if (r != NULL) {
		r->state = NULL;
		r->gone = NULL;
	}
	memory_give(p);
	return r;
}

/* ---- reading ------------------------------------------------------------- */

static void
rows_send(struct request *r, struct lift_text rows)
{
	const char *at = rows.data, *end = at + rows.size;

	while (at < end) {
		const char *line = memchr(at, '\n', (size_t)(end - at));
		size_t n = line ? (size_t)(line - at) : (size_t)(end - at);
		request_row(r, (struct lift_text){ at, n });
		at += n + 1;
	}
}

static bool
ask(struct request *r, struct text *rows, struct lift_error *err)
{
	return engine_ask(r->house->engine, r->verb, r->values, rows, err);
}

/* The id of the last row: where the next page goes on. */
static bool
last_id(struct request *r, struct lift_text rows, size_t *ret_count,
    struct lift_text *ret_id)
{
	const char *end = rows.data + rows.size, *line = rows.data;
	struct lift_text key;

	*ret_count = 0;
	for (const char *at = rows.data; at < end; at++)
		if (*at == '\n') {
			++*ret_count;
			if (at + 1 < end)
				line = at + 1;
		}
	struct json_reader json = json_reader_of((struct lift_text){ line,
		(size_t)(end - line) }, r->arena);
	return *ret_count > 0 && json_enter(&json, JSON_OBJECT) &&
	    json_key(&json, &key) && json_take_string(&json, ret_id);
}

static void
next_page(struct request *r)
{
	int after = field_find(r->verb->verb->arguments, LIFT_TEXT_OF("after"));
	struct text rows = { 0 };
	struct lift_error err;
	struct lift_text id;
	size_t count;

	do {
		text_clear(&rows);
		if (!ask(r, &rows, &err)) {
			request_fail(r, &err);
			break;
		}
		rows_send(r, text_view(&rows));
		if (!last_id(r, text_view(&rows), &count, &id) ||
		    count < PAGE_ROWS) {
			request_end(r, REPLY_YES);
			break;
		}
		r->values[after] = lift_value_text(arena_text(r->arena, id));
	} while (!request_is_full(r));
	text_done(&rows);
}

static bool
is_paged(const struct request *r)
{
	const struct lift_field *table = r->verb->verb->arguments;
	int limit = field_find(table, LIFT_TEXT_OF("limit"));

	return limit >= 0 && field_find(table, LIFT_TEXT_OF("after")) >= 0 &&
	    r->values[limit].type == LIFT_NULL;
}

static void
read_now(struct request *r)
{
	struct text rows = { 0 };
	struct lift_error err;

	if (is_paged(r)) {
		int limit = field_find(r->verb->verb->arguments,
		    LIFT_TEXT_OF("limit"));
		r->values[limit] = LIFT_VALUE_INT(PAGE_ROWS);
		r->more = next_page;
		next_page(r);
		return;
	}
	if (ask(r, &rows, &err)) {
		rows_send(r, text_view(&rows));
		request_end(r, REPLY_YES);
	} else {
		request_fail(r, &err);
	}
	text_done(&rows);
}

static void
settled(void *context)
{
	struct request *r = pending_done(context);

	if (r != NULL)
		read_now(r);
}

static void
begin_reading(struct request *r)
{
	struct lift_error why, err;

	if (engine_told(r->house->engine, r->verb) <=
	    gate_committed(r->house->gate)) {
		read_now(r);
		return;
	}
	if (gate_is_failing(r->house->gate, &why)) {
		lift_fail(&err, LIFT_E_STORE, "what was folded cannot be "
		    "stored now, and is not shown before: %s", why.text);
		request_fail(r, &err);
		return;
	}
	gate_settled(r->house->gate, settled, pending_of(r));
}

/* ---- acting -------------------------------------------------------------- */

static void
acted(void *context, const struct lift_error *error, struct lift_text rows)
{
	struct request *r = pending_done(context);

	if (r == NULL)
		return;
	if (error != NULL) {
		request_fail(r, error);
	} else if (r->verb->outside) {
		verbs_begin(r->verb->verb)(r);
	} else {
		rows_send(r, rows);
		request_end(r, REPLY_YES);
	}
}

static void
call_body(struct request *r, struct text *body)
{
	text_byte(body, '{');
	json_member_string(body, "verb", r->verb->verb->name);
	json_name(body, "arguments");
	arguments_write(body, r->verb->verb->arguments, r->values);
	json_member_string(body, "actor", r->caller.actor);
	json_member_string(body, "door", r->caller.door);
	json_member_string(body, "request", r->caller.id);
	text_byte(body, '}');
}

static void
begin_acting(struct request *r)
{
	struct text body = { 0 };
	struct lift_error err;
	struct pending *p = pending_of(r);

	call_body(r, &body);
	if (!gate_call(r->house->gate, text_view(&body),
	    lift_text(r->caller.key), acted, p, &err)) {
		pending_done(p);
		request_fail(r, &err);
	}
	text_done(&body);
}

/* ---- the desk ------------------------------------------------------------ */

static bool
role_check(const struct request *r, struct lift_error *err)
{
	enum lift_role wanted = r->verb->verb->role;

	if (role_allows(r->caller.role, wanted))
		return true;
	return lift_fail(err, LIFT_E_DENIED, "%s needs the role %s, %s has %s; "
	    "`%s:` in liftd.yaml says who is what", r->verb->verb->name,
	    role_name(wanted), r->caller.actor, role_name(r->caller.role),
	    strcmp(r->caller.door, "http") == 0 ? "tokens" : "control");
}

void
desk_ended(const struct request *r, enum reply_verdict verdict)
{
	static const char *const words[] = { [REPLY_YES] = "yes",
		[REPLY_NO] = "no", [REPLY_ERROR] = "error" };
	char labels[160];

	if (r->began == 0)
		return;
	snprintf(labels, sizeof(labels), "door=\"%s\",result=\"%s\","
	    "verb=\"%s\"", r->caller.door, words[verdict],
	    r->verb->verb->name);
	metric_add(metric_of(r->house->metrics, METRIC_COUNTER,
	    "verb_calls_total", labels, "calls of verbs by how they ended"),
	    1);
	metric_note(metric_of(r->house->metrics, METRIC_HISTOGRAM,
	    "verb_duration_seconds", strstr(labels, "verb="),
	    "from a verb's call to the end of its answer"),
	    clock_monotonic() - r->began);
}

void
desk_begin(struct request *r)
{
	const struct lift_verb *v = r->verb->verb;
	struct lift_error err;

	r->began = clock_monotonic();

	if (!role_check(r, &err) ||
	    !arguments_complete(v->arguments, r->values, &err)) {
		request_fail(r, &err);
		return;
	}
	if (r->house->stopping && v->acts) {
		lift_fail(&err, LIFT_E_BUSY, "liftd is stopping");
		err.again = true;
		request_fail(r, &err);
		return;
	}
	if (v->acts)
		begin_acting(r);
	else if (r->verb->outside)
		verbs_begin(v)(r);
	else
		begin_reading(r);
}
