/* Texts that have a number: the first one has 0. */
#ifndef SIMULATION_NAMES_H
#define SIMULATION_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Starts all zero. */
struct names {
	char   **texts;			/* by number, ended by zeros */
	uint32_t count, room;
	uint32_t *slots, mask;		/* numbers from 1, by hash */
};

enum { NAMES_NONE = UINT32_MAX };

/* The number of a text, given to it now if need be; NAMES_NONE when there is
 * no memory. */
uint32_t names_put(struct names *, const char *text, size_t size);

/* The number of a text; NAMES_NONE if it has none. */
uint32_t names_find(const struct names *, const char *text, size_t size);

/* Frees what it holds; it is empty afterwards. */
void names_done(struct names *);

#endif
