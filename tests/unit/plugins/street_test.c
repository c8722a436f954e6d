/* Shoppers come as traffic has it, the same for the same seed; and what a
 * promotion does comes out in what they buy, against the same shoppers in a
 * world without it. */
#include "base/run.h"

#include <math.h>

#include "base/hash.h"
#include "play.h"

enum { COFFEE = 0, ENERGY = 1, CHOCOLATE = 2, BARS = 3, TEA = 4, EARBUDS = 15,
	SPEAKER = 17, HEADPHONES = 18, MAT = 27, BANDS = 28, DUMBBELLS = 29,
	SHOES = 30, BAG = 31 };

/* ---- the same again ------------------------------------------------------ */

/* The hash of the first COUNT happenings, the time cut into slices of SPAN. */
static uint64_t
hash_of(uint64_t seed, int64_t span, unsigned count)
{
	struct play p;
	struct happening h;
	uint64_t hash = 0;
	unsigned n = 0;

	play_open(&p, "discount", seed, 600, 1);
	for (int64_t until = PLAY_FROM; n < count; until += span) {
		play_turn(&p);
		while (n < count && street_next(p.street, until, &h)) {
			uint64_t parts[] = { (uint64_t)h.time, h.number,
				h.visit, h.purchase, (uint64_t)h.price,
				h.shopper, h.item, h.family, h.promotion,
				(uint64_t)h.quantity, (uint64_t)h.position,
				h.kind };
			hash = hash_mix(hash, hash_bytes(parts,
			    sizeof(parts)));
			n++;
		}
	}
	play_close(&p);
	return hash;
}

START_TEST(the_same_seed_gives_the_same_events_however_time_is_cut)
{
	uint64_t hash = hash_of(11, PLAY_MINUTE, 100000);

	ck_assert_uint_eq(hash, hash_of(11, PLAY_MINUTE, 100000));
	ck_assert_uint_eq(hash, hash_of(11, PLAY_MINUTE / 7 + 1, 100000));
	ck_assert_uint_eq(hash, hash_of(11, 5 * PLAY_HOUR, 100000));
	ck_assert_uint_ne(hash, hash_of(12, PLAY_MINUTE, 100000));
}
END_TEST

START_TEST(happenings_come_in_order_and_before_the_end_that_is_asked_for)
{
	struct play p;
	struct happening h;
	int64_t last = PLAY_FROM;

	play_open(&p, "discount", 1, 600, 1);
	for (int64_t until = PLAY_FROM; until < PLAY_FROM + 2 * PLAY_HOUR;
	    until += PLAY_MINUTE) {
		play_turn(&p);
		while (street_next(p.street, until, &h)) {
			ck_assert_int_ge(h.time, last);
			ck_assert_int_lt(h.time, until);
			ck_assert_int_le(street_reached(p.street), h.time);
			last = h.time;
		}
		ck_assert_int_eq(street_reached(p.street), until);
	}
	play_close(&p);
}
END_TEST

START_TEST(the_rate_is_kept_and_can_be_changed)
{
	struct play p;

	play_open(&p, "calm", 3, 1200, 0);
	play_until(&p, 10);
	double rate = (double)p.events / 600;
	ck_assert_msg(fabs(rate - 1200) < 0.08 * 1200, "%.0f a minute", rate);
	street_rate(p.street, 300);
	play_until(&p, 11);
	p.events = 0;
	play_until(&p, 31);
	rate = (double)p.events / 1200;
	ck_assert_msg(fabs(rate - 300) < 0.08 * 300, "%.0f a minute", rate);
	play_close(&p);
}
END_TEST

START_TEST(shoppers_do_all_that_shoppers_do)
{
	struct play p;

	play_open(&p, "calm", 1, 1200, 0);
	play_until(&p, 12);
	for (unsigned k = 0; k < HAPPENINGS; k++)
		ck_assert_msg(p.kinds[k] > 20, "kind %u: %llu", k,
		    (unsigned long long)p.kinds[k]);
	/* A funnel: each step loses some. */
	ck_assert_uint_gt(p.kinds[HAPPEN_VIEW], 3 * p.kinds[HAPPEN_CART]);
	ck_assert_uint_gt(p.kinds[HAPPEN_CART], p.kinds[HAPPEN_PURCHASE]);
	ck_assert_uint_gt(p.kinds[HAPPEN_PURCHASE],
	    p.kinds[HAPPEN_CART] * 6 / 10);
	play_close(&p);
}
END_TEST

START_TEST(demand_varies_more_than_chance_alone)
{
	struct play p;
	double sum = 0, squares = 0, mean;

	play_open(&p, "calm", 5, 3000, 0);
	play_until(&p, PLAY_HOURS);
	for (unsigned i = 0; i < PLAY_HOURS; i++) {
		double u = p.units[i][SPEAKER];
		sum += u;
		squares += u * u;
	}
	mean = sum / PLAY_HOURS;
	ck_assert_msg(squares / PLAY_HOURS - mean * mean > 1.5 * mean,
	    "variance %.1f at mean %.1f", squares / PLAY_HOURS - mean * mean,
	    mean);
	play_close(&p);
}
END_TEST

/* ---- what promotions do -------------------------------------------------- */

/* The scenario with its promotions, and the same without them. */
struct pair {
	struct play with, without;
};

static void
pair_open(struct pair *w, const char *scenario, uint64_t seed, double rate,
    unsigned begin)
{
	play_open(&w->with, scenario, seed, rate, begin);
	play_open(&w->without, scenario, seed, rate, begin);
	w->without.offer_count = 0;
}

static void
pair_until(struct pair *w, unsigned hours)
{
	play_until(&w->with, hours);
	play_until(&w->without, hours);
}

static void
pair_close(struct pair *w)
{
	play_close(&w->with);
	play_close(&w->without);
}

/* By which factor the promotion changed the sales of ITEM. */
static double
pair_ratio(const struct pair *w, uint32_t item, unsigned from, unsigned until)
{
	return play_units(&w->with, item, from, until) /
	    play_units(&w->without, item, from, until);
}

START_TEST(a_discount_lifts_its_own_and_eats_its_siblings)
{
	struct pair w;

	pair_open(&w, "discount", 1, 1200, 2);
	pair_until(&w, 8);
	ck_assert(pair_ratio(&w, COFFEE, 2, 8) > 2);
	ck_assert(pair_ratio(&w, ENERGY, 2, 8) < 0.65);
	ck_assert(pair_ratio(&w, TEA, 2, 8) < 0.65);
	/* Others are left alone, but for the chance of another day. */
	ck_assert(fabs(pair_ratio(&w, SPEAKER, 2, 8) - 1) < 0.15);
	/* Before it begins there is no difference at all. */
	ck_assert(pair_ratio(&w, COFFEE, 0, 2) == 1);
	pair_close(&w);
}
END_TEST

START_TEST(stopping_a_promotion_restores_its_siblings)
{
	struct pair w;

	pair_open(&w, "discount", 2, 1200, 1);
	pair_until(&w, 5);
	ck_assert(pair_ratio(&w, TEA, 1, 5) < 0.65);
	w.with.offers[0].end = w.with.time;
	pair_until(&w, 12);
	ck_assert(fabs(pair_ratio(&w, TEA, 7, 12) - 1) < 0.15);
	ck_assert(fabs(pair_ratio(&w, ENERGY, 7, 12) - 1) < 0.15);
	pair_close(&w);
}
END_TEST

START_TEST(who_stocked_up_stays_away_afterwards_and_comes_again)
{
	double dip = 0, usual = 0, later = 0, later_usual = 0;

	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct pair w;
		pair_open(&w, "pull-forward", seed, 600, 1);
		pair_until(&w, 7);
		ck_assert(pair_ratio(&w, CHOCOLATE, 1, 7) > 3);
		pair_until(&w, 44);
		dip += play_units(&w.with, CHOCOLATE, 7, 10);
		usual += play_units(&w.without, CHOCOLATE, 7, 10);
		later += play_units(&w.with, CHOCOLATE, 32, 44);
		later_usual += play_units(&w.without, CHOCOLATE, 32, 44);
		pair_close(&w);
	}
	ck_assert_msg(dip < 0.92 * usual, "%.0f of %.0f", dip, usual);
	ck_assert_msg(later > 0.9 * later_usual, "%.0f of %.0f", later,
	    later_usual);
}
END_TEST

START_TEST(what_goes_with_it_sells_too)
{
	double with = 0, without = 0;

	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct pair w;
		pair_open(&w, "halo", seed, 1200, 1);
		pair_until(&w, 7);
		with += play_units(&w.with, SHOES, 1, 7) +
		    play_units(&w.with, BAG, 1, 7);
		without += play_units(&w.without, SHOES, 1, 7) +
		    play_units(&w.without, BAG, 1, 7);
		pair_close(&w);
	}
	ck_assert_msg(with > 1.12 * without, "%.0f with, %.0f without", with,
	    without);
}
END_TEST

static double
truth_of(const struct play *p, uint32_t promotion, uint32_t item,
    double *ret_halo)
{
	size_t count;
	struct truth_row *rows = truth_list(street_truth(p->street), &count);
	double effect = 0;

	*ret_halo = 0;
	for (size_t i = 0; i < count; i++)
		if (rows[i].promotion == promotion && rows[i].item == item) {
			effect = rows[i].with - rows[i].without;
			*ret_halo = rows[i].halo;
		}
	free(rows);
	return effect;
}

/* The truth is an expectation in one world; here are two worlds. */
START_TEST(the_truth_is_the_difference_to_a_world_without_the_promotion)
{
	static const uint32_t items[] = { COFFEE, ENERGY, TEA };

	for (unsigned i = 0; i < 3; i++) {
		double told = 0, seen = 0, halo;
		for (uint64_t seed = 1; seed <= 3; seed++) {
			struct pair w;
			pair_open(&w, "discount", seed, 1200, 1);
			pair_until(&w, 7);
			told += truth_of(&w.with, 1, items[i], &halo);
			seen += play_units(&w.with, items[i], 1, 7) -
			    play_units(&w.without, items[i], 1, 7);
			pair_close(&w);
		}
		ck_assert_msg(fabs(told - seen) < 0.12 * fabs(seen),
		    "item %u: %.0f told, %.0f seen", items[i], told, seen);
	}
}
END_TEST

START_TEST(a_world_without_promotions_has_no_truth_to_tell)
{
	struct play p;
	size_t count;

	play_open(&p, "calm", 1, 600, 0);
	play_until(&p, 2);
	ck_assert_ptr_null(truth_list(street_truth(p.street), &count));
	ck_assert_uint_eq(count, 0);
	play_close(&p);
}
END_TEST

/* ---- troubles ------------------------------------------------------------ */

START_TEST(what_is_sold_out_is_not_sold)
{
	struct play p;

	play_open(&p, "stock-out", 1, 1200, 1);
	play_until(&p, 6);
	ck_assert(play_units(&p, TEA, 0, 2) > 20);
	ck_assert(play_units(&p, TEA, 2, 5) == 0);
	ck_assert(play_units(&p, TEA, 5, 6) > 10);
	play_close(&p);
}
END_TEST

START_TEST(a_slump_is_of_the_whole_shop)
{
	struct play p;
	double before = 0, inside = 0;

	play_open(&p, "slump", 1, 1200, 2);
	play_until(&p, 7);
	for (uint32_t i = 0; i < SHELF_DEFAULT; i++) {
		before += play_units(&p, i, 0, 3) / 3;
		inside += play_units(&p, i, 4, 7) / 3;
	}
	ck_assert_msg(inside < 0.6 * before, "%.0f before, %.0f inside",
	    before, inside);
	play_close(&p);
}
END_TEST

START_TEST(what_comes_back_was_bought_and_names_its_purchase)
{
	enum { MOST = 1 << 20 };
	struct play p;
	struct happening h, *bought = calloc(MOST, sizeof(*bought));
	unsigned returned = 0;

	play_open(&p, "returns", 1, 1200, 1);
	for (int i = 0; i < 9 * 60; i++) {
		p.time += PLAY_MINUTE;
		play_turn(&p);
		while (street_next(p.street, p.time, &h)) {
			play_count(&p, &h);
			ck_assert_uint_lt(h.number, MOST);
			if (h.kind == HAPPEN_PURCHASE)
				bought[h.number] = h;
			if (h.kind != HAPPEN_RETURN)
				continue;
			const struct happening *of = &bought[h.purchase];
			ck_assert_uint_eq(of->number, h.purchase);
			ck_assert_uint_eq(of->shopper, h.shopper);
			ck_assert_uint_eq(of->item, h.item);
			ck_assert_int_eq(of->quantity, h.quantity);
			ck_assert_int_eq(of->price, h.price);
			ck_assert_int_lt(of->time, h.time);
			returned++;
		}
	}
	ck_assert_uint_gt(returned, 100);
	double share = p.returned[8][SHOES] / p.units[6][SHOES];
	ck_assert_msg(share > 0.3 && share < 0.6, "%.2f came back", share);
	free(bought);
	play_close(&p);
}
END_TEST

/* ---- actions ------------------------------------------------------------- */

static int64_t
dear_speaker(void *context, uint32_t item)
{
	const struct shelf *s = context;

	return s->items[item].price * (item == SPEAKER ? 13 : 10) / 10;
}

START_TEST(a_dearer_item_sells_less_and_its_siblings_more)
{
	struct pair w;

	pair_open(&w, "calm", 1, 1200, 0);
	street_free(w.with.street);
	w.with.street = street_new(w.with.shelf, &w.with.plan, dear_speaker,
	    w.with.shelf);
	pair_until(&w, 8);
	ck_assert(pair_ratio(&w, SPEAKER, 0, 8) < 0.65);
	ck_assert(pair_ratio(&w, EARBUDS, 0, 8) > 1.05);
	ck_assert(pair_ratio(&w, HEADPHONES, 0, 8) > 1.05);
	pair_close(&w);
}
END_TEST

START_TEST(a_burst_moves_purchases_from_the_siblings_to_the_promoted_item)
{
	struct pair w;
	struct happening h;
	unsigned tagged = 0;

	pair_open(&w, "discount", 4, 1200, 0);
	/* Both have the promotion, one has the burst. */
	w.without.offer_count = w.with.offer_count;
	pair_until(&w, 1);
	for (uint32_t i = 1; i <= 10; i++)
		street_burst(w.with.street, &(struct burst){ .serial = i,
		    .size = 20, .item = COFFEE, .promotion = 1 });
	w.with.time += PLAY_MINUTE;
	play_turn(&w.with);
	while (street_next(w.with.street, w.with.time, &h)) {
		play_count(&w.with, &h);
		if (h.burst == 0)
			continue;
		ck_assert_uint_eq(h.item, COFFEE);
		ck_assert_uint_eq(h.promotion, 1);
		tagged += h.kind == HAPPEN_PURCHASE;
	}
	ck_assert_uint_eq(tagged, 200);
	pair_until(&w, 5);
	double won = play_units(&w.with, COFFEE, 1, 5) -
	    play_units(&w.without, COFFEE, 1, 5);
	double lost = play_units(&w.without, ENERGY, 1, 5) +
	    play_units(&w.without, TEA, 1, 5) -
	    play_units(&w.with, ENERGY, 1, 5) -
	    play_units(&w.with, TEA, 1, 5);
	ck_assert_msg(won > 80, "%.0f won", won);
	ck_assert_msg(lost > 120, "%.0f lost", lost);
	pair_close(&w);
}
END_TEST

START_TEST(after_a_rest_all_goes_on_as_if_nothing_had_passed)
{
	struct play a, b;
	struct happening x, y;
	int64_t rest = 3 * PLAY_HOUR;

	play_open(&a, "calm", 1, 600, 0);
	play_open(&b, "calm", 1, 600, 0);
	play_until(&a, 1);
	play_until(&b, 1);
	street_skip(b.street, PLAY_FROM + PLAY_HOUR + rest);
	ck_assert(street_next(a.street, INT64_MAX, &x));
	ck_assert(street_next(b.street, INT64_MAX, &y));
	ck_assert_int_eq(x.time + rest, y.time);
	ck_assert_uint_eq(x.shopper, y.shopper);
	ck_assert_uint_eq(x.visit, y.visit);
	ck_assert_uint_eq(x.number, y.number);
	play_close(&a);
	play_close(&b);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("street");

	tcase_add_test(tests,
	    the_same_seed_gives_the_same_events_however_time_is_cut);
	tcase_add_test(tests,
	    happenings_come_in_order_and_before_the_end_that_is_asked_for);
	tcase_add_test(tests, the_rate_is_kept_and_can_be_changed);
	tcase_add_test(tests, shoppers_do_all_that_shoppers_do);
	tcase_add_test(tests, demand_varies_more_than_chance_alone);
	tcase_add_test(tests, a_discount_lifts_its_own_and_eats_its_siblings);
	tcase_add_test(tests, stopping_a_promotion_restores_its_siblings);
	tcase_add_test(tests,
	    who_stocked_up_stays_away_afterwards_and_comes_again);
	tcase_add_test(tests, what_goes_with_it_sells_too);
	tcase_add_test(tests,
	    the_truth_is_the_difference_to_a_world_without_the_promotion);
	tcase_add_test(tests, a_world_without_promotions_has_no_truth_to_tell);
	tcase_add_test(tests, what_is_sold_out_is_not_sold);
	tcase_add_test(tests, a_slump_is_of_the_whole_shop);
	tcase_add_test(tests,
	    what_comes_back_was_bought_and_names_its_purchase);
	tcase_add_test(tests, a_dearer_item_sells_less_and_its_siblings_more);
	tcase_add_test(tests,
	    a_burst_moves_purchases_from_the_siblings_to_the_promoted_item);
	tcase_add_test(tests,
	    after_a_rest_all_goes_on_as_if_nothing_had_passed);
	return run_tests(tests, "street");
}
