/* Tokens: who they are, how fast they may ask, and who tries too many. */
#include <check.h>
#include <stdlib.h>

#include "doors/http_token.h"

static const struct http_token_row rows[] = {
	{ "shop", 0, "a secret of the shop", 0 },
	{ "till", 2, "a secret of the till", 2 },
};

START_TEST(a_secret_finds_its_token_and_no_other)
{
	struct lift_error err;
	struct http_tokens *t = http_tokens_new(rows, 2, &err);
	enum lift_role role;

	ck_assert_ptr_nonnull(t);
	ck_assert_int_eq(http_tokens_find(t,
	    LIFT_TEXT_OF("a secret of the till")), 1);
	ck_assert_str_eq(http_tokens_name(t, 1, &role), "till");
	ck_assert_int_eq(role, LIFT_OPERATOR);
	ck_assert_str_eq(http_tokens_name(t, 0, &role), "shop");
	ck_assert_int_eq(role, LIFT_INGEST);
	ck_assert_int_eq(http_tokens_find(t,
	    LIFT_TEXT_OF("a secret of the til")), -1);
	ck_assert_int_eq(http_tokens_find(t, LIFT_TEXT_OF("")), -1);
	http_tokens_free(t);
}
END_TEST

START_TEST(a_token_is_found_again_in_another_list_by_its_secret)
{
	static const struct http_token_row others[] = {
		{ "cash", 1, "a secret of the till", 0 },
		{ "shop", 0, "another secret of it", 0 },
	};
	struct lift_error err;
	struct http_tokens *was = http_tokens_new(rows, 2, &err);
	struct http_tokens *t = http_tokens_new(others, 2, &err);
	struct http_tokens *none = http_tokens_new(NULL, 0, &err);

	ck_assert_int_eq(http_tokens_place(t, was, 1), 0);
	ck_assert_int_eq(http_tokens_place(t, was, 0), -1);
	ck_assert_int_eq(http_tokens_place(t, was, -1), -1);
	ck_assert_int_eq(http_tokens_place(none, was, 1), -1);
	ck_assert_int_eq(http_tokens_place(t, none, -1), -1);
	http_tokens_free(was);
	http_tokens_free(t);
	http_tokens_free(none);
}
END_TEST

static void
refused(const struct http_token_row *two, const char *sentence)
{
	struct lift_error err;

	ck_assert_ptr_null(http_tokens_new(two, 2, &err));
	ck_assert_msg(strstr(err.text, sentence) != NULL, "%s", err.text);
}

START_TEST(tokens_that_could_be_mistaken_are_refused)
{
	refused((const struct http_token_row[]){
	    { "a", 0, "a secret of the shop", 0 },
	    { "a", 0, "a secret of the till", 0 } }, "two tokens \"a\"");
	refused((const struct http_token_row[]){
	    { "a", 0, "a secret of the shop", 0 },
	    { "b", 0, "a secret of the shop", 0 } }, "have one secret");
	refused((const struct http_token_row[]){
	    { "a", 0, "short", 0 },
	    { "b", 0, "a secret of the shop", 0 } }, "at least 16");
}
END_TEST

START_TEST(a_rate_is_kept_and_comes_back_with_time)
{
	struct lift_error err;
	struct http_tokens *t = http_tokens_new(rows, 2, &err);
	struct http_quota q;
	int64_t now = LIFT_HOUR;

	ck_assert(http_tokens_spend(t, 1, now, &q));
	ck_assert_int_eq(q.left, 1);
	ck_assert(http_tokens_spend(t, 1, now, &q));
	ck_assert(!http_tokens_spend(t, 1, now, &q));
	ck_assert_int_eq(q.wait, 1);
	ck_assert(http_tokens_spend(t, 1, now + LIFT_SECOND / 2, &q));
	ck_assert(!http_tokens_spend(t, 1, now + LIFT_SECOND / 2, &q));
	for (int i = 0; i < 1000; i++)
		ck_assert(http_tokens_spend(t, 0, now, &q));
	http_tokens_free(t);
}
END_TEST

START_TEST(a_peer_with_many_wrong_tokens_has_to_wait)
{
	struct http_strikes *s = http_strikes_new();
	int64_t now = LIFT_HOUR;

	for (int i = 0; i < 10; i++) {
		ck_assert_int_eq(http_strikes_wait(s, "10.0.0.1", now), 0);
		http_strikes_add(s, "10.0.0.1", now);
	}
	ck_assert_int_gt(http_strikes_wait(s, "10.0.0.1", now), 0);
	ck_assert_int_eq(http_strikes_wait(s, "10.0.0.2", now), 0);
	ck_assert_int_eq(http_strikes_wait(s, "10.0.0.1",
	    now + 2 * LIFT_MINUTE), 0);
	http_strikes_free(s);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("http_token");
	Suite *suite = suite_create("http_token");

	tcase_add_test(tests, a_secret_finds_its_token_and_no_other);
	tcase_add_test(tests,
	    a_token_is_found_again_in_another_list_by_its_secret);
	tcase_add_test(tests, tokens_that_could_be_mistaken_are_refused);
	tcase_add_test(tests, a_rate_is_kept_and_comes_back_with_time);
	tcase_add_test(tests, a_peer_with_many_wrong_tokens_has_to_wait);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
