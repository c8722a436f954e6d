/* malloc with one answer to its failure. */
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static void *
memory_sure(void *at)
{
	if (at == NULL) {
		fputs("<2>memory: the system has no memory left, stopping\n",
		    stderr);
		abort();
	}
	return at;
}

void *
memory_take(size_t size)
{
	return memory_sure(calloc(1, size ? size : 1));
}

void *
memory_raw(size_t size)
{
	return memory_sure(malloc(size ? size : 1));
}

void *
memory_resize(void *at, size_t size)
{
	return memory_sure(realloc(at, size ? size : 1));
}

char *
memory_string(const char *s)
{
	size_t size = strlen(s) + 1;

	return memcpy(memory_raw(size), s, size);
}

void
memory_give(void *at)
{
	free(at);
}

void *
memory_pages(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return at == MAP_FAILED ? memory_sure(NULL) : at;
}

void
memory_give_pages(void *at, size_t size)
{
	if (at != NULL)
		munmap(at, size);
}

void *
memory_grow(void *at, size_t count, size_t *room, size_t item)
{
	if (count < *room)
		return at;
	*room = *room < 8 ? 8 : *room * 2;
	return memory_resize(at, *room * item);
}
