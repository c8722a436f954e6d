/* The fold with a whole shop in it: an engine with `simulation` and `detection`
 * as they ship, 100,000 products and 1,000 live promotions. The simulation's
 * events are made first, a few thousand at a time, and not timed; then they are
 * folded, with a tick behind each turn, as the daemon does. The same entries
 * through an engine that has no plugin at all are the floor.
 *
 *	shop [MINUTES [PRODUCTS [PROMOTIONS [RATE]]]]	(from the build's folder)
 *
 * Most batches fold entries and close no window: the one in the middle says what
 * an entry costs, and what all of them took beyond that closes the windows.
 *
 * Times are of this thread on a processor, so that others on the machine do not
 * count.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/text.h"
#include "engine/engine.h"
#include "engine/entry.h"
#include "plugin/loader.h"
#include "plugin/roster.h"

enum { TURN = 512, BATCH = 16, WARM = 75, MINUTES_MOST = 240,
	BATCHES_MOST = 1 << 16 };

#define FROM	INT64_C(1795132800000000)	/* 2026-11-20 */

static const char rules[] = "plugin: detection\noptions:\n  candidates: 10\n";
static const char quiet[] = "plugin: simulation\n";

struct shop {
	struct engine  *engine;
	struct roster  *roster;
	struct company *company;
	struct arena   *arena;
	const struct lift_plugin *plugins[2];
	uint64_t        seq, effects;
	char            complaint[400];
};

/* A turn's events, with texts that stay. */
struct turn {
	struct lift_stage stage;
	struct arena     *arena;
	struct lift_entry entries[TURN];
	unsigned          count;
};

static void
bench_die(const char *what)
{
	fprintf(stderr, "shop: %s\n", what);
	exit(1);
}

static int64_t
processor(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static long
resident_kb(void)
{
	FILE *in = fopen("/proc/self/status", "r");
	char line[256];
	long kb = 0;

	while (in != NULL && fgets(line, sizeof(line), in) != NULL)
		if (strncmp(line, "VmRSS:", 6) == 0)
			kb = atol(line + 6);
	if (in != NULL)
		fclose(in);
	return kb;
}

/* ---- the shop ---------------------------------------------------------- */

static void
on_called(void *context, const struct engine_result *r)
{
	struct shop *s = context;

	if (r->error != NULL)
		snprintf(s->complaint, sizeof(s->complaint), "%s",
		    r->error->text);
}

static void
on_effect(void *context, const struct effect *e)
{
	struct shop *s = context;

	(void)e;
	s->effects++;
}

static void
shop_open(struct shop *s, unsigned count)
{
	static const char *const names[] = { "simulation", "detection" };
	struct engine_settings settings = {
		.watermark = { 10 * LIFT_SECOND, LIFT_HOUR, 30 * LIFT_SECOND },
		.seen_count = 1 << 20, .seen_span = LIFT_DAY, .slice = 16,
		.deferred_most = 1 << 20, .seed = 1 };
	struct engine_outside outside = { .context = s, .called = on_called,
		.effect = on_effect };
	struct generation_file files[] = {
		{ LIFT_TEXT_OF("a.yaml"), lift_text(quiet) },
		{ LIFT_TEXT_OF("b.yaml"), lift_text(rules) } };
	struct lift_error err;

	*s = (struct shop){ .arena = arena_new() };
	for (unsigned k = 0; k < count; k++) {
		s->plugins[k] = loader_open("plugins/.libs", names[k], &err);
		if (s->plugins[k] == NULL)
			bench_die(err.text);
	}
	s->roster = roster_of(s->plugins, count);
	s->engine = engine_new(&settings, &outside, s->plugins, count, NULL);
	struct generation_context context = { engine_vocabulary(s->engine),
		NULL, NULL };
	struct generation *g = generation_load(&context, files, count,
	    findings_new(s->arena));
	if (g == NULL)
		bench_die("the rules do not check");
	s->company = company_open(s->engine, s->roster, g);
	if (!engine_use(s->engine, g, &err))
		bench_die(err.text);
}

static void
shop_close(struct shop *s)
{
	company_close(s->company);
	engine_free(s->engine);
	roster_free(s->roster);
	arena_free(s->arena);
}

static void
shop_fold(struct shop *s, enum lift_entry_kind kind, int64_t time,
    const char *body)
{
	char id[32];

	snprintf(id, sizeof(id), "call-%llu", (unsigned long long)++s->seq);
	struct lift_entry e = { .seq = s->seq, .kind = (uint8_t)kind,
		.time = time, .received = time, .id = lift_text(id),
		.body = lift_text(body) };
	engine_fold(s->engine, &e);
}

/* Starts the simulation, and ticks until its catalogue is in the world. */
static unsigned
shop_start(struct shop *s, unsigned products, unsigned promotions,
    unsigned rate)
{
	struct lift_pace pace;
	unsigned place;
	char body[300];

	snprintf(body, sizeof(body), "{\"verb\":\"simulate.start\","
	    "\"arguments\":{\"scenario\":\"discount\",\"rate\":%u,"
	    "\"speed\":0,\"seed\":1,\"products\":%u,\"promotions\":%u,"
	    "\"promotions_after\":\"%dm\"}}", rate, products, promotions,
	    WARM / 2);
	shop_fold(s, LIFT_ENTRY_CALL, FROM, body);
	if (s->complaint[0] != '\0')
		bench_die(s->complaint);
	for (int i = 1; i < 100000; i++) {
		if (engine_pace(s->engine, &place, &pace))
			return place;
		shop_fold(s, LIFT_ENTRY_TICK, FROM + i * LIFT_MILLI, "");
	}
	bench_die("it does not want to produce");
	return 0;
}

/* ---- a turn ------------------------------------------------------------ */

static struct lift_text
kept(struct arena *a, struct lift_text t)
{
	if (t.size == 0)
		return t;
	return (struct lift_text){ memcpy(arena_take(a, t.size), t.data,
		t.size), t.size };
}

/* Shoppers are numbered by their ids, as an intake would. */
static uint32_t
token_of(struct lift_text id)
{
	uint32_t n = 0;

	for (size_t i = 0; i < id.size; i++)
		if (id.data[i] >= '0' && id.data[i] <= '9')
			n = n * 10 + (uint32_t)(id.data[i] - '0');
	return n % (1 << 24) + 1;
}

static void
turn_event(struct lift_stage *stage, const struct lift_event *e)
{
	struct turn *t = (struct turn *)stage;
	struct arena *a = t->arena;

	t->entries[t->count++] = (struct lift_entry){
		.kind = LIFT_ENTRY_INTERACTION, .id = kept(a, e->id),
		.time = e->time, .received = e->time, .type = e->type,
		.source = 1, .shopper = token_of(e->shopper),
		.type_name = lift_text(interaction_name(e->type)),
		.product_name = kept(a, e->product),
		.promotion_name = kept(a, e->promotion),
		.session = kept(a, e->session), .store = kept(a, e->store),
		.query = kept(a, e->query), .order = kept(a, e->order),
		.properties = kept(a, e->properties),
		.quantity = e->quantity, .price = e->price,
		.has_price = e->has_price, .currency = e->currency,
		.position = e->position };
}

static void
turn_make(struct turn *t, struct shop *s, unsigned place)
{
	arena_clear(t->arena);
	t->count = 0;
	t->stage.event = turn_event;
	t->stage.until = INT64_MAX;
	t->stage.most = TURN;
	engine_produce(s->engine, place, &t->stage);
}

/* Folds what stands in T, LONGEST apart if somebody wants it. */
static void
turn_fold(const struct turn *t, struct shop *s, int64_t *longest)
{
	int64_t from = longest != NULL ? processor() : 0;

	for (unsigned k = 0; k < t->count; k++) {
		struct lift_entry e = t->entries[k];
		e.seq = ++s->seq;
		if (k + 8 < t->count)
			engine_prefetch(s->engine, &t->entries[k + 8]);
		if (engine_admit(s->engine, e.id, e.received))
			engine_fold(s->engine, &e);
		if (longest == NULL)
			continue;
		int64_t now = processor();
		*longest = now - from > *longest ? now - from : *longest;
		from = now;
	}
	shop_fold(s, LIFT_ENTRY_TICK, t->stage.reached, "");
}

/* ---- the run ----------------------------------------------------------- */

struct figures {
	uint64_t entries;
	int64_t  took, floor;		/* ns */
	int64_t  each[BATCHES_MOST];	/* ps an entry, by timed batch */
	uint32_t batches;
	int64_t  longest[MINUTES_MOST];	/* entry of each minute */
	long     memory;
};

static int64_t *
longest_at(struct figures *f, int64_t time)
{
	int64_t minute = (time - FROM) / LIFT_MINUTE - WARM;

	return &f->longest[minute < 0 ? 0 : minute < MINUTES_MOST ? minute :
	    MINUTES_MOST - 1];
}

static int
by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void
batch_make(struct turn *all, struct shop *s, unsigned place)
{
	for (int k = 0; k < BATCH; k++)
		turn_make(&all[k], s, place);
}

/* Returns nanoseconds. */
static int64_t
batch_fold(const struct turn *all, struct shop *s)
{
	int64_t at = processor();

	for (int k = 0; k < BATCH; k++)
		turn_fold(&all[k], s, NULL);
	return processor() - at;
}

/* Even batches are timed whole, odd ones entry by entry. */
static void
run(unsigned minutes, unsigned products, unsigned promotions, unsigned rate,
    struct figures *ret)
{
	static struct turn all[BATCH];
	const struct turn *last = &all[BATCH - 1];
	struct shop s, bare;
	int64_t end = FROM + (WARM + (int64_t)minutes) * LIFT_MINUTE;
	long before = resident_kb();

	for (int k = 0; k < BATCH; k++)
		all[k].arena = arena_new();
	shop_open(&s, 2);
	unsigned place = shop_start(&s, products, promotions, rate);
	while (last->stage.reached < FROM + WARM * LIFT_MINUTE) {
		turn_make(&all[BATCH - 1], &s, place);
		turn_fold(last, &s, NULL);
	}
	/* Of the shop alone: windows are open for an hour. */
	ret->memory = resident_kb() - before;
	shop_open(&bare, 0);
	for (uint64_t batch = 0; last->stage.reached < end; batch++) {
		batch_make(all, &s, place);
		if (batch % 2 == 1) {
			for (int k = 0; k < BATCH; k++)
				turn_fold(&all[k], &s, longest_at(ret,
				    all[k].stage.reached));
			continue;
		}
		int64_t before_it = ret->took;
		/* Who comes first finds less in the caches. */
		if (batch % 4 == 0)
			ret->took += batch_fold(all, &s);
		ret->floor += batch_fold(all, &bare);
		if (batch % 4 != 0)
			ret->took += batch_fold(all, &s);
		uint64_t count = 0;
		for (int k = 0; k < BATCH; k++)
			count += all[k].count;
		ret->entries += count;
		if (count > 0 && ret->batches < BATCHES_MOST)
			ret->each[ret->batches++] = (ret->took - before_it) *
			    1000 / (int64_t)count;
	}
	shop_close(&bare);
	shop_close(&s);
	for (int k = 0; k < BATCH; k++)
		arena_free(all[k].arena);
}

static unsigned
word(int argc, char **argv, int place, unsigned otherwise)
{
	return argc > place ? (unsigned)atoi(argv[place]) : otherwise;
}

int
main(int argc, char **argv)
{
	unsigned minutes = word(argc, argv, 1, 20);
	unsigned products = word(argc, argv, 2, 100000);
	unsigned promotions = word(argc, argv, 3, 1000);
	unsigned rate = word(argc, argv, 4, 60000);
	static struct figures f;

	minutes = minutes < MINUTES_MOST ? minutes : MINUTES_MOST;
	run(minutes, products, promotions, rate, &f);
	qsort(f.longest, minutes, sizeof(*f.longest), by_size);
	qsort(f.each, f.batches, sizeof(*f.each), by_size);
	double each = f.batches > 0 ? (double)f.each[f.batches / 2] / 1e3 : 0;
	double closing = (double)f.took - each * (double)f.entries;
	printf("shop: simulation and detection, %u products, %u live "
	    "promotions, %u events a minute, %u minutes\n"
	    "  entries        %.2f million/s (goal 1)\n"
	    "  a minute       closes in %.1f ms in all (goal 50)\n"
	    "  both           %.2f million/s\n"
	    "  no plugin      %.2f million/s, ratio %.2f\n"
	    "  longest entry  %.2f ms in the middle of the minutes, %.2f ms "
	    "in the worst (goal 5)\n"
	    "  memory         %ld MB (goal 150), with the virtual shoppers\n",
	    products, promotions, rate, minutes,
	    1e3 / each, closing / 1e6 / ((double)f.entries / rate),
	    (double)f.entries / (double)f.took * 1e3,
	    (double)f.entries / (double)f.floor * 1e3,
	    (double)f.took / (double)f.floor, (double)f.longest[minutes / 2] / 1e6,
	    (double)f.longest[minutes - 1] / 1e6, f.memory / 1024);
	return 0;
}
