/* The collection of findings and its two faces. Findings hang off their file,
 * in the order in which they came, and are sorted when somebody looks. */
#include "rules/finding.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/utf8.h"

enum { LINE_SHOWN = 160 };		/* characters of a source line */

static const struct finding_form forms[] = {
#define FINDING(symbol, number, severity, meaning) \
	{ #symbol, number, FINDING_##severity, meaning },
#include "rules/findings.def"
#undef FINDING
};

static const char *const severities[] = {
	[FINDING_ERROR] = "error",
	[FINDING_WARNING] = "warning",
	[FINDING_INFO] = "info",
};

struct file {
	const char     *name;
	struct finding *first, **last;
	size_t          kept, dropped;
	struct file    *next;
};

struct findings {
	struct arena *arena;
	struct file  *files;
	size_t        counts[3];
};

const struct finding_form *
finding_form(enum finding_code code)
{
	return &forms[code];
}

struct findings *
findings_new(struct arena *a)
{
	struct findings *f = arena_take(a, sizeof(*f));

	f->arena = a;
	return f;
}

/* ---- collecting ------------------------------------------------------ */

/* The file's list; files are in the order of their names. */
static struct file *
file_of(struct findings *all, const char *name)
{
	struct file **at = &all->files;

	while (*at != NULL && strcmp((*at)->name, name) < 0)
		at = &(*at)->next;
	if (*at != NULL && strcmp((*at)->name, name) == 0)
		return *at;
	struct file *f = arena_take(all->arena, sizeof(*f));
	f->name = arena_string(all->arena, name);
	f->last = &f->first;
	f->next = *at;
	*at = f;
	return f;
}

/* What has been said of the same thing; an alias is the same place as what it
 * stands for. */
static struct finding *
same(const struct file *f, enum finding_code code,
    const struct finding_place *place)
{
	for (struct finding *g = f->first; g != NULL; g = g->next)
		if ((place->about != NULL && g->place.about == place->about) ||
		    (g->code == code && place->line > 0 &&
		    g->place.line == place->line &&
		    g->place.column == place->column))
			return g;
	return NULL;
}

static void
fill(struct findings *all, struct file *f, struct finding *g,
    const struct finding_place *place)
{
	struct arena *a = all->arena;

	g->place = *place;
	g->place.file = f->name;
	g->hint = NULL;
	if (place->path != NULL)
		g->place.path = arena_string(a, place->path);
	g->place.source = arena_text(a, place->source);
}

struct finding *
findings_add(struct findings *all, enum finding_code code,
    const struct finding_place *place, const char *form, ...)
{
	char message[1000];
	struct file *f = file_of(all, place->file);
	struct finding *g = same(f, code, place);
	va_list ap;

	if (g != NULL && forms[g->code].severity <= forms[code].severity)
		return NULL;
	all->counts[forms[code].severity]++;
	if (g == NULL && f->kept == FINDINGS_KEPT) {
		f->dropped++;
		return NULL;
	}
	va_start(ap, form);
	vsnprintf(message, sizeof(message), form, ap);
	va_end(ap);
	if (g == NULL) {
		g = arena_take(all->arena, sizeof(*g));
		*f->last = g;
		f->last = &g->next;
		f->kept++;
	} else {
		all->counts[forms[g->code].severity]--;
	}
	g->code = code;
	g->message = arena_string(all->arena, message);
	fill(all, f, g, place);
	return g;
}

void
findings_hint(struct findings *all, struct finding *g, const char *form, ...)
{
	char hint[1000];
	va_list ap;

	if (g == NULL)
		return;
	va_start(ap, form);
	vsnprintf(hint, sizeof(hint), form, ap);
	va_end(ap);
	g->hint = arena_string(all->arena, hint);
}

void
findings_move(struct findings *all, struct finding *g, uint32_t line,
    uint32_t column, uint32_t end_column, struct lift_text source)
{
	g->place.line = line;
	g->place.column = column;
	g->place.end_column = end_column;
	g->place.source = arena_text(all->arena, source);
}

size_t
findings_count(const struct findings *all, enum finding_severity severity)
{
	return all->counts[severity];
}

/* ---- sorting --------------------------------------------------------- */

static int
compare(const void *one, const void *two)
{
	const struct finding *a = *(struct finding *const *)one;
	const struct finding *b = *(struct finding *const *)two;

	if (a->place.line != b->place.line)
		return a->place.line < b->place.line ? -1 : 1;
	if (a->place.column != b->place.column)
		return a->place.column < b->place.column ? -1 : 1;
	return a->code < b->code ? -1 : a->code > b->code;
}

static void
file_sort(struct file *f)
{
	struct finding *all[FINDINGS_KEPT];
	size_t n = 0;

	for (struct finding *g = f->first; g != NULL; g = g->next)
		all[n++] = g;
	if (n == 0)
		return;
	qsort(all, n, sizeof(all[0]), compare);
	f->last = &f->first;
	for (size_t i = 0; i < n; i++) {
		*f->last = all[i];
		f->last = &all[i]->next;
	}
	*f->last = NULL;
}

const struct finding *
findings_first(struct findings *all)
{
	struct finding *first = NULL, **last = &first;

	for (struct file *f = all->files; f != NULL; f = f->next) {
		file_sort(f);
		struct finding *g = f->first;
		for (size_t i = 0; g != NULL && i < FINDINGS_SHOWN; i++) {
			struct finding *copy = arena_take(all->arena,
			    sizeof(*copy));
			*copy = *g;
			copy->next = NULL;
			*last = copy;
			last = &copy->next;
			g = g->next;
		}
	}
	return first;
}

/* How many findings of a file are not shown. */
static size_t
file_hidden(const struct file *f)
{
	size_t all = f->kept + f->dropped;

	return all > FINDINGS_SHOWN ? all - FINDINGS_SHOWN : 0;
}

/* ---- for people ------------------------------------------------------ */

static bool
starts_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

/* The source line, with what a terminal would act on made harmless. */
static void
write_source(struct text *t, struct lift_text line, uint32_t most)
{
	uint32_t n = 0;
	bool is_text = utf8_valid(line);

	for (size_t i = 0; i < line.size; i++) {
		char c = line.data[i];
		if (starts_character(c) && n++ == most) {
			text_string(t, "...");
			break;
		}
		text_byte(t, (unsigned char)c < 0x20 || c == 0x7f ? ' ' :
		    is_text || (unsigned char)c < 0x80 ? c : '?');
	}
}

static void
write_caret(struct text *t, const struct finding_place *p)
{
	uint32_t end = p->end_column;

	if (end > LINE_SHOWN)
		end = LINE_SHOWN;
	for (uint32_t i = 1; i < p->column; i++)
		text_byte(t, ' ');
	text_byte(t, '^');
	for (uint32_t i = p->column + 1; i < end; i++)
		text_byte(t, '~');
}

static void
write_finding(struct text *t, const struct finding *g)
{
	const struct finding_place *p = &g->place;

	text_string(t, p->file);
	if (p->line > 0)
		text_form(t, ":%u:%u", p->line, p->column);
	text_form(t, ": %s: %s [LR%04u]\n", severities[forms[g->code].severity],
	    g->message, forms[g->code].number);
	if (p->source.size > 0 && p->column > 0 && p->column <= LINE_SHOWN) {
		text_string(t, "    ");
		write_source(t, p->source, LINE_SHOWN);
		text_string(t, "\n    ");
		write_caret(t, p);
		text_byte(t, '\n');
	}
	if (g->hint != NULL)
		text_form(t, "    hint: %s\n", g->hint);
}

void
findings_write(struct text *t, struct findings *all)
{
	for (struct file *f = all->files; f != NULL; f = f->next) {
		size_t shown = 0, hidden = file_hidden(f);
		file_sort(f);
		for (const struct finding *g = f->first; g != NULL &&
		    shown < FINDINGS_SHOWN; g = g->next, shown++)
			write_finding(t, g);
		if (hidden > 0)
			text_form(t, "%s: and %zu more\n", f->name, hidden);
	}
}

/* ---- for programs ---------------------------------------------------- */

static void
write_member(struct text *t, const char *name, const char *value)
{
	text_byte(t, ',');
	json_string(t, lift_text(name));
	text_byte(t, ':');
	json_string(t, lift_text(value));
}

static void
write_object(struct text *t, const struct finding *g)
{
	const struct finding_form *form = &forms[g->code];

	text_string(t, "{\"severity\":");
	json_string(t, lift_text(severities[form->severity]));
	text_form(t, ",\"code\":\"LR%04u\"", form->number);
	write_member(t, "file", g->place.file);
	if (g->place.line > 0)
		text_form(t, ",\"line\":%u,\"column\":%u,\"end_column\":%u",
		    g->place.line, g->place.column, g->place.end_column);
	if (g->place.path != NULL)
		write_member(t, "path", g->place.path);
	write_member(t, "message", g->message);
	if (g->hint != NULL)
		write_member(t, "hint", g->hint);
	text_byte(t, '}');
}

void
findings_json(struct text *t, struct findings *all)
{
	bool any = false;

	text_byte(t, '[');
	for (struct file *f = all->files; f != NULL; f = f->next) {
		file_sort(f);
		for (const struct finding *g = f->first; g != NULL;
		    g = g->next) {
			if (any)
				text_byte(t, ',');
			any = true;
			write_object(t, g);
		}
	}
	text_byte(t, ']');
}
