/* Chunks to lines, a byte range at a time. */
#include "doors/upload.h"

/* Reads the line that tells a chunk's size. True when a step is reached. */
static bool
size_take(struct upload *u, char c, enum upload_step *ret_step)
{
	if (c >= '0' && c <= '9') {
		u->size = u->size * 10 + (size_t)(c - '0');
		u->has_digit = true;
		*ret_step = UPLOAD_BAD;
		return u->size > UPLOAD_CHUNK;
	}
	if (c == '\r' && u->has_digit)
		return false;
	*ret_step = UPLOAD_BAD;
	if (c != '\n' || !u->has_digit)
		return true;
	u->left = u->size;
	u->is_last = u->size == 0;
	u->size = 0;
	u->has_digit = false;
	return false;
}

static enum upload_step
line_step(struct upload *u)
{
	bool was_long = u->is_long;

	u->number++;
	u->is_given = true;
	u->is_long = false;
	return was_long ? UPLOAD_TOO_LONG : UPLOAD_HAS_LINE;
}

/* Adds bytes of a chunk to the line; true when it is whole. */
static bool
bytes_take(struct upload *u, struct lift_text in, size_t *used)
{
	size_t n = in.size - *used < u->left ? in.size - *used : u->left;
	const char *from = in.data + *used;
	const char *end = memchr(from, '\n', n);
	size_t size = end != NULL ? (size_t)(end - from) : n;

	if (u->is_long || u->line.size + size > UPLOAD_LINE) {
		u->is_long = true;
		text_clear(&u->line);
	} else {
		text_add(&u->line, from, size);
	}
	size += end != NULL;
	*used += size;
	u->left -= size;
	return end != NULL;
}

enum upload_step
upload_next(struct upload *u, struct lift_text in, size_t *ret_used)
{
	enum upload_step step;

	*ret_used = 0;
	if (u->is_given)
		text_clear(&u->line);
	u->is_given = false;
	while (!u->is_last && *ret_used < in.size) {
		if (u->left == 0) {
			if (size_take(u, in.data[(*ret_used)++], &step))
				return step;
		} else if (bytes_take(u, in, ret_used)) {
			return line_step(u);
		}
	}
	if (!u->is_last)
		return UPLOAD_MORE;
	/* What has no line end at the very end is a line as well. */
	return u->line.size > 0 || u->is_long ? line_step(u) : UPLOAD_OVER;
}

void
upload_done(struct upload *u)
{
	text_done(&u->line);
	*u = (struct upload){ 0 };
}
