/* The states of a pattern, and the walk of all of them at once over a text
 * (Thompson's way): each code point is looked at once by each state, so that
 * no pattern can be slow. A pattern without any operator is searched for as
 * bytes. */
#include "rules/pattern.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "rules/pattern_tree.h"

enum { EMITS_MOST = 50000 };

enum state_kind { STATE_MATCH, STATE_SET, STATE_SPLIT, STATE_ASSERT };

struct state {
	uint8_t              kind;
	uint8_t              assertion;
	uint16_t             next, other;
	uint32_t             count;
	const struct range  *ranges;
};

struct pattern {
	struct state    *states;
	unsigned         count;
	uint16_t         start;
	bool             is_plain;
	struct lift_text plain;		/* bytes to look for */
};

/* ---- from the tree to states ------------------------------------------- */

struct maker {
	struct pattern *pattern;
	unsigned        emits;
	bool            is_full;
};

static uint16_t emit(struct maker *, const struct shape_node *, uint16_t next);

static uint16_t
state_new(struct maker *m, enum state_kind kind, uint16_t next,
    uint16_t other)
{
	struct pattern *p = m->pattern;

	if (p->count == PATTERN_STATES_MOST) {
		m->is_full = true;
		return 0;
	}
	p->states[p->count] = (struct state){ .kind = (uint8_t)kind,
		.next = next, .other = other };
	return (uint16_t)p->count++;
}

static uint16_t
emit_repeat(struct maker *m, const struct shape_node *n, uint16_t next)
{
	uint16_t at = next;

	if (n->most == REPEAT_FOREVER) {
		at = state_new(m, STATE_SPLIT, 0, next);
		uint16_t body = emit(m, n->first, at);
		m->pattern->states[at].next = body;
	}
	for (int i = n->least; i < n->most && !m->is_full; i++)
		at = state_new(m, STATE_SPLIT, emit(m, n->first, at), next);
	for (int i = 0; i < n->least && !m->is_full; i++)
		at = emit(m, n->first, at);
	return at;
}

static uint16_t
emit_choice(struct maker *m, const struct shape_node *n, uint16_t next)
{
	const struct shape_node *part = n->first;
	uint16_t at = emit(m, part, next);

	for (part = part->before; part != NULL; part = part->before)
		at = state_new(m, STATE_SPLIT, emit(m, part, next), at);
	return at;
}

/* The state that does what N says and goes on to NEXT. */
static uint16_t
emit(struct maker *m, const struct shape_node *n, uint16_t next)
{
	uint16_t at = next;

	if (m->is_full || ++m->emits > EMITS_MOST) {
		m->is_full = true;
		return 0;
	}
	switch (n->shape) {
	case SHAPE_EMPTY:
		return next;
	case SHAPE_SET:
		at = state_new(m, STATE_SET, next, 0);
		m->pattern->states[at].ranges = n->set.items;
		m->pattern->states[at].count = n->set.count;
		return at;
	case SHAPE_ASSERT:
		at = state_new(m, STATE_ASSERT, next, 0);
		m->pattern->states[at].assertion = (uint8_t)n->assertion;
		return at;
	case SHAPE_SEQUENCE:
		for (n = n->first; n != NULL; n = n->before)
			at = emit(m, n, at);
		return at;
	case SHAPE_CHOICE:
		return emit_choice(m, n, next);
	case SHAPE_REPEAT:
		return emit_repeat(m, n, next);
	}
	return at;
}

/* Whether the tree is one run of code points, which it then puts down. */
static void
find_plain(struct arena *arena, struct pattern *p, const struct shape_node *n)
{
	size_t size = 0;

	if (n->shape != SHAPE_SEQUENCE)
		return;
	for (const struct shape_node *s = n->first; s != NULL; s = s->before) {
		if (s->shape != SHAPE_SET || s->set.count != 1 ||
		    s->set.items[0].low != s->set.items[0].high ||
		    s->set.items[0].low == UTF8_BAD)
			return;
		size += 4;
	}
	/* The parts come last first, so the bytes are put from the end. */
	char *data = arena_take(arena, size + 1), *at = data + size;
	for (n = n->first; n != NULL; n = n->before) {
		char code[4];
		size_t bytes = utf8_put(code, n->set.items[0].low);
		at -= bytes;
		memcpy(at, code, bytes);
	}
	p->is_plain = true;
	p->plain = (struct lift_text){ at, (size_t)(data + size - at) };
}

struct pattern *
pattern_compile(struct arena *arena, struct lift_text text,
    struct pattern_problem *problem)
{
	const struct shape_node *n = pattern_parse(arena, text, problem);

	if (n == NULL)
		return NULL;
	struct pattern *p = arena_take(arena, sizeof(*p));
	struct maker m = { .pattern = p };
	size_t size = sizeof(struct state) * PATTERN_STATES_MOST;
	find_plain(arena, p, n);
	struct state *states = p->states = memory_take(size);
	state_new(&m, STATE_MATCH, 0, 0);
	p->start = emit(&m, n, 0);
	p->states = arena_array(arena, struct state, p->count);
	memcpy(p->states, states, sizeof(struct state) * p->count);
	memory_give(states);
	if (!m.is_full)
		return p;
	problem->offset = 0;
	snprintf(problem->message, sizeof(problem->message),
	    "the pattern needs more than %d states", PATTERN_STATES_MOST);
	return NULL;
}

unsigned
pattern_states(const struct pattern *p)
{
	return p->is_plain ? 1 : p->count;
}

/* ---- the walk ---------------------------------------------------------- */

enum { NO_CODE = -1 };

struct run {
	const struct pattern *pattern;
	int64_t  before, after;		/* code points around this place */
	unsigned ready_count, waiting_count;
	uint16_t ready[PATTERN_STATES_MOST];	/* sets to be tried */
	uint16_t waiting[PATTERN_STATES_MOST];	/* states to be entered */
	uint16_t stack[2 * PATTERN_STATES_MOST];
	bool     is_seen[PATTERN_STATES_MOST];	/* at this place */
};

static bool
is_word(int64_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
holds(const struct run *r, unsigned assertion)
{
	switch ((enum assertion)assertion) {
	case AT_BEGIN:
		return r->before == NO_CODE;
	case AT_END:
		return r->after == NO_CODE;
	case AT_LINE_BEGIN:
		return r->before == NO_CODE || r->before == '\n';
	case AT_LINE_END:
		return r->after == NO_CODE || r->after == '\n';
	case AT_WORD:
		return is_word(r->before) != is_word(r->after);
	case AT_NO_WORD:
		return is_word(r->before) == is_word(r->after);
	}
	return false;
}

/* Enters a state and all that can be reached from it without a code point;
 * whether the match is among them. */
static bool
enter(struct run *r, uint16_t first)
{
	unsigned depth = 0;

	r->stack[depth++] = first;
	while (depth > 0) {
		uint16_t at = r->stack[--depth];
		const struct state *s = &r->pattern->states[at];
		if (r->is_seen[at])
			continue;
		r->is_seen[at] = true;
		if (s->kind == STATE_MATCH)
			return true;
		if (s->kind == STATE_SET)
			r->ready[r->ready_count++] = at;
		else if (s->kind == STATE_SPLIT) {
			r->stack[depth++] = s->other;
			r->stack[depth++] = s->next;
		} else if (holds(r, s->assertion))
			r->stack[depth++] = s->next;
	}
	return false;
}

static bool
is_in(const struct state *s, uint32_t c)
{
	for (uint32_t i = 0; i < s->count; i++)
		if (c >= s->ranges[i].low && c <= s->ranges[i].high)
			return true;
	return false;
}

/* Enters what waits for this place, and the start, since a match may begin
 * anywhere. */
static bool
arrive(struct run *r)
{
	memset(r->is_seen, 0, r->pattern->count);
	r->ready_count = 0;
	for (unsigned i = 0; i < r->waiting_count; i++)
		if (enter(r, r->waiting[i]))
			return true;
	return enter(r, r->pattern->start);
}

static void
consume(struct run *r, uint32_t c)
{
	r->waiting_count = 0;
	for (unsigned i = 0; i < r->ready_count; i++) {
		const struct state *s = &r->pattern->states[r->ready[i]];
		if (is_in(s, c))
			r->waiting[r->waiting_count++] = s->next;
	}
}

static bool
match_plain(struct lift_text needle, struct lift_text text)
{
	return needle.size == 0 || (text.size >= needle.size &&
	    memmem(text.data, text.size, needle.data, needle.size) != NULL);
}

bool
pattern_matches(const struct pattern *p, struct lift_text text)
{
	const char *at = text.data, *end = text.data + text.size;
	struct run r;

	if (p->is_plain)
		return match_plain(p->plain, text);
	r.pattern = p;
	r.waiting_count = 0;
	r.before = NO_CODE;
	for (;;) {
		bool is_end = at == end;
		uint32_t c = is_end ? 0 : utf8_next(&at, end);
		r.after = is_end ? NO_CODE : (int64_t)c;
		if (arrive(&r))
			return true;
		if (is_end)
			return false;
		consume(&r, c);
		r.before = c;
	}
}
