/* The body of an interaction is a list of fields: a byte that names the field,
 * then a number of seven bits a byte, or a length and so many bytes. A field
 * that is empty is not written; a field unknown to the reader is an error, as
 * a store from a newer liftd is refused before anyone reads it. */
#include "engine/entry.h"

#include "base/json.h"
#include "base/money.h"

static const char *const kind_names[] = {
	[LIFT_ENTRY_INTERACTION] = "interaction", [LIFT_ENTRY_TICK] = "tick",
	[LIFT_ENTRY_MOMENT] = "moment", [LIFT_ENTRY_CALL] = "call",
	[LIFT_ENTRY_ANSWER] = "answer", [LIFT_ENTRY_RULES] = "rules",
	[LIFT_ENTRY_BOOT] = "boot", [LIFT_ENTRY_SOURCE] = "source",
	[LIFT_ENTRY_IDENTITY] = "identity",
};

static const char *const interaction_names[LIFT_INTERACTIONS] = {
	[LIFT_VIEW] = "view", [LIFT_CLICK] = "click",
	[LIFT_SEARCH] = "search", [LIFT_IMPRESSION] = "impression",
	[LIFT_ADD_TO_CART] = "add_to_cart",
	[LIFT_REMOVE_FROM_CART] = "remove_from_cart",
	[LIFT_SAVE_FOR_LATER] = "save_for_later",
	[LIFT_PURCHASE] = "purchase", [LIFT_RETURN] = "return",
	[LIFT_WISHLIST] = "wishlist", [LIFT_PAGE] = "page",
	[LIFT_REVIEW] = "review", [LIFT_ROOM_PLANNER] = "room_planner",
	[LIFT_AR_VIEW] = "ar_view", [LIFT_STOCK_CHECK] = "stock_check",
};

const char *
entry_kind_name(unsigned kind)
{
	if (kind >= sizeof(kind_names) / sizeof(kind_names[0]))
		return NULL;
	return kind_names[kind];
}

const char *
interaction_name(unsigned type)
{
	return type < LIFT_INTERACTIONS ? interaction_names[type] : NULL;
}

enum lift_interaction
interaction_of(struct lift_text name)
{
	for (int i = LIFT_OTHER + 1; i < LIFT_INTERACTIONS; i++) {
		const char *s = interaction_names[i];
		if (s[0] == name.data[0] && strlen(s) == name.size &&
		    memcmp(s, name.data, name.size) == 0)
			return (enum lift_interaction)i;
	}
	return LIFT_OTHER;
}

enum field_kind { FIELD_TEXT, FIELD_U32, FIELD_I32, FIELD_I64, FIELD_U16 };

/* The one list of what a body holds. A row's place is its mark on disk: add at
 * the end, never reorder. */
static const struct field {
	enum field_kind kind;
	size_t          offset;
} fields[] = {
	{ FIELD_U16, offsetof(struct lift_entry, type) },
	{ FIELD_TEXT, offsetof(struct lift_entry, type_name) },
	{ FIELD_U32, offsetof(struct lift_entry, source) },
	{ FIELD_U32, offsetof(struct lift_entry, shopper) },
	{ FIELD_TEXT, offsetof(struct lift_entry, product_name) },
	{ FIELD_I64, offsetof(struct lift_entry, quantity) },
	{ FIELD_I64, offsetof(struct lift_entry, price) },
	{ FIELD_U32, offsetof(struct lift_entry, currency) },
	{ FIELD_TEXT, offsetof(struct lift_entry, promotion_name) },
	{ FIELD_TEXT, offsetof(struct lift_entry, session) },
	{ FIELD_TEXT, offsetof(struct lift_entry, store) },
	{ FIELD_TEXT, offsetof(struct lift_entry, query) },
	{ FIELD_I32, offsetof(struct lift_entry, position) },
	{ FIELD_TEXT, offsetof(struct lift_entry, order) },
	{ FIELD_TEXT, offsetof(struct lift_entry, properties) },
};
enum { FIELDS = sizeof(fields) / sizeof(fields[0]), FIELD_PRICE = 6,
	FIELD_TYPE_NAME = 1 };

static void
put_number(struct text *t, uint64_t v)
{
	char *at = text_room(t, 10), *from = at;

	for (; v >= 0x80; v >>= 7)
		*at++ = (char)(v | 0x80);
	*at++ = (char)v;
	t->size += (size_t)(at - from);
}

static bool
take_number(const unsigned char **at, const unsigned char *end,
    uint64_t *ret_value)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		if (*at == end)
			return false;
		unsigned char c = *(*at)++;
		v |= (uint64_t)(c & 0x7f) << shift;
		if (c < 0x80) {
			*ret_value = v;
			return true;
		}
	}
	return false;
}

/* Signed numbers go as zigzag, so that small ones stay short. */
static uint64_t
zigzag(int64_t v)
{
	return ((uint64_t)v << 1) ^ (uint64_t)(v >> 63);
}

static int64_t
unzigzag(uint64_t v)
{
	return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

static uint64_t
field_number(const struct field *f, const void *at)
{
	switch (f->kind) {
	case FIELD_U16: return *(const uint16_t *)at;
	case FIELD_U32: return *(const uint32_t *)at;
	case FIELD_I32: return zigzag(*(const int32_t *)at);
	case FIELD_I64: return zigzag(*(const int64_t *)at);
	case FIELD_TEXT: break;
	}
	return 0;
}

static bool
field_set(const struct field *f, void *at, uint64_t v)
{
	switch (f->kind) {
	case FIELD_U16:
		*(uint16_t *)at = (uint16_t)v;
		return v <= UINT16_MAX;
	case FIELD_U32:
		*(uint32_t *)at = (uint32_t)v;
		return v <= UINT32_MAX;
	case FIELD_I32:
		*(int32_t *)at = (int32_t)unzigzag(v);
		return v <= UINT32_MAX;
	case FIELD_I64:
		*(int64_t *)at = unzigzag(v);
		return true;
	case FIELD_TEXT:
		break;
	}
	return false;
}

static void
interaction_encode(struct text *t, const struct lift_entry *e)
{
	for (unsigned i = 0; i < FIELDS; i++) {
		const void *at = (const char *)e + fields[i].offset;
		if (fields[i].kind == FIELD_TEXT) {
			const struct lift_text *s = at;
			if (s->size == 0 ||
			    (i == FIELD_TYPE_NAME && e->type != LIFT_OTHER))
				continue;
			text_byte(t, (char)i);
			put_number(t, s->size);
			text_add(t, s->data, s->size);
			continue;
		}
		uint64_t v = field_number(&fields[i], at);
		if (v == 0 && !(i == FIELD_PRICE && e->has_price))
			continue;
		text_byte(t, (char)i);
		put_number(t, v);
	}
}

void
entry_encode(struct text *t, const struct lift_entry *e)
{
	if (e->kind == LIFT_ENTRY_INTERACTION) {
		interaction_encode(t, e);
		return;
	}
	put_number(t, e->source);
	text_add(t, e->body.data, e->body.size);
}

static bool
decode_fail(struct lift_error *err, const struct lift_entry *e)
{
	return lift_fail(err, LIFT_E_STORE,
	    "entry %llu has a body that no liftd wrote, the store is damaged",
	    (unsigned long long)e->seq);
}

static bool
field_decode(struct lift_entry *e, const unsigned char **at,
    const unsigned char *end)
{
	unsigned i = *(*at)++;
	uint64_t v;

	if (i >= FIELDS || !take_number(at, end, &v))
		return false;
	void *to = (char *)e + fields[i].offset;
	if (fields[i].kind != FIELD_TEXT) {
		e->has_price |= i == FIELD_PRICE;
		return field_set(&fields[i], to, v);
	}
	if (v > (uint64_t)(end - *at))
		return false;
	*(struct lift_text *)to = (struct lift_text){ (const char *)*at, v };
	*at += v;
	return true;
}

bool
entry_decode(struct lift_entry *e, struct lift_text body,
    struct lift_error *err)
{
	const unsigned char *at = (const unsigned char *)body.data;
	const unsigned char *end = at + body.size;
	uint64_t source;

	if (e->kind != LIFT_ENTRY_INTERACTION) {
		if (entry_kind_name(e->kind) == NULL ||
		    !take_number(&at, end, &source) || source > UINT32_MAX)
			return decode_fail(err, e);
		e->source = (uint32_t)source;
		e->body = (struct lift_text){ (const char *)at,
			(size_t)(end - at) };
		return true;
	}
	while (at < end)
		if (!field_decode(e, &at, end))
			return decode_fail(err, e);
	if (e->type >= LIFT_INTERACTIONS)
		return decode_fail(err, e);
	if (e->type != LIFT_OTHER)
		e->type_name = lift_text(interaction_names[e->type]);
	return true;
}

void
entry_key(struct text *t, const struct lift_entry *e)
{
	if (e->shopper != 0)
		text_whole(t, e->shopper);
}

static void
describe_text(struct text *t, const char *name, struct lift_text v)
{
	if (v.size > 0)
		json_member_text(t, name, v);
}

static void
describe_price(struct text *t, const struct lift_entry *e)
{
	char code[4];

	if (!e->has_price)
		return;
	json_name(t, "price");
	money_write(t, e->price, e->currency);
	if (e->currency != 0) {
		currency_name(e->currency, code);
		json_member_string(t, "currency", code);
	}
}

void
entry_describe(struct text *t, const struct lift_entry *e,
    struct lift_text shopper)
{
	json_member_text(t, "id", e->id);
	json_member_text(t, "type", e->type_name);
	json_member_time(t, "time", e->time);
	describe_text(t, "shopper", shopper);
	describe_text(t, "session", e->session);
	describe_text(t, "product", e->product_name);
	if (e->quantity != 0)
		json_member_whole(t, "quantity", e->quantity);
	describe_price(t, e);
	describe_text(t, "promotion", e->promotion_name);
	describe_text(t, "store", e->store);
	describe_text(t, "query", e->query);
	if (e->position != 0)
		json_member_whole(t, "position", e->position);
	describe_text(t, "order", e->order);
	if (e->properties.size > 0) {
		json_name(t, "properties");
		text_add(t, e->properties.data, e->properties.size);
	}
}
