/* A fast HTTP client for the benches: so many connections, each with one
 * request under way, over and over.
 *
 *	hammer PORT post CONNECTIONS SECONDS EVENTS NAME [RATE]
 *	hammer PORT get CONNECTIONS SECONDS PATH [RATE]
 *	hammer PORT idle CONNECTIONS SECONDS
 *
 * `post` sends EVENTS events a request to /api/v1/events, as one object or as
 * lines. RATE is of requests a second, over all connections; without it each
 * goes as fast as it is answered. `idle` makes one request on each connection
 * and leaves them open. Prints one JSON object: rates, and quantiles of the
 * time from a request to its answer. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MOST = 20000, ANSWER = 1 << 16, EVENT = 300,
	SAMPLES = 1 << 22, EVENTS_MOST = 5000 };

struct wire {
	int    fd;
	double sent;		/* 0: none under way */
	size_t have;
	char   answer[2048];	/* its beginning */
	size_t left;		/* of a body that is larger */
};

static struct wire *wires;
static float       *took;
static size_t       taken;
static uint64_t     made, bad;
static const char  *path, *name;
static unsigned     events;

static double
seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static int
put_event(char *at)
{
	static time_t second;
	static char now[32];
	time_t t = time(NULL);
	uint64_t n = made++, r = n * UINT64_C(0x9e3779b97f4a7c15);
	struct tm tm;

	if (t != second) {
		second = t;
		gmtime_r(&t, &tm);
		strftime(now, sizeof(now), "%Y-%m-%dT%H:%M:%SZ", &tm);
	}
	return sprintf(at, "{\"id\":\"%s-%llu\",\"type\":\"view\",\"time\":"
	    "\"%s\",\"shopper\":\"u-%llu\",\"session\":\"s-1\",\"product\":"
	    "\"SKU-%llu\",\"quantity\":1,\"price\":19.%02llu,\"currency\":"
	    "\"EUR\",\"store\":\"web\"}\n", name, (unsigned long long)n, now,
	    (unsigned long long)(r >> 40) % 10000,
	    (unsigned long long)(r >> 20) % 2000,
	    (unsigned long long)(r >> 10) % 100);
}

static size_t
put_request(char *at)
{
	static char body[EVENT * EVENTS_MOST];
	size_t size = 0;

	if (path != NULL)
		return (size_t)sprintf(at, "GET %s HTTP/1.1\r\n"
		    "Host: localhost\r\n\r\n", path);
	for (unsigned i = 0; i < events; i++)
		size += (size_t)put_event(body + size);
	int n = sprintf(at, "POST /api/v1/events HTTP/1.1\r\n"
	    "Host: localhost\r\nContent-Type: %s\r\n"
	    "Content-Length: %zu\r\n\r\n", events > 1 ?
	    "application/x-ndjson" : "application/json", size);
	memcpy(at + n, body, size);
	return (size_t)n + size;
}

static void
wire_send(struct wire *w)
{
	static char request[EVENT * EVENTS_MOST + 512];
	size_t size = put_request(request), done = 0;

	w->sent = seconds();
	w->have = w->left = 0;
	while (done < size) {
		ssize_t n = write(w->fd, request + done, size - done);
		if (n < 0 && errno != EAGAIN)
			die("write");
		if (n > 0)
			done += (size_t)n;
	}
}

/* True when an answer is whole. */
static bool
wire_read(struct wire *w)
{
	static char scratch[ANSWER];
	ssize_t n = read(w->fd, w->left > 0 ? scratch : w->answer + w->have,
	    w->left > 0 ? sizeof(scratch) : sizeof(w->answer) - 1 - w->have);

	if (n <= 0 && errno != EAGAIN)
		die("the server hung up");
	if (n <= 0)
		return false;
	if (w->left > 0) {
		w->left -= (size_t)n < w->left ? (size_t)n : w->left;
		return w->left == 0;
	}
	w->have += (size_t)n;
	w->answer[w->have] = '\0';
	char *end = strstr(w->answer, "\r\n\r\n");
	char *length = strstr(w->answer, "Content-Length: ");
	if (end == NULL || length == NULL)
		return false;
	size_t whole = (size_t)(end + 4 - w->answer) +
	    (size_t)atol(length + 16);
	w->left = whole > w->have ? whole - w->have : 0;
	if (strncmp(w->answer + 9, "200", 3) != 0 && bad++ == 0)
		fprintf(stderr, "hammer: %s\n", w->answer);
	return w->left == 0;
}

static void
wire_open(struct wire *w, int port, int ep, unsigned place)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port) };
	struct epoll_event e = { .events = EPOLLIN, .data.u32 = place };
	int one = 1;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	w->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (w->fd < 0 || connect(w->fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		die("connect");
	setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	epoll_ctl(ep, EPOLL_CTL_ADD, w->fd, &e);
}

static int
by_size(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return x < y ? -1 : x > y;
}

static void
report(double span)
{
	qsort(took, taken, sizeof(*took), by_size);
	printf("{\"requests\":%zu,\"rate\":%.0f,\"events_rate\":%.0f,"
	    "\"bad\":%llu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,"
	    "\"longest_ms\":%.3f}\n", taken, (double)taken / span,
	    (double)taken * events / span, (unsigned long long)bad,
	    taken ? (double)took[taken / 2] : 0,
	    taken ? (double)took[taken * 99 / 100] : 0,
	    taken ? (double)took[taken - 1] : 0);
}

/* Sends what is due on wires that are free. */
static void
send_due(unsigned count, double rate, double began, uint64_t *sent)
{
	static unsigned next;
	uint64_t due = rate > 0 ? (uint64_t)((seconds() - began) * rate) :
	    UINT64_MAX;

	for (unsigned i = 0; i < count && *sent < due; i++) {
		struct wire *w = &wires[next++ % count];
		if (w->sent != 0)
			continue;
		wire_send(w);
		++*sent;
	}
}

/* Milliseconds until the next request is due: this program must not take a
 * processor for nothing while another is measured. */
static int
patience(double rate, double began, uint64_t sent)
{
	if (rate == 0)
		return 10;
	double left = (double)sent / rate - (seconds() - began);
	return left <= 0 ? 1 : (int)(left * 1000) + 1;
}

static void
hammer(int ep, unsigned count, double span, double rate)
{
	struct epoll_event got[256];
	double began = seconds(), now = began;
	uint64_t sent = 0;

	for (; now < began + span; now = seconds()) {
		send_due(count, rate, began, &sent);
		int n = epoll_wait(ep, got, 256, patience(rate, began, sent));
		for (int i = 0; i < n; i++) {
			struct wire *w = &wires[got[i].data.u32];
			if (!wire_read(w))
				continue;
			if (taken < SAMPLES)
				took[taken++] = (float)((seconds() - w->sent) *
				    1000);
			w->sent = 0;
			if (rate > 0)
				continue;
			wire_send(w);
			sent++;
		}
	}
	report(now - began);
}

static void
idle(int ep, unsigned count, double span)
{
	struct epoll_event got;

	(void)ep;
	(void)got;
	path = "/health";
	for (unsigned i = 0; i < count; i++) {
		wire_send(&wires[i]);
		while (!wire_read(&wires[i]))
			;
	}
	printf("{\"open\":%u}\n", count);
	fflush(stdout);
	usleep((useconds_t)(span * 1e6));
}

int
main(int argc, char **argv)
{
	int ep = epoll_create1(0);

	if (argc < 5)
		return 2;
	unsigned count = (unsigned)atoi(argv[3]);
	wires = calloc(count, sizeof(*wires));
	took = malloc(SAMPLES * sizeof(*took));
	for (unsigned i = 0; i < count; i++)
		wire_open(&wires[i], atoi(argv[1]), ep, i);
	double span = atof(argv[4]), rate = 0;
	if (strcmp(argv[2], "idle") == 0) {
		idle(ep, count, span);
		return 0;
	}
	events = 1;
	if (strcmp(argv[2], "post") == 0) {
		events = (unsigned)atoi(argv[5]);
		name = argv[6];
		rate = argc > 7 ? atof(argv[7]) : 0;
	} else {
		path = argv[5];
		rate = argc > 6 ? atof(argv[6]) : 0;
	}
	hammer(ep, count, span, rate);
	return 0;
}
