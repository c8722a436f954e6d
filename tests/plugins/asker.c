/* asker: asks a courier when it is told to, and counts the answers; and tells
 * a topic of its own, for webhooks. The fault test of couriers uses it. */
#include <liftd/plugin.h>

#include <stdio.h>
#include <stdlib.h>

struct asker {
	const struct lift_host *host;
	int64_t                 asked, answers, refusals, told;
};

enum { NOTE };

static const struct lift_field note_fields[] = {
	{ "number", LIFT_INT, .meaning = "counts up" },
	{ "words", LIFT_TEXT, .meaning = "what was told" },
	LIFT_END
};

static const struct lift_topic topics[] = {
	{ "note", note_fields, true, "what asker was told to tell" },
	LIFT_END
};

static void *
asker_open(const struct lift_host *host, const void *settings,
    struct lift_error *err)
{
	struct asker *a = calloc(1, sizeof(*a));

	(void)settings;
	if (a == NULL)
		lift_fail(err, LIFT_E_SYSTEM, "there is no memory");
	else
		a->host = host;
	return a;
}

static void
asker_close(void *self)
{
	free(self);
}

/* An answer names its request first and says soon whether it went well. */
static void
asker_entry(void *self, const struct lift_entry *e,
    const struct lift_moment *now)
{
	struct asker *a = self;
	char body[512];

	(void)now;
	if (e->kind != LIFT_ENTRY_ANSWER)
		return;
	snprintf(body, sizeof(body), "%.*s", (int)e->body.size, e->body.data);
	a->answers++;
	a->refusals += strstr(body, "\"ok\":true") == NULL;
}

static void
asker_save(void *self, void *snapshot)
{
	struct asker *a = self;
	int64_t state[] = { a->asked, a->answers, a->refusals, a->told };

	a->host->put(snapshot, state, sizeof(state));
}

static bool
asker_load(void *self, void *snapshot, uint32_t version,
    struct lift_error *err)
{
	struct asker *a = self;
	int64_t state[4];

	if (version != 1 || !a->host->take(snapshot, state, sizeof(state)))
		return lift_fail(err, LIFT_E_STORE,
		    "the asker's state is not of this version, or ends early");
	a->asked = state[0];
	a->answers = state[1];
	a->refusals = state[2];
	a->told = state[3];
	return true;
}

static const struct lift_field ask_arguments[] = {
	{ "courier", LIFT_TEXT, .meaning = "whom" },
	{ "body", LIFT_TEXT, .meaning = "JSON; % in it becomes the number of "
	  "the request" },
	{ "count", LIFT_INT, true, "how often; once unless given" },
	LIFT_END
};

static bool
ask(void *self, struct lift_call *call, struct lift_error *err)
{
	struct asker *a = self;
	struct lift_value courier = a->host->argument(call, 0),
	    body = a->host->argument(call, 1),
	    count = a->host->argument(call, 2);
	int64_t n = count.type == LIFT_INT ? count.whole : 1;
	char id[LIFT_REQUEST_ID], room[8192];

	if (body.size > 8000)
		return lift_fail(err, LIFT_E_USAGE, "the body is too long");
	for (int64_t i = 0; i < n; i++) {
		size_t size = 0;
		a->asked++;
		for (size_t j = 0; j < body.size && size < 8100; j++)
			if (body.text[j] == '%')
				size += (size_t)snprintf(room + size, 24,
				    "%lld", (long long)a->asked);
			else
				room[size++] = body.text[j];
		a->host->request(a->host, (struct lift_text){ courier.text,
		    courier.size }, (struct lift_text){ room, size }, id);
	}
	return true;
}

static const struct lift_field tell_arguments[] = {
	{ "words", LIFT_TEXT, .meaning = "what to tell" },
	{ "count", LIFT_INT, true, "how often; once unless given" },
	LIFT_END
};

static bool
tell(void *self, struct lift_call *call, struct lift_error *err)
{
	struct asker *a = self;
	struct lift_value words = a->host->argument(call, 0),
	    count = a->host->argument(call, 1);
	int64_t n = count.type == LIFT_INT ? count.whole : 1;
	char identity[32];

	(void)err;
	for (int64_t i = 0; i < n; i++) {
		struct lift_value values[] = { LIFT_VALUE_INT(++a->told),
			words };
		snprintf(identity, sizeof(identity), "note %lld",
		    (long long)a->told);
		a->host->emit(a->host, &(struct lift_effect){ .topic = NOTE,
		    .time = a->host->entry(call)->time,
		    .key = LIFT_TEXT_OF("note"),
		    .identity = lift_text(identity), .values = values });
	}
	return true;
}

static bool
show(void *self, struct lift_call *call, struct lift_error *err)
{
	static const char *const names[] = { "asked", "answers", "refusals",
		"told" };
	struct asker *a = self;
	struct lift_value row[] = { LIFT_VALUE_INT(a->asked),
		LIFT_VALUE_INT(a->answers), LIFT_VALUE_INT(a->refusals),
		LIFT_VALUE_INT(a->told) };

	(void)err;
	a->host->reply(call, names, row, 4);
	return true;
}

static const struct lift_verb verbs[] = {
	{ "asker.ask", ask_arguments, LIFT_OPERATOR, true, NULL,
	  "asks a courier", ask },
	{ "asker.show", NULL, LIFT_OBSERVER, false, NULL,
	  "shows how much was asked and answered", show, .one = true },
	{ "asker.tell", tell_arguments, LIFT_OPERATOR, true, NULL,
	  "tells the topic `note`", tell },
	LIFT_END
};

LIFT_PLUGIN("asker")
	.summary = "asks couriers and counts the answers",
	.topics = topics,
	.verbs = verbs,
	.state_version = 1,
	.open = asker_open,
	.close = asker_close,
	.entry = asker_entry,
	.save = asker_save,
	.load = asker_load,
LIFT_PLUGIN_END;
