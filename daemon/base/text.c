/* A growing buffer, and the distance of two words. */
#include "base/text.h"

#include "base/memory.h"

void
text_done(struct text *t)
{
	memory_give(t->data);
	*t = (struct text){ 0 };
}

char *
text_room(struct text *t, size_t size)
{
	if (t->room - t->size < size + 1) {
		size_t room = t->room < 64 ? 64 : t->room * 2;
		while (room - t->size < size + 1)
			room *= 2;
		t->data = memory_resize(t->data, room);
		t->room = room;
	}
	return t->data + t->size;
}

void
text_add(struct text *t, const void *data, size_t size)
{
	char *at = text_room(t, size);

	if (size > 0)
		memcpy(at, data, size);
	t->size += size;
	t->data[t->size] = '\0';
}

void
text_byte(struct text *t, char c)
{
	text_add(t, &c, 1);
}

void
text_string(struct text *t, const char *s)
{
	text_add(t, s, strlen(s));
}

void
text_form(struct text *t, const char *form, ...)
{
	va_list ap, again;

	va_start(ap, form);
	va_copy(again, ap);
	char none[1];
	int n = vsnprintf(none, sizeof(none), form, ap);
	va_end(ap);
	vsnprintf(text_room(t, (size_t)n), (size_t)n + 1, form, again);
	va_end(again);
	t->size += (size_t)n;
}

void
text_whole(struct text *t, int64_t v)
{
	char digits[24], *at = digits + sizeof(digits);
	uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;

	do
		*--at = (char)('0' + u % 10);
	while ((u /= 10) > 0);
	if (v < 0)
		*--at = '-';
	text_add(t, at, (size_t)(digits + sizeof(digits) - at));
}

unsigned
text_distance(struct lift_text a, struct lift_text b, unsigned limit)
{
	unsigned row[64];

	if (b.size >= 64 || a.size >= 64)
		return limit + 1;
	for (unsigned j = 0; j <= b.size; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a.size; i++) {
		unsigned before = row[0];
		row[0] = i;
		for (unsigned j = 1; j <= b.size; j++) {
			unsigned cost = before + (a.data[i - 1] != b.data[j - 1]);
			before = row[j];
			if (row[j] + 1 < cost)
				cost = row[j] + 1;
			if (row[j - 1] + 1 < cost)
				cost = row[j - 1] + 1;
			row[j] = cost;
		}
	}
	return row[b.size] > limit ? limit + 1 : row[b.size];
}
