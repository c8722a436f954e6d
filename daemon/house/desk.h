/* The desk: every request of every door passes here. It finds the verb, checks
 * the role and the arguments against the verb's tables, so that no verb ever
 * asks who is calling, and gives the request to where the verb lives: to the
 * log if it acts, to the engine if it asks, to the daemon if it is about the
 * daemon. */
#ifndef HOUSE_DESK_H
#define HOUSE_DESK_H

#include "house/request.h"

/* A verb about the daemon itself. `run` of the row stays NULL. One that acts
 * is logged as an entry first, and begins when that is committed. */
struct desk_verb {
	struct lift_verb verb;
	void (*begin)(struct request *);
};

/* The verb of that name; NULL when there is none. `a.b` and `a b` are one
 * name. */
const struct vocabulary_verb *desk_find(const struct house *,
    struct lift_text name);

/* All verbs there are, with their owners; good until the next reload. */
const struct vocabulary *desk_vocabulary(const struct house *);

/* The verb name nearest to NAME; NULL when none is near. */
const char *desk_nearest(const struct house *, struct lift_text name);

/* Begins a request whose verb, values and caller are set. It always ends,
 * sooner or later, by the door's `end`. */
void desk_begin(struct request *);

/* Counts a request that the desk began, as it ends. */
void desk_ended(const struct request *, enum reply_verdict);

/* All verbs about the daemon as one table of rows, for engine_new. */
const struct lift_verb *desk_verbs(void);

/* True when whoever has a role may do what needs another. Each may what those
 * below it may, but for who may bring events: a key that is in every page of
 * the shop reads nothing. */
bool role_allows(enum lift_role has, enum lift_role needs);

/* The word for a role. */
const char *role_name(enum lift_role);

#endif
