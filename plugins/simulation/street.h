/* All shoppers that are under way: visits arrive as traffic has it, each goes
 * its own steps, and what they do comes out one happening after another, in
 * order of time. The same plan gives the same happenings, however the time is
 * cut. */
#ifndef SIMULATION_STREET_H
#define SIMULATION_STREET_H

#include "choice.h"
#include "market.h"
#include "shopper.h"
#include "truth.h"

enum happening_kind {
	HAPPEN_SEARCH, HAPPEN_IMPRESSION, HAPPEN_CLICK, HAPPEN_VIEW,
	HAPPEN_CART, HAPPEN_UNCART, HAPPEN_SAVE, HAPPEN_PURCHASE,
	HAPPEN_RETURN, HAPPENINGS
};

/* One thing that a shopper does. */
struct happening {
	int64_t  time;
	uint64_t number;	/* of its kind in this run, from 1 */
	uint64_t visit;
	uint64_t purchase;	/* of a return: number of what comes back */
	int64_t  price;		/* of one piece; minor units */
	uint32_t shopper, item, family;
	uint32_t promotion;	/* 0: at full price */
	uint32_t burst;		/* serial of a burst; 0: none */
	int32_t  quantity, position;
	uint8_t  kind;		/* enum happening_kind */
	uint8_t  store;		/* from 0; without stores 0 is the web, 1 the
				 * app */
	bool     by_app;
};

/* Times in which traffic is another. */
struct tide {
	int64_t from, until;
	double  factor;
};

enum { TIDES_MOST = 4 };

/* What is to happen; times in microseconds. */
struct street_plan {
	uint64_t    seed;		/* who the shoppers are */
	uint64_t    salt;		/* when they come, and what they do */
	int64_t     from;
	double      rate;		/* events a minute, on average */
	double      season;		/* 0: each minute of the week is alike,
					 * 1: as different as in a real shop */
	uint32_t    shoppers;
	unsigned    stores;		/* at most BRANCHES_MOST; 0: none */
	double      link, hoard, breadth;	/* of complements, of stocking
					 * up, of families; 1 is usual */
	struct tide tides[TIDES_MOST];
	unsigned    tide_count;
	struct outage outages[OUTAGES_MOST];
	unsigned    outage_count;
	struct {
		uint32_t item;
		int64_t  from, until;
		double   share;		/* of purchases that come back */
	} wave;				/* share 0: none */
};

/* So many purchases of the promoted item at once, taken from its siblings. */
struct burst {
	uint32_t serial, size, item, promotion;
};

struct street;

/* A street where the first visit comes after the plan's `from`; PRICE asks the
 * world, as market_open() has it. NULL when there is no memory.
 * Keeps: SHELF. Free it with street_free(). */
struct street *street_new(const struct shelf *, const struct street_plan *,
    int64_t (*price)(void *context, uint32_t item), void *context);

/* Frees a street, also NULL. */
void street_free(struct street *);

/* The market of this street, to be filled at the beginning of a turn. */
struct market *street_market(struct street *);

/* From the next visit on, so many events a minute come. */
void street_rate(struct street *, double rate);

/* The next happening before UNTIL, in order of time; false when there is none.
 * Then street_reached() is UNTIL. */
bool street_next(struct street *, int64_t until, struct happening *ret);

/* Nothing before this time will happen any more. */
int64_t street_reached(const struct street *);

/* Goes on at TIME as if nothing had passed since what is reached. */
void street_skip(struct street *, int64_t time);

/* Sends a burst in, at the time that is reached. */
void street_burst(struct street *, const struct burst *);

/* What really happened so far. */
const struct truth *street_truth(const struct street *);

/* How many events a visit has, on average, all at full price. */
double street_events_per_visit(const struct street *);

#endif
