/* detection: which promotion eats its own shelf, by how much, and how sure
 * that is. This file is the glue: tables, entries in, and the order in which a
 * window is judged; detection.h has the way of a window. */
#include "detection.h"

#include <stdlib.h>

#include "alert_rows.h"

/* ---- options ----------------------------------------------------------- */

static const char *const controls[] = { "posterior", "e_bh", "e_lond", NULL };

static const struct lift_option medium_rows[] = {
	LIFT_OPTION_RATIO(struct cutoffs, share, .fallback = "15%",
	    .lowest = "0%", .highest = "100%",
	    .meaning = "share of the victims' sales that is lost for sure"),
	LIFT_OPTION_NUMBER(struct cutoffs, amount, .fallback = "0",
	    .lowest = "0", .highest = "1000000000",
	    .meaning = "or loss for sure, in the shop's money; 0: not looked "
	    "at"),
	LIFT_END
};

static const struct lift_option high_rows[] = {
	LIFT_OPTION_RATIO(struct cutoffs, share, .fallback = "35%",
	    .lowest = "0%", .highest = "100%",
	    .meaning = "share of the victims' sales that is lost for sure"),
	LIFT_OPTION_NUMBER(struct cutoffs, amount, .fallback = "0",
	    .lowest = "0", .highest = "1000000000",
	    .meaning = "or loss for sure, in the shop's money; 0: not looked "
	    "at"),
	LIFT_END
};

static const struct lift_option severity_rows[] = {
	LIFT_OPTION_GROUP(struct severity, medium, .rows = medium_rows,
	    .meaning = "from where on a loss is medium"),
	LIFT_OPTION_GROUP(struct severity, high, .rows = high_rows,
	    .meaning = "from where on a loss is high"),
	LIFT_END
};

static const char *const stores[] = { "together", "apart", NULL };

static const char *const decisions[] = { "evidence", "ratio", NULL };

static const struct lift_option ratio_rows[] = {
	LIFT_OPTION_RATIO(struct ratio, kept, .fallback = "0.7",
	    .lowest = "0%", .highest = "100%",
	    .meaning = "told if less than this of what was expected is sold "
	    "in a window"),
	LIFT_OPTION_RATIO(struct ratio, moved, .fallback = "0.3",
	    .lowest = "0%", .highest = "100%",
	    .meaning = "or if all that a promotion may eat lose more than this "
	    "together"),
	LIFT_END
};

static const struct lift_option options[] = {
	LIFT_OPTION_SPAN(struct settings, window, .fallback = "1m",
	    .lowest = "1s", .highest = "7d", .restart = true,
	    .meaning = "how long a window is"),
	LIFT_OPTION_SPAN(struct settings, block, .fallback = "15m",
	    .lowest = "1s", .highest = "7d", .restart = true,
	    .meaning = "how long a stretch the baseline learns at a time"),
	LIFT_OPTION_SPAN(struct settings, memory, .fallback = "28d",
	    .lowest = "1h", .highest = "365d",
	    .meaning = "after so long the baseline has forgotten two thirds"),
	LIFT_OPTION_SPAN(struct settings, traffic, .fallback = "15m",
	    .lowest = "1s", .highest = "1d",
	    .meaning = "over how long the shop's traffic is averaged"),
	LIFT_OPTION_SPAN(struct settings, dip, .fallback = "12h",
	    .lowest = "0s", .highest = "60d",
	    .meaning = "how long after a promotion sales are not usual yet"),
	LIFT_OPTION_RATIO(struct settings, error, .fallback = "1%",
	    .lowest = "0%", .highest = "50%",
	    .meaning = "what no baseline gets better than"),
	LIFT_OPTION_COUNT(struct settings, candidates, .fallback = "50",
	    .lowest = "1", .highest = "10000",
	    .meaning = "products at most that a promotion may eat"),
	LIFT_OPTION_TEXT(struct settings, substitutes, .fallback = "",
	    .meaning = "attribute that substitutes have in common, beside "
	    "the category"),
	LIFT_OPTION_TEXT(struct settings, complements, .fallback = "goes_with",
	    .meaning = "attribute that names the category of what goes with "
	    "a product: what it may wake"),
	LIFT_OPTION_CHOICE(struct settings, stores, .choices = stores,
	    .fallback = "together", .restart = true,
	    .meaning = "stores as one shop, or each as a shop of its own with "
	    "its own levels, traffic and alerts"),
	LIFT_OPTION_CHOICE(struct settings, control, .choices = controls,
	    .fallback = "posterior",
	    .meaning = "how false alarms are kept down: by the chance of "
	    "each, or by guarantees that need no prior (slower)"),
	LIFT_OPTION_CHOICE(struct settings, decision, .choices = decisions,
	    .fallback = "evidence",
	    .meaning = "what is told as eaten: what the evidence says, or, "
	    "for comparison, what falls below a ratio in a single window; "
	    "most of the latter is chance"),
	LIFT_OPTION_GROUP(struct settings, ratio, .rows = ratio_rows,
	    .meaning = "of decision: ratio"),
	LIFT_OPTION_RATIO(struct settings, alarm, .fallback = "3%",
	    .lowest = "0.01%", .highest = "50%",
	    .meaning = "doubt up to which a product is told as eaten while "
	    "the promotion runs"),
	LIFT_OPTION_RATIO(struct settings, verdict, .fallback = "4%",
	    .lowest = "0.01%", .highest = "50%",
	    .meaning = "share of false ones among all that are told by the "
	    "end"),
	LIFT_OPTION_BOOL(struct settings, unannounced, .fallback = "true",
	    .meaning = "look for promotions that nobody announced, by prices "
	    "that were paid or, where there are none, by sales"),
	LIFT_OPTION_RATIO(struct settings, cheaper, .fallback = "7%",
	    .lowest = "0.1%", .highest = "90%",
	    .meaning = "so far below its usual price a product is on a "
	    "promotion"),
	LIFT_OPTION_RATIO(struct settings, grows, .fallback = "25%",
	    .lowest = "1%", .highest = "1000%",
	    .meaning = "an alert is told again when the loss changed by so "
	    "much"),
	LIFT_OPTION_GROUP(struct settings, severity, .rows = severity_rows,
	    .meaning = "how bad is bad"),
	LIFT_OPTION_COUNT(struct settings, alerts, .fallback = "1000",
	    .lowest = "1", .highest = "100000",
	    .meaning = "alerts that are kept at hand; the store has all"),
	LIFT_OPTION_SPAN(struct settings, expires, .fallback = "7d",
	    .lowest = "1m", .highest = "365d",
	    .meaning = "how long after the promotion an alert stays open"),
	LIFT_END
};

/* ---- topics ------------------------------------------------------------ */

static const struct lift_field stats_fields[] = {
	{ "product", LIFT_PRODUCT, .meaning = "the product" },
	{ "window", LIFT_TIME, .meaning = "when the window began" },
	{ "revision", LIFT_INT, .meaning = "0 at first, 1 more each time" },
	{ "units", LIFT_INT, .meaning = "pieces bought" },
	{ "returns", LIFT_INT, .meaning = "pieces that came back" },
	{ "revenue", LIFT_MONEY, .meaning = "what they brought in" },
	{ "views", LIFT_INT, .meaning = "looks at it" },
	{ "purchases", LIFT_INT, .meaning = "how often it was bought" },
	{ "expected", LIFT_NUMBER, true, "pieces expected without "
	    "promotions; null while nothing is known" },
	{ "price", LIFT_MONEY, true, "the price in force" },
	{ "exposed", LIFT_BOOL, .meaning = "a promotion is on it, could eat "
	    "it, or did lately" },
	{ "traffic", LIFT_NUMBER, .meaning = "shoppers, as a factor of what "
	    "is usual" },
	LIFT_END
};

const struct lift_field detection_alert_fields[] = {
	ALERT_ROWS,
	LIFT_END
};

static const struct lift_topic topics[] = {
	{ "windowed_stats", stats_fields, false,
	  "what happened to a product in a window" },
	{ "alert", detection_alert_fields, true,
	  "a promotion eats its own shelf" },
	LIFT_END
};

static const char *const hears[] = { "strategy", "action", "feedback", NULL };

/* ---- judging a window -------------------------------------------------- */

static void
phase_next(struct detection *d)
{
	d->phase++;
	d->at = 0;
}

static void
cells_tell(struct detection *d, unsigned *slice)
{
	struct window *w = d->judged;
	uint32_t most = w->page_count * PAGE;

	most = most < d->item_count ? most : d->item_count;
	for (; w->told < most && *slice > 0; w->told++) {
		struct cell *page = w->pages[w->told / PAGE];
		if (page == NULL) {
			w->told += PAGE - 1;
			continue;
		}
		struct cell *c = &page[w->told % PAGE];
		bool any = c->units | c->views | c->purchases | c->returns;
		if (w->told == 0 || (!any &&
		    d->items[w->told].frozen_until <= w->number))
			continue;
		if (!any && !campaign_presses(d, w->told, w->number))
			continue;
		window_tell(d, w, w->told, c);
		unannounced_look(d, w->told, c);
		--*slice;
	}
	if (w->told < most)
		return;
	/* Not `most`, which depends on how the pages grew. */
	w->told = UINT32_MAX;
	phase_next(d);
}

static void
pairs_weigh(struct detection *d, unsigned *slice)
{
	while (d->at < d->pair_count && *slice > 0) {
		for (int k = 0; k < 16 && d->at < d->pair_count; k++, d->at++)
			if (d->pairs[d->at].is_used)
				trial_weigh(d, &d->pairs[d->at]);
		--*slice;
	}
	if (d->at >= d->pair_count)
		phase_next(d);
}

static void
alerts_make(struct detection *d, unsigned *slice)
{
	for (; d->at < d->campaign_count && *slice > 0; d->at++) {
		struct campaign *c = &d->campaigns[d->at];
		if (c->state == CAMPAIGN_OVER || stores_are_apart(d))
			continue;
		alert_consider(d, d->at, c->just_ended);
		c->just_ended = false;
		--*slice;
	}
	if (d->at < d->campaign_count)
		return;
	alerts_age(d, (d->next + 1) * d->settings->window);
	phase_next(d);
}

static void
window_begin(struct detection *d)
{
	d->judged = window_at(d, d->next);
	d->has_judged = true;
	phase_next(d);
}

static void
window_end(struct detection *d)
{
	window_pack(d->judged);
	d->judged = NULL;
	d->next++;
	d->phase = PHASE_IDLE;
}

/* One step of the window that is judged; what takes no slice costs one. */
static void
step(struct detection *d, unsigned *slice)
{
	switch (d->phase) {
	case PHASE_IDLE:
		window_begin(d);
		break;
	case PHASE_FIRM:
		if (demand_firm(d, slice))
			phase_next(d);
		return;
	case PHASE_SHELVES:
		if (shelves_read(d, slice))
			phase_next(d);
		return;
	case PHASE_CAMPAIGNS:
		if (campaigns_look(d, slice))
			phase_next(d);
		return;
	case PHASE_TRAFFIC:
		campaigns_press(d);
		demand_expose(d);
		phase_next(d);
		break;
	case PHASE_CELLS:
		cells_tell(d, slice);
		return;
	case PHASE_PAIRS:
		pairs_weigh(d, slice);
		return;
	case PHASE_SHARES:
		trial_share(d);
		phase_next(d);
		break;
	case PHASE_VERDICT:
		if (d->settings->decision == DECISION_RATIO ?
		    ratio_decide(d, slice) : trial_decide(d, slice))
			phase_next(d);
		return;
	case PHASE_ALERTS:
		alerts_make(d, slice);
		return;
	case PHASE_PACK:
		window_end(d);
		break;
	}
	--*slice;
}

static bool
shop_advance(struct detection *d, const struct lift_moment *moment,
    unsigned *slice)
{
	int64_t span = d->settings->window;

	if (!d->has_begun)
		return true;
	d->lateness = (moment->watermark - moment->horizon + span - 1) / span;
	d->lateness = d->lateness > 1 ? d->lateness : 1;
	while (d->phase != PHASE_IDLE ||
	    (d->next + 1) * span <= moment->watermark) {
		if (*slice == 0)
			return false;
		step(d, slice);
	}
	return true;
}

static bool
detection_advance(void *self, const struct lift_moment *moment,
    unsigned slice)
{
	struct detection *d = self;

	if (!shop_advance(d, moment, &slice))
		return false;
	for (uint32_t k = 0; k < d->part_count; k++)
		if (!shop_advance(d->parts[k], moment, &slice))
			return false;
	return true;
}

/* ---- entries ----------------------------------------------------------- */

static void
begin(struct detection *d, int64_t number)
{
	if (d->has_judged || (d->has_begun && number >= d->next))
		return;
	d->has_begun = true;
	d->next = d->firm = number;
}

static void
shop_entry(struct detection *d, const struct lift_entry *e,
    const struct lift_moment *moment)
{
	d->now = moment->now > d->now ? moment->now : d->now;
	if (e->kind == LIFT_ENTRY_CALL)
		d->catalogue_stale = true;
	if (e->kind != LIFT_ENTRY_INTERACTION || e->is_late ||
	    e->product == 0)
		return;
	begin(d, window_number(d, e->time));
	/* A window that is firm is closed for good. */
	if (window_number(d, e->time) < d->firm) {
		d->host->count(d->host, "entries_before_firm_total", 1);
		return;
	}
	window_count(d, e);
	burst_note(d, e);
}

static void
detection_entry(void *self, const struct lift_entry *e,
    const struct lift_moment *moment)
{
	struct detection *d = self, *part;

	shop_entry(d, e, moment);
	if (!stores_are_apart(d))
		return;
	if (e->kind != LIFT_ENTRY_INTERACTION) {
		for (uint32_t k = 0; k < d->part_count; k++)
			shop_entry(d->parts[k], e, moment);
		return;
	}
	part = e->product != 0 ? store_part(d, e->store) : NULL;
	if (part != NULL)
		shop_entry(part, e, moment);
}

static void
detection_heard(void *self, const struct lift_heard *h,
    const struct lift_moment *moment)
{
	(void)moment;
	alert_heard(self, h);
}

/* ---- life -------------------------------------------------------------- */

static void *
detection_open(const struct lift_host *host, const void *settings,
    struct lift_error *err)
{
	struct detection *d = calloc(1, sizeof(*d));

	if (d == NULL) {
		lift_fail(err, LIFT_E_SYSTEM, "no memory for the detection");
		return NULL;
	}
	d->host = host;
	d->settings = settings;
	detection_clear(d);
	return d;
}

static void
detection_close(void *self)
{
	detection_clear(self);
	free(self);
}

static bool
detection_prepare(void *self, const void *settings, struct lift_error *err)
{
	const struct detection *d = self;
	const struct settings *s = settings;

	if (s->block < s->window || s->block % s->window != 0)
		return lift_fail(err, LIFT_E_INPUT, "block must be a multiple "
		    "of window");
	if (d->has_begun && (s->window != d->settings->window ||
	    s->block != d->settings->block))
		return lift_fail(err, LIFT_E_INPUT, "window and block cannot "
		    "change while windows are open, start liftd again with "
		    "them");
	return true;
}

static void
detection_commit(void *self, const void *settings)
{
	struct detection *d = self;

	d->settings = settings;
	d->catalogue_stale = true;
	for (uint32_t k = 0; k < d->part_count; k++)
		detection_commit(d->parts[k], settings);
}

static void
detection_abort(void *self)
{
	(void)self;
}

LIFT_PLUGIN("detection")
	.summary = "finds promotions that eat their own shelf",
	.options = options,
	.settings_size = sizeof(struct settings),
	.topics = topics,
	.verbs = detection_verbs,
	.state_version = STATE_VERSION,
	.open = detection_open,
	.close = detection_close,
	.prepare = detection_prepare,
	.commit = detection_commit,
	.abort = detection_abort,
	.entry = detection_entry,
	.advance = detection_advance,
	.save = detection_save,
	.load = detection_load,
	.hears = hears,
	.heard = detection_heard,
LIFT_PLUGIN_END;
