/* Times and spans as people write them. */
#include "run.h"

#include "base/instant.h"

static void
reads(const char *word, int64_t expected)
{
	int64_t time = -77;

	ck_assert_msg(instant_read(lift_text(word), &time), "%s", word);
	ck_assert_msg(time == expected, "%s is %lld", word, (long long)time);
}

static void
refuses(const char *word)
{
	int64_t time = -77;

	ck_assert_msg(!instant_read(lift_text(word), &time), "%s", word);
	ck_assert_int_eq(time, -77);
}

START_TEST(times_are_read_to_the_microsecond)
{
	reads("1970-01-01T00:00:00Z", 0);
	reads("1970-01-01", 0);
	reads("1969-12-31T23:59:59.999999Z", -1);
	reads("2026-11-20T15:16:17.123Z", INT64_C(1795187777123000));
	reads("2026-11-20t15:16:17.123z", INT64_C(1795187777123000));
	reads("2026-11-20 16:16:17.123456789+01:00",
	    INT64_C(1795187777123456));
	reads("2000-02-29T00:00:00-00:30", INT64_C(951784200000000));
	reads("0000-01-01T00:00:00Z", INT64_C(-62167219200000000));
	reads("9999-12-31T23:59:59Z", INT64_C(253402300799000000));
	reads("2016-12-31T23:59:60Z", INT64_C(1483228800000000));
}
END_TEST

START_TEST(what_is_no_time_is_refused)
{
	static const char *const words[] = { "", "now", "2026-13-01",
		"2026-02-29", "1900-02-29", "2026-04-31", "2026-1-1",
		"2026-11-20T", "2026-11-20T15:16", "2026-11-20T15:16:17",
		"2026-11-20T24:00:00Z", "2026-11-20T15:60:00Z",
		"2026-11-20T15:16:61Z", "2026-11-20T15:16:17.Z",
		"2026-11-20T15:16:17Zx", "2026-11-20T15:16:17+24:00",
		"2026-11-20T15:16:17+0100", "2026-11-20T15:16:17,5Z",
		"1795187777" };

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		refuses(words[i]);
}
END_TEST

START_TEST(what_is_written_can_be_read_back)
{
	struct text t = { 0 };

	for (int64_t time = INT64_C(-62167219200000000);
	    time < INT64_C(253402300799000000);
	    time += INT64_C(98765432101237)) {
		text_clear(&t);
		instant_write(&t, time);
		reads(t.data, time);
	}
	text_clear(&t);
	instant_write(&t, 1500000);
	ck_assert_str_eq(t.data, "1970-01-01T00:00:01.500Z");
	text_clear(&t);
	instant_write(&t, -1);
	ck_assert_str_eq(t.data, "1969-12-31T23:59:59.999999Z");
	text_done(&t);
}
END_TEST

START_TEST(the_calendar_knows_weekdays_and_days_of_the_year)
{
	struct civil c = civil_of(INT64_C(1795187777));

	ck_assert_int_eq(c.year, 2026);
	ck_assert_int_eq(c.month, 11);
	ck_assert_int_eq(c.day, 20);
	ck_assert_int_eq(c.weekday, 5);
	ck_assert_int_eq(c.yearday, 323);
	for (int64_t day = -800000; day < 800000; day += 13) {
		c = civil_of(day * 86400);
		ck_assert_int_eq(civil_days(c.year, c.month, c.day), day);
		ck_assert_int_eq(c.weekday, ((day + 4) % 7 + 7) % 7);
	}
}
END_TEST

static void
spans(const char *word, int64_t expected, const char *written)
{
	struct text t = { 0 };
	int64_t span;

	ck_assert_msg(span_read(lift_text(word), &span), "%s", word);
	ck_assert_int_eq(span, expected);
	span_write(&t, span);
	ck_assert_str_eq(t.data, written);
	text_done(&t);
}

START_TEST(spans_are_read_and_written_in_the_largest_units)
{
	static const char *const none[] = { "", "5", "m", "5 m", "-5m", "5x",
		"1.5h", "99999999999999999999s", "9223372036854775807w",
		"5mm", "1h30" };
	struct text t = { 0 };
	int64_t span;

	spans("90s", 90 * LIFT_SECOND, "1m30s");
	spans("1h30m", 90 * LIFT_MINUTE, "1h30m");
	spans("500ms", 500 * LIFT_MILLI, "500ms");
	spans("30d", 30 * LIFT_DAY, "4w2d");
	spans("0s", 0, "0s");
	spans("7us", 7, "7us");
	for (unsigned i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		ck_assert_msg(!span_read(lift_text(none[i]), &span), "%s",
		    none[i]);
	span_write(&t, -LIFT_MINUTE);
	span_write(&t, INT64_MIN);
	text_done(&t);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("instant");

	tcase_add_test(tests, times_are_read_to_the_microsecond);
	tcase_add_test(tests, what_is_no_time_is_refused);
	tcase_add_test(tests, what_is_written_can_be_read_back);
	tcase_add_test(tests,
	    the_calendar_knows_weekdays_and_days_of_the_year);
	tcase_add_test(tests,
	    spans_are_read_and_written_in_the_largest_units);
	return run_tests(tests, "instant");
}
