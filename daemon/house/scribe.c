/* The daemon's side of the scribe: what it is told, and what it answers. It is
 * told in words, as a person would on a command line: the text of the settings
 * in use (the file may have been edited since), the places, and a likeness that
 * it must have. A fork would hand over everything for nothing, and would cost
 * the loop a fault for each page that the fold then writes to. */
#include "house/scribe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/memory.h"
#include "house/house_parts.h"

/* The settings are this descriptor in the new process. */
#define CONFIG_PATH	"/proc/self/fd/3"
enum { CONFIG_FD = 3 };

struct scribe {
	pid_t pid;		/* 0: it has ended and was waited for */
	int   answer;		/* what it says comes out here */
	int   status;		/* as of waitpid */
};

/* ---- starting one -------------------------------------------------------- */

/* The text as a file that only the new process will see. */
static int
settings_file(struct lift_text text, struct lift_error *err)
{
	int fd = memfd_create("liftd.yaml", MFD_CLOEXEC);

	if (fd >= 0 && (text.size == 0 ||
	    write(fd, text.data, text.size) == (ssize_t)text.size))
		return fd;
	lift_fail(err, LIFT_E_SYSTEM, "the settings cannot be handed to the "
	    "snapshot's writer: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

static void
spawn_files(posix_spawn_file_actions_t *files, int settings, int answer)
{
	posix_spawn_file_actions_init(files);
	posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(files, answer, 1);
	posix_spawn_file_actions_adddup2(files, settings, CONFIG_FD);
	/* A socket that it kept open would look like a daemon to the next one
	 * that starts. */
	posix_spawn_file_actions_addclosefrom_np(files, CONFIG_FD + 1);
}

/* A group of its own: what a terminal's Ctrl-C means, the daemon decides. */
static void
spawn_manners(posix_spawnattr_t *manners)
{
	sigset_t all, none;

	sigfillset(&all);
	sigemptyset(&none);
	posix_spawnattr_init(manners);
	posix_spawnattr_setflags(manners, POSIX_SPAWN_SETPGROUP |
	    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setpgroup(manners, 0);
	posix_spawnattr_setsigdefault(manners, &all);
	posix_spawnattr_setsigmask(manners, &none);
}

/* This program once more, by a link that stays right when a package upgrade has
 * put another file in its place. Memory is shared until the new program takes
 * over: nothing is copied. */
static pid_t
spawn(const struct house_places *p, const char *likeness, int settings,
    int answer, struct lift_error *err)
{
	const char *const words[] = { "liftd", "-c", CONFIG_PATH, "--rules",
		p->rules, "--plugins", p->plugins, "--state", p->state,
		"snapshot", likeness, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t manners;
	pid_t pid = 0;

	spawn_files(&files, settings, answer);
	spawn_manners(&manners);
	int why = posix_spawn(&pid, "/proc/self/exe", &files, &manners,
	    (char *const *)(uintptr_t)words, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&manners);
	if (why == 0)
		return pid;
	lift_fail(err, LIFT_E_SYSTEM, "there is no process for the snapshot: "
	    "%s", strerror(why));
	return 0;
}

static struct scribe *
start(const struct house *h, int settings, struct lift_error *err)
{
	char likeness[SCRIBE_LIKENESS];
	struct scribe *s;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0) {
		lift_fail(err, LIFT_E_SYSTEM, "there is no pipe for the "
		    "snapshot: %s", strerror(errno));
		return NULL;
	}
	scribe_likeness(h, likeness);
	pid_t pid = spawn(&h->places, likeness, settings, ends[1], err);
	close(ends[1]);
	if (pid == 0) {
		close(ends[0]);
		return NULL;
	}
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	s = memory_take(sizeof(*s));
	s->pid = pid;
	s->answer = ends[0];
	return s;
}

struct scribe *
scribe_start(const struct house *h, struct lift_error *err)
{
	if (!roster_is_current(h->roster, err))
		return NULL;
	int settings = settings_file(h->settings_text, err);
	if (settings < 0)
		return NULL;
	struct scribe *s = start(h, settings, err);
	close(settings);
	return s;
}

/* ---- its end ------------------------------------------------------------- */

bool
scribe_has_ended(struct scribe *s)
{
	if (s->pid != 0 && waitpid(s->pid, &s->status, WNOHANG) == s->pid)
		s->pid = 0;
	return s->pid == 0;
}

bool
scribe_answer(const struct scribe *s, struct scribe_answer *ret,
    struct lift_error *err)
{
	char said[512];
	unsigned long long seq, base;
	ssize_t n = read(s->answer, said, sizeof(said) - 1);

	said[n > 0 ? n : 0] = '\0';
	said[strcspn(said, "\n")] = '\0';
	if (WIFSIGNALED(s->status))
		return lift_fail(err, LIFT_E_SYSTEM, "its writer was ended by "
		    "signal %d", WTERMSIG(s->status));
	if (WEXITSTATUS(s->status) != 0 && said[0] != '\0')
		return lift_fail(err, LIFT_E_SYSTEM, "%s", said);
	if (WEXITSTATUS(s->status) != 0 ||
	    sscanf(said, "%llu %llu", &seq, &base) != 2)
		return lift_fail(err, LIFT_E_SYSTEM, "its writer ended with "
		    "status %d and said nothing", WEXITSTATUS(s->status));
	*ret = (struct scribe_answer){ seq, base };
	return true;
}

void
scribe_free(struct scribe *s)
{
	if (s == NULL)
		return;
	if (s->pid != 0) {
		kill(s->pid, SIGKILL);
		waitpid(s->pid, NULL, 0);
	}
	close(s->answer);
	memory_give(s);
}

/* ---- likeness ------------------------------------------------------------ */

static void
likeness_settings(struct text *t, const struct house *h)
{
	struct engine_settings s = house_engine_settings(h);

	text_form(t, "%s %llx %lld %lld %lld %u %lld %u %zu\n", LIFTD_BUILD,
	    (unsigned long long)s.seed, (long long)s.watermark.disorder,
	    (long long)s.watermark.lateness, (long long)s.watermark.idle,
	    s.seen_count, (long long)s.seen_span, s.slice, s.deferred_most);
}

void
scribe_likeness(const struct house *h, char ret[SCRIBE_LIKENESS])
{
	struct text t = { 0 };
	size_t count;
	const struct roster_seat *s = roster_seats(h->roster, &count);

	likeness_settings(&t, h);
	for (size_t i = 0; i < count; i++)
		text_form(&t, "%s %d %llx %llx %llx %llx\n", s[i].name,
		    (int)s[i].state, (unsigned long long)s[i].mark.device,
		    (unsigned long long)s[i].mark.inode,
		    (unsigned long long)s[i].mark.size,
		    (unsigned long long)s[i].mark.changed);
	snprintf(ret, SCRIBE_LIKENESS, "%016llx",
	    (unsigned long long)hash_text(text_view(&t)));
	text_done(&t);
}
