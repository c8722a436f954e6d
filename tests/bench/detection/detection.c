/* What the plugin `detection` finds, how soon, how often in vain, and at what
 * cost, in worlds that are made up and on fixtures.
 *
 *	detection shopday|placebo|foreign|anomaly|surrogate|impact|scale
 *	    [--seeds N] [--first N] [--set option=value,...] [--data DIR]
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	int (*run)(int seeds, int first, const char *changes,
	    const char *data);
	int seeds;
} parts[] = {
	{ "shopday", bench_day, 10 },
	{ "placebo", bench_placebo, 10 },
	{ "foreign", bench_foreign, 3 },
	{ "anomaly", bench_anomaly, 3 },
	{ "surrogate", bench_surrogate, 400 },
	{ "impact", bench_impact, 1 },
	{ "scale", bench_scale, 1 },
};

static const char *
argument(int argc, char **argv, const char *name, const char *otherwise)
{
	for (int k = 1; k + 1 < argc; k++)
		if (strcmp(argv[k], name) == 0)
			return argv[k + 1];
	return otherwise;
}

int
main(int argc, char **argv)
{
	const char *want = argc > 1 && argv[1][0] != '-' ? argv[1] : NULL;
	const char *data = argument(argc, argv, "--data",
	    getenv("LIFTD_DATA") != NULL ? getenv("LIFTD_DATA") : "");
	int status = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t k = 0; k < sizeof(parts) / sizeof(*parts); k++) {
		if (want != NULL && strcmp(want, parts[k].name) != 0)
			continue;
		int seeds = atoi(argument(argc, argv, "--seeds", "0"));
		status |= parts[k].run(seeds > 0 ? seeds : parts[k].seeds,
		    atoi(argument(argc, argv, "--first", "1")),
		    argument(argc, argv, "--set", ""), data);
	}
	return status;
}
