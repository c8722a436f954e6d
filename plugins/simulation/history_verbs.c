/* What the retailer can be told and asked: to make its customers and their
 * year, to top it up to now, and whether its figures are what they should
 * be. */
#include "simulation.h"

static int64_t
whole_of(struct simulation *s, struct lift_call *call, unsigned place,
    int64_t fallback)
{
	struct lift_value v = s->host->argument(call, place);

	return v.type == LIFT_INT ? v.whole : fallback;
}

static void
history_reply(struct simulation *s, struct lift_call *call)
{
	static const char *const names[] = { "status", "customers", "seed",
		"from", "until", "reached", "events" };
	const struct history *h = &s->history;
	struct lift_value v[] = { lift_value_text(h->is_running ?
		LIFT_TEXT_OF("running") : LIFT_TEXT_OF("done")),
		LIFT_VALUE_INT(h->world.customers),
		LIFT_VALUE_INT((int64_t)h->world.seed),
		LIFT_VALUE_TIME(h->world.begin), LIFT_VALUE_TIME(h->world.end),
		LIFT_VALUE_TIME(h->stands), LIFT_VALUE_INT((int64_t)h->events)
	};

	s->host->reply(call, names, v, 7);
}

static void
catalogue_put(struct simulation *s)
{
	struct lift_error err;
	char id[8], name[64];

	for (unsigned n = 0; n < RETAIL_CATEGORIES * RETAIL_PRODUCTS; n++) {
		const struct retail_category *c =
		    &retail_categories[n / RETAIL_PRODUCTS];
		int64_t price = retail_price(n / RETAIL_PRODUCTS,
		    n % RETAIL_PRODUCTS);
		uint32_t currency = simulation_currency(s);
		snprintf(id, sizeof(id), "R%03u", n + 1);
		snprintf(name, sizeof(name), "%s",
		    c->products[n % RETAIL_PRODUCTS]);
		struct lift_value v[8] = { lift_value_text(lift_text(id)),
			lift_value_text(lift_text(name)),
			lift_value_text(lift_text(c->name)), LIFT_VALUE_NULL,
			LIFT_VALUE_MONEY(price, currency),
			LIFT_VALUE_MONEY(price * 11 / 20, currency),
			LIFT_VALUE_NULL, LIFT_VALUE_NULL };
		if (!s->host->call(s->host, "products.put", v, 8, &err))
			s->host->log(s->host, LIFT_WARNING, "%s", err.text);
	}
}

/* The same customers, until END. */
static bool
top_up(struct simulation *s, int64_t end, struct lift_error *err)
{
	struct history *h = &s->history;

	if (h->number == 0)
		return lift_fail(err, LIFT_E_MISSING, "there is nothing to "
		    "top up, see `liftctl simulate generate`");
	if (end <= h->world.end)
		return lift_fail(err, LIFT_E_USAGE,
		    "the history has got that far already");
	h->world.end = end;
	return true;
}

bool
simulate_generate(void *self, struct lift_call *call, struct lift_error *err)
{
	struct simulation *s = self;
	struct history *h = &s->history;
	int64_t customers = whole_of(s, call, 0, 10000);
	int64_t days = whole_of(s, call, 1, 365);
	int64_t now = s->host->entry(call)->received;
	struct lift_value since = s->host->argument(call, 3);
	struct lift_value until = s->host->argument(call, 4);
	int64_t end = until.type == LIFT_TIME ? until.whole : now;

	if (s->run.is_running || h->is_running)
		return lift_fail(err, LIFT_E_BUSY, "a simulation is running, "
		    "wait for its end or stop it: liftctl simulate stop");
	if (customers < 1 || customers > 100000)
		return lift_fail(err, LIFT_E_USAGE, "customers is %lld, must "
		    "lie between 1 and 100000", (long long)customers);
	if (days < 1 || days > 3650)
		return lift_fail(err, LIFT_E_USAGE, "days is %lld, must lie "
		    "between 1 and 3650", (long long)days);
	if (end > now)
		return lift_fail(err, LIFT_E_USAGE,
		    "until lies in the future, must not be later than now");
	if (since.type == LIFT_BOOL && since.yes) {
		if (!top_up(s, end, err))
			return false;
	} else {
		h->world.customers = (uint32_t)customers;
		h->world.seed = (uint64_t)whole_of(s, call, 2, 1);
		h->world.begin = end - days * LIFT_DAY;
		h->world.end = end;
		h->stands = h->world.begin;
		h->events = 0;
		catalogue_put(s);
	}
	h->number++;
	h->is_running = true;
	history_reply(s, call);
	return true;
}

/* ---- figures that must hold ---------------------------------------------- */

struct census {
	double countries[RETAIL_COUNTRIES];
	double active[4];	/* last seen in 7, 30, 90 days, or before */
	double nobody, orders, churning, treated[2], converted[2];
};

static void
census_add(struct census *n, const struct retail *r, uint32_t number)
{
	struct customer c = customer_make(r, number);
	struct profile p = retail_profile(r, number);
	int64_t ago = (r->end - p.last) / LIFT_DAY;

	n->countries[retail_cities[c.city].country]++;
	n->active[ago <= 7 ? 0 : ago <= 30 ? 1 : ago <= 90 ? 2 : 3]++;
	n->nobody += p.sittings == 0;
	n->orders += p.orders;
	n->churning += p.churn > 0.6;
	for (unsigned i = 0; i < RETAIL_CAMPAIGNS; i++) {
		struct contact k = campaign_contact(r, i, &c);
		if (!k.was_contacted)
			continue;
		n->treated[k.is_control]++;
		n->converted[k.is_control] += k.converted;
	}
}

struct report {
	struct simulation *s;
	struct lift_call  *call;
	unsigned           bad;
};

static void
figure(struct report *r, const char *name, double value, double least,
    double most)
{
	static const char *const names[] = { "figure", "value", "least",
		"most", "ok" };
	bool ok = value >= least && value <= most;
	struct lift_value v[] = { lift_value_text(lift_text(name)),
		LIFT_VALUE_NUMBER(value), LIFT_VALUE_NUMBER(least),
		LIFT_VALUE_NUMBER(most), LIFT_VALUE_BOOL(ok) };

	r->bad += !ok;
	r->s->host->reply(r->call, names, v, 5);
}

static void
report_tell(struct report *r, const struct census *n, double customers,
    double years)
{
	static const char *const seen[] = { "seen in 7 days",
		"seen in 8 to 30 days", "seen in 31 to 90 days",
		"seen before 90 days" };
	/* Four standard deviations of a share, and a little for rounding. */
	double slack = 2 / __builtin_sqrt(customers) + 0.001;

	for (unsigned i = 0; i < RETAIL_COUNTRIES; i++)
		figure(r, retail_countries[i], n->countries[i] / customers,
		    retail_shares[i] - slack, retail_shares[i] + slack);
	for (unsigned i = 0; i < 4; i++)
		figure(r, seen[i], n->active[i] / customers,
		    i < 2 ? 0.02 : 0, 0.9);
	figure(r, "never sat down", n->nobody / customers, 0, 0.5);
	figure(r, "orders a customer and year", n->orders / customers / years,
	    1, 12);
	figure(r, "churn above 0.6", n->churning / customers, 0.05, 0.8);
	figure(r, "control converts", n->converted[1] /
	    (n->treated[1] + 1), 0.10 - slack - 0.02, 0.10 + slack + 0.02);
	figure(r, "treated convert", n->converted[0] / (n->treated[0] + 1),
	    0.15 - slack, 0.25 + slack);
}

bool
simulate_check(void *self, struct lift_call *call, struct lift_error *err)
{
	struct simulation *s = self;
	const struct retail *w = &s->history.world;
	struct report r = { s, call, 0 };
	struct census n = { { 0 } };

	if (s->history.number == 0)
		return lift_fail(err, LIFT_E_BUSY, "there are no customers "
		    "yet, see `liftctl simulate generate`");
	for (uint32_t i = 0; i < w->customers; i++)
		census_add(&n, w, i);
	report_tell(&r, &n, w->customers, (double)(w->end - w->begin) /
	    (double)(365 * LIFT_DAY));
	return r.bad == 0 || lift_fail(err, LIFT_E_INPUT,
	    "%u figures are not what they should be", r.bad);
}
