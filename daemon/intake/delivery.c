/* A machine with a step a state; a step gets the bytes that are left of the
 * piece and returns how far it got. Lines are found by their ends and not
 * looked at otherwise; in a list the brackets are counted (base/bracket), which
 * adds a quarter to what reading costs afterwards. */
#include "intake/delivery.h"

#include "base/bracket.h"
#include "base/memory.h"
#include "base/text.h"
#include "intake/event.h"

/* So much is shown of an event that is too long. */
enum { BEGINNING = 1024 };

enum state {
	START,			/* nothing but blanks so far */
	FIRST_LINE,		/* of an object, or of many */
	LINES,
	OBJECT,			/* one, over several lines */
	FIRST_ITEM, ITEM,	/* of a list: before the first, the others */
	NESTED,			/* in an object or array */
	WORD,			/* in anything else */
	BEHIND,			/* an item: a comma or the end comes next */
	OVER,			/* the list has ended */
	BROKEN,
	STATES
};

struct delivery {
	struct delivery_taker taker;
	enum state            state;
	struct text           held;	/* of an event, from former pieces */
	bool                  is_long;	/* and more than may be held */
	struct bracket        bracket;
	const char           *piece;
	uint64_t              passed;	/* bytes in the pieces before */
	struct delivered      event;	/* the one that is being read */
	struct lift_error     err;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *
blank_end(const char *at, const char *end)
{
	while (at < end && is_blank(*at))
		at++;
	return at;
}

static uint64_t
offset_of(const struct delivery *d, const char *at)
{
	return d->passed + (uint64_t)(at - d->piece);
}

/* Ends the delivery; WHAT is said of the byte at OFFSET. */
static const char *
delivery_break(struct delivery *d, uint64_t offset, const char *what)
{
	unsigned long long count = d->event.index;

	d->state = BROKEN;
	lift_fail(&d->err, LIFT_E_INPUT,
	    "%s, at byte %llu; %llu event%s before that %s read", what,
	    (unsigned long long)offset + 1, count, count == 1 ? "" : "s",
	    count == 1 ? "was" : "were");
	return NULL;
}

/* ---- one event ----------------------------------------------------------- */

/* Notes where the event begins whose next bytes are at AT. */
static void
event_begin(struct delivery *d, const char *at)
{
	if (d->held.size == 0)
		d->event.offset = offset_of(d, at);
}

/* Keeps a part of the event, for when the rest has come. */
static void
event_keep(struct delivery *d, const char *from, const char *to)
{
	size_t size = (size_t)(to - from);

	event_begin(d, from);
	if (d->is_long)
		return;
	d->is_long = d->held.size + size > EVENT_SIZE_MOST;
	if (!d->is_long) {
		text_add(&d->held, from, size);
	} else if (d->held.size < BEGINNING) {
		size_t more = BEGINNING - d->held.size;
		text_add(&d->held, from, more < size ? more : size);
	}
}

static void
event_refuse(struct delivery *d)
{
	struct lift_error err;

	if (d->event.json.size > BEGINNING)
		d->event.json.size = BEGINNING;
	lift_fail(&err, LIFT_E_INPUT, "event %llu, which begins at byte %llu, "
	    "has more than %d bytes", (unsigned long long)d->event.index,
	    (unsigned long long)d->event.offset + 1, EVENT_SIZE_MOST);
	d->taker.refused(d->taker.context, &d->event, &err);
}

/* Hands over the event that ends with these bytes. */
static bool
event_give(struct delivery *d, const char *from, const char *to)
{
	bool ok = true;

	event_begin(d, from);
	d->event.json = (struct lift_text){ from, (size_t)(to - from) };
	if (d->held.size > 0 || d->event.json.size > EVENT_SIZE_MOST) {
		event_keep(d, from, to);
		d->event.json = text_view(&d->held);
	}
	if (d->is_long)
		event_refuse(d);
	else
		ok = d->taker.event(d->taker.context, &d->event, &d->err);
	d->event.index++;
	d->is_long = false;
	text_clear(&d->held);
	if (!ok)
		d->state = BROKEN;
	return ok;
}

/* ---- lines --------------------------------------------------------------- */

/* Likewise, for a line, unless it is blank. */
static bool
line_give(struct delivery *d, const char *from, const char *to)
{
	/* What is held of a line begins with what is not blank. */
	if (d->held.size == 0)
		from = blank_end(from, to);
	return (from == to && d->held.size == 0) || event_give(d, from, to);
}

static const char *
step_lines(struct delivery *d, const char *at, const char *end)
{
	const char *stop = memchr(at, '\n', (size_t)(end - at));

	if (stop != NULL)
		return line_give(d, at, stop) ? stop + 1 : NULL;
	if (d->held.size == 0)
		at = blank_end(at, end);
	if (at < end)
		event_keep(d, at, end);
	return end;
}

/* The last byte of the first line that is not blank. */
static char
last_byte(const struct delivery *d, const char *from, const char *to)
{
	while (to > from && is_blank(to[-1]))
		to--;
	if (to > from)
		return to[-1];
	from = d->held.data;
	to = from + d->held.size;
	while (to > from && is_blank(to[-1]))
		to--;
	return to > from ? to[-1] : '\0';
}

static const char *
step_first_line(struct delivery *d, const char *at, const char *end)
{
	const char *stop = memchr(at, '\n', (size_t)(end - at));

	if (stop == NULL) {
		event_keep(d, at, end);
		return end;
	}
	char last = last_byte(d, at, stop);
	/* What is too long for one event need not be told apart. */
	d->state = LINES;
	if (!d->is_long && last != '\0' && strchr("{[,:", last) != NULL)
		d->state = OBJECT;
	return at;
}

static const char *
step_object(struct delivery *d, const char *at, const char *end)
{
	event_keep(d, at, end);
	return end;
}

/* ---- a list -------------------------------------------------------------- */

static const char *
step_item(struct delivery *d, const char *at, const char *end)
{
	at = blank_end(at, end);
	if (at == end)
		return end;
	if (*at == ']' && d->state == FIRST_ITEM) {
		d->state = OVER;
		return at + 1;
	}
	if (*at == ',' || *at == ']')
		return delivery_break(d, offset_of(d, at),
		    "an event is missing in the list");
	d->bracket = (struct bracket){ 0 };
	d->state = *at == '{' || *at == '[' ? NESTED : WORD;
	return at;
}

static const char *
step_nested(struct delivery *d, const char *at, const char *end)
{
	const char *from = at;

	switch (bracket_pass(&d->bracket, &at, end)) {
	case BRACKET_OPEN:
		event_keep(d, from, end);
		return end;
	case BRACKET_CLOSED:
		d->state = BEHIND;
		return event_give(d, from, at) ? at : NULL;
	default:
		return delivery_break(d, offset_of(d, at), *at == '}' ?
		    "in the list a } closes a [" :
		    "in the list a ] closes a {");
	}
}

/* True when the byte is still one of a number, a string or whatever it is. */
static bool
word_goes_on(struct bracket *b, char c)
{
	if (b->is_escaped)
		b->is_escaped = false;
	else if (c == '"')
		b->in_string = !b->in_string;
	else if (b->in_string)
		b->is_escaped = c == '\\';
	else
		return c != ',' && c != ']' && !is_blank(c);
	return true;
}

static const char *
step_word(struct delivery *d, const char *at, const char *end)
{
	const char *from = at;

	while (at < end && word_goes_on(&d->bracket, *at))
		at++;
	if (at == end) {
		event_keep(d, from, end);
		return end;
	}
	d->state = BEHIND;
	return event_give(d, from, at) ? at : NULL;
}

static const char *
step_behind(struct delivery *d, const char *at, const char *end)
{
	at = blank_end(at, end);
	if (at == end)
		return end;
	if (*at != ',' && *at != ']')
		return delivery_break(d, offset_of(d, at),
		    "a comma or the ] of the list is missing");
	d->state = *at == ',' ? ITEM : OVER;
	return at + 1;
}

static const char *
step_over(struct delivery *d, const char *at, const char *end)
{
	at = blank_end(at, end);
	return at == end ? end : delivery_break(d, offset_of(d, at),
	    "something follows the list");
}

static const char *
step_start(struct delivery *d, const char *at, const char *end)
{
	at = blank_end(at, end);
	if (at == end)
		return end;
	d->state = *at == '[' ? FIRST_ITEM : *at == '{' ? FIRST_LINE : LINES;
	return at + (*at == '[');
}

static const char *
step_broken(struct delivery *d, const char *at, const char *end)
{
	(void)d, (void)at, (void)end;
	return NULL;
}

static const char *(*const steps[STATES])(struct delivery *, const char *,
    const char *) = {
	[START] = step_start, [FIRST_LINE] = step_first_line,
	[LINES] = step_lines, [OBJECT] = step_object,
	[FIRST_ITEM] = step_item, [ITEM] = step_item, [NESTED] = step_nested,
	[WORD] = step_word, [BEHIND] = step_behind, [OVER] = step_over,
	[BROKEN] = step_broken,
};

/* ---- from outside -------------------------------------------------------- */

enum delivery_form
delivery_form_of(struct lift_text type)
{
	static const struct { const char *type; enum delivery_form form; }
	    known[] = { { "application/x-ndjson", DELIVERY_LINES },
		{ "application/ndjson", DELIVERY_LINES },
		{ "application/jsonl", DELIVERY_LINES },
		{ "application/x-jsonlines", DELIVERY_LINES },
		{ "application/jsonlines", DELIVERY_LINES },
		{ "text/csv", DELIVERY_TABLE } };
	size_t size = 0;

	while (size < type.size && type.data[size] != ';' &&
	    !is_blank(type.data[size]))
		size++;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i].type) == size &&
		    strncasecmp(known[i].type, type.data, size) == 0)
			return known[i].form;
	return DELIVERY_ANY;
}

struct delivery *
delivery_new(enum delivery_form form, const struct delivery_taker *taker)
{
	struct delivery *d = memory_take(sizeof(*d));

	d->taker = *taker;
	d->state = form == DELIVERY_LINES ? LINES : START;
	return d;
}

void
delivery_free(struct delivery *d)
{
	if (d == NULL)
		return;
	text_done(&d->held);
	memory_give(d);
}

bool
delivery_take(struct delivery *d, struct lift_text piece,
    struct lift_error *err)
{
	const char *at = piece.data, *end = at + piece.size;

	d->piece = at;
	while (at != NULL && at < end)
		at = steps[d->state](d, at, end);
	d->passed += piece.size;
	if (d->state == BROKEN)
		*err = d->err;
	return d->state != BROKEN;
}

bool
delivery_end(struct delivery *d, struct lift_error *err)
{
	static const char *const missing[STATES] = {
		[FIRST_ITEM] = "the list does not end",
		[ITEM] = "the list does not end",
		[NESTED] = "the list ends in the middle of an event",
		[WORD] = "the list does not end",
		[BEHIND] = "the list does not end",
	};

	d->piece = "";
	if (missing[d->state] != NULL) {
		delivery_break(d, d->passed, missing[d->state]);
	} else if (d->state != BROKEN && d->held.size > 0) {
		event_give(d, d->piece, d->piece);
	} else if (d->state != BROKEN && d->state != OVER &&
	    d->event.index == 0) {
		d->state = BROKEN;
		lift_fail(&d->err, LIFT_E_INPUT, "the body is empty, must be "
		    "an event, a list of events or a line for each");
	}
	if (d->state == BROKEN)
		*err = d->err;
	return d->state != BROKEN;
}

uint64_t
delivery_count(const struct delivery *d)
{
	return d->event.index;
}
