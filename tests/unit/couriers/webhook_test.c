/* Rows as they are sent, signatures, and what a receiver says. */
#include <check.h>
#include <stdlib.h>

#include "base/run.h"
#include "couriers/post.h"
#include "couriers/webhook.h"

START_TEST(a_body_is_the_row_of_the_live_feed)
{
	struct store_effect e = { .seq = 12, .ordinal = 3, .time = 1000000,
		.id = LIFT_TEXT_OF("i-1"), .topic = LIFT_TEXT_OF("alert"),
		.body = LIFT_TEXT_OF("{\"a\":1}") };
	struct text t = { 0 };

	webhook_body(&t, &e);
	ck_assert_str_eq(t.data, "{\"seq\":12,\"topic\":\"alert\",\"type\":"
	    "\"new_alert\",\"id\":\"i-1\",\"resume\":\"12.3\",\"time\":"
	    "\"1970-01-01T00:00:01Z\",\"data\":{\"a\":1}}");
	text_done(&t);
}
END_TEST

/* The mark was made with: printf '1700000000.{"a":1}' |
 * openssl dgst -sha256 -hmac key */
START_TEST(a_signature_is_an_hmac_of_time_and_body)
{
	struct text t = { 0 };

	webhook_sign(&t, "key", 1700000000, LIFT_TEXT_OF("{\"a\":1}"));
	ck_assert_str_eq(t.data, "t=1700000000,v1="
	    "a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03");
	text_done(&t);
}
END_TEST

static void
says(long status, const char *body, bool ok, bool again, const char *words)
{
	struct lift_error err = { 0 };
	bool may;

	ck_assert(webhook_read(status, lift_text(body), &may, &err) == ok);
	ck_assert(may == again);
	ck_assert_msg(ok || strstr(err.text, words) != NULL, "%s", err.text);
}

START_TEST(a_receiver_says_yes_or_no_or_not_now)
{
	says(200, "", true, false, "");
	says(204, "", true, false, "");
	says(200, "thanks", true, false, "");
	says(200, "{\"ok\":true}", true, false, "");
	says(200, "{\"ok\":false,\"error\":\"closed\"}", false, false,
	    "says no: closed");
	says(200, "{\"ok\":false}", false, false, "says no");
	says(200, "{\"ok\":false", true, false, "");
	says(302, "", false, false, "302");
	says(404, "", false, false, "404");
	says(408, "", false, true, "408");
	says(429, "", false, true, "429");
	says(502, "", false, true, "502");
}
END_TEST

START_TEST(a_safe_address_is_https_or_this_machine)
{
	ck_assert(post_is_safe("https://shop.example/x"));
	ck_assert(post_is_safe("http://127.0.0.1:80/x"));
	ck_assert(post_is_safe("http://localhost"));
	ck_assert(post_is_safe("http://[::1]:8/"));
	ck_assert(!post_is_safe("http://shop.example"));
	ck_assert(!post_is_safe("http://127.0.0.1.shop.example"));
	ck_assert(!post_is_safe("http://localhost@shop.example"));
	ck_assert(!post_is_safe("nonsense"));
	ck_assert(post_is_url("http://10.0.0.1:8080/hook"));
	ck_assert(!post_is_url("ftp://shop.example"));
	ck_assert(!post_is_url("shop.example/hook"));
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("webhook");

	tcase_add_test(tests, a_body_is_the_row_of_the_live_feed);
	tcase_add_test(tests, a_signature_is_an_hmac_of_time_and_body);
	tcase_add_test(tests, a_receiver_says_yes_or_no_or_not_now);
	tcase_add_test(tests, a_safe_address_is_https_or_this_machine);
	return run_tests(tests, "webhook");
}
