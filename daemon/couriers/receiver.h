/* The carrier that calls a webhook, with effects or with requests. */
#ifndef COURIERS_RECEIVER_H
#define COURIERS_RECEIVER_H

#include "couriers/courier.h"
#include "couriers/courier_settings.h"

/* A carrier for this webhook, whose settings must live as long; NULL: one that
 * carries nothing. */
struct carrier receiver_carrier(const struct webhook_settings *);

#endif
