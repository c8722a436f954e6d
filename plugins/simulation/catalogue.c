/* The shop's own catalogue, as the world has it: which products, at what
 * price, what stands in for what. It is read once, when a run begins, and kept
 * in the snapshot, since what the shop puts later is not on this shelf. */
#include "simulation.h"

#include <stdlib.h>

/* What products say of themselves beyond what each has. */
static const char attribute_family[] = "family",
    attribute_mind[] = "price_sensitivity", attribute_sells[] = "sells",
    attribute_discount[] = "discount";

const char *const mind_names[MIND_LEVELS] = { "low", "medium", "high" };

/* Rows, and the texts that they borrow. */
struct rows {
	struct shelf_row *rows;
	uint32_t          count, room;
	struct names      texts;
};

static void
rows_done(struct rows *r)
{
	free(r->rows);
	names_done(&r->texts);
}

static const char *
rows_text(struct rows *r, struct lift_text t)
{
	uint32_t n = names_put(&r->texts, t.data, t.size);

	return n == NAMES_NONE ? "" : r->texts.texts[n];
}

/* ---- attributes ---------------------------------------------------------- */

/* The end of the JSON value that begins at AT: a scalar, or a list. */
static size_t
value_end(struct lift_text json, size_t at)
{
	bool inside = false;
	int depth = 0;

	for (; at < json.size; at++) {
		char c = json.data[at];
		if (inside && c == '\\')
			at++;
		else if (c == '"')
			inside = !inside;
		else if (!inside && c == '[')
			depth++;
		else if (!inside && depth == 0 && (c == ',' || c == '}' ||
		    c == ':'))
			break;
		else if (!inside && c == ']')
			depth--;
	}
	return at;
}

static struct lift_text
trimmed(struct lift_text t)
{
	while (t.size > 0 && (t.data[0] == ' ' || t.data[0] == '"')) {
		t.data++;
		t.size--;
	}
	while (t.size > 0 && (t.data[t.size - 1] == ' ' ||
	    t.data[t.size - 1] == '"'))
		t.size--;
	return t;
}

/* What an object of scalars says of NAME; empty when nothing. */
static struct lift_text
attribute(struct lift_text json, const char *name)
{
	size_t at = 1;

	while (at < json.size) {
		size_t colon = value_end(json, at);
		size_t end = value_end(json, colon + 1);
		struct lift_text key = trimmed((struct lift_text){
			json.data + at, colon - at });
		if (end <= json.size && lift_text_equal(key, lift_text(name)))
			return trimmed((struct lift_text){
				json.data + colon + 1, end - colon - 1 });
		at = end + 1;
	}
	return (struct lift_text){ "", 0 };
}

static double
attribute_number(struct lift_text json, const char *name)
{
	struct lift_text t = attribute(json, name);
	char digits[32];

	snprintf(digits, sizeof(digits), "%.*s", (int)t.size, t.data);
	double v = strtod(digits, NULL);
	return v > 0 && v < 1e9 ? v : 0;
}

/* ---- reading the world --------------------------------------------------- */

static bool
rows_room(struct rows *r)
{
	if (r->count < r->room)
		return true;
	uint32_t room = r->room * 2 + 64;
	void *more = realloc(r->rows, room * sizeof(*r->rows));
	if (more == NULL)
		return false;
	r->rows = more;
	r->room = room;
	return true;
}

static uint8_t
mind_of(struct lift_text t)
{
	for (unsigned i = 0; i < MIND_LEVELS; i++)
		if (lift_text_equal(t, lift_text(mind_names[i])))
			return (uint8_t)i;
	return MIND_MEDIUM;
}

static void
row_read(struct rows *r, const struct lift_product *p)
{
	struct lift_text a = p->attributes;
	double discount = attribute_number(a, attribute_discount);

	r->rows[r->count++] = (struct shelf_row){
		.id = rows_text(r, p->name), .title = rows_text(r, p->title),
		.category = rows_text(r, p->category),
		.family = rows_text(r, attribute(a, attribute_family)),
		.price = p->price.minor,
		.cost = p->cost.currency == p->price.currency ?
		    p->cost.minor : 0,
		.sells = attribute_number(a, attribute_sells),
		.sensitivity = mind_of(attribute(a, attribute_mind)),
		.discount = (uint8_t)(discount < 95 ? discount : 95) };
}

/* All products that can be sold, of one currency. */
static bool
rows_read(struct simulation *s, struct rows *r, uint32_t *ret_currency,
    struct lift_error *err)
{
	uint32_t most = s->host->products(s->host), currency = 0;

	for (uint32_t id = 1; id <= most; id++) {
		const struct lift_product *p = s->host->product(s->host, id);
		if (p == NULL || p->price.currency == 0 || p->price.minor <= 0)
			continue;
		if (currency == 0)
			currency = p->price.currency;
		if (p->price.currency != currency)
			return lift_fail(err, LIFT_E_BUSY, "the price of "
			    "product \"%.*s\" is in another currency than "
			    "those before it, must be the same for all that "
			    "are played", (int)p->name.size, p->name.data);
		if (r->count == SHELF_MOST || !rows_room(r))
			return lift_fail(err, LIFT_E_BUSY, "the catalogue has "
			    "more than %u products with a price, which is the "
			    "most that can be played", (unsigned)SHELF_MOST);
		row_read(r, p);
	}
	*ret_currency = currency;
	return r->count >= 2 || lift_fail(err, LIFT_E_BUSY, "the catalogue "
	    "has %u products with a price, must have at least 2: see "
	    "`liftctl products put`", (unsigned)r->count);
}

static struct shelf *
world_shelf(struct simulation *s, struct run *run, struct lift_error *err)
{
	struct rows r = { 0 };
	struct shelf *shelf = NULL;

	if (rows_read(s, &r, &run->currency, err)) {
		shelf = shelf_of(r.rows, r.count, run->seed);
		if (shelf == NULL)
			lift_fail(err, LIFT_E_SYSTEM, "no memory for %u "
			    "products", (unsigned)r.count);
	}
	rows_done(&r);
	return shelf;
}

struct shelf *
catalogue_choose(struct simulation *s, struct lift_text whose, bool sized,
    struct run *r, struct lift_error *err)
{
	struct shelf *shelf;

	r->is_own = lift_text_equal(whose, LIFT_TEXT_OF("world"));
	if (!r->is_own && whose.size > 0 &&
	    !lift_text_equal(whose, LIFT_TEXT_OF("made"))) {
		lift_fail(err, LIFT_E_USAGE, "catalogue is \"%.*s\", must be "
		    "made or world", whose.size > 40 ? 40 : (int)whose.size,
		    whose.data);
		return NULL;
	}
	if (r->is_own && sized) {
		lift_fail(err, LIFT_E_USAGE, "products is given, must be left "
		    "out where the catalogue is that of the world");
		return NULL;
	}
	if (r->is_own)
		shelf = world_shelf(s, r, err);
	else if ((shelf = shelf_new(r->products, r->seed)) == NULL)
		lift_fail(err, LIFT_E_SYSTEM, "no memory for %u products",
		    (unsigned)r->products);
	if (shelf != NULL)
		r->products = shelf->item_count;
	return shelf;
}

/* ---- snapshots ----------------------------------------------------------- */

enum { TEXTS = 4 };

/* What is saved of a row, before its texts. */
struct row_head {
	int64_t  price, cost;
	uint16_t sells;
	uint8_t  sensitivity, discount;
	uint16_t sizes[TEXTS];
};

void
catalogue_save(const struct simulation *s, void *snapshot)
{
	for (uint32_t i = 0; i < s->shelf->item_count; i++) {
		const struct item *it = &s->shelf->items[i];
		const struct label *l = &s->shelf->labels[i];
		const struct family *f = &s->shelf->families[it->family];
		const char *texts[TEXTS] = { it->id, l->title,
			s->shelf->categories[f->category], f->query };
		struct row_head h;
		memset(&h, 0, sizeof(h));
		h.price = it->price;
		h.cost = l->cost;
		h.sells = it->sells;
		h.sensitivity = it->sensitivity;
		h.discount = l->discount;
		for (unsigned k = 0; k < TEXTS; k++)
			h.sizes[k] = (uint16_t)strlen(texts[k]);
		s->host->put(snapshot, &h, sizeof(h));
		for (unsigned k = 0; k < TEXTS; k++)
			s->host->put(snapshot, texts[k], h.sizes[k]);
	}
}

static bool
row_load(struct simulation *s, struct rows *r, void *snapshot)
{
	char text[UINT16_MAX + 1];
	const char *texts[TEXTS];
	struct row_head h;

	if (!s->host->take(snapshot, &h, sizeof(h)) || !rows_room(r) ||
	    h.sensitivity >= MIND_LEVELS)
		return false;
	for (unsigned k = 0; k < TEXTS; k++) {
		if (!s->host->take(snapshot, text, h.sizes[k]))
			return false;
		texts[k] = rows_text(r, (struct lift_text){ text,
		    h.sizes[k] });
	}
	r->rows[r->count++] = (struct shelf_row){ .id = texts[0],
		.title = texts[1], .category = texts[2], .family = texts[3],
		.price = h.price, .cost = h.cost, .sells = h.sells,
		.sensitivity = h.sensitivity, .discount = h.discount };
	return true;
}

struct shelf *
catalogue_load(struct simulation *s, void *snapshot)
{
	struct rows r = { 0 };
	struct shelf *shelf = NULL;
	bool ok = true;

	for (uint32_t i = 0; ok && i < s->run.products; i++)
		ok = row_load(s, &r, snapshot);
	if (ok)
		shelf = shelf_of(r.rows, r.count, s->run.seed);
	rows_done(&r);
	return shelf;
}
