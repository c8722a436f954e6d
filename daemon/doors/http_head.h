/* The head of an HTTP/1.1 request: its first line and its fields, as RFC 9112
 * has them and no looser. What two programs could read in two ways is refused:
 * a folded line, a bare line feed, white space before a colon, two lengths, a
 * length beside an encoding. */
#ifndef DOORS_HTTP_HEAD_H
#define DOORS_HTTP_HEAD_H

#include <liftd/plugin.h>

enum {
	HTTP_HEAD_MOST = 16 * 1024,	/* bytes, with the empty line */
	HTTP_TARGET_MOST = 8 * 1024,
	HTTP_FIELDS_MOST = 64
};

struct http_field {
	struct lift_text name, value;
};

/* A head that was read. All texts borrow from its bytes. */
struct http_head {
	struct lift_text  method;
	struct lift_text  path;		/* `/a/b`, still percent-encoded */
	struct lift_text  query;	/* behind the `?`; empty: none */
	unsigned          minor;	/* of HTTP/1.x */
	struct http_field fields[HTTP_FIELDS_MOST];
	unsigned          count;
	uint64_t          length;	/* of the body, unless it is chunked */
	bool              chunked;
	bool              keep;		/* another request may follow */
	bool              expects;	/* waits for `100 Continue` */
	bool              upgrades;	/* `Connection: upgrade` */
};

/* How many bytes the head at the beginning of BYTES has, with the empty line
 * that ends it; 0 when it is not whole yet. FROM bytes were looked at before. */
size_t http_head_end(struct lift_text bytes, size_t from);

/* Reads a whole head. The answer is 0, or the status that refuses it, with a
 * sentence in the error. */
int http_head_read(struct lift_text bytes, struct http_head *ret_head,
    struct lift_error *);

/* The value of the first field of that name, in whatever case; NULL data when
 * there is none. */
struct lift_text http_head_field(const struct http_head *, const char *name);

/* True when a comma-separated list holds the word, in whatever case. */
bool http_list_has(struct lift_text list, const char *word);

#endif
