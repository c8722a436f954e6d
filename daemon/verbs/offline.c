/* The same checker, store and engine as in the daemon, with nothing running. A
 * second place that checks rules would check other things one day. */
#include "verbs/offline.h"

#include <ctype.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/money.h"
#include "house/house_parts.h"
#include "replay/ruletest.h"
#include "rules/option.h"
#include "verbs/verbs.h"

/* What an offline command needs of a house: its settings, the plugins, and an
 * engine that knows their words. */
struct offline {
	struct house     house;
	struct findings *findings;
};

static void
say(const struct lift_error *err)
{
	fprintf(stderr, "liftd: %s\n", err->text);
}

static bool
offline_settings(struct offline *o)
{
	struct house *h = &o->house;
	struct lift_text text = { "", 0 };
	struct text report = { 0 };
	struct findings *findings = findings_new(h->arena);
	const struct document *d = access(h->places.config, R_OK) == 0 ?
	    document_open(h->arena, h->places.config, NULL, findings) : NULL;

	if (d != NULL)
		text = d->source;
	if (settings_read(h->arena, h->places.config, d ? &text : NULL,
	    findings, &h->settings))
		return true;
	findings_write(&report, findings);
	fputs(report.data, stderr);
	text_done(&report);
	return false;
}

/* With the plugins of liftd.yaml, or with ONLY this one. */
static bool
offline_open_with(struct offline *o, const struct house_places *places,
    const char *only)
{
	struct house *h = &o->house;
	size_t count;

	*o = (struct offline){ .house = { .places = *places } };
	h->arena = arena_new();
	h->metrics = metrics_new();
	h->sources = reference_sources(places->rules);
	o->findings = findings_new(h->arena);
	if (!offline_settings(o))
		return false;
	if (only != NULL) {
		const char **name = arena_array(h->arena, const char *, 1);
		*name = only;
		h->settings.plugins = (struct lift_texts){ name, 1 };
	}
	h->roster = roster_new(places->plugins, &h->settings.plugins);
	const struct lift_plugin *const *plugins = roster_plugins(h->roster,
	    &count);
	struct engine_settings settings = house_engine_settings(h);
	h->engine = engine_new(&settings, NULL, plugins, count, desk_verbs());
	const struct roster_seat *s = roster_seats(h->roster, &count);
	for (size_t i = 0; i < count; i++)
		if (s[i].state != SEAT_OPEN)
			say(&s[i].error);
	return true;
}

static bool
offline_open(struct offline *o, const struct house_places *places)
{
	return offline_open_with(o, places, NULL);
}

static void
offline_close(struct offline *o)
{
	struct house *h = &o->house;

	engine_free(h->engine);
	roster_free(h->roster);
	metrics_free(h->metrics);
	arena_free(h->arena);
}

/* ---- rules --------------------------------------------------------------- */

/* The files of a directory, or one file. */
static bool
files_of(struct offline *o, const char *path,
    const struct generation_file **ret_files, size_t *ret_count,
    struct lift_error *err)
{
	struct arena *arena = o->house.arena;
	struct stat st;

	if (stat(path, &st) != 0)
		return lift_fail(err, LIFT_E_MISSING,
		    "there is no file or directory %s", path);
	if (S_ISDIR(st.st_mode))
		return rulebook_read(arena, path, ret_files, ret_count, err);
	return rulebook_read_file(arena, path, ret_files, ret_count, err);
}

static struct generation *
offline_load(struct offline *o, const char *path, size_t *ret_count)
{
	struct generation_context context = house_rule_context(&o->house);
	const struct generation_file *files;
	struct lift_error err;

	if (!files_of(o, path, &files, ret_count, &err)) {
		say(&err);
		return NULL;
	}
	return generation_load(&context, files, *ret_count, o->findings);
}

static int
run_check(struct offline *o, const char *path)
{
	struct text report = { 0 };
	size_t count = 0;
	struct generation *g = offline_load(o, path, &count);
	bool ok = g != NULL && ruletest_check(g,
	    engine_vocabulary(o->house.engine), currency_pack(lift_text(
	    o->house.settings.currency)), o->findings);

	findings_write(&report, o->findings);
	printf("%s%s: %zu files, %zu errors, %zu warnings\n",
	    report.data ? report.data : "", ok ? "OK" : "FAILED", count,
	    findings_count(o->findings, FINDING_ERROR),
	    findings_count(o->findings, FINDING_WARNING));
	text_done(&report);
	generation_free(g);
	return ok ? 0 : 1;
}

static int
run_test(struct offline *o, const char *path)
{
	struct text report = { 0 };
	size_t count = 0;
	struct generation *g = offline_load(o, path, &count);
	struct engine_settings settings = house_engine_settings(&o->house);
	struct ruletest test = { .generation = g, .roster = o->house.roster,
		.engine = &settings, .daemon_verbs = desk_verbs(),
		.sources = &o->house.sources,
		.currency = currency_pack(lift_text(
		    o->house.settings.currency)), .prose = &report };

	if (g == NULL) {
		findings_write(&report, o->findings);
		printf("%sFAILED: the rules do not check\n",
		    report.data ? report.data : "");
		text_done(&report);
		return 1;
	}
	struct ruletest_counts counts = ruletest_run(&test);
	printf("%s%u passed, %u failed\n", report.data ? report.data : "",
	    counts.passed, counts.failed);
	text_done(&report);
	generation_free(g);
	return counts.failed > 0 ? 1 : 0;
}

static int
run_schema(struct offline *o, const char *path)
{
	struct text t = { 0 };

	(void)path;
	generation_schema(&t, engine_vocabulary(o->house.engine));
	puts(t.data);
	text_done(&t);
	return 0;
}

/* ---- the store ----------------------------------------------------------- */

static int
run_store_check(struct offline *o, const char *into)
{
	struct store_settings settings = settings_store(&o->house.settings,
	    o->house.places.state);
	struct lift_error err;
	struct store_reader *reader = store_reader_open(&settings, &err);
	bool ok = reader != NULL && store_check(reader, &err);

	(void)into;
	if (ok)
		printf("OK: every page and row of %s is as it was written\n",
		    o->house.places.state);
	else
		say(&err);
	store_reader_free(reader);
	return ok ? 0 : 1;
}

static int
run_salvage(struct offline *o, const char *into)
{
	struct text report = { 0 };
	struct lift_error err;

	if (into == NULL) {
		fputs("liftd: salvage needs --into DIR, a new directory for "
		    "what can be saved\n", stderr);
		return 2;
	}
	struct store_settings settings = settings_store(&o->house.settings,
	    o->house.places.state);
	bool ok = store_salvage(&settings, into, &report, &err);
	fputs(report.data ? report.data : "", stdout);
	if (!ok)
		say(&err);
	text_done(&report);
	return ok ? 0 : 1;
}

/* Folds the whole log in a fresh engine and prints its digest: what a running
 * daemon's `liftctl digest` must say at the same seq. */
static int
run_replay(struct offline *o, const char *into)
{
	struct house *h = &o->house;
	struct lift_error err = { 0 };
	struct store_settings settings = settings_store(&h->settings,
	    h->places.state);

	(void)into;
	engine_free(h->engine);
	h->engine = NULL;
	h->reader = store_reader_open(&settings, &err);
	bool ok = h->reader != NULL && recover_seed(h, &err) &&
	    recover_from_log(h, &err);
	if (ok) {
		struct hash128 d = engine_digest(h->engine);
		printf("%llu %016llx%016llx\n",
		    (unsigned long long)engine_seq(h->engine),
		    (unsigned long long)d.high, (unsigned long long)d.low);
	} else {
		say(&err);
	}
	company_close(h->company);
	store_reader_free(h->reader);
	return ok ? 0 : 1;
}

static const struct command {
	const char *name;
	int       (*rules)(struct offline *, const char *path);
	int       (*store)(struct offline *, const char *into);
	int       (*scribe)(const struct house_places *, const char *likeness);
} commands[] = {
	{ "check", .rules = run_check }, { "test", .rules = run_test },
	{ "schema", .rules = run_schema },
	{ "store-check", .store = run_store_check },
	{ "salvage", .store = run_salvage },
	{ "replay", .store = run_replay },
	{ "snapshot", .scribe = scribe_run },
};

int
offline_run(const struct house_places *places, const char *into, int argc,
    char **argv)
{
	struct offline o;
	int status = 2;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		const struct command *c = &commands[i];
		if (strcmp(c->name, argv[0]) != 0 || argc > 2)
			continue;
		if (c->scribe != NULL)
			return c->scribe(places, argc > 1 ? argv[1] : NULL);
		if (!offline_open(&o, places))
			status = 2;
		else if (c->rules != NULL)
			status = c->rules(&o, argc > 1 ? argv[1] :
			    places->rules);
		else
			status = c->store(&o, into);
		offline_close(&o);
		return status;
	}
	fprintf(stderr, "liftd: \"%s\" is no command of liftd, see `liftd "
	    "--help`; what a running daemon can do: `liftctl help`\n",
	    argv[0]);
	return status;
}

/* ---- describe ------------------------------------------------------------ */

static void
describe_fields(struct text *t, const struct lift_field *f)
{
	for (; f != NULL && f->name != NULL; f++)
		text_form(t, ".br\n.I %s\n(%s) %s\n", f->name,
		    argument_type_name(f->type), f->meaning);
}

static void
describe_verb(struct text *t, const struct lift_verb *verb)
{
	text_form(t, ".TP\n.B %s", verb->name);
	for (const struct lift_field *f = verb->arguments; f && f->name; f++)
		text_form(t, " %s%s%s", f->optional ? "[" : "", f->name,
		    f->optional ? "]" : "");
	text_form(t, "\n%s. Needs the role %s.\n", verb->meaning,
	    role_name(verb->role));
	describe_fields(t, verb->arguments);
}

static void
describe_verbs(struct text *t, const struct vocabulary *v)
{
	for (size_t i = 0; i < v->verb_count; i++)
		describe_verb(t, v->verbs[i].verb);
}

static void
describe_topics(struct text *t, const struct vocabulary *v)
{
	for (size_t i = 0; i < v->topic_count; i++) {
		const struct vocabulary_topic *topic = &v->topics[i];
		if (topic->source == TOPIC_INTERACTION && topic->type != 0)
			continue;
		text_form(t, ".TP\n.B %s\n%s.\n", topic->name, topic->meaning);
		describe_fields(t, topic->fields);
	}
}

/* A plugin by its tables, whether or not liftd.yaml names it. */
static void
describe_plugin(struct text *t, const struct vocabulary *v)
{
	for (size_t i = 0; i < v->plugin_count; i++) {
		const struct lift_plugin *p = v->plugins[i];
		text_form(t, "%c%s.\n", toupper((unsigned char)p->summary[0]),
		    p->summary + 1);
		if (p->options != NULL) {
			text_string(t, ".SS Options\n");
			option_describe(t, p->options, OPTION_MAN);
		}
		if (p->verbs != NULL)
			text_string(t, ".SS Verbs\n");
		for (const struct lift_verb *o = p->verbs; o && o->name; o++)
			describe_verb(t, o);
		if (p->topics != NULL)
			text_string(t, ".SS Topics\n");
		for (const struct lift_topic *o = p->topics; o && o->name;
		    o++) {
			text_form(t, ".TP\n.B %s\n%s.\n", o->name,
			    o->meaning);
			describe_fields(t, o->fields);
		}
	}
}

static void
describe_findings(struct text *t)
{
	static const char *const severities[] = { "error", "warning", "info" };

	for (int i = 0; i < FINDING_CODES; i++) {
		const struct finding_form *f = finding_form(
		    (enum finding_code)i);
		text_form(t, ".TP\n.B LR%04u\n%s: %s.\n", f->number,
		    severities[f->severity], f->meaning);
	}
}

int
offline_describe(const struct house_places *places, const char *what)
{
	struct offline o;
	struct text t = { 0 };
	const char *only = strncmp(what, "plugin:", 7) == 0 ? what + 7 : NULL;

	if (!offline_open_with(&o, places, only)) {
		offline_close(&o);
		return 2;
	}
	const struct vocabulary *v = engine_vocabulary(o.house.engine);
	if (only != NULL)
		describe_plugin(&t, v);
	else if (strcmp(what, "options") == 0)
		option_describe(&t, settings_options, OPTION_MAN);
	else if (strcmp(what, "rules") == 0)
		option_describe(&t, rule_file_options, OPTION_MAN);
	else if (strcmp(what, "verbs") == 0)
		describe_verbs(&t, v);
	else if (strcmp(what, "topics") == 0)
		describe_topics(&t, v);
	else if (strcmp(what, "findings") == 0)
		describe_findings(&t);
	else
		fprintf(stderr, "liftd: --describe %s: must be options, verbs, "
		    "topics, findings, rules or plugin:NAME\n", what);
	int status = t.size > 0 ? 0 : 2;
	fputs(t.data ? t.data : "", stdout);
	text_done(&t);
	offline_close(&o);
	return status;
}
