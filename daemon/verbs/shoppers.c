/* Shoppers by their id: what is known, all they did, and to be forgotten. The
 * log knows tokens only, so the call that forgets one is logged with the token,
 * not with the id that it is about to erase. */
#include "verbs/verbs.h"

#include "base/json.h"
#include "base/memory.h"
#include "engine/entry.h"
#include "house/house_parts.h"
#include "verbs/scan.h"

/* The token that stands for the person with this id. */
static bool
shopper_find(struct request *r, uint32_t *ret_token)
{
	struct lift_text id = request_text(r, "shopper", "");
	struct lift_error err;
	uint32_t token = identity_find(r->house->identity, id);

	*ret_token = persons_of(engine_persons(r->house->engine), token);
	if (token != 0)
		return true;
	lift_fail(&err, LIFT_E_MISSING, "there is no shopper with this id, or "
	    "it was forgotten");
	request_fail(r, &err);
	return false;
}

/* ---- showing ------------------------------------------------------------- */

static void
ids_write(struct request *r, uint32_t shopper, struct text *row)
{
	const struct persons *persons = engine_persons(r->house->engine);
	uint32_t token = shopper;

	json_name(row, "ids");
	text_byte(row, '[');
	do {
		struct lift_text id = identity_id(r->house->identity, token);
		if (id.size > 0) {
			json_comma(row);
			json_string(row, id);
		}
		token = persons_next(persons, token);
	} while (token != shopper);
	text_byte(row, ']');
}

struct trait {
	struct trait    *next;
	struct lift_text name, value;
};

/* Adds what is kept under one token; of two that have a name the first stays.
 * A trait that is null was taken back. */
static bool
traits_read(struct request *r, uint32_t token, struct trait **all,
    struct lift_error *err)
{
	struct store_query query = { .from_seq = token, .to_seq = token };
	struct store_trait found;
	struct trait *t;

	if (!store_traits(r->house->reader, &query, err))
		return false;
	while (store_next_trait(r->house->reader, &found, err)) {
		for (t = *all; t != NULL; t = t->next)
			if (lift_text_equal(t->name, found.name))
				break;
		if (t != NULL)
			continue;
		t = arena_take(r->arena, sizeof(*t));
		*t = (struct trait){ *all, arena_text(r->arena, found.name),
			arena_text(r->arena, found.value) };
		*all = t;
	}
	return err->code == LIFT_E_NONE;
}

static bool
traits_write(struct request *r, uint32_t shopper, struct text *row,
    struct lift_error *err)
{
	const struct persons *persons = engine_persons(r->house->engine);
	struct trait *all = NULL;
	uint32_t token = shopper;

	do {
		if (!traits_read(r, token, &all, err))
			return false;
		token = persons_next(persons, token);
	} while (token != shopper);
	json_name(row, "traits");
	text_byte(row, '{');
	for (const struct trait *t = all; t != NULL; t = t->next) {
		if (lift_text_equal(t->value, LIFT_TEXT_OF("null")))
			continue;
		json_comma(row);
		json_string(row, t->name);
		text_byte(row, ':');
		text_add(row, t->value.data, t->value.size);
	}
	text_byte(row, '}');
	return true;
}

static void
history_write(const struct lift_shopper *s, struct text *row)
{
	if (s == NULL || s->interactions == 0)
		return;
	json_member_time(row, "first_seen", s->first_seen);
	json_member_time(row, "last_seen", s->last_seen);
	json_member_whole(row, "interactions", s->interactions);
	json_member_whole(row, "purchases", s->purchases);
	json_member_whole(row, "quantity", s->quantity);
}

static void
show_begin(struct request *r)
{
	struct lift_error err = { 0 };
	struct text row = { 0 };
	uint32_t token;

	if (!shopper_find(r, &token))
		return;
	text_byte(&row, '{');
	json_member_text(&row, "shopper", identity_id(r->house->identity,
	    token).size > 0 ? identity_id(r->house->identity, token) :
	    request_text(r, "shopper", ""));
	json_member_whole(&row, "token", token);
	ids_write(r, token, &row);
	history_write(world_shopper(engine_world(r->house->engine), token),
	    &row);
	if (traits_write(r, token, &row, &err)) {
		text_byte(&row, '}');
		request_row(r, text_view(&row));
		request_end(r, REPLY_YES);
	} else {
		request_fail(r, &err);
	}
	text_done(&row);
}

/* ---- all that was done --------------------------------------------------- */

static bool
export_entry(struct request *r, const struct lift_entry *e)
{
	struct house *h = r->house;
	const uint32_t *shopper = scan_state(r);
	struct text row = { 0 };

	if (e->kind != LIFT_ENTRY_INTERACTION ||
	    persons_of(engine_persons(h->engine), e->shopper) != *shopper)
		return true;
	text_byte(&row, '{');
	entry_describe(&row, e, identity_id(h->identity, e->shopper));
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
	uint32_t token, *state;

	if (!shopper_find(r, &token))
		return;
	/* Somebody with one id is found by the key, which costs less. */
	if (persons_next(engine_persons(r->house->engine), token) == token)
		query.key = lift_text(arena_form(r->arena, "%u", token));
	state = memory_take(sizeof(*state));
	*state = token;
	if (scan_begin(r, &query, export_entry, export_end, state, &err))
		return;
	request_fail(r, &err);
}

/* ---- forgetting ---------------------------------------------------------- */

/* One that is being forgotten, with all tokens that it has. */
struct oblivion {
	struct request *request;	/* NULL: the caller hung up */
	struct house   *house;
	uint32_t        count, done;
	uint32_t        tokens[];
};

static void
oblivion_gone(struct request *r)
{
	struct oblivion *o = r->state;

	o->request = NULL;
}

static struct oblivion *
oblivion_new(struct request *r, uint32_t shopper)
{
	const struct persons *persons = engine_persons(r->house->engine);
	uint32_t token = shopper, count = 0;

	do {
		count++;
		token = persons_next(persons, token);
	} while (token != shopper);
	struct oblivion *o = memory_take(sizeof(*o) +
	    count * sizeof(*o->tokens));
	o->request = r;
	o->house = r->house;
	for (; o->count < count; token = persons_next(persons, token))
		o->tokens[o->count++] = token;
	return o;
}

static bool
forget_chore(struct store *store, void *context, struct lift_error *err)
{
	struct oblivion *o = context;

	for (; o->done < o->count; o->done++)
		if (!store_forget(store, o->tokens[o->done], err))
			return false;
	return true;
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

/* The call is in the log: now the ids may go. */
static void
forget_logged(void *context, const struct lift_error *error,
    struct lift_text rows)
{
	struct oblivion *o = context;

	(void)error;
	(void)rows;
	for (uint32_t i = 0; i < o->count; i++)
		identity_forget(o->house->identity, o->tokens[i]);
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
	struct oblivion *o = oblivion_new(r, token);
	r->state = o;
	r->gone = oblivion_gone;
	text_form(&body, "{\"verb\":\"shoppers.forget\",\"arguments\":"
	    "{\"token\":%u}", token);
	json_member_string(&body, "actor", r->caller.actor);
	json_member_string(&body, "door", r->caller.door);
	json_member_string(&body, "request", r->caller.id);
	text_byte(&body, '}');
	if (!gate_call(r->house->gate, text_view(&body),
	    lift_text(r->caller.key), forget_logged, o, &err)) {
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
	{ "ids", LIFT_LIST, false, "all ids that the shopper has" },
	{ "first_seen", LIFT_TIME, true, "the earliest event" },
	{ "last_seen", LIFT_TIME, true, "the latest event" },
	{ "interactions", LIFT_INT, true, "events" },
	{ "purchases", LIFT_INT, true, "purchases among them" },
	{ "quantity", LIFT_INT, true, "pieces bought" },
	{ "traits", LIFT_MAP, false, "what the shop says of the shopper" },
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
