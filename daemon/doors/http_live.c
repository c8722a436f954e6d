/* Rounds: after a commit, and then after a pause that grows with the number of
 * listeners, everybody is looked at, some of them in each turn of the loop.
 * Those who have to read the store get a slice each in between, and the loop
 * gets longer pauses then: the fold goes first. */
#include "doors/http_live.h"

#include "base/clock.h"
#include "base/memory.h"
#include "house/desk.h"
#include "house/house_parts.h"
#include "house/tape.h"

enum {
	OUTPUT_MOST = 64 * 1024,	/* bytes that wait for a reader */
	TURN_LISTENERS = 64,
	FEW = 32,			/* so many get each row at once */
	PAUSE_LEAST = 20000, PAUSE_MOST = 250000,
	PAUSE_EACH = 200,		/* microseconds, a listener */
	HEAL_MOST = 500, HEAL_PAUSE = 2000,	/* microseconds */
	BEATS = 20,			/* a second; everybody once a second */
	LEAVE_MOST = 2 * LIFT_SECOND,
	STOP_MOST = 500000
};

TAILQ_HEAD(listeners, listener);

struct live {
	struct http          *http;
	struct stream_source *source;
	struct listeners      all, behind, watched;
	size_t                count;
	size_t                left;	/* of this round */
	uint64_t              shown;	/* committed at its beginning */
	struct event         *turn, *beat;
	int64_t               began;	/* the newest round */
	int64_t               stopped;	/* when it was told to; 0: not yet */
	bool                  armed;
	bool                  waits;	/* somebody, for the next commit */
	struct metric        *listeners, *lags;
};

/* ---- one listener ------------------------------------------------------ */

static struct evbuffer *
output_of(const struct listener *l)
{
	return bufferevent_get_output(l->link->bev);
}

static void
listener_behind(struct listener *l, bool is_behind)
{
	if (l->is_behind == is_behind)
		return;
	l->is_behind = is_behind;
	if (is_behind)
		TAILQ_INSERT_TAIL(&l->live->behind, l, behind);
	else
		TAILQ_REMOVE(&l->live->behind, l, behind);
}

/* Sends the next bytes; what is left has to wait for its turn, or for the
 * peer. */
static void
listener_send(struct listener *l)
{
	struct lift_text bytes;
	struct lift_error err = { 0 };

	if (l->full || l->left != 0)
		return;
	bool healed = stream_heals(l->stream);
	enum stream_state state = stream_take(l->stream, &bytes, &err);
	if (!healed && stream_heals(l->stream))
		metric_add(l->live->lags, 1);
	if (bytes.size > 0)
		evbuffer_add(output_of(l), bytes.data, bytes.size);
	if (state == STREAM_BROKEN) {
		listener_behind(l, false);
		l->kind->leave(l, 1011, err.text);
		return;
	}
	l->full = evbuffer_get_length(output_of(l)) > OUTPUT_MOST;
	listener_behind(l, !l->full && state == STREAM_MORE);
	l->live->waits |= state == STREAM_WAITS && stream_heals(l->stream);
}

/* ---- rounds ------------------------------------------------------------ */

static int64_t
pause_of(const struct live *v)
{
	int64_t pause = (int64_t)v->count * PAUSE_EACH;

	if (v->count <= FEW)
		return 0;
	return pause < PAUSE_LEAST ? PAUSE_LEAST : pause > PAUSE_MOST ?
	    PAUSE_MOST : pause;
}

static void
live_arm(struct live *v, int64_t pause)
{
	struct timeval tv = { pause / LIFT_SECOND, pause % LIFT_SECOND };

	if (v->armed)
		return;
	v->armed = true;
	event_add(v->turn, &tv);
}

static bool
has_news(const struct live *v)
{
	const struct feed *f = v->http->house->feed;

	return feed_committed(f) > v->shown &&
	    (v->waits || tape_newest(feed_tape(f)) > v->shown);
}

/* Goes on if there is a reason to. */
static void
live_arm_next(struct live *v)
{
	int64_t wait;

	if (v->left > 0) {
		live_arm(v, 0);
	} else if (!TAILQ_EMPTY(&v->behind)) {
		live_arm(v, HEAL_PAUSE);
	} else if (has_news(v)) {
		wait = v->began + pause_of(v) - clock_monotonic();
		live_arm(v, wait > 0 ? wait : 0);
	}
}

static void
round_go(struct live *v)
{
	struct listener *l;

	for (int i = 0; i < TURN_LISTENERS && v->left > 0; i++) {
		v->left--;
		l = TAILQ_FIRST(&v->all);
		TAILQ_REMOVE(&v->all, l, all);
		TAILQ_INSERT_TAIL(&v->all, l, all);
		if (!l->is_behind)
			listener_send(l);
	}
}

static void
behind_go(struct live *v)
{
	int64_t until = clock_monotonic() + HEAL_MOST;
	struct listener *l;

	while ((l = TAILQ_FIRST(&v->behind)) != NULL) {
		TAILQ_REMOVE(&v->behind, l, behind);
		TAILQ_INSERT_TAIL(&v->behind, l, behind);
		listener_send(l);
		if (clock_monotonic() > until)
			return;
	}
}

static void
on_turn(evutil_socket_t fd, short what, void *context)
{
	struct live *v = context;
	int64_t now = clock_monotonic();

	(void)fd;
	(void)what;
	v->armed = false;
	if (v->left == 0 && has_news(v) && now - v->began >= pause_of(v)) {
		v->began = now;
		v->left = v->count;
		v->waits = false;
		v->shown = feed_committed(v->http->house->feed);
	}
	behind_go(v);
	round_go(v);
	live_arm_next(v);
}

/* After each commit: it costs nothing when there is nothing to do. */
static void
on_commit(void *context)
{
	live_arm_next(context);
}

/* ---- time -------------------------------------------------------------- */

static bool
listener_watch(struct listener *l, int64_t now)
{
	if (l->left != 0)
		return now - l->left < LEAVE_MOST;
	if (now < l->due)
		return true;
	l->due = now + l->kind->quiet;
	return l->kind->beat(l);
}

static void
on_beat(evutil_socket_t fd, short what, void *context)
{
	struct live *v = context;
	int64_t now = clock_monotonic();
	size_t n = v->count / BEATS + 1;

	(void)fd;
	(void)what;
	for (; n > 0 && v->count > 0; n--) {
		struct listener *l = TAILQ_FIRST(&v->watched);
		TAILQ_REMOVE(&v->watched, l, watched);
		TAILQ_INSERT_TAIL(&v->watched, l, watched);
		if (!listener_watch(l, now))
			link_free(l->link);
	}
}

/* ---- what the link tells ----------------------------------------------- */

static void
taken_read(struct link *link)
{
	struct listener *l = link->taken;

	if (!l->kind->read(l) || (l->over &&
	    evbuffer_get_length(output_of(l)) == 0))
		link_free(link);
}

void
listener_wake(struct listener *l)
{
	if (l->left == 0 && !l->full)
		listener_behind(l, true);
	live_arm_next(l->live);
}

static void
taken_room(struct link *link)
{
	struct listener *l = link->taken;
	bool was_full = l->full;

	l->full = false;
	if (l->over)
		link_free(link);
	else if (was_full)
		listener_wake(l);
}

static void
taken_gone(struct link *link)
{
	struct listener *l = link->taken;
	struct live *v = l->live;

	if (l->kind->gone != NULL)
		l->kind->gone(l);
	listener_behind(l, false);
	TAILQ_REMOVE(&v->all, l, all);
	TAILQ_REMOVE(&v->watched, l, watched);
	v->count--;
	if (v->left > v->count)
		v->left = v->count;
	metric_set(v->listeners, (int64_t)v->count);
	stream_free(l->stream);
	memory_give(l);
	if (v->count == 0) {
		event_del(v->beat);
		event_del(v->turn);
		v->armed = false;
		feed_unlisten(v->http->house->feed, v);
	}
}

/* ---- coming and going -------------------------------------------------- */

static struct live *
live_of(struct http *h)
{
	struct live *v = h->live;

	if (v != NULL)
		return v;
	v = h->live = memory_take(sizeof(*v));
	v->http = h;
	v->source = stream_source_new(h->house);
	TAILQ_INIT(&v->all);
	TAILQ_INIT(&v->behind);
	TAILQ_INIT(&v->watched);
	v->turn = event_new(h->base, -1, 0, on_turn, v);
	v->beat = event_new(h->base, -1, EV_PERSIST, on_beat, v);
	v->listeners = metric_of(h->metrics, METRIC_GAUGE, "live_listeners",
	    NULL, "connections that listen to the live feed");
	v->lags = metric_of(h->metrics, METRIC_COUNTER, "live_lags_total",
	    NULL, "listeners that read too slowly and went on in the store");
	return v;
}

static bool
listener_read(struct listener *l, struct exchange *x, struct lift_text since,
    struct lift_error *err)
{
	struct lift_text topics = LIFT_TEXT_OF(""), where = topics;
	bool given = exchange_query(x, "topics", &topics);

	/* `?topics=` with nothing behind it: none before they are told. */
	if (!(given && topics.size == 0) &&
	    !stream_topics(l->stream, topics, err))
		return false;
	if (exchange_query(x, "where", &where) && where.size > 0 &&
	    !stream_where(l->stream, where, err))
		return false;
	if (since.size == 0 && !exchange_query(x, "since", &since))
		return true;
	return since.size == 0 || stream_resume(l->stream, since, err);
}

struct listener *
listener_new(struct exchange *x, const struct listener_kind *kind,
    size_t size, struct lift_text since)
{
	struct live *v = live_of(x->http);
	struct listener *l = memory_take(size);
	struct lift_error err;

	l->live = v;
	l->kind = kind;
	l->stream = stream_new(v->source, kind->form);
	if (listener_read(l, x, since, &err)) {
		stream_greet(l->stream);
		return l;
	}
	stream_free(l->stream);
	memory_give(l);
	reply_problem(x, 400, &err);
	return NULL;
}

void
listener_begin(struct listener *l, struct exchange *x)
{
	static const struct timeval beat = { 0, 1000000 / BEATS };
	struct live *v = l->live;

	l->link = x->link;
	l->token = x->token;
	l->due = clock_monotonic() + l->kind->quiet;
	l->link->exchange = NULL;
	exchange_free(x);
	link_take(l->link, l, taken_read, taken_room, taken_gone);
	TAILQ_INSERT_TAIL(&v->all, l, all);
	TAILQ_INSERT_TAIL(&v->watched, l, watched);
	if (v->count++ == 0) {
		event_add(v->beat, &beat);
		feed_listen(v->http->house->feed, on_commit, v);
	}
	metric_set(v->listeners, (int64_t)v->count);
	listener_wake(l);
	/* The peer may have sent more than the head. */
	link_later(l->link);
}

void
listener_leave(struct listener *l)
{
	if (l->left != 0)
		return;
	l->left = clock_monotonic();
	listener_behind(l, false);
}

/* ---- the end ----------------------------------------------------------- */

static bool
listener_may(const struct listener *l)
{
	const struct http_tokens *tokens = l->live->http->tokens;
	enum lift_role role;

	if (http_tokens_none(tokens))
		return true;
	if (l->token < 0)
		return false;
	http_tokens_name(tokens, l->token, &role);
	return role_allows(role, LIFT_OBSERVER);
}

void
live_tokens(struct live *v, const struct http_tokens *was)
{
	struct listener *l;

	if (v == NULL)
		return;
	TAILQ_FOREACH(l, &v->all, all) {
		l->token = http_tokens_place(v->http->tokens, was, l->token);
		if (!listener_may(l))
			l->kind->leave(l, 1008, "the token of this connection "
			    "may not listen any more");
	}
}

void
live_stop(struct live *v)
{
	struct listener *l;

	if (v == NULL || v->stopped != 0)
		return;
	v->stopped = clock_monotonic();
	TAILQ_FOREACH(l, &v->all, all)
		l->kind->leave(l, 1001, "liftd stops; connect again and go on "
		    "from the last `resume`");
}

bool
live_idle(const struct live *v)
{
	const struct listener *l;

	if (v == NULL || clock_monotonic() - v->stopped > STOP_MOST)
		return true;
	TAILQ_FOREACH(l, &v->all, all)
		if (evbuffer_get_length(output_of(l)) > 0)
			return false;
	return true;
}

void
live_free(struct live *v)
{
	if (v == NULL)
		return;
	stream_source_free(v->source);
	event_free(v->turn);
	event_free(v->beat);
	memory_give(v);
}
