/* The schedule as its caller sees it while it runs: turns, ends, and what an
 * operator does by hand. */
#include "schedule/job.h"

#include "base/memory.h"

struct schedule *
schedule_new(const struct schedule_outside *outside, struct metrics *metrics,
    uint64_t seed)
{
	struct schedule *s = memory_take(sizeof(*s));

	s->outside = *outside;
	s->metrics = metrics;
	s->seed = seed;
	s->seen = INT64_MIN;
	s->names = intern_new();
	return s;
}

static void
job_free(struct job *j)
{
	memory_give(j->basis);
	memory_give(j->waiting);
	memory_give(j);
}

void
schedule_free(struct schedule *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->job_count; i++)
		if (s->jobs[i] != NULL)
			job_free(s->jobs[i]);
	memory_give(s->jobs);
	memory_give(s->order);
	memory_give(s->agenda);
	intern_free(s->names);
	text_done(&s->words);
	memory_give(s);
}

struct job *
schedule_job_of(struct schedule *s, struct lift_text name)
{
	uint32_t number = intern_put(s->names, name);

	while (s->job_count < number) {
		s->jobs = memory_grow(s->jobs, s->job_count, &s->job_room,
		    sizeof(struct job *));
		s->jobs[s->job_count++] = NULL;
	}
	struct job *j = s->jobs[number - 1];
	if (j != NULL)
		return j;
	j = s->jobs[number - 1] = memory_take(sizeof(*j));
	j->number = number;
	j->name = intern_name(s->names, number);
	j->mark = JOB_NEW;
	j->next = j->start = CRON_NEVER;
	return j;
}

void
schedule_forget(struct schedule *s, struct job *j)
{
	uint32_t number = j->number;

	agenda_remove(s, j);
	s->jobs[number - 1] = NULL;
	job_free(j);
	intern_forget(s->names, number);
}

/* ---- time ------------------------------------------------------------ */

int64_t
schedule_wake(const struct schedule *s)
{
	return s->agenda_count > 0 ? s->agenda[0]->wake : INT64_MAX;
}

/* The clock was set back: what waits for a span of time has not to wait for
 * the step as well, and what is planned follows the clock on the wall. */
static void
job_step_back(struct schedule *s, struct job *j, int64_t now)
{
	int64_t most = INT64_MAX;

	if (j->stage == JOB_RUNNING)
		most = now + j->run.limit;
	else if (j->stage == JOB_RESTING && j->rule != NULL)
		most = now + job_rest(j);
	if (j->run.until > most)
		j->run.until = most;
	if (j->rule != NULL && !j->is_paused)
		job_replan(s, j, now);
	agenda_put(s, j);
}

/* Notes what time it is. */
static void
look(struct schedule *s, int64_t now)
{
	bool back = now < s->seen - LIFT_SECOND;

	s->seen = now;
	for (size_t i = 0; back && i < s->job_count; i++)
		if (s->jobs[i] != NULL && !s->jobs[i]->is_restored)
			job_step_back(s, s->jobs[i], now);
}

void
schedule_turn(struct schedule *s, int64_t now)
{
	look(s, now);
	while (s->agenda_count > 0 && s->agenda[0]->wake <= now)
		job_turn(s, s->agenda[0], now);
}

/* The job of that name; NULL when there is none. */
static struct job *
job_find(const struct schedule *s, struct lift_text name)
{
	uint32_t number = intern_find(s->names, name);

	return number > 0 ? s->jobs[number - 1] : NULL;
}

bool
schedule_ended(struct schedule *s, const struct schedule_end *end, int64_t now)
{
	struct job *j = job_find(s, end->job);
	char sentence[301];

	if (j == NULL || j->stage == JOB_IDLE ||
	    j->run.planned != end->planned || j->run.attempt != end->attempt ||
	    (j->stage == JOB_RESTING && !end->ok))
		return false;
	look(s, now);
	if (end->ok) {
		job_done(s, j, now, end->sentence);
	} else {
		snprintf(sentence, sizeof(sentence), "%.*s",
		    end->sentence.size < 300 ? (int)end->sentence.size : 300,
		    end->sentence.size > 0 ? end->sentence.data : "");
		job_note_duration(s, j, now - j->run.started);
		job_fail(s, j, now, sentence);
	}
	job_turn(s, j, now);
	return true;
}

/* ---- by hand --------------------------------------------------------- */

/* The name that is nearest to one that is not there; NULL when none is near. */
static const struct job *
nearest(const struct schedule *s, struct lift_text name)
{
	unsigned least = name.size < 6 ? 2 : (unsigned)name.size / 3 + 1;
	const struct job *best = NULL;

	for (size_t i = 0; i < s->order_count; i++) {
		unsigned d = text_distance(name, s->order[i]->name, least);
		if (d <= least && (best == NULL || d < least)) {
			best = s->order[i];
			least = d;
		}
	}
	return best;
}

struct job *
schedule_job_named(struct schedule *s, struct lift_text name, bool also_gone,
    struct lift_error *err)
{
	struct job *j = job_find(s, name);
	int size = name.size < 100 ? (int)name.size : 100;

	if (j != NULL && (j->rule != NULL || (also_gone && j->is_paused)))
		return j;
	const struct job *near = nearest(s, name);
	if (near != NULL)
		lift_fail(err, LIFT_E_MISSING, "there is no job \"%.*s\", the "
		    "nearest name is \"%.*s\"", size, name.data,
		    (int)near->name.size, near->name.data);
	else
		lift_fail(err, LIFT_E_MISSING, "there is no job \"%.*s\"",
		    size, size > 0 ? name.data : "");
	return NULL;
}

/* The planned moment of a run by hand: new, and never a whole second. */
static int64_t
hand_moment(struct job *j, int64_t now)
{
	bool again = j->hand >= now && j->hand <= now + SCHEDULE_TRUST;
	int64_t at = again ? j->hand + 1 : now;

	j->hand = job_by_hand(at) ? at : at + 1;
	return j->hand;
}

/* A run by hand while another one is on. */
static bool
queue_by_hand(struct schedule *s, struct job *j, int64_t now,
    struct lift_error *err)
{
	if (j->rule->overlap == JOB_SKIP || j->waiting_count > 0)
		return lift_fail(err, LIFT_E_BUSY, "job \"%.*s\" has been "
		    "running since %s%s", (int)j->name.size, j->name.data,
		    job_time(j->run.started).text, j->waiting_count > 0 ?
		    ", and a run waits already" : "");
	int64_t at = hand_moment(j, now);
	job_wait(j, (struct job_waiting){ at, false }, false);
	job_record(s, j, &(struct job_row){ SCHEDULE_WAITING, at, 0, 0, 0 },
	    "started by hand, waits for the run before");
	return true;
}

bool
schedule_run_now(struct schedule *s, struct lift_text name, int64_t now,
    struct lift_error *err)
{
	struct job *j = schedule_job_named(s, name, false, err);

	if (j == NULL)
		return false;
	if (j->rule->mode != RULE_ACT)
		return lift_fail(err, LIFT_E_USAGE, "job \"%.*s\" has the mode "
		    "%s, which calls nothing; must be act",
		    (int)name.size, name.data,
		    rule_mode_names[j->rule->mode]);
	look(s, now);
	job_turn(s, j, now);
	if (j->stage == JOB_RUNNING)
		return queue_by_hand(s, j, now, err);
	if (j->stage == JOB_RESTING) {
		j->is_turning = true;
		job_again(s, j, now);
		j->is_turning = false;
	} else {
		job_wait(j, (struct job_waiting){ hand_moment(j, now), false },
		    true);
	}
	job_turn(s, j, now);
	return true;
}

bool
schedule_pause(struct schedule *s, struct lift_text name, int64_t now,
    struct lift_error *err)
{
	struct job *j = schedule_job_named(s, name, true, err);

	if (j == NULL)
		return false;
	look(s, now);
	j->is_paused = true;
	if (j->rule != NULL)
		job_note_next(s, j);
	agenda_put(s, j);
	return true;
}

bool
schedule_resume(struct schedule *s, struct lift_text name, int64_t now,
    struct lift_error *err)
{
	struct job *j = schedule_job_named(s, name, true, err);

	if (j == NULL)
		return false;
	look(s, now);
	if (!j->is_paused)
		return true;
	j->is_paused = false;
	if (j->rule != NULL && j->start <= now)
		job_skip(s, j, now);
	else if (j->rule != NULL)
		job_replan(s, j, now);
	job_turn(s, j, now);
	return true;
}
