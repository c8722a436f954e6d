/* Any bytes as a rule file, bound to a table that has an option of each kind.
 * Whatever they are, the findings can be printed, and what was taken without
 * one can be shown and read again. */
#include <assert.h>

#include "rules/document.h"
#include "rules/option.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

struct hook {
	const char *name, *on;
	const void *when;
	struct { struct lift_money over; } loss;
};

struct settings {
	bool             enabled;
	int64_t          count, window, budget;
	double           threshold, factor;
	struct lift_money price;
	const char      *title, *key;
	int              driver;
	struct lift_texts plugins;
	struct { int64_t entries; } retention;
	struct lift_rows hooks;
};

static const char *const drivers[] = { "sqlite", "postgres", NULL };

static const struct lift_option loss_rows[] = {
	{ .name = "over", .kind = LIFT_OPTION_MONEY, .fallback = "10 EUR",
	  .meaning = "loss above which the hook runs" },
	LIFT_END
};

static const struct lift_option hook_rows[] = {
	LIFT_OPTION_TEXT(struct hook, name, .meaning = "its name"),
	LIFT_OPTION_TEXT(struct hook, on, .fallback = "alert",
	    .meaning = "its topic"),
	{ .name = "when", .kind = LIFT_OPTION_ANY, .fallback = "",
	  .offset = offsetof(struct hook, when), .meaning = "its condition" },
	LIFT_OPTION_GROUP(struct hook, loss, .rows = loss_rows,
	    .meaning = "its loss"),
	LIFT_END
};

static const struct lift_option retention_rows[] = {
	{ .name = "entries", .kind = LIFT_OPTION_SPAN, .fallback = "90d",
	  .lowest = "1d", .meaning = "how long entries are kept" },
	LIFT_END
};

static const struct lift_option rows[] = {
	LIFT_OPTION_BOOL(struct settings, enabled, .fallback = "true",
	    .meaning = "whether it runs"),
	LIFT_OPTION_COUNT(struct settings, count, .fallback = "50",
	    .lowest = "1", .highest = "1000", .meaning = "how many"),
	LIFT_OPTION_SPAN(struct settings, window, .fallback = "1m",
	    .lowest = "1s", .highest = "1d", .meaning = "how long"),
	LIFT_OPTION_SIZE(struct settings, budget, .fallback = "20 GB",
	    .meaning = "how much"),
	LIFT_OPTION_RATIO(struct settings, threshold, .fallback = "80%",
	    .lowest = "0", .highest = "1", .meaning = "how sure"),
	LIFT_OPTION_NUMBER(struct settings, factor, .fallback = "1.5",
	    .meaning = "by what"),
	LIFT_OPTION_MONEY(struct settings, price, .fallback = "0",
	    .meaning = "for what"),
	LIFT_OPTION_TEXT(struct settings, title, .fallback = "",
	    .meaning = "what it is called"),
	LIFT_OPTION_TEXT(struct settings, key, .fallback = "", .secret = true,
	    .meaning = "what opens it"),
	LIFT_OPTION_CHOICE(struct settings, driver, .fallback = "sqlite",
	    .choices = drivers, .meaning = "what drives it"),
	LIFT_OPTION_TEXTS(struct settings, plugins, .fallback = "[a, b]",
	    .highest = "9", .meaning = "what it loads"),
	LIFT_OPTION_GROUP(struct settings, retention, .rows = retention_rows,
	    .meaning = "what it keeps"),
	LIFT_OPTION_LIST(struct settings, hooks, .fallback = "[]",
	    .rows = hook_rows, .row_size = sizeof(struct hook),
	    .meaning = "what it does"),
	LIFT_END
};

static bool
fake_env(void *self, const char *name, struct text *to)
{
	(void)self;
	text_string(to, name);
	return name[0] != 'X';
}

static bool
fake_file(void *self, const char *path, struct text *to, struct lift_error *err)
{
	(void)self;
	text_string(to, "secret\n: [\"");
	return path[0] != 'X' || lift_fail(err, LIFT_E_MISSING, "no \"%s\"",
	    path);
}

/* Binds a text; what was found wrong goes into ALL. */
static bool
bind(struct arena *a, struct lift_text t, struct findings *all,
    struct settings *ret_settings)
{
	static const struct document_limits limits = { 1 << 16, 8, 2000 };
	const struct option_sources sources = { NULL, fake_env, fake_file };
	const struct option_binder b = { a, all, &sources, 0 };
	const struct document *d = document_read(a, "fuzz.yaml", t, &limits,
	    all);

	return option_bind(&b, d ? d->root : NULL, rows, ret_settings) &&
	    d != NULL && findings_count(all, FINDING_ERROR) == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct findings *all = findings_new(a), *none = findings_new(a);
	struct settings one, two;
	struct text shown = { 0 }, again = { 0 };
	struct lift_error err = { 0 };

	assert(option_check(rows, &err));
	bool good = bind(a, (struct lift_text){ (const char *)data, size },
	    all, &one);
	assert(good || findings_count(all, FINDING_ERROR) > 0);
	findings_write(&again, all);
	findings_json(&again, all);
	text_clear(&again);
	option_show(&shown, rows, &one, 0);
	/* Masks are not to be read back, and a tree's limits are its own. */
	if (good && one.key[0] == '\0' && shown.size < 1000) {
		char *mask = strstr(shown.data, "key: \"***\"\n");
		assert(mask != NULL);
		memset(mask, ' ', 10);
		bind(a, text_view(&shown), none, &two);
		option_show(&again, rows, &two, 0);
		memset(strstr(again.data, "key: \"***\"\n"), ' ', 10);
		if (findings_count(none, FINDING_ERROR) == 0)
			assert(strcmp(shown.data, again.data) == 0);
	}
	text_done(&shown);
	text_done(&again);
	arena_free(a);
	return 0;
}
