/* The daemon's side of the scribe. This program is started once more in its
 * place and answers what the state directory's name says. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "house/house_parts.h"

extern const struct lift_plugin lift_plugin;	/* tally */

static const struct lift_plugin *const plugins[] = { &lift_plugin };

static void
house_begin(struct house *h, const char *wish)
{
	*h = (struct house){ .places = { .rules = "r", .plugins = "p",
		.state = wish }, .settings = { .disorder = 7 },
		.settings_text = LIFT_TEXT_OF("disorder: 7us\n") };
	h->roster = roster_of(plugins, 1);
}

/* Starts one, waits for its end, and takes the answer. */
static bool
ask(const char *wish, struct scribe_answer *ret, struct lift_error *err)
{
	struct house h;
	siginfo_t info;

	house_begin(&h, wish);
	struct scribe *s = scribe_start(&h, err);
	ck_assert_ptr_nonnull(s);
	/* Ended, and still there for whoever waits for it. */
	ck_assert_int_eq(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT), 0);
	ck_assert(scribe_has_ended(s));
	ck_assert(scribe_has_ended(s));
	bool ok = scribe_answer(s, ret, err);
	scribe_free(s);
	roster_free(h.roster);
	return ok;
}

START_TEST(its_answer_is_the_seq_and_what_it_began_with)
{
	struct scribe_answer a;
	struct lift_error err;

	ck_assert(ask("good", &a, &err));
	ck_assert_uint_eq(a.seq, 42);
	ck_assert_uint_eq(a.base, 7);
}
END_TEST

START_TEST(its_own_sentence_is_told)
{
	struct scribe_answer a;
	struct lift_error err;

	ck_assert(!ask("sentence", &a, &err));
	ck_assert_str_eq(err.text, "the disk is full");
}
END_TEST

START_TEST(one_that_is_killed_is_told_with_the_signal)
{
	struct scribe_answer a;
	struct lift_error err;

	ck_assert(!ask("killed", &a, &err));
	ck_assert_str_eq(err.text, "its writer was ended by signal 9");
}
END_TEST

START_TEST(one_that_says_nothing_has_not_made_it)
{
	struct scribe_answer a;
	struct lift_error err;

	ck_assert(!ask("silent", &a, &err));
	ck_assert_str_eq(err.text,
	    "its writer ended with status 0 and said nothing");
	ck_assert(!ask("silent-no", &a, &err));
	ck_assert_str_eq(err.text,
	    "its writer ended with status 3 and said nothing");
}
END_TEST

START_TEST(it_gets_the_settings_in_use_and_no_other_descriptor)
{
	struct scribe_answer a;
	struct lift_error err;
	int ends[2];

	/* Not marked to be closed: such as a plugin might open. */
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_msg(ask("looks", &a, &err), "%s", err.text);
	ck_assert_uint_eq(a.seq, sizeof("disorder: 7us\n") - 1);
	ck_assert_uint_eq(a.base, 0);
}
END_TEST

START_TEST(it_never_waits_and_ends_what_it_is_told_to)
{
	struct lift_error err;
	struct house h;

	house_begin(&h, "sleeps");
	struct scribe *s = scribe_start(&h, &err);
	ck_assert_ptr_nonnull(s);
	ck_assert(!scribe_has_ended(s));
	scribe_free(s);
	scribe_free(NULL);
	ck_assert_int_eq(waitpid(-1, NULL, 0), -1);
	roster_free(h.roster);
}
END_TEST

static void
likeness_differs(struct house *h, const char *from)
{
	char now[SCRIBE_LIKENESS];

	scribe_likeness(h, now);
	ck_assert_str_ne(now, from);
}

START_TEST(settings_of_the_fold_and_seats_make_the_likeness)
{
	char one[SCRIBE_LIKENESS], two[SCRIBE_LIKENESS];
	struct house h;
	size_t count;

	house_begin(&h, "x");
	scribe_likeness(&h, one);
	h.settings.currency = "YEN";
	scribe_likeness(&h, two);
	ck_assert_str_eq(one, two);
	h.settings.disorder++;
	likeness_differs(&h, one);
	h.settings.disorder--;
	h.settings.dedupe.ids++;
	likeness_differs(&h, one);
	h.settings.dedupe.ids--;
	h.seed++;
	likeness_differs(&h, one);
	h.seed--;
	struct roster_seat *seat = (struct roster_seat *)(uintptr_t)
	    roster_seats(h.roster, &count);
	seat->state = SEAT_FAILED;
	likeness_differs(&h, one);
	seat->state = SEAT_OPEN;
	seat->mark.changed++;
	likeness_differs(&h, one);
	seat->mark.changed--;
	scribe_likeness(&h, two);
	ck_assert_str_eq(one, two);
	roster_free(h.roster);
}
END_TEST

/* ---- in its place -------------------------------------------------------- */

static int
looks(const char *config)
{
	struct stat st;

	if (stat(config, &st) != 0)
		st.st_size = 0;
	for (int fd = 4; fd < 64; fd++)
		if (fcntl(fd, F_GETFD) >= 0) {
			printf("descriptor %d is open\n", fd);
			return 1;
		}
	printf("%lld 0\n", (long long)st.st_size);
	return 0;
}

static int
stand_in(const char *wish, const char *config)
{
	if (strcmp(wish, "good") == 0)
		puts("42 7");
	else if (strcmp(wish, "looks") == 0)
		return looks(config);
	else if (strcmp(wish, "killed") == 0)
		raise(SIGKILL);
	else if (strcmp(wish, "sleeps") == 0)
		pause();
	else if (strcmp(wish, "silent-no") == 0)
		return 3;
	else if (strcmp(wish, "sentence") == 0)
		puts("the disk is full");
	return strcmp(wish, "sentence") == 0;
}

int
main(int argc, char **argv)
{
	if (argc == 11 && strcmp(argv[9], "snapshot") == 0)
		return stand_in(argv[8], argv[2]);
	Suite *suite = suite_create("scribe");
	TCase *tests = tcase_create("scribe");

	tcase_add_test(tests, its_answer_is_the_seq_and_what_it_began_with);
	tcase_add_test(tests, its_own_sentence_is_told);
	tcase_add_test(tests, one_that_is_killed_is_told_with_the_signal);
	tcase_add_test(tests, one_that_says_nothing_has_not_made_it);
	tcase_add_test(tests,
	    it_gets_the_settings_in_use_and_no_other_descriptor);
	tcase_add_test(tests, it_never_waits_and_ends_what_it_is_told_to);
	tcase_add_test(tests,
	    settings_of_the_fold_and_seats_make_the_likeness);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
