/* The control socket: where liftctl, scripts and people with socat talk to the
 * daemon. On connecting it says `liftd 1 VERSION`. Then, any number of times:
 *
 *	a request line (doors/line.h), and for a verb that takes an upload
 *	its chunks, ended by a chunk of 0
 *
 * and the reply, in the order of the requests:
 *
 *	OK		the answer follows in chunks
 *	ERR CODE	a sentence follows in chunks; CODE is the exit status
 *	<bytes>		a chunk: that many bytes follow the line
 *	0		the end: all was well
 *	0 1		the end: the answer is no (findings, differences)
 *	0 CODE SENTENCE	the end: it failed after a part of the answer was sent
 *
 * A verb whose upload is not optional is always followed by chunks, one whose
 * upload is optional only after the word `@upload`. With that word chunks are
 * read in any case, also when the request is refused.
 *
 * `help [NOUN [VERB]]`, `verbs [NOUN [VERB]]` and `quit` are answered here.
 * Roles go by the peer's uid: root and our own user are admin. */
#ifndef DOORS_CONTROL_H
#define DOORS_CONTROL_H

#include <liftd/plugin.h>

struct control;
struct event_base;
struct house;

enum { CONTROL_PROTOCOL = 1 };

struct control_settings {
	const char       *path;		/* of the socket */
	const char       *version;	/* for the greeting */
	struct lift_texts admins;	/* users, by name or number */
	struct lift_texts operators;
	struct lift_texts observers;	/* empty: whoever can connect */
	int64_t           connections;
};

/* A socket that listens. A socket file that nobody answers at is replaced.
 * Keeps the house and the base; freed with control_free. The process must
 * ignore SIGPIPE. Fails with a sentence when another daemon answers there, the
 * path is too long, or a user is not known. */
struct control *control_new(struct house *, struct event_base *,
    const struct control_settings *, struct lift_error *);

/* Who may do what, from now on; connections that are open keep their role.
 * Fails for a user who is not known; then nothing has changed. */
bool control_roles(struct control *, const struct control_settings *,
    struct lift_error *);

/* Takes no connection and no request any more; what is under way goes on. */
void control_stop(struct control *);

/* True when nothing is under way, and all answers have been taken. */
bool control_idle(const struct control *);

/* Closes everything and removes the socket; whoever has a request under way is
 * told by `gone`. Takes NULL. */
void control_free(struct control *);

/* The exit status for an error, which is also its code on the wire. */
int control_code(enum lift_errno);

#endif
