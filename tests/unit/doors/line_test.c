/* What a request line means, and what is said of one that means nothing. */
#include <check.h>
#include <stdlib.h>

#include "doors/line.h"

static const struct lift_field table[] = {
	{ "alert", LIFT_TEXT, false, "which alert" },
	{ "file", LIFT_UPLOAD, true, "what is sent" },
	{ "count", LIFT_INT, true, "how many" },
	{ "dry_run", LIFT_BOOL, true, "change nothing" }, LIFT_END
};

struct sample {
	struct arena     *arena;
	struct line       line;
	struct lift_value values[ARGUMENTS_MOST];
	struct lift_error err;
};

static bool
reads(struct sample *s, const char *text)
{
	arena_free(s->arena);
	s->arena = arena_new();
	return line_read(s->arena, lift_text(text), &s->line, &s->err);
}

static bool
binds(struct sample *s, const char *text)
{
	return reads(s, text) && line_arguments(s->arena, s->line.words,
	    s->line.count, table, s->values, &s->err);
}

static void
word_is(const struct sample *s, size_t i, const char *word, bool plain)
{
	ck_assert_uint_lt(i, s->line.count);
	ck_assert(lift_text_equal(s->line.words[i].text, lift_text(word)));
	ck_assert_int_eq(s->line.words[i].plain, plain);
}

static void
refused(struct sample *s, bool done, const char *sentence)
{
	ck_assert(!done);
	ck_assert_ptr_nonnull(strstr(s->err.text, sentence));
}

START_TEST(quotes_hold_words_together)
{
	struct sample s = { .arena = NULL };

	ck_assert(reads(&s, " a  \"b c\"\t\"\" d\"e f\"g --x=\"y z\" "
	    "\"\\\"\\\\\\n\\t\\u00e9\\ud83d\\ude00\" "));
	ck_assert_uint_eq(s.line.count, 6);
	word_is(&s, 0, "a", true);
	word_is(&s, 1, "b c", false);
	word_is(&s, 2, "", false);
	word_is(&s, 3, "de fg", true);
	word_is(&s, 4, "--x=y z", true);
	word_is(&s, 5, "\"\\\n\t\xc3\xa9\xf0\x9f\x98\x80", false);
	ck_assert(reads(&s, ""));
	ck_assert_uint_eq(s.line.count, 0);
	arena_free(s.arena);
}
END_TEST

START_TEST(words_with_an_at_come_first)
{
	struct sample s = { .arena = NULL };

	ck_assert(reads(&s, "@json @fields=a,b @noheader @upload "
	    "@as=observer @id=7 tap @json"));
	ck_assert_int_eq(s.line.form, REPLY_JSON);
	ck_assert(s.line.headless && s.line.upload);
	ck_assert(lift_text_equal(s.line.fields, lift_text("a,b")));
	ck_assert(lift_text_equal(s.line.as, lift_text("observer")));
	ck_assert(lift_text_equal(s.line.id, lift_text("7")));
	ck_assert_uint_eq(s.line.count, 2);
	refused(&s, reads(&s, "@xml tap"), "\"@xml\" must be one of");
	refused(&s, reads(&s, "@xml @upload tap"), "\"@xml\" must be one of");
	ck_assert(s.line.upload);
	refused(&s, reads(&s, "@upload tap \"x"), "opened and not closed");
	ck_assert(s.line.upload);
	arena_free(s.arena);
}
END_TEST

START_TEST(a_line_that_is_off_is_refused_with_a_sentence)
{
	static const char *const escapes[] = { "\"\\x\"", "\"\\u12\"",
		"\"\\ud800\"", "\"\\ude00\"", "\"\\u0000\"", "\"\\" };
	struct sample s = { .arena = NULL };
	char many[4000];

	for (size_t i = 0; i < 6; i++)
		refused(&s, reads(&s, escapes[i]), "an escape in quotes");
	refused(&s, reads(&s, "a\001"), "byte 2 of the request is a control");
	refused(&s, reads(&s, "\xff"), "no UTF-8");
	for (size_t i = 0; i + 1 < sizeof(many); i++)
		many[i] = i % 2 ? ' ' : 'w';
	many[sizeof(many) - 1] = '\0';
	refused(&s, reads(&s, many), "more than 1024 words");
	arena_free(s.arena);
}
END_TEST

START_TEST(words_fill_what_has_no_name_yet)
{
	struct sample s = { .arena = NULL };

	ck_assert(binds(&s, "A-1 7"));
	ck_assert_int_eq(s.values[0].type, LIFT_TEXT);
	ck_assert_int_eq(s.values[2].whole, 7);
	ck_assert_int_eq(s.values[3].type, LIFT_NULL);
	ck_assert(binds(&s, "--alert A-1 --dry-run 8"));
	ck_assert_int_eq(s.values[2].whole, 8);
	ck_assert(s.values[3].yes);
	ck_assert(binds(&s, "--dry-run false --count=-3 -- --alert"));
	ck_assert(!s.values[3].yes);
	ck_assert_int_eq(s.values[2].whole, -3);
	ck_assert_uint_eq(s.values[0].size, 7);
	ck_assert(binds(&s, "\"--alert\" --count 1"));
	ck_assert_uint_eq(s.values[0].size, 7);
	arena_free(s.arena);
}
END_TEST

START_TEST(arguments_that_are_off_are_refused_with_a_sentence)
{
	struct sample s = { .arena = NULL };

	refused(&s, binds(&s, "--cuont 1"), "\"--cuont\", perhaps you mean "
	    "--count");
	refused(&s, binds(&s, "--alert"), "--alert wants a value");
	refused(&s, binds(&s, "--alert --count 1"), "--alert wants a value");
	refused(&s, binds(&s, "--count x"), "count is \"x\"");
	refused(&s, binds(&s, "--count 1 --count 2"), "count is given twice");
	refused(&s, binds(&s, "--file x"), "follows in chunks");
	refused(&s, binds(&s, "a 1 true b"), "\"b\" is one word too many");
	refused(&s, binds(&s, "--=x"), "there is no argument \"--\"");
	arena_free(s.arena);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("line");
	Suite *suite = suite_create("line");

	tcase_add_test(tests, quotes_hold_words_together);
	tcase_add_test(tests, words_with_an_at_come_first);
	tcase_add_test(tests,
	    a_line_that_is_off_is_refused_with_a_sentence);
	tcase_add_test(tests, words_fill_what_has_no_name_yet);
	tcase_add_test(tests,
	    arguments_that_are_off_are_refused_with_a_sentence);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
