/* Rows out of comma-separated values, at each boundary at which they can
 * come. */
#include <check.h>
#include <stdlib.h>

#include "base/text.h"
#include "intake/csv.h"

static bool
hear_row(void *context, const struct csv_row *row, struct lift_error *err)
{
	struct text *heard = context;

	text_form(heard, "%llu-%llu", (unsigned long long)row->line,
	    (unsigned long long)row->last);
	for (unsigned i = 0; i < row->count; i++)
		text_form(heard, "|%.*s", (int)row->cells[i].size,
		    row->cells[i].data);
	text_byte(heard, ';');
	return row->count < 4 || lift_fail(err, LIFT_E_BUSY, "full");
}

static void
hear_refused(void *context, const struct csv_row *row, unsigned column,
    const char *why)
{
	text_form(context, "%llu!%u %.20s", (unsigned long long)row->line,
	    column, why);
	/* What was read of it; of very many cells their number. */
	for (unsigned i = 0; i < row->count && row->count < 9; i++)
		text_form(context, "|%.*s", (int)(row->cells[i].size > 8 ? 8 :
		    row->cells[i].size), row->cells[i].data);
	if (row->count >= 9)
		text_form(context, "|%u", row->count);
	text_byte(context, ';');
}

/* What is heard of a file in pieces of STEP bytes, the first of CUT. */
static void
hear(struct text *heard, struct lift_text file, size_t cut, size_t step)
{
	struct csv_taker taker = { hear_row, hear_refused, heard };
	struct csv *c = csv_new(&taker);
	struct lift_error err = { 0 };
	bool ok = true;

	text_clear(heard);
	for (size_t at = 0, n; ok && at < file.size; at += n) {
		n = at == 0 && cut > 0 ? cut : step;
		n = n < file.size - at ? n : file.size - at;
		/* A copy of its own, so that what is kept of it is seen. */
		char *copy = malloc(n);
		memcpy(copy, file.data + at, n);
		ok = csv_take(c, (struct lift_text){ copy, n }, &err);
		free(copy);
	}
	if (!csv_end(c, &err))
		text_form(heard, "!!%s", err.text);
	csv_free(c);
}

/* The file must be heard so, wherever it is cut. */
static void
is_heard_as(const char *file, const char *expected)
{
	struct text heard = { 0 };
	struct lift_text t = lift_text(file);

	for (size_t cut = 0; cut <= t.size; cut++)
		for (size_t step = 1; step < t.size + 2; step += t.size + 1) {
			hear(&heard, t, cut, step);
			ck_assert_str_eq(text_view(&heard).data, expected);
		}
	text_done(&heard);
}

START_TEST(the_first_line_tells_the_separator)
{
	is_heard_as("a,b\n1,2\n", "1-1|a|b;2-2|1|2;");
	is_heard_as("a;b\n1,5;2\n", "1-1|a|b;2-2|1,5|2;");
	is_heard_as("a\tb\n1;5\t2,3", "1-1|a|b;2-2|1;5|2,3;");
	is_heard_as("\"a;b;c\",d\n1,2", "1-1|a;b;c|d;2-2|1|2;");
	is_heard_as("a\nb\n", "1-1|a;2-2|b;");
}
END_TEST

START_TEST(quotes_hold_separators_line_ends_and_quotes)
{
	is_heard_as("a,b\n\"1,\"\"x\"\"\r\n2\",\"\"\n3,4\n",
	    "1-1|a|b;2-3|1,\"x\"\r\n2|;4-4|3|4;");
	is_heard_as("a,b\n5\" pipe,2\n", "1-1|a|b;2-2|5\" pipe|2;");
}
END_TEST

START_TEST(a_byte_order_mark_and_carriage_returns_are_passed_over)
{
	is_heard_as("\xef\xbb\xbf" "a,b\r\n1,\"2\"\r\n", "1-1|a|b;2-2|1|2;");
}
END_TEST

START_TEST(blank_lines_are_no_rows_and_are_counted)
{
	is_heard_as("\n\na,b\n\r\n1,2\n\n", "3-3|a|b;5-5|1|2;");
	is_heard_as("", "");
	is_heard_as("a,b\n1,", "1-1|a|b;2-2|1|;");
}
END_TEST

START_TEST(a_bad_row_is_refused_and_the_next_is_read)
{
	is_heard_as("a,b\n1,\"2\"x\n3,4\n",
	    "1-1|a|b;2!1 something follows th|1|2;3-3|3|4;");
	is_heard_as("a,b\n\"1\"\rx\n3,4\n",
	    "1-1|a|b;2!0 a carriage return fo|1;3-3|3|4;");
	is_heard_as("a,b\n3,\"4\n5,6\n",
	    "1-1|a|b;2!1 the file ends inside|3|4\n5,6\n;");
}
END_TEST

START_TEST(a_quote_that_is_never_closed_costs_one_row_and_a_limit)
{
	struct text file = { 0 }, one = { 0 }, other = { 0 };

	text_string(&file, "a,b\n1,\"open\n");
	for (int i = 0; i < 2 * CSV_ROW_MOST / 8; i++)
		text_string(&file, "123,567\n");
	hear(&one, text_view(&file), 0, file.size);
	hear(&other, text_view(&file), 7, 1000);
	ck_assert_str_eq(one.data, other.data);
	ck_assert(strncmp(one.data, "1-1|a|b;2!1 the row has grown lo|1|open\n123;"
	    "16387-", 50) == 0);
	text_done(&file);
	text_done(&one);
	text_done(&other);
}
END_TEST

START_TEST(a_row_has_a_limit_of_columns)
{
	struct text file = { 0 }, heard = { 0 };

	text_string(&file, "a,b\n");
	for (int i = 0; i < CSV_COLUMNS_MOST; i++)
		text_byte(&file, ',');
	text_string(&file, "\n1,2\n");
	hear(&heard, text_view(&file), 0, file.size);
	ck_assert_str_eq(heard.data, "1-1|a|b;2!256 a row has at most 25|256;"
	    "3-3|1|2;");
	text_done(&file);
	text_done(&heard);
}
END_TEST

START_TEST(a_taker_that_says_no_ends_it)
{
	is_heard_as("a,b\n1,2,3,4\n5,6\n", "1-1|a|b;2-2|1|2|3|4;!!full");
}
END_TEST

START_TEST(a_lost_line_refuses_the_row_that_it_was_part_of)
{
	struct text heard = { 0 };
	struct csv_taker taker = { hear_row, hear_refused, &heard };
	struct csv *c = csv_new(&taker);
	struct lift_error err;

	ck_assert(csv_take(c, LIFT_TEXT_OF("a,b\n1,\"2\n"), &err));
	csv_lose(c, "too long");
	ck_assert(csv_take(c, LIFT_TEXT_OF("3,4\n"), &err));
	ck_assert(csv_end(c, &err));
	ck_assert_str_eq(heard.data, "1-1|a|b;2!1 too long|1|2\n;4-4|3|4;");
	csv_free(c);
	text_done(&heard);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("csv");
	TCase *c = tcase_create("csv");

	tcase_add_test(c, the_first_line_tells_the_separator);
	tcase_add_test(c, quotes_hold_separators_line_ends_and_quotes);
	tcase_add_test(c,
	    a_byte_order_mark_and_carriage_returns_are_passed_over);
	tcase_add_test(c, blank_lines_are_no_rows_and_are_counted);
	tcase_add_test(c, a_bad_row_is_refused_and_the_next_is_read);
	tcase_add_test(c,
	    a_quote_that_is_never_closed_costs_one_row_and_a_limit);
	tcase_add_test(c, a_row_has_a_limit_of_columns);
	tcase_add_test(c, a_taker_that_says_no_ends_it);
	tcase_add_test(c, a_lost_line_refuses_the_row_that_it_was_part_of);
	suite_add_tcase(s, c);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed > 0;
}
