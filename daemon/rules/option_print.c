/* Tables of options for people, for editors, and with their values. */
#include "base/json.h"
#include "rules/option_table.h"

/* ---- manual ---------------------------------------------------------- */

/* The names on the way to a row. */
struct way {
	const struct way *up;
	const char       *name;
	bool              is_list;
};

static void
write_way(struct text *t, const struct way *w)
{
	if (w == NULL)
		return;
	write_way(t, w->up);
	text_form(t, "%s%s.", w->name, w->is_list ? "[]" : "");
}

static void
write_kind(struct text *t, const struct lift_option *o)
{
	const struct scalar_kind *k = scalar_kind(o->kind);

	if (o->kind == LIFT_OPTION_CHOICE) {
		for (int i = 0; o->choices[i] != NULL; i++)
			text_form(t, "%s%s", i == 0 ? "" : o->choices[i + 1] ?
			    ", " : " or ", o->choices[i]);
		return;
	}
	text_string(t, k != NULL ? k->name :
	    o->kind == LIFT_OPTION_TEXTS ? "list of texts" :
	    o->kind == LIFT_OPTION_LIST ? "list of maps" :
	    o->kind == LIFT_OPTION_GROUP ? "map" : "anything");
	if (o->secret)
		text_string(t, ", secret");
}

static void
write_fallback(struct text *t, const struct lift_option *o)
{
	if (option_is_required(o))
		text_string(t, "must be given");
	else if (o->fallback == NULL || o->kind == LIFT_OPTION_GROUP)
		text_string(t, "may be left out");
	else if (o->fallback[0] == '\0')
		text_string(t, "empty");
	else
		text_string(t, o->fallback);
}

static void
write_range(struct text *t, const struct lift_option *o)
{
	if (o->lowest != NULL && o->highest != NULL)
		text_form(t, "%s to %s", o->lowest, o->highest);
	else if (o->lowest != NULL)
		text_form(t, "at least %s", o->lowest);
	else if (o->highest != NULL)
		text_form(t, "at most %s", o->highest);
}

static void
describe_markdown(struct text *t, const struct lift_option *o,
    const struct way *w)
{
	text_string(t, "| `");
	write_way(t, w);
	text_form(t, "%s` | ", o->name);
	write_kind(t, o);
	text_string(t, " | ");
	write_fallback(t, o);
	text_string(t, " | ");
	write_range(t, o);
	text_form(t, " | %s%s |\n", o->meaning,
	    o->restart ? " (at the next start)" : "");
}

/* Text for a manual page, where a backslash, and a dot or a quote at the start
 * of a line, mean something. */
static void
write_roff(struct text *t, struct lift_text s)
{
	for (size_t i = 0; i < s.size; i++) {
		if (s.data[i] == '\\')
			text_string(t, "\\e");
		else if (s.data[i] == '-')
			text_string(t, "\\-");
		else
			text_byte(t, s.data[i]);
	}
}

static void
describe_man(struct text *t, const struct lift_option *o, const struct way *w)
{
	struct text line = { 0 };

	write_way(&line, w);
	text_string(&line, o->name);
	text_string(t, ".TP\n\\fB");
	write_roff(t, text_view(&line));
	text_string(t, "\\fR (");
	text_clear(&line);
	write_kind(&line, o);
	text_string(&line, option_is_required(o) ? "; " : "; default ");
	write_fallback(&line, o);
	if (o->lowest != NULL || o->highest != NULL) {
		text_string(&line, "; ");
		write_range(&line, o);
	}
	write_roff(t, text_view(&line));
	text_string(t, ")\n\\&");
	write_roff(t, lift_text(o->meaning));
	text_string(t, o->restart ? ".\nApplied at the next start.\n" : ".\n");
	text_done(&line);
}

static void
describe_rows(struct text *t, const struct lift_option *rows,
    enum option_format format, const struct way *w)
{
	for (const struct lift_option *o = rows; o->kind != LIFT_OPTION_END;
	    o++) {
		struct way inner = { w, o->name, o->kind == LIFT_OPTION_LIST };
		if (format == OPTION_MAN)
			describe_man(t, o, w);
		else
			describe_markdown(t, o, w);
		if (o->rows != NULL)
			describe_rows(t, o->rows, format, &inner);
	}
}

void
option_describe(struct text *t, const struct lift_option *rows,
    enum option_format format)
{
	if (format == OPTION_MARKDOWN)
		text_string(t, "| option | kind | default | bounds | meaning "
		    "|\n| --- | --- | --- | --- | --- |\n");
	describe_rows(t, rows, format, NULL);
}

/* ---- schema ---------------------------------------------------------- */

#define REFERENCE	"{\"type\":\"string\",\"pattern\":" \
	"\"\\\\$\\\\{(env|file):\"}"

static void
schema_bounds(struct text *t, const struct lift_option *o, const char *low,
    const char *high)
{
	if (o->lowest != NULL)
		text_form(t, ",\"%s\":%s", low, o->lowest);
	if (o->highest != NULL)
		text_form(t, ",\"%s\":%s", high, o->highest);
}

static void
schema_scalar(struct text *t, const struct lift_option *o)
{
	if (o->secret) {
		text_string(t, "\"anyOf\":[" REFERENCE "]");
		return;
	}
	text_string(t, "\"anyOf\":[{");
	if (o->kind == LIFT_OPTION_CHOICE) {
		text_string(t, "\"enum\":[");
		for (int i = 0; o->choices[i] != NULL; i++) {
			if (i > 0)
				text_byte(t, ',');
			json_string(t, lift_text(o->choices[i]));
		}
		text_byte(t, ']');
	} else {
		text_string(t, scalar_kind(o->kind)->schema);
	}
	/* JSON has no bounds for spans and sizes; those of numbers are written
	 * as JSON would have them. */
	if (o->kind == LIFT_OPTION_COUNT || o->kind == LIFT_OPTION_NUMBER)
		schema_bounds(t, o, "minimum", "maximum");
	text_string(t, "}," REFERENCE "]");
}

static void
schema_row(struct text *t, const struct lift_option *o)
{
	json_string(t, lift_text(o->name));
	text_string(t, ":{\"description\":");
	json_string(t, lift_text(o->meaning));
	if (o->fallback != NULL && scalar_kind(o->kind) != NULL) {
		text_string(t, ",\"default\":");
		if (scalar_kind(o->kind)->is_bare)
			text_string(t, o->fallback);
		else
			json_string(t, lift_text(o->fallback));
	}
	if (o->kind != LIFT_OPTION_ANY)
		text_byte(t, ',');
	if (scalar_kind(o->kind) != NULL) {
		schema_scalar(t, o);
	} else if (o->kind == LIFT_OPTION_GROUP) {
		text_string(t, "\"allOf\":[");
		option_schema(t, o->rows);
		text_byte(t, ']');
	} else if (o->kind == LIFT_OPTION_LIST) {
		text_string(t, "\"type\":\"array\",\"items\":");
		option_schema(t, o->rows);
		schema_bounds(t, o, "minItems", "maxItems");
	} else if (o->kind == LIFT_OPTION_TEXTS) {
		text_string(t, "\"type\":\"array\",\"items\":{\"type\":"
		    "[\"string\",\"number\",\"boolean\"]}");
		schema_bounds(t, o, "minItems", "maxItems");
	}
	text_byte(t, '}');
}

void
option_schema(struct text *t, const struct lift_option *rows)
{
	bool any = false;

	text_string(t, "{\"type\":\"object\",\"additionalProperties\":false,"
	    "\"properties\":{");
	for (const struct lift_option *o = rows; o->kind != LIFT_OPTION_END;
	    o++) {
		if (o > rows)
			text_byte(t, ',');
		schema_row(t, o);
	}
	text_byte(t, '}');
	for (const struct lift_option *o = rows; o->kind != LIFT_OPTION_END;
	    o++) {
		if (!option_is_required(o))
			continue;
		text_string(t, any ? "," : ",\"required\":[");
		json_string(t, lift_text(o->name));
		any = true;
	}
	text_string(t, any ? "]}" : "}");
}

/* ---- values ---------------------------------------------------------- */

/* A tree in one line; JSON's form is YAML's too. */
static void
show_tree(struct text *t, const struct node *n)
{
	if (n->kind == NODE_TEXT) {
		if (node_word(n) == NODE_WORD_TEXT)
			scalar_write_text(t, node_text(n));
		else
			text_string(t, n->size > 0 ? n->text : "~");
		return;
	}
	text_byte(t, n->kind == NODE_LIST ? '[' : '{');
	for (const struct node *i = n->first; i != NULL; i = i->next) {
		if (i != n->first)
			text_string(t, ", ");
		if (i->key != NULL) {
			scalar_write_text(t, node_text(i->key));
			text_string(t, ": ");
		}
		show_tree(t, i);
	}
	text_byte(t, n->kind == NODE_LIST ? ']' : '}');
}

static void
show_texts(struct text *t, const struct lift_option *o,
    const struct lift_texts *texts)
{
	text_byte(t, '[');
	for (size_t i = 0; i < texts->count; i++) {
		if (i > 0)
			text_string(t, ", ");
		scalar_write_text(t, lift_text(o->secret ? "***" :
		    texts->items[i]));
	}
	text_string(t, "]\n");
}

static void
show_spaces(struct text *t, unsigned count)
{
	for (; count > 0; count--)
		text_byte(t, ' ');
}

static void
show_rows(struct text *t, const struct lift_option *o,
    const struct lift_rows *rows, unsigned indent)
{
	text_string(t, rows->count == 0 ? " []\n" : "\n");
	for (size_t i = 0; i < rows->count; i++) {
		size_t first = t->size;
		option_show(t, o->rows, (const char *)rows->items +
		    i * o->row_size, indent + 2);
		/* The dash goes into the indent of the first line. */
		if (t->size > first)
			t->data[first + indent] = '-';
	}
}

static void
show_value(struct text *t, const struct lift_option *o, const char *member)
{
	const struct scalar_kind *k = scalar_kind(o->kind);
	const void *tree;
	union scalar v = { 0 };

	text_byte(t, ' ');
	if (o->kind == LIFT_OPTION_TEXTS) {
		show_texts(t, o, (const void *)member);
		return;
	}
	if (o->kind == LIFT_OPTION_ANY) {
		memcpy(&tree, member, sizeof(tree));
		if (tree != NULL)
			show_tree(t, tree);
		else
			text_byte(t, '~');
	} else {
		memcpy(&v, member, k->size);
		if (o->secret)
			text_string(t, "\"***\"");
		else
			k->write(t, o, &v);
	}
	text_byte(t, '\n');
}

void
option_show(struct text *t, const struct lift_option *rows, const void *from,
    unsigned indent)
{
	for (const struct lift_option *o = rows; o->kind != LIFT_OPTION_END;
	    o++) {
		const char *member = (const char *)from + o->offset;
		show_spaces(t, indent);
		text_form(t, "%s:", o->name);
		if (o->kind == LIFT_OPTION_GROUP) {
			text_byte(t, '\n');
			option_show(t, o->rows, member, indent + 2);
		} else if (o->kind == LIFT_OPTION_LIST) {
			show_rows(t, o, (const void *)member, indent + 2);
		} else {
			show_value(t, o, member);
		}
	}
}
