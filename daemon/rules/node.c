/* Questions to the tree of a rule file. */
#include "rules/node.h"

#include "rules/document.h"

const struct node *
node_get(const struct node *map, const char *key)
{
	size_t size = strlen(key);

	if (map == NULL || map->kind != NODE_MAP)
		return NULL;
	for (const struct node *n = map->first; n != NULL; n = n->next)
		if (n->key->size == size &&
		    memcmp(n->key->text, key, size) == 0)
			return n;
	return NULL;
}

/* ---- the core schema ------------------------------------------------- */

static bool
is_one_of(struct lift_text t, const char *const *names)
{
	for (; *names != NULL; names++)
		if (lift_text_equal(t, lift_text(*names)))
			return true;
	return false;
}

static size_t
digits(struct lift_text t, size_t at)
{
	size_t first = at;

	while (at < t.size && t.data[at] >= '0' && t.data[at] <= '9')
		at++;
	return at - first;
}

/* `0x1f` and `0o17`. */
static bool
is_based(struct lift_text t)
{
	const char *allowed;

	if (t.size < 3 || t.data[0] != '0')
		return false;
	if (t.data[1] == 'x')
		allowed = "0123456789abcdefABCDEF";
	else if (t.data[1] == 'o')
		allowed = "01234567";
	else
		return false;
	for (size_t i = 2; i < t.size; i++)
		if (t.data[i] == '\0' || strchr(allowed, t.data[i]) == NULL)
			return false;
	return true;
}

static enum node_word
number_word(struct lift_text t)
{
	size_t at = t.size > 0 && (t.data[0] == '-' || t.data[0] == '+');
	size_t whole = digits(t, at), part = 0;

	at += whole;
	if (whole > 0 && at == t.size)
		return NODE_WORD_WHOLE;
	if (at < t.size && t.data[at] == '.')
		at += 1 + (part = digits(t, at + 1));
	if (whole + part == 0)
		return NODE_WORD_TEXT;
	if (at < t.size && (t.data[at] == 'e' || t.data[at] == 'E')) {
		at++;
		at += at < t.size && (t.data[at] == '-' || t.data[at] == '+');
		size_t power = digits(t, at);
		if (power == 0)
			return NODE_WORD_TEXT;
		at += power;
	}
	return at == t.size ? NODE_WORD_NUMBER : NODE_WORD_TEXT;
}

enum node_word
node_word_of(struct lift_text t)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL",
		NULL };
	static const char *const bools[] = { "true", "True", "TRUE", "false",
		"False", "FALSE", NULL };

	if (t.size == 0 || is_one_of(t, nulls))
		return NODE_WORD_NULL;
	if (is_one_of(t, bools))
		return NODE_WORD_BOOL;
	return is_based(t) ? NODE_WORD_WHOLE : number_word(t);
}

enum node_word
node_word(const struct node *n)
{
	return n->is_quoted ? NODE_WORD_TEXT : node_word_of(node_text(n));
}

/* ---- for sentences --------------------------------------------------- */

void
node_describe(struct text *t, const struct node *n)
{
	static const char *const words[] = { "nothing", "the boolean ",
		"the whole number ", "the number ", "the text " };

	if (n->kind != NODE_TEXT) {
		text_string(t, n->kind == NODE_LIST ? "a list" : "a map");
		return;
	}
	enum node_word word = node_word(n);
	text_string(t, words[word]);
	if (word == NODE_WORD_NULL)
		return;
	struct lift_text cut = document_cut(node_text(n), 60);
	if (word == NODE_WORD_TEXT)
		text_byte(t, '"');
	text_add(t, cut.data, cut.size);
	if (cut.size < n->size)
		text_string(t, "...");
	if (word == NODE_WORD_TEXT)
		text_byte(t, '"');
}

static bool
is_simple(const struct node *key)
{
	for (uint32_t i = 0; i < key->size; i++) {
		char c = key->text[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '_' || c == '-'))
			return false;
	}
	return key->size > 0;
}

static unsigned
place_in_list(const struct node *n)
{
	unsigned i = 0;

	for (const struct node *s = n->parent->first; s != n; s = s->next)
		i++;
	return i;
}

void
node_path(struct text *t, const struct node *n)
{
	if (n->is_key)
		n = n->first;
	if (n->parent == NULL)
		return;
	node_path(t, n->parent);
	if (n->key == NULL) {
		text_form(t, "[%u]", place_in_list(n));
		return;
	}
	struct lift_text key = document_cut(node_text(n->key), 80);
	if (is_simple(n->key))
		text_form(t, "%s%.*s", t->size > 0 ? "." : "", (int)key.size,
		    key.data);
	else
		text_form(t, "[\"%.*s\"]", (int)key.size, key.data);
}

const struct document *
node_document(const struct node *n)
{
	while (n->parent != NULL)
		n = n->parent;
	return ((const struct document_root *)(const void *)n)->document;
}

/* What to underline: a text; of a map its first key; of a list its start. */
static uint32_t
underline_end(const struct node *n)
{
	const struct node *key = n->kind == NODE_MAP && n->first != NULL ?
	    n->first->key : NULL;

	if (key != NULL && key->line == n->line && key->column == n->column)
		n = key;
	if (n->end_line == n->line && n->end_column > n->column)
		return n->end_column;
	return n->column + 1;
}

struct finding *
node_finding(struct findings *all, enum finding_code code,
    const struct node *n, const char *form, ...)
{
	const struct document *d = node_document(n);
	struct text path = { 0 };
	char message[1000];
	va_list ap;

	va_start(ap, form);
	vsnprintf(message, sizeof(message), form, ap);
	va_end(ap);
	node_path(&path, n);
	struct finding_place place = {
		.file = d->file, .line = n->line, .column = n->column,
		.end_column = underline_end(n),
		.source = document_line(d, n->line),
		.path = path.data, .about = n,
	};
	struct finding *f = findings_add(all, code, &place, "%s", message);
	text_done(&path);
	return f;
}
