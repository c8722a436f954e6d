/* The text form of protocol buffers to a tree. The files are trusted: what is
 * malformed ends the reading with a sentence. */
#include "textproto.h"

#include "base/text.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdlib.h>

struct reader {
	struct arena      *arena;
	const char        *begin, *at, *end;
	struct lift_error *err;
	bool               is_broken;
};

static void
fail(struct reader *r, const char *sentence)
{
	unsigned line = 1;

	if (r->is_broken)
		return;
	for (const char *p = r->begin; p < r->at; p++)
		line += *p == '\n';
	lift_fail(r->err, LIFT_E_INPUT, "line %u: %s", line, sentence);
	r->is_broken = true;
}

static void
skip(struct reader *r)
{
	for (; r->at < r->end; r->at++) {
		if (*r->at == '#')
			while (r->at + 1 < r->end && r->at[1] != '\n')
				r->at++;
		else if (!isspace((unsigned char)*r->at) && *r->at != ',' &&
		    *r->at != ';')
			return;
	}
}

static bool
take(struct reader *r, char c)
{
	skip(r);
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

static uint32_t
read_number(struct reader *r, int base, int most)
{
	char digits[12] = "";

	for (int i = 0; i < most && r->at < r->end &&
	    isxdigit((unsigned char)*r->at) && (base == 16 ||
	    (*r->at >= '0' && *r->at <= '7')); i++)
		digits[i] = *r->at++;
	return (uint32_t)strtoul(digits, NULL, base);
}

static void
read_escape(struct reader *r, struct text *out)
{
	static const char letters[] = "abfnrtv", means[] = "\a\b\f\n\r\t\v";
	char c = *r->at++;
	const char *known = strchr(letters, c);
	char code[4];

	if (known != NULL)
		text_byte(out, means[known - letters]);
	else if (c == 'x' || c == 'X')
		text_byte(out, (char)read_number(r, 16, 2));
	else if (c == 'u' || c == 'U') {
		size_t n = utf8_put(code, read_number(r, 16,
		    c == 'u' ? 4 : 8));
		text_add(out, code, n);
	} else if (c >= '0' && c <= '7') {
		r->at--;
		text_byte(out, (char)read_number(r, 8, 3));
	} else
		text_byte(out, c);
}

/* A string, and those that follow it directly. */
static struct lift_text
read_string(struct reader *r)
{
	struct text out = { 0 };

	for (skip(r); r->at < r->end && (*r->at == '"' || *r->at == '\'');
	    skip(r)) {
		char quote = *r->at++;
		while (r->at + 1 < r->end && *r->at != quote)
			if (*r->at == '\\') {
				r->at++;
				read_escape(r, &out);
			} else
				text_byte(&out, *r->at++);
		r->at++;
	}
	struct lift_text copy = arena_text(r->arena, text_view(&out));
	text_done(&out);
	return copy;
}

static struct lift_text
read_word(struct reader *r)
{
	const char *first;

	skip(r);
	first = r->at;
	if (r->at < r->end && *r->at == '[') {
		while (r->at < r->end && *r->at != ']')
			r->at++;
		r->at++;
	} else
		while (r->at < r->end && (isalnum((unsigned char)*r->at) ||
		    strchr("_.+-", *r->at) != NULL))
			r->at++;
	if (r->at == first || r->at > r->end)
		fail(r, "a word is missing");
	return (struct lift_text){ first, (size_t)(r->at - first) };
}

static const struct field *read_fields(struct reader *, char close);

static void
read_value(struct reader *r, struct field *f)
{
	if (take(r, '{')) {
		f->is_message = true;
		f->first = read_fields(r, '}');
	} else if (take(r, '<')) {
		f->is_message = true;
		f->first = read_fields(r, '>');
	} else {
		skip(r);
		if (r->at < r->end && (*r->at == '"' || *r->at == '\''))
			f->value = read_string(r);
		else
			f->value = read_word(r);
	}
}

/* `name: [a, b]` is the field twice. */
static struct field **
read_list(struct reader *r, struct lift_text name, struct field **tail)
{
	while (!take(r, ']') && !r->is_broken) {
		struct field *f = arena_take(r->arena, sizeof(*f));
		f->name = name;
		read_value(r, f);
		*tail = f;
		tail = (struct field **)(void *)&f->next;
	}
	return tail;
}

static const struct field *
read_fields(struct reader *r, char close)
{
	struct field *first = NULL, **tail = &first;

	for (;;) {
		skip(r);
		if (r->is_broken || (close == '\0' && r->at == r->end))
			return first;
		if (close != '\0' && take(r, close))
			return first;
		struct lift_text name = read_word(r);
		bool has_colon = take(r, ':');
		if (has_colon && take(r, '[')) {
			tail = read_list(r, name, tail);
			continue;
		}
		struct field *f = arena_take(r->arena, sizeof(*f));
		f->name = name;
		read_value(r, f);
		*tail = f;
		tail = (struct field **)(void *)&f->next;
	}
}

const struct field *
textproto_read(struct arena *arena, struct lift_text text,
    struct lift_error *err)
{
	struct reader r = { .arena = arena, .begin = text.data,
		.at = text.data, .end = text.data + text.size, .err = err };
	const struct field *f = read_fields(&r, '\0');

	return r.is_broken ? NULL : f;
}

const struct field *
field_get(const struct field *message, const char *name)
{
	const struct field *f = message == NULL ? NULL : message->first;

	for (; f != NULL; f = f->next)
		if (lift_text_equal(f->name, lift_text(name)))
			return f;
	return NULL;
}

const struct field *
field_again(const struct field *f)
{
	struct lift_text name = f->name;

	for (f = f->next; f != NULL; f = f->next)
		if (lift_text_equal(f->name, name))
			return f;
	return NULL;
}

struct lift_text
field_text(const struct field *message, const char *name)
{
	const struct field *f = field_get(message, name);

	return f == NULL ? (struct lift_text){ "", 0 } : f->value;
}
