/* A fast sender, for the benches that drive the daemon through its socket.
 *
 *	flood SOCKET send COUNT SHOPPERS PRODUCTS [NAME]
 *	flood SOCKET probe SECONDS [NAME]
 *
 * `send` makes COUNT events and imports them as fast as they are taken, with
 * ids that begin with NAME; it prints how long it took from the first byte to
 * the last acknowledgement. `probe` imports one event at a time and waits for
 * its acknowledgement: it prints quantiles of that time. Both print one JSON
 * object. Events are copied from a template with digits put in, so that making
 * them costs little beside the daemon on the same machine. */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 500, TYPES = 5, PROBES = 1 << 20 };

static const char *const types[TYPES] = { "view", "view", "click", "purchase",
	"add_to_cart" };

struct flood {
	int         fd;
	uint64_t    count, shoppers, products;
	const char *name;
};

static void
flood_die(const char *what)
{
	perror(what);
	exit(1);
}

static double
seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int
flood_connect(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char greeting[128];

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
	    read(fd, greeting, sizeof(greeting)) <= 0)
		flood_die(path);
	return fd;
}

static void
flood_write(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, data, size);
		if (n <= 0)
			flood_die("write");
		data += n;
		size -= (size_t)n;
	}
}

static uint64_t
scramble(uint64_t n)
{
	n = (n ^ n >> 31) * UINT64_C(0x9e3779b97f4a7c15);
	n = (n ^ n >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
	return n ^ n >> 32;
}

static char *
put(char *at, const char *text)
{
	size_t n = strlen(text);

	memcpy(at, text, n);
	return at + n;
}

static char *
put_digits(char *at, uint64_t n, int width)
{
	for (int i = width - 1; i >= 0; i--, n /= 10)
		at[i] = (char)('0' + n % 10);
	return at + width;
}

/* One event as of NOW, a text; the end of it. */
static char *
put_event(char *at, const struct flood *f, uint64_t n, const char *now)
{
	uint64_t r = scramble(n + 1);

	at = put(put(put(at, "{\"id\":\""), f->name), "-");
	at = put(put_digits(at, n, 9), "\",\"type\":\"");
	at = put(put(at, types[r % TYPES]), "\",\"time\":\"");
	at = put(put(at, now), "\",\"shopper\":\"u-");
	at = put(put_digits(at, (r >> 8) % f->shoppers, 7),
	    "\",\"session\":\"s-1\",\"product\":\"SKU-");
	at = put(put_digits(at, (r >> 32) % f->products, 6),
	    "\",\"quantity\":1,\"price\":");
	at = put(put_digits(at, 10 + (r >> 20) % 90, 2), ".");
	return put(put_digits(at, (r >> 40) % 100, 2),
	    ",\"currency\":\"EUR\"}\n");
}

static void
put_now(char now[32])
{
	struct timespec ts;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	size_t n = strftime(now, 32, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(now + n, 32 - n, ".%03ldZ", ts.tv_nsec / 1000000);
}

/* As a chunk: the digits of its size have a fixed width. */
static void
flood_block(const struct flood *f, uint64_t first, uint64_t count)
{
	static char block[BLOCK * 400 + 16];
	char now[32], *body = block + 9, *at = body;

	put_now(now);
	for (uint64_t i = 0; i < count; i++)
		at = put_event(at, f, first + i, now);
	put_digits(block, (uint64_t)(at - body), 8);
	block[8] = '\n';
	flood_write(f->fd, block, (size_t)(at - block));
}

static void *
send_all(void *context)
{
	const struct flood *f = context;

	for (uint64_t n = 0; n < f->count; n += BLOCK)
		flood_block(f, n, f->count - n < BLOCK ? f->count - n : BLOCK);
	flood_write(f->fd, "0\n", 2);
	return NULL;
}

static void
import_begin(const struct flood *f)
{
	char line[128];
	int n = snprintf(line, sizeof(line), "@jsonl events import --source "
	    "%s\n", f->name);

	flood_write(f->fd, line, (size_t)n);
}

/* The last chunk that came goes to LAST. */
static bool
read_answer(FILE *in, char *last, size_t room)
{
	char line[256];

	if (fgets(line, sizeof(line), in) == NULL)
		flood_die("the daemon hung up");
	if (strncmp(line, "OK", 2) == 0)
		return true;
	if (strncmp(line, "ERR", 3) == 0 || line[0] == '0') {
		if (strcmp(line, "0\n") != 0)
			fprintf(stderr, "flood: %s", line);
		return false;
	}
	size_t size = (size_t)atol(line);
	if (size >= room || fread(last, 1, size, in) != size)
		flood_die("an answer that is too long");
	last[size] = '\0';
	return true;
}

static void
flood_send(struct flood *f)
{
	static char last[1 << 20];
	FILE *in = fdopen(dup(f->fd), "r");
	double began = seconds(), before = began, gap = 0;
	pthread_t thread;

	import_begin(f);
	pthread_create(&thread, NULL, send_all, f);
	while (read_answer(in, last, sizeof(last))) {
		double now = seconds();
		if (now - before > gap)
			gap = now - before;
		before = now;
	}
	pthread_join(thread, NULL);
	double took = seconds() - began;
	char *row = strrchr(last, '{');
	printf("{\"events\":%llu,\"seconds\":%.4f,\"rate\":%.0f,"
	    "\"longest_gap_ms\":%.2f,\"last\":%.*s}\n",
	    (unsigned long long)f->count, took, (double)f->count / took,
	    gap * 1000, row ? (int)strcspn(row, "\n") : 2, row ? row : "{}");
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
flood_probe(struct flood *f, double span)
{
	static char last[1 << 20];
	static double took[PROBES];
	FILE *in = fdopen(dup(f->fd), "r");
	double until = seconds() + span;
	size_t n = 0;

	import_begin(f);
	read_answer(in, last, sizeof(last));
	while (n < PROBES && seconds() < until) {
		double began = seconds();
		flood_block(f, n, 1);
		read_answer(in, last, sizeof(last));
		took[n++] = (seconds() - began) * 1000;
		usleep(200);
	}
	qsort(took, n, sizeof(*took), by_size);
	size_t within = 0;
	while (within < n && took[within] <= 5)
		within++;
	printf("{\"probes\":%zu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,"
	    "\"p999_ms\":%.3f,\"longest_ms\":%.3f,\"over_5ms\":%zu}\n", n,
	    took[n / 2], took[n * 99 / 100], took[n * 999 / 1000],
	    took[n - 1], n - within);
}

int
main(int argc, char **argv)
{
	struct flood f = { .shoppers = 10000, .products = 2000 };

	if (argc < 4) {
		fputs("usage: flood SOCKET send COUNT SHOPPERS PRODUCTS "
		    "[NAME]\n       flood SOCKET probe SECONDS [NAME]\n",
		    stderr);
		return 2;
	}
	f.fd = flood_connect(argv[1]);
	if (strcmp(argv[2], "probe") == 0) {
		f.name = argc > 4 ? argv[4] : "probe";
		flood_probe(&f, atof(argv[3]));
		return 0;
	}
	f.count = strtoull(argv[3], NULL, 10);
	if (argc > 5) {
		f.shoppers = strtoull(argv[4], NULL, 10);
		f.products = strtoull(argv[5], NULL, 10);
	}
	f.name = argc > 6 ? argv[6] : "flood";
	flood_send(&f);
	return 0;
}
