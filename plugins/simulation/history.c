/* The retailer's year as a history: the sittings of all customers, merged by
 * time, become events of the log, as an import would bring them. It stands
 * beside the fold like the producer, and is begun anew with each start. */
#include "simulation.h"

#include <stdlib.h>

struct guest {
	struct timeline timeline;
	struct sitting  sitting;
	unsigned        next;		/* of its deeds */
};

struct crowd {
	struct guest *guests;
	struct queue  due;
	int64_t       reached;
};

static const uint16_t kinds[DEEDS] = {
	[DEED_PAGE_VIEW] = LIFT_PAGE,
	[DEED_PRODUCT_VIEW] = LIFT_VIEW,
	[DEED_ADD_TO_CART] = LIFT_ADD_TO_CART,
	[DEED_REMOVE_FROM_CART] = LIFT_REMOVE_FROM_CART,
	[DEED_WISHLIST] = LIFT_WISHLIST,
	[DEED_SEARCH] = LIFT_SEARCH,
	[DEED_BROWSE] = LIFT_PAGE,
	[DEED_FILTER] = LIFT_SEARCH,
	[DEED_REVIEW] = LIFT_REVIEW,
	[DEED_ROOM_PLANNER] = LIFT_ROOM_PLANNER,
	[DEED_AR_VIEW] = LIFT_AR_VIEW,
	[DEED_STOCK_CHECK] = LIFT_STOCK_CHECK,
	[DEED_STORE_LOCATOR] = LIFT_PAGE,
	[DEED_PURCHASE] = LIFT_PURCHASE,
};

/* ---- the crowd ----------------------------------------------------------- */

/* The next deed that is not before FROM; false when there is none. */
static bool
guest_goes_on(struct guest *g, const struct retail *r, int64_t from)
{
	do {
		while (g->next >= g->sitting.deed_count) {
			if (!timeline_next(&g->timeline, r->end, &g->sitting))
				return false;
			g->next = 0;
		}
	} while (g->sitting.deeds[g->next].time < from && ++g->next > 0);
	return g->sitting.deeds[g->next].time < r->end;
}

void
crowd_free(struct crowd *c)
{
	if (c == NULL)
		return;
	free(c->guests);
	free(c->due.items);
	free(c);
}

static struct crowd *
crowd_new(const struct retail *r, int64_t from)
{
	struct crowd *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->reached = from;
	c->guests = calloc(r->customers, sizeof(*c->guests));
	for (uint32_t i = 0; c->guests != NULL && i < r->customers; i++) {
		struct guest *g = &c->guests[i];
		g->timeline = timeline_begin(r, i);
		if (guest_goes_on(g, r, from) && !queue_add(&c->due,
		    (struct due){ g->sitting.deeds[g->next].time, i })) {
			crowd_free(c);
			return NULL;
		}
	}
	if (c->guests == NULL) {
		crowd_free(c);
		return NULL;
	}
	return c;
}

/* ---- events -------------------------------------------------------------- */

/* What a shop calls it, where it has no type of its own, and how long the
 * sitting was, at its end. */
static size_t
properties_write(const struct guest *g, char *ret, size_t size)
{
	const struct sitting *s = &g->sitting;
	unsigned kind = s->deeds[g->next].kind;
	int n = snprintf(ret, size, "{\"event_type\":\"%s\"",
	    deed_names[kind]);

	if (g->next + 1u == s->deed_count)
		n += snprintf(ret + n, size - (size_t)n,
		    ",\"session_seconds\":%u", (unsigned)((
		    s->deeds[g->next].time - s->time) / LIFT_SECOND));
	n += snprintf(ret + n, size - (size_t)n, "}");
	return (size_t)n;
}

static void
deed_hand(struct simulation *s, const struct guest *g,
    struct lift_stage *stage)
{
	const struct sitting *t = &g->sitting;
	unsigned kind = t->deeds[g->next].kind;
	uint32_t customer = g->timeline.customer.number;
	char id[48], shopper[16], product[8], session[32], properties[96];
	struct lift_event e = { .time = t->deeds[g->next].time,
		.type = kinds[kind], .store = LIFT_TEXT_OF("web"),
		.quantity = 1, .properties = { properties,
		properties_write(g, properties, sizeof(properties)) } };

	snprintf(id, sizeof(id), "ret-%08x-%06u-%04u-%02u",
	    (unsigned)s->history.world.seed, (unsigned)customer + 1,
	    (unsigned)t->number, g->next + 1);
	snprintf(shopper, sizeof(shopper), "CUST%06u",
	    (unsigned)customer + 1);
	snprintf(session, sizeof(session), "SES-%06u-%04u",
	    (unsigned)customer + 1, (unsigned)t->number);
	snprintf(product, sizeof(product), "R%03u",
	    (unsigned)t->category * RETAIL_PRODUCTS + t->product + 1);
	e.id = lift_text(id);
	e.shopper = lift_text(shopper);
	e.session = lift_text(session);
	if (e.type == LIFT_SEARCH)
		e.query = lift_text(retail_categories[t->category].name);
	else if (kind != DEED_STORE_LOCATOR)
		e.product = lift_text(product);
	if (kind == DEED_PURCHASE || kind == DEED_ADD_TO_CART) {
		e.quantity = t->pieces;
		e.price = t->price;
		e.has_price = true;
		e.currency = simulation_currency(s);
	}
	stage->event(stage, &e);
}

bool
history_made(struct lift_text id)
{
	return id.size > 20 && memcmp(id.data, "ret-", 4) == 0;
}

/* ---- what the daemon calls ----------------------------------------------- */

bool
history_pace(struct simulation *s, struct lift_pace *pace)
{
	const struct history *h = &s->history;

	if (s->crowd_of != h->number) {
		s->crowd_of = h->number;
		crowd_free(s->crowd);
		s->crowd = NULL;
		return false;
	}
	if (!h->is_running)
		return false;
	*pace = (struct lift_pace){ .source = LIFT_TEXT_OF("retailer"),
		.from = h->stands, .history = true };
	return true;
}

void
history_produce(struct simulation *s, struct lift_stage *stage)
{
	const struct retail *r = &s->history.world;
	struct crowd *c = s->crowd;
	int64_t until = r->end < stage->until ? r->end : stage->until;

	if (c == NULL)
		c = s->crowd = crowd_new(r, s->history.stands);
	if (c == NULL)
		return;
	for (unsigned i = 0; i < stage->most; i++) {
		if (c->due.count == 0 || c->due.items[0].time >= until) {
			stage->reached = c->reached = until;
			return;
		}
		struct guest *g = &c->guests[c->due.items[0].visit];
		c->reached = c->due.items[0].time;
		deed_hand(s, g, stage);
		g->next++;
		if (guest_goes_on(g, r, c->reached))
			queue_sink(&c->due, (struct due){
			    g->sitting.deeds[g->next].time,
			    c->due.items[0].visit });
		else
			queue_drop(&c->due);
	}
	stage->reached = c->due.count > 0 && c->due.items[0].time < until ?
	    c->due.items[0].time : until;
}
