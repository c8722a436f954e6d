/* The fold itself: what each kind of entry does, the queue of effects, and the
 * state in parts. */
#include "engine/engine_parts.h"

#include "base/memory.h"
#include "engine/entry.h"

struct engine *
engine_new(const struct engine_settings *settings,
    const struct engine_outside *outside,
    const struct lift_plugin *const *plugins, size_t plugin_count,
    const struct lift_verb *daemon_verbs)
{
	struct engine *en = memory_take(sizeof(*en));

	en->settings = *settings;
	if (outside != NULL)
		en->outside = *outside;
	en->tables = arena_new();
	en->scratch = arena_new();
	en->test_scratch = arena_new();
	en->world = world_new();
	en->persons = persons_new();
	en->seen = seen_new(settings->seen_count, settings->seen_span);
	en->watermark = watermark_new(&settings->watermark);
	for (size_t i = 0; i < plugin_count && i < PLUGINS_MOST; i++)
		en->seats[en->seat_count++].plugin = plugins[i];
	vocabulary_build(en, daemon_verbs);
	listeners_index(en);
	hooks_index(en);
	return en;
}

void
engine_free(struct engine *en)
{
	if (en == NULL)
		return;
	generation_free(en->generation);
	arena_free(en->hooks);
	arena_free(en->tables);
	arena_free(en->scratch);
	arena_free(en->test_scratch);
	world_free(en->world);
	persons_free(en->persons);
	seen_free(en->seen);
	watermark_free(en->watermark);
	memory_give(en->queue);
	memory_give(en->effect_metrics);
	text_done(&en->deferred);
	memory_give(en);
}

const struct vocabulary *
engine_vocabulary(const struct engine *en)
{
	return &en->vocabulary;
}

void
engine_attach(struct engine *en, unsigned place, void *self)
{
	en->seats[place].self = self;
	en->seats[place].behind = false;
}

void
engine_measure(struct engine *en, struct metrics *m)
{
	struct text labels = { 0 };

	en->metrics = m;
	en->effect_metrics = memory_resize(en->effect_metrics,
	    en->vocabulary.topic_count * sizeof(*en->effect_metrics));
	for (size_t i = 0; i < en->vocabulary.topic_count; i++) {
		en->effect_metrics[i] = NULL;
		if (en->topics[i].source == TOPIC_INTERACTION)
			continue;
		text_clear(&labels);
		text_form(&labels, "topic=\"%s\"", en->topics[i].name);
		en->effect_metrics[i] = metric_of(m, METRIC_COUNTER,
		    "effects_total", labels.data, "effects by topic");
	}
	en->late_metric = metric_of(m, METRIC_COUNTER, "late_entries_total",
	    NULL, "interactions too late to change a window");
	hooks_index(en);
	text_done(&labels);
}

/* ---- generations --------------------------------------------------------- */

static bool
plugins_prepare(struct engine *en, const struct generation *g,
    struct lift_error *err)
{
	unsigned i;

	for (i = 0; i < en->seat_count; i++) {
		struct plugin_seat *s = &en->seats[i];
		if (s->self == NULL || s->plugin->prepare == NULL)
			continue;
		if (!s->plugin->prepare(s->self, g->settings[i], err))
			break;
	}
	if (i == en->seat_count)
		return true;
	while (i-- > 0)
		if (en->seats[i].self != NULL && en->seats[i].plugin->abort)
			en->seats[i].plugin->abort(en->seats[i].self);
	return false;
}

bool
engine_use(struct engine *en, struct generation *g, struct lift_error *err)
{
	if (!plugins_prepare(en, g, err))
		return false;
	for (unsigned i = 0; i < en->seat_count; i++) {
		struct plugin_seat *s = &en->seats[i];
		if (s->self != NULL && s->plugin->commit != NULL)
			s->plugin->commit(s->self, g->settings[i]);
	}
	generation_free(en->generation);
	en->generation = g;
	hooks_index(en);
	return true;
}

const struct generation *
engine_generation(const struct engine *en)
{
	return en->generation;
}

struct hook_count
engine_hook_count(const struct engine *en, size_t place)
{
	return en->counts[place];
}

/* ---- effects ------------------------------------------------------------- */

enum { VALUE_DEPTH = 16 };

/* Copies what a value points to; at most so deep as anybody would nest. */
static struct lift_value
value_copy(struct arena *arena, struct lift_value v, unsigned depth)
{
	struct lift_value *items;
	struct lift_pair *pairs;

	if (v.type == LIFT_TEXT || v.type == LIFT_JSON)
		v.text = arena_copy(arena, v.text, v.size);
	if (v.type != LIFT_LIST && v.type != LIFT_MAP)
		return v;
	if (depth == VALUE_DEPTH)
		return LIFT_VALUE_NULL;
	if (v.type == LIFT_LIST) {
		items = arena_array(arena, struct lift_value, v.size + 1);
		for (uint32_t i = 0; i < v.size; i++)
			items[i] = value_copy(arena, v.items[i], depth + 1);
		v.items = items;
		return v;
	}
	pairs = arena_array(arena, struct lift_pair, v.size + 1);
	for (uint32_t i = 0; i < v.size; i++)
		pairs[i] = (struct lift_pair){
			value_copy(arena, v.pairs[i].key, depth + 1),
			value_copy(arena, v.pairs[i].value, depth + 1) };
	v.pairs = pairs;
	return v;
}

void
effect_queue(struct engine *en, const struct effect *from)
{
	unsigned n = fields_count(from->topic->fields);
	struct lift_value *values = arena_array(en->scratch, struct lift_value,
	    n);

	en->scratch_used = true;
	for (unsigned i = 0; i < n; i++)
		values[i] = value_copy(en->scratch, from->values[i], 0);
	en->queue = memory_grow(en->queue, en->queue_tail, &en->queue_room,
	    sizeof(*en->queue));
	struct effect *e = &en->queue[en->queue_tail++].effect;
	*e = *from;
	e->values = values;
	e->key = arena_text(en->scratch, from->key);
	if (from->reasons.size > 0)
		e->reasons = arena_text(en->scratch, from->reasons);
}

void
effects_drain(struct engine *en)
{
	while (en->queue_head < en->queue_tail) {
		struct effect e = en->queue[en->queue_head++].effect;
		if (!en->muted && en->outside.effect != NULL)
			en->outside.effect(en->outside.context, &e);
		if (en->effect_metrics != NULL && !en->muted)
			metric_add(en->effect_metrics[e.topic - en->topics],
			    1);
		listeners_hear(en, &e);
		hooks_on_effect(en, &e);
	}
	en->queue_head = en->queue_tail = 0;
}

void
engine_emit(struct engine *en, unsigned place, const struct lift_effect *from,
    struct lift_text reasons)
{
	const struct lift_plugin *p = en->seats[place].plugin;

	if (en->entry == NULL || from->topic >= en->seats[place].topic_count) {
		engine_log(en, LIFT_ERR, p->name, en->entry == NULL ?
		    "emits outside of an entry, passed over" :
		    "emits on a topic that it has not declared, passed over");
		return;
	}
	struct effect e = {
		.topic = &en->topics[en->seats[place].topic + from->topic],
		.seq = en->seq, .ordinal = en->ordinal++, .time = from->time,
		.depth = en->depth, .key = from->key, .values = from->values,
		.reasons = reasons,
	};

	if (from->identity.size > 0)
		effect_identify(&e, from->identity);
	else
		effect_number(&e, en->entry->id);
	en->told[place + 1] = en->seq;
	effect_queue(en, &e);
}

/* ---- the kinds of entries ------------------------------------------------ */

static void
plugins_entry(struct engine *en, const struct lift_entry *e)
{
	struct lift_moment moment = watermark_moment(en->watermark);

	for (unsigned i = 0; i < en->seat_count; i++) {
		struct plugin_seat *s = &en->seats[i];
		if (s->self == NULL || s->plugin->entry == NULL)
			continue;
		s->plugin->entry(s->self, e, &moment);
		if (en->queue_tail > 0)
			effects_drain(en);
	}
}

static void
advance(struct engine *en)
{
	struct lift_moment moment = watermark_moment(en->watermark);
	unsigned slice = en->settings.slice;

	/* While history is folded, nobody waits. */
	if (watermark_offline(en->watermark) != 0)
		slice *= HISTORY_SLICES;
	en->is_behind = false;
	for (unsigned i = 0; i < en->seat_count; i++) {
		struct plugin_seat *s = &en->seats[i];
		if (s->self == NULL || s->plugin->advance == NULL)
			continue;
		if (!s->plugin->advance(s->self, &moment, slice))
			en->is_behind = true;
		if (en->queue_tail > 0)
			effects_drain(en);
	}
}

static void
late_emit(struct engine *en, const struct lift_entry *e, const char *reason)
{
	struct lift_text source = watermark_name(en->watermark, e->source);
	struct lift_value values[] = {
		lift_value_text(e->id), lift_value_text(e->type_name),
		LIFT_VALUE_TIME(e->time),
		source.size > 0 ? lift_value_text(source) : LIFT_VALUE_NULL,
		LIFT_VALUE_TIME(watermark_moment(en->watermark).watermark),
		lift_value_text(lift_text(reason)),
	};
	struct effect late = { .topic = &en->topics[ENGINE_LATE],
		.seq = en->seq, .ordinal = en->ordinal++, .time = e->time,
		.key = e->product_name, .values = values };

	effect_identify(&late, e->id);
	if (en->late_metric != NULL && !en->muted)
		metric_add(en->late_metric, 1);
	effect_queue(en, &late);
	effects_drain(en);
}

static void
interaction_fold(struct engine *en, struct lift_entry *e)
{
	const char *reason = watermark_late(en->watermark, e->time);

	e->product = world_product_number(en->world, e->product_name);
	e->promotion = world_promotion_number(en->world, e->promotion_name);
	e->shopper = persons_of(en->persons, e->shopper);
	e->is_late = reason != NULL;
	if (reason != NULL)
		late_emit(en, e, reason);
	else
		watermark_note(en->watermark, e);
	world_note(en->world, e);
	plugins_entry(en, e);
	hooks_on_entry(en);
}

static void
source_fold(struct engine *en, const struct lift_entry *e)
{
	struct arena *arena = en->scratch;
	struct json_reader r = json_reader_of(e->body, arena);
	struct lift_text key, name = { "", 0 }, state = name, class = name;

	en->scratch_used = true;
	if (!json_enter(&r, JSON_OBJECT))
		return;
	while (json_key(&r, &key)) {
		struct lift_text v;
		if (json_peek(&r) != JSON_STRING) {
			json_skip(&r, NULL);
			continue;
		}
		if (!json_take_string(&r, &v))
			return;
		if (lift_text_equal(key, LIFT_TEXT_OF("name")))
			name = v;
		else if (lift_text_equal(key, LIFT_TEXT_OF("state")))
			state = v;
		else if (lift_text_equal(key, LIFT_TEXT_OF("class")))
			class = v;
	}
	if (lift_text_equal(state, LIFT_TEXT_OF("end"))) {
		watermark_end(en->watermark, e->source);
		return;
	}
	enum source_class c = SOURCE_LIVE;
	if (lift_text_equal(class, LIFT_TEXT_OF("backfill")))
		c = SOURCE_BACKFILL;
	else if (lift_text_equal(class, LIFT_TEXT_OF("simulated")))
		c = SOURCE_SIMULATED;
	watermark_open(en->watermark, e->source, c, name);
}

static void
rules_fold(struct engine *en, const struct lift_entry *e)
{
	struct lift_error err = { 0 };

	if (en->outside.generation == NULL)
		return;
	struct generation *g = en->outside.generation(en->outside.context, e);
	if (g == NULL || engine_use(en, g, &err))
		return;
	generation_free(g);
	engine_log(en, LIFT_ERR, "rules", err.text);
}

/* ---- live entries that wait for a backfill ------------------------------- */

/* Live entries wait while a backfill is open, and behind those that have waited
 * until these are folded. */
static bool
must_wait(const struct engine *en, const struct lift_entry *e)
{
	return (watermark_offline(en->watermark) != 0 ||
	    en->deferred.size > 0) && e->kind == LIFT_ENTRY_INTERACTION &&
	    watermark_class(en->watermark, e->source) == SOURCE_LIVE;
}

static void
defer(struct engine *en, const struct lift_entry *e)
{
	struct text *t = &en->deferred;
	size_t at = t->size;
	struct waiting w;

	/* What lies between the members goes into digests as well. */
	memset(&w, 0, sizeof(w));
	w.seq = e->seq;
	w.time = e->time;
	w.received = e->received;
	w.id_size = (uint32_t)e->id.size;
	w.kind = e->kind;
	text_add(t, &w, sizeof(w));
	text_add(t, e->id.data, e->id.size);
	entry_encode(t, e);
	w.body_size = (uint32_t)(t->size - at - sizeof(w) - e->id.size);
	memcpy(t->data + at, &w, sizeof(w));
}

static void fold_now(struct engine *, struct lift_entry *);

static void
deferred_done(struct engine *en)
{
	if (en->deferred_at < en->deferred.size)
		return;
	text_done(&en->deferred);
	en->deferred_at = 0;
}

/* Folds a slice of those that have waited, so that no entry waits for all of
 * them. Their effects have the seq of the entry that is folded now: who reads
 * effects by seq has gone past their own long ago. */
static void
fold_deferred(struct engine *en)
{
	struct waiting w;
	struct lift_error err;

	for (unsigned n = 0; n < DEFERRED_SLICE &&
	    en->deferred_at < en->deferred.size; n++) {
		const char *at = en->deferred.data + en->deferred_at;
		memcpy(&w, at, sizeof(w));
		at += sizeof(w);
		struct lift_entry e = { .seq = w.seq, .time = w.time,
			.received = w.received, .kind = w.kind,
			.id = { at, w.id_size } };
		struct lift_text body = { at + w.id_size, w.body_size };
		en->deferred_at += sizeof(w) + w.id_size + w.body_size;
		if (entry_decode(&e, body, &err))
			fold_now(en, &e);
	}
	if (en->deferred.size > 0)
		en->is_behind = true;
	deferred_done(en);
}

bool
engine_is_full(const struct engine *en)
{
	return engine_deferred(en) > en->settings.deferred_most;
}

size_t
engine_deferred(const struct engine *en)
{
	return en->deferred.size - en->deferred_at;
}

/* ---- folding ------------------------------------------------------------- */

static void
fold_kind(struct engine *en, struct lift_entry *e)
{
	uint32_t offline = watermark_offline(en->watermark);

	switch ((enum lift_entry_kind)e->kind) {
	case LIFT_ENTRY_INTERACTION:
		interaction_fold(en, e);
		return;
	case LIFT_ENTRY_TICK:
		/* The wall clock is not in force beside a backfill, nor
		 * before those are folded that have waited for its end. */
		if ((offline != 0 && e->source != offline) ||
		    (offline == 0 && en->deferred.size > 0))
			return;
		watermark_tick(en->watermark, e->time);
		break;
	case LIFT_ENTRY_CALL:
		call_fold(en, e);
		break;
	case LIFT_ENTRY_RULES:
		rules_fold(en, e);
		break;
	case LIFT_ENTRY_SOURCE:
		source_fold(en, e);
		break;
	case LIFT_ENTRY_IDENTITY:
		identity_fold(en, e);
		break;
	case LIFT_ENTRY_MOMENT: case LIFT_ENTRY_ANSWER:
	case LIFT_ENTRY_BOOT: case LIFT_ENTRY_NONE:
		break;
	}
	plugins_entry(en, e);
}

static void
fold_now(struct engine *en, struct lift_entry *e)
{
	en->entry = e;
	en->drawn = 0;
	en->depth = 0;
	e->generation = en->generation != NULL ? en->generation->number : 0;
	fold_kind(en, e);
	advance(en);
	en->entry = NULL;
	if (en->scratch_used) {
		arena_clear(en->scratch);
		en->scratch_used = false;
	}
}

void
engine_fold(struct engine *en, struct lift_entry *e)
{
	en->seq = e->seq;
	en->ordinal = 0;
	if (must_wait(en, e))
		defer(en, e);
	else
		fold_now(en, e);
	if (en->deferred.size > 0 && watermark_offline(en->watermark) == 0)
		fold_deferred(en);
}

bool
engine_admit(struct engine *en, struct lift_text id, int64_t received)
{
	return seen_admit(en->seen, id, received);
}

void
engine_prefetch(const struct engine *en, const struct lift_entry *e)
{
	world_prefetch(en->world, e);
}

bool
engine_is_behind(const struct engine *en)
{
	return en->is_behind;
}

void
engine_mute(struct engine *en, bool muted)
{
	en->muted = muted;
}

uint64_t
engine_told(const struct engine *en, const struct vocabulary_verb *v)
{
	return v->verb->told ? en->told[v->plugin + 1] : en->seq;
}

uint64_t
engine_seq(const struct engine *en)
{
	return en->seq;
}

struct world *
engine_world(struct engine *en)
{
	return en->world;
}

const struct persons *
engine_persons(const struct engine *en)
{
	return en->persons;
}

const struct seen *
engine_seen(const struct engine *en)
{
	return en->seen;
}

const struct watermark *
engine_watermark(const struct engine *en)
{
	return en->watermark;
}

uint64_t
engine_random(struct engine *en)
{
	uint64_t seq = en->entry != NULL ? en->entry->seq : en->seq;

	return hash_mix(hash_mix(en->settings.seed, seq), en->drawn++);
}

void
engine_log(struct engine *en, enum lift_level level, const char *topic,
    const char *line)
{
	if (en->outside.log != NULL && !en->muted)
		en->outside.log(en->outside.context, level, topic, line);
}

void
engine_count(struct engine *en, unsigned place, const char *name, int64_t by)
{
	struct text family = { 0 };

	if (en->metrics == NULL || en->muted)
		return;
	text_form(&family, "%s_%s_total", en->seats[place].plugin->name, name);
	metric_add(metric_of(en->metrics, METRIC_COUNTER, family.data, NULL,
	    "counted by the plugin"), by);
	text_done(&family);
}
