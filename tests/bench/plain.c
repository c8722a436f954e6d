/* The floor of waiting: a program that does with events what cannot be left
 * out, and nothing else. It is driven by flood.c as the daemon is, has the same
 * two threads, and puts the same kinds of rows into the same tables with the
 * same settings; but it does not read the JSON, folds nothing and checks
 * nothing. What somebody waits here, he waits for the machine.
 *
 *	plain SOCKET NEW STORE		NEW gets the schema of STORE, a store
 *					that liftd has made
 *
 * One thread reads, cuts into lines and makes rows; whenever it has read what
 * there was, it hands the rows to the other, which commits. Each fifth event
 * has an effect, as a purchase of flood.c has under the rules of the rig. */
#include <poll.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 1024, CLIENTS = 8, ROOM = 1 << 16, BODY = 80, TEXT = 48,
	WAL_MOST = 2048, EACH = 5 };

struct row {
	int64_t seq, time;
	char    id[TEXT], body[BODY];
};

struct batch {
	struct row rows[BATCH];
	int        count;
};

struct client {
	int    fd;
	bool   uploading, is_over;
	size_t left;		/* of the chunk */
	size_t size;		/* of what was read and not used */
	long   lines, filled, busy;	/* filled, busy: in these batches */
	char   in[ROOM];
};

struct plain {
	struct client   clients[CLIENTS];
	int             count, listener, wake[2];
	struct batch   *filling, *busy, *slot;	/* slot: for the writer */
	int64_t         seq;
	pthread_mutex_t lock;
	pthread_cond_t  given;
	sqlite3        *db;
	sqlite3_stmt   *entry, *effect;
	int             wal;
};

static void
plain_die(const char *what)
{
	perror(what);
	exit(1);
}

static void
plain_fault(sqlite3 *db)
{
	fprintf(stderr, "plain: %s\n", sqlite3_errmsg(db));
	exit(1);
}

/* ---- the writer ---------------------------------------------------------- */

static int
wal_grown(void *context, sqlite3 *db, const char *name, int pages)
{
	struct plain *p = context;

	(void)db, (void)name;
	p->wal = pages;
	return SQLITE_OK;
}

static void
run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		plain_fault(db);
}

static sqlite3_stmt *
prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		plain_fault(db);
	return s;
}

static void
store_open(struct plain *p, const char *path, const char *from)
{
	sqlite3 *old;

	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if (sqlite3_open_v2(from, &old, SQLITE_OPEN_READONLY, NULL) != 0 ||
	    sqlite3_open_v2(path, &p->db, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) != 0)
		plain_die(path);
	run(p->db, "PRAGMA page_size=8192; PRAGMA journal_mode=WAL;"
	    "PRAGMA synchronous=OFF; PRAGMA cache_size=-32768;"
	    "PRAGMA wal_autocheckpoint=0");
	sqlite3_stmt *s = prepare(old, "SELECT sql FROM sqlite_schema WHERE "
	    "tbl_name IN ('entries', 'effects') AND sql IS NOT NULL "
	    "ORDER BY rowid");
	while (sqlite3_step(s) == SQLITE_ROW)
		run(p->db, (const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	sqlite3_close(old);
	sqlite3_wal_hook(p->db, wal_grown, p);
	p->entry = prepare(p->db, "INSERT INTO entries VALUES (?1, 1, ?2, ?2, "
	    "?3, '1234567', CAST(?4 AS BLOB), 1234567890123456789)");
	p->effect = prepare(p->db, "INSERT INTO effects VALUES (?1, 0, ?2, "
	    "printf('%08x%024x', ?2 / 1000000, ?1), 'fired', '1234567', ?4, "
	    "?4, 1234567890123456789)");
}

static void
put(sqlite3 *db, sqlite3_stmt *s, const struct row *row)
{
	sqlite3_bind_int64(s, 1, row->seq);
	sqlite3_bind_int64(s, 2, row->time);
	if (sqlite3_bind_parameter_count(s) > 3)
		sqlite3_bind_text(s, 3, row->id, -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 4, row->body, BODY, SQLITE_STATIC);
	if (sqlite3_step(s) != SQLITE_DONE)
		plain_fault(db);
	sqlite3_reset(s);
}

static void
commit(struct plain *p, const struct batch *b)
{
	run(p->db, "BEGIN IMMEDIATE");
	for (int i = 0; i < b->count; i++)
		put(p->db, p->entry, &b->rows[i]);
	for (int i = 0; i < b->count; i++)
		if (b->rows[i].seq % EACH == 0)
			put(p->db, p->effect, &b->rows[i]);
	run(p->db, "COMMIT");
	if (p->wal >= WAL_MOST && sqlite3_wal_checkpoint_v2(p->db, NULL,
	    SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) == SQLITE_OK)
		p->wal = 0;
}

static void *
write_all(void *context)
{
	struct plain *p = context;

	for (;;) {
		pthread_mutex_lock(&p->lock);
		while (p->slot == NULL)
			pthread_cond_wait(&p->given, &p->lock);
		struct batch *b = p->slot;
		p->slot = NULL;
		pthread_mutex_unlock(&p->lock);
		commit(p, b);
		if (write(p->wake[1], "", 1) != 1)
			plain_die("wake");
	}
	return NULL;
}

/* ---- the loop ------------------------------------------------------------ */

static void
hand_over(struct plain *p, struct batch *b)
{
	pthread_mutex_lock(&p->lock);
	p->busy = p->slot = b;
	pthread_cond_signal(&p->given);
	pthread_mutex_unlock(&p->lock);
}

/* As the daemon: whoever has lines in the batch hears of them. */
static void
acknowledge(struct client *c)
{
	char row[80], out[100];

	if (c->busy == 0)
		return;
	c->lines += c->busy;
	int n = snprintf(row, sizeof(row), "{\"lines\":%ld,\"stored\":%ld,"
	    "\"known\":0,\"refused\":0}\n", c->lines, c->lines);
	n = snprintf(out, sizeof(out), "%d\n%s%s", n, row,
	    c->is_over && c->filled == 0 ? "0\n" : "");
	c->busy = 0;
	if (write(c->fd, out, (size_t)n) != n)
		c->is_over = true;
}

static void
line_take(struct plain *p, struct client *c, const char *line, size_t size)
{
	struct row *row = &p->filling->rows[p->filling->count++];
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	row->seq = ++p->seq;
	row->time = ts.tv_sec * INT64_C(1000000) + ts.tv_nsec / 1000;
	snprintf(row->id, sizeof(row->id), "s-%lld", (long long)p->seq);
	memset(row->body, ' ', BODY);
	memcpy(row->body, line, size < BODY ? size : BODY);
	c->filled++;
}

/* Uses one line; the bytes used, 0 when there is none or no room. */
static size_t
client_line(struct plain *p, struct client *c, const char *at, size_t size)
{
	const char *end = memchr(at, '\n', size);
	size_t n = end == NULL ? 0 : (size_t)(end - at) + 1;

	if (end == NULL || (c->left > 0 && p->filling->count == BATCH))
		return 0;
	if (c->left > 0) {
		line_take(p, c, at, n);
		c->left -= n;
	} else if (c->uploading) {
		c->left = strtoul(at, NULL, 10);
		c->is_over = c->left == 0;
	} else if (*at == '@') {
		c->uploading = true;
		dprintf(c->fd, "OK\n");
	} else {
		dprintf(c->fd, "ERR 4\n0\n");
	}
	return n;
}

static void
client_work(struct plain *p, struct client *c)
{
	size_t used = 0, n;

	while ((n = client_line(p, c, c->in + used, c->size - used)) > 0)
		used += n;
	memmove(c->in, c->in + used, c->size - used);
	c->size -= used;
}

static void
client_read(struct client *c)
{
	ssize_t n = read(c->fd, c->in + c->size, ROOM - c->size);

	if (n > 0) {
		c->size += (size_t)n;
		return;
	}
	close(c->fd);
	c->fd = -1;
}

static void
client_new(struct plain *p)
{
	int fd = accept(p->listener, NULL, NULL);
	struct client *c = p->clients;

	while (c < p->clients + p->count && c->fd >= 0)
		c++;
	if (fd < 0 || c == p->clients + CLIENTS)
		plain_die("accept");
	if (c == p->clients + p->count)
		p->count++;
	memset(c, 0, sizeof(*c));
	c->fd = fd;
	dprintf(fd, "liftd 1 plain\n");
}

static void
committed(struct plain *p)
{
	char byte;

	if (read(p->wake[0], &byte, 1) != 1)
		plain_die("wake");
	p->busy->count = 0;
	p->busy = NULL;
	for (int i = 0; i < p->count; i++)
		if (p->clients[i].fd >= 0)
			acknowledge(&p->clients[i]);
}

static void
turn(struct plain *p, struct batch batches[2])
{
	struct pollfd fds[CLIENTS + 2] = {
		{ .fd = p->listener, .events = POLLIN },
		{ .fd = p->wake[0], .events = POLLIN } };

	for (int i = 0; i < p->count; i++)
		fds[i + 2] = (struct pollfd){ .fd = p->clients[i].size < ROOM ?
			p->clients[i].fd : -1, .events = POLLIN };
	int count = p->count;
	if (poll(fds, (nfds_t)count + 2, -1) < 0)
		plain_die("poll");
	if (fds[0].revents)
		client_new(p);
	if (fds[1].revents)
		committed(p);
	for (int i = 0; i < count; i++) {
		if (fds[i + 2].revents)
			client_read(&p->clients[i]);
		if (p->clients[i].fd >= 0)
			client_work(p, &p->clients[i]);
	}
	if (p->busy == NULL && p->filling->count > 0) {
		for (int i = 0; i < p->count; i++) {
			p->clients[i].busy = p->clients[i].filled;
			p->clients[i].filled = 0;
		}
		hand_over(p, p->filling);
		p->filling = p->filling == batches ? batches + 1 : batches;
	}
}

static int
listen_at(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    listen(fd, CLIENTS) != 0)
		plain_die(path);
	return fd;
}

int
main(int argc, char **argv)
{
	static struct batch batches[2];
	static struct plain p = { .lock = PTHREAD_MUTEX_INITIALIZER,
		.given = PTHREAD_COND_INITIALIZER };
	pthread_t writer;

	if (argc != 4) {
		fputs("usage: plain SOCKET NEW STORE\n", stderr);
		return 2;
	}
	p.filling = batches;
	store_open(&p, argv[2], argv[3]);
	p.listener = listen_at(argv[1]);
	if (pipe(p.wake) != 0 ||
	    pthread_create(&writer, NULL, write_all, &p) != 0)
		plain_die("plain");
	for (;;)
		turn(&p, batches);
}
