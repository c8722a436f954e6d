/* What patterns promise: RE2's answers, and an end. */
#include <check.h>

#include "rules/pattern.h"

static struct arena *arena;

static void
setup(void)
{
	arena = arena_new();
}

static void
teardown(void)
{
	arena_free(arena);
}

static bool
matches(const char *pattern, const char *text)
{
	struct pattern_problem problem;
	struct pattern *p = pattern_compile(arena, lift_text(pattern),
	    &problem);

	ck_assert_msg(p != NULL, "%s: %s", pattern, problem.message);
	return pattern_matches(p, lift_text(text));
}

static void
yes(const char *pattern, const char *text)
{
	ck_assert_msg(matches(pattern, text), "%s on %s", pattern, text);
}

static void
no(const char *pattern, const char *text)
{
	ck_assert_msg(!matches(pattern, text), "%s on %s", pattern, text);
}

static void
refused(const char *pattern, const char *message)
{
	struct pattern_problem problem;

	ck_assert_msg(pattern_compile(arena, lift_text(pattern),
	    &problem) == NULL, "%s was taken", pattern);
	ck_assert_str_eq(problem.message, message);
}

START_TEST(a_pattern_matches_anywhere)
{
	yes("", "");
	yes("b+", "abbc");
	yes("foo|bar", "a bar");
	no("foo|bar", "ba");
	yes("gr(a|e)y", "grey");
	yes("^a.c$", "abc");
	no("^a.c$", "a\nc");
	yes("(?s)^a.c$", "a\nc");
	yes("^.$", "\xc3\xa9");
}
END_TEST

START_TEST(repetitions_count)
{
	yes("^a{2,3}$", "aaa");
	no("^a{2,3}$", "aaaa");
	yes("^a{2,}$", "aaaaa");
	no("^(ab){3}$", "abab");
	yes("^(ab){3}$", "ababab");
	yes("^a{0}b$", "b");
	yes("^a{,2}$", "a{,2}");
	yes("^(a*)*b$", "aaab");
	yes("^a??b$", "ab");
	yes("^(|a)+$", "aaa");
}
END_TEST

START_TEST(classes_hold_what_they_say)
{
	yes("^[a-c\\d-]+$", "ab-19");
	no("^[^a-c]$", "b");
	yes("^[]a]+$", "]a");
	yes("^[[:alpha:][:^ascii:]]+$", "aZ\xc3\xa9");
	no("^[[:alpha:]]$", "1");
	yes("^\\w\\W\\s\\S\\D$", "a- xy");
	no("\\d", "\xd9\xa1");
	yes("^[\\x{e0}-\\x{ff}]$", "\xc3\xa9");
	no("\\s", "\v");
	yes("[[:space:]]", "\v");
	no("[^[:cntrl:]]", "\x01");
}
END_TEST

START_TEST(case_can_be_ignored)
{
	yes("(?i)^straSSe$", "STRAsse");
	yes("(?i)^[a-c]+$", "aBC");
	yes("(?i)k", "\xe2\x84\xaa");
	no("a(?i)b(?-i)c", "aBC");
	yes("a(?i:b)c", "aBc");
	no("a(?i:b)c", "aBC");
	refused("(?i)\xc3\xa9",
	    "only ASCII letters can match without case");
}
END_TEST

START_TEST(places_are_held_to)
{
	yes("\\bfoo\\b", "a foo.");
	no("\\bfoo\\b", "afoo");
	yes("\\Boo", "foo");
	yes("(?m)^b$", "a\nb\nc");
	no("^b$", "a\nb\nc");
	no("a\\z", "a\n");
	no("a$", "a\n");
	yes("\\Aa", "ab");
	yes("^^*a", "a");
}
END_TEST

START_TEST(literal_text_can_be_quoted)
{
	yes("^\\Qa.b\\E$", "a.b");
	no("^\\Qa.b\\E$", "axb");
	yes("\\.\\*\\\\", ".*\\");
	yes("\\x41\\101\\n", "AA\n");
}
END_TEST

START_TEST(what_is_left_out_is_refused)
{
	refused("a(", "a parenthesis is not closed");
	refused("a)", "a parenthesis that was not opened");
	refused("[a", "a bracket is not closed");
	refused("*a", "a repetition of nothing");
	refused("a**", "a repetition of a repetition");
	refused("a{2,1}",
	    "a repetition that is too large or ends before it begins");
	refused("a{1001}",
	    "a repetition that is too large or ends before it begins");
	refused("(a)\\1", "a pattern cannot refer back");
	refused("(?=a)", "a pattern cannot look around");
	refused("\\pL", "Unicode classes are left out");
	refused("\\y", "an escape that means nothing");
	refused("[z-a]", "a range that ends before it begins");
	refused("[[:foo:]]", "a class of that name does not exist");
	refused("\\", "a backslash at the end");
	refused("((a{99}){99}){99}", "the pattern needs more than 2000 states");
	refused("((((){1000}){1000}){1000}){1000}",
	    "the pattern needs more than 2000 states");
}
END_TEST

START_TEST(no_pattern_is_slow)
{
	static char text[100001];

	memset(text, 'a', sizeof(text) - 1);
	no("^(a+)+$b", text);
	no("(a|aa)*b", text);
	yes("(a?){30}a{30}", text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("pattern");
	TCase *c = tcase_create("promises");
	SRunner *r = srunner_create(s);

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, a_pattern_matches_anywhere);
	tcase_add_test(c, repetitions_count);
	tcase_add_test(c, classes_hold_what_they_say);
	tcase_add_test(c, case_can_be_ignored);
	tcase_add_test(c, places_are_held_to);
	tcase_add_test(c, literal_text_can_be_quoted);
	tcase_add_test(c, what_is_left_out_is_refused);
	tcase_add_test(c, no_pattern_is_slow);
	suite_add_tcase(s, c);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed;
}
