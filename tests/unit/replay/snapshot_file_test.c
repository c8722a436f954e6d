/* What a snapshot's file promises: it is whole, or refused with a sentence. */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include "replay/snapshot_file.h"

static void
dir_begin(char dir[64])
{
	strcpy(dir, "/tmp/liftd-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void
dir_end(const char *dir)
{
	char command[100];

	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	ck_assert_int_eq(system(command), 0);
}

static void
path_of(const char *dir, unsigned seq, char path[128])
{
	snprintf(path, 128, "%s/snapshot-%020u.lift", dir, seq);
}

static bool
path_is_there(const char *dir, unsigned seq)
{
	char path[128];

	path_of(dir, seq, path);
	return access(path, F_OK) == 0;
}

static bool
write_one(const char *dir, unsigned seq, struct lift_error *err)
{
	struct snapshot_writer *w = snapshot_writer_new(dir, seq,
	    lift_text("build-1"), err);

	ck_assert_ptr_nonnull(w);
	snapshot_section_begin(w, lift_text("world"), 3, seq);
	snapshot_section_append(w, "hello ", 6);
	snapshot_section_append(w, "world", 5);
	snapshot_section_end(w);
	snapshot_section_begin(w, lift_text("empty"), 1, seq - 1);
	snapshot_section_end(w);
	return snapshot_writer_commit(w, (struct hash128){ 7, 8 }, err);
}

/* The bytes of a small snapshot; the caller frees them. */
static struct lift_text
bytes_of_one(void)
{
	struct lift_error err;
	char dir[64], path[128], *data = malloc(4096);
	ssize_t size;
	int fd;

	dir_begin(dir);
	ck_assert(write_one(dir, 5, &err));
	path_of(dir, 5, path);
	fd = open(path, O_RDONLY);
	size = read(fd, data, 4096);
	ck_assert_int_gt(size, 0);
	close(fd);
	dir_end(dir);
	return (struct lift_text){ data, (size_t)size };
}

START_TEST(what_was_written_is_read_back)
{
	const struct snapshot_section *world;
	struct snapshot_file *f;
	struct lift_error err;
	char dir[64], path[128];

	dir_begin(dir);
	ck_assert(write_one(dir, 42, &err));
	path_of(dir, 42, path);
	f = snapshot_file_open(path, &err);
	ck_assert_msg(f != NULL, "%s", err.text);
	ck_assert_uint_eq(snapshot_file_seq(f), 42);
	ck_assert(lift_text_equal(snapshot_file_build(f),
	    lift_text("build-1")));
	ck_assert_uint_eq(snapshot_file_digest(f).low, 7);
	ck_assert_uint_eq(snapshot_file_digest(f).high, 8);
	ck_assert_uint_eq(snapshot_file_count(f), 2);
	world = snapshot_file_find(f, lift_text("world"));
	ck_assert_ptr_nonnull(world);
	ck_assert_uint_eq(world->version, 3);
	ck_assert_uint_eq(world->seq, 42);
	ck_assert(lift_text_equal(world->bytes, lift_text("hello world")));
	ck_assert_uint_eq(snapshot_file_at(f, 1)->bytes.size, 0);
	ck_assert_ptr_null(snapshot_file_find(f, lift_text("moon")));
	snapshot_file_close(f);
	dir_end(dir);
}
END_TEST

START_TEST(a_large_section_crosses_the_buffer)
{
	size_t size = 1000003, parts = 5;
	const struct snapshot_section *part;
	char dir[64], *data = malloc(size);
	struct snapshot_writer *w;
	struct text report = { 0 };
	struct snapshot_file *f;
	struct lift_error err;

	dir_begin(dir);
	for (size_t i = 0; i < size; i++)
		data[i] = (char)(i * 31);
	w = snapshot_writer_new(dir, 1, lift_text(""), &err);
	snapshot_section_begin(w, lift_text("large"), 1, 1);
	for (size_t i = 0; i < parts; i++)
		snapshot_section_append(w, data, size);
	snapshot_section_end(w);
	ck_assert(snapshot_writer_commit(w, (struct hash128){ 0, 0 }, &err));
	f = snapshot_file_newest(dir, &report, &err);
	part = snapshot_file_find(f, lift_text("large"));
	ck_assert_uint_eq(part->bytes.size, size * parts);
	for (size_t i = 0; i < parts; i++)
		ck_assert_int_eq(memcmp(part->bytes.data + i * size, data,
		    size), 0);
	snapshot_file_close(f);
	free(data);
	dir_end(dir);
}
END_TEST

START_TEST(a_file_cut_anywhere_is_refused)
{
	struct lift_text whole = bytes_of_one();
	struct lift_error err;

	for (size_t size = 0; size < whole.size; size++) {
		/* A block of its own, so that ASan sees a step too far. */
		char *cut = malloc(size ? size : 1);

		memcpy(cut, whole.data, size);
		ck_assert_ptr_null(snapshot_file_borrow((struct lift_text){
		    cut, size }, "cut", &err));
		ck_assert_int_eq(err.code, LIFT_E_STORE);
		free(cut);
	}
	free((char *)(uintptr_t)whole.data);
}
END_TEST

START_TEST(a_flip_of_any_bit_is_refused)
{
	struct lift_text whole = bytes_of_one();
	char *data = (char *)(uintptr_t)whole.data;
	struct snapshot_file *f;
	struct lift_error err;

	for (size_t bit = 0; bit < whole.size * 8; bit++) {
		data[bit / 8] ^= (char)(1 << bit % 8);
		ck_assert_msg(snapshot_file_borrow(whole, "flip", &err) ==
		    NULL, "bit %zu", bit);
		ck_assert_int_eq(err.code, LIFT_E_STORE);
		data[bit / 8] ^= (char)(1 << bit % 8);
	}
	f = snapshot_file_borrow(whole, "whole", &err);
	ck_assert_ptr_nonnull(f);
	snapshot_file_close(f);
	free(data);
}
END_TEST

START_TEST(damage_is_said_with_section_and_offset)
{
	struct lift_text whole = bytes_of_one();
	char *data = (char *)(uintptr_t)whole.data, *at;
	struct lift_error err;

	at = memmem(data, whole.size, "hello", 5);
	at[1] = 'E';
	ck_assert_ptr_null(snapshot_file_borrow(whole, "x.lift", &err));
	ck_assert_str_eq(err.text, "snapshot 'x.lift' is damaged: section "
	    "'world' at offset 33 is not what was written; an older snapshot "
	    "will do");
	free(data);
}
END_TEST

START_TEST(a_damaged_one_is_said_and_the_older_one_is_used)
{
	struct text report = { 0 };
	struct snapshot_file *f;
	struct lift_error err;
	char dir[64], path[128];

	dir_begin(dir);
	ck_assert(write_one(dir, 10, &err));
	ck_assert(write_one(dir, 20, &err));
	path_of(dir, 20, path);
	ck_assert_int_eq(truncate(path, 150), 0);
	f = snapshot_file_newest(dir, &report, &err);
	ck_assert_uint_eq(snapshot_file_seq(f), 10);
	ck_assert_ptr_nonnull(strstr(report.data,
	    "snapshot-00000000000000000020.lift' is damaged"));
	snapshot_file_close(f);
	text_done(&report);
	dir_end(dir);
}
END_TEST

START_TEST(without_a_snapshot_there_is_none_and_no_error)
{
	struct text report = { 0 };
	struct lift_error err;
	char dir[64];

	dir_begin(dir);
	ck_assert_ptr_null(snapshot_file_newest(dir, &report, &err));
	ck_assert_int_eq(err.code, LIFT_E_NONE);
	ck_assert_ptr_null(snapshot_file_newest("/nowhere", &report, &err));
	ck_assert_int_eq(err.code, LIFT_E_SYSTEM);
	dir_end(dir);
}
END_TEST

START_TEST(a_sweep_keeps_the_two_newest_good_ones)
{
	struct snapshot_writer *leftover;
	struct lift_error err;
	char dir[64], path[128];

	dir_begin(dir);
	for (unsigned seq = 10; seq <= 50; seq += 10)
		ck_assert(write_one(dir, seq, &err));
	path_of(dir, 40, path);
	ck_assert_int_eq(truncate(path, 30), 0);
	leftover = snapshot_writer_new(dir, 60, lift_text("b"), &err);
	ck_assert_uint_eq(snapshot_sweep(dir), 3);
	ck_assert(path_is_there(dir, 50));
	ck_assert(path_is_there(dir, 30));
	ck_assert(!path_is_there(dir, 20));
	ck_assert(!path_is_there(dir, 10));
	/* Its file is gone, and that is said. */
	ck_assert(!snapshot_writer_commit(leftover, (struct hash128){ 0, 0 },
	    &err));
	ck_assert_ptr_nonnull(strstr(err.text, "cannot be named"));
	dir_end(dir);
}
END_TEST

START_TEST(what_a_dead_writer_left_can_be_swept_alone)
{
	struct snapshot_writer *leftover;
	struct lift_error err;
	char dir[64];

	dir_begin(dir);
	for (unsigned seq = 10; seq <= 40; seq += 10)
		ck_assert(write_one(dir, seq, &err));
	leftover = snapshot_writer_new(dir, 60, lift_text("b"), &err);
	ck_assert_uint_eq(snapshot_sweep_leftovers(dir), 1);
	ck_assert_uint_eq(snapshot_sweep_leftovers(dir), 0);
	ck_assert(path_is_there(dir, 10));
	ck_assert(!snapshot_writer_commit(leftover, (struct hash128){ 0, 0 },
	    &err));
	dir_end(dir);
}
END_TEST

START_TEST(a_misused_writer_makes_no_file)
{
	struct snapshot_writer *w;
	struct lift_error err;
	char dir[64];

	dir_begin(dir);
	w = snapshot_writer_new(dir, 1, lift_text("b"), &err);
	for (int i = 0; i < 2; i++) {
		snapshot_section_begin(w, lift_text("a"), 1, 1);
		snapshot_section_end(w);
	}
	ck_assert(!snapshot_writer_commit(w, (struct hash128){ 0, 0 }, &err));
	ck_assert_int_eq(err.code, LIFT_E_BUG);
	ck_assert_int_eq(rmdir(dir), 0);
}
END_TEST

START_TEST(a_disk_that_says_no_leaves_nothing_and_is_said)
{
	struct rlimit limit, old;
	struct snapshot_writer *w;
	static char data[1 << 20];
	struct lift_error err;
	char dir[64];

	dir_begin(dir);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = 100000;
	setrlimit(RLIMIT_FSIZE, &limit);
	w = snapshot_writer_new(dir, 1, lift_text("b"), &err);
	snapshot_section_begin(w, lift_text("a"), 1, 1);
	snapshot_section_append(w, data, sizeof(data));
	snapshot_section_end(w);
	ck_assert(!snapshot_writer_commit(w, (struct hash128){ 0, 0 }, &err));
	setrlimit(RLIMIT_FSIZE, &old);
	ck_assert_int_eq(err.code, LIFT_E_SYSTEM);
	ck_assert(err.again);
	ck_assert_ptr_nonnull(strstr(err.text, "cannot be written"));
	ck_assert_int_eq(rmdir(dir), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("snapshot_file");
	TCase *tests = tcase_create("snapshot_file");
	SRunner *runner;
	int failed;

	tcase_add_test(tests, what_was_written_is_read_back);
	tcase_add_test(tests, a_large_section_crosses_the_buffer);
	tcase_add_test(tests, a_file_cut_anywhere_is_refused);
	tcase_add_test(tests, a_flip_of_any_bit_is_refused);
	tcase_add_test(tests, damage_is_said_with_section_and_offset);
	tcase_add_test(tests,
	    a_damaged_one_is_said_and_the_older_one_is_used);
	tcase_add_test(tests, without_a_snapshot_there_is_none_and_no_error);
	tcase_add_test(tests, a_sweep_keeps_the_two_newest_good_ones);
	tcase_add_test(tests, what_a_dead_writer_left_can_be_swept_alone);
	tcase_add_test(tests, a_misused_writer_makes_no_file);
	tcase_add_test(tests, a_disk_that_says_no_leaves_nothing_and_is_said);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
