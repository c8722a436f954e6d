/* The fold: entries in, effects out.
 *
 * An engine owns the world, the sources, the ids seen lately, the rule
 * generation in use and the attached plugins. engine_fold gives it one entry;
 * what came of it goes to `struct engine_outside`, at once and in order. It
 * knows no socket, no file and no clock, so that two engines with the same
 * entries are the same to the last byte of engine_digest; a second one with
 * other rules is a sandbox.
 *
 * Inside one entry: each plugin in its order, its effects and their hooks
 * breadth first, then the hooks on the entry itself; last, windows that have
 * ended are judged, a slice at a time.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <liftd/plugin.h>

#include "base/hash.h"
#include "base/metric.h"
#include "engine/effect.h"
#include "engine/person.h"
#include "engine/seen.h"
#include "engine/watermark.h"
#include "engine/world.h"
#include "rules/generation.h"

struct engine;

struct engine_settings {
	struct watermark_settings watermark;
	uint32_t                  seen_count;
	int64_t                   seen_span;
	unsigned                  slice;	/* units of work an entry */
	size_t                    deferred_most;	/* bytes of live entries
							 * that wait */
	uint64_t                  seed;
};

/* What a call came to. ROWS is JSON, an object a line. */
struct engine_result {
	const struct lift_entry *entry;
	const struct lift_error *error;		/* NULL: done */
	struct lift_text         rows;
};

/* Where everything goes that leaves the engine. Any pointer may be NULL. */
struct engine_outside {
	void *context;
	/* An effect. Not called while the engine is muted. */
	void (*effect)(void *context, const struct effect *);
	/* An acting call was folded. Called even when muted. */
	void (*called)(void *context, const struct engine_result *);
	/* A call of a verb that works on the daemon. Not when muted. */
	void (*outside_call)(void *context, const struct lift_entry *,
	    const struct vocabulary_verb *, const struct lift_value *values);
	/* The generation that a RULES entry names, compiled; NULL to keep the
	 * one in use. The engine takes it. */
	struct generation *(*generation)(void *context,
	    const struct lift_entry *);
	/* A line for the log. */
	void (*log)(void *context, enum lift_level, const char *topic,
	    const char *line);
};

/* What a hook has done since its generation came into use. */
struct hook_count {
	uint64_t tested, fired, failed;
	int64_t  told;		/* time of the newest line in the log */
};

/* A new engine for these plugins (descriptors, none attached yet) and, beside
 * the engine's own, these verbs of the daemon (may be NULL). Keeps: the
 * descriptors and the verbs. Freed with engine_free. */
struct engine *engine_new(const struct engine_settings *,
    const struct engine_outside *, const struct lift_plugin *const *plugins,
    size_t plugin_count, const struct lift_verb *daemon_verbs);

/* Frees the engine and the generation in use, not the plugins' instances;
 * takes NULL. */
void engine_free(struct engine *);

/* True when the engine itself has a topic or a verb of that name, so that no
 * plugin may. */
bool engine_owns(struct lift_text name);

/* Says what rule files may name. */
const struct vocabulary *engine_vocabulary(const struct engine *);

/* The instance of plugin number PLACE takes part from the next entry on; NULL
 * detaches it. */
void engine_attach(struct engine *, unsigned place, void *self);

/* Counts effects and hooks into METRICS from now on. */
void engine_measure(struct engine *, struct metrics *);

/* Decides with GENERATION from the next entry on. Takes: the generation; the
 * one before is freed. Plugins get their settings by prepare and commit; when
 * one refuses, nothing has changed, the generation is not taken, and the
 * sentence says which. */
bool engine_use(struct engine *, struct generation *, struct lift_error *);

/* The generation in use; NULL before the first. */
const struct generation *engine_generation(const struct engine *);

/* What hook number PLACE of the generation has done. */
struct hook_count engine_hook_count(const struct engine *, size_t place);

/* How hook number PLACE stands to an interaction, by today's world: appends
 * the tree of its conditions as JSON. False when the hook does not listen to
 * such an entry at all. */
bool engine_explain(struct engine *, const struct lift_entry *, size_t place,
    struct text *);

/* True when ID is new, and remembered from now on. Ask before the entry gets
 * its seq. A replay shows each id, that it may be known when it comes again,
 * and folds the entry whatever the answer: it was admitted once. */
bool engine_admit(struct engine *, struct lift_text id, int64_t received);

/* Starts to bring into the cache what admitting and folding ENTRY will touch:
 * worth a call as soon as it is at hand. */
void engine_prefetch(const struct engine *, const struct lift_entry *);

/* Folds one entry. The members of ENTRY that the engine interns are set. */
void engine_fold(struct engine *, struct lift_entry *);

/* True while windows wait to be judged: fold a tick to go on. */
bool engine_is_behind(const struct engine *);

/* True when live entries wait for a backfill to end and no more may. */
bool engine_is_full(const struct engine *);

/* Bytes of live entries that wait. */
size_t engine_deferred(const struct engine *);

/* From now on effects and outside calls stay inside: for a replay. */
void engine_mute(struct engine *, bool muted);

/* Runs a verb that only reads, with these values in the order of its table.
 * ROWS gets the answer, a JSON object a line. */
bool engine_ask(struct engine *, const struct vocabulary_verb *,
    const struct lift_value *values, struct text *rows, struct lift_error *);

/* True when a plugin wants to produce events: the first one that does, and
 * how. What it says is good until the next entry. */
bool engine_pace(struct engine *, unsigned *ret_place, struct lift_pace *);

/* One turn of the plugin that engine_pace named. Call it between entries. */
void engine_produce(struct engine *, unsigned place, struct lift_stage *);

/* The seq of the newest entry folded. */
uint64_t engine_seq(const struct engine *);

/* The newest seq that may have changed what a reading verb shows. */
uint64_t engine_told(const struct engine *, const struct vocabulary_verb *);

/* One field of a product, promotion or shopper, as expressions ask for it;
 * CONTEXT is the engine. */
struct lift_value engine_object(void *context, enum lift_type, uint32_t id,
    unsigned field);

/* The parts, to look at. */
struct world *engine_world(struct engine *);
const struct persons *engine_persons(const struct engine *);
const struct seen *engine_seen(const struct engine *);
const struct watermark *engine_watermark(const struct engine *);

/* The state in named parts, for a snapshot: part number PLACE, from 0; NULL
 * after the last. The version is 0 for the engine's own parts. */
const char *engine_part(const struct engine *, unsigned place,
    uint32_t *ret_version);

/* True when the digest is taken of this part: of all but the ids seen. */
bool engine_part_counts(unsigned place);

/* Appends a part. */
void engine_save(struct engine *, unsigned place, struct state_out *);

/* Takes a part by its name. Fails for an unknown or broken one. */
bool engine_load(struct engine *, const char *part, uint32_t version,
    struct lift_text bytes, struct lift_error *);

/* Sets the seq that the loaded parts belong to. */
void engine_resume(struct engine *, uint64_t seq);

/* The digest of all parts but the ids seen: equal for equal states. */
struct hash128 engine_digest(struct engine *);

/* ---- for the plugin room ------------------------------------------------- */

/* Emits an effect of plugin number PLACE, with the reasons as JSON, or none. */
void engine_emit(struct engine *, unsigned place, const struct lift_effect *,
    struct lift_text reasons);

/* Runs an acting verb inside the entry that is being folded. Fails as the verb
 * does, and for one that is not there or does not act. */
bool engine_call(struct engine *, const char *verb,
    const struct lift_value *values, unsigned count, struct lift_error *);

/* Emits a request of plugin number PLACE to the outside; RET_ID gets its id,
 * empty when there is no entry. */
void engine_request(struct engine *, unsigned place, struct lift_text courier,
    struct lift_text body, char ret_id[LIFT_REQUEST_ID]);

/* Sixty-four bits that depend on the seed, the seq, and how often it was asked
 * within this entry. */
uint64_t engine_random(struct engine *);

/* Passes a line on to the outside. */
void engine_log(struct engine *, enum lift_level, const char *topic,
    const char *line);

/* Adds to a counter of plugin number PLACE. */
void engine_count(struct engine *, unsigned place, const char *name,
    int64_t by);

/* What a call carries: the parts of struct lift_host of the same names. */
struct lift_value call_argument(const struct lift_call *, unsigned place);
const struct lift_entry *call_entry(const struct lift_call *);
void call_reply(struct lift_call *, const char *const *names,
    const struct lift_value *values, unsigned count);

#endif
