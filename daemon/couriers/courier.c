/* The window of a courier: what is read, carried, and told to the log. */
#include "couriers/courier_parts.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/errand.h"
#include "base/json.h"
#include "base/memory.h"

enum { AGAIN_S = 1, BEHIND_MOST = 10000, CURSOR_EVERY = 4096 };

static void courier_go_on(struct courier *);

/* ---- the timer ----------------------------------------------------------- */

static void
on_timer(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	courier_go_on(context);
}

/* The next look is this far away, or nearer. */
static void
courier_wait(struct courier *c, int64_t span)
{
	struct timeval tv, set;

	if (span < 0)
		span = 0;
	tv = (struct timeval){ span / LIFT_SECOND, span % LIFT_SECOND };
	if (evtimer_pending(c->timer, &set)) {
		struct timeval now, then;
		event_base_gettimeofday_cached(c->office.house->base, &now);
		evutil_timeradd(&now, &tv, &then);
		if (evutil_timercmp(&set, &then, <))
			return;
	}
	event_add(c->timer, &tv);
}

/* ---- into the log -------------------------------------------------------- */

/* How far the cursor may be once the loads up to now are done. */
static uint64_t
cursor_after(const struct courier *c, uint64_t done)
{
	if (c->first != NULL)
		return c->first->effect.seq == done ? done - 1 : done;
	return c->more && c->place.seq == done ? done - 1 : done;
}

/* Takes loads that are done off the front, and moves the cursor behind them.
 * The gate must be able to take more. */
static void
cursor_move(struct courier *c)
{
	uint64_t to = c->cursor;

	while (c->first != NULL && c->first->state == LOAD_DONE) {
		struct load *l = c->first;
		c->first = l->next;
		c->count--;
		to = l->effect.seq;
		load_free(l);
	}
	if (to != c->cursor)
		to = cursor_after(c, to);
	if (to <= c->cursor)
		return;
	c->cursor = to;
	gate_cursor(c->office.house->gate, lift_text(c->cursor_name), to);
}

static void
answer_write(struct text *t, const struct load *l)
{
	bool ok = l->verdict == LOAD_CARRIED;

	text_byte(t, '{');
	json_member_text(t, "request", l->effect.id);
	json_member_text(t, "courier", l->effect.key);
	json_member_bool(t, "ok", ok);
	if (!ok)
		json_member_string(t, "error", l->error.text);
	else if (l->answer.size > 0) {
		json_comma(t);
		text_add(t, l->answer.data, l->answer.size);
	}
	text_byte(t, '}');
}

/* The entry comes after the cursor, and both into one batch: nothing is
 * submitted while the gate is not full. */
static void
answer_put(struct courier *c, struct load *l)
{
	struct gate *g = c->office.house->gate;
	struct text body = { 0 }, id = { 0 };
	struct lift_error err;

	answer_write(&body, l);
	text_form(&id, "answer-%.*s", (int)l->effect.id.size,
	    l->effect.id.data);
	l->state = LOAD_DONE;
	cursor_move(c);
	if (gate_entry_named(g, LIFT_ENTRY_ANSWER, text_view(&body),
	    text_view(&id), &err) == GATE_REFUSED)
		logger_line(LIFT_ERR, "couriers", "an answer of \"%s\" was "
		    "lost: %s", c->terms.name, err.text);
	text_done(&id);
	text_done(&body);
}

static void
letter_put(struct courier *c, const struct load *l)
{
	char source[80];

	snprintf(source, sizeof(source), "webhook %s", c->terms.name);
	gate_letter(c->office.house->gate, lift_text(source), l->effect.body,
	    l->error.text);
	logger_line(LIFT_ERR, "couriers", "\"%s\" goes on without effect "
	    "%.*s of topic %.*s, which is in the dead letters now: %s",
	    c->terms.name, (int)l->effect.id.size, l->effect.id.data,
	    (int)l->effect.topic.size, l->effect.topic.data, l->error.text);
}

/* Tells the log what came of a load; false while it cannot take more. */
static bool
load_tell(struct courier *c, struct load *l)
{
	struct gate *g = c->office.house->gate;
	struct lift_error err;

	if (gate_is_full(g) || gate_refuses(g, &err))
		return false;
	if (courier_answers(&c->terms)) {
		answer_put(c, l);
		return true;
	}
	if (l->verdict != LOAD_CARRIED)
		letter_put(c, l);
	l->state = LOAD_DONE;
	cursor_move(c);
	return true;
}

static void
loads_tell(struct courier *c)
{
	struct load *l = c->first;

	while (l != NULL) {
		if (l->state != LOAD_OVER) {
			l = l->next;
			continue;
		}
		if (!load_tell(c, l)) {
			courier_wait(c, AGAIN_S * LIFT_SECOND / 10);
			return;
		}
		/* It is gone, and perhaps others behind it. */
		l = c->first;
	}
}

/* ---- what came of a load ------------------------------------------------- */

static void
load_over(struct courier *c, struct load *l)
{
	l->state = LOAD_OVER;
	if (l->verdict == LOAD_CARRIED) {
		c->sent++;
		if (!l->is_cached)
			c->failing_since = 0;
		metric_add(l->is_cached ? c->cached : c->ok, 1);
	} else {
		c->failed++;
		c->last_error = l->error;
	}
}

static void
courier_fails(struct courier *c, const struct load *l)
{
	c->last_error = l->error;
	if (c->failing_since == 0) {
		c->failing_since = clock_now();
		logger_line(LIFT_WARNING, "couriers", "\"%s\" has trouble: %s",
		    c->terms.name, l->error.text);
	}
}

/* Sets when a load is tried again; false when it has been tried enough. */
static bool
load_again(struct courier *c, struct load *l)
{
	int64_t now = clock_monotonic();
	double chance = (double)(arc4random() >> 8) / (1 << 24);
	int64_t wait = retry_wait(l->tries, l->wait, chance);

	if (c->terms.retries >= 0 && l->tries > (unsigned)c->terms.retries)
		return false;
	if (now + wait - l->began > c->terms.give_up)
		return false;
	l->state = LOAD_WAITING;
	l->due = now + wait;
	if (l->halts && c->not_before < l->due)
		c->not_before = l->due;
	return true;
}

static void
line_back(struct courier *c, struct load *l)
{
	unsigned i = 0;

	while (c->lines[i] != NULL)
		i++;
	c->lines[i] = l->line;
	l->line = NULL;
	c->under_way--;
}

static void
load_done(void *context)
{
	struct load *l = context;
	struct courier *c = l->courier;

	line_back(c, l);
	metric_note(c->duration, l->took);
	if (l->verdict == LOAD_ENDED) {
		l->state = LOAD_WAITING;
	} else if (l->verdict == LOAD_AGAIN) {
		courier_fails(c, l);
		metric_add(c->again, 1);
		if (!load_again(c, l)) {
			l->verdict = LOAD_LOST;
			metric_add(c->lost, 1);
			load_over(c, l);
		}
	} else {
		if (l->verdict == LOAD_CARRIED && c->carrier.carried != NULL)
			c->carrier.carried(c->carrier.self, l);
		if (l->verdict == LOAD_LOST && l->trouble)
			courier_fails(c, l);
		if (l->verdict == LOAD_LOST)
			metric_add(c->lost, 1);
		load_over(c, l);
	}
	house_errand_ended(c->office.house);
	courier_go_on(c);
}

static void
load_work(void *context)
{
	struct load *l = context;
	int64_t began = clock_monotonic();

	l->courier->carrier.carry(l->courier->carrier.self, l);
	l->took = clock_monotonic() - began;
}

/* ---- carrying ------------------------------------------------------------ */

static void
load_lose(struct courier *c, struct load *l)
{
	l->verdict = LOAD_LOST;
	load_over(c, l);
}

/* A request asks for now; what was asked while nobody was here is not worth a
 * call. Its entry says when that was: the effect's time may be a simulated
 * one. */
static bool
load_is_old(struct courier *c, struct load *l)
{
	struct store_query q = { .from_seq = l->effect.seq,
		.to_seq = l->effect.seq };
	struct store_entry e;
	int64_t since = clock_now() - c->terms.oldest;

	if (!courier_answers(&c->terms) || l->tries > 0 ||
	    l->effect.time > since)
		return false;
	if (l->received == 0 && store_entries(c->office.reader, &q,
	    &l->error) && store_next_entry(c->office.reader, &e, &l->error))
		l->received = e.received;
	if (l->received == 0 || l->received > since)
		return false;
	lift_fail(&l->error, LIFT_E_LATE, "the request is too old: it was made "
	    "more than %lld s ago", (long long)(c->terms.oldest /
	    LIFT_SECOND));
	metric_add(c->old, 1);
	return true;
}

/* True when a load needs no call. */
static bool
load_is_answered(struct courier *c, struct load *l)
{
	const struct carrier *r = &c->carrier;

	if (r->carry == NULL) {
		lift_fail(&l->error, LIFT_E_MISSING, "no courier is "
		    "configured for \"%.*s\": %s", (int)(l->effect.key.size <
		    64 ? l->effect.key.size : 64), l->effect.key.data,
		    r->absent);
		metric_add(c->lost, 1);
		load_lose(c, l);
		return true;
	}
	if (r->known != NULL && r->known(r->self, l)) {
		l->is_cached = true;
		l->verdict = LOAD_CARRIED;
		load_over(c, l);
		return true;
	}
	if (!load_is_old(c, l))
		return false;
	load_lose(c, l);
	return true;
}

static bool
load_send(struct courier *c, struct load *l, int64_t now)
{
	unsigned i = 0;

	while (i < COURIER_MOST && c->lines[i] == NULL)
		i++;
	l->line = i < COURIER_MOST ? c->lines[i] : post_line_new();
	if (i < COURIER_MOST)
		c->lines[i] = NULL;
	l->tries++;
	if (l->began == 0)
		l->began = now;
	l->wait = 0;
	l->halts = l->trouble = false;
	text_clear(&l->answer);
	l->error = (struct lift_error){ 0 };
	l->state = LOAD_UNDER_WAY;
	c->under_way++;
	house_errand_begun(c->office.house);
	if (errand_run(c->office.house->base, load_work, load_done, l))
		return true;
	house_errand_ended(c->office.house);
	line_back(c, l);
	l->state = LOAD_WAITING;
	l->due = now + AGAIN_S * LIFT_SECOND;
	courier_wait(c, AGAIN_S * LIFT_SECOND);
	return false;
}

/* Sends one load if it may go now; false when no other may go either. */
static bool
load_try(struct courier *c, struct load *l)
{
	int64_t now = clock_monotonic(), wait;

	if (load_is_answered(c, l))
		return true;
	if (l->due > now || c->not_before > now) {
		wait = l->due > c->not_before ? l->due : c->not_before;
		courier_wait(c, wait - now);
		return courier_answers(&c->terms) && c->not_before <= now;
	}
	wait = retry_take(&c->bucket, now);
	if (wait > 0) {
		courier_wait(c, wait);
		return false;
	}
	return load_send(c, l, now);
}

static void
loads_send(struct courier *c)
{
	bool in_order = !courier_answers(&c->terms);

	for (struct load *l = c->first; l != NULL; l = l->next) {
		if (l->state == LOAD_WAITING && (c->under_way >=
		    c->terms.most || !load_try(c, l)))
			return;
		if (in_order && l->state != LOAD_DONE)
			return;
	}
}

/* ---- looking ------------------------------------------------------------- */

bool
courier_has_news(const struct courier *c)
{
	uint64_t committed = gate_committed(c->office.house->gate);

	for (unsigned i = 0; i < c->topic_count; i++) {
		uint64_t newest = feed_newest(c->office.house->feed,
		    c->topics[i]);
		if (newest > c->seen && c->seen < committed)
			return true;
	}
	return false;
}

static void
courier_fill(struct courier *c)
{
	uint64_t committed = gate_committed(c->office.house->gate);
	struct lift_error err;

	if (c->count >= WINDOW / 2 || (!c->more && !courier_has_news(c)))
		return;
	if (!courier_read(c, &err)) {
		c->last_error = err;
		courier_wait(c, AGAIN_S * LIFT_SECOND);
		return;
	}
	if (c->more)
		return;
	c->seen = committed;
	/* So that a start need not look through what is not for us. */
	if (c->first == NULL && committed > c->cursor + CURSOR_EVERY &&
	    !gate_refuses(c->office.house->gate, &err)) {
		c->cursor = committed;
		gate_cursor(c->office.house->gate, lift_text(c->cursor_name),
		    committed);
	}
}

static void
courier_go_on(struct courier *c)
{
	unsigned before;
	struct lift_error err;

	if (c->office.house->stopping ||
	    (c->office.end != NULL && atomic_load(c->office.end) != 0)) {
		loads_tell(c);
		return;
	}
	/* What is answered without a call makes room at once. */
	for (unsigned i = 0; i < 4; i++) {
		courier_fill(c);
		before = c->count;
		loads_send(c);
		loads_tell(c);
		if (c->first != NULL && c->first->state == LOAD_DONE &&
		    !gate_is_full(c->office.house->gate) &&
		    !gate_refuses(c->office.house->gate, &err))
			cursor_move(c);
		if (c->count == before)
			return;
	}
	courier_wait(c, 0);
}

void
courier_look(struct courier *c)
{
	if (c->count < WINDOW / 2 && (c->more || courier_has_news(c)))
		courier_go_on(c);
}

/* ---- coming and going ---------------------------------------------------- */

static bool
topics_find(struct courier *c, struct lift_error *err)
{
	const struct courier_terms *t = &c->terms;
	struct feed *f = c->office.house->feed;
	const struct vocabulary *v = engine_vocabulary(
	    c->office.house->engine);

	if (courier_answers(t))
		return feed_find(f, LIFT_TEXT_OF("request"),
		    &c->topics[c->topic_count++], err);
	for (size_t i = 0; i < t->topics.count && i < COURIER_TOPICS; i++) {
		unsigned *topic = &c->topics[c->topic_count];
		if (!feed_find(f, lift_text(t->topics.items[i]), topic, err))
			return false;
		if (!v->topics[*topic].durable)
			return lift_fail(err, LIFT_E_INPUT, "the topic \"%s\" "
			    "is not kept, so no webhook can be sent it",
			    t->topics.items[i]);
		c->topic_count++;
	}
	return true;
}

static bool
cursor_read(struct courier *c, struct lift_error *err)
{
	struct house *h = c->office.house;

	if (!store_cursor_seq(c->office.reader, lift_text(c->cursor_name),
	    &c->cursor, err))
		return false;
	if (c->cursor == 0 && !courier_answers(&c->terms)) {
		c->cursor = gate_seq(h->gate);
		gate_cursor(h->gate, lift_text(c->cursor_name), c->cursor);
	}
	c->place = (struct courier_place){ c->cursor, UINT32_MAX };
	c->more = true;
	return true;
}

static void
measure_make(struct courier *c)
{
	static const char *const results[] = { "ok", "again", "failed",
		"cached", "too_old" };
	struct metric **const to[] = { &c->ok, &c->again, &c->lost,
		&c->cached, &c->old };
	struct metrics *m = c->office.house->metrics;
	char labels[96];

	for (size_t i = 0; i < 5; i++) {
		snprintf(labels, sizeof(labels), "courier=\"%s\",result=\"%s\"",
		    c->terms.name, results[i]);
		*to[i] = metric_of(m, METRIC_COUNTER, "courier_requests_total",
		    labels, "what couriers carried, by what became of it");
	}
	snprintf(labels, sizeof(labels), "courier=\"%s\"", c->terms.name);
	c->behind = metric_of(m, METRIC_GAUGE, "courier_behind", labels,
	    "effects that wait for a courier, counted up to 10000");
	c->duration = metric_of(m, METRIC_HISTOGRAM,
	    "courier_duration_seconds", labels,
	    "how long calls to the outside took");
}

struct courier *
courier_new(const struct courier_office *office,
    const struct courier_terms *terms, const struct carrier *carrier,
    struct lift_error *err)
{
	struct courier *c = memory_take(sizeof(*c));

	c->office = *office;
	c->terms = *terms;
	c->carrier = *carrier;
	c->bucket.rate = terms->rate;
	if (c->terms.most > COURIER_MOST)
		c->terms.most = COURIER_MOST;
	snprintf(c->cursor_name, sizeof(c->cursor_name), "courier %s",
	    terms->name);
	if (!topics_find(c, err) || !cursor_read(c, err)) {
		courier_free(c);
		return NULL;
	}
	measure_make(c);
	c->timer = event_new(office->house->base, -1, 0, on_timer, c);
	event_priority_set(c->timer, 2);
	courier_wait(c, 0);
	return c;
}

void
courier_free(struct courier *c)
{
	if (c == NULL)
		return;
	if (c->timer != NULL)
		event_free(c->timer);
	while (c->first != NULL) {
		struct load *l = c->first;
		c->first = l->next;
		load_free(l);
	}
	for (unsigned i = 0; i < COURIER_MOST; i++)
		post_line_free(c->lines[i]);
	if (c->carrier.free != NULL)
		c->carrier.free(c->carrier.self);
	memory_give(c);
}

/* ---- how it is doing ----------------------------------------------------- */

static int64_t
next_try(const struct courier *c)
{
	int64_t now = clock_monotonic(), at = 0;

	for (const struct load *l = c->first; l != NULL; l = l->next)
		if (l->state == LOAD_WAITING && l->tries > 0 &&
		    (at == 0 || l->due < at))
			at = l->due;
	return at == 0 ? 0 : clock_now() + (at > now ? at - now : 0);
}

struct courier_view
courier_look_at(struct courier *c)
{
	struct courier_view v = { .name = c->terms.name, .kind =
		c->terms.kind, .cursor = c->cursor, .sent = c->sent,
		.failed = c->failed, .failing_since = c->failing_since,
		.next_try = next_try(c), .last_error = c->last_error.text };

	for (const struct load *l = c->first; l != NULL; l = l->next)
		v.behind += l->state != LOAD_DONE;
	v.behind += courier_unread(c, BEHIND_MOST);
	v.state = c->carrier.carry == NULL ? "off" : c->failing_since != 0 ?
	    "failing" : c->under_way > 0 ? "carrying" : v.behind > 0 ?
	    "waiting" : "idle";
	return v;
}

void
courier_measure(struct courier *c)
{
	metric_set(c->behind, (int64_t)courier_look_at(c).behind);
}
