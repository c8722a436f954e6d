/* Rows of option tables, and the check that a table is sound. Bounds and
 * fallbacks are kept as one would write them, and read by the same readers as
 * what people write. */
#include "rules/option_table.h"

#include <assert.h>

bool
option_is_required(const struct lift_option *o)
{
	if (o->fallback != NULL)
		return false;
	if (o->kind != LIFT_OPTION_GROUP)
		return true;
	for (const struct lift_option *r = o->rows; r->kind != LIFT_OPTION_END;
	    r++)
		if (option_is_required(r))
			return true;
	return false;
}

/* ---- bounds ---------------------------------------------------------- */

static bool
read_as(const struct lift_option *o, uint32_t currency, const char *text,
    union scalar *ret_value)
{
	const struct scalar_kind *k = scalar_kind(o->kind);

	if (o->kind == LIFT_OPTION_TEXT)
		ret_value->text = text;
	return k->read(o, currency, lift_text(text), ret_value);
}

bool
option_in_bounds(const struct lift_option *o, uint32_t currency,
    const union scalar *v)
{
	const struct scalar_kind *k = scalar_kind(o->kind);
	union scalar bound;

	if (k->order == NULL)
		return true;
	if (o->lowest != NULL && read_as(o, currency, o->lowest, &bound) &&
	    k->order(v, &bound) < 0)
		return false;
	return o->highest == NULL ||
	    !read_as(o, currency, o->highest, &bound) ||
	    k->order(v, &bound) <= 0;
}

static bool
count_of(const char *text, int64_t *ret_count)
{
	const struct scalar_kind *k = scalar_kind(LIFT_OPTION_COUNT);
	union scalar v;

	if (text == NULL || !k->read(NULL, 0, lift_text(text), &v))
		return false;
	*ret_count = v.whole;
	return true;
}

bool
option_count_fits(const struct lift_option *o, uint32_t count)
{
	int64_t bound;

	if (count_of(o->lowest, &bound) && count < bound)
		return false;
	return !count_of(o->highest, &bound) || count <= bound;
}

void
option_bounds(struct text *t, const struct lift_option *o)
{
	bool list = o->kind == LIFT_OPTION_LIST || o->kind == LIFT_OPTION_TEXTS;
	const char *verb = list ? "have" : "be";

	if (o->lowest != NULL && o->highest != NULL)
		text_form(t, "%s between %s and %s", list ? "have" : "lie",
		    o->lowest, o->highest);
	else if (o->lowest != NULL)
		text_form(t, "%s at least %s", verb, o->lowest);
	else if (o->highest != NULL)
		text_form(t, "%s at most %s", verb, o->highest);
}

/* ---- fallbacks ------------------------------------------------------- */

static size_t
commas(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == ',';
	return n;
}

/* `[a, b]`, with plain words only. */
static struct lift_texts
texts_of(struct arena *a, const char *text)
{
	const char **items = arena_array(a, const char *, commas(text) + 1);
	size_t count = 0;

	while (*(text += strspn(text, "[] ,")) != '\0') {
		size_t size = strcspn(text, "[] ,");
		items[count++] = arena_copy(a, text, size);
		text += size;
	}
	return (struct lift_texts){ items, count };
}

void
option_fall_back(const struct option_binder *b, const struct lift_option *o,
    void *member)
{
	const struct scalar_kind *k = scalar_kind(o->kind);
	union scalar v = { 0 };

	if (o->kind == LIFT_OPTION_GROUP)
		return;
	if (o->kind == LIFT_OPTION_ANY) {
		memset(member, 0, sizeof(const void *));
	} else if (o->kind == LIFT_OPTION_LIST) {
		memset(member, 0, sizeof(struct lift_rows));
	} else if (o->kind == LIFT_OPTION_TEXTS) {
		*(struct lift_texts *)member = o->fallback == NULL ?
		    (struct lift_texts){ 0 } : texts_of(b->arena, o->fallback);
	} else {
		if (o->fallback != NULL) {
			bool good = read_as(o, b->currency, o->fallback, &v);
			assert(good);
			(void)good;
		} else if (o->kind == LIFT_OPTION_TEXT) {
			v.text = "";
		}
		memcpy(member, &v, k->size);
	}
}

/* ---- is the table sound? --------------------------------------------- */

/* Messages of the check name the row; WHAT goes on about it. */
static bool
unsound(const struct lift_option *o, const char *what, struct lift_error *err)
{
	return lift_fail(err, LIFT_E_BUG, "option \"%s\" %s", o->name, what);
}

static bool
check_name(const struct lift_option *rows, const struct lift_option *o,
    struct lift_error *err)
{
	if (o->name == NULL || o->name[0] == '\0')
		return lift_fail(err, LIFT_E_BUG,
		    "row %td of an option table has no name", o - rows);
	for (const char *c = o->name; *c != '\0'; c++)
		if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') ||
		    *c == '_'))
			return unsound(o, "has a name that is not of small "
			    "letters, digits and \"_\"", err);
	for (const struct lift_option *p = rows; p < o; p++) {
		if (strcmp(p->name, o->name) == 0)
			return unsound(o, "stands twice in its table", err);
		if (o->meaning != NULL && strcmp(p->meaning, o->meaning) == 0)
			return unsound(o, "has the meaning of another one",
			    err);
	}
	return true;
}

static bool
check_meaning(const struct lift_option *o, struct lift_error *err)
{
	size_t size = o->meaning == NULL ? 0 : strlen(o->meaning);

	if (size == 0)
		return unsound(o, "has no meaning", err);
	if (o->meaning[size - 1] == '.')
		return unsound(o, "has a meaning with a full stop", err);
	return true;
}

static bool
check_bounds(const struct lift_option *o, struct lift_error *err)
{
	const struct scalar_kind *k = scalar_kind(o->kind);
	union scalar low, high, v = { 0 };

	if ((o->lowest != NULL || o->highest != NULL) && k->order == NULL)
		return unsound(o, "has bounds, and its kind has none", err);
	if ((o->lowest != NULL && !read_as(o, 0, o->lowest, &low)) ||
	    (o->highest != NULL && !read_as(o, 0, o->highest, &high)))
		return unsound(o, "has a bound that cannot be read", err);
	if (o->lowest != NULL && o->highest != NULL &&
	    k->order(&low, &high) > 0)
		return unsound(o, "has its bounds the wrong way round", err);
	if (o->fallback == NULL)
		return true;
	if (!read_as(o, 0, o->fallback, &v))
		return unsound(o, "has a fallback that cannot be read", err);
	return option_in_bounds(o, 0, &v) ||
	    unsound(o, "has a fallback out of its bounds", err);
}

static bool
check_list(const struct lift_option *o, struct lift_error *err)
{
	int64_t count;

	if ((o->lowest != NULL && !count_of(o->lowest, &count)) ||
	    (o->highest != NULL && !count_of(o->highest, &count)))
		return unsound(o, "has a bound that is no count", err);
	if (o->kind == LIFT_OPTION_TEXTS)
		return o->fallback == NULL || o->fallback[0] == '[' ||
		    unsound(o, "has a fallback that is no list", err);
	if (o->row_size == 0)
		return unsound(o, "has no size of its rows", err);
	return o->fallback == NULL || strcmp(o->fallback, "[]") == 0 ||
	    unsound(o, "has a fallback that is not []", err);
}

static bool
check_row(const struct lift_option *o, struct lift_error *err)
{
	if ((o->kind == LIFT_OPTION_CHOICE) != (o->choices != NULL))
		return unsound(o, "has choices without being a choice, or "
		    "none while being one", err);
	bool nested = o->kind == LIFT_OPTION_GROUP ||
	    o->kind == LIFT_OPTION_LIST;
	if (nested != (o->rows != NULL))
		return unsound(o, "has rows without being a group or a list, "
		    "or none while being one", err);
	if (scalar_kind(o->kind) != NULL && !check_bounds(o, err))
		return false;
	if ((o->kind == LIFT_OPTION_LIST || o->kind == LIFT_OPTION_TEXTS) &&
	    !check_list(o, err))
		return false;
	return !nested || option_check(o->rows, err);
}

bool
option_check(const struct lift_option *rows, struct lift_error *err)
{
	for (const struct lift_option *o = rows; o->kind != LIFT_OPTION_END;
	    o++)
		if (o->kind > LIFT_OPTION_ANY || !check_name(rows, o, err) ||
		    !check_meaning(o, err) || !check_row(o, err))
			return false;
	return true;
}
