/* What liftd does without a daemon: check, test and print rules, look at a
 * store, and save what can be saved of it. */
#ifndef VERBS_OFFLINE_H
#define VERBS_OFFLINE_H

#include "house/house.h"

/* Prints a table of the program: options, verbs, topics, findings, rules.
 * Returns the exit status. */
int offline_describe(const struct house_places *, const char *what);

/* Runs `check`, `test`, `schema`, `store-check`, `salvage`, `replay` or
 * `snapshot`. INTO may be NULL. Returns the exit status: 0 yes, 1 no, 2 usage. */
int offline_run(const struct house_places *, const char *into, int argc,
    char **argv);

#endif
