/* A desk for tests of doors: verbs that list, echo, fail, end late and stream,
 * and what became of them. */
#ifndef UNIT_DOORS_DESK_FAKE_H
#define UNIT_DOORS_DESK_FAKE_H

#include "house/desk.h"

struct event_base;

struct house {
	struct event_base *base;
	unsigned           begun, gone, orphans;
	unsigned long      rows;	/* given by `numbers list` */
	struct request    *streaming;	/* of `stream` */
	enum lift_role     role;	/* of the last caller */
	char               actor[64], id[40];
};

#endif
