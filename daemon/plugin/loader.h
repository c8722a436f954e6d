/* Finds a plugin's file, opens it and checks its descriptor before believing
 * it. Each reason to refuse one has a sentence of its own, with what was
 * expected and what was found. */
#ifndef PLUGIN_LOADER_H
#define PLUGIN_LOADER_H

#include <liftd/plugin.h>

/* The descriptor of DIRECTORY/NAME.so. The file stays open until the process
 * ends: tables and code are used everywhere.
 *
 * Fails: LIFT_E_MISSING when there is no such file, LIFT_E_INPUT when it is
 *        refused. */
const struct lift_plugin *loader_open(const char *directory, const char *name,
    struct lift_error *);

/* Checks a descriptor: magic, ABI and size before anything else, then that the
 * tables are such as the daemon can use. FILE is for the sentence. */
bool loader_check(const struct lift_plugin *, const char *file,
    const char *name, struct lift_error *);

/* What tells one file from another that took its place: all zero for none. */
struct loader_mark {
	uint64_t device, inode, size;
	int64_t  changed;		/* its bytes, in nanoseconds */
};

/* The mark of DIRECTORY/NAME.so as it lies there now. */
struct loader_mark loader_look(const char *directory, const char *name);

#endif
