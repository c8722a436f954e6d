/* The default shelf: facts of the prototype's thirty-five products (id, name,
 * price, sensitivity, discount, units sold), and the families that they stand
 * in. */
#ifndef SIMULATION_SHELF_DEFAULT_H
#define SIMULATION_SHELF_DEFAULT_H

#include "shelf.h"

static const char *const default_categories[] = { "Food & Beverage",
	"Home & Living", "Fashion", "Electronics", "Health & Beauty",
	"Sports & Fitness" };

enum { DRINKS, SNACKS, COMFORT, KITCHEN, ACCESSORIES, LEATHER, AUDIO, DESK,
	SMART_HOME, CARE, GROOMING, TRAINING, KIT, DEFAULT_FAMILIES };

/* What a family is like; `complement` is what its buyers need next. */
static const struct family default_families[DEFAULT_FAMILIES] = {
	[DRINKS] = { .query = "drinks", .category = 0, .complement = KITCHEN,
	    .link = 0.06f, .incidence = 0.40f, .breadth = 0.25f, .lasts = 2,
	    .pieces = 0.30f, .hoard = 2.0f, .comes_back = 0.01f },
	[SNACKS] = { .query = "snacks", .category = 0, .complement = TRAINING,
	    .link = 0.05f, .incidence = 0.42f, .breadth = 0.35f, .lasts = 6,
	    .pieces = 0.50f, .hoard = 3.0f, .comes_back = 0.01f },
	[COMFORT] = { .query = "cosy home", .category = 1,
	    .complement = CARE, .link = 0.08f, .incidence = 0.25f,
	    .breadth = 0.30f, .pieces = 0.10f, .comes_back = 0.04f },
	[KITCHEN] = { .query = "kitchen", .category = 1, .complement = DRINKS,
	    .link = 0.15f, .incidence = 0.22f, .breadth = 0.30f,
	    .pieces = 0.02f, .comes_back = 0.04f },
	[ACCESSORIES] = { .query = "accessories", .category = 2,
	    .complement = LEATHER, .link = 0.08f, .incidence = 0.20f,
	    .breadth = 0.30f, .pieces = 0.03f, .comes_back = 0.10f },
	[LEATHER] = { .query = "leather goods", .category = 2,
	    .complement = ACCESSORIES, .link = 0.08f, .incidence = 0.22f,
	    .breadth = 0.30f, .pieces = 0.03f, .comes_back = 0.09f },
	[AUDIO] = { .query = "headphones", .category = 3, .complement = DESK,
	    .link = 0.06f, .incidence = 0.30f, .breadth = 0.25f,
	    .pieces = 0.05f, .comes_back = 0.06f },
	[DESK] = { .query = "home office", .category = 3,
	    .complement = AUDIO, .link = 0.08f, .incidence = 0.26f,
	    .breadth = 0.30f, .pieces = 0.04f, .comes_back = 0.05f },
	[SMART_HOME] = { .query = "smart home", .category = 3,
	    .complement = KITCHEN, .link = 0.04f, .incidence = 0.18f,
	    .breadth = 0.30f, .pieces = 0.02f, .comes_back = 0.06f },
	[CARE] = { .query = "skincare", .category = 4,
	    .complement = GROOMING, .link = 0.08f, .incidence = 0.32f,
	    .breadth = 0.30f, .lasts = 4, .pieces = 0.15f, .hoard = 1.0f,
	    .comes_back = 0.02f },
	[GROOMING] = { .query = "hair dryer", .category = 4,
	    .complement = CARE, .link = 0.15f, .incidence = 0.24f,
	    .breadth = 0.30f, .pieces = 0.03f, .comes_back = 0.04f },
	[TRAINING] = { .query = "home gym", .category = 5, .complement = KIT,
	    .link = 0.15f, .incidence = 0.30f, .breadth = 0.30f,
	    .pieces = 0.12f, .comes_back = 0.03f },
	[KIT] = { .query = "running shoes", .category = 5,
	    .complement = TRAINING, .link = 0.08f, .incidence = 0.25f,
	    .breadth = 0.30f, .pieces = 0.04f, .comes_back = 0.08f },
};

struct default_item {
	const char *title;
	int32_t     price;
	uint8_t     family, sensitivity, discount, sold;
};

static const struct default_item default_items[SHELF_DEFAULT] = {
	{ "Premium Coffee Beans 1kg", 2499, DRINKS, MIND_HIGH, 30, 120 },
	{ "Energy Drink 12-Pack", 1899, DRINKS, MIND_HIGH, 40, 200 },
	{ "Artisan Dark Chocolate Bar", 899, SNACKS, MIND_HIGH, 30, 150 },
	{ "Organic Protein Bars 12ct", 2999, SNACKS, MIND_MEDIUM, 30, 95 },
	{ "Gourmet Tea Sampler", 3499, DRINKS, MIND_MEDIUM, 30, 85 },
	{ "Scented Candle Set 3pk", 3299, COMFORT, MIND_MEDIUM, 33, 110 },
	{ "Kitchen Knife Set Premium", 7999, KITCHEN, MIND_MEDIUM, 30, 65 },
	{ "Throw Blanket Luxury", 4999, COMFORT, MIND_MEDIUM, 30, 88 },
	{ "Coffee Maker 12-Cup", 8999, KITCHEN, MIND_LOW, 30, 72 },
	{ "Wall Art Canvas Set", 11999, COMFORT, MIND_LOW, 25, 45 },
	{ "Designer Sunglasses", 14999, ACCESSORIES, MIND_LOW, 20, 58 },
	{ "Leather Wallet Premium", 6999, LEATHER, MIND_MEDIUM, 30, 82 },
	{ "Cashmere Scarf", 8999, ACCESSORIES, MIND_MEDIUM, 30, 67 },
	{ "Designer Watch", 29999, ACCESSORIES, MIND_LOW, 20, 38 },
	{ "Leather Handbag", 18999, LEATHER, MIND_LOW, 30, 52 },
	{ "Wireless Earbuds Pro", 12999, AUDIO, MIND_MEDIUM, 20, 95 },
	{ "Smart Watch Fitness", 19999, SMART_HOME, MIND_LOW, 15, 68 },
	{ "Bluetooth Speaker Portable", 7999, AUDIO, MIND_MEDIUM, 20, 110 },
	{ "Noise-Cancel Headphones", 24999, AUDIO, MIND_LOW, 20, 55 },
	{ "Tablet 10-inch", 32999, DESK, MIND_LOW, 20, 48 },
	{ "Webcam 4K", 14999, DESK, MIND_MEDIUM, 20, 72 },
	{ "Mechanical Keyboard RGB", 9999, DESK, MIND_MEDIUM, 25, 85 },
	{ "Skincare Set Anti-Aging", 8999, CARE, MIND_MEDIUM, 30, 92 },
	{ "Hair Dryer Professional", 12999, GROOMING, MIND_MEDIUM, 30, 68 },
	{ "Electric Toothbrush", 7999, GROOMING, MIND_HIGH, 30, 105 },
	{ "Massage Gun Deep Tissue", 14999, GROOMING, MIND_MEDIUM, 30, 75 },
	{ "Essential Oils Gift Set", 4999, CARE, MIND_HIGH, 30, 115 },
	{ "Yoga Mat Premium Non-Slip", 4999, TRAINING, MIND_HIGH, 30, 125 },
	{ "Resistance Bands Set", 3499, TRAINING, MIND_HIGH, 30, 140 },
	{ "Dumbbell Set 20lb", 11999, TRAINING, MIND_MEDIUM, 25, 62 },
	{ "Running Shoes Pro", 13999, KIT, MIND_MEDIUM, 30, 88 },
	{ "Gym Bag Large", 5999, KIT, MIND_HIGH, 30, 95 },
	{ "Smart Home Hub Bundle", 27999, SMART_HOME, MIND_LOW, 15, 42 },
	{ "Robot Vacuum Premium", 44999, SMART_HOME, MIND_LOW, 10, 35 },
	{ "4K Action Camera Waterproof", 34999, DESK, MIND_LOW, 15, 48 },
};

#endif
