/* An engine's state into a snapshot's file and back. */
#ifndef REPLAY_SNAPSHOT_H
#define REPLAY_SNAPSHOT_H

#include "engine/engine.h"
#include "replay/snapshot_file.h"

/* Writes the engine's state, as of its seq, into the directory STATE. May run
 * in a forked child: then GO is a pipe, and the file gets its name when a byte
 * comes out of it; when it closes instead, nothing is left. GO below 0: at
 * once. */
bool snapshot_write(struct engine *, const char *state, const char *build,
    int go, struct lift_error *);

/* Takes the state from a file. Fails when a part does not fit this build or a
 * plugin; the engine is then worthless. MISSING (may be NULL) gets the name of
 * an attached plugin that the file knows nothing of, or NULL. */
bool snapshot_read(struct engine *, const struct snapshot_file *,
    const char **ret_missing, struct lift_error *);

#endif
