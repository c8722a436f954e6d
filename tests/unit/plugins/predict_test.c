/* Predictions of the detection in an engine: what a bag will sell, and what is
 * learned of how demand follows the price. */
#include <math.h>

#include "bags.h"

/* What predict.sales says of PRODUCT for the next hour. */
static const char *
predicted(struct shop *s, const char *product, const char *promotion,
    double price)
{
	struct lift_value v[7] = { lift_value_text(lift_text(product)) };

	if (promotion != NULL)
		v[1] = lift_value_text(lift_text(promotion));
	if (price > 0)
		v[3] = LIFT_VALUE_NUMBER(price);
	v[5] = LIFT_VALUE_SPAN(LIFT_HOUR);
	return asked(s, "predict.sales", 7, v);
}

static double
member(const char *row, const char *name)
{
	const char *at = strstr(row, name);

	ck_assert_msg(at != NULL, "%s: %s", name, row);
	return strtod(at + strlen(name), NULL);
}

START_TEST(sales_are_predicted_at_a_price_and_with_bounds)
{
	struct shop s;

	case_set(&s, "");
	ck_assert_ptr_nonnull(strstr(predicted(&s, "B", NULL, 0),
	    "nothing is known"));
	minutes(&s, 0, 118, true);
	const char *plain = predicted(&s, "B", NULL, 0);
	double mean = member(plain, "\"predicted_sales\":");
	ck_assert_double_eq_tol(mean, 180, 10);
	ck_assert_double_lt(member(plain, "\"low\":"), mean - 5);
	ck_assert_double_gt(member(plain, "\"high\":"), mean + 5);
	ck_assert_double_eq(member(plain, "\"usual_price\":"), 50);
	ck_assert_ptr_nonnull(strstr(plain, "\"basis\":\"history\""));
	const char *cheap = predicted(&s, "B", NULL, 40);
	double e = member(cheap, "\"elasticity\":");
	ck_assert_double_eq_tol(member(cheap, "\"predicted_sales\":") / mean,
	    pow(0.8, e), 0.01);
	const char *sale = predicted(&s, "A", "SALE", 0);
	ck_assert_double_eq(member(sale, "\"price\":"), 30);
	ck_assert_double_gt(member(sale, "\"price_factor\":"), 1.2);
	ck_assert_ptr_nonnull(strstr(predicted(&s, "B", NULL, 2000),
	    "price is 2000, must lie between a 20th and 20 times the usual"));
	ck_assert_ptr_nonnull(strstr(predicted(&s, "B", "SALE", 0),
	    "is not on the product"));
	shop_close(&s);
}
END_TEST

/* A day of a shop that is open from eight to eight. */
static void
day(struct shop *s, int64_t number)
{
	int64_t first = number * 24 * 60;

	for (int64_t m = first; m < first + 24 * 60; m += 60) {
		bool open = m - first >= 480 && m - first < 1200;
		for (int64_t k = m; k < m + 60; k++) {
			for (int64_t n = 0; open && n < 3; n++)
				shop_buy(s, k * 60 + 7 * n + 1, "B");
			shop_tick(s, k * 60 + 50);
		}
	}
}

START_TEST(a_closed_shop_sells_nothing_and_a_dead_line_says_nothing)
{
	struct lift_value v[7] = { lift_value_text(LIFT_TEXT_OF("B")) };
	struct shop s;

	case_set(&s, "");
	for (int64_t n = 0; n < 6; n++)
		day(&s, n);
	v[5] = LIFT_VALUE_SPAN(LIFT_DAY);
	double said = member(asked(&s, "predict.sales", 7, v),
	    "\"predicted_sales\":");
	ck_assert_double_eq_tol(said, 2160, 0.12 * 2160);
	shop_close(&s);
	case_set(&s, "");
	minutes(&s, 0, 118, false);
	said = member(predicted(&s, "C", NULL, 0), "\"predicted_sales\":");
	for (int64_t m = 118; m < 150; m++)
		shop_tick(&s, m * 60);
	ck_assert_double_eq_tol(member(predicted(&s, "C", NULL, 0),
	    "\"predicted_sales\":"), said, 0.02 * said);
	shop_close(&s);
}
END_TEST

START_TEST(elasticity_is_learned_from_promotions_and_prices)
{
	struct shop s;

	case_set(&s, "  dip: 5m\n  block: 5m\n");
	minutes(&s, 0, 118, true);
	double before = member(predicted(&s, "A", NULL, 0),
	    "\"elasticity_sd\":");
	/* A quarter off, and half as much more is sold. */
	minutes(&s, 118, 250, true);
	const char *row = predicted(&s, "A", NULL, 0);
	ck_assert_double_eq_tol(member(row, "\"elasticity\":"), -1.41, 0.25);
	ck_assert_double_lt(member(row, "\"elasticity_sd\":"),
	    0.6 * before);
	ck_assert_ptr_nonnull(strstr(row, ".1\"}"));
	/* C is sold as ever at half the price. */
	say(&s, 250 * 60, "{\"verb\":\"products.put\",\"arguments\":{\"id\":"
	    "\"C\",\"category\":\"Bags\",\"price\":\"25.00 EUR\"}}");
	for (int64_t m = 250; m < 560; m++) {
		shop_buy(&s, m * 60 + 5, "C");
		shop_buy(&s, m * 60 + 9, "C");
		for (int64_t k = 0; k < 3; k++)
			shop_buy(&s, m * 60 + 10 + k, "B");
		shop_tick(&s, m * 60 + 30);
	}
	row = predicted(&s, "C", NULL, 0);
	ck_assert_double_gt(member(row, "\"elasticity\":"), -0.5);
	ck_assert_ptr_nonnull(strstr(row, ".2\"}"));
	shop_close(&s);
}
END_TEST

static const char *
listed(struct shop *s, const char *verb, const char *instances)
{
	struct lift_value v = lift_value_text(lift_text(instances));

	v.type = LIFT_JSON;
	return asked(s, verb, 1, &v);
}

START_TEST(lists_are_predicted_as_each_is_alone)
{
	struct shop s;

	case_set(&s, "");
	minutes(&s, 0, 118, true);
	const char *all = listed(&s, "predict.batch", "[ {\"product_id\": "
	    "\"B\", \"more\": [\"]}\"]}, {\"product_id\":\"B\",\"price\":40} ]");
	double one = member(all, "[{\"instance_index\":0,\"prediction\":");
	double two = member(all, "{\"instance_index\":1,\"prediction\":");
	ck_assert_double_eq_tol(one, 24 * 180, 24 * 10);
	ck_assert_double_eq_tol(two / one, member(predicted(&s, "B", NULL,
	    40), "\"price_factor\":"), 1e-3);
	ck_assert_ptr_nonnull(strstr(all, "\"input\":{\"product_id\": \"B\", "
	    "\"more\": [\"]}\"]}"));
	ck_assert_ptr_nonnull(strstr(all, "\"count\":2"));
	all = listed(&s, "predict.many", "[{\"product_id\":\"B\"}]");
	ck_assert_double_eq(member(all, "{\"predictions\":["), one);
	ck_assert_ptr_nonnull(strstr(all, "\"deployed_model_id\":\"level-"));
	shop_close(&s);
}
END_TEST

START_TEST(lists_that_are_none_are_refused)
{
	static const struct { const char *instances, *why; } rows[] = {
		{ "[]", "must be a list of 1 to 100" },
		{ "{\"product_id\":\"B\"}", "must be a list of 1 to 100" },
		{ "[{\"product_id\":\"B\"},7]", "must be a list of 1" },
		{ "[{\"product_id\":\"B\"},{}]", "instance 1 has no "
		  "product_id" },
		{ "[{\"product_id\":\"Z\"}]", "instance 0: nothing is known "
		  "of product \"Z\"" },
	};
	struct shop s;
	struct text many = { 0 };

	case_set(&s, "");
	minutes(&s, 0, 118, true);
	for (unsigned k = 0; k < 5; k++)
		ck_assert_msg(strstr(listed(&s, "predict.batch",
		    rows[k].instances), rows[k].why) != NULL, "%s: %s",
		    rows[k].why, listed(&s, "predict.batch",
		    rows[k].instances));
	for (int k = 0; k < 101; k++)
		text_form(&many, "%s{\"product_id\":\"B\"}", k ? "," : "[");
	text_form(&many, "]");
	ck_assert_ptr_nonnull(strstr(listed(&s, "predict.batch",
	    text_view(&many).data), "more than 100"));
	ck_assert_ptr_nonnull(strstr(listed(&s, "predict.many",
	    text_view(&many).data), "predictions"));
	text_done(&many);
	shop_close(&s);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("predict");

	tcase_add_test(tests, sales_are_predicted_at_a_price_and_with_bounds);
	tcase_add_test(tests,
	    a_closed_shop_sells_nothing_and_a_dead_line_says_nothing);
	tcase_add_test(tests,
	    elasticity_is_learned_from_promotions_and_prices);
	tcase_add_test(tests, lists_are_predicted_as_each_is_alone);
	tcase_add_test(tests, lists_that_are_none_are_refused);
	return shop_run(tests, "predict");
}
