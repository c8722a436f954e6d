/* A ring of bytes. Positions only grow; a row lies in one piece, and where the
 * ring ends too early for it a mark says so. Everything is a multiple of a
 * head, so that there is always room for a mark. */
#include "house/tape.h"

#include <string.h>

#include "base/memory.h"

enum { UNIT = 32, MARK = 0xffff };

struct head {
	uint64_t seq;
	uint64_t span;		/* to the next head */
	uint32_t size, place;
	uint16_t topic, also;
	uint32_t spare;
};

_Static_assert(sizeof(struct head) == UNIT, "a head is a unit");

struct tape {
	char    *bytes;
	size_t   room;
	uint64_t first, end;	/* positions */
	uint64_t lost, newest;	/* seqs */
};

struct tape *
tape_new(size_t bytes)
{
	struct tape *t = memory_take(sizeof(*t));

	t->room = (bytes + UNIT - 1) / UNIT * UNIT;
	return t;
}

void
tape_clear(struct tape *t)
{
	memory_give_pages(t->bytes, t->room);
	t->bytes = NULL;
	t->first = t->end;
}

void
tape_free(struct tape *t)
{
	if (t == NULL)
		return;
	tape_clear(t);
	memory_give(t);
}

static struct head *
head_at(const struct tape *t, uint64_t position)
{
	return (struct head *)(void *)(t->bytes + position % t->room);
}

/* The oldest rows go until SPAN bytes fit. */
static void
make_room(struct tape *t, uint64_t span)
{
	while (t->end - t->first + span > t->room) {
		const struct head *h = head_at(t, t->first);
		if (h->topic != MARK)
			t->lost = h->seq;
		t->first += h->span;
	}
}

static void
put(struct tape *t, const struct head *h, const char *bytes)
{
	make_room(t, h->span);
	*head_at(t, t->end) = *h;
	if (bytes != NULL)
		memcpy(head_at(t, t->end) + 1, bytes, h->size);
	t->end += h->span;
}

/* A row that is too large leaves a hole that every reader notices. */
static void
skip(struct tape *t, uint64_t seq)
{
	tape_clear(t);
	t->lost = seq;
	t->first = t->end += UNIT;
}

void
tape_add(struct tape *t, const struct tape_row *row)
{
	uint64_t span = UNIT + (row->json.size + UNIT - 1) / UNIT * UNIT;
	uint64_t left = t->room - t->end % t->room;

	t->newest = row->seq;
	if (span > t->room / 2) {
		skip(t, row->seq);
		return;
	}
	if (t->bytes == NULL)
		t->bytes = memory_pages(t->room);
	if (span > left)
		put(t, &(struct head){ .span = left, .topic = MARK }, NULL);
	put(t, &(struct head){ row->seq, span, (uint32_t)row->json.size,
	    row->place, row->topic, row->also, 0 }, row->json.data);
}

uint64_t
tape_end(const struct tape *t)
{
	return t->end;
}

uint64_t
tape_newest(const struct tape *t)
{
	return t->newest;
}

uint64_t
tape_lost(const struct tape *t)
{
	return t->lost;
}

bool
tape_has_passed(const struct tape *t, uint64_t position)
{
	return position < t->first;
}

bool
tape_read(const struct tape *t, uint64_t position, struct tape_row *ret_row)
{
	const struct head *h;

	for (;; position += h->span) {
		if (position >= t->end)
			return false;
		h = head_at(t, position);
		if (h->topic != MARK)
			break;
	}
	*ret_row = (struct tape_row){ h->seq, h->place, h->topic, h->also,
		{ (const char *)(h + 1), h->size }, position + h->span };
	return true;
}

uint64_t
tape_seek(const struct tape *t, uint64_t seq, uint32_t place)
{
	uint64_t at = t->first;
	struct tape_row row;

	if (seq > t->newest)
		return t->end;
	while (tape_read(t, at, &row) && (row.seq < seq ||
	    (row.seq == seq && row.place <= place)))
		at = row.next;
	return at;
}
