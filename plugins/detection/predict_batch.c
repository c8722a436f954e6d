/* Predictions by the list: the same as one at a time, in the shapes in which
 * other services of this kind are asked. */
#include "predict.h"

#include <math.h>

#include "sheet.h"

enum { PREDICT_MOST = 1000, BATCH_MOST = 100 };

const struct lift_field predict_instances[] = {
	{ "instances", LIFT_JSON, .meaning = "a list of objects with "
	    "product_id and what else predict.sales takes of promo_id, "
	    "historical_avg_sales and price" },
	LIFT_END
};

const struct lift_field predict_many_answers[] = {
	{ "predictions", LIFT_JSON, .meaning = "pieces a day, in the order of "
	    "the instances" },
	{ "deployed_model_id", LIFT_TEXT, .meaning = "how much the model has "
	    "learned" },
	LIFT_END
};

const struct lift_field predict_batch_answers[] = {
	{ "results", LIFT_JSON, .meaning = "a list with instance_index, "
	    "prediction and input" },
	{ "count", LIFT_INT, .meaning = "how many" },
	LIFT_END
};

/* ---- instances --------------------------------------------------------- */

static size_t
string_end(struct lift_text t, size_t at)
{
	for (at++; at < t.size && t.data[at] != '"'; at++)
		at += t.data[at] == '\\';
	return at;
}

/* Takes the next object off REST, which is a list that liftd has read before:
 * brackets match. False at its end, or where there is something else. */
static bool
object_next(struct lift_text *rest, struct lift_text *ret)
{
	size_t at = 0, from;
	int depth = 0;

	while (at < rest->size && strchr(" \t\r\n,[", rest->data[at]) != NULL)
		at++;
	if (at == rest->size || rest->data[at] != '{')
		return false;
	for (from = at; at < rest->size; at++) {
		char c = rest->data[at];
		if (c == '"')
			at = string_end(*rest, at);
		depth += c == '{' || c == '[';
		depth -= c == '}' || c == ']';
		if (depth == 0)
			break;
	}
	*ret = (struct lift_text){ rest->data + from, at + 1 - from };
	rest->data += at + 1;
	rest->size -= at + 1;
	return true;
}

static struct lift_value
text_member(struct lift_text object, const char *name)
{
	struct lift_text t = json_member(object, name);

	if (t.size < 2 || t.data[0] != '"')
		return LIFT_VALUE_NULL;
	return lift_value_text((struct lift_text){ t.data + 1,
		string_end(t, 0) - 1 });
}

static struct lift_value
number_member(struct lift_text object, const char *name)
{
	double x = json_number_member(object, name);

	return isnan(x) ? LIFT_VALUE_NULL : LIFT_VALUE_NUMBER(x);
}

/* ---- answers ----------------------------------------------------------- */

static void
prediction_write(struct sheet *s, unsigned at, double units,
    struct lift_text input, bool is_batch)
{
	sheet_form(s, "%s", at > 0 ? "," : "");
	if (!is_batch) {
		sheet_form(s, "%.15g", rounded(units, 2));
		return;
	}
	sheet_form(s, "{\"instance_index\":%u", at);
	sheet_number(s, "prediction", units, 2);
	sheet_name(s, "input");
	sheet_form(s, "%.*s}", (int)input.size, input.data);
}

static bool
instance_predict(const struct detection *d, struct lift_text object,
    unsigned at, double *ret, struct lift_error *err)
{
	struct lift_value v[PREDICT_ARGUMENTS] = { { 0 } };
	struct lift_error why;

	v[PREDICT_PRODUCT] = text_member(object, "product_id");
	v[PREDICT_PROMOTION] = text_member(object, "promo_id");
	v[PREDICT_AVERAGE] = number_member(object, "historical_avg_sales");
	v[PREDICT_PRICE] = number_member(object, "price");
	if (v[PREDICT_PRODUCT].type != LIFT_TEXT)
		return lift_fail(err, LIFT_E_INPUT, "instance %u has no "
		    "product_id, must be a text", at);
	if (predict_units(d, v, ret, &why))
		return true;
	return lift_fail(err, why.code, "instance %u: %s", at, why.text);
}

/* Writes the predictions of all instances in CALL; as many as there are, or 0
 * with a sentence. */
static unsigned
instances_predict(const struct detection *d, struct lift_call *call,
    bool is_batch, struct sheet *s, struct lift_error *err)
{
	struct lift_value list = d->host->argument(call, 0);
	struct lift_text rest = { list.text, list.size }, one;
	unsigned count = 0, most = is_batch ? BATCH_MOST : PREDICT_MOST;
	double units;

	sheet_form(s, "[");
	while (rest.size > 0 && list.text[0] == '[' &&
	    object_next(&rest, &one)) {
		if (count == most)
			return lift_fail(err, LIFT_E_INPUT, "instances has "
			    "more than %u, must be a list of 1 to %u", most,
			    most);
		if (!instance_predict(d, one, count, &units, err))
			return 0;
		prediction_write(s, count++, units, one, is_batch);
	}
	sheet_form(s, "]");
	if (count == 0 || rest.size == 0 || rest.data[strspn(rest.data,
	    " \t\r\n")] != ']')
		return lift_fail(err, LIFT_E_INPUT, "instances must be a list "
		    "of 1 to %u objects", most);
	return count;
}

bool
predict_many(void *self, struct lift_call *call, struct lift_error *err)
{
	static const char *const names[] = { "predictions",
		"deployed_model_id" };
	struct detection *d = self;
	struct sheet s = { 0 };
	char version[PREDICT_VERSION];

	bool ok = instances_predict(d, call, false, &s, err) > 0;
	predict_version(d, version);
	struct lift_value v[] = { lift_value_text(sheet_text(&s)),
		lift_value_text(lift_text(version)) };
	v[0].type = LIFT_JSON;
	if (ok)
		d->host->reply(call, names, v, 2);
	sheet_done(&s);
	return ok;
}

bool
predict_batch(void *self, struct lift_call *call, struct lift_error *err)
{
	static const char *const names[] = { "results", "count" };
	struct detection *d = self;
	struct sheet s = { 0 };
	unsigned count = instances_predict(d, call, true, &s, err);
	struct lift_value v[] = { lift_value_text(sheet_text(&s)),
		LIFT_VALUE_INT(count) };

	v[0].type = LIFT_JSON;
	if (count > 0)
		d->host->reply(call, names, v, 2);
	sheet_done(&s);
	return count > 0;
}
