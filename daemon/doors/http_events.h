/* `POST /api/v1/events`: events in the contract's form or as a table, of any
 * number, taken as they come. The answer leaves when all are stored for good. */
#ifndef DOORS_HTTP_EVENTS_H
#define DOORS_HTTP_EVENTS_H

#include "doors/http_parts.h"

/* What its address may say, of a table. */
extern const struct lift_field http_events_arguments[];

/* The four of the page. */
void http_events_begin(struct exchange *);
bool http_events_take(void *exchange, struct lift_text piece,
    struct lift_error *);
void http_events_ready(struct exchange *);
void http_events_gone(struct exchange *);

#endif
