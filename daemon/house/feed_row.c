/* Where a reader goes on is named by `resume`: `12.0` is behind the first
 * effect of entry 12, `12` is behind all that came of it. The interaction
 * itself is the last row of its entry. */
#include "house/feed_row.h"

#include <string.h>

#include "base/json.h"
#include "engine/entry.h"

static const struct { const char *topic, *type; } types[] = {
	{ "action", "action_taken" },
	{ "alert", "new_alert" },
};

const char *
feed_row_type(const char *topic)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].topic, topic) == 0)
			return types[i].type;
	return topic;
}

void
feed_row_effect(struct text *t, const struct store_effect *e)
{
	char topic[64];

	snprintf(topic, sizeof(topic), "%.*s", (int)e->topic.size,
	    e->topic.data);
	text_byte(t, '{');
	json_member_whole(t, "seq", (int64_t)e->seq);
	json_member_string(t, "topic", topic);
	json_member_string(t, "type", feed_row_type(topic));
	json_member_text(t, "id", e->id);
	json_name(t, "resume");
	text_form(t, "\"%llu.%u\"", (unsigned long long)e->seq, e->ordinal);
	json_member_time(t, "time", e->time);
	json_name(t, "data");
}

void
feed_row_entry(struct text *t, const struct lift_entry *e,
    struct lift_text shopper)
{
	text_byte(t, '{');
	json_member_whole(t, "seq", (int64_t)e->seq);
	json_member_text(t, "topic", e->type_name);
	json_member_text(t, "type", e->type_name);
	json_member_text(t, "id", e->id);
	json_name(t, "resume");
	text_form(t, "\"%llu\"", (unsigned long long)e->seq);
	json_member_time(t, "time", e->time);
	json_name(t, "data");
	text_byte(t, '{');
	entry_describe(t, e, shopper);
	text_string(t, "}}");
}
