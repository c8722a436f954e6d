/* How it stands: status, doctor, top. */
#include "verbs/verbs.h"

#include <event2/event.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "house/house_parts.h"

static void
status_rules(struct house *h, struct text *t)
{
	const struct rulebook_result *r = rulebook_result(h->rulebook);
	const struct generation *g = engine_generation(h->engine);

	json_name(t, "rules");
	text_byte(t, '{');
	json_member_whole(t, "generation", g ? g->number : 0);
	json_member_whole(t, "hooks", g ? (int64_t)g->hook_count : 0);
	json_member_whole(t, "jobs", g ? (int64_t)g->job_count : 0);
	json_member_string(t, "newest_load", r->ok ? "in use" : "rejected");
	json_member_whole(t, "errors", (int64_t)r->errors);
	json_member_whole(t, "warnings", (int64_t)r->warnings);
	text_byte(t, '}');
}

static void
status_plugins(struct house *h, struct text *t)
{
	size_t count;
	const struct roster_seat *s = roster_seats(h->roster, &count);

	json_name(t, "plugins");
	text_byte(t, '{');
	for (size_t i = 0; i < count; i++)
		json_member_string(t, s[i].name, seat_state_name(s[i].state));
	text_byte(t, '}');
}

static void
status_log(struct house *h, struct text *t)
{
	struct lift_moment m = watermark_moment(engine_watermark(h->engine));
	struct lift_error err;

	json_name(t, "log");
	text_byte(t, '{');
	json_member_whole(t, "seq", (int64_t)gate_seq(h->gate));
	json_member_whole(t, "committed", (int64_t)gate_committed(h->gate));
	json_member_whole(t, "snapshot", (int64_t)h->snapshot_seq);
	if (m.watermark > 0)
		json_member_time(t, "watermark", m.watermark);
	json_member_bool(t, "storing", !gate_is_failing(h->gate, &err));
	text_byte(t, '}');
	json_name(t, "store");
	text_byte(t, '{');
	store_describe(h->reader, t, &err);
	text_byte(t, '}');
}

static void
status_world(struct house *h, struct text *t)
{
	const struct world *w = engine_world(h->engine);

	json_name(t, "world");
	text_byte(t, '{');
	json_member_whole(t, "products", world_products(w));
	json_member_whole(t, "promotions", world_promotions(w));
	json_member_whole(t, "shoppers", identity_count(h->identity));
	json_member_whole(t, "ids_remembered",
	    seen_count(engine_seen(h->engine)));
	text_byte(t, '}');
}

static void
status_begin(struct request *r)
{
	struct house *h = r->house;
	struct text t = { 0 }, complaints = { 0 };

	house_complaints(h, &complaints);
	text_byte(&t, '{');
	json_member_string(&t, "state", h->stopping ? "stopping" :
	    complaints.size > 0 ? "degraded" : "running");
	json_member_string(&t, "version", LIFTD_BUILD);
	json_member_time(&t, "since", h->started);
	status_rules(h, &t);
	status_plugins(h, &t);
	status_log(h, &t);
	status_world(h, &t);
	json_name(&t, "complaints");
	text_byte(&t, '[');
	for (char *at = complaints.data; at != NULL && *at != '\0';) {
		char *end = strchr(at, '\n');
		json_comma(&t);
		json_string(&t, (struct lift_text){ at, (size_t)(end - at) });
		at = end + 1;
	}
	text_string(&t, "]}");
	request_row(r, text_view(&t));
	request_end(r, complaints.size > 0 ? REPLY_NO : REPLY_YES);
	text_done(&t);
	text_done(&complaints);
}

/* ---- complaints ---------------------------------------------------------- */

static void
complain_plugins(struct house *h, struct text *t)
{
	size_t count;
	const struct roster_seat *s = roster_seats(h->roster, &count);

	for (size_t i = 0; i < count; i++)
		if (s[i].state != SEAT_OPEN)
			text_form(t, "plugin \"%s\" is %s: %s; put the file "
			    "there or take the name out of `plugins:`, and "
			    "start liftd again\n", s[i].name,
			    seat_state_name(s[i].state), s[i].error.text);
}

static void
complain_rules(struct house *h, struct text *t)
{
	const struct rulebook_result *r = rulebook_result(h->rulebook);

	if (r->problem != NULL)
		text_form(t, "the newest rules were not loaded: %s; "
		    "generation %u goes on; `liftctl rules reload` tries "
		    "again\n", r->problem, r->number);
	else if (!r->ok)
		text_form(t, "the newest rules were not loaded, %zu errors; "
		    "generation %u goes on; see `liftctl rules check`\n",
		    r->errors, r->number);
}

void
house_complaints(struct house *h, struct text *t)
{
	struct lift_error err;

	if (gate_is_failing(h->gate, &err))
		text_form(t, "the store refuses: %s\n", err.text);
	complain_plugins(h, t);
	complain_rules(h, t);
	if (h->settings_error.code != LIFT_E_NONE)
		text_form(t, "liftd.yaml was read again and did not come into "
		    "use: %s; `systemctl reload liftd` tries again\n",
		    h->settings_error.text);
	if (h->snapshot_error.code != LIFT_E_NONE)
		text_form(t, "%s; the log grows meanwhile; `liftctl snapshot "
		    "now` tries again\n", h->snapshot_error.text);
	couriers_complain(h->couriers, t);
	if (engine_is_full(h->engine))
		text_string(t, "live events wait for a backfill and there is "
		    "no more room for them; end the backfill, or raise "
		    "`waiting:`\n");
}

/* ---- doctor -------------------------------------------------------------- */

static void
doctor_disk(struct house *h, struct text *t)
{
	struct statvfs v;

	if (statvfs(h->places.state, &v) != 0)
		return;
	uint64_t left = (uint64_t)v.f_bavail * v.f_frsize;
	uint64_t all = (uint64_t)v.f_blocks * v.f_frsize;
	if (left < (uint64_t)256 << 20 || left < all / 50)
		text_form(t, "the disk of %s has %llu MB left; free some, or "
		    "keep less: `retention:` in liftd.yaml\n",
		    h->places.state, (unsigned long long)(left >> 20));
}

static void
doctor_log(struct house *h, struct text *t)
{
	uint64_t tail = gate_committed(h->gate) - h->snapshot_seq;
	int64_t entries = h->settings.snapshots.entries;
	struct store_letter letter;
	struct store_query query = { .limit = 1,
		.from_time = clock_now() - LIFT_HOUR };
	struct lift_error err;

	if ((int64_t)tail > 2 * entries)
		text_form(t, "%llu entries are behind the newest snapshot, a "
		    "start would fold them all; `liftctl snapshot now`\n",
		    (unsigned long long)tail);
	if (store_letters(h->reader, &query, &err) &&
	    store_next_letter(h->reader, &letter, &err))
		text_string(t, "events were refused within the last hour; "
		    "`liftctl letters list` shows what and why\n");
}

static void
doctor_rules(struct house *h, struct text *t)
{
	const struct generation *g = engine_generation(h->engine);

	if (rulebook_has_drifted(h->rulebook))
		text_form(t, "the files in %s are not the rules in use; "
		    "`liftctl rules reload` takes them\n", h->places.rules);
	for (size_t i = 0; g != NULL && i < g->hook_count; i++) {
		struct hook_count c = engine_hook_count(h->engine, i);
		if (c.failed > 100 && c.failed * 2 > c.tested)
			text_form(t, "hook \"%s\" could not be decided %llu "
			    "times out of %llu: does its condition ask for a "
			    "field that these events lack? guard it with "
			    "has() or != null\n", g->hooks[i].name,
			    (unsigned long long)c.failed,
			    (unsigned long long)c.tested);
	}
}

static void
doctor_begin(struct request *r)
{
	struct house *h = r->house;
	struct text t = { 0 }, row = { 0 };
	size_t count = 0;

	house_complaints(h, &t);
	doctor_disk(h, &t);
	doctor_log(h, &t);
	doctor_rules(h, &t);
	for (char *at = t.data; at != NULL && *at != '\0'; count++) {
		char *end = strchr(at, '\n');
		struct lift_text line = { at, (size_t)(end - at) };
		text_clear(&row);
		text_byte(&row, '{');
		json_member_text(&row, "finding", line);
		text_byte(&row, '}');
		if (request_is_prose(r))
			request_prose(r, (struct lift_text){ at,
			    line.size + 1 });
		else
			request_row(r, text_view(&row));
		at = end + 1;
	}
	if (count == 0)
		request_prose(r, LIFT_TEXT_OF("nothing to complain about\n"));
	request_end(r, count > 0 ? REPLY_NO : REPLY_YES);
	text_done(&t);
	text_done(&row);
}

/* ---- top ----------------------------------------------------------------- */

struct top {
	struct request *request;
	struct event   *timer;
	int64_t         stored, effects, left;
	uint64_t        seq;
};

static int64_t
counter(struct house *h, const char *labels)
{
	return metric_value(metric_of(h->metrics, METRIC_COUNTER,
	    "events_total", labels, "events by what became of them"));
}

static void
top_gone(struct request *r)
{
	struct top *t = r->state;

	event_free(t->timer);
	memory_give(t);
}

static void
top_row(struct top *t)
{
	struct house *h = t->request->house;
	struct metric *commit = metric_of(h->metrics, METRIC_HISTOGRAM,
	    "commit_duration_seconds", NULL, "how long a commit took");
	struct lift_moment m = watermark_moment(engine_watermark(h->engine));
	int64_t stored = counter(h, "result=\"stored\"");
	struct text row = { 0 };

	text_byte(&row, '{');
	json_member_time(&row, "time", clock_now() / LIFT_SECOND *
	    LIFT_SECOND);
	json_member_whole(&row, "events_per_s", stored - t->stored);
	json_member_whole(&row, "entries_per_s",
	    (int64_t)(gate_seq(h->gate) - t->seq));
	json_member_whole(&row, "uncommitted",
	    (int64_t)(gate_seq(h->gate) - gate_committed(h->gate)));
	json_member_whole(&row, "commit_p50_us", metric_quantile(commit, .5));
	json_member_whole(&row, "commit_p99_us", metric_quantile(commit, .99));
	json_member_number(&row, "watermark_lag_s", m.watermark > 0 ?
	    (double)((clock_now() - m.watermark) / LIFT_MILLI) / 1000 : 0);
	json_member_whole(&row, "refused", counter(h,
	    "result=\"refused\""));
	text_byte(&row, '}');
	t->stored = stored;
	t->seq = gate_seq(h->gate);
	request_row(t->request, text_view(&row));
	request_flush(t->request);
	text_done(&row);
}

static void
on_top(evutil_socket_t fd, short what, void *context)
{
	struct top *t = context;
	struct request *r = t->request;

	(void)fd;
	(void)what;
	if (!request_is_full(r))
		top_row(t);
	if (t->left > 0 && --t->left == 0) {
		top_gone(r);
		r->gone = NULL;
		request_end(r, REPLY_YES);
	}
}

static void
top_begin(struct request *r)
{
	static const struct timeval second = { 1, 0 };
	struct lift_value times = request_argument(r, "times");
	struct top *t = memory_take(sizeof(*t));

	t->request = r;
	t->left = times.type == LIFT_INT ? times.whole : 0;
	t->stored = counter(r->house, "result=\"stored\"");
	t->seq = gate_seq(r->house->gate);
	t->timer = event_new(r->house->base, -1, EV_PERSIST, on_top, t);
	event_add(t->timer, &second);
	r->state = t;
	r->gone = top_gone;
}

static const struct lift_field top_arguments[] = {
	{ "times", LIFT_INT, true, "ends after so many rows; left out: never" },
	LIFT_END
};

static const struct lift_field status_answers[] = {
	{ "state", LIFT_TEXT, false, "running, degraded or stopping" },
	{ "version", LIFT_TEXT, false, "of the program" },
	{ "since", LIFT_TIME, false, "when it was started" },
	{ "rules", LIFT_MAP, false, "the rules in use" },
	{ "plugins", LIFT_MAP, false, "the plugins by name" },
	{ "log", LIFT_MAP, false, "where the log stands" },
	{ "store", LIFT_MAP, false, "where it is kept" },
	{ "world", LIFT_MAP, false, "how much is known" },
	{ "complaints", LIFT_LIST, false, "what is wrong, in sentences" },
	LIFT_END
};

const struct desk_verb status_verbs[] = {
	{ { "doctor", NULL, LIFT_OBSERVER, false, NULL,
	    "what is wrong, in sentences, each with what helps" },
	  doctor_begin },
	{ { "status", NULL, LIFT_OBSERVER, false, "GET /api/v1/status",
	    "how the daemon stands; exit status 1 when it is degraded",
	    .one = true, .answers = status_answers }, status_begin },
	{ { "top", top_arguments, LIFT_OBSERVER, false, NULL,
	    "a row of rates each second" }, top_begin },
	{ LIFT_END, NULL }
};
