/* An array by token, as long as the highest token that was ever known or
 * merged, and no longer: a shop that merges nobody pays for nothing. The tokens
 * of a person form a circle. Who is merged away is never known, hence never
 * stands for others: a circle grows by one token a merge. */
#include "engine/person.h"

#include "base/memory.h"

struct person {
	uint32_t of;		/* 0: itself */
	uint32_t next;		/* in the circle; 0: itself */
	uint32_t is_known;
};

struct persons {
	struct person *items;	/* by token */
	size_t         room, count;
};

struct persons *
persons_new(void)
{
	return memory_take(sizeof(struct persons));
}

void
persons_free(struct persons *p)
{
	if (p == NULL)
		return;
	memory_give(p->items);
	memory_give(p);
}

uint32_t
persons_of(const struct persons *p, uint32_t token)
{
	if (token >= p->count || p->items[token].of == 0)
		return token;
	return p->items[token].of;
}

uint32_t
persons_next(const struct persons *p, uint32_t token)
{
	if (token >= p->count || p->items[token].next == 0)
		return token;
	return p->items[token].next;
}

static struct person *
person_at(struct persons *p, uint32_t token)
{
	while (p->count <= token) {
		p->items = memory_grow(p->items, p->count, &p->room,
		    sizeof(*p->items));
		p->items[p->count++] = (struct person){ 0 };
	}
	return &p->items[token];
}

void
persons_know(struct persons *p, uint32_t token)
{
	person_at(p, persons_of(p, token))->is_known = 1;
}

bool
persons_is_known(const struct persons *p, uint32_t token)
{
	token = persons_of(p, token);
	return token < p->count && p->items[token].is_known != 0;
}

enum person_merge
persons_look(const struct persons *p, uint32_t token, uint32_t into)
{
	uint32_t a = persons_of(p, token), b = persons_of(p, into);

	if (a == b)
		return token != into && a == token ? PERSON_TURNED :
		    PERSON_SAME;
	return persons_is_known(p, a) ? PERSON_KNOWN : PERSON_MERGES;
}

bool
persons_merge(struct persons *p, uint32_t token, uint32_t into)
{
	uint32_t a = persons_of(p, token), b = persons_of(p, into);

	if (a == 0 || b == 0 || persons_look(p, token, into) != PERSON_MERGES)
		return false;
	person_at(p, a > b ? a : b);
	p->items[a].next = persons_next(p, b);
	p->items[a].of = b;
	p->items[b].next = a;
	p->items[b].is_known = 1;
	return true;
}

uint32_t
persons_highest(const struct persons *p)
{
	return p->count > 0 ? (uint32_t)p->count - 1 : 0;
}

void
persons_save(const struct persons *p, struct state_out *out)
{
	state_put_whole(out, (int64_t)p->count);
	state_put(out, p->items, p->count * sizeof(*p->items));
}

/* A circle that leads outside would be walked for ever. */
static bool
person_is_sound(const struct persons *p, uint32_t token)
{
	const struct person *i = &p->items[token];

	return i->of < p->count && i->next < p->count && i->is_known <= 1 &&
	    (i->of == 0 || (p->items[i->of].of == 0 && i->of != token)) &&
	    (i->next == 0 || persons_of(p, i->next) == persons_of(p, token));
}

bool
persons_load(struct persons *p, struct state_in *in)
{
	uint64_t count = (uint64_t)state_take_whole(in);

	if (count > UINT32_MAX ||
	    count * sizeof(*p->items) > (size_t)(in->end - in->at))
		return false;
	if (count > 0)
		person_at(p, (uint32_t)count - 1);
	state_take(in, p->items, count * sizeof(*p->items));
	for (uint32_t i = 0; i < count; i++)
		if (!person_is_sound(p, i))
			return false;
	return true;
}
