/* What each term does when it is evaluated. A term is a function and its
 * parts; the checker has given it the function. An error is a value like
 * others: it comes up to where && or || absorbs it, or to the top. */
#include "rules/expression_tree.h"

#define RUN(name)							\
	static struct operand						\
	name(const struct term *t, struct env *env)

static inline struct operand
part(const struct term *t, unsigned i, struct env *env)
{
	return t->parts[i]->run(t->parts[i], env);
}

static struct operand
no_overload(const struct term *t)
{
	return operand_fail(t, NO_OVERLOAD);
}

static struct operand
too_dear(const struct term *t)
{
	return operand_fail(t, TOO_DEAR);
}

/* ---- leaves and members ------------------------------------------------ */

RUN(run_constant)
{
	(void)env;
	return t->value;
}

RUN(run_mistake)
{
	(void)env;
	return operand_fail(t, t->extra);
}

RUN(run_slot)
{
	return operand_of(&env->frame->values[t->number]);
}

RUN(run_local)
{
	return env->locals[t->number];
}

static struct operand
object_field(const struct operand *o, unsigned field, struct env *env)
{
	struct lift_value v = env->frame->object(env->frame->context,
	    (enum lift_type)o->form, o->id, field);

	return operand_of(&v);
}

/* Finds the member that T names; false when OF has none. */
static bool
member_find(const struct term *t, const struct operand *of, struct env *env,
    struct operand *ret)
{
	struct operand key = operand_text(KIND_STRING, t->name);

	if (of->kind == KIND_MAP)
		return operand_find(of, &key, env, ret);
	int field = names_field(env->expression->objects,
	    env->expression->object_count, of->form, t->name);
	if (field >= 0)
		*ret = object_field(of, (unsigned)field, env);
	return field >= 0;
}

RUN(run_select)
{
	struct operand of = part(t, 0, env), value;

	if (of.kind == KIND_ERROR)
		return of;
	if (of.kind == KIND_NULL)
		return operand_fail(t, "the value before the dot is null");
	if (of.kind != KIND_MAP && of.kind != KIND_OBJECT)
		return operand_fail(t, "the value before the dot has no "
		    "fields");
	if (member_find(t, &of, env, &value))
		return value;
	return env->left == 0 ? too_dear(t) : operand_fail(t, "no such key");
}

/* A field of an object whose type the checker knew. As with a message of CEL
 * that is not set, an object that is not there has the fields of one of which
 * nothing is known: an event without a product has no category. */
RUN(run_select_object)
{
	struct operand of = part(t, 0, env);

	if (of.kind == KIND_OBJECT || (of.kind == KIND_NULL && of.form != 0))
		return object_field(&of, t->number, env);
	return of.kind == KIND_ERROR ? of :
	    operand_fail(t, "the value before the dot is null");
}

RUN(run_has)
{
	struct operand of = part(t, 0, env), value;

	if (of.kind == KIND_ERROR)
		return of;
	if (of.kind == KIND_NULL)
		return OPERAND_BOOL(false);
	if (of.kind != KIND_MAP && of.kind != KIND_OBJECT)
		return no_overload(t);
	bool is_there = member_find(t, &of, env, &value);
	if (env->left == 0)
		return too_dear(t);
	return OPERAND_BOOL(is_there && (of.kind == KIND_MAP ||
	    value.kind != KIND_NULL));
}

/* The whole number that a key of any numeric kind stands for. */
static bool
index_of(const struct operand *key, int64_t *ret)
{
	if (key->kind == KIND_DOUBLE) {
		if (!(fabs(key->number) < 0x1p62) ||
		    key->number != trunc(key->number))
			return false;
		*ret = (int64_t)key->number;
		return true;
	}
	*ret = key->whole;
	return key->kind == KIND_INT || (key->kind == KIND_UINT &&
	    key->whole >= 0);
}

static struct operand
list_item(const struct term *t, const struct operand *list, int64_t index,
    struct env *env)
{
	struct walk w = walk_begin(*list);

	if (list->form == FORM_JSON) {
		while (index-- >= 0)
			if (!env_spend(env, 4))
				return too_dear(t);
			else if (!walk_next(&w, env->frame->scratch))
				return operand_fail(t, "index out of bounds");
		return w.value;
	}
	if (index >= list->size)
		return operand_fail(t, "index out of bounds");
	w.next = (uint32_t)index;
	walk_next(&w, env->frame->scratch);
	return w.value;
}

RUN(run_index)
{
	struct operand of = part(t, 0, env), value;
	int64_t index;

	if (of.kind == KIND_ERROR)
		return of;
	struct operand key = part(t, 1, env);
	if (key.kind == KIND_ERROR)
		return key;
	if (of.kind == KIND_MAP) {
		if (operand_find(&of, &key, env, &value))
			return value;
		return env->left == 0 ? too_dear(t) :
		    operand_fail(t, "no such key");
	}
	if (of.kind != KIND_LIST)
		return no_overload(t);
	if (!index_of(&key, &index) || index < 0)
		return operand_fail(t, "invalid index of a list");
	return list_item(t, &of, index, env);
}

/* ---- literals ---------------------------------------------------------- */

RUN(run_list)
{
	struct operand *items;

	if (!env_spend(env, t->count))
		return too_dear(t);
	items = arena_array(env->frame->scratch, struct operand, t->count);
	for (uint32_t i = 0; i < t->count; i++) {
		items[i] = part(t, i, env);
		if (items[i].kind == KIND_ERROR)
			return items[i];
	}
	return (struct operand){ .kind = KIND_LIST, .size = t->count,
		.items = items };
}

static bool
is_key(const struct operand *o)
{
	return o->kind == KIND_BOOL || o->kind == KIND_INT ||
	    o->kind == KIND_UINT || o->kind == KIND_STRING;
}

RUN(run_map)
{
	uint32_t n = t->count / 2;
	struct operand_pair *pairs;
	struct operand map = { .kind = KIND_MAP }, ignored;

	if (!env_spend(env, t->count))
		return too_dear(t);
	map.pairs = pairs = arena_array(env->frame->scratch,
	    struct operand_pair, n);
	for (uint32_t i = 0; i < n; i++) {
		struct operand key = part(t, 2 * i, env);
		if (key.kind == KIND_ERROR)
			return key;
		if (!is_key(&key))
			return operand_fail(t, "unsupported key type");
		if (operand_find(&map, &key, env, &ignored))
			return operand_fail(t, "repeated key in a map");
		struct operand value = part(t, 2 * i + 1, env);
		if (value.kind == KIND_ERROR)
			return value;
		pairs[i] = (struct operand_pair){ key, value };
		map.size++;
	}
	return map;
}

/* ---- logic ------------------------------------------------------------- */

/* && and ||: ENDS is the value that decides. An error counts only when no
 * part decides. */
static inline struct operand
run_logic(const struct term *t, struct env *env, bool ends)
{
	struct operand wrong = { .kind = KIND_NULL };

	for (uint32_t i = 0; i < t->count; i++) {
		struct operand o = part(t, i, env);
		if (o.kind == KIND_BOOL) {
			if (o.yes == ends)
				return o;
		} else if (wrong.kind == KIND_NULL)
			wrong = o.kind == KIND_ERROR ? o :
			    no_overload(t->parts[i]);
	}
	return wrong.kind == KIND_NULL ? OPERAND_BOOL(!ends) : wrong;
}

RUN(run_and)
{
	return run_logic(t, env, false);
}

RUN(run_or)
{
	return run_logic(t, env, true);
}

RUN(run_not)
{
	struct operand o = part(t, 0, env);

	if (o.kind == KIND_BOOL)
		return OPERAND_BOOL(!o.yes);
	return o.kind == KIND_ERROR ? o : no_overload(t);
}

RUN(run_choice)
{
	struct operand o = part(t, 0, env);

	if (o.kind == KIND_BOOL)
		return part(t, o.yes ? 1 : 2, env);
	return o.kind == KIND_ERROR ? o : no_overload(t);
}

/* ---- comparison -------------------------------------------------------- */

RUN(run_equal)
{
	struct operand a = part(t, 0, env), b = part(t, 1, env);

	if (a.kind == KIND_ERROR || b.kind == KIND_ERROR)
		return a.kind == KIND_ERROR ? a : b;
	bool is_equal = operand_equal(&a, &b, env);
	if (env->left == 0)
		return too_dear(t);
	return OPERAND_BOOL(is_equal == (t->op == OP_EQUAL));
}

RUN(run_order)
{
	struct operand a = part(t, 0, env), b = part(t, 1, env);
	enum order order;

	if (a.kind == KIND_ERROR || b.kind == KIND_ERROR)
		return a.kind == KIND_ERROR ? a : b;
	if (!operand_order(&a, &b, &order))
		return no_overload(t);
	switch ((enum operation)t->op) {
	case OP_LESS:
		return OPERAND_BOOL(order == ORDER_LESS);
	case OP_LESS_EQUAL:
		return OPERAND_BOOL(order <= ORDER_SAME);
	case OP_MORE:
		return OPERAND_BOOL(order == ORDER_MORE);
	default:
		return OPERAND_BOOL(order == ORDER_MORE ||
		    order == ORDER_SAME);
	}
}

RUN(run_in)
{
	struct operand a = part(t, 0, env), b = part(t, 1, env), ignored;
	bool is_in = false;

	if (a.kind == KIND_ERROR || b.kind == KIND_ERROR)
		return a.kind == KIND_ERROR ? a : b;
	if (b.kind == KIND_MAP)
		is_in = operand_find(&b, &a, env, &ignored);
	else if (b.kind == KIND_LIST) {
		struct walk w = walk_begin(b);
		while (!is_in && walk_next(&w, env->frame->scratch) &&
		    env_spend(env, 1))
			is_in = operand_equal(&a, &w.value, env);
	} else
		return no_overload(t);
	return env->left == 0 ? too_dear(t) : OPERAND_BOOL(is_in);
}

/* ---- arithmetic -------------------------------------------------------- */

static struct operand
overflow(const struct term *t)
{
	return operand_fail(t, "return error for overflow");
}

static struct operand
int_result(const struct term *t, int64_t a, int64_t b)
{
	int64_t v = 0;
	bool is_over = false;

	if ((t->op == OP_DIVIDE || t->op == OP_MODULO) && b == 0)
		return operand_fail(t, t->op == OP_DIVIDE ?
		    "divide by zero" : "modulus by zero");
	if ((t->op == OP_DIVIDE || t->op == OP_MODULO) && b == -1)
		/* The one quotient that does not fit. */
		is_over = __builtin_sub_overflow(0, a, &v);
	if (is_over)
		return overflow(t);
	switch ((enum operation)t->op) {
	case OP_ADD:
		is_over = __builtin_add_overflow(a, b, &v);
		break;
	case OP_SUBTRACT:
		is_over = __builtin_sub_overflow(a, b, &v);
		break;
	case OP_MULTIPLY:
		is_over = __builtin_mul_overflow(a, b, &v);
		break;
	case OP_DIVIDE:
		v = a / b;
		break;
	default:
		v = a % b;
	}
	return is_over ? overflow(t) : OPERAND_INT(v);
}

static struct operand
uint_result(const struct term *t, uint64_t a, uint64_t b)
{
	uint64_t v = 0;
	bool is_over = false;

	if ((t->op == OP_DIVIDE || t->op == OP_MODULO) && b == 0)
		return operand_fail(t, t->op == OP_DIVIDE ?
		    "divide by zero" : "modulus by zero");
	switch ((enum operation)t->op) {
	case OP_ADD:
		is_over = __builtin_add_overflow(a, b, &v);
		break;
	case OP_SUBTRACT:
		is_over = __builtin_sub_overflow(a, b, &v);
		break;
	case OP_MULTIPLY:
		is_over = __builtin_mul_overflow(a, b, &v);
		break;
	case OP_DIVIDE:
		v = a / b;
		break;
	default:
		v = a % b;
	}
	return is_over ? overflow(t) :
	    (struct operand){ .kind = KIND_UINT, .natural = v };
}

static struct operand
double_result(const struct term *t, double a, double b)
{
	switch ((enum operation)t->op) {
	case OP_ADD:
		return OPERAND_DOUBLE(a + b);
	case OP_SUBTRACT:
		return OPERAND_DOUBLE(a - b);
	case OP_MULTIPLY:
		return OPERAND_DOUBLE(a * b);
	case OP_DIVIDE:
		/* By zero as IEEE 754 has it; said aloud for the sanitizer. */
		if (b == 0)
			return OPERAND_DOUBLE(a == 0 || isnan(a) ? NAN :
			    signbit(a) == signbit(b) ? INFINITY : -INFINITY);
		return OPERAND_DOUBLE(a / b);
	default:
		return no_overload(t);
	}
}

static struct operand
join_texts(const struct term *t, const struct operand *a,
    const struct operand *b, struct env *env)
{
	uint64_t size = (uint64_t)a->size + b->size;

	if (!env_spend(env, size / 16 + 1) || size > UINT32_MAX)
		return too_dear(t);
	char *data = arena_take(env->frame->scratch, size + 1);
	if (a->size > 0)
		memcpy(data, a->text, a->size);
	if (b->size > 0)
		memcpy(data + a->size, b->text, b->size);
	return operand_text(a->kind, (struct lift_text){ data, size });
}

static struct operand
join_lists(const struct term *t, const struct operand *a,
    const struct operand *b, struct env *env)
{
	uint64_t size = (uint64_t)operand_count(a) + operand_count(b);
	struct walk w = walk_begin(*a);
	uint32_t n = 0;

	if (!env_spend(env, size + 1) || size > UINT32_MAX)
		return too_dear(t);
	struct operand *items = arena_array(env->frame->scratch,
	    struct operand, size);
	while (walk_next(&w, env->frame->scratch))
		items[n++] = w.value;
	w = walk_begin(*b);
	while (walk_next(&w, env->frame->scratch))
		items[n++] = w.value;
	return (struct operand){ .kind = KIND_LIST, .size = n,
		.items = items };
}

static bool
is_moment(const struct operand *o)
{
	return o->kind == KIND_TIME || o->kind == KIND_SPAN;
}

/* What + and - do besides numbers. */
static struct operand
run_sum(const struct term *t, struct env *env, const struct operand *a,
    const struct operand *b)
{
	bool is_add = t->op == OP_ADD;

	if (is_moment(a) && is_moment(b)) {
		bool is_refused = is_add ? a->kind == KIND_TIME &&
		    b->kind == KIND_TIME : a->kind == KIND_SPAN &&
		    b->kind == KIND_TIME;
		return is_refused ? no_overload(t) :
		    moment_sum(t, a, b, is_add ? 1 : -1);
	}
	if (!is_add || a->kind != b->kind)
		return no_overload(t);
	if (a->kind == KIND_STRING || a->kind == KIND_BYTES)
		return join_texts(t, a, b, env);
	if (a->kind == KIND_LIST)
		return join_lists(t, a, b, env);
	return no_overload(t);
}

RUN(run_arithmetic)
{
	struct operand a = part(t, 0, env), b = part(t, 1, env);

	if (a.kind == KIND_ERROR || b.kind == KIND_ERROR)
		return a.kind == KIND_ERROR ? a : b;
	if (a.kind == KIND_INT && b.kind == KIND_INT)
		return int_result(t, a.whole, b.whole);
	if (a.kind == KIND_DOUBLE && b.kind == KIND_DOUBLE)
		return double_result(t, a.number, b.number);
	if (a.kind == KIND_UINT && b.kind == KIND_UINT)
		return uint_result(t, a.natural, b.natural);
	if (t->op == OP_ADD || t->op == OP_SUBTRACT)
		return run_sum(t, env, &a, &b);
	return no_overload(t);
}

RUN(run_negate)
{
	struct operand o = part(t, 0, env);
	int64_t v;

	if (o.kind == KIND_INT)
		return __builtin_sub_overflow(0, o.whole, &v) ? overflow(t) :
		    OPERAND_INT(v);
	if (o.kind == KIND_DOUBLE)
		return OPERAND_DOUBLE(-o.number);
	return o.kind == KIND_ERROR ? o : no_overload(t);
}

/* ---- calls ------------------------------------------------------------- */

RUN(run_call)
{
	struct operand arguments[ARGUMENTS_MOST];
	uint8_t kinds[ARGUMENTS_MOST];

	for (uint32_t i = 0; i < t->count; i++) {
		arguments[i] = part(t, i, env);
		kinds[i] = arguments[i].kind;
		if (kinds[i] == KIND_ERROR)
			return arguments[i];
	}
	const struct overload *o = functions_match(t->overloads, t, kinds);
	return o == NULL ? no_overload(t) : o->run(t, env, arguments);
}

static term_run *const runs[] = {
	[OP_CONSTANT] = run_constant, [OP_SLOT] = run_slot,
	[OP_LOCAL] = run_local, [OP_SELECT] = run_select,
	[OP_HAS] = run_has, [OP_INDEX] = run_index, [OP_CALL] = run_call,
	[OP_LIST] = run_list, [OP_MAP] = run_map, [OP_AND] = run_and,
	[OP_OR] = run_or, [OP_NOT] = run_not, [OP_NEGATE] = run_negate,
	[OP_CHOICE] = run_choice, [OP_EQUAL] = run_equal,
	[OP_UNEQUAL] = run_equal, [OP_LESS] = run_order,
	[OP_LESS_EQUAL] = run_order, [OP_MORE] = run_order,
	[OP_MORE_EQUAL] = run_order, [OP_IN] = run_in,
	[OP_ADD] = run_arithmetic, [OP_SUBTRACT] = run_arithmetic,
	[OP_MULTIPLY] = run_arithmetic, [OP_DIVIDE] = run_arithmetic,
	[OP_MODULO] = run_arithmetic, [OP_FOLD] = fold_run,
	[OP_MISTAKE] = run_mistake,
};

void
evaluator_choose(struct build *b, struct term *t)
{
	term_run *shortcut = shortcut_find(b, t);

	t->run = shortcut != NULL ? shortcut : runs[t->op];
	if (t->op == OP_SELECT && t->parts[0]->type->kind == KIND_OBJECT)
		t->run = run_select_object;
}
