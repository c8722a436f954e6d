/* What is weighed, learned and worded about a promotion. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "strategy/learn.h"
#include "strategy/prose.h"
#include "strategy/weigh.h"

static const double no_draws[WEIGH_ACTIONS];

/* A promotion at next to cost, that takes what its neighbours would earn. */
static struct weigh_case
bleeding(void)
{
	return (struct weigh_case){ .full = 10, .price = 4.2, .cost = 4,
		.lift_units = 40, .lift = { -50, -60, -40 },
		.cannibalized = { 120, 100, 140 }, .loss_percent = 45,
		.severity = 2, .largest_step = 0.3, .is_known = true };
}

static const struct weigh_option *
option(const struct weigh_option all[WEIGH_ACTIONS], enum weigh_action action)
{
	for (unsigned i = 0; i < WEIGH_ACTIONS; i++)
		if (all[i].action == action)
			return &all[i];
	ck_abort();
	return NULL;
}

/* ---- weighing ------------------------------------------------------------ */

START_TEST(what_bleeds_is_stopped)
{
	struct weigh_case c = bleeding();
	struct weigh_option all[WEIGH_ACTIONS];
	struct learn l;

	learn_begin(&l);
	weigh_all(&c, &l, no_draws, 0, all);
	ck_assert_int_eq(all[0].action, WEIGH_STOP);
	/* Nine tenths of 120 come back, and what the lift costs is saved. */
	ck_assert_double_eq_tol(all[0].mean, 158, 1e-9);
	ck_assert_double_gt(all[0].chance, 0.99);
	ck_assert_int_eq(all[3].action, WEIGH_KEEP);
}
END_TEST

START_TEST(what_pays_is_kept)
{
	struct weigh_case c = bleeding();
	struct weigh_option all[WEIGH_ACTIONS];
	struct learn l;

	learn_begin(&l);
	c.price = 7;
	c.lift = (struct weigh_figure){ 400, 380, 420 };
	c.lift_units = 140;
	c.cannibalized = (struct weigh_figure){ 40, 20, 60 };
	weigh_all(&c, &l, no_draws, 0, all);
	ck_assert_int_eq(all[0].action, WEIGH_KEEP);
	ck_assert_double_eq(all[0].mean, 0);
	ck_assert_double_lt(option(all, WEIGH_STOP)->mean, -300);
	ck_assert_double_gt(all[0].chance, 0.5);
}
END_TEST

START_TEST(a_new_price_stays_between_the_old_one_and_the_full_one)
{
	struct weigh_case c = bleeding();
	struct weigh_option all[WEIGH_ACTIONS];
	struct learn l;

	learn_begin(&l);
	for (double step = 0.02; step < 0.5; step += 0.02) {
		c.largest_step = step;
		weigh_all(&c, &l, no_draws, 0, all);
		double price = option(all, WEIGH_PRICE)->new_price;
		ck_assert_double_ge(price, 4.2);
		ck_assert_double_lt(price, 10);
		ck_assert_double_le(price, 4.2 * (1 + step) + 1e-9);
	}
}
END_TEST

START_TEST(without_margins_the_guide_decides_by_the_share_lost)
{
	static const struct { double lost; enum weigh_action first; }
	    cases[] = { { 45, WEIGH_STOP }, { 40, WEIGH_PRICE },
		{ 20, WEIGH_PRICE }, { 19, WEIGH_TARGET } };
	struct learn l;

	learn_begin(&l);
	for (unsigned i = 0; i < 4; i++) {
		struct weigh_option all[WEIGH_ACTIONS];
		struct weigh_case c = { .loss_percent = cases[i].lost };
		weigh_all(&c, &l, no_draws, 1, all);
		ck_assert_int_eq(all[0].action, cases[i].first);
	}
}
END_TEST

/* ---- learning ------------------------------------------------------------ */

START_TEST(a_context_leans_on_its_action)
{
	struct learn l;

	learn_begin(&l);
	for (int i = 0; i < 50; i++)
		learn_note(&l, WEIGH_STOP, 8, -0.6, 0.01);
	ck_assert_double_eq_tol(learn_of(&l, WEIGH_STOP, 8).mean, -0.6, 0.05);
	/* A context that was never seen has heard of it. */
	double other = learn_of(&l, WEIGH_STOP, 0).mean;
	ck_assert_double_lt(other, -0.2);
	ck_assert_double_gt(other, -0.6);
	ck_assert_double_gt(learn_of(&l, WEIGH_STOP, 0).variance,
	    learn_of(&l, WEIGH_STOP, 8).variance);
	ck_assert_double_eq(learn_of(&l, WEIGH_PRICE, 8).mean, 0);
}
END_TEST

START_TEST(contexts_are_severity_and_band)
{
	ck_assert_uint_eq(learn_context(0, 0), 0);
	ck_assert_uint_eq(learn_context(0, 20), 1);
	ck_assert_uint_eq(learn_context(1, 40), 4);
	ck_assert_uint_eq(learn_context(2, 40.1), 8);
	ck_assert_uint_eq(learn_context(9, 99), 8);
}
END_TEST

static unsigned long long
bits(unsigned long long *state)
{
	*state += 0x9e3779b97f4a7c15u;
	unsigned long long z = *state;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* What is heard of an outcome: nothing, a score that ends where all of the
 * stake is won or lost, or the effect itself. */
enum told { TOLD_NOTHING, TOLD_SCORE, TOLD_EFFECT };

static double
heard_as(enum told told, double effect)
{
	return told == TOLD_SCORE ? fmin(fmax(effect, -1), 1) : effect;
}

/* The margin that is given up an hour in a shop of this TRUTH, against who
 * knows it: the mean over ROUNDS, in each of SHOPS that begin anew. */
static double
regret(const double truth[WEIGH_ACTIONS], enum told told, unsigned rounds)
{
	enum { SHOPS = 40 };
	unsigned long long state = 5;
	struct weigh_case c = bleeding();
	unsigned x = learn_context(c.severity, c.loss_percent);
	double lost = 0, best = 0, stake = c.cannibalized.value;

	for (unsigned i = 0; i < WEIGH_ACTIONS; i++)
		best = fmax(best, truth[i]);
	for (unsigned i = 0; i < rounds * SHOPS; i++) {
		static struct learn l;
		struct weigh_option all[WEIGH_ACTIONS];
		double draws[WEIGH_ACTIONS];
		if (i % rounds == 0)
			learn_begin(&l);
		for (unsigned j = 0; j < WEIGH_ACTIONS; j++)
			draws[j] = learn_draw(bits(&state));
		weigh_all(&c, &l, draws, 0.3, all);
		enum weigh_action a = all[0].action;
		lost += best - truth[a];
		if (told == TOLD_NOTHING || a == WEIGH_KEEP)
			continue;
		double outcome = truth[a] + 12 * learn_draw(bits(&state));
		double expected = all[0].mean / stake -
		    learn_of(&l, a, x).mean;
		learn_note(&l, a, x, heard_as(told, outcome / stake) -
		    expected, 0.01);
	}
	return lost / rounds / SHOPS;
}

/* Stopping is far worse here than it looks. */
static const double bad_to_stop[WEIGH_ACTIONS] = { -60, 30, 10, 0 };

/* Two ways to win more than what was at stake, which a score takes for one. */
static const double two_win[WEIGH_ACTIONS] = { 200, 125, 60, 0 };

START_TEST(what_was_measured_makes_the_next_choice_better)
{
	double before = regret(bad_to_stop, TOLD_NOTHING, 400),
	    after = regret(bad_to_stop, TOLD_EFFECT, 400);

	ck_assert_double_gt(before, 60);
	ck_assert_double_lt(after, before / 10);
}
END_TEST

START_TEST(the_effect_tells_good_from_better_where_a_score_has_ended)
{
	double score = regret(two_win, TOLD_SCORE, 400),
	    effect = regret(two_win, TOLD_EFFECT, 400);

	ck_assert_msg(effect < score / 2, "%.1f a round by the score, %.1f by "
	    "the effect", score, effect);
	score = regret(bad_to_stop, TOLD_SCORE, 400);
	effect = regret(bad_to_stop, TOLD_EFFECT, 400);
	ck_assert_msg(effect <= score * 1.05, "%.2f a round by the score, %.2f "
	    "by the effect", score, effect);
}
END_TEST

START_TEST(draws_are_of_the_normal_law)
{
	unsigned long long state = 1;
	double sum = 0, squares = 0;

	for (int i = 0; i < 100000; i++) {
		double d = learn_draw(bits(&state));
		sum += d;
		squares += d * d;
	}
	ck_assert_double_eq_tol(sum / 100000, 0, 0.015);
	ck_assert_double_eq_tol(squares / 100000, 1, 0.02);
}
END_TEST

/* ---- words --------------------------------------------------------------- */

static struct prose_case
words(const struct weigh_case *w)
{
	return (struct prose_case){ .product = "NEON", .promotion = "SALE",
		.worst = "LAMP", .currency = "EUR", .victims = 2, .hours = 2,
		.discount = 30, .actual = 240, .predicted = 480,
		.loss_percent = 50, .loss_low = 41, .stock = NAN,
		.worst_stock = NAN,
		.lift = { 300, 250, 350 }, .cannibalized = { 240, 200, 280 },
		.net = { -120, -200, -40 }, .weigh = w };
}

START_TEST(the_words_carry_what_the_catalogue_says)
{
	struct weigh_case w = bleeding();
	struct prose_case c = words(&w);
	char text[PROSE_TEXT];

	prose_explain(&c, text);
	ck_assert_ptr_null(strstr(text, "in stock"));
	ck_assert_ptr_null(strstr(text, "costs 12.50"));
	c.category = "Lighting";
	c.worst_price = 12.5;
	c.worst_gap = 25;
	c.stock = 40;
	c.worst_stock = 7;
	prose_explain(&c, text);
	ck_assert_ptr_nonnull(strstr(text, "LAMP (Lighting) costs 12.50 EUR, "
	    "25 % more than NEON does now. 40 of NEON are in stock. 7 of LAMP "
	    "stay on the shelf."));
}
END_TEST

START_TEST(the_words_carry_the_figures)
{
	struct weigh_case w = bleeding();
	struct prose_case c = words(&w);
	char text[PROSE_TEXT];

	prose_explain(&c, text);
	ck_assert_ptr_nonnull(strstr(text, "NEON at 30 % off (SALE)"));
	ck_assert_ptr_nonnull(strstr(text, "240 sold in 2.0 h where 480"));
	ck_assert_ptr_nonnull(strstr(text, "2 products of its own shelf, most "
	    "from LAMP"));
	ck_assert_ptr_nonnull(strstr(text, "80 % came from there"));
	ck_assert_ptr_nonnull(strstr(text,
	    "costs margin: 120.00 EUR so far, between 40.00 and 200.00"));
	ck_assert_str_eq(prose_cause(&c), "own_shelf");
}
END_TEST

START_TEST(different_alerts_read_differently)
{
	struct weigh_case w = bleeding(), cheap = bleeding();
	struct prose_case a = words(&w), b = words(&w), c = words(&cheap);
	char one[PROSE_TEXT], two[PROSE_TEXT], three[PROSE_TEXT];

	b.victims = 1;
	b.net = (struct weigh_figure){ 50, 20, 80 };
	cheap.price = 3;
	prose_explain(&a, one);
	prose_explain(&b, two);
	prose_explain(&c, three);
	ck_assert_str_ne(one, two);
	ck_assert_ptr_nonnull(strstr(two, "from LAMP alone"));
	ck_assert_ptr_nonnull(strstr(two, "still earns: 50.00 EUR"));
	ck_assert_str_eq(prose_cause(&b), "pays");
	ck_assert_ptr_nonnull(strstr(three, "below cost"));
	ck_assert_str_eq(prose_cause(&c), "below_cost");
}
END_TEST

START_TEST(each_action_is_told_in_its_own_words)
{
	struct weigh_case w = bleeding();
	struct prose_case c = words(&w);
	struct weigh_option all[WEIGH_ACTIONS];
	char text[WEIGH_ACTIONS][PROSE_TEXT];
	struct learn l;

	learn_begin(&l);
	weigh_all(&w, &l, no_draws, 0, all);
	for (unsigned i = 0; i < WEIGH_ACTIONS; i++) {
		prose_action(&c, &all[i], text[i]);
		for (unsigned j = 0; j < i; j++)
			ck_assert_str_ne(text[i], text[j]);
	}
	ck_assert_ptr_nonnull(strstr(text[0], "End SALE now"));
	ck_assert_ptr_nonnull(strstr(text[0], "Expected: +158.00 EUR of margin "
	    "an hour"));
}
END_TEST

START_TEST(names_of_any_length_fit)
{
	struct weigh_case w = bleeding();
	struct prose_case c = words(&w);
	static char name[4000];
	char text[PROSE_TEXT];

	memset(name, 'x', sizeof(name) - 1);
	c.product = c.promotion = c.worst = name;
	prose_explain(&c, text);
	ck_assert_uint_eq(strlen(text), PROSE_TEXT - 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("weigh");
	TCase *tests = tcase_create("weigh");
	SRunner *runner;
	int failed;

	tcase_add_test(tests, what_bleeds_is_stopped);
	tcase_add_test(tests, what_pays_is_kept);
	tcase_add_test(tests,
	    a_new_price_stays_between_the_old_one_and_the_full_one);
	tcase_add_test(tests,
	    without_margins_the_guide_decides_by_the_share_lost);
	tcase_add_test(tests, a_context_leans_on_its_action);
	tcase_add_test(tests, contexts_are_severity_and_band);
	tcase_add_test(tests, what_was_measured_makes_the_next_choice_better);
	tcase_add_test(tests,
	    the_effect_tells_good_from_better_where_a_score_has_ended);
	tcase_add_test(tests, draws_are_of_the_normal_law);
	tcase_add_test(tests, the_words_carry_what_the_catalogue_says);
	tcase_add_test(tests, the_words_carry_the_figures);
	tcase_add_test(tests, different_alerts_read_differently);
	tcase_add_test(tests, each_action_is_told_in_its_own_words);
	tcase_add_test(tests, names_of_any_length_fit);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
