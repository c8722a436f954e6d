/* Records hang off dense arrays by number. A product or promotion is one
 * block: the struct, its values and its texts; a change makes a new block.
 * Shoppers lie in pages of fixed size, so that a million of them never have
 * to move. */
#include "engine/world_parts.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/money.h"

const struct lift_field product_fields[] = {
	{ "id", LIFT_TEXT, .meaning = "the product's id" },
	{ "name", LIFT_TEXT, .meaning = "what shoppers call it" },
	{ "category", LIFT_TEXT, .meaning = "its category" },
	{ "brand", LIFT_TEXT, .meaning = "who makes it" },
	{ "price", LIFT_NUMBER, .optional = true,
	  .meaning = "its full price in major units" },
	{ "cost", LIFT_NUMBER, .optional = true,
	  .meaning = "what it costs the shop, in major units" },
	{ "tags", LIFT_LIST, .meaning = "words the shop has put on it" },
	{ "attributes", LIFT_JSON, .meaning = "what else the shop says of it" },
	{ "known", LIFT_BOOL,
	  .meaning = "put by the shop, not only mentioned" },
	LIFT_END
};
enum { PRODUCT_ID, PRODUCT_NAME, PRODUCT_CATEGORY, PRODUCT_BRAND,
	PRODUCT_PRICE, PRODUCT_COST, PRODUCT_TAGS, PRODUCT_ATTRIBUTES,
	PRODUCT_KNOWN };

const struct lift_field promotion_fields[] = {
	{ "id", LIFT_TEXT, .meaning = "the promotion's id" },
	{ "name", LIFT_TEXT, .meaning = "what the shop calls it" },
	{ "price", LIFT_NUMBER, .optional = true,
	  .meaning = "the promotional price in major units" },
	{ "start", LIFT_TIME, .meaning = "when it begins" },
	{ "end", LIFT_TIME, .optional = true, .meaning = "when it ends" },
	{ "stopped", LIFT_BOOL, .meaning = "somebody has stopped it" },
	{ "tags", LIFT_LIST, .meaning = "words the shop has put on it" },
	{ "stores", LIFT_LIST, .meaning = "where it holds; empty: in all" },
	{ "known", LIFT_BOOL,
	  .meaning = "put by the shop, not only mentioned" },
	LIFT_END
};
enum { PROMOTION_ID, PROMOTION_NAME, PROMOTION_PRICE, PROMOTION_START,
	PROMOTION_END, PROMOTION_STOPPED, PROMOTION_TAGS, PROMOTION_STORES,
	PROMOTION_KNOWN };

const struct lift_field shopper_fields[] = {
	{ "token", LIFT_INT,
	  .meaning = "the number that stands for the shopper" },
	{ "first_seen", LIFT_TIME, .meaning = "the first interaction" },
	{ "last_seen", LIFT_TIME, .meaning = "the newest interaction" },
	{ "interactions", LIFT_INT, .meaning = "how many there were" },
	{ "purchases", LIFT_INT,
	  .meaning = "how many of them bought something" },
	{ "quantity", LIFT_INT,
	  .meaning = "pieces bought, less those returned" },
	LIFT_END
};
enum { SHOPPER_TOKEN, SHOPPER_FIRST, SHOPPER_LAST, SHOPPER_INTERACTIONS,
	SHOPPER_PURCHASES, SHOPPER_QUANTITY };

struct world *
world_new(void)
{
	struct world *w = memory_take(sizeof(*w));

	w->products = intern_new();
	w->promotions = intern_new();
	w->attributes = intern_new();
	return w;
}

void
world_free(struct world *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->product_count; i++)
		memory_give(w->product[i]);
	for (size_t i = 0; i < w->promotion_count; i++)
		memory_give(w->promotion[i]);
	for (size_t i = 0; i < w->page_count; i++)
		memory_give(w->pages[i]);
	memory_give(w->product);
	memory_give(w->promotion);
	memory_give(w->pages);
	memory_give(w->attribute_kinds);
	intern_free(w->products);
	intern_free(w->promotions);
	intern_free(w->attributes);
	memory_give(w);
}

uint32_t
world_product_number(struct world *w, struct lift_text name)
{
	if (name.size == 0)
		return 0;
	uint32_t n = intern_put(w->products, name);
	while (w->product_count <= n) {
		w->product = memory_grow(w->product, w->product_count,
		    &w->product_room, sizeof(*w->product));
		w->product[w->product_count++] = NULL;
	}
	return n;
}

uint32_t
world_promotion_number(struct world *w, struct lift_text name)
{
	if (name.size == 0)
		return 0;
	uint32_t n = intern_put(w->promotions, name);
	while (w->promotion_count <= n) {
		w->promotion = memory_grow(w->promotion, w->promotion_count,
		    &w->promotion_room, sizeof(*w->promotion));
		w->promotion[w->promotion_count++] = NULL;
	}
	return n;
}

uint32_t
world_product_find(const struct world *w, struct lift_text name)
{
	return intern_find(w->products, name);
}

uint32_t
world_promotion_find(const struct world *w, struct lift_text name)
{
	return intern_find(w->promotions, name);
}

uint32_t
world_products(const struct world *w)
{
	return intern_count(w->products);
}

uint32_t
world_promotions(const struct world *w)
{
	return intern_count(w->promotions);
}

uint32_t
world_shoppers(const struct world *w)
{
	return w->shoppers;
}

uint64_t
world_changes(const struct world *w)
{
	return w->changes;
}

const struct lift_product *
world_product(const struct world *w, uint32_t id)
{
	return id < w->product_count ? w->product[id] : NULL;
}

const struct lift_promotion *
world_promotion(const struct world *w, uint32_t id)
{
	return id < w->promotion_count ? w->promotion[id] : NULL;
}

const struct lift_shopper *
world_shopper(const struct world *w, uint32_t token)
{
	if (token == 0 || token > w->shoppers)
		return NULL;
	return &w->pages[token >> PAGE_BITS][token & (PAGE - 1)];
}

/* ---- blocks ------------------------------------------------------------ */

static size_t
tags_size(const struct lift_value *tags)
{
	size_t size = tags->size * sizeof(struct lift_value);

	for (uint32_t i = 0; i < tags->size; i++)
		size += tags->items[i].size;
	return size;
}

static struct lift_text
block_text(char **at, struct lift_text from)
{
	struct lift_text t = { *at, from.size };

	if (from.size > 0)
		memcpy(*at, from.data, from.size);
	*at += from.size;
	return t;
}

/* Copies tags to VALUES, with their texts at *AT. */
static struct lift_value
block_tags(struct lift_value *values, char **at, const struct lift_value *from)
{
	for (uint32_t i = 0; i < from->size; i++)
		values[i] = lift_value_text(block_text(at, (struct lift_text){
		    from->items[i].text, from->items[i].size }));
	return (struct lift_value){ .type = LIFT_LIST, .size = from->size,
		.items = values };
}

static struct lift_product *
product_block(const struct lift_product *from)
{
	size_t head = sizeof(*from) + from->tags.size *
	    sizeof(struct lift_value);
	struct lift_product *p = memory_take(sizeof(*p) +
	    tags_size(&from->tags) + from->name.size + from->title.size +
	    from->category.size + from->brand.size + from->attributes.size);
	char *at = (char *)p + head;

	*p = *from;
	p->name = block_text(&at, from->name);
	p->title = block_text(&at, from->title);
	p->category = block_text(&at, from->category);
	p->brand = block_text(&at, from->brand);
	p->attributes = block_text(&at, from->attributes);
	p->tags = block_tags((struct lift_value *)(p + 1), &at, &from->tags);
	return p;
}

static struct lift_promotion *
promotion_block(const struct lift_promotion *from)
{
	size_t tags = ((size_t)from->tags.size + from->stores.size) *
	    sizeof(struct lift_value);
	size_t products = from->product_count * sizeof(uint32_t);
	struct lift_promotion *p = memory_take(sizeof(*p) +
	    tags_size(&from->tags) + tags_size(&from->stores) + products +
	    from->name.size + from->title.size);
	struct lift_value *values = (struct lift_value *)(p + 1);
	uint32_t *ids = (uint32_t *)((char *)(p + 1) + tags);
	char *at = (char *)ids + products;

	*p = *from;
	if (products > 0)
		memcpy(ids, from->products, products);
	p->products = ids;
	p->name = block_text(&at, from->name);
	p->title = block_text(&at, from->title);
	p->tags = block_tags(values, &at, &from->tags);
	p->stores = block_tags(values + from->tags.size, &at, &from->stores);
	return p;
}

/* ---- attributes -------------------------------------------------------- */

static const char *
kind_word(enum json_kind kind)
{
	switch (kind) {
	case JSON_NUMBER: return "a number";
	case JSON_STRING: return "a text";
	case JSON_TRUE: return "true or false";
	case JSON_ARRAY: return "a list";
	default: return "an object";
	}
}

static bool
attribute_check(struct world *w, struct lift_text key, enum json_kind kind,
    struct lift_error *err)
{
	if (kind == JSON_NULL)
		return true;
	if (kind == JSON_FALSE)
		kind = JSON_TRUE;
	if (kind == JSON_OBJECT)
		return lift_fail(err, LIFT_E_INPUT, "attribute \"%.*s\" is an "
		    "object, must be a text, a number, true or false, or a "
		    "list", (int)key.size, key.data);
	uint32_t n = intern_find(w->attributes, key);
	if (n != 0 && w->attribute_kinds[n] != kind)
		return lift_fail(err, LIFT_E_INPUT, "attribute \"%.*s\" is %s, "
		    "must be %s as it was for the products before",
		    (int)key.size, key.data, kind_word(kind),
		    kind_word((enum json_kind)w->attribute_kinds[n]));
	return true;
}

void
world_learn(struct world *w, struct lift_text key, enum json_kind kind)
{
	if (kind == JSON_NULL || intern_find(w->attributes, key) != 0)
		return;
	uint32_t n = intern_put(w->attributes, key);
	while (w->attribute_count <= n) {
		w->attribute_kinds = memory_grow(w->attribute_kinds,
		    w->attribute_count, &w->attribute_room, 1);
		w->attribute_kinds[w->attribute_count++] = 0;
	}
	w->attribute_kinds[n] = (uint8_t)(kind == JSON_FALSE ? JSON_TRUE :
	    kind);
}

/* Goes over the attributes twice: all are checked before one is learned. */
static bool
attributes_pass(struct world *w, struct lift_text json, bool learn,
    struct lift_error *err)
{
	struct arena *arena = arena_new();
	struct json_reader r = json_reader_of(json, arena);
	struct lift_text key;
	bool ok = json_enter(&r, JSON_OBJECT);

	while (ok && json_key(&r, &key)) {
		enum json_kind kind = json_peek(&r);
		if (learn)
			world_learn(w, key, kind);
		else
			ok = attribute_check(w, key, kind, err);
		ok = ok && json_skip(&r, NULL);
	}
	if (r.problem != NULL)
		ok = lift_fail(err, LIFT_E_INPUT,
		    "the attributes are no JSON object: %s", r.problem);
	arena_free(arena);
	return ok;
}

bool
world_put_product(struct world *w, const struct lift_product *p,
    struct lift_error *err)
{
	if (p->attributes.size > 0) {
		if (!attributes_pass(w, p->attributes, false, err))
			return false;
		attributes_pass(w, p->attributes, true, err);
	}
	uint32_t n = world_product_number(w, p->name);
	struct lift_product *block = product_block(p);
	block->id = n;
	block->is_known = true;
	memory_give(w->product[n]);
	w->product[n] = block;
	w->changes++;
	return true;
}

void
world_put_promotion(struct world *w, const struct lift_promotion *p)
{
	uint32_t n = world_promotion_number(w, p->name);
	struct lift_promotion *block = promotion_block(p);

	block->id = n;
	block->is_known = true;
	memory_give(w->promotion[n]);
	w->promotion[n] = block;
	w->changes++;
}

void
world_drop_product(struct world *w, uint32_t id)
{
	memory_give(w->product[id]);
	w->product[id] = NULL;
	w->changes++;
}

void
world_drop_promotion(struct world *w, uint32_t id)
{
	memory_give(w->promotion[id]);
	w->promotion[id] = NULL;
	w->changes++;
}

/* ---- shoppers ---------------------------------------------------------- */

struct lift_shopper *
world_shopper_at(struct world *w, uint32_t token)
{
	while (w->page_count <= token >> PAGE_BITS) {
		w->pages = memory_grow(w->pages, w->page_count, &w->page_room,
		    sizeof(*w->pages));
		w->pages[w->page_count++] = memory_take(PAGE *
		    sizeof(struct lift_shopper));
	}
	if (token > w->shoppers)
		w->shoppers = token;
	return &w->pages[token >> PAGE_BITS][token & (PAGE - 1)];
}

void
world_note(struct world *w, const struct lift_entry *e)
{
	if (e->shopper == 0)
		return;
	struct lift_shopper *s = world_shopper_at(w, e->shopper);
	if (s->interactions == 0 || e->time < s->first_seen)
		s->first_seen = e->time;
	if (s->interactions == 0 || e->time > s->last_seen)
		s->last_seen = e->time;
	s->interactions++;
	if (e->type == LIFT_PURCHASE) {
		s->purchases++;
		s->quantity += e->quantity;
	} else if (e->type == LIFT_RETURN) {
		s->quantity -= e->quantity;
	}
}

void
world_merge(struct world *w, uint32_t token, uint32_t into)
{
	/* The highest first: the pages may move. */
	world_shopper_at(w, token > into ? token : into);
	struct lift_shopper *from = world_shopper_at(w, token);
	struct lift_shopper *to = world_shopper_at(w, into);

	if (from->interactions > 0) {
		if (to->interactions == 0 || from->first_seen < to->first_seen)
			to->first_seen = from->first_seen;
		if (to->interactions == 0 || from->last_seen > to->last_seen)
			to->last_seen = from->last_seen;
	}
	to->interactions += from->interactions;
	to->purchases += from->purchases;
	to->quantity += from->quantity;
	*from = (struct lift_shopper){ 0 };
}

void
world_prefetch(const struct world *w, const struct lift_entry *e)
{
	if (e->shopper != 0 && e->shopper <= w->shoppers)
		__builtin_prefetch(world_shopper(w, e->shopper), 1);
	if (e->product_name.size > 0)
		intern_prefetch(w->products, e->product_name);
}

/* ---- fields ------------------------------------------------------------ */

static struct lift_value
money_value(struct lift_money m)
{
	if (m.currency == 0 && m.minor == 0)
		return LIFT_VALUE_NULL;
	return LIFT_VALUE_MONEY(m.minor, m.currency);
}

static struct lift_value
product_field(const struct world *w, uint32_t id, unsigned field)
{
	static const struct lift_product unknown = {
		.tags = { .type = LIFT_LIST } };
	const struct lift_product *p = world_product(w, id);

	if (p == NULL)
		p = &unknown;
	switch (field) {
	case PRODUCT_ID: return lift_value_text(intern_name(w->products, id));
	case PRODUCT_NAME: return lift_value_text(p->title);
	case PRODUCT_CATEGORY: return lift_value_text(p->category);
	case PRODUCT_BRAND: return lift_value_text(p->brand);
	case PRODUCT_PRICE: return money_value(p->price);
	case PRODUCT_COST: return money_value(p->cost);
	case PRODUCT_TAGS: return p->tags;
	case PRODUCT_KNOWN: return LIFT_VALUE_BOOL(p->is_known);
	case PRODUCT_ATTRIBUTES: {
		struct lift_value v = lift_value_text(p->attributes.size > 0 ?
		    p->attributes : LIFT_TEXT_OF("{}"));
		v.type = LIFT_JSON;
		return v;
	}
	default: return LIFT_VALUE_NULL;
	}
}

static struct lift_value
promotion_field(const struct world *w, uint32_t id, unsigned field)
{
	static const struct lift_promotion unknown = { .end = INT64_MAX,
		.tags = { .type = LIFT_LIST },
		.stores = { .type = LIFT_LIST } };
	const struct lift_promotion *p = world_promotion(w, id);

	if (p == NULL)
		p = &unknown;
	switch (field) {
	case PROMOTION_ID:
		return lift_value_text(intern_name(w->promotions, id));
	case PROMOTION_NAME: return lift_value_text(p->title);
	case PROMOTION_PRICE: return money_value(p->price);
	case PROMOTION_START: return LIFT_VALUE_TIME(p->start);
	case PROMOTION_END:
		return p->end == INT64_MAX ? LIFT_VALUE_NULL :
		    LIFT_VALUE_TIME(p->end);
	case PROMOTION_STOPPED: return LIFT_VALUE_BOOL(p->is_stopped);
	case PROMOTION_TAGS: return p->tags;
	case PROMOTION_STORES: return p->stores;
	case PROMOTION_KNOWN: return LIFT_VALUE_BOOL(p->is_known);
	default: return LIFT_VALUE_NULL;
	}
}

static struct lift_value
shopper_field(const struct world *w, uint32_t token, unsigned field)
{
	static const struct lift_shopper unknown;
	const struct lift_shopper *s = world_shopper(w, token);

	if (s == NULL)
		s = &unknown;
	switch (field) {
	case SHOPPER_TOKEN: return LIFT_VALUE_INT(token);
	case SHOPPER_FIRST: return LIFT_VALUE_TIME(s->first_seen);
	case SHOPPER_LAST: return LIFT_VALUE_TIME(s->last_seen);
	case SHOPPER_INTERACTIONS: return LIFT_VALUE_INT(s->interactions);
	case SHOPPER_PURCHASES: return LIFT_VALUE_INT(s->purchases);
	case SHOPPER_QUANTITY: return LIFT_VALUE_INT(s->quantity);
	default: return LIFT_VALUE_NULL;
	}
}

struct lift_value
world_field(const struct world *w, enum lift_type type, uint32_t id,
    unsigned field)
{
	switch (type) {
	case LIFT_PRODUCT: return product_field(w, id, field);
	case LIFT_PROMOTION: return promotion_field(w, id, field);
	case LIFT_SHOPPER: return shopper_field(w, id, field);
	default: return LIFT_VALUE_NULL;
	}
}

struct lift_text
world_name(const struct world *w, enum lift_type type, uint32_t id)
{
	return intern_name(type == LIFT_PRODUCT ? w->products : w->promotions,
	    id);
}
