/* A roster never fails: what is wrong stands in the seat, and the rest goes
 * on. */
#include <check.h>
#include <stdlib.h>
#include <unistd.h>

#include "plugin/roster.h"
#include "replay/sandbox.h"

static const char *
folder(void)
{
	const char *at = getenv("LIFTD_REFUSED");

	return at != NULL ? at : "tests/refused/.libs";
}

static struct roster *
roster_with(const char *const *names, size_t count)
{
	struct lift_texts texts = { names, count };

	return roster_new(folder(), &texts);
}

static const struct roster_seat *
seat(const struct roster *r, size_t place)
{
	size_t count;
	const struct roster_seat *seats = roster_seats(r, &count);

	ck_assert_uint_lt(place, count);
	return &seats[place];
}

START_TEST(the_good_ones_sit_and_the_others_say_why_not)
{
	static const char *const names[] = { "nobody", "sound", "wrong-abi" };
	struct roster *r = roster_with(names, 3);
	size_t count;
	const struct lift_plugin *const *plugins = roster_plugins(r, &count);

	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(plugins[0]->name, "sound");
	ck_assert_int_eq(seat(r, 0)->state, SEAT_ABSENT);
	ck_assert_int_eq(seat(r, 1)->state, SEAT_OPEN);
	ck_assert_int_eq(seat(r, 2)->state, SEAT_REFUSED);
	ck_assert_ptr_nonnull(strstr(seat(r, 2)->error.text, "ABI 99"));
	ck_assert_str_eq(roster_missing(r)[0], "nobody");
	ck_assert_str_eq(roster_missing(r)[1], "wrong-abi");
	ck_assert_ptr_null(roster_missing(r)[2]);
	ck_assert_str_eq(seat_state_name(SEAT_REFUSED), "refused");
	roster_free(r);
	roster_free(NULL);
}
END_TEST

static void
put_file(const char *dir, const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static void
move_file(const char *dir, const char *from, const char *to)
{
	char one[128], two[128];

	snprintf(one, sizeof(one), "%s/%s", dir, from);
	snprintf(two, sizeof(two), "%s/%s", dir, to);
	ck_assert_int_eq(rename(one, two), 0);
}

static void
unlink_file(const char *dir, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	ck_assert_int_eq(unlink(path), 0);
}

START_TEST(a_file_that_is_replaced_or_appears_is_noticed)
{
	static const char *const names[] = { "one", "two" };
	struct lift_texts texts = { names, 2 };
	char dir[] = "/tmp/liftd-roster-XXXXXX";
	struct lift_error err;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	put_file(dir, "one.so", "no plugin");
	struct roster *r = roster_new(dir, &texts);
	ck_assert_int_eq(seat(r, 0)->state, SEAT_REFUSED);
	ck_assert_int_eq(seat(r, 1)->state, SEAT_ABSENT);
	ck_assert(roster_is_current(r, &err));
	/* The same bytes in another file, as a package upgrade does it. */
	move_file(dir, "one.so", "kept");
	put_file(dir, "one.so", "no plugin");
	ck_assert(!roster_is_current(r, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "plugin \"one\" has changed"));
	ck_assert_ptr_nonnull(strstr(err.text, "restart it"));
	move_file(dir, "kept", "one.so");
	ck_assert(roster_is_current(r, &err));
	put_file(dir, "two.so", "here now");
	ck_assert(!roster_is_current(r, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "plugin \"two\""));
	roster_free(r);
	unlink_file(dir, "one.so");
	unlink_file(dir, "two.so");
	ck_assert_int_eq(rmdir(dir), 0);
}
END_TEST

START_TEST(a_plugin_named_twice_sits_once)
{
	static const char *const names[] = { "sound", "sound" };
	struct roster *r = roster_with(names, 2);
	size_t count;

	roster_plugins(r, &count);
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(seat(r, 0)->state, SEAT_OPEN);
	ck_assert_int_eq(seat(r, 1)->state, SEAT_REFUSED);
	ck_assert_str_eq(seat(r, 1)->error.text,
	    "plugin \"sound\" stands twice in `plugins:`");
	/* Its rules are not set aside: it is there. */
	ck_assert_ptr_null(roster_missing(r)[0]);
	roster_free(r);
}
END_TEST

START_TEST(a_name_has_one_owner)
{
	static const char *const names[] = { "topic-taken", "verb-taken" };
	struct roster *r = roster_with(names, 2);

	ck_assert_str_eq(seat(r, 0)->error.text, "plugin \"topic-taken\" "
	    "declares \"fired\", which is liftd's already");
	ck_assert_str_eq(seat(r, 1)->error.text, "plugin \"verb-taken\" "
	    "declares \"products.put\", which is liftd's already");
	roster_free(r);
}
END_TEST

static const struct engine_settings settings = {
	.watermark = { LIFT_SECOND, LIFT_HOUR, LIFT_MINUTE },
	.seen_count = 64, .seen_span = LIFT_DAY, .slice = 10 };

START_TEST(one_that_fails_in_open_is_left_out_and_said)
{
	static const char *const names[] = { "fails-open", "sound" };
	struct roster *r = roster_with(names, 2);
	struct arena *arena = arena_new();
	struct lift_error err;
	size_t count;
	const struct lift_plugin *const *plugins = roster_plugins(r, &count);
	struct engine *en = engine_new(&settings, NULL, plugins, count, NULL);
	struct generation_context context = { engine_vocabulary(en), NULL,
		roster_missing(r) };
	struct generation *g = generation_load(&context, NULL, 0,
	    findings_new(arena));

	ck_assert_ptr_nonnull(g);
	struct company *c = company_open(en, r, g);
	ck_assert_int_eq(seat(r, 0)->state, SEAT_FAILED);
	ck_assert_str_eq(seat(r, 0)->error.text,
	    "the moon is not in the right phase");
	ck_assert_int_eq(seat(r, 1)->state, SEAT_OPEN);
	ck_assert(engine_use(en, g, &err));
	struct lift_entry e = { .seq = 1, .kind = LIFT_ENTRY_TICK,
		.time = 1 };
	engine_fold(en, &e);
	company_close(c);
	company_close(NULL);
	engine_free(en);
	roster_free(r);
	arena_free(arena);
}
END_TEST

START_TEST(a_sandbox_wants_all_of_them)
{
	static const char *const names[] = { "fails-open", "sound" };
	struct roster *r = roster_with(names, 2);
	struct arena *arena = arena_new();
	struct sandbox_setup setup = { .roster = r, .engine = &settings };
	struct lift_error err;

	ck_assert_ptr_null(sandbox_new(&setup, findings_new(arena), &err));
	ck_assert_str_eq(err.text, "plugin \"fails-open\" cannot be opened in "
	    "a sandbox: the moon is not in the right phase");
	/* The daemon's own seats are not touched. */
	ck_assert_int_eq(seat(r, 0)->state, SEAT_OPEN);
	roster_free(r);
	arena_free(arena);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("roster");
	TCase *tests = tcase_create("roster");
	SRunner *runner;
	int failed;

	tcase_add_test(tests, the_good_ones_sit_and_the_others_say_why_not);
	tcase_add_test(tests, a_plugin_named_twice_sits_once);
	tcase_add_test(tests,
	    a_file_that_is_replaced_or_appears_is_noticed);
	tcase_add_test(tests, a_name_has_one_owner);
	tcase_add_test(tests, one_that_fails_in_open_is_left_out_and_said);
	tcase_add_test(tests, a_sandbox_wants_all_of_them);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
