/* What libyaml says of a text, in words for people who have never heard of a
 * scanner. Of use to document.c only. */
#ifndef RULES_DOCUMENT_ERROR_H
#define RULES_DOCUMENT_ERROR_H

#include <yaml.h>

#include "rules/document.h"

/* The state of one reading. */
struct document_reader {
	const struct document *document;
	struct findings       *findings;
	struct document_limits limits;
	struct lift_text       rest;	/* not yet handed to libyaml */
	enum finding_code      stop;	/* which limit; FINDING_CODES: none */
	yaml_parser_t          parser;
	yaml_document_t        tree;
};

struct document_complaint {
	enum finding_code code;
	yaml_mark_t       at;
	const char       *hint;
	char              sentence[300];
};

/* Translates the mistake at which libyaml has stopped. */
void document_complaint(const struct document_reader *,
    struct document_complaint *ret_complaint);

#endif
