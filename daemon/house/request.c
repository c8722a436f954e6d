/* The answer of a request, row by row, in the form that its caller asked for.
 * Nothing here grows with the answer: a row is written into a buffer, and the
 * buffer goes to the door when 32 KiB are in it. */
#include "house/request.h"

#include "base/json.h"
#include "house/desk.h"

enum { REQUEST_SPILL = 32 * 1024, COLUMNS_MOST = 64 };

/* The columns of the text form, and one row's cells for them. */
struct columns {
	struct lift_text names[COLUMNS_MOST];
	struct lift_text cells[COLUMNS_MOST];
	unsigned         count;
};

/* ---- what was asked -------------------------------------------------- */

struct lift_value
request_argument(const struct request *r, const char *name)
{
	int at = field_find(r->verb->verb->arguments, lift_text(name));

	return at < 0 ? LIFT_VALUE_NULL : r->values[at];
}

struct lift_text
request_text(const struct request *r, const char *name, const char *fallback)
{
	struct lift_value v = request_argument(r, name);

	if (v.type != LIFT_TEXT && v.type != LIFT_JSON)
		return lift_text(fallback);
	return (struct lift_text){ v.text, v.size };
}

/* ---- cells ----------------------------------------------------------- */

/* Writes a control character so that it can neither end the line or the cell
 * nor talk to a terminal. */
static void
escape(struct text *t, unsigned c)
{
	static const char plain[] = "\tt\nn\rr\\\\";

	for (const char *p = plain; *p != '\0'; p += 2)
		if ((unsigned char)*p == c) {
			text_byte(t, '\\');
			text_byte(t, p[1]);
			return;
		}
	text_form(t, c < 0x80 ? "\\x%02x" : "\\u%04x", c);
}

/* The character at AT that must be escaped, 0 when there is none; the second
 * row of controls, U+0080 to U+009F, takes two bytes. */
static unsigned
control_at(const char *at, const char *end)
{
	unsigned char c = (unsigned char)*at;

	if (c < 0x20 || c == 0x7f || c == '\\')
		return c == 0 ? 0x100 : c;
	if (c == 0xc2 && at + 1 < end && (unsigned char)at[1] < 0xa0)
		return (unsigned char)at[1];
	return 0;
}

static void
cell_text(struct text *t, struct lift_text s)
{
	const char *at = s.data, *end = s.data + s.size, *from = at;

	while (at < end) {
		unsigned c = control_at(at, end);
		if (c == 0) {
			at++;
			continue;
		}
		text_add(t, from, (size_t)(at - from));
		escape(t, c & 0xff);
		at += c >= 0x80 && c < 0x100 ? 2 : 1;
		from = at;
	}
	text_add(t, from, (size_t)(at - from));
}

/* As RFC 4180 has it: in quotes where it holds a comma, a quote or a line end.
 * What a spreadsheet would take for a formula gets an apostrophe before it. */
static void
cell_csv(struct text *t, struct lift_text s, bool is_text)
{
	bool formula = is_text && s.size > 0 &&
	    memchr("=+-@\t\r", *s.data, 6) != NULL;
	bool quoted = false;

	for (size_t i = 0; i < s.size && !quoted; i++)
		quoted = memchr(",\"\r\n", s.data[i], 4) != NULL;
	if (quoted)
		text_byte(t, '"');
	if (formula)
		text_byte(t, '\'');
	for (size_t i = 0; i < s.size; i++) {
		if (s.data[i] == '"')
			text_byte(t, '"');
		text_byte(t, s.data[i]);
	}
	if (quoted)
		text_byte(t, '"');
}

/* A value as people read it: a text without quotes, null as nothing. */
static void
cell_json(struct text *t, struct lift_text raw, enum reply_form form,
    struct arena *scratch)
{
	struct json_reader r = json_reader_of(raw, scratch);
	struct lift_text s;
	bool csv = form == REPLY_CSV;

	switch (json_peek(&r)) {
	case JSON_STRING:
		if (!json_take_string(&r, &s))
			break;
		if (csv)
			cell_csv(t, s, true);
		else
			cell_text(t, s);
		break;
	case JSON_NULL: case JSON_NONE:
		break;
	default:
		if (csv)
			cell_csv(t, raw, false);
		else
			cell_text(t, raw);
		break;
	}
}

/* ---- fields and columns ---------------------------------------------- */

/* The next word of a list, whose rest is *LIST; false at its end. */
static bool
list_word(struct lift_text *list, char comma, struct lift_text *ret_word)
{
	if (list->data == NULL)
		return false;
	const char *at = list->size > 0 ?
	    memchr(list->data, comma, list->size) : NULL;
	size_t n = at != NULL ? (size_t)(at - list->data) : list->size;
	*ret_word = (struct lift_text){ list->data, n };
	if (at == NULL)
		*list = (struct lift_text){ NULL, 0 };
	else
		*list = (struct lift_text){ at + 1, list->size - n - 1 };
	return true;
}

static bool
is_wanted(const struct request *r, struct lift_text name)
{
	struct lift_text list = r->fields, word;

	if (list.size == 0)
		return true;
	while (list_word(&list, ',', &word))
		if (lift_text_equal(word, name))
			return true;
	return false;
}

static void
header_add(struct request *r, struct lift_text name)
{
	if (r->header.size > 0)
		text_byte(&r->header, '\t');
	cell_text(&r->header, name);
}

/* The names of the columns: those asked for, or those of the first row. */
static void
header_make(struct request *r, struct json_reader reader)
{
	struct lift_text name, list = r->fields;

	if (list.size > 0) {
		while (list_word(&list, ',', &name))
			header_add(r, name);
		return;
	}
	while (json_key(&reader, &name)) {
		header_add(r, name);
		json_skip(&reader, NULL);
	}
}

static void
header_csv(struct request *r)
{
	struct lift_text list = text_view(&r->header), name;

	for (bool first = true; list_word(&list, '\t', &name); first = false) {
		if (!first)
			text_byte(&r->buffer, ',');
		cell_csv(&r->buffer, name, true);
	}
	text_string(&r->buffer, "\r\n");
}

static void
header_begin(struct request *r, struct json_reader reader)
{
	r->begun = true;
	header_make(r, reader);
	if (r->headless)
		return;
	if (r->form == REPLY_CSV) {
		header_csv(r);
		return;
	}
	text_add(&r->buffer, r->header.data, r->header.size);
	text_byte(&r->buffer, '\n');
}

static void
columns_split(struct columns *c, const struct text *header)
{
	struct lift_text list = text_view(header);

	c->count = 0;
	while (c->count < COLUMNS_MOST &&
	    list_word(&list, '\t', &c->names[c->count]))
		c->cells[c->count++] = (struct lift_text){ NULL, 0 };
}

/* The place of a name, looked for from the place where it should be; COUNT
 * when there is none. */
static unsigned
columns_find(const struct columns *c, struct lift_text name, unsigned hint)
{
	for (unsigned i = 0; i < c->count; i++) {
		unsigned at = (hint + i) % c->count;
		if (lift_text_equal(c->names[at], name))
			return at;
	}
	return c->count;
}

/* ---- rows ------------------------------------------------------------ */

static void
row_extra(struct text *t, struct lift_text name, struct lift_text raw,
    struct arena *scratch)
{
	text_byte(t, '\t');
	cell_text(t, name);
	text_byte(t, '=');
	cell_json(t, raw, REPLY_TEXT, scratch);
}

static void
row_cells(struct request *r, const struct columns *c)
{
	for (unsigned i = 0; i < c->count; i++) {
		if (i > 0)
			text_byte(&r->buffer, r->form == REPLY_CSV ? ',' :
			    '\t');
		cell_json(&r->buffer, c->cells[i], r->form, r->scratch);
	}
}

/* The known columns come first, so what is new is read in a second pass. */
static void
row_line(struct request *r, struct json_reader reader)
{
	struct json_reader again = reader;
	struct lift_text name, raw;
	struct columns c;
	unsigned hint = 0, strange = 0;

	columns_split(&c, &r->header);
	while (json_key(&reader, &name) && json_skip(&reader, &raw)) {
		unsigned at = columns_find(&c, name, hint);
		if (at < c.count)
			c.cells[at] = raw;
		else
			strange++;
		hint = at + 1;
	}
	row_cells(r, &c);
	if (strange > 0 && r->fields.size == 0 && r->form == REPLY_TEXT)
		while (json_key(&again, &name) && json_skip(&again, &raw))
			if (columns_find(&c, name, 0) == c.count)
				row_extra(&r->buffer, name, raw, r->scratch);
	text_string(&r->buffer, r->form == REPLY_CSV ? "\r\n" : "\n");
}

/* One line, under the member's name or, within an object, `outer.inner`. */
static void
member_line(struct request *r, struct lift_text outer, struct lift_text inner,
    struct lift_text raw)
{
	cell_text(&r->buffer, outer);
	if (inner.size > 0) {
		text_byte(&r->buffer, '.');
		cell_text(&r->buffer, inner);
	}
	text_byte(&r->buffer, '\t');
	cell_json(&r->buffer, raw, r->form, r->scratch);
	text_byte(&r->buffer, '\n');
}

/* A list is a line for each item, an object a line for each member: one level
 * deep, what is deeper stays JSON. */
static void
member_lines(struct request *r, struct lift_text name, struct lift_text raw)
{
	struct json_reader in = json_reader_of(raw, r->scratch);
	struct lift_text inner = { "", 0 }, value;
	enum json_kind kind = json_peek(&in);

	if ((kind != JSON_OBJECT && kind != JSON_ARRAY) || raw.size == 2) {
		member_line(r, name, inner, raw);
		return;
	}
	json_enter(&in, kind);
	while (kind == JSON_OBJECT ? json_key(&in, &inner) : json_item(&in))
		if (json_skip(&in, &value))
			member_line(r, name, inner, value);
}

static void
row_members(struct request *r, struct json_reader reader)
{
	struct lift_text name, raw;

	while (json_key(&reader, &name) && json_skip(&reader, &raw))
		if (is_wanted(r, name))
			member_lines(r, name, raw);
}

static void
row_text(struct request *r, struct lift_text json)
{
	struct json_reader reader = json_reader_of(json, r->scratch);

	if (!json_enter(&reader, JSON_OBJECT)) {
		cell_text(&r->buffer, json);
		text_byte(&r->buffer, '\n');
		return;
	}
	if (r->verb->verb->one && r->form == REPLY_TEXT) {
		row_members(r, reader);
		return;
	}
	if (!r->begun)
		header_begin(r, reader);
	row_line(r, reader);
}

/* The row as it is, or those of its members that are wanted. */
static void
row_json(struct request *r, struct lift_text json)
{
	struct json_reader reader = json_reader_of(json, r->scratch);
	struct lift_text name, raw;

	if (r->fields.size == 0 || !json_enter(&reader, JSON_OBJECT)) {
		text_add(&r->buffer, json.data, json.size);
		return;
	}
	text_byte(&r->buffer, '{');
	while (json_key(&reader, &name) && json_skip(&reader, &raw)) {
		if (!is_wanted(r, name))
			continue;
		json_comma(&r->buffer);
		json_string(&r->buffer, name);
		text_byte(&r->buffer, ':');
		text_add(&r->buffer, raw.data, raw.size);
	}
	text_byte(&r->buffer, '}');
}

static void
row_document(struct request *r, struct lift_text json)
{
	bool one = r->verb->verb->one;

	if (!one)
		text_string(&r->buffer, r->rows > 0 ? ",\n" : "[\n");
	row_json(r, json);
	if (one)
		text_byte(&r->buffer, '\n');
}

static void
spill(struct request *r)
{
	if (r->buffer.size >= REQUEST_SPILL)
		request_flush(r);
}

void
request_row(struct request *r, struct lift_text json)
{
	if (r->verb->verb->one && r->rows > 0)
		return;
	if (r->scratch == NULL)
		r->scratch = arena_new();
	switch (r->form) {
	case REPLY_TEXT: case REPLY_CSV:
		row_text(r, json);
		break;
	case REPLY_JSON:
		row_document(r, json);
		break;
	case REPLY_JSONL:
		row_json(r, json);
		text_byte(&r->buffer, '\n');
		break;
	}
	if (r->pages) {
		text_clear(&r->last);
		text_add(&r->last, json.data, json.size);
	}
	r->rows++;
	arena_clear(r->scratch);
	spill(r);
}

void
request_prose(struct request *r, struct lift_text prose)
{
	if (r->form != REPLY_TEXT)
		return;
	text_add(&r->buffer, prose.data, prose.size);
	spill(r);
}

bool
request_is_prose(const struct request *r)
{
	return r->form == REPLY_TEXT;
}

/* ---- the end --------------------------------------------------------- */

static void
document_end(struct request *r)
{
	if (r->verb->verb->one)
		text_string(&r->buffer, r->rows > 0 ? "" : "null\n");
	else
		text_string(&r->buffer, r->rows > 0 ? "\n]\n" : "[]\n");
}

void
request_end(struct request *r, enum reply_verdict verdict)
{
	if (r->form == REPLY_JSON)
		document_end(r);
	request_flush(r);
	desk_ended(r, verdict);
	r->door->end(r, verdict, NULL);
}

void
request_fail(struct request *r, const struct lift_error *error)
{
	text_clear(&r->buffer);
	desk_ended(r, REPLY_ERROR);
	r->door->end(r, REPLY_ERROR, error);
}

void
request_flush(struct request *r)
{
	if (r->buffer.size == 0)
		return;
	r->door->send(r, text_view(&r->buffer));
	text_clear(&r->buffer);
}

bool
request_is_full(const struct request *r)
{
	return r->door->is_full(r);
}

void
request_done(struct request *r)
{
	text_done(&r->buffer);
	text_done(&r->header);
	text_done(&r->last);
	arena_free(r->scratch);
	r->scratch = NULL;
}
