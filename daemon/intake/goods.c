/* Rows of either form go through the same fields: each has a check that says
 * what would be right, and writes what it read into the arguments of a verb. */
#include "intake/goods.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/instant.h"
#include "base/json.h"
#include "base/money.h"
#include "intake/csv.h"
#include "rules/document.h"

enum field { F_ID, F_NAME, F_CATEGORY, F_BRAND, F_PRICE, F_COST, F_CURRENCY,
	F_FAMILY, F_MIND, F_SELLS, F_DISCOUNT, F_PROMOTION, F_PROMO_PRICE,
	F_PROMO_START, F_PROMO_END, FIELDS };

/* The name that is told, and another one that is understood. */
static const struct { const char *name, *other; } fields[FIELDS] = {
	[F_ID] = { "product", "id" },
	[F_NAME] = { "name", "title" },
	[F_CATEGORY] = { "category", NULL },
	[F_BRAND] = { "brand", NULL },
	[F_PRICE] = { "price", NULL },
	[F_COST] = { "cost", NULL },
	[F_CURRENCY] = { "currency", NULL },
	[F_FAMILY] = { "family", "substitution_group" },
	[F_MIND] = { "price_sensitivity", "sensitivity" },
	[F_SELLS] = { "sells", "base_rate" },
	[F_DISCOUNT] = { "discount", NULL },
	[F_PROMOTION] = { "promotion", NULL },
	[F_PROMO_PRICE] = { "promotion_price", NULL },
	[F_PROMO_START] = { "promotion_start", NULL },
	[F_PROMO_END] = { "promotion_end", NULL },
};

struct goods {
	struct arena    *arena;
	struct lift_text currency;
	goods_wrong     *wrong;
	void            *context;
	uint8_t          columns[CSV_COLUMNS_MOST];	/* enum field */
	unsigned         column_count;
	struct good     *list;
	size_t           count, room;
	bool             failed;
};

/* One product as it is read. */
struct row {
	struct goods    *goods;
	uint64_t         line;
	struct lift_text cells[FIELDS];
	bool             failed;
};

LIFT_PRINTF(4, 5)
static void
complain(struct goods *g, uint64_t line, const char *field, const char *form,
    ...)
{
	char sentence[300];
	va_list ap;

	va_start(ap, form);
	vsnprintf(sentence, sizeof(sentence), form, ap);
	va_end(ap);
	g->failed = true;
	g->wrong(g->context, line, field, sentence);
}

static int
field_of(struct lift_text name)
{
	for (int i = 0; i < FIELDS; i++)
		if (lift_text_equal(name, lift_text(fields[i].name)) ||
		    (fields[i].other != NULL &&
		    lift_text_equal(name, lift_text(fields[i].other))))
			return i;
	return -1;
}

static void
column_unknown(struct goods *g, uint64_t line, struct lift_text name)
{
	struct text known = { 0 };

	for (int i = 0; i < FIELDS; i++)
		text_form(&known, "%s%s", i > 0 ? ", " : "", fields[i].name);
	complain(g, line, "", "\"%.*s\" is no field of a product, must be one "
	    "of %s", name.size > 40 ? 40 : (int)name.size, name.data,
	    text_view(&known).data);
	text_done(&known);
}

/* ---- cells --------------------------------------------------------------- */

static void
cell_wrong(struct row *r, enum field field, const char *right)
{
	struct lift_text v = r->cells[field];

	r->failed = true;
	complain(r->goods, r->line, fields[field].name, "%s is \"%.*s\", must "
	    "be %s", fields[field].name, v.size > 60 ? 60 : (int)v.size,
	    v.data, right);
}

static bool
is_number(struct lift_text t)
{
	struct arena *a = arena_new();
	struct json_reader r = json_reader_of(t, a);
	struct lift_text digits;
	bool ok = json_peek(&r) == JSON_NUMBER &&
	    json_take_number(&r, &digits) && json_done(&r);

	arena_free(a);
	return ok;
}

static double
number_of(struct lift_text t)
{
	char digits[40];

	snprintf(digits, sizeof(digits), "%.*s", (int)t.size, t.data);
	return strtod(digits, NULL);
}

static void
text_cell(struct row *r, enum field field, struct text *to)
{
	if (r->cells[field].size == 0)
		return;
	if (r->cells[field].size > 200)
		cell_wrong(r, field, "of at most 200 bytes");
	json_member_text(to, field == F_ID ? "id" : fields[field].name,
	    r->cells[field]);
}

/* The number and the currency of `19.99` or `19.99 EUR`. */
static bool
money_parts(const struct row *r, enum field field, struct lift_text *ret_digits,
    uint32_t *ret_currency)
{
	struct lift_text v = r->cells[field], code = r->cells[F_CURRENCY];
	const char *space = memchr(v.data, ' ', v.size);

	if (code.size == 0)
		code = r->goods->currency;
	*ret_digits = v;
	if (space != NULL) {
		ret_digits->size = (size_t)(space - v.data);
		code = (struct lift_text){ space + 1,
			v.size - ret_digits->size - 1 };
	}
	*ret_currency = currency_pack(code);
	return *ret_currency != 0;
}

static void
money_cell(struct row *r, enum field field, const char *name, bool is_price,
    struct text *to)
{
	struct lift_text digits;
	uint32_t currency;
	int64_t minor = 0;
	char code[4];

	if (r->cells[field].size == 0)
		return;
	if (!money_parts(r, field, &digits, &currency)) {
		cell_wrong(r, field, "an amount with its currency like 19.99 "
		    "EUR, or there must be a column currency");
		return;
	}
	if (!is_number(digits) || !money_read(digits, currency, &minor) ||
	    minor < (is_price ? 1 : 0)) {
		cell_wrong(r, field, is_price ? "an amount above 0 like 19.99"
		    : "an amount like 9.50, at least 0");
		return;
	}
	currency_name(currency, code);
	struct text amount = { 0 };
	money_write(&amount, minor, currency);
	text_form(&amount, " %s", code);
	json_member_text(to, name, text_view(&amount));
	text_done(&amount);
}

static void
number_cell(struct row *r, enum field field, double most, const char *right,
    struct text *to)
{
	struct lift_text v = r->cells[field];

	if (v.size == 0)
		return;
	if (!is_number(v) || !(number_of(v) > 0) || number_of(v) > most) {
		cell_wrong(r, field, right);
		return;
	}
	json_name(to, fields[field].name);
	text_add(to, v.data, v.size);
}

static void
time_cell(struct row *r, enum field field, const char *name, struct text *to)
{
	int64_t time;

	if (r->cells[field].size == 0)
		return;
	if (!instant_read(r->cells[field], &time))
		cell_wrong(r, field, "a time like 2026-11-20T09:00:00Z");
	else
		json_member_text(to, name, r->cells[field]);
}

static void
mind_cell(struct row *r, struct text *to)
{
	struct lift_text v = r->cells[F_MIND];

	if (v.size == 0)
		return;
	if (!lift_text_equal(v, LIFT_TEXT_OF("low")) &&
	    !lift_text_equal(v, LIFT_TEXT_OF("medium")) &&
	    !lift_text_equal(v, LIFT_TEXT_OF("high")))
		cell_wrong(r, F_MIND, "low, medium or high");
	json_member_text(to, fields[F_MIND].name, v);
}

/* ---- rows ---------------------------------------------------------------- */

static void
product_write(struct row *r, struct text *t)
{
	struct text more = { 0 };

	text_byte(t, '{');
	if (r->cells[F_ID].size == 0)
		cell_wrong(r, F_ID, "the product's id");
	text_cell(r, F_ID, t);
	text_cell(r, F_NAME, t);
	text_cell(r, F_CATEGORY, t);
	text_cell(r, F_BRAND, t);
	if (r->cells[F_PRICE].size == 0)
		cell_wrong(r, F_PRICE, "an amount above 0 like 19.99");
	money_cell(r, F_PRICE, "price", true, t);
	money_cell(r, F_COST, "cost", false, t);
	text_byte(&more, '{');
	text_cell(r, F_FAMILY, &more);
	mind_cell(r, &more);
	number_cell(r, F_SELLS, 1e6, "a number above 0, at most 1000000",
	    &more);
	number_cell(r, F_DISCOUNT, 95, "percent, above 0 and at most 95",
	    &more);
	text_byte(&more, '}');
	if (more.size > 2) {
		json_name(t, "attributes");
		text_add(t, more.data, more.size);
	}
	text_byte(t, '}');
	text_done(&more);
}

static void
promotion_write(struct row *r, struct text *t)
{
	int64_t start = INT64_MIN, end = INT64_MAX;

	if (r->cells[F_PROMO_PRICE].size == 0) {
		if (r->cells[F_PROMOTION].size > 0 ||
		    r->cells[F_PROMO_START].size > 0 ||
		    r->cells[F_PROMO_END].size > 0)
			cell_wrong(r, F_PROMO_PRICE,
			    "the price on the promotion");
		return;
	}
	text_byte(t, '{');
	json_name(t, "id");
	struct text id = { 0 };
	if (r->cells[F_PROMOTION].size > 0)
		text_add(&id, r->cells[F_PROMOTION].data,
		    r->cells[F_PROMOTION].size);
	else
		text_form(&id, "PROMO-%.*s", (int)r->cells[F_ID].size,
		    r->cells[F_ID].data);
	json_string(t, text_view(&id));
	text_done(&id);
	json_name(t, "products");
	text_byte(t, '[');
	json_string(t, r->cells[F_ID]);
	text_byte(t, ']');
	money_cell(r, F_PROMO_PRICE, "price", true, t);
	time_cell(r, F_PROMO_START, "start", t);
	time_cell(r, F_PROMO_END, "end", t);
	text_byte(t, '}');
	if (instant_read(r->cells[F_PROMO_START], &start) &&
	    instant_read(r->cells[F_PROMO_END], &end) && end <= start)
		cell_wrong(r, F_PROMO_END, "later than promotion_start");
}

static bool
row_take(struct row *r)
{
	struct goods *g = r->goods;
	struct text product = { 0 }, promotion = { 0 };

	if (g->count == GOODS_MOST) {
		complain(g, r->line, "", "there are more than %d products, "
		    "which is the most of a file", GOODS_MOST);
		return false;
	}
	product_write(r, &product);
	promotion_write(r, &promotion);
	if (!r->failed) {
		if (g->count == g->room) {
			size_t room = g->room * 2 + 64;
			struct good *more = arena_array(g->arena, struct good,
			    room);
			if (g->count > 0)
				memcpy(more, g->list, g->count * sizeof(*more));
			g->list = more;
			g->room = room;
		}
		g->list[g->count++] = (struct good){ r->line,
			arena_text(g->arena, text_view(&product)),
			promotion.size == 0 ? (struct lift_text){ "", 0 } :
			arena_text(g->arena, text_view(&promotion)) };
	}
	text_done(&product);
	text_done(&promotion);
	return true;
}

/* ---- tables -------------------------------------------------------------- */

static bool
table_head(struct goods *g, const struct csv_row *row)
{
	bool seen[FIELDS] = { false };

	for (unsigned i = 0; i < row->count; i++) {
		int field = field_of(row->cells[i]);
		if (field < 0) {
			column_unknown(g, row->line, row->cells[i]);
		} else if (seen[field]) {
			complain(g, row->line, fields[field].name, "column %s "
			    "is there twice, must be once",
			    fields[field].name);
		} else {
			seen[field] = true;
			g->columns[i] = (uint8_t)field;
		}
	}
	g->column_count = row->count;
	if (!seen[F_ID])
		complain(g, row->line, "product", "there is no column product, "
		    "the first line must name the columns");
	return !g->failed;
}

static bool
table_row(void *context, const struct csv_row *row, struct lift_error *err)
{
	struct goods *g = context;
	struct row r = { .goods = g, .line = row->line };

	if (g->column_count == 0)
		return table_head(g, row) || lift_fail(err, LIFT_E_INPUT,
		    "the columns are not understood");
	if (row->count > g->column_count) {
		complain(g, row->line, "", "the line has %u cells, must have "
		    "at most %u as the first one", row->count,
		    g->column_count);
		return true;
	}
	for (unsigned i = 0; i < row->count; i++)
		r.cells[g->columns[i]] = row->cells[i];
	return row_take(&r) || lift_fail(err, LIFT_E_INPUT, "too many");
}

static void
table_refused(void *context, const struct csv_row *row, unsigned column,
    const char *why)
{
	(void)column;
	complain(context, row->line, "", "%s", why);
}

static void
table_read(struct goods *g, struct lift_text file)
{
	struct csv_taker taker = { table_row, table_refused, g };
	struct csv *csv = csv_new(&taker);
	struct lift_error err;

	/* Whatever fails has been told by the row. */
	if (csv_take(csv, file, &err))
		csv_end(csv, &err);
	csv_free(csv);
}

/* ---- YAML ---------------------------------------------------------------- */

static void
node_take(struct goods *g, const struct node *product)
{
	struct row r = { .goods = g, .line = product->line };

	if (product->kind != NODE_MAP) {
		complain(g, product->line, "", "a product must be a map like "
		    "{ product: TEA-1, price: 4.99 EUR }");
		return;
	}
	for (const struct node *n = product->first; n; n = n->next) {
		int field = field_of(node_text(n->key));
		if (field < 0) {
			column_unknown(g, n->line, node_text(n->key));
			r.failed = true;
		} else if (n->kind != NODE_TEXT) {
			complain(g, n->line, fields[field].name, "%s must be a "
			    "text or a number", fields[field].name);
			r.failed = true;
		} else {
			r.cells[field] = node_text(n);
		}
	}
	row_take(&r);
}

static void
yaml_read(struct goods *g, struct lift_text file)
{
	struct findings *findings = findings_new(g->arena);
	const struct document *d = document_read(g->arena, "catalogue", file,
	    NULL, findings);
	const struct finding *f = findings_first(findings);

	for (; f != NULL; f = f->next)
		complain(g, f->place.line, "", "%s", f->message);
	if (d == NULL || g->failed)
		return;
	const struct node *list = d->root;
	if (list->kind == NODE_MAP)
		list = node_get(list, "products");
	if (list == NULL || list->kind != NODE_LIST) {
		complain(g, 1, "products", "the file has no list of products");
		return;
	}
	for (const struct node *n = list->first; n != NULL; n = n->next)
		node_take(g, n);
}

/* A table begins with names and separators; YAML with a dash or `products:`,
 * perhaps behind a comment. */
static bool
is_yaml(struct lift_text file)
{
	while (file.size > 0) {
		const char *end = memchr(file.data, '\n', file.size);
		size_t size = end != NULL ? (size_t)(end - file.data) :
		    file.size;
		if (size > 0 && file.data[0] != '#' && file.data[0] != '\r')
			return (size >= 2 && memcmp(file.data, "- ", 2) == 0) ||
			    (size >= 3 && memcmp(file.data, "---", 3) == 0) ||
			    (size >= 9 && memcmp(file.data, "products:", 9)
			    == 0);
		file.data += size + (end != NULL);
		file.size -= size + (end != NULL);
	}
	return false;
}

const struct good *
goods_read(struct arena *arena, struct lift_text file,
    struct lift_text currency, goods_wrong *wrong, void *context,
    size_t *ret_count)
{
	struct goods g = { .arena = arena, .currency = currency,
		.wrong = wrong, .context = context };

	if (is_yaml(file))
		yaml_read(&g, file);
	else
		table_read(&g, file);
	if (!g.failed && g.count == 0)
		complain(&g, 1, "", "there is no product in the file");
	*ret_count = g.count;
	return g.failed ? NULL : g.list;
}
