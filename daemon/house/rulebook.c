/* Loading is checking, then an entry with the files' full text; the engine
 * asks for the generation when it folds that entry, in a replay too. */
#include "house/rulebook.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "house/house_parts.h"

enum { FILES_MOST = 1000, FILE_MOST = 4 << 20 };

struct rulebook {
	struct house          *house;
	struct generation     *offered;	/* checked, on its way in */
	struct arena          *arena;	/* of the result */
	struct rulebook_result result;
	struct metric         *success, *time, *count;
};

struct rulebook *
rulebook_new(struct house *h)
{
	struct rulebook *b = memory_take(sizeof(*b));

	b->house = h;
	b->arena = arena_new();
	b->success = metric_of(h->metrics, METRIC_GAUGE,
	    "rules_last_reload_successful", NULL,
	    "1 when the newest set of rules came into use");
	b->time = metric_of(h->metrics, METRIC_GAUGE,
	    "rules_last_reload_success_timestamp_seconds", NULL,
	    "when a set of rules came into use");
	b->count = metric_of(h->metrics, METRIC_GAUGE, "rules_generation",
	    NULL, "number of the rules in use");
	return b;
}

void
rulebook_free(struct rulebook *b)
{
	if (b == NULL)
		return;
	generation_free(b->offered);
	arena_free(b->arena);
	memory_give(b);
}

/* ---- files --------------------------------------------------------------- */

static bool
read_file(struct arena *arena, const char *path, struct lift_text *ret,
    struct lift_error *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		const char *why = fd < 0 ? strerror(errno) :
		    "it is no regular file";
		if (fd >= 0)
			close(fd);
		return lift_fail(err, LIFT_E_SYSTEM, "%s cannot be read: %s",
		    path, why);
	}
	size_t size = st.st_size > FILE_MOST ? FILE_MOST + 1 :
	    (size_t)st.st_size;
	char *data = arena_take(arena, size + 1);
	ssize_t got = 0, n = 0;
	while ((size_t)got < size &&
	    (n = read(fd, data + got, size - (size_t)got)) > 0)
		got += n;
	int why = errno;
	close(fd);
	if (n < 0)
		return lift_fail(err, LIFT_E_SYSTEM, "%s cannot be read: %s",
		    path, strerror(why));
	*ret = (struct lift_text){ data, (size_t)got };
	return true;
}

static int
is_rule_file(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return d->d_name[0] != '.' && n > 5 &&
	    strcmp(d->d_name + n - 5, ".yaml") == 0;
}

static bool
read_all(struct arena *arena, const char *directory, struct dirent **found,
    struct generation_file *files, struct lift_error *err)
{
	for (size_t i = 0; found[i] != NULL; i++) {
		char *path = arena_form(arena, "%s/%s", directory,
		    found[i]->d_name);
		files[i].name = lift_text(arena_string(arena,
		    found[i]->d_name));
		if (!read_file(arena, path, &files[i].text, err))
			return false;
	}
	return true;
}

bool
rulebook_read(struct arena *arena, const char *directory,
    const struct generation_file **ret_files, size_t *ret_count,
    struct lift_error *err)
{
	struct dirent **found = NULL;
	int n = scandir(directory, &found, is_rule_file, alphasort);

	*ret_files = NULL;
	*ret_count = 0;
	if (n < 0 && errno == ENOENT)
		return true;
	if (n < 0)
		return lift_fail(err, LIFT_E_SYSTEM, "%s cannot be read: %s",
		    directory, strerror(errno));
	struct dirent **list = arena_array(arena, struct dirent *, n + 1);
	if (n > 0)
		memcpy(list, found, (size_t)n * sizeof(*list));
	struct generation_file *files = arena_array(arena,
	    struct generation_file, n + 1);
	bool ok = n <= FILES_MOST ? read_all(arena, directory, list, files,
	    err) : lift_fail(err, LIFT_E_INPUT, "%s holds %d rule files, must "
	    "be at most %d", directory, n, FILES_MOST);
	for (int i = 0; i < n; i++)
		free(found[i]);
	free(found);
	*ret_files = files;
	*ret_count = (size_t)n;
	return ok;
}

bool
rulebook_read_file(struct arena *arena, const char *path,
    const struct generation_file **ret_files, size_t *ret_count,
    struct lift_error *err)
{
	struct generation_file *file = arena_array(arena,
	    struct generation_file, 1);
	const char *slash = strrchr(path, '/');

	file->name = lift_text(slash != NULL ? slash + 1 : path);
	*ret_files = file;
	*ret_count = 1;
	return read_file(arena, path, &file->text, err);
}

/* ---- loading ------------------------------------------------------------- */

static void
result_findings(struct rulebook *b, struct findings *findings)
{
	struct text t = { 0 };

	b->result.errors = findings_count(findings, FINDING_ERROR);
	b->result.warnings = findings_count(findings, FINDING_WARNING);
	findings_write(&t, findings);
	b->result.findings = arena_text(b->arena, text_view(&t));
	text_clear(&t);
	findings_json(&t, findings);
	b->result.json = arena_text(b->arena, text_view(&t));
	text_done(&t);
}

static bool
keep_good(struct store *store, void *context, struct lift_error *err)
{
	struct text *json = context;
	bool ok = store_keep(store, LIFT_TEXT_OF("rules.good"),
	    text_view(json), err);

	if (ok) {
		text_done(json);
		memory_give(json);
	}
	return ok;
}

static void
put_into_log(struct rulebook *b, struct generation *g)
{
	struct house *h = b->house;
	struct lift_error err;
	struct text *body = memory_take(sizeof(*body));
	const char *digest = g->digest.data;

	generation_files_write(body, g->files, g->file_count, g->number);
	b->offered = g;
	char wanted[33];
	memcpy(wanted, digest, sizeof(wanted));
	if (!gate_entry(h->gate, LIFT_ENTRY_RULES, 0, text_view(body), &err)) {
		b->result.problem = arena_string(b->arena, err.text);
	} else {
		const struct generation *now = engine_generation(h->engine);
		if (now == NULL || strcmp(now->digest.data, wanted) != 0)
			b->result.problem = "a plugin refused its options, "
			    "see the log";
	}
	b->result.ok = b->result.problem == NULL;
	if (b->result.ok) {
		gate_do(h->gate, keep_good, body);
	} else {
		text_done(body);
		memory_give(body);
	}
	generation_free(b->offered);
	b->offered = NULL;
}

static uint32_t
number_in_use(const struct rulebook *b)
{
	const struct generation *g = engine_generation(b->house->engine);

	return g != NULL ? g->number : 0;
}

static void
tell(struct rulebook *b)
{
	struct rulebook_result *r = &b->result;

	r->time = clock_now();
	r->number = number_in_use(b);
	metric_set(b->success, r->ok);
	metric_set(b->count, r->number);
	if (r->ok) {
		metric_set(b->time, r->time);
		clerk_rules(b->house);
		logger_line(LIFT_NOTICE, "rules", "generation %u is in use, "
		    "warnings=%zu", r->number, r->warnings);
		return;
	}
	if (r->problem != NULL)
		logger_line(LIFT_ERR, "rules", "not loaded: %s; generation %u "
		    "goes on", r->problem, r->number);
	else
		logger_line(LIFT_ERR, "rules", "not loaded: %zu errors; "
		    "generation %u goes on; see `liftctl rules check`",
		    r->errors, r->number);
}

const struct rulebook_result *
rulebook_load(struct rulebook *b, const struct generation_file *files,
    size_t count)
{
	struct generation_context context = house_rule_context(b->house);

	arena_clear(b->arena);
	b->result = (struct rulebook_result){ .ok = false };
	struct findings *findings = findings_new(b->arena);
	struct generation *g = generation_load(&context, files, count,
	    findings);
	result_findings(b, findings);
	if (g != NULL) {
		g->number = number_in_use(b) + 1;
		put_into_log(b, g);
	}
	tell(b);
	return &b->result;
}

static const struct rulebook_result *
unreadable(struct rulebook *b, const struct lift_error *err)
{
	arena_clear(b->arena);
	b->result = (struct rulebook_result){ .ok = false,
		.problem = arena_string(b->arena, err->text),
		.json = LIFT_TEXT_OF("[]") };
	tell(b);
	return &b->result;
}

const struct rulebook_result *
rulebook_reload(struct rulebook *b)
{
	struct arena *arena = arena_new();
	const struct generation_file *files;
	struct lift_error err;
	size_t count;

	if (rulebook_read(arena, b->house->places.rules, &files, &count, &err))
		rulebook_load(b, files, count);
	else
		unreadable(b, &err);
	arena_free(arena);
	return &b->result;
}

const struct rulebook_result *
rulebook_result(const struct rulebook *b)
{
	return &b->result;
}

static bool
same_as_in_use(const struct rulebook *b, const struct generation_file *files,
    size_t count)
{
	const struct generation *g = engine_generation(b->house->engine);
	char digest[33];

	generation_digest(files, count, digest);
	return g != NULL && g->number > 0 &&
	    strcmp(g->digest.data, digest) == 0;
}

bool
rulebook_has_drifted(struct rulebook *b)
{
	struct arena *arena = arena_new();
	const struct generation_file *files;
	struct lift_error err;
	size_t count;
	bool drifted = rulebook_read(arena, b->house->places.rules, &files,
	    &count, &err) && !same_as_in_use(b, files, count);

	arena_free(arena);
	return drifted;
}

/* ---- the first load ------------------------------------------------------ */

/* The last good rules of the store: for a log whose rules entry is gone. */
static void
load_kept(struct rulebook *b, struct arena *arena)
{
	struct house *h = b->house;
	const struct generation_file *files;
	struct lift_text json;
	struct lift_error err;
	size_t count;

	if (number_in_use(b) > 0 || !store_value(h->reader, arena,
	    LIFT_TEXT_OF("rules.good"), &json, &err) || json.size == 0)
		return;
	if (generation_files_read(json, arena, &files, &count, &err))
		rulebook_load(b, files, count);
}

bool
rulebook_start(struct rulebook *b, struct lift_error *err)
{
	struct arena *arena = arena_new();
	const struct generation_file *files;
	size_t count;
	bool readable = rulebook_read(arena, b->house->places.rules, &files,
	    &count, err);

	load_kept(b, arena);
	if (!readable) {
		unreadable(b, err);
	} else if (same_as_in_use(b, files, count)) {
		b->result = (struct rulebook_result){ .ok = true,
			.json = LIFT_TEXT_OF("[]") };
		tell(b);
	} else {
		rulebook_load(b, files, count);
	}
	arena_free(arena);
	/* Nobody has asked, so nobody is told but by this. */
	if (b->result.findings.size > 0)
		fwrite(b->result.findings.data, 1, b->result.findings.size,
		    stderr);
	if (b->result.ok || number_in_use(b) > 0)
		return true;
	return lift_fail(err, LIFT_E_INPUT, "the rules in %s do not check and "
	    "there are none from before%s%s", b->house->places.rules,
	    b->result.problem ? ": " : "",
	    b->result.problem ? b->result.problem : "");
}

struct generation *
rulebook_generation(void *context, const struct lift_entry *e)
{
	struct house *h = context;
	struct generation_context check = house_rule_context(h);
	const struct generation_file *files;
	struct lift_error err;
	size_t count;

	if (h->rulebook != NULL && h->rulebook->offered != NULL) {
		struct generation *g = h->rulebook->offered;
		h->rulebook->offered = NULL;
		return g;
	}
	struct arena *arena = arena_new();
	struct findings *findings = findings_new(arena);
	struct generation *g = NULL;
	if (generation_files_read(e->body, arena, &files, &count, &err))
		g = generation_load(&check, files, count, findings);
	if (g != NULL)
		g->number = generation_number(e->body);
	else
		logger_line(LIFT_ERR, "rules", "the rules of entry %llu do "
		    "not check with today's plugins; the ones before go on",
		    (unsigned long long)e->seq);
	arena_free(arena);
	return g;
}
