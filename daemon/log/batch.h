/* One batch on its way to the store: what one transaction will hold, with all
 * its bytes, and whom to tell once it is committed. Filled by the loop, handed
 * to the writer, handed back. */
#ifndef LOG_BATCH_H
#define LOG_BATCH_H

#include "log/store.h"

struct batch;

/* Called on the loop when the batch is committed, in the order of adding. */
typedef void batch_told(void *context);

/* Something else for the store's thread to do after the commit. */
typedef bool batch_chore(struct store *, void *context, struct lift_error *);

/* An empty batch, freed with batch_free. */
struct batch *batch_new(void);

/* Frees it; takes NULL. Nobody is told. */
void batch_free(struct batch *);

/* Empties it and keeps its memory. */
void batch_clear(struct batch *);

/* True when there is nothing to commit and nobody to tell. */
bool batch_is_empty(const struct batch *);

/* How many entries it holds. */
size_t batch_entries(const struct batch *);

/* How many rows its transaction has. */
size_t batch_rows(const struct batch *);

/* The arena of its bytes. */
struct arena *batch_arena(struct batch *);

/* Add what one transaction holds. What they point to must lie in the batch's
 * arena or outlive the batch. */
void batch_entry(struct batch *, const struct store_entry *);
void batch_effect(struct batch *, const struct store_effect *);
void batch_letter(struct batch *, const struct store_letter *);
void batch_shopper(struct batch *, const struct store_shopper *);
void batch_trait(struct batch *, const struct store_trait *);
void batch_run(struct batch *, const struct store_run *);

/* Adds a cursor, or moves the one of that name. Copies the name. */
void batch_cursor(struct batch *, const struct store_cursor *);

/* TOLD is called with CONTEXT once the batch is committed. */
void batch_tell(struct batch *, batch_told *, void *context);

/* CHORE runs on the store's thread after the commit; one that fails is tried
 * again like the commit. */
void batch_do(struct batch *, batch_chore *, void *context);

/* Commits and runs the chores: what the writer calls. A chore that is done is
 * not done again when a later one fails. */
bool batch_commit(struct batch *, struct store *, struct lift_error *);

/* Tells everybody: what the loop calls after the commit. */
void batch_announce(struct batch *);

#endif
