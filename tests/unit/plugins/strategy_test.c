/* The strategy plugin in an engine: alerts come, strategies are told; a model
 * answers well, badly, or never. */
#include "engine/shop.h"

#include "plugin/loader.h"

/* ---- who plays detection and feedback ------------------------------------ */

static const struct lift_field alert_fields[] = {
	{ "alert_id", LIFT_TEXT, .meaning = "a" },
	{ "status", LIFT_TEXT, .meaning = "s" },
	{ "severity", LIFT_TEXT, .meaning = "s" },
	{ "promo_id", LIFT_PROMOTION, .meaning = "p" },
	{ "product_id", LIFT_PRODUCT, .meaning = "q" },
	{ "product_name", LIFT_TEXT, .meaning = "n" },
	{ "original_price", LIFT_NUMBER, .meaning = "o" },
	{ "promo_price", LIFT_NUMBER, .meaning = "p" },
	{ "currency", LIFT_TEXT, .meaning = "c" },
	{ "discount_percentage", LIFT_NUMBER, .meaning = "d" },
	{ "actual_sales", LIFT_INT, .meaning = "a" },
	{ "predicted_sales", LIFT_NUMBER, .meaning = "p" },
	{ "loss_percentage", LIFT_NUMBER, .meaning = "l" },
	{ "started", LIFT_TIME, .meaning = "s" },
	{ "victims", LIFT_JSON, .meaning = "v" },
	{ "net", LIFT_JSON, .meaning = "n" },
	LIFT_END
};

static const struct lift_field feedback_fields[] = {
	{ "alert_id", LIFT_TEXT, .meaning = "a" },
	{ "action_type", LIFT_TEXT, .meaning = "t" },
	{ "effect", LIFT_JSON, true, "e" },
	LIFT_END
};

static const struct lift_topic stand_in_topics[] = {
	{ "alert", alert_fields, true, "a" },
	{ "feedback", feedback_fields, true, "f" },
	LIFT_END
};

static const struct lift_field alert_arguments[] = {
	{ "alert", LIFT_TEXT, .meaning = "a" },
	{ "status", LIFT_TEXT, .meaning = "s" },
	{ "severity", LIFT_TEXT, .meaning = "s" },
	{ "lost", LIFT_NUMBER, .meaning = "percent" },
	{ "net", LIFT_JSON, .meaning = "n" },
	LIFT_END
};

static const struct lift_field feedback_arguments[] = {
	{ "alert", LIFT_TEXT, .meaning = "a" },
	{ "action", LIFT_TEXT, .meaning = "a" },
	{ "score", LIFT_JSON, .meaning = "s" },
	LIFT_END
};

static bool
stand_in_alert(void *self, struct lift_call *c, struct lift_error *err)
{
	const struct lift_host *h = *(const struct lift_host **)self;
	struct lift_value victims = lift_value_text(LIFT_TEXT_OF(
	    "[{\"product_id\":\"LAMP\",\"product_name\":\"Lamp\","
	    "\"lost_units\":{\"value\":60,\"low\":40,\"high\":80}},"
	    "{\"product_id\":\"TORCH\",\"category\":\"Lighting\","
	    "\"price\":8,\"price_gap\":0.9,\"stock\":3,\"lost_units\":{\"value\":90,"
	    "\"low\":70,\"high\":110}}]"));
	double lost = h->argument(c, 3).number;

	(void)err;
	victims.type = LIFT_JSON;
	struct lift_value values[] = { h->argument(c, 0), h->argument(c, 1),
		h->argument(c, 2), LIFT_VALUE_PROMOTION(h->promotion_find(h,
		LIFT_TEXT_OF("SALE"))), LIFT_VALUE_PRODUCT(h->product_find(h,
		LIFT_TEXT_OF("NEON"))), lift_value_text(LIFT_TEXT_OF("Neon")),
		LIFT_VALUE_NUMBER(10), LIFT_VALUE_NUMBER(4.2),
		lift_value_text(LIFT_TEXT_OF("EUR")), LIFT_VALUE_NUMBER(58),
		LIFT_VALUE_INT((int64_t)(1000 - 10 * lost)),
		LIFT_VALUE_NUMBER(1000), h->argument(c, 3),
		LIFT_VALUE_TIME(h->entry(c)->time - 2 * LIFT_HOUR), victims,
		h->argument(c, 4) };
	h->emit(h, &(struct lift_effect){ .topic = 0,
		.time = h->entry(c)->time, .values = values });
	return true;
}

static bool
stand_in_feedback(void *self, struct lift_call *c, struct lift_error *err)
{
	const struct lift_host *h = *(const struct lift_host **)self;
	struct lift_value values[] = { h->argument(c, 0), h->argument(c, 1),
		h->argument(c, 2) };

	(void)err;
	h->emit(h, &(struct lift_effect){ .topic = 1,
		.time = h->entry(c)->time, .values = values });
	return true;
}

static const char *const stand_in_emits[] = { "alert", "feedback", NULL };

static const struct lift_verb stand_in_verbs[] = {
	{ "stand.alert", alert_arguments, LIFT_OPERATOR, true, NULL, "a",
	  stand_in_alert, stand_in_emits },
	{ "stand.feedback", feedback_arguments, LIFT_OPERATOR, true, NULL,
	  "f", stand_in_feedback, stand_in_emits },
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

	plugins[1] = loader_open("plugins/.libs", "strategy", &err);
	ck_assert_msg(plugins[1] != NULL, "%s", err.text);
	shop_open_of(s, rules, &shop_settings, plugins, 2);
	shop_body(s, LIFT_ENTRY_CALL, 0, "{\"verb\":\"products.put\","
	    "\"arguments\":{\"id\":\"NEON\",\"price\":\"10.00 EUR\",\"cost\":"
	    "\"4.00 EUR\"}}");
	shop_body(s, LIFT_ENTRY_CALL, 0, "{\"verb\":\"promotions.put\","
	    "\"arguments\":{\"id\":\"SALE\",\"products\":[\"NEON\"],"
	    "\"price\":\"4.20 EUR\"}}");
	text_clear(&s->called);
}

/* It costs twice what it brings in. */
#define BLEEDS	"{\"units\":{\"lift\":{\"value\":300,\"low\":250,\"high\":" \
	"350},\"cannibalized\":{\"value\":240,\"low\":200,\"high\":280}}," \
	"\"margin\":{\"lift\":{\"value\":-100,\"low\":-120,\"high\":-80}," \
	"\"cannibalized\":{\"value\":400,\"low\":350,\"high\":450},\"halo\":" \
	"{\"value\":0,\"low\":0,\"high\":0},\"pull_forward\":{\"value\":0," \
	"\"low\":0,\"high\":0},\"net\":{\"value\":-500,\"low\":-560," \
	"\"high\":-440}}}"

static void
alert(struct shop *s, const char *id, const char *severity, double lost,
    const char *net)
{
	shop_body(s, LIFT_ENTRY_CALL, 0, arena_form(s->arena,
	    "{\"verb\":\"stand.alert\",\"arguments\":{\"alert\":\"%s\","
	    "\"status\":\"pending\",\"severity\":\"%s\",\"lost\":%g,\"net\":"
	    "%s}}", id, severity, lost, net));
}

static const char *
told(struct shop *s)
{
	const char *at = strstr(text_view(&s->effects).data, "strategy ");

	ck_assert_msg(at != NULL, "nothing was told:\n%s",
	    text_view(&s->effects).data);
	return at;
}

#define OFFLINE	"plugin: strategy\noptions: { exploration: 0 }\n"
#define MODEL	"plugin: strategy\noptions: { exploration: 0, writer: model }\n"

START_TEST(an_alert_gets_a_strategy_in_the_same_entry)
{
	struct shop s;

	case_open(&s, OFFLINE);
	alert(&s, "A-1", "high", 45, BLEEDS);
	const char *t = told(&s);
	ck_assert_ptr_nonnull(strstr(t, "\"strategy_id\":\"STRAT-A-1\""));
	ck_assert_ptr_nonnull(strstr(t, "\"primary_recommendation\":{"
	    "\"action\":\"stop_promotion\""));
	ck_assert_ptr_nonnull(strstr(t, "\"generated_by\":\"offline\""));
	ck_assert_ptr_nonnull(strstr(t, "most from TORCH"));
	ck_assert_ptr_nonnull(strstr(t, "TORCH (Lighting) costs 8.00 EUR, "
	    "90 % more than Neon does now. 3 of TORCH stay on the shelf."));
	ck_assert_ptr_nonnull(strstr(t, "\"cause\":\"own_shelf\""));
	ck_assert_ptr_nonnull(strstr(t, "\"confidence_score\":0.9"));
	ck_assert_uint_eq(shop_times(&s.effects, "request "), 0);
	shop_close(&s);
}
END_TEST

START_TEST(it_is_made_anew_only_when_the_picture_has_changed)
{
	struct shop s;

	case_open(&s, OFFLINE);
	alert(&s, "A-1", "medium", 30, BLEEDS);
	alert(&s, "A-1", "medium", 35, BLEEDS);
	ck_assert_uint_eq(shop_times(&s.effects, "strategy "), 1);
	alert(&s, "A-1", "high", 36, BLEEDS);
	ck_assert_uint_eq(shop_times(&s.effects, "strategy "), 2);
	alert(&s, "A-1", "high", 50, BLEEDS);
	ck_assert_uint_eq(shop_times(&s.effects, "strategy "), 3);
	alert(&s, "A-2", "high", 50, BLEEDS);
	ck_assert_uint_eq(shop_times(&s.effects, "strategy "), 4);
	shop_close(&s);
}
END_TEST

START_TEST(what_was_measured_changes_what_is_proposed)
{
	struct shop s;

	case_open(&s, OFFLINE);
	for (int i = 0; i < 30; i++) {
		alert(&s, arena_form(s.arena, "A-%d", i), "high", 45, BLEEDS);
		shop_body(&s, LIFT_ENTRY_CALL, 0, arena_form(s.arena,
		    "{\"verb\":\"stand.feedback\",\"arguments\":{\"alert\":"
		    "\"A-%d\",\"action\":\"stop_promotion\",\"score\":"
		    "{\"value\":-0.8,\"low\":-0.9,\"high\":-0.7}}}", i));
	}
	text_clear(&s.effects);
	alert(&s, "A-99", "high", 45, BLEEDS);
	ck_assert_ptr_null(strstr(told(&s), "\"primary_recommendation\":{"
	    "\"action\":\"stop_promotion\""));
	shop_close(&s);
}
END_TEST

/* ---- the model ----------------------------------------------------------- */

static const char *
asked(struct shop *s)
{
	static char id[40];
	const char *at = strstr(text_view(&s->effects).data, "request ");

	ck_assert_ptr_nonnull(at);
	sscanf(at, "request %32s", id);
	return id;
}

static void
answer(struct shop *s, const char *id, const char *body)
{
	shop_body(s, LIFT_ENTRY_ANSWER, 0, arena_form(s->arena,
	    "{\"request\":\"%s\",\"courier\":\"model\",%s}", id, body));
}

#define WORDS(first, second, third) "\"ok\":true,\"model\":\"m-1\"," \
	"\"text\":\"{\\\"explanation\\\":\\\"Because.\\\"," \
	"\\\"primary_recommendation\\\":{\\\"action\\\":\\\"" first \
	"\\\",\\\"details\\\":\\\"Do it.\\\"},\\\"alternatives\\\":[" \
	"{\\\"action\\\":\\\"" second "\\\",\\\"details\\\":\\\"Or so.\\\"}," \
	"{\\\"action\\\":\\\"" third "\\\",\\\"details\\\":\\\"Or so.\\\"}]}\""

START_TEST(a_models_words_take_the_place_of_ours_and_say_so)
{
	struct shop s;

	case_open(&s, MODEL);
	alert(&s, "A-1", "high", 45, BLEEDS);
	ck_assert_ptr_nonnull(strstr(told(&s),
	    "\"generated_by\":\"offline\""));
	const char *id = asked(&s);
	ck_assert_ptr_nonnull(strstr(text_view(&s.effects).data,
	    "\"purpose\":\"strategy\""));
	text_clear(&s.effects);
	answer(&s, id, WORDS("target_segment", "stop_promotion",
	    "adjust_price"));
	const char *t = told(&s);
	ck_assert_ptr_nonnull(strstr(t, "\"explanation\":\"Because.\""));
	ck_assert_ptr_nonnull(strstr(t, "\"generated_by\":\"m-1\""));
	ck_assert_ptr_nonnull(strstr(t, "\"revision\":2"));
	ck_assert_ptr_nonnull(strstr(t, "\"primary_recommendation\":{"
	    "\"action\":\"target_segment\",\"details\":\"Do it.\","
	    "\"segment\":\"new\",\"expected_impact\":{\"value\":"));
	shop_close(&s);
}
END_TEST

START_TEST(an_answer_of_another_form_leaves_ours)
{
	static const char *const bad[] = {
		"\"ok\":false,\"error\":\"429 too many\"",
		"\"ok\":true,\"text\":\"sorry, I cannot\"",
		"\"ok\":true,\"text\":\"{}\"", "\"ok\":true", "\"ok\":7",
		WORDS("stop_promotion", "stop_promotion", "adjust_price"),
		WORDS("explode", "stop_promotion", "adjust_price"),
		WORDS("", "stop_promotion", "adjust_price"),
	};

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct shop s;
		case_open(&s, MODEL);
		alert(&s, "A-1", "high", 45, BLEEDS);
		const char *id = asked(&s);
		text_clear(&s.effects);
		answer(&s, id, bad[i]);
		answer(&s, "of-somebody-else", bad[i]);
		ck_assert_msg(shop_times(&s.effects, "strategy ") == 0,
		    "case %u", i);
		ck_assert_uint_eq(shop_times(&s.logged, "are not used"), 1);
		shop_close(&s);
	}
}
END_TEST

START_TEST(the_model_is_not_asked_again_so_soon)
{
	struct shop s;

	case_open(&s, MODEL);
	alert(&s, "A-1", "high", 45, BLEEDS);
	alert(&s, "A-1", "high", 70, BLEEDS);
	ck_assert_uint_eq(shop_times(&s.effects, "strategy "), 2);
	ck_assert_uint_eq(shop_times(&s.effects, "request "), 1);
	shop_close(&s);
}
END_TEST

START_TEST(what_is_asked_has_nothing_of_a_shopper)
{
	struct shop s;

	case_open(&s, MODEL);
	shop_buy(&s, 1, "LAMP");
	alert(&s, "A-1", "high", 45, BLEEDS);
	const char *at = strstr(text_view(&s.effects).data, "request ");
	ck_assert_ptr_nonnull(at);
	ck_assert_ptr_null(strstr(at, "\\\"shopper"));
	ck_assert_ptr_null(strstr(at, "LAMP@1"));
	shop_close(&s);
}
END_TEST

START_TEST(a_snapshot_carries_strategies_and_what_was_learned)
{
	struct shop s, t;

	case_open(&s, MODEL);
	case_open(&t, MODEL);
	alert(&s, "A-1", "high", 45, BLEEDS);
	shop_body(&s, LIFT_ENTRY_CALL, 0, "{\"verb\":\"stand.feedback\","
	    "\"arguments\":{\"alert\":\"A-1\",\"action\":\"adjust_price\","
	    "\"score\":{\"value\":0.6,\"low\":0.4,\"high\":0.8}}}");
	shop_snapshot(&s, &t);
	ck_assert(shop_same(engine_digest(s.engine),
	    engine_digest(t.engine)));
	shop_close(&s);
	shop_close(&t);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("strategy");

	tcase_add_test(tests, an_alert_gets_a_strategy_in_the_same_entry);
	tcase_add_test(tests,
	    it_is_made_anew_only_when_the_picture_has_changed);
	tcase_add_test(tests, what_was_measured_changes_what_is_proposed);
	tcase_add_test(tests,
	    a_models_words_take_the_place_of_ours_and_say_so);
	tcase_add_test(tests, an_answer_of_another_form_leaves_ours);
	tcase_add_test(tests, the_model_is_not_asked_again_so_soon);
	tcase_add_test(tests, what_is_asked_has_nothing_of_a_shopper);
	tcase_add_test(tests,
	    a_snapshot_carries_strategies_and_what_was_learned);
	return shop_run(tests, "strategy");
}
