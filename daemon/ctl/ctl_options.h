/* liftctl's own options. All other words are the daemon's. */
#ifndef CTL_OPTIONS_H
#define CTL_OPTIONS_H

#include <liftd/plugin.h>

enum ctl_form { CTL_TEXT, CTL_JSON, CTL_JSONL };

enum { CTL_WORDS = 512 };

/* The exit statuses that are liftctl's own. */
enum ctl_status {
	CTL_YES = 0, CTL_NO = 1, CTL_USAGE = 2, CTL_UNREACHABLE = 3,
	CTL_DENIED = 4, CTL_LATE = 5, CTL_INTERRUPTED = 69, CTL_BUG = 70
};

struct ctl_options {
	const char    *socket;
	const char    *fields, *as;	/* NULL: not said */
	int64_t        watch;		/* 0: once */
	enum ctl_form  form;
	bool           headless, yes, help, version;
	const char    *words[CTL_WORDS];
	size_t         count;
	size_t         stop;		/* words from here on are no options */
};

/* Takes liftctl's options out of the arguments of main. Fails for one that
 * has no value or a wrong one. */
bool ctl_options_read(int argc, char **argv, struct ctl_options *ret_options,
    struct lift_error *);

/* What liftctl says of itself; the daemon's verbs follow. */
extern const char ctl_usage[];

/* The names of the options, ended by NULL. */
extern const char *const ctl_option_names[];

#endif
