/* The text of a pattern to a tree: RE2's syntax, without what pattern.h says
 * is left out. */
#include "base/utf8.h"
#include "rules/pattern_tree.h"

enum {
	FLAG_FOLD = 1,		/* i */
	FLAG_DOT_ALL = 2,	/* s */
	FLAG_LINES = 4,		/* m */
	FLAG_LAZY = 8,		/* U: which match, not whether there is one */
	CODE_LAST = 0x10ffff
};

struct reader {
	struct arena           *arena;
	const char             *begin, *at, *end;
	struct pattern_problem *problem;
	unsigned                flags, nesting;
	bool                    is_broken;
};

static struct shape_node *read_choice(struct reader *);

static struct shape_node *
fail(struct reader *r, const char *sentence)
{
	if (!r->is_broken) {
		r->is_broken = true;
		r->problem->offset = (size_t)(r->at - r->begin);
		snprintf(r->problem->message, sizeof(r->problem->message),
		    "%s", sentence);
	}
	return NULL;
}

static struct shape_node *
node(struct reader *r, enum shape shape)
{
	struct shape_node *n = arena_take(r->arena, sizeof(*n));

	n->shape = shape;
	return n;
}

static void
node_add(struct shape_node *n, struct shape_node *part)
{
	part->before = n->first;
	n->first = part;
}

static bool
looking_at(const struct reader *r, const char *word)
{
	size_t size = strlen(word);

	return (size_t)(r->end - r->at) >= size &&
	    memcmp(r->at, word, size) == 0;
}

static bool
take(struct reader *r, const char *word)
{
	if (!looking_at(r, word))
		return false;
	r->at += strlen(word);
	return true;
}

/* Finishes a set that stands for one code point or a class of them. */
static struct shape_node *
set_of(struct reader *r, struct ranges set)
{
	struct shape_node *n = node(r, SHAPE_SET);

	n->set = set;
	return n;
}

static struct shape_node *
literal(struct reader *r, uint32_t c)
{
	struct ranges set = { 0 };

	if (c >= 0x80 && (r->flags & FLAG_FOLD))
		return fail(r, "only ASCII letters can match without case");
	ranges_add(r->arena, &set, c, c);
	if (r->flags & FLAG_FOLD)
		ranges_fold(r->arena, &set);
	return set_of(r, set);
}

static struct shape_node *
assertion(struct reader *r, enum assertion a)
{
	struct shape_node *n = node(r, SHAPE_ASSERT);

	n->assertion = a;
	return n;
}

/* ---- escapes ----------------------------------------------------------- */

static int
digit_of(char c, int base)
{
	int low = c | 0x20;
	int d = c >= '0' && c <= '9' ? c - '0' :
	    low >= 'a' && low <= 'f' ? low - 'a' + 10 : 99;

	return d < base ? d : -1;
}

/* Reads at most MOST digits. */
static int
read_code(struct reader *r, int base, int most, uint32_t *ret)
{
	int count = 0;

	for (*ret = 0; count < most && r->at < r->end; count++, r->at++) {
		int d = digit_of(*r->at, base);
		if (d < 0)
			break;
		*ret = *ret * (uint32_t)base + (uint32_t)d;
	}
	return count;
}

/* After \x. */
static bool
read_hex(struct reader *r, uint32_t *ret)
{
	if (!take(r, "{"))
		return read_code(r, 16, 2, ret) == 2;
	return read_code(r, 16, 6, ret) > 0 && take(r, "}") &&
	    *ret <= CODE_LAST;
}

/* One code point after a backslash. */
static bool
read_escape(struct reader *r, uint32_t *ret)
{
	static const char letters[] = "aftnrv", means[] = "\a\f\t\n\r\v";
	char c = *r->at;
	const char *known = c != '\0' ? strchr(letters, c) : NULL;

	if (known != NULL) {
		r->at++;
		*ret = (uint32_t)means[known - letters];
		return true;
	}
	if (take(r, "x"))
		return read_hex(r, ret);
	if (c == '0' || (c >= '1' && c <= '7' && r->end - r->at > 1 &&
	    digit_of(r->at[1], 8) >= 0))
		return read_code(r, 8, 3, ret) > 0;
	if ((c >= '!' && c <= '/') || (c >= ':' && c <= '@') ||
	    (c >= '[' && c <= '`') || (c >= '{' && c <= '~')) {
		r->at++;
		*ret = (uint32_t)c;
		return true;
	}
	return false;
}

static const char *
refusal(char c)
{
	if (c == 'p' || c == 'P')
		return "Unicode classes are left out";
	if (c >= '1' && c <= '9')
		return "a pattern cannot refer back";
	return "an escape that means nothing";
}

/* What follows a backslash outside brackets. */
static struct shape_node *
read_backslash(struct reader *r)
{
	struct ranges set = { 0 };
	uint32_t c;

	if (r->at == r->end)
		return fail(r, "a backslash at the end");
	if (take(r, "A"))
		return assertion(r, AT_BEGIN);
	if (take(r, "z"))
		return assertion(r, AT_END);
	if (take(r, "b"))
		return assertion(r, AT_WORD);
	if (take(r, "B"))
		return assertion(r, AT_NO_WORD);
	if (ranges_add_escape(r->arena, &set, (unsigned char)*r->at,
	    r->flags & FLAG_FOLD)) {
		r->at++;
		return set_of(r, set);
	}
	char first = *r->at;
	if (!read_escape(r, &c))
		return fail(r, refusal(first));
	return literal(r, c);
}

/* \Q...\E, after the \Q. */
static struct shape_node *
read_quoted(struct reader *r)
{
	struct shape_node *all = node(r, SHAPE_SEQUENCE);

	while (r->at < r->end && !take(r, "\\E")) {
		struct shape_node *n = literal(r, utf8_next(&r->at, r->end));
		if (n == NULL)
			return NULL;
		node_add(all, n);
	}
	return all;
}

/* ---- classes ----------------------------------------------------------- */

/* One end of a range in brackets. */
static bool
read_class_end(struct reader *r, uint32_t *ret)
{
	if (r->at == r->end) {
		fail(r, "a bracket is not closed");
		return false;
	}
	if (!take(r, "\\")) {
		*ret = utf8_next(&r->at, r->end);
		return true;
	}
	if (r->at < r->end && read_escape(r, ret))
		return true;
	fail(r, r->at < r->end ? refusal(*r->at) : "a backslash at the end");
	return false;
}

/* [:alpha:] or \d inside brackets: whether there was one. */
static bool
read_class_named(struct reader *r, struct ranges *set)
{
	bool is_folded = r->flags & FLAG_FOLD;

	if (looking_at(r, "[:")) {
		const char *stop = memmem(r->at, (size_t)(r->end - r->at),
		    ":]", 2);
		if (stop == NULL)
			return false;
		struct lift_text name = { r->at + 2,
			(size_t)(stop - r->at - 2) };
		if (stop < r->at + 2 ||
		    !ranges_add_posix(r->arena, set, name, is_folded)) {
			fail(r, "a class of that name does not exist");
			return false;
		}
		r->at = stop + 2;
		return true;
	}
	if (r->end - r->at < 2 || *r->at != '\\' || !ranges_add_escape(
	    r->arena, set, (unsigned char)r->at[1], is_folded))
		return false;
	r->at += 2;
	return true;
}

static bool
read_class_range(struct reader *r, struct ranges *set)
{
	uint32_t low, high;

	if (!read_class_end(r, &low))
		return false;
	high = low;
	if (r->end - r->at > 1 && r->at[0] == '-' && r->at[1] != ']') {
		r->at++;
		if (!read_class_end(r, &high))
			return false;
	}
	if (high < low) {
		fail(r, "a range that ends before it begins");
		return false;
	}
	if (high >= 0x80 && (r->flags & FLAG_FOLD)) {
		fail(r, "only ASCII letters can match without case");
		return false;
	}
	ranges_add(r->arena, set, low, high);
	return true;
}

/* A class, after its opening bracket. */
static struct shape_node *
read_class(struct reader *r)
{
	struct ranges set = { 0 }, plain = { 0 };
	bool is_negated = take(r, "^"), is_first = true;

	while (is_first || !take(r, "]")) {
		is_first = false;
		if (read_class_named(r, &set))
			continue;
		if (r->is_broken || !read_class_range(r, &plain))
			return NULL;
	}
	if (r->flags & FLAG_FOLD)
		ranges_fold(r->arena, &plain);
	for (uint32_t i = 0; i < plain.count; i++)
		ranges_add(r->arena, &set, plain.items[i].low,
		    plain.items[i].high);
	if (is_negated)
		ranges_negate(r->arena, &set);
	return set_of(r, set);
}

/* ---- groups ------------------------------------------------------------ */

static bool
read_flags(struct reader *r)
{
	static const char letters[] = "ismU";
	bool is_off = false, is_any = false;

	for (; r->at < r->end && *r->at != ':' && *r->at != ')'; r->at++) {
		const char *known = strchr(letters, *r->at);
		if (*r->at == '-' && !is_off) {
			is_off = true;
			is_any = false;
			continue;
		}
		if (*r->at == '\0' || known == NULL)
			return fail(r, strchr("=!<", *r->at) != NULL ?
			    "a pattern cannot look around" :
			    "a flag that means nothing") != NULL;
		unsigned flag = 1u << (known - letters);
		r->flags = is_off ? r->flags & ~flag : r->flags | flag;
		is_any = true;
	}
	if (is_off && !is_any)
		return fail(r, "a minus without a flag") != NULL;
	return true;
}

/* The name of a group: whether it was well formed. */
static bool
read_group_name(struct reader *r)
{
	const char *first = r->at;

	while (r->at < r->end && *r->at != '>') {
		char c = *r->at;
		if (c != '_' && digit_of(c, 10) < 0 &&
		    ((c | 0x20) < 'a' || (c | 0x20) > 'z'))
			return false;
		r->at++;
	}
	return r->at > first && take(r, ">");
}

static struct shape_node *
close_group(struct reader *r, unsigned flags)
{
	struct shape_node *n = read_choice(r);

	if (n == NULL)
		return NULL;
	if (!take(r, ")"))
		return fail(r, "a parenthesis is not closed");
	r->flags = flags;
	return n;
}

/* A group, after its opening parenthesis. */
static struct shape_node *
read_group(struct reader *r)
{
	unsigned flags = r->flags;

	if (looking_at(r, "?P<") || (looking_at(r, "?<") &&
	    !looking_at(r, "?<=") && !looking_at(r, "?<!"))) {
		r->at += r->at[1] == 'P' ? 3 : 2;
		if (!read_group_name(r))
			return fail(r, "a group's name is not well formed");
		return close_group(r, flags);
	}
	if (!take(r, "?"))
		return close_group(r, flags);
	if (!read_flags(r))
		return NULL;
	if (take(r, ")"))
		return node(r, SHAPE_EMPTY);
	if (!take(r, ":"))
		return fail(r, "a parenthesis is not closed");
	return close_group(r, flags);
}

/* ---- repetition and sequence ------------------------------------------- */

static bool
read_count(const char **at, const char *end, int *ret)
{
	const char *first = *at;
	int v = 0;

	for (; *at < end && digit_of(**at, 10) >= 0; (*at)++)
		if (v <= PATTERN_REPEAT_MOST)
			v = v * 10 + (**at - '0');
	*ret = v;
	return *at > first;
}

/* `{2,5}` and its like; what is not well formed is literal text. */
static bool
read_braces(struct reader *r, int *least, int *most)
{
	const char *at = r->at + 1;

	if (!read_count(&at, r->end, least))
		return false;
	*most = *least;
	if (at < r->end && *at == ',') {
		at++;
		if (!read_count(&at, r->end, most))
			*most = REPEAT_FOREVER;
	}
	if (at == r->end || *at != '}')
		return false;
	r->at = at + 1;
	return true;
}

/* The repetition that stands here, if one does. */
static bool
read_repeat(struct reader *r, int *least, int *most)
{
	char c = r->at < r->end ? *r->at : '\0';

	if (c == '{')
		return read_braces(r, least, most);
	if (c != '*' && c != '+' && c != '?')
		return false;
	*least = c == '+';
	*most = c == '?' ? 1 : REPEAT_FOREVER;
	r->at++;
	return true;
}

static struct shape_node *
repeated(struct reader *r, struct shape_node *n)
{
	int least, most, again, ignored;

	if (!read_repeat(r, &least, &most))
		return n;
	if (least > PATTERN_REPEAT_MOST || most > PATTERN_REPEAT_MOST ||
	    (most != REPEAT_FOREVER && most < least))
		return fail(r, "a repetition that is too large or ends "
		    "before it begins");
	take(r, "?");
	if (read_repeat(r, &again, &ignored))
		return fail(r, "a repetition of a repetition");
	struct shape_node *outer = node(r, SHAPE_REPEAT);
	outer->least = least;
	outer->most = most;
	node_add(outer, n);
	return outer;
}

static struct shape_node *
read_dot(struct reader *r)
{
	struct ranges set = { 0 };

	if (!(r->flags & FLAG_DOT_ALL))
		ranges_add(r->arena, &set, '\n', '\n');
	ranges_negate(r->arena, &set);
	return set_of(r, set);
}

static struct shape_node *
read_atom(struct reader *r)
{
	bool has_lines = r->flags & FLAG_LINES;
	int least, most;

	if (take(r, "\\Q"))
		return read_quoted(r);
	if (take(r, "\\"))
		return read_backslash(r);
	if (take(r, "["))
		return read_class(r);
	if (take(r, "("))
		return read_group(r);
	if (take(r, "."))
		return read_dot(r);
	if (take(r, "^"))
		return assertion(r, has_lines ? AT_LINE_BEGIN : AT_BEGIN);
	if (take(r, "$"))
		return assertion(r, has_lines ? AT_LINE_END : AT_END);
	if (read_repeat(r, &least, &most))
		return fail(r, "a repetition of nothing");
	return literal(r, utf8_next(&r->at, r->end));
}

static struct shape_node *
read_sequence(struct reader *r)
{
	struct shape_node *all = node(r, SHAPE_SEQUENCE);

	while (r->at < r->end && *r->at != '|' && *r->at != ')') {
		struct shape_node *n = read_atom(r);
		if (n != NULL)
			n = repeated(r, n);
		if (n == NULL)
			return NULL;
		node_add(all, n);
	}
	return all;
}

static struct shape_node *
read_choice(struct reader *r)
{
	if (r->nesting == PATTERN_NESTING_MOST)
		return fail(r, "the pattern is nested too deep");
	r->nesting++;
	struct shape_node *first = read_sequence(r), *all = first;
	if (first != NULL && r->at < r->end && *r->at == '|') {
		all = node(r, SHAPE_CHOICE);
		node_add(all, first);
		while (take(r, "|")) {
			struct shape_node *n = read_sequence(r);
			if (n == NULL)
				return NULL;
			node_add(all, n);
		}
	}
	r->nesting--;
	return all;
}

struct shape_node *
pattern_parse(struct arena *arena, struct lift_text text,
    struct pattern_problem *problem)
{
	struct reader r = { .arena = arena, .begin = text.data,
		.at = text.data, .end = text.data + text.size,
		.problem = problem };

	if (text.size > PATTERN_SIZE_MOST)
		return fail(&r, "the pattern is too long");
	if (!utf8_valid(text))
		return fail(&r, "the pattern is not UTF-8");
	struct shape_node *n = read_choice(&r);
	if (n != NULL && r.at < r.end)
		return fail(&r, "a parenthesis that was not opened");
	return n;
}
