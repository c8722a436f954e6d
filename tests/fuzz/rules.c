/* Any bytes as a rule file, all the way to a generation: whatever they are,
 * each finding stands inside of the file and can be printed, as text and as
 * JSON, and no file that has an error comes into use. */
#include <assert.h>

#include "engine/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static struct engine *engine;

static void
check_place(const struct finding *f, struct lift_text source)
{
	uint32_t lines = 1;

	for (size_t i = 0; i < source.size; i++)
		lines += source.data[i] == '\n' || source.data[i] == '\r' ||
		    (unsigned char)source.data[i] >= 0x80;
	assert(f->place.line <= lines);
	assert(f->place.line == 0 || f->place.column > 0);
	assert(f->place.column <= f->place.end_column);
	assert(f->message[0] != '\0');
}

static void
check_findings(struct findings *findings, struct lift_text source)
{
	struct text t = { 0 };

	for (const struct finding *f = findings_first(findings); f != NULL;
	    f = f->next)
		check_place(f, source);
	findings_write(&t, findings);
	findings_json(&t, findings);
	text_done(&t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct engine_settings settings = { .watermark = { LIFT_SECOND,
		LIFT_SECOND, LIFT_SECOND }, .seen_count = 16,
		.seen_span = LIFT_DAY, .slice = 64 };
	struct engine_outside outside = { 0 };

	if (engine == NULL)
		engine = engine_new(&settings, &outside, NULL, 0, NULL);
	struct generation_context context = { engine_vocabulary(engine), NULL,
		NULL };
	struct generation_file file = { LIFT_TEXT_OF("fuzz.yaml"),
		{ (const char *)data, size } };
	struct arena *arena = arena_new();
	struct findings *findings = findings_new(arena);
	struct generation *g = generation_load(&context, &file, 1, findings);

	assert((g == NULL) == (findings_count(findings, FINDING_ERROR) > 0));
	check_findings(findings, file.text);
	generation_free(g);
	arena_free(arena);
	return 0;
}
