/* What can be played: promotions with their times, and what happens to the
 * shop beside them. */
#ifndef SIMULATION_SCENARIO_H
#define SIMULATION_SCENARIO_H

#include "street.h"

enum { SCENARIO_OFFERS = 6 };

/* A promotion of a scenario; minutes count from its beginning. */
struct scenario_offer {
	uint8_t  item;		/* on the default shelf, from 1; 0: none */
	uint8_t  percent;	/* discount; 0: the item's usual one */
	uint16_t from, minutes;
};

struct scenario {
	const char           *name, *meaning;
	struct scenario_offer offers[SCENARIO_OFFERS];
	struct {
		uint16_t from, minutes;
		double   factor;
	} tide;			/* of traffic; minutes 0: none */
	struct {
		uint8_t  item;
		uint16_t from, minutes;
		double   share;	/* of purchases that come back; 0: the item
				 * cannot be had */
	} trouble;		/* item 0: none */
	double link, hoard, breadth;	/* 0: as usual */
	double crowd;		/* how many shoppers; 0: as usual */
	bool   all;		/* each item has its usual promotion, a day */
};

/* All scenarios, ended by one without a name; the first is calm. */
extern const struct scenario scenarios[];

/* The scenario of this name; NULL if there is none. */
const struct scenario *scenario_find(const char *name, size_t size);

/* Lays down in PLAN what the scenario does, its promotions beginning at
 * BEGIN. */
void scenario_plan(const struct scenario *, const struct shelf *,
    int64_t begin, struct street_plan *plan);

/* How many shoppers a shop of this rate has when nobody says. */
uint32_t scenario_shoppers(const struct scenario *, double rate);

/* One promotion as the shop puts it. */
struct scenario_put {
	char     id[280];
	char     title[400];
	uint32_t item;
	int64_t  price, start, end;
};

/* The promotion number PLACE (from 0) of the scenario on SHELF, beginning at
 * BEGIN; false when there is none. EXTRA more, on families of their own, come
 * behind those of the table. */
bool scenario_promotion(const struct scenario *, const struct shelf *,
    unsigned place, unsigned extra, int64_t begin, struct scenario_put *ret);

#endif
