/* What the files of a courier share. */
#ifndef COURIERS_COURIER_PARTS_H
#define COURIERS_COURIER_PARTS_H

#include "base/metric.h"
#include "couriers/courier.h"
#include "couriers/retry.h"
#include "house/house_parts.h"

enum {
	COURIER_MOST = 8,		/* under way at once */
	COURIER_TOPICS = 32,
	WINDOW = 64			/* loads in memory */
};

enum load_state {
	LOAD_WAITING,
	LOAD_UNDER_WAY,
	LOAD_OVER,		/* what came of it is not in the log yet */
	LOAD_DONE
};

/* A place among effects: behind the one of this entry and ordinal. */
struct courier_place {
	uint64_t seq;
	uint32_t ordinal;
};

struct courier {
	struct courier_office office;
	struct courier_terms  terms;
	struct carrier        carrier;
	char                  cursor_name[64], labels[64];
	struct event         *timer;
	struct load          *first;	/* in order of seq and ordinal */
	unsigned              count, under_way;
	struct courier_place  place;	/* read up to here */
	bool                  more;	/* the store has more than was read */
	struct courier_place  told[COURIER_TOPICS];	/* counted up to here */
	uint64_t              unread;	/* so many between the two */
	uint64_t              cursor, seen;
	unsigned              topics[COURIER_TOPICS], topic_count;
	struct post_line     *lines[COURIER_MOST];
	struct retry_bucket   bucket;
	int64_t               not_before;
	uint64_t              sent, failed;
	int64_t               failing_since;
	struct lift_error     last_error;
	struct metric        *ok, *again, *lost, *cached, *old, *behind,
	                     *duration;
};

/* True for a courier that answers requests, false for one that pushes. */
static inline bool
courier_answers(const struct courier_terms *t)
{
	return t->topics.count == 0;
}

/* Fills the window from the store as far as there is room. False when the store
 * cannot be read. */
bool courier_read(struct courier *, struct lift_error *);

/* True when effects of its topics may have come since it read the last time:
 * a window that is half full is not filled for them. */
bool courier_has_news(const struct courier *);

/* How many effects wait behind the window, at most MOST. */
uint64_t courier_unread(struct courier *, uint64_t most);

/* Frees a load and all that hangs on it. */
void load_free(struct load *);

/* True when this request was answered before the start. */
bool answered_has(const struct answered *, struct lift_text id);

#endif
