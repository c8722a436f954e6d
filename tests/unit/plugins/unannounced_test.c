/* Promotions that nobody announced, in an engine: two bags on a shelf, of which
 * one becomes cheap, or sells far more than usual, and eats the other. */
#include "bags.h"

enum { BEGINS = 120, ENDS = 300, LAST = 360 };	/* minutes */

static void
bags_set(struct shop *s, const char *options)
{
	case_open(s, options);
	put(s, "A", "40.00");
	put(s, "B", "40.00");
	put(s, "C", "40.00");
	text_clear(&s->called);
}

/* PRICE in minor units; 0: the purchase carries none. */
static void
buy(struct shop *s, int64_t second, const char *product, int64_t price)
{
	struct lift_entry e = shop_purchase(s, second, product);

	e.price = price;
	e.has_price = price > 0;
	shop_fold(s, &e);
}

struct way {
	int64_t usual, cheap;	/* what A is sold for; 0: nobody says */
	int64_t more;		/* pieces of A a minute while it is on */
	bool    eats;
	int64_t coupons;	/* each so many-th piece is at half price */
};

static void
play(struct shop *s, int64_t from, int64_t to, const struct way *w)
{
	for (int64_t m = from; m < to; m++) {
		bool on = m >= BEGINS && m < ENDS;
		for (int64_t k = 0; k < (on ? w->more : 2); k++) {
			int64_t price = on ? w->cheap : w->usual;
			bool coupon = w->coupons > 0 &&
			    (2 * m + k) % w->coupons == 0;
			buy(s, m * 60 + 7 * k + 2, "A", coupon ? price / 2 :
			    price);
		}
		for (int64_t k = 0; k < (on && w->eats ? 1 : 3); k++)
			buy(s, m * 60 + 10 * k + 1, "B", w->usual);
		buy(s, m * 60 + 33, "C", w->usual);
		for (int64_t k = 0; k < 60; k += 20)
			shop_tick(s, m * 60 + k);
	}
}

/* All promotions, as `promotions.list` has them. */
static const char *
promotions(struct shop *s)
{
	return asked(s, "promotions.list", 0, NULL);
}

static const struct way cheap = { 4000, 3000, 4, true, 0 };

START_TEST(a_price_that_falls_is_a_promotion_that_eats_and_ends)
{
	struct shop s;

	bags_set(&s, "");
	play(&s, 0, LAST, &cheap);
	const char *a = last_alert(&s), *p = promotions(&s);
	ck_assert_ptr_nonnull(strstr(a, "\"promo_id\":\"unannounced-A-"));
	ck_assert_ptr_nonnull(strstr(a, "\"product_id\":\"A\""));
	ck_assert_ptr_nonnull(strstr(a, "\"promo_price\":30"));
	ck_assert_ptr_nonnull(strstr(a, "\"victims\":[{\"product_id\":\"B\""));
	/* It began with the first cheap piece, not when it was seen. */
	ck_assert_ptr_nonnull(strstr(p, "\"start\":\"2026-01-01T02:00:00Z\""));
	ck_assert_ptr_nonnull(strstr(p, "\"stopped\":true"));
	ck_assert_ptr_nonnull(strstr(p, "\"price\":30"));
	ck_assert_ptr_null(strstr(strstr(p, "unannounced-") + 1,
	    "unannounced-"));
	shop_close(&s);
}
END_TEST

START_TEST(sales_that_rise_are_one_where_nobody_says_a_price)
{
	static const struct way way = { 0, 0, 6, true, 0 };
	struct shop s;

	bags_set(&s, "");
	play(&s, 0, LAST, &way);
	const char *p = promotions(&s);
	ck_assert_ptr_nonnull(strstr(p, "unannounced-A-"));
	ck_assert_ptr_nonnull(strstr(p, "seen by its sales"));
	ck_assert_ptr_nonnull(strstr(p, "\"stopped\":true"));
	ck_assert_ptr_nonnull(strstr(last_alert(&s),
	    "\"victims\":[{\"product_id\":\"B\""));
	shop_close(&s);
}
END_TEST

START_TEST(sales_that_rise_at_the_usual_price_are_none)
{
	static const struct way way = { 4000, 4000, 6, false, 0 };
	struct shop s;

	bags_set(&s, "");
	play(&s, 0, LAST, &way);
	ck_assert_ptr_null(strstr(promotions(&s), "unannounced-"));
	ck_assert_str_eq(last_alert(&s), "");
	shop_close(&s);
}
END_TEST

START_TEST(coupons_of_a_few_are_none)
{
	static const struct way way = { 4000, 4000, 2, false, 20 };
	struct shop s;

	bags_set(&s, "");
	play(&s, 0, LAST, &way);
	ck_assert_ptr_null(strstr(promotions(&s), "unannounced-"));
	shop_close(&s);
}
END_TEST

START_TEST(an_announced_one_is_not_put_again)
{
	struct shop s;

	bags_set(&s, "");
	say(&s, 0, "{\"verb\":\"promotions.put\",\"arguments\":{\"id\":"
	    "\"SALE\",\"products\":[\"A\"],\"price\":\"30.00 EUR\",\"start\":"
	    "\"2026-01-01T02:00:00Z\",\"end\":\"2026-01-01T05:00:00Z\"}}");
	play(&s, 0, LAST, &cheap);
	ck_assert_ptr_null(strstr(promotions(&s), "unannounced-"));
	ck_assert_ptr_nonnull(strstr(last_alert(&s), "\"promo_id\":\"SALE\""));
	shop_close(&s);
}
END_TEST

START_TEST(one_that_is_announced_late_takes_over)
{
	struct shop s;

	bags_set(&s, "");
	play(&s, 0, 180, &cheap);
	ck_assert_ptr_nonnull(strstr(promotions(&s), "unannounced-A-"));
	say(&s, 180 * 60, "{\"verb\":\"promotions.put\",\"arguments\":{"
	    "\"id\":\"SALE\",\"products\":[\"A\"],\"price\":\"30.00 EUR\","
	    "\"start\":\"2026-01-01T03:00:00Z\","
	    "\"end\":\"2026-01-01T05:00:00Z\"}}");
	play(&s, 180, 200, &cheap);
	const char *ours = strstr(promotions(&s), "unannounced-A-");
	ck_assert_ptr_nonnull(ours);
	ck_assert_ptr_nonnull(strstr(ours, "\"stopped\":true"));
	shop_close(&s);
}
END_TEST

START_TEST(nothing_is_looked_for_when_it_is_off)
{
	struct shop s;

	bags_set(&s, "  unannounced: false\n");
	play(&s, 0, LAST, &cheap);
	ck_assert_ptr_null(strstr(promotions(&s), "unannounced-"));
	ck_assert_str_eq(last_alert(&s), "");
	shop_close(&s);
}
END_TEST

START_TEST(a_snapshot_in_the_middle_carries_it)
{
	struct shop a, b;

	bags_set(&a, "");
	play(&a, 0, 150, &cheap);
	case_open(&b, "");
	shop_snapshot(&a, &b);
	b.seq = a.seq;
	play(&a, 150, LAST, &cheap);
	play(&b, 150, LAST, &cheap);
	ck_assert(shop_same(sandbox_digest(a.sandbox),
	    sandbox_digest(b.sandbox)));
	ck_assert_str_eq(promotions(&a), promotions(&b));
	shop_close(&a);
	shop_close(&b);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("unannounced");

	tcase_add_test(tests,
	    a_price_that_falls_is_a_promotion_that_eats_and_ends);
	tcase_add_test(tests,
	    sales_that_rise_are_one_where_nobody_says_a_price);
	tcase_add_test(tests, sales_that_rise_at_the_usual_price_are_none);
	tcase_add_test(tests, coupons_of_a_few_are_none);
	tcase_add_test(tests, an_announced_one_is_not_put_again);
	tcase_add_test(tests, one_that_is_announced_late_takes_over);
	tcase_add_test(tests, nothing_is_looked_for_when_it_is_off);
	tcase_add_test(tests, a_snapshot_in_the_middle_carries_it);
	return shop_run(tests, "unannounced");
}
