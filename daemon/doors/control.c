/* The control socket itself: its file, who may connect, and the end. */
#include "doors/control.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/logger.h"
#include "base/memory.h"
#include "doors/control_parts.h"

enum { CONTROL_BACKLOG = 128 };

/* One exit status for each kind of error: the contract's chapter 1. */
static const int codes[] = {
	[LIFT_E_NONE] = 0, [LIFT_E_USAGE] = 2, [LIFT_E_INPUT] = 1,
	[LIFT_E_MISSING] = 1, [LIFT_E_DENIED] = 4, [LIFT_E_BUSY] = 3,
	[LIFT_E_LATE] = 5, [LIFT_E_STORE] = 3, [LIFT_E_SYSTEM] = 3,
	[LIFT_E_BUG] = 70,
};

int
control_code(enum lift_errno code)
{
	return (size_t)code < sizeof(codes) / sizeof(codes[0]) ?
	    codes[code] : 70;
}

/* ---- the socket's file ----------------------------------------------- */

static bool
address_of(const char *path, struct sockaddr_un *ret_address,
    struct lift_error *err)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(a.sun_path))
		return lift_fail(err, LIFT_E_USAGE, "the control socket's path "
		    "\"%.200s\" has %zu bytes, must have less than %zu; "
		    "--control names a shorter one", path, strlen(path),
		    sizeof(a.sun_path));
	strcpy(a.sun_path, path);
	*ret_address = a;
	return true;
}

/* Removes a socket at which nobody answers any more. */
static bool
stale_remove(const struct sockaddr_un *a, struct lift_error *err)
{
	struct stat st;
	int fd, failed;

	if (lstat(a->sun_path, &st) != 0)
		return true;
	if (!S_ISSOCK(st.st_mode))
		return lift_fail(err, LIFT_E_SYSTEM, "\"%s\" is there and is "
		    "no socket; it will not be replaced", a->sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return lift_fail(err, LIFT_E_SYSTEM, "no socket can be made: "
		    "%s", strerror(errno));
	failed = connect(fd, (const struct sockaddr *)a, sizeof(*a)) == 0 ?
	    0 : errno;
	close(fd);
	if (failed != ECONNREFUSED)
		return lift_fail(err, LIFT_E_BUSY, "another daemon answers at "
		    "\"%s\"; stop it, or name another socket with --control",
		    a->sun_path);
	if (unlink(a->sun_path) != 0 && errno != ENOENT)
		return lift_fail(err, LIFT_E_SYSTEM, "the socket \"%s\" of a "
		    "daemon that is gone cannot be removed: %s", a->sun_path,
		    strerror(errno));
	return true;
}

/* A listening socket; its mode is never wider than it is to be. */
static int
socket_open(const struct sockaddr_un *a, struct lift_error *err)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);

	if (fd >= 0 && fchmod(fd, 0660) == 0 &&
	    bind(fd, (const struct sockaddr *)a, sizeof(*a)) == 0 &&
	    chmod(a->sun_path, 0660) == 0 &&
	    listen(fd, CONTROL_BACKLOG) == 0)
		return fd;
	lift_fail(err, LIFT_E_SYSTEM, "the control socket \"%s\" cannot be "
	    "opened: %s", a->sun_path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Removes the file, if it is still ours. */
static void
socket_remove(struct control *c)
{
	struct stat st;

	if (lstat(c->path, &st) == 0 && st.st_dev == c->device &&
	    st.st_ino == c->inode)
		unlink(c->path);
}

/* ---- connections ----------------------------------------------------- */

static void
accepted(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *address, int size, void *context)
{
	struct control *c = context;
	struct lift_error err;
	struct caller caller;
	bool allowed = control_caller(&c->roles, fd, &caller, &err);

	(void)listener;
	(void)address;
	(void)size;
	if (allowed && (int64_t)c->count >= c->connections)
		allowed = lift_fail(&err, LIFT_E_BUSY, "%zu clients are "
		    "connected, which is what control.connections allows",
		    c->count);
	/* So many more are told why; beyond that the door stays shut. */
	if ((int64_t)c->count >= c->connections + CONTROL_BACKLOG) {
		close(fd);
		return;
	}
	struct client *client = client_new(c, fd, &caller);
	if (allowed)
		return;
	client_refuse(client, &err);
	client->closing = true;
	client_later(client);
}

/* Most likely no descriptor is left: the next look will try again. */
static void
accept_failed(struct evconnlistener *listener, void *context)
{
	(void)context;
	logger_line(LIFT_WARNING, "control", "no connection can be taken: %s",
	    strerror(errno));
	evconnlistener_disable(listener);
}

/* A client whose bytes we do not read, or who said that it sends no more, can
 * leave unheard: look after those once a second. */
static void
watched(evutil_socket_t fd, short what, void *context)
{
	struct control *c = context;
	struct client *client, *next;

	(void)fd;
	(void)what;
	for (client = TAILQ_FIRST(&c->clients); client != NULL;
	    client = next) {
		next = TAILQ_NEXT(client, link);
		if (client_has_left(client))
			client_free(client);
	}
	if (c->listener != NULL && !c->stopping)
		evconnlistener_enable(c->listener);
}

/* ---- beginning and end ----------------------------------------------- */

static bool
control_listen(struct control *c, struct lift_error *err)
{
	struct sockaddr_un address;
	struct stat st;
	int fd;

	if (!address_of(c->path, &address, err) ||
	    !stale_remove(&address, err) ||
	    (fd = socket_open(&address, err)) < 0)
		return false;
	if (lstat(c->path, &st) == 0) {
		c->device = st.st_dev;
		c->inode = st.st_ino;
	}
	c->listener = evconnlistener_new(c->base, accepted, c,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	if (c->listener == NULL) {
		close(fd);
		return lift_fail(err, LIFT_E_SYSTEM,
		    "libevent cannot listen on \"%s\"", c->path);
	}
	evconnlistener_set_error_cb(c->listener, accept_failed);
	return true;
}

struct control *
control_new(struct house *house, struct event_base *base,
    const struct control_settings *s, struct lift_error *err)
{
	struct timeval second = { 1, 0 };
	struct sockaddr_un unused;
	struct control *c;

	if (!address_of(s->path, &unused, err))
		return NULL;
	c = memory_take(sizeof(*c));
	c->house = house;
	c->base = base;
	TAILQ_INIT(&c->clients);
	snprintf(c->path, sizeof(c->path), "%s", s->path);
	snprintf(c->version, sizeof(c->version), "%s", s->version);
	if (!control_roles(c, s, err) || !control_listen(c, err)) {
		control_free(c);
		return NULL;
	}
	c->watch = event_new(base, -1, EV_PERSIST, watched, c);
	event_add(c->watch, &second);
	return c;
}

bool
control_roles(struct control *c, const struct control_settings *s,
    struct lift_error *err)
{
	struct control_roles roles;

	if (!control_roles_read(s, &roles, err))
		return false;
	control_roles_done(&c->roles);
	c->roles = roles;
	c->connections = s->connections;
	return true;
}

void
control_stop(struct control *c)
{
	struct client *client;

	if (c->stopping)
		return;
	c->stopping = true;
	socket_remove(c);
	evconnlistener_free(c->listener);
	c->listener = NULL;
	TAILQ_FOREACH(client, &c->clients, link)
		client_later(client);
}

bool
control_idle(const struct control *c)
{
	const struct client *client;

	TAILQ_FOREACH(client, &c->clients, link)
		if (!client_idle(client))
			return false;
	return true;
}

void
control_free(struct control *c)
{
	if (c == NULL)
		return;
	while (!TAILQ_EMPTY(&c->clients))
		client_free(TAILQ_FIRST(&c->clients));
	if (c->listener != NULL) {
		socket_remove(c);
		evconnlistener_free(c->listener);
	}
	if (c->watch != NULL)
		event_free(c->watch);
	control_roles_done(&c->roles);
	memory_give(c);
}
