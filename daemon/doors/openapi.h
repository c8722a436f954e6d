/* What this door offers, as an OpenAPI 3.1 document: made from the verbs'
 * tables and the list of pages, so that it cannot differ from them. */
#ifndef DOORS_OPENAPI_H
#define DOORS_OPENAPI_H

#include "base/text.h"
#include "rules/vocabulary.h"

/* Appends the document for all verbs with a route, and for all pages. */
void openapi_write(struct text *, const struct vocabulary *,
    const char *version);

#endif
