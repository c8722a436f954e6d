/* References in the texts of rule files: `${env:NAME}`,
 * `${env:NAME:-default}` and `${file:PATH}`. They are replaced after the YAML
 * has been read, inside of one text, so that nothing that they bring in can be
 * taken for YAML. What else begins with `${` is left for those who fill in
 * messages later. */
#ifndef RULES_REFERENCE_H
#define RULES_REFERENCE_H

#include <liftd/plugin.h>

#include "base/arena.h"
#include "base/text.h"
#include "rules/finding.h"
#include "rules/node.h"

/* Where references lead: the system's in the daemon, something made up in
 * tests and sandboxes. */
struct option_sources {
	void *self;
	/* Appends the variable's value; false when it is not set. */
	bool (*env)(void *self, const char *name, struct text *to);
	/* Appends the file's content; false with a sentence. */
	bool (*file)(void *self, const char *path, struct text *to,
	    struct lift_error *);
};

/* The environment and the files of this process; PATHs that do not begin with
 * a slash go from FOLDER, which must live as long as the answer. One line end
 * at the end of a file is taken off. */
struct option_sources reference_sources(const char *folder);

/* Whether a text holds a reference to a variable or a file. */
bool reference_in(struct lift_text);

/* The text of a node with its references replaced; a zero is behind it.
 * SOURCES may be NULL: then each reference is refused.
 *
 * Fails: with a finding, when one is not well formed or leads nowhere. */
bool reference_text(struct arena *, const struct node *,
    const struct option_sources *, struct findings *,
    struct lift_text *ret_text);

#endif
