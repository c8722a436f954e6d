/* All couriers of a house: the model's, the one for what plugins ask a webhook,
 * the one that tells plugins that nobody is there, and one for each webhook
 * that is sent topics. */
#ifndef COURIERS_COURIERS_H
#define COURIERS_COURIERS_H

#include "couriers/courier.h"

struct couriers;

/* Makes the couriers that the house's settings ask for; they look after each
 * commit. Fails when credentials cannot be used or the store cannot be read. A
 * webhook whose topics do not exist is left out, and complained about. Freed
 * with couriers_free. */
struct couriers *couriers_new(struct house *, struct lift_error *);

/* Frees them; no call may be under way. Takes NULL. */
void couriers_free(struct couriers *);

/* Begins no more calls, and gives those under way a moment to end; takes
 * NULL. */
void couriers_stop(struct couriers *, int64_t patience);

/* How many there are, and how each is doing. */
size_t couriers_count(const struct couriers *);
struct courier_view couriers_at(struct couriers *, size_t place);

/* Sets their gauges; takes NULL. */
void couriers_measure(struct couriers *);

/* Appends a line for each that has failed for long, or could not be made;
 * takes NULL. */
void couriers_complain(struct couriers *, struct text *);

#endif
