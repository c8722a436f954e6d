/* Strategies: made when an alert comes, renewed when its picture has changed,
 * told as effects. */
#include "strategy/strategy_parts.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

const char *const weigh_action_names[] = { "stop_promotion", "adjust_price",
	"target_segment", "dismiss", NULL };

/* ---- the table ----------------------------------------------------------- */

struct strategy *
strategy_find(struct strategies *s, struct lift_text alert)
{
	for (size_t i = s->count; i-- > 0;)
		if (lift_text_equal(lift_text(s->items[i].alert), alert))
			return &s->items[i];
	return NULL;
}

void
strategy_done(struct strategy *t)
{
	free(t->alert);
	free(t->explanation);
	free(t->written_by);
	for (unsigned i = 0; i < STRATEGY_OPTIONS; i++)
		free(t->details[i]);
	*t = (struct strategy){ 0 };
}

static struct strategy *
strategy_add(struct strategies *s, const struct facts *f)
{
	if (s->count >= (size_t)s->settings->keep) {
		strategy_done(&s->items[0]);
		memmove(s->items, s->items + 1, --s->count *
		    sizeof(*s->items));
	}
	if (s->count == s->room) {
		s->room = s->room ? s->room * 2 : 64;
		s->items = strategy_sure(realloc(s->items,
		    s->room * sizeof(*s->items)));
	}
	struct strategy *t = &s->items[s->count++];
	*t = (struct strategy){ .alert = strategy_text(lift_text(f->alert)),
		.promotion = f->promotion_id };
	snprintf(t->id, sizeof(t->id), "STRAT-%s", f->alert);
	return t;
}

/* ---- telling ------------------------------------------------------------- */

static json_t *
option_json(const struct strategy *t, unsigned place)
{
	const struct weigh_option *o = &t->options[place];
	struct weigh_figure f = weigh_figure_of(o);
	json_t *out = json_object(), *impact = json_object();

	json_object_set_new(out, "action",
	    json_string(weigh_action_names[o->action]));
	json_object_set_new(out, "details", json_string(t->details[place]));
	if (o->action == WEIGH_PRICE && o->new_price > 0)
		json_object_set_new(out, "new_price",
		    json_real(round(o->new_price * 100) / 100));
	if (o->action == WEIGH_TARGET)
		json_object_set_new(out, "segment", json_string("new"));
	json_object_set_new(impact, "value", json_real(round(f.value * 100) /
	    100));
	json_object_set_new(impact, "low", json_real(round(f.low * 100) /
	    100));
	json_object_set_new(impact, "high", json_real(round(f.high * 100) /
	    100));
	json_object_set_new(impact, "unit", json_string("margin an hour"));
	json_object_set_new(out, "expected_impact", impact);
	json_object_set_new(out, "chance", json_real(round(o->chance * 1e4) /
	    1e4));
	return out;
}

enum { STRATEGY_VALUES = 12 };

/* Documents that live while a strategy is told. */
struct pages {
	char *primary, *alternatives;
};

static char *
dump(json_t *j)
{
	char *s = strategy_sure(json_dumps(j, JSON_COMPACT |
	    JSON_REAL_PRECISION(12)));

	json_decref(j);
	return s;
}

static struct lift_value
document(const char *s)
{
	struct lift_value v = lift_value_text(lift_text(s));

	v.type = LIFT_JSON;
	return v;
}

static void
strategy_values(const struct strategy *t, struct pages *p,
    struct lift_value v[STRATEGY_VALUES])
{
	json_t *others = json_array();

	for (unsigned i = 1; i < STRATEGY_OPTIONS; i++)
		json_array_append_new(others, option_json(t, i));
	p->primary = dump(option_json(t, 0));
	p->alternatives = dump(others);
	v[0] = lift_value_text(lift_text(t->id));
	v[1] = lift_value_text(lift_text(t->alert));
	v[2] = LIFT_VALUE_PROMOTION(t->promotion);
	v[3] = LIFT_VALUE_INT(t->revision);
	v[4] = lift_value_text(lift_text(t->explanation));
	v[5] = document(p->primary);
	v[6] = document(p->alternatives);
	v[7] = LIFT_VALUE_NUMBER(round(t->options[0].chance * 1e4) / 1e4);
	v[8] = lift_value_text(lift_text(prose_confidence(&t->options[0])));
	v[9] = lift_value_text(lift_text(t->cause));
	v[10] = lift_value_text(lift_text(t->written_by));
	v[11] = LIFT_VALUE_TIME(t->time);
}

static void
pages_done(struct pages *p)
{
	free(p->primary);
	free(p->alternatives);
}

void
strategy_tell(struct strategies *s, struct strategy *t, int64_t time)
{
	struct lift_value values[STRATEGY_VALUES];
	struct pages pages;
	char identity[340];

	t->time = time;
	t->revision++;
	strategy_values(t, &pages, values);
	snprintf(identity, sizeof(identity), "%s %u", t->id, t->revision);
	s->host->emit(s->host, &(struct lift_effect){ .topic = 0,
		.time = time, .key = lift_text(t->alert),
		.identity = lift_text(identity), .values = values });
	s->host->count(s->host, "told", 1);
	pages_done(&pages);
}

void
strategy_reply(struct strategies *s, struct lift_call *c,
    const struct strategy *t)
{
	const char *names[STRATEGY_VALUES];
	struct lift_value values[STRATEGY_VALUES];
	struct pages pages;

	for (unsigned i = 0; i < STRATEGY_VALUES; i++)
		names[i] = strategy_fields[i].name;
	strategy_values(t, &pages, values);
	s->host->reply(c, names, values, STRATEGY_VALUES);
	pages_done(&pages);
}

/* ---- making -------------------------------------------------------------- */

static void
strategy_write(struct strategy *t, const struct prose_case *c)
{
	char text[PROSE_TEXT];

	free(t->explanation);
	prose_explain(c, text);
	t->explanation = strategy_text(lift_text(text));
	for (unsigned i = 0; i < STRATEGY_OPTIONS; i++) {
		free(t->details[i]);
		prose_action(c, &t->options[i], text);
		t->details[i] = strategy_text(lift_text(text));
	}
	free(t->written_by);
	t->written_by = strategy_text(LIFT_TEXT_OF("offline"));
}

static void
strategy_weigh(struct strategies *s, struct strategy *t,
    const struct weigh_case *w)
{
	struct weigh_option all[WEIGH_ACTIONS];
	double draws[WEIGH_ACTIONS];

	for (unsigned i = 0; i < WEIGH_ACTIONS; i++)
		draws[i] = learn_draw(s->host->random(s->host));
	weigh_all(w, &s->learn, draws, s->settings->exploration, all);
	memcpy(t->options, all, sizeof(t->options));
	t->stake = w->is_known && w->cannibalized.value > 0 ?
	    w->cannibalized.value : 0;
	t->context = (uint8_t)learn_context(w->severity, w->loss_percent);
	for (unsigned i = 0; i < WEIGH_ACTIONS; i++)
		t->expected[all[i].action] = t->stake > 0 ? (all[i].mean /
		    t->stake) - (all[i].action == WEIGH_KEEP ? 0 : learn_of(
		    &s->learn, all[i].action, t->context).mean) : 0;
}

/* Its words hold as long as its picture does. */
static bool
is_stale(const struct strategies *s, const struct strategy *t,
    const struct facts *f, const char *cause)
{
	return t->severity != f->severity || strcmp(t->cause, cause) != 0 ||
	    fabs(t->loss - f->loss_percent) > 100 *
	    s->settings->grows;
}

void
strategy_make(struct strategies *s, const struct facts *f, int64_t time)
{
	struct strategy *t = strategy_find(s, lift_text(f->alert));
	struct weigh_case w = facts_weigh(s, f);
	struct prose_case c = facts_prose(f, &w);
	const char *cause = prose_cause(&c);

	if (t != NULL && !is_stale(s, t, f, cause))
		return;
	if (t == NULL)
		t = strategy_add(s, f);
	t->severity = (uint8_t)f->severity;
	t->loss = f->loss_percent;
	snprintf(t->cause, sizeof(t->cause), "%s", cause);
	strategy_weigh(s, t, &w);
	strategy_write(t, &c);
	strategy_tell(s, t, time);
	if (s->settings->writer == WRITER_MODEL)
		model_ask(s, t, f, time);
}
