/* Names to dense numbers. */
#include "run.h"

#include "base/intern.h"

START_TEST(numbers_are_dense_and_names_keep_theirs)
{
	struct intern *t = intern_new();
	char name[16];

	for (uint32_t i = 1; i <= 5000; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		ck_assert_uint_eq(intern_put(t, lift_text(name)), i);
	}
	for (uint32_t i = 1; i <= 5000; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		ck_assert_uint_eq(intern_put(t, lift_text(name)), i);
		ck_assert_uint_eq(intern_find(t, lift_text(name)), i);
		ck_assert(lift_text_equal(intern_name(t, i),
		    lift_text(name)));
	}
	ck_assert_uint_eq(intern_count(t), 5000);
	ck_assert_uint_eq(intern_find(t, LIFT_TEXT_OF("other")), 0);
	ck_assert_uint_eq(intern_name(t, 0).size, 0);
	ck_assert_uint_eq(intern_name(t, 5001).size, 0);
	ck_assert_uint_gt(intern_held(t), 5000);
	intern_free(t);
	intern_free(NULL);
}
END_TEST

START_TEST(a_name_may_hold_any_byte)
{
	struct intern *t = intern_new();

	ck_assert_uint_eq(intern_put(t, (struct lift_text){ "a\0b", 3 }), 1);
	ck_assert_uint_eq(intern_put(t, (struct lift_text){ "a\0c", 3 }), 2);
	ck_assert_uint_eq(intern_put(t, (struct lift_text){ "a", 1 }), 3);
	ck_assert_uint_eq(intern_put(t, (struct lift_text){ "", 0 }), 4);
	ck_assert_uint_eq(intern_find(t, (struct lift_text){ "", 0 }), 4);
	intern_free(t);
}
END_TEST

START_TEST(a_forgotten_name_leaves_its_number_to_nobody)
{
	struct intern *t = intern_new();
	char name[16];

	intern_put(t, LIFT_TEXT_OF("anna"));
	intern_put(t, LIFT_TEXT_OF("ben"));
	struct lift_text kept = intern_name(t, 1);
	intern_forget(t, 1);
	ck_assert_int_eq(kept.data[0], 0);
	ck_assert_uint_eq(intern_find(t, LIFT_TEXT_OF("anna")), 0);
	ck_assert_uint_eq(intern_name(t, 1).size, 0);
	ck_assert_uint_eq(intern_put(t, LIFT_TEXT_OF("anna")), 3);
	ck_assert_uint_eq(intern_find(t, LIFT_TEXT_OF("ben")), 2);
	intern_forget(t, 1);
	intern_forget(t, 99);
	intern_skip(t);
	ck_assert_uint_eq(intern_put(t, LIFT_TEXT_OF("carl")), 5);
	/* All of it survives that the table grows. */
	for (uint32_t i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		intern_put(t, lift_text(name));
	}
	ck_assert_uint_eq(intern_find(t, LIFT_TEXT_OF("anna")), 3);
	ck_assert_uint_eq(intern_find(t, LIFT_TEXT_OF("carl")), 5);
	intern_free(t);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("intern");

	tcase_add_test(tests, numbers_are_dense_and_names_keep_theirs);
	tcase_add_test(tests, a_name_may_hold_any_byte);
	tcase_add_test(tests, a_forgotten_name_leaves_its_number_to_nobody);
	return run_tests(tests, "intern");
}
