/* Words on the command line in, exit status out. */
#include <getopt.h>
#include <stdlib.h>

#include "base/logger.h"
#include "base/text.h"
#include "demo/demo.h"
#include "house/house.h"
#include "verbs/offline.h"

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "rules", required_argument, NULL, 'r' },
	{ "plugins", required_argument, NULL, 'p' },
	{ "state", required_argument, NULL, 's' },
	{ "control", required_argument, NULL, 'C' },
	{ "listen", required_argument, NULL, 'l' },
	{ "into", required_argument, NULL, 'i' },
	{ "describe", required_argument, NULL, 'd' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static const char usage[] =
    "usage: liftd [-c FILE] [--rules DIR] [--plugins DIR] [--state DIR]\n"
    "             [--listen HOST:PORT|none] [--control PATH]\n"
    "       liftd check|test|schema [DIR]   without a daemon\n"
    "       liftd store-check|salvage|replay|snapshot --state DIR\n"
    "             [--into DIR]\n"
    "       liftd demo [--headless] [--for SPAN] [--seed N] [--json]\n"
    "             [--keep DIR] [--listen HOST:PORT|none]\n"
    "       liftd --describe options|verbs|topics|findings|rules|\n"
    "                       plugin:NAME\n"
    "       liftd --version\n";

/* The directory of a systemd variable if it is set, or FALLBACK. */
static const char *
place(const char *variable, const char *fallback)
{
	const char *value = getenv(variable);

	return value != NULL && *value != '\0' ? value : fallback;
}

static char *
below(const char *directory, const char *name)
{
	struct text t = { 0 };

	text_form(&t, "%s/%s", directory, name);
	return t.data;
}

/* Places that were not given follow from those that were. */
static void
places_fill(struct house_places *p)
{
	const char *config = place("CONFIGURATION_DIRECTORY", SYSCONFDIR);
	bool own_state = p->state != NULL;

	if (p->config == NULL)
		p->config = below(config, "liftd.yaml");
	if (p->rules == NULL)
		p->rules = below(config, "rules");
	if (p->plugins == NULL)
		p->plugins = PLUGINDIR;
	if (p->state == NULL)
		p->state = place("STATE_DIRECTORY", STATEDIR);
	if (p->control == NULL)
		p->control = below(own_state ? p->state :
		    place("RUNTIME_DIRECTORY", RUNTIMEDIR), "control.sock");
}

static bool
place_set(struct house_places *p, int option, const char *value)
{
	switch (option) {
	case 'c':
		p->config = value;
		p->config_given = true;
		return true;
	case 'r': p->rules = value; return true;
	case 'p': p->plugins = value; return true;
	case 's': p->state = value; return true;
	case 'C': p->control = value; return true;
	case 'l': p->listen = value; return true;
	default: return false;
	}
}

int
main(int argc, char **argv)
{
	/* Its texts live as long as the process. */
	static struct house_places places;
	const char *describe = NULL, *into = NULL;
	int option;

	if (argc > 1 && strcmp(argv[1], "demo") == 0)
		return demo_run(argc - 1, argv + 1, below(place(
		    "CONFIGURATION_DIRECTORY", SYSCONFDIR), "rules"),
		    PLUGINDIR);
	while ((option = getopt_long(argc, argv, "c:hV", long_options,
	    NULL)) != -1) {
		if (place_set(&places, option, optarg))
			continue;
		if (option == 'V') {
			printf("liftd %s\n", LIFTD_BUILD);
			return 0;
		}
		if (option == 'd') {
			describe = optarg;
		} else if (option == 'i') {
			into = optarg;
		} else {
			fputs(usage, option == 'h' ? stdout : stderr);
			return option == 'h' ? 0 : 2;
		}
	}
	places_fill(&places);
	logger_start();
	if (describe != NULL)
		return offline_describe(&places, describe);
	if (optind < argc)
		return offline_run(&places, into, argc - optind,
		    argv + optind);
	return (int)house_run(&places);
}
