/* Fuzzes the two ways in which foreign bytes become an entry: a body from the
 * store, and an event from a door. What was read is written and read again,
 * and must be the same. The first byte says which: 0 to 15 is an event, the
 * others are bodies of the kind in its lower half. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/json.h"
#include "engine/entry.h"
#include "intake/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_same(bool same)
{
	if (!same)
		abort();
}

/* An entry that was read, written and read again. */
static void
fuzz_round_trip(const struct lift_entry *e)
{
	struct lift_entry back = { .seq = e->seq, .kind = e->kind };
	struct text body = { 0 }, again = { 0 };
	struct lift_error err;

	entry_encode(&body, e);
	fuzz_same(entry_decode(&back, text_view(&body), &err));
	entry_encode(&again, &back);
	fuzz_same(lift_text_equal(text_view(&body), text_view(&again)));
	fuzz_same(e->price == back.price && e->has_price == back.has_price &&
	    e->quantity == back.quantity && e->position == back.position);
	fuzz_same(lift_text_equal(e->type_name, back.type_name) &&
	    lift_text_equal(e->properties, back.properties) &&
	    lift_text_equal(e->body, back.body));
	text_done(&body);
	text_done(&again);
}

static void
fuzz_body(uint8_t kind, struct lift_text body)
{
	struct lift_entry e = { .seq = 1, .kind = kind };
	struct lift_error err;

	if (entry_decode(&e, body, &err))
		fuzz_round_trip(&e);
	else
		fuzz_same(err.text[0] != '\0');
}

/* What we tell others of an event is JSON. */
static void
fuzz_describe(const struct lift_entry *e, struct lift_text shopper,
    struct arena *arena)
{
	struct text t = { 0 };

	text_byte(&t, '{');
	entry_describe(&t, e, shopper);
	text_byte(&t, '}');
	struct json_reader r = json_reader_of(text_view(&t), arena);
	fuzz_same(json_skip(&r, NULL) && json_done(&r));
	text_done(&t);
}

static void
fuzz_event(struct lift_text json)
{
	struct event_context context = { .received = INT64_C(1) << 50,
		.ahead = LIFT_HOUR, .currency = 'E' | 'U' << 8 | 'R' << 16 };
	struct arena *arena = arena_new();
	struct lift_error err = { 0 };
	struct event event;

	if (!event_read(json, arena, &context, &event, &err)) {
		fuzz_same(err.code != LIFT_E_NONE && err.text[0] != '\0');
		arena_free(arena);
		return;
	}
	fuzz_same(event.count >= 1 && event.count <= EVENT_LINES_MOST);
	for (unsigned i = 0; i < event.count; i++) {
		fuzz_same(event.entries[i].id.size > 0);
		fuzz_round_trip(&event.entries[i]);
		fuzz_describe(&event.entries[i], event.shopper, arena);
	}
	arena_free(arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	/* A copy of its own size, so that reading beyond it is seen. */
	char *copy = malloc(size);
	if (copy == NULL)
		return 0;
	memcpy(copy, data + 1, size - 1);
	struct lift_text rest = { copy, size - 1 };
	if (data[0] < 16)
		fuzz_event(rest);
	else
		fuzz_body(data[0] & 15, rest);
	free(copy);
	return 0;
}
