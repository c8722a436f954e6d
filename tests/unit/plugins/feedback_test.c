/* Actions on alerts, and what they came to: the plugin in an engine, with
 * another one that plays detection. */
#include "engine/shop.h"

#include "plugin/loader.h"

/* ---- who plays detection ------------------------------------------------- */

static const struct lift_field window_fields[] = {
	{ "product", LIFT_PRODUCT, .meaning = "p" },
	{ "window", LIFT_TIME, .meaning = "w" },
	{ "units", LIFT_INT, .meaning = "u" },
	{ "revenue", LIFT_MONEY, .meaning = "r" },
	{ "expected", LIFT_NUMBER, true, "e" },
	{ "exposed", LIFT_BOOL, .meaning = "x" },
	LIFT_END
};

static const struct lift_field alert_fields[] = {
	{ "alert_id", LIFT_TEXT, .meaning = "a" },
	{ "status", LIFT_TEXT, .meaning = "s" },
	{ "promo_id", LIFT_PROMOTION, .meaning = "p" },
	{ "product_id", LIFT_PRODUCT, .meaning = "q" },
	{ "victims", LIFT_JSON, .meaning = "v" },
	LIFT_END
};

static const struct lift_topic stand_in_topics[] = {
	{ "windowed_stats", window_fields, false, "w" },
	{ "alert", alert_fields, true, "a" },
	LIFT_END
};

static const struct lift_field window_arguments[] = {
	{ "product", LIFT_TEXT, .meaning = "p" },
	{ "minute", LIFT_INT, .meaning = "m" },
	{ "units", LIFT_INT, .meaning = "u" },
	{ "expected", LIFT_NUMBER, .meaning = "e" },
	{ "price", LIFT_INT, .meaning = "minor units" },
	LIFT_END
};

static const struct lift_field alert_arguments[] = {
	{ "alert", LIFT_TEXT, .meaning = "a" },
	{ "status", LIFT_TEXT, .meaning = "s" },
	LIFT_END
};

static bool
stand_in_window(void *self, struct lift_call *c, struct lift_error *err)
{
	const struct lift_host *h = *(const struct lift_host **)self;
	struct lift_value name = h->argument(c, 0);
	int64_t units = h->argument(c, 2).whole;
	int64_t start = T0 + h->argument(c, 1).whole * LIFT_MINUTE;
	struct lift_value values[] = {
		LIFT_VALUE_PRODUCT(h->product_find(h,
		    (struct lift_text){ name.text, name.size })),
		LIFT_VALUE_TIME(start), LIFT_VALUE_INT(units),
		LIFT_VALUE_MONEY(units * h->argument(c, 4).whole, EUR),
		h->argument(c, 3), LIFT_VALUE_BOOL(true) };

	(void)err;
	h->emit(h, &(struct lift_effect){ .topic = 0, .time = start,
		.values = values });
	return true;
}

static bool
stand_in_alert(void *self, struct lift_call *c, struct lift_error *err)
{
	const struct lift_host *h = *(const struct lift_host **)self;
	struct lift_value json = lift_value_text(LIFT_TEXT_OF(
	    "[{\"product_id\":\"LAMP\"},{\"product_id\":\"TORCH\"}]"));
	json.type = LIFT_JSON;
	struct lift_value values[] = { h->argument(c, 0), h->argument(c, 1),
		LIFT_VALUE_PROMOTION(h->promotion_find(h,
		    LIFT_TEXT_OF("SALE"))),
		LIFT_VALUE_PRODUCT(h->product_find(h, LIFT_TEXT_OF("NEON"))),
		json };

	(void)err;
	h->emit(h, &(struct lift_effect){ .topic = 1,
		.time = h->entry(c)->time, .values = values });
	return true;
}

static const char *const stand_in_emits[] = { "windowed_stats", "alert",
	NULL };

static const struct lift_verb stand_in_verbs[] = {
	{ "stand.alert", alert_arguments, LIFT_OPERATOR, true, NULL, "a",
	  stand_in_alert, stand_in_emits },
	{ "stand.window", window_arguments, LIFT_OPERATOR, true, NULL, "w",
	  stand_in_window, stand_in_emits },
	LIFT_END
};

static const struct lift_plugin stand_in = {
	.magic = LIFT_PLUGIN_MAGIC, .abi = LIFT_PLUGIN_ABI,
	.size = sizeof(stand_in), .name = "stand", .summary = "detects",
	.topics = stand_in_topics, .verbs = stand_in_verbs,
	.open = bell_open, .close = free,
};

/* ---- the shop ------------------------------------------------------------ */

static void
case_open(struct shop *s, const char *rules)
{
	const struct lift_plugin *plugins[] = { &stand_in, NULL };
	struct lift_error err;

	plugins[1] = loader_open("plugins/.libs", "feedback", &err);
	ck_assert_msg(plugins[1] != NULL, "%s", err.text);
	shop_open_of(s, rules, &shop_settings, plugins, 2);
}

static void
say(struct shop *s, int64_t minute, const char *body)
{
	shop_fold(s, &(struct lift_entry){ .kind = LIFT_ENTRY_CALL,
		.id = lift_text(arena_form(s->arena, "call-%llu",
		(unsigned long long)s->seq)), .time = T0 + minute *
		LIFT_MINUTE, .received = T0 + minute * LIFT_MINUTE,
		.body = lift_text(body) });
}

static const char *
last_answer(struct shop *s)
{
	const char *all = text_view(&s->called).data, *at = all, *next;

	if (s->called.size == 0)
		return "";
	/* A call is a line, and one for its row if it has one. */
	while ((next = strchr(at, '\n')) != NULL && next[1] != '\0') {
		if (next[1] == '{' && strchr(next + 1, '\n')[1] == '\0')
			break;
		at = next + 1;
	}
	return at;
}

static const char opening[] =
    "{\"verb\":\"products.put\",\"arguments\":{\"id\":\"%s\",\"price\":\"%s "
    "EUR\",\"cost\":\"%s EUR\"}}";

/* Two lamps that a promotion on NEON eats; costs are 40 % of prices. */
static void
case_set(struct shop *s, const char *rules)
{
	case_open(s, rules);
	say(s, 0, arena_form(s->arena, opening, "LAMP", "10.00", "4.00"));
	say(s, 0, arena_form(s->arena, opening, "TORCH", "20.00", "8.00"));
	say(s, 0, arena_form(s->arena, opening, "NEON", "10.00", "4.00"));
	say(s, 0, "{\"verb\":\"promotions.put\",\"arguments\":{\"id\":\"SALE\","
	    "\"products\":[\"NEON\"],\"price\":\"7.00 EUR\",\"end\":"
	    "\"2026-01-02T00:00:00Z\",\"tags\":[\"winter\"]}}");
	say(s, 60, "{\"verb\":\"stand.alert\",\"arguments\":{\"alert\":\"A-1\","
	    "\"status\":\"pending\"}}");
	text_clear(&s->called);
}

static void
windows(struct shop *s, int64_t from, int64_t to, const char *product,
    int units, double expected, int price)
{
	for (int64_t m = from; m < to; m++)
		say(s, m, arena_form(s->arena, "{\"verb\":\"stand.window\","
		    "\"arguments\":{\"product\":\"%s\",\"minute\":%lld,"
		    "\"units\":%d,\"expected\":%g,\"price\":%d}}", product,
		    (long long)m, units, expected, price));
}

static void
take(struct shop *s, int64_t minute, const char *more)
{
	text_clear(&s->called);
	say(s, minute, arena_form(s->arena, "{\"verb\":\"actions.take\","
	    "\"arguments\":{\"alert_id\":\"A-1\",%s}}", more));
}

static const struct lift_promotion *
sale(struct shop *s)
{
	const struct world *w = engine_world(s->engine);

	return world_promotion(w, world_promotion_find(w,
	    LIFT_TEXT_OF("SALE")));
}

#define NO_HOLDOUT	"plugin: feedback\noptions:\n" \
	"  measure: { holdout: 0 }\n"

/* ---- taking -------------------------------------------------------------- */

START_TEST(stopping_a_promotion_stops_it_in_the_same_entry)
{
	struct shop s;

	case_set(&s, NO_HOLDOUT);
	take(&s, 61, "\"action_type\":\"stop_promotion\",\"reason\":\"eats\"");
	ck_assert(sale(&s)->is_stopped);
	ck_assert_int_eq(sale(&s)->end, T0 + 61 * LIFT_MINUTE);
	ck_assert_uint_eq(shop_times(&s.effects, "\"state\":\"applied\""), 1);
	ck_assert_ptr_nonnull(strstr(last_answer(&s),
	    "\"status\":\"applied\""));
	take(&s, 200, "\"action_type\":\"stop_promotion\"");
	ck_assert_ptr_nonnull(strstr(last_answer(&s), "has ended already"));
	shop_close(&s);
}
END_TEST

START_TEST(what_is_undone_is_as_it_was)
{
	struct shop s;
	char id[32];

	case_set(&s, NO_HOLDOUT);
	take(&s, 61, "\"action_type\":\"stop_promotion\"");
	sscanf(strstr(last_answer(&s), "ACTION-"), "%19[^\"]", id);
	say(&s, 62, arena_form(s.arena, "{\"verb\":\"actions.undo\","
	    "\"arguments\":{\"action_id\":\"%s\"}}", id));
	ck_assert(!sale(&s)->is_stopped);
	ck_assert_int_eq(sale(&s)->end, T0 + 24 * LIFT_HOUR);
	ck_assert_int_eq(sale(&s)->price.minor, 700);
	ck_assert_uint_eq(sale(&s)->product_count, 1);
	ck_assert_uint_eq(sale(&s)->tags.size, 1);
	ck_assert_uint_eq(shop_times(&s.effects, "\"state\":\"undone\""), 1);
	text_clear(&s.called);
	say(&s, 63, arena_form(s.arena, "{\"verb\":\"actions.undo\","
	    "\"arguments\":{\"action_id\":\"%s\"}}", id));
	ck_assert_ptr_nonnull(strstr(last_answer(&s), "nothing to take back"));
	shop_close(&s);
}
END_TEST

START_TEST(a_price_moves_inside_its_rails_only)
{
	struct shop s;

	case_set(&s, NO_HOLDOUT);
	take(&s, 61, "\"action_type\":\"adjust_price\"");
	ck_assert_ptr_nonnull(strstr(last_answer(&s), "needs new_price"));
	take(&s, 61, "\"action_type\":\"adjust_price\",\"new_price\":"
	    "11.00");
	ck_assert_ptr_nonnull(strstr(last_answer(&s),
	    "not above the full price"));
	take(&s, 61, "\"action_type\":\"adjust_price\",\"new_price\":"
	    "3.90");
	ck_assert_ptr_nonnull(strstr(last_answer(&s),
	    "below what the product costs"));
	take(&s, 61, "\"action_type\":\"adjust_price\",\"action_details\":{"
	    "\"new_price\":9.50}");
	ck_assert_ptr_nonnull(strstr(last_answer(&s),
	    "would move by 35.7 %, rails.largest_step allows 30.0 %"));
	take(&s, 61, "\"action_type\":\"adjust_price\",\"new_price\":"
	    "9.50,\"override\":true");
	ck_assert_ptr_nonnull(strstr(last_answer(&s),
	    "override needs a reason"));
	ck_assert_int_eq(sale(&s)->price.minor, 700);
	take(&s, 61, "\"action_type\":\"adjust_price\",\"discount\":15");
	ck_assert_int_eq(sale(&s)->price.minor, 850);
	ck_assert_int_eq(sale(&s)->end, T0 + 24 * LIFT_HOUR);
	ck_assert_uint_eq(sale(&s)->tags.size, 1);
	take(&s, 90, "\"action_type\":\"adjust_price\",\"discount\":20");
	ck_assert_ptr_nonnull(strstr(last_answer(&s),
	    "29 min ago, rails.cooldown is 60 min"));
	take(&s, 90, "\"action_type\":\"adjust_price\",\"discount\":20,"
	    "\"override\":true,\"reason\":\"the boss said so\"");
	ck_assert_int_eq(sale(&s)->price.minor, 800);
	shop_close(&s);
}
END_TEST

START_TEST(a_target_becomes_a_tag_of_the_promotion)
{
	struct shop s;

	case_set(&s, NO_HOLDOUT);
	take(&s, 61, "\"action_type\":\"target_segment\"");
	ck_assert_ptr_nonnull(strstr(last_answer(&s), "needs segment"));
	take(&s, 61, "\"action_type\":\"target_segments\",\"segment\":"
	    "\"loyal\"");
	ck_assert_uint_eq(sale(&s)->tags.size, 2);
	ck_assert(lift_text_equal((struct lift_text){
	    sale(&s)->tags.items[1].text, sale(&s)->tags.items[1].size },
	    LIFT_TEXT_OF("segment:loyal")));
	shop_close(&s);
}
END_TEST

START_TEST(what_cannot_be_done_is_said_and_changes_nothing)
{
	struct shop s;

	case_set(&s, NO_HOLDOUT "  rails: { never_touch: [SALE] }\n");
	take(&s, 61, "\"action_type\":\"explode\"");
	ck_assert_ptr_nonnull(strstr(last_answer(&s), "must be "
	    "stop_promotion, adjust_price, target_segment or dismiss"));
	take(&s, 61, "\"action_type\":\"stop_promotion\",\"promo_id\":\"X\"");
	ck_assert_ptr_nonnull(strstr(last_answer(&s), "is about \"SALE\""));
	take(&s, 61, "\"action_type\":\"stop_promotion\",\"override\":true,"
	    "\"reason\":\"now\"");
	ck_assert_ptr_nonnull(strstr(last_answer(&s), "never_touch"));
	text_clear(&s.called);
	say(&s, 61, "{\"verb\":\"actions.take\",\"arguments\":{\"alert_id\":"
	    "\"A-9\",\"action_type\":\"dismiss\"}}");
	ck_assert_ptr_nonnull(strstr(last_answer(&s),
	    "there is no alert \"A-9\""));
	ck_assert(!sale(&s)->is_stopped);
	ck_assert_uint_eq(shop_times(&s.effects, "action "), 0);
	take(&s, 61, "\"action_type\":\"dismiss\"");
	ck_assert_uint_eq(shop_times(&s.effects,
	    "\"action_type\":\"dismiss\",\"state\":\"applied\""), 1);
	shop_close(&s);
}
END_TEST

/* ---- rules --------------------------------------------------------------- */

#define ACTING	"hooks:\n" \
	"  - name: stop-it\n    on: alert\n    mode: act\n    do:\n" \
	"      - actions.propose: { type: stop_promotion, reason: bleeds }\n"

START_TEST(a_rule_acts_once_after_its_hold)
{
	struct shop s;

	case_set(&s, NO_HOLDOUT ACTING);
	ck_assert_uint_eq(shop_times(&s.effects, "\"state\":\"requested\""),
	    1);
	say(&s, 61, "{\"verb\":\"stand.alert\",\"arguments\":{\"alert\":"
	    "\"A-1\",\"status\":\"pending\"}}");
	ck_assert_uint_eq(shop_times(&s.effects, "action "), 1);
	ck_assert(!sale(&s)->is_stopped);
	shop_tick(&s, 69 * 60);
	ck_assert(!sale(&s)->is_stopped);
	shop_tick(&s, 71 * 60);
	ck_assert(sale(&s)->is_stopped);
	ck_assert_uint_eq(shop_times(&s.effects, "\"state\":\"applied\""), 1);
	ck_assert_uint_eq(shop_times(&s.effects, "\"automatic\":true"), 2);
	shop_close(&s);
}
END_TEST

START_TEST(what_is_undone_during_its_hold_never_happens)
{
	struct shop s;
	char id[32];

	case_set(&s, NO_HOLDOUT ACTING);
	sscanf(strstr(text_view(&s.effects).data, "ACTION-"), "%19[^\"]", id);
	say(&s, 62, arena_form(s.arena, "{\"verb\":\"actions.undo\","
	    "\"arguments\":{\"action_id\":\"%s\"}}", id));
	shop_tick(&s, 90 * 60);
	ck_assert(!sale(&s)->is_stopped);
	shop_close(&s);
}
END_TEST

START_TEST(alerts_that_are_left_alone_are_not_acted_on_by_rules)
{
	struct shop s;

	case_set(&s, "plugin: feedback\noptions:\n"
	    "  measure: { holdout: 0.9 }\n" ACTING);
	for (int i = 2; i < 60; i++)
		say(&s, 60 + i, arena_form(s.arena, "{\"verb\":"
		    "\"stand.alert\",\"arguments\":{\"alert\":\"A-%d\","
		    "\"status\":\"pending\"}}", i));
	unsigned done = shop_times(&s.effects, "\"state\":\"requested\"");
	ck_assert_uint_ge(done, 1);
	ck_assert_uint_le(done, 20);
	shop_close(&s);
}
END_TEST

START_TEST(no_more_than_so_many_a_day)
{
	struct shop s;

	case_set(&s, NO_HOLDOUT "  rails: { daily_most: 3, cooldown: 0s }\n"
	    "  hold: 1h\n" ACTING);
	for (int i = 2; i < 20; i++)
		say(&s, 60 + i, arena_form(s.arena, "{\"verb\":"
		    "\"stand.alert\",\"arguments\":{\"alert\":\"A-%d\","
		    "\"status\":\"pending\"}}", i));
	ck_assert_uint_eq(shop_times(&s.effects, "\"state\":\"requested\""),
	    3);
	ck_assert_uint_ge(shop_times(&s.logged, "3 automatic actions were "
	    "taken today"), 1);
	shop_close(&s);
}
END_TEST

/* ---- the shop's own system ----------------------------------------------- */

START_TEST(where_the_shop_confirms_an_action_waits_for_its_word)
{
	struct shop s;
	char id[40];

	case_set(&s, NO_HOLDOUT "  shop_confirms: true\n");
	take(&s, 61, "\"action_type\":\"stop_promotion\"");
	ck_assert(!sale(&s)->is_stopped);
	const char *at = strstr(text_view(&s.effects).data, "request ");
	ck_assert_ptr_nonnull(at);
	ck_assert_ptr_nonnull(strstr(at, "\"courier\":\"webhook\""));
	ck_assert_ptr_nonnull(strstr(at, "\"action_type\":\"stop_promotion\""));
	sscanf(at, "request %32s", id);
	shop_body(&s, LIFT_ENTRY_ANSWER, 0, arena_form(s.arena,
	    "{\"request\":\"%s\",\"courier\":\"webhook\",\"ok\":true}", id));
	ck_assert(sale(&s)->is_stopped);
	shop_close(&s);
}
END_TEST

START_TEST(where_the_shop_says_no_nothing_is_done)
{
	struct shop s;
	char id[40];

	case_set(&s, NO_HOLDOUT "  shop_confirms: true\n");
	take(&s, 61, "\"action_type\":\"stop_promotion\"");
	sscanf(strstr(text_view(&s.effects).data, "request "), "request %32s",
	    id);
	shop_body(&s, LIFT_ENTRY_ANSWER, 0, arena_form(s.arena,
	    "{\"request\":\"%s\",\"ok\":false,\"error\":\"503 from the "
	    "shop\"}", id));
	ck_assert(!sale(&s)->is_stopped);
	ck_assert_uint_eq(shop_times(&s.effects, "\"state\":\"failed\""), 1);
	ck_assert_uint_eq(shop_times(&s.effects, "503 from the shop"), 1);
	shop_close(&s);
}
END_TEST

/* ---- measuring ----------------------------------------------------------- */

/* The victims sell half of what is expected before, and AFTER a minute of 10
 * expected after; the promoted product 30 before, LIFT after. */
static const char *
measured(struct shop *s, int after, int lift)
{
	windows(s, 1, 61, "LAMP", 5, 10, 1000);
	windows(s, 1, 61, "TORCH", 5, 10, 2000);
	windows(s, 1, 61, "NEON", 30, 10, 700);
	take(s, 61, "\"action_type\":\"stop_promotion\"");
	windows(s, 61, 130, "LAMP", after, 10, 1000);
	windows(s, 61, 130, "TORCH", after, 10, 2000);
	windows(s, 61, 130, "NEON", lift, 10, 1000);
	shop_tick(s, 125 * 60);
	ck_assert_uint_eq(shop_times(&s->effects, "feedback "), 0);
	shop_tick(s, 127 * 60);
	ck_assert_uint_eq(shop_times(&s->effects, "feedback "), 1);
	return strstr(text_view(&s->effects).data, "feedback ");
}

static double
number(const char *json, const char *name)
{
	char key[64];

	snprintf(key, sizeof(key), "\"%s\":", name);
	const char *at = strstr(json, key);
	ck_assert_msg(at != NULL, "no %s in %s", name, json);
	return strtod(at + strlen(key), NULL);
}

START_TEST(victims_that_come_back_raise_the_score)
{
	struct shop s;

	case_set(&s, NO_HOLDOUT);
	const char *told = measured(&s, 10, 20);
	/* An hour: 300 units of each lamp are won back, at 6 and 12 EUR of
	 * margin; the promoted one loses 1,800 at 3 EUR and gains 1,200 at
	 * 6. Stake: 300 * 18. */
	double margin = 300 * 18 - 1800 * 3 + 1200 * 6;
	ck_assert_double_eq_tol(number(strstr(told, "\"units\""), "value"),
	    600, 0.5);
	ck_assert_double_eq_tol(number(strstr(told, "\"margin\""), "value"),
	    margin, 1);
	ck_assert_double_eq_tol(number(told, "effectiveness_score"), 100, 0.1);
	ck_assert_double_eq_tol(number(strstr(told, "\"effect\""), "value"),
	    margin / (300 * 18), 0.01);
	ck_assert_double_gt(number(told, "evidence"), 1e6);
	ck_assert_double_eq_tol(number(told, "sales_before"), 600, 0.1);
	ck_assert_double_eq_tol(number(told, "sales_after"), 1200, 0.1);
	ck_assert_uint_eq(shop_times(&s.effects, "\"state\":\"measured\""), 1);
	shop_close(&s);
}
END_TEST

START_TEST(destroying_demand_is_no_success)
{
	struct shop s;

	case_set(&s, NO_HOLDOUT);
	/* Nobody comes back, and the promoted product sells nothing. */
	const char *told = measured(&s, 5, 0);
	ck_assert_double_lt(number(told, "effectiveness_score"), 10);
	ck_assert_double_lt(number(strstr(told, "\"margin\""), "high"), 0);
	shop_close(&s);
}
END_TEST

START_TEST(too_few_data_give_no_number)
{
	struct shop s;

	case_set(&s, NO_HOLDOUT);
	windows(&s, 50, 61, "LAMP", 1, 2, 1000);
	take(&s, 61, "\"action_type\":\"stop_promotion\"");
	windows(&s, 61, 70, "LAMP", 1, 2, 1000);
	shop_tick(&s, 127 * 60);
	const char *told = strstr(text_view(&s.effects).data, "feedback ");
	ck_assert_ptr_nonnull(told);
	ck_assert_ptr_null(strstr(told, "effectiveness_score"));
	ck_assert_ptr_nonnull(strstr(told, "\"insufficient_data\":true"));
	ck_assert_ptr_nonnull(strstr(told, "too few data: "));
	shop_close(&s);
}
END_TEST

START_TEST(what_happens_by_itself_is_taken_off)
{
	struct shop s;

	case_set(&s, "plugin: feedback\noptions:\n"
	    "  measure: { holdout: 0.9 }\n");
	/* The alert is left alone, and the victims recover all the same. */
	windows(&s, 1, 60, "LAMP", 5, 10, 1000);
	windows(&s, 1, 60, "TORCH", 5, 10, 2000);
	windows(&s, 1, 60, "NEON", 30, 10, 700);
	for (int i = 2; i < 20; i++)
		say(&s, 60, arena_form(s.arena, "{\"verb\":\"stand.alert\","
		    "\"arguments\":{\"alert\":\"A-%d\",\"status\":"
		    "\"pending\"}}", i));
	windows(&s, 60, 220, "LAMP", 6, 10, 1000);
	windows(&s, 60, 220, "TORCH", 6, 10, 2000);
	windows(&s, 60, 220, "NEON", 30, 10, 700);
	shop_tick(&s, 130 * 60);
	/* Somebody acts later; nothing comes of it. */
	take(&s, 131, "\"action_type\":\"adjust_price\",\"discount\":25");
	shop_tick(&s, 200 * 60);
	const char *told = strstr(text_view(&s.effects).data, "feedback ");
	ck_assert_ptr_nonnull(told);
	ck_assert_ptr_nonnull(strstr(told, "alerts left alone changed by "
	    "20"));
	ck_assert_double_ge(number(told, "holdouts"), 5);
	/* 6 of 10 before and after: less than by itself. */
	ck_assert_double_lt(number(strstr(told, "\"units\""), "high"), 0);
	shop_close(&s);
}
END_TEST

START_TEST(a_snapshot_carries_all_of_it)
{
	struct shop s;
	struct hash128 before, after;

	case_set(&s, NO_HOLDOUT ACTING);
	windows(&s, 1, 61, "LAMP", 5, 10, 1000);
	before = engine_digest(s.engine);
	/* What is saved is read into another engine, and saved again. */
	struct shop t;
	case_open(&t, NO_HOLDOUT ACTING);
	shop_snapshot(&s, &t);
	after = engine_digest(t.engine);
	ck_assert(shop_same(before, after));
	shop_close(&s);
	shop_close(&t);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("feedback");

	tcase_add_test(tests,
	    stopping_a_promotion_stops_it_in_the_same_entry);
	tcase_add_test(tests, what_is_undone_is_as_it_was);
	tcase_add_test(tests, a_price_moves_inside_its_rails_only);
	tcase_add_test(tests, a_target_becomes_a_tag_of_the_promotion);
	tcase_add_test(tests,
	    what_cannot_be_done_is_said_and_changes_nothing);
	tcase_add_test(tests, a_rule_acts_once_after_its_hold);
	tcase_add_test(tests, what_is_undone_during_its_hold_never_happens);
	tcase_add_test(tests,
	    alerts_that_are_left_alone_are_not_acted_on_by_rules);
	tcase_add_test(tests, no_more_than_so_many_a_day);
	tcase_add_test(tests,
	    where_the_shop_confirms_an_action_waits_for_its_word);
	tcase_add_test(tests, where_the_shop_says_no_nothing_is_done);
	tcase_add_test(tests, victims_that_come_back_raise_the_score);
	tcase_add_test(tests, destroying_demand_is_no_success);
	tcase_add_test(tests, too_few_data_give_no_number);
	tcase_add_test(tests, what_happens_by_itself_is_taken_off);
	tcase_add_test(tests, a_snapshot_carries_all_of_it);
	return shop_run(tests, "feedback");
}
