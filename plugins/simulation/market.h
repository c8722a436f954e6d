/* What shoppers find in the shop at this moment: the prices in force, the
 * offers that are live, what is out of stock. It is read from the world when
 * somebody looks, and anew when the shop has changed something: so an action
 * reaches the next shopper. A turn is the time between two changes. */
#ifndef SIMULATION_MARKET_H
#define SIMULATION_MARKET_H

#include "shelf.h"

/* For whom an offer is; a shopper is of any number of these. */
enum audience {
	FOR_ALL = 0, FOR_NEW = 1, FOR_LOYAL = 2, FOR_THRIFTY = 4
};

/* A shopper as offers see one: an audience, and the store, from 0. */
static inline uint32_t
market_whom(uint8_t audience, uint8_t store)
{
	return (uint32_t)audience | (uint32_t)store << 8;
}

/* One item on one promotion. */
struct offer {
	uint32_t promotion;	/* its number in the world; from 1 */
	uint32_t next;		/* of the same item, by place from 1 */
	int64_t  price, start, end;
	uint8_t  audience;
	uint64_t stores;	/* bits, by number; 0: in all */
};

/* A time in which an item cannot be had. */
struct outage {
	uint32_t item;
	int64_t  from, until;
};

enum { OUTAGES_MOST = 4 };

struct market {
	const struct shelf *shelf;
	uint32_t            turn;
	struct {
		int64_t  price;
		uint32_t read;		/* in this turn */
		uint32_t offers;	/* place from 1, if of this turn */
		uint32_t offered;	/* in this turn */
	} *shelves;
	struct offer       *offers;
	uint32_t            offer_count, offer_room;
	struct outage       outages[OUTAGES_MOST];
	unsigned            outage_count;
	/* The full price of an item now; called once an item and turn. */
	int64_t           (*price)(void *context, uint32_t item);
	void               *context;
};

/* What an item costs somebody. */
struct quote {
	int64_t  full, price;
	uint32_t promotion;	/* 0: at full price */
};

/* An empty market over SHELF, where PRICE asks the world; NULL for the prices
 * of the shelf. False when there is no memory.
 * Keeps: SHELF. */
bool market_open(struct market *, const struct shelf *shelf,
    int64_t (*price)(void *context, uint32_t item), void *context);

/* Frees what the market holds. */
void market_close(struct market *);

/* Begins a turn: no offer is there, no price is known. */
void market_turn(struct market *);

/* Adds an offer of ITEM to this turn; false when there is no memory. */
bool market_offer(struct market *, uint32_t item, const struct offer *);

/* What ITEM costs WHOM at TIME, were promotion WITHOUT not there (0: with
 * all). */
struct quote market_quote(struct market *, uint32_t item, int64_t time,
    uint32_t whom, uint32_t without);

/* The promotions that are live on ITEM at TIME for WHOM: at most MOST
 * numbers into RET, and how many. */
unsigned market_live(const struct market *, uint32_t item, int64_t time,
    uint32_t whom, uint32_t *ret, unsigned most);

/* True when ITEM cannot be had at TIME. */
bool market_is_out(const struct market *, uint32_t item, int64_t time);

#endif
