/* Patterns in RE2's syntax, for `matches`: a subset with the same answers.
 * Whatever the pattern, a match takes time in the order of the pattern's size
 * times the text's, no memory but a few kilobytes of stack, and no recursion.
 * Left out, and refused: \p classes, \C, named POSIX classes outside brackets,
 * flags other than i, s, m and U. */
#ifndef RULES_PATTERN_H
#define RULES_PATTERN_H

#include <liftd/plugin.h>

#include "base/arena.h"

enum {
	PATTERN_SIZE_MOST = 1000,	/* bytes */
	PATTERN_STATES_MOST = 2000,
	PATTERN_NESTING_MOST = 50,
	PATTERN_REPEAT_MOST = 1000	/* as RE2 */
};

struct pattern;

/* What is wrong with a pattern, and where in it. */
struct pattern_problem {
	size_t offset;
	char   message[120];
};

/* The compiled pattern in the arena, or NULL with the problem. Copies what it
 * needs of the text. */
struct pattern *pattern_compile(struct arena *, struct lift_text,
    struct pattern_problem *);

/* Whether the pattern matches anywhere in the text. Thread: any; the pattern
 * is not changed. */
bool pattern_matches(const struct pattern *, struct lift_text);

/* How many states the pattern has: what a byte of text costs at most. */
unsigned pattern_states(const struct pattern *);

#endif
