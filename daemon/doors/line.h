/* The request line of the control socket, as words:
 *
 *	[@WORD...] NOUN VERB [ARGUMENT...] [--name value | --name=value]
 *
 * Blanks separate words. Double quotes hold a word with blanks together, and
 * inside them \" \\ \n \t and \uXXXX are escapes. A word that begins with a
 * quote is never an option, nor is any after the word `--`.
 */
#ifndef DOORS_LINE_H
#define DOORS_LINE_H

#include "house/request.h"

enum { LINE_LONGEST = 65536, LINE_WORDS = 1024 };

struct line_word {
	struct lift_text text;
	bool             plain;		/* does not begin with a quote */
};

/* A request line; all of it in the arena. What was not said is zero. */
struct line {
	enum reply_form   form;		/* `@text`, `@json`, `@jsonl` */
	bool              headless;	/* `@noheader` */
	bool              upload;	/* `@upload`: chunks follow */
	struct lift_text  fields;	/* `@fields=a,b` */
	struct lift_text  as;		/* `@as=observer` */
	struct lift_text  id;		/* `@id=...` */
	struct line_word *words;	/* without those */
	size_t            count;
};

/* Reads a line without its end into RET_LINE. `upload` is told even when it
 * fails, as far as the line was read. Fails with a sentence for a quote that
 * does not end, an unknown escape or `@` word, a control character, too many
 * words, and what is no UTF-8. */
bool line_read(struct arena *, struct lift_text, struct line *ret_line,
    struct lift_error *);

/* Fills VALUES, in the order of TABLE, from COUNT words: first what is named,
 * then the other words in order. What was not given is LIFT_NULL. Fails for
 * an unknown name (with the nearest), a value that is not of its type, a name
 * given twice or without a value, and a word too many. */
bool line_arguments(struct arena *, const struct line_word *, size_t count,
    const struct lift_field *table, struct lift_value *values,
    struct lift_error *);

#endif
