/* The header is matched once; then a row is one pass over its cells, with the
 * part of the JSON before each cell at hand. Whether the values hold is for
 * event_read to say: a number that is none goes on as a text, and is refused
 * there by its field's name. */
#include "intake/sheet.h"

#include "base/instant.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "intake/csv.h"
#include "intake/event.h"
#include "rules/zone.h"

enum { PAIRS_MOST = 64 };

/* A pair of the map. */
struct pair {
	struct lift_text field, column;
	bool             found;
};

/* A column of the file, and what it is to us. */
struct column {
	struct lift_text name;
	struct lift_text prefix;	/* `"field":` */
	enum json_kind   kind;
	bool             is_property, is_dropped, is_time, is_type;
};

struct sheet {
	struct sheet_settings settings;
	struct sheet_taker    taker;
	struct csv           *csv;
	struct arena         *arena;	/* as long as the sheet */
	struct arena         *scratch;	/* of one cell */
	struct zone          *zone;	/* NULL: times say theirs */
	struct pair           pairs[PAIRS_MOST];
	unsigned              pair_count;
	struct column        *columns;	/* NULL: no header yet */
	unsigned              count;
	bool                  has_properties;
	struct text           json;
};

static const char property[] = "properties.";

/* So much of a name is shown. */
static int
shown(struct lift_text t)
{
	return t.size > 60 ? 60 : (int)t.size;
}

static struct lift_text
trim(struct lift_text t)
{
	while (t.size > 0 && (*t.data == ' ' || *t.data == '\t')) {
		t.data++;
		t.size--;
	}
	while (t.size > 0 && (t.data[t.size - 1] == ' ' ||
	    t.data[t.size - 1] == '\t'))
		t.size--;
	return t;
}

/* ---- the map ------------------------------------------------------------- */

/* The name of one's own behind `properties.`; empty when it is none. */
static struct lift_text
property_name(struct lift_text field)
{
	size_t n = sizeof(property) - 1;

	if (field.size <= n || memcmp(field.data, property, n) != 0)
		return (struct lift_text){ "", 0 };
	return (struct lift_text){ field.data + n, field.size - n };
}

/* True for a field that one cell can fill. */
static bool
is_field(struct lift_text name)
{
	enum json_kind kind = event_field_kind(name);

	return kind == JSON_STRING || kind == JSON_NUMBER;
}

static bool
field_check(const struct sheet *s, struct lift_text field,
    struct lift_error *err)
{
	const char *near = event_field_nearest(field);

	for (unsigned i = 0; i < s->pair_count; i++)
		if (lift_text_equal(s->pairs[i].field, field))
			return lift_fail(err, LIFT_E_INPUT,
			    "map names \"%.*s\" twice", shown(field),
			    field.data);
	if (is_field(field) || property_name(field).size > 0)
		return true;
	if (near == NULL || !is_field(lift_text(near)))
		near = NULL;
	return lift_fail(err, LIFT_E_INPUT, "map has \"%.*s\", which is no "
	    "field of an event that a cell can fill%s%s%s; your own data is "
	    "properties.NAME", shown(field), field.data,
	    near ? ", perhaps you mean \"" : "", near ? near : "",
	    near ? "\"" : "");
}

static bool
pair_read(struct sheet *s, struct lift_text pair, struct lift_error *err)
{
	const char *equals = memchr(pair.data, '=', pair.size);
	struct pair p = { .found = false };

	if (equals == NULL)
		return lift_fail(err, LIFT_E_INPUT, "map has \"%.*s\", must "
		    "be field=column, such as shopper=customer_id",
		    shown(pair), pair.data);
	size_t n = (size_t)(equals - pair.data);
	p.field = trim((struct lift_text){ pair.data, n });
	p.column = trim((struct lift_text){ equals + 1, pair.size - n - 1 });
	if (!field_check(s, p.field, err))
		return false;
	if (s->pair_count == PAIRS_MOST)
		return lift_fail(err, LIFT_E_INPUT,
		    "map has more than %d pairs", PAIRS_MOST);
	s->pairs[s->pair_count++] = p;
	return true;
}

static bool
map_read(struct sheet *s, struct lift_error *err)
{
	struct lift_text rest = s->settings.map;

	while (rest.size > 0) {
		const char *comma = memchr(rest.data, ',', rest.size);
		size_t n = comma != NULL ? (size_t)(comma - rest.data) :
		    rest.size;
		if (!pair_read(s, (struct lift_text){ rest.data, n }, err))
			return false;
		n += comma != NULL;
		rest = (struct lift_text){ rest.data + n, rest.size - n };
	}
	return true;
}

/* ---- the header ---------------------------------------------------------- */

static struct pair *
pair_find(struct sheet *s, struct lift_text column)
{
	for (unsigned i = 0; i < s->pair_count; i++)
		if (lift_text_equal(s->pairs[i].column, column))
			return &s->pairs[i];
	return NULL;
}

/* True when the map gives this field to another column. */
static bool
is_taken(const struct sheet *s, struct lift_text field)
{
	for (unsigned i = 0; i < s->pair_count; i++)
		if (lift_text_equal(s->pairs[i].field, field))
			return true;
	return false;
}

/* What a column is: what the map says, else a field of its name, else ours
 * under properties. */
static void
column_resolve(struct sheet *s, struct lift_text name, struct column *c)
{
	struct pair *p = pair_find(s, name);
	struct lift_text field = p != NULL ? p->field : name;
	struct text prefix = { 0 };

	c->name = arena_text(s->arena, name);
	if (p != NULL)
		p->found = true;
	c->is_property = p != NULL ? property_name(field).size > 0 :
	    !is_field(field) || is_taken(s, field);
	c->is_dropped = p == NULL && c->is_property &&
	    (s->settings.drops || name.size == 0);
	if (p != NULL && c->is_property)
		field = property_name(field);
	c->kind = c->is_property ? JSON_STRING : event_field_kind(field);
	c->is_time = !c->is_property &&
	    lift_text_equal(field, LIFT_TEXT_OF("time"));
	c->is_type = !c->is_property &&
	    lift_text_equal(field, LIFT_TEXT_OF("type"));
	s->has_properties |= c->is_property && !c->is_dropped;
	json_string(&prefix, field);
	text_byte(&prefix, ':');
	c->prefix = arena_text(s->arena, text_view(&prefix));
	text_done(&prefix);
}

/* Two columns of one name would be one field twice. */
static bool
columns_check(const struct sheet *s, struct lift_error *err)
{
	for (unsigned i = 0; i < s->count; i++)
		for (unsigned j = 0; j < i; j++)
			if (!s->columns[i].is_dropped &&
			    s->columns[i].is_property ==
			    s->columns[j].is_property && lift_text_equal(
			    s->columns[i].prefix, s->columns[j].prefix))
				return lift_fail(err, LIFT_E_INPUT,
				    "the columns %u and %u of the header are "
				    "both %.*s, a field can have one", j + 1,
				    i + 1, shown(s->columns[i].prefix) - 1,
				    s->columns[i].prefix.data);
	return true;
}

/* The column nearest to a name. */
static struct lift_text
column_nearest(const struct sheet *s, struct lift_text name)
{
	struct lift_text nearest = { "", 0 };
	unsigned least = 4;

	for (unsigned i = 0; i < s->count; i++) {
		unsigned d = text_distance(name, s->columns[i].name, 3);
		if (d < least) {
			least = d;
			nearest = s->columns[i].name;
		}
	}
	return nearest;
}

static bool
pairs_check(const struct sheet *s, struct lift_error *err)
{
	for (unsigned i = 0; i < s->pair_count; i++) {
		const struct pair *p = &s->pairs[i];
		struct lift_text near = column_nearest(s, p->column);
		if (p->found)
			continue;
		return lift_fail(err, LIFT_E_INPUT, "map takes %.*s from the "
		    "column \"%.*s\", which the header has not%s%.*s%s",
		    shown(p->field), p->field.data, shown(p->column),
		    p->column.data, near.size ? ", perhaps you mean \"" : "",
		    shown(near), near.data, near.size ? "\"" : "");
	}
	return true;
}

static bool
header_read(struct sheet *s, const struct csv_row *row, struct lift_error *err)
{
	bool has_type = s->settings.type.size > 0;

	s->columns = arena_array(s->arena, struct column, row->count);
	s->count = row->count;
	for (unsigned i = 0; i < row->count; i++) {
		if (!utf8_valid(row->cells[i]))
			return lift_fail(err, LIFT_E_INPUT, "the name of "
			    "column %u is not UTF-8", i + 1);
		column_resolve(s, trim(row->cells[i]), &s->columns[i]);
		has_type |= s->columns[i].is_type;
	}
	if (!pairs_check(s, err) || !columns_check(s, err))
		return false;
	return has_type || lift_fail(err, LIFT_E_INPUT, "no column is the "
	    "type of the event: name one by map (type=COLUMN), or give the "
	    "type that all rows have, such as purchase");
}

/* ---- cells --------------------------------------------------------------- */

static bool
is_number(struct sheet *s, struct lift_text t)
{
	struct json_reader r = json_reader_of(t, s->scratch);
	struct lift_text digits;

	return json_peek(&r) == JSON_NUMBER &&
	    json_take_number(&r, &digits) && json_done(&r);
}

/* The time in UTC of a cell that names no zone; false when it is no such time.
 * Of an hour that comes twice it is the first. */
static bool
local_read(struct sheet *s, struct lift_text cell, int64_t *ret_time)
{
	struct text t = { 0 };
	int64_t wall, first, second;

	text_add(&t, cell.data, cell.size);
	if (cell.size == 16)
		text_string(&t, ":00");
	if (cell.size > 10)
		text_byte(&t, 'Z');
	bool ok = instant_read(text_view(&t), &wall);
	text_done(&t);
	if (!ok)
		return false;
	int64_t part = wall % LIFT_SECOND;
	part += part < 0 ? LIFT_SECOND : 0;
	zone_utc(s->zone, (wall - part) / LIFT_SECOND, &first, &second);
	*ret_time = first * LIFT_SECOND + part;
	return true;
}

static void
time_write(struct sheet *s, struct lift_text cell)
{
	int64_t time;

	if (s->zone == NULL || !local_read(s, cell, &time)) {
		json_string(&s->json, cell);
		return;
	}
	text_byte(&s->json, '"');
	instant_write(&s->json, time);
	text_byte(&s->json, '"');
}

static void
cell_write(struct sheet *s, const struct column *c, struct lift_text cell)
{
	if (s->json.data[s->json.size - 1] != '{')
		text_byte(&s->json, ',');
	text_add(&s->json, c->prefix.data, c->prefix.size);
	if (c->is_time)
		time_write(s, cell);
	else if (c->kind == JSON_NUMBER && is_number(s, cell))
		text_add(&s->json, cell.data, cell.size);
	else
		json_string(&s->json, cell);
}

static bool
cells_check(struct sheet *s, const struct csv_row *row, struct lift_error *err)
{
	if (row->count != s->count)
		return lift_fail(err, LIFT_E_INPUT, "the row has %u cells, "
		    "the header has %u", row->count, s->count);
	for (unsigned i = 0; i < row->count; i++)
		if (!utf8_valid(row->cells[i]))
			return lift_fail(err, LIFT_E_INPUT, "column \"%.*s\" "
			    "is not UTF-8", shown(s->columns[i].name),
			    s->columns[i].name.data);
	return true;
}

/* Writes the fields, or what goes under properties. */
static bool
cells_write(struct sheet *s, const struct csv_row *row, bool properties)
{
	bool has_type = false;

	for (unsigned i = 0; i < s->count; i++) {
		const struct column *c = &s->columns[i];
		struct lift_text cell = row->cells[i];
		if (c->is_property != properties || c->is_dropped)
			continue;
		if (!properties)
			cell = trim(cell);
		if (cell.size == 0)
			continue;
		cell_write(s, c, cell);
		has_type |= c->is_type;
	}
	return has_type;
}

static void
event_write(struct sheet *s, const struct csv_row *row)
{
	text_clear(&s->json);
	arena_clear(s->scratch);
	text_byte(&s->json, '{');
	if (!cells_write(s, row, false) && s->settings.type.size > 0)
		json_member_text(&s->json, "type", s->settings.type);
	if (s->has_properties) {
		json_name(&s->json, "properties");
		text_byte(&s->json, '{');
		cells_write(s, row, true);
		text_byte(&s->json, '}');
	}
	text_byte(&s->json, '}');
}

/* ---- rows ---------------------------------------------------------------- */

/* The cells as they came: for whoever looks for the row later. */
static void
row_refuse(struct sheet *s, const struct csv_row *row,
    const struct lift_error *err)
{
	text_clear(&s->json);
	text_byte(&s->json, '[');
	for (unsigned i = 0; i < row->count; i++) {
		json_comma(&s->json);
		json_string(&s->json, row->cells[i]);
	}
	text_byte(&s->json, ']');
	s->taker.refused(s->taker.context, row->line, text_view(&s->json),
	    err);
}

static bool
on_row(void *context, const struct csv_row *row, struct lift_error *err)
{
	struct sheet *s = context;

	if (s->columns == NULL)
		return header_read(s, row, err);
	if (!cells_check(s, row, err)) {
		row_refuse(s, row, err);
		return true;
	}
	event_write(s, row);
	return s->taker.event(s->taker.context, row->line, row->last,
	    text_view(&s->json), err);
}

static void
on_refused(void *context, const struct csv_row *row, unsigned column,
    const char *why)
{
	struct sheet *s = context;
	struct lift_error err;

	if (s->columns != NULL && column < s->count)
		lift_fail(&err, LIFT_E_INPUT, "column \"%.*s\": %s",
		    shown(s->columns[column].name),
		    s->columns[column].name.data, why);
	else
		lift_fail(&err, LIFT_E_INPUT, "column %u: %s", column + 1,
		    why);
	row_refuse(s, row, &err);
}

/* ---- from outside -------------------------------------------------------- */

static struct lift_text
keep(struct sheet *s, struct lift_text t)
{
	return t.size > 0 ? arena_text(s->arena, t) : LIFT_TEXT_OF("");
}

struct sheet *
sheet_new(const struct sheet_settings *settings,
    const struct sheet_taker *taker, struct lift_error *err)
{
	struct sheet *s = memory_take(sizeof(*s));
	struct csv_taker rows = { on_row, on_refused, s };

	s->arena = arena_new();
	s->scratch = arena_new();
	s->taker = *taker;
	s->settings = *settings;
	s->settings.map = keep(s, settings->map);
	s->settings.type = keep(s, settings->type);
	s->csv = csv_new(&rows);
	if (map_read(s, err) && (settings->timezone.size == 0 ||
	    (s->zone = zone_open(s->arena, settings->timezone, err)) != NULL))
		return s;
	sheet_free(s);
	return NULL;
}

void
sheet_free(struct sheet *s)
{
	if (s == NULL)
		return;
	csv_free(s->csv);
	arena_free(s->arena);
	arena_free(s->scratch);
	text_done(&s->json);
	memory_give(s);
}

bool
sheet_take(struct sheet *s, struct lift_text piece, struct lift_error *err)
{
	return csv_take(s->csv, piece, err);
}

void
sheet_lose(struct sheet *s, const char *why)
{
	csv_lose(s->csv, why);
}

bool
sheet_end(struct sheet *s, struct lift_error *err)
{
	if (!csv_end(s->csv, err))
		return false;
	return s->columns != NULL || lift_fail(err, LIFT_E_INPUT,
	    "the table is empty, must have a line with the names of the "
	    "columns");
}

static bool
header_row(void *context, const struct csv_row *row, struct lift_error *err)
{
	bool *is_header = context;

	(void)err;
	for (unsigned i = 0; i < row->count && row->count > 1; i++)
		*is_header |= is_field(trim(row->cells[i]));
	return true;
}

static void
header_refused(void *context, const struct csv_row *row, unsigned column,
    const char *why)
{
	(void)context, (void)row, (void)column, (void)why;
}

bool
sheet_is_header(struct lift_text line)
{
	bool is_header = false;
	struct csv_taker taker = { header_row, header_refused, &is_header };
	struct lift_error err;

	if (line.size > 0 && (*line.data == '{' || *line.data == '['))
		return false;
	struct csv *c = csv_new(&taker);
	csv_take(c, line, &err);
	csv_end(c, &err);
	csv_free(c);
	return is_header;
}
