/* Rows in PostgreSQL's binary form: a count of fields, and each field with its
 * length before it, all in the byte order of the wire. COPY takes it as it is,
 * and the parameters of a statement point into it. */
#include "log/postgres.h"

#include <endian.h>

#include "base/utf8.h"

void
postgres_whole_put(char at[8], int64_t whole)
{
	uint64_t wire = htobe64((uint64_t)whole);

	memcpy(at, &wire, 8);
}

int64_t
postgres_whole_get(const char *at)
{
	uint64_t wire;

	memcpy(&wire, at, 8);
	return (int64_t)be64toh(wire);
}

static void
field_size(struct text *to, size_t size)
{
	uint32_t wire = htobe32((uint32_t)size);

	text_add(to, &wire, 4);
}

static void
field_whole(struct text *to, int64_t whole)
{
	char *at = text_room(to, 12);

	memcpy(at, "\0\0\0\10", 4);
	postgres_whole_put(at + 4, whole);
	to->size += 12;
}

static void
field_text(struct text *to, struct lift_text text)
{
	field_size(to, text.size);
	text_add(to, text.data, text.size);
}

/* Whether PostgreSQL takes the text as it is. */
static bool
text_is_clean(struct lift_text text)
{
	const char *at = text.data, *end = text.data + text.size;

	while (at < end) {
		const char *before = at;

		if (*at > 0) {
			at++;
			continue;
		}
		if (*at == '\0' || (utf8_next(&at, end) == UTF8_BAD &&
		    at == before + 1))
			return false;
	}
	return true;
}

static void
text_clean(struct text *to, struct lift_text text)
{
	const char *at = text.data, *end = text.data + text.size;

	while (at < end) {
		uint32_t c = utf8_next(&at, end);
		char *room = text_room(to, 4);

		to->size += utf8_put(room, c == 0 ? UTF8_BAD : c);
	}
}

static bool
row_is_clean(const struct table *table, const void *row)
{
	for (unsigned i = 0; i < table->count; i++)
		if (table->columns[i].kind == COLUMN_WORDS &&
		    !text_is_clean(column_text(&table->columns[i], row)))
			return false;
	return true;
}

static void
row_write(struct text *to, const struct table *table, const void *row)
{
	uint16_t fields = htobe16((uint16_t)(table->count + 1));

	text_add(to, &fields, 2);
	for (unsigned i = 0; i < table->count; i++) {
		const struct column *c = &table->columns[i];

		if (column_is_text(c))
			field_text(to, column_text(c, row));
		else
			field_whole(to, column_whole(c, row));
	}
	field_whole(to, table_sum(table, row));
}

/* The sum is that of what is kept, so it comes after the cleaning. */
static void
row_write_clean(struct text *to, const struct table *table, const void *row)
{
	struct text clean[TABLE_COLUMNS] = { { 0 } };
	union table_row copy;

	memcpy(&copy, row, table->size);
	for (unsigned i = 0; i < table->count; i++) {
		const struct column *c = &table->columns[i];

		if (c->kind != COLUMN_WORDS)
			continue;
		text_clean(&clean[i], column_text(c, row));
		column_set_text(c, &copy, text_view(&clean[i]));
	}
	row_write(to, table, &copy);
	for (unsigned i = 0; i < table->count; i++)
		text_done(&clean[i]);
}

void
postgres_row_add(struct text *to, const struct table *table, const void *row)
{
	if (row_is_clean(table, row))
		row_write(to, table, row);
	else
		row_write_clean(to, table, row);
}

void
postgres_rows_head(struct text *to)
{
	/* The signature, no flags, no extension. */
	text_add(to, "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
}

void
postgres_rows_tail(struct text *to)
{
	text_add(to, "\377\377", 2);
}
