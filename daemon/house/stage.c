/* The stage: turns of a plugin that makes events up. Such a source has a clock
 * of its own; here that is paced by the wall's, which it never passes, and
 * kept from being faster than the log. A turn is at most TURN_EVENTS long, so
 * that what an operator does reaches the next one. */
#include "house/stage.h"

#include "base/clock.h"
#include "base/memory.h"
#include "house/house_parts.h"

enum { TURN_EVENTS = 512, TURN_MS = 20, LOOK_MS = 100, TURNS = 4 };

/* What one turn has brought, copied. */
struct turn {
	struct lift_stage lend;		/* first: see turn_event */
	struct arena     *arena;
	struct lift_event events[TURN_EVENTS];
	unsigned          count;
};

struct stage {
	struct house *house;
	struct event *timer;
	struct turn   turn;
	uint32_t      source;		/* in the log; 0: none is open */
	int64_t       wall, time;	/* when pace began, and where it stood */
	int64_t       reached;		/* of the newest turn */
	double        speed;
	int64_t       ticked;		/* time of the newest tick */
	bool          complained;
};

/* ---- a turn -------------------------------------------------------------- */

static struct lift_text
keep(struct arena *arena, struct lift_text t)
{
	return t.size > 0 ? arena_text(arena, t) : LIFT_TEXT_OF("");
}

static void
turn_event(struct lift_stage *lend, const struct lift_event *from)
{
	struct turn *t = (struct turn *)lend;

	if (t->count == TURN_EVENTS || from->type >= LIFT_INTERACTIONS)
		return;
	struct lift_event *e = &t->events[t->count++];
	*e = *from;
	e->id = keep(t->arena, from->id);
	e->shopper = keep(t->arena, from->shopper);
	e->product = keep(t->arena, from->product);
	e->promotion = keep(t->arena, from->promotion);
	e->session = keep(t->arena, from->session);
	e->query = keep(t->arena, from->query);
	e->store = keep(t->arena, from->store);
	e->order = keep(t->arena, from->order);
	e->properties = keep(t->arena, from->properties);
}

/* How far the source may go now. */
static int64_t
stage_until(const struct stage *s)
{
	int64_t now = clock_now(), passed = clock_monotonic() - s->wall;

	if (s->speed <= 0 || (double)passed * s->speed >
	    (double)(now - s->time))
		return now;
	return s->time + (int64_t)((double)passed * s->speed);
}

/* Folds what the turn has brought, and a tick behind it. */
static void
turn_fold(struct stage *s, struct turn *t)
{
	struct gate *g = s->house->gate;
	struct lift_error err;

	for (unsigned i = 0; i < t->count; i++)
		gate_made(g, s->source, &t->events[i]);
	if (t->lend.reached > s->reached)
		s->reached = t->lend.reached;
	if (s->reached >= s->ticked + LIFT_SECOND &&
	    gate_tick(g, s->source, s->reached, &err))
		s->ticked = s->reached;
}

/* True when there is more to do right away; a turn that brought nothing and
 * went nowhere is not asked again at once. */
static bool
turn_take(struct stage *s, unsigned place, int64_t until)
{
	struct turn *t = &s->turn;
	int64_t before = s->reached;

	arena_clear(t->arena);
	t->count = 0;
	t->lend.until = until;
	t->lend.most = TURN_EVENTS;
	t->lend.reached = s->reached;
	t->lend.event = turn_event;
	engine_produce(s->house->engine, place, &t->lend);
	turn_fold(s, t);
	return s->reached < until && (t->count > 0 || s->reached > before);
}

/* ---- beginning and ending ------------------------------------------------ */

static void
stage_close(struct stage *s)
{
	struct lift_error err;

	if (s->source != 0 && gate_source_end(s->house->gate, s->source, &err))
		s->source = 0;
}

static void
stage_pace(struct stage *s, const struct lift_pace *p)
{
	s->wall = clock_monotonic();
	s->time = p->from;
	s->speed = p->speed;
}

static bool
stage_open(struct stage *s, const struct lift_pace *p)
{
	struct lift_error err;

	if (!gate_source(s->house->gate, p->source, p->history ?
	    SOURCE_BACKFILL : SOURCE_SIMULATED, &s->source, &err)) {
		if (!s->complained)
			logger_line(LIFT_WARNING, "stage", "\"%.*s\" waits: "
			    "%s", (int)p->source.size, p->source.data,
			    err.text);
		s->complained = true;
		s->source = 0;
		return false;
	}
	s->complained = false;
	s->reached = s->ticked = p->from;
	stage_pace(s, p);
	return true;
}

static void
stage_wait(struct stage *s, unsigned ms)
{
	struct timeval tv = { ms / 1000, (ms % 1000) * 1000 };

	event_add(s->timer, &tv);
}

/* ---- the loop's side ----------------------------------------------------- */

/* Some turns, then the loop has its turn; true while there is more to do right
 * away. */
static bool
stage_turns(struct stage *s, unsigned place)
{
	for (unsigned i = 0; i < TURNS; i++) {
		struct lift_pace pace;
		if (gate_is_full(s->house->gate))
			return true;
		if (!engine_pace(s->house->engine, &place, &pace) ||
		    !turn_take(s, place, stage_until(s)))
			return false;
	}
	return true;
}

static void
on_stage(evutil_socket_t fd, short what, void *context)
{
	struct stage *s = context;
	struct lift_error err;
	struct lift_pace pace;
	unsigned place;

	(void)fd;
	(void)what;
	if (!engine_pace(s->house->engine, &place, &pace)) {
		stage_close(s);
		stage_wait(s, LOOK_MS);
		return;
	}
	if (gate_refuses(s->house->gate, &err) ||
	    (s->source == 0 && !stage_open(s, &pace))) {
		stage_wait(s, LOOK_MS);
		return;
	}
	/* Another start while it runs: it goes on from there. */
	if (pace.from > s->reached)
		s->reached = pace.from;
	if (pace.speed != s->speed) {
		pace.from = s->reached;
		stage_pace(s, &pace);
	}
	if (!stage_turns(s, place))
		stage_wait(s, TURN_MS);
	else
		stage_wait(s, gate_is_full(s->house->gate) ? 1 : 0);
}

struct stage *
stage_new(struct house *h)
{
	struct stage *s = memory_take(sizeof(*s));

	s->house = h;
	s->turn.arena = arena_new();
	s->timer = event_new(h->base, -1, 0, on_stage, s);
	event_priority_set(s->timer, 2);
	stage_wait(s, LOOK_MS);
	return s;
}

void
stage_free(struct stage *s)
{
	if (s == NULL)
		return;
	event_free(s->timer);
	arena_free(s->turn.arena);
	memory_give(s);
}
