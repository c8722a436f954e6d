/* Help, the verbs' tables as JSON, and what to say of a verb that is none: all
 * of it read off the vocabulary. */
#include "doors/control_help.h"

#include "base/json.h"
#include "house/desk.h"

/* ---- which verbs are meant ------------------------------------------- */

/* What the words name: a verb, or all that begin with the noun. */
struct choice {
	const struct vocabulary *v;
	struct lift_text         noun, second;
	bool                     exact;		/* some verb is named whole */
};

static struct lift_text
noun_of(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot == NULL ? lift_text(name) :
	    (struct lift_text){ name, (size_t)(dot - name) };
}

static bool
is_named(const struct choice *c, const char *name)
{
	struct lift_text noun = noun_of(name);

	if (lift_text_equal(c->noun, lift_text(name)))
		return true;
	return lift_text_equal(c->noun, noun) && name[noun.size] == '.' &&
	    lift_text_equal(c->second, lift_text(name + noun.size + 1));
}

static struct choice
choice_of(const struct vocabulary *v, const struct line_word *words,
    size_t count)
{
	struct choice c = { .v = v };

	if (count > 0)
		c.noun = words[0].text;
	if (count > 1)
		c.second = words[1].text;
	for (size_t i = 0; i < v->verb_count && !c.exact; i++)
		c.exact = is_named(&c, v->verbs[i].verb->name);
	return c;
}

/* A noun is shown whole if its second word is missing; `explain ID` is the
 * verb `explain`. */
static bool
is_chosen(const struct choice *c, const char *name)
{
	if (c->exact)
		return is_named(c, name);
	return c->noun.size == 0 || lift_text_equal(c->noun, noun_of(name));
}

/* ---- help ------------------------------------------------------------ */

static void
upper(struct text *t, const char *name)
{
	for (; *name != '\0'; name++)
		text_byte(t, *name >= 'a' && *name <= 'z' ?
		    (char)(*name - 'a' + 'A') : *name);
}

/* The name with a blank, as one types it. */
static void
typed(struct text *t, const char *name)
{
	for (; *name != '\0'; name++)
		text_byte(t, *name == '.' ? ' ' : *name);
}

static void
usage_argument(struct text *t, const struct lift_field *f)
{
	text_string(t, f->optional ? " [" : " ");
	if (f->type == LIFT_BOOL) {
		text_form(t, "--%s", f->name);
	} else if (f->type == LIFT_UPLOAD || f->type == LIFT_FILES ||
	    !f->optional) {
		upper(t, f->name);
	} else {
		text_form(t, "--%s ", f->name);
		upper(t, f->name);
	}
	text_string(t, f->optional ? "]" : "");
}

static void
usage(struct text *t, const struct lift_verb *verb)
{
	const struct lift_field *f = verb->arguments;

	typed(t, verb->name);
	for (; f != NULL && f->name != NULL; f++)
		usage_argument(t, f);
}

static void
help_verb(struct text *t, const struct lift_verb *verb)
{
	const struct lift_field *f = verb->arguments;

	usage(t, verb);
	text_form(t, "\n\n  %s\n", verb->meaning);
	if (f != NULL && f->name != NULL)
		text_byte(t, '\n');
	for (; f != NULL && f->name != NULL; f++)
		text_form(t, "  %-16s %s; %s%s\n", f->name, f->meaning,
		    argument_type_name(f->type),
		    f->optional ? ", may be left out" : "");
	text_form(t, "\n  for: %s%s%s%s\n", role_name(verb->role),
	    verb->acts ? "; changes state" : "",
	    verb->route != NULL ? "; also " : "",
	    verb->route != NULL ? verb->route : "");
}

static void
help_line(struct text *t, const struct lift_verb *verb)
{
	size_t from = t->size;

	text_string(t, "  ");
	usage(t, verb);
	if (t->size - from > 34)
		text_form(t, "\n%*s", 36, "");
	else
		text_form(t, "%*s", (int)(36 - (t->size - from)), "");
	text_form(t, "%s\n", verb->meaning);
}

void
control_help(struct text *t, const struct vocabulary *v,
    const struct line_word *words, size_t count)
{
	struct choice c = choice_of(v, words, count);
	size_t from = t->size;

	for (size_t i = 0; i < v->verb_count; i++) {
		const struct lift_verb *verb = v->verbs[i].verb;
		if (!is_chosen(&c, verb->name))
			continue;
		if (c.exact)
			help_verb(t, verb);
		else
			help_line(t, verb);
	}
	if (t->size == from)
		text_form(t, "there is no verb of that name; \"help\" lists "
		    "them all\n");
	else if (count == 0)
		text_string(t, "\nhelp NOUN VERB tells more of one\n");
}

/* ---- tables ---------------------------------------------------------- */

static void
verb_arguments(struct text *t, const struct lift_field *f)
{
	json_name(t, "arguments");
	text_byte(t, '[');
	for (; f != NULL && f->name != NULL; f++) {
		json_comma(t);
		text_byte(t, '{');
		json_member_string(t, "name", f->name);
		json_member_string(t, "type", argument_type_name(f->type));
		json_member_bool(t, "optional", f->optional);
		json_member_string(t, "meaning", f->meaning);
		text_byte(t, '}');
	}
	text_byte(t, ']');
}

static void
verb_row(struct text *t, const struct vocabulary_verb *v)
{
	const struct lift_verb *verb = v->verb;

	text_byte(t, '{');
	json_member_string(t, "name", verb->name);
	json_member_string(t, "owner", v->owner);
	json_member_string(t, "role", role_name(verb->role));
	json_member_bool(t, "acts", verb->acts);
	json_member_bool(t, "one", verb->one);
	if (verb->route != NULL)
		json_member_string(t, "route", verb->route);
	json_member_string(t, "meaning", verb->meaning);
	verb_arguments(t, verb->arguments);
	text_string(t, "}\n");
}

void
control_verbs(struct text *t, const struct vocabulary *v,
    const struct line_word *words, size_t count)
{
	struct choice c = choice_of(v, words, count);

	for (size_t i = 0; i < v->verb_count; i++)
		if (is_chosen(&c, v->verbs[i].verb->name))
			verb_row(t, &v->verbs[i]);
}

/* ---- what is no verb ------------------------------------------------- */

/* The second words of a noun; false when it has none. */
static bool
seconds(struct text *t, const struct vocabulary *v, struct lift_text noun)
{
	for (size_t i = 0; i < v->verb_count; i++) {
		const char *name = v->verbs[i].verb->name;
		if (!lift_text_equal(noun, noun_of(name)) ||
		    name[noun.size] != '.')
			continue;
		text_string(t, t->size > 0 ? ", " : "");
		text_string(t, name + noun.size + 1);
	}
	return t->size > 0;
}

static bool
unknown_near(const char *near, struct lift_text name, struct lift_error *err)
{
	struct text hint = { 0 };

	if (near != NULL)
		typed(&hint, near);
	lift_fail(err, LIFT_E_USAGE, "there is no verb \"%.*s\"; %s%s%s",
	    name.size > 60 ? 60 : (int)name.size, name.data,
	    near ? "perhaps you mean \"" : "\"help\" lists all",
	    near ? hint.data : "", near ? "\"" : "");
	text_done(&hint);
	return false;
}

bool
control_unknown(const struct house *house, const struct line_word *words,
    size_t count, struct lift_error *err)
{
	const struct vocabulary *v = desk_vocabulary(house);
	struct text name = { 0 }, list = { 0 };

	/* An option is no second word. */
	if (count > 1 && words[1].text.size > 0 &&
	    words[1].text.data[0] == '-')
		count = 1;
	text_add(&name, words[0].text.data, words[0].text.size);
	if (seconds(&list, v, words[0].text) && count == 1) {
		lift_fail(err, LIFT_E_USAGE, "%.60s wants one of: %s",
		    name.data, list.data);
	} else {
		if (count > 1)
			text_form(&name, ".%.*s", (int)words[1].text.size,
			    words[1].text.data);
		const char *near = desk_nearest(house, text_view(&name));
		if (near == NULL && count > 1)
			near = desk_nearest(house, words[0].text);
		if (count > 1)
			name.data[words[0].text.size] = ' ';
		if (near == NULL && list.size > 0)
			lift_fail(err, LIFT_E_USAGE, "there is no verb "
			    "\"%.60s\"; %.*s has %s", name.data,
			    (int)words[0].text.size, name.data, list.data);
		else
			unknown_near(near, text_view(&name), err);
	}
	text_done(&name);
	text_done(&list);
	return false;
}
