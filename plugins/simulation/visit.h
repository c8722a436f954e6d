/* One visit: the steps from a need to a purchase, or away. What the street
 * keeps of each, and what all of them share. */
#ifndef SIMULATION_VISIT_H
#define SIMULATION_VISIT_H

#include "branch.h"
#include "queue.h"
#include "street.h"

enum step {
	STEP_NEED,	/* what next? */
	STEP_PASS,	/* scrolls past what it does not open */
	STEP_CLICK, STEP_VIEW,
	STEP_DECIDE, STEP_CART, STEP_PAY,
	STEP_BURST,	/* looks at what everybody runs for */
	STEP_RETURN,	/* sends something back, days later */
	STEP_GONE
};

struct visit {
	uint64_t      number;
	struct dice   dice;
	struct traits traits;
	int64_t       price;		/* in the cart; of what comes back */
	uint64_t      purchase;		/* that comes back */
	double        bought;		/* its chance when it was chosen */
	float         owed;		/* to a promotion, 0 to 1 */
	uint32_t      shopper, family, item, promotion;
	uint32_t      woken;		/* family needed next, from 1 */
	uint32_t      burst;
	uint16_t      quantity;
	uint8_t       step, needs;	/* still to see to */
	uint16_t      seen, passed;	/* bits: items of the family */
	uint8_t       store;
	bool          came_back, eager;
};

/* Traffic and taste as they go with time. */
struct season {
	double   amplitude;
	uint64_t seed;
	int64_t  minute;	/* the newest that `mood` is of */
	double   mood;		/* of the whole shop; a walk that returns */
	float    noise[256];	/* how much a family is in demand; mean 1 */
};

struct street {
	const struct shelf *shelf;
	struct street_plan  plan;
	struct market       market;
	struct truth        truth;
	struct season       season;
	struct branches     branches;
	struct dice         gate;	/* who comes when */
	struct home        *homes;
	uint16_t           *debts;	/* by family: purchases that a burst
					 * has taken in advance */
	uint32_t           *debtors;	/* and by which promotion */
	struct visit       *visits;
	uint32_t            visit_room, free_first;
	struct queue        queue;	/* of visits */
	struct queue        parcels;	/* of returns, days ahead */
	int64_t             arrives;	/* the next visit */
	int64_t             reached;
	int64_t             gap;	/* between two visits of one shopper */
	double              per_visit;	/* events */
	uint64_t            visit_count, happening_count, purchase_count;
};

/* Begins visit NUMBER, of SHOPPER: who it is and how many needs it has. */
void visit_begin(const struct street *, struct visit *, uint64_t number,
    uint32_t shopper);

/* Goes on with a visit that is due at *TIME. True with a happening in RET,
 * false when nothing is seen of this step. *TIME is when it is due again,
 * unless the visit is at STEP_GONE. A purchase that will come back is told in
 * *RET_BACK, as a delay; 0 else. */
bool visit_step(struct street *, struct visit *, int64_t *time,
    struct happening *ret, int64_t *ret_back);

/* How much traffic there is at TIME; 1 is usual. Asked in order of time. */
double season_traffic(struct season *, int64_t time);

/* True when a need of CATEGORY, FAMILY counts at TIME: some come more often at
 * other hours, and all are in demand by fits and starts. */
bool season_counts(const struct season *, uint16_t category, uint32_t family,
    int64_t time, struct dice *);

/* The seasons of SEED, with this amplitude, from FROM on. */
void season_begin(struct season *, uint64_t seed, double amplitude,
    int64_t from);

/* The chance that what is put into the cart is paid in the end. */
extern const double visit_completes;

#endif
