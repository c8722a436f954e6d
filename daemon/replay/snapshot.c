/* Each part of the engine is a section. */
#include "replay/snapshot.h"

/* What is saved goes into the file and, where it counts, into the digest: one
 * pass over the state for both. */
struct saving {
	struct snapshot_writer *writer;
	XXH3_state_t           *digest;
	bool                    counts;
};

static void
section_write(void *context, const void *data, size_t size)
{
	struct saving *s = context;

	snapshot_section_append(s->writer, data, size);
	if (s->counts)
		XXH3_128bits_update(s->digest, data, size);
}

static struct hash128
saving_digest(struct saving *s)
{
	XXH128_hash_t h = XXH3_128bits_digest(s->digest);

	XXH3_freeState(s->digest);
	return (struct hash128){ h.low64, h.high64 };
}

bool
snapshot_write(struct engine *en, const char *state, const char *build,
    struct lift_error *err)
{
	struct snapshot_writer *w = snapshot_writer_new(state, engine_seq(en),
	    lift_text(build), err);
	struct saving saving = { .writer = w };
	struct state_out out = { section_write, &saving };
	const char *name;
	uint32_t version;

	if (w == NULL)
		return false;
	saving.digest = XXH3_createState();
	XXH3_128bits_reset(saving.digest);
	for (unsigned i = 0; (name = engine_part(en, i, &version)) != NULL;
	    i++) {
		snapshot_section_begin(w, lift_text(name), version,
		    engine_seq(en));
		saving.counts = engine_part_counts(i);
		engine_save(en, i, &out);
		snapshot_section_end(w);
	}
	return snapshot_writer_commit(w, saving_digest(&saving), err);
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
