/* Stores: where a shop has several and wants them apart, each is a shop of its
 * own, with levels, traffic, pairs and alerts; the whole counts everything as
 * well, since windows are told of the whole. Parts stand in the order of their
 * names, so that nothing depends on which store was heard of first. */
#include "detection.h"

#include <stdlib.h>
#include <string.h>

/* More stores are not looked at apart. */
enum { STORES_MOST = 1000 };

static int
compare(struct lift_text a, struct lift_text b)
{
	size_t least = a.size < b.size ? a.size : b.size;
	int order = least > 0 ? memcmp(a.data, b.data, least) : 0;

	return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

/* Where the part NAME is or belongs. */
static uint32_t
part_place(const struct detection *d, struct lift_text name)
{
	uint32_t low = 0, high = d->part_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (compare(d->parts[middle]->store, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct detection *
part_make(struct detection *d, struct lift_text name)
{
	struct detection *part = sure(calloc(1, sizeof(*part)));
	char *copy = sure(malloc(name.size + 1));

	if (name.size > 0)
		memcpy(copy, name.data, name.size);
	part->host = d->host;
	part->settings = d->settings;
	part->whole = d;
	part->store = (struct lift_text){ copy, name.size };
	detection_clear(part);
	return part;
}

struct detection *
store_part(struct detection *d, struct lift_text name)
{
	uint32_t at = part_place(d, name);

	if (at < d->part_count &&
	    lift_text_equal(d->parts[at]->store, name))
		return d->parts[at];
	if (d->part_count >= STORES_MOST) {
		d->host->count(d->host, "entries_beyond_stores_total", 1);
		return NULL;
	}
	d->parts = grown(d->parts, d->part_count, &d->part_room,
	    sizeof(*d->parts));
	memmove(d->parts + at + 1, d->parts + at,
	    (d->part_count - at) * sizeof(*d->parts));
	d->parts[at] = part_make(d, name);
	d->part_count++;
	return d->parts[at];
}

bool
store_runs(const struct detection *d, const struct lift_promotion *p)
{
	if (d->whole == NULL || p->stores.type != LIFT_LIST ||
	    p->stores.size == 0)
		return true;
	for (uint32_t k = 0; k < p->stores.size; k++) {
		const struct lift_value *v = &p->stores.items[k];
		if (lift_text_equal(d->store, (struct lift_text){ v->text,
		    v->size }))
			return true;
	}
	return false;
}

bool
stores_are_apart(const struct detection *d)
{
	return d->whole == NULL && d->settings->stores == STORES_APART;
}

struct detection *
store_of_alert(struct detection *d, struct lift_text id)
{
	for (uint32_t k = 0; k < d->part_count; k++)
		if (alert_find(d->parts[k], id) != NULL)
			return d->parts[k];
	return d;
}

struct detection *
store_next(struct detection *d, uint32_t *at)
{
	if (!stores_are_apart(d))
		return (*at)++ == 0 ? d : NULL;
	return *at < d->part_count ? d->parts[(*at)++] : NULL;
}

void
stores_free(struct detection *d)
{
	for (uint32_t k = 0; k < d->part_count; k++) {
		struct detection *part = d->parts[k];
		detection_clear(part);
		free((char *)(uintptr_t)part->store.data);
		free(part);
	}
	free(d->parts);
	d->parts = NULL;
	d->part_count = d->part_room = 0;
}
