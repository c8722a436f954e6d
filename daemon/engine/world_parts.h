/* What the files of the world share. */
#ifndef ENGINE_WORLD_PARTS_H
#define ENGINE_WORLD_PARTS_H

#include "base/intern.h"
#include "base/json.h"
#include "engine/world.h"

enum { PAGE_BITS = 12, PAGE = 1 << PAGE_BITS };

struct world {
	struct intern          *products, *promotions, *attributes;
	struct lift_product   **product;	/* by number */
	size_t                  product_room, product_count;
	struct lift_promotion **promotion;
	size_t                  promotion_room, promotion_count;
	struct lift_shopper   **pages;
	size_t                  page_room, page_count;
	uint32_t                shoppers;	/* highest token */
	uint64_t                changes;	/* of products, promotions */
	uint8_t                *attribute_kinds;	/* enum json_kind */
	size_t                  attribute_room, attribute_count;
};

/* The record of a shopper, made now if there is none. */
struct lift_shopper *world_shopper_at(struct world *, uint32_t token);

/* Notes the type of an attribute that was not met before. */
void world_learn(struct world *, struct lift_text attribute, enum json_kind);

#endif
