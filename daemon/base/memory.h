/* The heap. A lack of memory ends the process with a sentence: everything that
 * a stranger can grow has a limit, so it means that the machine is too small,
 * and what was acknowledged is in the log. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

/* SIZE zeroed bytes, given back with memory_give. Never NULL. */
void *memory_take(size_t size) __attribute__((malloc));

/* SIZE bytes that may hold anything. Never NULL. */
void *memory_raw(size_t size) __attribute__((malloc));

/* The block with room for SIZE bytes; takes NULL. Never NULL. */
void *memory_resize(void *, size_t size);

/* A copy of a string that ends with a zero. */
char *memory_string(const char *);

/* Frees a block; takes NULL. */
void memory_give(void *);

/* SIZE zeroed bytes straight from the system, of which pages that nobody touched
 * cost nothing. Given back with memory_give_pages. */
void *memory_pages(size_t size) __attribute__((malloc));

/* Frees what memory_pages gave; takes NULL. */
void memory_give_pages(void *, size_t size);

/* Makes room for one more item in the growing array AT, of which COUNT are in
 * use and *ROOM are there; returns the array. */
void *memory_grow(void *at, size_t count, size_t *room, size_t item);

#endif
