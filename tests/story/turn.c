/* Turns of the house's loop, each when the story says so. Timers are not
 * waited for: when the clock is moved, what goes by it is made active. */
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "doors/line.h"
#include "house/message.h"
#include "story/story.h"

enum { TURNS_MOST = 20000, STEPS_OF_TIME = 2000 };

static struct watcher *watchers[64];
static unsigned watcher_topics[64];

/* ---- what came of it -------------------------------------------------- */

void
turn_watch(void)
{
	const struct vocabulary *v = desk_vocabulary(story_house);
	struct lift_error err;

	for (size_t i = 0; i < v->topic_count && i < 64; i++) {
		watcher_topics[i] = (unsigned)i;
		if (v->topics[i].source == TOPIC_INTERACTION)
			continue;
		watchers[i] = watcher_new(story_house->feed,
		    lift_text(v->topics[i].name), LIFT_TEXT_OF(""), 8 << 20,
		    &err);
	}
}

static void
take_rows(void)
{
	const struct vocabulary *v = desk_vocabulary(story_house);
	struct lift_text row;

	for (size_t i = 0; i < 64; i++)
		while (watchers[i] != NULL &&
		    watcher_take(watchers[i], &row) &&
		    story->effect_count < STORY_EFFECTS) {
			struct story_effect *e =
			    &story->effects[story->effect_count++];
			snprintf(e->topic, sizeof(e->topic), "%s",
			    v->topics[watcher_topics[i]].name);
			snprintf(e->json, sizeof(e->json), "%.*s",
			    (int)row.size, row.data);
		}
}

static bool
is_settled(void)
{
	struct house *h = story_house;
	struct lift_error err;

	if (gate_committed(h->gate) == gate_seq(h->gate))
		return !gate_is_failing(h->gate, &err);
	return story->disk_full && gate_is_failing(h->gate, &err);
}

/* The scribe has the machine's clock; its time is none. */
static void
snapshot_settle(void)
{
	struct house *h = story_house;

	for (int i = 0; i < TURNS_MOST && h->scribe != NULL; i++)
		event_base_loop(h->base, EVLOOP_ONCE);
	for (int i = 0; i < TURNS_MOST && !is_settled(); i++)
		event_base_loop(h->base, EVLOOP_ONCE);
}

void
turn_settle(void)
{
	struct house *h = story_house;

	event_base_loop(h->base, EVLOOP_NONBLOCK);
	for (int i = 0; i < TURNS_MOST && !is_settled(); i++)
		event_base_loop(h->base, EVLOOP_ONCE);
	for (int i = 0; i < TURNS_MOST && engine_is_behind(h->engine); i++) {
		event_active(h->tick, EV_TIMEOUT, 0);
		event_base_loop(h->base, EVLOOP_NONBLOCK);
	}
	for (int i = 0; i < TURNS_MOST && !is_settled(); i++)
		event_base_loop(h->base, EVLOOP_ONCE);
	snapshot_settle();
	event_base_loop(h->base, EVLOOP_NONBLOCK);
	take_rows();
}

void
turn_after(int64_t span)
{
	struct house *h = story_house;
	int64_t until = story->now + span, step = span / STEPS_OF_TIME;

	step = (step / LIFT_SECOND + 1) * LIFT_SECOND;
	while (story->now < until) {
		story->now += step < until - story->now ? step :
		    until - story->now;
		event_active(h->tick, EV_TIMEOUT, 0);
		event_active(h->jobs, EV_TIMEOUT, 0);
		turn_settle();
	}
}

/* ---- questions -------------------------------------------------------- */

struct question {
	struct request request;		/* first */
	struct text    answer;
	bool           ended;
};

static void
door_send(struct request *r, struct lift_text bytes)
{
	struct question *q = (struct question *)r;

	text_add(&q->answer, bytes.data, bytes.size);
}

static bool
door_is_full(const struct request *r)
{
	(void)r;
	return false;
}

static void
door_end(struct request *r, enum reply_verdict verdict,
    const struct lift_error *err)
{
	struct question *q = (struct question *)r;

	q->ended = true;
	story->verdict = verdict;
	if (err != NULL)
		text_form(&q->answer, "%s\n", err->text);
}

static void
door_upload(struct request *r, bool paused)
{
	(void)r, (void)paused;
}

static const struct request_door door = { door_send, door_is_full, door_end,
	door_upload };

static bool
question_read(struct question *q, const char *words, struct lift_error *err)
{
	struct request *r = &q->request;
	struct line line;
	char name[200];

	if (!line_read(r->arena, lift_text(words), &line, err))
		return false;
	if (line.count > 1) {
		snprintf(name, sizeof(name), "%.*s.%.*s",
		    (int)line.words[0].text.size, line.words[0].text.data,
		    (int)line.words[1].text.size, line.words[1].text.data);
		r->verb = desk_find(story_house, lift_text(name));
	}
	size_t used = r->verb != NULL ? 2 : 1;
	if (r->verb == NULL && line.count > 0)
		r->verb = desk_find(story_house, line.words[0].text);
	if (r->verb == NULL)
		return lift_fail(err, LIFT_E_USAGE, "there is no verb in \"%s\"",
		    words);
	r->form = line.form;
	return line_arguments(r->arena, line.words + used, line.count - used,
	    r->verb->verb->arguments, r->values, err);
}

static void
question_wait(struct question *q)
{
	struct request *r = &q->request;

	desk_begin(r);
	for (int i = 0; i < TURNS_MOST && !q->ended; i++) {
		if (r->more != NULL)
			r->more(r);
		else
			event_base_loop(story_house->base, EVLOOP_ONCE);
	}
	if (!q->ended)
		story_fail("there is no answer");
	turn_settle();
}

void
turn_ask(const char *words)
{
	struct question q = { .request = { .house = story_house,
		.door = &door, .arena = arena_new(),
		.caller = { .role = LIFT_ADMIN, .actor = "uid:0 story",
		    .door = "control" } } };
	struct lift_error err;

	if (question_read(&q, words, &err)) {
		question_wait(&q);
	} else {
		story->verdict = REPLY_ERROR;
		text_string(&q.answer, err.text);
	}
	snprintf(story->reply, sizeof(story->reply), "%s",
	    q.answer.data ? q.answer.data : "");
	text_done(&q.answer);
	request_done(&q.request);
	arena_free(q.request.arena);
}

/* ---- the story -------------------------------------------------------- */

bool
turn_message(const char *json)
{
	static uint32_t source;
	struct segment_context context = { .received = clock_now(),
		.position = ++story->events };
	struct lift_error err = { 0 }, note = { 0 };
	struct arena *scratch = arena_new();

	if (source == 0 && !gate_source(story_house->gate,
	    LIFT_TEXT_OF("segment"), SOURCE_LIVE, &source, &err))
		source = 0;
	story->event = (int)message_put(story_house, source, lift_text(json),
	    &context, scratch, &note, &err);
	story->event_open = story->event == GATE_REFUSED;
	snprintf(story->event_error, sizeof(story->event_error), "%s",
	    err.text);
	arena_free(scratch);
	turn_settle();
	return true;
}

void
turn_story(void)
{
	turn_watch();
	story->end = STORY_OVER;
	turn_settle();
	while (story->next < story->count && story->end == STORY_OVER)
		if (!step_run(story->lines[story->next++].text))
			break;
	turn_settle();
	for (size_t i = 0; i < 64; i++)
		watcher_free(watchers[i]);
}
