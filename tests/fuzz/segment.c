/* Fuzzes a message of Segment's API: what comes of it is JSON, and either an
 * event that is taken or refused with a sentence. The first byte says which
 * route it came by and which table of events is in use; the messages of a body
 * with a batch are read one by one. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/json.h"
#include "engine/engine.h"
#include "intake/event.h"
#include "intake/segment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define EUR	('E' | 'U' << 8 | 'R' << 16)

static const char *const tables[] = { "version: 1\n",
	"events:\n"
	"  - name: Order Completed\n    also: [purchase]\n"
	"    type: purchase\n    items: [products, items, a.b.c]\n"
	"  - name: x\n    type: impression\n    items: [items]\n"
	"    first_position: 0\n    product: [product.id, id]\n" };

static void
fuzz_same(bool same)
{
	if (!same)
		abort();
}

/* The tables, compiled once. */
static const struct generation *
fuzz_rules(unsigned number)
{
	static const struct engine_settings settings = { .seen_count = 64 };
	static struct generation *made[2];
	static struct engine *engine;
	struct generation_file file = { LIFT_TEXT_OF("events.yaml"),
		lift_text(tables[number]) };

	if (engine == NULL)
		engine = engine_new(&settings, NULL, NULL, 0, NULL);
	if (made[number] == NULL) {
		struct arena *arena = arena_new();
		struct generation_context context = {
			engine_vocabulary(engine), NULL, NULL };
		made[number] = generation_load(&context, &file, 1,
		    findings_new(arena));
		arena_free(arena);
	}
	fuzz_same(made[number] != NULL);
	return made[number];
}

static void
fuzz_event(const struct segment *s, struct arena *arena)
{
	struct event_context context = { .received = INT64_C(1) << 50,
		.ahead = LIFT_HOUR, .currency = EUR };
	struct json_reader r = json_reader_of(s->event, arena);
	struct lift_error err = { 0 };
	struct event event;

	fuzz_same(json_skip(&r, NULL) && json_done(&r));
	if (!event_read(s->event, arena, &context, &event, &err)) {
		/* What it does not know it would name in quotes. */
		fuzz_same(err.text[0] != '\0' && err.text[0] != '"' &&
		    strncmp(err.text, "this is no JSON", 15) != 0);
		return;
	}
	fuzz_same(event.entries[0].time <= context.received);
	fuzz_same(lift_text_equal(event.entries[0].id, s->id));
	fuzz_same(lift_text_equal(event.shopper, s->user));
}

static void
fuzz_message(struct lift_text json, struct segment_context *context)
{
	struct arena *arena = arena_new();
	struct lift_error err = { 0 };
	struct segment s;

	if (!segment_read(json, arena, context, &s, &err)) {
		fuzz_same(err.code == LIFT_E_INPUT && err.text[0] != '\0');
	} else {
		fuzz_same(s.id.size > 0 && s.id.size <= 200);
		fuzz_same(s.user.size > 0 && s.user.size <= 200);
		fuzz_same(s.time <= context->received);
		if (s.kind == SEGMENT_EVENT)
			fuzz_event(&s, arena);
		else
			fuzz_same(s.traits.size == 0 ||
			    s.traits.data[0] == '{');
	}
	arena_free(arena);
}

static void
fuzz_body(struct lift_text json, struct segment_context *context)
{
	struct arena *arena = arena_new();
	struct lift_error err = { 0 };
	struct segment_body body;
	struct lift_text one;

	if (segment_body_read(json, arena, &body, &err) &&
	    body.batch.size > 0) {
		struct json_reader r = json_reader_of(body.batch, arena);
		context->sent_at = body.sent_at;
		context->shared = body.shared;
		fuzz_same(json_enter(&r, JSON_ARRAY));
		while (json_item(&r)) {
			fuzz_same(json_skip(&r, &one));
			fuzz_message(one, context);
		}
		fuzz_same(r.problem == NULL);
	}
	arena_free(arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = { "", "track", "identify", "page",
		"screen", "group", "alias", "" };

	if (size == 0)
		return 0;
	/* A copy of its own size, so that reading beyond it is seen. */
	char *copy = malloc(size);
	if (copy == NULL)
		return 0;
	memcpy(copy, data + 1, size - 1);
	struct lift_text rest = { copy, size - 1 };
	struct segment_context context = { .received = INT64_C(1) << 50,
		.currency = EUR, .rules = fuzz_rules(data[0] >> 3 & 1),
		.type = lift_text(types[data[0] & 7]) };
	fuzz_message(rest, &context);
	fuzz_body(rest, &context);
	free(copy);
	return 0;
}
