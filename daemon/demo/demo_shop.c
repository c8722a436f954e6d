/* A folder, a configuration, a process, a connection. */
#include "demo/demo_shop.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"

enum { START_MS = 15000, STEP_MS = 50, ASK_MS = 10000, STOP_MS = 20000 };

extern char **environ;

static const char configuration[] =
    "# liftd demo wrote this\n"
    "plugins: [simulation, detection, strategy, feedback]\n"
    "snapshots: { every: 1m }\n";

static void
nap(unsigned ms)
{
	struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };

	nanosleep(&t, NULL);
}

/* ---- the folder ---------------------------------------------------------- */

static bool
folder_make(struct demo_shop *s, const char *keep, struct lift_error *err)
{
	const char *base = getenv("TMPDIR");

	s->is_kept = keep != NULL;
	if (keep != NULL) {
		text_form(&s->directory, "%s", keep);
		if (mkdir(keep, 0700) == 0 || errno == EEXIST)
			return true;
		return lift_fail(err, LIFT_E_SYSTEM, "%s cannot be made: %s",
		    keep, strerror(errno));
	}
	text_form(&s->directory, "%s/liftd-demo-XXXXXX", base != NULL &&
	    *base != '\0' ? base : "/tmp");
	if (mkdtemp(s->directory.data) != NULL)
		return true;
	int error = errno;
	text_done(&s->directory);
	return lift_fail(err, LIFT_E_SYSTEM, "no folder can be made for the "
	    "demo: %s; TMPDIR says where", strerror(error));
}

static bool
configuration_write(struct demo_shop *s, struct text *path,
    struct lift_error *err)
{
	text_form(path, "%s/liftd.yaml", s->directory.data);
	FILE *f = fopen(path->data, "w");

	if (f == NULL)
		return lift_fail(err, LIFT_E_SYSTEM, "%s cannot be written: "
		    "%s", path->data, strerror(errno));
	bool ok = fputs(configuration, f) >= 0;
	return (fclose(f) == 0 && ok) || lift_fail(err, LIFT_E_SYSTEM,
	    "%s cannot be written: %s", path->data, strerror(errno));
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

/* ---- the process --------------------------------------------------------- */

static bool
process_start(struct demo_shop *s, const struct demo_places *p,
    const char *config, struct lift_error *err)
{
	char *const words[] = { (char *)"liftd", (char *)"-c", (char *)config,
		(char *)"--rules", (char *)p->rules, (char *)"--plugins",
		(char *)p->plugins, (char *)"--state", s->directory.data,
		(char *)"--control", s->control.data, (char *)"--listen",
		(char *)p->listen, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none;

	/* The demo blocks signals to hear of them otherwise; the daemon must
	 * not. */
	sigemptyset(&none);
	posix_spawnattr_init(&how);
	posix_spawnattr_setsigmask(&how, &none);
	posix_spawnattr_setpgroup(&how, 0);
	posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK |
	    POSIX_SPAWN_SETPGROUP);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 2, s->log.data, O_WRONLY |
	    O_CREAT | O_TRUNC, 0600);
	int error = posix_spawn(&s->pid, "/proc/self/exe", &files, &how, words,
	    environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&how);
	if (error != 0)
		s->pid = 0;
	return error == 0 || lift_fail(err, LIFT_E_SYSTEM,
	    "liftd cannot be started: %s", strerror(error));
}

bool
demo_shop_runs(struct demo_shop *s)
{
	if (s->pid != 0 && waitpid(s->pid, NULL, WNOHANG) != 0)
		s->pid = 0;
	return s->pid != 0;
}

/* What the daemon said last, for those who wonder why it is gone. */
static bool
process_gone(struct demo_shop *s, struct lift_error *err)
{
	char line[300] = "nothing", last[300] = "nothing";
	FILE *f = fopen(s->log.data, "r");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		snprintf(last, sizeof(last), "%.*s",
		    (int)strcspn(line, "\n"), line);
	if (f != NULL)
		fclose(f);
	/* The journal's priority is not for people. */
	const char *word = last[0] == '<' && last[2] == '>' ? last + 3 : last;
	return lift_fail(err, LIFT_E_SYSTEM, "liftd has ended, its last words "
	    "were: %s", word);
}

static bool
process_connect(struct demo_shop *s, struct lift_error *err)
{
	struct lift_error why;

	for (unsigned waited = 0; waited < START_MS; waited += STEP_MS) {
		if (!demo_shop_runs(s))
			return process_gone(s, err);
		if (ctl_link_open(&s->link, s->control.data, ASK_MS, &why))
			return true;
		nap(STEP_MS);
	}
	return lift_fail(err, LIFT_E_LATE, "liftd does not answer after %d s, "
	    "see %s", START_MS / 1000, s->log.data);
}

bool
demo_shop_open(struct demo_shop *s, const struct demo_places *p,
    struct lift_error *err)
{
	struct text config = { 0 };

	*s = (struct demo_shop){ .link = { .fd = -1 } };
	if (!folder_make(s, p->keep, err))
		return false;
	text_form(&s->control, "%s/control.sock", s->directory.data);
	text_form(&s->log, "%s/log", s->directory.data);
	bool ok = configuration_write(s, &config, err) &&
	    process_start(s, p, config.data, err) && process_connect(s, err);
	text_done(&config);
	return ok;
}

void
demo_shop_close(struct demo_shop *s)
{
	ctl_link_close(&s->link);
	if (demo_shop_runs(s))
		kill(s->pid, SIGTERM);
	for (unsigned waited = 0; demo_shop_runs(s) && waited < STOP_MS;
	    waited += STEP_MS)
		nap(STEP_MS);
	if (s->pid != 0) {
		kill(s->pid, SIGKILL);
		waitpid(s->pid, NULL, 0);
		s->pid = 0;
	}
	if (!s->is_kept && s->directory.size > 0)
		nftw(s->directory.data, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	text_done(&s->directory);
	text_done(&s->control);
	text_done(&s->log);
}

/* ---- asking -------------------------------------------------------------- */

static void
take_rows(void *context, struct lift_text data)
{
	text_add(context, data.data, data.size);
}

bool
demo_shop_ask(struct demo_shop *s, const char *line, struct text *rows,
    struct lift_error *err)
{
	struct text words = { 0 };
	struct ctl_request r = { .sink = { rows, take_rows, NULL },
		.patience_ms = ASK_MS };

	text_clear(rows);
	text_form(&words, "@jsonl %s\n", line);
	r.line = text_view(&words);
	*err = (struct lift_error){ 0 };
	int status = ctl_link_ask(&s->link, &r, err);
	text_done(&words);
	return status == 0 || (err->code == LIFT_E_NONE && lift_fail(err,
	    LIFT_E_SYSTEM, "\"%s\" was not done", line));
}

struct lift_text
demo_row_text(struct lift_text rows, struct arena *arena, const char *name)
{
	struct json_reader r = json_reader_of(rows, arena);
	struct lift_text key, value = { "", 0 };

	if (!json_enter(&r, JSON_OBJECT))
		return value;
	while (json_key(&r, &key)) {
		enum json_kind kind = json_peek(&r);
		if (!lift_text_equal(key, lift_text(name))) {
			json_skip(&r, NULL);
			continue;
		}
		if (kind == JSON_STRING)
			json_take_string(&r, &value);
		else if (kind != JSON_NULL)
			json_skip(&r, &value);
		break;
	}
	return value;
}

unsigned
demo_rows(struct lift_text rows)
{
	unsigned n = 0;

	for (size_t i = 0; i < rows.size; i++)
		n += rows.data[i] == '\n';
	return n;
}
