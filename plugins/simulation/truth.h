/* What really happened, in expected units: how much each promotion added to
 * and took from each item, by the choice model run with it and without it
 * for the same shopper at the same moment. Kept apart, for grading alone. */
#ifndef SIMULATION_TRUTH_H
#define SIMULATION_TRUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct truth_row {
	uint32_t promotion, item;	/* promotion from 1 */
	double   with, without;		/* expected units, while it was live */
	double   halo;			/* in the complements of what it sold */
	double   pulled;		/* later, by what is at home: < 0 */
};

struct truth {
	struct truth_row *rows;		/* a table by promotion and item */
	size_t            count, room;
};

/* The row of this promotion and item, made empty if it is new; NULL when
 * there is no memory. Good until the next call. */
struct truth_row *truth_row(struct truth *, uint32_t promotion, uint32_t item);

/* All rows, by promotion and then item; how many into RET_COUNT. NULL when
 * there are none or no memory. Free it with free(). */
struct truth_row *truth_list(const struct truth *, size_t *ret_count);

/* Forgets all of it. */
void truth_clear(struct truth *);

#endif
