/* The table of liftd.yaml. */
#include "house/settings.h"

#include "base/money.h"
#include "rules/document.h"
#include "rules/option.h"

static const char *const drivers[] = { "sqlite", NULL };
static const char *const durabilities[] = { "process", "power", NULL };

static const struct lift_option store_options[] = {
	{ .name = "driver", .kind = LIFT_OPTION_CHOICE, .fallback = "sqlite",
	  .choices = drivers, .restart = true,
	  .meaning = "what keeps the log: sqlite is a file in the state "
	  "directory" },
	LIFT_END
};

static const struct lift_option retention_options[] = {
	{ .name = "entries", .kind = LIFT_OPTION_SPAN, .fallback = "90d",
	  .lowest = "1h",
	  .meaning = "how long entries and effects are kept, if snapshots "
	  "allow" },
	LIFT_END
};

static const struct lift_option snapshot_options[] = {
	{ .name = "every", .kind = LIFT_OPTION_SPAN, .fallback = "15m",
	  .lowest = "1s", .highest = "7d",
	  .meaning = "a snapshot is due this long after the one before" },
	{ .name = "entries", .kind = LIFT_OPTION_COUNT, .fallback = "5000000",
	  .lowest = "1000", .offset = sizeof(int64_t),
	  .meaning = "or after so many entries, whichever comes first" },
	LIFT_END
};

static const struct lift_option dedupe_options[] = {
	{ .name = "ids", .kind = LIFT_OPTION_COUNT, .fallback = "1048576",
	  .lowest = "1024", .highest = "268435456", .restart = true,
	  .meaning = "how many ids are remembered, 40 bytes each" },
	{ .name = "span", .kind = LIFT_OPTION_SPAN, .fallback = "1d",
	  .lowest = "1m", .offset = sizeof(int64_t), .restart = true,
	  .meaning = "how long an id is remembered" },
	LIFT_END
};

#define MEMBER(m) (offsetof(struct settings, control.m) - \
	offsetof(struct settings, control))
static const struct lift_option control_options[] = {
	{ .name = "admins", .kind = LIFT_OPTION_TEXTS, .fallback = "[]",
	  .offset = MEMBER(admins),
	  .meaning = "users who may do everything, by name or number; root and "
	  "liftd's own user always may" },
	{ .name = "operators", .kind = LIFT_OPTION_TEXTS, .fallback = "[]",
	  .offset = MEMBER(operators),
	  .meaning = "users who may operate, by name or number" },
	{ .name = "observers", .kind = LIFT_OPTION_TEXTS, .fallback = "[]",
	  .offset = MEMBER(observers),
	  .meaning = "users who may look; empty means everybody who can open "
	  "the socket" },
	{ .name = "connections", .kind = LIFT_OPTION_COUNT, .fallback = "256",
	  .lowest = "4", .highest = "10000", .offset = MEMBER(connections),
	  .meaning = "how many clients may be connected at once" },
	LIFT_END
};

const struct lift_option settings_options[] = {
	LIFT_OPTION_GROUP(struct settings, store, .rows = store_options,
	    .fallback = "{}", .meaning = "where the log is kept"),
	LIFT_OPTION_CHOICE(struct settings, durability,
	    .fallback = "process", .choices = durabilities, .restart = true,
	    .meaning = "what an acknowledged entry survives: the death of the "
	    "process, or loss of power"),
	LIFT_OPTION_GROUP(struct settings, retention,
	    .rows = retention_options, .fallback = "{}",
	    .meaning = "how long things are kept"),
	LIFT_OPTION_GROUP(struct settings, snapshots,
	    .rows = snapshot_options, .fallback = "{}",
	    .meaning = "when the state is written down, so that a start is "
	    "short"),
	LIFT_OPTION_GROUP(struct settings, dedupe, .rows = dedupe_options,
	    .fallback = "{}",
	    .meaning = "how long an id that comes again is known"),
	LIFT_OPTION_SPAN(struct settings, disorder, .fallback = "10s",
	    .lowest = "0s", .highest = "1d", .restart = true,
	    .meaning = "how long a window waits for events that come out of "
	    "order"),
	LIFT_OPTION_SPAN(struct settings, allowed_lateness,
	    .fallback = "1h", .lowest = "0s", .highest = "30d",
	    .restart = true,
	    .meaning = "how long a window can still be revised"),
	LIFT_OPTION_SPAN(struct settings, idle_source, .fallback = "30s",
	    .lowest = "1s", .highest = "1d", .restart = true,
	    .meaning = "when a silent source no longer holds windows open"),
	LIFT_OPTION_SPAN(struct settings, ahead, .fallback = "10m",
	    .lowest = "1s", .highest = "1d",
	    .meaning = "how far ahead of now a live event may claim to be"),
	LIFT_OPTION_SIZE(struct settings, waiting, .fallback = "256 MB",
	    .lowest = "1 MB", .restart = true,
	    .meaning = "live entries that may wait while a backfill runs"),
	LIFT_OPTION_TEXT(struct settings, currency, .fallback = "EUR",
	    .meaning = "of prices that come without one"),
	LIFT_OPTION_GROUP(struct settings, control,
	    .rows = control_options, .fallback = "{}",
	    .meaning = "who may do what through the control socket"),
	LIFT_OPTION_TEXTS(struct settings, plugins, .fallback = "[]",
	    .restart = true,
	    .meaning = "the plugins to load, in the order in which they see an "
	    "entry"),
	LIFT_END
};

bool
settings_read(struct arena *arena, const char *file,
    const struct lift_text *text, struct findings *findings,
    struct settings *s)
{
	struct option_sources sources = reference_sources(".");
	struct option_binder binder = { arena, findings, &sources, 0 };
	const struct node *root = NULL;
	size_t errors = findings_count(findings, FINDING_ERROR);

	*s = (struct settings){ 0 };
	if (text != NULL) {
		const struct document *d = document_read(arena, file, *text,
		    NULL, findings);
		root = d != NULL ? d->root : NULL;
		if (root != NULL && root->kind == NODE_TEXT && root->size == 0)
			root = NULL;
	}
	option_bind(&binder, root, settings_options, s);
	if (currency_pack(lift_text(s->currency)) == 0 && root != NULL)
		node_finding(findings, FINDING_OPTION_CHOICE,
		    node_get(root, "currency"), "currency is \"%s\", must be "
		    "three capital letters such as EUR", s->currency);
	return findings_count(findings, FINDING_ERROR) == errors;
}

struct store_settings
settings_store(const struct settings *s, const char *state)
{
	return (struct store_settings){ drivers[s->store.driver], state,
		s->durability == 0 ? STORE_PROCESS : STORE_POWER };
}
