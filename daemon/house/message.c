/* The entry has tokens only; it is logged also when nothing is merged, since it
 * says that a shopper is known by name. */
#include "house/message.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/money.h"
#include "house/house_parts.h"
#include "intake/member.h"

static bool
refuse(struct lift_error *err, const struct segment *s, const char *why)
{
	return lift_fail(err, LIFT_E_INPUT, "\"%.*s\" cannot become \"%.*s\": "
	    "%s", s->other.size > 60 ? 60 : (int)s->other.size, s->other.data,
	    s->user.size > 60 ? 60 : (int)s->user.size, s->user.data, why);
}

/* Whether TOKEN is to be merged into SHOPPER: *ret_token is 0 when not. */
static bool
merge_check(const struct persons *persons, const struct segment *s,
    uint32_t shopper, uint32_t *ret_token, struct lift_error *note,
    struct lift_error *err)
{
	bool alias = s->kind == SEGMENT_ALIAS;
	uint32_t token = *ret_token;

	*ret_token = 0;
	switch (persons_look(persons, token, shopper)) {
	case PERSON_MERGES:
		*ret_token = token;
		return true;
	case PERSON_SAME:
		return true;
	case PERSON_TURNED:
		return !alias || refuse(err, s, "they are one shopper "
		    "already, the other way round");
	case PERSON_KNOWN:
		break;
	}
	return refuse(alias ? err : note, s, alias ?
	    "they are known as two shoppers" : "it is somebody else's "
	    "already; the rest is kept") || !alias;
}

static void
traits_put(struct house *h, uint32_t token, struct lift_text traits)
{
	struct arena *arena = arena_new();
	struct member *m;
	struct lift_error err;

	if (traits.size > 0 && members_read(traits, arena, &m, &err))
		for (; m != NULL; m = m->next)
			gate_trait(h->gate, token, m->key, m->raw);
	arena_free(arena);
}

static enum gate_result
introduce(struct house *h, uint32_t source, const struct segment *s,
    struct lift_error *ret_note, struct lift_error *err)
{
	const struct persons *persons = engine_persons(h->engine);
	struct text body = { 0 };

	uint32_t shopper = gate_token(h->gate, s->user);
	uint32_t merge = gate_token(h->gate, s->other);
	if (merge != 0 && !merge_check(persons, s, shopper, &merge, ret_note,
	    err))
		return GATE_REFUSED;
	text_byte(&body, '{');
	json_member_whole(&body, "shopper", shopper);
	if (merge != 0)
		json_member_whole(&body, "merge", merge);
	json_member_bool(&body, "known", s->is_known);
	text_byte(&body, '}');
	struct lift_entry e = { .kind = LIFT_ENTRY_IDENTITY, .id = s->id,
		.time = s->time, .received = clock_now(), .source = source,
		.shopper = shopper, .body = text_view(&body) };
	enum gate_result result = gate_put(h->gate, &e);
	if (result == GATE_STORED)
		traits_put(h, persons_of(persons, shopper), s->traits);
	text_done(&body);
	return result;
}

enum gate_result
message_put(struct house *h, uint32_t source, struct lift_text json,
    const struct segment_context *from, struct arena *scratch,
    struct lift_error *ret_note, struct lift_error *err)
{
	struct segment_context context = *from;
	enum gate_result result = GATE_REFUSED;
	struct segment s;

	if (gate_refuses(h->gate, err))
		return GATE_REFUSED;
	arena_clear(scratch);
	context.rules = engine_generation(h->engine);
	context.currency = currency_pack(lift_text(h->settings.currency));
	if (segment_read(json, scratch, &context, &s, err)) {
		if (s.kind == SEGMENT_EVENT)
			return gate_event_of(h->gate, source, s.event, json,
			    err);
		result = introduce(h, source, &s, ret_note, err);
	}
	if (result == GATE_REFUSED)
		gate_refuse(h->gate, source, json, err);
	return result;
}
