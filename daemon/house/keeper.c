/* What goes by the clock: ticks into the log, snapshots, retention, the
 * watchdog.
 *
 * A snapshot is written by a forked child, which has the state as of the fork
 * for nothing: the fold goes on while it writes. Since the fork holds entries
 * that are not committed yet, the child waits with the file's final name until
 * it is told that they are; a snapshot is never ahead of the log. What it costs
 * the loop is the fork itself, which copies page tables, and then one fault for
 * each page that the fold writes to while the child lives: so what the child
 * can do without is kept from it (memory_apart), and what it has saved it gives
 * back (engine_shed). */
#include "house/house_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "house/notify.h"
#include "replay/snapshot.h"

enum { PRUNE_ROWS = 20000, PRUNE_EVERY_S = 60, CHILD_NICE = 10 };

/* ---- snapshots ----------------------------------------------------------- */

/* In the child: no loop, no log, no way back. */
static void
child_main(struct house *h, int go)
{
	struct lift_error err = { 0 };

	/* First of all: a socket that this child kept open would look like a
	 * daemon to the next one that starts. */
	close_range(3, (unsigned)go - 1, 0);
	close_range((unsigned)go + 1, ~0U, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGTERM, SIG_DFL);
	/* The loop and the store's thread come first where cores are few: the
	 * child gives way the moment one of them wakes. */
	if (sched_setscheduler(0, SCHED_IDLE, &(struct sched_param){ 0 }) != 0)
		setpriority(PRIO_PROCESS, 0, CHILD_NICE);
	bool ok = snapshot_write(h->engine, h->places.state, LIFTD_BUILD, go,
	    &err);
	/* Here, since it reads the older ones from end to end. */
	if (ok)
		snapshot_sweep(h->places.state);
	else
		logger_line(LIFT_ERR, "snapshot", "%s", err.text);
	_exit(ok ? 0 : 1);
}

static void
child_release(struct house *h)
{
	struct snapshot_child *c = &h->snapshot;

	if (c->pid == 0 || c->released || gate_committed(h->gate) < c->seq)
		return;
	c->released = true;
	if (write(c->go, "g", 1) != 1)
		logger_line(LIFT_WARNING, "snapshot", "its writer is gone");
}

static void
child_ended(struct house *h, int status)
{
	struct snapshot_child *c = &h->snapshot;
	bool ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;

	close(c->go);
	c->pid = 0;
	metric_note(h->snapshot_metric, clock_monotonic() - c->began);
	if (!ok) {
		lift_fail(&h->snapshot_error, LIFT_E_SYSTEM,
		    "the newest snapshot could not be written");
		return;
	}
	h->snapshot_error = (struct lift_error){ 0 };
	h->snapshot_older = h->snapshot_seq;
	h->snapshot_seq = c->seq;
	logger_line(LIFT_INFO, "snapshot", "holds all up to entry %llu",
	    (unsigned long long)c->seq);
}

static void
on_child(evutil_socket_t fd, short what, void *context)
{
	struct house *h = context;
	int status;

	(void)fd;
	(void)what;
	if (h->snapshot.pid != 0 &&
	    waitpid(h->snapshot.pid, &status, WNOHANG) == h->snapshot.pid)
		child_ended(h, status);
}

bool
keeper_snapshot(struct house *h, struct lift_error *err)
{
	int ends[2];

	if (h->snapshot.pid != 0)
		return lift_fail(err, LIFT_E_BUSY,
		    "a snapshot is being written already");
	if (pipe2(ends, O_CLOEXEC) != 0)
		return lift_fail(err, LIFT_E_SYSTEM, "no pipe: %s",
		    strerror(errno));
	h->snapshot_time = clock_monotonic();
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[1]);
		child_main(h, ends[0]);
	}
	metric_note(h->fork_metric, clock_monotonic() - h->snapshot_time);
	close(ends[0]);
	if (pid < 0) {
		close(ends[1]);
		return lift_fail(err, LIFT_E_SYSTEM, "no process for the "
		    "snapshot: %s", strerror(errno));
	}
	h->snapshot.pid = pid;
	h->snapshot.go = ends[1];
	h->snapshot.seq = gate_seq(h->gate);
	h->snapshot.began = h->snapshot_time;
	h->snapshot.released = false;
	child_release(h);
	return true;
}

bool
keeper_snapshot_here(struct house *h, struct lift_error *err)
{
	if (h->snapshot.pid != 0) {
		int status;
		kill(h->snapshot.pid, SIGKILL);
		waitpid(h->snapshot.pid, &status, 0);
		close(h->snapshot.go);
		h->snapshot.pid = 0;
	}
	if (engine_seq(h->engine) == h->snapshot_seq)
		return true;
	if (!snapshot_write(h->engine, h->places.state, LIFTD_BUILD, -1, err))
		return false;
	snapshot_sweep(h->places.state);
	return true;
}

static void
snapshot_when_due(struct house *h, int64_t now)
{
	const struct settings *s = &h->settings;
	struct lift_error err;
	uint64_t since = gate_committed(h->gate) - h->snapshot_seq;

	child_release(h);
	if (h->snapshot.pid != 0 || since == 0)
		return;
	if (now - h->snapshot_time < s->snapshots.every &&
	    since < (uint64_t)s->snapshots.entries)
		return;
	/* Ticks alone are no reason to write all of it again every time. */
	if (!keeper_snapshot(h, &err)) {
		h->snapshot_error = err;
		logger_line(LIFT_ERR, "snapshot", "%s", err.text);
	}
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
	if (gate_tick(h->gate, clock_now(), &err))
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
	h->fork_metric = metric_of(h->metrics, METRIC_HISTOGRAM,
	    "snapshot_fork_seconds", NULL,
	    "how long the loop stood still to begin a snapshot");
	h->snapshot_time = clock_monotonic();
	h->tick = event_new(h->base, -1, 0, on_tick, h);
	h->child = evsignal_new(h->base, SIGCHLD, on_child, h);
	event_priority_set(h->tick, 0);
	event_add(h->tick, &now);
	event_add(h->child, NULL);
	watchdog_start(h);
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
}
