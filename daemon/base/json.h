/* JSON, out and in. The writer appends to a text and sets the commas itself.
 * The reader is strict (RFC 8259), goes over the bytes once, builds no tree,
 * and allocates only for strings that hold an escape. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <liftd/plugin.h>

#include "base/arena.h"
#include "base/text.h"

/* Appends a comma if the text needs one before the next item. */
void json_comma(struct text *);

/* Appends `"name":`, with a comma before it where it needs one. */
void json_name(struct text *, const char *name);

/* Appends a string in quotes; what is no UTF-8 becomes U+FFFD. */
void json_string(struct text *, struct lift_text);

/* Appends a double in its shortest exact form; null for what JSON cannot say. */
void json_number(struct text *, double);

/* Appends one member each, with a comma before it where it needs one. */
void json_member_text(struct text *, const char *name, struct lift_text);
void json_member_string(struct text *, const char *name, const char *);
void json_member_whole(struct text *, const char *name, int64_t);
void json_member_number(struct text *, const char *name, double);
void json_member_bool(struct text *, const char *name, bool);
void json_member_time(struct text *, const char *name, int64_t micros);

enum json_kind {
	JSON_NONE, JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING,
	JSON_OBJECT, JSON_ARRAY
};

/* A reader over borrowed bytes. `problem` is NULL as long as all was well. */
struct json_reader {
	const char   *at, *end, *start;
	struct arena *arena;		/* for strings with escapes */
	const char   *problem;
	bool          first;		/* nothing read yet of the container */
	unsigned      depth;
};

enum { JSON_DEPTH = 64 };

/* A reader at the start of TEXT. */
struct json_reader json_reader_of(struct lift_text, struct arena *);

/* What the next value is; JSON_NONE at the end or where nothing can begin. */
enum json_kind json_peek(struct json_reader *);

/* Steps into an object or array. */
bool json_enter(struct json_reader *, enum json_kind);

/* The next key of the object entered last; false, at its end, after having
 * stepped out of it. Read or skip the value before the next call. */
bool json_key(struct json_reader *, struct lift_text *ret_key);

/* True when the array entered last has one more item; false, at its end, after
 * having stepped out of it. */
bool json_item(struct json_reader *);

/* Reads a string; unescaped into the arena where it holds an escape. */
bool json_take_string(struct json_reader *, struct lift_text *ret_text);

/* Reads a number and returns its digits as they stand. */
bool json_take_number(struct json_reader *, struct lift_text *ret_digits);

/* Reads true or false. */
bool json_take_bool(struct json_reader *, bool *ret_value);

/* Reads null. */
bool json_take_null(struct json_reader *);

/* Passes over any value, checking it; RET_RAW (may be NULL) gets its bytes. */
bool json_skip(struct json_reader *, struct lift_text *ret_raw);

/* True when nothing but white space is left and all was well. */
bool json_done(struct json_reader *);

/* How many bytes were read when it stopped. */
size_t json_offset(const struct json_reader *);

/* A whole number from JSON digits; false when it has a fraction or does not
 * fit. `3.0` and `3e2` are whole. */
bool json_whole(struct lift_text digits, int64_t *ret_value);

/* A double from JSON digits; false when it is too large for one. */
bool json_double(struct lift_text digits, double *ret_value);

/* True when the bytes are well-formed UTF-8. */
bool json_is_utf8(struct lift_text);

#endif
