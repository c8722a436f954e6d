/* The rule files that a request is about: those uploaded with it, or those of
 * the daemon's own directory. */
#ifndef VERBS_RULE_FILES_H
#define VERBS_RULE_FILES_H

#include "house/request.h"
#include "rules/generation.h"

enum { RULE_FILES_MOST = 1000 };

/* Files on their way in, in the request's arena. */
struct rule_files {
	struct generation_file files[RULE_FILES_MOST];
	size_t                 count, bytes;
	struct lift_error      error;
	void                 (*then)(struct request *);
};

/* Gathers the files of the argument `files`, and goes on with THEN. Uses the
 * request's `state` until then. */
void rule_files_gather(struct request *, void (*then)(struct request *));

/* The files, when THEN is called. */
const struct rule_files *rule_files(const struct request *);

#endif
