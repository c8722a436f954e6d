/* A schedule with a fake world around it: a clock that jumps from wake to wake,
 * a store of rows, jobs that take and do what a test wants, and a log. */
#ifndef UNIT_SCHEDULE_SHOP_H
#define UNIT_SCHEDULE_SHOP_H

#include <check.h>
#include <stdlib.h>

#include "base/instant.h"
#include "base/memory.h"
#include "schedule/schedule.h"

enum { SHOP_JOBS = 8, SHOP_NEVER_ENDS = -1 };

struct shop_row {
	char     job[32], state[16], detail[200];
	int64_t  planned, started, ended;
	uint32_t attempt;
};

struct shop_start {
	char     job[32];
	int64_t  planned, started;
	uint32_t attempt;
	bool     is_late, by_hand;
};

struct shop {
	struct schedule       *schedule;
	struct metrics        *metrics;
	struct arena          *arena;
	struct generation      generation;
	struct generation_job  jobs[SHOP_JOBS];
	int64_t                now;
	int64_t                takes;		/* how long a run takes; 0: it
						 * ends inside of `start` */
	unsigned               failures;	/* runs that will fail first */
	struct shop_row       *rows;
	size_t                 row_count, row_room;
	struct shop_start     *starts;
	size_t                 start_count, start_room;
	struct schedule_end    ends[SHOP_JOBS];	/* to come */
	int64_t                end_at[SHOP_JOBS];
	size_t                 end_count, abandoned;
	char                   said[400];	/* last in the log */
	struct lift_error      err;
};

static inline int64_t
at(const char *text)
{
	int64_t time;

	ck_assert_msg(instant_read(lift_text(text), &time), "%s", text);
	return time;
}

static inline const char *
text_of(struct arena *a, int64_t time)
{
	struct text t = { 0 };

	instant_write(&t, time);
	char *s = arena_string(a, t.data);
	text_done(&t);
	return s;
}

/* ---- what the schedule asks for -------------------------------------- */

static inline void
shop_start(void *context, const struct schedule_run *run)
{
	struct shop *shop = context;
	struct schedule_end end = { .job = run->name, .planned = run->planned,
		.attempt = run->attempt, .ok = shop->failures == 0,
		.sentence = lift_text(shop->failures ? "no luck" : "") };

	shop->starts = memory_grow(shop->starts, shop->start_count,
	    &shop->start_room, sizeof(*shop->starts));
	struct shop_start *s = &shop->starts[shop->start_count++];
	*s = (struct shop_start){ .planned = run->planned,
		.started = run->started, .attempt = run->attempt,
		.is_late = run->is_late, .by_hand = run->by_hand };
	snprintf(s->job, sizeof(s->job), "%.*s", (int)run->name.size,
	    run->name.data);
	ck_assert_int_eq(run->started, shop->now);
	if (shop->failures > 0)
		shop->failures--;
	if (shop->takes == SHOP_NEVER_ENDS)
		return;
	if (shop->takes == 0) {
		ck_assert(schedule_ended(shop->schedule, &end, shop->now));
		return;
	}
	ck_assert_uint_lt(shop->end_count, SHOP_JOBS);
	shop->end_at[shop->end_count] = shop->now + shop->takes;
	shop->ends[shop->end_count++] = end;
}

static inline void
shop_abandon(void *context, const struct schedule_run *run)
{
	struct shop *shop = context;

	shop->abandoned++;
	for (size_t i = 0; i < shop->end_count; i++)
		if (shop->ends[i].planned == run->planned &&
		    lift_text_equal(shop->ends[i].job, run->name)) {
			shop->ends[i] = shop->ends[--shop->end_count];
			shop->end_at[i] = shop->end_at[shop->end_count];
		}
}

static inline struct shop_row *
shop_row(struct shop *shop, const char *job, int64_t planned)
{
	for (size_t i = shop->row_count; i-- > 0;)
		if (shop->rows[i].planned == planned &&
		    strcmp(shop->rows[i].job, job) == 0)
			return &shop->rows[i];
	return NULL;
}

static inline void
shop_record(void *context, const struct store_run *run)
{
	struct shop *shop = context;
	char job[32];

	snprintf(job, sizeof(job), "%.*s", (int)run->job.size, run->job.data);
	struct shop_row *r = shop_row(shop, job, run->planned);
	if (r == NULL) {
		shop->rows = memory_grow(shop->rows, shop->row_count,
		    &shop->row_room, sizeof(*r));
		r = &shop->rows[shop->row_count++];
	}
	*r = (struct shop_row){ .planned = run->planned,
		.started = run->started, .ended = run->ended,
		.attempt = run->attempt };
	strcpy(r->job, job);
	snprintf(r->state, sizeof(r->state), "%.*s", (int)run->state.size,
	    run->state.data);
	snprintf(r->detail, sizeof(r->detail), "%.*s", (int)run->detail.size,
	    run->detail.data);
}

static inline void
shop_log(void *context, enum lift_level level, const char *sentence)
{
	struct shop *shop = context;

	(void)level;
	snprintf(shop->said, sizeof(shop->said), "%s", sentence);
}

/* ---- the shop -------------------------------------------------------- */

static inline struct schedule *
shop_schedule(struct shop *shop)
{
	struct schedule_outside outside = { shop, shop_start, shop_abandon,
		shop_record, shop_log };

	return schedule_new(&outside, shop->metrics, 42);
}

static inline void
shop_open(struct shop *shop, const char *now)
{
	memset(shop, 0, sizeof(*shop));
	shop->now = at(now);
	shop->arena = arena_new();
	shop->metrics = metrics_new();
	shop->schedule = shop_schedule(shop);
	shop->generation.jobs = shop->jobs;
}

static inline void
shop_close(struct shop *shop)
{
	schedule_free(shop->schedule);
	metrics_free(shop->metrics);
	arena_free(shop->arena);
	memory_give(shop->rows);
	memory_give(shop->starts);
}

static inline void
job_schedule(struct shop *shop, struct generation_job *j, const char *schedule)
{
	ck_assert_msg(cron_read(lift_text(schedule), &j->cron, &shop->err),
	    "%s", shop->err.text);
	j->schedule_text = schedule;
}

/* A job of the rules to come, as the option table's defaults make it. */
static inline struct generation_job *
shop_job(struct shop *shop, const char *name, const char *schedule,
    const char *zone)
{
	struct generation_job *j = &shop->jobs[shop->generation.job_count++];

	*j = (struct generation_job){ .name = name, .zone_name = zone,
		.limit = LIFT_HOUR, .retries = 3, .backoff = 30 * LIFT_SECOND,
		.mode = RULE_ACT };
	j->zone = zone_open(shop->arena, lift_text(zone), &shop->err);
	ck_assert_msg(j->zone != NULL, "%s", shop->err.text);
	job_schedule(shop, j, schedule);
	return j;
}

/* The rules come into use, what is due by then included. */
static inline void
shop_use(struct shop *shop)
{
	schedule_use(shop->schedule, &shop->generation, shop->now);
	schedule_turn(shop->schedule, shop->now);
}

/* The first end that comes; the count if there is none. */
static inline size_t
shop_first_end(const struct shop *shop)
{
	size_t first = shop->end_count;

	for (size_t i = 0; i < shop->end_count; i++)
		if (first == shop->end_count ||
		    shop->end_at[i] < shop->end_at[first])
			first = i;
	return first;
}

/* Time goes by up to UNTIL, with turns and ends when they come. */
static inline void
shop_go(struct shop *shop, int64_t until)
{
	for (;;) {
		size_t i = shop_first_end(shop);
		int64_t wake = schedule_wake(shop->schedule);
		if (i < shop->end_count && shop->end_at[i] <= until &&
		    shop->end_at[i] < wake) {
			struct schedule_end end = shop->ends[i];
			shop->now = shop->end_at[i];
			shop->ends[i] = shop->ends[--shop->end_count];
			shop->end_at[i] = shop->end_at[shop->end_count];
			schedule_ended(shop->schedule, &end, shop->now);
		} else if (wake <= until) {
			shop->now = wake > shop->now ? wake : shop->now;
			schedule_turn(shop->schedule, shop->now);
			ck_assert_int_gt(schedule_wake(shop->schedule),
			    shop->now);
		} else {
			break;
		}
	}
	shop->now = until;
}

/* Time has gone by with nobody looking. */
static inline void
shop_jump(struct shop *shop, int64_t to)
{
	shop->now = to;
	schedule_turn(shop->schedule, to);
}

static inline int
by_planned(const void *a, const void *b)
{
	const struct shop_row *x = a, *y = b;

	return (x->planned > y->planned) - (x->planned < y->planned);
}

/* The daemon dies, without rules in use when it is back. */
static inline void
shop_die(struct shop *shop)
{
	schedule_free(shop->schedule);
	shop->end_count = 0;
	shop->schedule = shop_schedule(shop);
	if (shop->row_count > 0)
		qsort(shop->rows, shop->row_count, sizeof(*shop->rows),
		    by_planned);
	for (size_t i = 0; i < shop->row_count; i++) {
		const struct shop_row *r = &shop->rows[i];
		struct store_run run = { .job = lift_text(r->job),
			.state = lift_text(r->state),
			.detail = lift_text(r->detail), .planned = r->planned,
			.started = r->started, .ended = r->ended,
			.attempt = r->attempt };
		schedule_restore(shop->schedule, &run);
	}
}

/* The daemon dies, and is back at NOW. */
static inline void
shop_restart(struct shop *shop, const char *now)
{
	shop_die(shop);
	shop->now = at(now);
	shop_use(shop);
}

/* ---- expectations ---------------------------------------------------- */

#define expect_row(shop, job_, planned_, state_, detail_) do {		\
	const struct shop_row *row_ = shop_row((shop), (job_),		\
	    at(planned_));						\
	ck_assert_msg(row_ != NULL, "no row of %s", planned_);		\
	ck_assert_str_eq(row_->state, state_);				\
	ck_assert_str_eq(row_->detail, detail_);			\
} while (0)

#define expect_start(shop, place, planned_, started_, attempt_) do {	\
	ck_assert_uint_gt((shop)->start_count, (size_t)(place));	\
	const struct shop_start *s_ = &(shop)->starts[place];		\
	ck_assert_str_eq(text_of((shop)->arena, s_->planned), planned_); \
	ck_assert_str_eq(text_of((shop)->arena, s_->started), started_); \
	ck_assert_uint_eq(s_->attempt, (uint32_t)(attempt_));		\
} while (0)

#define expect_starts(shop, count)					\
	ck_assert_uint_eq((shop)->start_count, (size_t)(count))

static inline struct schedule_view
view(struct shop *shop, const char *name)
{
	struct schedule_view v;

	ck_assert_msg(schedule_find(shop->schedule, lift_text(name), &v,
	    &shop->err), "%s", shop->err.text);
	return v;
}

/* Runs the tests; what `main` returns. */
static inline int
shop_run(TCase *tests, const char *name)
{
	Suite *suite = suite_create(name);
	SRunner *runner = srunner_create(suite);

	suite_add_tcase(suite, tests);
	tcase_set_timeout(tests, 60);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}

#endif
