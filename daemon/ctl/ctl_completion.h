/* Completion: scripts for shells, which ask `liftctl complete`, which asks the
 * daemon. */
#ifndef CTL_COMPLETION_H
#define CTL_COMPLETION_H

#include <stdio.h>

#include "ctl/ctl_options.h"

/* The script for a shell; NULL when there is none. */
const char *ctl_completion_script(const char *shell);

/* Prints what could stand for the last of the words, given the daemon's table
 * of verbs (a JSON object a line). */
void ctl_completion_print(FILE *, struct lift_text verbs,
    const char *const *words, size_t count);

#endif
