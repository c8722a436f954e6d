/* The view behind `liftctl top`. It knows no field: what the daemon adds is
 * shown. */
#include "ctl/ctl_screen.h"

#include "base/json.h"
#include "ctl/ctl_table.h"

enum { SCREEN_ROWS = 1000 };

static void
value_add(struct text *t, struct arena *arena, struct lift_text raw)
{
	struct json_reader r = json_reader_of(raw, arena);
	struct lift_text s = raw;

	if (json_peek(&r) == JSON_STRING)
		json_take_string(&r, &s);
	else if (json_peek(&r) == JSON_NULL)
		s.size = 0;
	for (size_t i = 0; i < s.size; i++)
		text_byte(t, (unsigned char)s.data[i] < ' ' ? ' ' :
		    s.data[i]);
}

/* Names or values of one object, with tabs between. */
static void
row_add(struct text *t, struct arena *arena, struct lift_text raw, bool names)
{
	struct json_reader r = json_reader_of(raw, arena);
	struct lift_text name, value;

	if (!json_enter(&r, JSON_OBJECT))
		return;
	for (bool first = true; json_key(&r, &name) &&
	    json_skip(&r, &value); first = false) {
		if (!first)
			text_byte(t, '\t');
		if (names)
			text_add(t, name.data, name.size);
		else
			value_add(t, arena, value);
	}
	text_byte(t, '\n');
}

static void
pairs_print(struct arena *arena, FILE *out, struct lift_text raw, bool nested)
{
	struct json_reader r = json_reader_of(raw, arena);
	struct ctl_table table = ctl_table_on(out, true);
	struct text line = { 0 };
	struct lift_text name, value;

	if (json_enter(&r, JSON_OBJECT))
		while (json_key(&r, &name) && json_skip(&r, &value)) {
			bool inside = *value.data == '{' ||
			    *value.data == '[';
			if (inside && !nested)
				continue;
			text_form(&line, "%s%.*s\t", nested ? "  " : "",
			    (int)name.size, name.data);
			value_add(&line, arena, value);
			text_byte(&line, '\n');
		}
	ctl_table_add(&table, text_view(&line));
	ctl_table_done(&table);
	text_done(&line);
}

static void
list_print(struct arena *arena, FILE *out, struct lift_text raw)
{
	struct json_reader r = json_reader_of(raw, arena);
	struct ctl_table table = ctl_table_on(out, false);
	struct text lines = { 0 };
	struct lift_text item;

	json_enter(&r, JSON_ARRAY);
	for (int i = 0; i < SCREEN_ROWS && json_item(&r) &&
	    json_skip(&r, &item); i++) {
		if (*item.data != '{') {
			value_add(&lines, arena, item);
			text_byte(&lines, '\n');
			continue;
		}
		if (i == 0)
			row_add(&lines, arena, item, true);
		row_add(&lines, arena, item, false);
	}
	ctl_table_add(&table, text_view(&lines));
	ctl_table_done(&table);
	text_done(&lines);
}

void
ctl_screen_print(struct arena *arena, FILE *out, struct lift_text json)
{
	struct json_reader r = json_reader_of(json, arena);
	struct lift_text name, value;

	if (!json_enter(&r, JSON_OBJECT)) {
		fprintf(out, "%.*s\n", (int)json.size, json.data);
		return;
	}
	pairs_print(arena, out, json, false);
	while (json_key(&r, &name) && json_skip(&r, &value)) {
		if (*value.data != '{' && *value.data != '[')
			continue;
		fprintf(out, "\n%.*s\n", (int)name.size, name.data);
		if (*value.data == '{')
			pairs_print(arena, out, value, true);
		else
			list_print(arena, out, value);
	}
}

void
ctl_screen_clear(FILE *out)
{
	fputs("\033[H\033[J", out);
}
