/* Tables as events: what a map says, what a header is, what becomes of cells,
 * and that the events of a table are held to what all events are. */
#include <check.h>
#include <stdlib.h>

#include "intake/event.h"
#include "intake/sheet.h"

#define EUR	('E' | 'U' << 8 | 'R' << 16)
#define MAP	"shopper=customer,time=when,properties.channel=source"

static struct text heard;

static bool
hear_event(void *context, uint64_t line, uint64_t last, struct lift_text json,
    struct lift_error *err)
{
	(void)context, (void)err;
	text_form(&heard, "%llu-%llu %.*s\n", (unsigned long long)line,
	    (unsigned long long)last, (int)json.size, json.data);
	return true;
}

static void
hear_refused(void *context, uint64_t line, struct lift_text cells,
    const struct lift_error *err)
{
	(void)context;
	text_form(&heard, "%llu! %s%.*s\n", (unsigned long long)line, err->text,
	    (int)cells.size, cells.data);
}

static const struct sheet_taker taker = { hear_event, hear_refused, NULL };

/* What is heard of a file read so; with what ended it, if anything did. */
static const char *
reads(struct sheet_settings settings, const char *file)
{
	struct lift_error err = { 0 };
	struct sheet *s = sheet_new(&settings, &taker, &err);

	text_clear(&heard);
	if (s == NULL || !sheet_take(s, lift_text(file), &err) ||
	    !sheet_end(s, &err))
		text_form(&heard, "!!%s", err.text);
	sheet_free(s);
	return text_view(&heard).data;
}

static struct sheet_settings
mapped(const char *map)
{
	return (struct sheet_settings){ .map = lift_text(map),
		.type = LIFT_TEXT_OF("purchase") };
}

START_TEST(columns_of_our_names_need_no_map)
{
	ck_assert_str_eq(reads((struct sheet_settings){ .drops = false },
	    "type,shopper,price,position\nview,anna,19.99,3\n"),
	    "2-2 {\"type\":\"view\",\"shopper\":\"anna\",\"price\":19.99,"
	    "\"position\":3}\n");
}
END_TEST

START_TEST(a_map_gives_columns_to_fields_and_the_rest_goes_under_properties)
{
	ck_assert_str_eq(reads(mapped(MAP),
	    "customer,source,when,shopper,note\n7,web,2026-01-02,x,\"a\"\"\n"
	    "b\"\n"), "2-3 {\"shopper\":\"7\",\"time\":\"2026-01-02\","
	    "\"type\":\"purchase\",\"properties\":{\"channel\":\"web\","
	    "\"shopper\":\"x\",\"note\":\"a\\\"\\nb\"}}\n");
}
END_TEST

START_TEST(columns_that_are_no_fields_can_be_dropped)
{
	struct sheet_settings s = mapped("properties.c=source");

	s.drops = true;
	ck_assert_str_eq(reads(s, "shopper,source,note\na,web,x\n"),
	    "2-2 {\"shopper\":\"a\",\"type\":\"purchase\",\"properties\":{"
	    "\"c\":\"web\"}}\n");
}
END_TEST

START_TEST(an_empty_cell_says_nothing)
{
	ck_assert_str_eq(reads(mapped(""), "type,shopper,price\n,a,\nview,,3\n"),
	    "2-2 {\"shopper\":\"a\",\"type\":\"purchase\"}\n"
	    "3-3 {\"type\":\"view\",\"price\":3}\n");
}
END_TEST

START_TEST(times_without_a_zone_are_those_of_the_zone_named)
{
	struct sheet_settings s = mapped("");

	s.timezone = LIFT_TEXT_OF("Europe/Berlin");
	/* The hour from two comes twice on 25 October; it is the first. */
	ck_assert_str_eq(reads(s, "shopper,time\na,2026-07-01 12:00\n"
	    "b,2026-01-01T12:00:01.5\nc,2026-01-02\nd,2026-01-01T00:00:00Z\n"
	    "e,2026-10-25 02:30\nf,soon\n"),
	    "2-2 {\"shopper\":\"a\",\"time\":\"2026-07-01T10:00:00Z\","
	    "\"type\":\"purchase\"}\n"
	    "3-3 {\"shopper\":\"b\",\"time\":\"2026-01-01T11:00:01.500Z\","
	    "\"type\":\"purchase\"}\n"
	    "4-4 {\"shopper\":\"c\",\"time\":\"2026-01-01T23:00:00Z\","
	    "\"type\":\"purchase\"}\n"
	    "5-5 {\"shopper\":\"d\",\"time\":\"2026-01-01T00:00:00Z\","
	    "\"type\":\"purchase\"}\n"
	    "6-6 {\"shopper\":\"e\",\"time\":\"2026-10-25T00:30:00Z\","
	    "\"type\":\"purchase\"}\n"
	    "7-7 {\"shopper\":\"f\",\"time\":\"soon\","
	    "\"type\":\"purchase\"}\n");
}
END_TEST

START_TEST(a_map_that_cannot_hold_is_refused)
{
	ck_assert_str_eq(reads(mapped("shoper=a"), ""), "!!map has \"shoper\", "
	    "which is no field of an event that a cell can fill, perhaps you "
	    "mean \"shopper\"; your own data is properties.NAME");
	ck_assert_str_eq(reads(mapped("shopper"), ""), "!!map has \"shopper\", "
	    "must be field=column, such as shopper=customer_id");
	ck_assert_str_eq(reads(mapped("price=a,price=b"), ""),
	    "!!map names \"price\" twice");
	ck_assert_str_eq(reads(mapped("shopper=costumer"), "customer,price\n"),
	    "!!map takes shopper from the column \"costumer\", which the "
	    "header has not, perhaps you mean \"customer\"");
}
END_TEST

START_TEST(a_header_that_cannot_hold_is_refused)
{
	struct sheet_settings none = { .drops = false };

	ck_assert_str_eq(reads(none, "shopper,price\na,1\n"),
	    "!!no column is the type of the event: name one by map "
	    "(type=COLUMN), or give the type that all rows have, such as "
	    "purchase");
	ck_assert_str_eq(reads(none, "type,price,price\nview,1,2\n"),
	    "!!the columns 2 and 3 of the header are both \"price\", a field "
	    "can have one");
	ck_assert_str_eq(reads(none, "\n"), "!!the table is empty, must have "
	    "a line with the names of the columns");
}
END_TEST

START_TEST(a_bad_row_is_refused_by_its_line_and_column)
{
	ck_assert_str_eq(reads(mapped(""), "shopper,note\na\n\"b\"c,1\n"
	    "d,\xff\ne,1\n"),
	    "2! the row has 1 cells, the header has 2[\"a\"]\n"
	    "3! column \"shopper\": something follows the closing quote; a "
	    "quote inside of quotes is written twice[\"b\"]\n"
	    "4! column \"note\" is not UTF-8[\"d\",\"\xef\xbf\xbd\"]\n"
	    "5-5 {\"shopper\":\"e\",\"type\":\"purchase\",\"properties\":{"
	    "\"note\":\"1\"}}\n");
}
END_TEST

START_TEST(what_is_no_number_is_refused_by_the_readers_of_events)
{
	struct event_context context = { .received = LIFT_SECOND,
		.currency = EUR };
	struct arena *arena = arena_new();
	struct lift_error err;
	struct event e;

	ck_assert_str_eq(reads(mapped(""), "price\n\"1,5\"\n"),
	    "2-2 {\"price\":\"1,5\",\"type\":\"purchase\"}\n");
	struct lift_text json = { heard.data + 4, heard.size - 5 };
	ck_assert(!event_read(json, arena, &context, &e, &err));
	ck_assert_str_eq(err.text,
	    "price is \"1,5\", must be a number from 0 such as 19.99");
	arena_free(arena);
}
END_TEST

START_TEST(a_header_is_told_from_what_is_none)
{
	ck_assert(sheet_is_header(LIFT_TEXT_OF("a;time;b")));
	ck_assert(sheet_is_header(LIFT_TEXT_OF("\"type\",\"x\"")));
	ck_assert(!sheet_is_header(LIFT_TEXT_OF("time")));
	ck_assert(!sheet_is_header(LIFT_TEXT_OF("nonsense, and more")));
	ck_assert(!sheet_is_header(LIFT_TEXT_OF("{\"type\":\"x\",time,a")));
	ck_assert(!sheet_is_header(LIFT_TEXT_OF("")));
}
END_TEST

static void
end(void)
{
	text_done(&heard);
}

int
main(void)
{
	Suite *s = suite_create("sheet");
	TCase *c = tcase_create("sheet");

	tcase_add_checked_fixture(c, NULL, end);
	tcase_add_test(c, columns_of_our_names_need_no_map);
	tcase_add_test(c,
	    a_map_gives_columns_to_fields_and_the_rest_goes_under_properties);
	tcase_add_test(c, columns_that_are_no_fields_can_be_dropped);
	tcase_add_test(c, an_empty_cell_says_nothing);
	tcase_add_test(c, times_without_a_zone_are_those_of_the_zone_named);
	tcase_add_test(c, a_map_that_cannot_hold_is_refused);
	tcase_add_test(c, a_header_that_cannot_hold_is_refused);
	tcase_add_test(c, a_bad_row_is_refused_by_its_line_and_column);
	tcase_add_test(c,
	    what_is_no_number_is_refused_by_the_readers_of_events);
	tcase_add_test(c, a_header_is_told_from_what_is_none);
	suite_add_tcase(s, c);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed > 0;
}
