/* A condition holds for a row of the feed exactly when it holds for the values
 * that the row was made of: of an interaction with everything, of one with
 * nothing, and of an effect. */
#include <check.h>
#include <stdlib.h>

#include "engine/effect.h"
#include "engine/engine_parts.h"
#include "engine/entry.h"
#include "engine/interaction.h"
#include "house/condition.h"
#include "house/feed_row.h"
#include "intake/identity.h"

#define EUR	('E' | 'U' << 8 | 'R' << 16)

struct fixture {
	struct engine     *engine;
	struct identity   *identity;
	struct lift_entry  full, bare;
	struct lift_error  err;
};

static void
fixture_begin(struct fixture *f)
{
	static const struct engine_settings settings = { .seen_count = 64 };
	bool is_new;

	f->engine = engine_new(&settings, NULL, NULL, 0, NULL);
	f->identity = identity_new();
	f->full = (struct lift_entry){ .seq = 7, .time = 1, .received = 2,
		.kind = LIFT_ENTRY_INTERACTION, .type = LIFT_PURCHASE,
		.type_name = LIFT_TEXT_OF("purchase"),
		.id = LIFT_TEXT_OF("e-7"), .session = LIFT_TEXT_OF("s \"9\""),
		.product_name = LIFT_TEXT_OF("lamp"), .quantity = 3,
		.promotion_name = LIFT_TEXT_OF("P-1"), .has_price = true,
		.price = 1999, .currency = EUR, .store = LIFT_TEXT_OF("web"),
		.query = LIFT_TEXT_OF("lamp\n"), .position = 4,
		.order = LIFT_TEXT_OF("o-1"), .properties = LIFT_TEXT_OF(
		"{\"colour\":\"red\",\"sizes\":[1,2]}"),
		.shopper = identity_token(f->identity, LIFT_TEXT_OF("u-1"),
		    &is_new) };
	f->bare = (struct lift_entry){ .seq = 8, .time = 1, .received = 2,
		.kind = LIFT_ENTRY_INTERACTION, .type = LIFT_VIEW,
		.type_name = LIFT_TEXT_OF("view"),
		.id = LIFT_TEXT_OF("e-8") };
	engine_fold(f->engine, &f->full);
	engine_fold(f->engine, &f->bare);
}

static void
fixture_end(struct fixture *f)
{
	identity_free(f->identity);
	engine_free(f->engine);
}

static struct condition *
made(struct fixture *f, unsigned topic, const char *source)
{
	struct condition *c = condition_new(f->engine, topic,
	    lift_text(source), &f->err);

	ck_assert_msg(c != NULL, "%s: %s", source, f->err.text);
	return c;
}

/* What it says of an entry, from its values and from its row. */
static bool
says(struct fixture *f, const char *source, const struct lift_entry *e)
{
	struct condition *c = made(f, 0, source);
	struct lift_value values[INTERACTION_FIELDS];
	struct text row = { 0 };
	char code[4];

	interaction_values(e, code, values);
	bool yes = condition_holds(c, values);
	feed_row_entry(&row, e, identity_id(f->identity, e->shopper));
	ck_assert(condition_reads_rows(c, &f->err));
	ck_assert_msg(condition_row(c, f->identity, text_view(&row)) == yes,
	    "%s: the row %s says other than its values", source, row.data);
	text_done(&row);
	condition_free(c);
	return yes;
}

static const struct { const char *source; bool full, bare; } cases[] = {
	{ "type == \"purchase\"", true, false },
	{ "price == 19.99 && currency == \"EUR\"", true, false },
	{ "price > 20.0 || quantity == 0", false, true },
	{ "quantity == 3 && position == 4", true, false },
	{ "session == \"s \\\"9\\\"\" && query.endsWith(\"\\n\")", true,
	  false },
	{ "properties.colour == \"red\" && 2 in properties.sizes", true,
	  false },
	{ "has(properties.colour)", true, false },
	{ "product == null && promotion == null && shopper == null", false,
	  true },
	{ "product != null && promotion != null && shopper != null", true,
	  false },
	{ "product.id == \"lamp\"", true, false },
	{ "shopper.purchases == 1", true, false },
	{ "order == null && store == null", false, true },
	{ "time < timestamp(\"1970-01-02T00:00:00Z\")", true, true },
	{ "id == \"e-8\"", false, true },
};

START_TEST(a_row_says_what_its_values_say)
{
	struct fixture f;

	fixture_begin(&f);
	ck_assert_msg(says(&f, cases[_i].source, &f.full) == cases[_i].full,
	    "%s", cases[_i].source);
	ck_assert_msg(says(&f, cases[_i].source, &f.bare) == cases[_i].bare,
	    "%s", cases[_i].source);
	fixture_end(&f);
}
END_TEST

START_TEST(a_row_of_an_effect_says_what_its_values_say)
{
	struct fixture f;
	struct text row = { 0 };

	fixture_begin(&f);
	const struct vocabulary_topic *topic =
	    &engine_vocabulary(f.engine)->topics[ENGINE_LATE];
	struct lift_value values[] = {
		lift_value_text(LIFT_TEXT_OF("e-\t7")),
		lift_value_text(LIFT_TEXT_OF("purchase")),
		LIFT_VALUE_TIME(60 * LIFT_SECOND), LIFT_VALUE_NULL,
		LIFT_VALUE_TIME(90 * LIFT_SECOND + 1),
		lift_value_text(LIFT_TEXT_OF("too late")) };
	struct effect e = { .topic = topic, .seq = 7, .time = 1,
		.values = values };
	feed_row_effect(&row, &(struct store_effect){ .seq = 7,
		.topic = lift_text(topic->name), .id = LIFT_TEXT_OF("x") });
	effect_body(&row, &e, engine_world(f.engine));
	text_byte(&row, '}');
	static const char *const sources[] = {
		"event == \"e-\\t7\"", "source == null && type != reason",
		"watermark - time > duration(\"30s\")",
		"watermark - time > duration(\"31s\")" };
	for (unsigned i = 0; i < 4; i++) {
		struct condition *c = made(&f, ENGINE_LATE, sources[i]);
		ck_assert_msg(condition_holds(c, values) == (i < 3), "%s",
		    sources[i]);
		ck_assert_msg(condition_row(c, f.identity, text_view(&row)) ==
		    (i < 3), "%s of %s", sources[i], row.data);
		condition_free(c);
	}
	text_done(&row);
	fixture_end(&f);
}
END_TEST

START_TEST(what_no_row_holds_is_refused)
{
	struct fixture f;

	fixture_begin(&f);
	struct condition *c = made(&f, 0, "late");
	ck_assert(!condition_reads_rows(c, &f.err));
	ck_assert_ptr_nonnull(strstr(f.err.text, "\"late\""));
	condition_free(c);
	ck_assert_ptr_null(condition_new(f.engine, 0,
	    LIFT_TEXT_OF("pricee > 1"), &f.err));
	ck_assert_ptr_nonnull(strstr(f.err.text, "price"));
	fixture_end(&f);
}
END_TEST

START_TEST(a_row_that_is_none_says_no)
{
	struct fixture f;

	fixture_begin(&f);
	struct condition *c = made(&f, 0, "true");
	ck_assert(!condition_row(c, f.identity, LIFT_TEXT_OF("")));
	ck_assert(!condition_row(c, f.identity, LIFT_TEXT_OF("{\"data\":1}")));
	ck_assert(!condition_row(c, f.identity, LIFT_TEXT_OF(
	    "{\"data\":{\"quantity\":\"x\"}}")));
	ck_assert(condition_row(c, f.identity, LIFT_TEXT_OF("{\"data\":{}}")));
	condition_free(c);
	fixture_end(&f);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("condition");
	TCase *c = tcase_create("condition");

	tcase_add_loop_test(c, a_row_says_what_its_values_say, 0,
	    sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(c, a_row_of_an_effect_says_what_its_values_say);
	tcase_add_test(c, what_no_row_holds_is_refused);
	tcase_add_test(c, a_row_that_is_none_says_no);
	suite_add_tcase(s, c);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
