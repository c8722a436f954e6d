/* The rows of the live feed as everybody sees them: JSON, in one form whether
 * they come as it happens or out of the store. */
#ifndef HOUSE_FEED_ROW_H
#define HOUSE_FEED_ROW_H

#include "base/text.h"
#include "log/store.h"

/* What the row of a topic is called: the name of the topic, or the word that
 * web pages know from before. */
const char *feed_row_type(const char *topic);

/* Begins the row of an effect; its data follows, and a brace. RESUME in it
 * names the effect's place, so that who has it can go on behind it. */
void feed_row_effect(struct text *, const struct store_effect *);

/* Appends the row of an interaction by this shopper (may be empty). */
void feed_row_entry(struct text *, const struct lift_entry *,
    struct lift_text shopper);

#endif
