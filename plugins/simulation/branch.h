/* The stores of a shop: each has its share of the traffic, and a mood of its
 * own, so that a quiet day in one is no quiet day in all. */
#ifndef SIMULATION_BRANCH_H
#define SIMULATION_BRANCH_H

#include <stdint.h>

enum { BRANCHES_MOST = 60 };

struct branches {
	uint64_t seed;
	unsigned count;			/* 0: no stores */
	int64_t  minute;		/* the newest that the moods are of */
	double   share[BRANCHES_MOST];	/* of traffic; together 1 */
	double   mood[BRANCHES_MOST];	/* a walk that returns */
	double   now[BRANCHES_MOST];	/* share, as the mood has it */
	double   sum;			/* of these */
};

/* COUNT stores as SEED has them, from FROM on. */
void branches_begin(struct branches *, uint64_t seed, unsigned count,
    int64_t from);

/* How much traffic all stores have at TIME; 1 is usual, and what there is
 * without stores. Asked in order of time. */
double branches_traffic(struct branches *, int64_t time);

/* The store, from 0, that FRACTION, evenly spread, falls on: by the traffic of
 * the time that was asked for last. */
unsigned branches_draw(const struct branches *, double fraction);

#endif
