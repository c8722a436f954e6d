/* A courier carries effects outside, and answers back.
 *
 * It reads the durable effects that it wants from the store, behind a cursor of
 * its own: so what is not carried yet waits in the store and nowhere else. It
 * has a window of some of them in memory, and so many calls under way, each on
 * a thread of its own; whatever a server does, the loop never waits.
 *
 * What came of a request (an effect of the topic `request`) becomes an entry of
 * the kind `answer`, and the cursor moves in the same transaction. So each
 * request is answered once. The call itself may be made twice: when liftd dies
 * between the call and the commit.
 *
 * Others push: the effects of some topics go out one by one, in order, and the
 * cursor follows. What cannot be brought to its end goes to the dead letters
 * with the reason. */
#ifndef COURIERS_COURIER_H
#define COURIERS_COURIER_H

#include "base/arena.h"
#include "couriers/post.h"
#include "log/store.h"

struct courier;
struct house;

/* What came of carrying a load. */
enum load_verdict {
	LOAD_CARRIED,
	LOAD_AGAIN,		/* not now: try later */
	LOAD_LOST,		/* it will never work */
	LOAD_ENDED		/* given up, because the daemon stops */
};

/* One effect in a courier's window. What a carrier may write is marked. */
struct load {
	struct load        *next;
	struct courier     *courier;
	struct arena       *arena;
	struct store_effect effect;
	struct lift_text    asked;	/* the body of a request */
	const post_end     *end;
	struct post_line   *line;	/* to call on */
	int                 state;
	unsigned            tries;
	int64_t             began;	/* the first try, monotonic; 0: none */
	int64_t             due, took;
	int64_t             received;	/* of its entry; 0: not asked yet */
	/* For the carrier to fill: */
	enum load_verdict   verdict;
	bool                halts;	/* others have to wait as well */
	bool                trouble;	/* lost, and others would be too */
	bool                is_cached;
	bool                is_stranger;	/* a token was refused once;
						 * kept from try to try */
	int64_t             wait;	/* at least, before the next try */
	struct text         answer;	/* members of the answer's JSON */
	struct lift_error   error;	/* unless it was carried */
};

/* How loads are carried. */
struct carrier {
	void  *self;
	/* Carries a load and fills in what came of it. NULL: nobody carries,
	 * and ABSENT says so. Thread: one of its own. */
	void (*carry)(void *self, struct load *);
	/* True when it knows the answer without a call; or NULL. */
	bool (*known)(void *self, struct load *);
	/* Hears of each load that was carried; or NULL. */
	void (*carried)(void *self, const struct load *);
	void (*free)(void *self);	/* or NULL */
	const char *absent;
};

/* What a courier is to do. Texts must live as long as it does. */
struct courier_terms {
	const char       *name, *kind;
	/* Of requests: the courier that is asked; NULL and no topics: those
	 * that nobody else answers. */
	const char       *asked;
	struct lift_texts topics;	/* to push; none: it answers requests */
	unsigned          most;		/* under way at once */
	int64_t           rate;		/* calls a minute; 0: any */
	int64_t           retries;	/* -1: as many as give_up allows */
	int64_t           give_up, oldest;
};

/* Requests that were answered before the start, by id. */
struct answered;

/* What the couriers of a house share. All of it must outlive them. */
struct courier_office {
	struct house          *house;
	struct store_reader   *reader;
	const struct answered *answered;
	const post_end        *end;	/* when calls are given up */
};

/* A courier that goes on behind its cursor; one that pushes and has none begins
 * with what happens from now on. Takes the carrier, also when it fails. Freed
 * with courier_free. */
struct courier *courier_new(const struct courier_office *,
    const struct courier_terms *, const struct carrier *,
    struct lift_error *);

/* Frees it; no call may be under way. Takes NULL. */
void courier_free(struct courier *);

/* Looks for what there is to do: after a commit. */
void courier_look(struct courier *);

/* The seq of the first request that waits for the courier called NAME, which is
 * asked as ASKED (NULL: those that nobody else answers); 0 when there is none.
 * Fails when the store cannot be read. */
bool courier_first(struct store_reader *, const char *name, const char *asked,
    uint64_t *ret_seq, struct lift_error *);

/* How a courier is doing. */
struct courier_view {
	const char *name, *kind, *state, *last_error;
	uint64_t    cursor, behind, sent, failed;
	int64_t     next_try, failing_since;	/* 0: none */
};

/* How it is doing now. Behind counts no further than 10,000. */
struct courier_view courier_look_at(struct courier *);

/* Sets its gauges. */
void courier_measure(struct courier *);

#endif
