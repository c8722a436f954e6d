/* How far event time has come, by source. Times are in seconds. */
#include "shop.h"

static const struct watermark_settings settings = { 10 * LIFT_SECOND,
	100 * LIFT_SECOND, 30 * LIFT_SECOND };

static void
note(struct watermark *w, uint32_t source, int64_t time, int64_t received)
{
	watermark_note(w, &(struct lift_entry){ .source = source,
		.time = time * LIFT_SECOND,
		.received = received * LIFT_SECOND });
}

static int64_t
mark(const struct watermark *w)
{
	return watermark_moment(w).watermark / LIFT_SECOND;
}

START_TEST(it_is_the_least_over_the_sources_less_the_disorder)
{
	struct watermark *w = watermark_new(&settings);

	note(w, 1, 1000, 1000);
	ck_assert_int_eq(mark(w), 990);
	note(w, 2, 1005, 1005);
	note(w, 1, 1020, 1020);
	ck_assert_int_eq(mark(w), 995);
	note(w, 2, 1050, 1050);
	ck_assert_int_eq(mark(w), 1010);
	ck_assert_int_eq(watermark_moment(w).horizon, 910 * LIFT_SECOND);
	watermark_free(w);
	watermark_free(NULL);
}
END_TEST

START_TEST(it_never_goes_back)
{
	struct watermark *w = watermark_new(&settings);

	note(w, 1, 1000, 1000);
	note(w, 1, 900, 1001);
	note(w, 2, 950, 1002);
	ck_assert_int_eq(mark(w), 990);
	watermark_tick(w, 500 * LIFT_SECOND);
	ck_assert_int_eq(mark(w), 990);
	watermark_free(w);
}
END_TEST

START_TEST(a_fast_clock_counts_with_what_the_receiver_saw)
{
	struct watermark *w = watermark_new(&settings);

	note(w, 1, 5000, 1000);
	ck_assert_int_eq(mark(w), 990);
	watermark_free(w);
}
END_TEST

START_TEST(a_silent_source_stops_counting_and_counts_when_it_speaks)
{
	struct watermark *w = watermark_new(&settings);

	note(w, 1, 1000, 1000);
	note(w, 2, 1000, 1000);
	note(w, 1, 1020, 1020);
	watermark_tick(w, 1029 * LIFT_SECOND);
	ck_assert_int_eq(mark(w), 990);
	watermark_tick(w, 1031 * LIFT_SECOND);
	ck_assert_int_eq(mark(w), 1010);
	note(w, 2, 1031, 1031);
	note(w, 1, 1045, 1045);
	ck_assert_int_eq(mark(w), 1021);
	/* When all are silent, the ticks go on. */
	watermark_tick(w, 2000 * LIFT_SECOND);
	ck_assert_int_eq(mark(w), 1990);
	watermark_free(w);
}
END_TEST

START_TEST(an_ended_source_holds_nothing_back)
{
	struct watermark *w = watermark_new(&settings);

	watermark_open(w, 1, SOURCE_LIVE, LIFT_TEXT_OF("web"));
	note(w, 1, 1000, 1000);
	note(w, 2, 1100, 1100);
	ck_assert_int_eq(mark(w), 990);
	watermark_end(w, 1);
	note(w, 2, 1101, 1101);
	ck_assert_int_eq(mark(w), 1091);
	ck_assert(lift_text_equal(watermark_name(w, 1),
	    LIFT_TEXT_OF("web")));
	ck_assert_uint_eq(watermark_name(w, 77).size, 0);
	watermark_free(w);
}
END_TEST

START_TEST(late_is_what_is_older_than_mark_and_lateness)
{
	struct watermark *w = watermark_new(&settings);

	ck_assert_ptr_null(watermark_late(w, 0));
	note(w, 1, 1000, 1000);
	ck_assert_ptr_null(watermark_late(w, 890 * LIFT_SECOND));
	ck_assert_str_eq(watermark_late(w, 890 * LIFT_SECOND - 1),
	    "older than the watermark less the allowed lateness");
	watermark_free(w);
}
END_TEST

START_TEST(a_backfill_has_a_clock_of_its_own)
{
	struct watermark *w = watermark_new(&settings);

	note(w, 1, 10000, 10000);
	watermark_open(w, 2, SOURCE_BACKFILL, LIFT_TEXT_OF("old"));
	ck_assert_uint_eq(watermark_offline(w), 2);
	note(w, 2, 500, 10000);
	ck_assert_int_eq(mark(w), 490);
	ck_assert_int_eq(watermark_moment(w).now, 500 * LIFT_SECOND);
	ck_assert_ptr_null(watermark_late(w, 400 * LIFT_SECOND));
	ck_assert_str_eq(watermark_late(w, 300 * LIFT_SECOND), "older than "
	    "this source's watermark less the allowed lateness");
	/* From 9990 on live windows have been judged; up to 9890 is late. */
	note(w, 2, 20000, 10001);
	watermark_end(w, 2);
	ck_assert_uint_eq(watermark_offline(w), 0);
	ck_assert_int_eq(mark(w), 9990);
	watermark_free(w);
}
END_TEST

START_TEST(a_backfill_cannot_change_what_the_live_stream_has_judged)
{
	struct watermark *w = watermark_new(&settings);

	note(w, 1, 1000, 1000);
	note(w, 1, 2000, 2000);
	watermark_open(w, 2, SOURCE_BACKFILL, LIFT_TEXT_OF("old"));
	note(w, 2, 900, 2000);
	ck_assert_ptr_null(watermark_late(w, 950 * LIFT_SECOND));
	ck_assert_str_eq(watermark_late(w, 1500 * LIFT_SECOND),
	    "the live stream has judged this time already");
	ck_assert_ptr_null(watermark_late(w, 1900 * LIFT_SECOND));
	watermark_free(w);
}
END_TEST

START_TEST(time_goes_on_from_the_end_of_a_backfill_while_nobody_is_live)
{
	struct watermark *w = watermark_new(&settings);

	watermark_tick(w, 9000 * LIFT_SECOND);
	ck_assert_int_eq(mark(w), 8990);
	watermark_open(w, 2, SOURCE_BACKFILL, LIFT_TEXT_OF("monday"));
	note(w, 2, 500, 9000);
	watermark_end(w, 2);
	ck_assert_int_eq(mark(w), 490);
	watermark_tick(w, 9001 * LIFT_SECOND);
	ck_assert_int_eq(mark(w), 491);
	ck_assert_int_eq(watermark_moment(w).now, 501 * LIFT_SECOND);
	/* One that ends before it has told anything changes nothing. */
	watermark_open(w, 3, SOURCE_BACKFILL, LIFT_TEXT_OF("tuesday"));
	watermark_end(w, 3);
	watermark_tick(w, 9002 * LIFT_SECOND);
	ck_assert_int_eq(mark(w), 492);
	/* Not by the time that liftd was away, and not beyond what may still
	 * be revised. */
	watermark_tick(w, 9902 * LIFT_SECOND);
	ck_assert_int_eq(mark(w), 502);
	for (int64_t at = 10000; at < 12000; at += 9)
		watermark_tick(w, at * LIFT_SECOND);
	ck_assert_int_eq(mark(w), 590);
	/* What comes after what was told is not late, up to now. */
	watermark_open(w, 3, SOURCE_BACKFILL, LIFT_TEXT_OF("tuesday"));
	note(w, 3, 800, 12000);
	ck_assert_ptr_null(watermark_late(w, 11000 * LIFT_SECOND));
	watermark_end(w, 3);
	ck_assert_int_eq(mark(w), 790);
	note(w, 1, 12000, 12001);
	ck_assert_int_eq(mark(w), 11990);
	watermark_free(w);
}
END_TEST

static void
part_write(void *context, const void *data, size_t size)
{
	text_add(context, data, size);
}

START_TEST(a_snapshot_keeps_all_of_it)
{
	struct watermark *w = watermark_new(&settings), *v;
	struct text a = { 0 }, b = { 0 };
	struct state_out out = { part_write, &a }, again = { part_write, &b };

	note(w, 1, 1000, 1000);
	note(w, 3, 990, 1001);
	watermark_tick(w, 1040 * LIFT_SECOND);
	watermark_open(w, 2, SOURCE_SIMULATED, LIFT_TEXT_OF("dream"));
	note(w, 2, 77, 1001);
	watermark_save(w, &out);
	v = watermark_new(&settings);
	struct state_in in = { a.data, a.data + a.size, false };
	ck_assert(watermark_load(v, &in));
	watermark_save(v, &again);
	ck_assert_uint_eq(a.size, b.size);
	ck_assert_mem_eq(a.data, b.data, a.size);
	for (size_t cut = 0; cut < a.size; cut++) {
		struct watermark *x = watermark_new(&settings);
		in = (struct state_in){ a.data, a.data + cut, false };
		ck_assert(!watermark_load(x, &in));
		watermark_free(x);
	}
	watermark_free(w);
	watermark_free(v);
	text_done(&a);
	text_done(&b);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("watermark");

	tcase_add_test(tests,
	    it_is_the_least_over_the_sources_less_the_disorder);
	tcase_add_test(tests, it_never_goes_back);
	tcase_add_test(tests,
	    a_fast_clock_counts_with_what_the_receiver_saw);
	tcase_add_test(tests,
	    a_silent_source_stops_counting_and_counts_when_it_speaks);
	tcase_add_test(tests, an_ended_source_holds_nothing_back);
	tcase_add_test(tests, late_is_what_is_older_than_mark_and_lateness);
	tcase_add_test(tests, a_backfill_has_a_clock_of_its_own);
	tcase_add_test(tests,
	    a_backfill_cannot_change_what_the_live_stream_has_judged);
	tcase_add_test(tests,
	    time_goes_on_from_the_end_of_a_backfill_while_nobody_is_live);
	tcase_add_test(tests, a_snapshot_keeps_all_of_it);
	return shop_run(tests, "watermark");
}
