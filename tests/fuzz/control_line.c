/* Fuzzes what a stranger sends to the control socket: the request line with
 * its arguments, and the same bytes as an upload, once whole and once byte by
 * byte, which must tell the same lines. */
#include <stdlib.h>

#include "base/hash.h"
#include "doors/line.h"
#include "doors/upload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct lift_field table[] = {
	{ "text", LIFT_TEXT, false, "a text" },
	{ "lines", LIFT_UPLOAD, true, "an upload" },
	{ "count", LIFT_INT, true, "a number" },
	{ "dry_run", LIFT_BOOL, true, "a flag" },
	{ "price", LIFT_MONEY, true, "an amount" },
	{ "since", LIFT_TIME, true, "a time" },
	{ "span", LIFT_SPAN, true, "a span" },
	{ "list", LIFT_LIST, true, "a list" },
	{ "map", LIFT_MAP, true, "an object" }, LIFT_END
};

static void
fuzz_line(struct lift_text text)
{
	struct arena *arena = arena_new();
	struct lift_value values[ARGUMENTS_MOST];
	struct text out = { 0 };
	struct lift_error err;
	struct line line;

	if (line_read(arena, text, &line, &err) && line_arguments(arena,
	    line.words, line.count, table, values, &err))
		arguments_write(&out, table, values);
	text_done(&out);
	arena_free(arena);
}

/* The sum over all lines, with STEP bytes handed over at a time. */
static uint64_t
fuzz_upload(struct lift_text in, size_t step)
{
	struct upload u = { .number = 0 };
	enum upload_step said = UPLOAD_MORE;
	uint64_t sum = 0;
	size_t used;

	while (in.size > 0 && said != UPLOAD_OVER && said != UPLOAD_BAD) {
		said = upload_next(&u, (struct lift_text){ in.data,
		    in.size < step ? in.size : step }, &used);
		in.data += used;
		in.size -= used;
		if (said == UPLOAD_HAS_LINE)
			sum = sum * 31 + hash_text(text_view(&u.line)) +
			    u.number;
	}
	upload_done(&u);
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lift_text text = { (const char *)data, size };

	fuzz_line(text);
	if (fuzz_upload(text, 1) != fuzz_upload(text, size))
		abort();
	return 0;
}
