/* The retailer is coherent: what is said of customers follows from what they
 * do, campaigns work on each differently, and time only adds. */
#include "base/run.h"

#include <math.h>

#include "../../../plugins/simulation/retail.h"

#define DAY	INT64_C(86400000000)
#define END	INT64_C(1795132800000000)

static const struct retail world = { .seed = 7, .customers = 6000,
	.begin = END - 365 * DAY, .end = END };

/* Sums for a correlation. */
struct pairs {
	double n, x, y, xx, yy, xy;
};

static void
pairs_add(struct pairs *p, double x, double y)
{
	p->n++;
	p->x += x;
	p->y += y;
	p->xx += x * x;
	p->yy += y * y;
	p->xy += x * y;
}

static double
correlation(const struct pairs *p)
{
	double covariance = p->xy / p->n - p->x / p->n * p->y / p->n;
	double x = p->xx / p->n - p->x / p->n * p->x / p->n;
	double y = p->yy / p->n - p->y / p->n * p->y / p->n;

	return covariance / sqrt(x * y);
}

START_TEST(countries_have_their_shares_and_cities_lie_in_them)
{
	double shares[RETAIL_COUNTRIES] = { 0 };
	unsigned cities[RETAIL_CITIES] = { 0 };

	for (uint32_t i = 0; i < world.customers; i++) {
		struct customer c = customer_make(&world, i);
		shares[retail_cities[c.city].country]++;
		cities[c.city]++;
		ck_assert_int_lt(c.created, END);
		ck_assert_int_ge(c.created, END - 730 * DAY);
	}
	for (unsigned i = 0; i < RETAIL_COUNTRIES; i++)
		ck_assert_msg(fabs(shares[i] / world.customers -
		    retail_shares[i]) < 0.025, "%s %.3f", retail_countries[i],
		    shares[i] / world.customers);
	for (unsigned i = 0; i < RETAIL_CITIES; i++)
		ck_assert_uint_gt(cities[i], world.customers / 60);
}
END_TEST

START_TEST(prices_lie_in_the_range_of_their_category)
{
	for (unsigned c = 0; c < RETAIL_CATEGORIES; c++)
		for (unsigned p = 0; p < RETAIL_PRODUCTS; p++) {
			int64_t price = retail_price(c, p);
			ck_assert_int_ge(price,
			    retail_categories[c].low * 100);
			ck_assert_int_le(price,
			    retail_categories[c].high * 100);
			ck_assert_ptr_nonnull(
			    retail_categories[c].products[p]);
		}
}
END_TEST

START_TEST(scores_follow_from_what_customers_are_and_do)
{
	struct pairs thrift = { 0 }, shipping = { 0 }, social = { 0 },
	    value = { 0 }, churn = { 0 };

	for (uint32_t i = 0; i < world.customers; i++) {
		struct customer c = customer_make(&world, i);
		struct profile p = retail_profile(&world, i);
		ck_assert(p.churn >= 0 && p.churn <= 1);
		ck_assert(p.clv >= 0 && p.clv <= 1);
		ck_assert(p.engagement >= 0 && p.engagement <= 1);
		pairs_add(&value, (double)p.value, p.clv);
		pairs_add(&churn, c.lapses < END, p.churn);
		if (p.sittings < 10)
			continue;
		pairs_add(&thrift, c.thrift, p.discount_score);
		pairs_add(&shipping, c.shipping, p.shipping_score);
		pairs_add(&social, c.social, p.social);
	}
	ck_assert_msg(correlation(&thrift) > 0.5, "%.2f",
	    correlation(&thrift));
	ck_assert_msg(correlation(&shipping) > 0.3, "%.2f",
	    correlation(&shipping));
	ck_assert_msg(correlation(&social) > 0.6, "%.2f",
	    correlation(&social));
	ck_assert_msg(correlation(&value) > 0.6, "%.2f",
	    correlation(&value));
	ck_assert_msg(correlation(&churn) > 0.5, "%.2f",
	    correlation(&churn));
}
END_TEST

/* What is converted beyond the controls, among those for whom the truth says
 * more, and among those for whom it says less. */
START_TEST(a_campaign_works_on_each_as_the_truth_says)
{
	double n[2][2] = { { 0 } }, won[2][2] = { { 0 } };

	for (unsigned k = 0; k < RETAIL_CAMPAIGNS; k++)
		for (uint32_t i = 0; i < world.customers; i++) {
			struct customer c = customer_make(&world, i);
			struct contact x = campaign_contact(&world, k, &c);
			if (!x.was_contacted)
				continue;
			ck_assert_int_lt(c.created, x.time);
			bool high = customer_uplift(&world, &c,
			    (enum trigger)x.trigger) > 0.1;
			n[high][x.is_control]++;
			won[high][x.is_control] += x.converted;
		}
	double low = won[0][0] / n[0][0] - won[0][1] / n[0][1];
	double high = won[1][0] / n[1][0] - won[1][1] / n[1][1];
	ck_assert_msg(high > low + 0.08, "%.3f and %.3f", high, low);
	double control = (won[0][1] + won[1][1]) / (n[0][1] + n[1][1]);
	ck_assert_msg(fabs(control - 0.10) < 0.02, "%.3f", control);
	double share = (n[0][1] + n[1][1]) /
	    (n[0][0] + n[1][0] + n[0][1] + n[1][1]);
	ck_assert_msg(fabs(share - 0.30) < 0.02, "%.3f", share);
}
END_TEST

START_TEST(each_trigger_helps_on_average_and_harms_some)
{
	for (int t = 0; t < TRIGGERS; t++) {
		double sum = 0, least = 1;
		for (uint32_t i = 0; i < world.customers; i++) {
			struct customer c = customer_make(&world, i);
			double u = customer_uplift(&world, &c,
			    (enum trigger)t);
			sum += u;
			least = u < least ? u : least;
		}
		ck_assert_msg(sum / world.customers > 0.03, "%s %.3f",
		    trigger_names[t], sum / world.customers);
		ck_assert_msg(least < 0, "%s %.3f", trigger_names[t], least);
	}
}
END_TEST

START_TEST(a_later_end_adds_sittings_and_changes_none)
{
	for (uint32_t i = 0; i < 300; i++) {
		struct timeline a = timeline_begin(&world, i);
		struct timeline b = timeline_begin(&world, i);
		struct sitting x, y;
		while (timeline_next(&a, END - 30 * DAY, &x)) {
			ck_assert(timeline_next(&b, END, &y));
			ck_assert_int_eq(x.time, y.time);
			ck_assert_int_eq(x.price, y.price);
			ck_assert_uint_eq(x.outcome, y.outcome);
			ck_assert_uint_eq(x.category, y.category);
			ck_assert_uint_eq(x.deed_count, y.deed_count);
		}
		/* And it goes on as if it had never stopped. */
		while (timeline_next(&a, END, &x)) {
			ck_assert(timeline_next(&b, END, &y));
			ck_assert_int_eq(x.time, y.time);
		}
		ck_assert(!timeline_next(&b, END, &y));
	}
}
END_TEST

START_TEST(deeds_of_a_sitting_are_in_order_and_end_with_the_purchase)
{
	unsigned kinds[DEEDS] = { 0 };

	for (uint32_t i = 0; i < 1000; i++) {
		struct timeline t = timeline_begin(&world, i);
		struct sitting s;
		int64_t last = 0;
		while (timeline_next(&t, END, &s)) {
			ck_assert_int_gt(s.time, last);
			last = s.time;
			ck_assert_uint_ge(s.deed_count, 1);
			for (unsigned k = 0; k < s.deed_count; k++) {
				ck_assert(k == 0 || s.deeds[k].time >
				    s.deeds[k - 1].time);
				kinds[s.deeds[k].kind]++;
			}
			ck_assert_int_eq(s.outcome == OUTCOME_BUY,
			    s.deeds[s.deed_count - 1].kind ==
			    DEED_PURCHASE);
		}
	}
	for (unsigned k = 0; k < DEEDS; k++)
		ck_assert_msg(kinds[k] > 20, "%s", deed_names[k]);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("retail");

	tcase_add_test(tests,
	    countries_have_their_shares_and_cities_lie_in_them);
	tcase_add_test(tests, prices_lie_in_the_range_of_their_category);
	tcase_add_test(tests,
	    scores_follow_from_what_customers_are_and_do);
	tcase_add_test(tests, a_campaign_works_on_each_as_the_truth_says);
	tcase_add_test(tests, each_trigger_helps_on_average_and_harms_some);
	tcase_add_test(tests, a_later_end_adds_sittings_and_changes_none);
	tcase_add_test(tests,
	    deeds_of_a_sitting_are_in_order_and_end_with_the_purchase);
	return run_tests(tests, "retail");
}
