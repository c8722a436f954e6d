/* The event as a row of values. What the shop did not send is null, and a
 * condition on it neither holds nor fails: it says so. */
#include "engine/interaction.h"

#include "base/money.h"

const struct lift_field interaction_fields[] = {
	[FIELD_ID] = { "id", LIFT_TEXT, .meaning = "the event's id" },
	[FIELD_TYPE] = { "type", LIFT_TEXT,
	    .meaning = "what the shopper did: view, purchase and so on" },
	[FIELD_TIME] = { "time", LIFT_TIME, .meaning = "when it happened" },
	[FIELD_RECEIVED] = { "received", LIFT_TIME,
	    .meaning = "when it reached liftd" },
	[FIELD_SHOPPER] = { "shopper", LIFT_SHOPPER, .optional = true,
	    .meaning = "who did it" },
	[FIELD_SESSION] = { "session", LIFT_TEXT, .optional = true,
	    .meaning = "the visit it belongs to" },
	[FIELD_PRODUCT] = { "product", LIFT_PRODUCT, .optional = true,
	    .meaning = "what it was done to" },
	[FIELD_QUANTITY] = { "quantity", LIFT_INT, .meaning = "how many" },
	[FIELD_PRICE] = { "price", LIFT_NUMBER, .optional = true,
	    .meaning = "price of one, in major units" },
	[FIELD_CURRENCY] = { "currency", LIFT_TEXT, .optional = true,
	    .meaning = "of the price, ISO 4217" },
	[FIELD_PROMOTION] = { "promotion", LIFT_PROMOTION, .optional = true,
	    .meaning = "the promotion it fell under" },
	[FIELD_STORE] = { "store", LIFT_TEXT, .optional = true,
	    .meaning = "where: web, app, a shop's name" },
	[FIELD_QUERY] = { "query", LIFT_TEXT, .optional = true,
	    .meaning = "what was searched for" },
	[FIELD_POSITION] = { "position", LIFT_INT, .optional = true,
	    .meaning = "place in the list, from 1" },
	[FIELD_ORDER] = { "order", LIFT_TEXT, .optional = true,
	    .meaning = "the order that a purchase line belongs to" },
	[FIELD_PROPERTIES] = { "properties", LIFT_JSON,
	    .meaning = "whatever else the shop sent" },
	[FIELD_LATE] = { "late", LIFT_BOOL,
	    .meaning = "too late to change any window" },
	[INTERACTION_FIELDS] = LIFT_END
};

static struct lift_value
text_or_null(struct lift_text t)
{
	return t.size > 0 ? lift_value_text(t) : LIFT_VALUE_NULL;
}

void
interaction_values(const struct lift_entry *e, char code[4],
    struct lift_value v[INTERACTION_FIELDS])
{
	v[FIELD_ID] = lift_value_text(e->id);
	v[FIELD_TYPE] = lift_value_text(e->type_name);
	v[FIELD_TIME] = LIFT_VALUE_TIME(e->time);
	v[FIELD_RECEIVED] = LIFT_VALUE_TIME(e->received);
	v[FIELD_SHOPPER] = LIFT_VALUE_SHOPPER(e->shopper);
	v[FIELD_SESSION] = text_or_null(e->session);
	v[FIELD_PRODUCT] = LIFT_VALUE_PRODUCT(e->product);
	v[FIELD_QUANTITY] = LIFT_VALUE_INT(e->quantity);
	v[FIELD_PRICE] = e->has_price ?
	    LIFT_VALUE_NUMBER(money_major(e->price, e->currency)) :
	    LIFT_VALUE_NULL;
	v[FIELD_CURRENCY] = LIFT_VALUE_NULL;
	if (e->currency != 0) {
		currency_name(e->currency, code);
		v[FIELD_CURRENCY] = lift_value_text(
		    (struct lift_text){ code, 3 });
	}
	v[FIELD_PROMOTION] = LIFT_VALUE_PROMOTION(e->promotion);
	v[FIELD_STORE] = text_or_null(e->store);
	v[FIELD_QUERY] = text_or_null(e->query);
	v[FIELD_POSITION] = e->position > 0 ? LIFT_VALUE_INT(e->position) :
	    LIFT_VALUE_NULL;
	v[FIELD_ORDER] = text_or_null(e->order);
	v[FIELD_PROPERTIES] = lift_value_text(e->properties.size > 0 ?
	    e->properties : LIFT_TEXT_OF("{}"));
	v[FIELD_PROPERTIES].type = LIFT_JSON;
	v[FIELD_LATE] = LIFT_VALUE_BOOL(e->is_late);
}
