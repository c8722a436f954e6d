/* Where a JSON object or array ends, found without reading it: brackets are
 * counted outside of strings. For what has to be cut into values before each
 * is read. */
#ifndef BASE_BRACKET_H
#define BASE_BRACKET_H

#include <liftd/plugin.h>

enum bracket_state {
	BRACKET_OPEN,		/* the bytes are used up */
	BRACKET_CLOSED,		/* as many are closed as were opened */
	BRACKET_WRONG		/* one closes what another kind has opened */
};

/* Starts all zero, on the first bracket. */
struct bracket {
	uint64_t objects;	/* a bit a level: it was opened by { */
	unsigned depth;
	bool     in_string, is_escaped;
};

/* Reads on from *AT to END and says why it stopped: *AT is behind the bracket
 * that closes the first one, or on the one that is wrong. Kinds are compared
 * on the first 64 levels, which is what a reader of JSON goes down to. */
enum bracket_state bracket_pass(struct bracket *, const char **at,
    const char *end);

#endif
