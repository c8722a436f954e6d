/* How fast one rule of the usual kind is evaluated, against the same rule
 * written by hand in C on the same values in the same run. */
#include <time.h>

#include "rules/expression.h"

enum { VALUES = 1024, ROUNDS = 10000 };

enum { SLOT_TYPE, SLOT_PRICE, SLOT_PRODUCT, SLOTS };

static const struct lift_field variables[] = {
	[SLOT_TYPE] = { .name = "type", .type = LIFT_TEXT },
	[SLOT_PRICE] = { .name = "price", .type = LIFT_MONEY },
	[SLOT_PRODUCT] = { .name = "product", .type = LIFT_PRODUCT },
	LIFT_END
};

static const struct lift_field product_fields[] = {
	{ .name = "id", .type = LIFT_TEXT },
	{ .name = "category", .type = LIFT_TEXT, .optional = true },
	LIFT_END
};

static const struct expression_object objects[] = {
	{ LIFT_PRODUCT, product_fields },
};

static const struct lift_text categories[] = { { "Office", 6 },
	{ "Garden", 6 }, { "Lighting", 8 }, { "Kitchen", 7 } };

__attribute__((noinline)) static struct lift_value
object(void *context, enum lift_type type, uint32_t id, unsigned field)
{
	(void)context, (void)type, (void)field;
	return lift_value_text(categories[id % 4]);
}

/* The rule by hand. */
__attribute__((noinline)) static bool
by_hand(const struct lift_value *v)
{
	if (v[SLOT_TYPE].size != 8 ||
	    memcmp(v[SLOT_TYPE].text, "purchase", 8) != 0)
		return false;
	if (v[SLOT_PRICE].type != LIFT_MONEY || v[SLOT_PRICE].whole <= 2000)
		return false;
	struct lift_value c = object(NULL, LIFT_PRODUCT, v[SLOT_PRODUCT].id,
	    1);
	return (c.size == 6 && memcmp(c.text, "Office", 6) == 0) ||
	    (c.size == 8 && memcmp(c.text, "Lighting", 8) == 0);
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* One in four passes the first test only, the rest go further. */
static void
fill(struct lift_value values[VALUES][SLOTS])
{
	for (unsigned i = 0; i < VALUES; i++) {
		values[i][SLOT_TYPE] = lift_value_text(i % 4 == 0 ?
		    LIFT_TEXT_OF("view") : LIFT_TEXT_OF("purchase"));
		values[i][SLOT_PRICE] = LIFT_VALUE_MONEY(
		    1000 + (int64_t)(i * 37 % 4000),
		    'E' | 'U' << 8 | 'R' << 16);
		values[i][SLOT_PRODUCT] = LIFT_VALUE_PRODUCT(i % 97 + 1);
	}
}

int
main(void)
{
	static struct lift_value values[VALUES][SLOTS];
	struct arena *arena = arena_new();
	struct expression_scope scope = { .variables = variables,
		.objects = objects, .object_count = 1 };
	struct expression_problem problem;
	const struct expression *e = expression_compile(arena, &scope,
	    LIFT_TEXT_OF("type == \"purchase\" && price > 20.0 && "
	    "product.category in [\"Office\", \"Lighting\"]"), &problem);
	uint64_t hits = 0, hand_hits = 0;

	if (e == NULL) {
		fprintf(stderr, "%s\n", problem.message);
		return 1;
	}
	fill(values);
	struct expression_frame frame = { .object = object };
	double start = now();
	for (unsigned r = 0; r < ROUNDS; r++)
		for (unsigned i = 0; i < VALUES; i++) {
			frame.values = values[i];
			hits += expression_test(e, &frame) == EXPRESSION_TRUE;
		}
	double middle = now();
	for (unsigned r = 0; r < ROUNDS; r++)
		for (unsigned i = 0; i < VALUES; i++) {
			hand_hits += by_hand(values[i]);
		}
	double end = now(), count = (double)VALUES * ROUNDS;
	printf("expression: %.1f M/s, by hand: %.1f M/s, ratio %.2f%s\n",
	    count / (middle - start) / 1e6, count / (end - middle) / 1e6,
	    (middle - start) / (end - middle),
	    hits == hand_hits ? "" : ", BUT THEY DIFFER");
	arena_free(arena);
	return hits != hand_hits;
}
