/* What a request's head means, and what is said of one that means nothing or
 * two things. */
#include <check.h>
#include <stdlib.h>

#include "doors/http_head.h"

static struct http_head  head;
static struct lift_error err;

static int
status_of(const char *text)
{
	return http_head_read(lift_text(text), &head, &err);
}

static void
refused(int status, const char *sentence, const char *text)
{
	ck_assert_int_eq(status_of(text), status);
	ck_assert_msg(strstr(err.text, sentence) != NULL, "%s", err.text);
}

START_TEST(a_request_is_read)
{
	ck_assert_int_eq(status_of("POST /a/b?c=d HTTP/1.1\r\nHost: x\r\n"
	    "Content-Length: 12\r\nConnection: keep-alive, Upgrade\r\n"
	    "X-Empty:\r\nExpect: 100-Continue\r\n\r\n"), 0);
	ck_assert(lift_text_equal(head.method, LIFT_TEXT_OF("POST")));
	ck_assert(lift_text_equal(head.path, LIFT_TEXT_OF("/a/b")));
	ck_assert(lift_text_equal(head.query, LIFT_TEXT_OF("c=d")));
	ck_assert_uint_eq(head.length, 12);
	ck_assert(head.keep && head.upgrades && head.expects);
	ck_assert(!head.chunked);
	ck_assert(lift_text_equal(http_head_field(&head, "x-EMPTY"),
	    LIFT_TEXT_OF("")));
	ck_assert_ptr_null(http_head_field(&head, "x-none").data);
}
END_TEST

START_TEST(http_1_0_closes_unless_it_says_otherwise)
{
	ck_assert_int_eq(status_of("GET / HTTP/1.0\r\n\r\n"), 0);
	ck_assert(!head.keep);
	ck_assert_int_eq(status_of("GET / HTTP/1.0\r\n"
	    "Connection: Keep-Alive\r\n\r\n"), 0);
	ck_assert(head.keep);
	ck_assert_int_eq(status_of("GET / HTTP/1.1\r\nHost: x\r\n"
	    "Connection: close\r\n\r\n"), 0);
	ck_assert(!head.keep);
}
END_TEST

START_TEST(a_whole_address_is_taken_as_its_path)
{
	ck_assert_int_eq(status_of("GET http://x:1/a?b HTTP/1.1\r\n"
	    "Host: x\r\n\r\n"), 0);
	ck_assert(lift_text_equal(head.path, LIFT_TEXT_OF("/a")));
	ck_assert_int_eq(status_of("GET https://x HTTP/1.1\r\n"
	    "Host: x\r\n\r\n"), 0);
	ck_assert(lift_text_equal(head.path, LIFT_TEXT_OF("/")));
}
END_TEST

START_TEST(what_two_could_read_differently_is_refused)
{
	refused(400, "must be given once", "POST / HTTP/1.1\r\nHost: x\r\n"
	    "Content-Length: 5\r\nContent-Length: 6\r\n\r\n");
	refused(400, "must be given once", "POST / HTTP/1.1\r\nHost: x\r\n"
	    "Content-Length: 5, 5\r\n\r\n");
	refused(400, "whole number", "POST / HTTP/1.1\r\nHost: x\r\n"
	    "Content-Length: +5\r\n\r\n");
	refused(400, "not both", "POST / HTTP/1.1\r\nHost: x\r\n"
	    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n");
	refused(501, "must be \"chunked\"", "POST / HTTP/1.1\r\nHost: x\r\n"
	    "Transfer-Encoding: gzip, chunked\r\n\r\n");
	refused(400, "not both", "POST / HTTP/1.0\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n");
	refused(400, "line 1 of the fields", "GET / HTTP/1.1\r\nHost : x\r\n"
	    "\r\n");
	refused(400, "cannot go on", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c"
	    "\r\n\r\n");
	refused(400, "line feed", "GET / HTTP/1.1\nHost: x\r\n\r\n");
	refused(400, "Host once", "GET / HTTP/1.1\r\n\r\n");
	refused(400, "Host once", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n"
	    "\r\n");
	refused(400, "control character", "GET / HTTP/1.1\r\nHost: x\r\n"
	    "A: b\001c\r\n\r\n");
}
END_TEST

START_TEST(a_first_line_that_is_off_is_refused)
{
	refused(400, "no request", "GET /\r\n\r\n");
	refused(400, "no request", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n");
	refused(400, "no request", "G@T / HTTP/1.1\r\nHost: x\r\n\r\n");
	refused(505, "HTTP/1.1 or", "GET / HTTP/2.0\r\nHost: x\r\n\r\n");
	refused(400, "begin with a slash", "GET a HTTP/1.1\r\nHost: x\r\n"
	    "\r\n");
	refused(400, "%C3", "GET /\303\244 HTTP/1.1\r\nHost: x\r\n\r\n");
	refused(417, "100-continue", "GET / HTTP/1.1\r\nHost: x\r\n"
	    "Expect: tea\r\n\r\n");
}
END_TEST

START_TEST(the_end_is_found_however_the_bytes_come)
{
	const char *text = "GET / HTTP/1.1\r\nHost: x\r\n\r\nmore";
	size_t whole = strlen(text) - 4, from = 0;

	for (size_t n = 0; n <= strlen(text); n++) {
		size_t end = http_head_end((struct lift_text){ text, n },
		    from);
		ck_assert_uint_eq(end, n >= whole ? whole : 0);
		from = n < whole ? n : from;
	}
}
END_TEST

START_TEST(more_fields_than_there_is_room_for_are_refused)
{
	char text[4096] = "GET / HTTP/1.1\r\nHost: x\r\n";

	for (int i = 0; i < HTTP_FIELDS_MOST; i++)
		strcat(text, "A: b\r\n");
	strcat(text, "\r\n");
	refused(431, "more than", text);
}
END_TEST

START_TEST(a_word_of_a_list_is_found_in_any_case)
{
	ck_assert(http_list_has(LIFT_TEXT_OF("a, B ,c"), "b"));
	ck_assert(http_list_has(LIFT_TEXT_OF("gzip"), "GZIP"));
	ck_assert(!http_list_has(LIFT_TEXT_OF("ab, c"), "a"));
	ck_assert(!http_list_has(LIFT_TEXT_OF(""), "a"));
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("http_head");
	Suite *suite = suite_create("http_head");

	tcase_add_test(tests, a_request_is_read);
	tcase_add_test(tests, http_1_0_closes_unless_it_says_otherwise);
	tcase_add_test(tests, a_whole_address_is_taken_as_its_path);
	tcase_add_test(tests, what_two_could_read_differently_is_refused);
	tcase_add_test(tests, a_first_line_that_is_off_is_refused);
	tcase_add_test(tests, the_end_is_found_however_the_bytes_come);
	tcase_add_test(tests,
	    more_fields_than_there_is_room_for_are_refused);
	tcase_add_test(tests, a_word_of_a_list_is_found_in_any_case);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
