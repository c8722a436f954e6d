/* Why, and why not: an effect (an alert, by its own id) with the conditions
 * that led to it, or an event with all hooks that looked at it. */
#include "verbs/verbs.h"

#include "base/json.h"
#include "base/memory.h"
#include "house/house_parts.h"
#include "verbs/scan.h"

/* ---- conditions as a tree for people ----------------------------------- */

struct condition {
	struct lift_text when, verdict, values, parts, error;
};

static bool
condition_read(struct json_reader *r, struct condition *c)
{
	static const char *const names[] = { "when", "verdict", "values",
		"parts", "error" };
	struct lift_text key, raw, *const to[] = { &c->when, &c->verdict,
		&c->values, &c->parts, &c->error };

	*c = (struct condition){ { 0 } };
	if (!json_enter(r, JSON_OBJECT))
		return false;
	while (json_key(r, &key)) {
		bool string = json_peek(r) == JSON_STRING;
		if (string ? !json_take_string(r, &raw) : !json_skip(r, &raw))
			return false;
		for (unsigned i = 0; i < 5; i++)
			if (lift_text_equal(key, lift_text(names[i])))
				*to[i] = raw;
	}
	return r->problem == NULL;
}

static void
condition_write(struct text *t, const struct condition *c, unsigned depth)
{
	bool yes = lift_text_equal(c->verdict, LIFT_TEXT_OF("true"));
	bool no = lift_text_equal(c->verdict, LIFT_TEXT_OF("false"));

	text_form(t, "%*s%s  %.*s", (int)depth * 2, "",
	    yes ? "yes" : no ? "no " : "?  ", (int)c->when.size,
	    c->when.data);
	if (c->values.size > 2)
		text_form(t, "   with %.*s", (int)c->values.size,
		    c->values.data);
	if (c->error.size > 0)
		text_form(t, "   cannot be said: %.*s", (int)c->error.size,
		    c->error.data);
	text_byte(t, '\n');
}

/* Recursion follows the condition's own nesting, which is bounded. */
static void
tree_write(struct request *r, struct text *t, struct lift_text json,
    unsigned depth)
{
	struct json_reader reader = json_reader_of(json, r->arena);
	struct condition c;

	if (!condition_read(&reader, &c))
		return;
	condition_write(t, &c, depth);
	if (c.parts.size == 0)
		return;
	struct json_reader parts = json_reader_of(c.parts, r->arena);
	struct lift_text part;
	json_enter(&parts, JSON_ARRAY);
	while (json_item(&parts) && json_skip(&parts, &part))
		tree_write(r, t, part, depth + 1);
}

static void
answer(struct request *r, struct lift_text head, struct lift_text row,
    struct lift_text reasons)
{
	struct text t = { 0 };

	if (!request_is_prose(r)) {
		request_row(r, row);
		return;
	}
	text_form(&t, "%.*s\n", (int)head.size, head.data);
	if (reasons.size > 0)
		tree_write(r, &t, reasons, 1);
	request_prose(r, text_view(&t));
	text_done(&t);
}

/* ---- an effect --------------------------------------------------------- */

static void
effect_write(struct text *row, const struct store_effect *e)
{
	text_byte(row, '{');
	json_member_text(row, "id", e->id);
	json_member_whole(row, "seq", (int64_t)e->seq);
	json_member_text(row, "topic", e->topic);
	json_member_time(row, "time", e->time);
	json_name(row, "data");
	text_add(row, e->body.data, e->body.size);
	if (e->reasons.size > 0) {
		json_name(row, "reasons");
		text_add(row, e->reasons.data, e->reasons.size);
	}
	text_byte(row, '}');
}

/* The first effect that QUERY finds; false if it finds none. */
static bool
explain_found(struct request *r, const struct store_query *query)
{
	struct store_effect e;
	struct lift_error err = { 0 };
	struct text row = { 0 }, head = { 0 };

	if (!store_effects(r->house->reader, query, &err) ||
	    !store_next_effect(r->house->reader, &e, &err))
		return false;
	effect_write(&row, &e);
	text_form(&head, "%.*s of entry %llu: %.*s", (int)e.topic.size,
	    e.topic.data, (unsigned long long)e.seq, (int)e.body.size,
	    e.body.data);
	answer(r, text_view(&head), text_view(&row), e.reasons);
	text_done(&row);
	text_done(&head);
	request_end(r, REPLY_YES);
	return true;
}

/* True if what is told on T has an id of its own, such as alert_id on `alert`,
 * as its first field: that is its key, under which its revisions lie. */
static bool
topic_has_ids(const struct vocabulary_topic *t)
{
	size_t size = strlen(t->name);
	const char *field = t->fields[0].name;

	return t->durable && t->source == TOPIC_PLUGIN && field != NULL &&
	    strncmp(field, t->name, size) == 0 &&
	    strcmp(field + size, "_id") == 0;
}

/* An effect by its id, or the newest revision of what has this id. */
static bool
explain_effect(struct request *r, struct lift_text id)
{
	const struct vocabulary *v = engine_vocabulary(r->house->engine);

	if (id.size == EFFECT_ID && explain_found(r, &(struct store_query){
	    .id = id, .limit = 1 }))
		return true;
	for (size_t i = 0; id.size > 0 && i < v->topic_count; i++)
		if (topic_has_ids(&v->topics[i]) && explain_found(r,
		    &(struct store_query){ .key = id, .limit = 1,
		    .topic = lift_text(v->topics[i].name),
		    .newest_first = true }))
			return true;
	return false;
}

/* ---- an event ---------------------------------------------------------- */

struct search {
	struct lift_text id;
	bool             found;
};

static void
explain_hook(struct request *r, const struct lift_entry *e, size_t place)
{
	const struct generation *g = engine_generation(r->house->engine);
	const struct generation_hook *h = &g->hooks[place];
	struct text reasons = { 0 }, row = { 0 }, head = { 0 };

	if (engine_explain(r->house->engine, e, place, &reasons)) {
		text_byte(&row, '{');
		json_member_text(&row, "event", e->id);
		json_member_string(&row, "hook", h->name);
		json_member_string(&row, "mode", rule_mode_names[h->mode]);
		json_name(&row, "reasons");
		text_add(&row, reasons.data, reasons.size);
		text_byte(&row, '}');
		text_form(&head, "hook %s (%s:%u, %s)", h->name, h->file,
		    h->line, rule_mode_names[h->mode]);
		answer(r, text_view(&head), text_view(&row),
		    text_view(&reasons));
	}
	text_done(&reasons);
	text_done(&row);
	text_done(&head);
}

static bool
search_entry(struct request *r, const struct lift_entry *e)
{
	struct search *s = scan_state(r);
	const struct generation *g = engine_generation(r->house->engine);

	if (!lift_text_equal(e->id, s->id))
		return true;
	s->found = true;
	if (e->kind == LIFT_ENTRY_INTERACTION)
		for (size_t i = 0; g != NULL && i < g->hook_count; i++)
			explain_hook(r, e, i);
	return false;
}

static void
search_end(struct request *r, const struct lift_error *err)
{
	const struct search *s = scan_state(r);
	struct lift_error missing;

	if (err->code != LIFT_E_NONE) {
		request_fail(r, err);
	} else if (!s->found) {
		lift_fail(&missing, LIFT_E_MISSING, "there is no effect, "
		    "no alert and no event with the id \"%.*s\"", (int)s->id.size,
		    s->id.data);
		request_fail(r, &missing);
	} else {
		request_end(r, REPLY_YES);
	}
}

static void
explain_begin(struct request *r)
{
	struct lift_text id = request_text(r, "id", "");
	struct store_query query = { .id = id };
	struct search *s;
	struct lift_error err;

	if (explain_effect(r, id))
		return;
	s = memory_take(sizeof(*s));
	s->id = arena_text(r->arena, id);
	if (!scan_begin(r, &query, search_entry, search_end, s, &err))
		request_fail(r, &err);
}

/* ---- effects ------------------------------------------------------------- */

enum { EFFECTS_USUAL = 100, EFFECTS_SLICE = 500 };

static void
effect_row(struct request *r, const struct store_effect *e)
{
	struct text row = { 0 };
	struct store_effect bare = *e;

	bare.reasons.size = 0;
	effect_write(&row, &bare);
	request_row(r, text_view(&row));
	text_done(&row);
}

struct effects {
	struct store_reader *reader;
};

static void
effects_gone(struct request *r)
{
	struct effects *s = r->state;

	store_reader_free(s->reader);
	memory_give(s);
}

static void
effects_more(struct request *r)
{
	struct effects *s = r->state;
	struct store_effect e;
	struct lift_error err = { 0 };

	for (unsigned i = 0; i < EFFECTS_SLICE; i++) {
		if (store_next_effect(s->reader, &e, &err)) {
			effect_row(r, &e);
			continue;
		}
		r->more = NULL;
		r->gone = NULL;
		effects_gone(r);
		if (err.code != LIFT_E_NONE)
			request_fail(r, &err);
		else
			request_end(r, REPLY_YES);
		return;
	}
}

static void
effects_begin(struct request *r)
{
	struct lift_value limit = request_argument(r, "limit");
	struct lift_value since = request_argument(r, "since");
	struct store_query query = {
		.topic = request_text(r, "topic", ""),
		.key = request_text(r, "key", ""),
		.from_seq = since.type == LIFT_INT ?
		    (uint64_t)since.whole + 1 : 0,
		.limit = limit.type == LIFT_INT ? (uint32_t)limit.whole :
		    EFFECTS_USUAL,
		.newest_first = since.type != LIFT_INT };
	struct effects *s = memory_take(sizeof(*s));
	struct lift_error err;

	s->reader = store_reader_new(r->house->store, &err);
	if (s->reader == NULL || !store_effects(s->reader, &query, &err)) {
		store_reader_free(s->reader);
		memory_give(s);
		request_fail(r, &err);
		return;
	}
	r->state = s;
	r->gone = effects_gone;
	r->more = effects_more;
}

static const struct lift_field explain_arguments[] = {
	{ "id", LIFT_TEXT, .meaning = "of an effect, of an alert or of an event" },
	LIFT_END
};

static const struct lift_field effects_arguments[] = {
	{ "topic", LIFT_TEXT, true, "only of this topic" },
	{ "key", LIFT_TEXT, true, "only of this key, such as a product" },
	{ "since", LIFT_INT, true, "those after this seq, oldest first; left "
	    "out: the newest" },
	{ "limit", LIFT_INT, true, "how many; 100 unless given, 0 for all" },
	LIFT_END
};

static const struct lift_field effect_answers[] = {
	{ "id", LIFT_TEXT, false, "of the effect" },
	{ "seq", LIFT_INT, false, "of the entry that it came from" },
	{ "topic", LIFT_TEXT, false, "what kind it is" },
	{ "time", LIFT_TIME, false, "when" },
	{ "data", LIFT_MAP, false, "the topic's fields" },
	LIFT_END
};

const struct desk_verb explain_verbs[] = {
	{ { "effects.list", effects_arguments, LIFT_OBSERVER, false,
	    "GET /api/v1/effects", "lists what the rules and plugins have "
	    "found", .answers = effect_answers }, effects_begin },
	{ { "explain", explain_arguments, LIFT_OBSERVER, false, NULL,
	    "why something happened, or why it did not: conditions with "
	    "their values" }, explain_begin },
	{ LIFT_END, NULL }
};
