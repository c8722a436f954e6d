/* One test after the other: read, folded in a sandbox of its own, judged. The
 * clock is a tick a second, as a live daemon would have it; over long spans it
 * ticks less often. */
#include "replay/ruletest_parts.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "engine/entry.h"
#include "intake/event.h"

enum { SOURCE = 1, TICKS_MOST = 100000, BEHIND_MOST = 1000000 };

/* ---- what comes out ------------------------------------------------------ */

static struct lift_value
text_or_null(struct trial *t, struct lift_text name)
{
	return name.size == 0 ? LIFT_VALUE_NULL :
	    lift_value_text(arena_text(t->arena, name));
}

static struct lift_value
value_keep(struct trial *t, const struct lift_value *v)
{
	const struct world *w = engine_world(sandbox_engine(t->sandbox));
	struct text json = { 0 };

	switch ((enum lift_type)v->type) {
	case LIFT_PRODUCT: case LIFT_PROMOTION:
		return text_or_null(t, world_name(w, (enum lift_type)v->type,
		    v->id));
	case LIFT_SHOPPER:
		return text_or_null(t, intern_name(t->shoppers, v->id));
	case LIFT_TEXT:
		return lift_value_text(arena_text(t->arena,
		    (struct lift_text){ v->text, v->size }));
	case LIFT_LIST: case LIFT_MAP: case LIFT_JSON: {
		value_write(&json, v);
		struct lift_value kept = lift_value_text(arena_text(t->arena,
		    text_view(&json)));
		text_done(&json);
		kept.type = LIFT_JSON;
		return kept;
	}
	default:
		return *v;
	}
}

static bool
is_mentioned(const struct trial *t, const struct vocabulary_topic *topic)
{
	for (unsigned i = 0; i < t->expectation_count; i++)
		if (t->expectations[i].topic == topic)
			return true;
	return false;
}

static void
trial_effect_keep(void *context, const struct effect *e)
{
	struct trial *t = context;

	if (!is_mentioned(t, e->topic))
		return;
	unsigned n = fields_count(e->topic->fields);
	struct lift_value *values = arena_array(t->arena, struct lift_value,
	    n + 1);
	for (unsigned i = 0; i < n; i++)
		values[i] = value_keep(t, &e->values[i]);
	struct trial_effect *kept = arena_take(t->arena, sizeof(*kept));
	*kept = (struct trial_effect){ .topic = e->topic, .time = e->time,
		.values = values };
	*t->last = kept;
	t->last = &kept->next;
}

static void
trial_called(void *context, const struct engine_result *r)
{
	if (r->error != NULL)
		trial_refused(context, r->error->text);
}

/* ---- what goes in -------------------------------------------------------- */

static void
fold(struct trial *t, struct lift_entry *e)
{
	e->seq = ++t->seq;
	sandbox_fold(t->sandbox, e);
}

static void
tick(struct trial *t, int64_t time)
{
	struct lift_entry e = { .kind = LIFT_ENTRY_TICK, .time = time,
		.received = time };

	fold(t, &e);
}

static void
ticks(struct trial *t, int64_t to, int64_t step)
{
	for (; t->tick <= to; t->tick += step)
		tick(t, t->tick);
}

static void
call_fold_one(struct trial *t, const struct trial_event *v)
{
	struct lift_entry e = { .kind = LIFT_ENTRY_CALL,
		.id = lift_text(arena_form(t->arena, "call-%llu",
		(unsigned long long)t->seq)), .time = t->start + v->at,
		.received = t->start + v->arrives, .body = v->json };

	fold(t, &e);
}

static void
event_fold_one(struct trial *t, const struct trial_event *v, size_t place)
{
	struct event_context context = { .received = t->start + v->arrives,
		.currency = t->currency, .position = place };
	struct lift_error err;
	struct event event;

	if (!event_read(v->json, t->arena, &context, &event, &err)) {
		trial_refused(t, err.text);
		return;
	}
	for (unsigned i = 0; i < event.count; i++) {
		struct lift_entry *e = &event.entries[i];
		e->time = t->start + v->at;
		e->source = SOURCE;
		if (event.shopper.size > 0)
			e->shopper = intern_put(t->shoppers, event.shopper);
		if (engine_admit(sandbox_engine(t->sandbox), e->id,
		    e->received))
			fold(t, e);
	}
}

static int
by_arrival(const void *a, const void *b)
{
	const struct trial_event *x = a, *y = b;

	if (x->arrives != y->arrives)
		return x->arrives < y->arrives ? -1 : 1;
	/* Calls first, then as they stand in the file. */
	if (x->is_call != y->is_call)
		return x->is_call ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

void
trial_fold(struct trial *t)
{
	int64_t end = t->after, step;

	qsort(t->events, t->event_count, sizeof(*t->events), by_arrival);
	if (t->event_count > 0)
		end += t->events[t->event_count - 1].arrives;
	step = (end / TICKS_MOST / LIFT_SECOND + 1) * LIFT_SECOND;
	t->tick = t->start;
	for (size_t i = 0; i < t->event_count; i++) {
		const struct trial_event *v = &t->events[i];
		t->now = v->node;
		ticks(t, t->start + v->arrives - 1, step);
		if (v->is_call)
			call_fold_one(t, v);
		else
			event_fold_one(t, v, i);
	}
	t->now = NULL;
	ticks(t, t->start + end - 1, step);
	tick(t, t->start + end);
	for (int i = 0; i < BEHIND_MOST &&
	    engine_is_behind(sandbox_engine(t->sandbox)); i++)
		tick(t, t->start + end);
}

/* ---- a test -------------------------------------------------------------- */

static struct sandbox *
trial_sandbox(struct trial *t, struct lift_error *err)
{
	const struct ruletest *r = t->setup;
	struct sandbox_setup setup = { .roster = r->roster,
		.engine = r->engine, .daemon_verbs = r->daemon_verbs,
		.sources = r->sources, .files = r->generation->files,
		.file_count = r->generation->file_count,
		.number = r->generation->number, .force_act = t->act,
		.outside = { .context = t, .effect = trial_effect_keep,
		.called = trial_called } };

	/* The rules have been checked; their findings are no news. */
	return sandbox_new(&setup, findings_new(t->arena), err);
}

static void
trial_go(struct trial *t)
{
	struct lift_error err = { 0 };

	trial_read_head(t);
	t->sandbox = trial_sandbox(t, &err);
	if (t->sandbox == NULL) {
		trial_refused(t, err.text);
		return;
	}
	t->vocabulary = engine_vocabulary(sandbox_engine(t->sandbox));
	trial_read(t);
	if (findings_count(t->findings, FINDING_ERROR) > 0)
		return;
	trial_fold(t);
	trial_judge(t);
}

static void
trial_prose(struct trial *t, bool passed)
{
	struct text *to = t->setup->prose;

	if (to == NULL)
		return;
	text_form(to, "%s  %s (%s:%u)\n", passed ? "pass" : "FAIL",
	    t->test->name, t->test->file, t->test->node->line);
	findings_write(to, t->findings);
	text_add(to, t->prose.data, t->prose.size);
}

static void
trial_row(struct trial *t, bool passed)
{
	struct text row = { 0 };

	if (t->setup->row == NULL)
		return;
	text_byte(&row, '{');
	json_member_string(&row, "name", t->test->name);
	json_member_string(&row, "file", t->test->file);
	json_member_whole(&row, "line", t->test->node->line);
	json_member_bool(&row, "passed", passed);
	json_name(&row, "findings");
	findings_json(&row, t->findings);
	json_name(&row, "problems");
	text_byte(&row, '[');
	text_add(&row, t->json.data, t->json.size);
	text_string(&row, "]}");
	t->setup->row(t->setup->context, text_view(&row));
	text_done(&row);
}

static bool
trial_run(const struct ruletest *setup, const struct generation_test *test)
{
	struct trial t = { .setup = setup, .test = test,
		.arena = arena_new(), .shoppers = intern_new() };

	t.findings = findings_new(t.arena);
	t.last = &t.first;
	trial_go(&t);
	bool passed = t.problem_count == 0 &&
	    findings_count(t.findings, FINDING_ERROR) == 0;
	trial_prose(&t, passed);
	trial_row(&t, passed);
	sandbox_free(t.sandbox);
	intern_free(t.shoppers);
	memory_give(t.events);
	text_done(&t.prose);
	text_done(&t.json);
	arena_free(t.arena);
	return passed;
}

struct ruletest_counts
ruletest_run(const struct ruletest *setup)
{
	const struct generation *g = setup->generation;
	struct ruletest_counts counts = { 0, 0 };

	for (size_t i = 0; i < g->test_count; i++) {
		if (setup->only != NULL &&
		    strcmp(setup->only, g->tests[i].name) != 0)
			continue;
		if (trial_run(setup, &g->tests[i]))
			counts.passed++;
		else
			counts.failed++;
	}
	return counts;
}

bool
ruletest_check(const struct generation *g, const struct vocabulary *v,
    uint32_t currency, struct findings *findings)
{
	struct ruletest setup = { .generation = g, .currency = currency };

	for (size_t i = 0; i < g->test_count; i++) {
		struct trial t = { .setup = &setup, .test = &g->tests[i],
			.arena = arena_new(), .vocabulary = v,
			.findings = findings };
		trial_read_head(&t);
		trial_read(&t);
		memory_give(t.events);
		arena_free(t.arena);
	}
	return findings_count(findings, FINDING_ERROR) == 0;
}
