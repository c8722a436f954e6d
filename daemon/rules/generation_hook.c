/* Hooks: a topic, a condition checked against its fields, and verbs whose
 * arguments are constants or filled in when the hook fires. */
#include "rules/generation_parts.h"

static int
topic_find(const struct vocabulary *v, struct lift_text name)
{
	for (size_t i = 0; i < v->topic_count; i++)
		if (lift_text_equal(name, lift_text(v->topics[i].name)))
			return (int)i;
	return -1;
}

static void
topic_unknown(struct making *m, const struct node *n)
{
	const struct vocabulary *v = m->context->vocabulary;
	const char *nearest = NULL;
	unsigned least = 4;

	if (making_is_short(m)) {
		making_fail(m, FINDING_RULE_SET_ASIDE, n,
		    "topic \"%s\" is not known while a plugin is missing; the "
		    "hook is set aside", n->text);
		return;
	}
	struct finding *f = making_fail(m, FINDING_RULE_TOPIC, n,
	    "there is no topic \"%s\"", n->text);
	for (size_t i = 0; i < v->topic_count; i++) {
		unsigned d = text_distance(node_text(n),
		    lift_text(v->topics[i].name), 3);
		if (d < least) {
			least = d;
			nearest = v->topics[i].name;
		}
	}
	if (nearest != NULL)
		findings_hint(m->findings, f, "did you mean %s?", nearest);
	else
		findings_hint(m->findings, f, "a type of your own reaches "
		    "hooks with `on: interaction` and `when: type == \"%s\"`",
		    n->text);
}

static struct expression_scope
scope_of(const struct making *m, const struct vocabulary_topic *t)
{
	const struct vocabulary *v = m->context->vocabulary;

	return (struct expression_scope){ .variables = t->fields,
		.objects = v->objects, .object_count = v->object_count,
		.constants = m->lists, .constant_count = m->list_count };
}

/* ---- conditions ---------------------------------------------------------- */

static bool
hook_when(struct making *m, struct generation_hook *h, const struct node *n)
{
	const struct vocabulary_topic *t =
	    &m->context->vocabulary->topics[h->topic];
	struct expression_scope scope = scope_of(m, t);
	struct expression_problem problem;

	if (n == NULL || n->size == 0)
		return true;
	if (n->kind != NODE_TEXT)	/* said by its option already */
		return false;
	h->when_text = node_text(n);
	h->when = expression_compile(m->g->arena, &scope, h->when_text,
	    &problem);
	if (h->when == NULL) {
		making_problem(m, FINDING_EXPRESSION, n, &problem);
		return false;
	}
	enum lift_type type = expression_type(h->when);
	if (type == LIFT_BOOL || type == LIFT_NULL)
		return true;
	making_fail(m, FINDING_EXPRESSION, n, "a condition is true or false, "
	    "this one is a %s", argument_type_name(type));
	return false;
}

/* An interaction's type is the second field: see engine/interaction.h. */
enum { SLOT_TYPE = 1 };

static void
hook_demand(struct making *m, struct generation_hook *h)
{
	const struct vocabulary *v = m->context->vocabulary;
	const struct vocabulary_topic *t = &v->topics[h->topic];
	struct lift_text name;

	h->type = t->type;
	if (t->source != TOPIC_INTERACTION || t->type != 0 ||
	    h->when == NULL ||
	    !expression_demands(h->when, SLOT_TYPE, &name))
		return;
	int known = topic_find(v, name);
	if (known >= 0 && v->topics[known].source == TOPIC_INTERACTION)
		h->type = v->topics[known].type;
	else
		h->type_name = name;
}

/* ---- actions ------------------------------------------------------------- */

static void
argument_unknown(struct making *m, const struct vocabulary_verb *v,
    const struct node *n)
{
	const char *near = field_nearest(v->verb->arguments, node_text(n));
	struct finding *f = making_fail(m, FINDING_RULE_ARGUMENT, n,
	    "%s has no argument \"%s\"", v->verb->name, n->text);

	if (near != NULL)
		findings_hint(m->findings, f, "did you mean %s?", near);
}

/* Lists are written as lists; what a verb takes is the words with commas. */
static struct lift_text
argument_word(struct making *m, const struct node *n)
{
	struct text t = { 0 };

	if (n->kind == NODE_TEXT)
		return node_text(n);
	for (const struct node *i = n->first; i != NULL; i = i->next) {
		if (t.size > 0)
			text_byte(&t, ',');
		text_add(&t, i->text, i->kind == NODE_TEXT ? i->size : 0);
	}
	struct lift_text word = arena_text(m->g->arena, text_view(&t));
	text_done(&t);
	return word;
}

static bool
has_slot(struct lift_text t)
{
	for (size_t i = 0; i + 1 < t.size; i++)
		if (t.data[i] == '$' && t.data[i + 1] == '{')
			return true;
	return false;
}

static bool
argument_make(struct making *m, const struct lift_field *field,
    const struct expression_scope *scope, const struct node *n,
    struct generation_argument *ret)
{
	struct lift_text word = argument_word(m, n);
	struct expression_problem problem;
	struct lift_error err;

	if (n->kind == NODE_MAP) {
		making_fail(m, FINDING_RULE_ARGUMENT, n,
		    "%s expects a value, found a map", field->name);
		return false;
	}
	if (scope != NULL && has_slot(word)) {
		ret->template = template_compile(m->g->arena, scope, word,
		    &problem);
		if (ret->template == NULL)
			making_problem(m, FINDING_TEMPLATE, n, &problem);
		return ret->template != NULL;
	}
	if (argument_read(m->g->arena, field, word, &ret->constant, &err))
		return true;
	making_fail(m, FINDING_RULE_ARGUMENT, n, "%s", err.text);
	return false;
}

static bool
arguments_make(struct making *m, const struct vocabulary_verb *v,
    const struct expression_scope *scope, const struct node *map,
    struct generation_argument *ret)
{
	const struct lift_field *table = v->verb->arguments;
	bool ok = true;

	for (const struct node *n = map ? map->first : NULL; n; n = n->next) {
		int at = field_find(table, node_text(n->key));
		if (at < 0) {
			argument_unknown(m, v, n->key);
			ok = false;
			continue;
		}
		ok &= argument_make(m, &table[at], scope, n, &ret[at]);
	}
	return ok;
}

static bool
arguments_check(struct making *m, const struct vocabulary_verb *v,
    const struct node *at, const struct generation_argument *a)
{
	const struct lift_field *f = v->verb->arguments;

	for (unsigned i = 0; f != NULL && f[i].name != NULL; i++) {
		if (f[i].optional || a[i].template != NULL ||
		    a[i].constant.type != LIFT_NULL)
			continue;
		making_fail(m, FINDING_RULE_ARGUMENT, at,
		    "%s wants \"%s\": %s", v->verb->name, f[i].name,
		    f[i].meaning);
		return false;
	}
	return true;
}

static bool
verb_is_for_hooks(struct making *m, const struct vocabulary_verb *v,
    const struct node *n)
{
	if (v->verb->acts && !v->outside)
		return true;
	making_fail(m, FINDING_RULE_VERB, n, v->outside ?
	    "%s is about the daemon itself, which a job may call and a hook "
	    "may not" : "%s only reads, a hook calls verbs that change "
	    "something", v->verb->name);
	return false;
}

static bool
action_make(struct making *m, const struct generation_hook *h,
    const struct node *n, struct generation_action *ret)
{
	const struct vocabulary *vocabulary = m->context->vocabulary;
	struct expression_scope scope = scope_of(m,
	    &vocabulary->topics[h->topic]);
	const struct node *name, *arguments;

	if (!making_action(m, n, &name, &arguments))
		return false;
	const struct vocabulary_verb *v = making_verb(m, name);
	if (v == NULL || !verb_is_for_hooks(m, v, name))
		return false;
	struct generation_argument *a = arena_array(m->g->arena,
	    struct generation_argument, fields_count(v->verb->arguments) + 1);
	if (!arguments_make(m, v, &scope, arguments, a) ||
	    !arguments_check(m, v, name, a))
		return false;
	ret->verb = (unsigned)(v - vocabulary->verbs);
	ret->arguments = a;
	return true;
}

static bool
hook_actions(struct making *m, struct generation_hook *h,
    const struct node *list, const struct node *mode)
{
	bool ok = true;

	if (list == NULL || list->size == 0) {
		if (h->mode == RULE_ACT)
			making_fail(m, FINDING_RULE_IDLE, mode,
			    "the hook acts, but has nothing under `do:`");
		return true;
	}
	if (list->kind != NODE_LIST) {
		struct finding *f = making_fail(m, FINDING_RULE_VERB, list,
		    "expects a list of verbs under `do:`");
		findings_hint(m->findings, f, "begin each verb with \"- \"");
		return false;
	}
	struct generation_action *a = arena_array(m->g->arena,
	    struct generation_action, list->size);
	for (const struct node *n = list->first; n != NULL; n = n->next)
		if (action_make(m, h, n, &a[h->action_count]))
			h->action_count++;
		else
			ok = false;
	h->actions = a;
	return ok;
}

/* ---- hooks --------------------------------------------------------------- */

static bool
hook_topic(struct making *m, struct generation_hook *h, const struct node *on)
{
	int topic = topic_find(m->context->vocabulary, node_text(on));

	if (on->size == 0) {
		making_fail(m, FINDING_OPTION_EMPTY, on->is_quoted ? on :
		    on->key, "on has no value, expects a topic");
		return false;
	}
	if (topic < 0) {
		topic_unknown(m, on);
		return false;
	}
	h->topic = (unsigned)topic;
	return true;
}

static void
hook_make(struct making *m, const struct rule_file *f,
    const struct hook_row *row, const struct node *n)
{
	const struct node *name = node_get(n, "name");
	const struct node *on = node_get(n, "on");
	struct generation_hook h = { .name = row->name, .owner = row->owner,
		.description = row->description, .file = f->name,
		.line = n->line, .mode = (enum rule_mode)row->mode };

	if (name == NULL || on == NULL || name->kind != NODE_TEXT ||
	    on->kind != NODE_TEXT)
		return;
	bool named = making_name(m, name);
	if (!hook_topic(m, &h, on) || !named)
		return;
	if (!hook_when(m, &h, node_get(n, "when")))
		return;
	hook_demand(m, &h);
	const struct node *mode = node_get(n, "mode");
	if (hook_actions(m, &h, row->do_, mode ? mode : n))
		m->hooks[m->hook_count++] = h;
}

void
making_hooks(struct making *m, const struct rule_file *f)
{
	const struct hook_row *rows = f->hooks.items;
	const struct node *list = node_get(f->root, "hooks"), *n;
	size_t i = 0;

	if (list == NULL || list->kind != NODE_LIST)
		return;
	for (n = list->first; n != NULL && i < f->hooks.count; n = n->next, i++)
		if (n->kind == NODE_MAP)
			hook_make(m, f, &rows[i], n);
}
