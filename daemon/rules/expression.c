/* The public side: compiling, evaluating, and what can be asked of a compiled
 * expression. */
#include "rules/expression.h"

#include "base/utf8.h"
#include "rules/expression_tree.h"

/* ---- compiling --------------------------------------------------------- */

bool
build_fail(struct build *b, size_t at, size_t end, const char *form, ...)
{
	struct expression_problem *p = b->problem;
	va_list ap;

	if (b->is_broken)
		return false;
	b->is_broken = true;
	*p = (struct expression_problem){ .offset = at,
		.size = end > at ? end - at : 0 };
	va_start(ap, form);
	vsnprintf(p->message, sizeof(p->message), form, ap);
	va_end(ap);
	return false;
}

void
build_hint(struct build *b, const char *form, ...)
{
	struct expression_problem *p = b->problem;
	va_list ap;

	if (p->hint[0] != '\0')
		return;
	va_start(ap, form);
	vsnprintf(p->hint, sizeof(p->hint), form, ap);
	va_end(ap);
}

static bool
check_source(struct build *b)
{
	if (b->source.size > EXPRESSION_SOURCE_MOST)
		return build_fail(b, 0, 0, "the expression is longer than %d "
		    "bytes", EXPRESSION_SOURCE_MOST);
	if (!utf8_valid(b->source))
		return build_fail(b, 0, 0, "the expression is not UTF-8");
	return true;
}

static unsigned
count_slots(const struct expression_scope *s)
{
	unsigned n = 0;

	while (s->variables != NULL && s->variables[n].name != NULL)
		n++;
	return n;
}

struct expression *
expression_compile(struct arena *arena, const struct expression_scope *scope,
    struct lift_text source, struct expression_problem *problem)
{
	struct expression *e = arena_take(arena, sizeof(*e));
	struct build b = { .arena = arena, .scope = scope, .expression = e,
		.source = source, .problem = problem };

	if (!check_source(&b))
		return NULL;
	e->source = b.source = arena_text(arena, source);
	e->objects = scope->objects;
	e->object_count = scope->object_count;
	e->slots = count_slots(scope);
	e->uses = b.uses = arena_array(arena, bool, e->slots + 1);
	e->root = parser_read(&b);
	if (e->root == NULL || !checker_run(&b, e->root))
		return NULL;
	return e;
}

/* ---- evaluating -------------------------------------------------------- */

struct operand
expression_run(const struct expression *e, const struct expression_frame *f,
    struct env *env)
{
	env->frame = f;
	env->expression = e;
	env->left = f->steps > 0 ? f->steps : EXPRESSION_STEPS_MOST;
	return e->root->run(e->root, env);
}

enum expression_verdict
expression_test(const struct expression *e, const struct expression_frame *f)
{
	struct env env;
	struct operand o = expression_run(e, f, &env);

	if (o.kind != KIND_BOOL)
		return EXPRESSION_ERROR;
	return o.yes ? EXPRESSION_TRUE : EXPRESSION_FALSE;
}

bool
expression_value(const struct expression *e, const struct expression_frame *f,
    struct lift_value *ret_value, struct lift_error *err)
{
	struct env env;
	struct operand o = expression_run(e, f, &env);

	if (o.kind == KIND_ERROR) {
		lift_fail(err, LIFT_E_INPUT, "%s", o.text);
		err->column = o.size + 1;
		return false;
	}
	*ret_value = operand_value(&o, f->scratch);
	return true;
}

/* ---- asking ------------------------------------------------------------ */

enum lift_type
expression_type(const struct expression *e)
{
	static const uint8_t types[KINDS] = {
		[KIND_BOOL] = LIFT_BOOL, [KIND_INT] = LIFT_INT,
		[KIND_UINT] = LIFT_INT, [KIND_DOUBLE] = LIFT_NUMBER,
		[KIND_STRING] = LIFT_TEXT, [KIND_BYTES] = LIFT_TEXT,
		[KIND_TYPE] = LIFT_TEXT, [KIND_LIST] = LIFT_LIST,
		[KIND_MAP] = LIFT_MAP, [KIND_TIME] = LIFT_TIME,
		[KIND_SPAN] = LIFT_SPAN,
	};
	const struct type *t = e->root->type;

	return (enum lift_type)(t->kind == KIND_OBJECT ? t->object :
	    types[t->kind]);
}

bool
expression_uses(const struct expression *e, unsigned slot)
{
	return slot < e->slots && e->uses[slot];
}

static bool
demands(const struct term *t, unsigned slot, struct lift_text *ret)
{
	if (t->op == OP_AND) {
		for (uint32_t i = 0; i < t->count; i++)
			if (demands(t->parts[i], slot, ret))
				return true;
		return false;
	}
	if (t->op != OP_EQUAL)
		return false;
	for (int i = 0; i < 2; i++) {
		const struct term *a = t->parts[i], *b = t->parts[1 - i];
		if (a->op == OP_SLOT && a->number == slot &&
		    b->op == OP_CONSTANT && b->value.kind == KIND_STRING) {
			*ret = operand_view(&b->value);
			return true;
		}
	}
	return false;
}

bool
expression_demands(const struct expression *e, unsigned slot,
    struct lift_text *ret_text)
{
	return demands(e->root, slot, ret_text);
}

struct lift_text
expression_source(const struct expression *e)
{
	return e->source;
}

uint64_t
expression_cost(const struct expression *e)
{
	return e->root->cost;
}
