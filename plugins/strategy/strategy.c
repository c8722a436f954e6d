/* strategy: what to do about an alert, in words and figures.
 *
 * It hears `alert` of detection and proposes one action and two others; it
 * hears `feedback` and learns how far actions come to what was expected of
 * them, so that it ranks the next ones better. */
#include "strategy/strategy_parts.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

static const char *const writers[] = { "offline", "model", NULL };

static const struct lift_option options[] = {
	LIFT_OPTION_CHOICE(struct settings, writer, .fallback = "offline",
	    .choices = writers, .meaning = "who words it: offline (from the "
	    "figures alone), or the model that liftd.yaml names"),
	LIFT_OPTION_RATIO(struct settings, exploration, .fallback = "0.3",
	    .lowest = "0", .highest = "1",
	    .meaning = "how much the ranking tries out what is not sure yet"),
	LIFT_OPTION_RATIO(struct settings, largest_step, .fallback = "30%",
	    .lowest = "0", .highest = "1",
	    .meaning = "how far a proposed price may lie from the one in "
	    "force"),
	LIFT_OPTION_SPAN(struct settings, model_every, .fallback = "10m",
	    .lowest = "0s", .highest = "1d",
	    .meaning = "how long the model is not asked again about one "
	    "alert"),
	LIFT_OPTION_RATIO(struct settings, grows, .fallback = "10%",
	    .lowest = "0", .highest = "1",
	    .meaning = "a strategy is made anew when the share lost has "
	    "changed by so much"),
	LIFT_OPTION_COUNT(struct settings, keep, .fallback = "2000",
	    .lowest = "10", .highest = "100000",
	    .meaning = "strategies that are kept at hand"),
	LIFT_END
};

const struct lift_field strategy_fields[] = {
	{ "strategy_id", LIFT_TEXT, .meaning = "its id" },
	{ "alert_id", LIFT_TEXT, .meaning = "the alert" },
	{ "promo_id", LIFT_PROMOTION, .meaning = "the promotion" },
	{ "revision", LIFT_INT, .meaning = "1 at first, 1 more each time" },
	{ "explanation", LIFT_TEXT, .meaning = "why it happens" },
	{ "primary_recommendation", LIFT_JSON, .meaning = "action, details "
	  "and expected_impact" },
	{ "alternatives", LIFT_JSON, .meaning = "two more of that form" },
	{ "confidence_score", LIFT_NUMBER, .meaning = "of the primary "
	  "recommendation" },
	{ "confidence_meaning", LIFT_TEXT, .meaning = "what it says" },
	{ "cause", LIFT_TEXT, .meaning = "what drives the loss, in a word" },
	{ "generated_by", LIFT_TEXT, .meaning = "who wrote it: offline, or "
	  "the model" },
	{ "created_at", LIFT_TIME, .meaning = "when it was made" },
	LIFT_END
};

static const struct lift_topic topics[] = {
	{ "strategy", strategy_fields, true,
	  "what to do about an alert was proposed, or proposed anew" },
	LIFT_END
};

/* ---- verbs --------------------------------------------------------------- */

static const struct lift_field show_arguments[] = {
	{ "alert_id", LIFT_TEXT, .meaning = "the alert" },
	LIFT_END
};

static const struct lift_field learned_answers[] = {
	{ "action", LIFT_TEXT, false, "what was done" },
	{ "context", LIFT_TEXT, true, "severity and share lost; null: all" },
	{ "outcomes", LIFT_INT, false, "how many were measured" },
	{ "surprise", LIFT_NUMBER, false, "mean of what came more than "
	  "expected, as a share of what was at stake" },
	{ "low", LIFT_NUMBER, false, "95 % lie above" },
	{ "high", LIFT_NUMBER, false, "95 % lie below" },
	LIFT_END
};

static bool
strategies_show(void *self, struct lift_call *c, struct lift_error *err)
{
	struct strategies *s = self;
	struct lift_value v = s->host->argument(c, 0);
	struct lift_text id = { v.text, v.size };
	struct strategy *t = strategy_find(s, id);

	if (t == NULL)
		return lift_fail(err, LIFT_E_MISSING, "there is no strategy "
		    "for an alert \"%.*s\", see `liftctl alerts list`",
		    id.size > 100 ? 100 : (int)id.size, id.data);
	strategy_reply(s, c, t);
	return true;
}

static void
learned_reply(struct strategies *s, struct lift_call *c, unsigned action,
    int context)
{
	static const char *const names[] = { "action", "context", "outcomes",
		"surprise", "low", "high" };
	static const char *const severities[] = { "low", "medium", "high" },
	    *const bands[] = { "under 20 %", "20 to 40 %", "over 40 %" };
	struct learn_belief b = context < 0 ? s->learn.actions[action] :
	    learn_of(&s->learn, action, (unsigned)context);
	double half = 1.959963984540054 * sqrt(b.variance);
	char word[48] = "";

	if (context >= 0)
		snprintf(word, sizeof(word), "%s, %s lost",
		    severities[context / 3], bands[context % 3]);
	struct lift_value values[] = {
		lift_value_text(lift_text(weigh_action_names[action])),
		context < 0 ? LIFT_VALUE_NULL :
		    lift_value_text(lift_text(word)),
		LIFT_VALUE_INT(b.count),
		LIFT_VALUE_NUMBER(round(b.mean * 1e4) / 1e4),
		LIFT_VALUE_NUMBER(round((b.mean - half) * 1e4) / 1e4),
		LIFT_VALUE_NUMBER(round((b.mean + half) * 1e4) / 1e4) };
	s->host->reply(c, names, values, 6);
}

static bool
strategies_learned(void *self, struct lift_call *c, struct lift_error *err)
{
	struct strategies *s = self;

	(void)err;
	for (unsigned a = 0; a < LEARN_ACTIONS; a++) {
		if (a == WEIGH_KEEP)
			continue;
		learned_reply(s, c, a, -1);
		for (int x = 0; x < LEARN_CONTEXTS; x++)
			if (s->learn.contexts[a][x].count > 0)
				learned_reply(s, c, a, x);
	}
	return true;
}

static const struct lift_verb verbs[] = {
	{ "strategies.learned", NULL, LIFT_OBSERVER, false,
	  "GET /api/v1/strategies/learned",
	  "shows what was learned of actions from what they came to",
	  strategies_learned, .answers = learned_answers, .told = true },
	{ "strategies.show", show_arguments, LIFT_OBSERVER, false,
	  "GET /api/v1/strategies/{alert_id}",
	  "shows what is proposed for an alert", strategies_show, .one = true,
	  .answers = strategy_fields, .told = true },
	LIFT_END
};

/* ---- hearing ------------------------------------------------------------- */

static bool
is_open(const struct lift_heard *h)
{
	struct lift_value v = lift_heard_value(h, "status");
	struct lift_text t = { v.text, v.size };

	return v.type == LIFT_TEXT && (lift_text_equal(t,
	    LIFT_TEXT_OF("pending")) || lift_text_equal(t,
	    LIFT_TEXT_OF("strategy_generated")));
}

static void
hear_alert(struct strategies *s, const struct lift_heard *h)
{
	struct facts f;

	if (!is_open(h) || !facts_read(s, h, &f))
		return;
	strategy_make(s, &f, h->time);
	facts_done(&f);
}

static int
action_of(struct lift_value v)
{
	struct lift_text t = { v.text, v.size };

	for (int i = 0; v.type == LIFT_TEXT && weigh_action_names[i]; i++)
		if (lift_text_equal(t, lift_text(weigh_action_names[i])))
			return i;
	return -1;
}

/* What came of an action, as a share of what was at stake. The score is for
 * readers: it ends at 100, and could not tell good from better. */
static void
hear_feedback(struct strategies *s, const struct lift_heard *h)
{
	struct lift_value id = lift_heard_value(h, "alert_id"),
	    doc = lift_heard_value(h, "effect");
	int action = action_of(lift_heard_value(h, "action_type"));
	struct strategy *t = id.type != LIFT_TEXT ? NULL : strategy_find(s,
	    (struct lift_text){ id.text, id.size });

	if (t == NULL || action < 0 || action == WEIGH_KEEP ||
	    doc.type != LIFT_JSON || !(t->stake > 0))
		return;
	json_t *effect = json_loadb(doc.text, doc.size, 0, NULL);
	double value = json_number_value(json_object_get(effect, "value")),
	    low = json_number_value(json_object_get(effect, "low")),
	    high = json_number_value(json_object_get(effect, "high"));
	double deviation = (high - low) / (2 * 1.959963984540054);
	learn_note(&s->learn, (unsigned)action, t->context, value -
	    t->expected[action], deviation * deviation);
	s->host->count(s->host, "learned", 1);
	json_decref(effect);
}

static const char *const hears[] = { "alert", "feedback", NULL };

static void
strategy_heard(void *self, const struct lift_heard *h,
    const struct lift_moment *moment)
{
	(void)moment;
	if (h->place == 0)
		hear_alert(self, h);
	else
		hear_feedback(self, h);
}

/* ---- the plugin ---------------------------------------------------------- */

static void *
strategy_open(const struct lift_host *host, const void *settings,
    struct lift_error *err)
{
	struct strategies *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		lift_fail(err, LIFT_E_SYSTEM, "there is no memory");
		return NULL;
	}
	s->host = host;
	s->settings = settings;
	learn_begin(&s->learn);
	return s;
}

static void
strategy_close(void *self)
{
	struct strategies *s = self;

	for (size_t i = 0; i < s->count; i++)
		strategy_done(&s->items[i]);
	free(s->items);
	free(s);
}

static bool
strategy_prepare(void *self, const void *settings, struct lift_error *err)
{
	(void)self, (void)settings, (void)err;
	return true;
}

static void
strategy_commit(void *self, const void *settings)
{
	struct strategies *s = self;

	s->settings = settings;
}

static void
strategy_abort(void *self)
{
	(void)self;
}

static void
strategy_entry(void *self, const struct lift_entry *e,
    const struct lift_moment *moment)
{
	(void)moment;
	if (e->kind == LIFT_ENTRY_ANSWER)
		model_answer(self, e);
}

static void
strategy_save(void *self, void *snapshot)
{
	keep_save(self, snapshot);
}

static bool
strategy_load(void *self, void *snapshot, uint32_t version,
    struct lift_error *err)
{
	(void)version;
	return keep_load(self, snapshot, err);
}

LIFT_PLUGIN("strategy")
	.summary = "proposes what to do about an alert, and learns from what "
	    "it came to",
	.options = options, .settings_size = sizeof(struct settings),
	.topics = topics, .verbs = verbs, .state_version = 1,
	.open = strategy_open, .close = strategy_close,
	.prepare = strategy_prepare, .commit = strategy_commit,
	.abort = strategy_abort, .entry = strategy_entry,
	.save = strategy_save, .load = strategy_load,
	.hears = hears, .heard = strategy_heard,
LIFT_PLUGIN_END;
