/* What the files of rule tests share: one test on its way from YAML to its
 * outcome. */
#ifndef REPLAY_RULETEST_PARTS_H
#define REPLAY_RULETEST_PARTS_H

#include "base/intern.h"
#include "replay/ruletest.h"
#include "replay/sandbox.h"

enum { TRIAL_EVENTS_MOST = 100000, TRIAL_PROBLEMS_MOST = 20 };

/* Something that happens: an event, or a call of a verb. */
struct trial_event {
	int64_t            at, arrives;	/* after the start */
	const struct node *node;
	struct lift_text   json;	/* of the event, or the call's body */
	size_t             place;	/* in the file */
	bool               is_call;
};

enum trial_order { ORDER_SAME, ORDER_OTHER, ORDER_LESS, ORDER_LESS_SAME,
	ORDER_MORE, ORDER_MORE_SAME };

/* A field of an effect and what it must be. */
struct trial_field {
	unsigned           place;	/* in the topic's table */
	enum trial_order   order;
	struct lift_value  value;
	const struct node *node;
};

struct trial_expectation {
	const struct node        *node;
	const struct vocabulary_topic *topic;
	const struct trial_field *fields;
	unsigned                  field_count;
	bool                      has_times;	/* else at least once */
	int64_t                   times, seen;
};

/* An effect on a topic that some expectation is about. Products, promotions
 * and shoppers are texts by now. */
struct trial_effect {
	const struct vocabulary_topic *topic;
	int64_t                        time;
	const struct lift_value       *values;
	bool                           is_expected;
	struct trial_effect           *next;
};

struct trial {
	const struct ruletest        *setup;
	const struct generation_test *test;
	struct arena                 *arena;
	struct findings              *findings;
	struct sandbox               *sandbox;
	const struct vocabulary      *vocabulary;
	struct intern                *shoppers;
	int64_t                       start, after;
	uint32_t                      currency;
	bool                          act;
	struct trial_event           *events;
	size_t                        event_count, event_room;
	const struct node            *now;	/* whose entry is folded */
	struct trial_expectation     *expectations;
	unsigned                      expectation_count;
	struct trial_effect          *first, **last;
	struct text                   prose, json;	/* of the problems */
	unsigned                      problem_count;
	uint64_t                      seq;
	int64_t                       tick;	/* the next one */
};

/* Reads the keys that must be known before there is a sandbox. */
void trial_read_head(struct trial *);

/* Reads given, events and expect; what is wrong is a finding. */
void trial_read(struct trial *);

/* Reads the field of an expectation: false after a finding. */
bool trial_field_read(struct trial *, const struct lift_field *,
    struct trial_field *);

/* Adds a finding about the test. */
LIFT_PRINTF(3, 4)
void trial_finding(struct trial *, const struct node *, const char *form, ...);

/* Appends a node as JSON, texts as the core schema takes them. */
void trial_json(struct text *, const struct node *);

/* Folds the events and keeps the effects. */
void trial_fold(struct trial *);

/* Holds the effects against the expectations. */
void trial_judge(struct trial *);

/* Notes that the entry of `now` could not be folded as was meant. */
void trial_refused(struct trial *, const char *sentence);

#endif
