/* What the fold made of an entry, on its way out of the engine. */
#ifndef ENGINE_EFFECT_H
#define ENGINE_EFFECT_H

#include <liftd/plugin.h>

#include "base/text.h"
#include "engine/world.h"
#include "rules/vocabulary.h"

enum { EFFECT_ID = 32, EFFECT_DEPTH = 16 };

/* One effect. Everything is borrowed for the call that hands it over. */
struct effect {
	char                            id[EFFECT_ID + 1];
	const struct vocabulary_topic  *topic;
	uint64_t                        seq;		/* of the entry */
	uint32_t                        ordinal;
	unsigned                        depth;	/* hooks that led to it */
	int64_t                         time;
	struct lift_text                key;
	const struct lift_value        *values;	/* by the topic's fields */
	struct lift_text                reasons;	/* JSON, or empty */
};

/* Sets the id of an effect from what it is: its time, the topic's name and an
 * identity, such as key, window and revision. The first eight digits are the
 * time in seconds. */
void effect_identify(struct effect *, struct lift_text identity);

/* Sets the id of an effect from its time, its entry and its place there. */
void effect_number(struct effect *, struct lift_text entry);

/* Appends the fields as a JSON object: products and promotions by name,
 * shoppers by token. */
void effect_body(struct text *, const struct effect *, const struct world *);

#endif
