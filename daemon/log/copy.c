/* Rows from one driver to another. A slice of entries and their effects is one
 * transaction in the copy; where the copy ends says where to go on. */
#include "log/copy.h"

#include <sys/stat.h>

#include "base/memory.h"
#include "log/lock.h"
#include "log/store_driver.h"

enum { COPY_ROWS = 4096 };

/* One side. */
struct side {
	const struct store_driver *driver;
	void                      *reader;
};

struct store_copy {
	struct side from, to;
	void       *writer;		/* of the copy */
	int         lock;		/* of its directory, or -1 */
	uint64_t    copied, last;
	bool        is_begun;		/* something is there, or was put */
};

/* ---- opening ----------------------------------------------------------- */

static bool
same_directory(const char *a, const char *b)
{
	struct stat one, other;

	return stat(a, &one) == 0 && stat(b, &other) == 0 &&
	    one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* The directory of the copy is locked, unless it is our own. */
static bool
copy_lock(struct store_copy *copy, const struct store_settings *from,
    const struct store_settings *to, struct lift_error *err)
{
	copy->lock = -1;
	if (copy->to.driver != &store_sqlite)
		return true;
	if (!same_directory(from->state, to->state)) {
		copy->lock = lock_take(to->state, err);
		return copy->lock >= 0;
	}
	return copy->from.driver != &store_sqlite || lift_fail(err,
	    LIFT_E_USAGE, "'%s' is the store in use; name another directory",
	    to->state);
}

static bool
side_open(struct side *side, const struct store_settings *settings,
    struct lift_error *err)
{
	side->reader = side->driver->reader_new(settings, err);
	return side->reader != NULL;
}

/* The sum of entry SEQ; 0 when it is not there. */
static bool
side_sum(struct side *side, uint64_t seq, int64_t *ret_sum,
    struct lift_error *err)
{
	struct store_query query = { .from_seq = seq, .to_seq = seq };
	struct store_entry entry;

	*ret_sum = 0;
	if (!side->driver->find(side->reader, TABLE_ENTRIES, &query, err))
		return false;
	if (side->driver->next(side->reader, &entry, err))
		*ret_sum = table_sum(&tables[TABLE_ENTRIES], &entry);
	return err->code == LIFT_E_NONE;
}

/* Whether the copy is the log up to where it ends. */
static bool
copy_fits(struct store_copy *copy, struct lift_error *err)
{
	uint64_t first, begins;
	int64_t mine, theirs;

	if (!copy->from.driver->range(copy->from.reader, TABLE_ENTRIES, &begins,
	    &copy->last, err) || !copy->to.driver->range(copy->to.reader,
	    TABLE_ENTRIES, &first, &copy->copied, err))
		return false;
	copy->is_begun = copy->copied > 0;
	if (!copy->is_begun) {
		copy->copied = begins > 0 ? begins - 1 : 0;
		return true;
	}
	if (copy->copied + 1 < begins)
		return lift_fail(err, LIFT_E_USAGE, "what is there ends at "
		    "entry %llu, but the log begins at %llu by now; empty it "
		    "first", (unsigned long long)copy->copied,
		    (unsigned long long)begins);
	if (copy->copied < begins && copy->copied + 1 == begins)
		return true;
	if (!side_sum(&copy->from, copy->copied, &mine, err) ||
	    !side_sum(&copy->to, copy->copied, &theirs, err))
		return false;
	return (copy->copied <= copy->last && mine == theirs) ||
	    lift_fail(err, LIFT_E_USAGE, "what is there is another log: its "
	    "entry %llu is not ours; name an empty store",
	    (unsigned long long)copy->copied);
}

static bool
copy_begin(struct store_copy *copy, const struct store_settings *from,
    const struct store_settings *to, struct lift_error *err)
{
	copy->lock = -1;
	copy->from.driver = store_driver_find(from->driver, err);
	if (copy->from.driver == NULL)
		return false;
	copy->to.driver = store_driver_find(to->driver, err);
	if (copy->to.driver == NULL || !copy_lock(copy, from, to, err))
		return false;
	copy->writer = copy->to.driver->open(to, err);
	return copy->writer != NULL && side_open(&copy->from, from, err) &&
	    side_open(&copy->to, to, err) && copy_fits(copy, err);
}

struct store_copy *
store_copy_open(const struct store_settings *from,
    const struct store_settings *to, struct lift_error *err)
{
	struct store_copy *copy = memory_take(sizeof(*copy));

	if (copy_begin(copy, from, to, err))
		return copy;
	store_copy_free(copy);
	return NULL;
}

void
store_copy_free(struct store_copy *copy)
{
	if (copy == NULL)
		return;
	if (copy->from.reader != NULL)
		copy->from.driver->reader_free(copy->from.reader);
	if (copy->to.reader != NULL)
		copy->to.driver->reader_free(copy->to.reader);
	if (copy->writer != NULL)
		copy->to.driver->close(copy->writer);
	lock_drop(copy->lock);
	memory_give(copy);
}

/* ---- rows ---------------------------------------------------------------- */

/* The rows of one query go into the transaction that is open; it is ended and
 * another begun where it grows large, if the rows stand for themselves. */
static bool
copy_query(struct store_copy *copy, enum table_name table,
    const struct store_query *query, bool splits, struct lift_error *err)
{
	const struct store_driver *from = copy->from.driver;
	const struct store_driver *to = copy->to.driver;
	union table_row row;
	unsigned rows = 0;

	if (!from->find(copy->from.reader, table, query, err))
		return false;
	while (from->next(copy->from.reader, &row, err)) {
		if (!to->put(copy->writer, table, &row, err))
			return false;
		if (splits && ++rows % COPY_ROWS == 0 &&
		    (!to->end(copy->writer, err) ||
		    !to->begin(copy->writer, err)))
			return false;
	}
	return err->code == LIFT_E_NONE;
}

static bool
copy_log(struct store_copy *copy, const struct store_query *range,
    struct lift_error *err)
{
	return copy->to.driver->begin(copy->writer, err) &&
	    copy_query(copy, TABLE_ENTRIES, range, false, err) &&
	    copy_query(copy, TABLE_EFFECTS, range, false, err) &&
	    copy->to.driver->end(copy->writer, err);
}

bool
store_copy_slice(struct store_copy *copy, bool *ret_level,
    struct lift_error *err)
{
	struct store_query range = { .from_seq = copy->copied + 1 };
	uint64_t first;

	if (!copy->from.driver->range(copy->from.reader, TABLE_ENTRIES, &first,
	    &copy->last, err))
		return false;
	if (!copy->is_begun && first > copy->copied + 1) {
		/* An empty log that has just begun, or was pruned. */
		copy->copied = first - 1;
		range.from_seq = first;
	}
	*ret_level = copy->copied >= copy->last;
	if (*ret_level)
		return true;
	range.to_seq = copy->copied + COPY_ROWS < copy->last ?
	    copy->copied + COPY_ROWS : copy->last;
	if (!copy_log(copy, &range, err)) {
		copy->to.driver->undo(copy->writer);
		return false;
	}
	copy->copied = range.to_seq;
	copy->is_begun = true;
	return true;
}

/* ---- what is not numbered ------------------------------------------------ */

static bool
copy_table(struct store_copy *copy, enum table_name table, bool is_numbered,
    struct lift_error *err)
{
	const struct store_driver *to = copy->to.driver;
	struct store_query query = { .limit = 0 };
	uint64_t first, last = 0;

	if (is_numbered && !to->range(copy->to.reader, table, &first, &last,
	    err))
		return false;
	query.from_seq = is_numbered ? last + 1 : 0;
	if (to->begin(copy->writer, err) &&
	    copy_query(copy, table, &query, true, err) &&
	    to->end(copy->writer, err))
		return true;
	to->undo(copy->writer);
	return false;
}

/* The token of the next shopper; 0 at the end. */
static bool
side_token(struct side *side, uint32_t *ret_token, struct lift_error *err)
{
	struct store_shopper shopper = { .token = 0 };

	if (!side->driver->next(side->reader, &shopper, err))
		shopper.token = 0;
	*ret_token = shopper.token;
	return err->code == LIFT_E_NONE;
}

/* Both lists go by token: who is only in the copy was forgotten. */
static bool
copy_forget(struct store_copy *copy, struct lift_error *err)
{
	struct store_query all = { .limit = 0 };
	uint32_t mine, theirs;

	if (!copy->from.driver->find(copy->from.reader, TABLE_SHOPPERS, &all,
	    err) || !copy->to.driver->find(copy->to.reader, TABLE_SHOPPERS,
	    &all, err) || !side_token(&copy->from, &mine, err) ||
	    !side_token(&copy->to, &theirs, err))
		return false;
	while (theirs != 0) {
		bool is_known = mine == theirs;

		if (mine != 0 && mine < theirs) {
			if (!side_token(&copy->from, &mine, err))
				return false;
			continue;
		}
		if (!is_known && !copy->to.driver->forget(copy->writer, theirs,
		    err))
			return false;
		if (!side_token(&copy->to, &theirs, err))
			return false;
	}
	return true;
}

bool
store_copy_rest(struct store_copy *copy, struct lift_error *err)
{
	return copy_table(copy, TABLE_GAPS, false, err) &&
	    copy_table(copy, TABLE_LETTERS, true, err) &&
	    copy_table(copy, TABLE_SHOPPERS, true, err) &&
	    copy_table(copy, TABLE_TRAITS, false, err) &&
	    copy_forget(copy, err) &&
	    copy_table(copy, TABLE_CURSORS, false, err) &&
	    copy_table(copy, TABLE_RUNS, false, err) &&
	    copy_table(copy, TABLE_KEPT, false, err);
}

bool
store_copy_compare(struct store_copy *copy, struct lift_error *err)
{
	uint64_t first, mine, theirs;
	int64_t one, other;

	if (!copy->from.driver->range(copy->from.reader, TABLE_ENTRIES, &first,
	    &mine, err) || !copy->to.driver->range(copy->to.reader,
	    TABLE_ENTRIES, &first, &theirs, err) ||
	    !side_sum(&copy->from, mine, &one, err) ||
	    !side_sum(&copy->to, mine, &other, err))
		return false;
	return (mine == theirs && one == other) || lift_fail(err, LIFT_E_BUG,
	    "the copy ends at entry %llu, must end at %llu",
	    (unsigned long long)theirs, (unsigned long long)mine);
}

void
store_copy_stand(const struct store_copy *copy, uint64_t *ret_copied,
    uint64_t *ret_last)
{
	*ret_copied = copy->copied;
	*ret_last = copy->last;
}
