/* One pass over the JSON, key by key, into an entry that lies in the arena
 * already: nothing is built on the way, and texts are borrowed from the bytes.
 *
 * What an event may hold is one table. A row says what becomes of the value:
 * most are texts that go to a place in the entry, the others have a function.
 * The table is laid out by a hash of a key's length and first two letters, so
 * that a key is found with one look and one comparison; two keys that wanted
 * the same place would not compile.
 *
 * What depends on other keys waits until all are known: the price for its
 * currency, the lines of a purchase for the head that they share. */
#include "intake/event.h"

#include "base/hash.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/money.h"
#include "base/text.h"
#include "engine/entry.h"

/* An event while it is read: what waits until all keys are known. */
struct reading {
	struct arena      *arena;
	struct json_reader json;
	struct lift_entry *entry;	/* the head, or a line */
	struct lift_text   shopper, price, items;
	const struct event_context *context;
	bool               has_quantity, has_time;
	enum json_kind     kind;	/* of the value that comes next */
	struct lift_error *err;
	bool               made_id;
};

static bool
refuse(struct reading *r, const char *field, struct lift_text value,
    const char *right)
{
	return lift_fail(r->err, LIFT_E_INPUT, "%s is %.*s, must be %s", field,
	    value.size > 80 ? 80 : (int)value.size, value.data, right);
}

/* Refuses a value of the wrong kind, if it is JSON at all. */
static bool
refuse_kind(struct reading *r, const char *field, const char *right)
{
	struct lift_text raw;

	return json_skip(&r->json, &raw) && refuse(r, field, raw, right);
}

static bool
is_borrowed(const struct reading *r, struct lift_text t)
{
	return t.data >= r->json.start && t.data < r->json.end;
}

/* Reads a string of at most MOST bytes. Ids that are numbers in the shop's
 * system are common. */
static bool
read_text(struct reading *r, const char *field, size_t most,
    struct lift_text *ret)
{
	if (r->kind == JSON_STRING) {
		if (!json_take_string(&r->json, ret))
			return false;
	} else if (r->kind != JSON_NUMBER) {
		return refuse_kind(r, field, "a text");
	} else if (!json_take_number(&r->json, ret)) {
		return false;
	}
	if (ret->size > most)
		return lift_fail(r->err, LIFT_E_INPUT,
		    "%s has %zu bytes, must have at most %zu", field,
		    ret->size, most);
	/* Only an escape can bring one. */
	if (!is_borrowed(r, *ret) && memchr(ret->data, '\0', ret->size))
		return lift_fail(r->err, LIFT_E_INPUT,
		    "%s holds a zero byte, must be plain text", field);
	return true;
}

static bool
read_type(struct reading *r)
{
	struct lift_text *t = &r->entry->type_name;

	if (r->kind != JSON_STRING)
		return refuse_kind(r, "type", "a text such as \"purchase\"");
	if (!read_text(r, "type", 64, t))
		return false;
	if (t->size == 0)
		return refuse(r, "type", LIFT_TEXT_OF("empty"),
		    "what the shopper did, such as \"purchase\"");
	r->entry->type = (uint16_t)interaction_of(*t);
	return true;
}

static bool
read_time(struct reading *r)
{
	struct lift_text t;

	if (!read_text(r, "time", 64, &t))
		return false;
	if (!instant_read(t, &r->entry->time))
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
read_currency(struct reading *r)
{
	struct lift_text t;

	if (!read_text(r, "currency", 64, &t))
		return false;
	r->entry->currency = currency_pack(t);
	if (r->entry->currency == 0)
		return refuse(r, "currency", t,
		    "three capital letters such as \"EUR\"");
	return true;
}

static bool
read_whole(struct reading *r, const char *field, int64_t most, int64_t *ret)
{
	struct lift_text raw;
	int64_t v = 0;
	bool is_number = r->kind == JSON_NUMBER;

	if (is_number ? !json_take_number(&r->json, &raw) :
	    !json_skip(&r->json, &raw))
		return false;
	if (!is_number || !json_whole(raw, &v) || v < 1 || v > most)
		return lift_fail(r->err, LIFT_E_INPUT,
		    "%s is %.*s, must be a whole number from 1 to %lld", field,
		    raw.size > 80 ? 80 : (int)raw.size, raw.data,
		    (long long)most);
	*ret = v;
	return true;
}

static bool
read_quantity(struct reading *r)
{
	r->has_quantity = true;
	return read_whole(r, "quantity", 1000000, &r->entry->quantity);
}

static bool
read_position(struct reading *r)
{
	int64_t v;

	if (!read_whole(r, "position", 1000000, &v))
		return false;
	r->entry->position = (int32_t)v;
	return true;
}

/* The price waits for the currency. */
static bool
read_price(struct reading *r)
{
	static const char right[] = "a number from 0 such as 19.99";

	if (r->kind != JSON_NUMBER)
		return refuse_kind(r, "price", right);
	return json_take_number(&r->json, &r->price) &&
	    (r->price.data[0] != '-' || refuse(r, "price", r->price, right));
}

static bool
read_properties(struct reading *r)
{
	struct lift_text *t = &r->entry->properties;

	if (r->kind != JSON_OBJECT)
		return refuse_kind(r, "properties", "an object");
	if (!json_skip(&r->json, t))
		return false;
	if (t->size > 65536)
		return lift_fail(r->err, LIFT_E_INPUT,
		    "properties have %zu bytes, must have at most 65536",
		    t->size);
	if (t->size == 2)
		t->size = 0;
	return true;
}

static bool
read_items(struct reading *r)
{
	if (r->kind != JSON_ARRAY)
		return refuse_kind(r, "items", "a list");
	return json_skip(&r->json, &r->items);
}

/* ---- the keys ------------------------------------------------------------ */

enum { KEY_PLACES = 32, KEY_SHORTEST = 2 };

#define KEY_PLACE(size, first, second) \
	(((size) * 3 + (first) + (second) * 5) % KEY_PLACES)
#define KEY(first, second, word, ...) \
	[KEY_PLACE(sizeof(word) - 1, first, second)] = { word, __LINE__, \
	    sizeof(word) - 1, __VA_ARGS__ }
#define ENTRY(member)	offsetof(struct lift_entry, member)

/* What an amount that is counted may be, and a text or a number for it. */
#define WHOLE	"\"type\":[\"integer\",\"null\"],\"minimum\":1," \
		"\"maximum\":1000000"
#define ID	"\"type\":[\"string\",\"number\",\"null\"],\"maxLength\":200"

/* A key, and what becomes of its value: a text of at most MOST bytes in the
 * entry, or what READ does with it. */
static const struct key {
	char     name[12];
	uint16_t line;		/* of two that are as near, the first is told */
	uint16_t size, most, offset;
	bool     in_line;	/* a line of a purchase may have it */
	uint8_t  kind;		/* of its value, unless that is a text */
	bool   (*read)(struct reading *);
	const char *schema;	/* of what READ takes; ITEMS adds its lines */
} keys[KEY_PLACES] = {
	KEY('i', 'd', "id", 200, ENTRY(id)),
	KEY('t', 'y', "type", .read = read_type, .schema =
	    "\"type\":\"string\",\"minLength\":1,\"maxLength\":64"),
	KEY('t', 'i', "time", .read = read_time, .schema =
	    "\"type\":[\"string\",\"null\"],\"format\":\"date-time\""),
	KEY('s', 'h', "shopper", .read = read_shopper, .schema = ID),
	KEY('s', 'e', "session", 200, ENTRY(session)),
	KEY('p', 'r', "product", 200, ENTRY(product_name), true),
	KEY('q', 'u', "quantity", .in_line = true,
	    .kind = JSON_NUMBER, .read = read_quantity, .schema = WHOLE),
	KEY('p', 'r', "price", .in_line = true,
	    .kind = JSON_NUMBER, .read = read_price, .schema =
	    "\"type\":[\"number\",\"null\"],\"minimum\":0"),
	KEY('c', 'u', "currency", .in_line = true, .read = read_currency,
	    .schema = "\"type\":[\"string\",\"null\"],\"pattern\":"
	    "\"^[A-Z]{3}$\""),
	KEY('p', 'r', "promotion", 200, ENTRY(promotion_name), true),
	KEY('s', 't', "store", 200, ENTRY(store)),
	KEY('q', 'u', "query", 2000, ENTRY(query)),
	KEY('p', 'o', "position", .in_line = true,
	    .kind = JSON_NUMBER, .read = read_position, .schema = WHOLE),
	KEY('o', 'r', "order", 200, ENTRY(order)),
	KEY('p', 'r', "properties", .in_line = true,
	    .kind = JSON_OBJECT, .read = read_properties, .schema =
	    "\"type\":[\"object\",\"null\"]"),
	KEY('i', 't', "items", .kind = JSON_ARRAY, .read = read_items,
	    .schema = "\"type\":[\"array\",\"null\"],\"minItems\":1,"
	    "\"maxItems\":500"),
};

static const struct key *
key_find(struct lift_text name)
{
	if (name.size < KEY_SHORTEST)
		return NULL;
	const struct key *k = &keys[KEY_PLACE(name.size,
	    (unsigned char)name.data[0], (unsigned char)name.data[1])];

	return k->size == name.size && memcmp(k->name, name.data,
	    name.size) == 0 ? k : NULL;
}

static const char *
key_nearest(struct lift_text name)
{
	const struct key *nearest = NULL;
	unsigned least = 3;

	for (const struct key *k = keys; k < keys + KEY_PLACES; k++) {
		unsigned d = k->size == 0 ? 3 :
		    text_distance(name, lift_text(k->name), 2);
		if (d < least || (d == least && nearest != NULL &&
		    k->line < nearest->line)) {
			least = d;
			nearest = k;
		}
	}
	return nearest != NULL ? nearest->name : NULL;
}

static bool
read_value(struct reading *r, const struct key *k)
{
	r->kind = json_peek(&r->json);
	if (r->kind == JSON_NULL)
		return json_take_null(&r->json);
	if (k->read != NULL)
		return k->read(r);
	return read_text(r, k->name, k->most,
	    (struct lift_text *)((char *)r->entry + k->offset));
}

static bool
unknown_key(struct reading *r, struct lift_text key)
{
	const char *near = key_nearest(key);

	return lift_fail(r->err, LIFT_E_INPUT,
	    "\"%.*s\" is no field of an event%s%s%s; your own data goes "
	    "under \"properties\"", key.size > 60 ? 60 : (int)key.size,
	    key.data, near ? ", perhaps you mean \"" : "", near ? near : "",
	    near ? "\"" : "");
}

static bool
read_keys(struct reading *r)
{
	enum json_kind kind = json_peek(&r->json);
	struct lift_text name;

	if (kind != JSON_OBJECT && kind != JSON_NONE)
		return lift_fail(r->err, LIFT_E_INPUT,
		    "an event is a JSON object");
	if (!json_enter(&r->json, JSON_OBJECT))
		return false;
	while (json_key(&r->json, &name)) {
		const struct key *k = key_find(name);
		if (k == NULL)
			return unknown_key(r, name);
		if (!read_value(r, k))
			return false;
	}
	return r->json.problem == NULL;
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
	if (r->context->id.size > 0) {
		r->entry->id = r->context->id;
		return;
	}
	struct { struct hash128 h; int64_t received; uint64_t position; } in = {
		hash_wide(json.data, json.size), r->context->received,
		r->context->position };
	struct hash128 h = hash_wide(&in, sizeof(in));

	char *id = arena_form(r->arena, "e-%016llx%08llx",
	    (unsigned long long)h.high,
	    (unsigned long long)(h.low & 0xffffffff));
	r->entry->id = lift_text(id);
	r->made_id = true;
}

static bool
check_time(struct reading *r)
{
	struct lift_entry *e = r->entry;

	e->received = r->context->received;
	if (!r->has_time)
		e->time = e->received;
	if (r->context->ahead == 0 ||
	    e->time <= e->received + r->context->ahead)
		return true;
	struct text t = { 0 }, right = { 0 };
	instant_write(&t, e->time);
	text_string(&right, "at most ");
	span_write(&right, r->context->ahead);
	text_string(&right, " ahead of now: is the sender's clock right?");
	refuse(r, "time", text_view(&t), right.data);
	text_done(&t);
	text_done(&right);
	return false;
}

static bool
finish_head(struct reading *r, struct lift_text json)
{
	struct lift_entry *e = r->entry;

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
	struct lift_text name;

	if (!json_enter(&r->json, JSON_OBJECT))
		return lift_fail(r->err, LIFT_E_INPUT,
		    "items[%u] is no object", number);
	while (json_key(&r->json, &name)) {
		const struct key *k = key_find(name);
		if (k == NULL || !k->in_line)
			return lift_fail(r->err, LIFT_E_INPUT,
			    "items[%u].%.*s is no field of a line", number,
			    name.size > 60 ? 60 : (int)name.size, name.data);
		if (!read_value(r, k))
			return false;
	}
	return r->json.problem == NULL;
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

/* Reads a line into ENTRY, which begins as what its head says. */
static bool
one_line(struct reading *r, const struct lift_entry *head, unsigned number,
    struct lift_entry *e)
{
	*e = *head;
	r->entry = e;
	r->price = (struct lift_text){ "", 0 };
	r->has_quantity = false;
	if (!read_line(r, number) || !set_price(r, e))
		return false;
	if (e->product_name.size == 0)
		return lift_fail(r->err, LIFT_E_INPUT,
		    "items[%u].product is missing", number);
	if (!r->has_quantity)
		e->quantity = 1;
	if (e->order.size == 0)
		e->order = head->id;
	if (number > 0)
		e->id = lift_text(arena_form(r->arena, "%.*s#%u",
		    (int)head->id.size, head->id.data, number + 1));
	return true;
}

static bool
split(struct reading *r, struct event *e)
{
	const struct lift_entry *head = r->entry;
	unsigned n = count_lines(r);

	if (n == 0 || n > EVENT_LINES_MOST)
		return lift_fail(r->err, LIFT_E_INPUT,
		    "items has %u lines, must have 1 to %d", n,
		    EVENT_LINES_MOST);
	if (head->product_name.size > 0 || head->has_price)
		return lift_fail(r->err, LIFT_E_INPUT,
		    "an event has either a product and a price or items with "
		    "theirs, this one has both");
	e->entries = arena_array(r->arena, struct lift_entry, n);
	e->count = n;
	r->json = json_reader_of(r->items, r->arena);
	json_enter(&r->json, JSON_ARRAY);
	for (unsigned i = 0; i < n && json_item(&r->json); i++)
		if (!one_line(r, head, i, &e->entries[i]))
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
	r.entry = arena_array(arena, struct lift_entry, 1);
	bool ok = read_keys(&r) && json_done(&r.json);
	if (!ok && r.json.problem != NULL)
		return lift_fail(err, LIFT_E_INPUT,
		    "this is no JSON: %s, at byte %zu", r.json.problem,
		    json_offset(&r.json) + 1);
	if (!ok || !finish_head(&r, json))
		return false;
	struct event e = { r.entry, 1, r.shopper, r.made_id };
	if (r.items.size > 0 && !split(&r, &e))
		return false;
	*ret_event = e;
	return true;
}

enum json_kind
event_field_kind(struct lift_text name)
{
	const struct key *k = key_find(name);

	if (k == NULL)
		return JSON_NONE;
	return k->kind == JSON_NONE ? JSON_STRING : (enum json_kind)k->kind;
}

const char *
event_field_nearest(struct lift_text name)
{
	return key_nearest(name);
}

/* ---- what it says to others ---------------------------------------------- */

/* The key that follows the line, in the order of the list above. */
static const struct key *
key_after(unsigned line)
{
	const struct key *next = NULL;

	for (const struct key *k = keys; k < keys + KEY_PLACES; k++)
		if (k->line > line && (next == NULL || k->line < next->line))
			next = k;
	return next;
}

static void
schema_of(struct text *t, bool lines, const char *required)
{
	const struct key *k = NULL;

	text_string(t, "{\"type\":\"object\",\"additionalProperties\":false,"
	    "\"properties\":{");
	while ((k = key_after(k != NULL ? k->line : 0)) != NULL) {
		if (lines && !k->in_line)
			continue;
		json_name(t, k->name);
		text_byte(t, '{');
		if (k->schema != NULL)
			text_string(t, k->schema);
		else
			text_form(t, "\"type\":[\"string\",\"number\","
			    "\"null\"],\"maxLength\":%u", k->most);
		if (k->kind == JSON_ARRAY) {
			json_name(t, "items");
			schema_of(t, true, "product");
		}
		text_byte(t, '}');
	}
	text_form(t, "},\"required\":[\"%s\"]}", required);
}

void
event_schema(struct text *t)
{
	schema_of(t, false, "type");
}
