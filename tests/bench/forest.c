/* The isolation forest of the detection, by itself: how long a forest of 100
 * trees takes to plant from 256 rows each, and a row to score, against the
 * plainest way to tell odd rows: the distance to the nearest of a thousand.
 *
 *	forest				a made-up world of eight columns
 *	forest ROWS COLUMNS SEED	rows from standard input (floats of this
 *					machine); writes the seconds of the fit
 *					and of the scores, the bytes of the
 *					forest, and the scores, as doubles
 *
 * tests/bench/forest.py runs it beside scikit-learn. */
#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "detection/forest.h"

enum { TREES = 100, SAMPLE = 256, ROUNDS = 20, NEAR = 1000 };

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void *
sure(void *at)
{
	if (at == NULL)
		abort();
	return at;
}

/* Seconds of the fit, seconds of the scores, bytes. */
static void
measure(const float *rows, size_t count, unsigned columns, uint64_t seed,
    double figures[3], double *scores)
{
	double start = now(), middle;
	struct forest *f = sure(forest_new(columns, TREES, SAMPLE, seed));

	forest_fit(f, rows, count);
	middle = now();
	forest_scores(f, rows, count, scores);
	figures[0] = middle - start;
	figures[1] = now() - middle;
	figures[2] = (double)forest_size(f);
	forest_free(f);
}

static int
given(size_t count, unsigned columns, uint64_t seed)
{
	float *rows = sure(malloc(count * columns * sizeof(*rows)));
	double *scores = sure(malloc(count * sizeof(*scores))), figures[3];
	bool is_whole = fread(rows, columns * sizeof(*rows), count, stdin) ==
	    count;

	if (is_whole) {
		measure(rows, count, columns, seed, figures, scores);
		fwrite(figures, sizeof(*figures), 3, stdout);
		fwrite(scores, sizeof(*scores), count, stdout);
	} else {
		fprintf(stderr, "there are fewer rows than %zu\n", count);
	}
	free(rows);
	free(scores);
	return !is_whole;
}

/* The square of the distance to the nearest of the first NEAR rows. */
static float
nearest(const float *rows, const float *row, unsigned columns)
{
	float best = FLT_MAX;

	for (unsigned i = 0; i < NEAR; i++) {
		float sum = 0;

		for (unsigned c = 0; c < columns; c++) {
			float d = rows[i * columns + c] - row[c];

			sum += d * d;
		}
		best = sum < best ? sum : best;
	}
	return best;
}

static void
made_up(void)
{
	enum { ROWS = 20000, COLUMNS = 8 };
	float *rows = sure(malloc(sizeof(float) * ROWS * COLUMNS)), sum = 0;
	double *scores = sure(malloc(sizeof(*scores) * ROWS)), figures[3];
	double fit = DBL_MAX, score = DBL_MAX, start;
	uint32_t chance = 1;

	for (unsigned i = 0; i < ROWS * COLUMNS; i++) {
		chance = chance * 1664525 + 1013904223;
		rows[i] = (float)(chance >> 8) * 0x1p-24F;
	}
	for (unsigned r = 0; r < ROUNDS; r++) {
		measure(rows, ROWS, COLUMNS, r, figures, scores);
		fit = figures[0] < fit ? figures[0] : fit;
		score = figures[1] < score ? figures[1] : score;
	}
	start = now();
	for (unsigned i = 0; i < ROWS / 10; i++)
		sum += nearest(rows, rows + i * COLUMNS, COLUMNS);
	start = (now() - start) * 10;
	printf("forest: fit %.2f ms, %.2f us a row, %.0f kB; the nearest of "
	    "%d rows: %.2f us a row, ratio %.2f%s\n", fit * 1e3,
	    score / ROWS * 1e6, figures[2] / 1e3, NEAR, start / ROWS * 1e6,
	    score / start, sum > 0 ? "" : " (of rows that are all the same)");
	free(rows);
	free(scores);
}

int
main(int count, char **words)
{
	if (count == 4)
		return given(strtoul(words[1], NULL, 10),
		    (unsigned)strtoul(words[2], NULL, 10),
		    strtoull(words[3], NULL, 10));
	made_up();
	return 0;
}
