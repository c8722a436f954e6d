/* The play: two days of history in seconds, then a promotion that eats its
 * own shelf at many times the speed of the clock. It is noticed, explained,
 * acted on (by whoever looks, or with --headless by the demo itself) and
 * measured. What happens is the daemon's own doing; here is only looked at and
 * told. */
#include "demo/demo.h"

#include <getopt.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/instant.h"
#include "base/json.h"
#include "demo/demo_shop.h"

/* How the shop is: so busy, with so much history, and a promotion that began
 * so long ago. */
#define DEMO_SHOP	"--scenario discount --rate 1200 --from -48h " \
	"--fast 43h --promotions_after 43h --speed 400 --season 0"

enum { LOOK_MS = 200, HEADLESS_S = 90 };

struct demo_words {
	bool               headless, json;
	int64_t            span;	/* 0: until it is ended */
	long               seed;
	struct demo_places places;
};

struct demo {
	const struct demo_words *words;
	struct demo_shop         shop;
	struct arena            *arena;		/* of one look */
	struct text              rows;
	int64_t                  began;
	char                     alert[256];	/* the first one */
	char                     action[32];	/* what is recommended */
	int64_t                  events;
	unsigned                 alerts, actions, feedback;
	double                   alert_s, strategy_s, action_s, feedback_s;
	bool                     shown;		/* a line without its end */
};

/* ---- words --------------------------------------------------------------- */

static const struct option options[] = {
	{ "headless", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ "for", required_argument, NULL, 'f' },
	{ "seed", required_argument, NULL, 's' },
	{ "keep", required_argument, NULL, 'k' },
	{ "listen", required_argument, NULL, 'l' },
	{ "rules", required_argument, NULL, 'r' },
	{ "plugins", required_argument, NULL, 'p' },
	{ NULL, 0, NULL, 0 }
};

static const char usage[] =
    "usage: liftd demo [--headless] [--for SPAN] [--seed N] [--json]\n"
    "                  [--keep DIR] [--listen HOST:PORT|none]\n"
    "                  [--rules DIR] [--plugins DIR]\n"
    "  a shop with virtual shoppers, in a folder that goes away: a promotion\n"
    "  eats its own shelf, is noticed, explained, acted on and measured\n";

static bool
word_take(struct demo_words *w, int option, const char *value)
{
	char *end;

	switch (option) {
	case 'h': w->headless = true; return true;
	case 'j': w->json = true; return true;
	case 'f':
		return span_read(lift_text(value), &w->span) && w->span > 0;
	case 's':
		w->seed = strtol(value, &end, 10);
		return *value != '\0' && *end == '\0' && w->seed >= 0;
	case 'k': w->places.keep = value; return true;
	case 'l': w->places.listen = value; return true;
	case 'r': w->places.rules = value; return true;
	case 'p': w->places.plugins = value; return true;
	default: return false;
	}
}

static bool
words_read(int argc, char **argv, struct demo_words *w)
{
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (!word_take(w, option, optarg)) {
			if (option != '?')
				fprintf(stderr, "liftd demo: \"%s\" cannot "
				    "be read\n", optarg);
			fputs(usage, stderr);
			return false;
		}
	if (optind < argc) {
		fputs(usage, stderr);
		return false;
	}
	if (w->places.listen == NULL)
		w->places.listen = w->headless ? "none" : "127.0.0.1:8420";
	if (w->headless && w->span == 0)
		w->span = HEADLESS_S * LIFT_SECOND;
	return true;
}

/* ---- telling ------------------------------------------------------------- */

/* A line for people; the one that is drawn anew goes first. */
LIFT_PRINTF(2, 3) static void
say(struct demo *d, const char *form, ...)
{
	va_list ap;

	if (d->words->json)
		return;
	if (d->shown)
		fputs("\r\033[K", stdout);
	d->shown = false;
	va_start(ap, form);
	vprintf(form, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

static double
since(const struct demo *d)
{
	return (double)(clock_monotonic() - d->began) / LIFT_SECOND;
}

static struct lift_text
member(struct demo *d, const char *name)
{
	return demo_row_text(text_view(&d->rows), d->arena, name);
}

static int64_t
member_whole(struct demo *d, const char *name)
{
	int64_t v = 0;

	json_whole(member(d, name), &v);
	return v;
}

static void
tell_where(struct demo *d)
{
	const char *control = d->shop.control.data;

	say(d, "liftd demo: a shop with virtual shoppers, two days of "
	    "history in some seconds.");
	if (strcmp(d->words->places.listen, "none") != 0)
		say(d, "  http://%s/dashboard/stats   (and /alerts, /ws, "
		    "/openapi.json, /metrics)", d->words->places.listen);
	if (d->words->headless)
		return;
	say(d, "  liftctl -s %s status", control);
	say(d, "  liftctl -s %s tap alert", control);
	say(d, "  liftctl -s %s simulate status", control);
	say(d, "Ctrl-C ends it%s.", d->shop.is_kept ? "" :
	    " and leaves nothing behind");
}

static void
tell_progress(struct demo *d)
{
	struct lift_text reached = member(d, "reached");

	if (d->words->json || !isatty(1))
		return;
	printf("\r\033[K%6.1f s  the shop's clock %.*s  %lld events",
	    since(d), reached.size > 19 ? 19 : (int)reached.size,
	    reached.data, (long long)d->events);
	fflush(stdout);
	d->shown = true;
}

/* ---- looking ------------------------------------------------------------- */

static bool
ask(struct demo *d, struct lift_error *err, const char *line)
{
	return demo_shop_ask(&d->shop, line, &d->rows, err);
}

static void
keep(struct lift_text t, char *room, size_t size)
{
	snprintf(room, size, "%.*s", (int)t.size, t.data);
}

static bool
look_alert(struct demo *d, struct lift_error *err)
{
	if (!ask(d, err, "alerts list"))
		return false;
	d->alerts = demo_rows(text_view(&d->rows));
	if (d->alerts == 0 || d->alert[0] != '\0')
		return true;
	keep(member(d, "alert_id"), d->alert, sizeof(d->alert));
	d->alert_s = since(d);
	struct lift_text summary = member(d, "summary");
	say(d, "\n%.1f s  alert %s\n  %.*s", d->alert_s, d->alert,
	    (int)summary.size, summary.data);
	return true;
}

static bool
look_strategy(struct demo *d, struct lift_error *err)
{
	struct text line = { 0 };
	struct lift_error none;

	if (d->alert[0] == '\0' || d->action[0] != '\0')
		return true;
	text_form(&line, "strategies show \"%s\"", d->alert);
	/* It may come a moment later. */
	bool there = demo_shop_ask(&d->shop, line.data, &d->rows, &none);
	text_done(&line);
	(void)err;
	if (!there)
		return true;
	d->strategy_s = since(d);
	struct lift_text why = member(d, "explanation"),
	    first = member(d, "primary_recommendation");
	struct lift_text action = demo_row_text(first, d->arena, "action"),
	    details = demo_row_text(first, d->arena, "details");
	keep(action, d->action, sizeof(d->action));
	say(d, "  why: %.*s\n  to do: %.*s", (int)why.size, why.data,
	    (int)details.size, details.data);
	if (!d->words->headless)
		say(d, "  do it: liftctl -s %s actions take %s stop_promotion",
		    d->shop.control.data, d->alert);
	return true;
}

/* With nobody there the demo does it. */
static bool
act(struct demo *d, struct lift_error *err)
{
	struct text line = { 0 };

	if (!d->words->headless || d->action[0] == '\0' || d->actions > 0)
		return true;
	text_form(&line, "actions take \"%s\" stop_promotion --performed_by "
	    "demo --reason \"it eats its own shelf\"", d->alert);
	bool ok = demo_shop_ask(&d->shop, line.data, &d->rows, err);
	text_done(&line);
	return ok;
}

static bool
look_actions(struct demo *d, struct lift_error *err)
{
	if (!ask(d, err, "actions list"))
		return false;
	unsigned n = demo_rows(text_view(&d->rows));
	if (n > 0 && d->actions == 0) {
		struct lift_text type = member(d, "action_type"),
		    who = member(d, "performed_by");
		d->action_s = since(d);
		say(d, "%.1f s  %.*s by %.*s", d->action_s, (int)type.size,
		    type.data, (int)who.size, who.data);
	}
	d->actions = n;
	return true;
}

static bool
look_feedback(struct demo *d, struct lift_error *err)
{
	if (!ask(d, err, "feedback list"))
		return false;
	unsigned n = demo_rows(text_view(&d->rows));
	if (n > 0 && d->feedback == 0) {
		struct lift_text score = member(d, "effectiveness_score"),
		    recipe = member(d, "recipe"), margin = member(d, "margin");
		d->feedback_s = since(d);
		say(d, "%.1f s  measured: effectiveness %.*s of 100, margin "
		    "%.*s\n  %.*s", d->feedback_s, score.size ?
		    (int)score.size : 4, score.size ? score.data : "none",
		    (int)margin.size, margin.data, (int)recipe.size,
		    recipe.data);
	}
	d->feedback = n;
	return true;
}

static bool
look(struct demo *d, struct lift_error *err)
{
	arena_clear(d->arena);
	if (!ask(d, err, "simulate status"))
		return false;
	d->events = member_whole(d, "events");
	tell_progress(d);
	return look_alert(d, err) && look_strategy(d, err) && act(d, err) &&
	    look_actions(d, err) && look_feedback(d, err);
}

static bool
is_complete(const struct demo *d)
{
	return d->events > 0 && d->alerts > 0 && d->action[0] != '\0' &&
	    d->actions > 0 && d->feedback > 0;
}

/* ---- the play ------------------------------------------------------------ */

static bool
is_over(const struct demo *d)
{
	const struct demo_words *w = d->words;

	if (w->span != 0 && clock_monotonic() - d->began >= w->span)
		return true;
	return w->headless && is_complete(d);
}

/* False when something went wrong; true when the time was up, all was seen, or
 * somebody ended it. */
static bool
play(struct demo *d, int signals, struct lift_error *err)
{
	struct pollfd p = { .fd = signals, .events = POLLIN };
	struct text line = { 0 };

	text_form(&line, "simulate start " DEMO_SHOP " --seed %ld",
	    d->words->seed);
	bool ok = demo_shop_ask(&d->shop, line.data, &d->rows, err);
	text_done(&line);
	while (ok && !is_over(d)) {
		if (poll(&p, 1, LOOK_MS) > 0)
			return true;
		ok = look(d, err);
	}
	return ok;
}

static void
seconds(struct text *t, const char *name, double at)
{
	if (at > 0)
		json_member_number(t, name, (double)(int64_t)(at * 1000) /
		    1000);
}

static void
verdict(const struct demo *d)
{
	struct text t = { 0 };

	text_byte(&t, '{');
	json_member_whole(&t, "events", d->events);
	json_member_whole(&t, "alerts", d->alerts);
	seconds(&t, "first_alert_s", d->alert_s);
	seconds(&t, "first_strategy_s", d->strategy_s);
	json_member_whole(&t, "actions", d->actions);
	seconds(&t, "first_action_s", d->action_s);
	json_member_whole(&t, "feedback", d->feedback);
	seconds(&t, "first_feedback_s", d->feedback_s);
	json_member_whole(&t, "seed", d->words->seed);
	json_member_bool(&t, "complete", is_complete(d));
	text_byte(&t, '}');
	puts(t.data);
	text_done(&t);
}

int
demo_run(int argc, char **argv, const char *rules, const char *plugins)
{
	struct demo_words words = { .seed = 1,
		.places = { .rules = rules, .plugins = plugins } };
	struct demo d = { .words = &words };
	struct lift_error err = { 0 };

	if (!words_read(argc, argv, &words))
		return 2;
	int signals = ctl_signals_open();
	d.began = clock_monotonic();
	d.arena = arena_new();
	bool ok = demo_shop_open(&d.shop, &words.places, &err);
	if (ok) {
		tell_where(&d);
		ok = play(&d, signals, &err);
	}
	if (!ok)
		fprintf(stderr, "liftd demo: %s\n", err.text);
	if (words.json)
		verdict(&d);
	else if (d.shown)
		putchar('\n');
	bool complete = is_complete(&d);
	demo_shop_close(&d.shop);
	arena_free(d.arena);
	text_done(&d.rows);
	if (signals >= 0)
		close(signals);
	return ok && (complete || !words.headless) ? 0 : 1;
}
