/* What the tests of the fold share: a sandbox with the tally and a bell (a
 * plugin that answers verbs with effects), entries with few words, and every
 * effect as a line of text. */
#ifndef UNIT_ENGINE_SHOP_H
#define UNIT_ENGINE_SHOP_H

#include <check.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "engine/entry.h"
#include "replay/sandbox.h"

extern const struct lift_plugin lift_plugin;	/* the tally */

#define T0	(INT64_C(1767225600) * LIFT_SECOND)	/* 2026-01-01 */
#define EUR	('E' | 'U' << 8 | 'R' << 16)

/* ---- the bell -------------------------------------------------------- */

static const struct lift_field bell_fields[] = {
	{ "text", LIFT_TEXT, .meaning = "what it says" },
	{ "product", LIFT_PRODUCT, .optional = true, .meaning = "about what" },
	{ "words", LIFT_LIST, .meaning = "the text again, as a list" },
	LIFT_END
};

static const struct lift_topic bell_topics[] = {
	{ "rung", bell_fields, true, "the bell was rung" },
	{ "echoed", bell_fields, false, "the bell was heard" },
	LIFT_END
};

static const struct lift_field bell_arguments[] = {
	{ "text", LIFT_TEXT, .meaning = "what to say" },
	LIFT_END
};

/* The text lies on the stack: the host must copy it. */
static inline bool
bell_say(void *self, struct lift_call *call, unsigned topic)
{
	const struct lift_host *host = *(const struct lift_host **)self;
	struct lift_value v = host->argument(call, 0);
	char copy[64];

	snprintf(copy, sizeof(copy), "%.*s", (int)v.size, v.text);
	struct lift_value word = lift_value_text(lift_text(copy));
	struct lift_value values[] = { word,
		LIFT_VALUE_PRODUCT(host->entry(call)->product),
		{ .type = LIFT_LIST, .size = 1, .items = &word } };
	host->emit(host, &(struct lift_effect){ .topic = topic,
		.time = host->entry(call)->time, .key = lift_text(copy),
		.values = values });
	memset(copy, 'x', sizeof(copy));
	return true;
}

static inline bool
bell_ring(void *self, struct lift_call *call, struct lift_error *err)
{
	(void)err;
	return bell_say(self, call, 0);
}

static inline bool
bell_echo(void *self, struct lift_call *call, struct lift_error *err)
{
	(void)err;
	return bell_say(self, call, 1);
}

static inline bool
bell_break(void *self, struct lift_call *call, struct lift_error *err)
{
	(void)self, (void)call;
	return lift_fail(err, LIFT_E_BUSY, "the bell is cracked");
}

static inline bool
bell_mute(void *self, struct lift_call *call, struct lift_error *err)
{
	(void)self, (void)call, (void)err;
	return false;
}

static inline bool
bell_ask(void *self, struct lift_call *call, struct lift_error *err)
{
	static const char *const names[] = { "random" };
	const struct lift_host *host = *(const struct lift_host **)self;
	struct lift_value v = LIFT_VALUE_INT((int64_t)(host->random(host) >>
	    1));

	(void)err;
	host->reply(call, names, &v, 1);
	return true;
}

static const char *const bell_rings[] = { "rung", NULL };

static const struct lift_verb bell_verbs[] = {
	{ "bell.ask", NULL, LIFT_OBSERVER, false, NULL, "a random number",
	  bell_ask },
	{ "bell.break", bell_arguments, LIFT_OPERATOR, true, NULL,
	  "cannot be done", bell_break },
	/* Does not say that it emits: rules with a circle are not found. */
	{ "bell.echo", bell_arguments, LIFT_OPERATOR, true, NULL,
	  "is heard, and says so", bell_echo },
	{ "bell.mute", bell_arguments, LIFT_OPERATOR, true, NULL,
	  "fails without a word", bell_mute },
	{ "bell.ring", bell_arguments, LIFT_OPERATOR, true, NULL, "is rung",
	  bell_ring, bell_rings },
	LIFT_END
};

static inline void *
bell_open(const struct lift_host *host, const void *settings,
    struct lift_error *err)
{
	const struct lift_host **self = malloc(sizeof(*self));

	(void)settings, (void)err;
	*self = host;
	return self;
}

static const struct lift_plugin bell = {
	.magic = LIFT_PLUGIN_MAGIC, .abi = LIFT_PLUGIN_ABI,
	.size = sizeof(bell), .name = "bell", .summary = "rings",
	.topics = bell_topics, .verbs = bell_verbs, .open = bell_open,
	.close = free,
};

/* ---- the shop -------------------------------------------------------- */

struct shop {
	struct arena           *arena;
	struct roster          *roster;
	struct engine_settings  settings;
	struct sandbox         *sandbox;
	struct engine          *engine;
	struct text             effects;	/* a line each */
	struct text             called;		/* a line each */
	struct text             logged;		/* a line each */
	uint64_t                seq;
};

static inline void
shop_effect(void *context, const struct effect *e)
{
	struct shop *s = context;

	text_form(&s->effects, "%s %s ", e->topic->name, e->id);
	effect_body(&s->effects, e, engine_world(s->engine));
	text_form(&s->effects, " %lld %.*s|%llu.%u %.*s\n", (long long)e->time,
	    (int)e->key.size, e->key.data, (unsigned long long)e->seq,
	    e->ordinal, (int)e->reasons.size, e->reasons.data);
}

static inline void
shop_called(void *context, const struct engine_result *r)
{
	struct shop *s = context;

	text_form(&s->called, "%s\n%.*s", r->error ? r->error->text : "done",
	    (int)r->rows.size, r->rows.data);
}

static inline void
shop_log(void *context, enum lift_level level, const char *topic,
    const char *line)
{
	struct shop *s = context;

	text_form(&s->logged, "%d %s: %s\n", (int)level, topic, line);
}

/* Opens a shop with these plugins, in their order, and one rule file. */
static inline void
shop_open_of(struct shop *s, const char *rules,
    const struct engine_settings *settings,
    const struct lift_plugin *const *plugins, size_t count)
{
	struct generation_file file = { LIFT_TEXT_OF("rules.yaml"),
		lift_text(rules) };
	struct lift_error err;
	struct text prose = { 0 };

	*s = (struct shop){ .arena = arena_new(), .settings = *settings };
	s->roster = roster_of(plugins, count);
	struct findings *findings = findings_new(s->arena);
	struct sandbox_setup setup = { .roster = s->roster,
		.engine = &s->settings, .files = &file, .file_count = 1,
		.number = 7, .follow = true, .outside = { s, shop_effect,
		shop_called, NULL, NULL, shop_log } };
	s->sandbox = sandbox_new(&setup, findings, &err);
	findings_write(&prose, findings);
	ck_assert_msg(s->sandbox != NULL, "%s\n%s", err.text,
	    text_view(&prose).data);
	text_done(&prose);
	s->engine = sandbox_engine(s->sandbox);
}

static inline void
shop_open_with(struct shop *s, const char *rules,
    const struct engine_settings *settings)
{
	static const struct lift_plugin *const plugins[] = { &lift_plugin,
		&bell };

	shop_open_of(s, rules, settings, plugins, 2);
}

/* What a snapshot of FROM says goes into TO, which has the same plugins. */
static inline void
shop_snapshot(struct shop *from, struct shop *to)
{
	struct lift_error err;
	const char *name;
	uint32_t version;

	for (unsigned i = 0; (name = engine_part(from->engine, i,
	    &version)) != NULL; i++) {
		struct text part = { 0 };
		struct state_out out = { (void (*)(void *, const void *,
		    size_t))text_add, &part };
		engine_save(from->engine, i, &out);
		ck_assert_msg(engine_load(to->engine, name, version,
		    text_view(&part), &err), "%s: %s", name, err.text);
		text_done(&part);
	}
}

static const struct engine_settings shop_settings = {
	.watermark = { 10 * LIFT_SECOND, LIFT_HOUR, 30 * LIFT_SECOND },
	.seen_count = 1024, .seen_span = LIFT_DAY, .slice = 100,
	.deferred_most = 1 << 20, .seed = 42 };

static inline void
shop_open(struct shop *s, const char *rules)
{
	shop_open_with(s, rules, &shop_settings);
}

static inline void
shop_close(struct shop *s)
{
	sandbox_free(s->sandbox);
	roster_free(s->roster);
	text_done(&s->effects);
	text_done(&s->called);
	text_done(&s->logged);
	arena_free(s->arena);
}

/* Folds an entry after a trip through its encoding, as a log would have it. */
static inline void
shop_fold(struct shop *s, const struct lift_entry *from)
{
	struct lift_entry e = { .seq = ++s->seq, .id = from->id,
		.kind = from->kind, .time = from->time,
		.received = from->received };
	struct text body = { 0 };
	struct lift_error err;

	entry_encode(&body, from);
	ck_assert_msg(entry_decode(&e, text_view(&body), &err), "%s",
	    err.text);
	sandbox_fold(s->sandbox, &e);
	text_done(&body);
}

/* A purchase of one piece at 2.50 EUR, so many seconds after T0, from source 1,
 * received a moment later. Its id follows from what it is. */
static inline struct lift_entry
shop_purchase(struct shop *s, int64_t second, const char *product)
{
	char *id = arena_form(s->arena, "%s@%lld", product, (long long)second);

	return (struct lift_entry){ .kind = LIFT_ENTRY_INTERACTION,
		.id = lift_text(id), .time = T0 + second * LIFT_SECOND,
		.received = T0 + second * LIFT_SECOND + LIFT_MILLI,
		.type = LIFT_PURCHASE, .type_name = LIFT_TEXT_OF("purchase"),
		.source = 1, .shopper = 3, .quantity = 1, .price = 250,
		.has_price = true, .currency = EUR,
		.product_name = lift_text(product) };
}

static inline void
shop_buy(struct shop *s, int64_t second, const char *product)
{
	struct lift_entry e = shop_purchase(s, second, product);

	shop_fold(s, &e);
}

static inline void
shop_tick(struct shop *s, int64_t second)
{
	shop_fold(s, &(struct lift_entry){ .kind = LIFT_ENTRY_TICK,
		.id = lift_text(arena_form(s->arena, "tick@%lld",
		(long long)second)), .time = T0 + second * LIFT_SECOND,
		.received = T0 + second * LIFT_SECOND });
}

static inline void
shop_body(struct shop *s, enum lift_entry_kind kind, uint32_t source,
    const char *body)
{
	shop_fold(s, &(struct lift_entry){ .kind = (uint8_t)kind,
		.id = lift_text(arena_form(s->arena, "body-%llu",
		(unsigned long long)s->seq)), .time = T0, .received = T0,
		.source = source, .body = lift_text(body) });
}

/* How often WORD stands in a text. */
static inline unsigned
shop_times(const struct text *t, const char *word)
{
	const char *at = text_view(t).data;
	unsigned n = 0;

	while ((at = strstr(at, word)) != NULL) {
		at++;
		n++;
	}
	return n;
}

static inline int
shop_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines of a topic without seq and ordinal, sorted. */
static inline const char *
shop_set(struct shop *s, const char *topic)
{
	char *copy = arena_copy(s->arena, text_view(&s->effects).data,
	    s->effects.size), *line, *rest = copy;
	char **lines = arena_array(s->arena, char *, s->effects.size + 1);
	struct text all = { 0 };
	size_t count = 0, n = strlen(topic);

	while ((line = strsep(&rest, "\n")) != NULL)
		if (strncmp(line, topic, n) == 0 && line[n] == ' ') {
			*strchr(line, '|') = '\0';
			lines[count++] = line;
		}
	qsort(lines, count, sizeof(*lines), shop_order);
	for (size_t i = 0; i < count; i++)
		text_form(&all, "%s\n", lines[i]);
	char *set = arena_string(s->arena, text_view(&all).data);
	text_done(&all);
	return set;
}

static inline bool
shop_same(struct hash128 a, struct hash128 b)
{
	return a.low == b.low && a.high == b.high;
}

static inline int
shop_run(TCase *tests, const char *name)
{
	Suite *suite = suite_create(name);
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 120);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

#endif
