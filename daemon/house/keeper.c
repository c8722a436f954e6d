/* What goes by the clock: ticks into the log, snapshots, retention, the
 * watchdog. A snapshot is made by a scribe, a process of its own (scribe.h);
 * the loop only starts it and hears of its end. */
#include "house/house_parts.h"

#include <signal.h>

#include "base/clock.h"
#include "house/notify.h"
#include "replay/snapshot.h"

enum { PRUNE_ROWS = 20000, PRUNE_EVERY_S = 60, RETRY_S = 60 };

/* ---- snapshots ----------------------------------------------------------- */

static void
snapshot_failed(struct house *h, const struct lift_error *why)
{
	lift_fail(&h->snapshot_error, LIFT_E_SYSTEM, "the newest snapshot "
	    "could not be written: %s", why->text);
	logger_line(LIFT_ERR, "snapshot", "%s", h->snapshot_error.text);
	/* Not at once again: a try costs a fold. */
	h->snapshot_wait = RETRY_S * LIFT_SECOND;
}

static void
snapshot_made(struct house *h, const struct scribe_answer *answer)
{
	h->snapshot_error = (struct lift_error){ 0 };
	h->snapshot_wait = 0;
	/* What it began with is whole, and the one that a start falls back to;
	 * a newer one that was damaged is neither. */
	if (answer->seq != answer->base)
		h->snapshot_older = answer->base;
	h->snapshot_seq = answer->seq;
	logger_line(LIFT_INFO, "snapshot", "holds all up to entry %llu",
	    (unsigned long long)answer->seq);
}

static void
on_child(evutil_socket_t fd, short what, void *context)
{
	struct house *h = context;
	struct scribe_answer answer;
	struct lift_error err;

	(void)fd;
	(void)what;
	if (h->scribe == NULL || !scribe_has_ended(h->scribe))
		return;
	metric_note(h->snapshot_metric, clock_monotonic() - h->snapshot_time);
	if (scribe_answer(h->scribe, &answer, &err))
		snapshot_made(h, &answer);
	else
		snapshot_failed(h, &err);
	scribe_free(h->scribe);
	h->scribe = NULL;
}

bool
keeper_snapshot(struct house *h, struct lift_error *err)
{
	if (h->scribe != NULL)
		return lift_fail(err, LIFT_E_BUSY,
		    "a snapshot is being written already");
	h->snapshot_time = clock_monotonic();
	h->scribe = scribe_start(h, err);
	if (h->scribe == NULL)
		snapshot_failed(h, err);
	return h->scribe != NULL;
}

bool
keeper_snapshot_here(struct house *h, struct lift_error *err)
{
	if (engine_seq(h->engine) == h->snapshot_seq)
		return true;
	if (!snapshot_write(h->engine, h->places.state, LIFTD_BUILD, err))
		return false;
	snapshot_sweep(h->places.state);
	return true;
}

static void
snapshot_when_due(struct house *h, int64_t now)
{
	const struct settings *s = &h->settings;
	uint64_t since = gate_committed(h->gate) - h->snapshot_seq;
	int64_t past = now - h->snapshot_time;
	struct lift_error told;

	if (h->scribe != NULL || since == 0 || past < h->snapshot_wait)
		return;
	if (past >= s->snapshots.every ||
	    since >= (uint64_t)s->snapshots.entries)
		keeper_snapshot(h, &told);
}

/* ---- retention ----------------------------------------------------------- */

static void
prune_told(void *context)
{
	struct house *h = context;

	h->pruning = false;
}

static bool
prune_chore(struct store *store, void *context, struct lift_error *err)
{
	struct house *h = context;
	int64_t before = clock_now() - h->settings.retention.entries;
	bool more;

	/* The older snapshot must still find its entries, in case the newer
	 * one is damaged one day. */
	return store_prune(store, before, h->snapshot_older, PRUNE_ROWS,
	    &more, err);
}

static void
prune_when_due(struct house *h, int64_t now)
{
	if (h->pruning || h->copying || h->snapshot_older == 0 ||
	    now - h->prune_time < PRUNE_EVERY_S * LIFT_SECOND)
		return;
	h->prune_time = now;
	h->pruning = true;
	gate_do(h->gate, prune_chore, h);
	gate_settled(h->gate, prune_told, h);
}

/* ---- ticks --------------------------------------------------------------- */

static void
on_tick(evutil_socket_t fd, short what, void *context)
{
	struct house *h = context;
	struct lift_error err;
	int64_t now = clock_monotonic();

	(void)fd;
	(void)what;
	if (gate_tick(h->gate, 0, clock_now(), &err))
		metric_add(h->ticks, 1);
	struct lift_moment m = watermark_moment(engine_watermark(h->engine));
	metric_set(h->lag, clock_now() - m.watermark);
	/* Windows that wait to be judged go on with further ticks. */
	if (engine_is_behind(h->engine)) {
		static const struct timeval soon = { 0, 1000 };
		event_add(h->tick, &soon);
	} else {
		static const struct timeval second = { 1, 0 };
		event_add(h->tick, &second);
	}
	snapshot_when_due(h, now);
	prune_when_due(h, now);
}

static void
on_watchdog(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	(void)context;
	notify_beat("WATCHDOG=1");
}

static void
watchdog_start(struct house *h)
{
	int64_t every = notify_watchdog();
	struct timeval tv = { every / LIFT_SECOND, every % LIFT_SECOND };

	if (every == 0)
		return;
	h->watchdog = event_new(h->base, -1, EV_PERSIST, on_watchdog, h);
	event_add(h->watchdog, &tv);
}

bool
keeper_start(struct house *h)
{
	static const struct timeval now = { 0, 0 };

	h->ticks = metric_of(h->metrics, METRIC_COUNTER, "ticks_total", NULL,
	    "ticks put into the log");
	h->lag = metric_of(h->metrics, METRIC_GAUGE, "watermark_lag_seconds",
	    NULL, "how far the watermark is behind the clock");
	h->snapshot_metric = metric_of(h->metrics, METRIC_HISTOGRAM,
	    "snapshot_duration_seconds", NULL,
	    "how long it took to write a snapshot");
	h->snapshot_time = clock_monotonic();
	h->tick = event_new(h->base, -1, 0, on_tick, h);
	h->child = evsignal_new(h->base, SIGCHLD, on_child, h);
	event_priority_set(h->tick, 0);
	event_add(h->tick, &now);
	event_add(h->child, NULL);
	watchdog_start(h);
	h->stage = stage_new(h);
	return true;
}

void
keeper_stop(struct house *h)
{
	if (h->tick != NULL)
		event_free(h->tick);
	if (h->child != NULL)
		event_free(h->child);
	if (h->watchdog != NULL)
		event_free(h->watchdog);
	h->tick = h->child = h->watchdog = NULL;
	scribe_free(h->scribe);
	h->scribe = NULL;
	stage_free(h->stage);
	h->stage = NULL;
}
