/* Text that grows, and how far two words are apart. */
#include "run.h"

#include "base/text.h"

START_TEST(a_text_grows_and_always_ends_in_a_zero)
{
	struct text t = { 0 };

	ck_assert_str_eq(text_view(&t).data, "");
	for (int i = 0; i < 1000; i++) {
		text_byte(&t, 'x');
		ck_assert_int_eq(t.data[t.size], 0);
	}
	ck_assert_uint_eq(t.size, 1000);
	text_clear(&t);
	ck_assert_str_eq(t.data, "");
	text_string(&t, "a");
	text_add(&t, "bcd", 2);
	text_add(&t, NULL, 0);
	text_form(&t, "%03d", 7);
	ck_assert_str_eq(t.data, "abc007");
	text_done(&t);
	ck_assert_ptr_null(t.data);
}
END_TEST

START_TEST(whole_numbers_are_written_to_their_ends)
{
	struct text t = { 0 };

	text_whole(&t, 0);
	text_byte(&t, ' ');
	text_whole(&t, INT64_MAX);
	text_byte(&t, ' ');
	text_whole(&t, INT64_MIN);
	ck_assert_str_eq(t.data,
	    "0 9223372036854775807 -9223372036854775808");
	text_done(&t);
}
END_TEST

static unsigned
distance(const char *a, const char *b)
{
	unsigned there = text_distance(lift_text(a), lift_text(b), 10);

	ck_assert_uint_eq(there, text_distance(lift_text(b), lift_text(a),
	    10));
	return there;
}

START_TEST(the_distance_of_two_words_counts_edits)
{
	char large[100];

	ck_assert_uint_eq(distance("window", "window"), 0);
	ck_assert_uint_eq(distance("windw", "window"), 1);
	ck_assert_uint_eq(distance("widnow", "window"), 2);
	ck_assert_uint_eq(distance("", "abc"), 3);
	ck_assert_uint_eq(text_distance(lift_text("abcdef"),
	    lift_text("uvwxyz"), 2), 3);
	memset(large, 'x', sizeof(large));
	ck_assert_uint_eq(text_distance((struct lift_text){ large, 100 },
	    lift_text("x"), 2), 3);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("text");

	tcase_add_test(tests, a_text_grows_and_always_ends_in_a_zero);
	tcase_add_test(tests, whole_numbers_are_written_to_their_ends);
	tcase_add_test(tests, the_distance_of_two_words_counts_edits);
	return run_tests(tests, "text");
}
