/* What one job does: a run starts, ends, fails, is tried again. A turn is a
 * row of small steps; each one leaves the job whole, since a callback may
 * report the end of an attempt at once. */
#include "schedule/job.h"

#include "base/memory.h"

/* ---- waiting --------------------------------------------------------- */

void
job_wait(struct job *j, struct job_waiting w, bool first)
{
	j->waiting = memory_grow(j->waiting, j->waiting_count,
	    &j->waiting_room, sizeof(w));
	if (first)
		memmove(j->waiting + 1, j->waiting,
		    j->waiting_count * sizeof(w));
	j->waiting[first ? 0 : j->waiting_count] = w;
	j->waiting_count++;
}

struct job_waiting
job_unwait(struct job *j)
{
	struct job_waiting w = j->waiting[0];

	j->waiting_count--;
	memmove(j->waiting, j->waiting + 1, j->waiting_count * sizeof(w));
	return w;
}

/* ---- attempts -------------------------------------------------------- */

static struct schedule_run
run_view(const struct job *j)
{
	return (struct schedule_run){ .name = j->name, .job = j->rule,
		.planned = j->run.planned, .started = j->run.started,
		.limit = j->run.limit,
		.attempt = j->run.attempt, .is_late = j->run.is_late,
		.by_hand = job_by_hand(j->run.planned) };
}

int64_t
job_rest(const struct job *j)
{
	int64_t rest = j->rule->backoff;
	int64_t most = rest > SCHEDULE_REST ? rest : SCHEDULE_REST;

	for (uint32_t i = 1; i < j->run.attempt && rest < most; i++)
		rest *= 2;
	return rest < most ? rest : most;
}

static struct job_row
run_row(const struct job *j, enum schedule_state state, int64_t ended)
{
	return (struct job_row){ state, j->run.planned, j->run.started, ended,
		j->run.attempt };
}

/* The attempt in `run` starts, or its mode has it noted only. */
static void
begin(struct schedule *s, struct job *j, int64_t now)
{
	struct job_row row;

	j->run.started = now;
	if (j->rule->mode != RULE_ACT) {
		j->stage = JOB_IDLE;
		row = run_row(j, SCHEDULE_NOTED, now);
		job_record(s, j, &row, "nothing was called, the mode is %s",
		    rule_mode_names[j->rule->mode]);
		if (j->rule->mode == RULE_ALERT)
			job_log(s, j, LIFT_NOTICE, "was due at %s; its mode is "
			    "alert", job_time(j->run.planned).text);
		return;
	}
	j->stage = JOB_RUNNING;
	j->run.limit = j->rule->limit;
	j->run.until = now + j->run.limit;
	row = run_row(j, SCHEDULE_RUNNING, 0);
	job_record(s, j, &row, "%s", j->run.is_late ? "missed, is made up" :
	    job_by_hand(j->run.planned) ? "started by hand" : "");
	struct schedule_run run = run_view(j);
	s->outside.start(s->outside.context, &run);
}

/* The run that waited longest starts. */
static void
begin_first(struct schedule *s, struct job *j, int64_t now)
{
	struct job_waiting w = job_unwait(j);

	j->run = (struct job_run){ .planned = w.planned, .attempt = 1,
		.is_late = w.is_late };
	if (!job_by_hand(w.planned) && j->rule->mode == RULE_ACT) {
		int64_t late = now - w.planned - job_jitter(s, j, w.planned);
		job_note_lateness(s, j, late > 0 ? late : 0);
	}
	begin(s, j, now);
}

void
job_again(struct schedule *s, struct job *j, int64_t now)
{
	j->run.attempt++;
	begin(s, j, now);
}

/* Whether another attempt follows the one that is on. A job that was paused is
 * run by hand once, with somebody looking on. */
static bool
is_tried_again(const struct job *j)
{
	return j->rule != NULL && j->run.attempt <= j->rule->retries &&
	    !(j->is_paused && job_by_hand(j->run.planned));
}

void
job_fail(struct schedule *s, struct job *j, int64_t now, const char *sentence)
{
	long long attempts = j->rule ? j->rule->retries + 1 : 0;
	struct job_row row;

	if (!is_tried_again(j)) {
		j->stage = JOB_IDLE;
		row = run_row(j, SCHEDULE_FAILED, now);
		if (j->run.attempt > 1)
			job_record(s, j, &row, "%.300s (attempt %u)", sentence,
			    j->run.attempt);
		else
			job_record(s, j, &row, "%s", sentence);
		job_log(s, j, LIFT_ERR, "failed: %s", sentence);
		return;
	}
	int64_t rest = job_rest(j);
	j->stage = JOB_RESTING;
	j->run.until = now + rest;
	row = run_row(j, SCHEDULE_RETRYING, now);
	job_record(s, j, &row, "%.300s; attempt %u of %lld, the next one in "
	    "%s", sentence, j->run.attempt, attempts, job_span(rest).text);
	job_log(s, j, LIFT_WARNING, "failed at attempt %u of %lld, the next "
	    "one in %s: %s", j->run.attempt, attempts, job_span(rest).text,
	    sentence);
}

void
job_done(struct schedule *s, struct job *j, int64_t now,
    struct lift_text sentence)
{
	struct job_row row = run_row(j, SCHEDULE_DONE, now);
	int size = sentence.size < 300 ? (int)sentence.size : 300;
	const char *said = size > 0 ? sentence.data : "";

	j->stage = JOB_IDLE;
	job_note_duration(s, j, now - j->run.started);
	if (j->run.is_late)
		job_record(s, j, &row, "%.*s%smade up %s late", size, said,
		    size > 0 ? "; " : "",
		    job_span(j->run.started - j->run.planned).text);
	else
		job_record(s, j, &row, "%.*s", size, said);
}

/* The attempt has reached its limit. If nobody looked for a while, the machine
 * slept, and so did the run: it gets its time once more. */
static void
overrun(struct schedule *s, struct job *j, int64_t now)
{
	struct schedule_run run = run_view(j);
	char sentence[100];

	if (now - j->run.until > SCHEDULE_GRACE) {
		job_log(s, j, LIFT_NOTICE, "gets its time again: the clock "
		    "went on by %s at once",
		    job_span(now - j->run.until).text);
		j->run.until = now + j->run.limit;
		return;
	}
	snprintf(sentence, sizeof(sentence), "took longer than %s",
	    job_span(j->run.limit).text);
	job_note_duration(s, j, now - j->run.started);
	job_fail(s, j, now, sentence);
	s->outside.abandon(s->outside.context, &run);
}

/* ---- turns ----------------------------------------------------------- */

/* Does one thing that is due; false when nothing is. */
static bool
step(struct schedule *s, struct job *j, int64_t now)
{
	if (j->stage == JOB_RUNNING && j->run.until <= now) {
		overrun(s, j, now);
		return true;
	}
	if (j->rule == NULL)
		return false;
	if (!j->is_paused && j->start <= now) {
		job_take(s, j, now);
		return true;
	}
	if (!j->is_paused && j->stage == JOB_RESTING && j->run.until <= now) {
		job_again(s, j, now);
		return true;
	}
	if (j->stage == JOB_IDLE && j->waiting_count > 0 &&
	    (!j->is_paused || job_by_hand(j->waiting[0].planned))) {
		begin_first(s, j, now);
		return true;
	}
	return false;
}

void
job_turn(struct schedule *s, struct job *j, int64_t now)
{
	if (j->is_turning || j->is_restored)
		return;
	j->is_turning = true;
	while (step(s, j, now))
		;
	j->is_turning = false;
	if (j->rule == NULL && j->stage == JOB_IDLE && !j->is_paused)
		schedule_forget(s, j);
	else
		agenda_put(s, j);
}

int64_t
job_wake(const struct job *j)
{
	int64_t at = j->stage == JOB_RUNNING ? j->run.until : INT64_MAX;

	if (j->rule == NULL)
		return at;
	if (j->stage == JOB_IDLE && j->waiting_count > 0 &&
	    (!j->is_paused || job_by_hand(j->waiting[0].planned)))
		return INT64_MIN;
	if (j->is_paused)
		return at;
	if (j->stage == JOB_RESTING && j->run.until < at)
		at = j->run.until;
	return j->start < at ? j->start : at;
}
