/* Shoppers: nobody is kept but what is in their cupboards. All else follows
 * from the seed and a number, each time it is asked. */
#include "shopper.h"

#include <math.h>
#include <stddef.h>

enum { FAVOURITES = 4 };

const char *const treatment_names[TREATMENTS] = {
	[TREAT_DISCOUNT] = "discount",
	[TREAT_FREE_SHIPPING] = "free_shipping",
	[TREAT_SCARCITY] = "scarcity",
	[TREAT_SOCIAL_PROOF] = "social_proof",
	[TREAT_EXCLUSIVITY] = "exclusivity",
};

struct traits
shopper_traits(uint64_t seed, uint32_t shopper)
{
	uint64_t who = dice_mix(seed, shopper + UINT64_C(0x5409));
	double mind = exp(0.35 * dice_bell(who));
	double loyal = dice_fraction(dice_mix(who, 1));
	double rich = dice_fraction(dice_mix(who, 2));
	uint64_t rest = dice_mix(who, 3);
	struct traits t = { .mind = (float)mind,
		.loyalty = (float)(1.4 * loyal), .budget = (float)(2 * rich),
		.by_app = (rest & 15) < 5 };

	if ((rest >> 8 & 15) < 4)
		t.audience |= FOR_NEW;
	else if (loyal > 0.65)
		t.audience |= FOR_LOYAL;
	if (mind > 1.2)
		t.audience |= FOR_THRIFTY;
	return t;
}

double
shopper_reacts(uint64_t seed, uint32_t shopper, enum treatment treatment)
{
	struct traits t = shopper_traits(seed, shopper);
	double own = dice_bell(dice_mix(seed ^ shopper,
	    0x7ea7 + (unsigned)treatment));
	double cares = 0;

	switch (treatment) {
	case TREAT_DISCOUNT:
		cares = 0.10 * (t.mind - 0.4);
		break;
	case TREAT_FREE_SHIPPING:
		cares = 0.05 * t.mind * (2 - t.budget);
		break;
	case TREAT_EXCLUSIVITY:
		cares = 0.06 * t.budget * t.loyalty;
		break;
	case TREAT_SCARCITY:
	case TREAT_SOCIAL_PROOF:
	default:
		cares = 0.04;
	}
	return cares + 0.03 * own;
}

uint32_t
shopper_needs(const struct shelf *s, uint64_t seed, uint32_t shopper,
    struct dice *d)
{
	uint64_t bits = dice_next(d);

	if ((bits & 7) < 6)
		return shelf_draw(s, dice_mix(seed + shopper,
		    bits >> 8 & (FAVOURITES - 1)));
	return shelf_draw(s, dice_next(d));
}

const struct cupboard *
home_find(const struct home *h, uint32_t family)
{
	for (unsigned i = 0; i < CUPBOARDS; i++)
		if (h->cupboards[i].family == family + 1)
			return &h->cupboards[i];
	return NULL;
}

void
home_put(struct home *h, const struct cupboard *bought)
{
	struct cupboard *place = &h->cupboards[0];

	for (unsigned i = 0; i < CUPBOARDS; i++) {
		if (h->cupboards[i].family == bought->family) {
			place = &h->cupboards[i];
			break;
		}
		if (h->cupboards[i].until < place->until)
			place = &h->cupboards[i];
	}
	*place = *bought;
}
