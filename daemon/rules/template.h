/* Texts with expressions in them: `stock of ${product.title} is ${left}`. The
 * text is a scalar that YAML has already parsed; `$$` is a dollar, and a
 * dollar before anything but `{` and `$` is itself. */
#ifndef RULES_TEMPLATE_H
#define RULES_TEMPLATE_H

#include "rules/expression.h"

enum { TEMPLATE_PARTS_MOST = 100 };

struct template;

/* The compiled template in the arena, or NULL with the problem, whose offset
 * counts from the start of the text. Keeps: the tables of the scope. */
struct template *template_compile(struct arena *,
    const struct expression_scope *, struct lift_text,
    struct expression_problem *);

/* Appends the text with the values in it: strings as they are, times as RFC
 * 3339, spans as 1h30m, money with its decimals, lists and maps as JSON, null
 * as nothing. Fails: with a sentence when an expression has no value; then
 * nothing is appended. */
bool template_write(const struct template *, const struct expression_frame *,
    struct text *, struct lift_error *);

/* The expression of a template that is nothing but one `${EXPR}`, so that its
 * value can keep its type; NULL when there is more or less. */
const struct expression *template_single(const struct template *);

/* Whether the text has no expression; it is then the same for all frames. */
bool template_is_plain(const struct template *);

/* Whether an expression of the template reads this slot. */
bool template_uses(const struct template *, unsigned slot);

#endif
