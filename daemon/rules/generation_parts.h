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
	struct lift_rows hooks, jobs, events;
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

struct event_row {
	const char       *name, *type;
	struct lift_texts also, ways[EVENT_FIELDS];
	int64_t           first_position;
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
	struct generation_event         *events;
	size_t                           event_count;
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

/* The events of one file, how many names these have, and the end of it when
 * all files are through. */
void making_events(struct making *, const struct rule_file *);
size_t making_events_room(const struct rule_file *);
void making_events_done(struct making *);

/* The options of an event of another system. */
extern const struct lift_option event_options[];

/* Refuses hooks that would call each other in a circle. */
void making_circles(struct making *);

/* Splits `verb` or `verb: {arguments}` into its two nodes. */
bool making_action(struct making *, const struct node *,
    const struct node **ret_verb, const struct node **ret_arguments);

/* True when some plugin of the configuration is not there, so that what is not
 * known may be its. */
bool making_is_short(const struct making *);

#endif
