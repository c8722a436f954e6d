/* Rules: check, reload, list, show, schema. To try rules out is in trial.c. */
#include "verbs/verbs.h"

#include "base/errand.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/money.h"
#include "house/house_parts.h"
#include "replay/ruletest.h"
#include "verbs/rule_files.h"

/* ---- work on a thread ---------------------------------------------------- */

/* A check that runs beside the loop. It has copies of all that it needs. */
struct check {
	struct request           *request;	/* NULL: the caller hung up */
	struct house             *house;
	struct arena             *arena;
	struct generation_context context;
	struct generation_file   *files;
	size_t                    count;
	uint32_t                  currency;
	struct findings          *findings;
	bool                      ok;
	struct text               prose, json;
};

static void
check_gone(struct request *r)
{
	struct check *c = r->state;

	c->request = NULL;
}

static void
check_work(void *context)
{
	struct check *c = context;

	c->findings = findings_new(c->arena);
	struct generation *g = generation_load(&c->context, c->files,
	    c->count, c->findings);
	c->ok = g != NULL && ruletest_check(g, c->context.vocabulary,
	    c->currency, c->findings);
	generation_free(g);
	findings_write(&c->prose, c->findings);
	findings_json(&c->json, c->findings);
}

/* Sends the items of a JSON array as rows. */
static void
rows_of_array(struct request *r, struct lift_text array)
{
	struct json_reader json = json_reader_of(array, r->arena);
	struct lift_text item;

	if (!json_enter(&json, JSON_ARRAY))
		return;
	while (json_item(&json) && json_skip(&json, &item))
		request_row(r, item);
}

static void
check_done(void *context)
{
	struct check *c = context;
	struct request *r = c->request;
	struct text all = { 0 };

	house_errand_ended(c->house);
	if (r != NULL) {
		r->gone = NULL;
		if (!request_is_prose(r))
			rows_of_array(r, text_view(&c->json));
		text_form(&all, "%s: %zu files, %zu errors, %zu warnings\n",
		    c->ok ? "OK" : "FAILED", c->count,
		    findings_count(c->findings, FINDING_ERROR),
		    findings_count(c->findings, FINDING_WARNING));
		request_prose(r, text_view(&c->prose));
		request_prose(r, text_view(&all));
		request_end(r, c->ok ? REPLY_YES : REPLY_NO);
	}
	text_done(&all);
	text_done(&c->prose);
	text_done(&c->json);
	arena_free(c->arena);
	memory_give(c);
}

static void
check_files(struct request *r)
{
	const struct rule_files *in = rule_files(r);
	struct check *c = memory_take(sizeof(*c));
	struct lift_error err;

	c->request = r;
	c->house = r->house;
	c->arena = arena_new();
	c->context = house_rule_context(r->house);
	c->currency = currency_pack(lift_text(r->house->settings.currency));
	c->count = in->count;
	c->files = arena_array(c->arena, struct generation_file, in->count + 1);
	for (size_t i = 0; i < in->count; i++) {
		c->files[i].name = arena_text(c->arena, in->files[i].name);
		c->files[i].text = arena_text(c->arena, in->files[i].text);
	}
	r->state = c;
	r->gone = check_gone;
	house_errand_begun(r->house);
	if (errand_run(r->house->base, check_work, check_done, c))
		return;
	house_errand_ended(r->house);
	r->gone = NULL;
	arena_free(c->arena);
	memory_give(c);
	lift_fail(&err, LIFT_E_SYSTEM, "there is no thread for the check");
	request_fail(r, &err);
}

static void
check_begin(struct request *r)
{
	rule_files_gather(r, check_files);
}

/* ---- reload -------------------------------------------------------------- */

static void
reload_files(struct request *r)
{
	const struct rule_files *in = rule_files(r);
	const struct rulebook_result *result =
	    request_argument(r, "files").type != LIFT_NULL ?
	    rulebook_load(r->house->rulebook, in->files, in->count) :
	    rulebook_reload(r->house->rulebook);
	struct text row = { 0 };

	if (request_is_prose(r)) {
		request_prose(r, result->findings);
		if (result->problem != NULL)
			text_form(&row, "%s\n", result->problem);
		text_form(&row, "%s: generation %u is in use, %zu errors, "
		    "%zu warnings\n", result->ok ? "OK" : "FAILED",
		    result->number, result->errors, result->warnings);
		request_prose(r, text_view(&row));
	} else {
		text_byte(&row, '{');
		json_member_bool(&row, "ok", result->ok);
		json_member_whole(&row, "generation", result->number);
		json_name(&row, "findings");
		text_add(&row, result->json.data, result->json.size);
		if (result->problem != NULL)
			json_member_string(&row, "problem", result->problem);
		text_byte(&row, '}');
		request_row(r, text_view(&row));
	}
	request_end(r, result->ok ? REPLY_YES : REPLY_NO);
	text_done(&row);
}

static void
reload_begin(struct request *r)
{
	rule_files_gather(r, reload_files);
}

/* ---- list and show ------------------------------------------------------- */

static void
hook_row(struct request *r, const struct generation *g, size_t place)
{
	const struct generation_hook *h = &g->hooks[place];
	struct hook_count c = engine_hook_count(r->house->engine, place);
	const struct vocabulary *v = engine_vocabulary(r->house->engine);
	struct text row = { 0 };

	text_byte(&row, '{');
	json_member_string(&row, "name", h->name);
	json_member_string(&row, "on", v->topics[h->topic].name);
	json_member_string(&row, "mode", rule_mode_names[h->mode]);
	json_member_whole(&row, "tested", (int64_t)c.tested);
	json_member_whole(&row, "fired", (int64_t)c.fired);
	json_member_whole(&row, "undecided", (int64_t)c.failed);
	json_member_text(&row, "when", h->when_text);
	json_member_string(&row, "file", h->file);
	json_member_whole(&row, "line", h->line);
	json_member_string(&row, "owner", h->owner);
	json_member_string(&row, "description", h->description);
	text_byte(&row, '}');
	request_row(r, text_view(&row));
	text_done(&row);
}

static void
list_begin(struct request *r)
{
	const struct generation *g = engine_generation(r->house->engine);

	for (size_t i = 0; g != NULL && i < g->hook_count; i++)
		hook_row(r, g, i);
	request_end(r, REPLY_YES);
}

static void
show_settings(struct request *r, const struct generation *g)
{
	const struct vocabulary *v = engine_vocabulary(r->house->engine);
	struct text t = { 0 };

	for (size_t i = 0; i < v->plugin_count; i++) {
		const struct lift_plugin *p = v->plugins[i];
		if (p->options == NULL)
			continue;
		text_clear(&t);
		text_form(&t, "# as plugin %s has them, defaults and all\n"
		    "plugin: %s\noptions:\n", p->name, p->name);
		option_show(&t, p->options, g->settings[i], 2);
		request_prose(r, text_view(&t));
	}
	text_done(&t);
}

static void
show_begin(struct request *r)
{
	const struct generation *g = engine_generation(r->house->engine);
	struct text t = { 0 };

	if (request_argument(r, "resolved").type == LIFT_BOOL) {
		show_settings(r, g);
		request_end(r, REPLY_YES);
		return;
	}
	for (size_t i = 0; g != NULL && i < g->file_count; i++) {
		text_clear(&t);
		if (request_is_prose(r)) {
			text_form(&t, "# %.*s\n%.*s\n",
			    (int)g->files[i].name.size, g->files[i].name.data,
			    (int)g->files[i].text.size, g->files[i].text.data);
			request_prose(r, text_view(&t));
			continue;
		}
		text_byte(&t, '{');
		json_member_text(&t, "name", g->files[i].name);
		json_member_text(&t, "text", g->files[i].text);
		text_byte(&t, '}');
		request_row(r, text_view(&t));
	}
	request_end(r, REPLY_YES);
	text_done(&t);
}

static void
schema_begin(struct request *r)
{
	struct text t = { 0 };

	generation_schema(&t, engine_vocabulary(r->house->engine));
	if (request_is_prose(r)) {
		text_byte(&t, '\n');
		request_prose(r, text_view(&t));
	} else {
		request_row(r, text_view(&t));
	}
	request_end(r, REPLY_YES);
	text_done(&t);
}

static const struct lift_field files_arguments[] = {
	{ "files", LIFT_FILES, true, "a directory or a file; left out: the "
	    "daemon's own rules" },
	LIFT_END
};

static const struct lift_field show_arguments[] = {
	{ "resolved", LIFT_BOOL, true, "the plugins' options as they are in "
	    "force, secrets masked" },
	LIFT_END
};

static const struct lift_field hook_answers[] = {
	{ "name", LIFT_TEXT, false, "the hook's name" },
	{ "on", LIFT_TEXT, false, "the topic that it listens to" },
	{ "mode", LIFT_TEXT, false, "shadow, alert or act" },
	{ "tested", LIFT_INT, false, "how often its condition was asked" },
	{ "fired", LIFT_INT, false, "how often it held" },
	{ "undecided", LIFT_INT, false, "how often nobody can say" },
	{ "when", LIFT_TEXT, false, "its condition" },
	{ "file", LIFT_TEXT, false, "where it stands" },
	{ "line", LIFT_INT, false, "in which line" },
	{ "owner", LIFT_TEXT, false, "whose it is" },
	{ "description", LIFT_TEXT, false, "what it is for" },
	LIFT_END
};

const struct desk_verb rule_verbs[] = {
	{ { "rules.check", files_arguments, LIFT_OBSERVER, false, NULL,
	    "checks rule files, and shows all that is wrong" }, check_begin },
	{ { "rules.list", NULL, LIFT_OBSERVER, false, "GET /api/v1/rules",
	    "lists the hooks in use, and how often they fired",
	    .answers = hook_answers }, list_begin },
	{ { "rules.reload", files_arguments, LIFT_OPERATOR, true, NULL,
	    "checks rule files and puts them into use, all or none",
	    .one = true }, reload_begin },
	{ { "rules.schema", NULL, LIFT_OBSERVER, false, NULL,
	    "prints the JSON Schema of rule files, for editors", .one = true },
	  schema_begin },
	{ { "rules.show", show_arguments, LIFT_OPERATOR, false, NULL,
	    "prints the rules in use" }, show_begin },
	{ LIFT_END, NULL }
};
