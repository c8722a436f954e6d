/* What could be done about a promotion, and what each would bring: margin an
 * hour against leaving it as it is. */
#ifndef STRATEGY_WEIGH_H
#define STRATEGY_WEIGH_H

#include <stdbool.h>

#include "strategy/learn.h"

/* The order is that of learn.h's actions. */
enum weigh_action { WEIGH_STOP, WEIGH_PRICE, WEIGH_TARGET, WEIGH_KEEP,
	WEIGH_ACTIONS };

struct weigh_figure {
	double value, low, high;	/* 95 % lie between */
};

/* A promotion in figures; money is in major units, all of it an hour. */
struct weigh_case {
	double full, price, cost;	/* of the promoted product */
	double lift_units;
	struct weigh_figure lift, cannibalized, halo, pull;	/* margins */
	double loss_percent;
	unsigned severity;		/* 0 to 2 */
	double largest_step;		/* of a price, as a share */
	bool   is_known;		/* margins are there at all */
};

struct weigh_option {
	enum weigh_action action;
	double mean, deviation;		/* margin an hour */
	double score;			/* by which they are ranked */
	double new_price;		/* of WEIGH_PRICE */
	double chance;			/* that it is better than nothing */
};

/* Weighs all actions, best first. DRAWS (one an action) explore: a draw of the
 * normal law times the share EXPLORATION of what is not known. */
void weigh_all(const struct weigh_case *, const struct learn *,
    const double draws[WEIGH_ACTIONS], double exploration,
    struct weigh_option ret[WEIGH_ACTIONS]);

/* The figure of an option. */
struct weigh_figure weigh_figure_of(const struct weigh_option *);

#endif
