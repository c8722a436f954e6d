/* What a store's driver does. store.c keeps what all drivers share: the lock of
 * the state directory, the order of seqs, what is in a batch, the check at
 * start. A driver knows rows of tables (log/table.h) and nothing of liftd.
 *
 * SELF is what `open` returned, READER what `reader_new` returned. Each fails
 * with LIFT_E_STORE and a sentence; `again` says whether it may work later. */
#ifndef LOG_STORE_DRIVER_H
#define LOG_STORE_DRIVER_H

#include <stdatomic.h>

#include "log/table.h"

/* How a server does, as all connections of a store know it together. */
struct store_pulse {
	_Atomic bool    hurries;	/* see store_hurry */
	_Atomic int64_t silent_until;	/* no reader asks before; 0: it does */
};

/* What a prune may delete. */
struct store_slice {
	int64_t  before;	/* received before this */
	uint64_t keep;		/* no seq above this */
	uint32_t limit;		/* rows a table */
};

struct store_driver {
	const char *name;
	unsigned    worth[STORE_POWER + 1];	/* see store_worth */

	/* Opens for writing, creates or migrates; close takes NULL. */
	void *(*open)(const struct store_settings *, struct lift_error *);
	void (*close)(void *self);

	/* One transaction: begin, any number of put, then end or undo. After a
	 * failure of any of them comes undo, and then nothing of it is left. */
	bool (*begin)(void *self, struct lift_error *);
	bool (*put)(void *self, enum table_name, const void *row,
	    struct lift_error *);
	bool (*end)(void *self, struct lift_error *);
	void (*undo)(void *self);

	/* Deletes one slice, in a transaction of its own. */
	bool (*prune)(void *self, const struct store_slice *, bool *ret_more,
	    struct lift_error *);
	/* Erases a shopper, so that no file holds the id any more. */
	bool (*forget)(void *self, uint32_t token, struct lift_error *);
	/* Nothing to do at the moment: a chance for housekeeping. */
	void (*rest)(void *self);

	/* A connection that reads. It holds no transaction between calls. */
	void *(*reader_new)(const struct store_settings *,
	    struct lift_error *);
	void (*reader_free)(void *reader);
	/* See store_reader_wait; NULL: it never waits for anybody. */
	void (*reader_wait)(void *reader);
	/* Begins a query; `next` hands out rows until it returns false. */
	bool (*find)(void *reader, enum table_name, const struct store_query *,
	    struct lift_error *);
	bool (*next)(void *reader, void *ret_row, struct lift_error *);
	/* The lowest and highest value of the first column, a number; for
	 * entries the highest includes gaps. */
	bool (*range)(void *reader, enum table_name, uint64_t *ret_first,
	    uint64_t *ret_last, struct lift_error *);
	bool (*describe)(void *reader, struct text *, struct lift_error *);
	bool (*check)(void *reader, struct lift_error *);

	/* Copies what can be read; the state directories are locked. */
	bool (*salvage)(const char *state, const char *into,
	    struct text *report, struct lift_error *);
};

/* The driver of that name. Fails with a sentence that names all. */
const struct store_driver *store_driver_find(const char *name,
    struct lift_error *);

extern const struct store_driver store_sqlite, store_postgres;

#endif
