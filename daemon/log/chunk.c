/* From cells that the driver lends to rows in memory that outlive them. */
#include "log/chunk.h"

#include "base/memory.h"

void
chunk_done(struct chunk *chunk)
{
	memory_give(chunk->rows);
	memory_give(chunk->bytes);
	*chunk = (struct chunk){ .rows = NULL };
}

void
chunk_clear(struct chunk *chunk, const struct table *table)
{
	size_t room = table->size * CHUNK_ROWS;

	if (room > chunk->rows_room) {
		chunk->rows = memory_resize(chunk->rows, room);
		chunk->rows_room = room;
	}
	if (chunk->bytes_room != CHUNK_BYTES) {
		memory_give(chunk->bytes);
		chunk->bytes = memory_raw(CHUNK_BYTES);
		chunk->bytes_room = CHUNK_BYTES;
	}
	chunk->count = chunk->at = chunk->bytes_used = 0;
}

void *
chunk_row(const struct chunk *chunk, const struct table *table, size_t place)
{
	return chunk->rows + place * table->size;
}

/* Room for the row's texts, or NULL. Only an empty chunk may move its bytes. */
static char *
chunk_room(struct chunk *chunk, const struct table *table,
    const struct cell *cells)
{
	size_t size = 0;

	for (unsigned i = 0; i < table->count; i++)
		if (column_is_text(&table->columns[i]))
			size += cells[i].text.size;
	if (chunk->bytes_used + size <= chunk->bytes_room)
		return chunk->bytes + chunk->bytes_used;
	if (chunk->count > 0)
		return NULL;
	chunk->bytes = memory_resize(chunk->bytes, size);
	chunk->bytes_room = size;
	return chunk->bytes;
}

static bool
chunk_column(const struct column *c, void *row, const struct cell *cell,
    char **at)
{
	size_t size = cell->text.size;

	if (!column_is_text(c))
		return column_set_whole(c, row, cell->whole);
	if (size > 0)
		memcpy(*at, cell->text.data, size);
	column_set_text(c, row, (struct lift_text){ *at, size });
	*at += size;
	return true;
}

enum chunk_answer
chunk_take(struct chunk *chunk, const struct table *table,
    const struct cell *cells, int64_t sum)
{
	char *at = chunk_room(chunk, table, cells);
	void *row = chunk_row(chunk, table, chunk->count);
	bool fits = true;

	if (at == NULL)
		return CHUNK_FULL;
	for (unsigned i = 0; i < table->count; i++)
		fits = chunk_column(&table->columns[i], row, &cells[i],
		    &at) && fits;
	if (!fits || table_sum(table, row) != sum)
		return CHUNK_WRONG;
	chunk->bytes_used = (size_t)(at - chunk->bytes);
	chunk->count++;
	return CHUNK_TAKEN;
}
