/* Hooks: which of them look at an entry or effect, and what happens when one
 * fires. A hook on interactions stands in the list of each type that it can
 * fire on, so an entry meets only those that may want it. */
#include "engine/engine_parts.h"

#include "base/memory.h"

static void
list_add(struct arena *arena, struct hook_list *list, size_t place,
    size_t most)
{
	if (list->places == NULL)
		list->places = arena_array(arena, uint32_t, most);
	list->places[list->count++] = (uint32_t)place;
}

static void
index_hook(struct engine *en, size_t place)
{
	const struct generation *g = en->generation;
	const struct generation_hook *h = &g->hooks[place];

	if (en->topics[h->topic].source != TOPIC_INTERACTION) {
		list_add(en->hooks, &en->on_topic[h->topic], place,
		    g->hook_count);
		return;
	}
	for (unsigned type = 0; type < HOOK_LISTS; type++) {
		bool wants = h->type_name.size > 0 ? type == LIFT_OTHER :
		    h->type == 0 || h->type == type;
		if (wants)
			list_add(en->hooks, &en->on_type[type], place,
			    g->hook_count);
	}
}

static void
hooks_measure(struct engine *en, size_t hooks)
{
	struct text labels = { 0 };

	en->hook_metrics = NULL;
	if (en->metrics == NULL)
		return;
	en->hook_metrics = arena_array(en->hooks, struct metric *, hooks + 1);
	for (size_t i = 0; i < hooks; i++) {
		const struct generation_hook *h = &en->generation->hooks[i];
		text_clear(&labels);
		text_form(&labels, "hook=\"%s\",mode=\"%s\"", h->name,
		    rule_mode_names[h->mode]);
		en->hook_metrics[i] = metric_of(en->metrics, METRIC_COUNTER,
		    "hooks_fired_total", labels.data, "conditions that held");
	}
	text_done(&labels);
}

void
hooks_index(struct engine *en)
{
	size_t hooks = en->generation != NULL ? en->generation->hook_count : 0;

	arena_free(en->hooks);
	en->hooks = arena_new();
	memset(en->on_type, 0, sizeof(en->on_type));
	en->on_topic = arena_array(en->hooks, struct hook_list,
	    en->vocabulary.topic_count);
	en->counts = arena_array(en->hooks, struct hook_count, hooks + 1);
	for (size_t i = 0; i < hooks; i++)
		index_hook(en, i);
	hooks_measure(en, hooks);
}

struct lift_value
engine_object(void *context, enum lift_type type, uint32_t id, unsigned field)
{
	struct engine *en = context;

	return world_field(en->world, type, id, field);
}

static struct expression_frame
frame_of(struct engine *en, const struct cause *c)
{
	return (struct expression_frame){ .values = c->values,
		.object = engine_object, .context = en,
		.scratch = en->test_scratch };
}

/* ---- doing --------------------------------------------------------------- */

static bool
argument_fill(struct engine *en, const struct generation_argument *a,
    const struct lift_field *f, const struct expression_frame *frame,
    struct lift_value *ret_value)
{
	struct lift_error err;
	struct text out = { 0 };

	if (a->template == NULL) {
		*ret_value = a->constant;
		return true;
	}
	bool ok = template_write(a->template, frame, &out, &err);
	struct lift_text word = arena_text(en->scratch, text_view(&out));
	text_done(&out);
	return ok && argument_read(en->scratch, f, word, ret_value, &err);
}

static bool
action_do(struct engine *en, const struct generation_action *a,
    const struct expression_frame *frame, struct lift_error *err)
{
	const struct vocabulary_verb *v = &en->verbs[a->verb];
	const struct lift_field *table = v->verb->arguments;
	struct lift_value values[ARGUMENTS_MOST];
	unsigned n = fields_count(table);

	en->scratch_used = true;
	for (unsigned i = 0; i < n; i++)
		if (!argument_fill(en, &a->arguments[i], &table[i], frame,
		    &values[i]))
			return lift_fail(err, LIFT_E_INPUT, "%s: \"%s\" cannot "
			    "be filled in for this case", v->verb->name,
			    table[i].name);
	struct lift_call call = { en->entry, values, n, NULL, en->world };
	return call_run(en, v, &call, err);
}

static unsigned
actions_do(struct engine *en, const struct generation_hook *h,
    const struct cause *c, struct lift_error *err)
{
	struct expression_frame frame = frame_of(en, c);
	unsigned done = 0, depth = en->depth;

	en->depth = c->depth + 1;
	for (unsigned i = 0; i < h->action_count; i++) {
		if (!action_do(en, &h->actions[i], &frame, err))
			break;
		done++;
	}
	en->depth = depth;
	return done;
}

/* ---- firing -------------------------------------------------------------- */

static struct lift_text
fire_reasons(struct engine *en, const struct generation_hook *h,
    const struct cause *c, struct text *room)
{
	struct expression_frame frame = frame_of(en, c);

	if (h->when == NULL || en->muted)
		return (struct lift_text){ "", 0 };
	expression_reasons(h->when, &frame, room);
	return text_view(room);
}

static void
fire(struct engine *en, const struct generation_hook *h, const struct cause *c)
{
	struct lift_error err = { 0 };
	struct text room = { 0 }, identity = { 0 };
	/* Before anything is done, which may change what held. */
	struct lift_text reasons = fire_reasons(en, h, c, &room);
	unsigned done = 0;

	if (h->mode == RULE_ACT && c->depth < EFFECT_DEPTH)
		done = actions_do(en, h, c, &err);
	else if (h->mode == RULE_ACT)
		lift_fail(&err, LIFT_E_BUG,
		    "hooks have called each other %d levels deep",
		    EFFECT_DEPTH);
	struct lift_value values[] = {
		lift_value_text(lift_text(h->name)),
		lift_value_text(lift_text(rule_mode_names[h->mode])),
		lift_value_text(lift_text(en->topics[c->topic].name)),
		lift_value_text(c->id),
		c->product ? LIFT_VALUE_PRODUCT(c->product) : LIFT_VALUE_NULL,
		c->shopper ? LIFT_VALUE_SHOPPER(c->shopper) : LIFT_VALUE_NULL,
		LIFT_VALUE_INT(en->generation->number), LIFT_VALUE_INT(done),
		err.code ? lift_value_text(lift_text(err.text)) :
		    LIFT_VALUE_NULL,
	};
	struct effect e = { .topic = &en->topics[ENGINE_FIRED],
		.seq = en->seq, .ordinal = en->ordinal++, .time = c->time,
		.depth = c->depth + 1, .key = c->key, .values = values,
		.reasons = reasons };
	text_form(&identity, "%s\n%.*s", h->name, (int)c->id.size, c->id.data);
	effect_identify(&e, text_view(&identity));
	effect_queue(en, &e);
	text_done(&identity);
	text_done(&room);
	if (err.code != 0)
		engine_log(en, LIFT_WARNING, "rules", err.text);
}

/* Tells of a hook in alert, at most once a minute of its events' time: the
 * topic has them all. */
static void
tell(struct engine *en, const struct generation_hook *h, const struct cause *c,
    struct hook_count *count)
{
	char line[256];

	if (h->mode != RULE_ALERT || (count->told != 0 &&
	    c->time - count->told < LIFT_MINUTE &&
	    count->told - c->time < LIFT_MINUTE))
		return;
	count->told = c->time;
	snprintf(line, sizeof(line), "hook \"%s\" fired on %s \"%.*s\", "
	    "fired=%llu", h->name, en->topics[c->topic].name,
	    c->id.size > 80 ? 80 : (int)c->id.size, c->id.data,
	    (unsigned long long)count->fired);
	engine_log(en, LIFT_NOTICE, "rules", line);
}

static void
hook_test(struct engine *en, size_t place, const struct cause *c)
{
	const struct generation_hook *h = &en->generation->hooks[place];
	struct hook_count *count = &en->counts[place];
	struct expression_frame frame = frame_of(en, c);

	count->tested++;
	enum expression_verdict v = h->when == NULL ? EXPRESSION_TRUE :
	    expression_test(h->when, &frame);
	if (v == EXPRESSION_ERROR)
		count->failed++;
	if (v == EXPRESSION_TRUE) {
		count->fired++;
		if (en->hook_metrics != NULL && !en->muted)
			metric_add(en->hook_metrics[place], 1);
		tell(en, h, c, count);
		fire(en, h, c);
	}
	/* A condition may have built texts even where it did not hold. */
	if (h->when != NULL || v == EXPRESSION_TRUE)
		arena_clear(en->test_scratch);
}

void
hooks_on_entry(struct engine *en)
{
	const struct lift_entry *e = en->entry;
	const struct hook_list *list = &en->on_type[e->type];
	struct lift_value values[INTERACTION_FIELDS];
	char code[4];

	if (list->count == 0)
		return;
	interaction_values(e, code, values);
	struct cause c = { .topic = ENGINE_INTERACTION + e->type,
		.values = values, .id = e->id, .key = e->product_name,
		.time = e->time, .product = e->product,
		.shopper = e->shopper };
	for (uint32_t i = 0; i < list->count; i++) {
		const struct generation_hook *h =
		    &en->generation->hooks[list->places[i]];
		if (h->type_name.size > 0 &&
		    !lift_text_equal(h->type_name, e->type_name))
			continue;
		hook_test(en, list->places[i], &c);
	}
	if (en->queue_tail > 0)
		effects_drain(en);
}

void
hooks_on_effect(struct engine *en, const struct effect *e)
{
	unsigned topic = (unsigned)(e->topic - en->topics);
	const struct hook_list *list = &en->on_topic[topic];
	struct cause c = { .topic = topic, .values = e->values,
		.id = lift_text(e->id), .key = e->key, .time = e->time,
		.depth = e->depth };

	if (list->count == 0)
		return;
	for (unsigned i = 0; e->topic->fields[i].name != NULL; i++) {
		const struct lift_value *v = &e->values[i];
		if (v->type == LIFT_PRODUCT && c.product == 0)
			c.product = v->id;
		if (v->type == LIFT_SHOPPER && c.shopper == 0)
			c.shopper = v->id;
	}
	for (uint32_t i = 0; i < list->count; i++)
		hook_test(en, list->places[i], &c);
}

static bool
list_has(const struct hook_list *list, size_t place)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (list->places[i] == place)
			return true;
	return false;
}

bool
engine_explain(struct engine *en, const struct lift_entry *entry, size_t place,
    struct text *json)
{
	const struct generation_hook *h = &en->generation->hooks[place];
	struct lift_entry e = *entry;
	struct lift_value values[INTERACTION_FIELDS];
	char code[4];

	if (!list_has(&en->on_type[e.type], place) ||
	    (h->type_name.size > 0 &&
	    !lift_text_equal(h->type_name, e.type_name)))
		return false;
	e.product = world_product_find(en->world, e.product_name);
	e.promotion = world_promotion_find(en->world, e.promotion_name);
	interaction_values(&e, code, values);
	struct cause c = { .values = values };
	struct expression_frame frame = frame_of(en, &c);
	if (h->when != NULL)
		expression_reasons(h->when, &frame, json);
	else
		text_string(json, "{\"when\":\"always\",\"verdict\":true}");
	arena_clear(en->test_scratch);
	return true;
}
