/* A ring of ids in the order of their arrival, and a table from an id to its
 * place in the ring. A table slot holds a part of the hash beside the place, so
 * that a new id, the usual case, costs one look into memory; the part tells
 * also where the slot would rather be, so that one can be emptied without
 * asking the ring about those behind it. Both are mapped at full size: pages
 * that nobody touched cost nothing, and there is no moment at which a table
 * must grow while entries wait. */
#include "engine/seen.h"

#include <sys/mman.h>

#include "base/hash.h"
#include "base/memory.h"

struct mark {
	uint64_t low;
	uint32_t high;			/* as in its slot */
	uint32_t second;		/* in which it was received */
};

struct seen {
	struct mark *ring;
	uint64_t    *slots;
	uint64_t     head, tail;	/* count up; place is `& mask` */
	uint64_t     mask;		/* of the ring */
	uint64_t     slot_mask;
	int64_t      span;
};

static void *
reserve(size_t size)
{
	void *at = memory_pages(size);

	madvise(at, size, MADV_HUGEPAGE);
	return at;
}

struct seen *
seen_new(uint32_t count, int64_t span)
{
	struct seen *s = memory_take(sizeof(*s));
	uint64_t room = 64;

	while (room < count)
		room *= 2;
	s->mask = room - 1;
	s->slot_mask = room * 2 - 1;
	s->span = span;
	s->ring = reserve(room * sizeof(*s->ring));
	s->slots = reserve(room * 2 * sizeof(*s->slots));
	return s;
}

void
seen_free(struct seen *s)
{
	if (s == NULL)
		return;
	memory_give_pages(s->ring, (s->mask + 1) * sizeof(*s->ring));
	memory_give_pages(s->slots, (s->slot_mask + 1) * sizeof(*s->slots));
	memory_give(s);
}

static const uint64_t TAG = ~UINT64_C(0xffffffff);

static struct mark *
slot_mark(const struct seen *s, uint64_t slot)
{
	return &s->ring[((uint32_t)slot - 1) & s->mask];
}

/* Where a slot would rather be. */
static uint64_t
slot_home(const struct seen *s, uint64_t slot)
{
	return (slot >> 32) & s->slot_mask;
}

static uint64_t
mark_slot(const struct mark *m)
{
	return (uint64_t)m->high << 32;
}

static struct mark
mark_of(struct lift_text id)
{
	struct hash128 h = hash_wide(id.data, id.size);

	return (struct mark){ h.low, (uint32_t)(h.high >> 32), 0 };
}

static uint32_t
second_of(int64_t time)
{
	int64_t second = time / LIFT_SECOND;

	return second < 0 ? 0 : second > UINT32_MAX ? UINT32_MAX :
	    (uint32_t)second;
}

static uint64_t
seen_probe(const struct seen *s, const struct mark *m)
{
	uint64_t at = slot_home(s, mark_slot(m));

	for (; s->slots[at] != 0; at = (at + 1) & s->slot_mask)
		if ((s->slots[at] & TAG) == mark_slot(m) &&
		    slot_mark(s, s->slots[at])->low == m->low)
			break;
	return at;
}

/* Empties a slot and moves up those behind it that may stand nearer to their
 * home, so that no probe ever ends too early. */
static void
slot_clear(struct seen *s, uint64_t at)
{
	uint64_t next = at;

	for (;;) {
		next = (next + 1) & s->slot_mask;
		if (s->slots[next] == 0)
			break;
		uint64_t home = slot_home(s, s->slots[next]);
		if (((next - home) & s->slot_mask) <
		    ((next - at) & s->slot_mask))
			continue;
		s->slots[at] = s->slots[next];
		at = next;
	}
	s->slots[at] = 0;
}

/* Also asks for the slot of one that will be forgotten soon. */
static void
seen_forget_oldest(struct seen *s)
{
	struct mark *m = &s->ring[s->tail & s->mask];
	uint64_t at = seen_probe(s, m);

	if (s->slots[at] != 0)
		slot_clear(s, at);
	s->tail++;
	__builtin_prefetch(&s->slots[slot_home(s,
	    mark_slot(&s->ring[(s->tail + 8) & s->mask]))]);
}

static void
seen_append(struct seen *s, uint64_t at, const struct mark *m)
{
	uint64_t place = (s->head & s->mask) + 1;

	s->ring[s->head & s->mask] = *m;
	s->slots[at] = mark_slot(m) | place;
	s->head++;
}

bool
seen_admit(struct seen *s, struct lift_text id, int64_t received)
{
	struct mark m = mark_of(id);

	m.second = second_of(received);
	/* Two a time keep up with any inflow and cost no pause. */
	for (int i = 0; i < 2 && s->tail < s->head &&
	    s->ring[s->tail & s->mask].second < second_of(received - s->span);
	    i++)
		seen_forget_oldest(s);
	uint64_t at = seen_probe(s, &m);
	if (s->slots[at] != 0)
		return false;
	/* Only what is new may push out what is old; others move up then. */
	if (s->head - s->tail > s->mask) {
		seen_forget_oldest(s);
		at = seen_probe(s, &m);
	}
	seen_append(s, at, &m);
	return true;
}

bool
seen_has(const struct seen *s, struct lift_text id)
{
	struct mark m = mark_of(id);

	return s->slots[seen_probe(s, &m)] != 0;
}

uint32_t
seen_count(const struct seen *s)
{
	return (uint32_t)(s->head - s->tail);
}

int64_t
seen_horizon(const struct seen *s)
{
	return s->head == s->tail ? 0 :
	    s->ring[s->tail & s->mask].second * LIFT_SECOND;
}

void
seen_save(const struct seen *s, struct state_out *out)
{
	state_put_whole(out, (int64_t)(s->head - s->tail));
	for (uint64_t i = s->tail; i < s->head; i++)
		state_put(out, &s->ring[i & s->mask], sizeof(struct mark));
}

bool
seen_load(struct seen *s, struct state_in *in)
{
	uint64_t count = (uint64_t)state_take_whole(in);

	for (uint64_t i = 0; i < count; i++) {
		struct mark m;
		if (!state_take(in, &m, sizeof(m)))
			return false;
		if (s->head - s->tail > s->mask)
			seen_forget_oldest(s);
		uint64_t at = seen_probe(s, &m);
		if (s->slots[at] == 0)
			seen_append(s, at, &m);
	}
	return true;
}
