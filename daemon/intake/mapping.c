/* Values are put into the form that intake/event reads, and judged there: a
 * price that is none comes out as the text that it is, and is refused with the
 * sentence that it would get from anybody. Only what other systems' libraries
 * are known to send is mended: numbers as texts, with commas between thousands,
 * and amounts with the dust of binary fractions. */
#include "intake/mapping.h"

#include <math.h>

#include "base/money.h"

enum value_kind { VALUE_TEXT, VALUE_WHOLE, VALUE_PRICE, VALUE_CURRENCY,
	VALUE_POSITION };

static const struct target {
	const char     *name;		/* in the contract's form */
	enum value_kind kind;
	bool            in_line;	/* a product of many may have it */
} targets[EVENT_FIELDS] = {
	[EVENT_PRODUCT] = { "product", VALUE_TEXT, true },
	[EVENT_QUANTITY] = { "quantity", VALUE_WHOLE, true },
	[EVENT_PRICE] = { "price", VALUE_PRICE, true },
	[EVENT_CURRENCY] = { "currency", VALUE_CURRENCY, true },
	[EVENT_PROMOTION] = { "promotion", VALUE_TEXT, true },
	[EVENT_POSITION] = { "position", VALUE_POSITION, true },
	[EVENT_ORDER] = { "order", VALUE_TEXT, false },
	[EVENT_QUERY] = { "query", VALUE_TEXT, false },
	[EVENT_SESSION] = { "session", VALUE_TEXT, false },
	[EVENT_STORE] = { "store", VALUE_TEXT, false },
	[EVENT_ITEMS] = { "items", VALUE_TEXT, false },
};

/* ---- values -------------------------------------------------------------- */

static bool
is_number(struct lift_text t, struct arena *arena)
{
	struct json_reader r = json_reader_of(t, arena);
	struct lift_text digits;

	return json_peek(&r) == JSON_NUMBER &&
	    json_take_number(&r, &digits) && digits.size == t.size;
}

/* `1,299.00` without its commas, which stand between thousands; any other
 * text as it is. */
static struct lift_text
number_plain(struct lift_text t, struct arena *arena)
{
	const char *dot = memchr(t.data, '.', t.size);
	size_t whole = dot != NULL ? (size_t)(dot - t.data) : t.size, n = 0;
	char *plain = arena_take(arena, t.size + 1);

	for (size_t i = 0; i < t.size; i++) {
		bool place = i > 0 && i < whole && (whole - i) % 4 == 0;
		if ((t.data[i] == ',') != place && memchr(t.data, ',', whole))
			return t;
		if (t.data[i] != ',')
			plain[n++] = t.data[i];
	}
	return (struct lift_text){ plain, n };
}

static void
number_write(struct text *t, const char *name, struct lift_text number,
    struct arena *arena)
{
	struct lift_text plain = number_plain(number, arena);

	if (!is_number(plain, arena)) {
		json_member_text(t, name, number);
		return;
	}
	json_name(t, name);
	text_add(t, plain.data, plain.size);
}

/* 19.989999999999998 is what a library makes of 19.99: an amount is rounded to
 * what its currency has. */
static void
price_write(struct text *t, const char *name, struct lift_text number,
    uint32_t currency, struct arena *arena)
{
	struct lift_text plain = number_plain(number, arena);
	int64_t minor;
	double v;

	if (is_number(plain, arena) && !money_read(plain, currency, &minor) &&
	    json_double(plain, &v) && fabs(v) < 1e15)
		plain = lift_text(arena_form(arena, "%.*f",
		    currency_exponent(currency), v));
	number_write(t, name, plain, arena);
}

static uint32_t
currency_of(struct lift_text t)
{
	char code[3];

	if (t.size != 3)
		return 0;
	for (int i = 0; i < 3; i++)
		code[i] = (char)(t.data[i] >= 'a' && t.data[i] <= 'z' ?
		    t.data[i] - 0x20 : t.data[i]);
	return currency_pack((struct lift_text){ code, 3 });
}

static void
currency_write(struct text *t, const char *name, struct lift_text value)
{
	uint32_t currency = currency_of(value);
	char code[4];

	if (currency == 0) {
		json_member_text(t, name, value);
		return;
	}
	currency_name(currency, code);
	json_member_string(t, name, code);
}

/* ---- fields -------------------------------------------------------------- */

/* The first way to FIELD that leads to a text or a number. */
static struct lift_text
field_text(const struct mapping *m, struct member *from,
    enum event_field field, struct member **ret_top)
{
	struct lift_texts ways = m->event->ways[field];
	struct lift_text t = { "", 0 };

	*ret_top = NULL;
	for (size_t i = 0; i < ways.count && t.size == 0; i++)
		t = member_text(member_at(from, lift_text(ways.items[i]),
		    m->arena, ret_top), m->arena);
	return t;
}

/* False when the value is of no use to the field: it stays a property. */
static bool
field_write(struct text *t, const struct mapping *m, enum event_field field,
    struct lift_text value, uint32_t currency)
{
	const char *name = targets[field].name;
	int64_t place;

	switch (targets[field].kind) {
	case VALUE_TEXT:
		json_member_text(t, name, value);
		return true;
	case VALUE_WHOLE:
		number_write(t, name, value, m->arena);
		return true;
	case VALUE_PRICE:
		price_write(t, name, value, currency, m->arena);
		return true;
	case VALUE_CURRENCY:
		currency_write(t, name, value);
		return true;
	case VALUE_POSITION:
		break;
	}
	/* Some systems put a word such as "hero" here. */
	if (!is_number(value, m->arena) || !json_whole(value, &place) ||
	    place < m->event->first_position || place > 999999)
		return false;
	json_member_whole(t, name, place + 1 - m->event->first_position);
	return true;
}

/* The currency of the amounts of this object. */
static uint32_t
object_currency(const struct mapping *m, struct member *from,
    uint32_t otherwise)
{
	struct member *top;
	uint32_t c = currency_of(field_text(m, from, EVENT_CURRENCY, &top));

	return c != 0 ? c : otherwise;
}

/* Whether a field of the event is that of each of its lines, and so not its
 * own. */
static bool
is_of_lines(enum event_field field)
{
	return field == EVENT_PRODUCT || field == EVENT_QUANTITY ||
	    field == EVENT_PRICE;
}

static void
fields_write(struct text *t, const struct mapping *m, struct member *from,
    bool is_line, bool has_lines, uint32_t currency)
{
	for (enum event_field f = 0; f < EVENT_ITEMS; f++) {
		struct member *top;
		if ((is_line && !targets[f].in_line) ||
		    (has_lines && is_of_lines(f)))
			continue;
		struct lift_text value = field_text(m, from, f, &top);
		/* What lies deeper in a member does not use all of it. */
		if (value.size > 0 && field_write(t, m, f, value, currency) &&
		    top->kind != JSON_OBJECT)
			top->used = true;
	}
}

/* ---- properties ---------------------------------------------------------- */

static void
member_write(struct text *t, const struct member *m)
{
	json_comma(t);
	json_string(t, m->key);
	text_byte(t, ':');
	text_add(t, m->raw.data, m->raw.size);
}

/* Those of MORE that none of FIRST has the name of come after these. */
static void
properties_write(struct text *t, struct member *first, struct member *more,
    struct member *last)
{
	json_name(t, "properties");
	text_byte(t, '{');
	for (const struct member *m = first; m != NULL; m = m->next)
		if (!m->used)
			member_write(t, m);
	for (const struct member *m = more; m != NULL; m = m->next)
		if (!m->used && member_find(first, m->key) == NULL)
			member_write(t, m);
	for (const struct member *m = last; m != NULL; m = m->next)
		if (member_find(first, m->key) == NULL &&
		    member_find(more, m->key) == NULL)
			member_write(t, m);
	text_byte(t, '}');
}

/* ---- products ------------------------------------------------------------ */

/* The list of products, if there is one with something in it. */
static struct member *
items_find(const struct mapping *m)
{
	struct lift_texts ways = m->event->ways[EVENT_ITEMS];
	struct member *top, *found;

	for (size_t i = 0; i < ways.count; i++) {
		found = member_at(m->properties, lift_text(ways.items[i]),
		    m->arena, &top);
		if (found == NULL || found->kind != JSON_ARRAY)
			continue;
		struct json_reader r = json_reader_of(found->raw, m->arena);
		if (json_enter(&r, JSON_ARRAY) && json_item(&r))
			return found;
	}
	return NULL;
}

static bool
line_write(struct text *t, const struct mapping *m, struct lift_text raw,
    const char *list, unsigned number, struct lift_error *err)
{
	uint32_t head = object_currency(m, m->properties, m->currency);
	struct member *line, *top;
	bool first = number == 0;

	if (raw.data[0] != '{')
		return lift_fail(err, LIFT_E_INPUT, "%s[%u] is %.*s, must be "
		    "an object with the product's id", list, number,
		    raw.size > 60 ? 60 : (int)raw.size, raw.data);
	if (!members_read(raw, m->arena, &line, err))
		return false;
	if (field_text(m, line, EVENT_PRODUCT, &top).size == 0)
		return lift_fail(err, LIFT_E_INPUT, "%s[%u] names no product, "
		    "must have %s or another of the names that `events:` gives",
		    list, number, m->event->ways[EVENT_PRODUCT].count > 0 ?
		    m->event->ways[EVENT_PRODUCT].items[0] : "one");
	json_comma(t);
	text_byte(t, '{');
	fields_write(t, m, line, true, false, object_currency(m, line, head));
	/* What the order has beside its lines is kept once. */
	properties_write(t, line, first ? m->properties : NULL,
	    first ? m->extra : NULL);
	text_byte(t, '}');
	return true;
}

static bool
lines_write(struct text *t, const struct mapping *m, struct member *items,
    struct lift_error *err)
{
	struct json_reader r = json_reader_of(items->raw, m->arena);
	char *list = arena_copy(m->arena, items->key.data, items->key.size);
	struct lift_text raw;

	json_name(t, "items");
	text_byte(t, '[');
	json_enter(&r, JSON_ARRAY);
	for (unsigned n = 0; json_item(&r); n++)
		if (!json_skip(&r, &raw) ||
		    !line_write(t, m, raw, list, n, err))
			return false;
	text_byte(t, ']');
	return true;
}

bool
mapping_write(struct text *t, const struct mapping *m, struct lift_error *err)
{
	struct member *items = items_find(m);
	uint32_t currency = object_currency(m, m->properties, m->currency);

	fields_write(t, m, m->properties, false, items != NULL, currency);
	if (items == NULL) {
		properties_write(t, m->properties, m->extra, NULL);
		return true;
	}
	items->used = true;
	return lines_write(t, m, items, err);
}
