/* What a name means in a scope, and what to suggest when it means nothing: the
 * nearest name, or the same name one level up or down. */
#include "rules/expression_tree.h"

enum { PATH_MOST = 200, DISTANCE_MOST = 3 };

static const struct type_name {
	const char *name;
	enum kind   kind;
} type_names[] = {
	{ "bool", KIND_BOOL }, { "int", KIND_INT }, { "uint", KIND_UINT },
	{ "double", KIND_DOUBLE }, { "string", KIND_STRING },
	{ "bytes", KIND_BYTES }, { "list", KIND_LIST }, { "map", KIND_MAP },
	{ "null_type", KIND_NULL }, { "type", KIND_TYPE },
	{ "google.protobuf.Timestamp", KIND_TIME },
	{ "google.protobuf.Duration", KIND_SPAN },
};

/* What a dotted name was found to be. */
struct meaning {
	const struct lift_field          *variable;
	const struct expression_constant *constant;
	const struct type_name           *type;
};

/* The dotted name that a chain of selections spells. */
struct path {
	char             room[PATH_MOST];
	struct lift_text text;
	const struct term *root;
};

static bool
path_read(const struct term *t, struct path *ret)
{
	size_t at = PATH_MOST;

	for (; t->op == OP_SELECT; t = t->parts[0]) {
		if (t->name.size + 1 > at)
			return false;
		at -= t->name.size + 1;
		ret->room[at] = '.';
		memcpy(ret->room + at + 1, t->name.data, t->name.size);
	}
	if (t->op != OP_NAME || t->name.size > at)
		return false;
	at -= t->name.size;
	memcpy(ret->room + at, t->name.data, t->name.size);
	ret->text = (struct lift_text){ ret->room + at, PATH_MOST - at };
	ret->root = t;
	return true;
}

static const struct lift_field *
field_find(const struct lift_field *fields, struct lift_text name)
{
	for (; fields != NULL && fields->name != NULL; fields++)
		if (lift_text_equal(name, lift_text(fields->name)))
			return fields;
	return NULL;
}

static bool
meaning_find(const struct expression_scope *s, struct lift_text name,
    struct meaning *ret)
{
	*ret = (struct meaning){ .variable = field_find(s->variables, name) };
	if (ret->variable != NULL)
		return true;
	for (size_t i = 0; i < s->constant_count; i++)
		if (lift_text_equal(name, lift_text(s->constants[i].name))) {
			ret->constant = &s->constants[i];
			return true;
		}
	for (size_t i = 0; i < sizeof(type_names) / sizeof(*type_names); i++)
		if (lift_text_equal(name, lift_text(type_names[i].name))) {
			ret->type = &type_names[i];
			return true;
		}
	return false;
}

/* The place of a local variable, the innermost of that name; -1 for none. */
static int
local_find(const struct build *b, const struct term *name)
{
	if (name->is_absolute)
		return -1;
	for (unsigned i = b->locals; i-- > 0;)
		if (lift_text_equal(name->name, b->local_names[i]))
			return (int)i;
	return -1;
}

static void
become_constant(struct term *t, struct operand value)
{
	t->op = OP_CONSTANT;
	t->value = value;
	t->type = type_of(value.kind);
}

/* A list of the rule files with operands of its own, so that looking into it
 * is not converting each time. */
static struct operand
own_list(struct build *b, const struct operand *list)
{
	struct operand *items = arena_array(b->arena, struct operand,
	    list->size);

	for (uint32_t i = 0; i < list->size; i++)
		items[i] = operand_of(&list->lent[i]);
	return (struct operand){ .kind = KIND_LIST, .size = list->size,
		.items = items };
}

static struct operand
constant_operand(struct build *b, const struct lift_value *v)
{
	struct operand o = operand_of(v);

	return o.kind == KIND_LIST && o.form == FORM_LENT ?
	    own_list(b, &o) : o;
}

static void
become(struct build *b, struct term *t, const struct meaning *m)
{
	t->count = 0;
	if (m->variable != NULL) {
		t->op = OP_SLOT;
		t->number = (uint32_t)(m->variable - b->scope->variables);
		t->type = type_of_field(m->variable);
		b->uses[t->number] = true;
	} else if (m->constant != NULL)
		become_constant(t, constant_operand(b, &m->constant->value));
	else
		become_constant(t, (struct operand){ .kind = KIND_TYPE,
			.form = (uint8_t)m->type->kind });
}

bool
names_resolve(struct build *b, struct term *t)
{
	struct meaning m;
	struct path path;

	if (!path_read(t, &path))
		return false;
	int local = local_find(b, path.root);
	if (local >= 0) {
		if (t->op != OP_NAME)
			return false;
		t->op = OP_LOCAL;
		t->number = (uint32_t)local;
		t->type = b->local_types[local];
		return true;
	}
	if (!meaning_find(b->scope, path.text, &m))
		return false;
	become(b, t, &m);
	return true;
}

bool
names_is_known(const struct build *b, const struct term *t)
{
	struct path path;
	struct meaning m;

	if (!path_read(t, &path))
		return true;
	if (local_find(b, path.root) >= 0)
		return true;
	for (size_t i = path.text.size; i > 0; i--)
		if ((i == path.text.size || path.text.data[i] == '.') &&
		    meaning_find(b->scope, (struct lift_text){
		    path.text.data, i }, &m))
			return true;
	return false;
}

/* ---- objects ----------------------------------------------------------- */

const struct expression_object *
names_object(const struct expression_object *objects, size_t count,
    unsigned type)
{
	for (size_t i = 0; i < count; i++)
		if (objects[i].type == type)
			return &objects[i];
	return NULL;
}

int
names_field(const struct expression_object *objects, size_t count,
    unsigned type, struct lift_text name)
{
	const struct expression_object *o = names_object(objects, count, type);
	const struct lift_field *f = o == NULL ? NULL :
	    field_find(o->fields, name);

	return f == NULL ? -1 : (int)(f - o->fields);
}

/* ---- suggestions ------------------------------------------------------- */

/* The nearest name so far. */
struct nearest {
	struct lift_text wanted;
	const char      *name;
	unsigned         distance;
};

static struct nearest
nearest_begin(struct lift_text wanted)
{
	size_t most = 1 + wanted.size / 4;

	return (struct nearest){ wanted, NULL,
		(unsigned)(most > DISTANCE_MOST ? DISTANCE_MOST : most) + 1 };
}

static void
nearest_try(struct nearest *n, const char *name)
{
	unsigned d = text_distance(n->wanted, lift_text(name),
	    n->distance - 1);

	if (n->distance > 0 && d < n->distance) {
		n->distance = d;
		n->name = name;
	}
}

static void
nearest_fields(struct nearest *n, const struct lift_field *fields)
{
	for (; fields != NULL && fields->name != NULL; fields++)
		nearest_try(n, fields->name);
}

/* Suggests `product.category` for `category`: whether some object had it. */
static bool
suggest_below(struct build *b, struct lift_text name)
{
	const struct expression_scope *s = b->scope;

	for (const struct lift_field *f = s->variables;
	    f != NULL && f->name != NULL; f++) {
		const struct expression_object *o = names_object(s->objects,
		    s->object_count, f->type);
		if (o == NULL || field_find(o->fields, name) == NULL)
			continue;
		build_hint(b, "did you mean `%s.%.*s`?", f->name,
		    (int)name.size, name.data);
		return true;
	}
	return false;
}

void
names_unknown(struct build *b, struct term *t)
{
	const struct expression_scope *s = b->scope;
	struct path path;

	if (!path_read(t, &path))
		return;
	build_fail(b, t->at, t->end, "unknown variable `%.*s`",
	    (int)path.text.size, path.text.data);
	struct nearest n = nearest_begin(path.text);
	nearest_fields(&n, s->variables);
	for (size_t i = 0; i < s->constant_count; i++)
		nearest_try(&n, s->constants[i].name);
	if (n.name == NULL && t->op == OP_SELECT) {
		n = nearest_begin(path.root->name);
		nearest_fields(&n, s->variables);
	}
	if (suggest_below(b, path.text) || n.name == NULL)
		return;
	build_hint(b, "did you mean `%s`?", n.name);
}

void
names_unknown_field(struct build *b, struct term *t, unsigned type)
{
	const struct expression_object *o = names_object(b->scope->objects,
	    b->scope->object_count, type);
	int size = (int)t->name.size;
	const char *name = t->name.data;

	build_fail(b, t->number, t->number + t->name.size,
	    "unknown field `%.*s` of a %s", size, name,
	    kind_name(KIND_OBJECT, type));
	if (field_find(b->scope->variables, t->name) != NULL) {
		build_hint(b, "`%.*s` exists one level up: write `%.*s` alone",
		    size, name, size, name);
		return;
	}
	struct nearest n = nearest_begin(t->name);
	nearest_fields(&n, o == NULL ? NULL : o->fields);
	if (n.name != NULL)
		build_hint(b, "did you mean `%s`?", n.name);
}

void
names_unknown_function(struct build *b, struct term *t)
{
	struct nearest n = nearest_begin(t->name);

	build_fail(b, t->at, t->end, "unknown function `%.*s`",
	    (int)t->name.size, t->name.data);
	for (const struct overload *o = functions_table(); o->name; o++)
		nearest_try(&n, o->name);
	static const char *const macros[] = { "has", "all", "exists",
		"exists_one", "filter", "map" };
	for (size_t i = 0; i < sizeof(macros) / sizeof(macros[0]); i++)
		nearest_try(&n, macros[i]);
	if (n.name == NULL)
		return;
	if (n.distance == 0)
		build_hint(b, "`%s` takes other arguments", n.name);
	else
		build_hint(b, "did you mean `%s`?", n.name);
}
