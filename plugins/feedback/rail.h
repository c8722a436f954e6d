/* Guard rails: what an action may not do, whoever wants it. */
#ifndef FEEDBACK_RAIL_H
#define FEEDBACK_RAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rail_limits {
	double  largest_step;		/* of a price, as a share */
	int64_t cooldown;		/* between two actions on one */
	int64_t from_hour, to_hour;	/* of the day, UTC; equal: always */
	int64_t daily_most;		/* automatic actions a day */
};

struct rail_case {
	int64_t time;
	bool    is_automatic;
	bool    is_listed;		/* on the list of what is not touched */
	int64_t last;			/* time of the last one; 0: none */
	int64_t today;			/* automatic actions so far */
	int64_t old_price, new_price;	/* minor units; 0: not concerned */
	int64_t cost;			/* 0: not known */
};

/* Which rail is in the way. */
enum rail {
	RAIL_NONE,
	RAIL_LISTED,		/* must not be touched */
	RAIL_COST,		/* sells below cost */
	RAIL_STEP,		/* the price moves too far at once */
	RAIL_COOLDOWN,		/* too soon after the last one */
	RAIL_HOURS,		/* not at this time of the day */
	RAIL_DAILY		/* enough for today */
};

/* The first rail that is in the way. */
enum rail rail_check(const struct rail_limits *, const struct rail_case *);

/* Whether a person with a reason may pass it. */
bool rail_may_pass(enum rail);

/* Writes what is in the way and what would be right. */
void rail_sentence(enum rail, const struct rail_limits *,
    const struct rail_case *, char *ret_text, size_t size);

#endif
