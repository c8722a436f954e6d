/* The reader of replies: lines and counted bytes in turn. */
#include "ctl/ctl_reply.h"

#include <stdlib.h>

/* Adds a byte to the line; true when the line is whole. */
static bool
line_byte(struct ctl_reply *r, char c)
{
	if (r->is_whole)
		r->size = 0;
	r->is_whole = c == '\n';
	if (c != '\n' && r->size + 1 < sizeof(r->line))
		r->line[r->size++] = c;
	r->line[r->size] = '\0';
	return r->is_whole;
}

static bool
number_read(const char **at, unsigned long *ret_number)
{
	char *end;

	if (**at < '0' || **at > '9')
		return false;
	*ret_number = strtoul(*at, &end, 10);
	*at = end;
	return *ret_number < 1ul << 40;
}

static enum ctl_step
head_line(struct ctl_reply *r)
{
	const char *at = r->line + 4;
	unsigned long code = 0;

	r->state = CTL_AT_SIZE;
	r->code = 0;
	r->is_error = false;
	if (strcmp(r->line, "OK") == 0)
		return CTL_STEP_HEAD;
	if (strncmp(r->line, "ERR ", 4) != 0 || !number_read(&at, &code) ||
	    *at != '\0' || code > 255)
		return CTL_STEP_BAD;
	r->code = (int)code;
	r->is_error = true;
	return CTL_STEP_HEAD;
}

/* `0`, `0 CODE` or `0 CODE SENTENCE`. */
static enum ctl_step
end_line(struct ctl_reply *r, const char *at)
{
	unsigned long code;

	r->state = CTL_AT_HEAD;
	if (*at == '\0') {
		r->line[0] = '\0';
		return CTL_STEP_OVER;
	}
	if (*at++ != ' ' || !number_read(&at, &code) || code > 255)
		return CTL_STEP_BAD;
	r->code = (int)code;
	at += *at == ' ';
	memmove(r->line, at, strlen(at) + 1);
	return CTL_STEP_OVER;
}

static enum ctl_step
size_line(struct ctl_reply *r)
{
	const char *at = r->line;
	unsigned long size;

	if (!number_read(&at, &size))
		return CTL_STEP_BAD;
	if (size == 0)
		return end_line(r, at);
	if (*at != '\0')
		return CTL_STEP_BAD;
	r->left = size;
	r->state = CTL_AT_DATA;
	return CTL_STEP_MORE;
}

static enum ctl_step
whole_line(struct ctl_reply *r)
{
	switch (r->state) {
	case CTL_AT_GREETING:
		r->state = CTL_AT_HEAD;
		return CTL_STEP_GREETING;
	case CTL_AT_HEAD:
		return head_line(r);
	default:
		return size_line(r);
	}
}

enum ctl_step
ctl_reply_next(struct ctl_reply *r, struct lift_text in, size_t *ret_used,
    struct lift_text *ret_data)
{
	enum ctl_step step;

	*ret_used = 0;
	while (*ret_used < in.size) {
		if (r->state == CTL_AT_DATA) {
			size_t n = in.size - *ret_used;
			n = n < r->left ? n : r->left;
			*ret_data = (struct lift_text){ in.data + *ret_used,
				n };
			*ret_used += n;
			r->left -= n;
			if (r->left == 0)
				r->state = CTL_AT_SIZE;
			return CTL_STEP_DATA;
		}
		if (line_byte(r, in.data[(*ret_used)++]) &&
		    (step = whole_line(r)) != CTL_STEP_MORE)
			return step;
	}
	return CTL_STEP_MORE;
}
