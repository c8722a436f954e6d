/* The fake desk. A verb's `run` is never called: the desk knows what to begin
 * by the name. */
#include "desk_fake.h"

#include <event2/event.h>
#include <stdlib.h>

#include "base/memory.h"

static const struct lift_field count_fields[] = {
	{ "count", LIFT_INT, true, "how many" }, LIFT_END
};
static const struct lift_field lines_fields[] = {
	{ "lines", LIFT_UPLOAD, false, "what is echoed" }, LIFT_END
};
static const struct lift_field files_fields[] = {
	{ "folder", LIFT_FILES, true, "what is checked" }, LIFT_END
};
static const struct lift_field say_fields[] = {
	{ "text", LIFT_TEXT, false, "what is said" },
	{ "times", LIFT_INT, true, "how often" },
	{ "in_full", LIFT_BOOL, true, "with everything" }, LIFT_END
};

static const struct lift_verb verbs[] = {
	{ .name = "status", .one = true, .meaning = "how it stands" },
	{ .name = "numbers.list", .arguments = count_fields,
	  .meaning = "lists numbers" },
	{ .name = "echo", .arguments = lines_fields,
	  .meaning = "says what it hears" },
	{ .name = "swallow", .arguments = lines_fields, .one = true,
	  .meaning = "counts lines, also those that are too long" },
	{ .name = "files.check", .arguments = files_fields,
	  .meaning = "looks at files" },
	{ .name = "fail", .meaning = "fails" },
	{ .name = "fail.later", .meaning = "fails with half an answer out" },
	{ .name = "deny", .meaning = "finds something" },
	{ .name = "late", .meaning = "ends later" },
	{ .name = "stream", .meaning = "says something until you leave" },
	{ .name = "flood", .meaning = "asks nobody for room" },
	{ .name = "say", .arguments = say_fields, .role = LIFT_OPERATOR,
	  .meaning = "says its arguments" },
	{ .name = "forget", .role = LIFT_ADMIN, .acts = true,
	  .meaning = "forgets all" },
};

enum { VERBS = sizeof(verbs) / sizeof(verbs[0]) };

static const struct vocabulary_verb rows[] = {
#define ROW(i)	{ .verb = &verbs[i], .owner = "test", .plugin = -1 }
	ROW(0), ROW(1), ROW(2), ROW(3), ROW(4), ROW(5), ROW(6), ROW(7),
	ROW(8), ROW(9), ROW(10), ROW(11), ROW(12),
};

static const struct vocabulary vocabulary = {
	.verbs = rows, .verb_count = VERBS
};

const struct vocabulary *
desk_vocabulary(const struct house *house)
{
	(void)house;
	return &vocabulary;
}

const struct vocabulary_verb *
desk_find(const struct house *house, struct lift_text name)
{
	(void)house;
	for (unsigned i = 0; i < VERBS; i++)
		if (lift_text_equal(name, lift_text(verbs[i].name)))
			return &rows[i];
	return NULL;
}

const char *
desk_nearest(const struct house *house, struct lift_text name)
{
	(void)house;
	for (unsigned i = 0; i < VERBS; i++)
		if (text_distance(name, lift_text(verbs[i].name), 2) <= 2)
			return verbs[i].name;
	return NULL;
}

const char *
role_name(enum lift_role role)
{
	static const char *const names[] = { "observer", "ingest",
		"operator", "admin" };

	return names[role];
}

static void
counted(struct request *r)
{
	r->house->gone++;
	memory_give(r->state);
}

/* ---- verbs ----------------------------------------------------------- */

struct list {
	int64_t at, count;
};

static void
list_more(struct request *r)
{
	struct list *l = r->state;
	char row[80];

	while (l->at < l->count && !request_is_full(r)) {
		int n = snprintf(row, sizeof(row), "{\"n\":%lld,\"name\":"
		    "\"number %lld\"}", (long long)l->at, (long long)l->at);
		request_row(r, (struct lift_text){ row, (size_t)n });
		l->at++;
		r->house->rows++;
	}
	if (l->at < l->count)
		return;
	memory_give(l);
	request_end(r, REPLY_YES);
}

static void
list_begin(struct request *r)
{
	struct list *l = memory_take(sizeof(*l));
	struct lift_value count = request_argument(r, "count");

	l->count = count.type == LIFT_INT ? count.whole : 3;
	r->state = l;
	r->gone = counted;
	r->more = list_more;
}

static void
echo_line(struct request *r, struct lift_text line)
{
	struct text row = { 0 };

	text_byte(&row, '{');
	json_member_text(&row, "line", line);
	text_byte(&row, '}');
	request_row(r, text_view(&row));
	text_done(&row);
	if (lift_text_equal(line, LIFT_TEXT_OF("stop")))
		request_end(r, REPLY_NO);
}

static void
echo_end(struct request *r)
{
	request_end(r, REPLY_YES);
}

static void
echo_begin(struct request *r)
{
	r->line = echo_line;
	r->lines_end = echo_end;
	r->gone = counted;
	r->door->upload(r, false);
}

static void
swallow_line(struct request *r, struct lift_text line)
{
	(void)line;
	((struct list *)r->state)->count++;
}

static void
swallow_refused(struct request *r, const struct lift_error *err)
{
	((struct list *)r->state)->at = err->line;
}

static void
swallow_end(struct request *r)
{
	struct list *l = r->state;
	char row[80];

	snprintf(row, sizeof(row), "{\"lines\":%lld,\"refused\":%lld}",
	    (long long)l->count, (long long)l->at);
	request_row(r, lift_text(row));
	memory_give(l);
	request_end(r, REPLY_YES);
}

static void
swallow_begin(struct request *r)
{
	r->state = memory_take(sizeof(struct list));
	r->line = swallow_line;
	r->line_refused = swallow_refused;
	r->lines_end = swallow_end;
	r->gone = counted;
	r->door->upload(r, false);
}

static void
files_begin(struct request *r)
{
	if (request_argument(r, "folder").type == LIFT_FILES) {
		echo_begin(r);
		return;
	}
	request_prose(r, LIFT_TEXT_OF("no files\n"));
	request_end(r, REPLY_YES);
}

static void
fail_begin(struct request *r)
{
	struct lift_error err;

	request_prose(r, LIFT_TEXT_OF("half an answer\n"));
	lift_fail(&err, LIFT_E_STORE, "the store said no");
	if (strcmp(r->verb->verb->name, "fail") != 0)
		request_flush(r);
	request_fail(r, &err);
}

static void
deny_begin(struct request *r)
{
	request_row(r, LIFT_TEXT_OF("{\"finding\":\"a\\tb\",\"n\":1}"));
	request_row(r, LIFT_TEXT_OF("{\"n\":2,\"x\":[1,2]}"));
	request_end(r, REPLY_NO);
}

static void
status_begin(struct request *r)
{
	request_row(r, LIFT_TEXT_OF("{\"state\":\"good\",\"seq\":17}"));
	request_end(r, REPLY_YES);
}

/* Ends by itself, whoever listens: it has no `gone`. */
static void
late_timer(evutil_socket_t fd, short what, void *request)
{
	struct request *r = request;

	(void)fd;
	(void)what;
	r->house->orphans++;
	request_prose(r, LIFT_TEXT_OF("at last\n"));
	request_end(r, REPLY_YES);
}

static void
late_begin(struct request *r)
{
	struct timeval soon = { 0, 20000 };

	event_base_once(r->house->base, -1, EV_TIMEOUT, late_timer, r, &soon);
}

static void
stream_begin(struct request *r)
{
	r->house->streaming = r;
	r->gone = counted;
	request_prose(r, LIFT_TEXT_OF("begun\n"));
	request_flush(r);
}

static void
flood_begin(struct request *r)
{
	static char bytes[1 << 20];

	memset(bytes, 'x', sizeof(bytes));
	for (int i = 0; i < 200; i++)
		request_prose(r, (struct lift_text){ bytes, sizeof(bytes) });
	request_end(r, REPLY_YES);
}

static void
say_begin(struct request *r)
{
	struct text row = { 0 };

	arguments_write(&row, r->verb->verb->arguments, r->values);
	request_row(r, text_view(&row));
	text_done(&row);
	request_end(r, REPLY_YES);
}

static void (*const begins[VERBS])(struct request *) = {
	status_begin, list_begin, echo_begin, swallow_begin, files_begin,
	fail_begin, fail_begin, deny_begin, late_begin, stream_begin,
	flood_begin, say_begin, status_begin,
};

void
desk_ended(const struct request *r, enum reply_verdict verdict)
{
	(void)r;
	(void)verdict;
}

void
desk_begin(struct request *r)
{
	struct lift_error err;

	r->house->begun++;
	r->house->role = r->caller.role;
	memcpy(r->house->actor, r->caller.actor, sizeof(r->house->actor));
	memcpy(r->house->id, r->caller.id, sizeof(r->house->id));
	if (r->caller.role < r->verb->verb->role) {
		lift_fail(&err, LIFT_E_DENIED, "%s is for %s",
		    r->verb->verb->name, role_name(r->verb->verb->role));
		request_fail(r, &err);
	} else if (!arguments_complete(r->verb->verb->arguments, r->values,
	    &err)) {
		request_fail(r, &err);
	} else {
		begins[r->verb - rows](r);
	}
}
