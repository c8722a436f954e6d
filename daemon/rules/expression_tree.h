/* Inside the expression language: what its files share. The way of a text:
 * lexer (bytes to tokens), parser (tokens to terms), checker (names and types;
 * gives each term the function that evaluates it), evaluator. Nobody outside
 * daemon/rules includes this, except tests. */
#ifndef RULES_EXPRESSION_TREE_H
#define RULES_EXPRESSION_TREE_H

#include <math.h>

#include "rules/expression.h"

/* ---- operands: what terms evaluate to ---------------------------------- */

enum kind {
	KIND_ERROR,
	KIND_NULL, KIND_BOOL, KIND_INT, KIND_UINT, KIND_DOUBLE,
	KIND_STRING, KIND_BYTES, KIND_LIST, KIND_MAP,
	KIND_TIME, KIND_SPAN,
	KIND_TYPE,
	KIND_OBJECT,
	KIND_DYN,		/* of types only: anything */
	KINDS
};

/* Whose items a list or map has. */
enum form {
	FORM_OWN,		/* operands */
	FORM_LENT,		/* lift_values of the frame */
	FORM_JSON		/* text that is scanned on demand */
};

/* Sixteen bytes, so that it travels in two registers. */
struct operand {
	uint8_t  kind;
	uint8_t  form;		/* of list, map; of an object its lift_type; of
				 * a type its kind */
	uint16_t object;	/* of a type of object: the lift_type */
	uint32_t size;		/* bytes or items; nanoseconds; of an error the
				 * offset in the source */
	union {
		bool                        yes;
		int64_t                     whole;	/* also seconds */
		uint64_t                    natural;
		double                      number;
		uint32_t                    id;
		const char                 *text;	/* also an error's */
		const struct operand       *items;
		const struct operand_pair  *pairs;
		const struct lift_value    *lent;
		const struct lift_pair     *lent_pairs;
	};
};

struct operand_pair {
	struct operand key, value;
};

/* ---- types ------------------------------------------------------------- */

struct type {
	uint8_t            kind;
	uint8_t            object;	/* lift_type, of KIND_OBJECT */
	bool               is_nullable;
	const struct type *key, *item;	/* of list and map */
};

/* ---- terms ------------------------------------------------------------- */

enum operation {
	OP_CONSTANT, OP_NAME, OP_SLOT, OP_LOCAL,
	OP_SELECT, OP_HAS, OP_INDEX, OP_CALL, OP_LIST, OP_MAP,
	OP_AND, OP_OR, OP_NOT, OP_NEGATE, OP_CHOICE,
	OP_EQUAL, OP_UNEQUAL, OP_LESS, OP_LESS_EQUAL, OP_MORE,
	OP_MORE_EQUAL, OP_IN,
	OP_ADD, OP_SUBTRACT, OP_MULTIPLY, OP_DIVIDE, OP_MODULO,
	OP_FOLD, OP_MISTAKE
};

enum fold {
	FOLD_ALL, FOLD_EXISTS, FOLD_EXISTS_ONE, FOLD_MAP, FOLD_FILTER,
	FOLD_MAP_TO_MAP
};

struct env;
struct overload;
struct term;

typedef struct operand term_run(const struct term *, struct env *);

/* One node of the tree. */
struct term {
	term_run          *run;
	struct term      **parts;	/* of a fold: range,
					 * filter or NULL, body */
	uint32_t           count;
	uint32_t           number;	/* slot, local, field */
	uint8_t            op;
	uint8_t            fold;
	bool               is_member;	/* a call with a receiver */
	bool               is_absolute;	/* a name with a dot before it */
	uint16_t           depth;
	uint16_t           variables;	/* of a fold: one or two */
	uint32_t           at, end;	/* in the source */
	uint32_t           weight;	/* steps of one evaluation, about */
	uint64_t           cost;	/* the same, with ranges guessed */
	struct operand     value;	/* of a constant */
	const struct type *type;
	struct lift_text   name, second;	/* a fold's variables too */
	uint32_t           room;	/* of parts */
	const void        *extra;	/* a pattern, a zone */
	const struct overload *overloads;	/* of a call: those to try */
};

enum { LOCALS_MOST = 2 * EXPRESSION_FOLDS_MOST };

/* One evaluation. */
struct env {
	const struct expression_frame *frame;
	const struct expression       *expression;
	uint64_t                       left;	/* steps */
	struct operand                 locals[LOCALS_MOST];
};

struct expression {
	struct term                    *root;
	struct lift_text                source;
	const struct expression_object *objects;
	size_t                          object_count;
	const bool                     *uses;	/* by slot */
	unsigned                        slots;
};

/* One compilation: where the parser and the checker put things. */
struct build {
	struct arena                  *arena;
	const struct expression_scope *scope;
	struct lift_text               source;
	struct expression_problem     *problem;
	struct expression             *expression;
	bool                          *uses;
	unsigned                       terms;
	bool                           is_broken;
	unsigned                       locals;
	struct lift_text               local_names[LOCALS_MOST];
	const struct type             *local_types[LOCALS_MOST];
};

/* ---- the lexer --------------------------------------------------------- */

enum token_kind {
	TOKEN_END, TOKEN_NAME, TOKEN_QUOTED, TOKEN_INT, TOKEN_UINT,
	TOKEN_DOUBLE, TOKEN_STRING, TOKEN_BYTES, TOKEN_SIGN, TOKEN_BAD
};

#define SIGN2(a, b)	((a) << 8 | (b))

struct token {
	enum token_kind  kind;
	int              sign;		/* the character, or SIGN2 */
	uint32_t         at, end;
	struct lift_text text;		/* of a name or string */
	uint64_t         natural;
	double           number;
};

/* The token that begins at or after AT. A bad one has told its problem. */
struct token lexer_next(struct build *, size_t at);

/* Reports a problem, unless there is one already, and returns false. */
bool build_fail(struct build *, size_t at, size_t end, const char *form, ...)
    LIFT_PRINTF(4, 5);

/* Adds a hint to the problem that was just reported. */
void build_hint(struct build *, const char *form, ...) LIFT_PRINTF(2, 3);

/* The tree of the source, or NULL with the problem told. */
struct term *parser_read(struct build *);

/* A new term over the source from AT to END; a problem when there are too
 * many, which the parser notices. */
struct term *term_new(struct build *, enum operation, size_t at, size_t end);

/* Appends a part. */
void term_add(struct build *, struct term *, struct term *part);

/* ---- the checker ------------------------------------------------------- */

/* Gives the tree names, types, costs and functions; false with a problem. */
bool checker_run(struct build *, struct term *);

/* The type with no parts of this kind. */
const struct type *type_of(enum kind);

/* The type of a field of a table. */
const struct type *type_of_field(const struct lift_field *);

/* Whether == is defined between the two, as far as the types say. */
bool type_may_equal(const struct type *, const struct type *);

/* Whether < is defined between the two, as far as the types say. */
bool type_may_order(const struct type *, const struct type *);

/* The type that has the values of both; NULL when there is none. */
const struct type *type_join(const struct type *, const struct type *);

/* A list type in the arena. */
const struct type *type_list(struct arena *, const struct type *item);

/* A map type in the arena. */
const struct type *type_map(struct arena *, const struct type *key,
    const struct type *item);

/* Appends the type's name as CEL writes it. */
void type_write(const struct type *, char *at, size_t room);

/* Makes TERM, a name or a chain of selections from one, a slot, local or
 * constant: true if it became one. */
bool names_resolve(struct build *, struct term *);

/* Reports that the name is not in the scope, with the nearest that is. */
void names_unknown(struct build *, struct term *);

/* Whether the chain, or the beginning of it, means something. */
bool names_is_known(const struct build *, const struct term *);

/* Reports that there is no such function, with the nearest. */
void names_unknown_function(struct build *, struct term *);

/* The number of a field of a type of object; -1 when it has none. */
int names_field(const struct expression_object *, size_t count,
    unsigned type, struct lift_text name);

/* The object's description; NULL if the scope has none. */
const struct expression_object *names_object(const struct expression_object *,
    size_t count, unsigned type);

/* Reports that the object type has no such field, with the nearest. */
void names_unknown_field(struct build *, struct term *, unsigned type);

/* Sets the function that evaluates the term, a special one where its parts
 * allow it. */
void evaluator_choose(struct build *, struct term *);

/* The special function for a comparison with a constant; NULL when the plain
 * one has to do. It may leave a table in the term. */
term_run *shortcut_find(struct build *, struct term *);

/* Evaluates the whole expression; prepares ENV for that. */
struct operand expression_run(const struct expression *,
    const struct expression_frame *, struct env *);

/* Evaluates a fold: the macros all, exists, map and so on. */
struct operand fold_run(const struct term *, struct env *);

/* ---- functions --------------------------------------------------------- */

enum { ARGUMENTS_MOST = 3 };

struct overload {
	const char *name;
	bool        is_member;
	uint8_t     count;
	uint8_t     takes[ARGUMENTS_MOST];	/* kinds; KIND_DYN: any */
	uint8_t     gives;
	struct operand (*run)(const struct term *, struct env *,
	    const struct operand *arguments);
	unsigned    cost;
};

/* The first overload of this name; NULL. Those of one name stand together. */
const struct overload *functions_find(struct lift_text name);

/* The table, ended by a row without a name: for suggestions. */
const struct overload *functions_table(void);

/* The overload that takes arguments of these kinds; NULL. */
const struct overload *functions_match(const struct overload *first,
    const struct term *, const uint8_t *kinds);

/* ---- operands, once more ----------------------------------------------- */

#define OPERAND_BOOL(v)	((struct operand){ .kind = KIND_BOOL, .yes = (v) })
#define OPERAND_INT(v)	((struct operand){ .kind = KIND_INT, .whole = (v) })
#define OPERAND_DOUBLE(v) \
	((struct operand){ .kind = KIND_DOUBLE, .number = (v) })

static inline struct operand
operand_text(enum kind kind, struct lift_text t)
{
	return (struct operand){ .kind = (uint8_t)kind,
		.size = (uint32_t)t.size, .text = t.data };
}

static inline struct lift_text
operand_view(const struct operand *o)
{
	return (struct lift_text){ o->text, o->size };
}

/* An error at the term's place. SENTENCE is a literal. */
static inline struct operand
operand_fail(const struct term *term, const char *sentence)
{
	return (struct operand){ .kind = KIND_ERROR, .size = term->at,
		.text = sentence };
}

#define NO_OVERLOAD	"no such overload"
#define TOO_DEAR	"the evaluation took too many steps"

/* What a value of the frame is as an operand; the rarer types. */
struct operand operand_of_rare(const struct lift_value *);

/* What a value of the frame is as an operand. */
static inline struct operand
operand_of(const struct lift_value *v)
{
	if (v->type == LIFT_TEXT)
		return (struct operand){ .kind = KIND_STRING, .size = v->size,
			.text = v->text != NULL ? v->text : "" };
	if (v->type == LIFT_INT)
		return OPERAND_INT(v->whole);
	if (v->type == LIFT_NUMBER)
		return OPERAND_DOUBLE(v->number);
	return operand_of_rare(v);
}

/* The operand as a value for others; lists and maps are built in the arena.
 * KIND_ERROR has none. */
struct lift_value operand_value(const struct operand *, struct arena *);

/* Whether the two are equal, as == says. Takes from the steps. */
bool operand_equal(const struct operand *, const struct operand *,
    struct env *);

enum order { ORDER_LESS = -1, ORDER_SAME, ORDER_MORE, ORDER_NONE };

/* Puts the order of the two into *RET, ORDER_NONE for NaN; false when they
 * have none. */
bool operand_order(const struct operand *, const struct operand *,
    enum order *ret);

/* Appends the operand as JSON; strings inside are quoted. */
void operand_json(const struct operand *, struct env *, struct text *);

/* Appends a text in quotes, as JSON. */
void operand_quote(struct lift_text, struct text *);

/* What CEL calls a kind; an object type is told by its lift_type. */
const char *kind_name(unsigned kind, unsigned object);

/* Appends a double with the fewest digits that read back the same. */
void operand_number(struct text *, double);

/* How many items a list or map has; JSON is counted. */
uint32_t operand_count(const struct operand *);

/* Walks over the items of a list or map. */
struct walk {
	struct operand over;
	uint32_t       next;
	const char    *at;	/* in JSON */
	struct operand key, value;	/* a list's key is its index */
};

/* A walk before the first item. */
struct walk walk_begin(struct operand over);

/* Goes to the next item; false at the end. Decoding an escaped string takes
 * from the arena. */
bool walk_next(struct walk *, struct arena *);

/* Finds the value of a key in a map; false if it is not there. */
bool operand_find(const struct operand *map, const struct operand *key,
    struct env *, struct operand *ret_value);

/* Takes from the steps that are left; false when none are. */
static inline bool
env_spend(struct env *env, uint64_t steps)
{
	if (env->left < steps) {
		env->left = 0;
		return false;
	}
	env->left -= steps;
	return true;
}

/* ---- JSON text, scanned on demand -------------------------------------- */

/* The JSON document as an operand: scalars are read, objects and arrays stay
 * text. An escaped string is decoded into the arena, or left as it is when
 * there is none. */
struct operand raw_read(struct lift_text, struct arena *);

/* Goes to the next item of an array or object text; false at its end. */
bool raw_next(struct walk *, struct arena *);

/* ---- moments and spans of time ----------------------------------------- */

/* Reads RFC 3339 with nanoseconds. NULL, or what is wrong. */
const char *moment_read(struct lift_text, struct operand *ret);

/* Reads `1h30m`, `1.5s`, `-2ms`. NULL, or what is wrong. */
const char *span_operand_read(struct lift_text, struct operand *ret);

/* Appends a time as RFC 3339, or a span as seconds with an s. */
void moment_write(const struct operand *, struct text *);

/* Adds (SIGN 1) or subtracts (SIGN -1) times and spans. */
struct operand moment_sum(const struct term *, const struct operand *,
    const struct operand *, int sign);

/* What an accessor such as getHours gives of a time, in the zone that is its
 * second argument, or in UTC. */
struct operand moment_part(const struct term *, struct env *,
    const struct operand *);

/* What an accessor gives of a span. */
struct operand span_part(const struct term *, struct env *,
    const struct operand *);

/* Reads a zone that needs no table: UTC, `+02:00`, `-09:30`, `02:00`. False,
 * with *ret_offset untouched, when the name is another. */
bool zone_read_fixed(struct lift_text, int32_t *ret_offset);

/* A time from seconds since 1970; an error outside the years 1 to 9999. */
struct operand moment_at(const struct term *, int64_t seconds,
    uint32_t nanos);

#endif
