/* Whether a JSON value has the shape that a schema asks for: the part of
 * OpenAPI's schemas that Gemini takes (type, nullable, enum, properties,
 * required, items, minItems, maxItems). */
#ifndef COURIERS_SHAPE_H
#define COURIERS_SHAPE_H

#include <liftd/plugin.h>

#include "base/arena.h"

/* True when VALUE is JSON and fits SCHEMA, an empty one fitting all. Fails with
 * what does not fit, and where. What it needs is taken from the arena. */
bool shape_fits(struct arena *, struct lift_text value,
    struct lift_text schema, struct lift_error *);

#endif
