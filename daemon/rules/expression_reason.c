/* Why an expression came out as it did: the tree of its conditions, each with
 * its source, its verdict and the values that it looked at. A condition is
 * what stands between &&, ||, ! and ?:; its values are the variables and
 * fields in it. */
#include "rules/expression_tree.h"

static bool
is_junction(const struct term *t)
{
	return t->op == OP_AND || t->op == OP_OR || t->op == OP_NOT ||
	    t->op == OP_CHOICE;
}

/* Whether the term is a variable, or a field of a field of one. */
static bool
is_reading(const struct term *t)
{
	while (t->op == OP_SELECT || t->op == OP_HAS)
		t = t->parts[0];
	return t->op == OP_SLOT;
}

static struct lift_text
source_of(const struct expression *e, const struct term *t)
{
	return (struct lift_text){ e->source.data + t->at, t->end - t->at };
}

static void
write_value(const struct term *t, struct env *env, struct text *json,
    bool *is_first)
{
	struct operand o = t->run(t, env);

	if (!*is_first)
		text_string(json, ", ");
	*is_first = false;
	operand_quote(source_of(env->expression, t), json);
	text_string(json, ": ");
	operand_json(&o, env, json);
}

/* Writes the values of what the term reads; inside a macro there are none,
 * since its variables have no one value. */
static void
write_values(const struct term *t, struct env *env, struct text *json,
    bool *is_first)
{
	if (is_reading(t)) {
		write_value(t, env, json, is_first);
		return;
	}
	uint32_t count = t->op == OP_FOLD ? 1 : t->count;
	for (uint32_t i = 0; i < count; i++)
		write_values(t->parts[i], env, json, is_first);
}

static void
write_verdict(const struct term *t, struct env *env, struct text *json)
{
	struct operand o = t->run(t, env);

	text_string(json, ", \"verdict\": ");
	if (o.kind == KIND_ERROR) {
		text_string(json, "null, \"error\": ");
		operand_quote(lift_text(o.text), json);
	} else
		operand_json(&o, env, json);
}

static void
write_term(const struct term *t, struct env *env, struct text *json)
{
	bool is_first = true;

	text_string(json, "{\"when\": ");
	operand_quote(source_of(env->expression, t), json);
	write_verdict(t, env, json);
	if (!is_junction(t)) {
		text_string(json, ", \"values\": {");
		write_values(t, env, json, &is_first);
		text_string(json, "}}");
		return;
	}
	text_string(json, ", \"parts\": [");
	for (uint32_t i = 0; i < t->count; i++) {
		if (i > 0)
			text_string(json, ", ");
		write_term(t->parts[i], env, json);
	}
	text_string(json, "]}");
}

void
expression_reasons(const struct expression *e,
    const struct expression_frame *f, struct text *json)
{
	struct env env;

	/* Each condition is evaluated once for each level above it. */
	expression_run(e, f, &env);
	env.left = 10 * (f->steps > 0 ? f->steps : EXPRESSION_STEPS_MOST);
	write_term(e->root, &env, json);
}
