/* The same id twice is known, within a horizon of count and time. */
#include "shop.h"

static struct lift_text
id_of(char room[24], uint64_t n)
{
	snprintf(room, 24, "id-%llu", (unsigned long long)n);
	return lift_text(room);
}

START_TEST(an_id_is_new_once)
{
	struct seen *s = seen_new(64, LIFT_DAY);

	ck_assert_int_eq(seen_horizon(s), 0);
	ck_assert(seen_admit(s, LIFT_TEXT_OF("a"), 5 * LIFT_SECOND + 1));
	ck_assert(!seen_admit(s, LIFT_TEXT_OF("a"), 6 * LIFT_SECOND));
	ck_assert(seen_admit(s, LIFT_TEXT_OF("b"), 7 * LIFT_SECOND));
	ck_assert(seen_has(s, LIFT_TEXT_OF("a")));
	ck_assert(!seen_has(s, LIFT_TEXT_OF("c")));
	ck_assert_uint_eq(seen_count(s), 2);
	ck_assert_int_eq(seen_horizon(s), 5 * LIFT_SECOND);
	seen_free(s);
	seen_free(NULL);
}
END_TEST

START_TEST(the_newest_are_remembered_when_there_are_too_many)
{
	struct seen *s = seen_new(1000, LIFT_DAY);	/* 1024 */
	char room[24];

	for (uint64_t n = 0; n < 50000; n++) {
		ck_assert(seen_admit(s, id_of(room, n), (int64_t)n));
		if (n >= 1023)
			ck_assert(seen_has(s, id_of(room, n - 1023)));
		if (n >= 1024)
			ck_assert(!seen_has(s, id_of(room, n - 1024)));
	}
	ck_assert_uint_eq(seen_count(s), 1024);
	seen_free(s);
}
END_TEST

START_TEST(what_is_too_old_is_forgotten_as_others_come)
{
	struct seen *s = seen_new(1024, LIFT_SECOND);
	char room[24];

	for (uint64_t n = 0; n < 100; n++)
		seen_admit(s, id_of(room, n), (int64_t)n);
	for (uint64_t n = 100; n < 150; n++)
		seen_admit(s, id_of(room, n), 10 * LIFT_SECOND);
	ck_assert_uint_eq(seen_count(s), 50);
	ck_assert_int_eq(seen_horizon(s), 10 * LIFT_SECOND);
	ck_assert(seen_admit(s, id_of(room, 5), 10 * LIFT_SECOND));
	seen_free(s);
}
END_TEST

static void
part_write(void *context, const void *data, size_t size)
{
	text_add(context, data, size);
}

START_TEST(a_snapshot_keeps_them_and_a_smaller_table_the_newest)
{
	struct seen *s = seen_new(256, LIFT_DAY), *same, *small;
	struct text bytes = { 0 };
	struct state_out out = { part_write, &bytes };
	char room[24];

	for (uint64_t n = 0; n < 400; n++)
		seen_admit(s, id_of(room, n), (int64_t)n * LIFT_SECOND);
	seen_save(s, &out);
	struct state_in in = { bytes.data, bytes.data + bytes.size, false };
	same = seen_new(256, LIFT_DAY);
	ck_assert(seen_load(same, &in));
	ck_assert_uint_eq(seen_count(same), 256);
	ck_assert(!seen_admit(same, id_of(room, 399),
	    500 * LIFT_SECOND));
	ck_assert_int_eq(seen_horizon(same), seen_horizon(s));
	in = (struct state_in){ bytes.data, bytes.data + bytes.size, false };
	small = seen_new(64, LIFT_DAY);
	ck_assert(seen_load(small, &in));
	ck_assert(seen_has(small, id_of(room, 399)));
	ck_assert(seen_has(small, id_of(room, 336)));
	ck_assert(!seen_has(small, id_of(room, 335)));
	in = (struct state_in){ bytes.data, bytes.data + 100, false };
	ck_assert(!seen_load(small, &in));
	seen_free(s);
	seen_free(same);
	seen_free(small);
	text_done(&bytes);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("seen");

	tcase_add_test(tests, an_id_is_new_once);
	tcase_add_test(tests,
	    the_newest_are_remembered_when_there_are_too_many);
	tcase_add_test(tests, what_is_too_old_is_forgotten_as_others_come);
	tcase_add_test(tests,
	    a_snapshot_keeps_them_and_a_smaller_table_the_newest);
	return shop_run(tests, "seen");
}
