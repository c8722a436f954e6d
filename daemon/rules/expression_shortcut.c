/* The comparisons that rules are made of, done without detours: a variable, or
 * a field of an object in a variable, against a literal. Each gives what the
 * plain way would give; anything unexpected goes the plain way. */
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

/* Strings in lists that are longer are looked up the plain way, which pays
 * for each step. */
enum { LIST_MOST = 64 };

term_run *
shortcut_find(const struct term *t)
{
	if (t->op < OP_EQUAL || t->op > OP_IN ||
	    t->parts[1]->op != OP_CONSTANT)
		return NULL;
	const struct operand *c = &t->parts[1]->value;
	enum kind left = (enum kind)t->parts[0]->type->kind;
	if (t->op == OP_IN)
		return left == KIND_STRING && c->size <= LIST_MOST &&
		    is_list_of_strings(c) ? string_in : NULL;
	if (t->op == OP_EQUAL || t->op == OP_UNEQUAL)
		return left == KIND_STRING && c->kind == KIND_STRING ?
		    string_equal : NULL;
	return left == KIND_DOUBLE && c->kind == KIND_DOUBLE ? double_order :
	    NULL;
}
