/* The state of the plugin in a snapshot: counts, then rows, texts with their
 * length. */
#include "feedback/feedback_parts.h"

#include <stdlib.h>

enum { TEXT_MOST = 1 << 20, ROWS_MOST = 1 << 24 };

/* ---- writing ------------------------------------------------------------- */

static void
put(struct feedback *f, void *out, const void *data, size_t size)
{
	f->host->put(out, data, size);
}

static void
put_whole(struct feedback *f, void *out, int64_t v)
{
	put(f, out, &v, sizeof(v));
}

static void
put_text(struct feedback *f, void *out, const char *s)
{
	size_t n = s != NULL ? strlen(s) : 0;

	put_whole(f, out, (int64_t)n);
	put(f, out, s, n);
}

static void
put_alert(struct feedback *f, void *out, const struct alert *a)
{
	put_text(f, out, a->id);
	put_whole(f, out, a->promotion);
	put_whole(f, out, a->product);
	put_whole(f, out, a->victim_count);
	put(f, out, a->victims, a->victim_count * sizeof(*a->victims));
	put_whole(f, out, a->first);
	put_whole(f, out, a->due);
	put_whole(f, out, a->is_closed | a->is_holdout << 1 |
	    a->was_acted << 2);
}

static void
put_figure(struct feedback *f, void *out, const struct measure_figure *m)
{
	put(f, out, m, sizeof(*m));
}

static void
put_action(struct feedback *f, void *out, const struct action *a)
{
	const char *const texts[] = { a->id, a->alert, a->by, a->reason,
		a->segment, a->problem, a->request, a->feedback };
	const int64_t wholes[] = { a->promotion, a->product, a->type, a->state,
		a->is_automatic, a->time, a->applied, a->due, a->old_price,
		a->new_price, a->currency, a->old_end, a->is_thin,
		a->measured, a->victim_count };
	const struct measure_figure *const figures[] = { &a->score, &a->effect,
		&a->units, &a->revenue, &a->margin, &a->lift };

	for (unsigned i = 0; i < 8; i++)
		put_text(f, out, texts[i]);
	put(f, out, wholes, sizeof(wholes));
	for (unsigned i = 0; i < 6; i++)
		put_figure(f, out, figures[i]);
	put(f, out, &a->before, sizeof(a->before));
	put(f, out, &a->after, sizeof(a->after));
	put(f, out, &a->evidence, sizeof(a->evidence));
	put(f, out, a->victims, a->victim_count * sizeof(*a->victims));
}

static void
put_series(struct feedback *f, void *out)
{
	const struct series *s = &f->series;

	put_whole(f, out, s->newest);
	put_whole(f, out, s->swept);
	uint32_t rows = s->row_count;
	while (rows > 0 && s->rows[rows - 1].count == 0)
		rows--;
	put_whole(f, out, rows);
	for (uint32_t i = 0; i < rows; i++) {
		const struct series_row *r = &s->rows[i];
		put_whole(f, out, r->count);
		put_whole(f, out, r->exposed);
		put(f, out, r->windows, r->count * sizeof(*r->windows));
	}
}

void
keep_save(struct feedback *f, void *out)
{
	put_whole(f, out, (int64_t)f->alert_count);
	for (size_t i = 0; i < f->alert_count; i++)
		put_alert(f, out, &f->alerts[i]);
	put_whole(f, out, (int64_t)f->action_count);
	for (size_t i = 0; i < f->action_count; i++)
		put_action(f, out, &f->actions[i]);
	put_series(f, out);
	put_whole(f, out, (int64_t)f->newest);
	put_whole(f, out, f->day);
	put_whole(f, out, f->today);
	put(f, out, &f->drift, sizeof(f->drift));
	put(f, out, &f->precision, sizeof(f->precision));
	put_whole(f, out, f->holdouts);
}

/* ---- reading ------------------------------------------------------------- */

/* A snapshot being read; once it has failed it stays failed. */
struct in {
	struct feedback *f;
	void            *from;
	bool             failed;
};

static void
take(struct in *in, void *data, size_t size)
{
	if (!in->failed && !in->f->host->take(in->from, data, size))
		in->failed = true;
	if (in->failed)
		memset(data, 0, size);
}

static int64_t
take_whole(struct in *in)
{
	int64_t v;

	take(in, &v, sizeof(v));
	return v;
}

static size_t
take_count(struct in *in, int64_t most)
{
	int64_t n = take_whole(in);

	if (n < 0 || n > most)
		in->failed = true;
	return in->failed ? 0 : (size_t)n;
}

static char *
take_text(struct in *in)
{
	size_t n = take_count(in, TEXT_MOST);
	char *s = feedback_sure(calloc(1, n + 1));

	take(in, s, n);
	return s;
}

static void
take_word(struct in *in, char *word, size_t size)
{
	char *s = take_text(in);

	snprintf(word, size, "%s", s);
	free(s);
}

static uint32_t *
take_ids(struct in *in, uint32_t count)
{
	uint32_t *ids = feedback_sure(calloc(count + 1, sizeof(*ids)));

	take(in, ids, count * sizeof(*ids));
	return ids;
}

static void
take_alert(struct in *in, struct alert *a)
{
	*a = (struct alert){ .id = take_text(in) };
	a->promotion = (uint32_t)take_whole(in);
	a->product = (uint32_t)take_whole(in);
	a->victim_count = (uint32_t)take_count(in, ROWS_MOST);
	a->victims = take_ids(in, a->victim_count);
	a->first = take_whole(in);
	a->due = take_whole(in);
	int64_t bits = take_whole(in);
	a->is_closed = bits & 1;
	a->is_holdout = bits >> 1 & 1;
	a->was_acted = bits >> 2 & 1;
}

static void
take_action(struct in *in, struct action *a)
{
	int64_t w[15];
	struct measure_figure *const figures[] = { &a->score, &a->effect,
		&a->units, &a->revenue, &a->margin, &a->lift };

	*a = (struct action){ 0 };
	take_word(in, a->id, sizeof(a->id));
	a->alert = take_text(in);
	a->by = take_text(in);
	a->reason = take_text(in);
	a->segment = take_text(in);
	a->problem = take_text(in);
	take_word(in, a->request, sizeof(a->request));
	take_word(in, a->feedback, sizeof(a->feedback));
	take(in, w, sizeof(w));
	if (w[2] < 0 || w[2] >= ACTION_TYPES || w[3] < 0 ||
	    w[3] > ACTION_MEASURED || w[14] < 0 || w[14] > ROWS_MOST) {
		in->failed = true;
		return;
	}
	a->promotion = (uint32_t)w[0];
	a->product = (uint32_t)w[1];
	a->type = (uint8_t)w[2];
	a->state = (uint8_t)w[3];
	a->is_automatic = w[4] != 0;
	a->time = w[5];
	a->applied = w[6];
	a->due = w[7];
	a->old_price = w[8];
	a->new_price = w[9];
	a->currency = (uint32_t)w[10];
	a->old_end = w[11];
	a->is_thin = w[12] != 0;
	a->measured = w[13];
	a->victim_count = (uint32_t)w[14];
	for (unsigned i = 0; i < 6; i++)
		take(in, figures[i], sizeof(*figures[i]));
	take(in, &a->before, sizeof(a->before));
	take(in, &a->after, sizeof(a->after));
	take(in, &a->evidence, sizeof(a->evidence));
	a->victims = take_ids(in, a->victim_count);
}

static void
take_series(struct in *in)
{
	struct series *s = &in->f->series;

	s->newest = take_whole(in);
	s->swept = take_whole(in);
	s->row_count = (uint32_t)take_count(in, ROWS_MOST);
	s->rows = feedback_sure(calloc(s->row_count + 1, sizeof(*s->rows)));
	for (uint32_t i = 0; i < s->row_count && !in->failed; i++) {
		struct series_row *r = &s->rows[i];
		r->count = r->room = (uint16_t)take_count(in, SERIES_WINDOWS);
		r->exposed = take_whole(in);
		if (r->count == 0)
			continue;
		r->windows = feedback_sure(calloc(r->count,
		    sizeof(*r->windows)));
		take(in, r->windows, r->count * sizeof(*r->windows));
	}
}

bool
keep_load(struct feedback *f, void *snapshot, struct lift_error *err)
{
	struct in in = { f, snapshot, false };

	f->alert_room = take_count(&in, ROWS_MOST);
	f->alerts = feedback_sure(calloc(f->alert_room + 1,
	    sizeof(*f->alerts)));
	for (size_t i = 0; i < f->alert_room && !in.failed; i++)
		take_alert(&in, &f->alerts[f->alert_count++]);
	f->action_room = take_count(&in, ROWS_MOST);
	f->actions = feedback_sure(calloc(f->action_room + 1,
	    sizeof(*f->actions)));
	for (size_t i = 0; i < f->action_room && !in.failed; i++)
		take_action(&in, &f->actions[f->action_count++]);
	take_series(&in);
	f->newest = take_count(&in, (int64_t)f->alert_count);
	f->day = take_whole(&in);
	f->today = take_whole(&in);
	take(&in, &f->drift, sizeof(f->drift));
	take(&in, &f->precision, sizeof(f->precision));
	f->holdouts = take_whole(&in);
	report_plan(f);
	return !in.failed || lift_fail(err, LIFT_E_INPUT,
	    "the feedback's part of the snapshot is shorter than it says, or "
	    "damaged");
}
