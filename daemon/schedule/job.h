/* One job's state, and what the parts of the schedule share. Inside of
 * daemon/schedule only. */
#ifndef SCHEDULE_JOB_H
#define SCHEDULE_JOB_H

#include "base/intern.h"
#include "schedule/schedule.h"

enum job_stage {
	JOB_IDLE,
	JOB_RUNNING,
	JOB_RESTING		/* between two attempts */
};

/* A run that waits for the one before it. */
struct job_waiting {
	int64_t planned;
	bool    is_late;
};

/* The run that is on: RUNNING or RESTING. */
struct job_run {
	int64_t  planned, started;
	int64_t  limit;			/* of this attempt */
	int64_t  until;			/* its limit, or its next attempt */
	uint32_t attempt;
	bool     is_late;
};

struct job_last {
	enum schedule_state state;
	int64_t             planned, started, ended;
	uint32_t            attempt;
	char                detail[200];
};

/* Made when first needed; NULL before. */
struct job_metrics {
	struct metric *runs[SCHEDULE_STATES];
	struct metric *lateness, *duration, *missed, *next;
};

struct job {
	struct lift_text             name;	/* the names' */
	uint32_t                     number;	/* in the names */
	const struct generation_job *rule;	/* NULL: not in the rules */
	char                        *basis;	/* schedule and zone that `next`
						 * was planned by; NULL: none */
	int64_t                      mark;	/* planned runs up to here are
						 * seen to; JOB_NEW: none */
	int64_t                      next;	/* the planned run after it */
	int64_t                      start;	/* with its jitter */
	int64_t                      hand;	/* the last run by hand */
	enum job_stage               stage;
	struct job_run               run;
	struct job_waiting          *waiting;
	size_t                       waiting_count, waiting_room;
	bool                         is_paused;
	bool                         is_restored;	/* not in use yet */
	bool                         is_turning;	/* in job_turn */
	bool                         is_kept;	/* by the reload under way */
	size_t                       place;	/* in the agenda; 0: none */
	int64_t                      wake;	/* as the agenda has it */
	int64_t                      missed, lateness;
	struct job_last              last;
	struct job_metrics           metrics;
};

#define JOB_NEW	INT64_MIN

struct schedule {
	struct schedule_outside outside;
	struct metrics         *metrics;
	uint64_t                seed;
	int64_t                 seen;		/* `now` of the last call */
	struct intern          *names;
	struct job            **jobs;		/* by number; NULL: gone */
	size_t                  job_count, job_room;
	struct job            **order;		/* those of the rules */
	size_t                  order_count;
	struct job            **agenda;		/* a heap by `wake` */
	size_t                  agenda_count, agenda_room;
	struct text             words;		/* of the last view */
};

/* ---- job.c: what a job does ------------------------------------------ */

/* Whether a planned moment is one of a run by hand. */
static inline bool
job_by_hand(int64_t planned)
{
	return planned % LIFT_SECOND != 0;
}

/* All that is due for the job has been done; one that is gone from the rules
 * and has nothing left to do is freed. */
void job_turn(struct schedule *, struct job *, int64_t now);

/* When job_turn must be called. */
int64_t job_wake(const struct job *);

/* The attempt that is on has failed: it is tried again, or the run is over. */
void job_fail(struct schedule *, struct job *, int64_t now,
    const char *sentence);

/* The attempt that is on, or was last, has succeeded. */
void job_done(struct schedule *, struct job *, int64_t now,
    struct lift_text sentence);

/* The run that rests starts its next attempt. */
void job_again(struct schedule *, struct job *, int64_t now);

/* A run waits, behind the others or before them. */
void job_wait(struct job *, struct job_waiting, bool first);

/* The run that waited longest waits no more; there must be one. */
struct job_waiting job_unwait(struct job *);

/* How long to rest after the attempt that is on. */
int64_t job_rest(const struct job *);

/* ---- job_due.c: which runs are due ----------------------------------- */

/* How much later than planned the run starts. */
int64_t job_jitter(const struct schedule *, const struct job *,
    int64_t planned);

/* The job's next run is the first one after a time; rows say so. */
void job_plan(struct schedule *, struct job *, int64_t after);

/* The job's next run is the one that a clock set to NOW leads to; one that is
 * due already stays. */
void job_replan(struct schedule *, struct job *, int64_t now);

/* The planned run is none any more. */
void job_unplan(struct schedule *, struct job *, const char *why);

/* The runs that are due wait for their start, or are recorded as what became
 * of them; at least one must be due. */
void job_take(struct schedule *, struct job *, int64_t now);

/* The runs that came due in a pause are recorded. */
void job_skip(struct schedule *, struct job *, int64_t now);

/* ---- job_row.c: rows, metrics and sentences -------------------------- */

struct job_row {
	enum schedule_state state;
	int64_t             planned, started, ended;
	uint32_t            attempt;
};

/* The row is recorded, counted, and is the job's last one. */
void job_record(struct schedule *, struct job *, const struct job_row *,
    const char *detail, ...) LIFT_PRINTF(4, 5);

/* The row is the job's last one, without being recorded. */
void job_remember(struct job *, const struct job_row *,
    struct lift_text detail);

/* A sentence about the job has gone to the log. */
void job_log(struct schedule *, struct job *, enum lift_level,
    const char *form, ...) LIFT_PRINTF(4, 5);

/* COUNT runs more are in that state. */
void job_count(struct schedule *, struct job *, enum schedule_state,
    int64_t count);

/* COUNT runs more were missed. */
void job_count_missed(struct schedule *, struct job *, int64_t count);

/* A run has started, so much after it should have. */
void job_note_lateness(struct schedule *, struct job *, int64_t lateness);

/* An attempt has taken so long. */
void job_note_duration(struct schedule *, struct job *, int64_t duration);

/* The gauge of the next run stands at the job's. */
void job_note_next(struct schedule *, struct job *);

/* A few words, held by the expression that asks for them. */
struct job_words {
	char text[48];
};

/* A time as RFC 3339. */
struct job_words job_time(int64_t);

/* A span in whole seconds, such as `3h`. */
struct job_words job_span(int64_t);

/* ---- agenda.c: whose turn it is -------------------------------------- */

/* The job stands where its wake belongs, or is not in the agenda if it has
 * none. */
void agenda_put(struct schedule *, struct job *);

/* The job is not in the agenda. */
void agenda_remove(struct schedule *, struct job *);

/* ---- schedule.c ------------------------------------------------------ */

/* The job of that name, made if there was none. */
struct job *schedule_job_of(struct schedule *, struct lift_text name);

/* The job of that name in the rules, or one that is gone and was left paused if
 * ALSO_GONE; NULL with the nearest name. */
struct job *schedule_job_named(struct schedule *, struct lift_text name,
    bool also_gone, struct lift_error *);

/* Frees the job; the schedule has forgotten it. */
void schedule_forget(struct schedule *, struct job *);

#endif
