/* An interaction as expressions see it: the fields of an event, in slots. */
#ifndef ENGINE_INTERACTION_H
#define ENGINE_INTERACTION_H

#include <liftd/plugin.h>

enum interaction_field {
	FIELD_ID, FIELD_TYPE, FIELD_TIME, FIELD_RECEIVED, FIELD_SHOPPER,
	FIELD_SESSION, FIELD_PRODUCT, FIELD_QUANTITY, FIELD_PRICE,
	FIELD_CURRENCY, FIELD_PROMOTION, FIELD_STORE, FIELD_QUERY,
	FIELD_POSITION, FIELD_ORDER, FIELD_PROPERTIES, FIELD_LATE,
	INTERACTION_FIELDS
};

/* The fields, in the order of enum interaction_field. */
extern const struct lift_field interaction_fields[];

/* Fills the values of an entry. CODE takes the letters of the currency. */
void interaction_values(const struct lift_entry *, char code[4],
    struct lift_value values[INTERACTION_FIELDS]);

#endif
