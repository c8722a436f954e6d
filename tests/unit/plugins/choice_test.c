/* What the choice model claims, for one shopper after another: a better offer
 * sells more, takes from its siblings, and what is at home keeps shoppers
 * from buying. */
#include "base/run.h"

#include <math.h>

#include "../../../plugins/simulation/choice.h"

enum { COFFEE = 0, ENERGY = 1, TEA = 4, SHOPPERS = 2000 };

struct shop {
	struct shelf *shelf;
	struct market market;
	struct choice sum;	/* of all shoppers */
};

static void
shop_open(struct shop *s)
{
	s->shelf = shelf_new(SHELF_DEFAULT, 1);
	ck_assert(market_open(&s->market, s->shelf, NULL, NULL));
}

static void
shop_close(struct shop *s)
{
	market_close(&s->market);
	shelf_free(s->shelf);
}

static void
promote(struct shop *s, uint32_t item, unsigned percent, uint8_t audience)
{
	ck_assert(market_offer(&s->market, item, &(struct offer){
	    .promotion = 9, .price = s->shelf->items[item].price *
	    (100 - percent) / 100, .start = 100, .end = 200,
	    .audience = audience }));
}

/* Everybody decides once, in the family of drinks. */
static void
all_choose(struct shop *s, int64_t time, float stock)
{
	struct choice c;

	s->sum = (struct choice){ 0 };
	for (uint32_t n = 0; n < SHOPPERS; n++) {
		struct chooser who = { .seed = 1, .shopper = n, .time = time,
			.traits = shopper_traits(1, n), .stock = stock,
			.hoard = 1, .breadth = 1 };
		choice_begin(&c, &s->market, 0, &who);
		choice_weigh(&c, &s->market, 0, &who, 0);
		for (unsigned k = 0; k < c.count; k++) {
			s->sum.buys[k] += c.buys[k];
			s->sum.pieces[k] += c.pieces[k] * c.buys[k];
		}
		s->sum.any += c.any;
	}
}

/* Places of the three in the family. */
enum { AT_COFFEE, AT_ENERGY, AT_TEA };

START_TEST(a_promotion_sells_more_of_its_own_and_its_siblings_lose)
{
	struct shop s;

	shop_open(&s);
	all_choose(&s, 150, 0);
	struct choice before = s.sum;
	promote(&s, COFFEE, 30, FOR_ALL);
	all_choose(&s, 150, 0);
	ck_assert(s.sum.buys[AT_COFFEE] > 2 * before.buys[AT_COFFEE]);
	ck_assert(s.sum.buys[AT_ENERGY] < 0.7 * before.buys[AT_ENERGY]);
	ck_assert(s.sum.buys[AT_TEA] < 0.7 * before.buys[AT_TEA]);
	/* Some would not have bought at all: the shelf as a whole gains. */
	ck_assert(s.sum.any > before.any);
	/* They stock up: more pieces each. */
	ck_assert(s.sum.pieces[AT_COFFEE] / s.sum.buys[AT_COFFEE] >
	    before.pieces[AT_COFFEE] / before.buys[AT_COFFEE] + 0.3);
	shop_close(&s);
}
END_TEST

START_TEST(the_deeper_the_discount_the_more_the_siblings_lose)
{
	double last = 1e9;

	for (unsigned percent = 0; percent <= 60; percent += 10) {
		struct shop s;
		shop_open(&s);
		if (percent > 0)
			promote(&s, COFFEE, percent, FOR_ALL);
		all_choose(&s, 150, 0);
		ck_assert(s.sum.buys[AT_TEA] < last);
		last = s.sum.buys[AT_TEA];
		shop_close(&s);
	}
}
END_TEST

START_TEST(a_promotion_that_has_ended_or_not_begun_changes_nothing)
{
	struct shop s;

	shop_open(&s);
	all_choose(&s, 150, 0);
	struct choice before = s.sum;
	promote(&s, COFFEE, 50, FOR_ALL);
	all_choose(&s, 99, 0);
	ck_assert(s.sum.buys[AT_TEA] == before.buys[AT_TEA]);
	all_choose(&s, 200, 0);
	ck_assert(s.sum.buys[AT_COFFEE] == before.buys[AT_COFFEE]);
	/* The next turn knows nothing of it. */
	market_turn(&s.market);
	all_choose(&s, 150, 0);
	ck_assert(s.sum.buys[AT_COFFEE] == before.buys[AT_COFFEE]);
	shop_close(&s);
}
END_TEST

START_TEST(an_offer_for_some_reaches_only_them)
{
	struct shop s;
	unsigned thrifty = 0;

	shop_open(&s);
	promote(&s, COFFEE, 30, FOR_THRIFTY);
	for (uint32_t n = 0; n < SHOPPERS; n++) {
		struct traits t = shopper_traits(1, n);
		struct quote q = market_quote(&s.market, COFFEE, 150,
		    t.audience, 0);
		bool is = (t.audience & FOR_THRIFTY) != 0;
		ck_assert_uint_eq(q.promotion, is ? 9 : 0);
		ck_assert_int_eq(q.price, is ? 1749 : 2499);
		thrifty += is;
	}
	ck_assert_uint_gt(thrifty, SHOPPERS / 10);
	ck_assert_uint_lt(thrifty, SHOPPERS / 2);
	shop_close(&s);
}
END_TEST

START_TEST(an_offer_of_some_stores_is_unknown_in_the_others)
{
	struct shop s;

	shop_open(&s);
	ck_assert(market_offer(&s.market, COFFEE, &(struct offer){
		.promotion = 9, .price = 1749, .start = 100, .end = 200,
		.stores = 1 << 2 | 1 << 5 }));
	for (uint8_t store = 0; store < 8; store++) {
		struct quote q = market_quote(&s.market, COFFEE, 150,
		    market_whom(FOR_NEW, store), 0);
		ck_assert_uint_eq(q.promotion,
		    store == 2 || store == 5 ? 9 : 0);
	}
	shop_close(&s);
}
END_TEST

START_TEST(who_has_it_at_home_buys_less)
{
	struct shop s;

	shop_open(&s);
	all_choose(&s, 150, 0);
	double fresh = s.sum.any;
	all_choose(&s, 150, 1);
	ck_assert(s.sum.any < 0.6 * fresh);
	shop_close(&s);
}
END_TEST

START_TEST(what_is_sold_out_is_not_bought_and_its_siblings_gain)
{
	struct shop s;

	shop_open(&s);
	all_choose(&s, 150, 0);
	double before = s.sum.buys[AT_TEA];
	s.market.outages[0] = (struct outage){ ENERGY, 100, 200 };
	s.market.outage_count = 1;
	all_choose(&s, 150, 0);
	ck_assert(s.sum.buys[AT_ENERGY] == 0);
	ck_assert(s.sum.buys[AT_TEA] > 1.2 * before);
	shop_close(&s);
}
END_TEST

START_TEST(without_leaves_one_promotion_out_and_keeps_the_others)
{
	struct shop s;
	struct choice with, without;
	struct chooser who = { .seed = 1, .time = 150, .hoard = 1,
		.breadth = 1, .traits = { .mind = 1 } };

	shop_open(&s);
	ck_assert(market_offer(&s.market, ENERGY, &(struct offer){
	    .promotion = 4, .price = 1000, .start = 0, .end = 999 }));
	choice_begin(&with, &s.market, 0, &who);
	without = with;
	choice_weigh(&with, &s.market, 0, &who, 0);
	promote(&s, COFFEE, 30, FOR_ALL);
	choice_weigh(&without, &s.market, 0, &who, 9);
	for (unsigned k = 0; k < with.count; k++)
		ck_assert(with.buys[k] == without.buys[k]);
	choice_weigh(&without, &s.market, 0, &who, 0);
	ck_assert(without.buys[AT_ENERGY] < with.buys[AT_ENERGY]);
	shop_close(&s);
}
END_TEST

START_TEST(chances_add_up_and_each_number_falls_on_somebody)
{
	struct shop s;
	struct choice c;
	struct chooser who = { .seed = 1, .time = 150, .hoard = 1,
		.breadth = 1, .traits = { .mind = 1 } };
	double sum = 0;

	shop_open(&s);
	choice_begin(&c, &s.market, 0, &who);
	choice_weigh(&c, &s.market, 0, &who, 0);
	for (unsigned k = 0; k < c.count; k++)
		sum += c.buys[k];
	ck_assert(fabs(sum - c.any) < 1e-12 && c.any < 1);
	ck_assert_uint_eq(choice_pick(&c, 0), 0);
	ck_assert_uint_eq(choice_pick(&c, 0.9999999), c.count);
	ck_assert_uint_lt(choice_glance(&c, 0.9999999), c.count);
	shop_close(&s);
}
END_TEST

static int64_t
counted_price(void *context, uint32_t item)
{
	(*(unsigned *)context)++;
	return 1000 + item;
}

START_TEST(the_price_of_the_world_is_asked_once_a_turn)
{
	struct shelf *shelf = shelf_new(SHELF_DEFAULT, 1);
	struct market m;
	unsigned asked = 0;

	ck_assert(market_open(&m, shelf, counted_price, &asked));
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(market_quote(&m, TEA, i, FOR_ALL, 0).price,
		    1000 + TEA);
	ck_assert_uint_eq(asked, 1);
	market_turn(&m);
	market_quote(&m, TEA, 9, FOR_ALL, 0);
	ck_assert_uint_eq(asked, 2);
	market_close(&m);
	shelf_free(shelf);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("choice");

	tcase_add_test(tests,
	    a_promotion_sells_more_of_its_own_and_its_siblings_lose);
	tcase_add_test(tests,
	    the_deeper_the_discount_the_more_the_siblings_lose);
	tcase_add_test(tests,
	    a_promotion_that_has_ended_or_not_begun_changes_nothing);
	tcase_add_test(tests, an_offer_for_some_reaches_only_them);
	tcase_add_test(tests,
	    an_offer_of_some_stores_is_unknown_in_the_others);
	tcase_add_test(tests, who_has_it_at_home_buys_less);
	tcase_add_test(tests,
	    what_is_sold_out_is_not_bought_and_its_siblings_gain);
	tcase_add_test(tests,
	    without_leaves_one_promotion_out_and_keeps_the_others);
	tcase_add_test(tests,
	    chances_add_up_and_each_number_falls_on_somebody);
	tcase_add_test(tests, the_price_of_the_world_is_asked_once_a_turn);
	return run_tests(tests, "choice");
}
