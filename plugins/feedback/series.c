/* Rows are short arrays in order of time: what comes is nearly always the next
 * window, and a sum looks at some hundred of them, a few times an hour. */
#include "feedback/series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void *
sure(void *at)
{
	if (at == NULL)
		abort();
	return at;
}

static struct series_row *
row_at(struct series *s, uint32_t product)
{
	if (product >= s->row_count) {
		uint32_t count = (product + 64) * 2;
		s->rows = sure(realloc(s->rows, count * sizeof(*s->rows)));
		memset(s->rows + s->row_count, 0,
		    (count - s->row_count) * sizeof(*s->rows));
		s->row_count = count;
	}
	return &s->rows[product];
}

/* Makes room for one window at PLACE; when all is taken the oldest goes. */
static uint16_t
row_open(struct series_row *r, uint16_t place)
{
	if (r->count == SERIES_WINDOWS) {
		memmove(r->windows, r->windows + 1,
		    (size_t)(place - 1) * sizeof(*r->windows));
		return (uint16_t)(place - 1);
	}
	if (r->count == r->room) {
		unsigned room = r->room == 0 ? 16 : r->room * 2u;
		r->room = (uint16_t)(room > SERIES_WINDOWS ? SERIES_WINDOWS :
		    room);
		r->windows = sure(realloc(r->windows,
		    r->room * sizeof(*r->windows)));
	}
	memmove(r->windows + place + 1, r->windows + place,
	    (size_t)(r->count - place) * sizeof(*r->windows));
	r->count++;
	return place;
}

bool
series_knows(const struct series *s, uint32_t product)
{
	return product < s->row_count && s->rows[product].count > 0;
}

void
series_note(struct series *s, uint32_t product, const struct series_window *w,
    bool exposed)
{
	struct series_row *r = row_at(s, product);
	uint16_t place = r->count;

	if (exposed && w->start > r->exposed)
		r->exposed = w->start;
	while (place > 0 && r->windows[place - 1].start > w->start)
		place--;
	if (w->start > s->newest)
		s->newest = w->start;
	if (place > 0 && r->windows[place - 1].start == w->start) {
		r->windows[place - 1] = *w;
		return;
	}
	/* Older than all that are kept. */
	if (place == 0 && r->count == SERIES_WINDOWS)
		return;
	place = row_open(r, place);
	r->windows[place] = *w;
}

struct measure_arm
series_sum(const struct series *s, uint32_t product, int64_t from, int64_t to)
{
	struct measure_arm arm = { 0 };

	if (product >= s->row_count)
		return arm;
	const struct series_row *r = &s->rows[product];
	for (uint16_t i = 0; i < r->count; i++) {
		const struct series_window *w = &r->windows[i];
		if (w->start < from || w->start >= to || !(w->expected > 0))
			continue;
		double e = w->expected, d = w->units - e;
		arm.units += w->units;
		arm.expected += e;
		arm.revenue += (double)w->revenue;
		arm.squares += d * d / e;
		arm.windows++;
	}
	return arm;
}

void
series_sweep(struct series *s, int64_t span)
{
	if (s->newest - s->swept < span / 4 && s->swept <= s->newest)
		return;
	s->swept = s->newest;
	for (uint32_t i = 0; i < s->row_count; i++) {
		struct series_row *r = &s->rows[i];
		if (r->count == 0 || r->exposed >= s->newest - span)
			continue;
		free(r->windows);
		*r = (struct series_row){ 0 };
	}
}

void
series_done(struct series *s)
{
	for (uint32_t i = 0; i < s->row_count; i++)
		free(s->rows[i].windows);
	free(s->rows);
	*s = (struct series){ 0 };
}
