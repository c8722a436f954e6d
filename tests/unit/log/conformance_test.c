/* What any store promises, whatever its driver: each test runs over SQLite, and
 * over PostgreSQL where its server is installed. */
#include "sample.h"

#include <sys/wait.h>

#include "base/arena.h"

START_TEST(a_new_store_is_empty)
{
	struct store_query all = { .limit = 0 };
	uint64_t first = 9, last = 9;
	struct store_reader *reader;
	struct sample s;

	sample_begin_on(&s, _i);
	sample_open(&s);
	reader = sample_reader(&s);
	ck_assert(store_range(reader, &first, &last, &s.err));
	ck_assert_uint_eq(first, 0);
	ck_assert_uint_eq(last, 0);
	ck_assert_uint_eq(sample_count(&s, &all), 0);
	ck_assert_int_eq(s.err.code, LIFT_E_NONE);
	ck_assert(store_check(reader, &s.err));
	store_reader_free(reader);
	sample_end(&s);
}
END_TEST

START_TEST(what_was_committed_is_read_back)
{
	struct store_query all = { .limit = 0 };
	struct store_effect effect;
	struct store_reader *reader;
	struct store_entry entry;
	struct sample s;

	sample_begin_on(&s, _i);
	sample_open(&s);
	sample_commit(&s, 7, 3);
	sample_close(&s);
	sample_open(&s);
	reader = sample_reader(&s);
	ck_assert(store_entries(reader, &all, &s.err));
	ck_assert(store_next_entry(reader, &entry, &s.err));
	ck_assert_uint_eq(entry.seq, 7);
	ck_assert_uint_eq(entry.kind, LIFT_ENTRY_INTERACTION);
	ck_assert_int_eq(entry.time, 7);
	ck_assert_int_eq(entry.received, 7);
	ck_assert(lift_text_equal(entry.key, lift_text("odd")));
	ck_assert(lift_text_equal(entry.id,
	    lift_text("this is what entry 00000007 says")));
	ck_assert(store_effects(reader, &all, &s.err));
	ck_assert(store_next_effect(reader, &effect, &s.err));
	ck_assert_uint_eq(effect.seq, 7);
	ck_assert(lift_text_equal(effect.topic, lift_text("alert")));
	ck_assert_uint_eq(effect.reasons.size, 0);
	store_reader_free(reader);
	sample_end(&s);
}
END_TEST

START_TEST(a_body_may_hold_any_byte_and_be_large)
{
	static char large[3 << 20];
	struct store_query all = { .limit = 0 };
	struct store_entry entries[3] = {
		{ .seq = 1, .body = { "a\0\xff", 3 } },
		{ .seq = 2, .body = { large, sizeof(large) } },
		{ .seq = 3 },
	};
	struct store_batch batch = { .entries = entries, .entry_count = 3 };
	struct store_reader *reader;
	struct store_entry entry;
	struct sample s;

	memset(large, 'x', sizeof(large));
	sample_begin_on(&s, _i);
	sample_open(&s);
	ck_assert(store_commit(s.store, &batch, &s.err));
	reader = sample_reader(&s);
	ck_assert(store_entries(reader, &all, &s.err));
	for (int i = 0; i < 3; i++) {
		ck_assert(store_next_entry(reader, &entry, &s.err));
		ck_assert(lift_text_equal(entry.body, entries[i].body));
	}
	ck_assert(!store_next_entry(reader, &entry, &s.err));
	ck_assert_int_eq(s.err.code, LIFT_E_NONE);
	store_reader_free(reader);
	sample_end(&s);
}
END_TEST

START_TEST(a_batch_that_fails_leaves_nothing_and_can_be_repeated)
{
	struct store_query all = { .limit = 0 };
	struct store_batch batch;
	struct sample s;

	sample_begin_on(&s, _i);
	sample_open(&s);
	batch = sample_batch(&s, 1, 100);
	s.effects[99].seq = 1;		/* (1, 0) twice */
	ck_assert(!store_commit(s.store, &batch, &s.err));
	ck_assert_int_eq(s.err.code, LIFT_E_BUG);
	ck_assert_uint_eq(sample_count(&s, &all), 0);
	ck_assert_uint_eq(sample_count_effects(&s, &all), 0);
	s.effects[99].seq = 100;
	ck_assert(store_commit(s.store, &batch, &s.err));
	ck_assert_uint_eq(sample_count(&s, &all), 100);
	ck_assert_uint_eq(sample_count_effects(&s, &all), 100);
	sample_end(&s);
}
END_TEST

START_TEST(a_hole_in_the_log_is_refused)
{
	struct store_batch batch;
	struct sample s;

	sample_begin_on(&s, _i);
	sample_open(&s);
	sample_commit(&s, 1, 10);
	batch = sample_batch(&s, 12, 1);
	ck_assert(!store_commit(s.store, &batch, &s.err));
	ck_assert_str_eq(s.err.text,
	    "entry 12 does not follow the log, must be 11");
	batch = sample_batch(&s, 10, 1);
	ck_assert(!store_commit(s.store, &batch, &s.err));
	sample_commit(&s, 11, 5);
	sample_end(&s);
}
END_TEST

START_TEST(queries_are_narrowed_by_seq_time_id_and_key)
{
	struct store_query query = { .from_seq = 11, .to_seq = 20 };
	struct sample s;

	sample_begin_on(&s, _i);
	sample_open(&s);
	sample_commit(&s, 1, 100);
	ck_assert_uint_eq(sample_count(&s, &query), 10);
	query.key = lift_text("odd");
	ck_assert_uint_eq(sample_count(&s, &query), 5);
	query.limit = 2;
	ck_assert_uint_eq(sample_count(&s, &query), 2);
	query = (struct store_query){ .from_time = 91, .to_time = 95 };
	ck_assert_uint_eq(sample_count(&s, &query), 5);
	query = (struct store_query){
		.id = lift_text("this is what entry 00000042 says") };
	ck_assert_uint_eq(sample_count(&s, &query), 1);
	query.newest_first = true;
	ck_assert_uint_eq(sample_count(&s, &query), 1);
	query = (struct store_query){ .from_seq = 101 };
	ck_assert_uint_eq(sample_count(&s, &query), 0);
	ck_assert_int_eq(s.err.code, LIFT_E_NONE);
	sample_end(&s);
}
END_TEST

START_TEST(newest_first_runs_backwards_over_many_chunks)
{
	struct store_query query = { .newest_first = true };
	struct store_reader *reader;
	struct store_entry entry;
	uint64_t seq = 20000;
	struct sample s;

	sample_begin_on(&s, _i);
	sample_open(&s);
	for (uint64_t at = 1; at <= seq; at += 500)
		sample_commit(&s, at, 500);
	reader = sample_reader(&s);
	ck_assert(store_entries(reader, &query, &s.err));
	while (store_next_entry(reader, &entry, &s.err))
		ck_assert_uint_eq(entry.seq, seq--);
	ck_assert_int_eq(s.err.code, LIFT_E_NONE);
	ck_assert_uint_eq(seq, 0);
	store_reader_free(reader);
	sample_end(&s);
}
END_TEST

START_TEST(effects_are_narrowed_by_topic_and_id)
{
	struct store_query query = { .topic = lift_text("action") };
	struct sample s;

	sample_begin_on(&s, _i);
	sample_open(&s);
	for (uint64_t at = 1; at <= 15000; at += 500)
		sample_commit(&s, at, 500);
	ck_assert_uint_eq(sample_count_effects(&s, &query), 5000);
	query.newest_first = true;
	ck_assert_uint_eq(sample_count_effects(&s, &query), 5000);
	query.from_seq = 14998;
	ck_assert_uint_eq(sample_count_effects(&s, &query), 1);
	query = (struct store_query){
		.id = lift_text("this is what entry 00000042 says") };
	ck_assert_uint_eq(sample_count_effects(&s, &query), 1);
	query.topic = lift_text("alert");
	ck_assert_uint_eq(sample_count_effects(&s, &query), 0);
	sample_end(&s);
}
END_TEST

START_TEST(cursors_come_back_with_their_newest_seq)
{
	struct store_cursor cursors[] = {
		{ lift_text("bigquery"), 5 }, { lift_text("effects"), 9 } };
	struct store_batch batch = { .cursors = cursors, .cursor_count = 2 };
	struct store_reader *reader;
	struct store_cursor cursor;
	struct sample s;
	uint64_t seq = 1;

	sample_begin_on(&s, _i);
	sample_open(&s);
	ck_assert(store_commit(s.store, &batch, &s.err));
	cursors[1].seq = 30;
	ck_assert(store_commit(s.store, &batch, &s.err));
	reader = sample_reader(&s);
	ck_assert(store_cursor_seq(reader, lift_text("effects"), &seq,
	    &s.err));
	ck_assert_uint_eq(seq, 30);
	ck_assert(store_cursor_seq(reader, lift_text("nobody"), &seq,
	    &s.err));
	ck_assert_uint_eq(seq, 0);
	ck_assert(store_cursors(reader, &s.err));
	ck_assert(store_next_cursor(reader, &cursor, &s.err));
	ck_assert(lift_text_equal(cursor.name, lift_text("bigquery")));
	ck_assert(store_next_cursor(reader, &cursor, &s.err));
	ck_assert(!store_next_cursor(reader, &cursor, &s.err));
	ck_assert_int_eq(s.err.code, LIFT_E_NONE);
	store_reader_free(reader);
	sample_end(&s);
}
END_TEST

START_TEST(shoppers_come_back_by_token)
{
	struct store_shopper shoppers[] = {
		{ 2, lift_text("bob") }, { 1, lift_text("ann") } };
	struct store_batch batch = { .shoppers = shoppers,
		.shopper_count = 2 };
	struct store_reader *reader;
	struct store_shopper shopper;
	struct sample s;

	sample_begin_on(&s, _i);
	sample_open(&s);
	ck_assert(store_commit(s.store, &batch, &s.err));
	reader = sample_reader(&s);
	ck_assert(store_shoppers(reader, &s.err));
	ck_assert(store_next_shopper(reader, &shopper, &s.err));
	ck_assert(lift_text_equal(shopper.id, lift_text("ann")));
	ck_assert(store_next_shopper(reader, &shopper, &s.err));
	ck_assert_uint_eq(shopper.token, 2);
	ck_assert(!store_next_shopper(reader, &shopper, &s.err));
	store_reader_free(reader);
	sample_end(&s);
}
END_TEST

START_TEST(a_run_is_replaced_by_its_newer_state)
{
	struct store_run runs[] = {
		{ .job = lift_text("demand"), .state = lift_text("done"),
		  .planned = 10, .started = 11, .ended = 12, .attempt = 1 },
		{ .job = lift_text("report"), .state = lift_text("begun"),
		  .planned = 20, .started = 21 } };
	struct store_batch batch = { .runs = runs, .run_count = 2 };
	struct store_query demand = { .job = lift_text("demand") };
	struct store_query newest = { .newest_first = true };
	struct store_reader *reader;
	struct store_run run;
	struct sample s;

	sample_begin_on(&s, _i);
	sample_open(&s);
	ck_assert(store_commit(s.store, &batch, &s.err));
	runs[1].ended = 22;
	ck_assert(store_commit(s.store, &batch, &s.err));
	reader = sample_reader(&s);
	ck_assert(store_runs(reader, &demand, &s.err));
	ck_assert(store_next_run(reader, &run, &s.err));
	ck_assert_int_eq(run.ended, 12);
	ck_assert(!store_next_run(reader, &run, &s.err));
	ck_assert(store_runs(reader, &newest, &s.err));
	ck_assert(store_next_run(reader, &run, &s.err));
	ck_assert(lift_text_equal(run.job, lift_text("report")));
	ck_assert_int_eq(run.ended, 22);
	ck_assert(store_next_run(reader, &run, &s.err));
	ck_assert(!store_next_run(reader, &run, &s.err));
	store_reader_free(reader);
	sample_end(&s);
}
END_TEST

START_TEST(letters_come_newest_first_with_numbers_that_go_on)
{
	struct store_letter letters[] = {
		{ .received = 1, .source = lift_text("http"),
		  .reason = lift_text("no JSON"), .body = lift_text("{") },
		{ .received = 2, .source = lift_text("kafka"),
		  .reason = lift_text("no id"), .body = lift_text("{}") } };
	struct store_batch batch = { .letters = letters, .letter_count = 2 };
	struct store_query all = { .limit = 0 };
	struct store_reader *reader;
	struct store_letter letter;
	struct sample s;

	sample_begin_on(&s, _i);
	sample_open(&s);
	ck_assert(store_commit(s.store, &batch, &s.err));
	sample_close(&s);
	sample_open(&s);
	ck_assert(store_commit(s.store, &batch, &s.err));
	reader = sample_reader(&s);
	ck_assert(store_letters(reader, &all, &s.err));
	for (uint64_t number = 4; number >= 1; number--) {
		ck_assert(store_next_letter(reader, &letter, &s.err));
		ck_assert_uint_eq(letter.number, number);
		ck_assert(lift_text_equal(letter.source,
		    letters[(number - 1) % 2].source));
	}
	ck_assert(!store_next_letter(reader, &letter, &s.err));
	ck_assert_int_eq(s.err.code, LIFT_E_NONE);
	store_reader_free(reader);
	sample_end(&s);
}
END_TEST

START_TEST(kept_values_are_replaced)
{
	struct arena *arena = arena_new();
	struct store_reader *reader;
	struct lift_text value;
	struct sample s;

	sample_begin_on(&s, _i);
	sample_open(&s);
	ck_assert(store_keep(s.store, lift_text("rules"), lift_text("one"),
	    &s.err));
	ck_assert(store_keep(s.store, lift_text("rules"), lift_text("two"),
	    &s.err));
	reader = sample_reader(&s);
	ck_assert(store_value(reader, arena, lift_text("rules"), &value,
	    &s.err));
	ck_assert(lift_text_equal(value, lift_text("two")));
	ck_assert(store_value(reader, arena, lift_text("seed"), &value,
	    &s.err));
	ck_assert_uint_eq(value.size, 0);
	store_reader_free(reader);
	arena_free(arena);
	sample_end(&s);
}
END_TEST

START_TEST(a_forgotten_shopper_is_gone_and_others_stay)
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
	ck_assert_msg(store_forget(s.store, 2, &s.err), "%s", s.err.text);
	reader = sample_reader(&s);
	ck_assert(store_shoppers(reader, &s.err));
	ck_assert(store_next_shopper(reader, &shopper, &s.err));
	ck_assert(lift_text_equal(shopper.id, lift_text("ann-who-stays")));
	ck_assert(!store_next_shopper(reader, &shopper, &s.err));
	ck_assert_int_eq(s.err.code, LIFT_E_NONE);
	store_reader_free(reader);
	sample_commit(&s, 1, 1);
	sample_end(&s);
}
END_TEST

START_TEST(texts_may_hold_any_utf8_and_come_back_the_same)
{
	static const char *const ids[] = { "", "'; DROP TABLE entries; --",
		"\\x41", "\xc3\xa4\xe6\x97\xa5\xf0\x9f\x9b\x92", "a\tb\nc",
		"\xf4\x8f\xbf\xbf", "\\.", "\x01\x7f" };
	struct store_query all = { .limit = 0 };
	struct store_reader *reader;
	struct store_entry entry;
	struct store_batch batch;
	struct sample s;

	sample_begin_on(&s, _i);
	sample_open(&s);
	batch = sample_batch(&s, 1, sizeof(ids) / sizeof(ids[0]));
	for (size_t i = 0; i < batch.entry_count; i++)
		s.entries[i].id = s.entries[i].key = lift_text(ids[i]);
	ck_assert_msg(store_commit(s.store, &batch, &s.err), "%s",
	    s.err.text);
	reader = sample_reader(&s);
	ck_assert(store_entries(reader, &all, &s.err));
	for (size_t i = 0; i < batch.entry_count; i++) {
		ck_assert(store_next_entry(reader, &entry, &s.err));
		ck_assert(lift_text_equal(entry.id, lift_text(ids[i])));
		ck_assert(lift_text_equal(entry.key, lift_text(ids[i])));
	}
	store_reader_free(reader);
	sample_end(&s);
}
END_TEST

START_TEST(a_reason_that_is_no_utf8_does_not_stop_the_log)
{
	struct store_letter letters[] = { { .received = 1,
		.source = lift_text("http"), .body = { "\0\xff", 2 },
		.reason = lift_text("cut in a \xc3") } };
	struct store_batch batch = { .letters = letters, .letter_count = 1 };
	struct store_query all = { .limit = 0 };
	struct store_reader *reader;
	struct store_letter letter;
	struct sample s;

	sample_begin_on(&s, _i);
	sample_open(&s);
	ck_assert_msg(store_commit(s.store, &batch, &s.err), "%s",
	    s.err.text);
	reader = sample_reader(&s);
	ck_assert(store_letters(reader, &all, &s.err));
	ck_assert_msg(store_next_letter(reader, &letter, &s.err), "%s",
	    s.err.text);
	ck_assert(lift_text_equal(letter.body, letters[0].body));
	ck_assert_int_eq(strncmp(letter.reason.data, "cut in a ", 9), 0);
	store_reader_free(reader);
	sample_end(&s);
}
END_TEST

static void
prune_all(struct sample *s, int64_t before, uint64_t keep, uint32_t limit)
{
	bool more = true;

	while (more)
		ck_assert_msg(store_prune(s->store, before, keep, limit,
		    &more, &s->err), "%s", s->err.text);
}

START_TEST(a_prune_stays_below_its_bounds)
{
	struct store_query all = { .limit = 0 };
	struct store_reader *reader;
	uint64_t first, last;
	struct sample s;

	sample_begin_on(&s, _i);
	sample_open(&s);
	sample_commit(&s, 1, 500);
	prune_all(&s, 400, 100, 7);	/* KEEP is the nearer bound */
	ck_assert_uint_eq(sample_count(&s, &all), 400);
	ck_assert_uint_eq(sample_count_effects(&s, &all), 400);
	prune_all(&s, 200, 450, 1000);	/* now it is BEFORE */
	ck_assert_uint_eq(sample_count(&s, &all), 301);
	prune_all(&s, INT64_MAX, UINT32_MAX, 100);
	reader = sample_reader(&s);
	ck_assert(store_range(reader, &first, &last, &s.err));
	ck_assert_uint_eq(first, 500);	/* the newest one stays */
	ck_assert_uint_eq(last, 500);
	ck_assert(store_check(reader, &s.err));
	store_reader_free(reader);
	sample_commit(&s, 501, 1);
	sample_end(&s);
}
END_TEST

START_TEST(a_prune_takes_no_more_than_its_limit_at_a_time)
{
	struct store_query all = { .limit = 0 };
	bool more = false;
	struct sample s;

	sample_begin_on(&s, _i);
	sample_open(&s);
	sample_commit(&s, 1, 300);
	ck_assert(store_prune(s.store, 1000, 299, 50, &more, &s.err));
	ck_assert(more);
	ck_assert_uint_ge(sample_count(&s, &all), 250);
	ck_assert_uint_ge(sample_count_effects(&s, &all), 250);
	sample_end(&s);
}
END_TEST

START_TEST(a_query_goes_on_while_its_rows_are_pruned)
{
	struct store_query all = { .limit = 0 };
	struct store_reader *reader;
	struct store_entry entry;
	struct sample s;

	sample_begin_on(&s, _i);
	sample_open(&s);
	for (uint64_t at = 1; at <= 10000; at += 500)
		sample_commit(&s, at, 500);
	reader = sample_reader(&s);
	ck_assert(store_entries(reader, &all, &s.err));
	ck_assert(store_next_entry(reader, &entry, &s.err));
	prune_all(&s, INT64_MAX, 9000, 1000);
	while (store_next_entry(reader, &entry, &s.err))
		;
	ck_assert_msg(s.err.code == LIFT_E_NONE, "%s", s.err.text);
	ck_assert_uint_eq(entry.seq, 10000);
	store_reader_free(reader);
	sample_end(&s);
}
END_TEST

START_TEST(a_query_ends_where_the_log_ended_when_it_began)
{
	struct store_query all = { .limit = 0 };
	struct store_reader *reader;
	struct store_entry entry;
	uint64_t count = 0;
	struct sample s;

	sample_begin_on(&s, _i);
	sample_open(&s);
	sample_commit(&s, 1, 10);
	reader = sample_reader(&s);
	ck_assert(store_entries(reader, &all, &s.err));
	sample_commit(&s, 11, 10);
	while (store_next_entry(reader, &entry, &s.err))
		count++;
	ck_assert_uint_eq(count, 10);
	store_reader_free(reader);
	sample_end(&s);
}
END_TEST

/* A child that opens the store, and keeps it until it is told. */
static pid_t
child_with_store(struct sample *s, int ready[2], int leave[2])
{
	char byte = 'x';
	pid_t child;

	ck_assert_int_eq(pipe(ready) | pipe(leave), 0);
	child = fork();
	if (child != 0) {
		close(leave[0]);
		ck_assert_int_eq(read(ready[0], &byte, 1), 1);
		return child;
	}
	close(leave[1]);
	s->store = store_open(&s->settings, &s->err);
	if (write(ready[1], &byte, 1) == 1 && read(leave[0], &byte, 1) < 0)
		_exit(1);
	store_close(s->store);
	_exit(0);
}

START_TEST(a_second_daemon_is_refused_and_a_reader_is_not)
{
	struct store_query all = { .limit = 0 };
	int ready[2], leave[2];
	char named[40];
	struct sample s;
	pid_t child;

	sample_begin_on(&s, _i);
	child = child_with_store(&s, ready, leave);
	ck_assert_ptr_null(store_open(&s.settings, &s.err));
	ck_assert_int_eq(s.err.code, LIFT_E_STORE);
	snprintf(named, sizeof(named), "process %ld already runs on",
	    (long)child);
	ck_assert_msg(strstr(s.err.text, named) != NULL, "%s", s.err.text);
	ck_assert_uint_eq(sample_count(&s, &all), 0);
	close(leave[1]);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	sample_open(&s);
	sample_end(&s);
}
END_TEST

START_TEST(an_unknown_driver_and_a_missing_directory_have_sentences)
{
	struct sample s;

	sample_begin(&s);
	s.settings.driver = "oracle";
	ck_assert_ptr_null(store_open(&s.settings, &s.err));
	ck_assert_str_eq(s.err.text,
	    "the store's driver is 'oracle', must be sqlite or "
	    "postgres");
	s.settings.driver = "sqlite";
	s.settings.state = "/nowhere/at/all";
	ck_assert_ptr_null(store_open(&s.settings, &s.err));
	ck_assert_ptr_nonnull(strstr(s.err.text, "'/nowhere/at/all'"));
	ck_assert_ptr_null(store_reader_open(&s.settings, &s.err));
	sample_end(&s);
}
END_TEST

START_TEST(a_store_describes_itself)
{
	struct text text = { 0 };
	struct store_reader *reader;
	struct sample s;

	sample_begin_on(&s, _i);
	sample_open(&s);
	reader = sample_reader(&s);
	ck_assert(store_describe(reader, &text, &s.err));
	ck_assert_ptr_nonnull(strstr(text.data, _i == SAMPLE_SQLITE ?
	    "\"driver\":\"sqlite\"" : "\"driver\":\"postgres\""));
	ck_assert_ptr_nonnull(strstr(text.data, "\"schema\":2"));
	ck_assert_ptr_nonnull(strstr(text.data, "\"durability\":\"process\""));
	text_done(&text);
	store_reader_free(reader);
	sample_end(&s);
}
END_TEST

START_TEST(what_is_flushed_is_worth_a_larger_transaction)
{
	struct sample s;
	unsigned worth;

	sample_begin(&s);
	sample_open(&s);
	worth = store_worth(s.store);
	store_close(s.store);
	s.settings.durability = STORE_POWER;
	s.store = store_open(&s.settings, &s.err);
	ck_assert_uint_gt(worth, 0);
	ck_assert_uint_gt(store_worth(s.store), worth);
	sample_end(&s);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("conformance");
	int drivers = cluster_begin() ? 2 : 1, failed;

	if (drivers == 1)
		puts("SKIP postgres: its server is not there");
#define EACH(test)	tcase_add_loop_test(tests, test, 0, drivers)
	tcase_add_test(tests, what_is_flushed_is_worth_a_larger_transaction);
	EACH(a_new_store_is_empty);
	EACH(what_was_committed_is_read_back);
	EACH(a_body_may_hold_any_byte_and_be_large);
	EACH(texts_may_hold_any_utf8_and_come_back_the_same);
	EACH(a_reason_that_is_no_utf8_does_not_stop_the_log);
	EACH(a_batch_that_fails_leaves_nothing_and_can_be_repeated);
	EACH(a_hole_in_the_log_is_refused);
	EACH(queries_are_narrowed_by_seq_time_id_and_key);
	EACH(newest_first_runs_backwards_over_many_chunks);
	EACH(effects_are_narrowed_by_topic_and_id);
	EACH(cursors_come_back_with_their_newest_seq);
	EACH(shoppers_come_back_by_token);
	EACH(a_run_is_replaced_by_its_newer_state);
	EACH(letters_come_newest_first_with_numbers_that_go_on);
	EACH(kept_values_are_replaced);
	EACH(a_forgotten_shopper_is_gone_and_others_stay);
	EACH(a_prune_stays_below_its_bounds);
	EACH(a_prune_takes_no_more_than_its_limit_at_a_time);
	EACH(a_query_goes_on_while_its_rows_are_pruned);
	EACH(a_query_ends_where_the_log_ended_when_it_began);
	EACH(a_second_daemon_is_refused_and_a_reader_is_not);
	EACH(a_store_describes_itself);
#undef EACH
	tcase_add_test(tests,
	    an_unknown_driver_and_a_missing_directory_have_sentences);
	failed = sample_run(tests, "conformance");
	cluster_end();
	return failed;
}
