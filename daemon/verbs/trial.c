/* Rules tried out: their own tests, and a backtest over the shop's history.
 * Both run in sandboxes on a thread of their own; what they need of the house
 * is copied or never changes. */
#include "verbs/verbs.h"

#include "base/errand.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/money.h"
#include "house/house_parts.h"
#include "replay/backtest.h"
#include "replay/ruletest.h"
#include "verbs/rule_files.h"

/* A trial while it runs. */
struct trial {
	struct request           *request;	/* NULL: the caller hung up */
	struct house             *house;
	struct arena             *arena;
	struct engine_settings    engine;
	struct generation_context context;
	struct generation_file   *files;
	size_t                    count;
	struct findings          *findings;
	struct text               prose, json;
	struct lift_error         error;
	atomic_bool               cancel;
	bool                      ok;
	/* Of a backtest. */
	struct backtest           backtest;
	struct store_reader      *reader;
	void                    (*show)(struct trial *);
};

static struct generation_file *
files_copy(struct arena *arena, const struct generation_file *from,
    size_t count)
{
	struct generation_file *to = arena_array(arena, struct generation_file,
	    count + 1);

	for (size_t i = 0; i < count; i++) {
		to[i].name = arena_text(arena, from[i].name);
		to[i].text = arena_text(arena, from[i].text);
	}
	return to;
}

static void
trial_gone(struct request *r)
{
	struct trial *t = r->state;

	t->request = NULL;
	t->cancel = true;
}

static void
trial_free(struct trial *t)
{
	text_done(&t->prose);
	text_done(&t->json);
	store_reader_free(t->reader);
	arena_free(t->arena);
	memory_give(t);
}

static void
trial_done(void *context)
{
	struct trial *t = context;
	struct request *r = t->request;

	house_errand_ended(t->house);
	if (r != NULL) {
		r->gone = NULL;
		if (t->error.code != LIFT_E_NONE) {
			request_fail(r, &t->error);
		} else {
			t->show(t);
			request_end(r, t->ok ? REPLY_YES : REPLY_NO);
		}
	}
	trial_free(t);
}

static struct trial *
trial_new(struct request *r, void (*show)(struct trial *))
{
	const struct rule_files *in = rule_files(r);
	struct trial *t = memory_take(sizeof(*t));

	t->request = r;
	t->house = r->house;
	t->arena = arena_new();
	t->engine = house_engine_settings(r->house);
	/* A sandbox meets few ids; the daemon's horizon would cost memory. */
	t->engine.seen_count = 65536;
	t->context = house_rule_context(r->house);
	t->files = files_copy(t->arena, in->files, in->count);
	t->count = in->count;
	t->findings = findings_new(t->arena);
	t->show = show;
	r->state = t;
	r->gone = trial_gone;
	return t;
}

static void
trial_run(struct trial *t, void (*work)(void *))
{
	struct request *r = t->request;
	struct lift_error err;

	house_errand_begun(t->house);
	if (errand_run(t->house->base, work, trial_done, t))
		return;
	house_errand_ended(t->house);
	r->gone = NULL;
	trial_free(t);
	lift_fail(&err, LIFT_E_SYSTEM, "there is no thread to be had");
	request_fail(r, &err);
}

/* ---- tests --------------------------------------------------------------- */

static void
test_row(void *context, struct lift_text json)
{
	struct trial *t = context;

	text_add(&t->json, json.data, json.size);
	text_byte(&t->json, '\n');
}

static void
test_work(void *context)
{
	struct trial *t = context;
	struct generation *g = generation_load(&t->context, t->files,
	    t->count, t->findings);

	if (g == NULL) {
		findings_write(&t->prose, t->findings);
		text_string(&t->prose, "FAILED: the rules do not check\n");
		return;
	}
	struct ruletest test = { .generation = g, .roster = t->house->roster,
		.engine = &t->engine, .daemon_verbs = desk_verbs(),
		.sources = t->context.sources, .prose = &t->prose,
		.row = test_row, .context = t,
		.currency = currency_pack(lift_text(
		    t->house->settings.currency)) };
	struct ruletest_counts c = ruletest_run(&test);
	text_form(&t->prose, "%u passed, %u failed\n", c.passed, c.failed);
	t->ok = c.failed == 0;
	generation_free(g);
}

static void
test_show(struct trial *t)
{
	request_prose(t->request, text_view(&t->prose));
	if (request_is_prose(t->request))
		return;
	for (char *at = t->json.data; at != NULL && *at != '\0';) {
		char *end = strchr(at, '\n');
		request_row(t->request, (struct lift_text){ at,
		    (size_t)(end - at) });
		at = end + 1;
	}
}

static void
test_files(struct request *r)
{
	trial_run(trial_new(r, test_show), test_work);
}

static void
test_begin(struct request *r)
{
	rule_files_gather(r, test_files);
}

/* ---- backtest ------------------------------------------------------------ */

static void
backtest_work(void *context)
{
	struct trial *t = context;

	t->ok = backtest_run(&t->backtest, t->reader, t->findings, &t->json,
	    &t->error);
	if (t->ok || findings_count(t->findings, FINDING_ERROR) == 0)
		return;
	findings_write(&t->prose, t->findings);
	t->error = (struct lift_error){ 0 };
}

static void
hook_prose(struct trial *t, struct text *out, struct lift_text hook)
{
	static const char *const names[] = { "hook", "before", "after",
		"only_before", "only_after" };
	struct json_reader r = json_reader_of(hook, t->arena);
	struct lift_text key, raw, found[5] = { { 0 } };

	json_enter(&r, JSON_OBJECT);
	while (json_key(&r, &key)) {
		bool string = json_peek(&r) == JSON_STRING;
		if (string ? !json_take_string(&r, &raw) :
		    !json_skip(&r, &raw))
			return;
		for (unsigned i = 0; i < 5; i++)
			if (lift_text_equal(key, lift_text(names[i])))
				found[i] = raw;
	}
	text_form(out, "%.*s", (int)found[0].size, found[0].data);
	for (unsigned i = 1; i < 5; i++)
		text_form(out, "\t%.*s", (int)found[i].size, found[i].data);
	text_byte(out, '\n');
}

static void
backtest_prose(struct trial *t)
{
	struct json_reader r = json_reader_of(text_view(&t->json), t->arena);
	struct lift_text key, hook;
	struct text out = { 0 };

	text_string(&out, "hook\tin use\tnew\tonly in use\tonly new\n");
	json_enter(&r, JSON_OBJECT);
	while (json_key(&r, &key)) {
		if (!lift_text_equal(key, LIFT_TEXT_OF("hooks"))) {
			json_skip(&r, NULL);
			continue;
		}
		json_enter(&r, JSON_ARRAY);
		while (json_item(&r) && json_skip(&r, &hook))
			hook_prose(t, &out, hook);
	}
	request_prose(t->request, text_view(&out));
	text_done(&out);
}

static void
backtest_show(struct trial *t)
{
	if (!t->ok)
		request_prose(t->request, text_view(&t->prose));
	else if (request_is_prose(t->request))
		backtest_prose(t);
	else
		request_row(t->request, text_view(&t->json));
}

static int64_t
time_of(const struct request *r, const char *name)
{
	struct lift_value v = request_argument(r, name);

	return v.type == LIFT_TIME ? v.whole : 0;
}

static void
backtest_files(struct request *r)
{
	const struct generation *now = engine_generation(r->house->engine);
	struct lift_value warm = request_argument(r, "warm");
	struct lift_error err;
	struct trial *t = trial_new(r, backtest_show);

	t->reader = store_reader_new(r->house->store, &err);
	if (t->reader == NULL) {
		r->gone = NULL;
		trial_free(t);
		request_fail(r, &err);
		return;
	}
	store_reader_wait(t->reader);
	t->backtest = (struct backtest){ .roster = r->house->roster,
		.engine = &t->engine, .daemon_verbs = desk_verbs(),
		.sources = t->context.sources,
		.before = { files_copy(t->arena, now->files, now->file_count),
		    now->file_count },
		.after = { t->files, t->count },
		.from_time = time_of(r, "from"), .to_time = time_of(r, "to"),
		.warm = warm.type == LIFT_SPAN ? WARM_SPAN : WARM_LATENESS,
		.warm_span = warm.type == LIFT_SPAN ? warm.whole : 0,
		.examples = 5, .cancel = &t->cancel };
	trial_run(t, backtest_work);
}

static void
backtest_begin(struct request *r)
{
	rule_files_gather(r, backtest_files);
}

static const struct lift_field test_arguments[] = {
	{ "files", LIFT_FILES, true, "a directory or a file; left out: the "
	    "daemon's own rules" },
	LIFT_END
};

static const struct lift_field backtest_arguments[] = {
	{ "files", LIFT_FILES, true, "the new rules; left out: the files in "
	    "the daemon's directory" },
	{ "from", LIFT_TIME, true, "not before this time" },
	{ "to", LIFT_TIME, true, "not after this time" },
	{ "warm", LIFT_SPAN, true, "how much of the time before is folded "
	    "first, so that windows are full; the allowed lateness unless "
	    "given" },
	LIFT_END
};

const struct desk_verb trial_verbs[] = {
	{ { "rules.backtest", backtest_arguments, LIFT_OPERATOR, false, NULL,
	    "folds history with the rules in use and with new ones, and shows "
	    "what would have been different", .one = true }, backtest_begin },
	{ { "rules.test", test_arguments, LIFT_OBSERVER, false, NULL,
	    "runs the tests that stand in rule files" }, test_begin },
	{ LIFT_END, NULL }
};
