/* A loop over three descriptors: the socket, what is uploaded, and signals.
 * Neither side can block the other: what is to be sent waits at most as one
 * chunk, what comes is taken at once. */
#include "ctl/ctl_link.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "ctl/ctl_options.h"

enum { LINK_PART = 64 * 1024, LINK_QUIET_MS = 100 };

/* ---- connecting ------------------------------------------------------ */

static const struct why {
	int         error;
	const char *why, *what;
} whys[] = {
	{ ENOENT, "there is no such file: liftd does not run, or its socket "
	    "is elsewhere", "systemctl start liftd, or liftctl -s "
	    "STATE/control.sock" },
	{ ENOTDIR, "a part of the path is no folder",
	    "liftctl -s SOCKET" },
	{ ECONNREFUSED, "the socket is there, and nobody listens: liftd has "
	    "ended without removing it", "systemctl start liftd; journalctl "
	    "-u liftd tells why it ended" },
	{ EACCES, "you have no permission to use it", "ls -l on it, then ask "
	    "for its group, or sudo liftctl" },
	{ EPERM, "you have no permission to use it", "ls -l on it, then ask "
	    "for its group, or sudo liftctl" },
	{ EAGAIN, "it is there, and takes no more connections for now",
	    "try again; liftd may be hung" },
	{ ETIMEDOUT, "it takes the connection and says nothing",
	    "journalctl -u liftd; it may be hung" },
	{ EPROTO, "what answers there does not speak liftd's protocol 1",
	    "liftctl -s SOCKET of a liftd of this version" },
	{ ECONNRESET, "it closed the connection before it said a word",
	    "journalctl -u liftd" },
};

static bool
link_fail(struct lift_error *err, int error)
{
	for (size_t i = 0; i < sizeof(whys) / sizeof(whys[0]); i++)
		if (whys[i].error == error)
			return lift_fail(err, LIFT_E_SYSTEM,
			    "  why: %s\n  try: %s", whys[i].why, whys[i].what);
	return lift_fail(err, LIFT_E_SYSTEM, "  why: %s\n  try: liftctl -s "
	    "SOCKET", strerror(error));
}

static int
link_connect(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(a.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0) {
		int error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

/* Hears the greeting; 0, or what was wrong. */
static int
greeting_hear(struct ctl_link *l, int patience_ms)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN };
	struct lift_text data;
	size_t used;
	char c;

	/* A byte at a time: what follows is not ours to take. */
	for (;;) {
		if (poll(&p, 1, patience_ms) <= 0)
			return ETIMEDOUT;
		if (recv(l->fd, &c, 1, 0) != 1)
			return ECONNRESET;
		if (ctl_reply_next(&l->reply, (struct lift_text){ &c, 1 },
		    &used, &data) == CTL_STEP_GREETING)
			break;
	}
	if (strncmp(l->reply.line, "liftd 1 ", 8) != 0)
		return EPROTO;
	snprintf(l->greeting, sizeof(l->greeting), "%.100s", l->reply.line);
	return 0;
}

bool
ctl_link_open(struct ctl_link *l, const char *path, int patience_ms,
    struct lift_error *err)
{
	*l = (struct ctl_link){ .signals = -1 };
	l->fd = link_connect(path);
	if (l->fd < 0)
		return link_fail(err, errno);
	int error = greeting_hear(l, patience_ms);
	if (error == 0)
		return true;
	ctl_link_close(l);
	return link_fail(err, error);
}

void
ctl_link_close(struct ctl_link *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	text_done(&l->out);
}

int
ctl_signals_open(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* ---- asking ---------------------------------------------------------- */

/* One request under way. */
struct ask {
	struct ctl_link          *link;
	const struct ctl_request *request;
	struct lift_error        *err;
	struct text               sentence;
	int64_t                   until;	/* 0: no end */
	int                       status;
	bool                      over, quiet;
};

static void
ask_end(struct ask *a, int status)
{
	a->status = status;
	a->over = true;
}

static bool
out_is_empty(const struct ctl_link *l)
{
	return l->sent == l->out.size;
}

static void
ask_send(struct ask *a)
{
	struct ctl_link *l = a->link;
	ssize_t n = send(l->fd, l->out.data + l->sent, l->out.size - l->sent,
	    MSG_NOSIGNAL | MSG_DONTWAIT);

	/* When it has closed, its last words are still to be read. */
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		l->sent = l->out.size;
	else if (n > 0)
		l->sent += (size_t)n;
	if (out_is_empty(l)) {
		text_clear(&l->out);
		l->sent = 0;
	}
}

/* The answer's end, with the sentence where there is one. */
static void
reply_over(struct ask *a)
{
	const struct ctl_reply *r = &a->link->reply;
	struct lift_text said = text_view(&a->sentence);

	while (said.size > 0 && said.data[said.size - 1] == '\n')
		said.size--;
	if (r->line[0] != '\0')
		said = lift_text(r->line);
	if (r->code != 0)
		lift_fail(a->err, LIFT_E_INPUT, "%.*s", (int)said.size,
		    said.data);
	ask_end(a, r->code);
}

static void
reply_data(struct ask *a, struct lift_text data)
{
	enum { MOST = 4096 };

	if (!a->link->reply.is_error)
		a->request->sink.data(a->request->sink.context, data);
	else if (a->sentence.size + data.size < MOST)
		text_add(&a->sentence, data.data, data.size);
}

static void
ask_take(struct ask *a, struct lift_text in)
{
	struct lift_text data;
	size_t used;

	while (!a->over && in.size > 0) {
		switch (ctl_reply_next(&a->link->reply, in, &used, &data)) {
		case CTL_STEP_DATA:
			reply_data(a, data);
			break;
		case CTL_STEP_OVER:
			reply_over(a);
			break;
		case CTL_STEP_BAD:
			lift_fail(a->err, LIFT_E_BUG, "the daemon's answer "
			    "is not in the form of protocol 1");
			ask_end(a, CTL_BUG);
			break;
		default:
			break;
		}
		in.data += used;
		in.size -= used;
	}
}

static void
ask_receive(struct ask *a)
{
	char part[LINK_PART];
	ssize_t n = recv(a->link->fd, part, sizeof(part), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		a->quiet = false;
		ask_take(a, (struct lift_text){ part, (size_t)n });
		return;
	}
	lift_fail(a->err, LIFT_E_SYSTEM, "the daemon closed the connection "
	    "before its answer was whole");
	ask_end(a, CTL_UNREACHABLE);
}

static void
ask_interrupt(struct ask *a)
{
	struct signalfd_siginfo info;

	if (read(a->link->signals, &info, sizeof(info)) != sizeof(info))
		return;
	a->link->stopped = (int)info.ssi_signo;
	lift_fail(a->err, LIFT_E_NONE, "interrupted");
	ask_end(a, CTL_INTERRUPTED);
}

static void
ask_fill(struct ask *a)
{
	if (!ctl_upload_fill(a->request->upload, &a->link->out, a->err))
		ask_end(a, CTL_NO);
}

/* True while there is more to upload and nothing waits to be sent. */
static bool
ask_wants_fill(const struct ask *a)
{
	return a->request->upload != NULL && out_is_empty(a->link) &&
	    !ctl_upload_is_over(a->request->upload);
}

static int
ask_patience(const struct ask *a)
{
	int64_t left = -1;

	if (a->until > 0) {
		left = (a->until - clock_monotonic()) / LIFT_MILLI;
		if (left < 0)
			left = 0;
	}
	if (!a->quiet && a->request->sink.quiet != NULL &&
	    (left < 0 || left > LINK_QUIET_MS))
		left = LINK_QUIET_MS;
	return (int)left;
}

static void
ask_wait_over(struct ask *a)
{
	if (a->until > 0 && clock_monotonic() >= a->until) {
		lift_fail(a->err, LIFT_E_LATE, "the daemon did not answer in "
		    "time");
		ask_end(a, CTL_LATE);
		return;
	}
	a->quiet = true;
	if (a->request->sink.quiet != NULL)
		a->request->sink.quiet(a->request->sink.context);
}

static void
ask_turn(struct ask *a)
{
	struct ctl_link *l = a->link;
	bool fill = ask_wants_fill(a);
	int source = fill ? ctl_upload_descriptor(a->request->upload) : -1;
	struct pollfd p[] = {
		{ .fd = l->fd, .events = (short)(POLLIN |
		    (out_is_empty(l) ? 0 : POLLOUT)) },
		{ .fd = l->signals, .events = POLLIN },
		{ .fd = source, .events = POLLIN },
	};
	int n = poll(p, 3, fill && source < 0 ? 0 : ask_patience(a));

	if (n < 0)
		return;
	if (p[1].revents != 0)
		ask_interrupt(a);
	if (!a->over && p[0].revents & (POLLIN | POLLHUP | POLLERR))
		ask_receive(a);
	if (!a->over && p[0].revents & POLLOUT)
		ask_send(a);
	if (!a->over && fill && (source < 0 || p[2].revents != 0))
		ask_fill(a);
	else if (!a->over && n == 0)
		ask_wait_over(a);
}

int
ctl_link_ask(struct ctl_link *l, const struct ctl_request *request,
    struct lift_error *err)
{
	struct ask a = { .link = l, .request = request, .err = err,
		.quiet = true };

	*err = (struct lift_error){ .code = LIFT_E_NONE };
	if (request->patience_ms >= 0)
		a.until = clock_monotonic() +
		    request->patience_ms * LIFT_MILLI;
	text_clear(&l->out);
	l->sent = 0;
	text_add(&l->out, request->line.data, request->line.size);
	while (!a.over)
		ask_turn(&a);
	text_done(&a.sentence);
	return a.status;
}
