/* What tests of the detection share: three bags stand on a shelf, a promotion on
 * one of them eats another, and others answer as their plugins would. */
#ifndef UNIT_PLUGINS_BAGS_H
#define UNIT_PLUGINS_BAGS_H

#include "engine/shop.h"

#include "plugin/loader.h"

/* ---- those who answer -------------------------------------------------- */

static const struct lift_field strategy_fields[] = {
	{ "alert_id", LIFT_TEXT, .meaning = "a" },
	{ "explanation", LIFT_TEXT, .meaning = "e" },
	LIFT_END
};

static const struct lift_field action_fields[] = {
	{ "alert_id", LIFT_TEXT, .meaning = "a" },
	{ "action_type", LIFT_TEXT, .meaning = "t" },
	{ "state", LIFT_TEXT, .meaning = "s" },
	LIFT_END
};

static const struct lift_field feedback_fields[] = {
	{ "alert_id", LIFT_TEXT, .meaning = "a" },
	{ "effectiveness_score", LIFT_NUMBER, true, "s" },
	LIFT_END
};

static const struct lift_topic answers_topics[] = {
	{ "strategy", strategy_fields, true, "s" },
	{ "action", action_fields, true, "a" },
	{ "feedback", feedback_fields, true, "f" },
	LIFT_END
};

static const struct lift_field answers_arguments[] = {
	{ "alert", LIFT_TEXT, .meaning = "a" },
	{ "type", LIFT_TEXT, true, "t" },
	{ "state", LIFT_TEXT, true, "s" },
	LIFT_END
};

static inline bool
answer(void *self, struct lift_call *c, unsigned topic)
{
	const struct lift_host *h = *(const struct lift_host **)self;
	struct lift_value values[3] = { h->argument(c, 0), h->argument(c, 1),
		h->argument(c, 2) };

	if (topic == 2)
		values[1] = LIFT_VALUE_NUMBER(70);
	h->emit(h, &(struct lift_effect){ .topic = topic,
		.time = h->entry(c)->time, .key = LIFT_TEXT_OF("a"),
		.values = values });
	return true;
}

static inline bool
answer_strategy(void *self, struct lift_call *c, struct lift_error *err)
{
	(void)err;
	return answer(self, c, 0);
}

static inline bool
answer_action(void *self, struct lift_call *c, struct lift_error *err)
{
	(void)err;
	return answer(self, c, 1);
}

static inline bool
answer_feedback(void *self, struct lift_call *c, struct lift_error *err)
{
	(void)err;
	return answer(self, c, 2);
}

static const char *const answers_emit[] = { "strategy", "action", "feedback",
	NULL };

static const struct lift_verb answers_verbs[] = {
	{ "answer.action", answers_arguments, LIFT_OPERATOR, true, NULL, "a",
	  answer_action, answers_emit },
	{ "answer.feedback", answers_arguments, LIFT_OPERATOR, true, NULL,
	  "f", answer_feedback, answers_emit },
	{ "answer.strategy", answers_arguments, LIFT_OPERATOR, true, NULL,
	  "s", answer_strategy, answers_emit },
	LIFT_END
};

static const struct lift_plugin answers = {
	.magic = LIFT_PLUGIN_MAGIC, .abi = LIFT_PLUGIN_ABI,
	.size = sizeof(answers), .name = "answers", .summary = "answers",
	.topics = answers_topics, .verbs = answers_verbs,
	.open = bell_open, .close = free,
};

/* ---- the shop ---------------------------------------------------------- */

static inline void
case_open(struct shop *s, const char *options)
{
	const struct lift_plugin *plugins[] = { NULL, &answers };
	struct engine_settings settings = shop_settings;
	struct text rules = { 0 };
	struct lift_error err;

	text_form(&rules, "plugin: detection\noptions:\n  window: 1m\n%s",
	    options);
	settings.seen_count = 1 << 16;
	plugins[0] = loader_open("plugins/.libs", "detection", &err);
	ck_assert_msg(plugins[0] != NULL, "%s", err.text);
	shop_open_of(s, rules.data, &settings, plugins, 2);
	text_done(&rules);
}

static inline void
say(struct shop *s, int64_t second, const char *body)
{
	shop_fold(s, &(struct lift_entry){ .kind = LIFT_ENTRY_CALL,
		.id = lift_text(arena_form(s->arena, "call-%llu",
		(unsigned long long)s->seq)), .time = T0 + second *
		LIFT_SECOND, .received = T0 + second * LIFT_SECOND,
		.body = lift_text(body) });
}

static inline void
put(struct shop *s, const char *id, const char *price)
{
	say(s, 0, arena_form(s->arena, "{\"verb\":\"products.put\","
	    "\"arguments\":{\"id\":\"%s\",\"category\":\"Bags\",\"price\":"
	    "\"%s EUR\",\"cost\":\"10.00 EUR\"}}", id, price));
}

static inline void
case_set(struct shop *s, const char *options)
{
	case_open(s, options);
	put(s, "A", "40.00");
	put(s, "B", "50.00");
	put(s, "C", "50.00");
	say(s, 0, "{\"verb\":\"promotions.put\",\"arguments\":{\"id\":\"SALE\","
	    "\"products\":[\"A\"],\"price\":\"30.00 EUR\",\"start\":"
	    "\"2026-01-01T02:00:00Z\",\"end\":\"2026-01-01T04:00:00Z\"}}");
	text_clear(&s->called);
}

enum { BEFORE = 7200, END = 14400 };

/* One minute: A twice a minute and thrice on promotion, B thrice and once when
 * it is eaten, C twice. FROM to TO in minutes. */
static inline void
minutes(struct shop *s, int64_t from, int64_t to, bool eats)
{
	for (int64_t m = from; m < to; m++) {
		bool on = m * 60 >= BEFORE && m * 60 < END;
		for (int64_t k = 0; k < (on && eats ? 1 : 3); k++)
			shop_buy(s, m * 60 + 10 * k + 1, "B");
		for (int64_t k = 0; k < (on ? 3 : 2); k++)
			shop_buy(s, m * 60 + 10 * k + 2, "A");
		shop_buy(s, m * 60 + 33, "C");
		shop_buy(s, m * 60 + 43, "C");
		for (int64_t k = 0; k < 60; k += 20)
			shop_tick(s, m * 60 + k);
	}
}

/* The last line of the topic `alert`, or nothing. */
static inline const char *
last_alert(struct shop *s)
{
	const char *all = text_view(&s->effects).data, *at = all, *found = "";

	while ((at = strstr(at, "\nalert ")) != NULL)
		found = ++at;
	return found;
}

static const char id[] = "ALERT-SALE-202601010200";

static inline void
answered(struct shop *s, int64_t second, const char *verb, const char *type,
    const char *stands)
{
	say(s, second, arena_form(s->arena, "{\"verb\":\"answer.%s\","
	    "\"arguments\":{\"alert\":\"%s\",\"type\":\"%s\",\"state\":"
	    "\"%s\"}}", verb, id, type, stands));
}

static inline const char *
asked(struct shop *s, const char *verb, unsigned count,
    struct lift_value *values)
{
	const struct vocabulary *v = engine_vocabulary(s->engine);
	struct lift_error err = { 0 };
	struct text rows = { 0 };

	for (size_t i = 0; i < v->verb_count; i++)
		if (strcmp(v->verbs[i].verb->name, verb) == 0) {
			struct lift_value all[8] = { { 0 } };
			if (count > 0)
				memcpy(all, values, count * sizeof(*values));
			bool ok = engine_ask(s->engine, &v->verbs[i], all,
			    &rows, &err);
			const char *copy = arena_string(s->arena, ok ?
			    text_view(&rows).data : err.text);
			text_done(&rows);
			return copy;
		}
	return "no such verb";
}

#endif
