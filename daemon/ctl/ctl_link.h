/* The way to the daemon: one connection, one request at a time, the upload
 * going out while the answer comes in. */
#ifndef CTL_LINK_H
#define CTL_LINK_H

#include "base/text.h"
#include "ctl/ctl_reply.h"
#include "ctl/ctl_upload.h"

struct ctl_link {
	int              fd;
	int              signals;	/* of Ctrl-C and SIGTERM */
	int              stopped;	/* the signal that came, or 0 */
	struct text      out;		/* to send */
	size_t           sent;		/* of it */
	struct ctl_reply reply;
	char             greeting[128];
};

/* Who gets an answer. */
struct ctl_sink {
	void  *context;
	/* Bytes of the answer. */
	void (*data)(void *context, struct lift_text);
	/* Nothing came for a while; may be NULL. */
	void (*quiet)(void *context);
};

/* One request: what goes out, who takes what comes in, how long it may take in
 * milliseconds (-1: as long as it does). */
struct ctl_request {
	struct lift_text   line;
	struct ctl_upload *upload;	/* may be NULL */
	struct ctl_sink    sink;
	int                patience_ms;
};

/* Connects to the daemon at PATH and hears its greeting. The sentence of a
 * failure has two lines: why, and what to type. Ends with ctl_link_close. */
bool ctl_link_open(struct ctl_link *, const char *path, int patience_ms,
    struct lift_error *);

/* Sends a request and hears its answer; returns the exit status. ERR holds the
 * sentence unless the answer is yes, or a no without one. */
int ctl_link_ask(struct ctl_link *, const struct ctl_request *,
    struct lift_error *);

/* Closes the connection. */
void ctl_link_close(struct ctl_link *);

/* A descriptor that tells of Ctrl-C and SIGTERM, which no longer end the
 * process by themselves; -1 when there is none. */
int ctl_signals_open(void);

#endif
