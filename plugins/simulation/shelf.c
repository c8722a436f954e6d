/* The catalogue: the default one from its tables, another one from a seed,
 * and what follows from either: utilities that give each product its share of
 * the family, and the weights by which families are needed. */
#include "shelf_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dice.h"
#include "shelf_default.h"

static const char *const made_categories[] = { "Baby", "Bakery", "Bath",
	"Books", "Camping", "Car", "Cleaning", "Cycling", "Garden", "Games",
	"Home Office", "Kitchen", "Lighting", "Music", "Pantry", "Pets",
	"Phones", "Shoes", "Stationery", "Tools" };

enum { MADE_CATEGORIES = sizeof(made_categories) / sizeof(char *) };

static const char *const made_words[] = { "Classic", "Compact", "Deluxe",
	"Everyday", "Light", "Original", "Pro", "Simple" };

/* ---- what follows from the tables ---------------------------------------- */

/* Walker's aliases: a family is drawn with one number and one look. */
static void
weights_alias(struct shelf *s)
{
	uint32_t n = s->family_count, few = 0, many = n;
	uint32_t *work = s->alias + n;
	double sum = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += s->families[i].weight;
	for (uint32_t i = 0; i < n; i++) {
		s->keep[i] = (float)(s->families[i].weight * n / sum);
		s->alias[i] = i;
		work[s->keep[i] < 1 ? few++ : --many] = i;
	}
	while (few > 0 && many < n) {
		uint32_t poor = work[--few], rich = work[many];
		s->alias[poor] = rich;
		s->keep[rich] -= 1 - s->keep[poor];
		if (s->keep[rich] < 1) {
			many++;
			work[few++] = rich;
		}
	}
	while (few > 0)
		s->keep[work[--few]] = 1;
}

/* The utilities' sum as the choice sees it, all at full price. */
static void
family_level(struct shelf *s, struct family *f)
{
	double sum = 0, sold = 0;

	for (unsigned k = 0; k < f->count; k++) {
		struct item *it = &s->items[f->items[k]];
		it->appeal = log(it->sells / 100.0);
		sum += exp(it->appeal);
		sold += it->sells;
	}
	f->level = (float)log(sum);
	f->weight = (float)(sold / f->incidence);
}

/* The dearest third of a family is tier 2, the cheapest tier 0. */
static void
family_tiers(struct shelf *s, struct family *f)
{
	for (unsigned k = 0; k < f->count; k++) {
		struct item *it = &s->items[f->items[k]];
		unsigned cheaper = 0;
		for (unsigned o = 0; o < f->count; o++)
			cheaper += s->items[f->items[o]].price < it->price;
		it->tier = (uint8_t)(cheaper * 3 / f->count);
	}
}

/* P and the number, from 1, with so many digits. */
static bool
item_name(struct shelf *s, int digits, uint32_t number)
{
	char id[16];

	snprintf(id, sizeof(id), "P%0*u", digits, (unsigned)number + 1);
	return shelf_name(s, number, id);
}

/* ---- room ---------------------------------------------------------------- */

enum { TEXTS_PAGE = 64 * 1024 };

/* Texts lie in pages, side by side. */
struct shelf_texts {
	struct shelf_texts *next;
	size_t              used;
	char                data[];
};

const char *
shelf_text(struct shelf *s, const char *text)
{
	size_t size = strlen(text) + 1;
	size_t room = size > TEXTS_PAGE ? size : TEXTS_PAGE;

	if (s->texts == NULL || s->texts->used + size > TEXTS_PAGE) {
		struct shelf_texts *page = malloc(sizeof(*page) + room);
		if (page == NULL)
			return NULL;
		page->next = s->texts;
		page->used = 0;
		s->texts = page;
	}
	char *copy = s->texts->data + s->texts->used;
	memcpy(copy, text, size);
	s->texts->used += size;
	return copy;
}

bool
shelf_name(struct shelf *s, uint32_t number, const char *id)
{
	struct item *it = &s->items[number];

	it->id_size = (uint8_t)strlen(id);
	it->id = shelf_text(s, id);
	return it->id != NULL &&
	    names_put(&s->ids, id, it->id_size) == number;
}

bool
shelf_title(struct shelf *s, uint32_t number, const char *title)
{
	s->labels[number].title = shelf_text(s, title);
	return s->labels[number].title != NULL;
}

void
shelf_add(struct shelf *s, uint32_t number, uint32_t family)
{
	struct family *f = &s->families[family];

	s->items[number].family = family;
	f->items[f->count++] = number;
}

struct shelf *
shelf_room(uint32_t items, uint32_t families)
{
	struct shelf *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->item_count = items;
	s->family_count = families;
	s->items = calloc(items, sizeof(*s->items));
	s->labels = calloc(items, sizeof(*s->labels));
	s->families = calloc(families, sizeof(*s->families));
	s->alias = calloc(families * (size_t)2, sizeof(*s->alias));
	s->keep = calloc(families, sizeof(*s->keep));
	if (s->items && s->labels && s->families && s->alias && s->keep)
		return s;
	shelf_free(s);
	return NULL;
}

void
shelf_settle(struct shelf *s)
{
	for (uint32_t i = 0; i < s->family_count; i++) {
		family_level(s, &s->families[i]);
		family_tiers(s, &s->families[i]);
	}
	weights_alias(s);
}

/* ---- the default shelf --------------------------------------------------- */

static bool
shelf_fill_default(struct shelf *s)
{
	bool ok = true;
	static const uint8_t margin[] = { 38, 55, 60, 30, 52, 45 };

	s->categories = default_categories;
	s->category_count = sizeof(default_categories) / sizeof(char *);
	for (uint32_t i = 0; i < DEFAULT_FAMILIES; i++)
		s->families[i] = default_families[i];
	for (uint32_t i = 0; i < SHELF_DEFAULT; i++) {
		const struct default_item *row = &default_items[i];
		struct item *it = &s->items[i];
		struct label *l = &s->labels[i];
		uint16_t category = default_families[row->family].category;
		ok &= item_name(s, 3, i) && shelf_title(s, i, row->title);
		it->sensitivity = row->sensitivity;
		it->sells = row->sold;
		it->price = row->price;
		l->discount = row->discount;
		l->cost = row->price * (100 - margin[category]) / 100;
		shelf_add(s, i, row->family);
	}
	return ok;
}

/* ---- a shelf that is made ------------------------------------------------ */

void
shelf_habits(struct shelf *s, uint32_t number, uint64_t seed)
{
	struct dice d = dice_stream(seed, 0x5e1f0000 + number);
	struct family *f = &s->families[number];

	f->complement = (number + 1 + dice_below(&d, 5)) % s->family_count;
	f->link = (float)(0.02 + 0.12 * dice_uniform(&d));
	f->incidence = (float)(0.18 + 0.22 * dice_uniform(&d));
	f->breadth = (float)(0.20 + 0.20 * dice_uniform(&d));
	f->lasts = dice_happens(&d, 0.4) ? (float)(1 + dice_below(&d, 4)) : 0;
	f->pieces = (float)(0.4 * dice_uniform(&d));
	f->hoard = f->lasts > 0 ? 2 : 0;
	f->comes_back = (float)(0.01 + 0.08 * dice_uniform(&d));
}

static void
family_make(struct shelf *s, uint32_t number, uint64_t seed)
{
	struct family *f = &s->families[number];

	f->category = (uint16_t)(number % MADE_CATEGORIES);
	f->query = made_categories[f->category];
	shelf_habits(s, number, seed);
}

/* A family has one level of prices and of sales; both are spread as shops'
 * are, with few families that sell very much. */
static bool
item_make(struct shelf *s, uint32_t number, uint32_t family, uint64_t seed)
{
	struct dice common = dice_stream(seed, 0xfa3170000 + family);
	struct dice d = dice_stream(seed, 0x17e3000000 + number);
	struct item *it = &s->items[number];
	struct label *l = &s->labels[number];
	char title[64];
	double level = exp(3.4 + 0.9 * dice_normal(&common));
	double sells = exp(4.5 + 0.8 * dice_normal(&common));
	double own = exp(0.35 * dice_normal(&d));

	it->price = (int64_t)(level * own) * 100 + 99;
	l->cost = it->price * (30 + dice_below(&d, 35)) / 100;
	it->sensitivity = (uint8_t)dice_below(&d, MIND_LEVELS);
	l->discount = (uint8_t)(10 + 5 * dice_below(&d, 7));
	sells *= exp(0.5 * dice_normal(&d));
	it->sells = (uint16_t)(sells < 2 ? 2 : sells > 9000 ? 9000 : sells);
	snprintf(title, sizeof(title), "%s %s %u",
	    made_categories[family % MADE_CATEGORIES],
	    made_words[number % (sizeof(made_words) / sizeof(char *))],
	    (unsigned)(number + 1));
	shelf_add(s, number, family);
	return item_name(s, 6, number) && shelf_title(s, number, title);
}

/* Siblings have numbers side by side: who looks at one looks at all of them,
 * and finds them in the same lines of memory. */
static bool
shelf_fill_made(struct shelf *s, uint64_t seed)
{
	bool ok = true;

	s->categories = made_categories;
	s->category_count = MADE_CATEGORIES;
	for (uint32_t i = 0; i < s->family_count; i++)
		family_make(s, i, seed);
	for (uint32_t i = 0; i < s->item_count; i++)
		ok &= item_make(s, i, (uint32_t)((uint64_t)i *
		    s->family_count / s->item_count), seed);
	return ok;
}

/* ---- what others call ---------------------------------------------------- */

struct shelf *
shelf_new(uint32_t count, uint64_t seed)
{
	struct shelf *s = shelf_room(count, count == SHELF_DEFAULT ?
	    DEFAULT_FAMILIES : (count + 4) / 5);

	if (s == NULL)
		return NULL;
	if (!(count == SHELF_DEFAULT ? shelf_fill_default(s) :
	    shelf_fill_made(s, seed))) {
		shelf_free(s);
		return NULL;
	}
	shelf_settle(s);
	return s;
}

uint32_t
shelf_find(const struct shelf *s, const char *id, size_t size)
{
	return names_find(&s->ids, id, size);
}

void
shelf_free(struct shelf *s)
{
	if (s == NULL)
		return;
	while (s->texts != NULL) {
		struct shelf_texts *next = s->texts->next;
		free(s->texts);
		s->texts = next;
	}
	names_done(&s->ids);
	names_done(&s->category_names);
	free(s->items);
	free(s->labels);
	free(s->families);
	free(s->alias);
	free(s->keep);
	free(s);
}

uint32_t
shelf_like(const struct shelf *s, unsigned number)
{
	uint32_t at = (number - 1) % SHELF_DEFAULT;
	const struct family *f;
	unsigned rank = 0;

	if (s->item_count == SHELF_DEFAULT && s->categories ==
	    default_categories)
		return at;
	for (uint32_t i = 0; i < at; i++)
		rank += default_items[i].family == default_items[at].family;
	f = &s->families[default_items[at].family % s->family_count];
	return f->items[rank % f->count];
}
