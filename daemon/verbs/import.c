/* An import reads no faster than the gate takes it, and tells how far it is:
 * after each commit a row with the lines that are stored for good.
 *
 * A file that has an identity (liftctl makes one) leaves a cursor behind, in
 * the transaction of its newest events: how many of its lines are in the log,
 * doubled, and one more when that was all. So a second attempt passes over
 * these lines, and a third is told that there is nothing to do. Events that
 * bring no id get one from the identity and the line, so that what was sent
 * twice counts once even where the cursor was one commit behind. */
#include "verbs/import.h"

#include "base/json.h"
#include "base/memory.h"
#include "house/house_parts.h"
#include "intake/sheet.h"
#include "log/store.h"

enum { REFUSALS_SHOWN = 1000, IDENTITY_MOST = 64 };

/* An import while it runs. It outlives its request when the caller hangs up
 * while a commit is under way. */
struct import {
	struct house   *house;
	struct request *request;	/* NULL: the caller hung up */
	uint32_t        source;
	struct import_count {
		uint64_t lines, stored, known, refused;
	} read, settling;		/* settling: what the next ack says */
	uint64_t        passed;		/* lines that were stored before */
	uint64_t        before;		/* the events of these lines */
	char           *cursor;		/* its name; NULL: none is kept */
	char           *cursor_events;	/* likewise */
	char           *identity;	/* likewise */
	struct text     id;		/* of the newest event, if it had none */
	struct sheet   *sheet;		/* NULL: lines of JSON */
	bool            is_whole;	/* nothing is left to do */
	bool            decided;	/* what the lines are */
	bool            backfill, is_acking, ended, paused;
};

static void
import_free(struct import *i)
{
	sheet_free(i->sheet);
	text_done(&i->id);
	memory_give(i->cursor);
	memory_give(i->cursor_events);
	memory_give(i->identity);
	memory_give(i);
}

static void
import_done(struct import *i)
{
	struct lift_error err;

	if (i->is_acking || i->paused)
		return;
	if (i->backfill && !gate_source_end(i->house->gate, i->source, &err))
		logger_line(LIFT_ERR, "events", "the backfill stays open: %s",
		    err.text);
	import_free(i);
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
	if (i->passed > 0)
		json_member_whole(&row, "passed", (int64_t)i->passed);
	if (i->is_whole)
		json_member_whole(&row, "imported", (int64_t)i->before);
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
import_refused(struct import *i, uint64_t line, const struct lift_error *err)
{
	struct text row = { 0 };

	i->read.refused++;
	if (i->read.refused > REFUSALS_SHOWN)
		return;
	text_byte(&row, '{');
	json_member_whole(&row, "line", (int64_t)line);
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

/* ---- where it goes on ---------------------------------------------------- */

/* Notes that all up to LINE is in the log with what is committed next. */
static void
cursor_move(struct import *i, uint64_t line, bool is_whole)
{
	if (i->cursor == NULL)
		return;
	gate_cursor(i->house->gate, lift_text(i->cursor),
	    line * 2 + is_whole);
	gate_cursor(i->house->gate, lift_text(i->cursor_events),
	    i->before + i->read.stored + i->read.known);
}

/* Reads where an earlier attempt got to. */
static bool
cursor_read(struct import *i, struct lift_error *err)
{
	struct store_reader *reader = i->house->reader;
	uint64_t at = 0;

	if (i->cursor == NULL)
		return true;
	if (!store_cursor_seq(reader, lift_text(i->cursor), &at, err) ||
	    !store_cursor_seq(reader, lift_text(i->cursor_events), &i->before,
	    err))
		return false;
	i->passed = at / 2;
	i->is_whole = at % 2 == 1;
	return true;
}

static bool
is_identity(struct lift_text t)
{
	if (t.size > IDENTITY_MOST)
		return false;
	for (size_t i = 0; i < t.size; i++)
		if (t.data[i] <= ' ' || t.data[i] > '~')
			return false;
	return true;
}

/* ---- lines --------------------------------------------------------------- */

/* The id of a line's event, should it bring none. */
static struct lift_text
import_id(struct import *i, uint64_t line)
{
	text_clear(&i->id);
	if (i->identity == NULL)
		return LIFT_TEXT_OF("");
	text_string(&i->id, i->identity);
	text_byte(&i->id, '-');
	text_whole(&i->id, (int64_t)line);
	return text_view(&i->id);
}

/* Gives one event to the gate. False when it must be tried again: then it
 * counts as not read. */
static bool
import_event(struct import *i, uint64_t line, uint64_t last,
    struct lift_text json, struct lift_error *err)
{
	switch (gate_event_named(i->house->gate, i->source, json,
	    import_id(i, line), err)) {
	case GATE_STORED:
		i->read.stored++;
		break;
	case GATE_KNOWN:
		/* Nothing to commit, and so nothing to note. */
		i->read.known++;
		return true;
	case GATE_REFUSED:
		if (err->again)
			return false;
		import_refused(i, line, err);
		break;
	}
	cursor_move(i, last, false);
	return true;
}

static bool
row_event(void *context, uint64_t line, uint64_t last, struct lift_text json,
    struct lift_error *err)
{
	struct import *i = context;

	return last <= i->passed || import_event(i, line, last, json, err);
}

static void
row_refused(void *context, uint64_t line, struct lift_text cells,
    const struct lift_error *err)
{
	struct import *i = context;

	if (line <= i->passed)
		return;
	gate_refuse(i->house->gate, i->source, cells, err);
	import_refused(i, line, err);
}

/* Makes the reader of tables, as the arguments say. */
static bool
sheet_make(struct import *i, struct lift_error *err)
{
	const struct request *r = i->request;
	struct sheet_settings settings = {
		.map = request_text(r, "map", ""),
		.type = request_text(r, "type", ""),
		.timezone = request_text(r, "timezone", ""),
		.drops = lift_text_equal(request_text(r, "others",
		    "properties"), LIFT_TEXT_OF("drop")) };
	struct sheet_taker taker = { row_event, row_refused, i };

	i->sheet = sheet_new(&settings, &taker, err);
	return i->sheet != NULL;
}

/* The first line tells what the file is, when nobody said. */
static bool
import_decide(struct import *i, struct lift_text line, struct lift_error *err)
{
	i->decided = true;
	return i->sheet != NULL || !sheet_is_header(line) ||
	    sheet_make(i, err);
}

static bool
import_take(struct import *i, struct lift_text line, struct lift_error *err)
{
	if (!i->decided && line.size > 0 && !import_decide(i, line, err))
		return false;
	if (i->sheet != NULL)
		return sheet_take(i->sheet, line, err) &&
		    sheet_take(i->sheet, LIFT_TEXT_OF("\n"), err);
	return line.size == 0 || i->read.lines <= i->passed ||
	    import_event(i, i->read.lines, i->read.lines, line, err);
}

static void
import_line(struct request *r, struct lift_text line)
{
	struct import *i = r->state;
	struct lift_error err = { 0 };

	i->read.lines++;
	if (!import_take(i, line, &err)) {
		i->read.lines--;
		import_stop(i, &err);
		return;
	}
	if (line.size == 0 || i->read.lines <= i->passed)
		return;
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
	if (i->sheet != NULL)
		sheet_lose(i->sheet, err->text);
	else if (i->read.lines > i->passed)
		import_refused(i, i->read.lines, err);
	import_settle(i);
}

static void
import_end(struct request *r)
{
	struct import *i = r->state;
	struct lift_error err = { 0 };

	if (i->sheet != NULL && !sheet_end(i->sheet, &err)) {
		import_stop(i, &err);
		return;
	}
	i->ended = true;
	cursor_move(i, i->read.lines, true);
	import_settle(i);
}

/* ---- beginning ----------------------------------------------------------- */

static bool
is_true(const struct request *r, const char *name)
{
	struct lift_value v = request_argument(r, name);

	return v.type == LIFT_BOOL && v.yes;
}

static bool
word_check(const struct request *r, const char *name, const char *one,
    const char *other, struct lift_error *err)
{
	struct lift_text t = request_text(r, name, one);

	return lift_text_equal(t, lift_text(one)) ||
	    lift_text_equal(t, lift_text(other)) || lift_fail(err,
	    LIFT_E_USAGE, "%s is \"%.*s\", must be %s or %s", name,
	    t.size > 60 ? 60 : (int)t.size, t.data, one, other);
}

/* Names the file and its cursors. */
static void
import_name(struct import *i, struct lift_text source,
    struct lift_text identity)
{
	struct arena *arena = i->request->arena;

	i->identity = memory_string(arena_form(arena, "%.*s",
	    (int)identity.size, identity.data));
	i->cursor = memory_string(arena_form(arena,
	    STORE_CURSOR_LINES "%.*s %s", source.size > 100 ? 100 :
	    (int)source.size, source.data, i->identity));
	i->cursor_events = memory_string(arena_form(arena, "%s events",
	    i->cursor));
}

/* What the words say of the file. */
static bool
import_prepare(struct import *i, struct lift_error *err)
{
	const struct request *r = i->request;
	struct lift_text identity = request_text(r, "identity", "");
	struct lift_text format = request_text(r, "format", "");
	struct lift_text source = request_text(r, "source", "control");

	if (!word_check(r, "format", "ndjson", "csv", err) ||
	    !word_check(r, "others", "properties", "drop", err))
		return false;
	if (!is_identity(identity))
		return lift_fail(err, LIFT_E_USAGE, "identity must be at most "
		    "%d letters, digits and signs", IDENTITY_MOST);
	if (identity.size > 0)
		import_name(i, source, identity);
	i->decided = format.size > 0;
	return !lift_text_equal(format, LIFT_TEXT_OF("csv")) ||
	    sheet_make(i, err);
}

/* Says that the file is in the log, and has nothing to do. */
static void
import_whole(struct import *i)
{
	struct request *r = i->request;

	i->settling.lines = i->passed;
	import_row(i);
	import_free(i);
	request_end(r, REPLY_YES);
}

static bool
import_open(struct import *i, struct lift_error *err)
{
	const struct request *r = i->request;

	if (!import_prepare(i, err) || (!is_true(r, "again") &&
	    !cursor_read(i, err)))
		return false;
	return i->is_whole || gate_source(i->house->gate, request_text(r,
	    "source", "control"), i->backfill ? SOURCE_BACKFILL : SOURCE_LIVE,
	    &i->source, err);
}

void
import_begin(struct request *r)
{
	struct import *i = memory_take(sizeof(*i));
	struct lift_error err;

	i->house = r->house;
	i->request = r;
	i->backfill = is_true(r, "backfill");
	if (!import_open(i, &err)) {
		import_free(i);
		request_fail(r, &err);
		return;
	}
	if (i->is_whole) {
		import_whole(i);
		return;
	}
	if (i->passed > 0) {
		i->settling.lines = i->passed;
		import_row(i);
	}
	r->state = i;
	r->gone = import_gone;
	r->line = import_line;
	r->line_refused = import_line_refused;
	r->lines_end = import_end;
	r->door->upload(r, false);
}

const struct lift_field import_arguments[] = {
	{ "file", LIFT_UPLOAD, .meaning = "a file with an event a line, as "
	    "JSON or in a table (CSV), or -; gzip is unpacked by liftctl" },
	{ "source", LIFT_TEXT, true, "name of the source; control unless "
	    "given" },
	{ "backfill", LIFT_BOOL, true, "history: its own time goes while it "
	    "runs, and live events wait" },
	{ "format", LIFT_TEXT, true, "ndjson or csv; unless given, what the "
	    "file's name or first line tells" },
	{ "map", LIFT_TEXT, true, "of a table: field=column for each that is "
	    "not named as the field, such as shopper=customer_id,"
	    "properties.channel=source" },
	{ "type", LIFT_TEXT, true, "of a table: the type of rows that say "
	    "none, such as purchase" },
	{ "timezone", LIFT_TEXT, true, "of a table: the zone of times that "
	    "say none, such as Europe/Berlin" },
	{ "others", LIFT_TEXT, true, "of a table: properties or drop, what "
	    "becomes of columns that are no fields; properties unless given" },
	{ "identity", LIFT_TEXT, true, "by which the file is known when it "
	    "comes again, and goes on; liftctl makes it" },
	{ "again", LIFT_BOOL, true, "from the first line, even if it was "
	    "imported before" },
	LIFT_END
};
