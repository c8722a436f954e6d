/* The peer: jansson, whose names are not compatible with ours, so it is alone
 * here. */
#include "decode.h"

#include <jansson.h>
#include <math.h>

#include "base/instant.h"
#include "base/money.h"
#include "engine/entry.h"

static struct lift_text
pick(const json_t *root, const char *name)
{
	const json_t *v = json_object_get(root, name);

	return (struct lift_text){ json_string_value(v),
		json_string_length(v) };
}

static void
pick_all(const json_t *root, struct sum *sum)
{
	static const char *const names[] = { "id", "shopper", "session",
		"product", "promotion", "store", "query" };
	const json_t *quantity = json_object_get(root, "quantity");
	double price = json_number_value(json_object_get(root, "price"));
	int64_t time = 0;

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		sum->bytes += pick(root, names[i]).size;
	if (!instant_read(pick(root, "time"), &time) ||
	    currency_pack(pick(root, "currency")) == 0)
		sum->refused++;
	sum->time += time;
	sum->price += llround(price * 100);
	sum->quantity += quantity ? json_integer_value(quantity) : 1;
	sum->type += interaction_of(pick(root, "type"));
}

struct sum
jansson_tree(const struct events *events)
{
	struct sum sum = { 0 };

	for (unsigned i = 0; i < EVENTS; i++) {
		json_t *root = json_loadb(events->of[i].data,
		    events->of[i].size, 0, NULL);
		sum.refused += root == NULL;
		json_decref(root);
	}
	return sum;
}

struct sum
jansson_picked(const struct events *events)
{
	struct sum sum = { 0 };

	for (unsigned i = 0; i < EVENTS; i++) {
		json_t *root = json_loadb(events->of[i].data,
		    events->of[i].size, 0, NULL);
		if (root == NULL)
			sum.refused++;
		else
			pick_all(root, &sum);
		json_decref(root);
	}
	return sum;
}
