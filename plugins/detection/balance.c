/* Sums of estimates. */
#include "balance.h"

#include "law.h"

#include <math.h>

struct estimate
estimate_of(const struct outlook *o, double units, double exposure)
{
	double expected = pair_expected(o, exposure);
	struct estimate e = { .value = units - expected };

	e.variance = o->spread * (units > expected / 4 ? units :
	    expected / 4) + expected * expected / o->shape;
	return e;
}

struct estimate
estimate_scale(struct estimate e, double factor)
{
	return (struct estimate){ e.value * factor,
		e.variance * factor * factor };
}

void
estimate_add(struct estimate *sum, struct estimate e)
{
	sum->value += e.value;
	sum->variance += e.variance;
}

struct bounded
estimate_bounds(struct estimate e, double level)
{
	double reach = law_normal_point((1 + level) / 2) * sqrt(e.variance);

	return (struct bounded){ e.value, e.value - reach, e.value + reach };
}

static struct estimate
net_of(struct estimate lift, struct estimate taken, struct estimate halo,
    struct estimate pulled)
{
	estimate_add(&lift, estimate_scale(taken, -1));
	estimate_add(&lift, halo);
	estimate_add(&lift, estimate_scale(pulled, -1));
	return lift;
}

struct estimate
balance_net(const struct balance *b)
{
	return net_of(b->lift, b->cannibalized, b->halo, b->pull_forward);
}

struct estimate
balance_net_margin(const struct balance *b)
{
	return net_of(b->lift_margin, b->cannibalized_margin, b->halo_margin,
	    b->pull_margin);
}

double
balance_part(double own, double all)
{
	return all > 0 ? own / all : 1;
}
