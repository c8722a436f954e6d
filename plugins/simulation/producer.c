/* The producer: makes happenings of the street into events. It stands beside
 * the fold: at each turn it reads what the verbs have set, and what the world
 * has for prices and promotions when that has changed; its shoppers it keeps,
 * until the daemon stops. */
#include "simulation.h"

#include <stdlib.h>

static const uint16_t kinds[HAPPENINGS] = {
	[HAPPEN_SEARCH] = LIFT_SEARCH,
	[HAPPEN_IMPRESSION] = LIFT_IMPRESSION,
	[HAPPEN_CLICK] = LIFT_CLICK,
	[HAPPEN_VIEW] = LIFT_VIEW,
	[HAPPEN_CART] = LIFT_ADD_TO_CART,
	[HAPPEN_UNCART] = LIFT_REMOVE_FROM_CART,
	[HAPPEN_SAVE] = LIFT_SAVE_FOR_LATER,
	[HAPPEN_PURCHASE] = LIFT_PURCHASE,
	[HAPPEN_RETURN] = LIFT_RETURN,
};

/* ---- texts --------------------------------------------------------------- */

static const char hex_digits[] = "0123456789abcdef";

enum { HEX = 10, EVENT_ID = PREFIX + HEX, SHOPPER = 18, LINK = 48,
	STORE = 20 };

/* DIGITS lowest hexadecimal digits of N. */
static void
hex_write(char *at, uint64_t n, unsigned digits)
{
	for (unsigned i = digits; i-- > 0; n >>= 4)
		at[i] = hex_digits[n & 15];
}

static struct lift_text
id_write(const struct producer *p, uint64_t number, char ret[EVENT_ID])
{
	memcpy(ret, p->prefix, PREFIX - 1);
	hex_write(ret + PREFIX - 1, number, HEX);
	return (struct lift_text){ ret, PREFIX - 1 + HEX };
}

/* SHOPPER1000 is the first one. */
static struct lift_text
shopper_write(uint32_t shopper, char ret[SHOPPER])
{
	char digits[10];
	unsigned n = 0, size = 7;

	for (uint64_t left = (uint64_t)shopper + 1000; left > 0; left /= 10)
		digits[n++] = (char)('0' + left % 10);
	memcpy(ret, "SHOPPER", 7);
	while (n > 0)
		ret[size++] = digits[--n];
	return (struct lift_text){ ret, size };
}

static struct lift_text
store_write(const struct simulation *s, unsigned store, char ret[STORE])
{
	if (s->run.stores == 0)
		return store == 0 ? LIFT_TEXT_OF("web") : LIFT_TEXT_OF("app");
	int n = snprintf(ret, STORE, "store-%u", store + 1);
	return (struct lift_text){ ret, (size_t)n };
}

static struct lift_text
link_write(const struct producer *p, uint64_t purchase, char ret[LINK])
{
	static const char before[] = "{\"purchase\":\"";
	size_t n = sizeof(before) - 1;

	memcpy(ret, before, n);
	n += id_write(p, purchase, ret + n).size;
	memcpy(ret + n, "\"}", 2);
	return (struct lift_text){ ret, n + 2 };
}

/* ---- the world ----------------------------------------------------------- */

static uint32_t
product_id(struct simulation *s, uint32_t item)
{
	uint32_t *id = &s->producer.ids[item];

	if (*id == 0)
		*id = s->host->product_find(s->host,
		    item_id(&s->shelf->items[item]));
	return *id;
}

/* What an item costs now; what the shop has forgotten costs what it did. */
static int64_t
world_price(void *context, uint32_t item)
{
	struct simulation *s = context;
	const struct lift_product *p = s->host->product(s->host,
	    product_id(s, item));

	return p != NULL && p->price.currency != 0 && p->price.minor > 0 ?
	    p->price.minor : s->shelf->items[item].price;
}

/* The item with this interned id, from 1; 0 if none is. Looked up once. */
static uint32_t
item_of(struct simulation *s, uint32_t id)
{
	struct producer *p = &s->producer;

	if (id >= p->item_room) {
		uint32_t room = id * 2 + 64;
		uint32_t *items = realloc(p->items, room * sizeof(*items));
		if (items == NULL)
			return 0;
		memset(items + p->item_room, 0xff,
		    (room - p->item_room) * sizeof(*items));
		p->items = items;
		p->item_room = room;
	}
	if (p->items[id] == UINT32_MAX) {
		struct lift_text name = s->host->product_name(s->host, id);
		p->items[id] = shelf_find(s->shelf, name.data, name.size) + 1;
	}
	return p->items[id];
}

/* A promotion is for all, unless it has a tag such as segment:loyal. */
static uint8_t
audience_of(const struct lift_promotion *p)
{
	static const struct { struct lift_text tag; uint8_t who; } tags[] = {
		{ { "segment:new", sizeof("segment:new") - 1 }, FOR_NEW },
		{ { "segment:loyal", sizeof("segment:loyal") - 1 }, FOR_LOYAL },
		{ { "segment:thrifty", sizeof("segment:thrifty") - 1 }, FOR_THRIFTY },
	};
	uint8_t who = FOR_ALL;

	for (uint32_t i = 0; p->tags.type == LIFT_LIST && i < p->tags.size;
	    i++)
		for (unsigned k = 0; k < 3; k++)
			if (lift_text_equal(tags[k].tag, (struct lift_text){
			    p->tags.items[i].text, p->tags.items[i].size }))
				who |= tags[k].who;
	return who;
}

/* The number of a store, from 0, or -1: store-1 and on, or web and app. */
static int
store_number(const struct simulation *s, struct lift_text name)
{
	static const char before[] = "store-";
	size_t size = sizeof(before) - 1;
	int n = 0;

	if (s->run.stores == 0)
		return lift_text_equal(name, LIFT_TEXT_OF("web")) ? 0 :
		    lift_text_equal(name, LIFT_TEXT_OF("app")) ? 1 : -1;
	if (name.size <= size || name.size > size + 2 ||
	    memcmp(name.data, before, size) != 0)
		return -1;
	for (size_t i = size; i < name.size; i++) {
		if (name.data[i] < '0' || name.data[i] > '9')
			return -1;
		n = n * 10 + name.data[i] - '0';
	}
	return n >= 1 && n <= (int)s->run.stores ? n - 1 : -1;
}

/* The stores of a promotion as bits; false when none of them is ours. */
static bool
stores_of(const struct simulation *s, const struct lift_promotion *p,
    uint64_t *ret)
{
	*ret = 0;
	for (uint32_t i = 0; i < p->stores.size; i++) {
		int n = store_number(s, (struct lift_text){
			p->stores.items[i].text, p->stores.items[i].size });
		if (n >= 0)
			*ret |= UINT64_C(1) << n;
	}
	return p->stores.size == 0 || *ret != 0;
}

static void
market_promote(struct simulation *s, struct market *m,
    const struct lift_promotion *p)
{
	struct offer o = { .promotion = p->id, .price = p->price.minor,
		.start = p->start, .end = p->end, .audience = audience_of(p) };

	if (!stores_of(s, p, &o.stores))
		return;
	for (uint32_t i = 0; i < p->product_count; i++) {
		uint32_t item = item_of(s, p->products[i]);
		if (item != 0)
			market_offer(m, item - 1, &o);
	}
}

/* All promotions that are not over, unless the market has them already: it
 * knows prices and offers while nobody changes the catalogue. */
static void
market_fill(struct simulation *s)
{
	const struct lift_host *host = s->host;
	struct market *m = street_market(s->producer.street);
	int64_t reached = street_reached(s->producer.street);

	if (host->changes(host) == s->producer.catalogue)
		return;
	s->producer.catalogue = host->changes(host);
	market_turn(m);
	for (uint32_t id = 1; host->promotion_name(host, id).size > 0;
	    id++) {
		const struct lift_promotion *p = host->promotion(host, id);
		if (p != NULL && p->price.currency != 0 && p->end > reached)
			market_promote(s, m, p);
	}
}

/* ---- the street ---------------------------------------------------------- */

/* After a restart the street begins anew where the fold stands; its ids go on
 * under another prefix, so that none comes twice. */
static bool
producer_open(struct simulation *s)
{
	struct producer *p = &s->producer;
	const struct run *r = &s->run;
	struct street_plan plan = { .seed = r->seed, .salt = r->events,
		.from = r->stands, .rate = simulation_rate(s),
		.season = s->run.season >= 0 ? s->run.season :
		    s->settings->season,
		.stores = r->stores,
		.shoppers = r->shoppers != 0 ? r->shoppers :
		    scenario_shoppers(&scenarios[r->scenario],
		    simulation_rate(s)) };

	producer_close(p);
	scenario_plan(&scenarios[r->scenario], s->shelf, r->begin, &plan);
	p->street = street_new(s->shelf, &plan, world_price, s);
	p->ids = calloc(s->shelf->item_count, sizeof(*p->ids));
	if (p->street == NULL || p->ids == NULL) {
		producer_close(p);
		return false;
	}
	p->run = r->number;
	p->rate = plan.rate;
	memcpy(p->prefix, "sim-", 4);
	hex_write(p->prefix + 4, dice_mix(dice_mix(r->seed, r->events),
	    r->number), 8);
	memcpy(p->prefix + 12, "-", 2);
	p->burst_last = r->bursts - s->burst_count;
	return true;
}

void
producer_close(struct producer *p)
{
	street_free(p->street);
	free(p->ids);
	free(p->items);
	*p = (struct producer){ .run = p->run };
}

/* First in, first out; of one that was cut off by a restart the rest. */
static void
bursts_begin(struct simulation *s)
{
	struct producer *p = &s->producer;

	for (unsigned i = 0; i < s->burst_count; i++) {
		const struct burst_order *o = &s->bursts[i];
		if (o->serial <= p->burst_last)
			continue;
		p->burst_last = o->serial;
		street_burst(p->street, &(struct burst){ .serial = o->serial,
		    .size = o->size - o->bought, .item = o->item,
		    .promotion = o->promotion });
	}
}

static const struct burst_order *
burst_find(const struct simulation *s, uint32_t serial)
{
	for (unsigned i = 0; i < s->burst_count; i++)
		if (s->bursts[i].serial == serial)
			return &s->bursts[i];
	return NULL;
}

/* ---- events -------------------------------------------------------------- */

static struct lift_text
properties_of(const struct simulation *s, const struct happening *h,
    char ret[LINK])
{
	const struct burst_order *o;

	if (h->kind == HAPPEN_RETURN)
		return link_write(&s->producer, h->purchase, ret);
	o = h->burst != 0 ? burst_find(s, h->burst) : NULL;
	return o != NULL ? lift_text(o->note) : (struct lift_text){ "", 0 };
}

static void
event_hand(struct simulation *s, const struct happening *h, uint32_t currency,
    struct lift_stage *stage)
{
	char id[EVENT_ID], shopper[SHOPPER], session[HEX + 1], link[LINK],
	    store[STORE];
	struct lift_event e = { .time = h->time, .type = kinds[h->kind],
		.id = id_write(&s->producer, h->number, id),
		.shopper = shopper_write(h->shopper, shopper),
		.session = { session, HEX + 1 }, .quantity = h->quantity,
		.position = h->position };

	session[0] = 'v';
	hex_write(session + 1, h->visit, HEX);
	e.store = store_write(s, h->store, store);
	if (h->kind == HAPPEN_SEARCH) {
		e.query = lift_text(s->shelf->families[h->family].query);
	} else {
		e.product = item_id(&s->shelf->items[h->item]);
		e.price = h->price;
		e.has_price = true;
		e.currency = currency;
	}
	if (h->promotion != 0)
		e.promotion = s->host->promotion_name(s->host, h->promotion);
	e.properties = properties_of(s, h, link);
	stage->event(stage, &e);
}

bool
simulation_made(const struct simulation *s, struct lift_text id)
{
	return id.size == PREFIX - 1 + HEX && memcmp(id.data, "sim-", 4) == 0 &&
	    s->run.number != 0;
}

/* ---- what the daemon calls ----------------------------------------------- */

/* Where it stands is known to the second: there is no tick for less. */
static bool
is_fast(const struct run *r)
{
	return r->stands + LIFT_SECOND < r->fast;
}

bool
simulation_pace(void *self, struct lift_pace *pace)
{
	struct simulation *s = self;
	const struct run *r = &s->run;

	/* Between two runs the source ends: the next may begin before where
	 * this one stood. */
	if (s->producer.run != r->number) {
		s->producer.run = r->number;
		return false;
	}
	if (!r->is_running && history_pace(s, pace))
		return true;
	if (!r->is_running || simulation_rests(s) || s->shelf == NULL ||
	    r->stocked < r->products)
		return false;
	*pace = (struct lift_pace){ .source = LIFT_TEXT_OF("simulation"),
		.from = r->stands,
		.speed = is_fast(r) ? 0 : r->speed };
	return true;
}

void
simulation_produce(void *self, struct lift_stage *stage)
{
	struct simulation *s = self;
	struct producer *p = &s->producer;
	uint32_t currency = simulation_currency(s);
	int64_t until = s->run.until != 0 && s->run.until < stage->until ?
	    s->run.until : stage->until;
	struct happening h;

	if (is_fast(&s->run) && s->run.fast < until)
		until = s->run.fast;
	if (!s->run.is_running) {
		history_produce(s, stage);
		return;
	}
	if (p->street == NULL && !producer_open(s))
		return;
	if (p->rate != simulation_rate(s)) {
		p->rate = simulation_rate(s);
		street_rate(p->street, p->rate);
	}
	/* Time went on while the shop rested. */
	if (s->run.stands > street_reached(p->street))
		street_skip(p->street, s->run.stands);
	bursts_begin(s);
	market_fill(s);
	for (unsigned i = 0; i < stage->most; i++) {
		if (!street_next(p->street, until, &h)) {
			stage->reached = until;
			return;
		}
		event_hand(s, &h, currency, stage);
	}
	stage->reached = street_reached(p->street);
}
