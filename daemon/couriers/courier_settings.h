/* What liftd.yaml says of couriers: `models:` and the rows of `webhooks:`. */
#ifndef COURIERS_COURIER_SETTINGS_H
#define COURIERS_COURIER_SETTINGS_H

#include <liftd/plugin.h>

#include "rules/finding.h"
#include "rules/node.h"

enum model_driver { MODEL_OFFLINE, MODEL_GEMINI, MODEL_VERTEX };

struct model_settings {
	int         driver;
	const char *model, *key, *project, *location, *credentials;
	const char *endpoint, *authority;
	double      temperature;
	int64_t     tokens, timeout, rate, retries, cache, oldest;
};

struct webhook_settings {
	const char       *name, *url, *secret, *authority;
	struct lift_texts topics;
	bool              requests;
	int64_t           timeout, rate, give_up, oldest;
};

/* The options of `models:` and of a row of `webhooks:`. */
extern const struct lift_option model_options[];
extern const struct lift_option webhook_options[];

/* Adds a finding for each thing that does not go together. ROOT, the file's
 * map, may be NULL. */
void courier_settings_check(struct findings *, const struct node *root,
    const struct model_settings *, const struct lift_rows *webhooks);

#endif
