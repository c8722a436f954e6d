/* The notify protocol is a page of code; the library that has it brings a
 * dozen things along. */
#include "house/notify.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"

/* FLAGS as for sendto: a beat that finds the queue full is dropped, since the
 * beats in the queue say the same; a change of state waits a moment. A socket
 * that nobody reads must not stop the loop. */
static void
notify_send_with(const char *state, int flags)
{
	static const struct timeval longest = { 1, 0 };
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t size = path != NULL ? strlen(path) : 0;

	if (size < 2 || size >= sizeof(to.sun_path))
		return;
	memcpy(to.sun_path, path, size);
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof(longest));
	/* Nobody to tell is no reason to stop. */
	if (sendto(fd, state, strlen(state), MSG_NOSIGNAL | flags,
	    (struct sockaddr *)&to, (socklen_t)(offsetof(struct sockaddr_un,
	    sun_path) + size)) < 0) {
		close(fd);
		return;
	}
	close(fd);
}

void
notify_send(const char *state)
{
	notify_send_with(state, 0);
}

void
notify_beat(const char *state)
{
	notify_send_with(state, MSG_DONTWAIT);
}

void
notify_ready(const char *status)
{
	char state[512];

	snprintf(state, sizeof(state), "READY=1\nSTATUS=%s", status);
	notify_send(state);
}

void
notify_reloading(void)
{
	char state[96];

	snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)clock_monotonic());
	notify_send(state);
}

void
notify_stopping(void)
{
	notify_send("STOPPING=1\nSTATUS=stopping");
}

int64_t
notify_watchdog(void)
{
	const char *span = getenv("WATCHDOG_USEC"), *pid =
	    getenv("WATCHDOG_PID");

	if (span == NULL || (pid != NULL && atol(pid) != (long)getpid()))
		return 0;
	return atoll(span) / 2;
}
