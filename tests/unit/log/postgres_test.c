/* What the PostgreSQL driver says when it is not let in, when the database is
 * not what it must be, and when the server or the connection fails. */
#include "sample.h"

#include "base/clock.h"

/* Runs SQL in the database of the test. */
static void
server_sql(const struct sample *s, const char *sql, char ret[200])
{
	char name[40];

	cluster_sql(cluster_database(s->dir, name), sql, ret);
}

/* Ends all sessions but the one that asks. */
static void
server_cut(const struct sample *s)
{
	server_sql(s, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
	    "WHERE pid <> pg_backend_pid() AND datname = current_database()",
	    NULL);
}

static void
begin(struct sample *s)
{
	sample_begin_on(s, SAMPLE_POSTGRES);
}

/* The store must not open, with WORDS in the sentence. */
static void
refused(struct sample *s, const char *words)
{
	ck_assert_ptr_null(store_open(&s->settings, &s->err));
	ck_assert_msg(strstr(s->err.text, words) != NULL, "%s", s->err.text);
	ck_assert_msg(strstr(s->err.text, "hunter2") == NULL, "%s",
	    s->err.text);
}

static void
dsn_is(struct sample *s, const char *form, ...)
{
	static char dsn[300];
	va_list ap;

	va_start(ap, form);
	vsnprintf(dsn, sizeof(dsn), form, ap);
	va_end(ap);
	s->settings.dsn = dsn;
}

/* ---- the way in ------------------------------------------------------ */

START_TEST(a_dsn_that_cannot_be_read_is_refused_and_not_said)
{
	static const char *const wrong[] = { "", "hunter2",
		"host=h passwrod=hunter2", "host=h hunter2",
		"postgresql://u:hunter2@h:x:y/d?z", "password='hunter2" };
	struct sample s;

	begin(&s);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		s.settings.dsn = wrong[i];
		refused(&s, "`store.dsn` cannot be read, must be as in "
		    "postgresql://");
		ck_assert(!s.err.again);
	}
	s.settings.dsn = s.dsn;
	sample_end(&s);
}
END_TEST

START_TEST(a_password_that_was_not_escaped_is_not_said)
{
	struct sample s;

	begin(&s);
	s.settings.dsn = "postgresql://u:a@hunter2@nowhere.invalid/d";
	refused(&s, "database 'd' at '?'");
	s.settings.dsn = s.dsn;
	sample_end(&s);
}
END_TEST

START_TEST(a_server_that_is_not_there_is_said_and_may_come)
{
	struct sample s;

	begin(&s);
	dsn_is(&s, "host=/nowhere user=liftd dbname=shop password=hunter2");
	refused(&s, "database 'shop' at '/nowhere' cannot be reached");
	ck_assert(s.err.again);
	ck_assert_ptr_null(store_reader_open(&s.settings, &s.err));
	s.settings.dsn = s.dsn;
	sample_end(&s);
}
END_TEST

START_TEST(a_wrong_password_and_an_unknown_user_are_said)
{
	struct sample s;

	/* pg_hba.conf of the cluster trusts all but this role: see main. */
	begin(&s);
	dsn_is(&s, "host=%s user=guest dbname=liftd password=hunter2",
	    cluster_dir);
	refused(&s, "does not let user 'guest' in: the password");
	dsn_is(&s, "host=%s user=nobody_at_all dbname=liftd", cluster_dir);
	refused(&s, "does not let user 'nobody_at_all' in");
	s.settings.dsn = s.dsn;
	sample_end(&s);
}
END_TEST

START_TEST(a_database_that_is_missing_is_said_with_how_to_make_it)
{
	struct sample s;

	begin(&s);
	dsn_is(&s, "host=%s user=liftd dbname=shop", cluster_dir);
	refused(&s, "there is no database 'shop' at");
	ck_assert_ptr_nonnull(strstr(s.err.text, "`createdb -O liftd shop`"));
	s.settings.dsn = s.dsn;
	sample_end(&s);
}
END_TEST

START_TEST(missing_privileges_are_said)
{
	char name[40];
	struct sample s;

	/* As it is from PostgreSQL 15 on. */
	begin(&s);
	dsn_is(&s, "host=%s user=poor dbname=%s", cluster_dir,
	    cluster_database(s.dir, name));
	server_sql(&s, "REVOKE CREATE ON SCHEMA public FROM PUBLIC", NULL);
	refused(&s, "user 'poor' lacks privileges in database");
	s.settings.dsn = s.dsn;
	sample_end(&s);
}
END_TEST

START_TEST(a_database_of_another_encoding_is_refused)
{
	struct sample s;

	begin(&s);
	cluster_sql("postgres", "CREATE DATABASE latin ENCODING 'LATIN1' "
	    "TEMPLATE template0", NULL);
	dsn_is(&s, "host=%s user=liftd dbname=latin", cluster_dir);
	refused(&s, "has the encoding LATIN1, must be UTF8");
	s.settings.dsn = s.dsn;
	cluster_sql("postgres", "DROP DATABASE latin", NULL);
	sample_end(&s);
}
END_TEST

/* ---- schemas --------------------------------------------------------- */

START_TEST(another_programs_table_is_refused_and_left_alone)
{
	struct sample s;

	begin(&s);
	server_sql(&s, "CREATE TABLE entries (a int)", NULL);
	refused(&s, "holds another program's table 'entries'");
	server_sql(&s, "INSERT INTO entries VALUES (1)", NULL);
	sample_end(&s);
}
END_TEST

START_TEST(a_newer_schema_is_refused)
{
	struct sample s;

	begin(&s);
	sample_open(&s);
	sample_close(&s);
	server_sql(&s, "INSERT INTO migrations VALUES (9, 'later', 1)", NULL);
	refused(&s, "has schema 9, this liftd knows up to 2; start the newer "
	    "liftd");
	ck_assert_ptr_null(store_reader_open(&s.settings, &s.err));
	sample_end(&s);
}
END_TEST

START_TEST(a_reader_makes_no_tables)
{
	struct sample s;

	begin(&s);
	ck_assert_ptr_null(store_reader_open(&s.settings, &s.err));
	ck_assert_msg(strstr(s.err.text, "has schema 0, must be 2; start "
	    "liftd once") != NULL, "%s", s.err.text);
	sample_open(&s);
	sample_end(&s);
}
END_TEST

START_TEST(two_logs_may_live_in_one_database_in_schemas_of_their_own)
{
	struct store_query all = { .limit = 0 };
	struct sample s, other;

	begin(&s);
	sample_open(&s);
	sample_commit(&s, 1, 10);
	sample_begin(&other);
	server_sql(&s, "CREATE SCHEMA north", NULL);
	other.settings.driver = "postgres";
	dsn_is(&other, "%s options='-c search_path=north'", s.dsn);
	sample_open(&other);
	sample_commit(&other, 1, 3);
	ck_assert_uint_eq(sample_count(&s, &all), 10);
	ck_assert_uint_eq(sample_count(&other, &all), 3);
	sample_close(&other);
	sample_remove(other.dir);
	sample_end(&s);
}
END_TEST

/* ---- who writes ------------------------------------------------------ */

START_TEST(a_second_daemon_with_another_state_directory_is_refused)
{
	struct sample s, other;

	begin(&s);
	sample_open(&s);
	sample_begin(&other);
	other.settings.driver = "postgres";
	other.settings.dsn = s.dsn;
	refused(&other, "another liftd writes to database 't_");
	ck_assert_ptr_nonnull(strstr(other.err.text, cluster_dir));
	ck_assert(!other.err.again);
	sample_close(&s);
	sample_open(&other);
	sample_close(&other);
	sample_remove(other.dir);
	sample_end(&s);
}
END_TEST

START_TEST(durability_is_the_servers_synchronous_commit)
{
	static const char *const wanted[] = { "off", "on" };
	char sql[200], is[200];
	struct sample s;

	/* Seen by what a commit leaves unflushed is a race: ask instead. */
	for (int i = 0; i < 2; i++) {
		begin(&s);
		s.settings.durability = i == 0 ? STORE_PROCESS : STORE_POWER;
		snprintf(sql, sizeof(sql), "CREATE TABLE seen AS SELECT '' AS "
		    "how; CREATE FUNCTION look() RETURNS trigger LANGUAGE "
		    "plpgsql AS 'BEGIN UPDATE seen SET how=current_setting("
		    "''synchronous_commit''); RETURN NULL; END'");
		sample_open(&s);
		server_sql(&s, sql, NULL);
		server_sql(&s, "CREATE TRIGGER look AFTER INSERT ON entries "
		    "EXECUTE FUNCTION look()", NULL);
		sample_commit(&s, 1, 1);
		server_sql(&s, "SELECT how FROM seen", is);
		ck_assert_str_eq(is, wanted[i]);
		sample_end(&s);
	}
}
END_TEST

/* ---- connections that fail ------------------------------------------- */

START_TEST(a_connection_cut_between_two_batches_is_made_anew)
{
	struct store_query all = { .limit = 0 };
	struct sample s;

	begin(&s);
	sample_open(&s);
	for (uint64_t at = 1; at <= 1000; at += 100) {
		sample_commit(&s, at, 100);
		server_cut(&s);
	}
	ck_assert_uint_eq(sample_count(&s, &all), 1000);
	ck_assert_uint_eq(sample_count_effects(&s, &all), 1000);
	sample_end(&s);
}
END_TEST

/* The server commits and ends the session before it says so. */
START_TEST(a_commit_whose_answer_was_cut_off_is_not_done_twice)
{
	struct store_letter letter = { .received = 1,
		.source = lift_text("http"), .reason = lift_text("none"),
		.body = lift_text("{}") };
	struct store_batch batch;
	char count[200];
	struct sample s;

	begin(&s);
	sample_open(&s);
	sample_commit(&s, 1, 10);
	/* Rows that the lost batch would have put, put by somebody else who
	 * then cuts the line: to the driver it looks the same. */
	batch = sample_batch(&s, 11, 10);
	batch.letters = &letter;
	batch.letter_count = 1;
	server_sql(&s, "INSERT INTO entries SELECT seq + 10, kind, time + 10, "
	    "received + 10, id, key, body, sum FROM entries", NULL);
	server_cut(&s);
	ck_assert_msg(store_commit(s.store, &batch, &s.err), "%s",
	    s.err.text);
	server_sql(&s, "SELECT count(*) FROM entries", count);
	ck_assert_str_eq(count, "20");
	sample_end(&s);
}
END_TEST

START_TEST(entries_that_the_server_has_lost_are_said)
{
	struct store_batch batch;
	struct sample s;

	begin(&s);
	sample_open(&s);
	sample_commit(&s, 1, 20);
	server_sql(&s, "DELETE FROM entries WHERE seq > 15", NULL);
	server_cut(&s);
	batch = sample_batch(&s, 21, 5);
	ck_assert(!store_commit(s.store, &batch, &s.err));
	ck_assert_msg(strstr(s.err.text, "has lost entries 16 to 20, which it "
	    "had acknowledged") != NULL, "%s", s.err.text);
	sample_end(&s);
}
END_TEST

START_TEST(entries_of_somebody_else_are_said)
{
	struct store_batch batch;
	struct sample s;

	begin(&s);
	sample_open(&s);
	sample_commit(&s, 1, 10);
	server_sql(&s, "INSERT INTO entries SELECT seq + 10, kind, time, "
	    "received, id, key, body, sum FROM entries", NULL);
	server_cut(&s);
	batch = sample_batch(&s, 11, 5);
	ck_assert(!store_commit(s.store, &batch, &s.err));
	ck_assert_msg(strstr(s.err.text, "which this liftd did not write") !=
	    NULL, "%s", s.err.text);
	sample_end(&s);
}
END_TEST

START_TEST(a_query_that_is_cut_fails_and_the_next_one_does_not)
{
	struct store_query all = { .limit = 0 };
	struct store_reader *reader;
	struct store_entry entry;
	uint64_t count = 0;
	struct sample s;

	begin(&s);
	sample_open(&s);
	for (uint64_t at = 1; at <= 20000; at += 500)
		sample_commit(&s, at, 500);
	reader = sample_reader(&s);
	ck_assert(store_entries(reader, &all, &s.err));
	ck_assert(store_next_entry(reader, &entry, &s.err));
	server_cut(&s);
	while (store_next_entry(reader, &entry, &s.err))
		;
	ck_assert_int_eq(s.err.code, LIFT_E_STORE);
	ck_assert(s.err.again);
	ck_assert(store_entries(reader, &all, &s.err));
	while (store_next_entry(reader, &entry, &s.err))
		count++;
	ck_assert_uint_eq(count, 20000);
	store_reader_free(reader);
	sample_end(&s);
}
END_TEST

START_TEST(a_slow_reader_holds_no_transaction)
{
	struct store_query all = { .limit = 0 };
	struct store_reader *reader;
	struct store_entry entry;
	char count[200];
	struct sample s;

	begin(&s);
	sample_open(&s);
	for (uint64_t at = 1; at <= 5000; at += 500)
		sample_commit(&s, at, 500);
	reader = sample_reader(&s);
	ck_assert(store_entries(reader, &all, &s.err));
	ck_assert(store_next_entry(reader, &entry, &s.err));
	server_sql(&s, "SELECT count(*) FROM pg_stat_activity WHERE datname = "
	    "current_database() AND pid <> pg_backend_pid() AND (state <> "
	    "'idle' OR xact_start IS NOT NULL)", count);
	ck_assert_str_eq(count, "0");
	store_reader_free(reader);
	sample_end(&s);
}
END_TEST

/* ---- damage ---------------------------------------------------------- */

START_TEST(a_changed_row_and_a_missing_one_are_found_with_their_seq)
{
	struct store_query all = { .limit = 0 };
	struct store_reader *reader;
	struct sample s;

	begin(&s);
	sample_open(&s);
	for (uint64_t at = 1; at <= 5000; at += 500)
		sample_commit(&s, at, 500);
	server_sql(&s, "UPDATE entries SET time = 1 WHERE seq = 3000", NULL);
	ck_assert_uint_eq(sample_count(&s, &all), 2999);
	ck_assert_msg(strstr(s.err.text, "entries seq 3000 cannot be read (it "
	    "differs from its sum)") != NULL, "%s", s.err.text);
	server_sql(&s, "DELETE FROM entries WHERE seq BETWEEN 300 AND 302",
	    NULL);
	ck_assert_uint_eq(sample_count(&s, &all), 299);
	ck_assert_msg(strstr(s.err.text, "entries seq 300 to 302 cannot be "
	    "read (nothing is there)") != NULL, "%s", s.err.text);
	all.newest_first = true;
	ck_assert_uint_eq(sample_count(&s, &all), 2000);
	reader = sample_reader(&s);
	ck_assert(!store_check(reader, &s.err));
	store_reader_free(reader);
	sample_end(&s);
}
END_TEST

START_TEST(a_check_finds_effects_without_their_entry)
{
	struct store_reader *reader;
	struct sample s;

	begin(&s);
	sample_open(&s);
	sample_commit(&s, 1, 20);
	reader = sample_reader(&s);
	ck_assert_msg(store_check(reader, &s.err), "%s", s.err.text);
	server_sql(&s, "DELETE FROM entries WHERE seq > 18", NULL);
	ck_assert(!store_check(reader, &s.err));
	ck_assert_msg(strstr(s.err.text, "it has 2 effects of entries that "
	    "are not there") != NULL, "%s", s.err.text);
	store_reader_free(reader);
	sample_end(&s);
}
END_TEST

START_TEST(a_salvage_points_to_the_servers_own_tools)
{
	struct text report = { 0 };
	struct sample s;
	char into[80];

	begin(&s);
	snprintf(into, sizeof(into), "%s.saved", s.dir);
	ck_assert(!store_salvage(&s.settings, into, &report, &s.err));
	ck_assert_ptr_nonnull(strstr(s.err.text, "pg_amcheck and pg_dump"));
	sample_end(&s);
}
END_TEST

START_TEST(a_forgotten_shopper_is_in_no_table_file)
{
	struct store_shopper shoppers[] = {
		{ 1, lift_text("ann-who-stays") },
		{ 2, lift_text("bob-who-goes") } };
	struct store_batch batch = { .shoppers = shoppers,
		.shopper_count = 2 };
	char command[200];
	struct sample s;

	begin(&s);
	sample_open(&s);
	ck_assert(store_commit(s.store, &batch, &s.err));
	server_sql(&s, "CHECKPOINT", NULL);
	snprintf(command, sizeof(command), "grep -rqaF bob-who-goes "
	    "%s/data/base", cluster_dir);
	ck_assert_int_eq(system(command), 0);
	ck_assert_msg(store_forget(s.store, 2, &s.err), "%s", s.err.text);
	server_sql(&s, "CHECKPOINT", NULL);
	ck_assert_int_ne(system(command), 0);
	snprintf(command, sizeof(command), "grep -rqaF ann-who-stays "
	    "%s/data/base", cluster_dir);
	ck_assert_int_eq(system(command), 0);
	sample_end(&s);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("postgres");
	char hba[300];
	int failed;

	if (!cluster_begin()) {
		puts("SKIP: PostgreSQL's server is not there");
		return 77;
	}
	cluster_sql("postgres", "CREATE ROLE guest LOGIN PASSWORD 'right'",
	    NULL);
	cluster_sql("postgres", "CREATE ROLE poor LOGIN", NULL);
	snprintf(hba, sizeof(hba), "sed -i '1i local all guest "
	    "scram-sha-256' '%s/data/pg_hba.conf'", cluster_dir);
	if (system(hba) != 0)
		return 1;
	cluster_sql("postgres", "SELECT pg_reload_conf()", NULL);
	tcase_add_test(tests,
	    a_dsn_that_cannot_be_read_is_refused_and_not_said);
	tcase_add_test(tests, a_password_that_was_not_escaped_is_not_said);
	tcase_add_test(tests, a_server_that_is_not_there_is_said_and_may_come);
	tcase_add_test(tests, a_wrong_password_and_an_unknown_user_are_said);
	tcase_add_test(tests,
	    a_database_that_is_missing_is_said_with_how_to_make_it);
	tcase_add_test(tests, missing_privileges_are_said);
	tcase_add_test(tests, a_database_of_another_encoding_is_refused);
	tcase_add_test(tests,
	    another_programs_table_is_refused_and_left_alone);
	tcase_add_test(tests, a_newer_schema_is_refused);
	tcase_add_test(tests, a_reader_makes_no_tables);
	tcase_add_test(tests,
	    two_logs_may_live_in_one_database_in_schemas_of_their_own);
	tcase_add_test(tests,
	    a_second_daemon_with_another_state_directory_is_refused);
	tcase_add_test(tests, durability_is_the_servers_synchronous_commit);
	tcase_add_test(tests,
	    a_connection_cut_between_two_batches_is_made_anew);
	tcase_add_test(tests,
	    a_commit_whose_answer_was_cut_off_is_not_done_twice);
	tcase_add_test(tests, entries_that_the_server_has_lost_are_said);
	tcase_add_test(tests, entries_of_somebody_else_are_said);
	tcase_add_test(tests,
	    a_query_that_is_cut_fails_and_the_next_one_does_not);
	tcase_add_test(tests, a_slow_reader_holds_no_transaction);
	tcase_add_test(tests,
	    a_changed_row_and_a_missing_one_are_found_with_their_seq);
	tcase_add_test(tests, a_check_finds_effects_without_their_entry);
	tcase_add_test(tests, a_salvage_points_to_the_servers_own_tools);
	tcase_add_test(tests, a_forgotten_shopper_is_in_no_table_file);
	failed = sample_run(tests, "postgres");
	cluster_end();
	return failed;
}
