/* A table with a header as events: which column is which field, and each row
 * as the JSON of one event, which goes the way of all events.
 *
 * A map says `field=column` for each pair, with commas between; a field is one
 * of an event's (event_read has the list) or `properties.NAME`. A column whose
 * name is a field's needs no pair. What is left goes under `properties` by its
 * own name, or is dropped. An empty cell says nothing. Cells of `properties`
 * are texts; `properties` and `items` as a whole are no columns. */
#ifndef INTAKE_SHEET_H
#define INTAKE_SHEET_H

#include <liftd/plugin.h>

struct sheet;

/* How the table is read. Empty texts: not said. */
struct sheet_settings {
	struct lift_text map;
	struct lift_text type;		/* of rows that say none */
	struct lift_text timezone;	/* of times that say none */
	bool             drops;		/* columns that are no fields */
};

/* Who takes the rows. `event` gets one as JSON, borrowed until the call
 * returns, with its first and last line; it ends the reading by returning
 * false with a sentence. `refused` is told what is wrong with a row; CELLS is
 * what was read of it, as a JSON array. */
struct sheet_taker {
	bool (*event)(void *context, uint64_t line, uint64_t last,
	    struct lift_text json, struct lift_error *);
	void (*refused)(void *context, uint64_t line,
	    struct lift_text cells, const struct lift_error *);
	void  *context;
};

/* A table of which nothing was read. Freed with sheet_free.
 * Keeps: copies of the settings and the taker.
 * Fails: LIFT_E_INPUT: for a pair of the map that is none, with the nearest
 * field, and for an unknown zone. */
struct sheet *sheet_new(const struct sheet_settings *,
    const struct sheet_taker *, struct lift_error *);

/* Frees it; takes NULL. */
void sheet_free(struct sheet *);

/* Hands over all rows that are whole now. Fails: for good, when the header has
 * not what the map names, or with the taker's sentence. */
bool sheet_take(struct sheet *, struct lift_text piece, struct lift_error *);

/* A whole line of the file is lost, because of WHY. */
void sheet_lose(struct sheet *, const char *why);

/* Hands over the last row, as no more will come. Fails as sheet_take, and when
 * there was no header. */
bool sheet_end(struct sheet *, struct lift_error *);

/* True when a first line like this one looks like a header: of several names
 * one is a field's. */
bool sheet_is_header(struct lift_text line);

#endif
