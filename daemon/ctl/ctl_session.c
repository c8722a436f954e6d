/* The verb's table is asked for first, on the same connection: it says which
 * word is a file, whether the answer is one object, and what must be confirmed.
 * liftctl itself knows no verb but the view `top`. */
#include "ctl/ctl_session.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "ctl/ctl_completion.h"
#include "ctl/ctl_line.h"
#include "ctl/ctl_link.h"
#include "ctl/ctl_progress.h"
#include "ctl/ctl_screen.h"
#include "ctl/ctl_table.h"

enum { PATIENCE_MS = 5000, COMPLETE_MS = 100, SCREEN_LINE = 1 << 20 };

/* One call, from the first word to the last. */
struct session {
	struct ctl_options     o;
	struct ctl_link        link;
	struct arena          *arena;
	struct text            table_text;	/* the verbs, as asked */
	struct ctl_verb        verb;
	bool                   has_verb, is_terminal, is_screen;
	struct ctl_table       table;
	struct text            row;		/* for a screen */
	bool                   has_progress;
	struct ctl_progress    progress;
};

static int
complain(const struct lift_error *err, int status)
{
	if (err->text[0] != '\0')
		fprintf(stderr, "liftctl: %s\n", err->text);
	return status;
}

static bool
session_open(struct session *s, int patience_ms, bool aloud)
{
	struct lift_error err;

	s->arena = arena_new();
	if (ctl_link_open(&s->link, s->o.socket, patience_ms, &err))
		return true;
	if (aloud)
		fprintf(stderr, "liftctl: liftd cannot be reached at %s\n"
		    "%s\n", s->o.socket, err.text);
	return false;
}

static void
session_close(struct session *s)
{
	ctl_link_close(&s->link);
	if (s->link.signals >= 0)
		close(s->link.signals);
	arena_free(s->arena);
	text_done(&s->table_text);
	text_done(&s->row);
}

/* ---- who takes an answer --------------------------------------------- */

static void
text_take(void *text, struct lift_text bytes)
{
	text_add(text, bytes.data, bytes.size);
}

static void
plain_take(void *context, struct lift_text bytes)
{
	(void)context;
	fwrite(bytes.data, 1, bytes.size, stdout);
}

static void
plain_quiet(void *context)
{
	(void)context;
	fflush(stdout);
}

static void
table_take(void *table, struct lift_text bytes)
{
	ctl_table_add(table, bytes);
}

static void
table_quiet(void *table)
{
	ctl_table_flush(table);
	fflush(stdout);
}

static void
screen_show(struct session *s)
{
	struct arena *arena = arena_new();

	ctl_screen_clear(stdout);
	ctl_screen_print(arena, stdout, text_view(&s->row));
	fflush(stdout);
	arena_free(arena);
	text_clear(&s->row);
}

/* Each line is a screen. */
static void
screen_take(void *session, struct lift_text bytes)
{
	struct session *s = session;

	for (size_t i = 0; i < bytes.size; i++)
		if (bytes.data[i] == '\n')
			screen_show(s);
		else if (s->row.size < SCREEN_LINE)
			text_byte(&s->row, bytes.data[i]);
}

static void
progress_take(void *session, struct lift_text bytes)
{
	struct session *s = session;

	ctl_progress_hear(&s->progress, bytes, stdout);
	if (s->progress.is_shown)
		ctl_progress_draw(&s->progress);
	else
		plain_take(NULL, bytes);
}

static void
progress_quiet(void *session)
{
	struct session *s = session;

	ctl_progress_draw(&s->progress);
	fflush(stdout);
}

static struct ctl_sink
session_sink(struct session *s)
{
	if (s->has_progress)
		return (struct ctl_sink){ s, progress_take, progress_quiet };
	if (s->is_screen)
		return (struct ctl_sink){ s, screen_take, NULL };
	if (s->is_terminal && s->o.form == CTL_TEXT)
		return (struct ctl_sink){ &s->table, table_take, table_quiet };
	return (struct ctl_sink){ NULL, plain_take, plain_quiet };
}

/* ---- the verb's table ------------------------------------------------ */

/* A request of the built-in words: `WORD w0 w1`. */
static int
built_in_ask(struct session *s, const char *word, const char *const *words,
    size_t count, const struct ctl_sink *sink, struct lift_error *err)
{
	struct text line = { 0 };

	text_string(&line, word);
	for (size_t i = 0; i < count && i < 2; i++) {
		text_byte(&line, ' ');
		ctl_line_word(&line, lift_text(words[i]), words[i][0] == '-');
	}
	text_byte(&line, '\n');
	struct ctl_request r = { .line = text_view(&line), .sink = *sink,
		.patience_ms = PATIENCE_MS };
	int status = ctl_link_ask(&s->link, &r, err);
	text_done(&line);
	return status;
}

static bool
verb_choose(struct session *s, struct lift_text line)
{
	struct ctl_verb v;

	if (!ctl_verb_read(s->arena, line, &v) ||
	    ctl_verb_words(&v, s->o.words, s->o.count) == 0)
		return false;
	s->verb = v;
	s->has_verb = true;
	return true;
}

/* Asks for the table of the verb; a longer name wins. */
static int
verb_fetch(struct session *s, struct lift_error *err)
{
	struct ctl_sink sink = { &s->table_text, text_take, NULL };
	int status = built_in_ask(s, "verbs", s->o.words, s->o.count, &sink,
	    err);
	struct lift_text all = text_view(&s->table_text);

	while (status == CTL_YES && all.size > 0) {
		const char *end = memchr(all.data, '\n', all.size);
		if (end == NULL)
			break;
		size_t n = (size_t)(end - all.data);
		if (verb_choose(s, (struct lift_text){ all.data, n }) &&
		    ctl_verb_words(&s->verb, s->o.words, s->o.count) == 2)
			break;
		all.data += n + 1;
		all.size -= n + 1;
	}
	return status;
}

/* True when nothing but a noun is named, and there is such a noun. */
static bool
is_noun(const struct session *s)
{
	return !s->has_verb && s->table_text.size > 0 && s->o.count == 1;
}

/* ---- asking ---------------------------------------------------------- */

/* What an administrator changes for good is asked back, on a terminal. */
static bool
confirmed(const struct session *s)
{
	char answer[16] = "";

	if (!s->has_verb || !s->verb.acts || s->o.yes ||
	    !lift_text_equal(s->verb.role, LIFT_TEXT_OF("admin")) ||
	    !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return true;
	fprintf(stderr, "%.*s: %.*s. Go on? [y/N] ", (int)s->verb.name.size,
	    s->verb.name.data, (int)s->verb.meaning.size,
	    s->verb.meaning.data);
	return fgets(answer, sizeof(answer), stdin) != NULL &&
	    (answer[0] == 'y' || answer[0] == 'Y');
}

/* An upload that goes on where it was cut off is long: its verb can be told
 * what the file is known by. The rows must have their names. */
static void
progress_begin(struct session *s, const struct ctl_line *line,
    const struct ctl_upload *upload)
{
	s->has_progress = upload != NULL && !line->is_files && s->has_verb &&
	    ctl_verb_argument(&s->verb, LIFT_TEXT_OF("identity")) >= 0 &&
	    s->o.form == CTL_TEXT && !s->o.headless && s->o.fields == NULL;
	s->progress = (struct ctl_progress){ .upload = upload, .out = stderr,
		.is_shown = s->is_terminal && isatty(STDERR_FILENO) == 1,
		.began = clock_monotonic() };
}

static int
ask_once(struct session *s, const struct ctl_line *line,
    struct lift_error *err)
{
	struct ctl_upload *upload = NULL;

	if (line->path != NULL) {
		upload = ctl_upload_open(line->path, line->is_files, err);
		if (upload == NULL)
			return CTL_USAGE;
	}
	s->table = ctl_table_on(stdout, s->has_verb && s->verb.one);
	progress_begin(s, line, upload);
	struct ctl_request r = { .line = text_view(&line->line),
		.upload = upload, .sink = session_sink(s),
		.patience_ms = -1 };
	int status = ctl_link_ask(&s->link, &r, err);
	ctl_table_done(&s->table);
	fflush(stdout);
	if (s->has_progress)
		ctl_progress_end(&s->progress, status <= CTL_NO);
	ctl_upload_free(upload);
	return status;
}

/* Waits until it is time to ask again; false when it is time to end. */
static bool
watch_wait(struct session *s)
{
	struct pollfd p = { .fd = s->link.signals, .events = POLLIN };

	if (poll(&p, 1, (int)(s->o.watch / LIFT_MILLI)) == 0)
		return true;
	s->link.stopped = SIGINT;
	return false;
}

static void
watch_head(const struct session *s)
{
	char clock[32];
	time_t now = (time_t)(clock_now() / LIFT_SECOND);
	struct tm tm;

	if (!s->is_terminal || s->is_screen)
		return;
	ctl_screen_clear(stdout);
	strftime(clock, sizeof(clock), "%H:%M:%S", localtime_r(&now, &tm));
	printf("%s ", clock);
	for (size_t i = 0; i < s->o.count; i++)
		printf(" %s", s->o.words[i]);
	printf("\n\n");
}

/* Asks, and again if it is to be watched. */
static int
session_ask(struct session *s, const struct ctl_line *line,
    struct lift_error *err)
{
	int status;

	do {
		if (s->o.watch > 0)
			watch_head(s);
		status = ask_once(s, line, err);
	} while (s->o.watch > 0 && status <= CTL_NO && watch_wait(s));
	return status;
}

/* Dies of the signal that came, so that the shell knows. */
static void
die_of(int signal_number)
{
	sigset_t set;

	fflush(stdout);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
	sigemptyset(&set);
	sigaddset(&set, signal_number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static int
session_run(struct session *s)
{
	struct lift_error err;
	struct ctl_line line;
	int status = CTL_USAGE;

	if (!confirmed(s)) {
		fprintf(stderr, "liftctl: nothing was done\n");
		return CTL_NO;
	}
	if (!ctl_line_make(&s->o, s->has_verb ? &s->verb : NULL, &line, &err))
		return complain(&err, CTL_USAGE);
	if (s->o.watch > 0 && line.path != NULL &&
	    strcmp(line.path, "-") == 0) {
		lift_fail(&err, LIFT_E_USAGE, "--watch asks again and again, "
		    "but standard input can be read once");
	} else {
		s->link.signals = ctl_signals_open();
		status = session_ask(s, &line, &err);
	}
	text_done(&line.line);
	if (s->link.stopped != 0)
		die_of(s->link.stopped);
	return complain(&err, status);
}

/* ---- what liftctl can be asked ---------------------------------------- */

/* `top` streams JSON; people get each object as a screen. */
static void
session_view(struct session *s)
{
	s->is_terminal = isatty(STDOUT_FILENO) == 1;
	if (!s->is_terminal || s->o.form != CTL_TEXT || s->o.count == 0 ||
	    strcmp(s->o.words[0], "top") != 0)
		return;
	s->is_screen = true;
	s->o.form = CTL_JSONL;
	if (s->o.watch == 0)
		s->o.watch = LIFT_SECOND;
}

int
ctl_session(const struct ctl_options *o)
{
	struct session s = { .o = *o };
	struct lift_error err;
	int status = CTL_UNREACHABLE;

	session_view(&s);
	s.link = (struct ctl_link){ .fd = -1, .signals = -1 };
	if (session_open(&s, PATIENCE_MS, true)) {
		status = verb_fetch(&s, &err);
		if (status != CTL_YES)
			complain(&err, status);
		else if (is_noun(&s))
			status = ctl_session_help(o, o->words, o->count);
		else
			status = session_run(&s);
	}
	session_close(&s);
	return status;
}

int
ctl_session_help(const struct ctl_options *o, const char *const *words,
    size_t count)
{
	struct session s = { .o = *o };
	struct ctl_sink sink = { NULL, plain_take, NULL };
	struct lift_error err;
	int status = CTL_UNREACHABLE;

	s.link = (struct ctl_link){ .fd = -1, .signals = -1 };
	if (session_open(&s, PATIENCE_MS, true))
		status = complain(&err, built_in_ask(&s, "help", words, count,
		    &sink, &err));
	session_close(&s);
	return status;
}

int
ctl_session_complete(const struct ctl_options *o)
{
	struct session s = { .o = *o };
	struct text verbs = { 0 };
	struct ctl_request r = { .line = LIFT_TEXT_OF("verbs\n"),
		.sink = { &verbs, text_take, NULL },
		.patience_ms = COMPLETE_MS };
	struct lift_error err;

	s.link = (struct ctl_link){ .fd = -1, .signals = -1 };
	if (session_open(&s, COMPLETE_MS, false))
		ctl_link_ask(&s.link, &r, &err);
	ctl_completion_print(stdout, text_view(&verbs), o->words + 1,
	    o->count - 1);
	text_done(&verbs);
	session_close(&s);
	return CTL_YES;
}

void
ctl_session_greeting(const struct ctl_options *o)
{
	struct session s = { .o = *o };

	s.link = (struct ctl_link){ .fd = -1, .signals = -1 };
	if (session_open(&s, COMPLETE_MS, false))
		printf("%s\n", s.link.greeting);
	session_close(&s);
}
