/* Each way in which a file can be no plugin has a sentence of its own. The
 * broken ones are built from tests/refused into $LIFTD_REFUSED. */
#include <check.h>
#include <stdlib.h>
#include <unistd.h>

#include "plugin/loader.h"
#include "plugin/roster.h"

static const char *
folder(void)
{
	const char *at = getenv("LIFTD_REFUSED");

	return at != NULL ? at : "tests/refused/.libs";
}

/* In what is expected, @ stands for the path of the file. */
static void
refuses(const char *name, enum lift_errno code, const char *expected)
{
	struct lift_error err = { 0 };
	char sentence[1024] = "";
	const char *at = strchr(expected, '@');

	ck_assert_ptr_null(loader_open(folder(), name, &err));
	if (at != NULL)
		snprintf(sentence, sizeof(sentence), "%.*s%s/%s.so%s",
		    (int)(at - expected), expected, folder(), name, at + 1);
	else
		snprintf(sentence, sizeof(sentence), "%s", expected);
	ck_assert_str_eq(err.text, sentence);
	ck_assert_int_eq(err.code, code);
}

START_TEST(a_sound_plugin_is_opened)
{
	struct lift_error err;
	const struct lift_plugin *p = loader_open(folder(), "sound", &err);

	ck_assert_msg(p != NULL, "%s", err.text);
	ck_assert_str_eq(p->name, "sound");
}
END_TEST

START_TEST(a_broken_descriptor_is_refused_with_expected_and_found)
{
	static const struct { const char *name, *sentence; } cases[] = {
		{ "wrong-magic", "@ begins its descriptor with 0x12345678, a "
		  "plugin of liftd begins with 0x5446494c" },
		{ "wrong-abi", "@ was built for ABI 99, this liftd speaks ABI "
		  "2: build it again with this liftd's header" },
		{ "wrong-name", "@ calls itself \"somebody-else\", its file "
		  "name says \"wrong-name\"" },
		{ "no-symbol", "@ exports no \"lift_plugin\", is it a plugin "
		  "of liftd?" },
		{ "no-summary", "@ has no summary, must have one sentence" },
		{ "no-open", "@ lacks \"open\", must have both open and "
		  "close" },
		{ "no-close", "@ lacks \"close\", must have both open and "
		  "close" },
		{ "half-hearing", "@ has one of hears and heard, must have "
		  "both or none" },
		{ "half-stage", "@ has one of pace and produce, must have "
		  "both or none" },
		{ "half-reload", "@ has some of prepare, commit and abort, "
		  "must have all or none" },
		{ "half-state", "@ has one of save and load, must have both "
		  "or none" },
		{ "topic-twice", "@ declares topic \"word\" twice" },
		{ "topic-name", "@ declares topic \"A Word\", a topic is a "
		  "word of small letters" },
		{ "verb-dot", "@ declares verb \"say\", a verb is NOUN.VERB" },
		{ "option-unsound", "@ has an option table that does not "
		  "hold: option \"window\" has a fallback that cannot be "
		  "read" },
		{ "option-stuck", "@ has options and no commit, must take "
		  "others when rules are loaded again" },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refuses(cases[i].name, LIFT_E_INPUT, cases[i].sentence);
}
END_TEST

START_TEST(a_descriptor_of_another_size_is_refused)
{
	char sentence[200];

	snprintf(sentence, sizeof(sentence), "@ has a descriptor of 24 bytes, "
	    "ABI 2 has %zu: build it again with this liftd's header",
	    sizeof(struct lift_plugin));
	refuses("wrong-size", LIFT_E_INPUT, sentence);
}
END_TEST

START_TEST(a_file_that_calls_into_the_daemon_is_refused)
{
	struct lift_error err = { 0 };

	ck_assert_ptr_null(loader_open(folder(), "undefined", &err));
	ck_assert_ptr_nonnull(strstr(err.text, "undefined.so cannot be "
	    "opened: "));
	ck_assert_ptr_nonnull(strstr(err.text, "undefined symbol: "
	    "liftd_has_no_such_function"));
}
END_TEST

START_TEST(a_file_that_is_no_library_is_refused)
{
	char dir[] = "/tmp/liftd-test-XXXXXX", file[100], command[100];
	struct lift_error err = { 0 };

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(file, sizeof(file), "%s/novel.so", dir);
	FILE *f = fopen(file, "w");
	fputs("Call me Ishmael.\n", f);
	fclose(f);
	ck_assert_ptr_null(loader_open(dir, "novel", &err));
	ck_assert_int_eq(err.code, LIFT_E_INPUT);
	ck_assert_ptr_nonnull(strstr(err.text, "novel.so cannot be opened: "));
	snprintf(command, sizeof(command), "rm -r '%s'", dir);
	ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_missing)
{
	char sentence[400];

	snprintf(sentence, sizeof(sentence), "there is no plugin \"nobody\": "
	    "%s/nobody.so: No such file or directory", folder());
	refuses("nobody", LIFT_E_MISSING, sentence);
}
END_TEST

START_TEST(a_name_that_leads_elsewhere_is_refused)
{
	refuses("../sound", LIFT_E_INPUT, "plugin \"../sound\" is no name, a "
	    "name is a word of small letters");
	refuses("", LIFT_E_INPUT, "plugin \"\" is no name, a name is a word "
	    "of small letters");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("loader");
	TCase *tests = tcase_create("loader");
	SRunner *runner;
	int failed;

	tcase_add_test(tests, a_sound_plugin_is_opened);
	tcase_add_test(tests,
	    a_broken_descriptor_is_refused_with_expected_and_found);
	tcase_add_test(tests, a_descriptor_of_another_size_is_refused);
	tcase_add_test(tests, a_file_that_calls_into_the_daemon_is_refused);
	tcase_add_test(tests, a_file_that_is_no_library_is_refused);
	tcase_add_test(tests, a_file_that_is_not_there_is_missing);
	tcase_add_test(tests, a_name_that_leads_elsewhere_is_refused);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
