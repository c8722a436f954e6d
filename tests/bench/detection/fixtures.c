/* Fixtures of CausalImpact: two series with published answers. */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "impact.h"
#include "rig.h"

enum { ROWS = 400 };

struct fixture {
	const char *file;
	unsigned    skip, column, controls, before;
	double      added;	/* to y after */
	double      effect, sd;	/* published */
};

static const struct fixture fixtures[] = {
	{ "arma_data.csv", 0, 1, 1, 70, 5, 4.89, 0.31 },
	{ "comparison_data.csv", 1, 0, 3, 90, 0, -657, 736 },
};

/* Reads a table: Y from its column, the others are controls. */
static unsigned
table_read(const char *path, const struct fixture *f, double *y, double *x)
{
	FILE *in = fopen(path, "r");
	char line[1024];
	unsigned rows = 0;

	if (in == NULL)
		return 0;
	if (fgets(line, sizeof(line), in) == NULL)
		line[0] = '\0';
	while (rows < ROWS && fgets(line, sizeof(line), in) != NULL) {
		char *rest = line, *word;
		unsigned at = 0, control = 0;
		for (unsigned k = 0; (word = strsep(&rest, ",")) != NULL; k++) {
			if (k < f->skip)
				continue;
			if (at++ == f->column)
				y[rows] = atof(word);
			else if (control < f->controls)
				x[rows * f->controls + control++] = atof(word);
		}
		rows++;
	}
	fclose(in);
	return rows;
}

static void
fixture_run(const struct fixture *f, double *y, const double *x,
    unsigned rows)
{
	struct impact i = { 0 };
	int64_t began;

	for (unsigned k = f->before; k < rows; k++)
		y[k] += f->added;
	began = rig_clock();
	for (int k = 0; k < 20; k++)
		impact_measure(y, x, f->controls, rows, f->before, &i);
	double us = (double)(rig_clock() - began) / 20e3;
	printf("  %-22s effect %9.2f sd %7.2f, %.2f to %.2f   published %.2f "
	    "sd %.2f   off by %.2f sd   %.0f us\n", f->file, i.effect, i.sd,
	    i.low, i.high, f->effect, f->sd, fabs(i.effect - f->effect) /
	    f->sd, us);
}

int
bench_impact(int seeds, int first, const char *changes, const char *data)
{
	static double y[ROWS], x[ROWS * IMPACT_CONTROLS];
	char path[4096];

	(void)seeds, (void)first, (void)changes;
	printf("impact on a series, against published answers\n");
	for (size_t k = 0; k < sizeof(fixtures) / sizeof(*fixtures); k++) {
		snprintf(path, sizeof(path), "%s/causalimpact/%s", data,
		    fixtures[k].file);
		unsigned rows = table_read(path, &fixtures[k], y, x);
		if (rows == 0) {
			printf("  %s is not in \"%s\", name its folder with "
			    "--data or LIFTD_DATA: skipped\n",
			    fixtures[k].file, data);
			continue;
		}
		fixture_run(&fixtures[k], y, x, rows);
	}
	return 0;
}
