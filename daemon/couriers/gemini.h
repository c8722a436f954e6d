/* What is said to Gemini's generateContent and what it says: JSON out, JSON
 * in, no network. The same for the Gemini API and for Vertex. */
#ifndef COURIERS_GEMINI_H
#define COURIERS_GEMINI_H

#include <liftd/plugin.h>

#include "base/arena.h"
#include "base/text.h"

/* What a plugin asks: the body of its request. */
struct gemini_question {
	struct lift_text system, prompt, schema;
};

struct gemini_terms {
	const char *model;
	double      temperature;
	int64_t     tokens;		/* of an answer, at most */
};

/* What came back. TEXT and MODEL are empty unless it was a success. */
struct gemini_answer {
	struct lift_text  text, model;
	bool              again;	/* the same call may work later */
	bool              unknown;	/* who asks is not known (401) */
	int64_t           wait;		/* as the server asked; 0: it did not */
	struct lift_error error;
};

/* Reads the body of a request: {purpose, system, prompt, schema}, of which only
 * the prompt must be there. Fails for what is no such JSON. */
bool gemini_question_read(struct arena *, struct lift_text body,
    struct gemini_question *ret_question, struct lift_error *);

/* Appends the body of the call. */
void gemini_write(struct text *, const struct gemini_question *,
    const struct gemini_terms *);

/* True when the model answered: the text of its first candidate, without
 * thoughts and without the fence that some models put around it, fitting the
 * question's schema. False with why not, and whether to try again. */
bool gemini_read(struct arena *, const struct gemini_question *, long status,
    struct lift_text body, struct gemini_answer *ret_answer);

#endif
