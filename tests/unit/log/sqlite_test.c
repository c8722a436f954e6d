/* What the SQLite driver does when its file, its disk or its process fails. */
#include "sample.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define ROWS	20000
#define PAGE	8192

/* ---- the file in bytes ----------------------------------------------- */

static void
file_path(const struct sample *s, char path[100])
{
	snprintf(path, 100, "%s/liftd.db", s->dir);
}

/* Where WORD is in the file, the last time; asserts that it is. */
static off_t
file_find(const struct sample *s, const char *word)
{
	size_t size = strlen(word);
	char path[100], *data, *at, *found = NULL;
	struct stat st;
	off_t place;
	int fd;

	file_path(s, path);
	fd = open(path, O_RDONLY);
	ck_assert_int_eq(fstat(fd, &st), 0);
	data = malloc((size_t)st.st_size);
	ck_assert_int_eq(read(fd, data, (size_t)st.st_size), st.st_size);
	close(fd);
	at = data;
	while ((at = memmem(at, (size_t)(data + st.st_size - at), word,
	    size)) != NULL)
		found = at++;
	ck_assert_ptr_nonnull(found);
	place = found - data;
	free(data);
	return place;
}

static void
file_write(const struct sample *s, off_t at, const void *data, size_t size)
{
	char path[100];
	int fd;

	file_path(s, path);
	fd = open(path, O_WRONLY);
	ck_assert_int_eq(pwrite(fd, data, size, at), (ssize_t)size);
	close(fd);
}

/* Runs SQL on the closed file. */
static void
file_sql(const struct sample *s, const char *sql)
{
	char path[100];
	sqlite3 *db;

	file_path(s, path);
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK,
	    "%s", sqlite3_errmsg(db));
	sqlite3_close(db);
}

/* A closed store of ROWS entries, without effects. */
static void
file_fill(struct sample *s)
{
	sample_begin(s);
	sample_open(s);
	for (uint64_t at = 1; at <= ROWS; at += 500) {
		struct store_batch batch = sample_batch(s, at, 500);

		batch.effect_count = 0;
		ck_assert(store_commit(s->store, &batch, &s->err));
	}
	sample_close(s);
}

/* The entry's leaf page becomes nonsense. */
static void
file_spoil_page(const struct sample *s, const char *word)
{
	off_t page = file_find(s, word) / PAGE;
	char nonsense[PAGE];

	memset(nonsense, 0xa5, sizeof(nonsense));
	file_write(s, page * PAGE, nonsense, sizeof(nonsense));
}

/* ---- schemas --------------------------------------------------------- */

START_TEST(a_foreign_file_is_refused_and_left_alone)
{
	struct sample s;

	sample_begin(&s);
	file_sql(&s, "CREATE TABLE t(a); PRAGMA application_id=77");
	ck_assert_ptr_null(store_open(&s.settings, &s.err));
	ck_assert_msg(strstr(s.err.text, "is not a store of liftd: its "
	    "application id is 0x0000004d, must be 0x4c494654") != NULL, "%s",
	    s.err.text);
	ck_assert(!s.err.again);
	file_sql(&s, "INSERT INTO t VALUES (1)");
	sample_end(&s);
}
END_TEST

START_TEST(a_newer_schema_is_refused)
{
	struct sample s;

	sample_begin(&s);
	sample_open(&s);
	sample_close(&s);
	file_sql(&s, "PRAGMA user_version=9");
	ck_assert_ptr_null(store_open(&s.settings, &s.err));
	ck_assert_msg(strstr(s.err.text, "has schema 9, this liftd knows up "
	    "to 2; start the newer liftd") != NULL, "%s", s.err.text);
	ck_assert_ptr_null(store_reader_open(&s.settings, &s.err));
	sample_end(&s);
}
END_TEST

START_TEST(a_file_that_is_no_database_is_refused)
{
	struct sample s;

	sample_begin(&s);
	sample_open(&s);
	sample_close(&s);
	file_write(&s, 0, "This is not SQLite", 18);
	ck_assert_ptr_null(store_open(&s.settings, &s.err));
	ck_assert_ptr_nonnull(strstr(s.err.text, "is damaged"));
	ck_assert_ptr_nonnull(strstr(s.err.text, "liftd salvage --state"));
	sample_end(&s);
}
END_TEST

START_TEST(a_salvage_without_a_first_page_says_that_it_is_hopeless)
{
	struct text report = { 0 };
	struct sample s;
	char into[80];

	sample_begin(&s);
	sample_open(&s);
	sample_close(&s);
	file_write(&s, 0, "This is not SQLite", 18);
	snprintf(into, sizeof(into), "%s.saved", s.dir);
	ck_assert(!store_salvage(&s.settings, into, &report, &s.err));
	ck_assert_msg(strstr(s.err.text, "can be saved, its first page") !=
	    NULL, "%s", s.err.text);
	sample_end(&s);
}
END_TEST

START_TEST(an_open_that_died_before_the_schema_is_repeated)
{
	struct sample s;

	sample_begin(&s);
	file_sql(&s, "PRAGMA page_size=8192; PRAGMA journal_mode=WAL");
	sample_open(&s);
	sample_commit(&s, 1, 1);
	sample_end(&s);
}
END_TEST

START_TEST(the_migrations_are_on_record)
{
	struct sample s;

	sample_begin(&s);
	sample_open(&s);
	sample_close(&s);
	file_sql(&s, "CREATE TEMP TABLE one(n CHECK (n = 1)); INSERT INTO one "
	    "SELECT count(*) FROM migrations WHERE number = 1 AND name = "
	    "'first' AND applied > 0");
	sample_end(&s);
}
END_TEST

static bool
file_holds(const char *dir, const char *name, const char *word)
{
	char command[200];

	snprintf(command, sizeof(command), "grep -qaF '%s' %s/%s 2>/dev/null",
	    word, dir, name);
	return system(command) == 0;
}

START_TEST(a_forgotten_shopper_is_in_no_file)
{
	struct store_shopper shoppers[] = {
		{ 1, lift_text("ann-who-stays") },
		{ 2, lift_text("bob-who-goes") } };
	struct store_batch batch = { .shoppers = shoppers,
		.shopper_count = 2 };
	struct store_reader *reader;
	struct store_shopper shopper;
	struct sample s;

	sample_begin_on(&s, _i);
	sample_open(&s);
	ck_assert(store_commit(s.store, &batch, &s.err));
	ck_assert(file_holds(s.dir, "liftd.db-wal", "bob-who-goes"));
	ck_assert(store_forget(s.store, 2, &s.err));
	reader = sample_reader(&s);
	ck_assert(store_shoppers(reader, &s.err));
	ck_assert(store_next_shopper(reader, &shopper, &s.err));
	ck_assert(!store_next_shopper(reader, &shopper, &s.err));
	ck_assert(!file_holds(s.dir, "liftd.db", "bob-who-goes"));
	ck_assert(!file_holds(s.dir, "liftd.db-wal", "bob-who-goes"));
	ck_assert(file_holds(s.dir, "liftd.db", "ann-who-stays"));
	store_reader_free(reader);
	sample_end(&s);
}
END_TEST

START_TEST(topics_and_ids_are_found_through_their_indexes)
{
	struct sample s;

	/* The planner must not walk all effects for one topic or id. */
	sample_begin(&s);
	sample_open(&s);
	sample_close(&s);
	file_sql(&s, "SELECT seq FROM effects INDEXED BY effects_topic WHERE "
	    "topic = 'a' AND (seq, ordinal) > (1, 2) AND seq <= 9 ORDER BY "
	    "seq, ordinal LIMIT 5; SELECT seq FROM effects INDEXED BY "
	    "effects_id WHERE id = 'a' AND (seq, ordinal) > (1, 2) AND seq "
	    "<= 9 ORDER BY seq, ordinal LIMIT 5");
	sample_end(&s);
}
END_TEST

/* ---- damage ---------------------------------------------------------- */

/* Reads all; returns how many came before the damage that is expected. */
static uint64_t
count_to_damage(struct sample *s, bool newest_first)
{
	struct store_query query = { .newest_first = newest_first };
	uint64_t count = sample_count(s, &query);

	ck_assert_int_eq(s->err.code, LIFT_E_STORE);
	ck_assert(!s->err.again);
	ck_assert_msg(strstr(s->err.text, "stop liftd and save the rest with "
	    "`liftd salvage --state") != NULL, "%s", s->err.text);
	return count;
}

START_TEST(a_flipped_bit_in_a_body_is_found_with_its_seq)
{
	struct store_reader *reader;
	struct sample s;

	file_fill(&s);
	file_write(&s, file_find(&s, "entry 00005000"), "E", 1);
	ck_assert_uint_eq(count_to_damage(&s, false), 4999);
	ck_assert_msg(strstr(s.err.text, "entries seq 5000 cannot be read (it "
	    "differs from its sum)") != NULL, "%s", s.err.text);
	ck_assert_uint_eq(count_to_damage(&s, true), ROWS - 5000);
	reader = sample_reader(&s);
	ck_assert(!store_check(reader, &s.err));
	ck_assert_ptr_nonnull(strstr(s.err.text, "entries seq 5000 "));
	store_reader_free(reader);
	sample_end(&s);
}
END_TEST

START_TEST(a_corrupt_page_is_found_with_the_range_it_hides)
{
	unsigned long long first = 0, last = 0, down_first = 0, down_last = 0;
	struct sample s;
	uint64_t count;
	const char *at;

	file_fill(&s);
	file_spoil_page(&s, "entry 00005000");
	count = count_to_damage(&s, false);
	at = strstr(s.err.text, "entries seq ");
	ck_assert_msg(at != NULL && sscanf(at, "entries seq %llu to %llu",
	    &first, &last) == 2, "%s", s.err.text);
	ck_assert_uint_eq(first, count + 1);
	ck_assert_uint_le(first, 5000);
	ck_assert_uint_ge(last, 5000);
	ck_assert_uint_lt(last - first, 200);
	count = count_to_damage(&s, true);
	at = strstr(s.err.text, "entries seq ");
	ck_assert_msg(at != NULL && sscanf(at, "entries seq %llu to %llu",
	    &down_first, &down_last) == 2, "%s", s.err.text);
	ck_assert_uint_eq(down_first, first);
	ck_assert_uint_eq(down_last, last);
	ck_assert_uint_eq(count, ROWS - last);
	sample_end(&s);
}
END_TEST

START_TEST(a_row_that_is_gone_is_found)
{
	struct sample s;

	file_fill(&s);
	file_sql(&s, "DELETE FROM entries WHERE seq BETWEEN 300 AND 302");
	ck_assert_uint_eq(count_to_damage(&s, false), 299);
	ck_assert_msg(strstr(s.err.text, "entries seq 300 to 302 cannot be "
	    "read (nothing is there)") != NULL, "%s", s.err.text);
	ck_assert_uint_eq(count_to_damage(&s, true), ROWS - 302);
	sample_end(&s);
}
END_TEST

/* Reads what a hurt file still gives: all that it says must be right, and a
 * part of it only together with a sentence. */
static void
hurt_is_honest(struct sample *s, uint64_t rows)
{
	struct store_query all = { .limit = 0 };
	struct store_reader *reader = store_reader_open(&s->settings, &s->err);
	struct store_entry entry;
	struct store_effect effect;
	uint64_t seq = 1, effects = 0;
	char body[64];

	if (reader == NULL)
		return;
	if (store_entries(reader, &all, &s->err))
		while (store_next_entry(reader, &entry, &s->err)) {
			snprintf(body, sizeof(body), "this is what entry "
			    "%08llu says", (unsigned long long)seq);
			ck_assert_uint_eq(entry.seq, seq++);
			ck_assert(lift_text_equal(entry.body,
			    lift_text(body)));
		}
	ck_assert(seq == rows + 1 || s->err.code != LIFT_E_NONE);
	if (store_effects(reader, &all, &s->err))
		while (store_next_effect(reader, &effect, &s->err)) {
			snprintf(body, sizeof(body), "this is what entry "
			    "%08llu says", (unsigned long long)effect.seq);
			ck_assert(lift_text_equal(effect.body,
			    lift_text(body)));
			effects++;
		}
	ck_assert(effects == rows || s->err.code != LIFT_E_NONE ||
	    !store_check(reader, &s->err));
	store_reader_free(reader);
}

START_TEST(whatever_byte_is_hurt_nothing_wrong_is_read)
{
	unsigned seed = 1;
	char path[100], byte, other;
	struct stat st;
	struct sample s;
	int fd;

	sample_begin(&s);
	sample_open(&s);
	for (uint64_t at = 1; at <= 2000; at += 500)
		sample_commit(&s, at, 500);
	sample_close(&s);
	file_path(&s, path);
	fd = open(path, O_RDWR);
	ck_assert_int_eq(fstat(fd, &st), 0);
	for (int i = 0; i < 400; i++) {
		/* Each fourth time among the headers of pages. */
		off_t at = rand_r(&seed) % st.st_size;

		if (i % 4 == 0)
			at = at / PAGE * PAGE + at % 100;
		ck_assert_int_eq(pread(fd, &byte, 1, at), 1);
		other = (char)(byte ^ (1 << i % 8));
		ck_assert_int_eq(pwrite(fd, &other, 1, at), 1);
		hurt_is_honest(&s, 2000);
		ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
	}
	close(fd);
	sample_end(&s);
}
END_TEST

START_TEST(damage_near_the_end_is_found_when_opening)
{
	struct sample s;

	file_fill(&s);
	file_write(&s, file_find(&s, "entry 00019990"), "E", 1);
	ck_assert_ptr_null(store_open(&s.settings, &s.err));
	ck_assert_ptr_nonnull(strstr(s.err.text, "entries seq 19990 "));
	sample_end(&s);
}
END_TEST

START_TEST(a_salvage_saves_all_but_the_damage_and_says_so)
{
	struct store_query all = { .limit = 0 };
	struct text report = { 0 };
	struct sample s, saved;
	char into[80];
	unsigned long long first = 0, last = 0;
	const char *at;

	file_fill(&s);
	file_spoil_page(&s, "entry 00005000");
	file_write(&s, file_find(&s, "entry 00009000"), "E", 1);
	snprintf(into, sizeof(into), "%s.saved", s.dir);
	ck_assert_msg(store_salvage(&s.settings, into, &report, &s.err), "%s",
	    s.err.text);
	at = strstr(report.data, "lost: entries ");
	ck_assert(at != NULL && sscanf(at, "lost: entries %llu to %llu",
	    &first, &last) == 2);
	ck_assert_ptr_nonnull(strstr(report.data,
	    "lost: entries 9000 to 9000\n"));
	ck_assert(first <= 5000 && last >= 5000);

	memset(&saved, 0, sizeof(saved));
	saved.settings = (struct store_settings){ "sqlite", into,
		STORE_PROCESS };
	sample_open(&saved);
	ck_assert_uint_eq(sample_count(&saved, &all),
	    ROWS - (last - first + 1) - 1);
	ck_assert_msg(saved.err.code == LIFT_E_NONE, "%s", saved.err.text);
	all.newest_first = true;
	ck_assert_uint_eq(sample_count(&saved, &all),
	    ROWS - (last - first + 1) - 1);
	sample_commit(&saved, ROWS + 1, 1);
	sample_close(&saved);
	ck_assert(!store_salvage(&s.settings, into, &report, &s.err));
	ck_assert_ptr_nonnull(strstr(s.err.text, "is there already"));
	text_done(&report);
	sample_end(&s);
}
END_TEST

START_TEST(a_salvage_never_gives_a_seq_twice)
{
	struct store_cursor cursor = { lift_text("effects"), 10 };
	struct store_batch batch;
	struct text report = { 0 };
	uint64_t first, last;
	struct store_reader *reader;
	struct sample s, saved;
	char into[80];

	sample_begin(&s);
	sample_open(&s);
	batch = sample_batch(&s, 1, 10);
	batch.cursors = &cursor;
	batch.cursor_count = 1;
	ck_assert(store_commit(s.store, &batch, &s.err));
	sample_close(&s);
	file_sql(&s, "DELETE FROM entries WHERE seq > 7");
	snprintf(into, sizeof(into), "%s.saved", s.dir);
	ck_assert(store_salvage(&s.settings, into, &report, &s.err));
	memset(&saved, 0, sizeof(saved));
	saved.settings = (struct store_settings){ "sqlite", into,
		STORE_PROCESS };
	reader = sample_reader(&saved);
	ck_assert(store_range(reader, &first, &last, &s.err));
	ck_assert_uint_eq(first, 1);
	ck_assert_uint_eq(last, 10);
	ck_assert_msg(store_check(reader, &s.err), "%s", s.err.text);
	store_reader_free(reader);
	text_done(&report);
	sample_end(&s);
}
END_TEST

/* ---- the disk -------------------------------------------------------- */

START_TEST(a_disk_error_fails_the_batch_and_the_next_try_succeeds)
{
	struct store_query all = { .limit = 0 };
	struct rlimit old, small;
	struct store_batch batch;
	struct sample s;

	sample_begin(&s);
	sample_open(&s);
	sample_commit(&s, 1, 10);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 64 << 10;
	setrlimit(RLIMIT_FSIZE, &small);
	batch = sample_batch(&s, 11, 500);
	for (int i = 0; i < 3; i++) {
		ck_assert(!store_commit(s.store, &batch, &s.err));
		ck_assert(s.err.again);
		ck_assert_msg(strstr(s.err.text, "the disk that holds '") !=
		    NULL, "%s", s.err.text);
	}
	setrlimit(RLIMIT_FSIZE, &old);
	ck_assert_uint_eq(sample_count(&s, &all), 10);
	ck_assert_msg(store_commit(s.store, &batch, &s.err), "%s",
	    s.err.text);
	ck_assert_uint_eq(sample_count(&s, &all), 510);
	sample_end(&s);
}
END_TEST

/* Fills the directory's disk, but for a few bytes. */
static void
disk_fill(const char *path)
{
	static char block[4096];
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	ck_assert_int_ge(fd, 0);
	while (write(fd, block, sizeof(block)) > 0)
		;
	close(fd);
}

START_TEST(a_full_disk_is_said_and_liftd_goes_on_when_there_is_space)
{
	struct store_query all = { .limit = 0 };
	struct store_batch batch;
	struct sample s;
	char filler[100];

	sample_begin(&s);
	if (mount("tmpfs", s.dir, "tmpfs", 0, "size=4m") != 0) {
		/* Only root can have a small disk of its own. */
		sample_end(&s);
		return;
	}
	sample_open(&s);
	sample_commit(&s, 1, 10);
	snprintf(filler, sizeof(filler), "%s/filler", s.dir);
	disk_fill(filler);
	batch = sample_batch(&s, 11, 500);
	for (int i = 0; i < 3; i++) {
		ck_assert(!store_commit(s.store, &batch, &s.err));
		ck_assert(s.err.again);
		ck_assert_msg(strstr(s.err.text, "is full; free some space, "
		    "liftd goes on by itself") != NULL, "%s", s.err.text);
		store_rest(s.store);
	}
	ck_assert_uint_eq(sample_count(&s, &all), 10);
	unlink(filler);
	ck_assert_msg(store_commit(s.store, &batch, &s.err), "%s",
	    s.err.text);
	store_rest(s.store);
	sample_close(&s);
	sample_open(&s);
	ck_assert_uint_eq(sample_count(&s, &all), 510);
	sample_close(&s);
	umount(s.dir);
	sample_end(&s);
}
END_TEST

START_TEST(somebody_elses_lock_is_said_and_may_pass)
{
	struct store_batch batch;
	char path[100];
	struct sample s;
	sqlite3 *db;

	sample_begin(&s);
	sample_open(&s);
	file_path(&s, path);
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	batch = sample_batch(&s, 1, 5);
	ck_assert(!store_commit(s.store, &batch, &s.err));
	ck_assert(s.err.again);
	ck_assert_ptr_nonnull(strstr(s.err.text, "another program holds"));
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(db);
	ck_assert(store_commit(s.store, &batch, &s.err));
	sample_end(&s);
}
END_TEST

START_TEST(an_idle_reader_does_not_let_the_log_grow)
{
	struct store_query all = { .limit = 0 };
	struct store_reader *reader;
	struct store_entry entry;
	char path[100];
	struct stat st;
	struct sample s;

	file_fill(&s);
	sample_open(&s);
	reader = sample_reader(&s);
	ck_assert(store_entries(reader, &all, &s.err));
	ck_assert(store_next_entry(reader, &entry, &s.err));
	for (uint64_t at = ROWS + 1; at < ROWS + 200000; at += 500) {
		struct store_batch batch = sample_batch(&s, at, 500);

		batch.effect_count = 0;
		ck_assert(store_commit(s.store, &batch, &s.err));
	}
	snprintf(path, sizeof(path), "%s/liftd.db-wal", s.dir);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_lt(st.st_size, 18 << 20);
	ck_assert(store_next_entry(reader, &entry, &s.err));
	store_reader_free(reader);
	sample_end(&s);
}
END_TEST

/* ---- the process ----------------------------------------------------- */

/* Commits batches of SIZE for ever, and says each one's last seq. */
_Noreturn static void
child_writes(struct sample *s, int said, size_t size)
{
	uint64_t seq = 0;

	s->store = store_open(&s->settings, &s->err);
	if (s->store == NULL)
		_exit(1);
	for (;;) {
		struct store_batch batch = sample_batch(s, seq + 1, size);

		if (!store_commit(s->store, &batch, &s->err))
			_exit(2);
		seq += size;
		if (write(said, &seq, sizeof(seq)) != sizeof(seq))
			_exit(3);
		if (seq % 7 == 0)
			store_rest(s->store);
	}
}

static pid_t
child_start(struct sample *s, int said[2], size_t size)
{
	pid_t child;

	ck_assert_int_eq(pipe(said), 0);
	child = fork();
	if (child == 0)
		child_writes(s, said[1], size);
	close(said[1]);
	return child;
}

START_TEST(a_killed_writer_has_kept_every_acknowledged_batch)
{
	struct store_query all = { .limit = 0 };
	uint64_t acked = 0, found;
	struct store_reader *reader;
	struct sample s;
	int said[2];
	pid_t child;

	/* Each round dies at another point of a commit or a checkpoint. */
	sample_begin(&s);
	child = child_start(&s, said, 97);
	for (int i = 0; i < 50 + 40 * _i; i++)
		ck_assert_int_eq(read(said[0], &acked, 8), 8);
	usleep((useconds_t)(137 * _i));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	while (read(said[0], &acked, 8) == 8)
		;
	close(said[0]);
	sample_open(&s);
	found = sample_count(&s, &all);
	ck_assert_msg(s.err.code == LIFT_E_NONE, "%s", s.err.text);
	ck_assert_uint_ge(found, acked);
	ck_assert_uint_eq(found % 97, 0);
	ck_assert_uint_eq(sample_count_effects(&s, &all), found);
	reader = sample_reader(&s);
	ck_assert_msg(store_check(reader, &s.err), "%s", s.err.text);
	store_reader_free(reader);
	sample_end(&s);
}
END_TEST

START_TEST(a_reader_sees_whole_batches_only)
{
	struct store_query all = { .limit = 0 };
	uint64_t acked, last = 0;
	struct sample s;
	int said[2];
	pid_t child;

	sample_begin(&s);
	child = child_start(&s, said, 97);
	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(read(said[0], &acked, 8), 8);
		uint64_t found = sample_count(&s, &all);
		ck_assert_msg(s.err.code == LIFT_E_NONE, "%s", s.err.text);
		ck_assert_uint_eq(found % 97, 0);
		ck_assert_uint_ge(found, last);
		ck_assert_uint_eq(sample_count_effects(&s, &all) % 97, 0);
		last = found;
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(said[0]);
	sample_end(&s);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("sqlite");

	tcase_add_test(tests, a_foreign_file_is_refused_and_left_alone);
	tcase_add_test(tests, a_newer_schema_is_refused);
	tcase_add_test(tests, a_file_that_is_no_database_is_refused);
	tcase_add_test(tests,
	    a_salvage_without_a_first_page_says_that_it_is_hopeless);
	tcase_add_test(tests,
	    an_open_that_died_before_the_schema_is_repeated);
	tcase_add_test(tests, the_migrations_are_on_record);
	tcase_add_test(tests, a_forgotten_shopper_is_in_no_file);
	tcase_add_test(tests,
	    topics_and_ids_are_found_through_their_indexes);
	tcase_add_test(tests, a_flipped_bit_in_a_body_is_found_with_its_seq);
	tcase_add_test(tests,
	    a_corrupt_page_is_found_with_the_range_it_hides);
	tcase_add_test(tests, a_row_that_is_gone_is_found);
	tcase_add_test(tests, whatever_byte_is_hurt_nothing_wrong_is_read);
	tcase_add_test(tests, damage_near_the_end_is_found_when_opening);
	tcase_add_test(tests,
	    a_salvage_saves_all_but_the_damage_and_says_so);
	tcase_add_test(tests, a_salvage_never_gives_a_seq_twice);
	tcase_add_test(tests,
	    a_disk_error_fails_the_batch_and_the_next_try_succeeds);
	tcase_add_test(tests,
	    a_full_disk_is_said_and_liftd_goes_on_when_there_is_space);
	tcase_add_test(tests, somebody_elses_lock_is_said_and_may_pass);
	tcase_add_test(tests, an_idle_reader_does_not_let_the_log_grow);
	tcase_add_loop_test(tests,
	    a_killed_writer_has_kept_every_acknowledged_batch, 0, 6);
	tcase_add_test(tests, a_reader_sees_whole_batches_only);
	return sample_run(tests, "sqlite");
}
