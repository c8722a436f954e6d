/* An acknowledgement is a line of the answer that has a value for `lines`; the
 * columns are found by the names in the first line, or by `name=value`. */
#include "ctl/ctl_progress.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"

enum { BAR_WIDTH = 24 };

static const char *const count_names[CTL_COUNTS] = {
	[CTL_LINES] = "lines", [CTL_STORED] = "stored", [CTL_KNOWN] = "known",
	[CTL_REFUSED] = "refused", [CTL_PASSED] = "passed",
	[CTL_IMPORTED] = "imported",
};

/* The next cell of a line, which loses it. */
static struct lift_text
cell_take(struct lift_text *line)
{
	const char *tab = memchr(line->data, '\t', line->size);
	size_t n = tab != NULL ? (size_t)(tab - line->data) : line->size;
	struct lift_text cell = { line->data, n };

	n += tab != NULL;
	line->data += n;
	line->size -= n;
	return cell;
}

static void
count_note(int64_t counts[CTL_COUNTS], struct lift_text name,
    struct lift_text value)
{
	for (int i = 0; i < CTL_COUNTS; i++)
		if (lift_text_equal(name, lift_text(count_names[i])) &&
		    value.size > 0)
			counts[i] = strtoll(value.data, NULL, 10);
}

/* Reads a row; false when it is no acknowledgement. */
static bool
row_read(struct ctl_progress *p, struct lift_text row)
{
	struct lift_text names = text_view(&p->names);
	int64_t counts[CTL_COUNTS];

	memcpy(counts, p->counts, sizeof(counts));
	counts[CTL_LINES] = -1;
	while (row.size > 0) {
		struct lift_text name = cell_take(&names);
		struct lift_text cell = cell_take(&row);
		const char *equals = memchr(cell.data, '=', cell.size);
		size_t n = equals ? (size_t)(equals - cell.data) : 0;
		if (name.size == 0 && equals != NULL) {
			name = (struct lift_text){ cell.data, n };
			cell.data += n + 1;
			cell.size -= n + 1;
		}
		count_note(counts, name, cell);
	}
	if (counts[CTL_LINES] < 0)
		return false;
	memcpy(p->counts, counts, sizeof(counts));
	return true;
}

static void
bar_clear(struct ctl_progress *p)
{
	if (p->is_shown && p->drawn > 0)
		fputs("\r\033[K", p->out);
}

/* What the first acknowledgement tells of earlier attempts. */
static void
row_first(struct ctl_progress *p)
{
	if (p->counts[CTL_IMPORTED] > 0 || p->counts[CTL_PASSED] == 0)
		return;
	bar_clear(p);
	fprintf(p->out, "liftctl: goes on at line %" PRId64 "\n",
	    p->counts[CTL_PASSED] + 1);
}

static void
line_hear(struct ctl_progress *p, FILE *rows)
{
	struct lift_text line = text_view(&p->line);

	if (p->names.size == 0) {
		text_add(&p->names, line.data, line.size);
		return;
	}
	if (!row_read(p, line)) {
		if (p->is_shown) {
			bar_clear(p);
			fprintf(rows, "%.*s\n", (int)line.size, line.data);
		}
		return;
	}
	if (!p->has_row)
		row_first(p);
	p->has_row = true;
	if (p->from_time == 0 &&
	    p->counts[CTL_LINES] > p->counts[CTL_PASSED]) {
		p->from_time = clock_monotonic();
		p->from_read = p->counts[CTL_PASSED] == 0 ? 0 :
		    ctl_upload_read(p->upload);
	}
}

void
ctl_progress_hear(struct ctl_progress *p, struct lift_text bytes, FILE *rows)
{
	while (bytes.size > 0) {
		const char *end = memchr(bytes.data, '\n', bytes.size);
		size_t n = end ? (size_t)(end - bytes.data) : bytes.size;
		text_add(&p->line, bytes.data, n);
		if (end != NULL) {
			line_hear(p, rows);
			text_clear(&p->line);
		}
		n += end != NULL;
		bytes.data += n;
		bytes.size -= n;
	}
}

static void
span_print(FILE *out, int64_t seconds)
{
	if (seconds >= 3600)
		fprintf(out, "%" PRId64 " h %02" PRId64 " min",
		    seconds / 3600, seconds / 60 % 60);
	else if (seconds >= 60)
		fprintf(out, "%" PRId64 " min %02" PRId64 " s", seconds / 60,
		    seconds % 60);
	else
		fprintf(out, "%" PRId64 " s", seconds);
}

static int64_t
events_of(const struct ctl_progress *p)
{
	return p->counts[CTL_STORED] + p->counts[CTL_KNOWN] +
	    p->counts[CTL_REFUSED];
}

/* The bar and the percentage of the file, where its size is known. */
static void
bar_draw(const struct ctl_progress *p, int64_t size, int64_t read)
{
	int full = (int)(read * BAR_WIDTH / size);

	fputc('[', p->out);
	for (int i = 0; i < BAR_WIDTH; i++)
		fputc(i < full ? '#' : '.', p->out);
	fprintf(p->out, "] %3d %%  ", (int)(read * 100 / size));
}

void
ctl_progress_draw(struct ctl_progress *p)
{
	int64_t now = clock_monotonic();
	int64_t size = ctl_upload_size(p->upload);
	int64_t read = ctl_upload_read(p->upload);

	if (!p->is_shown || now - (p->drawn ? p->drawn : p->began) <
	    LIFT_SECOND)
		return;
	bar_clear(p);
	p->drawn = now;
	if (size > 0)
		bar_draw(p, size, read < size ? read : size);
	double spent = (double)(now - (p->from_time ? p->from_time :
	    p->began)) / LIFT_SECOND;
	fprintf(p->out, "%" PRId64 " events, %.0f/s", events_of(p),
	    (double)events_of(p) / (spent > 0.001 ? spent : 0.001));
	if (size > read && p->from_time > 0 && read > p->from_read) {
		fputs(", ", p->out);
		span_print(p->out, (int64_t)(spent * (double)(size - read) /
		    (double)(read - p->from_read)));
		fputs(" left", p->out);
	}
	fflush(p->out);
}

static void
end_print(const struct ctl_progress *p)
{
	double spent = (double)(clock_monotonic() - p->began) / LIFT_SECOND;

	fprintf(p->out, "liftctl: %" PRId64 " lines: %" PRId64 " events "
	    "stored, %" PRId64 " known, %" PRId64 " refused, in %.1f s, "
	    "%.0f/s", p->counts[CTL_LINES], p->counts[CTL_STORED],
	    p->counts[CTL_KNOWN], p->counts[CTL_REFUSED], spent,
	    (double)events_of(p) / (spent > 0.001 ? spent : 0.001));
}

void
ctl_progress_end(struct ctl_progress *p, bool finished)
{
	bar_clear(p);
	if (p->has_row && p->counts[CTL_IMPORTED] > 0) {
		fprintf(p->out, "liftctl: was imported already, %" PRId64
		    " events; --again begins anew\n", p->counts[CTL_IMPORTED]);
	} else if (p->has_row) {
		end_print(p);
		fputs(finished ? "\n" : "; it was cut off, the same command "
		    "goes on from there\n", p->out);
	}
	fflush(p->out);
	text_done(&p->line);
	text_done(&p->names);
}
