/* The ways through a table: by which columns a query runs and how it goes on
 * from where it stopped. Each way is one statement that reads a chunk. */
#ifndef LOG_PATH_H
#define LOG_PATH_H

#include "base/arena.h"
#include "base/text.h"
#include "log/table.h"

enum path_name {
	PATH_ENTRIES,
	PATH_EFFECTS,
	PATH_EFFECTS_TOPIC,
	PATH_EFFECTS_ID,
	PATH_LETTERS,
	PATH_CURSORS,
	PATH_CURSORS_NAME,
	PATH_SHOPPERS,
	PATH_TRAITS,
	PATH_RUNS,
	PATH_RUNS_JOB,
	PATH_KEPT,
	PATH_KEPT_NAME,
	PATH_GAPS,
	PATHS
};

struct path {
	enum table_name table;
	int             fixed;		/* column that is given, or -1 */
	int             keys[2];	/* columns that it runs by; -1: none */
};

/* The list. */
extern const struct path paths[PATHS];

/* Where a query goes on: behind these values of its keys; at this value when
 * its only key is a number. */
struct mark {
	int64_t     whole[2];
	struct text text;		/* of the one key that is text */
	bool        is_end;		/* that text is above all texts */
};

/* Below and above all first keys that are numbers, with room to count on. */
#define PATH_LOWEST	(INT64_MIN / 4)
#define PATH_HIGHEST	(INT64_MAX / 4)

/* A query as a reader keeps it: its texts copied into the arena, what was left
 * open set to the ends. */
struct store_query path_query(struct arena *, const struct store_query *);

/* Whether a table's seqs must be known before a query begins. */
bool path_has_range(enum table_name);

/* The bounds of the first key; FIRST and LAST are of the table, where it has
 * such a range. */
void path_bounds(enum table_name, const struct store_query *, int64_t first,
    int64_t last, int64_t *ret_lowest, int64_t *ret_highest);

/* The way that serves a query best, and the text that its given column must
 * have. */
enum path_name path_choose(enum table_name, const struct store_query *,
    struct lift_text *ret_fixed);

/* Key I of a way, or NULL. */
const struct column *path_key(const struct path *, int i);

/* Appends the statement of a way; DOWN for newest first. SIGN is what stands
 * before a parameter's number: 1 and 2 the mark, 3 the bound of the first key,
 * 4 how many rows, 5 the given text. */
void path_sql(const struct path *, bool down, char sign, struct text *);

/* Whether the way's first key is a number, so that it can be searched. */
bool path_is_numbered(const struct path *);

/* Sets the mark so that the next row is the first one at or behind AT. */
void path_mark_at(bool down, int64_t at, struct mark *);

/* Sets the mark so that the next row is the one behind ROW. */
void path_mark_behind(const struct path *, bool down, const void *row,
    struct mark *);

#endif
