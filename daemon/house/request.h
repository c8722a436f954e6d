/* One request on its way: who asks, which verb with which arguments, and the
 * answer as it is made. A door makes it, desk_begin gives it to its verb, and
 * the verb ends it, at once or later. What a verb sees is this and nothing of
 * sockets; what a door sees of verbs is their tables.
 *
 * The life of one: the door reads a line, fills `caller` and calls desk_begin.
 * The verb answers with rows (a JSON object each), or with prose for people,
 * and ends it. One that has more to say than a socket takes sets `more`, and
 * is called again when there is room: so a list of any length costs constant
 * memory. One that takes an upload sets `line` and `lines_end`. One whose
 * caller hangs up first is told by `gone`, and must not touch it afterwards.
 *
 * `more` is called on one of the loop's next turns after `begin`, `line` or
 * `more` has returned, and each time the caller has taken something, as long
 * as it is set and there is room. One that waits for something else than room
 * sets it to NULL, and may call its own function when that has come. Without
 * `gone`, a request that only `more` or an upload would bring on is freed when
 * its caller hangs up; any other lives on, its answer unheard, until it ends.
 */
#ifndef HOUSE_REQUEST_H
#define HOUSE_REQUEST_H

#include <liftd/plugin.h>

#include "base/arena.h"
#include "base/text.h"
#include "rules/argument.h"
#include "rules/vocabulary.h"

struct house;
struct request;

/* Who asks. */
struct caller {
	enum lift_role role;
	char           actor[64];	/* `uid:1000 anna`, `token:shop` */
	const char    *door;		/* `control`, `http` */
	char           id[72];		/* of the request, for the audit */
	char           key[40];		/* the same for a request that comes
					 * again; empty: none */
};

/* How the answer is to look. */
enum reply_form {
	REPLY_TEXT,		/* for people: tab-separated, names first */
	REPLY_JSON,		/* one document */
	REPLY_JSONL,		/* a row a line */
	REPLY_CSV		/* RFC 4180, names first */
};

/* What the caller's exit status or HTTP status is made of. */
enum reply_verdict {
	REPLY_YES,		/* done, true, nothing found */
	REPLY_NO,		/* findings, differences, not healthy */
	REPLY_ERROR		/* see the error */
};

/* What a door does for its requests. */
struct request_door {
	/* Sends bytes of the answer; the door frames them. */
	void (*send)(struct request *, struct lift_text);
	/* True when the caller takes no more for now: set `more` and return. */
	bool (*is_full)(const struct request *);
	/* The answer is whole; the door may free the request. */
	void (*end)(struct request *, enum reply_verdict,
	    const struct lift_error *);
	/* Asks for the upload that follows the request; with PAUSED true no
	 * further lines are wanted until it is called with false. Lines come
	 * on a later turn of the loop, never from inside. */
	void (*upload)(struct request *, bool paused);
};

struct request {
	struct house                 *house;
	const struct request_door    *door;
	struct caller                 caller;
	enum reply_form               form;
	struct lift_text              fields;	/* `a,b`: only these, in the
						 * caller's order; empty: all */
	bool                          headless;	/* text without the names */
	bool                          pages;	/* `last` is wanted */
	struct arena                 *arena;	/* as long as the request */
	const struct vocabulary_verb *verb;
	struct lift_value             values[ARGUMENTS_MOST];

	/* Of the verb. */
	void *state;
	void (*more)(struct request *);
	void (*line)(struct request *, struct lift_text);
	void (*lines_end)(struct request *);
	/* A line that the door would not take (`line` of the error is its
	 * number); when NULL, the whole request fails. */
	void (*line_refused)(struct request *, const struct lift_error *);
	void (*gone)(struct request *);

	/* Of request.c. */
	struct text   buffer;
	struct text   header;		/* names of the columns */
	struct arena *scratch;		/* of one row */
	struct text   last;		/* the newest row, if `pages` */
	unsigned long rows;
	bool          begun;		/* the names or the `[` are out */
	int64_t       began;		/* by the desk, for its metrics */
};

/* Of the verb's arguments, one of type lines or files has a value (of that
 * type, and nothing in it) when an upload follows, and none when it does not.
 */

/* The argument of that name; LIFT_NULL when it was left out. */
struct lift_value request_argument(const struct request *, const char *name);

/* The text of an argument; FALLBACK when it was left out. */
struct lift_text request_text(const struct request *, const char *name,
    const char *fallback);

/* Answers with one row: a JSON object without a line end. In the text form it
 * becomes a line of its values under the names of the first row; a name that
 * the first row did not have is added as `name=value`. A verb that answers
 * with one object answers with its first row, in the text form a line for each
 * member. Control characters and backslashes are escaped in the text form. */
void request_row(struct request *, struct lift_text json);

/* Answers with prose, as it stands; only in the text form. */
void request_prose(struct request *, struct lift_text);

/* True when the answer is for people, so that prose will be shown. */
bool request_is_prose(const struct request *);

/* Ends the request: the answer so far, and the verdict. Nobody may touch the
 * request afterwards. */
void request_end(struct request *, enum reply_verdict);

/* Ends the request with an error; what was not sent yet of the answer is
 * dropped. */
void request_fail(struct request *, const struct lift_error *);

/* Passes on what waits in the buffer: for one that streams and has no more to
 * say for now. Otherwise 32 KiB are collected first, so that a short answer
 * that fails half-way is an error and nothing else. */
void request_flush(struct request *);

/* True when the caller takes no more for now. */
bool request_is_full(const struct request *);

/* Frees what request.c holds of a request; the door calls it. */
void request_done(struct request *);

#endif
