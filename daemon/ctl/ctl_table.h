/* Tables for people: lines with tabs become columns. A page of 200 rows is
 * aligned at a time, so an answer of any length costs constant memory. */
#ifndef CTL_TABLE_H
#define CTL_TABLE_H

#include <stdio.h>

#include "base/text.h"

enum { CTL_PAGE = 200, CTL_COLUMNS = 64 };

struct ctl_table {
	FILE       *out;
	bool        is_pairs;		/* names and values, no header */
	struct text line;		/* not whole yet */
	struct text page;		/* lines, each with its end */
	unsigned    rows;
	bool        has_header;		/* the page begins with names */
	bool        is_open;		/* columns go on from the last page */
	unsigned    widths[CTL_COLUMNS];
	bool        words[CTL_COLUMNS];	/* the column is not all numbers */
};

/* An empty table; ends with ctl_table_done. */
struct ctl_table ctl_table_on(FILE *, bool is_pairs);

/* Adds bytes; whole pages are printed. A line without a tab ends a table and
 * is printed as it stands. */
void ctl_table_add(struct ctl_table *, struct lift_text);

/* Prints what there is of the page. */
void ctl_table_flush(struct ctl_table *);

/* Prints what there is and frees it. */
void ctl_table_done(struct ctl_table *);

#endif
