/* Rule files as trees: places, paths, words, and each way to be refused. */
#include <check.h>
#include <stdlib.h>

#include "rules/document.h"

static struct arena *arena;
static struct findings *findings;

static void
set_up(void)
{
	arena = arena_new();
	findings = findings_new(arena);
}

static void
tear_down(void)
{
	arena_free(arena);
}

static const struct document *
read_text(const char *text)
{
	return document_read(arena, "a.yaml", lift_text(text), NULL, findings);
}

static const struct node *
tree(const char *text)
{
	const struct document *d = read_text(text);

	ck_assert_ptr_nonnull(d);
	ck_assert_ptr_null(findings_first(findings));
	return d->root;
}

START_TEST(a_node_knows_where_it_stands)
{
	const struct node *n = node_get(tree("a: 1\nh\303\251: { b: two }\n"),
	    "h\303\251");

	ck_assert_int_eq(n->line, 2);
	ck_assert_int_eq(n->column, 5);
	n = node_get(n, "b");
	ck_assert_int_eq(n->column, 10);
	ck_assert_int_eq(n->end_column, 13);
	ck_assert_int_eq(n->key->column, 7);
}
END_TEST

START_TEST(a_byte_order_mark_takes_no_column)
{
	const struct node *n = node_get(tree("\xef\xbb\xbf" "ab: cd"), "ab");

	ck_assert_int_eq(n->column, 5);
}
END_TEST

START_TEST(a_path_leads_to_its_node)
{
	const struct node *n = tree("hooks:\n- a: 1\n- when: {\"x y\": [0,1]}");
	struct text t = { 0 };

	n = node_get(node_get(n, "hooks")->first->next, "when");
	node_path(&t, n);
	ck_assert_str_eq(t.data, "hooks[1].when");
	text_clear(&t);
	node_path(&t, n->first->first->next);
	ck_assert_str_eq(t.data, "hooks[1].when[\"x y\"][1]");
	text_clear(&t);
	node_path(&t, n->key);
	ck_assert_str_eq(t.data, "hooks[1].when");
	text_done(&t);
}
END_TEST

static const struct {
	const char    *text;
	enum node_word word;
} words[] = {
	{ "x:", NODE_WORD_NULL }, { "x: ~", NODE_WORD_NULL },
	{ "x: null", NODE_WORD_NULL }, { "x: \"\"", NODE_WORD_TEXT },
	{ "x: true", NODE_WORD_BOOL }, { "x: False", NODE_WORD_BOOL },
	{ "x: yes", NODE_WORD_TEXT }, { "x: on", NODE_WORD_TEXT },
	{ "x: 12", NODE_WORD_WHOLE }, { "x: -0x1f", NODE_WORD_TEXT },
	{ "x: 0x1f", NODE_WORD_WHOLE }, { "x: 0o17", NODE_WORD_WHOLE },
	{ "x: \"12\"", NODE_WORD_TEXT }, { "x: '12'", NODE_WORD_TEXT },
	{ "x: 1.5", NODE_WORD_NUMBER }, { "x: .5e-3", NODE_WORD_NUMBER },
	{ "x: 1.", NODE_WORD_NUMBER }, { "x: .", NODE_WORD_TEXT },
	{ "x: 1e", NODE_WORD_TEXT }, { "x: 5m", NODE_WORD_TEXT },
	{ "x: 1_000", NODE_WORD_TEXT }, { "x: 12:30", NODE_WORD_TEXT },
};

START_TEST(a_text_is_what_the_core_schema_says)
{
	ck_assert_msg(node_word(node_get(tree(words[_i].text), "x")) ==
	    words[_i].word, "%s", words[_i].text);
}
END_TEST

START_TEST(an_empty_file_is_an_empty_text)
{
	ck_assert_int_eq(node_word(tree("")), NODE_WORD_NULL);
	ck_assert_int_eq(node_word(tree("# nothing\n")), NODE_WORD_NULL);
}
END_TEST

START_TEST(an_alias_is_a_copy_in_its_own_place_of_the_tree)
{
	const struct node *n = tree("a: &x [1, 2]\nb: *x\n");
	struct text t = { 0 };

	n = node_get(n, "b");
	ck_assert_int_eq(n->size, 2);
	node_path(&t, n->first);
	ck_assert_str_eq(t.data, "b[0]");
	text_done(&t);
}
END_TEST

static const struct {
	const char       *text;
	enum finding_code code;
	unsigned          line, column;
} refusals[] = {
	{ "a: 1\n\tb: 2\n", FINDING_YAML_TAB, 2, 1 },
	{ "a:\n\t- b\n", FINDING_YAML_TAB, 2, 1 },
	{ "a: 1\nb: 2\na: 3\n", FINDING_YAML_DUPLICATE, 3, 1 },
	{ "a: {b: 1, c: 2, b: 3}", FINDING_YAML_DUPLICATE, 1, 17 },
	{ "a: &x [1, *x]\n", FINDING_YAML_ALIAS, 1, 4 },
	{ "a: *x\n", FINDING_YAML_ALIAS, 1, 4 },
	{ "a: 1\n---\nb: 2\n", FINDING_YAML_MANY, 2, 1 },
	{ "a: { b: ${file:x} }\n", FINDING_YAML_BRACE, 1, 9 },
	{ "a: \"b\nc: d\n", FINDING_YAML_QUOTE, 1, 4 },
	{ "a: \"\\d\"\n", FINDING_YAML_QUOTE, 1, 5 },
	{ "a: b: c\n", FINDING_YAML_INDENT, 1, 5 },
	{ "a:\n    b: 1\n  c: 2\n", FINDING_YAML_INDENT, 3, 3 },
	{ "{a: b}: c\n", FINDING_YAML_KEY, 1, 1 },
	{ "a: \xff\n", FINDING_FILE_NOT_UTF8, 1, 4 },
	{ "a: \xed\xa0\x80\n", FINDING_FILE_NOT_UTF8, 1, 4 },
	{ "a: \x01\n", FINDING_YAML_SYNTAX, 1, 4 },
	{ "a: !b c\n", FINDING_YAML_TAG, 1, 4 },
	{ "<<: {a: 1}\n", FINDING_YAML_MERGE, 1, 1 },
	{ "a: @b\n", FINDING_YAML_SYNTAX, 1, 4 },
	{ "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
	    FINDING_YAML_DEEP, 1, 33 },
};

START_TEST(what_is_refused_is_told_in_its_place)
{
	read_text(refusals[_i].text);
	const struct finding *f = findings_first(findings);

	ck_assert_msg(f != NULL, "%s", refusals[_i].text);
	ck_assert_msg(f->code == refusals[_i].code, "%s: %s",
	    refusals[_i].text, f->message);
	ck_assert_msg(f->place.line == refusals[_i].line &&
	    f->place.column == refusals[_i].column, "%s: %u:%u",
	    refusals[_i].text, f->place.line, f->place.column);
	ck_assert_ptr_null(strstr(f->message, "token"));
}
END_TEST

START_TEST(a_duplicate_among_many_keys_is_found)
{
	struct text t = { 0 };

	for (int i = 0; i < 100; i++)
		text_form(&t, "k%d: 1\n", i);
	text_string(&t, "k50: 2\n");
	read_text(t.data);
	ck_assert_int_eq(findings_first(findings)->place.line, 101);
	text_done(&t);
}
END_TEST

START_TEST(aliases_cannot_grow_beyond_the_limit)
{
	struct text t = { 0 };

	text_string(&t, "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n");
	for (int i = 1; i < 9; i++) {
		text_form(&t, "a%d: &a%d [", i, i);
		for (int j = 0; j < 10; j++)
			text_form(&t, "%s*a%d", j ? "," : "", i - 1);
		text_string(&t, "]\n");
	}
	ck_assert_ptr_null(read_text(t.data));
	ck_assert_int_eq(findings_first(findings)->code, FINDING_YAML_NODES);
	text_done(&t);
}
END_TEST

START_TEST(limits_are_those_of_the_caller)
{
	const struct document_limits small = { 20, 2, 5 };

	ck_assert_ptr_null(document_read(arena, "a",
	    lift_text("[1, 2, 3, 4, 5, 6]"), &small, findings));
	ck_assert_ptr_null(document_read(arena, "b", lift_text("[[[1]]]"),
	    &small, findings));
	ck_assert_ptr_null(document_read(arena, "c",
	    lift_text("aaaaaaaaaaaaaaaaaaaaaaaa"), &small, findings));
	const struct finding *f = findings_first(findings);
	ck_assert_int_eq(f->code, FINDING_YAML_NODES);
	ck_assert_int_eq(f->next->code, FINDING_YAML_DEEP);
	ck_assert_int_eq(f->next->next->code, FINDING_FILE_TOO_LARGE);
}
END_TEST

START_TEST(four_million_brackets_are_refused_at_once)
{
	size_t size = (size_t)4 << 20;
	char *text = malloc(size);

	memset(text, '[', size);
	ck_assert_ptr_null(document_read(arena, "a",
	    (struct lift_text){ text, size }, NULL, findings));
	ck_assert_int_eq(findings_first(findings)->code, FINDING_YAML_DEEP);
	free(text);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_a_finding)
{
	ck_assert_ptr_null(document_open(arena, "/nowhere/a.yaml", NULL,
	    findings));
	ck_assert_ptr_null(document_open(arena, "/tmp", NULL, findings));
	ck_assert_int_eq(findings_count(findings, FINDING_ERROR), 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rules/document");
	TCase *t = tcase_create("document");

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, a_node_knows_where_it_stands);
	tcase_add_test(t, a_byte_order_mark_takes_no_column);
	tcase_add_test(t, a_path_leads_to_its_node);
	tcase_add_loop_test(t, a_text_is_what_the_core_schema_says, 0,
	    sizeof(words) / sizeof(words[0]));
	tcase_add_test(t, an_empty_file_is_an_empty_text);
	tcase_add_test(t, an_alias_is_a_copy_in_its_own_place_of_the_tree);
	tcase_add_loop_test(t, what_is_refused_is_told_in_its_place, 0,
	    sizeof(refusals) / sizeof(refusals[0]));
	tcase_add_test(t, a_duplicate_among_many_keys_is_found);
	tcase_add_test(t, aliases_cannot_grow_beyond_the_limit);
	tcase_add_test(t, limits_are_those_of_the_caller);
	tcase_add_test(t, four_million_brackets_are_refused_at_once);
	tcase_add_test(t, a_file_that_is_not_there_is_a_finding);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
