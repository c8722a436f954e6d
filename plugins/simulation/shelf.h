/* The catalogue of the simulated shop: products in families. The products of
 * a family stand in for one another; a purchase in one family can wake a need
 * in another, its complement. The default shelf has thirty-five products in
 * six categories; another one of any size is made from a seed, or stands for
 * the products of a shop. */
#ifndef SIMULATION_SHELF_H
#define SIMULATION_SHELF_H

#include <stdbool.h>
#include <stdint.h>

#include "names.h"

enum { SHELF_DEFAULT = 35, SHELF_MOST = 100000, FAMILY_MOST = 16 };

/* How much shoppers mind a price. */
enum sensitivity { MIND_LOW, MIND_MEDIUM, MIND_HIGH, MIND_LEVELS };

/* What shoppers weigh, apart from what is only said of it. */
struct item {
	double   appeal;		/* its utility at full price */
	int64_t  price;			/* at full price; minor units */
	uint32_t family;
	uint16_t sells;			/* so much, among its family */
	uint8_t  sensitivity;		/* enum sensitivity */
	uint8_t  tier;			/* by its price in the family: 0 low,
					 * 1 middle, 2 high */
	uint8_t  id_size;
	const char *id;			/* the shelf's; ended by a zero */
};

struct label {
	const char *title;
	uint8_t  discount;		/* of its usual promotion, percent */
	int64_t  cost;			/* minor units */
};

struct family {
	const char *query;		/* what shoppers search for */
	uint16_t category;
	uint16_t count;
	uint32_t items[FAMILY_MOST];	/* numbers of its items */
	uint32_t complement;		/* number of a family; itself: none */
	float    link;			/* a purchase wakes it so often */
	float    weight;		/* how often it is needed */
	float    incidence;		/* a need ends with a purchase so
					 * often, all at full price */
	float    breadth;		/* 0: a better offer only moves
					 * purchases; 1: it makes new ones */
	float    level;			/* inclusive value at full price */
	float    lasts;			/* one unit, in visits; 0: no stock */
	float    pieces;		/* beyond the first, on average */
	float    hoard;			/* more of them per unit of discount */
	float    comes_back;		/* share of purchases returned */
};

struct shelf {
	struct item   *items;
	struct label  *labels;		/* by item */
	struct family *families;
	uint32_t       item_count, family_count, category_count;
	const char    *const *categories;
	uint32_t      *alias;		/* of the weights, to draw a family */
	float         *keep;
	struct names   ids;		/* by number of the item */
	struct names   category_names;	/* of a shop's products */
	struct shelf_texts *texts;
};

/* What a shop says of a product. Texts may be empty, but not the id; what is 0
 * is not known. */
struct shelf_row {
	const char *id, *title, *category, *family;
	int64_t     price, cost;	/* minor units */
	double      sells;		/* so much, among all */
	uint8_t     sensitivity;	/* enum sensitivity */
	uint8_t     discount;		/* percent */
};

/* A shelf of COUNT items: the default one when that is SHELF_DEFAULT, else one
 * made from SEED. NULL when there is no memory. Free it with shelf_free(). */
struct shelf *shelf_new(uint32_t count, uint64_t seed);

/* A shelf of these products: those of one family, else of one category, stand
 * in for one another, FAMILY_MOST at a time. What shops do not know of shoppers
 * follows from SEED. NULL when there is no memory. */
struct shelf *shelf_of(const struct shelf_row *, uint32_t count,
    uint64_t seed);

/* The number of the item with this id; NAMES_NONE if there is none. */
uint32_t shelf_find(const struct shelf *, const char *id, size_t size);

/* Frees a shelf, also NULL. */
void shelf_free(struct shelf *);

/* The family that BITS, evenly spread, fall on: by weight. */
static inline uint32_t
shelf_draw(const struct shelf *s, uint64_t bits)
{
	uint32_t at = (uint32_t)(((bits >> 32) * s->family_count) >> 32);
	float rest = (float)(bits & 0xffffff) * 0x1p-24f;

	return rest < s->keep[at] ? at : s->alias[at];
}

/* The item that stands on this shelf for item NUMBER (from 1) of the default
 * one: the same there, and one of the same rank elsewhere. */
uint32_t shelf_like(const struct shelf *, unsigned number);

#endif
