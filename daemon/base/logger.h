/* One line per fact on standard error: `topic: sentence key=value`, with the
 * journal's priority prefix when the journal listens. Rotation, storage and
 * time stamps are the journal's. The logger is the one global of the daemon:
 * a level for each topic. A shopper's id is never logged: use its token. */
#ifndef BASE_LOGGER_H
#define BASE_LOGGER_H

#include <liftd/plugin.h>

/* Sends lines elsewhere than to standard error (tests do); NULL undoes it. */
void logger_divert(void (*to)(void *context, enum lift_level,
    const char *line), void *context);

/* Decides about the priority prefix: yes if standard error is the journal. */
void logger_start(void);

/* Sets the level of one topic, or of all with "all". Fails for a topic that is
 * no word, or when there are too many. */
bool logger_level(const char *topic, enum lift_level, struct lift_error *);

/* The level by its word (err, warning, notice, info, debug). */
bool logger_level_read(struct lift_text word, enum lift_level *ret_level);

/* Writes one line; control characters in it become blanks. */
void logger_line(enum lift_level, const char *topic, const char *form, ...)
    LIFT_PRINTF(3, 4);

/* Writes one line from a va_list. */
void logger_vline(enum lift_level, const char *topic, const char *form,
    va_list) LIFT_PRINTF(3, 0);

#endif
