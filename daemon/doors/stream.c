/* Topics, places, and the tape. Reading the store is stream_heal.c. */
#include "doors/stream_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "house/feed_row.h"
#include "house/house_parts.h"

/* ---- places ------------------------------------------------------------- */

static void
place_write(struct text *t, uint64_t seq, uint32_t place)
{
	text_form(t, "%llu", (unsigned long long)seq);
	if (place < TAPE_LAST)
		text_form(t, ".%u", place);
}

void
stream_place(const struct stream *s, struct text *t)
{
	place_write(t, s->seq, s->place);
}

/* Digits and nothing else; at most so many that they fit. */
static bool
number_read(struct lift_text *rest, unsigned digits, uint64_t *ret_number)
{
	uint64_t n = 0;
	size_t i = 0;

	for (; i < rest->size && rest->data[i] >= '0' && rest->data[i] <= '9';
	    i++)
		n = n * 10 + (uint64_t)(rest->data[i] - '0');
	if (i == 0 || i > digits)
		return false;
	rest->data += i;
	rest->size -= i;
	*ret_number = n;
	return true;
}

static bool
place_read(struct lift_text t, uint64_t *ret_seq, uint32_t *ret_place)
{
	uint64_t seq, place = STREAM_ALL;

	if (!number_read(&t, 18, &seq))
		return false;
	if (t.size > 0 && *t.data == '.') {
		t.data++;
		t.size--;
		if (!number_read(&t, 9, &place))
			return false;
	}
	if (t.size > 0)
		return false;
	*ret_seq = seq;
	*ret_place = (uint32_t)place;
	return true;
}

/* ---- notices ------------------------------------------------------------ */

static void
notice_begin(const struct stream *s, struct text *t, const char *type,
    uint64_t seq)
{
	text_byte(t, '{');
	json_member_string(t, "type", type);
	json_member_whole(t, "seq", (int64_t)seq);
	json_name(t, "resume");
	text_byte(t, '"');
	place_write(t, seq, seq == s->seq ? s->place : STREAM_ALL);
	text_byte(t, '"');
}

static void
notice_end(struct stream *s, struct text *t, const char *type)
{
	text_byte(t, '}');
	s->form(&s->notices, &(struct stream_row){ s->seq, s->place, type,
	    text_view(t) });
	text_done(t);
}

/* Topics that are heard; PASSING: only those that no store keeps. */
static void
topics_write(const struct stream *s, struct text *t, const char *name,
    bool passing)
{
	const struct vocabulary *v = s->source->vocabulary;

	json_name(t, name);
	text_byte(t, '[');
	for (unsigned i = 0; i < v->topic_count; i++) {
		bool kept = v->topics[i].durable ||
		    v->topics[i].source == TOPIC_INTERACTION;
		if (!stream_hears(s, i) || (passing && kept))
			continue;
		json_comma(t);
		json_string(t, lift_text(v->topics[i].name));
	}
	text_byte(t, ']');
}

static bool
hears_passing(const struct stream *s)
{
	const struct vocabulary *v = s->source->vocabulary;

	for (unsigned i = 0; i < v->topic_count; i++)
		if (stream_hears(s, i) && !v->topics[i].durable &&
		    v->topics[i].source != TOPIC_INTERACTION)
			return true;
	return false;
}

static void
gap_note(struct stream *s, uint64_t seq, bool heals, const char *why)
{
	struct text t = { 0 };

	notice_begin(s, &t, "gap", seq);
	json_member_bool(&t, "heals", heals);
	json_member_string(&t, "detail", why);
	if (hears_passing(s))
		topics_write(s, &t, "lost", true);
	notice_end(s, &t, "gap");
}

void
stream_lag(struct stream *s, const char *why)
{
	s->healing = true;
	s->ranged = false;
	if (why != NULL)
		gap_note(s, s->seq, true, why);
}

void
stream_lose(struct stream *s, uint64_t seq, const char *why)
{
	gap_note(s, seq, false, why);
	s->seq = seq;
	s->place = STREAM_ALL;
}

void
stream_greet(struct stream *s)
{
	struct text t = { 0 };

	notice_begin(s, &t, "subscribed", s->seq);
	topics_write(s, &t, "topics", false);
	notice_end(s, &t, "subscribed");
}

/* ---- topics ------------------------------------------------------------- */

static void
topic_set(struct stream *s, unsigned topic, bool on)
{
	struct feed *f = s->source->house->feed;

	if (topic >= STREAM_TOPICS || stream_hears(s, topic) == on)
		return;
	s->topics.words[topic / 64] ^= (uint64_t)1 << (topic % 64);
	if (on)
		feed_want(f, topic);
	else
		feed_leave(f, topic);
}

bool
stream_topic(struct stream *s, struct lift_text name, bool on,
    struct lift_error *err)
{
	unsigned topic;

	if (!feed_find(s->source->house->feed, name, &topic, err))
		return false;
	if (s->where != NULL && stream_hears(s, topic) != on)
		return lift_fail(err, LIFT_E_USAGE, "this subscription has a "
		    "condition, which is on its topic alone; another topic "
		    "takes another connection");
	topic_set(s, topic, on);
	return true;
}

bool
stream_topics(struct stream *s, struct lift_text list, struct lift_error *err)
{
	const struct vocabulary *v = s->source->vocabulary;

	for (unsigned i = 0; list.size == 0 && i < v->topic_count; i++)
		if (v->topics[i].durable)
			topic_set(s, i, true);
	while (list.size > 0) {
		const char *comma = memchr(list.data, ',', list.size);
		size_t n = comma != NULL ? (size_t)(comma - list.data) :
		    list.size;
		if (n > 0 && !stream_topic(s, (struct lift_text){ list.data,
		    n }, true, err))
			return false;
		n += comma != NULL;
		list = (struct lift_text){ list.data + n, list.size - n };
	}
	return true;
}

bool
stream_where(struct stream *s, struct lift_text condition,
    struct lift_error *err)
{
	struct house *h = s->source->house;
	unsigned heard = 0, topic = 0;

	for (unsigned i = 0; i < s->source->vocabulary->topic_count; i++)
		if (stream_hears(s, i)) {
			heard++;
			topic = i;
		}
	if (heard != 1)
		return lift_fail(err, LIFT_E_USAGE, "where is a condition on "
		    "the fields of one topic, topics names %u, must name one",
		    heard);
	s->where = condition_new(h->engine, topic, condition, err);
	return s->where != NULL && condition_reads_rows(s->where, err);
}

bool
stream_wants(const struct stream *s, struct lift_text row)
{
	return s->where == NULL || condition_row(s->where,
	    s->source->house->identity, row);
}

bool
stream_resume(struct stream *s, struct lift_text place,
    struct lift_error *err)
{
	uint64_t seq, newest = feed_committed(s->source->house->feed);
	uint32_t at;

	if (!place_read(place, &seq, &at))
		return lift_fail(err, LIFT_E_USAGE, "since is \"%.*s\", must "
		    "be a seq or what a row had as `resume`, such as 1204 or "
		    "1204.3", (int)(place.size > 40 ? 40 : place.size),
		    place.data);
	if (seq > newest) {
		stream_lose(s, newest, "the place to go on from is ahead of "
		    "the log: it is of another store, or of one that has "
		    "lost its end");
		return true;
	}
	s->seq = seq;
	s->place = at;
	stream_lag(s, NULL);
	return true;
}

/* ---- the tape ----------------------------------------------------------- */

static bool
cut_fits(const struct stream *s, uint64_t committed)
{
	const struct stream_cut *c = &s->source->cut;

	return c->valid && c->from == s->cursor && c->form == s->form &&
	    c->where == s->where && c->committed == committed &&
	    memcmp(&c->topics, &s->topics, sizeof(s->topics)) == 0;
}

/* The rows from where the stream stands, for it and all that stand there. */
static void
cut_make(struct stream *s, uint64_t committed)
{
	const struct tape *tape = feed_tape(s->source->house->feed);
	struct stream_source *src = s->source;
	struct stream_cut *c = &src->cut;
	struct tape_row row;

	*c = (struct stream_cut){ s->topics, s->form, s->where, s->cursor,
		s->cursor, committed, committed, STREAM_ALL, true, false };
	while (tape_read(tape, c->to, &row) && row.seq <= committed) {
		if (src->out.size >= STREAM_PIECE) {
			c->more = true;
			return;
		}
		c->to = row.next;
		c->seq = row.seq;
		c->place = row.place == TAPE_LAST ? STREAM_ALL : row.place;
		if ((stream_hears(s, row.topic) || stream_hears(s,
		    row.also)) && stream_wants(s, row.json))
			s->form(&src->out, &(struct stream_row){ row.seq,
			    row.place, feed_row_type(src->vocabulary->topics[
			    row.topic].name), row.json });
	}
	c->seq = committed;
	c->place = STREAM_ALL;
}

static enum stream_state
take_tape(struct stream *s)
{
	struct feed *f = s->source->house->feed;
	uint64_t committed = feed_committed(f);
	struct stream_cut *c = &s->source->cut;

	if (!cut_fits(s, committed)) {
		text_clear(&s->source->out);
		cut_make(s, committed);
	}
	s->cursor = c->to;
	if (c->seq >= s->seq) {
		s->seq = c->seq;
		s->place = c->place;
	}
	return c->more ? STREAM_MORE : STREAM_WAITS;
}

/* What the stream has to say itself goes before its rows. */
static enum stream_state
take_notices(struct stream *s)
{
	struct stream_source *src = s->source;

	src->cut.valid = false;
	text_clear(&src->out);
	text_add(&src->out, s->notices.data, s->notices.size);
	text_done(&s->notices);
	return STREAM_MORE;
}

enum stream_state
stream_take(struct stream *s, struct lift_text *ret_bytes,
    struct lift_error *err)
{
	struct stream_source *src = s->source;
	enum stream_state state;

	if (!s->healing && tape_has_passed(feed_tape(src->house->feed),
	    s->cursor))
		stream_lag(s, "rows came faster than they were read; what "
		    "was missed follows from the store");
	if (s->notices.size > 0) {
		state = take_notices(s);
	} else if (s->healing) {
		src->cut.valid = false;
		text_clear(&src->out);
		state = stream_heal(s, err);
		/* What was found out on the way goes first. */
		if (s->notices.size > 0) {
			text_add(&s->notices, src->out.data, src->out.size);
			state = take_notices(s);
		}
	} else {
		state = take_tape(s);
	}
	*ret_bytes = text_view(&src->out);
	return state;
}

bool
stream_heals(const struct stream *s)
{
	return s->healing;
}

/* ---- beginning and end -------------------------------------------------- */

struct stream *
stream_new(struct stream_source *src, stream_form *form)
{
	struct stream *s = memory_take(sizeof(*s));

	s->source = src;
	s->form = form;
	/* What is folded and not yet committed comes as well: out of the store,
	 * since the tape may not have it. */
	s->seq = feed_committed(src->house->feed);
	s->place = STREAM_ALL;
	stream_lag(s, NULL);
	return s;
}

void
stream_free(struct stream *s)
{
	if (s == NULL)
		return;
	for (unsigned i = 0; i < STREAM_TOPICS; i++)
		topic_set(s, i, false);
	if (s->where != NULL)
		s->source->cut.valid = false;	/* the address comes again */
	condition_free(s->where);
	text_done(&s->notices);
	memory_give(s);
}

struct stream_source *
stream_source_new(struct house *h)
{
	struct stream_source *src = memory_take(sizeof(*src));

	src->house = h;
	src->vocabulary = engine_vocabulary(h->engine);
	return src;
}

void
stream_source_free(struct stream_source *src)
{
	if (src == NULL)
		return;
	store_reader_free(src->effects);
	store_reader_free(src->entries);
	text_done(&src->out);
	text_done(&src->row);
	memory_give(src);
}
