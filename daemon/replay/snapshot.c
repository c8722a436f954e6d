/* Each part of the engine is a section. */
#include "replay/snapshot.h"

#include <errno.h>
#include <unistd.h>

static void
section_write(void *context, const void *data, size_t size)
{
	snapshot_section_append(context, data, size);
}

static bool
may_go(int go)
{
	char byte;
	ssize_t n;

	if (go < 0)
		return true;
	do
		n = read(go, &byte, 1);
	while (n < 0 && errno == EINTR);
	return n == 1;
}

bool
snapshot_write(struct engine *en, const char *state, const char *build,
    int go, struct lift_error *err)
{
	struct snapshot_writer *w = snapshot_writer_new(state, engine_seq(en),
	    lift_text(build), err);
	struct state_out out = { section_write, w };
	const char *name;
	uint32_t version;

	if (w == NULL)
		return false;
	for (unsigned i = 0; (name = engine_part(en, i, &version)) != NULL;
	    i++) {
		snapshot_section_begin(w, lift_text(name), version,
		    engine_seq(en));
		engine_save(en, i, &out);
		snapshot_section_end(w);
	}
	struct hash128 digest = engine_digest(en);
	if (may_go(go))
		return snapshot_writer_commit(w, digest, err);
	snapshot_writer_abort(w);
	return lift_fail(err, LIFT_E_SYSTEM,
	    "liftd ended before its snapshot was complete");
}

bool
snapshot_read(struct engine *en, const struct snapshot_file *file,
    const char **ret_missing, struct lift_error *err)
{
	const char *name;
	uint32_t version;

	*ret_missing = NULL;
	for (unsigned i = 0; (name = engine_part(en, i, &version)) != NULL;
	    i++) {
		const struct snapshot_section *s = snapshot_file_find(file,
		    lift_text(name));
		if (s == NULL) {
			*ret_missing = name;
			continue;
		}
		if (!engine_load(en, name, s->version, s->bytes, err))
			return false;
	}
	engine_resume(en, snapshot_file_seq(file));
	return true;
}
