/* The plugins of the `plugins:` line: which of them there are, which were
 * refused and why; and their instances in an engine. One that is absent,
 * refused or fails to open leaves the daemon running without it. */
#ifndef PLUGIN_ROSTER_H
#define PLUGIN_ROSTER_H

#include "engine/engine.h"
#include "plugin/loader.h"

enum seat_state { SEAT_OPEN, SEAT_ABSENT, SEAT_REFUSED, SEAT_FAILED };

/* One plugin of the line. */
struct roster_seat {
	const char               *name;
	const struct lift_plugin *plugin;	/* NULL: absent or refused */
	enum seat_state           state;
	struct lift_error         error;	/* why it is not open */
	struct loader_mark        mark;		/* of its file, when looked for */
};

struct roster;

/* Looks for the plugins of this names' list, in its order, and checks each.
 * Never fails: what is wrong stands in the seat. */
struct roster *roster_new(const char *directory, const struct lift_texts *);

/* A roster of descriptors that are linked in: for tests and tools. */
struct roster *roster_of(const struct lift_plugin *const *, size_t count);

/* Frees it; takes NULL. The DSOs stay open. */
void roster_free(struct roster *);

/* The seats, in order. */
const struct roster_seat *roster_seats(const struct roster *,
    size_t *ret_count);

/* The descriptors of those that may be opened, in order: what engine_new
 * wants. */
const struct lift_plugin *const *roster_plugins(const struct roster *,
    size_t *ret_count);

/* The names of those that are not there, ended by NULL: rules about them are
 * set aside, not refused. */
const char *const *roster_missing(const struct roster *);

/* True while each plugin's file is the one that was looked for: what another
 * process would open is what is open here. Fails with a sentence that names the
 * first one that is not. */
bool roster_is_current(const struct roster *, struct lift_error *);

/* The word for a state. */
const char *seat_state_name(enum seat_state);

/* The instances of a roster's plugins in one engine. */
struct company;

/* Opens an instance of each with the settings of GENERATION, and attaches it.
 * One that fails is left out, and its seat in ROSTER has why. */
struct company *company_open(struct engine *, struct roster *,
    const struct generation *);

/* Detaches and closes all instances; takes NULL. */
void company_close(struct company *);

#endif
