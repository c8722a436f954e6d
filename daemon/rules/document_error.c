/* libyaml's complaints, of version 0.2.5, and ours for them. What is not in the
 * table gets the sentence of its last row: never libyaml's words, which speak
 * of tokens and indicators. */
#include "rules/document_error.h"

/* A row with AT_CONTEXT tells of the place where the matter began, since
 * libyaml's own is somewhere behind, often at the end of the file. */
static const struct complaint {
	const char       *problem, *context;	/* NULL: any */
	enum finding_code code;
	bool              at_context;
	const char       *sentence, *hint;
} complaints[] = {
	{ "found a tab character", NULL, FINDING_YAML_TAB, false,
	    "a tab stands where YAML wants spaces",
	    "indent with spaces, two for each level" },
	{ "found unexpected end of stream", "quoted scalar",
	    FINDING_YAML_QUOTE, true,
	    "this quote is not closed before the end of the file",
	    "a quote inside of a text is doubled: 'it''s'" },
	{ "found unexpected document indicator", "quoted scalar",
	    FINDING_YAML_QUOTE, true,
	    "this quote is not closed before the end of the document",
	    "a quote inside of a text is doubled: 'it''s'" },
	{ "found unknown escape character", NULL, FINDING_YAML_QUOTE, false,
	    "a backslash in double quotes begins an escape, and this is none",
	    "write two backslashes, or use single quotes" },
	{ "did not find expected hexdecimal number", NULL, FINDING_YAML_QUOTE,
	    false, "this escape lacks hexadecimal digits",
	    "write two backslashes, or use single quotes" },
	{ "mapping values are not allowed", NULL, FINDING_YAML_INDENT, false,
	    "a \":\" cannot stand here: either this line is indented too far, "
	    "or the text has a \": \" in it",
	    "align the key with the ones above, or put the text in quotes" },
	{ "did not find expected key", "flow mapping", FINDING_YAML_SYNTAX,
	    false, "a key was expected here", "close the map with \"}\"" },
	{ "did not find expected key", NULL, FINDING_YAML_INDENT, false,
	    "this line does not fit the indentation of the lines before it",
	    "keys of one map begin in the same column" },
	{ "did not find expected '-' indicator", NULL, FINDING_YAML_INDENT,
	    false, "this line stands inside of a list, and does not begin "
	    "with \"-\"", "begin an item below the \"-\" of the one before; "
	    "the keys of one item begin in the same column" },
	{ "block sequence entries are not allowed", NULL, FINDING_YAML_INDENT,
	    false, "a list cannot begin here",
	    "begin a list in the line below its key" },
	{ "block mapping", NULL, FINDING_YAML_INDENT, false,
	    "a map cannot begin here", "begin a map in the line below" },
	{ "could not find expected ':'", NULL, FINDING_YAML_SYNTAX, true,
	    "this has no \":\" behind it, and no \"-\" before it",
	    "write \"key: value\", or \"- value\" for an item of a list" },
	{ "did not find expected node content", "flow node",
	    FINDING_YAML_SYNTAX, false, "a value was expected here: a bracket "
	    "or brace before it is not closed, or a comma is too many", NULL },
	{ "did not find expected ',' or '}'", NULL, FINDING_YAML_SYNTAX, false,
	    "expected \",\" or \"}\" here", NULL },
	{ "did not find expected ',' or ']'", NULL, FINDING_YAML_SYNTAX, false,
	    "expected \",\" or \"]\" here", NULL },
	{ "found undefined alias", NULL, FINDING_YAML_ALIAS, false,
	    "this alias names no anchor that stands before it",
	    "a text that begins with \"*\" needs quotes around it" },
	{ "second occurrence", NULL, FINDING_YAML_ALIAS, false,
	    "this anchor has been used before", "give it another name" },
	{ "did not find expected alphabetic or numeric character", NULL,
	    FINDING_YAML_ALIAS, false, "this alias or anchor has no name",
	    "a text that begins with \"*\" or \"&\" needs quotes around it" },
	{ "found character that cannot start any token", NULL,
	    FINDING_YAML_SYNTAX, false,
	    "a text cannot begin with this character",
	    "put the text in quotes" },
	{ "did not find expected <document start>", NULL, FINDING_YAML_SYNTAX,
	    false, "there is text behind the end of the value",
	    "a file holds one map of keys" },
	{ NULL, NULL, FINDING_YAML_SYNTAX, false,
	    "this is not YAML that can be read", NULL },
};

static bool
contains(const char *text, const char *part)
{
	return part == NULL || (text != NULL && strstr(text, part) != NULL);
}

/* The characters before and at a place; zeros where there are none. */
static void
around(const struct document *d, const yaml_mark_t *at, char ret_pair[2])
{
	struct lift_text line = document_line(d, (uint32_t)at->line + 1);
	size_t column = 0;

	ret_pair[0] = ret_pair[1] = '\0';
	for (size_t i = 0; i < line.size; i++) {
		if (((unsigned char)line.data[i] & 0xc0) == 0x80)
			continue;
		if (column + 1 == at->column)
			ret_pair[0] = line.data[i];
		if (column++ == at->column)
			ret_pair[1] = line.data[i];
	}
}

/* Some mistakes look all the same to libyaml, and are told apart by the
 * character at the place. */
static void
look_closer(const struct document *d, struct document_complaint *c)
{
	char pair[2];

	around(d, &c->at, pair);
	if (c->code == FINDING_YAML_INDENT && pair[1] == '-')
		c->hint = "the dashes of one list stand in the same column";
	if (c->code == FINDING_YAML_SYNTAX && pair[1] == '\t') {
		c->code = FINDING_YAML_TAB;
		c->hint = "indent with spaces, two for each level";
		snprintf(c->sentence, sizeof(c->sentence), "%s",
		    "a tab stands where YAML wants spaces");
	}
	if (c->code == FINDING_YAML_SYNTAX && pair[0] == '$' &&
	    pair[1] == '{') {
		c->code = FINDING_YAML_BRACE;
		c->at.column--;
		c->hint = "write \"${...}\" with the quotes";
		snprintf(c->sentence, sizeof(c->sentence), "%s",
		    "a reference inside of { } or [ ] needs quotes around it");
	}
}

/* A bracket that is not closed is noticed lines later: the place to look at is
 * where it opens. */
static void
look_back(const yaml_parser_t *p, struct document_complaint *c)
{
	bool list = contains(p->context, "flow sequence");

	if (c->code != FINDING_YAML_SYNTAX || p->context == NULL ||
	    !contains(p->problem, "did not find expected ',' or") ||
	    p->context_mark.line >= p->problem_mark.line)
		return;
	c->at = p->context_mark;
	c->hint = list ? "close the list with \"]\"" :
	    "close the map with \"}\"";
	snprintf(c->sentence, sizeof(c->sentence), "this \"%c\" is not "
	    "closed, or a comma behind it is missing", list ? '[' : '{');
}

void
document_complaint(const struct document_reader *r,
    struct document_complaint *ret_complaint)
{
	const yaml_parser_t *p = &r->parser;
	const struct complaint *c = complaints;

	while (c->problem != NULL && !(contains(p->problem, c->problem) &&
	    contains(p->context, c->context)))
		c++;
	*ret_complaint = (struct document_complaint){
		.code = c->code,
		.hint = c->hint,
		.at = c->at_context && p->context != NULL ? p->context_mark :
		    p->problem_mark,
	};
	snprintf(ret_complaint->sentence, sizeof(ret_complaint->sentence),
	    "%s", c->sentence);
	look_back(p, ret_complaint);
	look_closer(r->document, ret_complaint);
}
