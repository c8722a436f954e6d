/* The parts of liftctl that need no daemon: options, quoting, replies, tables,
 * uploads, completion. */
#include <check.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/ctl_completion.h"
#include "ctl/ctl_line.h"
#include "ctl/ctl_reply.h"
#include "ctl/ctl_screen.h"
#include "ctl/ctl_table.h"
#include "ctl/ctl_upload.h"

static const char import[] = "{\"name\":\"events.import\",\"role\":"
    "\"operator\",\"acts\":true,\"one\":true,\"meaning\":\"m\",\"arguments\":["
    "{\"name\":\"file\",\"type\":\"lines\",\"optional\":false},"
    "{\"name\":\"source\",\"type\":\"text\",\"optional\":true},"
    "{\"name\":\"dry_run\",\"type\":\"true or false\",\"optional\":true}]}";

static bool
options(struct ctl_options *o, struct lift_error *err, const char *words)
{
	static char copy[1000];
	char *argv[40] = { NULL };
	int argc = 1;

	snprintf(copy, sizeof(copy), "%s", words);
	for (char *w = strtok(copy, "|"); w != NULL; w = strtok(NULL, "|"))
		argv[argc++] = w;
	return ctl_options_read(argc, argv, o, err);
}

/* The line for words that are separated by |, for `events import`. */
static void
line_is(const char *words, const char *line, const char *path)
{
	struct arena *arena = arena_new();
	struct ctl_options o;
	struct ctl_verb verb;
	struct ctl_line made;
	struct lift_error err;

	ck_assert(options(&o, &err, words));
	ck_assert(ctl_verb_read(arena, lift_text(import), &verb));
	bool known = ctl_verb_words(&verb, o.words, o.count) > 0;
	ck_assert_msg(ctl_line_make(&o, known ? &verb : NULL, &made, &err),
	    "%s", err.text);
	ck_assert_str_eq(made.line.data, line);
	ck_assert_pstr_eq(made.path, path);
	text_done(&made.line);
	arena_free(arena);
}

START_TEST(its_own_options_may_stand_anywhere_before_two_dashes)
{
	struct ctl_options o;
	struct lift_error err;

	ck_assert(options(&o, &err, "-s|/x|alerts|--json|list|--limit|3|"
	    "--fields=a,b|--watch|2s|--|--yes"));
	ck_assert_str_eq(o.socket, "/x");
	ck_assert_int_eq(o.form, CTL_JSON);
	ck_assert_str_eq(o.fields, "a,b");
	ck_assert_int_eq(o.watch, 2 * LIFT_SECOND);
	ck_assert(!o.yes);
	ck_assert_uint_eq(o.count, 5);
	ck_assert_uint_eq(o.stop, 4);
	ck_assert(!options(&o, &err, "--watch|x|y"));
	ck_assert(!options(&o, &err, "status|--as"));
	ck_assert_str_eq(err.text, "--as wants a value");
	ck_assert(!options(&o, &err, "-x|status"));
	setenv("LIFTD_CONTROL", "/e", 1);
	ck_assert(options(&o, &err, "status|-s"));
	ck_assert_str_eq(o.socket, "/e");
	ck_assert_str_eq(o.words[1], "-s");
}
END_TEST

START_TEST(words_are_quoted_where_they_must_be)
{
	line_is("say|a b|x\"y\\z||@q|line\nend",
	    "@text say \"a b\" \"x\\\"y\\\\z\" \"@q\" \"line\\u000aend\"\n",
	    NULL);
	line_is("say|--reason=two words|--n|3",
	    "@text say --reason=\"two words\" --n 3\n", NULL);
	line_is("say|--|--not-an-option", "@text say \"--not-an-option\"\n",
	    NULL);
	line_is("--jsonl|--as|observer|--no-header|--fields|a,b|tap",
	    "@jsonl @noheader @fields=a,b @as=observer tap\n", NULL);
}
END_TEST

START_TEST(a_file_is_sent_and_not_named)
{
	struct ctl_options o;
	struct arena *arena = arena_new();
	struct ctl_verb verb;
	struct ctl_line made;
	struct lift_error err;

	line_is("events|import|x.json|web|--dry-run",
	    "@text @upload events import --dry-run web\n", "x.json");
	line_is("events.import|--source|a b|-",
	    "@text @upload events.import --source=\"a b\"\n", "-");
	line_is("events|import|--file=x|web",
	    "@text @upload events import web\n", "x");
	ck_assert(options(&o, &err, "events|import|--source|web"));
	ck_assert(ctl_verb_read(arena, lift_text(import), &verb));
	ck_assert(!ctl_line_make(&o, &verb, &made, &err));
	ck_assert_str_eq(err.text, "file is missing: name a file, or - for "
	    "standard input");
	arena_free(arena);
}
END_TEST

/* All steps of a reply, as letters, with STEP bytes at a time. */
static void
steps(const char *bytes, size_t step, struct text *said)
{
	struct ctl_reply r = { .code = 0 };
	struct lift_text in = lift_text(bytes), data;
	size_t used;

	while (in.size > 0) {
		enum ctl_step s = ctl_reply_next(&r, (struct lift_text){
		    in.data, in.size < step ? in.size : step }, &used, &data);
		in.data += used;
		in.size -= used;
		if (s == CTL_STEP_GREETING)
			text_form(said, "<%s>", r.line);
		else if (s == CTL_STEP_HEAD)
			text_form(said, "H%d", r.code);
		else if (s == CTL_STEP_DATA)
			text_add(said, data.data, data.size);
		else if (s == CTL_STEP_OVER)
			text_form(said, "|%d %s;", r.code, r.line);
		else if (s == CTL_STEP_BAD)
			text_string(said, "BAD");
		if (s == CTL_STEP_BAD)
			break;
	}
}

static void
reply_is(const char *bytes, const char *said)
{
	struct text whole = { 0 }, single = { 0 };

	steps(bytes, strlen(bytes), &whole);
	steps(bytes, 1, &single);
	ck_assert_str_eq(whole.data, said);
	ck_assert_str_eq(single.data, said);
	text_done(&whole);
	text_done(&single);
}

START_TEST(replies_are_taken_apart_wherever_they_are_cut)
{
	reply_is("liftd 1 x\nOK\n3\na\nb2\n0\n0\nERR 4\n2\nno0\nOK\n0 1\n"
	    "OK\n0 3 the store\n",
	    "<liftd 1 x>H0a\nb0\n|0 ;H4no|4 ;H0|1 ;H0|3 the store;");
	reply_is("g\nWHAT\n", "<g>BAD");
	reply_is("g\nOK\nx\n", "<g>H0BAD");
	reply_is("g\nOK\n99999999999999999999\n", "<g>H0BAD");
	reply_is("g\nERR 999\n", "<g>BAD");
}
END_TEST

static void
table_is(const char *in, bool pairs, const char *out)
{
	char *got = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&got, &size);
	struct ctl_table t = ctl_table_on(f, pairs);

	for (const char *c = in; *c != '\0'; c++)
		ctl_table_add(&t, (struct lift_text){ c, 1 });
	ctl_table_done(&t);
	fclose(f);
	ck_assert_str_eq(got, out);
	free(got);
}

START_TEST(numbers_stand_to_the_right_and_words_to_the_left)
{
	table_is("id\tn\tname\n\xc3\xa9\t5\ta\nlonger\t-12.5\tb c\n", false,
	    "id          n  name\n"
	    "\xc3\xa9           5  a\n"
	    "longer  -12.5  b c\n");
	table_is("state\tgood\nuptime\t7\n", true,
	    "state   good\nuptime  7\n");
	table_is("prose\na\tb\n1\t2\nmore prose\nlong\tx\n1\t2\nend", false,
	    "prose\na  b\n1  2\nmore prose\nlong  x\n   1  2\nend");
	table_is("", false, "");
}
END_TEST

START_TEST(a_table_of_any_length_is_held_a_page_at_a_time)
{
	char *got = NULL, row[40];
	size_t size = 0;
	FILE *f = open_memstream(&got, &size);
	struct ctl_table t = ctl_table_on(f, false);

	for (int i = 0; i < 100000; i++) {
		int n = snprintf(row, sizeof(row), "%d\trow %d\n", i, i);
		ctl_table_add(&t, (struct lift_text){ row, (size_t)n });
	}
	ck_assert_uint_lt(t.page.room, 32 * 1024);
	ctl_table_done(&t);
	fclose(f);
	ck_assert_uint_gt(size, 1000000);
	free(got);
}
END_TEST

START_TEST(a_screen_shows_what_it_does_not_know)
{
	struct arena *arena = arena_new();
	char *got = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&got, &size);

	ctl_screen_print(arena, f, LIFT_TEXT_OF("{\"rate\":5,\"stages\":["
	    "{\"name\":\"fold\",\"p99\":12},{\"name\":\"log\",\"p99\":3}],"
	    "\"log\":{\"lag\":null}}"));
	fclose(f);
	ck_assert_str_eq(got, "rate  5\n\nstages\nname  p99\nfold   12\n"
	    "log     3\n\nlog\n  lag  \n");
	free(got);
	arena_free(arena);
}
END_TEST

static void
file_put(const char *dir, const char *name, const char *content)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *f = fopen(path, "w");
	fputs(content, f);
	fclose(f);
}

START_TEST(a_folder_is_sent_in_order_a_line_a_file)
{
	char dir[] = "/tmp/liftd-test-XXXXXX", command[100];
	struct text out = { 0 };
	struct lift_error err;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_ptr_null(ctl_upload_open(dir, true, &err));
	file_put(dir, "b.yaml", "b\n");
	file_put(dir, "a.yaml", "\"a\"");
	file_put(dir, "c.txt", "c");
	file_put(dir, ".d.yaml", "d");
	ck_assert_ptr_null(ctl_upload_open(dir, false, &err));
	struct ctl_upload *u = ctl_upload_open(dir, true, &err);
	ck_assert_ptr_nonnull(u);
	while (!ctl_upload_is_over(u))
		ck_assert(ctl_upload_fill(u, &out, &err));
	ck_assert_str_eq(out.data, "33\n{\"name\":\"a.yaml\","
	    "\"text\":\"\\\"a\\\"\"}\n31\n{\"name\":\"b.yaml\","
	    "\"text\":\"b\\n\"}\n0\n");
	ctl_upload_free(u);
	text_done(&out);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	ck_assert_int_eq(system(command), 0);
}
END_TEST

static void
completes(const char *const *words, size_t count, const char *expect)
{
	char *got = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&got, &size);
	struct text verbs = { 0 };

	text_form(&verbs, "%s\n{\"name\":\"events.export\",\"arguments\":[]}\n"
	    "{\"name\":\"explain\",\"arguments\":[]}\n", import);
	ctl_completion_print(f, text_view(&verbs), words, count);
	fclose(f);
	ck_assert_str_eq(got, expect);
	free(got);
	text_done(&verbs);
}

START_TEST(completion_goes_from_noun_to_verb_to_option)
{
	static const char *const e[] = { "e" }, *const verb[] = { "events",
	    "" }, *const option[] = { "-s", "x", "events", "import", "--d" };

	completes(e, 1, "events\nexplain\n");
	completes(verb, 2, "import\nexport\n");
	completes(option, 5, "--dry_run\n");
	ck_assert_ptr_null(ctl_completion_script("csh"));
	ck_assert_ptr_nonnull(ctl_completion_script("fish"));
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("ctl");
	Suite *suite = suite_create("ctl");

	tcase_add_test(tests,
	    its_own_options_may_stand_anywhere_before_two_dashes);
	tcase_add_test(tests, words_are_quoted_where_they_must_be);
	tcase_add_test(tests, a_file_is_sent_and_not_named);
	tcase_add_test(tests,
	    replies_are_taken_apart_wherever_they_are_cut);
	tcase_add_test(tests,
	    numbers_stand_to_the_right_and_words_to_the_left);
	tcase_add_test(tests,
	    a_table_of_any_length_is_held_a_page_at_a_time);
	tcase_add_test(tests, a_screen_shows_what_it_does_not_know);
	tcase_add_test(tests, a_folder_is_sent_in_order_a_line_a_file);
	tcase_add_test(tests, completion_goes_from_noun_to_verb_to_option);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
