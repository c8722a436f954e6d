/* One store copied into another while it is in use: entries with their effects
 * slice by slice in the order of seqs, so that the copy is at any moment the
 * log up to some seq, and can be gone on with. What is not numbered comes after
 * them. */
#ifndef LOG_COPY_H
#define LOG_COPY_H

#include "log/store.h"

struct store_copy;

/* Opens both: FROM for reading, TO for writing. Nobody may write to TO: it is
 * locked as by a daemon. STATE of FROM may be that of TO when the drivers
 * differ. Freed with store_copy_free.
 * Fails: when TO holds anything but the beginning of this log. */
struct store_copy *store_copy_open(const struct store_settings *from,
    const struct store_settings *to, struct lift_error *);

/* Closes both; takes NULL. What was copied stays, and is gone on with. */
void store_copy_free(struct store_copy *);

/* Copies some thousand entries and their effects; *RET_LEVEL when there were
 * none left. */
bool store_copy_slice(struct store_copy *, bool *ret_level,
    struct lift_error *);

/* Copies what is no entry and no effect, as it is now, and erases in the copy
 * the shoppers who were forgotten meanwhile. With the log at rest, and level,
 * the copy is the whole store afterwards. */
bool store_copy_rest(struct store_copy *, struct lift_error *);

/* Compares the ends of both. Only with the log at rest. */
bool store_copy_compare(struct store_copy *, struct lift_error *);

/* How far it is: the newest seq copied, and the newest of the log. */
void store_copy_stand(const struct store_copy *, uint64_t *ret_copied,
    uint64_t *ret_last);

#endif
