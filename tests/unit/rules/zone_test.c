/* Zones against what the tz database says of some of its odder places. */
#include <check.h>
#include <stdlib.h>
#include <time.h>

#include "base/instant.h"
#include "rules/zone.h"
#include "rules/zone_rule.h"

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

static int64_t
at(const char *text)
{
	int64_t t = 0;

	ck_assert_msg(instant_read(lift_text(text), &t), "%s", text);
	return t / LIFT_SECOND;
}

static const char *
refusal(const char *name)
{
	struct lift_error err = { 0 };

	ck_assert_ptr_null(zone_open(arena, lift_text(name), &err));
	ck_assert_int_eq(err.code, LIFT_E_INPUT);
	return arena_string(arena, err.text);
}

static const struct {
	const char *zone, *utc;
	int         offset;
	const char *remark;
} offsets[] = {
	{ "Europe/London", "2026-01-15T12:00:00Z", 0, "winter" },
	{ "Europe/London", "2026-07-15T12:00:00Z", 3600, "summer" },
	{ "Europe/London", "1970-01-15T12:00:00Z", 3600, "three years of BST" },
	{ "Europe/London", "2026-03-29T00:59:59Z", 0, "a second before" },
	{ "Europe/London", "2026-03-29T01:00:00Z", 3600, "the turn" },
	{ "Europe/London", "2090-07-15T12:00:00Z", 3600, "by the footer" },
	{ "America/New_York", "2026-03-08T06:59:59Z", -18000, "before" },
	{ "America/New_York", "2026-03-08T07:00:00Z", -14400, "after" },
	{ "Australia/Lord_Howe", "2026-01-15T00:00:00Z", 39600, "summer" },
	{ "Australia/Lord_Howe", "2026-07-15T00:00:00Z", 37800, "half hour" },
	{ "Europe/Dublin", "2026-01-15T12:00:00Z", 0, "winter is negative" },
	{ "Europe/Dublin", "2060-07-15T12:00:00Z", 3600, "by the footer" },
	{ "Europe/Dublin", "2060-12-31T23:59:59Z", 0, "over the new year" },
	{ "Pacific/Apia", "2011-12-30T09:59:59Z", -36000, "the 29th" },
	{ "Pacific/Apia", "2011-12-30T10:00:00Z", 50400, "at once the 31st" },
	{ "Asia/Kolkata", "2026-01-15T12:00:00Z", 19800, "half hours" },
	{ "UTC", "2026-07-15T12:00:00Z", 0, "itself" },
	{ "+02:00", "2026-07-15T12:00:00Z", 7200, "fixed" },
	{ "-05:30", "2026-07-15T12:00:00Z", -19800, "fixed, west" },
};

START_TEST(an_offset_is_what_the_tz_database_says)
{
	struct zone *z = zone(offsets[_i].zone);

	ck_assert_msg(zone_offset(z, at(offsets[_i].utc)) ==
	    offsets[_i].offset, "%s: %s", offsets[_i].zone, offsets[_i].remark);
}
END_TEST

/* The C library reads the same files with code of its own. */
START_TEST(offsets_agree_with_the_c_library)
{
	static const char *const names[] = { "Europe/London",
		"America/New_York", "Australia/Lord_Howe", "Europe/Dublin",
		"Pacific/Apia", "Africa/Casablanca", "America/Nuuk",
		"Asia/Tehran", "Antarctica/Troll" };
	struct zone *z = zone(names[_i]);
	struct tm tm;

	setenv("TZ", names[_i], 1);
	tzset();
	for (int64_t t = -5000000000; t < 6000000000; t += 200009) {
		time_t when = t;
		localtime_r(&when, &tm);
		ck_assert_msg(tm.tm_gmtoff == zone_offset(z, t), "%s at %lld",
		    names[_i], (long long)t);
	}
}
END_TEST

START_TEST(a_local_time_in_a_gap_tells_the_moment_of_the_turn)
{
	int64_t first, second;

	ck_assert_int_eq(zone_utc(zone("Europe/London"),
	    at("2026-03-29T01:30:00Z"), &first, &second), ZONE_GAP);
	ck_assert_int_eq(first, at("2026-03-29T01:00:00Z"));
	ck_assert_int_eq(second, first);
}
END_TEST

START_TEST(a_local_time_in_a_fold_has_two_moments)
{
	int64_t first, second;

	ck_assert_int_eq(zone_utc(zone("America/New_York"),
	    at("2026-11-01T01:30:00Z"), &first, &second), ZONE_FOLD);
	ck_assert_int_eq(first, at("2026-11-01T05:30:00Z"));
	ck_assert_int_eq(second, at("2026-11-01T06:30:00Z"));
}
END_TEST

START_TEST(lord_howe_folds_half_an_hour)
{
	struct zone *z = zone("Australia/Lord_Howe");
	int64_t first, second;

	ck_assert_int_eq(zone_utc(z, at("2026-04-05T01:45:00Z"), &first,
	    &second), ZONE_FOLD);
	ck_assert_int_eq(second - first, 1800);
	ck_assert_int_eq(zone_utc(z, at("2026-04-05T02:00:00Z"), &first,
	    &second), ZONE_ONCE);
}
END_TEST

START_TEST(a_day_that_apia_left_out_is_a_gap)
{
	int64_t first, second;

	ck_assert_int_eq(zone_utc(zone("Pacific/Apia"),
	    at("2011-12-30T12:00:00Z"), &first, &second), ZONE_GAP);
	ck_assert_int_eq(first, at("2011-12-30T10:00:00Z"));
}
END_TEST

START_TEST(any_moment_is_among_those_of_its_local_time)
{
	struct zone *z = zone("Europe/Dublin");
	int64_t first, second;

	for (int64_t t = 1700000000; t < 1800000000; t += 1800) {
		zone_utc(z, t + zone_offset(z, t), &first, &second);
		ck_assert(t == first || t == second);
	}
}
END_TEST

START_TEST(a_mistyped_name_gets_the_nearest_one)
{
	ck_assert_str_eq(refusal("Europe/Lodnon"), "there is no time zone "
	    "\"Europe/Lodnon\", the nearest name is \"Europe/London\"");
	ck_assert_ptr_nonnull(strstr(refusal("new york"), "America/New_York"));
}
END_TEST

START_TEST(a_name_that_leads_out_of_the_folder_is_refused)
{
	refusal("../../../etc/passwd");
	refusal("/etc/localtime");
	refusal("Europe/../Europe/London");
	refusal("");
	refusal("Europe");
	refusal("+2:00");
	refusal("+24:00");
}
END_TEST

START_TEST(a_damaged_file_is_refused)
{
	static const char short_file[] = "TZif2";
	char file[60] = "TZif";
	struct lift_error err = { 0 };

	ck_assert_ptr_null(zone_read(arena, lift_text("x"),
	    LIFT_TEXT_OF(short_file), &err));
	ck_assert_ptr_nonnull(strstr(err.text, "is damaged"));
	memset(file + 20, 0x7f, 24);
	ck_assert_ptr_null(zone_read(arena, lift_text("x"),
	    (struct lift_text){ file, sizeof(file) }, &err));
}
END_TEST

START_TEST(a_rule_with_summer_all_the_year_never_turns)
{
	struct zone_rule r;

	ck_assert(zone_rule_read(lift_text("XXX3EDT4,0/0,J365/23"), &r));
	for (int64_t t = 1700000000; t < 1800000000; t += 7200)
		ck_assert_int_eq(zone_rule_stretch(&r, t).offset, -4 * 3600);
}
END_TEST

START_TEST(a_rule_that_is_none_is_refused)
{
	static const char *const rules[] = { "", "GMT", "GM0", "GMT0BST",
		"GMT0BST,M3.5.0", "GMT0BST,M13.5.0,M10.5.0",
		"GMT0BST,M3.6.0,M10.5.0", "GMT0BST,M3.5.0/200,M10.5.0",
		"<+03", "GMT0BST,M3.5.0,M10.5.0x", "GMT25" };
	struct zone_rule r;

	ck_assert_msg(!zone_rule_read(lift_text(rules[_i]), &r), "%s",
	    rules[_i]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rules/zone");
	TCase *t = tcase_create("zone");

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, an_offset_is_what_the_tz_database_says, 0,
	    sizeof(offsets) / sizeof(offsets[0]));
	tcase_add_loop_test(t, offsets_agree_with_the_c_library, 0, 9);
	tcase_add_test(t, a_local_time_in_a_gap_tells_the_moment_of_the_turn);
	tcase_add_test(t, a_local_time_in_a_fold_has_two_moments);
	tcase_add_test(t, lord_howe_folds_half_an_hour);
	tcase_add_test(t, a_day_that_apia_left_out_is_a_gap);
	tcase_add_test(t, any_moment_is_among_those_of_its_local_time);
	tcase_add_test(t, a_mistyped_name_gets_the_nearest_one);
	tcase_add_test(t, a_name_that_leads_out_of_the_folder_is_refused);
	tcase_add_test(t, a_damaged_file_is_refused);
	tcase_add_test(t, a_rule_with_summer_all_the_year_never_turns);
	tcase_add_loop_test(t, a_rule_that_is_none_is_refused, 0, 11);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
