/* Names to dense numbers: the first name is 1, the next one 2; 0 is none. A
 * name keeps its number and its place in memory as long as the table lives. */
#ifndef BASE_INTERN_H
#define BASE_INTERN_H

#include <liftd/plugin.h>

struct intern;

/* A new, empty table, freed with intern_free. */
struct intern *intern_new(void);

/* Frees the table; takes NULL. */
void intern_free(struct intern *);

/* The number of NAME, given to it now if it had none. */
uint32_t intern_put(struct intern *, struct lift_text name);

/* Asks memory for what a look for NAME begins with. */
void intern_prefetch(const struct intern *, struct lift_text name);

/* The number of NAME; 0 if it has none. */
uint32_t intern_find(const struct intern *, struct lift_text name);

/* The name of a number; empty for 0 and for numbers not given. */
struct lift_text intern_name(const struct intern *, uint32_t number);

/* Forgets a name and overwrites its bytes; its number is never given again. */
void intern_forget(struct intern *, uint32_t number);

/* Gives the next number to nobody: for one whose name was forgotten. */
void intern_skip(struct intern *);

/* How many names there are: numbers go from 1 to this. */
uint32_t intern_count(const struct intern *);

/* About how many bytes the table holds. */
size_t intern_held(const struct intern *);

#endif
