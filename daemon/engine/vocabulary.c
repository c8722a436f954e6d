/* What rule files may name: the engine's own topics and verbs, the daemon's
 * verbs, and those of the plugins, put together once. */
#include "engine/engine_parts.h"

#include "engine/entry.h"

static const struct lift_field fired_fields[] = {
	{ "hook", LIFT_TEXT, .meaning = "the hook's name" },
	{ "mode", LIFT_TEXT, .meaning = "shadow, alert or act" },
	{ "on", LIFT_TEXT, .meaning = "the topic that it fired on" },
	{ "cause", LIFT_TEXT, .meaning = "id of the event or effect" },
	{ "product", LIFT_PRODUCT, .optional = true,
	  .meaning = "the product concerned" },
	{ "shopper", LIFT_SHOPPER, .optional = true,
	  .meaning = "the shopper concerned" },
	{ "generation", LIFT_INT, .meaning = "of the rules that decided" },
	{ "actions", LIFT_INT, .meaning = "verbs that were called and done" },
	{ "problem", LIFT_TEXT, .optional = true,
	  .meaning = "why a verb was not done" },
	LIFT_END
};

static const struct lift_field late_fields[] = {
	{ "event", LIFT_TEXT, .meaning = "id of the event" },
	{ "type", LIFT_TEXT, .meaning = "what the shopper did" },
	{ "time", LIFT_TIME, .meaning = "when it happened" },
	{ "source", LIFT_TEXT, .optional = true, .meaning = "who sent it" },
	{ "watermark", LIFT_TIME, .meaning = "where time stood" },
	{ "reason", LIFT_TEXT, .meaning = "why it changes no window" },
	LIFT_END
};

static const struct lift_field request_fields[] = {
	{ "courier", LIFT_TEXT, .meaning = "who is to carry it" },
	{ "plugin", LIFT_TEXT, .meaning = "who asks" },
	{ "body", LIFT_JSON, .meaning = "what is asked" },
	LIFT_END
};

static unsigned
topics_count(const struct lift_topic *t)
{
	unsigned n = 0;

	while (t != NULL && t[n].name != NULL)
		n++;
	return n;
}

static unsigned
verbs_count(const struct lift_verb *v)
{
	unsigned n = 0;

	while (v != NULL && v[n].name != NULL)
		n++;
	return n;
}

static void
topics_own(struct engine *en)
{
	struct vocabulary_topic *t = en->topics;

	for (unsigned i = 0; i < LIFT_INTERACTIONS; i++)
		t[i] = (struct vocabulary_topic){
			.name = i == 0 ? "interaction" : interaction_name(i),
			.fields = interaction_fields, .owner = "liftd",
			.meaning = i == 0 ? "anything that a shopper did" :
			    "a shopper did this", .type = (uint16_t)i,
			.source = TOPIC_INTERACTION };
	t[ENGINE_FIRED] = (struct vocabulary_topic){ "fired", fired_fields,
		"liftd", "a hook's condition held", TOPIC_ENGINE, 0, true };
	t[ENGINE_LATE] = (struct vocabulary_topic){ "late", late_fields,
		"liftd", "an event came too late to change a window",
		TOPIC_ENGINE, 0, true };
	t[ENGINE_REQUEST] = (struct vocabulary_topic){ "request",
		request_fields, "liftd", "a plugin asked the outside",
		TOPIC_ENGINE, 0, true };
}

static void
topics_of_plugin(struct engine *en, unsigned place, unsigned *count)
{
	const struct lift_plugin *p = en->seats[place].plugin;

	en->seats[place].topic = *count;
	en->seats[place].topic_count = topics_count(p->topics);
	for (unsigned i = 0; i < topics_count(p->topics); i++)
		en->topics[(*count)++] = (struct vocabulary_topic){
			p->topics[i].name, p->topics[i].fields, p->name,
			p->topics[i].meaning, TOPIC_PLUGIN, 0,
			p->topics[i].durable };
}

static void
verbs_add(struct engine *en, const struct lift_verb *v, int place,
    const char *owner)
{
	unsigned n = verbs_count(v);

	for (unsigned i = 0; i < n; i++)
		en->verbs[en->vocabulary.verb_count++] =
		    (struct vocabulary_verb){ &v[i], owner, place,
			place == -2 };
}

void
vocabulary_build(struct engine *en, const struct lift_verb *daemon_verbs)
{
	unsigned topics = ENGINE_TOPICS, verbs = verbs_count(catalogue_verbs) +
	    verbs_count(daemon_verbs), used = ENGINE_TOPICS;

	for (unsigned i = 0; i < en->seat_count; i++) {
		topics += topics_count(en->seats[i].plugin->topics);
		verbs += verbs_count(en->seats[i].plugin->verbs);
	}
	en->topics = arena_array(en->tables, struct vocabulary_topic, topics);
	en->verbs = arena_array(en->tables, struct vocabulary_verb, verbs);
	topics_own(en);
	verbs_add(en, catalogue_verbs, -1, "liftd");
	verbs_add(en, daemon_verbs, -2, "liftd");
	const struct lift_plugin **plugins = arena_array(en->tables,
	    const struct lift_plugin *, en->seat_count + 1);
	for (unsigned i = 0; i < en->seat_count; i++) {
		plugins[i] = en->seats[i].plugin;
		topics_of_plugin(en, i, &used);
		verbs_add(en, plugins[i]->verbs, (int)i, plugins[i]->name);
	}
	struct expression_object *objects = arena_array(en->tables,
	    struct expression_object, 3);
	objects[0] = (struct expression_object){ LIFT_PRODUCT, product_fields };
	objects[1] = (struct expression_object){ LIFT_PROMOTION,
		promotion_fields };
	objects[2] = (struct expression_object){ LIFT_SHOPPER, shopper_fields };
	en->vocabulary.topics = en->topics;
	en->vocabulary.topic_count = topics;
	en->vocabulary.verbs = en->verbs;
	en->vocabulary.plugins = plugins;
	en->vocabulary.plugin_count = en->seat_count;
	en->vocabulary.objects = objects;
	en->vocabulary.object_count = 3;
}
