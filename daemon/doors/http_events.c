/* Good events of a delivery are kept, bad ones come back by their index. A
 * body may be longer than memory: it is read no faster than the gate takes
 * it. */
#include "doors/http_events.h"

#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "house/house_parts.h"
#include "intake/delivery.h"
#include "intake/sheet.h"

enum { REFUSALS_SHOWN = 1000, IDS_SHOWN = 10000 };

/* A delivery under way. It outlives its exchange while a commit or room in the
 * gate is waited for. */
struct posting {
	struct house     *house;
	struct exchange  *exchange;	/* NULL: the caller hung up */
	struct delivery  *delivery;	/* or */
	struct sheet     *sheet;
	uint64_t          rows;		/* of the sheet, until now */
	uint32_t          source;
	uint64_t          stored, known, refused;
	struct text       errors;	/* JSON, a list without brackets */
	struct text       ids;		/* likewise, of those that were made */
	unsigned          made;
	struct lift_error error;	/* why no more is taken */
	bool              waits;	/* to be told of a commit or of room */
};

static void
posting_free(struct posting *p)
{
	delivery_free(p->delivery);
	sheet_free(p->sheet);
	text_done(&p->errors);
	text_done(&p->ids);
	memory_give(p);
}

/* ---- events ------------------------------------------------------------- */

static void
note_refusal(struct posting *p, uint64_t index, uint64_t line,
    const char *sentence)
{
	if (++p->refused > REFUSALS_SHOWN)
		return;
	json_comma(&p->errors);
	text_byte(&p->errors, '{');
	json_member_whole(&p->errors, "index", (int64_t)index);
	json_name(&p->errors, "pointer");
	text_form(&p->errors, "\"#/%llu\"", (unsigned long long)index);
	if (line > 0)
		json_member_whole(&p->errors, "line", (int64_t)line);
	json_member_string(&p->errors, "message", sentence);
	text_byte(&p->errors, '}');
}

static void
note_id(struct posting *p, uint64_t index, struct lift_text id)
{
	if (!gate_made_id(p->house->gate) || ++p->made > IDS_SHOWN)
		return;
	json_comma(&p->ids);
	text_byte(&p->ids, '{');
	json_member_whole(&p->ids, "index", (int64_t)index);
	json_member_text(&p->ids, "id", id);
	text_byte(&p->ids, '}');
}

/* LINE is that of a table; 0 for JSON. */
static bool
event_put(struct posting *p, uint64_t index, uint64_t line,
    struct lift_text json, struct lift_error *err)
{
	struct lift_text id;

	switch (gate_event(p->house->gate, p->source, json, &id, err)) {
	case GATE_STORED:
		p->stored++;
		note_id(p, index, id);
		break;
	case GATE_KNOWN:
		p->known++;
		break;
	case GATE_REFUSED:
		if (err->again)
			return false;
		note_refusal(p, index, line, err->text);
		break;
	}
	return true;
}

static bool
on_event(void *context, const struct delivered *d, struct lift_error *err)
{
	return event_put(context, d->index, 0, d->json, err);
}

static void
on_refused(void *context, const struct delivered *d,
    const struct lift_error *err)
{
	struct posting *p = context;

	gate_refuse(p->house->gate, p->source, d->json, err);
	note_refusal(p, d->index, 0, err->text);
}

static bool
on_row(void *context, uint64_t line, uint64_t last, struct lift_text json,
    struct lift_error *err)
{
	struct posting *p = context;

	(void)last;
	return event_put(p, p->rows++, line, json, err);
}

static void
on_bad_row(void *context, uint64_t line, struct lift_text cells,
    const struct lift_error *err)
{
	struct posting *p = context;

	gate_refuse(p->house->gate, p->source, cells, err);
	note_refusal(p, p->rows++, line, err->text);
}

/* ---- the answer --------------------------------------------------------- */

static void
counts_write(const struct posting *p, struct text *t)
{
	json_member_whole(t, "stored", (int64_t)p->stored);
	json_member_whole(t, "known", (int64_t)p->known);
	json_member_whole(t, "refused", (int64_t)p->refused);
	if (p->ids.size > 0) {
		json_name(t, "ids");
		text_form(t, "[%s]", p->ids.data);
	}
	if (p->errors.size > 0) {
		json_name(t, "errors");
		text_form(t, "[%s]", p->errors.data);
	}
}

static void
posting_reply(struct posting *p)
{
	struct exchange *x = p->exchange;
	bool bad = p->refused > 0 && p->stored + p->known == 0;
	struct text t = { 0 };

	text_byte(&t, '{');
	if (bad) {
		json_member_string(&t, "type", "about:blank");
		json_member_string(&t, "title", "Unprocessable Content");
		json_member_whole(&t, "status", 422);
		json_member_string(&t, "detail", p->refused == 1 ?
		    "the event does not hold" : "no event of these holds");
	}
	counts_write(p, &t);
	text_string(&t, "}\n");
	x->state = NULL;
	reply_text(x, bad ? 422 : 200, bad ? "application/problem+json" :
	    "application/json", text_view(&t));
	text_done(&t);
	posting_free(p);
}

static void
posting_fail(struct posting *p)
{
	struct exchange *x = p->exchange;
	struct lift_error err = p->error;

	x->state = NULL;
	posting_free(p);
	reply_problem(x, err.code == LIFT_E_INPUT ? 400 : reply_status(&err),
	    &err);
}

static void
on_settled(void *context)
{
	struct posting *p = context;

	p->waits = false;
	if (p->exchange == NULL)
		posting_free(p);
	else if (p->error.code != LIFT_E_NONE)
		posting_fail(p);
	else
		posting_reply(p);
}

/* ---- the page ----------------------------------------------------------- */

const struct lift_field http_events_arguments[] = {
	{ "map", LIFT_TEXT, true, "of a table: field=column for each that is "
	    "not named as the field, with commas" },
	{ "type", LIFT_TEXT, true, "of a table: the type of rows that say "
	    "none, such as purchase" },
	{ "timezone", LIFT_TEXT, true, "of a table: the zone of times that "
	    "say none, such as Europe/Berlin" },
	{ "others", LIFT_TEXT, true, "of a table: properties or drop, what "
	    "becomes of columns that are no fields; properties unless given" },
	LIFT_END
};

static struct lift_text
word_of(struct exchange *x, const char *name)
{
	struct lift_text t = LIFT_TEXT_OF("");

	exchange_query(x, name, &t);
	return t;
}

/* What the address says of a table. */
static bool
table_make(struct posting *p, struct exchange *x)
{
	struct sheet_settings settings = { .map = word_of(x, "map"),
		.type = word_of(x, "type"),
		.timezone = word_of(x, "timezone") };
	struct sheet_taker taker = { on_row, on_bad_row, p };
	struct lift_text others = word_of(x, "others");

	settings.drops = lift_text_equal(others, LIFT_TEXT_OF("drop"));
	if (!settings.drops && others.size > 0 &&
	    !lift_text_equal(others, LIFT_TEXT_OF("properties")))
		return lift_fail(&p->error, LIFT_E_INPUT, "others is "
		    "\"%.*s\", must be properties or drop", others.size > 60 ?
		    60 : (int)others.size, others.data);
	p->sheet = sheet_new(&settings, &taker, &p->error);
	return p->sheet != NULL;
}

void
http_events_begin(struct exchange *x)
{
	struct posting *p = memory_take(sizeof(*p));
	struct lift_text type = http_head_field(&x->head, "content-type");
	struct delivery_taker taker = { on_event, on_refused, p };
	enum delivery_form form = type.data != NULL ?
	    delivery_form_of(type) : DELIVERY_ANY;

	p->house = x->http->house;
	p->exchange = x;
	x->state = p;
	if (form != DELIVERY_TABLE)
		p->delivery = delivery_new(form, &taker);
	else if (!table_make(p, x))
		return;
	gate_source(p->house->gate, lift_text(caller_source(x)), SOURCE_LIVE,
	    &p->source, &p->error);
}

static void
on_room(void *context)
{
	struct posting *p = context;

	p->waits = false;
	if (p->exchange == NULL) {
		posting_free(p);
		return;
	}
	p->exchange->paused = false;
	link_later(p->exchange->link);
}

bool
http_events_take(void *exchange, struct lift_text piece,
    struct lift_error *err)
{
	struct exchange *x = exchange;
	struct posting *p = x->state;

	/* What follows an error is read and dropped: the answer says why. */
	if (p->error.code != LIFT_E_NONE)
		return true;
	if (!(p->sheet != NULL ? sheet_take(p->sheet, piece, &p->error) :
	    delivery_take(p->delivery, piece, &p->error)))
		return true;
	if (!x->paused && gate_is_full(p->house->gate)) {
		x->paused = p->waits = true;
		gate_when_open(p->house->gate, on_room, p);
	}
	(void)err;
	return true;
}

void
http_events_ready(struct exchange *x)
{
	struct posting *p = x->state;

	if (p->error.code == LIFT_E_NONE && p->sheet != NULL)
		sheet_end(p->sheet, &p->error);
	else if (p->error.code == LIFT_E_NONE)
		delivery_end(p->delivery, &p->error);
	if (p->error.code == LIFT_E_STORE || p->error.code == LIFT_E_BUSY) {
		posting_fail(p);
		return;
	}
	p->waits = true;
	gate_settled(p->house->gate, on_settled, p);
}

void
http_events_gone(struct exchange *x)
{
	struct posting *p = x->state;

	x->state = NULL;
	p->exchange = NULL;
	if (!p->waits)
		posting_free(p);
}
