/* Alerts: one a promotion and episode, revised as evidence grows, and moved
 * through its life by what others do about it. */
#include "detection.h"

#include <math.h>
#include <stdlib.h>

#include "sheet.h"

const char *const alert_status_names[] = { "pending", "strategy_generated",
	"action_taken", "resolved", "dismissed", "expired", NULL };
const char *const alert_severity_names[] = { "low", "medium", "high", NULL };

/* ---- life cycle -------------------------------------------------------- */

/* What leads where from each status; ALERT_STATUSES: nowhere. */
static const uint8_t next_status[ALERT_STATUSES][ALERT_EVENTS] = {
	[ALERT_PENDING] = {
		[EVENT_STRATEGY] = ALERT_STRATEGY,
		[EVENT_ACTION] = ALERT_ACTION,
		[EVENT_DISMISS] = ALERT_DISMISSED,
		[EVENT_UNDO] = ALERT_STATUSES,
		[EVENT_MEASURED] = ALERT_STATUSES,
		[EVENT_EXPIRE] = ALERT_EXPIRED },
	[ALERT_STRATEGY] = {
		[EVENT_STRATEGY] = ALERT_STATUSES,
		[EVENT_ACTION] = ALERT_ACTION,
		[EVENT_DISMISS] = ALERT_DISMISSED,
		[EVENT_UNDO] = ALERT_STATUSES,
		[EVENT_MEASURED] = ALERT_STATUSES,
		[EVENT_EXPIRE] = ALERT_EXPIRED },
	[ALERT_ACTION] = {
		[EVENT_STRATEGY] = ALERT_STATUSES,
		[EVENT_ACTION] = ALERT_STATUSES,
		[EVENT_DISMISS] = ALERT_DISMISSED,
		[EVENT_UNDO] = ALERT_PENDING,
		[EVENT_MEASURED] = ALERT_RESOLVED,
		[EVENT_EXPIRE] = ALERT_STATUSES },
	[ALERT_RESOLVED] = {
		[EVENT_STRATEGY] = ALERT_STATUSES,
		[EVENT_ACTION] = ALERT_ACTION,
		[EVENT_DISMISS] = ALERT_DISMISSED,
		[EVENT_UNDO] = ALERT_PENDING,
		[EVENT_MEASURED] = ALERT_STATUSES,
		[EVENT_EXPIRE] = ALERT_STATUSES },
	[ALERT_DISMISSED] = {
		[EVENT_STRATEGY] = ALERT_STATUSES,
		[EVENT_ACTION] = ALERT_ACTION,
		[EVENT_DISMISS] = ALERT_STATUSES,
		[EVENT_UNDO] = ALERT_PENDING,
		[EVENT_MEASURED] = ALERT_STATUSES,
		[EVENT_EXPIRE] = ALERT_STATUSES },
	[ALERT_EXPIRED] = {
		[EVENT_STRATEGY] = ALERT_STATUSES,
		[EVENT_ACTION] = ALERT_ACTION,
		[EVENT_DISMISS] = ALERT_DISMISSED,
		[EVENT_UNDO] = ALERT_STATUSES,
		[EVENT_MEASURED] = ALERT_STATUSES,
		[EVENT_EXPIRE] = ALERT_STATUSES },
};

enum alert_status
alert_next(enum alert_status from, enum alert_event event, bool has_strategy)
{
	uint8_t to = next_status[from][event];

	/* What is undone stands where it stood, with its strategy. */
	if (event == EVENT_UNDO && to == ALERT_PENDING && has_strategy)
		return ALERT_STRATEGY;
	return (enum alert_status)to;
}

static bool
is_closed(const struct alert *a)
{
	return a->status == ALERT_RESOLVED || a->status == ALERT_DISMISSED ||
	    a->status == ALERT_EXPIRED;
}

/* ---- telling ----------------------------------------------------------- */

static struct lift_value
json_of(const struct note *n, const char *otherwise)
{
	struct lift_value v = lift_value_text(n->data != NULL ?
	    (struct lift_text){ n->data, n->size } : lift_text(otherwise));

	v.type = LIFT_JSON;
	return v;
}

static struct lift_value
number(double x, int digits)
{
	return isfinite(x) ? LIFT_VALUE_NUMBER(rounded(x, digits)) :
	    LIFT_VALUE_NULL;
}

static struct lift_value
text_or_null(const char *s)
{
	return s[0] != '\0' ? lift_value_text(lift_text(s)) :
	    LIFT_VALUE_NULL;
}

static struct lift_text
title_of(const struct detection *d, uint32_t product)
{
	const struct lift_product *p = d->host->product(d->host, product);

	return p != NULL && p->title.size > 0 ? p->title :
	    d->host->product_name(d->host, product);
}

void
alert_values(const struct detection *d, const struct alert *a,
    struct lift_value ret[ALERT_FIELDS], char currency[4])
{
	double less = a->predicted - (double)a->actual;

	for (int k = 0; k < 3; k++)
		currency[k] = (char)(a->currency >> 8 * k);
	currency[3] = '\0';
	const struct lift_value values[ALERT_FIELDS] = {
		lift_value_text(lift_text(a->id)),
		LIFT_VALUE_INT(a->revision),
		lift_value_text(lift_text(alert_status_names[a->status])),
		lift_value_text(lift_text(alert_severity_names[a->severity])),
		LIFT_VALUE_PROMOTION(a->promotion),
		LIFT_VALUE_PRODUCT(a->product),
		lift_value_text(title_of(d, a->product)),
		number(a->original_price, 4), number(a->promo_price, 4),
		lift_value_text(lift_text(currency)), number(a->discount, 2),
		LIFT_VALUE_TIME(a->time), LIFT_VALUE_INT(a->actual),
		number(a->predicted, 2), number(less, 2),
		number(100 * a->share, 2), number(a->loss_amount, 2),
		number(a->confidence, 4),
		lift_value_text((struct lift_text){ a->summary.data,
		    a->summary.size }),
		json_of(&a->victims_json, "[]"), json_of(&a->evidence, "[]"),
		json_of(&a->net, "{}"), LIFT_VALUE_PROMOTION(a->promotion),
		LIFT_VALUE_TIME(a->started), d->store.size > 0 ?
		lift_value_text(d->store) : LIFT_VALUE_NULL,
		text_or_null(a->burst.id),
		text_or_null(a->burst.queued), a->burst.events > 0 ?
		LIFT_VALUE_INT(a->burst.events) : LIFT_VALUE_NULL,
		json_of(&a->catalogue, "{}"),
	};
	memcpy(ret, values, sizeof(values));
}

void
alert_tell(struct detection *d, struct alert *a, int64_t time)
{
	struct lift_value values[ALERT_FIELDS];
	char identity[320], currency[4];
	int n;

	a->time = time;
	a->revision++;
	a->told_loss = a->predicted - (double)a->actual;
	n = snprintf(identity, sizeof(identity), "%s %u", a->id, a->revision);
	alert_values(d, a, values, currency);
	d->host->emit_because(d->host, &(struct lift_effect){
		.topic = TOPIC_ALERT, .time = time, .key = lift_text(a->id),
		.identity = { identity, (size_t)n }, .values = values },
	    (struct lift_text){ a->reasons.data, a->reasons.size });
	d->host->count(d->host, "alerts_told_total", 1);
}

/* ---- opening ----------------------------------------------------------- */

static void
note_free(struct note *n)
{
	free(n->data);
	*n = (struct note){ 0 };
}

struct note *
alert_note(struct alert *a, unsigned place)
{
	struct note *notes[ALERT_NOTES] = { &a->summary, &a->victims_json,
		&a->evidence, &a->net, &a->strategy, &a->feedback,
		&a->action, &a->reasons, &a->catalogue };

	return place < ALERT_NOTES ? notes[place] : NULL;
}

static void
alert_free(struct alert *a)
{
	for (unsigned k = 0; k < ALERT_NOTES; k++)
		note_free(alert_note(a, k));
}

/* Forgets the oldest that is closed, or else the oldest whose promotion is
 * over: the store has all of them. */
static void
alert_forget(struct detection *d)
{
	uint32_t at = NONE;

	for (uint32_t k = 0; k < d->alert_count && at == NONE; k++)
		if (is_closed(&d->alerts[k]) && d->alerts[k].campaign == NONE)
			at = k;
	for (uint32_t k = 0; k < d->alert_count && at == NONE; k++)
		if (d->alerts[k].campaign == NONE)
			at = k;
	if (at == NONE)
		return;
	alert_free(&d->alerts[at]);
	memmove(d->alerts + at, d->alerts + at + 1,
	    (d->alert_count - at - 1) * sizeof(*d->alerts));
	d->alert_count--;
	d->alerts_dropped++;
	for (uint32_t k = 0; k < d->campaign_count; k++)
		if (d->campaigns[k].alert != NONE && d->campaigns[k].alert > at)
			d->campaigns[k].alert--;
}

struct alert *
alert_find(const struct detection *d, struct lift_text id)
{
	for (uint32_t k = d->alert_count; k-- > 0;)
		if (lift_text_equal(id, lift_text(d->alerts[k].id)))
			return &d->alerts[k];
	return NULL;
}

static void
alert_id(const struct detection *d, const struct campaign *c, char ret[256])
{
	struct lift_text name = d->host->promotion_name(d->host,
	    c->promotion);
	struct sheet s = { 0 };

	sheet_form(&s, "{");
	sheet_time(&s, "", c->started);
	/* {"":"2026-11-20T15:16:17Z" */
	const char *t = s.data + 5;
	snprintf(ret, 256, "ALERT-%.*s-%.4s%.2s%.2s%.2s%.2s%s%.*s",
	    (int)name.size, name.data, t, t + 5, t + 8, t + 11, t + 14,
	    d->store.size > 0 ? "-" : "", (int)d->store.size, d->store.data);
	sheet_done(&s);
}

static struct alert *
alert_open(struct detection *d, uint32_t campaign)
{
	struct campaign *c = &d->campaigns[campaign];
	char id[256];

	alert_id(d, c, id);
	struct alert *a = alert_find(d, lift_text(id));
	if (a == NULL) {
		if (d->alert_count >= d->settings->alerts)
			alert_forget(d);
		d->alerts = grown(d->alerts, d->alert_count, &d->alert_room,
		    sizeof(*d->alerts));
		a = &d->alerts[d->alert_count++];
		clean(a, sizeof(*a));
		a->promotion = c->promotion;
		a->product = d->pairs[c->pairs[0]].product;
		a->started = c->started;
		snprintf(a->id, sizeof(a->id), "%s", id);
	}
	a->campaign = campaign;
	c->alert = (uint32_t)(a - d->alerts);
	return a;
}

static uint32_t
victims_of(const struct detection *d, const struct campaign *c)
{
	uint32_t count = 0;

	for (uint32_t k = c->promoted; k < c->complements; k++)
		count += d->pairs[c->pairs[k]].is_true;
	return count;
}

/* True if another burst has run for the promotion since, or more of it. */
static bool
alert_burst(struct detection *d, struct alert *a)
{
	const struct burst *b = burst_of(d, a->promotion, a->started);

	if (b == NULL || (b->events == a->burst.events &&
	    strcmp(b->id, a->burst.id) == 0))
		return false;
	a->burst = *b;
	return true;
}

void
alert_consider(struct detection *d, uint32_t campaign, bool is_end)
{
	struct campaign *c = &d->campaigns[campaign];
	int64_t time = (d->next + 1) * d->settings->window;

	if (c->alert == NONE && victims_of(d, c) == 0)
		return;
	bool is_new = c->alert == NONE;
	struct alert *a = is_new ? alert_open(d, campaign) :
	    &d->alerts[c->alert];
	uint32_t victims = a->victims;
	uint8_t severity = a->severity;
	account_make(d, a);
	double less = a->predicted - (double)a->actual;
	bool grows = fabs(less - a->told_loss) > d->settings->grows *
	    (a->told_loss > 1 ? a->told_loss : 1);
	bool is_burst = alert_burst(d, a);
	if (is_new || is_end || is_burst || a->victims != victims ||
	    a->severity > severity || grows)
		alert_tell(d, a, time);
}

/* ---- what others say --------------------------------------------------- */

static struct lift_text
text_of(const struct lift_heard *h, const char *name)
{
	struct lift_value v = lift_heard_value(h, name);

	if (v.type != LIFT_TEXT && v.type != LIFT_JSON)
		return (struct lift_text){ "", 0 };
	return (struct lift_text){ v.text, v.size };
}

static void
value_write(const struct detection *d, struct sheet *s, const char *name,
    struct lift_value v)
{
	switch ((enum lift_type)v.type) {
	case LIFT_NUMBER:
		sheet_number(s, name, v.number, 4);
		return;
	case LIFT_TIME:
		sheet_time(s, name, v.whole);
		return;
	default:
		sheet_name(s, name);
	}
	if (v.type == LIFT_JSON)
		sheet_form(s, "%.*s", (int)v.size, v.text);
	else if (v.type == LIFT_TEXT)
		sheet_string(s, (struct lift_text){ v.text, v.size });
	else if (v.type == LIFT_PROMOTION)
		sheet_string(s, d->host->promotion_name(d->host, v.id));
	else if (v.type == LIFT_PRODUCT)
		sheet_string(s, d->host->product_name(d->host, v.id));
	else if (v.type == LIFT_INT)
		sheet_form(s, "%lld", (long long)v.whole);
	else if (v.type == LIFT_BOOL)
		sheet_form(s, "%s", v.yes ? "true" : "false");
	else
		sheet_form(s, "null");
}

static void
heard_keep(const struct detection *d, const struct lift_heard *h,
    struct note *ret)
{
	struct sheet s = { 0 };

	sheet_form(&s, "{");
	for (unsigned k = 0; h->fields[k].name != NULL; k++)
		value_write(d, &s, h->fields[k].name, h->values[k]);
	sheet_form(&s, "}");
	note_free(ret);
	*ret = (struct note){ s.data, s.size };
}

static enum alert_event
action_event(const struct lift_heard *h)
{
	struct lift_text type = text_of(h, "action_type");
	struct lift_text state = text_of(h, "state");

	if (lift_text_equal(state, LIFT_TEXT_OF("undone")) ||
	    lift_text_equal(type, LIFT_TEXT_OF("undo")))
		return lift_text_equal(state, LIFT_TEXT_OF("failed")) ?
		    ALERT_EVENTS : EVENT_UNDO;
	if (!lift_text_equal(state, LIFT_TEXT_OF("applied")))
		return ALERT_EVENTS;
	return lift_text_equal(type, LIFT_TEXT_OF("dismiss")) ?
	    EVENT_DISMISS : EVENT_ACTION;
}

static void
alert_move(struct detection *d, struct alert *a, enum alert_event event,
    int64_t time)
{
	enum alert_status to = alert_next((enum alert_status)a->status, event,
	    a->strategy.data != NULL);

	if (to == ALERT_STATUSES || to == a->status)
		return;
	a->status = (uint8_t)to;
	a->closed = is_closed(a) ? time : 0;
	alert_tell(d, a, time);
}

static void
action_day(struct detection *d, const struct lift_heard *h)
{
	int64_t day = h->time / LIFT_DAY;

	if (!lift_text_equal(text_of(h, "state"), LIFT_TEXT_OF("applied")))
		return;
	if (day != d->action_day)
		d->actions_today = 0;
	d->action_day = day;
	d->actions_today++;
}

void
alert_heard(struct detection *d, const struct lift_heard *h)
{
	struct alert *a;

	if (h->place == HEARS_ACTION)
		action_day(d, h);
	d = store_of_alert(d, text_of(h, "alert_id"));
	a = alert_find(d, text_of(h, "alert_id"));
	if (a == NULL)
		return;
	switch ((enum hears)h->place) {
	case HEARS_STRATEGY:
		heard_keep(d, h, &a->strategy);
		alert_move(d, a, EVENT_STRATEGY, h->time);
		break;
	case HEARS_ACTION:
		heard_keep(d, h, &a->action);
		if (action_event(h) != ALERT_EVENTS)
			alert_move(d, a, action_event(h), h->time);
		break;
	case HEARS_FEEDBACK:
		heard_keep(d, h, &a->feedback);
		alert_move(d, a, EVENT_MEASURED, h->time);
		break;
	}
}

void
alerts_age(struct detection *d, int64_t now)
{
	for (uint32_t k = 0; k < d->alert_count; k++) {
		struct alert *a = &d->alerts[k];
		if (a->campaign == NONE && !is_closed(a) &&
		    now - a->time > d->settings->expires)
			alert_move(d, a, EVENT_EXPIRE, now);
	}
}

void
alerts_free(struct detection *d)
{
	for (uint32_t k = 0; k < d->alert_count; k++)
		alert_free(&d->alerts[k]);
	free(d->alerts);
	d->alerts = NULL;
	d->alert_count = d->alert_room = 0;
}
