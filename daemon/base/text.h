/* Text that grows: a buffer that knows its length and always ends in a zero.
 * Start with `struct text t = { 0 };`, end with text_done. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <liftd/plugin.h>

struct text {
	char  *data;
	size_t size, room;
};

/* Frees what the text holds; it is empty afterwards. */
void text_done(struct text *);

/* Empties the text and keeps its memory. */
static inline void
text_clear(struct text *t)
{
	t->size = 0;
	if (t->data != NULL)
		t->data[0] = '\0';
}

/* Makes room for SIZE more bytes and returns where they go; add what was
 * written to `size`. */
char *text_room(struct text *, size_t size);

/* Appends SIZE bytes. */
void text_add(struct text *, const void *data, size_t size);

/* Appends one byte. */
void text_byte(struct text *, char);

/* Appends a string. */
void text_string(struct text *, const char *);

/* Appends the sentence of a printf form. */
void text_form(struct text *, const char *form, ...) LIFT_PRINTF(2, 3);

/* Appends a whole number in decimal. */
void text_whole(struct text *, int64_t);

/* What the text holds, borrowed until it changes. */
static inline struct lift_text
text_view(const struct text *t)
{
	return (struct lift_text){ t->data ? t->data : "", t->size };
}

/* The edit distance of two words, at most LIMIT + 1: what "did you mean"
 * goes by. */
unsigned text_distance(struct lift_text, struct lift_text, unsigned limit);

#endif
