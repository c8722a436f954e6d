/* The tape: the newest rows of the live feed, made once for all who read them
 * at their own pace. It has a fixed size; what is oldest makes room. A reader
 * has a position of its own and finds out by itself that it was too slow. */
#ifndef HOUSE_TAPE_H
#define HOUSE_TAPE_H

#include <liftd/plugin.h>

struct tape;

/* The place of an interaction among the rows of its entry: behind those of all
 * its effects, whose places are their ordinals. */
#define TAPE_LAST (UINT32_MAX - 1)

/* One row: JSON, and what it is about. */
struct tape_row {
	uint64_t         seq;
	uint32_t         place;		/* among the rows of that entry */
	uint16_t         topic, also;	/* ALSO: a second one that it is of */
	struct lift_text json;
	uint64_t         next;		/* the position behind it */
};

/* An empty tape for about BYTES of rows, freed with tape_free. It takes no
 * memory before the first row. */
struct tape *tape_new(size_t bytes);

/* Frees it; takes NULL. */
void tape_free(struct tape *);

/* Adds a row; its seq and place are not below those of the one before. */
void tape_add(struct tape *, const struct tape_row *);

/* Forgets all rows and gives the memory back. */
void tape_clear(struct tape *);

/* The position behind the newest row. */
uint64_t tape_end(const struct tape *);

/* The seq of the newest row. */
uint64_t tape_newest(const struct tape *);

/* The highest seq of which a row has made room; 0: none yet. */
uint64_t tape_lost(const struct tape *);

/* True when a reader that stands at this position has missed rows. */
bool tape_has_passed(const struct tape *, uint64_t position);

/* The row at a position; false behind the newest. Good until the next row is
 * added. */
bool tape_read(const struct tape *, uint64_t position,
    struct tape_row *ret_row);

/* The position of the oldest row behind seq and place. */
uint64_t tape_seek(const struct tape *, uint64_t seq, uint32_t place);

#endif
