/* A shop's catalogue out of a file: what is put, and what is said of a file
 * that is wrong. */
#include <check.h>
#include <stdlib.h>

#include "intake/goods.h"

static void
note(void *context, uint64_t line, const char *field, const char *problem)
{
	text_form(context, "%llu %s: %s\n", (unsigned long long)line, field,
	    problem);
}

/* What is put, a line each, or else what is wrong. */
static void
read_into(struct text *t, const char *file, const char *currency)
{
	struct arena *a = arena_new();
	size_t count = 0;

	text_clear(t);
	const struct good *g = goods_read(a, lift_text(file),
	    lift_text(currency), note, t, &count);
	for (size_t i = 0; g != NULL && i < count; i++)
		text_form(t, "%llu %.*s %.*s\n", (unsigned long long)g[i].line,
		    (int)g[i].product.size, g[i].product.data,
		    (int)g[i].promotion.size, g[i].promotion.data);
	arena_free(a);
}

static void
reads_as(const char *file, const char *currency, const char *expected)
{
	struct text t = { 0 };

	read_into(&t, file, currency);
	ck_assert_str_eq(text_view(&t).data, expected);
	text_done(&t);
}

START_TEST(a_table_becomes_products_and_promotions)
{
	reads_as("product,name,category,family,price,cost,price_sensitivity,"
	    "sells,discount,promotion_price,promotion_start,promotion_end\n"
	    "TEA-1,\"Tea, green\",Food,tea,4.99,2,high,120,30,3.49,"
	    "2026-11-20T09:00:00Z,2026-11-21T09:00:00Z\n"
	    "MUG-1,Mug,Home,,12 USD,,,,,,,\n", "EUR",
	    "2 {\"id\":\"TEA-1\",\"name\":\"Tea, green\",\"category\":"
	    "\"Food\",\"price\":\"4.99 EUR\",\"cost\":\"2.00 EUR\","
	    "\"attributes\":{\"family\":\"tea\",\"price_sensitivity\":"
	    "\"high\",\"sells\":120,\"discount\":30}} {\"id\":\"PROMO-TEA-1\","
	    "\"products\":[\"TEA-1\"],\"price\":\"3.49 EUR\",\"start\":"
	    "\"2026-11-20T09:00:00Z\",\"end\":\"2026-11-21T09:00:00Z\"}\n"
	    "3 {\"id\":\"MUG-1\",\"name\":\"Mug\",\"category\":\"Home\","
	    "\"price\":\"12.00 USD\"} \n");
}
END_TEST

START_TEST(yaml_says_the_same)
{
	reads_as("# the shop\nproducts:\n  - { product: TEA-1, price: 4.99, "
	    "currency: EUR, substitution_group: tea }\n"
	    "  - id: MUG-1\n    price: 12 USD\n    promotion: SALE\n"
	    "    promotion_price: 9 USD\n", "",
	    "3 {\"id\":\"TEA-1\",\"price\":\"4.99 EUR\",\"attributes\":"
	    "{\"family\":\"tea\"}} \n"
	    "4 {\"id\":\"MUG-1\",\"price\":\"12.00 USD\"} {\"id\":\"SALE\","
	    "\"products\":[\"MUG-1\"],\"price\":\"9.00 USD\"}\n");
}
END_TEST

START_TEST(each_mistake_is_told_with_its_line_and_field)
{
	reads_as("product,price,cost,sensitivity,sells,discount,"
	    "promotion_price,promotion_start,promotion_end\n"
	    ",5 EUR,,,,,,,\n"
	    "B,free,-1 EUR,some,0,99,,,\n"
	    "C,5,,,,,,,\n"
	    "D,5.001 EUR,,,,,4 EUR,2026-11-20,2026-11-19\n"
	    "E,5 EUR,1,,,,,soon,\n", "",
	    "2 product: product is \"\", must be the product's id\n"
	    "3 price: price is \"free\", must be an amount with its currency "
	    "like 19.99 EUR, or there must be a column currency\n"
	    "3 cost: cost is \"-1 EUR\", must be an amount like 9.50, at least "
	    "0\n"
	    "3 price_sensitivity: price_sensitivity is \"some\", must be low, "
	    "medium or high\n"
	    "3 sells: sells is \"0\", must be a number above 0, at most "
	    "1000000\n"
	    "3 discount: discount is \"99\", must be percent, above 0 and at "
	    "most 95\n"
	    "4 price: price is \"5\", must be an amount with its currency like "
	    "19.99 EUR, or there must be a column currency\n"
	    "5 price: price is \"5.001 EUR\", must be an amount above 0 like "
	    "19.99\n"
	    "5 promotion_end: promotion_end is \"2026-11-19\", must be later "
	    "than promotion_start\n"
	    "6 cost: cost is \"1\", must be an amount with its currency like "
	    "19.99 EUR, or there must be a column currency\n"
	    "6 promotion_price: promotion_price is \"\", must be the price on "
	    "the promotion\n");
}
END_TEST

START_TEST(a_file_of_another_kind_is_refused)
{
	struct text t = { 0 };

	reads_as("", "", "1 : there is no product in the file\n");
	reads_as("product,price\n", "", "1 : there is no product in the file\n"
	    );
	reads_as("name,price\nx,1\n", "EUR", "1 product: there is no column "
	    "product, the first line must name the columns\n");
	reads_as("product,id\nx,y\n", "EUR",
	    "1 product: column product is there twice, must be once\n");
	reads_as("product,price\nA,1 EUR,more\n", "", "2 : the line has 3 "
	    "cells, must have at most 2 as the first one\n");
	reads_as("products: 7\n", "",
	    "1 products: the file has no list of products\n");
	reads_as("- 7\n", "", "1 : a product must be a map like { product: "
	    "TEA-1, price: 4.99 EUR }\n");
	read_into(&t, "product,colour\nA,red\n", "");
	ck_assert_ptr_nonnull(strstr(text_view(&t).data, "1 : \"colour\" is "
	    "no field of a product, must be one of product, name"));
	read_into(&t, "- { product: A\n", "");
	ck_assert_uint_gt(t.size, 5);
	text_done(&t);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("goods");
	TCase *tests = tcase_create("goods");

	tcase_add_test(tests, a_table_becomes_products_and_promotions);
	tcase_add_test(tests, yaml_says_the_same);
	tcase_add_test(tests, each_mistake_is_told_with_its_line_and_field);
	tcase_add_test(tests, a_file_of_another_kind_is_refused);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
