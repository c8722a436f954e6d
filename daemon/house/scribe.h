/* The scribe: a process of its own that writes a snapshot, so that nothing
 * waits for it. It does what a start does: takes the newest whole snapshot,
 * folds the committed entries after it, and writes the state down as of the
 * last of them. Nothing is copied out of the daemon; a snapshot is never ahead
 * of the log, since it is made from it. */
#ifndef HOUSE_SCRIBE_H
#define HOUSE_SCRIBE_H

#include "house/house.h"

enum { SCRIBE_LIKENESS = 17 };	/* sixteen digits and the end */

/* What a scribe has done. */
struct scribe_answer {
	uint64_t seq;		/* the snapshot's */
	uint64_t base;		/* of the one that it began with; 0: none */
};

/* ---- in the daemon ------------------------------------------------------- */

struct scribe;

/* A scribe is at work for this house, with the same settings and plugins.
 * Freed with scribe_free. Fails when a plugin's file is no longer the one that
 * is open here, or there is no process to be had. */
struct scribe *scribe_start(const struct house *, struct lift_error *);

/* True once the process has ended; never waits. */
bool scribe_has_ended(struct scribe *);

/* What the scribe that has ended has done. Fails with its own sentence, or with
 * one about how it ended. */
bool scribe_answer(const struct scribe *, struct scribe_answer *ret,
    struct lift_error *);

/* Frees it, and ends the process if it is still at work; takes NULL. */
void scribe_free(struct scribe *);

/* What the fold depends on beside the log, as one word: the build, the
 * settings that the engine has, each plugin's file and what became of it. */
void scribe_likeness(const struct house *, char ret[SCRIBE_LIKENESS]);

/* ---- in the scribe ------------------------------------------------------- */

/* A new snapshot lies in the state directory, if entries came since the newest.
 * With a LIKENESS a daemon has asked: it is refused when this process is not
 * like it; the work is done at low priority, ends with the daemon, and the
 * answer goes to standard output for it. With NULL a person has asked, and no
 * daemon may run on this state. Returns the exit status: 0 yes, 1 no. */
int scribe_run(const struct house_places *, const char *likeness);

#endif
