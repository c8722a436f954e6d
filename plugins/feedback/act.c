/* Taking an action: the wish is read, held against the rails, noted, and done
 * by the verbs of the world, so that whoever reads the world (the shop, the
 * virtual shoppers) sees it from the next entry on. */
#include "feedback/feedback_parts.h"

#include <math.h>
#include <stdlib.h>

/* ---- reading the wish ---------------------------------------------------- */

static bool
type_read(const struct wish *w, struct action *ret, struct lift_error *err)
{
	/* The plural is what the prototype's clients say. */
	if (lift_text_equal(w->type, LIFT_TEXT_OF("target_segments"))) {
		ret->type = ACTION_TARGET;
		return true;
	}
	for (unsigned i = 0; i < ACTION_TYPES; i++)
		if (lift_text_equal(w->type,
		    lift_text(action_type_names[i]))) {
			ret->type = (uint8_t)i;
			return true;
		}
	return lift_fail(err, LIFT_E_USAGE, "action_type is \"%.*s\", must be "
	    "stop_promotion, adjust_price, target_segment or dismiss",
	    w->type.size > 60 ? 60 : (int)w->type.size, w->type.data);
}

/* The promotion that the alert is about, as it stands now. */
static const struct lift_promotion *
promotion_of(struct feedback *f, const struct alert *a, const struct wish *w,
    struct lift_error *err)
{
	const struct lift_host *h = f->host;
	struct lift_text name = h->promotion_name(h, a->promotion);
	const struct lift_promotion *p = h->promotion(h, a->promotion);

	if (w->promotion.size > 0 && !lift_text_equal(w->promotion, name)) {
		lift_fail(err, LIFT_E_USAGE, "promo_id is \"%.*s\", alert "
		    "\"%s\" is about \"%.*s\"", (int)w->promotion.size,
		    w->promotion.data, a->id, (int)name.size, name.data);
		return NULL;
	}
	if (p == NULL)
		lift_fail(err, LIFT_E_MISSING, "there is no promotion "
		    "\"%.*s\" any more", (int)name.size, name.data);
	return p;
}

static bool
price_read(struct feedback *f, const struct wish *w,
    const struct lift_promotion *p, struct action *ret,
    struct lift_error *err)
{
	const struct lift_product *product = f->host->product(f->host,
	    ret->product);
	double full = product != NULL ? (double)product->price.minor : 0;

	ret->old_price = p->price.minor;
	ret->currency = p->price.currency;
	if (p->price.currency == 0)
		return lift_fail(err, LIFT_E_INPUT, "the promotion has no "
		    "price that could be adjusted");
	if (w->price.type == LIFT_NUMBER && fabs(w->price.number) < 1e12) {
		ret->new_price = llrint(w->price.number * pow(10,
		    f->host->digits(f->host, p->price.currency)));
	} else if (w->discount.type == LIFT_NUMBER && full > 0 &&
	    fabs(w->discount.number) <= 100) {
		ret->new_price = llrint(full * (1 - w->discount.number / 100));
	} else {
		return lift_fail(err, LIFT_E_USAGE, "adjust_price needs "
		    "new_price, or discount in percent of the full price");
	}
	if (ret->new_price <= 0 || (full > 0 &&
	    (double)ret->new_price > full))
		return lift_fail(err, LIFT_E_USAGE, "the new price must lie "
		    "above 0 and not above the full price");
	if (ret->new_price == ret->old_price)
		return lift_fail(err, LIFT_E_USAGE, "the promotion has that "
		    "price already");
	return true;
}

/* ---- rails --------------------------------------------------------------- */

static bool
on_list(struct feedback *f, uint32_t promotion, uint32_t product)
{
	const struct lift_texts *list = &f->settings->rails.never_touch;
	struct lift_text names[] = {
		f->host->promotion_name(f->host, promotion),
		f->host->product_name(f->host, product) };

	for (size_t i = 0; i < list->count; i++)
		for (unsigned j = 0; j < 2; j++)
			if (lift_text_equal(lift_text(list->items[i]),
			    names[j]))
				return true;
	return false;
}

/* When something was last done to a promotion; 0: never. */
static int64_t
last_on(const struct feedback *f, uint32_t promotion)
{
	for (size_t i = f->action_count; i-- > 0;) {
		const struct action *a = &f->actions[i];
		if (a->promotion == promotion && a->applied != 0 &&
		    a->type != ACTION_DISMISS && a->state != ACTION_UNDONE)
			return a->applied;
	}
	return 0;
}

static int64_t
automatic_today(struct feedback *f, int64_t time)
{
	int64_t day = time / LIFT_DAY;

	if (day != f->day) {
		f->day = day;
		f->today = 0;
	}
	return f->today;
}

static bool
rails_check(struct feedback *f, const struct action *a, const struct wish *w,
    struct lift_error *err)
{
	const struct lift_product *p = f->host->product(f->host, a->product);
	const struct rail_settings *s = &f->settings->rails;
	struct rail_limits limits = { s->largest_step, s->cooldown,
		s->from_hour, s->to_hour, s->daily_most };
	struct rail_case c = { .time = a->time,
		.is_automatic = w->is_automatic,
		.is_listed = on_list(f, a->promotion, a->product),
		.last = last_on(f, a->promotion),
		.today = automatic_today(f, a->time),
		.old_price = a->old_price, .new_price = a->new_price,
		.cost = p != NULL && p->cost.currency == a->currency ?
		    p->cost.minor : 0 };
	enum rail r = rail_check(&limits, &c);
	char text[200];

	if (r == RAIL_NONE || (w->passes && rail_may_pass(r)))
		return true;
	rail_sentence(r, &limits, &c, text, sizeof(text));
	return lift_fail(err, LIFT_E_DENIED, "%s%s", text, rail_may_pass(r) ?
	    "; with override and a reason it can be passed" : "");
}

/* ---- doing --------------------------------------------------------------- */

/* Puts the promotion again with another price, end or segment. */
static bool
promotion_put(struct feedback *f, uint32_t id, const struct lift_money *price,
    int64_t end, struct lift_value tags, struct lift_error *err)
{
	const struct lift_host *h = f->host;
	const struct lift_promotion *p = h->promotion(h, id);

	if (p == NULL)
		return lift_fail(err, LIFT_E_MISSING,
		    "the promotion is not there any more");
	struct lift_value *products = feedback_sure(calloc(
	    p->product_count + 1, sizeof(*products)));
	for (uint32_t i = 0; i < p->product_count; i++)
		products[i] = lift_value_text(h->product_name(h,
		    p->products[i]));
	struct lift_value values[] = { lift_value_text(p->name),
		p->title.size ? lift_value_text(p->title) : LIFT_VALUE_NULL,
		{ .type = LIFT_LIST, .size = p->product_count,
		  .items = products },
		price->currency ? LIFT_VALUE_MONEY(price->minor,
		    price->currency) : LIFT_VALUE_NULL,
		LIFT_VALUE_TIME(p->start), end == INT64_MAX ?
		    LIFT_VALUE_NULL : LIFT_VALUE_TIME(end), tags, p->stores };
	bool ok = h->call(h, "promotions.put", values, 8, err);
	free(products);
	return ok;
}

/* The tags of a promotion with its segment set, or taken away. */
static struct lift_value
tags_with(const struct lift_promotion *p, const char *segment,
    struct lift_value *room, char tag[160])
{
	uint32_t n = 0;

	for (uint32_t i = 0; p->tags.type == LIFT_LIST && i < p->tags.size &&
	    n < 63; i++) {
		const struct lift_value *t = &p->tags.items[i];
		if (t->size < 8 || memcmp(t->text, "segment:", 8) != 0)
			room[n++] = *t;
	}
	snprintf(tag, 160, "segment:%s", segment);
	if (*segment != '\0')
		room[n++] = lift_value_text(lift_text(tag));
	return (struct lift_value){ .type = LIFT_LIST, .size = n,
		.items = room };
}

static bool
world_change(struct feedback *f, struct action *a, struct lift_error *err)
{
	const struct lift_host *h = f->host;
	const struct lift_promotion *p = h->promotion(h, a->promotion);
	struct lift_value room[64], name;
	char tag[160];

	if (p == NULL)
		return lift_fail(err, LIFT_E_MISSING,
		    "the promotion is not there any more");
	a->old_end = p->end;
	struct lift_money price = p->price;
	switch ((enum action_type)a->type) {
	case ACTION_STOP:
		name = lift_value_text(p->name);
		return h->call(h, "promotions.stop", &name, 1, err);
	case ACTION_PRICE:
		price.minor = a->new_price;
		return promotion_put(f, a->promotion, &price, p->end, p->tags,
		    err);
	case ACTION_TARGET:
		return promotion_put(f, a->promotion, &price, p->end,
		    tags_with(p, a->segment, room, tag), err);
	case ACTION_DISMISS: case ACTION_TYPES:
		break;
	}
	return true;
}

bool
act_apply(struct feedback *f, struct action *a, int64_t now,
    struct lift_error *err)
{
	const struct measure_settings *m = &f->settings->measure;

	a->due = 0;
	if (!world_change(f, a, err)) {
		free(a->problem);
		a->problem = feedback_text(lift_text(err->text));
		action_turn(f, a, ACTION_FAILED, now);
		return false;
	}
	a->applied = now;
	if (a->type != ACTION_DISMISS)
		a->due = now + m->settle + m->after;
	action_turn(f, a, ACTION_APPLIED, now);
	report_plan(f);
	return true;
}

/* ---- taking -------------------------------------------------------------- */

/* What the wish comes to, checked; A is not in the table yet. */
static bool
wish_check(struct feedback *f, const struct alert *alert,
    const struct wish *w, struct action *a, struct lift_error *err)
{
	if (alert->is_closed && a->type == ACTION_DISMISS)
		return lift_fail(err, LIFT_E_BUSY, "alert \"%s\" is closed "
		    "already", alert->id);
	if (a->type == ACTION_DISMISS)
		return true;
	const struct lift_promotion *p = promotion_of(f, alert, w, err);
	if (p == NULL)
		return false;
	if (p->is_stopped || p->end <= a->time)
		return lift_fail(err, LIFT_E_BUSY, "promotion \"%.*s\" has "
		    "ended already", (int)p->name.size, p->name.data);
	if (a->type == ACTION_PRICE && !price_read(f, w, p, a, err))
		return false;
	if (a->type == ACTION_TARGET && (w->segment.size == 0 ||
	    w->segment.size > 120))
		return lift_fail(err, LIFT_E_USAGE, "target_segment needs "
		    "segment, the name of one");
	if (w->passes && w->reason.size == 0)
		return lift_fail(err, LIFT_E_USAGE,
		    "override needs a reason");
	return rails_check(f, a, w, err);
}

static struct alert *
wish_alert(struct feedback *f, const struct wish *w, struct lift_error *err)
{
	struct alert *alert = w->alert.size > 0 ? alert_find(f, w->alert) :
	    alert_newest(f);

	if (alert == NULL)
		lift_fail(err, LIFT_E_MISSING, "there is no alert \"%.*s\", "
		    "see `liftctl alerts list`", w->alert.size > 100 ? 100 :
		    (int)w->alert.size, w->alert.data);
	else if (w->is_automatic && alert->is_holdout)
		lift_fail(err, LIFT_E_BUSY, "alert \"%s\" is one of those "
		    "that are left alone, to learn what happens without an "
		    "action", alert->id);
	else
		return alert;
	return NULL;
}

static bool
begin(struct feedback *f, struct action *a, int64_t now,
    const char **ret_message, struct lift_error *err)
{
	const struct settings *s = f->settings;

	if (a->is_automatic)
		f->today++;
	if (a->is_automatic && s->hold > 0) {
		a->due = now + s->hold;
		action_turn(f, a, ACTION_REQUESTED, now);
		report_plan(f);
		*ret_message = "will be applied when the hold has passed, "
		    "unless it is undone before";
		return true;
	}
	if (s->shop_confirms && a->type != ACTION_DISMISS) {
		action_turn(f, a, ACTION_REQUESTED, now);
		answer_ask(f, a);
		*ret_message = "asked the shop, and waits for its word";
		return true;
	}
	*ret_message = a->type == ACTION_DISMISS ? "dismissed" :
	    "applied from now on, and measured later";
	if (!act_apply(f, a, now, err))
		return false;
	if (s->tell_shop)
		answer_ask(f, a);
	return true;
}

struct action *
act_take(struct feedback *f, const struct wish *w, int64_t now,
    const char **ret_message, struct lift_error *err)
{
	struct alert *alert = wish_alert(f, w, err);
	struct action draft = { .time = now };

	if (alert == NULL || !type_read(w, &draft, err))
		return NULL;
	draft.promotion = alert->promotion;
	draft.product = alert->product;
	if (!wish_check(f, alert, w, &draft, err))
		return NULL;
	struct action *a = action_add(f, alert, w, now);
	a->type = draft.type;
	a->old_price = draft.old_price;
	a->new_price = draft.new_price;
	a->currency = draft.currency;
	/* Somebody did something: it is no longer left alone. */
	alert->was_acted = true;
	return begin(f, a, now, ret_message, err) ? a : NULL;
}

/* ---- undoing ------------------------------------------------------------- */

static bool
world_restore(struct feedback *f, const struct action *a, int64_t now,
    struct lift_error *err)
{
	const struct lift_promotion *p = f->host->promotion(f->host,
	    a->promotion);
	struct lift_value room[64];
	char tag[160];

	if (a->type == ACTION_DISMISS)
		return true;
	if (p == NULL)
		return lift_fail(err, LIFT_E_MISSING,
		    "the promotion is not there any more");
	if (a->old_end <= now)
		return lift_fail(err, LIFT_E_BUSY, "promotion \"%.*s\" would "
		    "have ended meanwhile, nothing can be taken back",
		    (int)p->name.size, p->name.data);
	struct lift_money price = p->price;
	if (a->type == ACTION_PRICE)
		price.minor = a->old_price;
	struct lift_value tags = a->type == ACTION_TARGET ?
	    tags_with(p, "", room, tag) : p->tags;
	return promotion_put(f, a->promotion, &price, a->type == ACTION_STOP ?
	    a->old_end : p->end, tags, err);
}

/* Whether something was done to the promotion after A. */
static const struct action *
later_than(const struct feedback *f, const struct action *a)
{
	for (const struct action *b = a + 1;
	    b < f->actions + f->action_count; b++)
		if (b->promotion == a->promotion && b->applied != 0 &&
		    b->type != ACTION_DISMISS && b->state != ACTION_UNDONE)
			return b;
	return NULL;
}

bool
act_undo(struct feedback *f, struct action *a, int64_t now,
    struct lift_error *err)
{
	const struct action *later = later_than(f, a);

	if (a->state == ACTION_FAILED || a->state == ACTION_UNDONE)
		return lift_fail(err, LIFT_E_BUSY, "action \"%s\" is %s, there "
		    "is nothing to take back", a->id,
		    action_state_names[a->state]);
	if (a->applied != 0 && later != NULL)
		return lift_fail(err, LIFT_E_BUSY, "action \"%s\" came after "
		    "it, take that back first", later->id);
	if (a->applied != 0 && !world_restore(f, a, now, err))
		return false;
	bool tell = a->applied != 0 && f->settings->tell_shop;
	a->due = 0;
	action_turn(f, a, ACTION_UNDONE, now);
	if (tell)
		answer_ask(f, a);
	return true;
}
