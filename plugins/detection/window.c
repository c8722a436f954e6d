/* Windows: what happened to each product in each minute. An open window is a
 * list of pages of products, each made when one of its products is first met;
 * a judged one is packed into lists, since only what comes late looks into it
 * any more. */
#include "detection.h"

#include <stdlib.h>

int64_t
window_number(const struct detection *d, int64_t time)
{
	int64_t span = d->settings->window, rest = time % span;

	return (time - rest) / span - (rest < 0);
}

static struct window *
window_insert(struct detection *d, struct window **at, int64_t number)
{
	struct window *w = sure(calloc(1, sizeof(*w)));

	w->number = number;
	w->next = *at;
	*at = w;
	if (w->next == NULL)
		d->newest = w;
	return w;
}

struct window *
window_at(struct detection *d, int64_t number)
{
	struct window **at = &d->windows;

	if (d->newest != NULL && d->newest->number == number)
		return d->newest;
	if (d->newest != NULL && d->newest->number < number)
		at = &d->newest->next;
	while (*at != NULL && (*at)->number < number)
		at = &(*at)->next;
	if (*at != NULL && (*at)->number == number)
		return *at;
	return window_insert(d, at, number);
}

struct window *
window_find(const struct detection *d, int64_t number)
{
	struct window *w = d->windows;

	while (w != NULL && w->number < number)
		w = w->next;
	return w != NULL && w->number == number ? w : NULL;
}

/* ---- cells ------------------------------------------------------------- */

/* The place in the list where PRODUCT is or belongs. */
static uint32_t
list_place(const struct window *w, uint32_t product)
{
	uint32_t low = 0, high = w->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (w->ids[middle] < product)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What was a glance at PRODUCT is none any more; nothing if there was none. */
static struct cell
glance_take(struct window *w, uint32_t product)
{
	uint32_t low = 0, high = w->glance_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (w->glances[middle].product < product)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == w->glance_count || w->glances[low].product != product)
		return (struct cell){ 0 };
	struct glance g = w->glances[low];
	w->glance_count--;
	memmove(w->glances + low, w->glances + low + 1,
	    (w->glance_count - low) * sizeof(*w->glances));
	return (struct cell){ .views = g.views, .revision = g.revision };
}

static struct cell *
list_cell(struct window *w, uint32_t product)
{
	uint32_t at = list_place(w, product), behind = w->count - at;

	if (behind > 0 && w->ids[at] == product)
		return &w->cells[at];
	if (w->count == w->room) {
		w->room += 16;
		w->ids = sure(realloc(w->ids, w->room * sizeof(*w->ids)));
		w->cells = sure(realloc(w->cells,
		    w->room * sizeof(*w->cells)));
	}
	memmove(w->ids + at + 1, w->ids + at, behind * sizeof(*w->ids));
	memmove(w->cells + at + 1, w->cells + at, behind * sizeof(*w->cells));
	w->count++;
	w->ids[at] = product;
	w->cells[at] = glance_take(w, product);
	return &w->cells[at];
}

static struct cell *
page_cell(struct window *w, uint32_t product)
{
	uint32_t page = product / PAGE;

	if (page >= w->page_count) {
		uint32_t count = (page + 8) + (page + 8) / 2;
		w->pages = sure(realloc(w->pages, count * sizeof(*w->pages)));
		memset(w->pages + w->page_count, 0,
		    (count - w->page_count) * sizeof(*w->pages));
		w->page_count = count;
	}
	if (w->pages[page] == NULL)
		w->pages[page] = sure(calloc(PAGE, sizeof(struct cell)));
	return &w->pages[page][product % PAGE];
}

struct cell *
window_cell(struct window *w, uint32_t product)
{
	return w->is_judged ? list_cell(w, product) : page_cell(w, product);
}

const struct cell *
window_look(const struct window *w, uint32_t product)
{
	uint32_t page = product / PAGE;

	if (!w->is_judged)
		return page < w->page_count && w->pages[page] != NULL ?
		    &w->pages[page][product % PAGE] : NULL;
	uint32_t at = list_place(w, product);
	return at < w->count && w->ids[at] == product ? &w->cells[at] : NULL;
}

static bool
cell_is_empty(const struct cell *c)
{
	return c->units == 0 && c->views == 0 && c->purchases == 0 &&
	    c->returns == 0 && c->revision == 0;
}

static void
pages_free(struct window *w)
{
	for (uint32_t i = 0; i < w->page_count; i++)
		free(w->pages[i]);
	free(w->pages);
	w->pages = NULL;
	w->page_count = 0;
}

static bool
cell_is_glance(const struct cell *c)
{
	return c->units == 0 && c->purchases == 0 && c->returns == 0 &&
	    c->revenue == 0 && c->views <= UINT16_MAX;
}

static void
pages_count(const struct window *w, uint32_t *ret_cells, uint32_t *ret_glances)
{
	*ret_cells = *ret_glances = 0;
	for (uint32_t i = 0; i < w->page_count; i++)
		for (unsigned k = 0; w->pages[i] != NULL && k < PAGE; k++) {
			const struct cell *c = &w->pages[i][k];
			if (cell_is_empty(c))
				continue;
			*ret_cells += !cell_is_glance(c);
			*ret_glances += cell_is_glance(c);
		}
}

static void
cell_pack(struct window *w, uint32_t product, const struct cell *c)
{
	if (cell_is_glance(c)) {
		w->glances[w->glance_count++] = (struct glance){ product,
			(uint16_t)c->views, c->revision };
		return;
	}
	w->ids[w->count] = product;
	w->cells[w->count++] = *c;
}

void
window_pack(struct window *w)
{
	uint32_t glances;

	free(w->ids);
	free(w->cells);
	free(w->glances);
	pages_count(w, &w->room, &glances);
	w->glances = sure(malloc(glances * sizeof(*w->glances) + 1));
	w->ids = sure(malloc(w->room * sizeof(*w->ids) + 1));
	w->cells = sure(malloc(w->room * sizeof(*w->cells) + 1));
	for (uint32_t i = 0; i < w->page_count; i++)
		for (unsigned k = 0; w->pages[i] != NULL && k < PAGE; k++) {
			const struct cell *c = &w->pages[i][k];
			if (!cell_is_empty(c))
				cell_pack(w, i * PAGE + k, c);
		}
	pages_free(w);
	w->is_judged = true;
	w->told = UINT32_MAX;
}

static void
window_free(struct window *w)
{
	pages_free(w);
	free(w->ids);
	free(w->cells);
	free(w->glances);
	free(w);
}

void
window_drop_first(struct detection *d)
{
	struct window *w = d->windows;

	d->windows = w->next;
	if (d->windows == NULL)
		d->newest = NULL;
	window_free(w);
}

void
windows_free(struct detection *d)
{
	while (d->windows != NULL)
		window_drop_first(d);
}

/* ---- counting ---------------------------------------------------------- */

static uint32_t
capped(uint64_t sum, uint32_t most)
{
	return sum < most ? (uint32_t)sum : most;
}

static void
cell_add(struct detection *d, struct cell *c, const struct lift_entry *e)
{
	uint64_t units = e->quantity > 0 ? (uint64_t)e->quantity : 0;
	struct item *i;

	switch (e->type) {
	case LIFT_PURCHASE:
		i = item_at(d, e->product);
		c->units = capped(c->units + units, INT32_MAX);
		c->purchases = capped((uint64_t)c->purchases + 1, INT32_MAX);
		if (i->currency == 0)
			i->currency = e->currency;
		/* Two currencies have no sum: the first one counts. */
		if (e->has_price && i->currency == e->currency)
			c->revenue += e->quantity * e->price;
		break;
	case LIFT_RETURN:
		c->returns = (uint16_t)capped(c->returns + units, UINT16_MAX);
		break;
	case LIFT_VIEW:
		c->views = capped((uint64_t)c->views + 1, INT32_MAX);
		break;
	}
}

/* A purchase may be so large that it is capped: what is summed is what the cell
 * has. */
void
window_count(struct detection *d, const struct lift_entry *e)
{
	int64_t number = window_number(d, e->time);
	struct window *w = window_at(d, number);
	struct cell *c = window_cell(w, e->product);
	uint32_t before = c->units;

	item_at(d, e->product);
	cell_add(d, c, e);
	int64_t units = (int64_t)c->units - before;
	w->units += units;
	if (units > 0 && number < d->next + (d->phase >= PHASE_TRAFFIC))
		campaign_late(d, e->product, number, units);
	if (w->is_judged || e->product < w->told)
		window_tell(d, w, e->product, c);
}

/* ---- telling ----------------------------------------------------------- */

static struct lift_value
expected_of(const struct detection *d, const struct window *w,
    const struct item *i)
{
	struct prior p = item_prior(d, i);
	double mean = level_mean(&i->level, &p) * w->exposure;

	/* Until something was sold the shelf's mean says nothing of it. */
	if (i->level.exposure <= 0)
		return LIFT_VALUE_NULL;
	return LIFT_VALUE_NUMBER((double)(int64_t)(mean * 1e4 + 0.5) / 1e4);
}

void
window_tell(struct detection *d, struct window *w, uint32_t product,
    struct cell *c)
{
	const struct item *i = item_at(d, product);

	/* Windows are told of the whole. */
	if (d->whole != NULL) {
		c->revision += c->revision < UINT16_MAX;
		return;
	}
	struct lift_text name = d->host->product_name(d->host, product);
	struct lift_money price = campaign_price(d, product);
	int64_t start = w->number * d->settings->window;
	char identity[320];
	int n = snprintf(identity, sizeof(identity), "%.*s %lld %u",
	    (int)name.size, name.data, (long long)start, c->revision);
	double traffic = w->season > 0 ? w->exposure / w->season : 1;
	struct lift_value values[] = {
		LIFT_VALUE_PRODUCT(product), LIFT_VALUE_TIME(start),
		LIFT_VALUE_INT(c->revision), LIFT_VALUE_INT(c->units),
		LIFT_VALUE_INT(c->returns),
		LIFT_VALUE_MONEY(c->revenue, i->currency),
		LIFT_VALUE_INT(c->views), LIFT_VALUE_INT(c->purchases),
		expected_of(d, w, i), price.currency != 0 ?
		LIFT_VALUE_MONEY(price.minor, price.currency) :
		LIFT_VALUE_NULL, LIFT_VALUE_BOOL(campaign_presses(d, product,
		w->number)), LIFT_VALUE_NUMBER((double)(int64_t)
		(traffic * 1e4 + 0.5) / 1e4),
	};

	if (c->revision < UINT16_MAX)
		c->revision++;
	d->host->emit(d->host, &(struct lift_effect){ .topic = TOPIC_STATS,
		.time = start + d->settings->window, .key = name,
		.identity = { identity, (size_t)n }, .values = values });
}
