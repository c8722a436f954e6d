/* A JSON object as one screen for people: scalars as pairs, lists of objects
 * as tables. */
#ifndef CTL_SCREEN_H
#define CTL_SCREEN_H

#include <stdio.h>

#include "base/arena.h"

/* Prints the object; what is no object is printed as it stands. */
void ctl_screen_print(struct arena *, FILE *, struct lift_text json);

/* Puts the cursor home and clears what is below it. */
void ctl_screen_clear(FILE *);

#endif
