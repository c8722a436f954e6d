/* Jobs when the world around them changes: runs that meet, clocks that are set,
 * reloads, operators. */
#include "shop.h"

/* ---- one at a time --------------------------------------------------- */

START_TEST(a_run_due_while_one_runs_is_skipped)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "hourly", "0 * * * *", "UTC")->limit = LIFT_DAY;
	shop_use(&shop);
	shop.takes = 150 * LIFT_MINUTE;
	shop_go(&shop, at("2026-01-01T04:30:00Z"));
	expect_starts(&shop, 2);
	expect_start(&shop, 1, "2026-01-01T04:00:00Z", "2026-01-01T04:00:00Z",
	    1);
	expect_row(&shop, "hourly", "2026-01-01T02:00:00Z", "skipped",
	    "the run before was not over");
	expect_row(&shop, "hourly", "2026-01-01T03:00:00Z", "skipped",
	    "the run before was not over");
	shop_close(&shop);
}
END_TEST

START_TEST(a_queue_holds_one_run)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	struct generation_job *j = shop_job(&shop, "hourly", "0 * * * *",
	    "UTC");
	j->limit = LIFT_DAY;
	j->overlap = JOB_QUEUE;
	shop_use(&shop);
	shop.takes = 150 * LIFT_MINUTE;
	shop_go(&shop, at("2026-01-01T03:20:00Z"));
	expect_row(&shop, "hourly", "2026-01-01T02:00:00Z", "waiting",
	    "waits for the run before");
	expect_row(&shop, "hourly", "2026-01-01T03:00:00Z", "skipped",
	    "a run waits already");
	shop_go(&shop, at("2026-01-01T03:45:00Z"));
	expect_starts(&shop, 2);
	expect_start(&shop, 1, "2026-01-01T02:00:00Z", "2026-01-01T03:30:00Z",
	    1);
	shop_close(&shop);
}
END_TEST

START_TEST(a_run_due_between_two_attempts_is_skipped)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "hourly", "0 * * * *", "UTC")->backoff =
	    90 * LIFT_MINUTE;
	shop_use(&shop);
	shop.failures = 1;
	shop_go(&shop, at("2026-01-01T02:45:00Z"));
	expect_starts(&shop, 2);
	expect_start(&shop, 1, "2026-01-01T01:00:00Z", "2026-01-01T02:30:00Z",
	    2);
	expect_row(&shop, "hourly", "2026-01-01T02:00:00Z", "skipped",
	    "the run before was not over");
	shop_close(&shop);
}
END_TEST

/* ---- the clock ------------------------------------------------------- */

START_TEST(a_clock_set_back_an_hour_runs_nothing_twice)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "quarterly", "*/15 * * * *", "UTC");
	shop_use(&shop);
	shop_go(&shop, at("2026-01-01T02:05:00Z"));
	size_t before = shop.start_count;
	shop_jump(&shop, at("2026-01-01T01:05:00Z"));
	shop_go(&shop, at("2026-01-01T02:14:00Z"));
	expect_starts(&shop, before);
	shop_go(&shop, at("2026-01-01T02:16:00Z"));
	expect_starts(&shop, before + 1);
	shop_restart(&shop, "2026-01-01T01:16:00Z");
	shop_go(&shop, at("2026-01-01T02:31:00Z"));
	expect_starts(&shop, before + 2);
	shop_close(&shop);
}
END_TEST

START_TEST(a_clock_that_was_years_ahead_does_not_stop_the_jobs)
{
	struct shop shop;

	shop_open(&shop, "2099-01-01T00:30:00Z");
	shop_job(&shop, "hourly", "0 * * * *", "UTC");
	shop_job(&shop, "daily", "0 0 * * *", "UTC");
	shop_use(&shop);
	shop_go(&shop, at("2099-01-01T01:30:00Z"));
	expect_starts(&shop, 1);
	shop_jump(&shop, at("2026-01-01T00:30:00Z"));
	expect_row(&shop, "hourly", "2099-01-01T02:00:00Z", "dropped",
	    "the clock was set back");
	shop_go(&shop, at("2026-01-02T00:30:00Z"));
	expect_starts(&shop, 1 + 24 + 1);
	shop_close(&shop);
}
END_TEST

START_TEST(a_clock_that_was_years_ahead_does_not_stop_a_later_daemon)
{
	struct shop shop;

	shop_open(&shop, "2099-01-01T00:30:00Z");
	shop_job(&shop, "hourly", "0 * * * *", "UTC");
	shop_use(&shop);
	shop_go(&shop, at("2099-01-01T01:30:00Z"));
	shop_restart(&shop, "2026-01-01T00:30:00Z");
	shop_go(&shop, at("2026-01-01T05:30:00Z"));
	expect_starts(&shop, 1 + 5);
	shop_restart(&shop, "2026-01-01T07:30:00Z");
	ck_assert_int_eq(view(&shop, "hourly").missed, 2);
	shop_go(&shop, at("2026-01-01T09:30:00Z"));
	expect_starts(&shop, 1 + 5 + 1 + 2);
	shop_close(&shop);
}
END_TEST

START_TEST(a_clock_set_back_lengthens_no_limit_and_no_rest)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "hourly", "0 * * * *", "UTC");
	shop_use(&shop);
	shop.takes = SHOP_NEVER_ENDS;
	shop_go(&shop, at("2026-01-01T01:10:00Z"));
	shop_jump(&shop, at("2025-12-31T23:10:00Z"));
	ck_assert_int_eq(schedule_wake(shop.schedule),
	    at("2026-01-01T00:10:00Z"));
	shop_go(&shop, at("2026-01-01T00:10:00Z"));
	ck_assert_uint_eq(shop.abandoned, 1);
	shop_jump(&shop, at("2025-12-31T22:10:00Z"));
	ck_assert_int_eq(schedule_wake(shop.schedule),
	    at("2025-12-31T22:10:30Z"));
	shop_close(&shop);
}
END_TEST

/* ---- reloads --------------------------------------------------------- */

START_TEST(a_reload_keeps_the_state_of_jobs)
{
	struct generation_job other[2];
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "a", "0 * * * *", "UTC");
	shop_job(&shop, "b", "0 * * * *", "UTC");
	shop_use(&shop);
	shop.takes = 10 * LIFT_MINUTE;
	shop_go(&shop, at("2026-01-01T01:05:00Z"));
	other[0] = shop.jobs[1];
	other[1] = shop.jobs[0];
	memset(shop.jobs, 0xff, sizeof(shop.jobs));
	shop.generation.jobs = other;
	size_t rows = shop.row_count;
	shop_use(&shop);
	ck_assert_uint_eq(shop.row_count, rows);
	ck_assert(view(&shop, "a").is_running);
	ck_assert_int_eq(view(&shop, "a").planned, at("2026-01-01T02:00:00Z"));
	ck_assert_str_eq(schedule_at(shop.schedule, 0).name.data, "b");
	shop_go(&shop, at("2026-01-01T02:05:00Z"));
	expect_starts(&shop, 4);
	shop_close(&shop);
}
END_TEST

START_TEST(a_changed_schedule_is_planned_anew)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	struct generation_job *j = shop_job(&shop, "a", "0 * * * *", "UTC");
	shop_use(&shop);
	shop_go(&shop, at("2026-01-01T01:05:00Z"));
	job_schedule(&shop, j, "40 * * * *");
	shop_use(&shop);
	expect_row(&shop, "a", "2026-01-01T02:00:00Z", "dropped",
	    "the schedule has changed");
	ck_assert_int_eq(view(&shop, "a").next, at("2026-01-01T01:40:00Z"));
	ck_assert_str_eq(view(&shop, "a").words.data,
	    "at minute 40 of every hour");
	j->zone_name = "Asia/Kathmandu";
	j->zone = zone_open(shop.arena, lift_text(j->zone_name), &shop.err);
	shop_use(&shop);
	ck_assert_int_eq(view(&shop, "a").next, at("2026-01-01T01:55:00Z"));
	ck_assert_int_eq(view(&shop, "a").missed, 0);
	shop_close(&shop);
}
END_TEST

START_TEST(a_removed_job_ends_its_run_and_nothing_else)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "a", "0 * * * *", "UTC")->overlap = JOB_QUEUE;
	shop_use(&shop);
	shop.takes = 50 * LIFT_MINUTE;
	shop.failures = 1;
	shop_go(&shop, at("2026-01-01T01:05:00Z"));
	ck_assert(schedule_run_now(shop.schedule, lift_text("a"), shop.now,
	    &shop.err));
	shop.generation.job_count = 0;
	shop_use(&shop);
	memset(shop.jobs, 0xff, sizeof(shop.jobs));
	ck_assert_uint_eq(schedule_count(shop.schedule), 0);
	shop_go(&shop, at("2026-01-01T05:00:00Z"));
	expect_starts(&shop, 1);
	expect_row(&shop, "a", "2026-01-01T01:00:00Z", "failed", "no luck");
	expect_row(&shop, "a", "2026-01-01T01:05:00.000001Z", "skipped",
	    "the job is gone from the rules");
	expect_row(&shop, "a", "2026-01-01T02:00:00Z", "dropped",
	    "the job is gone from the rules");
	ck_assert_int_eq(schedule_wake(shop.schedule), INT64_MAX);
	shop_close(&shop);
}
END_TEST

START_TEST(a_removed_job_that_does_not_end_is_abandoned_at_its_limit)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "a", "0 * * * *", "UTC");
	shop_use(&shop);
	shop.takes = SHOP_NEVER_ENDS;
	shop_go(&shop, at("2026-01-01T01:05:00Z"));
	shop.generation.job_count = 0;
	shop_use(&shop);
	shop_go(&shop, at("2026-01-01T05:00:00Z"));
	ck_assert_uint_eq(shop.abandoned, 1);
	expect_row(&shop, "a", "2026-01-01T01:00:00Z", "failed",
	    "took longer than 1h");
	shop_close(&shop);
}
END_TEST

START_TEST(a_job_that_comes_back_has_missed_nothing)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "a", "0 * * * *", "UTC")->limit = LIFT_DAY;
	shop_use(&shop);
	shop.takes = 5 * LIFT_HOUR;
	shop_go(&shop, at("2026-01-01T01:05:00Z"));
	shop.generation.job_count = 0;
	shop_use(&shop);
	shop_go(&shop, at("2026-01-01T04:05:00Z"));
	shop.generation.job_count = 1;
	shop_use(&shop);
	ck_assert(view(&shop, "a").is_running);
	ck_assert_int_eq(view(&shop, "a").missed, 0);
	shop_go(&shop, at("2026-01-01T07:05:00Z"));
	expect_starts(&shop, 2);
	expect_row(&shop, "a", "2026-01-01T05:00:00Z", "skipped",
	    "the run before was not over");
	expect_row(&shop, "a", "2026-01-01T07:00:00Z", "running", "");
	shop_close(&shop);
}
END_TEST

/* ---- by hand --------------------------------------------------------- */

START_TEST(a_paused_job_starts_nothing_until_it_is_resumed)
{
	struct lift_text a = lift_text("a"), name;
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "a", "0 * * * *", "UTC");
	shop_use(&shop);
	ck_assert(schedule_pause(shop.schedule, a, shop.now, &shop.err));
	ck_assert(schedule_paused(shop.schedule, 0, &name));
	ck_assert(lift_text_equal(name, a));
	ck_assert(!schedule_paused(shop.schedule, 1, &name));
	ck_assert_int_eq(schedule_wake(shop.schedule), INT64_MAX);
	shop_go(&shop, at("2026-01-01T04:30:00Z"));
	expect_starts(&shop, 0);
	ck_assert(view(&shop, "a").is_paused);
	ck_assert(schedule_resume(shop.schedule, a, shop.now, &shop.err));
	expect_row(&shop, "a", "2026-01-01T01:00:00Z", "skipped",
	    "4 runs from 2026-01-01T01:00:00Z to 2026-01-01T04:00:00Z were "
	    "skipped while the job was paused");
	shop_go(&shop, at("2026-01-01T05:30:00Z"));
	expect_starts(&shop, 1);
	ck_assert_int_eq(view(&shop, "a").missed, 0);
	shop_close(&shop);
}
END_TEST

START_TEST(a_pause_holds_over_a_restart_and_over_rules_without_the_job)
{
	struct lift_text a = lift_text("a"), name;
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "a", "0 * * * *", "UTC");
	shop_use(&shop);
	ck_assert(schedule_pause(shop.schedule, a, shop.now, &shop.err));
	shop_die(&shop);
	schedule_restore_pause(shop.schedule, a);
	shop.now = at("2026-01-01T03:30:00Z");
	shop_use(&shop);
	shop_go(&shop, at("2026-01-01T04:30:00Z"));
	shop.generation.job_count = 0;
	shop_use(&shop);
	ck_assert(schedule_paused(shop.schedule, 0, &name));
	shop.generation.job_count = 1;
	shop_use(&shop);
	shop_go(&shop, at("2026-01-01T06:30:00Z"));
	expect_starts(&shop, 0);
	ck_assert(schedule_resume(shop.schedule, a, shop.now, &shop.err));
	shop_go(&shop, at("2026-01-01T07:30:00Z"));
	expect_starts(&shop, 1);
	shop_close(&shop);
}
END_TEST

START_TEST(a_paused_job_can_be_run_by_hand_once)
{
	struct lift_text a = lift_text("a");
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "a", "0 * * * *", "UTC");
	shop_use(&shop);
	ck_assert(schedule_pause(shop.schedule, a, shop.now, &shop.err));
	shop.failures = 1;
	ck_assert(schedule_run_now(shop.schedule, a, shop.now, &shop.err));
	expect_starts(&shop, 1);
	ck_assert(shop.starts[0].by_hand);
	expect_row(&shop, "a", "2026-01-01T00:30:00.000001Z", "failed",
	    "no luck");
	ck_assert(schedule_run_now(shop.schedule, a, shop.now, &shop.err));
	expect_row(&shop, "a", "2026-01-01T00:30:00.000002Z", "done", "");
	shop_close(&shop);
}
END_TEST

START_TEST(a_run_by_hand_does_not_move_the_schedule)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "a", "0 * * * *", "UTC");
	shop_use(&shop);
	shop.now = at("2026-01-01T01:00:00Z");
	ck_assert(schedule_run_now(shop.schedule, lift_text("a"), shop.now,
	    &shop.err));
	expect_starts(&shop, 2);
	expect_row(&shop, "a", "2026-01-01T01:00:00Z", "done", "");
	expect_row(&shop, "a", "2026-01-01T01:00:00.000001Z", "done", "");
	shop_restart(&shop, "2026-01-01T01:30:00Z");
	expect_starts(&shop, 2);
	ck_assert_int_eq(view(&shop, "a").next, at("2026-01-01T02:00:00Z"));
	shop_close(&shop);
}
END_TEST

START_TEST(by_hand_the_next_attempt_starts_at_once)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "a", "0 * * * *", "UTC")->backoff = LIFT_HOUR / 2;
	shop_use(&shop);
	shop.failures = 1;
	shop_go(&shop, at("2026-01-01T01:05:00Z"));
	ck_assert(schedule_run_now(shop.schedule, lift_text("a"), shop.now,
	    &shop.err));
	shop_go(&shop, at("2026-01-01T01:50:00Z"));
	expect_starts(&shop, 2);
	expect_start(&shop, 1, "2026-01-01T01:00:00Z", "2026-01-01T01:05:00Z",
	    2);
	shop_close(&shop);
}
END_TEST

START_TEST(what_cannot_be_run_by_hand_is_refused_with_a_sentence)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "demand-model", "0 * * * *", "UTC");
	shop_job(&shop, "quiet", "0 * * * *", "UTC")->mode = RULE_SHADOW;
	shop_use(&shop);
	shop.takes = SHOP_NEVER_ENDS;
	shop_go(&shop, at("2026-01-01T01:05:00Z"));
	ck_assert(!schedule_run_now(shop.schedule, lift_text("demandmodel"),
	    shop.now, &shop.err));
	ck_assert_int_eq(shop.err.code, LIFT_E_MISSING);
	ck_assert_str_eq(shop.err.text, "there is no job \"demandmodel\", the "
	    "nearest name is \"demand-model\"");
	ck_assert(!schedule_pause(shop.schedule, lift_text("x"), shop.now,
	    &shop.err));
	ck_assert_str_eq(shop.err.text, "there is no job \"x\"");
	ck_assert(!schedule_run_now(shop.schedule, lift_text("demand-model"),
	    shop.now, &shop.err));
	ck_assert_int_eq(shop.err.code, LIFT_E_BUSY);
	ck_assert_str_eq(shop.err.text, "job \"demand-model\" has been "
	    "running since 2026-01-01T01:00:00Z");
	ck_assert(!schedule_run_now(shop.schedule, lift_text("quiet"),
	    shop.now, &shop.err));
	ck_assert_str_eq(shop.err.text, "job \"quiet\" has the mode shadow, "
	    "which calls nothing; must be act");
	shop_close(&shop);
}
END_TEST

/* ---- what others see ------------------------------------------------- */

START_TEST(a_job_in_shadow_is_noted_and_not_started)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "a", "0 * * * *", "UTC")->mode = RULE_SHADOW;
	shop_job(&shop, "b", "0 * * * *", "UTC")->mode = RULE_ALERT;
	shop_use(&shop);
	shop_go(&shop, at("2026-01-01T01:30:00Z"));
	expect_starts(&shop, 0);
	expect_row(&shop, "a", "2026-01-01T01:00:00Z", "noted",
	    "nothing was called, the mode is shadow");
	expect_row(&shop, "b", "2026-01-01T01:00:00Z", "noted",
	    "nothing was called, the mode is alert");
	ck_assert_str_eq(shop.said, "job \"b\" was due at "
	    "2026-01-01T01:00:00Z; its mode is alert");
	shop_close(&shop);
}
END_TEST

static void
expect_metric(struct shop *shop, const char *line)
{
	struct text t = { 0 };

	metrics_write(shop->metrics, &t);
	ck_assert_msg(strstr(t.data, line) != NULL, "%s lacks %s", t.data,
	    line);
	text_done(&t);
}

START_TEST(metrics_tell_what_became_of_runs)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "say \"hi\"", "0 * * * *", "UTC");
	shop_use(&shop);
	shop.takes = 20 * LIFT_SECOND;
	shop.failures = 1;
	shop_go(&shop, at("2026-01-01T01:30:00Z"));
	shop_jump(&shop, at("2026-01-01T05:20:00Z"));
	expect_metric(&shop, "liftd_job_runs_total{job=\"say \\\"hi\\\"\","
	    "state=\"done\"} 1\n");
	expect_metric(&shop, "state=\"retrying\"} 1\n");
	expect_metric(&shop, "liftd_job_missed_total{job=\"say \\\"hi\\\"\"} "
	    "4\n");
	expect_metric(&shop, "liftd_job_next_run_timestamp_seconds{job=\"say "
	    "\\\"hi\\\"\"} 1767247200\n");
	expect_metric(&shop, "liftd_job_duration_seconds_sum{job=\"say "
	    "\\\"hi\\\"\"} 40\n");
	expect_metric(&shop, "liftd_job_lateness_seconds_sum{job=\"say "
	    "\\\"hi\\\"\"} 1200\n");
	shop_close(&shop);
}
END_TEST

START_TEST(a_view_shows_the_job_and_its_last_run)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "nightly", "15 2 * * MON", "Europe/London");
	shop_use(&shop);
	struct schedule_view v = schedule_at(shop.schedule, 0);
	ck_assert_str_eq(v.words.data, "at 02:15 on Monday");
	ck_assert_str_eq(v.zone.data, "Europe/London");
	ck_assert_int_eq(v.next, at("2026-01-05T02:15:00Z"));
	ck_assert_uint_eq(v.last.state.size, 0);
	shop_go(&shop, at("2026-01-06T00:00:00Z"));
	v = schedule_at(shop.schedule, 0);
	ck_assert_str_eq(v.last.state.data, "done");
	ck_assert_int_eq(v.last.planned, at("2026-01-05T02:15:00Z"));
	ck_assert_uint_eq(v.attempt, 0);
	shop_close(&shop);
}
END_TEST

/* ---- all together ---------------------------------------------------- */

static uint32_t
chance(uint32_t *state, uint32_t below)
{
	*state = *state * 1664525u + 1013904223u;
	return (*state >> 8) % below;
}

/* One thing that may happen to a schedule. The clock is never set back by more
 * than a day in all: that is taken for a mistake, and repeats runs. */
static void
something(struct shop *shop, uint32_t *state)
{
	static const char *const names[] = { "a", "b", "c", "d" };
	struct lift_text name = lift_text(names[chance(state, 4)]);

	shop->takes = (int64_t)chance(state, 100) * LIFT_MINUTE;
	shop->failures = chance(state, 3);
	switch (chance(state, 9)) {
	case 0:
		shop_die(shop);
		shop->now += chance(state, 600) * LIFT_MINUTE;
		shop_use(shop);
		break;
	case 1:
		shop_jump(shop, shop->now + chance(state, 300) * LIFT_MINUTE);
		break;
	case 2:
		shop_jump(shop, shop->now - chance(state, 90) * LIFT_MINUTE);
		break;
	case 3:
		schedule_pause(shop->schedule, name, shop->now, &shop->err);
		break;
	case 4:
		schedule_resume(shop->schedule, name, shop->now, &shop->err);
		break;
	case 5:
		shop->jobs[0].jitter = chance(state, 20) * LIFT_MINUTE;
		shop->jobs[1].retries = chance(state, 4);
		shop_use(shop);
		break;
	case 6:
		schedule_run_now(shop->schedule, name, shop->now, &shop->err);
		break;
	default:
		shop_go(shop, shop->now + chance(state, 300) * LIFT_MINUTE);
		break;
	}
}

/* No attempt of a run is started twice, and runs of the schedule start in
 * their order. */
static void
expect_order(const struct shop *shop, const char *job)
{
	int64_t planned = INT64_MIN;
	uint32_t attempt = 0;

	for (size_t i = 0; i < shop->start_count; i++) {
		const struct shop_start *s = &shop->starts[i];
		if (strcmp(s->job, job) != 0 || s->by_hand)
			continue;
		ck_assert_int_ge(s->planned, planned);
		if (s->planned == planned)
			ck_assert_uint_gt(s->attempt, attempt);
		else
			ck_assert_uint_eq(s->attempt, 1);
		planned = s->planned;
		attempt = s->attempt;
	}
}

START_TEST(whatever_happens_no_run_starts_twice)
{
	uint32_t state = (uint32_t)_i * 7919 + 1;
	struct shop shop;

	shop_open(&shop, "2026-03-20T00:30:00Z");
	shop_job(&shop, "a", "0 * * * *", "UTC");
	shop_job(&shop, "b", "*/20 * * * *", "Europe/London")->catchup =
	    JOB_ALL;
	shop_job(&shop, "c", "30 1 * * *", "Europe/London")->overlap =
	    JOB_QUEUE;
	shop_job(&shop, "d", "every 10m", "UTC")->catchup = JOB_NONE;
	shop.jobs[3].overlap = JOB_QUEUE;
	shop_use(&shop);
	for (int i = 0; i < 300; i++)
		something(&shop, &state);
	ck_assert_uint_gt(shop.start_count, 100);
	expect_order(&shop, "a");
	expect_order(&shop, "b");
	expect_order(&shop, "c");
	expect_order(&shop, "d");
	shop_close(&shop);
}
END_TEST

START_TEST(five_thousand_jobs_run_each_at_its_time)
{
	enum { MANY = 5000 };
	struct generation_job *jobs = calloc(MANY, sizeof(*jobs));
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "first", "0 * * * *", "UTC");
	for (int i = 0; i < MANY; i++) {
		jobs[i] = shop.jobs[0];
		jobs[i].name = arena_form(shop.arena, "job-%d", i);
		jobs[i].jitter = LIFT_HOUR / 2;
	}
	shop.generation.jobs = jobs;
	shop.generation.job_count = MANY;
	schedule_use(shop.schedule, &shop.generation, shop.now);
	for (int64_t last = 0; shop.start_count < MANY;) {
		shop.now = schedule_wake(shop.schedule);
		ck_assert_int_gt(shop.now, last);
		last = shop.now;
		shop.row_count = 0;
		schedule_turn(shop.schedule, shop.now);
	}
	for (int i = 0; i < MANY; i++)
		ck_assert_int_eq(shop.starts[i].planned,
		    at("2026-01-01T01:00:00Z"));
	free(jobs);
	shop_close(&shop);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("change");

	tcase_add_test(t, a_run_due_while_one_runs_is_skipped);
	tcase_add_test(t, a_queue_holds_one_run);
	tcase_add_test(t, a_run_due_between_two_attempts_is_skipped);
	tcase_add_test(t, a_clock_set_back_an_hour_runs_nothing_twice);
	tcase_add_test(t, a_clock_that_was_years_ahead_does_not_stop_the_jobs);
	tcase_add_test(t,
	    a_clock_that_was_years_ahead_does_not_stop_a_later_daemon);
	tcase_add_test(t, a_clock_set_back_lengthens_no_limit_and_no_rest);
	tcase_add_test(t, a_reload_keeps_the_state_of_jobs);
	tcase_add_test(t, a_changed_schedule_is_planned_anew);
	tcase_add_test(t, a_removed_job_ends_its_run_and_nothing_else);
	tcase_add_test(t,
	    a_removed_job_that_does_not_end_is_abandoned_at_its_limit);
	tcase_add_test(t, a_job_that_comes_back_has_missed_nothing);
	tcase_add_test(t, a_paused_job_starts_nothing_until_it_is_resumed);
	tcase_add_test(t,
	    a_pause_holds_over_a_restart_and_over_rules_without_the_job);
	tcase_add_test(t, a_paused_job_can_be_run_by_hand_once);
	tcase_add_test(t, a_run_by_hand_does_not_move_the_schedule);
	tcase_add_test(t, by_hand_the_next_attempt_starts_at_once);
	tcase_add_test(t,
	    what_cannot_be_run_by_hand_is_refused_with_a_sentence);
	tcase_add_test(t, a_job_in_shadow_is_noted_and_not_started);
	tcase_add_test(t, metrics_tell_what_became_of_runs);
	tcase_add_test(t, a_view_shows_the_job_and_its_last_run);
	tcase_add_loop_test(t, whatever_happens_no_run_starts_twice, 0, 20);
	tcase_add_test(t, five_thousand_jobs_run_each_at_its_time);
	return shop_run(t, "change");
}
