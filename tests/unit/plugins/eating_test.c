/* The arithmetic of the detection: laws against sums and published points, the
 * test of a pair against chance, baselines against worlds that are known. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "detection/balance.h"
#include "detection/baseline.h"
#include "detection/elasticity.h"
#include "detection/forecast.h"
#include "detection/impact.h"
#include "law.h"
#include "detection/pair.h"
#include "detection/verdict.h"

/* ---- chance ------------------------------------------------------------ */

static uint64_t state;

static double
even(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return ((double)((z ^ z >> 31) >> 11) + 0.5) / 9007199254740992.0;
}

static int
poisson(double mean)
{
	double most = exp(-mean), product = even();
	int count = 0;

	while (product > most) {
		count++;
		product *= even();
	}
	return count;
}

/* Of whole shape: a sum of exponentials. */
static int
counts(double mean, int shape)
{
	double rate = 0;

	for (int k = 0; k < shape; k++)
		rate -= log(even());
	return poisson(mean * rate / shape);
}

/* ---- laws -------------------------------------------------------------- */

START_TEST(log_gamma_is_that_of_the_library)
{
	for (double x = 0.01; x < 1e6; x *= 1.37)
		ck_assert_double_le(fabs(law_log_gamma(x) - lgamma(x)),
		    1e-11 * (1 + fabs(lgamma(x))));
}
END_TEST

START_TEST(points_of_the_normal_law_are_the_published_ones)
{
	ck_assert_double_eq_tol(law_normal_point(0.975), 1.959963985, 1e-8);
	ck_assert_double_eq_tol(law_normal_point(1e-6), -4.753424309, 1e-7);
	for (double p = 1e-9; p < 1; p = p * 3 + 1e-3)
		ck_assert_double_eq_tol(law_normal(law_normal_point(p)), p,
		    1e-10);
}
END_TEST

START_TEST(gamma_and_beta_laws_are_their_sums)
{
	/* A gamma law of whole shape is a Poisson tail, a beta law of whole
	 * shapes a binomial one. */
	ck_assert_double_eq_tol(law_gamma(3, 2.5), 0.456186884, 1e-8);
	ck_assert_double_eq_tol(law_beta(2, 3, 0.3), 0.3483, 1e-10);
	ck_assert_double_eq_tol(law_beta(500, 700, 0.4166), 0.4995, 0.01);
	for (double shape = 0.5; shape < 1e4; shape *= 3)
		for (double p = 0.005; p < 1; p += 0.11)
			ck_assert_double_eq_tol(law_gamma(shape,
			    law_gamma_point(shape, p)), p, 2e-3);
}
END_TEST

START_TEST(counts_have_the_sum_of_their_chances)
{
	double shape = 3.5, mean = 6, sum = 0;

	for (int k = 0; k < 30; k++) {
		sum += exp(law_log_gamma(k + shape) - law_log_gamma(shape) -
		    law_log_gamma(k + 1) + shape * log(shape / (shape +
		    mean)) + k * log(mean / (shape + mean)));
		ck_assert_double_eq_tol(law_counts(shape, mean, k), sum,
		    1e-9);
	}
	ck_assert_double_eq_tol(law_counts(1e9, 100, 100),
	    law_counts(9e6, 100, 100), 2e-3);
}
END_TEST

/* ---- one pair ---------------------------------------------------------- */

/* The share of pairs with log evidence of LEAST at some window of 600, among
 * those that keep RATIO of MEAN; and the mean window at which they have. */
static double
share_fired(double mean, int shape, double ratio, double least, int pairs,
    double *ret_window)
{
	/* A level that is known: only the counts vary. */
	struct outlook o = { 1e7, 1e7 / mean, 1 + mean / shape };
	struct weighed w;
	int fired = 0, windows = 0;

	for (int k = 0; k < pairs; k++) {
		double units = 0;
		for (int t = 1; t <= 600; t++) {
			units += counts(mean * ratio, shape);
			pair_weigh(&o, units, t, &w);
			if (w.drop < least)
				continue;
			fired++;
			windows += t;
			break;
		}
	}
	if (ret_window != NULL)
		*ret_window = fired > 0 ? (double)windows / fired : NAN;
	return (double)fired / pairs;
}

START_TEST(who_sells_as_before_is_not_blamed_more_often_than_promised)
{
	state = 7;
	/* One in twenty is promised; four standard deviations of 1,500 are
	 * 0.022 more. */
	ck_assert_double_le(share_fired(0.5, 8, 1, log(20), 1500, NULL),
	    0.072);
	ck_assert_double_le(share_fired(5, 8, 1, log(20), 1500, NULL), 0.072);
	ck_assert_double_le(share_fired(5, 8, 1.3, log(20), 300, NULL), 0.01);
}
END_TEST

START_TEST(who_is_eaten_is_found_near_the_bound)
{
	double window, bound = pair_bound(1, 0.5, 1, 0.01);

	state = 8;
	ck_assert_double_ge(share_fired(1, 8, 0.5, log(100), 200, &window),
	    0.99);
	ck_assert_double_le(window, 2 * bound);
	ck_assert_double_ge(window, 0.8 * bound);
}
END_TEST

START_TEST(the_bound_is_the_published_one)
{
	static const struct { double keeps, windows; } rows[] = {
		{ 0.3, 27 }, { 0.5, 60 }, { 0.7, 184 }, { 0.85, 776 } };

	for (int k = 0; k < 4; k++)
		ck_assert_double_eq_tol(pair_bound(1, rows[k].keeps, 1,
		    exp(-9.2)), rows[k].windows, 0.02 * rows[k].windows);
}
END_TEST

START_TEST(of_a_product_that_nobody_knows_nothing_is_missed)
{
	struct outlook known = { 1000, 1000, 1 }, young = { 1, 1, 1 };
	struct weighed a, b;

	pair_weigh(&known, 10, 40, &a);
	pair_weigh(&young, 10, 40, &b);
	ck_assert_double_gt(a.drop, 10);
	ck_assert_double_lt(b.drop, 3);
	ck_assert_double_lt(pair_chance(&known, 10, 40), 1e-6);
	ck_assert_double_gt(pair_chance(&young, 10, 40), 0.05);
	struct span_of lost = pair_lost(&young, 10, 40, 0.95);
	ck_assert_double_lt(lost.low, 0);
	lost = pair_lost(&known, 10, 40, 0.95);
	ck_assert_double_gt(lost.low, 0.4);
	ck_assert_double_lt(lost.high, 0.9);
}
END_TEST

START_TEST(a_drop_that_began_at_any_time_is_noticed_again)
{
	struct outlook o = { 1e7, 1e7, 1.125 };
	struct weighed w;
	double sum = 0, most = 0;

	state = 9;
	for (int t = 0; t < 1500; t++) {
		pair_weigh(&o, counts(t < 1000 ? 1 : 0.3, 8), 1, &w);
		sum = pair_restart(sum, w.drop);
		if (t < 1000)
			most = sum > most ? sum : most;
	}
	ck_assert_double_lt(most, 1e4);
	ck_assert_double_gt(sum, 1e4);
}
END_TEST

/* ---- many pairs -------------------------------------------------------- */

START_TEST(the_bar_is_that_of_benjamini_and_hochberg)
{
	/* Of five at 5 %: one needs e >= 100, two 50 each, three 33.4. */
	double two[] = { log(60), log(55), 0, -1, log(30) };
	double none[] = { log(60), log(40), 0, -1, log(20) };

	ck_assert_double_eq_tol(verdict_bar(two, 5, 0.05), log(50), 1e-9);
	ck_assert(isinf(verdict_bar(none, 5, 0.05)));
	ck_assert(isinf(verdict_bar(none, 0, 0.05)));
}
END_TEST

START_TEST(an_endless_stream_spends_no_more_than_it_has)
{
	double spent = 0;

	for (uint64_t n = 1; n < 1000000; n++)
		spent += exp(-verdict_stream_bar(n, 0, 0.05));
	ck_assert_double_le(spent, 0.05);
	ck_assert_double_ge(spent, 0.04);
	ck_assert_double_eq_tol(verdict_stream_bar(10, 0, 0.05) -
	    verdict_stream_bar(10, 1, 0.05), log(2), 1e-9);
}
END_TEST

START_TEST(shares_are_those_of_the_world_and_doubts_are_chances)
{
	enum { ALL = 2000 };
	static struct weighed all[ALL];
	const struct weighed *list[ALL];
	struct outlook o = { 1e7, 1e7, 1.125 };
	struct shares past = shares_start();
	double told = 0, doubt = 0, wrong = 0, eaten = 0;

	state = 10;
	for (int k = 0; k < ALL; k++) {
		double units = 0;
		for (int t = 0; t < 120; t++)
			units += counts(k % 5 == 0 ? 0.6 : 1, 8);
		pair_weigh(&o, units, 120, &all[k]);
		list[k] = &all[k];
	}
	struct shares s = shares_fit(&past, &(struct sample){ list, ALL, 1 });
	for (int i = 0; i < PAIR_DROPS; i++)
		eaten += s.some[i];
	ck_assert_double_eq_tol(eaten / ALL, 0.2, 0.04);
	for (int k = 0; k < ALL; k++) {
		double d = shares_doubt(&s, &all[k]);
		if (d > 0.3)
			continue;
		told++;
		doubt += d;
		wrong += k % 5 != 0;
	}
	/* Of those told as many are wrong as was said. */
	ck_assert_double_gt(told, 300);
	ck_assert_double_eq_tol(wrong / told, doubt / told, 0.03);
}
END_TEST

START_TEST(the_mean_doubt_of_what_stands_keeps_its_promise)
{
	struct ledger l = { 0 };
	double sum = 0, count = 0;

	ck_assert_double_eq(ledger_bar(&l, 0.05), 0.05);
	for (int k = 0; k < 300; k++)
		ledger_add(&l, k / 300.0 * (k / 300.0), 1);
	double bar = ledger_bar(&l, 0.05);
	for (int k = 0; k < 300; k++) {
		double d = k / 300.0 * (k / 300.0);
		sum += d <= bar ? d : 0;
		count += d <= bar;
	}
	ck_assert_double_le(sum / count, 0.05);
	ck_assert_double_gt(bar, 0.1);
}
END_TEST

/* ---- baseline ---------------------------------------------------------- */

START_TEST(a_level_is_learned_with_its_scatter)
{
	struct scatter s = scatter_start();
	struct level l = { 0 };
	struct prior p = { 1, 0.6, 0.01 };

	state = 11;
	for (int b = 0; b < 4000; b++) {
		double units = 0;
		for (int t = 0; t < 15; t++)
			units += counts(4, 8);
		level_learn(&l, &s, &p, units, 15, 0.9995, 15);
	}
	ck_assert_double_eq_tol(level_mean(&l, &p), 4, 0.1);
	ck_assert_double_eq_tol(level_spread(&l, &s, 4), 1.5, 0.15);
	struct outlook o = level_outlook(&l, &s, &p, 1);
	ck_assert_double_le(o.shape, 1 / (0.01 * 0.01));
	ck_assert_double_eq_tol(o.shape / o.rate, 4, 0.1);
}
END_TEST

START_TEST(of_a_product_without_sales_its_kind_is_taken)
{
	struct level l = { 0 };
	struct prior p = { 3, 0.6, 0.01 };
	struct scatter s = scatter_start();

	ck_assert_double_eq_tol(level_mean(&l, &p), 3, 1e-9);
	ck_assert_double_lt(level_outlook(&l, &s, &p, 1).shape, 1);
	l.exposure = 1000;
	ck_assert_double_lt(level_mean(&l, &p), 0.01);
}
END_TEST

START_TEST(a_season_leans_on_its_day_and_that_on_what_was_lately)
{
	struct bucket week = { 0 }, day = { 0 };

	ck_assert_double_eq_tol(season_factor(&week, &day, 1.7), 1.7, 1e-9);
	for (int k = 0; k < 50; k++)
		season_learn(&day, 2, 1, 1);
	ck_assert_double_eq_tol(season_factor(&week, &day, 1), 2, 0.05);
	for (int k = 0; k < 50; k++)
		season_learn(&week, 0.5, 1, 1);
	ck_assert_double_eq_tol(season_factor(&week, &day, 1), 0.5, 0.1);
}
END_TEST

START_TEST(traffic_is_as_usual_until_controls_say_otherwise)
{
	struct traffic t = { 0, 0 };
	double f = traffic_learn(&t, 1, 2, 0.9, 400);

	ck_assert_double_eq_tol(f, 1, 0.01);
	for (int k = 0; k < 100; k++)
		f = traffic_learn(&t, 500, 1000, 0.9, 400);
	ck_assert_double_eq_tol(f, 0.5, 0.03);
}
END_TEST

/* ---- impact ------------------------------------------------------------ */

START_TEST(what_was_added_to_a_series_is_found_with_its_doubt)
{
	double y[120], x[120], level = 50;
	struct impact i;

	state = 12;
	for (int k = 0; k < 120; k++) {
		level += 0.05 * (even() - 0.5);
		x[k] = 20 + 5 * even();
		y[k] = level + 1.5 * x[k] + 2 * (even() - 0.5) +
		    (k >= 80 ? 3 : 0);
	}
	ck_assert(impact_measure(y, x, 1, 120, 80, &i));
	ck_assert_double_le(fabs(i.effect - 3), 3 * i.sd);
	ck_assert_double_lt(i.sd, 0.6);
	ck_assert_double_gt(i.low, 1);
	ck_assert(!impact_measure(y, x, 1, 120, 3, &i));
	ck_assert(!impact_measure(y, x, 1, 80, 80, &i));
	for (int k = 0; k < 120; k++)
		x[k] = 7;
	ck_assert(!impact_measure(y, x, 1, 120, 80, &i));
}
END_TEST

/* ---- the balance ------------------------------------------------------- */

START_TEST(no_loss_is_counted_twice)
{
	double weights[] = { 3, 1, 6 }, sum = 0;

	for (int k = 0; k < 3; k++)
		sum += balance_part(weights[k], 10);
	ck_assert_double_eq_tol(sum, 1, 1e-12);
	ck_assert_double_eq(balance_part(0, 0), 1);
}
END_TEST

START_TEST(the_net_is_what_its_parts_say)
{
	struct balance b = { .lift = { 100, 9 }, .cannibalized = { 30, 4 },
		.halo = { 5, 1 }, .pull_forward = { 20, 2 } };
	struct estimate net = balance_net(&b);
	struct bounded bounds = estimate_bounds(net, 0.95);

	ck_assert_double_eq_tol(net.value, 55, 1e-12);
	ck_assert_double_eq_tol(net.variance, 16, 1e-12);
	ck_assert_double_eq_tol(bounds.high - bounds.low, 2 * 1.96 * 4, 0.01);
}
END_TEST

/* ---- prices and forecasts ---------------------------------------------- */

enum { SHELVES = 8, EACH = 12, MANY = SHELVES * EACH };

static double
normal(void)
{
	return law_normal_point(even());
}

/* A shop whose elasticities are known, and what three promotions of each
 * product but the first of each shelf have shown. */
struct prices {
	double       truth[MANY], seen[MANY][3][2];
	struct slope own[MANY], shelf[SHELVES], shop;
};

static void
prices_make(struct prices *p)
{
	for (int s = 0; s < SHELVES; s++) {
		double mean = -2 + 0.4 * normal();
		for (int k = s * EACH; k < (s + 1) * EACH; k++)
			p->truth[k] = mean + 0.5 * normal();
	}
	for (int k = 0; k < MANY; k++)
		for (int i = 0; i < 3; i++) {
			double x = log(0.5 + 0.4 * even());
			p->seen[k][i][0] = x;
			p->seen[k][i][1] = log(poisson(60 *
			    exp(p->truth[k] * x)) / 60.0);
		}
}

static void
price_learn(struct prices *p, int k, int i)
{
	elasticity_learn(&p->own[k], &p->shelf[k / EACH], &p->shop,
	    p->seen[k][i], exp(-p->seen[k][i][1]) / 60);
}

START_TEST(elasticities_are_found_and_lie_where_it_is_said)
{
	double hit = 0, wrong = 0, plain = 0;
	struct prices p = { 0 };

	state = 5;
	prices_make(&p);
	for (int k = 0; k < MANY; k++)
		for (int i = 0; i < 3 && k % EACH != 0; i++)
			price_learn(&p, k, i);
	for (int k = 0; k < MANY; k++) {
		struct elasticity e = elasticity_of(&p.own[k],
		    &p.shelf[k / EACH], &p.shop);
		hit += fabs(e.mean - p.truth[k]) < 1.645 * e.sd;
		if (k % EACH == 0) {
			ck_assert_double_gt(e.sd, 0.45);
			continue;
		}
		ck_assert_double_lt(e.sd, 0.4);
		wrong += pow(e.mean - p.truth[k], 2);
		plain += pow(p.own[k].xy / p.own[k].xx - p.truth[k], 2);
	}
	ck_assert_double_ge(hit / MANY, 0.82);
	ck_assert_double_le(hit / MANY, 0.97);
	/* Who is shrunk to its shelf is nearer to the truth. */
	ck_assert_double_lt(wrong, 0.9 * plain);
	ck_assert_double_lt(sqrt(wrong / (MANY - SHELVES)), 0.3);
}
END_TEST

START_TEST(elasticities_do_not_depend_on_the_order_nor_on_moves)
{
	struct prices p = { 0 };
	struct elasticity a, b;

	state = 6;
	prices_make(&p);
	for (int k = 0; k < MANY; k++)
		for (int i = 0; i < 3; i++)
			price_learn(&p, k, i);
	a = elasticity_of(&p.own[7], &p.shelf[0], &p.shop);
	memset(p.own, 0, sizeof(p.own));
	memset(p.shelf, 0, sizeof(p.shelf));
	p.shop = (struct slope){ 0, 0 };
	for (int k = MANY - 1; k >= 0; k--) {
		for (int i = 2; i >= 0; i--)
			price_learn(&p, k, i);
		elasticity_move(&p.own[k], &p.shelf[k / EACH],
		    &p.shelf[SHELVES - 1 - k / EACH], &p.shop);
	}
	for (int k = 0; k < MANY; k++)
		elasticity_move(&p.own[k], &p.shelf[SHELVES - 1 - k / EACH],
		    &p.shelf[k / EACH], &p.shop);
	b = elasticity_of(&p.own[7], &p.shelf[0], &p.shop);
	ck_assert_double_eq_tol(a.mean, b.mean, 1e-9);
	ck_assert_double_eq_tol(a.sd, b.sd, 1e-9);
}
END_TEST

/* A week of quarters of an hour, learned as the plugin learns them, and the
 * day after; minutes vary by a gamma law of shape 8. */
START_TEST(nine_of_ten_days_lie_in_their_forecast)
{
	struct scatter scatter = scatter_start();
	double inside = 0, half = 0, most = 0;

	state = 7;
	for (int k = 0; k < MANY; k++) {
		double rate = 0.05 * exp(4 * even());
		struct prior prior = { rate * 1.5, 0.6, 0.01 };
		struct level l = { 0 };
		for (int b = 0; b < 7 * 96; b++)
			level_learn(&l, &scatter, &prior,
			    counts(15 * rate, 120), 15, 0.9996, 15);
		struct outlook o = level_outlook(&l, &scatter, &prior, 1);
		double day = 0;
		for (int b = 0; b < 96; b++)
			day += counts(15 * rate, 120);
		struct forecast f = forecast_of(&o, 1440, 1, 0, 0.9);
		inside += f.low <= day && day <= f.high;
		f = forecast_of(&o, 1440, 1, 0, 0.5);
		half += f.low <= day && day <= f.high;
		most += (f.high - f.low) / f.mean;
	}
	ck_assert_double_ge(inside / MANY, 0.85);
	ck_assert_double_le(inside / MANY, 0.98);
	ck_assert_double_ge(half / MANY, 0.4);
	ck_assert_double_le(half / MANY, 0.67);
	ck_assert_double_lt(most / MANY, 0.25);
}
END_TEST

START_TEST(a_forecast_is_as_wide_as_its_price_is_doubtful)
{
	struct outlook o = { .shape = 1e9, .rate = 1e8, .spread = 1 };
	struct forecast f = forecast_of(&o, 10, 1, 0, 0.9);

	/* Poisson's law of mean 100. */
	ck_assert_double_eq_tol(f.mean, 100, 1e-6);
	ck_assert_double_eq(f.low, 84);
	ck_assert_double_eq(f.high, 117);
	f = forecast_of(&o, 10, 2, 0.3, 0.9);
	ck_assert_double_eq_tol(f.mean, 200, 1e-6);
	ck_assert_double_lt(f.low, 120);
	ck_assert_double_gt(f.high, 290);
	ck_assert_double_eq(forecast_of(&o, 0, 1, 0, 0.9).high, 0);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("eating");
	Suite *suite = suite_create("eating");

	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, log_gamma_is_that_of_the_library);
	tcase_add_test(tests, points_of_the_normal_law_are_the_published_ones);
	tcase_add_test(tests, gamma_and_beta_laws_are_their_sums);
	tcase_add_test(tests, counts_have_the_sum_of_their_chances);
	tcase_add_test(tests,
	    who_sells_as_before_is_not_blamed_more_often_than_promised);
	tcase_add_test(tests, who_is_eaten_is_found_near_the_bound);
	tcase_add_test(tests, the_bound_is_the_published_one);
	tcase_add_test(tests,
	    of_a_product_that_nobody_knows_nothing_is_missed);
	tcase_add_test(tests, a_drop_that_began_at_any_time_is_noticed_again);
	tcase_add_test(tests, the_bar_is_that_of_benjamini_and_hochberg);
	tcase_add_test(tests, an_endless_stream_spends_no_more_than_it_has);
	tcase_add_test(tests,
	    shares_are_those_of_the_world_and_doubts_are_chances);
	tcase_add_test(tests,
	    the_mean_doubt_of_what_stands_keeps_its_promise);
	tcase_add_test(tests, a_level_is_learned_with_its_scatter);
	tcase_add_test(tests, of_a_product_without_sales_its_kind_is_taken);
	tcase_add_test(tests,
	    a_season_leans_on_its_day_and_that_on_what_was_lately);
	tcase_add_test(tests,
	    traffic_is_as_usual_until_controls_say_otherwise);
	tcase_add_test(tests,
	    what_was_added_to_a_series_is_found_with_its_doubt);
	tcase_add_test(tests, no_loss_is_counted_twice);
	tcase_add_test(tests, the_net_is_what_its_parts_say);
	tcase_add_test(tests,
	    elasticities_are_found_and_lie_where_it_is_said);
	tcase_add_test(tests,
	    elasticities_do_not_depend_on_the_order_nor_on_moves);
	tcase_add_test(tests, nine_of_ten_days_lie_in_their_forecast);
	tcase_add_test(tests, a_forecast_is_as_wide_as_its_price_is_doubtful);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
