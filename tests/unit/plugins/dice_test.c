/* The laws have the means and the spread that they promise, and a stream says
 * the same each time. */
#include "base/run.h"

#include <math.h>

#include "../../../plugins/simulation/dice.h"

enum { DRAWS = 200000 };

static void
has(const char *what, double got, double expected, double slack)
{
	ck_assert_msg(fabs(got - expected) <= slack,
	    "%s is %.4f, expected %.4f", what, got, expected);
}

/* Mean and variance of DRAWS numbers. */
static void
moments(double (*draw)(struct dice *), double *ret_mean, double *ret_var)
{
	struct dice d = dice_stream(7, 1);
	double sum = 0, squares = 0;

	for (int i = 0; i < DRAWS; i++) {
		double x = draw(&d);
		sum += x;
		squares += x * x;
	}
	*ret_mean = sum / DRAWS;
	*ret_var = squares / DRAWS - *ret_mean * *ret_mean;
}

static double
draw_exponential(struct dice *d)
{
	return dice_exponential(d, 3);
}

static double
draw_gamma(struct dice *d)
{
	return dice_gamma(d, 8);
}

static double
draw_small_gamma(struct dice *d)
{
	return dice_gamma(d, 0.5);
}

static double
draw_poisson(struct dice *d)
{
	return dice_poisson(d, 2.5);
}

static double
draw_large_poisson(struct dice *d)
{
	return dice_poisson(d, 400);
}

static double
draw_counts(struct dice *d)
{
	return dice_negative_binomial(d, 5, 8);
}

static double
draw_geometric(struct dice *d)
{
	return dice_geometric(d, 0.4);
}

static double
draw_bell(struct dice *d)
{
	return dice_bell(dice_next(d));
}

START_TEST(each_law_has_its_mean_and_its_spread)
{
	static const struct {
		const char *name;
		double (*draw)(struct dice *);
		double mean, var;
	} laws[] = {
		{ "exponential", draw_exponential, 3, 9 },
		{ "normal", dice_normal, 0, 1 },
		{ "gamma", draw_gamma, 8, 8 },
		{ "small gamma", draw_small_gamma, 0.5, 0.5 },
		{ "poisson", draw_poisson, 2.5, 2.5 },
		{ "large poisson", draw_large_poisson, 400, 400 },
		{ "counts", draw_counts, 5, 5 + 25.0 / 8 },
		{ "geometric", draw_geometric, 0.4, 0.4 * 1.4 },
		{ "bell", draw_bell, 0, 1 },
	};

	for (size_t i = 0; i < sizeof(laws) / sizeof(laws[0]); i++) {
		double mean, var;
		moments(laws[i].draw, &mean, &var);
		has(laws[i].name, mean, laws[i].mean,
		    5 * sqrt(laws[i].var / DRAWS));
		has(laws[i].name, var, laws[i].var, 0.05 * laws[i].var);
	}
}
END_TEST

START_TEST(a_stream_says_the_same_again_and_another_one_something_else)
{
	struct dice a = dice_stream(1, 2), b = dice_stream(1, 2),
	    c = dice_stream(2, 1);
	int same = 0;

	for (int i = 0; i < 1000; i++) {
		uint64_t bits = dice_next(&a);
		ck_assert_uint_eq(bits, dice_next(&b));
		same += bits == dice_next(&c);
	}
	ck_assert_int_eq(same, 0);
}
END_TEST

START_TEST(whole_numbers_are_spread_evenly)
{
	struct dice d = dice_stream(3, 3);
	int counts[7] = { 0 };

	for (int i = 0; i < DRAWS; i++)
		counts[dice_below(&d, 7)]++;
	for (int i = 0; i < 7; i++)
		has("a seventh", counts[i], DRAWS / 7.0, 800);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("dice");

	tcase_add_test(tests, each_law_has_its_mean_and_its_spread);
	tcase_add_test(tests,
	    a_stream_says_the_same_again_and_another_one_something_else);
	tcase_add_test(tests, whole_numbers_are_spread_evenly);
	return run_tests(tests, "dice");
}
