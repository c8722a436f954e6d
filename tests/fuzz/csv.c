/* Fuzzes a table: whole, byte by byte and in pieces it must give the same
 * events and refusals, in the order of their lines; and each event must be
 * JSON. The first byte says how long the pieces are. */
#include <stdlib.h>

#include "base/hash.h"
#include "base/json.h"
#include "intake/sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sum {
	uint64_t      hash, last;
	struct arena *arena;
};

static void
fuzz_same(bool same)
{
	if (!same)
		abort();
}

static bool
fuzz_event(void *context, uint64_t line, uint64_t last, struct lift_text json,
    struct lift_error *err)
{
	struct sum *s = context;
	struct json_reader r = json_reader_of(json, s->arena);

	(void)err;
	fuzz_same(line > s->last && last >= line);
	fuzz_same(json_skip(&r, NULL) && json_done(&r));
	s->last = last;
	s->hash = hash_mix(hash_mix(s->hash, hash_text(json)), line);
	return true;
}

static void
fuzz_refused(void *context, uint64_t line, struct lift_text cells,
    const struct lift_error *err)
{
	struct sum *s = context;

	struct json_reader r = json_reader_of(cells, s->arena);

	fuzz_same(line > s->last && err->text[0] != '\0');
	fuzz_same(json_skip(&r, NULL) && json_done(&r));
	s->last = line;
	s->hash = hash_mix(hash_mix(hash_mix(s->hash, line),
	    hash_text(lift_text(err->text))), hash_text(cells));
}

static uint64_t
fuzz_read(struct lift_text file, size_t step)
{
	struct sum s = { .arena = arena_new() };
	struct sheet_taker taker = { fuzz_event, fuzz_refused, &s };
	struct sheet_settings settings = {
		.map = LIFT_TEXT_OF("shopper=a,properties.x=b"),
		.type = LIFT_TEXT_OF("view"),
		.timezone = LIFT_TEXT_OF("+02:00") };
	struct lift_error err = { 0 };
	struct sheet *sheet = sheet_new(&settings, &taker, &err);
	bool ok = sheet != NULL;

	fuzz_same(ok);
	for (size_t at = 0; ok && at < file.size; at += step) {
		size_t n = file.size - at < step ? file.size - at : step;
		/* A copy, so that what is kept of a piece is seen. */
		char *piece = malloc(n);
		if (piece == NULL)
			abort();
		memcpy(piece, file.data + at, n);
		ok = sheet_take(sheet, (struct lift_text){ piece, n }, &err);
		free(piece);
	}
	if (!sheet_end(sheet, &err))
		s.hash = hash_mix(s.hash, hash_text(lift_text(err.text)));
	sheet_free(sheet);
	arena_free(s.arena);
	return s.hash;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct lift_text file = { (const char *)data + 1, size - 1 };
	uint64_t whole = fuzz_read(file, size);

	sheet_is_header(file);
	fuzz_same(whole == fuzz_read(file, 1));
	fuzz_same(whole == fuzz_read(file, 2u + data[0]));
	return 0;
}
