/* The street: visits in a heap by when they are due. Who comes next is drawn
 * minute by minute, from the traffic of that minute; what each visit does it
 * draws from a stream of its own. */
#include "visit.h"

#include <math.h>
#include <stdlib.h>

static const int64_t minute_us = INT64_C(60000000);

/* What waits to be sent back, and all that is under way, at most. */
enum { RETURNS_MOST = 1 << 16, VISITS_MOST = 1 << 21, TRIAL_VISITS = 3000 };

enum { NONE = UINT32_MAX };

/* Who is seen in another store than the usual one. */
static const double strays = 0.1;

static const uint64_t BURST_VISITS = UINT64_C(1) << 39;

/* ---- visits that are under way ------------------------------------------- */

static bool
visits_grow(struct street *s)
{
	uint32_t room = s->visit_room * 2 + 64;
	void *visits = room > VISITS_MOST ? NULL :
	    realloc(s->visits, room * sizeof(*s->visits));

	if (visits == NULL)
		return false;
	s->visits = visits;
	for (uint32_t i = s->visit_room; i < room; i++)
		s->visits[i].woken = i + 1 < room ? i + 1 : NONE;
	s->free_first = s->visit_room;
	s->visit_room = room;
	return true;
}

/* A free place, or NONE when so many are under way that nobody gets in. */
static uint32_t
visit_take(struct street *s)
{
	if (s->free_first == NONE && !visits_grow(s))
		return NONE;
	uint32_t place = s->free_first;
	s->free_first = s->visits[place].woken;
	return place;
}

static void
visit_give(struct street *s, uint32_t place)
{
	s->visits[place].woken = s->free_first;
	s->free_first = place;
}

/* Lets a visit go its way; one for which there is no room never was. */
static void
visit_send(struct street *s, struct queue *q, int64_t time, uint32_t place)
{
	if (!queue_add(q, (struct due){ time, place }))
		visit_give(s, place);
}

/* ---- who comes ----------------------------------------------------------- */

static double
tide_at(const struct street_plan *p, int64_t time)
{
	double factor = 1;

	for (unsigned i = 0; i < p->tide_count; i++)
		if (p->tides[i].from <= time && time < p->tides[i].until)
			factor *= p->tides[i].factor;
	return factor;
}

/* When somebody comes after TIME. Within a minute the traffic is the same; one
 * who would come later than its end is drawn anew from there. */
static int64_t
arrival_after(struct street *s, int64_t time)
{
	for (;;) {
		int64_t end = (time / minute_us + 1) * minute_us;
		double visits = s->plan.rate / s->per_visit *
		    season_traffic(&s->season, time) *
		    branches_traffic(&s->branches, time) *
		    tide_at(&s->plan, time);
		double gap = dice_exponential(&s->gate,
		    (double)minute_us / (visits > 1e-9 ? visits : 1e-9));
		if (gap < (double)(end - time))
			return time + (int64_t)gap + 1;
		time = end;
	}
}

/* Some come often and others seldom. */
static uint32_t
shopper_draw(const struct street *s, struct dice *d)
{
	double u = dice_uniform(d);

	return (uint32_t)(u * sqrt(u) * s->plan.shoppers);
}

/* Most go where they always go: shoppers of a store have numbers that leave
 * the same rest. */
static uint32_t
shopper_of_store(struct street *s, unsigned store, uint32_t shopper)
{
	uint32_t count = s->branches.count;
	uint32_t own = shopper - shopper % count + store;

	return dice_happens(&s->gate, strays) || own >= s->plan.shoppers ?
	    shopper : own;
}

static void
visit_arrives(struct street *s)
{
	uint32_t place = visit_take(s), shopper = shopper_draw(s, &s->gate);
	unsigned store = 0;

	if (s->branches.count > 0) {
		store = branches_draw(&s->branches, dice_uniform(&s->gate));
		shopper = shopper_of_store(s, store, shopper);
	}
	if (place != NONE) {
		visit_begin(s, &s->visits[place], ++s->visit_count, shopper);
		if (s->branches.count > 0)
			s->visits[place].store = (uint8_t)store;
		visit_send(s, &s->queue, s->arrives, place);
	}
	s->arrives = arrival_after(s, s->arrives);
}

/* ---- what happens next --------------------------------------------------- */

static void
return_plan(struct street *s, const struct visit *from, int64_t time,
    int64_t delay)
{
	uint32_t place = s->parcels.count < RETURNS_MOST ? visit_take(s) :
	    NONE;

	if (place == NONE)
		return;
	s->visits[place] = *from;
	s->visits[place].step = STEP_RETURN;
	s->visits[place].burst = 0;
	visit_send(s, &s->parcels, time + delay, place);
}

/* What the visit that is due next will look at, is on its way while somebody
 * hears of this one; it was one of four, which came with the step before. */
static void
next_prefetch(const struct street *s, const struct queue *q)
{
	const struct visit *v = &s->visits[q->items[0].visit];
	const char *home = (const char *)&s->homes[v->shopper];

	__builtin_prefetch(home);
	__builtin_prefetch(home + sizeof(s->homes[0]) - 1);
	__builtin_prefetch(&s->shelf->families[v->family]);
	__builtin_prefetch(&s->shelf->items[v->item]);
}

/* Takes the step of the visit that is due first in a queue. */
static bool
first_step(struct street *s, struct queue *q, struct happening *ret)
{
	uint32_t place = q->items[0].visit;
	int64_t time = q->items[0].time, back, now = time;

	/* One of these is next: it is on its way while this one steps. */
	for (uint32_t i = 1; i <= 4 && i < q->count; i++)
		__builtin_prefetch(&s->visits[q->items[i].visit]);
	bool seen = visit_step(s, &s->visits[place], &time, ret, &back);

	if (s->visits[place].step != STEP_GONE) {
		queue_sink(q, (struct due){ time, place });
	} else {
		queue_drop(q);
		visit_give(s, place);
	}
	if (back > 0) {
		struct visit copy = s->visits[place];
		return_plan(s, &copy, now, back);
	}
	if (q->count > 0)
		next_prefetch(s, q);
	return seen;
}

/* The queue whose first is due before that of the other; NULL if none is. */
static struct queue *
queue_first(struct street *s)
{
	if (s->parcels.count > 0 && (s->queue.count == 0 ||
	    s->parcels.items[0].time <= s->queue.items[0].time))
		return &s->parcels;
	return s->queue.count > 0 ? &s->queue : NULL;
}

bool
street_next(struct street *s, int64_t until, struct happening *ret)
{
	for (;;) {
		struct queue *q = queue_first(s);
		bool arrives = q == NULL || s->arrives < q->items[0].time;
		int64_t next = arrives ? s->arrives : q->items[0].time;
		if (next >= until) {
			if (until > s->reached)
				s->reached = until;
			return false;
		}
		s->reached = next;
		if (arrives)
			visit_arrives(s);
		else if (first_step(s, q, ret))
			return true;
	}
}

int64_t
street_reached(const struct street *s)
{
	return s->reached;
}

/* ---- beginning and ending ------------------------------------------------ */

/* How many events a visit has is found by trying: some visits in a street of
 * their own, whose shoppers are forgotten. */
static void
street_try(struct street *s)
{
	struct visit v;
	struct happening h;
	uint64_t events = 0;

	for (int i = 0; i < TRIAL_VISITS; i++) {
		int64_t time = s->plan.from + i * minute_us / 4, back;
		visit_begin(s, &v, (uint64_t)i, shopper_draw(s, &s->gate));
		while (v.step != STEP_GONE)
			events += visit_step(s, &v, &time, &h, &back);
	}
	s->per_visit = (double)events / TRIAL_VISITS;
}

static struct street *
street_make(const struct shelf *shelf, const struct street_plan *plan,
    int64_t (*price)(void *context, uint32_t item), void *context)
{
	struct street *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->shelf = shelf;
	s->plan = *plan;
	s->free_first = NONE;
	s->reached = plan->from;
	s->gate = dice_stream(dice_mix(plan->seed, plan->salt), 0x9a7e);
	s->homes = calloc(plan->shoppers, sizeof(*s->homes));
	s->debts = calloc(shelf->family_count, sizeof(*s->debts));
	s->debtors = calloc(shelf->family_count, sizeof(*s->debtors));
	s->gap = 24 * 60 * minute_us;
	season_begin(&s->season, plan->seed, plan->season, plan->from);
	branches_begin(&s->branches, plan->seed, plan->stores, plan->from);
	if (!market_open(&s->market, shelf, price, context) ||
	    s->homes == NULL || s->debts == NULL || s->debtors == NULL) {
		street_free(s);
		return NULL;
	}
	return s;
}

struct street *
street_new(const struct shelf *shelf, const struct street_plan *plan,
    int64_t (*price)(void *context, uint32_t item), void *context)
{
	struct street *trial = street_make(shelf, plan, NULL, NULL);
	struct street *s = street_make(shelf, plan, price, context);

	if (trial == NULL || s == NULL) {
		street_free(trial);
		street_free(s);
		return NULL;
	}
	street_try(trial);
	s->per_visit = trial->per_visit;
	street_free(trial);
	for (unsigned i = 0; i < plan->outage_count; i++)
		s->market.outages[i] = plan->outages[i];
	s->market.outage_count = plan->outage_count;
	street_rate(s, plan->rate);
	s->arrives = arrival_after(s, plan->from);
	return s;
}

void
street_free(struct street *s)
{
	if (s == NULL)
		return;
	market_close(&s->market);
	truth_clear(&s->truth);
	free(s->homes);
	free(s->debts);
	free(s->debtors);
	free(s->visits);
	free(s->queue.items);
	free(s->parcels.items);
	free(s);
}

struct market *
street_market(struct street *s)
{
	return &s->market;
}

void
street_rate(struct street *s, double rate)
{
	s->plan.rate = rate;
	s->gap = (int64_t)(s->plan.shoppers * s->per_visit / rate *
	    (double)minute_us);
}

void
street_skip(struct street *s, int64_t time)
{
	int64_t by = time - s->reached;

	queue_shift(&s->queue, by);
	queue_shift(&s->parcels, by);
	s->arrives += by;
	s->reached = time;
}

/* A store, from 0, in which the promotion of the burst is live. */
static uint8_t
burst_store(const struct street *s, const struct burst *b, struct dice *d,
    uint8_t usual)
{
	unsigned count = s->branches.count > 0 ? s->branches.count : 2;
	unsigned from = s->branches.count > 0 ? dice_below(d, count) : usual;

	for (unsigned i = 0; i < count; i++) {
		uint8_t store = (uint8_t)((from + i) % count);
		uint32_t live[8];
		unsigned n = market_live(&s->market, b->item, s->reached,
		    market_whom(UINT8_MAX, store), live, 8);
		for (unsigned k = 0; k < n; k++)
			if (live[k] == b->promotion)
				return store;
	}
	return (uint8_t)from;
}

void
street_burst(struct street *s, const struct burst *b)
{
	uint32_t family = s->shelf->items[b->item].family;
	/* Numbers and a stream of their own: whoever comes anyway is not
	 * disturbed. */
	uint64_t number = BURST_VISITS | (uint64_t)b->serial << 8;
	struct dice d = dice_stream(s->plan.seed, number);

	for (uint32_t i = 0; i < b->size; i++) {
		uint32_t place = visit_take(s);
		if (place == NONE)
			return;
		struct visit *v = &s->visits[place];
		visit_begin(s, v, number + i, shopper_draw(s, &d));
		v->store = burst_store(s, b, &d, v->store);
		v->step = STEP_BURST;
		v->needs = 0;
		v->family = family;
		v->item = b->item;
		v->burst = b->serial;
		v->quantity = 1;
		v->promotion = b->promotion;
		visit_send(s, &s->queue,
		    s->reached + 100000 * (int64_t)(i + 1), place);
	}
	s->debts[family] = (uint16_t)(s->debts[family] + b->size);
	s->debtors[family] = b->promotion;
}

const struct truth *
street_truth(const struct street *s)
{
	return &s->truth;
}

double
street_events_per_visit(const struct street *s)
{
	return s->per_visit;
}
