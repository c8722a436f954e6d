/* The story runner. Each story runs the real house, whole and in process: its
 * clocks, its loop, the service manager, the control socket and the disk are
 * stand-ins (story/fakes.c) that do what the story says, when it says so.
 *
 *	story [--plugins DIR] [--steps] [--log] FILE.story...
 *
 * A story begins with `story "WHAT IS PROMISED"`; its sentences are printed
 * by --steps. It fails when it expects nothing, when an expectation is not
 * met, and when something came of it that no expectation mentions: an effect,
 * a warning or an error in the log, a refusal. */
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "story/story.h"

struct story *story;
static bool show_log;

/* ---- reading ---------------------------------------------------------- */

static bool
story_read(const char *path)
{
	char line[sizeof(story->lines[0].text)];
	unsigned number = 0;
	FILE *f = fopen(path, "r");

	if (f == NULL)
		return story_fail("it cannot be read");
	while (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		char *at = line + strspn(line, " \t");
		number++;
		if (*at == '\0' || *at == '#')
			continue;
		if (sscanf(at, "story \"%199[^\"]\"", story->title) == 1)
			continue;
		if (story->count == STORY_MOST)
			break;
		story->lines[story->count].number = number;
		snprintf(story->lines[story->count++].text, sizeof(line), "%s",
		    at);
	}
	fclose(f);
	return story->title[0] != '\0' || story_fail("it has no title");
}

static bool
story_open(const char *path, const char *plugins)
{
	char rules[300];
	const char *slash = strrchr(path, '/');

	memset(story, 0, sizeof(*story));
	story->plugins = plugins;
	snprintf(story->file, sizeof(story->file), "%.199s", path);
	snprintf(story->folder, sizeof(story->folder), "%.*s",
	    slash ? (int)(slash - path) : 1, slash ? path : ".");
	snprintf(story->directory, sizeof(story->directory),
	    "%.100s/liftd-story-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") :
	    "/tmp");
	if (mkdtemp(story->directory) == NULL)
		return story_fail("there is no scratch directory");
	snprintf(rules, sizeof(rules), "%s/rules", story->directory);
	if (mkdir(rules, 0700) != 0)
		return story_fail("%s cannot be made", rules);
	story->now = story->began = INT64_C(1767603600) * LIFT_SECOND;
	return story_read(path);
}

/* ---- running ---------------------------------------------------------- */

static void
on_line(void *context, enum lift_level level, const char *line)
{
	(void)context;
	if (show_log)
		fprintf(stderr, "      %s\n", line);
	unsigned at = __atomic_fetch_add(&story->log_count, 1,
	    __ATOMIC_SEQ_CST);
	if (at >= STORY_LINES) {
		story->log_count = STORY_LINES;
		return;
	}
	struct story_log *l = &story->logs[at];
	snprintf(l->text, sizeof(l->text), "%s", line);
	l->level = (int)level;
	l->mentioned = level > LIFT_WARNING;
}

/* One life of the house. */
static void
child(void)
{
	char config[300], rules[300], state[300];
	struct house_places places = { config, false, rules, story->plugins,
		state, "none", "none" };

	snprintf(config, sizeof(config), "%s/liftd.yaml", story->directory);
	snprintf(rules, sizeof(rules), "%s/rules", story->directory);
	snprintf(state, sizeof(state), "%s/state", story->directory);
	logger_divert(on_line, NULL);
	enum house_exit exit = house_run(&places);
	if (exit != HOUSE_OK && story->end != STORY_FAILED)
		story_fail("the house ended with %d", (int)exit);
	_exit(0);
}

static bool
life(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		child();
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return story_fail("there is no process for it");
	bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL &&
	    story->end == STORY_RESTART;
	if (!killed && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
		return story_fail("the house died of signal %d",
		    WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	return story->end != STORY_FAILED;
}

/* What nobody has mentioned. */
static bool
story_is_told(void)
{
	if (story->expectations == 0)
		return story_fail("it expects nothing");
	if (story->event_open)
		return story_fail("an event was refused: %s",
		    story->event_error);
	if (story->reload_open)
		return story_fail("a reload was refused:\n%s",
		    story->reload_text);
	if (story->reply_open)
		return story_fail("the answer was not yes:\n%.1500s",
		    story->reply);
	for (unsigned i = 0; i < story->effect_count; i++)
		if (!story->effects[i].mentioned)
			return story_fail("no line mentions this effect:\n"
			    "    %s %s", story->effects[i].topic,
			    story->effects[i].json);
	for (unsigned i = 0; i < story->log_count; i++)
		if (!story->logs[i].mentioned)
			return story_fail("no line mentions this in the log:\n"
			    "    %s", story->logs[i].text);
	return true;
}

static bool
story_run(void)
{
	while (story->next < story->count &&
	    step_is_early(story->lines[story->next].text))
		if (!step_run(story->lines[story->next++].text))
			return false;
	do {
		if (!life())
			return false;
	} while (story->end == STORY_RESTART);
	return story_is_told();
}

static void
story_report(void)
{
	unsigned at = story->next > 0 ? story->next - 1 : 0;

	printf("FAIL  %s\n  \"%s\"\n  line %u: %s\n  %s\n", story->file,
	    story->title, story->lines[at].number, story->lines[at].text,
	    story->why);
	for (unsigned i = story->log_count > 8 ? story->log_count - 8 : 0;
	    i < story->log_count && i < STORY_LINES; i++)
		printf("  log: %s\n", story->logs[i].text);
}

static void
story_close(void)
{
	char command[300];

	snprintf(command, sizeof(command), "rm -rf '%s'", story->directory);
	if (strstr(story->directory, "liftd-story-") == NULL ||
	    system(command) != 0)
		fprintf(stderr, "%s is left\n", story->directory);
}

/* The house starts this program once more to write its snapshots, with the
 * words of scribe.c. There is no story in there. */
static int
scribe(char **argv)
{
	struct house_places places = { argv[2], true, argv[4], argv[6],
		argv[8], "none" };

	return scribe_run(&places, argv[10]);
}

int
main(int argc, char **argv)
{
	const char *plugins = "tests/plugins/.libs";
	unsigned passed = 0, failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 11 && strcmp(argv[9], "snapshot") == 0)
		return scribe(argv);
	story = mmap(NULL, sizeof(*story), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (story == MAP_FAILED)
		return 1;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--steps") == 0) {
			steps_print();
			return 0;
		}
		if (strcmp(argv[i], "--log") == 0) {
			show_log = true;
		} else if (strcmp(argv[i], "--plugins") == 0 && i + 1 < argc) {
			plugins = argv[++i];
		} else if (story_open(argv[i], plugins) && story_run()) {
			passed++;
			story_close();
		} else {
			failed++;
			story_report();
			story_close();
		}
	}
	printf("%u stories, %u failed\n", passed + failed, failed);
	return failed > 0 || passed == 0;
}
