/* Ids and bodies of effects.
 *
 * An id begins with its effect's time. A store keeps an index by id, and with
 * ids all over, each row would be a page of its own to write: of a batch, six
 * times as much as there is in it. So the index grows at its end, as time
 * does. */
#include "engine/effect.h"

#include "base/hash.h"
#include "base/json.h"
#include "rules/argument.h"

static void
effect_hash(struct effect *e, const struct text *t)
{
	static const char digits[] = "0123456789abcdef";
	struct hash128 h = hash_wide(t->data, t->size);
	uint64_t high = (uint64_t)(e->time / LIFT_SECOND) << 32 | h.high >> 32;

	for (unsigned i = 0; i < EFFECT_ID; i++) {
		uint64_t half = i < 16 ? high : h.low;
		e->id[i] = digits[half >> (60 - 4 * (i & 15)) & 15];
	}
	e->id[EFFECT_ID] = '\0';
}

void
effect_identify(struct effect *e, struct lift_text identity)
{
	char room[256];
	struct text t = { room, 0, sizeof(room) };
	size_t n = strlen(e->topic->name);

	if (n + identity.size + 2 > sizeof(room))
		t = (struct text){ 0 };
	text_add(&t, e->topic->name, n);
	text_byte(&t, '\n');
	text_add(&t, identity.data, identity.size);
	effect_hash(e, &t);
	if (t.data != room)
		text_done(&t);
}

void
effect_number(struct effect *e, struct lift_text entry)
{
	struct text t = { 0 };

	text_form(&t, "%s\r%u\r", e->topic->name, e->ordinal);
	text_add(&t, entry.data, entry.size);
	effect_hash(e, &t);
	text_done(&t);
}

void
effect_body(struct text *t, const struct effect *e, const struct world *w)
{
	const struct lift_field *f = e->topic->fields;

	text_byte(t, '{');
	for (unsigned i = 0; f[i].name != NULL; i++) {
		const struct lift_value *v = &e->values[i];
		if (v->type == LIFT_NULL)
			continue;
		json_name(t, f[i].name);
		if (v->type == LIFT_PRODUCT || v->type == LIFT_PROMOTION)
			json_string(t, world_name(w,
			    (enum lift_type)v->type, v->id));
		else
			value_write(t, v);
	}
	text_byte(t, '}');
}
