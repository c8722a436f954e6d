/* Any text as a schedule: it is refused in its place, or it comes after the
 * time that it is asked about, and can be told in words. */
#include <assert.h>

#include "rules/cron.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
follow(const struct cron *c, const struct zone *z)
{
	int64_t t = INT64_C(1774486800) * LIFT_SECOND;

	for (int i = 0; i < 4 && t != CRON_NEVER; i++) {
		int64_t next = cron_next(c, z, t);
		assert(next > t);
		assert(next == CRON_NEVER || next % LIFT_SECOND == 0);
		t = next;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const zones[] = { "UTC", "Europe/London",
		"Australia/Lord_Howe" };
	struct lift_text t = { (const char *)data, size };
	struct lift_error err = { 0 };
	struct text words = { 0 };
	struct cron c;

	if (!cron_read(t, &c, &err)) {
		assert(err.column >= 1 && err.column <= size + 40);
		assert(err.text[0] != '\0');
		return 0;
	}
	struct arena *a = arena_new();
	for (int i = 0; i < 3; i++) {
		struct zone *z = zone_open(a, lift_text(zones[i]), &err);
		if (z != NULL)
			follow(&c, z);
	}
	cron_write(&words, &c);
	assert(words.size > 0);
	text_done(&words);
	arena_free(a);
	return 0;
}
