/* Prices and offers of one turn. What the last turn knew is forgotten by the
 * number of the turn, so that a catalogue of any size costs nothing to
 * forget. */
#include "market.h"

#include <stdlib.h>

bool
market_open(struct market *m, const struct shelf *shelf,
    int64_t (*price)(void *context, uint32_t item), void *context)
{
	*m = (struct market){ .shelf = shelf, .price = price,
		.context = context, .turn = 1 };
	m->shelves = calloc(shelf->item_count, sizeof(*m->shelves));
	return m->shelves != NULL;
}

void
market_close(struct market *m)
{
	free(m->shelves);
	free(m->offers);
	*m = (struct market){ 0 };
}

void
market_turn(struct market *m)
{
	m->turn++;
	m->offer_count = 0;
}

bool
market_offer(struct market *m, uint32_t item, const struct offer *offer)
{
	if (m->offer_count == m->offer_room) {
		uint32_t room = m->offer_room * 2 + 16;
		void *more = realloc(m->offers, room * sizeof(*m->offers));
		if (more == NULL)
			return false;
		m->offers = more;
		m->offer_room = room;
	}
	struct offer *o = &m->offers[m->offer_count++];
	*o = *offer;
	o->next = m->shelves[item].offered == m->turn ?
	    m->shelves[item].offers : 0;
	m->shelves[item].offered = m->turn;
	m->shelves[item].offers = m->offer_count;
	return true;
}

static const struct offer *
offer_first(const struct market *m, uint32_t item)
{
	if (m->shelves[item].offered != m->turn)
		return NULL;
	return &m->offers[m->shelves[item].offers - 1];
}

static const struct offer *
offer_next(const struct market *m, const struct offer *o)
{
	return o->next == 0 ? NULL : &m->offers[o->next - 1];
}

static bool
offer_is_live(const struct offer *o, int64_t time, uint32_t whom)
{
	return o->start <= time && time < o->end &&
	    (o->audience == FOR_ALL || (o->audience & whom) != 0) &&
	    (o->stores == 0 || (o->stores >> (whom >> 8) & 1) != 0);
}

static int64_t
price_full(struct market *m, uint32_t item)
{
	if (m->shelves[item].read != m->turn) {
		m->shelves[item].read = m->turn;
		m->shelves[item].price = m->price != NULL ?
		    m->price(m->context, item) : m->shelf->items[item].price;
	}
	return m->shelves[item].price;
}

struct quote
market_quote(struct market *m, uint32_t item, int64_t time, uint32_t whom,
    uint32_t without)
{
	int64_t full = price_full(m, item);
	struct quote q = { full, full, 0 };

	for (const struct offer *o = offer_first(m, item); o != NULL;
	    o = offer_next(m, o))
		if (o->promotion != without && o->price < q.price &&
		    offer_is_live(o, time, whom)) {
			q.price = o->price;
			q.promotion = o->promotion;
		}
	return q;
}

unsigned
market_live(const struct market *m, uint32_t item, int64_t time,
    uint32_t whom, uint32_t *ret, unsigned most)
{
	unsigned count = 0;

	for (const struct offer *o = offer_first(m, item);
	    o != NULL && count < most; o = offer_next(m, o))
		if (offer_is_live(o, time, whom))
			ret[count++] = o->promotion;
	return count;
}

bool
market_is_out(const struct market *m, uint32_t item, int64_t time)
{
	for (unsigned i = 0; i < m->outage_count; i++)
		if (m->outages[i].item == item &&
		    m->outages[i].from <= time && time < m->outages[i].until)
			return true;
	return false;
}
