/* How tests play a scenario without a daemon: a street of its own, offers as a
 * shop would have them, and who bought how much when. */
#ifndef UNIT_PLUGINS_PLAY_H
#define UNIT_PLUGINS_PLAY_H

#include <stdlib.h>
#include <string.h>

#include "../../../plugins/simulation/scenario.h"

/* 2026-11-20, a Friday. */
#define PLAY_FROM	INT64_C(1795132800000000)
#define PLAY_MINUTE	INT64_C(60000000)
#define PLAY_HOUR	(60 * PLAY_MINUTE)

enum { PLAY_OFFERS = 40, PLAY_HOURS = 48 };

struct play {
	struct shelf      *shelf;
	struct street     *street;
	struct street_plan plan;
	struct scenario_put offers[PLAY_OFFERS];
	unsigned           offer_count;
	int64_t            time;
	/* Pieces bought by hour since the beginning, and sent back. */
	double             units[PLAY_HOURS][SHELF_DEFAULT];
	double             returned[PLAY_HOURS][SHELF_DEFAULT];
	uint64_t           kinds[HAPPENINGS], events;
};

/* Opens a play of the default shelf, nothing of which has happened; BEGIN is
 * the hour in which the scenario's promotions begin. */
static inline void
play_open(struct play *p, const char *scenario, uint64_t seed, double rate,
    unsigned begin)
{
	const struct scenario *s = scenario_find(scenario, strlen(scenario));
	int64_t from = PLAY_FROM + begin * PLAY_HOUR;

	memset(p, 0, sizeof(*p));
	p->shelf = shelf_new(SHELF_DEFAULT, seed);
	p->plan = (struct street_plan){ .seed = seed, .from = PLAY_FROM,
		.rate = rate, .shoppers = scenario_shoppers(s, rate) };
	scenario_plan(s, p->shelf, from, &p->plan);
	while (p->offer_count < PLAY_OFFERS && scenario_promotion(s, p->shelf,
	    p->offer_count, 0, from, &p->offers[p->offer_count]))
		p->offer_count++;
	p->street = street_new(p->shelf, &p->plan, NULL, NULL);
	p->time = PLAY_FROM;
}

static inline void
play_close(struct play *p)
{
	street_free(p->street);
	shelf_free(p->shelf);
}

/* A turn: the offers as they are now, none of the last turn. */
static inline void
play_turn(struct play *p)
{
	struct market *m = street_market(p->street);

	market_turn(m);
	for (unsigned i = 0; i < p->offer_count; i++)
		market_offer(m, p->offers[i].item, &(struct offer){
		    .promotion = i + 1, .price = p->offers[i].price,
		    .start = p->offers[i].start, .end = p->offers[i].end });
}

static inline void
play_count(struct play *p, const struct happening *h)
{
	unsigned hour = (unsigned)((h->time - PLAY_FROM) / PLAY_HOUR);

	p->events++;
	p->kinds[h->kind]++;
	if (hour < PLAY_HOURS && h->kind == HAPPEN_PURCHASE)
		p->units[hour][h->item] += h->quantity;
	if (hour < PLAY_HOURS && h->kind == HAPPEN_RETURN)
		p->returned[hour][h->item] += h->quantity;
}

/* Plays on until so many hours after the beginning. */
static inline void
play_until(struct play *p, unsigned hours)
{
	struct happening h;
	int64_t end = PLAY_FROM + hours * PLAY_HOUR;

	while (p->time < end) {
		p->time += PLAY_MINUTE;
		play_turn(p);
		while (street_next(p->street, p->time, &h))
			play_count(p, &h);
	}
}

/* What was bought of ITEM from hour FROM to before hour UNTIL. */
static inline double
play_units(const struct play *p, uint32_t item, unsigned from, unsigned until)
{
	double sum = 0;

	for (unsigned hour = from; hour < until; hour++)
		sum += p->units[hour][item];
	return sum;
}

#endif
