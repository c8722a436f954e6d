/* How demand follows the price: log(sold / expected) is the elasticity times
 * log(price / usual price). A product's own lies by a normal law around its
 * shelf's, that around the shop's, and that around what is known of shops; all
 * of it is closed form in two sums each, whatever the order. */
#ifndef DETECTION_ELASTICITY_H
#define DETECTION_ELASTICITY_H

/* Sums over observations, each by its precision. A shelf's are those of its
 * products, as far as these speak for it; the shop's those of its shelves. */
struct slope {
	double xx, xy;
};

struct elasticity {
	double mean, sd;
};

/* Learns that a price of exp(X) times the usual one sold exp(Y) times what was
 * expected, where Y is off by VARIANCE. SHELF may be NULL. */
void elasticity_learn(struct slope *own, struct slope *shelf,
    struct slope *shop, const double observed[2], double variance);

/* The product with the sums OWN moves from one shelf to another; either may be
 * NULL. */
void elasticity_move(const struct slope *own, struct slope *from,
    struct slope *to, struct slope *shop);

/* What is known of the elasticity of the product with the sums OWN. */
struct elasticity elasticity_of(const struct slope *own,
    const struct slope *shelf, const struct slope *shop);

#endif
