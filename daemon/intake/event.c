/* One pass over the JSON: a table says which key goes where. */
#include "intake/event.h"

#include "base/hash.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/money.h"
#include "engine/entry.h"
#include "rules/argument.h"

/* An event while it is read: what waits until all keys are known. */
struct reading {
	struct arena      *arena;
	struct json_reader json;
	struct lift_entry  head;
	struct lift_text   shopper, price, items;
	const struct event_context *context;
	bool               has_quantity, has_time;
	struct lift_error *err;
};

static bool
refuse(struct reading *r, const char *field, struct lift_text value,
    const char *right)
{
	return lift_fail(r->err, LIFT_E_INPUT, "%s is %.*s, must be %s", field,
	    value.size > 80 ? 80 : (int)value.size, value.data, right);
}

/* Reads a string of at most MOST bytes. */
static bool
read_text(struct reading *r, const char *field, size_t most,
    struct lift_text *ret)
{
	struct json_reader ahead = r->json;
	struct lift_text raw;

	if (json_peek(&r->json) == JSON_NUMBER) {
		/* Ids that are numbers in the shop's system are common. */
		if (!json_take_number(&r->json, ret))
			return false;
	} else if (json_peek(&r->json) != JSON_STRING) {
		if (!json_skip(&ahead, &raw)) {
			r->json = ahead;
			return false;
		}
		return refuse(r, field, raw, "a text");
	} else if (!json_take_string(&r->json, ret)) {
		return false;
	}
	if (ret->size > most)
		return lift_fail(r->err, LIFT_E_INPUT,
		    "%s has %zu bytes, must have at most %zu", field,
		    ret->size, most);
	if (memchr(ret->data, '\0', ret->size) != NULL)
		return lift_fail(r->err, LIFT_E_INPUT,
		    "%s holds a zero byte, must be plain text", field);
	return true;
}

static bool
read_id(struct reading *r)
{
	return read_text(r, "id", 200, &r->head.id);
}

static bool
read_type(struct reading *r)
{
	struct lift_text *t = &r->head.type_name;

	if (!read_text(r, "type", 64, t))
		return false;
	if (t->size == 0)
		return refuse(r, "type", LIFT_TEXT_OF("empty"),
		    "what the shopper did, such as \"purchase\"");
	r->head.type = (uint16_t)interaction_of(*t);
	return true;
}

static bool
read_time(struct reading *r)
{
	struct lift_text t;

	if (!read_text(r, "time", 64, &t))
		return false;
	if (!instant_read(t, &r->head.time))
		return refuse(r, "time", t,
		    "like \"2026-11-20T15:16:17.123Z\"");
	r->has_time = true;
	return true;
}

static bool
read_shopper(struct reading *r)
{
	return read_text(r, "shopper", 200, &r->shopper);
}

static bool
read_session(struct reading *r)
{
	return read_text(r, "session", 200, &r->head.session);
}

static bool
read_product(struct reading *r)
{
	return read_text(r, "product", 200, &r->head.product_name);
}

static bool
read_promotion(struct reading *r)
{
	return read_text(r, "promotion", 200, &r->head.promotion_name);
}

static bool
read_store(struct reading *r)
{
	return read_text(r, "store", 200, &r->head.store);
}

static bool
read_query(struct reading *r)
{
	return read_text(r, "query", 2000, &r->head.query);
}

static bool
read_order(struct reading *r)
{
	return read_text(r, "order", 200, &r->head.order);
}

static bool
read_currency(struct reading *r)
{
	struct lift_text t;

	if (!read_text(r, "currency", 64, &t))
		return false;
	r->head.currency = currency_pack(t);
	if (r->head.currency == 0)
		return refuse(r, "currency", t,
		    "three capital letters such as \"EUR\"");
	return true;
}

static bool
read_whole(struct reading *r, const char *field, int64_t most, int64_t *ret)
{
	struct json_reader ahead = r->json;
	struct lift_text raw;

	if (!json_skip(&ahead, &raw)) {
		r->json = ahead;
		return false;
	}
	if (json_peek(&r->json) != JSON_NUMBER ||
	    !json_take_number(&r->json, &raw) || !json_whole(raw, ret) ||
	    *ret < 1 || *ret > most)
		return lift_fail(r->err, LIFT_E_INPUT,
		    "%s is %.*s, must be a whole number from 1 to %lld", field,
		    raw.size > 80 ? 80 : (int)raw.size, raw.data,
		    (long long)most);
	return true;
}

static bool
read_quantity(struct reading *r)
{
	r->has_quantity = true;
	return read_whole(r, "quantity", 1000000, &r->head.quantity);
}

static bool
read_position(struct reading *r)
{
	int64_t v;

	if (!read_whole(r, "position", 1000000, &v))
		return false;
	r->head.position = (int32_t)v;
	return true;
}

/* The price waits for the currency. */
static bool
read_price(struct reading *r)
{
	struct json_reader ahead = r->json;
	struct lift_text raw;

	if (!json_skip(&ahead, &raw)) {
		r->json = ahead;
		return false;
	}
	if (json_peek(&r->json) != JSON_NUMBER || raw.data[0] == '-')
		return refuse(r, "price", raw, "a number from 0 such as 19.99");
	return json_take_number(&r->json, &r->price);
}

static bool
read_raw(struct reading *r, const char *field, enum json_kind kind,
    struct lift_text *ret)
{
	if (json_peek(&r->json) != kind) {
		struct lift_text raw;
		return json_skip(&r->json, &raw) &&
		    refuse(r, field, raw, kind == JSON_OBJECT ? "an object" :
		    "a list");
	}
	return json_skip(&r->json, ret);
}

static bool
read_properties(struct reading *r)
{
	if (!read_raw(r, "properties", JSON_OBJECT, &r->head.properties))
		return false;
	if (r->head.properties.size > 65536)
		return lift_fail(r->err, LIFT_E_INPUT,
		    "properties have %zu bytes, must have at most 65536",
		    r->head.properties.size);
	if (r->head.properties.size == 2)
		r->head.properties.size = 0;
	return true;
}

static bool
read_items(struct reading *r)
{
	return read_raw(r, "items", JSON_ARRAY, &r->items);
}

/* The keys of an event; the names double as the table for suggestions. */
static const struct lift_field keys[] = {
	{ .name = "id" }, { .name = "type" }, { .name = "time" },
	{ .name = "shopper" }, { .name = "session" }, { .name = "product" },
	{ .name = "quantity" }, { .name = "price" }, { .name = "currency" },
	{ .name = "promotion" }, { .name = "store" }, { .name = "query" },
	{ .name = "position" }, { .name = "order" },
	{ .name = "properties" }, { .name = "items" }, LIFT_END
};

static bool (*const readers[])(struct reading *) = {
	read_id, read_type, read_time, read_shopper, read_session,
	read_product, read_quantity, read_price, read_currency,
	read_promotion, read_store, read_query, read_position, read_order,
	read_properties, read_items
};

static bool
unknown_key(struct reading *r, struct lift_text key)
{
	const char *near = field_nearest(keys, key);

	return lift_fail(r->err, LIFT_E_INPUT,
	    "\"%.*s\" is no field of an event%s%s%s; your own data goes "
	    "under \"properties\"", key.size > 60 ? 60 : (int)key.size,
	    key.data, near ? ", perhaps you mean \"" : "", near ? near : "",
	    near ? "\"" : "");
}

static bool
read_keys(struct reading *r)
{
	struct lift_text key;

	r->err->code = LIFT_E_NONE;
	enum json_kind kind = json_peek(&r->json);
	if (kind != JSON_OBJECT && kind != JSON_NONE)
		return lift_fail(r->err, LIFT_E_INPUT,
		    "an event is a JSON object");
	if (!json_enter(&r->json, JSON_OBJECT))
		return false;
	while (json_key(&r->json, &key)) {
		int at = field_find(keys, key);
		if (at < 0)
			return unknown_key(r, key);
		if (json_peek(&r->json) == JSON_NULL) {
			json_take_null(&r->json);
			continue;
		}
		if (!readers[at](r))
			break;
	}
	return r->json.problem == NULL && r->err->code == LIFT_E_NONE;
}

static bool
set_price(struct reading *r, struct lift_entry *e)
{
	if (r->price.size == 0)
		return true;
	if (e->currency == 0)
		e->currency = r->context->currency;
	e->has_price = money_read(r->price, e->currency, &e->price);
	if (e->has_price)
		return true;
	char code[4];
	currency_name(e->currency, code);
	return lift_fail(r->err, LIFT_E_INPUT,
	    "price is %.*s, must be an amount in %s with at most %d decimals",
	    r->price.size > 60 ? 60 : (int)r->price.size, r->price.data, code,
	    currency_exponent(e->currency));
}

static void
make_id(struct reading *r, struct lift_text json)
{
	struct { struct hash128 h; int64_t received; uint64_t position; } in = {
		hash_wide(json.data, json.size), r->context->received,
		r->context->position };
	struct hash128 h = hash_wide(&in, sizeof(in));

	char *id = arena_form(r->arena, "e-%016llx%08llx",
	    (unsigned long long)h.high,
	    (unsigned long long)(h.low & 0xffffffff));
	r->head.id = lift_text(id);
}

static bool
check_time(struct reading *r)
{
	struct lift_entry *e = &r->head;

	e->received = r->context->received;
	if (!r->has_time)
		e->time = e->received;
	if (r->context->ahead == 0 ||
	    e->time <= e->received + r->context->ahead)
		return true;
	struct text t = { 0 };
	instant_write(&t, e->time);
	refuse(r, "time", text_view(&t), "at most 10 minutes ahead of now: is "
	    "the sender's clock right?");
	text_done(&t);
	return false;
}

static bool
finish_head(struct reading *r, struct lift_text json)
{
	struct lift_entry *e = &r->head;

	if (e->type_name.size == 0)
		return lift_fail(r->err, LIFT_E_INPUT, "type is missing, must "
		    "be what the shopper did, such as \"purchase\"");
	if (!check_time(r) || !set_price(r, e))
		return false;
	if (e->id.size == 0)
		make_id(r, json);
	if (!r->has_quantity && e->product_name.size > 0)
		e->quantity = 1;
	e->kind = LIFT_ENTRY_INTERACTION;
	return true;
}

/* ---- lines of a purchase ------------------------------------------------- */

static bool
read_line(struct reading *r, unsigned number)
{
	static const char *const allowed[] = { "product", "quantity", "price",
		"currency", "promotion", "position", "properties", NULL };
	struct lift_text key;

	if (!json_enter(&r->json, JSON_OBJECT))
		return lift_fail(r->err, LIFT_E_INPUT,
		    "items[%u] is no object", number);
	while (json_key(&r->json, &key)) {
		unsigned i = 0;
		while (allowed[i] && !lift_text_equal(key,
		    lift_text(allowed[i])))
			i++;
		if (allowed[i] == NULL)
			return lift_fail(r->err, LIFT_E_INPUT,
			    "items[%u].%.*s is no field of a line", number,
			    key.size > 60 ? 60 : (int)key.size, key.data);
		if (json_peek(&r->json) == JSON_NULL)
			json_take_null(&r->json);
		else if (!readers[field_find(keys, key)](r))
			break;
	}
	return r->json.problem == NULL && r->err->code == LIFT_E_NONE;
}

static unsigned
count_lines(struct reading *r)
{
	struct json_reader ahead = json_reader_of(r->items, r->arena);
	unsigned n = 0;

	json_enter(&ahead, JSON_ARRAY);
	while (json_item(&ahead) && json_skip(&ahead, NULL))
		n++;
	return n;
}

static bool
one_line(struct reading *r, const struct lift_entry *head, unsigned number,
    struct lift_entry *ret)
{
	r->head = *head;
	r->price = (struct lift_text){ "", 0 };
	r->has_quantity = false;
	if (!read_line(r, number) || !set_price(r, &r->head))
		return false;
	if (r->head.product_name.size == 0)
		return lift_fail(r->err, LIFT_E_INPUT,
		    "items[%u].product is missing", number);
	if (!r->has_quantity)
		r->head.quantity = 1;
	if (r->head.order.size == 0)
		r->head.order = head->id;
	if (number > 0)
		r->head.id = lift_text(arena_form(r->arena, "%.*s#%u",
		    (int)head->id.size, head->id.data, number + 1));
	*ret = r->head;
	return true;
}

static bool
split(struct reading *r, struct event *ret)
{
	struct lift_entry head = r->head;
	unsigned n = count_lines(r);

	if (n == 0 || n > EVENT_LINES_MOST)
		return lift_fail(r->err, LIFT_E_INPUT,
		    "items has %u lines, must have 1 to %d", n,
		    EVENT_LINES_MOST);
	if (head.product_name.size > 0)
		return lift_fail(r->err, LIFT_E_INPUT,
		    "an event has either a product or items, this one has "
		    "both");
	ret->entries = arena_array(r->arena, struct lift_entry, n);
	ret->count = n;
	r->json = json_reader_of(r->items, r->arena);
	json_enter(&r->json, JSON_ARRAY);
	for (unsigned i = 0; i < n && json_item(&r->json); i++)
		if (!one_line(r, &head, i, &ret->entries[i]))
			return false;
	return true;
}

bool
event_read(struct lift_text json, struct arena *arena,
    const struct event_context *context, struct event *ret_event,
    struct lift_error *err)
{
	struct reading r = { .arena = arena, .context = context, .err = err,
		.json = json_reader_of(json, arena) };

	if (json.size > EVENT_SIZE_MOST)
		return lift_fail(err, LIFT_E_INPUT, "the event has %zu bytes, "
		    "must have at most %d", json.size, EVENT_SIZE_MOST);
	bool ok = read_keys(&r) && json_done(&r.json);
	if (!ok && r.json.problem != NULL)
		return lift_fail(err, LIFT_E_INPUT,
		    "this is no JSON: %s, at byte %zu", r.json.problem,
		    json_offset(&r.json) + 1);
	if (!ok || !finish_head(&r, json))
		return false;
	ret_event->shopper = r.shopper;
	if (r.items.size > 0)
		return split(&r, ret_event);
	ret_event->entries = arena_array(arena, struct lift_entry, 1);
	ret_event->entries[0] = r.head;
	ret_event->count = 1;
	return true;
}
