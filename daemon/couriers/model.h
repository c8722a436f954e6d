/* The carrier that asks a model: Gemini with a key, or Vertex with an
 * account. */
#ifndef COURIERS_MODEL_H
#define COURIERS_MODEL_H

#include "couriers/courier.h"
#include "couriers/courier_settings.h"

/* Fills a carrier for these settings, whose texts must live as long; one that
 * carries nothing when they say offline. Fails when the credentials cannot be
 * used. */
bool model_carrier(const struct model_settings *, struct carrier *ret_carrier,
    struct lift_error *);

/* Appends the address that the settings call. */
void model_url(struct text *, const struct model_settings *);

#endif
