/* Where a byte of a text stands in the file. What YAML makes of a text is not
 * what stands there: quotes hold escapes, lines are folded. So the source and
 * the text are walked side by side, and the walk gives up where they do not
 * agree: then the text's beginning has to do. */
#include "rules/node.h"

#include "rules/document.h"

struct walk {
	const char *at, *end;		/* in the source */
	const char *text;		/* in the text */
	const char *text_end;
	uint32_t    line;
	const char *line_start;
	size_t      indent;		/* of a block of lines */
	char        style;		/* " ' | > or 0 for a plain text */
};

static bool
is_break(char c)
{
	return c == '\n' || c == '\r';
}

/* The end of a line, and what indents the next one. */
static void
walk_break(struct walk *w)
{
	size_t blanks = 0;

	w->at += w->at[0] == '\r' && w->at + 1 < w->end &&
	    w->at[1] == '\n' ? 2 : 1;
	w->line++;
	w->line_start = w->at;
	while (w->at < w->end && (*w->at == ' ' || *w->at == '\t') &&
	    !(w->indent > 0 && blanks == w->indent)) {
		w->at++;
		blanks++;
	}
}

/* Blanks around line ends: a blank or line ends of the text. */
static void
walk_fold(struct walk *w)
{
	while (w->at < w->end && is_break(*w->at))
		walk_break(w);
	if (w->text < w->text_end && *w->text == ' ') {
		w->text++;
		return;
	}
	while (w->text < w->text_end && *w->text == '\n')
		w->text++;
}

/* The source's bytes of an escape in double quotes. */
static size_t
escape_size(const struct walk *w)
{
	char kind = w->at + 1 < w->end ? w->at[1] : '\0';

	return kind == 'x' ? 4 : kind == 'u' ? 6 : kind == 'U' ? 10 : 2;
}

static void
walk_escape(struct walk *w)
{
	if (w->at + 1 < w->end && is_break(w->at[1])) {
		w->at++;
		walk_break(w);
		return;
	}
	w->at += escape_size(w);
	w->text++;
	while (w->text < w->text_end && ((unsigned char)*w->text & 0xc0) ==
	    0x80)
		w->text++;
}

/* True when only blanks are left of a line that is folded away. */
static bool
line_ends(const struct walk *w)
{
	const char *at = w->at;

	if (w->style == '|')
		return false;
	while (at < w->end && (*at == ' ' || *at == '\t') &&
	    w->style != '>')
		at++;
	return at < w->end && is_break(*at);
}

static void
walk_step(struct walk *w)
{
	if (w->style == '"' && *w->at == '\\') {
		walk_escape(w);
	} else if (line_ends(w)) {
		while (!is_break(*w->at))
			w->at++;
		walk_fold(w);
	} else if (is_break(*w->at)) {
		walk_break(w);
		w->text++;
	} else {
		w->at += w->style == '\'' && *w->at == '\'' ? 2 : 1;
		w->text++;
	}
}

/* Past the quote, or past the line of a block's sign to its first word. */
static void
walk_open(struct walk *w)
{
	const char *first;

	if (w->style == '\0')
		return;
	w->at++;
	if (w->style != '|' && w->style != '>')
		return;
	while (w->at < w->end && !is_break(*w->at))
		w->at++;
	while (w->at < w->end && is_break(*w->at))
		walk_break(w);
	first = w->line_start;
	w->indent = (size_t)(w->at - first);
}

static uint32_t
columns(const char *from, const char *to)
{
	uint32_t n = 1;

	for (; from < to; from++)
		n += ((unsigned char)*from & 0xc0) != 0x80;
	return n;
}

/* To the node's first byte in the source. */
static const char *
source_at(const struct document *d, const struct node *n,
    const char **ret_line)
{
	struct lift_text line = document_line(d, n->line);
	const char *at = line.data, *end = d->source.data + d->source.size;

	*ret_line = at;
	for (uint32_t i = 1; at < end && i < n->column; i++)
		for (at++; at < end && ((unsigned char)*at & 0xc0) == 0x80;)
			at++;
	return line.size > 0 ? at : end;
}

bool
node_place(const struct node *n, size_t offset, uint32_t *ret_line,
    uint32_t *ret_column)
{
	const struct document *d = node_document(n);
	struct walk w = { .end = d->source.data + d->source.size,
		.line = n->line, .text = n->text, .text_end = n->text +
		n->size };

	if (n->kind != NODE_TEXT || offset > n->size)
		return false;
	w.at = source_at(d, n, &w.line_start);
	if (w.at < w.end && n->is_quoted && strchr("\"'|>", *w.at) != NULL)
		w.style = *w.at;
	walk_open(&w);
	while (w.at < w.end && w.text < n->text + offset)
		walk_step(&w);
	/* At the text's end there is nothing to compare with. */
	bool same = w.text == n->text + offset && (offset == n->size ||
	    (w.at < w.end && (*w.at == *w.text || *w.at == '\\')));
	if (!same)
		return false;
	*ret_line = w.line;
	*ret_column = columns(w.line_start, w.at);
	return true;
}
