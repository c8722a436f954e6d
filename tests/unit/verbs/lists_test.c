/* One walk over all lists: names are unique, each row has a meaning that ends
 * without a full stop and is nobody else's, and tables of options hold. */
#include <check.h>
#include <ctype.h>
#include <stdlib.h>

#include "engine/engine_parts.h"
#include "house/settings.h"
#include "rules/option.h"
#include "verbs/verbs.h"

extern const struct lift_plugin lift_plugin;	/* tally */

static void
meaning_holds(const char *name, const char *meaning)
{
	size_t n = meaning != NULL ? strlen(meaning) : 0;

	ck_assert_msg(n > 4, "%s has no meaning", name);
	ck_assert_msg(meaning[n - 1] != '.', "%s: full stop", name);
	ck_assert_msg(!isspace((unsigned char)meaning[0]), "%s", name);
}

static void
fields_hold(const char *of, const struct lift_field *f)
{
	for (const struct lift_field *a = f; a != NULL && a->name; a++) {
		meaning_holds(of, a->meaning);
		for (const struct lift_field *b = f; b < a; b++)
			ck_assert_msg(strcmp(a->name, b->name) != 0,
			    "%s has %s twice", of, a->name);
	}
}

START_TEST(verbs_are_unique_and_say_what_they_do)
{
	const struct lift_plugin *plugins[] = { &lift_plugin };
	struct engine_settings settings = { .seen_count = 64 };
	struct engine *en = engine_new(&settings, NULL, plugins, 1,
	    verbs_table());
	const struct vocabulary *v = engine_vocabulary(en);

	ck_assert_uint_gt(v->verb_count, 30);
	for (size_t i = 0; i < v->verb_count; i++) {
		const struct lift_verb *a = v->verbs[i].verb;
		meaning_holds(a->name, a->meaning);
		fields_hold(a->name, a->arguments);
		for (size_t k = 0; k < i; k++) {
			const struct lift_verb *b = v->verbs[k].verb;
			ck_assert_msg(strcmp(a->name, b->name) != 0, "%s",
			    a->name);
			ck_assert_msg(strcmp(a->meaning, b->meaning) != 0,
			    "%s and %s mean the same", a->name, b->name);
		}
	}
	engine_free(en);
}
END_TEST

START_TEST(the_daemons_verbs_are_sorted_and_can_begin)
{
	for (const struct lift_verb *v = verbs_table(); v->name; v++) {
		ck_assert(verbs_begin(v) != NULL);
		if (v[1].name != NULL)
			ck_assert_str_lt(v->name, v[1].name);
	}
}
END_TEST

START_TEST(topics_are_unique_and_say_what_they_are)
{
	struct engine_settings settings = { .seen_count = 64 };
	struct engine *en = engine_new(&settings, NULL, NULL, 0, NULL);
	const struct vocabulary *v = engine_vocabulary(en);

	for (size_t i = 0; i < v->topic_count; i++) {
		meaning_holds(v->topics[i].name, v->topics[i].meaning);
		fields_hold(v->topics[i].name, v->topics[i].fields);
		for (size_t k = 0; k < i; k++)
			ck_assert_str_ne(v->topics[i].name, v->topics[k].name);
	}
	fields_hold("product", product_fields);
	fields_hold("promotion", promotion_fields);
	fields_hold("shopper", shopper_fields);
	engine_free(en);
}
END_TEST

START_TEST(tables_of_options_hold)
{
	const struct lift_option *const tables[] = { settings_options,
		rule_file_options, lift_plugin.options };
	struct lift_error err;

	for (size_t i = 0; i < 3; i++)
		ck_assert_msg(option_check(tables[i], &err), "%s", err.text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("lists");
	TCase *c = tcase_create("lists");

	tcase_add_test(c, verbs_are_unique_and_say_what_they_do);
	tcase_add_test(c, the_daemons_verbs_are_sorted_and_can_begin);
	tcase_add_test(c, topics_are_unique_and_say_what_they_are);
	tcase_add_test(c, tables_of_options_hold);
	suite_add_tcase(s, c);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
