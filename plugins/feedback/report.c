/* Measuring: when an action has had its time, the windows before and after it
 * are compared, product by product, and summed in money. Nothing sleeps: the
 * watermark says when. */
#include "feedback/feedback_parts.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

/* ---- one product --------------------------------------------------------- */

/* The stretch before an action in which the promotion was on. */
static int64_t
before_from(struct feedback *f, const struct action *a, int64_t at)
{
	const struct lift_promotion *p = f->host->promotion(f->host,
	    a->promotion);
	int64_t from = at - f->settings->measure.before;

	return p != NULL && p->start > from ? p->start : from;
}

static double
margin_of(struct feedback *f, uint32_t product, double price)
{
	const struct lift_product *p = f->host->product(f->host, product);

	if (p != NULL && p->cost.currency != 0)
		return price - (double)p->cost.minor;
	return price * f->settings->measure.margin;
}

static struct measure_product
product_arms(struct feedback *f, const struct action *a, uint32_t product,
    int64_t at)
{
	const struct measure_settings *m = &f->settings->measure;
	int64_t after = at + m->settle;
	const struct lift_product *p = f->host->product(f->host, product);
	struct measure_product r = {
		.before = series_sum(&f->series, product, before_from(f, a,
		    at), at),
		.after = series_sum(&f->series, product, after,
		    after + m->after) };

	r.price = p != NULL ? (double)p->price.minor : 0;
	r.price_before = r.price;
	if (r.before.units > 0)
		r.price_before = r.before.revenue / r.before.units;
	if (r.after.units > 0)
		r.price = r.after.revenue / r.after.units;
	r.margin = margin_of(f, product, r.price);
	r.margin_before = margin_of(f, product, r.price_before);
	return r;
}

/* ---- the sum ------------------------------------------------------------- */

struct sum {
	double value, variance;
};

struct total {
	struct sum units, revenue, margin, lift;
	double     stake, before, after, expected_before, expected_after;
};

static void
sum_add(struct sum *s, double value, double variance)
{
	s->value += value;
	s->variance += variance;
}

/* A victim: the units that came back, in its own price and margin. */
static void
victim_add(struct feedback *f, struct total *t,
    const struct measure_product *p)
{
	double variance, lost;
	struct measure_figure u = measure_units(p, &f->drift, &variance);

	sum_add(&t->units, u.value, variance);
	sum_add(&t->revenue, u.value * p->price, variance * p->price *
	    p->price);
	sum_add(&t->margin, u.value * p->margin, variance * p->margin *
	    p->margin);
	/* What it would have gone on losing. */
	lost = p->after.expected - (p->after.units - u.value);
	t->stake += fmax(0, lost) * fmax(p->margin, 0);
	t->before += p->before.units;
	t->after += p->after.units;
	t->expected_before += p->before.expected;
	t->expected_after += p->after.expected;
}

/* The promoted product: what its lift brought in before goes on without the
 * action; what it brings now comes instead. */
static void
promoted_add(struct total *t, const struct measure_product *p)
{
	static const struct measure_drift none = { 0, 0 };
	double variance;
	struct measure_figure u = measure_units(p, &none, &variance);
	double without = p->after.units - u.value;

	sum_add(&t->lift, u.value, variance);
	sum_add(&t->revenue, p->after.units * p->price - without *
	    p->price_before, variance * p->price_before * p->price_before);
	sum_add(&t->margin, p->after.units * p->margin - without *
	    p->margin_before, variance * p->margin_before *
	    p->margin_before);
}

static struct total
total_of(struct feedback *f, const struct action *a, int64_t at)
{
	struct total t = { 0 };

	for (uint32_t i = 0; i < a->victim_count; i++) {
		struct measure_product p = product_arms(f, a, a->victims[i],
		    at);
		victim_add(f, &t, &p);
	}
	struct measure_product p = product_arms(f, a, a->product, at);
	promoted_add(&t, &p);
	return t;
}

/* ---- the figures of an action -------------------------------------------- */

static struct measure_figure
money(struct feedback *f, const struct action *a, const struct sum *s)
{
	const struct lift_product *p = f->host->product(f->host, a->product);
	double unit = pow(10, f->host->digits(f->host, p ?
	    p->price.currency : 0));

	return measure_normal(s->value / unit, s->variance / unit / unit);
}

static void
classic(struct feedback *f, struct action *a)
{
	struct measure_product p = product_arms(f, a, a->product, a->applied);
	double change = a->old_price > 0 && a->new_price > 0 ?
	    (double)(a->new_price - a->old_price) / (double)a->old_price : 0;

	a->before = p.before.units;
	a->after = p.after.units;
	a->score.value = a->score.low = a->score.high = measure_classic(
	    a->type == ACTION_STOP, p.before.units, p.after.units, change,
	    &a->is_thin);
}

static void
action_measure(struct feedback *f, struct action *a, int64_t now)
{
	struct total t = total_of(f, a, a->applied);
	struct sum stake_margin = t.margin;
	double all = t.expected_before + t.expected_after;

	a->before = t.before;
	a->after = t.after;
	a->evidence = measure_evidence(t.before, t.after, all > 0 ?
	    t.expected_after / all : 0);
	a->units = measure_normal(t.units.value, t.units.variance);
	a->lift = measure_normal(t.lift.value, t.lift.variance);
	a->revenue = money(f, a, &t.revenue);
	a->margin = money(f, a, &t.margin);
	struct measure_figure margin = measure_normal(stake_margin.value,
	    stake_margin.variance);
	a->score = measure_score(&margin, t.stake);
	a->effect = measure_effect(&margin, t.stake);
	a->is_thin = t.before + t.after <
	    (double)f->settings->measure.least_units || t.stake <= 0 ||
	    t.expected_before <= 0 || t.expected_after <= 0;
	if (f->settings->measure.formula == FORMULA_CLASSIC)
		classic(f, a);
	a->measured = now;
	a->due = 0;
	snprintf(a->feedback, sizeof(a->feedback), "FEEDBACK-%012llx",
	    (unsigned long long)(f->host->random(f->host) &
	    UINT64_C(0xffffffffffff)));
}

/* ---- telling ------------------------------------------------------------- */

static double
rounded(double v)
{
	return round(v * 100) / 100;
}

static void
figure_text(const struct measure_figure *m, char text[128])
{
	snprintf(text, 128, "{\"value\":%.2f,\"low\":%.2f,\"high\":%.2f}",
	    rounded(m->value) + 0.0, rounded(m->low) + 0.0,
	    rounded(m->high) + 0.0);
}

static struct lift_value
figure_value(const struct measure_figure *m, char text[128])
{
	figure_text(m, text);
	struct lift_value v = lift_value_text(lift_text(text));
	v.type = LIFT_JSON;
	return v;
}

static void
recipe(const struct feedback *f, const struct action *a, char text[420])
{
	const struct measure_settings *m = &f->settings->measure;

	if (a->is_thin && a->before + a->after >= (double)m->least_units) {
		snprintf(text, 420, "no number: without the action the "
		    "victims would have sold what is expected of them, or "
		    "nothing is known of that");
		return;
	}
	if (a->is_thin) {
		snprintf(text, 420, "too few data: %.0f units before and %.0f "
		    "after, %lld wanted in all", a->before, a->after,
		    (long long)m->least_units);
		return;
	}
	if (m->formula == FORMULA_CLASSIC) {
		snprintf(text, 420, "classic: sales of the promoted product "
		    "before and after, without a control");
		return;
	}
	int n = snprintf(text, 420, "margin won back in the %lld min after "
	    "the action, against the victims' rate before it relative to "
	    "their baseline; 50 is no change, 100 all that was at stake",
	    (long long)(m->after / LIFT_MINUTE));
	if (f->holdouts > 0)
		snprintf(text + n, 420 - (size_t)n, "; %lld alerts left alone "
		    "changed by %.1f %% by themselves, which is taken off",
		    (long long)f->holdouts, 100 * expm1(f->drift.value));
}

enum { FEEDBACK_VALUES = 23 };

/* The room that the texts of a feedback need while it is told. */
struct prose {
	char score[128], effect[128], units[128], revenue[128], margin[128], lift[128],
	     recipe[420];
};

static void
feedback_values(struct feedback *f, const struct action *a, struct prose *t,
    struct lift_value *v)
{
	const struct lift_host *h = f->host;
	const struct lift_product *p = h->product(h, a->product);
	bool priced = a->new_price != 0;

	recipe(f, a, t->recipe);
	v[0] = lift_value_text(lift_text(a->feedback));
	v[1] = lift_value_text(lift_text(a->id));
	v[2] = lift_value_text(lift_text(a->alert));
	v[3] = LIFT_VALUE_PROMOTION(a->promotion);
	v[4] = lift_value_text(p && p->title.size > 0 ? p->title :
	    h->product_name(h, a->product));
	v[5] = lift_value_text(lift_text(action_type_names[a->type]));
	v[6] = a->is_thin ? LIFT_VALUE_NULL :
	    LIFT_VALUE_NUMBER(rounded(a->score.value));
	v[7] = a->is_thin ? LIFT_VALUE_NULL : figure_value(&a->score,
	    t->score);
	v[8] = LIFT_VALUE_BOOL(a->is_thin);
	v[9] = LIFT_VALUE_NUMBER(a->before);
	v[10] = LIFT_VALUE_NUMBER(a->after);
	v[11] = figure_value(&a->units, t->units);
	v[12] = figure_value(&a->revenue, t->revenue);
	v[13] = figure_value(&a->margin, t->margin);
	v[14] = figure_value(&a->lift, t->lift);
	v[15] = LIFT_VALUE_NUMBER(fmin(a->evidence, 1e12));
	v[16] = priced ? LIFT_VALUE_MONEY(a->old_price, a->currency) :
	    LIFT_VALUE_NULL;
	v[17] = priced ? LIFT_VALUE_MONEY(a->new_price, a->currency) :
	    LIFT_VALUE_NULL;
	v[18] = LIFT_VALUE_BOOL(a->is_automatic);
	v[19] = LIFT_VALUE_INT(f->holdouts);
	v[20] = lift_value_text(lift_text(t->recipe));
	v[21] = LIFT_VALUE_TIME(a->measured);
	v[22] = a->is_thin ? LIFT_VALUE_NULL : figure_value(&a->effect,
	    t->effect);
}

static void
feedback_emit(struct feedback *f, const struct action *a)
{
	struct lift_value values[FEEDBACK_VALUES];
	struct prose prose;

	feedback_values(f, a, &prose, values);
	f->host->emit(f->host, &(struct lift_effect){
		.topic = TOPIC_FEEDBACK, .time = a->measured,
		.key = lift_text(a->alert),
		.identity = lift_text(a->feedback), .values = values });
	f->host->count(f->host, "feedback", 1);
}

void
report_reply(struct feedback *f, struct lift_call *call,
    const struct action *a)
{
	const char *names[FEEDBACK_VALUES];
	struct lift_value values[FEEDBACK_VALUES];
	struct prose prose;

	for (unsigned i = 0; i < FEEDBACK_VALUES; i++)
		names[i] = feedback_fields[i].name;
	feedback_values(f, a, &prose, values);
	f->host->reply(call, names, values, FEEDBACK_VALUES);
}

/* ---- what is due --------------------------------------------------------- */

/* An alert that nobody touched: how its victims changed by themselves. */
static void
holdout_measure(struct feedback *f, struct alert *a)
{
	struct action like = { .promotion = a->promotion,
		.product = a->product };
	struct measure_arm before = { 0 }, after = { 0 };

	a->due = 0;
	if (a->was_acted)
		return;
	for (uint32_t i = 0; i < a->victim_count; i++) {
		struct measure_product p = product_arms(f, &like,
		    a->victims[i], a->first);
		before.units += p.before.units;
		before.expected += p.before.expected;
		after.units += p.after.units;
		after.expected += p.after.expected;
	}
	if (before.units + after.units <
	    (double)f->settings->measure.least_units)
		return;
	struct measure_drift d = measure_ratio(&before, &after);
	measure_pool(&f->drift, &f->precision, &d);
	f->holdouts++;
}

void
report_plan(struct feedback *f)
{
	f->next_due = INT64_MAX;
	for (size_t i = 0; i < f->action_count; i++)
		if (f->actions[i].due != 0 && f->actions[i].due < f->next_due)
			f->next_due = f->actions[i].due;
	for (size_t i = 0; i < f->alert_count; i++)
		if (f->alerts[i].due != 0 && f->alerts[i].due < f->next_due)
			f->next_due = f->alerts[i].due;
}

static void
action_due(struct feedback *f, struct action *a, int64_t now)
{
	struct lift_error err;

	if (a->state == ACTION_REQUESTED && f->settings->shop_confirms &&
	    a->type != ACTION_DISMISS) {
		a->due = 0;
		answer_ask(f, a);
	} else if (a->state == ACTION_REQUESTED) {
		act_apply(f, a, now, &err);
		if (f->settings->tell_shop && a->state == ACTION_APPLIED)
			answer_ask(f, a);
	} else {
		action_measure(f, a, now);
		action_turn(f, a, ACTION_MEASURED, now);
		feedback_emit(f, a);
	}
}

bool
report_due(struct feedback *f, int64_t watermark, unsigned slice)
{
	unsigned done = 0;

	if (watermark < f->next_due)
		return true;
	for (size_t i = 0; i < f->action_count && done < slice; i++)
		if (f->actions[i].due != 0 && f->actions[i].due <= watermark) {
			action_due(f, &f->actions[i], watermark);
			done++;
		}
	for (size_t i = 0; i < f->alert_count && done < slice; i++)
		if (f->alerts[i].due != 0 && f->alerts[i].due <= watermark) {
			holdout_measure(f, &f->alerts[i]);
			done++;
		}
	report_plan(f);
	return watermark < f->next_due;
}
