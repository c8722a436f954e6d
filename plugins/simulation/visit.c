/* What one shopper does, step by step. Each step is taken when it is due, with
 * the prices of that moment: who has something in the cart when its promotion
 * is stopped pays full price, or leaves it. */
#include "visit.h"

#include <math.h>

static const int64_t second_us = 1000000, hour_us = INT64_C(3600000000);

/* Who leaves a cart, who of them saves it or empties it, who comes back to it
 * and who buys then. */
static const double leaves = 0.20, empties = 0.35, saves = 0.30,
    comes_again = 0.35, buys_then = 0.6;

const double visit_completes = 1 - 0.20 + 0.20 * 0.35 * 0.6;

/* How the expected truth looks at one decision. */
struct decision {
	struct chooser who;
	struct choice  choice;		/* as it is */
	double         owed_stock;	/* of the stock, to a promotion */
	uint32_t       stocked_by;	/* that promotion */
	uint32_t       usual;		/* item bought before it, from 1 */
};

void
visit_begin(const struct street *s, struct visit *v, uint64_t number,
    uint32_t shopper)
{
	*v = (struct visit){ .number = number, .shopper = shopper,
		.dice = dice_stream(dice_mix(s->plan.seed, s->plan.salt),
		    number),
		.traits = shopper_traits(s->plan.seed, shopper) };
	/* Who has no stores has a web shop and an app. */
	v->store = v->traits.by_app;
	v->needs = (uint8_t)(1 + dice_below(&v->dice, 3) / 2);
	v->step = STEP_NEED;
}

static int64_t
pause_of(struct visit *v, double seconds)
{
	return 1 + (int64_t)dice_exponential(&v->dice,
	    seconds * (double)second_us);
}

static bool
happens(struct street *s, struct visit *v, int64_t time,
    enum happening_kind kind, struct happening *ret)
{
	*ret = (struct happening){ .time = time, .kind = (uint8_t)kind,
		.number = ++s->happening_count, .visit = v->number,
		.shopper = v->shopper, .item = v->item, .family = v->family,
		.by_app = v->traits.by_app, .store = v->store,
		.burst = v->burst };
	if (kind != HAPPEN_SEARCH && kind != HAPPEN_RETURN) {
		struct quote q = market_quote(&s->market, v->item, time,
		    market_whom(v->traits.audience, v->store), 0);
		ret->price = q.price;
		ret->promotion = q.promotion;
	}
	return true;
}

/* ---- looking around ------------------------------------------------------ */

static int64_t
lasts_until(const struct street *s, const struct cupboard *c)
{
	return s->plan.from + (int64_t)c->until * second_us;
}

static uint32_t
second_of(const struct street *s, int64_t time)
{
	int64_t second = (time - s->plan.from) / second_us;

	return second > UINT32_MAX ? UINT32_MAX : (uint32_t)second;
}

static struct chooser
chooser_of(struct street *s, struct visit *v, int64_t time,
    const struct cupboard **ret_home)
{
	struct chooser who = { .seed = s->plan.seed, .shopper = v->shopper,
		.traits = v->traits, .store = v->store, .time = time,
		.hoard = (float)s->plan.hoard,
		.breadth = (float)s->plan.breadth, .eager = v->eager };
	const struct family *f = &s->shelf->families[v->family];
	const struct cupboard *c = home_find(&s->homes[v->shopper],
	    v->family);

	*ret_home = c;
	if (c == NULL)
		return who;
	who.last = c->item + 1;
	int64_t until = lasts_until(s, c);
	if (f->lasts > 0 && until > time)
		who.stock = (float)((double)(until - time) /
		    ((double)f->lasts * (double)s->gap));
	return who;
}

static uint32_t
need_draw(struct street *s, struct visit *v, int64_t time)
{
	uint32_t family = 0;

	if (v->woken != 0) {
		family = v->woken - 1;
		v->woken = 0;
		return family;
	}
	for (int i = 0; i < 12; i++) {
		family = shopper_needs(s->shelf, s->plan.seed, v->shopper,
		    &v->dice);
		if (season_counts(&s->season,
		    s->shelf->families[family].category, family, time,
		    &v->dice))
			break;
	}
	return family;
}

/* Which items are opened, and which are scrolled past. */
static void
looks_choose(struct street *s, struct visit *v, int64_t time)
{
	const struct cupboard *home;
	struct chooser who = chooser_of(s, v, time, &home);
	unsigned looks = 1 + dice_below(&v->dice, 5) / 2;
	struct choice c;

	choice_begin(&c, &s->market, v->family, &who);
	choice_weigh(&c, &s->market, v->family, &who, 0);
	v->seen = v->passed = 0;
	for (unsigned i = 0; i < looks; i++)
		v->seen |= (uint16_t)(1u << choice_glance(&c,
		    dice_uniform(&v->dice)));
	uint64_t bits = dice_next(&v->dice);
	v->passed = (uint16_t)(bits & (bits >> 16 | bits >> 32) &
	    ((1u << c.count) - 1) & ~v->seen);
}

static bool
step_need(struct street *s, struct visit *v, int64_t *time,
    struct happening *ret)
{
	int64_t now = *time;

	if (v->woken == 0 && v->needs == 0) {
		v->step = STEP_GONE;
		return false;
	}
	v->eager = v->woken != 0;
	if (!v->eager)
		v->needs--;
	v->family = need_draw(s, v, now);
	looks_choose(s, v, now);
	v->step = STEP_PASS;
	*time += pause_of(v, 6);
	return dice_happens(&v->dice, 0.3) &&
	    happens(s, v, now, HAPPEN_SEARCH, ret);
}

/* The next item of a set of bits, taken out of it. */
static unsigned
bit_take(uint16_t *set)
{
	unsigned k = (unsigned)__builtin_ctz(*set);

	*set &= (uint16_t)(*set - 1);
	return k;
}

static bool
step_pass(struct street *s, struct visit *v, int64_t *time,
    struct happening *ret)
{
	int64_t now = *time;

	if (v->passed == 0) {
		v->step = dice_happens(&v->dice, 0.35) ? STEP_CLICK :
		    STEP_VIEW;
		return false;
	}
	unsigned k = bit_take(&v->passed);
	v->item = s->shelf->families[v->family].items[k];
	*time += pause_of(v, 3);
	happens(s, v, now, HAPPEN_IMPRESSION, ret);
	ret->position = (int32_t)k + 1;
	return true;
}

static bool
step_click(struct street *s, struct visit *v, int64_t *time,
    struct happening *ret)
{
	int64_t now = *time;
	unsigned k = (unsigned)__builtin_ctz(v->seen);

	v->item = s->shelf->families[v->family].items[k];
	v->step = STEP_VIEW;
	*time += pause_of(v, 2);
	happens(s, v, now, HAPPEN_CLICK, ret);
	ret->position = (int32_t)k + 1;
	return true;
}

/* What was chosen is looked at once more when it was not yet. */
static bool
step_view(struct street *s, struct visit *v, int64_t *time,
    struct happening *ret)
{
	int64_t now = *time;

	if (v->seen == 0) {
		v->step = STEP_DECIDE;
		return false;
	}
	v->item = s->shelf->families[v->family].items[bit_take(&v->seen)];
	*time += pause_of(v, 20);
	return happens(s, v, now, HAPPEN_VIEW, ret);
}

/* ---- deciding ------------------------------------------------------------ */

/* The promotions that are live in a family now, each once. */
static unsigned
live_in_family(struct street *s, const struct decision *d, uint32_t *ret,
    unsigned most)
{
	unsigned count = 0;

	for (unsigned k = 0; k < d->choice.count; k++) {
		uint32_t live[4];
		unsigned n = market_live(&s->market, d->choice.items[k],
		    d->who.time, market_whom(d->who.traits.audience,
		    d->who.store), live, 4);
		for (unsigned i = 0; i < n && count < most; i++) {
			bool known = false;
			for (unsigned o = 0; o < count; o++)
				known |= ret[o] == live[i];
			if (!known)
				ret[count++] = live[i];
		}
	}
	return count;
}

/* The purchases that promotion PROMOTION wakes in the complement. */
static void
truth_halo(struct street *s, struct visit *v, const struct decision *d,
    uint32_t promotion, double more)
{
	const struct family *f = &s->shelf->families[v->family];
	struct decision other = { .who = d->who };

	if (f->complement == v->family)
		return;
	other.who.last = 0;
	other.who.stock = 0;
	other.who.eager = true;
	choice_begin(&other.choice, &s->market, f->complement, &other.who);
	choice_weigh(&other.choice, &s->market, f->complement, &other.who, 0);
	more *= (double)f->link * s->plan.link * visit_completes;
	for (unsigned k = 0; k < other.choice.count; k++) {
		struct truth_row *row = truth_row(&s->truth, promotion,
		    other.choice.items[k]);
		if (row != NULL)
			row->halo += more * other.choice.buys[k] *
			    other.choice.pieces[k];
	}
}

/* The shopper as it would be if PROMOTION had never been: with what is at home
 * anyway. */
static struct chooser
chooser_without(const struct decision *d, uint32_t promotion)
{
	struct chooser who = d->who;

	if (d->stocked_by == promotion) {
		who.stock *= (float)(1 - d->owed_stock);
		who.last = d->usual;
	}
	return who;
}

/* With and without each promotion that is live. */
static void
truth_decision(struct street *s, struct visit *v, const struct decision *d,
    const uint32_t *live, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct choice without = d->choice;
		struct chooser who = chooser_without(d, live[i]);
		choice_weigh(&without, &s->market, v->family, &who, live[i]);
		for (unsigned k = 0; k < without.count; k++) {
			struct truth_row *row = truth_row(&s->truth, live[i],
			    without.items[k]);
			if (row == NULL)
				continue;
			row->with += visit_completes * d->choice.buys[k] *
			    d->choice.pieces[k];
			row->without += visit_completes * without.buys[k] *
			    without.pieces[k];
		}
		truth_halo(s, v, d, live[i], d->choice.any - without.any);
	}
}

/* What is not bought now since it was bought then, on a promotion. */
static void
truth_pulled(struct street *s, struct visit *v, const struct decision *d)
{
	struct chooser who = chooser_without(d, d->stocked_by);
	struct choice without = d->choice;

	choice_weigh(&without, &s->market, v->family, &who, 0);
	for (unsigned k = 0; k < without.count; k++) {
		struct truth_row *row = truth_row(&s->truth, d->stocked_by,
		    without.items[k]);
		if (row != NULL)
			row->pulled += visit_completes *
			    without.pieces[k] *
			    (d->choice.buys[k] - without.buys[k]);
	}
}

/* What is written into the book of the truth about this decision. */
static void
truth_write(struct street *s, struct visit *v, const struct decision *d)
{
	uint32_t live[8];
	unsigned count = d->choice.is_promoted ?
	    live_in_family(s, d, live, 8) : 0;
	bool is_over = d->stocked_by != 0;

	for (unsigned i = 0; i < count; i++)
		is_over &= live[i] != d->stocked_by;
	truth_decision(s, v, d, live, count);
	if (is_over)
		truth_pulled(s, v, d);
}

/* Which share of what is bought would not be there without the promotion on
 * it: neither the purchase nor the pieces more. */
static double
share_owed(struct street *s, struct visit *v, const struct decision *d,
    unsigned k)
{
	struct choice without = d->choice;

	choice_weigh(&without, &s->market, v->family, &d->who,
	    d->choice.quotes[k].promotion);
	double kept = without.any / d->choice.any *
	    without.pieces[k] / d->choice.pieces[k];
	return kept < 1 ? 1 - kept : 0;
}

/* A burst has sold this one already: the sibling loses it. */
static bool
debt_takes(struct street *s, struct visit *v, const struct decision *d,
    unsigned k)
{
	uint32_t promotion = s->debtors[v->family];
	struct truth_row *row;

	if (s->debts[v->family] == 0 ||
	    d->choice.quotes[k].promotion == promotion)
		return false;
	s->debts[v->family]--;
	row = truth_row(&s->truth, promotion, d->choice.items[k]);
	if (row != NULL)
		row->without += visit_completes * d->choice.pieces[k];
	return true;
}

static void
cart_fill(struct street *s, struct visit *v, const struct decision *d,
    unsigned k)
{
	uint32_t pieces = 1 + dice_geometric(&v->dice,
	    d->choice.pieces[k] - 1);

	v->item = d->choice.items[k];
	v->quantity = (uint16_t)(pieces < 24 ? pieces : 24);
	v->price = d->choice.quotes[k].price;
	v->promotion = d->choice.quotes[k].promotion;
	v->bought = d->choice.buys[k];
	v->owed = v->promotion == 0 ? 0 : (float)share_owed(s, v, d, k);
	v->came_back = false;
	v->step = STEP_CART;
}

static bool
step_decide(struct street *s, struct visit *v, int64_t *time)
{
	struct decision d = { 0 };
	const struct cupboard *home;

	d.who = chooser_of(s, v, *time, &home);
	choice_begin(&d.choice, &s->market, v->family, &d.who);
	choice_weigh(&d.choice, &s->market, v->family, &d.who, 0);
	if (home != NULL && home->promotion != 0) {
		d.owed_stock = (double)home->owed;
		d.stocked_by = home->promotion;
		d.usual = home->usual;
	}
	if (d.choice.is_promoted || d.stocked_by != 0)
		truth_write(s, v, &d);
	unsigned k = choice_pick(&d.choice, dice_uniform(&v->dice));
	v->step = STEP_NEED;
	if (k < d.choice.count && !debt_takes(s, v, &d, k))
		cart_fill(s, v, &d, k);
	*time += pause_of(v, 8);
	return false;
}

/* ---- the cart ------------------------------------------------------------ */

static bool
step_cart(struct street *s, struct visit *v, int64_t *time,
    struct happening *ret)
{
	int64_t now = *time;

	v->step = STEP_PAY;
	*time += pause_of(v, 45);
	happens(s, v, now, HAPPEN_CART, ret);
	ret->quantity = v->quantity;
	return true;
}

/* Leaves the cart: for good, or to look at it again within the hour. */
static bool
cart_leave(struct street *s, struct visit *v, int64_t *time,
    struct happening *ret)
{
	int64_t now = *time;
	double how = dice_uniform(&v->dice);

	if (!v->came_back && dice_happens(&v->dice, comes_again)) {
		v->came_back = true;
		*time += 10 * 60 * second_us + pause_of(v, 1200);
		return how < saves && happens(s, v, now, HAPPEN_SAVE, ret);
	}
	v->step = STEP_NEED;
	*time += pause_of(v, 10);
	return how < empties && happens(s, v, now, HAPPEN_UNCART, ret);
}

/* Is it still wanted? Not when it is gone; less when it has become dearer. */
static bool
still_wanted(struct street *s, struct visit *v, int64_t time)
{
	struct quote q = market_quote(&s->market, v->item, time,
	    market_whom(v->traits.audience, v->store), 0);
	const struct cupboard *home;
	struct chooser who;
	struct choice c;

	if (market_is_out(&s->market, v->item, time))
		return false;
	if (q.price <= v->price || v->bought <= 0)
		return true;
	who = chooser_of(s, v, time, &home);
	choice_begin(&c, &s->market, v->family, &who);
	choice_weigh(&c, &s->market, v->family, &who, 0);
	for (unsigned k = 0; k < c.count; k++)
		if (c.items[k] == v->item)
			return dice_happens(&v->dice,
			    c.buys[k] / v->bought);
	return true;
}

static void
home_fill(struct street *s, struct visit *v, int64_t time)
{
	const struct family *f = &s->shelf->families[v->family];
	const struct cupboard *had = home_find(&s->homes[v->shopper],
	    v->family);
	int64_t from = had != NULL && lasts_until(s, had) > time ?
	    lasts_until(s, had) : time;
	double lasts = (double)f->lasts * (double)s->gap * v->quantity *
	    (0.7 + 0.6 * dice_uniform(&v->dice));
	uint32_t usual = v->promotion == 0 ? v->item + 1 :
	    had != NULL ? had->usual : 0;

	home_put(&s->homes[v->shopper], &(struct cupboard){
		.family = v->family + 1, .item = v->item,
		.usual = usual, .promotion = v->promotion, .owed = v->owed,
		.until = second_of(s, from + (int64_t)lasts) });
}

static int64_t
comes_back(struct street *s, struct visit *v, int64_t time)
{
	double share = (double)s->shelf->families[v->family].comes_back;
	bool wave = v->item == s->plan.wave.item &&
	    s->plan.wave.from <= time && time < s->plan.wave.until;

	if (wave && s->plan.wave.share > 0)
		share = s->plan.wave.share;
	if (!dice_happens(&v->dice, share))
		return 0;
	return wave ? hour_us / 2 + pause_of(v, 3600) :
	    4 * hour_us + pause_of(v, 2 * 86400);
}

static void
truth_burst(struct street *s, struct visit *v)
{
	struct truth_row *row = truth_row(&s->truth,
	    s->debtors[v->family], v->item);

	if (row != NULL)
		row->with += v->quantity;
}

static bool
purchase(struct street *s, struct visit *v, int64_t *time,
    struct happening *ret, int64_t *ret_back)
{
	const struct family *f = &s->shelf->families[v->family];
	int64_t now = *time;

	happens(s, v, now, HAPPEN_PURCHASE, ret);
	ret->quantity = v->quantity;
	v->price = ret->price;
	v->promotion = ret->promotion;
	v->purchase = ret->number;
	s->purchase_count++;
	if (v->burst != 0)
		truth_burst(s, v);
	home_fill(s, v, now);
	*ret_back = comes_back(s, v, now);
	if (f->complement != v->family && dice_happens(&v->dice,
	    (double)f->link * s->plan.link))
		v->woken = f->complement + 1;
	v->step = STEP_NEED;
	v->burst = 0;
	*time += pause_of(v, 15);
	return true;
}

static bool
step_pay(struct street *s, struct visit *v, int64_t *time,
    struct happening *ret, int64_t *ret_back)
{
	if (dice_happens(&v->dice, v->came_back ? 1 - buys_then : leaves) ||
	    !still_wanted(s, v, *time))
		return cart_leave(s, v, time, ret);
	return purchase(s, v, time, ret, ret_back);
}

/* ---- bursts and returns -------------------------------------------------- */

static bool
step_burst(struct street *s, struct visit *v, int64_t *time,
    struct happening *ret)
{
	int64_t now = *time;

	v->step = STEP_PAY;
	v->came_back = false;
	/* Cheaper than free: nobody of a burst thinks again. */
	v->price = INT64_MAX;
	*time += pause_of(v, 0.4);
	return happens(s, v, now, HAPPEN_VIEW, ret);
}

static bool
step_return(struct street *s, struct visit *v, int64_t *time,
    struct happening *ret)
{
	happens(s, v, *time, HAPPEN_RETURN, ret);
	ret->quantity = v->quantity;
	ret->price = v->price;
	ret->promotion = v->promotion;
	ret->purchase = v->purchase;
	v->step = STEP_GONE;
	return true;
}

bool
visit_step(struct street *s, struct visit *v, int64_t *time,
    struct happening *ret, int64_t *ret_back)
{
	*ret_back = 0;
	switch (v->step) {
	case STEP_NEED:
		return step_need(s, v, time, ret);
	case STEP_PASS:
		return step_pass(s, v, time, ret);
	case STEP_CLICK:
		return step_click(s, v, time, ret);
	case STEP_VIEW:
		return step_view(s, v, time, ret);
	case STEP_DECIDE:
		return step_decide(s, v, time);
	case STEP_CART:
		return step_cart(s, v, time, ret);
	case STEP_PAY:
		if (v->burst != 0)
			return purchase(s, v, time, ret, ret_back);
		return step_pay(s, v, time, ret, ret_back);
	case STEP_BURST:
		return step_burst(s, v, time, ret);
	case STEP_RETURN:
		return step_return(s, v, time, ret);
	default:
		v->step = STEP_GONE;
		return false;
	}
}
