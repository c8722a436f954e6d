/* Memory that is freed together. An arena hands out zeroed blocks and takes
 * none of them back; it knows no destructors. Use one for what lives and dies
 * as a whole: a rule generation, a batch, one decoded file. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <liftd/plugin.h>

struct arena;

/* A new, empty arena. It is freed with arena_free. */
struct arena *arena_new(void);

/* Frees the arena and all that came from it; takes NULL. */
void arena_free(struct arena *);

/* Forgets all that came from the arena, and keeps its largest block. */
void arena_clear(struct arena *);

/* SIZE zeroed bytes, aligned for anything. Never NULL: a lack of memory ends
 * the process. */
void *arena_take(struct arena *, size_t size) __attribute__((malloc));

/* A copy of SIZE bytes, with a zero behind them. */
char *arena_copy(struct arena *, const void *data, size_t size);

/* A copy of a string that ends with a zero. */
char *arena_string(struct arena *, const char *);

/* A copy of a text. */
struct lift_text arena_text(struct arena *, struct lift_text);

/* The sentence of a printf form. */
char *arena_form(struct arena *, const char *form, ...) LIFT_PRINTF(2, 3);

/* How many bytes the arena holds from the system. */
size_t arena_held(const struct arena *);

/* COUNT things of TYPE. */
#define arena_array(a, type, count) \
	((type *)arena_take((a), sizeof(type) * (size_t)(count)))

#endif
