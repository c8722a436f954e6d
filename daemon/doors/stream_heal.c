/* What a stream has missed, out of the store: effects and entries are read side
 * by side and put together by seq. A slice ends between two entries, so that
 * what came of one entry is never cut by a gap. */
#include "doors/stream_parts.h"

#include <string.h>

#include "engine/entry.h"
#include "house/feed_row.h"
#include "house/house_parts.h"

enum {
	SLICE_ROWS = 128,	/* that are looked at, unless one entry has
				 * had more */
	SLICE_ENTRIES = 128
};

struct heal {
	struct stream      *stream;
	bool                effects, entries;	/* are read, and not over */
	struct store_effect effect;
	struct store_entry  entry;
	unsigned            rows;
	struct lift_error  *err;
};

/* ---- what is to be read ------------------------------------------------ */

static uint64_t
next_seq(const struct stream *s)
{
	return s->place == STREAM_ALL ? s->seq + 1 : s->seq;
}

/* From here on the tape has everything. */
static uint64_t
tape_begin(const struct stream *s)
{
	const struct feed *f = s->source->house->feed;
	uint64_t from = tape_lost(feed_tape(f)) + 1;

	for (unsigned i = 0; i < s->source->vocabulary->topic_count; i++)
		if (stream_hears(s, i) && feed_since(f, i) > from)
			from = feed_since(f, i);
	return from;
}

/* How many stored topics of effects are heard, and the last of them. */
static unsigned
effects_heard(const struct stream *s, struct lift_text *ret_topic)
{
	const struct vocabulary *v = s->source->vocabulary;
	unsigned n = 0;

	for (unsigned i = 0; i < v->topic_count; i++)
		if (stream_hears(s, i) && v->topics[i].durable) {
			n++;
			*ret_topic = lift_text(v->topics[i].name);
		}
	return n;
}

static bool
entries_heard(const struct stream *s)
{
	const struct vocabulary *v = s->source->vocabulary;

	for (unsigned i = 0; i < v->topic_count; i++)
		if (stream_hears(s, i) &&
		    v->topics[i].source == TOPIC_INTERACTION)
			return true;
	return false;
}

static bool
readers_open(struct stream_source *src, struct lift_error *err)
{
	if (src->effects == NULL)
		src->effects = store_reader_new(src->house->store, err);
	if (src->effects != NULL && src->entries == NULL)
		src->entries = store_reader_new(src->house->store, err);
	return src->entries != NULL;
}

/* What is older than the store is lost. */
static bool
range_check(struct stream *s, struct lift_error *err)
{
	uint64_t first, last;

	if (s->ranged)
		return true;
	if (!store_range(s->source->effects, &first, &last, err))
		return false;
	s->ranged = true;
	if (first > next_seq(s))
		stream_lose(s, first - 1, "what came before is not kept any "
		    "more, see `retention:`");
	return true;
}

/* ---- a slice ----------------------------------------------------------- */

static void
effect_read(struct heal *h)
{
	h->effects = store_next_effect(h->stream->source->effects,
	    &h->effect, h->err);
	h->rows++;
}

static void
entry_read(struct heal *h)
{
	h->entries = store_next_entry(h->stream->source->entries, &h->entry,
	    h->err);
	h->rows++;
}

static void
effect_send(struct heal *h)
{
	struct stream *s = h->stream;
	struct stream_source *src = s->source;
	const struct store_effect *e = &h->effect;
	struct lift_error unknown;
	unsigned topic;

	if ((e->seq == s->seq && s->place != STREAM_ALL &&
	    e->ordinal <= s->place) ||
	    !feed_find(src->house->feed, e->topic, &topic, &unknown) ||
	    !stream_hears(s, topic))
		return;
	text_clear(&src->row);
	feed_row_effect(&src->row, e);
	text_add(&src->row, e->body.data, e->body.size);
	text_byte(&src->row, '}');
	if (!stream_wants(s, text_view(&src->row)))
		return;
	s->form(&src->out, &(struct stream_row){ e->seq, e->ordinal,
	    feed_row_type(src->vocabulary->topics[topic].name),
	    text_view(&src->row) });
}

static bool
entry_send(struct heal *h)
{
	struct stream *s = h->stream;
	struct stream_source *src = s->source;
	const struct store_entry *row = &h->entry;
	struct lift_entry e = { .seq = row->seq, .kind = row->kind,
		.time = row->time, .received = row->received, .id = row->id };

	if (row->kind != LIFT_ENTRY_INTERACTION)
		return true;
	if (!entry_decode(&e, row->body, h->err))
		return false;
	if (!stream_hears(s, 0) && !stream_hears(s, e.type))
		return true;
	text_clear(&src->row);
	feed_row_entry(&src->row, &e, identity_id(src->house->identity,
	    e.shopper));
	if (!stream_wants(s, text_view(&src->row)))
		return true;
	s->form(&src->out, &(struct stream_row){ e.seq, STREAM_ALL,
	    src->vocabulary->topics[e.type].name, text_view(&src->row) });
	return true;
}

static bool
slice_begin(struct heal *h, uint64_t from, uint64_t to)
{
	struct stream *s = h->stream;
	struct store_query q = { .from_seq = from, .to_seq = to };
	struct lift_text topic = { 0 };
	unsigned count = effects_heard(s, &topic);

	if (h->entries && !store_entries(s->source->entries, &q, h->err))
		return false;
	if (count == 1)
		q.topic = topic;
	h->effects = count > 0;
	if (h->effects && !store_effects(s->source->effects, &q, h->err))
		return false;
	if (h->entries)
		entry_read(h);
	if (h->effects)
		effect_read(h);
	return h->err->code == LIFT_E_NONE;
}

/* Sends the rows of the lowest seq; 0 when there are none, or on an error. */
static uint64_t
slice_entry(struct heal *h)
{
	uint64_t seq = h->effects ? h->effect.seq : UINT64_MAX;

	if (h->entries && h->entry.seq < seq)
		seq = h->entry.seq;
	while (h->effects && h->effect.seq == seq) {
		effect_send(h);
		effect_read(h);
	}
	if (h->entries && h->entry.seq == seq) {
		if (!entry_send(h))
			return 0;
		entry_read(h);
	}
	return h->err->code != LIFT_E_NONE || seq == UINT64_MAX ? 0 : seq;
}

static bool
slice_read(struct heal *h, uint64_t from, uint64_t to)
{
	struct stream *s = h->stream;

	if (!slice_begin(h, from, to))
		return false;
	while (h->effects || h->entries) {
		uint64_t seq = slice_entry(h);
		if (seq == 0)
			return false;
		s->seq = seq;
		s->place = STREAM_ALL;
		if (h->rows >= SLICE_ROWS ||
		    s->source->out.size >= STREAM_PIECE)
			return true;
	}
	s->seq = to;
	s->place = STREAM_ALL;
	return true;
}

enum stream_state
stream_heal(struct stream *s, struct lift_error *err)
{
	struct stream_source *src = s->source;
	const struct feed *f = src->house->feed;
	struct heal h = { .stream = s, .entries = entries_heard(s),
		.err = err };

	uint64_t to = feed_committed(f);

	*err = (struct lift_error){ 0 };
	if (next_seq(s) >= tape_begin(s)) {
		s->healing = false;
		s->cursor = tape_seek(feed_tape(f), s->seq, s->place);
		return STREAM_MORE;
	}
	if (next_seq(s) > to)
		return STREAM_WAITS;
	if (!readers_open(src, err) || !range_check(s, err))
		return STREAM_BROKEN;
	uint64_t from = next_seq(s);
	if (h.entries && to - from >= SLICE_ENTRIES)
		to = from + SLICE_ENTRIES - 1;
	return slice_read(&h, from, to) ? STREAM_MORE : STREAM_BROKEN;
}
