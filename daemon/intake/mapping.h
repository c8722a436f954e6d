/* A mapping: what another system says of an event, as properties with names of
 * its own, in the contract's form. Which property feeds which field is said by
 * a row of the rule files' `events:`; what feeds none stays a property. */
#ifndef INTAKE_MAPPING_H
#define INTAKE_MAPPING_H

#include <liftd/plugin.h>

#include "intake/member.h"
#include "rules/generation.h"

struct mapping {
	const struct generation_event *event;
	struct member                 *properties;
	struct member                 *extra;	/* more properties, where no
						 * other has the name */
	uint32_t                       currency; /* where it names none */
	struct arena                  *arena;
};

/* Appends the fields that the properties feed, the products as `items` if the
 * row wants that, and the properties that are left; members of a JSON object
 * without its braces. Notes in the properties which ones are used. */
bool mapping_write(struct text *, const struct mapping *, struct lift_error *);

#endif
