/* The words of a strategy, composed from its figures. */
#ifndef STRATEGY_PROSE_H
#define STRATEGY_PROSE_H

#include <stddef.h>

#include "strategy/weigh.h"

enum { PROSE_TEXT = 1024 };

/* What is told of, in figures and names. */
struct prose_case {
	const char *product, *promotion, *worst;
	const char *currency;		/* three letters, or empty */
	unsigned    victims;
	const char *category;		/* of the worst one; NULL: not known */
	double      worst_price, worst_gap;	/* 0: not known; percent above
					 * what the promoted one costs now */
	double      stock, worst_stock;	/* of the promoted one and of the
					 * worst; NAN: not known */
	double      hours;		/* since it began */
	double      discount;		/* percent */
	double      actual, predicted, loss_percent, loss_low;
	struct weigh_figure lift, cannibalized, halo, pull;	/* units */
	struct weigh_figure net;	/* margin, all of it so far */
	const struct weigh_case *weigh;
};

/* Why it happens, in two to six sentences. */
void prose_explain(const struct prose_case *, char ret[PROSE_TEXT]);

/* What an action means here. */
void prose_action(const struct prose_case *, const struct weigh_option *,
    char ret[PROSE_TEXT]);

/* What the confidence of this option says. */
const char *prose_confidence(const struct weigh_option *);

/* What drives the loss, in a word: for caches and contexts. */
const char *prose_cause(const struct prose_case *);

#endif
