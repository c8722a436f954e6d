/* Chunks by RFC 9112 chapter 7, gzip by zlib. Both are machines that can stop
 * after any byte. */
#include "doors/http_body.h"

#include <event2/buffer.h>
#include <string.h>
#include <zlib.h>

#include "base/memory.h"

enum { PIECE = 64 * 1024, TRAILER_MOST = 8 * 1024, SIZE_LINE_MOST = 256 };

enum chunk_state {
	CHUNK_SIZE,		/* a line with a number follows */
	CHUNK_DATA,
	CHUNK_END,		/* the line end behind the data */
	CHUNK_TRAILER		/* lines until an empty one */
};

struct http_body {
	struct http_body_parts parts;
	enum chunk_state       state;
	uint64_t               left;	/* of the chunk, or of the body */
	size_t                 trailer;
	uint64_t               come, given;
	z_stream               zip;
	bool                   zip_over;
	int                    status;
};

/* ---- what the taker gets ------------------------------------------------ */

static bool
body_give(struct http_body *b, const void *data, size_t size,
    struct lift_error *err)
{
	b->given += size;
	if (b->given > b->parts.most) {
		b->status = 413;
		return lift_fail(err, LIFT_E_INPUT, "the body is larger than "
		    "%llu bytes", (unsigned long long)b->parts.most);
	}
	b->status = 400;
	return b->parts.take(b->parts.context,
	    (struct lift_text){ data, size }, err);
}

/* A gzip file may be several, one behind the other. */
static bool
body_inflate(struct http_body *b, void *data, size_t size,
    struct lift_error *err)
{
	unsigned char piece[PIECE / 4];

	b->zip.next_in = data;
	b->zip.avail_in = (uInt)size;
	while (b->zip.avail_in > 0) {
		if (b->zip_over && inflateReset(&b->zip) != Z_OK)
			break;
		b->zip.next_out = piece;
		b->zip.avail_out = sizeof(piece);
		int code = inflate(&b->zip, Z_NO_FLUSH);
		b->zip_over = code == Z_STREAM_END;
		if (code != Z_OK && code != Z_STREAM_END) {
			b->status = 400;
			return lift_fail(err, LIFT_E_INPUT,
			    "the body says that it is gzip, and is not");
		}
		size_t n = sizeof(piece) - b->zip.avail_out;
		if (n > 0 && !body_give(b, piece, n, err))
			return false;
	}
	return true;
}

/* Moves at most MOST bytes from the input to the taker. */
static bool
body_move(struct http_body *b, struct evbuffer *input, uint64_t most,
    size_t *ret_moved, struct lift_error *err)
{
	struct evbuffer_iovec v;
	bool ok;

	*ret_moved = 0;
	if (evbuffer_peek(input, -1, NULL, &v, 1) < 1 || v.iov_len == 0)
		return true;
	size_t n = v.iov_len > PIECE ? PIECE : v.iov_len;
	n = n > most ? (size_t)most : n;
	ok = b->parts.gzip ? body_inflate(b, v.iov_base, n, err) :
	    body_give(b, v.iov_base, n, err);
	evbuffer_drain(input, n);
	b->come += n;
	*ret_moved = n;
	return ok;
}

/* ---- chunks ------------------------------------------------------------- */

/* One line up to its line feed; false when it is not whole. LINE gets it with
 * a zero behind it, without carriage return. */
static bool
chunk_line(struct http_body *b, struct evbuffer *input, char *line,
    size_t room, bool *ret_bad)
{
	struct evbuffer_ptr end = evbuffer_search_eol(input, NULL, NULL,
	    EVBUFFER_EOL_CRLF_STRICT);
	size_t size = evbuffer_get_length(input);

	*ret_bad = end.pos < 0 ? size > room : (size_t)end.pos >= room;
	if (end.pos < 0 || *ret_bad)
		return false;
	evbuffer_remove(input, line, (size_t)end.pos);
	line[end.pos] = '\0';
	evbuffer_drain(input, 2);
	b->come += (uint64_t)end.pos + 2;
	return true;
}

static bool
chunk_size(const char *line, uint64_t *ret_size)
{
	uint64_t size = 0;
	unsigned n = 0;

	for (; n < 15; n++) {
		int c = line[n];
		if (c >= '0' && c <= '9')
			c -= '0';
		else if (c >= 'a' && c <= 'f')
			c -= 'a' - 10;
		else if (c >= 'A' && c <= 'F')
			c -= 'A' - 10;
		else
			break;
		size = size << 4 | (uint64_t)c;
	}
	*ret_size = size;
	/* What follows a semicolon is an extension, which means nothing. */
	return n > 0 && n < 15 && (line[n] == '\0' || line[n] == ';');
}

static enum http_body_step
chunk_bad(struct http_body *b, struct lift_error *err)
{
	b->status = 400;
	lift_fail(err, LIFT_E_USAGE, "the body is not in chunks: a chunk is "
	    "its size in hexadecimal on a line, its bytes, and a line end");
	return HTTP_BODY_BAD;
}

/* True when it got on; false with *RET_STEP. */
static bool
chunk_step(struct http_body *b, struct evbuffer *input,
    enum http_body_step *ret_step, struct lift_error *err)
{
	char line[SIZE_LINE_MOST];
	bool bad;

	*ret_step = HTTP_BODY_MORE;
	if (!chunk_line(b, input, line, sizeof(line), &bad)) {
		if (bad)
			*ret_step = chunk_bad(b, err);
		return false;
	}
	switch (b->state) {
	case CHUNK_SIZE:
		if (!chunk_size(line, &b->left)) {
			*ret_step = chunk_bad(b, err);
			return false;
		}
		b->state = b->left > 0 ? CHUNK_DATA : CHUNK_TRAILER;
		return true;
	case CHUNK_END:
		b->state = CHUNK_SIZE;
		if (line[0] != '\0')
			*ret_step = chunk_bad(b, err);
		return line[0] == '\0';
	default:
		b->trailer += strlen(line);
		if (line[0] != '\0' && b->trailer < TRAILER_MOST)
			return true;
		*ret_step = line[0] == '\0' ? HTTP_BODY_OVER :
		    chunk_bad(b, err);
		return false;
	}
}

/* ---- the body ----------------------------------------------------------- */

struct http_body *
http_body_new(const struct http_body_parts *parts)
{
	struct http_body *b = memory_take(sizeof(*b));

	b->parts = *parts;
	b->left = parts->chunked ? 0 : parts->length;
	if (parts->gzip)
		inflateInit2(&b->zip, 15 + 16);
	return b;
}

void
http_body_free(struct http_body *b)
{
	if (b == NULL)
		return;
	if (b->parts.gzip)
		inflateEnd(&b->zip);
	memory_give(b);
}

/* A gzip body that breaks off is no body. */
static enum http_body_step
body_over(struct http_body *b, struct lift_error *err)
{
	if (!b->parts.gzip || b->zip_over || b->come == 0)
		return HTTP_BODY_OVER;
	b->status = 400;
	lift_fail(err, LIFT_E_INPUT, "the gzip in the body breaks off");
	return HTTP_BODY_BAD;
}

static enum http_body_step
feed_plain(struct http_body *b, struct evbuffer *input, size_t budget,
    struct lift_error *err)
{
	size_t moved = 1;

	for (; b->left > 0 && moved > 0 && budget > 0; b->left -= moved) {
		if (!body_move(b, input, b->left < budget ? b->left : budget,
		    &moved, err))
			return HTTP_BODY_BAD;
		budget -= moved;
	}
	return b->left > 0 ? HTTP_BODY_MORE : body_over(b, err);
}

static enum http_body_step
feed_chunks(struct http_body *b, struct evbuffer *input, size_t budget,
    struct lift_error *err)
{
	enum http_body_step step;
	size_t moved;

	while (budget > 0) {
		if (b->state != CHUNK_DATA) {
			if (chunk_step(b, input, &step, err))
				continue;
			return step == HTTP_BODY_OVER ? body_over(b, err) :
			    step;
		}
		if (!body_move(b, input, b->left < budget ? b->left : budget,
		    &moved, err))
			return HTTP_BODY_BAD;
		if (moved == 0)
			break;
		budget -= moved;
		b->left -= moved;
		if (b->left == 0)
			b->state = CHUNK_END;
	}
	return HTTP_BODY_MORE;
}

enum http_body_step
http_body_feed(struct http_body *b, struct evbuffer *input, size_t budget,
    int *ret_status, struct lift_error *err)
{
	enum http_body_step step = b->parts.chunked ?
	    feed_chunks(b, input, budget, err) :
	    feed_plain(b, input, budget, err);

	if (step == HTTP_BODY_BAD)
		*ret_status = b->status;
	return step;
}

uint64_t
http_body_come(const struct http_body *b)
{
	return b->come;
}
