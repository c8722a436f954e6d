/* What others see of a job: the rows of its runs, its metrics, and the words of
 * both. Metrics are made when first needed: finding one among those of many
 * jobs takes its time. */
#include "schedule/job.h"

#include "base/instant.h"

const char *const schedule_state_names[] = {
	[SCHEDULE_NONE] = "",
	[SCHEDULE_PLANNED] = "planned",
	[SCHEDULE_WAITING] = "waiting",
	[SCHEDULE_LATE] = "late",
	[SCHEDULE_RUNNING] = "running",
	[SCHEDULE_RETRYING] = "retrying",
	[SCHEDULE_DONE] = "done",
	[SCHEDULE_FAILED] = "failed",
	[SCHEDULE_MISSED] = "missed",
	[SCHEDULE_SKIPPED] = "skipped",
	[SCHEDULE_NOTED] = "noted",
	[SCHEDULE_DROPPED] = "dropped",
	NULL
};

/* Missed runs have a counter of their own. */
static const bool is_counted[SCHEDULE_STATES] = {
	[SCHEDULE_RETRYING] = true,
	[SCHEDULE_DONE] = true,
	[SCHEDULE_FAILED] = true,
	[SCHEDULE_SKIPPED] = true,
	[SCHEDULE_NOTED] = true,
};

/* ---- words ----------------------------------------------------------- */

static struct job_words
words_take(struct text *t)
{
	struct job_words w;

	snprintf(w.text, sizeof(w.text), "%s", t->data);
	text_done(t);
	return w;
}

struct job_words
job_time(int64_t time)
{
	struct text t = { 0 };

	instant_write(&t, time);
	return words_take(&t);
}

struct job_words
job_span(int64_t span)
{
	struct text t = { 0 };

	if (span >= LIFT_SECOND)
		span -= span % LIFT_SECOND;
	span_write(&t, span);
	return words_take(&t);
}

/* ---- rows ------------------------------------------------------------ */

void
job_remember(struct job *j, const struct job_row *row,
    struct lift_text detail)
{
	struct job_last *l = &j->last;

	l->state = row->state;
	l->planned = row->planned;
	l->started = row->started;
	l->ended = row->ended;
	l->attempt = row->attempt;
	snprintf(l->detail, sizeof(l->detail), "%.*s",
	    detail.size < sizeof(l->detail) ? (int)detail.size :
	    (int)sizeof(l->detail) - 1, detail.data ? detail.data : "");
}

void
job_record(struct schedule *s, struct job *j, const struct job_row *row,
    const char *form, ...)
{
	char detail[400];
	va_list ap;

	va_start(ap, form);
	vsnprintf(detail, sizeof(detail), form, ap);
	va_end(ap);
	if (row->state != SCHEDULE_PLANNED)
		job_remember(j, row, lift_text(detail));
	if (is_counted[row->state])
		job_count(s, j, row->state, 1);
	s->outside.record(s->outside.context, &(struct store_run){
		.job = j->name, .detail = lift_text(detail),
		.state = lift_text(schedule_state_names[row->state]),
		.planned = row->planned, .started = row->started,
		.ended = row->ended, .attempt = row->attempt });
}

void
job_log(struct schedule *s, struct job *j, enum lift_level level,
    const char *form, ...)
{
	char said[400], line[600];
	va_list ap;

	va_start(ap, form);
	vsnprintf(said, sizeof(said), form, ap);
	va_end(ap);
	snprintf(line, sizeof(line), "job \"%.*s\" %s",
	    j->name.size < 100 ? (int)j->name.size : 100, j->name.data, said);
	s->outside.log(s->outside.context, level, line);
}

/* ---- metrics --------------------------------------------------------- */

/* `job="a \"b\""`: as Prometheus escapes it. */
static void
labels_write(struct text *t, struct lift_text name, const char *state)
{
	text_string(t, "job=\"");
	for (size_t i = 0; i < name.size; i++) {
		char c = name.data[i];
		if (c == '"' || c == '\\')
			text_byte(t, '\\');
		text_string(t, c == '\n' ? "\\n" : (char[]){ c, '\0' });
	}
	text_byte(t, '"');
	if (state != NULL)
		text_form(t, ",state=\"%s\"", state);
}

struct family {
	enum metric_kind kind;
	const char      *name, *meaning;
};

static const struct family
runs = { METRIC_COUNTER, "job_runs_total",
	"Runs of jobs that came to this state; a failed attempt that is tried "
	"again counts as retrying." },
lateness_seconds = { METRIC_HISTOGRAM, "job_lateness_seconds",
	"Start of a run less its planned moment and its jitter." },
duration_seconds = { METRIC_HISTOGRAM, "job_duration_seconds",
	"How long attempts took that came to an end." },
missed_total = { METRIC_COUNTER, "job_missed_total",
	"Runs whose moment passed while liftd was down or asleep." },
next_run = { METRIC_GAUGE, "job_next_run_timestamp_seconds",
	"When the next run starts; 0 for none." };

/* The metric, kept at AT; NULL without a registry. */
static struct metric *
metric_at(struct schedule *s, struct job *j, struct metric **at,
    const struct family *f)
{
	struct text labels = { 0 };
	const char *state = NULL;

	if (*at != NULL || s->metrics == NULL)
		return *at;
	if (f == &runs)
		state = schedule_state_names[at - j->metrics.runs];
	labels_write(&labels, j->name, state);
	*at = metric_of(s->metrics, f->kind, f->name, labels.data, f->meaning);
	text_done(&labels);
	return *at;
}

void
job_count(struct schedule *s, struct job *j, enum schedule_state state,
    int64_t count)
{
	struct metric *m = metric_at(s, j, &j->metrics.runs[state], &runs);

	if (m != NULL)
		metric_add(m, count);
}

void
job_count_missed(struct schedule *s, struct job *j, int64_t count)
{
	struct metric *m = metric_at(s, j, &j->metrics.missed, &missed_total);

	j->missed += count;
	if (m != NULL)
		metric_add(m, count);
}

void
job_note_lateness(struct schedule *s, struct job *j, int64_t lateness)
{
	struct metric *m = metric_at(s, j, &j->metrics.lateness,
	    &lateness_seconds);

	j->lateness = lateness;
	if (m != NULL)
		metric_note(m, lateness);
}

void
job_note_duration(struct schedule *s, struct job *j, int64_t duration)
{
	struct metric *m = metric_at(s, j, &j->metrics.duration,
	    &duration_seconds);

	if (m != NULL)
		metric_note(m, duration > 0 ? duration : 0);
}

void
job_note_next(struct schedule *s, struct job *j)
{
	struct metric *m = metric_at(s, j, &j->metrics.next, &next_run);
	bool none = j->start == CRON_NEVER || j->is_paused || j->rule == NULL;

	if (m != NULL)
		metric_set(m, none ? 0 : j->start);
}
