/* Binding. Each map is gone through twice: first by its keys, for those that
 * nobody knows, then by the rows of its table. */
#include "rules/option.h"

#include <assert.h>

#include "rules/document.h"
#include "rules/option_table.h"

/* Where in the tables we are: what an unknown key is compared with. */
struct frame {
	const struct frame       *up;
	const struct lift_option *rows;
	const char               *name;		/* NULL at the top */
	uint64_t                  guessed;	/* rows that a key may mean */
};

static const struct lift_option *
row_find(const struct lift_option *rows, struct lift_text name)
{
	for (; rows->kind != LIFT_OPTION_END; rows++)
		if (strlen(rows->name) == name.size &&
		    memcmp(rows->name, name.data, name.size) == 0)
			return rows;
	return NULL;
}

/* ---- keys that nobody knows ------------------------------------------ */

/* The group or list of a table that would take the key. */
static const struct lift_option *
row_above(const struct lift_option *rows, struct lift_text name)
{
	for (; rows->kind != LIFT_OPTION_END; rows++)
		if (rows->rows != NULL && row_find(rows->rows, name) != NULL)
			return rows;
	return NULL;
}

static const struct lift_option *
row_nearest(const struct lift_option *rows, struct lift_text name)
{
	const struct lift_option *best = NULL;
	unsigned least = name.size < 4 ? 1 : name.size < 8 ? 2 : 3;

	for (; rows->kind != LIFT_OPTION_END; rows++) {
		unsigned d = text_distance(name, lift_text(rows->name), least);
		if (d <= least && (best == NULL || d < least)) {
			least = d;
			best = rows;
		}
	}
	return best;
}

static struct finding *
misplaced(const struct option_binder *b, const struct node *key,
    const char *where, const char *under)
{
	struct lift_text name = document_cut(node_text(key), 60);

	return node_finding(b->findings, FINDING_OPTION_PLACE, key,
	    "\"%.*s\" is not known here, this key exists %s%s%s%s",
	    (int)name.size, name.data, where, under ? " (\"" : "",
	    under ? under : "", under ? "\")" : "");
}

/* True when the key would be right somewhere near, with a finding. */
static bool
is_misplaced(const struct option_binder *b, const struct frame *f,
    const struct node *key)
{
	struct lift_text name = node_text(key);
	const struct lift_option *row = row_above(f->rows, name);

	if (row != NULL) {
		misplaced(b, key, "one level down", row->name);
		return true;
	}
	if ((f = f->up) == NULL)
		return false;
	if (row_find(f->rows, name) != NULL) {
		misplaced(b, key, "one level up", f->name);
		return true;
	}
	row = row_above(f->rows, name);
	if (row != NULL) {
		misplaced(b, key, "in a neighbour of this map", row->name);
		return true;
	}
	for (f = f->up; f != NULL; f = f->up)
		if (row_find(f->rows, name) != NULL) {
			misplaced(b, key, "further up", f->name);
			return true;
		}
	return false;
}

static void
unknown_key(const struct option_binder *b, struct frame *f,
    const struct node *key)
{
	struct lift_text name = document_cut(node_text(key), 60);
	struct text known = { 0 };

	/* The document has spoken of this one. */
	if (!key->is_quoted && lift_text_equal(name, lift_text("<<")))
		return;
	if (is_misplaced(b, f, key))
		return;
	struct finding *g = node_finding(b->findings, FINDING_OPTION_UNKNOWN,
	    key, "\"%.*s\" is not known here", (int)name.size, name.data);
	const struct lift_option *near = row_nearest(f->rows, node_text(key));
	if (near != NULL) {
		size_t place = (size_t)(near - f->rows);
		f->guessed |= place < 64 ? UINT64_C(1) << place : 0;
		findings_hint(b->findings, g, "did you mean \"%s\"?",
		    near->name);
		return;
	}
	for (const struct lift_option *r = f->rows; r->kind != LIFT_OPTION_END;
	    r++)
		text_form(&known, "%s%s", known.size > 0 ? ", " : "", r->name);
	findings_hint(b->findings, g, "known here: %s",
	    known.data ? known.data : "nothing");
	text_done(&known);
}

/* ---- single values --------------------------------------------------- */

/* Who forgets a dash or brackets gets them shown. */
static void
hint_list(const struct option_binder *b, const struct lift_option *o,
    const struct node *n, struct finding *f)
{
	if (o->kind == LIFT_OPTION_LIST && n->kind == NODE_MAP)
		findings_hint(b->findings, f, "begin each item of the list "
		    "with \"- \"");
	else if (o->kind == LIFT_OPTION_TEXTS && n->kind == NODE_TEXT &&
	    n->size < 60)
		findings_hint(b->findings, f, "write [%s]", n->text);
}

static bool
wrong_kind(const struct option_binder *b, const struct lift_option *o,
    const char *expects, const struct node *n)
{
	struct text what = { 0 };
	bool empty = n->kind == NODE_TEXT && node_word(n) == NODE_WORD_NULL;

	node_describe(&what, n);
	if (empty)
		node_finding(b->findings, FINDING_OPTION_EMPTY,
		    n->key ? n->key : n, "%s has no value, expects %s", o->name,
		    expects);
	else
		hint_list(b, o, n, node_finding(b->findings,
		    FINDING_OPTION_KIND, n, "%s expects %s, found %s", o->name,
		    expects, what.data));
	text_done(&what);
	return false;
}

static bool
wrong_choice(const struct option_binder *b, const struct lift_option *o,
    const struct node *n, struct lift_text t)
{
	struct text all = { 0 };
	const char *best = NULL;
	unsigned least = 3;
	struct lift_text cut = document_cut(t, 60);

	for (int i = 0; o->choices[i] != NULL; i++) {
		unsigned d = text_distance(t, lift_text(o->choices[i]), least);
		text_form(&all, "%s\"%s\"", i == 0 ? "" : o->choices[i + 1] ?
		    ", " : " or ", o->choices[i]);
		if (d < least) {
			least = d;
			best = o->choices[i];
		}
	}
	struct finding *f = node_finding(b->findings, FINDING_OPTION_CHOICE, n,
	    "%s is \"%.*s\", must be %s", o->name, (int)cut.size, cut.data,
	    text_view(&all).data);
	if (best != NULL)
		findings_hint(b->findings, f, "the nearest is \"%s\"", best);
	text_done(&all);
	return false;
}

/* A text that could not be read as the kind that was wanted. */
static bool
unreadable(const struct option_binder *b, const struct lift_option *o,
    const struct node *n, struct lift_text t)
{
	const struct scalar_kind *k = scalar_kind(o->kind);
	struct lift_text shown = document_cut(t, 60);
	struct finding *f;

	if (o->kind == LIFT_OPTION_CHOICE)
		return wrong_choice(b, o, n, t);
	if (o->secret)
		shown = lift_text("a secret");
	f = node_finding(b->findings, FINDING_OPTION_KIND, n,
	    "%s is \"%.*s\", expects %s", o->name, (int)shown.size, shown.data,
	    k->expects);
	if (o->kind == LIFT_OPTION_BOOL)
		findings_hint(b->findings, f, "write true or false: yes, no, "
		    "on and off are texts in YAML 1.2");
	else if (o->kind == LIFT_OPTION_SPAN &&
	    node_word_of(t) == NODE_WORD_WHOLE)
		findings_hint(b->findings, f, "a span needs its unit: "
		    "\"%.*ss\" for seconds", (int)shown.size, shown.data);
	return false;
}

static bool
out_of_bounds(const struct option_binder *b, const struct lift_option *o,
    const struct node *n, const char *value)
{
	struct text bounds = { 0 };

	option_bounds(&bounds, o);
	node_finding(b->findings, FINDING_OPTION_BOUNDS, n, "%s is %s, must %s",
	    o->name, value, bounds.data);
	text_done(&bounds);
	return false;
}

/* Findings go into logs: what is a secret is not shown in its line. */
static void
secret_hide(const struct option_binder *b, struct finding *f)
{
	struct lift_text line = f->place.source;
	size_t bytes = 0;

	for (uint32_t i = 1; bytes < line.size && i < f->place.column; i++)
		for (bytes++; bytes < line.size && ((unsigned char)
		    line.data[bytes] & 0xc0) == 0x80;)
			bytes++;
	findings_move(b->findings, f, f->place.line, f->place.column,
	    f->place.column + 3, lift_text(arena_form(b->arena, "%.*s***",
	    (int)bytes, line.data)));
}

/* The text of a node, references replaced; false with a finding. */
static bool
plain_text(const struct option_binder *b, const struct lift_option *o,
    const struct node *n, struct lift_text *ret_text)
{
	if (o->secret && !reference_in(node_text(n))) {
		struct finding *f = node_finding(b->findings,
		    FINDING_OPTION_SECRET, n, "%s is a secret, and must not "
		    "stand in the file itself", o->name);
		findings_hint(b->findings, f, "write \"${file:PATH}\" or "
		    "\"${env:NAME}\"");
		if (f != NULL)
			secret_hide(b, f);
		return false;
	}
	return reference_text(b->arena, n, b->sources, b->findings, ret_text);
}

/* Quotes make a text of a number; editors would say so too. */
static bool
needless_quotes(const struct option_binder *b, const struct lift_option *o,
    const struct node *n)
{
	struct lift_text t = document_cut(node_text(n), 60);
	struct finding *f = node_finding(b->findings, FINDING_OPTION_KIND, n,
	    "%s expects %s, found the text \"%.*s\"", o->name,
	    scalar_kind(o->kind)->expects, (int)t.size, t.data);

	findings_hint(b->findings, f, "take off the quotes");
	return false;
}

static bool
bind_scalar(const struct option_binder *b, const struct lift_option *o,
    const struct node *n, void *member)
{
	const struct scalar_kind *k = scalar_kind(o->kind);
	union scalar v = { 0 };
	struct lift_text t;

	if (n->kind != NODE_TEXT || node_word(n) == NODE_WORD_NULL)
		return wrong_kind(b, o, k->expects, n);
	if (!plain_text(b, o, n, &t))
		return false;
	if (k->is_bare && n->is_quoted && t.data == n->text)
		return needless_quotes(b, o, n);
	if (!k->read(o, b->currency, t, &v))
		return unreadable(b, o, n, t);
	if (o->kind == LIFT_OPTION_TEXT)
		v.text = t.data;
	if (!option_in_bounds(o, b->currency, &v)) {
		struct lift_text shown = document_cut(t, 60);
		return out_of_bounds(b, o, n, o->secret ? "out of bounds" :
		    arena_form(b->arena, "%.*s", (int)shown.size, shown.data));
	}
	memcpy(member, &v, k->size);
	return true;
}

/* ---- lists ----------------------------------------------------------- */

static bool
count_fits(const struct option_binder *b, const struct lift_option *o,
    const struct node *n)
{
	return option_count_fits(o, n->size) || out_of_bounds(b, o, n,
	    arena_form(b->arena, "a list of %u", n->size));
}

static bool
bind_texts(const struct option_binder *b, const struct lift_option *o,
    const struct node *n, struct lift_texts *ret_texts)
{
	bool good = true;

	if (n->kind != NODE_LIST)
		return wrong_kind(b, o, "a list of texts like [a, b]", n);
	const char **items = arena_array(b->arena, const char *, n->size + 1);
	size_t count = 0;
	for (const struct node *i = n->first; i != NULL; i = i->next) {
		const struct lift_option row = { .kind = LIFT_OPTION_TEXT,
			.name = arena_form(b->arena, "an item of %s", o->name),
			.secret = o->secret };
		if (bind_scalar(b, &row, i, &items[count]))
			count++;
		else
			good = false;
	}
	*ret_texts = (struct lift_texts){ items, count };
	return count_fits(b, o, n) && good;
}

static bool bind_map(const struct option_binder *, struct frame *,
    const struct node *, char *to);

static bool
bind_list(const struct option_binder *b, const struct frame *f,
    const struct lift_option *o, const struct node *n,
    struct lift_rows *ret_rows)
{
	bool good = true;

	if (n->kind != NODE_LIST)
		return wrong_kind(b, o, "a list of maps", n);
	char *items = arena_take(b->arena, o->row_size * n->size + 1);
	size_t count = 0;
	for (const struct node *i = n->first; i != NULL; i = i->next) {
		struct frame inner = { .up = f, .rows = o->rows,
			.name = o->name };
		char *to = items + o->row_size * count++;
		if (i->kind != NODE_MAP)
			good = wrong_kind(b, &(struct lift_option){ .name =
			    arena_form(b->arena, "an item of %s", o->name) },
			    "a map", i);
		else
			good &= bind_map(b, &inner, i, to);
	}
	*ret_rows = (struct lift_rows){ items, count };
	return count_fits(b, o, n) && good;
}

/* ---- maps ------------------------------------------------------------ */

static bool
bind_group(const struct option_binder *b, const struct frame *f,
    const struct lift_option *o, const struct node *n, char *member)
{
	struct frame inner = { .up = f, .rows = o->rows, .name = o->name };

	if (n != NULL && n->kind != NODE_MAP) {
		wrong_kind(b, o, "a map of options", n);
		bind_map(b, &inner, NULL, member);
		return false;
	}
	return bind_map(b, &inner, n, member);
}

static bool
bind_value(const struct option_binder *b, const struct frame *f,
    const struct lift_option *o, const struct node *n, char *member)
{
	switch (o->kind) {
	case LIFT_OPTION_GROUP:
		return bind_group(b, f, o, n, member);
	case LIFT_OPTION_LIST:
		return bind_list(b, f, o, n, (void *)member);
	case LIFT_OPTION_TEXTS:
		return bind_texts(b, o, n, (void *)member);
	case LIFT_OPTION_ANY:
		memcpy(member, &(const void *){ n }, sizeof(n));
		return true;
	default:
		return bind_scalar(b, o, n, member);
	}
}

static void
missing(const struct option_binder *b, const struct frame *f,
    const struct node *map, const struct text *names)
{
	bool several = memchr(names->data, ',', names->size) != NULL;
	const char *where = f->name != NULL ? f->name :
	    map->parent != NULL ? "this map" : "the file";

	node_finding(b->findings, FINDING_OPTION_MISSING, map,
	    "%s %s missing here, %s must have %s", names->data,
	    several ? "are" : "is", where, several ? "them" : "it");
}

static bool
check_keys(const struct option_binder *b, struct frame *f,
    const struct node *map)
{
	bool good = true;

	for (const struct node *n = map->first; n != NULL; n = n->next)
		if (row_find(f->rows, node_text(n->key)) == NULL) {
			unknown_key(b, f, n->key);
			good = false;
		}
	return good;
}

static bool
bind_map(const struct option_binder *b, struct frame *f,
    const struct node *map, char *to)
{
	struct text names = { 0 };
	bool good = map == NULL || check_keys(b, f, map);

	for (const struct lift_option *o = f->rows;
	    o->kind != LIFT_OPTION_END; o++) {
		size_t place = (size_t)(o - f->rows);
		const struct node *n = node_get(map, o->name);
		option_fall_back(b, o, to + o->offset);
		if (n != NULL || o->kind == LIFT_OPTION_GROUP)
			good &= bind_value(b, f, o, n, to + o->offset);
		/* A mistyped key is one mistake, not two. */
		if (map != NULL && n == NULL && option_is_required(o) &&
		    !(place < 64 && f->guessed >> place & 1))
			text_form(&names, "%s\"%s\"",
			    names.size > 0 ? ", " : "", o->name);
	}
	/* Who merges in other keys has been told; they would be here. */
	if (names.size > 0 && node_get(map, "<<") == NULL)
		missing(b, f, map, &names);
	good &= names.size == 0;
	text_done(&names);
	return good;
}

bool
option_bind(const struct option_binder *b, const struct node *map,
    const struct lift_option *rows, void *ret_struct)
{
	struct frame top = { .rows = rows };

	assert(rows != NULL && ret_struct != NULL);
	if (map == NULL || map->kind == NODE_MAP)
		return bind_map(b, &top, map, ret_struct);
	bool empty = map->kind == NODE_TEXT && node_word(map) == NODE_WORD_NULL;
	if (empty && map->parent == NULL)
		return bind_map(b, &top, map, ret_struct);
	wrong_kind(b, &(struct lift_option){ .name = map->parent == NULL ?
	    "the file" : "this value" }, "a map of options", map);
	bind_map(b, &top, NULL, ret_struct);
	return false;
}
