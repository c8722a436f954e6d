/* Campaigns: the promotions that are on, the products that they are on, and
 * those that they could eat. */
#include "detection.h"

#include <math.h>
#include <stdlib.h>

enum { PROMOTED_MOST = 64, COMPLEMENTS_MOST = 8, PROBE = 64 };

/* ---- pairs ------------------------------------------------------------- */

static uint32_t
pair_take(struct detection *d)
{
	uint32_t at = d->pair_free;

	if (at != NONE) {
		d->pair_free = d->pairs[at].next;
		return at;
	}
	d->pairs = grown(d->pairs, d->pair_count, &d->pair_room,
	    sizeof(*d->pairs));
	return d->pair_count++;
}

static void
pair_leave(struct detection *d, uint32_t pair)
{
	struct pair *p = &d->pairs[pair];
	uint32_t *at = &d->items[p->product].pair;

	while (*at != pair)
		at = &d->pairs[*at].next;
	*at = p->next;
	clean(p, sizeof(*p));
	p->next = d->pair_free;
	d->pair_free = pair;
	d->pressed_stale = true;
}

static void
item_freeze(struct detection *d, uint32_t product, int64_t start)
{
	struct item *i = &d->items[product];
	int64_t reach = d->lateness + d->settings->block /
	    d->settings->window + 1;

	/* One that thawed only a moment ago is taken as frozen since: what is
	 * not firm yet must not be learned in between. */
	if (i->frozen_until == INT64_MIN || start - i->frozen_until > reach)
		i->frozen_from = start;
	i->frozen_until = INT64_MAX;
}

/* Two promotions that press on one product: the older one must have shown what
 * it does while it was alone, the newer one is judged by what it adds. */
static void
pair_join(struct detection *d, struct pair *p)
{
	double now = demand_before(d, p->start);

	for (uint32_t k = d->items[p->product].pair; k != NONE;
	    k = d->pairs[k].next) {
		struct pair *q = &d->pairs[k];
		if (q->part != PART_CANDIDATE || q->end != INT64_MAX ||
		    q->start >= p->start)
			continue;
		if (now - q->began > p->under) {
			p->under = now - q->began;
			p->under_units = (double)q->units;
		}
		if (q->is_joined)
			continue;
		q->is_joined = true;
		q->alone = now - q->began;
		q->alone_units = q->units;
	}
}

/* Those that are on promotion come first in a product's list: they are asked
 * for most. */
static void
pair_link(struct detection *d, uint32_t at)
{
	struct pair *p = &d->pairs[at];
	uint32_t *link = &d->items[p->product].pair;

	while (p->part != PART_PROMOTED && *link != NONE &&
	    d->pairs[*link].part == PART_PROMOTED)
		link = &d->pairs[*link].next;
	p->next = *link;
	*link = at;
}

static uint32_t
pair_open(struct detection *d, uint32_t campaign, uint32_t product,
    enum part part)
{
	uint32_t at = pair_take(d);
	struct pair *p = &d->pairs[at];
	struct item *i = item_at(d, product);
	int64_t start = d->campaigns[campaign].start;

	clean(p, sizeof(*p));
	p->campaign = campaign;
	p->product = product;
	p->part = (uint8_t)part;
	p->is_used = true;
	p->start = start;
	p->through = start - 1;
	p->end = p->silent_from = INT64_MAX;
	p->price = i->price;
	p->paid = i->sale.usual;
	p->factor = p->doubt = 1;
	p->repriced = demand_before(d, start);
	demand_base(d, p);
	/* Windows since the start that were judged before it was known. */
	for (const struct window *w = d->windows; w != NULL &&
	    w->number < d->next; w = w->next) {
		const struct cell *c = window_look(w, product);
		if (w->number < start)
			continue;
		p->units += c != NULL ? c->units : 0;
		p->through = w->number;
	}
	if (part == PART_CANDIDATE)
		p->step = verdict_stream_bar(++d->tests, d->alarms,
		    d->settings->alarm);
	if (part == PART_CANDIDATE)
		pair_join(d, p);
	pair_link(d, at);
	item_freeze(d, product, start);
	d->pressed_stale = true;
	return at;
}

/* ---- candidates -------------------------------------------------------- */

struct choice {
	uint32_t product;
	double   level;
};

static int
by_level(const void *a, const void *b)
{
	const struct choice *x = a, *y = b;

	if (x->level != y->level)
		return x->level > y->level ? -1 : 1;
	return x->product < y->product ? -1 : x->product > y->product;
}

static int
by_product(const void *a, const void *b)
{
	const struct choice *x = a, *y = b;

	return x->product < y->product ? -1 : x->product > y->product;
}

/* A product that is on a promotion itself sells at another price, and tells
 * nothing of another one. */
static bool
is_promoted(const struct detection *d, uint32_t product)
{
	for (uint32_t k = d->items[product].pair; k != NONE &&
	    d->pairs[k].part == PART_PROMOTED; k = d->pairs[k].next)
		if (d->pairs[k].end == INT64_MAX)
			return true;
	return false;
}

static bool
is_listed(const struct lift_promotion *p, uint32_t product)
{
	for (uint32_t k = 0; k < p->product_count; k++)
		if (p->products[k] == product)
			return true;
	return false;
}

/* The best sellers seen so far, the least of them at the top of a heap. */
struct choices {
	struct choice *items;
	uint32_t       count, most;
};

static void
choices_sink(struct choices *all, uint32_t at)
{
	struct choice *items = all->items;
	uint32_t least;

	for (;; at = least) {
		least = at;
		for (uint32_t k = 2 * at + 1; k <= 2 * at + 2; k++)
			if (k < all->count &&
			    by_level(&items[k], &items[least]) > 0)
				least = k;
		if (least == at)
			return;
		struct choice keep = items[at];
		items[at] = items[least];
		items[least] = keep;
	}
}

static void
choices_add(struct choices *all, struct choice c)
{
	if (all->count == all->most) {
		if (by_level(&c, &all->items[0]) > 0)
			return;
		all->items[0] = c;
		choices_sink(all, 0);
		return;
	}
	all->items[all->count++] = c;
	if (all->count == all->most)
		for (uint32_t k = all->count / 2 + 1; k-- > 0;)
			choices_sink(all, k);
}

static void
shelf_choices(struct detection *d, const struct lift_promotion *p,
    uint32_t shelf, struct choices *ret)
{
	for (uint32_t k = d->shelves[shelf].first; k != NONE;
	    k = d->items[k].next) {
		struct prior prior = item_prior(d, &d->items[k]);
		if (is_listed(p, k) || is_promoted(d, k))
			continue;
		choices_add(ret, (struct choice){ k,
			level_mean(&d->items[k].level, &prior) });
	}
}

static void
choices_begin(struct choices *all, uint32_t most)
{
	all->count = 0;
	all->most = most;
	all->items = sure(malloc(most * sizeof(*all->items)));
}

static void
choices_sort(struct choices *all)
{
	if (all->count > 0)
		qsort(all->items, all->count, sizeof(*all->items), by_product);
}

/* The products that P could eat: those on its shelves, the best sellers of
 * them where there are too many; by number. */
static void
choices_make(struct detection *d, const struct lift_promotion *p,
    struct choices *ret)
{
	choices_begin(ret, (uint32_t)d->settings->candidates);
	for (uint32_t k = 0; k < p->product_count; k++) {
		uint32_t shelf = item_at(d, p->products[k])->shelf;
		bool again = shelf == NONE;
		for (uint32_t j = 0; j < k && !again; j++)
			again = d->items[p->products[j]].shelf == shelf;
		if (!again)
			shelf_choices(d, p, shelf, ret);
	}
	choices_sort(ret);
}

/* True if products of shelf S go with one of P's products, and it is not their
 * own. */
static bool
goes_with(const struct detection *d, const struct lift_promotion *p,
    uint32_t shelf)
{
	bool goes = false;

	for (uint32_t k = 0; k < p->product_count; k++) {
		if (d->items[p->products[k]].shelf == shelf)
			return false;
		goes |= shelf_goes_with(d, shelf, p->products[k]);
	}
	return goes;
}

/* What P may wake: the best sellers of the shelves that go with it. */
static void
complements_make(struct detection *d, const struct lift_promotion *p,
    struct choices *ret)
{
	choices_begin(ret, COMPLEMENTS_MOST);
	for (uint32_t k = 0; k < d->shelf_count; k++)
		if (goes_with(d, p, k))
			shelf_choices(d, p, k, ret);
	choices_sort(ret);
}

/* ---- begin and end ----------------------------------------------------- */

static uint32_t
campaign_take(struct detection *d)
{
	for (uint32_t k = 0; k < d->campaign_count; k++)
		if (d->campaigns[k].state == CAMPAIGN_OVER)
			return k;
	d->campaigns = grown(d->campaigns, d->campaign_count,
	    &d->campaign_room, sizeof(*d->campaigns));
	return d->campaign_count++;
}

/* Who is on promotion now is no witness against another one any more. */
static void
give_up_others(struct detection *d, uint32_t product)
{
	for (uint32_t k = d->items[product].pair; k != NONE;
	    k = d->pairs[k].next) {
		struct pair *p = &d->pairs[k];
		if (p->part != PART_PROMOTED && p->end == INT64_MAX)
			p->is_given_up = true;
	}
}

static void
campaign_fill(struct detection *d, uint32_t at, const struct lift_promotion *p)
{
	struct choices choices, woken;
	uint32_t promoted = p->product_count < PROMOTED_MOST ?
	    p->product_count : PROMOTED_MOST;
	choices_make(d, p, &choices);
	complements_make(d, p, &woken);
	struct campaign *c = &d->campaigns[at];
	c->pairs = sure(malloc((promoted + choices.count + woken.count + 1) *
	    sizeof(*c->pairs)));
	for (uint32_t k = 0; k < promoted; k++) {
		item_at(d, p->products[k]);
		give_up_others(d, p->products[k]);
		c->pairs[c->pair_count++] = pair_open(d, at, p->products[k],
		    PART_PROMOTED);
	}
	c->promoted = promoted;
	for (uint32_t k = 0; k < choices.count; k++)
		c->pairs[c->pair_count++] = pair_open(d, at,
		    choices.items[k].product, PART_CANDIDATE);
	c->complements = c->pair_count;
	for (uint32_t k = 0; k < woken.count; k++)
		c->pairs[c->pair_count++] = pair_open(d, at,
		    woken.items[k].product, PART_COMPLEMENT);
	free(choices.items);
	free(woken.items);
}

static void
campaign_begin(struct detection *d, const struct lift_promotion *p)
{
	uint32_t at = campaign_take(d);
	int64_t first = window_number(d, p->start);

	first += first * d->settings->window < p->start;
	first = first > d->firm ? first : d->firm;
	first = first < d->next ? first : d->next;
	struct campaign *c = clean(&d->campaigns[at], sizeof(*c));
	c->promotion = p->id;
	c->state = CAMPAIGN_LIVE;
	c->started = p->start;
	c->start = first;
	c->end = INT64_MAX;
	c->price = p->price.minor;
	c->currency = p->price.currency;
	c->alert = NONE;
	campaign_fill(d, at, p);
	d->seen[p->id] = at + 1;
	d->seen_start[p->id] = p->start;
	d->live++;
}

static void
campaign_end(struct detection *d, struct campaign *c)
{
	c->state = CAMPAIGN_DIP;
	c->just_ended = true;
	c->end = d->next;
	d->live--;
	for (uint32_t k = 0; k < c->pair_count; k++) {
		struct pair *p = &d->pairs[c->pairs[k]];
		p->end = d->next;
		p->ended = demand_before(d, p->end);
	}
}

static bool
is_watched(const struct detection *d, uint32_t product, uint32_t except)
{
	for (uint32_t k = d->items[product].pair; k != NONE;
	    k = d->pairs[k].next)
		if (k != except)
			return true;
	return false;
}

/* The time after a promotion is over too: its products learn again. */
static void
campaign_over(struct detection *d, struct campaign *c)
{
	trial_close(d, c);
	price_campaign(d, c);
	for (uint32_t k = 0; k < c->pair_count; k++) {
		uint32_t product = d->pairs[c->pairs[k]].product;
		if (!is_watched(d, product, c->pairs[k]))
			d->items[product].frozen_until = d->next;
		pair_leave(d, c->pairs[k]);
	}
	if (c->alert != NONE)
		d->alerts[c->alert].campaign = NONE;
	free(c->pairs);
	clean(c, sizeof(*c));
	c->state = CAMPAIGN_OVER;
	c->alert = NONE;
}

/* ---- looking ----------------------------------------------------------- */

static void
seen_reach(struct detection *d, uint32_t promotion)
{
	uint32_t room = d->seen_room, more = promotion + promotion / 2 + 64;

	if (promotion < room)
		return;
	d->seen = sure(realloc(d->seen, more * sizeof(*d->seen)));
	d->seen_start = sure(realloc(d->seen_start,
	    more * sizeof(*d->seen_start)));
	memset(d->seen + room, 0, (more - room) * sizeof(*d->seen));
	memset(d->seen_start + room, 0,
	    (more - room) * sizeof(*d->seen_start));
	d->seen_room = more;
}

/* True if P is on during the whole of the window that is judged. */
static bool
is_on(const struct detection *d, const struct lift_promotion *p)
{
	int64_t from = d->next * d->settings->window;

	/* One that was stopped ends when it was. */
	return p != NULL && p->is_known && p->product_count > 0 &&
	    store_runs(d, p) &&
	    p->start <= from && (p->end == INT64_MAX ||
	    p->end >= from + d->settings->window);
}

/* Begins or ends what is on of the promotion ID; true if it begins. */
static bool
promotion_look(struct detection *d, uint32_t id)
{
	const struct lift_promotion *p = d->host->promotion(d->host, id);

	seen_reach(d, id);
	struct campaign *c = d->seen[id] != 0 ? &d->campaigns[d->seen[id] - 1] :
	    NULL;
	bool on = is_on(d, p);
	if (c != NULL && on && c->state == CAMPAIGN_LIVE &&
	    c->started == p->start)
		return false;
	if (c != NULL && c->state == CAMPAIGN_LIVE)
		campaign_end(d, c);
	if (c != NULL && c->state == CAMPAIGN_DIP && (on || d->next >= c->end +
	    d->settings->dip / d->settings->window + 1)) {
		campaign_over(d, c);
		d->seen[id] = 0;
	}
	if (on)
		campaign_begin(d, p);
	return on;
}

static bool
is_named(const struct detection *d, uint32_t promotion)
{
	return d->host->promotion_name(d->host, promotion).size > 0;
}

bool
campaigns_look(struct detection *d, unsigned *slice)
{
	/* Ids are dense but for those that were forgotten. */
	for (uint32_t k = 1; d->at == 0 && k <= PROBE; k++)
		if (is_named(d, d->promotion_count + k)) {
			d->promotion_count += k;
			k = 0;
		}
	while (d->at < d->promotion_count && *slice > 0) {
		/* A beginning looks at whole shelves. */
		bool begins = false;
		for (unsigned k = 0; k < 8 && !begins &&
		    d->at < d->promotion_count; k++)
			begins = promotion_look(d, ++d->at);
		*slice -= begins && *slice > 4 ? 4 : 1;
	}
	return d->at >= d->promotion_count;
}

/* ---- who is exposed ---------------------------------------------------- */

static int
by_id(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void
pressed_list(struct detection *d)
{
	uint32_t count = 0;

	if (d->pressed_room < d->pair_count) {
		d->pressed = sure(realloc(d->pressed,
		    d->pair_count * sizeof(*d->pressed)));
		d->pressed_room = d->pair_count;
	}
	for (uint32_t k = 0; k < d->pair_count; k++)
		if (d->pairs[k].is_used &&
		    d->items[d->pairs[k].product].pair == k)
			d->pressed[count++] = d->pairs[k].product;
	if (count > 0)
		qsort(d->pressed, count, sizeof(*d->pressed), by_id);
	d->pressed_count = count;
	d->pressed_stale = false;
}

void
campaigns_press(struct detection *d)
{
	struct window *w = d->judged;
	double controls = d->level_sum;

	if (d->pressed_stale)
		pressed_list(d);
	w->pressed_units = 0;
	for (uint32_t k = 0; k < d->pressed_count; k++) {
		const struct item *i = &d->items[d->pressed[k]];
		struct prior p = item_prior(d, i);
		w->pressed_units += window_cell(w, d->pressed[k])->units;
		if (i->level.exposure > 0)
			controls -= level_mean(&i->level, &p);
	}
	w->controls = controls > 0 ? controls : 0;
	w->season = demand_season(d, w->number);
}

bool
campaign_presses(const struct detection *d, uint32_t product, int64_t number)
{
	const struct item *i = &d->items[product];

	return i->frozen_from <= number && number < i->frozen_until;
}

struct lift_money
campaign_price(const struct detection *d, uint32_t product)
{
	const struct lift_product *p = d->host->product(d->host, product);

	for (uint32_t k = d->items[product].pair; k != NONE &&
	    d->pairs[k].part == PART_PROMOTED; k = d->pairs[k].next) {
		const struct pair *pair = &d->pairs[k];
		const struct campaign *c = &d->campaigns[pair->campaign];
		if (c->currency != 0 && c->state == CAMPAIGN_LIVE)
			return (struct lift_money){ c->price, c->currency };
	}
	return p != NULL ? p->price : (struct lift_money){ 0, 0 };
}

static void
pair_late(struct pair *p, int64_t number, int64_t units)
{
	if (number < p->start) {
		p->base_units += number >= p->base ? units : 0;
		return;
	}
	if (number > p->through)
		return;
	if (number < p->end)
		p->units += units;
	else
		p->dip_units += units;
}

void
campaign_late(struct detection *d, uint32_t product, int64_t number,
    int64_t units)
{
	struct window *w = window_find(d, number);
	uint32_t k = d->items[product].pair;

	if (k != NONE && w != NULL && campaign_presses(d, product, number))
		w->pressed_units += units;
	for (; k != NONE; k = d->pairs[k].next)
		pair_late(&d->pairs[k], number, units);
}

void
campaigns_free(struct detection *d)
{
	for (uint32_t k = 0; k < d->campaign_count; k++)
		free(d->campaigns[k].pairs);
	free(d->campaigns);
	free(d->pairs);
	free(d->pressed);
	free(d->seen);
	free(d->seen_start);
	d->campaigns = NULL;
	d->pairs = NULL;
	d->pressed = d->seen = NULL;
	d->seen_start = NULL;
	d->campaign_count = d->campaign_room = d->pair_count = 0;
	d->pair_room = d->pressed_count = d->pressed_room = d->seen_room = 0;
	d->promotion_count = d->live = 0;
	d->pair_free = NONE;
}
