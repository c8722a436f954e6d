/* How far an import is, for people: a bar once a second, and a line at the
 * end. It is told by the rows of the answer in the text form. */
#ifndef CTL_PROGRESS_H
#define CTL_PROGRESS_H

#include <stdio.h>

#include "base/text.h"
#include "ctl/ctl_upload.h"

enum ctl_count {
	CTL_LINES, CTL_STORED, CTL_KNOWN, CTL_REFUSED, CTL_PASSED,
	CTL_IMPORTED, CTL_COUNTS
};

/* Starts all zero but for what is named first. */
struct ctl_progress {
	const struct ctl_upload *upload;
	FILE                    *out;		/* of the bar and the end */
	bool                     is_shown;	/* with a bar */
	int64_t                  began;		/* clock_monotonic's */

	int64_t     counts[CTL_COUNTS];	/* as acknowledged last */
	bool        has_row;
	int64_t     drawn;		/* when */
	int64_t     from_time, from_read;	/* where the new part begins */
	struct text line;		/* of the answer, so far */
	struct text names;		/* the first line of it */
};

/* Hears bytes of the answer. With a bar, what is no acknowledgement is printed
 * on ROWS; without, the caller prints all. */
void ctl_progress_hear(struct ctl_progress *, struct lift_text, FILE *rows);

/* Draws the bar when it is time to. */
void ctl_progress_draw(struct ctl_progress *);

/* Takes the bar away, says how it went, and frees what it holds. FINISHED is
 * false when it was cut off. */
void ctl_progress_end(struct ctl_progress *, bool finished);

#endif
