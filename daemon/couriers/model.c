/* A call of generateContent, and a memory of what was answered lately: the same
 * question within `cache:` costs nothing. Plugins ask few different things, so
 * the memory is small. */
#include "couriers/model.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/memory.h"
#include "couriers/gemini.h"
#include "couriers/google.h"

enum { ANSWER_MOST = 1 << 20, KNOWN = 256 };

struct known {
	struct hash128 question;
	int64_t        until;		/* 0: nothing is here */
	struct text    answer;
};

struct model {
	struct model_settings settings;	/* a copy, for the threads */
	struct google        *google;	/* NULL: a key */
	struct text           url;
	struct known          known[KNOWN];
	unsigned              next;
};

/* ---- where to ------------------------------------------------------------ */

static void
vertex_host(struct text *t, const char *location)
{
	if (strcmp(location, "global") == 0)
		text_string(t, "https://aiplatform.googleapis.com");
	else if (strcmp(location, "us") == 0 || strcmp(location, "eu") == 0)
		text_form(t, "https://aiplatform.%s.rep.googleapis.com",
		    location);
	else
		text_form(t, "https://%s-aiplatform.googleapis.com", location);
}

void
model_url(struct text *t, const struct model_settings *s)
{
	size_t size = strlen(s->endpoint);
	const char *model = s->model;

	while (size > 0 && s->endpoint[size - 1] == '/')
		size--;
	text_add(t, s->endpoint, size);
	if (s->driver == MODEL_VERTEX) {
		if (size == 0)
			vertex_host(t, s->location);
		text_form(t, "/v1/projects/%s/locations/%s/publishers/google/"
		    "models/%s:generateContent", s->project, s->location,
		    model);
		return;
	}
	if (size == 0)
		text_string(t, "https://generativelanguage.googleapis.com");
	/* A tuned model brings its folder. */
	text_form(t, "/v1beta/%s%s:generateContent", strchr(model, '/') ?
	    "" : "models/", model);
}

/* ---- a call -------------------------------------------------------------- */

static void
load_end(struct load *l, enum load_verdict verdict,
    const struct lift_error *why)
{
	l->verdict = verdict;
	if (why != NULL)
		l->error = *why;
}

/* The header that says who asks; false when there is no token. */
static bool
who_header(struct model *m, struct load *l, struct text *t)
{
	bool again = false;

	if (m->google == NULL) {
		text_form(t, "x-goog-api-key: %s", m->settings.key);
		return true;
	}
	text_string(t, "Authorization: Bearer ");
	if (google_token(m->google, l->end, t, &again, &l->error))
		return true;
	l->verdict = l->end != NULL && atomic_load(l->end) != 0 ? LOAD_ENDED :
	    again ? LOAD_AGAIN : LOAD_LOST;
	l->halts = l->trouble = true;
	return false;
}

static void
call_judge(struct model *m, struct load *l, struct arena *arena,
    const struct gemini_question *q, const struct post_answer *a)
{
	struct gemini_answer said;

	l->wait = a->retry_after;
	if (a->result != POST_ANSWERED) {
		l->trouble = true;
		load_end(l, a->result == POST_ENDED ? LOAD_ENDED :
		    a->result == POST_UNREACHED ? LOAD_AGAIN : LOAD_LOST,
		    &a->error);
		return;
	}
	if (gemini_read(arena, q, a->status, text_view(&a->body), &said)) {
		json_member_text(&l->answer, "text", said.text);
		json_member_text(&l->answer, "model", said.model.size > 0 ?
		    said.model : lift_text(m->settings.model));
		load_end(l, LOAD_CARRIED, NULL);
		return;
	}
	if (said.wait > l->wait)
		l->wait = said.wait;
	l->trouble = a->status != 200;
	/* A quota is everybody's. */
	l->halts = a->status == 429 || a->status == 503;
	if (said.unknown && m->google != NULL) {
		google_forget(m->google);
		said.again = !l->is_stranger;
		l->is_stranger = true;
	}
	load_end(l, said.again ? LOAD_AGAIN : LOAD_LOST, &said.error);
}

static void
call(struct model *m, struct load *l, struct arena *arena,
    const struct gemini_question *q)
{
	const struct model_settings *s = &m->settings;
	struct gemini_terms terms = { s->model, s->temperature, s->tokens };
	struct text body = { 0 }, who = { 0 };
	struct post_answer a;

	if (who_header(m, l, &who)) {
		const char *headers[] = { "Content-Type: application/json",
			who.data, NULL };
		gemini_write(&body, q, &terms);
		struct post_request p = { .url = m->url.data,
			.headers = headers, .body = text_view(&body),
			.timeout = s->timeout, .most = ANSWER_MOST,
			.authority = s->authority, .end = l->end };
		post_send(l->line, &p, &a);
		call_judge(m, l, arena, q, &a);
		text_done(&a.body);
	}
	text_done(&body);
	text_done(&who);
}

static void
model_carry(void *self, struct load *l)
{
	struct arena *arena = arena_new();
	struct gemini_question q;

	if (gemini_question_read(arena, l->asked, &q, &l->error))
		call(self, l, arena, &q);
	else
		l->verdict = LOAD_LOST;
	arena_free(arena);
}

/* ---- what was answered lately -------------------------------------------- */

static bool
model_known(void *self, struct load *l)
{
	struct model *m = self;
	struct hash128 h = hash_wide(l->asked.data, l->asked.size);
	int64_t now = clock_monotonic();

	for (unsigned i = 0; i < KNOWN; i++)
		if (m->known[i].until > now &&
		    hash128_equal(m->known[i].question, h)) {
			text_clear(&l->answer);
			text_add(&l->answer, m->known[i].answer.data,
			    m->known[i].answer.size);
			return true;
		}
	return false;
}

static void
model_carried(void *self, const struct load *l)
{
	struct model *m = self;
	struct known *k = &m->known[m->next++ % KNOWN];

	if (m->settings.cache <= 0)
		return;
	k->question = hash_wide(l->asked.data, l->asked.size);
	k->until = clock_monotonic() + m->settings.cache;
	text_clear(&k->answer);
	text_add(&k->answer, l->answer.data, l->answer.size);
}

/* ---- coming and going ---------------------------------------------------- */

static void
model_free(void *self)
{
	struct model *m = self;

	google_free(m->google);
	for (unsigned i = 0; i < KNOWN; i++)
		text_done(&m->known[i].answer);
	text_done(&m->url);
	memory_give(m);
}

bool
model_carrier(const struct model_settings *s, struct carrier *r,
    struct lift_error *err)
{
	struct google *google = NULL;

	*r = (struct carrier){ .absent = "liftd.yaml has no `models:` with a "
		"driver that answers" };
	if (s->driver == MODEL_OFFLINE)
		return true;
	if (s->driver == MODEL_VERTEX) {
		google = google_new(s->credentials, s->endpoint, s->authority,
		    err);
		if (google == NULL)
			return false;
	}
	struct model *m = memory_take(sizeof(*m));
	m->settings = *s;
	m->google = google;
	model_url(&m->url, s);
	*r = (struct carrier){ m, model_carry, model_known, model_carried,
		model_free, NULL };
	return true;
}
