/* What is said to a model, what it says, and when to ask again. */
#include <check.h>
#include <stdlib.h>

#include "base/run.h"
#include "couriers/courier_settings.h"
#include "couriers/gemini.h"
#include "couriers/model.h"
#include "couriers/retry.h"
#include "couriers/shape.h"

#define SCHEMA "{\"type\":\"OBJECT\",\"properties\":{\"a\":{\"type\":" \
    "\"STRING\",\"enum\":[\"x\",\"y\"]},\"n\":{\"type\":\"INTEGER\"," \
    "\"nullable\":true},\"l\":{\"type\":\"ARRAY\",\"minItems\":\"1\"," \
    "\"maxItems\":2,\"items\":{\"type\":\"NUMBER\"}}},\"required\":[\"a\"]}"

static const struct gemini_question question = {
	.system = { "be brief", 8 }, .prompt = { "say \"x\"", 7 },
	.schema = { SCHEMA, sizeof(SCHEMA) - 1 } };

static bool
reads(struct arena *arena, long status, const char *body,
    struct gemini_answer *ret)
{
	return gemini_read(arena, &question, status, lift_text(body), ret);
}

static void
is_refused(long status, const char *body, bool again, const char *words)
{
	struct arena *arena = arena_new();
	struct gemini_answer a;

	ck_assert(!reads(arena, status, body, &a));
	ck_assert_msg(strstr(a.error.text, words) != NULL, "%s", a.error.text);
	ck_assert_int_eq(a.again, again);
	ck_assert_uint_eq(a.text.size, 0);
	arena_free(arena);
}

static void
is_answer(const char *body, const char *text)
{
	struct arena *arena = arena_new();
	struct gemini_answer a;

	ck_assert_msg(reads(arena, 200, body, &a), "%s", a.error.text);
	ck_assert(lift_text_equal(a.text, lift_text(text)));
	arena_free(arena);
}

START_TEST(the_call_has_prompt_schema_and_no_thinking)
{
	struct gemini_terms terms = { "gemini-2.5-flash", 0.5, 100 };
	struct text t = { 0 };

	gemini_write(&t, &question, &terms);
	ck_assert_str_eq(t.data, "{\"contents\":[{\"role\":\"user\","
	    "\"parts\":[{\"text\":\"say \\\"x\\\"\"}]}],\"systemInstruction\":"
	    "{\"parts\":[{\"text\":\"be brief\"}]},\"generationConfig\":{"
	    "\"temperature\":0.5,\"candidateCount\":1,\"maxOutputTokens\":100,"
	    "\"responseMimeType\":\"application/json\",\"responseSchema\":"
	    SCHEMA ",\"thinkingConfig\":{\"thinkingBudget\":0}}}");
	text_clear(&t);
	terms.model = "gemini-3-flash";
	gemini_write(&t, &question, &terms);
	ck_assert_ptr_null(strstr(t.data, "thinking"));
	text_done(&t);
}
END_TEST

START_TEST(a_question_needs_a_prompt)
{
	struct arena *arena = arena_new();
	struct gemini_question q;
	struct lift_error err;

	ck_assert(gemini_question_read(arena, LIFT_TEXT_OF("{\"purpose\":1,"
	    "\"prompt\":\"p\",\"schema\":{\"type\":\"STRING\"}}"), &q, &err));
	ck_assert(lift_text_equal(q.prompt, LIFT_TEXT_OF("p")));
	ck_assert(lift_text_equal(q.schema,
	    LIFT_TEXT_OF("{\"type\":\"STRING\"}")));
	ck_assert(!gemini_question_read(arena, LIFT_TEXT_OF("{}"), &q, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "no prompt"));
	ck_assert(!gemini_question_read(arena, LIFT_TEXT_OF("[1]"), &q, &err));
	ck_assert(!gemini_question_read(arena, LIFT_TEXT_OF("{\"prompt\":\"p\"}"
	    " x"), &q, &err));
	arena_free(arena);
}
END_TEST

#define CANDIDATE(parts, finish) "{\"candidates\":[{\"content\":{\"parts\":[" \
    parts "]},\"finishReason\":\"" finish "\"},{\"content\":{\"parts\":[" \
    "{\"text\":\"the second\"}]}}],\"modelVersion\":\"m-1\"}"

START_TEST(parts_are_joined_without_thoughts_and_fences)
{
	is_answer(CANDIDATE("{\"text\":\"{\\\"a\\\":\"},{\"thought\":true,"
	    "\"text\":\"hm\"},{\"text\":\"\\\"x\\\"}\"}", "STOP"),
	    "{\"a\":\"x\"}");
	is_answer("[" CANDIDATE("{\"text\":\"```json\\n{\\\"a\\\":\\\"y\\\"}"
	    "\\n```\\n\"}", "STOP") "]", "{\"a\":\"y\"}\n");
	struct arena *arena = arena_new();
	struct gemini_answer a;
	ck_assert(reads(arena, 200, CANDIDATE("{\"text\":\"{\\\"a\\\":"
	    "\\\"x\\\"}\"}", "STOP"), &a));
	ck_assert(lift_text_equal(a.model, LIFT_TEXT_OF("m-1")));
	arena_free(arena);
}
END_TEST

START_TEST(what_is_no_answer_has_its_sentence)
{
	is_refused(200, "", false, "does not answer with JSON");
	is_refused(200, "{\"candidates\":[{\"content\":", false,
	    "does not answer with JSON");
	is_refused(200, "{}", false, "no candidates");
	is_refused(200, "{\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}",
	    false, "the prompt was blocked: SAFETY");
	is_refused(200, CANDIDATE("", "STOP"), false, "empty");
	is_refused(200, CANDIDATE("{\"text\":\"{\"}", "MAX_TOKENS"), false,
	    "was cut");
	is_refused(200, CANDIDATE("{\"text\":\"{}\"}", "RECITATION"), false,
	    "RECITATION");
	is_refused(200, CANDIDATE("{\"text\":\"{}\"}", "STOP"), false,
	    "lacks \"a\"");
	is_refused(200, "{\"error\":{\"message\":\"inside\"}}", false,
	    "inside");
}
END_TEST

#define QUOTA(id) "{\"error\":{\"status\":\"RESOURCE_EXHAUSTED\",\"message\":" \
    "\"m\",\"details\":[{\"@type\":\"x\",\"violations\":[{\"quotaId\":\"" id \
    "\"}]},{\"retryDelay\":\"37s\"}]}}"

START_TEST(a_minutes_quota_is_waited_for_and_a_days_is_not)
{
	struct arena *arena = arena_new();
	struct gemini_answer a;

	is_refused(429, QUOTA("PerMinute"), true, "RESOURCE_EXHAUSTED: m");
	is_refused(429, QUOTA("RequestsPerDay"), false, "quota of the day");
	ck_assert(!reads(arena, 429, "[" QUOTA("PerMinute") "]", &a));
	ck_assert_int_eq(a.wait, 37 * LIFT_SECOND);
	is_refused(503, "<html>", true, "503");
	is_refused(400, "{\"error\":{\"status\":\"INVALID_ARGUMENT\"}}", false,
	    "400 INVALID_ARGUMENT");
	is_refused(404, "", false, "404");
	ck_assert(!reads(arena, 401, "{}", &a));
	ck_assert(a.unknown && !a.again);
	arena_free(arena);
}
END_TEST

static void
fits(const char *value, const char *problem)
{
	struct arena *arena = arena_new();
	struct lift_error err = { 0 };
	bool ok = shape_fits(arena, lift_text(value), lift_text(SCHEMA), &err);

	ck_assert_msg(ok == (problem == NULL), "%s: %s", value, err.text);
	ck_assert_msg(ok || strstr(err.text, problem) != NULL, "%s: %s", value,
	    err.text);
	arena_free(arena);
}

START_TEST(a_value_fits_its_schema_or_is_told_where_not)
{
	fits("{\"a\":\"x\"}", NULL);
	fits("{\"a\":\"y\",\"n\":3,\"l\":[1.5],\"other\":{}}", NULL);
	fits("{\"a\":\"x\",\"n\":null}", NULL);
	fits("{\"a\":\"z\"}", "the answer.a is \"z\", must be one of");
	fits("{\"a\":1}", "the answer.a is of type NUMBER, must be STRING");
	fits("{\"n\":1}", "lacks \"a\"");
	fits("{\"a\":\"x\",\"n\":1.5}", "must be INTEGER");
	fits("{\"a\":\"x\",\"l\":[]}", "at least 1");
	fits("{\"a\":\"x\",\"l\":[1,2,3]}", "at most 2");
	fits("{\"a\":\"x\",\"l\":[1,\"2\"]}", "the answer.l[1] is of type");
	fits("[]", "must be OBJECT");
	fits("{\"a\":\"x\"", "not JSON");
	fits("{\"a\":\"x\"} {}", "not JSON");
}
END_TEST

START_TEST(a_model_has_the_address_of_its_driver)
{
	struct model_settings s = { .driver = MODEL_GEMINI, .model = "m",
		.endpoint = "", .project = "p", .location = "global" };
	struct text t = { 0 };

	model_url(&t, &s);
	ck_assert_str_eq(t.data, "https://generativelanguage.googleapis.com"
	    "/v1beta/models/m:generateContent");
	text_clear(&t);
	s.driver = MODEL_VERTEX;
	model_url(&t, &s);
	ck_assert_str_eq(t.data, "https://aiplatform.googleapis.com/v1/projects"
	    "/p/locations/global/publishers/google/models/m:generateContent");
	text_clear(&t);
	s.location = "europe-west4";
	model_url(&t, &s);
	ck_assert_ptr_nonnull(strstr(t.data,
	    "https://europe-west4-aiplatform.googleapis.com/v1/"));
	text_clear(&t);
	s.endpoint = "http://127.0.0.1:9/";
	model_url(&t, &s);
	ck_assert_ptr_eq(strstr(t.data, "http://127.0.0.1:9/v1/"), t.data);
	text_done(&t);
}
END_TEST

START_TEST(waiting_doubles_and_heeds_the_server)
{
	ck_assert_int_eq(retry_wait(1, 0, 0), LIFT_SECOND / 2);
	ck_assert_int_eq(retry_wait(3, 0, 0), 2 * LIFT_SECOND);
	ck_assert_int_eq(retry_wait(3, 0, 1), LIFT_SECOND);
	ck_assert_int_eq(retry_wait(1000, 0, 0), 60 * LIFT_SECOND);
	ck_assert_int_eq(retry_wait(1, 37 * LIFT_SECOND, 0.5),
	    37 * LIFT_SECOND);
	ck_assert_int_eq(retry_span(LIFT_TEXT_OF("1.5s")), 1500000);
	ck_assert_int_eq(retry_span(LIFT_TEXT_OF("37s")), 37 * LIFT_SECOND);
	ck_assert_int_eq(retry_span(LIFT_TEXT_OF("s")), 0);
	ck_assert_int_eq(retry_span(LIFT_TEXT_OF("-5s")), 0);
	ck_assert_int_eq(retry_span(LIFT_TEXT_OF("5m")), 0);
	ck_assert(retry_status(429) && retry_status(408) && retry_status(503));
	ck_assert(!retry_status(200) && !retry_status(404) &&
	    !retry_status(501));
}
END_TEST

START_TEST(a_bucket_gives_its_rate_and_no_more)
{
	struct retry_bucket b = { .rate = 60 }, any = { 0 };
	int64_t now = LIFT_HOUR;
	int given = 0;

	ck_assert_int_eq(retry_take(&any, now), 0);
	while (retry_take(&b, now) == 0)
		given++;
	ck_assert_int_eq(given, 15);
	int64_t wait = retry_take(&b, now);
	ck_assert_int_le(wait, LIFT_SECOND + 1);
	ck_assert_int_gt(retry_take(&b, now + wait / 2), 0);
	ck_assert_int_eq(retry_take(&b, now + wait), 0);
	for (given = 0, now += wait; given < 60; given++) {
		now += LIFT_SECOND;
		ck_assert_int_eq(retry_take(&b, now), 0);
	}
	ck_assert_int_gt(retry_take(&b, now), 0);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("gemini");

	tcase_add_test(tests, the_call_has_prompt_schema_and_no_thinking);
	tcase_add_test(tests, a_question_needs_a_prompt);
	tcase_add_test(tests, parts_are_joined_without_thoughts_and_fences);
	tcase_add_test(tests, what_is_no_answer_has_its_sentence);
	tcase_add_test(tests, a_minutes_quota_is_waited_for_and_a_days_is_not);
	tcase_add_test(tests, a_value_fits_its_schema_or_is_told_where_not);
	tcase_add_test(tests, a_model_has_the_address_of_its_driver);
	tcase_add_test(tests, waiting_doubles_and_heeds_the_server);
	tcase_add_test(tests, a_bucket_gives_its_rate_and_no_more);
	return run_tests(tests, "gemini");
}
