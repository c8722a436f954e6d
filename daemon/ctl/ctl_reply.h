/* What the daemon says, taken apart as it comes: the greeting, the head of a
 * reply, its chunks, its end. */
#ifndef CTL_REPLY_H
#define CTL_REPLY_H

#include <liftd/plugin.h>

enum { CTL_REPLY_LINE = 1024 };

enum ctl_step {
	CTL_STEP_MORE,		/* all was used, more bytes are needed */
	CTL_STEP_GREETING,	/* `line` is the greeting */
	CTL_STEP_HEAD,		/* `code` is 0, or that of an error */
	CTL_STEP_DATA,		/* bytes of the answer, or of the sentence */
	CTL_STEP_OVER,		/* `code`, and `line` may hold a sentence */
	CTL_STEP_BAD		/* this is not our protocol */
};

enum ctl_state {
	CTL_AT_GREETING, CTL_AT_HEAD, CTL_AT_SIZE, CTL_AT_DATA
};

/* Starts all zero, before the greeting. */
struct ctl_reply {
	enum ctl_state state;
	char           line[CTL_REPLY_LINE];
	size_t         size;
	size_t         left;		/* of the chunk */
	int            code;
	bool           is_error;	/* the chunks are a sentence */
	bool           is_whole;	/* `line` is to be emptied */
};

/* Reads on in IN: *RET_USED bytes are behind it then; RET_DATA, of CTL_STEP_
 * DATA, lies in IN. */
enum ctl_step ctl_reply_next(struct ctl_reply *, struct lift_text in,
    size_t *ret_used, struct lift_text *ret_data);

#endif
