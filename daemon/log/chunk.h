/* Rows read ahead in one go, so that the transaction that read them can end
 * before they are handed out. */
#ifndef LOG_CHUNK_H
#define LOG_CHUNK_H

#include "log/table.h"

/* A chunk ends at so many rows, or with its text full; a row that is larger
 * than the room for text makes a chunk of its own. */
#define CHUNK_ROWS	4096
#define CHUNK_BYTES	((size_t)1 << 20)

struct chunk {
	char  *rows;		/* of the table's structs */
	size_t rows_room;
	size_t count, at;	/* read, and handed out */
	char  *bytes;		/* what their texts point to */
	size_t bytes_room, bytes_used;
};

/* One column of a row as the driver has it: one of the two. */
struct cell {
	int64_t          whole;
	struct lift_text text;
};

/* What became of a row. */
enum chunk_answer {
	CHUNK_TAKEN,
	CHUNK_FULL,		/* no room: take it next time */
	CHUNK_WRONG		/* it is not what was written */
};

/* Frees what the chunk holds. */
void chunk_done(struct chunk *);

/* Empties the chunk for rows of a table. */
void chunk_clear(struct chunk *, const struct table *);

/* Takes a row from its cells, the table's columns in their order, and compares
 * it with SUM. */
enum chunk_answer chunk_take(struct chunk *, const struct table *,
    const struct cell *, int64_t sum);

/* The row at PLACE. */
void *chunk_row(const struct chunk *, const struct table *, size_t place);

#endif
