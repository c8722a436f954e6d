/* The arithmetic of feedback, and its rails. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "feedback/measure.h"
#include "feedback/rail.h"
#include "feedback/series.h"

static const struct measure_drift none = { 0, 0 };

/* ---- units --------------------------------------------------------------- */

START_TEST(nothing_changed_is_zero_within_its_interval)
{
	struct measure_product p = { .before = { 500, 1000, 0, 0, 0 },
		.after = { 250, 500, 0, 0, 0 } };
	struct measure_figure u = measure_units(&p, &none, NULL);

	ck_assert_double_eq_tol(u.value, 0, 1e-9);
	ck_assert_double_lt(u.low, 0);
	ck_assert_double_gt(u.high, 0);
}
END_TEST

static double
uniform(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) +
	    UINT64_C(1442695040888963407);
	return ((double)(*state >> 11) + 0.5) * 0x1p-53;
}

static unsigned
poisson(uint64_t *state, double mean)
{
	double limit = exp(-mean), p = uniform(state);
	unsigned n = 0;

	for (; p > limit; n++)
		p *= uniform(state);
	return n;
}

/* Counts of sixty windows around a mean that itself varies. */
static struct measure_arm
arm(uint64_t *state, double mean, double kept)
{
	struct measure_arm a = { 0 };

	for (int i = 0; i < 60; i++) {
		double e = mean * (0.5 + uniform(state));
		double wide = 0.4 + 1.2 * uniform(state);
		double y = poisson(state, e * kept * wide);
		a.units += y;
		a.expected += e;
		a.squares += (y - e) * (y - e) / e;
		a.windows++;
	}
	return a;
}

START_TEST(the_interval_holds_the_truth_as_often_as_it_says)
{
	uint64_t state = 7;
	unsigned held = 0;

	for (int i = 0; i < 2000; i++) {
		struct measure_product p = { .before = arm(&state, 4, 0.5) };
		p.after = arm(&state, 4, 0.8);
		/* What would have come is half of what is expected. */
		double truth = p.after.expected * 0.8 -
		    p.after.expected * 0.5;
		struct measure_figure u = measure_units(&p, &none, NULL);
		held += u.low <= truth && truth <= u.high;
	}
	/* 95 % are promised: 1,900 of 2,000, give or take 10. */
	ck_assert_uint_ge(held, 1860);
	ck_assert_uint_le(held, 1960);
}
END_TEST

START_TEST(a_drift_is_carried_on_with_its_doubt)
{
	struct measure_product p = { .before = { 500, 1000, 0, 0, 0 },
		.after = { 800, 1000, 0, 0, 0 } };
	struct measure_drift d = { log(1.6), 0.01 };
	struct measure_figure u = measure_units(&p, &d, NULL),
	    sure = measure_units(&p, &(struct measure_drift){ log(1.6), 0 },
	    NULL);

	ck_assert_double_eq_tol(u.value, 0, 1e-9);
	ck_assert_double_gt(u.high, sure.high);
}
END_TEST

START_TEST(drifts_are_pooled_by_what_is_known_of_them)
{
	struct measure_drift pool = { 0, 0 };
	double precision = 0;

	measure_pool(&pool, &precision, &(struct measure_drift){ 0.2, 0.01 });
	ck_assert_double_eq_tol(pool.value, 0.2, 1e-12);
	measure_pool(&pool, &precision, &(struct measure_drift){ 0.4, 0.01 });
	ck_assert_double_eq_tol(pool.value, 0.3, 1e-12);
	measure_pool(&pool, &precision, &(struct measure_drift){ 9, 1e9 });
	ck_assert_double_eq_tol(pool.value, 0.3, 1e-6);
	ck_assert_double_eq_tol(pool.variance, 0.005, 1e-6);
}
END_TEST

START_TEST(evidence_is_rare_where_nothing_has_changed)
{
	uint64_t state = 11;
	unsigned fired = 0;

	for (int i = 0; i < 5000; i++) {
		double before = poisson(&state, 60), after = poisson(&state,
		    60);
		fired += measure_evidence(before, after, 0.5) >= 20;
	}
	/* At most one in twenty is promised. */
	ck_assert_uint_le(fired, 250);
	ck_assert_double_gt(measure_evidence(100, 200, 0.5), 1000);
	ck_assert_double_eq(measure_evidence(100, 200, 0), 1);
}
END_TEST

/* ---- scores -------------------------------------------------------------- */

START_TEST(fifty_is_no_change_and_both_ends_are_reached)
{
	struct measure_figure none_won = { 0, -50, 50 },
	    all = { 100, 90, 110 }, lost = { -300, -400, -200 };

	ck_assert_double_eq(measure_score(&none_won, 100).value, 50);
	ck_assert_double_eq(measure_score(&none_won, 100).low, 25);
	ck_assert_double_eq(measure_score(&all, 100).value, 100);
	ck_assert_double_eq(measure_score(&lost, 100).high, 0);
	/* The effect goes on beyond them. */
	ck_assert_double_eq(measure_effect(&none_won, 100).low, -0.5);
	ck_assert_double_eq(measure_effect(&all, 100).high, 1.1);
	ck_assert_double_eq(measure_effect(&lost, 100).value, -3);
}
END_TEST

START_TEST(the_classic_recipe_has_its_old_edges)
{
	bool thin;

	ck_assert_double_eq(measure_classic(true, 10, 0, 0, &thin), 70);
	ck_assert(thin);
	ck_assert_double_eq(measure_classic(true, 100, 5, 0, &thin), 90);
	ck_assert(!thin);
	ck_assert_double_eq(measure_classic(true, 0, 5, 0, &thin), 75);
	ck_assert_double_eq(measure_classic(false, 100, 50, 0.1, &thin), 33);
	ck_assert_double_eq(measure_classic(false, 100, 1, 0.5, &thin), 60);
	ck_assert_double_eq(measure_classic(false, 10, 90, 0.5, &thin), 90);
}
END_TEST

/* ---- rails --------------------------------------------------------------- */

#define HOUR	(INT64_C(3600) * 1000000)

START_TEST(each_rail_is_in_the_way_of_what_it_says)
{
	struct rail_limits l = { 0.3, HOUR, 8, 20, 2 };
	static const struct { struct rail_case c; enum rail rail; } cases[] = {
		{ { .time = 9 * HOUR }, RAIL_NONE },
		{ { .time = 9 * HOUR, .is_listed = true }, RAIL_LISTED },
		{ { .time = 9 * HOUR, .old_price = 100, .new_price = 80,
		    .cost = 81 }, RAIL_COST },
		{ { .time = 9 * HOUR, .old_price = 100, .new_price = 131 },
		  RAIL_STEP },
		{ { .time = 9 * HOUR, .old_price = 100, .new_price = 69 },
		  RAIL_STEP },
		{ { .time = 9 * HOUR, .old_price = 100, .new_price = 130 },
		  RAIL_NONE },
		{ { .time = 9 * HOUR, .last = 8 * HOUR + 1 },
		  RAIL_COOLDOWN },
		{ { .time = 9 * HOUR, .last = 8 * HOUR }, RAIL_NONE },
		{ { .time = 7 * HOUR, .is_automatic = true }, RAIL_HOURS },
		{ { .time = 7 * HOUR }, RAIL_NONE },
		{ { .time = 20 * HOUR, .is_automatic = true }, RAIL_HOURS },
		{ { .time = 9 * HOUR, .is_automatic = true, .today = 2 },
		  RAIL_DAILY },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[200];
		ck_assert_msg(rail_check(&l, &cases[i].c) == cases[i].rail,
		    "case %u: %d", i, (int)rail_check(&l, &cases[i].c));
		rail_sentence(cases[i].rail, &l, &cases[i].c, text,
		    sizeof(text));
		ck_assert((text[0] == '\0') == (cases[i].rail == RAIL_NONE));
	}
}
END_TEST

START_TEST(hours_may_go_around_midnight)
{
	struct rail_limits l = { 0.3, 0, 22, 6, 9 };

	for (int h = 0; h < 24; h++) {
		struct rail_case c = { .time = h * HOUR,
			.is_automatic = true };
		ck_assert_int_eq(rail_check(&l, &c), h >= 22 || h < 6 ?
		    RAIL_NONE : RAIL_HOURS);
	}
}
END_TEST

START_TEST(only_steps_and_cooldown_may_be_passed)
{
	for (int r = RAIL_NONE; r <= RAIL_DAILY; r++)
		ck_assert(rail_may_pass((enum rail)r) == (r == RAIL_STEP ||
		    r == RAIL_COOLDOWN));
}
END_TEST

/* ---- windows ------------------------------------------------------------- */

START_TEST(a_window_that_comes_again_takes_its_place)
{
	struct series s = { 0 };

	for (int i = 9; i >= 0; i--)
		series_note(&s, 3, &(struct series_window){ i * 60, 5, 2, 1 },
		    true);
	series_note(&s, 3, &(struct series_window){ 240, 50, 4, 7 }, true);
	struct measure_arm a = series_sum(&s, 3, 120, 360);
	ck_assert_uint_eq(a.windows, 4);
	ck_assert_double_eq(a.units, 10);
	ck_assert_double_eq(a.expected, 10);
	ck_assert_double_eq(a.revenue, 65);
	ck_assert_uint_eq(series_sum(&s, 900, 0, 900).windows, 0);
	series_done(&s);
}
END_TEST

START_TEST(only_so_many_windows_are_kept_the_newest)
{
	struct series s = { 0 };

	for (int i = 0; i < 1000; i++)
		series_note(&s, 1, &(struct series_window){ i, 0, 1, 1 },
		    true);
	series_note(&s, 1, &(struct series_window){ 5, 0, 1, 99 }, true);
	ck_assert_uint_eq(series_sum(&s, 1, 0, 1000).windows, SERIES_WINDOWS);
	ck_assert_double_eq(series_sum(&s, 1, 0, 1000).units, SERIES_WINDOWS);
	series_done(&s);
}
END_TEST

START_TEST(what_no_promotion_touches_any_more_is_dropped)
{
	struct series s = { 0 };

	series_note(&s, 1, &(struct series_window){ 10, 0, 1, 1 }, true);
	series_note(&s, 1, &(struct series_window){ 990, 0, 1, 1 }, false);
	series_note(&s, 2, &(struct series_window){ 1000, 0, 1, 1 }, true);
	series_sweep(&s, 100);
	ck_assert(!series_knows(&s, 1));
	ck_assert(series_knows(&s, 2));
	series_done(&s);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("measure");
	TCase *tests = tcase_create("measure");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, nothing_changed_is_zero_within_its_interval);
	tcase_add_test(tests,
	    the_interval_holds_the_truth_as_often_as_it_says);
	tcase_add_test(tests, a_drift_is_carried_on_with_its_doubt);
	tcase_add_test(tests, drifts_are_pooled_by_what_is_known_of_them);
	tcase_add_test(tests, evidence_is_rare_where_nothing_has_changed);
	tcase_add_test(tests, fifty_is_no_change_and_both_ends_are_reached);
	tcase_add_test(tests, the_classic_recipe_has_its_old_edges);
	tcase_add_test(tests, each_rail_is_in_the_way_of_what_it_says);
	tcase_add_test(tests, hours_may_go_around_midnight);
	tcase_add_test(tests, only_steps_and_cooldown_may_be_passed);
	tcase_add_test(tests, a_window_that_comes_again_takes_its_place);
	tcase_add_test(tests, only_so_many_windows_are_kept_the_newest);
	tcase_add_test(tests, what_no_promotion_touches_any_more_is_dropped);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
