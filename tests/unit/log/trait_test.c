/* What a shop says of a shopper, in both stores: the one thing beside the ids
 * that is about a person. */
#include "sample.h"

#include "base/text.h"

/* The traits of a token, as NAME=VALUE with a space behind each. */
static const char *
traits_of(struct sample *s, uint32_t token, struct text *t)
{
	struct store_query query = { .from_seq = token, .to_seq = token };
	struct store_reader *reader = sample_reader(s);
	struct store_trait trait;

	text_clear(t);
	ck_assert(store_traits(reader, &query, &s->err));
	while (store_next_trait(reader, &trait, &s->err)) {
		ck_assert_uint_eq(trait.token, token);
		text_form(t, "%.*s=%.*s ", (int)trait.name.size,
		    trait.name.data, (int)trait.value.size, trait.value.data);
	}
	ck_assert_int_eq(s->err.code, LIFT_E_NONE);
	store_reader_free(reader);
	return text_view(t).data;
}

START_TEST(a_trait_takes_the_place_of_its_like_and_goes_with_its_shopper)
{
	struct store_trait traits[] = {
		{ 2, lift_text("plan"), lift_text("\"gold\"") },
		{ 2, lift_text("email"), lift_text("\"a@b.c\"") },
		{ 3, lift_text("plan"), lift_text("1") },
		{ 2, lift_text("plan"), lift_text("null") } };
	struct store_batch batch = { .traits = traits, .trait_count = 4 };
	struct text t = { 0 };
	struct sample s;

	sample_begin_on(&s, _i);
	sample_open(&s);
	ck_assert_msg(store_commit(s.store, &batch, &s.err), "%s", s.err.text);
	ck_assert_str_eq(traits_of(&s, 2, &t), "email=\"a@b.c\" plan=null ");
	batch.trait_count = 1;
	ck_assert(store_commit(s.store, &batch, &s.err));
	ck_assert_str_eq(traits_of(&s, 2, &t),
	    "email=\"a@b.c\" plan=\"gold\" ");
	ck_assert(store_forget(s.store, 2, &s.err));
	ck_assert_str_eq(traits_of(&s, 2, &t), "");
	ck_assert_str_eq(traits_of(&s, 3, &t), "plan=1 ");
	text_done(&t);
	sample_end(&s);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("traits");
	int drivers = cluster_begin() ? 2 : 1, failed;

	if (drivers == 1)
		puts("SKIP postgres: its server is not there");
	tcase_add_loop_test(tests,
	    a_trait_takes_the_place_of_its_like_and_goes_with_its_shopper, 0,
	    drivers);
	failed = sample_run(tests, "traits");
	cluster_end();
	return failed;
}
