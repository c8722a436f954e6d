/* What a product sells when nothing is on: a level, a season, the traffic of
 * the shop, and how much counts vary. Learned in blocks of windows, from sums
 * of whole numbers, so that the order of arrival does not show. */
#ifndef DETECTION_BASELINE_H
#define DETECTION_BASELINE_H

#include "pair.h"

#include <stdbool.h>
#include <stdint.h>

/* ---- level ------------------------------------------------------------- */

/* A product's own sums, each fading with the memory: units, exposure, squared
 * residuals of blocks over what the shop's scatter lets expect at their rate,
 * and how many these were. */
struct level {
	float units, exposure;
	float squares, blocks;
};

/* What all products of a shop have in common: how residuals grow. Something is
 * taken for granted until it is known. */
struct scatter {
	double square, weight;	/* of one block: the excess, by rate */
	double drift, drift_weight;	/* of long stretches, relative */
};

/* What is taken for granted of a product that nobody knows yet. */
struct prior {
	double mean;		/* units per exposure, as others of its kind */
	double weight;		/* in units */
	double error;		/* what no baseline gets better than, relative*/
};

struct scatter scatter_start(void);

/* Lets what was learned fade to KEEP of itself. */
void scatter_fade(struct scatter *, double keep);

/* The units per exposure of L. */
double level_mean(const struct level *, const struct prior *);

/* Takes a block with UNITS in EXPOSURE into L; KEEP is what is kept of the
 * past. What its residual says goes into L and, for all products, into SCATTER;
 * unless that is NULL, since the season is not known yet. */
void level_learn(struct level *, struct scatter *, const struct prior *,
    double units, double exposure, double keep, double windows);

/* Takes a stretch of many blocks that were expected to bring EXPECTED into
 * SCATTER: what varies slowly shows only there. */
void scatter_stretch(struct scatter *, double units, double expected,
    double spread);

/* How many times Poisson's the counts of L vary; RATE is its units a window. */
double level_spread(const struct level *, const struct scatter *, double rate);

/* How far off a baseline of this shop is over hours, relative. */
double scatter_drift(const struct scatter *);

/* What is known of L at this moment, with what each source of doubt adds. */
struct outlook level_outlook(const struct level *, const struct scatter *,
    const struct prior *, double rate_factor);

/* ---- season ------------------------------------------------------------ */

/* Sums by part of the day and of the week, fading; each part is a BUCKET. */
struct bucket {
	float seen, expected;	/* sum of ratios by weight, and of weights */
	float times;		/* how often it was seen */
};

/* The factor of the part of the week with sums WEEK, which leans on that of the
 * DAY, which leans on BASE: what was seen lately. */
double season_factor(const struct bucket *week, const struct bucket *day,
    double base);

/* Takes what a part saw, RATIO times what the levels alone would say, with a
 * WEIGHT between 0 and 1. */
void season_learn(struct bucket *, double ratio, double weight, double keep);

/* ---- traffic ----------------------------------------------------------- */

/* How many more shoppers than usual, from products that no promotion touches:
 * sums that fade fast. */
struct traffic {
	double units, expected;
};

/* The factor after a window in which controls sold UNITS and were EXPECTED to
 * sell so many; leans on 1 by WEIGHT units while there is little to go by. */
double traffic_learn(struct traffic *, double units, double expected,
    double keep, double weight);

#endif
