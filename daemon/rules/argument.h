/* Arguments of a verb: from words, from JSON, and back to JSON. The types are
 * those of the verb's table, whoever calls. */
#ifndef RULES_ARGUMENT_H
#define RULES_ARGUMENT_H

#include <liftd/plugin.h>

#include "base/arena.h"
#include "base/json.h"

enum { ARGUMENTS_MOST = 24 };

/* The word for a type, as users see it. */
const char *argument_type_name(enum lift_type);

/* Reads one argument from a word. Fails with a sentence that names it; the
 * value may borrow from WORD. */
bool argument_read(struct arena *, const struct lift_field *,
    struct lift_text word, struct lift_value *ret_value, struct lift_error *);

/* Reads one argument from the JSON value that comes next. */
bool argument_take(struct json_reader *, const struct lift_field *,
    struct lift_value *ret_value, struct lift_error *);

/* Reads a JSON object of arguments into VALUES, in the table's order; those
 * that are not given are LIFT_NULL. Fails for an unknown name (with the
 * nearest one), a wrong type, and a missing one that is not optional. */
bool arguments_take(struct json_reader *, const struct lift_field *table,
    struct lift_value *values, struct lift_error *);

/* Fails when one that is not optional is LIFT_NULL. */
bool arguments_complete(const struct lift_field *table,
    const struct lift_value *values, struct lift_error *);

/* Appends a value as JSON. Products, promotions and shoppers, which are
 * numbers here, are the caller's. */
void value_write(struct text *, const struct lift_value *);

/* Appends a JSON object of those arguments that are given. */
void arguments_write(struct text *, const struct lift_field *table,
    const struct lift_value *values);

/* The place of a name in a table, or -1. */
int field_find(const struct lift_field *table, struct lift_text name);

/* The name in the table that is nearest to NAME; NULL when none is near. */
const char *field_nearest(const struct lift_field *table,
    struct lift_text name);

#endif
