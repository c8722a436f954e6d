/* The scope and the values that the tests of expressions and templates share:
 * one purchase in a small shop. */
#ifndef UNIT_RULES_SHOP_H
#define UNIT_RULES_SHOP_H

#include <check.h>

#include "rules/expression.h"

enum {
	SLOT_TYPE, SLOT_PRICE, SLOT_QUANTITY, SLOT_PRODUCT, SLOT_TIME,
	SLOT_WAIT, SLOT_PROPERTIES, SLOT_TAGS, SLOT_PROMOTION, SLOT_QUERY,
	SLOTS
};

static const struct lift_field shop_variables[] = {
	[SLOT_TYPE] = { .name = "type", .type = LIFT_TEXT },
	[SLOT_PRICE] = { .name = "price", .type = LIFT_MONEY },
	[SLOT_QUANTITY] = { .name = "quantity", .type = LIFT_INT },
	[SLOT_PRODUCT] = { .name = "product", .type = LIFT_PRODUCT },
	[SLOT_TIME] = { .name = "time", .type = LIFT_TIME },
	[SLOT_WAIT] = { .name = "wait", .type = LIFT_SPAN },
	[SLOT_PROPERTIES] = { .name = "properties", .type = LIFT_JSON },
	[SLOT_TAGS] = { .name = "tags", .type = LIFT_LIST },
	[SLOT_PROMOTION] = { .name = "promotion", .type = LIFT_PROMOTION },
	[SLOT_QUERY] = { .name = "query", .type = LIFT_TEXT,
		.optional = true },
	LIFT_END
};

static const struct lift_field shop_product[] = {
	{ .name = "id", .type = LIFT_TEXT },
	{ .name = "category", .type = LIFT_TEXT },
	{ .name = "brand", .type = LIFT_TEXT, .optional = true },
	{ .name = "price", .type = LIFT_MONEY },
	LIFT_END
};

static const struct lift_field shop_promotion[] = {
	{ .name = "id", .type = LIFT_TEXT },
	LIFT_END
};

static const struct expression_object shop_objects[] = {
	{ LIFT_PRODUCT, shop_product }, { LIFT_PROMOTION, shop_promotion },
};

static const struct lift_value shop_never[] = {
	{ .type = LIFT_TEXT, .size = 4, .text = "LAMP" },
	{ .type = LIFT_TEXT, .size = 4, .text = "DESK" },
};

static const struct expression_constant shop_constants[] = {
	{ "lists.never_touch", { .type = LIFT_LIST, .size = 2,
	    .items = shop_never } },
};

static const struct expression_scope shop_scope = {
	.variables = shop_variables,
	.objects = shop_objects, .object_count = 2,
	.constants = shop_constants, .constant_count = 1,
};

static inline struct lift_value
shop_object(void *context, enum lift_type type, uint32_t id, unsigned field)
{
	(void)context, (void)type, (void)id;
	if (field == 0)
		return lift_value_text(LIFT_TEXT_OF("LAMP"));
	if (field == 1)
		return lift_value_text(LIFT_TEXT_OF("Lighting"));
	if (field == 3)
		return LIFT_VALUE_MONEY(3000, 'E' | 'U' << 8 | 'R' << 16);
	return LIFT_VALUE_NULL;
}

/* An arena, a frame with the values, and the last problem. */
struct shop {
	struct arena             *arena;
	struct lift_value         values[SLOTS];
	struct lift_value         tags[2];
	struct expression_frame   frame;
	struct expression_problem problem;
};

static inline struct lift_value
shop_json(const char *text)
{
	return (struct lift_value){ .type = LIFT_JSON,
		.size = (uint32_t)strlen(text), .text = text };
}

static inline void
shop_open(struct shop *s)
{
	*s = (struct shop){ .arena = arena_new() };
	s->tags[0] = lift_value_text(LIFT_TEXT_OF("auto"));
	s->tags[1] = lift_value_text(LIFT_TEXT_OF("sale"));
	s->values[SLOT_TYPE] = lift_value_text(LIFT_TEXT_OF("purchase"));
	s->values[SLOT_PRICE] = LIFT_VALUE_MONEY(2490,
	    'E' | 'U' << 8 | 'R' << 16);
	s->values[SLOT_QUANTITY] = LIFT_VALUE_INT(3);
	s->values[SLOT_PRODUCT] = LIFT_VALUE_PRODUCT(7);
	s->values[SLOT_TIME] = LIFT_VALUE_TIME(1769853600000000);
	s->values[SLOT_WAIT] = LIFT_VALUE_SPAN(90 * LIFT_SECOND);
	s->values[SLOT_PROPERTIES] = shop_json("{\"size\": 4, \"colour\": "
	    "\"r\\u00e9d\", \"deep\": {\"list\": [1, \"two\", null]}}");
	s->values[SLOT_TAGS] = (struct lift_value){ .type = LIFT_LIST,
		.size = 2, .items = s->tags };
	s->frame = (struct expression_frame){ .values = s->values,
		.object = shop_object, .scratch = s->arena };
}

#endif
