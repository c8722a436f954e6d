/* The reader is as strict as RFC 8259; the writer writes nothing that it would
 * not read. tests/json runs the cases of JSONTestSuite. */
#include "run.h"

#include <math.h>
#include <stdlib.h>

#include "base/json.h"

static bool
is_json(struct lift_text t)
{
	struct arena *a = arena_new();
	struct json_reader r = json_reader_of(t, a);
	bool ok = json_skip(&r, NULL) && json_done(&r);

	/* What is refused says why. */
	ck_assert_msg(ok == (r.problem == NULL), "%.*s", (int)t.size, t.data);
	ck_assert_uint_le(json_offset(&r), t.size);
	arena_free(a);
	return ok;
}

static void
refused_for(const char *json, const char *problem, size_t offset)
{
	struct arena *a = arena_new();
	struct json_reader r = json_reader_of(lift_text(json), a);

	ck_assert_msg(!json_skip(&r, NULL) || !json_done(&r), "%s", json);
	ck_assert_str_eq(r.problem, problem);
	ck_assert_msg(json_offset(&r) == offset, "%s: at %zu", json,
	    json_offset(&r));
	arena_free(a);
}

START_TEST(every_kind_of_value_may_stand_alone_with_blanks_around)
{
	static const char *const good[] = { "0", "-0", "-0.0e-0", "1E+2",
		"\"\"", " [ ] ", "\t{\r\n}", "true", "false", "null",
		"[1,[2,{\"a\":[]}],\"\"]", "{\"a\":1,\"a\":2}", "\"\x7f\"",
		"\"\\u0000\\ud800\"", "{\"\":0}", "[1e400]" };

	for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(is_json(lift_text(good[i])), "%s", good[i]);
}
END_TEST

START_TEST(what_other_readers_let_pass_is_refused)
{
	static const char *const bad[] = { "", " ", "[1,]", "[,1]",
		"{\"a\":1,}", "{,}", "{a:1}", "{'a':1}", "{\"a\" 1}",
		"{\"a\":}", "{1:1}",
		"[1 2]", "[1}", "{\"a\":1]", "01", "-01", "+1", ".5", "1.",
		"1.e1", "1e", "1e+", "-", "0x1", "NaN", "Infinity", "-Infinity",
		"True", "nul", "truex", "[1]]", "// c\n1", "1 /* c */",
		"\"\\x\"", "\"\\'\"", "\"\\u12\"", "\"\\u123g\"", "\"a",
		"\"\\\"", "\"\t\"", "\"\n\"", "\v1", "\xef\xbb\xbf{}",
		"\xc2\xa0" "1", "[1\f]", "\"\\", "\"\\u", "{\"a\"", "{\"a\":1",
		"[", "[1", "{", "\"\xed\xa0\x80\"", "\"\xc0\xaf\"", "\"\xf4\x90"
		"\x80\x80\"", "\"\xff\"", "\"\xe2\x82\"", "\xe2\x82\xac" };

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!is_json(lift_text(bad[i])), "%s", bad[i]);
	ck_assert(!is_json((struct lift_text){ "[\0]", 3 }));
	ck_assert(!is_json((struct lift_text){ "\"\0\"", 3 }));
	ck_assert(!is_json((struct lift_text){ "1\0", 2 }));
}
END_TEST

START_TEST(a_refusal_names_the_byte_that_is_wrong)
{
	refused_for("[\"ab\tc\"]", "a control character in a string wants an "
	    "escape", 4);
	refused_for("[\"ab\\x\"]", "a string holds an unknown escape", 4);
	refused_for("[\"ab\xff\"]", "a string is not UTF-8", 4);
	refused_for("[\"ab", "a string does not end", 2);
	refused_for("[01]", "a number begins with 0", 2);
	refused_for("[1.x]", "a number lacks a digit", 3);
	refused_for("[1 2]", "a comma is expected", 3);
	refused_for("{\"a\" 1}", "a colon is expected after the key", 5);
	refused_for("{\"a\":1,}", "a key in quotes is expected", 7);
	refused_for("{\"a\":1", "it ends in the middle", 6);
	refused_for("[] 1", "something follows the value", 3);
}
END_TEST

/* A string of SIZE plain bytes with ODD at PLACE. */
static struct lift_text
string_with(char *room, size_t size, size_t place, const char *odd)
{
	size_t n = strlen(odd);

	memset(room, 'a', size + 2 + n);
	room[0] = '"';
	memcpy(room + 1 + place, odd, n);
	room[size + n + 1] = '"';
	return (struct lift_text){ room, size + n + 2 };
}

/* Strings are looked at in blocks: nothing may depend on where in one. */
START_TEST(what_is_odd_is_seen_at_every_place_of_a_string)
{
	static const char *const bad[] = { "\x01", "\x1f", "\\x", "\\u00g0",
		"\x80", "\xff", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\"" };
	static const char *const good[] = { "", " ", "\x7f", "\\\"", "\\u00e9",
		"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "!", "#", "[",
		"]" };
	enum { LONGEST = 40 };

	for (size_t size = 0; size <= LONGEST; size++)
		for (size_t place = 0; place <= size; place++) {
			/* A copy of its own size: nothing is read beyond. */
			for (size_t i = 0; i < 10; i++) {
				char *s = malloc(size + strlen(bad[i]) + 2);
				ck_assert(!is_json(string_with(s, size, place,
				    bad[i])));
				free(s);
			}
			for (size_t i = 0; i < 12; i++) {
				char *s = malloc(size + strlen(good[i]) + 2);
				ck_assert(is_json(string_with(s, size, place,
				    good[i])));
				free(s);
			}
		}
}
END_TEST

START_TEST(depth_is_bounded)
{
	struct text t = { 0 };

	for (int i = 0; i < JSON_DEPTH; i++)
		text_byte(&t, '[');
	for (int i = 0; i < JSON_DEPTH; i++)
		text_byte(&t, ']');
	ck_assert(is_json(text_view(&t)));
	text_clear(&t);
	for (int i = 0; i < 100000; i++)
		text_byte(&t, '[');
	ck_assert(!is_json(text_view(&t)));
	text_done(&t);
}
END_TEST

START_TEST(an_object_is_walked_key_by_key)
{
	struct arena *a = arena_new();
	struct json_reader r = json_reader_of(LIFT_TEXT_OF("{\"a\": [1, {}, "
	    "\"x\"], \"b\\u00e9\": {\"c\": null}, \"d\": -1.5e3 , \"e\":true}"
	    ), a);
	struct lift_text key, raw;
	bool yes = false;

	ck_assert_int_eq(json_peek(&r), JSON_OBJECT);
	ck_assert(json_enter(&r, JSON_OBJECT));
	ck_assert(json_key(&r, &key) && lift_text_equal(key,
	    LIFT_TEXT_OF("a")));
	ck_assert(json_enter(&r, JSON_ARRAY));
	unsigned n = 0;
	while (json_item(&r)) {
		ck_assert(json_skip(&r, NULL));
		n++;
	}
	ck_assert_uint_eq(n, 3);
	ck_assert(json_key(&r, &key) && lift_text_equal(key,
	    LIFT_TEXT_OF("b\xc3\xa9")));
	ck_assert(json_skip(&r, &raw));
	ck_assert(lift_text_equal(raw, LIFT_TEXT_OF("{\"c\": null}")));
	ck_assert(json_key(&r, &key));
	ck_assert(json_take_number(&r, &raw));
	ck_assert(lift_text_equal(raw, LIFT_TEXT_OF("-1.5e3")));
	ck_assert(json_key(&r, &key) && json_take_bool(&r, &yes) && yes);
	ck_assert(!json_key(&r, &key));
	ck_assert(json_done(&r));
	arena_free(a);
}
END_TEST

static void
string_is(const char *json, struct lift_text expected)
{
	struct arena *a = arena_new();
	struct json_reader r = json_reader_of(lift_text(json), a);
	struct lift_text t;

	ck_assert_msg(json_take_string(&r, &t) && json_done(&r), "%s", json);
	ck_assert_msg(lift_text_equal(t, expected), "%s", json);
	arena_free(a);
}

START_TEST(escapes_become_what_they_stand_for)
{
	string_is("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
	    LIFT_TEXT_OF("\"\\/\b\f\n\r\t"));
	string_is("\"\\u0041\\u00DF\\u20ac\"", LIFT_TEXT_OF("A\xc3\x9f"
	    "\xe2\x82\xac"));
	string_is("\"\\ud83d\\ude00\"", LIFT_TEXT_OF("\xf0\x9f\x98\x80"));
	string_is("\"\\u0000\"", (struct lift_text){ "\0", 1 });
}
END_TEST

START_TEST(numbers_are_whole_only_when_nothing_is_lost)
{
	static const struct { const char *word; int64_t v; } whole[] = {
		{ "0", 0 }, { "-0", 0 }, { "3.0", 3 }, { "3e2", 300 },
		{ "120e-1", 12 }, { "9223372036854775807", INT64_MAX },
		{ "-9223372036854775808", INT64_MIN },
		{ "0.00e5", 0 }, { "1.50e1", 15 } };
	static const char *const not[] = { "3.5", "1e-1",
		"9223372036854775808", "-9223372036854775809", "1e30",
		"1e999999999999", "9007199254740991.4",
		"3.00000000000000000001" };
	int64_t v;
	double d;

	for (unsigned i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		v = 77;
		ck_assert_msg(json_whole(lift_text(whole[i].word), &v), "%s",
		    whole[i].word);
		ck_assert_int_eq(v, whole[i].v);
	}
	for (unsigned i = 0; i < sizeof(not) / sizeof(not[0]); i++)
		ck_assert_msg(!json_whole(lift_text(not[i]), &v), "%s",
		    not[i]);
	ck_assert(json_double(lift_text("1.5e3"), &d) && d == 1500);
	ck_assert(json_double(lift_text("1e-400"), &d));
	ck_assert(!json_double(lift_text("1e400"), &d));
}
END_TEST

START_TEST(what_is_written_can_be_read_back)
{
	static const double numbers[] = { 0, -0.0, 0.1, 1.0 / 3, 1e21, 5e-324,
		1.7976931348623157e308, 123456789.123 };
	struct text t = { 0 };

	text_byte(&t, '{');
	json_member_text(&t, "bytes", (struct lift_text){ "a\0\x1f\"\\\xff"
	    "\xc3\xa9\x7f", 9 });
	json_member_whole(&t, "whole", INT64_MIN);
	json_member_bool(&t, "yes", true);
	json_member_time(&t, "time", 0);
	json_member_string(&t, "comma", "ends in ,");
	json_member_number(&t, "no number", NAN);
	json_name(&t, "list");
	text_byte(&t, '[');
	for (unsigned i = 0; i < 8; i++) {
		double back;
		struct text one = { 0 };
		json_comma(&t);
		json_number(&t, numbers[i]);
		json_number(&one, numbers[i]);
		ck_assert(json_double(text_view(&one), &back));
		ck_assert(back == numbers[i]);
		text_done(&one);
	}
	text_string(&t, "]}");
	ck_assert_msg(is_json(text_view(&t)), "%s", t.data);
	ck_assert(json_is_utf8(text_view(&t)));
	ck_assert_ptr_nonnull(strstr(t.data, "\"no number\":null"));
	ck_assert_ptr_nonnull(strstr(t.data, "\"a\\u0000\\u001f\\\"\\\\\xef"
	    "\xbf\xbd\xc3\xa9\\u007f\""));
	text_done(&t);
}
END_TEST

START_TEST(bytes_that_are_no_utf8_are_known)
{
	ck_assert(json_is_utf8(LIFT_TEXT_OF("\xe2\x82\xac")));
	ck_assert(!json_is_utf8(LIFT_TEXT_OF("\xc0\x80")));
	ck_assert(!json_is_utf8(LIFT_TEXT_OF("\xed\xa0\x80")));
	ck_assert(!json_is_utf8(LIFT_TEXT_OF("\xf4\x90\x80\x80")));
	ck_assert(!json_is_utf8(LIFT_TEXT_OF("\xe2\x82")));
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("json");

	tcase_add_test(tests,
	    every_kind_of_value_may_stand_alone_with_blanks_around);
	tcase_add_test(tests, what_other_readers_let_pass_is_refused);
	tcase_add_test(tests, a_refusal_names_the_byte_that_is_wrong);
	tcase_add_test(tests,
	    what_is_odd_is_seen_at_every_place_of_a_string);
	tcase_add_test(tests, depth_is_bounded);
	tcase_add_test(tests, an_object_is_walked_key_by_key);
	tcase_add_test(tests, escapes_become_what_they_stand_for);
	tcase_add_test(tests, numbers_are_whole_only_when_nothing_is_lost);
	tcase_add_test(tests, what_is_written_can_be_read_back);
	tcase_add_test(tests, bytes_that_are_no_utf8_are_known);
	return run_tests(tests, "json");
}
