/* An expression with what it needs: the lists of the generation that it was
 * compiled against, and an arena for what one evaluation builds. A row is read
 * back into the values that it was made of, but for money, which is a number
 * in expressions anyway. */
#include "house/condition.h"

#include "base/memory.h"
#include "engine/interaction.h"
#include "intake/identity.h"
#include "rules/argument.h"
#include "rules/generation.h"

/* What a row of an interaction does not hold. */
static const unsigned unheard[] = { FIELD_RECEIVED, FIELD_LATE };

struct condition {
	struct engine          *engine;
	const struct vocabulary_topic *topic;
	struct arena           *arena, *scratch;
	struct generation      *generation;	/* whose lists it may name */
	struct expression      *expression;
	struct lift_value      *values;		/* of a row */
};

/* ---- reading a row back -------------------------------------------------- */

static uint32_t
number_of(const struct condition *c, const struct identity *identity,
    enum lift_type type, struct lift_text name)
{
	const struct world *w = engine_world(c->engine);

	return type == LIFT_PRODUCT ? world_product_find(w, name) :
	    type == LIFT_PROMOTION ? world_promotion_find(w, name) :
	    identity_find(identity, name);
}

/* Effects name a shopper by token, interactions by id. */
static bool
take_object(const struct condition *c, const struct identity *identity,
    struct json_reader *r, struct lift_value *v)
{
	struct lift_text name;
	int64_t token;

	if (json_peek(r) == JSON_NUMBER) {
		if (!json_take_number(r, &name) || !json_whole(name, &token))
			return false;
		v->id = (uint32_t)token;
		return true;
	}
	if (!json_take_string(r, &name))
		return false;
	v->id = number_of(c, identity, (enum lift_type)v->type, name);
	return true;
}

static bool
take_field(const struct condition *c, const struct identity *identity,
    struct json_reader *r, unsigned slot)
{
	struct lift_field f = c->topic->fields[slot];
	struct lift_value *v = &c->values[slot];
	struct lift_error unread;
	struct lift_text raw;

	switch (f.type) {
	case LIFT_PRODUCT: case LIFT_PROMOTION: case LIFT_SHOPPER:
		v->type = (uint8_t)f.type;
		return take_object(c, identity, r, v);
	case LIFT_LIST: case LIFT_MAP: case LIFT_JSON:
		if (!json_skip(r, &raw))
			return false;
		*v = lift_value_text(raw);
		v->type = LIFT_JSON;
		return true;
	case LIFT_MONEY:
		f.type = LIFT_NUMBER;
		break;
	default:
		break;
	}
	return argument_take(r, &f, v, &unread);
}

/* What an interaction has when its event does not say it. */
static void
values_clear(struct condition *c)
{
	const struct lift_field *f = c->topic->fields;
	bool is_interaction = c->topic->source == TOPIC_INTERACTION;

	for (unsigned i = 0; f[i].name != NULL; i++) {
		c->values[i] = LIFT_VALUE_NULL;
		if (is_interaction && (f[i].type == LIFT_PRODUCT ||
		    f[i].type == LIFT_PROMOTION || f[i].type == LIFT_SHOPPER))
			c->values[i].type = (uint8_t)f[i].type;
	}
	if (!is_interaction)
		return;
	c->values[FIELD_QUANTITY] = LIFT_VALUE_INT(0);
	c->values[FIELD_PROPERTIES] = lift_value_text(LIFT_TEXT_OF("{}"));
	c->values[FIELD_PROPERTIES].type = LIFT_JSON;
}

static bool
take_data(struct condition *c, const struct identity *identity,
    struct json_reader *r)
{
	struct lift_text key;

	if (!json_enter(r, JSON_OBJECT))
		return false;
	while (json_key(r, &key)) {
		int slot = field_find(c->topic->fields, key);
		if (!(slot < 0 ? json_skip(r, NULL) :
		    take_field(c, identity, r, (unsigned)slot)))
			return false;
	}
	return r->problem == NULL;
}

/* Steps to the row's data. */
static bool
data_find(struct json_reader *r)
{
	struct lift_text key;

	if (!json_enter(r, JSON_OBJECT))
		return false;
	while (json_key(r, &key)) {
		if (lift_text_equal(key, LIFT_TEXT_OF("data")))
			return true;
		if (!json_skip(r, NULL))
			return false;
	}
	return false;
}

bool
condition_row(struct condition *c, const struct identity *identity,
    struct lift_text row)
{
	struct json_reader r = json_reader_of(row, c->scratch);

	values_clear(c);
	if (data_find(&r) && take_data(c, identity, &r))
		return condition_holds(c, c->values);
	arena_clear(c->scratch);
	return false;
}

/* ---- the condition ------------------------------------------------------- */

bool
condition_holds(struct condition *c, const struct lift_value *values)
{
	struct expression_frame frame = { .values = values,
		.object = engine_object, .context = c->engine,
		.scratch = c->scratch };
	bool yes = expression_test(c->expression, &frame) == EXPRESSION_TRUE;

	arena_clear(c->scratch);
	return yes;
}

bool
condition_reads_rows(const struct condition *c, struct lift_error *err)
{
	for (unsigned i = 0; c->topic->source == TOPIC_INTERACTION &&
	    i < sizeof(unheard) / sizeof(unheard[0]); i++)
		if (expression_uses(c->expression, unheard[i]))
			return lift_fail(err, LIFT_E_USAGE, "where: \"%s\" is "
			    "in no row of the feed; `liftctl tap` knows it",
			    c->topic->fields[unheard[i]].name);
	return true;
}

void
condition_free(struct condition *c)
{
	if (c == NULL)
		return;
	generation_free(c->generation);
	arena_free(c->scratch);
	arena_free(c->arena);
	memory_give(c);
}

struct condition *
condition_new(struct engine *en, unsigned topic, struct lift_text source,
    struct lift_error *err)
{
	const struct vocabulary *v = engine_vocabulary(en);
	const struct generation *g = engine_generation(en);
	struct condition *c = memory_take(sizeof(*c));
	struct expression_scope scope = {
		.variables = v->topics[topic].fields,
		.objects = v->objects, .object_count = v->object_count,
		.constants = g ? g->lists : NULL,
		.constant_count = g ? g->list_count : 0 };
	struct expression_problem p;

	c->engine = en;
	c->topic = &v->topics[topic];
	c->arena = arena_new();
	c->scratch = arena_new();
	c->generation = generation_hold(g);
	c->values = arena_array(c->arena, struct lift_value,
	    fields_count(scope.variables) + 1);
	c->expression = expression_compile(c->arena, &scope, source, &p);
	if (c->expression != NULL)
		return c;
	lift_fail(err, LIFT_E_USAGE, "where: %s, at %zu%s%s", p.message,
	    p.offset + 1, p.hint[0] ? "; " : "", p.hint);
	condition_free(c);
	return NULL;
}
