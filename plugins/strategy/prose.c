/* Sentences are chosen by what the figures say, so that two alerts read alike
 * only where they are alike. */
#include "strategy/prose.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

/* Appends to a text that has an end. */
struct prose {
	char  *text;
	size_t size;
};

__attribute__((format(printf, 2, 3))) static void
add(struct prose *p, const char *form, ...)
{
	va_list ap;

	va_start(ap, form);
	int n = vsnprintf(p->text + p->size, PROSE_TEXT - p->size, form, ap);
	va_end(ap);
	if (n > 0)
		p->size = p->size + (size_t)n < PROSE_TEXT ? p->size +
		    (size_t)n : PROSE_TEXT - 1;
}

const char *
prose_cause(const struct prose_case *c)
{
	double share = c->lift.value > 0 ?
	    c->cannibalized.value / c->lift.value : INFINITY;

	if (c->net.low > 0)
		return "pays";
	if (c->weigh->is_known && c->weigh->price <= c->weigh->cost)
		return "below_cost";
	if (c->pull.value > c->cannibalized.value && c->pull.low > 0)
		return "pulled_forward";
	if (share >= 0.5)
		return "own_shelf";
	if (c->discount >= 40)
		return "deep_discount";
	return c->net.high < 0 ? "thin_margin" : "unclear";
}

/* ---- why ----------------------------------------------------------------- */

static void
explain_loss(struct prose *p, const struct prose_case *c)
{
	double lost = c->predicted - c->actual;

	add(p, "%s at %.0f %% off (%s) has taken about %.0f units", c->product,
	    c->discount, c->promotion, lost);
	if (c->victims == 1)
		add(p, " from %s alone", c->worst);
	else
		add(p, " from %u products of its own shelf, most from %s",
		    c->victims, c->worst);
	add(p, ": %.0f sold in %.1f h where %.0f were expected (%.0f %% less, "
	    "at least %.0f %%).", c->actual, c->hours, c->predicted,
	    c->loss_percent, fmax(0, c->loss_low));
}

static void
explain_source(struct prose *p, const struct prose_case *c)
{
	double share = c->lift.value > 0 ? 100 * c->cannibalized.value /
	    c->lift.value : 0;

	if (c->lift.value <= 0) {
		add(p, " It has not even sold more of itself than usual.");
		return;
	}
	if (share >= 100)
		add(p, " Its own lift of %.0f units is no more than what it "
		    "took.", c->lift.value);
	else
		add(p, " Of its own lift of %.0f units, %.0f %% came from "
		    "there.", c->lift.value, share);
	if (c->halo.value >= 0.1 * c->lift.value)
		add(p, " Other products gained %.0f.", c->halo.value);
	if (c->pull.value >= 0.1 * c->lift.value)
		add(p, " %.0f units were only bought earlier.",
		    c->pull.value);
}

/* What the catalogue says: how near the two are, and what is left of each. */
static void
explain_catalogue(struct prose *p, const struct prose_case *c)
{
	if (c->category != NULL && c->worst_price > 0)
		add(p, " %s (%s) costs %.2f %s, %.0f %% %s than %s does now.",
		    c->worst, c->category, c->worst_price, c->currency,
		    fabs(c->worst_gap), c->worst_gap < 0 ? "less" : "more",
		    c->product);
	if (!isnan(c->stock))
		add(p, " %.0f of %s are in stock.", c->stock, c->product);
	if (!isnan(c->worst_stock))
		add(p, " %.0f of %s stay on the shelf.", c->worst_stock,
		    c->worst);
}

static void
explain_net(struct prose *p, const struct prose_case *c)
{
	const struct weigh_figure *n = &c->net;

	if (!c->weigh->is_known)
		return;
	if (c->weigh->price <= c->weigh->cost)
		add(p, " It sells below cost, so that each piece of that lift "
		    "loses money.");
	if (n->high < 0)
		add(p, " All in all it costs margin: %.2f %s so far, between "
		    "%.2f and %.2f.", -n->value, c->currency, -n->high,
		    -n->low);
	else if (n->low > 0)
		add(p, " All in all it still earns: %.2f %s of margin, between "
		    "%.2f and %.2f.", n->value, c->currency, n->low, n->high);
	else
		add(p, " Whether it earns or costs margin in all cannot be "
		    "said yet: between %.2f and %.2f %s.", n->low, n->high,
		    c->currency);
}

void
prose_explain(const struct prose_case *c, char ret[PROSE_TEXT])
{
	struct prose p = { ret, 0 };

	ret[0] = '\0';
	explain_loss(&p, c);
	explain_source(&p, c);
	explain_catalogue(&p, c);
	explain_net(&p, c);
}

/* ---- what to do ---------------------------------------------------------- */

static void
action_price(struct prose *p, const struct prose_case *c,
    const struct weigh_option *o)
{
	const struct weigh_case *w = c->weigh;
	double off = w->full > 0 ? 100 * (1 - o->new_price / w->full) : 0;

	if (!(w->full > 0) || !(o->new_price > 0)) {
		add(p, "Halve the discount of %s.", c->promotion);
		return;
	}
	add(p, "Raise the promotional price of %s from %.2f to %.2f %s, "
	    "%.0f %% off instead of %.0f %%: it keeps a part of its lift, "
	    "each piece earns more, and %s has less to fear.", c->product,
	    w->price, o->new_price, c->currency, off, c->discount, c->worst);
}

void
prose_action(const struct prose_case *c, const struct weigh_option *o,
    char ret[PROSE_TEXT])
{
	struct prose p = { ret, 0 };

	ret[0] = '\0';
	switch (o->action) {
	case WEIGH_STOP:
		add(&p, "End %s now and sell %s at its full price again, so "
		    "that buyers of %s come back.", c->promotion, c->product,
		    c->worst);
		break;
	case WEIGH_PRICE:
		action_price(&p, c, o);
		break;
	case WEIGH_TARGET:
		add(&p, "Show %s only to shoppers who would not have bought "
		    "%s at full price, such as new customers.", c->promotion,
		    c->worst);
		break;
	case WEIGH_KEEP: case WEIGH_ACTIONS:
		add(&p, "Leave %s as it is and dismiss the alert%s.",
		    c->promotion, c->net.low > 0 ? ": what it takes, it more "
		    "than earns" : "; look again when more was sold");
		break;
	}
	if (c->weigh->is_known && o->action != WEIGH_KEEP) {
		struct weigh_figure f = weigh_figure_of(o);
		add(&p, " Expected: %+.2f %s of margin an hour, between %+.2f "
		    "and %+.2f.", f.value, c->currency, f.low, f.high);
	}
}

const char *
prose_confidence(const struct weigh_option *o)
{
	return o->action == WEIGH_KEEP ?
	    "chance that no other action brings more margin than leaving the "
	    "promotion as it is" :
	    "chance that this action brings more margin than leaving the "
	    "promotion as it is";
}
