/* liftctl's own options may stand anywhere before `--`, except for -s, which
 * stands before the noun: behind it `-s` is an argument. */
#include "ctl/ctl_options.h"

#include <stdlib.h>

#include "base/instant.h"

const char ctl_usage[] =
"usage: liftctl [-s SOCKET] [OPTION...] NOUN VERB [ARGUMENT...] "
"[--name value...]\n"
"\n"
"  -s, --socket SOCKET   where liftd listens; else $LIFTD_CONTROL, else\n"
"                        /run/liftd/control.sock\n"
"  --json                one JSON document\n"
"  --jsonl               a JSON object a line, as they come\n"
"  --fields A,B          only these\n"
"  --no-header           tables without the names of the columns\n"
"  --watch SPAN          ask again each SPAN, such as 2s, and redraw\n"
"  --as ROLE             with no more rights than ROLE has\n"
"  --yes                 do not ask back\n"
"  -h, --help            this, or help on NOUN VERB\n"
"  --version             the version, also the daemon's\n"
"\n"
"  help [NOUN [VERB]]    what the daemon can do\n"
"  completion SHELL      a script for bash, zsh or fish\n"
"\n"
"exit status: 0 yes, 1 no, 2 usage, 3 not reachable, 4 not permitted,\n"
"5 timed out, 70 a bug of ours\n";

const char *const ctl_option_names[] = {
	"--as", "--fields", "--help", "--json", "--jsonl", "--no-header",
	"--socket", "--version", "--watch", "--yes", NULL
};

/* The arguments of main, and where we are. */
struct walk {
	int                argc;
	char             **argv;
	int                at;
	struct lift_error *err;
};

/* The value of the option NAME: behind `=`, or the next word. False when the
 * word is another option; then, or without a value, *RET_VALUE is NULL. */
static bool
option_value(struct walk *w, const char *name, const char **ret_value)
{
	const char *word = w->argv[w->at];
	size_t n = strlen(name);

	*ret_value = NULL;
	if (strncmp(word, name, n) != 0 ||
	    (word[n] != '\0' && word[n] != '='))
		return false;
	if (word[n] == '=')
		*ret_value = word + n + 1;
	else if (w->at + 1 < w->argc)
		*ret_value = w->argv[++w->at];
	else
		lift_fail(w->err, LIFT_E_USAGE, "%s wants a value", name);
	return true;
}

static bool
watch_read(const char *word, int64_t *ret_span, struct lift_error *err)
{
	if (span_read(lift_text(word), ret_span) && *ret_span >= 100000)
		return true;
	return lift_fail(err, LIFT_E_USAGE, "--watch is \"%.60s\", must be a "
	    "span of at least 100ms, such as 2s", word);
}

/* An option that has a value. *RET_OK is false when the value is wrong. */
static bool
valued_take(struct walk *w, struct ctl_options *o, bool *ret_ok)
{
	const char *value;

	if (option_value(w, "--fields", &value))
		o->fields = value;
	else if (option_value(w, "--as", &value))
		o->as = value;
	else if (option_value(w, "--socket", &value) ||
	    (o->count == 0 && option_value(w, "-s", &value)))
		o->socket = value;
	else if (option_value(w, "--watch", &value))
		*ret_ok = value == NULL || watch_read(value, &o->watch,
		    w->err);
	else
		return false;
	if (value == NULL)
		*ret_ok = false;
	return true;
}

static bool
flag_take(const char *word, struct ctl_options *o)
{
	if (strcmp(word, "--json") == 0)
		o->form = CTL_JSON;
	else if (strcmp(word, "--jsonl") == 0)
		o->form = CTL_JSONL;
	else if (strcmp(word, "--no-header") == 0)
		o->headless = true;
	else if (strcmp(word, "--yes") == 0)
		o->yes = true;
	else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		o->help = true;
	else if (strcmp(word, "--version") == 0)
		o->version = true;
	else
		return false;
	return true;
}

static const char *
socket_default(void)
{
	const char *named = getenv("LIFTD_CONTROL");

	return named != NULL && *named != '\0' ? named :
	    "/run/liftd/control.sock";
}

static bool
word_keep(struct ctl_options *o, const char *word, struct lift_error *err)
{
	if (o->count == CTL_WORDS)
		return lift_fail(err, LIFT_E_USAGE,
		    "there are more than %d words", CTL_WORDS);
	o->words[o->count++] = word;
	return true;
}

bool
ctl_options_read(int argc, char **argv, struct ctl_options *ret_options,
    struct lift_error *err)
{
	struct walk w = { argc, argv, 1, err };
	struct ctl_options o = { .stop = CTL_WORDS };
	bool ok = true;

	for (; w.at < argc && ok; w.at++) {
		const char *word = argv[w.at];
		if (o.stop < CTL_WORDS)
			ok = word_keep(&o, word, err);
		else if (strcmp(word, "--") == 0)
			o.stop = o.count;
		else if (o.count == 0 && word[0] == '-' && word[1] != '-' &&
		    strcmp(word, "-s") != 0 && strcmp(word, "-h") != 0)
			ok = lift_fail(err, LIFT_E_USAGE, "there is no option "
			    "\"%.60s\"; liftctl --help lists them", word);
		else if (!flag_take(word, &o) && !valued_take(&w, &o, &ok))
			ok = word_keep(&o, word, err);
	}
	if (o.socket == NULL)
		o.socket = socket_default();
	if (ok)
		*ret_options = o;
	return ok;
}
