/* Better words from a model: it gets the figures of an alert and our options,
 * nothing about any shopper, and may say it better and choose otherwise among
 * them. What it answers is believed only where it is of the form that was
 * asked for; the figures stay ours. */
#include "strategy/strategy_parts.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

enum { WORDS_MOST = 2000 };

/* ---- asking -------------------------------------------------------------- */

static const char instruction[] =
    "You are a retail pricing strategist. From the measured figures in the "
    "JSON document, explain in two or three sentences why this promotion "
    "takes sales from its own shelf, choose one of the given options as the "
    "primary recommendation and the two others as alternatives, and describe "
    "each in one or two sentences for a merchant. Use only figures that are "
    "given. Answer with JSON of the given schema and nothing else.";

static json_t *
text_schema(void)
{
	return json_pack("{s:s}", "type", "STRING");
}

static json_t *
option_schema(void)
{
	json_t *actions = json_array();

	for (unsigned i = 0; weigh_action_names[i] != NULL; i++)
		json_array_append_new(actions,
		    json_string(weigh_action_names[i]));
	return json_pack("{s:s, s:{s:{s:s, s:o}, s:o}, s:[s, s]}", "type",
	    "OBJECT", "properties", "action", "type", "STRING", "enum",
	    actions, "details", text_schema(), "required", "action",
	    "details");
}

static json_t *
schema(void)
{
	return json_pack("{s:s, s:{s:o, s:o, s:{s:s, s:o, s:i, s:i}}, "
	    "s:[s, s, s]}", "type", "OBJECT", "properties", "explanation",
	    text_schema(), "primary_recommendation", option_schema(),
	    "alternatives", "type", "ARRAY", "items", option_schema(),
	    "minItems", 2, "maxItems", 2, "required", "explanation",
	    "primary_recommendation", "alternatives");
}

static json_t *
figure(const struct weigh_figure *f)
{
	return json_pack("{s:f, s:f, s:f}", "value", f->value, "low", f->low,
	    "high", f->high);
}

static json_t *
facts_json(const struct strategy *t, const struct facts *f)
{
	static const char *const parts[] = { "lift", "cannibalized", "halo",
		"pull_forward", "net" };
	json_t *o = json_pack("{s:s, s:s, s:s, s:f, s:f, s:f, s:f, s:f, s:f, "
	    "s:f, s:i, s:s, s:f, s:s}", "product", f->product, "promotion",
	    f->promotion, "currency", f->currency, "original_price", f->full,
	    "promo_price", f->price, "discount_percentage", f->discount,
	    "victims_sold", f->actual, "victims_expected", f->predicted,
	    "loss_percentage", f->loss_percent, "loss_amount",
	    f->loss_amount, "victims", (int)f->victims, "worst_victim",
	    f->worst, "hours_so_far", f->hours, "cause", t->cause);
	if (f->category != NULL)
		json_object_set_new(o, "category", json_string(f->category));
	if (f->worst_price > 0)
		json_object_set_new(o, "worst_victim_price",
		    json_real(f->worst_price));
	if (!isnan(f->stock))
		json_object_set_new(o, "stock", json_real(f->stock));
	json_t *units = json_object(), *margin = json_object(),
	    *options = json_array();

	for (unsigned i = 0; i < 5; i++) {
		json_object_set_new(units, parts[i], figure(&f->units[i]));
		json_object_set_new(margin, parts[i], figure(&f->margin[i]));
	}
	for (unsigned i = 0; i < STRATEGY_OPTIONS; i++)
		json_array_append_new(options, json_pack("{s:s, s:s}",
		    "action", weigh_action_names[t->options[i].action],
		    "details", t->details[i]));
	json_object_set_new(o, "units", units);
	json_object_set_new(o, "margin", margin);
	json_object_set_new(o, "options", options);
	return o;
}

void
model_ask(struct strategies *s, struct strategy *t, const struct facts *f,
    int64_t time)
{
	/* Not again so soon: the words of before are the same ones. */
	if (t->asked != 0 && time - t->asked < s->settings->model_every)
		return;
	json_t *facts = facts_json(t, f);
	char *prompt = json_dumps(facts, JSON_COMPACT |
	    JSON_REAL_PRECISION(8));
	json_t *body = json_pack("{s:s, s:s, s:s, s:o}", "purpose",
	    "strategy", "system", instruction, "prompt", prompt ? prompt : "",
	    "schema", schema());
	char *text = body != NULL ? json_dumps(body, JSON_COMPACT) : NULL;

	if (text != NULL) {
		s->host->request(s->host, LIFT_TEXT_OF("model"),
		    lift_text(text), t->request);
		t->asked = time;
		s->host->count(s->host, "asked", 1);
	}
	free(text);
	free(prompt);
	json_decref(facts);
	json_decref(body);
}

/* ---- hearing ------------------------------------------------------------- */

static const char *
text_of(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));
	size_t n = s != NULL ? strlen(s) : 0;

	return n > 0 && n <= WORDS_MOST ? s : NULL;
}

/* The place of the option that a recommendation is about, or -1. */
static int
option_place(const struct strategy *t, const json_t *from)
{
	const char *action = text_of(from, "action");

	for (int i = 0; action != NULL && i < STRATEGY_OPTIONS; i++)
		if (strcmp(action,
		    weigh_action_names[t->options[i].action]) == 0)
			return text_of(from, "details") != NULL ? i : -1;
	return -1;
}

/* Puts the model's words into the strategy; false, and nothing has changed,
 * when they are not of the form that was asked for. */
static bool
words_take(struct strategy *t, const json_t *answer)
{
	const json_t *from[STRATEGY_OPTIONS] = {
		json_object_get(answer, "primary_recommendation"),
		json_array_get(json_object_get(answer, "alternatives"), 0),
		json_array_get(json_object_get(answer, "alternatives"), 1) };
	struct weigh_option options[STRATEGY_OPTIONS];
	int place[STRATEGY_OPTIONS];
	const char *why = text_of(answer, "explanation");

	for (unsigned i = 0; i < STRATEGY_OPTIONS; i++) {
		place[i] = option_place(t, from[i]);
		if (why == NULL || place[i] < 0)
			return false;
		for (unsigned j = 0; j < i; j++)
			if (place[j] == place[i])
				return false;
		options[i] = t->options[place[i]];
	}
	memcpy(t->options, options, sizeof(options));
	free(t->explanation);
	t->explanation = strategy_text(lift_text(why));
	for (unsigned i = 0; i < STRATEGY_OPTIONS; i++) {
		free(t->details[i]);
		t->details[i] = strategy_text(lift_text(text_of(from[i],
		    "details")));
	}
	return true;
}

static const char *
answer_take(struct strategy *t, const json_t *entry)
{
	const char *text = json_string_value(json_object_get(entry, "text")),
	    *error = json_string_value(json_object_get(entry, "error")),
	    *model = json_string_value(json_object_get(entry, "model"));

	if (!json_is_true(json_object_get(entry, "ok")) || text == NULL)
		return error != NULL ? error : "no answer";
	json_t *answer = json_loads(text, 0, NULL);
	bool ok = answer != NULL && words_take(t, answer);
	if (ok) {
		free(t->written_by);
		t->written_by = strategy_text(lift_text(model != NULL ? model :
		    "model"));
	}
	json_decref(answer);
	return ok ? NULL : "the answer is not of the form that was asked for";
}

void
model_answer(struct strategies *s, const struct lift_entry *e)
{
	json_t *entry = json_loadb(e->body.data, e->body.size, 0, NULL);
	const char *id = json_string_value(json_object_get(entry, "request"));

	for (size_t i = s->count; id != NULL && i-- > 0;) {
		struct strategy *t = &s->items[i];
		if (strcmp(t->request, id) != 0)
			continue;
		const char *why = answer_take(t, entry);
		t->request[0] = '\0';
		s->host->count(s->host, why ? "refused" : "answered", 1);
		if (why == NULL)
			strategy_tell(s, t, e->time);
		else
			s->host->log(s->host, LIFT_NOTICE, "the model's words "
			    "for \"%s\" are not used: %s", t->alert, why);
		break;
	}
	json_decref(entry);
}
