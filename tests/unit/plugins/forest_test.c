/* The isolation forest: what is odd is found, in rows that are known, and the
 * same is said again after a snapshot. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "detection/forest.h"

enum { COLUMNS = 6, ROWS = 2000, ODD = 100 };

static double
even(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return ((double)((z ^ z >> 31) >> 11) + 0.5) / 9007199254740992.0;
}

static float
normal(uint64_t *state)
{
	return (float)(sqrt(-2 * log(even(state))) *
	    cos(6.283185307179586 * even(state)));
}

/* Six columns on footings of their own, the last two nearly the same. */
static void
usual_row(uint64_t *state, float row[COLUMNS])
{
	for (int c = 0; c < COLUMNS - 1; c++)
		row[c] = normal(state) * (float)(c * 100 + 1) + (float)c;
	row[5] = row[4] / 401 + 0.1F * normal(state);
}

static float *
world(uint64_t seed, size_t count)
{
	float *rows = malloc(count * COLUMNS * sizeof(*rows));

	ck_assert_ptr_nonnull(rows);
	for (size_t i = 0; i < count; i++)
		usual_row(&seed, rows + i * COLUMNS);
	return rows;
}

static struct forest *
fitted(const float *rows, size_t count, uint64_t seed)
{
	struct forest *f = forest_new(COLUMNS, 100, 256, seed);

	ck_assert_ptr_nonnull(f);
	forest_fit(f, rows, count);
	return f;
}

/* The chance that an odd row has a greater score than a usual one, where ODD
 * rows are made by SPOIL. */
static double
found(void (*spoil)(uint64_t *, float *))
{
	uint64_t state = 7;
	float *rows = world(1, ROWS);
	double scores[ROWS], wins = 0;

	for (int i = 0; i < ODD; i++)
		spoil(&state, rows + (size_t)i * 20 * COLUMNS);
	struct forest *f = fitted(rows, ROWS, 3);
	forest_scores(f, rows, ROWS, scores);
	for (int i = 0; i < ROWS; i += 20)
		for (int j = 0; j < ROWS; j++)
			wins += j % 20 != 0 && scores[i] > scores[j];
	forest_free(f);
	free(rows);
	return wins / ODD / (ROWS - ODD);
}

static void
far_off(uint64_t *state, float *row)
{
	row[0] += normal(state) > 0 ? 6 : -6;
}

static void
against_its_twin(uint64_t *state, float *row)
{
	(void)state;
	row[5] = -row[4] / 401 + (row[4] > 0 ? -1.5F : 1.5F);
}

static void
as_the_others(uint64_t *state, float *row)
{
	usual_row(state, row);
}

START_TEST(what_is_far_off_in_one_column_is_found)
{
	ck_assert_double_gt(found(far_off), 0.95);
}
END_TEST

START_TEST(what_is_usual_in_each_column_but_not_in_two_is_found)
{
	ck_assert_double_gt(found(against_its_twin), 0.8);
}
END_TEST

START_TEST(where_nothing_is_odd_nothing_is_found)
{
	double share = found(as_the_others);

	ck_assert_double_gt(share, 0.4);
	ck_assert_double_lt(share, 0.6);
}
END_TEST

START_TEST(rows_that_come_one_at_a_time_teach_as_much)
{
	float *rows = world(2, ROWS), odd[COLUMNS], other[COLUMNS];
	struct forest *f = forest_new(COLUMNS, 100, 256, 5);

	for (size_t i = 0; i < ROWS; i += 50)
		rows[i * COLUMNS + 2] += 2000;
	memcpy(odd, rows, sizeof(odd));
	memcpy(other, rows + COLUMNS, sizeof(other));
	ck_assert_double_eq(forest_score(f, odd), 0.5);
	ck_assert_double_eq(forest_bar(f, 0.1), 1);
	for (size_t i = 0; i < ROWS; i++)
		forest_note(f, rows + i * COLUMNS);
	ck_assert_double_gt(forest_score(f, odd), forest_bar(f, 0.05));
	ck_assert_double_lt(forest_score(f, other), forest_score(f, odd));
	forest_free(f);
	free(rows);
}
END_TEST

/* What begins as two rows in a hundred and becomes all of them. */
START_TEST(a_world_that_changes_is_learned_anew)
{
	float *rows = world(2, 20000), odd[COLUMNS];
	struct forest *f;
	size_t size;

	for (size_t i = 0; i < 20000; i += i < ROWS ? 50 : 1)
		rows[i * COLUMNS] += 20;
	memcpy(odd, rows, sizeof(odd));
	f = fitted(rows, ROWS, 5);
	size = forest_size(f);
	ck_assert_double_gt(forest_score(f, odd), forest_bar(f, 0.05));
	for (size_t i = ROWS; i < 20000; i++)
		forest_note(f, rows + i * COLUMNS);
	ck_assert_double_lt(forest_score(f, odd), forest_bar(f, 0.05));
	ck_assert_uint_eq(forest_size(f), size);
	ck_assert_uint_le(size, 1000000);
	forest_free(f);
	free(rows);
}
END_TEST

START_TEST(the_same_seed_says_the_same_and_another_nearly)
{
	float *rows = world(4, ROWS);
	struct forest *one = fitted(rows, ROWS, 1), *same = fitted(rows, ROWS, 1),
	    *other = fitted(rows, ROWS, 2);
	int differ = 0;

	for (size_t i = 0; i < ROWS; i++) {
		const float *row = rows + i * COLUMNS;
		double score = forest_score(one, row);

		ck_assert_double_eq(score, forest_score(same, row));
		ck_assert_double_le(fabs(score - forest_score(other, row)), 0.15);
		differ += score != forest_score(other, row);
	}
	ck_assert_int_gt(differ, ROWS / 2);
	forest_free(one);
	forest_free(same);
	forest_free(other);
	free(rows);
}
END_TEST

START_TEST(many_rows_at_once_have_the_scores_of_each)
{
	float *rows = world(4, 200);
	struct forest *f = fitted(rows, 200, 1);
	double scores[200];

	forest_scores(f, rows, 200, scores);
	for (size_t i = 0; i < 200; i++)
		ck_assert_double_eq(scores[i],
		    forest_score(f, rows + i * COLUMNS));
	forest_free(f);
	free(rows);
}
END_TEST

START_TEST(the_bar_leaves_its_share_beyond)
{
	float *rows = world(4, 500);
	struct forest *f = fitted(rows, 500, 1);
	double bar = forest_bar(f, 0.1);
	int beyond = 0;

	for (size_t i = 0; i < 500; i++)
		beyond += forest_score(f, rows + i * COLUMNS) > bar;
	ck_assert_int_ge(beyond, 45);
	ck_assert_int_le(beyond, 50);
	ck_assert_double_ge(forest_bar(f, 0.01), bar);
	forest_free(f);
	free(rows);
}
END_TEST

START_TEST(a_missing_number_is_the_usual_one)
{
	float *rows = world(4, ROWS), row[COLUMNS];

	for (size_t i = 0; i < ROWS; i += 3)
		rows[i * COLUMNS + 1] = NAN;
	struct forest *f = fitted(rows, ROWS, 1);
	for (int c = 0; c < COLUMNS; c++)
		row[c] = NAN;
	ck_assert_double_lt(forest_score(f, row), forest_bar(f, 0.5));
	for (int c = 0; c < 4; c++)
		row[c] = INFINITY;
	ck_assert_double_gt(forest_score(f, row), forest_bar(f, 0.1));
	ck_assert_double_le(forest_score(f, row), 1);
	forest_free(f);
	free(rows);
}
END_TEST

START_TEST(rows_that_are_all_the_same_are_not_odd)
{
	float rows[100 * COLUMNS] = { 0 };
	struct forest *f = fitted(rows, 100, 1);

	ck_assert_double_eq_tol(forest_score(f, rows), 0.5, 1e-6);
	ck_assert_double_eq_tol(forest_bar(f, 0.1), 0.5, 1e-6);
	forest_free(f);
	f = fitted(rows, 1, 1);
	ck_assert_double_eq(forest_score(f, rows), 0.5);
	forest_free(f);
}
END_TEST

static void *
bytes_of(const struct forest *f)
{
	void *bytes = malloc(forest_room(f));

	ck_assert_ptr_nonnull(bytes);
	forest_put(f, bytes);
	return bytes;
}

static void
taken_goes_on(size_t before)
{
	float *rows = world(6, ROWS);
	struct forest *f = forest_new(COLUMNS, 30, 64, 9), *taken;

	for (size_t i = 0; i < before; i++)
		forest_note(f, rows + i * COLUMNS);
	void *bytes = bytes_of(f);
	taken = forest_take(bytes, forest_room(f));
	ck_assert_ptr_nonnull(taken);
	free(bytes);
	for (size_t i = before; i < ROWS; i++) {
		const float *row = rows + i * COLUMNS;

		ck_assert_double_eq(forest_score(f, row),
		    forest_score(taken, row));
		forest_note(f, row);
		forest_note(taken, row);
	}
	ck_assert_uint_eq(forest_room(f), forest_room(taken));
	bytes = bytes_of(f);
	void *others = bytes_of(taken);
	ck_assert_mem_eq(bytes, others, forest_room(f));
	free(bytes);
	free(others);
	forest_free(f);
	forest_free(taken);
	free(rows);
}

START_TEST(what_was_put_goes_on_as_if_nothing_had_been)
{
	taken_goes_on(0);
	taken_goes_on(20);
	taken_goes_on(700);
}
END_TEST

/* Of a byte that is another one, either nothing is taken or a forest that can
 * be asked. */
START_TEST(bytes_that_are_not_whole_are_refused)
{
	float *rows = world(6, 100);
	struct forest *f = forest_new(COLUMNS, 3, 16, 9), *taken;
	size_t size, refused = 0;

	forest_fit(f, rows, 100);
	size = forest_room(f);
	unsigned char *bytes = bytes_of(f);
	for (size_t i = 0; i < size; i++)
		ck_assert_ptr_null(forest_take(bytes, i));
	for (size_t i = 0; i < size; i++) {
		bytes[i] ^= 0xa5;
		taken = forest_take(bytes, size);
		refused += taken == NULL;
		if (taken != NULL)
			ck_assert(!isnan(forest_score(taken, rows)));
		forest_free(taken);
		bytes[i] ^= 0xa5;
	}
	ck_assert_uint_gt(refused, 3 * 31 * 2);
	free(bytes);
	forest_free(f);
	free(rows);
}
END_TEST

START_TEST(a_forest_beyond_its_limits_is_refused)
{
	ck_assert_ptr_null(forest_new(0, 100, 256, 1));
	ck_assert_ptr_null(forest_new(FOREST_COLUMNS_MOST + 1, 100, 256, 1));
	ck_assert_ptr_null(forest_new(8, 0, 256, 1));
	ck_assert_ptr_null(forest_new(8, FOREST_TREES_MOST + 1, 256, 1));
	ck_assert_ptr_null(forest_new(8, 100, 1, 1));
	ck_assert_ptr_null(forest_new(8, 100, FOREST_SAMPLE_MOST + 1, 1));
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("forest");
	Suite *suite = suite_create("forest");

	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, what_is_far_off_in_one_column_is_found);
	tcase_add_test(tests,
	    what_is_usual_in_each_column_but_not_in_two_is_found);
	tcase_add_test(tests, where_nothing_is_odd_nothing_is_found);
	tcase_add_test(tests, rows_that_come_one_at_a_time_teach_as_much);
	tcase_add_test(tests, a_world_that_changes_is_learned_anew);
	tcase_add_test(tests, the_same_seed_says_the_same_and_another_nearly);
	tcase_add_test(tests, many_rows_at_once_have_the_scores_of_each);
	tcase_add_test(tests, the_bar_leaves_its_share_beyond);
	tcase_add_test(tests, a_missing_number_is_the_usual_one);
	tcase_add_test(tests, rows_that_are_all_the_same_are_not_odd);
	tcase_add_test(tests, what_was_put_goes_on_as_if_nothing_had_been);
	tcase_add_test(tests, bytes_that_are_not_whole_are_refused);
	tcase_add_test(tests, a_forest_beyond_its_limits_is_refused);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
