/* Points and spans of time as people write them: RFC 3339 and `90s`, `5m`,
 * `30d`. Inside they are microseconds. */
#ifndef BASE_INSTANT_H
#define BASE_INSTANT_H

#include <liftd/plugin.h>

#include "base/text.h"

/* A calendar day and time of day, with nothing known of zones. */
struct civil {
	int64_t year;
	int     month, day;		/* from 1 */
	int     hour, minute, second;
	int     weekday;		/* Sunday is 0 */
	int     yearday;		/* from 0 */
};

/* Reads an RFC 3339 time, or a bare date (midnight UTC). False when it is
 * none, with *ret_time untouched. */
bool instant_read(struct lift_text, int64_t *ret_time);

/* Appends a time as RFC 3339 in UTC, with as many decimals as it needs (none,
 * three or six). */
void instant_write(struct text *, int64_t time);

/* Reads a span: `500ms`, `90s`, `1h30m`, `30d`, `2w`. False when it is none,
 * with *ret_span untouched. */
bool span_read(struct lift_text, int64_t *ret_span);

/* Appends a span in the largest units that fit exactly. */
void span_write(struct text *, int64_t span);

/* Days since 1970-01-01 of a date in the Gregorian calendar. */
int64_t civil_days(int64_t year, int month, int day);

/* The date and time of day of so many seconds since 1970. */
struct civil civil_of(int64_t seconds);

#endif
