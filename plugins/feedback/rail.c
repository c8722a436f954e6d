/* The rails, in the order in which they are told. The hours and the number a
 * day bind what acts by itself; the others bind everybody. */
#include "feedback/rail.h"

#include <inttypes.h>
#include <stdio.h>

static const int64_t SECOND = 1000000, DAY_SECONDS = 86400;

static int64_t
hour_of(int64_t time)
{
	int64_t second = time / SECOND % DAY_SECONDS;

	return (second < 0 ? second + DAY_SECONDS : second) / 3600;
}

static bool
out_of_hours(const struct rail_limits *l, int64_t time)
{
	int64_t hour = hour_of(time);

	if (l->from_hour == l->to_hour)
		return false;
	if (l->from_hour < l->to_hour)
		return hour < l->from_hour || hour >= l->to_hour;
	return hour < l->from_hour && hour >= l->to_hour;
}

static bool
too_far(const struct rail_limits *l, const struct rail_case *c)
{
	double step = (double)(c->new_price - c->old_price) /
	    (double)c->old_price;

	return step > l->largest_step || -step > l->largest_step;
}

enum rail
rail_check(const struct rail_limits *l, const struct rail_case *c)
{
	bool priced = c->old_price > 0 && c->new_price > 0;

	if (c->is_listed)
		return RAIL_LISTED;
	if (priced && c->cost > 0 && c->new_price < c->cost)
		return RAIL_COST;
	if (priced && too_far(l, c))
		return RAIL_STEP;
	if (c->last != 0 && c->time - c->last < l->cooldown)
		return RAIL_COOLDOWN;
	if (c->is_automatic && out_of_hours(l, c->time))
		return RAIL_HOURS;
	if (c->is_automatic && c->today >= l->daily_most)
		return RAIL_DAILY;
	return RAIL_NONE;
}

bool
rail_may_pass(enum rail r)
{
	return r == RAIL_STEP || r == RAIL_COOLDOWN;
}

void
rail_sentence(enum rail r, const struct rail_limits *l,
    const struct rail_case *c, char *text, size_t size)
{
	switch (r) {
	case RAIL_NONE:
		text[0] = '\0';
		return;
	case RAIL_LISTED:
		snprintf(text, size, "it is on the list rails.never_touch");
		return;
	case RAIL_COST:
		snprintf(text, size, "the new price is below what the product "
		    "costs the shop");
		return;
	case RAIL_STEP:
		snprintf(text, size, "the price would move by %.1f %%, "
		    "rails.largest_step allows %.1f %%", 100.0 *
		    (double)(c->new_price - c->old_price) /
		    (double)c->old_price, 100 * l->largest_step);
		return;
	case RAIL_COOLDOWN:
		snprintf(text, size, "the last action on this promotion was "
		    "%" PRId64 " min ago, rails.cooldown is %" PRId64 " min",
		    (c->time - c->last) / (60 * SECOND),
		    l->cooldown / (60 * SECOND));
		return;
	case RAIL_HOURS:
		snprintf(text, size, "it is %02" PRId64 " h UTC, rails.hours "
		    "allows %02" PRId64 " to %02" PRId64, hour_of(c->time),
		    l->from_hour, l->to_hour);
		return;
	case RAIL_DAILY:
		snprintf(text, size, "%" PRId64 " automatic actions were taken "
		    "today, rails.daily_most is %" PRId64, c->today,
		    l->daily_most);
		return;
	}
}
