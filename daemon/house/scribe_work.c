/* The scribe itself: a start without doors, from the store to a state, and the
 * state into a file. It looks at no rule files, since the rules come with the
 * log, and reads the store through a reader of its own, whose transactions end
 * before their rows are folded: however slow it is, no commit waits for it. */
#include "house/scribe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "house/house_parts.h"
#include "log/lock.h"
#include "replay/snapshot.h"

/* Below loop and writer, but not at the bottom. Where others keep all cores busy
 * a snapshot of a million shoppers takes 3 s at 5, 10 s at 10, and more than a
 * minute at 19 or idle; entries wait the same at each. And a read transaction
 * that is starved holds the store's write-ahead log back. */
enum { SCRIBE_NICE = 5 };

struct work {
	struct house         house;
	struct scribe_answer answer;
	int                  lock, out;	/* -1: none */
};

/* ---- manners ------------------------------------------------------------- */

/* Should memory run out, it is the scribe that goes. */
static void
offer_memory(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, "500", 3) != 3)
		logger_line(LIFT_DEBUG, "snapshot", "the kernel does not take "
		    "an oom_score_adj: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
}

/* Whether somebody still reads the answer: it may have died before this
 * process asked to die with it. */
static bool
is_awaited(int out)
{
	struct pollfd p = { .fd = out, .events = POLLOUT };

	return poll(&p, 1, 0) < 0 || (p.revents & POLLERR) == 0;
}

/* As a daemon's child. What plugins print goes to the log, not into the
 * answer; the service manager hears nothing. */
static void
work_quietly(struct work *w)
{
	struct lift_error ignored;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "liftd-scribe");
	w->out = fcntl(1, F_DUPFD_CLOEXEC, 3);
	dup2(2, 1);
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	setpriority(PRIO_PROCESS, 0, SCRIBE_NICE);
	offer_memory();
	/* What the fold has to say, the daemon has said. */
	logger_level("all", LIFT_ERR, &ignored);
	logger_level("snapshot", LIFT_WARNING, &ignored);
}

/* ---- the work ------------------------------------------------------------ */

static bool
work_open(struct work *w, const char *likeness, struct lift_error *err)
{
	struct house *h = &w->house;
	struct store_settings settings;

	if (!house_settings(h, err))
		return false;
	settings = settings_store(&h->settings, h->places.state);
	h->roster = roster_new(h->places.plugins, &h->settings.plugins);
	h->reader = store_reader_open(&settings, err);
	if (h->reader == NULL || !recover_seed(h, err))
		return false;
	/* A daemon that asks has the lock, and waits with its next snapshot. */
	if (likeness != NULL)
		return true;
	w->lock = lock_take(h->places.state, err);
	return w->lock >= 0;
}

static bool
check_likeness(const struct house *h, const char *wanted,
    struct lift_error *err)
{
	char found[SCRIBE_LIKENESS];

	scribe_likeness(h, found);
	if (wanted == NULL || strcmp(found, wanted) == 0)
		return true;
	return lift_fail(err, LIFT_E_SYSTEM, "a plugin, or a file that "
	    "liftd.yaml refers to, has changed since liftd started: restart "
	    "it");
}

/* Retention keeps what the two newest snapshots need. Should both be damaged,
 * it may delete entries under the eyes of the fold. */
static bool
check_whole(const struct work *w, uint64_t first, struct lift_error *err)
{
	uint64_t now, last;

	if (!store_range(w->house.reader, &now, &last, err))
		return false;
	if (now == first || now <= w->answer.base + 1)
		return true;
	return lift_fail(err, LIFT_E_STORE, "entries up to %llu were deleted "
	    "by retention while they were read; `liftctl snapshot now` tries "
	    "again", (unsigned long long)now - 1);
}

static bool
work_write(struct work *w, struct lift_error *err)
{
	struct house *h = &w->house;
	uint64_t first, last;

	snapshot_sweep_leftovers(h->places.state);
	if (!store_range(h->reader, &first, &last, err) ||
	    !recover_state(h, err))
		return false;
	w->answer = (struct scribe_answer){ engine_seq(h->engine),
		h->snapshot_seq };
	if (w->answer.seq == w->answer.base)
		return true;
	if (!check_whole(w, first, err) || !snapshot_write(h->engine,
	    h->places.state, LIFTD_BUILD, err))
		return false;
	snapshot_sweep(h->places.state);
	return true;
}

static void
work_close(struct work *w)
{
	struct house *h = &w->house;

	company_close(h->company);
	engine_free(h->engine);
	roster_free(h->roster);
	store_reader_free(h->reader);
	lock_drop(w->lock);
	arena_free(h->arena);
}

/* ---- the answer ---------------------------------------------------------- */

static void
tell_daemon(const struct work *w, bool ok, const struct lift_error *err)
{
	if (ok)
		dprintf(w->out, "%llu %llu\n",
		    (unsigned long long)w->answer.seq,
		    (unsigned long long)w->answer.base);
	else
		dprintf(w->out, "%s\n", err->text);
}

static void
tell_person(const struct work *w, bool ok, const struct lift_error *err)
{
	if (ok)
		printf("OK: the newest snapshot holds all up to entry %llu\n",
		    (unsigned long long)w->answer.seq);
	else
		fprintf(stderr, "liftd: %s\n", err->text);
}

int
scribe_run(const struct house_places *places, const char *likeness)
{
	struct work w = { .house = { .places = *places }, .lock = -1,
		.out = -1 };
	struct lift_error err = { 0 };

	umask(0027);
	if (likeness != NULL) {
		work_quietly(&w);
		if (!is_awaited(w.out))
			return 1;
	}
	w.house.arena = arena_new();
	w.house.sources = reference_sources(places->rules);
	bool ok = work_open(&w, likeness, &err) &&
	    recover_engine(&w.house, &err) &&
	    check_likeness(&w.house, likeness, &err) && work_write(&w, &err);
	if (likeness != NULL)
		tell_daemon(&w, ok, &err);
	else
		tell_person(&w, ok, &err);
	work_close(&w);
	return ok ? 0 : 1;
}
