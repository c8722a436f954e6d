/* The language of `when:` and of `${...}`: a subset of CEL with CEL's results
 * for all that it covers (expression.md says what that is).
 *
 * An expression is compiled once, against a scope that says which names there
 * are and of which types, and evaluated as often as one likes with a frame
 * that has the values. A name that the scope does not know, and an operation
 * that the types do not allow, is a problem at compile time, with its place
 * and a suggestion; never a silent false. Evaluation allocates nothing unless
 * the expression builds lists, maps or strings, and always ends: what it may
 * cost is limited at compile time and again while it runs. */
#ifndef RULES_EXPRESSION_H
#define RULES_EXPRESSION_H

#include <liftd/plugin.h>

#include "base/arena.h"
#include "base/text.h"

enum {
	EXPRESSION_SOURCE_MOST = 8192,	/* bytes */
	EXPRESSION_NESTING_MOST = 64,	/* parentheses in parentheses */
	EXPRESSION_DEPTH_MOST = 200,	/* operations on operations */
	EXPRESSION_TERMS_MOST = 2000,
	EXPRESSION_FOLDS_MOST = 6,	/* macros inside macros */
	EXPRESSION_COST_MOST = 1000000,	/* unless the scope says other */
	EXPRESSION_STEPS_MOST = 1000000	/* unless the frame says other */
};

/* The fields of one type of object: what `product.NAME` may be. */
struct expression_object {
	enum lift_type           type;	/* LIFT_PRODUCT and its like */
	const struct lift_field *fields;	/* ends with LIFT_END */
};

/* A value by name that the rule files give: `lists.never_touch`. */
struct expression_constant {
	const char       *name;
	struct lift_value value;
};

/* Which names an expression may use. Variable n of the table is slot n of the
 * frame; a name may have dots. */
struct expression_scope {
	const struct lift_field          *variables;	/* LIFT_END, or NULL */
	const struct expression_object   *objects;
	size_t                            object_count;
	const struct expression_constant *constants;
	size_t                            constant_count;
	uint64_t                          cost_most;
	bool                              is_unchecked;	/* mistakes of name and
							 * type wait for the
							 * evaluation */
};

/* Why an expression was refused. The place is in bytes of the source; the
 * hint is empty where there is none. */
struct expression_problem {
	size_t offset, size;
	char   message[200];
	char   hint[120];
};

/* What one evaluation works on. */
struct expression_frame {
	const struct lift_value *values;	/* by slot */
	/* Field number FIELD of the scope's table for this object. */
	struct lift_value (*object)(void *context, enum lift_type type,
	    uint32_t id, unsigned field);
	void         *context;
	struct arena *scratch;	/* takes what is built; clear it afterwards */
	uint64_t      steps;	/* the budget; 0: EXPRESSION_STEPS_MOST */
};

enum expression_verdict {
	EXPRESSION_FALSE,
	EXPRESSION_TRUE,
	EXPRESSION_ERROR
};

struct expression;

/* A checked expression in the arena, or NULL with the problem. Keeps: the
 * tables of the scope (not the scope itself); copies the source. */
struct expression *expression_compile(struct arena *,
    const struct expression_scope *, struct lift_text source,
    struct expression_problem *);

/* Whether the expression holds. EXPRESSION_ERROR when it cannot be said, or
 * is no bool: expression_value has the sentence. */
enum expression_verdict expression_test(const struct expression *,
    const struct expression_frame *);

/* Gives the expression's value: false with a sentence when it has none. Time
 * and span are cut to microseconds, a uint beyond int64 becomes a number,
 * bytes and types become text. What it points to lives in the scratch arena,
 * the frame or the expression. */
bool expression_value(const struct expression *,
    const struct expression_frame *, struct lift_value *ret_value,
    struct lift_error *);

/* The type the expression has if it has a value; LIFT_NULL when only the
 * evaluation will know. A uint counts as LIFT_INT, bytes and types as
 * LIFT_TEXT. */
enum lift_type expression_type(const struct expression *);

/* Whether the expression reads this slot. */
bool expression_uses(const struct expression *, unsigned slot);

/* Whether the expression can only be true if the slot has one certain text
 * (`type == "purchase" && ...`), which it then gives. */
bool expression_demands(const struct expression *, unsigned slot,
    struct lift_text *ret_text);

/* The source, as it was compiled. */
struct lift_text expression_source(const struct expression *);

/* The static estimate that was held against the scope's limit. */
uint64_t expression_cost(const struct expression *);

/* Appends the tree of conditions as JSON: {"when", "verdict", "values",
 * "parts"}; a part that cannot be said has a null verdict and an "error". */
void expression_reasons(const struct expression *,
    const struct expression_frame *, struct text *json);

#endif
