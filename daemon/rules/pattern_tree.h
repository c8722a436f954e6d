/* Inside the patterns: the tree that pattern_parse makes of the text, and that
 * pattern.c turns into states. */
#ifndef RULES_PATTERN_TREE_H
#define RULES_PATTERN_TREE_H

#include "rules/pattern.h"

struct range {
	uint32_t low, high;
};

/* Code points, in no order. */
struct ranges {
	struct range *items;
	uint32_t      count, room;
};

enum shape {
	SHAPE_EMPTY, SHAPE_SET, SHAPE_ASSERT, SHAPE_SEQUENCE,
	SHAPE_CHOICE, SHAPE_REPEAT
};

enum assertion {
	AT_BEGIN, AT_END, AT_LINE_BEGIN, AT_LINE_END, AT_WORD, AT_NO_WORD
};

enum { REPEAT_FOREVER = -1 };

/* One node. The parts of a sequence or choice hang on `first`, the last of
 * them first, since states are made from the end. */
struct shape_node {
	enum shape         shape;
	enum assertion     assertion;
	int                least, most;		/* of a repeat */
	struct ranges      set;
	struct shape_node *first, *before;
};

/* The tree of the text, or NULL with the problem. */
struct shape_node *pattern_parse(struct arena *, struct lift_text,
    struct pattern_problem *);

/* Adds the code points from LOW to HIGH. */
void ranges_add(struct arena *, struct ranges *, uint32_t low, uint32_t high);

/* Turns the set into what is not in it. */
void ranges_negate(struct arena *, struct ranges *);

/* Adds the other case of each ASCII letter in the set, and the two code points
 * outside ASCII that fold to one. */
void ranges_fold(struct arena *, struct ranges *);

/* Adds what a letter after a backslash, such as d, stands for; false when it
 * is no such letter. */
bool ranges_add_escape(struct arena *, struct ranges *, uint32_t letter,
    bool is_folded);

/* Adds a POSIX class such as alpha; false when there is none of that name. */
bool ranges_add_posix(struct arena *, struct ranges *, struct lift_text name,
    bool is_folded);

#endif
