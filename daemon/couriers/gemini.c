/* generateContent. The answer comes as an object, or, where something between
 * us and it streams, as an array around that object. */
#include "couriers/gemini.h"

#include "base/json.h"
#include "couriers/retry.h"
#include "couriers/shape.h"

enum { SAID_MOST = 200 };

/* ---- the question -------------------------------------------------------- */

bool
gemini_question_read(struct arena *arena, struct lift_text body,
    struct gemini_question *q, struct lift_error *err)
{
	struct json_reader r = json_reader_of(body, arena);
	struct lift_text key;
	bool ok = json_enter(&r, JSON_OBJECT);

	*q = (struct gemini_question){ 0 };
	while (ok && json_key(&r, &key)) {
		if (lift_text_equal(key, LIFT_TEXT_OF("system")))
			ok = json_take_string(&r, &q->system);
		else if (lift_text_equal(key, LIFT_TEXT_OF("prompt")))
			ok = json_take_string(&r, &q->prompt);
		else if (lift_text_equal(key, LIFT_TEXT_OF("schema")))
			ok = json_skip(&r, &q->schema);
		else
			ok = json_skip(&r, NULL);
	}
	if (!ok || !json_done(&r))
		return lift_fail(err, LIFT_E_INPUT, "the request to the model "
		    "cannot be read: %s", r.problem != NULL ? r.problem :
		    "it is no object");
	if (q->prompt.size == 0)
		return lift_fail(err, LIFT_E_INPUT,
		    "the request to the model has no prompt");
	return true;
}

static void
part_write(struct text *t, struct lift_text words)
{
	text_string(t, "\"parts\":[{");
	json_member_text(t, "text", words);
	text_string(t, "}]");
}

/* Hidden thoughts count against the answer's tokens; the 2.5 family lets one
 * turn them off, but for its `pro`, which wants some. */
static void
thinking_write(struct text *t, const char *model)
{
	if (strstr(model, "gemini-2.5") == NULL)
		return;
	json_name(t, "thinkingConfig");
	text_byte(t, '{');
	json_member_whole(t, "thinkingBudget", strstr(model, "pro") != NULL ?
	    128 : 0);
	text_byte(t, '}');
}

void
gemini_write(struct text *t, const struct gemini_question *q,
    const struct gemini_terms *terms)
{
	text_string(t, "{\"contents\":[{\"role\":\"user\",");
	part_write(t, q->prompt);
	text_string(t, "}]");
	if (q->system.size > 0) {
		text_string(t, ",\"systemInstruction\":{");
		part_write(t, q->system);
		text_byte(t, '}');
	}
	text_string(t, ",\"generationConfig\":{");
	json_member_number(t, "temperature", terms->temperature);
	json_member_whole(t, "candidateCount", 1);
	json_member_whole(t, "maxOutputTokens", terms->tokens);
	if (q->schema.size > 0) {
		json_member_string(t, "responseMimeType", "application/json");
		json_name(t, "responseSchema");
		text_add(t, q->schema.data, q->schema.size);
	}
	thinking_write(t, terms->model);
	text_string(t, "}}");
}

/* ---- the answer ---------------------------------------------------------- */

/* What is picked out of an answer. */
struct picked {
	struct arena    *arena;
	struct text      words;
	struct lift_text finish, block, model;
	struct lift_text message, status;	/* of an error */
	bool             is_error, has_candidate, per_day;
	int64_t          wait;
};

static bool
is(struct lift_text key, const char *name)
{
	return lift_text_equal(key, lift_text(name));
}

/* A text, or nothing in its place. */
static bool
take_text(struct json_reader *r, struct lift_text *ret)
{
	return json_peek(r) == JSON_STRING ? json_take_string(r, ret) :
	    json_skip(r, NULL);
}

static bool
part_read(struct json_reader *r, struct picked *p)
{
	struct lift_text key, words = { "", 0 };
	bool thought = false, ok = json_enter(r, JSON_OBJECT);

	while (ok && json_key(r, &key)) {
		if (is(key, "text"))
			ok = take_text(r, &words);
		else if (is(key, "thought") && (json_peek(r) == JSON_TRUE ||
		    json_peek(r) == JSON_FALSE))
			ok = json_take_bool(r, &thought);
		else
			ok = json_skip(r, NULL);
	}
	if (!thought)
		text_add(&p->words, words.data, words.size);
	return ok;
}

static bool
content_read(struct json_reader *r, struct picked *p)
{
	struct lift_text key;
	bool ok = json_enter(r, JSON_OBJECT);

	while (ok && json_key(r, &key)) {
		if (!is(key, "parts") || json_peek(r) != JSON_ARRAY) {
			ok = json_skip(r, NULL);
			continue;
		}
		ok = json_enter(r, JSON_ARRAY);
		while (ok && json_item(r))
			ok = part_read(r, p);
	}
	return ok;
}

static bool
candidate_read(struct json_reader *r, struct picked *p)
{
	struct lift_text key;
	bool ok = json_enter(r, JSON_OBJECT);

	p->has_candidate = true;
	while (ok && json_key(r, &key)) {
		if (is(key, "content") && json_peek(r) == JSON_OBJECT)
			ok = content_read(r, p);
		else if (is(key, "finishReason"))
			ok = take_text(r, &p->finish);
		else
			ok = json_skip(r, NULL);
	}
	return ok;
}

/* Of several candidates the first one counts. */
static bool
candidates_read(struct json_reader *r, struct picked *p)
{
	bool ok = json_enter(r, JSON_ARRAY);

	while (ok && json_item(r))
		ok = p->has_candidate ? json_skip(r, NULL) :
		    candidate_read(r, p);
	return ok;
}

static bool
feedback_read(struct json_reader *r, struct picked *p)
{
	struct lift_text key;
	bool ok = json_enter(r, JSON_OBJECT);

	while (ok && json_key(r, &key))
		ok = is(key, "blockReason") ? take_text(r, &p->block) :
		    json_skip(r, NULL);
	return ok;
}

/* One of an error's details: what matters is how long to wait, and whether it
 * is the day's quota that is used up. */
static bool
detail_read(struct json_reader *r, struct picked *p)
{
	struct lift_text key, value, raw;
	bool ok = json_enter(r, JSON_OBJECT);

	while (ok && json_key(r, &key)) {
		if (is(key, "retryDelay")) {
			value = LIFT_TEXT_OF("");
			ok = take_text(r, &value);
			p->wait = retry_span(value);
		} else {
			ok = json_skip(r, &raw);
			if (ok && is(key, "violations"))
				p->per_day |= strstr(arena_copy(p->arena,
				    raw.data, raw.size), "PerDay") != NULL;
		}
	}
	return ok;
}

static bool
error_read(struct json_reader *r, struct picked *p)
{
	struct lift_text key;
	bool ok = json_enter(r, JSON_OBJECT);

	p->is_error = true;
	while (ok && json_key(r, &key)) {
		if (is(key, "message"))
			ok = take_text(r, &p->message);
		else if (is(key, "status"))
			ok = take_text(r, &p->status);
		else if (is(key, "details") && json_peek(r) == JSON_ARRAY) {
			ok = json_enter(r, JSON_ARRAY);
			while (ok && json_item(r))
				ok = json_peek(r) == JSON_OBJECT ?
				    detail_read(r, p) : json_skip(r, NULL);
		} else
			ok = json_skip(r, NULL);
	}
	return ok;
}

static bool
object_read(struct json_reader *r, struct picked *p)
{
	struct lift_text key;
	bool ok = json_enter(r, JSON_OBJECT);

	while (ok && json_key(r, &key)) {
		if (is(key, "candidates") && json_peek(r) == JSON_ARRAY)
			ok = candidates_read(r, p);
		else if (is(key, "promptFeedback") &&
		    json_peek(r) == JSON_OBJECT)
			ok = feedback_read(r, p);
		else if (is(key, "modelVersion"))
			ok = take_text(r, &p->model);
		else if (is(key, "error") && json_peek(r) == JSON_OBJECT)
			ok = error_read(r, p);
		else
			ok = json_skip(r, NULL);
	}
	return ok;
}

static bool
answer_read(struct lift_text body, struct picked *p)
{
	struct json_reader r = json_reader_of(body, p->arena);
	bool ok;

	if (json_peek(&r) == JSON_ARRAY) {
		ok = json_enter(&r, JSON_ARRAY);
		while (ok && json_item(&r))
			ok = object_read(&r, p);
	} else {
		ok = object_read(&r, p);
	}
	return ok && json_done(&r);
}

/* ---- what it means ------------------------------------------------------- */

static bool
refuse(struct gemini_answer *a, const char *what, struct lift_text detail)
{
	int size = (int)(detail.size < SAID_MOST ? detail.size : SAID_MOST);

	return lift_fail(&a->error, LIFT_E_INPUT, "%s%s%.*s", what,
	    size > 0 ? ": " : "", size, detail.data);
}

static bool
status_refuse(const struct picked *p, long status, struct gemini_answer *a)
{
	char what[160];

	a->again = retry_status(status) && !p->per_day;
	a->unknown = status == 401;
	a->wait = p->wait;
	snprintf(what, sizeof(what), "the model's server answers %ld%s%.*s%s",
	    status, p->status.size > 0 ? " " : "",
	    (int)(p->status.size < 40 ? p->status.size : 40), p->status.data,
	    p->per_day ? ", the quota of the day is used up" : "");
	return refuse(a, what, p->message);
}

/* The text without a Markdown fence around it. */
static struct lift_text
unfence(struct lift_text t)
{
	const char *at = t.data, *end = t.data + t.size, *line;

	while (at < end && strchr(" \t\r\n", *at) != NULL)
		at++;
	while (end > at && strchr(" \t\r\n", end[-1]) != NULL)
		end--;
	if (end - at >= 6 && memcmp(at, "```", 3) == 0 &&
	    memcmp(end - 3, "```", 3) == 0) {
		line = memchr(at, '\n', (size_t)(end - at));
		if (line != NULL && line < end - 3) {
			at = line + 1;
			end -= 3;
		}
	}
	return (struct lift_text){ at, (size_t)(end - at) };
}

static bool
candidate_judge(const struct picked *p, const struct gemini_question *q,
    struct gemini_answer *a)
{
	struct lift_error why;

	if (p->block.size > 0)
		return refuse(a, "the prompt was blocked", p->block);
	if (!p->has_candidate)
		return refuse(a, "the model's answer has no candidates",
		    LIFT_TEXT_OF(""));
	if (is(p->finish, "MAX_TOKENS"))
		return refuse(a, "the model's answer was cut because it "
		    "reached `tokens:`", p->finish);
	if (!is(p->finish, "STOP"))
		return refuse(a, "the model did not come to an end",
		    p->finish.size > 0 ? p->finish :
		    LIFT_TEXT_OF("no reason given"));
	struct lift_text words = unfence(text_view(&p->words));
	if (words.size == 0)
		return refuse(a, "the model's answer is empty",
		    LIFT_TEXT_OF(""));
	if (q->schema.size > 0 && !shape_fits(p->arena, words, q->schema,
	    &why))
		return refuse(a, "the model's answer is not of the form that "
		    "was asked for", lift_text(why.text));
	a->text = arena_text(p->arena, words);
	a->model = arena_text(p->arena, p->model);
	return true;
}

bool
gemini_read(struct arena *arena, const struct gemini_question *q, long status,
    struct lift_text body, struct gemini_answer *a)
{
	struct picked p = { .arena = arena };
	bool ok;

	*a = (struct gemini_answer){ .text = LIFT_TEXT_OF(""),
		.model = LIFT_TEXT_OF("") };
	bool is_json = answer_read(body, &p);
	if (status != 200)
		ok = status_refuse(&p, status, a);
	else if (!is_json)
		ok = refuse(a, "the model's server does not answer with JSON",
		    LIFT_TEXT_OF(""));
	else if (p.is_error)
		ok = refuse(a, "the model's server answers with an error",
		    p.message);
	else
		ok = candidate_judge(&p, q, a);
	text_done(&p.words);
	return ok;
}
