/* What stands in for the world: other bodies for the contracts of
 * base/clock.h, house/notify.h and doors/control.h, for libevent's loop, and a
 * store that refuses on command. The linker takes these instead of the
 * library's; nothing in the house knows. */
#include <event2/event.h>
#include <time.h>

#include "base/clock.h"
#include "house/notify.h"
#include "story/story.h"

struct house *story_house;

/* ---- clocks ----------------------------------------------------------- */

/* The writer's thread waits in earnest, so it has the machine's clock. */
static _Thread_local bool is_story_thread;

static int64_t
machine(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
clock_now(void)
{
	return story != NULL && story->now != 0 ? story->now :
	    machine(CLOCK_REALTIME);
}

int64_t
clock_monotonic(void)
{
	return is_story_thread ? LIFT_SECOND + story->now - story->began :
	    machine(CLOCK_MONOTONIC);
}

/* ---- the service manager ---------------------------------------------- */

void
notify_send(const char *state)
{
	(void)state;
}

void
notify_beat(const char *state)
{
	(void)state;
}

void
notify_ready(const char *status)
{
	(void)status;
}

void
notify_reloading(void)
{
}

void
notify_stopping(void)
{
}

int64_t
notify_watchdog(void)
{
	return 0;
}

/* ---- the door --------------------------------------------------------- */

struct control {
	struct house *house;
};

static struct control door;

struct control *
control_new(struct house *h, struct event_base *base,
    const struct control_settings *settings, struct lift_error *err)
{
	(void)base, (void)settings, (void)err;
	door.house = h;
	story_house = h;
	return &door;
}

bool
control_roles(struct control *c, const struct control_settings *settings,
    struct lift_error *err)
{
	(void)c, (void)settings, (void)err;
	return true;
}

void
control_stop(struct control *c)
{
	(void)c;
}

bool
control_idle(const struct control *c)
{
	(void)c;
	return true;
}

void
control_free(struct control *c)
{
	(void)c;
}

/* ---- the loop --------------------------------------------------------- */

/* The house is ready and gives itself to its loop: the story has the say now,
 * and the house stops in order when it returns. */
int
event_base_dispatch(struct event_base *base)
{
	(void)base;
	is_story_thread = true;
	turn_story();
	return 0;
}

/* ---- the store -------------------------------------------------------- */

bool __real_store_commit(struct store *, const struct store_batch *,
    struct lift_error *);
bool __wrap_store_commit(struct store *, const struct store_batch *,
    struct lift_error *);

bool
__wrap_store_commit(struct store *s, const struct store_batch *b,
    struct lift_error *err)
{
	if (!__atomic_load_n(&story->disk_full, __ATOMIC_SEQ_CST))
		return __real_store_commit(s, b, err);
	lift_fail(err, LIFT_E_STORE, "liftd.db cannot be written: there is no "
	    "room left on its disk");
	err->again = true;
	return false;
}
