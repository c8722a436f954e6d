/* The catalogue holds what it promises, of any size. */
#include "base/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../plugins/simulation/dice.h"
#include "../../../plugins/simulation/shelf.h"

/* Each item stands in the family that it names, and nowhere else. */
static void
is_sound(const struct shelf *s)
{
	uint32_t seen = 0;

	for (uint32_t f = 0; f < s->family_count; f++) {
		const struct family *fam = &s->families[f];
		ck_assert_uint_ge(fam->count, 1);
		ck_assert_uint_le(fam->count, FAMILY_MOST);
		ck_assert_uint_lt(fam->complement, s->family_count);
		ck_assert_uint_lt(fam->category, s->category_count);
		ck_assert(fam->weight > 0 && fam->incidence > 0 &&
		    fam->incidence < 1);
		for (unsigned k = 0; k < fam->count; k++) {
			ck_assert_uint_lt(fam->items[k], s->item_count);
			ck_assert_uint_eq(s->items[fam->items[k]].family, f);
			seen++;
		}
	}
	ck_assert_uint_eq(seen, s->item_count);
	for (uint32_t i = 0; i < s->item_count; i++) {
		ck_assert_int_gt(s->labels[i].cost, 0);
		ck_assert_int_lt(s->labels[i].cost, s->items[i].price);
		ck_assert_uint_eq(s->items[i].id_size, strlen(s->items[i].id));
		ck_assert_uint_ge(s->items[i].id_size, 4);
		ck_assert_uint_eq(shelf_find(s, s->items[i].id,
		    s->items[i].id_size), i);
	}
}

START_TEST(the_default_shelf_has_the_thirty_five_of_the_prototype)
{
	struct shelf *s = shelf_new(SHELF_DEFAULT, 1);
	unsigned minds[MIND_LEVELS] = { 0 }, of[6] = { 0 };
	static const unsigned categories[6] = { 5, 5, 5, 10, 5, 5 };

	is_sound(s);
	ck_assert_uint_eq(s->category_count, 6);
	for (uint32_t i = 0; i < s->item_count; i++) {
		minds[s->items[i].sensitivity]++;
		of[s->families[s->items[i].family].category]++;
		ck_assert_int_ge(s->items[i].price, 899);
		ck_assert_int_le(s->items[i].price, 44999);
		ck_assert_uint_ge(s->labels[i].discount, 10);
		ck_assert_uint_le(s->labels[i].discount, 40);
	}
	ck_assert_uint_eq(minds[MIND_HIGH], 8);
	ck_assert_uint_eq(minds[MIND_MEDIUM], 16);
	ck_assert_uint_eq(minds[MIND_LOW], 11);
	for (unsigned c = 0; c < 6; c++)
		ck_assert_uint_eq(of[c], categories[c]);
	ck_assert_mem_eq(s->items[0].id, "P001", 4);
	ck_assert_mem_eq(s->items[34].id, "P035", 4);
	shelf_free(s);
	shelf_free(NULL);
}
END_TEST

START_TEST(a_shelf_of_any_size_is_sound_and_the_same_for_the_same_seed)
{
	static const uint32_t sizes[] = { 2, 7, 34, 1000, SHELF_MOST };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct shelf *a = shelf_new(sizes[i], 5);
		struct shelf *b = shelf_new(sizes[i], 5);
		is_sound(a);
		for (uint32_t n = 0; n < sizes[i]; n++) {
			ck_assert_str_eq(a->items[n].id, b->items[n].id);
			ck_assert_int_eq(a->items[n].price,
			    b->items[n].price);
			ck_assert_uint_eq(a->items[n].sells,
			    b->items[n].sells);
		}
		for (unsigned n = 1; n <= SHELF_DEFAULT; n++)
			ck_assert_uint_lt(shelf_like(a, n), sizes[i]);
		shelf_free(a);
		shelf_free(b);
	}
}
END_TEST

START_TEST(a_shop_has_families_by_what_it_calls_one)
{
	static const struct shelf_row rows[] = {
		{ "TEA-1", "Green tea", "Food", "tea", 500, 200, 90,
		  MIND_HIGH, 30 },
		{ "MUG-1", "", "Home", "", 900, 0, 0, MIND_LOW, 0 },
		{ "TEA-2", "Black tea", "Food", "tea", 400, 150, 30,
		  MIND_HIGH, 0 },
		{ "MUG-2", "Mug", "Home", "", 700, 0, 0, MIND_LOW, 0 } };
	struct shelf *s = shelf_of(rows, 4, 3);

	is_sound(s);
	ck_assert_uint_eq(s->family_count, 2);
	ck_assert_uint_eq(s->items[0].family, s->items[2].family);
	ck_assert_uint_eq(s->items[1].family, s->items[3].family);
	ck_assert_uint_ne(s->items[0].family, s->items[1].family);
	ck_assert_str_eq(s->families[0].query, "tea");
	ck_assert_str_eq(s->families[1].query, "Home");
	ck_assert_str_eq(s->categories[0], "Food");
	ck_assert_str_eq(s->labels[1].title, "MUG-1");
	ck_assert_double_eq_tol(s->items[0].appeal - s->items[2].appeal,
	    log(3), 1e-9);
	ck_assert_uint_eq(shelf_find(s, "MUG-2", 5), 3);
	ck_assert_uint_eq(shelf_find(s, "MUG-3", 5), NAMES_NONE);
	shelf_free(s);
}
END_TEST

START_TEST(a_family_that_is_full_goes_on_in_a_second_one)
{
	enum { MANY = 3 * FAMILY_MOST + 1 };
	struct shelf_row rows[MANY];
	char ids[MANY][8];

	for (unsigned i = 0; i < MANY; i++) {
		snprintf(ids[i], sizeof(ids[i]), "X-%03u", i);
		rows[i] = (struct shelf_row){ ids[i], ids[i], "All", "same",
			100 + i, 50, 0, MIND_LOW, 0 };
	}
	struct shelf *s = shelf_of(rows, MANY, 1);
	is_sound(s);
	ck_assert_uint_eq(s->family_count, 4);
	ck_assert_uint_eq(s->families[3].count, 1);
	shelf_free(s);
}
END_TEST

START_TEST(families_are_drawn_by_their_weights)
{
	enum { DRAWS = 400000 };
	struct shelf *s = shelf_new(SHELF_DEFAULT, 1);
	struct dice d = dice_stream(1, 1);
	double sum = 0, *counts = calloc(s->family_count, sizeof(*counts));

	for (uint32_t f = 0; f < s->family_count; f++)
		sum += (double)s->families[f].weight;
	for (int i = 0; i < DRAWS; i++)
		counts[shelf_draw(s, dice_next(&d))]++;
	for (uint32_t f = 0; f < s->family_count; f++) {
		double share = (double)s->families[f].weight / sum;
		ck_assert_msg(fabs(counts[f] / DRAWS - share) <
		    5 * sqrt(share / DRAWS), "family %u: %.4f, not %.4f", f,
		    counts[f] / DRAWS, share);
	}
	free(counts);
	shelf_free(s);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("shelf");

	tcase_add_test(tests,
	    the_default_shelf_has_the_thirty_five_of_the_prototype);
	tcase_add_test(tests,
	    a_shelf_of_any_size_is_sound_and_the_same_for_the_same_seed);
	tcase_add_test(tests, a_shop_has_families_by_what_it_calls_one);
	tcase_add_test(tests, a_family_that_is_full_goes_on_in_a_second_one);
	tcase_add_test(tests, families_are_drawn_by_their_weights);
	return run_tests(tests, "shelf");
}
