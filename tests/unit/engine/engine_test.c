/* The engine's own verbs and entries, and what it does with plugins that do
 * not keep their word. */
#include "shop.h"

static struct lift_text
ask(struct shop *s, const char *verb, const char *id, struct text *rows,
    struct lift_error *err)
{
	const struct vocabulary *v = engine_vocabulary(s->engine);
	struct lift_value values[ARGUMENTS_MOST] = {
		lift_value_text(lift_text(id)) };

	text_clear(rows);
	for (size_t i = 0; i < v->verb_count; i++)
		if (strcmp(v->verbs[i].verb->name, verb) == 0 &&
		    engine_ask(s->engine, &v->verbs[i], values, rows, err))
			return text_view(rows);
	return lift_text("");
}

static void
call(struct shop *s, const char *verb, const char *arguments)
{
	shop_body(s, LIFT_ENTRY_CALL, 0, arena_form(s->arena,
	    "{\"verb\":\"%s\",\"arguments\":%s,\"by\":{\"uid\":1}}", verb,
	    arguments));
}

START_TEST(a_catalogue_is_put_shown_listed_and_deleted)
{
	struct lift_error err;
	struct text rows = { 0 };
	struct shop s;

	shop_open(&s, "");
	call(&s, "products.put", "{\"id\":\"LAMP\",\"name\":\"a lamp\","
	    "\"price\":\"49.90 EUR\",\"tags\":[\"a\",\"b\"],\"attributes\":"
	    "{\"watts\":40}}");
	shop_buy(&s, 1, "DESK");	/* mentioned, not put */
	ck_assert_str_eq(ask(&s, "products.show", "LAMP", &rows, &err).data,
	    "{\"id\":\"LAMP\",\"name\":\"a lamp\",\"category\":\"\","
	    "\"brand\":\"\",\"price\":49.90,\"cost\":null,\"currency\":"
	    "\"EUR\",\"tags\":[\"a\",\"b\"],\"attributes\":{\"watts\":40}}"
	    "\n");
	ck_assert_str_eq(s.called.data, arena_form(s.arena, "done\n%s",
	    rows.data));
	ask(&s, "products.list", "", &rows, &err);
	ck_assert_uint_eq(shop_times(&rows, "\n"), 1);
	call(&s, "products.delete", "{\"id\":\"LAMP\"}");
	ask(&s, "products.show", "LAMP", &rows, &err);
	ck_assert_str_eq(err.text, "there is no product \"LAMP\", see "
	    "`liftctl products list`");
	text_done(&rows);
	shop_close(&s);
}
END_TEST

START_TEST(a_promotion_is_put_and_stopped)
{
	struct lift_error err;
	struct text rows = { 0 };
	struct shop s;

	shop_open(&s, "");
	call(&s, "promotions.put", "{\"id\":\"P\",\"products\":[\"LAMP\"],"
	    "\"price\":\"39.90 EUR\",\"start\":\"2025-12-31T00:00:00Z\"}");
	call(&s, "promotions.stop", "{\"id\":\"P\"}");
	ask(&s, "promotions.show", "P", &rows, &err);
	ck_assert_str_eq(rows.data, "{\"id\":\"P\",\"name\":\"\","
	    "\"products\":[\"LAMP\"],\"price\":39.90,\"currency\":\"EUR\","
	    "\"start\":\"2025-12-31T00:00:00Z\",\"end\":"
	    "\"2026-01-01T00:00:00Z\",\"stopped\":true,\"tags\":[],"
	    "\"stores\":[]}\n");
	call(&s, "promotions.delete", "{\"id\":\"P\"}");
	ck_assert_uint_eq(ask(&s, "promotions.list", "", &rows, &err).size,
	    0);
	text_done(&rows);
	shop_close(&s);
}
END_TEST

START_TEST(a_call_that_cannot_be_done_says_why_and_changes_nothing)
{
	static const struct { const char *body, *sentence; } cases[] = {
		{ "[]", "the call is no JSON object\n" },
		{ "{\"verb\":\"products.burn\"}",
		  "there is no verb \"products.burn\"\n" },
		{ "{\"verb\":\"products.put\"}", "id is missing: its id\n" },
		{ "{\"verb\":\"products.put\",\"arguments\":{\"id\":\"\"}}",
		  "id has 0 bytes, must have 1 to 200\n" },
		{ "{\"verb\":\"products.put\",\"arguments\":{\"idd\":\"\"}}",
		  "there is no argument \"idd\", perhaps you mean id\n" },
		{ "{\"verb\":\"products.put\",\"arguments\":{\"id\":\"A\","
		  "\"price\":5}}",
		  "price is \"5\", must be an amount like 19.99 EUR, "
		  "not below 0\n" },
		{ "{\"verb\":\"products.put\",\"arguments\":{\"id\":\"A\","
		  "\"tags\":[1]}}", "tag 1 is no text\n" },
		{ "{\"verb\":\"promotions.stop\",\"arguments\":{\"id\":\"A\"}"
		  "}", "there is no promotion \"A\", see `liftctl promotions "
		  "list`\n" },
		{ "{\"verb\":\"bell.mute\",\"arguments\":{\"text\":\"A\"}}",
		  "\"bell.mute\" was not done and does not say why\n" },
	};
	struct shop s;

	shop_open(&s, "");
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text_clear(&s.called);
		shop_body(&s, LIFT_ENTRY_CALL, 0, cases[i].body);
		ck_assert_str_eq(s.called.data, cases[i].sentence);
	}
	ck_assert_uint_eq(world_products(engine_world(s.engine)), 0);
	shop_close(&s);
}
END_TEST

START_TEST(a_verb_that_acts_is_never_asked)
{
	struct lift_error err;
	struct text rows = { 0 };
	struct shop s;

	shop_open(&s, "");
	ask(&s, "promotions.stop", "P", &rows, &err);
	ck_assert_str_eq(err.text,
	    "\"promotions.stop\" acts, it is called by an entry");
	text_done(&rows);
	shop_close(&s);
}
END_TEST

START_TEST(an_effect_outside_of_an_entry_is_passed_over)
{
	struct lift_value values[3] = { { 0 } };
	struct shop s;

	shop_open(&s, "");
	engine_emit(s.engine, 1, &(struct lift_effect){ .values = values },
	    LIFT_TEXT_OF(""));
	ck_assert_uint_eq(s.effects.size, 0);
	ck_assert_str_eq(s.logged.data,
	    "3 bell: emits outside of an entry, passed over\n");
	shop_tick(&s, 1);
	ck_assert_uint_eq(s.effects.size, 0);
	shop_close(&s);
}
END_TEST

START_TEST(random_numbers_are_the_same_in_each_replay)
{
	struct lift_error err;
	struct text a = { 0 }, b = { 0 };
	struct shop s, t;

	shop_open(&s, "");
	shop_open(&t, "");
	shop_tick(&s, 1);
	shop_tick(&t, 1);
	ask(&s, "bell.ask", "", &a, &err);
	ask(&t, "bell.ask", "", &b, &err);
	ck_assert_str_eq(a.data, b.data);
	ask(&s, "bell.ask", "", &a, &err);
	ck_assert_str_ne(a.data, b.data);
	shop_tick(&t, 2);
	ask(&t, "bell.ask", "", &a, &err);
	ck_assert_str_ne(a.data, b.data);
	text_done(&a);
	text_done(&b);
	shop_close(&s);
	shop_close(&t);
}
END_TEST

START_TEST(a_reload_that_a_plugin_refuses_changes_nothing)
{
	static const char window[] = "{\"generation\":8,\"files\":[{\"name\":"
	    "\"r.yaml\",\"text\":\"plugin: tally\\noptions:\\n  window: 5m\\n"
	    "hooks:\\n  - name: h\\n    on: view\\n\"}]}";
	struct shop s;

	shop_open(&s, "");
	shop_buy(&s, 1, "LAMP");
	shop_body(&s, LIFT_ENTRY_RULES, 0, window);
	ck_assert_str_eq(s.logged.data, "3 rules: window cannot change while "
	    "windows are open, start liftd again with it\n");
	ck_assert_uint_eq(engine_generation(s.engine)->number, 7);
	call(&s, "tally.reset", "{}");
	shop_body(&s, LIFT_ENTRY_RULES, 0, window);
	ck_assert_uint_eq(engine_generation(s.engine)->number, 8);
	ck_assert_uint_eq(engine_generation(s.engine)->hook_count, 1);
	shop_close(&s);
}
END_TEST

START_TEST(a_plugin_that_is_not_running_is_said)
{
	struct lift_error err;
	struct text rows = { 0 };
	struct shop s;

	shop_open(&s, "");
	engine_attach(s.engine, 0, NULL);
	shop_buy(&s, 1, "LAMP");
	shop_buy(&s, 500, "LAMP");
	ck_assert_uint_eq(s.effects.size, 0);
	ask(&s, "tally.show", "LAMP", &rows, &err);
	ck_assert_str_eq(err.text, "plugin \"tally\" is not running, see "
	    "`liftctl plugins list`");
	text_done(&rows);
	shop_close(&s);
}
END_TEST

START_TEST(effects_and_late_entries_are_counted)
{
	struct metrics *m = metrics_new();
	struct text t = { 0 };
	struct shop s;

	shop_open(&s, "");
	engine_measure(s.engine, m);
	shop_buy(&s, 1, "LAMP");
	shop_buy(&s, 5000, "LAMP");
	shop_buy(&s, 2, "LAMP");
	metrics_write(m, &t);
	ck_assert_ptr_nonnull(strstr(t.data,
	    "liftd_effects_total{topic=\"tally\"} 1\n"));
	ck_assert_ptr_nonnull(strstr(t.data,
	    "liftd_effects_total{topic=\"late\"} 1\n"));
	ck_assert_ptr_nonnull(strstr(t.data,
	    "liftd_late_entries_total 1\n"));
	text_done(&t);
	shop_close(&s);
	metrics_free(m);
}
END_TEST

START_TEST(a_part_that_does_not_fit_is_refused)
{
	struct lift_error err;
	struct shop s;

	shop_open(&s, "");
	ck_assert(!engine_load(s.engine, "nobody", 0, LIFT_TEXT_OF(""),
	    &err));
	ck_assert_str_eq(err.text, "the snapshot has a part \"nobody\" that "
	    "nobody here knows");
	ck_assert(!engine_load(s.engine, "world", 0, LIFT_TEXT_OF("abc"),
	    &err));
	ck_assert_str_eq(err.text, "part \"world\" of the snapshot is not "
	    "what this build writes");
	ck_assert(!engine_load(s.engine, "waiting", 0, LIFT_TEXT_OF("abc"),
	    &err));
	ck_assert(!engine_load(s.engine, "tally", 99, LIFT_TEXT_OF(""),
	    &err));
	ck_assert_str_eq(err.text, "the tally's state has version 99, this "
	    "plugin reads version 1");
	shop_close(&s);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("engine");

	tcase_add_test(tests, a_catalogue_is_put_shown_listed_and_deleted);
	tcase_add_test(tests, a_promotion_is_put_and_stopped);
	tcase_add_test(tests,
	    a_call_that_cannot_be_done_says_why_and_changes_nothing);
	tcase_add_test(tests, a_verb_that_acts_is_never_asked);
	tcase_add_test(tests, an_effect_outside_of_an_entry_is_passed_over);
	tcase_add_test(tests, random_numbers_are_the_same_in_each_replay);
	tcase_add_test(tests,
	    a_reload_that_a_plugin_refuses_changes_nothing);
	tcase_add_test(tests, a_plugin_that_is_not_running_is_said);
	tcase_add_test(tests, effects_and_late_entries_are_counted);
	tcase_add_test(tests, a_part_that_does_not_fit_is_refused);
	return shop_run(tests, "engine");
}
