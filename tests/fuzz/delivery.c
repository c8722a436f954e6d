/* Fuzzes a body of events: whole, byte by byte and in pieces it must give the
 * same; and a list that the reader of JSON accepts must give its items. The
 * first byte says what is known of the form, and how long the pieces are. */
#include <stdlib.h>

#include "base/hash.h"
#include "base/json.h"
#include "intake/delivery.h"
#include "intake/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sum {
	uint64_t hash, count;
	bool     ok;
};

static void
fuzz_same(bool same)
{
	if (!same)
		abort();
}

static bool
fuzz_event(void *context, const struct delivered *e, struct lift_error *err)
{
	struct sum *s = context;

	(void)err;
	fuzz_same(e->index == s->count++ && e->json.size > 0 &&
	    e->json.size <= EVENT_SIZE_MOST);
	s->hash = hash_mix(hash_mix(s->hash, hash_text(e->json)), e->offset);
	return true;
}

static void
fuzz_refused(void *context, const struct delivered *e,
    const struct lift_error *err)
{
	struct sum *s = context;

	fuzz_same(e->index == s->count++ && err->text[0] != '\0');
	s->hash = hash_mix(s->hash, e->offset);
}

static struct sum
fuzz_deliver(enum delivery_form form, struct lift_text body, size_t step)
{
	struct sum s = { 0 };
	struct delivery_taker taker = { fuzz_event, fuzz_refused, &s };
	struct delivery *d = delivery_new(form, &taker);
	struct lift_error err = { 0 };
	bool ok = true;

	for (size_t at = 0; ok && at < body.size; at += step) {
		size_t n = body.size - at < step ? body.size - at : step;
		/* A copy, so that what is kept of a piece is seen. */
		char *piece = malloc(n);
		if (piece == NULL)
			abort();
		memcpy(piece, body.data + at, n);
		ok = delivery_take(d, (struct lift_text){ piece, n }, &err);
		free(piece);
	}
	s.ok = delivery_end(d, &err);
	fuzz_same(s.ok ? ok : err.text[0] != '\0');
	fuzz_same(delivery_count(d) == s.count);
	s.hash = hash_mix(s.hash, hash_text(lift_text(err.text)));
	delivery_free(d);
	return s;
}

/* The items of a list that is JSON. */
static void
fuzz_list(struct lift_text body, const struct sum *got)
{
	struct arena *arena = arena_new();
	struct json_reader r = json_reader_of(body, arena);
	struct sum s = { 0 };
	struct lift_text raw;

	if (json_peek(&r) == JSON_ARRAY && json_enter(&r, JSON_ARRAY)) {
		for (; json_item(&r) && json_skip(&r, &raw); s.count++)
			s.hash = hash_mix(hash_mix(s.hash, hash_text(raw)),
			    (uint64_t)(raw.data - body.data));
		s.hash = hash_mix(s.hash, hash_text(lift_text("")));
		if (json_done(&r))
			fuzz_same(got->ok && got->count == s.count &&
			    got->hash == s.hash);
	}
	arena_free(arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct lift_text body = { (const char *)data + 1, size - 1 };
	enum delivery_form form = data[0] & 1 ? DELIVERY_LINES : DELIVERY_ANY;
	struct sum whole = fuzz_deliver(form, body, size);
	struct sum bytes = fuzz_deliver(form, body, 1);
	struct sum pieces = fuzz_deliver(form, body, 2u + data[0] / 2);

	fuzz_same(whole.hash == bytes.hash && whole.ok == bytes.ok &&
	    whole.count == bytes.count && whole.hash == pieces.hash);
	if (form == DELIVERY_ANY)
		fuzz_list(body, &whole);
	return 0;
}
