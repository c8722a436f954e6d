/* Sources and the watermark: how far event time has come.
 *
 * A source's watermark is the greatest event time it has shown, less the
 * disorder; an entry of a live source counts with at most its received time,
 * so that a fast clock closes nothing. The watermark is the least of those of
 * the active sources, and never goes back. A source that has been silent for
 * longer than the time-out does not count until it speaks again; when none
 * counts, the ticks move the watermark.
 *
 * While a backfill or a simulation is open, time is that source's: it has a
 * watermark of its own (offline), and the live one stands still. When it ends
 * and no live source has ever spoken, time does not jump to the wall's, since
 * of what lies in between nobody has told anything yet: it goes on from where
 * it is, step by step with the wall's, and stops after the allowed lateness. So
 * its last windows are judged, and whatever comes next can still revise what
 * was judged meanwhile: another file, or the simulation after a restart. */
#ifndef ENGINE_WATERMARK_H
#define ENGINE_WATERMARK_H

#include <liftd/plugin.h>

#include "engine/state.h"

enum source_class { SOURCE_LIVE, SOURCE_BACKFILL, SOURCE_SIMULATED };

struct watermark_settings {
	int64_t disorder;		/* how long a window waits */
	int64_t lateness;		/* how long it can be revised */
	int64_t idle;			/* how long a silent source counts */
};

struct watermark;

/* A watermark that has seen nothing. Freed with watermark_free. */
struct watermark *watermark_new(const struct watermark_settings *);

/* Frees it; takes NULL. */
void watermark_free(struct watermark *);

/* Opens source NUMBER, or changes its class. */
void watermark_open(struct watermark *, uint32_t number, enum source_class,
    struct lift_text name);

/* Ends source NUMBER: it counts no more. Ending the open offline source ends
 * its time as well. */
void watermark_end(struct watermark *, uint32_t number);

/* The class of a source; SOURCE_LIVE for a number never opened. */
enum source_class watermark_class(const struct watermark *, uint32_t number);

/* The number of the open backfill or simulation; 0 when there is none. */
uint32_t watermark_offline(const struct watermark *);

/* The name of source NUMBER; empty for one never opened. */
struct lift_text watermark_name(const struct watermark *, uint32_t number);

/* Notes an entry of a source. */
void watermark_note(struct watermark *, const struct lift_entry *);

/* Notes a tick: of the open offline source, or else of the wall. */
void watermark_tick(struct watermark *, int64_t time);

/* Why an entry with this time changes no window any more; NULL when it does.
 */
const char *watermark_late(const struct watermark *, int64_t time);

/* Where time stands, for plugins. */
struct lift_moment watermark_moment(const struct watermark *);

/* Appends to a snapshot, takes from one. */
void watermark_save(const struct watermark *, struct state_out *);
bool watermark_load(struct watermark *, struct state_in *);

#endif
