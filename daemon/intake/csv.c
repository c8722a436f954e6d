/* A machine with a step a state, as in delivery.c; a step gets the bytes that
 * are left of the piece and returns how far it got. The first line is held
 * (of those that are not blank) until it is whole, for it tells the separator.
 * The cells of a row lie one behind the other in one text, and where each ends
 * is noted. */
#include "intake/csv.h"

#include "base/memory.h"
#include "base/text.h"

enum state {
	FIRST,			/* the first line is not whole yet */
	CELL,			/* a cell begins */
	PLAIN,			/* in a cell without quotes */
	QUOTED,			/* in one with quotes */
	BEHIND,			/* a quote, which may be the last */
	RETURN,			/* a CR behind the last quote */
	LOST,			/* passes over what is left of a line */
	BROKEN,
	STATES
};

struct csv {
	struct csv_taker  taker;
	enum state        state;
	char              separator;
	struct text       held;		/* of the first line */
	bool              in_quotes;	/* of the first line */
	struct text       cells;
	size_t            ends[CSV_COLUMNS_MOST];
	unsigned          count;	/* of cells that are whole */
	uint64_t          line;		/* that is read, from 1 */
	uint64_t          began;	/* the line of the row */
	struct lift_error err;
};

static const char too_long[] = "the row has grown longer than 131072 bytes; "
    "is a quote not closed?";

/* ---- rows ---------------------------------------------------------------- */

static void
row_begin(struct csv *c)
{
	text_clear(&c->cells);
	c->count = 0;
	c->began = c->line;
	c->state = CELL;
}

/* The row as it is so far. */
static struct csv_row
row_view(const struct csv *c, struct lift_text cells[CSV_COLUMNS_MOST])
{
	const char *data = text_view(&c->cells).data;
	size_t from = 0;

	for (unsigned i = 0; i < c->count; from = c->ends[i++])
		cells[i] = (struct lift_text){ data + from,
			c->ends[i] - from };
	return (struct csv_row){ c->began, c->line, cells, c->count };
}

static void
row_refuse(struct csv *c, const char *why)
{
	struct lift_text cells[CSV_COLUMNS_MOST];
	unsigned column = c->count;

	/* What was read of the cell that is wrong counts as one. */
	if (c->count < CSV_COLUMNS_MOST)
		c->ends[c->count++] = c->cells.size;
	struct csv_row row = row_view(c, cells);
	c->taker.refused(c->taker.context, &row, column, why);
	c->state = LOST;
}

/* How far a cell may go on in what begins at AT: so a row is refused at the
 * same byte however it comes in. */
static const char *
row_most(const struct csv *c, const char *at, const char *end)
{
	size_t room = CSV_ROW_MOST - c->cells.size;

	return (size_t)(end - at) > room ? at + room : end;
}

static bool
cell_close(struct csv *c)
{
	if (c->count == CSV_COLUMNS_MOST) {
		row_refuse(c, "a row has at most 256 columns");
		return false;
	}
	c->ends[c->count++] = c->cells.size;
	c->state = CELL;
	return true;
}

static bool
row_give(struct csv *c)
{
	struct lift_text cells[CSV_COLUMNS_MOST];
	struct csv_row row = row_view(c, cells);

	if (c->count == 1 && c->ends[0] == 0)
		return true;
	return c->taker.row(c->taker.context, &row, &c->err);
}

/* The line's end at AT, outside of quotes; the step's result. */
static const char *
row_end(struct csv *c, const char *at)
{
	bool ok = !cell_close(c) || row_give(c);

	c->line++;
	row_begin(c);
	if (!ok)
		c->state = BROKEN;
	return ok ? at + 1 : NULL;
}

/* ---- steps --------------------------------------------------------------- */

static const char *
step_cell(struct csv *c, const char *at, const char *end)
{
	(void)end;
	c->state = *at == '"' ? QUOTED : PLAIN;
	return at + (*at == '"');
}

static const char *
step_plain(struct csv *c, const char *at, const char *end)
{
	const char *from = at, *most = row_most(c, at, end);
	char separator = c->separator;

	while (at < most && *at != separator && *at != '\n')
		at++;
	text_add(&c->cells, from, (size_t)(at - from));
	if (at == end)
		return at;
	if (*at == separator) {
		cell_close(c);
		return at + 1;
	}
	if (*at != '\n') {
		row_refuse(c, too_long);
		return at;
	}
	size_t begins = c->count > 0 ? c->ends[c->count - 1] : 0;
	if (c->cells.size > begins && c->cells.data[c->cells.size - 1] == '\r')
		c->cells.size--;
	return row_end(c, at);
}

static const char *
step_quoted(struct csv *c, const char *at, const char *end)
{
	const char *from = at, *most = row_most(c, at, end);

	for (; at < most && *at != '"'; at++)
		c->line += *at == '\n';
	text_add(&c->cells, from, (size_t)(at - from));
	if (at == end)
		return at;
	if (*at != '"') {
		row_refuse(c, too_long);
		return at;
	}
	c->state = BEHIND;
	return at + 1;
}

static const char *
step_behind(struct csv *c, const char *at, const char *end)
{
	(void)end;
	if (*at == '"' && c->cells.size < CSV_ROW_MOST) {
		text_byte(&c->cells, '"');
		c->state = QUOTED;
		return at + 1;
	}
	if (*at == c->separator) {
		cell_close(c);
		return at + 1;
	}
	if (*at == '\n')
		return row_end(c, at);
	if (*at != '\r') {
		row_refuse(c, "something follows the closing quote; a quote "
		    "inside of quotes is written twice");
		return at;
	}
	c->state = RETURN;
	return at + 1;
}

static const char *
step_return(struct csv *c, const char *at, const char *end)
{
	(void)end;
	if (*at == '\n')
		return row_end(c, at);
	row_refuse(c, "a carriage return follows the closing quote, and no "
	    "line end");
	return at;
}

static const char *
step_lost(struct csv *c, const char *at, const char *end)
{
	const char *stop = memchr(at, '\n', (size_t)(end - at));

	if (stop == NULL)
		return end;
	c->line++;
	row_begin(c);
	return stop + 1;
}

static const char *
step_broken(struct csv *c, const char *at, const char *end)
{
	(void)c, (void)at, (void)end;
	return NULL;
}

static const char *step_first(struct csv *, const char *, const char *);

static const char *(*const steps[STATES])(struct csv *, const char *,
    const char *) = {
	[FIRST] = step_first, [CELL] = step_cell, [PLAIN] = step_plain,
	[QUOTED] = step_quoted, [BEHIND] = step_behind,
	[RETURN] = step_return, [LOST] = step_lost, [BROKEN] = step_broken,
};

static bool
csv_run(struct csv *c, const char *at, const char *end)
{
	while (at != NULL && at < end)
		at = steps[c->state](c, at, end);
	return at != NULL;
}

/* ---- the first line ------------------------------------------------------ */

/* Reads what is held, now that it tells the separator. */
static bool
first_read(struct csv *c)
{
	struct text held = c->held;
	struct lift_text t = text_view(&held);
	size_t mark = t.size >= 3 && memcmp(t.data, "\xef\xbb\xbf", 3) == 0 ?
	    3 : 0;

	c->held = (struct text){ 0 };
	c->separator = csv_separator((struct lift_text){ t.data + mark,
		t.size - mark });
	row_begin(c);
	bool ok = csv_run(c, t.data + mark, t.data + t.size);
	text_done(&held);
	return ok;
}

static const char *
step_first(struct csv *c, const char *at, const char *end)
{
	const char *from = at;

	while (at < end && (*at != '\n' || c->in_quotes) &&
	    c->held.size + (size_t)(at - from) < CSV_ROW_MOST)
		c->in_quotes ^= *at++ == '"';
	if (at < end)
		at++;
	text_add(&c->held, from, (size_t)(at - from));
	if (strcmp(text_view(&c->held).data, "\n") == 0 ||
	    strcmp(text_view(&c->held).data, "\r\n") == 0) {
		text_clear(&c->held);
		c->line++;
		return at;
	}
	if (c->held.size <= CSV_ROW_MOST && (at == from || at[-1] != '\n' ||
	    c->in_quotes))
		return at;
	return first_read(c) ? at : NULL;
}

char
csv_separator(struct lift_text line)
{
	static const char known[] = ",;\t";
	unsigned counts[3] = { 0 }, best = 0;
	bool in_quotes = false;

	for (size_t i = 0; i < line.size; i++) {
		const char *k = line.data[i] != '\0' ?
		    strchr(known, line.data[i]) : NULL;
		in_quotes ^= line.data[i] == '"';
		if (!in_quotes && line.data[i] == '\n')
			break;
		if (!in_quotes && k != NULL)
			counts[k - known]++;
	}
	for (unsigned i = 1; i < 3; i++)
		best = counts[i] > counts[best] ? i : best;
	return counts[best] > 0 ? known[best] : 0;
}

/* ---- from outside -------------------------------------------------------- */

struct csv *
csv_new(const struct csv_taker *taker)
{
	struct csv *c = memory_take(sizeof(*c));

	c->taker = *taker;
	c->line = 1;
	return c;
}

void
csv_free(struct csv *c)
{
	if (c == NULL)
		return;
	text_done(&c->held);
	text_done(&c->cells);
	memory_give(c);
}

bool
csv_take(struct csv *c, struct lift_text piece, struct lift_error *err)
{
	if (csv_run(c, piece.data, piece.data + piece.size))
		return true;
	*err = c->err;
	return false;
}

void
csv_lose(struct csv *c, const char *why)
{
	if (c->state == FIRST)
		first_read(c);
	if (c->state == BROKEN)
		return;
	if (c->state != LOST)
		row_refuse(c, why);
	c->line++;
	row_begin(c);
}

bool
csv_end(struct csv *c, struct lift_error *err)
{
	bool ok = c->state != FIRST || c->held.size == 0 || first_read(c);

	if (!ok || c->state == BROKEN) {
		*err = c->err;
		return false;
	}
	if (c->state == QUOTED)
		row_refuse(c, "the file ends inside of quotes");
	if (c->state == LOST || c->state == FIRST ||
	    (c->state == CELL && c->count == 0))
		return true;
	return csv_take(c, LIFT_TEXT_OF("\n"), err);
}
