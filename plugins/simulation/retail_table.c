/* The six tables of the retailer, and the truth about its customers, told row
 * by row from the seed: the same seed gives the same bytes. A page goes on
 * behind the id of its last row, which says by itself where that is. */
#include "simulation.h"

#include <stdlib.h>

/* A page that is being told: rows up to AFTER are passed over. */
struct page {
	struct simulation *s;
	struct lift_call  *call;
	const struct retail *world;
	int64_t            left;		/* rows still wanted */
	uint32_t           customer, first, second;	/* of the last row */
	bool               goes_on;
};

struct table {
	const char *name;
	const char *form;	/* of its ids, as scanf reads them */
	/* Tells what there is of one customer, or campaign. */
	void      (*tell)(struct page *, uint32_t number);
	bool        by_campaign;
};

enum { ID = 32 };

/* True when this row lies behind the last one of the page before. */
static bool
is_behind(const struct page *p, uint32_t number, uint32_t first,
    uint32_t second)
{
	if (!p->goes_on || number != p->customer)
		return true;
	return first != p->first ? first > p->first : second > p->second;
}

static void
row_tell(struct page *p, const char *const *names,
    const struct lift_value *values, unsigned count)
{
	if (p->left <= 0)
		return;
	p->left--;
	p->s->host->reply(p->call, names, values, count);
}

static struct lift_value
text(const char *word)
{
	return lift_value_text(lift_text(word));
}

/* Scores have three decimals. */
static struct lift_value
score(double number)
{
	return LIFT_VALUE_NUMBER((double)(int64_t)(number * 1000 + 0.5) /
	    1000);
}

static struct lift_value
amount(int64_t minor)
{
	return LIFT_VALUE_NUMBER((double)minor / 100);
}

static const char *
customer_id(uint32_t number, char ret[ID])
{
	snprintf(ret, ID, "CUST%06u", (unsigned)number + 1);
	return ret;
}

/* ---- the tables ---------------------------------------------------------- */

static void
tell_customer(struct page *p, uint32_t number)
{
	static const char *const names[] = { "customer_id", "email_address",
		"first_name", "location_city", "location_country",
		"acquisition_source", "creation_date", "clv_score" };
	struct customer c = customer_make(p->world, number);
	const struct retail_city *city = &retail_cities[c.city];
	struct profile shown = retail_profile(p->world, number);
	char id[ID], mail[64];

	snprintf(mail, sizeof(mail), "%s.%06u@example.com",
	    retail_names[c.name], (unsigned)number + 1);
	mail[0] = (char)(mail[0] - 'A' + 'a');
	struct lift_value v[] = { text(customer_id(number, id)), text(mail),
		text(retail_names[c.name]), text(city->name),
		text(retail_countries[city->country]),
		text(retail_sources[c.source]), LIFT_VALUE_TIME(c.created),
		score(shown.clv) };
	if (is_behind(p, number, 0, 0))
		row_tell(p, names, v, 8);
}

static void
tell_scores(struct page *p, uint32_t number)
{
	static const char *const names[] = { "customer_id",
		"discount_sensitivity_score",
		"free_shipping_sensitivity_score", "exclusivity_seeker_flag",
		"churn_probability_score", "social_proof_affinity",
		"content_engagement_score" };
	struct profile shown = retail_profile(p->world, number);
	char id[ID];
	struct lift_value v[] = { text(customer_id(number, id)),
		score(shown.discount_score), score(shown.shipping_score),
		LIFT_VALUE_BOOL(shown.is_exclusive), score(shown.churn),
		score(shown.social), score(shown.engagement) };

	if (is_behind(p, number, 0, 0))
		row_tell(p, names, v, 7);
}

static void
tell_transactions(struct page *p, uint32_t number)
{
	static const char *const names[] = { "transaction_id", "customer_id",
		"order_value", "product_category", "product_name",
		"timestamp" };
	struct timeline t = timeline_begin(p->world, number);
	char id[ID], customer[ID];
	struct sitting s;

	while (p->left > 0 && timeline_next(&t, p->world->end, &s)) {
		const struct retail_category *c =
		    &retail_categories[s.category];
		if (s.outcome != OUTCOME_BUY ||
		    !is_behind(p, number, s.number, 0))
			continue;
		snprintf(id, sizeof(id), "TXN-%06u-%04u",
		    (unsigned)number + 1, (unsigned)s.number);
		struct lift_value v[] = { text(id),
			text(customer_id(number, customer)),
			amount(s.price * s.pieces), text(c->name),
			text(c->products[s.product]),
			LIFT_VALUE_TIME(s.time) };
		row_tell(p, names, v, 6);
	}
}

static void
tell_deed(struct page *p, uint32_t number, const struct sitting *s,
    unsigned k)
{
	static const char *const names[] = { "event_id", "customer_id",
		"event_type", "product_category", "product_name", "timestamp",
		"session_id", "session_seconds" };
	const struct retail_category *c = &retail_categories[s->category];
	char id[ID], customer[ID], session[ID];

	snprintf(id, sizeof(id), "EVT-%06u-%04u-%02u", (unsigned)number + 1,
	    (unsigned)s->number, k + 1);
	snprintf(session, sizeof(session), "SES-%06u-%04u",
	    (unsigned)number + 1, (unsigned)s->number);
	struct lift_value v[] = { text(id),
		text(customer_id(number, customer)),
		text(deed_names[s->deeds[k].kind]), text(c->name),
		text(c->products[s->product]),
		LIFT_VALUE_TIME(s->deeds[k].time), text(session),
		LIFT_VALUE_INT((s->deeds[s->deed_count - 1].time - s->time) /
		    LIFT_SECOND) };
	row_tell(p, names, v, 8);
}

/* Events are those of the last ninety days. */
static void
tell_events(struct page *p, uint32_t number)
{
	struct timeline t = timeline_begin(p->world, number);
	struct sitting s;

	while (p->left > 0 && timeline_next(&t, p->world->end, &s))
		for (unsigned k = 0; k < s.deed_count; k++)
			if (s.time > p->world->end - 90 * LIFT_DAY &&
			    is_behind(p, number, s.number, k + 1))
				tell_deed(p, number, &s, k);
}

/* The newest cart that was left in the last ninety days, if nothing was bought
 * since. */
static bool
cart_of(const struct retail *r, uint32_t number, struct sitting *ret)
{
	struct timeline t = timeline_begin(r, number);
	bool is_left = false;
	struct sitting s;

	while (timeline_next(&t, r->end, &s)) {
		if (s.outcome == OUTCOME_LOOK)
			continue;
		is_left = s.outcome == OUTCOME_ABANDON &&
		    s.time > r->end - 90 * LIFT_DAY;
		*ret = s;
	}
	return is_left;
}

static void
tell_cart(struct page *p, uint32_t number)
{
	static const char *const names[] = { "cart_id", "customer_id",
		"cart_value", "items", "timestamp", "status" };
	char id[ID], customer[ID], items[160];
	struct sitting s;

	if (!is_behind(p, number, 0, 0) || !cart_of(p->world, number, &s))
		return;
	const struct retail_category *c = &retail_categories[s.category];
	snprintf(id, sizeof(id), "CART-%06u", (unsigned)number + 1);
	snprintf(items, sizeof(items), "[{\"product_name\":\"%s\","
	    "\"product_category\":\"%s\",\"quantity\":%u,\"price\":%u.%02u}]",
	    c->products[s.product], c->name, s.pieces,
	    (unsigned)(s.price / 100), (unsigned)(s.price % 100));
	struct lift_value v[] = { text(id),
		text(customer_id(number, customer)),
		amount(s.price * s.pieces), text(items),
		LIFT_VALUE_TIME(s.time), text("abandoned") };
	row_tell(p, names, v, 6);
}

static void
tell_campaign(struct page *p, uint32_t campaign)
{
	static const char *const names[] = { "contact_id", "campaign_id",
		"customer_id", "trigger_type", "converted", "control_group",
		"timestamp" };
	char id[ID], name[ID], customer[ID];

	snprintf(name, sizeof(name), "CAMP-%02u", (unsigned)campaign + 1);
	for (uint32_t n = 0; p->left > 0 && n < p->world->customers; n++) {
		struct customer c = customer_make(p->world, n);
		struct contact k = campaign_contact(p->world, campaign, &c);
		if (!k.was_contacted || !is_behind(p, campaign, n + 1, 0))
			continue;
		snprintf(id, sizeof(id), "CAMP-%02u-%06u",
		    (unsigned)campaign + 1, (unsigned)n + 1);
		struct lift_value v[] = { text(id), text(name),
			text(customer_id(n, customer)),
			text(trigger_names[k.trigger]),
			LIFT_VALUE_BOOL(k.converted),
			LIFT_VALUE_BOOL(k.is_control),
			LIFT_VALUE_TIME(k.time) };
		row_tell(p, names, v, 7);
	}
}

static void
tell_truth(struct page *p, uint32_t number)
{
	struct customer c = customer_make(p->world, number);
	const char *names[TRIGGERS + 1] = { "customer_id" };
	struct lift_value v[TRIGGERS + 1];
	char id[ID];

	v[0] = text(customer_id(number, id));
	for (unsigned t = 0; t < TRIGGERS; t++) {
		names[t + 1] = trigger_names[t];
		v[t + 1] = LIFT_VALUE_NUMBER(customer_uplift(p->world, &c,
		    (enum trigger)t));
	}
	if (is_behind(p, number, 0, 0))
		row_tell(p, names, v, TRIGGERS + 1);
}

static const struct table tables[] = {
	{ "customers", "CUST%6u", tell_customer, false },
	{ "customer_scores", "CUST%6u", tell_scores, false },
	{ "transactions", "TXN-%6u-%u", tell_transactions, false },
	{ "behavioral_events", "EVT-%6u-%u-%u", tell_events, false },
	{ "abandoned_carts", "CART-%6u", tell_cart, false },
	{ "campaign_history", "CAMP-%2u-%u", tell_campaign, true },
	{ "true_uplift", "CUST%6u", tell_truth, false },
	{ NULL, NULL, NULL, false }
};

static const struct table *
table_find(struct lift_text name, struct lift_error *err)
{
	const struct table *t = tables;

	while (t->name != NULL && !lift_text_equal(name, lift_text(t->name)))
		t++;
	if (t->name != NULL)
		return t;
	lift_fail(err, LIFT_E_USAGE, "table is \"%.*s\", must be customers, "
	    "customer_scores, transactions, behavioral_events, "
	    "abandoned_carts, campaign_history or true_uplift",
	    name.size > 40 ? 40 : (int)name.size, name.data);
	return NULL;
}

/* Where a page goes on, by the id that the last one ended with. */
static bool
page_after(struct page *p, const struct table *t, struct lift_text after,
    struct lift_error *err)
{
	unsigned number = 0, first = 0, second = 0;
	char id[ID];

	if (after.size == 0)
		return true;
	snprintf(id, sizeof(id), "%.*s", (int)after.size, after.data);
	if (after.size >= ID || sscanf(id, t->form, &number, &first,
	    &second) < 1 || number == 0)
		return lift_fail(err, LIFT_E_MISSING, "after is \"%.*s\", must "
		    "be the id of a row of %s", after.size > 40 ? 40 :
		    (int)after.size, after.data, t->name);
	p->goes_on = true;
	p->customer = number - 1;
	p->first = first;
	p->second = second;
	return true;
}

bool
simulate_table(void *self, struct lift_call *call, struct lift_error *err)
{
	struct simulation *s = self;
	struct lift_value name = s->host->argument(call, 0);
	struct lift_value after = s->host->argument(call, 1);
	struct lift_value limit = s->host->argument(call, 2);
	const struct table *t = table_find((struct lift_text){ name.text,
		name.size }, err);
	struct page p = { .s = s, .call = call, .world = &s->history.world,
		.left = limit.type == LIFT_INT ? limit.whole : INT64_MAX };

	if (t == NULL || !page_after(&p, t, after.type == LIFT_TEXT ?
	    (struct lift_text){ after.text, after.size } :
	    (struct lift_text){ "", 0 }, err))
		return false;
	if (s->history.number == 0)
		return lift_fail(err, LIFT_E_BUSY, "there are no customers "
		    "yet, see `liftctl simulate generate`");
	uint32_t count = t->by_campaign ? RETAIL_CAMPAIGNS :
	    p.world->customers;
	for (uint32_t n = p.customer; p.left > 0 && n < count; n++)
		t->tell(&p, n);
	return true;
}
