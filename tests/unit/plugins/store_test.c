/* Stores apart, in an engine: a promotion runs in two of them, and eats its
 * shelf in one. */
#include "bags.h"

enum { BEGINS = 120, ENDS = 240, LAST = 245 };	/* minutes */

static void
buy(struct shop *s, int64_t second, const char *product, const char *store)
{
	struct lift_entry e = shop_purchase(s, second, product);

	e.id = lift_text(arena_form(s->arena, "%s@%lld@%s", product,
	    (long long)second, store));
	e.store = lift_text(store);
	shop_fold(s, &e);
}

/* Three of B a minute in each store; one in NORTH while it is eaten. */
static void
play(struct shop *s, int64_t from, int64_t to)
{
	static const char *const stores[] = { "SOUTH", "NORTH" };

	for (int64_t m = from; m < to; m++) {
		bool on = m >= BEGINS && m < ENDS;
		for (int k = 0; k < 2; k++) {
			for (int64_t n = 0; n < (on && k == 1 ? 1 : 3); n++)
				buy(s, m * 60 + 10 * n + 1, "B", stores[k]);
			buy(s, m * 60 + 32, "A", stores[k]);
			buy(s, m * 60 + 33, "C", stores[k]);
		}
		for (int64_t k = 0; k < 60; k += 20)
			shop_tick(s, m * 60 + k);
	}
}

START_TEST(each_store_has_alerts_of_its_own)
{
	struct shop s;

	case_set(&s, "  stores: apart\n");
	play(&s, 0, LAST);
	const char *alerts = asked(&s, "alerts.list", 0, NULL);
	ck_assert_ptr_nonnull(strstr(alerts,
	    "\"alert_id\":\"ALERT-SALE-202601010200-NORTH\""));
	ck_assert_ptr_nonnull(strstr(alerts, "\"store\":\"NORTH\""));
	ck_assert_ptr_nonnull(strstr(alerts, ", in NORTH\""));
	ck_assert_ptr_null(strstr(alerts, "SOUTH"));
	/* The whole has none of its own. */
	ck_assert_ptr_null(strstr(alerts, "202601010200\""));
	shop_close(&s);
}
END_TEST

START_TEST(windows_are_told_of_the_whole)
{
	struct shop s;

	case_set(&s, "  stores: apart\n");
	play(&s, 0, 20);
	const char *all = shop_set(&s, "windowed_stats");
	ck_assert_ptr_nonnull(strstr(all, "\"product\":\"B\",\"window\":"
	    "\"2026-01-01T00:07:00Z\",\"revision\":0,\"units\":6,"));
	ck_assert_ptr_null(strstr(all, "\"units\":3,"));
	shop_close(&s);
}
END_TEST

START_TEST(together_they_are_one_shop)
{
	struct shop s;

	case_set(&s, "  stores: together\n");
	play(&s, 0, LAST);
	const char *alerts = asked(&s, "alerts.list", 0, NULL);
	ck_assert_ptr_nonnull(strstr(alerts,
	    "\"alert_id\":\"ALERT-SALE-202601010200\""));
	ck_assert_ptr_nonnull(strstr(alerts, "\"store\":null"));
	shop_close(&s);
}
END_TEST

START_TEST(a_pair_is_explained_store_by_store)
{
	struct lift_value names[] = { lift_value_text(LIFT_TEXT_OF("SALE")),
		lift_value_text(LIFT_TEXT_OF("B")),
		lift_value_text(LIFT_TEXT_OF("NORTH")) };
	struct shop s;

	case_set(&s, "  stores: apart\n");
	play(&s, 0, 220);
	ck_assert_ptr_nonnull(strstr(asked(&s, "pairs.explain", 3, names),
	    "\"condition\":\"told\",\"holds\":true"));
	names[2] = lift_value_text(LIFT_TEXT_OF("SOUTH"));
	ck_assert_ptr_nonnull(strstr(asked(&s, "pairs.explain", 3, names),
	    "\"condition\":\"told\",\"holds\":false"));
	names[2] = lift_value_text(LIFT_TEXT_OF("WEST"));
	ck_assert_ptr_nonnull(strstr(asked(&s, "pairs.explain", 3, names),
	    "nothing is known of a store \"WEST\" apart"));
	const char *pairs = asked(&s, "pairs.list", 0, NULL);
	ck_assert_ptr_nonnull(strstr(pairs, "\"store\":\"SOUTH\""));
	ck_assert_ptr_nonnull(strstr(pairs, "\"store\":\"NORTH\""));
	shop_close(&s);
}
END_TEST

START_TEST(a_promotion_of_some_stores_is_not_looked_at_in_others)
{
	struct shop s;

	case_open(&s, "  stores: apart\n");
	say(&s, 0, "{\"verb\":\"promotions.put\",\"arguments\":{\"id\":"
	    "\"SALE\",\"products\":[\"A\"],\"price\":\"30.00 EUR\",\"start\":"
	    "\"2026-01-01T02:00:00Z\",\"stores\":[\"SOUTH\"]}}");
	put(&s, "A", "40.00");
	put(&s, "B", "40.00");
	put(&s, "C", "40.00");
	play(&s, 0, 200);
	const char *pairs = asked(&s, "pairs.list", 0, NULL);
	ck_assert_ptr_nonnull(strstr(pairs, "\"store\":\"SOUTH\""));
	ck_assert_ptr_null(strstr(pairs, "NORTH"));
	shop_close(&s);
}
END_TEST

START_TEST(a_snapshot_carries_all_stores)
{
	struct shop a, b;

	case_set(&a, "  stores: apart\n");
	play(&a, 0, 150);
	case_open(&b, "  stores: apart\n");
	shop_snapshot(&a, &b);
	b.seq = a.seq;
	ck_assert(shop_same(sandbox_digest(a.sandbox),
	    sandbox_digest(b.sandbox)));
	play(&a, 150, LAST);
	play(&b, 150, LAST);
	ck_assert(shop_same(sandbox_digest(a.sandbox),
	    sandbox_digest(b.sandbox)));
	ck_assert_str_eq(asked(&a, "alerts.list", 0, NULL),
	    asked(&b, "alerts.list", 0, NULL));
	shop_close(&a);
	shop_close(&b);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("store");

	tcase_add_test(tests, each_store_has_alerts_of_its_own);
	tcase_add_test(tests, windows_are_told_of_the_whole);
	tcase_add_test(tests, together_they_are_one_shop);
	tcase_add_test(tests, a_pair_is_explained_store_by_store);
	tcase_add_test(tests,
	    a_promotion_of_some_stores_is_not_looked_at_in_others);
	tcase_add_test(tests, a_snapshot_carries_all_stores);
	return shop_run(tests, "store");
}
