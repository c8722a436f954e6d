/* The shop's own system: it is told of an action through the courier `webhook`,
 * and where it has to confirm, an action is applied when it says yes. */
#include "feedback/feedback_parts.h"

#include <jansson.h>
#include <stdlib.h>

void
answer_ask(struct feedback *f, struct action *a)
{
	const struct lift_host *h = f->host;
	struct lift_text promo = h->promotion_name(h, a->promotion),
	    product = h->product_name(h, a->product);
	json_t *o = json_object();
	char *details = action_details(f, a);

	json_object_set_new(o, "type", json_string("action"));
	json_object_set_new(o, "action_id", json_string(a->id));
	json_object_set_new(o, "alert_id", json_string(a->alert));
	json_object_set_new(o, "promo_id", json_stringn(promo.data,
	    promo.size));
	json_object_set_new(o, "product_id", json_stringn(product.data,
	    product.size));
	json_object_set_new(o, "action_type",
	    json_string(action_type_names[a->type]));
	json_object_set_new(o, "status",
	    json_string(action_state_names[a->state]));
	json_object_set_new(o, "action_details", json_loads(details, 0, NULL));
	json_object_set_new(o, "performed_by", json_string(a->by));
	json_object_set_new(o, "reason", json_string(a->reason));
	char *body = feedback_sure(json_dumps(o, JSON_COMPACT |
	    JSON_REAL_PRECISION(12)));
	h->request(h, LIFT_TEXT_OF("webhook"), lift_text(body), a->request);
	free(body);
	free(details);
	json_decref(o);
}

static void
answered(struct feedback *f, struct action *a, const json_t *answer,
    int64_t now)
{
	struct lift_error err = { 0 };
	const char *why = json_string_value(json_object_get(answer, "error"));

	a->request[0] = '\0';
	if (json_is_true(json_object_get(answer, "ok"))) {
		if (a->state == ACTION_REQUESTED && f->settings->shop_confirms)
			act_apply(f, a, now, &err);
		return;
	}
	free(a->problem);
	a->problem = feedback_text(lift_text(why ? why :
	    "the shop's system said no"));
	if (a->state == ACTION_REQUESTED)
		action_turn(f, a, ACTION_FAILED, now);
	else
		f->host->log(f->host, LIFT_WARNING, "the shop could not be "
		    "told of action \"%s\": %s", a->id, a->problem);
}

void
answer_entry(struct feedback *f, const struct lift_entry *e)
{
	json_t *o = json_loadb(e->body.data, e->body.size, 0, NULL);
	const char *id = json_string_value(json_object_get(o, "request"));

	for (size_t i = f->action_count; id != NULL && i-- > 0;)
		if (strcmp(f->actions[i].request, id) == 0) {
			answered(f, &f->actions[i], o, e->time);
			break;
		}
	json_decref(o);
}
