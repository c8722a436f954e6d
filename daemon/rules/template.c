/* A template is a row of parts: text, or an expression. Where an expression
 * ends is found by the lexer of the language, so that braces inside strings
 * and maps do no harm. */
#include "rules/template.h"

#include "base/instant.h"
#include "base/money.h"
#include "rules/expression_tree.h"

struct piece {
	struct lift_text         text;		/* without expression */
	const struct expression *expression;
};

struct template {
	unsigned     count;
	struct piece pieces[TEMPLATE_PARTS_MOST];
};

/* A template that is being read. */
struct reader {
	struct arena                  *arena;
	const struct expression_scope *scope;
	struct lift_text               text;
	struct expression_problem     *problem;
	struct template               *made;
	size_t                         at;
};

static bool
fail(struct reader *r, size_t at, const char *sentence)
{
	*r->problem = (struct expression_problem){ .offset = at, .size = 2 };
	snprintf(r->problem->message, sizeof(r->problem->message), "%s",
	    sentence);
	return false;
}

static struct piece *
piece_add(struct reader *r)
{
	if (r->made->count == TEMPLATE_PARTS_MOST) {
		fail(r, r->at, "the text has too many expressions");
		return NULL;
	}
	return &r->made->pieces[r->made->count++];
}

static bool
add_text(struct reader *r, size_t first, size_t end)
{
	struct piece *p;

	if (first == end)
		return true;
	if ((p = piece_add(r)) == NULL)
		return false;
	p->text = arena_text(r->arena, (struct lift_text){
	    r->text.data + first, end - first });
	return true;
}

/* The place of the brace that closes the expression which begins at AT. */
static bool
find_end(struct reader *r, size_t at, size_t *ret)
{
	struct expression_problem ignored;
	struct arena *arena = arena_new();
	struct build b = { .arena = arena, .source = r->text,
		.problem = &ignored };
	int depth = 1;

	while (depth > 0) {
		struct token t = lexer_next(&b, at);
		if (t.kind == TOKEN_END || t.kind == TOKEN_BAD)
			break;
		if (t.kind == TOKEN_SIGN && t.sign == '{')
			depth++;
		if (t.kind == TOKEN_SIGN && t.sign == '}')
			depth--;
		*ret = t.at;
		at = t.end;
	}
	arena_free(arena);
	return depth == 0;
}

/* Reads one expression, whose text begins at r->at. */
static bool
add_expression(struct reader *r)
{
	size_t first = r->at, end = first;
	struct piece *p;

	if (!find_end(r, first, &end))
		return fail(r, first - 2, "the expression is not closed by "
		    "`}`");
	if ((p = piece_add(r)) == NULL)
		return false;
	p->expression = expression_compile(r->arena, r->scope,
	    (struct lift_text){ r->text.data + first, end - first },
	    r->problem);
	if (p->expression == NULL)
		r->problem->offset += first;
	r->at = end + 1;
	return p->expression != NULL;
}

struct template *
template_compile(struct arena *arena, const struct expression_scope *scope,
    struct lift_text text, struct expression_problem *problem)
{
	struct reader r = { .arena = arena, .scope = scope, .text = text,
		.problem = problem,
		.made = arena_take(arena, sizeof(struct template)) };
	size_t first = 0;

	while (r.at < text.size) {
		char next = r.at + 1 < text.size ? text.data[r.at + 1] : '\0';
		if (text.data[r.at] != '$' || (next != '$' && next != '{')) {
			r.at++;
			continue;
		}
		/* Of `$$`, the first dollar belongs to the text before. */
		if (!add_text(&r, first, r.at + (next == '$')))
			return NULL;
		r.at += 2;
		if (next == '{' && !add_expression(&r))
			return NULL;
		first = r.at;
	}
	return add_text(&r, first, text.size) ? r.made : NULL;
}

/* ---- writing ----------------------------------------------------------- */

/* Writes money with the decimals of its currency, when the expression is just
 * a variable that holds money, or a field of an object in a variable. */
static bool
write_money(const struct expression *e, const struct expression_frame *f,
    struct text *out)
{
	const struct term *t = e->root;
	struct lift_value v = LIFT_VALUE_NULL;

	if (t->op == OP_SLOT)
		v = f->values[t->number];
	else if (t->op == OP_SELECT && t->parts[0]->op == OP_SLOT &&
	    t->parts[0]->type->kind == KIND_OBJECT) {
		v = f->values[t->parts[0]->number];
		if (v.id != 0)
			v = f->object(f->context, (enum lift_type)v.type,
			    v.id, t->number);
	}
	if (v.type != LIFT_MONEY)
		return false;
	money_write(out, v.whole, v.size);
	return true;
}

/* Writes what an object is called: its field `id`, when it has one. */
static void
write_object(const struct operand *o, struct env *env, struct text *out)
{
	int field = names_field(env->expression->objects,
	    env->expression->object_count, o->form, LIFT_TEXT_OF("id"));

	if (field < 0) {
		text_form(out, "%u", o->id);
		return;
	}
	struct lift_value v = env->frame->object(env->frame->context,
	    (enum lift_type)o->form, o->id, (unsigned)field);
	if (v.type == LIFT_TEXT)
		text_add(out, v.text, v.size);
}

static void
write_operand(const struct operand *o, struct env *env, struct text *out)
{
	switch ((enum kind)o->kind) {
	case KIND_NULL:
		break;
	case KIND_STRING:
	case KIND_BYTES:
		text_add(out, o->text, o->size);
		break;
	case KIND_DOUBLE:
		operand_number(out, o->number);
		break;
	case KIND_TIME:
		moment_write(o, out);
		break;
	case KIND_SPAN:
		span_write(out, operand_value(o, NULL).whole);
		break;
	case KIND_TYPE:
		text_string(out, kind_name(o->form, o->object));
		break;
	case KIND_OBJECT:
		write_object(o, env, out);
		break;
	default:
		operand_json(o, env, out);
	}
}

bool
template_write(const struct template *t, const struct expression_frame *f,
    struct text *out, struct lift_error *err)
{
	size_t before = out->size;
	struct env env;

	for (unsigned i = 0; i < t->count; i++) {
		const struct piece *p = &t->pieces[i];
		if (p->expression == NULL) {
			text_add(out, p->text.data, p->text.size);
			continue;
		}
		if (write_money(p->expression, f, out))
			continue;
		struct operand o = expression_run(p->expression, f, &env);
		if (o.kind != KIND_ERROR) {
			write_operand(&o, &env, out);
			continue;
		}
		struct lift_text s = expression_source(p->expression);
		out->size = before;
		if (out->data != NULL)
			out->data[before] = '\0';
		return lift_fail(err, LIFT_E_INPUT, "`${%.*s}` has no value: "
		    "%s", (int)(s.size > 80 ? 80 : s.size), s.data, o.text);
	}
	return true;
}

const struct expression *
template_single(const struct template *t)
{
	return t->count == 1 ? t->pieces[0].expression : NULL;
}

bool
template_is_plain(const struct template *t)
{
	for (unsigned i = 0; i < t->count; i++)
		if (t->pieces[i].expression != NULL)
			return false;
	return true;
}

bool
template_uses(const struct template *t, unsigned slot)
{
	for (unsigned i = 0; i < t->count; i++)
		if (t->pieces[i].expression != NULL &&
		    expression_uses(t->pieces[i].expression, slot))
			return true;
	return false;
}
