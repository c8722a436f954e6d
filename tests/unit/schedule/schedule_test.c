/* Jobs by the clock: when they run, and what becomes of runs that were missed,
 * that fail, or that meet another one. */
#include "shop.h"

/* ---- when ------------------------------------------------------------ */

static const struct walk {
	const char *schedule, *zone;
} walks[] = {
	{ "30 1 * * *", "Europe/London" },
	{ "30 2 * * *", "America/New_York" },
	{ "0 1,2,3 * * *", "Europe/London" },
	{ "0 1,2,3 * * *", "America/New_York" },
	{ "*/15 1-3 * * *", "Europe/London" },
	{ "*/15 1-3 * * *", "America/New_York" },
	{ "20 * * * *", "America/New_York" },
	{ "15 */2 * * *", "Europe/London" },
	{ "0 2 * * SUN", "America/New_York" },
	{ "0 0 29 2 *", "Europe/London" },
	{ "59 1 25-31 3,10,11 *", "Europe/London" },
	{ "every 7h", "Europe/London" },
};
enum { WALKS = sizeof(walks) / sizeof(walks[0]) };

static bool
shows(const struct cron *c, int64_t local)
{
	struct civil d = civil_of(local);

	return (c->minutes >> d.minute & 1) && (c->hours >> d.hour & 1) &&
	    (c->days >> d.day & 1) && (c->months >> d.month & 1) &&
	    (c->weekdays >> d.weekday & 1);
}

/* Whether a run is due in the minute UTC (in seconds), by looking at the clock
 * on the wall before and now. *SEEN is the latest that it has shown. */
static bool
is_due(const struct generation_job *j, int64_t utc, int64_t *seen)
{
	const struct cron *c = &j->cron;
	int64_t before = utc - 60 + zone_offset(j->zone, utc - 60);
	int64_t now = utc + zone_offset(j->zone, utc);
	bool due = shows(c, now);

	if (c->every > 0)
		return utc * LIFT_SECOND % c->every == 0;
	if (now <= *seen && !c->stars[0] && !c->stars[1])
		return false;
	for (int64_t lost = before + 60; lost < now; lost += 60)
		due |= !c->stars[1] && shows(c, lost);
	*seen = now > *seen ? now : *seen;
	return due;
}

START_TEST(each_run_of_two_years_starts_when_the_clock_on_the_wall_says)
{
	const struct walk *w = &walks[_i];
	int64_t seen = INT64_MIN;
	struct shop shop;
	size_t i = 0;

	shop_open(&shop, "2027-06-01T00:00:30Z");
	struct generation_job *j = shop_job(&shop, "walk", w->schedule,
	    w->zone);
	int64_t first = shop.now / LIFT_SECOND / 60 * 60;
	int64_t end = at("2029-06-01T00:00:30Z");
	shop_use(&shop);
	for (int64_t m = first; m < end / LIFT_SECOND; m += 60) {
		bool due = is_due(j, m, &seen);
		if (!due || m == first)
			continue;
		shop_go(&shop, m * LIFT_SECOND - 1);
		expect_starts(&shop, i);
		shop_go(&shop, m * LIFT_SECOND);
		expect_starts(&shop, ++i);
		ck_assert_int_eq(shop.starts[i - 1].planned, m * LIFT_SECOND);
		shop.row_count = 0;
	}
	shop_go(&shop, end);
	expect_starts(&shop, i);
	ck_assert_uint_gt(i, 0);
	ck_assert_int_eq(view(&shop, "walk").missed, 0);
	shop_close(&shop);
}
END_TEST

START_TEST(a_run_in_the_gap_runs_once_and_one_in_the_fold_once)
{
	struct shop shop;

	shop_open(&shop, "2026-03-28T12:00:00Z");
	shop_job(&shop, "nightly", "30 1 * * *", "Europe/London");
	shop_use(&shop);
	shop_go(&shop, at("2026-03-30T12:00:00Z"));
	expect_starts(&shop, 2);
	expect_start(&shop, 0, "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z",
	    1);
	expect_start(&shop, 1, "2026-03-30T00:30:00Z", "2026-03-30T00:30:00Z",
	    1);
	shop_restart(&shop, "2026-10-24T12:00:00Z");
	shop.start_count = 0;
	shop_go(&shop, at("2026-10-25T12:00:00Z"));
	expect_starts(&shop, 1);
	expect_start(&shop, 0, "2026-10-25T00:30:00Z", "2026-10-25T00:30:00Z",
	    1);
	shop_close(&shop);
}
END_TEST

START_TEST(jobs_start_in_the_order_of_their_time)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:00:00Z");
	shop_job(&shop, "b", "20 3 * * *", "UTC");
	shop_job(&shop, "a", "10 3 * * *", "UTC");
	shop_job(&shop, "c", "10 3 * * *", "America/New_York");
	shop_use(&shop);
	ck_assert_int_eq(schedule_wake(shop.schedule),
	    at("2026-01-01T03:10:00Z"));
	shop_go(&shop, at("2026-01-01T12:00:00Z"));
	expect_starts(&shop, 3);
	ck_assert_str_eq(shop.starts[0].job, "a");
	ck_assert_str_eq(shop.starts[1].job, "b");
	ck_assert_str_eq(shop.starts[2].job, "c");
	shop_close(&shop);
}
END_TEST

START_TEST(jitter_is_within_bounds_and_the_same_after_a_restart)
{
	int64_t first[100], most = 10 * LIFT_MINUTE, sum = 0;
	struct shop shop;

	for (int round = 0; round < 2; round++) {
		shop_open(&shop, "2026-01-01T00:30:00Z");
		shop_job(&shop, "a", "0 * * * *", "UTC")->jitter = most;
		shop_use(&shop);
		shop_go(&shop, shop.now + 100 * LIFT_HOUR);
		expect_starts(&shop, 100);
		for (int i = 0; i < 100; i++) {
			int64_t late = shop.starts[i].started -
			    shop.starts[i].planned;
			ck_assert_int_ge(late, 0);
			ck_assert_int_le(late, most);
			if (round == 0)
				first[i] = late;
			ck_assert_int_eq(late, first[i]);
			sum += late;
		}
		ck_assert_int_eq(view(&shop, "a").missed, 0);
		shop_close(&shop);
	}
	ck_assert_int_gt(sum / 200, most / 4);
	ck_assert_int_lt(sum / 200, most * 3 / 4);
}
END_TEST

START_TEST(jitter_differs_by_job_and_never_reaches_the_next_run)
{
	struct shop shop;
	int same = 0;

	shop_open(&shop, "2026-01-01T00:00:30Z");
	shop_job(&shop, "a", "* * * * *", "UTC")->jitter = LIFT_DAY;
	shop_job(&shop, "b", "* * * * *", "UTC")->jitter = LIFT_DAY;
	shop_use(&shop);
	shop_go(&shop, shop.now + LIFT_HOUR + LIFT_MINUTE);
	ck_assert_uint_ge(shop.start_count, 120);
	for (size_t i = 0; i < shop.start_count; i++) {
		struct shop_start *x = &shop.starts[i];
		ck_assert_int_lt(x->started - x->planned, LIFT_MINUTE);
		for (size_t k = 0; k < i; k++)
			same += shop.starts[k].started == x->started;
	}
	ck_assert_int_eq(same, 0);
	shop_close(&shop);
}
END_TEST

/* ---- missed runs ----------------------------------------------------- */

START_TEST(once_starts_the_newest_missed_run_for_all)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "hourly", "0 * * * *", "UTC");
	shop_use(&shop);
	shop_go(&shop, at("2026-01-01T02:30:00Z"));
	expect_starts(&shop, 2);
	shop_restart(&shop, "2026-01-01T07:20:00Z");
	expect_starts(&shop, 3);
	expect_start(&shop, 2, "2026-01-01T07:00:00Z", "2026-01-01T07:20:00Z",
	    1);
	ck_assert(shop.starts[2].is_late);
	expect_row(&shop, "hourly", "2026-01-01T07:00:00Z", "done",
	    "made up 20m late");
	expect_row(&shop, "hourly", "2026-01-01T03:00:00Z", "missed",
	    "4 runs from 2026-01-01T03:00:00Z to 2026-01-01T06:00:00Z were "
	    "missed and not made up");
	ck_assert_str_eq(shop.said, "job \"hourly\" missed 5 runs, the first "
	    "at 2026-01-01T03:00:00Z");
	ck_assert_int_eq(view(&shop, "hourly").missed, 5);
	ck_assert_int_eq(view(&shop, "hourly").lateness, 20 * LIFT_MINUTE);
	shop_go(&shop, at("2026-01-01T08:30:00Z"));
	expect_starts(&shop, 4);
	shop_close(&shop);
}
END_TEST

START_TEST(all_makes_up_each_run_in_order)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "hourly", "0 * * * *", "UTC")->catchup = JOB_ALL;
	shop_use(&shop);
	shop_restart(&shop, "2026-01-01T03:20:00Z");
	expect_starts(&shop, 3);
	expect_start(&shop, 0, "2026-01-01T01:00:00Z", "2026-01-01T03:20:00Z",
	    1);
	expect_start(&shop, 1, "2026-01-01T02:00:00Z", "2026-01-01T03:20:00Z",
	    1);
	expect_start(&shop, 2, "2026-01-01T03:00:00Z", "2026-01-01T03:20:00Z",
	    1);
	expect_row(&shop, "hourly", "2026-01-01T01:00:00Z", "done",
	    "made up 2h20m late");
	ck_assert_int_eq(view(&shop, "hourly").missed, 3);
	shop_close(&shop);
}
END_TEST

START_TEST(what_comes_due_while_all_are_made_up_waits_behind_them)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "hourly", "0 * * * *", "UTC")->catchup = JOB_ALL;
	shop_use(&shop);
	shop.takes = 50 * LIFT_MINUTE;
	shop_restart(&shop, "2026-01-01T03:20:00Z");
	shop_go(&shop, at("2026-01-01T04:05:00Z"));
	ck_assert_uint_eq(view(&shop, "hourly").waiting, 3);
	expect_row(&shop, "hourly", "2026-01-01T02:00:00Z", "late",
	    "missed by 1h20m, will be made up");
	expect_row(&shop, "hourly", "2026-01-01T04:00:00Z", "waiting",
	    "waits for the run before");
	shop_go(&shop, at("2026-01-01T05:45:00Z"));
	expect_starts(&shop, 3);
	for (size_t i = 1; i < shop.start_count; i++)
		ck_assert_int_eq(shop.starts[i].planned,
		    shop.starts[i - 1].planned + LIFT_HOUR);
	shop_close(&shop);
}
END_TEST

START_TEST(a_backlog_survives_another_restart)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "hourly", "0 * * * *", "UTC")->catchup = JOB_ALL;
	shop_use(&shop);
	shop.takes = 10 * LIFT_MINUTE;
	shop_restart(&shop, "2026-01-01T05:20:00Z");
	shop_go(&shop, at("2026-01-01T05:35:00Z"));
	expect_starts(&shop, 2);
	shop_restart(&shop, "2026-01-01T05:36:00Z");
	shop_go(&shop, at("2026-01-01T06:20:00Z"));
	expect_start(&shop, 2, "2026-01-01T02:00:00Z", "2026-01-01T05:36:30Z",
	    2);
	for (size_t i = 3; i < shop.start_count; i++)
		ck_assert_int_eq(shop.starts[i].planned,
		    shop.starts[i - 1].planned + LIFT_HOUR);
	expect_start(&shop, shop.start_count - 1, "2026-01-01T06:00:00Z",
	    "2026-01-01T06:16:30Z", 1);
	shop_close(&shop);
}
END_TEST

START_TEST(all_is_bounded_and_the_rest_is_one_row)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:00:30Z");
	shop_job(&shop, "minutely", "* * * * *", "UTC")->catchup = JOB_ALL;
	shop_use(&shop);
	shop_restart(&shop, "2026-01-02T00:00:05Z");
	expect_starts(&shop, 1000);
	ck_assert_int_eq(view(&shop, "minutely").missed, 1439);
	expect_row(&shop, "minutely", "2026-01-01T00:01:00Z", "missed",
	    "440 runs from 2026-01-01T00:01:00Z to 2026-01-01T07:20:00Z were "
	    "missed and not made up");
	expect_start(&shop, 0, "2026-01-01T07:21:00Z", "2026-01-02T00:00:05Z",
	    1);
	expect_start(&shop, 999, "2026-01-02T00:00:00Z",
	    "2026-01-02T00:00:05Z", 1);
	ck_assert(!shop.starts[999].is_late);
	shop_close(&shop);
}
END_TEST

START_TEST(skip_makes_up_nothing_and_says_so)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "hourly", "0 * * * *", "UTC")->catchup = JOB_NONE;
	shop_job(&shop, "daily", "0 1 * * *", "UTC")->catchup = JOB_NONE;
	shop_use(&shop);
	shop_restart(&shop, "2026-01-01T03:20:00Z");
	expect_starts(&shop, 0);
	expect_row(&shop, "hourly", "2026-01-01T01:00:00Z", "missed",
	    "3 runs from 2026-01-01T01:00:00Z to 2026-01-01T03:00:00Z were "
	    "missed and not made up");
	expect_row(&shop, "daily", "2026-01-01T01:00:00Z", "missed",
	    "missed and not made up");
	shop_go(&shop, at("2026-01-01T04:20:00Z"));
	expect_starts(&shop, 1);
	expect_start(&shop, 0, "2026-01-01T04:00:00Z", "2026-01-01T04:00:00Z",
	    1);
	shop_close(&shop);
}
END_TEST

START_TEST(downtime_over_a_change_of_clocks_misses_neither_more_nor_less)
{
	static const struct {
		const char *schedule, *from, *until;
		size_t      runs;
	} rows[] = {
		{ "30 1 * * *", "2026-03-28T12:00:00Z",
			"2026-03-30T12:00:00Z", 2 },
		{ "30 1 * * *", "2026-10-24T12:00:00Z",
			"2026-10-26T12:00:00Z", 2 },
		{ "0 * * * *", "2026-03-28T12:30:00Z",
			"2026-03-29T12:30:00Z", 24 },
		{ "0 * * * *", "2026-10-24T12:30:00Z",
			"2026-10-25T12:30:00Z", 24 },
		{ "15,45 1 * * *", "2026-03-29T00:10:00Z",
			"2026-03-29T01:40:00Z", 1 },
	};
	struct shop shop;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		shop_open(&shop, rows[i].from);
		shop_job(&shop, "job", rows[i].schedule,
		    "Europe/London")->catchup = JOB_ALL;
		shop_use(&shop);
		shop_restart(&shop, rows[i].until);
		expect_starts(&shop, rows[i].runs);
		ck_assert_int_eq(view(&shop, "job").missed,
		    (int64_t)rows[i].runs);
		shop_close(&shop);
	}
}
END_TEST

START_TEST(a_machine_that_slept_has_missed_its_runs_as_well)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "once", "0 * * * *", "UTC");
	shop_job(&shop, "all", "0 * * * *", "UTC")->catchup = JOB_ALL;
	shop_use(&shop);
	shop_go(&shop, at("2026-01-01T00:40:00Z"));
	shop_jump(&shop, at("2026-01-01T09:10:00Z"));
	expect_starts(&shop, 1 + 9);
	ck_assert_int_eq(view(&shop, "once").missed, 9);
	ck_assert_int_eq(view(&shop, "all").missed, 9);
	shop_close(&shop);
}
END_TEST

START_TEST(a_run_some_seconds_late_is_late_and_not_missed)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "hourly", "0 * * * *", "UTC")->catchup = JOB_NONE;
	shop_use(&shop);
	shop_jump(&shop, at("2026-01-01T01:00:40Z"));
	expect_starts(&shop, 1);
	ck_assert(!shop.starts[0].is_late);
	ck_assert_int_eq(view(&shop, "hourly").missed, 0);
	ck_assert_int_eq(view(&shop, "hourly").lateness, 40 * LIFT_SECOND);
	shop_close(&shop);
}
END_TEST

START_TEST(a_job_that_never_ran_can_have_missed_its_first_run)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:00:00Z");
	shop_job(&shop, "weekly", "0 2 * * SUN", "UTC");
	shop_use(&shop);
	expect_row(&shop, "weekly", "2026-01-04T02:00:00Z", "planned",
	    "0 2 * * SUN in UTC");
	shop_restart(&shop, "2026-01-05T00:00:00Z");
	expect_starts(&shop, 1);
	expect_start(&shop, 0, "2026-01-04T02:00:00Z", "2026-01-05T00:00:00Z",
	    1);
	shop_close(&shop);
}
END_TEST

START_TEST(a_schedule_that_changed_while_down_has_missed_nothing)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	struct generation_job *j = shop_job(&shop, "job", "0 * * * *", "UTC");
	shop_use(&shop);
	job_schedule(&shop, j, "15 * * * *");
	shop_restart(&shop, "2026-01-01T05:00:00Z");
	expect_starts(&shop, 0);
	ck_assert_int_eq(view(&shop, "job").missed, 0);
	expect_row(&shop, "job", "2026-01-01T01:00:00Z", "dropped",
	    "the schedule has changed");
	expect_row(&shop, "job", "2026-01-01T05:15:00Z", "planned",
	    "15 * * * * in UTC");
	shop_close(&shop);
}
END_TEST

START_TEST(a_year_of_seconds_is_counted_without_walking_through_it)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:00:00Z");
	shop_job(&shop, "every", "every 1s", "UTC");
	shop_job(&shop, "cron", "* * * * *", "Europe/London");
	shop_use(&shop);
	shop_restart(&shop, "2027-01-01T00:00:00Z");
	expect_starts(&shop, 2);
	ck_assert_int_eq(view(&shop, "every").missed, 365 * 86400 - 1);
	const struct shop_row *row = shop_row(&shop, "cron",
	    at("2026-01-01T00:01:00Z"));
	ck_assert_str_eq(row->state, "missed");
	ck_assert_int_eq(strncmp(row->detail, "more than 10", 12), 0);
	shop_close(&shop);
}
END_TEST

/* ---- failures -------------------------------------------------------- */

START_TEST(a_failed_run_is_tried_again_after_twice_the_time)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "daily", "0 1 * * *", "UTC");
	shop_use(&shop);
	shop.failures = 4;
	shop_go(&shop, at("2026-01-01T01:00:10Z"));
	expect_row(&shop, "daily", "2026-01-01T01:00:00Z", "retrying",
	    "no luck; attempt 1 of 4, the next one in 30s");
	ck_assert_int_eq(view(&shop, "daily").retry_at,
	    at("2026-01-01T01:00:30Z"));
	shop_go(&shop, at("2026-01-01T20:00:00Z"));
	expect_starts(&shop, 4);
	expect_start(&shop, 1, "2026-01-01T01:00:00Z", "2026-01-01T01:00:30Z",
	    2);
	expect_start(&shop, 2, "2026-01-01T01:00:00Z", "2026-01-01T01:01:30Z",
	    3);
	expect_start(&shop, 3, "2026-01-01T01:00:00Z", "2026-01-01T01:03:30Z",
	    4);
	expect_row(&shop, "daily", "2026-01-01T01:00:00Z", "failed",
	    "no luck (attempt 4)");
	ck_assert_str_eq(shop.said, "job \"daily\" failed: no luck");
	shop_close(&shop);
}
END_TEST

START_TEST(the_time_between_attempts_grows_up_to_an_hour)
{
	static const int minutes[] = { 20, 40, 60, 60, 60 };
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	struct generation_job *j = shop_job(&shop, "daily", "0 1 * * *",
	    "UTC");
	j->backoff = 20 * LIFT_MINUTE;
	j->retries = 5;
	shop_use(&shop);
	shop.failures = 6;
	shop_go(&shop, at("2026-01-02T00:00:00Z"));
	expect_starts(&shop, 6);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(shop.starts[i + 1].started -
		    shop.starts[i].started, minutes[i] * LIFT_MINUTE);
	j->backoff = 3 * LIFT_HOUR;
	shop.failures = 1;
	shop_use(&shop);
	shop_go(&shop, at("2026-01-02T12:00:00Z"));
	expect_start(&shop, 7, "2026-01-02T01:00:00Z", "2026-01-02T04:00:00Z",
	    2);
	shop_close(&shop);
}
END_TEST

START_TEST(a_run_over_its_limit_has_failed_and_is_tried_again)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "daily", "0 1 * * *", "UTC")->retries = 1;
	shop_use(&shop);
	shop.takes = 2 * LIFT_HOUR;
	shop_go(&shop, at("2026-01-01T02:00:10Z"));
	ck_assert_uint_eq(shop.abandoned, 1);
	expect_row(&shop, "daily", "2026-01-01T01:00:00Z", "retrying",
	    "took longer than 1h; attempt 1 of 2, the next one in 30s");
	shop_go(&shop, at("2026-01-01T12:00:00Z"));
	expect_starts(&shop, 2);
	ck_assert_uint_eq(shop.abandoned, 2);
	expect_row(&shop, "daily", "2026-01-01T01:00:00Z", "failed",
	    "took longer than 1h (attempt 2)");
	shop_close(&shop);
}
END_TEST

START_TEST(an_abandoned_attempt_counts_if_it_succeeds_before_the_next)
{
	struct schedule_end end = { .job = lift_text("daily"), .attempt = 1,
		.planned = at("2026-01-01T01:00:00Z") };
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "daily", "0 1 * * *", "UTC");
	shop_use(&shop);
	shop.takes = SHOP_NEVER_ENDS;
	shop_go(&shop, at("2026-01-01T02:00:10Z"));
	ck_assert(!schedule_ended(shop.schedule, &end, shop.now));
	end.ok = true;
	ck_assert(schedule_ended(shop.schedule, &end, shop.now));
	ck_assert(!schedule_ended(shop.schedule, &end, shop.now));
	shop_go(&shop, at("2026-01-01T12:00:00Z"));
	expect_starts(&shop, 1);
	expect_row(&shop, "daily", "2026-01-01T01:00:00Z", "done", "");
	shop_close(&shop);
}
END_TEST

START_TEST(the_end_of_an_earlier_attempt_does_not_end_the_later_one)
{
	struct schedule_end end = { .job = lift_text("daily"), .attempt = 1,
		.planned = at("2026-01-01T01:00:00Z"), .ok = true };
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "daily", "0 1 * * *", "UTC");
	shop_use(&shop);
	shop.takes = SHOP_NEVER_ENDS;
	shop_go(&shop, at("2026-01-01T02:01:00Z"));
	expect_starts(&shop, 2);
	ck_assert(!schedule_ended(shop.schedule, &end, shop.now));
	ck_assert(view(&shop, "daily").is_running);
	end.attempt = 2;
	ck_assert(schedule_ended(shop.schedule, &end, shop.now));
	ck_assert(!view(&shop, "daily").is_running);
	shop_close(&shop);
}
END_TEST

START_TEST(a_run_whose_limit_passed_in_its_sleep_gets_its_time_again)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "daily", "0 1 * * *", "UTC");
	shop_use(&shop);
	shop.takes = SHOP_NEVER_ENDS;
	shop_go(&shop, at("2026-01-01T01:10:00Z"));
	shop_jump(&shop, at("2026-01-01T05:10:00Z"));
	ck_assert_uint_eq(shop.abandoned, 0);
	ck_assert_int_eq(schedule_wake(shop.schedule),
	    at("2026-01-01T06:10:00Z"));
	shop_go(&shop, at("2026-01-01T06:10:00Z"));
	ck_assert_uint_eq(shop.abandoned, 1);
	shop_close(&shop);
}
END_TEST

START_TEST(a_run_that_a_stop_interrupted_is_tried_again)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "daily", "0 1 * * *", "UTC");
	shop_use(&shop);
	shop.takes = 10 * LIFT_MINUTE;
	shop_go(&shop, at("2026-01-01T01:05:00Z"));
	shop_restart(&shop, "2026-01-01T01:06:00Z");
	expect_row(&shop, "daily", "2026-01-01T01:00:00Z", "retrying",
	    "interrupted, liftd stopped while it ran; attempt 1 of 4, the "
	    "next one in 30s");
	shop_go(&shop, at("2026-01-01T12:00:00Z"));
	expect_starts(&shop, 2);
	expect_start(&shop, 1, "2026-01-01T01:00:00Z", "2026-01-01T01:06:30Z",
	    2);
	expect_row(&shop, "daily", "2026-01-01T01:00:00Z", "done", "");
	shop_close(&shop);
}
END_TEST

START_TEST(an_interrupted_run_gives_way_to_a_later_one_that_is_due)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "daily", "0 1 * * *", "UTC");
	shop_use(&shop);
	shop.takes = 10 * LIFT_MINUTE;
	shop_go(&shop, at("2026-01-01T01:05:00Z"));
	shop_restart(&shop, "2026-01-03T12:00:00Z");
	expect_row(&shop, "daily", "2026-01-01T01:00:00Z", "failed",
	    "interrupted, liftd stopped while it ran; a later run makes up "
	    "for it");
	expect_starts(&shop, 2);
	expect_start(&shop, 1, "2026-01-03T01:00:00Z", "2026-01-03T12:00:00Z",
	    1);
	shop_close(&shop);
}
END_TEST

START_TEST(an_attempt_to_come_survives_a_restart)
{
	struct shop shop;

	shop_open(&shop, "2026-01-01T00:30:00Z");
	shop_job(&shop, "daily", "0 1 * * *", "UTC")->backoff = LIFT_HOUR;
	shop_use(&shop);
	shop.failures = 1;
	shop_go(&shop, at("2026-01-01T01:05:00Z"));
	shop_restart(&shop, "2026-01-01T01:06:00Z");
	shop_go(&shop, at("2026-01-01T12:00:00Z"));
	expect_starts(&shop, 2);
	expect_start(&shop, 1, "2026-01-01T01:00:00Z", "2026-01-01T02:00:00Z",
	    2);
	shop_close(&shop);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("schedule");

	tcase_add_loop_test(t,
	    each_run_of_two_years_starts_when_the_clock_on_the_wall_says, 0,
	    WALKS);
	tcase_add_test(t, a_run_in_the_gap_runs_once_and_one_in_the_fold_once);
	tcase_add_test(t, jobs_start_in_the_order_of_their_time);
	tcase_add_test(t, jitter_is_within_bounds_and_the_same_after_a_restart);
	tcase_add_test(t, jitter_differs_by_job_and_never_reaches_the_next_run);
	tcase_add_test(t, once_starts_the_newest_missed_run_for_all);
	tcase_add_test(t, all_makes_up_each_run_in_order);
	tcase_add_test(t,
	    what_comes_due_while_all_are_made_up_waits_behind_them);
	tcase_add_test(t, a_backlog_survives_another_restart);
	tcase_add_test(t, all_is_bounded_and_the_rest_is_one_row);
	tcase_add_test(t, skip_makes_up_nothing_and_says_so);
	tcase_add_test(t,
	    downtime_over_a_change_of_clocks_misses_neither_more_nor_less);
	tcase_add_test(t, a_machine_that_slept_has_missed_its_runs_as_well);
	tcase_add_test(t, a_run_some_seconds_late_is_late_and_not_missed);
	tcase_add_test(t, a_job_that_never_ran_can_have_missed_its_first_run);
	tcase_add_test(t,
	    a_schedule_that_changed_while_down_has_missed_nothing);
	tcase_add_test(t,
	    a_year_of_seconds_is_counted_without_walking_through_it);
	tcase_add_test(t, a_failed_run_is_tried_again_after_twice_the_time);
	tcase_add_test(t, the_time_between_attempts_grows_up_to_an_hour);
	tcase_add_test(t, a_run_over_its_limit_has_failed_and_is_tried_again);
	tcase_add_test(t,
	    an_abandoned_attempt_counts_if_it_succeeds_before_the_next);
	tcase_add_test(t,
	    the_end_of_an_earlier_attempt_does_not_end_the_later_one);
	tcase_add_test(t,
	    a_run_whose_limit_passed_in_its_sleep_gets_its_time_again);
	tcase_add_test(t, a_run_that_a_stop_interrupted_is_tried_again);
	tcase_add_test(t,
	    an_interrupted_run_gives_way_to_a_later_one_that_is_due);
	tcase_add_test(t, an_attempt_to_come_survives_a_restart);
	return shop_run(t, "schedule");
}
