/* The tape: rows in order, the oldest make room, and nobody misses that. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "house/feed_row.h"
#include "house/tape.h"

static void
add(struct tape *t, uint64_t seq, uint32_t place, size_t size)
{
	static char bytes[4096];

	snprintf(bytes, sizeof(bytes), "%llu.%u", (unsigned long long)seq,
	    place);
	tape_add(t, &(struct tape_row){ .seq = seq, .place = place,
	    .topic = 3, .also = 3, .json = { bytes, size } });
}

static unsigned
count_from(const struct tape *t, uint64_t at, uint64_t *ret_seq)
{
	struct tape_row row;
	unsigned n = 0;

	for (; tape_read(t, at, &row); n++) {
		char want[32];
		snprintf(want, sizeof(want), "%llu.%u",
		    (unsigned long long)row.seq, row.place);
		ck_assert_int_eq(memcmp(row.json.data, want, strlen(want)),
		    0);
		if (*ret_seq != 0 && row.place == 0)
			ck_assert_uint_eq(row.seq, *ret_seq + 1);
		*ret_seq = row.seq;
		at = row.next;
	}
	return n;
}

START_TEST(rows_are_read_in_order_from_any_place)
{
	struct tape *t = tape_new(4096);
	uint64_t seq = 0;

	for (uint64_t n = 1; n <= 5; n++)
		for (uint32_t place = 0; place < 3; place++)
			add(t, n, place, 20);
	ck_assert_uint_eq(count_from(t, 0, &seq), 15);
	ck_assert_uint_eq(seq, 5);
	seq = 0;
	ck_assert_uint_eq(count_from(t, tape_seek(t, 3, 1), &seq), 7);
	seq = 0;
	ck_assert_uint_eq(count_from(t, tape_seek(t, 3, UINT32_MAX), &seq),
	    6);
	ck_assert_uint_eq(tape_seek(t, 5, 2), tape_end(t));
	ck_assert_uint_eq(tape_seek(t, 9, 0), tape_end(t));
	ck_assert_uint_eq(tape_lost(t), 0);
	tape_free(t);
}
END_TEST

START_TEST(the_oldest_rows_make_room_and_a_reader_finds_out)
{
	struct tape *t = tape_new(1024);
	uint64_t at = tape_end(t);

	for (uint64_t n = 1; n <= 1000; n++) {
		uint64_t seq = 0, rows;
		add(t, n, 0, 20 + n % 300);
		rows = count_from(t, tape_seek(t, tape_lost(t), UINT32_MAX),
		    &seq);
		/* What is not lost is there, whole. */
		ck_assert_uint_eq(seq, n);
		ck_assert_uint_eq(rows, n - tape_lost(t));
		ck_assert(tape_has_passed(t, at) == (tape_lost(t) > 0));
	}
	ck_assert_uint_gt(tape_lost(t), 990);
	ck_assert(!tape_has_passed(t, tape_end(t)));
	tape_free(t);
}
END_TEST

START_TEST(a_row_that_is_too_large_is_missed_by_everybody)
{
	struct tape *t = tape_new(1024);
	uint64_t seq = 0, at;

	add(t, 1, 0, 20);
	at = tape_end(t);
	add(t, 2, 0, 600);
	ck_assert(tape_has_passed(t, at));
	ck_assert_uint_eq(tape_lost(t), 2);
	add(t, 3, 0, 20);
	ck_assert_uint_eq(count_from(t, tape_seek(t, 2, 0), &seq), 1);
	tape_free(t);
}
END_TEST

START_TEST(a_cleared_tape_is_empty_and_goes_on)
{
	struct tape *t = tape_new(1024);
	uint64_t seq = 0, at;

	add(t, 1, 0, 20);
	tape_clear(t);
	at = tape_end(t);
	ck_assert_uint_eq(count_from(t, at, &seq), 0);
	add(t, 2, 0, 20);
	ck_assert_uint_eq(count_from(t, at, &seq), 1);
	tape_free(t);
}
END_TEST

START_TEST(a_row_of_the_store_says_where_to_go_on)
{
	struct text t = { 0 };

	feed_row_effect(&t, &(struct store_effect){ .seq = 12, .ordinal = 3,
	    .topic = LIFT_TEXT_OF("alert"), .id = LIFT_TEXT_OF("x") });
	ck_assert_ptr_nonnull(strstr(t.data, "\"type\":\"new_alert\""));
	ck_assert_ptr_nonnull(strstr(t.data, "\"resume\":\"12.3\""));
	ck_assert_str_eq(feed_row_type("action"), "action_taken");
	ck_assert_str_eq(feed_row_type("feedback"), "feedback");
	text_done(&t);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("tape");
	TCase *c = tcase_create("tape");

	tcase_add_test(c, rows_are_read_in_order_from_any_place);
	tcase_add_test(c, the_oldest_rows_make_room_and_a_reader_finds_out);
	tcase_add_test(c, a_row_that_is_too_large_is_missed_by_everybody);
	tcase_add_test(c, a_cleared_tape_is_empty_and_goes_on);
	tcase_add_test(c, a_row_of_the_store_says_where_to_go_on);
	suite_add_tcase(s, c);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
