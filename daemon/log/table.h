/* The tables of the store, each listed once: the struct that a row is in
 * memory, and its columns in the order of the schema. A driver makes its
 * statements from this list, so that no SQL names a column twice. */
#ifndef LOG_TABLE_H
#define LOG_TABLE_H

#include "log/store.h"

#define TABLE_COLUMNS	8

enum table_name {
	TABLE_ENTRIES,		/* struct store_entry */
	TABLE_EFFECTS,		/* struct store_effect */
	TABLE_LETTERS,		/* struct store_letter */
	TABLE_CURSORS,		/* struct store_cursor */
	TABLE_SHOPPERS,		/* struct store_shopper */
	TABLE_TRAITS,		/* struct store_trait */
	TABLE_RUNS,		/* struct store_run */
	TABLE_KEPT,		/* struct table_kept */
	TABLE_GAPS,		/* struct table_gap */
	TABLES
};

/* A named value that is not history. */
struct table_kept {
	struct lift_text name, value;
};

/* Entries that a salvage could not save: seqs, inclusive. */
struct table_gap {
	uint64_t first, last;
};

/* How a column lies in the struct; follows from the member's type. */
enum column_kind {
	COLUMN_U8,
	COLUMN_U32,
	COLUMN_U64,
	COLUMN_I64,
	COLUMN_WORDS,		/* struct lift_text, UTF-8 */
	COLUMN_BYTES		/* struct lift_text, anything */
};

struct column {
	const char      *name;
	enum column_kind kind;
	size_t           offset;
};

struct table {
	const char   *name;
	size_t        size;		/* of the struct */
	bool          replaces;		/* a row takes the place of its like */
	unsigned      keys;		/* columns that make rows alike */
	unsigned      count;
	struct column columns[TABLE_COLUMNS];
};

/* The union of all rows: room for any one. */
union table_row {
	struct store_entry   entry;
	struct store_effect  effect;
	struct store_letter  letter;
	struct store_cursor  cursor;
	struct store_shopper shopper;
	struct store_trait   trait;
	struct store_run     run;
	struct table_kept    kept;
	struct table_gap     gap;
};

/* The list. */
extern const struct table tables[TABLES];

/* Whether the column is one of text. */
static inline bool
column_is_text(const struct column *c)
{
	return c->kind >= COLUMN_WORDS;
}

/* The text of ROW in column C, which is one of text. */
static inline struct lift_text
column_text(const struct column *c, const void *row)
{
	return *(const struct lift_text *)
	    (const void *)((const char *)row + c->offset);
}

/* The number of ROW in column C, which is none of text. */
int64_t column_whole(const struct column *, const void *row);

/* Puts a number into ROW: false when the member cannot hold it. */
bool column_set_whole(const struct column *, void *row, int64_t);

/* Puts a text into ROW. */
void column_set_text(const struct column *, void *row, struct lift_text);

/* The sum that is kept with the row: another one says that the row is not
 * what was written. */
int64_t table_sum(const struct table *, const void *row);

#endif
