/* Who the shoppers are: traits that follow from a seed and a number, and what
 * they have at home, which follows from what they bought. */
#ifndef SIMULATION_SHOPPER_H
#define SIMULATION_SHOPPER_H

#include "dice.h"
#include "market.h"
#include "shelf.h"

/* What one shopper is like, always. */
struct traits {
	float   mind;		/* how much prices count; 1 is usual */
	float   loyalty;	/* to what was bought last */
	float   budget;		/* the tier looked for: 0 low to 2 high */
	uint8_t audience;	/* enum audience, as bits */
	bool    by_app;
};

/* What can be done to win a shopper, and how each reacts to it. */
enum treatment {
	TREAT_DISCOUNT, TREAT_FREE_SHIPPING, TREAT_SCARCITY,
	TREAT_SOCIAL_PROOF, TREAT_EXCLUSIVITY, TREATMENTS
};

extern const char *const treatment_names[TREATMENTS];

/* A family at home: what was bought last, until when it lasts, and how much
 * of that is owed to a promotion. */
struct cupboard {
	uint32_t family;	/* from 1; 0: empty */
	uint32_t item;
	uint32_t usual;		/* bought last without a promotion, from 1 */
	uint32_t promotion;	/* that made it more; 0: none */
	float    owed;		/* which share of it, 0 to 1 */
	uint32_t until;		/* in seconds of the street */
};

enum { CUPBOARDS = 3 };

struct home {
	struct cupboard cupboards[CUPBOARDS];
};

/* What SHOPPER is like in the world of SEED. */
struct traits shopper_traits(uint64_t seed, uint32_t shopper);

/* By how much TREATMENT raises the chance that SHOPPER buys: the truth that a
 * campaign has to find out. */
double shopper_reacts(uint64_t seed, uint32_t shopper, enum treatment);

/* The family that SHOPPER comes for, drawn from FAVOURITES of its own or from
 * what everybody needs. */
uint32_t shopper_needs(const struct shelf *, uint64_t seed, uint32_t shopper,
    struct dice *);

/* How much SHOPPER likes ITEM beyond what all do. */
static inline double
shopper_taste(uint64_t seed, uint32_t shopper, uint32_t item)
{
	return 0.5 * dice_bell(dice_mix(seed ^ shopper, item));
}

/* What is at home of FAMILY; NULL if nothing ever was. */
const struct cupboard *home_find(const struct home *, uint32_t family);

/* Puts a purchase away, in the place of what will be used up first. */
void home_put(struct home *, const struct cupboard *);

#endif
