/* The schedule as people look at it. */
#include "schedule/job.h"

static struct store_run
last_of(const struct job *j)
{
	const struct job_last *l = &j->last;

	return (struct store_run){ .job = j->name,
		.state = lift_text(schedule_state_names[l->state]),
		.detail = lift_text(l->detail), .planned = l->planned,
		.started = l->started, .ended = l->ended,
		.attempt = l->attempt };
}

static struct schedule_view
view_of(struct schedule *s, const struct job *j)
{
	text_clear(&s->words);
	cron_write(&s->words, &j->rule->cron);
	return (struct schedule_view){ .name = j->name, .job = j->rule,
		.words = text_view(&s->words),
		.zone = lift_text(j->rule->zone_name),
		.planned = j->next, .next = j->start, .last = last_of(j),
		.retry_at = j->stage == JOB_RESTING ? j->run.until : 0,
		.missed = j->missed, .lateness = j->lateness,
		.waiting = j->waiting_count,
		.attempt = j->stage == JOB_IDLE ? 0 : j->run.attempt,
		.is_paused = j->is_paused,
		.is_running = j->stage == JOB_RUNNING };
}

size_t
schedule_count(const struct schedule *s)
{
	return s->order_count;
}

struct schedule_view
schedule_at(struct schedule *s, size_t place)
{
	return view_of(s, s->order[place]);
}

bool
schedule_find(struct schedule *s, struct lift_text name,
    struct schedule_view *ret_view, struct lift_error *err)
{
	const struct job *j = schedule_job_named(s, name, false, err);

	if (j == NULL)
		return false;
	*ret_view = view_of(s, j);
	return true;
}

bool
schedule_paused(const struct schedule *s, size_t place,
    struct lift_text *ret_name)
{
	for (size_t i = 0; i < s->job_count; i++) {
		if (s->jobs[i] == NULL || !s->jobs[i]->is_paused)
			continue;
		if (place-- > 0)
			continue;
		*ret_name = s->jobs[i]->name;
		return true;
	}
	return false;
}
