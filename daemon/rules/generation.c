/* From a set of files to a generation: each file by one option table, then
 * lists, hooks and jobs over all files. */
#include "rules/generation_parts.h"

#include "base/json.h"
#include "base/money.h"
#include "base/utf8.h"

enum { NAME_MOST = 100 };

const char *const rule_mode_names[] = { "shadow", "alert", "act", NULL };
const char *const job_overlap_names[] = { "skip", "queue", NULL };
const char *const job_catchup_names[] = { "once", "all", "skip", NULL };

static const struct lift_option hook_options[] = {
	LIFT_OPTION_TEXT(struct hook_row, name,
	    .meaning = "the hook's name, unique over all files"),
	LIFT_OPTION_TEXT(struct hook_row, description, .fallback = "",
	    .meaning = "what it is for, in a sentence"),
	LIFT_OPTION_TEXT(struct hook_row, owner, .fallback = "",
	    .meaning = "whom to ask about it"),
	LIFT_OPTION_TEXT(struct hook_row, on,
	    .meaning = "the topic, or the type of interaction, it listens to"),
	LIFT_OPTION_TEXT(struct hook_row, when, .fallback = "",
	    .meaning = "the condition; without one it always holds"),
	LIFT_OPTION_CHOICE(struct hook_row, mode, .fallback = "shadow",
	    .choices = rule_mode_names,
	    .meaning = "shadow notes what it would do, alert tells it, act "
	    "does it"),
	{ .name = "do", .kind = LIFT_OPTION_ANY, .fallback = "[]",
	  .offset = offsetof(struct hook_row, do_),
	  .meaning = "the verbs to call, each with its arguments" },
	LIFT_END
};

static const struct lift_option job_options[] = {
	LIFT_OPTION_TEXT(struct job_row, name,
	    .meaning = "the job's name, unique over all files"),
	LIFT_OPTION_TEXT(struct job_row, description, .fallback = "",
	    .meaning = "what the job achieves, in a sentence"),
	LIFT_OPTION_TEXT(struct job_row, schedule,
	    .meaning = "five fields of cron, @daily and its like, or every 5m"),
	LIFT_OPTION_TEXT(struct job_row, timezone, .fallback = "",
	    .meaning = "whose clocks the schedule goes by; the default's "
	    "unless given"),
	{ .name = "run", .kind = LIFT_OPTION_ANY,
	  .offset = offsetof(struct job_row, run),
	  .meaning = "the verb to call, with its arguments" },
	LIFT_OPTION_SPAN(struct job_row, jitter, .fallback = "0s",
	    .lowest = "0s", .highest = "1d",
	    .meaning = "a run starts up to this much later, by chance"),
	LIFT_OPTION_SPAN(struct job_row, limit, .fallback = "1h",
	    .lowest = "1s", .highest = "7d",
	    .meaning = "a run that takes longer has failed"),
	LIFT_OPTION_COUNT(struct job_row, retries, .fallback = "3",
	    .lowest = "0", .highest = "20",
	    .meaning = "how often a failed run is tried again"),
	LIFT_OPTION_SPAN(struct job_row, backoff, .fallback = "30s",
	    .lowest = "1s", .highest = "1d",
	    .meaning = "how long before the first retry; doubles each time"),
	LIFT_OPTION_CHOICE(struct job_row, overlap, .fallback = "skip",
	    .choices = job_overlap_names,
	    .meaning = "what a run does that is due while one runs"),
	LIFT_OPTION_CHOICE(struct job_row, catch_up, .fallback = "once",
	    .choices = job_catchup_names,
	    .meaning = "which runs are made up that were missed while down"),
	LIFT_OPTION_CHOICE(struct job_row, mode, .fallback = "act",
	    .choices = rule_mode_names,
	    .meaning = "shadow and alert note a due run and call nothing"),
	LIFT_END
};

static const struct lift_option default_options[] = {
	{ .name = "currency", .kind = LIFT_OPTION_TEXT, .fallback = "",
	  .offset = 0, .meaning = "of amounts that name none" },
	{ .name = "timezone", .kind = LIFT_OPTION_TEXT, .fallback = "UTC",
	  .offset = sizeof(const char *),
	  .meaning = "of schedules that name none" },
	LIFT_END
};

const struct lift_option rule_file_options[] = {
	LIFT_OPTION_COUNT(struct rule_file, version, .fallback = "1",
	    .lowest = "1", .highest = "1",
	    .meaning = "of the rule dialect that the file is written in"),
	LIFT_OPTION_TEXT(struct rule_file, plugin, .fallback = "",
	    .meaning = "the plugin that the file sets options of"),
	LIFT_OPTION_TEXT(struct rule_file, description, .fallback = "",
	    .meaning = "what the rules of this file are for"),
	{ .name = "options", .kind = LIFT_OPTION_ANY, .fallback = "{}",
	  .offset = offsetof(struct rule_file, options),
	  .meaning = "the plugin's own options" },
	LIFT_OPTION_GROUP(struct rule_file, defaults, .rows = default_options,
	    .fallback = "{}",
	    .meaning = "what holds in this file unless said otherwise"),
	{ .name = "lists", .kind = LIFT_OPTION_ANY, .fallback = "{}",
	  .offset = offsetof(struct rule_file, lists),
	  .meaning = "words by name, for conditions: sku in lists.NAME" },
	LIFT_OPTION_LIST(struct rule_file, hooks, .fallback = "[]",
	    .rows = hook_options, .row_size = sizeof(struct hook_row),
	    .meaning = "what happens when something else happens"),
	LIFT_OPTION_LIST(struct rule_file, jobs, .fallback = "[]",
	    .rows = job_options, .row_size = sizeof(struct job_row),
	    .meaning = "what happens by the clock"),
	LIFT_OPTION_LIST(struct rule_file, events, .fallback = "[]",
	    .rows = event_options, .row_size = sizeof(struct event_row),
	    .meaning = "what events of other systems become, by their names"),
	{ .name = "tests", .kind = LIFT_OPTION_ANY, .fallback = "[]",
	  .offset = offsetof(struct rule_file, tests),
	  .meaning = "cases that the file's rules must pass" },
	LIFT_END
};

struct finding *
making_fail(struct making *m, enum finding_code code, const struct node *n,
    const char *form, ...)
{
	char sentence[400];
	va_list ap;

	va_start(ap, form);
	vsnprintf(sentence, sizeof(sentence), form, ap);
	va_end(ap);
	if (finding_form(code)->severity == FINDING_ERROR)
		m->ok = false;
	return node_finding(m->findings, code, n, "%s", sentence);
}

void
making_problem(struct making *m, enum finding_code code, const struct node *n,
    const struct expression_problem *p)
{
	struct finding *f = making_fail(m, code, n, "%s", p->message);
	uint32_t line, column, end_line, end_column;

	if (f == NULL)
		return;
	if (p->hint[0] != '\0')
		findings_hint(m->findings, f, "%s", p->hint);
	/* A text whose places cannot be told keeps the one where it begins. */
	if (!node_place(n, p->offset, &line, &column))
		return;
	if (p->size == 0 || !node_place(n, p->offset + p->size, &end_line,
	    &end_column) || end_line != line)
		end_column = column + 1;
	findings_move(m->findings, f, line, column, end_column,
	    document_line(node_document(n), line));
}

bool
making_is_short(const struct making *m)
{
	return m->context->missing != NULL && m->context->missing[0] != NULL;
}

static bool
is_missing(const struct making *m, const char *plugin)
{
	const char *const *name = m->context->missing;

	while (name != NULL && *name != NULL && strcmp(*name, plugin) != 0)
		name++;
	return name != NULL && *name != NULL;
}

/* ---- verbs --------------------------------------------------------------- */

static const char *
verb_nearest(const struct vocabulary *v, struct lift_text name)
{
	const char *nearest = NULL;
	unsigned least = 4;

	for (size_t i = 0; i < v->verb_count; i++) {
		unsigned d = text_distance(name,
		    lift_text(v->verbs[i].verb->name), 3);
		if (d < least) {
			least = d;
			nearest = v->verbs[i].verb->name;
		}
	}
	return nearest;
}

const struct vocabulary_verb *
making_verb(struct making *m, const struct node *n)
{
	const struct vocabulary *v = m->context->vocabulary;

	for (size_t i = 0; i < v->verb_count; i++)
		if (lift_text_equal(node_text(n),
		    lift_text(v->verbs[i].verb->name)))
			return &v->verbs[i];
	if (making_is_short(m)) {
		making_fail(m, FINDING_RULE_SET_ASIDE, n,
		    "verb \"%s\" is not known while a plugin is missing; the "
		    "rule is set aside", n->text);
		return NULL;
	}
	struct finding *f = making_fail(m, FINDING_RULE_VERB, n,
	    "there is no verb \"%s\"", n->text);
	const char *near = verb_nearest(v, node_text(n));
	if (near != NULL)
		findings_hint(m->findings, f, "did you mean %s?", near);
	return NULL;
}

bool
making_action(struct making *m, const struct node *n,
    const struct node **ret_verb, const struct node **ret_arguments)
{
	if (n->kind == NODE_TEXT) {
		*ret_verb = n;
		*ret_arguments = NULL;
		return true;
	}
	if (n->kind != NODE_MAP || n->size != 1) {
		making_fail(m, FINDING_RULE_VERB, n, "expects a verb, or one "
		    "verb with its arguments as `verb: { name: value }`");
		return false;
	}
	const struct node *value = n->first;
	*ret_verb = value->key;
	*ret_arguments = value->kind == NODE_TEXT && value->size == 0 ? NULL :
	    value;
	if (*ret_arguments == NULL || value->kind == NODE_MAP)
		return true;
	making_fail(m, FINDING_RULE_ARGUMENT, value,
	    "expects the arguments of %s as a map", value->key->text);
	return false;
}

bool
making_name(struct making *m, const struct node *n)
{
	const char *at = n->text, *end = n->text + n->size;
	struct lift_text shown = document_cut(node_text(n), 60);

	if (n->size == 0 && !n->is_quoted)	/* said by its option already */
		return false;
	if (n->size == 0 || n->size > NAME_MOST) {
		making_fail(m, FINDING_RULE_NAME, n, "the name has %u "
		    "characters, must have between 1 and %d", n->size,
		    NAME_MOST);
		return false;
	}
	while (at < end) {
		const char *first = at;
		uint32_t c = utf8_next(&at, end);
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.')
			continue;
		making_fail(m, FINDING_RULE_NAME, n, "name \"%.*s\" has "
		    "\"%.*s\" in it, a name is made of a to z, A to Z, 0 to "
		    "9, \"-\", \"_\" and \".\"", (int)shown.size, shown.data,
		    (int)(at - first), first);
		return false;
	}
	return true;
}

/* ---- files --------------------------------------------------------------- */

static const char *
plugin_nearest(const struct vocabulary *v, struct lift_text name)
{
	const char *nearest = NULL;
	unsigned least = 3;

	for (size_t i = 0; i < v->plugin_count; i++) {
		unsigned d = text_distance(name,
		    lift_text(v->plugins[i]->name), 2);
		if (d < least) {
			least = d;
			nearest = v->plugins[i]->name;
		}
	}
	return nearest;
}

static bool
file_plugin(struct making *m, struct rule_file *f)
{
	const struct node *n = node_get(f->root, "plugin");
	const struct vocabulary *v = m->context->vocabulary;

	if (n == NULL || *f->plugin == '\0') {
		const struct node *options = f->options;
		if (options != NULL && options->size > 0)
			making_fail(m, FINDING_RULE_PLUGIN, options, "options "
			    "belong to a plugin: name it with `plugin:`");
		return false;
	}
	for (size_t i = 0; i < v->plugin_count; i++)
		if (strcmp(v->plugins[i]->name, f->plugin) == 0)
			return true;
	if (is_missing(m, f->plugin)) {
		making_fail(m, FINDING_RULE_SET_ASIDE, n,
		    "plugin \"%s\" is not running; the rules of this file are "
		    "set aside", f->plugin);
		f->set_aside = true;
		return false;
	}
	const char *near = plugin_nearest(v, lift_text(f->plugin));
	if (near == NULL) {
		making_fail(m, FINDING_RULE_SET_ASIDE, n,
		    "plugin \"%s\" is not loaded, liftd.yaml does not name it "
		    "under `plugins:`; the rules of this file are set aside",
		    f->plugin);
		f->set_aside = true;
		return false;
	}
	struct finding *g = making_fail(m, FINDING_RULE_PLUGIN, n, "there is "
	    "no plugin \"%s\"; liftd.yaml names those that are loaded under "
	    "`plugins:`", f->plugin);
	findings_hint(m->findings, g, "did you mean %s?", near);
	return false;
}

/* Another version is one mistake, and not one of bounds. */
static void
file_version(struct making *m, const struct rule_file *f)
{
	const struct node *n = node_get(f->root, "version");

	if (n == NULL || n->kind != NODE_TEXT ||
	    node_word(n) != NODE_WORD_WHOLE ||
	    lift_text_equal(node_text(n), LIFT_TEXT_OF("1")))
		return;
	struct finding *g = making_fail(m, FINDING_RULE_VERSION, n,
	    "the file is written for version %s of rule files, this liftd "
	    "reads version 1", n->text);
	findings_hint(m->findings, g, "write \"version: 1\", or bring liftd "
	    "up to date");
}

static void
file_defaults(struct making *m, const struct rule_file *f)
{
	const struct node *defaults = node_get(f->root, "defaults");
	const struct node *currency = node_get(defaults, "currency");
	const struct node *zone = node_get(defaults, "timezone");
	struct lift_error err;

	if (currency != NULL && *f->defaults.currency != '\0' &&
	    currency_pack(lift_text(f->defaults.currency)) == 0)
		making_fail(m, FINDING_OPTION_KIND, currency, "currency is "
		    "\"%.60s\", expects the three letters of ISO 4217, such "
		    "as EUR", f->defaults.currency);
	if (zone != NULL && zone_open(m->g->arena, lift_text(
	    f->defaults.timezone), &err) == NULL)
		making_fail(m, FINDING_SCHEDULE_ZONE, zone, "%s", err.text);
}

static void
file_read(struct making *m, const struct generation_file *from,
    struct rule_file *f)
{
	struct arena *arena = m->g->arena;
	char *name = arena_copy(arena, from->name.data, from->name.size);
	struct option_binder binder = { arena, m->findings,
		m->context->sources, 0 };
	size_t errors = findings_count(m->findings, FINDING_ERROR);

	f->name = name;
	const struct document *d = document_read(arena, name, from->text, NULL,
	    m->findings);
	f->root = d != NULL ? d->root : NULL;
	/* A file without a word says nothing wrong. */
	if (f->root != NULL && f->root->kind == NODE_TEXT && f->root->size == 0)
		f->root = NULL;
	file_version(m, f);
	option_bind(&binder, f->root, rule_file_options, f);
	file_defaults(m, f);
	if (findings_count(m->findings, FINDING_ERROR) > errors)
		m->ok = false;
	if (f->root != NULL)
		file_plugin(m, f);
}

static struct rule_file *
file_of_plugin(struct making *m, const char *plugin)
{
	struct rule_file *found = NULL;

	for (size_t i = 0; i < m->file_count; i++) {
		struct rule_file *f = &m->files[i];
		const struct node *options = f->options;
		if (f->root == NULL || strcmp(f->plugin, plugin) != 0 ||
		    options == NULL || options->size == 0)
			continue;
		if (found != NULL)
			making_fail(m, FINDING_RULE_TWICE, options, "the "
			    "options of plugin \"%s\" stand in %s already",
			    plugin, found->name);
		else
			found = f;
	}
	return found;
}

static void
settings_bind(struct making *m)
{
	const struct vocabulary *v = m->context->vocabulary;
	struct arena *arena = m->g->arena;
	void **settings = arena_array(arena, void *, v->plugin_count + 1);

	for (size_t i = 0; i < v->plugin_count; i++) {
		const struct lift_plugin *p = v->plugins[i];
		struct rule_file *f = file_of_plugin(m, p->name);
		settings[i] = arena_take(arena, p->settings_size + 16);
		if (p->options == NULL)
			continue;
		struct option_binder binder = { arena, m->findings,
			m->context->sources, f == NULL ? 0 :
			currency_pack(lift_text(f->defaults.currency)) };
		if (!option_bind(&binder, f ? f->options : NULL, p->options,
		    settings[i]))
			m->ok = m->ok && f == NULL;
	}
	m->g->settings = settings;
}

/* ---- lists --------------------------------------------------------------- */

static void
list_make(struct making *m, const struct node *n)
{
	struct arena *arena = m->g->arena;
	struct lift_value *items = arena_array(arena, struct lift_value,
	    n->size + 1);
	char *name = arena_form(arena, "lists.%s", n->key->text);
	uint32_t count = 0;

	if (n->kind != NODE_LIST) {
		struct finding *f = making_fail(m, FINDING_RULE_LIST, n,
		    "list \"%s\" is no list of words", n->key->text);
		findings_hint(m->findings, f, "write %s: [%s, ...]",
		    n->key->text, n->kind == NODE_TEXT && n->size > 0 &&
		    n->size < 60 ? n->text : "ONE, TWO");
		return;
	}
	for (const struct node *i = n->first; i != NULL; i = i->next) {
		if (i->kind != NODE_TEXT) {
			making_fail(m, FINDING_RULE_LIST, i,
			    "list \"%s\" holds something else than a word",
			    n->key->text);
			continue;
		}
		items[count++] = lift_value_text(node_text(i));
	}
	for (size_t i = 0; i < m->list_count; i++)
		if (strcmp(m->lists[i].name, name) == 0)
			making_fail(m, FINDING_RULE_TWICE, n->key,
			    "list \"%s\" is given twice", n->key->text);
	m->lists[m->list_count++] = (struct expression_constant){ name,
		{ .type = LIFT_LIST, .size = count, .items = items } };
}

static void
lists_make(struct making *m)
{
	size_t room = 0;

	for (size_t i = 0; i < m->file_count; i++) {
		const struct node *lists = m->files[i].lists;
		room += lists != NULL ? lists->size : 0;
	}
	m->lists = arena_array(m->g->arena, struct expression_constant,
	    room + 1);
	for (size_t i = 0; i < m->file_count; i++) {
		const struct node *lists = m->files[i].lists;
		if (lists == NULL || lists->kind != NODE_MAP) {
			if (lists != NULL && lists->size > 0)
				findings_hint(m->findings, making_fail(m,
				    FINDING_RULE_LIST, lists, "expects lists, "
				    "each with its name"),
				    "write NAME: [ONE, TWO]");
			continue;
		}
		for (const struct node *n = lists->first; n != NULL;
		    n = n->next)
			list_make(m, n);
	}
	m->g->lists = m->lists;
	m->g->list_count = m->list_count;
}

/* ---- tests --------------------------------------------------------------- */

static void
tests_gather(struct making *m)
{
	size_t count = 0;

	for (size_t i = 0; i < m->file_count; i++) {
		const struct node *tests = m->files[i].tests;
		count += tests != NULL ? tests->size : 0;
	}
	struct generation_test *t = arena_array(m->g->arena,
	    struct generation_test, count + 1);
	m->g->tests = t;
	for (size_t i = 0; i < m->file_count; i++) {
		const struct node *tests = m->files[i].tests, *n;
		if (tests == NULL || tests->size == 0 ||
		    m->files[i].set_aside)
			continue;
		if (tests->kind != NODE_LIST) {
			struct finding *f = making_fail(m, FINDING_TEST_CASE,
			    tests, "expects a list of tests under `tests:`");
			findings_hint(m->findings, f, "begin each test with "
			    "\"- name: ...\"");
			continue;
		}
		for (n = tests->first; n != NULL; n = n->next) {
			const struct node *name = node_get(n, "name");
			t[m->g->test_count++] = (struct generation_test){
				name && name->kind == NODE_TEXT ? name->text :
				"a test without a name", m->files[i].name, n };
		}
	}
}

/* ---- the whole ----------------------------------------------------------- */

static void
files_keep(struct making *m, const struct generation_file *files)
{
	struct arena *arena = m->g->arena;
	struct generation_file *copy = arena_array(arena,
	    struct generation_file, m->file_count + 1);
	char digest[33];

	for (size_t i = 0; i < m->file_count; i++) {
		copy[i].name = arena_text(arena, files[i].name);
		copy[i].text = arena_text(arena, files[i].text);
	}
	generation_digest(copy, m->file_count, digest);
	m->g->digest = lift_text(arena_string(arena, digest));
	m->g->files = copy;
	m->g->file_count = m->file_count;
}

static void
rules_room(struct making *m)
{
	size_t hooks = 0, jobs = 0, events = 0;

	for (size_t i = 0; i < m->file_count; i++) {
		hooks += m->files[i].hooks.count;
		jobs += m->files[i].jobs.count;
		events += making_events_room(&m->files[i]);
	}
	m->hooks = arena_array(m->g->arena, struct generation_hook, hooks + 1);
	m->jobs = arena_array(m->g->arena, struct generation_job, jobs + 1);
	m->events = arena_array(m->g->arena, struct generation_event,
	    events + 1);
}

struct generation *
generation_load(const struct generation_context *context,
    const struct generation_file *files, size_t count,
    struct findings *findings)
{
	struct arena *arena = arena_new();
	struct generation *g = arena_take(arena, sizeof(*g));
	struct making m = { .context = context, .findings = findings, .g = g,
		.file_count = count, .ok = true };

	g->arena = arena;
	g->holders = 1;
	m.files = arena_array(arena, struct rule_file, count + 1);
	files_keep(&m, files);
	for (size_t i = 0; i < count; i++)
		file_read(&m, &g->files[i], &m.files[i]);
	settings_bind(&m);
	lists_make(&m);
	rules_room(&m);
	for (size_t i = 0; i < count; i++) {
		if (m.files[i].root == NULL || m.files[i].set_aside)
			continue;
		making_hooks(&m, &m.files[i]);
		making_jobs(&m, &m.files[i]);
		making_events(&m, &m.files[i]);
	}
	making_circles(&m);
	making_events_done(&m);
	tests_gather(&m);
	g->hooks = m.hooks;
	g->hook_count = m.hook_count;
	g->jobs = m.jobs;
	g->job_count = m.job_count;
	if (m.ok)
		return g;
	arena_free(arena);
	return NULL;
}

struct generation *
generation_hold(const struct generation *from)
{
	struct generation *g = (struct generation *)(uintptr_t)from;

	if (g != NULL)
		g->holders++;
	return g;
}

void
generation_free(struct generation *g)
{
	if (g != NULL && --g->holders == 0)
		arena_free(g->arena);
}
