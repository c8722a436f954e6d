/* Log lines. The table of levels is the only file-scope state of the daemon;
 * it is set from the loop's thread and read by all, a byte at a time. */
#include "base/logger.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TOPICS = 48, TOPIC_SIZE = 32, LINE_SIZE = 2048 };

static struct {
	void       (*to)(void *, enum lift_level, const char *);
	void        *context;
	bool         prefix;
	atomic_int   base;		/* level of topics without one; 0: info */
	atomic_uint  count;
	struct {
		char       name[TOPIC_SIZE];
		atomic_int level;
	} topics[TOPICS];
} logger;

static const char *const words[] = { [LIFT_ERR] = "err",
	[LIFT_WARNING] = "warning", [LIFT_NOTICE] = "notice",
	[LIFT_INFO] = "info", [LIFT_DEBUG] = "debug" };

void
logger_divert(void (*to)(void *, enum lift_level, const char *), void *context)
{
	logger.to = to;
	logger.context = context;
}

void
logger_start(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	logger.prefix = stream != NULL && fstat(STDERR_FILENO, &st) == 0 &&
	    sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	    device == st.st_dev && inode == st.st_ino;
}

static int
logger_find(const char *topic)
{
	for (unsigned i = 0; i < logger.count; i++)
		if (strcmp(logger.topics[i].name, topic) == 0)
			return (int)i;
	return -1;
}

bool
logger_level(const char *topic, enum lift_level level, struct lift_error *err)
{
	int at = logger_find(topic);

	if (strcmp(topic, "all") == 0) {
		logger.base = (int)level;
		for (unsigned i = 0; i < logger.count; i++)
			logger.topics[i].level = (int)level;
		return true;
	}
	if (strlen(topic) >= TOPIC_SIZE || *topic == '\0')
		return lift_fail(err, LIFT_E_USAGE,
		    "topic \"%.40s\" is no log topic, a short word is", topic);
	if (at < 0 && logger.count == TOPICS)
		return lift_fail(err, LIFT_E_BUSY,
		    "%d topics have a level of their own already", TOPICS);
	if (at < 0) {
		at = (int)logger.count;
		strcpy(logger.topics[at].name, topic);
		logger.topics[at].level = (int)level;
		logger.count++;
	}
	logger.topics[at].level = (int)level;
	return true;
}

bool
logger_level_read(struct lift_text word, enum lift_level *ret_level)
{
	for (int i = LIFT_ERR; i <= LIFT_DEBUG; i++)
		if (lift_text_equal(word, lift_text(words[i]))) {
			*ret_level = (enum lift_level)i;
			return true;
		}
	return false;
}

static bool
logger_wants(const char *topic, enum lift_level level)
{
	int at = logger_find(topic);
	int most = at >= 0 ? logger.topics[at].level : logger.base;

	return (int)level <= (most == 0 ? LIFT_INFO : most);
}

void
logger_vline(enum lift_level level, const char *topic, const char *form,
    va_list ap)
{
	char line[LINE_SIZE];
	size_t at = 0;

	if (!logger_wants(topic, level))
		return;
	if (logger.prefix)
		at = (size_t)snprintf(line, sizeof(line), "<%d>", (int)level);
	size_t head = at;
	at += (size_t)snprintf(line + at, sizeof(line) - at, "%s: ", topic);
	int n = vsnprintf(line + at, sizeof(line) - at - 1, form, ap);
	at += n < 0 ? 0 : (size_t)n;
	if (at > sizeof(line) - 2)
		at = sizeof(line) - 2;
	for (size_t i = 0; i < at; i++)
		if ((unsigned char)line[i] < 0x20)
			line[i] = ' ';
	line[at] = '\0';
	if (logger.to != NULL) {
		logger.to(logger.context, level, line + head);
		return;
	}
	line[at++] = '\n';
	/* One write a line, so that lines of two threads do not mix. */
	if (write(STDERR_FILENO, line, at) < 0)
		return;
}

void
logger_line(enum lift_level level, const char *topic, const char *form, ...)
{
	va_list ap;

	va_start(ap, form);
	logger_vline(level, topic, form, ap);
	va_end(ap);
}
