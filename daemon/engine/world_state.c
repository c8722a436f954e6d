/* The world as a snapshot holds it. What was mentioned is there by its number;
 * attributes come first, so that products are checked by them. */
#include "engine/world_parts.h"

#include "base/memory.h"

static void
tags_save(const struct lift_value *tags, struct state_out *out)
{
	state_put_whole(out, tags->size);
	for (uint32_t i = 0; i < tags->size; i++)
		state_put_text(out, (struct lift_text){ tags->items[i].text,
		    tags->items[i].size });
}

enum { TAGS_MOST = 256 };

static struct lift_value
tags_load(struct lift_value *values, struct state_in *in)
{
	int64_t count = state_take_whole(in);

	if (count < 0 || count > TAGS_MOST)
		in->failed = true;
	for (int64_t i = 0; i < count && !in->failed; i++)
		values[i] = lift_value_text(state_take_text(in));
	return (struct lift_value){ .type = LIFT_LIST,
		.size = in->failed ? 0 : (uint32_t)count, .items = values };
}

static void
product_save(const struct world *w, uint32_t n, struct state_out *out)
{
	const struct lift_product *p = w->product[n];

	state_put_text(out, intern_name(w->products, n));
	state_put_whole(out, p != NULL);
	if (p == NULL)
		return;
	state_put_text(out, p->title);
	state_put_text(out, p->category);
	state_put_text(out, p->brand);
	state_put_text(out, p->attributes);
	state_put_whole(out, p->price.minor);
	state_put_whole(out, p->price.currency);
	state_put_whole(out, p->cost.minor);
	state_put_whole(out, p->cost.currency);
	tags_save(&p->tags, out);
}

static struct lift_money
money_load(struct state_in *in)
{
	struct lift_money m;

	m.minor = state_take_whole(in);
	m.currency = (uint32_t)state_take_whole(in);
	return m;
}

static void
product_load(struct world *w, struct state_in *in)
{
	struct lift_value tags[TAGS_MOST];
	struct lift_product p = { .name = state_take_text(in) };
	struct lift_error err;

	world_product_number(w, p.name);
	if (!state_take_whole(in))
		return;
	p.title = state_take_text(in);
	p.category = state_take_text(in);
	p.brand = state_take_text(in);
	p.attributes = state_take_text(in);
	p.price = money_load(in);
	p.cost = money_load(in);
	p.tags = tags_load(tags, in);
	if (!in->failed && !world_put_product(w, &p, &err))
		in->failed = true;
}

static void
promotion_save(const struct world *w, uint32_t n, struct state_out *out)
{
	const struct lift_promotion *p = w->promotion[n];

	state_put_text(out, intern_name(w->promotions, n));
	state_put_whole(out, p != NULL);
	if (p == NULL)
		return;
	state_put_text(out, p->title);
	state_put_whole(out, p->price.minor);
	state_put_whole(out, p->price.currency);
	state_put_whole(out, p->start);
	state_put_whole(out, p->end);
	state_put_whole(out, p->is_stopped);
	tags_save(&p->tags, out);
	tags_save(&p->stores, out);
	state_put_text(out, (struct lift_text){ (const char *)p->products,
	    p->product_count * sizeof(*p->products) });
}

static void
promotion_load(struct world *w, struct state_in *in)
{
	struct lift_value tags[TAGS_MOST], stores[TAGS_MOST];
	struct lift_promotion p = { .name = state_take_text(in) };

	world_promotion_number(w, p.name);
	if (!state_take_whole(in))
		return;
	p.title = state_take_text(in);
	p.price = money_load(in);
	p.start = state_take_whole(in);
	p.end = state_take_whole(in);
	p.is_stopped = state_take_whole(in) != 0;
	p.tags = tags_load(tags, in);
	p.stores = tags_load(stores, in);
	struct lift_text ids = state_take_text(in);
	if (in->failed)
		return;
	uint32_t *copy = memory_raw(ids.size);
	if (ids.size > 0)
		memcpy(copy, ids.data, ids.size);
	p.products = copy;
	p.product_count = (uint32_t)(ids.size / sizeof(*copy));
	world_put_promotion(w, &p);
	memory_give(copy);
}

void
world_save(const struct world *w, struct state_out *out)
{
	uint32_t attributes = intern_count(w->attributes);

	state_put_whole(out, attributes);
	for (uint32_t n = 1; n <= attributes; n++) {
		state_put_text(out, intern_name(w->attributes, n));
		state_put_whole(out, w->attribute_kinds[n]);
	}
	state_put_whole(out, world_products(w));
	for (uint32_t n = 1; n <= world_products(w); n++)
		product_save(w, n, out);
	state_put_whole(out, world_promotions(w));
	for (uint32_t n = 1; n <= world_promotions(w); n++)
		promotion_save(w, n, out);
	state_put_whole(out, w->shoppers);
	for (uint32_t n = 0; w->shoppers > 0 && n <= w->shoppers >> PAGE_BITS;
	    n++)
		state_put(out, w->pages[n], PAGE * sizeof(**w->pages));
}

bool
world_load(struct world *w, struct state_in *in)
{
	int64_t count = state_take_whole(in);

	for (int64_t i = 0; i < count && !in->failed; i++) {
		struct lift_text name = state_take_text(in);
		world_learn(w, name, (enum json_kind)state_take_whole(in));
	}
	count = state_take_whole(in);
	for (int64_t i = 0; i < count && !in->failed; i++)
		product_load(w, in);
	count = state_take_whole(in);
	for (int64_t i = 0; i < count && !in->failed; i++)
		promotion_load(w, in);
	uint32_t shoppers = (uint32_t)state_take_whole(in);
	for (uint32_t n = 0; shoppers > 0 && !in->failed &&
	    n <= shoppers >> PAGE_BITS; n++) {
		world_shopper_at(w, n << PAGE_BITS);
		state_take(in, w->pages[n], PAGE * sizeof(**w->pages));
	}
	w->shoppers = shoppers;
	return !in->failed;
}
