/* Events out, and what was refused; import.c has the way in. */
#include "verbs/verbs.h"

#include "base/json.h"
#include "base/memory.h"
#include "engine/entry.h"
#include "house/house_parts.h"
#include "verbs/import.h"
#include "verbs/scan.h"

/* ---- export -------------------------------------------------------------- */

static bool
export_entry(struct request *r, const struct lift_entry *e)
{
	struct text row = { 0 };
	struct lift_text type = request_text(r, "type", "");

	if (e->kind != LIFT_ENTRY_INTERACTION ||
	    (type.size > 0 && !lift_text_equal(type, e->type_name)))
		return true;
	text_byte(&row, '{');
	entry_describe(&row, e, identity_id(r->house->identity, e->shopper));
	text_byte(&row, '}');
	/* For people too it is a line of JSON: what goes out can come in. */
	if (request_is_prose(r)) {
		text_byte(&row, '\n');
		request_prose(r, text_view(&row));
	} else {
		request_row(r, text_view(&row));
	}
	text_done(&row);
	return true;
}

static void
walk_end(struct request *r, const struct lift_error *err)
{
	if (err->code != LIFT_E_NONE)
		request_fail(r, err);
	else
		request_end(r, REPLY_YES);
}

static int64_t
time_argument(const struct request *r, const char *name)
{
	struct lift_value v = request_argument(r, name);

	return v.type == LIFT_TIME ? v.whole : 0;
}

static int64_t
whole_argument(const struct request *r, const char *name)
{
	struct lift_value v = request_argument(r, name);

	return v.type == LIFT_INT && v.whole > 0 ? v.whole : 0;
}

static void
export_begin(struct request *r)
{
	struct store_query query = { .from_time = time_argument(r, "from"),
		.to_time = time_argument(r, "to"),
		.from_seq = (uint64_t)whole_argument(r, "from_seq") };
	struct lift_error err;

	if (!scan_begin(r, &query, export_entry, walk_end, NULL, &err))
		request_fail(r, &err);
}

/* ---- entries, as they are ------------------------------------------------ */

static bool
list_entry(struct request *r, const struct lift_entry *e)
{
	struct text row = { 0 };
	struct lift_text kind = request_text(r, "kind", "");

	if (kind.size > 0 && !lift_text_equal(kind,
	    lift_text(entry_kind_name(e->kind))))
		return true;
	text_byte(&row, '{');
	json_member_whole(&row, "seq", (int64_t)e->seq);
	json_member_string(&row, "kind", entry_kind_name(e->kind));
	if (e->kind != LIFT_ENTRY_INTERACTION) {
		json_member_text(&row, "id", e->id);
		json_member_time(&row, "time", e->time);
		if (e->body.size > 0) {
			json_name(&row, "body");
			text_add(&row, e->body.data, e->body.size);
		}
	} else {
		entry_describe(&row, e, identity_id(r->house->identity,
		    e->shopper));
	}
	text_byte(&row, '}');
	request_row(r, text_view(&row));
	text_done(&row);
	return true;
}

static void
entries_begin(struct request *r)
{
	struct store_query query = { .from_time = time_argument(r, "from"),
		.to_time = time_argument(r, "to"),
		.from_seq = (uint64_t)whole_argument(r, "from_seq") };
	struct lift_error err;

	if (!scan_begin(r, &query, list_entry, walk_end, NULL, &err))
		request_fail(r, &err);
}

/* ---- letters ------------------------------------------------------------- */

static void
letters_begin(struct request *r)
{
	struct store_query query = {
		.limit = (uint32_t)whole_argument(r, "limit") };
	struct store_letter l;
	struct lift_error err = { 0 };
	struct text row = { 0 };

	if (query.limit == 0 || query.limit > 1000)
		query.limit = 100;
	if (!store_letters(r->house->reader, &query, &err)) {
		request_fail(r, &err);
		return;
	}
	while (store_next_letter(r->house->reader, &l, &err)) {
		text_clear(&row);
		text_byte(&row, '{');
		json_member_time(&row, "received", l.received);
		json_member_text(&row, "source", l.source);
		json_member_text(&row, "reason", l.reason);
		json_member_text(&row, "input", l.body);
		text_byte(&row, '}');
		request_row(r, text_view(&row));
	}
	text_done(&row);
	walk_end(r, &err);
}

static const struct lift_field export_arguments[] = {
	{ "from", LIFT_TIME, true, "not before this time" },
	{ "to", LIFT_TIME, true, "not after this time" },
	{ "type", LIFT_TEXT, true, "only interactions of this type" },
	{ "from_seq", LIFT_INT, true, "begins at this seq" },
	LIFT_END
};

static const struct lift_field entries_arguments[] = {
	{ "from", LIFT_TIME, true, "not before this time" },
	{ "to", LIFT_TIME, true, "not after this time" },
	{ "kind", LIFT_TEXT, true, "only entries of this kind" },
	{ "from_seq", LIFT_INT, true, "begins at this seq" },
	LIFT_END
};

static const struct lift_field letters_arguments[] = {
	{ "limit", LIFT_INT, true, "how many; 100 unless given" },
	LIFT_END
};

const struct desk_verb event_verbs[] = {
	{ { "entries.list", entries_arguments, LIFT_OPERATOR, false, NULL,
	    "lists the entries of the log, acting calls with their callers "
	    "among them" }, entries_begin },
	{ { "events.export", export_arguments, LIFT_OPERATOR, false, NULL,
	    "writes the events of the log, one JSON object a line" },
	  export_begin },
	{ { "events.import", import_arguments, LIFT_INGEST, false, NULL,
	    "reads events, a line of JSON or a row of CSV each; says how many "
	    "lines are stored for good" }, import_begin },
	{ { "letters.list", letters_arguments, LIFT_OPERATOR, false, NULL,
	    "lists the newest input that was refused, and why" },
	  letters_begin },
	{ LIFT_END, NULL }
};
