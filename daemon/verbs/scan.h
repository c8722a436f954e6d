/* A walk over the log for a request, a slice each turn of the loop, so that a
 * walk over millions of entries holds up nobody. */
#ifndef VERBS_SCAN_H
#define VERBS_SCAN_H

#include "house/request.h"
#include "log/store.h"

struct scan;

/* What a walk calls for each entry: false ends the walk. */
typedef bool scan_entry(struct request *, const struct lift_entry *);

/* What a walk calls at its end; ERR has a code when the store could not be
 * read. It ends the request. */
typedef void scan_end(struct request *, const struct lift_error *err);

/* Walks over the entries of QUERY, which is copied with its texts, in the
 * order of their seqs. Sets the request's `more` and `gone`. Fails when there
 * is no reader to be had. STATE is freed at the end, after END, when the
 * caller hangs up, or by a failure; it may be NULL. */
bool scan_begin(struct request *, const struct store_query *, scan_entry *,
    scan_end *, void *state, struct lift_error *);

/* The STATE of the request's walk. */
void *scan_state(const struct request *);

#endif
