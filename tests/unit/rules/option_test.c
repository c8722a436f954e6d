/* Binding by a table: what is taken, and the sentence for what is not. */
#include <check.h>

#include "rules/document.h"
#include "rules/option.h"

static struct arena *arena;
static struct findings *findings;

struct hook {
	const char *name;
	const void *when;
};

struct settings {
	bool              enabled;
	int64_t           count, window, budget;
	double            threshold;
	struct lift_money price;
	const char       *title;
	int               driver;
	struct lift_texts plugins;
	struct { const char *dsn; int64_t pool; } store;
	struct lift_rows  hooks;
};

static const char *const drivers[] = { "sqlite", "postgres", NULL };

static const struct lift_option hook_rows[] = {
	LIFT_OPTION_TEXT(struct hook, name, .meaning = "its name"),
	{ .name = "when", .kind = LIFT_OPTION_ANY, .fallback = "",
	  .offset = offsetof(struct hook, when), .meaning = "its condition" },
	LIFT_END
};

static const struct lift_option store_rows[] = {
	{ .name = "dsn", .kind = LIFT_OPTION_TEXT, .fallback = "",
	  .secret = true, .meaning = "where the store is" },
	{ .name = "pool", .kind = LIFT_OPTION_COUNT, .fallback = "4",
	  .offset = sizeof(char *), .lowest = "1",
	  .meaning = "how many connections" },
	LIFT_END
};

static const struct lift_option rows[] = {
	LIFT_OPTION_BOOL(struct settings, enabled, .fallback = "true",
	    .meaning = "whether it runs"),
	LIFT_OPTION_COUNT(struct settings, count, .fallback = "50",
	    .highest = "1000", .meaning = "how many"),
	LIFT_OPTION_SPAN(struct settings, window, .fallback = "1m",
	    .lowest = "1s", .highest = "1d", .meaning = "how long"),
	LIFT_OPTION_SIZE(struct settings, budget, .fallback = "20 GB",
	    .meaning = "how much"),
	LIFT_OPTION_RATIO(struct settings, threshold, .fallback = "80%",
	    .lowest = "0", .highest = "1", .meaning = "how sure"),
	LIFT_OPTION_MONEY(struct settings, price, .fallback = "0",
	    .meaning = "for what"),
	LIFT_OPTION_TEXT(struct settings, title, .meaning = "its title"),
	LIFT_OPTION_CHOICE(struct settings, driver, .fallback = "sqlite",
	    .choices = drivers, .meaning = "what drives it"),
	LIFT_OPTION_TEXTS(struct settings, plugins, .fallback = "[a, b]",
	    .highest = "3", .meaning = "what it loads"),
	LIFT_OPTION_GROUP(struct settings, store, .rows = store_rows,
	    .meaning = "where it keeps"),
	LIFT_OPTION_LIST(struct settings, hooks, .fallback = "[]",
	    .rows = hook_rows, .row_size = sizeof(struct hook),
	    .meaning = "what it does"),
	LIFT_END
};

static bool
fake_env(void *self, const char *name, struct text *to)
{
	(void)self;
	if (strcmp(name, "POOL") != 0)
		return false;
	text_string(to, "7");
	return true;
}

static bool
fake_file(void *self, const char *path, struct text *to, struct lift_error *err)
{
	(void)self;
	if (strcmp(path, "dsn.txt") != 0)
		return lift_fail(err, LIFT_E_MISSING,
		    "the file \"%s\" is not there", path);
	text_string(to, "host=a: [b");
	return true;
}

static void
set_up(void)
{
	arena = arena_new();
	findings = findings_new(arena);
}

static void
tear_down(void)
{
	arena_free(arena);
}

static bool
bind(const char *text, struct settings *ret_settings)
{
	static const struct option_sources sources = { NULL, fake_env,
		fake_file };
	const struct option_binder b = { arena, findings, &sources, 0 };
	const struct document *d = document_read(arena, "a", lift_text(text),
	    NULL, findings);

	ck_assert_ptr_nonnull(d);
	return option_bind(&b, d->root, rows, ret_settings);
}

static struct settings
bound(const char *text)
{
	struct settings s;
	struct text t = { 0 };
	bool good = bind(text, &s);

	findings_write(&t, findings);
	ck_assert_msg(good, "%s", text_view(&t).data);
	text_done(&t);
	return s;
}

START_TEST(what_is_left_out_has_its_fallback)
{
	struct settings s = bound("title: x");

	ck_assert(s.enabled);
	ck_assert_int_eq(s.count, 50);
	ck_assert_int_eq(s.window, LIFT_MINUTE);
	ck_assert_int_eq(s.budget, 20000000000);
	ck_assert_double_eq(s.threshold, 0.8);
	ck_assert_int_eq(s.driver, 0);
	ck_assert_int_eq(s.plugins.count, 2);
	ck_assert_str_eq(s.plugins.items[1], "b");
	ck_assert_str_eq(s.store.dsn, "");
	ck_assert_int_eq(s.store.pool, 4);
	ck_assert_int_eq(s.hooks.count, 0);
}
END_TEST

START_TEST(what_is_given_is_taken)
{
	struct settings s = bound("title: 12\nenabled: false\ncount: -3\n"
	    "window: 1h30m\nbudget: 1.5 KiB\nthreshold: 12.5%\n"
	    "price: 12.50 EUR\ndriver: postgres\nplugins: [x, 7]\n"
	    "store: {pool: 9}\nhooks: [{name: a, when: [1]}, {name: b}]\n");

	ck_assert_str_eq(s.title, "12");
	ck_assert(!s.enabled);
	ck_assert_int_eq(s.count, -3);
	ck_assert_int_eq(s.window, 90 * LIFT_MINUTE);
	ck_assert_int_eq(s.budget, 1536);
	ck_assert_double_eq(s.threshold, 0.125);
	ck_assert_int_eq(s.price.minor, 1250);
	ck_assert_int_eq(s.driver, 1);
	ck_assert_str_eq(s.plugins.items[1], "7");
	ck_assert_int_eq(s.store.pool, 9);
	const struct hook *h = s.hooks.items;
	ck_assert_int_eq(((const struct node *)h[0].when)->kind, NODE_LIST);
	ck_assert_str_eq(h[1].name, "b");
	ck_assert_ptr_null(h[1].when);
}
END_TEST

START_TEST(references_are_replaced_inside_of_texts)
{
	struct settings s = bound("title: 'a ${env:NO:-x}${alert.loss}'\n"
	    "store: { pool: '${env:POOL}', dsn: '${file:dsn.txt}' }");

	ck_assert_str_eq(s.title, "a x${alert.loss}");
	ck_assert_int_eq(s.store.pool, 7);
	ck_assert_str_eq(s.store.dsn, "host=a: [b");
}
END_TEST

static const struct {
	const char       *text;
	enum finding_code code;
	const char       *message, *hint;
} refusals[] = {
	{ "threshold: 1.4", FINDING_OPTION_BOUNDS,
	    "threshold is 1.4, must lie between 0 and 1", NULL },
	{ "count: 1001", FINDING_OPTION_BOUNDS,
	    "count is 1001, must be at most 1000", NULL },
	{ "store: {pool: 0}", FINDING_OPTION_BOUNDS,
	    "pool is 0, must be at least 1", NULL },
	{ "plugins: [a, b, c, d]", FINDING_OPTION_BOUNDS,
	    "plugins is a list of 4, must have at most 3", NULL },
	{ "window: [5m]", FINDING_OPTION_KIND,
	    "window expects a span like 90s, 5m or 30d, found a list", NULL },
	{ "window: 90", FINDING_OPTION_KIND, "window is \"90\", expects a span "
	    "like 90s, 5m or 30d",
	    "a span needs its unit: \"90s\" for seconds" },
	{ "enabled: yes", FINDING_OPTION_KIND,
	    "enabled is \"yes\", expects true or false",
	    "write true or false: yes, no, on and off are texts in YAML 1.2" },
	{ "count: \"12\"", FINDING_OPTION_KIND, "count expects a whole number "
	    "like 50, found the text \"12\"", "take off the quotes" },
	{ "count:", FINDING_OPTION_EMPTY,
	    "count has no value, expects a whole number like 50", NULL },
	{ "driver: sqlit", FINDING_OPTION_CHOICE, "driver is \"sqlit\", must "
	    "be \"sqlite\" or \"postgres\"", "the nearest is \"sqlite\"" },
	{ "treshold: 1", FINDING_OPTION_UNKNOWN, "\"treshold\" is not known "
	    "here", "did you mean \"threshold\"?" },
	{ "dsn: x", FINDING_OPTION_PLACE, "\"dsn\" is not known here, this "
	    "key exists one level down (\"store\")", NULL },
	{ "hooks: [{name: a, count: 1}]", FINDING_OPTION_PLACE, "\"count\" is "
	    "not known here, this key exists one level up", NULL },
	{ "hooks: [{name: a, pool: 1}]", FINDING_OPTION_PLACE, "\"pool\" is "
	    "not known here, this key exists in a neighbour of this map "
	    "(\"store\")",
	    NULL },
	{ "hooks: [{when: 1}]", FINDING_OPTION_MISSING,
	    "\"name\" is missing here, hooks must have it", NULL },
	{ "hooks: [x]", FINDING_OPTION_KIND,
	    "an item of hooks expects a map, found the text \"x\"", NULL },
	{ "store: 12", FINDING_OPTION_KIND, "store expects a map of options, "
	    "found the whole number 12", NULL },
	{ "store: {dsn: plain}", FINDING_OPTION_SECRET, "dsn is a secret, and "
	    "must not stand in the file itself",
	    "write \"${file:PATH}\" or \"${env:NAME}\"" },
	{ "store: {dsn: '${env:NO}'}", FINDING_OPTION_SOURCE,
	    "the environment variable \"NO\" is not set",
	    "set it, or give a default: ${env:NO:-default}" },
	{ "store: {dsn: '${file:no}'}", FINDING_OPTION_SOURCE,
	    "the file \"no\" is not there", NULL },
	{ "store: {dsn: '${env:A B}'}", FINDING_OPTION_REFERENCE, "\"A B\" is "
	    "no name of a variable, expected letters, digits and \"_\"", NULL },
	{ "store: {dsn: '${env:A'}", FINDING_OPTION_REFERENCE,
	    "a reference begins with \"${\" and lacks its \"}\"", NULL },
};

START_TEST(a_mistake_has_its_sentence)
{
	struct settings s;
	struct text t = { 0 };

	text_form(&t, "%s\ntitle: x\n", refusals[_i].text);
	ck_assert(!bind(t.data, &s));
	const struct finding *f = findings_first(findings);
	ck_assert_str_eq(f->message, refusals[_i].message);
	ck_assert_int_eq(f->code, refusals[_i].code);
	ck_assert_ptr_null(f->next);
	if (refusals[_i].hint != NULL)
		ck_assert_str_eq(f->hint, refusals[_i].hint);
	text_done(&t);
}
END_TEST

START_TEST(all_mistakes_come_in_one_run)
{
	struct settings s;

	ck_assert(!bind("titel: x\ncount: a\nwindow: b\nhooks: [{}, {}]\n",
	    &s));
	ck_assert_int_eq(findings_count(findings, FINDING_ERROR), 5);
	ck_assert_int_eq(s.count, 50);
}
END_TEST

START_TEST(values_are_shown_as_yaml_with_secrets_masked)
{
	struct settings s = bound("title: 'a: b'\nhooks: [{name: a, "
	    "when: {all: [1, x y]}}]\nstore: {dsn: '${file:dsn.txt}'}\n");
	struct text t = { 0 };

	option_show(&t, rows, &s, 0);
	ck_assert_str_eq(t.data, "enabled: true\ncount: 50\nwindow: 1m\n"
	    "budget: 20 GB\nthreshold: 0.8\nprice: 0.00\ntitle: \"a: b\"\n"
	    "driver: sqlite\nplugins: [a, b]\nstore:\n  dsn: \"***\"\n"
	    "  pool: 4\nhooks:\n  - name: a\n"
	    "    when: {all: [1, \"x y\"]}\n");
	text_done(&t);
}
END_TEST

START_TEST(tables_print_as_manual_and_schema)
{
	struct text t = { 0 };

	option_describe(&t, rows, OPTION_MARKDOWN);
	ck_assert_ptr_nonnull(strstr(t.data,
	    "| `threshold` | ratio | 80% | 0 to 1 | how sure |\n"));
	ck_assert_ptr_nonnull(strstr(t.data,
	    "| `hooks[].name` | text | must be given |  | its name |\n"));
	text_clear(&t);
	option_describe(&t, rows, OPTION_MAN);
	ck_assert_ptr_nonnull(strstr(t.data, ".TP\n\\fBstore.pool\\fR (whole "
	    "number; default 4; at least 1)\n\\&how many connections.\n"));
	text_clear(&t);
	option_schema(&t, rows);
	ck_assert_ptr_nonnull(strstr(t.data, "\"required\":[\"title\"]}"));
	text_done(&t);
}
END_TEST

static const struct lift_option unsound[][3] = {
	{ { .name = "a", .kind = LIFT_OPTION_COUNT }, LIFT_END },
	{ { .name = "a", .kind = LIFT_OPTION_COUNT, .meaning = "x." },
	    LIFT_END },
	{ { .name = "A", .kind = LIFT_OPTION_COUNT, .meaning = "x" },
	    LIFT_END },
	{ { .name = "a", .kind = LIFT_OPTION_COUNT, .meaning = "x" },
	    { .name = "a", .kind = LIFT_OPTION_COUNT, .meaning = "y" },
	    LIFT_END },
	{ { .name = "a", .kind = LIFT_OPTION_COUNT, .meaning = "x" },
	    { .name = "b", .kind = LIFT_OPTION_COUNT, .meaning = "x" },
	    LIFT_END },
	{ { .name = "a", .kind = LIFT_OPTION_COUNT, .fallback = "x",
	    .meaning = "x" }, LIFT_END },
	{ { .name = "a", .kind = LIFT_OPTION_COUNT, .fallback = "1",
	    .lowest = "2", .meaning = "x" }, LIFT_END },
	{ { .name = "a", .kind = LIFT_OPTION_CHOICE, .meaning = "x" },
	    LIFT_END },
	{ { .name = "a", .kind = LIFT_OPTION_LIST, .rows = hook_rows,
	    .meaning = "x" }, LIFT_END },
	{ { .name = "a", .kind = LIFT_OPTION_TEXT, .lowest = "1",
	    .meaning = "x" }, LIFT_END },
};

START_TEST(a_table_that_is_not_sound_is_told)
{
	struct lift_error err = { 0 };

	ck_assert(option_check(rows, &err));
	ck_assert(!option_check(unsound[_i], &err));
	ck_assert_int_eq(err.code, LIFT_E_BUG);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rules/option");
	TCase *t = tcase_create("option");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, what_is_left_out_has_its_fallback);
	tcase_add_test(t, what_is_given_is_taken);
	tcase_add_test(t, references_are_replaced_inside_of_texts);
	tcase_add_loop_test(t, a_mistake_has_its_sentence, 0,
	    sizeof(refusals) / sizeof(refusals[0]));
	tcase_add_test(t, all_mistakes_come_in_one_run);
	tcase_add_test(t, values_are_shown_as_yaml_with_secrets_masked);
	tcase_add_test(t, tables_print_as_manual_and_schema);
	tcase_add_loop_test(t, a_table_that_is_not_sound_is_told, 0,
	    sizeof(unsound) / sizeof(unsound[0]));
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
