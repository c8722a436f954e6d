/* What the simulation can be told and asked. What is told becomes an entry, so
 * a replay plays the same scenario at the same moment; the truth is asked of
 * the producer, and of nobody else. */
#include "simulation.h"

#include <stdlib.h>

/* Places in the table of simulate.start. */
enum { START_SCENARIO, START_RATE, START_SPEED, START_SEED, START_PRODUCTS,
	START_SHOPPERS, START_FROM, START_FOR, START_PROMOTIONS_AFTER,
	START_PROMOTIONS, START_FAST, START_SEASON, START_CATALOGUE,
	START_STORES };

static const struct lift_field start_arguments[] = {
	{ "scenario", LIFT_TEXT, true, "what is played; left out: discount" },
	{ "rate", LIFT_NUMBER, true, "events a minute, on average" },
	{ "speed", LIFT_NUMBER, true, "simulated seconds a second; 0: as fast "
	  "as it goes; left out: 1, or 0 when it begins in the past" },
	{ "seed", LIFT_INT, true, "the same seed gives the same shoppers" },
	{ "products", LIFT_INT, true, "size of the catalogue, 2 to 100000; "
	  "left out: the 35 that have names" },
	{ "shoppers", LIFT_INT, true, "how many there are, at most 1000000; "
	  "left out: twenty for each event a minute" },
	{ "from", LIFT_TEXT, true, "begins then: a time, or a span before now "
	  "such as -7d" },
	{ "for", LIFT_SPAN, true, "ends after this span of simulated time" },
	{ "promotions_after", LIFT_SPAN, true, "when the scenario's promotions "
	  "begin; left out: after 10 minutes, or after nine tenths of the "
	  "past" },
	{ "promotions", LIFT_INT, true, "so many more, all over the "
	  "catalogue" },
	{ "fast", LIFT_SPAN, true, "so much of the beginning goes as fast as "
	  "it can, and the rest with `speed`" },
	{ "season", LIFT_NUMBER, true, "how much hours and days of the week "
	  "differ, 0 to 1; left out: as the options have it" },
	{ "catalogue", LIFT_TEXT, true, "whose products: `made` for the "
	  "simulation's own, `world` for those that the shop has put; left "
	  "out: made" },
	{ "stores", LIFT_INT, true, "so many stores, store-1 to store-60 at "
	  "most, each with its own traffic; left out: the web and an app" },
	LIFT_END
};

static const struct lift_field change_arguments[] = {
	{ "rate", LIFT_NUMBER, true, "events a minute, on average" },
	{ "speed", LIFT_NUMBER, true, "simulated seconds a second; 0: as fast "
	  "as it goes" },
	LIFT_END
};

static const struct lift_field burst_arguments[] = {
	{ "burst_size", LIFT_INT, true, "purchases, 1 to 20; left out: 6" },
	{ "promotion", LIFT_TEXT, true, "its id; left out: one that is live" },
	{ "size", LIFT_INT, true, "another word for burst_size" },
	LIFT_END
};

static const struct lift_field generate_arguments[] = {
	{ "customers", LIFT_INT, true, "how many, at most 100000; left out: "
	  "10000" },
	{ "days", LIFT_INT, true, "of history, up to now; left out: 365" },
	{ "seed", LIFT_INT, true, "the same seed gives the same customers" },
	{ "since_last", LIFT_BOOL, true, "goes on with the customers that are "
	  "there, up to now" },
	{ "until", LIFT_TIME, true, "ends then; left out: now. The same seed "
	  "and end give the same bytes" },
	LIFT_END
};

static const struct lift_field table_arguments[] = {
	{ "table", LIFT_TEXT, false, "customers, customer_scores, "
	  "transactions, behavioral_events, abandoned_carts, "
	  "campaign_history or true_uplift" },
	{ "after", LIFT_TEXT, true, "goes on behind this id" },
	{ "limit", LIFT_INT, true, "lists at most so many" },
	LIFT_END
};

static const struct lift_field history_answers[] = {
	{ "status", LIFT_TEXT, false, "running or done" },
	{ "customers", LIFT_INT, false, "how many there are" },
	{ "seed", LIFT_INT, false, "of the customers" },
	{ "from", LIFT_TIME, false, "when the history begins" },
	{ "until", LIFT_TIME, false, "when it ends" },
	{ "reached", LIFT_TIME, false, "how far it has come" },
	{ "events", LIFT_INT, false, "in the log so far" },
	LIFT_END
};

static const struct lift_field truth_arguments[] = {
	{ "promotion", LIFT_TEXT, true, "only of this one" },
	LIFT_END
};

static const struct lift_field reaction_arguments[] = {
	{ "shopper", LIFT_TEXT, false, "such as SHOPPER1000" },
	LIFT_END
};

/* What a verb of the table is called with: the value, or FALLBACK. */
static double
number_of(struct simulation *s, struct lift_call *call, unsigned place,
    double fallback)
{
	struct lift_value v = s->host->argument(call, place);

	return v.type == LIFT_NUMBER ? v.number :
	    v.type == LIFT_INT || v.type == LIFT_SPAN ? (double)v.whole :
	    fallback;
}

static int64_t
whole_of(struct simulation *s, struct lift_call *call, unsigned place,
    int64_t fallback)
{
	struct lift_value v = s->host->argument(call, place);

	return v.type == LIFT_INT || v.type == LIFT_SPAN ? v.whole : fallback;
}

static struct lift_text
text_of(struct simulation *s, struct lift_call *call, unsigned place)
{
	struct lift_value v = s->host->argument(call, place);

	return v.type == LIFT_TEXT ? (struct lift_text){ v.text, v.size } :
	    (struct lift_text){ "", 0 };
}

static bool
within(const char *name, double value, double least, double most,
    struct lift_error *err)
{
	return (value >= least && value <= most) || lift_fail(err,
	    LIFT_E_USAGE, "%s is %.15g, must lie between %.15g and %.15g",
	    name, value, least, most);
}

/* ---- status -------------------------------------------------------------- */

static const struct lift_field status_answers[] = {
	{ "status", LIFT_TEXT, false, "idle, stocking, running, paused or "
	  "done" },
	{ "scenario", LIFT_TEXT, true, "what is played" },
	{ "seed", LIFT_INT, true, "of the shoppers" },
	{ "rate", LIFT_NUMBER, true, "events a minute" },
	{ "speed", LIFT_NUMBER, true, "simulated seconds a second; 0: as fast "
	  "as it goes" },
	{ "from", LIFT_TIME, true, "when it began" },
	{ "until", LIFT_TIME, true, "when it ends" },
	{ "reached", LIFT_TIME, true, "how far it has come" },
	{ "promotions_begin", LIFT_TIME, true, "when its promotions begin" },
	{ "products", LIFT_INT, true, "in the catalogue" },
	{ "events", LIFT_INT, true, "in the log so far" },
	{ "purchases", LIFT_INT, true, "of these" },
	{ "units", LIFT_INT, true, "bought" },
	{ "returns", LIFT_INT, true, "sent back" },
	{ "bursts_waiting", LIFT_INT, true, "asked for and not over" },
	{ "stores", LIFT_INT, true, "with traffic of their own; null: none" },
	LIFT_END
};

static const char *
status_word(const struct simulation *s)
{
	const struct run *r = &s->run;

	if (r->number == 0)
		return "idle";
	if (!r->is_running)
		return "done";
	if (r->stocked < r->products)
		return "stocking";
	return simulation_rests(s) ? "paused" : "running";
}

static void
status_reply(struct simulation *s, struct lift_call *call)
{
	enum { COUNT = sizeof(status_answers) / sizeof(status_answers[0]) - 1 };
	const struct run *r = &s->run;
	const char *names[COUNT];
	struct lift_value v[COUNT] = { lift_value_text(
	    lift_text(status_word(s))) };

	for (unsigned i = 0; i < COUNT; i++)
		names[i] = status_answers[i].name;
	if (r->number != 0) {
		v[1] = lift_value_text(lift_text(
		    scenarios[r->scenario].name));
		v[2] = LIFT_VALUE_INT((int64_t)r->seed);
		v[3] = LIFT_VALUE_NUMBER(simulation_rate(s));
		v[4] = LIFT_VALUE_NUMBER(r->speed);
		v[5] = LIFT_VALUE_TIME(r->from);
		if (r->until != 0)
			v[6] = LIFT_VALUE_TIME(r->until);
		v[7] = LIFT_VALUE_TIME(r->stands);
		v[8] = LIFT_VALUE_TIME(r->begin);
		v[9] = LIFT_VALUE_INT(r->products);
		v[10] = LIFT_VALUE_INT((int64_t)r->events);
		v[11] = LIFT_VALUE_INT((int64_t)r->purchases);
		v[12] = LIFT_VALUE_INT((int64_t)r->units);
		v[13] = LIFT_VALUE_INT((int64_t)r->returns);
		v[14] = LIFT_VALUE_INT(s->burst_count);
		if (r->stores > 0)
			v[15] = LIFT_VALUE_INT(r->stores);
	}
	s->host->reply(call, names, v, COUNT);
}

static bool
simulate_status(void *self, struct lift_call *call, struct lift_error *err)
{
	(void)err;
	status_reply(self, call);
	return true;
}

/* ---- starting ------------------------------------------------------------ */

static bool
scenario_of(struct simulation *s, struct lift_call *call, uint32_t *ret,
    struct lift_error *err)
{
	struct lift_text name = text_of(s, call, START_SCENARIO);
	const struct scenario *found;
	char words[256] = "";
	size_t n = 0;

	if (name.size == 0)
		name = LIFT_TEXT_OF("discount");
	found = scenario_find(name.data, name.size);
	if (found != NULL) {
		*ret = (uint32_t)(found - scenarios);
		return true;
	}
	for (const struct scenario *c = scenarios; c->name != NULL; c++)
		n += (size_t)snprintf(words + n, sizeof(words) - n, "%s%s",
		    n > 0 ? ", " : "", c->name);
	return lift_fail(err, LIFT_E_USAGE, "scenario is \"%.*s\", must be one "
	    "of %s", name.size > 40 ? 40 : (int)name.size, name.data, words);
}

/* When it begins and ends. */
static bool
run_times(struct simulation *s, struct lift_call *call, struct run *r,
    struct lift_error *err)
{
	const struct lift_entry *e = s->host->entry(call);
	struct lift_text from = text_of(s, call, START_FROM);
	int64_t span = whole_of(s, call, START_FOR, 0), after;

	r->from = e->received;
	if (from.size > 0 && !date_read(from, e->received, &r->from, err))
		return false;
	if (r->from > e->received)
		return lift_fail(err, LIFT_E_USAGE, "from is \"%.*s\", must "
		    "not be in the future", (int)from.size, from.data);
	if (span < 0)
		return lift_fail(err, LIFT_E_USAGE,
		    "for is below zero, must be a span like 2h");
	r->until = span > 0 ? r->from + span : 0;
	after = (e->received - r->from) / 10 * 9;
	if (after < 10 * LIFT_MINUTE)
		after = 10 * LIFT_MINUTE;
	r->begin = r->from + whole_of(s, call, START_PROMOTIONS_AFTER, after);
	r->stands = r->from;
	r->speed = number_of(s, call, START_SPEED,
	    r->from < e->received - LIFT_MINUTE ? 0 : 1);
	span = whole_of(s, call, START_FAST, 0);
	r->fast = span > 0 ? r->from + span : 0;
	return within("speed", r->speed, 0, 1e9, err);
}

static bool
run_sizes(struct simulation *s, struct lift_call *call, struct run *r,
    struct lift_error *err)
{
	int64_t products = whole_of(s, call, START_PRODUCTS, SHELF_DEFAULT);
	int64_t shoppers = whole_of(s, call, START_SHOPPERS, 0);
	int64_t promotions = whole_of(s, call, START_PROMOTIONS, 0);
	int64_t stores = whole_of(s, call, START_STORES, 0);

	r->seed = (uint64_t)whole_of(s, call, START_SEED, 1);
	r->rate = number_of(s, call, START_RATE, 0);
	r->season = number_of(s, call, START_SEASON, -1);
	if (r->season != -1 && !within("season", r->season, 0, 1, err))
		return false;
	if (!within("products", (double)products, 2, SHELF_MOST, err) ||
	    !within("shoppers", (double)shoppers, 0, 1e6, err) ||
	    !within("stores", (double)stores, 0, BRANCHES_MOST, err) ||
	    !within("promotions", (double)promotions, 0, SHELF_MOST, err) ||
	    (r->rate != 0 && !within("rate", r->rate, 1, 1e8, err)))
		return false;
	r->products = (uint32_t)products;
	r->shoppers = (uint32_t)shoppers;
	r->promotions = (uint32_t)promotions;
	r->stores = (uint32_t)stores;
	return true;
}

/* What the run before has put and is still live, is over. A run that goes back
 * to a time in which it was live knows nothing of it. */
static void
promotions_end(struct simulation *s, int64_t from)
{
	const struct run *r = &s->run;
	struct scenario_put p;
	struct lift_error err;

	for (unsigned i = 0; s->shelf != NULL && scenario_promotion(
	    &scenarios[r->scenario], s->shelf, i, r->promotions, r->begin, &p);
	    i++) {
		uint32_t id = s->host->promotion_find(s->host,
		    lift_text(p.id));
		const struct lift_promotion *now =
		    s->host->promotion(s->host, id);
		struct lift_value v = lift_value_text(lift_text(p.id));
		if (now != NULL && !now->is_stopped)
			s->host->call(s->host, "promotions.stop", &v, 1, &err);
		now = s->host->promotion(s->host, id);
		if (now != NULL && now->end > from)
			s->host->call(s->host, "promotions.delete", &v, 1,
			    &err);
	}
}

static bool
simulate_start(void *self, struct lift_call *call, struct lift_error *err)
{
	struct simulation *s = self;
	struct run r, before = s->run;
	struct shelf *shelf;

	/* What lies between the members is saved too. */
	memset(&r, 0, sizeof(r));
	if (s->history.is_running)
		return lift_fail(err, LIFT_E_BUSY, "the retailer's history is "
		    "being made, wait for its end");
	if (before.is_running)
		return lift_fail(err, LIFT_E_BUSY, "scenario \"%s\" is being "
		    "played, stop it first: liftctl simulate stop",
		    scenarios[before.scenario].name);
	if (!scenario_of(s, call, &r.scenario, err) ||
	    !run_sizes(s, call, &r, err) || !run_times(s, call, &r, err))
		return false;
	shelf = catalogue_choose(s, text_of(s, call, START_CATALOGUE),
	    s->host->argument(call, START_PRODUCTS).type != LIFT_NULL, &r,
	    err);
	if (shelf == NULL)
		return false;
	if (!within("promotions", r.promotions, 0, shelf->family_count, err)) {
		shelf_free(shelf);
		return false;
	}
	promotions_end(s, r.from);
	producer_close(&s->producer);
	shelf_free(s->shelf);
	s->shelf = shelf;
	r.is_running = true;
	r.number = before.number + 1;
	r.bursts = before.bursts;
	s->run = r;
	s->burst_count = 0;
	simulation_stock(s, 1000);
	status_reply(s, call);
	return true;
}

/* ---- while it runs ------------------------------------------------------- */

static bool
must_run(const struct simulation *s, struct lift_error *err)
{
	return s->run.is_running || lift_fail(err, LIFT_E_BUSY,
	    "no simulation is running, see `liftctl simulate start`");
}

static bool
simulate_stop(void *self, struct lift_call *call, struct lift_error *err)
{
	struct simulation *s = self;

	if (!s->history.is_running && !must_run(s, err))
		return false;
	s->history.is_running = false;
	s->run.is_running = s->run.is_paused = false;
	s->burst_count = 0;
	status_reply(s, call);
	return true;
}

static bool
run_pause(struct simulation *s, struct lift_call *call, bool is_paused,
    struct lift_error *err)
{
	if (!must_run(s, err))
		return false;
	s->run.is_paused = is_paused;
	status_reply(s, call);
	return true;
}

static bool
simulate_pause(void *self, struct lift_call *call, struct lift_error *err)
{
	return run_pause(self, call, true, err);
}

static bool
simulate_resume(void *self, struct lift_call *call, struct lift_error *err)
{
	return run_pause(self, call, false, err);
}

static bool
simulate_change(void *self, struct lift_call *call, struct lift_error *err)
{
	struct simulation *s = self;
	double rate = number_of(s, call, 0, simulation_rate(s));
	double speed = number_of(s, call, 1, s->run.speed);

	if (!must_run(s, err) || !within("rate", rate, 1, 1e8, err) ||
	    !within("speed", speed, 0, 1e9, err))
		return false;
	if (s->host->argument(call, 0).type != LIFT_NULL)
		s->run.rate = rate;
	s->run.speed = speed;
	status_reply(s, call);
	return true;
}

/* ---- bursts -------------------------------------------------------------- */

static const struct lift_field burst_answers[] = {
	{ "status", LIFT_TEXT, false, "queued" },
	{ "burst_id", LIFT_TEXT, false, "is on each of its events" },
	{ "burst_size", LIFT_INT, false, "purchases" },
	{ "promo_id", LIFT_TEXT, false, "the promotion" },
	{ "message", LIFT_TEXT, false, "the same as a sentence" },
	LIFT_END
};

/* The place of the promotion's first item on the shelf; false if none is. */
static bool
promoted_item(const struct simulation *s, const struct lift_promotion *p,
    uint32_t *ret_item)
{
	for (uint32_t i = 0; i < p->product_count; i++) {
		struct lift_text name = s->host->product_name(s->host,
		    p->products[i]);
		*ret_item = shelf_find(s->shelf, name.data, name.size);
		if (*ret_item != NAMES_NONE)
			return true;
	}
	return false;
}

static bool
is_live(const struct simulation *s, const struct lift_promotion *p,
    uint32_t *ret_item)
{
	return p != NULL && p->start <= s->run.stands &&
	    s->run.stands < p->end && !p->is_stopped &&
	    promoted_item(s, p, ret_item);
}

static bool
burst_promotion(struct simulation *s, struct lift_text name,
    struct burst_order *ret, struct lift_error *err)
{
	const struct lift_host *host = s->host;
	uint32_t id = name.size > 0 ? host->promotion_find(host, name) : 1;

	for (; id != 0 && host->promotion_name(host, id).size > 0; id++) {
		if (is_live(s, host->promotion(host, id), &ret->item)) {
			ret->promotion = id;
			return true;
		}
		if (name.size > 0)
			break;
	}
	if (name.size > 0)
		return lift_fail(err, LIFT_E_MISSING, "promotion \"%.*s\" is "
		    "not live on a product of the simulation",
		    name.size > 60 ? 60 : (int)name.size, name.data);
	return lift_fail(err, LIFT_E_BUSY, "no promotion is live, wait for one "
	    "or put one on a product of the simulation");
}

static void
burst_reply(struct simulation *s, struct lift_call *call,
    const struct burst_order *o)
{
	static const char *const names[] = { "status", "burst_id",
		"burst_size", "promo_id", "message" };
	struct lift_text promotion = s->host->promotion_name(s->host,
	    o->promotion);
	char message[160];

	snprintf(message, sizeof(message), "%u shoppers run for %s on %.*s",
	    (unsigned)o->size, s->shelf->labels[o->item].title,
	    promotion.size > 60 ? 60 : (int)promotion.size, promotion.data);
	struct lift_value v[] = { lift_value_text(LIFT_TEXT_OF("queued")),
		lift_value_text(lift_text(o->id)), LIFT_VALUE_INT(o->size),
		lift_value_text(promotion),
		lift_value_text(lift_text(message)) };
	s->host->reply(call, names, v, 5);
}

static bool
simulate_burst(void *self, struct lift_call *call, struct lift_error *err)
{
	struct simulation *s = self;
	int64_t size = whole_of(s, call, 0, whole_of(s, call, 2, 6));
	struct burst_order o = { .size = (uint32_t)size };
	char queued[24];

	if (!must_run(s, err) || !within("burst_size", (double)size, 1, 20,
	    err) || !burst_promotion(s, text_of(s, call, 1), &o, err))
		return false;
	if (s->burst_count == BURSTS_MOST)
		return lift_fail(err, LIFT_E_BUSY, "%u bursts wait, which is "
		    "the most", (unsigned)BURSTS_MOST);
	o.serial = ++s->run.bursts;
	snprintf(o.id, sizeof(o.id), "BURST-%08x", (unsigned)(dice_mix(
	    s->run.seed ^ s->host->entry(call)->seq, o.serial) >> 32));
	date_write(s->host->entry(call)->received, queued);
	snprintf(o.note, sizeof(o.note), "{\"burst_id\":\"%s\","
	    "\"demo_queued_at\":\"%s\"}", o.id, queued);
	s->bursts[s->burst_count++] = o;
	burst_reply(s, call, &o);
	return true;
}

/* ---- the truth ----------------------------------------------------------- */

static const struct lift_field truth_answers[] = {
	{ "promotion", LIFT_TEXT, false, "whose doing it is" },
	{ "product", LIFT_TEXT, false, "what it was done to" },
	{ "role", LIFT_TEXT, false, "promoted, victim or complement" },
	{ "with", LIFT_NUMBER, false, "units expected with the promotion" },
	{ "without", LIFT_NUMBER, false, "and without it, from the same "
	  "shoppers" },
	{ "effect", LIFT_NUMBER, false, "the difference, while it was live" },
	{ "share_lost", LIFT_NUMBER, true, "of what would have been sold" },
	{ "halo", LIFT_NUMBER, false, "units woken by what it sold" },
	{ "pull_forward", LIFT_NUMBER, false, "units that stay away later" },
	LIFT_END
};

static const char *
role_of(const struct simulation *s, const struct truth_row *row)
{
	const struct lift_promotion *p = s->host->promotion(s->host,
	    row->promotion);
	struct lift_text name = item_id(&s->shelf->items[row->item]);

	for (uint32_t i = 0; p != NULL && i < p->product_count; i++)
		if (lift_text_equal(name, s->host->product_name(s->host,
		    p->products[i])))
			return "promoted";
	return row->without > 0 ? "victim" : "complement";
}

static void
truth_reply(struct simulation *s, struct lift_call *call,
    const struct truth_row *row)
{
	static const char *const names[] = { "promotion", "product", "role",
		"with", "without", "effect", "share_lost", "halo",
		"pull_forward" };
	double effect = row->with - row->without;
	struct lift_value v[] = {
		lift_value_text(s->host->promotion_name(s->host,
		    row->promotion)),
		lift_value_text(item_id(&s->shelf->items[row->item])),
		lift_value_text(lift_text(role_of(s, row))),
		LIFT_VALUE_NUMBER(row->with), LIFT_VALUE_NUMBER(row->without),
		LIFT_VALUE_NUMBER(effect), LIFT_VALUE_NULL,
		LIFT_VALUE_NUMBER(row->halo), LIFT_VALUE_NUMBER(row->pulled) };

	if (row->without > 0 && effect < 0)
		v[6] = LIFT_VALUE_NUMBER(-effect / row->without);
	s->host->reply(call, names, v, 9);
}

static bool
simulate_truth(void *self, struct lift_call *call, struct lift_error *err)
{
	struct simulation *s = self;
	struct lift_text name = text_of(s, call, 0);
	uint32_t only = s->host->promotion_find(s->host, name);
	size_t count;

	if (name.size > 0 && only == 0)
		return lift_fail(err, LIFT_E_MISSING, "nothing was ever heard "
		    "of promotion \"%.*s\"", name.size > 60 ? 60 :
		    (int)name.size, name.data);
	if (s->producer.street == NULL)
		return true;
	struct truth_row *rows = truth_list(street_truth(s->producer.street),
	    &count);
	for (size_t i = 0; i < count; i++)
		if (only == 0 || rows[i].promotion == only)
			truth_reply(s, call, &rows[i]);
	free(rows);
	return true;
}

static const struct lift_field reaction_answers[] = {
	{ "treatment", LIFT_TEXT, false, "what is done" },
	{ "uplift", LIFT_NUMBER, false, "by how much it raises the chance to "
	  "buy" },
	LIFT_END
};

static bool
simulate_reaction(void *self, struct lift_call *call, struct lift_error *err)
{
	static const char *const names[] = { "treatment", "uplift" };
	struct simulation *s = self;
	struct lift_text name = text_of(s, call, 0);
	uint32_t number = 0;

	for (size_t i = 7; i < name.size && i < 16 && name.data[i] >= '0' &&
	    name.data[i] <= '9'; i++)
		number = number * 10 + (uint32_t)(name.data[i] - '0');
	if (name.size < 11 || memcmp(name.data, "SHOPPER", 7) != 0 ||
	    number < 1000)
		return lift_fail(err, LIFT_E_MISSING, "shopper is \"%.*s\", "
		    "must be one of the simulation like SHOPPER1000",
		    name.size > 60 ? 60 : (int)name.size, name.data);
	for (int t = 0; t < TREATMENTS; t++) {
		struct lift_value v[] = {
			lift_value_text(lift_text(treatment_names[t])),
			LIFT_VALUE_NUMBER(shopper_reacts(s->run.seed,
			    number - 1000, (enum treatment)t)) };
		s->host->reply(call, names, v, 2);
	}
	return true;
}

const struct lift_verb simulation_verbs[] = {
	{ "simulate.burst", burst_arguments, LIFT_OPERATOR, true,
	  "POST /demo/trigger", "some shoppers at once run for what is "
	  "promoted, instead of its siblings", simulate_burst, .one = true,
	  .answers = burst_answers },
	{ "simulate.change", change_arguments, LIFT_OPERATOR, true,
	  "PATCH /api/v1/simulation", "changes rate and speed while it runs",
	  simulate_change, .one = true, .answers = status_answers },
	{ "simulate.check", NULL, LIFT_OBSERVER, false, NULL,
	  "says whether the retailer's figures are what they should be",
	  simulate_check },
	{ "simulate.generate", generate_arguments, LIFT_OPERATOR, true, NULL,
	  "makes a furniture retailer with customers and their history",
	  simulate_generate, .one = true, .answers = history_answers },
	{ "simulate.pause", NULL, LIFT_OPERATOR, true,
	  "POST /api/v1/simulation/pause", "nobody does anything until resume",
	  simulate_pause, .one = true, .answers = status_answers },
	{ "simulate.reaction", reaction_arguments, LIFT_OPERATOR, false, NULL,
	  "shows the truth about how a shopper reacts to treatments",
	  simulate_reaction, .answers = reaction_answers },
	{ "simulate.resume", NULL, LIFT_OPERATOR, true,
	  "POST /api/v1/simulation/resume", "goes on after a pause",
	  simulate_resume, .one = true, .answers = status_answers },
	{ "simulate.start", start_arguments, LIFT_OPERATOR, true,
	  "POST /api/v1/simulation", "opens a shop with virtual shoppers",
	  simulate_start, .one = true, .answers = status_answers },
	{ "simulate.status", NULL, LIFT_OBSERVER, false,
	  "GET /api/v1/simulation", "shows what is played and how far",
	  simulate_status, .one = true, .answers = status_answers },
	{ "simulate.stop", NULL, LIFT_OPERATOR, true,
	  "DELETE /api/v1/simulation", "the shoppers go home",
	  simulate_stop, .one = true, .answers = status_answers },
	{ "simulate.table", table_arguments, LIFT_OPERATOR, false, NULL,
	  "shows a table of the retailer, the truth about it among them",
	  simulate_table },
	{ "simulate.truth", truth_arguments, LIFT_OPERATOR, false, NULL,
	  "shows who was really eaten, and by how much", simulate_truth,
	  .answers = truth_answers },
	LIFT_END
};
