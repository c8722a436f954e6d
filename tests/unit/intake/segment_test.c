/* Messages of Segment's API, as its specification and its libraries have them,
 * through the table that ships, to entries. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/instant.h"
#include "engine/engine.h"
#include "intake/event.h"
#include "intake/segment.h"

#define EUR	('E' | 'U' << 8 | 'R' << 16)
#define NOW	INT64_C(1795187777000000)	/* 2026-11-20T15:16:17Z */

static struct arena *arena;
static struct engine *engine;
static struct generation *rules;
static struct segment_context context;

static char *
shipped(void)
{
	const char *top = getenv("srcdir");
	char path[4096], *text = arena_take(arena, 1 << 16);

	snprintf(path, sizeof(path), "%s/rules/events.yaml", top ? top : ".");
	FILE *f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s cannot be read", path);
	text[fread(text, 1, (1 << 16) - 1, f)] = '\0';
	fclose(f);
	return text;
}

static struct generation *
rules_of(const char *text)
{
	static const struct engine_settings settings = { .seen_count = 64 };
	struct generation_file file = { LIFT_TEXT_OF("events.yaml"),
		lift_text(text) };
	struct findings *findings = findings_new(arena);
	struct text prose = { 0 };

	if (engine == NULL)
		engine = engine_new(&settings, NULL, NULL, 0, NULL);
	struct generation *g = generation_load(&(struct generation_context){
	    engine_vocabulary(engine), NULL, NULL }, &file, 1, findings);
	findings_write(&prose, findings);
	ck_assert_msg(g != NULL, "%s", text_view(&prose).data);
	text_done(&prose);
	return g;
}

static void
begin(void)
{
	arena = arena_new();
	rules = rules_of(shipped());
	context = (struct segment_context){ .rules = rules, .received = NOW,
		.currency = EUR };
}

static void
end(void)
{
	generation_free(rules);
	engine_free(engine);
	engine = NULL;
	arena_free(arena);
}

static struct segment
reads(const char *json)
{
	struct lift_error err;
	struct segment s;

	ck_assert_msg(segment_read(lift_text(json), arena, &context, &s, &err),
	    "%s", err.text);
	return s;
}

/* The message as entries, as the gate makes them. */
static struct event
becomes(const char *json)
{
	struct segment s = reads(json);
	struct event_context c = { .received = NOW, .currency = EUR,
		.ahead = LIFT_MINUTE };
	struct lift_error err;
	struct event e;

	ck_assert_int_eq(s.kind, SEGMENT_EVENT);
	ck_assert_msg(event_read(s.event, arena, &c, &e, &err), "%s\n%.*s",
	    err.text, (int)s.event.size, s.event.data);
	return e;
}

static void
refuses(const char *json, const char *sentence)
{
	struct event_context c = { .received = NOW, .currency = EUR };
	struct lift_error err;
	struct segment s;
	struct event e;

	ck_assert_msg(!segment_read(lift_text(json), arena, &context, &s,
	    &err) || !event_read(s.event, arena, &c, &e, &err), "%s", json);
	ck_assert_str_eq(err.text, sentence);
	ck_assert_int_eq(err.code, LIFT_E_INPUT);
}

static void
is(struct lift_text t, const char *wanted)
{
	ck_assert_msg(lift_text_equal(t, lift_text(wanted)), "%.*s is not %s",
	    (int)t.size, t.data, wanted);
}

#define TRACK(event, properties) "{\"type\":\"track\",\"userId\":\"u-1\"," \
	"\"messageId\":\"m-1\",\"event\":\"" event "\",\"properties\":" \
	properties "}"

/* ---- events -------------------------------------------------------------- */

/* The example of the specification. */
START_TEST(an_order_is_one_entry_a_product)
{
	struct event e = becomes(TRACK("Order Completed", "{"
	    "\"checkout_id\":\"fksdjfsdjfisjf9sdfjsd9f\","
	    "\"order_id\":\"50314b8e9bcf000000000000\","
	    "\"affiliation\":\"Google Store\",\"total\":27.5,"
	    "\"subtotal\":22.5,\"revenue\":25.0,\"shipping\":3,\"tax\":2,"
	    "\"discount\":2.5,\"coupon\":\"hasbros\",\"currency\":\"USD\","
	    "\"products\":[{\"product_id\":\"507f1f77bcf86cd799439011\","
	    "\"sku\":\"45790-32\",\"name\":\"Monopoly: 3rd Edition\","
	    "\"price\":19,\"quantity\":1,\"category\":\"Games\"},"
	    "{\"product_id\":\"505bd76785ebb509fc183733\","
	    "\"sku\":\"46493-32\",\"name\":\"Uno Card Game\",\"price\":3,"
	    "\"quantity\":2,\"category\":\"Games\"}]}"));
	const struct lift_entry *a = &e.entries[0], *b = &e.entries[1];

	ck_assert_uint_eq(e.count, 2);
	is(a->id, "m-1");
	is(b->id, "m-1#2");
	is(e.shopper, "u-1");
	ck_assert_int_eq(a->type, LIFT_PURCHASE);
	is(a->product_name, "507f1f77bcf86cd799439011");
	is(b->product_name, "505bd76785ebb509fc183733");
	is(b->order, "50314b8e9bcf000000000000");
	is(b->store, "Google Store");
	ck_assert_int_eq(a->price, 1900);
	ck_assert_int_eq(b->price, 300);
	ck_assert_int_eq(b->quantity, 2);
	ck_assert_uint_eq(b->currency, 'U' | 'S' << 8 | 'D' << 16);
	/* What the order has beside its products stands once. */
	is(a->properties, "{\"sku\":\"45790-32\",\"name\":\"Monopoly: 3rd "
	    "Edition\",\"category\":\"Games\",\"checkout_id\":"
	    "\"fksdjfsdjfisjf9sdfjsd9f\",\"total\":27.5,\"subtotal\":22.5,"
	    "\"revenue\":25.0,\"shipping\":3,\"tax\":2,\"discount\":2.5,"
	    "\"coupon\":\"hasbros\",\"event\":\"Order Completed\"}");
	is(b->properties, "{\"sku\":\"46493-32\",\"name\":\"Uno Card Game\","
	    "\"category\":\"Games\"}");
}
END_TEST

START_TEST(the_names_of_three_systems_become_our_types)
{
	static const struct { const char *name, *type; } rows[] = {
		{ "Product Viewed", "view" }, { "view_item", "view" },
		{ "detail-page-view", "view" },
		{ "Viewed Product", "view" }, { "PRODUCT_VIEWED", "view" },
		{ "Product Clicked", "click" }, { "select_item", "click" },
		{ "Products Searched", "search" }, { "search", "search" },
		{ "view_search_results", "search" },
		{ "Product List Viewed", "impression" },
		{ "view_item_list", "impression" },
		{ "Product Added", "add_to_cart" },
		{ "add_to_cart", "add_to_cart" },
		{ "add-to-cart", "add_to_cart" },
		{ "Wishlist Product Added to Cart", "add_to_cart" },
		{ "Product Removed", "remove_from_cart" },
		{ "remove-from-cart", "remove_from_cart" },
		{ "Order Completed", "purchase" },
		{ "completed order", "purchase" }, { "purchase", "purchase" },
		{ "purchase-complete", "purchase" },
		{ "Order Refunded", "return" }, { "refund", "return" },
		{ "Order Cancelled", "return" },
		{ "Product Added to Wishlist", "wishlist" },
		{ "add_to_wishlist", "wishlist" },
		{ "Product Reviewed", "review" }, { "page_view", "page" },
		{ "home-page-view", "page" },
		{ "Promotion Viewed", "promotion_view" },
		{ "select_promotion", "promotion_click" },
		{ "Cart Viewed", "cart_view" },
		{ "shopping-cart-page-view", "cart_view" },
		{ "begin_checkout", "checkout" },
		{ "Coupon Applied", "coupon_applied" },
		{ "  Lamp -- Turned ON!", "lamp_turned_on" },
		{ "M\303\266bel gesehen", "m\303\266bel_gesehen" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct event e = becomes(arena_form(arena, TRACK("%s", "{}"),
		    rows[i].name));
		is(e.entries[0].type_name, rows[i].type);
	}
}
END_TEST

START_TEST(ga4_counts_places_from_0_and_google_retail_nests)
{
	struct event e = becomes(TRACK("view_item_list",
	    "{\"item_list_id\":\"l\",\"items\":[{\"item_id\":\"A\","
	    "\"index\":0},{\"item_id\":\"B\",\"index\":1}]}"));

	ck_assert_uint_eq(e.count, 2);
	ck_assert_int_eq(e.entries[0].position, 1);
	ck_assert_int_eq(e.entries[1].position, 2);
	is(e.entries[1].product_name, "B");
	e = becomes(TRACK("purchase-complete", "{\"productDetails\":["
	    "{\"product\":{\"id\":\"P\",\"priceInfo\":{\"price\":2.5}},"
	    "\"quantity\":3}],\"purchaseTransaction\":{\"id\":\"o-7\","
	    "\"revenue\":7.5,\"currencyCode\":\"SEK\"}}"));
	ck_assert_uint_eq(e.count, 1);
	is(e.entries[0].product_name, "P");
	is(e.entries[0].order, "o-7");
	ck_assert_int_eq(e.entries[0].quantity, 3);
	ck_assert_int_eq(e.entries[0].price, 250);
	ck_assert_uint_eq(e.entries[0].currency, 'S' | 'E' << 8 | 'K' << 16);
}
END_TEST

START_TEST(numbers_that_libraries_send_as_texts_or_with_dust_are_mended)
{
	static const struct { const char *price; int64_t minor; } rows[] = {
		{ "19.99", 1999 }, { "\"19.99\"", 1999 },
		{ "\"1,299.00\"", 129900 }, { "\"1,299,000\"", 129900000 },
		{ "19.989999999999998", 1999 }, { "0.1", 10 },
		{ "0.30000000000000004", 30 }, { "1e2", 10000 }, { "0", 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct event e = becomes(arena_form(arena, TRACK(
		    "Product Viewed", "{\"sku\":7,\"price\":%s,\"quantity\":"
		    "\"2\",\"currency\":\"eur\"}"), rows[i].price));
		ck_assert(e.entries[0].has_price);
		ck_assert_int_eq(e.entries[0].price, rows[i].minor);
		ck_assert_int_eq(e.entries[0].quantity, 2);
		is(e.entries[0].product_name, "7");
	}
}
END_TEST

START_TEST(what_feeds_no_field_stays_a_property)
{
	struct event e = becomes(TRACK("Promotion Viewed", "{\"promotion_id\":"
	    "\"P-1\",\"position\":\"hero\",\"a\":{\"b\":[1]},\"n\":null}"));

	is(e.entries[0].promotion_name, "P-1");
	ck_assert_int_eq(e.entries[0].position, 0);
	is(e.entries[0].properties, "{\"position\":\"hero\",\"a\":{\"b\":[1]},"
	    "\"n\":null,\"event\":\"Promotion Viewed\"}");
	e = becomes(TRACK("Products Searched", "{\"query\":\"red lamp\"}"));
	is(e.entries[0].query, "red lamp");
	/* A look at a cart is one look. */
	e = becomes(TRACK("Cart Viewed", "{\"products\":[{\"sku\":\"A\"},"
	    "{\"sku\":\"B\"}]}"));
	ck_assert_uint_eq(e.count, 1);
}
END_TEST

START_TEST(of_the_context_only_what_is_about_nobody_is_kept)
{
	struct event e = becomes("{\"type\":\"page\",\"anonymousId\":\"a\","
	    "\"name\":\"Home\",\"messageId\":\"m\",\"properties\":{\"url\":"
	    "\"/\"},\"context\":{\"ip\":\"10.1.1.1\",\"locale\":\"de-DE\","
	    "\"traits\":{\"email\":\"a@b.c\"},\"device\":{\"id\":\"x\"},"
	    "\"sessionId\":1700,\"page\":{\"path\":\"/\"}}}");

	ck_assert_int_eq(e.entries[0].type, LIFT_PAGE);
	is(e.entries[0].session, "1700");
	is(e.entries[0].properties, "{\"url\":\"/\",\"name\":\"Home\","
	    "\"context\":{\"locale\":\"de-DE\",\"page\":{\"path\":\"/\"}}}");
	/* What the batch says holds for all of it, a message says it better. */
	context.shared = LIFT_TEXT_OF("{\"locale\":\"en\",\"timezone\":"
	    "\"Europe/London\"}");
	e = becomes("{\"type\":\"screen\",\"userId\":5,\"messageId\":\"m\","
	    "\"context\":{\"locale\":\"fr\"}}");
	ck_assert_int_eq(e.entries[0].type, LIFT_PAGE);
	is(e.shopper, "5");
	is(e.entries[0].properties, "{\"context\":{\"locale\":\"fr\","
	    "\"timezone\":\"Europe/London\"}}");
}
END_TEST

START_TEST(without_the_table_a_name_is_a_type_and_usual_names_feed_fields)
{
	struct generation *none = rules_of("version: 1\n");
	struct event e;

	context.rules = none;
	e = becomes(TRACK("Order Completed", "{\"product_id\":\"A\","
	    "\"price\":2,\"products\":[{\"sku\":\"B\"}]}"));
	ck_assert_uint_eq(e.count, 1);
	is(e.entries[0].type_name, "order_completed");
	is(e.entries[0].product_name, "A");
	ck_assert_int_eq(e.entries[0].price, 200);
	generation_free(none);
}
END_TEST

START_TEST(a_shops_own_row_says_what_feeds_what)
{
	struct generation *own = rules_of("events:\n"
	    "  - name: Sold\n    type: purchase\n    product: [what.code]\n"
	    "    order: []\n    items: [basket.lines]\n");
	struct event e;

	context.rules = own;
	e = becomes(TRACK("SOLD", "{\"order_id\":\"o\",\"basket\":{\"lines\":"
	    "[{\"what\":{\"code\":\"A\"},\"price\":1}]}}"));
	ck_assert_int_eq(e.entries[0].type, LIFT_PURCHASE);
	is(e.entries[0].product_name, "A");
	/* Not the property: the event's own id, as for any order. */
	is(e.entries[0].order, "m-1");
	generation_free(own);
}
END_TEST

/* ---- when ---------------------------------------------------------------- */

static int64_t
time_of(const char *times)
{
	return reads(arena_form(arena, "{\"type\":\"identify\",\"userId\":"
	    "\"u\",%s\"messageId\":\"m\"}", times)).time;
}

START_TEST(a_clock_that_is_off_is_corrected_by_when_it_sent)
{
	ck_assert_int_eq(time_of(""), NOW);
	ck_assert_int_eq(time_of("\"timestamp\":\"2026-11-20T15:00:00Z\","),
	    NOW - 977 * LIFT_SECOND);
	/* Two hours fast: it happened ten seconds before it was sent. */
	ck_assert_int_eq(time_of("\"timestamp\":\"2026-11-20T17:16:00Z\","
	    "\"sentAt\":\"2026-11-20T17:16:10Z\","), NOW - 10 * LIFT_SECOND);
	ck_assert_int_eq(time_of("\"originalTimestamp\":"
	    "\"2026-11-20T18:16:00+01:00\",\"timestamp\":\"2020-01-01\","
	    "\"sentAt\":\"2026-11-20T17:16:10Z\","), NOW - 10 * LIFT_SECOND);
	/* Half a second is the way here. */
	ck_assert_int_eq(time_of("\"timestamp\":\"2026-11-20T15:16:16Z\","
	    "\"sentAt\":\"2026-11-20T15:16:16.5Z\","), NOW - LIFT_SECOND);
	/* What is told of long ago happened then. */
	ck_assert_int_eq(time_of("\"timestamp\":\"2026-11-19T15:16:17Z\","
	    "\"sentAt\":\"2026-11-20T15:16:17Z\","), NOW - LIFT_DAY);
	/* Nothing happens in the future. */
	ck_assert_int_eq(time_of("\"timestamp\":\"2027-11-19T15:16:17Z\","),
	    NOW);
	context.sent_at = LIFT_TEXT_OF("2026-11-20T17:16:10Z");
	ck_assert_int_eq(time_of("\"timestamp\":\"2026-11-20T17:16:00Z\","),
	    NOW - 10 * LIFT_SECOND);
}
END_TEST

START_TEST(a_message_without_an_id_gets_one_from_its_bytes)
{
	static const char dated[] = "{\"type\":\"identify\",\"userId\":\"u\","
	    "\"timestamp\":\"2026-11-20T15:16:00Z\"}";
	static const char bare[] = "{\"type\":\"identify\",\"userId\":\"u\"}";
	struct lift_text one = reads(dated).id, two = reads(bare).id;

	ck_assert_uint_eq(one.size, 26);
	context.position = 1;
	context.received += 5;
	/* The same message comes again, the other may be a second one. */
	ck_assert(lift_text_equal(reads(dated).id, one));
	ck_assert(!lift_text_equal(reads(bare).id, two));
}
END_TEST

/* ---- who ----------------------------------------------------------------- */

START_TEST(identify_and_alias_say_who_is_who)
{
	struct segment s = reads("{\"type\":\"identify\",\"userId\":97980,"
	    "\"anonymousId\":\"a-1\",\"traits\":{\"email\":\"p@e.c\"}}");

	ck_assert_int_eq(s.kind, SEGMENT_IDENTIFY);
	is(s.user, "97980");
	is(s.other, "a-1");
	ck_assert(s.is_known);
	is(s.traits, "{\"email\":\"p@e.c\"}");
	s = reads("{\"type\":\"identify\",\"anonymousId\":\"a-1\","
	    "\"userId\":null}");
	is(s.user, "a-1");
	is(s.other, "");
	ck_assert(!s.is_known);
	s = reads("{\"type\":\"alias\",\"previousId\":\"old\",\"userId\":"
	    "\"new\",\"anonymousId\":\"a\"}");
	ck_assert_int_eq(s.kind, SEGMENT_ALIAS);
	is(s.user, "new");
	is(s.other, "old");
}
END_TEST

/* ---- what is wrong ------------------------------------------------------- */

START_TEST(a_refusal_names_what_the_sender_wrote)
{
	refuses("{\"type\":\"track\",\"event\":\"x\"}", "userId and "
	    "anonymousId are missing, must have one of them");
	refuses("{\"type\":\"track\",\"userId\":\"u\"}", "event is missing, "
	    "must be what the shopper did, such as \"Order Completed\"");
	refuses("{\"type\":\"trace\",\"userId\":\"u\"}", "type is \"trace\", "
	    "must be track, identify, page, screen, group or alias");
	refuses("{\"type\":\"alias\",\"userId\":\"u\"}", "alias needs a "
	    "previousId and the userId that it becomes");
	refuses("{\"type\":\"identify\",\"userId\":\"u\",\"traits\":[]}",
	    "traits are [], must be an object");
	refuses("{\"type\":\"track\",\"userId\":\"u\",\"event\":\"x\","
	    "\"timestamp\":\"yesterday\"}", "timestamp is \"yesterday\", must "
	    "be like \"2026-11-20T15:16:17.123Z\"");
	refuses(TRACK("x", "7"), "properties are 7, must be an object");
	refuses(TRACK("Order Completed", "{\"products\":[\"SKU\"]}"),
	    "products[0] is \"SKU\", must be an object with the product's id");
	refuses(TRACK("Order Completed", "{\"products\":[{\"sku\":1},{}]}"),
	    "products[1] names no product, must have product_id or another "
	    "of the names that `events:` gives");
	refuses(TRACK("Product Viewed", "{\"price\":\"dear\"}"),
	    "price is \"dear\", must be a number from 0 such as 19.99");
	refuses("[]", "a message is a JSON object with a type and a userId or "
	    "an anonymousId");
	refuses("{\"type\":", "this is no JSON: it ends in the middle, at "
	    "byte 9");
}
END_TEST

START_TEST(a_message_of_more_than_32_kb_is_refused)
{
	struct text t = { 0 };

	text_string(&t, "{\"type\":\"track\",\"userId\":\"u\",\"event\":"
	    "\"x\",\"properties\":{\"a\":\"");
	while (t.size < SEGMENT_SIZE_MOST - 3)
		text_byte(&t, 'a');
	text_string(&t, "\"}}");
	becomes(t.data);
	text_byte(&t, ' ');
	refuses(t.data, "the message has 32769 bytes, must have at most "
	    "32768");
	text_done(&t);
}
END_TEST

START_TEST(a_body_has_a_batch_its_key_and_its_time)
{
	struct segment_body b;
	struct lift_error err;

	ck_assert(segment_body_read(lift_text("{\"batch\":[{},1],\"sentAt\":"
	    "\"2026-11-20\",\"writeKey\":\"k\",\"context\":{\"a\":1}}"), arena,
	    &b, &err));
	is(b.batch, "[{},1]");
	is(b.sent_at, "2026-11-20");
	is(b.key, "k");
	is(b.shared, "{\"a\":1}");
	ck_assert(!segment_body_read(LIFT_TEXT_OF("{\"batch\":{}}"), arena, &b,
	    &err));
	ck_assert_str_eq(err.text, "batch is {}, must be a list of messages");
	ck_assert(!segment_body_read(LIFT_TEXT_OF("[1]"), arena, &b, &err));
	ck_assert(!segment_body_read(LIFT_TEXT_OF("{\"a\":1"), arena, &b,
	    &err));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("segment");
	TCase *tests = tcase_create("segment");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, an_order_is_one_entry_a_product);
	tcase_add_test(tests, the_names_of_three_systems_become_our_types);
	tcase_add_test(tests, ga4_counts_places_from_0_and_google_retail_nests);
	tcase_add_test(tests,
	    numbers_that_libraries_send_as_texts_or_with_dust_are_mended);
	tcase_add_test(tests, what_feeds_no_field_stays_a_property);
	tcase_add_test(tests, of_the_context_only_what_is_about_nobody_is_kept);
	tcase_add_test(tests,
	    without_the_table_a_name_is_a_type_and_usual_names_feed_fields);
	tcase_add_test(tests, a_shops_own_row_says_what_feeds_what);
	tcase_add_test(tests, a_clock_that_is_off_is_corrected_by_when_it_sent);
	tcase_add_test(tests, a_message_without_an_id_gets_one_from_its_bytes);
	tcase_add_test(tests, identify_and_alias_say_who_is_who);
	tcase_add_test(tests, a_refusal_names_what_the_sender_wrote);
	tcase_add_test(tests, a_message_of_more_than_32_kb_is_refused);
	tcase_add_test(tests, a_body_has_a_batch_its_key_and_its_time);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
