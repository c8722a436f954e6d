/* Start order, loop, stop order. What the house owns is in house_parts.h. */
#include "house/house.h"

#include <errno.h>
#include <event2/thread.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/money.h"
#include "house/house_parts.h"
#include "house/notify.h"

enum { PATIENCE_S = 10, DRAIN_S = 5, CALLS_S = 2 };

/* ---- store --------------------------------------------------------------- */

static bool
start_state(struct house *h, struct lift_error *err)
{
	if (mkdir(h->places.state, 0750) != 0 && errno != EEXIST)
		return lift_fail(err, LIFT_E_SYSTEM,
		    "the state directory %s cannot be made: %s",
		    h->places.state, strerror(errno));
	return true;
}

static bool
start_store(struct house *h, struct lift_error *err)
{
	struct store_settings settings = settings_store(&h->settings,
	    h->places.state);

	h->store = store_open(&settings, err);
	if (h->store == NULL)
		return false;
	h->reader = store_reader_new(h->store, err);
	return h->reader != NULL;
}

/* The installation's seed: drawn once, then kept. */
static bool
start_seed(struct house *h, struct lift_error *err)
{
	if (!recover_seed(h, err) || h->seed != 0)
		return h->seed != 0;
	if (getrandom(&h->seed, sizeof(h->seed), 0) != sizeof(h->seed))
		h->seed = (uint64_t)clock_now();
	return store_keep(h->store, LIFT_TEXT_OF("seed"), (struct lift_text){
	    (const char *)&h->seed, sizeof(h->seed) }, err);
}

static bool
start_plugins(struct house *h, struct lift_error *err)
{
	size_t count;

	(void)err;
	h->roster = roster_new(h->places.plugins, &h->settings.plugins);
	const struct roster_seat *s = roster_seats(h->roster, &count);
	for (size_t i = 0; i < count; i++)
		if (s[i].state != SEAT_OPEN)
			logger_line(LIFT_ERR, "plugins", "%s; going on "
			    "without it", s[i].error.text);
	return true;
}

/* ---- what runs on the loop ----------------------------------------------- */

static bool
start_base(struct house *h, struct lift_error *err)
{
	evthread_use_pthreads();
	h->base = event_base_new();
	if (h->base == NULL)
		return lift_fail(err, LIFT_E_SYSTEM, "there is no event loop "
		    "to be had");
	event_base_priority_init(h->base, 3);
	return true;
}

static bool
start_gate(struct house *h, struct lift_error *err)
{
	h->feed = feed_new(h->engine);
	struct gate_parts parts = { h->base, h->engine, h->store, h->identity,
		h->feed, h->metrics, h->settings.ahead,
		currency_pack(lift_text(h->settings.currency)) };
	h->gate = gate_new(&parts, err);
	return h->gate != NULL;
}

/* The first entries of a life: who is here, and that no backfill is open. */
static bool
start_boot(struct house *h, struct lift_error *err)
{
	struct text body = { 0 };
	uint32_t open = watermark_offline(engine_watermark(h->engine));
	size_t count;
	const struct roster_seat *s = roster_seats(h->roster, &count);

	text_byte(&body, '{');
	json_member_string(&body, "build", LIFTD_BUILD);
	json_name(&body, "plugins");
	text_byte(&body, '[');
	for (size_t i = 0; i < count; i++) {
		json_comma(&body);
		if (s[i].state == SEAT_OPEN)
			json_string(&body, lift_text(s[i].name));
	}
	text_string(&body, "]}");
	bool ok = gate_entry(h->gate, LIFT_ENTRY_BOOT, 0, text_view(&body),
	    err);
	text_done(&body);
	return ok && (open == 0 || gate_source_end(h->gate, open, err));
}

static bool
start_rules(struct house *h, struct lift_error *err)
{
	return rulebook_start(h->rulebook, err);
}

static bool
start_couriers(struct house *h, struct lift_error *err)
{
	h->couriers = couriers_new(h, err);
	return h->couriers != NULL;
}

static bool
start_control(struct house *h, struct lift_error *err)
{
	struct control_settings settings = house_control_settings(h,
	    &h->settings);

	h->control = control_new(h, h->base, &settings, err);
	return h->control != NULL;
}

static bool
start_http(struct house *h, struct lift_error *err)
{
	struct http_settings settings = house_http_settings(h, &h->settings);

	if (strcmp(settings.listen, "none") == 0)
		return true;
	h->http = http_new(h, h->base, &settings, err);
	return h->http != NULL;
}

/* ---- stopping ----------------------------------------------------------- */

void
house_errand_begun(struct house *h)
{
	h->errands++;
}

void
house_errand_ended(struct house *h)
{
	h->errands--;
}

/* Nothing is under way any more. */
static bool
is_drained(const struct house *h)
{
	return h->errands == 0 && control_idle(h->control) &&
	    http_idle(h->http);
}

/* ---- signals ------------------------------------------------------------- */

static void
on_drain(evutil_socket_t fd, short what, void *context)
{
	static const struct timeval again = { 0, 20000 };
	struct house *h = context;

	(void)fd;
	(void)what;
	if (is_drained(h) || clock_monotonic() > h->drain_until)
		event_base_loopbreak(h->base);
	else
		event_base_once(h->base, -1, EV_TIMEOUT, on_drain, h, &again);
}

/* Takes no more work, lets what is under way end, and leaves the loop. */
static void
on_stop(evutil_socket_t fd, short what, void *context)
{
	static const struct timeval now = { 0, 0 };
	struct house *h = context;

	(void)fd;
	(void)what;
	if (h->stopping) {
		event_base_loopbreak(h->base);
		return;
	}
	h->stopping = true;
	notify_stopping();
	logger_line(LIFT_NOTICE, "liftd", "stopping");
	control_stop(h->control);
	http_stop(h->http);
	couriers_stop(h->couriers, CALLS_S * LIFT_SECOND);
	h->drain_until = clock_monotonic() + DRAIN_S * LIFT_SECOND;
	event_base_once(h->base, -1, EV_TIMEOUT, on_drain, h, &now);
}

void
house_stop(struct house *h)
{
	event_active(h->stop, EV_SIGNAL, 1);
}

static void
on_hup(evutil_socket_t fd, short what, void *context)
{
	struct house *h = context;
	const struct rulebook_result *r;
	struct lift_error err;
	char status[96];

	(void)fd;
	(void)what;
	notify_reloading();
	house_settings_again(h, &err);
	r = rulebook_reload(h->rulebook);
	snprintf(status, sizeof(status), "%s, generation %u of the rules",
	    r->ok ? "running" : "running, newest rules rejected", r->number);
	notify_ready(status);
}

static bool
start_signals(struct house *h, struct lift_error *err)
{
	(void)err;
	signal(SIGPIPE, SIG_IGN);
	h->stop = evsignal_new(h->base, SIGTERM, on_stop, h);
	h->interrupt = evsignal_new(h->base, SIGINT, on_stop, h);
	h->hup = evsignal_new(h->base, SIGHUP, on_hup, h);
	event_add(h->stop, NULL);
	event_add(h->interrupt, NULL);
	event_add(h->hup, NULL);
	return keeper_start(h);
}

/* ---- the house ----------------------------------------------------------- */

static const struct step {
	const char *name;
	bool      (*start)(struct house *, struct lift_error *);
	bool        is_config;		/* a failure is one of configuration */
} steps[] = {
	{ "settings", house_settings, true },
	{ "state", start_state, false },
	{ "store", start_store, false },
	{ "seed", start_seed, false },
	{ "plugins", start_plugins, false },
	{ "recovery", recover, false },
	{ "loop", start_base, false },
	{ "gate", start_gate, false },
	{ "boot", start_boot, false },
	{ "rules", start_rules, true },
	{ "jobs", clerk_start, false },
	{ "couriers", start_couriers, false },
	{ "control", start_control, false },
	{ "http", start_http, true },
	{ "signals", start_signals, false },
};

static enum house_exit
start_all(struct house *h)
{
	struct lift_error err = { 0 };

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (steps[i].start(h, &err))
			continue;
		logger_line(LIFT_ERR, "liftd", "cannot start: %s", err.text);
		return steps[i].is_config ? HOUSE_CONFIG : HOUSE_FAILED;
	}
	return HOUSE_OK;
}

/* In the reverse order; everything takes what was never made. */
static bool
stop_all(struct house *h, bool in_order)
{
	struct lift_error err;
	bool ok = true;

	http_free(h->http);
	control_free(h->control);
	couriers_stop(h->couriers, 0);
	/* Errands are cancelled when their callers go, and end soon. */
	while (h->errands > 0)
		event_base_loop(h->base, EVLOOP_ONCE);
	couriers_free(h->couriers);
	clerk_stop(h);
	keeper_stop(h);
	if (h->gate != NULL) {
		ok = gate_finish(h->gate, PATIENCE_S * LIFT_SECOND);
		if (in_order && ok && !keeper_snapshot_here(h, &err))
			logger_line(LIFT_ERR, "snapshot", "%s", err.text);
		ok = gate_free(h->gate, 0) && ok;
	}
	feed_free(h->feed);
	rulebook_free(h->rulebook);
	company_close(h->company);
	engine_free(h->engine);
	identity_free(h->identity);
	roster_free(h->roster);
	store_reader_free(h->reader);
	store_close(h->store);
	struct event *const events[] = { h->stop, h->interrupt, h->hup };
	for (size_t i = 0; i < 3; i++)
		if (events[i] != NULL)
			event_free(events[i]);
	if (h->base != NULL)
		event_base_free(h->base);
	metrics_free(h->metrics);
	arena_free(h->settings_arena);
	arena_free(h->arena);
	return ok;
}

enum house_exit
house_run(const struct house_places *places)
{
	struct house h = { .places = *places, .started = clock_now() };

	umask(0027);
	h.arena = arena_new();
	h.metrics = metrics_new();
	h.sources = reference_sources(places->rules);
	h.rulebook = rulebook_new(&h);
	enum house_exit exit = start_all(&h);
	if (exit == HOUSE_OK) {
		logger_line(LIFT_NOTICE, "liftd", "ready, version=%s seq=%llu "
		    "control=%s listen=%s", LIFTD_BUILD,
		    (unsigned long long)gate_seq(h.gate), places->control,
		    h.http != NULL ? http_address(h.http) : "none");
		notify_ready("running");
		store_hurry(h.store);
		event_base_dispatch(h.base);
	}
	if (!stop_all(&h, exit == HOUSE_OK) && exit == HOUSE_OK) {
		logger_line(LIFT_ERR, "liftd", "stopped, but the last batch "
		    "could not be stored; nothing of it was acknowledged");
		exit = HOUSE_FAILED;
	}
	if (exit == HOUSE_OK)
		logger_line(LIFT_NOTICE, "liftd", "stopped");
	return exit;
}
