/* What templates promise: texts of rule files with expressions in them. */
#include "shop.h"

#include "rules/template.h"

static struct shop shop;
static struct text out;

static void
setup(void)
{
	shop_open(&shop);
}

static void
teardown(void)
{
	text_done(&out);
	arena_free(shop.arena);
}

static struct template *
compile(const char *source)
{
	return template_compile(shop.arena, &shop_scope, lift_text(source),
	    &shop.problem);
}

static void
writes(const char *source, const char *result)
{
	struct template *t = compile(source);
	struct lift_error err;

	ck_assert_msg(t != NULL, "%s: %s", source, shop.problem.message);
	text_clear(&out);
	ck_assert(template_write(t, &shop.frame, &out, &err));
	ck_assert_str_eq(out.data ? out.data : "", result);
}

START_TEST(values_stand_where_their_expressions_stood)
{
	writes("${type} of ${quantity * 2}!", "purchase of 6!");
	writes("", "");
	writes("${'a}b'}${{'x': 1}['x']}", "a}b1");
	writes("${product.category}: ${tags}",
	    "Lighting: [\"auto\", \"sale\"]");
}
END_TEST

START_TEST(two_dollars_are_one)
{
	writes("$$5, $5, $${type}, $", "$5, $5, ${type}, $");
}
END_TEST

START_TEST(each_type_is_written_as_people_write_it)
{
	writes("${price} ${product.price}", "24.90 30.00");
	writes("${time} ${wait}", "2026-01-31T10:00:00Z 1m30s");
	writes("${price * 2.0} ${1e6} ${0.1 + 0.2} ${1.0 / 3.0}",
	    "49.8 1000000 0.30000000000000004 0.3333333333333333");
	writes("[${query}] ${product} ${true}", "[] LAMP true");
}
END_TEST

START_TEST(a_problem_has_its_place_in_the_whole_text)
{
	ck_assert(compile("stock of ${produkt}") == NULL);
	ck_assert_str_eq(shop.problem.message, "unknown variable `produkt`");
	ck_assert_str_eq(shop.problem.hint, "did you mean `product`?");
	ck_assert_uint_eq(shop.problem.offset, 11);
	ck_assert(compile("x ${type") == NULL);
	ck_assert_uint_eq(shop.problem.offset, 2);
	ck_assert(compile("${}") == NULL);
}
END_TEST

START_TEST(nothing_is_written_when_a_value_is_missing)
{
	struct template *t = compile("a ${type} ${properties.nope}");
	struct lift_error err;

	text_clear(&out);
	text_string(&out, "before ");
	ck_assert(!template_write(t, &shop.frame, &out, &err));
	ck_assert_str_eq(out.data, "before ");
	ck_assert_str_eq(err.text,
	    "`${properties.nope}` has no value: no such key");
}
END_TEST

START_TEST(a_single_expression_can_keep_its_type)
{
	ck_assert(template_single(compile("${quantity}")) != NULL);
	ck_assert(template_single(compile("${quantity} ")) == NULL);
	ck_assert(template_single(compile("quantity")) == NULL);
	ck_assert(template_is_plain(compile("quantity")));
	ck_assert(template_uses(compile("a ${quantity}"), SLOT_QUANTITY));
	ck_assert(!template_uses(compile("a ${quantity}"), SLOT_PRICE));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("template");
	TCase *c = tcase_create("promises");
	SRunner *r = srunner_create(s);

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, values_stand_where_their_expressions_stood);
	tcase_add_test(c, two_dollars_are_one);
	tcase_add_test(c, each_type_is_written_as_people_write_it);
	tcase_add_test(c, a_problem_has_its_place_in_the_whole_text);
	tcase_add_test(c, nothing_is_written_when_a_value_is_missing);
	tcase_add_test(c, a_single_expression_can_keep_its_type);
	suite_add_tcase(s, c);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed;
}
