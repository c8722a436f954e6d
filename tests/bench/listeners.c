/* Many WebSocket clients in one program, for tests/bench/live.py.
 *
 *	listeners PORT COUNT TOPICS
 *
 * Connects COUNT clients that subscribe to TOPICS, says `ready` on a line, and
 * then, for each line on its standard input, prints a JSON object: how many
 * frames came since the line before, the fewest and the most of one client,
 * and how many bytes. Answers pings; ends with its input. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROOM = 1 << 16, EVENTS = 256 };

struct client {
	int      fd;
	uint64_t rows, skip;	/* bytes of a frame that are to come */
	unsigned have;		/* bytes of a head */
	unsigned char head[10];
	bool     upgraded;
	unsigned line_ends;
};

static struct client *clients;
static unsigned       count;
static uint64_t       bytes;
static char           buffer[ROOM];

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
client_open(struct client *c, int port, const char *topics)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char request[512];
	int n = snprintf(request, sizeof(request), "GET /ws?topics=%s "
	    "HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
	    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
	    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", topics);

	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&a,
	    sizeof(a)) != 0 || write(c->fd, request, (size_t)n) != n)
		die("connect");
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
}

static unsigned
head_size(const struct client *c)
{
	unsigned n = c->have > 1 ? c->head[1] & 127 : 0;

	return n == 127 ? 10 : n == 126 ? 4 : 2;
}

static void
frame_begin(struct client *c)
{
	static const unsigned char pong[6] = { 0x8a, 0x80, 0, 0, 0, 0 };
	unsigned n = c->head[1] & 127;

	if (n == 126)
		n = (unsigned)c->head[2] << 8 | c->head[3];
	if ((c->head[0] & 15) == 1)
		c->rows++;
	if ((c->head[0] & 15) == 9 && write(c->fd, pong, 6) != 6)
		die("pong");
	if ((c->head[0] & 15) == 8) {
		fprintf(stderr, "a client was closed\n");
		exit(1);
	}
	c->skip = n;
	c->have = 0;
}

static void
client_take(struct client *c, const char *at, size_t size)
{
	size_t i = 0;

	for (; i < size && !c->upgraded; i++) {
		c->line_ends = at[i] == '\n' ? c->line_ends + 1 :
		    at[i] == '\r' ? c->line_ends : 0;
		c->upgraded = c->line_ends == 2;
	}
	while (i < size) {
		size_t n = size - i < c->skip ? size - i : c->skip;
		c->skip -= n;
		i += n;
		if (i == size)
			break;
		c->head[c->have++] = (unsigned char)at[i++];
		if (c->have >= 2 && c->have == head_size(c))
			frame_begin(c);
	}
}

static void
client_read(struct client *c)
{
	ssize_t n = read(c->fd, buffer, ROOM);

	if (n == 0 || (n < 0 && errno != EAGAIN)) {
		fprintf(stderr, "a client lost its connection\n");
		exit(1);
	}
	if (n > 0) {
		bytes += (uint64_t)n;
		client_take(c, buffer, (size_t)n);
	}
}

static bool
report(void)
{
	uint64_t sum = 0, least = UINT64_MAX, most = 0;
	char line[16];

	if (fgets(line, sizeof(line), stdin) == NULL)
		return false;
	for (unsigned i = 0; i < count; i++) {
		uint64_t n = clients[i].rows;
		sum += n;
		least = n < least ? n : least;
		most = n > most ? n : most;
		clients[i].rows = 0;
	}
	printf("{\"rows\":%llu,\"least\":%llu,\"most\":%llu,\"bytes\":%llu}\n",
	    (unsigned long long)sum, (unsigned long long)least,
	    (unsigned long long)most, (unsigned long long)bytes);
	fflush(stdout);
	bytes = 0;
	return true;
}

int
main(int argc, char **argv)
{
	struct epoll_event events[EVENTS], e = { .events = EPOLLIN };
	int epoll = epoll_create1(0);

	if (argc != 4)
		return 2;
	setvbuf(stdin, NULL, _IONBF, 0);
	count = (unsigned)atoi(argv[2]);
	clients = calloc(count, sizeof(*clients));
	for (unsigned i = 0; i < count; i++) {
		client_open(&clients[i], atoi(argv[1]), argv[3]);
		e.data.ptr = &clients[i];
		epoll_ctl(epoll, EPOLL_CTL_ADD, clients[i].fd, &e);
	}
	e.data.ptr = NULL;
	epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &e);
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		int n = epoll_wait(epoll, events, EVENTS, -1);
		for (int i = 0; i < n; i++) {
			if (events[i].data.ptr != NULL)
				client_read(events[i].data.ptr);
			else if (!report())
				return 0;
		}
	}
}
