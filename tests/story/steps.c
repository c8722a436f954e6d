/* The language of stories: a table of sentences. Small words stand as they
 * are; a word in capitals is one word of the story, "TEXT" a text in quotes,
 * SPAN a time like `30 minutes`, and REST whatever follows. */
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/json.h"
#include "story/story.h"

bool
story_fail(const char *form, ...)
{
	va_list ap;

	va_start(ap, form);
	vsnprintf(story->why, sizeof(story->why), form, ap);
	va_end(ap);
	story->end = STORY_FAILED;
	return false;
}

/* ---- files ------------------------------------------------------------ */

static bool
put_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
		return story_fail("%s cannot be written", path);
	return true;
}

static bool
put_rules(const char *text)
{
	char path[400];

	snprintf(path, sizeof(path), "%s/rules/rules.yaml", story->directory);
	return put_file(path, text);
}

/* The lines below that begin with a bar. */
static bool
rules_below(void)
{
	struct text t = { 0 };
	bool ok;

	while (story->next < story->count &&
	    story->lines[story->next].text[0] == '|') {
		const char *line = story->lines[story->next++].text + 1;
		text_form(&t, "%s\n", *line == ' ' ? line + 1 : line);
	}
	ok = t.size > 0 ? put_rules(t.data) :
	    story_fail("no rules follow, in lines that begin with \"|\"");
	text_done(&t);
	return ok;
}

static bool
rules_from(const char *name)
{
	char path[500], text[65536];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", story->folder, name);
	f = fopen(path, "r");
	if (f == NULL)
		return story_fail("there is no file %s", path);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	return put_rules(text);
}

/* ---- given ------------------------------------------------------------ */

static bool
given_time(const struct words *w)
{
	char text[100];

	snprintf(text, sizeof(text), "%.40sT%.40s:00Z", w->word[0],
	    w->word[1]);
	if (!instant_read(lift_text(text), &story->now))
		return story_fail("%s is no time", text);
	story->began = story->now;
	return true;
}

static bool
given_config(const char *name, const char *value)
{
	char path[400];
	FILE *f;

	snprintf(path, sizeof(path), "%s/liftd.yaml", story->directory);
	f = fopen(path, "a");
	if (f == NULL)
		return story_fail("%s cannot be written", path);
	fprintf(f, "%s%s\n", name, value);
	fclose(f);
	return true;
}

static bool
given_plugins(const struct words *w)
{
	char value[STORY_WORD + 2];

	snprintf(value, sizeof(value), "[%s]", w->word[0]);
	return given_config("plugins: ", value);
}

static bool
given_setting(const struct words *w)
{
	return given_config("", w->word[0]);
}

static bool
given_rules(const struct words *w)
{
	(void)w;
	return rules_below();
}

static bool
given_rules_from(const struct words *w)
{
	return rules_from(w->word[0]);
}

static bool
given_full(const struct words *w)
{
	(void)w;
	__atomic_store_n(&story->disk_full, true, __ATOMIC_SEQ_CST);
	return true;
}

static bool
given_room(const struct words *w)
{
	(void)w;
	__atomic_store_n(&story->disk_full, false, __ATOMIC_SEQ_CST);
	turn_settle();
	return true;
}

/* ---- what happens ----------------------------------------------------- */

static bool
nothing_open(void)
{
	if (story->event_open)
		return story_fail("an event was refused: %s",
		    story->event_error);
	if (story->reload_open)
		return story_fail("a reload was refused:\n%s",
		    story->reload_text);
	if (story->reply_open)
		return story_fail("the answer was not yes:\n%s",
		    story->reply);
	return true;
}

/* Members of a JSON object without its braces; empty for an empty text. */
static void
members(const char *json, char *ret, size_t room)
{
	size_t n = strlen(json);

	ret[0] = '\0';
	if (n >= 2 && json[0] == '{' && json[n - 1] == '}')
		snprintf(ret, room, "%.*s", (int)n - 2, json + 1);
	while (*ret != '\0' && strspn(ret, " ") == strlen(ret))
		*ret = '\0';
}

static bool
event_send(const char *type, const char *shopper, const char *product,
    int64_t time, const char *json)
{
	static uint32_t source;
	char more[STORY_WORD], event[3 * STORY_WORD], at[64];
	struct text t = { 0 };
	struct lift_error err = { 0 };
	struct lift_text id;

	if (!nothing_open())
		return false;
	if (source == 0 && !gate_source(story_house->gate,
	    lift_text("shop"), SOURCE_LIVE, &source, &err))
		source = 0;
	members(json, more, sizeof(more));
	instant_write(&t, time);
	snprintf(at, sizeof(at), "%s", t.data);
	text_done(&t);
	snprintf(event, sizeof(event), "{\"type\":\"%s\",\"shopper\":\"%s\","
	    "\"time\":\"%s\"", type, shopper, at);
	size_t n = strlen(event);
	if (product != NULL)
		n += (size_t)snprintf(event + n, sizeof(event) - n,
		    ",\"product\":\"%s\"", product);
	if (strstr(more, "\"id\"") == NULL)
		n += (size_t)snprintf(event + n, sizeof(event) - n,
		    ",\"id\":\"e-%u\"", ++story->events);
	snprintf(event + n, sizeof(event) - n, "%s%s}", *more ? "," : "",
	    more);
	story->event = (int)gate_event(story_house->gate, source,
	    lift_text(event), &id, &err);
	story->event_open = story->event == GATE_REFUSED;
	snprintf(story->event_error, sizeof(story->event_error), "%s",
	    err.text);
	turn_settle();
	return true;
}

static bool
event_now(const struct words *w)
{
	return event_send(w->word[0], w->word[1], w->word[2], story->now,
	    w->word[3]);
}

static bool
event_ago(const struct words *w)
{
	return event_send(w->word[0], w->word[1], w->word[2],
	    story->now - w->span, w->word[3]);
}

static bool
event_without(const struct words *w)
{
	return event_send(w->word[0], w->word[1], NULL, story->now,
	    w->word[2]);
}

static bool
message_now(const struct words *w)
{
	return nothing_open() && turn_message(w->word[0]);
}

static bool
after(const struct words *w)
{
	if (!nothing_open())
		return false;
	turn_after(w->span);
	return true;
}

static bool
reload(void)
{
	turn_ask("rules reload");
	story->reload_ok = story->verdict == REPLY_YES;
	story->reload_open = !story->reload_ok;
	snprintf(story->reload_text, sizeof(story->reload_text), "%.3999s",
	    story->reply);
	return true;
}

static bool
reload_rules(const struct words *w)
{
	(void)w;
	return nothing_open() && rules_below() && reload();
}

static bool
reload_rules_from(const struct words *w)
{
	return nothing_open() && rules_from(w->word[0]) && reload();
}

static bool
liftctl(const struct words *w)
{
	if (!nothing_open())
		return false;
	turn_ask(w->word[0]);
	story->reply_open = story->verdict != REPLY_YES;
	return true;
}

static bool
restart(const struct words *w)
{
	(void)w;
	if (!nothing_open())
		return false;
	story->end = STORY_RESTART;
	return true;
}

static bool
kill_and_restart(const struct words *w)
{
	(void)w;
	if (!nothing_open())
		return false;
	story->end = STORY_RESTART;
	kill(getpid(), SIGKILL);
	return true;
}

/* ---- what is expected ------------------------------------------------- */

static void
seen_add(struct text *t, const struct story_effect *e)
{
	text_form(t, "    %s %s%s\n", e->topic, e->json,
	    e->mentioned ? "" : "   <- not mentioned");
}

/* Fails with all that was seen. */
static bool
unlike(const char *sentence)
{
	struct text t = { 0 };

	text_form(&t, "%s; seen so far:\n", sentence);
	for (unsigned i = 0; i < story->effect_count; i++)
		seen_add(&t, &story->effects[i]);
	story_fail("%s", t.data);
	text_done(&t);
	return false;
}

static bool
same_value(struct lift_text a, struct lift_text b)
{
	char one[64], two[64], *end;

	if (lift_text_equal(a, b))
		return true;
	if (a.size == 0 || a.size >= sizeof(one) || b.size == 0 ||
	    b.size >= sizeof(two) || a.data[0] == '"' || b.data[0] == '"')
		return false;
	snprintf(one, sizeof(one), "%.*s", (int)a.size, a.data);
	snprintf(two, sizeof(two), "%.*s", (int)b.size, b.data);
	double x = strtod(one, &end);
	return *end == '\0' && x == strtod(two, &end) && *end == '\0';
}

static bool
member_find(const char *json, struct lift_text name, struct lift_text *ret,
    struct arena *arena)
{
	struct json_reader r = json_reader_of(lift_text(json), arena);
	struct lift_text key, value;
	bool found = false;

	if (!json_enter(&r, JSON_OBJECT))
		return false;
	while (json_key(&r, &key) && json_skip(&r, &value)) {
		if (lift_text_equal(key, name)) {
			*ret = value;
			found = true;
		}
		/* What a topic's own fields say stands one level down, and
		 * goes before what all rows have. */
		if (lift_text_equal(key, LIFT_TEXT_OF("data")) &&
		    member_find(arena_copy(arena, value.data, value.size),
		    name, ret, arena))
			return true;
	}
	return found;
}

/* True when the object has all members of WANTED. */
static bool
has_members(const char *json, const char *wanted)
{
	struct arena *arena = arena_new();
	struct json_reader r = json_reader_of(lift_text(wanted), arena);
	struct lift_text key, value, found;
	bool ok = *wanted == '\0' || json_enter(&r, JSON_OBJECT);

	while (ok && *wanted != '\0' && json_key(&r, &key) &&
	    json_skip(&r, &value))
		ok = member_find(json, key, &found, arena) &&
		    same_value(found, value);
	arena_free(arena);
	return ok;
}

static unsigned
mention(const char *topic, const char *wanted, unsigned most)
{
	unsigned n = 0;

	for (unsigned i = 0; i < story->effect_count && n < most; i++) {
		struct story_effect *e = &story->effects[i];
		if (e->mentioned || strcmp(e->topic, topic) != 0 ||
		    !has_members(e->json, wanted))
			continue;
		e->mentioned = true;
		n++;
	}
	return n;
}

static bool
expect_topic(const struct words *w)
{
	return mention(w->word[0], w->word[1], 1) == 1 ||
	    unlike("there is no such effect");
}

static bool
expect_fired_times(const char *hook, unsigned times)
{
	char wanted[STORY_WORD + 20];

	snprintf(wanted, sizeof(wanted), "{\"hook\":\"%s\"}", hook);
	return mention("fired", wanted, times) == times ||
	    unlike("the hook has not fired so often");
}

static bool
expect_fired(const struct words *w)
{
	return expect_fired_times(w->word[0], 1);
}

static bool
expect_fired_n(const struct words *w)
{
	return expect_fired_times(w->word[0], (unsigned)atoi(w->word[1]));
}

static bool
expect_nothing_on(const char *topic)
{
	for (unsigned i = 0; i < story->effect_count; i++)
		if (!story->effects[i].mentioned &&
		    strcmp(story->effects[i].topic, topic) == 0)
			return unlike("there is something");
	return true;
}

static bool
expect_nothing_fired(const struct words *w)
{
	(void)w;
	return expect_nothing_on("fired");
}

static bool
expect_no_topic(const struct words *w)
{
	return expect_nothing_on(w->word[0]);
}

static struct story_job *
job_of(const char *name)
{
	for (unsigned i = 0; i < story->job_count; i++)
		if (strcmp(story->jobs[i].name, name) == 0)
			return &story->jobs[i];
	struct story_job *j = &story->jobs[story->job_count++];
	snprintf(j->name, sizeof(j->name), "%.100s", name);
	return j;
}

/* How many runs of the job ended in that way. */
static unsigned
job_runs(const char *name, const char *state)
{
	char words[300], wanted[60];
	unsigned n = 0;

	snprintf(words, sizeof(words), "@jsonl jobs history %.100s --limit "
	    "1000", name);
	turn_ask(words);
	snprintf(wanted, sizeof(wanted), "\"state\":\"%s\"", state);
	for (const char *at = story->reply; (at = strstr(at, wanted)); at++)
		n++;
	return n;
}

static bool
expect_job(const char *name, const char *state, unsigned times)
{
	struct story_job *j = job_of(name);
	unsigned runs = job_runs(name, state);

	if (runs != j->mentioned + times)
		return story_fail("job %s has %u new runs that are %s, "
		    "expected %u:\n%s", name, runs - j->mentioned, state,
		    times, story->reply);
	j->mentioned += times;
	return true;
}

static bool
expect_job_ran(const struct words *w)
{
	return expect_job(w->word[0], "done", 1);
}

static bool
expect_job_ran_n(const struct words *w)
{
	return expect_job(w->word[0], "done", (unsigned)atoi(w->word[1]));
}

static bool
expect_job_not(const struct words *w)
{
	return expect_job(w->word[0], "done", 0);
}

static bool
expect_reload_refused(const struct words *w)
{
	if (story->reload_ok || !story->reload_open)
		return story_fail("no reload was refused");
	if (w->count > 0 && strstr(story->reload_text, w->word[0]) == NULL)
		return story_fail("it was refused for something else:\n%s",
		    story->reload_text);
	story->reload_open = false;
	return true;
}

static bool
expect_event_refused(const struct words *w)
{
	if (story->event != GATE_REFUSED)
		return story_fail("the event was taken");
	if (w->count > 0 && strstr(story->event_error, w->word[0]) == NULL)
		return story_fail("it was refused for something else: %s",
		    story->event_error);
	story->event_open = false;
	return true;
}

static bool
expect_event_known(const struct words *w)
{
	(void)w;
	return story->event == GATE_KNOWN ||
	    story_fail("the event was new, or refused");
}

static bool
expect_reply(const struct words *w)
{
	if (strstr(story->reply, w->word[0]) == NULL)
		return story_fail("the reply is:\n%s", story->reply);
	story->reply_open = false;
	return true;
}

static bool
expect_no_reply(const struct words *w)
{
	return strstr(story->reply, w->word[0]) == NULL ||
	    story_fail("the reply is:\n%s", story->reply);
}

static bool
expect_line(const struct words *w)
{
	for (unsigned i = 0; i < story->log_count; i++) {
		struct story_log *l = &story->logs[i];
		if (l->mentioned || strstr(l->text, w->word[0]) == NULL)
			continue;
		l->mentioned = true;
		return true;
	}
	return story_fail("there is no such line");
}

/* ---- the table -------------------------------------------------------- */

static const struct step {
	const char *sentence;
	bool      (*run)(const struct words *);
	const char *meaning;
	bool        is_early;	/* happens before the house starts, when it
				 * stands above all others */
} steps[] = {
	{ "given the time is DATE TIME", given_time,
	  "the story begins then, UTC", true },
	{ "given the plugins REST", given_plugins,
	  "liftd.yaml names these", true },
	{ "given the setting REST", given_setting,
	  "a line of liftd.yaml", true },
	{ "given rules from FILE", given_rules_from,
	  "a file beside the story is the rule file", true },
	{ "given rules", given_rules,
	  "the lines below, each behind a bar, are the rule file", true },
	{ "given the disk is full", given_full,
	  "from now on nothing can be committed", false },
	{ "given the disk has room again", given_room,
	  "what waits is committed", false },
	{ "event TYPE by SHOPPER of PRODUCT SPAN ago REST", event_ago,
	  "an event that happened before; more fields as JSON", false },
	{ "event TYPE by SHOPPER of PRODUCT REST", event_now,
	  "an event; more fields as JSON", false },
	{ "event TYPE by SHOPPER REST", event_without,
	  "an event that is about no product", false },
	{ "message REST", message_now,
	  "a message of Segment's API, as JSON with its type", false },
	{ "after SPAN", after,
	  "time passes, with all that goes by the clock", false },
	{ "reload rules from FILE", reload_rules_from,
	  "the rule file is another one, and is loaded", false },
	{ "reload rules", reload_rules,
	  "likewise, with the lines below", false },
	{ "liftctl REST", liftctl, "asks what liftctl would ask", false },
	{ "restart", restart, "the daemon stops in order, and starts", false },
	{ "kill and restart", kill_and_restart,
	  "the daemon is killed with -9, and starts", false },
	{ "expect fired hook NAME N times", expect_fired_n,
	  "the hook has fired N times more", false },
	{ "expect fired hook NAME", expect_fired, "the hook has fired",
	  false },
	{ "expect nothing fired", expect_nothing_fired,
	  "no hook has fired that was not expected", false },
	{ "expect topic TOPIC REST", expect_topic,
	  "an effect on a topic, with these fields", false },
	{ "expect nothing on topic TOPIC", expect_no_topic,
	  "no effect there that was not expected", false },
	{ "expect job NAME ran N times", expect_job_ran_n,
	  "the job has run N times more", false },
	{ "expect job NAME ran", expect_job_ran,
	  "the job has run once more", false },
	{ "expect job NAME did not run", expect_job_not,
	  "it has not run since", false },
	{ "expect the reload is refused because \"TEXT\"",
	  expect_reload_refused, "the newest reload, with these words", false },
	{ "expect the reload is refused", expect_reload_refused,
	  "the newest reload changed nothing", false },
	{ "expect the event is refused because \"TEXT\"",
	  expect_event_refused, "the newest event, with these words", false },
	{ "expect the event is refused", expect_event_refused,
	  "the newest event is not stored", false },
	{ "expect the event is known", expect_event_known,
	  "the newest event had come before", false },
	{ "expect reply mentions \"TEXT\"", expect_reply,
	  "the newest answer holds this", false },
	{ "expect reply does not mention \"TEXT\"", expect_no_reply,
	  "the newest answer does not hold this", false },
	{ "expect line \"TEXT\"", expect_line,
	  "a warning or an error in the log", false },
};

enum { STEPS = sizeof(steps) / sizeof(steps[0]) };

void
steps_print(void)
{
	for (size_t i = 0; i < STEPS; i++)
		printf("%-50s %s\n", steps[i].sentence, steps[i].meaning);
}

static const struct step *
step_find(const char *line, struct words *ret_words)
{
	for (size_t i = 0; i < STEPS; i++)
		if (words_match(steps[i].sentence, line, ret_words))
			return &steps[i];
	return NULL;
}

bool
step_is_early(const char *line)
{
	static struct words w;
	const struct step *s = step_find(line, &w);

	return s != NULL && s->is_early;
}

bool
step_run(const char *line)
{
	static struct words w;
	const struct step *s = step_find(line, &w);

	if (s == NULL)
		return story_fail("this is no sentence of the language, see "
		    "--steps");
	story->expectations += strncmp(line, "expect", 6) == 0;
	return s->run(&w) && story->end == STORY_OVER;
}
