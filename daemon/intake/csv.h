/* Comma-separated values (RFC 4180) to rows of cells, as the bytes come in:
 * pieces may end anywhere.
 *
 * The separator is the one of `,` `;` and tab that the first line has most of.
 * A cell in quotes may hold separators, line ends and doubled quotes; a quote
 * in the middle of a cell without quotes stands for itself. A byte order mark
 * and blank lines are passed over; a line ends with LF or CRLF.
 *
 * What is wrong with one row stays with it: the next line is read. Where a
 * quote is never closed, that is the line at which the row has grown longer
 * than a row may be. */
#ifndef INTAKE_CSV_H
#define INTAKE_CSV_H

#include <liftd/plugin.h>

enum { CSV_ROW_MOST = 128 * 1024, CSV_COLUMNS_MOST = 256 };

struct csv;

/* One row: cells are borrowed until the call returns. */
struct csv_row {
	uint64_t                line, last;	/* of the file, from 1 */
	const struct lift_text *cells;
	unsigned                count;
};

/* Who takes the rows. `row` ends the reading by returning false with a
 * sentence. `refused` is told of a row that is none: as much of it as was read,
 * the column (from 0) at which it went wrong, and why. */
struct csv_taker {
	bool (*row)(void *context, const struct csv_row *,
	    struct lift_error *);
	void (*refused)(void *context, const struct csv_row *,
	    unsigned column, const char *why);
	void  *context;
};

/* A reader that has read nothing. Freed with csv_free.
 * Keeps: a copy of the taker. */
struct csv *csv_new(const struct csv_taker *);

/* Frees it; takes NULL. */
void csv_free(struct csv *);

/* Hands over all rows that are whole now. Fails: for good, with the taker's
 * sentence. */
bool csv_take(struct csv *, struct lift_text piece, struct lift_error *);

/* A whole line of the file is lost: the row that it was part of is refused
 * because of WHY, and the next line begins another. */
void csv_lose(struct csv *, const char *why);

/* Hands over the last row, as no more will come. Fails as csv_take. */
bool csv_end(struct csv *, struct lift_error *);

/* The separator that a first line like this one means; 0 for none. */
char csv_separator(struct lift_text line);

#endif
