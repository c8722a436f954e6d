/* Where brackets end, compared with counting them one by one. */
#include "run.h"

#include "base/bracket.h"

/* The same thing, as simple as can be: -1 open, -2 wrong, or where it ends. */
static int
by_hand(const char *s, int size)
{
	char opened[300];
	int depth = 0;
	bool in_string = false;

	for (int i = 0; i < size; i++) {
		if (in_string && s[i] == '\\')
			i++;
		else if (s[i] == '"')
			in_string = !in_string;
		else if (!in_string && (s[i] == '{' || s[i] == '['))
			opened[depth++] = s[i];
		else if (!in_string && (s[i] == '}' || s[i] == ']')) {
			if (opened[--depth] != (s[i] == '}' ? '{' : '['))
				return -2;
			if (depth == 0)
				return i + 1;
		}
	}
	return -1;
}

/* Passes over S in two pieces. */
static int
in_pieces(const char *s, int size, int cut)
{
	struct bracket b = { 0 };
	const char *at = s;
	enum bracket_state state = bracket_pass(&b, &at, s + cut);

	if (state == BRACKET_OPEN) {
		ck_assert_ptr_eq(at, s + cut);
		state = bracket_pass(&b, &at, s + size);
	}
	return state == BRACKET_CLOSED ? (int)(at - s) :
	    state == BRACKET_WRONG ? -2 : -1;
}

START_TEST(brackets_end_where_counting_says_wherever_they_are_cut)
{
	static const char *const cases[] = { "{}", "[]x", "{\"a\":[1,2]} {}",
		"{\"}\":\"]]]]]]]]]]]]]]]]]]]]\"},", "[\"\\\"]\",\"\\\\\"]]",
		"{\"a\":{\"b\":[[],{},\"\xc3\xa9{\"]},\"c\":\"{{{{{{{{{{{{{{"
		"{{{{{{\"}   ,", "{]", "[}", "{\"a\":[}", "[[[[[[[[[[[[[[[[[[["
		"]]]]]]]]]]]]]]]]]]]", "{\"open", "[\"12345678901234\\\"6\"]",
		"[\"1234567890123\\\\\",\"]\"]", "{\"\\\\\\\\\\\"}\":1}" };

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int size = (int)strlen(cases[i]);
		for (int cut = 0; cut <= size; cut++)
			ck_assert_msg(in_pieces(cases[i], size, cut) ==
			    by_hand(cases[i], size), "%s, cut at %d",
			    cases[i], cut);
	}
}
END_TEST

START_TEST(any_mix_of_brackets_quotes_and_escapes_ends_where_counting_says)
{
	/* Every other round without escapes, and few that close. */
	static const char *const kinds[] = {
		"{}[]\"\\a\x7f \xe9{}\"[]a", "{[ab\"c:\x7f 1\xe9{}[]." };
	uint32_t state = 1;
	char s[300];

	for (int round = 0; round < 200000; round++) {
		int size = 1 + round % 299;
		const char *letters = kinds[round / 2 % 2];
		s[0] = round % 2 ? '{' : '[';
		for (int i = 1; i < size; i++) {
			state = state * 1664525 + 1013904223;
			s[i] = letters[state >> 28];
		}
		state = state * 1664525 + 1013904223;
		ck_assert_msg(in_pieces(s, size, (int)(state >> 8) % size) ==
		    by_hand(s, size), "%.*s", size, s);
	}
}
END_TEST

START_TEST(deeper_than_kinds_are_known_brackets_still_count)
{
	enum { DEEP = 5000 };
	static char s[2 * DEEP];
	struct bracket b = { 0 };
	const char *at = s;

	memset(s, '[', DEEP);
	memset(s + DEEP, ']', DEEP);
	ck_assert_int_eq(bracket_pass(&b, &at, s + 2 * DEEP),
	    BRACKET_CLOSED);
	ck_assert_ptr_eq(at, s + 2 * DEEP);
	s[2 * DEEP - 1] = '}';
	at = s;
	ck_assert_int_eq(bracket_pass(&b, &at, s + 2 * DEEP), BRACKET_WRONG);
	ck_assert_ptr_eq(at, s + 2 * DEEP - 1);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("bracket");

	tcase_add_test(tests,
	    brackets_end_where_counting_says_wherever_they_are_cut);
	tcase_add_test(tests,
	    any_mix_of_brackets_quotes_and_escapes_ends_where_counting_says);
	tcase_add_test(tests,
	    deeper_than_kinds_are_known_brackets_still_count);
	return run_tests(tests, "bracket");
}
