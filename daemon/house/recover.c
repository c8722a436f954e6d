/* From the store to a running engine: the newest snapshot that is whole, then
 * the entries after it, muted, since what they did is in the store already.
 * What does not fit is never guessed at: a snapshot of another build's form is
 * passed over when the log can be folded from its beginning, and refused when
 * it cannot. */
#include "house/house_parts.h"

#include "base/clock.h"
#include "house/notify.h"
#include "replay/range.h"
#include "replay/snapshot.h"

struct engine_settings
house_engine_settings(const struct house *h)
{
	const struct settings *s = &h->settings;

	return (struct engine_settings){
		.watermark = { s->disorder, s->allowed_lateness,
		    s->idle_source },
		.seen_count = (uint32_t)s->dedupe.ids,
		.seen_span = s->dedupe.span, .slice = 16,
		.deferred_most = (size_t)s->waiting, .seed = h->seed };
}

struct generation_context
house_rule_context(const struct house *h)
{
	return (struct generation_context){ engine_vocabulary(h->engine),
		&h->sources, roster_missing(h->roster) };
}

static void
engine_line(void *context, enum lift_level level, const char *topic,
    const char *line)
{
	(void)context;
	logger_line(level, topic, "%s", line);
}

static void
on_effect(void *context, const struct effect *e)
{
	struct house *h = context;

	gate_effect(h->gate, e);
}

static void
on_called(void *context, const struct engine_result *r)
{
	struct house *h = context;

	if (h->gate != NULL)
		gate_called(h->gate, r);
}

bool
recover_engine(struct house *h, struct lift_error *err)
{
	struct engine_settings settings = house_engine_settings(h);
	struct engine_outside outside = { .context = h, .effect = on_effect,
		.called = on_called, .generation = rulebook_generation,
		.log = engine_line };
	size_t count;
	const struct lift_plugin *const *plugins = roster_plugins(h->roster,
	    &count);

	h->engine = engine_new(&settings, &outside, plugins, count,
	    desk_verbs());
	struct generation_context context = house_rule_context(h);
	struct arena *arena = arena_new();
	struct generation *none = generation_load(&context, NULL, 0,
	    findings_new(arena));
	arena_free(arena);
	if (none == NULL)
		return lift_fail(err, LIFT_E_BUG,
		    "the plugins' own defaults do not check");
	h->company = company_open(h->engine, h->roster, none);
	if (engine_use(h->engine, none, err))
		return true;
	generation_free(none);
	return false;
}

static void
engine_unmake(struct house *h)
{
	company_close(h->company);
	engine_free(h->engine);
	h->company = NULL;
	h->engine = NULL;
}

/* ---- snapshots ----------------------------------------------------------- */

static void
say_lines(const struct text *report)
{
	for (char *at = report->data; at != NULL && *at != '\0';) {
		char *end = strchr(at, '\n');
		logger_line(LIFT_WARNING, "snapshot", "%.*s",
		    end ? (int)(end - at) : (int)strlen(at), at);
		at = end ? end + 1 : NULL;
	}
}

/* Takes the newest snapshot if there is one that fits. False when the log has
 * to be folded from its first entry; then the engine is fresh. */
static bool
from_snapshot(struct house *h, uint64_t last, bool *ret_lost,
    struct lift_error *err)
{
	struct text report = { 0 };
	const char *missing = NULL;
	struct snapshot_file *file = snapshot_file_newest(h->places.state,
	    &report, err);

	say_lines(&report);
	text_done(&report);
	if (file == NULL)
		return false;
	h->snapshot_seq = snapshot_file_seq(file);
	*ret_lost = h->snapshot_seq > last;
	bool ok = !*ret_lost && snapshot_read(h->engine, file, &missing, err);
	if (ok && missing != NULL) {
		logger_line(LIFT_NOTICE, "snapshot", "plugin \"%s\" is new to "
		    "the snapshot of entry %llu", missing,
		    (unsigned long long)h->snapshot_seq);
		ok = false;
	} else if (!ok && !*ret_lost) {
		logger_line(LIFT_WARNING, "snapshot", "%s", err->text);
	}
	if (ok && !hash128_equal(engine_digest(h->engine),
	    snapshot_file_digest(file)))
		logger_line(LIFT_WARNING, "snapshot", "its state has another "
		    "digest after loading: written by another build?");
	snapshot_file_close(file);
	return ok;
}

/* ---- the rest of the log ------------------------------------------------- */

static void
on_progress(void *context, uint64_t seq)
{
	(void)context;
	(void)seq;
	notify_beat("EXTEND_TIMEOUT_USEC=60000000");
}

static bool
fold_rest(struct house *h, uint64_t from, struct lift_error *err)
{
	struct replay_range range = { .from = from, .muted_to = UINT64_MAX,
		.progress = on_progress };
	int64_t began = clock_monotonic();

	if (!replay_range(h->engine, h->reader, &range, err))
		return false;
	if (engine_seq(h->engine) >= from)
		logger_line(LIFT_NOTICE, "recovery", "folded %llu entries in "
		    "%.3f s", (unsigned long long)(engine_seq(h->engine) -
		    from + 1), (double)(clock_monotonic() - began) / 1e6);
	return true;
}

bool
recover_from_log(struct house *h, struct lift_error *err)
{
	return recover_engine(h, err) && fold_rest(h, 1, err);
}

static bool
bring_up(struct house *h, uint64_t first, uint64_t last,
    struct lift_error *err)
{
	bool lost = false;

	h->snapshot_seq = 0;
	if (from_snapshot(h, last, &lost, err))
		return fold_rest(h, h->snapshot_seq + 1, err);
	if (lost)
		return lift_fail(err, LIFT_E_STORE, "the newest snapshot is of "
		    "entry %llu, but the log ends at %llu: its newest part is "
		    "lost; bring it back (with sqlite, liftd.db-wal), or "
		    "remove the snapshots to go on without it", (unsigned long long)
		    h->snapshot_seq, (unsigned long long)last);
	if (first > 1)
		return lift_fail(err, LIFT_E_STORE, "the log begins at entry "
		    "%llu and no snapshot fits: bring back a snapshot, or the "
		    "build and the plugins that wrote it",
		    (unsigned long long)first);
	h->snapshot_seq = 0;
	engine_unmake(h);
	return recover_from_log(h, err);
}

bool
recover_state(struct house *h, struct lift_error *err)
{
	uint64_t first, last;

	if (!store_range(h->reader, &first, &last, err) ||
	    !bring_up(h, first, last, err))
		return false;
	/* The log may end with seqs that a salvage found lost. */
	if (engine_seq(h->engine) < last)
		engine_resume(h->engine, last);
	return true;
}

bool
recover_seed(struct house *h, struct lift_error *err)
{
	struct lift_text kept;

	h->seed = 0;
	if (!store_value(h->reader, h->arena, LIFT_TEXT_OF("seed"), &kept,
	    err))
		return false;
	if (kept.size == sizeof(h->seed))
		memcpy(&h->seed, kept.data, sizeof(h->seed));
	return true;
}

bool
recover(struct house *h, struct lift_error *err)
{
	h->identity = identity_new();
	if (!identity_load(h->identity, h->reader, err) ||
	    !recover_engine(h, err) || !recover_state(h, err))
		return false;
	identity_reserve(h->identity, world_shoppers(engine_world(h->engine)));
	identity_reserve(h->identity, persons_highest(engine_persons(
	    h->engine)));
	engine_measure(h->engine, h->metrics);
	return true;
}
