/* The detection in an engine: windows, alerts and their life, what comes late,
 * snapshots. Three bags stand on a shelf; a promotion on one of them eats
 * another. */
#include "bags.h"

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

START_TEST(what_goes_with_it_is_a_halo_from_another_shelf)
{
	struct shop s;

	case_set(&s, "");
	say(&s, 0, "{\"verb\":\"products.put\",\"arguments\":{\"id\":\"A\","
	    "\"category\":\"Bags\",\"price\":\"40.00 EUR\",\"cost\":"
	    "\"10.00 EUR\",\"attributes\":{\"goes_with\":\"Straps\"}}}");
	say(&s, 0, "{\"verb\":\"products.put\",\"arguments\":{\"id\":\"D\","
	    "\"category\":\"Straps\",\"price\":\"8.00 EUR\",\"cost\":"
	    "\"3.00 EUR\"}}");
	for (int64_t m = 0; m < 245; m++) {
		bool on = m * 60 >= BEFORE && m * 60 < END;
		for (int64_t k = 0; k < (on ? 3 : 1); k++)
			shop_buy(&s, m * 60 + k + 3, "D");
		minutes(&s, m, m + 1, true);
	}
	const char *a = strstr(last_alert(&s), "\"halo\":{\"value\":");
	ck_assert_ptr_nonnull(a);
	ck_assert_double_eq_tol(strtod(a + 16, NULL), 240, 25);
	/* It is not looked at as one that could be eaten. */
	ck_assert_ptr_null(strstr(asked(&s, "pairs.list", 0, NULL),
	    "\"product\":\"D\""));
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

START_TEST(an_alert_carries_what_the_catalogue_says)
{
	struct shop s;

	case_set(&s, "");
	say(&s, 1, "{\"verb\":\"products.put\",\"arguments\":{\"id\":\"A\","
	    "\"category\":\"Bags\",\"price\":\"40 EUR\","
	    "\"attributes\":{\"stock\":40}}}");
	say(&s, 2, "{\"verb\":\"products.put\",\"arguments\":{\"id\":\"B\","
	    "\"category\":\"Bags\",\"price\":\"50 EUR\","
	    "\"brand\":\"Sack\",\"attributes\":{\"stock\":7}}}");
	minutes(&s, 0, 180, true);
	ck_assert_ptr_nonnull(strstr(last_alert(&s), "\"category\":\"Bags\","
	    "\"brand\":\"Sack\",\"price\":50,\"price_gap\":0.6667,"
	    "\"stock\":7,\"fired_at\""));
	ck_assert_ptr_nonnull(strstr(last_alert(&s), "\"catalogue\":{"
	    "\"category\":\"Bags\",\"price\":40,\"stock\":40}"));
	shop_close(&s);
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

/* The prototype's rule needs no evidence: one minute is enough. */
START_TEST(the_ratio_tells_after_a_single_window)
{
	static const struct { const char *ratio; bool told; } rows[] = {
		{ "{ kept: 0.7, moved: 0.3 }", true },
		{ "{ kept: 0.2, moved: 0.3 }", true },	/* 2 of 5 moved */
		{ "{ kept: 0.7, moved: 0.9 }", true },	/* 1 of 3 kept */
		{ "{ kept: 0.2, moved: 0.9 }", false },
	};

	for (unsigned k = 0; k < 4; k++) {
		char options[96];
		struct shop s;
		snprintf(options, sizeof(options), "  decision: ratio\n"
		    "  ratio: %s\n", rows[k].ratio);
		case_set(&s, options);
		minutes(&s, 0, 123, true);
		const char *a = last_alert(&s);
		ck_assert_msg(rows[k].told == (strstr(a, "\"victims\":["
		    "{\"product_id\":\"B\"") != NULL), "%s: %s", rows[k].ratio,
		    a);
		shop_close(&s);
	}
	struct shop s;
	case_set(&s, "");
	minutes(&s, 0, 123, true);
	ck_assert_str_eq(last_alert(&s), "");
	shop_close(&s);
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

/* ---- lulls ------------------------------------------------------------- */

/* Minutes of which nobody tells us anything. */
static void
silence(struct shop *s, int64_t from, int64_t to)
{
	for (int64_t m = from; m < to; m++)
		shop_tick(s, m * 60);
}

START_TEST(a_shop_that_sells_nothing_at_all_blames_no_promotion)
{
	static const struct { int64_t from, to; } rows[] = {
		{ 130, 236 }, { 118, 225 }, { 121, 140 } };

	for (unsigned k = 0; k < 3; k++) {
		struct shop s;
		case_set(&s, "");
		minutes(&s, 0, rows[k].from, false);
		silence(&s, rows[k].from, rows[k].to);
		minutes(&s, rows[k].to, 300, false);
		ck_assert_msg(*last_alert(&s) == '\0', "%.300s",
		    last_alert(&s));
		shop_close(&s);
	}
}
END_TEST

/* What is expected of it is what was expected while the line was there. */
START_TEST(a_lull_is_no_time_and_a_product_is_eaten_beside_it)
{
	struct shop s, c;

	case_set(&s, "");
	minutes(&s, 0, 130, true);
	silence(&s, 130, 150);
	case_open(&c, "");
	shop_snapshot(&s, &c);
	c.seq = s.seq;
	for (unsigned k = 0; k < 2; k++) {
		struct shop *shop = k == 0 ? &s : &c;
		silence(shop, 150, 180);
		minutes(shop, 180, 242, true);
	}
	const char *a = last_alert(&s);
	ck_assert_ptr_nonnull(strstr(a, "\"victims\":[{\"product_id\":\"B\""));
	ck_assert_ptr_nonnull(strstr(a, "\"actual_sales\":70"));
	ck_assert_double_eq_tol(strtod(strstr(a, "\"predicted_sales\":") + 18,
	    NULL), 210, 15);
	ck_assert_str_eq(a, last_alert(&c));
	a = strstr(shop_set(&s, "windowed_stats"), "\"product\":\"B\","
	    "\"window\":\"2026-01-01T02:40:00Z\"");
	ck_assert_ptr_nonnull(a);
	ck_assert_double_eq(strtod(strstr(a, "\"expected\":") + 11, NULL),
	    0);
	shop_close(&s);
	shop_close(&c);
}
END_TEST

/* Nor is a level forgotten for it, however many blocks it takes. */
START_TEST(a_level_is_what_it_was_after_a_lull)
{
	struct shop s;

	case_set(&s, "");
	minutes(&s, 0, 100, false);
	silence(&s, 100, 1500);
	minutes(&s, 1500, 1640, false);
	const char *at = strstr(shop_set(&s, "windowed_stats"),
	    "\"product\":\"B\",\"window\":\"2026-01-02T03:15:00Z\"");
	ck_assert_ptr_nonnull(at);
	ck_assert_double_eq_tol(strtod(strstr(at, "\"expected\":") + 11,
	    NULL), 3, 0.25);
	shop_close(&s);
}
END_TEST

/* ---- history ----------------------------------------------------------- */

/* Opens the source of purchases for a file of history, or ends it. */
static void
file(struct shop *s, bool begins)
{
	shop_body(s, LIFT_ENTRY_SOURCE, 1, begins ?
	    "{\"name\":\"shop\",\"class\":\"backfill\"}" :
	    "{\"name\":\"shop\",\"state\":\"end\"}");
}

/* FILES of equal length, between them a night. */
static void
history(struct shop *s, int files)
{
	int64_t week = 7 * 86400;

	case_set(s, "");
	for (int k = 0; k < files; k++) {
		for (int64_t n = 0; n < 3; n++)
			shop_tick(s, week + k * 86400 + n);
		file(s, true);
		minutes(s, 240 * k / files, 240 * (k + 1) / files, true);
		file(s, false);
	}
	for (int64_t n = 0; n < 120; n++)
		shop_tick(s, 2 * week + n);
}

START_TEST(a_history_in_several_files_tells_what_it_tells_in_one)
{
	struct shop a, b;

	history(&a, 1);
	history(&b, 7);
	const char *x = strstr(last_alert(&a), "\"victims\"");
	const char *y = strstr(last_alert(&b), "\"victims\"");
	ck_assert_ptr_nonnull(x);
	ck_assert_ptr_nonnull(y);
	ck_assert_ptr_nonnull(strstr(x, "\"actual\":120"));
	/* Behind that is the number of the entry. */
	size_t size = (size_t)(strchr(x, '|') - x);
	ck_assert(strncmp(x, y, size + 1) == 0);
	shop_close(&a);
	shop_close(&b);
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
	tcase_add_test(tests, what_goes_with_it_is_a_halo_from_another_shelf);
	tcase_add_test(tests,
	    a_calm_promotion_is_not_told_and_can_be_explained);
	tcase_add_test(tests, an_alert_comes_with_a_tree_of_its_conditions);
	tcase_add_test(tests,
	    an_alert_shows_the_newest_burst_of_its_promotion);
	tcase_add_test(tests, an_alert_carries_what_the_catalogue_says);
	tcase_add_test(tests,
	    severity_is_low_medium_or_high_by_what_is_lost_for_sure);
	tcase_add_test(tests, the_ratio_tells_after_a_single_window);
	tcase_add_test(tests, a_promotion_that_is_stopped_is_judged_then);
	tcase_add_test(tests,
	    a_shop_that_sells_nothing_at_all_blames_no_promotion);
	tcase_add_test(tests,
	    a_lull_is_no_time_and_a_product_is_eaten_beside_it);
	tcase_add_test(tests, a_level_is_what_it_was_after_a_lull);
	tcase_add_test(tests,
	    a_history_in_several_files_tells_what_it_tells_in_one);
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
