/* How fast virtual shoppers make events, on one core: the street alone, and
 * what ships (the plugin in an engine, with texts, prices and promotions read
 * from the world at each turn), against a loop that does nothing but fill the
 * same struct with a counter and hand it to the same callback.
 *
 *	generate [EVENTS [PRODUCTS [PROMOTIONS [SEED]]]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../../plugins/simulation/scenario.h"
#include "base/arena.h"
#include "base/text.h"
#include "engine/engine.h"
#include "plugin/roster.h"

extern const struct lift_plugin lift_plugin;	/* simulation, linked in */

enum { TURN = 512 };

#define FROM	INT64_C(1795132800000000)	/* 2026-11-20 */

/* Looks at each event, so that none of it is left out. */
struct sink {
	struct lift_stage stage;
	uint64_t          events, sum;
};

static void
sink_event(struct lift_stage *stage, const struct lift_event *e)
{
	struct sink *s = (struct sink *)stage;

	s->events++;
	s->sum += (uint64_t)e->time + (uint64_t)e->price + e->type +
	    (uint8_t)e->id.data[e->id.size - 1] + e->shopper.size +
	    e->product.size + e->promotion.size + e->session.size;
}

static void
bench_die(const char *what)
{
	fprintf(stderr, "generate: %s\n", what);
	exit(1);
}

/* The processor's time, which others on the machine do not take away. */
static double
since(clock_t began)
{
	return (double)(clock() - began) / CLOCKS_PER_SEC;
}

/* ---- the floor -----------------------------------------------------------*/

static double
floor_run(uint64_t count)
{
	struct sink s = { { .event = sink_event } };
	char id[] = "sim-00000000-0000000000";
	clock_t began = clock();

	for (uint64_t i = 0; i < count; i++) {
		struct lift_event e = { .time = FROM + (int64_t)i,
			.type = LIFT_VIEW, .id = { id, sizeof(id) - 1 },
			.shopper = LIFT_TEXT_OF("SHOPPER1000"),
			.product = LIFT_TEXT_OF("P001"),
			.session = LIFT_TEXT_OF("v0000000001"),
			.store = LIFT_TEXT_OF("web"), .has_price = true,
			.price = (int64_t)i, .quantity = 1 };
		id[sizeof(id) - 2] = (char)('0' + i % 10);
		s.stage.event(&s.stage, &e);
	}
	return since(began) + (s.sum == 0);
}

/* ---- the street alone ----------------------------------------------------*/

static double
street_run(uint64_t count, uint32_t products, uint64_t seed)
{
	struct shelf *shelf = shelf_new(products, seed);
	struct street_plan plan = { .seed = seed, .from = FROM, .rate = 60000,
		.season = 0.5, .shoppers = scenario_shoppers(&scenarios[0],
		60000) };
	struct happening h;
	uint64_t sum = 0;

	scenario_plan(&scenarios[0], shelf, FROM, &plan);
	struct street *street = street_new(shelf, &plan, NULL, NULL);
	if (street == NULL)
		bench_die("no memory");
	clock_t began = clock();
	for (uint64_t i = 0; i < count; i++) {
		if (i % TURN == 0)
			market_turn(street_market(street));
		street_next(street, INT64_MAX, &h);
		sum += h.number + h.item;
	}
	double took = since(began) + (sum == 0);
	street_free(street);
	shelf_free(shelf);
	return took;
}

/* ---- what ships ----------------------------------------------------------*/

struct house {
	struct engine     *engine;
	struct roster     *roster;
	struct company    *company;
	struct arena      *arena;
	uint64_t           seq;
	char               complaint[400];
};

static void
on_called(void *context, const struct engine_result *r)
{
	struct house *h = context;

	if (r->error != NULL)
		snprintf(h->complaint, sizeof(h->complaint), "%s",
		    r->error->text);
}

static void
house_fold(struct house *h, enum lift_entry_kind kind, int64_t time,
    const char *body)
{
	char id[32];

	snprintf(id, sizeof(id), "e-%llu", (unsigned long long)++h->seq);
	struct lift_entry e = { .seq = h->seq, .kind = (uint8_t)kind,
		.time = time, .received = time, .id = lift_text(id),
		.body = lift_text(body) };
	engine_fold(h->engine, &e);
}

static void
house_open(struct house *h)
{
	static const struct lift_plugin *const plugins[] = { &lift_plugin };
	struct engine_settings settings = {
		.watermark = { 10 * LIFT_SECOND, LIFT_HOUR, 30 * LIFT_SECOND },
		.seen_count = 1024, .seen_span = LIFT_DAY, .slice = 1000,
		.deferred_most = 1 << 20, .seed = 1 };
	struct engine_outside outside = { .context = h, .called = on_called };
	struct generation_file file = { LIFT_TEXT_OF("bench.yaml"),
		LIFT_TEXT_OF("plugin: simulation\n") };
	struct lift_error err;

	*h = (struct house){ .arena = arena_new() };
	h->roster = roster_of(plugins, 1);
	h->engine = engine_new(&settings, &outside, plugins, 1, NULL);
	struct generation_context context = { engine_vocabulary(h->engine),
		NULL, NULL };
	struct generation *g = generation_load(&context, &file, 1,
	    findings_new(h->arena));
	if (g == NULL)
		bench_die("the rules do not check");
	h->company = company_open(h->engine, h->roster, g);
	if (!engine_use(h->engine, g, &err))
		bench_die(err.text);
}

static void
house_close(struct house *h)
{
	company_close(h->company);
	engine_free(h->engine);
	roster_free(h->roster);
	arena_free(h->arena);
}

/* Starts it, and ticks until the catalogue is in the world. */
static unsigned
house_start(struct house *h, uint32_t products, unsigned promotions,
    uint64_t seed)
{
	struct lift_pace pace;
	unsigned place;
	char body[300];

	snprintf(body, sizeof(body), "{\"verb\":\"simulate.start\","
	    "\"arguments\":{\"scenario\":\"discount\",\"rate\":60000,"
	    "\"speed\":0,\"seed\":%llu,\"products\":%u,\"promotions\":%u,"
	    "\"promotions_after\":\"0s\"}}", (unsigned long long)seed,
	    (unsigned)products, promotions);
	house_fold(h, LIFT_ENTRY_CALL, FROM, body);
	if (h->complaint[0] != '\0')
		bench_die(h->complaint);
	for (int i = 1; i < 1000; i++) {
		if (engine_pace(h->engine, &place, &pace))
			return place;
		house_fold(h, LIFT_ENTRY_TICK, FROM + i * LIFT_SECOND, "");
	}
	bench_die("it does not want to produce");
	return 0;
}

static double
plugin_run(uint64_t count, uint32_t products, unsigned promotions,
    uint64_t seed)
{
	struct sink s = { { .event = sink_event } };
	struct house h;

	house_open(&h);
	unsigned place = house_start(&h, products, promotions, seed);
	s.stage.until = INT64_MAX;
	s.stage.most = TURN;
	engine_produce(h.engine, place, &s.stage);
	s.events = 0;
	clock_t began = clock();
	while (s.events < count)
		engine_produce(h.engine, place, &s.stage);
	double took = since(began) * (double)count / (double)s.events;
	house_close(&h);
	return took;
}

static double
most(double a, double b)
{
	return a > b ? a : b;
}

int
main(int argc, char **argv)
{
	uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 4000000;
	uint32_t products = argc > 2 ? (uint32_t)atoi(argv[2]) : 0;
	unsigned promotions = argc > 3 ? (unsigned)atoi(argv[3]) : 0;
	uint64_t seed = argc > 4 ? strtoull(argv[4], NULL, 10) : 1;
	static const struct { uint32_t products; unsigned promotions; }
	    sizes[] = { { 35, 0 }, { 1500, 100 }, { 100000, 1000 } };
	double floor = (double)count / floor_run(count) / 1e6;

	printf("generate: %llu events, million/s of processor time, best "
	    "of 3\n  filling the struct         %7.2f\n",
	    (unsigned long long)count, floor);
	for (size_t i = 0; i < (products ? 1 : 3); i++) {
		uint32_t n = products ? products : sizes[i].products;
		unsigned p = products ? promotions : sizes[i].promotions;
		double street = 0, plugin = 0;
		for (int round = 0; round < 3; round++) {
			street = most(street, (double)count /
			    street_run(count, n, seed));
			plugin = most(plugin, (double)count /
			    plugin_run(count, n, p, seed));
		}
		printf("  %6u products: street    %7.2f  ratio to filling "
		    "%5.1f\n  %6u promotions: plugin  %7.2f  ratio to "
		    "filling %5.1f (goal: 1 million/s)\n", (unsigned)n,
		    street / 1e6, floor * 1e6 / street, p + 1, plugin / 1e6,
		    floor * 1e6 / plugin);
	}
	return 0;
}
