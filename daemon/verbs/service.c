/* The service itself: metrics, log levels, snapshots, plugins, tables. */
#include "verbs/verbs.h"

#include "base/json.h"
#include "doors/openapi.h"
#include "house/house_parts.h"

static void
done_row(struct request *r, const char *name, const char *value)
{
	struct text row = { 0 };

	text_byte(&row, '{');
	json_member_string(&row, name, value);
	text_byte(&row, '}');
	request_row(r, text_view(&row));
	request_end(r, REPLY_YES);
	text_done(&row);
}

static void
metrics_begin(struct request *r)
{
	struct text t = { 0 }, row = { 0 };

	house_metrics(r->house, &t);
	if (request_is_prose(r)) {
		request_prose(r, text_view(&t));
	} else {
		text_byte(&row, '{');
		json_member_text(&row, "text", text_view(&t));
		text_byte(&row, '}');
		request_row(r, text_view(&row));
	}
	request_end(r, REPLY_YES);
	text_done(&t);
	text_done(&row);
}

static void
log_begin(struct request *r)
{
	struct lift_text topic = request_text(r, "topic", "all");
	struct lift_text word = request_text(r, "level", "");
	enum lift_level level;
	struct lift_error err;

	if (!logger_level_read(word, &level)) {
		lift_fail(&err, LIFT_E_USAGE, "level is \"%.*s\", must be err, "
		    "warning, notice, info or debug", (int)word.size,
		    word.data);
		request_fail(r, &err);
	} else if (!logger_level(arena_copy(r->arena, topic.data, topic.size),
	    level, &err)) {
		request_fail(r, &err);
	} else {
		done_row(r, "level", arena_copy(r->arena, word.data,
		    word.size));
	}
}

static void
snapshot_begin(struct request *r)
{
	struct lift_error err;

	if (keeper_snapshot(r->house, &err))
		done_row(r, "snapshot", "begun");
	else
		request_fail(r, &err);
}

static void
openapi_begin(struct request *r)
{
	struct text t = { 0 };

	openapi_write(&t, engine_vocabulary(r->house->engine), LIFTD_BUILD);
	if (request_is_prose(r))
		request_prose(r, text_view(&t));
	else
		request_row(r, (struct lift_text){ t.data, t.size - 1 });
	request_end(r, REPLY_YES);
	text_done(&t);
}

static void
plugins_begin(struct request *r)
{
	size_t count;
	const struct roster_seat *s = roster_seats(r->house->roster, &count);
	struct text row = { 0 };

	for (size_t i = 0; i < count; i++) {
		text_clear(&row);
		text_byte(&row, '{');
		json_member_string(&row, "name", s[i].name);
		json_member_string(&row, "state", seat_state_name(s[i].state));
		json_member_string(&row, "summary", s[i].plugin ?
		    s[i].plugin->summary : "");
		json_member_string(&row, "problem", s[i].error.text);
		text_byte(&row, '}');
		request_row(r, text_view(&row));
	}
	text_done(&row);
	request_end(r, REPLY_YES);
}

static void
topics_begin(struct request *r)
{
	const struct vocabulary *v = engine_vocabulary(r->house->engine);
	struct text row = { 0 };

	for (size_t i = 0; i < v->topic_count; i++) {
		const struct vocabulary_topic *t = &v->topics[i];
		text_clear(&row);
		text_byte(&row, '{');
		json_member_string(&row, "name", t->name);
		json_member_string(&row, "owner", t->owner);
		json_member_bool(&row, "durable", t->durable);
		json_member_string(&row, "meaning", t->meaning);
		json_name(&row, "fields");
		text_byte(&row, '{');
		for (const struct lift_field *f = t->fields; f->name; f++)
			json_member_string(&row, f->name,
			    argument_type_name(f->type));
		text_string(&row, "}}");
		request_row(r, text_view(&row));
	}
	text_done(&row);
	request_end(r, REPLY_YES);
}

static void
digest_begin(struct request *r)
{
	struct hash128 h = engine_digest(r->house->engine);
	struct text row = { 0 };
	char digest[33];

	snprintf(digest, sizeof(digest), "%016llx%016llx",
	    (unsigned long long)h.high, (unsigned long long)h.low);
	text_byte(&row, '{');
	json_member_whole(&row, "seq", (int64_t)engine_seq(r->house->engine));
	json_member_string(&row, "digest", digest);
	text_byte(&row, '}');
	request_row(r, text_view(&row));
	text_done(&row);
	request_end(r, REPLY_YES);
}

static const struct lift_field plugin_answers[] = {
	{ "name", LIFT_TEXT, false, "of the plugin" },
	{ "state", LIFT_TEXT, false, "open, or why it is not" },
	{ "summary", LIFT_TEXT, false, "what it does" },
	{ "problem", LIFT_TEXT, false, "what is wrong; empty: nothing" },
	LIFT_END
};

static const struct lift_field topic_answers[] = {
	{ "name", LIFT_TEXT, false, "of the topic" },
	{ "owner", LIFT_TEXT, false, "whose it is" },
	{ "durable", LIFT_BOOL, false, "whether it is kept" },
	{ "meaning", LIFT_TEXT, false, "what it tells" },
	{ "fields", LIFT_MAP, false, "its fields with their types" },
	LIFT_END
};

static const struct lift_field log_arguments[] = {
	{ "topic", LIFT_TEXT, .meaning = "a log topic, or all" },
	{ "level", LIFT_TEXT,
	  .meaning = "err, warning, notice, info or debug" },
	LIFT_END
};

const struct desk_verb service_verbs[] = {
	{ { "digest", NULL, LIFT_OBSERVER, false, NULL,
	    "the digest of the state: equal for equal logs", .one = true },
	  digest_begin },
	{ { "log", log_arguments, LIFT_ADMIN, false, NULL,
	    "sets how much is logged about a topic", .one = true },
	  log_begin },
	{ { "metrics", NULL, LIFT_OBSERVER, false, NULL,
	    "all numbers, in Prometheus' text form", .one = true },
	  metrics_begin },
	{ { "openapi", NULL, LIFT_OBSERVER, false, NULL,
	    "prints what the HTTP door offers, as an OpenAPI document",
	    .one = true }, openapi_begin },
	{ { "plugins.list", NULL, LIFT_OBSERVER, false,
	    "GET /api/v1/plugins", "lists the plugins and how they are",
	    .answers = plugin_answers },
	  plugins_begin },
	{ { "snapshot.now", NULL, LIFT_OPERATOR, true, NULL,
	    "begins to write the state down", .one = true },
	  snapshot_begin },
	{ { "topics.list", NULL, LIFT_OBSERVER, false, "GET /api/v1/topics",
	    "lists what hooks can listen to, with the fields",
	    .answers = topic_answers },
	  topics_begin },
	{ LIFT_END, NULL }
};
