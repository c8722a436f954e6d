/* The table of scenarios. Items are those of the default shelf; on another one
 * those of like rank stand for them. */
#include "scenario.h"

#include <stdio.h>
#include <string.h>

static const int64_t minute_us = INT64_C(60000000);

enum { USUAL_MINUTES = 1440 };

const struct scenario scenarios[] = {
	{ "calm", "no promotion: shoppers come and go" },
	{ "discount", "coffee is promoted, and its own shelf pays for it",
	  .offers = { { 1, 30, 0, 720 } } },
	{ "halo", "mats are promoted, and what goes with them sells too",
	  .offers = { { 28, 40, 0, 720 } }, .link = 4, .breadth = 2 },
	{ "pull-forward", "chocolate is promoted: shoppers stock up, and then "
	  "stay away",
	  .offers = { { 3, 40, 0, 360 } }, .hoard = 3, .crowd = 0.3 },
	{ "stock-out", "tea is sold out while bars are promoted: a loss that "
	  "no promotion is to blame for",
	  .offers = { { 4, 15, 0, 480 } }, .trouble = { 5, 60, 180, 0 } },
	{ "flash", "earbuds at half their price, for an hour",
	  .offers = { { 16, 50, 0, 60 } }, .tide = { 0, 60, 1.6 } },
	{ "two-on-one", "coffee and energy drinks are promoted, and tea "
	  "loses to both",
	  .offers = { { 1, 30, 0, 720 }, { 2, 25, 60, 660 } } },
	{ "slump", "the whole shop is half empty while a small promotion runs",
	  .offers = { { 16, 10, 0, 480 } }, .tide = { 60, 240, 0.45 } },
	{ "price-war", "earbuds and speakers undercut each other",
	  .offers = { { 16, 10, 0, 120 }, { 18, 15, 60, 120 },
	    { 16, 20, 120, 120 }, { 18, 25, 180, 120 },
	    { 16, 30, 240, 120 }, { 18, 35, 300, 240 } } },
	{ "returns", "promoted running shoes come back in a wave",
	  .offers = { { 31, 30, 0, 480 } },
	  .trouble = { 31, 0, 480, 0.45 } },
	{ "all-on-sale", "each product has its usual promotion, as the "
	  "prototype had it", .all = true },
	{ NULL, NULL }
};

const struct scenario *
scenario_find(const char *name, size_t size)
{
	for (const struct scenario *s = scenarios; s->name != NULL; s++)
		if (strlen(s->name) == size && memcmp(s->name, name, size) == 0)
			return s;
	return NULL;
}

void
scenario_plan(const struct scenario *s, const struct shelf *shelf,
    int64_t begin, struct street_plan *plan)
{
	int64_t from = begin + s->trouble.from * minute_us;
	int64_t until = from + s->trouble.minutes * minute_us;

	plan->link = s->link > 0 ? s->link : 1;
	plan->hoard = s->hoard > 0 ? s->hoard : 1;
	plan->breadth = s->breadth > 0 ? s->breadth : 1;
	plan->tide_count = s->tide.minutes > 0;
	plan->tides[0].from = begin + s->tide.from * minute_us;
	plan->tides[0].until = plan->tides[0].from +
	    s->tide.minutes * minute_us;
	plan->tides[0].factor = s->tide.factor;
	plan->outage_count = s->trouble.item != 0 && s->trouble.share <= 0;
	plan->wave.share = 0;
	if (s->trouble.item == 0)
		return;
	uint32_t item = shelf_like(shelf, s->trouble.item);
	plan->outages[0] = (struct outage){ item, from, until };
	plan->wave.item = item;
	plan->wave.from = from;
	plan->wave.until = until;
	plan->wave.share = s->trouble.share;
}

uint32_t
scenario_shoppers(const struct scenario *s, double rate)
{
	double n = rate * 20 * (s->crowd > 0 ? s->crowd : 1);

	return n < 400 ? 400 : n > 200000 ? 200000 : (uint32_t)n;
}

/* What one promotion of an item is called and costs. */
static void
put_fill(struct scenario_put *p, const struct shelf *shelf, uint32_t item,
    unsigned percent, unsigned again)
{
	const struct item *it = &shelf->items[item];

	p->item = item;
	p->price = it->price * (100 - percent) / 100;
	/* P001 is promoted by PROMO001, TEA-7 by PROMO-TEA-7. */
	bool made = it->id[0] == 'P' && it->id[1] >= '0' && it->id[1] <= '9';
	int n = snprintf(p->id, sizeof(p->id), "PROMO%s%s", made ? "" : "-",
	    it->id + made);
	if (again > 0)
		snprintf(p->id + n, sizeof(p->id) - (size_t)n, "-%u",
		    again + 1);
	snprintf(p->title, sizeof(p->title), "%u %% off %.300s", percent,
	    shelf->labels[item].title);
}

/* How often the item of this place was promoted before it. */
static unsigned
times_before(const struct scenario *s, unsigned place)
{
	unsigned again = 0;

	for (unsigned i = 0; i < place; i++)
		again += s->offers[i].item == s->offers[place].item;
	return again;
}

static bool
is_offered(const struct scenario *s, const struct shelf *shelf, uint32_t item)
{
	for (unsigned i = 0; i < SCENARIO_OFFERS && s->offers[i].item; i++)
		if (shelf_like(shelf, s->offers[i].item) == item)
			return true;
	return false;
}

/* The item of one of many promotions, spread over the families. */
static uint32_t
extra_item(const struct scenario *s, const struct shelf *shelf,
    unsigned number, unsigned count)
{
	uint32_t family = (uint32_t)((uint64_t)number *
	    shelf->family_count / count);
	const struct family *f = &shelf->families[family];
	uint32_t item = f->items[number % f->count];

	return is_offered(s, shelf, item) ?
	    f->items[(number + 1) % f->count] : item;
}

bool
scenario_promotion(const struct scenario *s, const struct shelf *shelf,
    unsigned place, unsigned extra, int64_t begin, struct scenario_put *ret)
{
	unsigned fixed = 0;

	while (fixed < SCENARIO_OFFERS && s->offers[fixed].item != 0)
		fixed++;
	if (s->all)
		extra = shelf->item_count;
	if (place >= fixed + extra)
		return false;
	if (place >= fixed) {
		uint32_t item = s->all ? place :
		    extra_item(s, shelf, place - fixed, extra);
		put_fill(ret, shelf, item, shelf->labels[item].discount, 0);
		ret->start = begin;
		ret->end = begin + USUAL_MINUTES * minute_us;
		return true;
	}
	const struct scenario_offer *o = &s->offers[place];
	uint32_t item = shelf_like(shelf, o->item);
	put_fill(ret, shelf, item, o->percent != 0 ? o->percent :
	    shelf->labels[item].discount, times_before(s, place));
	ret->start = begin + o->from * minute_us;
	ret->end = ret->start + o->minutes * minute_us;
	return true;
}
