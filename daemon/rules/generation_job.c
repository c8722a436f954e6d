/* Jobs: a schedule, a zone and a verb with constant arguments. */
#include "rules/generation_parts.h"

static bool
job_schedule(struct making *m, struct generation_job *j, const struct node *n)
{
	struct lift_error err;

	if (cron_read(node_text(n), &j->cron, &err))
		return true;
	struct expression_problem problem = {
		.offset = err.column > 0 ? err.column - 1 : 0, .size = 1 };
	snprintf(problem.message, sizeof(problem.message), "%.199s", err.text);
	making_problem(m, FINDING_SCHEDULE_SYNTAX, n, &problem);
	return false;
}

static bool
job_zone(struct making *m, struct generation_job *j, const struct node *n)
{
	struct lift_error err;

	j->zone = zone_open(m->g->arena, lift_text(j->zone_name), &err);
	if (j->zone == NULL)
		making_fail(m, FINDING_SCHEDULE_ZONE, n, "%s", err.text);
	return j->zone != NULL;
}

static bool
argument_value(struct making *m, const struct vocabulary_verb *v,
    const struct node *n, struct lift_value *values)
{
	int at = field_find(v->verb->arguments, node_text(n->key));
	struct lift_error err;

	if (at < 0 || n->kind != NODE_TEXT) {
		struct finding *f = making_fail(m, FINDING_RULE_ARGUMENT,
		    at < 0 ? n->key : n, at < 0 ?
		    "%s has no argument \"%s\"" :
		    "%s expects a plain value for \"%s\"", v->verb->name,
		    n->key->text);
		const char *near = at < 0 ? field_nearest(v->verb->arguments,
		    node_text(n->key)) : NULL;
		if (near != NULL)
			findings_hint(m->findings, f, "did you mean %s?",
			    near);
		return false;
	}
	if (argument_read(m->g->arena, &v->verb->arguments[at], node_text(n),
	    &values[at], &err))
		return true;
	making_fail(m, FINDING_RULE_ARGUMENT, n, "%s", err.text);
	return false;
}

static bool
job_arguments(struct making *m, struct generation_job *j,
    const struct vocabulary_verb *v, const struct node *name,
    const struct node *map)
{
	struct lift_value values[ARGUMENTS_MOST] = { { 0 } };
	struct lift_error err;
	struct text json = { 0 };
	bool ok = true;

	for (const struct node *n = map ? map->first : NULL; n; n = n->next)
		ok &= argument_value(m, v, n, values);
	if (ok && !arguments_complete(v->verb->arguments, values, &err)) {
		making_fail(m, FINDING_RULE_ARGUMENT, name, "%s lacks an "
		    "argument: %s", v->verb->name, err.text);
		ok = false;
	}
	arguments_write(&json, v->verb->arguments, values);
	j->arguments = arena_text(m->g->arena, text_view(&json));
	text_done(&json);
	return ok;
}

static bool
job_verb(struct making *m, struct generation_job *j, const struct node *run)
{
	const struct vocabulary *vocabulary = m->context->vocabulary;
	const struct node *name, *arguments;

	if (!making_action(m, run, &name, &arguments))
		return false;
	const struct vocabulary_verb *v = making_verb(m, name);
	if (v == NULL)
		return false;
	if (!v->verb->acts) {
		making_fail(m, FINDING_RULE_VERB, name,
		    "%s only reads, a job calls a verb that does something",
		    v->verb->name);
		return false;
	}
	j->verb = (unsigned)(v - vocabulary->verbs);
	return job_arguments(m, j, v, name, arguments);
}

static bool
job_is_new(struct making *m, const struct generation_job *j,
    const struct node *name)
{
	for (size_t i = 0; i < m->job_count; i++) {
		if (strcmp(m->jobs[i].name, j->name) != 0)
			continue;
		making_fail(m, FINDING_RULE_TWICE, name,
		    "job \"%s\" stands in %s:%u already", j->name,
		    m->jobs[i].file, m->jobs[i].line);
		return false;
	}
	return true;
}

/* Where the zone stands that a job has by default. */
static const struct node *
default_zone(const struct rule_file *f, const struct node *job)
{
	const struct node *n = node_get(node_get(f->root, "defaults"),
	    "timezone");

	return n != NULL ? n : job;
}

static void
job_make(struct making *m, const struct rule_file *f,
    const struct job_row *row, const struct node *n)
{
	const struct node *name = node_get(n, "name");
	const struct node *schedule = node_get(n, "schedule");
	const struct node *run = node_get(n, "run");
	const struct node *zone = node_get(n, "timezone");
	struct generation_job j = { .name = row->name, .file = f->name,
		.description = row->description, .line = n->line,
		.schedule_text = row->schedule, .jitter = row->jitter,
		.limit = row->limit, .backoff = row->backoff,
		.retries = row->retries,
		.overlap = (enum job_overlap)row->overlap,
		.catchup = (enum job_catchup)row->catch_up,
		.mode = (enum rule_mode)row->mode,
		.zone_name = *row->timezone ? row->timezone :
		    f->defaults.timezone };

	if (name == NULL || schedule == NULL || run == NULL ||
	    name->kind != NODE_TEXT || schedule->kind != NODE_TEXT)
		return;
	bool ok = making_name(m, name);
	ok &= job_schedule(m, &j, schedule);
	ok &= job_zone(m, &j, zone ? zone : default_zone(f, n));
	ok &= job_verb(m, &j, run);
	ok &= job_is_new(m, &j, name);
	if (ok)
		m->jobs[m->job_count++] = j;
}

void
making_jobs(struct making *m, const struct rule_file *f)
{
	const struct job_row *rows = f->jobs.items;
	const struct node *list = node_get(f->root, "jobs"), *n;
	size_t i = 0;

	if (list == NULL || list->kind != NODE_LIST)
		return;
	for (n = list->first; n != NULL && i < f->jobs.count; n = n->next, i++)
		if (n->kind == NODE_MAP)
			job_make(m, f, &rows[i], n);
}
