/* Jobs: when each one runs, and what happens when it cannot.
 *
 * When. A job runs at the moments of its schedule, in its time zone (see
 * rules/cron.h for both and for daylight saving). Such a moment is `planned`;
 * job and planned moment name a run for good. With `jitter` a run starts up to
 * that much later; how much follows from the installation's seed, the job's
 * name and the planned moment, so that it is the same after a restart. It
 * never reaches the next planned moment.
 *
 * One at a time. A job never runs twice at once. What comes due while it runs,
 * or while it waits for its next attempt, is `skipped` (overlap: skip) or waits
 * for the end (overlap: queue; one waits, others are skipped).
 *
 * Failures. A run that fails is tried again after `backoff`, then after twice
 * that, and so on, `retries` times; the wait grows up to an hour (or stays at
 * `backoff` if that is longer). All attempts belong to one run. A run that is
 * longer at it than its `limit` has failed. What a stopped daemon had running
 * counts as a failed attempt, "interrupted".
 *
 * Missed runs. Those whose moment passed while liftd was down, the machine
 * slept or its clock jumped: more than a minute ago, or with a later run due
 * already. They are counted and recorded, always. Then `catch_up` decides:
 *   once   the newest run that is due is started, and makes up for all;
 *   all    each one is made up, in order, the newest 1,000 at most; what comes
 *          due in the meantime waits behind them;
 *   skip   none is made up.
 * Runs that are not made up share one row, `missed`, at the first of them.
 *
 * The clock. A clock that is set back runs nothing twice: a job's next run is
 * always after its last one. Only when it is set back by more than a day, its
 * former time is taken for the mistake, and jobs are planned anew. A run whose
 * limit passed while the machine slept gets its time once more.
 *
 * Modes. `shadow` and `alert` call nothing: their runs are `noted`.
 *
 * Pausing. A paused job starts nothing by itself, neither runs nor attempts,
 * but can be run by hand. What came due in the meantime is one row, `skipped`,
 * at the resume.
 *
 * A run by hand has its own moment as `planned`, never a whole second (one of
 * a schedule always is), so that the two are told apart and never meet.
 *
 * Rows. A run's row goes through these states:
 *   planned   the next one; the detail says by which schedule and zone
 *   waiting   due, but the run before is not over
 *   late      missed, waits to be made up
 *   running   now; `attempt` counts from 1
 *   retrying  the attempt failed at `ended`, another one follows
 *   done, failed, skipped, noted      over
 *   missed    over, never started; the detail says how many there were
 *   dropped   over: was planned, but the schedule changed or the job is gone
 *
 * All of this is a machine without a clock, a thread or a file. The caller
 * passes the time (microseconds, UTC) into each call, calls schedule_turn when
 * schedule_wake says (earlier or more often costs next to nothing, and a call
 * each second notices a changed clock), and does what the callbacks ask. From
 * `start` and `abandon` schedule_ended may be called, from the others nothing
 * of this file. Order of a start: schedule_new, schedule_restore,
 * schedule_restore_pause, schedule_use. Thread: one. */
#ifndef SCHEDULE_SCHEDULE_H
#define SCHEDULE_SCHEDULE_H

#include <liftd/plugin.h>

#include "base/metric.h"
#include "log/store.h"
#include "rules/generation.h"

enum {
	SCHEDULE_BACKLOG = 1000,	/* runs that are made up at most */
	SCHEDULE_COUNTED = 100000	/* missed runs counted singly */
};

#define SCHEDULE_GRACE	LIFT_MINUTE	/* what is later was missed */
#define SCHEDULE_TRUST	LIFT_DAY	/* how far a clock may be set back */
#define SCHEDULE_REST	LIFT_HOUR	/* the longest that doubling makes */

enum schedule_state {
	SCHEDULE_NONE,
	SCHEDULE_PLANNED, SCHEDULE_WAITING, SCHEDULE_LATE, SCHEDULE_RUNNING,
	SCHEDULE_RETRYING,
	SCHEDULE_DONE, SCHEDULE_FAILED, SCHEDULE_MISSED, SCHEDULE_SKIPPED,
	SCHEDULE_NOTED, SCHEDULE_DROPPED,
	SCHEDULE_STATES
};

/* The words for states, as rows have them; that of NONE is empty. */
extern const char *const schedule_state_names[];

/* One attempt at a run. */
struct schedule_run {
	struct lift_text             name;
	const struct generation_job *job;	/* NULL: gone from the rules */
	int64_t                      planned, started, limit;
	uint32_t                     attempt;	/* from 1 */
	bool                         is_late;	/* missed, and made up */
	bool                         by_hand;
};

/* How an attempt ended; job, planned and attempt are those of its start. */
struct schedule_end {
	struct lift_text job;
	int64_t          planned;
	uint32_t         attempt;
	bool             ok;
	struct lift_text sentence;	/* what came of it, or why it failed */
};

/* What the schedule asks of its caller. All that is passed is borrowed for the
 * call. */
struct schedule_outside {
	void *context;
	/* Starts an attempt: the caller appends a MOMENT entry, which calls
	 * the job's verb, and reports by schedule_ended, now or later. */
	void (*start)(void *context, const struct schedule_run *);
	/* The attempt was longer at it than its limit, and counts as failed;
	 * what it still does is wasted. */
	void (*abandon)(void *context, const struct schedule_run *);
	/* A run's row has changed and is to be kept. */
	void (*record)(void *context, const struct store_run *);
	/* One sentence about a job for the log. */
	void (*log)(void *context, enum lift_level, const char *sentence);
};

/* One job for display. Texts are good until the next call. */
struct schedule_view {
	struct lift_text             name, words, zone;
	const struct generation_job *job;
	int64_t                      planned;	/* next; CRON_NEVER: none */
	int64_t                      next;	/* its start, jitter included */
	struct store_run             last;	/* the row that changed last;
						 * `state` empty: none yet */
	int64_t                      retry_at;	/* 0: no attempt waits */
	int64_t                      missed;	/* since the start of liftd */
	int64_t                      lateness;	/* of the last start */
	size_t                       waiting;	/* runs behind this one */
	uint32_t                     attempt;	/* 0: no run is on */
	bool                         is_paused, is_running;
};

struct schedule;

/* A schedule without jobs, freed with schedule_free. The seed is the
 * installation's: it spreads the jitter of many shops.
 * Keeps: the outside (copied) and the metrics (borrowed; may be NULL). */
struct schedule *schedule_new(const struct schedule_outside *,
    struct metrics *, uint64_t seed);

/* Frees the schedule and calls nobody; takes NULL. */
void schedule_free(struct schedule *);

/* The schedule knows a run that the store has kept. One call for each row,
 * those of a job in the order of `planned`, before the first schedule_use. */
void schedule_restore(struct schedule *, const struct store_run *);

/* The job of that name will be paused from the start, also when rules name it
 * only later. Before the first schedule_use. */
void schedule_restore_pause(struct schedule *, struct lift_text name);

/* The schedule goes by the jobs of this generation. Jobs keep their state by
 * name; one whose schedule or zone has changed is planned anew; one that is
 * gone ends the run that it has, and nothing else. Rows are recorded, but
 * nothing is started before the next schedule_turn.
 * Keeps: the generation, until the next schedule_use has returned. */
void schedule_use(struct schedule *, const struct generation *, int64_t now);

/* When schedule_turn must be called: INT64_MAX for never; a time that is past
 * for at once. Changes with each call that is not about display. */
int64_t schedule_wake(const struct schedule *);

/* All that is due has been done: runs and attempts started, missed ones seen
 * to, those over their limit abandoned. */
void schedule_turn(struct schedule *, int64_t now);

/* The end of an attempt is noted, and what waited for it starts. False, with
 * nothing changed, when that attempt is not on: it was abandoned, and tried
 * again or given up. One that succeeds after all before its run is tried again
 * is believed. */
bool schedule_ended(struct schedule *, const struct schedule_end *,
    int64_t now);

/* The job has been started by hand, or waits for the run before (overlap:
 * queue). While a run waits for its next attempt, that one starts now.
 * Fails: LIFT_E_MISSING with the nearest name; LIFT_E_BUSY while it runs;
 *        LIFT_E_USAGE when its mode calls nothing. */
bool schedule_run_now(struct schedule *, struct lift_text name, int64_t now,
    struct lift_error *);

/* The job is paused; also if it was already. Fails: as schedule_run_now. */
bool schedule_pause(struct schedule *, struct lift_text name, int64_t now,
    struct lift_error *);

/* The job goes on; also if it was not paused. Fails: as schedule_run_now. */
bool schedule_resume(struct schedule *, struct lift_text name, int64_t now,
    struct lift_error *);

/* The name of the paused job at PLACE (from 0), to be kept by the caller;
 * false behind the last. A job that is gone from the rules stays paused. */
bool schedule_paused(const struct schedule *, size_t place,
    struct lift_text *ret_name);

/* How many jobs the rules have. */
size_t schedule_count(const struct schedule *);

/* The job at PLACE, in the order of the rules. */
struct schedule_view schedule_at(struct schedule *, size_t place);

/* The job of that name. Fails: LIFT_E_MISSING with the nearest name. */
bool schedule_find(struct schedule *, struct lift_text name,
    struct schedule_view *ret_view, struct lift_error *);

#endif
