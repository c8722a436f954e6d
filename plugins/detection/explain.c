/* What can be asked: alerts, pairs and why, and what a shop's screen shows. */
#include "detection.h"

#include <math.h>
#include <stdlib.h>

#include "alert_rows.h"
#include "predict.h"
#include "sheet.h"

/* ---- alerts ------------------------------------------------------------ */

static const struct lift_field list_arguments[] = {
	{ "status", LIFT_TEXT, true, "only those that stand so" },
	{ "severity", LIFT_TEXT, true, "only low, medium or high ones" },
	{ "promo_id", LIFT_TEXT, true, "only those of this promotion" },
	{ "after", LIFT_TEXT, true, "goes on behind this alert" },
	{ "limit", LIFT_INT, true, "lists at most so many" },
	LIFT_END
};

static const struct lift_field show_arguments[] = {
	{ "id", LIFT_TEXT, .meaning = "the alert's id" },
	LIFT_END
};

enum { ANSWER_MORE = 3 };

static struct lift_text
text_of(const struct detection *d, const struct lift_call *call,
    unsigned place)
{
	struct lift_value v = d->host->argument(call, place);

	return v.type == LIFT_TEXT ? (struct lift_text){ v.text, v.size } :
	    (struct lift_text){ "", 0 };
}

static struct lift_value
json_or_null(const struct note *n)
{
	struct lift_value v = { .type = LIFT_NULL };

	if (n->data == NULL)
		return v;
	v = lift_value_text((struct lift_text){ n->data, n->size });
	v.type = LIFT_JSON;
	return v;
}

static void
alert_reply(const struct detection *d, struct lift_call *call,
    const struct alert *a)
{
	const char *names[ALERT_FIELDS + ANSWER_MORE];
	struct lift_value values[ALERT_FIELDS + ANSWER_MORE];
	char currency[4];

	for (unsigned k = 0; k < ALERT_FIELDS; k++)
		names[k] = detection_alert_fields[k].name;
	alert_values(d, a, values, currency);
	names[ALERT_FIELDS] = "strategy";
	names[ALERT_FIELDS + 1] = "feedback";
	names[ALERT_FIELDS + 2] = "action";
	values[ALERT_FIELDS] = json_or_null(&a->strategy);
	values[ALERT_FIELDS + 1] = json_or_null(&a->feedback);
	values[ALERT_FIELDS + 2] = json_or_null(&a->action);
	d->host->reply(call, names, values, ALERT_FIELDS + ANSWER_MORE);
}

static bool
matches(const struct detection *d, const struct lift_call *call,
    const struct alert *a)
{
	struct lift_text status = text_of(d, call, 0);
	struct lift_text severity = text_of(d, call, 1);
	struct lift_text promotion = text_of(d, call, 2);

	return (status.size == 0 || lift_text_equal(status,
	    lift_text(alert_status_names[a->status]))) &&
	    (severity.size == 0 || lift_text_equal(severity,
	    lift_text(alert_severity_names[a->severity]))) &&
	    (promotion.size == 0 || lift_text_equal(promotion,
	    d->host->promotion_name(d->host, a->promotion)));
}

/* Newest first, from the alert behind AFTER on. */
static void
shop_alerts(const struct detection *d, struct lift_call *call, uint32_t from,
    int64_t *most)
{
	for (uint32_t k = from; k-- > 0 && *most > 0;)
		if (matches(d, call, &d->alerts[k])) {
			alert_reply(d, call, &d->alerts[k]);
			--*most;
		}
}

/* Store by store where these are apart, else as there are. */
static bool
alerts_list(void *self, struct lift_call *call, struct lift_error *err)
{
	struct detection *d = self, *shop, *begin = NULL;
	struct lift_text after = text_of(d, call, 3);
	struct lift_value limit = d->host->argument(call, 4);
	int64_t most = limit.type == LIFT_INT ? limit.whole : INT64_MAX;
	const struct alert *a = NULL;
	uint32_t at = 0;

	if (after.size > 0) {
		begin = store_of_alert(d, after);
		a = alert_find(begin, after);
	}
	if (after.size > 0 && a == NULL)
		return lift_fail(err, LIFT_E_MISSING, "after is \"%.*s\", "
		    "must be the id of a row", (int)after.size, after.data);
	while ((shop = store_next(d, &at)) != NULL) {
		if (begin != NULL && shop != begin)
			continue;
		shop_alerts(shop, call, begin != NULL ?
		    (uint32_t)(a - shop->alerts) : shop->alert_count, &most);
		begin = NULL;
	}
	return true;
}

static bool
alerts_show(void *self, struct lift_call *call, struct lift_error *err)
{
	struct detection *d = self;
	struct lift_text id = text_of(d, call, 0);

	d = store_of_alert(d, id);
	const struct alert *a = alert_find(d, id);
	if (a == NULL)
		return lift_fail(err, LIFT_E_MISSING, "there is no alert "
		    "\"%.*s\" at hand, see `liftctl alerts list`",
		    (int)id.size, id.data);
	alert_reply(d, call, a);
	return true;
}

/* ---- pairs ------------------------------------------------------------- */

static const struct lift_field pairs_arguments[] = {
	{ "promotion", LIFT_TEXT, true, "only those of this promotion" },
	LIFT_END
};

static const struct lift_field explain_arguments[] = {
	{ "promotion", LIFT_TEXT, .meaning = "the promotion" },
	{ "product", LIFT_TEXT, .meaning = "the product" },
	{ "store", LIFT_TEXT, true, "where, if stores are looked at apart" },
	LIFT_END
};

static const struct lift_field pairs_answers[] = {
	{ "promotion", LIFT_TEXT, .meaning = "the promotion" },
	{ "product", LIFT_TEXT, .meaning = "the product" },
	{ "actual", LIFT_INT, .meaning = "pieces sold since it began" },
	{ "predicted", LIFT_NUMBER, true, "pieces expected" },
	{ "share_lost", LIFT_NUMBER, true, "of what was expected" },
	{ "share_low", LIFT_NUMBER, true, "at least" },
	{ "share_high", LIFT_NUMBER, true, "at most" },
	{ "log_evidence", LIFT_NUMBER, true, "logarithm of the evidence" },
	{ "chance_unharmed", LIFT_NUMBER, true, "chance that it is not "
	    "eaten" },
	{ "has_fired", LIFT_BOOL, .meaning = "it was told as eaten" },
	{ "still_true", LIFT_BOOL, .meaning = "and still looks so" },
	{ "fired_at", LIFT_TIME, true, "when it was told" },
	{ "anomaly", LIFT_NUMBER, true, "the isolation forest's score, 0 to "
	    "1" },
	{ "store", LIFT_TEXT, true, "where, if stores are looked at apart" },
	LIFT_END
};

static struct lift_value
number(double x, int digits)
{
	return isfinite(x) ? LIFT_VALUE_NUMBER(rounded(x, digits)) :
	    LIFT_VALUE_NULL;
}

static void
pair_reply(const struct detection *d, struct lift_call *call,
    const struct pair *p)
{
	static const char *const names[] = { "promotion", "product", "actual",
		"predicted", "share_lost", "share_low", "share_high",
		"log_evidence", "chance_unharmed", "has_fired", "still_true",
		"fired_at", "anomaly", "store" };
	struct span_of lost = pair_lost(&p->outlook, (double)p->units,
	    p->exposure, 0.95);
	const struct lift_host *host = d->host;
	const struct lift_value values[] = {
		lift_value_text(host->promotion_name(host,
		    d->campaigns[p->campaign].promotion)),
		lift_value_text(host->product_name(host, p->product)),
		LIFT_VALUE_INT(p->units),
		number(pair_expected(&p->outlook, p->exposure), 2),
		number(lost.value, 4), number(lost.low, 4),
		number(lost.high, 4), number(p->weighed.drop, 3),
		number(p->doubt, 6), LIFT_VALUE_BOOL(p->has_fired),
		LIFT_VALUE_BOOL(p->is_true), p->has_fired ?
		LIFT_VALUE_TIME(p->fired_at) : LIFT_VALUE_NULL,
		number(crowd_score(d, p), 4), d->store.size > 0 ?
		lift_value_text(d->store) : LIFT_VALUE_NULL,
	};

	host->reply(call, names, values, sizeof(names) / sizeof(*names));
}

static void
shop_pairs(const struct detection *d, struct lift_call *call)
{
	struct lift_text name = text_of(d, call, 0);

	for (uint32_t k = 0; k < d->campaign_count; k++) {
		const struct campaign *c = &d->campaigns[k];
		if (c->state == CAMPAIGN_OVER || (name.size > 0 &&
		    !lift_text_equal(name, d->host->promotion_name(d->host,
		    c->promotion))))
			continue;
		for (uint32_t i = c->promoted; i < c->complements; i++)
			pair_reply(d, call, &d->pairs[c->pairs[i]]);
	}
}

static bool
pairs_list(void *self, struct lift_call *call, struct lift_error *err)
{
	const struct detection *shop;
	uint32_t at = 0;

	(void)err;
	while ((shop = store_next(self, &at)) != NULL)
		shop_pairs(shop, call);
	return true;
}

static const struct pair *
pair_named(const struct detection *d, struct lift_text promotion,
    struct lift_text product)
{
	uint32_t id = d->host->product_find(d->host, product);
	uint32_t of = d->host->promotion_find(d->host, promotion);

	if (id == 0 || id >= d->item_count || of == 0)
		return NULL;
	for (uint32_t k = d->items[id].pair; k != NONE; k = d->pairs[k].next)
		if (d->campaigns[d->pairs[k].campaign].promotion == of)
			return &d->pairs[k];
	return NULL;
}

/* The whole, or the store that is asked for; NULL if that is not known. */
static struct detection *
shop_named(struct detection *d, struct lift_text store)
{
	if (store.size == 0)
		return d;
	for (uint32_t k = 0; k < d->part_count; k++)
		if (lift_text_equal(d->parts[k]->store, store))
			return d->parts[k];
	return NULL;
}

static const struct lift_field explain_answers[] = {
	{ "condition", LIFT_TEXT, .meaning = "what must hold" },
	{ "holds", LIFT_BOOL, .meaning = "whether it does" },
	{ "value", LIFT_NUMBER, true, "what was found" },
	{ "bound", LIFT_NUMBER, true, "what it is compared to" },
	{ "remark", LIFT_TEXT, .meaning = "in words" },
	LIFT_END
};

struct answer {
	const struct detection *detection;
	struct lift_call       *call;
};

static void
condition_reply(void *context, const struct condition *c)
{
	static const char *const names[] = { "condition", "holds", "value",
		"bound", "remark" };
	const struct answer *a = context;
	const struct lift_value values[] = {
		lift_value_text(lift_text(c->what)),
		LIFT_VALUE_BOOL(c->holds), number(c->value, 4),
		number(c->bound, 4), lift_value_text(lift_text(c->remark)) };

	a->detection->host->reply(a->call, names, values, 5);
}

static bool
pairs_explain(void *self, struct lift_call *call, struct lift_error *err)
{
	struct detection *d = self;
	struct lift_text promotion = text_of(d, call, 0);
	struct lift_text product = text_of(d, call, 1);
	struct lift_text store = text_of(d, call, 2);

	if ((d = shop_named(d, store)) == NULL)
		return lift_fail(err, LIFT_E_MISSING, "nothing is known of a "
		    "store \"%.*s\" apart, see `stores` of the plugin "
		    "detection", (int)store.size, store.data);
	const struct pair *p = pair_named(d, promotion, product);
	if (p == NULL)
		return lift_fail(err, LIFT_E_MISSING, "\"%.*s\" is not looked "
		    "at for \"%.*s\": the promotion is not on, or the product "
		    "stands on another shelf, or is no best seller of it",
		    (int)product.size, product.data, (int)promotion.size,
		    promotion.data);
	pair_reasons(d, p, condition_reply, &(struct answer){ d, call });
	return true;
}

/* ---- the screen -------------------------------------------------------- */

static const struct lift_field stats_answers[] = {
	{ "total_alerts", LIFT_INT, .meaning = "alerts" },
	{ "pending_alerts", LIFT_INT, .meaning = "that nobody has acted on" },
	{ "resolved_alerts", LIFT_INT, .meaning = "whose action was "
	    "measured" },
	{ "total_loss", LIFT_NUMBER, .meaning = "sum of loss_amount" },
	{ "avg_loss_percentage", LIFT_NUMBER, .meaning = "mean of "
	    "loss_percentage" },
	{ "active_promotions", LIFT_INT, .meaning = "promotions that run" },
	{ "total_actions", LIFT_INT, .meaning = "actions applied today" },
	{ "timestamp", LIFT_TIME, .meaning = "as of" },
	LIFT_END
};

struct sums {
	int64_t alerts, pending, resolved;
	double  loss, share;
};

static void
shop_sums(const struct detection *d, struct sums *s)
{
	s->alerts += d->alert_count + (int64_t)d->alerts_dropped;
	for (uint32_t k = 0; k < d->alert_count; k++) {
		const struct alert *a = &d->alerts[k];
		s->pending += a->status <= ALERT_STRATEGY;
		s->resolved += a->status == ALERT_RESOLVED;
		s->loss += a->loss_amount;
		s->share += 100 * a->share;
	}
}

static bool
dashboard_stats(void *self, struct lift_call *call, struct lift_error *err)
{
	static const char *const names[] = { "total_alerts", "pending_alerts",
		"resolved_alerts", "total_loss", "avg_loss_percentage",
		"active_promotions", "total_actions", "timestamp" };
	struct detection *d = self, *shop;
	struct sums s = { 0 };
	uint32_t at = 0, kept = 0;

	(void)err;
	while ((shop = store_next(d, &at)) != NULL) {
		shop_sums(shop, &s);
		kept += shop->alert_count;
	}
	int64_t now = d->now;
	const struct lift_value values[] = {
		LIFT_VALUE_INT(s.alerts), LIFT_VALUE_INT(s.pending),
		LIFT_VALUE_INT(s.resolved),
		LIFT_VALUE_NUMBER(rounded(s.loss, 2)),
		LIFT_VALUE_NUMBER(kept == 0 ? 0 : rounded(s.share / kept, 2)),
		LIFT_VALUE_INT(d->live),
		LIFT_VALUE_INT(now / LIFT_DAY == d->action_day ?
		    (int64_t)d->actions_today : 0),
		LIFT_VALUE_TIME(now),
	};
	d->host->reply(call, names, values, 8);
	return true;
}

static const struct lift_field alert_answers[] = {
	ALERT_ROWS,
	{ "strategy", LIFT_JSON, true, "what to do about it" },
	{ "feedback", LIFT_JSON, true, "what came of what was done" },
	{ "action", LIFT_JSON, true, "what was done last" },
	LIFT_END
};

const struct lift_verb detection_verbs[] = {
	{ "alerts.list", list_arguments, LIFT_OBSERVER, false, "GET /alerts",
	  "lists alerts, the newest first", alerts_list,
	  .answers = alert_answers },
	{ "alerts.show", show_arguments, LIFT_OBSERVER, false,
	  "GET /alerts/{id}", "shows an alert with what came of it",
	  alerts_show, .one = true, .answers = alert_answers },
	{ "dashboard.stats", NULL, LIFT_OBSERVER, false,
	  "GET /dashboard/stats", "sums up alerts, promotions and actions",
	  dashboard_stats, .one = true, .answers = stats_answers },
	{ "pairs.explain", explain_arguments, LIFT_OBSERVER, false,
	  "GET /api/v1/pairs/{promotion}/{product}",
	  "says why a product is told as eaten, or why not", pairs_explain,
	  .answers = explain_answers },
	{ "pairs.list", pairs_arguments, LIFT_OBSERVER, false,
	  "GET /api/v1/pairs", "lists products that promotions could eat",
	  pairs_list, .answers = pairs_answers },
	{ "predict.batch", predict_instances, LIFT_OBSERVER, false,
	  "POST /batch/predict", "predicts 1 to 100 at once, each with its "
	  "input", predict_batch, .one = true,
	  .answers = predict_batch_answers },
	{ "predict.many", predict_instances, LIFT_OBSERVER, false,
	  "POST /predict", "predicts many at once", predict_many, .one = true,
	  .answers = predict_many_answers },
	{ "predict.sales", predict_arguments, LIFT_OBSERVER, false,
	  "POST /predict/sales", "says what a product will sell, at a price, "
	  "on a promotion or not", predict_sales, .one = true,
	  .answers = predict_answers },
	LIFT_END
};
