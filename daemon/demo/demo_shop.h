/* The demo's shop: this very program once more, as a daemon with a state
 * directory of its own, and the way to it. */
#ifndef DEMO_DEMO_SHOP_H
#define DEMO_DEMO_SHOP_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/text.h"
#include "ctl/ctl_link.h"

struct demo_shop {
	struct text     directory, control, log;	/* paths */
	bool            is_kept;
	pid_t           pid;			/* 0: does not run */
	struct ctl_link link;
};

/* Where things are. */
struct demo_places {
	const char *rules, *plugins;
	const char *keep;		/* NULL: a folder that goes away */
	const char *listen;
};

/* Starts the daemon and connects to it. Ended with demo_shop_close, whatever
 * this returned. */
bool demo_shop_open(struct demo_shop *, const struct demo_places *,
    struct lift_error *);

/* Asks or tells it something; ROWS gets the answer, an object a line. */
bool demo_shop_ask(struct demo_shop *, const char *line, struct text *rows,
    struct lift_error *);

/* True while the daemon runs. */
bool demo_shop_runs(struct demo_shop *);

/* Ends the daemon in order and removes the folder, unless it is kept. */
void demo_shop_close(struct demo_shop *);

/* A member of the first row, as text; empty when it is not there or null. It
 * lies in the arena or in ROWS. */
struct lift_text demo_row_text(struct lift_text rows, struct arena *,
    const char *name);

/* How many rows there are. */
unsigned demo_rows(struct lift_text rows);

#endif
