/* Couriers: how those who carry effects outside are doing. */
#include "verbs/verbs.h"

#include "base/json.h"
#include "house/house_parts.h"

/* Columns stay where they are when there is nothing to say. */
static void
time_or_null(struct text *row, const char *name, int64_t time)
{
	if (time != 0) {
		json_member_time(row, name, time);
		return;
	}
	json_name(row, name);
	text_string(row, "null");
}

static void
list_begin(struct request *r)
{
	struct couriers *all = r->house->couriers;
	struct text row = { 0 };

	for (size_t i = 0; i < couriers_count(all); i++) {
		struct courier_view v = couriers_at(all, i);
		text_clear(&row);
		text_byte(&row, '{');
		json_member_string(&row, "name", v.name);
		json_member_string(&row, "kind", v.kind);
		json_member_string(&row, "state", v.state);
		json_member_whole(&row, "cursor", (int64_t)v.cursor);
		json_member_whole(&row, "behind", (int64_t)v.behind);
		json_member_whole(&row, "sent", (int64_t)v.sent);
		json_member_whole(&row, "failed", (int64_t)v.failed);
		time_or_null(&row, "failing_since", v.failing_since);
		time_or_null(&row, "next_try", v.next_try);
		json_member_string(&row, "last_error", v.last_error);
		text_byte(&row, '}');
		request_row(r, text_view(&row));
	}
	text_done(&row);
	request_end(r, REPLY_YES);
}

static const struct lift_field courier_answers[] = {
	{ "name", LIFT_TEXT, false, "of the courier" },
	{ "kind", LIFT_TEXT, false, "model, requests or webhook" },
	{ "state", LIFT_TEXT, false,
	  "off, idle, carrying, waiting or failing" },
	{ "cursor", LIFT_INT, false, "the entry up to which all is done" },
	{ "behind", LIFT_INT, false, "effects that wait, up to 10000" },
	{ "sent", LIFT_INT, false, "carried since the start" },
	{ "failed", LIFT_INT, false, "given up since the start" },
	{ "failing_since", LIFT_TIME, true, "since when nothing works" },
	{ "next_try", LIFT_TIME, true, "when it tries again" },
	{ "last_error", LIFT_TEXT, false, "the newest trouble; empty: none" },
	LIFT_END
};

const struct desk_verb courier_verbs[] = {
	{ { "couriers.list", NULL, LIFT_OBSERVER, false,
	    "GET /api/v1/couriers",
	    "lists who carries effects outside, and how they are doing",
	    .answers = courier_answers }, list_begin },
	{ LIFT_END, NULL }
};
