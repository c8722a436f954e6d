/* The house: everything that a running liftd owns, in the order in which it
 * starts; it stops in the reverse one. */
#ifndef HOUSE_HOUSE_H
#define HOUSE_HOUSE_H

#include <liftd/plugin.h>

#include "house/settings.h"

struct house;

/* Where things are, from the command line, the environment and defaults. */
struct house_places {
	const char *config;		/* liftd.yaml; may not exist */
	bool        config_given;	/* then it must exist */
	const char *rules, *plugins, *state, *control;
	const char *listen;		/* NULL: as liftd.yaml says */
};

/* How a start may end. */
enum house_exit { HOUSE_OK = 0, HOUSE_FAILED = 1, HOUSE_CONFIG = 78 };

/* Starts everything, runs until a signal ends it, and stops in order. Says
 * why when it cannot start, a sentence for each cause. */
enum house_exit house_run(const struct house_places *);

#endif
