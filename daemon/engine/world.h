/* The world: products, promotions and shoppers, as the log has told of them so
 * far. Products and promotions are interned: the first name is 1. A name that
 * was only mentioned has a number and nothing else; `put` makes it known.
 * Shoppers are tokens from the intake, dense as well; who they are is not
 * known here. Attributes are typed by their first use: one that was a number
 * stays a number. */
#ifndef ENGINE_WORLD_H
#define ENGINE_WORLD_H

#include <liftd/plugin.h>

#include "engine/state.h"

struct world;

/* What expressions can read of a product, a promotion, a shopper, in the order
 * of world_field's numbers. */
extern const struct lift_field product_fields[];
extern const struct lift_field promotion_fields[];
extern const struct lift_field shopper_fields[];

/* An empty world, freed with world_free. */
struct world *world_new(void);

/* Frees it; takes NULL. */
void world_free(struct world *);

/* The number of a product's or promotion's name, given to it now if need be;
 * 0 for the empty name. */
uint32_t world_product_number(struct world *, struct lift_text name);
uint32_t world_promotion_number(struct world *, struct lift_text name);

/* The number of a name that was met before; 0 if it was not. */
uint32_t world_product_find(const struct world *, struct lift_text name);
uint32_t world_promotion_find(const struct world *, struct lift_text name);

/* How many products and promotions have a number, and the highest token. */
uint32_t world_products(const struct world *);
uint32_t world_promotions(const struct world *);
uint32_t world_shoppers(const struct world *);

/* How often a product or promotion was put or dropped, since this world was
 * made: another number, another catalogue. */
uint64_t world_changes(const struct world *);

/* The record of a number; NULL for none. Good until the next change. */
const struct lift_product *world_product(const struct world *, uint32_t id);
const struct lift_promotion *world_promotion(const struct world *,
    uint32_t id);
const struct lift_shopper *world_shopper(const struct world *, uint32_t token);

/* Makes a product known, or changes it: all of PRODUCT is copied. Fails when
 * an attribute has another type than before, is no scalar and no list. */
bool world_put_product(struct world *, const struct lift_product *,
    struct lift_error *);

/* Makes a promotion known, or changes it: all of PROMOTION is copied. */
void world_put_promotion(struct world *, const struct lift_promotion *);

/* Forgets what is known of a product or promotion; the number stays. */
void world_drop_product(struct world *, uint32_t id);
void world_drop_promotion(struct world *, uint32_t id);

/* Notes an interaction in the shopper's record. */
void world_note(struct world *, const struct lift_entry *);

/* Adds what is known of a shopper to what is known of another, and leaves
 * nothing behind. */
void world_merge(struct world *, uint32_t token, uint32_t into);

/* Starts to bring into the cache what folding ENTRY will touch. */
void world_prefetch(const struct world *, const struct lift_entry *);

/* One field of a product, promotion or shopper, for expressions. */
struct lift_value world_field(const struct world *, enum lift_type, uint32_t id,
    unsigned field);

/* The name behind a product's or promotion's number. */
struct lift_text world_name(const struct world *, enum lift_type, uint32_t id);

/* Appends to a snapshot, takes from one. */
void world_save(const struct world *, struct state_out *);
bool world_load(struct world *, struct state_in *);

#endif
