/* The one place that knows who a shopper is: from an id at the doors to the
 * token that entries carry, and back. Forgetting an id here forgets it in the
 * log, in snapshots and in exports, and changes no digest. */
#ifndef INTAKE_IDENTITY_H
#define INTAKE_IDENTITY_H

#include <liftd/plugin.h>

#include "log/store.h"

struct identity;

/* A map with nobody in it, freed with identity_free. */
struct identity *identity_new(void);

/* Frees it; takes NULL. */
void identity_free(struct identity *);

/* Fills it from the store. */
bool identity_load(struct identity *, struct store_reader *,
    struct lift_error *);

/* The token of an id, given to it now if it had none; 0 for the empty id.
 * *ret_new says so: the pair must go into the same commit as its entry. */
uint32_t identity_token(struct identity *, struct lift_text id, bool *ret_new);

/* The token of an id; 0 if it has none. */
uint32_t identity_find(const struct identity *, struct lift_text id);

/* The id behind a token; empty when it was forgotten or never given. */
struct lift_text identity_id(const struct identity *, uint32_t token);

/* Forgets the id behind a token. */
void identity_forget(struct identity *, uint32_t token);

/* How many tokens were given. */
uint32_t identity_count(const struct identity *);

/* Makes sure that no token up to this one is given again. */
void identity_reserve(struct identity *, uint32_t token);

#endif
