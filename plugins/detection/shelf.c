/* Shelves: products that may stand in for each other, by category and, where
 * the shop says so, by an attribute. */
#include "detection.h"

#include <math.h>
#include <stdlib.h>

struct item *
item_at(struct detection *d, uint32_t product)
{
	while (product >= d->item_count) {
		d->items = grown(d->items, d->item_count, &d->item_room,
		    sizeof(*d->items));
		struct item *i = clean(&d->items[d->item_count++],
		    sizeof(*i));
		i->shelf = i->next = i->pair = NONE;
		i->frozen_from = i->frozen_until = INT64_MIN;
		d->catalogue_stale = true;
	}
	return &d->items[product];
}

struct prior
item_prior(const struct detection *d, const struct item *i)
{
	struct prior p = { .weight = 0.6, .error = d->settings->error };
	const struct shelf *s = i->shelf != NONE ? &d->shelves[i->shelf] :
	    NULL;

	if (s != NULL && s->level_count >= 3)
		p.mean = s->level_sum / s->level_count;
	else if (d->level_count > 0)
		p.mean = d->level_sum / d->level_count;
	return p;
}

/* ---- names of shelves -------------------------------------------------- */

static uint32_t
name_hash(const char *name, size_t size)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ (unsigned char)name[i]) * 16777619u;
	return hash;
}

static void
index_grow(struct detection *d)
{
	uint32_t most = d->shelf_mask == 0 ? 64 : (d->shelf_mask + 1) * 2;

	free(d->shelf_index);
	d->shelf_index = sure(calloc(most, sizeof(*d->shelf_index)));
	d->shelf_mask = most - 1;
	for (uint32_t i = 0; i < d->shelf_count; i++) {
		uint32_t at = name_hash(d->shelves[i].name,
		    d->shelves[i].size) & d->shelf_mask;
		while (d->shelf_index[at] != 0)
			at = (at + 1) & d->shelf_mask;
		d->shelf_index[at] = i + 1;
	}
}

/* The shelf of this NAME, made if it is not there. */
static uint32_t
shelf_of(struct detection *d, const char *name, size_t size)
{
	if ((d->shelf_count + 1) * 2 > d->shelf_mask)
		index_grow(d);
	uint32_t at = name_hash(name, size) & d->shelf_mask;
	for (; d->shelf_index[at] != 0; at = (at + 1) & d->shelf_mask) {
		const struct shelf *s = &d->shelves[d->shelf_index[at] - 1];
		if (s->size == size && memcmp(s->name, name, size) == 0)
			return d->shelf_index[at] - 1;
	}
	d->shelves = grown(d->shelves, d->shelf_count, &d->shelf_room,
	    sizeof(*d->shelves));
	struct shelf *s = &d->shelves[d->shelf_count++];
	clean(s, sizeof(*s));
	s->size = size;
	s->first = s->last = NONE;
	s->name = sure(malloc(size + 1));
	memcpy(s->name, name, size);
	s->name[size] = '\0';
	d->shelf_index[at] = d->shelf_count;
	return d->shelf_count - 1;
}

struct lift_text
json_member(struct lift_text json, const char *name)
{
	size_t size = strlen(name);

	for (size_t i = 0; i + size + 3 < json.size; i++) {
		if (json.data[i] != '"' || json.data[i + size + 1] != '"' ||
		    memcmp(json.data + i + 1, name, size) != 0)
			continue;
		size_t at = i + size + 2;
		while (at < json.size && (json.data[at] == ' ' ||
		    json.data[at] == ':'))
			at++;
		size_t end = at;
		bool inside = false;
		while (end < json.size && (inside || (json.data[end] != ',' &&
		    json.data[end] != '}'))) {
			inside ^= json.data[end] == '"';
			end++;
		}
		return (struct lift_text){ json.data + at, end - at };
	}
	return (struct lift_text){ "", 0 };
}

double
json_number_member(struct lift_text json, const char *name)
{
	struct lift_text t = json_member(json, name);
	char word[40], *end;

	if (t.size == 0 || t.size >= sizeof(word))
		return NAN;
	memcpy(word, t.data, t.size);
	word[t.size] = '\0';
	double x = strtod(word, &end);
	return end > word && isfinite(x) ? x : NAN;
}

/* ---- the catalogue ----------------------------------------------------- */

static uint32_t
shelf_for(struct detection *d, const struct lift_product *p)
{
	char name[512];
	struct lift_text more = { "", 0 };

	if (p == NULL || p->category.size == 0)
		return NONE;
	if (d->settings->substitutes[0] != '\0')
		more = json_member(p->attributes, d->settings->substitutes);
	int n = snprintf(name, sizeof(name), "%.*s\n%.*s",
	    (int)p->category.size, p->category.data, (int)more.size,
	    more.data);
	return shelf_of(d, name, (size_t)n < sizeof(name) ? (size_t)n :
	    sizeof(name) - 1);
}

bool
shelf_goes_with(const struct detection *d, uint32_t shelf, uint32_t product)
{
	const struct lift_product *p = d->host->product(d->host, product);
	const struct shelf *s = &d->shelves[shelf];
	struct lift_text with;

	if (p == NULL || d->settings->complements[0] == '\0')
		return false;
	/* In quotes; a shelf's name is its category and more, on two lines. */
	with = json_member(p->attributes, d->settings->complements);
	while (with.size > 0 && with.data[with.size - 1] == ' ')
		with.size--;
	return with.size > 2 && s->size > with.size - 2 &&
	    memcmp(s->name, with.data + 1, with.size - 2) == 0 &&
	    s->name[with.size - 2] == '\n';
}

static void
item_leave(struct detection *d, uint32_t product, struct item *i)
{
	struct shelf *s = &d->shelves[i->shelf];
	uint32_t *at = &s->first;

	while (*at != product)
		at = &d->items[*at].next;
	*at = i->next;
	s->last = NONE;
	s->count--;
}

/* Lists are kept in order of id, so that they do not depend on the way here. */
static void
item_join(struct detection *d, uint32_t product, struct item *i,
    uint32_t shelf)
{
	struct shelf *s = &d->shelves[shelf];
	uint32_t *at = &s->first;

	if (s->last != NONE && s->first != NONE && s->last < product &&
	    d->items[s->last].shelf == shelf)
		at = &d->items[s->last].next;
	while (*at != NONE && *at < product)
		at = &d->items[*at].next;
	i->next = *at;
	*at = product;
	if (i->next == NONE)
		s->last = product;
	i->shelf = shelf;
	s->count++;
}

static void
item_read(struct detection *d, uint32_t product)
{
	const struct lift_product *p = d->host->product(d->host, product);
	struct item *i = item_at(d, product);
	uint32_t shelf = shelf_for(d, p);

	if (p != NULL && p->price.currency != 0) {
		if (i->price > 0 && i->price != (float)p->price.minor)
			price_changed(d, i, (float)p->price.minor);
		i->price = (float)p->price.minor;
		i->currency = p->price.currency;
	}
	if (shelf == i->shelf)
		return;
	elasticity_move(&i->slope, i->shelf != NONE ?
	    &d->shelves[i->shelf].slope : NULL, shelf != NONE ?
	    &d->shelves[shelf].slope : NULL, &d->slope);
	if (i->shelf != NONE)
		item_leave(d, product, i);
	i->shelf = NONE;
	if (shelf != NONE)
		item_join(d, product, i, shelf);
}

bool
shelves_read(struct detection *d, unsigned *slice)
{
	uint32_t most = d->host->products(d->host);

	if (!d->catalogue_stale)
		return true;
	while (d->at <= most && *slice > 0) {
		for (unsigned k = 0; k < PAGE && d->at <= most; k++, d->at++)
			if (d->at > 0)
				item_read(d, d->at);
		--*slice;
	}
	if (d->at <= most)
		return false;
	d->catalogue_stale = false;
	return true;
}

void
shelves_free(struct detection *d)
{
	for (uint32_t i = 0; i < d->shelf_count; i++)
		free(d->shelves[i].name);
	free(d->shelves);
	free(d->shelf_index);
	d->shelves = NULL;
	d->shelf_index = NULL;
	d->shelf_count = d->shelf_room = d->shelf_mask = 0;
}
