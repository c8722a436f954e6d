/* A body comes out whole, however its bytes come in; and one that is not whole
 * is found. */
#include <check.h>
#include <event2/buffer.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/text.h"
#include "doors/http_body.h"

struct sample {
	struct text       got;
	struct lift_error err;
	int               status;
	size_t            wants;	/* refuses beyond this; 0: takes all */
};

static bool
take(void *context, struct lift_text piece, struct lift_error *err)
{
	struct sample *s = context;

	text_add(&s->got, piece.data, piece.size);
	return s->wants == 0 || s->got.size <= s->wants ||
	    lift_fail(err, LIFT_E_INPUT, "enough");
}

/* Feeds BYTES in steps of STEP and says how it ended. */
static enum http_body_step
feed(struct sample *s, struct http_body_parts parts, struct lift_text bytes,
    size_t step)
{
	struct evbuffer *input = evbuffer_new();
	enum http_body_step end = HTTP_BODY_MORE;

	text_clear(&s->got);
	parts.take = take;
	parts.context = s;
	if (parts.most == 0)
		parts.most = 1 << 20;
	struct http_body *b = http_body_new(&parts);
	for (size_t at = 0; at < bytes.size && end == HTTP_BODY_MORE;
	    at += step) {
		size_t n = bytes.size - at < step ? bytes.size - at : step;
		evbuffer_add(input, bytes.data + at, n);
		for (size_t left = 0; end == HTTP_BODY_MORE &&
		    left != evbuffer_get_length(input);) {
			left = evbuffer_get_length(input);
			end = http_body_feed(b, input, 7, &s->status, &s->err);
		}
	}
	http_body_free(b);
	evbuffer_free(input);
	return end;
}

static void
comes_out(struct http_body_parts parts, struct lift_text bytes,
    const char *wanted)
{
	struct sample s = { .status = 0 };

	for (size_t step = 1; step <= bytes.size; step++) {
		ck_assert_int_eq(feed(&s, parts, bytes, step),
		    HTTP_BODY_OVER);
		ck_assert(lift_text_equal(text_view(&s.got),
		    lift_text(wanted)));
	}
	text_done(&s.got);
}

static void
is_bad(struct http_body_parts parts, struct lift_text bytes, int status)
{
	struct sample s = { .status = 0 };

	for (size_t step = 1; step <= bytes.size; step++) {
		ck_assert_int_eq(feed(&s, parts, bytes, step), HTTP_BODY_BAD);
		ck_assert_int_eq(s.status, status);
	}
	text_done(&s.got);
}

START_TEST(a_body_of_a_known_length_comes_out_at_every_cut)
{
	struct http_body_parts parts = { .length = 11 };

	comes_out(parts, LIFT_TEXT_OF("hello world"), "hello world");
}
END_TEST

START_TEST(chunks_come_out_at_every_cut)
{
	struct http_body_parts parts = { .chunked = true };

	comes_out(parts, LIFT_TEXT_OF("5\r\nhello\r\n6;ext=1\r\n world\r\n"
	    "0\r\n\r\n"), "hello world");
	comes_out(parts, LIFT_TEXT_OF("B\r\nhello world\r\n0\r\nX: y\r\n\r\n"),
	    "hello world");
}
END_TEST

START_TEST(what_is_no_chunk_is_refused)
{
	struct http_body_parts parts = { .chunked = true };

	is_bad(parts, LIFT_TEXT_OF("x\r\nhello\r\n"), 400);
	is_bad(parts, LIFT_TEXT_OF("5\r\nhello!\r\n0\r\n\r\n"), 400);
	is_bad(parts, LIFT_TEXT_OF("-5\r\nhello\r\n"), 400);
	is_bad(parts, LIFT_TEXT_OF("fffffffffffffffff\r\nhello\r\n"), 400);
}
END_TEST

static struct lift_text
zipped(const char *text, unsigned char *room, size_t size)
{
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)text,
		.avail_in = (uInt)strlen(text), .next_out = room,
		.avail_out = (uInt)size };

	ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8,
	    Z_DEFAULT_STRATEGY), Z_OK);
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return (struct lift_text){ (char *)room, z.total_out };
}

START_TEST(gzip_comes_out_at_every_cut)
{
	unsigned char room[200];
	struct lift_text z = zipped("hello world", room, sizeof(room));
	struct http_body_parts parts = { .gzip = true, .length = z.size };

	comes_out(parts, z, "hello world");
}
END_TEST

START_TEST(gzip_that_breaks_off_or_is_none_is_refused)
{
	unsigned char room[200];
	struct lift_text z = zipped("hello world", room, sizeof(room));
	struct http_body_parts parts = { .gzip = true, .length = z.size - 3 };

	z.size -= 3;
	is_bad(parts, z, 400);
	parts.length = 5;
	is_bad(parts, LIFT_TEXT_OF("hello"), 400);
}
END_TEST

START_TEST(what_unfolds_to_more_than_allowed_is_refused)
{
	char long_text[5000];
	unsigned char room[200];

	memset(long_text, 'a', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	struct lift_text z = zipped(long_text, room, sizeof(room));
	struct http_body_parts parts = { .gzip = true, .length = z.size,
		.most = 4000 };
	is_bad(parts, z, 413);
}
END_TEST

START_TEST(a_taker_that_wants_no_more_ends_it)
{
	struct sample s = { .wants = 4 };
	struct http_body_parts parts = { .length = 11 };

	ck_assert_int_eq(feed(&s, parts, LIFT_TEXT_OF("hello world"), 3),
	    HTTP_BODY_BAD);
	ck_assert_str_eq(s.err.text, "enough");
	text_done(&s.got);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("http_body");
	Suite *suite = suite_create("http_body");

	tcase_add_test(tests,
	    a_body_of_a_known_length_comes_out_at_every_cut);
	tcase_add_test(tests, chunks_come_out_at_every_cut);
	tcase_add_test(tests, what_is_no_chunk_is_refused);
	tcase_add_test(tests, gzip_comes_out_at_every_cut);
	tcase_add_test(tests, gzip_that_breaks_off_or_is_none_is_refused);
	tcase_add_test(tests, what_unfolds_to_more_than_allowed_is_refused);
	tcase_add_test(tests, a_taker_that_wants_no_more_ends_it);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
