/* Fuzzes what a stranger sends to the HTTP door: a request's head, found
 * however its bytes come and then read; and what follows it as a body, in
 * chunks, gzip or plain, once whole and once byte by byte, which must give the
 * same. */
#include <event2/buffer.h>
#include <stdlib.h>

#include "base/hash.h"
#include "doors/http_body.h"
#include "doors/http_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sum {
	uint64_t value, size;
};

static bool
take(void *context, struct lift_text piece, struct lift_error *err)
{
	struct sum *s = context;

	(void)err;
	for (size_t i = 0; i < piece.size; i++)
		s->value = s->value * 31 + (unsigned char)piece.data[i];
	s->size += piece.size;
	return true;
}

/* How the body ended, and what came out of it. */
static struct sum
fuzz_body(struct lift_text in, bool chunked, bool gzip, size_t step)
{
	struct sum s = { 0, 0 };
	struct http_body_parts parts = { .chunked = chunked, .gzip = gzip,
		.length = in.size, .most = 1 << 16, .take = take,
		.context = &s };
	struct http_body *b = http_body_new(&parts);
	struct evbuffer *input = evbuffer_new();
	enum http_body_step end = HTTP_BODY_MORE;
	struct lift_error err = { 0 };
	int status = 0;

	for (size_t at = 0; at < in.size && end == HTTP_BODY_MORE;
	    at += step) {
		size_t n = in.size - at < step ? in.size - at : step;
		evbuffer_add(input, in.data + at, n);
		for (size_t left = SIZE_MAX; end == HTTP_BODY_MORE &&
		    left != evbuffer_get_length(input);) {
			left = evbuffer_get_length(input);
			end = http_body_feed(b, input, 1 << 20, &status,
			    &err);
		}
	}
	if (end == HTTP_BODY_BAD && (status < 400 || err.text[0] == '\0'))
		abort();
	s.value = s.value * 7 + (uint64_t)end;
	evbuffer_free(input);
	http_body_free(b);
	return s;
}

static void
fuzz_bodies(struct lift_text in)
{
	for (unsigned i = 0; i < 4; i++) {
		bool chunked = i & 1, gzip = i & 2;
		struct sum whole = fuzz_body(in, chunked, gzip, in.size + 1);
		struct sum bytes = fuzz_body(in, chunked, gzip, 1);
		/* What is bad may be found before or after its good part was
		 * given, with all bytes at hand or not. */
		if (whole.value % 7 != HTTP_BODY_BAD && !gzip &&
		    whole.value != bytes.value)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lift_text text = { (const char *)data, size };
	struct http_head head;
	struct lift_error err = { 0 };
	size_t end = http_head_end(text, 0), slow = 0;

	for (size_t n = 0, from = 0; n <= size && slow == 0; n++) {
		slow = http_head_end((struct lift_text){ text.data, n }, from);
		from = n;
	}
	if (slow != end)
		abort();
	if (end == 0) {
		fuzz_bodies(text);
		return 0;
	}
	int status = http_head_read((struct lift_text){ text.data, end },
	    &head, &err);
	if (status != 0 && err.text[0] == '\0')
		abort();
	if (status == 0)
		http_list_has(http_head_field(&head, "connection"), "close");
	fuzz_bodies((struct lift_text){ text.data + end, size - end });
	return 0;
}
