/* What plugins have to do with each other: hearing, calling, asking the
 * outside, and producing events. */
#include "shop.h"

/* An ear hears the bell. What it hears, it writes down; on some words it calls
 * a verb, asks the outside, or rings the bell again. */
struct ear {
	const struct lift_host *host;
	char                    heard[512];
	char                    problem[400];
	char                    request[LIFT_REQUEST_ID];
	bool                    wants;
};

static struct ear *the_ear;

static void *
ear_open(const struct lift_host *host, const void *settings,
    struct lift_error *err)
{
	struct ear *e = calloc(1, sizeof(*e));

	(void)settings, (void)err;
	e->host = host;
	the_ear = e;
	return e;
}

static bool
ear_call(struct ear *e, const char *verb, const char *word)
{
	struct lift_value v = lift_value_text(lift_text(word));
	struct lift_error err = { 0 };
	bool ok = e->host->call(e->host, verb, &v, 1, &err);

	snprintf(e->problem, sizeof(e->problem), "%s", err.text);
	return ok;
}

static void
ear_stop(struct ear *e)
{
	struct lift_error err = { 0 };
	struct lift_value v = lift_value_text(LIFT_TEXT_OF("SALE"));

	ck_assert_msg(e->host->call(e->host, "promotions.stop", &v, 1, &err),
	    "%s", err.text);
}

static void
ear_heard(void *self, const struct lift_heard *h,
    const struct lift_moment *moment)
{
	struct ear *e = self;
	struct lift_value v = lift_heard_value(h, "text");
	size_t n = strlen(e->heard);

	ck_assert_int_eq(v.type, LIFT_TEXT);
	ck_assert_int_eq(lift_heard_value(h, "nonsense").type, LIFT_NULL);
	ck_assert_uint_eq(h->id.size, 32);
	(void)moment;
	struct lift_text word = { v.text ? v.text : "", v.size };
	snprintf(e->heard + n, sizeof(e->heard) - n, "%u:%.*s ", h->place,
	    (int)word.size, word.data);
	if (lift_text_equal(word, LIFT_TEXT_OF("again")))
		ear_call(e, "bell.ring", "again");
	else if (lift_text_equal(word, LIFT_TEXT_OF("once")))
		ear_call(e, "bell.echo", "more");
	else if (lift_text_equal(word, LIFT_TEXT_OF("stop")))
		ear_stop(e);
	else if (lift_text_equal(word, LIFT_TEXT_OF("ask")))
		e->host->request(e->host, LIFT_TEXT_OF("model"),
		    LIFT_TEXT_OF("{\"prompt\":\"why\"}"), e->request);
	else
		ear_call(e, word.data[0] == 'b' ? "bell.break" : "bell.ask",
		    "x");
}

static bool
ear_pace(void *self, struct lift_pace *p)
{
	struct ear *e = self;

	p->source = LIFT_TEXT_OF("ears");
	p->from = T0;
	return e->wants;
}

static void
ear_produce(void *self, struct lift_stage *stage)
{
	(void)self;
	for (unsigned i = 0; i < stage->most; i++)
		stage->event(stage, &(struct lift_event){ .time = T0 + i });
	stage->reached = T0 + stage->most;
}

static const char *const ear_hears[] = { "rung", "unheard-of", "echoed",
	"view", NULL };

static const struct lift_plugin ear = {
	.magic = LIFT_PLUGIN_MAGIC, .abi = LIFT_PLUGIN_ABI,
	.size = sizeof(ear), .name = "ear", .summary = "hears",
	.open = ear_open, .close = free, .hears = ear_hears,
	.heard = ear_heard, .pace = ear_pace, .produce = ear_produce,
};

static void
hall_open(struct shop *s)
{
	static const struct lift_plugin *const plugins[] = { &ear, &bell };
	struct lift_error err;

	*s = (struct shop){ .arena = arena_new(), .settings = shop_settings };
	s->roster = roster_of(plugins, 2);
	struct sandbox_setup setup = { .roster = s->roster,
		.engine = &s->settings, .outside = { s, shop_effect,
		shop_called, NULL, NULL, shop_log } };
	s->sandbox = sandbox_new(&setup, findings_new(s->arena), &err);
	ck_assert_msg(s->sandbox != NULL, "%s", err.text);
	s->engine = sandbox_engine(s->sandbox);
}

static void
ring(struct shop *s, const char *verb, const char *word)
{
	shop_body(s, LIFT_ENTRY_CALL, 0, arena_form(s->arena,
	    "{\"verb\":\"%s\",\"arguments\":{\"text\":\"%s\"}}", verb, word));
}

START_TEST(a_plugin_hears_the_topics_that_it_names_and_no_others)
{
	struct shop s;

	hall_open(&s);
	ring(&s, "bell.ring", "one");
	ring(&s, "bell.echo", "two");
	shop_buy(&s, 1, "LAMP");
	ck_assert_str_eq(the_ear->heard, "0:one 2:two ");
	shop_close(&s);
}
END_TEST

START_TEST(what_it_calls_happens_inside_the_same_entry)
{
	struct shop s;

	hall_open(&s);
	ring(&s, "bell.ring", "once");
	ck_assert_str_eq(the_ear->heard, "0:once 2:more ");
	ck_assert_uint_eq(shop_times(&s.effects, "|1."), 2);
	shop_body(&s, LIFT_ENTRY_CALL, 0, "{\"verb\":\"promotions.put\","
	    "\"arguments\":{\"id\":\"SALE\"}}");
	ring(&s, "bell.ring", "stop");
	const struct lift_promotion *p = world_promotion(engine_world(
	    s.engine), world_promotion_find(engine_world(s.engine),
	    LIFT_TEXT_OF("SALE")));
	ck_assert(p != NULL && p->is_stopped);
	shop_close(&s);
}
END_TEST

START_TEST(a_call_that_cannot_be_says_why)
{
	struct shop s;
	struct lift_error err;

	hall_open(&s);
	ring(&s, "bell.ring", "broken");
	ck_assert_str_eq(the_ear->problem, "the bell is cracked");
	ring(&s, "bell.ring", "what");
	ck_assert_str_eq(the_ear->problem,
	    "\"bell.ask\" only reads, and does nothing");
	ck_assert(!engine_call(s.engine, "bell.ring", NULL, 0, &err));
	ck_assert_str_eq(err.text,
	    "\"bell.ring\" is called outside of an entry");
	shop_close(&s);
}
END_TEST

START_TEST(two_that_call_each_other_come_to_an_end)
{
	struct shop s;

	hall_open(&s);
	ring(&s, "bell.ring", "again");
	ck_assert_uint_eq(shop_times(&s.effects, "rung "), 17);
	ck_assert_uint_eq(shop_times(&s.logged, "16 levels deep"), 1);
	shop_close(&s);
}
END_TEST

START_TEST(a_request_is_an_effect_with_the_id_that_was_returned)
{
	struct shop s;
	char line[200];

	hall_open(&s);
	ring(&s, "bell.ring", "ask");
	snprintf(line, sizeof(line), "request %s {\"courier\":\"model\","
	    "\"plugin\":\"ear\",\"body\":{\"prompt\":\"why\"}}",
	    the_ear->request);
	ck_assert_uint_eq(shop_times(&s.effects, line), 1);
	shop_close(&s);
}
END_TEST

struct count {
	struct lift_stage stage;
	unsigned          events;
};

static void
count_event(struct lift_stage *stage, const struct lift_event *e)
{
	struct count *c = (struct count *)stage;

	ck_assert_int_ge(e->time, T0);
	c->events++;
}

START_TEST(who_wants_to_produce_is_found_and_gets_its_turn)
{
	struct shop s;
	struct lift_pace pace;
	struct count c = { { T0 + LIFT_SECOND, 5, 0, count_event }, 0 };
	unsigned place = 9;

	hall_open(&s);
	ck_assert(!engine_pace(s.engine, &place, &pace));
	the_ear->wants = true;
	ck_assert(engine_pace(s.engine, &place, &pace));
	ck_assert_uint_eq(place, 0);
	ck_assert(lift_text_equal(pace.source, LIFT_TEXT_OF("ears")));
	engine_produce(s.engine, place, &c.stage);
	ck_assert_uint_eq(c.events, 5);
	ck_assert_int_eq(c.stage.reached, T0 + 5);
	shop_close(&s);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("hear");

	tcase_add_test(tests,
	    a_plugin_hears_the_topics_that_it_names_and_no_others);
	tcase_add_test(tests, what_it_calls_happens_inside_the_same_entry);
	tcase_add_test(tests, a_call_that_cannot_be_says_why);
	tcase_add_test(tests, two_that_call_each_other_come_to_an_end);
	tcase_add_test(tests,
	    a_request_is_an_effect_with_the_id_that_was_returned);
	tcase_add_test(tests, who_wants_to_produce_is_found_and_gets_its_turn);
	return shop_run(tests, "hear");
}
