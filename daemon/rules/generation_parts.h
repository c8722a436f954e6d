/* What the files of a generation's making share. */
#ifndef RULES_GENERATION_PARTS_H
#define RULES_GENERATION_PARTS_H

#include "rules/generation.h"

/* One rule file as its option table binds it. */
struct rule_file {
	int64_t          version;
	const char      *plugin, *description;
	const void      *options, *lists, *tests;
	struct {
		const char *currency, *timezone;
	} defaults;
	struct lift_rows hooks, jobs;
	const struct node *root;
	const char      *name;
	bool             set_aside;	/* its plugin is not there */
};

struct hook_row {
	const char *name, *description, *owner, *on, *when;
	int         mode;
	const void *do_;
};

struct job_row {
	const char *name, *description, *schedule, *timezone;
	const void *run;
	int64_t     jitter, limit, retries, backoff;
	int         overlap, catch_up, mode;
};

/* A generation while it is made. */
struct making {
	const struct generation_context *context;
	struct findings                 *findings;
	struct generation               *g;
	struct rule_file                *files;
	size_t                           file_count;
	struct generation_hook          *hooks;
	size_t                           hook_count;
	struct generation_job           *jobs;
	size_t                           job_count;
	struct expression_constant      *lists;
	size_t                           list_count;
	bool                             ok;
};

/* Adds a finding and remembers that the set does not check. */
LIFT_PRINTF(4, 5)
struct finding *making_fail(struct making *, enum finding_code,
    const struct node *, const char *form, ...);

/* Adds a finding about a place inside of a text. */
void making_problem(struct making *, enum finding_code, const struct node *,
    const struct expression_problem *);

/* Whether a hook or a job may have that name; false after a finding. */
bool making_name(struct making *, const struct node *);

/* The verb of a name for rules; NULL after a finding. */
const struct vocabulary_verb *making_verb(struct making *,
    const struct node *);

/* The hooks and jobs of one file. */
void making_hooks(struct making *, const struct rule_file *);
void making_jobs(struct making *, const struct rule_file *);

/* Refuses hooks that would call each other in a circle. */
void making_circles(struct making *);

/* Splits `verb` or `verb: {arguments}` into its two nodes. */
bool making_action(struct making *, const struct node *,
    const struct node **ret_verb, const struct node **ret_arguments);

/* True when some plugin of the configuration is not there, so that what is not
 * known may be its. */
bool making_is_short(const struct making *);

#endif
