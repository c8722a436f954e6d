/* What is heard: alerts, and the windows of products that promotions can
 * touch. */
#include "feedback/feedback_parts.h"

#include <jansson.h>
#include <stdlib.h>

enum { ALERTS_MOST = 4096 };

/* ---- windows ------------------------------------------------------------- */

enum { STATS_PRODUCT, STATS_WINDOW, STATS_UNITS, STATS_REVENUE,
	STATS_EXPECTED, STATS_EXPOSED, STATS_PLACES };

static const char *const stats_names[] = { "product", "window", "units",
	"revenue", "expected", "exposed" };

/* There are many windows, so the places of the fields are looked up once. */
static bool
stats_places(struct feedback *f, const struct lift_field *fields)
{
	f->stats_fields = fields;
	for (unsigned i = 0; i < STATS_PLACES; i++) {
		f->stats[i] = -1;
		for (int j = 0; fields[j].name != NULL; j++)
			if (strcmp(fields[j].name, stats_names[i]) == 0)
				f->stats[i] = j;
	}
	for (unsigned i = 0; i < STATS_PLACES; i++)
		if (f->stats[i] < 0)
			return false;
	return true;
}

void
stats_hear(struct feedback *f, const struct lift_heard *h)
{
	if (h->fields != f->stats_fields && !stats_places(f, h->fields))
		f->stats_fields = NULL;
	if (f->stats_fields == NULL)
		return;
	const struct lift_value *product = &h->values[f->stats[STATS_PRODUCT]],
	    *expected = &h->values[f->stats[STATS_EXPECTED]],
	    *revenue = &h->values[f->stats[STATS_REVENUE]];
	bool exposed = h->values[f->stats[STATS_EXPOSED]].yes;
	if (expected->type != LIFT_NUMBER || (!exposed &&
	    !series_knows(&f->series, product->id)))
		return;
	struct series_window w = {
		.start = h->values[f->stats[STATS_WINDOW]].whole,
		.revenue = revenue->type == LIFT_NULL ? 0 : revenue->whole,
		.expected = (float)expected->number,
		.units = (int32_t)h->values[f->stats[STATS_UNITS]].whole };
	series_note(&f->series, product->id, &w, exposed);
}

/* ---- alerts -------------------------------------------------------------- */

struct alert *
alert_find(struct feedback *f, struct lift_text id)
{
	for (size_t i = f->alert_count; i-- > 0;)
		if (lift_text_equal(lift_text(f->alerts[i].id), id))
			return &f->alerts[i];
	return NULL;
}

struct alert *
alert_newest(struct feedback *f)
{
	return f->newest > 0 ? &f->alerts[f->newest - 1] : NULL;
}

void
alert_done(struct alert *a)
{
	free(a->id);
	free(a->victims);
	*a = (struct alert){ 0 };
}

static struct alert *
alert_add(struct feedback *f, struct lift_text id)
{
	if (f->alert_count == ALERTS_MOST) {
		alert_done(&f->alerts[0]);
		memmove(f->alerts, f->alerts + 1,
		    --f->alert_count * sizeof(*f->alerts));
	}
	if (f->alert_count == f->alert_room) {
		f->alert_room = f->alert_room ? f->alert_room * 2 : 64;
		f->alerts = feedback_sure(realloc(f->alerts,
		    f->alert_room * sizeof(*f->alerts)));
	}
	struct alert *a = &f->alerts[f->alert_count++];
	*a = (struct alert){ .id = feedback_text(id) };
	return a;
}

static void
alert_victims(struct feedback *f, struct alert *a, struct lift_value v)
{
	json_t *list = v.type == LIFT_JSON || v.type == LIFT_TEXT ?
	    json_loadb(v.text, v.size, 0, NULL) : NULL, *one;
	size_t i;

	if (list == NULL)
		return;
	a->victims = feedback_sure(realloc(a->victims,
	    (json_array_size(list) + 1) * sizeof(*a->victims)));
	a->victim_count = 0;
	json_array_foreach(list, i, one) {
		const char *name = json_string_value(json_object_get(one,
		    "product_id"));
		uint32_t id = name ? f->host->product_find(f->host,
		    lift_text(name)) : 0;
		if (id != 0)
			a->victims[a->victim_count++] = id;
	}
	json_decref(list);
}

static bool
is_closing(struct lift_value status)
{
	static const char *const words[] = { "resolved", "dismissed",
		"expired" };
	struct lift_text t = { status.text, status.size };

	for (unsigned i = 0; i < 3; i++)
		if (status.type == LIFT_TEXT &&
		    lift_text_equal(t, lift_text(words[i])))
			return true;
	return false;
}

/* Some alerts are left alone by what acts by itself: without them an action
 * would be praised for what would have happened anyway. */
static void
alert_begin(struct feedback *f, struct alert *a, int64_t time)
{
	const struct measure_settings *m = &f->settings->measure;
	double draw = (double)(f->host->random(f->host) >> 11) * 0x1p-53;

	a->first = time;
	a->is_holdout = draw < m->holdout;
	if (a->is_holdout)
		a->due = time + m->settle + m->after;
	report_plan(f);
}

void
alert_hear(struct feedback *f, const struct lift_heard *h)
{
	struct lift_value id = lift_heard_value(h, "alert_id");
	struct lift_text name = { id.text, id.size };

	if (id.type != LIFT_TEXT || id.size == 0)
		return;
	struct alert *a = alert_find(f, name);
	bool fresh = a == NULL;
	if (fresh)
		a = alert_add(f, name);
	f->newest = (size_t)(a - f->alerts) + 1;
	a->promotion = lift_heard_value(h, "promo_id").id;
	a->product = lift_heard_value(h, "product_id").id;
	a->is_closed = is_closing(lift_heard_value(h, "status"));
	alert_victims(f, a, lift_heard_value(h, "victims"));
	if (fresh)
		alert_begin(f, a, h->time);
}
