/* Ranges of a real store: folded again they give the same digest, and with
 * other rules they say what would have been different. */
#include "engine/shop.h"

#include <unistd.h>

#include "replay/backtest.h"

struct history {
	char                  dir[64];
	struct store_settings settings;
	struct store         *store;
	struct store_reader  *reader;
	struct lift_error     err;
	uint64_t              seq;
};

static void
history_add(struct history *h, const struct lift_entry *e)
{
	struct text body = { 0 };

	entry_encode(&body, e);
	struct store_entry row = { .seq = ++h->seq, .kind = e->kind,
		.time = e->time, .received = e->received, .id = e->id,
		.body = text_view(&body) };
	struct store_batch batch = { .entries = &row, .entry_count = 1 };
	ck_assert_msg(store_commit(h->store, &batch, &h->err), "%s",
	    h->err.text);
	text_done(&body);
}

static void
history_call(struct history *h, const char *body)
{
	history_add(h, &(struct lift_entry){ .kind = LIFT_ENTRY_CALL,
		.id = lift_text(body), .time = T0, .received = T0,
		.body = lift_text(body) });
}

/* A catalogue, then 4 h with a purchase of a LAMP a minute; the price of every
 * tenth is 1, not 2.50. */
static void
history_begin(struct history *h, struct shop *s)
{
	memset(h, 0, sizeof(*h));
	strcpy(h->dir, "/tmp/liftd-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(h->dir));
	h->settings = (struct store_settings){ "sqlite", h->dir,
		STORE_PROCESS };
	h->store = store_open(&h->settings, &h->err);
	ck_assert_msg(h->store != NULL, "%s", h->err.text);
	history_call(h, "{\"verb\":\"products.put\",\"arguments\":{\"id\":"
	    "\"LAMP\",\"cost\":\"2.00 EUR\"}}");
	for (int64_t i = 1; i <= 240; i++) {
		struct lift_entry e = shop_purchase(s, i * 60, "LAMP");
		if (i % 10 == 0)
			e.price = 100;
		history_add(h, &e);
		history_add(h, &(struct lift_entry){
			.kind = LIFT_ENTRY_TICK, .time = e.received + 1,
			.received = e.received + 1 });
	}
	h->reader = store_reader_new(h->store, &h->err);
	ck_assert_msg(h->reader != NULL, "%s", h->err.text);
}

static void
history_end(struct history *h)
{
	char command[100];

	store_reader_free(h->reader);
	store_close(h->store);
	snprintf(command, sizeof(command), "rm -rf '%s'", h->dir);
	ck_assert_int_eq(system(command), 0);
}

START_TEST(the_log_folded_twice_gives_the_same_digest)
{
	struct replay_range all = { .from = 0 };
	struct history h;
	struct shop s, a, b;

	shop_open(&s, "");
	history_begin(&h, &s);
	shop_open(&a, "");
	shop_open(&b, "");
	ck_assert(replay_range(a.engine, h.reader, &all, &h.err));
	for (uint64_t seq = 1; seq <= h.seq; seq += 100) {
		struct replay_range part = { .from = seq, .to = seq + 99 };
		ck_assert(replay_range(b.engine, h.reader, &part, &h.err));
	}
	ck_assert_uint_eq(engine_seq(a.engine), h.seq);
	ck_assert(shop_same(sandbox_digest(a.sandbox),
	    sandbox_digest(b.sandbox)));
	ck_assert_str_eq(a.effects.data, b.effects.data);
	ck_assert(seen_has(engine_seen(a.engine), lift_text("LAMP@60")));
	shop_close(&a);
	shop_close(&b);
	shop_close(&s);
	history_end(&h);
}
END_TEST

START_TEST(what_was_committed_stays_muted)
{
	struct replay_range all = { .muted_to = 241 };
	struct history h;
	struct shop s, a;

	shop_open(&s, "");
	history_begin(&h, &s);
	shop_open(&a, "");
	ck_assert(replay_range(a.engine, h.reader, &all, &h.err));
	ck_assert_uint_eq(shop_times(&a.effects, "tally "), 120);
	shop_close(&a);
	shop_close(&s);
	history_end(&h);
}
END_TEST

struct watch {
	atomic_bool stop;
	uint64_t    seq;
};

static void
watch_progress(void *context, uint64_t seq)
{
	struct watch *w = context;

	w->seq = seq;
}

START_TEST(a_replay_tells_how_far_it_is_and_can_be_stopped)
{
	struct watch w = { false, 0 };
	struct replay_range all = { .progress = watch_progress,
		.context = &w, .cancel = &w.stop };
	struct history h;
	struct shop s, a;

	shop_open(&s, "");
	history_begin(&h, &s);
	shop_open(&a, "");
	ck_assert(replay_range(a.engine, h.reader, &all, &h.err));
	ck_assert_uint_eq(w.seq, h.seq);
	atomic_store(&w.stop, true);
	ck_assert(!replay_range(a.engine, h.reader, &all, &h.err));
	ck_assert_int_eq(h.err.code, LIFT_E_LATE);
	ck_assert_str_eq(h.err.text, "cancelled before entry 1");
	shop_close(&a);
	shop_close(&s);
	history_end(&h);
}
END_TEST

static const char *const cheap_rules =
	"hooks:\n"
	"  - name: cheap\n"
	"    on: purchase\n"
	"    when: price < product.cost\n"
	"  - name: window\n"
	"    on: tally\n";

static const char *const dear_rules =
	"hooks:\n"
	"  - name: cheap\n"
	"    on: purchase\n"
	"    when: price < product.cost && id != \"LAMP@600\"\n"
	"  - name: dear\n"
	"    on: purchase\n"
	"    when: price > 2.4\n"
	"  - name: window\n"
	"    on: tally\n";

static char *
backtest(struct history *h, struct shop *s, struct backtest *setup)
{
	struct generation_file before = { LIFT_TEXT_OF("r.yaml"),
		lift_text(cheap_rules) };
	struct generation_file after = { LIFT_TEXT_OF("r.yaml"),
		lift_text(dear_rules) };
	struct findings *findings = findings_new(s->arena);
	struct text json = { 0 };

	setup->roster = s->roster;
	setup->engine = &shop_settings;
	setup->before = (struct backtest_rules){ &before, 1 };
	setup->after = (struct backtest_rules){ &after, 1 };
	setup->examples = 2;
	ck_assert_msg(backtest_run(setup, h->reader, findings, &json,
	    &h->err), "%s", h->err.text);
	struct json_reader r = json_reader_of(text_view(&json), s->arena);
	ck_assert(json_skip(&r, NULL) && json_done(&r));
	char *copy = arena_string(s->arena, json.data);
	text_done(&json);
	return copy;
}

static void
says(const char *json, const char *piece)
{
	ck_assert_msg(strstr(json, piece) != NULL, "%s\nis not in\n%s", piece,
	    json);
}

START_TEST(other_rules_over_all_of_history)
{
	struct backtest setup = { .warm = WARM_ALL };
	struct history h;
	struct shop s;

	shop_open(&s, "");
	history_begin(&h, &s);
	const char *json = backtest(&h, &s, &setup);
	says(json, "{\"entries\":481,\"warm_entries\":0,");
	says(json, "\"is_exact\":true");
	says(json, "{\"hook\":\"cheap\",\"before\":24,\"after\":23,\"both\":23,"
	    "\"only_before\":1,\"only_after\":0,\"examples_before\":[{\"id\":");
	says(json, "\"product\":\"LAMP\",\"cause\":\"LAMP@600\",\"reasons\":{"
	    "\"when\": \"price < product.cost\"");
	says(json, "{\"hook\":\"dear\",\"before\":0,\"after\":216,\"both\":0,"
	    "\"only_before\":0,\"only_after\":216,\"examples_before\":[],");
	says(json, "{\"hook\":\"window\",\"before\":238,\"after\":238,"
	    "\"both\":238,\"only_before\":0,\"only_after\":0,"
	    "\"examples_before\":[],\"examples_after\":[]}");
	shop_close(&s);
	history_end(&h);
}
END_TEST

START_TEST(a_range_by_time_knows_the_catalogue_from_before)
{
	/* The last hour, from a second before its first purchase. */
	struct backtest setup = { .from_time = T0 + (181 * 60 - 1) *
	    LIFT_SECOND };
	struct history h;
	struct shop s;

	shop_open(&s, "");
	history_begin(&h, &s);
	const char *json = backtest(&h, &s, &setup);
	says(json, "{\"entries\":120,\"warm_entries\":120,");
	says(json, "{\"hook\":\"cheap\",\"before\":6,\"after\":6,\"both\":6,");
	says(json, "{\"hook\":\"window\",\"before\":60,");
	shop_close(&s);
	history_end(&h);
}
END_TEST

START_TEST(a_range_by_seq_ends_where_it_is_told)
{
	struct backtest setup = { .from_seq = 2, .to_seq = 41,
		.warm = WARM_SPAN, .warm_span = LIFT_MINUTE };
	struct history h;
	struct shop s;

	shop_open(&s, "");
	history_begin(&h, &s);
	const char *json = backtest(&h, &s, &setup);
	says(json, "{\"entries\":40,");
	says(json, "{\"hook\":\"cheap\",\"before\":2,\"after\":1,");
	shop_close(&s);
	history_end(&h);
}
END_TEST

START_TEST(rules_that_do_not_check_are_said)
{
	struct generation_file bad = { LIFT_TEXT_OF("r.yaml"),
		LIFT_TEXT_OF("hocks: []\n") };
	struct backtest setup = { .warm = WARM_ALL };
	struct text json = { 0 };
	struct history h;
	struct shop s;

	shop_open(&s, "");
	history_begin(&h, &s);
	struct findings *findings = findings_new(s.arena);
	setup.roster = s.roster;
	setup.engine = &shop_settings;
	setup.after = (struct backtest_rules){ &bad, 1 };
	ck_assert(!backtest_run(&setup, h.reader, findings, &json, &h.err));
	ck_assert_uint_eq(findings_count(findings, FINDING_ERROR), 1);
	ck_assert_uint_eq(json.size, 0);
	shop_close(&s);
	history_end(&h);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("backtest");

	tcase_add_test(tests, the_log_folded_twice_gives_the_same_digest);
	tcase_add_test(tests, what_was_committed_stays_muted);
	tcase_add_test(tests,
	    a_replay_tells_how_far_it_is_and_can_be_stopped);
	tcase_add_test(tests, other_rules_over_all_of_history);
	tcase_add_test(tests,
	    a_range_by_time_knows_the_catalogue_from_before);
	tcase_add_test(tests, a_range_by_seq_ends_where_it_is_told);
	tcase_add_test(tests, rules_that_do_not_check_are_said);
	return shop_run(tests, "backtest");
}
