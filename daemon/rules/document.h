/* YAML text to a tree of nodes. The dialect is a strict one, since people
 * lose evenings over the lenient one: no duplicate keys, no tabs, no merge
 * keys, no tags, one document in a file, keys that are plain texts. */
#ifndef RULES_DOCUMENT_H
#define RULES_DOCUMENT_H

#include <liftd/plugin.h>

#include "base/arena.h"
#include "rules/finding.h"
#include "rules/node.h"

/* What a file may cost. */
struct document_limits {
	size_t   bytes;
	unsigned depth;			/* of lists and maps */
	unsigned nodes;			/* with aliases written out */
};

#define DOCUMENT_LIMITS	\
	((struct document_limits){ (size_t)4 << 20, 32, 200000 })

struct document {
	const char       *file;
	struct lift_text  source;
	const struct node *root;	/* an empty text for an empty file */
};

/* The root of a tree, by which a node finds its document. */
struct document_root {
	struct node            node;
	const struct document *document;
};

/* Reads a document; LIMITS may be NULL for the usual ones. NULL when there is
 * no tree; with lesser mistakes there is a tree and findings too, so that the
 * rest of the file is checked in the same run.
 *
 * Keeps: SOURCE, which must live as long as the document. */
const struct document *document_read(struct arena *, const char *file,
    struct lift_text source, const struct document_limits *,
    struct findings *);

/* As document_read, of the file of that name. */
const struct document *document_open(struct arena *, const char *file,
    const struct document_limits *, struct findings *);

/* A line of the source, counted from 1, without its end and not longer than
 * anybody would read; empty when there is none. */
struct lift_text document_line(const struct document *, uint32_t line);

/* The beginning of a text, of at most SIZE bytes and in whole characters. */
struct lift_text document_cut(struct lift_text, size_t size);

#endif
