/* An engine's state into a snapshot's file and back. */
#ifndef REPLAY_SNAPSHOT_H
#define REPLAY_SNAPSHOT_H

#include "engine/engine.h"
#include "replay/snapshot_file.h"

/* The engine's state, as of its seq, is a snapshot in the directory STATE. On
 * failure nothing of it is left. */
bool snapshot_write(struct engine *, const char *state, const char *build,
    struct lift_error *);

/* Takes the state from a file. Fails when a part does not fit this build or a
 * plugin; the engine is then worthless. MISSING (may be NULL) gets the name of
 * an attached plugin that the file knows nothing of, or NULL. */
bool snapshot_read(struct engine *, const struct snapshot_file *,
    const char **ret_missing, struct lift_error *);

#endif
