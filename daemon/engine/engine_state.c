/* The engine's state in named parts: its own first, then a part for each
 * plugin that keeps one. */
#include "engine/engine_parts.h"

#include "rules/generation.h"

enum part { PART_CLOCK, PART_RULES, PART_WORLD, PART_PERSONS,
	PART_WAITING, PART_SEEN, PARTS };

static const char *const part_names[PARTS] = { [PART_CLOCK] = "clock",
	[PART_RULES] = "rules", [PART_WORLD] = "world",
	[PART_PERSONS] = "persons",
	[PART_WAITING] = "waiting", [PART_SEEN] = "seen" };

const char *
engine_part(const struct engine *en, unsigned place, uint32_t *ret_version)
{
	*ret_version = 0;
	if (place < PARTS)
		return part_names[place];
	place -= PARTS;
	if (place >= en->seat_count)
		return NULL;
	*ret_version = en->seats[place].plugin->state_version;
	return en->seats[place].plugin->name;
}

bool
engine_part_counts(unsigned place)
{
	return place != PART_SEEN;
}

static void
clock_save(const struct engine *en, struct state_out *out)
{
	state_put_whole(out, (int64_t)en->seq);
	state_put_whole(out, en->is_behind);
	watermark_save(en->watermark, out);
}

/* The texts of the rules in use, in the form of the entry that brought them. */
static void
rules_save(const struct engine *en, struct state_out *out)
{
	const struct generation *g = en->generation;
	struct text body = { 0 };

	if (g == NULL || g->number == 0)
		return;
	generation_files_write(&body, g->files, g->file_count, g->number);
	state_put(out, body.data, body.size);
	text_done(&body);
}

void
engine_save(struct engine *en, unsigned place, struct state_out *out)
{
	switch (place) {
	case PART_CLOCK:
		clock_save(en, out);
		return;
	case PART_RULES:
		rules_save(en, out);
		return;
	case PART_WORLD:
		world_save(en->world, out);
		return;
	case PART_PERSONS:
		persons_save(en->persons, out);
		return;
	case PART_WAITING:
		state_put(out, en->deferred.data + en->deferred_at,
		    en->deferred.size - en->deferred_at);
		return;
	case PART_SEEN:
		seen_save(en->seen, out);
		return;
	default:
		break;
	}
	struct plugin_seat *s = &en->seats[place - PARTS];
	if (s->self != NULL && s->plugin->save != NULL)
		s->plugin->save(s->self, out);
}

static bool
clock_load(struct engine *en, struct state_in *in)
{
	en->seq = (uint64_t)state_take_whole(in);
	en->is_behind = state_take_whole(in) != 0;
	return watermark_load(en->watermark, in);
}

static bool
rules_load(struct engine *en, struct state_in *in)
{
	struct lift_entry e = { .kind = LIFT_ENTRY_RULES,
		.body = { in->at, (size_t)(in->end - in->at) } };
	struct lift_error err;

	in->at = in->end;
	if (e.body.size == 0 || en->outside.generation == NULL)
		return true;
	struct generation *g = en->outside.generation(en->outside.context,
	    &e);
	if (g == NULL || engine_use(en, g, &err))
		return true;
	generation_free(g);
	engine_log(en, LIFT_ERR, "rules", err.text);
	return true;
}

/* Looks over what waits before it is taken: it is only read when a backfill
 * ends. */
static bool
waiting_load(struct engine *en, struct state_in *in)
{
	const char *from = in->at;
	struct waiting w;

	while (in->at < in->end) {
		if (!state_take(in, &w, sizeof(w)) ||
		    (size_t)(in->end - in->at) <
		    (size_t)w.id_size + w.body_size)
			return false;
		in->at += (size_t)w.id_size + w.body_size;
	}
	text_clear(&en->deferred);
	en->deferred_at = 0;
	text_add(&en->deferred, from, (size_t)(in->end - from));
	return true;
}

static bool
own_load(struct engine *en, enum part part, struct state_in *in)
{
	switch (part) {
	case PART_CLOCK: return clock_load(en, in);
	case PART_RULES: return rules_load(en, in);
	case PART_WORLD: return world_load(en->world, in);
	case PART_PERSONS: return persons_load(en->persons, in);
	case PART_SEEN: return seen_load(en->seen, in);
	case PART_WAITING: return waiting_load(en, in);
	case PARTS: break;
	}
	return false;
}

static bool
seat_load(struct engine *en, const char *name, uint32_t version,
    struct state_in *in, struct lift_error *err)
{
	for (unsigned i = 0; i < en->seat_count; i++) {
		struct plugin_seat *s = &en->seats[i];
		if (strcmp(s->plugin->name, name) != 0)
			continue;
		if (s->self == NULL || s->plugin->load == NULL) {
			in->at = in->end;
			return true;
		}
		return s->plugin->load(s->self, in, version, err);
	}
	return lift_fail(err, LIFT_E_MISSING,
	    "the snapshot has a part \"%s\" that nobody here knows", name);
}

bool
engine_load(struct engine *en, const char *part, uint32_t version,
    struct lift_text bytes, struct lift_error *err)
{
	struct state_in in = { bytes.data, bytes.data + bytes.size, false };
	bool own = false, ok = false;

	for (unsigned i = 0; i < PARTS && !own; i++)
		if (strcmp(part_names[i], part) == 0) {
			own = true;
			ok = own_load(en, (enum part)i, &in);
		}
	if (!own && !seat_load(en, part, version, &in, err))
		return false;
	if ((own && !ok) || in.failed || in.at != in.end)
		return lift_fail(err, LIFT_E_STORE,
		    "part \"%s\" of the snapshot is not what this build "
		    "writes", part);
	return true;
}

void
engine_resume(struct engine *en, uint64_t seq)
{
	en->seq = seq;
}

static void
digest_write(void *context, const void *data, size_t size)
{
	XXH3_128bits_update(context, data, size);
}

struct hash128
engine_digest(struct engine *en)
{
	XXH3_state_t *x = XXH3_createState();
	struct state_out out = { digest_write, x };
	uint32_t version;

	XXH3_128bits_reset(x);
	for (unsigned i = 0; engine_part(en, i, &version) != NULL; i++)
		if (engine_part_counts(i))
			engine_save(en, i, &out);
	XXH128_hash_t h = XXH3_128bits_digest(x);
	XXH3_freeState(x);
	return (struct hash128){ h.low64, h.high64 };
}
