/* A furniture retailer with customers, for a year or so: who they are, when
 * they sit down to look around, what comes of it, and how they react to
 * campaigns. All of it follows from a seed and a customer's number, so nothing
 * is kept, and any row can be told again. Scores and values are not drawn:
 * they are what behaviour shows (retail_profile). */
#ifndef SIMULATION_RETAIL_H
#define SIMULATION_RETAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "dice.h"

enum { RETAIL_CATEGORIES = 10, RETAIL_PRODUCTS = 8, RETAIL_COUNTRIES = 4,
	RETAIL_CITIES = 21, RETAIL_SOURCES = 8, RETAIL_NAMES = 37,
	RETAIL_CAMPAIGNS = 24, RETAIL_DEEDS = 16 };

/* What a campaign offers. */
enum trigger {
	TRIGGER_DISCOUNT, TRIGGER_BUNDLING, TRIGGER_FREE_SHIPPING,
	TRIGGER_CASHBACK, TRIGGER_SCARCITY, TRIGGER_EXCLUSIVITY,
	TRIGGER_SOCIAL_PROOF, TRIGGER_CONTENT, TRIGGER_OTHER, TRIGGERS
};

enum deed_kind {
	DEED_PAGE_VIEW, DEED_PRODUCT_VIEW, DEED_ADD_TO_CART,
	DEED_REMOVE_FROM_CART, DEED_WISHLIST, DEED_SEARCH, DEED_BROWSE,
	DEED_FILTER, DEED_REVIEW, DEED_ROOM_PLANNER, DEED_AR_VIEW,
	DEED_STOCK_CHECK, DEED_STORE_LOCATOR, DEED_PURCHASE, DEEDS
};

struct retail_category {
	const char *name;
	int32_t     low, high;		/* prices in major units */
	const char *products[RETAIL_PRODUCTS];
};

struct retail_city {
	const char *name;
	uint8_t     country;
};

extern const struct retail_category retail_categories[RETAIL_CATEGORIES];
extern const struct retail_city retail_cities[RETAIL_CITIES];
extern const char *const retail_countries[RETAIL_COUNTRIES];
extern const double retail_shares[RETAIL_COUNTRIES];	/* of customers */
extern const char *const retail_sources[RETAIL_SOURCES];
extern const char *const retail_names[RETAIL_NAMES];
extern const char *const trigger_names[TRIGGERS];
extern const char *const deed_names[DEEDS];

struct retail {
	uint64_t seed;
	uint32_t customers;
	int64_t  begin, end;		/* times in microseconds */
};

/* One customer: what can be seen, and what cannot. */
struct customer {
	uint32_t number;
	uint8_t  city, name, source;
	int64_t  created, lapses;	/* when it loses interest for good */
	double   gap;			/* between two sittings, on average */
	/* What cannot be seen; each in [0, 1]. */
	double   thrift, shipping, exclusive, social, curious, impulse,
	         bundles, spends;
	uint8_t  likes[2];		/* categories */
};

enum outcome { OUTCOME_LOOK, OUTCOME_ABANDON, OUTCOME_BUY };

/* One time that a customer sat down. */
struct sitting {
	uint32_t number;		/* of this customer, from 1 */
	int64_t  time;
	uint8_t  outcome;		/* enum outcome */
	uint8_t  category, product, pieces;
	bool     is_discounted, read_reviews;
	int64_t  price;			/* of a piece; minor units */
	uint8_t  deed_count;
	struct {
		int64_t time;
		uint8_t kind;		/* enum deed_kind */
	} deeds[RETAIL_DEEDS];
};

/* A customer's sittings, one after another. */
struct timeline {
	struct customer customer;
	struct dice     dice;
	int64_t         time;
	uint32_t        number;
};

/* What behaviour shows of a customer by the end. */
struct profile {
	uint32_t orders, sittings, carts, discounted, reviews, premium;
	uint32_t dear_carts;		/* abandoned for what delivery costs */
	int64_t  value, last;		/* spent; last sitting, or 0 */
	double   discount_score, shipping_score, churn, social, engagement,
	         clv;
	bool     is_exclusive;
};

/* One customer in one campaign. */
struct contact {
	bool    was_contacted, is_control, converted;
	int64_t time;
	uint8_t trigger;
};

/* Customer NUMBER, from 0. */
struct customer customer_make(const struct retail *, uint32_t number);

/* The beginning of a customer's sittings. */
struct timeline timeline_begin(const struct retail *, uint32_t number);

/* The next sitting before UNTIL; false when there is none. */
bool timeline_next(struct timeline *, int64_t until, struct sitting *ret);

/* The price of a product at full price, in minor units. */
int64_t retail_price(unsigned category, unsigned product);

/* What behaviour shows, all sittings told. */
struct profile retail_profile(const struct retail *, uint32_t number);

/* By how much TRIGGER raises the chance that this customer buys: below 0 for
 * some. The truth that only the evaluation may read. */
double customer_uplift(const struct retail *, const struct customer *,
    enum trigger);

/* When campaign NUMBER (from 0) was, and what it offered. */
struct contact campaign_of(const struct retail *, unsigned number);

/* What became of a customer in it. */
struct contact campaign_contact(const struct retail *, unsigned number,
    const struct customer *);

#endif
