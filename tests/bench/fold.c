/* The fold, from memory, on one core: an engine with `tally` and ten hooks, of
 * which two look at an entry's type, against a bare loop in C that does the
 * same look-ups (shopper and product by hash), the same de-duplication and the
 * same sums. Prints entries a second and the ratio.
 *
 *	fold [ENTRIES [PRODUCTS [SHOPPERS]]]
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/memory.h"
#include "engine/engine.h"
#include "engine/entry.h"
#include "plugin/roster.h"

extern const struct lift_plugin lift_plugin;	/* tally, linked in */

static const char rules[] =
    "hooks:\n"
    "  - { name: a, on: purchase, when: 'price > 99.5 && "
    "product.category in [\"Office\", \"Lighting\"]' }\n"
    "  - { name: b, on: purchase, when: 'quantity > 8 && price > 90.0' }\n"
    "  - { name: c, on: view, when: 'position != null && position > 40' }\n"
    "  - { name: d, on: view, when: 'product.brand == \"none\"' }\n"
    "  - { name: e, on: click, when: 'price > 99.9' }\n"
    "  - { name: f, on: click, when: 'store == \"kiosk\"' }\n"
    "  - { name: g, on: search, when: 'query == \"sofa\"' }\n"
    "  - { name: h, on: search, when: 'query == \"lamp\"' }\n"
    "  - { name: i, on: add_to_cart, when: 'price > 99.9' }\n"
    "  - { name: j, on: add_to_cart, when: 'quantity > 8' }\n";

static const uint16_t types[] = { LIFT_VIEW, LIFT_VIEW, LIFT_VIEW, LIFT_CLICK,
	LIFT_ADD_TO_CART, LIFT_PURCHASE, LIFT_SEARCH, LIFT_VIEW };

static uint64_t state = 42;

static uint64_t
draw(uint64_t most)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % most;
}

/* What a decoder would have made: texts that lie somewhere in memory. */
static struct lift_entry *
entries_make(size_t count, unsigned products, unsigned shoppers)
{
	struct lift_entry *all = memory_take(count * sizeof(*all));
	char *names = memory_take((size_t)products * 16);
	char *ids = memory_take(count * 20);
	int64_t time = 1700000000 * LIFT_SECOND;

	for (unsigned i = 0; i < products; i++)
		snprintf(names + i * 16, 16, "SKU-%u", i);
	for (size_t i = 0; i < count; i++) {
		struct lift_entry *e = &all[i];
		char *id = ids + i * 20;
		snprintf(id, 20, "e-%zu", i);
		time += 100;		/* ten thousand a second */
		*e = (struct lift_entry){ .seq = i + 1, .id = lift_text(id),
			.kind = LIFT_ENTRY_INTERACTION, .source = 1,
			.time = time - (int64_t)draw(2000000),
			.received = time, .type = types[draw(8)],
			.shopper = (uint32_t)draw(shoppers) + 1,
			.product_name = lift_text(names +
			    draw(products) * 16),
			.quantity = 1, .price = (int64_t)draw(10000),
			.has_price = true, .currency = 0x525545,
			.store = LIFT_TEXT_OF("web") };
		e->type_name = lift_text(interaction_name(e->type));
	}
	memory_give(NULL);
	return all;
}

/* ---- the bare loop ------------------------------------------------------- */

struct slot { uint64_t hash, high; uint32_t value; };
struct sum { int64_t quantity, revenue; uint32_t count; };
struct person { int64_t first, last; uint32_t count, bought; };

struct bare {
	struct slot   *ids, *products;
	struct sum    *sums;		/* minute by minute, by product */
	struct person *persons;
	uint64_t       mask, product_mask;
	uint32_t       product_count;
	int64_t        minute;
};

static void
bare_fold(struct bare *b, const struct lift_entry *e)
{
	struct hash128 h = hash_wide(e->id.data, e->id.size);
	uint64_t at = h.low & b->mask;

	while (b->ids[at].hash != 0 &&
	    (b->ids[at].hash != h.low || b->ids[at].high != h.high))
		at = (at + 1) & b->mask;
	if (b->ids[at].hash != 0)
		return;
	b->ids[at].hash = h.low;
	b->ids[at].high = h.high;
	uint64_t p = hash_text(e->product_name);
	at = p & b->product_mask;
	while (b->products[at].hash != 0 && b->products[at].hash != p)
		at = (at + 1) & b->product_mask;
	if (b->products[at].hash == 0) {
		b->products[at].hash = p;
		b->products[at].value = b->product_count++;
	}
	struct person *who = &b->persons[e->shopper];
	if (who->count++ == 0)
		who->first = e->time;
	who->last = e->time;
	who->bought += e->type == LIFT_PURCHASE;
	struct sum *s = &b->sums[(uint64_t)(e->time / LIFT_MINUTE % 4) *
	    (b->product_mask + 1) + b->products[at].value];
	s->count++;
	if (e->type == LIFT_PURCHASE) {
		s->quantity += e->quantity;
		s->revenue += e->quantity * e->price;
	}
}

static double
bare_run(const struct lift_entry *all, size_t count, unsigned products,
    unsigned shoppers)
{
	struct bare b = { .mask = 1, .product_mask = 1 };

	while (b.mask < count * 2)
		b.mask *= 2;
	while (b.product_mask < products * 2)
		b.product_mask *= 2;
	b.ids = memory_take(b.mask * sizeof(*b.ids));
	b.products = memory_take(b.product_mask * sizeof(*b.products));
	b.sums = memory_take(4 * b.product_mask * sizeof(*b.sums));
	b.persons = memory_take((shoppers + 1) * sizeof(*b.persons));
	b.mask--;
	b.product_mask--;
	int64_t began = clock_monotonic();
	for (size_t i = 0; i < count; i++)
		bare_fold(&b, &all[i]);
	double took = (double)(clock_monotonic() - began) / 1e6;
	memory_give(b.ids);
	memory_give(b.products);
	memory_give(b.sums);
	memory_give(b.persons);
	return took;
}

/* ---- the engine ---------------------------------------------------------- */

static uint64_t effects;

static void
on_effect(void *context, const struct effect *e)
{
	(void)context;
	(void)e;
	effects++;
}

static double
engine_run(struct lift_entry *all, size_t count)
{
	struct engine_settings settings = {
		.watermark = { 10 * LIFT_SECOND, LIFT_HOUR, 30 * LIFT_SECOND },
		.seen_count = (uint32_t)count, .seen_span = LIFT_DAY,
		.slice = 64, .deferred_most = 1 << 20, .seed = 1 };
	struct engine_outside outside = { .effect = on_effect };
	const struct lift_plugin *plugins[] = { &lift_plugin };
	struct roster *roster = roster_of(plugins, 1);
	struct engine *en = engine_new(&settings, &outside, plugins, 1, NULL);
	struct generation_context context = { engine_vocabulary(en), NULL,
		NULL };
	struct generation_file file = { LIFT_TEXT_OF("bench.yaml"),
		LIFT_TEXT_OF(rules) };
	struct arena *arena = arena_new();
	struct findings *findings = findings_new(arena);
	struct generation *g = generation_load(&context, &file, 1, findings);
	struct text report = { 0 };
	struct lift_error err;

	findings_write(&report, findings);
	if (g == NULL) {
		fputs(report.data, stderr);
		exit(1);
	}
	struct company *company = company_open(en, roster, g);
	if (!engine_use(en, g, &err))
		exit(1);
	int64_t began = clock_monotonic();
	for (size_t i = 0; i < count; i++) {
		if (i + 8 < count)
			engine_prefetch(en, &all[i + 8]);
		if (engine_admit(en, all[i].id, all[i].received))
			engine_fold(en, &all[i]);
	}
	double took = (double)(clock_monotonic() - began) / 1e6;
	company_close(company);
	engine_free(en);
	roster_free(roster);
	arena_free(arena);
	return took;
}

int
main(int argc, char **argv)
{
	size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 4000000;
	unsigned products = argc > 2 ? (unsigned)atoi(argv[2]) : 10000;
	unsigned shoppers = argc > 3 ? (unsigned)atoi(argv[3]) : 100000;
	struct lift_entry *all = entries_make(count, products, shoppers);
	double bare = 1e9, engine = 1e9;

	for (int round = 0; round < 3; round++) {
		double b = bare_run(all, count, products, shoppers);
		effects = 0;
		double e = engine_run(all, count);
		bare = b < bare ? b : bare;
		engine = e < engine ? e : engine;
	}
	printf("fold: %zu entries, %u products, %u shoppers, best of 3\n"
	    "  bare loop  %6.2f million/s\n"
	    "  engine     %6.2f million/s, %llu effects\n"
	    "  ratio      %6.2f times the bare loop (goal: at most 6)\n",
	    count, products, shoppers, (double)count / bare / 1e6,
	    (double)count / engine / 1e6, (unsigned long long)effects,
	    engine / bare);
	return 0;
}
