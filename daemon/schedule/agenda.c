/* The agenda: a heap of the jobs that have something to do, by when. Each job
 * knows its place (from 1), so that one that changed is moved in a few steps
 * however many there are. Of two at the same time the older one is first. */
#include "schedule/job.h"

#include "base/memory.h"

static bool
is_before(const struct job *a, const struct job *b)
{
	return a->wake != b->wake ? a->wake < b->wake : a->number < b->number;
}

static void
put_at(struct schedule *s, size_t place, struct job *j)
{
	s->agenda[place - 1] = j;
	j->place = place;
}

static void
rise(struct schedule *s, struct job *j)
{
	size_t place = j->place;

	while (place > 1 && is_before(j, s->agenda[place / 2 - 1])) {
		put_at(s, place, s->agenda[place / 2 - 1]);
		place /= 2;
	}
	put_at(s, place, j);
}

static void
sink(struct schedule *s, struct job *j)
{
	size_t place = j->place, below;

	while ((below = 2 * place) <= s->agenda_count) {
		if (below < s->agenda_count &&
		    is_before(s->agenda[below], s->agenda[below - 1]))
			below++;
		if (!is_before(s->agenda[below - 1], j))
			break;
		put_at(s, place, s->agenda[below - 1]);
		place = below;
	}
	put_at(s, place, j);
}

void
agenda_remove(struct schedule *s, struct job *j)
{
	size_t place = j->place;

	if (place == 0)
		return;
	j->place = 0;
	struct job *last = s->agenda[--s->agenda_count];
	if (last == j)
		return;
	put_at(s, place, last);
	rise(s, last);
	sink(s, last);
}

void
agenda_put(struct schedule *s, struct job *j)
{
	j->wake = job_wake(j);
	if (j->wake == INT64_MAX) {
		agenda_remove(s, j);
		return;
	}
	if (j->place == 0) {
		s->agenda = memory_grow(s->agenda, s->agenda_count,
		    &s->agenda_room, sizeof(struct job *));
		put_at(s, ++s->agenda_count, j);
	}
	rise(s, j);
	sink(s, j);
}
