/* Schedules, and a walk minute by minute that knows nothing of stretches. */
#include <check.h>
#include <stdlib.h>
#include <time.h>

#include "base/instant.h"
#include "rules/cron.h"

static struct arena *arena;

static void
set_up(void)
{
	arena = arena_new();
}

static void
tear_down(void)
{
	arena_free(arena);
}

static struct zone *
zone(const char *name)
{
	struct lift_error err = { 0 };
	struct zone *z = zone_open(arena, lift_text(name), &err);

	ck_assert_msg(z != NULL, "%s", err.text);
	return z;
}

static struct cron
cron(const char *text)
{
	struct lift_error err = { 0 };
	struct cron c;

	ck_assert_msg(cron_read(lift_text(text), &c, &err), "%s: %s", text,
	    err.text);
	return c;
}

static int64_t
at(const char *text)
{
	int64_t t = 0;

	ck_assert_msg(instant_read(lift_text(text), &t), "%s", text);
	return t;
}

static const struct {
	const char *schedule, *zone, *after, *runs[3], *remark;
} cases[] = {
	{ "15 2 * * *", "UTC", "2026-01-01T00:00:00Z",
	    { "2026-01-01T02:15:00Z", "2026-01-02T02:15:00Z" }, "each day" },
	{ "15 2 * * *", "UTC", "2026-01-01T02:15:00Z",
	    { "2026-01-02T02:15:00Z" }, "after means after" },
	{ "15 2 * * *", "UTC", "2026-01-01T02:14:59.999Z",
	    { "2026-01-01T02:15:00Z" }, "by a millisecond" },
	{ "30 1 * * *", "Europe/London", "2026-03-28T12:00:00Z",
	    { "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z" },
	    "in the gap: right after it" },
	{ "30 1 * * *", "Europe/London", "2026-03-29T00:59:59.5Z",
	    { "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z" },
	    "in the gap, asked in the second before it" },
	{ "0,15,30 1 * * *", "Europe/London", "2026-03-28T12:00:00Z",
	    { "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z" },
	    "several in the gap: once" },
	{ "30 1 * * *", "Europe/London", "2026-10-24T12:00:00Z",
	    { "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z" },
	    "in the fold: the first one" },
	{ "0 * * * *", "Europe/London", "2026-10-24T23:30:00Z",
	    { "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z",
	    "2026-10-25T02:00:00Z" }, "each real hour of the fold" },
	{ "0 * * * *", "Europe/London", "2026-03-29T00:30:00Z",
	    { "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z" },
	    "no hour twice at the gap" },
	{ "45 1 * * *", "Australia/Lord_Howe", "2026-04-04T12:00:00Z",
	    { "2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z" },
	    "a fold of half an hour" },
	{ "15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z",
	    { "2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z" },
	    "a gap of half an hour" },
	{ "0 9 * * *", "Pacific/Apia", "2011-12-29T20:00:00Z",
	    { "2011-12-30T10:00:00Z", "2011-12-30T19:00:00Z" },
	    "the day that was left out" },
	{ "30 1 * * *", "Europe/Dublin", "2026-10-24T12:00:00Z",
	    { "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z" },
	    "negative daylight saving" },
	{ "0 0 13 * FRI", "UTC", "2026-02-01T00:00:00Z",
	    { "2026-02-06T00:00:00Z", "2026-02-13T00:00:00Z",
	    "2026-02-20T00:00:00Z" }, "either day field" },
	{ "0 0 29 2 *", "UTC", "2097-01-01T00:00:00Z",
	    { "2104-02-29T00:00:00Z" }, "2100 has no leap day" },
	{ "0 0 29 2 */7", "UTC", "2089-01-01T00:00:00Z",
	    { "2128-02-29T00:00:00Z" }, "the longest wait" },
	{ "0 12 * JAN-MAR/2 7", "UTC", "2026-01-20T00:00:00Z",
	    { "2026-01-25T12:00:00Z", "2026-03-01T12:00:00Z" }, "7 is Sunday" },
	{ "every 5m", "Asia/Kolkata", "2026-01-01T00:00:00Z",
	    { "2026-01-01T00:05:00Z", "2026-01-01T00:10:00Z" }, "the epoch" },
	{ "every 90s", "UTC", "1969-12-31T23:58:00Z",
	    { "1969-12-31T23:58:30Z", "1970-01-01T00:00:00Z" }, "before it" },
	{ "@monthly", "America/New_York", "2026-03-02T00:00:00Z",
	    { "2026-04-01T04:00:00Z" }, "local midnight" },
};

START_TEST(the_next_runs_are_as_told)
{
	struct cron c = cron(cases[_i].schedule);
	struct zone *z = zone(cases[_i].zone);
	int64_t t = at(cases[_i].after);
	struct text told = { 0 };

	for (int i = 0; i < 3 && cases[_i].runs[i] != NULL; i++) {
		t = cron_next(&c, z, t);
		text_clear(&told);
		instant_write(&told, t);
		ck_assert_msg(strcmp(told.data, cases[_i].runs[i]) == 0,
		    "%s: run %d is %s", cases[_i].remark, i, told.data);
	}
	text_done(&told);
}
END_TEST

/* ---- the walk -------------------------------------------------------- */

static const char *const walked[] = { "15 2 * * *", "30 1 * * *",
	"*/7 * * * *", "0 * * * *", "0,30 0-3 * * *", "*/20 2 * * *",
	"5 */2 * * *", "0 0 1,15 * MON", "45 1,2 * * SUN", "59 23 31 * *",
	"10 3 */10 * 1-5", "0 2 * 3,4,10,11 *" };
static const char *const zones[] = { "Europe/London", "America/New_York",
	"Australia/Lord_Howe", "Europe/Dublin", "Pacific/Apia", "UTC",
	"Asia/Kathmandu", "Africa/Casablanca" };
enum { WALKED = 12, ZONES = 8 };

static bool
in_list(const char *item, int low, int high, int value)
{
	int from = low, until = high, step = 1;
	const char *slash = strchr(item, '/'), *dash = strchr(item, '-');

	if (item[0] != '*') {
		from = until = atoi(item);
		if (dash != NULL)
			until = atoi(dash + 1);
	}
	if (slash != NULL)
		step = atoi(slash + 1);
	return value >= from && value <= until && (value - from) % step == 0;
}

/* Whether a field, given as text, has the value. */
static bool
has(const char *field, int low, int high, int value)
{
	char copy[40], *state, *item;

	snprintf(copy, sizeof(copy), "%s", field);
	for (item = strtok_r(copy, ",", &state); item != NULL;
	    item = strtok_r(NULL, ",", &state))
		if (in_list(item, low, high, value))
			return true;
	return false;
}

/* The fields of a schedule, each value looked up once. */
struct fields {
	bool minute[60], hour[24], day[32], month[13], weekday[7];
	bool wild_minute, wild_hour, either_day;
};

static struct fields
fields_of(const char *schedule)
{
	char w[5][20];
	struct fields f;

	ck_assert_int_eq(sscanf(schedule, "%19s %19s %19s %19s %19s", w[0],
	    w[1], w[2], w[3], w[4]), 5);
	if (strcmp(w[4], "MON") == 0 || strcmp(w[4], "SUN") == 0)
		snprintf(w[4], sizeof(w[4]), "%d", w[4][0] == 'M');
	for (int i = 0; i < 60; i++)
		f.minute[i] = has(w[0], 0, 59, i);
	for (int i = 0; i < 24; i++)
		f.hour[i] = has(w[1], 0, 23, i);
	for (int i = 1; i < 32; i++)
		f.day[i] = has(w[2], 1, 31, i);
	for (int i = 1; i < 13; i++)
		f.month[i] = has(w[3], 1, 12, i);
	for (int i = 0; i < 7; i++)
		f.weekday[i] = has(w[4], 0, 6, i);
	f.wild_minute = w[0][0] == '*';
	f.wild_hour = w[1][0] == '*';
	f.either_day = w[2][0] != '*' && w[4][0] != '*';
	return f;
}

static bool
shows(const struct fields *f, const struct tm *tm)
{
	bool day = f->day[tm->tm_mday], weekday = f->weekday[tm->tm_wday];

	return f->minute[tm->tm_min] && f->hour[tm->tm_hour] &&
	    f->month[tm->tm_mon + 1] &&
	    (f->either_day ? day || weekday : day && weekday);
}

/* Whether a run is due at T, by the C library's idea of the zone; BEFORE is the
 * offset a minute ago, and NOW what the wall shows. */
static bool
is_due(const struct fields *f, time_t t, long before, const struct tm *now)
{
	struct tm seen;

	for (long i = (now->tm_gmtoff - before) / 60; i > 0 && !f->wild_hour;
	    i--) {
		/* What the wall would have shown in the gap. */
		time_t wall = t + now->tm_gmtoff - i * 60;
		gmtime_r(&wall, &seen);
		if (shows(f, &seen))
			return true;
	}
	if (!shows(f, now))
		return false;
	if (f->wild_minute || f->wild_hour)
		return true;
	/* Has the wall shown the same before? No fold is longer. */
	for (time_t ago = 1800; ago <= 3600; ago += 1800) {
		time_t then = t - ago;
		localtime_r(&then, &seen);
		if (then + seen.tm_gmtoff == t + now->tm_gmtoff)
			return false;
	}
	return true;
}

START_TEST(two_years_agree_with_a_walk_minute_by_minute)
{
	const char *schedule = walked[_i % WALKED], *name = zones[_i / WALKED];
	struct zone *z = zone(name);
	struct cron c = cron(schedule);
	struct fields f = fields_of(schedule);
	struct tm now;
	time_t first = at(strcmp(name, "Pacific/Apia") == 0 ?
	    "2011-01-01T00:00:00Z" : "2026-01-01T00:00:00Z") / LIFT_SECOND;

	setenv("TZ", name, 1);
	tzset();
	localtime_r(&first, &now);
	long before = now.tm_gmtoff;
	int64_t next = cron_next(&c, z, first * LIFT_SECOND - 1);
	for (time_t t = first; t < first + 2 * 365 * 86400; t += 60) {
		localtime_r(&t, &now);
		bool due = is_due(&f, t, before, &now);
		before = now.tm_gmtoff;
		if (due == (next == t * LIFT_SECOND) && !due)
			continue;
		ck_assert_msg(due == (next == t * LIFT_SECOND),
		    "\"%s\" in %s: %s at %lld", schedule, name,
		    due ? "nothing" : "a run", (long long)t);
		if (due)
			next = cron_next(&c, z, next);
	}
}
END_TEST

/* ---- refusals -------------------------------------------------------- */

static const struct {
	const char *schedule;
	unsigned    column;
	const char *mentions;
} refusals[] = {
	{ "", 1, "empty" },
	{ "61 * * * *", 1, "the minute is 61, must lie between 0 and 59" },
	{ "* 24 * * *", 3, "must lie between 0 and 23" },
	{ "* * 0 * *", 5, "must lie between 1 and 31" },
	{ "* * * 13 *", 7, "must lie between 1 and 12" },
	{ "* * * * 8", 9, "must lie between 0 and 7" },
	{ "* * * *", 8, "five fields" },
	{ "* * * * * *", 11, "sixth" },
	{ "0 0 30 2 *", 5, "never comes" },
	{ "0 0 31 4,6,9,11 *", 5, "never comes" },
	{ "0 0 L * *", 5, "\"L\"" },
	{ "0 0 15W * *", 7, "\"W\"" },
	{ "0 0 ? * *", 5, "\"?\"" },
	{ "0 0 * * MON#2", 12, "\"#\"" },
	{ "0 0 * JUNE *", 7, "JAN to DEC" },
	{ "0 0 * * MO", 9, "MON to SUN" },
	{ "10-5 * * * *", 1, "ends before it begins" },
	{ "*/0 * * * *", 3, "must lie between 1 and 59" },
	{ "5/10 * * * *", 2, "*/10" },
	{ "1,,2 * * * *", 3, "lacks a number" },
	{ "-1 * * * *", 1, "no place" },
	{ "a * * * *", 1, "no number" },
	{ "1x * * * *", 2, "no place" },
	{ "@dayly", 1, "@daily" },
	{ "every", 1, "no number" },
	{ "every 0s", 7, "between 1s and 366d" },
	{ "every 500ms", 7, "between 1s and 366d" },
	{ "every soon", 7, "30s, 5m or 2h" },
	{ "99999999999999999999 * * * *", 1, "must lie between 0 and 59" },
};

START_TEST(a_schedule_that_cannot_be_is_refused_in_its_place)
{
	struct lift_error err = { 0 };
	struct cron c;

	ck_assert(!cron_read(lift_text(refusals[_i].schedule), &c, &err));
	ck_assert_msg(err.column == refusals[_i].column, "\"%s\": column %u",
	    refusals[_i].schedule, err.column);
	ck_assert_msg(strstr(err.text, refusals[_i].mentions) != NULL,
	    "\"%s\": %s", refusals[_i].schedule, err.text);
}
END_TEST

static const struct {
	const char *schedule, *words;
} told[] = {
	{ "15 2 * * *", "at 02:15 every day" },
	{ "*/5 * * * *", "every 5 minutes" },
	{ "* * * * *", "every minute" },
	{ "@hourly", "at minute 0 of every hour" },
	{ "0 8,20 * * MON-FRI", "at 08:00 and 20:00 on Monday to Friday" },
	{ "0 0 13 * FRI",
	    "at 00:00 on day 13 of the month and on each Friday" },
	{ "@yearly", "at 00:00 on day 1 of the month in January" },
	{ "every 90s", "every 1m30s" },
};

START_TEST(a_schedule_is_told_in_words)
{
	struct text t = { 0 };
	struct cron c = cron(told[_i].schedule);

	cron_write(&t, &c);
	ck_assert_str_eq(t.data, told[_i].words);
	text_done(&t);
}
END_TEST

START_TEST(the_end_of_time_is_no_run)
{
	struct cron c = cron("* * * * *");

	ck_assert(cron_next(&c, zone("UTC"), INT64_MAX) == CRON_NEVER);
	ck_assert(cron_next(&c, zone("UTC"), INT64_MIN) == CRON_NEVER);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rules/cron");
	TCase *t = tcase_create("cron");

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, the_next_runs_are_as_told, 0,
	    sizeof(cases) / sizeof(cases[0]));
	tcase_add_loop_test(t, two_years_agree_with_a_walk_minute_by_minute, 0,
	    WALKED * ZONES);
	tcase_add_loop_test(t,
	    a_schedule_that_cannot_be_is_refused_in_its_place, 0,
	    sizeof(refusals) / sizeof(refusals[0]));
	tcase_add_loop_test(t, a_schedule_is_told_in_words, 0,
	    sizeof(told) / sizeof(told[0]));
	tcase_add_test(t, the_end_of_time_is_no_run);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
