/* A stream gives each row once and in order, whenever it begins, however slowly
 * it is read, and wherever it was cut off: from a real store and a real tape,
 * with entries that are folded and not yet committed. */
#include "../log/sample.h"

#include "base/hash.h"
#include "doors/stream.h"
#include "engine/engine_parts.h"
#include "engine/entry.h"
#include "house/house_parts.h"
#include "house/tape.h"

enum { LARGE = 20000 };

struct fixture {
	struct sample         sample;
	struct house          house;
	struct stream_source *source;
	uint64_t              folded, committed, random;
	char                  large[LARGE + 3];
	char                  ids[SAMPLE_MOST][24];
	struct text           bodies[SAMPLE_MOST];
};

static void
fixture_begin(struct fixture *f)
{
	static const struct engine_settings settings = { .seen_count = 64 };

	memset(f, 0, sizeof(*f));
	sample_begin(&f->sample);
	sample_open(&f->sample);
	f->house.store = f->sample.store;
	f->house.engine = engine_new(&settings, NULL, NULL, 0, NULL);
	f->house.identity = identity_new();
	f->house.feed = feed_new(f->house.engine);
	f->source = stream_source_new(&f->house);
	memset(f->large, 'x', LARGE + 2);
	f->large[0] = f->large[LARGE + 1] = '"';
}

static void
fixture_end(struct fixture *f)
{
	stream_source_free(f->source);
	feed_free(f->house.feed);
	identity_free(f->house.identity);
	engine_free(f->house.engine);
	for (unsigned i = 0; i < SAMPLE_MOST; i++)
		text_done(&f->bodies[i]);
	sample_end(&f->sample);
}

/* Folds one view, with two effects of the topic `late`. */
static void
fold(struct fixture *f, bool large)
{
	const struct vocabulary *v = engine_vocabulary(f->house.engine);
	size_t at = f->folded++ - f->committed;
	struct lift_entry e = { .seq = f->folded, .time = 1, .received = 1,
		.kind = LIFT_ENTRY_INTERACTION, .type = LIFT_VIEW,
		.type_name = LIFT_TEXT_OF("view") };
	struct lift_value values[8] = { { 0 } };

	snprintf(f->ids[at], sizeof(f->ids[at]), "e-%llu",
	    (unsigned long long)e.seq);
	e.id = lift_text(f->ids[at]);
	if (large)
		e.properties = (struct lift_text){ f->large, LARGE + 2 };
	text_clear(&f->bodies[at]);
	entry_encode(&f->bodies[at], &e);
	engine_fold(f->house.engine, &e);
	for (uint32_t i = 0; i < 2; i++) {
		struct effect effect = { .seq = e.seq, .ordinal = i,
			.topic = &v->topics[ENGINE_LATE],
			.values = values };
		snprintf(effect.id, sizeof(effect.id), "%llu.%u",
		    (unsigned long long)e.seq, i);
		feed_effect(f->house.feed, &effect);
	}
	feed_entry(f->house.feed, &e, LIFT_TEXT_OF(""));
}

/* Stores what was folded, and shows it. */
static void
commit(struct fixture *f)
{
	size_t n = f->folded - f->committed;
	static struct store_effect effects[2 * SAMPLE_MOST];
	static char ids[2 * SAMPLE_MOST][24];
	struct sample *s = &f->sample;

	for (size_t i = 0; i < n; i++) {
		uint64_t seq = f->committed + 1 + i;
		s->entries[i] = (struct store_entry){ .seq = seq,
			.kind = LIFT_ENTRY_INTERACTION, .time = 1,
			.received = 1, .id = lift_text(f->ids[i]),
			.body = text_view(&f->bodies[i]) };
		for (uint32_t k = 0; k < 2; k++) {
			snprintf(ids[2 * i + k], 24, "%llu.%u",
			    (unsigned long long)seq, k);
			effects[2 * i + k] = (struct store_effect){
				.seq = seq, .ordinal = k, .time = 1,
				.id = lift_text(ids[2 * i + k]),
				.topic = LIFT_TEXT_OF("late"),
				.body = LIFT_TEXT_OF("{}") };
		}
	}
	struct store_batch batch = { .entries = s->entries, .entry_count = n,
		.effects = effects, .effect_count = 2 * n };
	ck_assert_msg(n == 0 || store_commit(s->store, &batch, &s->err),
	    "%s", s->err.text);
	f->committed = f->folded;
	feed_commit(f->house.feed, f->committed);
}

/* A line a row: its resume, or the name of a notice. */
static void
line_form(struct text *t, const struct stream_row *row)
{
	const char *at = strstr(row->json.data, "\"resume\":\"");

	ck_assert_ptr_nonnull(at);
	if (strncmp(row->json.data, "{\"type\"", 7) == 0)
		text_form(t, "%s\n", row->type);
	else
		text_form(t, "%.*s\n", (int)strcspn(at + 10, "\""), at + 10);
}

/* Reads at most so many pieces into GOT; false when nothing is left. */
static bool
take(struct stream *s, int pieces, struct text *got)
{
	struct lift_error err = { 0 };
	struct lift_text bytes;

	while (pieces-- > 0) {
		enum stream_state state = stream_take(s, &bytes, &err);
		ck_assert_msg(state != STREAM_BROKEN, "%s", err.text);
		text_add(got, bytes.data, bytes.size);
		if (state == STREAM_WAITS)
			return false;
	}
	return true;
}

/* That GOT has all rows from seq FROM to TO, each once, in order. */
static void
whole(const struct text *got, uint64_t from, uint64_t to, unsigned *ret_gaps)
{
	static const char *const ends[] = { ".0\n", ".1\n", "\n" };
	const char *at = got->data != NULL ? got->data : "";
	char want[32];

	for (uint64_t seq = from; seq <= to; seq++)
		for (unsigned i = 0; i < 3; i++) {
			if (strncmp(at, "gap\n", 4) == 0) {
				at += 4;
				++*ret_gaps;
			}
			snprintf(want, sizeof(want), "%llu%s",
			    (unsigned long long)seq, ends[i]);
			ck_assert_msg(strncmp(at, want, strlen(want)) == 0,
			    "%.20s instead of %s", at, want);
			at += strlen(want);
		}
	ck_assert_str_eq(at, "");
}

static struct stream *
subscribe(struct fixture *f, const char *since)
{
	struct stream *s = stream_new(f->source, line_form);
	struct lift_error err;

	ck_assert(stream_topics(s, LIFT_TEXT_OF("late,interaction"), &err));
	if (since != NULL)
		ck_assert_msg(stream_resume(s, lift_text(since), &err), "%s",
		    err.text);
	return s;
}

START_TEST(what_is_under_way_when_it_begins_comes_once)
{
	struct fixture f;
	struct text got = { 0 };
	unsigned gaps = 0;

	fixture_begin(&f);
	for (int i = 0; i < 3; i++)
		fold(&f, false);
	commit(&f);
	fold(&f, false);
	struct stream *s = subscribe(&f, NULL);
	ck_assert(!take(s, 10, &got));
	fold(&f, false);
	commit(&f);
	fold(&f, false);
	ck_assert(!take(s, 10, &got));
	commit(&f);
	ck_assert(!take(s, 10, &got));
	ck_assert(!stream_heals(s));
	whole(&got, 4, 6, &gaps);
	ck_assert_uint_eq(gaps, 0);
	text_done(&got);
	stream_free(s);
	fixture_end(&f);
}
END_TEST

START_TEST(a_reader_cut_off_anywhere_goes_on_behind_its_last_row)
{
	struct fixture f;

	fixture_begin(&f);
	for (int i = 0; i < 4; i++)
		fold(&f, false);
	commit(&f);
	static const char *const places[] = { "0", "1", "2.0", "2.1", "2",
		"4.1" };
	static const char *const first[] = { "1.0\n", "2.0\n", "2.1\n", "2\n",
		"3.0\n", "4\n" };
	for (int i = 0; i < 6; i++) {
		struct stream *s = subscribe(&f, places[i]);
		struct text got = { 0 };
		ck_assert(!take(s, 10, &got));
		ck_assert_msg(strncmp(got.data, first[i], strlen(first[i])) ==
		    0, "behind %s comes %s", places[i], got.data);
		ck_assert_str_eq(got.data + got.size - 2, "4\n");
		text_done(&got);
		stream_free(s);
	}
	fixture_end(&f);
}
END_TEST

START_TEST(a_place_that_is_none_is_refused_and_one_ahead_is_told)
{
	static const char *const wrong[] = { "x", "-1", "1.", "1.x", "1 ",
		"99999999999999999999", "1.9999999999" };
	struct fixture f;
	struct lift_error err;
	struct text got = { 0 };

	fixture_begin(&f);
	struct stream *s = subscribe(&f, NULL);
	for (int i = 0; i < 7; i++)
		ck_assert(!stream_resume(s, lift_text(wrong[i]), &err));
	ck_assert(stream_resume(s, LIFT_TEXT_OF("500"), &err));
	take(s, 10, &got);
	ck_assert_str_eq(got.data, "gap\n");
	ck_assert(!stream_topic(s, LIFT_TEXT_OF("vieew"), true, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "perhaps you mean view"));
	text_done(&got);
	stream_free(s);
	fixture_end(&f);
}
END_TEST

/* Folds, commits and reads by chance, with rows large enough that the tape
 * runs away from the slow ones of them. */
START_TEST(slow_and_fast_readers_get_each_row_once)
{
	struct fixture f;
	struct stream *s[4];
	struct text got[4] = { { 0 } };
	unsigned gaps = 0, quick = 0;

	fixture_begin(&f);
	f.random = (uint64_t)_i + 1;
	for (int i = 0; i < 4; i++)
		s[i] = subscribe(&f, NULL);
	for (int n = 0; n < 1500; n++) {
		f.random = hash_mix(f.random, 7);
		if (f.folded - f.committed < 100)
			fold(&f, true);
		if (f.random % 20 == 0)
			commit(&f);
		if (f.random / 32 % 8 == 0)
			take(s[0], 3, &got[0]);
		if (f.random / 32 % 64 == 1)
			take(s[1], 2, &got[1]);
		if (n % 700 == 600)
			take(s[2], 40, &got[2]);
		take(s[3], 100, &got[3]);
	}
	commit(&f);
	for (int i = 0; i < 4; i++) {
		while (take(s[i], 10, &got[i]))
			;
		whole(&got[i], 1, f.folded, i == 3 ? &quick : &gaps);
		text_done(&got[i]);
		stream_free(s[i]);
	}
	ck_assert_uint_gt(gaps, 0);
	ck_assert_uint_eq(quick, 0);
	fixture_end(&f);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("stream");
	TCase *c = tcase_create("stream");

	tcase_set_timeout(c, 120);
	tcase_add_test(c, what_is_under_way_when_it_begins_comes_once);
	tcase_add_test(c,
	    a_reader_cut_off_anywhere_goes_on_behind_its_last_row);
	tcase_add_test(c,
	    a_place_that_is_none_is_refused_and_one_ahead_is_told);
	tcase_add_loop_test(c, slow_and_fast_readers_get_each_row_once, 0, 4);
	suite_add_tcase(s, c);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
