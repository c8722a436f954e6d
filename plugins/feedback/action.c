/* The table of actions, and how each is told. */
#include "feedback/feedback_parts.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

const char *const action_type_names[] = { "stop_promotion", "adjust_price",
	"target_segment", "dismiss", NULL };
const char *const action_state_names[] = { "requested", "applied", "failed",
	"undone", "measured", NULL };

void *
feedback_sure(void *at)
{
	if (at == NULL)
		abort();
	return at;
}

char *
feedback_text(struct lift_text t)
{
	char *s = feedback_sure(malloc(t.size + 1));

	if (t.size > 0)
		memcpy(s, t.data, t.size);
	s[t.size] = '\0';
	return s;
}

void
action_done(struct action *a)
{
	free(a->alert);
	free(a->by);
	free(a->reason);
	free(a->segment);
	free(a->problem);
	free(a->victims);
	*a = (struct action){ 0 };
}

static bool
is_over(const struct action *a)
{
	return a->state >= ACTION_FAILED || a->type == ACTION_DISMISS;
}

/* The oldest that is over makes room. */
static void
make_room(struct feedback *f)
{
	size_t i = 0;

	while (i < f->action_count && !is_over(&f->actions[i]))
		i++;
	if (i == f->action_count)
		return;
	action_done(&f->actions[i]);
	memmove(f->actions + i, f->actions + i + 1,
	    (--f->action_count - i) * sizeof(*f->actions));
}

struct action *
action_add(struct feedback *f, const struct alert *alert,
    const struct wish *w, int64_t time)
{
	if (f->action_count >= (size_t)f->settings->keep)
		make_room(f);
	if (f->action_count == f->action_room) {
		f->action_room = f->action_room ? f->action_room * 2 : 64;
		f->actions = feedback_sure(realloc(f->actions,
		    f->action_room * sizeof(*f->actions)));
	}
	struct action *a = &f->actions[f->action_count++];
	*a = (struct action){ .alert = feedback_text(lift_text(alert->id)),
		.by = feedback_text(w->by), .reason = feedback_text(w->reason),
		.segment = feedback_text(w->segment),
		.problem = feedback_text(LIFT_TEXT_OF("")),
		.promotion = alert->promotion, .product = alert->product,
		.is_automatic = w->is_automatic, .time = time };
	snprintf(a->id, sizeof(a->id), "ACTION-%012llx", (unsigned long long)
	    (f->host->random(f->host) & UINT64_C(0xffffffffffff)));
	a->victims = feedback_sure(malloc((alert->victim_count + 1) *
	    sizeof(*a->victims)));
	a->victim_count = alert->victim_count;
	if (a->victim_count > 0)
		memcpy(a->victims, alert->victims,
		    a->victim_count * sizeof(*a->victims));
	return a;
}

struct action *
action_find(struct feedback *f, struct lift_text id)
{
	for (size_t i = f->action_count; i-- > 0;)
		if (lift_text_equal(lift_text(f->actions[i].id), id))
			return &f->actions[i];
	return NULL;
}

/* ---- telling ------------------------------------------------------------- */

static double
major(const struct feedback *f, int64_t minor, uint32_t currency)
{
	return (double)minor / pow(10, f->host->digits(f->host, currency));
}

char *
action_details(const struct feedback *f, const struct action *a)
{
	json_t *o = json_object();

	if (a->new_price != 0) {
		json_object_set_new(o, "old_price", json_real(major(f,
		    a->old_price, a->currency)));
		json_object_set_new(o, "new_price", json_real(major(f,
		    a->new_price, a->currency)));
	}
	if (a->segment[0] != '\0')
		json_object_set_new(o, "segment", json_string(a->segment));
	json_object_set_new(o, "automatic", json_boolean(a->is_automatic));
	if (a->problem[0] != '\0')
		json_object_set_new(o, "problem", json_string(a->problem));
	char *s = feedback_sure(json_dumps(o, JSON_COMPACT |
	    JSON_REAL_PRECISION(12)));
	json_decref(o);
	return s;
}

void
action_turn(struct feedback *f, struct action *a, enum action_state state,
    int64_t time)
{
	a->state = (uint8_t)state;
	char *details = action_details(f, a);
	struct lift_value json = lift_value_text(lift_text(details));
	json.type = LIFT_JSON;
	struct lift_value values[] = {
		lift_value_text(lift_text(a->id)),
		lift_value_text(lift_text(a->alert)),
		LIFT_VALUE_PROMOTION(a->promotion),
		lift_value_text(lift_text(action_type_names[a->type])),
		lift_value_text(lift_text(action_state_names[state])),
		json, lift_value_text(lift_text(a->by)),
		lift_value_text(lift_text(a->reason)),
		LIFT_VALUE_TIME(time) };
	char identity[64];

	snprintf(identity, sizeof(identity), "%s\n%s", a->id,
	    action_state_names[state]);
	f->host->emit(f->host, &(struct lift_effect){ .topic = TOPIC_ACTION,
		.time = time, .key = lift_text(a->alert),
		.identity = lift_text(identity), .values = values });
	f->host->count(f->host, action_state_names[state], 1);
	free(details);
}

void
action_reply(struct feedback *f, struct lift_call *call,
    const struct action *a, const char *message)
{
	static const char *const names[] = { "action_id", "alert_id",
		"promo_id", "action_type", "status", "message",
		"action_details", "performed_by", "reason",
		"action_timestamp", "product_name", "promo_price",
		"original_price", "feedback_id" };
	const struct lift_host *h = f->host;
	const struct lift_product *p = h->product(h, a->product);
	const struct lift_promotion *promo = h->promotion(h, a->promotion);
	char *details = action_details(f, a);
	struct lift_value json = lift_value_text(lift_text(details));
	json.type = LIFT_JSON;
	struct lift_value values[] = {
		lift_value_text(lift_text(a->id)),
		lift_value_text(lift_text(a->alert)),
		LIFT_VALUE_PROMOTION(a->promotion),
		lift_value_text(lift_text(action_type_names[a->type])),
		lift_value_text(lift_text(action_state_names[a->state])),
		lift_value_text(lift_text(message)), json,
		lift_value_text(lift_text(a->by)),
		lift_value_text(lift_text(a->reason)),
		LIFT_VALUE_TIME(a->time),
		lift_value_text(p && p->title.size > 0 ? p->title :
		    h->product_name(h, a->product)),
		promo && promo->price.currency ? LIFT_VALUE_MONEY(
		    promo->price.minor, promo->price.currency) :
		    LIFT_VALUE_NULL,
		p && p->price.currency ? LIFT_VALUE_MONEY(p->price.minor,
		    p->price.currency) : LIFT_VALUE_NULL,
		a->feedback[0] ? lift_value_text(lift_text(a->feedback)) :
		    LIFT_VALUE_NULL };

	h->reply(call, names, values, sizeof(values) / sizeof(values[0]));
	free(details);
}
