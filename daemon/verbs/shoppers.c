/* Shoppers by their id: what is known, all they did, and to be forgotten. The
 * log knows tokens only, so the call that forgets one is logged with the token,
 * not with the id that it is about to erase. */
#include "verbs/verbs.h"

#include "base/json.h"
#include "base/memory.h"
#include "engine/entry.h"
#include "house/house_parts.h"
#include "verbs/scan.h"

static bool
shopper_find(struct request *r, uint32_t *ret_token)
{
	struct lift_text id = request_text(r, "shopper", "");
	struct lift_error err;

	*ret_token = identity_find(r->house->identity, id);
	if (*ret_token != 0)
		return true;
	lift_fail(&err, LIFT_E_MISSING, "there is no shopper with this id, or "
	    "it was forgotten");
	request_fail(r, &err);
	return false;
}

static void
show_begin(struct request *r)
{
	struct text row = { 0 };
	uint32_t token;

	if (!shopper_find(r, &token))
		return;
	const struct lift_shopper *s = world_shopper(
	    engine_world(r->house->engine), token);
	text_byte(&row, '{');
	json_member_text(&row, "shopper", request_text(r, "shopper", ""));
	json_member_whole(&row, "token", token);
	if (s != NULL && s->interactions > 0) {
		json_member_time(&row, "first_seen", s->first_seen);
		json_member_time(&row, "last_seen", s->last_seen);
		json_member_whole(&row, "interactions", s->interactions);
		json_member_whole(&row, "purchases", s->purchases);
		json_member_whole(&row, "quantity", s->quantity);
	}
	text_byte(&row, '}');
	request_row(r, text_view(&row));
	request_end(r, REPLY_YES);
	text_done(&row);
}

static bool
export_entry(struct request *r, const struct lift_entry *e)
{
	struct text row = { 0 };

	text_byte(&row, '{');
	entry_describe(&row, e, request_text(r, "shopper", ""));
	text_byte(&row, '}');
	request_row(r, text_view(&row));
	text_done(&row);
	return true;
}

static void
export_end(struct request *r, const struct lift_error *err)
{
	if (err->code != LIFT_E_NONE)
		request_fail(r, err);
	else
		request_end(r, REPLY_YES);
}

static void
export_begin(struct request *r)
{
	struct store_query query = { 0 };
	struct lift_error err;
	uint32_t token;

	if (!shopper_find(r, &token))
		return;
	query.key = lift_text(arena_form(r->arena, "%u", token));
	if (!scan_begin(r, &query, export_entry, export_end, NULL, &err))
		request_fail(r, &err);
}

/* ---- forgetting ---------------------------------------------------------- */

struct oblivion {
	struct request *request;	/* NULL: the caller hung up */
	struct house   *house;
	uint32_t        token;
};

static void
oblivion_gone(struct request *r)
{
	struct oblivion *o = r->state;

	o->request = NULL;
}

static bool
forget_chore(struct store *store, void *context, struct lift_error *err)
{
	const struct oblivion *o = context;

	return store_forget(store, o->token, err);
}

static void
forget_told(void *context)
{
	struct oblivion *o = context;
	struct request *r = o->request;

	memory_give(o);
	if (r == NULL)
		return;
	r->gone = NULL;
	request_row(r, LIFT_TEXT_OF("{\"forgotten\":true}"));
	request_end(r, REPLY_YES);
}

/* The call is in the log: now the id may go. */
static void
forget_logged(void *context, const struct lift_error *error,
    struct lift_text rows)
{
	struct oblivion *o = context;

	(void)error;
	(void)rows;
	identity_forget(o->house->identity, o->token);
	gate_do(o->house->gate, forget_chore, o);
	gate_settled(o->house->gate, forget_told, o);
}

static void
forget_begin(struct request *r)
{
	struct text body = { 0 };
	struct lift_error err;
	uint32_t token;

	if (!shopper_find(r, &token))
		return;
	struct oblivion *o = memory_take(sizeof(*o));
	*o = (struct oblivion){ r, r->house, token };
	r->state = o;
	r->gone = oblivion_gone;
	text_form(&body, "{\"verb\":\"shoppers.forget\",\"arguments\":"
	    "{\"token\":%u}", token);
	json_member_string(&body, "actor", r->caller.actor);
	json_member_string(&body, "door", r->caller.door);
	json_member_string(&body, "request", r->caller.id);
	text_byte(&body, '}');
	if (!gate_call(r->house->gate, text_view(&body),
	    lift_text(r->caller.key), forget_logged, o,
	    &err)) {
		r->gone = NULL;
		memory_give(o);
		request_fail(r, &err);
	}
	text_done(&body);
}

static const struct lift_field shopper_arguments[] = {
	{ "shopper", LIFT_TEXT, .meaning = "the id that the shop gave" },
	LIFT_END
};

static const struct lift_field forget_arguments[] = {
	{ "shopper", LIFT_TEXT, true, "the id that the shop gave" },
	{ "token", LIFT_INT, true, "for the log itself: the shopper's "
	    "number" },
	LIFT_END
};

static const struct lift_field shopper_answers[] = {
	{ "shopper", LIFT_TEXT, false, "the id that the shop gave" },
	{ "token", LIFT_INT, false, "the shopper's number in the log" },
	{ "first_seen", LIFT_TIME, true, "the earliest event" },
	{ "last_seen", LIFT_TIME, true, "the latest event" },
	{ "interactions", LIFT_INT, true, "events" },
	{ "purchases", LIFT_INT, true, "purchases among them" },
	{ "quantity", LIFT_INT, true, "pieces bought" },
	LIFT_END
};

const struct desk_verb shopper_verbs[] = {
	{ { "shoppers.export", shopper_arguments, LIFT_ADMIN, false, NULL,
	    "writes all that a shopper did" }, export_begin },
	{ { "shoppers.forget", forget_arguments, LIFT_ADMIN, false, NULL,
	    "erases who a shopper is, from the log on: what was done stays, "
	    "by nobody", .one = true }, forget_begin },
	{ { "shoppers.show", shopper_arguments, LIFT_OPERATOR, false,
	    "GET /api/shoppers/{shopper}", "shows what is known of a shopper",
	    .one = true, .answers = shopper_answers }, show_begin },
	{ LIFT_END, NULL }
};
