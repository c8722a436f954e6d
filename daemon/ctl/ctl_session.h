/* One call of liftctl: find the verb, ask, show. */
#ifndef CTL_SESSION_H
#define CTL_SESSION_H

#include "ctl/ctl_options.h"

/* Does what the words of the options say, and returns the exit status; what
 * went wrong has been said on standard error then. */
int ctl_session(const struct ctl_options *);

/* Prints the daemon's help on COUNT words; returns the exit status. */
int ctl_session_help(const struct ctl_options *, const char *const *words,
    size_t count);

/* Prints what could complete the last of the words; says nothing when the
 * daemon does not answer within 100 ms. */
int ctl_session_complete(const struct ctl_options *);

/* Prints the daemon's greeting, if there is a daemon. */
void ctl_session_greeting(const struct ctl_options *);

#endif
