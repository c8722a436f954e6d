/* What an answer looks like in each form. The door of these tests keeps what
 * it is sent. */
#include <check.h>
#include <stdlib.h>

#include "house/request.h"

static const struct lift_field fields[] = {
	{ "name", LIFT_TEXT, false, "a name" },
	{ "count", LIFT_INT, true, "a count" }, LIFT_END
};
static const struct lift_verb list = { .name = "list",
	.arguments = fields };
static const struct lift_verb one = { .name = "one", .one = true };
static const struct vocabulary_verb rows[] = { { .verb = &list },
	{ .verb = &one } };

struct answer {
	struct request     request;	/* first */
	struct text        sent;
	unsigned           chunks;
	size_t             largest;
	enum reply_verdict verdict;
	bool               ended;
};

static void
keep(struct request *r, struct lift_text bytes)
{
	struct answer *a = (struct answer *)r;

	text_add(&a->sent, bytes.data, bytes.size);
	a->chunks++;
	if (bytes.size > a->largest)
		a->largest = bytes.size;
}

static bool
never(const struct request *r)
{
	(void)r;
	return false;
}

static void
end(struct request *r, enum reply_verdict verdict,
    const struct lift_error *err)
{
	struct answer *a = (struct answer *)r;

	ck_assert((verdict == REPLY_ERROR) == (err != NULL));
	a->ended = true;
	a->verdict = verdict;
}

static const struct request_door door = { .send = keep, .is_full = never,
	.end = end };

static void
begin(struct answer *a, enum reply_form form, bool is_one, const char *only)
{
	*a = (struct answer){ .request = { .door = &door, .form = form,
		.verb = &rows[is_one], .fields = lift_text(only) } };
}

static void
is(struct answer *a, const char *whole)
{
	request_end(&a->request, REPLY_YES);
	ck_assert(a->ended);
	ck_assert_str_eq(a->sent.data ? a->sent.data : "", whole);
	request_done(&a->request);
	text_done(&a->sent);
}

static void
row(struct answer *a, const char *json)
{
	request_row(&a->request, lift_text(json));
}

START_TEST(text_has_the_names_of_the_first_row)
{
	struct answer a;

	begin(&a, REPLY_TEXT, false, NULL);
	row(&a, "{\"a\":1,\"b\":\"x\"}");
	row(&a, "{\"b\":null,\"c\":true,\"a\":{\"d\":[1,2]}}");
	row(&a, "{}");
	row(&a, "[3]");
	is(&a, "a\tb\n1\tx\n{\"d\":[1,2]}\t\tc=true\n\t\n[3]\n");
	begin(&a, REPLY_TEXT, false, NULL);
	a.request.headless = true;
	row(&a, "{\"a\":1}");
	is(&a, "1\n");
	begin(&a, REPLY_TEXT, false, NULL);
	is(&a, "");
}
END_TEST

START_TEST(no_value_ends_a_cell_or_talks_to_a_terminal)
{
	struct answer a;

	begin(&a, REPLY_TEXT, false, NULL);
	row(&a, "{\"a\":\"t\\tn\\nr\\rb\\\\e\\u001b0\\u0000c\xc2\x9b"
	    "\xc3\xa9\"}");
	is(&a, "a\nt\\tn\\nr\\rb\\\\e\\x1b0\\x00c\\u009b\xc3\xa9\n");
}
END_TEST

START_TEST(one_object_is_a_line_for_each_member)
{
	struct answer a;

	begin(&a, REPLY_TEXT, true, NULL);
	row(&a, "{\"a\":1,\"b\":\"x y\"}");
	row(&a, "{\"a\":2}");
	is(&a, "a\t1\nb\tx y\n");
	begin(&a, REPLY_TEXT, true, NULL);
	row(&a, "{\"a\":{\"b\":1,\"c\":[2]},\"d\":[\"e\",\"f\"],\"g\":{}}");
	is(&a, "a.b\t1\na.c\t[2]\nd\te\nd\tf\ng\t{}\n");
}
END_TEST

START_TEST(json_is_one_document)
{
	struct answer a;

	begin(&a, REPLY_JSON, false, NULL);
	row(&a, "{\"a\":1}");
	request_prose(&a.request, LIFT_TEXT_OF("prose\n"));
	row(&a, "{\"a\":2}");
	is(&a, "[\n{\"a\":1},\n{\"a\":2}\n]\n");
	begin(&a, REPLY_JSON, false, NULL);
	is(&a, "[]\n");
	begin(&a, REPLY_JSON, true, NULL);
	row(&a, "{\"a\":1}");
	row(&a, "{\"a\":2}");
	is(&a, "{\"a\":1}\n");
	begin(&a, REPLY_JSON, true, NULL);
	is(&a, "null\n");
	begin(&a, REPLY_JSONL, false, NULL);
	row(&a, "{\"a\":1}");
	row(&a, "{\"a\":2}");
	is(&a, "{\"a\":1}\n{\"a\":2}\n");
}
END_TEST

START_TEST(fields_that_were_not_asked_for_are_left_out)
{
	struct answer a;

	begin(&a, REPLY_TEXT, false, "b,a,z");
	row(&a, "{\"a\":1,\"b\":2,\"c\":3}");
	is(&a, "b\ta\tz\n2\t1\t\n");
	begin(&a, REPLY_JSONL, false, "b,a");
	row(&a, "{\"a\":1,\"b\":[2],\"c\":3}");
	row(&a, "{\"c\":3}");
	is(&a, "{\"a\":1,\"b\":[2]}\n{}\n");
	begin(&a, REPLY_TEXT, true, "b");
	row(&a, "{\"a\":1,\"b\":2}");
	is(&a, "b\t2\n");
}
END_TEST

START_TEST(a_long_answer_goes_out_in_pieces)
{
	struct answer a;

	begin(&a, REPLY_TEXT, false, NULL);
	for (int i = 0; i < 100000; i++)
		row(&a, "{\"a\":123456789,\"b\":\"\\u00e9\"}");
	ck_assert_uint_lt(a.request.buffer.room, 256 * 1024);
	ck_assert_uint_lt(arena_held(a.request.scratch), 64 * 1024);
	ck_assert_uint_gt(a.chunks, 10);
	ck_assert_uint_lt(a.largest, 40000);
	request_end(&a.request, REPLY_NO);
	ck_assert_int_eq(a.verdict, REPLY_NO);
	request_done(&a.request);
	text_done(&a.sent);
}
END_TEST

START_TEST(a_failure_drops_what_was_not_sent)
{
	struct lift_error err;
	struct answer a;

	begin(&a, REPLY_TEXT, false, NULL);
	row(&a, "{\"a\":1}");
	lift_fail(&err, LIFT_E_BUG, "x");
	request_fail(&a.request, &err);
	ck_assert_uint_eq(a.chunks, 0);
	ck_assert_int_eq(a.verdict, REPLY_ERROR);
	request_done(&a.request);
}
END_TEST

START_TEST(arguments_go_by_name)
{
	struct answer a;

	begin(&a, REPLY_TEXT, false, NULL);
	a.request.values[0] = lift_value_text(lift_text("x"));
	ck_assert(lift_text_equal(request_text(&a.request, "name", "y"),
	    lift_text("x")));
	ck_assert(lift_text_equal(request_text(&a.request, "count", "y"),
	    lift_text("y")));
	ck_assert_int_eq(request_argument(&a.request, "count").type,
	    LIFT_NULL);
	ck_assert_int_eq(request_argument(&a.request, "none").type,
	    LIFT_NULL);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("request");
	Suite *suite = suite_create("request");

	tcase_add_test(tests, text_has_the_names_of_the_first_row);
	tcase_add_test(tests, no_value_ends_a_cell_or_talks_to_a_terminal);
	tcase_add_test(tests, one_object_is_a_line_for_each_member);
	tcase_add_test(tests, json_is_one_document);
	tcase_add_test(tests, fields_that_were_not_asked_for_are_left_out);
	tcase_add_test(tests, a_long_answer_goes_out_in_pieces);
	tcase_add_test(tests, a_failure_drops_what_was_not_sent);
	tcase_add_test(tests, arguments_go_by_name);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
