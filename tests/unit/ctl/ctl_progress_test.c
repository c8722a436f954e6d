/* What people see of an import: a bar once a second with rate and time left,
 * and a line at the end; from rows that come in any pieces, on a clock that
 * moves on command. */
#include <check.h>
#include <stdlib.h>

#include "base/clock.h"
#include "ctl/ctl_progress.h"

static int64_t now, size, got;

int64_t
clock_now(void)
{
	return now;
}

int64_t
clock_monotonic(void)
{
	return now;
}

int64_t
ctl_upload_size(const struct ctl_upload *u)
{
	(void)u;
	return size;
}

int64_t
ctl_upload_read(const struct ctl_upload *u)
{
	(void)u;
	return got;
}

struct screen {
	struct ctl_progress progress;
	char               *out, *rows;
	size_t              out_size, rows_size;
	FILE               *row_file;
};

static void
screen_begin(struct screen *s, bool is_shown)
{
	now = 100 * LIFT_SECOND;
	size = got = 0;
	memset(s, 0, sizeof(*s));
	s->progress.out = open_memstream(&s->out, &s->out_size);
	s->progress.is_shown = is_shown;
	s->progress.began = now;
	s->row_file = open_memstream(&s->rows, &s->rows_size);
}

static void
hear(struct screen *s, const char *bytes)
{
	ctl_progress_hear(&s->progress, lift_text(bytes), s->row_file);
	fflush(s->row_file);
	fflush(s->progress.out);
}

/* Draws, and gives what was added to the screen. */
static const char *
drawn(struct screen *s)
{
	size_t before = s->out_size;

	ctl_progress_draw(&s->progress);
	fflush(s->progress.out);
	return s->out + before;
}

static void
screen_end(struct screen *s, bool finished, const char *says)
{
	ctl_progress_end(&s->progress, finished);
	ck_assert_msg(strstr(s->out, says) != NULL, "%s, expected %s", s->out,
	    says);
	fclose(s->progress.out);
	fclose(s->row_file);
	free(s->out);
	free(s->rows);
}

#define NAMES	"lines\tstored\tknown\trefused\n"

START_TEST(a_bar_is_drawn_once_a_second_with_rate_and_time_left)
{
	struct screen s;

	screen_begin(&s, true);
	size = 1000;
	ck_assert_str_eq(drawn(&s), "");
	hear(&s, NAMES "10\t8\t1\t1\n");
	now += LIFT_SECOND;
	got = 250;
	ck_assert_str_eq(drawn(&s), "[######..................]  25 %  "
	    "10 events, 10/s, 3 s left");
	now += LIFT_SECOND - 1;
	ck_assert_str_eq(drawn(&s), "");
	now += 1;
	got = 500;
	hear(&s, "3000\t2990\t9\t1\n");
	ck_assert_str_eq(drawn(&s), "\r\033[K[############............]  50 %  "
	    "3000 events, 1500/s, 2 s left");
	screen_end(&s, true, "\r\033[Kliftctl: 3000 lines: 2990 events stored, "
	    "9 known, 1 refused, in 2.0 s, 1500/s\n");
}
END_TEST

START_TEST(time_left_is_said_in_words_that_fit)
{
	static const struct { int64_t size; const char *left; } cases[] = {
		{ 60, "59 s left" }, { 362, "6 min 01 s left" },
		{ 7501, "2 h 05 min left" } };
	struct screen s;

	screen_begin(&s, true);
	size = cases[_i].size;
	hear(&s, NAMES "1\t1\t0\t0\n");
	now += LIFT_SECOND;
	got = 1;
	const char *bar = drawn(&s);
	ck_assert_msg(strstr(bar, cases[_i].left) != NULL, "%s", bar);
	screen_end(&s, true, "1 lines");
}
END_TEST

START_TEST(a_size_that_nobody_knows_has_no_bar)
{
	struct screen s;

	screen_begin(&s, true);
	hear(&s, NAMES "7\t7\t0\t0\n");
	now += LIFT_SECOND;
	got = 900;
	ck_assert_str_eq(drawn(&s), "7 events, 7/s");
	screen_end(&s, false, "; it was cut off, the same command goes on from "
	    "there\n");
}
END_TEST

START_TEST(rows_are_understood_in_any_pieces)
{
	static const char answer[] = NAMES "5\t3\t1\t1\n"
	    "\t\t\t\tline=3\tproblem=lines are\n" "9\t6\t2\t1\tpassed=4\n";
	char first[sizeof(answer)];

	for (size_t cut = 0; cut < sizeof(answer); cut++) {
		struct screen s;
		screen_begin(&s, true);
		snprintf(first, sizeof(first), "%.*s", (int)cut, answer);
		hear(&s, first);
		hear(&s, answer + cut);
		ck_assert_str_eq(s.rows, "\t\t\t\tline=3\tproblem=lines are\n");
		ck_assert_int_eq(s.progress.counts[CTL_LINES], 9);
		ck_assert_int_eq(s.progress.counts[CTL_STORED], 6);
		ck_assert_int_eq(s.progress.counts[CTL_PASSED], 4);
		screen_end(&s, true, "9 lines: 6 events stored");
	}
}
END_TEST

START_TEST(without_a_bar_nothing_is_drawn_and_rows_are_the_callers)
{
	struct screen s;

	screen_begin(&s, false);
	hear(&s, NAMES "5\t3\t1\t1\n\t\t\t\tline=3\tproblem=x\n");
	now += 10 * LIFT_SECOND;
	ck_assert_str_eq(drawn(&s), "");
	ck_assert_ptr_null(strstr(s.rows, "problem"));
	screen_end(&s, true, "liftctl: 5 lines: 3 events stored");
}
END_TEST

START_TEST(a_second_attempt_says_where_it_goes_on)
{
	struct screen s;

	screen_begin(&s, true);
	size = 1000;
	got = 400;
	hear(&s, "lines\tstored\tknown\trefused\tpassed\n40\t0\t0\t0\t40\n");
	ck_assert_str_eq(s.out, "liftctl: goes on at line 41\n");
	now += LIFT_SECOND;
	got = 500;
	hear(&s, "50\t10\t0\t0\t40\n");
	now += LIFT_SECOND;
	got = 600;
	hear(&s, "60\t20\t0\t0\t40\n");
	/* The part that was passed over counts for nothing: 100 of 500 bytes
	 * in a second. */
	const char *bar = drawn(&s);
	ck_assert_msg(strstr(bar, "60 %  20 events, 20/s, 4 s left") != NULL,
	    "%s", bar);
	screen_end(&s, true, "60 lines: 20 events stored");
}
END_TEST

START_TEST(a_file_that_is_there_already_is_said)
{
	struct screen s;

	screen_begin(&s, false);
	hear(&s, "lines\tstored\tknown\trefused\tpassed\timported\n"
	    "40\t0\t0\t0\t40\t39\n");
	ck_assert_str_eq(s.out != NULL ? s.out : "", "");
	screen_end(&s, true, "liftctl: was imported already, 39 events; "
	    "--again begins anew\n");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ctl_progress");
	TCase *tests = tcase_create("ctl_progress");

	tcase_add_test(tests,
	    a_bar_is_drawn_once_a_second_with_rate_and_time_left);
	tcase_add_loop_test(tests, time_left_is_said_in_words_that_fit, 0, 3);
	tcase_add_test(tests, a_size_that_nobody_knows_has_no_bar);
	tcase_add_test(tests, rows_are_understood_in_any_pieces);
	tcase_add_test(tests,
	    without_a_bar_nothing_is_drawn_and_rows_are_the_callers);
	tcase_add_test(tests, a_second_attempt_says_where_it_goes_on);
	tcase_add_test(tests, a_file_that_is_there_already_is_said);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
