/* The detection in an engine: windows, alerts and their life, what comes late,
 * snapshots. Three bags stand on a shelf; a promotion on one of them eats
 * another. */
#include "engine/shop.h"

#include "plugin/loader.h"

/* ---- those who answer -------------------------------------------------- */

static const struct lift_field strategy_fields[] = {
	{ "alert_id", LIFT_TEXT, .meaning = "a" },
	{ "explanation", LIFT_TEXT, .meaning = "e" },
	LIFT_END
};

static const struct lift_field action_fields[] = {
	{ "alert_id", LIFT_TEXT, .meaning = "a" },
	{ "action_type", LIFT_TEXT, .meaning = "t" },
	{ "state", LIFT_TEXT, .meaning = "s" },
	LIFT_END
};

static const struct lift_field feedback_fields[] = {
	{ "alert_id", LIFT_TEXT, .meaning = "a" },
	{ "effectiveness_score", LIFT_NUMBER, true, "s" },
	LIFT_END
};

static const struct lift_topic answers_topics[] = {
	{ "strategy", strategy_fields, true, "s" },
	{ "action", action_fields, true, "a" },
	{ "feedback", feedback_fields, true, "f" },
	LIFT_END
};

static const struct lift_field answers_arguments[] = {
	{ "alert", LIFT_TEXT, .meaning = "a" },
	{ "type", LIFT_TEXT, true, "t" },
	{ "state", LIFT_TEXT, true, "s" },
	LIFT_END
};

static bool
answer(void *self, struct lift_call *c, unsigned topic)
{
	const struct lift_host *h = *(const struct lift_host **)self;
	struct lift_value values[3] = { h->argument(c, 0), h->argument(c, 1),
		h->argument(c, 2) };

	if (topic == 2)
		values[1] = LIFT_VALUE_NUMBER(70);
	h->emit(h, &(struct lift_effect){ .topic = topic,
		.time = h->entry(c)->time, .key = LIFT_TEXT_OF("a"),
		.values = values });
	return true;
}

static bool
answer_strategy(void *self, struct lift_call *c, struct lift_error *err)
{
	(void)err;
	return answer(self, c, 0);
}

static bool
answer_action(void *self, struct lift_call *c, struct lift_error *err)
{
	(void)err;
	return answer(self, c, 1);
}

static bool
answer_feedback(void *self, struct lift_call *c, struct lift_error *err)
{
	(void)err;
	return answer(self, c, 2);
}

static const char *const answers_emit[] = { "strategy", "action", "feedback",
	NULL };

static const struct lift_verb answers_verbs[] = {
	{ "answer.action", answers_arguments, LIFT_OPERATOR, true, NULL, "a",
	  answer_action, answers_emit },
	{ "answer.feedback", answers_arguments, LIFT_OPERATOR, true, NULL,
	  "f", answer_feedback, answers_emit },
	{ "answer.strategy", answers_arguments, LIFT_OPERATOR, true, NULL,
	  "s", answer_strategy, answers_emit },
	LIFT_END
};

static const struct lift_plugin answers = {
	.magic = LIFT_PLUGIN_MAGIC, .abi = LIFT_PLUGIN_ABI,
	.size = sizeof(answers), .name = "answers", .summary = "answers",
	.topics = answers_topics, .verbs = answers_verbs,
	.open = bell_open, .close = free,
};

/* ---- the shop ---------------------------------------------------------- */

static void
case_open(struct shop *s, const char *options)
{
	const struct lift_plugin *plugins[] = { NULL, &answers };
	struct engine_settings settings = shop_settings;
	struct text rules = { 0 };
	struct lift_error err;

	text_form(&rules, "plugin: detection\noptions:\n  window: 1m\n%s",
	    options);
	settings.seen_count = 1 << 16;
	plugins[0] = loader_open("plugins/.libs", "detection", &err);
	ck_assert_msg(plugins[0] != NULL, "%s", err.text);
	shop_open_of(s, rules.data, &settings, plugins, 2);
	text_done(&rules);
}

static void
say(struct shop *s, int64_t second, const char *body)
{
	shop_fold(s, &(struct lift_entry){ .kind = LIFT_ENTRY_CALL,
		.id = lift_text(arena_form(s->arena, "call-%llu",
		(unsigned long long)s->seq)), .time = T0 + second *
		LIFT_SECOND, .received = T0 + second * LIFT_SECOND,
		.body = lift_text(body) });
}

static void
put(struct shop *s, const char *id, const char *price)
{
	say(s, 0, arena_form(s->arena, "{\"verb\":\"products.put\","
	    "\"arguments\":{\"id\":\"%s\",\"category\":\"Bags\",\"price\":"
	    "\"%s EUR\",\"cost\":\"10.00 EUR\"}}", id, price));
}

static void
case_set(struct shop *s, const char *options)
{
	case_open(s, options);
	put(s, "A", "40.00");
	put(s, "B", "50.00");
	put(s, "C", "50.00");
	say(s, 0, "{\"verb\":\"promotions.put\",\"arguments\":{\"id\":\"SALE\","
	    "\"products\":[\"A\"],\"price\":\"30.00 EUR\",\"start\":"
	    "\"2026-01-01T02:00:00Z\",\"end\":\"2026-01-01T04:00:00Z\"}}");
	text_clear(&s->called);
}

enum { BEFORE = 7200, END = 14400 };

/* One minute: A twice a minute and thrice on promotion, B thrice and once when
 * it is eaten, C twice. FROM to TO in minutes. */
static void
minutes(struct shop *s, int64_t from, int64_t to, bool eats)
{
	for (int64_t m = from; m < to; m++) {
		bool on = m * 60 >= BEFORE && m * 60 < END;
		for (int64_t k = 0; k < (on && eats ? 1 : 3); k++)
			shop_buy(s, m * 60 + 10 * k + 1, "B");
		for (int64_t k = 0; k < (on ? 3 : 2); k++)
			shop_buy(s, m * 60 + 10 * k + 2, "A");
		shop_buy(s, m * 60 + 33, "C");
		shop_buy(s, m * 60 + 43, "C");
		for (int64_t k = 0; k < 60; k += 20)
			shop_tick(s, m * 60 + k);
	}
}

/* The last line of the topic `alert`, or nothing. */
static const char *
last_alert(struct shop *s)
{
	const char *all = text_view(&s->effects).data, *at = all, *found = "";

	while ((at = strstr(at, "\nalert ")) != NULL)
		found = ++at;
	return found;
}

static const char id[] = "ALERT-SALE-202601010200";

static void
answered(struct shop *s, int64_t second, const char *verb, const char *type,
    const char *stands)
{
	say(s, second, arena_form(s->arena, "{\"verb\":\"answer.%s\","
	    "\"arguments\":{\"alert\":\"%s\",\"type\":\"%s\",\"state\":"
	    "\"%s\"}}", verb, id, type, stands));
}

static const char *
asked(struct shop *s, const char *verb, unsigned count,
    struct lift_value *values)
{
	const struct vocabulary *v = engine_vocabulary(s->engine);
	struct lift_error err = { 0 };
	struct text rows = { 0 };

	for (size_t i = 0; i < v->verb_count; i++)
		if (strcmp(v->verbs[i].verb->name, verb) == 0) {
			struct lift_value all[8] = { { 0 } };
			if (count > 0)
				memcpy(all, values, count * sizeof(*values));
			bool ok = engine_ask(s->engine, &v->verbs[i], all,
			    &rows, &err);
			const char *copy = arena_string(s->arena, ok ?
			    text_view(&rows).data : err.text);
			text_done(&rows);
			return copy;
		}
	return "no such verb";
}

/* ---- windows ----------------------------------------------------------- */

START_TEST(a_window_is_told_with_its_sums_and_what_was_expected)
{
	struct shop s;

	case_set(&s, "");
	minutes(&s, 0, 110, true);
	const char *all = shop_set(&s, "windowed_stats");
	ck_assert_ptr_nonnull(strstr(all, "\"product\":\"B\",\"window\":"
	    "\"2026-01-01T00:07:00Z\",\"revision\":0,\"units\":3,\"returns\":0,"
	    "\"revenue\":7.50,"));
	/* After an hour and a quarter the first block is firm: about three
	 * pieces a minute. */
	const char *late = strstr(all, "\"product\":\"B\",\"window\":"
	    "\"2026-01-01T01:40:00Z\"");
	ck_assert_ptr_nonnull(late);
	ck_assert_double_eq_tol(strtod(strstr(late, "\"expected\":") + 11,
	    NULL), 3, 0.2);
	shop_close(&s);
}
END_TEST

START_TEST(what_comes_late_makes_a_revision_and_the_same_account)
{
	struct shop a, b;

	case_set(&a, "");
	case_set(&b, "");
	/* In one shop the purchase of minute 130 comes ten minutes late. */
	minutes(&a, 0, 130, true);
	minutes(&b, 0, 130, true);
	shop_buy(&a, 130 * 60 + 5, "B");
	minutes(&a, 130, 140, true);
	minutes(&b, 130, 140, true);
	shop_buy(&b, 130 * 60 + 5, "B");
	minutes(&a, 140, 243, true);
	minutes(&b, 140, 243, true);
	ck_assert_ptr_null(strstr(shop_set(&a, "windowed_stats"),
	    "\"revision\":1"));
	ck_assert_ptr_nonnull(strstr(shop_set(&b, "windowed_stats"),
	    "\"window\":\"2026-01-01T02:10:00Z\",\"revision\":1,\"units\":2"));
	/* At the end both know the same to the last digit. */
	char *x = arena_string(a.arena, last_alert(&a)), *y =
	    arena_string(b.arena, last_alert(&b));
	x = strstr(x, "\"victims\"");
	y = strstr(y, "\"victims\"");
	ck_assert_ptr_nonnull(strstr(x, "\"evidence\""));
	*strchr(x, '|') = *strchr(y, '|') = '\0';
	x = strstr(x, "\"actual\"");
	y = strstr(y, "\"actual\"");
	ck_assert_str_eq(x, y);
	shop_close(&a);
	shop_close(&b);
}
END_TEST

/* ---- alerts ------------------------------------------------------------ */

START_TEST(who_is_eaten_is_told_with_loss_and_balance)
{
	struct shop s;

	case_set(&s, "");
	minutes(&s, 0, 245, true);
	const char *a = last_alert(&s);
	ck_assert_ptr_nonnull(strstr(a, id));
	ck_assert_ptr_nonnull(strstr(a, "\"promo_id\":\"SALE\""));
	ck_assert_ptr_nonnull(strstr(a, "\"product_id\":\"A\""));
	ck_assert_ptr_nonnull(strstr(a, "\"discount_percentage\":25"));
	ck_assert_ptr_nonnull(strstr(a, "\"severity\":\"high\""));
	ck_assert_ptr_nonnull(strstr(a, "\"actual_sales\":120"));
	double predicted = strtod(strstr(a, "\"predicted_sales\":") + 18,
	    NULL);
	double loss = strtod(strstr(a, "\"loss_amount\":") + 14, NULL);
	ck_assert_double_eq_tol(predicted, 360, 25);
	ck_assert_double_eq_tol(loss, (predicted - 120) * 30, 1);
	ck_assert_ptr_nonnull(strstr(a, "\"victims\":[{\"product_id\":\"B\""));
	ck_assert_ptr_null(strstr(a, "\"product_id\":\"C\""));
	ck_assert_ptr_nonnull(strstr(a, "\"cannibalized\":{\"value\":"));
	shop_close(&s);
}
END_TEST

START_TEST(a_calm_promotion_is_not_told_and_can_be_explained)
{
	struct lift_value names[] = { lift_value_text(LIFT_TEXT_OF("SALE")),
		lift_value_text(LIFT_TEXT_OF("B")) };
	struct shop s;

	case_set(&s, "");
	minutes(&s, 0, 245, false);
	ck_assert_str_eq(last_alert(&s), "");
	const char *why = asked(&s, "pairs.explain", 2, names);
	ck_assert_ptr_nonnull(strstr(why, "\"condition\":\"told\","
	    "\"holds\":false"));
	ck_assert_ptr_nonnull(strstr(why, "evidence.keeps_0.7"));
	ck_assert_ptr_nonnull(strstr(why, "evidence.needed"));
	names[1] = lift_value_text(LIFT_TEXT_OF("Z"));
	ck_assert_ptr_nonnull(strstr(asked(&s, "pairs.explain", 2, names),
	    "is not looked at"));
	shop_close(&s);
}
END_TEST

/* What `explain` prints comes with each revision: the promotion, each product
 * that is told with all its conditions, others in a line. */
START_TEST(an_alert_comes_with_a_tree_of_its_conditions)
{
	struct shop s;

	case_set(&s, "");
	minutes(&s, 0, 200, true);
	const char *why = strchr(last_alert(&s), '|');
	ck_assert_ptr_nonnull(strstr(why, "{\"when\":\"SALE eats its shelf\","
	    "\"verdict\":true,\"parts\":[{\"when\":\"B is eaten: "));
	ck_assert_ptr_nonnull(strstr(why, "{\"when\":\"doubt: chance that it "
	    "is not eaten\",\"verdict\":true,\"values\":{\"value\":"));
	ck_assert_ptr_nonnull(strstr(why, "\"bound\":0.03}"));
	ck_assert_ptr_null(strstr(why, "C is eaten"));
	/* Also where only its status changes. */
	answered(&s, 12001, "action", "dismiss", "applied");
	ck_assert_ptr_nonnull(strstr(strchr(last_alert(&s), '|'),
	    "B is eaten"));
	shop_close(&s);
}
END_TEST

/* A purchase that a show asked for, as the simulation makes it. */
static void
show_buy(struct shop *s, int64_t second, const char *burst,
    const char *promotion)
{
	struct lift_entry e = shop_purchase(s, second, "A");

	e.id = lift_text(arena_form(s->arena, "show-%s-%lld", burst,
	    (long long)second));
	e.promotion_name = lift_text(promotion);
	e.properties = lift_text(arena_form(s->arena, "{\"burst_id\":\"%s\","
	    "\"demo_queued_at\":\"2026-01-01T03:00:00Z\"}", burst));
	shop_fold(s, &e);
}

START_TEST(an_alert_shows_the_newest_burst_of_its_promotion)
{
	struct shop s, c;

	case_set(&s, "");
	minutes(&s, 0, 180, true);
	ck_assert_ptr_null(strstr(last_alert(&s), "burst_id"));
	show_buy(&s, 10801, "BURST-00000001", "SALE");
	show_buy(&s, 10802, "BURST-00000002", "OTHER");
	minutes(&s, 180, 183, true);
	ck_assert_ptr_nonnull(strstr(last_alert(&s), "\"burst_id\":"
	    "\"BURST-00000001\",\"demo_queued_at\":\"2026-01-01T03:00:00Z\","
	    "\"burst_event_count\":1"));
	for (int64_t k = 0; k < 3; k++)
		show_buy(&s, 10981 + k, "BURST-00000003", "SALE");
	case_open(&c, "");
	shop_snapshot(&s, &c);
	c.seq = s.seq;
	minutes(&s, 183, 186, true);
	minutes(&c, 183, 186, true);
	ck_assert_ptr_nonnull(strstr(last_alert(&s), "\"burst_id\":"
	    "\"BURST-00000003\""));
	ck_assert_ptr_nonnull(strstr(last_alert(&s),
	    "\"burst_event_count\":3"));
	ck_assert_str_eq(last_alert(&s), last_alert(&c));
	shop_close(&s);
	shop_close(&c);
}
END_TEST

START_TEST(severity_is_low_medium_or_high_by_what_is_lost_for_sure)
{
	static const struct { const char *options, *severity; } rows[] = {
		{ "  severity: { medium: { share: 15% }, "
		  "high: { share: 35% } }\n", "high" },
		{ "  severity: { medium: { share: 15% }, "
		  "high: { share: 90% } }\n", "medium" },
		{ "  severity: { medium: { share: 85% }, "
		  "high: { share: 90% } }\n", "low" },
		{ "  severity: { medium: { share: 0, amount: 100 }, "
		  "high: { share: 0, amount: 1000 } }\n", "high" },
		{ "  severity: { medium: { share: 0, amount: 100 }, "
		  "high: { share: 0, amount: 100000 } }\n", "medium" },
	};

	for (unsigned k = 0; k < 5; k++) {
		struct shop s;
		char word[32];
		case_set(&s, rows[k].options);
		minutes(&s, 0, 242, true);
		snprintf(word, sizeof(word), "\"severity\":\"%s\"",
		    rows[k].severity);
		ck_assert_msg(strstr(last_alert(&s), word) != NULL,
		    "%s: %.200s", rows[k].severity, last_alert(&s));
		shop_close(&s);
	}
}
END_TEST

START_TEST(a_promotion_that_is_stopped_is_judged_then)
{
	struct shop s;

	case_set(&s, "");
	minutes(&s, 0, 180, true);
	say(&s, 180 * 60, "{\"verb\":\"promotions.stop\",\"arguments\":"
	    "{\"id\":\"SALE\"}}");
	minutes(&s, 240, 250, true);
	const char *a = last_alert(&s);
	ck_assert_ptr_nonnull(strstr(a, "\"actual_sales\":60"));
	shop_close(&s);
}
END_TEST

/* ---- the second opinion ------------------------------------------------ */

enum { CROWD = 20 };

/* Minutes in which others on the shelf sell once to three times. */
static void
crowded(struct shop *s, int64_t from, int64_t to)
{
	for (int64_t m = from; m < to; m++) {
		for (int64_t k = 0; k < CROWD; k++)
			for (int64_t n = 0; n < 1 + (m * 7919 + k * 104729) %
			    97 % 3; n++)
				shop_buy(s, m * 60 + 10 * n + k % 7,
				    arena_form(s->arena, "D%lld",
				    (long long)k));
		minutes(s, m, m + 1, true);
	}
}

START_TEST(an_alert_says_how_odd_its_victims_look_among_the_others)
{
	struct lift_value names[] = { lift_value_text(LIFT_TEXT_OF("SALE")),
		lift_value_text(LIFT_TEXT_OF("C")) };
	struct shop s, c;

	case_set(&s, "  block: 1m\n");
	for (int k = 0; k < CROWD; k++)
		put(&s, arena_form(s.arena, "D%d", k),
		    arena_form(s.arena, "%d.00", 40 + k));
	crowded(&s, 0, 160);
	case_open(&c, "  block: 1m\n");
	shop_snapshot(&s, &c);
	c.seq = s.seq;
	crowded(&s, 160, 180);
	crowded(&c, 160, 180);
	const char *at = strstr(last_alert(&s), "\"anomaly\":{\"score\":");
	ck_assert_ptr_nonnull(at);
	double score = strtod(at + 19, NULL);
	double bar = strtod(strstr(at, "\"bar\":") + 6, NULL);
	ck_assert_msg(bar > 0.3 && bar < score && score < 1, "%f %f", score,
	    bar);
	ck_assert_ptr_nonnull(strstr(at, "\"meaning\":\"odder than nine in "
	    "ten products"));
	ck_assert_str_eq(last_alert(&s), last_alert(&c));
	at = strstr(asked(&s, "pairs.explain", 2, names),
	    "\"condition\":\"anomaly\"");
	ck_assert_double_lt(strtod(strstr(at, "\"value\":") + 8, NULL),
	    score - 0.05);
	shop_close(&s);
	shop_close(&c);
}
END_TEST

/* ---- life cycle -------------------------------------------------------- */

static bool
stands(struct shop *s, const char *status)
{
	char word[48];

	snprintf(word, sizeof(word), "\"status\":\"%s\"", status);
	return strstr(last_alert(s), word) != NULL;
}

START_TEST(an_alert_goes_through_its_life)
{
	struct lift_value name = lift_value_text(lift_text(id));
	struct shop s;

	case_set(&s, "");
	minutes(&s, 0, 180, true);
	ck_assert(stands(&s, "pending"));
	answered(&s, 10801, "strategy", "words", "");
	ck_assert(stands(&s, "strategy_generated"));
	answered(&s, 10802, "action", "stop_promotion", "requested");
	ck_assert(stands(&s, "strategy_generated"));
	answered(&s, 10803, "action", "stop_promotion", "applied");
	ck_assert(stands(&s, "action_taken"));
	answered(&s, 10804, "action", "stop_promotion", "undone");
	ck_assert(stands(&s, "strategy_generated"));
	answered(&s, 10805, "action", "adjust_price", "applied");
	answered(&s, 10806, "feedback", "", "");
	ck_assert(stands(&s, "resolved"));
	const char *shown = asked(&s, "alerts.show", 1, &name);
	ck_assert_ptr_nonnull(strstr(shown, "\"strategy\":{\"alert_id\":"));
	ck_assert_ptr_nonnull(strstr(shown, "\"effectiveness_score\":70"));
	ck_assert_ptr_nonnull(strstr(asked(&s, "dashboard.stats", 0, NULL),
	    "\"total_alerts\":1,\"pending_alerts\":0,\"resolved_alerts\":1"));
	shop_close(&s);
}
END_TEST

START_TEST(who_is_dismissed_stays_so_until_it_is_undone)
{
	struct lift_value status = lift_value_text(
	    LIFT_TEXT_OF("dismissed"));
	struct shop s;

	case_set(&s, "");
	minutes(&s, 0, 180, true);
	answered(&s, 10801, "action", "dismiss", "applied");
	ck_assert(stands(&s, "dismissed"));
	minutes(&s, 181, 200, true);
	ck_assert_ptr_nonnull(strstr(asked(&s, "alerts.list", 1, &status),
	    id));
	answered(&s, 12001, "action", "dismiss", "undone");
	ck_assert(stands(&s, "pending"));
	ck_assert_str_eq(asked(&s, "alerts.list", 1, &status), "");
	shop_close(&s);
}
END_TEST

START_TEST(who_is_not_answered_expires)
{
	struct shop s;

	case_set(&s, "  expires: 30m\n  dip: 5m\n");
	minutes(&s, 0, 300, true);
	ck_assert(stands(&s, "expired"));
	shop_close(&s);
}
END_TEST

/* ---- the log ----------------------------------------------------------- */

START_TEST(the_same_log_is_the_same_and_a_snapshot_carries_all_of_it)
{
	struct shop a, b;

	case_set(&a, "");
	case_set(&b, "");
	minutes(&a, 0, 170, true);
	minutes(&b, 0, 170, true);
	answered(&a, 10201, "strategy", "words", "");
	answered(&b, 10201, "strategy", "words", "");
	ck_assert(shop_same(sandbox_digest(a.sandbox),
	    sandbox_digest(b.sandbox)));
	struct shop c;
	case_open(&c, "");
	shop_snapshot(&a, &c);
	c.seq = a.seq;
	ck_assert(shop_same(sandbox_digest(a.sandbox),
	    sandbox_digest(c.sandbox)));
	minutes(&a, 171, 245, true);
	minutes(&c, 171, 245, true);
	ck_assert(shop_same(sandbox_digest(a.sandbox),
	    sandbox_digest(c.sandbox)));
	const char *x = last_alert(&a), *y = last_alert(&c);
	ck_assert_str_eq(x, y);
	shop_close(&a);
	shop_close(&b);
	shop_close(&c);
}
END_TEST

START_TEST(order_inside_the_disorder_does_not_show)
{
	struct shop a, b;

	case_set(&a, "");
	case_set(&b, "");
	for (int64_t m = 0; m < 242; m++) {
		bool on = m >= 120 && m < 240;
		int most = on ? 1 : 3;
		for (int k = 0; k < most; k++) {
			shop_buy(&a, m * 60 + 2 * k, "B");
			shop_buy(&b, m * 60 + 2 * (most - 1 - k), "B");
		}
		shop_buy(&a, m * 60 + 8, "C");
		shop_buy(&a, m * 60 + 9, "A");
		shop_buy(&b, m * 60 + 9, "A");
		shop_buy(&b, m * 60 + 8, "C");
		shop_tick(&a, m * 60 + 30);
		shop_tick(&b, m * 60 + 30);
	}
	ck_assert(strcmp(shop_set(&a, "windowed_stats"),
	    shop_set(&b, "windowed_stats")) == 0);
	ck_assert_str_ne(last_alert(&a), "");
	ck_assert(strcmp(shop_set(&a, "alert"), shop_set(&b, "alert")) == 0);
	shop_close(&a);
	shop_close(&b);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("detection");

	tcase_add_test(tests,
	    a_window_is_told_with_its_sums_and_what_was_expected);
	tcase_add_test(tests,
	    what_comes_late_makes_a_revision_and_the_same_account);
	tcase_add_test(tests, who_is_eaten_is_told_with_loss_and_balance);
	tcase_add_test(tests,
	    a_calm_promotion_is_not_told_and_can_be_explained);
	tcase_add_test(tests, an_alert_comes_with_a_tree_of_its_conditions);
	tcase_add_test(tests,
	    an_alert_shows_the_newest_burst_of_its_promotion);
	tcase_add_test(tests,
	    severity_is_low_medium_or_high_by_what_is_lost_for_sure);
	tcase_add_test(tests, a_promotion_that_is_stopped_is_judged_then);
	tcase_add_test(tests,
	    an_alert_says_how_odd_its_victims_look_among_the_others);
	tcase_add_test(tests, an_alert_goes_through_its_life);
	tcase_add_test(tests, who_is_dismissed_stays_so_until_it_is_undone);
	tcase_add_test(tests, who_is_not_answered_expires);
	tcase_add_test(tests,
	    the_same_log_is_the_same_and_a_snapshot_carries_all_of_it);
	tcase_add_test(tests, order_inside_the_disorder_does_not_show);
	return shop_run(tests, "detection");
}
