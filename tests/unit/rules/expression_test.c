/* What the expression language promises to those who write rules. That it
 * gives CEL's results is the business of tests/cel. */
#include "shop.h"

#include <stdlib.h>

static struct shop shop;

static void
setup(void)
{
	shop_open(&shop);
}

static void
teardown(void)
{
	arena_free(shop.arena);
}

static struct expression *
compile(const char *source)
{
	return expression_compile(shop.arena, &shop_scope, lift_text(source),
	    &shop.problem);
}

static enum expression_verdict
verdict(const char *source)
{
	struct expression *e = compile(source);

	ck_assert_msg(e != NULL, "%s: %s", source, shop.problem.message);
	return expression_test(e, &shop.frame);
}

static void
expect(const char *source)
{
	ck_assert_msg(verdict(source) == EXPRESSION_TRUE, "%s", source);
}

static void
refused(const char *source, const char *message, const char *hint)
{
	memset(&shop.problem, 0, sizeof(shop.problem));
	ck_assert_msg(compile(source) == NULL, "%s was taken", source);
	ck_assert_str_eq(shop.problem.message, message);
	ck_assert_str_eq(shop.problem.hint, hint);
}

/* What evaluating gives as an error. */
static void
fails(const char *source, const char *sentence)
{
	struct expression *e = compile(source);
	struct lift_value v;
	struct lift_error err = { 0 };

	ck_assert_msg(e != NULL, "%s: %s", source, shop.problem.message);
	ck_assert(expression_test(e, &shop.frame) == EXPRESSION_ERROR);
	ck_assert(!expression_value(e, &shop.frame, &v, &err));
	ck_assert_str_eq(err.text, sentence);
}

static struct lift_value
value(const char *source)
{
	struct expression *e = compile(source);
	struct lift_value v = LIFT_VALUE_NULL;
	struct lift_error err;

	ck_assert_msg(e != NULL, "%s: %s", source, shop.problem.message);
	ck_assert(expression_value(e, &shop.frame, &v, &err));
	return v;
}

START_TEST(a_rule_of_the_usual_kind_holds)
{
	expect("type == \"purchase\" && price > 20.0 && "
	    "product.category in [\"Office\", \"Lighting\"]");
	expect("type != 'view' && !(price <= 20.0) && quantity >= 3");
	expect("tags.exists(t, t == 'auto') && size(tags) == 2");
	expect("time > timestamp('2026-01-31T09:59:59Z')");
	expect("time + wait == timestamp('2026-01-31T10:01:30Z')");
	expect("time.getHours('Europe/Berlin') == 11");
	ck_assert(verdict("price > 24.9") == EXPRESSION_FALSE);
}
END_TEST

START_TEST(a_list_of_the_rule_files_has_a_name)
{
	expect("product.id in lists.never_touch");
	expect("size(lists.never_touch) == 2");
	expect("!('CHAIR' in lists.never_touch)");
}
END_TEST

START_TEST(a_long_list_is_searched_as_a_short_one_is)
{
	struct lift_value items[1000];
	struct expression_constant constant = { "lists.many",
		{ .type = LIFT_LIST, .size = 1000, .items = items } };
	struct expression_scope scope = shop_scope;
	struct expression *e;

	for (int i = 0; i < 1000; i++)
		items[i] = lift_value_text(lift_text(arena_form(shop.arena,
		    "P%d", i % 900)));
	scope.constants = &constant;
	e = expression_compile(shop.arena, &scope, LIFT_TEXT_OF(
	    "type in lists.many"), &shop.problem);
	for (int i = 0; i < 2000; i++) {
		shop.values[SLOT_TYPE] = lift_value_text(lift_text(
		    arena_form(shop.arena, "P%d", i)));
		ck_assert_int_eq(expression_test(e, &shop.frame), i < 900);
	}
}
END_TEST

START_TEST(a_text_without_bytes_is_empty)
{
	shop.values[SLOT_TYPE] = (struct lift_value){ .type = LIFT_TEXT };
	shop.values[SLOT_PROPERTIES] = (struct lift_value){
		.type = LIFT_JSON };
	expect("type == '' && size(type) == 0 && !type.matches('a+')");
	expect("type.contains('') && type + 'a' == 'a' && type <= ''");
	expect("!has(properties.x) && !(type in ['a'])");
}
END_TEST

START_TEST(a_json_document_is_read_on_demand)
{
	expect("properties.size == 4 && properties.size > 3.5");
	expect("properties.colour == 'r\\u00e9d'");
	expect("properties['deep'].list[1] == 'two'");
	expect("properties.deep.list[2] == null");
	expect("has(properties.colour) && !has(properties.shape)");
	expect("properties.deep.list.exists(x, x == 'two')");
	expect("size(properties) == 3 && 'size' in properties");
	fails("properties.shape == 'round'", "no such key");
	fails("properties.deep.list[3] == 1", "index out of bounds");
}
END_TEST

START_TEST(a_broken_json_document_is_an_empty_or_short_one)
{
	static const char *const texts[] = { "", "{", "[", "{\"a\"", "{\"a\":",
		"{\"a\": \"b", "{\"a\": [1, {", "nonsense", "}", "{,,}",
		"{\"a\" 1}", "{\"\\u12", "\"\\" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		shop.values[SLOT_PROPERTIES] = shop_json(texts[i]);
		ck_assert(verdict("properties == {} || has(properties.z) || "
		    "properties.exists(k, k == 'z') || true") ==
		    EXPRESSION_TRUE);
	}
	shop.values[SLOT_PROPERTIES] = shop_json("");
	expect("!has(properties.colour)");
}
END_TEST

START_TEST(an_unknown_field_is_refused_with_a_suggestion)
{
	refused("product.categry == 'Office'",
	    "unknown field `categry` of a product",
	    "did you mean `category`?");
	ck_assert_uint_eq(shop.problem.offset, 8);
	ck_assert_uint_eq(shop.problem.size, 7);
}
END_TEST

START_TEST(an_unknown_variable_is_refused_with_a_suggestion)
{
	refused("quantity > 1 && pric > 20.0", "unknown variable `pric`",
	    "did you mean `price`?");
	ck_assert_uint_eq(shop.problem.offset, 16);
	refused("'X' in lists.never_tuch",
	    "unknown variable `lists.never_tuch`",
	    "did you mean `lists.never_touch`?");
	refused("zebra == 1", "unknown variable `zebra`", "");
}
END_TEST

START_TEST(a_name_on_another_level_is_pointed_out)
{
	refused("category == 'Office'", "unknown variable `category`",
	    "did you mean `product.category`?");
	refused("product.quantity == 1",
	    "unknown field `quantity` of a product",
	    "`quantity` exists one level up: write `quantity` alone");
}
END_TEST

START_TEST(an_unknown_function_is_refused_with_a_suggestion)
{
	refused("type.startWith('p')", "unknown function `startWith`",
	    "did you mean `startsWith`?");
	refused("contains(type, 'p')",
	    "`contains` does not take (a text, a text)",
	    "write VALUE.contains(...)");
	refused("tags.exists(t)", "unknown function `exists`",
	    "`exists` takes other arguments");
}
END_TEST

START_TEST(types_that_do_not_fit_are_refused_at_load)
{
	refused("type > 20.0", "`>` does not take a text and a number",
	    "a text does not become a number by itself");
	refused("price == 20", "`==` does not take a number and a whole "
	    "number",
	    "write 20.0");
	refused("price * quantity > 1.0", "`*` does not take a number and a whole "
	    "number",
	    "write double(quantity)");
	refused("product == 'LAMP'", "`==` does not take a product and a text",
	    "write product.id");
	refused("type == null", "`==` does not take a text and null",
	    "it is never null");
	refused("!price", "`!` does not take a number", "");
	refused("quantity && true", "`&&` does not take a whole number", "");
	refused("quantity.length", "a whole number has no fields", "");
	refused("type.matches('a(')",
	    "the pattern is not valid: a parenthesis is not closed", "");
	refused("time.getHours('Mars/Olympus') == 1", shop.problem.message,
	    "");
}
END_TEST

START_TEST(what_is_missing_is_null)
{
	shop.values[SLOT_PROMOTION] = LIFT_VALUE_PROMOTION(0);
	expect("promotion == null && product != null");
	expect("query == null");
	expect("!has(promotion.id) && !has(product.brand)");
	expect("product.brand == null");
	expect("promotion.id != 'P' && !has(promotion.id)");
	fails("query.startsWith('a')", "no such overload");
	expect("promotion == null || promotion.id == 'P'");
}
END_TEST

START_TEST(an_error_is_absorbed_by_what_decides)
{
	expect("1 / (quantity - 3) > 0 || type == 'purchase'");
	ck_assert(verdict("properties.nothing == 1 && type == 'view'") ==
	    EXPRESSION_FALSE);
	fails("1 / (quantity - 3) > 0", "divide by zero");
	fails("quantity + 9223372036854775807 > 0",
	    "return error for overflow");
}
END_TEST

START_TEST(a_value_comes_out_with_its_type)
{
	ck_assert_int_eq(value("quantity * 2").whole, 6);
	ck_assert(value("price * 2.0").number == 49.8);
	struct lift_value v = value("type + '!'");
	ck_assert_uint_eq(v.size, 9);
	v = value("time - duration('1s')");
	ck_assert(v.type == LIFT_TIME && v.whole == 1769853599000000);
	v = value("tags.map(t, size(t))");
	ck_assert(v.type == LIFT_LIST && v.size == 2);
	ck_assert_int_eq(v.items[1].whole, 4);
	v = value("{'a': product}");
	ck_assert(v.type == LIFT_MAP && v.pairs[0].value.id == 7);
	ck_assert(expression_type(compile("price > 1.0")) == LIFT_BOOL);
	ck_assert(expression_type(compile("time")) == LIFT_TIME);
	ck_assert(expression_type(compile("properties.x")) == LIFT_NULL);
	ck_assert(expression_type(compile("product")) == LIFT_PRODUCT);
}
END_TEST

START_TEST(it_is_known_which_slots_are_read)
{
	struct expression *e = compile("price > 1.0 && product.id == 'X'");

	ck_assert(expression_uses(e, SLOT_PRICE));
	ck_assert(expression_uses(e, SLOT_PRODUCT));
	ck_assert(!expression_uses(e, SLOT_TYPE));
	ck_assert(!expression_uses(e, 1000));
}
END_TEST

START_TEST(it_is_known_which_type_is_demanded)
{
	struct lift_text t;

	ck_assert(expression_demands(compile(
	    "price > 1.0 && (quantity > 1 && 'view' == type)"), SLOT_TYPE,
	    &t));
	ck_assert(lift_text_equal(t, LIFT_TEXT_OF("view")));
	ck_assert(!expression_demands(compile("type == 'view' || price > 1.0"),
	    SLOT_TYPE, &t));
	ck_assert(!expression_demands(compile("type != 'view'"), SLOT_TYPE,
	    &t));
}
END_TEST

START_TEST(reasons_tell_each_condition_with_its_values)
{
	struct text json = { 0 };
	struct expression *e = compile("type == 'purchase' && "
	    "(price > 30.0 || properties.nope == 1)");

	expression_reasons(e, &shop.frame, &json);
	ck_assert_str_eq(json.data, "{\"when\": \"type == 'purchase' && "
	    "(price > 30.0 || properties.nope == 1)\", \"verdict\": null, "
	    "\"error\": \"no such key\", \"parts\": ["
	    "{\"when\": \"type == 'purchase'\", \"verdict\": true, "
	    "\"values\": {\"type\": \"purchase\"}}, "
	    "{\"when\": \"(price > 30.0 || properties.nope == 1)\", "
	    "\"verdict\": null, \"error\": \"no such key\", \"parts\": ["
	    "{\"when\": \"price > 30.0\", \"verdict\": false, "
	    "\"values\": {\"price\": 24.9}}, "
	    "{\"when\": \"properties.nope == 1\", \"verdict\": null, "
	    "\"error\": \"no such key\", "
	    "\"values\": {\"properties.nope\": null}}]}]}");
	text_done(&json);
}
END_TEST

START_TEST(an_expression_that_may_cost_too_much_is_refused)
{
	ck_assert(compile("tags.all(a, tags.all(b, a != b))") != NULL);
	ck_assert(compile("tags.all(a, tags.all(b, tags.all(c, tags.all(d, "
	    "a != d))))") == NULL);
	ck_assert(strstr(shop.problem.message, "may cost") != NULL);
	struct expression_scope small = shop_scope;
	small.cost_most = 50;
	ck_assert(expression_compile(shop.arena, &small,
	    LIFT_TEXT_OF("tags.all(a, a != 'x')"), &shop.problem) == NULL);
}
END_TEST

START_TEST(an_evaluation_ends_when_its_steps_are_used_up)
{
	struct lift_value many[1000] = { 0 };

	for (int i = 0; i < 1000; i++)
		many[i] = LIFT_VALUE_INT(i);
	shop.values[SLOT_TAGS] = (struct lift_value){ .type = LIFT_LIST,
		.size = 1000, .items = many };
	expect("tags.all(t, t >= 0)");
	shop.frame.steps = 500;
	fails("tags.all(t, t >= 0)",
	    "the evaluation took too many steps");
	fails("5000 in tags", "the evaluation took too many steps");
}
END_TEST

static char *
repeated(const char *what, int count, const char *middle, const char *end)
{
	size_t size = strlen(what) + strlen(end);
	char *s = arena_take(shop.arena, size * (size_t)count +
	    strlen(middle) + 1);

	for (int i = 0; i < count; i++)
		strcat(s, what);
	strcat(s, middle);
	for (int i = 0; i < count; i++)
		strcat(s, end);
	return s;
}

START_TEST(nesting_has_a_limit)
{
	ck_assert(compile(repeated("(", 32, "7", ")")) != NULL);
	ck_assert(compile(repeated("(", 3000, "7", ")")) == NULL);
	ck_assert(compile(repeated("[", 3000, "", "]")) == NULL);
	ck_assert(compile(repeated("!", 3000, "true", "")) == NULL);
	ck_assert(compile(repeated("1+", 3000, "1", "")) == NULL);
	ck_assert(compile(repeated("true?1:", 1000, "1", "")) == NULL);
	ck_assert(compile(repeated("tags.map(a,", 10, "1", ")")) == NULL);
	ck_assert(compile(repeated(" ", 9000, "1", "")) == NULL);
}
END_TEST

START_TEST(what_cannot_be_read_is_refused_with_its_place)
{
	refused("price > ", "the expression ends early, a value is missing",
	    "");
	refused("price = 1.0", "`=` means nothing alone",
	    "write ==");
	refused("'open", "the string has no closing quote", "");
	refused("price > 1.0 quantity",
	    "unexpected `quantity`, an operator is missing", "");
	refused("9223372036854775808 > 1",
	    "the number does not fit into an int", "");
	refused("if == 1", "`if` is a reserved word, not a variable", "");
	refused("[1, 2", "the expression ends early, `]` is missing", "");
	refused("Thing{a: 1}", "messages cannot be built in an expression",
	    "");
	refused("has(price)",
	    "`has` takes one field, as in has(product.brand)", "");
	refused("tags.all(1, true)",
	    "`all` takes the name of a variable here", "");
	refused("\xff", "the expression is not UTF-8", "");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("expression");
	TCase *c = tcase_create("promises");
	SRunner *r = srunner_create(s);

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, a_rule_of_the_usual_kind_holds);
	tcase_add_test(c, a_list_of_the_rule_files_has_a_name);
	tcase_add_test(c, a_long_list_is_searched_as_a_short_one_is);
	tcase_add_test(c, a_text_without_bytes_is_empty);
	tcase_add_test(c, a_json_document_is_read_on_demand);
	tcase_add_test(c, a_broken_json_document_is_an_empty_or_short_one);
	tcase_add_test(c, an_unknown_field_is_refused_with_a_suggestion);
	tcase_add_test(c, an_unknown_variable_is_refused_with_a_suggestion);
	tcase_add_test(c, a_name_on_another_level_is_pointed_out);
	tcase_add_test(c, an_unknown_function_is_refused_with_a_suggestion);
	tcase_add_test(c, types_that_do_not_fit_are_refused_at_load);
	tcase_add_test(c, what_is_missing_is_null);
	tcase_add_test(c, an_error_is_absorbed_by_what_decides);
	tcase_add_test(c, a_value_comes_out_with_its_type);
	tcase_add_test(c, it_is_known_which_slots_are_read);
	tcase_add_test(c, it_is_known_which_type_is_demanded);
	tcase_add_test(c, reasons_tell_each_condition_with_its_values);
	tcase_add_test(c, an_expression_that_may_cost_too_much_is_refused);
	tcase_add_test(c, an_evaluation_ends_when_its_steps_are_used_up);
	tcase_add_test(c, nesting_has_a_limit);
	tcase_add_test(c, what_cannot_be_read_is_refused_with_its_place);
	suite_add_tcase(s, c);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed;
}
