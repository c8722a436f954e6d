/* The ids that were folded lately, so that the same id is folded once. The
 * horizon is set by a count and by a span; what is older is forgotten, and an
 * id that comes again after that is taken for new. An id is kept as 96 bits of
 * hash and the second of its arrival. Memory is reserved at once and touched
 * as it fills. */
#ifndef ENGINE_SEEN_H
#define ENGINE_SEEN_H

#include <liftd/plugin.h>

#include "engine/state.h"

struct seen;

/* Remembers at most COUNT ids (rounded up to a power of two), each at most
 * SPAN. Freed with seen_free. */
struct seen *seen_new(uint32_t count, int64_t span);

/* Frees it; takes NULL. */
void seen_free(struct seen *);

/* True when ID is new: it is remembered from now on, with the time RECEIVED. */
bool seen_admit(struct seen *, struct lift_text id, int64_t received);

/* True when ID is remembered. */
bool seen_has(const struct seen *, struct lift_text id);

/* How many ids are remembered. */
uint32_t seen_count(const struct seen *);

/* The time of the oldest id that is remembered, in whole seconds; 0 when there
 * is none. */
int64_t seen_horizon(const struct seen *);

/* Appends the ids to a snapshot, oldest first. */
void seen_save(const struct seen *, struct state_out *);

/* Takes the ids from a snapshot; the newest ones when it holds more than fit.
 */
bool seen_load(struct seen *, struct state_in *);

#endif
