/* Replacing references. A text without one is not copied. */
#include "rules/reference.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SECRET_MOST = 64 * 1024,	/* bytes of one text, replaced */
	NAME_MOST = 1024
};

/* ---- the system's ---------------------------------------------------- */

static bool
system_env(void *self, const char *name, struct text *to)
{
	const char *value = getenv(name);

	(void)self;
	if (value != NULL)
		text_string(to, value);
	return value != NULL;
}

static bool
read_all(int fd, const char *path, struct text *to, struct lift_error *err)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return lift_fail(err, LIFT_E_INPUT,
		    "\"%s\" is no regular file", path);
	if (st.st_size > SECRET_MOST)
		return lift_fail(err, LIFT_E_INPUT, "the file \"%s\" has %lld "
		    "bytes, must have at most %d", path,
		    (long long)st.st_size, SECRET_MOST);
	char *room = text_room(to, (size_t)st.st_size);
	if ((n = read(fd, room, (size_t)st.st_size)) < 0)
		return lift_fail(err, LIFT_E_SYSTEM, "the file \"%s\" cannot "
		    "be read: %s", path, strerror(errno));
	if (n > 0 && room[n - 1] == '\n')
		n--;
	to->size += (size_t)n;
	to->data[to->size] = '\0';
	return true;
}

static bool
system_file(void *self, const char *path, struct text *to,
    struct lift_error *err)
{
	char full[4096];
	const char *folder = path[0] == '/' ? "" : self;

	if (snprintf(full, sizeof(full), "%s%s%s", folder, folder[0] ? "/" : "",
	    path) >= (int)sizeof(full))
		return lift_fail(err, LIFT_E_INPUT, "the path is too long");
	int fd = open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return lift_fail(err, LIFT_E_MISSING, "the file \"%s\" cannot "
		    "be read: %s", full, strerror(errno));
	bool good = read_all(fd, full, to, err);
	close(fd);
	return good;
}

struct option_sources
reference_sources(const char *folder)
{
	return (struct option_sources){
		.self = (void *)(uintptr_t)folder,
		.env = system_env,
		.file = system_file,
	};
}

/* ---- replacing ------------------------------------------------------- */

static bool
begins(struct lift_text t, const char *with)
{
	size_t size = strlen(with);

	return t.size >= size && memcmp(t.data, with, size) == 0;
}

static struct lift_text
after(struct lift_text t, size_t skip)
{
	return (struct lift_text){ t.data + skip, t.size - skip };
}

bool
reference_in(struct lift_text t)
{
	for (; t.size > 0; t = after(t, 1))
		if (begins(t, "${env:") || begins(t, "${file:"))
			return true;
	return false;
}

struct replacing {
	const struct node           *node;
	const struct option_sources *sources;
	struct findings             *findings;
	struct text                  result;
};

static bool
is_name(struct lift_text t)
{
	for (size_t i = 0; i < t.size; i++) {
		char c = t.data[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    c == '_' || (i > 0 && c >= '0' && c <= '9')))
			return false;
	}
	return t.size > 0;
}

/* The place of `:-`, or the whole size. */
static size_t
before_default(struct lift_text t)
{
	for (size_t i = 0; i + 1 < t.size; i++)
		if (t.data[i] == ':' && t.data[i + 1] == '-')
			return i;
	return t.size;
}

static bool
replace_env(struct replacing *r, struct lift_text inside)
{
	char name[NAME_MOST];
	size_t size = before_default(inside);
	struct lift_text word = { inside.data, size };

	if (!is_name(word) || size >= sizeof(name)) {
		node_finding(r->findings, FINDING_OPTION_REFERENCE, r->node,
		    "\"%.*s\" is no name of a variable, expected letters, "
		    "digits and \"_\"", (int)(size < 60 ? size : 60),
		    word.data);
		return false;
	}
	memcpy(name, word.data, size);
	name[size] = '\0';
	if (r->sources->env(r->sources->self, name, &r->result))
		return true;
	if (size < inside.size) {
		text_add(&r->result, inside.data + size + 2,
		    inside.size - size - 2);
		return true;
	}
	struct finding *f = node_finding(r->findings, FINDING_OPTION_SOURCE,
	    r->node, "the environment variable \"%s\" is not set", name);
	findings_hint(r->findings, f, "set it, or give a default: "
	    "${env:%s:-default}", name);
	return false;
}

static bool
replace_file(struct replacing *r, struct lift_text path)
{
	char copy[NAME_MOST];
	struct lift_error err;

	if (path.size == 0 || path.size >= sizeof(copy) ||
	    memchr(path.data, '\0', path.size) != NULL) {
		node_finding(r->findings, FINDING_OPTION_REFERENCE, r->node,
		    "\"${file:...}\" needs a path of 1 to %d bytes",
		    NAME_MOST - 1);
		return false;
	}
	memcpy(copy, path.data, path.size);
	copy[path.size] = '\0';
	if (r->sources->file(r->sources->self, copy, &r->result, &err))
		return true;
	node_finding(r->findings, FINDING_OPTION_SOURCE, r->node, "%s",
	    err.text);
	return false;
}

/* One reference, T begins with it; *ret_used is its length. */
static bool
replace_one(struct replacing *r, struct lift_text t, size_t *ret_used)
{
	const char *end = memchr(t.data, '}', t.size);

	if (end == NULL) {
		node_finding(r->findings, FINDING_OPTION_REFERENCE, r->node,
		    "a reference begins with \"${\" and lacks its \"}\"");
		return false;
	}
	if (r->sources == NULL) {
		node_finding(r->findings, FINDING_OPTION_REFERENCE, r->node,
		    "references to variables and files are not allowed here");
		return false;
	}
	*ret_used = (size_t)(end - t.data) + 1;
	t.size = *ret_used - 1;
	return begins(t, "${env:") ? replace_env(r, after(t, 6)) :
	    replace_file(r, after(t, 7));
}

static bool
replace_all(struct replacing *r)
{
	struct lift_text t = node_text(r->node);

	while (t.size > 0) {
		size_t used = 1;
		if (begins(t, "${env:") || begins(t, "${file:")) {
			if (!replace_one(r, t, &used))
				return false;
		} else {
			text_byte(&r->result, t.data[0]);
		}
		t = after(t, used);
		if (r->result.size > SECRET_MOST) {
			node_finding(r->findings, FINDING_OPTION_REFERENCE,
			    r->node, "the text has more than %d bytes once "
			    "its references are replaced", SECRET_MOST);
			return false;
		}
	}
	return true;
}

bool
reference_text(struct arena *a, const struct node *n,
    const struct option_sources *sources, struct findings *findings,
    struct lift_text *ret_text)
{
	struct replacing r = { n, sources, findings, { 0 } };

	if (!reference_in(node_text(n))) {
		*ret_text = node_text(n);
		return true;
	}
	bool good = replace_all(&r);
	if (good)
		*ret_text = arena_text(a, text_view(&r.result));
	text_done(&r.result);
	return good;
}
