/* The comparisons that rules are made of, done without detours: a variable, or
 * a field of an object in a variable, against a literal. Each gives what the
 * plain way would give; anything unexpected goes the plain way. */
#include "base/hash.h"
#include "rules/expression_tree.h"

/* The left side: it is evaluated in place, without a call through a pointer
 * where it is a variable. */
static inline struct operand
left_of(const struct term *t, struct env *env)
{
	const struct term *left = t->parts[0];

	if (left->op == OP_SLOT)
		return operand_of(&env->frame->values[left->number]);
	return left->run(left, env);
}

static struct operand
string_equal(const struct term *t, struct env *env)
{
	struct operand o = left_of(t, env);
	const struct operand *c = &t->parts[1]->value;

	if (o.kind == KIND_ERROR)
		return o;
	bool is_equal = o.kind == KIND_STRING &&
	    lift_text_equal(operand_view(&o), operand_view(c));
	return OPERAND_BOOL(is_equal == (t->op == OP_EQUAL));
}

static bool
holds(unsigned op, double a, double b)
{
	switch ((enum operation)op) {
	case OP_LESS:
		return a < b;
	case OP_LESS_EQUAL:
		return a <= b;
	case OP_MORE:
		return a > b;
	default:
		return a >= b;
	}
}

static struct operand
double_order(const struct term *t, struct env *env)
{
	struct operand o = left_of(t, env);

	if (o.kind == KIND_DOUBLE)
		return OPERAND_BOOL(holds(t->op, o.number,
		    t->parts[1]->value.number));
	return o.kind == KIND_ERROR ? o : operand_fail(t, NO_OVERLOAD);
}

static struct operand
string_in(const struct term *t, struct env *env)
{
	struct operand o = left_of(t, env);
	const struct operand *list = &t->parts[1]->value;

	if (o.kind == KIND_ERROR)
		return o;
	if (o.kind != KIND_STRING)
		return OPERAND_BOOL(false);
	for (uint32_t i = 0; i < list->size; i++)
		if (lift_text_equal(operand_view(&o),
		    operand_view(&list->items[i])))
			return OPERAND_BOOL(true);
	return OPERAND_BOOL(false);
}

static bool
is_list_of_strings(const struct operand *o)
{
	if (o->kind != KIND_LIST || o->form != FORM_OWN)
		return false;
	for (uint32_t i = 0; i < o->size; i++)
		if (o->items[i].kind != KIND_STRING)
			return false;
	return true;
}

/* A table of the strings of a long list: places in it by hash, 0 is none. */
struct string_set {
	uint32_t mask;
	uint32_t places[];
};

/* Lists up to this length are searched from the front. */
enum { LIST_SHORT = 8 };

static struct string_set *
set_new(struct arena *arena, const struct operand *list)
{
	uint32_t room = 32;

	while (room < 2 * (uint64_t)list->size && room < 1u << 30)
		room *= 2;
	struct string_set *set = arena_take(arena, sizeof(*set) +
	    room * sizeof(set->places[0]));
	set->mask = room - 1;
	for (uint32_t i = 0; i < list->size; i++) {
		uint64_t at = hash_text(operand_view(&list->items[i]));
		while (set->places[at & set->mask] != 0)
			at++;
		set->places[at & set->mask] = i + 1;
	}
	return set;
}

static struct operand
string_in_set(const struct term *t, struct env *env)
{
	struct operand o = left_of(t, env);
	const struct string_set *set = t->extra;
	const struct operand *items = t->parts[1]->value.items;
	uint32_t place;

	if (o.kind != KIND_STRING)
		return o.kind == KIND_ERROR ? o : OPERAND_BOOL(false);
	uint64_t at = hash_text(operand_view(&o));
	while ((place = set->places[at & set->mask]) != 0) {
		if (lift_text_equal(operand_view(&o),
		    operand_view(&items[place - 1])))
			return OPERAND_BOOL(true);
		at++;
	}
	return OPERAND_BOOL(false);
}

static term_run *
find_in(struct build *b, struct term *t)
{
	const struct operand *list = &t->parts[1]->value;
	unsigned left = t->parts[0]->type->kind;

	/* What the left side is may be known only later; then what is no
	 * string is in no list of strings. */
	if ((left != KIND_STRING && left != KIND_DYN) ||
	    !is_list_of_strings(list))
		return NULL;
	if (list->size <= LIST_SHORT)
		return string_in;
	t->extra = set_new(b->arena, list);
	return string_in_set;
}

term_run *
shortcut_find(struct build *b, struct term *t)
{
	if (t->op < OP_EQUAL || t->op > OP_IN ||
	    t->parts[1]->op != OP_CONSTANT)
		return NULL;
	const struct operand *c = &t->parts[1]->value;
	unsigned left = t->parts[0]->type->kind;
	if (t->op == OP_IN)
		return find_in(b, t);
	if (t->op == OP_EQUAL || t->op == OP_UNEQUAL)
		return left == KIND_STRING && c->kind == KIND_STRING ?
		    string_equal : NULL;
	return left == KIND_DOUBLE && c->kind == KIND_DOUBLE ? double_order :
	    NULL;
}
