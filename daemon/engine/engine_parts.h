/* What the files of the engine share among themselves. */
#ifndef ENGINE_ENGINE_PARTS_H
#define ENGINE_ENGINE_PARTS_H

#include "engine/engine.h"
#include "engine/interaction.h"

enum { HOOK_LISTS = LIFT_INTERACTIONS, PLUGINS_MOST = 32,
	TOKEN_MOST = 1 << 30,
	DEFERRED_SLICE = 512, HISTORY_SLICES = 16 };

/* The engine's own topics come first in the vocabulary: all interactions, one
 * for each type, and these. */
enum engine_topic {
	ENGINE_INTERACTION = 0,
	ENGINE_FIRED = LIFT_INTERACTIONS,
	ENGINE_LATE,
	ENGINE_REQUEST,
	ENGINE_TOPICS
};

struct plugin_seat {
	const struct lift_plugin *plugin;
	void                     *self;
	unsigned                  topic;	/* its first one */
	unsigned                  topic_count;
	bool                      behind;
};

struct hook_list {
	uint32_t *places;	/* of hooks in the generation */
	uint32_t  count;
};

/* Who hears a topic. */
struct listener {
	unsigned seat, place;	/* place: in what the plugin hears */
};

struct listener_list {
	struct listener *items;
	unsigned         count;
};

/* An effect that waits for its turn. */
struct queued {
	struct effect effect;
};

/* A live entry that waits is kept as a fixed head and its texts, as the store
 * keeps it. */
struct waiting {
	uint64_t seq;
	int64_t  time, received;
	uint32_t id_size, body_size;
	uint8_t  kind;
};

/* What a hook fires on. */
struct cause {
	unsigned                 topic;
	const struct lift_value *values;
	struct lift_text         id, key;
	int64_t                  time;
	unsigned                 depth;
	uint32_t                 product, shopper;
};

struct engine {
	struct engine_settings  settings;
	struct engine_outside   outside;
	struct world           *world;
	struct persons         *persons;
	struct seen            *seen;
	struct watermark       *watermark;
	struct plugin_seat      seats[PLUGINS_MOST];
	unsigned                seat_count;
	struct vocabulary       vocabulary;
	struct vocabulary_topic *topics;
	struct vocabulary_verb *verbs;
	struct arena           *tables;		/* of the vocabulary */
	struct listener_list   *listeners;	/* by vocabulary place */

	struct generation      *generation;
	struct arena           *hooks;		/* of the lists below */
	struct hook_list        on_type[HOOK_LISTS];
	struct hook_list       *on_topic;	/* by vocabulary place */
	struct hook_count      *counts;
	struct metric         **hook_metrics;	/* NULL: not measured */

	struct lift_entry      *entry;		/* being folded */
	uint64_t                seq;
	uint64_t                told[PLUGINS_MOST + 1];	/* newest seq with an
							 * effect or act of a
							 * plugin; first ours */
	uint32_t                ordinal;	/* of the next effect */
	uint32_t                drawn;		/* random numbers so far */
	unsigned                depth;		/* of what runs now */
	int64_t                 generations;	/* seen, for numbering */
	struct queued          *queue;
	size_t                  queue_room, queue_head, queue_tail;
	struct arena           *scratch;	/* of one entry */
	struct arena           *test_scratch;	/* of one expression */
	bool                    scratch_used;
	bool                    muted, is_behind;

	struct text             deferred;	/* live entries that wait */
	size_t                  deferred_at;	/* those before are folded */
	struct metrics         *metrics;
	struct metric         **effect_metrics;	/* by topic */
	struct metric          *late_metric;
};

/* One call on its way through a plugin. */
struct lift_call {
	const struct lift_entry *entry;
	const struct lift_value *values;
	unsigned                 count;
	struct text             *rows;		/* NULL: nobody listens */
	const struct world      *world;
};

/* Builds the vocabulary from the plugins in their seats and these verbs of the
 * daemon, which may be NULL. */
void vocabulary_build(struct engine *, const struct lift_verb *daemon_verbs);

/* Builds the lists of hooks for the generation in use. */
void hooks_index(struct engine *);

/* Runs the hooks on the entry that is being folded. */
void hooks_on_entry(struct engine *);

/* Runs the hooks on an effect. */
void hooks_on_effect(struct engine *, const struct effect *);

/* Notes who hears which topic: once, when the vocabulary is built. */
void listeners_index(struct engine *);

/* Gives an effect to the plugins that hear its topic. */
void listeners_hear(struct engine *, const struct effect *);

/* Folds an entry that says who a shopper is. */
void identity_fold(struct engine *, struct lift_entry *);

/* Queues an effect; its values and key are copied. */
void effect_queue(struct engine *, const struct effect *);

/* Hands out what is queued, hooks included, until nothing is left. */
void effects_drain(struct engine *);

/* Calls a verb inside the fold. */
bool call_run(struct engine *, const struct vocabulary_verb *,
    struct lift_call *, struct lift_error *);

/* The verb of this name; NULL if there is none. */
const struct vocabulary_verb *verb_find(const struct engine *,
    struct lift_text name);

/* Folds an entry that carries a call. */
void call_fold(struct engine *, struct lift_entry *);

/* The verbs on products and promotions; `self` is the engine. */
extern const struct lift_verb catalogue_verbs[];

#endif
