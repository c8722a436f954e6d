/* What is wrong with rule files. All findings of a run are collected, so that
 * one run shows all of them; they are printed with the line and a caret, or as
 * JSON. Of one file at most twenty are shown: the rest usually follows from
 * the first ones. */
#ifndef RULES_FINDING_H
#define RULES_FINDING_H

#include <liftd/plugin.h>

#include "base/arena.h"
#include "base/text.h"

enum {
	FINDINGS_SHOWN = 20,		/* of one file */
	FINDINGS_KEPT = 200		/* of one file */
};

enum finding_severity { FINDING_ERROR, FINDING_WARNING, FINDING_INFO };

enum finding_code {
#define FINDING(symbol, number, severity, meaning) FINDING_##symbol,
#include "rules/findings.def"
#undef FINDING
	FINDING_CODES
};

/* One row of findings.def. */
struct finding_form {
	const char           *symbol;
	unsigned              number;
	enum finding_severity severity;
	const char           *meaning;
};

/* Where something stands. Lines and columns count from 1, columns in
 * characters; 0 where there is none. */
struct finding_place {
	const char      *file;
	uint32_t         line, column, end_column;
	struct lift_text source;	/* the line itself */
	const char      *path;		/* `hooks[2].when`; NULL: none */
	const void      *about;		/* at most one finding each; or NULL */
};

struct finding {
	enum finding_code    code;
	struct finding_place place;
	const char          *message, *hint;	/* hint may be NULL */
	struct finding      *next;
};

struct findings;

/* The row of a code. */
const struct finding_form *finding_form(enum finding_code);

/* A new, empty collection; it lives in the arena. */
struct findings *findings_new(struct arena *);

/* Adds a finding, and returns it; keeps copies of all but `about`. NULL when
 * its node has one that is as severe, or when its file has too many; they are
 * counted all the same, but for the former. */
LIFT_PRINTF(4, 5)
struct finding *findings_add(struct findings *, enum finding_code,
    const struct finding_place *, const char *form, ...);

/* Gives a finding its hint; takes NULL for the finding. */
LIFT_PRINTF(3, 4)
void findings_hint(struct findings *, struct finding *, const char *form, ...);

/* Shows a finding in another line than the one it was added with; keeps a
 * copy of the line. */
void findings_move(struct findings *, struct finding *, uint32_t line,
    uint32_t column, uint32_t end_column, struct lift_text source);

/* How many there are of a severity. */
size_t findings_count(const struct findings *, enum finding_severity);

/* The findings that are shown, sorted by file, line and column; linked by
 * `next`. */
const struct finding *findings_first(struct findings *);

/* Appends all findings for people: the sentence, the source line, a caret and
 * the hint of each. */
void findings_write(struct text *, struct findings *);

/* Appends all findings as a JSON array. */
void findings_json(struct text *, struct findings *);

#endif
