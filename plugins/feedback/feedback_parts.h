/* What the files of the feedback plugin share.
 *
 * An alert is heard (alert.c). Somebody, or a rule, takes an action on it
 * (act.c): it is checked against the rails, put into the table (action.c), and
 * done by calling verbs of the world; or it waits for the shop's own word
 * (answer.c). When its time has come the windows before and after it are
 * compared (report.c). keep.c writes and reads all of it for snapshots. */
#ifndef FEEDBACK_FEEDBACK_PARTS_H
#define FEEDBACK_FEEDBACK_PARTS_H

#include <liftd/plugin.h>

#include "feedback/rail.h"
#include "feedback/series.h"

/* The topics, in the order of the table. */
enum { TOPIC_ACTION, TOPIC_FEEDBACK };

enum action_type { ACTION_STOP, ACTION_PRICE, ACTION_TARGET, ACTION_DISMISS,
	ACTION_TYPES };

enum action_state { ACTION_REQUESTED, ACTION_APPLIED, ACTION_FAILED,
	ACTION_UNDONE, ACTION_MEASURED };

extern const char *const action_type_names[], *const action_state_names[];

struct rail_settings {
	struct lift_texts never_touch;
	double            largest_step;
	int64_t           cooldown, from_hour, to_hour, daily_most;
};

struct measure_settings {
	int64_t before, settle, after;
	int64_t least_units;
	double  holdout, margin;
	int     formula;
};

enum { FORMULA_MARGIN, FORMULA_CLASSIC };

struct settings {
	struct rail_settings    rails;
	struct measure_settings measure;
	int64_t                 hold;
	bool                    tell_shop, shop_confirms;
	int64_t                 keep;
};

/* An alert as it was heard last. */
struct alert {
	char     *id;
	uint32_t  promotion, product;
	uint32_t *victims;		/* products */
	uint32_t  victim_count;
	int64_t   first;		/* when it was first heard of */
	int64_t   due;			/* of a holdout: when it is measured */
	bool      is_closed;
	bool      is_holdout;		/* left alone, to see what happens */
	bool      was_acted;
};

struct action {
	char      id[24];
	char     *alert, *by, *reason, *segment, *problem;
	uint32_t  promotion, product;
	uint32_t *victims;
	uint32_t  victim_count;
	uint8_t   type, state;
	bool      is_automatic;
	int64_t   time;			/* of the wish */
	int64_t   applied;		/* 0: not yet */
	int64_t   due;			/* when it goes on by itself: 0: never */
	int64_t   old_price, new_price;	/* minor units; 0: none */
	uint32_t  currency;
	int64_t   old_end;		/* of the promotion */
	char      request[LIFT_REQUEST_ID];
	/* What was measured. */
	char      feedback[24];
	bool      is_thin;		/* too few data */
	struct measure_figure score, effect, units, revenue, margin, lift;
	double    before, after, evidence;
	int64_t   measured;
};

struct feedback {
	const struct lift_host   *host;
	const struct settings    *settings;
	struct series             series;
	struct alert             *alerts;
	size_t                    alert_count, alert_room;
	struct action            *actions;	/* oldest first */
	size_t                    action_count, action_room;
	size_t                    newest;	/* its place, and one */
	int64_t                   day, today;	/* automatic actions */
	struct measure_drift      drift;	/* of alerts left alone */
	double                    precision;
	int64_t                   holdouts;
	const struct lift_field  *stats_fields;	/* whose places these are: */
	int                       stats[6];
	int64_t                   next_due;	/* INT64_MAX: none */
};

/* A text of one's own, ended by a zero; never NULL. */
char *feedback_text(struct lift_text);

/* Memory or the end. */
void *feedback_sure(void *);

/* What a wish for an action says. */
struct wish {
	struct lift_text alert, type, promotion, segment, reason, by;
	struct lift_value price;	/* number, or null */
	struct lift_value discount;	/* number, or null */
	bool              is_automatic, passes;
};

/* ---- alert.c ---- */

/* Notes what an alert says now. */
void alert_hear(struct feedback *, const struct lift_heard *);

/* Notes a window. */
void stats_hear(struct feedback *, const struct lift_heard *);

/* The alert of this id; NULL when it was never heard of. */
struct alert *alert_find(struct feedback *, struct lift_text id);

/* The newest one. */
struct alert *alert_newest(struct feedback *);

/* Frees what an alert holds. */
void alert_done(struct alert *);

/* ---- action.c ---- */

/* A new action on an alert. */
struct action *action_add(struct feedback *, const struct alert *,
    const struct wish *, int64_t time);

/* The action of this id; NULL if there is none. */
struct action *action_find(struct feedback *, struct lift_text id);

/* Changes its state and tells it. */
void action_turn(struct feedback *, struct action *, enum action_state,
    int64_t time);

/* Tells a caller about it. */
void action_reply(struct feedback *, struct lift_call *,
    const struct action *, const char *message);

/* What it changes, as JSON. To be freed. */
char *action_details(const struct feedback *, const struct action *);

/* Frees what it holds. */
void action_done(struct action *);

/* ---- act.c ---- */

/* Takes an action, or says why not; NULL then. MESSAGE says what became of
 * it. */
struct action *act_take(struct feedback *, const struct wish *, int64_t now,
    const char **ret_message, struct lift_error *);

/* Does it to the world. False when that failed: the action says why. */
bool act_apply(struct feedback *, struct action *, int64_t now,
    struct lift_error *);

/* Takes it back. */
bool act_undo(struct feedback *, struct action *, int64_t now,
    struct lift_error *);

/* ---- answer.c ---- */

/* Tells the shop of an action, through a courier. */
void answer_ask(struct feedback *, struct action *);

/* Hears what became of a request. */
void answer_entry(struct feedback *, const struct lift_entry *);

/* ---- report.c ---- */

/* Does what is due at this watermark: holds that end, measurements. At most
 * SLICE of them; true when nothing is left. */
bool report_due(struct feedback *, int64_t watermark, unsigned slice);

/* Looks again when the next thing is due. */
void report_plan(struct feedback *);

/* Tells a caller of a feedback. */
void report_reply(struct feedback *, struct lift_call *,
    const struct action *);

extern const struct lift_field feedback_fields[];

/* ---- keep.c ---- */

/* The whole state into a snapshot, and back. */
void keep_save(struct feedback *, void *snapshot);
bool keep_load(struct feedback *, void *snapshot, struct lift_error *);

#endif
