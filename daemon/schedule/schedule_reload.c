/* How jobs come and go: from the rows that the store has kept, with the first
 * rules, and with each reload. */
#include "schedule/job.h"

#include "base/memory.h"

/* ---- what the store remembers ---------------------------------------- */

static enum schedule_state
state_of(struct lift_text word)
{
	for (unsigned i = SCHEDULE_PLANNED; i < SCHEDULE_STATES; i++)
		if (lift_text_equal(word, lift_text(schedule_state_names[i])))
			return (enum schedule_state)i;
	return SCHEDULE_NONE;
}

static char *
text_kept(struct lift_text t)
{
	char *copy = memory_take(t.size + 1);

	if (t.size > 0)
		memcpy(copy, t.data, t.size);
	return copy;
}

/* The run that was on when the daemon stopped. Should there be two, the later
 * one is. */
static void
restore_run(struct job *j, enum job_stage stage, const struct store_run *row)
{
	j->stage = stage;
	j->run = (struct job_run){ .planned = row->planned,
		.started = row->started, .until = row->ended,
		.attempt = row->attempt };
}

static void
restore_row(struct job *j, enum schedule_state state,
    const struct store_run *row)
{
	switch (state) {
	case SCHEDULE_PLANNED:
		memory_give(j->basis);
		j->basis = text_kept(row->detail);
		j->next = j->start = row->planned;
		return;
	case SCHEDULE_DROPPED:
		return;
	case SCHEDULE_WAITING:
	case SCHEDULE_LATE:
		job_wait(j, (struct job_waiting){ row->planned,
		    state == SCHEDULE_LATE }, false);
		break;
	case SCHEDULE_RUNNING:
		restore_run(j, JOB_RUNNING, row);
		break;
	case SCHEDULE_RETRYING:
		restore_run(j, JOB_RESTING, row);
		break;
	default:
		break;
	}
	if (job_by_hand(row->planned))
		j->hand = row->planned > j->hand ? row->planned : j->hand;
	else
		j->mark = row->planned > j->mark ? row->planned : j->mark;
	job_remember(j, &(struct job_row){ state, row->planned, row->started,
	    row->ended, row->attempt }, row->detail);
}

void
schedule_restore(struct schedule *s, const struct store_run *row)
{
	struct job *j = schedule_job_of(s, row->job);

	j->is_restored = true;
	restore_row(j, state_of(row->state), row);
}

void
schedule_restore_pause(struct schedule *s, struct lift_text name)
{
	struct job *j = schedule_job_of(s, name);

	j->is_restored = true;
	j->is_paused = true;
}

/* ---- coming ---------------------------------------------------------- */

/* What the last daemon has left behind: an attempt that it had running has
 * failed; one to come is tried, unless a later run is due anyway. */
static void
adopt_run(struct schedule *s, struct job *j, int64_t now)
{
	bool is_stale = j->start <= now && !j->is_paused &&
	    j->rule->catchup != JOB_ALL && !job_by_hand(j->run.planned);
	const char *why = j->stage == JOB_RUNNING ?
	    "interrupted, liftd stopped while it ran" :
	    "liftd stopped before the next attempt";

	if (j->stage == JOB_IDLE)
		return;
	if (is_stale) {
		j->stage = JOB_IDLE;
		job_record(s, j, &(struct job_row){ SCHEDULE_FAILED,
		    j->run.planned, j->run.started, now, j->run.attempt },
		    "%s; a later run makes up for it", why);
		job_log(s, j, LIFT_ERR, "failed: %s", why);
	} else if (j->stage == JOB_RUNNING) {
		job_fail(s, j, now, why);
	} else {
		int64_t ended = j->run.until < now ? j->run.until : now;
		j->run.until = ended + job_rest(j);
	}
}

/* Plans the job's next run. A run that is due by the schedule as it was, and
 * still is, stays due: it may have been missed. */
static void
adopt_plan(struct schedule *s, struct job *j, int64_t now)
{
	char basis[300];

	snprintf(basis, sizeof(basis), "%s in %s", j->rule->schedule_text,
	    j->rule->zone_name);
	bool is_unplanned = j->basis == NULL && j->is_restored;
	if (j->basis == NULL || strcmp(j->basis, basis) != 0) {
		job_unplan(s, j, "the schedule has changed");
		memory_give(j->basis);
		j->basis = memory_string(basis);
	}
	if (is_unplanned && j->mark != JOB_NEW && j->mark <= now)
		job_plan(s, j, j->mark);
	else
		job_replan(s, j, now);
}

static void
adopt(struct schedule *s, struct job *j, const struct generation_job *rule,
    int64_t now)
{
	j->rule = rule;
	j->is_kept = true;
	adopt_plan(s, j, now);
	if (j->is_restored)
		adopt_run(s, j, now);
	j->is_restored = false;
	agenda_put(s, j);
}

/* ---- going ----------------------------------------------------------- */

/* The rules do not have the job any more. A run that is on goes on. */
static void
leave(struct schedule *s, struct job *j, int64_t now)
{
	static const char why[] = "the job is gone from the rules";

	j->rule = NULL;
	job_unplan(s, j, why);
	job_note_next(s, j);
	memory_give(j->basis);
	j->basis = NULL;
	while (j->waiting_count > 0) {
		int64_t planned = job_unwait(j).planned;
		job_record(s, j, &(struct job_row){ SCHEDULE_SKIPPED, planned,
		    0, now, 0 }, "%s", why);
	}
	if (j->stage == JOB_RESTING)
		job_fail(s, j, now, why);
	else if (j->stage == JOB_RUNNING && j->is_restored)
		job_fail(s, j, now, "interrupted, liftd stopped while it ran");
	j->is_restored = false;
	if (j->stage == JOB_IDLE && !j->is_paused)
		schedule_forget(s, j);
	else
		agenda_put(s, j);
}

void
schedule_use(struct schedule *s, const struct generation *g, int64_t now)
{
	s->seen = now;
	memory_give(s->order);
	s->order = memory_take((g->job_count + 1) * sizeof(struct job *));
	s->order_count = g->job_count;
	for (size_t i = 0; i < g->job_count; i++) {
		s->order[i] = schedule_job_of(s, lift_text(g->jobs[i].name));
		adopt(s, s->order[i], &g->jobs[i], now);
	}
	for (size_t i = 0; i < s->job_count; i++) {
		struct job *j = s->jobs[i];
		if (j != NULL && !j->is_kept)
			leave(s, j, now);
		else if (j != NULL)
			j->is_kept = false;
	}
}
