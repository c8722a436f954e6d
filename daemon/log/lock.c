/* The lock of the state directory, with fcntl: the kernel knows who holds it,
 * and a child does not inherit it (with flock a daemon that was killed would
 * keep its successor out until its last child is gone). */
#include "log/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int
lock_file(const char *state, struct lift_error *err)
{
	char path[4096];
	int fd;

	if (mkdir(state, 0750) != 0 && errno != EEXIST) {
		lift_fail(err, LIFT_E_STORE, "the state directory '%s' cannot "
		    "be made: %s", state, strerror(errno));
		return -1;
	}
	snprintf(path, sizeof(path), "%s/liftd.lock", state);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (fd < 0)
		lift_fail(err, LIFT_E_STORE, "'%s' cannot be opened: %s; the "
		    "state directory must belong to liftd's user", path,
		    strerror(errno));
	return fd;
}

static void
lock_sign(int fd)
{
	char line[32];
	int size = snprintf(line, sizeof(line), "%ld\n", (long)getpid());

	/* For people only: who holds the lock is asked of the kernel. */
	if (ftruncate(fd, 0) == 0 && pwrite(fd, line, (size_t)size, 0) < 0)
		return;
}

int
lock_take(const char *state, struct lift_error *err)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = lock_file(state, err);

	if (fd < 0)
		return -1;
	if (fcntl(fd, F_SETLK, &lock) == 0) {
		lock_sign(fd);
		return fd;
	}
	if (errno != EACCES && errno != EAGAIN)
		lift_fail(err, LIFT_E_STORE, "'%s/liftd.lock' cannot be "
		    "locked: %s", state, strerror(errno));
	else if (fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
		lift_fail(err, LIFT_E_STORE, "process %ld already runs on "
		    "'%s'; stop it, or give this one a state directory of its "
		    "own", (long)lock.l_pid, state);
	else
		lift_fail(err, LIFT_E_STORE, "another liftd has just run on "
		    "'%s'; try again", state);
	close(fd);
	return -1;
}

void
lock_drop(int lock)
{
	if (lock >= 0)
		close(lock);
}
