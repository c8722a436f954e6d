/* Watching: tap shows a topic as it happens, wait ends when something has. */
#include "verbs/verbs.h"

#include <event2/event.h>

#include "base/json.h"
#include "base/memory.h"
#include "house/house_parts.h"

enum { TAP_QUEUE = 1 << 20, WAIT_QUEUE = 1 << 16 };

/* ---- tap ----------------------------------------------------------------- */

struct tap {
	struct request *request;
	struct watcher *watcher;
	int64_t         left;		/* rows; 0: no end */
};

static void
tap_free(struct tap *t)
{
	watcher_free(t->watcher);
	memory_give(t);
}

static void
tap_gone(struct request *r)
{
	tap_free(r->state);
}

static void
tap_dropped(struct tap *t)
{
	uint64_t n = watcher_dropped(t->watcher);
	struct text row = { 0 };

	if (n == 0)
		return;
	text_form(&row, "{\"dropped\":%llu}", (unsigned long long)n);
	request_row(t->request, text_view(&row));
	text_done(&row);
}

/* Sends what waits, as far as the caller takes it. */
static void
tap_send(struct request *r)
{
	struct tap *t = r->state;
	struct lift_text row;

	while (!request_is_full(r) && watcher_take(t->watcher, &row)) {
		request_row(r, row);
		if (t->left > 0 && --t->left == 0) {
			r->gone = NULL;
			tap_free(t);
			request_end(r, REPLY_YES);
			return;
		}
	}
	tap_dropped(t);
	request_flush(r);
	/* When there is room again, or when something happens. */
	r->more = request_is_full(r) ? tap_send : NULL;
}

static void
tap_wake(void *context)
{
	struct tap *t = context;

	tap_send(t->request);
}

static void
tap_begin(struct request *r)
{
	struct tap *t = memory_take(sizeof(*t));
	struct lift_value count = request_argument(r, "count");
	struct lift_error err;

	t->request = r;
	t->left = count.type == LIFT_INT ? count.whole : 0;
	t->watcher = watcher_new(r->house->feed,
	    request_text(r, "topic", ""), request_text(r, "where", ""),
	    TAP_QUEUE, &err);
	if (t->watcher == NULL) {
		memory_give(t);
		request_fail(r, &err);
		return;
	}
	watcher_wake(t->watcher, tap_wake, t);
	r->state = t;
	r->gone = tap_gone;
	/* The first bytes tell the caller that the watch has begun. */
	request_flush(r);
}

/* ---- wait ---------------------------------------------------------------- */

struct wait {
	struct request *request;
	struct watcher *watcher;
	struct event   *timer;
	int64_t         left;
};

static struct request *
wait_free(struct wait *w)
{
	struct request *r = w->request;

	r->gone = NULL;
	watcher_free(w->watcher);
	event_free(w->timer);
	memory_give(w);
	return r;
}

static void
wait_gone(struct request *r)
{
	wait_free(r->state);
}

static void
wait_wake(void *context)
{
	struct wait *w = context;
	struct lift_text row;

	if (!watcher_take(w->watcher, &row))
		return;
	request_row(w->request, row);
	request_end(wait_free(w), REPLY_YES);
}

static bool
is_settled(struct house *h)
{
	return gate_seq(h->gate) == gate_committed(h->gate) &&
	    !engine_is_behind(h->engine) && engine_deferred(h->engine) == 0;
}

static void
on_wait(evutil_socket_t fd, short what, void *context)
{
	static const struct timeval again = { 0, 20000 };
	struct wait *w = context;
	struct lift_error err;

	(void)fd;
	(void)what;
	if (w->watcher == NULL && is_settled(w->request->house)) {
		request_end(wait_free(w), REPLY_YES);
		return;
	}
	if (w->watcher == NULL && (w->left -= 20000) > 0) {
		event_add(w->timer, &again);
		return;
	}
	lift_fail(&err, LIFT_E_LATE, "it did not happen in time");
	request_fail(wait_free(w), &err);
}

static void
wait_begin(struct request *r)
{
	struct wait *w = memory_take(sizeof(*w));
	struct lift_text what = request_text(r, "condition", "");
	struct lift_value v = request_argument(r, "timeout");
	int64_t span = v.type == LIFT_SPAN ? v.whole : 30 * LIFT_SECOND;
	struct timeval tv = { span / LIFT_SECOND, span % LIFT_SECOND };
	struct lift_error err;
	bool settled = lift_text_equal(what, LIFT_TEXT_OF("settled"));

	w->request = r;
	w->left = span;
	if (!settled) {
		w->watcher = watcher_new(r->house->feed, what,
		    request_text(r, "where", ""), WAIT_QUEUE, &err);
		if (w->watcher == NULL) {
			memory_give(w);
			request_fail(r, &err);
			return;
		}
		watcher_wake(w->watcher, wait_wake, w);
	} else {
		tv = (struct timeval){ 0, 0 };
	}
	w->timer = event_new(r->house->base, -1, 0, on_wait, w);
	event_add(w->timer, &tv);
	r->state = w;
	r->gone = wait_gone;
	request_flush(r);
}

static const struct lift_field tap_arguments[] = {
	{ "topic", LIFT_TEXT, .meaning = "a topic, or a type of interaction" },
	{ "where", LIFT_TEXT, true, "a condition on the topic's fields" },
	{ "count", LIFT_INT, true, "ends after so many rows" },
	LIFT_END
};

static const struct lift_field wait_arguments[] = {
	{ "condition", LIFT_TEXT, .meaning = "a topic on which something must "
	    "happen; or settled: all is committed and judged" },
	{ "where", LIFT_TEXT, true, "a condition on the topic's fields" },
	{ "timeout", LIFT_SPAN, true, "how long; 30s unless given" },
	LIFT_END
};

const struct desk_verb watch_verbs[] = {
	{ { "tap", tap_arguments, LIFT_OBSERVER, false, NULL,
	    "shows what happens on a topic, as it is committed; says how "
	    "much it had to drop" }, tap_begin },
	{ { "wait", wait_arguments, LIFT_OBSERVER, false, NULL,
	    "ends when something happens; exit status 5 when the time is up" },
	  wait_begin },
	{ LIFT_END, NULL }
};
