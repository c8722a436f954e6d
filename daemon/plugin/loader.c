/* dlopen, with a question after each step. */
#include "plugin/loader.h"

#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rules/argument.h"
#include "rules/option.h"
#include "rules/vocabulary.h"

enum { LOADER_PATH = 512 };

static bool
is_word(const char *s)
{
	for (const char *p = s; *p != '\0'; p++)
		if (!islower((unsigned char)*p) &&
		    !isdigit((unsigned char)*p) && *p != '_' && *p != '-')
			return false;
	return *s != '\0' && strlen(s) < 40;
}

static bool
check_head(const struct lift_plugin *p, const char *file,
    struct lift_error *err)
{
	if (p->magic != LIFT_PLUGIN_MAGIC)
		return lift_fail(err, LIFT_E_INPUT,
		    "%s begins its descriptor with 0x%08x, a plugin of liftd "
		    "begins with 0x%08x", file, (unsigned)p->magic,
		    (unsigned)LIFT_PLUGIN_MAGIC);
	if (p->abi != LIFT_PLUGIN_ABI)
		return lift_fail(err, LIFT_E_INPUT,
		    "%s was built for ABI %d, this liftd speaks ABI %d: build "
		    "it again with this liftd's header", file, p->abi,
		    LIFT_PLUGIN_ABI);
	if (p->size != sizeof(*p))
		return lift_fail(err, LIFT_E_INPUT,
		    "%s has a descriptor of %d bytes, ABI %d has %zu: build "
		    "it again with this liftd's header", file, p->size,
		    LIFT_PLUGIN_ABI, sizeof(*p));
	return true;
}

static bool
check_names(const struct lift_plugin *p, const char *file, const char *name,
    struct lift_error *err)
{
	if (p->name == NULL || strcmp(p->name, name) != 0)
		return lift_fail(err, LIFT_E_INPUT,
		    "%s calls itself \"%.60s\", its file name says \"%s\"",
		    file, p->name ? p->name : "nothing", name);
	if (p->summary == NULL || *p->summary == '\0')
		return lift_fail(err, LIFT_E_INPUT,
		    "%s has no summary, must have one sentence", file);
	if (p->open == NULL || p->close == NULL)
		return lift_fail(err, LIFT_E_INPUT,
		    "%s lacks \"%s\", must have both open and close", file,
		    p->open == NULL ? "open" : "close");
	if ((p->prepare == NULL) != (p->commit == NULL) ||
	    (p->prepare == NULL) != (p->abort == NULL))
		return lift_fail(err, LIFT_E_INPUT,
		    "%s has some of prepare, commit and abort, must have all "
		    "or none", file);
	if (p->options != NULL && p->commit == NULL)
		return lift_fail(err, LIFT_E_INPUT,
		    "%s has options and no commit, must take others when "
		    "rules are loaded again", file);
	if ((p->hears == NULL) != (p->heard == NULL))
		return lift_fail(err, LIFT_E_INPUT,
		    "%s has one of hears and heard, must have both or none",
		    file);
	if ((p->pace == NULL) != (p->produce == NULL))
		return lift_fail(err, LIFT_E_INPUT,
		    "%s has one of pace and produce, must have both or none",
		    file);
	if ((p->save == NULL) != (p->load == NULL))
		return lift_fail(err, LIFT_E_INPUT,
		    "%s has one of save and load, must have both or none",
		    file);
	return true;
}

static bool
check_topics(const struct lift_plugin *p, const char *file,
    struct lift_error *err)
{
	for (const struct lift_topic *t = p->topics; t && t->name; t++) {
		if (!is_word(t->name))
			return lift_fail(err, LIFT_E_INPUT,
			    "%s declares topic \"%.60s\", a topic is a word "
			    "of small letters", file, t->name);
		if (t->fields == NULL || t->meaning == NULL)
			return lift_fail(err, LIFT_E_INPUT,
			    "%s declares topic \"%s\" without %s", file,
			    t->name, t->fields ? "a meaning" : "fields");
		for (const struct lift_topic *u = p->topics; u < t; u++)
			if (strcmp(u->name, t->name) == 0)
				return lift_fail(err, LIFT_E_INPUT,
				    "%s declares topic \"%s\" twice", file,
				    t->name);
	}
	return true;
}

static bool
check_verb(const struct lift_plugin *p, const struct lift_verb *v,
    const char *file, struct lift_error *err)
{
	if (strchr(v->name, '.') == NULL)
		return lift_fail(err, LIFT_E_INPUT,
		    "%s declares verb \"%.60s\", a verb is NOUN.VERB", file,
		    v->name);
	if (v->run == NULL || v->meaning == NULL)
		return lift_fail(err, LIFT_E_INPUT,
		    "%s declares verb \"%s\" without %s", file, v->name,
		    v->run ? "a meaning" : "a function");
	if (fields_count(v->arguments) > ARGUMENTS_MOST)
		return lift_fail(err, LIFT_E_INPUT,
		    "%s declares verb \"%s\" with %u arguments, must be at "
		    "most %d", file, v->name, fields_count(v->arguments),
		    ARGUMENTS_MOST);
	for (const struct lift_verb *u = p->verbs; u < v; u++)
		if (strcmp(u->name, v->name) == 0)
			return lift_fail(err, LIFT_E_INPUT,
			    "%s declares verb \"%s\" twice", file, v->name);
	return true;
}

bool
loader_check(const struct lift_plugin *p, const char *file, const char *name,
    struct lift_error *err)
{
	struct lift_error inner;

	if (!check_head(p, file, err) || !check_names(p, file, name, err) ||
	    !check_topics(p, file, err))
		return false;
	for (const struct lift_verb *v = p->verbs; v && v->name; v++)
		if (!check_verb(p, v, file, err))
			return false;
	if (p->options != NULL && !option_check(p->options, &inner))
		return lift_fail(err, LIFT_E_INPUT,
		    "%s has an option table that does not hold: %s", file,
		    inner.text);
	return true;
}

static void
file_path(const char *directory, const char *name, char ret[LOADER_PATH])
{
	snprintf(ret, LOADER_PATH, "%s/%s.so", directory, name);
}

const struct lift_plugin *
loader_open(const char *directory, const char *name, struct lift_error *err)
{
	char file[LOADER_PATH];

	if (!is_word(name)) {
		lift_fail(err, LIFT_E_INPUT, "plugin \"%.60s\" is no name, a "
		    "name is a word of small letters", name);
		return NULL;
	}
	file_path(directory, name, file);
	if (access(file, R_OK) != 0) {
		lift_fail(err, LIFT_E_MISSING, "there is no plugin \"%s\": %s: "
		    "%s", name, file, strerror(errno));
		return NULL;
	}
	void *dso = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	if (dso == NULL) {
		lift_fail(err, LIFT_E_INPUT, "%s cannot be opened: %s", file,
		    dlerror());
		return NULL;
	}
	const struct lift_plugin *p = dlsym(dso, "lift_plugin");
	if (p == NULL)
		lift_fail(err, LIFT_E_INPUT, "%s exports no \"lift_plugin\", "
		    "is it a plugin of liftd?", file);
	else if (!loader_check(p, file, name, err))
		p = NULL;
	if (p == NULL)
		dlclose(dso);
	return p;
}

struct loader_mark
loader_look(const char *directory, const char *name)
{
	char file[LOADER_PATH];
	struct stat st;

	file_path(directory, name, file);
	if (!is_word(name) || stat(file, &st) != 0)
		return (struct loader_mark){ 0 };
	return (struct loader_mark){ st.st_dev, st.st_ino,
		(uint64_t)st.st_size, st.st_mtim.tv_sec * INT64_C(1000000000) +
		st.st_mtim.tv_nsec };
}
