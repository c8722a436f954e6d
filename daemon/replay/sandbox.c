/* An engine, a roster of its own (the daemon's seats are not for others to
 * write on), a company, and rules compiled against this engine's vocabulary. */
#include "replay/sandbox.h"

#include "base/json.h"
#include "base/memory.h"

struct sandbox {
	struct sandbox_setup setup;
	struct roster       *roster;
	struct engine       *engine;
	struct company      *company;
};

static struct generation *
rules_make(struct sandbox *s, const struct generation_file *files,
    size_t count, struct findings *findings)
{
	struct generation_context context = {
		engine_vocabulary(s->engine), s->setup.sources,
		roster_missing(s->setup.roster) };
	struct generation *g = generation_load(&context, files, count,
	    findings);

	if (g == NULL || !s->setup.force_act)
		return g;
	/* The generation is ours and not in use yet. */
	struct generation_hook *hooks = (struct generation_hook *)g->hooks;
	for (size_t i = 0; i < g->hook_count; i++)
		hooks[i].mode = RULE_ACT;
	return g;
}

/* ---- rules met in the log ------------------------------------------------ */

static uint32_t
body_number(struct lift_text body, struct arena *arena)
{
	struct json_reader r = json_reader_of(body, arena);
	struct lift_text key, digits;
	int64_t number = 0;

	if (!json_enter(&r, JSON_OBJECT))
		return 0;
	while (json_key(&r, &key)) {
		if (!lift_text_equal(key, LIFT_TEXT_OF("generation")) ||
		    json_peek(&r) != JSON_NUMBER) {
			json_skip(&r, NULL);
			continue;
		}
		if (json_take_number(&r, &digits) &&
		    json_whole(digits, &number))
			break;
	}
	return (uint32_t)number;
}

static struct generation *
sandbox_generation(void *context, const struct lift_entry *e)
{
	struct sandbox *s = context;
	struct arena *arena = arena_new();
	const struct generation_file *files;
	struct generation *g = NULL;
	struct lift_error err;
	size_t count;

	if (generation_files_read(e->body, arena, &files, &count, &err)) {
		g = rules_make(s, files, count, findings_new(arena));
		if (g != NULL)
			g->number = body_number(e->body, arena);
	}
	arena_free(arena);
	return g;
}

/* ---- outside ------------------------------------------------------------- */

static void
sandbox_effect(void *context, const struct effect *e)
{
	struct sandbox *s = context;

	if (s->setup.outside.effect != NULL)
		s->setup.outside.effect(s->setup.outside.context, e);
}

static void
sandbox_called(void *context, const struct engine_result *r)
{
	struct sandbox *s = context;

	if (s->setup.outside.called != NULL)
		s->setup.outside.called(s->setup.outside.context, r);
}

static void
sandbox_outside_call(void *context, const struct lift_entry *e,
    const struct vocabulary_verb *v, const struct lift_value *values)
{
	struct sandbox *s = context;

	if (s->setup.outside.outside_call != NULL)
		s->setup.outside.outside_call(s->setup.outside.context, e, v,
		    values);
}

static void
sandbox_log(void *context, enum lift_level level, const char *topic,
    const char *line)
{
	struct sandbox *s = context;

	if (s->setup.outside.log != NULL)
		s->setup.outside.log(s->setup.outside.context, level, topic,
		    line);
}

/* ---- life ---------------------------------------------------------------- */

static bool
seats_check(const struct roster *r, struct lift_error *err)
{
	size_t count;
	const struct roster_seat *seats = roster_seats(r, &count);

	for (size_t i = 0; i < count; i++)
		if (seats[i].state == SEAT_FAILED)
			return lift_fail(err, LIFT_E_SYSTEM,
			    "plugin \"%s\" cannot be opened in a sandbox: %s",
			    seats[i].name, seats[i].error.text);
	return true;
}

static bool
sandbox_begin(struct sandbox *s, struct findings *findings,
    struct lift_error *err)
{
	struct generation *g = rules_make(s, s->setup.files,
	    s->setup.file_count, findings);

	if (g == NULL)
		return lift_fail(err, LIFT_E_INPUT, "the rules do not check, "
		    "see `liftctl rules check`");
	g->number = s->setup.number;
	s->company = company_open(s->engine, s->roster, g);
	if (seats_check(s->roster, err) && engine_use(s->engine, g, err))
		return true;
	/* Instances look into the settings as long as they live. */
	company_close(s->company);
	s->company = NULL;
	generation_free(g);
	return false;
}

struct sandbox *
sandbox_new(const struct sandbox_setup *setup, struct findings *findings,
    struct lift_error *err)
{
	struct sandbox *s = memory_take(sizeof(*s));
	struct engine_outside outside = { s, sandbox_effect, sandbox_called,
		sandbox_outside_call, setup->follow ? sandbox_generation :
		NULL, sandbox_log };
	size_t count;
	const struct lift_plugin *const *plugins =
	    roster_plugins(setup->roster, &count);

	s->setup = *setup;
	s->roster = roster_of(plugins, count);
	s->engine = engine_new(setup->engine, &outside, plugins, count,
	    setup->daemon_verbs);
	if (sandbox_begin(s, findings, err))
		return s;
	sandbox_free(s);
	return NULL;
}

void
sandbox_free(struct sandbox *s)
{
	if (s == NULL)
		return;
	company_close(s->company);
	engine_free(s->engine);
	roster_free(s->roster);
	memory_give(s);
}

void
sandbox_fold(struct sandbox *s, struct lift_entry *e)
{
	engine_fold(s->engine, e);
}

struct hash128
sandbox_digest(struct sandbox *s)
{
	return engine_digest(s->engine);
}

struct engine *
sandbox_engine(struct sandbox *s)
{
	return s->engine;
}
