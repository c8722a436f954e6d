/* From liftctl's words to a request line, and to the file that goes with it. */
#ifndef CTL_LINE_H
#define CTL_LINE_H

#include "base/text.h"
#include "ctl/ctl_options.h"
#include "ctl/ctl_verb.h"

struct ctl_line {
	struct text line;		/* with its line end */
	const char *path;		/* to upload; NULL: nothing */
	bool        is_files;		/* as files, not as lines */
};

/* Makes the request line for the words of the options. VERB is NULL when the
 * daemon knows none by these words: it will say so better than we could. Ends
 * with text_done of the line. Fails when a file must be named and is not. */
bool ctl_line_make(const struct ctl_options *, const struct ctl_verb *,
    struct ctl_line *ret_line, struct lift_error *);

/* Appends a word in the wire's form: quoted where it must be, or when ALWAYS
 * is true. */
void ctl_line_word(struct text *, struct lift_text word, bool always);

#endif
