/* What plugins have to do with each other: effects that one hears of another,
 * verbs that one calls, requests to the outside, and the turns of those who
 * produce events. */
#include "engine/engine_parts.h"

/* ---- hearing ------------------------------------------------------------- */

static bool
topic_place(const struct engine *en, const char *name, unsigned *ret_place)
{
	for (size_t i = 0; i < en->vocabulary.topic_count; i++)
		if (strcmp(en->topics[i].name, name) == 0) {
			*ret_place = (unsigned)i;
			return en->topics[i].source != TOPIC_INTERACTION;
		}
	return false;
}

static void
listener_add(struct engine *en, unsigned topic, struct listener who)
{
	struct listener_list *list = &en->listeners[topic];

	if (list->items == NULL)
		list->items = arena_array(en->tables, struct listener,
		    PLUGINS_MOST);
	if (list->count < PLUGINS_MOST)
		list->items[list->count++] = who;
}

void
listeners_index(struct engine *en)
{
	unsigned topic;

	en->listeners = arena_array(en->tables, struct listener_list,
	    en->vocabulary.topic_count);
	for (unsigned i = 0; i < en->seat_count; i++) {
		const struct lift_plugin *p = en->seats[i].plugin;
		if (p->heard == NULL || p->hears == NULL)
			continue;
		for (unsigned j = 0; p->hears[j] != NULL; j++)
			if (topic_place(en, p->hears[j], &topic))
				listener_add(en, topic,
				    (struct listener){ i, j });
	}
}

static void
too_deep(struct engine *en, const struct effect *e)
{
	char line[160];

	snprintf(line, sizeof(line), "\"%s\" and what came of it have called "
	    "each other %d levels deep, not heard any more", e->topic->name,
	    EFFECT_DEPTH);
	engine_log(en, LIFT_ERR, "engine", line);
}

void
listeners_hear(struct engine *en, const struct effect *e)
{
	const struct listener_list *list =
	    &en->listeners[e->topic - en->topics];
	unsigned depth = en->depth;

	if (list->count == 0)
		return;
	if (e->depth >= EFFECT_DEPTH) {
		too_deep(en, e);
		return;
	}
	struct lift_moment moment = watermark_moment(en->watermark);
	struct lift_heard heard = { .time = e->time, .id = lift_text(e->id),
		.key = e->key, .fields = e->topic->fields,
		.values = e->values };
	en->depth = e->depth + 1;
	for (unsigned i = 0; i < list->count; i++) {
		struct plugin_seat *s = &en->seats[list->items[i].seat];
		if (s->self == NULL)
			continue;
		heard.place = list->items[i].place;
		en->told[list->items[i].seat + 1] = en->seq;
		s->plugin->heard(s->self, &heard, &moment);
	}
	en->depth = depth;
}

/* ---- calling ------------------------------------------------------------- */

bool
engine_call(struct engine *en, const char *name,
    const struct lift_value *values, unsigned count, struct lift_error *err)
{
	const struct vocabulary_verb *v = verb_find(en, lift_text(name));

	if (en->entry == NULL)
		return lift_fail(err, LIFT_E_BUG,
		    "\"%s\" is called outside of an entry", name);
	if (v == NULL)
		return lift_fail(err, LIFT_E_MISSING,
		    "there is no verb \"%s\"", name);
	if (!v->verb->acts || fields_count(v->verb->arguments) != count)
		return lift_fail(err, LIFT_E_BUG, "\"%s\" %s", name,
		    v->verb->acts ? "is called with another number of "
		    "arguments than it has" : "only reads, and does nothing");
	struct lift_call call = { en->entry, values, count, NULL, en->world };
	return call_run(en, v, &call, err);
}

void
engine_request(struct engine *en, unsigned place, struct lift_text courier,
    struct lift_text body, char ret_id[LIFT_REQUEST_ID])
{
	struct lift_value values[] = { lift_value_text(courier),
		lift_value_text(lift_text(en->seats[place].plugin->name)),
		lift_value_text(body) };

	ret_id[0] = '\0';
	if (en->entry == NULL) {
		engine_log(en, LIFT_ERR, en->seats[place].plugin->name,
		    "asks the outside without an entry, passed over");
		return;
	}
	values[2].type = LIFT_JSON;
	struct effect e = { .topic = &en->topics[ENGINE_REQUEST],
		.seq = en->seq, .ordinal = en->ordinal++,
		.time = en->entry->time, .depth = en->depth, .key = courier,
		.values = values };
	effect_number(&e, en->entry->id);
	memcpy(ret_id, e.id, sizeof(e.id));
	effect_queue(en, &e);
}

/* ---- producing ----------------------------------------------------------- */

bool
engine_pace(struct engine *en, unsigned *ret_place, struct lift_pace *ret_pace)
{
	for (unsigned i = 0; i < en->seat_count; i++) {
		struct plugin_seat *s = &en->seats[i];
		*ret_pace = (struct lift_pace){ 0 };
		if (s->self == NULL || s->plugin->pace == NULL ||
		    s->plugin->produce == NULL)
			continue;
		if (s->plugin->pace(s->self, ret_pace)) {
			*ret_place = i;
			return true;
		}
	}
	return false;
}

void
engine_produce(struct engine *en, unsigned place, struct lift_stage *stage)
{
	struct plugin_seat *s = &en->seats[place];

	s->plugin->produce(s->self, stage);
}
