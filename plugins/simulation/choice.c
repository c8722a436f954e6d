/* The choice model. The utility of an item is its appeal, the shopper's own
 * taste and habit, less what the price weighs; a nest of siblings competes
 * with buying nothing by its inclusive value, damped by the family's
 * breadth. */
#include "choice.h"

#include <math.h>

/* How a price weighs: utility for each doubling, as a power of the price. */
static const double minds[MIND_LEVELS] = {
	[MIND_LOW] = 2.2, [MIND_MEDIUM] = 3.2, [MIND_HIGH] = 4.2
};

/* A promotion is seen: on the list, on the banner, in red. */
static const double display = 1.25;

/* A need that a purchase has woken is more than a whim. */
static const double eager_weight = 3;

/* What is at home makes buying so much less likely. */
static const double stock_weight = 2.5;

void
choice_begin(struct choice *c, const struct market *m, uint32_t family,
    const struct chooser *who)
{
	const struct family *f = &m->shelf->families[family];

	c->count = f->count;
	c->items = f->items;
	for (unsigned k = 0; k < f->count; k++) {
		uint32_t number = f->items[k];
		const struct item *it = &m->shelf->items[number];
		double u = it->appeal +
		    shopper_taste(who->seed, who->shopper, number) -
		    0.25 * fabs(it->tier - (double)who->traits.budget);
		if (who->last == number + 1)
			u += (double)who->traits.loyalty;
		c->liking[k] = m->outage_count > 0 &&
		    market_is_out(m, number, who->time) ? 0 : exp(u);
	}
}

static double
price_weighs(const struct item *it, const struct chooser *who,
    const struct quote *q)
{
	double weight = q->promotion != 0 ? display : 1;

	if (q->price == it->price)
		return weight;
	return weight * pow((double)(q->price > 0 ? q->price : 1) /
	    (double)it->price, -minds[it->sensitivity] *
	    (double)who->traits.mind);
}

static double
pieces_expected(const struct family *f, const struct chooser *who,
    const struct quote *q)
{
	double depth = q->promotion == 0 ? 0 :
	    1 - (double)q->price / (double)q->full;

	return 1 + (double)f->pieces +
	    (double)f->hoard * (double)who->hoard * depth;
}

/* The chance that a need ends with a purchase, by the inclusive value. */
static double
any_bought(const struct family *f, const struct chooser *who, double value)
{
	double usual = (double)f->incidence / (1 - (double)f->incidence);
	double odds = usual * exp((double)f->breadth * (double)who->breadth *
	    (value - (double)f->level)) /
	    (1 + stock_weight * (double)who->stock);

	if (who->eager)
		odds *= eager_weight;
	return odds / (1 + odds);
}

void
choice_weigh(struct choice *c, struct market *m, uint32_t family,
    const struct chooser *who, uint32_t without)
{
	const struct family *f = &m->shelf->families[family];
	double sum = 0;

	c->is_promoted = false;
	for (unsigned k = 0; k < c->count; k++) {
		uint32_t number = c->items[k];
		struct quote q = market_quote(m, number, who->time,
		    market_whom(who->traits.audience, who->store), without);
		c->quotes[k] = q;
		c->is_promoted |= q.promotion != 0;
		c->buys[k] = c->liking[k] *
		    price_weighs(&m->shelf->items[number], who, &q);
		c->pieces[k] = pieces_expected(f, who, &q);
		sum += c->buys[k];
	}
	c->any = sum > 0 ? any_bought(f, who, log(sum)) : 0;
	for (unsigned k = 0; k < c->count; k++)
		c->buys[k] = sum <= 0 ? 0 : c->any * c->buys[k] / sum;
}

unsigned
choice_pick(const struct choice *c, double fraction)
{
	for (unsigned k = 0; k < c->count; k++) {
		if (fraction < c->buys[k])
			return k;
		fraction -= c->buys[k];
	}
	return c->count;
}

unsigned
choice_glance(const struct choice *c, double fraction)
{
	unsigned k = choice_pick(c, fraction * c->any);

	return k < c->count ? k : c->count - 1;
}
