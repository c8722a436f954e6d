/* Names that stand twice, and hooks that would call each other for ever: from
 * a hook an edge leads to each hook on a topic that one of its verbs may emit.
 * A circle of such edges is refused; so is a hook on `fired`, which each hook
 * emits, its own included. */
#include "rules/generation_parts.h"

#include "base/hash.h"

/* The place of the first hook of that name, in a table by hash. */
static const struct generation_hook *
named_before(const struct generation_hook **slots, size_t mask,
    const struct generation_hook *h)
{
	size_t at = hash_text(lift_text(h->name)) & mask;

	for (; slots[at] != NULL; at = (at + 1) & mask)
		if (strcmp(slots[at]->name, h->name) == 0)
			return slots[at];
	slots[at] = h;
	return NULL;
}

static const struct node *
hook_node(const struct making *m, const struct generation_hook *h)
{
	for (size_t i = 0; i < m->file_count; i++) {
		const struct node *list = node_get(m->files[i].root, "hooks");
		if (m->files[i].name != h->file || list == NULL)
			continue;
		for (const struct node *n = list->first; n; n = n->next) {
			const struct node *name = node_get(n, "name");
			if (name && n->line == h->line && name->text == h->name)
				return name;
		}
		for (const struct node *n = list->first; n; n = n->next)
			if (n->line == h->line)
				return n;
	}
	return m->files[0].root;
}

static void
names_check(struct making *m)
{
	size_t mask = 63;

	while (mask < m->hook_count * 2)
		mask = mask * 2 + 1;
	const struct generation_hook **slots = arena_array(m->g->arena,
	    const struct generation_hook *, mask + 1);
	for (size_t i = 0; i < m->hook_count; i++) {
		const struct generation_hook *h = &m->hooks[i];
		const struct generation_hook *b = named_before(slots, mask, h);
		if (b != NULL)
			making_fail(m, FINDING_RULE_TWICE, hook_node(m, h),
			    "hook \"%s\" stands in %s:%u already", h->name,
			    b->file, b->line);
	}
}

static bool
verb_emits(const struct lift_verb *v, const char *topic)
{
	for (const char *const *t = v->emits; t != NULL && *t != NULL; t++)
		if (strcmp(*t, topic) == 0)
			return true;
	return false;
}

static bool
hook_emits(const struct making *m, const struct generation_hook *h,
    unsigned topic)
{
	const struct vocabulary *v = m->context->vocabulary;

	for (unsigned i = 0; h->mode == RULE_ACT && i < h->action_count; i++)
		if (verb_emits(v->verbs[h->actions[i].verb].verb,
		    v->topics[topic].name))
			return true;
	return false;
}

/* Topics that lead to one another by hooks: REACH[a * n + b]. */
static void
reach_close(bool *reach, size_t n)
{
	for (size_t k = 0; k < n; k++)
		for (size_t a = 0; a < n; a++)
			for (size_t b = 0; reach[a * n + k] && b < n; b++)
				reach[a * n + b] |= reach[k * n + b];
}

static void
reach_fill(const struct making *m, bool *reach, size_t n)
{
	for (size_t i = 0; i < m->hook_count; i++) {
		const struct generation_hook *h = &m->hooks[i];
		if (h->mode != RULE_ACT || h->action_count == 0)
			continue;
		for (unsigned t = 0; t < n; t++)
			if (hook_emits(m, h, t))
				reach[h->topic * n + t] = true;
	}
}

void
making_circles(struct making *m)
{
	const struct vocabulary *v = m->context->vocabulary;
	size_t n = v->topic_count;
	bool *reach = arena_array(m->g->arena, bool, n * n + 1);

	names_check(m);
	reach_fill(m, reach, n);
	reach_close(reach, n);
	for (size_t i = 0; i < m->hook_count; i++) {
		const struct generation_hook *h = &m->hooks[i];
		const char *topic = v->topics[h->topic].name;
		if (strcmp(topic, "fired") == 0)
			making_fail(m, FINDING_RULE_CIRCLE, hook_node(m, h),
			    "hook \"%s\" listens to `fired`, which it emits "
			    "itself", h->name);
		else if (h->mode == RULE_ACT && reach[h->topic * n + h->topic] &&
		    h->action_count > 0)
			making_fail(m, FINDING_RULE_CIRCLE, hook_node(m, h),
			    "hook \"%s\" listens to %s, and what it does leads "
			    "to %s again", h->name, topic, topic);
	}
}
