/* Reasons: the conditions under which a pair is told, with their values; one by
 * one, and for an alert as a tree. */
#include "detection.h"

#include <math.h>

/* Pairs at most that have not fired, of which an alert says how near they
 * are. */
enum { NEAR_MOST = 10 };

/* ---- the conditions of a pair ------------------------------------------ */

struct teller {
	void (*told)(void *context, const struct condition *);
	void *context;
};

static void
tell(const struct teller *t, const char *what, bool holds, double value,
    double bound, const char *remark)
{
	t->told(t->context, &(struct condition){ what, holds, value, bound,
		remark });
}

static void
drops_tell(const struct teller *t, const struct pair *p)
{
	char what[64];

	for (int k = 0; k < PAIR_DROPS; k++) {
		snprintf(what, sizeof(what), "evidence.keeps_%g",
		    pair_ratios[k]);
		tell(t, what, p->weighed.each[k] > 0, p->weighed.each[k], 0,
		    "log likelihood of keeping this share against selling as "
		    "before");
	}
}

/* How much longer it must go on like this, if it does. */
static void
missing_tell(const struct teller *t, const struct detection *d,
    const struct pair *p)
{
	double odds = d->shares.none, some = 0;

	for (int k = 0; k < PAIR_DROPS; k++)
		some += d->shares.some[k];
	double need = log(odds / fmin(some, d->certain) *
	    (1 / d->settings->alarm - 1));
	double windows = (double)(p->through - p->start + 1);
	double more = p->weighed.drop > 0.01 ? windows *
	    (need / p->weighed.drop - 1) : NAN;
	tell(t, "evidence.needed", p->weighed.drop >= need, p->weighed.drop,
	    need, "log evidence that is needed, by what share of pairs are "
	    "eaten at all");
	tell(t, "evidence.windows_to_go", more <= 0, more > 0 ? more : 0, NAN,
	    "windows until it is there, if it goes on like this");
}

static void
sums_tell(const struct teller *t, const struct pair *p)
{
	double expected = pair_expected(&p->outlook, p->exposure);

	tell(t, "baseline.known", p->outlook.rate > 0,
	    pair_expected(&p->outlook, 1), NAN,
	    "units a window when nothing is on, at a factor of 1");
	tell(t, "baseline.sure", p->outlook.shape > 4,
	    1 / sqrt(p->outlook.shape), 0.5, "how far off it may be, "
	    "relative");
	tell(t, "not_on_promotion_itself", !p->is_given_up, NAN, NAN,
	    "one that is on promotion tells nothing of another");
	tell(t, "on_the_shelf", p->out <= 0, p->out, NAN,
	    "windows, weighed, in which it was most likely out of stock");
	tell(t, "sold_less", (double)p->units < expected, (double)p->units,
	    expected, "units since the promotion began, against those "
	    "expected");
	tell(t, "chance_if_unharmed", true, pair_chance(&p->outlook,
	    (double)p->units, p->exposure), NAN,
	    "chance of so few or fewer in a single look");
}

void
pair_reasons(const struct detection *d, const struct pair *p,
    void (*told)(void *context, const struct condition *), void *context)
{
	const struct teller t = { told, context };
	double doubt = trial_doubt(d, p);

	sums_tell(&t, p);
	drops_tell(&t, p);
	missing_tell(&t, d, p);
	tell(&t, "doubt", doubt <= d->settings->alarm, doubt,
	    d->settings->alarm, "chance that it is not eaten");
	tell(&t, "guaranteed", p->weighed.drop >= trial_guarantee(d, p),
	    p->weighed.drop, trial_guarantee(d, p), "would also stand by a "
	    "guarantee that needs no prior");
	double odd = crowd_score(d, p);
	if (isfinite(odd))
		tell(&t, "anomaly", odd >= crowd_bar(d), odd, crowd_bar(d),
		    "second opinion of the isolation forest: its score "
		    "against what one in ten products reach that no promotion "
		    "touches");
	tell(&t, "told", p->has_fired, NAN, NAN, "it was told");
}

/* ---- the tree of an alert ---------------------------------------------- */

static void
condition_write(void *context, const struct condition *c)
{
	struct sheet *s = context;

	sheet_form(s, "%s{\"when\":\"%s: %s\",\"verdict\":%s,\"values\":{",
	    s->data[s->size - 1] == '[' ? "" : ",", c->what, c->remark,
	    c->holds ? "true" : "false");
	if (isfinite(c->value))
		sheet_number(s, "value", c->value, 4);
	if (isfinite(c->bound))
		sheet_number(s, "bound", c->bound, 4);
	sheet_form(s, "}}");
}

/* The head of a node, whose values or parts follow. */
static void
node_open(const struct detection *d, const struct pair *p, bool verdict,
    struct sheet *s)
{
	const struct lift_host *host = d->host;
	struct lift_text name = host->product_name(host, p->product);
	struct sheet when = { 0 };

	sheet_form(&when, "%.*s is eaten: %lld sold where %.1f were expected",
	    (int)name.size, name.data, (long long)p->units,
	    pair_expected(&p->outlook, p->exposure));
	sheet_form(s, "%s{\"when\":", s->data[s->size - 1] == '[' ? "" :
	    ",");
	sheet_string(s, sheet_text(&when));
	sheet_form(s, ",\"verdict\":%s", verdict ? "true" : "false");
	sheet_done(&when);
}

static void
fired_write(const struct detection *d, const struct pair *p, struct sheet *s)
{
	node_open(d, p, p->is_true, s);
	sheet_form(s, ",\"parts\":[");
	pair_reasons(d, p, condition_write, s);
	sheet_form(s, "]}");
}

static void
near_write(const struct detection *d, const struct pair *p, struct sheet *s)
{
	node_open(d, p, false, s);
	sheet_form(s, ",\"values\":{");
	sheet_number(s, "doubt", trial_doubt(d, p), 4);
	sheet_number(s, "log_evidence", p->weighed.drop, 4);
	sheet_form(s, "}}");
}

void
reasons_write(const struct detection *d, const struct campaign *c,
    struct sheet *s)
{
	struct lift_text name = d->host->promotion_name(d->host,
	    c->promotion);
	unsigned near = 0;

	sheet_form(s, "{\"when\":");
	struct sheet when = { 0 };
	sheet_form(&when, "%.*s eats its shelf", (int)name.size, name.data);
	sheet_string(s, sheet_text(&when));
	sheet_done(&when);
	bool any = false;
	for (uint32_t k = c->promoted; k < c->complements; k++)
		any |= d->pairs[c->pairs[k]].is_true;
	sheet_form(s, ",\"verdict\":%s,\"parts\":[", any ? "true" : "false");
	for (uint32_t k = c->promoted; k < c->complements; k++)
		if (d->pairs[c->pairs[k]].has_fired)
			fired_write(d, &d->pairs[c->pairs[k]], s);
	for (uint32_t k = c->promoted; k < c->complements && near < NEAR_MOST;
	    k++) {
		const struct pair *p = &d->pairs[c->pairs[k]];
		if (p->has_fired || p->is_given_up || p->weighed.drop <= 0)
			continue;
		near_write(d, p, s);
		near++;
	}
	sheet_form(s, "]}");
}
