/* feedback: what is done about an alert, and whether it helped.
 *
 * It hears `alert` and `windowed_stats` of detection. Somebody takes an action
 * with `actions.take`; a rule does it with `actions.propose`, inside the rails
 * and after a hold. An action changes the world (it stops a promotion, sets its
 * price, narrows it to a segment), and when its time has come it is measured
 * against what would have happened without it. */
#include "feedback/feedback_parts.h"

#include <jansson.h>
#include <stdlib.h>

/* ---- options ------------------------------------------------------------- */

static const char *const formulas[] = { "margin", "classic", NULL };

static const struct lift_option rail_options[] = {
	LIFT_OPTION_TEXTS(struct rail_settings, never_touch, .fallback = "[]",
	    .highest = "10000",
	    .meaning = "ids of promotions and products that no action may "
	    "touch"),
	LIFT_OPTION_RATIO(struct rail_settings, largest_step,
	    .fallback = "30%", .lowest = "0", .highest = "1",
	    .meaning = "how far a price may move at once"),
	LIFT_OPTION_SPAN(struct rail_settings, cooldown, .fallback = "1h",
	    .lowest = "0s", .highest = "30d",
	    .meaning = "how long a promotion is left alone after an action"),
	LIFT_OPTION_COUNT(struct rail_settings, from_hour, .fallback = "0",
	    .lowest = "0", .highest = "24",
	    .meaning = "from this hour of the day (UTC) rules may act"),
	LIFT_OPTION_COUNT(struct rail_settings, to_hour, .fallback = "24",
	    .lowest = "0", .highest = "24",
	    .meaning = "until this hour of the day (UTC)"),
	LIFT_OPTION_COUNT(struct rail_settings, daily_most, .fallback = "20",
	    .lowest = "0", .highest = "100000",
	    .meaning = "actions a day that rules may take"),
	LIFT_END
};

static const struct lift_option measure_options[] = {
	LIFT_OPTION_SPAN(struct measure_settings, before, .fallback = "1h",
	    .lowest = "5m", .highest = "4h",
	    .meaning = "how long before an action is looked at"),
	LIFT_OPTION_SPAN(struct measure_settings, settle, .fallback = "5m",
	    .lowest = "0s", .highest = "1h",
	    .meaning = "how long an action needs to take hold"),
	LIFT_OPTION_SPAN(struct measure_settings, after, .fallback = "1h",
	    .lowest = "5m", .highest = "3h",
	    .meaning = "how long after that is looked at"),
	LIFT_OPTION_COUNT(struct measure_settings, least_units,
	    .fallback = "30", .lowest = "1", .highest = "100000",
	    .meaning = "units of the victims, before and after, below which "
	    "no number is given"),
	LIFT_OPTION_RATIO(struct measure_settings, holdout, .fallback = "10%",
	    .lowest = "0", .highest = "0.9",
	    .meaning = "share of alerts that rules leave alone, to learn what "
	    "happens without an action"),
	LIFT_OPTION_RATIO(struct measure_settings, margin, .fallback = "30%",
	    .lowest = "0.01", .highest = "1",
	    .meaning = "margin of a product whose cost is not known"),
	LIFT_OPTION_CHOICE(struct measure_settings, formula,
	    .fallback = "margin", .choices = formulas,
	    .meaning = "margin: what was won back of what was at stake; "
	    "classic: sales of the promotion before and after"),
	LIFT_END
};

static const struct lift_option options[] = {
	LIFT_OPTION_GROUP(struct settings, rails, .rows = rail_options,
	    .fallback = "{}", .meaning = "what an action may not do"),
	LIFT_OPTION_GROUP(struct settings, measure, .rows = measure_options,
	    .fallback = "{}", .meaning = "how actions are measured"),
	LIFT_OPTION_SPAN(struct settings, hold, .fallback = "10m",
	    .lowest = "0s", .highest = "1d",
	    .meaning = "how long an action of a rule waits, so that somebody "
	    "can undo it"),
	LIFT_OPTION_BOOL(struct settings, tell_shop, .fallback = "false",
	    .meaning = "tells the shop's own system through the webhook"),
	LIFT_OPTION_BOOL(struct settings, shop_confirms, .fallback = "false",
	    .meaning = "an action counts as applied when the shop has said "
	    "so"),
	LIFT_OPTION_COUNT(struct settings, keep, .fallback = "5000",
	    .lowest = "10", .highest = "1000000",
	    .meaning = "actions that are kept at hand"),
	LIFT_END
};

/* ---- topics -------------------------------------------------------------- */

static const struct lift_field action_fields[] = {
	{ "action_id", LIFT_TEXT, .meaning = "its id" },
	{ "alert_id", LIFT_TEXT, .meaning = "the alert that it is about" },
	{ "promo_id", LIFT_PROMOTION, .meaning = "the promotion" },
	{ "action_type", LIFT_TEXT, .meaning = "stop_promotion, adjust_price, "
	  "target_segment or dismiss" },
	{ "state", LIFT_TEXT, .meaning = "requested, applied, failed, undone "
	  "or measured" },
	{ "details", LIFT_JSON, .meaning = "what it changes" },
	{ "performed_by", LIFT_TEXT, .meaning = "who did it" },
	{ "reason", LIFT_TEXT, .meaning = "why" },
	{ "action_timestamp", LIFT_TIME, .meaning = "when it came to this" },
	LIFT_END
};

const struct lift_field feedback_fields[] = {
	{ "feedback_id", LIFT_TEXT, .meaning = "its id" },
	{ "action_id", LIFT_TEXT, .meaning = "the action" },
	{ "alert_id", LIFT_TEXT, .meaning = "the alert" },
	{ "promo_id", LIFT_PROMOTION, .meaning = "the promotion" },
	{ "product_name", LIFT_TEXT, .meaning = "the promoted product" },
	{ "action_type", LIFT_TEXT, .meaning = "what was done" },
	{ "effectiveness_score", LIFT_NUMBER, true, "0 to 100; null when there "
	  "are too few data" },
	{ "effectiveness", LIFT_JSON, true, "the same with its interval" },
	{ "insufficient_data", LIFT_BOOL, .meaning = "too few data for a "
	  "number" },
	{ "sales_before", LIFT_NUMBER, .meaning = "units of the victims "
	  "before" },
	{ "sales_after", LIFT_NUMBER, .meaning = "units of the victims "
	  "after" },
	{ "units", LIFT_JSON, .meaning = "units of the victims won back" },
	{ "revenue", LIFT_JSON, .meaning = "revenue won, of all products" },
	{ "margin", LIFT_JSON, .meaning = "margin won, of all products" },
	{ "promotion_units", LIFT_JSON, .meaning = "units of the promoted "
	  "product won, or lost" },
	{ "evidence", LIFT_NUMBER, .meaning = "e-value against no change of "
	  "the victims" },
	{ "old_price", LIFT_MONEY, true, "the promotional price before" },
	{ "new_price", LIFT_MONEY, true, "the promotional price after" },
	{ "automatic", LIFT_BOOL, .meaning = "a rule did it" },
	{ "holdouts", LIFT_INT, .meaning = "alerts left alone that were "
	  "measured so far" },
	{ "recipe", LIFT_TEXT, .meaning = "how the score came about" },
	{ "feedback_timestamp", LIFT_TIME, .meaning = "when it was "
	  "measured" },
	{ "effect", LIFT_JSON, true, "margin won as a share of what was at "
	  "stake, with its interval: 1 is all of it, and it may be more" },
	LIFT_END
};

static const struct lift_topic topics[] = {
	{ "action", action_fields, true, "an action was taken, or went on" },
	{ "feedback", feedback_fields, true, "an action was measured" },
	LIFT_END
};

/* ---- verbs --------------------------------------------------------------- */

static const struct lift_field take_arguments[] = {
	{ "alert_id", LIFT_TEXT, .meaning = "the alert" },
	{ "action_type", LIFT_TEXT, .meaning = "stop_promotion, adjust_price, "
	  "target_segment or dismiss" },
	{ "promo_id", LIFT_TEXT, true, "the promotion, to be sure" },
	{ "new_price", LIFT_NUMBER, true, "of adjust_price, in the promotion's "
	  "currency" },
	{ "discount", LIFT_NUMBER, true, "of adjust_price: percent of the full "
	  "price, instead of new_price" },
	{ "segment", LIFT_TEXT, true, "of target_segment" },
	{ "reason", LIFT_TEXT, true, "why" },
	{ "performed_by", LIFT_TEXT, true, "who; manager unless given" },
	{ "override", LIFT_BOOL, true, "passes the rails for steps and "
	  "cooldown; needs a reason" },
	{ "action_details", LIFT_JSON, true, "new_price, discount and segment "
	  "may stand in here as well" },
	LIFT_END
};

static const struct lift_field propose_arguments[] = {
	{ "type", LIFT_TEXT, .meaning = "stop_promotion, adjust_price or "
	  "target_segment" },
	{ "alert", LIFT_TEXT, true, "the alert; unless given, the one that "
	  "the rule fires on" },
	{ "new_price", LIFT_NUMBER, true, "of adjust_price, in the promotion's "
	  "currency" },
	{ "discount", LIFT_NUMBER, true, "of adjust_price: percent of the full "
	  "price, instead of new_price" },
	{ "segment", LIFT_TEXT, true, "of target_segment" },
	{ "reason", LIFT_TEXT, true, "why" },
	LIFT_END
};

static const struct lift_field undo_arguments[] = {
	{ "action_id", LIFT_TEXT, .meaning = "the action to take back" },
	LIFT_END
};

static const struct lift_field list_arguments[] = {
	{ "alert_id", LIFT_TEXT, true, "of this alert only" },
	{ "state", LIFT_TEXT, true, "in this state only" },
	{ "after", LIFT_TEXT, true, "goes on behind this id" },
	{ "limit", LIFT_INT, true, "lists at most so many" },
	LIFT_END
};

static const struct lift_field recent_arguments[] = {
	{ "limit", LIFT_INT, true, "at most so many; 10 unless given" },
	LIFT_END
};

static const struct lift_field action_answers[] = {
	{ "action_id", LIFT_TEXT, false, "its id" },
	{ "alert_id", LIFT_TEXT, false, "the alert" },
	{ "promo_id", LIFT_TEXT, false, "the promotion" },
	{ "action_type", LIFT_TEXT, false, "what is done" },
	{ "status", LIFT_TEXT, false, "requested, applied, failed, undone or "
	  "measured" },
	{ "message", LIFT_TEXT, false, "what became of it" },
	{ "action_details", LIFT_JSON, false, "what it changes" },
	{ "performed_by", LIFT_TEXT, false, "who did it" },
	{ "reason", LIFT_TEXT, false, "why" },
	{ "action_timestamp", LIFT_TIME, false, "when" },
	{ "product_name", LIFT_TEXT, false, "the promoted product" },
	{ "promo_price", LIFT_NUMBER, true, "its promotional price now" },
	{ "original_price", LIFT_NUMBER, true, "its full price" },
	{ "feedback_id", LIFT_TEXT, true, "how it was measured" },
	LIFT_END
};

static struct lift_text
word(const struct lift_host *h, const struct lift_call *c, unsigned place,
    const char *fallback)
{
	struct lift_value v = h->argument(c, place);

	return v.type == LIFT_TEXT ? (struct lift_text){ v.text, v.size } :
	    lift_text(fallback);
}

static bool
is_true(const struct lift_host *h, const struct lift_call *c, unsigned place)
{
	struct lift_value v = h->argument(c, place);

	return v.type == LIFT_BOOL && v.yes;
}

/* What stands in a document of details and not beside it. */
static void
details_read(struct wish *w, const json_t *details)
{
	const json_t *price = json_object_get(details, "new_price"),
	    *discount = json_object_get(details, "discount");
	const char *segment = json_string_value(json_object_get(details,
	    "segment"));

	if (w->price.type == LIFT_NULL && json_is_number(price))
		w->price = LIFT_VALUE_NUMBER(json_number_value(price));
	if (w->discount.type == LIFT_NULL && json_is_number(discount))
		w->discount = LIFT_VALUE_NUMBER(json_number_value(discount));
	if (w->segment.size == 0 && segment != NULL)
		w->segment = lift_text(segment);
}

static bool
actions_take(void *self, struct lift_call *c, struct lift_error *err)
{
	struct feedback *f = self;
	const struct lift_host *h = f->host;
	struct wish w = { .alert = word(h, c, 0, ""),
		.type = word(h, c, 1, ""), .promotion = word(h, c, 2, ""),
		.price = h->argument(c, 3), .discount = h->argument(c, 4),
		.segment = word(h, c, 5, ""), .reason = word(h, c, 6, ""),
		.by = word(h, c, 7, "manager"), .passes = is_true(h, c, 8) };
	const char *message;

	if (w.alert.size == 0)
		return lift_fail(err, LIFT_E_USAGE, "alert_id is empty, must "
		    "be the id of an alert");
	struct lift_value doc = h->argument(c, 9);
	json_t *details = doc.type == LIFT_JSON ? json_loadb(doc.text,
	    doc.size, 0, NULL) : NULL;
	details_read(&w, details);
	struct action *a = act_take(f, &w, h->entry(c)->time, &message, err);
	json_decref(details);
	if (a != NULL)
		action_reply(f, c, a, message);
	return a != NULL;
}

static bool
actions_propose(void *self, struct lift_call *c, struct lift_error *err)
{
	struct feedback *f = self;
	const struct lift_host *h = f->host;
	struct wish w = { .type = word(h, c, 0, ""),
		.alert = word(h, c, 1, ""), .price = h->argument(c, 2),
		.discount = h->argument(c, 3), .segment = word(h, c, 4, ""),
		.reason = word(h, c, 5, ""), .by = LIFT_TEXT_OF("rule"),
		.is_automatic = true };
	const char *message;
	struct alert *alert = w.alert.size > 0 ? alert_find(f, w.alert) :
	    alert_newest(f);

	/* An alert is revised many times: it is acted on once. */
	if (alert != NULL && alert->was_acted)
		return true;
	struct action *a = act_take(f, &w, h->entry(c)->time, &message, err);
	if (a == NULL)
		return false;
	action_reply(f, c, a, message);
	return true;
}

static bool
actions_undo(void *self, struct lift_call *c, struct lift_error *err)
{
	struct feedback *f = self;
	struct lift_text id = word(f->host, c, 0, "");
	struct action *a = action_find(f, id);

	if (a == NULL)
		return lift_fail(err, LIFT_E_MISSING, "there is no action "
		    "\"%.*s\", see `liftctl actions list`", id.size > 60 ?
		    60 : (int)id.size, id.data);
	if (!act_undo(f, a, f->host->entry(c)->time, err))
		return false;
	action_reply(f, c, a, "taken back");
	return true;
}

static bool
action_matches(const struct feedback *f, struct lift_call *c,
    const struct action *a)
{
	struct lift_text alert = word(f->host, c, 0, ""),
	    state = word(f->host, c, 1, "");

	return (alert.size == 0 || lift_text_equal(alert,
	    lift_text(a->alert))) && (state.size == 0 || lift_text_equal(
	    state, lift_text(action_state_names[a->state])));
}

static int64_t
limit_of(const struct lift_host *h, struct lift_call *c, unsigned place,
    int64_t fallback)
{
	struct lift_value v = h->argument(c, place);

	return v.type == LIFT_INT && v.whole >= 0 ? v.whole : fallback;
}

static bool
actions_list(void *self, struct lift_call *c, struct lift_error *err)
{
	struct feedback *f = self;
	struct lift_text after = word(f->host, c, 2, "");
	int64_t limit = limit_of(f->host, c, 3, INT64_MAX);
	size_t i = f->action_count;

	if (after.size > 0) {
		struct action *a = action_find(f, after);
		if (a == NULL)
			return lift_fail(err, LIFT_E_MISSING, "after is "
			    "\"%.*s\", must be the id of a row",
			    (int)after.size, after.data);
		i = (size_t)(a - f->actions);
	}
	while (i-- > 0 && limit > 0)
		if (action_matches(f, c, &f->actions[i])) {
			action_reply(f, c, &f->actions[i], "");
			limit--;
		}
	return true;
}

static bool
actions_recent(void *self, struct lift_call *c, struct lift_error *err)
{
	struct feedback *f = self;
	int64_t limit = limit_of(f->host, c, 0, 10);

	(void)err;
	for (size_t i = f->action_count; i-- > 0 && limit > 0; limit--)
		action_reply(f, c, &f->actions[i], "");
	return true;
}

static bool
feedback_list(void *self, struct lift_call *c, struct lift_error *err)
{
	struct feedback *f = self;
	int64_t limit = limit_of(f->host, c, 0, 20);

	(void)err;
	for (size_t i = f->action_count; i-- > 0 && limit > 0;)
		if (f->actions[i].measured != 0) {
			report_reply(f, c, &f->actions[i]);
			limit--;
		}
	return true;
}

static const char *const emits[] = { "action", NULL };

static const struct lift_verb verbs[] = {
	{ "actions.list", list_arguments, LIFT_OBSERVER, false,
	  "GET /api/v1/actions", "lists what was done, newest first",
	  actions_list, .answers = action_answers, .told = true },
	{ "actions.propose", propose_arguments, LIFT_OPERATOR, true, NULL,
	  "takes an action as a rule does: inside the rails, after the hold, "
	  "once an alert", actions_propose, emits },
	{ "actions.recent", recent_arguments, LIFT_OBSERVER, false,
	  "GET /actions/recent", "lists the newest actions", actions_recent,
	  .answers = action_answers, .told = true },
	{ "actions.take", take_arguments, LIFT_OPERATOR, true,
	  "POST /actions", "does something about an alert", actions_take,
	  emits, .one = true, .answers = action_answers },
	{ "actions.undo", undo_arguments, LIFT_OPERATOR, true,
	  "POST /api/v1/actions/{action_id}/undo", "takes an action back",
	  actions_undo, emits, .one = true, .answers = action_answers },
	{ "feedback.list", recent_arguments, LIFT_OBSERVER, false,
	  "GET /feedback", "lists what actions came to, newest first",
	  feedback_list, .answers = feedback_fields, .told = true },
	LIFT_END
};

/* ---- the plugin ---------------------------------------------------------- */

static void *
feedback_open(const struct lift_host *host, const void *settings,
    struct lift_error *err)
{
	struct feedback *f = calloc(1, sizeof(*f));

	if (f == NULL) {
		lift_fail(err, LIFT_E_SYSTEM, "there is no memory");
		return NULL;
	}
	f->host = host;
	f->settings = settings;
	f->next_due = INT64_MAX;
	return f;
}

static void
feedback_close(void *self)
{
	struct feedback *f = self;

	for (size_t i = 0; i < f->alert_count; i++)
		alert_done(&f->alerts[i]);
	for (size_t i = 0; i < f->action_count; i++)
		action_done(&f->actions[i]);
	free(f->alerts);
	free(f->actions);
	series_done(&f->series);
	free(f);
}

static bool
feedback_prepare(void *self, const void *settings, struct lift_error *err)
{
	(void)self, (void)settings, (void)err;
	return true;
}

static void
feedback_commit(void *self, const void *settings)
{
	struct feedback *f = self;

	f->settings = settings;
}

static void
feedback_abort(void *self)
{
	(void)self;
}

static void
feedback_entry(void *self, const struct lift_entry *e,
    const struct lift_moment *moment)
{
	(void)moment;
	if (e->kind == LIFT_ENTRY_ANSWER)
		answer_entry(self, e);
}

static bool
feedback_advance(void *self, const struct lift_moment *moment, unsigned slice)
{
	struct feedback *f = self;

	series_sweep(&f->series, LIFT_DAY);
	return report_due(f, moment->watermark, slice);
}

static const char *const hears[] = { "windowed_stats", "alert", NULL };

static void
feedback_heard(void *self, const struct lift_heard *h,
    const struct lift_moment *moment)
{
	(void)moment;
	if (h->place == 0)
		stats_hear(self, h);
	else
		alert_hear(self, h);
}

static bool
feedback_load(void *self, void *snapshot, uint32_t version,
    struct lift_error *err)
{
	(void)version;
	return keep_load(self, snapshot, err);
}

static void
feedback_save(void *self, void *snapshot)
{
	keep_save(self, snapshot);
}

LIFT_PLUGIN("feedback")
	.summary = "takes actions on alerts, and measures what they came to",
	.options = options, .settings_size = sizeof(struct settings),
	.topics = topics, .verbs = verbs, .state_version = 1,
	.open = feedback_open, .close = feedback_close,
	.prepare = feedback_prepare, .commit = feedback_commit,
	.abort = feedback_abort,
	.entry = feedback_entry, .advance = feedback_advance,
	.save = feedback_save, .load = feedback_load,
	.hears = hears, .heard = feedback_heard,
LIFT_PLUGIN_END;
