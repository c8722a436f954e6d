/* What was sold lately: for each product that a promotion can touch, its newest
 * windows. A window that comes again with other numbers takes the place of the
 * old one. */
#ifndef FEEDBACK_SERIES_H
#define FEEDBACK_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feedback/measure.h"

enum { SERIES_WINDOWS = 240 };

struct series_window {
	int64_t start;		/* microseconds */
	int64_t revenue;	/* minor units */
	float   expected;
	int32_t units;
};


/* The windows of all products. All zero is empty. */
struct series {
	struct series_row {
		struct series_window *windows;	/* by start, newest last */
		int64_t               exposed;	/* newest such window */
		uint16_t              count, room;
	}       *rows;			/* by product */
	uint32_t row_count;
	int64_t  newest;		/* start of the newest window of all */
	int64_t  swept;
};

/* Whether windows of this product are kept. */
bool series_knows(const struct series *, uint32_t product);

/* Notes a window of a product; EXPOSED when a promotion could touch it then. */
void series_note(struct series *, uint32_t product,
    const struct series_window *, bool exposed);

/* The sum of a product's windows that begin in [FROM, TO). */
struct measure_arm series_sum(const struct series *, uint32_t product,
    int64_t from, int64_t to);

/* Drops products that no promotion could touch for SPAN before the newest
 * window. */
void series_sweep(struct series *, int64_t span);

/* Frees all rows. */
void series_done(struct series *);

#endif
