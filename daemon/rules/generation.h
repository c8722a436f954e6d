/* All rules loaded together: hooks, jobs, lists, and the options of each
 * plugin. A generation is one arena; it is made by checking a set of files,
 * and never changed afterwards. A set that does not check leaves no trace but
 * its findings. Start-up, reload, `rules check` and HTTP all come here. */
#ifndef RULES_GENERATION_H
#define RULES_GENERATION_H

#include <liftd/plugin.h>

#include "base/arena.h"
#include "rules/argument.h"
#include "rules/cron.h"
#include "rules/document.h"
#include "rules/expression.h"
#include "rules/finding.h"
#include "rules/option.h"
#include "rules/reference.h"
#include "rules/template.h"
#include "rules/vocabulary.h"

/* What a hook may do when it fires: note it, tell it, or do it. */
enum rule_mode { RULE_SHADOW, RULE_ALERT, RULE_ACT };

extern const char *const rule_mode_names[];

/* One argument of an action: a constant, or a template that is filled in. */
struct generation_argument {
	struct lift_value constant;
	struct template  *template;	/* NULL: the constant */
};

/* One verb that a hook calls. */
struct generation_action {
	unsigned                         verb;	/* in the vocabulary */
	const struct generation_argument *arguments;	/* by table place */
};

struct generation_hook {
	const char                     *name, *description, *owner, *file;
	uint32_t                        line;
	enum rule_mode                  mode;
	unsigned                        topic;	/* in the vocabulary */
	uint16_t                        type;	/* of interaction; 0: any */
	struct lift_text                type_name;	/* demanded, a shop's
							 * own type; or empty */
	struct expression              *when;	/* NULL: always */
	struct lift_text                when_text;
	const struct generation_action *actions;
	unsigned                        action_count;
};

enum job_overlap { JOB_SKIP, JOB_QUEUE };
enum job_catchup { JOB_ONCE, JOB_ALL, JOB_NONE };

extern const char *const job_overlap_names[], *const job_catchup_names[];

struct generation_job {
	const char      *name, *description, *file;
	uint32_t         line;
	struct cron      cron;
	struct zone     *zone;
	const char      *schedule_text, *zone_name;
	int64_t          jitter, limit, backoff;
	int64_t          retries;
	enum job_overlap overlap;
	enum job_catchup catchup;
	enum rule_mode   mode;
	unsigned         verb;		/* in the vocabulary */
	struct lift_text arguments;	/* JSON object */
};

/* The fields of ours that another system's properties can feed. */
enum event_field {
	EVENT_PRODUCT, EVENT_QUANTITY, EVENT_PRICE, EVENT_CURRENCY,
	EVENT_PROMOTION, EVENT_POSITION, EVENT_ORDER, EVENT_QUERY,
	EVENT_SESSION, EVENT_STORE, EVENT_ITEMS,
	EVENT_FIELDS
};

/* What becomes of an event that has another system's name. Of the ways to a
 * field the first one counts that leads to something. */
struct generation_event {
	struct lift_text  key;		/* the name as event_word has it */
	struct lift_text  type;		/* empty: the key itself */
	struct lift_texts ways[EVENT_FIELDS];
	int64_t           first_position;	/* 0 or 1 */
	const char       *file;
	uint32_t          line;
};

/* A test case of a rule file, kept as its tree. */
struct generation_test {
	const char        *name, *file;
	const struct node *node;
};

/* One rule file: its name and its text. */
struct generation_file {
	struct lift_text name, text;
};

struct generation {
	struct arena                  *arena;
	unsigned                       holders;
	uint32_t                       number;
	struct lift_text               digest;	/* hex, of names and texts */
	const struct generation_file  *files;
	size_t                         file_count;
	const struct generation_hook  *hooks;
	size_t                         hook_count;
	const struct generation_job   *jobs;
	size_t                         job_count;
	const struct generation_event *events;	/* by key */
	size_t                         event_count;
	const struct generation_event *any_event;	/* for other names */
	const struct generation_test  *tests;
	size_t                         test_count;
	void *const                   *settings;	/* by plugin */
	const struct expression_constant *lists;
	size_t                         list_count;
};

/* What checking needs to know. */
struct generation_context {
	const struct vocabulary     *vocabulary;
	const struct option_sources *sources;	/* env: and file: */
	const char *const           *missing;	/* plugins that are not there,
						 * ended by NULL; or NULL */
};

/* Checks a set of files and makes a generation of it, or returns NULL. The
 * caller is its one holder. Ended with generation_free. */
struct generation *generation_load(const struct generation_context *,
    const struct generation_file *files, size_t count,
    struct findings *findings);

/* Appends the JSON Schema (draft 7) of a rule file: what editors check by. */
void generation_schema(struct text *, const struct vocabulary *);

/* The options of a rule file's own level, of a hook and of a job: for
 * manuals. */
extern const struct lift_option rule_file_options[];

/* Appends a name as one word: in small letters, with a `_` for all that stands
 * between letters and digits. */
void event_word(struct text *, struct lift_text name);

/* What becomes of an event whose name is this word; never NULL. */
const struct generation_event *generation_event(const struct generation *,
    struct lift_text word);

/* One more holder of a generation, who ends it with generation_free; NULL
 * stays NULL. Thread: loop. */
struct generation *generation_hold(const struct generation *);

/* One holder less; the last one frees it. Takes NULL. */
void generation_free(struct generation *);

/* Reads a set of files from JSON: `{"files": [{"name":, "text":}]}`, as the
 * entry of a reload carries it. Texts lie in the arena. */
bool generation_files_read(struct lift_text json, struct arena *,
    const struct generation_file **ret_files, size_t *ret_count,
    struct lift_error *);

/* The number that such a JSON carries; 0 when there is none. */
uint32_t generation_number(struct lift_text json);

/* Appends a set of files as that JSON. */
void generation_files_write(struct text *, const struct generation_file *,
    size_t count, uint32_t number);

/* The digest of a set of files: 32 hexadecimal digits and a zero. */
void generation_digest(const struct generation_file *, size_t count,
    char ret_digest[33]);

#endif
