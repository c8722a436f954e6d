/* Products, promotions and shoppers, as the log has told of them. */
#include "shop.h"

static struct lift_value words[2] = {
	{ .type = LIFT_TEXT, .size = 1, .text = "a" },
	{ .type = LIFT_TEXT, .size = 2, .text = "bc" },
};

static struct lift_product
lamp(void)
{
	return (struct lift_product){ .name = LIFT_TEXT_OF("LAMP"),
		.title = LIFT_TEXT_OF("a lamp"),
		.category = LIFT_TEXT_OF("Lighting"),
		.price = { 4990, EUR }, .cost = { 2000, EUR },
		.attributes = LIFT_TEXT_OF("{\"watts\":40,\"red\":true}"),
		.tags = { .type = LIFT_LIST, .size = 2, .items = words } };
}

START_TEST(a_name_that_was_mentioned_has_a_number_and_nothing_else)
{
	struct world *w = world_new();

	ck_assert_uint_eq(world_product_number(w, LIFT_TEXT_OF("LAMP")), 1);
	ck_assert_uint_eq(world_product_number(w, LIFT_TEXT_OF("DESK")), 2);
	ck_assert_uint_eq(world_product_number(w, LIFT_TEXT_OF("LAMP")), 1);
	ck_assert_uint_eq(world_product_number(w, LIFT_TEXT_OF("")), 0);
	ck_assert_uint_eq(world_product_find(w, LIFT_TEXT_OF("SOFA")), 0);
	ck_assert_ptr_null(world_product(w, 1));
	ck_assert_ptr_null(world_product(w, 99));
	ck_assert_uint_eq(world_products(w), 2);
	ck_assert(lift_text_equal(world_name(w, LIFT_PRODUCT, 2),
	    LIFT_TEXT_OF("DESK")));
	/* Promotions have numbers of their own. */
	ck_assert_uint_eq(world_promotion_number(w, LIFT_TEXT_OF("DESK")), 1);
	world_free(w);
	world_free(NULL);
}
END_TEST

START_TEST(a_product_is_copied_changed_and_dropped)
{
	struct world *w = world_new();
	struct lift_product p = lamp();
	struct lift_error err;

	ck_assert(world_put_product(w, &p, &err));
	const struct lift_product *kept = world_product(w, 1);
	ck_assert(kept->is_known);
	ck_assert(kept->title.data != p.title.data);
	ck_assert(lift_text_equal(kept->title, p.title));
	ck_assert_uint_eq(kept->tags.size, 2);
	ck_assert_mem_eq(kept->tags.items[1].text, "bc", 2);
	/* A change may borrow from what it replaces. */
	struct lift_product change = *kept;
	change.price.minor = 1;
	ck_assert(world_put_product(w, &change, &err));
	ck_assert_int_eq(world_product(w, 1)->price.minor, 1);
	ck_assert(lift_text_equal(world_product(w, 1)->category,
	    LIFT_TEXT_OF("Lighting")));
	world_drop_product(w, 1);
	ck_assert_ptr_null(world_product(w, 1));
	ck_assert_uint_eq(world_product_find(w, LIFT_TEXT_OF("LAMP")), 1);
	world_free(w);
}
END_TEST

static void
attributes_refused(struct world *w, const char *json, const char *sentence)
{
	struct lift_product p = { .name = LIFT_TEXT_OF("OTHER"),
		.attributes = lift_text(json),
		.tags = { .type = LIFT_LIST } };
	struct lift_error err;

	ck_assert(!world_put_product(w, &p, &err));
	ck_assert_str_eq(err.text, sentence);
	ck_assert_uint_eq(world_product_find(w, LIFT_TEXT_OF("OTHER")), 0);
}

START_TEST(an_attribute_keeps_the_type_of_its_first_use)
{
	struct world *w = world_new();
	struct lift_product p = lamp();
	struct lift_error err;

	ck_assert(world_put_product(w, &p, &err));
	attributes_refused(w, "{\"watts\":\"40\"}", "attribute \"watts\" is a "
	    "text, must be a number as it was for the products before");
	attributes_refused(w, "{\"new\":1,\"red\":[]}", "attribute \"red\" is "
	    "a list, must be true or false as it was for the products "
	    "before");
	attributes_refused(w, "{\"size\":{}}", "attribute \"size\" is an "
	    "object, must be a text, a number, true or false, or a list");
	/* Nothing was learnt from what was refused. */
	p.name = LIFT_TEXT_OF("DESK");
	p.attributes = LIFT_TEXT_OF("{\"new\":\"text\",\"red\":false,"
	    "\"watts\":null}");
	ck_assert_msg(world_put_product(w, &p, &err), "%s", err.text);
	world_free(w);
}
END_TEST

START_TEST(a_shopper_is_what_was_done)
{
	struct world *w = world_new();
	struct lift_entry e = { .kind = LIFT_ENTRY_INTERACTION, .shopper =
		9000, .type = LIFT_PURCHASE, .quantity = 3, .time = 50 };

	world_note(w, &e);
	e.type = LIFT_RETURN;
	e.quantity = 1;
	e.time = 20;
	world_note(w, &e);
	const struct lift_shopper *s = world_shopper(w, 9000);
	ck_assert_uint_eq(s->interactions, 2);
	ck_assert_uint_eq(s->purchases, 1);
	ck_assert_int_eq(s->quantity, 2);
	ck_assert_int_eq(s->first_seen, 20);
	ck_assert_int_eq(s->last_seen, 50);
	ck_assert_uint_eq(world_shoppers(w), 9000);
	ck_assert_ptr_null(world_shopper(w, 0));
	ck_assert_ptr_null(world_shopper(w, 9001));
	world_free(w);
}
END_TEST

START_TEST(expressions_see_each_field_also_of_what_is_unknown)
{
	struct world *w = world_new();
	struct lift_product p = lamp();
	struct lift_error err;

	ck_assert(world_put_product(w, &p, &err));
	static const struct lift_field *const tables[] = { product_fields,
		promotion_fields, shopper_fields };
	static const enum lift_type types[] = { LIFT_PRODUCT, LIFT_PROMOTION,
		LIFT_SHOPPER };
	for (unsigned i = 0; i < 3; i++)
		for (unsigned f = 0; tables[i][f].name != NULL; f++)
			for (uint32_t id = 0; id < 3; id++) {
				struct lift_value v = world_field(w, types[i],
				    id, f);
				if (v.type == LIFT_NULL)
					ck_assert_msg(tables[i][f].optional,
					    "%s is null", tables[i][f].name);
			}
	world_free(w);
}
END_TEST

START_TEST(each_change_of_the_catalogue_counts_and_a_mention_does_not)
{
	struct world *w = world_new();
	struct lift_product p = lamp();
	struct lift_promotion sale = { .name = LIFT_TEXT_OF("SALE") };
	struct lift_error err;

	uint32_t id = world_product_number(w, p.name);
	ck_assert_uint_eq(world_changes(w), 0);
	ck_assert(world_put_product(w, &p, &err));
	ck_assert_uint_eq(world_changes(w), 1);
	world_put_promotion(w, &sale);
	ck_assert_uint_eq(world_changes(w), 2);
	world_drop_product(w, id);
	world_drop_promotion(w, 1);
	ck_assert_uint_eq(world_changes(w), 4);
	world_free(w);
}
END_TEST

static void
part_write(void *context, const void *data, size_t size)
{
	text_add(context, data, size);
}

START_TEST(a_snapshot_keeps_all_of_it_and_a_cut_one_is_refused)
{
	struct world *w = world_new(), *v = world_new();
	struct lift_product p = lamp();
	uint32_t ids[] = { 1, 2 };
	struct lift_promotion sale = { .name = LIFT_TEXT_OF("SALE"),
		.title = LIFT_TEXT_OF("a sale"), .price = { 3990, EUR },
		.start = 5, .end = INT64_MAX, .is_stopped = true,
		.product_count = 2, .products = ids, .tags = p.tags,
		.stores = p.tags };
	struct text a = { 0 }, b = { 0 };
	struct state_out out = { part_write, &a }, again = { part_write, &b };
	struct lift_error err;

	ck_assert(world_put_product(w, &p, &err));
	world_product_number(w, LIFT_TEXT_OF("DESK"));
	world_put_promotion(w, &sale);
	world_note(w, &(struct lift_entry){ .shopper = 5000, .time = 7 });
	world_save(w, &out);
	struct state_in in = { a.data, a.data + a.size, false };
	ck_assert(world_load(v, &in));
	ck_assert_ptr_eq(in.at, in.end);
	world_save(v, &again);
	ck_assert_uint_eq(a.size, b.size);
	ck_assert_mem_eq(a.data, b.data, a.size);
	ck_assert_uint_eq(world_promotion(v, 1)->product_count, 2);
	ck_assert_uint_eq(world_promotion(v, 1)->stores.size, p.tags.size);
	for (size_t cut = 0; cut < 600; cut++) {
		struct world *x = world_new();
		in = (struct state_in){ a.data, a.data + cut, false };
		ck_assert(!world_load(x, &in));
		world_free(x);
	}
	world_free(w);
	world_free(v);
	text_done(&a);
	text_done(&b);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("world");

	tcase_add_test(tests,
	    a_name_that_was_mentioned_has_a_number_and_nothing_else);
	tcase_add_test(tests, a_product_is_copied_changed_and_dropped);
	tcase_add_test(tests, an_attribute_keeps_the_type_of_its_first_use);
	tcase_add_test(tests,
	    each_change_of_the_catalogue_counts_and_a_mention_does_not);
	tcase_add_test(tests, a_shopper_is_what_was_done);
	tcase_add_test(tests,
	    expressions_see_each_field_also_of_what_is_unknown);
	tcase_add_test(tests,
	    a_snapshot_keeps_all_of_it_and_a_cut_one_is_refused);
	return shop_run(tests, "world");
}
