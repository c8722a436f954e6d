/* The table of scenarios holds, on any shelf; and the book of the truth keeps
 * what is written into it. */
#include "base/run.h"

#include <stdlib.h>
#include <string.h>

#include "../../../plugins/simulation/scenario.h"

START_TEST(all_scenarios_are_there_and_have_their_own_names)
{
	static const char *const names[] = { "calm", "discount", "halo",
		"pull-forward", "stock-out", "flash", "two-on-one", "slump",
		"price-war", "returns", "all-on-sale" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct scenario *s = scenario_find(names[i],
		    strlen(names[i]));
		ck_assert_ptr_eq(s, &scenarios[i]);
		ck_assert_uint_gt(strlen(s->meaning), 10);
	}
	ck_assert_ptr_null(scenario_find("cal", 3));
	ck_assert_ptr_null(scenario_find("", 0));
}
END_TEST

/* Each promotion ends after it begins, costs less than the item, and has an id
 * of its own. */
static void
promotions_hold(const struct scenario *s, const struct shelf *shelf,
    unsigned extra)
{
	struct scenario_put p;
	char ids[64][sizeof(((struct scenario_put *)0)->id)];
	unsigned n = 0;

	while (scenario_promotion(s, shelf, n, extra, 5000, &p)) {
		ck_assert_int_ge(p.start, 5000);
		ck_assert_int_gt(p.end, p.start);
		ck_assert_uint_lt(p.item, shelf->item_count);
		ck_assert_int_lt(p.price, shelf->items[p.item].price);
		ck_assert_int_gt(p.price, 0);
		for (unsigned i = 0; i < n && i < 64; i++)
			ck_assert_str_ne(ids[i], p.id);
		if (n < 64)
			memcpy(ids[n], p.id, sizeof(p.id));
		n++;
	}
	ck_assert_uint_ge(n, extra);
}

START_TEST(promotions_of_each_scenario_hold_on_any_shelf)
{
	static const uint32_t sizes[] = { SHELF_DEFAULT, 40, 5000 };

	for (size_t i = 0; i < 3; i++) {
		struct shelf *shelf = shelf_new(sizes[i], 3);
		for (const struct scenario *s = scenarios; s->name; s++)
			promotions_hold(s, shelf, 0);
		promotions_hold(&scenarios[0], shelf,
		    sizes[i] < 5000 ? 5 : 1000);
		shelf_free(shelf);
	}
}
END_TEST

START_TEST(the_discount_is_the_prototypes_first_promotion)
{
	struct shelf *shelf = shelf_new(SHELF_DEFAULT, 1);
	struct scenario_put p;

	ck_assert(scenario_promotion(scenario_find("discount", 8), shelf, 0, 0,
	    0, &p));
	ck_assert_str_eq(p.id, "PROMO001");
	ck_assert_int_eq(p.price, 1749);
	ck_assert_str_eq(shelf->labels[p.item].title,
	    "Premium Coffee Beans 1kg");
	shelf_free(shelf);
}
END_TEST

START_TEST(the_book_of_the_truth_keeps_each_row_and_lists_them_in_order)
{
	struct truth t = { 0 };
	size_t count;

	for (uint32_t round = 0; round < 2; round++)
		for (uint32_t p = 300; p > 0; p--)
			for (uint32_t i = 0; i < 4; i++)
				truth_row(&t, p, i)->with += p + i;
	struct truth_row *rows = truth_list(&t, &count);
	ck_assert_uint_eq(count, 1200);
	for (size_t n = 0; n < count; n++) {
		ck_assert_uint_eq(rows[n].promotion, n / 4 + 1);
		ck_assert_uint_eq(rows[n].item, n % 4);
		ck_assert(rows[n].with == 2.0 * (double)(n / 4 + 1 + n % 4));
	}
	free(rows);
	truth_clear(&t);
	ck_assert_ptr_null(truth_list(&t, &count));
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("scenario");

	tcase_add_test(tests,
	    all_scenarios_are_there_and_have_their_own_names);
	tcase_add_test(tests,
	    promotions_of_each_scenario_hold_on_any_shelf);
	tcase_add_test(tests,
	    the_discount_is_the_prototypes_first_promotion);
	tcase_add_test(tests,
	    the_book_of_the_truth_keeps_each_row_and_lists_them_in_order);
	return run_tests(tests, "scenario");
}
