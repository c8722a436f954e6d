/* Jobs: when they run, how they went, and by hand. */
#include "verbs/verbs.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "house/house_parts.h"

/* Columns stay where they are when there is nothing to say. */
static void
time_or_null(struct text *row, const char *name, int64_t time)
{
	if (time != 0) {
		json_member_time(row, name, time);
		return;
	}
	json_name(row, name);
	text_string(row, "null");
}

static void
job_row(struct request *r, const struct schedule_view *v)
{
	struct text row = { 0 };

	text_byte(&row, '{');
	json_member_text(&row, "name", v->name);
	json_member_string(&row, "state", v->is_running ? "running" :
	    v->is_paused ? "paused" : v->retry_at ? "retrying" : "waiting");
	time_or_null(&row, "next", v->next == CRON_NEVER ? 0 : v->next);
	json_member_text(&row, "last", v->last.state);
	time_or_null(&row, "last_started", v->last.started);
	json_member_whole(&row, "missed", v->missed);
	json_member_number(&row, "lateness_s", (double)v->lateness / 1e6);
	json_member_string(&row, "schedule", v->job->schedule_text);
	json_member_text(&row, "words", v->words);
	json_member_text(&row, "zone", v->zone);
	json_member_string(&row, "mode", rule_mode_names[v->job->mode]);
	json_member_text(&row, "detail", v->last.detail);
	text_byte(&row, '}');
	request_row(r, text_view(&row));
	text_done(&row);
}

static void
list_begin(struct request *r)
{
	struct schedule *s = r->house->schedule;

	for (size_t i = 0; i < schedule_count(s); i++) {
		struct schedule_view v = schedule_at(s, i);
		job_row(r, &v);
	}
	request_end(r, REPLY_YES);
}

static void
show_begin(struct request *r)
{
	struct schedule_view v;
	struct lift_error err;

	if (!schedule_find(r->house->schedule, request_text(r, "job", ""), &v,
	    &err)) {
		request_fail(r, &err);
		return;
	}
	job_row(r, &v);
	request_end(r, REPLY_YES);
}

static void
run_row(struct request *r, const struct store_run *run)
{
	struct text row = { 0 };

	text_byte(&row, '{');
	json_member_text(&row, "job", run->job);
	json_member_time(&row, "planned", run->planned);
	json_member_text(&row, "state", run->state);
	json_member_whole(&row, "attempt", run->attempt);
	time_or_null(&row, "started", run->started);
	time_or_null(&row, "ended", run->ended);
	json_member_text(&row, "detail", run->detail);
	text_byte(&row, '}');
	request_row(r, text_view(&row));
	text_done(&row);
}

static void
history_begin(struct request *r)
{
	struct lift_value limit = request_argument(r, "limit");
	struct store_query query = { .job = request_text(r, "job", ""),
		.limit = limit.type == LIFT_INT ? (uint32_t)limit.whole : 50,
		.newest_first = true };
	struct store_run run;
	struct lift_error err = { 0 };

	if (query.limit > 1000)
		query.limit = 1000;
	if (!store_runs(r->house->reader, &query, &err)) {
		request_fail(r, &err);
		return;
	}
	while (store_next_run(r->house->reader, &run, &err))
		run_row(r, &run);
	if (err.code != LIFT_E_NONE)
		request_fail(r, &err);
	else
		request_end(r, REPLY_YES);
}

static bool
keep_paused(struct store *store, void *context, struct lift_error *err)
{
	struct text *names = context;
	bool ok = store_keep(store, LIFT_TEXT_OF("jobs.paused"),
	    text_view(names), err);

	if (ok) {
		text_done(names);
		memory_give(names);
	}
	return ok;
}

static void
remember_paused(struct house *h)
{
	struct text *names = memory_take(sizeof(*names));
	struct lift_text name;

	for (size_t i = 0; schedule_paused(h->schedule, i, &name); i++)
		text_form(names, "%.*s\n", (int)name.size, name.data);
	gate_do(h->gate, keep_paused, names);
}

static void
told(struct request *r, bool ok, const struct lift_error *err)
{
	struct schedule_view v;
	struct lift_error none;

	if (!ok) {
		request_fail(r, err);
		return;
	}
	clerk_look(r->house);
	if (schedule_find(r->house->schedule, request_text(r, "job", ""), &v,
	    &none))
		job_row(r, &v);
	request_end(r, REPLY_YES);
}

static void
run_begin(struct request *r)
{
	struct lift_error err;

	told(r, schedule_run_now(r->house->schedule,
	    request_text(r, "job", ""), clock_now(), &err), &err);
}

static void
pause_begin(struct request *r)
{
	struct lift_error err;
	bool ok = schedule_pause(r->house->schedule,
	    request_text(r, "job", ""), clock_now(), &err);

	if (ok)
		remember_paused(r->house);
	told(r, ok, &err);
}

static void
resume_begin(struct request *r)
{
	struct lift_error err;
	bool ok = schedule_resume(r->house->schedule,
	    request_text(r, "job", ""), clock_now(), &err);

	if (ok)
		remember_paused(r->house);
	told(r, ok, &err);
}

static const struct lift_field job_arguments[] = {
	{ "job", LIFT_TEXT, .meaning = "the job's name" },
	LIFT_END
};

static const struct lift_field history_arguments[] = {
	{ "job", LIFT_TEXT, true, "only this job's runs" },
	{ "limit", LIFT_INT, true, "how many; 50 unless given" },
	LIFT_END
};

static const struct lift_field run_answers[] = {
	{ "job", LIFT_TEXT, false, "the job's name" },
	{ "planned", LIFT_TIME, false, "when it was due" },
	{ "state", LIFT_TEXT, false, "how it went" },
	{ "attempt", LIFT_INT, false, "which try" },
	{ "started", LIFT_TIME, true, "when it began" },
	{ "ended", LIFT_TIME, true, "when it ended" },
	{ "detail", LIFT_TEXT, false, "what is to be said of it" },
	LIFT_END
};

static const struct lift_field job_answers[] = {
	{ "name", LIFT_TEXT, false, "the job's name" },
	{ "state", LIFT_TEXT, false, "waiting, running, retrying or paused" },
	{ "next", LIFT_TIME, true, "when it runs next" },
	{ "last", LIFT_TEXT, false, "how the newest run went" },
	{ "last_started", LIFT_TIME, true, "when that began" },
	{ "missed", LIFT_INT, false, "runs that were missed" },
	{ "lateness_s", LIFT_NUMBER, false, "how late the newest began" },
	{ "schedule", LIFT_TEXT, false, "as the rules have it" },
	{ "words", LIFT_TEXT, false, "the schedule in words" },
	{ "zone", LIFT_TEXT, false, "its time zone" },
	{ "mode", LIFT_TEXT, false, "shadow, alert or act" },
	{ "detail", LIFT_TEXT, false, "what is to be said of the newest run" },
	LIFT_END
};

const struct desk_verb job_verbs[] = {
	{ { "jobs.history", history_arguments, LIFT_OBSERVER, false,
	    "GET /api/v1/jobs/history", "lists runs, the newest first",
	    .answers = run_answers },
	  history_begin },
	{ { "jobs.list", NULL, LIFT_OBSERVER, false, "GET /api/v1/jobs",
	    "lists the jobs, when they run next and how they went",
	    .answers = job_answers },
	  list_begin },
	{ { "jobs.pause", job_arguments, LIFT_OPERATOR, true, NULL,
	    "starts a job no more by itself", .one = true }, pause_begin },
	{ { "jobs.resume", job_arguments, LIFT_OPERATOR, true, NULL,
	    "lets a paused job go on", .one = true }, resume_begin },
	{ { "jobs.run", job_arguments, LIFT_OPERATOR, true, NULL,
	    "starts a job now", .one = true }, run_begin },
	{ { "jobs.show", job_arguments, LIFT_OBSERVER, false, NULL,
	    "shows one job", .one = true }, show_begin },
	{ LIFT_END, NULL }
};
