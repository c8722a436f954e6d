/* A pattern, a newline, and the text to match it against: must end, in memory
 * that is ours. */
#include "rules/pattern.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *line = size > 0 ? memchr(data, '\n', size) : NULL;
	size_t first = line == NULL ? size : (size_t)(line - data);
	struct pattern_problem problem;
	struct arena *arena = arena_new();
	const struct pattern *p = pattern_compile(arena,
	    (struct lift_text){ (const char *)data, first }, &problem);

	if (p != NULL && line != NULL)
		pattern_matches(p, (struct lift_text){ (const char *)line + 1,
		    size - first - 1 });
	arena_free(arena);
	return 0;
}
