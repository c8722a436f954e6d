/* Aligning: numbers to the right, everything else to the left, and no padding
 * behind the last column. Widths only grow from page to page. */
#include "ctl/ctl_table.h"

#include "base/utf8.h"

enum { GAP = 2 };

struct ctl_table
ctl_table_on(FILE *out, bool is_pairs)
{
	return (struct ctl_table){ .out = out, .is_pairs = is_pairs };
}

static bool
cell_next(struct lift_text *line, struct lift_text *ret_cell)
{
	if (line->data == NULL)
		return false;
	const char *tab = memchr(line->data, '\t', line->size);
	size_t n = tab != NULL ? (size_t)(tab - line->data) : line->size;
	*ret_cell = (struct lift_text){ line->data, n };
	*line = tab != NULL ? (struct lift_text){ tab + 1,
		line->size - n - 1 } : (struct lift_text){ NULL, 0 };
	return true;
}

static bool
is_number(struct lift_text cell)
{
	bool digit = false;

	for (size_t i = 0; i < cell.size; i++) {
		char c = cell.data[i];
		if (c >= '0' && c <= '9')
			digit = true;
		else if (c != '.' && c != '%' && !(i == 0 && c == '-') &&
		    !(digit && (c == 'e' || c == '+' || c == '-')))
			return false;
	}
	return digit || cell.size == 0;
}

static struct lift_text
line_next(struct lift_text *page)
{
	const char *end = memchr(page->data, '\n', page->size);
	size_t n = (size_t)(end - page->data);
	struct lift_text line = { page->data, n };

	page->data += n + 1;
	page->size -= n + 1;
	return line;
}

static void
line_measure(struct ctl_table *t, struct lift_text line, bool is_header)
{
	struct lift_text cell;

	for (unsigned i = 0; i < CTL_COLUMNS && cell_next(&line, &cell); i++) {
		unsigned width = (unsigned)utf8_count(cell);
		if (width > t->widths[i])
			t->widths[i] = width;
		if (!is_header && !is_number(cell))
			t->words[i] = true;
	}
}

static void
line_print(const struct ctl_table *t, struct lift_text line)
{
	struct lift_text cell;
	bool more = cell_next(&line, &cell);

	for (unsigned i = 0; more; i++) {
		int pad = i < CTL_COLUMNS ?
		    (int)t->widths[i] - (int)utf8_count(cell) : 0;
		bool right = i < CTL_COLUMNS && !t->is_pairs && !t->words[i];
		struct lift_text next;
		if (pad < 0)
			pad = 0;
		fprintf(t->out, "%*s", right ? pad : 0, "");
		fwrite(cell.data, 1, cell.size, t->out);
		more = cell_next(&line, &next);
		if (more)
			fprintf(t->out, "%*s", (right ? 0 : pad) + GAP, "");
		cell = next;
	}
	fputc('\n', t->out);
}

void
ctl_table_flush(struct ctl_table *t)
{
	struct lift_text page = text_view(&t->page);

	for (bool first = t->has_header; page.size > 0; first = false)
		line_measure(t, line_next(&page), first);
	page = text_view(&t->page);
	while (page.size > 0)
		line_print(t, line_next(&page));
	text_clear(&t->page);
	t->rows = 0;
	t->has_header = false;
}

/* A new table begins: nothing of the last one's columns holds. */
static void
table_close(struct ctl_table *t)
{
	ctl_table_flush(t);
	memset(t->widths, 0, sizeof(t->widths));
	memset(t->words, 0, sizeof(t->words));
	t->is_open = false;
}

static void
line_add(struct ctl_table *t)
{
	if (memchr(t->line.data, '\t', t->line.size) == NULL) {
		table_close(t);
		fwrite(t->line.data, 1, t->line.size, t->out);
	} else {
		if (!t->is_open)
			t->has_header = !t->is_pairs;
		t->is_open = true;
		text_add(&t->page, t->line.data, t->line.size);
		if (++t->rows >= CTL_PAGE)
			ctl_table_flush(t);
	}
	text_clear(&t->line);
}

void
ctl_table_add(struct ctl_table *t, struct lift_text bytes)
{
	while (bytes.size > 0) {
		const char *end = memchr(bytes.data, '\n', bytes.size);
		size_t n = end != NULL ? (size_t)(end - bytes.data) + 1 :
		    bytes.size;
		text_add(&t->line, bytes.data, n);
		if (end != NULL)
			line_add(t);
		bytes.data += n;
		bytes.size -= n;
	}
}

void
ctl_table_done(struct ctl_table *t)
{
	ctl_table_flush(t);
	fwrite(t->line.data ? t->line.data : "", 1, t->line.size, t->out);
	text_done(&t->line);
	text_done(&t->page);
}
