/* What a shop sends, and what it reads when it was wrong. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "intake/event.h"
#include "intake/member.h"

#define EUR	('E' | 'U' << 8 | 'R' << 16)
#define NOW	INT64_C(1795187777000000)	/* 2026-11-20T15:16:17Z */

static const struct event_context context = { .received = NOW,
	.ahead = 10 * LIFT_MINUTE, .currency = EUR, .position = 3 };

static struct arena *arena;

static void
begin(void)
{
	arena = arena_new();
}

static void
end(void)
{
	arena_free(arena);
}

static struct event
reads(const char *json)
{
	struct lift_error err;
	struct event e;

	ck_assert_msg(event_read(lift_text(json), arena, &context, &e, &err),
	    "%s", err.text);
	return e;
}

static void
refuses(const char *json, const char *sentence)
{
	struct lift_error err;
	struct event e;

	memset(&err, 0x5a, sizeof(err));
	ck_assert_msg(!event_read(lift_text(json), arena, &context, &e, &err),
	    "%s", json);
	ck_assert_str_eq(err.text, sentence);
	ck_assert_int_eq(err.code, LIFT_E_INPUT);
}

START_TEST(a_full_event_is_one_entry)
{
	struct event e = reads("{\"id\":\"e1\",\"type\":\"purchase\","
	    "\"time\":\"2026-11-20T15:16:00Z\",\"shopper\":\"anna\","
	    "\"session\":\"s\",\"product\":\"LAMP\",\"quantity\":2,"
	    "\"price\":19.99,\"currency\":\"SEK\",\"promotion\":\"SALE\","
	    "\"store\":\"web\",\"query\":\"q\",\"position\":4,"
	    "\"order\":\"o\",\"properties\":{\"a\":[1]}}");
	struct lift_entry *x = &e.entries[0];

	ck_assert_uint_eq(e.count, 1);
	ck_assert_uint_eq(x->kind, LIFT_ENTRY_INTERACTION);
	ck_assert_uint_eq(x->type, LIFT_PURCHASE);
	ck_assert_int_eq(x->time, NOW - 17 * LIFT_SECOND);
	ck_assert_int_eq(x->received, NOW);
	ck_assert_int_eq(x->price, 1999);
	ck_assert_int_eq(x->quantity, 2);
	ck_assert_int_eq(x->position, 4);
	ck_assert(lift_text_equal(e.shopper, LIFT_TEXT_OF("anna")));
	ck_assert(lift_text_equal(x->properties,
	    LIFT_TEXT_OF("{\"a\":[1]}")));
	ck_assert_uint_eq(x->shopper, 0);
}
END_TEST

START_TEST(little_is_needed)
{
	struct event e = reads("{\"type\":\"tried_on\",\"product\":17,"
	    "\"properties\":{},\"query\":null}");
	struct lift_entry *x = &e.entries[0];

	ck_assert_uint_eq(x->type, LIFT_OTHER);
	ck_assert(lift_text_equal(x->type_name, LIFT_TEXT_OF("tried_on")));
	ck_assert(lift_text_equal(x->product_name, LIFT_TEXT_OF("17")));
	ck_assert_int_eq(x->time, NOW);
	ck_assert_int_eq(x->quantity, 1);
	ck_assert(!x->has_price);
	ck_assert_uint_eq(x->properties.size, 0);
	ck_assert_int_eq(x->id.data[0], 'e');
}
END_TEST

START_TEST(an_id_that_we_make_follows_from_bytes_time_and_place)
{
	struct event_context other = context;
	struct lift_text json = LIFT_TEXT_OF("{\"type\":\"view\"}");
	struct lift_error err;
	struct event a = reads(json.data), b = reads(json.data), c;

	ck_assert(lift_text_equal(a.entries[0].id, b.entries[0].id));
	other.position++;
	ck_assert(event_read(json, arena, &other, &c, &err));
	ck_assert(!lift_text_equal(a.entries[0].id, c.entries[0].id));
}
END_TEST

START_TEST(a_purchase_of_lines_is_one_entry_a_line)
{
	struct event e = reads("{\"id\":\"o1\",\"type\":\"purchase\","
	    "\"shopper\":\"ben\",\"currency\":\"JPY\",\"items\":["
	    "{\"product\":\"A\",\"price\":100,\"quantity\":3},"
	    "{\"product\":\"B\",\"price\":50.5,\"currency\":\"EUR\"},"
	    "{\"product\":\"C\",\"promotion\":\"SALE\"}]}");

	ck_assert_uint_eq(e.count, 3);
	ck_assert(lift_text_equal(e.entries[0].id, LIFT_TEXT_OF("o1")));
	ck_assert(lift_text_equal(e.entries[1].id, LIFT_TEXT_OF("o1#2")));
	ck_assert(lift_text_equal(e.entries[2].id, LIFT_TEXT_OF("o1#3")));
	for (unsigned i = 0; i < 3; i++)
		ck_assert(lift_text_equal(e.entries[i].order,
		    LIFT_TEXT_OF("o1")));
	ck_assert_int_eq(e.entries[0].price, 100);
	ck_assert_int_eq(e.entries[0].quantity, 3);
	ck_assert_int_eq(e.entries[1].price, 5050);
	ck_assert_int_eq(e.entries[1].quantity, 1);
	ck_assert(!e.entries[2].has_price);
	ck_assert_uint_eq(e.entries[0].promotion_name.size, 0);
	ck_assert(lift_text_equal(e.entries[2].promotion_name,
	    LIFT_TEXT_OF("SALE")));
}
END_TEST

START_TEST(a_refusal_names_the_field_and_what_would_be_right)
{
	refuses("{\"type\":\"view\",\"prodct\":\"A\"}", "\"prodct\" is no "
	    "field of an event, perhaps you mean \"product\"; your own data "
	    "goes under \"properties\"");
	refuses("{\"type\":\"view\",\"colour\":1}", "\"colour\" is no field "
	    "of an event; your own data goes under \"properties\"");
	refuses("{}", "type is missing, must be what the shopper did, such as "
	    "\"purchase\"");
	refuses("{\"type\":\"\"}", "type is empty, must be what the shopper "
	    "did, such as \"purchase\"");
	refuses("{\"type\":[1]}", "type is [1], must be a text such as "
	    "\"purchase\"");
	refuses("{\"type\":7}", "type is 7, must be a text such as "
	    "\"purchase\"");
	refuses("{\"type\":\"view\",\"time\":\"today\"}", "time is today, "
	    "must be like \"2026-11-20T15:16:17.123Z\"");
	refuses("{\"type\":\"view\",\"time\":\"2026-11-20T15:30:00Z\"}",
	    "time is 2026-11-20T15:30:00Z, must be at most 10m ahead "
	    "of now: is the sender's clock right?");
	refuses("{\"type\":\"view\",\"price\":-1}", "price is -1, must be a "
	    "number from 0 such as 19.99");
	refuses("{\"type\":\"view\",\"price\":1.999}", "price is 1.999, must "
	    "be an amount in EUR with at most 2 decimals");
	refuses("{\"type\":\"view\",\"currency\":\"euro\"}", "currency is "
	    "euro, must be three capital letters such as \"EUR\"");
	refuses("{\"type\":\"view\",\"quantity\":0}", "quantity is 0, must be "
	    "a whole number from 1 to 1000000");
	refuses("{\"type\":\"view\",\"quantity\":1.5}", "quantity is 1.5, "
	    "must be a whole number from 1 to 1000000");
	refuses("{\"type\":\"view\",\"properties\":[]}",
	    "properties is [], must be an object");
	refuses("{\"type\":\"view\",\"id\":\"a\\u0000b\"}",
	    "id holds a zero byte, must be plain text");
	refuses("[]", "an event is a JSON object");
}
END_TEST

START_TEST(a_time_ahead_is_refused_with_the_span_that_is_set)
{
	static const struct { int64_t ahead; const char *sentence; } cases[] = {
		{ 90 * LIFT_SECOND, "time is 2026-11-21T15:16:17Z, must be at "
		    "most 1m30s ahead of now: is the sender's clock right?" },
		{ 2 * LIFT_HOUR, "time is 2026-11-21T15:16:17Z, must be at "
		    "most 2h ahead of now: is the sender's clock right?" } };
	struct lift_text json = LIFT_TEXT_OF("{\"type\":\"view\","
	    "\"time\":\"2026-11-21T15:16:17Z\"}");
	struct event_context other = context;
	struct lift_error err;
	struct event e;

	for (unsigned i = 0; i < 2; i++) {
		other.ahead = cases[i].ahead;
		ck_assert(!event_read(json, arena, &other, &e, &err));
		ck_assert_str_eq(err.text, cases[i].sentence);
	}
	other.ahead = LIFT_DAY;
	ck_assert(event_read(json, arena, &other, &e, &err));
	other.ahead = 0;
	ck_assert(event_read(json, arena, &other, &e, &err));
}
END_TEST

START_TEST(every_key_is_known_and_the_nearest_is_suggested)
{
	struct event e = reads("{\"type\":\"view\",\"id\":\"1\","
	    "\"time\":\"2026-11-20\",\"shopper\":\"2\",\"session\":\"3\","
	    "\"product\":\"4\",\"promotion\":\"5\",\"store\":\"6\","
	    "\"query\":\"7\",\"order\":\"8\",\"price\":9,\"currency\":"
	    "\"JPY\",\"quantity\":10,\"position\":11,\"properties\":{"
	    "\"a\":12},\"items\":null}");
	struct lift_entry *x = &e.entries[0];
	struct lift_text texts[] = { x->id, e.shopper, x->session,
		x->product_name, x->promotion_name, x->store, x->query,
		x->order };

	for (unsigned i = 0; i < 8; i++)
		ck_assert_int_eq(texts[i].data[0], "12345678"[i]);
	ck_assert_int_eq(x->price + x->quantity + x->position, 30);
	ck_assert_uint_eq(x->properties.size, 8);
	/* As near to "time": the one that is named first is said. */
	refuses("{\"tpye\":\"view\"}", "\"tpye\" is no field of an event, "
	    "perhaps you mean \"type\"; your own data goes under "
	    "\"properties\"");
	refuses("{\"\":1}", "\"\" is no field of an event, perhaps you mean "
	    "\"id\"; your own data goes under \"properties\"");
}
END_TEST

START_TEST(what_is_no_json_is_said_with_its_place)
{
	static const char *const broken[] = { "", "{", "{\"type\":\"view\"",
		"{\"type\":\"view\"} x", "{\"type\":\"view\",}", "{\"id\":[}",
		"{\"price\":1.}", "{\"quantity\":01}", "{\"items\":[}",
		"{\"type\":\"\xff\"}", "{\"properties\":{\"a\":}}",
		"{\"type\":\"view\" \"id\":\"a\"}", "nul" };
	struct lift_error err;
	struct event e;

	for (unsigned i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		memset(&err, 0, sizeof(err));
		ck_assert_msg(!event_read(lift_text(broken[i]), arena,
		    &context, &e, &err), "%s", broken[i]);
		ck_assert_msg(err.text[0] != '\0' &&
		    err.code == LIFT_E_INPUT, "%s says nothing", broken[i]);
	}
	refuses("{\"type\":\"view\"} x", "this is no JSON: something follows "
	    "the value, at byte 17");
}
END_TEST

START_TEST(lines_are_refused_with_their_number)
{
	refuses("{\"type\":\"purchase\",\"items\":[]}",
	    "items has 0 lines, must have 1 to 500");
	refuses("{\"type\":\"purchase\",\"items\":[{\"quantity\":1}]}",
	    "items[0].product is missing");
	refuses("{\"type\":\"purchase\",\"items\":[{\"product\":\"A\"},"
	    "{\"product\":\"B\",\"shopper\":\"x\"}]}",
	    "items[1].shopper is no field of a line");
	refuses("{\"type\":\"purchase\",\"items\":[3]}",
	    "items[0] is no object");
	refuses("{\"type\":\"purchase\",\"product\":\"A\",\"items\":["
	    "{\"product\":\"A\"}]}", "an event has either a product and a "
	    "price or items with theirs, this one has both");
}
END_TEST

START_TEST(what_is_too_long_is_refused_also_as_a_number)
{
	char json[1000], word[401];

	memset(word, '7', 400);
	word[400] = '\0';
	snprintf(json, sizeof(json), "{\"type\":\"view\",\"product\":\"%s\"}",
	    word);
	refuses(json, "product has 400 bytes, must have at most 200");
	snprintf(json, sizeof(json), "{\"type\":\"view\",\"product\":%s}",
	    word);
	refuses(json, "product has 400 bytes, must have at most 200");
	char *large = malloc(EVENT_SIZE_MOST + 2);
	memset(large, ' ', EVENT_SIZE_MOST + 1);
	large[EVENT_SIZE_MOST + 1] = '\0';
	refuses(large, "the event has 262145 bytes, must have at most "
	    "262144");
	free(large);
}
END_TEST

/* The members of what is under `properties`, with a space after each. */
static void
properties_of(struct lift_text schema, char *names, size_t room)
{
	struct member *first, *each, *one;
	struct lift_error err;

	ck_assert_msg(members_read(schema, arena, &first, &err), "%s",
	    err.text);
	each = member_find(first, LIFT_TEXT_OF("properties"));
	ck_assert_ptr_nonnull(each);
	ck_assert(members_read(each->raw, arena, &one, &err));
	for (names[0] = '\0'; one != NULL; one = one->next) {
		size_t have = strlen(names);
		snprintf(names + have, room - have, "%.*s ",
		    (int)one->key.size, one->key.data);
	}
}

START_TEST(the_schema_has_each_field_of_an_event_and_of_a_line)
{
	struct member *all, *top;
	struct lift_error err;
	struct text t = { 0 };
	char names[400];

	event_schema(&t);
	properties_of(text_view(&t), names, sizeof(names));
	ck_assert_str_eq(names, "id type time shopper session product "
	    "quantity price currency promotion store query position order "
	    "properties items ");
	ck_assert(members_read(text_view(&t), arena, &all, &err));
	struct member *lines = member_at(all,
	    LIFT_TEXT_OF("properties.items.items"), arena, &top);
	ck_assert_ptr_nonnull(lines);
	properties_of(lines->raw, names, sizeof(names));
	ck_assert_str_eq(names, "product quantity price currency promotion "
	    "position properties ");
	text_done(&t);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("event");
	TCase *tests = tcase_create("event");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, a_full_event_is_one_entry);
	tcase_add_test(tests, little_is_needed);
	tcase_add_test(tests,
	    an_id_that_we_make_follows_from_bytes_time_and_place);
	tcase_add_test(tests, a_purchase_of_lines_is_one_entry_a_line);
	tcase_add_test(tests,
	    a_refusal_names_the_field_and_what_would_be_right);
	tcase_add_test(tests,
	    a_time_ahead_is_refused_with_the_span_that_is_set);
	tcase_add_test(tests,
	    every_key_is_known_and_the_nearest_is_suggested);
	tcase_add_test(tests, what_is_no_json_is_said_with_its_place);
	tcase_add_test(tests, lines_are_refused_with_their_number);
	tcase_add_test(tests,
	    what_is_too_long_is_refused_also_as_a_number);
	tcase_add_test(tests,
	    the_schema_has_each_field_of_an_event_and_of_a_line);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
