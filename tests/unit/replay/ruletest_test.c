/* What a merchant's tests promise: what is right passes, and what is wrong is
 * said with its place. The plugin beside the builtin topics is the tally. */
#include <check.h>
#include <stdlib.h>

#include "replay/ruletest.h"
#include "replay/sandbox.h"

extern const struct lift_plugin lift_plugin;	/* the tally */

struct bench {
	struct arena           *arena;
	struct text             prose, rows;
	struct ruletest_counts  counts;
};

static void
bench_row(void *context, struct lift_text json)
{
	struct bench *b = context;

	text_add(&b->rows, json.data, json.size);
	text_byte(&b->rows, '\n');
}

static const struct engine_settings bench_settings = {
	.watermark = { 10 * LIFT_SECOND, LIFT_HOUR, 30 * LIFT_SECOND },
	.seen_count = 1024, .seen_span = LIFT_DAY, .slice = 100,
	.deferred_most = 1 << 20 };

static void
bench_run(struct bench *b, const char *rules, size_t plugins)
{
	static const struct lift_plugin *const all[] = { &lift_plugin };
	struct generation_file file = { LIFT_TEXT_OF("rules.yaml"),
		lift_text(rules) };

	*b = (struct bench){ .arena = arena_new() };
	struct roster *roster = roster_of(all, plugins);
	size_t count;
	const struct lift_plugin *const *list = roster_plugins(roster, &count);
	struct engine *en = engine_new(&bench_settings, NULL, list, count,
	    NULL);
	struct generation_context context = { engine_vocabulary(en), NULL,
		NULL };
	struct findings *findings = findings_new(b->arena);
	struct generation *g = generation_load(&context, &file, 1, findings);
	findings_write(&b->prose, findings);
	ck_assert_msg(g != NULL, "%s", text_view(&b->prose).data);
	ck_assert_uint_eq(b->prose.size, 0);
	struct ruletest setup = { .generation = g, .roster = roster,
		.engine = &bench_settings, .currency = 'E' | 'U' << 8 |
		'R' << 16, .prose = &b->prose, .row = bench_row,
		.context = b };
	b->counts = ruletest_run(&setup);
	generation_free(g);
	engine_free(en);
	roster_free(roster);
}

static void
bench_end(struct bench *b)
{
	text_done(&b->prose);
	text_done(&b->rows);
	arena_free(b->arena);
}

#define HOOKS	\
	"hooks:\n"							\
	"  - name: dear\n"						\
	"    on: purchase\n"						\
	"    when: price > 40\n"					\
	"  - name: many\n"						\
	"    on: tally\n"						\
	"    when: count >= 3\n"					\
	"tests:\n"

/* What is expected of one test beyond its name. */
static void
expect_passes(const char *test)
{
	struct text rules = { 0 };
	struct bench b;

	text_form(&rules, HOOKS "  - name: t\n%s", test);
	bench_run(&b, rules.data, 1);
	ck_assert_msg(b.counts.passed == 1 && b.counts.failed == 0, "%s",
	    text_view(&b.prose).data);
	ck_assert_ptr_nonnull(strstr(b.rows.data, "\"passed\":true"));
	bench_end(&b);
	text_done(&rules);
}

static void
expect_fails(const char *test, const char *sentence)
{
	struct text rules = { 0 };
	struct bench b;

	text_form(&rules, HOOKS "  - name: t\n%s", test);
	bench_run(&b, rules.data, 1);
	ck_assert_msg(b.counts.failed == 1 && b.counts.passed == 0, "%s",
	    text_view(&b.prose).data);
	ck_assert_msg(strstr(b.prose.data, sentence) != NULL, "%s",
	    b.prose.data);
	ck_assert_ptr_nonnull(strstr(b.rows.data, "\"passed\":false"));
	bench_end(&b);
	text_done(&rules);
}

START_TEST(what_is_right_passes)
{
	expect_passes(
	    "    events:\n"
	    "      - { type: purchase, product: L, price: 50 }\n"
	    "      - { at: 10s, type: purchase, product: L, price: 30 EUR }\n"
	    "    expect:\n"
	    "      - fired: { hook: dear, product: L, times: 1 }\n");
	expect_passes(
	    "    events:\n"
	    "      - { every: 10s, times: 4, type: view, product: L }\n"
	    "    after: 2m\n"
	    "    expect:\n"
	    "      - tally: { product: L, count: 4, window: 0s }\n"
	    "      - fired: { hook: many, on: tally, shopper: null }\n");
}
END_TEST

START_TEST(fields_may_be_compared)
{
	expect_passes(
	    "    events:\n"
	    "      - { type: purchase, product: L, price: 19.99,\n"
	    "          quantity: 2 }\n"
	    "    after: 2m\n"
	    "    expect:\n"
	    "      - tally: { count: \">= 1\", quantity: \"< 3\", revenue: "
	    "39.98 EUR }\n"
	    "      - tally: { revenue: \"> 39\", count: \"!= 2\" }\n");
}
END_TEST

START_TEST(windows_close_only_when_time_passes)
{
	expect_passes(
	    "    events:\n"
	    "      - { type: view, product: L }\n"
	    "    after: 1m\n"
	    "    expect:\n"
	    "      - none: tally\n");
}
END_TEST

START_TEST(what_arrives_late_revises)
{
	expect_passes(
	    "    events:\n"
	    "      - { at: 0s, type: view, product: L }\n"
	    "      - { at: 10s, arrives: 3m, type: view, product: L }\n"
	    "      - { at: 20s, arrives: 2h, type: view, product: L }\n"
	    "    expect:\n"
	    "      - tally: { product: L, revision: 0, count: 1 }\n"
	    "      - tally: { product: L, revision: 1, count: 2 }\n"
	    "      - late: { type: view, time: 20s }\n");
}
END_TEST

START_TEST(a_difference_is_shown_field_by_field)
{
	expect_fails(
	    "    events:\n"
	    "      - { type: view, product: L }\n"
	    "    after: 2m\n"
	    "    expect:\n"
	    "      - tally: { product: L, count: 2 }\n",
	    "* count            2                        1");
}
END_TEST

START_TEST(what_nobody_expected_fails_the_test)
{
	expect_fails(
	    "    events:\n"
	    "      - { type: purchase, product: L, price: 50 }\n"
	    "      - { type: purchase, product: M, price: 50 }\n"
	    "    expect:\n"
	    "      - fired: { product: L }\n",
	    "seen and not expected: fired at 0s {\"hook\":\"dear\"");
	expect_fails(
	    "    events: [ { type: purchase, product: L, price: 50 } ]\n"
	    "    expect: [ { none: fired } ]\n",
	    "expected fired 0 times, got it 1 times");
}
END_TEST

START_TEST(a_hook_that_never_held_says_how_often_it_looked)
{
	expect_fails(
	    "    events: [ { type: purchase, product: L, price: 5 } ]\n"
	    "    expect: [ { fired: { hook: dear } } ]\n",
	    "hook \"dear\" looked 1 times, held 0 times");
	expect_fails(
	    "    events: [ { type: purchase, product: L, price: 5 } ]\n"
	    "    expect: [ { fired: { hook: deer } } ]\n",
	    "there is no hook \"deer\" in these rules");
}
END_TEST

START_TEST(a_test_without_expectations_fails)
{
	expect_fails("    events: [ { type: view } ]\n",
	    "test \"t\" expects nothing");
}
END_TEST

START_TEST(mistakes_are_findings_with_a_place)
{
	static const struct { const char *test, *sentence; } wrong[] = {
		{ "    expct: []\n", "rules.yaml:10:5: error: " },
		{ "    events: [ { typ: view } ]\n    expect: [ { none: late } "
		  "]\n", "\"typ\" is no field of an event, perhaps you mean "
		  "\"type\"" },
		{ "    events: [ { at: soon, type: view } ]\n",
		  "at is no span" },
		{ "    events: [ { times: 3, type: view } ]\n",
		  "say how far apart" },
		{ "    events: [ { times: 2, every: 1s, id: a, type: view } ]"
		  "\n", "an id stands once" },
		{ "    events: [ { time: now, type: view } ]\n",
		  "no time but a span" },
		{ "    events: [ { call: promotions.stpo } ]\n",
		  "there is no verb \"promotions.stpo\"" },
		{ "    events: [ { call: products.list } ]\n",
		  "changes nothing in the log" },
		{ "    given: { products: [ { id: L, colour: red } ] }\n",
		  "products.put has no argument \"colour\"" },
		{ "    given: { shoppers: [] }\n", "shoppers" },
		{ "    expect: [ { fierd: {} } ]\n",
		  "there is no topic \"fierd\", perhaps you mean fired" },
		{ "    expect: [ { view: {} } ]\n", "what shoppers do" },
		{ "    expect: [ { fired: { hok: x } } ]\n",
		  "topic \"fired\" has no field \"hok\", perhaps you mean "
		  "hook" },
		{ "    expect: [ { tally: { count: few } } ]\n",
		  "count is \"few\", must be a whole number" },
		{ "    start: yesterday\n    expect: [ { none: late } ]\n",
		  "start must be a time" },
		{ "    expect: [ late ]\n", "expects one topic" },
		{ "    mode: dare\n    expect: [ { none: late } ]\n", "dare" },
		{ "    events: [ { type: view, price: -1 } ]\n"
		  "    expect: [ { none: late } ]\n", "price is -1" },
		{ "    given: { promotions: [ { id: P, start: 2h, end: 1h } ] "
		  "}\n    expect: [ { none: late } ]\n",
		  "end is not after start" },
	};

	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		expect_fails(wrong[i].test, wrong[i].sentence);
}
END_TEST

START_TEST(the_shipped_rules_check_without_a_plugin_and_pass)
{
	const char *top = getenv("srcdir");
	char file[512];
	struct text rules = { 0 };
	struct bench b;
	char block[4096];
	size_t n;

	snprintf(file, sizeof(file), "%s/rules/shop.yaml", top ? top : ".");
	FILE *f = fopen(file, "r");
	ck_assert_msg(f != NULL, "%s is not there", file);
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		text_add(&rules, block, n);
	fclose(f);
	bench_run(&b, rules.data, 0);
	ck_assert_msg(b.counts.failed == 0 && b.counts.passed > 4, "%s",
	    text_view(&b.prose).data);
	bench_end(&b);
	text_done(&rules);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ruletest");
	TCase *tests = tcase_create("ruletest");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, what_is_right_passes);
	tcase_add_test(tests, fields_may_be_compared);
	tcase_add_test(tests, windows_close_only_when_time_passes);
	tcase_add_test(tests, what_arrives_late_revises);
	tcase_add_test(tests, a_difference_is_shown_field_by_field);
	tcase_add_test(tests, what_nobody_expected_fails_the_test);
	tcase_add_test(tests, a_hook_that_never_held_says_how_often_it_looked);
	tcase_add_test(tests, a_test_without_expectations_fails);
	tcase_add_test(tests, mistakes_are_findings_with_a_place);
	tcase_add_test(tests,
	    the_shipped_rules_check_without_a_plugin_and_pass);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
