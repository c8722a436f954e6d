/* simulation: virtual shoppers who behave like shoppers. In the fold it knows
 * what it was told to play and counts what came of it; beside the fold
 * producer.c sends shoppers through a shop whose prices and promotions are
 * those of the world, so that whatever is done to these reaches the next
 * shopper. Nothing that the events say gives the answer away: who eats whom is
 * in the truth, which only simulate.truth shows. */
#include "simulation.h"

#include <stdlib.h>

static const struct lift_option options[] = {
	LIFT_OPTION_BOOL(struct settings, enabled, .fallback = "true",
	    .meaning = "whether shoppers come at all"),
	LIFT_OPTION_NUMBER(struct settings, rate, .fallback = "60",
	    .lowest = "1", .highest = "100000000",
	    .meaning = "events a minute, where simulate.start says nothing"),
	LIFT_OPTION_RATIO(struct settings, season, .fallback = "50%",
	    .lowest = "0", .highest = "1", .restart = true,
	    .meaning = "how much the hours and days of the week differ"),
	LIFT_OPTION_TEXT(struct settings, currency, .fallback = "USD",
	    .restart = true, .meaning = "of the prices of the catalogue"),
	LIFT_END
};

/* ---- the catalogue in the world ------------------------------------------ */

uint32_t
simulation_currency(const struct simulation *s)
{
	const char *c = s->settings->currency;

	if (s->run.currency != 0)
		return s->run.currency;
	return (uint32_t)(c[0] | c[1] << 8 | c[2] << 16);
}

static void
told(struct simulation *s, bool done, const struct lift_error *err)
{
	if (!done)
		s->host->log(s->host, LIFT_WARNING, "%s", err->text);
}

static void
product_put(struct simulation *s, uint32_t item)
{
	const struct item *it = &s->shelf->items[item];
	const struct label *l = &s->shelf->labels[item];
	const struct family *f = &s->shelf->families[it->family];
	const struct family *with = &s->shelf->families[f->complement];
	uint32_t currency = simulation_currency(s);
	char attributes[240];
	struct lift_error err;

	snprintf(attributes, sizeof(attributes), "{\"family\":\"%s-%u\","
	    "\"goes_with\":\"%s\",\"price_sensitivity\":\"%s\","
	    "\"sells\":%u,\"discount\":%u}", f->query,
	    (unsigned)it->family + 1, s->shelf->categories[with->category],
	    mind_names[it->sensitivity], (unsigned)it->sells,
	    (unsigned)l->discount);
	struct lift_value v[8] = {
		lift_value_text(item_id(it)),
		lift_value_text(lift_text(l->title)),
		lift_value_text(lift_text(s->shelf->categories[f->category])),
		LIFT_VALUE_NULL,
		LIFT_VALUE_MONEY(it->price, currency),
		LIFT_VALUE_MONEY(l->cost, currency),
		LIFT_VALUE_NULL,
		lift_value_text(lift_text(attributes)) };
	v[7].type = LIFT_JSON;
	told(s, s->host->call(s->host, "products.put", v, 8, &err), &err);
}

static bool
promotion_put(struct simulation *s, unsigned place)
{
	const struct run *r = &s->run;
	struct scenario_put p;
	struct lift_error err;

	if (!scenario_promotion(&scenarios[r->scenario], s->shelf, place,
	    r->promotions, r->begin, &p))
		return false;
	struct lift_value product = lift_value_text(item_id(
	    &s->shelf->items[p.item]));
	struct lift_value v[8] = {
		lift_value_text(lift_text(p.id)),
		lift_value_text(lift_text(p.title)),
		{ .type = LIFT_LIST, .size = 1, .items = &product },
		LIFT_VALUE_MONEY(p.price, simulation_currency(s)),
		LIFT_VALUE_TIME(p.start), LIFT_VALUE_TIME(p.end),
		LIFT_VALUE_NULL, LIFT_VALUE_NULL };
	told(s, s->host->call(s->host, "promotions.put", v, 8, &err), &err);
	return true;
}

bool
simulation_stock(struct simulation *s, unsigned slice)
{
	struct run *r = &s->run;

	if (s->shelf == NULL || r->stocked >= r->products)
		return true;
	/* The shop's own products are there. */
	if (r->is_own)
		r->stocked = r->products;
	while (r->stocked < r->products && slice-- > 0)
		product_put(s, r->stocked++);
	if (r->stocked < r->products)
		return false;
	for (unsigned place = 0; promotion_put(s, place); place++)
		;
	return true;
}

double
simulation_rate(const struct simulation *s)
{
	return s->run.rate > 0 ? s->run.rate : s->settings->rate;
}

bool
simulation_rests(const struct simulation *s)
{
	return s->run.is_paused || !s->settings->enabled;
}

#define SOURCE_BEGINS(name)	\
	{ "{\"name\":\"" name "\",\"state\":\"begin\"", \
	  sizeof("{\"name\":\"" name "\",\"state\":\"begin\"") - 1 }

/* ---- entries ------------------------------------------------------------- */

/* An event of a burst says so first of all. */
static void
burst_note(struct simulation *s, const struct lift_entry *e)
{
	unsigned i = 0;

	if (e->properties.size == 0 || e->type != LIFT_PURCHASE)
		return;
	while (i < s->burst_count && !lift_text_equal(e->properties,
	    lift_text(s->bursts[i].note)))
		i++;
	if (i == s->burst_count || ++s->bursts[i].bought < s->bursts[i].size)
		return;
	memmove(&s->bursts[i], &s->bursts[i + 1],
	    (--s->burst_count - i) * sizeof(s->bursts[0]));
}

static void
own_event(struct simulation *s, const struct lift_entry *e)
{
	struct run *r = &s->run;

	r->source = e->source;
	r->events++;
	r->is_present = e->received - e->time < LIFT_MINUTE;
	if (e->type == LIFT_PURCHASE) {
		r->purchases++;
		r->units += (uint64_t)e->quantity;
	} else if (e->type == LIFT_RETURN) {
		r->returns++;
	}
	burst_note(s, e);
}

/* Its own ticks say how far it has come; those of the clock on the wall move
 * a shop that rests, if it was in the present before. */
static void
tick_note(struct simulation *s, const struct lift_entry *e)
{
	struct run *r = &s->run;
	bool own = r->source != 0 && e->source == r->source;
	bool rests = r->is_present && e->source == 0 && simulation_rests(s);

	if ((own || rests) && e->time > r->stands)
		r->stands = e->time;
	/* The last tick comes less than a second before the end. */
	if (r->until != 0 && r->stands + LIFT_SECOND > r->until)
		r->is_running = false;
}

/* The number of a source is known from its beginning on. */
static void
source_note(struct simulation *s, const struct lift_entry *e)
{
	static const struct lift_text begins[] = {
		SOURCE_BEGINS("simulation"), SOURCE_BEGINS("retailer") };
	uint32_t *numbers[] = { &s->run.source, &s->history.source };

	for (unsigned i = 0; i < 2; i++)
		if (e->body.size >= begins[i].size && memcmp(e->body.data,
		    begins[i].data, begins[i].size) == 0)
			*numbers[i] = e->source;
}

/* The history goes by its own events and ticks in the same way. */
static void
history_entry(struct history *h, const struct lift_entry *e)
{
	if (e->kind == LIFT_ENTRY_INTERACTION && history_made(e->id)) {
		h->source = e->source;
		h->events++;
	}
	if (e->kind == LIFT_ENTRY_TICK && h->source != 0 &&
	    e->source == h->source && e->time > h->stands)
		h->stands = e->time;
	if (h->stands + LIFT_SECOND > h->world.end)
		h->is_running = false;
}

static void
simulation_entry(void *self, const struct lift_entry *e,
    const struct lift_moment *moment)
{
	struct simulation *s = self;

	(void)moment;
	if (e->kind == LIFT_ENTRY_SOURCE)
		source_note(s, e);
	if (s->history.is_running)
		history_entry(&s->history, e);
	if (!s->run.is_running)
		return;
	if (e->kind == LIFT_ENTRY_INTERACTION && simulation_made(s, e->id))
		own_event(s, e);
	else if (e->kind == LIFT_ENTRY_TICK)
		tick_note(s, e);
	/* What was in the present goes on in the present. */
	else if (e->kind == LIFT_ENTRY_BOOT && s->run.is_present &&
	    e->received > s->run.stands)
		s->run.stands = e->received;
}

static bool
simulation_advance(void *self, const struct lift_moment *moment,
    unsigned slice)
{
	struct simulation *s = self;

	(void)moment;
	return !s->run.is_running || simulation_stock(s, slice);
}

/* ---- the instance -------------------------------------------------------- */

static bool
settings_check(const struct settings *t, struct lift_error *err)
{
	bool good = strlen(t->currency) == 3;

	for (unsigned i = 0; good && i < 3; i++)
		good = t->currency[i] >= 'A' && t->currency[i] <= 'Z';
	return good || lift_fail(err, LIFT_E_INPUT, "currency is \"%s\", must "
	    "be three capital letters like USD", t->currency);
}

static void *
simulation_open(const struct lift_host *host, const void *settings,
    struct lift_error *err)
{
	struct simulation *s;

	if (!settings_check(settings, err))
		return NULL;
	s = calloc(1, sizeof(*s));
	if (s == NULL) {
		lift_fail(err, LIFT_E_SYSTEM, "no memory for the simulation");
		return NULL;
	}
	s->host = host;
	s->settings = settings;
	return s;
}

static void
simulation_close(void *self)
{
	struct simulation *s = self;

	producer_close(&s->producer);
	crowd_free(s->crowd);
	shelf_free(s->shelf);
	free(s);
}

static bool
simulation_prepare(void *self, const void *settings, struct lift_error *err)
{
	(void)self;
	return settings_check(settings, err);
}

static void
simulation_commit(void *self, const void *settings)
{
	struct simulation *s = self;

	s->settings = settings;
}

static void
simulation_abort(void *self)
{
	(void)self;
}

/* ---- snapshots ----------------------------------------------------------- */

/* Both structs are zero where nothing was put, so their bytes depend on the
 * log alone. */
static void
simulation_save(void *self, void *snapshot)
{
	struct simulation *s = self;
	uint32_t count = s->burst_count;

	s->host->put(snapshot, &s->run, sizeof(s->run));
	s->host->put(snapshot, &count, sizeof(count));
	s->host->put(snapshot, s->bursts, count * sizeof(s->bursts[0]));
	s->host->put(snapshot, &s->history, sizeof(s->history));
	if (s->run.is_own)
		catalogue_save(s, snapshot);
}

static bool
run_is_sound(const struct run *r)
{
	unsigned count = 0;

	while (scenarios[count].name != NULL)
		count++;
	return r->scenario < count && r->products <= SHELF_MOST &&
	    r->stores <= BRANCHES_MOST &&
	    (r->number == 0 || r->products > 1) && r->stocked <= r->products;
}

static bool
simulation_load(void *self, void *snapshot, uint32_t version,
    struct lift_error *err)
{
	struct simulation *s = self;
	uint32_t count;

	if (version != 2)
		return lift_fail(err, LIFT_E_STORE, "the simulation's state "
		    "has version %u, this plugin reads version 2", version);
	if (!s->host->take(snapshot, &s->run, sizeof(s->run)) ||
	    !s->host->take(snapshot, &count, sizeof(count)) ||
	    count > BURSTS_MOST || !s->host->take(snapshot, s->bursts,
	    count * sizeof(s->bursts[0])) || !run_is_sound(&s->run) ||
	    !s->host->take(snapshot, &s->history, sizeof(s->history)) ||
	    s->history.world.customers > 100000)
		return lift_fail(err, LIFT_E_STORE,
		    "the simulation's state does not hold");
	s->burst_count = count;
	producer_close(&s->producer);
	crowd_free(s->crowd);
	s->crowd = NULL;
	shelf_free(s->shelf);
	s->shelf = NULL;
	if (s->run.number != 0)
		s->shelf = s->run.is_own ? catalogue_load(s, snapshot) :
		    shelf_new(s->run.products, s->run.seed);
	return s->run.number == 0 || s->shelf != NULL ||
	    lift_fail(err, LIFT_E_SYSTEM, "there is no catalogue of %u products",
	    (unsigned)s->run.products);
}

LIFT_PLUGIN("simulation")
	.summary = "virtual shoppers in a shop whose prices are the world's",
	.options = options,
	.settings_size = sizeof(struct settings),
	.verbs = simulation_verbs,
	.state_version = 2,
	.open = simulation_open,
	.close = simulation_close,
	.prepare = simulation_prepare,
	.commit = simulation_commit,
	.abort = simulation_abort,
	.entry = simulation_entry,
	.advance = simulation_advance,
	.save = simulation_save,
	.load = simulation_load,
	.pace = simulation_pace,
	.produce = simulation_produce,
LIFT_PLUGIN_END;
