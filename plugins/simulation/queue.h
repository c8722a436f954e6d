/* Who is due next: visits in a heap by time, of four children each. Equal
 * times go by place, so that there is one order. */
#ifndef SIMULATION_QUEUE_H
#define SIMULATION_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

struct due {
	int64_t  time;
	uint32_t visit;
};

struct queue {
	struct due *items;
	uint32_t    count, room;
};

/* Adds one; false when there is no memory. */
bool queue_add(struct queue *, struct due);

/* Puts this in the place of the first, where it belongs. */
void queue_sink(struct queue *, struct due);

/* Takes the first away. */
void queue_drop(struct queue *);

/* Everything is due so much later. */
void queue_shift(struct queue *, int64_t by);

#endif
