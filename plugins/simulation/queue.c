/* The heap. Four children lie side by side in memory, which makes it half as
 * deep as one of two. */
#include "queue.h"

#include <stdlib.h>

static bool
is_before(struct due a, struct due b)
{
	return a.time != b.time ? a.time < b.time : a.visit < b.visit;
}

bool
queue_add(struct queue *q, struct due item)
{
	if (q->count == q->room) {
		uint32_t room = q->room * 2 + 64;
		void *items = realloc(q->items, room * sizeof(*q->items));
		if (items == NULL)
			return false;
		q->items = items;
		q->room = room;
	}
	uint32_t at = q->count++;
	while (at > 0 && is_before(item, q->items[(at - 1) / 4])) {
		q->items[at] = q->items[(at - 1) / 4];
		at = (at - 1) / 4;
	}
	q->items[at] = item;
	return true;
}

void
queue_sink(struct queue *q, struct due item)
{
	uint32_t at = 0;

	for (;;) {
		uint32_t best = at * 4 + 1, last = at * 4 + 4;
		if (best >= q->count)
			break;
		for (uint32_t i = best + 1; i <= last && i < q->count; i++)
			if (is_before(q->items[i], q->items[best]))
				best = i;
		if (is_before(item, q->items[best]))
			break;
		q->items[at] = q->items[best];
		at = best;
	}
	q->items[at] = item;
}

void
queue_drop(struct queue *q)
{
	q->count--;
	if (q->count > 0)
		queue_sink(q, q->items[q->count]);
}

void
queue_shift(struct queue *q, int64_t by)
{
	for (uint32_t i = 0; i < q->count; i++)
		q->items[i].time += by;
}
