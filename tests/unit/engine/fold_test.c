/* What the fold promises: the same log gives the same effects; order inside of
 * the disorder does not matter; time comes from entries. */
#include "shop.h"

static const char *const products[] = { "LAMP", "DESK", "SOFA", "RUG" };

/* A busy half hour: 900 purchases, a tick a second. */
static void
busy_hours(struct shop *s)
{
	uint64_t random = 1;

	for (int64_t second = 0; second < 1800; second++) {
		if (second % 2 == 0) {
			random = hash_mix(random, 5);
			shop_buy(s, second, products[random % 4]);
		}
		shop_tick(s, second);
	}
}

START_TEST(the_same_log_twice_is_the_same_to_the_last_byte)
{
	struct shop a, b;

	shop_open(&a, "");
	shop_open(&b, "");
	busy_hours(&a);
	busy_hours(&b);
	ck_assert_uint_gt(shop_times(&a.effects, "tally "), 50);
	ck_assert_str_eq(a.effects.data, b.effects.data);
	ck_assert(shop_same(sandbox_digest(a.sandbox),
	    sandbox_digest(b.sandbox)));
	shop_buy(&b, 1800, "LAMP");
	ck_assert(!shop_same(sandbox_digest(a.sandbox),
	    sandbox_digest(b.sandbox)));
	shop_close(&a);
	shop_close(&b);
}
END_TEST

/* Purchases of 600 s; each is swapped with one up to nine seconds away. */
static void
shuffled(struct shop *s, uint64_t seed)
{
	int64_t order[600];

	for (int64_t i = 0; i < 600; i++)
		order[i] = i;
	for (int64_t i = 0; seed != 0 && i + 10 < 600; i += 10)
		for (int64_t k = 9; k > 0; k--) {
			seed = hash_mix(seed, 7);
			int64_t j = (int64_t)(seed % (uint64_t)(k + 1));
			int64_t keep = order[i + k];
			order[i + k] = order[i + j];
			order[i + j] = keep;
		}
	for (int64_t i = 0; i < 600; i++)
		shop_buy(s, order[i], products[order[i] % 4]);
	for (int64_t i = 600; i < 700; i++)
		shop_tick(s, i);
}

START_TEST(order_inside_the_disorder_changes_no_window)
{
	struct shop a, b;

	shop_open(&a, "");
	shuffled(&a, 0);
	const char *expected = shop_set(&a, "tally");
	ck_assert_uint_eq(shop_times(&a.effects, "tally "), 40);
	for (uint64_t seed = 1; seed < 20; seed++) {
		shop_open(&b, "");
		shuffled(&b, seed);
		ck_assert_str_eq(shop_set(&b, "tally"), expected);
		ck_assert_uint_eq(shop_times(&b.effects, "late "), 0);
		shop_close(&b);
	}
	shop_close(&a);
}
END_TEST

START_TEST(an_idle_source_does_not_freeze_windows)
{
	struct shop s;

	shop_open(&s, "");
	struct lift_entry silent = shop_purchase(&s, 1, "DESK");
	silent.source = 2;
	shop_fold(&s, &silent);
	for (int64_t second = 2; second < 200; second++) {
		shop_buy(&s, second, "LAMP");
		shop_tick(&s, second);
		/* Source 2 holds its window open for 30 s, and no longer. */
		if (second == 29)
			ck_assert_uint_eq(shop_times(&s.effects, "tally "), 0);
	}
	ck_assert_uint_eq(shop_times(&s.effects, "\"LAMP\""), 3);
	ck_assert_uint_eq(shop_times(&s.effects, "\"DESK\""), 1);
	shop_close(&s);
}
END_TEST

START_TEST(ticks_alone_close_the_last_window)
{
	struct shop s;

	shop_open(&s, "");
	shop_buy(&s, 5, "LAMP");
	for (int64_t second = 6; second < 69; second++)
		shop_tick(&s, second);
	ck_assert_uint_eq(shop_times(&s.effects, "tally "), 0);
	for (int64_t second = 69; second < 72; second++)
		shop_tick(&s, second);
	ck_assert_uint_eq(shop_times(&s.effects, "tally "), 1);
	ck_assert_uint_eq(shop_times(&s.effects, "\"revenue\":2.50"), 1);
	shop_close(&s);
}
END_TEST

START_TEST(a_fast_clock_does_not_close_windows)
{
	struct shop s;

	shop_open(&s, "");
	shop_buy(&s, 5, "LAMP");
	struct lift_entry fast = shop_purchase(&s, 500, "DESK");
	fast.received = T0 + 6 * LIFT_SECOND;
	shop_fold(&s, &fast);
	shop_tick(&s, 7);
	shop_buy(&s, 8, "LAMP");
	ck_assert_uint_eq(shop_times(&s.effects, "tally "), 0);
	ck_assert_uint_eq(shop_times(&s.effects, "late "), 0);
	shop_close(&s);
}
END_TEST

START_TEST(late_entries_inside_the_lateness_revise_a_window)
{
	struct shop s;

	shop_open(&s, "");
	shop_buy(&s, 5, "LAMP");
	shop_buy(&s, 100, "DESK");
	ck_assert_uint_eq(shop_times(&s.effects, "\"revision\":0"), 1);
	for (int64_t i = 1; i < 4; i++) {
		struct lift_entry e = shop_purchase(&s, 5 + i, "LAMP");
		e.received = T0 + 101 * LIFT_SECOND;
		shop_fold(&s, &e);
	}
	ck_assert_uint_eq(shop_times(&s.effects, "\"revision\":1,\"count\":2"),
	    1);
	ck_assert_uint_eq(shop_times(&s.effects, "\"revision\":3,\"count\":4"),
	    1);
	ck_assert_uint_eq(shop_times(&s.effects, "late "), 0);
	shop_close(&s);
}
END_TEST

START_TEST(what_comes_after_the_lateness_is_listed_and_revises_nothing)
{
	struct shop s;

	shop_open(&s, "");
	shop_buy(&s, 5, "LAMP");
	shop_buy(&s, 4000, "DESK");
	struct lift_entry e = shop_purchase(&s, 6, "LAMP");
	e.received = T0 + 4001 * LIFT_SECOND;
	shop_fold(&s, &e);
	shop_tick(&s, 4002);
	ck_assert_uint_eq(shop_times(&s.effects, "late "), 1);
	ck_assert_uint_eq(shop_times(&s.effects, "\"event\":\"LAMP@6\""), 1);
	ck_assert_uint_eq(shop_times(&s.effects,
	    "older than the watermark less the allowed lateness"), 1);
	ck_assert_uint_eq(shop_times(&s.effects, "\"revision\":1"), 0);
	/* It belongs into the shopper's history all the same. */
	ck_assert_uint_eq(world_shopper(engine_world(s.engine), 3)->purchases,
	    3);
	shop_close(&s);
}
END_TEST

#define BEGIN_BACKFILL	\
	"{\"name\":\"old shop\",\"class\":\"backfill\",\"rows\":12}"
#define END_BACKFILL	"{\"name\":\"old shop\",\"state\":\"end\"}"

START_TEST(a_backfill_has_its_own_time_and_live_entries_wait)
{
	struct shop s;

	shop_open(&s, "");
	shop_buy(&s, 100000, "DESK");
	shop_tick(&s, 100001);
	shop_body(&s, LIFT_ENTRY_SOURCE, 5, BEGIN_BACKFILL);
	shop_buy(&s, 100002, "SOFA");
	ck_assert_uint_gt(engine_deferred(s.engine), 0);
	for (int64_t second = 0; second < 200; second += 10) {
		struct lift_entry e = shop_purchase(&s, second, "LAMP");
		e.source = 5;
		e.received = T0 + 100002 * LIFT_SECOND;
		shop_fold(&s, &e);
		shop_tick(&s, 100003 + second / 10);
	}
	/* The windows of a day ago were judged by their own time. */
	ck_assert_uint_eq(shop_times(&s.effects, "\"LAMP\""), 3);
	ck_assert_uint_eq(shop_times(&s.effects, "late "), 0);
	ck_assert_uint_eq(shop_times(&s.effects, "\"SOFA\""), 0);
	struct lift_moment m = watermark_moment(engine_watermark(s.engine));
	ck_assert_int_eq(m.now, T0 + 190 * LIFT_SECOND);
	shop_body(&s, LIFT_ENTRY_SOURCE, 5, END_BACKFILL);
	ck_assert_uint_eq(engine_deferred(s.engine), 0);
	for (int64_t second = 100030; second < 100130; second++)
		shop_tick(&s, second);
	ck_assert_uint_eq(shop_times(&s.effects, "\"LAMP\""), 4);
	ck_assert_uint_eq(shop_times(&s.effects, "\"SOFA\""), 1);
	ck_assert_uint_eq(shop_times(&s.effects, "late "), 0);
	shop_close(&s);
}
END_TEST

START_TEST(what_waits_is_bounded_and_says_when_it_is_full)
{
	struct engine_settings settings = shop_settings;
	struct shop s;

	settings.deferred_most = 500;
	shop_open_with(&s, "", &settings);
	shop_body(&s, LIFT_ENTRY_SOURCE, 5, BEGIN_BACKFILL);
	ck_assert(!engine_is_full(s.engine));
	for (int64_t i = 0; i < 20; i++)
		shop_buy(&s, i, "LAMP");
	ck_assert(engine_is_full(s.engine));
	shop_body(&s, LIFT_ENTRY_SOURCE, 5, END_BACKFILL);
	ck_assert(!engine_is_full(s.engine));
	shop_close(&s);
}
END_TEST

/* ---- snapshots in the middle ----------------------------------------- */

static void
part_write(void *context, const void *data, size_t size)
{
	text_add(context, data, size);
}

static void
move_state(struct shop *from, struct shop *to)
{
	const char *name;
	uint32_t version;
	struct lift_error err;

	for (unsigned i = 0;
	    (name = engine_part(from->engine, i, &version)) != NULL; i++) {
		struct text bytes = { 0 };
		struct state_out out = { part_write, &bytes };
		engine_save(from->engine, i, &out);
		ck_assert_msg(engine_load(to->engine, name, version,
		    text_view(&bytes), &err), "%s", err.text);
		text_done(&bytes);
	}
	engine_resume(to->engine, engine_seq(from->engine));
	to->seq = from->seq;
}

static const char *const busy_rules =
	"hooks:\n"
	"  - name: revenue\n"
	"    on: tally\n"
	"    when: count > 3 && product.known\n"
	"    mode: act\n"
	"    do: [ { bell.ring: { text: \"${product.id} ${count}\" } } ]\n";

static void
busy_day(struct shop *s, int from, int to)
{
	for (int i = from; i < to; i++) {
		if (i == 20)
			shop_body(s, LIFT_ENTRY_CALL, 0, "{\"verb\":"
			    "\"products.put\",\"arguments\":{\"id\":\"LAMP\","
			    "\"price\":\"30.00 EUR\",\"tags\":[\"a\",\"bc\"],"
			    "\"attributes\":{\"size\":3,\"red\":true}}}");
		if (i == 30)
			shop_body(s, LIFT_ENTRY_CALL, 0, "{\"verb\":"
			    "\"promotions.put\",\"arguments\":{\"id\":\"P\","
			    "\"products\":[\"LAMP\",\"BED\"],\"price\":"
			    "\"20.00 EUR\"}}");
		if (i == 300)
			shop_body(s, LIFT_ENTRY_SOURCE, 5, BEGIN_BACKFILL);
		if (i == 400)
			shop_body(s, LIFT_ENTRY_SOURCE, 5, END_BACKFILL);
		struct lift_entry e = shop_purchase(s, i, products[i % 3]);
		if (i > 300 && i < 400 && i % 2) {
			e.source = 5;
			e.time -= LIFT_DAY;
		}
		shop_fold(s, &e);
		if (i == 200) {
			e = shop_purchase(s, 7, "LAMP");
			e.received = T0 + i * LIFT_SECOND;
			shop_fold(s, &e);
		}
		shop_tick(s, i);
	}
}

START_TEST(a_snapshot_in_the_middle_changes_nothing)
{
	static const int cuts[] = { 0, 10, 25, 70, 199, 301, 350, 399, 450 };
	struct shop whole, a, b;

	shop_open(&whole, busy_rules);
	busy_day(&whole, 0, 600);
	ck_assert_uint_gt(shop_times(&whole.effects, "rung "), 3);
	ck_assert_uint_gt(shop_times(&whole.effects, "\"revision\":1"), 0);
	for (unsigned i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		shop_open(&a, busy_rules);
		busy_day(&a, 0, cuts[i]);
		shop_open(&b, busy_rules);
		move_state(&a, &b);
		ck_assert(shop_same(sandbox_digest(a.sandbox),
		    sandbox_digest(b.sandbox)));
		busy_day(&b, cuts[i], 600);
		text_add(&a.effects, text_view(&b.effects).data,
		    b.effects.size);
		ck_assert_str_eq(a.effects.data, whole.effects.data);
		ck_assert(shop_same(sandbox_digest(b.sandbox),
		    sandbox_digest(whole.sandbox)));
		shop_close(&a);
		shop_close(&b);
	}
	shop_close(&whole);
}
END_TEST

START_TEST(effects_come_in_the_order_of_seq_and_ordinal)
{
	unsigned long long seq = 0, next_seq;
	unsigned ordinal = 0, next, count = 0;
	struct shop s;

	shop_open(&s, busy_rules);
	busy_day(&s, 0, 600);
	/* Those of live entries that waited for the backfill too: a reader that
	 * goes by seq must not miss them. */
	for (const char *at = s.effects.data; (at = strchr(at, '|')); count++) {
		ck_assert_int_eq(sscanf(at++, "|%llu.%u", &next_seq, &next),
		    2);
		ck_assert(next_seq > seq || count == 0 ||
		    (next_seq == seq && next > ordinal));
		seq = next_seq;
		ordinal = next;
	}
	ck_assert_uint_gt(count, 20);
	shop_close(&s);
}
END_TEST

START_TEST(judging_in_slices_gives_the_same_windows)
{
	struct engine_settings settings = shop_settings;
	struct shop a, b;

	settings.slice = 1;
	shop_open(&a, "");
	shop_open_with(&b, "", &settings);
	busy_hours(&a);
	busy_hours(&b);
	ck_assert_str_eq(shop_set(&a, "tally"), shop_set(&b, "tally"));
	shop_close(&a);
	shop_close(&b);
}
END_TEST

START_TEST(history_is_judged_in_larger_slices)
{
	struct engine_settings settings = shop_settings;
	struct shop s;

	settings.slice = 1;
	shop_open_with(&s, "", &settings);
	for (int i = 0; i < 4; i++)
		shop_buy(&s, 5, products[i]);
	shop_buy(&s, 200, "LAMP");
	ck_assert_uint_eq(shop_times(&s.effects, "tally "), 1);
	shop_close(&s);
	shop_open_with(&s, "", &settings);
	shop_body(&s, LIFT_ENTRY_SOURCE, 1, BEGIN_BACKFILL);
	for (int i = 0; i < 4; i++)
		shop_buy(&s, 5, products[i]);
	shop_buy(&s, 200, "LAMP");
	ck_assert_uint_eq(shop_times(&s.effects, "tally "), 4);
	shop_close(&s);
}
END_TEST

START_TEST(an_id_begins_with_the_time_of_its_effect)
{
	struct shop s;
	char begins[32];

	shop_open(&s, "");
	shop_buy(&s, 5, "LAMP");
	shop_tick(&s, 75);
	snprintf(begins, sizeof(begins), "tally %08llx",
	    (unsigned long long)(T0 / LIFT_SECOND + 60));
	ck_assert_uint_eq(shop_times(&s.effects, begins), 1);
	ck_assert_uint_eq(shop_times(&s.effects, "tally "), 1);
	shop_close(&s);
}
END_TEST

START_TEST(a_muted_fold_is_silent_and_ends_in_the_same_state)
{
	struct shop a, b;

	shop_open(&a, busy_rules);
	shop_open(&b, busy_rules);
	engine_mute(b.engine, true);
	busy_day(&a, 0, 250);
	busy_day(&b, 0, 250);
	ck_assert_uint_eq(b.effects.size, 0);
	ck_assert_str_eq(a.called.data, b.called.data);
	ck_assert(shop_same(sandbox_digest(a.sandbox),
	    sandbox_digest(b.sandbox)));
	shop_close(&a);
	shop_close(&b);
}
END_TEST

START_TEST(rules_met_in_the_log_come_into_use)
{
	struct shop s;

	shop_open(&s, "");
	shop_buy(&s, 1, "LAMP");
	shop_body(&s, LIFT_ENTRY_RULES, 0, "{\"generation\":9,\"files\":["
	    "{\"name\":\"r.yaml\",\"text\":\"hooks:\\n  - name: any\\n"
	    "    on: purchase\\n\"}]}");
	shop_buy(&s, 2, "LAMP");
	ck_assert_uint_eq(shop_times(&s.effects, "fired "), 1);
	ck_assert_uint_eq(shop_times(&s.effects, "\"generation\":9"), 1);
	ck_assert_uint_eq(engine_generation(s.engine)->number, 9);
	/* Rules that do not check leave the ones in use. */
	shop_body(&s, LIFT_ENTRY_RULES, 0, "{\"generation\":10,\"files\":["
	    "{\"name\":\"r.yaml\",\"text\":\"hocks: 1\"}]}");
	ck_assert_uint_eq(engine_generation(s.engine)->number, 9);
	shop_close(&s);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("fold");

	tcase_add_test(tests, the_same_log_twice_is_the_same_to_the_last_byte);
	tcase_add_test(tests, order_inside_the_disorder_changes_no_window);
	tcase_add_test(tests, an_idle_source_does_not_freeze_windows);
	tcase_add_test(tests, ticks_alone_close_the_last_window);
	tcase_add_test(tests, a_fast_clock_does_not_close_windows);
	tcase_add_test(tests, late_entries_inside_the_lateness_revise_a_window);
	tcase_add_test(tests,
	    what_comes_after_the_lateness_is_listed_and_revises_nothing);
	tcase_add_test(tests,
	    a_backfill_has_its_own_time_and_live_entries_wait);
	tcase_add_test(tests, what_waits_is_bounded_and_says_when_it_is_full);
	tcase_add_test(tests, a_snapshot_in_the_middle_changes_nothing);
	tcase_add_test(tests,
	    effects_come_in_the_order_of_seq_and_ordinal);
	tcase_add_test(tests, judging_in_slices_gives_the_same_windows);
	tcase_add_test(tests, history_is_judged_in_larger_slices);
	tcase_add_test(tests, an_id_begins_with_the_time_of_its_effect);
	tcase_add_test(tests,
	    a_muted_fold_is_silent_and_ends_in_the_same_state);
	tcase_add_test(tests, rules_met_in_the_log_come_into_use);
	return shop_run(tests, "fold");
}
