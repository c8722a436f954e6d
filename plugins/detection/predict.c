/* Predictions: what a product will sell in a span, at a price, on a promotion or
 * not. Level times season times price factor times what traffic is above usual
 * now, with the bounds that follow from what is known of each. */
#include "predict.h"

#include <math.h>

#include "forecast.h"

/* Times the usual price, either way; a price where none is usual; units a
 * day. */
#define FAR		20.0
#define PRICE_MOST	1e12
#define AVERAGE_MOST	1e9

const struct lift_field predict_arguments[] = {
	{ "product_id", LIFT_TEXT, .meaning = "the product" },
	{ "promo_id", LIFT_TEXT, true, "at this promotion's price" },
	{ "historical_avg_sales", LIFT_NUMBER, true, "pieces a day; counts "
	    "only for a product of which nothing was sold yet" },
	{ "price", LIFT_NUMBER, true, "at this price" },
	{ "from", LIFT_TIME, true, "from then on; left out: from now on" },
	{ "span", LIFT_SPAN, true, "for so long; left out: a day" },
	{ "level", LIFT_NUMBER, true, "chance that it lies between low and "
	    "high; left out: 0.9" },
	LIFT_END
};

const struct lift_field predict_answers[] = {
	{ "product_id", LIFT_TEXT, .meaning = "the product" },
	{ "promo_id", LIFT_TEXT, true, "the promotion" },
	{ "predicted_sales", LIFT_NUMBER, .meaning = "pieces, on average" },
	{ "low", LIFT_INT, .meaning = "at least, with half of the rest" },
	{ "high", LIFT_INT, .meaning = "at most, likewise" },
	{ "level", LIFT_NUMBER, .meaning = "chance that it lies between" },
	{ "from", LIFT_TIME, .meaning = "the first moment" },
	{ "until", LIFT_TIME, .meaning = "the first one that is not in it" },
	{ "price", LIFT_NUMBER, true, "what it is sold for" },
	{ "usual_price", LIFT_NUMBER, true, "and usually" },
	{ "price_factor", LIFT_NUMBER, .meaning = "what the price does" },
	{ "elasticity", LIFT_NUMBER, .meaning = "per cent sold more by a "
	    "per cent of price" },
	{ "elasticity_sd", LIFT_NUMBER, .meaning = "how well that is known" },
	{ "traffic", LIFT_NUMBER, .meaning = "shoppers now, as a factor of "
	    "what is usual" },
	{ "basis", LIFT_TEXT, .meaning = "history of its own, given, or its "
	    "shelf" },
	{ "model_version", LIFT_TEXT, .meaning = "how much it has learned" },
	LIFT_END
};

/* ---- what is asked ----------------------------------------------------- */

struct ask {
	uint32_t product, promotion;
	double   average;		/* NAN: not given */
	double   price, usual;		/* minor units; 0: not known */
	int64_t  from, until;
	double   level;
};

static double
number_or(struct lift_value v, double otherwise)
{
	return v.type == LIFT_NUMBER ? v.number : v.type == LIFT_INT ?
	    (double)v.whole : otherwise;
}

static double
unit_of(const struct detection *d, uint32_t product)
{
	return pow(10, d->host->digits(d->host,
	    d->items[product].currency));
}

static bool
ask_promotion(const struct detection *d, struct lift_text name,
    struct ask *ret, struct lift_error *err)
{
	uint32_t id = d->host->promotion_find(d->host, name);
	const struct lift_promotion *p = d->host->promotion(d->host, id);

	if (p == NULL)
		return lift_fail(err, LIFT_E_MISSING, "there is no promotion "
		    "\"%.*s\"", (int)name.size, name.data);
	ret->promotion = id;
	for (uint32_t k = 0; k < p->product_count; k++)
		if (p->products[k] == ret->product) {
			ret->price = p->price.currency != 0 ?
			    (double)p->price.minor : ret->usual;
			return true;
		}
	return lift_fail(err, LIFT_E_INPUT, "promotion \"%.*s\" is not on the "
	    "product, must be one that lists it", (int)name.size, name.data);
}

static bool
ask_product(const struct detection *d, struct lift_text name,
    struct ask *ret, struct lift_error *err)
{
	uint32_t id = d->host->product_find(d->host, name);

	if (id == 0 || id >= d->item_count)
		return lift_fail(err, LIFT_E_MISSING, "nothing is known of "
		    "product \"%.*s\"", (int)name.size, name.data);
	ret->product = id;
	ret->price = ret->usual = d->items[id].price;
	return true;
}

static bool
ask_times(const struct detection *d, const struct lift_value v[],
    struct ask *ret, struct lift_error *err)
{
	int64_t begun = d->next * d->settings->window;
	int64_t span = v[PREDICT_SPAN].type == LIFT_SPAN ? v[PREDICT_SPAN].whole :
	    LIFT_DAY;

	ret->from = v[PREDICT_FROM].type == LIFT_TIME ? v[PREDICT_FROM].whole :
	    d->now > begun ? d->now : begun;
	if (span < LIFT_MINUTE || span > 366 * LIFT_DAY)
		return lift_fail(err, LIFT_E_INPUT,
		    "span must lie between 1m and 366d");
	ret->until = ret->from + span;
	ret->level = number_or(v[PREDICT_LEVEL], 0.9);
	return (ret->level >= 0.01 && ret->level <= 0.999) ||
	    lift_fail(err, LIFT_E_INPUT, "level is %g, must lie between 0.01 "
	    "and 0.999", ret->level);
}

static struct lift_text
text_of(struct lift_value v)
{
	return v.type == LIFT_TEXT ? (struct lift_text){ v.text, v.size } :
	    (struct lift_text){ "", 0 };
}

/* What is learned near the usual price says nothing of prices far from it. */
static bool
ask_price(const struct detection *d, double price, struct ask *ret,
    struct lift_error *err)
{
	double unit = unit_of(d, ret->product), usual = ret->usual / unit;

	if (!(price > 0) || price > PRICE_MOST || (usual > 0 &&
	    (price > usual * FAR || price < usual / FAR)))
		return lift_fail(err, LIFT_E_INPUT, "price is %g, must lie "
		    "between a %gth and %g times the usual one, %g", price,
		    FAR, FAR, usual);
	ret->price = price * unit;
	return true;
}

static bool
ask_read(const struct detection *d, const struct lift_value v[],
    struct ask *ret, struct lift_error *err)
{
	struct lift_text promotion = text_of(v[PREDICT_PROMOTION]);

	*ret = (struct ask){ .average = number_or(v[PREDICT_AVERAGE], NAN) };
	if (!ask_product(d, text_of(v[PREDICT_PRODUCT]), ret, err) ||
	    (promotion.size > 0 && !ask_promotion(d, promotion, ret, err)) ||
	    !ask_times(d, v, ret, err))
		return false;
	double price = number_or(v[PREDICT_PRICE], NAN);
	if (!isnan(price) && !ask_price(d, price, ret, err))
		return false;
	return isnan(ret->average) ||
	    (ret->average >= 0 && ret->average <= AVERAGE_MOST) ||
	    lift_fail(err, LIFT_E_INPUT, "historical_avg_sales is %g, must "
	    "lie between 0 and %g", ret->average, AVERAGE_MOST);
}

/* ---- what is known ----------------------------------------------------- */

/* What traffic is above usual, in the newest window that is judged; a lull
 * tells nothing of it. */
static double
traffic_now(const struct detection *d)
{
	const struct window *w = window_find(d, d->next - 1);

	return w != NULL && w->is_judged && w->exposure > 0 ?
	    w->exposure / w->season : 1;
}

/* The exposure of the span: quarters of an hour by their season; what traffic
 * is above usual fades. */
static double
exposure_of(const struct detection *d, const struct ask *a, double traffic)
{
	int64_t quarter = 15 * LIFT_MINUTE, span = d->settings->window;
	int64_t now = d->next * span;
	double sum = 0;

	for (int64_t at = a->from; at < a->until;) {
		int64_t to = (at / quarter + 1) * quarter;
		to = to < a->until ? to : a->until;
		double more = at + quarter > now ? (traffic - 1) *
		    exp(-(double)(at > now ? at - now : 0) /
		    (double)d->settings->traffic) : 0;
		sum += demand_open(d, at / span) * (1 + more) *
		    (double)(to - at) / (double)span;
		at = to;
	}
	return sum;
}

/* A number that was given is worth as much as two days of sales are. */
static const char *
outlook_find(const struct detection *d, const struct ask *a,
    struct outlook *ret)
{
	const struct item *i = &d->items[a->product];
	struct prior p = item_prior(d, i);

	*ret = level_outlook(&i->level, &d->scatter, &p, 1);
	if (i->level.units > 0)
		return ret->rate > 0 ? "history" : NULL;
	if (isnan(a->average))
		return ret->rate > 0 ? "shelf" : NULL;
	double mean = a->average / ((double)LIFT_DAY /
	    (double)d->settings->window);
	ret->shape = 2 * a->average + p.weight;
	ret->rate = mean > 0 ? ret->shape / mean : INFINITY;
	return "given";
}

struct prediction {
	struct ask        ask;
	struct forecast   sales;
	struct elasticity elasticity;
	double            factor, traffic;
	const char       *basis;
};

static bool
predict(const struct detection *d, const struct lift_value v[],
    struct prediction *ret, struct lift_error *err)
{
	struct ask *a = &ret->ask;
	struct outlook o;
	double change;

	if (!ask_read(d, v, a, err))
		return false;
	ret->basis = outlook_find(d, a, &o);
	if (ret->basis == NULL)
		return lift_fail(err, LIFT_E_MISSING, "nothing was sold of the "
		    "product nor of its shelf yet, give historical_avg_sales");
	ret->elasticity = price_elasticity(d, &d->items[a->product]);
	change = a->price > 0 && a->usual > 0 ? log(a->price / a->usual) : 0;
	ret->factor = exp(ret->elasticity.mean * change);
	ret->traffic = traffic_now(d);
	ret->sales = forecast_of(&o, exposure_of(d, a, ret->traffic),
	    ret->factor, ret->elasticity.sd * change, a->level);
	return true;
}

void
predict_version(const struct detection *d, char ret[PREDICT_VERSION])
{
	snprintf(ret, PREDICT_VERSION, "level-season-price/1.%lld.%llu",
	    (long long)d->block.number, (unsigned long long)d->prices_learned);
}

bool
predict_units(const struct detection *d, const struct lift_value v[],
    double *ret, struct lift_error *err)
{
	struct prediction p = { .factor = 1 };

	if (!predict(d, v, &p, err))
		return false;
	*ret = p.sales.mean;
	return true;
}

static struct lift_value
money_or_null(double minor, double unit)
{
	return minor > 0 ? LIFT_VALUE_NUMBER(minor / unit) : LIFT_VALUE_NULL;
}

bool
predict_sales(void *self, struct lift_call *call, struct lift_error *err)
{
	struct detection *d = self;
	const char *names[PREDICT_ANSWERS];
	struct lift_value v[PREDICT_ARGUMENTS];
	struct prediction p = { .factor = 1 };
	char version[PREDICT_VERSION];

	for (unsigned k = 0; k < PREDICT_ARGUMENTS; k++)
		v[k] = d->host->argument(call, k);
	if (!predict(d, v, &p, err))
		return false;
	for (unsigned k = 0; k < PREDICT_ANSWERS; k++)
		names[k] = predict_answers[k].name;
	predict_version(d, version);
	double unit = unit_of(d, p.ask.product);
	const struct lift_value values[PREDICT_ANSWERS] = {
		v[PREDICT_PRODUCT], v[PREDICT_PROMOTION],
		LIFT_VALUE_NUMBER(rounded(p.sales.mean, 2)),
		LIFT_VALUE_INT((int64_t)p.sales.low),
		LIFT_VALUE_INT((int64_t)p.sales.high),
		LIFT_VALUE_NUMBER(p.ask.level), LIFT_VALUE_TIME(p.ask.from),
		LIFT_VALUE_TIME(p.ask.until),
		money_or_null(p.ask.price, unit),
		money_or_null(p.ask.usual, unit),
		LIFT_VALUE_NUMBER(rounded(p.factor, 4)),
		LIFT_VALUE_NUMBER(rounded(p.elasticity.mean, 3)),
		LIFT_VALUE_NUMBER(rounded(p.elasticity.sd, 3)),
		LIFT_VALUE_NUMBER(rounded(p.traffic, 3)),
		lift_value_text(lift_text(p.basis)),
		lift_value_text(lift_text(version)),
	};
	d->host->reply(call, names, values, PREDICT_ANSWERS);
	return true;
}
