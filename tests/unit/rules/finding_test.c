/* Findings as people and programs see them. */
#include <check.h>

#include "rules/finding.h"

static struct arena *arena;
static struct findings *findings;

static void
set_up(void)
{
	arena = arena_new();
	findings = findings_new(arena);
}

static void
tear_down(void)
{
	arena_free(arena);
}

static struct finding *
add(const char *file, unsigned line, unsigned column)
{
	struct finding_place p = { .file = file, .line = line,
		.column = column, .end_column = column + 5,
		.source = LIFT_TEXT_OF("threshold: \"1.4\""), .path = "a.b" };

	return findings_add(findings, FINDING_OPTION_BOUNDS, &p,
	    "threshold is %s, must lie between 0 and 1", "1.4");
}

START_TEST(a_finding_shows_its_line_a_caret_and_a_hint)
{
	struct text t = { 0 };

	findings_hint(findings, add("r.yaml", 3, 12), "try %s", "0.4");
	findings_write(&t, findings);
	ck_assert_str_eq(t.data,
	    "r.yaml:3:12: error: threshold is 1.4, must lie between 0 and 1 "
	    "[LR0102]\n"
	    "    threshold: \"1.4\"\n"
	    "               ^~~~~\n"
	    "    hint: try 0.4\n");
	text_done(&t);
}
END_TEST

START_TEST(findings_come_by_file_line_and_column)
{
	add("b", 1, 1);
	add("a", 2, 9);
	add("a", 2, 3);
	add("a", 1, 7);
	const struct finding *f = findings_first(findings);
	ck_assert_int_eq(f->place.column, 7);
	ck_assert_int_eq(f->next->place.column, 3);
	ck_assert_int_eq(f->next->next->place.column, 9);
	ck_assert_str_eq(f->next->next->next->place.file, "b");
}
END_TEST

START_TEST(a_node_has_one_finding_and_the_worst_one)
{
	int node;
	struct finding_place p = { .file = "a", .line = 1, .column = 1,
		.about = &node };

	ck_assert_ptr_nonnull(findings_add(findings, FINDING_YAML_TAG, &p,
	    "one"));
	ck_assert_ptr_null(findings_add(findings, FINDING_YAML_KEY, &p, "two"));
	ck_assert_int_eq(findings_count(findings, FINDING_ERROR), 1);
}
END_TEST

START_TEST(a_file_shows_twenty_and_counts_the_rest)
{
	struct text t = { 0 };

	for (unsigned i = 1; i <= 1000; i++)
		add("a", i, 1);
	findings_write(&t, findings);
	ck_assert_ptr_nonnull(strstr(t.data, "a: and 980 more\n"));
	ck_assert_ptr_nonnull(strstr(t.data, "a:20:1:"));
	ck_assert_ptr_null(strstr(t.data, "a:21:1:"));
	ck_assert_int_eq(findings_count(findings, FINDING_ERROR), 1000);
	text_done(&t);
}
END_TEST

START_TEST(a_program_gets_an_array)
{
	struct text t = { 0 };

	findings_json(&t, findings);
	ck_assert_str_eq(t.data, "[]");
	text_clear(&t);
	findings_hint(findings, add("a\"b", 3, 12), "x");
	findings_json(&t, findings);
	ck_assert_str_eq(t.data, "[{\"severity\":\"error\",\"code\":\"LR0102\","
	    "\"file\":\"a\\\"b\",\"line\":3,\"column\":12,\"end_column\":17,"
	    "\"path\":\"a.b\",\"message\":\"threshold is 1.4, must lie between "
	    "0 and 1\",\"hint\":\"x\"}]");
	text_done(&t);
}
END_TEST

START_TEST(control_characters_do_not_reach_the_terminal)
{
	struct finding_place p = { .file = "a", .line = 1, .column = 3,
		.source = LIFT_TEXT_OF("\ta\033[31m") };
	struct text t = { 0 };

	findings_add(findings, FINDING_YAML_TAG, &p, "x");
	findings_write(&t, findings);
	ck_assert_ptr_nonnull(strstr(t.data, "\n     a [31m\n      ^\n"));
	text_done(&t);
}
END_TEST

START_TEST(codes_are_unique_sorted_and_have_a_meaning)
{
	for (int i = 0; i < FINDING_CODES; i++) {
		const struct finding_form *f = finding_form(
		    (enum finding_code)i);
		ck_assert_uint_gt(strlen(f->meaning), 0);
		ck_assert_int_ne(f->meaning[strlen(f->meaning) - 1], '.');
		if (i > 0)
			ck_assert_uint_gt(f->number, finding_form(
			    (enum finding_code)(i - 1))->number);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rules/finding");
	TCase *t = tcase_create("finding");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, a_finding_shows_its_line_a_caret_and_a_hint);
	tcase_add_test(t, findings_come_by_file_line_and_column);
	tcase_add_test(t, a_node_has_one_finding_and_the_worst_one);
	tcase_add_test(t, a_file_shows_twenty_and_counts_the_rest);
	tcase_add_test(t, a_program_gets_an_array);
	tcase_add_test(t, control_characters_do_not_reach_the_terminal);
	tcase_add_test(t, codes_are_unique_sorted_and_have_a_meaning);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
