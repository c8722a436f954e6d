/* Expectations against effects: which field must be what, which effect
 * accounts for which expectation, and how a difference is shown. */
#include "replay/ruletest_parts.h"

#include <math.h>

#include "base/instant.h"
#include "base/json.h"
#include "base/money.h"

/* ---- what a field must be ------------------------------------------------ */

static const struct {
	const char      *mark;
	enum trial_order order;
} marks[] = {
	{ ">=", ORDER_MORE_SAME }, { "<=", ORDER_LESS_SAME },
	{ "!=", ORDER_OTHER }, { ">", ORDER_MORE }, { "<", ORDER_LESS },
};

static bool
has_order(enum lift_type type)
{
	return type == LIFT_INT || type == LIFT_NUMBER || type == LIFT_TIME ||
	    type == LIFT_SPAN || type == LIFT_MONEY;
}

static struct lift_text
order_take(struct lift_text word, enum trial_order *ret_order)
{
	for (unsigned i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		size_t n = strlen(marks[i].mark);
		if (word.size <= n || memcmp(word.data, marks[i].mark, n) != 0)
			continue;
		*ret_order = marks[i].order;
		while (n < word.size && word.data[n] == ' ')
			n++;
		return (struct lift_text){ word.data + n, word.size - n };
	}
	return word;
}

static struct lift_value
value_as_json(struct trial *t, const struct node *n)
{
	struct text json = { 0 };

	trial_json(&json, n);
	struct lift_value v = lift_value_text(arena_text(t->arena,
	    text_view(&json)));
	text_done(&json);
	v.type = LIFT_JSON;
	return v;
}

static bool
word_read(struct trial *t, const struct lift_field *f, struct lift_text word,
    struct trial_field *ret)
{
	struct lift_error err;
	int64_t span;
	char code[4];

	if (f->type == LIFT_TIME && span_read(word, &span)) {
		ret->value = LIFT_VALUE_TIME(t->start + span);
		return true;
	}
	if (f->type == LIFT_MONEY && memchr(word.data, ' ', word.size) ==
	    NULL) {
		currency_name(t->currency, code);
		word = lift_text(arena_form(t->arena, "%.*s %s",
		    (int)word.size, word.data, code));
	}
	if (argument_read(t->arena, f, word, &ret->value, &err))
		return true;
	trial_finding(t, ret->node, "%s", err.text);
	return false;
}

bool
trial_field_read(struct trial *t, const struct lift_field *f,
    struct trial_field *ret)
{
	const struct node *n = ret->node;

	if (n->kind == NODE_TEXT && node_word(n) == NODE_WORD_NULL) {
		ret->value = LIFT_VALUE_NULL;
		return true;
	}
	if (f->type == LIFT_LIST || f->type == LIFT_MAP ||
	    f->type == LIFT_JSON) {
		ret->value = value_as_json(t, n);
		return true;
	}
	if (n->kind != NODE_TEXT) {
		trial_finding(t, n, "%s expects one value", f->name);
		return false;
	}
	if (has_order(f->type))
		return word_read(t, f, order_take(node_text(n), &ret->order),
		    ret);
	if (f->type == LIFT_BOOL)
		return word_read(t, f, node_text(n), ret);
	ret->value = lift_value_text(node_text(n));
	return true;
}

/* ---- does it hold? ------------------------------------------------------- */

/* Negative, 0 or positive. Numbers that differ by what a sum in another order
 * would make of them are the same. */
static int
value_order(const struct lift_value *got, const struct lift_value *want)
{
	if (got->type == LIFT_NUMBER) {
		double a = got->number, b = want->number;
		double near = 1e-9 * fmax(fabs(a), fabs(b));
		return a < b - near ? -1 : a > b + near;
	}
	return got->whole < want->whole ? -1 : got->whole > want->whole;
}

static bool
order_holds(enum trial_order order, int sign)
{
	switch (order) {
	case ORDER_SAME: return sign == 0;
	case ORDER_OTHER: return sign != 0;
	case ORDER_LESS: return sign < 0;
	case ORDER_LESS_SAME: return sign <= 0;
	case ORDER_MORE: return sign > 0;
	case ORDER_MORE_SAME: return sign >= 0;
	}
	return false;
}

/* JSON is written in more than one way: compared without blanks between. */
static bool
json_same(const struct lift_value *got, const struct lift_value *want)
{
	struct text t = { 0 };

	value_write(&t, got);
	bool same = lift_text_equal(text_view(&t),
	    (struct lift_text){ want->text, want->size });
	text_done(&t);
	return same;
}

static bool
field_holds(const struct trial_field *f, const struct lift_value *got)
{
	const struct lift_value *want = &f->value;

	if (want->type == LIFT_NULL || got->type == LIFT_NULL)
		return (want->type == got->type) == (f->order != ORDER_OTHER);
	if (want->type == LIFT_JSON)
		return json_same(got, want);
	if (want->type == LIFT_TEXT)
		return got->type == LIFT_TEXT && lift_text_equal(
		    (struct lift_text){ got->text, got->size },
		    (struct lift_text){ want->text, want->size });
	if (want->type != got->type)
		return false;
	if (want->type == LIFT_BOOL)
		return want->yes == got->yes;
	if (want->type == LIFT_MONEY && want->size != got->size)
		return f->order == ORDER_OTHER;
	return order_holds(f->order, value_order(got, want));
}

/* How many fields of the expectation an effect has as they must be. */
static unsigned
fields_holding(const struct trial_expectation *x, const struct trial_effect *e)
{
	unsigned n = 0;

	for (unsigned i = 0; i < x->field_count; i++)
		n += field_holds(&x->fields[i],
		    &e->values[x->fields[i].place]);
	return n;
}

/* ---- how it is shown ----------------------------------------------------- */

static void
problem_begin(struct trial *t, const struct node *n, const char *kind)
{
	t->problem_count++;
	text_form(&t->prose, "  %s:%u: ", t->test->file, n->line);
	json_comma(&t->json);
	text_byte(&t->json, '{');
	json_member_string(&t->json, "kind", kind);
	json_member_string(&t->json, "file", t->test->file);
	json_member_whole(&t->json, "line", n->line);
}

static void
effect_json(struct text *to, const struct trial_effect *e)
{
	const struct lift_field *f = e->topic->fields;

	text_byte(to, '{');
	for (unsigned i = 0; f[i].name != NULL; i++) {
		if (e->values[i].type == LIFT_NULL)
			continue;
		json_name(to, f[i].name);
		value_write(to, &e->values[i]);
	}
	text_byte(to, '}');
}

static void
value_show(struct text *to, const struct lift_value *v)
{
	char code[4];

	if (v->type == LIFT_TEXT || v->type == LIFT_JSON) {
		text_add(to, v->text, v->size);
		return;
	}
	if (v->type == LIFT_TIME) {
		instant_write(to, v->whole);
		return;
	}
	if (v->type == LIFT_SPAN) {
		span_write(to, v->whole);
		return;
	}
	value_write(to, v);
	if (v->type == LIFT_MONEY) {
		currency_name(v->size, code);
		text_form(to, " %s", code);
	}
}

static void
cell(struct text *to, struct lift_text word, int width)
{
	text_form(to, "%-*.*s", width, (int)word.size, word.data);
}

/* A row for each field: what was expected and what the nearest effect has,
 * with a mark where the two differ. */
static void
rows_show(struct trial *t, const struct trial_expectation *x,
    const struct trial_effect *e)
{
	struct text got = { 0 };

	text_form(&t->prose, "      %-16s %-24s got", "field", "expected");
	text_string(&t->prose, " (nearest, ");
	span_write(&t->prose, e->time - t->start);
	text_string(&t->prose, ")\n");
	for (unsigned i = 0; i < x->field_count; i++) {
		const struct trial_field *f = &x->fields[i];
		bool same = field_holds(f, &e->values[f->place]);
		struct text want = { 0 };
		if (f->node->kind == NODE_TEXT)
			text_add(&want, f->node->text, f->node->size);
		else
			trial_json(&want, f->node);
		text_clear(&got);
		value_show(&got, &e->values[f->place]);
		text_form(&t->prose, "    %c ", same ? ' ' : '*');
		cell(&t->prose, lift_text(x->topic->fields[f->place].name),
		    17);
		cell(&t->prose, text_view(&want), 25);
		text_form(&t->prose, "%s\n", text_view(&got).data);
		text_done(&want);
	}
	text_done(&got);
	json_name(&t->json, "nearest");
	effect_json(&t->json, e);
}

/* Why nothing fired: how often the hook looked. */
static void
hook_show(struct trial *t, const struct trial_expectation *x)
{
	struct engine *en = sandbox_engine(t->sandbox);
	const struct generation *g = engine_generation(en);
	const struct node *name = NULL;

	for (unsigned i = 0; i < x->field_count; i++)
		if (strcmp(x->fields[i].node->key->text, "hook") == 0)
			name = x->fields[i].node;
	if (name == NULL || strcmp(x->topic->name, "fired") != 0)
		return;
	for (size_t i = 0; i < g->hook_count; i++) {
		if (strcmp(g->hooks[i].name, name->text) != 0)
			continue;
		struct hook_count c = engine_hook_count(en, i);
		text_form(&t->prose, "      hook \"%s\" looked %llu times, "
		    "held %llu times, could not say %llu times\n", name->text,
		    (unsigned long long)c.tested, (unsigned long long)c.fired,
		    (unsigned long long)c.failed);
		return;
	}
	text_form(&t->prose, "      there is no hook \"%s\" in these rules\n",
	    name->text);
}

static void
unmet(struct trial *t, const struct trial_expectation *x)
{
	const struct trial_effect *nearest = NULL;
	unsigned most = 0;

	problem_begin(t, x->node, "unmet");
	if (x->has_times)
		text_form(&t->prose, "expected %s %lld times, got it %lld "
		    "times\n", x->topic->name, (long long)x->times,
		    (long long)x->seen);
	else
		text_form(&t->prose, "expected %s, got none like it\n",
		    x->topic->name);
	json_member_string(&t->json, "topic", x->topic->name);
	if (x->has_times)
		json_member_whole(&t->json, "times", x->times);
	json_member_whole(&t->json, "seen", x->seen);
	for (const struct trial_effect *e = t->first; e != NULL; e = e->next) {
		unsigned n = e->topic == x->topic ? fields_holding(x, e) : 0;
		if (e->topic == x->topic && n < x->field_count &&
		    (nearest == NULL || n > most)) {
			nearest = e;
			most = n;
		}
	}
	if (x->seen > (x->has_times ? x->times : 0))
		nearest = NULL;
	else if (nearest != NULL)
		rows_show(t, x, nearest);
	hook_show(t, x);
	text_byte(&t->json, '}');
}

static void
unexpected(struct trial *t, const struct trial_effect *e)
{
	problem_begin(t, t->test->node, "unexpected");
	text_form(&t->prose, "seen and not expected: %s at ", e->topic->name);
	span_write(&t->prose, e->time - t->start);
	text_byte(&t->prose, ' ');
	effect_json(&t->prose, e);
	text_byte(&t->prose, '\n');
	json_member_string(&t->json, "topic", e->topic->name);
	json_member_time(&t->json, "time", e->time);
	json_name(&t->json, "effect");
	effect_json(&t->json, e);
	text_byte(&t->json, '}');
}

void
trial_refused(struct trial *t, const char *sentence)
{
	if (t->problem_count >= TRIAL_PROBLEMS_MOST)
		return;
	problem_begin(t, t->now != NULL ? t->now : t->test->node, "refused");
	text_form(&t->prose, "%s\n", sentence);
	json_member_string(&t->json, "sentence", sentence);
	text_byte(&t->json, '}');
}

void
trial_judge(struct trial *t)
{
	for (unsigned i = 0; i < t->expectation_count; i++) {
		struct trial_expectation *x = &t->expectations[i];
		for (struct trial_effect *e = t->first; e; e = e->next) {
			if (e->topic != x->topic ||
			    fields_holding(x, e) < x->field_count)
				continue;
			x->seen++;
			/* `none` accounts for nothing: it has said so. */
			e->is_expected = true;
		}
		if (x->has_times ? x->seen != x->times : x->seen == 0)
			unmet(t, x);
	}
	for (struct trial_effect *e = t->first; e != NULL; e = e->next)
		if (!e->is_expected && t->problem_count < TRIAL_PROBLEMS_MOST)
			unexpected(t, e);
}
