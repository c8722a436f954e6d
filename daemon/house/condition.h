/* A condition on a topic, as watchers of the feed give it: `where` of tap and
 * wait, and of a subscription over HTTP. It is held against the values of a
 * row as it is folded, or against the row's JSON later. */
#ifndef HOUSE_CONDITION_H
#define HOUSE_CONDITION_H

#include "engine/engine.h"

struct condition;
struct identity;

/* The condition SOURCE on the fields of a topic, freed with condition_free.
 * Keeps: the engine.
 * Fails: with the problem, its place, and what may be meant. */
struct condition *condition_new(struct engine *, unsigned topic,
    struct lift_text source, struct lift_error *);

/* Frees it; takes NULL. */
void condition_free(struct condition *);

/* True when it holds for these values of the topic's fields. */
bool condition_holds(struct condition *, const struct lift_value *values);

/* True when the feed's rows hold all that it names.
 * Fails: with the name that they do not hold. */
bool condition_reads_rows(const struct condition *, struct lift_error *);

/* True when it holds for a row of the feed, of its topic. Products and shoppers
 * are read as the world knows them now. */
bool condition_row(struct condition *, const struct identity *,
    struct lift_text row);

#endif
