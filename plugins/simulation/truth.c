/* The book of the truth: a table that grows, with open addresses. */
#include "truth.h"

#include <stdlib.h>

#include "dice.h"

static struct truth_row *
row_place(struct truth_row *rows, size_t room, uint32_t promotion,
    uint32_t item)
{
	size_t at = dice_mix(promotion, item) & (room - 1);

	while (rows[at].promotion != 0 && (rows[at].promotion != promotion ||
	    rows[at].item != item))
		at = (at + 1) & (room - 1);
	return &rows[at];
}

static bool
table_grow(struct truth *t)
{
	size_t room = t->room == 0 ? 64 : t->room * 2;
	struct truth_row *rows = calloc(room, sizeof(*rows));

	if (rows == NULL)
		return false;
	for (size_t i = 0; i < t->room; i++)
		if (t->rows[i].promotion != 0)
			*row_place(rows, room, t->rows[i].promotion,
			    t->rows[i].item) = t->rows[i];
	free(t->rows);
	t->rows = rows;
	t->room = room;
	return true;
}

struct truth_row *
truth_row(struct truth *t, uint32_t promotion, uint32_t item)
{
	if (t->count * 2 >= t->room && !table_grow(t))
		return NULL;
	struct truth_row *row = row_place(t->rows, t->room, promotion, item);
	if (row->promotion == 0) {
		row->promotion = promotion;
		row->item = item;
		t->count++;
	}
	return row;
}

static int
row_compare(const void *one, const void *two)
{
	const struct truth_row *a = one, *b = two;

	if (a->promotion != b->promotion)
		return a->promotion < b->promotion ? -1 : 1;
	return a->item < b->item ? -1 : a->item > b->item;
}

struct truth_row *
truth_list(const struct truth *t, size_t *ret_count)
{
	struct truth_row *rows = t->count == 0 ? NULL :
	    calloc(t->count, sizeof(*rows));
	size_t n = 0;

	*ret_count = 0;
	if (rows == NULL)
		return NULL;
	for (size_t i = 0; i < t->room; i++)
		if (t->rows[i].promotion != 0)
			rows[n++] = t->rows[i];
	qsort(rows, n, sizeof(*rows), row_compare);
	*ret_count = n;
	return rows;
}

void
truth_clear(struct truth *t)
{
	free(t->rows);
	*t = (struct truth){ 0 };
}
