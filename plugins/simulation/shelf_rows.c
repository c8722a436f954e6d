/* A shelf of products that a shop has: families are what it calls one, as far
 * as there is room in a family. What it does not say of them, how often one is
 * needed and what goes with it, is made from a seed. */
#include "shelf_parts.h"

#include <stdlib.h>
#include <string.h>

/* The families of rows, as they come. */
struct grouping {
	struct names names;		/* of families */
	uint32_t    *open;		/* by name: the family with room */
	uint32_t     open_room;
	uint16_t    *counts;		/* of products, by family */
	uint32_t    *of;		/* by row: its family */
	uint32_t     families;
};

static void
grouping_done(struct grouping *g)
{
	names_done(&g->names);
	free(g->open);
	free(g->counts);
	free(g->of);
}

/* A name begins a second family when the first one is full. */
static bool
row_group(struct grouping *g, const struct shelf_row *row, uint32_t number)
{
	const char *name = row->family[0] != '\0' ? row->family :
	    row->category;
	uint32_t known = g->names.count;
	uint32_t n = names_put(&g->names, name, strlen(name));

	if (n == NAMES_NONE)
		return false;
	if (n == known || g->counts[g->open[n]] == FAMILY_MOST)
		g->open[n] = g->families++;
	g->counts[g->open[n]]++;
	g->of[number] = g->open[n];
	return true;
}

static bool
rows_group(struct grouping *g, const struct shelf_row *rows, uint32_t count)
{
	g->open = calloc(count, sizeof(*g->open));
	g->counts = calloc(count, sizeof(*g->counts));
	g->of = calloc(count, sizeof(*g->of));
	if (g->open == NULL || g->counts == NULL || g->of == NULL)
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (!row_group(g, &rows[i], i))
			return false;
	return true;
}

static uint16_t
row_sells(const struct shelf_row *row)
{
	double sells = row->sells > 0 ? row->sells : 100;

	return (uint16_t)(sells < 1 ? 1 : sells > 60000 ? 60000 : sells);
}

static bool
row_take(struct shelf *s, const struct shelf_row *row, uint32_t number,
    uint32_t family)
{
	struct item *it = &s->items[number];
	struct label *l = &s->labels[number];
	struct family *f = &s->families[family];
	uint32_t category = names_put(&s->category_names, row->category,
	    strlen(row->category));
	const char *name = row->family[0] != '\0' ? row->family :
	    row->category;

	if (category == NAMES_NONE || !shelf_name(s, number, row->id) ||
	    !shelf_title(s, number, row->title[0] != '\0' ? row->title :
	    row->id))
		return false;
	it->price = row->price > 0 ? row->price : 1;
	it->sensitivity = row->sensitivity;
	it->sells = row_sells(row);
	l->cost = row->cost > 0 ? row->cost : it->price * 6 / 10;
	l->discount = row->discount > 0 ? row->discount : 20;
	if (f->count == 0) {
		f->category = (uint16_t)category;
		f->query = shelf_text(s, name);
	}
	shelf_add(s, number, family);
	return f->query != NULL;
}

struct shelf *
shelf_of(const struct shelf_row *rows, uint32_t count, uint64_t seed)
{
	struct grouping g = { 0 };
	struct shelf *s = NULL;
	bool ok = rows_group(&g, rows, count) &&
	    (s = shelf_room(count, g.families)) != NULL;

	for (uint32_t i = 0; ok && i < g.families; i++)
		shelf_habits(s, i, seed);
	for (uint32_t i = 0; ok && i < count; i++)
		ok = row_take(s, &rows[i], i, g.of[i]);
	grouping_done(&g);
	if (!ok) {
		shelf_free(s);
		return NULL;
	}
	s->categories = (const char *const *)s->category_names.texts;
	s->category_count = s->category_names.count;
	shelf_settle(s);
	return s;
}
