/* JSON as it is written: the pieces that more than one writer needs. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <liftd/plugin.h>

#include "base/text.h"

/* Appends a text as a JSON string, with its quotes. */
void json_string(struct text *, struct lift_text);

#endif
