/* The schedule's hands: a run that is due becomes an entry, then a request at
 * the desk like any other, with the job as its caller. */
#include "house/house_parts.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"

/* A run whose verb is under way. */
struct run {
	struct request request;	/* first: see run_of */
	char           job[104];
	int64_t        planned;
	uint32_t       attempt;
};

static struct run *
run_of(struct request *r)
{
	return (struct run *)r;
}

/* ---- the door that jobs come through ------------------------------------- */

static void
job_send(struct request *r, struct lift_text bytes)
{
	(void)r;
	(void)bytes;
}

static bool
job_is_full(const struct request *r)
{
	(void)r;
	return false;
}

static void
job_upload(struct request *r, bool paused)
{
	(void)r;
	(void)paused;
}

static void
job_end(struct request *r, enum reply_verdict verdict,
    const struct lift_error *err)
{
	struct run *run = run_of(r);
	struct house *h = r->house;
	struct schedule_end end = { .job = lift_text(run->job),
		.planned = run->planned, .attempt = run->attempt,
		.ok = verdict == REPLY_YES,
		.sentence = lift_text(err != NULL ? err->text :
		    verdict == REPLY_NO ? "the verb says no" : "done") };

	schedule_ended(h->schedule, &end, clock_now());
	clerk_look(h);
	request_done(r);
	arena_free(r->arena);
	memory_give(run);
}

static const struct request_door job_door = { job_send, job_is_full, job_end,
	job_upload };

/* ---- what the schedule asks for ------------------------------------------ */

static bool
moment_entry(struct house *h, const struct schedule_run *s,
    struct lift_error *err)
{
	struct text body = { 0 };

	text_byte(&body, '{');
	json_member_text(&body, "job", s->name);
	json_member_time(&body, "planned", s->planned);
	json_member_whole(&body, "attempt", s->attempt);
	text_byte(&body, '}');
	bool ok = gate_entry(h->gate, LIFT_ENTRY_MOMENT, 0, text_view(&body),
	    err);
	text_done(&body);
	return ok;
}

static struct run *
run_new(struct house *h, const struct schedule_run *s)
{
	struct run *run = memory_take(sizeof(*run));
	struct request *r = &run->request;
	const struct vocabulary *v = engine_vocabulary(h->engine);

	snprintf(run->job, sizeof(run->job), "%.*s", (int)s->name.size,
	    s->name.data);
	run->planned = s->planned;
	run->attempt = s->attempt;
	r->house = h;
	r->door = &job_door;
	r->form = REPLY_JSONL;
	r->arena = arena_new();
	r->verb = &v->verbs[s->job->verb];
	r->caller.role = LIFT_ADMIN;
	r->caller.door = "schedule";
	snprintf(r->caller.actor, sizeof(r->caller.actor), "job:%.50s",
	    run->job);
	return run;
}

static void
on_start(void *context, const struct schedule_run *s)
{
	struct house *h = context;
	struct run *run = run_new(h, s);
	struct request *r = &run->request;
	struct json_reader json = json_reader_of(
	    arena_text(r->arena, s->job->arguments), r->arena);
	struct lift_error err;

	if (!moment_entry(h, s, &err) ||
	    !arguments_take(&json, r->verb->verb->arguments, r->values, &err))
		job_end(r, REPLY_ERROR, &err);
	else
		desk_begin(r);
}

static void
on_record(void *context, const struct store_run *row)
{
	struct house *h = context;

	gate_run(h->gate, row);
}

static void
on_log(void *context, enum lift_level level, const char *sentence)
{
	(void)context;
	logger_line(level, "jobs", "%s", sentence);
}

/* ---- the timer ----------------------------------------------------------- */

void
clerk_look(struct house *h)
{
	static const struct timeval now = { 0, 0 };

	if (h->jobs != NULL)
		event_add(h->jobs, &now);
}

static void
on_jobs(evutil_socket_t fd, short what, void *context)
{
	struct house *h = context;
	struct timeval tv = { 1, 0 };

	(void)fd;
	(void)what;
	if (!h->stopping)
		schedule_turn(h->schedule, clock_now());
	/* At least once a second, so that a clock that was set is noticed. */
	int64_t wake = schedule_wake(h->schedule) - clock_now();
	if (wake < LIFT_SECOND)
		tv = (struct timeval){ 0, wake < 1000 ? 1000 : (long)wake };
	event_add(h->jobs, &tv);
}

void
clerk_rules(struct house *h)
{
	struct generation *before = h->scheduled;

	if (h->schedule == NULL)
		return;
	h->scheduled = generation_hold(engine_generation(h->engine));
	schedule_use(h->schedule, h->scheduled, clock_now());
	generation_free(before);
	clerk_look(h);
}

/* ---- start --------------------------------------------------------------- */

static bool
restore_runs(struct house *h, struct lift_error *err)
{
	struct store_query all = { 0 };
	struct store_run row;

	if (!store_runs(h->reader, &all, err))
		return false;
	err->code = LIFT_E_NONE;
	while (store_next_run(h->reader, &row, err))
		schedule_restore(h->schedule, &row);
	return err->code == LIFT_E_NONE;
}

static bool
restore_paused(struct house *h, struct lift_error *err)
{
	struct arena *arena = arena_new();
	struct lift_text names;
	bool ok = store_value(h->reader, arena, LIFT_TEXT_OF("jobs.paused"),
	    &names, err);

	for (size_t at = 0; ok && at < names.size;) {
		const char *line = names.data + at;
		const char *end = memchr(line, '\n', names.size - at);
		size_t n = end ? (size_t)(end - line) : names.size - at;
		schedule_restore_pause(h->schedule,
		    (struct lift_text){ line, n });
		at += n + 1;
	}
	arena_free(arena);
	return ok;
}

bool
clerk_start(struct house *h, struct lift_error *err)
{
	struct schedule_outside outside = { h, on_start, NULL, on_record,
		on_log };

	h->schedule = schedule_new(&outside, h->metrics, h->seed);
	if (!restore_runs(h, err) || !restore_paused(h, err))
		return false;
	h->jobs = event_new(h->base, -1, 0, on_jobs, h);
	clerk_rules(h);
	return true;
}

void
clerk_stop(struct house *h)
{
	if (h->jobs != NULL)
		event_free(h->jobs);
	h->jobs = NULL;
	schedule_free(h->schedule);
	h->schedule = NULL;
	generation_free(h->scheduled);
}
