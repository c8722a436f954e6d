/* One loop over the store's rows, and the fold as one thing to do with each. */
#include "replay/range.h"

#include "engine/entry.h"

static bool
row_decode(const struct store_entry *row, struct lift_entry *e,
    struct lift_error *err)
{
	*e = (struct lift_entry){ .seq = row->seq, .id = row->id,
		.time = row->time, .received = row->received,
		.kind = row->kind };
	return entry_decode(e, row->body, err);
}

static bool
is_cancelled(const struct replay_range *range)
{
	return range->cancel != NULL &&
	    atomic_load_explicit(range->cancel, memory_order_relaxed);
}

static void
tell(const struct replay_range *range, uint64_t seq)
{
	if (range->progress != NULL)
		range->progress(range->context, seq);
}

bool
replay_each(struct store_reader *reader, const struct replay_range *range,
    bool (*each)(void *, struct lift_entry *), void *context,
    struct lift_error *err)
{
	struct store_query query = { .from_seq = range->from,
		.to_seq = range->to };
	struct store_entry row;
	struct lift_entry e;
	uint64_t seq = 0, count = 0;

	*err = (struct lift_error){ 0 };
	if (!store_entries(reader, &query, err))
		return false;
	while (store_next_entry(reader, &row, err)) {
		if (is_cancelled(range))
			return lift_fail(err, LIFT_E_LATE,
			    "cancelled before entry %llu",
			    (unsigned long long)row.seq);
		if (!row_decode(&row, &e, err))
			return false;
		seq = row.seq;
		if (!each(context, &e))
			break;
		if (++count % REPLAY_PROGRESS == 0)
			tell(range, seq);
	}
	if (err->code != LIFT_E_NONE)
		return false;
	tell(range, seq);
	return true;
}

struct folding {
	struct engine *engine;
	uint64_t       muted_to;
};

static bool
fold_one(void *context, struct lift_entry *e)
{
	struct folding *f = context;

	engine_mute(f->engine, e->seq <= f->muted_to);
	if (e->id.size > 0)
		engine_admit(f->engine, e->id, e->received);
	engine_fold(f->engine, e);
	return true;
}

bool
replay_range(struct engine *en, struct store_reader *reader,
    const struct replay_range *range, struct lift_error *err)
{
	struct folding f = { en, range->muted_to };
	bool ok = replay_each(reader, range, fold_one, &f, err);

	engine_mute(en, false);
	return ok;
}
