/* The state of the plugin in a snapshot. */
#include "strategy/strategy_parts.h"

#include <stdlib.h>

enum { TEXT_MOST = 1 << 20, ROWS_MOST = 1 << 22 };

/* What of a strategy is no text. */
struct figures {
	uint64_t            promotion, revision, severity, context;
	int64_t             time, asked;
	double              loss, stake;
	double              expected[WEIGH_ACTIONS];
	struct {
		int64_t action;
		double  mean, deviation, score, new_price, chance;
	}                   options[STRATEGY_OPTIONS];
};

static struct figures
figures_of(const struct strategy *t)
{
	struct figures f = { .promotion = t->promotion,
		.revision = t->revision, .severity = t->severity,
		.context = t->context, .time = t->time, .asked = t->asked,
		.loss = t->loss, .stake = t->stake };

	memcpy(f.expected, t->expected, sizeof(f.expected));
	for (unsigned i = 0; i < STRATEGY_OPTIONS; i++) {
		const struct weigh_option *o = &t->options[i];
		f.options[i].action = o->action;
		f.options[i].mean = o->mean;
		f.options[i].deviation = o->deviation;
		f.options[i].score = o->score;
		f.options[i].new_price = o->new_price;
		f.options[i].chance = o->chance;
	}
	return f;
}

static bool
figures_set(struct strategy *t, const struct figures *f)
{
	t->promotion = (uint32_t)f->promotion;
	t->revision = (uint32_t)f->revision;
	t->severity = (uint8_t)f->severity;
	t->context = (uint8_t)f->context;
	t->time = f->time;
	t->asked = f->asked;
	t->loss = f->loss;
	t->stake = f->stake;
	memcpy(t->expected, f->expected, sizeof(f->expected));
	for (unsigned i = 0; i < STRATEGY_OPTIONS; i++) {
		if (f->options[i].action < 0 ||
		    f->options[i].action >= WEIGH_ACTIONS)
			return false;
		t->options[i] = (struct weigh_option){
			(enum weigh_action)f->options[i].action,
			f->options[i].mean, f->options[i].deviation,
			f->options[i].score, f->options[i].new_price,
			f->options[i].chance };
	}
	return f->context < LEARN_CONTEXTS;
}

static void
put_text(struct strategies *s, void *out, const char *text)
{
	uint64_t n = strlen(text);

	s->host->put(out, &n, sizeof(n));
	s->host->put(out, text, n);
}

void
keep_save(struct strategies *s, void *out)
{
	uint64_t count = s->count;

	for (unsigned a = 0; a < LEARN_ACTIONS; a++)
		for (unsigned c = 0; c <= LEARN_CONTEXTS; c++) {
			const struct learn_belief *b = c == LEARN_CONTEXTS ?
			    &s->learn.actions[a] : &s->learn.contexts[a][c];
			double v[] = { b->mean, b->variance, b->count };
			s->host->put(out, v, sizeof(v));
		}
	s->host->put(out, &count, sizeof(count));
	for (size_t i = 0; i < s->count; i++) {
		const struct strategy *t = &s->items[i];
		struct figures f = figures_of(t);
		const char *const texts[] = { t->alert, t->id, t->cause,
			t->request, t->explanation, t->written_by,
			t->details[0], t->details[1], t->details[2] };
		s->host->put(out, &f, sizeof(f));
		for (unsigned j = 0; j < 9; j++)
			put_text(s, out, texts[j]);
	}
}

static char *
take_text(struct strategies *s, void *in)
{
	uint64_t n;

	if (!s->host->take(in, &n, sizeof(n)) || n > TEXT_MOST)
		return NULL;
	char *text = strategy_sure(calloc(1, n + 1));
	if (s->host->take(in, text, n))
		return text;
	free(text);
	return NULL;
}

static bool
take_word(struct strategies *s, void *in, char *word, size_t size)
{
	char *text = take_text(s, in);
	bool ok = text != NULL && strlen(text) < size;

	if (ok)
		memcpy(word, text, strlen(text) + 1);
	free(text);
	return ok;
}

static bool
take_strategy(struct strategies *s, void *in, struct strategy *t)
{
	struct figures f;

	if (!s->host->take(in, &f, sizeof(f)) || !figures_set(t, &f))
		return false;
	t->alert = take_text(s, in);
	if (t->alert == NULL || !take_word(s, in, t->id, sizeof(t->id)) ||
	    !take_word(s, in, t->cause, sizeof(t->cause)) ||
	    !take_word(s, in, t->request, sizeof(t->request)))
		return false;
	t->explanation = take_text(s, in);
	t->written_by = take_text(s, in);
	for (unsigned i = 0; i < STRATEGY_OPTIONS; i++)
		t->details[i] = take_text(s, in);
	return t->explanation != NULL && t->written_by != NULL &&
	    t->details[0] != NULL && t->details[1] != NULL &&
	    t->details[2] != NULL;
}

static bool
take_learn(struct strategies *s, void *in)
{
	double v[3];

	for (unsigned a = 0; a < LEARN_ACTIONS; a++)
		for (unsigned c = 0; c <= LEARN_CONTEXTS; c++) {
			struct learn_belief *b = c == LEARN_CONTEXTS ?
			    &s->learn.actions[a] : &s->learn.contexts[a][c];
			if (!s->host->take(in, v, sizeof(v)))
				return false;
			*b = (struct learn_belief){ v[0], v[1],
				(unsigned)v[2] };
		}
	return true;
}

bool
keep_load(struct strategies *s, void *in, struct lift_error *err)
{
	uint64_t count = 0;
	bool ok = take_learn(s, in) &&
	    s->host->take(in, &count, sizeof(count)) && count <= ROWS_MOST;

	s->items = strategy_sure(calloc(count + 1, sizeof(*s->items)));
	s->room = count + 1;
	for (uint64_t i = 0; ok && i < count; i++) {
		struct strategy t = { 0 };
		ok = take_strategy(s, in, &t);
		if (ok)
			s->items[s->count++] = t;
		else
			strategy_done(&t);
	}
	return ok || lift_fail(err, LIFT_E_INPUT, "the strategies' part of "
	    "the snapshot is shorter than it says, or damaged");
}
