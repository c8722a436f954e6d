/* The account of a promotion: sums over its victims with bounds, the evidence
 * of each, and the balance of the whole. */
#include "detection.h"

#include <math.h>
#include <stdlib.h>

#include "balance.h"
#include "sheet.h"

#define LEVEL	0.95

struct account {
	struct detection *d;
	struct alert     *alert;
	struct campaign  *campaign;
	struct balance    balance;
	struct estimate   loss;		/* units that victims miss */
	struct sheet      victims, evidence;
	double            expected, own_loss;
	int64_t           units;
	double            doubt;
	uint32_t          count, worst;
	double            worst_loss;
};

static double
major(double minor, uint32_t currency)
{
	static const char none[] = "BIFCLPDJFGNFISKJPYKMFKRWPYGRWFUGXUYIVND"
	    "VUVXAFXOFXPF", three[] = "BHDIQDJODKWDLYDOMRTND";
	char code[4] = { (char)currency, (char)(currency >> 8),
		(char)(currency >> 16), '\0' };

	for (size_t k = 0; k + 3 < sizeof(none); k += 3)
		if (memcmp(none + k, code, 3) == 0)
			return minor;
	for (size_t k = 0; k + 3 < sizeof(three); k += 3)
		if (memcmp(three + k, code, 3) == 0)
			return minor / 1000;
	return minor / 100;
}

/* What a unit of PRODUCT brings at PRICE, in minor units; the price itself
 * where its cost is not known. */
static double
margin(const struct detection *d, uint32_t product, double price)
{
	const struct lift_product *p = d->host->product(d->host, product);

	if (p == NULL || p->cost.currency == 0)
		return price;
	return price - (double)p->cost.minor;
}

static void
bounded_write(struct sheet *s, const char *name, struct bounded b)
{
	sheet_name(s, name);
	sheet_form(s, "{");
	sheet_number(s, "value", b.value, 2);
	sheet_number(s, "low", b.low, 2);
	sheet_number(s, "high", b.high, 2);
	sheet_form(s, "}");
}

/* The discount of C on its first product, as a share. */
static double
discount(const struct detection *d, const struct campaign *c)
{
	double full = c->promoted > 0 ?
	    d->items[d->pairs[c->pairs[0]].product].price : 0;

	if (full <= 0 || c->currency == 0)
		return 0;
	return 1 - (double)c->price / full;
}

/* How hard C presses on its neighbours: what it sells, by its discount. */
static double
weight(const struct detection *d, const struct campaign *c)
{
	double units = 0, off = discount(d, c);

	for (uint32_t k = 0; k < c->promoted; k++)
		units += (double)d->pairs[c->pairs[k]].units;
	return (units + 1) * (off > 0.01 ? off : 0.01);
}

/* The part of what PAIR misses that its campaign answers for: all that press on
 * the product at the same time and stand as well share it. */
static double
part_of(const struct detection *d, const struct pair *pair)
{
	double own = weight(d, &d->campaigns[pair->campaign]), all = 0;

	for (uint32_t k = d->items[pair->product].pair; k != NONE;
	    k = d->pairs[k].next) {
		const struct pair *p = &d->pairs[k];
		if (p->part == PART_CANDIDATE && (p->has_fired || p == pair) &&
		    p->start < pair->end && pair->start < p->end)
			all += weight(d, &d->campaigns[p->campaign]);
	}
	return balance_part(own, all);
}

/* ---- one victim -------------------------------------------------------- */

static void
victim_write(struct account *a, const struct pair *p, struct estimate missed,
    double part)
{
	struct sheet *s = &a->victims;
	const struct lift_host *host = a->d->host;
	const struct lift_product *product = host->product(host, p->product);
	double expected = pair_expected(&p->outlook, p->exposure);
	struct span_of lost = pair_lost(&p->outlook, (double)p->units,
	    p->exposure, LEVEL);
	double price = a->d->items[p->product].price;

	sheet_form(s, "%s{", s->size > 1 ? "," : "");
	sheet_name(s, "product_id");
	sheet_string(s, host->product_name(host, p->product));
	sheet_name(s, "product_name");
	sheet_string(s, product != NULL && product->title.size > 0 ?
	    product->title : host->product_name(host, p->product));
	catalogue_write(a->d, p->product, (double)a->campaign->price, s);
	sheet_time(s, "fired_at", p->fired_at);
	sheet_name(s, "actual");
	sheet_form(s, "%lld", (long long)p->units);
	sheet_number(s, "predicted", expected, 2);
	bounded_write(s, "lost_units", estimate_bounds(missed, LEVEL));
	sheet_number(s, "loss_amount", major(missed.value * price,
	    a->campaign->currency), 2);
	sheet_number(s, "margin_lost", major(missed.value * margin(a->d,
	    p->product, price), a->campaign->currency), 2);
	sheet_number(s, "share_lost", lost.value, 4);
	sheet_number(s, "share_low", lost.low, 4);
	sheet_number(s, "confidence", 1 - p->doubt, 4);
	sheet_number(s, "part", part, 4);
	sheet_name(s, "still_true");
	sheet_form(s, "%s}", p->is_true ? "true" : "false");
}

/* What the forest says of it: an opinion, which had no vote. */
static void
anomaly_write(const struct account *a, const struct pair *p, struct sheet *s)
{
	double score = crowd_score(a->d, p);

	if (isnan(score))
		return;
	sheet_name(s, "anomaly");
	sheet_form(s, "{");
	sheet_number(s, "score", score, 4);
	sheet_number(s, "bar", crowd_bar(a->d), 4);
	sheet_name(s, "meaning");
	sheet_form(s, "\"%s\"}", score >= crowd_bar(a->d) ?
	    "odder than nine in ten products that no promotion touches" :
	    "not odd beside products that no promotion touches");
}

static void
evidence_write(struct account *a, const struct pair *p)
{
	struct sheet *s = &a->evidence;

	sheet_form(s, "%s{", s->size > 1 ? "," : "");
	sheet_name(s, "product_id");
	sheet_string(s, a->d->host->product_name(a->d->host, p->product));
	sheet_number(s, "log_evidence", p->weighed.drop, 3);
	sheet_number(s, "chance_if_unharmed", pair_chance(&p->outlook,
	    (double)p->units, p->exposure), 6);
	sheet_number(s, "chance_unharmed", p->doubt, 6);
	sheet_number(s, "spread", p->outlook.spread, 3);
	sheet_number(s, "rate", pair_expected(&p->outlook, 1), 4);
	sheet_number(s, "exposure", p->exposure, 2);
	sheet_name(s, "guaranteed");
	sheet_form(s, "%s", p->weighed.drop >=
	    trial_guarantee(a->d, p) ? "true" : "false");
	if (p->out > 0)
		sheet_number(s, "out_of_stock", p->out, 2);
	if (p->factor != 1)
		sheet_number(s, "own_price_factor", p->factor, 3);
	anomaly_write(a, p, s);
	sheet_form(s, "}");
}

static void
victim_add(struct account *a, const struct pair *p)
{
	double part = part_of(a->d, p);
	double price = a->d->items[p->product].price;
	struct estimate missed = estimate_scale(estimate_of(&p->outlook,
	    (double)p->units, p->exposure), -part);

	victim_write(a, p, missed, part);
	evidence_write(a, p);
	estimate_add(&a->loss, missed);
	estimate_add(&a->balance.cannibalized, missed);
	estimate_add(&a->balance.cannibalized_margin, estimate_scale(missed,
	    margin(a->d, p->product, price)));
	a->expected += pair_expected(&p->outlook, p->exposure) * part;
	a->units += p->units;
	a->own_loss += missed.value * price;
	a->doubt = p->doubt < a->doubt ? p->doubt : a->doubt;
	if (a->count++ == 0 || missed.value > a->worst_loss) {
		a->worst = p->product;
		a->worst_loss = missed.value;
	}
}

/* ---- the others -------------------------------------------------------- */

static void
promoted_add(struct account *a, const struct pair *p)
{
	double full = a->d->items[p->product].price;
	double price = (double)a->campaign->price;
	double after = margin(a->d, p->product, price);
	double before = margin(a->d, p->product, full);
	struct estimate lift = estimate_of(&p->outlook, (double)p->units,
	    p->exposure);
	double base = pair_expected(&p->outlook, p->exposure);

	estimate_add(&a->balance.lift, lift);
	/* Those who would have bought anyway pay less now. */
	struct estimate gain = estimate_scale(lift, after);
	gain.value -= base * (before - after);
	estimate_add(&a->balance.lift_margin, gain);
	if (p->dip_exposure <= 0)
		return;
	struct estimate dip = estimate_scale(estimate_of(&p->outlook,
	    (double)p->dip_units, p->dip_exposure), -1);
	estimate_add(&a->balance.pull_forward, dip);
	estimate_add(&a->balance.pull_margin, estimate_scale(dip, before));
}

static void
halo_add(struct account *a, const struct pair *p)
{
	struct estimate more = estimate_of(&p->outlook, (double)p->units,
	    p->exposure);

	/* One in a hundred, beside what the shop takes for granted. */
	if (p->weighed.lift < log(100))
		return;
	estimate_add(&a->balance.halo, more);
	estimate_add(&a->balance.halo_margin, estimate_scale(more,
	    margin(a->d, p->product, a->d->items[p->product].price)));
}

/* Who was acquitted at the end is none. */
static bool
is_victim(const struct pair *p)
{
	return p->has_fired && !p->is_given_up &&
	    (p->is_true || p->end == INT64_MAX);
}

static void
account_sum(struct account *a)
{
	sheet_form(&a->victims, "[");
	sheet_form(&a->evidence, "[");
	for (uint32_t k = 0; k < a->campaign->pair_count; k++) {
		const struct pair *p = &a->d->pairs[a->campaign->pairs[k]];
		if (p->part == PART_PROMOTED)
			promoted_add(a, p);
		else if (is_victim(p))
			victim_add(a, p);
		else if (!p->is_given_up)
			halo_add(a, p);
	}
	sheet_form(&a->victims, "]");
	sheet_form(&a->evidence, "]");
}

/* ---- the alert --------------------------------------------------------- */

static void
note_set(struct note *n, struct sheet *s)
{
	free(n->data);
	n->data = s->data;
	n->size = s->size;
	*s = (struct sheet){ 0 };
}

static void
margin_write(struct sheet *s, const char *name, struct estimate e,
    uint32_t currency)
{
	struct bounded b = estimate_bounds(e, LEVEL);

	b.value = major(b.value, currency);
	b.low = major(b.low, currency);
	b.high = major(b.high, currency);
	bounded_write(s, name, b);
}

static void
net_write(const struct account *a, struct note *ret)
{
	const struct balance *b = &a->balance;
	uint32_t currency = a->campaign->currency;
	struct sheet s = { 0 };

	sheet_form(&s, "{");
	sheet_name(&s, "units");
	sheet_form(&s, "{");
	bounded_write(&s, "lift", estimate_bounds(b->lift, LEVEL));
	bounded_write(&s, "cannibalized", estimate_bounds(b->cannibalized,
	    LEVEL));
	bounded_write(&s, "halo", estimate_bounds(b->halo, LEVEL));
	bounded_write(&s, "pull_forward", estimate_bounds(b->pull_forward,
	    LEVEL));
	bounded_write(&s, "net", estimate_bounds(balance_net(b), LEVEL));
	sheet_form(&s, "}");
	sheet_name(&s, "margin");
	sheet_form(&s, "{");
	margin_write(&s, "lift", b->lift_margin, currency);
	margin_write(&s, "cannibalized", b->cannibalized_margin, currency);
	margin_write(&s, "halo", b->halo_margin, currency);
	margin_write(&s, "pull_forward", b->pull_margin, currency);
	margin_write(&s, "net", balance_net_margin(b), currency);
	sheet_form(&s, "}");
	sheet_number(&s, "rate", b->lift.value > 0 ? b->cannibalized.value /
	    b->lift.value : NAN, 4);
	sheet_form(&s, "}");
	note_set(ret, &s);
}

static bool
reaches(const struct cutoffs *c, double share, double amount)
{
	return (c->share > 0 && share >= c->share) ||
	    (c->amount > 0 && amount >= c->amount);
}

static void
figures_set(const struct account *a)
{
	struct alert *al = a->alert;
	const struct severity *cut = &a->d->settings->severity;
	struct bounded loss = estimate_bounds(a->loss, LEVEL);
	double low = loss.low > 0 ? loss.low : 0;

	al->actual = a->units;
	al->predicted = a->expected;
	al->share = a->expected > 0 ? loss.value / a->expected : 0;
	al->share_low = a->expected > 0 ? low / a->expected : 0;
	al->loss_amount = loss.value * al->promo_price;
	al->loss_low = low * al->promo_price;
	al->confidence = 1 - a->doubt;
	al->victims = a->count;
	double own_low = loss.value > 0 ? major(a->own_loss,
	    a->campaign->currency) * low / loss.value : 0;
	al->severity = reaches(&cut->high, al->share_low, own_low) ? 2 :
	    reaches(&cut->medium, al->share_low, own_low);
}

static void
summary_write(const struct account *a)
{
	struct sheet s = { 0 };
	struct alert *al = a->alert;
	const struct lift_host *host = a->d->host;
	struct lift_text worst = host->product_name(host, a->worst);
	struct lift_text own = host->product_name(host, al->product);
	struct lift_text promotion = host->promotion_name(host,
	    al->promotion);

	sheet_form(&s, "%.*s on %.*s takes sales from %u product%s, most from "
	    "%.*s: %lld sold where %.0f were expected, %.0f %% less (at least "
	    "%.0f %%)", (int)promotion.size, promotion.data, (int)own.size,
	    own.data, a->count, a->count == 1 ? "" : "s", (int)worst.size,
	    worst.data, (long long)al->actual, al->predicted,
	    100 * al->share, 100 * al->share_low);
	if (a->d->store.size > 0)
		sheet_form(&s, ", in %.*s", (int)a->d->store.size,
		    a->d->store.data);
	note_set(&al->summary, &s);
}

static void
prices_set(const struct account *a)
{
	struct alert *al = a->alert;
	const struct campaign *c = a->campaign;

	al->currency = c->currency;
	al->promo_price = major((double)c->price, c->currency);
	al->original_price = major(a->d->items[al->product].price,
	    c->currency);
	al->discount = 100 * discount(a->d, c);
}

void
account_make(struct detection *d, struct alert *alert)
{
	struct account a = { .d = d, .alert = alert, .doubt = 1,
		.campaign = &d->campaigns[alert->campaign] };

	account_sum(&a);
	prices_set(&a);
	figures_set(&a);
	summary_write(&a);
	net_write(&a, &alert->net);
	note_set(&alert->victims_json, &a.victims);
	note_set(&alert->evidence, &a.evidence);
	struct sheet catalogue = { 0 };
	sheet_form(&catalogue, "{");
	catalogue_write(d, alert->product, 0, &catalogue);
	sheet_form(&catalogue, "}");
	note_set(&alert->catalogue, &catalogue);
	struct sheet reasons = { 0 };
	reasons_write(d, a.campaign, &reasons);
	note_set(&alert->reasons, &reasons);
}
