/* Open addressing, never more than half full. */
#include "names.h"

#include <stdlib.h>
#include <string.h>

static uint32_t
text_hash(const char *text, size_t size)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < size; i++)
		h = (h ^ (uint8_t)text[i]) * 16777619u;
	return h ^ h >> 15;
}

/* The slot of a text: where it stands, or where it would. */
static uint32_t *
slot_of(const struct names *n, const char *text, size_t size)
{
	uint32_t at = text_hash(text, size) & n->mask;

	for (; n->slots[at] != 0; at = (at + 1) & n->mask) {
		const char *had = n->texts[n->slots[at] - 1];
		if (strlen(had) == size && memcmp(had, text, size) == 0)
			break;
	}
	return &n->slots[at];
}

static bool
names_grow(struct names *n)
{
	uint32_t room = n->room * 2 + 32, *slots;
	char **texts = realloc(n->texts, room * sizeof(*texts));

	if (texts == NULL)
		return false;
	n->texts = texts;
	for (n->mask = 63; n->mask < room * 2; n->mask = n->mask * 2 + 1)
		;
	slots = calloc((size_t)n->mask + 1, sizeof(*slots));
	if (slots == NULL)
		return false;
	free(n->slots);
	n->slots = slots;
	n->room = room;
	for (uint32_t i = 0; i < n->count; i++)
		*slot_of(n, texts[i], strlen(texts[i])) = i + 1;
	return true;
}

uint32_t
names_find(const struct names *n, const char *text, size_t size)
{
	uint32_t number = n->count > 0 ? *slot_of(n, text, size) : 0;

	return number > 0 ? number - 1 : NAMES_NONE;
}

uint32_t
names_put(struct names *n, const char *text, size_t size)
{
	uint32_t *slot;

	if (n->count == n->room && !names_grow(n))
		return NAMES_NONE;
	slot = slot_of(n, text, size);
	if (*slot == 0) {
		char *copy = malloc(size + 1);
		if (copy == NULL)
			return NAMES_NONE;
		memcpy(copy, text, size);
		copy[size] = '\0';
		n->texts[n->count++] = copy;
		*slot = n->count;
	}
	return *slot - 1;
}

void
names_done(struct names *n)
{
	for (uint32_t i = 0; i < n->count; i++)
		free(n->texts[i]);
	free(n->texts);
	free(n->slots);
	*n = (struct names){ 0 };
}
