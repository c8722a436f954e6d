/* From the store into a courier's window. Several topics are read one after
 * the other and put together by place; what lies behind the end of the one
 * that did not fit is left for the next time. */
#include "couriers/courier_parts.h"

#include "base/json.h"

/* Where a reading stands. */
struct reading {
	struct courier      *courier;
	struct load         *loads;	/* new ones, by place */
	unsigned             room;
	bool                 cut;	/* at END */
	struct courier_place end;
};

static int
place_compare(struct courier_place a, struct courier_place b)
{
	if (a.seq != b.seq)
		return a.seq < b.seq ? -1 : 1;
	return a.ordinal < b.ordinal ? -1 : a.ordinal > b.ordinal;
}

static struct courier_place
place_of(const struct store_effect *e)
{
	return (struct courier_place){ e->seq, e->ordinal };
}

static bool
is_asked(const char *asked, const struct store_effect *e)
{
	if (asked != NULL)
		return lift_text_equal(e->key, lift_text(asked));
	return !lift_text_equal(e->key, LIFT_TEXT_OF("model")) &&
	    !lift_text_equal(e->key, LIFT_TEXT_OF("webhook"));
}

static bool
is_wanted(const struct courier *c, const struct store_effect *e)
{
	return place_compare(place_of(e), c->place) > 0 &&
	    (!courier_answers(&c->terms) || is_asked(c->terms.asked, e));
}

/* ---- loads --------------------------------------------------------------- */

/* What a plugin asks, out of the request around it. */
static struct lift_text
request_body(struct arena *arena, struct lift_text effect)
{
	struct json_reader r = json_reader_of(effect, arena);
	struct lift_text key, raw, body = LIFT_TEXT_OF("null");

	if (json_enter(&r, JSON_OBJECT))
		while (json_key(&r, &key) && json_skip(&r, &raw))
			if (lift_text_equal(key, LIFT_TEXT_OF("body")))
				body = raw;
	return body;
}

static struct load *
load_new(struct courier *c, const struct store_effect *e)
{
	struct arena *arena = arena_new();
	struct load *l = arena_array(arena, struct load, 1);

	l->arena = arena;
	l->courier = c;
	l->end = c->office.end;
	l->effect = (struct store_effect){ e->seq, e->ordinal, e->time,
		arena_text(arena, e->id), arena_text(arena, e->topic),
		arena_text(arena, e->key), arena_text(arena, e->body),
		LIFT_TEXT_OF("") };
	if (courier_answers(&c->terms)) {
		l->asked = request_body(arena, l->effect.body);
		if (answered_has(c->office.answered, e->id))
			l->state = LOAD_DONE;
	}
	return l;
}

void
load_free(struct load *l)
{
	text_done(&l->answer);
	arena_free(l->arena);
}

/* Drops what lies behind the place at which a topic was cut. */
static void
loads_drop(struct reading *r)
{
	struct load **at = &r->loads, *next;

	while (*at != NULL && place_compare(place_of(&(*at)->effect),
	    r->end) <= 0)
		at = &(*at)->next;
	for (struct load *l = *at; l != NULL; l = next) {
		next = l->next;
		load_free(l);
	}
	*at = NULL;
}

/* ---- topics -------------------------------------------------------------- */

static void
reading_add(struct reading *r, const struct store_effect *e)
{
	struct load **at = &r->loads, *l = load_new(r->courier, e);

	while (*at != NULL && place_compare(place_of(&(*at)->effect),
	    place_of(e)) < 0)
		at = &(*at)->next;
	l->next = *at;
	*at = l;
}

static void
reading_cut(struct reading *r, const struct store_effect *e)
{
	if (!r->cut || place_compare(place_of(e), r->end) < 0)
		r->end = place_of(e);
	r->cut = true;
}

static bool
topic_read(struct reading *r, const char *topic, uint64_t to,
    struct lift_error *err)
{
	struct courier *c = r->courier;
	struct store_reader *reader = c->office.reader;
	struct store_query q = { .topic = lift_text(topic), .to_seq = to,
		.from_seq = c->place.seq };
	struct store_effect e;
	unsigned count = 0;

	if (!store_effects(reader, &q, err))
		return false;
	while (store_next_effect(reader, &e, err)) {
		if (!is_wanted(c, &e))
			continue;
		reading_add(r, &e);
		if (++count == r->room) {
			reading_cut(r, &e);
			return true;
		}
	}
	return err->code == LIFT_E_NONE;
}

static bool
topics_read(struct reading *r, uint64_t to, struct lift_error *err)
{
	const struct courier_terms *t = &r->courier->terms;

	if (courier_answers(t))
		return topic_read(r, "request", to, err);
	for (size_t i = 0; i < t->topics.count; i++)
		if (!topic_read(r, t->topics.items[i], to, err))
			return false;
	return true;
}

/* One that was counted among those that wait is in the window now. */
static void
unread_less(struct courier *c, const struct store_effect *e)
{
	const struct courier_terms *t = &c->terms;
	unsigned i = 0;

	while (i < t->topics.count && !lift_text_equal(e->topic,
	    lift_text(t->topics.items[i])))
		i++;
	if (i < COURIER_TOPICS && c->unread > 0 &&
	    place_compare(place_of(e), c->told[i]) <= 0)
		c->unread--;
}

bool
courier_read(struct courier *c, struct lift_error *err)
{
	struct reading r = { .courier = c, .room = WINDOW - c->count };
	uint64_t to = gate_committed(c->office.house->gate);
	struct load **at = &c->first;

	if (r.room == 0 || to == 0)
		return true;
	*err = (struct lift_error){ 0 };
	bool ok = topics_read(&r, to, err);
	if (!ok || !r.cut)
		r.end = (struct courier_place){ ok ? to : 0,
			ok ? UINT32_MAX : 0 };
	loads_drop(&r);
	if (!ok)
		return false;
	c->more = r.cut;
	c->place = r.end;
	while (*at != NULL)
		at = &(*at)->next;
	*at = r.loads;
	for (struct load *l = r.loads; l != NULL; l = l->next) {
		c->count++;
		unread_less(c, &l->effect);
	}
	return true;
}

/* ---- counting ------------------------------------------------------------ */

/* Counts on from where it was counted before, so that a long queue is not
 * counted again each time somebody asks. */
static void
unread_count(struct courier *c, unsigned number, const char *topic,
    uint64_t most)
{
	struct courier_place *told = &c->told[number];
	struct store_reader *reader = c->office.reader;
	struct store_effect e;
	struct lift_error err;

	if (place_compare(*told, c->place) < 0)
		*told = c->place;
	struct store_query q = { .from_seq = told->seq,
		.topic = lift_text(topic) };
	if (c->unread >= most || !store_effects(reader, &q, &err))
		return;
	while (c->unread < most && store_next_effect(reader, &e, &err)) {
		if (place_compare(place_of(&e), *told) <= 0)
			continue;
		*told = place_of(&e);
		c->unread += is_wanted(c, &e);
	}
}

uint64_t
courier_unread(struct courier *c, uint64_t most)
{
	const struct courier_terms *t = &c->terms;

	if (!c->more && !courier_has_news(c)) {
		c->unread = 0;
		return 0;
	}
	if (courier_answers(t))
		unread_count(c, 0, "request", most);
	for (unsigned i = 0; i < t->topics.count && i < COURIER_TOPICS; i++)
		unread_count(c, i, t->topics.items[i], most);
	return c->unread;
}

bool
courier_first(struct store_reader *reader, const char *name,
    const char *asked, uint64_t *ret_seq, struct lift_error *err)
{
	struct store_query q = { .topic = LIFT_TEXT_OF("request") };
	char cursor[64];
	struct store_effect e;

	*err = (struct lift_error){ 0 };
	*ret_seq = 0;
	snprintf(cursor, sizeof(cursor), "courier %s", name);
	if (!store_cursor_seq(reader, lift_text(cursor), &q.from_seq, err))
		return false;
	q.from_seq++;
	if (!store_effects(reader, &q, err))
		return false;
	while (store_next_effect(reader, &e, err))
		if (is_asked(asked, &e)) {
			*ret_seq = e.seq;
			return true;
		}
	return err->code == LIFT_E_NONE;
}
