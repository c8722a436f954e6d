/* The rule by which a zone turns each year, as in the footer of a TZif file or
 * in the environment's TZ: `GMT0BST,M3.5.0/1,M10.5.0`. */
#ifndef RULES_ZONE_RULE_H
#define RULES_ZONE_RULE_H

#include "rules/zone.h"

/* The day and hour of a turn. */
struct zone_turn {
	enum { TURN_JULIAN, TURN_DAY, TURN_WEEKDAY } form;
	int     month, week, day;
	int32_t time;			/* seconds after midnight */
};

struct zone_rule {
	int32_t          standard, summer;	/* seconds east of UTC */
	bool             has_summer;
	struct zone_turn start, end;
};

/* Reads a rule. False when it is none, with *ret_rule untouched. */
bool zone_rule_read(struct lift_text, struct zone_rule *ret_rule);

/* The stretch of one offset that holds a time, by the rule alone. */
struct zone_stretch zone_rule_stretch(const struct zone_rule *, int64_t utc);

#endif
