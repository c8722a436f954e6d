/* Batches between the fold and the writer. Two exist: one is filled while the
 * other is committed. */
#include "house/gate_parts.h"

#include <event2/event.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/logger.h"
#include "base/memory.h"
#include "engine/entry.h"

enum { HISTORY_ROWS = 8192, BATCH_WAIT_US = 2000, LETTER_MOST = 8192 };

/* A call that waits for its fold, and then for its commit. */
struct call {
	struct call      *next;
	uint64_t          seq;
	gate_answer      *answer;
	void             *context;
	bool              has_error;
	struct lift_error error;
	struct text       rows;
};

struct waiter {
	struct waiter *next;
	batch_told    *told;
	void          *context;
};

/* ---- the writer ---------------------------------------------------------- */

/* Who waits for an entry waits for the batch before its own as well: a batch
 * is no larger than pays. While history comes in, nobody waits. */
static bool
batch_is_full(const struct gate *g)
{
	uint32_t history = watermark_offline(
	    engine_watermark(g->parts.engine));

	return batch_rows(g->filling) >= (history != 0 ? HISTORY_ROWS :
	    store_worth(g->parts.store));
}

static void
gate_submit(struct gate *g)
{
	/* While a batch is announced there is no other to fill: whoever is told
	 * may bring enough for a full one. It goes right after. */
	if (g->busy || g->spare == NULL || batch_is_empty(g->filling))
		return;
	metric_add(g->commits, 1);
	metric_set(g->batch_size, (int64_t)batch_entries(g->filling));
	g->submitted = g->seq;
	g->busy = true;
	writer_submit(g->writer, g->filling);
	g->filling = g->spare;
	g->spare = NULL;
	event_del(g->late);
	g->scheduled = false;
}

static void
gate_open(struct gate *g)
{
	struct waiter *w = g->openers, *next;

	g->openers = NULL;
	for (; w != NULL; w = next) {
		next = w->next;
		w->told(w->context);
		memory_give(w);
	}
}

static void
gate_committed_now(struct gate *g, struct batch *b)
{
	g->busy = false;
	g->committed = g->submitted;
	metric_note(g->commit_time, writer_last_commit(g->writer));
	g->spare = NULL;
	batch_announce(b);
	feed_commit(g->parts.feed, g->committed);
	batch_clear(b);
	g->spare = b;
	/* What was filled meanwhile goes at once: the writer is idle. */
	gate_submit(g);
	if (!gate_is_full(g))
		gate_open(g);
}

static void
gate_look(struct gate *g)
{
	struct lift_error err = { 0 };
	bool failing = writer_is_failing(g->writer, &err);

	if (failing && !g->failing)
		logger_line(LIFT_ERR, "store", "%s; new work is refused until "
		    "it works again", err.text);
	if (!failing && g->failing)
		logger_line(LIFT_NOTICE, "store", "works again");
	metric_set(g->failures, failing);
	g->failing = failing;
	struct batch *b = writer_poll(g->writer);
	if (b != NULL)
		gate_committed_now(g, b);
}

static void
on_wake(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	gate_look(context);
}

/* On the writer's thread: event_active is the one call that may come from
 * there. */
static void
wake_loop(void *context)
{
	struct gate *g = context;

	event_active(g->wake, EV_READ, 0);
}

static void
on_idle(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	gate_submit(context);
}

/* The batch closes when the loop comes to the idle event, which has the lowest
 * priority, or at the latest after two milliseconds. */
static void
gate_schedule(struct gate *g)
{
	static const struct timeval latest = { 0, BATCH_WAIT_US };

	if (batch_is_full(g)) {
		gate_submit(g);
		return;
	}
	if (g->scheduled)
		return;
	g->scheduled = true;
	event_active(g->idle, EV_TIMEOUT, 0);
	event_add(g->late, &latest);
}

bool
gate_is_full(const struct gate *g)
{
	return engine_is_full(g->parts.engine) ||
	    (g->busy && batch_is_full(g));
}

void
gate_when_open(struct gate *g, batch_told *told, void *context)
{
	struct waiter *w = memory_take(sizeof(*w));

	w->told = told;
	w->context = context;
	w->next = g->openers;
	g->openers = w;
}

bool
gate_refuses(struct gate *g, struct lift_error *err)
{
	struct lift_error why;

	if (g->sealed) {
		lift_fail(err, LIFT_E_STORE, "nothing can be stored now: liftd "
		    "moves to another store and starts again in a moment");
		err->again = true;
		return true;
	}
	if (!g->failing || !writer_is_failing(g->writer, &why))
		return false;
	lift_fail(err, LIFT_E_STORE, "nothing can be stored now: %s",
	    why.text);
	err->again = true;
	return true;
}

bool
gate_is_failing(struct gate *g, struct lift_error *ret_error)
{
	return writer_is_failing(g->writer, ret_error);
}

/* ---- numbering and folding ----------------------------------------------- */

/* Gives ENTRY its seq, folds it, and puts it into the batch. */
static void
gate_fold(struct gate *g, struct lift_entry *e)
{
	struct arena *arena = batch_arena(g->filling);
	struct store_entry row = { .kind = e->kind, .time = e->time,
		.received = e->received };

	e->seq = row.seq = ++g->seq;
	text_clear(&g->body);
	entry_encode(&g->body, e);
	row.body = arena_text(arena, text_view(&g->body));
	row.id = arena_text(arena, e->id);
	text_clear(&g->body);
	entry_key(&g->body, e);
	row.key = arena_text(arena, text_view(&g->body));
	batch_entry(g->filling, &row);
	engine_fold(g->parts.engine, e);
	gate_schedule(g);
}

void
gate_effect(void *context, const struct effect *e)
{
	struct gate *g = context;
	struct arena *arena = batch_arena(g->filling);
	struct text body = { 0 };

	feed_effect(g->parts.feed, e);
	if (!e->topic->durable)
		return;
	effect_body(&body, e, engine_world(g->parts.engine));
	struct store_effect row = { .seq = e->seq, .ordinal = e->ordinal,
		.time = e->time, .id = lift_text(arena_string(arena, e->id)),
		.topic = lift_text(e->topic->name),
		.key = arena_text(arena, e->key),
		.body = arena_text(arena, text_view(&body)),
		.reasons = arena_text(arena, e->reasons) };
	text_done(&body);
	batch_effect(g->filling, &row);
}

/* ---- events -------------------------------------------------------------- */

void
gate_letter(struct gate *g, struct lift_text source, struct lift_text input,
    const char *reason)
{
	struct arena *arena = batch_arena(g->filling);

	if (input.size > LETTER_MOST)
		input.size = LETTER_MOST;
	struct store_letter letter = { .received = clock_now(),
		.source = arena_text(arena, source),
		.reason = lift_text(arena_string(arena, reason)),
		.body = arena_text(arena, input) };
	batch_letter(g->filling, &letter);
	gate_schedule(g);
}

void
gate_refuse(struct gate *g, uint32_t source, struct lift_text json,
    const struct lift_error *err)
{
	gate_letter(g, watermark_name(engine_watermark(g->parts.engine),
	    source), json, err->text);
	metric_add(g->refused, 1);
}

uint32_t
gate_token(struct gate *g, struct lift_text id)
{
	bool fresh;
	uint32_t token = identity_token(g->parts.identity, id, &fresh);

	if (fresh)
		batch_shopper(g->filling, &(struct store_shopper){ token,
		    arena_text(batch_arena(g->filling), id) });
	return token;
}

static enum gate_result
event_admit(struct gate *g, uint32_t source, struct event *event)
{
	struct lift_entry *first = &event->entries[0];

	if (!engine_admit(g->parts.engine, first->id, first->received)) {
		metric_add(g->known, 1);
		return GATE_KNOWN;
	}
	/* Who was merged into somebody is that one from now on. */
	uint32_t token = persons_of(engine_persons(g->parts.engine),
	    gate_token(g, event->shopper));
	struct lift_text shopper = identity_id(g->parts.identity, token);
	for (unsigned i = 0; i < event->count; i++) {
		struct lift_entry *e = &event->entries[i];
		/* The lines of an order share its first line's fate. */
		if (i > 0)
			engine_admit(g->parts.engine, e->id, e->received);
		e->source = source;
		e->shopper = token;
		gate_fold(g, e);
		feed_entry(g->parts.feed, e, shopper);
	}
	metric_add(g->stored, event->count);
	return GATE_STORED;
}

/* An event on its way in: as JSON, as it came, and the id that it gets if it
 * brings none (empty: one is made). */
struct offer {
	uint32_t         source;
	struct lift_text json, original, id;
};

static enum gate_result
event_take(struct gate *g, const struct offer *o, struct lift_error *err)
{
	const struct watermark *w = engine_watermark(g->parts.engine);
	bool live = watermark_class(w, o->source) == SOURCE_LIVE;
	struct event_context context = { .received = clock_now(),
		.ahead = live ? g->parts.ahead : 0,
		.currency = g->parts.currency, .position = g->position++,
		.id = o->id };
	struct event event;

	if (gate_refuses(g, err))
		return GATE_REFUSED;
	arena_clear(g->scratch);
	if (!event_read(o->json, g->scratch, &context, &event, err)) {
		gate_refuse(g, o->source, o->original, err);
		return GATE_REFUSED;
	}
	g->made_id = event.made_id;
	text_clear(&g->id);
	text_add(&g->id, event.entries[0].id.data, event.entries[0].id.size);
	return event_admit(g, o->source, &event);
}

enum gate_result
gate_event(struct gate *g, uint32_t source, struct lift_text json,
    struct lift_text *ret_id, struct lift_error *err)
{
	enum gate_result result = gate_event_named(g, source, json,
	    LIFT_TEXT_OF(""), err);

	if (ret_id != NULL)
		*ret_id = text_view(&g->id);
	return result;
}

enum gate_result
gate_event_named(struct gate *g, uint32_t source, struct lift_text json,
    struct lift_text id, struct lift_error *err)
{
	struct offer o = { source, json, json, id };

	return event_take(g, &o, err);
}

enum gate_result
gate_event_of(struct gate *g, uint32_t source, struct lift_text json,
    struct lift_text original, struct lift_error *err)
{
	struct offer o = { source, json, original, LIFT_TEXT_OF("") };

	return event_take(g, &o, err);
}

enum gate_result
gate_put(struct gate *g, struct lift_entry *e)
{
	engine_prefetch(g->parts.engine, e);
	if (!engine_admit(g->parts.engine, e->id, e->received)) {
		metric_add(g->known, 1);
		return GATE_KNOWN;
	}
	gate_fold(g, e);
	metric_add(g->stored, 1);
	return GATE_STORED;
}

void
gate_trait(struct gate *g, uint32_t token, struct lift_text name,
    struct lift_text value)
{
	struct arena *arena = batch_arena(g->filling);

	batch_trait(g->filling, &(struct store_trait){ token,
	    arena_text(arena, name), arena_text(arena, value) });
	gate_schedule(g);
}

void
gate_change(struct gate *g, int64_t ahead, uint32_t currency)
{
	g->parts.ahead = ahead;
	g->parts.currency = currency;
}

bool
gate_made_id(const struct gate *g)
{
	return g->made_id;
}

/* ---- other entries ------------------------------------------------------- */

static void
entry_put(struct gate *g, enum lift_entry_kind kind, uint32_t source,
    struct lift_text body, struct lift_text id)
{
	const struct watermark *w = engine_watermark(g->parts.engine);
	int64_t now = clock_now(), moment = watermark_moment(w).now;
	char made[48];

	snprintf(made, sizeof(made), "%s-%llu", entry_kind_name(kind),
	    (unsigned long long)g->seq + 1);
	/* While a source has a clock of its own, what is done is done at its
	 * time: to stop a simulated promotion is to stop it there. */
	struct lift_entry e = { .kind = (uint8_t)kind, .time =
		watermark_offline(w) != 0 && moment > 0 ? moment : now,
		.received = now, .source = source, .body = body,
		.id = id.size > 0 ? id : lift_text(made) };
	gate_fold(g, &e);
}

bool
gate_entry(struct gate *g, enum lift_entry_kind kind, uint32_t source,
    struct lift_text body, struct lift_error *err)
{
	if (gate_refuses(g, err))
		return false;
	entry_put(g, kind, source, body, LIFT_TEXT_OF(""));
	return true;
}

enum gate_result
gate_entry_named(struct gate *g, enum lift_entry_kind kind,
    struct lift_text body, struct lift_text id, struct lift_error *err)
{
	if (gate_refuses(g, err))
		return GATE_REFUSED;
	if (!engine_admit(g->parts.engine, id, clock_now()))
		return GATE_KNOWN;
	entry_put(g, kind, 0, body, id);
	return GATE_STORED;
}

bool
gate_tick(struct gate *g, uint32_t source, int64_t time,
    struct lift_error *err)
{
	char id[32];

	if (gate_refuses(g, err))
		return false;
	snprintf(id, sizeof(id), "t-%llu", (unsigned long long)g->seq + 1);
	struct lift_entry e = { .kind = LIFT_ENTRY_TICK, .time = time,
		.received = time, .source = source, .id = lift_text(id) };
	gate_fold(g, &e);
	return true;
}

static void
call_told(void *context)
{
	struct call *c = context;

	c->answer(c->context, c->has_error ? &c->error : NULL,
	    text_view(&c->rows));
	text_done(&c->rows);
	memory_give(c);
}

void
gate_called(void *context, const struct engine_result *result)
{
	struct gate *g = context;
	struct call *c = g->folding;

	if (c == NULL)
		return;
	c->has_error = result->error != NULL;
	if (c->has_error)
		c->error = *result->error;
	text_add(&c->rows, result->rows.data, result->rows.size);
}

bool
gate_call(struct gate *g, struct lift_text body, struct lift_text key,
    gate_answer *answer, void *context, struct lift_error *err)
{
	if (gate_refuses(g, err))
		return false;
	if (key.size > 0 && !engine_admit(g->parts.engine, key, clock_now()))
		return lift_fail(err, LIFT_E_BUSY, "this was carried out "
		    "already, as the entry \"%.*s\"", (int)key.size,
		    key.data);
	struct call *c = memory_take(sizeof(*c));
	c->answer = answer;
	c->context = context;
	g->folding = c;
	/* The batch may be handed over inside of entry_put. */
	batch_tell(g->filling, call_told, c);
	entry_put(g, LIFT_ENTRY_CALL, 0, body, key);
	g->folding = NULL;
	return true;
}

void
gate_settled(struct gate *g, batch_told *told, void *context)
{
	if (!g->busy && batch_is_empty(g->filling)) {
		told(context);
		return;
	}
	batch_tell(g->filling, told, context);
	gate_schedule(g);
}

/* ---- the gate itself ----------------------------------------------------- */

static void
gate_measure(struct gate *g)
{
	struct metrics *m = g->parts.metrics;

	g->stored = metric_of(m, METRIC_COUNTER, "events_total",
	    "result=\"stored\"", "events by what became of them");
	g->known = metric_of(m, METRIC_COUNTER, "events_total",
	    "result=\"known\"", "events by what became of them");
	g->refused = metric_of(m, METRIC_COUNTER, "events_total",
	    "result=\"refused\"", "events by what became of them");
	g->commits = metric_of(m, METRIC_COUNTER, "commits_total", NULL,
	    "batches given to the store");
	g->batch_size = metric_of(m, METRIC_GAUGE, "batch_entries", NULL,
	    "entries in the newest batch");
	g->commit_time = metric_of(m, METRIC_HISTOGRAM,
	    "commit_duration_seconds", NULL, "how long a commit took");
	g->failures = metric_of(m, METRIC_GAUGE, "store_failing", NULL,
	    "1 while the store refuses");
}

struct gate *
gate_new(const struct gate_parts *parts, struct lift_error *err)
{
	struct gate *g = memory_take(sizeof(*g));

	g->parts = *parts;
	g->seq = g->committed = g->submitted = engine_seq(parts->engine);
	g->filling = batch_new();
	g->spare = batch_new();
	g->scratch = arena_new();
	g->wake = event_new(parts->base, -1, EV_READ | EV_PERSIST, on_wake, g);
	g->idle = event_new(parts->base, -1, 0, on_idle, g);
	g->late = event_new(parts->base, -1, 0, on_idle, g);
	event_priority_set(g->wake, 0);
	event_priority_set(g->late, 0);
	event_priority_set(g->idle, 2);
	gate_measure(g);
	g->writer = writer_new(parts->store, wake_loop, g);
	if (g->writer == NULL) {
		lift_fail(err, LIFT_E_SYSTEM, "the writer's thread cannot be "
		    "started");
		gate_free(g, 0);
		return NULL;
	}
	return g;
}

bool
gate_finish(struct gate *g, int64_t patience)
{
	/* One batch is with the writer, one is filled, and whoever is told of
	 * these may have begun a third. */
	for (int i = 0; i < 4; i++) {
		gate_submit(g);
		if (!writer_wait(g->writer, patience))
			return false;
		gate_look(g);
	}
	return !g->busy && batch_is_empty(g->filling);
}

bool
gate_free(struct gate *g, int64_t patience)
{
	bool ok = true;

	if (g == NULL)
		return true;
	if (g->writer != NULL) {
		ok = gate_finish(g, patience);
		ok = writer_free(g->writer, 0) && ok;
	}
	event_free(g->wake);
	event_free(g->idle);
	event_free(g->late);
	batch_free(g->filling);
	batch_free(g->spare);
	arena_free(g->scratch);
	text_done(&g->id);
	text_done(&g->body);
	memory_give(g);
	return ok;
}

void
gate_seal(struct gate *g, bool sealed)
{
	g->sealed = sealed;
}

bool
gate_is_still(const struct gate *g)
{
	return !g->busy && batch_is_empty(g->filling);
}

void
gate_run(struct gate *g, const struct store_run *run)
{
	struct arena *arena = batch_arena(g->filling);
	struct store_run row = *run;

	row.job = arena_text(arena, run->job);
	row.state = arena_text(arena, run->state);
	row.detail = arena_text(arena, run->detail);
	batch_run(g->filling, &row);
	gate_schedule(g);
}

void
gate_do(struct gate *g, batch_chore *chore, void *context)
{
	batch_do(g->filling, chore, context);
	gate_schedule(g);
}

void
gate_cursor(struct gate *g, struct lift_text name, uint64_t seq)
{
	batch_cursor(g->filling, &(struct store_cursor){ name, seq });
	gate_schedule(g);
}

uint64_t
gate_seq(const struct gate *g)
{
	return g->seq;
}

uint64_t
gate_committed(const struct gate *g)
{
	return g->committed;
}
