/* Tokens to terms: CEL's grammar, by precedence. Chains of && and || become
 * one term with many parts; runs of ! and - are counted, not nested. What can
 * nest is counted against a limit, so that the recursion stays shallow. */
#include "rules/expression_tree.h"

/* Words that cannot be variables. */
static const char *const reserved[] = { "as", "break", "const", "continue",
	"else", "false", "for", "function", "if", "import", "in", "let",
	"loop", "namespace", "null", "package", "return", "true", "var",
	"void", "while" };

/* Words of the language, which cannot be names of fields either. */
static const char *const literals[] = { "false", "in", "null", "true" };

static const struct infix {
	int            sign;
	int            level;
	enum operation op;
} infixes[] = {
	{ SIGN2('|', '|'), 1, OP_OR }, { SIGN2('&', '&'), 2, OP_AND },
	{ SIGN2('=', '='), 3, OP_EQUAL }, { SIGN2('!', '='), 3, OP_UNEQUAL },
	{ '<', 3, OP_LESS }, { SIGN2('<', '='), 3, OP_LESS_EQUAL },
	{ '>', 3, OP_MORE }, { SIGN2('>', '='), 3, OP_MORE_EQUAL },
	{ '+', 4, OP_ADD }, { '-', 4, OP_SUBTRACT },
	{ '*', 5, OP_MULTIPLY }, { '/', 5, OP_DIVIDE }, { '%', 5, OP_MODULO },
};
static const struct infix infix_in = { 0, 3, OP_IN };

/* The macros that walk over a list or map. */
static const struct macro {
	const char *name;
	uint8_t     count;		/* arguments */
	uint8_t     variables;
	enum fold   fold;
	bool        has_filter;		/* before the body */
} macros[] = {
	{ "all", 2, 1, FOLD_ALL, false },
	{ "all", 3, 2, FOLD_ALL, false },
	{ "exists", 2, 1, FOLD_EXISTS, false },
	{ "exists", 3, 2, FOLD_EXISTS, false },
	{ "exists_one", 2, 1, FOLD_EXISTS_ONE, false },
	{ "exists_one", 3, 2, FOLD_EXISTS_ONE, false },
	{ "existsOne", 2, 1, FOLD_EXISTS_ONE, false },
	{ "existsOne", 3, 2, FOLD_EXISTS_ONE, false },
	{ "filter", 2, 1, FOLD_FILTER, false },
	{ "map", 2, 1, FOLD_MAP, false },
	{ "map", 3, 1, FOLD_MAP, true },
	{ "transformList", 3, 2, FOLD_MAP, false },
	{ "transformList", 4, 2, FOLD_MAP, true },
	{ "transformMap", 3, 2, FOLD_MAP_TO_MAP, false },
	{ "transformMap", 4, 2, FOLD_MAP_TO_MAP, true },
};
enum { MACROS = sizeof(macros) / sizeof(macros[0]) };

struct parser {
	struct build *build;
	struct token  token;		/* the next one */
	uint32_t      last;		/* where the one before it ended */
	unsigned      nesting;
};

static struct term *parse_expression(struct parser *);

struct term *
term_new(struct build *b, enum operation op, size_t at, size_t end)
{
	struct term *t = arena_take(b->arena, sizeof(*t));

	t->op = (uint8_t)op;
	t->at = (uint32_t)at;
	t->end = (uint32_t)end;
	t->depth = 1;
	b->terms++;
	return t;
}

void
term_add(struct build *b, struct term *t, struct term *part)
{
	if (t->count == t->room) {
		t->room = t->room == 0 ? 2 : t->room * 2;
		struct term **grown = arena_array(b->arena, struct term *,
		    t->room);
		if (t->count > 0)
			memcpy(grown, t->parts, sizeof(*grown) * t->count);
		t->parts = grown;
	}
	t->parts[t->count++] = part;
	if (part != NULL && part->depth >= t->depth)
		t->depth = (uint16_t)(part->depth + 1);
}

static bool
is_among(struct lift_text name, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (lift_text_equal(name, lift_text(words[i])))
			return true;
	return false;
}

static void
advance(struct parser *p)
{
	p->last = p->token.end;
	p->token = lexer_next(p->build, p->token.end);
}

static bool
at_sign(const struct parser *p, int sign)
{
	return p->token.kind == TOKEN_SIGN && p->token.sign == sign;
}

static bool
take_sign(struct parser *p, int sign)
{
	if (!at_sign(p, sign))
		return false;
	advance(p);
	return true;
}

/* Words that are operators elsewhere; a `not` has been read as a name. */
static void
hint_word(struct build *b, const struct token *t)
{
	struct lift_text source = b->source;
	struct lift_text word = { source.data + t->at, t->end - t->at };
	struct lift_text head = { source.data, t->at };

	while (head.size > 0 && head.data[head.size - 1] == ' ')
		head.size--;
	if (lift_text_equal(word, lift_text("and")) ||
	    lift_text_equal(word, lift_text("AND")))
		build_hint(b, "write &&");
	else if (lift_text_equal(word, lift_text("or")) ||
	    lift_text_equal(word, lift_text("OR")))
		build_hint(b, "write ||");
	else if (head.size >= 3 &&
	    memcmp(head.data + head.size - 3, "not", 3) == 0)
		build_hint(b, "write !%.*s", (int)(word.size > 40 ? 40 :
		    word.size), word.data);
}

static struct term *
unexpected(struct parser *p, const char *wanted)
{
	struct token t = p->token;

	if (t.kind == TOKEN_END) {
		build_fail(p->build, t.at, t.at,
		    "the expression ends early, %s is missing", wanted);
		return NULL;
	}
	build_fail(p->build, t.at, t.end, "unexpected `%.*s`, %s is missing",
	    t.end - t.at > 40 ? 40 : (int)(t.end - t.at),
	    p->build->source.data + t.at, wanted);
	hint_word(p->build, &t);
	return NULL;
}

static bool
want_sign(struct parser *p, int sign)
{
	char wanted[4] = { '`', (char)sign, '`', '\0' };

	if (take_sign(p, sign))
		return true;
	unexpected(p, wanted);
	return false;
}

/* A finished term: its end is known, and its limits are checked. */
static struct term *
finish(struct parser *p, struct term *t)
{
	t->end = p->last;
	if (t->depth > EXPRESSION_DEPTH_MOST) {
		build_fail(p->build, t->at, t->end, "the expression is nested "
		    "deeper than %d operations", EXPRESSION_DEPTH_MOST);
		return NULL;
	}
	if (p->build->terms > EXPRESSION_TERMS_MOST) {
		build_fail(p->build, t->at, t->end, "the expression has more "
		    "than %d parts", EXPRESSION_TERMS_MOST);
		return NULL;
	}
	return t;
}

/* Appends expressions to T until the closing sign, which it takes. */
static bool
parse_items(struct parser *p, struct term *t, int close)
{
	while (!take_sign(p, close)) {
		struct term *item = parse_expression(p);
		if (item == NULL)
			return false;
		term_add(p->build, t, item);
		if (t->op == OP_MAP) {
			if (!want_sign(p, ':') ||
			    (item = parse_expression(p)) == NULL)
				return false;
			term_add(p->build, t, item);
		}
		bool is_more = take_sign(p, ',');
		/* Only literals may end in a comma. */
		if (is_more && t->op == OP_CALL && at_sign(p, close)) {
			unexpected(p, "an argument");
			return false;
		}
		if (!is_more && !at_sign(p, close))
			return want_sign(p, close);
	}
	return true;
}

/* ---- calls and macros -------------------------------------------------- */

static const struct macro *
macro_find(const struct term *call)
{
	for (size_t i = 0; i < MACROS; i++)
		if (lift_text_equal(call->name, lift_text(macros[i].name)) &&
		    macros[i].count + 1u == call->count)
			return &macros[i];
	return NULL;
}

static bool
is_plain_name(const struct term *t)
{
	return t->op == OP_NAME && !t->is_absolute;
}

/* Makes the call RANGE.macro(VARIABLES, FILTER, BODY) a fold. */
static struct term *
macro_expand(struct parser *p, struct term *call, const struct macro *m)
{
	struct term *fold = term_new(p->build, OP_FOLD, call->at, call->end);

	for (uint32_t i = 1; i <= m->variables; i++)
		if (!is_plain_name(call->parts[i])) {
			build_fail(p->build, call->parts[i]->at,
			    call->parts[i]->end,
			    "`%s` takes the name of a variable here", m->name);
			return NULL;
		}
	fold->fold = (uint8_t)m->fold;
	fold->variables = m->variables;
	fold->name = call->parts[1]->name;
	if (m->variables == 2) {
		fold->second = call->parts[2]->name;
		if (lift_text_equal(fold->name, fold->second)) {
			build_fail(p->build, call->parts[2]->at,
			    call->parts[2]->end,
			    "the two variables need two names");
			return NULL;
		}
	}
	uint32_t next = 1u + m->variables;
	term_add(p->build, fold, call->parts[0]);
	term_add(p->build, fold, m->has_filter ? call->parts[next++] : NULL);
	term_add(p->build, fold, call->parts[next]);
	return finish(p, fold);
}

/* Makes has(e.f) a test of the field. */
static struct term *
has_expand(struct parser *p, struct term *call)
{
	if (call->count != 1 || call->parts[0]->op != OP_SELECT) {
		build_fail(p->build, call->at, call->end,
		    "`has` takes one field, as in has(product.brand)");
		return NULL;
	}
	struct term *has = call->parts[0];
	has->op = OP_HAS;
	has->at = call->at;
	return finish(p, has);
}

/* The rest of a call, after its opening parenthesis. */
static struct term *
parse_call(struct parser *p, struct term *call)
{
	if (!parse_items(p, call, ')'))
		return NULL;
	call->end = p->last;
	if (!call->is_member && !call->is_absolute &&
	    lift_text_equal(call->name, LIFT_TEXT_OF("has")))
		return has_expand(p, call);
	const struct macro *m = call->is_member ? macro_find(call) : NULL;
	if (m != NULL)
		return macro_expand(p, call, m);
	return finish(p, call);
}

/* ---- primaries and members --------------------------------------------- */

static struct term *
constant(struct parser *p, struct operand value)
{
	struct term *t = term_new(p->build, OP_CONSTANT, p->token.at,
	    p->token.end);

	t->value = value;
	advance(p);
	return finish(p, t);
}

static struct term *
parse_int(struct parser *p, bool is_minus)
{
	uint64_t v = p->token.natural, most = (uint64_t)INT64_MAX + is_minus;

	if (v > most) {
		build_fail(p->build, p->token.at, p->token.end,
		    "the number does not fit into an int");
		return NULL;
	}
	return constant(p, OPERAND_INT(is_minus ? (int64_t)(0 - v) :
	    (int64_t)v));
}

static bool
parse_word(struct parser *p, struct operand *ret)
{
	struct lift_text name = p->token.text;

	if (lift_text_equal(name, LIFT_TEXT_OF("true")))
		*ret = OPERAND_BOOL(true);
	else if (lift_text_equal(name, LIFT_TEXT_OF("false")))
		*ret = OPERAND_BOOL(false);
	else if (lift_text_equal(name, LIFT_TEXT_OF("null")))
		*ret = (struct operand){ .kind = KIND_NULL };
	else
		return false;
	return true;
}

static struct term *
parse_name(struct parser *p, bool is_absolute)
{
	struct token t = p->token;

	if (t.kind != TOKEN_NAME)
		return unexpected(p, "a name");
	if (is_among(t.text, reserved, sizeof(reserved) / sizeof(*reserved))) {
		build_fail(p->build, t.at, t.end, "`%.*s` is a reserved word, "
		    "not a variable", (int)t.text.size, t.text.data);
		return NULL;
	}
	struct term *term = term_new(p->build, OP_NAME, t.at, t.end);
	term->name = t.text;
	term->is_absolute = is_absolute;
	advance(p);
	if (!take_sign(p, '('))
		return finish(p, term);
	term->op = OP_CALL;
	return parse_call(p, term);
}

/* What stands in parentheses, after the opening one. The term's place has the
 * parentheses, so that a snippet of the source has both of them or none. */
static struct term *
parse_group(struct parser *p, uint32_t at)
{
	struct term *t = parse_expression(p);

	if (t == NULL || !want_sign(p, ')'))
		return NULL;
	t->at = at;
	t->end = p->last;
	return t;
}

static struct term *
parse_literal(struct parser *p, enum operation op, int close)
{
	struct term *t = term_new(p->build, op, p->token.at, p->token.end);

	advance(p);
	return parse_items(p, t, close) ? finish(p, t) : NULL;
}

static struct term *
parse_primary(struct parser *p)
{
	struct token t = p->token;
	struct operand value;

	switch (t.kind) {
	case TOKEN_INT:
		return parse_int(p, false);
	case TOKEN_UINT:
		return constant(p, (struct operand){ .kind = KIND_UINT,
			.natural = t.natural });
	case TOKEN_DOUBLE:
		return constant(p, OPERAND_DOUBLE(t.number));
	case TOKEN_STRING:
		return constant(p, operand_text(KIND_STRING, t.text));
	case TOKEN_BYTES:
		return constant(p, operand_text(KIND_BYTES, t.text));
	case TOKEN_NAME:
		return parse_word(p, &value) ? constant(p, value) :
		    parse_name(p, false);
	default:
		break;
	}
	if (at_sign(p, '['))
		return parse_literal(p, OP_LIST, ']');
	if (at_sign(p, '{'))
		return parse_literal(p, OP_MAP, '}');
	if (take_sign(p, '('))
		return parse_group(p, t.at);
	if (take_sign(p, '.'))
		return parse_name(p, true);
	return unexpected(p, "a value");
}

static struct term *
parse_select(struct parser *p, struct term *of)
{
	struct token t = p->token;
	bool is_name = t.kind == TOKEN_NAME && !is_among(t.text, literals,
	    sizeof(literals) / sizeof(*literals));

	if (!is_name && t.kind != TOKEN_QUOTED)
		return unexpected(p, "the name of a field");
	struct term *term = term_new(p->build, OP_SELECT, of->at, t.end);
	term->name = t.text;
	term->number = t.at;	/* until it is resolved */
	term_add(p->build, term, of);
	advance(p);
	if (!is_name || !take_sign(p, '('))
		return finish(p, term);
	term->op = OP_CALL;
	term->is_member = true;
	return parse_call(p, term);
}

static struct term *
parse_index(struct parser *p, struct term *of)
{
	struct term *term = term_new(p->build, OP_INDEX, of->at, p->last);
	struct term *key = parse_expression(p);

	if (key == NULL || !want_sign(p, ']'))
		return NULL;
	term_add(p->build, term, of);
	term_add(p->build, term, key);
	return finish(p, term);
}

static struct term *
parse_member(struct parser *p, struct term *t)
{
	while (t != NULL) {
		if (take_sign(p, '.'))
			t = parse_select(p, t);
		else if (take_sign(p, '['))
			t = parse_index(p, t);
		else if (at_sign(p, '{') &&
		    (t->op == OP_NAME || t->op == OP_SELECT)) {
			build_fail(p->build, t->at, p->token.end,
			    "messages cannot be built in an expression");
			return NULL;
		} else
			break;
	}
	return t;
}

/* ---- operators --------------------------------------------------------- */

static struct term *
parse_unary(struct parser *p)
{
	uint32_t at = p->token.at;
	int sign = at_sign(p, '!') ? '!' : at_sign(p, '-') ? '-' : 0;
	unsigned count = 0;
	struct term *t;

	while (sign != 0 && take_sign(p, sign))
		count++;
	if (sign == '-' && p->token.kind == TOKEN_INT) {
		t = parse_member(p, parse_int(p, true));
		count--;
	} else
		t = parse_member(p, parse_primary(p));
	for (; count > 0 && t != NULL; count--) {
		struct term *outer = term_new(p->build,
		    sign == '!' ? OP_NOT : OP_NEGATE, at, p->last);
		term_add(p->build, outer, t);
		t = finish(p, outer);
	}
	return t;
}

static const struct infix *
infix_find(const struct parser *p)
{
	if (p->token.kind == TOKEN_NAME &&
	    lift_text_equal(p->token.text, LIFT_TEXT_OF("in")))
		return &infix_in;
	if (p->token.kind != TOKEN_SIGN)
		return NULL;
	for (size_t i = 0; i < sizeof(infixes) / sizeof(infixes[0]); i++)
		if (infixes[i].sign == p->token.sign)
			return &infixes[i];
	return NULL;
}

static struct term *
join(struct parser *p, enum operation op, struct term *left,
    struct term *right)
{
	/* `a && b && c` is one term; `(a && b) && c` comes out the same. */
	if ((op == OP_AND || op == OP_OR) && left->op == op) {
		term_add(p->build, left, right);
		return finish(p, left);
	}
	struct term *t = term_new(p->build, op, left->at, right->end);
	term_add(p->build, t, left);
	term_add(p->build, t, right);
	return finish(p, t);
}

/* Operators of at least this LEVEL, all of them left to right. */
static struct term *
parse_infix(struct parser *p, int level)
{
	struct term *left = parse_unary(p);
	const struct infix *in;

	while (left != NULL && (in = infix_find(p)) != NULL &&
	    in->level >= level) {
		advance(p);
		struct term *right = parse_infix(p, in->level + 1);
		left = right != NULL ? join(p, in->op, left, right) : NULL;
	}
	return left;
}

static struct term *
parse_choice(struct parser *p)
{
	struct term *test = parse_infix(p, 1);

	if (test == NULL || !take_sign(p, '?'))
		return test;
	struct term *t = term_new(p->build, OP_CHOICE, test->at, p->last);
	struct term *yes = parse_infix(p, 1);
	if (yes == NULL || !want_sign(p, ':'))
		return NULL;
	struct term *no = parse_expression(p);
	if (no == NULL)
		return NULL;
	term_add(p->build, t, test);
	term_add(p->build, t, yes);
	term_add(p->build, t, no);
	return finish(p, t);
}

static struct term *
parse_expression(struct parser *p)
{
	if (p->nesting == EXPRESSION_NESTING_MOST) {
		build_fail(p->build, p->token.at, p->token.end,
		    "the expression is nested deeper than %d",
		    EXPRESSION_NESTING_MOST);
		return NULL;
	}
	p->nesting++;
	struct term *t = parse_choice(p);
	p->nesting--;
	return t;
}

struct term *
parser_read(struct build *b)
{
	struct parser p = { .build = b, .token = lexer_next(b, 0) };
	struct term *t = parse_expression(&p);

	if (t == NULL || b->is_broken)
		return NULL;
	if (p.token.kind != TOKEN_END)
		return unexpected(&p, "an operator");
	return t;
}
