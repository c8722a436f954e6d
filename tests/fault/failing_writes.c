/* Makes writes fail, for the fault tests: LD_PRELOAD this, name a directory in
 * FAILING_DIR and a control file in FAILING_CONTROL. The control file is the
 * struct below, shared with the test, which writes to it while the daemon runs.
 * Calls on files under the directory are counted while it is armed; the one
 * numbered `nth` and the `times` - 1 after it fail with `error` (times 0: all
 * from there on). With `snapshots` set only the files of snapshots count.
 * Nothing is counted while it is not armed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

enum { ON_WRITE = 1, ON_SYNC = 2, ON_TRUNCATE = 4, ON_RENAME = 8 };

struct control {
	_Atomic int64_t armed, nth, times, error, calls, count, hits,
	                snapshots;
};

static struct control *control;
static const char *directory;

__attribute__((constructor)) static void
failing_start(void)
{
	const char *path = getenv("FAILING_CONTROL");
	int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *at;

	directory = getenv("FAILING_DIR");
	if (fd < 0 || directory == NULL)
		return;
	at = mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE, MAP_SHARED,
	    fd, 0);
	close(fd);
	if (at != MAP_FAILED)
		control = at;
}

static int
is_under(const char *path)
{
	size_t size = strlen(directory);

	return strncmp(path, directory, size) == 0 && path[size] == '/' &&
	    (!control->snapshots || strstr(path + size, "/snapshot-"));
}

static int
is_ours(int fd)
{
	char link[48], path[4096];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return 0;
	path[n] = '\0';
	return is_under(path);
}

static int
now(void)
{
	int64_t n = atomic_fetch_add(&control->count, 1) + 1;
	int64_t first = control->nth, times = control->times;

	if (n < first || (times != 0 && n >= first + times))
		return 0;
	atomic_fetch_add(&control->hits, 1);
	errno = (int)control->error;
	return 1;
}

static int
fails(int fd, int call)
{
	int before = errno;

	if (control == NULL || !control->armed || !(control->calls & call))
		return 0;
	if (is_ours(fd) && now())
		return 1;
	errno = before;
	return 0;
}

/* The same signature, the real one behind it. */
#define FAILING(call, type, name, declared, ...)			\
type name declared							\
{									\
	static type (*real) declared;					\
									\
	if (real == NULL)						\
		real = (type (*) declared)dlsym(RTLD_NEXT, #name);	\
	if (fails(fd, call))						\
		return -1;						\
	return real(__VA_ARGS__);					\
}

FAILING(ON_WRITE, ssize_t, write, (int fd, const void *data, size_t size),
    fd, data, size)
FAILING(ON_WRITE, ssize_t, writev, (int fd, const struct iovec *v, int n),
    fd, v, n)
FAILING(ON_WRITE, ssize_t, pwrite, (int fd, const void *data, size_t size,
    off_t at), fd, data, size, at)
FAILING(ON_WRITE, ssize_t, pwrite64, (int fd, const void *data, size_t size,
    off64_t at), fd, data, size, at)
FAILING(ON_SYNC, int, fsync, (int fd), fd)
FAILING(ON_SYNC, int, fdatasync, (int fd), fd)
FAILING(ON_TRUNCATE, int, ftruncate, (int fd, off_t size), fd, size)
FAILING(ON_TRUNCATE, int, ftruncate64, (int fd, off64_t size), fd, size)

int
rename(const char *from, const char *to)
{
	static int (*real)(const char *, const char *);

	if (real == NULL)
		real = (int (*)(const char *, const char *))dlsym(RTLD_NEXT,
		    "rename");
	if (control != NULL && control->armed &&
	    (control->calls & ON_RENAME) && is_under(to) && now())
		return -1;
	return real(from, to);
}
