/* A delivery: the body of a request that brings events, cut into its events as
 * it comes in, piece by piece.
 *
 * A body is a list (`[` comes first), or lines with an event each (NDJSON), or
 * one object over several lines. Lines are what a content type may say; without
 * that, an object whose first line ends in `{ [ , :` goes on over the lines
 * that follow, and any other first line is one of many.
 *
 * An event is handed over as it stands, from where it lies when it lies in one
 * piece; whether it is JSON is for event_read to say. What is wrong with one
 * event stays with it: the next line is read, and in a list what follows the
 * event's last bracket. Memory is bounded by one event of EVENT_SIZE_MOST. */
#ifndef INTAKE_DELIVERY_H
#define INTAKE_DELIVERY_H

#include <liftd/plugin.h>

struct delivery;

enum delivery_form {
	DELIVERY_ANY,		/* the first bytes tell */
	DELIVERY_LINES,
	DELIVERY_TABLE		/* is for intake/sheet to read */
};

/* One event of a delivery. */
struct delivered {
	uint64_t         index;		/* from 0; blank lines do not count */
	uint64_t         offset;	/* of its first byte in the body */
	struct lift_text json;		/* borrowed until the call returns */
};

/* Who takes the events. `event` ends the delivery by returning false with a
 * sentence. `refused` is told what is wrong with one that is too long to be
 * handed over; its `json` is the beginning. */
struct delivery_taker {
	bool (*event)(void *context, const struct delivered *,
	    struct lift_error *);
	void (*refused)(void *context, const struct delivered *,
	    const struct lift_error *);
	void  *context;
};

/* What a content type says of the form; parameters are passed over. */
enum delivery_form delivery_form_of(struct lift_text content_type);

/* A delivery of which nothing has come yet, in any form but a table. It is
 * freed with delivery_free. Keeps: a copy of the taker. */
struct delivery *delivery_new(enum delivery_form,
    const struct delivery_taker *);

/* Frees the delivery; takes NULL. */
void delivery_free(struct delivery *);

/* Hands over all events that are whole now. Fails: for good, when it cannot go
 * on; the sentence says where, and how many events were handed over. */
bool delivery_take(struct delivery *, struct lift_text piece,
    struct lift_error *);

/* Hands over the last event, as no more will come. Fails: when the body is
 * empty or stops in the middle of a list, or had failed before. */
bool delivery_end(struct delivery *, struct lift_error *);

/* How many events were handed over or refused. */
uint64_t delivery_count(const struct delivery *);

#endif
