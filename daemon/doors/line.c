/* The request line: first into words, then those before the verb into what
 * they ask of the door, and those behind it into the verb's arguments. */
#include "doors/line.h"

#include "base/json.h"
#include "base/utf8.h"

/* ---- words ----------------------------------------------------------- */

/* Where the reading is: the words so far, and the bytes of this one. */
struct scan {
	const char        *at, *end;
	char              *to;		/* room for the whole line */
	struct lift_error *err;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
hex_take(struct scan *s, uint32_t *ret_code)
{
	uint32_t code = 0;

	if (s->end - s->at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		char c = s->at[i];
		unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') :
		    c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10) :
		    c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10) : 16;
		if (digit == 16)
			return false;
		code = code << 4 | digit;
	}
	s->at += 4;
	*ret_code = code;
	return true;
}

/* The four digits of \u, and of the second half when the first is one. */
static bool
code_take(struct scan *s, uint32_t *ret_code)
{
	uint32_t code, low;

	if (!hex_take(s, &code) || code == 0)
		return false;
	if (code >= 0xd800 && code < 0xdc00) {
		if (s->end - s->at < 2 || memcmp(s->at, "\\u", 2) != 0)
			return false;
		s->at += 2;
		if (!hex_take(s, &low) || low < 0xdc00 || low > 0xdfff)
			return false;
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	} else if (code >= 0xdc00 && code < 0xe000) {
		return false;
	}
	*ret_code = code;
	return true;
}

static bool
escape_take(struct scan *s)
{
	uint32_t code = 0;

	switch (s->at < s->end ? *s->at++ : '\0') {
	case '"': code = '"'; break;
	case '\\': code = '\\'; break;
	case 'n': code = '\n'; break;
	case 't': code = '\t'; break;
	case 'u':
		if (code_take(s, &code))
			break;
		/* fall through */
	default:
		return lift_fail(s->err, LIFT_E_USAGE, "an escape in quotes "
		    "must be one of \\\" \\\\ \\n \\t \\uXXXX");
	}
	s->to += utf8_put(s->to, code);
	return true;
}

/* What is between two quotes; the first one is behind us. */
static bool
quotes_take(struct scan *s)
{
	while (s->at < s->end && *s->at != '"') {
		if (*s->at != '\\') {
			*s->to++ = *s->at++;
			continue;
		}
		s->at++;
		if (!escape_take(s))
			return false;
	}
	if (s->at == s->end)
		return lift_fail(s->err, LIFT_E_USAGE,
		    "a double quote is opened and not closed");
	s->at++;
	return true;
}

static bool
word_take(struct scan *s, struct line_word *ret_word)
{
	char *from = s->to;
	bool plain = *s->at != '"';

	while (s->at < s->end && !is_blank(*s->at)) {
		if (*s->at != '"') {
			*s->to++ = *s->at++;
			continue;
		}
		s->at++;
		if (!quotes_take(s))
			return false;
	}
	*ret_word = (struct line_word){ { from, (size_t)(s->to - from) },
		plain };
	*s->to++ = '\0';
	return true;
}

static bool
line_is_clean(struct lift_text t, struct lift_error *err)
{
	for (size_t i = 0; i < t.size; i++)
		if ((unsigned char)t.data[i] < 0x20 && t.data[i] != '\t')
			return lift_fail(err, LIFT_E_USAGE, "byte %zu of the "
			    "request is a control character; write it as an "
			    "escape in quotes", i + 1);
	if (!json_is_utf8(t))
		return lift_fail(err, LIFT_E_USAGE,
		    "the request is no UTF-8");
	return true;
}

/* ---- the words with an @ --------------------------------------------- */

static bool
at_value(struct lift_text word, const char *name, struct lift_text *ret_value)
{
	size_t n = strlen(name);

	if (word.size <= n || memcmp(word.data, name, n) != 0)
		return false;
	*ret_value = (struct lift_text){ word.data + n, word.size - n };
	return true;
}

static bool
at_word(struct line *l, struct lift_text word, struct lift_error *err)
{
	static const char *const forms[] = {
		[REPLY_TEXT] = "@text", [REPLY_JSON] = "@json",
		[REPLY_JSONL] = "@jsonl",
	};

	for (unsigned i = 0; i < 3; i++)
		if (lift_text_equal(word, lift_text(forms[i]))) {
			l->form = (enum reply_form)i;
			return true;
		}
	if (lift_text_equal(word, LIFT_TEXT_OF("@noheader")))
		l->headless = true;
	else if (lift_text_equal(word, LIFT_TEXT_OF("@upload")))
		l->upload = true;
	else if (!at_value(word, "@fields=", &l->fields) &&
	    !at_value(word, "@as=", &l->as) &&
	    !at_value(word, "@id=", &l->id))
		return lift_fail(err, LIFT_E_USAGE, "\"%.*s\" must be one of "
		    "@text @json @jsonl @noheader @upload @fields=A,B "
		    "@as=ROLE @id=ID", word.size > 60 ? 60 : (int)word.size,
		    word.data);
	return true;
}

/* Takes the words with an @ from the front. One that is not known does not
 * hide an `@upload` behind it. */
static bool
at_words(struct line *l, struct lift_error *err)
{
	struct lift_error other;
	bool ok = true;

	while (l->count > 0 && l->words->plain && l->words->text.size > 0 &&
	    l->words->text.data[0] == '@') {
		if (!at_word(l, l->words->text, ok ? err : &other))
			ok = false;
		l->words++;
		l->count--;
	}
	return ok;
}

bool
line_read(struct arena *arena, struct lift_text text, struct line *ret_line,
    struct lift_error *err)
{
	/* A word of a byte and its blank become a byte and a zero. */
	struct scan s = { text.data, text.data + text.size,
		arena_take(arena, text.size + 2), err };
	struct line l = { .form = REPLY_TEXT };
	size_t room = text.size / 2 + 1;
	bool ok = line_is_clean(text, err);

	if (room > LINE_WORDS)
		room = LINE_WORDS;
	l.words = arena_array(arena, struct line_word, room);
	while (ok) {
		while (s.at < s.end && is_blank(*s.at))
			s.at++;
		if (s.at == s.end)
			break;
		if (l.count == room)
			ok = lift_fail(err, LIFT_E_USAGE, "the request has "
			    "more than %d words", LINE_WORDS);
		else if ((ok = word_take(&s, &l.words[l.count])))
			l.count++;
	}
	struct lift_error later;
	if (!at_words(&l, ok ? err : &later))
		ok = false;
	*ret_line = l;
	return ok;
}

/* ---- arguments ------------------------------------------------------- */

/* The words of a call on their way into its values. */
struct binding {
	struct arena            *arena;
	const struct line_word  *words;
	size_t                   count;
	const struct lift_field *table;
	struct lift_value       *values;
	struct lift_error       *err;
};

static bool
is_upload(const struct lift_field *f)
{
	return f->type == LIFT_UPLOAD || f->type == LIFT_FILES;
}

static bool
is_option(const struct line_word *w)
{
	return w->plain && w->text.size > 2 &&
	    memcmp(w->text.data, "--", 2) == 0;
}

static bool
is_stop(const struct line_word *w)
{
	return w->plain && lift_text_equal(w->text, LIFT_TEXT_OF("--"));
}

/* The place of an option; people write `--a-b` for `a_b`. */
static int
option_find(struct binding *b, struct lift_text name)
{
	int at = field_find(b->table, name);

	if (at >= 0 || name.size == 0)
		return at;
	char *other = arena_copy(b->arena, name.data, name.size);
	for (char *c = other; *c != '\0'; c++)
		if (*c == '-')
			*c = '_';
	return field_find(b->table, (struct lift_text){ other, name.size });
}

static bool
option_unknown(struct binding *b, struct lift_text name)
{
	const char *near = field_nearest(b->table, name);

	return lift_fail(b->err, LIFT_E_USAGE, "there is no argument "
	    "\"--%.*s\"%s%s", name.size > 60 ? 60 : (int)name.size, name.data,
	    near ? ", perhaps you mean --" : "", near ? near : "");
}

static bool
value_bind(struct binding *b, int at, struct lift_text word)
{
	const struct lift_field *f = &b->table[at];

	if (b->values[at].type != LIFT_NULL)
		return lift_fail(b->err, LIFT_E_USAGE,
		    "%s is given twice", f->name);
	if (is_upload(f))
		return lift_fail(b->err, LIFT_E_USAGE, "%s is no word of the "
		    "request; it follows in chunks", f->name);
	return argument_read(b->arena, f, word, &b->values[at], b->err);
}

/* A flag stands alone, or before a plain true or false. */
static bool
flag_bind(struct binding *b, int at, size_t *i)
{
	struct lift_text yes = LIFT_TEXT_OF("true"), word = yes;

	if (*i + 1 < b->count && b->words[*i + 1].plain) {
		struct lift_text next = b->words[*i + 1].text;
		if (lift_text_equal(next, yes) ||
		    lift_text_equal(next, LIFT_TEXT_OF("false"))) {
			word = next;
			++*i;
		}
	}
	return value_bind(b, at, word);
}

/* Binds the option at *I, and moves *I to the last word it took. */
static bool
option_bind(struct binding *b, size_t *i)
{
	struct lift_text name = b->words[*i].text;

	name.data += 2;
	name.size -= 2;
	const char *equal = memchr(name.data, '=', name.size);
	const char *end = name.data + name.size;
	if (equal != NULL)
		name.size = (size_t)(equal - name.data);
	int at = option_find(b, name);
	if (at < 0)
		return option_unknown(b, name);
	if (equal != NULL)
		return value_bind(b, at, (struct lift_text){ equal + 1,
		    (size_t)(end - equal - 1) });
	if (b->table[at].type == LIFT_BOOL)
		return flag_bind(b, at, i);
	if (*i + 1 == b->count || is_option(&b->words[*i + 1]) ||
	    is_stop(&b->words[*i + 1]))
		return lift_fail(b->err, LIFT_E_USAGE, "--%s wants a value: "
		    "%s", b->table[at].name, b->table[at].meaning);
	return value_bind(b, at, b->words[++*i].text);
}

/* Binds what has a name; what has none goes to REST, which has room. */
static bool
named_bind(struct binding *b, struct lift_text *rest, size_t *ret_count)
{
	bool stopped = false;
	size_t n = 0;

	for (size_t i = 0; i < b->count; i++) {
		if (!stopped && is_stop(&b->words[i]))
			stopped = true;
		else if (stopped || !is_option(&b->words[i]))
			rest[n++] = b->words[i].text;
		else if (!option_bind(b, &i))
			return false;
	}
	*ret_count = n;
	return true;
}

static bool
rest_bind(struct binding *b, const struct lift_text *rest, size_t count)
{
	int at = 0;

	for (size_t i = 0; i < count; i++, at++) {
		while (b->table != NULL && b->table[at].name != NULL &&
		    (is_upload(&b->table[at]) ||
		    b->values[at].type != LIFT_NULL))
			at++;
		if (b->table == NULL || b->table[at].name == NULL)
			return lift_fail(b->err, LIFT_E_USAGE, "\"%.*s\" is "
			    "one word too many; put quotes around a text of "
			    "several words",
			    rest[i].size > 60 ? 60 : (int)rest[i].size,
			    rest[i].data);
		if (!value_bind(b, at, rest[i]))
			return false;
	}
	return true;
}

bool
line_arguments(struct arena *arena, const struct line_word *words,
    size_t count, const struct lift_field *table, struct lift_value *values,
    struct lift_error *err)
{
	struct binding b = { arena, words, count, table, values, err };
	struct lift_text *rest = arena_array(arena, struct lift_text,
	    count + 1);
	size_t rest_count;

	for (unsigned i = 0; table != NULL && table[i].name != NULL; i++)
		values[i] = LIFT_VALUE_NULL;
	return named_bind(&b, rest, &rest_count) &&
	    rest_bind(&b, rest, rest_count);
}
