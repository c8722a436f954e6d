/* One subscription to the live feed: its topics, and how far it has got.
 *
 * It begins now, or behind a place that its reader has been at before; then
 * what has happened since comes out of the store, a slice at a time, and after
 * it, without a hole and without a repetition, what happens. A reader that is
 * too slow for the tape is told so and gets what it missed in the same way.
 *
 * Bytes come in the form of whoever carries them; streams with the same topics
 * that stand at the same place share them. */
#ifndef DOORS_STREAM_H
#define DOORS_STREAM_H

#include "base/text.h"

struct house;
struct stream;
struct stream_source;

enum { STREAM_PIECE = 32 * 1024 };

/* A row on its way out. */
struct stream_row {
	uint64_t         seq;
	uint32_t         place;
	const char      *type;
	struct lift_text json;		/* may hold line ends as white space */
};

/* Appends a row in the form of its carrier. */
typedef void stream_form(struct text *, const struct stream_row *);

enum stream_state {
	STREAM_WAITS,		/* nothing more before the next commit */
	STREAM_MORE,		/* there is more at once */
	STREAM_BROKEN		/* the store cannot be read; see the error */
};

/* What all streams of a door share. Keeps: the house. Freed with
 * stream_source_free. */
struct stream_source *stream_source_new(struct house *);

/* Frees it, after its streams; takes NULL. */
void stream_source_free(struct stream_source *);

/* A stream without topics that begins now, freed with stream_free. */
struct stream *stream_new(struct stream_source *, stream_form *);

/* Frees it; takes NULL. */
void stream_free(struct stream *);

/* Hears, or no longer hears, one topic. Fails for an unknown one, with the
 * nearest name. */
bool stream_topic(struct stream *, struct lift_text name, bool on,
    struct lift_error *);

/* Hears the topics of a list with commas; an empty list means everything that
 * is kept: all durable topics. */
bool stream_topics(struct stream *, struct lift_text list,
    struct lift_error *);

/* Hears only rows for which a condition on the fields of its one topic holds;
 * its topics stay as they are then.
 * Fails: for more topics than one, for a condition that does not compile, and
 * for one on what rows do not hold. */
bool stream_where(struct stream *, struct lift_text condition,
    struct lift_error *);

/* Begins behind this place, a row's `resume` or a seq. Fails for what is
 * neither. */
bool stream_resume(struct stream *, struct lift_text place,
    struct lift_error *);

/* Notes a row that tells the reader its topics and where it stands. */
void stream_greet(struct stream *);

/* The next bytes: whole rows, about STREAM_PIECE or fewer. Good until the next
 * call for any stream of the source. */
enum stream_state stream_take(struct stream *, struct lift_text *ret_bytes,
    struct lift_error *);

/* Appends the place that the reader will go on behind when it has read all
 * that was taken. */
void stream_place(const struct stream *, struct text *);

/* True while the stream reads the store. */
bool stream_heals(const struct stream *);

#endif
