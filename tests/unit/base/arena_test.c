/* Memory that is freed together. */
#include "run.h"

#include "base/arena.h"

START_TEST(blocks_are_zeroed_and_aligned_also_after_a_clear)
{
	struct arena *a = arena_new();

	for (int round = 0; round < 3; round++) {
		for (size_t size = 1; size < 5000; size += 37) {
			char *at = arena_take(a, size);
			ck_assert_uint_eq((uintptr_t)at % 16, 0);
			for (size_t i = 0; i < size; i++)
				ck_assert_int_eq(at[i], 0);
			memset(at, 0xff, size);
		}
		arena_clear(a);
	}
	arena_free(a);
}
END_TEST

START_TEST(copies_end_in_a_zero)
{
	struct arena *a = arena_new();
	char *s = arena_copy(a, "abcdef", 3);

	ck_assert_str_eq(s, "abc");
	ck_assert_str_eq(arena_string(a, "word"), "word");
	ck_assert_str_eq(arena_form(a, "%d-%s", 7, "x"), "7-x");
	struct lift_text t = arena_text(a, LIFT_TEXT_OF("text"));
	ck_assert_uint_eq(t.size, 4);
	ck_assert_int_eq(t.data[4], 0);
	ck_assert_str_eq(arena_copy(a, NULL, 0), "");
	arena_free(a);
}
END_TEST

START_TEST(a_block_larger_than_any_is_had_too)
{
	struct arena *a = arena_new();
	char *at = arena_take(a, (size_t)8 << 20);

	at[((size_t)8 << 20) - 1] = 1;
	ck_assert_uint_ge(arena_held(a), (size_t)8 << 20);
	arena_free(a);
	arena_free(NULL);
}
END_TEST

START_TEST(a_clear_keeps_no_more_than_one_block)
{
	struct arena *a = arena_new();

	for (int i = 0; i < 1000; i++)
		arena_take(a, 4000);
	size_t before = arena_held(a);
	arena_clear(a);
	ck_assert_uint_lt(arena_held(a), before);
	size_t held = arena_held(a);
	for (int i = 0; i < 100; i++) {
		arena_take(a, 1000);
		arena_clear(a);
	}
	ck_assert_uint_eq(arena_held(a), held);
	arena_free(a);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("arena");

	tcase_add_test(tests,
	    blocks_are_zeroed_and_aligned_also_after_a_clear);
	tcase_add_test(tests, copies_end_in_a_zero);
	tcase_add_test(tests, a_block_larger_than_any_is_had_too);
	tcase_add_test(tests, a_clear_keeps_no_more_than_one_block);
	return run_tests(tests, "arena");
}
