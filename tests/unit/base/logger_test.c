/* One line a fact, on the level that was asked for. */
#include "run.h"

#include "base/logger.h"
#include "base/text.h"

static void
keep(void *context, enum lift_level level, const char *line)
{
	text_form(context, "%d %s\n", (int)level, line);
}

START_TEST(a_line_is_a_topic_and_a_sentence)
{
	struct text t = { 0 };

	logger_divert(keep, &t);
	logger_line(LIFT_WARNING, "store", "the disk is full file=%s", "x");
	ck_assert_str_eq(t.data, "4 store: the disk is full file=x\n");
	logger_divert(NULL, NULL);
	text_done(&t);
}
END_TEST

START_TEST(a_topic_has_a_level_of_its_own)
{
	struct lift_error err;
	struct text t = { 0 };

	logger_divert(keep, &t);
	ck_assert(logger_level("all", LIFT_INFO, &err));
	logger_line(LIFT_DEBUG, "fold", "unseen");
	ck_assert(logger_level("fold", LIFT_DEBUG, &err));
	logger_line(LIFT_DEBUG, "fold", "seen");
	logger_line(LIFT_DEBUG, "other", "unseen");
	ck_assert(logger_level("all", LIFT_ERR, &err));
	logger_line(LIFT_WARNING, "fold", "unseen");
	logger_line(LIFT_ERR, "fold", "said");
	ck_assert_str_eq(t.data, "7 fold: seen\n3 fold: said\n");
	ck_assert(logger_level("all", LIFT_INFO, &err));
	logger_divert(NULL, NULL);
	text_done(&t);
}
END_TEST

START_TEST(nobody_can_forge_a_line)
{
	struct text t = { 0 };
	char large[5000];

	memset(large, 'x', sizeof(large) - 1);
	large[sizeof(large) - 1] = '\0';
	logger_divert(keep, &t);
	logger_line(LIFT_ERR, "door", "said \"%s\"", "a\n<0>liftd: forged\r");
	ck_assert_str_eq(t.data, "3 door: said \"a <0>liftd: forged \"\n");
	text_clear(&t);
	logger_line(LIFT_ERR, "door", "%s", large);
	ck_assert_uint_lt(t.size, 2100);
	logger_divert(NULL, NULL);
	text_done(&t);
}
END_TEST

START_TEST(levels_have_words_and_topics_have_limits)
{
	struct lift_error err;
	enum lift_level level;
	char name[64];

	ck_assert(logger_level_read(LIFT_TEXT_OF("warning"), &level));
	ck_assert_int_eq(level, LIFT_WARNING);
	ck_assert(!logger_level_read(LIFT_TEXT_OF("loud"), &level));
	ck_assert(!logger_level("", LIFT_INFO, &err));
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ck_assert(!logger_level(name, LIFT_INFO, &err));
	bool ok = true;
	for (int i = 0; i < 100 && ok; i++) {
		snprintf(name, sizeof(name), "topic-%d", i);
		ok = logger_level(name, LIFT_INFO, &err);
	}
	ck_assert(!ok);
	ck_assert_int_eq(err.code, LIFT_E_BUSY);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("logger");

	tcase_add_test(tests, a_line_is_a_topic_and_a_sentence);
	tcase_add_test(tests, a_topic_has_a_level_of_its_own);
	tcase_add_test(tests, nobody_can_forge_a_line);
	tcase_add_test(tests, levels_have_words_and_topics_have_limits);
	return run_tests(tests, "logger");
}
