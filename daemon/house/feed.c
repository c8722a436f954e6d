/* Rows are made when they are folded, for watchers whose condition holds then,
 * and wait in the watcher's queue above a mark until they are committed. */
#include "house/feed.h"

#include <assert.h>

#include "base/memory.h"
#include "engine/interaction.h"
#include "house/condition.h"
#include "house/feed_row.h"
#include "house/tape.h"

enum { TAPE_BYTES = 8 << 20, LISTENERS = 4 };

struct row {
	uint64_t seq;
	size_t   size;		/* of the JSON behind it */
};

struct watcher {
	struct feed       *feed;
	struct watcher    *next;
	unsigned           topic;
	struct condition  *where;	/* NULL: everything */
	struct text        queue;	/* rows, each with its head */
	size_t             taken;	/* bytes of the queue that are done */
	size_t             most;
	uint64_t           dropped, shown;	/* rows up to this seq may go */
	feed_wake         *wake;
	void              *context;
	bool               woken;
};

struct feed {
	struct engine  *engine;
	struct watcher *watchers;
	unsigned       *counts;		/* of watchers, by topic */
	uint64_t        committed;
	struct tape    *tape;
	struct want { unsigned count; uint64_t since; } *wants;	/* of it */
	unsigned        wanted;
	uint64_t       *newest;		/* seqs of effects, by topic */
	struct feed_listener { feed_wake *wake; void *context; }
	                listeners[LISTENERS];
};

struct feed *
feed_new(struct engine *en)
{
	struct feed *f = memory_take(sizeof(*f));

	f->engine = en;
	f->counts = memory_take(engine_vocabulary(en)->topic_count *
	    sizeof(*f->counts));
	f->wants = memory_take(engine_vocabulary(en)->topic_count *
	    sizeof(*f->wants));
	f->newest = memory_take(engine_vocabulary(en)->topic_count *
	    sizeof(*f->newest));
	f->tape = tape_new(TAPE_BYTES);
	f->committed = engine_seq(en);
	return f;
}

void
feed_free(struct feed *f)
{
	if (f == NULL)
		return;
	while (f->watchers != NULL)
		watcher_free(f->watchers);
	tape_free(f->tape);
	memory_give(f->wants);
	memory_give(f->newest);
	memory_give(f->counts);
	memory_give(f);
}

/* ---- watchers ------------------------------------------------------------ */

bool
feed_find(const struct feed *f, struct lift_text name, unsigned *ret_topic,
    struct lift_error *err)
{
	const struct vocabulary *v = engine_vocabulary(f->engine);
	const char *nearest = NULL;
	unsigned least = 4;

	for (unsigned i = 0; i < v->topic_count; i++) {
		unsigned d = text_distance(name, lift_text(v->topics[i].name),
		    3);
		if (d == 0) {
			*ret_topic = i;
			return true;
		}
		if (d < least) {
			least = d;
			nearest = v->topics[i].name;
		}
	}
	return lift_fail(err, LIFT_E_USAGE, "there is no topic \"%.*s\"%s%s",
	    (int)name.size, name.data, nearest ? ", perhaps you mean " : "",
	    nearest ? nearest : "");
}

struct watcher *
watcher_new(struct feed *f, struct lift_text topic, struct lift_text where,
    size_t bytes, struct lift_error *err)
{
	struct watcher *w = memory_take(sizeof(*w));

	w->feed = f;
	w->most = bytes;
	w->shown = f->committed;
	if (!feed_find(f, topic, &w->topic, err) || (where.size > 0 &&
	    (w->where = condition_new(f->engine, w->topic, where, err)) ==
	    NULL)) {
		memory_give(w);
		return NULL;
	}
	w->next = f->watchers;
	f->watchers = w;
	f->counts[w->topic]++;
	return w;
}

void
watcher_wake(struct watcher *w, feed_wake *wake, void *context)
{
	w->wake = wake;
	w->context = context;
}

void
watcher_free(struct watcher *w)
{
	if (w == NULL)
		return;
	struct watcher **at = &w->feed->watchers;
	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	w->feed->counts[w->topic]--;
	text_done(&w->queue);
	condition_free(w->where);
	memory_give(w);
}

bool
watcher_take(struct watcher *w, struct lift_text *ret_row)
{
	struct row head;

	w->woken = false;
	if (w->taken == w->queue.size) {
		text_clear(&w->queue);
		w->taken = 0;
		return false;
	}
	memcpy(&head, w->queue.data + w->taken, sizeof(head));
	if (head.seq > w->shown)
		return false;
	*ret_row = (struct lift_text){ w->queue.data + w->taken +
		sizeof(head), head.size };
	w->taken += sizeof(head) + head.size;
	return true;
}

uint64_t
watcher_dropped(struct watcher *w)
{
	uint64_t n = w->dropped;

	w->dropped = 0;
	return n;
}

/* Moves what waits to the front once most of the queue is done with. */
static void
queue_compact(struct watcher *w)
{
	if (w->taken < w->most / 2 || w->taken == 0)
		return;
	memmove(w->queue.data, w->queue.data + w->taken,
	    w->queue.size - w->taken);
	w->queue.size -= w->taken;
	w->taken = 0;
}

static void
watcher_add(struct watcher *w, uint64_t seq, const struct text *json)
{
	struct row head = { seq, json->size };

	queue_compact(w);
	if (w->queue.size - w->taken + sizeof(head) + json->size > w->most) {
		w->dropped++;
		return;
	}
	text_add(&w->queue, &head, sizeof(head));
	text_add(&w->queue, json->data, json->size);
}

/* ---- what is watched ----------------------------------------------------- */

bool
feed_wants(const struct feed *f, unsigned topic)
{
	return f->counts[topic] > 0;
}

struct tape *
feed_tape(const struct feed *f)
{
	return f->tape;
}

void
feed_want(struct feed *f, unsigned topic)
{
	f->counts[topic]++;
	f->wanted++;
	/* What is folded now, committed or not, came before. */
	if (f->wants[topic].count++ == 0)
		f->wants[topic].since = engine_seq(f->engine) + 1;
}

void
feed_leave(struct feed *f, unsigned topic)
{
	f->counts[topic]--;
	f->wants[topic].count--;
	if (--f->wanted == 0)
		tape_clear(f->tape);
}

uint64_t
feed_since(const struct feed *f, unsigned topic)
{
	return f->wants[topic].since;
}

uint64_t
feed_committed(const struct feed *f)
{
	return f->committed;
}

void
feed_listen(struct feed *f, feed_wake *wake, void *context)
{
	unsigned i = 0;

	while (f->listeners[i].wake != NULL)
		i++;
	assert(i < LISTENERS);
	f->listeners[i] = (struct feed_listener){ wake, context };
}

void
feed_unlisten(struct feed *f, void *context)
{
	for (unsigned i = 0; i < LISTENERS; i++)
		if (f->listeners[i].context == context)
			f->listeners[i] = (struct feed_listener){ 0 };
}

uint64_t
feed_newest(const struct feed *f, unsigned topic)
{
	return f->newest[topic];
}

static bool
watcher_wants(struct watcher *w, unsigned topic,
    const struct lift_value *values)
{
	return w->topic == topic &&
	    (w->where == NULL || condition_holds(w->where, values));
}

static void
feed_topic(struct feed *f, unsigned topic, uint64_t seq,
    const struct lift_value *values, const struct text *json)
{
	for (struct watcher *w = f->watchers; w != NULL; w = w->next)
		if (watcher_wants(w, topic, values))
			watcher_add(w, seq, json);
}

/* Onto the tape if somebody wants it there. */
static void
feed_record(struct feed *f, struct tape_row row, const struct text *json)
{
	row.json = text_view(json);
	if (f->wants[row.topic].count > 0 || f->wants[row.also].count > 0)
		tape_add(f->tape, &row);
}

void
feed_effect(struct feed *f, const struct effect *e)
{
	const struct vocabulary *v = engine_vocabulary(f->engine);
	unsigned topic = (unsigned)(e->topic - v->topics);
	struct text json = { 0 };
	struct store_effect row = { .seq = e->seq, .ordinal = e->ordinal,
		.time = e->time, .id = lift_text(e->id),
		.topic = lift_text(e->topic->name) };

	f->newest[topic] = e->seq;
	if (!feed_wants(f, topic))
		return;
	feed_row_effect(&json, &row);
	effect_body(&json, e, engine_world(f->engine));
	text_byte(&json, '}');
	feed_topic(f, topic, e->seq, e->values, &json);
	feed_record(f, (struct tape_row){ .seq = e->seq, .place = e->ordinal,
	    .topic = (uint16_t)topic, .also = (uint16_t)topic }, &json);
	text_done(&json);
}

void
feed_entry(struct feed *f, const struct lift_entry *e,
    struct lift_text shopper)
{
	struct lift_value values[INTERACTION_FIELDS];
	struct text json = { 0 };
	char code[4];

	if (!feed_wants(f, 0) && !feed_wants(f, e->type))
		return;
	interaction_values(e, code, values);
	feed_row_entry(&json, e, shopper);
	feed_topic(f, 0, e->seq, values, &json);
	if (e->type != 0)
		feed_topic(f, e->type, e->seq, values, &json);
	feed_record(f, (struct tape_row){ .seq = e->seq, .place = TAPE_LAST,
	    .topic = e->type, .also = 0 }, &json);
	text_done(&json);
}

void
feed_commit(struct feed *f, uint64_t seq)
{
	struct watcher *next;

	f->committed = seq;
	for (struct watcher *w = f->watchers; w != NULL; w = next) {
		next = w->next;
		w->shown = seq;
		if (w->woken || w->taken == w->queue.size || w->wake == NULL)
			continue;
		w->woken = true;
		w->wake(w->context);
	}
	for (unsigned i = 0; i < LISTENERS; i++)
		if (f->listeners[i].wake != NULL)
			f->listeners[i].wake(f->listeners[i].context);
}
