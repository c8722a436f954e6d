/* What the store's tests share: a directory of their own, and batches whose
 * content follows from the seq, so that one can tell what must be there. */
#ifndef UNIT_LOG_SAMPLE_H
#define UNIT_LOG_SAMPLE_H

#include <check.h>
#include <stdlib.h>
#include <unistd.h>

#include "cluster.h"
#include "log/store.h"

#define SAMPLE_MOST	500

struct sample {
	char                  dir[64], dsn[200];
	struct store_settings settings;
	struct store         *store;
	struct lift_error     err;
	struct store_entry    entries[SAMPLE_MOST];
	struct store_effect   effects[SAMPLE_MOST];
	char                  texts[SAMPLE_MOST][64];
};

/* The drivers, by the number that a test is run with. */
enum { SAMPLE_SQLITE, SAMPLE_POSTGRES };

/* A new, empty store of a driver. */
static inline void
sample_begin_on(struct sample *s, int driver)
{
	memset(s, 0, sizeof(*s));
	strcpy(s->dir, "/tmp/liftd-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(s->dir));
	s->settings = (struct store_settings){ "sqlite", s->dir,
		STORE_PROCESS };
	if (driver == SAMPLE_SQLITE)
		return;
	cluster_make(s->dir, s->dsn);
	s->settings.driver = "postgres";
	s->settings.dsn = s->dsn;
}

static inline void
sample_begin(struct sample *s)
{
	sample_begin_on(s, SAMPLE_SQLITE);
}

static inline void
sample_remove(const char *dir)
{
	char command[200];

	snprintf(command, sizeof(command), "rm -rf '%s' '%s.saved'", dir, dir);
	ck_assert_int_eq(system(command), 0);
}

static inline void
sample_open(struct sample *s)
{
	s->store = store_open(&s->settings, &s->err);
	ck_assert_msg(s->store != NULL, "%s", s->err.text);
}

static inline void
sample_close(struct sample *s)
{
	store_close(s->store);
	s->store = NULL;
}

static inline void
sample_end(struct sample *s)
{
	sample_close(s);
	if (s->settings.dsn != NULL)
		cluster_unmake(s->dir);
	sample_remove(s->dir);
}

/* COUNT entries from FIRST on, received at their seq, with an effect each. */
static inline struct store_batch
sample_batch(struct sample *s, uint64_t first, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t seq = first + i;
		int size = snprintf(s->texts[i], sizeof(s->texts[i]),
		    "this is what entry %08llu says",
		    (unsigned long long)seq);
		struct lift_text text = { s->texts[i], (size_t)size };

		s->entries[i] = (struct store_entry){ .seq = seq,
			.kind = LIFT_ENTRY_INTERACTION, .time = (int64_t)seq,
			.received = (int64_t)seq, .id = text,
			.key = lift_text(seq % 2 ? "odd" : "even"),
			.body = text };
		s->effects[i] = (struct store_effect){ .seq = seq,
			.ordinal = 0, .time = (int64_t)seq, .id = text,
			.topic = lift_text(seq % 3 ? "alert" : "action"),
			.key = lift_text("key"), .body = text };
	}
	return (struct store_batch){ .entries = s->entries,
		.entry_count = count, .effects = s->effects,
		.effect_count = count };
}

static inline void
sample_commit(struct sample *s, uint64_t first, size_t count)
{
	struct store_batch batch = sample_batch(s, first, count);

	ck_assert_msg(store_commit(s->store, &batch, &s->err), "%s",
	    s->err.text);
}

static inline struct store_reader *
sample_reader(struct sample *s)
{
	struct store_reader *reader = store_reader_open(&s->settings, &s->err);

	ck_assert_msg(reader != NULL, "%s", s->err.text);
	return reader;
}

/* How many entries a query finds, each with the right body. */
static inline uint64_t
sample_count(struct sample *s, const struct store_query *query)
{
	struct store_reader *reader = sample_reader(s);
	struct store_entry entry;
	uint64_t count = 0;
	char body[64];

	ck_assert(store_entries(reader, query, &s->err));
	while (store_next_entry(reader, &entry, &s->err)) {
		snprintf(body, sizeof(body), "this is what entry %08llu says",
		    (unsigned long long)entry.seq);
		ck_assert(lift_text_equal(entry.body, lift_text(body)));
		count++;
	}
	store_reader_free(reader);
	return count;
}

static inline uint64_t
sample_count_effects(struct sample *s, const struct store_query *query)
{
	struct store_reader *reader = sample_reader(s);
	struct store_effect effect;
	uint64_t count = 0;

	ck_assert(store_effects(reader, query, &s->err));
	while (store_next_effect(reader, &effect, &s->err))
		count++;
	store_reader_free(reader);
	return count;
}

static inline int
sample_run(TCase *tests, const char *name)
{
	Suite *suite = suite_create(name);
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 120);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

#endif
