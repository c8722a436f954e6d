/* What can be asked of and told about products and promotions. The verbs run
 * in the fold, with the engine as their instance; those that act are entries,
 * so a replay has the same catalogue at the same seq. */
#include "engine/engine_parts.h"

#include "base/money.h"
#include "engine/entry.h"

static struct lift_text
text_of(const struct lift_value *v)
{
	if (v->type != LIFT_TEXT && v->type != LIFT_JSON)
		return (struct lift_text){ "", 0 };
	return (struct lift_text){ v->text, v->size };
}

static struct lift_money
money_of(const struct lift_value *v)
{
	if (v->type != LIFT_MONEY)
		return (struct lift_money){ 0, 0 };
	return (struct lift_money){ v->whole, v->size };
}

/* A list of texts, each called WHAT. */
static bool
texts_of(const struct lift_value *v, const char *what, struct lift_value *ret,
    struct lift_error *err)
{
	*ret = v->type == LIFT_LIST ? *v :
	    (struct lift_value){ .type = LIFT_LIST };
	if (ret->size > 256)
		return lift_fail(err, LIFT_E_INPUT,
		    "there are %u %ss, must be at most 256", ret->size, what);
	for (uint32_t i = 0; i < ret->size; i++)
		if (ret->items[i].type != LIFT_TEXT)
			return lift_fail(err, LIFT_E_INPUT,
			    "%s %u is no text", what, i + 1);
	return true;
}

static bool
name_check(struct lift_text name, struct lift_error *err)
{
	if (name.size == 0 || name.size > 200)
		return lift_fail(err, LIFT_E_INPUT,
		    "id has %zu bytes, must have 1 to 200", name.size);
	return true;
}

/* ---- products ---------------------------------------------------------- */

static const struct lift_field id_arguments[] = {
	{ "id", LIFT_TEXT, .meaning = "its id" },
	LIFT_END
};

static const struct lift_field product_put_arguments[] = {
	{ "id", LIFT_TEXT, .meaning = "its id" },
	{ "name", LIFT_TEXT, true, "what shoppers call it" },
	{ "category", LIFT_TEXT, true, "its category" },
	{ "brand", LIFT_TEXT, true, "who makes it" },
	{ "price", LIFT_MONEY, true, "its full price, 19.99 EUR" },
	{ "cost", LIFT_MONEY, true, "what it costs the shop, 9.50 EUR" },
	{ "tags", LIFT_LIST, true, "words to find it by" },
	{ "attributes", LIFT_MAP, true, "anything else, a JSON object" },
	LIFT_END
};

static const char *const product_names[] = { "id", "name", "category",
	"brand", "price", "cost", "currency", "tags", "attributes" };

static void
product_reply(struct engine *en, struct lift_call *call, uint32_t id)
{
	const struct lift_product *p = world_product(en->world, id);
	char code[4] = "";
	struct lift_value v[9] = { { 0 } };

	v[0] = lift_value_text(world_name(en->world, LIFT_PRODUCT, id));
	if (p != NULL) {
		currency_name(p->price.currency, code);
		v[1] = lift_value_text(p->title);
		v[2] = lift_value_text(p->category);
		v[3] = lift_value_text(p->brand);
		if (p->price.currency != 0) {
			v[4] = LIFT_VALUE_MONEY(p->price.minor,
			    p->price.currency);
			v[6] = lift_value_text(lift_text(code));
		}
		if (p->cost.currency != 0)
			v[5] = LIFT_VALUE_MONEY(p->cost.minor,
			    p->cost.currency);
		v[7] = p->tags;
		v[8] = lift_value_text(p->attributes.size > 0 ?
		    p->attributes : LIFT_TEXT_OF("{}"));
		v[8].type = LIFT_JSON;
	}
	call_reply(call, product_names, v, 9);
}

static bool
product_put(void *self, struct lift_call *call, struct lift_error *err)
{
	struct engine *en = self;
	const struct lift_value *v = call->values;
	struct lift_product p = { .name = text_of(&v[0]),
		.title = text_of(&v[1]), .category = text_of(&v[2]),
		.brand = text_of(&v[3]), .price = money_of(&v[4]),
		.cost = money_of(&v[5]), .attributes = text_of(&v[7]) };

	if (!name_check(p.name, err) || !texts_of(&v[6], "tag", &p.tags, err))
		return false;
	/* The name may be borrowed from what is replaced now. */
	struct lift_text name = arena_text(en->scratch, p.name);
	en->scratch_used = true;
	if (!world_put_product(en->world, &p, err))
		return false;
	product_reply(en, call, world_product_find(en->world, name));
	return true;
}

static bool
product_find(struct engine *en, struct lift_call *call, uint32_t *ret_id,
    struct lift_error *err)
{
	struct lift_text name = text_of(&call->values[0]);
	uint32_t id = world_product_find(en->world, name);

	if (id == 0 || world_product(en->world, id) == NULL)
		return lift_fail(err, LIFT_E_MISSING,
		    "there is no product \"%.*s\", see `liftctl products "
		    "list`", (int)name.size, name.data);
	*ret_id = id;
	return true;
}

static bool
product_show(void *self, struct lift_call *call, struct lift_error *err)
{
	uint32_t id;

	if (!product_find(self, call, &id, err))
		return false;
	product_reply(self, call, id);
	return true;
}

static bool
product_delete(void *self, struct lift_call *call, struct lift_error *err)
{
	struct engine *en = self;
	uint32_t id;

	if (!product_find(en, call, &id, err))
		return false;
	world_drop_product(en->world, id);
	return true;
}

/* A list goes on after an id and ends after so many: the desk asks for page
 * after page, so that a list of any length costs constant memory. */
static const struct lift_field page_arguments[] = {
	{ "after", LIFT_TEXT, true, "goes on behind this id" },
	{ "limit", LIFT_INT, true, "lists at most so many" },
	LIFT_END
};

static bool
page_begin(struct lift_call *call, uint32_t after, int64_t *ret_limit,
    struct lift_error *err)
{
	const struct lift_value *limit = &call->values[1];

	if (call->values[0].type == LIFT_TEXT && call->values[0].size > 0 &&
	    after == 0)
		return lift_fail(err, LIFT_E_MISSING, "after is \"%.*s\", must "
		    "be the id of a row", (int)call->values[0].size,
		    call->values[0].text);
	*ret_limit = limit->type == LIFT_INT ? limit->whole : INT64_MAX;
	return true;
}

static bool
product_list(void *self, struct lift_call *call, struct lift_error *err)
{
	struct engine *en = self;
	uint32_t id = world_product_find(en->world, text_of(&call->values[0]));
	int64_t limit = 0;

	if (!page_begin(call, id, &limit, err))
		return false;
	for (id++; limit > 0 && id <= world_products(en->world); id++)
		if (world_product(en->world, id) != NULL) {
			product_reply(en, call, id);
			limit--;
		}
	return true;
}

/* ---- promotions -------------------------------------------------------- */

static const struct lift_field promotion_put_arguments[] = {
	{ "id", LIFT_TEXT, .meaning = "its id" },
	{ "name", LIFT_TEXT, true, "what the shop calls it" },
	{ "products", LIFT_LIST, true, "ids of the products on promotion" },
	{ "price", LIFT_MONEY, true, "the promotional price, 19.99 EUR" },
	{ "start", LIFT_TIME, true, "when it begins; left out: now" },
	{ "end", LIFT_TIME, true, "when it ends; left out: open" },
	{ "tags", LIFT_LIST, true, "words to find it by" },
	{ "stores", LIFT_LIST, true, "where it holds, as events name stores; "
	  "left out: in all" },
	LIFT_END
};

static const char *const promotion_names[] = { "id", "name", "products",
	"price", "currency", "start", "end", "stopped", "tags", "stores" };

static void
promotion_reply(struct engine *en, struct lift_call *call, uint32_t id)
{
	const struct lift_promotion *p = world_promotion(en->world, id);
	char code[4] = "";
	struct lift_value v[10] = { { 0 } };

	struct lift_value *names = arena_array(en->scratch, struct lift_value,
	    p->product_count + 1);
	en->scratch_used = true;
	for (uint32_t i = 0; i < p->product_count; i++)
		names[i] = lift_value_text(world_name(en->world, LIFT_PRODUCT,
		    p->products[i]));
	currency_name(p->price.currency, code);
	v[0] = lift_value_text(world_name(en->world, LIFT_PROMOTION, id));
	v[1] = lift_value_text(p->title);
	v[2] = (struct lift_value){ .type = LIFT_LIST,
		.size = p->product_count, .items = names };
	if (p->price.currency != 0) {
		v[3] = LIFT_VALUE_MONEY(p->price.minor, p->price.currency);
		v[4] = lift_value_text(lift_text(code));
	}
	v[5] = LIFT_VALUE_TIME(p->start);
	if (p->end != INT64_MAX)
		v[6] = LIFT_VALUE_TIME(p->end);
	v[7] = LIFT_VALUE_BOOL(p->is_stopped);
	v[8] = p->tags;
	v[9] = p->stores;
	call_reply(call, promotion_names, v, 10);
}

static bool
promotion_products(struct engine *en, const struct lift_value *list,
    struct lift_promotion *p, struct lift_error *err)
{
	uint32_t count = list->type == LIFT_LIST ? list->size : 0;
	uint32_t *ids = arena_array(en->scratch, uint32_t, count + 1);

	en->scratch_used = true;
	for (uint32_t i = 0; i < count; i++) {
		struct lift_text name = text_of(&list->items[i]);
		if (!name_check(name, err))
			return false;
		ids[i] = world_product_number(en->world, name);
	}
	p->products = ids;
	p->product_count = count;
	return true;
}

static bool
promotion_put(void *self, struct lift_call *call, struct lift_error *err)
{
	struct engine *en = self;
	const struct lift_value *v = call->values;
	struct lift_promotion p = { .name = text_of(&v[0]),
		.title = text_of(&v[1]), .price = money_of(&v[3]),
		.start = v[4].type == LIFT_TIME ? v[4].whole :
		    en->entry->time,
		.end = v[5].type == LIFT_TIME ? v[5].whole : INT64_MAX };

	if (!name_check(p.name, err) ||
	    !texts_of(&v[6], "tag", &p.tags, err) ||
	    !texts_of(&v[7], "store", &p.stores, err))
		return false;
	if (p.end <= p.start)
		return lift_fail(err, LIFT_E_INPUT,
		    "end is not after start, must be later");
	if (!promotion_products(en, &v[2], &p, err))
		return false;
	/* The name may be borrowed from what is replaced now. */
	uint32_t id = world_promotion_number(en->world, p.name);
	world_put_promotion(en->world, &p);
	promotion_reply(en, call, id);
	return true;
}

static bool
promotion_find(struct engine *en, struct lift_call *call, uint32_t *ret_id,
    struct lift_error *err)
{
	struct lift_text name = text_of(&call->values[0]);
	uint32_t id = world_promotion_find(en->world, name);

	if (id == 0 || world_promotion(en->world, id) == NULL)
		return lift_fail(err, LIFT_E_MISSING,
		    "there is no promotion \"%.*s\", see `liftctl promotions "
		    "list`", (int)name.size, name.data);
	*ret_id = id;
	return true;
}

static bool
promotion_show(void *self, struct lift_call *call, struct lift_error *err)
{
	uint32_t id;

	if (!promotion_find(self, call, &id, err))
		return false;
	promotion_reply(self, call, id);
	return true;
}

static bool
promotion_list(void *self, struct lift_call *call, struct lift_error *err)
{
	struct engine *en = self;
	uint32_t id = world_promotion_find(en->world,
	    text_of(&call->values[0]));
	int64_t limit = 0;

	if (!page_begin(call, id, &limit, err))
		return false;
	for (id++; limit > 0 && id <= world_promotions(en->world); id++)
		if (world_promotion(en->world, id) != NULL) {
			promotion_reply(en, call, id);
			limit--;
		}
	return true;
}

static bool
promotion_stop(void *self, struct lift_call *call, struct lift_error *err)
{
	struct engine *en = self;
	uint32_t id;

	if (!promotion_find(en, call, &id, err))
		return false;
	struct lift_promotion p = *world_promotion(en->world, id);
	p.is_stopped = true;
	if (en->entry->time < p.end)
		p.end = en->entry->time > p.start ? en->entry->time : p.start;
	world_put_promotion(en->world, &p);
	promotion_reply(en, call, id);
	return true;
}

static bool
promotion_delete(void *self, struct lift_call *call, struct lift_error *err)
{
	struct engine *en = self;
	uint32_t id;

	if (!promotion_find(en, call, &id, err))
		return false;
	world_drop_promotion(en->world, id);
	return true;
}

static const struct lift_field product_answers[] = {
	{ "id", LIFT_TEXT, false, "its id" },
	{ "name", LIFT_TEXT, false, "what the shop calls it" },
	{ "category", LIFT_TEXT, false, "where it belongs" },
	{ "brand", LIFT_TEXT, false, "who makes it" },
	{ "price", LIFT_NUMBER, true, "what it costs at full price" },
	{ "cost", LIFT_NUMBER, true, "what it costs the shop" },
	{ "currency", LIFT_TEXT, true, "of price and cost" },
	{ "tags", LIFT_LIST, false, "words to find it by" },
	{ "attributes", LIFT_JSON, true, "the shop's own fields" },
	LIFT_END
};

static const struct lift_field promotion_answers[] = {
	{ "id", LIFT_TEXT, false, "its id" },
	{ "name", LIFT_TEXT, false, "what the shop calls it" },
	{ "products", LIFT_LIST, false, "ids of the products on promotion" },
	{ "price", LIFT_NUMBER, true, "the promotional price" },
	{ "currency", LIFT_TEXT, true, "of the price" },
	{ "start", LIFT_TIME, false, "when it begins" },
	{ "end", LIFT_TIME, true, "when it ends; null: open" },
	{ "stopped", LIFT_BOOL, false, "whether it was ended early" },
	{ "tags", LIFT_LIST, true, "words to find it by" },
	{ "stores", LIFT_LIST, true, "where it holds; empty: in all" },
	LIFT_END
};

const struct lift_verb catalogue_verbs[] = {
	{ "products.delete", id_arguments, LIFT_OPERATOR, true,
	  "DELETE /products/{id}", "forgets what is known of a product",
	  product_delete, .one = true },
	{ "products.list", page_arguments, LIFT_OBSERVER, false,
	  "GET /api/v1/products",
	  "lists the products that the shop has put", product_list,
	  .answers = product_answers,
	  .told = true },
	{ "products.put", product_put_arguments, LIFT_OPERATOR, true,
	  "PUT /products/{id}", "makes a product known, or changes it",
	  product_put, .one = true, .answers = product_answers },
	{ "products.show", id_arguments, LIFT_OBSERVER, false,
	  "GET /products/{id}", "shows what is known of a product",
	  product_show, .one = true, .answers = product_answers,
	  .told = true },
	{ "promotions.delete", id_arguments, LIFT_OPERATOR, true,
	  "DELETE /promotions/{id}", "forgets what is known of a promotion",
	  promotion_delete, .one = true },
	{ "promotions.list", page_arguments, LIFT_OBSERVER, false,
	  "GET /promotions", "lists the promotions that the shop has put",
	  promotion_list,
	  .answers = promotion_answers,
	  .told = true },
	{ "promotions.put", promotion_put_arguments, LIFT_OPERATOR, true,
	  "POST /promotions", "makes a promotion known, or changes it",
	  promotion_put, .one = true,
	  .answers = promotion_answers },
	{ "promotions.show", id_arguments, LIFT_OBSERVER, false,
	  "GET /promotions/{id}", "shows what is known of a promotion",
	  promotion_show, .one = true,
	  .answers = promotion_answers,
	  .told = true },
	{ "promotions.stop", id_arguments, LIFT_OPERATOR, true,
	  "PATCH /promotions/{id}", "ends a promotion now",
	  promotion_stop, .one = true, .answers = promotion_answers },
	LIFT_END
};

bool
engine_owns(struct lift_text name)
{
	static const char *const topics[] = { "interaction", "fired", "late",
		"request" };

	for (unsigned i = 0; i < sizeof(topics) / sizeof(topics[0]); i++)
		if (lift_text_equal(name, lift_text(topics[i])))
			return true;
	for (const struct lift_verb *v = catalogue_verbs; v->name; v++)
		if (lift_text_equal(name, lift_text(v->name)))
			return true;
	return name.size > 0 && interaction_of(name) != LIFT_OTHER;
}
