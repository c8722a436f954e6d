/* What the files of streams share. */
#ifndef DOORS_STREAM_PARTS_H
#define DOORS_STREAM_PARTS_H

#include "doors/stream.h"
#include "house/condition.h"
#include "house/tape.h"
#include "log/store.h"
#include "rules/vocabulary.h"

/* Topics as a set of bits; that many there may be. */
enum { STREAM_WORDS = 8, STREAM_TOPICS = STREAM_WORDS * 64 };

#define STREAM_ALL UINT32_MAX	/* the place behind all rows of an entry */

struct stream_topics {
	uint64_t words[STREAM_WORDS];
};

/* Bytes that were made for one stream and fit others. */
struct stream_cut {
	struct stream_topics topics;
	stream_form         *form;
	const struct condition *where;
	uint64_t             from, to;		/* on the tape */
	uint64_t             seq, committed;
	uint32_t             place;
	bool                 valid, more;
};

struct stream_source {
	struct house        *house;
	const struct vocabulary *vocabulary;
	struct store_reader *effects, *entries;
	struct text          out, row;
	struct stream_cut    cut;		/* of what is in `out` */
};

struct stream {
	struct stream_source *source;
	stream_form          *form;
	struct stream_topics  topics;
	struct condition     *where;	/* NULL: every row of them */
	uint64_t              seq;	/* all up to here was taken */
	uint32_t              place;
	bool                  healing;	/* from the store, not the tape */
	bool                  ranged;	/* the store's oldest seq was asked */
	uint64_t              cursor;	/* on the tape */
	struct text           notices;	/* rows that go first, in form */
};

/* True when this topic is heard. */
static inline bool
stream_hears(const struct stream *s, unsigned topic)
{
	return topic < STREAM_TOPICS &&
	    (s->topics.words[topic / 64] >> (topic % 64) & 1);
}

/* True when the condition of the stream, if it has one, holds for a row. */
bool stream_wants(const struct stream *, struct lift_text row);

/* Reads a slice of what was missed out of the store, into `out`. */
enum stream_state stream_heal(struct stream *, struct lift_error *);

/* From now on reads the store, from its place on; WHY is told the reader. */
void stream_lag(struct stream *, const char *why);

/* Notes that rows between the stream's place and SEQ cannot be had. */
void stream_lose(struct stream *, uint64_t seq, const char *why);

#endif
