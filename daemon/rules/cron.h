/* Schedules of jobs: five fields of cron, the words for common ones, and
 * `every 5m`.
 *
 * Fields are minute, hour, day of the month, month, day of the week, with
 * names (`MON`, `JAN`), ranges, lists and steps. As in cron, a day matches when
 * either of its two fields does, if both are given; a field that begins with
 * `*` counts as not given.
 *
 * Daylight saving. A schedule whose hours are named runs once for the runs that
 * a gap has swallowed, at the moment when the clocks go forward; one whose
 * hours begin with `*` has an hour less on that day. When an hour comes twice,
 * a schedule whose minutes or hours begin with `*` runs in both, any other
 * one only in the first.
 *
 * `every 5m` goes by no clock on a wall: it runs at the multiples of its span
 * since 1970-01-01T00:00:00Z, in each zone at the same moment. */
#ifndef RULES_CRON_H
#define RULES_CRON_H

#include <liftd/plugin.h>

#include "base/text.h"
#include "rules/zone.h"

#define CRON_NEVER	INT64_MAX

/* One bit for each value that matches; EVERY is a span, or 0. */
struct cron {
	int64_t  every;
	uint64_t minutes;
	uint32_t hours, days, months, weekdays;
	bool     stars[5];		/* the field begins with `*` */
};

/* Reads a schedule.
 *
 * Fails: LIFT_E_INPUT with a sentence; `column` is the place in the text,
 *        counted from 1. A schedule that never comes, such as one for 30
 *        February, is refused too. */
bool cron_read(struct lift_text, struct cron *ret_cron, struct lift_error *);

/* The first run after a time, in microseconds; CRON_NEVER when there is none.
 */
int64_t cron_next(const struct cron *, const struct zone *, int64_t after);

/* Appends the schedule in words: `at 02:15 on Monday`. */
void cron_write(struct text *, const struct cron *);

#endif
