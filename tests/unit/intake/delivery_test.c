/* Bodies cut into their events, at each boundary at which they can come. */
#include <check.h>
#include <stdlib.h>

#include "base/text.h"
#include "intake/delivery.h"
#include "intake/event.h"

/* What came of a body, as one line of text: `0@0 {...}` for an event with its
 * index and offset, `1@9 !sentence` for one refused. */
struct heard {
	struct text text;
	uint64_t    stop;	/* refuse to take more from this index on */
};

static bool
hear_event(void *context, const struct delivered *e, struct lift_error *err)
{
	struct heard *h = context;

	if (e->index >= h->stop)
		return lift_fail(err, LIFT_E_BUSY, "the store is full");
	text_form(&h->text, "%llu@%llu %.*s;", (unsigned long long)e->index,
	    (unsigned long long)e->offset, (int)e->json.size, e->json.data);
	return true;
}

static void
hear_refused(void *context, const struct delivered *e,
    const struct lift_error *err)
{
	struct heard *h = context;

	text_form(&h->text, "%llu@%llu !%s;", (unsigned long long)e->index,
	    (unsigned long long)e->offset, err->text);
}

static bool
pass(struct delivery *d, const char *at, size_t size, struct lift_error *err)
{
	/* A copy of its own, so that what is kept of a piece is seen. */
	char *copy = malloc(size + (size == 0));

	memcpy(copy, at, size);
	bool ok = delivery_take(d, (struct lift_text){ copy, size }, err);
	free(copy);
	return ok;
}

/* What is heard of a body in pieces that end at the two cuts and then have
 * STEP bytes each. */
static void
hear(struct heard *h, enum delivery_form form, struct lift_text body,
    size_t cut, size_t step)
{
	struct delivery_taker taker = { hear_event, hear_refused, h };
	struct delivery *d = delivery_new(form, &taker);
	struct lift_error err = { 0 };

	text_clear(&h->text);
	bool ok = pass(d, body.data, cut, &err);
	for (size_t at = cut; ok && at < body.size; at += step)
		ok = pass(d, body.data + at, body.size - at < step ?
		    body.size - at : step, &err);
	bool ended = delivery_end(d, &err);
	ck_assert_msg(ok || !ended, "an end after a failure");
	if (!ended)
		text_form(&h->text, "!!%s", err.text);
	text_form(&h->text, " %llu", (unsigned long long)delivery_count(d));
	delivery_free(d);
}

/* The body must be heard so, wherever it is cut. */
static void
is_heard_as(enum delivery_form form, const char *body, const char *expected)
{
	struct heard h = { .stop = UINT64_MAX };
	struct lift_text t = lift_text(body);

	for (size_t cut = 0; cut <= t.size; cut++)
		for (size_t step = 1; step <= t.size + 1; step++) {
			hear(&h, form, t, cut, step);
			ck_assert_msg(strcmp(h.text.data, expected) == 0,
			    "cut at %zu, then %zu: %s instead of %s", cut,
			    step, h.text.data, expected);
		}
	text_done(&h.text);
}

START_TEST(a_list_gives_its_items_wherever_it_is_cut)
{
	is_heard_as(DELIVERY_ANY, " [{\"a\":\"]}\\\"\"} , {\"b\":[{}]},\n{}]\n",
	    "0@2 {\"a\":\"]}\\\"\"};1@17 {\"b\":[{}]};2@29 {}; 3");
	is_heard_as(DELIVERY_ANY, "[]", " 0");
	is_heard_as(DELIVERY_ANY, "[ ] ", " 0");
}
END_TEST

START_TEST(what_is_no_object_is_handed_over_and_the_list_goes_on)
{
	is_heard_as(DELIVERY_ANY, "[1, \"a,]\\\"b\" ,nul,[2],{}]",
	    "0@1 1;1@4 \"a,]\\\"b\";2@14 nul;3@18 [2];4@22 {}; 5");
}
END_TEST

START_TEST(lines_give_an_event_each_and_blank_ones_none)
{
	is_heard_as(DELIVERY_ANY, "\n{\"a\":1}\r\n \n{\"b\"\n{}\n\n{\"c\":2}",
	    "0@1 {\"a\":1}\r;1@12 {\"b\";2@17 {};3@21 {\"c\":2}; 4");
	is_heard_as(DELIVERY_LINES, "[1]\n\n{\n}\n",
	    "0@0 [1];1@5 {;2@7 }; 3");
}
END_TEST

START_TEST(a_broken_first_line_is_a_line)
{
	is_heard_as(DELIVERY_ANY, "{\"a\":\"\n{}\nx\n",
	    "0@0 {\"a\":\";1@7 {};2@10 x; 3");
	is_heard_as(DELIVERY_ANY, "hello\n{}", "0@0 hello;1@6 {}; 2");
}
END_TEST

START_TEST(an_object_may_go_over_several_lines)
{
	is_heard_as(DELIVERY_ANY, " {\n \"a\": 1\n}\n",
	    "0@1 {\n \"a\": 1\n}\n; 1");
	is_heard_as(DELIVERY_ANY, "{\"a\": \r\n1,\n\"b\":2}",
	    "0@0 {\"a\": \r\n1,\n\"b\":2}; 1");
	is_heard_as(DELIVERY_ANY, "{\"a\":1}", "0@0 {\"a\":1}; 1");
}
END_TEST

START_TEST(a_broken_list_says_where_and_how_much_was_read)
{
	is_heard_as(DELIVERY_ANY, "[{} {}]", "0@1 {};!!a comma or the ] of "
	    "the list is missing, at byte 5; 1 event before that was read 1");
	is_heard_as(DELIVERY_ANY, "[{},{},]", "0@1 {};1@4 {};!!an event is "
	    "missing in the list, at byte 8; 2 events before that were read "
	    "2");
	is_heard_as(DELIVERY_ANY, "[,", "!!an event is missing in the list, "
	    "at byte 2; 0 events before that were read 0");
	is_heard_as(DELIVERY_ANY, "[{\"a\":[}]", "!!in the list a } closes a "
	    "[, at byte 8; 0 events before that were read 0");
	is_heard_as(DELIVERY_ANY, "[[1},2]", "!!in the list a } closes a [, "
	    "at byte 4; 0 events before that were read 0");
	is_heard_as(DELIVERY_ANY, "[{]", "!!in the list a ] closes a {, at "
	    "byte 3; 0 events before that were read 0");
	is_heard_as(DELIVERY_ANY, "[{}]\n{}", "0@1 {};!!something follows the "
	    "list, at byte 6; 1 event before that was read 1");
}
END_TEST

START_TEST(a_list_that_stops_in_the_middle_is_not_whole)
{
	is_heard_as(DELIVERY_ANY, "[", "!!the list does not end, at byte 2; 0 "
	    "events before that were read 0");
	is_heard_as(DELIVERY_ANY, "[{}", "0@1 {};!!the list does not end, at "
	    "byte 4; 1 event before that was read 1");
	is_heard_as(DELIVERY_ANY, "[{},", "0@1 {};!!the list does not end, at "
	    "byte 5; 1 event before that was read 1");
	is_heard_as(DELIVERY_ANY, "[{},{\"a", "0@1 {};!!the list ends in the "
	    "middle of an event, at byte 8; 1 event before that was read 1");
	is_heard_as(DELIVERY_ANY, "[12", "!!the list does not end, at byte 4; "
	    "0 events before that were read 0");
}
END_TEST

START_TEST(an_empty_body_is_refused)
{
	is_heard_as(DELIVERY_ANY, "", "!!the body is empty, must be an event, "
	    "a list of events or a line for each 0");
	is_heard_as(DELIVERY_LINES, " \n\n", "!!the body is empty, must be an "
	    "event, a list of events or a line for each 0");
}
END_TEST

/* A body with an event of SIZE bytes in the middle. */
static struct lift_text
body_with(struct text *t, const char *before, size_t size, const char *after)
{
	text_clear(t);
	text_string(t, before);
	text_string(t, "{\"a\":\"");
	for (size_t i = 8; i < size; i++)
		text_byte(t, 'x');
	text_string(t, "\"}");
	text_string(t, after);
	return text_view(t);
}

static void
too_long_is_heard(size_t size, const char *before, const char *after,
    const char *expected)
{
	static const size_t steps[] = { 1 << 20, 65536, 4099 };
	struct heard h = { .stop = UINT64_MAX };
	struct text body = { 0 };

	for (unsigned i = 0; i < 3; i++) {
		hear(&h, DELIVERY_ANY, body_with(&body, before, size, after),
		    0, steps[i]);
		ck_assert_str_eq(h.text.data, expected);
	}
	/* With one byte less it is an event. */
	hear(&h, DELIVERY_ANY, body_with(&body, before, size - 1, after),
	    3, 5000);
	ck_assert_uint_gt(h.text.size, EVENT_SIZE_MOST);
	ck_assert_ptr_null(strchr(h.text.data, '!'));
	text_done(&body);
	text_done(&h.text);
}

START_TEST(an_event_that_is_too_long_is_refused_and_the_next_is_read)
{
	enum { SIZE = EVENT_SIZE_MOST + 1, AROUND = 9 };

	too_long_is_heard(SIZE, "[{},", ",{}]", "0@1 {};1@4 !event 1, "
	    "which begins at byte 5, has more than 262144 bytes;"
	    "2@262150 {}; 3");
	too_long_is_heard(SIZE, "{}\n", "\n{}\n", "0@0 {};1@3 !event 1, which "
	    "begins at byte 4, has more than 262144 bytes;2@262149 {}; 3");
	too_long_is_heard(SIZE, "", "\n{}\n", "0@0 !event 0, which "
	    "begins at byte 1, has more than 262144 bytes;1@262146 {}; 2");
	too_long_is_heard(SIZE - AROUND, "{\n\"b\":", "\n}\n", "0@0 "
	    "!event 0, which begins at byte 1, has more than 262144 bytes; 1");
}
END_TEST

START_TEST(who_takes_the_events_can_end_the_delivery)
{
	struct heard h = { .stop = 1 };

	hear(&h, DELIVERY_ANY, LIFT_TEXT_OF("[{},{},{}]"), 0, 3);
	ck_assert_str_eq(h.text.data, "0@1 {};!!the store is full 2");
	hear(&h, DELIVERY_ANY, LIFT_TEXT_OF("{}\n{}\n{}"), 0, 99);
	ck_assert_str_eq(h.text.data, "0@0 {};!!the store is full 2");
	hear(&h, DELIVERY_ANY, LIFT_TEXT_OF("{}\n{}"), 5, 1);
	ck_assert_str_eq(h.text.data, "0@0 {};!!the store is full 2");
	text_done(&h.text);
}
END_TEST

START_TEST(a_content_type_of_lines_is_known_whatever_follows_it)
{
	static const char *const lines[] = { "application/x-ndjson",
		"Application/X-NDJSON; charset=utf-8", "application/jsonl" };
	static const char *const others[] = { "application/json", "", "text/"
		"plain", "application/x-ndjso", "application/x-ndjsons" };

	for (unsigned i = 0; i < 3; i++)
		ck_assert_int_eq(delivery_form_of(lift_text(lines[i])),
		    DELIVERY_LINES);
	for (unsigned i = 0; i < 5; i++)
		ck_assert_int_eq(delivery_form_of(lift_text(others[i])),
		    DELIVERY_ANY);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("delivery");
	TCase *tests = tcase_create("delivery");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_list_gives_its_items_wherever_it_is_cut);
	tcase_add_test(tests,
	    what_is_no_object_is_handed_over_and_the_list_goes_on);
	tcase_add_test(tests, lines_give_an_event_each_and_blank_ones_none);
	tcase_add_test(tests, a_broken_first_line_is_a_line);
	tcase_add_test(tests, an_object_may_go_over_several_lines);
	tcase_add_test(tests,
	    a_broken_list_says_where_and_how_much_was_read);
	tcase_add_test(tests, a_list_that_stops_in_the_middle_is_not_whole);
	tcase_add_test(tests, an_empty_body_is_refused);
	tcase_add_test(tests,
	    an_event_that_is_too_long_is_refused_and_the_next_is_read);
	tcase_add_test(tests, who_takes_the_events_can_end_the_delivery);
	tcase_add_test(tests,
	    a_content_type_of_lines_is_known_whatever_follows_it);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
