/* One reader a walk; a slice each time the door asks for more. */
#include "verbs/scan.h"

#include "base/memory.h"
#include "engine/entry.h"
#include "house/house_parts.h"

enum { SLICE = 5000 };

struct scan {
	struct request      *request;
	struct store_reader *reader;
	struct store_query   query;
	uint64_t             next, last;
	uint32_t             left;
	scan_entry          *entry;
	scan_end            *end;
	void                *state;
};

static void
scan_free(struct scan *s)
{
	store_reader_free(s->reader);
	memory_give(s->state);
	memory_give(s);
}

static void
scan_gone(struct request *r)
{
	scan_free(r->state);
	r->state = NULL;
}

void *
scan_state(const struct request *r)
{
	const struct scan *s = r->state;

	return s->state;
}

static void
scan_finish(struct scan *s, const struct lift_error *err)
{
	struct request *r = s->request;

	r->gone = NULL;
	r->more = NULL;
	s->end(r, err);
	scan_free(s);
}

/* One slice; true when the walk is over. */
static bool
scan_slice(struct scan *s, struct lift_error *err)
{
	struct store_query q = s->query;
	struct store_entry row;

	q.from_seq = s->next;
	q.to_seq = s->next + SLICE - 1;
	if (q.to_seq > s->last)
		q.to_seq = s->last;
	s->next = q.to_seq + 1;
	if (!store_entries(s->reader, &q, err))
		return true;
	while (store_next_entry(s->reader, &row, err)) {
		struct lift_entry e = { .seq = row.seq, .kind = row.kind,
			.time = row.time, .received = row.received,
			.id = row.id };
		if (!entry_decode(&e, row.body, err))
			return true;
		if (!s->entry(s->request, &e) ||
		    (s->left > 0 && --s->left == 0))
			return true;
	}
	return err->code != LIFT_E_NONE || s->next > s->last;
}

static void
scan_more(struct request *r)
{
	struct scan *s = r->state;
	struct lift_error err = { 0 };

	if (scan_slice(s, &err))
		scan_finish(s, &err);
}

bool
scan_begin(struct request *r, const struct store_query *query,
    scan_entry *entry, scan_end *end, void *state, struct lift_error *err)
{
	struct house *h = r->house;
	struct scan *s = memory_take(sizeof(*s));
	uint64_t first;

	s->request = r;
	s->query = *query;
	s->query.id = arena_text(r->arena, query->id);
	s->query.key = arena_text(r->arena, query->key);
	s->left = query->limit;
	s->query.limit = 0;
	s->entry = entry;
	s->end = end;
	s->state = state;
	s->reader = store_reader_new(h->store, err);
	if (s->reader == NULL || !store_range(s->reader, &first, &s->last,
	    err)) {
		scan_free(s);
		return false;
	}
	s->next = query->from_seq > first ? query->from_seq : first;
	if (query->to_seq > 0 && query->to_seq < s->last)
		s->last = query->to_seq;
	r->state = s;
	r->gone = scan_gone;
	r->more = scan_more;
	return true;
}
