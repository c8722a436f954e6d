/* A verb as the daemon describes it. */
#ifndef CTL_VERB_H
#define CTL_VERB_H

#include "base/arena.h"
#include "base/text.h"

enum { CTL_ARGUMENTS = 32 };

struct ctl_argument {
	struct lift_text name;
	bool             optional;
	bool             is_flag, is_lines, is_files;
};

struct ctl_verb {
	struct lift_text    name, role, meaning;
	bool                acts, one;
	struct ctl_argument arguments[CTL_ARGUMENTS];
	size_t              count;
};

/* Reads one line of `verbs`; what it points to is in the line or the arena.
 * False when it is none. */
bool ctl_verb_read(struct arena *, struct lift_text line,
    struct ctl_verb *ret_verb);

/* How many of the words name this verb: two, one, or none. */
size_t ctl_verb_words(const struct ctl_verb *, const char *const *words,
    size_t count);

/* The place of the argument that an option's name means, or -1. */
int ctl_verb_argument(const struct ctl_verb *, struct lift_text name);

#endif
