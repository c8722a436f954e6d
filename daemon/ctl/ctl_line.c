/* Words to wire. The shell has taken the quotes away, so what looks like an
 * option is one, unless it stands behind `--`. */
#include "ctl/ctl_line.h"

#include "ctl/ctl_upload.h"

void
ctl_line_word(struct text *t, struct lift_text word, bool always)
{
	bool quoted = always || word.size == 0 || word.data[0] == '@';

	for (size_t i = 0; i < word.size && !quoted; i++)
		quoted = (unsigned char)word.data[i] <= ' ' ||
		    word.data[i] == '"' || word.data[i] == '\\';
	if (!quoted) {
		text_add(t, word.data, word.size);
		return;
	}
	text_byte(t, '"');
	for (size_t i = 0; i < word.size; i++) {
		char c = word.data[i];
		if (c == '"' || c == '\\')
			text_form(t, "\\%c", c);
		else if ((unsigned char)c < ' ')
			text_form(t, "\\u%04x", (unsigned)c);
		else
			text_byte(t, c);
	}
	text_byte(t, '"');
}

/* The words behind the verb, on their way. */
struct pass {
	const struct ctl_options *o;
	const struct ctl_verb    *verb;
	struct ctl_line          *line;
	bool                      given[CTL_ARGUMENTS];
};

static bool
is_option(const struct pass *p, size_t i)
{
	const char *word = p->o->words[i];

	return i < p->o->stop && word[0] == '-' && word[1] == '-' &&
	    word[2] != '\0';
}

static struct lift_text
option_name(const char *word)
{
	return (struct lift_text){ word + 2, strcspn(word + 2, "=") };
}

static bool
is_upload(const struct ctl_argument *a)
{
	return a->is_lines || a->is_files;
}

static void
upload_set(struct pass *p, const struct ctl_argument *a, const char *path)
{
	p->line->path = path;
	p->line->is_files = a->is_files;
}

/* True when the word behind option I is its value. A flag may have `true` or
 * `false`. */
static bool
has_value(const struct pass *p, const struct ctl_argument *a, size_t i)
{
	if (i + 1 >= p->o->count || is_option(p, i + 1))
		return false;
	const char *next = p->o->words[i + 1];
	return !a->is_flag || strcmp(next, "true") == 0 ||
	    strcmp(next, "false") == 0;
}

/* Passes on `--name=value` and `--name value`. */
static void
option_pass(struct pass *p, size_t *i)
{
	const char *word = p->o->words[*i];
	struct lift_text name = option_name(word);
	int at = p->verb != NULL ? ctl_verb_argument(p->verb, name) : -1;
	const struct ctl_argument *a = at >= 0 ? &p->verb->arguments[at] :
	    NULL;
	const char *value = word[2 + name.size] == '=' ?
	    word + 3 + name.size : NULL;
	struct text *t = &p->line->line;

	if (at >= 0)
		p->given[at] = true;
	if (value == NULL && a != NULL && has_value(p, a, *i))
		value = p->o->words[++*i];
	if (a != NULL && is_upload(a) && value != NULL) {
		upload_set(p, a, value);
		return;
	}
	text_string(t, " ");
	ctl_line_word(t, (struct lift_text){ word, 2 + name.size }, false);
	if (value != NULL) {
		text_byte(t, '=');
		ctl_line_word(t, lift_text(value), *value == '\0');
	}
}

/* A word without a name goes to the next argument that has none yet. */
static void
rest_pass(struct pass *p, size_t *at, size_t i)
{
	const char *word = p->o->words[i];
	const struct ctl_verb *v = p->verb;

	while (v != NULL && *at < v->count && p->given[*at])
		++*at;
	if (v != NULL && *at < v->count) {
		const struct ctl_argument *a = &v->arguments[(*at)++];
		if (is_upload(a)) {
			upload_set(p, a, word);
			return;
		}
	}
	text_byte(&p->line->line, ' ');
	ctl_line_word(&p->line->line, lift_text(word), word[0] == '-');
}

static void
head_make(struct text *t, const struct ctl_options *o)
{
	static const char *const forms[] = {
		[CTL_TEXT] = "@text", [CTL_JSON] = "@json",
		[CTL_JSONL] = "@jsonl",
	};

	text_string(t, forms[o->form]);
	if (o->headless)
		text_string(t, " @noheader");
	if (o->fields != NULL) {
		text_string(t, " @fields=");
		ctl_line_word(t, lift_text(o->fields), false);
	}
	if (o->as != NULL) {
		text_string(t, " @as=");
		ctl_line_word(t, lift_text(o->as), false);
	}
}

static bool
ends_in(const char *path, const char *end)
{
	size_t n = strlen(path), m = strlen(end);

	return n > m && strcmp(path + n - m, end) == 0;
}

/* True for an argument that the verb has and nobody has given. */
static bool
is_open(const struct pass *p, const char *name)
{
	int at = ctl_verb_argument(p->verb, lift_text(name));

	return at >= 0 && !p->given[at];
}

/* Says of the file what the verb can be told and the user has not: what it is
 * known by, and what its name tells. */
static void
upload_tell(struct pass *p)
{
	static const char *const tables[] = { ".csv", ".tsv", ".csv.gz",
		".tsv.gz" };
	struct text *t = &p->line->line;
	const char *path = p->line->path;
	char identity[40];

	if (p->verb == NULL || path == NULL || p->line->is_files)
		return;
	if (is_open(p, "identity") && ctl_upload_identity(path, identity))
		text_form(t, " --identity=%s", identity);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (ends_in(path, tables[i]) && is_open(p, "format")) {
			text_string(t, " --format=csv");
			break;
		}
}

static bool
upload_check(const struct pass *p, struct lift_error *err)
{
	for (size_t i = 0; p->verb != NULL && i < p->verb->count; i++) {
		const struct ctl_argument *a = &p->verb->arguments[i];
		if (!is_upload(a) || a->optional || p->line->path != NULL)
			continue;
		return lift_fail(err, LIFT_E_USAGE, "%.*s is missing: name %s",
		    (int)a->name.size, a->name.data, a->is_files ?
		    "a file or a folder of *.yaml" :
		    "a file, or - for standard input");
	}
	return true;
}

/* Options first: the words without a name go by what is left. Without a table
 * the daemon will refuse the words, so they go as they stand. */
static void
words_pass(struct pass *p, size_t from)
{
	size_t place = 0;

	for (size_t i = from; p->verb == NULL && i < p->o->count; i++)
		if (is_option(p, i))
			option_pass(p, &i);
		else
			rest_pass(p, &place, i);
	if (p->verb == NULL)
		return;

	for (size_t i = from; i < p->o->count; i++)
		if (is_option(p, i))
			option_pass(p, &i);
	for (size_t i = from; i < p->o->count; i++) {
		if (!is_option(p, i)) {
			rest_pass(p, &place, i);
			continue;
		}
		const char *word = p->o->words[i];
		int at = ctl_verb_argument(p->verb, option_name(word));
		if (at >= 0 && strchr(word, '=') == NULL &&
		    has_value(p, &p->verb->arguments[at], i))
			i++;
	}
}

bool
ctl_line_make(const struct ctl_options *o, const struct ctl_verb *verb,
    struct ctl_line *ret_line, struct lift_error *err)
{
	struct ctl_line line = { .path = NULL };
	struct pass p = { .o = o, .verb = verb, .line = &line };
	struct text rest = { 0 };
	size_t used = verb != NULL ? ctl_verb_words(verb, o->words, o->count) :
	    0;

	for (size_t i = 0; i < used; i++) {
		text_byte(&line.line, ' ');
		ctl_line_word(&line.line, lift_text(o->words[i]), false);
	}
	words_pass(&p, used);
	if (!upload_check(&p, err)) {
		text_done(&line.line);
		return false;
	}
	upload_tell(&p);
	head_make(&rest, o);
	if (line.path != NULL)
		text_string(&rest, " @upload");
	text_add(&rest, line.line.data, line.line.size);
	text_byte(&rest, '\n');
	text_done(&line.line);
	line.line = rest;
	*ret_line = line;
	return true;
}
