/* Who there is, and what was answered before the start. */
#include "couriers/couriers.h"

#include <curl/curl.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "couriers/courier_parts.h"
#include "couriers/model.h"
#include "couriers/receiver.h"
#include "engine/entry.h"

enum { LONG_S = 300, ASK_MOST = 4, ASK_RETRIES = 4, OTHERS_OLDEST_S = 600 };

struct answered {
	char (*ids)[LIFT_REQUEST_ID];
	size_t count, room;
};

struct couriers {
	struct courier_office office;
	struct answered       answered;
	post_end              end;
	struct courier      **items;
	size_t                count, room;
	struct text           complaints;
};

/* ---- what was answered --------------------------------------------------- */

static int
id_compare(const void *a, const void *b)
{
	return memcmp(a, b, LIFT_REQUEST_ID);
}

bool
answered_has(const struct answered *a, struct lift_text id)
{
	char key[LIFT_REQUEST_ID] = { 0 };

	if (a->count == 0 || id.size >= sizeof(key))
		return false;
	memcpy(key, id.data, id.size);
	return bsearch(key, a->ids, a->count, sizeof(key), id_compare) != NULL;
}

static void
answered_add(struct answered *a, struct arena *arena,
    const struct store_entry *row)
{
	struct lift_entry e = { .seq = row->seq, .kind = row->kind,
		.time = row->time, .received = row->received, .id = row->id };
	struct lift_text key, id = LIFT_TEXT_OF("");
	struct lift_error err;

	if (!entry_decode(&e, row->body, &err))
		return;
	struct json_reader r = json_reader_of(e.body, arena);
	if (json_enter(&r, JSON_OBJECT) && json_key(&r, &key) &&
	    lift_text_equal(key, LIFT_TEXT_OF("request")))
		json_take_string(&r, &id);
	if (id.size == 0 || id.size >= LIFT_REQUEST_ID)
		return;
	a->ids = memory_grow(a->ids, a->count, &a->room, sizeof(*a->ids));
	memset(a->ids[a->count], 0, LIFT_REQUEST_ID);
	memcpy(a->ids[a->count++], id.data, id.size);
}

/* From the oldest request that a cursor has not passed: answers come in any
 * order, a cursor only moves behind all of them. */
static bool
answered_read(struct couriers *all, uint64_t from, struct lift_error *err)
{
	struct store_reader *reader = all->office.reader;
	struct store_query q = { .from_seq = from };
	struct arena *arena = arena_new();
	struct store_entry e;

	*err = (struct lift_error){ 0 };
	bool ok = store_entries(reader, &q, err);
	while (ok && store_next_entry(reader, &e, err))
		if (e.kind == LIFT_ENTRY_ANSWER)
			answered_add(&all->answered, arena, &e);
	arena_free(arena);
	if (all->answered.count > 0)
		qsort(all->answered.ids, all->answered.count,
		    LIFT_REQUEST_ID, id_compare);
	return ok && err->code == LIFT_E_NONE;
}

static bool
answered_find(struct couriers *all, struct lift_error *err)
{
	static const char *const names[][2] = { { "model", "model" },
		{ "webhook", "webhook" }, { "others", NULL } };
	uint64_t from = 0, seq;

	for (size_t i = 0; i < 3; i++) {
		if (!courier_first(all->office.reader, names[i][0],
		    names[i][1], &seq, err))
			return false;
		if (seq != 0 && (from == 0 || seq < from))
			from = seq;
	}
	return from == 0 || answered_read(all, from, err);
}

/* ---- who there is -------------------------------------------------------- */

static bool
add(struct couriers *all, const struct courier_terms *terms,
    const struct carrier *carrier, struct lift_error *err)
{
	struct courier *c = courier_new(&all->office, terms, carrier, err);

	if (c == NULL)
		return false;
	all->items = memory_grow(all->items, all->count, &all->room,
	    sizeof(struct courier *));
	all->items[all->count++] = c;
	return true;
}

static bool
add_model(struct couriers *all, struct lift_error *err)
{
	const struct model_settings *s = &all->office.house->settings.models;
	struct courier_terms terms = { .name = "model", .kind = "model",
		.asked = "model", .most = ASK_MOST, .rate = s->rate,
		.retries = s->retries, .give_up = s->oldest,
		.oldest = s->oldest };
	struct carrier carrier;

	return model_carrier(s, &carrier, err) &&
	    add(all, &terms, &carrier, err);
}

static bool
add_asked(struct couriers *all, struct lift_error *err)
{
	const struct lift_rows *rows = &all->office.house->settings.webhooks;
	const struct webhook_settings *s = rows->items, *found = NULL;
	struct courier_terms terms = { .name = "webhook", .kind = "requests",
		.asked = "webhook", .most = ASK_MOST, .retries = ASK_RETRIES };

	for (size_t i = 0; i < rows->count; i++)
		if (s[i].requests)
			found = &s[i];
	if (found != NULL) {
		terms.rate = found->rate;
		terms.oldest = found->oldest;
		terms.give_up = found->oldest;
	}
	struct carrier carrier = receiver_carrier(found);
	return add(all, &terms, &carrier, err);
}

static bool
add_others(struct couriers *all, struct lift_error *err)
{
	struct courier_terms terms = { .name = "others", .kind = "requests",
		.most = 1, .oldest = OTHERS_OLDEST_S * LIFT_SECOND };
	struct carrier carrier = { .absent = "liftd has none of that name" };

	return add(all, &terms, &carrier, err);
}

/* The shop goes on without one that cannot be made: its plugin may be
 * missing. */
static void
add_webhooks(struct couriers *all)
{
	const struct lift_rows *rows = &all->office.house->settings.webhooks;
	const struct webhook_settings *s = rows->items;
	struct lift_error err;

	for (size_t i = 0; i < rows->count; i++) {
		struct courier_terms terms = { .name = s[i].name,
			.kind = "webhook", .topics = s[i].topics, .most = 1,
			.rate = s[i].rate, .retries = -1,
			.give_up = s[i].give_up };
		struct carrier carrier = receiver_carrier(&s[i]);
		if (s[i].topics.count == 0 || add(all, &terms, &carrier, &err))
			continue;
		logger_line(LIFT_ERR, "couriers", "webhook \"%s\" is left out: "
		    "%s", s[i].name, err.text);
		text_form(&all->complaints, "webhook \"%s\" is left out: %s\n",
		    s[i].name, err.text);
	}
}

static void
on_commit(void *context)
{
	struct couriers *all = context;

	for (size_t i = 0; i < all->count; i++)
		courier_look(all->items[i]);
}

struct couriers *
couriers_new(struct house *h, struct lift_error *err)
{
	struct couriers *all = memory_take(sizeof(*all));

	curl_global_init(CURL_GLOBAL_DEFAULT);
	all->office = (struct courier_office){ h, store_reader_new(h->store,
	    err), &all->answered, &all->end };
	if (all->office.reader == NULL || !answered_find(all, err) ||
	    !add_model(all, err) || !add_asked(all, err) ||
	    !add_others(all, err)) {
		couriers_free(all);
		return NULL;
	}
	add_webhooks(all);
	feed_listen(h->feed, on_commit, all);
	return all;
}

void
couriers_stop(struct couriers *all, int64_t patience)
{
	if (all != NULL && atomic_load(&all->end) == 0)
		atomic_store(&all->end, clock_monotonic() + patience);
}

void
couriers_free(struct couriers *all)
{
	if (all == NULL)
		return;
	feed_unlisten(all->office.house->feed, all);
	for (size_t i = 0; i < all->count; i++)
		courier_free(all->items[i]);
	memory_give(all->items);
	memory_give(all->answered.ids);
	text_done(&all->complaints);
	store_reader_free(all->office.reader);
	memory_give(all);
	curl_global_cleanup();
}

/* ---- how they are doing -------------------------------------------------- */

size_t
couriers_count(const struct couriers *all)
{
	return all->count;
}

struct courier_view
couriers_at(struct couriers *all, size_t place)
{
	return courier_look_at(all->items[place]);
}

void
couriers_measure(struct couriers *all)
{
	for (size_t i = 0; all != NULL && i < all->count; i++)
		courier_measure(all->items[i]);
}

void
couriers_complain(struct couriers *all, struct text *t)
{
	if (all == NULL)
		return;
	text_add(t, all->complaints.data, all->complaints.size);
	for (size_t i = 0; i < all->count; i++) {
		const struct courier *c = all->items[i];
		int64_t since = c->failing_since;
		if (since != 0 && clock_now() - since > LONG_S * LIFT_SECOND)
			text_form(t, "the courier \"%s\" has failed for %lld "
			    "minutes: %s; `liftctl couriers list` shows how "
			    "much waits\n", c->terms.name, (long long)
			    ((clock_now() - since) / LIFT_MINUTE),
			    c->last_error.text);
	}
}
