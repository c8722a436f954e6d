/* The store itself: moving to another one while events come in.
 *
 * The copy runs as errands, each as long as the time between two rows of
 * progress. When it is level with the log, a copy that is to finish seals the
 * gate: new work is refused, to be sent again, while what is under way is
 * committed and the rest copied. Then liftd stops. So the old store and the new
 * one end at the same seq, the snapshot written at the stop fits both, and
 * whichever liftd.yaml names is right. */
#include "verbs/verbs.h"

#include <stdatomic.h>

#include "base/clock.h"
#include "base/errand.h"
#include "base/json.h"
#include "base/memory.h"
#include "house/house_parts.h"
#include "log/copy.h"

enum { ROW_EVERY_MS = 500 };

struct move {
	struct request       *request;	/* NULL: the caller hung up */
	struct house         *house;
	struct arena         *arena;
	struct store_settings from, to;
	struct store_copy    *copy;
	struct lift_error     error;
	atomic_bool           cancel;
	bool                  finishes, is_level, is_sealed, is_done;
};

static void move_go_on(struct move *);
static void move_settle(struct move *);

static void
move_free(struct move *m)
{
	/* Once it is done the gate stays shut: liftd stops. */
	if (m->is_sealed && !m->is_done)
		gate_seal(m->house->gate, false);
	m->house->copying = false;
	store_copy_free(m->copy);
	arena_free(m->arena);
	memory_give(m);
}

static void
move_gone(struct request *r)
{
	struct move *m = r->state;

	m->request = NULL;
	m->cancel = true;
}

/* ---- on the errand's thread ---------------------------------------------- */

static bool
work_slices(struct move *m)
{
	int64_t until = clock_monotonic() + ROW_EVERY_MS * LIFT_MILLI;

	do {
		if (!store_copy_slice(m->copy, &m->is_level, &m->error))
			return false;
	} while (!m->is_level && !m->cancel &&
	    (m->is_sealed || clock_monotonic() < until));
	return true;
}

static void
move_work(void *context)
{
	struct move *m = context;

	if (m->copy == NULL)
		m->copy = store_copy_open(&m->from, &m->to, &m->error);
	if (m->copy == NULL || !work_slices(m) || !m->is_level ||
	    !store_copy_rest(m->copy, &m->error))
		return;
	if (m->is_sealed)
		m->is_done = store_copy_compare(m->copy, &m->error);
}

/* ---- on the loop --------------------------------------------------------- */

static const char *
move_next(const struct move *m)
{
	bool is_file = strcmp(m->to.driver, "sqlite") == 0;

	if (!m->is_level)
		return "";
	if (!m->is_done)
		return "again with --finish true: liftd copies the rest and "
		    "stops";
	return is_file ? "liftd stops; write `store: { driver: sqlite }` into "
	    "liftd.yaml, see that the copy's liftd.db is in the state "
	    "directory, and start it" : "liftd stops; write `store: { driver: "
	    "postgres, dsn: \"${file:PATH}\" }` into liftd.yaml and start it";
}

static void
move_row(struct move *m, const char *state)
{
	struct text row = { 0 };
	uint64_t copied, last;

	store_copy_stand(m->copy, &copied, &last);
	text_byte(&row, '{');
	json_member_string(&row, "state", state);
	json_member_whole(&row, "copied", (int64_t)copied);
	json_member_whole(&row, "last", (int64_t)last);
	json_member_string(&row, "next", move_next(m));
	text_byte(&row, '}');
	request_row(m->request, text_view(&row));
	request_flush(m->request);
	text_done(&row);
}

/* Its last word, and its end. */
static void
move_end(struct move *m)
{
	struct request *r = m->request;
	struct house *h = m->house;
	bool is_done = m->is_done;

	if (r != NULL) {
		r->gone = NULL;
		if (m->error.code == LIFT_E_NONE)
			move_row(m, is_done ? "finished" : "level");
		if (m->error.code == LIFT_E_NONE)
			request_end(r, REPLY_YES);
		else
			request_fail(r, &m->error);
	}
	if (is_done)
		logger_line(LIFT_NOTICE, "store", "all of it is copied");
	move_free(m);
	if (is_done)
		house_stop(h);
}

static void
move_done(void *context)
{
	struct move *m = context;

	house_errand_ended(m->house);
	if (m->error.code != LIFT_E_NONE || m->request == NULL || m->is_done ||
	    (m->is_level && !m->finishes)) {
		move_end(m);
		return;
	}
	if (!m->is_level) {
		move_row(m, "copying");
		move_go_on(m);
		return;
	}
	m->is_sealed = true;
	gate_seal(m->house->gate, true);
	move_settle(m);
}

static void
move_go_on(struct move *m)
{
	house_errand_begun(m->house);
	if (errand_run(m->house->base, move_work, move_done, m))
		return;
	house_errand_ended(m->house);
	lift_fail(&m->error, LIFT_E_SYSTEM, "there is no thread to be had");
	move_end(m);
}

/* What was under way is committed; whoever was told may have brought more. */
static void
move_look(evutil_socket_t fd, short what, void *context)
{
	struct move *m = context;

	(void)fd;
	(void)what;
	house_errand_ended(m->house);
	if (m->is_sealed && !gate_is_still(m->house->gate))
		move_settle(m);
	else
		move_go_on(m);
}

static void
move_settled(void *context)
{
	static const struct timeval now = { 0, 0 };
	struct move *m = context;

	event_base_once(m->house->base, -1, EV_TIMEOUT, move_look, m, &now);
}

/* Waits for the batches that are under way: a prune may be among them. */
static void
move_settle(struct move *m)
{
	house_errand_begun(m->house);
	gate_settled(m->house->gate, move_settled, m);
}

/* ---- the verb ------------------------------------------------------------ */

/* A DSN, or the directory of an SQLite file. */
static struct store_settings
move_target(struct arena *arena, struct lift_text to,
    enum store_durability durability)
{
	const char *word = arena_copy(arena, to.data, to.size);
	bool is_dsn = word[0] != '/' && (strchr(word, '=') != NULL ||
	    strstr(word, "://") != NULL);

	return (struct store_settings){ is_dsn ? "postgres" : "sqlite",
		is_dsn ? "" : word, durability, is_dsn ? word : "" };
}

static bool
move_refused(struct request *r, struct lift_text to, struct lift_error *err)
{
	if (r->house->copying)
		return !lift_fail(err, LIFT_E_BUSY, "the store is being copied "
		    "already; wait until that has ended");
	if (to.size == 0 || memchr(to.data, '\0', to.size) != NULL ||
	    (to.data[0] != '/' && memchr(to.data, '=', to.size) == NULL &&
	    memmem(to.data, to.size, "://", 3) == NULL))
		return !lift_fail(err, LIFT_E_USAGE, "to must be a DSN, such "
		    "as postgresql://user@host/database, or an absolute path "
		    "of a directory");
	return false;
}

static void
copy_begin(struct request *r)
{
	struct lift_text to = request_text(r, "to", "");
	struct lift_value finish = request_argument(r, "finish");
	struct house *h = r->house;
	struct lift_error err;
	struct move *m;

	if (move_refused(r, to, &err)) {
		request_fail(r, &err);
		return;
	}
	m = memory_take(sizeof(*m));
	m->request = r;
	m->house = h;
	m->arena = arena_new();
	m->from = settings_store(&h->settings, h->places.state);
	m->to = move_target(m->arena, to, m->from.durability);
	m->finishes = finish.type == LIFT_BOOL && finish.yes;
	r->state = m;
	r->gone = move_gone;
	h->copying = true;
	move_settle(m);
}

static const struct lift_field copy_arguments[] = {
	{ "to", LIFT_TEXT, .meaning = "a DSN of PostgreSQL, or the absolute "
	    "path of a directory for an SQLite file; empty, or an earlier "
	    "copy, which is gone on with" },
	{ "finish", LIFT_BOOL, true, "when level, refuses new work, copies "
	    "the rest and stops liftd, so that it can be started on the copy" },
	LIFT_END
};

const struct desk_verb store_verbs[] = {
	{ { "store.copy", copy_arguments, LIFT_ADMIN, false, NULL,
	    "copies the whole store into another one while events come in" },
	  copy_begin },
	{ LIFT_END, NULL }
};
