/* What follows a request on the control socket: chunks (`<bytes>` on a line,
 * then so many bytes), ended by a chunk of 0; and out of them the lines of the
 * upload, however they lie across chunks. */
#ifndef DOORS_UPLOAD_H
#define DOORS_UPLOAD_H

#include "base/text.h"

/* A line may hold the largest file of rules, two bytes for each of its. */
enum { UPLOAD_LINE = (8 << 20) + 4096, UPLOAD_CHUNK = 1 << 30 };

enum upload_step {
	UPLOAD_MORE,		/* all was used, more bytes are needed */
	UPLOAD_HAS_LINE,	/* `line` is one */
	UPLOAD_TOO_LONG,	/* line `number` is longer than UPLOAD_LINE */
	UPLOAD_OVER,		/* the chunk of 0 has been read */
	UPLOAD_BAD		/* this is no chunk; nothing can be read on */
};

/* Starts all zero. */
struct upload {
	struct text   line;		/* so far */
	unsigned long number;		/* of the line, from 1 */
	size_t        left;		/* bytes of this chunk to come */
	size_t        size;		/* of the next chunk, as read so far */
	bool          has_digit, is_last, is_given, is_long;
};

/* Reads on in IN and tells where it stopped and why; *RET_USED bytes are
 * behind it then. A line is good until the next call. */
enum upload_step upload_next(struct upload *, struct lift_text in,
    size_t *ret_used);

/* Frees what it holds; it is at the start of an upload afterwards. */
void upload_done(struct upload *);

#endif
