/* Persons: which tokens are one shopper. A token is a person of its own until
 * it is merged into another: an anonymous visitor logs in, an id gets a new
 * one. Then the other one, the person's token, stands for both. Somebody who
 * is known by name is never merged into somebody else, so that a browser which
 * several people use does not make one person of them. */
#ifndef ENGINE_PERSON_H
#define ENGINE_PERSON_H

#include <liftd/plugin.h>

#include "engine/state.h"

struct persons;

/* What a merge would come to. */
enum person_merge {
	PERSON_MERGES,
	PERSON_SAME,		/* both are one person already */
	PERSON_TURNED,		/* likewise, the other way round */
	PERSON_KNOWN		/* both are known, as two */
};

/* Nobody is anybody else; freed with persons_free. */
struct persons *persons_new(void);

/* Frees it; takes NULL. */
void persons_free(struct persons *);

/* The token that stands for the person; TOKEN itself for most. */
uint32_t persons_of(const struct persons *, uint32_t token);

/* Notes that a person is known by name. */
void persons_know(struct persons *, uint32_t token);

/* Whether a person is known by name. */
bool persons_is_known(const struct persons *, uint32_t token);

/* What merging TOKEN into INTO would come to. */
enum person_merge persons_look(const struct persons *, uint32_t token,
    uint32_t into);

/* Merges the person of TOKEN into that of INTO, which is known from now on.
 * True when that changed anything: else persons_look says why. */
bool persons_merge(struct persons *, uint32_t token, uint32_t into);

/* The next token of the same person, in a circle: TOKEN itself when there is
 * no other. */
uint32_t persons_next(const struct persons *, uint32_t token);

/* The highest token that was ever known or merged; 0 when none was. */
uint32_t persons_highest(const struct persons *);

/* Appends to a snapshot, takes from one. */
void persons_save(const struct persons *, struct state_out *);
bool persons_load(struct persons *, struct state_in *);

#endif
