/* What the bench of decoding and its peer have in common. */
#ifndef BENCH_DECODE_H
#define BENCH_DECODE_H

#include "base/text.h"

enum { EVENTS = 16384 };

/* What both ways have to agree on. */
struct sum {
	int64_t  time, price, quantity;
	uint64_t bytes, type, refused;
};

struct events {
	struct text      lines, list;
	struct lift_text of[EVENTS];	/* in the lines */
};

/* jansson makes its tree of each event. */
struct sum jansson_tree(const struct events *);

/* And the fields are picked out of it, as they are read elsewhere. */
struct sum jansson_picked(const struct events *);

#endif
