/* Time zones, re-entrant: a job in London and one in New York live in one
 * process, so the C library's one zone of the process will not do. A zone is
 * read from its TZif file (RFC 8536, versions 1 to 4) with the rule in its
 * footer for the years after the table.
 *
 * All times here are whole seconds; `local` is what the clock on the wall
 * shows, counted as though it were UTC. */
#ifndef RULES_ZONE_H
#define RULES_ZONE_H

#include <liftd/plugin.h>

#include "base/arena.h"

#define ZONE_FOLDER	"/usr/share/zoneinfo"

struct zone;

/* A stretch of time with one offset: FROM is in it, UNTIL is not. INT64_MIN
 * and INT64_MAX where it has no end. */
struct zone_stretch {
	int64_t from, until;
	int32_t offset;			/* seconds east of UTC */
};

/* How many times a clock on the wall shows a time. */
enum zone_fit {
	ZONE_ONCE,
	ZONE_GAP,			/* never: clocks went forward over it */
	ZONE_FOLD			/* twice: clocks went back over it */
};

/* The zone of an IANA name, `UTC`, or a fixed offset such as `+02:00`.
 *
 * Fails: LIFT_E_INPUT, with the nearest name when there is no such zone, and
 *        when its file is damaged. */
struct zone *zone_open(struct arena *, struct lift_text name,
    struct lift_error *);

/* As zone_open, with the zone files looked for in FOLDER. */
struct zone *zone_open_in(struct arena *, const char *folder,
    struct lift_text name, struct lift_error *);

/* The zone of a TZif file's bytes; keeps nothing of them. */
struct zone *zone_read(struct arena *, struct lift_text name,
    struct lift_text bytes, struct lift_error *);

/* The name that the zone was opened with. */
struct lift_text zone_name(const struct zone *);

/* Seconds east of UTC at a time. */
int32_t zone_offset(const struct zone *, int64_t utc);

/* The stretch of one offset that holds a time. Two neighbours may have the
 * same offset: zones also turn from one name to another. */
struct zone_stretch zone_stretch(const struct zone *, int64_t utc);

/* The times at which clocks in the zone show LOCAL. Once: both are the same.
 * In a fold they are the first and the second one. In a gap both are the
 * moment at which the clocks went forward. */
enum zone_fit zone_utc(const struct zone *, int64_t local, int64_t *ret_first,
    int64_t *ret_second);

#endif
