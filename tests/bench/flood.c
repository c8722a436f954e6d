/* A fast sender, for the benches that drive the daemon through its socket.
 *
 *	flood SOCKET send COUNT SHOPPERS PRODUCTS [NAME [RATE]]
 *	flood SOCKET probe SECONDS [NAME]
 *	flood SOCKET ping SECONDS
 *
 * `send` makes COUNT events and imports them as fast as they are taken, with
 * ids that begin with NAME; it prints how long it took from the first byte to
 * the last acknowledgement. `probe` imports one event at a time and waits for
 * its acknowledgement. `ping` asks for what there is not, which the loop refuses
 * at once, without a commit: so it sees when the loop stands still. These two
 * print when they asked, on the monotonic clock, and how long they waited. All
 * print one JSON object. Events are copied from a template with digits put in, so that making
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

enum { BLOCK = 500, TYPES = 5, ASKED = 1 << 20 };

static const char *const types[TYPES] = { "view", "view", "click", "purchase",
	"add_to_cart" };

struct flood {
	int         fd;
	uint64_t    count, shoppers, products, rate;
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
	double began = seconds();

	for (uint64_t n = 0; n < f->count; n += BLOCK) {
		double ahead = f->rate ? (double)n / (double)f->rate -
		    (seconds() - began) : 0;
		if (ahead > 0)
			usleep((useconds_t)(ahead * 1e6));
		flood_block(f, n, f->count - n < BLOCK ? f->count - n : BLOCK);
	}
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

	do {
		if (fgets(line, sizeof(line), in) == NULL)
			flood_die("the daemon hung up");
	} while (strncmp(line, "OK", 2) == 0);
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

static void
ask_event(struct flood *f, FILE *in, size_t n)
{
	static char last[1 << 20];

	flood_block(f, n, 1);
	read_answer(in, last, sizeof(last));
}

static void
ask_nothing(struct flood *f, FILE *in, size_t n)
{
	char line[256];

	(void)n;
	flood_write(f->fd, "nothing here\n", 13);
	do {
		if (fgets(line, sizeof(line), in) == NULL)
			flood_die("the daemon hung up");
	} while (strcmp(line, "0\n") != 0);
}

static void
print_numbers(const char *name, const double *numbers, size_t n)
{
	printf("\"%s\":[", name);
	for (size_t i = 0; i < n; i++)
		printf("%s%.6f", i > 0 ? "," : "", numbers[i]);
	printf("]");
}

static void
flood_ask(struct flood *f, double span, useconds_t pause,
    void (*ask)(struct flood *, FILE *, size_t))
{
	static double at[ASKED], waited[ASKED];
	FILE *in = fdopen(dup(f->fd), "r");
	double until = seconds() + span;
	size_t n = 0;

	for (; n < ASKED && seconds() < until; n++) {
		at[n] = seconds();
		ask(f, in, n);
		waited[n] = (seconds() - at[n]) * 1000;
		usleep(pause);
	}
	printf("{");
	print_numbers("at", at, n);
	printf(",");
	print_numbers("ms", waited, n);
	printf("}\n");
}

int
main(int argc, char **argv)
{
	struct flood f = { .shoppers = 10000, .products = 2000 };

	if (argc < 4) {
		fputs("usage: flood SOCKET send COUNT SHOPPERS PRODUCTS "
		    "[NAME [RATE]]\n       flood SOCKET probe SECONDS [NAME]\n"
		    "       flood SOCKET ping SECONDS\n", stderr);
		return 2;
	}
	f.fd = flood_connect(argv[1]);
	if (strcmp(argv[2], "probe") == 0) {
		f.name = argc > 4 ? argv[4] : "probe";
		import_begin(&f);
		flood_ask(&f, atof(argv[3]), 200, ask_event);
		return 0;
	}
	if (strcmp(argv[2], "ping") == 0) {
		flood_ask(&f, atof(argv[3]), 1000, ask_nothing);
		return 0;
	}
	f.count = strtoull(argv[3], NULL, 10);
	if (argc > 5) {
		f.shoppers = strtoull(argv[4], NULL, 10);
		f.products = strtoull(argv[5], NULL, 10);
	}
	f.name = argc > 6 ? argv[6] : "flood";
	f.rate = argc > 7 ? strtoull(argv[7], NULL, 10) : 0;
	flood_send(&f);
	return 0;
}
