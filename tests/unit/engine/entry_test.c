/* The body of an entry, to bytes and back. */
#include "shop.h"

static const struct lift_entry full = {
	.seq = 9, .id = { "e-1", 3 }, .time = 5, .received = 6,
	.kind = LIFT_ENTRY_INTERACTION, .type = LIFT_PURCHASE,
	.source = 70000, .shopper = UINT32_MAX, .currency = EUR,
	.position = 17, .quantity = 3, .price = -1999, .has_price = true,
	.type_name = { "purchase", 8 }, .product_name = { "LAMP", 4 },
	.promotion_name = { "SALE", 4 }, .session = { "s", 1 },
	.store = { "web", 3 }, .query = { "\0\xff", 2 }, .order = { "o", 1 },
	.properties = { "{\"a\":1}", 7 },
};

static struct lift_entry
round_trip(const struct lift_entry *from, struct text *body)
{
	struct lift_entry e = { .seq = from->seq, .id = from->id,
		.kind = from->kind, .time = from->time,
		.received = from->received };
	struct lift_error err;

	text_clear(body);
	entry_encode(body, from);
	ck_assert_msg(entry_decode(&e, text_view(body), &err), "%s",
	    err.text);
	return e;
}

START_TEST(an_interaction_comes_back_as_it_was)
{
	struct text body = { 0 }, again = { 0 };
	struct lift_entry e = round_trip(&full, &body);

	ck_assert_uint_eq(e.type, full.type);
	ck_assert_uint_eq(e.source, full.source);
	ck_assert_uint_eq(e.shopper, full.shopper);
	ck_assert_int_eq(e.price, full.price);
	ck_assert(e.has_price);
	ck_assert_int_eq(e.position, 17);
	ck_assert(lift_text_equal(e.type_name, full.type_name));
	ck_assert(lift_text_equal(e.query, full.query));
	ck_assert(lift_text_equal(e.properties, full.properties));
	round_trip(&e, &again);
	ck_assert_str_eq(body.data, again.data);
	/* The world's numbers are not part of it. */
	ck_assert_uint_eq(e.product, 0);
	text_done(&body);
	text_done(&again);
}
END_TEST

START_TEST(a_price_of_nothing_is_a_price)
{
	struct lift_entry e = full;
	struct text body = { 0 };

	e.price = 0;
	ck_assert(round_trip(&e, &body).has_price);
	e.has_price = false;
	ck_assert(!round_trip(&e, &body).has_price);
	text_done(&body);
}
END_TEST

START_TEST(numbers_come_back_from_their_ends)
{
	static const int64_t ends[] = { 0, 1, -1, 63, 64, INT64_MAX,
		INT64_MIN };
	struct lift_entry e = full;
	struct text body = { 0 };

	for (unsigned i = 0; i < 7; i++) {
		e.price = ends[i];
		e.quantity = ends[i];
		struct lift_entry back = round_trip(&e, &body);
		ck_assert_int_eq(back.price, ends[i]);
		ck_assert_int_eq(back.quantity, ends[i]);
	}
	e.position = INT32_MIN;
	ck_assert_int_eq(round_trip(&e, &body).position, INT32_MIN);
	text_done(&body);
}
END_TEST

START_TEST(other_kinds_keep_their_body_and_source)
{
	struct lift_entry e = { .kind = LIFT_ENTRY_CALL, .source = 300,
		.body = LIFT_TEXT_OF("{\"verb\":\"x\"}") };
	struct text body = { 0 };
	struct lift_entry back = round_trip(&e, &body);

	ck_assert_uint_eq(back.source, 300);
	ck_assert(lift_text_equal(back.body, e.body));
	e = (struct lift_entry){ .kind = LIFT_ENTRY_TICK };
	ck_assert_uint_eq(round_trip(&e, &body).body.size, 0);
	text_done(&body);
}
END_TEST

START_TEST(bytes_that_nobody_wrote_are_refused)
{
	static const struct { const char *bytes; size_t size; } bad[] = {
		{ "\x0f\x01", 2 }, { "\xff\x01", 2 }, { "\x00", 1 },
		{ "\x00\x63", 2 },		/* no such type */
		{ "\x00\xff\xff\x7f", 4 },	/* beyond 16 bits */
		{ "\x04\x05" "abc", 5 },	/* longer than there is */
		{ "\x06\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12 },
		{ "\x04\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11 },
	};
	struct lift_error err;

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct lift_entry e = { .seq = 3,
			.kind = LIFT_ENTRY_INTERACTION };
		ck_assert_msg(!entry_decode(&e, (struct lift_text){
		    bad[i].bytes, bad[i].size }, &err), "case %u", i);
		ck_assert_str_eq(err.text, "entry 3 has a body that no liftd "
		    "wrote, the store is damaged");
	}
	struct lift_entry e = { .kind = 77 };
	ck_assert(!entry_decode(&e, LIFT_TEXT_OF("\x01{}"), &err));
	e.kind = LIFT_ENTRY_CALL;
	ck_assert(!entry_decode(&e, LIFT_TEXT_OF(""), &err));
}
END_TEST

START_TEST(names_and_numbers_of_types_agree)
{
	for (unsigned i = LIFT_OTHER + 1; i < LIFT_INTERACTIONS; i++)
		ck_assert_uint_eq(interaction_of(lift_text(
		    interaction_name(i))), i);
	ck_assert_uint_eq(interaction_of(LIFT_TEXT_OF("vie")), LIFT_OTHER);
	ck_assert_uint_eq(interaction_of(LIFT_TEXT_OF("views")), LIFT_OTHER);
	ck_assert_ptr_null(interaction_name(LIFT_INTERACTIONS));
	ck_assert_ptr_null(entry_kind_name(77));
	ck_assert_str_eq(entry_kind_name(LIFT_ENTRY_SOURCE), "source");
}
END_TEST

START_TEST(an_event_is_described_as_the_shop_sent_it)
{
	struct text t = { 0 };
	struct lift_entry e = full;

	e.query = LIFT_TEXT_OF("q");
	text_byte(&t, '{');
	entry_describe(&t, &e, LIFT_TEXT_OF("anna"));
	text_byte(&t, '}');
	ck_assert_str_eq(t.data, "{\"id\":\"e-1\",\"type\":\"purchase\","
	    "\"time\":\"1970-01-01T00:00:00.000005Z\",\"shopper\":\"anna\","
	    "\"session\":\"s\",\"product\":\"LAMP\",\"quantity\":3,"
	    "\"price\":-19.99,\"currency\":\"EUR\",\"promotion\":\"SALE\","
	    "\"store\":\"web\",\"query\":\"q\",\"position\":17,"
	    "\"order\":\"o\",\"properties\":{\"a\":1}}");
	text_clear(&t);
	entry_key(&t, &e);
	ck_assert_str_eq(t.data, "4294967295");
	text_done(&t);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("entry");

	tcase_add_test(tests, an_interaction_comes_back_as_it_was);
	tcase_add_test(tests, a_price_of_nothing_is_a_price);
	tcase_add_test(tests, numbers_come_back_from_their_ends);
	tcase_add_test(tests, other_kinds_keep_their_body_and_source);
	tcase_add_test(tests, bytes_that_nobody_wrote_are_refused);
	tcase_add_test(tests, names_and_numbers_of_types_agree);
	tcase_add_test(tests, an_event_is_described_as_the_shop_sent_it);
	return shop_run(tests, "entry");
}
