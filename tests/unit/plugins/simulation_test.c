/* The simulation in an engine: what it is told is in the log, what its
 * shoppers do reads the world, and a replay does without them. */
#include "engine/shop.h"

#include "base/instant.h"
#include "rules/argument.h"

enum { TURN = 512 };

/* Begins in the past of T0, so that it may go as fast as it likes. */
#define START	"{\"verb\":\"simulate.start\",\"arguments\":{\"rate\":600," \
		"\"from\":\"2025-12-31T00:00:00Z\",\"promotions_after\":\"1h\""

/* A shop whose turns are played by hand, and the log of it. */
struct stage {
	struct lift_stage lend;		/* first: see stage_event */
	struct shop       shop;
	struct lift_entry *log;		/* a copy of each entry */
	size_t            count, room;
	int64_t           now;
	/* What the newest turns have brought. */
	uint64_t          events, purchases, promoted;
	int64_t           last_price[2];	/* of P001 and P002 */
	bool              was_promoted;		/* P001, last time */
	struct text       properties;		/* a line each */
};

static void
stage_open(struct stage *s)
{
	memset(s, 0, sizeof(*s));
	shop_open(&s->shop, "plugin: simulation\n");
	s->now = T0;
}

static void
stage_close(struct stage *s)
{
	text_done(&s->properties);
	free(s->log);
	shop_close(&s->shop);
}

/* Folds an entry and keeps it for a replay. */
static void
stage_fold(struct stage *s, const struct lift_entry *e)
{
	struct lift_entry *copy;

	if (s->count == s->room) {
		s->room = s->room * 2 + 1024;
		s->log = realloc(s->log, s->room * sizeof(*s->log));
	}
	copy = &s->log[s->count++];
	*copy = *e;
	copy->id = arena_text(s->shop.arena, e->id);
	copy->body = e->body.size ? arena_text(s->shop.arena, e->body) :
	    e->body;
	copy->session = e->session.size ? arena_text(s->shop.arena,
	    e->session) : e->session;
	copy->store = e->store.size ? arena_text(s->shop.arena, e->store) :
	    e->store;
	copy->query = e->query.size ? arena_text(s->shop.arena, e->query) :
	    e->query;
	copy->product_name = e->product_name.size ? arena_text(s->shop.arena,
	    e->product_name) : e->product_name;
	copy->promotion_name = e->promotion_name.size ?
	    arena_text(s->shop.arena, e->promotion_name) : e->promotion_name;
	copy->properties = e->properties.size ? arena_text(s->shop.arena,
	    e->properties) : e->properties;
	shop_fold(&s->shop, copy);
}

static void
stage_call(struct stage *s, const char *body)
{
	char *id = arena_form(s->shop.arena, "call-%zu", s->count);

	stage_fold(s, &(struct lift_entry){ .kind = LIFT_ENTRY_CALL,
		.id = lift_text(id), .time = s->now, .received = T0,
		.body = lift_text(body) });
}

static void
stage_event(struct lift_stage *lend, const struct lift_event *e)
{
	struct stage *s = (struct stage *)lend;
	unsigned number = 0;

	s->events++;
	s->purchases += e->type == LIFT_PURCHASE;
	s->promoted += e->promotion.size > 0;
	if (e->product.size == 4 && e->type != LIFT_RETURN)
		number = (unsigned)(e->product.data[3] - '0');
	if (e->product.size == 4 && e->product.data[2] == '0' &&
	    (number == 1 || number == 2)) {
		s->last_price[number - 1] = e->price;
		if (number == 1)
			s->was_promoted = e->promotion.size > 0;
	}
	if (e->properties.size > 0)
		text_form(&s->properties, "%d %.*s\n", e->type,
		    (int)e->properties.size, e->properties.data);
	ck_assert(e->type != LIFT_OTHER && e->type < LIFT_INTERACTIONS);
	stage_fold(s, &(struct lift_entry){ .kind = LIFT_ENTRY_INTERACTION,
		.id = e->id, .time = e->time, .received = T0,
		.type = e->type, .source = 1, .shopper = 1,
		.product_name = e->product, .promotion_name = e->promotion,
		.session = e->session, .store = e->store, .query = e->query,
		.properties = e->properties, .quantity = e->quantity,
		.price = e->price, .has_price = e->has_price,
		.currency = e->currency, .position = e->position });
}

/* The next turn of the plugin; false when it does not want one. */
static bool
stage_turn(struct stage *s, int64_t until)
{
	struct lift_pace pace;
	unsigned place;

	if (!engine_pace(s->shop.engine, &place, &pace) &&
	    !engine_pace(s->shop.engine, &place, &pace))
		return false;
	s->lend.until = until;
	s->lend.most = TURN;
	s->lend.reached = pace.from;
	s->lend.event = stage_event;
	engine_produce(s->shop.engine, place, &s->lend);
	s->now = s->lend.reached;
	char *id = arena_form(s->shop.arena, "tick-%zu", s->count);
	stage_fold(s, &(struct lift_entry){ .kind = LIFT_ENTRY_TICK,
		.id = lift_text(id), .time = s->now, .received = s->now,
		.source = 1 });
	return true;
}

/* Plays on for so many minutes. */
static void
stage_play(struct stage *s, int64_t minutes)
{
	int64_t until = s->now + minutes * LIFT_MINUTE;

	s->events = s->purchases = s->promoted = 0;
	while (s->now < until)
		ck_assert(stage_turn(s, until));
}

static void
stage_start(struct stage *s, const char *rest)
{
	stage_call(s, arena_form(s->shop.arena, "%s%s}}", START, rest));
	ck_assert_uint_eq(shop_times(&s->shop.called, "done"), 1);
	s->now = T0 - LIFT_DAY;
}

/* What a reading verb answers, with one word as its first argument. */
static const char *
stage_ask(struct stage *s, const char *verb, const char *word)
{
	const struct vocabulary *v = engine_vocabulary(s->shop.engine);
	struct lift_value value = word == NULL ? LIFT_VALUE_NULL :
	    lift_value_text(lift_text(word));
	struct text rows = { 0 };
	struct lift_error err;

	for (size_t i = 0; i < v->verb_count; i++)
		if (strcmp(v->verbs[i].verb->name, verb) == 0)
			ck_assert_msg(engine_ask(s->shop.engine, &v->verbs[i],
			    &value, &rows, &err), "%s", err.text);
	char *answer = arena_string(s->shop.arena, text_view(&rows).data);
	text_done(&rows);
	return answer;
}

#define has(text, word)	\
	ck_assert_msg(strstr((text), (word)) != NULL, "no %s in %s", word, text)

static void
refuses(struct stage *s, const char *body, const char *sentence)
{
	text_clear(&s->shop.called);
	stage_call(s, body);
	has(text_view(&s->shop.called).data, sentence);
}

/* ---- starting ------------------------------------------------------------ */

START_TEST(a_start_puts_catalogue_and_promotions_into_the_world)
{
	struct stage s;
	const struct world *w;

	stage_open(&s);
	stage_start(&s, "");
	w = engine_world(s.shop.engine);
	ck_assert_uint_eq(world_products(w), 35);
	const struct lift_product *p = world_product(w, world_product_find(w,
	    LIFT_TEXT_OF("P001")));
	ck_assert_int_eq(p->price.minor, 2499);
	ck_assert(lift_text_equal(p->category,
	    LIFT_TEXT_OF("Food & Beverage")));
	ck_assert(p->cost.minor > 0 && p->cost.minor < p->price.minor);
	const struct lift_promotion *q = world_promotion(w,
	    world_promotion_find(w, LIFT_TEXT_OF("PROMO001")));
	ck_assert_int_eq(q->price.minor, 1749);
	ck_assert_int_eq(q->start, T0 - 23 * LIFT_HOUR);
	ck_assert_uint_eq(q->product_count, 1);
	stage_close(&s);
}
END_TEST

START_TEST(a_large_catalogue_is_put_in_slices_and_then_they_come)
{
	struct stage s;
	struct lift_pace pace;
	unsigned place, ticks = 0;

	stage_open(&s);
	stage_start(&s, ",\"products\":3000,\"promotions\":40");
	ck_assert_uint_lt(world_products(engine_world(s.shop.engine)), 3000);
	engine_pace(s.shop.engine, &place, &pace);
	while (!engine_pace(s.shop.engine, &place, &pace)) {
		has(stage_ask(&s, "simulate.status", NULL), "stocking");
		shop_tick(&s.shop, ++ticks);
		ck_assert_uint_lt(ticks, 100);
	}
	ck_assert_uint_eq(world_products(engine_world(s.shop.engine)), 3000);
	ck_assert_uint_eq(world_promotions(engine_world(s.shop.engine)), 41);
	stage_close(&s);
}
END_TEST

START_TEST(what_cannot_be_started_is_refused_with_a_sentence)
{
	struct stage s;

	stage_open(&s);
	refuses(&s, START ",\"scenario\":\"nope\"}}", "scenario is \"nope\", "
	    "must be one of calm, discount, halo, pull-forward, stock-out, "
	    "flash, two-on-one, slump, price-war, returns, all-on-sale");
	refuses(&s, START ",\"products\":1}}",
	    "products is 1, must lie between 2 and 100000");
	refuses(&s, "{\"verb\":\"simulate.start\",\"arguments\":{\"rate\":0.5}"
	    "}", "rate is 0.5, must lie between 1 and 100000000");
	refuses(&s, "{\"verb\":\"simulate.start\",\"arguments\":{\"from\":"
	    "\"yesterday\"}}", "from is \"yesterday\", must be a time like "
	    "2026-11-20T15:16:17Z or a span before now like -7d");
	refuses(&s, "{\"verb\":\"simulate.start\",\"arguments\":{\"from\":"
	    "\"2030-01-01\"}}", "must not be in the future");
	refuses(&s, "{\"verb\":\"simulate.stop\"}",
	    "no simulation is running, see `liftctl simulate start`");
	refuses(&s, "{\"verb\":\"simulate.burst\"}",
	    "no simulation is running");
	ck_assert_uint_eq(world_products(engine_world(s.shop.engine)), 0);
	refuses(&s, START "}}", "running");
	refuses(&s, START "}}", "scenario \"discount\" is being played, stop "
	    "it first: liftctl simulate stop");
	refuses(&s, "{\"verb\":\"simulate.burst\",\"arguments\":{\"size\":21}"
	    "}", "burst_size is 21, must lie between 1 and 20");
	refuses(&s, "{\"verb\":\"simulate.burst\"}",
	    "no promotion is live, wait for one or put one");
	refuses(&s, "{\"verb\":\"simulate.burst\",\"arguments\":{"
	    "\"promotion\":\"X\"}}", "promotion \"X\" is not live");
	refuses(&s, "{\"verb\":\"simulate.change\",\"arguments\":{\"rate\":0}"
	    "}", "rate is 0, must lie between 1");
	stage_close(&s);
}
END_TEST

START_TEST(a_span_before_now_is_counted_from_when_the_call_came)
{
	static const struct { const char *from, *begins; } cases[] = {
		{ "-7d", "2025-12-25T00:00:00" },
		{ "-90m", "2025-12-31T22:30:00" },
		{ "-30s", "2025-12-31T23:59:30" },
		{ "2024-02-29", "2024-02-29T00:00:00" },
		{ "2025-12-31T15:16:17Z", "2025-12-31T15:16:17" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stage s;
		stage_open(&s);
		stage_call(&s, arena_form(s.shop.arena, "{\"verb\":"
		    "\"simulate.start\",\"arguments\":{\"from\":\"%s\"}}",
		    cases[i].from));
		has(stage_ask(&s, "simulate.status", NULL), cases[i].begins);
		stage_close(&s);
	}
}
END_TEST

START_TEST(a_run_in_the_same_past_knows_no_promotion_of_the_run_before)
{
	struct stage s;

	stage_open(&s);
	stage_start(&s, "");
	stage_play(&s, 90);
	ck_assert_uint_gt(s.promoted, 0);
	stage_call(&s, "{\"verb\":\"simulate.stop\"}");
	text_clear(&s.shop.called);
	stage_start(&s, ",\"scenario\":\"calm\"");
	stage_play(&s, 90);
	ck_assert_uint_eq(s.promoted, 0);
	stage_close(&s);
}
END_TEST

/* ---- the shop's own products --------------------------------------------- */

static void
stage_product(struct stage *s, const char *id, const char *price,
    const char *family)
{
	stage_call(s, arena_form(s->shop.arena, "{\"verb\":\"products.put\","
	    "\"arguments\":{\"id\":\"%s\",\"name\":\"A %s\",\"category\":"
	    "\"Food\",\"price\":\"%s\",\"cost\":\"1.00 EUR\","
	    "\"attributes\":{\"colours\":[\"a,b\",\"c\"],\"family\":\"%s\","
	    "\"sells\":80,\"price_sensitivity\":\"high\"}}}", id, id, price,
	    family));
	text_clear(&s->shop.called);
}

/* TEA or MUG. */
static int
shelf_word(struct lift_text id)
{
	return id.size == 5 && (memcmp(id.data, "TEA-", 4) == 0 ||
	    memcmp(id.data, "MUG-", 4) == 0);
}

static void
stage_own(struct stage *s)
{
	static const char *const ids[] = { "TEA-1", "TEA-2", "TEA-3",
		"MUG-1", "MUG-2" };

	for (unsigned i = 0; i < 5; i++)
		stage_product(s, ids[i], i < 3 ? "5.00 EUR" : "9.00 EUR",
		    i < 3 ? "tea" : "mugs");
}

START_TEST(a_run_can_play_the_products_that_the_shop_has)
{
	struct stage s;
	const struct world *w;

	stage_open(&s);
	stage_own(&s);
	/* Without a price nobody can buy it. */
	stage_call(&s, "{\"verb\":\"products.put\",\"arguments\":{\"id\":"
	    "\"GIFT\"}}");
	text_clear(&s.shop.called);
	stage_start(&s, ",\"catalogue\":\"world\"");
	has(stage_ask(&s, "simulate.status", NULL), "\"products\":5");
	w = engine_world(s.shop.engine);
	ck_assert_uint_eq(world_products(w), 6);
	const struct lift_promotion *p = world_promotion(w,
	    world_promotion_find(w, LIFT_TEXT_OF("PROMO-TEA-1")));
	ck_assert_ptr_nonnull(p);
	char code[4] = { (char)p->price.currency,
		(char)(p->price.currency >> 8),
		(char)(p->price.currency >> 16) };
	ck_assert_str_eq(code, "EUR");
	ck_assert_int_eq(p->price.minor, 350);
	stage_play(&s, 90);
	ck_assert_uint_gt(s.promoted, 0);
	for (size_t i = 0; i < s.count; i++)
		if (s.log[i].product_name.size > 0)
			ck_assert_uint_ne(shelf_word(s.log[i].product_name),
			    0);
	has(stage_ask(&s, "simulate.truth", NULL), "\"TEA-2\",\"role\":"
	    "\"victim\"");
	stage_close(&s);
}
END_TEST

START_TEST(what_the_shop_has_must_be_playable)
{
	struct stage s;

	stage_open(&s);
	refuses(&s, START ",\"catalogue\":\"mine\"}}",
	    "catalogue is \"mine\", must be made or world");
	refuses(&s, START ",\"catalogue\":\"world\"}}",
	    "the catalogue has 0 products with a price, must have at least 2");
	stage_own(&s);
	refuses(&s, START ",\"catalogue\":\"world\",\"products\":5}}",
	    "products is given, must be left out");
	refuses(&s, START ",\"catalogue\":\"world\",\"promotions\":3}}",
	    "promotions is 3, must lie between 0 and 2");
	stage_product(&s, "ODD", "4.00 USD", "tea");
	refuses(&s, START ",\"catalogue\":\"world\"}}",
	    "the price of product \"ODD\" is in another currency");
	stage_close(&s);
}
END_TEST

/* ---- playing ------------------------------------------------------------- */

START_TEST(shoppers_come_at_the_rate_and_are_counted)
{
	struct stage s;

	stage_open(&s);
	stage_start(&s, ",\"scenario\":\"calm\"");
	stage_play(&s, 60);
	ck_assert_uint_gt(s.events, 60 * 600 / 4);
	ck_assert_uint_lt(s.events, 60 * 600 * 2);
	ck_assert_uint_eq(s.promoted, 0);
	has(stage_ask(&s, "simulate.status", NULL), arena_form(s.shop.arena,
	    "\"events\":%llu,\"purchases\":%llu,",
	    (unsigned long long)s.events, (unsigned long long)s.purchases));
	has(stage_ask(&s, "simulate.status", NULL), "\"status\":\"running\"");
	stage_close(&s);
}
END_TEST

START_TEST(stopping_a_promotion_reaches_the_next_shopper)
{
	struct stage s;

	stage_open(&s);
	stage_start(&s, "");
	stage_play(&s, 90);
	ck_assert(s.was_promoted);
	ck_assert_int_eq(s.last_price[0], 1749);
	stage_call(&s, "{\"verb\":\"promotions.stop\",\"arguments\":{\"id\":"
	    "\"PROMO001\"}}");
	stage_play(&s, 10);
	ck_assert(!s.was_promoted);
	ck_assert_uint_eq(s.promoted, 0);
	ck_assert_int_eq(s.last_price[0], 2499);
	stage_close(&s);
}
END_TEST

START_TEST(another_price_reaches_the_next_shopper)
{
	struct stage s;

	stage_open(&s);
	stage_start(&s, "");
	stage_play(&s, 20);
	ck_assert_int_eq(s.last_price[1], 1899);
	stage_call(&s, "{\"verb\":\"products.put\",\"arguments\":{\"id\":"
	    "\"P002\",\"price\":\"12.34 USD\"}}");
	stage_play(&s, 10);
	ck_assert_int_eq(s.last_price[1], 1234);
	stage_call(&s, "{\"verb\":\"promotions.put\",\"arguments\":{\"id\":"
	    "\"MINE\",\"products\":[\"P002\"],\"price\":\"9.99 USD\"}}");
	stage_play(&s, 10);
	ck_assert_int_eq(s.last_price[1], 999);
	stage_close(&s);
}
END_TEST

START_TEST(stores_have_their_shares_and_promotions_of_their_own)
{
	unsigned events[4] = { 0 }, promoted[4] = { 0 };
	struct stage s;

	stage_open(&s);
	stage_start(&s, ",\"scenario\":\"calm\",\"stores\":3");
	stage_call(&s, "{\"verb\":\"promotions.put\",\"arguments\":{\"id\":"
	    "\"MINE\",\"products\":[\"P002\"],\"price\":\"9.99 USD\","
	    "\"start\":\"2025-12-01T00:00:00Z\",\"stores\":[\"store-2\","
	    "\"elsewhere\"]}}");
	stage_call(&s, "{\"verb\":\"promotions.put\",\"arguments\":{\"id\":"
	    "\"THEIRS\",\"products\":[\"P002\"],\"price\":\"5.99 USD\","
	    "\"start\":\"2025-12-01T00:00:00Z\",\"stores\":["
	    "\"elsewhere\"]}}");
	stage_play(&s, 120);
	for (size_t i = 0; i < s.count; i++) {
		const struct lift_entry *e = &s.log[i];
		if (e->kind != LIFT_ENTRY_INTERACTION)
			continue;
		ck_assert_uint_eq(e->store.size, 7);
		unsigned store = (unsigned)(e->store.data[6] - '0');
		ck_assert(store >= 1 && store <= 3);
		events[store]++;
		promoted[store] += e->promotion_name.size > 0;
	}
	ck_assert_uint_gt(events[1], events[2]);
	ck_assert_uint_gt(events[2], events[3]);
	ck_assert_uint_gt(events[3], events[1] / 4);
	ck_assert_uint_eq(promoted[1] + promoted[3], 0);
	ck_assert_uint_gt(promoted[2], 0);
	has(stage_ask(&s, "simulate.status", NULL), "\"stores\":3");
	stage_close(&s);
}
END_TEST

/* Units of each promoted item are not told apart by anything that is said:
 * properties are those of returns and bursts, and nothing else. */
START_TEST(no_event_gives_the_truth_away)
{
	struct stage s;
	char *line, *rest;

	stage_open(&s);
	stage_start(&s, ",\"scenario\":\"returns\"");
	stage_play(&s, 300);
	ck_assert_uint_gt(s.properties.size, 0);
	rest = arena_copy(s.shop.arena, text_view(&s.properties).data,
	    s.properties.size);
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0')
		ck_assert_msg(atoi(line) == LIFT_RETURN &&
		    strstr(line, " {\"purchase\":\"sim-") != NULL, "%s", line);
	ck_assert_uint_eq(lift_plugin.topics == NULL, 1);
	/* Those who may know ask. */
	has(stage_ask(&s, "simulate.truth", NULL), "\"role\":\"victim\"");
	has(stage_ask(&s, "simulate.truth", "PROMO031"),
	    "\"role\":\"promoted\"");
	has(stage_ask(&s, "simulate.reaction", "SHOPPER1007"),
	    "\"treatment\":\"free_shipping\"");
	stage_close(&s);
}
END_TEST

START_TEST(bursts_come_first_in_first_out_and_say_so)
{
	struct stage s;
	const char *first, *second, *all;

	stage_open(&s);
	stage_start(&s, "");
	stage_play(&s, 61);
	text_clear(&s.shop.called);
	stage_call(&s, "{\"verb\":\"simulate.burst\"}");
	stage_call(&s, "{\"verb\":\"simulate.burst\",\"arguments\":{"
	    "\"burst_size\":20,\"promotion\":\"PROMO001\"}}");
	all = text_view(&s.shop.called).data;
	first = strstr(all, "BURST-");
	second = strstr(first + 1, "BURST-");
	has(all, "\"burst_size\":6,");
	has(all, "20 shoppers run for Premium Coffee Beans 1kg on PROMO001");
	has(stage_ask(&s, "simulate.status", NULL), "\"bursts_waiting\":2");
	text_clear(&s.properties);
	stage_play(&s, 1);
	char *one = arena_form(s.shop.arena, "9 {\"burst_id\":\"%.14s\","
	    "\"demo_queued_at\":\"2026-01-01T00:00:00Z\"}", first);
	char *two = arena_form(s.shop.arena, "9 {\"burst_id\":\"%.14s\"",
	    second);
	one[0] = two[0] = (char)('0' + LIFT_PURCHASE);
	ck_assert_uint_eq(shop_times(&s.properties, one), 6);
	ck_assert_uint_eq(shop_times(&s.properties, two), 20);
	ck_assert(strstr(text_view(&s.properties).data, one) <
	    strstr(text_view(&s.properties).data, two));
	has(stage_ask(&s, "simulate.status", NULL), "\"bursts_waiting\":0");
	stage_close(&s);
}
END_TEST

START_TEST(it_ends_after_the_span_that_was_said)
{
	struct stage s;

	stage_open(&s);
	stage_start(&s, ",\"for\":\"30m\"");
	while (stage_turn(&s, T0))
		ck_assert_int_le(s.now, T0 - LIFT_DAY + 30 * LIFT_MINUTE);
	ck_assert_int_eq(s.now, T0 - LIFT_DAY + 30 * LIFT_MINUTE);
	has(stage_ask(&s, "simulate.status", NULL), "\"status\":\"done\"");
	stage_close(&s);
}
END_TEST

START_TEST(a_pause_a_change_and_a_stop_are_kept)
{
	struct stage s;

	stage_open(&s);
	stage_start(&s, "");
	stage_play(&s, 10);
	stage_call(&s, "{\"verb\":\"simulate.pause\"}");
	ck_assert(!stage_turn(&s, T0));
	has(stage_ask(&s, "simulate.status", NULL), "\"status\":\"paused\"");
	stage_call(&s, "{\"verb\":\"simulate.resume\"}");
	uint64_t before = s.events;
	stage_call(&s, "{\"verb\":\"simulate.change\",\"arguments\":{"
	    "\"rate\":6000}}");
	stage_play(&s, 10);
	ck_assert_uint_gt(s.events, 5 * before);
	stage_call(&s, "{\"verb\":\"simulate.stop\"}");
	ck_assert(!stage_turn(&s, T0));
	stage_close(&s);
}
END_TEST

/* The rules, as a reload would bring them. */
static void
stage_reload(struct stage *s, const char *rules)
{
	stage_fold(s, &(struct lift_entry){ .kind = LIFT_ENTRY_RULES,
		.id = lift_text(arena_form(s->shop.arena, "rules-%zu",
		s->count)), .time = s->now, .received = T0,
		.body = lift_text(rules) });
}

START_TEST(a_reload_switches_it_off_and_changes_the_rate)
{
	struct stage s;

	stage_open(&s);
	stage_call(&s, "{\"verb\":\"simulate.start\",\"arguments\":{"
	    "\"from\":\"-1d\"}}");
	s.now = T0 - LIFT_DAY;
	has(stage_ask(&s, "simulate.status", NULL), "\"rate\":60,");
	stage_play(&s, 30);
	stage_reload(&s, "{\"generation\":8,\"files\":[{\"name\":\"r.yaml\","
	    "\"text\":\"plugin: simulation\\noptions: { enabled: false, "
	    "rate: 1200 }\\n\"}]}");
	has(stage_ask(&s, "simulate.status", NULL), "\"rate\":1200,");
	ck_assert(!stage_turn(&s, T0));
	stage_close(&s);
}
END_TEST

/* ---- the retailer -------------------------------------------------------- */

#define GENERATE	"{\"verb\":\"simulate.generate\",\"arguments\":{" \
			"\"customers\":200,\"days\":100,\"until\":"

/* A table in pages of so many rows, as the desk asks for it. */
static const char *
table_of(struct stage *s, const char *name, int64_t rows)
{
	const struct vocabulary *v = engine_vocabulary(s->shop.engine);
	struct text all = { 0 }, page = { 0 };
	struct lift_error err;
	char after[40] = "";

	for (;;) {
		struct lift_value values[] = { lift_value_text(
			lift_text(name)), lift_value_text(lift_text(after)),
			LIFT_VALUE_INT(rows) };
		text_clear(&page);
		for (size_t i = 0; i < v->verb_count; i++)
			if (strcmp(v->verbs[i].verb->name,
			    "simulate.table") == 0)
				ck_assert_msg(engine_ask(s->shop.engine,
				    &v->verbs[i], values, &page, &err), "%s",
				    err.text);
		if (page.size == 0)
			break;
		text_add(&all, page.data, page.size);
		/* The id of the last row. */
		const char *at = page.data + page.size - 1;
		while (at > page.data && at[-1] != '\n')
			at--;
		at = strchr(strchr(at, ':'), '"') + 1;
		snprintf(after, sizeof(after), "%.*s",
		    (int)(strchr(at, '"') - at), at);
	}
	char *answer = arena_string(s->shop.arena, text_view(&all).data);
	text_done(&all);
	text_done(&page);
	return answer;
}

START_TEST(a_table_is_the_same_in_pages_of_any_size_and_from_the_same_seed)
{
	static const char *const names[] = { "customers", "customer_scores",
		"transactions", "behavioral_events", "abandoned_carts",
		"campaign_history", "true_uplift" };
	struct stage s, again;

	stage_open(&s);
	stage_open(&again);
	stage_call(&s, GENERATE "\"2025-12-31T00:00:00Z\"}}");
	stage_call(&again, GENERATE "\"2025-12-31T00:00:00Z\"}}");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *whole = table_of(&s, names[i], 1000000);
		ck_assert_uint_gt(strlen(whole), 1000);
		ck_assert_str_eq(whole, table_of(&s, names[i], 7));
		ck_assert_str_eq(whole, table_of(&again, names[i], 1000000));
	}
	stage_close(&again);
	stage_close(&s);
}
END_TEST

START_TEST(the_history_tells_all_that_the_tables_say_and_is_topped_up)
{
	struct stage s;
	const char *bought;

	stage_open(&s);
	stage_call(&s, GENERATE "\"2025-12-01T00:00:00Z\"}}");
	while (stage_turn(&s, T0))
		;
	stage_call(&s, "{\"verb\":\"simulate.generate\",\"arguments\":{"
	    "\"since_last\":true,\"until\":\"2025-12-31T00:00:00Z\"}}");
	ck_assert_uint_eq(shop_times(&s.shop.called, "done"), 2);
	while (stage_turn(&s, T0))
		;
	bought = table_of(&s, "transactions", 1000000);
	struct text rows = { 0 };
	text_string(&rows, bought);
	ck_assert_uint_eq(s.purchases, shop_times(&rows, "TXN-"));
	ck_assert_uint_gt(s.purchases, 100);
	ck_assert_uint_eq(world_products(engine_world(s.shop.engine)), 80);
	text_done(&rows);
	stage_close(&s);
}
END_TEST

START_TEST(what_the_retailer_cannot_do_is_refused_with_a_sentence)
{
	struct stage s;

	stage_open(&s);
	refuses(&s, "{\"verb\":\"simulate.generate\",\"arguments\":{"
	    "\"customers\":0}}", "customers is 0, must lie between 1 and");
	refuses(&s, "{\"verb\":\"simulate.generate\",\"arguments\":{"
	    "\"since_last\":true}}", "there is nothing to top up");
	refuses(&s, GENERATE "\"2027-01-01T00:00:00Z\"}}",
	    "until lies in the future");
	refuses(&s, GENERATE "\"2025-12-01T00:00:00Z\"}}", "running");
	refuses(&s, START "}}", "the retailer's history is being made");
	refuses(&s, GENERATE "\"2025-12-01T00:00:00Z\"}}",
	    "a simulation is running");
	stage_close(&s);
}
END_TEST

/* ---- again --------------------------------------------------------------- */

START_TEST(a_replay_needs_no_shoppers_and_comes_to_the_same_state)
{
	struct stage s;
	struct shop again;

	stage_open(&s);
	stage_start(&s, "");
	stage_play(&s, 61);
	stage_call(&s, "{\"verb\":\"simulate.burst\"}");
	stage_play(&s, 30);
	stage_call(&s, "{\"verb\":\"promotions.stop\",\"arguments\":{\"id\":"
	    "\"PROMO001\"}}");
	stage_play(&s, 30);
	shop_open(&again, "plugin: simulation\n");
	for (size_t i = 0; i < s.count; i++)
		shop_fold(&again, &s.log[i]);
	ck_assert(shop_same(sandbox_digest(s.shop.sandbox),
	    sandbox_digest(again.sandbox)));
	/* And it would go on from there. */
	struct lift_pace pace;
	unsigned place;
	engine_pace(again.engine, &place, &pace);
	ck_assert(engine_pace(again.engine, &place, &pace));
	ck_assert_int_eq(pace.from, s.now);
	shop_close(&again);
	stage_close(&s);
}
END_TEST

START_TEST(a_snapshot_carries_the_shelf_of_the_shop)
{
	struct stage s;
	struct shop again;

	stage_open(&s);
	stage_own(&s);
	stage_start(&s, ",\"catalogue\":\"world\"");
	stage_play(&s, 30);
	/* It has another one by now, which is not on the shelf. */
	stage_product(&s, "TEA-4", "6.00 EUR", "tea");
	shop_open(&again, "plugin: simulation\n");
	shop_snapshot(&s.shop, &again);
	ck_assert(shop_same(sandbox_digest(s.shop.sandbox),
	    sandbox_digest(again.sandbox)));
	shop_close(&again);
	stage_close(&s);
}
END_TEST

/* A snapshot that is a text: what is put comes back. */
struct tape {
	struct text text;
	size_t      read;
};

static void
tape_put(void *snapshot, const void *data, size_t size)
{
	struct tape *t = snapshot;

	text_add(&t->text, data, size);
}

static bool
tape_take(void *snapshot, void *data, size_t size)
{
	struct tape *t = snapshot;

	if (t->text.size - t->read < size)
		return false;
	memcpy(data, t->text.data + t->read, size);
	t->read += size;
	return true;
}

START_TEST(a_state_that_does_not_hold_is_refused)
{
	struct lift_host host = { .size = sizeof(host), .put = tape_put,
		.take = tape_take };
	struct { bool enabled; double rate, season; const char *currency; }
	    settings = { true, 60, 0.5, "USD" };
	struct lift_error err;
	struct tape t = { { 0 }, 0 };
	void *self = lift_plugin.open(&host, &settings, &err);

	lift_plugin.save(self, &t);
	ck_assert(lift_plugin.load(self, &t, 2, &err));
	ck_assert(!lift_plugin.load(self, &t, 1, &err));
	has(err.text, "reads version 2");
	t.read = 1;
	ck_assert(!lift_plugin.load(self, &t, 2, &err));
	has(err.text, "does not hold");
	lift_plugin.close(self);
	text_done(&t.text);
	settings.currency = "dollars";
	ck_assert_ptr_null(lift_plugin.open(&host, &settings, &err));
	has(err.text, "currency is \"dollars\", must be three capital");
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("simulation");

	tcase_add_test(tests,
	    a_start_puts_catalogue_and_promotions_into_the_world);
	tcase_add_test(tests,
	    a_large_catalogue_is_put_in_slices_and_then_they_come);
	tcase_add_test(tests,
	    what_cannot_be_started_is_refused_with_a_sentence);
	tcase_add_test(tests,
	    a_span_before_now_is_counted_from_when_the_call_came);
	tcase_add_test(tests,
	    a_run_in_the_same_past_knows_no_promotion_of_the_run_before);
	tcase_add_test(tests, a_run_can_play_the_products_that_the_shop_has);
	tcase_add_test(tests, what_the_shop_has_must_be_playable);
	tcase_add_test(tests, shoppers_come_at_the_rate_and_are_counted);
	tcase_add_test(tests, stopping_a_promotion_reaches_the_next_shopper);
	tcase_add_test(tests, another_price_reaches_the_next_shopper);
	tcase_add_test(tests,
	    stores_have_their_shares_and_promotions_of_their_own);
	tcase_add_test(tests, no_event_gives_the_truth_away);
	tcase_add_test(tests, bursts_come_first_in_first_out_and_say_so);
	tcase_add_test(tests, it_ends_after_the_span_that_was_said);
	tcase_add_test(tests, a_pause_a_change_and_a_stop_are_kept);
	tcase_add_test(tests, a_reload_switches_it_off_and_changes_the_rate);
	tcase_add_test(tests,
	    a_table_is_the_same_in_pages_of_any_size_and_from_the_same_seed);
	tcase_add_test(tests,
	    the_history_tells_all_that_the_tables_say_and_is_topped_up);
	tcase_add_test(tests,
	    what_the_retailer_cannot_do_is_refused_with_a_sentence);
	tcase_add_test(tests,
	    a_replay_needs_no_shoppers_and_comes_to_the_same_state);
	tcase_add_test(tests, a_snapshot_carries_the_shelf_of_the_shop);
	tcase_add_test(tests, a_state_that_does_not_hold_is_refused);
	return shop_run(tests, "simulation");
}
