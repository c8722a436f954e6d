/* The second opinion: how well the isolation forest's score tells planted
 * victims from all others, beside the weight of the sequential test, what the
 * prototype looked at, and one who knows the law. */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "world.h"

typedef double measure(const struct fate *);

static double
forest_of(const struct fate *f)
{
	return f->anomaly;
}

static double
weight_of(const struct fate *f)
{
	return f->evidence;
}

static double
minute_of(const struct fate *f)
{
	return f->worst;
}

static double
oracle_of(const struct fate *f)
{
	double sum = 0;

	for (int d = 0; d < 4; d++)
		sum += exp(f->oracle[d] < 700 ? f->oracle[d] : 700);
	return sum;
}

static const struct {
	const char *name;
	measure    *of;
} peers[] = {
	{ "prototype: worst minute", minute_of },
	{ "isolation forest over what has accumulated", forest_of },
	{ "sequential test's own weight", weight_of },
	{ "bound: one who knows law and levels", oracle_of },
};

enum { PEERS = sizeof(peers) / sizeof(*peers) };

/* The chance that a victim has a higher number than another pair: of ties the
 * half. VICTIMS are those that keep at most KEEPS. */
static double
auc(const struct fate *all, measure *of, double keeps, double least)
{
	double wins = 0, pairs = 0;

	for (int v = 0; v < PAIRS; v++) {
		if (all[v].keeps > keeps || all[v].keeps < least)
			continue;
		double x = of(&all[v]);
		for (int o = 0; o < PAIRS; o++) {
			if (all[o].keeps < 1)
				continue;
			double y = of(&all[o]);
			wins += x > y ? 1 : x == y ? 0.5 : 0;
			pairs++;
		}
	}
	return pairs > 0 ? wins / pairs : NAN;
}

int
bench_anomaly(int seeds, int first, const char *changes, const char *data)
{
	static const struct world plain = { .name = "shop day" };
	static struct fate all[PAIRS];
	double sums[PEERS][3] = { { 0 } };
	const void *settings = rig_settings(changes);

	(void)data;
	for (int k = 0; k < seeds; k++) {
		world_run(&plain, (uint64_t)(first + k), settings, all);
		for (int p = 0; p < PEERS; p++) {
			sums[p][0] += auc(all, peers[p].of, 0.99, 0);
			sums[p][1] += auc(all, peers[p].of, 0.5, 0);
			sums[p][2] += auc(all, peers[p].of, 0.99, 0.51);
		}
	}
	printf("second opinion, %d worlds from seed %d, ROC-AUC at the "
	    "promotion's end\n  %-44s %7s %9s %9s\n", seeds, first, "", "all",
	    "30, 50 %", "70, 85 %");
	for (int p = 0; p < PEERS; p++)
		printf("  %-44s %7.3f %9.3f %9.3f\n", peers[p].name,
		    sums[p][0] / seeds, sums[p][1] / seeds,
		    sums[p][2] / seeds);
	return 0;
}
