/* The tree of a rule file. Each node knows where it stands, so that whatever
 * is found wrong later can be shown in place. A tree never changes once it has
 * been read.
 *
 * What an alias stands for is copied to where it is used: the copy has the path
 * of its use, and the place of its anchor. */
#ifndef RULES_NODE_H
#define RULES_NODE_H

#include <liftd/plugin.h>

#include "base/text.h"
#include "rules/finding.h"

enum node_kind { NODE_TEXT, NODE_LIST, NODE_MAP };

struct document;

/* Walk a list or a map by `first` and `next`; values of a map have a key. */
struct node {
	const struct node *parent;	/* NULL for the root */
	const struct node *key;		/* in a map; else NULL */
	const struct node *first, *next; /* `first` of a key is its value */
	const char        *text;	/* of a text; a zero is behind it */
	uint32_t           size;	/* of a text; or how many values */
	uint32_t           line, column, end_line, end_column;	/* from 1 */
	uint8_t            kind;	/* enum node_kind */
	bool               is_quoted;	/* or a block of text */
	bool               is_key;
};

/* What YAML 1.2's core schema takes a plain text for. */
enum node_word {
	NODE_WORD_NULL,
	NODE_WORD_BOOL,
	NODE_WORD_WHOLE,
	NODE_WORD_NUMBER,
	NODE_WORD_TEXT
};

/* The value of a key; NULL when there is none, or NODE is no map. */
const struct node *node_get(const struct node *, const char *key);

/* What a text node says. */
static inline struct lift_text
node_text(const struct node *n)
{
	return (struct lift_text){ n->text, n->size };
}

/* What a text is by the core schema, as though it were not quoted. */
enum node_word node_word_of(struct lift_text);

/* What a node is by the core schema; text for all that is quoted. */
enum node_word node_word(const struct node *);

/* What a node is, for a sentence: `a list`, `the text "on"`. */
void node_describe(struct text *, const struct node *);

/* Appends the way to a node: `hooks[2].when`. */
void node_path(struct text *, const struct node *);

/* The document that a node belongs to. */
const struct document *node_document(const struct node *);

/* Where a byte of a text stands in the file; false when that cannot be told.
 * Just behind the last byte is a place too. */
bool node_place(const struct node *, size_t offset, uint32_t *ret_line,
    uint32_t *ret_column);

/* Adds a finding about a node; see findings_add. */
LIFT_PRINTF(4, 5)
struct finding *node_finding(struct findings *, enum finding_code,
    const struct node *, const char *form, ...);

#endif
