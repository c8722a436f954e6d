/* Sources: their beginning and end are entries, so that a replay knows whose
 * clock was in force. */
#include "house/gate_parts.h"

#include "base/clock.h"
#include "base/json.h"
#include "engine/entry.h"

static const char *const class_names[] = { "live", "backfill", "simulated" };

static bool
source_entry(struct gate *g, uint32_t source, struct lift_text name,
    const char *class, struct lift_error *err)
{
	struct text body = { 0 };

	text_byte(&body, '{');
	json_member_text(&body, "name", name);
	json_member_string(&body, "state", class ? "begin" : "end");
	if (class != NULL)
		json_member_string(&body, "class", class);
	text_byte(&body, '}');
	bool ok = gate_entry(g, LIFT_ENTRY_SOURCE, source, text_view(&body),
	    err);
	text_done(&body);
	return ok;
}

/* The number that a name has, or would get. */
static uint32_t
source_number(const struct watermark *w, struct lift_text name, bool *ret_new)
{
	uint32_t n = 1;

	for (; watermark_name(w, n).size > 0; n++)
		if (lift_text_equal(watermark_name(w, n), name)) {
			*ret_new = false;
			return n;
		}
	*ret_new = true;
	return n;
}

bool
gate_source(struct gate *g, struct lift_text name, enum source_class class,
    uint32_t *ret_source, struct lift_error *err)
{
	const struct watermark *w = engine_watermark(g->parts.engine);
	bool fresh;
	uint32_t n = source_number(w, name, &fresh);
	uint32_t offline = watermark_offline(w);

	if (class != SOURCE_LIVE && offline != 0) {
		struct lift_text other = watermark_name(w, offline);
		return lift_fail(err, LIFT_E_BUSY,
		    "\"%.*s\" is a backfill or simulation that runs already, "
		    "only one can", (int)other.size, other.data);
	}
	if (class == SOURCE_LIVE && !fresh &&
	    watermark_class(w, n) == SOURCE_LIVE) {
		*ret_source = n;
		return true;
	}
	*ret_source = n;
	return source_entry(g, n, name, class_names[class], err);
}

bool
gate_source_end(struct gate *g, uint32_t source, struct lift_error *err)
{
	const struct watermark *w = engine_watermark(g->parts.engine);
	struct arena *arena = batch_arena(g->filling);

	return source_entry(g, source, arena_text(arena,
	    watermark_name(w, source)), NULL, err);
}

enum gate_result
gate_made(struct gate *g, uint32_t source, const struct lift_event *from)
{
	uint32_t token = persons_of(engine_persons(g->parts.engine),
	    gate_token(g, from->shopper));
	struct lift_entry e = { .kind = LIFT_ENTRY_INTERACTION,
		.id = from->id, .time = from->time, .received = clock_now(),
		.type = from->type, .source = source, .shopper = token,
		.type_name = lift_text(interaction_name(from->type)),
		.product_name = from->product,
		.promotion_name = from->promotion,
		.session = from->session, .store = from->store,
		.query = from->query, .order = from->order,
		.properties = from->properties, .quantity = from->quantity,
		.price = from->price, .has_price = from->has_price,
		.currency = from->currency, .position = from->position };
	enum gate_result r = gate_put(g, &e);

	if (r == GATE_STORED)
		feed_entry(g->parts.feed, &e,
		    identity_id(g->parts.identity, token));
	return r;
}
