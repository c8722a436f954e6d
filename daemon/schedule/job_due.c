/* Which runs of a job are due, which of them were missed, and what becomes of
 * each. Counting them goes back in time from now, in growing steps, since it is
 * the newest that matter: a schedule of each second that slept for a year must
 * not be walked through. */
#include "schedule/job.h"

#include "base/hash.h"

/* ---- planning -------------------------------------------------------- */

static int64_t
next_after(const struct job *j, int64_t after)
{
	return cron_next(&j->rule->cron, j->rule->zone, after);
}

int64_t
job_jitter(const struct schedule *s, const struct job *j, int64_t planned)
{
	int64_t most = j->rule->jitter, next;

	if (most <= 0)
		return 0;
	next = next_after(j, planned);
	if (next != CRON_NEVER && most >= next - planned)
		most = next - planned - 1;
	uint64_t chance = hash_mix(hash_mix(s->seed, hash_text(j->name)),
	    (uint64_t)planned);
	return (int64_t)(chance % ((uint64_t)most + 1));
}

static void
start_set(struct schedule *s, struct job *j)
{
	j->start = j->next == CRON_NEVER ? CRON_NEVER :
	    j->next + job_jitter(s, j, j->next);
	job_note_next(s, j);
}

void
job_plan(struct schedule *s, struct job *j, int64_t after)
{
	j->next = next_after(j, after);
	start_set(s, j);
	if (j->next != CRON_NEVER)
		job_record(s, j, &(struct job_row){ SCHEDULE_PLANNED, j->next,
		    0, 0, 0 }, "%s", j->basis);
}

void
job_unplan(struct schedule *s, struct job *j, const char *why)
{
	if (j->next != CRON_NEVER)
		job_record(s, j, &(struct job_row){ SCHEDULE_DROPPED, j->next,
		    0, s->seen, 0 }, "%s", why);
	j->next = j->start = CRON_NEVER;
}

void
job_replan(struct schedule *s, struct job *j, int64_t now)
{
	if (j->mark != JOB_NEW && j->mark > now + SCHEDULE_TRUST) {
		job_log(s, j, LIFT_WARNING, "ran at %s, which is to come: the "
		    "clock was wrong, the job is planned anew",
		    job_time(j->mark).text);
		j->mark = JOB_NEW;
	}
	int64_t after = j->mark > now ? j->mark : now;
	if (j->next != CRON_NEVER && j->next > after &&
	    next_after(j, after) != j->next)
		job_unplan(s, j, "the clock was set back");
	if (j->next == CRON_NEVER)
		job_plan(s, j, after);
	else
		start_set(s, j);
}

/* ---- counting -------------------------------------------------------- */

enum { NEWEST = SCHEDULE_BACKLOG + 1 };

/* Runs that are due. */
struct due {
	int64_t first;			/* the oldest */
	int64_t newest[NEWEST];		/* a ring of the newest */
	size_t  ring;			/* how many went into it */
	int64_t count;			/* of all */
	bool    is_more;		/* COUNT is what was counted */
};

/* The run at PLACE, the newest being at 0. */
static int64_t
due_at(const struct due *d, size_t place)
{
	return d->newest[(d->ring - 1 - place) % NEWEST];
}

/* Puts the run AT and those after it, up to UNTIL, into the ring. */
static void
due_gather(const struct job *j, int64_t at, int64_t until, struct due *d)
{
	d->ring = 0;
	for (; at <= until && at != CRON_NEVER; at = next_after(j, at))
		d->newest[d->ring++ % NEWEST] = at;
}

/* How many runs there are from the one AT up to UNTIL. */
static int64_t
due_count(const struct job *j, int64_t at, int64_t until, bool *ret_more)
{
	int64_t count = 0, every = j->rule->cron.every;

	if (every > 0)
		return until < at ? 0 : (until - at) / every + 1;
	for (; at <= until && at != CRON_NEVER; at = next_after(j, at))
		if (++count == SCHEDULE_COUNTED) {
			*ret_more = true;
			break;
		}
	return count;
}

/* The runs from the planned one on that have started to be due. The planned
 * one is taken as it is: asked from just before it, cron_next need not find it,
 * as it may stand for a gap. Jitter never reaches the next run, so it only
 * concerns the newest one. */
static void
due_find(const struct schedule *s, const struct job *j, int64_t now,
    struct due *d)
{
	int64_t from = j->next, span = LIFT_HOUR;
	bool all;

	do {
		all = now - j->next <= span;
		from = now - span;
		from -= from % LIFT_MINUTE;
		due_gather(j, all ? j->next : next_after(j, from), now, d);
		span *= 4;
	} while (!all && d->ring < NEWEST);
	d->first = j->next;
	d->is_more = false;
	d->count = (int64_t)d->ring;
	if (!all)
		d->count += due_count(j, j->next, from, &d->is_more);
	int64_t last = due_at(d, 0);
	if (last + job_jitter(s, j, last) > now) {
		d->ring--;
		d->count--;
	}
}

/* ---- what becomes of them -------------------------------------------- */

/* The COUNT oldest runs as one row, the last of them being LAST. */
static void
record_oldest(struct schedule *s, struct job *j, const struct due *d,
    enum schedule_state state, int64_t count)
{
	int64_t last = due_at(d, (size_t)(d->count - count));
	struct job_row row = { state, d->first, 0, s->seen, 0 };
	const char *why = state == SCHEDULE_SKIPPED ? "skipped while the job "
	    "was paused" : "missed and not made up";

	if (count == 1)
		job_record(s, j, &row, "%s", why);
	else
		job_record(s, j, &row, "%s%lld runs from %s to %s were %s",
		    d->is_more ? "more than " : "", (long long)count,
		    job_time(d->first).text, job_time(last).text, why);
}

/* A run that may not wait is over before it began. */
static void
record_skip(struct schedule *s, struct job *j, int64_t planned,
    const char *why)
{
	job_record(s, j, &(struct job_row){ SCHEDULE_SKIPPED, planned, 0,
	    s->seen, 0 }, "%s", why);
}

/* A missed run waits for its turn. */
static void
admit_late(struct schedule *s, struct job *j, int64_t planned, int64_t now)
{
	if (j->stage != JOB_IDLE || j->waiting_count > 0)
		job_record(s, j, &(struct job_row){ SCHEDULE_LATE, planned, 0,
		    0, 0 }, "missed by %s, will be made up",
		    job_span(now - planned).text);
	job_wait(j, (struct job_waiting){ planned, true }, false);
}

/* A run that is due in time waits for its turn, or is skipped. */
static void
admit(struct schedule *s, struct job *j, int64_t planned)
{
	bool backlog = j->waiting_count > 0 && j->waiting[0].is_late &&
	    j->rule->catchup == JOB_ALL;

	if (j->stage == JOB_IDLE && j->waiting_count == 0) {
		job_wait(j, (struct job_waiting){ planned, false }, false);
		return;
	}
	if (backlog && j->waiting_count >= SCHEDULE_BACKLOG) {
		record_skip(s, j, planned, "too many runs wait already");
		return;
	}
	if (!backlog && j->rule->overlap == JOB_SKIP) {
		record_skip(s, j, planned, "the run before was not over");
		return;
	}
	if (!backlog && j->waiting_count > 0) {
		record_skip(s, j, planned, "a run waits already");
		return;
	}
	job_record(s, j, &(struct job_row){ SCHEDULE_WAITING, planned, 0, 0,
	    0 }, "waits for the run before");
	job_wait(j, (struct job_waiting){ planned, false }, false);
}

/* With `once`, the newest missed run makes up for those that still wait. */
static void
drop_waiting(struct schedule *s, struct job *j)
{
	size_t kept = 0;

	for (size_t i = 0; i < j->waiting_count; i++) {
		struct job_waiting w = j->waiting[i];
		if (job_by_hand(w.planned)) {
			j->waiting[kept++] = w;
			continue;
		}
		job_record(s, j, &(struct job_row){ SCHEDULE_MISSED, w.planned,
		    0, s->seen, 0 }, "a later run makes up for it");
		if (!w.is_late)
			job_count_missed(s, j, 1);
	}
	j->waiting_count = kept;
}

/* How many of the missed runs are made up: there must be room for a run that
 * is in time, too. */
static int64_t
made_up(const struct job *j, int64_t missed, bool is_late)
{
	int64_t room = SCHEDULE_BACKLOG - (int64_t)j->waiting_count - !is_late;

	switch (j->rule->catchup) {
	case JOB_ALL:
		room = room > 0 ? room : 0;
		return missed < room ? missed : room;
	case JOB_ONCE:
		return is_late ? 1 : 0;
	case JOB_NONE:
		break;
	}
	return 0;
}

/* Counts the missed runs and says so. */
static void
tell_missed(struct schedule *s, struct job *j, const struct due *d,
    int64_t missed)
{
	if (missed == 0)
		return;
	job_count_missed(s, j, missed);
	job_log(s, j, LIFT_WARNING, "missed %s%lld run%s, the first at %s",
	    d->is_more ? "more than " : "", (long long)missed,
	    missed == 1 ? "" : "s", job_time(d->first).text);
	if (j->rule->catchup == JOB_ONCE)
		drop_waiting(s, j);
}

void
job_take(struct schedule *s, struct job *j, int64_t now)
{
	struct due d;

	due_find(s, j, now, &d);
	int64_t newest = due_at(&d, 0);
	bool is_late = now - newest - job_jitter(s, j, newest) >
	    SCHEDULE_GRACE;
	int64_t missed = d.count - !is_late;
	tell_missed(s, j, &d, missed);
	int64_t keep = made_up(j, missed, is_late) + !is_late;
	if (d.count > keep)
		record_oldest(s, j, &d, SCHEDULE_MISSED, d.count - keep);
	for (int64_t i = keep - 1; i >= 0; i--) {
		if (i > 0 || is_late)
			admit_late(s, j, due_at(&d, (size_t)i), now);
		else
			admit(s, j, newest);
	}
	j->mark = newest;
	job_plan(s, j, newest);
}

void
job_skip(struct schedule *s, struct job *j, int64_t now)
{
	struct due d;

	due_find(s, j, now, &d);
	record_oldest(s, j, &d, SCHEDULE_SKIPPED, d.count);
	job_count(s, j, SCHEDULE_SKIPPED, d.count - 1);
	j->mark = due_at(&d, 0);
	job_plan(s, j, j->mark);
}
