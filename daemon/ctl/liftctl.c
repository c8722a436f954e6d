/* liftctl: what an operator types. It carries words to the daemon and answers
 * to people; what can be said is in the daemon's tables. */
#include <stdio.h>

#include "ctl/ctl_completion.h"
#include "ctl/ctl_options.h"
#include "ctl/ctl_session.h"

#ifndef LIFTD_BUILD
#define LIFTD_BUILD "unreleased"
#endif

static int
completion(const struct ctl_options *o)
{
	const char *script = o->count == 2 ?
	    ctl_completion_script(o->words[1]) : NULL;

	if (script == NULL) {
		fprintf(stderr, "liftctl: completion wants one of: bash, zsh, "
		    "fish\n");
		return CTL_USAGE;
	}
	fputs(script, stdout);
	return CTL_YES;
}

static int
help(const struct ctl_options *o)
{
	bool named = o->count > 0 && strcmp(o->words[0], "help") == 0;
	const char *const *words = o->words + named;
	size_t count = o->count - named;

	if (count > 0)
		return ctl_session_help(o, words, count);
	printf("%s\n", ctl_usage);
	fflush(stdout);
	return ctl_session_help(o, words, 0);
}

static int
version(const struct ctl_options *o)
{
	printf("liftctl %s\n", LIFTD_BUILD);
	ctl_session_greeting(o);
	return CTL_YES;
}

int
main(int argc, char **argv)
{
	struct ctl_options o;
	struct lift_error err;

	if (!ctl_options_read(argc, argv, &o, &err)) {
		fprintf(stderr, "liftctl: %s\n", err.text);
		return CTL_USAGE;
	}
	if (o.version)
		return version(&o);
	if (o.count > 0 && strcmp(o.words[0], "complete") == 0)
		return ctl_session_complete(&o);
	if (o.help || (o.count > 0 && strcmp(o.words[0], "help") == 0))
		return help(&o);
	if (o.count == 0) {
		fputs(ctl_usage, stderr);
		return CTL_USAGE;
	}
	if (strcmp(o.words[0], "completion") == 0)
		return completion(&o);
	return ctl_session(&o);
}
