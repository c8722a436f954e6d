/* Which tokens are one shopper, and what the fold makes of it. */
#include "shop.h"

#include "engine/person.h"

/* ---- persons ------------------------------------------------------------- */

START_TEST(nobody_is_anybody_else_at_first)
{
	struct persons *p = persons_new();

	ck_assert_uint_eq(persons_of(p, 7), 7);
	ck_assert_uint_eq(persons_next(p, 7), 7);
	ck_assert(!persons_is_known(p, 7));
	ck_assert_uint_eq(persons_highest(p), 0);
	persons_free(p);
	persons_free(NULL);
}
END_TEST

START_TEST(a_merged_token_is_the_person_it_went_into)
{
	struct persons *p = persons_new();

	ck_assert(persons_merge(p, 3, 9));
	ck_assert(persons_merge(p, 12, 3));
	ck_assert_uint_eq(persons_of(p, 3), 9);
	ck_assert_uint_eq(persons_of(p, 12), 9);
	ck_assert_uint_eq(persons_of(p, 9), 9);
	ck_assert(persons_is_known(p, 12));
	/* The circle has all three. */
	uint32_t a = persons_next(p, 9), b = persons_next(p, a);
	ck_assert_uint_eq(a + b, 15);
	ck_assert_uint_eq(persons_next(p, b), 9);
	ck_assert_uint_eq(persons_highest(p), 12);
	persons_free(p);
}
END_TEST

START_TEST(a_merge_again_turned_or_of_two_who_are_known_changes_nothing)
{
	struct persons *p = persons_new();

	ck_assert_int_eq(persons_look(p, 3, 9), PERSON_MERGES);
	ck_assert(persons_merge(p, 3, 9));
	ck_assert_int_eq(persons_look(p, 3, 9), PERSON_SAME);
	ck_assert(!persons_merge(p, 3, 9));
	ck_assert_int_eq(persons_look(p, 9, 3), PERSON_TURNED);
	ck_assert(!persons_merge(p, 9, 3));
	ck_assert_int_eq(persons_look(p, 4, 4), PERSON_SAME);
	persons_know(p, 5);
	ck_assert_int_eq(persons_look(p, 5, 9), PERSON_KNOWN);
	/* The anonymous one is somebody's already. */
	ck_assert_int_eq(persons_look(p, 3, 5), PERSON_KNOWN);
	ck_assert(!persons_merge(p, 3, 5));
	ck_assert_uint_eq(persons_of(p, 3), 9);
	ck_assert(!persons_merge(p, 0, 5));
	ck_assert(!persons_merge(p, 5, 0));
	persons_free(p);
}
END_TEST

/* ---- the fold ------------------------------------------------------------ */

/* What a plugin keeps of shoppers: how often each was met. */
struct guests {
	const struct lift_host *host;
	uint32_t                met[16];
};

static void *
guests_open(const struct lift_host *host, const void *settings,
    struct lift_error *err)
{
	struct guests *g = calloc(1, sizeof(*g));

	(void)settings, (void)err;
	g->host = host;
	return g;
}

static void
guests_entry(void *self, const struct lift_entry *e,
    const struct lift_moment *moment)
{
	struct guests *g = self;

	(void)moment;
	if (e->kind == LIFT_ENTRY_INTERACTION)
		g->met[e->shopper]++;
	if (e->kind == LIFT_ENTRY_IDENTITY && e->merged != 0) {
		g->met[e->shopper] += g->met[e->merged];
		g->met[e->merged] = 0;
	}
}

static void
guests_save(void *self, void *snapshot)
{
	struct guests *g = self;

	g->host->put(snapshot, g->met, sizeof(g->met));
}

static bool
guests_load(void *self, void *snapshot, uint32_t version,
    struct lift_error *err)
{
	struct guests *g = self;

	(void)version, (void)err;
	return g->host->take(snapshot, g->met, sizeof(g->met));
}

static const struct lift_plugin guests = {
	.magic = LIFT_PLUGIN_MAGIC, .abi = LIFT_PLUGIN_ABI,
	.size = sizeof(guests), .name = "guests", .summary = "meets shoppers",
	.open = guests_open, .close = free, .entry = guests_entry,
	.save = guests_save, .load = guests_load, .state_version = 1,
};

struct inn {
	struct shop     shop;
	struct roster  *roster;
	struct sandbox *sandbox;
	struct engine  *engine;
};

static void
inn_open(struct inn *i)
{
	static const struct lift_plugin *const plugins[] = { &guests };
	struct lift_error err;

	*i = (struct inn){ .shop = { .arena = arena_new(),
		.settings = shop_settings } };
	i->roster = roster_of(plugins, 1);
	struct sandbox_setup setup = { .roster = i->roster,
		.engine = &i->shop.settings };
	i->sandbox = sandbox_new(&setup, findings_new(i->shop.arena), &err);
	ck_assert_msg(i->sandbox != NULL, "%s", err.text);
	i->shop.sandbox = i->sandbox;
	i->engine = sandbox_engine(i->sandbox);
}

static void
inn_close(struct inn *i)
{
	sandbox_free(i->sandbox);
	roster_free(i->roster);
	arena_free(i->shop.arena);
}

static void
inn_buy(struct inn *i, uint32_t shopper, int64_t second)
{
	struct lift_entry e = shop_purchase(&i->shop, second, "LAMP");

	e.shopper = shopper;
	shop_fold(&i->shop, &e);
}

static void
inn_merge(struct inn *i, uint32_t token, uint32_t into)
{
	shop_body(&i->shop, LIFT_ENTRY_IDENTITY, 1, arena_form(i->shop.arena,
	    "{\"shopper\":%u,\"merge\":%u,\"known\":true}", into, token));
}

/* What is kept of shopper 2 when 1 is merged into it at the place WHEN of
 * five purchases. */
static struct hash128
merged_at(unsigned when, struct lift_shopper *ret)
{
	static const uint32_t who[] = { 1, 2, 1, 1, 2 };
	struct inn i;

	inn_open(&i);
	for (unsigned n = 0; n < 5; n++) {
		if (n == when)
			inn_merge(&i, 1, 2);
		inn_buy(&i, who[n], 100 - 7 * (int64_t)n);
	}
	if (when == 5)
		inn_merge(&i, 1, 2);
	*ret = *world_shopper(engine_world(i.engine), 2);
	ck_assert_uint_eq(world_shopper(engine_world(i.engine),
	    1)->interactions, 0);
	struct hash128 h = engine_digest(i.engine);
	inn_close(&i);
	return h;
}

START_TEST(what_is_kept_of_two_does_not_depend_on_when_they_became_one)
{
	struct lift_shopper first, s;
	struct hash128 h = merged_at(0, &first);

	ck_assert_uint_eq(first.interactions, 5);
	ck_assert_uint_eq(first.purchases, 5);
	ck_assert_int_eq(first.quantity, 5);
	ck_assert_int_eq(first.first_seen, T0 + 72 * LIFT_SECOND);
	ck_assert_int_eq(first.last_seen, T0 + 100 * LIFT_SECOND);
	/* The digest is of the plugin's state too. */
	for (unsigned when = 1; when <= 5; when++) {
		struct hash128 other = merged_at(when, &s);
		ck_assert_mem_eq(&s, &first, sizeof(s));
		ck_assert(hash128_equal(h, other));
	}
}
END_TEST

START_TEST(a_merge_that_comes_again_has_nothing_merged)
{
	struct inn i;

	inn_open(&i);
	inn_buy(&i, 1, 0);
	inn_merge(&i, 1, 2);
	struct lift_shopper s = *world_shopper(engine_world(i.engine), 2);
	inn_merge(&i, 1, 2);
	inn_merge(&i, 2, 1);
	inn_merge(&i, 2, 2);
	inn_merge(&i, 0, 2);
	ck_assert_mem_eq(&s, world_shopper(engine_world(i.engine), 2),
	    sizeof(s));
	ck_assert_uint_eq(persons_of(engine_persons(i.engine), 1), 2);
	/* Foreign bodies change nothing. */
	shop_body(&i.shop, LIFT_ENTRY_IDENTITY, 1, "{}");
	shop_body(&i.shop, LIFT_ENTRY_IDENTITY, 1, "[7]");
	shop_body(&i.shop, LIFT_ENTRY_IDENTITY, 1,
	    "{\"shopper\":-1,\"merge\":1e99}");
	ck_assert_mem_eq(&s, world_shopper(engine_world(i.engine), 2),
	    sizeof(s));
	inn_close(&i);
}
END_TEST

static void
save(void *context, const void *data, size_t size)
{
	text_add(context, data, size);
}

START_TEST(a_snapshot_carries_who_is_who)
{
	struct persons *p = persons_new(), *q = persons_new();
	struct text t = { 0 }, again = { 0 };
	struct state_out out = { save, &t }, back = { save, &again };

	persons_merge(p, 3, 9);
	persons_merge(p, 4, 9);
	persons_know(p, 5);
	persons_save(p, &out);
	struct state_in in = { t.data, t.data + t.size, false };
	ck_assert(persons_load(q, &in) && in.at == in.end);
	ck_assert_uint_eq(persons_of(q, 3), 9);
	ck_assert(persons_is_known(q, 5));
	persons_save(q, &back);
	ck_assert_uint_eq(t.size, again.size);
	ck_assert_mem_eq(t.data, again.data, t.size);
	persons_free(q);
	/* One that leads outside is not taken. */
	memset(t.data + t.size - 12, 0x77, 4);
	in = (struct state_in){ t.data, t.data + t.size, false };
	q = persons_new();
	ck_assert(!persons_load(q, &in));
	in = (struct state_in){ t.data, t.data + 20, false };
	persons_free(q);
	q = persons_new();
	ck_assert(!persons_load(q, &in));
	persons_free(p);
	persons_free(q);
	text_done(&t);
	text_done(&again);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("person");
	TCase *tests = tcase_create("person");
	SRunner *runner;
	int failed;

	tcase_add_test(tests, nobody_is_anybody_else_at_first);
	tcase_add_test(tests, a_merged_token_is_the_person_it_went_into);
	tcase_add_test(tests,
	    a_merge_again_turned_or_of_two_who_are_known_changes_nothing);
	tcase_add_test(tests,
	    what_is_kept_of_two_does_not_depend_on_when_they_became_one);
	tcase_add_test(tests, a_merge_that_comes_again_has_nothing_merged);
	tcase_add_test(tests, a_snapshot_carries_who_is_who);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
