/* Names, types and costs, before anything is evaluated. What the types cannot
 * say stays dyn and is decided by the evaluation. A term whose parts are all
 * constants is evaluated here, once. */
#include "rules/expression_tree.h"
#include "rules/pattern.h"
#include "rules/zone.h"

enum { ITEMS_GUESS = 100 };	/* how long a list is that nobody knows */

static bool check(struct build *, struct term *);

static bool
is_dyn(const struct term *t)
{
	return t->type->kind == KIND_DYN;
}

/* Makes the term an error that waits for the evaluation. */
static bool
make_mistake(struct term *t, const char *sentence)
{
	t->op = OP_MISTAKE;
	t->count = 0;
	t->extra = sentence;
	t->type = type_of(KIND_DYN);
	return true;
}

/* ---- refusals ---------------------------------------------------------- */

static const char *const signs[] = {
	[OP_AND] = "&&", [OP_OR] = "||", [OP_NOT] = "!", [OP_NEGATE] = "-",
	[OP_CHOICE] = "?:", [OP_EQUAL] = "==", [OP_UNEQUAL] = "!=",
	[OP_LESS] = "<", [OP_LESS_EQUAL] = "<=", [OP_MORE] = ">",
	[OP_MORE_EQUAL] = ">=", [OP_IN] = "in", [OP_ADD] = "+",
	[OP_SUBTRACT] = "-", [OP_MULTIPLY] = "*", [OP_DIVIDE] = "/",
	[OP_MODULO] = "%",
};

/* The source of a term, for a hint; short. */
static struct lift_text
snippet(const struct build *b, const struct term *t)
{
	return (struct lift_text){ b->source.data + t->at,
		t->end - t->at > 40 ? 40 : t->end - t->at };
}

static void
hint_number(struct build *b, const struct term *whole)
{
	struct lift_text s = snippet(b, whole);

	if (whole->op == OP_CONSTANT && whole->type->kind == KIND_INT)
		build_hint(b, "write %.*s.0", (int)s.size, s.data);
	else
		build_hint(b, "write double(%.*s)", (int)s.size, s.data);
}

/* What may have been meant by an operator between A and B. */
static void
hint_operator(struct build *b, const struct term *left,
    const struct term *right)
{
	unsigned l = left->type->kind, r = right->type->kind;
	const struct term *object = l == KIND_OBJECT ? left : right;
	struct lift_text s = snippet(b, object);

	if (l == KIND_DOUBLE && r == KIND_INT)
		hint_number(b, right);
	else if (l == KIND_INT && r == KIND_DOUBLE)
		hint_number(b, left);
	else if ((l == KIND_OBJECT && r == KIND_STRING) ||
	    (r == KIND_OBJECT && l == KIND_STRING))
		build_hint(b, "write %.*s.id", (int)s.size, s.data);
	else if (l == KIND_NULL || r == KIND_NULL)
		build_hint(b, "it is never null");
	else if (l == KIND_TIME && r == KIND_STRING)
		build_hint(b, "write timestamp(\"...\")");
	else if (l == KIND_SPAN && r == KIND_STRING)
		build_hint(b, "write duration(\"...\")");
	else if ((l == KIND_STRING) != (r == KIND_STRING) && l != KIND_LIST &&
	    r != KIND_LIST)
		build_hint(b, "a text does not become a number by itself");
}

static bool
refuse_infix(struct build *b, struct term *t)
{
	char left[64], right[64];

	if (b->scope->is_unchecked)
		return true;
	type_write(t->parts[0]->type, left, sizeof(left));
	type_write(t->parts[1]->type, right, sizeof(right));
	build_fail(b, t->at, t->end, "`%s` does not take %s and %s",
	    signs[t->op], left, right);
	hint_operator(b, t->parts[0], t->parts[1]);
	return false;
}

static bool
refuse_part(struct build *b, const struct term *t, const struct term *part)
{
	char type[64];

	if (b->scope->is_unchecked)
		return true;
	type_write(part->type, type, sizeof(type));
	return build_fail(b, part->at, part->end, "%s%s%s does not take %s",
	    t->op == OP_FOLD ? "" : "`", t->op == OP_FOLD ? "this macro" :
	    signs[t->op], t->op == OP_FOLD ? "" : "`", type);
}

/* ---- leaves and members ------------------------------------------------ */

static bool
check_name(struct build *b, struct term *t)
{
	if (names_resolve(b, t))
		return true;
	if (b->scope->is_unchecked)
		return make_mistake(t, "undeclared reference");
	names_unknown(b, t);
	return false;
}

static bool
check_select_object(struct build *b, struct term *t, unsigned type)
{
	const struct expression_scope *s = b->scope;
	int field = names_field(s->objects, s->object_count, type, t->name);

	if (field < 0 && s->is_unchecked)
		return make_mistake(t, "no such field");
	if (field < 0) {
		names_unknown_field(b, t, type);
		return false;
	}
	t->number = (uint32_t)field;
	t->type = type_of_field(&names_object(s->objects, s->object_count,
	    type)->fields[field]);
	return true;
}

/* A selection, or has() of one, whose operand has been checked. */
static bool
check_member(struct build *b, struct term *t)
{
	const struct type *of = t->parts[0]->type;
	char name[64];

	if (of->kind == KIND_OBJECT) {
		if (!check_select_object(b, t, of->object))
			return false;
	} else if (of->kind == KIND_MAP)
		t->type = of->item;
	else if (of->kind == KIND_DYN || b->scope->is_unchecked)
		t->type = type_of(KIND_DYN);
	else {
		type_write(of, name, sizeof(name));
		return build_fail(b, t->number, t->number + t->name.size,
		    "%s has no fields", name);
	}
	if (t->op == OP_HAS)
		t->type = type_of(KIND_BOOL);
	return true;
}

static bool
check_select(struct build *b, struct term *t)
{
	if (t->op == OP_SELECT) {
		if (names_resolve(b, t))
			return true;
		if (!b->scope->is_unchecked && !names_is_known(b, t)) {
			names_unknown(b, t);
			return false;
		}
	}
	return check(b, t->parts[0]) && check_member(b, t);
}

static bool
check_index(struct build *b, struct term *t)
{
	const struct type *of = t->parts[0]->type, *key = t->parts[1]->type;

	t->type = of->item != NULL ? of->item : type_of(KIND_DYN);
	if (of->kind == KIND_DYN || key->kind == KIND_DYN)
		return true;
	if (of->kind == KIND_LIST && key->kind == KIND_INT)
		return true;
	if (of->kind == KIND_MAP && type_may_equal(of->key, key))
		return true;
	if (b->scope->is_unchecked)
		return true;
	char left[64], right[64];
	type_write(of, left, sizeof(left));
	type_write(key, right, sizeof(right));
	return build_fail(b, t->at, t->end, "%s has no places that are %s",
	    left, right);
}

/* ---- literals ---------------------------------------------------------- */

/* The type that each part from FIRST in steps of STEP has; dyn when mixed. */
static const struct type *
common_type(const struct term *t, uint32_t first, uint32_t step)
{
	const struct type *all = NULL;

	for (uint32_t i = first; i < t->count; i += step) {
		const struct type *one = t->parts[i]->type;
		all = all == NULL ? one : type_join(all, one);
		if (all == NULL)
			break;
	}
	return all == NULL ? type_of(KIND_DYN) : all;
}

static bool
check_map(struct build *b, struct term *t)
{
	for (uint32_t i = 0; i < t->count; i += 2) {
		unsigned key = t->parts[i]->type->kind;
		if (key != KIND_BOOL && key != KIND_INT && key != KIND_UINT &&
		    key != KIND_STRING && key != KIND_DYN &&
		    !b->scope->is_unchecked)
			return build_fail(b, t->parts[i]->at, t->parts[i]->end,
			    "a key of a map is a bool, int, uint or string");
	}
	t->type = type_map(b->arena, common_type(t, 0, 2),
	    common_type(t, 1, 2));
	return true;
}

/* ---- operators --------------------------------------------------------- */

static bool
check_logic(struct build *b, struct term *t)
{
	t->type = type_of(KIND_BOOL);
	for (uint32_t i = 0; i < t->count; i++)
		if (t->parts[i]->type->kind != KIND_BOOL &&
		    !is_dyn(t->parts[i]))
			return refuse_part(b, t, t->parts[i]);
	return true;
}

static bool
check_choice(struct build *b, struct term *t)
{
	const struct type *type = type_join(t->parts[1]->type,
	    t->parts[2]->type);
	char left[64], right[64];

	t->type = type != NULL ? type : type_of(KIND_DYN);
	if (t->parts[0]->type->kind != KIND_BOOL && !is_dyn(t->parts[0]))
		return refuse_part(b, t, t->parts[0]);
	if (type != NULL || b->scope->is_unchecked)
		return true;
	type_write(t->parts[1]->type, left, sizeof(left));
	type_write(t->parts[2]->type, right, sizeof(right));
	build_fail(b, t->at, t->end, "`? :` has %s on one side and %s on "
	    "the other", left, right);
	build_hint(b, "both sides must be of one kind");
	return false;
}

static bool
check_compare(struct build *b, struct term *t)
{
	const struct type *left = t->parts[0]->type;
	const struct type *right = t->parts[1]->type;
	bool is_good;

	t->type = type_of(KIND_BOOL);
	if (t->op == OP_EQUAL || t->op == OP_UNEQUAL)
		is_good = type_may_equal(left, right);
	else if (t->op != OP_IN)
		is_good = type_may_order(left, right);
	else
		is_good = right->kind == KIND_DYN ||
		    (right->kind == KIND_LIST &&
		    type_may_equal(left, right->item)) ||
		    (right->kind == KIND_MAP &&
		    type_may_equal(left, right->key));
	return is_good || refuse_infix(b, t);
}

/* The kind of A op B between known kinds; KIND_ERROR when there is none. */
static enum kind
arithmetic_kind(unsigned op, unsigned a, unsigned b)
{
	bool is_sum = op == OP_ADD || op == OP_SUBTRACT;
	bool are_moments = (a == KIND_TIME || a == KIND_SPAN) &&
	    (b == KIND_TIME || b == KIND_SPAN);

	if (a == b && (a == KIND_INT || a == KIND_UINT))
		return (enum kind)a;
	if (a == b && a == KIND_DOUBLE && op != OP_MODULO)
		return KIND_DOUBLE;
	if (a == b && op == OP_ADD && (a == KIND_STRING || a == KIND_BYTES))
		return (enum kind)a;
	if (!is_sum || !are_moments)
		return KIND_ERROR;
	if (a == KIND_SPAN && b == KIND_SPAN)
		return KIND_SPAN;
	if (op == OP_ADD)
		return a != b ? KIND_TIME : KIND_ERROR;
	return a == KIND_SPAN ? KIND_ERROR : b == KIND_SPAN ? KIND_TIME :
	    KIND_SPAN;
}

static bool
check_arithmetic(struct build *b, struct term *t)
{
	const struct type *left = t->parts[0]->type;
	const struct type *right = t->parts[1]->type;

	t->type = type_of(KIND_DYN);
	if (left->kind == KIND_DYN || right->kind == KIND_DYN)
		return true;
	if (t->op == OP_ADD && left->kind == KIND_LIST &&
	    right->kind == KIND_LIST) {
		const struct type *item = type_join(left->item, right->item);
		if (item == NULL)
			return refuse_infix(b, t);
		t->type = type_list(b->arena, item);
		return true;
	}
	enum kind kind = arithmetic_kind(t->op, left->kind, right->kind);
	if (kind == KIND_ERROR)
		return refuse_infix(b, t);
	t->type = type_of(kind);
	return true;
}

static bool
check_negate(struct build *b, struct term *t)
{
	unsigned kind = t->parts[0]->type->kind;

	t->type = type_of((enum kind)kind);
	if (kind == KIND_INT || kind == KIND_DOUBLE || kind == KIND_DYN)
		return true;
	t->type = type_of(KIND_DYN);
	return refuse_part(b, t, t->parts[0]);
}

/* ---- calls ------------------------------------------------------------- */

static bool
compile_pattern(struct build *b, struct term *t)
{
	const struct term *p = t->parts[1];
	struct pattern_problem problem;

	t->extra = pattern_compile(b->arena, operand_view(&p->value),
	    &problem);
	if (t->extra == NULL && !b->scope->is_unchecked)
		return build_fail(b, p->at, p->end, "the pattern is not "
		    "valid: %s", problem.message);
	return true;
}

static bool
open_zone(struct build *b, struct term *t)
{
	const struct term *p = t->parts[1];
	struct lift_text name = operand_view(&p->value);
	struct lift_error err = { 0 };
	int32_t ignored;

	if (zone_read_fixed(name, &ignored))
		return true;
	t->extra = zone_open(b->arena, name, &err);
	if (t->extra == NULL && !b->scope->is_unchecked)
		return build_fail(b, p->at, p->end, "%s", err.text);
	return true;
}

static bool
refuse_call(struct build *b, struct term *t)
{
	char all[160] = "", type[64];

	for (uint32_t i = 0; i < t->count; i++) {
		size_t size = strlen(all);
		type_write(t->parts[i]->type, type, sizeof(type));
		snprintf(all + size, sizeof(all) - size, "%s%s",
		    i == 0 ? "" : t->is_member && i == 1 ? "; " : ", ", type);
	}
	build_fail(b, t->at, t->end, "`%.*s` does not take (%s)",
	    (int)t->name.size, t->name.data, all);
	const struct overload *o = t->overloads;
	if (o->is_member != t->is_member)
		build_hint(b, o->is_member ? "write VALUE.%s(...)" :
		    "write %s(...)", o->name);
	else if (o->count != t->count)
		build_hint(b, "it takes %d argument%s", o->count -
		    o->is_member, o->count - o->is_member == 1 ? "" : "s");
	return false;
}

/* The result when not all arguments are known: what all overloads that may be
 * meant agree on, or dyn. */
static enum kind
common_result(const struct overload *first, const struct term *t,
    const uint8_t *kinds)
{
	enum kind kind = (enum kind)first->gives;
	const struct overload *o = first;

	while ((o = functions_match(o + 1, t, kinds)) != NULL &&
	    strcmp(o->name, first->name) == 0)
		if (o->gives != kind)
			return KIND_DYN;
	return kind;
}

static bool
check_call(struct build *b, struct term *t)
{
	uint8_t kinds[ARGUMENTS_MOST];
	const struct overload *first = functions_find(t->name), *o = NULL;

	t->type = type_of(KIND_DYN);
	if (first == NULL)
		return make_mistake(t, "unbound function");
	t->overloads = first;
	for (uint32_t i = 0; i < t->count && i < ARGUMENTS_MOST; i++)
		kinds[i] = t->parts[i]->type->kind;
	if (t->count > 0 && t->count <= ARGUMENTS_MOST)
		o = functions_match(first, t, kinds);
	if (o == NULL)
		return b->scope->is_unchecked ?
		    make_mistake(t, NO_OVERLOAD) : refuse_call(b, t);
	t->overloads = o;
	t->type = type_of(common_result(o, t, kinds));
	t->cost += o->cost;
	bool is_literal = t->count == 2 && t->parts[1]->op == OP_CONSTANT &&
	    t->parts[1]->value.kind == KIND_STRING;
	if (is_literal && strcmp(o->name, "matches") == 0)
		return compile_pattern(b, t);
	if (is_literal && o->takes[0] == KIND_TIME)
		return open_zone(b, t);
	return true;
}

/* ---- folds ------------------------------------------------------------- */

static void
local_push(struct build *b, struct lift_text name, const struct type *type)
{
	b->local_names[b->locals] = name;
	b->local_types[b->locals++] = type;
}

/* Gives the variables of a fold their places and types. */
static void
push_variables(struct build *b, struct term *t)
{
	const struct type *range = t->parts[0]->type;
	const struct type *any = type_of(KIND_DYN);
	const struct type *item = range->item != NULL ? range->item : any;
	const struct type *key = range->kind == KIND_LIST ?
	    type_of(KIND_INT) : range->key != NULL ? range->key : any;

	t->number = b->locals;
	if (t->variables == 2) {
		local_push(b, t->name, key);
		local_push(b, t->second, item);
	} else
		local_push(b, t->name, range->kind == KIND_MAP ? key : item);
}

static const struct type *
fold_type(struct build *b, const struct term *t)
{
	const struct type *range = t->parts[0]->type;
	const struct type *any = type_of(KIND_DYN);

	switch ((enum fold)t->fold) {
	case FOLD_FILTER:
		if (range->kind == KIND_LIST)
			return range;
		return type_list(b->arena, range->key != NULL ? range->key :
		    any);
	case FOLD_MAP:
		return type_list(b->arena, t->parts[2]->type);
	case FOLD_MAP_TO_MAP:
		return type_map(b->arena, range->kind == KIND_LIST ?
		    type_of(KIND_INT) : range->key != NULL ? range->key : any,
		    t->parts[2]->type);
	default:
		return type_of(KIND_BOOL);
	}
}

static bool
check_test(struct build *b, struct term *t, const struct term *test)
{
	if (test == NULL || test->type->kind == KIND_BOOL || is_dyn(test))
		return true;
	return refuse_part(b, t, test);
}

static bool
check_fold(struct build *b, struct term *t)
{
	unsigned locals = b->locals;
	bool has_test = t->fold != FOLD_MAP && t->fold != FOLD_MAP_TO_MAP;

	if (!check(b, t->parts[0]))
		return false;
	unsigned range = t->parts[0]->type->kind;
	if (range != KIND_LIST && range != KIND_MAP && range != KIND_DYN &&
	    !refuse_part(b, t, t->parts[0]))
		return false;
	if (locals + t->variables > LOCALS_MOST)
		return build_fail(b, t->at, t->end, "macros are nested deeper "
		    "than %d", EXPRESSION_FOLDS_MOST);
	push_variables(b, t);
	bool is_good = (t->parts[1] == NULL || check(b, t->parts[1])) &&
	    check(b, t->parts[2]) && check_test(b, t, t->parts[1]) &&
	    (!has_test || check_test(b, t, t->parts[2]));
	b->locals = locals;
	if (is_good)
		t->type = fold_type(b, t);
	return is_good;
}

/* ---- costs and constants ----------------------------------------------- */

static uint64_t
items_of(const struct term *t)
{
	if (t->op == OP_CONSTANT)
		return t->value.form == FORM_JSON ? t->value.size / 2 :
		    t->value.size;
	if (t->op == OP_LIST)
		return t->count;
	return ITEMS_GUESS;
}

static uint64_t
cost_limited(uint64_t cost)
{
	return cost > UINT32_MAX ? UINT32_MAX : cost;
}

static void
add_costs(struct term *t)
{
	uint64_t inner = 0, weight = 1;

	for (uint32_t i = 0; i < t->count; i++) {
		const struct term *p = t->parts[i];
		if (p == NULL)
			continue;
		weight += p->weight;
		if (t->op == OP_FOLD && i > 0)
			inner += p->cost;
		else
			t->cost += p->cost;
	}
	if (t->op == OP_FOLD)
		t->cost += cost_limited(items_of(t->parts[0])) * (1 + inner);
	if (t->op == OP_IN)
		t->cost += items_of(t->parts[1]) / 10;
	t->cost = cost_limited(t->cost + 1);
	t->weight = (uint32_t)cost_limited(weight);
}

static bool
is_foldable(const struct term *t)
{
	if (t->op == OP_CONSTANT || t->op == OP_FOLD || t->op == OP_SLOT ||
	    t->op == OP_LOCAL || t->op == OP_MISTAKE)
		return false;
	for (uint32_t i = 0; i < t->count; i++)
		if (t->parts[i]->op != OP_CONSTANT)
			return false;
	return true;
}

/* Evaluates a term that has constants only; an error stays for later. */
static void
become_value(struct build *b, struct term *t)
{
	struct expression_frame frame = { .scratch = b->arena };
	struct env env = { .frame = &frame, .expression = b->expression,
		.left = 10000 };
	struct operand o = t->run(t, &env);

	if (o.kind == KIND_ERROR)
		return;
	t->op = OP_CONSTANT;
	t->value = o;
	t->count = 0;
	evaluator_choose(b, t);
}

static bool
check_by_operation(struct build *b, struct term *t)
{
	switch ((enum operation)t->op) {
	case OP_CONSTANT:
		t->type = type_of((enum kind)t->value.kind);
		return true;
	case OP_INDEX:
		return check_index(b, t);
	case OP_CALL:
		return check_call(b, t);
	case OP_LIST:
		t->type = type_list(b->arena, common_type(t, 0, 1));
		return true;
	case OP_MAP:
		return check_map(b, t);
	case OP_AND:
	case OP_OR:
	case OP_NOT:
		return check_logic(b, t);
	case OP_NEGATE:
		return check_negate(b, t);
	case OP_CHOICE:
		return check_choice(b, t);
	default:
		return t->op <= OP_IN ? check_compare(b, t) :
		    check_arithmetic(b, t);
	}
}

/* Checks the parts and then the term itself. */
static bool
check_inner(struct build *b, struct term *t)
{
	if (t->op == OP_NAME)
		return check_name(b, t);
	if (t->op == OP_SELECT || t->op == OP_HAS)
		return check_select(b, t);
	if (t->op == OP_FOLD)
		return check_fold(b, t);
	if (t->op == OP_CALL && functions_find(t->name) == NULL &&
	    !b->scope->is_unchecked) {
		names_unknown_function(b, t);
		return false;
	}
	for (uint32_t i = 0; i < t->count; i++)
		if (!check(b, t->parts[i]))
			return false;
	return check_by_operation(b, t);
}

static bool
check(struct build *b, struct term *t)
{
	if (!check_inner(b, t))
		return false;
	add_costs(t);
	evaluator_choose(b, t);
	if (is_foldable(t))
		become_value(b, t);
	return true;
}

bool
checker_run(struct build *b, struct term *t)
{
	uint64_t most = b->scope->cost_most > 0 ? b->scope->cost_most :
	    EXPRESSION_COST_MOST;

	if (!check(b, t))
		return false;
	if (t->cost > most)
		return build_fail(b, t->at, t->end, "the expression may cost "
		    "%llu steps, at most %llu are allowed",
		    (unsigned long long)t->cost, (unsigned long long)most);
	return true;
}
