/* A normal law at each of three levels. What a product says of its shelf is its
 * sums less what is its own: XX / (1 + V XX) is the precision of the shelf's
 * slope when the product's is integrated out. A product is shrunk to what the
 * others say, lest it speaks twice. */
#include "elasticity.h"

#include <math.h>
#include <stddef.h>

/* Of a shop that nobody knows: a tenth off sells about a sixth more. */
#define SHOP_MEAN	(-1.5)
#define SHOP_VARIANCE	0.64
/* How shelves of a shop differ, and products of a shelf. */
#define SHELF_VARIANCE	0.16
#define OWN_VARIANCE	0.25

static void
slope_add(struct slope *sum, const struct slope *part, double variance,
    double sign)
{
	double less = 1 + variance * part->xx;

	sum->xx += sign * part->xx / less;
	sum->xy += sign * part->xy / less;
}

/* SUM without PART of it. */
static struct slope
without(const struct slope *sum, const struct slope *part, double variance)
{
	struct slope rest = *sum;

	slope_add(&rest, part, variance, -1);
	rest.xx = rest.xx > 0 ? rest.xx : 0;
	return rest;
}

static struct elasticity
posterior(double mean, double variance, const struct slope *s)
{
	double precision = 1 / variance + s->xx;

	return (struct elasticity){ (mean / variance + s->xy) / precision,
		sqrt(1 / precision) };
}

void
elasticity_learn(struct slope *own, struct slope *shelf, struct slope *shop,
    const double observed[2], double variance)
{
	double x = observed[0], y = observed[1];

	elasticity_move(own, shelf, NULL, shop);
	own->xx += x * x / variance;
	own->xy += x * y / variance;
	elasticity_move(own, NULL, shelf, shop);
}

void
elasticity_move(const struct slope *own, struct slope *from, struct slope *to,
    struct slope *shop)
{
	if (from != NULL) {
		slope_add(shop, from, SHELF_VARIANCE, -1);
		slope_add(from, own, OWN_VARIANCE, -1);
		slope_add(shop, from, SHELF_VARIANCE, 1);
	}
	if (to != NULL) {
		slope_add(shop, to, SHELF_VARIANCE, -1);
		slope_add(to, own, OWN_VARIANCE, 1);
		slope_add(shop, to, SHELF_VARIANCE, 1);
	}
}

struct elasticity
elasticity_of(const struct slope *own, const struct slope *shelf,
    const struct slope *shop)
{
	struct slope none = { 0, 0 }, rest;
	struct elasticity e;

	shelf = shelf != NULL ? shelf : &none;
	rest = without(shop, shelf, SHELF_VARIANCE);
	e = posterior(SHOP_MEAN, SHOP_VARIANCE, &rest);
	rest = shelf != &none ? without(shelf, own, OWN_VARIANCE) : none;
	e = posterior(e.mean, e.sd * e.sd + SHELF_VARIANCE, &rest);
	return posterior(e.mean, e.sd * e.sd + OWN_VARIANCE, own);
}
