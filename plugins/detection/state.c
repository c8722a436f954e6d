/* The whole state, to a snapshot and back, in an order that depends on nothing
 * but the log. */
#include "detection.h"

#include <stdlib.h>

struct tape {
	const struct lift_host *host;
	void                   *snapshot;
	bool                    is_bad;
};

static void
put(struct tape *t, const void *data, size_t size)
{
	t->host->put(t->snapshot, data, size);
}

static void
put_number(struct tape *t, int64_t v)
{
	put(t, &v, sizeof(v));
}

static void
take(struct tape *t, void *data, size_t size)
{
	if (!t->is_bad && t->host->take(t->snapshot, data, size))
		return;
	t->is_bad = true;
	memset(data, 0, size);
}

static int64_t
take_number(struct tape *t)
{
	int64_t v = 0;

	take(t, &v, sizeof(v));
	return v;
}

/* A count of things of SIZE bytes; what is no count that memory could hold is a
 * damaged snapshot. */
static uint32_t
take_count(struct tape *t, size_t size)
{
	int64_t v = take_number(t);

	if (v < 0 || (uint64_t)v * size > (uint64_t)1 << 33)
		t->is_bad = true;
	return t->is_bad ? 0 : (uint32_t)v;
}

static void
put_array(struct tape *t, const void *items, uint32_t count, size_t size)
{
	put_number(t, count);
	if (count > 0)
		put(t, items, count * size);
}

static void *
take_array(struct tape *t, uint32_t *ret_count, size_t size)
{
	uint32_t count = take_count(t, size);
	void *items = sure(calloc(count + 1, size));

	if (count > 0)
		take(t, items, count * size);
	*ret_count = t->is_bad ? 0 : count;
	return items;
}

/* ---- windows ----------------------------------------------------------- */

static void
pages_save(struct tape *t, const struct window *w)
{
	for (uint32_t i = 0; i < w->page_count; i++) {
		if (w->pages[i] == NULL)
			continue;
		put_number(t, i);
		put(t, w->pages[i], PAGE * sizeof(struct cell));
	}
	put_number(t, -1);
}

static void
windows_save(struct tape *t, const struct detection *d)
{
	for (const struct window *w = d->windows; w != NULL; w = w->next) {
		struct window flat = *w;
		put_number(t, 1);
		flat.next = NULL;
		flat.pages = NULL;
		flat.page_count = flat.room = 0;
		flat.ids = NULL;
		flat.cells = NULL;
		flat.glances = NULL;
		put(t, &flat, sizeof(flat));
		put_array(t, w->ids, w->count, sizeof(*w->ids));
		put_array(t, w->cells, w->count, sizeof(*w->cells));
		put_array(t, w->glances, w->glance_count,
		    sizeof(*w->glances));
		pages_save(t, w);
	}
	put_number(t, 0);
}

static void
window_load(struct tape *t, struct detection *d)
{
	struct window flat;
	uint32_t count = 0;

	take(t, &flat, sizeof(flat));
	if (t->is_bad)
		return;
	struct window *w = window_at(d, flat.number), *next = w->next;
	*w = flat;
	w->next = next;
	w->ids = take_array(t, &w->count, sizeof(*w->ids));
	w->cells = take_array(t, &count, sizeof(*w->cells));
	w->room = w->count;
	t->is_bad |= count != w->count;
	w->glances = take_array(t, &w->glance_count, sizeof(*w->glances));
	/* Pages are told from a list by this. */
	w->is_judged = false;
	for (int64_t page = take_number(t); page != -1 && !t->is_bad;
	    page = take_number(t)) {
		if (page < 0 || page > UINT32_MAX / PAGE - 1) {
			t->is_bad = true;
			break;
		}
		take(t, window_cell(w, (uint32_t)page * PAGE),
		    PAGE * sizeof(struct cell));
	}
	w->is_judged = flat.is_judged;
}

static void
windows_load(struct tape *t, struct detection *d)
{
	while (take_number(t) == 1 && !t->is_bad)
		window_load(t, d);
	d->judged = d->phase != PHASE_IDLE ? window_find(d, d->next) : NULL;
	t->is_bad |= d->phase != PHASE_IDLE && d->judged == NULL;
}

/* ---- shelves ----------------------------------------------------------- */

static void
shelves_save(struct tape *t, const struct detection *d)
{
	put_number(t, d->shelf_count);
	for (uint32_t k = 0; k < d->shelf_count; k++) {
		struct shelf flat = d->shelves[k];
		flat.name = NULL;
		put(t, &flat, sizeof(flat));
		put(t, d->shelves[k].name, d->shelves[k].size);
	}
	put_array(t, d->shelf_index, d->shelf_mask == 0 ? 0 :
	    d->shelf_mask + 1, sizeof(*d->shelf_index));
}

static void
shelves_load(struct tape *t, struct detection *d)
{
	uint32_t count = take_count(t, sizeof(struct shelf)), room;

	for (uint32_t k = 0; k < count && !t->is_bad; k++) {
		d->shelves = grown(d->shelves, k, &d->shelf_room,
		    sizeof(*d->shelves));
		struct shelf *s = &d->shelves[k];
		take(t, s, sizeof(*s));
		t->is_bad |= s->size > 4096;
		s->name = sure(calloc(1, t->is_bad ? 1 : s->size + 1));
		if (!t->is_bad)
			take(t, s->name, s->size);
		d->shelf_count = k + 1;
	}
	d->shelf_index = take_array(t, &room, sizeof(*d->shelf_index));
	d->shelf_mask = room > 0 ? room - 1 : 0;
	t->is_bad |= (room & d->shelf_mask) != 0;
}

/* ---- campaigns and alerts ---------------------------------------------- */

static void
campaigns_save(struct tape *t, const struct detection *d)
{
	put_number(t, d->campaign_count);
	for (uint32_t k = 0; k < d->campaign_count; k++) {
		struct campaign flat = d->campaigns[k];
		flat.pairs = NULL;
		put(t, &flat, sizeof(flat));
		put_array(t, d->campaigns[k].pairs, flat.pair_count,
		    sizeof(uint32_t));
	}
	put_array(t, d->pairs, d->pair_count, sizeof(*d->pairs));
	put_array(t, d->pressed, d->pressed_count, sizeof(*d->pressed));
	put_array(t, d->seen, d->seen_room, sizeof(*d->seen));
	put_array(t, d->seen_start, d->seen_room, sizeof(*d->seen_start));
}

static void
campaigns_load(struct tape *t, struct detection *d)
{
	uint32_t count = take_count(t, sizeof(struct campaign)), room = 0;

	for (uint32_t k = 0; k < count && !t->is_bad; k++) {
		d->campaigns = grown(d->campaigns, k, &d->campaign_room,
		    sizeof(*d->campaigns));
		struct campaign *c = &d->campaigns[k];
		take(t, c, sizeof(*c));
		c->pairs = take_array(t, &c->pair_count, sizeof(*c->pairs));
		d->campaign_count = k + 1;
	}
	d->pairs = take_array(t, &d->pair_count, sizeof(*d->pairs));
	d->pair_room = d->pair_count;
	d->pressed = take_array(t, &d->pressed_count, sizeof(*d->pressed));
	d->pressed_room = d->pressed_count;
	d->seen = take_array(t, &d->seen_room, sizeof(*d->seen));
	d->seen_start = take_array(t, &room, sizeof(*d->seen_start));
	t->is_bad |= room != d->seen_room;
}

static void
alerts_save(struct tape *t, const struct detection *d)
{
	struct note *n;

	put_number(t, d->alert_count);
	for (uint32_t k = 0; k < d->alert_count; k++) {
		struct alert flat = d->alerts[k];
		for (unsigned i = 0; (n = alert_note(&flat, i)) != NULL; i++)
			n->data = NULL;
		put(t, &flat, sizeof(flat));
		for (unsigned i = 0; (n = alert_note(&d->alerts[k], i)) !=
		    NULL; i++)
			put_array(t, n->data, n->data != NULL ?
			    (uint32_t)n->size : 0, 1);
	}
}

static void
alerts_load(struct tape *t, struct detection *d)
{
	uint32_t count = take_count(t, sizeof(struct alert)), size = 0;
	struct note *n;

	for (uint32_t k = 0; k < count && !t->is_bad; k++) {
		d->alerts = grown(d->alerts, k, &d->alert_room,
		    sizeof(*d->alerts));
		struct alert *a = &d->alerts[k];
		take(t, a, sizeof(*a));
		for (unsigned i = 0; (n = alert_note(a, i)) != NULL; i++) {
			n->data = take_array(t, &size, 1);
			n->size = size;
			if (size == 0) {
				free(n->data);
				n->data = NULL;
			}
		}
		d->alert_count = k + 1;
	}
}

/* ---- the crowd --------------------------------------------------------- */

static void
crowd_save(struct tape *t, const struct detection *d)
{
	size_t size = d->crowd != NULL ? forest_room(d->crowd) : 0;
	void *bytes = sure(malloc(size + 1));

	if (size > 0)
		forest_put(d->crowd, bytes);
	put_array(t, bytes, (uint32_t)size, 1);
	free(bytes);
}

static void
crowd_load(struct tape *t, struct detection *d)
{
	uint32_t size;
	void *bytes = take_array(t, &size, 1);

	if (size > 0)
		d->crowd = forest_take(bytes, size);
	t->is_bad |= (size > 0 || d->crowd_rows > 0) && d->crowd == NULL;
	free(bytes);
}

/* ---- the whole --------------------------------------------------------- */

/* What lies between the pointers: numbers alone. */
#define SCALARS(X)							\
	X(now) X(next) X(firm) X(has_begun) X(has_judged) X(lateness)	\
	X(item_count) X(catalogue_stale) X(block_at) X(block_full)	\
	X(week) X(day) X(open_week) X(open_day) X(lately) X(scatter)	\
	X(traffic) X(lull) X(firm_sum) X(level_sum)			\
	X(level_sum_new) X(level_count) X(level_count_new) X(live)	\
	X(pair_free) X(pressed_stale) X(promotion_count) X(memory)	\
	X(shares) X(certain) X(ledger) X(tests) X(alarms) X(bar)	\
	X(bursts) X(burst_count) X(slope) X(prices_learned)		\
	X(crowd_rows) X(crowd_bar) X(alerts_dropped) X(actions_today)	\
	X(action_day) X(phase) X(at)

static void
shop_save(struct tape *t, const struct detection *d)
{
	struct block flat = d->block;

#define X(member)	put(t, &d->member, sizeof(d->member));
	SCALARS(X)
#undef X
	flat.units = NULL;
	put(t, &flat, sizeof(flat));
	put_array(t, d->block.units, d->block.room, sizeof(uint32_t));
	put_array(t, d->items, d->item_count, sizeof(*d->items));
	shelves_save(t, d);
	campaigns_save(t, d);
	alerts_save(t, d);
	crowd_save(t, d);
	windows_save(t, d);
}

void
detection_save(void *self, void *snapshot)
{
	struct detection *d = self;
	struct tape t = { d->host, snapshot, false };

	shop_save(&t, d);
	put_number(&t, d->part_count);
	for (uint32_t k = 0; k < d->part_count; k++) {
		const struct detection *part = d->parts[k];
		put_array(&t, part->store.data, (uint32_t)part->store.size, 1);
		shop_save(&t, part);
	}
}

static void
shop_load(struct tape *t, struct detection *d)
{
#define X(member)	take(t, &d->member, sizeof(d->member));
	SCALARS(X)
#undef X
	take(t, &d->block, sizeof(d->block));
	d->block.units = take_array(t, &d->block.room, sizeof(uint32_t));
	uint32_t items = d->item_count;
	d->items = take_array(t, &d->item_count, sizeof(*d->items));
	d->item_room = d->item_count;
	t->is_bad |= items != d->item_count;
	shelves_load(t, d);
	campaigns_load(t, d);
	alerts_load(t, d);
	crowd_load(t, d);
	windows_load(t, d);
}

static void
part_load(struct tape *t, struct detection *d)
{
	uint32_t size = 0;
	char *name = take_array(t, &size, 1);
	struct detection *part = t->is_bad ? NULL : store_part(d,
	    (struct lift_text){ name, size });

	free(name);
	t->is_bad |= part == NULL;
	if (part != NULL)
		shop_load(t, part);
}

bool
detection_load(void *self, void *snapshot, uint32_t version,
    struct lift_error *err)
{
	struct detection *d = self;
	struct tape t = { d->host, snapshot, false };

	if (version != STATE_VERSION)
		return lift_fail(err, LIFT_E_STORE, "the detection's state "
		    "has version %u, this plugin reads version %u", version,
		    (unsigned)STATE_VERSION);
	detection_clear(d);
	shop_load(&t, d);
	uint32_t parts = take_count(&t, sizeof(struct detection));
	for (uint32_t k = 0; k < parts && !t.is_bad; k++)
		part_load(&t, d);
	if (!t.is_bad)
		return true;
	detection_clear(d);
	return lift_fail(err, LIFT_E_STORE,
	    "the detection's state ends too early or is damaged");
}

void
detection_clear(struct detection *d)
{
	const struct lift_host *host = d->host;
	const struct settings *settings = d->settings;
	struct detection *whole = d->whole;
	struct lift_text store = d->store;

	stores_free(d);
	windows_free(d);
	shelves_free(d);
	campaigns_free(d);
	alerts_free(d);
	forest_free(d->crowd);
	free(d->items);
	free(d->block.units);
	*d = (struct detection){ .host = host, .settings = settings,
		.whole = whole, .store = store, .catalogue_stale = true,
		.pair_free = NONE };
	d->memory = d->shares = shares_start();
	d->scatter = scatter_start();
	d->lately = d->certain = 1;
}
