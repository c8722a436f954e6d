/* The retailer's customers. Each has traits that nobody sees; from these come
 * sittings, and from the sittings come orders, events, carts and scores.
 * Campaigns work on the same traits, on each customer differently. */
#include "retail.h"

#include <math.h>

static const int64_t second_us = 1000000, day_us = INT64_C(86400000000);

/* Streams of a customer. */
enum { OF_TRAITS = 0x4e7a11, OF_SITTINGS, OF_CAMPAIGN, OF_UPLIFT };

/* ---- who they are -------------------------------------------------------- */

/* A number in [0, 1] with mean a half that is often near the ends. */
static double
trait_draw(struct dice *d)
{
	double a = dice_gamma(d, 1.2), b = dice_gamma(d, 1.2);

	return a / (a + b);
}

static uint8_t
city_draw(struct dice *d)
{
	double u = dice_uniform(d);
	unsigned country = 0, first = 0, count = 0;

	while (country + 1 < RETAIL_COUNTRIES && u >= retail_shares[country])
		u -= retail_shares[country++];
	while (retail_cities[first].country != country)
		first++;
	while (first + count < RETAIL_CITIES &&
	    retail_cities[first + count].country == country)
		count++;
	return (uint8_t)(first + dice_below(d, count));
}

struct customer
customer_make(const struct retail *r, uint32_t number)
{
	struct dice d = dice_stream(dice_mix(r->seed, OF_TRAITS), number);
	struct customer c = { .number = number };
	double *traits[] = { &c.thrift, &c.shipping, &c.exclusive, &c.social,
		&c.curious, &c.impulse, &c.bundles, &c.spends };

	c.city = city_draw(&d);
	c.name = (uint8_t)dice_below(&d, RETAIL_NAMES);
	c.source = (uint8_t)dice_below(&d, RETAIL_SOURCES);
	c.created = r->begin + 365 * day_us -
	    (int64_t)(1 + dice_below(&d, 730)) * day_us +
	    (int64_t)dice_below(&d, 86400) * second_us;
	for (unsigned i = 0; i < sizeof(traits) / sizeof(traits[0]); i++)
		*traits[i] = trait_draw(&d);
	/* Who looks for the exclusive spends more. */
	c.spends = 0.6 * c.spends + 0.4 * c.exclusive;
	c.gap = 14 / (0.2 + dice_gamma(&d, 1.5) * (0.4 + c.curious));
	c.lapses = c.created + (int64_t)(dice_exponential(&d, 700) *
	    (double)day_us);
	c.likes[0] = (uint8_t)dice_below(&d, RETAIL_CATEGORIES);
	c.likes[1] = (uint8_t)dice_below(&d, RETAIL_CATEGORIES);
	return c;
}

int64_t
retail_price(unsigned category, unsigned product)
{
	const struct retail_category *c = &retail_categories[category];
	double span = log((double)c->high / c->low);
	/* Eight steps from the lowest to the highest price, mixed. */
	unsigned step = (product * 5 + category) % RETAIL_PRODUCTS;

	return (int64_t)(c->low * exp(span * step / (RETAIL_PRODUCTS - 1))) *
	    100;
}

/* ---- sittings ------------------------------------------------------------ */

struct timeline
timeline_begin(const struct retail *r, uint32_t number)
{
	struct timeline t = { .customer = customer_make(r, number),
		.dice = dice_stream(dice_mix(r->seed, OF_SITTINGS), number) };

	t.time = t.customer.created > r->begin ? t.customer.created :
	    r->begin;
	return t;
}

/* The dearer steps of a category are for those who spend. */
static void
product_draw(const struct customer *c, struct dice *d, struct sitting *s)
{
	unsigned best = 0;
	double closest = 9;

	s->category = dice_happens(d, 0.7) ? c->likes[dice_below(d, 2)] :
	    (uint8_t)dice_below(d, RETAIL_CATEGORIES);
	double wanted = c->spends + 0.35 * (dice_uniform(d) +
	    dice_uniform(d) - 1);
	for (unsigned p = 0; p < RETAIL_PRODUCTS; p++) {
		unsigned step = (p * 5 + s->category) % RETAIL_PRODUCTS;
		double away = fabs((double)step / (RETAIL_PRODUCTS - 1) -
		    wanted);
		if (away < closest) {
			closest = away;
			best = p;
		}
	}
	s->product = (uint8_t)best;
}

static void
deed_add(struct sitting *s, struct dice *d, enum deed_kind kind, int64_t *at)
{
	if (s->deed_count == RETAIL_DEEDS)
		return;
	s->deeds[s->deed_count].time = *at;
	s->deeds[s->deed_count++].kind = (uint8_t)kind;
	*at += second_us + (int64_t)dice_exponential(d,
	    45 * (double)second_us);
}

/* What is done before it is decided; by weights of what shoppers do. */
static void
deeds_look(const struct customer *c, struct dice *d, struct sitting *s,
    int64_t *at)
{
	static const struct { uint8_t kind, weight; } looks[] = {
		{ DEED_PAGE_VIEW, 25 }, { DEED_PRODUCT_VIEW, 30 },
		{ DEED_SEARCH, 15 }, { DEED_WISHLIST, 8 }, { DEED_BROWSE, 9 },
		{ DEED_FILTER, 5 }, { DEED_ROOM_PLANNER, 3 },
		{ DEED_AR_VIEW, 2 }, { DEED_STOCK_CHECK, 2 },
		{ DEED_STORE_LOCATOR, 1 },
	};
	unsigned count = 1 + dice_below(d, 3) +
	    (unsigned)(2 * c->curious * dice_uniform(d) + 0.5);

	for (unsigned i = 0; i < count; i++) {
		uint32_t left = dice_below(d, 100);
		unsigned k = 0;
		while (left >= looks[k].weight)
			left -= looks[k++].weight;
		deed_add(s, d, (enum deed_kind)looks[k].kind, at);
	}
	s->read_reviews = dice_happens(d, 0.05 + 0.6 * c->social);
	if (s->read_reviews)
		deed_add(s, d, DEED_REVIEW, at);
}

static void
sitting_fill(const struct customer *c, struct dice *d, struct sitting *s)
{
	int64_t at = s->time;
	double how;

	product_draw(c, d, s);
	s->pieces = (uint8_t)(1 + dice_geometric(d, 0.2 + 0.8 * c->bundles) %
	    5);
	s->price = retail_price(s->category, s->product);
	s->is_discounted = dice_happens(d, 0.1 + 0.6 * c->thrift);
	if (s->is_discounted)
		s->price = s->price * 8 / 10;
	deeds_look(c, d, s, &at);
	/* Small carts wait for those who mind what delivery costs. */
	how = dice_uniform(d);
	double leaves = 0.06 + (s->price * s->pieces < 30000 ?
	    0.3 : 0.1) * c->shipping;
	double buys = 0.2 + 0.15 * c->impulse;
	s->outcome = how < buys ? OUTCOME_BUY : how < buys + leaves ?
	    OUTCOME_ABANDON : OUTCOME_LOOK;
	if (s->outcome == OUTCOME_LOOK)
		return;
	deed_add(s, d, DEED_ADD_TO_CART, &at);
	if (s->outcome == OUTCOME_BUY)
		deed_add(s, d, DEED_PURCHASE, &at);
	else if (dice_happens(d, 0.3))
		deed_add(s, d, DEED_REMOVE_FROM_CART, &at);
}

bool
timeline_next(struct timeline *t, int64_t until, struct sitting *ret)
{
	struct dice d = t->dice;
	int64_t time = t->time + 3600 * second_us +
	    (int64_t)dice_exponential(&d, t->customer.gap * (double)day_us);

	if (time >= until || time > t->customer.lapses)
		return false;
	t->dice = d;
	t->time = time;
	*ret = (struct sitting){ .number = ++t->number, .time = time };
	sitting_fill(&t->customer, &t->dice, ret);
	return true;
}

/* ---- what behaviour shows ------------------------------------------------ */

static void
profile_add(struct profile *p, const struct sitting *s)
{
	p->sittings++;
	p->reviews += s->read_reviews;
	p->last = s->time;
	if (s->outcome == OUTCOME_ABANDON) {
		p->carts++;
		p->dear_carts += s->price * s->pieces < 30000;
	}
	if (s->outcome != OUTCOME_BUY)
		return;
	p->orders++;
	p->discounted += s->is_discounted;
	p->premium += s->price * 5 / 4 >= retail_price(s->category, s->product)
	    && (s->product * 5u + s->category) % RETAIL_PRODUCTS >= 5;
	p->value += s->price * s->pieces;
}

/* Shares are drawn towards what all do, the more the less is known. */
static double
share_of(uint32_t count, uint32_t of, double all, double weight)
{
	return (count + all * weight) / (of + weight);
}

struct profile
retail_profile(const struct retail *r, uint32_t number)
{
	struct timeline t = timeline_begin(r, number);
	struct profile p = { 0 };
	struct sitting s;
	int64_t from = t.time;

	while (timeline_next(&t, r->end, &s))
		profile_add(&p, &s);
	double days = (double)(r->end - from) / (double)day_us;
	double silent = (double)(r->end - (p.last != 0 ? p.last : from)) /
	    (double)day_us;
	/* How long is it silent, against its own rhythm? */
	double active = days - silent;
	double gap = p.sittings > 1 ? active / (p.sittings - 1) : 45;
	p.churn = 1 - exp(-0.5 * silent / (gap + 7));
	p.discount_score = share_of(p.discounted, p.orders, 0.4, 2);
	p.shipping_score = share_of(p.carts, p.carts + p.orders, 0.35, 2);
	p.social = share_of(p.reviews, p.sittings, 0.35, 2);
	p.engagement = 1 - exp(-(double)p.sittings / (days / 30 + 1) / 2);
	p.is_exclusive = p.orders > 1 && p.premium * 2 > p.orders;
	double yearly = (double)p.value / 100 * 365 / (days + 60);
	p.clv = 1 - exp(-yearly * (1 - 0.7 * p.churn) / 2500);
	return p;
}

/* ---- campaigns ----------------------------------------------------------- */

static const double converts = 0.10;

/* How many more convert on average, by trigger. */
static const double effects[TRIGGERS] = { 0.15, 0.13, 0.12, 0.11, 0.10, 0.08,
	0.06, 0.04, 0.05 };

double
customer_uplift(const struct retail *r, const struct customer *c,
    enum trigger trigger)
{
	uint64_t bits = dice_mix(dice_mix(r->seed, OF_UPLIFT + c->number),
	    (uint64_t)trigger);
	double chance = dice_fraction(bits), care;

	switch (trigger) {
	case TRIGGER_DISCOUNT: care = c->thrift; break;
	case TRIGGER_BUNDLING: care = c->bundles; break;
	case TRIGGER_FREE_SHIPPING: care = c->shipping; break;
	case TRIGGER_CASHBACK: care = (c->thrift + chance) / 2; break;
	case TRIGGER_SCARCITY: care = c->impulse; break;
	case TRIGGER_EXCLUSIVITY: care = c->exclusive; break;
	case TRIGGER_SOCIAL_PROOF: care = c->social; break;
	case TRIGGER_CONTENT: care = c->curious; break;
	default: care = chance;
	}
	/* From a little below nothing to more than twice the average. */
	return effects[trigger] * (2.3 * care - 0.15);
}

struct contact
campaign_of(const struct retail *r, unsigned number)
{
	struct dice d = dice_stream(dice_mix(r->seed, OF_CAMPAIGN),
	    number + (UINT64_C(1) << 40));
	int64_t ago = 30 + (int64_t)number * 700 / RETAIL_CAMPAIGNS +
	    dice_below(&d, 10);

	return (struct contact){ .trigger = (uint8_t)(number % TRIGGERS),
		.time = r->begin + 365 * day_us - ago * day_us };
}

struct contact
campaign_contact(const struct retail *r, unsigned number,
    const struct customer *c)
{
	struct contact k = campaign_of(r, number);
	struct dice d = dice_stream(dice_mix(r->seed, OF_CAMPAIGN),
	    (uint64_t)number << 32 | c->number);
	double chance = converts * (0.5 + c->impulse);

	k.was_contacted = dice_happens(&d, 0.2 + 0.1 * (number % 11) / 10.0) &&
	    c->created < k.time;
	k.is_control = dice_happens(&d, 0.3);
	if (!k.is_control)
		chance += customer_uplift(r, c, (enum trigger)k.trigger);
	k.converted = dice_happens(&d, chance);
	return k;
}
