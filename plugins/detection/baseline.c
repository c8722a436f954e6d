/* The arithmetic of the baseline. */
#include "baseline.h"

#include <math.h>
#include <stddef.h>

/* How many observations of a part of the week weigh as much as what is taken
 * for granted: a single week must not be mistaken for the season. */
#define SEASON_LEAN	3.0
#define DAY_LEAN	0.5
/* Blocks after which a product's own scatter weighs as much as the shop's. */
#define SCATTER_LEAN	60.0

/* Of a shop that nobody knows: rates vary by a gamma law of shape 5, and over
 * hours a baseline is 3 % off. */
#define START_SQUARE	0.2
#define START_DRIFT	0.0009
#define START_WEIGHT	200.0
#define START_STRETCHES	1e6

struct scatter
scatter_start(void)
{
	return (struct scatter){ START_SQUARE * START_WEIGHT, START_WEIGHT,
		START_DRIFT * START_STRETCHES, START_STRETCHES };
}

void
scatter_fade(struct scatter *s, double keep)
{
	struct scatter start = scatter_start();

	s->square = start.square + keep * (s->square - start.square);
	s->weight = start.weight + keep * (s->weight - start.weight);
	s->drift = start.drift + keep * (s->drift - start.drift);
	s->drift_weight = start.drift_weight +
	    keep * (s->drift_weight - start.drift_weight);
}

static double
fraction(double above, double below, double otherwise)
{
	return below > 0 ? above / below : otherwise;
}

double
level_mean(const struct level *l, const struct prior *p)
{
	double lean = p->mean > 0 ? p->weight / p->mean : 0;

	return fraction(l->units + (p->mean > 0 ? p->weight : 0),
	    l->exposure + lean, 0);
}

/* How many times Poisson's the counts of this shop vary at RATE a window. */
static double
scatter_at(const struct scatter *s, double rate)
{
	double grows = fraction(s->square, s->weight, 0);

	return 1 + rate * (grows > 0 ? grows : 0);
}

/* The residual is taken before the block is learned. */
void
level_learn(struct level *l, struct scatter *s, const struct prior *p,
    double units, double exposure, double keep, double windows)
{
	double rate = level_mean(l, p), expected = rate * exposure;

	if (s != NULL && expected > 0.5 && l->units > 20) {
		double off = units - expected;
		/* Learning the level itself adds to the residual. */
		double own = expected * (1 + exposure / l->exposure);
		double square = off * off / own;
		/* One block says little; one that is far off says that
		 * something else is going on. */
		square = square < 25 ? square : 25;
		double by = expected / windows;
		l->squares = (float)(keep * l->squares + square /
		    scatter_at(s, by));
		l->blocks = (float)(keep * l->blocks + 1);
		s->square += (square - 1) * by;
		s->weight += by * by;
	} else {
		l->squares *= (float)keep;
		l->blocks *= (float)keep;
	}
	l->units = (float)(keep * l->units + units);
	l->exposure = (float)(keep * l->exposure + exposure);
}

void
scatter_stretch(struct scatter *s, double units, double expected,
    double spread)
{
	double off = units - expected;

	/* One stretch that is far off (a stock-out) is not the baseline's. */
	if (fabs(off) > 6 * sqrt(spread * expected) + 0.3 * expected)
		return;
	s->drift += off * off - spread * expected;
	s->drift_weight += expected * expected;
}

double
level_spread(const struct level *l, const struct scatter *s, double rate)
{
	double own = (l->squares + SCATTER_LEAN) / (l->blocks + SCATTER_LEAN);
	double spread = own * scatter_at(s, rate);

	return spread > 1 ? spread : 1;
}

double
scatter_drift(const struct scatter *s)
{
	double square = fraction(s->drift, s->drift_weight, 0);

	return square > 0 ? sqrt(square) : 0;
}

struct outlook
level_outlook(const struct level *l, const struct scatter *s,
    const struct prior *p, double rate_factor)
{
	struct outlook o;
	double mean = level_mean(l, p), drift = scatter_drift(s);

	o.spread = level_spread(l, s, mean * rate_factor);
	double shape = l->units / o.spread + p->weight;
	double doubt = drift > p->error ? drift : p->error;
	o.shape = 1 / (1 / shape + doubt * doubt);
	o.rate = mean > 0 ? o.shape / mean : 0;
	return o;
}

double
season_factor(const struct bucket *week, const struct bucket *day,
    double base)
{
	double middle = fraction(day->seen + DAY_LEAN * base,
	    day->expected + DAY_LEAN, 1);

	return fraction(week->seen + SEASON_LEAN * middle,
	    week->expected + SEASON_LEAN, middle);
}

void
season_learn(struct bucket *b, double ratio, double weight, double keep)
{
	b->seen = (float)(keep * b->seen + weight * ratio);
	b->expected = (float)(keep * b->expected + weight);
	b->times = (float)(keep * b->times + 1);
}

double
traffic_learn(struct traffic *t, double units, double expected, double keep,
    double weight)
{
	t->units = keep * t->units + units;
	t->expected = keep * t->expected + expected;
	return fraction(t->units + weight, t->expected + weight, 1);
}
