/* What hooks do: in which mode, on what, how deep, and what becomes of their
 * mistakes. */
#include "shop.h"

static const char *const three_modes =
	"hooks:\n"
	"  - name: quiet\n"
	"    on: purchase\n"
	"    mode: shadow\n"
	"    do: [ { bell.ring: { text: quiet } } ]\n"
	"  - name: told\n"
	"    on: purchase\n"
	"    mode: alert\n"
	"    do: [ { bell.ring: { text: told } } ]\n"
	"  - name: done\n"
	"    on: purchase\n"
	"    mode: act\n"
	"    do: [ { bell.ring: { text: done } } ]\n";

START_TEST(all_modes_note_that_they_fired_and_act_alone_acts)
{
	struct shop s;

	shop_open(&s, three_modes);
	shop_buy(&s, 1, "LAMP");
	ck_assert_uint_eq(shop_times(&s.effects, "fired "), 3);
	ck_assert_uint_eq(shop_times(&s.effects, "\"mode\":\"shadow\""), 1);
	ck_assert_uint_eq(shop_times(&s.effects, "\"mode\":\"alert\""), 1);
	ck_assert_uint_eq(shop_times(&s.effects, "rung "), 1);
	ck_assert_uint_eq(shop_times(&s.effects, "\"text\":\"done\""), 1);
	ck_assert_uint_eq(shop_times(&s.effects, "\"actions\":1"), 1);
	ck_assert_uint_eq(shop_times(&s.effects, "\"cause\":\"LAMP@1\""), 3);
	ck_assert_uint_eq(shop_times(&s.effects, "\"generation\":7"), 3);
	shop_close(&s);
}
END_TEST

START_TEST(a_hook_on_an_effect_sees_its_fields)
{
	struct shop s;

	shop_open(&s,
	    "hooks:\n"
	    "  - name: ring\n"
	    "    on: purchase\n"
	    "    mode: act\n"
	    "    do: [ { bell.ring: { text: \"two of ${product.id}\" } } ]\n"
	    "  - name: heard\n"
	    "    on: rung\n"
	    "    when: text == \"two of LAMP\" && words[0] == text &&"
	    " product.id == \"LAMP\"\n");
	shop_buy(&s, 1, "LAMP");
	shop_buy(&s, 2, "DESK");
	ck_assert_uint_eq(shop_times(&s.effects, "rung "), 2);
	ck_assert_uint_eq(shop_times(&s.effects, "\"hook\":\"heard\""), 1);
	ck_assert_uint_eq(shop_times(&s.effects, "\"on\":\"rung\""), 1);
	ck_assert_uint_eq(engine_hook_count(s.engine, 0).tested, 2);
	ck_assert_uint_eq(engine_hook_count(s.engine, 0).fired, 2);
	ck_assert_uint_eq(engine_hook_count(s.engine, 1).tested, 2);
	ck_assert_uint_eq(engine_hook_count(s.engine, 1).fired, 1);
	ck_assert_uint_eq(engine_hook_count(s.engine, 1).failed, 0);
	shop_close(&s);
}
END_TEST

START_TEST(hooks_that_call_each_other_unseen_end_at_the_depth)
{
	struct shop s;

	shop_open(&s,
	    "hooks:\n"
	    "  - name: first\n"
	    "    on: purchase\n"
	    "    mode: act\n"
	    "    do: [ { bell.echo: { text: a } } ]\n"
	    "  - name: again\n"
	    "    on: echoed\n"
	    "    mode: act\n"
	    "    do: [ { bell.echo: { text: a } } ]\n");
	shop_buy(&s, 1, "LAMP");
	ck_assert_uint_eq(shop_times(&s.effects, "echoed "), EFFECT_DEPTH);
	ck_assert_uint_eq(shop_times(&s.effects, "\"problem\":\"hooks have "
	    "called each other 16 levels deep\""), 1);
	ck_assert_uint_eq(shop_times(&s.logged, "16 levels deep"), 1);
	shop_buy(&s, 2, "LAMP");
	ck_assert_uint_eq(shop_times(&s.effects, "echoed "),
	    2 * EFFECT_DEPTH);
	shop_close(&s);
}
END_TEST

START_TEST(a_verb_that_fails_stops_its_hook_and_nothing_else)
{
	struct shop s;

	shop_open(&s,
	    "hooks:\n"
	    "  - name: cracked\n"
	    "    on: purchase\n"
	    "    mode: act\n"
	    "    do:\n"
	    "      - bell.ring: { text: one }\n"
	    "      - bell.break: { text: two }\n"
	    "      - bell.ring: { text: three }\n"
	    "  - name: wordless\n"
	    "    on: purchase\n"
	    "    mode: act\n"
	    "    do: [ { bell.mute: { text: four } } ]\n"
	    "  - name: fine\n"
	    "    on: purchase\n"
	    "    mode: act\n"
	    "    do: [ { bell.ring: { text: five } } ]\n");
	shop_buy(&s, 1, "LAMP");
	ck_assert_uint_eq(shop_times(&s.effects, "rung "), 2);
	ck_assert_uint_eq(shop_times(&s.effects, "\"text\":\"three\""), 0);
	ck_assert_uint_eq(shop_times(&s.effects, "\"text\":\"five\""), 1);
	ck_assert_uint_eq(shop_times(&s.effects, "\"hook\":\"cracked\""), 1);
	ck_assert_uint_eq(shop_times(&s.effects, "\"actions\":1,\"problem\":"
	    "\"the bell is cracked\""), 1);
	ck_assert_uint_eq(shop_times(&s.effects, "\"actions\":0,\"problem\":"
	    "\"\\\"bell.mute\\\" was not done and does not say why\""), 1);
	shop_close(&s);
}
END_TEST

START_TEST(what_cannot_be_said_absorbs_what_can)
{
	struct shop s;

	/* `query` is null here: alone it is an error, beside what decides it
	 * does not matter. */
	shop_open(&s,
	    "hooks:\n"
	    "  - name: alone\n"
	    "    on: purchase\n"
	    "    when: query.size() > 2\n"
	    "  - name: decided\n"
	    "    on: purchase\n"
	    "    when: query.size() > 2 || quantity == 1\n"
	    "  - name: refused\n"
	    "    on: purchase\n"
	    "    when: query.size() > 2 && quantity == 2\n");
	shop_buy(&s, 1, "LAMP");
	ck_assert_uint_eq(shop_times(&s.effects, "\"hook\":\"decided\""), 1);
	ck_assert_uint_eq(shop_times(&s.effects, "fired "), 1);
	ck_assert_uint_eq(engine_hook_count(s.engine, 0).failed, 1);
	ck_assert_uint_eq(engine_hook_count(s.engine, 1).failed, 0);
	ck_assert_uint_eq(engine_hook_count(s.engine, 2).failed, 0);
	ck_assert_uint_eq(engine_hook_count(s.engine, 2).fired, 0);
	shop_close(&s);
}
END_TEST

START_TEST(an_argument_that_cannot_be_filled_in_is_said)
{
	struct shop s;

	shop_open(&s,
	    "hooks:\n"
	    "  - name: wordy\n"
	    "    on: purchase\n"
	    "    mode: act\n"
	    "    do: [ { bell.ring: { text: \"${query.size()}\" } } ]\n");
	shop_buy(&s, 1, "LAMP");
	ck_assert_uint_eq(shop_times(&s.effects, "rung "), 0);
	ck_assert_uint_eq(shop_times(&s.effects,
	    "bell.ring: \\\"text\\\" cannot be filled in for this case"), 1);
	shop_close(&s);
}
END_TEST

START_TEST(reasons_tell_what_was_true_before_anything_was_done)
{
	struct shop s;

	shop_open(&s,
	    "hooks:\n"
	    "  - name: stop\n"
	    "    on: purchase\n"
	    "    when: promotion.stopped == false\n"
	    "    mode: act\n"
	    "    do: [ { promotions.stop: { id: \"${promotion.id}\" } } ]\n");
	shop_body(&s, LIFT_ENTRY_CALL, 0, "{\"verb\":\"promotions.put\","
	    "\"arguments\":{\"id\":\"P\",\"products\":[\"LAMP\"]}}");
	struct lift_entry e = shop_purchase(&s, 1, "LAMP");
	e.promotion_name = LIFT_TEXT_OF("P");
	shop_fold(&s, &e);
	ck_assert_uint_eq(shop_times(&s.effects, "\"actions\":1"), 1);
	ck_assert_uint_eq(shop_times(&s.effects, "\"verdict\": true"), 1);
	ck_assert_uint_eq(shop_times(&s.effects, "\"verdict\": false"), 0);
	e.id = LIFT_TEXT_OF("second");
	shop_fold(&s, &e);
	ck_assert_uint_eq(shop_times(&s.effects, "fired "), 1);
	shop_close(&s);
}
END_TEST

START_TEST(a_shops_own_type_reaches_its_hook)
{
	struct shop s;

	shop_open(&s,
	    "hooks:\n"
	    "  - name: tried\n"
	    "    on: interaction\n"
	    "    when: type == \"tried_on\"\n"
	    "  - name: all\n"
	    "    on: interaction\n");
	struct lift_entry e = shop_purchase(&s, 1, "LAMP");
	e.type = LIFT_OTHER;
	e.type_name = LIFT_TEXT_OF("tried_on");
	shop_fold(&s, &e);
	e.id = LIFT_TEXT_OF("other");
	e.type_name = LIFT_TEXT_OF("smelled");
	shop_fold(&s, &e);
	ck_assert_uint_eq(shop_times(&s.effects, "\"hook\":\"tried\""), 1);
	ck_assert_uint_eq(shop_times(&s.effects, "\"hook\":\"all\""), 2);
	ck_assert_uint_eq(engine_hook_count(s.engine, 0).tested, 1);
	shop_close(&s);
}
END_TEST

START_TEST(conditions_that_never_hold_do_not_gather_memory)
{
	struct shop s;

	shop_open(&s,
	    "hooks:\n"
	    "  - name: never\n"
	    "    on: purchase\n"
	    "    when: (type + product.id + session).contains(\"zzz\") ||"
	    " (product.id + product.id + product.id).contains(\"zzz\")\n");
	for (int64_t i = 0; i < 2000; i++) {
		struct lift_entry e = shop_purchase(&s, i, "LAMP");
		e.session = LIFT_TEXT_OF("a session with a long name, so that "
		    "memory that is not given back would be seen");
		shop_fold(&s, &e);
	}
	ck_assert_uint_eq(engine_hook_count(s.engine, 0).failed, 0);
	ck_assert_uint_eq(engine_hook_count(s.engine, 0).tested, 2000);
	shop_close(&s);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("hook");

	tcase_add_test(tests,
	    all_modes_note_that_they_fired_and_act_alone_acts);
	tcase_add_test(tests, a_hook_on_an_effect_sees_its_fields);
	tcase_add_test(tests,
	    hooks_that_call_each_other_unseen_end_at_the_depth);
	tcase_add_test(tests,
	    a_verb_that_fails_stops_its_hook_and_nothing_else);
	tcase_add_test(tests, what_cannot_be_said_absorbs_what_can);
	tcase_add_test(tests, an_argument_that_cannot_be_filled_in_is_said);
	tcase_add_test(tests,
	    reasons_tell_what_was_true_before_anything_was_done);
	tcase_add_test(tests, a_shops_own_type_reaches_its_hook);
	tcase_add_test(tests,
	    conditions_that_never_hold_do_not_gather_memory);
	return shop_run(tests, "hook");
}
