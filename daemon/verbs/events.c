/* Events in and out: import, export, and what was refused. */
#include "verbs/verbs.h"

#include "base/json.h"
#include "base/memory.h"
#include "engine/entry.h"
#include "house/house_parts.h"
#include "verbs/scan.h"

/* ---- import -------------------------------------------------------------- */

enum { REFUSALS_SHOWN = 1000 };

/* An import while it runs. It outlives its request when the caller hangs up
 * while a commit is under way. */
struct import {
	struct house   *house;
	struct request *request;	/* NULL: the caller hung up */
	uint32_t        source;
	struct import_count {
		uint64_t lines, stored, known, refused;
	} read, settling;		/* settling: what the next ack says */
	bool            backfill, is_acking, ended, paused;
};

static void
import_done(struct import *i)
{
	struct lift_error err;

	if (i->is_acking || i->paused)
		return;
	if (i->backfill && !gate_source_end(i->house->gate, i->source, &err))
		logger_line(LIFT_ERR, "events", "the backfill stays open: %s",
		    err.text);
	memory_give(i);
}

static void
import_gone(struct request *r)
{
	struct import *i = r->state;

	i->request = NULL;
	import_done(i);
}

static void
import_row(struct import *i)
{
	struct text row = { 0 };

	text_byte(&row, '{');
	json_member_whole(&row, "lines", (int64_t)i->settling.lines);
	json_member_whole(&row, "stored", (int64_t)i->settling.stored);
	json_member_whole(&row, "known", (int64_t)i->settling.known);
	json_member_whole(&row, "refused", (int64_t)i->settling.refused);
	text_byte(&row, '}');
	request_row(i->request, text_view(&row));
	request_flush(i->request);
	text_done(&row);
}

/* The two call each other: an acknowledgement may be followed by the next. */
static void import_settle(struct import *);

static void
import_settled(void *context)
{
	struct import *i = context;

	i->is_acking = false;
	if (i->request == NULL) {
		import_done(i);
		return;
	}
	import_row(i);
	if (i->settling.lines < i->read.lines) {
		import_settle(i);
		return;
	}
	if (!i->ended)
		return;
	struct request *r = i->request;
	enum reply_verdict verdict = i->read.refused > 0 ? REPLY_NO : REPLY_YES;
	i->request = NULL;
	r->gone = NULL;
	import_done(i);
	request_end(r, verdict);
}

static void
import_settle_now(evutil_socket_t fd, short what, void *context)
{
	struct import *i = context;

	(void)fd;
	(void)what;
	i->settling = i->read;
	gate_settled(i->house->gate, import_settled, i);
}

/* Acknowledges all lines so far once they are committed; one acknowledgement
 * is under way at a time. Lines that change nothing, such as those of a second
 * attempt, have no commit to wait for: they wait for the loop's next turn, as
 * a row for each of them would be more than they are. */
static void
import_settle(struct import *i)
{
	static const struct timeval soon = { 0, 0 };
	const struct gate *g = i->house->gate;

	if (i->is_acking)
		return;
	i->is_acking = true;
	if (gate_committed(g) != gate_seq(g) ||
	    event_base_once(i->house->base, -1, EV_TIMEOUT, import_settle_now,
	    i, &soon) != 0)
		import_settle_now(-1, 0, i);
}

static void
import_refused(struct import *i, const struct lift_error *err)
{
	struct text row = { 0 };

	i->read.refused++;
	if (i->read.refused > REFUSALS_SHOWN)
		return;
	text_byte(&row, '{');
	json_member_whole(&row, "line", (int64_t)i->read.lines);
	json_member_string(&row, "problem", err->text);
	text_byte(&row, '}');
	request_row(i->request, text_view(&row));
	text_done(&row);
}

static void
import_resume(void *context)
{
	struct import *i = context;

	i->paused = false;
	if (i->request == NULL)
		import_done(i);
	else
		i->request->door->upload(i->request, false);
}

static void
import_stop(struct import *i, const struct lift_error *err)
{
	struct request *r = i->request;

	i->request = NULL;
	r->gone = NULL;
	r->line = NULL;
	import_done(i);
	request_fail(r, err);
}

static void
import_line(struct request *r, struct lift_text line)
{
	struct import *i = r->state;
	struct lift_error err = { 0 };

	i->read.lines++;
	if (line.size == 0)
		return;
	switch (gate_event(i->house->gate, i->source, line, NULL, &err)) {
	case GATE_STORED:
		i->read.stored++;
		break;
	case GATE_KNOWN:
		i->read.known++;
		break;
	case GATE_REFUSED:
		if (err.again) {
			i->read.lines--;
			import_stop(i, &err);
			return;
		}
		import_refused(i, &err);
		break;
	}
	import_settle(i);
	if (gate_is_full(i->house->gate) && !i->paused) {
		i->paused = true;
		r->door->upload(r, true);
		gate_when_open(i->house->gate, import_resume, i);
	}
}

static void
import_line_refused(struct request *r, const struct lift_error *err)
{
	struct import *i = r->state;

	i->read.lines++;
	import_refused(i, err);
	import_settle(i);
}

static void
import_end(struct request *r)
{
	struct import *i = r->state;

	i->ended = true;
	import_settle(i);
}

static void
import_begin(struct request *r)
{
	struct import *i = memory_take(sizeof(*i));
	struct lift_value backfill = request_argument(r, "backfill");
	struct lift_error err;

	i->house = r->house;
	i->request = r;
	i->backfill = backfill.type == LIFT_BOOL && backfill.yes;
	if (!gate_source(r->house->gate, request_text(r, "source", "control"),
	    i->backfill ? SOURCE_BACKFILL : SOURCE_LIVE, &i->source, &err)) {
		memory_give(i);
		request_fail(r, &err);
		return;
	}
	r->state = i;
	r->gone = import_gone;
	r->line = import_line;
	r->line_refused = import_line_refused;
	r->lines_end = import_end;
	r->door->upload(r, false);
}

/* ---- export -------------------------------------------------------------- */

static bool
export_entry(struct request *r, const struct lift_entry *e)
{
	struct text row = { 0 };
	struct lift_text type = request_text(r, "type", "");

	if (e->kind != LIFT_ENTRY_INTERACTION ||
	    (type.size > 0 && !lift_text_equal(type, e->type_name)))
		return true;
	text_byte(&row, '{');
	entry_describe(&row, e, identity_id(r->house->identity, e->shopper));
	text_byte(&row, '}');
	/* For people too it is a line of JSON: what goes out can come in. */
	if (request_is_prose(r)) {
		text_byte(&row, '\n');
		request_prose(r, text_view(&row));
	} else {
		request_row(r, text_view(&row));
	}
	text_done(&row);
	return true;
}

static void
walk_end(struct request *r, const struct lift_error *err)
{
	if (err->code != LIFT_E_NONE)
		request_fail(r, err);
	else
		request_end(r, REPLY_YES);
}

static int64_t
time_argument(const struct request *r, const char *name)
{
	struct lift_value v = request_argument(r, name);

	return v.type == LIFT_TIME ? v.whole : 0;
}

static int64_t
whole_argument(const struct request *r, const char *name)
{
	struct lift_value v = request_argument(r, name);

	return v.type == LIFT_INT && v.whole > 0 ? v.whole : 0;
}

static void
export_begin(struct request *r)
{
	struct store_query query = { .from_time = time_argument(r, "from"),
		.to_time = time_argument(r, "to"),
		.from_seq = (uint64_t)whole_argument(r, "from_seq") };
	struct lift_error err;

	if (!scan_begin(r, &query, export_entry, walk_end, NULL, &err))
		request_fail(r, &err);
}

/* ---- entries, as they are ------------------------------------------------ */

static bool
list_entry(struct request *r, const struct lift_entry *e)
{
	struct text row = { 0 };
	struct lift_text kind = request_text(r, "kind", "");

	if (kind.size > 0 && !lift_text_equal(kind,
	    lift_text(entry_kind_name(e->kind))))
		return true;
	text_byte(&row, '{');
	json_member_whole(&row, "seq", (int64_t)e->seq);
	json_member_string(&row, "kind", entry_kind_name(e->kind));
	if (e->kind != LIFT_ENTRY_INTERACTION) {
		json_member_text(&row, "id", e->id);
		json_member_time(&row, "time", e->time);
		if (e->body.size > 0) {
			json_name(&row, "body");
			text_add(&row, e->body.data, e->body.size);
		}
	} else {
		entry_describe(&row, e, identity_id(r->house->identity,
		    e->shopper));
	}
	text_byte(&row, '}');
	request_row(r, text_view(&row));
	text_done(&row);
	return true;
}

static void
entries_begin(struct request *r)
{
	struct store_query query = { .from_time = time_argument(r, "from"),
		.to_time = time_argument(r, "to"),
		.from_seq = (uint64_t)whole_argument(r, "from_seq") };
	struct lift_error err;

	if (!scan_begin(r, &query, list_entry, walk_end, NULL, &err))
		request_fail(r, &err);
}

/* ---- letters ------------------------------------------------------------- */

static void
letters_begin(struct request *r)
{
	struct store_query query = {
		.limit = (uint32_t)whole_argument(r, "limit") };
	struct store_letter l;
	struct lift_error err = { 0 };
	struct text row = { 0 };

	if (query.limit == 0 || query.limit > 1000)
		query.limit = 100;
	if (!store_letters(r->house->reader, &query, &err)) {
		request_fail(r, &err);
		return;
	}
	while (store_next_letter(r->house->reader, &l, &err)) {
		text_clear(&row);
		text_byte(&row, '{');
		json_member_time(&row, "received", l.received);
		json_member_text(&row, "source", l.source);
		json_member_text(&row, "reason", l.reason);
		json_member_text(&row, "input", l.body);
		text_byte(&row, '}');
		request_row(r, text_view(&row));
	}
	text_done(&row);
	walk_end(r, &err);
}

static const struct lift_field import_arguments[] = {
	{ "file", LIFT_UPLOAD, .meaning = "a file with an event a line, or -" },
	{ "source", LIFT_TEXT, true, "name of the source; control unless "
	    "given" },
	{ "backfill", LIFT_BOOL, true, "history: its own time goes while it "
	    "runs, and live events wait" },
	LIFT_END
};

static const struct lift_field export_arguments[] = {
	{ "from", LIFT_TIME, true, "not before this time" },
	{ "to", LIFT_TIME, true, "not after this time" },
	{ "type", LIFT_TEXT, true, "only interactions of this type" },
	{ "from_seq", LIFT_INT, true, "begins at this seq" },
	LIFT_END
};

static const struct lift_field entries_arguments[] = {
	{ "from", LIFT_TIME, true, "not before this time" },
	{ "to", LIFT_TIME, true, "not after this time" },
	{ "kind", LIFT_TEXT, true, "only entries of this kind" },
	{ "from_seq", LIFT_INT, true, "begins at this seq" },
	LIFT_END
};

static const struct lift_field letters_arguments[] = {
	{ "limit", LIFT_INT, true, "how many; 100 unless given" },
	LIFT_END
};

const struct desk_verb event_verbs[] = {
	{ { "entries.list", entries_arguments, LIFT_OPERATOR, false, NULL,
	    "lists the entries of the log, acting calls with their callers "
	    "among them" }, entries_begin },
	{ { "events.export", export_arguments, LIFT_OPERATOR, false, NULL,
	    "writes the events of the log, one JSON object a line" },
	  export_begin },
	{ { "events.import", import_arguments, LIFT_INGEST, false, NULL,
	    "reads events, one JSON object a line; says how many lines are "
	    "stored for good" }, import_begin },
	{ { "letters.list", letters_arguments, LIFT_OPERATOR, false, NULL,
	    "lists the newest input that was refused, and why" },
	  letters_begin },
	{ LIFT_END, NULL }
};
