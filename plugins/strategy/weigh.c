/* Each action is a way to scale the parts of a promotion's balance. Stopping
 * gives up its lift and its halo and wins back most of what it took; a smaller
 * discount keeps a part of each, and every piece earns more; a narrower circle
 * of shoppers keeps a part of the lift. The parts are the prior, measured
 * outcomes correct it (learn.h). */
#include "strategy/weigh.h"

#include <math.h>

#include "law.h"

/* Figures come and go with 95 % of what is likely between their ends. */
static const double Z = 1.959963984540054;

/* A share of something and how sure it is. */
struct share {
	double value, deviation;
};

static const struct share STOP_BACK = { 0.9, 0.1 },
    TARGET_BACK = { 0.65, 0.2 }, TARGET_LIFT = { 0.6, 0.2 };

static double
deviation_of(const struct weigh_figure *f)
{
	return (f->high - f->low) / (2 * Z);
}

struct weigh_figure
weigh_figure_of(const struct weigh_option *o)
{
	double half = Z * o->deviation;

	return (struct weigh_figure){ o->mean, o->mean - half,
		o->mean + half };
}

/* ---- the actions --------------------------------------------------------- */

static void
weigh_stop(const struct weigh_case *c, struct weigh_option *o)
{
	double back = deviation_of(&c->cannibalized) * STOP_BACK.value;
	double doubt = c->cannibalized.value * STOP_BACK.deviation;

	o->mean = STOP_BACK.value * c->cannibalized.value - c->lift.value -
	    c->halo.value + c->pull.value;
	o->deviation = sqrt(back * back + doubt * doubt +
	    pow(deviation_of(&c->lift), 2) + pow(deviation_of(&c->halo), 2) +
	    pow(deviation_of(&c->pull), 2));
}

/* What the promotion would bring with the share K of its discount, relative to
 * now. Demand answers a discount by a power (each point lifts sales by the same
 * factor); what it takes from others, and gives them, goes with its lift. */
static double
price_gain(const struct weigh_case *c, double k)
{
	double cut = c->full - c->price;
	double unit = c->price - c->cost;
	double unit_then = c->full - cut * k - c->cost;
	/* Those who would have bought anyway, from what the lift earns. */
	double base = cut > 0 ? fmax(0, (c->lift_units * unit -
	    c->lift.value) / cut) : 0;
	double part = k;

	if (base > 0 && c->lift_units > 0)
		part = (pow(1 + c->lift_units / base, k) - 1) /
		    (c->lift_units / base);
	return c->lift_units * part * unit_then - base * cut * k -
	    c->lift.value + (1 - part) * (c->cannibalized.value -
	    c->halo.value + c->pull.value);
}

static void
weigh_price(const struct weigh_case *c, struct weigh_option *o)
{
	double cut = c->full - c->price, best = 1, gain = 0;

	for (int i = 18; i >= 5; i--) {
		double k = i / 20.0, price = c->full - cut * k;
		if (price > c->price * (1 + c->largest_step))
			break;
		if (best == 1 || price_gain(c, k) > gain) {
			best = k;
			gain = price_gain(c, k);
		}
	}
	o->new_price = c->full - cut * best;
	o->mean = gain;
	/* The law of the discount is itself no more than a guess. */
	o->deviation = (1 - best) * sqrt(
	    pow(deviation_of(&c->cannibalized), 2) +
	    pow(deviation_of(&c->lift), 2)) + 0.25 * fabs(gain) +
	    0.1 * (1 - best) * c->cannibalized.value;
}

static void
weigh_target(const struct weigh_case *c, struct weigh_option *o)
{
	double given_up = 1 - TARGET_LIFT.value;

	o->mean = TARGET_BACK.value * c->cannibalized.value -
	    given_up * (c->lift.value + c->halo.value - c->pull.value);
	o->deviation = sqrt(pow(TARGET_BACK.deviation *
	    c->cannibalized.value, 2) + pow(TARGET_LIFT.deviation *
	    c->lift.value, 2) + pow(TARGET_BACK.value *
	    deviation_of(&c->cannibalized), 2) + pow(given_up *
	    deviation_of(&c->lift), 2));
}

/* ---- ranking ------------------------------------------------------------- */

/* What a guide for merchants says where nothing is known but the share that is
 * lost: above 40 % stop, above 20 % a smaller discount, else a segment. */
static double
guide(enum weigh_action action, double loss_percent)
{
	static const double ranks[3][WEIGH_ACTIONS] = {
		{ 1, 2, 4, 3 }, { 2, 4, 3, 1 }, { 4, 3, 2, 1 } };

	return ranks[loss_percent > 40 ? 2 : loss_percent >= 20 ? 1 : 0]
	    [action];
}

static void
option_learned(const struct weigh_case *c, const struct learn *l,
    struct weigh_option *o)
{
	double stake = fmax(0, c->cannibalized.value);
	struct learn_belief b = learn_of(l, o->action,
	    learn_context(c->severity, c->loss_percent));

	if (o->action == WEIGH_KEEP)
		return;
	o->mean += b.mean * stake;
	o->deviation = sqrt(o->deviation * o->deviation +
	    b.variance * stake * stake);
}

static void
sort(struct weigh_option *o)
{
	for (int i = 1; i < WEIGH_ACTIONS; i++)
		for (int j = i; j > 0 && o[j].score > o[j - 1].score; j--) {
			struct weigh_option t = o[j];
			o[j] = o[j - 1];
			o[j - 1] = t;
		}
}

/* To leave it is right as far as nothing else is better. */
static void
chances(struct weigh_option o[WEIGH_ACTIONS])
{
	double best = 0;

	for (int i = 0; i < WEIGH_ACTIONS; i++) {
		if (o[i].action == WEIGH_KEEP)
			continue;
		o[i].chance = o[i].deviation > 0 ?
		    law_normal(o[i].mean / o[i].deviation) : 0.5;
		best = fmax(best, o[i].chance);
	}
	for (int i = 0; i < WEIGH_ACTIONS; i++)
		if (o[i].action == WEIGH_KEEP)
			o[i].chance = 1 - best;
}

void
weigh_all(const struct weigh_case *c, const struct learn *l,
    const double draws[WEIGH_ACTIONS], double exploration,
    struct weigh_option ret[WEIGH_ACTIONS])
{
	for (unsigned i = 0; i < WEIGH_ACTIONS; i++)
		ret[i] = (struct weigh_option){
			.action = (enum weigh_action)i };
	ret[WEIGH_PRICE].new_price = c->full - (c->full - c->price) * 0.75;
	if (c->is_known) {
		weigh_stop(c, &ret[WEIGH_STOP]);
		weigh_price(c, &ret[WEIGH_PRICE]);
		weigh_target(c, &ret[WEIGH_TARGET]);
	}
	for (unsigned i = 0; i < WEIGH_ACTIONS; i++) {
		struct weigh_option *o = &ret[i];
		option_learned(c, l, o);
		o->score = c->is_known ? o->mean + exploration * draws[i] *
		    o->deviation : guide(o->action, c->loss_percent);
	}
	chances(ret);
	sort(ret);
}
