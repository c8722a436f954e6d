/* The macros that walk over a list or map: all, exists, exists_one, filter and
 * map, with one variable or two. Each step is taken from the budget with the
 * weight of what it evaluates. */
#include "rules/expression_tree.h"

/* One walk, and what it has built. */
struct folding {
	const struct term   *term;
	struct env          *env;
	struct walk          walk;
	struct operand       wrong;	/* the first error, of all and exists */
	uint32_t             count;	/* of items, pairs, or hits */
	struct operand      *items;
	struct operand_pair *pairs;
};

static struct operand
evaluate(const struct folding *f, unsigned part)
{
	const struct term *t = f->term->parts[part];

	return t->run(t, f->env);
}

/* Goes to the next item and gives the variables their values. */
static bool
folding_next(struct folding *f)
{
	const struct term *t = f->term;
	struct operand *locals = f->env->locals + t->number;
	bool is_map = f->walk.over.kind == KIND_MAP;

	if (!walk_next(&f->walk, f->env->frame->scratch))
		return false;
	if (t->variables == 2) {
		locals[0] = f->walk.key;
		locals[1] = f->walk.value;
	} else
		locals[0] = is_map ? f->walk.key : f->walk.value;
	return true;
}

static struct operand
as_bool(const struct term *t, struct operand o)
{
	return o.kind == KIND_BOOL || o.kind == KIND_ERROR ? o :
	    operand_fail(t, NO_OVERLOAD);
}

/* Does one step; true when the result is decided, which is then in RET. */
static bool
step_test(struct folding *f, struct operand *ret)
{
	bool ends = f->term->fold == FOLD_EXISTS;
	struct operand o = as_bool(f->term, evaluate(f, 2));

	if (o.kind == KIND_ERROR) {
		if (f->term->fold == FOLD_EXISTS_ONE) {
			*ret = o;
			return true;
		}
		if (f->wrong.kind != KIND_ERROR)
			f->wrong = o;
		return false;
	}
	if (f->term->fold == FOLD_EXISTS_ONE) {
		f->count += o.yes;
		return false;
	}
	*ret = o;
	return o.yes == ends;
}

static bool
step_build(struct folding *f, struct operand *ret)
{
	const struct term *t = f->term;
	bool is_filter = t->fold == FOLD_FILTER;
	unsigned test = is_filter ? 2 : 1;
	struct operand value = f->walk.over.kind == KIND_MAP ? f->walk.key :
	    f->walk.value;

	if (t->parts[test] != NULL) {
		*ret = as_bool(t, evaluate(f, test));
		if (ret->kind == KIND_ERROR)
			return true;
		if (!ret->yes)
			return false;
	}
	if (!is_filter) {
		value = evaluate(f, 2);
		*ret = value;
		if (value.kind == KIND_ERROR)
			return true;
	}
	if (t->fold == FOLD_MAP_TO_MAP)
		f->pairs[f->count++] = (struct operand_pair){
			f->walk.key, value };
	else
		f->items[f->count++] = value;
	return false;
}

static struct operand
result_of(const struct folding *f)
{
	switch ((enum fold)f->term->fold) {
	case FOLD_ALL:
	case FOLD_EXISTS:
		return f->wrong.kind == KIND_ERROR ? f->wrong :
		    OPERAND_BOOL(f->term->fold == FOLD_ALL);
	case FOLD_EXISTS_ONE:
		return OPERAND_BOOL(f->count == 1);
	case FOLD_MAP_TO_MAP:
		return (struct operand){ .kind = KIND_MAP, .size = f->count,
			.pairs = f->pairs };
	default:
		return (struct operand){ .kind = KIND_LIST, .size = f->count,
			.items = f->items };
	}
}

/* Makes room for as many items as there may come. */
static void
folding_room(struct folding *f)
{
	struct arena *arena = f->env->frame->scratch;
	uint32_t most = operand_count(&f->walk.over);

	if (f->term->fold == FOLD_MAP_TO_MAP)
		f->pairs = arena_array(arena, struct operand_pair, most);
	else
		f->items = arena_array(arena, struct operand, most);
}

struct operand
fold_run(const struct term *t, struct env *env)
{
	struct operand range = t->parts[0]->run(t->parts[0], env), result;
	struct folding f = { .term = t, .env = env,
		.wrong = { .kind = KIND_NULL } };
	bool is_test = t->fold <= FOLD_EXISTS_ONE;

	if (range.kind == KIND_ERROR)
		return range;
	if (range.kind != KIND_LIST && range.kind != KIND_MAP)
		return operand_fail(t, NO_OVERLOAD);
	uint64_t extra = range.form == FORM_JSON ? range.size / 16 :
	    is_test ? 0 : range.size;
	if (!env_spend(env, extra))
		return operand_fail(t, TOO_DEAR);
	f.walk = walk_begin(range);
	if (!is_test)
		folding_room(&f);
	while (folding_next(&f)) {
		if (!env_spend(env, t->parts[2]->weight +
		    (t->parts[1] != NULL ? t->parts[1]->weight : 0)))
			return operand_fail(t, TOO_DEAR);
		if (is_test ? step_test(&f, &result) : step_build(&f, &result))
			return result;
	}
	return result_of(&f);
}
