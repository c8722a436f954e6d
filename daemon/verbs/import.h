/* `events import`: lines of JSON or rows of CSV, acknowledged as they are
 * committed, and where a file was cut off it goes on. */
#ifndef VERBS_IMPORT_H
#define VERBS_IMPORT_H

#include "house/request.h"

/* The verb's arguments. */
extern const struct lift_field import_arguments[];

/* Begins an import. */
void import_begin(struct request *);

#endif
