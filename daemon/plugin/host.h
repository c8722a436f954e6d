/* What the daemon lends to one plugin in one engine. */
#ifndef PLUGIN_HOST_H
#define PLUGIN_HOST_H

#include "engine/engine.h"

struct host;

/* The host of plugin number PLACE of the engine. Freed with host_free. */
struct host *host_new(struct engine *, unsigned place, const char *name);

/* Frees it; takes NULL. */
void host_free(struct host *);

/* What `open` gets. */
const struct lift_host *host_lend(const struct host *);

#endif
